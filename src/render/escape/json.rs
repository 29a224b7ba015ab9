//! JSON strings, which are YAML strings as well, and whole values in JSON.

use std::fmt::Write;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::{Refusal, checked};
use crate::render::text::Piece;
use crate::source::language::Format;

/// What differs between the formats that write JSON strings.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Compose interpolates `$` in values, and reads `$$` as one.
    interpolated: bool,
}

impl Dialect {
    pub const PLAIN: Self = Self { interpolated: false };
    pub const COMPOSE: Self = Self { interpolated: true };

    #[must_use]
    pub fn of(format: Format) -> Self {
        if format == Format::Compose { Self::COMPOSE } else { Self::PLAIN }
    }
}

/// A string between its quotes.
pub fn string(pieces: &[Piece<'_>], dialect: Dialect) -> String {
    let mut out = String::from("\"");
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => write_literal(literal, dialect, &mut out),
            // A name of a variable: nothing in it needs an escape.
            Piece::Secret(name) if dialect.interpolated => {
                out.push_str(&format!("${{{name}:?set {name} in .env and pass --env-file .env}}"))
            }
            Piece::Secret(name) => out.push_str(&format!("${{{name}}}")),
        }
    }
    out.push('"');
    out
}

fn write_literal(literal: &str, dialect: Dialect, out: &mut String) {
    let harmless = |found: u8| matches!(found, b' '..=b'~') && !b"\"\\$".contains(&found);
    if literal.bytes().all(harmless) {
        out.push_str(literal);
        return;
    }
    for found in literal.chars() {
        match found {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '$' if dialect.interpolated => out.push_str("$$"),
            found if must_be_escaped(found) => {
                // Writing to a string cannot fail. All of these lie below U+10000, where YAML and JSON agree.
                let _ = write!(out, "\\u{:04x}", u32::from(found));
            }
            found => out.push(found),
        }
    }
}

/// What YAML 1.1 or 1.2 does not take for printable, or takes for a line break.
fn must_be_escaped(found: char) -> bool {
    found.is_control() || matches!(found, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Writes any value as JSON on one line: strings as the format writes them, objects with their keys in their own order.
///
/// # Errors
/// The value, or something in it, has no form in JSON: undefined, a function, a number that is not finite.
pub fn write_json(value: &Value, format: Format, out: &mut String) -> Result<(), Refusal> {
    let dialect = Dialect::of(format);
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => out.push_str(&finite(value)?),
        ValueKind::String => write_string(value.as_str().unwrap_or_default(), dialect, out)?,
        ValueKind::Seq | ValueKind::Iterable => write_list(value, format, out)?,
        ValueKind::Map => write_map(value, format, out)?,
        other => return Err(Refusal(format!("{other} has no form in JSON"))),
    }
    Ok(())
}

/// A number's digits, the same in every format.
///
/// # Errors
/// The number is infinite or not a number.
pub fn finite(value: &Value) -> Result<String, Refusal> {
    let digits = value.to_string();
    if digits.bytes().any(|digit| digit.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Refusal(format!("`{digits}` is no number that a file can hold")))
    }
}

fn write_string(marked: &str, dialect: Dialect, out: &mut String) -> Result<(), Refusal> {
    out.push_str(&string(&checked(Format::Json, marked)?, dialect));
    Ok(())
}

fn write_list(value: &Value, format: Format, out: &mut String) -> Result<(), Refusal> {
    out.push('[');
    for (position, item) in items(value)?.enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write_json(&item, format, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_map(value: &Value, format: Format, out: &mut String) -> Result<(), Refusal> {
    out.push('{');
    for (position, key) in items(value)?.enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        let name = key.as_str().map_or_else(|| key.to_string(), ToOwned::to_owned);
        // Compose interpolates values, never keys.
        write_string(&name, Dialect::PLAIN, out)?;
        out.push_str(": ");
        let entry = value.get_item(&key).map_err(|error| Refusal(error.to_string()))?;
        write_json(&entry, format, out)?;
    }
    out.push('}');
    Ok(())
}

fn items(value: &Value) -> Result<impl Iterator<Item = Value>, Refusal> {
    value.try_iter().map_err(|error| Refusal(error.to_string()))
}
