//! TOML basic strings.

use std::fmt::Write;

use crate::render::text::{Piece, plain};

/// A string between its quotes; good as a key as well.
pub fn string(pieces: &[Piece<'_>]) -> String {
    let mut out = String::from("\"");
    for piece in pieces {
        match piece {
            Piece::Secret(name) => out.push_str(&format!("${{{name}}}")),
            Piece::Literal(literal) => literal.chars().for_each(|found| push(found, &mut out)),
        }
    }
    out.push('"');
    out
}

/// A multi-line string between its quotes: one line for each of the text's.
pub fn lines(pieces: &[Piece<'_>]) -> String {
    let whole = plain(pieces);
    let mut out = String::from("\"\"\"\n");
    let mut found = whole.chars().peekable();
    let mut quoted = false;
    while let Some(next) = found.next() {
        match next {
            '\n' | '\t' => out.push(next),
            // One quote alone ends nothing.
            '"' if !quoted && found.peek().is_some() => out.push(next),
            next => push(next, &mut out),
        }
        quoted = next == '"';
    }
    out.push_str("\"\"\"");
    out
}

fn push(found: char, out: &mut String) {
    match found {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        found if found.is_control() => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04X}", u32::from(found));
        }
        found => out.push(found),
    }
}
