//! From a text to a vector, and from a vector to the sorts of work that it speaks of.

use stackgen_reader::{dot, softmax};

use super::table::Table;
use super::words::{entries_of, terms_of, words};

/// Longer texts say what they want at their beginning.
const MOST_ENTRIES: usize = 40;
/// Keeps texts whose words say little short.
const SOFTENING: f32 = 0.3;

/// Turns texts into vectors.
pub struct Encoder {
    pub table: Table,
}

impl Encoder {
    pub fn new() -> Self {
        Self { table: Table::open() }
    }

    /// The entries of the table that a text is made of.
    pub fn entries(&self, text: &str) -> Vec<usize> {
        let words = words(text);
        let mut entries = terms_of(&self.table, &words);
        entries.extend(words.iter().flat_map(|word| entries_of(&self.table, word)));
        entries.truncate(MOST_ENTRIES);
        entries
    }

    /// The weighted mean of a text's entries; zeros for a text of which nothing is known.
    pub fn vector(&self, entries: &[usize]) -> Vec<f32> {
        let mut sum = vec![0.0; self.table.dimensions];
        let mut squares = SOFTENING;
        for id in entries {
            let weight = self.table.weight(*id);
            squares += weight * weight;
            self.table.add(*id, weight, &mut sum);
        }
        let length = squares.sqrt();
        for value in &mut sum {
            *value /= length;
        }
        sum
    }

    /// How likely each concept is what a text speaks of: they add up to 1.
    pub fn concepts(&self, vector: &[f32]) -> Vec<f32> {
        let layers = &self.table.layers;
        let mut inner = layers.inner_bias.clone();
        add_product(vector, &layers.inner, &mut inner);
        for value in &mut inner {
            *value = value.max(0.0);
        }
        let mut scores = layers.outer_bias.clone();
        add_product(&inner, &layers.outer, &mut scores);
        add_product(vector, &layers.direct, &mut scores);
        softmax(&mut scores);
        scores
    }
}

/// Adds a row vector times a matrix to a sum.
fn add_product(vector: &[f32], matrix: &[f32], sum: &mut [f32]) {
    for (value, row) in vector.iter().zip(matrix.chunks_exact(sum.len())) {
        if *value != 0.0 {
            for (sum, weight) in sum.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
    }
}

/// A vector of length 1 in the same direction; zeros stay zeros.
pub fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
        }
    }
    vector
}
