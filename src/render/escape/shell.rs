//! POSIX shell words.

use crate::render::text::Piece;

/// The variable that stands for a line break. A script that uses it defines it in its head.
pub const NEWLINE: &str = "\"$newline\"";

/// One word, whatever it holds: literals between single quotes, secrets and line breaks as variables between double
/// quotes. No raw line break appears, so that a value cannot leave a comment.
pub fn word(pieces: &[Piece<'_>]) -> String {
    word_with(pieces, Some(NEWLINE))
}

/// As [`word`], for a command line that is a value itself: line breaks stay as they are.
pub fn word_in_value(pieces: &[Piece<'_>]) -> String {
    word_with(pieces, None)
}

fn word_with(pieces: &[Piece<'_>], newline: Option<&str>) -> String {
    let mut word = String::new();
    for piece in pieces {
        match piece {
            Piece::Secret(name) => word.push_str(&format!("\"${{{name}}}\"")),
            Piece::Literal(literal) => match newline {
                Some(newline) => {
                    for (position, line) in literal.split('\n').enumerate() {
                        if position > 0 {
                            word.push_str(newline);
                        }
                        push_quoted(line, &mut word);
                    }
                }
                None => push_quoted(literal, &mut word),
            },
        }
    }
    if word.is_empty() { "''".to_owned() } else { word }
}

fn push_quoted(text: &str, word: &mut String) {
    if !text.is_empty() {
        word.push('\'');
        word.push_str(&text.replace('\'', "'\\''"));
        word.push('\'');
    }
}
