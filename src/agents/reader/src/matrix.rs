//! Products with matrices of four-bit weights, in whole numbers: faster than floats, and small.

use crate::bytes::{Cursor, float};

/// How many products are summed up at a time: a processor does eight in one instruction. Every width is a multiple.
const BLOCK: usize = 32;
/// What a value of a row is rounded to, at most: so that the sum of 2,000 products with numbers up to 7 stays within 32 bits.
const MOST: f32 = 8191.0;

/// Rows of numbers from -7 to 7, each with a scale. A byte holds one of the first half of a row and one of the second.
pub struct Packed {
    width: usize,
    scales: &'static [u8],
    pairs: &'static [u8],
}

impl Packed {
    pub fn read(rest: &mut Cursor, rows: usize, width: usize) -> Self {
        Self { width, scales: rest.take(rows * 4), pairs: rest.take(rows * width / 2) }
    }

    pub fn scale(&self, row: usize) -> f32 {
        float(&self.scales[row * 4..])
    }

    /// Lays the numbers of a row out, without its scale.
    pub fn unpack(&self, row: usize, into: &mut [i16]) {
        let half = self.width / 2;
        let (first, second) = into.split_at_mut(half);
        let pairs = &self.pairs[row * half..][..half];
        for ((pair, first), second) in pairs.iter().zip(first).zip(second) {
            *first = i16::from(pair & 15) - 8;
            *second = i16::from(pair >> 4) - 8;
        }
    }
}

/// Turns a row of one width into one of another.
pub struct Linear {
    weights: Packed,
    bias: Vec<f32>,
}

impl Linear {
    pub fn read(rest: &mut Cursor, from: usize, to: usize) -> Self {
        Self { weights: Packed::read(rest, to, from), bias: rest.floats(to) }
    }

    /// The product with each row, row after row.
    pub fn of(&self, rows: &[f32]) -> Vec<f32> {
        let (from, to) = (self.weights.width, self.bias.len());
        let rows: Vec<(f32, Vec<i16>)> = rows.chunks_exact(from).map(rounded).collect();
        let mut products = vec![0.0; rows.len() * to];
        let mut weights = vec![0; from];
        for (column, bias) in self.bias.iter().enumerate() {
            self.weights.unpack(column, &mut weights);
            let weights = weights.as_chunks().0;
            let scale = self.weights.scale(column);
            for ((of_row, row), products) in rows.iter().zip(products.chunks_exact_mut(to)) {
                products[column] = bias + scale * of_row * dot(weights, row.as_chunks().0);
            }
        }
        products
    }
}

/// Rounds a row to whole numbers, and says what one of them is worth.
#[expect(clippy::cast_possible_truncation, reason = "what is rounded is never above MOST")]
fn rounded(row: &[f32]) -> (f32, Vec<i16>) {
    let highest = row.iter().fold(1e-9, |highest, value| f32::max(highest, value.abs()));
    let nearest = |value: &f32| (value * MOST / highest + 0.5f32.copysign(*value)) as i16;
    (highest / MOST, row.iter().map(nearest).collect())
}

/// The sum of the products. Nothing of it overflows; a check for that would keep them from being computed together.
#[expect(clippy::cast_precision_loss, reason = "a sum has no more than the seven digits that a float keeps")]
fn dot(one: &[[i16; BLOCK]], other: &[[i16; BLOCK]]) -> f32 {
    let mut whole = 0i32;
    for (one, other) in one.iter().zip(other) {
        let mut sum = 0i32;
        for at in 0..BLOCK {
            sum = sum.wrapping_add(i32::from(one[at]).wrapping_mul(i32::from(other[at])));
        }
        whole = whole.wrapping_add(sum);
    }
    whole as f32
}
