//! In data files a value is a whole scalar: as a part of another it would bring its quotes along, or be cut off.

use super::tokens::{Token, is_number};
use crate::source::language::Format;

/// Stands for an expression among the characters of its line.
const VALUE: char = '\u{1}';

/// The faults of a template of a data file, each with its line.
pub fn faults(format: Format, tokens: &[(usize, Token<'_>)]) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    let mut before = String::new();
    let mut outside = Vec::new();
    for (at, (line, token)) in tokens.iter().enumerate() {
        match token {
            // What a macro or a block gives will stand elsewhere.
            Token::Tag(inner) => match token.tag_name() {
                Some("macro" | "call" | "filter" | "block") => outside.push(std::mem::take(&mut before)),
                Some("set") if !inner.contains('=') => outside.push(std::mem::take(&mut before)),
                Some("endmacro" | "endcall" | "endfilter" | "endblock" | "endset") => {
                    before = outside.pop().unwrap_or_default();
                }
                _ => {}
            },
            Token::Text(text) => push(text, &mut before),
            Token::Expression(inner) => {
                let alone = may_begin(format, &before) && may_end(format, tokens.get(at + 1));
                if !alone && !is_number(inner) {
                    faults.push((*line, problem(format, inner)));
                }
                before.push(VALUE);
            }
        }
    }
    faults
}

fn problem(format: Format, inner: &str) -> String {
    let way_out = match format {
        Format::Dockerfile => "take the quotes away, for the value has its own",
        _ => "write all of it as one value, as in `{{ \"text \" ~ x }}`, without quotes",
    };
    format!("`{{{{ {inner} }}}}` stands inside other text: {way_out}")
}

/// Keeps the current line only.
fn push(text: &str, before: &mut String) {
    match text.rsplit_once('\n') {
        Some((_, last)) => {
            before.clear();
            before.push_str(last);
        }
        None => before.push_str(text),
    }
}

fn may_begin(format: Format, before: &str) -> bool {
    let trimmed = before.trim_end();
    let spaced = trimmed.len() < before.len();
    match format {
        Format::Dockerfile => {
            ['"', '\''].iter().all(|quote| before.matches(*quote).count().is_multiple_of(2))
        }
        Format::Env => trimmed.is_empty() || before.starts_with('#') || before.ends_with('='),
        Format::Json => trimmed.is_empty() || trimmed.ends_with(['[', '{', ',', ':']),
        Format::Toml => {
            trimmed.is_empty() || is_comment(before) || trimmed.ends_with(['=', '[', '{', ',', '.'])
        }
        _ => {
            is_comment(before)
                || trimmed.chars().all(|found| matches!(found, ' ' | '-' | '?'))
                    && (spaced || trimmed.is_empty() || before.ends_with(' '))
                || trimmed.ends_with(':') && spaced
                || trimmed.ends_with(['[', '{', ','])
        }
    }
}

fn is_comment(before: &str) -> bool {
    before.trim_start().starts_with('#') || before.contains(" #")
}

/// What follows may be a space or punctuation of the format, never the rest of a word.
fn may_end(format: Format, next: Option<&(usize, Token<'_>)>) -> bool {
    match next {
        Some((_, Token::Text(text))) => {
            text.starts_with(|found: char| {
                found.is_whitespace() || matches!(found, ',' | ']' | '}' | ':' | '=' | '.')
            }) || format == Format::Dockerfile
        }
        Some((_, Token::Expression(_))) => format == Format::Dockerfile,
        Some((_, Token::Tag(_))) | None => true,
    }
}
