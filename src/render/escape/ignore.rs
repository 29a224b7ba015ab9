//! Paths in a file of patterns, as a `.dockerignore` is.

use super::Refusal;
use crate::render::text::Piece;

/// A path, or a part of one, that stands for itself: what the builder's matcher would take for a pattern, a comment or an exception is
/// escaped with `\`.
///
/// # Errors
/// A line break ends a pattern, the builder cuts blanks off both its ends, and a secret is no path.
pub fn path(pieces: &[Piece<'_>]) -> Result<String, Refusal> {
    let mut written = String::new();
    for piece in pieces {
        let Piece::Literal(literal) = piece else {
            return Err(Refusal("a pattern of paths cannot hold a secret".to_owned()));
        };
        for found in literal.chars() {
            match found {
                '\n' | '\t' => {
                    return Err(Refusal(format!("a pattern of paths has no way to write {found:?}")));
                }
                '*' | '?' | '[' | ']' | '\\' | '!' | '#' => written.extend(['\\', found]),
                plain => written.push(plain),
            }
        }
    }
    if written.trim() != written {
        return Err(Refusal("a pattern of paths has no way to begin or end with a blank".to_owned()));
    }
    Ok(written)
}
