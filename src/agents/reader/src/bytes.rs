//! Reads embedded bytes from front to back, where they lie. They are part of the program, so bytes that end too early are a broken build.

use crate::lexicon::Lexicon;

/// What is left of the bytes.
pub struct Cursor(pub &'static [u8]);

impl Cursor {
    /// The next bytes.
    ///
    /// # Panics
    /// Where fewer are left.
    pub fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// The number that the next four bytes hold.
    pub fn number(&mut self) -> usize {
        number(self.take(4))
    }

    /// The next floats, four bytes each.
    pub fn floats(&mut self, count: usize) -> Vec<f32> {
        self.take(count * 4).chunks_exact(4).map(float).collect()
    }

    /// The next list of words: how many there are, where each ends, and their text. The first gets the id that is given.
    pub fn lexicon(&mut self, first: usize) -> Lexicon {
        let count = self.number();
        let ends = self.take((count + 1) * 4);
        Lexicon::new(first, ends, self.take(number(&ends[count * 4..])))
    }
}

/// The number that four bytes hold, the lowest first.
pub fn number(bytes: &[u8]) -> usize {
    bytes[..4].iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte))
}

/// The float that four bytes hold.
pub fn float(bytes: &[u8]) -> f32 {
    f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
