//! What pieces a text is made of.

use crate::lexicon::Lexicon;

/// Words as they lie in the lexicon, and `##` before what goes on within a word.
pub struct Pieces(pub Lexicon);

impl Pieces {
    /// The ids of a text's pieces, in order: of each word the longest pieces that it is made of, and each sign by itself. What is not
    /// in ASCII parts words.
    pub fn of(&self, text: &str, most: usize) -> Vec<usize> {
        let text = text.to_ascii_lowercase();
        let mut ids = Vec::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            if ids.len() >= most {
                break;
            }
            let length = if first.is_ascii_alphanumeric() {
                rest.find(|sign: char| !sign.is_ascii_alphanumeric()).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (word, after) = rest.split_at(length);
            if first.is_ascii_graphic() {
                self.add(word, most, &mut ids);
            }
            rest = after;
        }
        ids
    }

    fn add(&self, word: &str, most: usize, ids: &mut Vec<usize>) {
        let mut rest = word;
        while !rest.is_empty() && ids.len() < most {
            let id = |to: usize| {
                let piece = &rest[..to];
                if rest.len() == word.len() { self.0.id(piece) } else { self.0.id(&format!("##{piece}")) }
            };
            let longest = (1..=rest.len().min(LONGEST)).rev().find_map(|to| Some((to, id(to)?)));
            let (length, id) = longest.map_or((1, None), |(to, id)| (to, Some(id)));
            ids.extend(id);
            rest = &rest[length..];
        }
    }
}

/// No piece is longer.
const LONGEST: usize = 20;
