//! Places in a stack's file, as dotted keys: `services.mail.env.DEBUG`.

use std::ops::Range;

use serde_json::{Value as Json, json};
use toml_parser::Source;
use toml_parser::parser::{EventKind, parse_key};

use super::template::offset_of_content;
use crate::source::{Definitions, Node, Reader, Shape, Sort, Span, Spanned};

/// Keys that lead from the root of a stack's file to a value, written as TOML writes a dotted key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    /// One at least, each with its place.
    pub keys: Vec<Spanned<String>>,
}

impl KeyPath {
    /// Whether it leads to what the stack's file declares under a name.
    #[must_use]
    pub fn declares(&self, sort: Sort, name: &str) -> bool {
        matches!(self.keys.as_slice(), [table, own] if table.value == sort.table() && own.value == name)
    }
}

/// The keys of a dotted key, each with its bytes, quotes included.
fn dotted(text: &str) -> Option<Vec<(String, Range<usize>)>> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let (mut events, mut faults) = (Vec::new(), Vec::new());
    parse_key(&tokens, &mut events, &mut faults);
    let keys = events.iter().filter(|event| event.kind() == EventKind::SimpleKey).map(|event| {
        let span = event.span();
        let mut key = String::new();
        toml_parser::Raw::new_unchecked(source.get(span)?.as_str(), event.encoding(), span)
            .decode_key(&mut key, &mut faults);
        Some((key, span.start()..span.end()))
    });
    let keys: Vec<_> = keys.collect::<Option<_>>()?;
    (faults.is_empty() && !keys.is_empty()).then_some(keys)
}

impl Shape for KeyPath {
    fn expected() -> String {
        "a dotted key such as `services.mail`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.string(node, &Self::expected())?;
        let Some(keys) = dotted(text) else {
            reader.invalid(node.span, &format!("`{text}`"), &Self::expected());
            return None;
        };
        let start = offset_of_content(text, node.span, reader);
        let place = |bytes: Range<usize>| match start {
            Some(start) => Span::new(node.span.file, start + bytes.start..start + bytes.end),
            None => node.span,
        };
        let keys: Vec<_> = keys.into_iter().map(|(key, bytes)| Spanned::new(key, place(bytes))).collect();
        if let [table, name, ..] = keys.as_slice()
            && let Some(sort) = Sort::of_table(table)
        {
            reader.refer(sort, name, name.span);
        }
        Some(Self { keys })
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn a_dotted_key_is_read_as_toml_reads_it() {
        let keys = |text| dotted(text).map(|keys| keys.into_iter().map(|(key, _)| key).collect::<Vec<_>>());
        assert_eq!(keys("services.mail").unwrap(), ["services", "mail"]);
        assert_eq!(keys("services.mail.labels.\"a.b\"").unwrap(), ["services", "mail", "labels", "a.b"]);
        assert_eq!(dotted("a . b").unwrap()[1], ("b".to_owned(), 4..5));
        for none in ["", "services.", ".mail", "services..mail", "services mail", "a.b = 1", "a.\"b"] {
            assert_eq!(dotted(none), None, "{none}");
        }
    }
}
