//! Filters that write a value in a way of their own. Their results are in the output's format, and stand as they are.

use minijinja::{Error, Value};

use super::{only_in, refused, text, wrong};
use crate::render::escape::{self, Dialect};
use crate::render::rough_tokens;
use crate::render::text::{Piece, plain};
use crate::source::language::Format;

pub fn json(format: Format, value: &Value) -> Result<Value, Error> {
    if !matches!(
        format,
        Format::Compose | Format::Yaml | Format::Json | Format::Toml | Format::Markdown | Format::Dockerfile
    ) {
        return Err(wrong(format!("`json` has no meaning in {} outputs", format.as_str())));
    }
    let mut out = String::new();
    escape::write_json(value, format, &mut out).map_err(refused)?;
    match format {
        Format::Dockerfile if out.contains(['$', '\\']) => Err(wrong(
            "this cannot be written: some instructions of a Dockerfile interpolate `$` and `\\` in JSON, and others do not"
                .to_owned(),
        )),
        // TOML's inline tables have another syntax; its strings, numbers and lists are JSON's.
        Format::Toml if out.contains('{') && value.kind() != minijinja::value::ValueKind::String => {
            Err(wrong("TOML cannot hold a table in JSON's syntax: loop over it".to_owned()))
        }
        _ => Ok(Value::from_safe_string(out)),
    }
}

/// Words of Compose's own, `$` included.
pub fn interpolated(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("interpolated", format, Format::Compose)?;
    let mut out = String::new();
    escape::write_json(value, Format::Json, &mut out).map_err(refused)?;
    Ok(Value::from_safe_string(out))
}

pub fn key(format: Format, value: &Value) -> Result<Value, Error> {
    let text = text("key", value)?;
    let written = match format {
        Format::Compose => {
            escape::checked(format, &text).map(|pieces| escape::json_string(&pieces, Dialect::PLAIN))
        }
        _ => escape::string(format, &text),
    };
    written.map(Value::from_safe_string).map_err(refused)
}

pub fn multiline(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("multiline", format, Format::Toml)?;
    let text = text("multiline", value)?;
    let pieces = escape::checked(format, &text).map_err(refused)?;
    Ok(Value::from_safe_string(escape::toml_lines(&pieces)))
}

/// A quarter of the text's bytes, to two digits: what models' own tokenisers make of English prose and tables is near that.
pub fn tokens(value: &Value) -> Result<Value, Error> {
    let text = text("tokens", value)?;
    let tokens = rough_tokens(&text);
    let digits = tokens.checked_ilog10().unwrap_or_default();
    let unit = 10_usize.pow(digits.saturating_sub(1));
    Ok(Value::from(tokens.div_ceil(unit) * unit))
}

pub fn code(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("code", format, Format::Markdown)?;
    let text = text("code", value)?;
    let pieces = escape::checked(format, &text).map_err(refused)?;
    Ok(Value::from_safe_string(escape::code(&pieces)))
}

pub fn verbatim(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("verbatim", format, Format::Markdown)?;
    let text = text("verbatim", value)?;
    let whole = plain(&escape::checked(format, &text).map_err(refused)?);
    if whole.contains('\n') || whole.contains("```") || whole.contains("~~~") {
        return Err(wrong(
            "this cannot be written: it would end the code block, or begin another line of it".to_owned(),
        ));
    }
    Ok(Value::from_safe_string(whole))
}

pub fn mermaid(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("mermaid", format, Format::Markdown)?;
    let text = text("mermaid", value)?;
    let pieces = escape::checked(format, &text).map_err(refused)?;
    Ok(Value::from_safe_string(escape::mermaid(&pieces)))
}

/// Everything that could end the destination, or be taken for an escape in it, is percent-encoded (RFC 3986, section 2.1).
pub fn link(format: Format, value: &Value) -> Result<Value, Error> {
    only_in("link", format, Format::Markdown)?;
    let text = text("link", value)?;
    let pieces = escape::checked(format, &text).map_err(refused)?;
    let mut out = String::new();
    for piece in &pieces {
        let Piece::Literal(literal) = piece else {
            return Err(wrong("this cannot be written: a link cannot hold a secret".to_owned()));
        };
        for byte in literal.bytes() {
            if byte == b'&' {
                // Bare, it could begin an entity.
                out.push_str("&amp;");
            } else if byte.is_ascii_alphanumeric() || b"-._~/:?#@!$+,;=%".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    Ok(Value::from_safe_string(out))
}

pub fn comment(format: Format, value: &Value) -> Result<Value, Error> {
    if format == Format::Json {
        return Err(wrong("JSON has no comments".to_owned()));
    }
    let text = text("comment", value)?;
    let pieces = escape::checked(format, &text).map_err(refused)?;
    let whole = plain(&pieces);
    let lines: Vec<String> = whole.split(is_line_break).map(|line| comment_line(format, line)).collect();
    Ok(Value::from_safe_string(lines.join("\n")))
}

/// Whatever some reader of some format takes for the end of a line: YAML 1.1 knows five.
fn is_line_break(found: char) -> bool {
    matches!(found, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn comment_line(format: Format, line: &str) -> String {
    // What YAML does not take for printable, nobody would see.
    let hidden = |found: &char| {
        found.is_control() && *found != '\t' || matches!(found, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let line: String = line.chars().filter(|found| !hidden(found)).collect();
    match format {
        Format::Markdown => {
            format!("<!-- {} -->", line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
        }
        // `# name=value` at the top would be a directive to the builder.
        Format::Dockerfile if line.contains('=') => format!("#: {line}"),
        _ if line.is_empty() => "#".to_owned(),
        _ => format!("# {line}"),
    }
}
