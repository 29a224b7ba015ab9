//! Exact edits: the part of a written value that has to change, and nothing around it.

use crate::diagnostics::Edit;
use crate::source::{Sources, Span};

/// The digits of the host port in `8001`, `"5433:5432"` or `"127.0.0.1:8445:8001/tcp"`.
pub(super) fn host_port(sources: &Sources, span: Span) -> Option<Span> {
    let text = sources.text(span);
    if is_digits(text) {
        return Some(span);
    }
    let (start, content) = unquoted(text)?;
    let (outer, _container) = content.rsplit_once(':')?;
    let from = outer.rfind(':').map_or(0, |colon| colon + 1);
    is_digits(&outer[from..]).then(|| part(span, start + from, start + outer.len()))
}

/// Writes `to` for the one place where `from` stands under the span.
pub(super) fn rename(sources: &Sources, span: Span, from: &str, to: &str) -> Option<Edit> {
    let mut places = sources.text(span).match_indices(from);
    let (start, _) = places.next()?;
    let only = places.next().is_none();
    only.then(|| Edit { span: part(span, start, start + from.len()), replacement: to.to_owned() })
}

/// Inserts text behind the span.
pub(super) fn insert_after(span: Span, text: impl Into<String>) -> Edit {
    Edit { span: Span { start: span.end, ..span }, replacement: text.into() }
}

/// Writes a further key behind a value: on a line of its own, or behind a comma. None for an element of a list.
pub(super) fn key_after(sources: &Sources, span: Span, key: &str) -> Option<Edit> {
    match setting(sources, span) {
        Setting::Item => None,
        Setting::Inline => Some(insert_after(span, format!(", {key}"))),
        Setting::Line => Some(insert_after(span, format!("\n{key}"))),
    }
}

/// Where a value stands, which says how a further key is written beside it.
pub(super) enum Setting {
    /// In a list, without a key.
    Item,
    /// Behind a key, within `{ … }`.
    Inline,
    /// Behind a key on a line of its own.
    Line,
}

/// Where the value under the span stands.
pub(super) fn setting(sources: &Sources, span: Span) -> Setting {
    let text = &sources.file(span.file).text;
    let before = text.get(..span.range().start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    match () {
        () if !before.trim_end().ends_with('=') => Setting::Item,
        () if line.contains('{') => Setting::Inline,
        () => Setting::Line,
    }
}

/// The content of a string that has no escapes, and where it begins.
fn unquoted(text: &str) -> Option<(usize, &str)> {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let content = inner('"').or_else(|| inner('\''))?;
    (!content.contains(['\\', '"', '\''])).then_some((1, content))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|found| found.is_ascii_digit())
}

fn part(span: Span, from: usize, to: usize) -> Span {
    let start = span.range().start;
    Span::new(span.file, start + from..start + to)
}

#[cfg(test)]
mod tests {
    use super::{host_port, rename};
    use crate::source::{Sources, Span};

    fn written(text: &str) -> (Sources, Span) {
        let mut sources = Sources::default();
        let file = sources.add("stack.toml".into(), format!("port = {text} # here"));
        (sources, Span::new(file, 7..7 + text.len()))
    }

    #[test]
    fn the_host_port_is_found_in_every_form_of_a_port() {
        for (text, found) in [
            ("8001", Some("8001")),
            ("\"5433:5432\"", Some("5433")),
            ("'5433:5432'", Some("5433")),
            ("\"127.0.0.1:8445:8001/tcp\"", Some("8445")),
            ("\"[::1]:80:8080\"", Some("80")),
            ("0x1F90", None),
            ("8_001", None),
            ("\"\\u0035433:5432\"", None),
        ] {
            let (sources, span) = written(text);
            assert_eq!(host_port(&sources, span).map(|part| sources.text(part)), found, "{text}");
        }
    }

    #[test]
    fn a_name_is_changed_where_it_stands_once_and_nowhere_else() {
        let (sources, span) = written("\"{{ services.identty.url }}\"");
        let edit = rename(&sources, span, "identty", "identity");
        assert_eq!(edit.map(|edit| sources.text(edit.span)), Some("identty"));
        let (sources, span) = written("\"aa\"");
        assert_eq!(rename(&sources, span, "a", "b"), None);
    }
}
