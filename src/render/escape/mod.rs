//! How each format writes a string, so that whoever reads the file gets the same string back, and never anything else.

mod dockerfile;
mod env;
mod ignore;
mod json;
mod markdown;
mod shell;
mod toml;

pub use self::json::{Dialect, finite, string as json_string, write_json};
pub use self::markdown::{code, mermaid, mermaid_label};
pub use self::shell::{NEWLINE, word, word_in_value};
pub use self::toml::lines as toml_lines;

use super::text::{self, Piece};
use crate::source::language::Format;

/// Why a value cannot be written in a format; a sentence without its end, to follow "cannot be written: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Writes a string as a template sees it in the way of a format.
///
/// # Errors
/// The format has no way to carry this string, or no way to refer to a secret.
pub fn string(format: Format, marked: &str) -> Result<String, Refusal> {
    let pieces = checked(format, marked)?;
    match format {
        Format::Compose => Ok(json::string(&pieces, Dialect::COMPOSE)),
        Format::Yaml | Format::Json => Ok(json::string(&pieces, Dialect::PLAIN)),
        Format::Toml => Ok(toml::string(&pieces)),
        Format::Markdown => Ok(markdown::text(&pieces)),
        Format::Shell => Ok(shell::word(&pieces)),
        Format::Env => Ok(env::value(&pieces)),
        Format::Dockerfile => dockerfile::word(&pieces),
        Format::Ignore => ignore::path(&pieces),
    }
}

/// The string's pieces, after what no format may carry was refused.
///
/// # Errors
/// NUL, any other control character where the format has no escapes for it, and names of secrets that are no variables.
pub fn checked(format: Format, marked: &str) -> Result<Vec<Piece<'_>>, Refusal> {
    let pieces = text::parts(marked);
    let has_escapes = matches!(format, Format::Compose | Format::Yaml | Format::Json | Format::Toml);
    for piece in &pieces {
        match piece {
            Piece::Literal(literal) => {
                // Bytes first: only what has one that no word has is looked at letter by letter.
                if literal.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    continue;
                }
                let refused = |found: char| {
                    found == '\0' || (!has_escapes && found.is_control() && !matches!(found, '\n' | '\t'))
                };
                if let Some(found) = literal.chars().find(|found| refused(*found)) {
                    return Err(Refusal(format!(
                        "it holds the control character U+{:04X}",
                        u32::from(found)
                    )));
                }
            }
            Piece::Secret(name) if !text::is_variable_name(name) => {
                return Err(Refusal(format!("`{name}` is not the name of an environment variable")));
            }
            Piece::Secret(_) => {}
        }
    }
    Ok(pieces)
}
