//! What somebody is writing at a place.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::scan::{Mode, Step, Walk};

/// What is written at a place of a text, half-written as it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub spot: Spot,
    /// The word at the place, quotes included: what a completion replaces. Empty between words.
    pub word: Range<usize>,
    /// What of the word stands before the place, without its opening quote.
    pub typed: String,
}

/// What a place is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// A table's header; the table that the keys before this one lead to.
    Header { above: Vec<Step> },
    /// A key of the table; `is_dotted` where a part of the chain stands before it.
    Key { table: Vec<Step>, is_dotted: bool },
    /// The value at the path; with the quote, if a string has been begun.
    Value { path: Vec<Step>, quote: Option<char> },
}

impl Cursor {
    /// What is written at a byte of the text; nothing in a comment, or where nothing can be written.
    #[must_use]
    pub fn at(text: &str, offset: usize) -> Option<Self> {
        let offset = text.floor_char_boundary(offset);
        let mut walk = Walk::new(text);
        let mut word = None;
        for token in Source::new(text).lex() {
            let (start, end) = (token.span().start(), token.span().end());
            if token.kind() == TokenKind::Comment && start < offset && offset <= end {
                return None;
            }
            if start >= offset && !(start == offset && is_word(token)) {
                break;
            }
            if is_word(token) && offset <= end && !is_closed_before(text, token, offset) {
                walk.recover(start);
                word = Some(token);
                break;
            }
            walk.token(token);
        }
        let spot = spot(&walk, word.and_then(|token| quote_of(text, token)))?;
        let (word, typed) = match word {
            Some(token) => word_at(text, token, offset),
            None => (offset..offset, String::new()),
        };
        Some(Self { spot, word, typed })
    }
}

fn is_word(token: Token) -> bool {
    matches!(
        token.kind(),
        TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString
    )
}

/// Whether a string has ended where the place is.
fn is_closed_before(text: &str, token: Token, offset: usize) -> bool {
    token.span().end() == offset && is_closed(text, token)
}

fn is_closed(text: &str, token: Token) -> bool {
    let written = &text[token.span().start()..token.span().end()];
    quote_of(text, token).is_some_and(|quote| written.len() > 1 && written.ends_with(quote))
}

fn quote_of(text: &str, token: Token) -> Option<char> {
    text[token.span().start()..].chars().next().filter(|first| matches!(first, '"' | '\''))
}

fn spot(walk: &Walk<'_>, quote: Option<char>) -> Option<Spot> {
    match walk.mode {
        _ if walk.is_too_deep() => None,
        Mode::Header => Some(Spot::Header { above: walk.header_path().to_vec() }),
        Mode::Key => {
            let keys = walk.chain.iter();
            let table =
                keys.fold(walk.table().clone(), |table, (name, _)| table.then(Step::Key(name.clone())));
            Some(Spot::Key { table: table.to_vec(), is_dotted: !walk.chain.is_empty() })
        }
        Mode::Value => Some(Spot::Value { path: walk.value_path().to_vec(), quote }),
        Mode::Done => None,
    }
}

/// The word's range and what is typed of it. A string that was never closed ends where the place is, for what follows on its line may
/// be no part of it.
fn word_at(text: &str, token: Token, offset: usize) -> (Range<usize>, String) {
    let start = token.span().start();
    let is_open = quote_of(text, token).is_some() && !is_closed(text, token);
    let end = if is_open { offset } else { token.span().end() };
    let typed = text[start..offset].trim_start_matches(['"', '\'']);
    (start..end, typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Spot};
    use crate::editor::scan::key_path;

    /// What stands at the `|` of the text.
    fn cursor(marked: &str) -> Option<(String, String, String)> {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let found = Cursor::at(&text, offset)?;
        let spot = match &found.spot {
            Spot::Header { above } => format!("header {}", key_path(above).join("/")),
            Spot::Key { table, .. } => format!("key {}", key_path(table).join("/")),
            Spot::Value { path, .. } => format!("value {}", key_path(path).join("/")),
        };
        Some((spot, text[found.word.clone()].to_owned(), found.typed))
    }

    #[track_caller]
    fn finds(marked: &str, spot: &str, word: &str, typed: &str) {
        assert_eq!(cursor(marked), Some((spot.to_owned(), word.to_owned(), typed.to_owned())), "{marked}");
    }

    #[test]
    fn a_half_written_key_is_one_of_the_table_above_it() {
        finds("[s.a]\nki|", "key s/a", "ki", "ki");
        finds("[s.a]\nki|nd = 1", "key s/a", "kind", "ki");
        finds("[s.a]\n|\nx = 1", "key s/a", "", "");
        finds("[s.a]\r\nx = 1\r\n|\r\n[s.b]", "key s/a", "", "");
        finds("|", "key ", "", "");
        finds("[s.a]\nhealth.|", "key s/a/health", "", "");
        finds("[s.a]\nenv = { A = 1, B| }", "key s/a/env", "B", "B");
        finds("[s.a]\nn = [\"x\",\nki|", "key s/a", "ki", "ki");
    }

    #[test]
    fn a_half_written_value_is_the_one_of_its_key() {
        finds("[s.a]\nkind = |", "value s/a/kind", "", "");
        finds("[s.a]\nkind = \"|", "value s/a/kind", "\"", "");
        finds("[s.a]\nkind = \"fa|\"", "value s/a/kind", "\"fa\"", "fa");
        finds("[s.a]\nkind = \"😀fa|st\" # c", "value s/a/kind", "\"😀fast\"", "😀fa");
        finds("[s.a]\nn = [\"x\", \"|\"]", "value s/a/n", "\"\"", "");
        finds("[s.a]\nn = [\"x\", \"y|\n[s.b]", "value s/a/n", "\"y", "y");
        finds("[s.a]\nn = [{ service = \"|\" }]", "value s/a/n/service", "\"\"", "");
        finds("[s.a]\nn = [\n  |\n]", "value s/a/n", "", "");
        finds("[s.a]\nread_only = t|", "value s/a/read_only", "t", "t");
    }

    #[test]
    fn a_half_written_header_leads_to_what_is_above_it() {
        finds("[s.a]\nx = 1\n[|", "header ", "", "");
        finds("[ser|", "header ", "ser", "ser");
        finds("[services.|", "header services", "", "");
        finds("[environments.live.services.ab|]\n", "header environments/live/services", "ab", "ab");
        finds("[[services.a.r|]]\n", "header services/a", "r", "r");
    }

    #[test]
    fn in_comments_and_behind_values_nothing_is_written() {
        for marked in ["# a|", "[s] # a|\n", "a = 1 # |", "a = \"x\"|", "a = \"x\" |", "[s] |"] {
            assert_eq!(cursor(marked), None, "{marked}");
        }
    }
}
