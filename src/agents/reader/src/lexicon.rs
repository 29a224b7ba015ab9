//! A sorted list of words that is searched where it lies.

use crate::bytes::number;

/// Words in the order of their bytes, with consecutive ids.
pub struct Lexicon {
    first: usize,
    /// Where each word begins, and the end of the last: four bytes each.
    ends: &'static [u8],
    text: &'static [u8],
}

impl Lexicon {
    pub fn new(first: usize, ends: &'static [u8], text: &'static [u8]) -> Self {
        Self { first, ends, text }
    }

    /// How many words there are.
    #[expect(clippy::len_without_is_empty, reason = "a lexicon without words would be a broken build")]
    pub fn len(&self) -> usize {
        self.ends.len() / 4 - 1
    }

    /// The id of a word.
    pub fn id(&self, word: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.word(middle).cmp(word.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(self.first + middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn word(&self, index: usize) -> &'static [u8] {
        let from = number(&self.ends[index * 4..]);
        let to = number(&self.ends[index * 4 + 4..]);
        &self.text[from..to]
    }
}
