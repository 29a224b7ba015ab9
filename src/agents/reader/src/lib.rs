//! Reads a task as a sentence, so that the order of its words counts: what sort of work it asks for.
//!
//! A small transformer over four-bit weights that the caller embeds; `tests/routing/table/` of stackgen trains it and says how the bytes
//! are laid out. A crate of its own only so that it is optimised in debug builds as well: without that the router's tests took minutes.

mod bytes;
mod layer;
mod lexicon;
mod matrix;
mod pieces;

pub use self::bytes::{Cursor, float};
pub use self::layer::{dot, softmax};
pub use self::lexicon::Lexicon;

use self::layer::{Layer, Norm, count_of};
use self::matrix::Packed;
use self::pieces::Pieces;

const MAGIC: &[u8; 8] = b"SGREAD01";
/// The rows before those of the pieces: what a text begins and ends with.
const BEGIN: usize = 0;
const END: usize = 1;

/// A reader, laid open over its bytes.
pub struct Reader {
    width: usize,
    longest: usize,
    pieces: Pieces,
    vectors: Packed,
    places: Vec<f32>,
    first: Norm,
    layers: Vec<Layer>,
    /// For each sort of work as many weights as the width.
    sorts: Vec<f32>,
    bias: Vec<f32>,
}

impl Reader {
    /// Lays the bytes open.
    ///
    /// # Panics
    /// Where they are of another layout.
    pub fn open(bytes: &'static [u8]) -> Self {
        let mut rest = Cursor(bytes);
        assert_eq!(rest.take(MAGIC.len()), MAGIC, "the embedded reader is of another layout");
        let [width, inner, heads] = [rest.number(), rest.number(), rest.number()];
        let [layers, longest, sorts] = [rest.number(), rest.number(), rest.number()];
        let pieces = rest.lexicon(END + 1);
        Self {
            width,
            longest,
            vectors: Packed::read(&mut rest, pieces.len() + END + 1, width),
            pieces: Pieces(pieces),
            places: rest.floats(longest * width),
            first: Norm::read(&mut rest, width),
            layers: (0..layers).map(|_| Layer::read(&mut rest, width, inner, heads)).collect(),
            sorts: rest.floats(sorts * width),
            bias: rest.floats(sorts),
        }
    }

    /// How likely each sort of work is what a text asks for: they add up to 1. What comes after the first 46 pieces does not count.
    pub fn sorts(&self, text: &str) -> Vec<f32> {
        let mut ids = vec![BEGIN];
        ids.extend(self.pieces.of(text, self.longest - 2));
        ids.push(END);
        let mut rows = self.laid_out(&ids);
        self.first.apply(&mut rows);
        for layer in &self.layers {
            layer.apply(&mut rows, self.width);
        }
        let mut mean = vec![0.0; self.width];
        for row in rows.chunks_exact(self.width) {
            for (sum, value) in mean.iter_mut().zip(row) {
                *sum += value / count_of(ids.len());
            }
        }
        let weights = self.sorts.chunks_exact(self.width);
        let mut shares: Vec<f32> =
            weights.zip(&self.bias).map(|(weights, bias)| bias + dot(weights, &mean)).collect();
        softmax(&mut shares);
        shares
    }

    /// The vector of each piece and of its place, row after row.
    fn laid_out(&self, ids: &[usize]) -> Vec<f32> {
        let mut rows = self.places[..ids.len() * self.width].to_vec();
        let mut numbers = vec![0; self.width];
        for (id, row) in ids.iter().zip(rows.chunks_exact_mut(self.width)) {
            let scale = self.vectors.scale(*id);
            self.vectors.unpack(*id, &mut numbers);
            for (value, number) in row.iter_mut().zip(&numbers) {
                *value += scale * f32::from(*number);
            }
        }
        rows
    }
}
