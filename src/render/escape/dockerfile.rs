//! Words of a Dockerfile.

use super::Refusal;
use crate::render::text::Piece;

/// A word: plain where every character stands for itself, else between double quotes, which the builder and the shell of
/// `RUN` read alike.
///
/// # Errors
/// A line break ends an instruction, a backtick runs a command in `RUN`, and a secret would stay in the image.
pub fn word(pieces: &[Piece<'_>]) -> Result<String, Refusal> {
    let mut word = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => word.push_str(literal),
            Piece::Secret(name) => {
                return Err(Refusal(format!(
                    "the secret `{name}` would stay in the image, for everybody to read"
                )));
            }
        }
    }
    if let Some(found) = word.chars().find(|found| matches!(found, '\n' | '\t' | '`')) {
        return Err(Refusal(format!(
            "a Dockerfile has no way to write {found:?} that all its instructions read alike"
        )));
    }
    if !word.is_empty() && word.chars().all(is_plain) {
        return Ok(word);
    }
    Ok(format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$")))
}

fn is_plain(found: char) -> bool {
    found.is_ascii_alphanumeric()
        || matches!(found, '_' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '=' | '-')
}
