//! Values of an env file, as Compose's own reader takes them.

use crate::render::text::Piece;

/// A value: plain where every character stands for itself everywhere, else between quotes. It has no raw line break, so
/// that it cannot leave a comment either.
pub fn value(pieces: &[Piece<'_>]) -> String {
    match pieces {
        [Piece::Literal(literal)] if literal.chars().all(is_plain) => literal.to_string(),
        [Piece::Literal(literal)] if !literal.contains(['\'', '\\', '\n']) => format!("'{literal}'"),
        pieces => format!("\"{}\"", pieces.iter().map(double_quoted).collect::<String>()),
    }
}

fn is_plain(found: char) -> bool {
    found.is_ascii_alphanumeric() || matches!(found, '_' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '-')
}

fn double_quoted(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Secret(name) => format!("${{{name}}}"),
        Piece::Literal(literal) => literal
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('$', "\\$")
            .replace('\n', "\\n")
            .replace('\t', "\\t"),
    }
}
