//! The embedded table: words with their vectors, and the weights that tell sorts of work apart. It is read where it lies.
//!
//! `tests/routing/table/` makes it, and says how it is laid out.

use stackgen_reader::{Cursor, Lexicon, float};

static BYTES: &[u8] = include_bytes!("table.bin");
/// What [`stackgen_reader::Reader`] reads tasks with.
pub static READER: &[u8] = include_bytes!("reader.bin");
const MAGIC: &[u8; 8] = b"SGROUTE1";

/// How many bytes of general knowledge the binary carries.
#[must_use]
pub fn embedded_bytes() -> usize {
    BYTES.len() + READER.len()
}

/// The table, laid open. All lengths are counted in values.
pub struct Table {
    /// Of a word's vector.
    pub dimensions: usize,
    /// The sorts of work that are told apart.
    pub concepts: usize,
    /// Single words, then terms of two or three words, then pieces of words: ids count through them in this order.
    pub words: Lexicon,
    pub terms: Lexicon,
    pub pieces: Lexicon,
    /// For each concept whether it is work on what others own, as a review is.
    pub across: Vec<bool>,
    scales: &'static [u8],
    weights: &'static [u8],
    vectors: &'static [u8],
    pub layers: Layers,
}

/// The weights from a text's vector to its concepts, each matrix row after row.
pub struct Layers {
    /// `dimensions` × `hidden`.
    pub inner: Vec<f32>,
    pub inner_bias: Vec<f32>,
    /// `hidden` × `concepts`.
    pub outer: Vec<f32>,
    pub outer_bias: Vec<f32>,
    /// `dimensions` × `concepts`.
    pub direct: Vec<f32>,
}

impl Table {
    /// Lays the embedded bytes open. They are part of the program, so a broken table is a broken build: a unit test reads it.
    pub fn open() -> Self {
        let mut rest = Cursor(BYTES);
        assert_eq!(rest.take(MAGIC.len()), MAGIC, "the embedded table is of another layout");
        let [dimensions, hidden, concepts] = [rest.number(), rest.number(), rest.number()];
        let words = rest.lexicon(0);
        let terms = rest.lexicon(words.len());
        let pieces = rest.lexicon(words.len() + terms.len());
        let entries = words.len() + terms.len() + pieces.len();
        Self {
            dimensions,

            concepts,
            words,
            terms,
            pieces,
            across: rest.take(concepts).iter().map(|flag| *flag != 0).collect(),
            scales: rest.take(entries * 4),
            weights: rest.take(entries * 4),
            vectors: rest.take(entries * dimensions),
            layers: Layers {
                inner: rest.floats(dimensions * hidden),
                inner_bias: rest.floats(hidden),
                outer: rest.floats(hidden * concepts),
                outer_bias: rest.floats(concepts),
                direct: rest.floats(dimensions * concepts),
            },
        }
    }

    /// How much an entry counts in a text.
    pub fn weight(&self, id: usize) -> f32 {
        float(&self.weights[id * 4..])
    }

    /// Adds an entry's vector, times a factor, to a sum.
    pub fn add(&self, id: usize, factor: f32, sum: &mut [f32]) {
        let factor = factor * float(&self.scales[id * 4..]);
        let vector = &self.vectors[id * self.dimensions..][..self.dimensions];
        for (sum, byte) in sum.iter_mut().zip(vector) {
            *sum += factor * f32::from(byte.cast_signed());
        }
    }
}

#[cfg(test)]
mod tests {
    use stackgen_reader::Reader;

    use super::{BYTES, READER, Table};

    #[test]
    fn the_embedded_table_is_whole_and_finite() {
        let table = Table::open();
        let entries = table.words.len() + table.terms.len() + table.pieces.len();
        assert!(entries > 20_000, "{entries}");
        assert!(BYTES.len() < 6_000_000, "{}", BYTES.len());
        for id in 0..entries {
            let mut vector = vec![0.0; table.dimensions];
            table.add(id, table.weight(id), &mut vector);
            assert!(vector.iter().all(|value| value.is_finite()), "{id}");
        }
        assert_eq!(table.layers.direct.len(), table.dimensions * table.concepts);
        assert!(table.layers.direct.iter().all(|weight| weight.is_finite()));
    }

    #[test]
    fn the_embedded_reader_knows_the_sorts_of_the_table_and_the_order_of_words_counts() {
        let table = Table::open();
        let reader = Reader::open(READER);
        let long = "deploy ".repeat(5_000);
        for text in ["", "🦀", "review the deployment", "ein Knopf ist schief", &long, &"a".repeat(100_000)]
        {
            let sorts = reader.sorts(text);
            assert_eq!(sorts.len(), table.concepts);
            let sum: f32 = sorts.iter().sum();
            assert!((sum - 1.0).abs() < 1e-4, "{text}: {sum}");
        }
        let (one, other) = ("review the tests of the deployment", "deploy the tests of the review");
        let apart =
            reader.sorts(one).into_iter().zip(reader.sorts(other)).map(|(one, other)| (one - other).abs());
        assert!(apart.sum::<f32>() > 0.2);
    }

    #[test]
    fn a_word_is_found_by_its_bytes_and_a_made_up_one_is_not() {
        let table = Table::open();
        assert!(table.words.id("login").is_some());
        assert!(table.terms.id("pull request").is_some());
        assert_ne!(table.words.id("login"), table.words.id("logout"));
        assert_eq!(table.words.id("qwxzzy"), None);
        assert_eq!(table.words.id(""), None);
    }
}
