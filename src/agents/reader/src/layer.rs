//! One layer: each piece looks at all the others, and then each is thought over for itself.

use crate::bytes::Cursor;
use crate::matrix::Linear;

/// Keeps a row without any spread from being divided by nothing.
const LEAST_SPREAD: f32 = 1e-12;

/// Brings a row to a mean of 0 and a spread of 1, and from there to what was learned.
pub struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    pub fn read(rest: &mut Cursor, width: usize) -> Self {
        Self { scale: rest.floats(width), shift: rest.floats(width) }
    }

    pub fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.scale.len()) {
            let mean = mean(row.iter().copied());
            let spread = mean_of_squares(row, mean) + LEAST_SPREAD;
            let factor = spread.sqrt().recip();
            for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = (*value - mean) * factor * scale + shift;
            }
        }
    }
}

pub struct Layer {
    heads: usize,
    query: Linear,
    key: Linear,
    value: Linear,
    mixed: Linear,
    after_mixing: Norm,
    inner: Linear,
    outer: Linear,
    after_thought: Norm,
}

impl Layer {
    pub fn read(rest: &mut Cursor, width: usize, inner: usize, heads: usize) -> Self {
        Self {
            heads,
            query: Linear::read(rest, width, width),
            key: Linear::read(rest, width, width),
            value: Linear::read(rest, width, width),
            mixed: Linear::read(rest, width, width),
            after_mixing: Norm::read(rest, width),
            inner: Linear::read(rest, width, inner),
            outer: Linear::read(rest, inner, width),
            after_thought: Norm::read(rest, width),
        }
    }

    /// Changes the rows, one for each piece of the text.
    pub fn apply(&self, rows: &mut [f32], width: usize) {
        add(rows, &self.mixed.of(&self.looked_up(rows, width)));
        self.after_mixing.apply(rows);
        let mut inner = self.inner.of(rows);
        for value in &mut inner {
            *value *= logistic(1.702 * *value);
        }
        add(rows, &self.outer.of(&inner));
        self.after_thought.apply(rows);
    }

    /// What each piece finds at the others: the mean of their values, by how well their keys answer its query.
    fn looked_up(&self, rows: &[f32], width: usize) -> Vec<f32> {
        let (queries, keys, values) = (self.query.of(rows), self.key.of(rows), self.value.of(rows));
        let of_head = width / self.heads;
        let softness = root(of_head).recip();
        let mut found = vec![0.0; rows.len()];
        for head in (0..width).step_by(of_head) {
            let keys: Vec<&[f32]> = keys.chunks_exact(width).map(|row| &row[head..][..of_head]).collect();
            for (query, found) in queries.chunks_exact(width).zip(found.chunks_exact_mut(width)) {
                let query = &query[head..][..of_head];
                let mut shares: Vec<f32> = keys.iter().map(|key| softness * dot(query, key)).collect();
                softmax(&mut shares);
                for (share, value) in shares.iter().zip(values.chunks_exact(width)) {
                    for (found, value) in found[head..].iter_mut().zip(&value[head..][..of_head]) {
                        *found += share * value;
                    }
                }
            }
        }
        found
    }
}

/// The logistic function, near enough: products only, so that several are computed at a time.
fn logistic(value: f32) -> f32 {
    let mut power = 1.0 - value.clamp(-16.0, 16.0) / 1024.0;
    for _ in 0..10 {
        power *= power;
    }
    (1.0 + power).recip()
}

/// Makes scores to shares that add up to 1.
pub fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
    }
    let sum: f32 = scores.iter().sum();
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

/// The sum of the products, in eight lanes.
pub fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for (one, other) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        for (lane, (one, other)) in lanes.iter_mut().zip(one.iter().zip(other)) {
            *lane += one * other;
        }
    }
    let rest = one.len() / 8 * 8;
    lanes.iter().sum::<f32>()
        + one[rest..].iter().zip(&other[rest..]).map(|(one, other)| one * other).sum::<f32>()
}

fn add(rows: &mut [f32], others: &[f32]) {
    for (value, other) in rows.iter_mut().zip(others) {
        *value += other;
    }
}

fn mean_of_squares(row: &[f32], mean: f32) -> f32 {
    self::mean(row.iter().map(|value| (value - mean) * (value - mean)))
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len();
    values.sum::<f32>() / count_of(count)
}

fn root(count: usize) -> f32 {
    count_of(count).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "widths are far smaller than what a float can count")]
pub fn count_of(count: usize) -> f32 {
    count as f32
}
