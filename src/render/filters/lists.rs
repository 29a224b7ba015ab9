//! Filters that take lists.

use minijinja::{Error, Value};

use super::{list, refused, text};
use crate::render::escape;
use crate::render::view::Seen;
use crate::source::language::Format;

pub fn shell_command(format: Format, value: &Value) -> Result<Value, Error> {
    let mut words = Vec::new();
    for item in list("shell_command", value)? {
        let text = text("shell_command", &item)?;
        let pieces = escape::checked(Format::Shell, &text).map_err(refused)?;
        words.push(if format == Format::Shell {
            escape::word(&pieces)
        } else {
            escape::word_in_value(&pieces)
        });
    }
    let line = words.join(" ");
    Ok(if format == Format::Shell { Value::from_safe_string(line) } else { line.seen() })
}

/// As the engine's own filter of this name; between items that are written already, a joiner of letters, spaces and
/// commas is text of the template and needs no escaping.
pub fn join(
    format: Format,
    value: &Value,
    joiner: Option<&str>,
    attribute: Option<&str>,
) -> Result<Value, Error> {
    let mut items = list("join", value)?;
    if let Some(attribute) = attribute {
        items = items.iter().map(|item| item.get_attr(attribute)).collect::<Result<_, _>>()?;
    }
    let joiner = joiner.unwrap_or_default();
    let written_already = items.iter().any(Value::is_safe);
    let mut line = String::new();
    for (position, item) in items.iter().enumerate() {
        if position > 0 && written_already && !is_harmless(joiner) {
            line.push_str(&escape::string(format, joiner).map_err(refused)?);
        } else if position > 0 {
            line.push_str(joiner);
        }
        line.push_str(&word(format, item, written_already)?);
    }
    Ok(if written_already { Value::from_safe_string(line) } else { Value::from(line) })
}

fn is_harmless(joiner: &str) -> bool {
    joiner.chars().all(|found| found.is_ascii_alphabetic() || matches!(found, ' ' | ',' | ';' | '/'))
}

/// One item as it stands in its list.
fn word(format: Format, item: &Value, written_already: bool) -> Result<String, Error> {
    let text = text("join", item)?;
    if written_already && !item.is_safe() {
        return escape::string(format, &text).map_err(refused);
    }
    Ok(text.into_owned())
}

pub fn join_words(format: Format, value: &Value) -> Result<Value, Error> {
    let items = list("join_words", value)?;
    let written_already = items.iter().any(Value::is_safe);
    let words: Vec<String> =
        items.iter().map(|item| word(format, item, written_already)).collect::<Result<_, _>>()?;
    let line = match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    };
    Ok(if written_already { Value::from_safe_string(line) } else { Value::from(line) })
}
