//! What words a text is made of, and what the table knows each as.

use super::table::Table;

/// Endings that a word may have beside the form that is in the table.
const ENDINGS: &[(&str, &str)] = &[
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("ly", ""),
    ("er", ""),
];

/// The words of a text in lower case: letters and digits, with the signs of C++ and C#.
pub fn words(text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase().replace("'s ", " ").replace("n't", " not");
    let mut words = Vec::new();
    let mut word = String::new();
    for sign in text.chars().chain([' ']) {
        let in_word = sign.is_ascii_alphanumeric() && !word.ends_with(['+', '#']);
        if in_word || (matches!(sign, '+' | '#') && !word.is_empty()) {
            word.push(sign);
        } else {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if sign.is_ascii_alphanumeric() {
                word.push(sign);
            }
        }
    }
    words
}

/// The entries of the table that stand for a word: itself, its stem, or the longest pieces that it is made of.
pub fn entries_of(table: &Table, word: &str) -> Vec<usize> {
    if let Some(id) = table.words.id(word) {
        return vec![id];
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    match stem(table, word) {
        Some(id) => vec![id],
        None => pieces(table, word),
    }
}

/// The terms of two or three words that are in the table.
pub fn terms_of(table: &Table, words: &[String]) -> Vec<usize> {
    let windows = words.windows(3).chain(words.windows(2));
    windows.filter_map(|window| table.terms.id(&window.join(" "))).collect()
}

fn stem(table: &Table, word: &str) -> Option<usize> {
    ENDINGS.iter().find_map(|(ending, instead)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= 3)?;
        table.words.id(&format!("{stem}{instead}"))
    })
}

fn pieces(table: &Table, word: &str) -> Vec<usize> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < word.len() {
        let longest = (from + 2..=word.len()).rev().find_map(|to| {
            let piece = &word[from..to];
            let id = if piece.len() >= 3 { table.words.id(piece) } else { None };
            Some((to, id.or_else(|| table.pieces.id(piece))?))
        });
        match longest {
            Some((to, id)) => {
                pieces.push(id);
                from = to;
            }
            None => from += 1,
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{entries_of, terms_of, words};
    use crate::agents::table::Table;

    #[test]
    fn a_text_falls_into_words_without_signs() {
        assert_eq!(
            words("The user's C++ /api/v1 doesn't: 404!"),
            ["the", "user", "c++", "api", "v1", "does", "not", "404"]
        );
        assert!(words("…  ").is_empty());
    }

    #[test]
    fn a_form_of_a_word_is_known_as_the_word() {
        let table = Table::open();
        assert_eq!(entries_of(&table, "misaligneds"), entries_of(&table, "misaligned"));
        assert!(entries_of(&table, "8001").is_empty());
        assert!(entries_of(&table, "loginscreenhelper").len() > 1);
    }

    #[test]
    fn terms_are_found_across_words() {
        let table = Table::open();
        assert_eq!(terms_of(&table, &words("open a pull request")).len(), 1);
    }
}
