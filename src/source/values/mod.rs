//! The scalars of the language: parsed once, checked, and never passed on as raw text.

mod cpus;
mod duration;
mod key_path;
mod path;
mod port;
mod rate;
mod size;
mod template;

pub use self::cpus::Cpus;
pub use self::duration::Duration;
pub use self::key_path::KeyPath;
pub use self::path::ProjectPath;
pub use self::port::{PortSpec, Protocol};
pub use self::rate::{Period, Rate};
pub use self::size::Size;
pub(in crate::source) use self::template::offset_of_content;
pub use self::template::{Piece, Template};

use super::reader::Reader;
use super::span::Span;
use crate::diagnostics::Diagnostic;

/// What is wrong with a text that could not be parsed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Mistake {
    /// In words that follow the text, where it is more than that it is none of its sort.
    problem: Option<&'static str>,
    /// What was most likely meant.
    meant: Option<String>,
}

/// Reports a text that could not be parsed.
fn refuse(reader: &mut Reader<'_>, span: Span, text: &str, expected: &str, mistake: Mistake) {
    let problem = match mistake.problem {
        Some(problem) => format!("`{text}` {problem}"),
        None => format!("`{text}` is not {expected}"),
    };
    let diagnostic = Diagnostic::error("invalid-value", problem).at(span, format!("expected {expected}"));
    reader.report(match mistake.meant {
        Some(meant) => {
            diagnostic.help_replace(format!("did you mean `{meant}`?"), span, format!("\"{meant}\""))
        }
        None => diagnostic,
    });
}

/// Implements [`Shape`](super::Shape) for a type that is written as a string and parsed by `FromStr`. The last argument says more of a
/// text that could not be parsed.
macro_rules! parsed_string {
    ($type:ty, $expected:literal, $pattern:literal, $mistake:expr) => {
        impl $crate::source::Shape for $type {
            fn expected() -> String {
                $expected.to_owned()
            }

            fn read(node: &$crate::source::Node, reader: &mut $crate::source::Reader<'_>) -> Option<Self> {
                let text = reader.string(node, $expected)?;
                let parsed = text.parse().ok();
                if parsed.is_none() {
                    $crate::source::values::refuse(reader, node.span, text, $expected, $mistake(text));
                }
                parsed
            }

            fn schema(_: &mut $crate::source::Definitions) -> serde_json::Value {
                serde_json::json!({ "type": "string", "pattern": $pattern })
            }
        }

        impl $crate::source::Written for $type {
            fn written(&self) -> serde_json::Value {
                serde_json::json!(self.to_string())
            }
        }
    };
}
use parsed_string;

/// Splits `10MB` into its digits and its unit.
fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|found: char| !found.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, &text[digits..]))
}
