//! Processor cores: `0.5`, `2`.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::source::tree::NodeValue;
use crate::source::{Definitions, Node, Reader, Shape};

/// A number of processor cores, in thousandths, which is as fine as the kernel's scheduler shares them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpus {
    thousandths: u32,
}

const EXPECTED: &str = "a number of processor cores such as `0.5` or `2`";

impl Cpus {
    /// Digits, with up to three behind a point.
    fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|found| found.is_ascii_digit());
        if !are_digits(whole) || !are_digits(part) || part.len() > 3 {
            return None;
        }
        let cores: u32 = whole.parse().ok()?;
        let part: u32 = format!("{part:0<3}").parse().ok()?;
        let thousandths = cores.checked_mul(1_000)?.checked_add(part)?;
        (thousandths > 0).then_some(Self { thousandths })
    }
}

impl fmt::Display for Cpus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.thousandths / 1_000, self.thousandths % 1_000);
        out.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Shape for Cpus {
    fn expected() -> String {
        EXPECTED.to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let written = match &node.value {
            NodeValue::String(text) => text.clone(),
            NodeValue::Integer(number) => number.to_string(),
            NodeValue::Float(number) => number.to_string(),
            _ => {
                reader.wrong_type(node, EXPECTED);
                return None;
            }
        };
        let cores = Self::parse(&written);
        if cores.is_none() {
            reader.invalid(node.span, &format!("`{written}`"), EXPECTED);
        }
        cores
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "anyOf": [
            { "type": "number", "exclusiveMinimum": 0 },
            { "type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,3})?$" },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::Cpus;

    #[test]
    fn a_number_of_cores_is_written_in_one_canonical_way() {
        for (text, canonical) in
            [("0.5", "0.5"), ("0.50", "0.5"), ("2", "2"), ("2.0", "2"), ("10.125", "10.125")]
        {
            assert_eq!(Cpus::parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_number_of_cores_is_refused() {
        for text in ["", "lots", "0", "0.0", "-1", "+1", "1.", ".5", "1e3", "0.0001", "99999999999", "1 "] {
            assert_eq!(Cpus::parse(text), None, "{text}");
        }
    }
}
