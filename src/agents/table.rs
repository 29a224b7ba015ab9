//! The embedded table: words with their vectors, and the weights that tell sorts of work apart. It is read where it lies.
//!
//! `tests/routing/table/` makes it, and says how it is laid out.

use super::lexicon::Lexicon;

static BYTES: &[u8] = include_bytes!("table.bin");
const MAGIC: &[u8; 8] = b"SGROUTE1";

/// How many bytes of general knowledge the binary carries.
#[must_use]
pub fn embedded_bytes() -> usize {
    BYTES.len()
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

struct Cursor(&'static [u8]);

impl Cursor {
    fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> usize {
        number(self.take(4))
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        self.take(count * 4).chunks_exact(4).map(float).collect()
    }

    fn lexicon(&mut self, first: usize) -> Lexicon {
        let count = self.number();
        let ends = self.take((count + 1) * 4);
        Lexicon::new(first, ends, self.take(number(&ends[count * 4..])))
    }
}

/// The number that four bytes hold, the lowest first.
pub fn number(bytes: &[u8]) -> usize {
    bytes[..4].iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte))
}

fn float(bytes: &[u8]) -> f32 {
    f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::{BYTES, Table};

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
}
