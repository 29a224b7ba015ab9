//! The scalars of the language: parsed once, checked, and never passed on as raw text.

mod cpus;
mod duration;
mod path;
mod port;
mod rate;
mod size;
mod template;

pub use self::cpus::Cpus;
pub use self::duration::Duration;
pub use self::path::ProjectPath;
pub use self::port::{PortSpec, Protocol};
pub use self::rate::{Period, Rate};
pub use self::size::Size;
pub use self::template::{Piece, Template};

/// Implements [`Shape`](super::Shape) for a type that is written as a string and parsed by `FromStr`.
macro_rules! parsed_string {
    ($type:ty, $expected:literal, $pattern:literal) => {
        impl $crate::source::Shape for $type {
            fn expected() -> String {
                $expected.to_owned()
            }

            fn read(node: &$crate::source::Node, reader: &mut $crate::source::Reader<'_>) -> Option<Self> {
                let text = reader.string(node, $expected)?;
                let parsed = text.parse().ok();
                if parsed.is_none() {
                    reader.invalid(node.span, &format!("`{text}`"), $expected);
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
