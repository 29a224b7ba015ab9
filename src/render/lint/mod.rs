//! What is wrong with a template whatever it is rendered with: values where their format's escaping does not hold.

mod markdown;
mod shell;
mod tokens;
mod values;

pub use self::tokens::longest_code;

use self::tokens::tokens;
use super::fault::Fault;
use crate::source::language::Format;

/// The faults of one template, for the format of the file that it is a part of.
#[must_use]
pub fn lint(format: Format, template: &str, text: &str) -> Vec<Fault> {
    let tokens = tokens(text);
    let found = match format {
        Format::Shell => shell::faults(&tokens),
        Format::Markdown => markdown::faults(&tokens),
        Format::Compose | Format::Yaml | Format::Json | Format::Toml | Format::Env | Format::Dockerfile => {
            values::faults(format, &tokens)
        }
        // A value is a part of a path wherever it stands.
        Format::Ignore => Vec::new(),
    };
    found.into_iter().map(|(line, message)| Fault::new(template, Some(line), message)).collect()
}
