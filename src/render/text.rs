//! Text with secrets, as templates handle it: a plain string in which each secret's name stands between two marks, so that
//! it survives being joined, compared and filtered, and each output format can still write it in its own way.

use std::borrow::Cow;

use minijinja::Value;

use crate::model::Text;

/// Begins a secret's name. A noncharacter of Unicode: no text that people exchange holds it; where one does all the same,
/// it is doubled into an empty name, so that every string comes back as it was.
const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';
const LITERAL_OPEN: &str = "\u{FDD0}\u{FDD1}";

/// A string of the stack as templates see it.
#[must_use]
pub fn seen(text: String) -> Value {
    Value::from(if text.contains(OPEN) { text.replace(OPEN, LITERAL_OPEN) } else { text })
}

/// A text of the stack, secrets included, as templates see it.
#[must_use]
pub fn seen_text(text: &Text) -> Value {
    Value::from(
        text.write(|literal| literal.replace(OPEN, LITERAL_OPEN), |name| format!("{OPEN}{name}{CLOSE}")),
    )
}

/// The string of a template taken apart again.
#[must_use]
pub fn parts(marked: &str) -> Vec<Piece<'_>> {
    if !marked.contains(OPEN) {
        return vec![Piece::Literal(Cow::Borrowed(marked))];
    }
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut rest = marked;
    while let Some(open) = rest.find(OPEN) {
        push_literal(&mut pieces, &rest[..open]);
        let inner = &rest[open + OPEN.len_utf8()..];
        // A mark without an end was cut by a filter: what is left of it is a literal.
        let (name, tail) = inner.split_once(CLOSE).unwrap_or(("", inner));
        if name.is_empty() {
            push_literal(&mut pieces, &rest[open..open + OPEN.len_utf8()]);
        } else {
            pieces.push(Piece::Secret(name));
        }
        rest = tail;
    }
    push_literal(&mut pieces, rest);
    pieces
}

/// The text as people read it, its secrets as `${NAME}`.
#[must_use]
pub fn plain(pieces: &[Piece<'_>]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => literal.to_string(),
            Piece::Secret(name) => format!("${{{name}}}"),
        })
        .collect()
}

/// A stretch of a template's string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Literal(Cow<'a, str>),
    /// The name of a secret.
    Secret(&'a str),
}

fn push_literal<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Literal(last)) => last.to_mut().push_str(text),
        _ => pieces.push(Piece::Literal(Cow::Borrowed(text))),
    }
}

/// Whether a name can be referred to as `${NAME}` in every format.
#[must_use]
pub fn is_variable_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|found| found.is_ascii_alphanumeric() || found == '_')
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{Piece, parts, seen, seen_text};
    use crate::model::Text;

    #[test]
    fn a_secret_keeps_its_place_when_strings_are_joined() {
        let mut text = Text::literal("postgres://u:");
        text.append(Text::secret("DB_PASSWORD"));
        let joined = format!("{}@host", seen_text(&text).as_str().unwrap());
        assert_eq!(
            parts(&joined),
            [
                Piece::Literal(Cow::Borrowed("postgres://u:")),
                Piece::Secret("DB_PASSWORD"),
                Piece::Literal(Cow::Borrowed("@host")),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_string_is_taken_for_a_secret(text in "[\u{FDD0}\u{FDD1}aA\u{FDD2}]{0,12}") {
            let value = seen(text.clone());
            let pieces = parts(value.as_str().unwrap());
            let back: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(literal) => literal.to_string(),
                    Piece::Secret(name) => panic!("{name:?} was taken for a secret"),
                })
                .collect();
            prop_assert_eq!(back, text);
        }
    }
}
