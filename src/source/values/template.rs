//! Strings that may refer to the stack: `"{{ services.identity.url }}/login"`.

use serde_json::{Value as Json, json};

use crate::diagnostics::Diagnostic;
use crate::source::{Definitions, Node, Reader, Shape, Sort, Span};

/// A string in pieces: text, and dotted references into the stack. There are no expressions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// `services.identity.url`, as its segments, and where it stands.
    Reference {
        path: Vec<String>,
        span: Span,
    },
}

impl Template {
    /// A string that refers to nothing, braces and all.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self { pieces: vec![Piece::Text(text.to_owned())] }
    }

    /// The whole string, where it refers to nothing.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Parses a string of the source. `span` is the place of the string, quotes included.
    fn parse(text: &str, span: Span, reader: &mut Reader<'_>) -> Option<Self> {
        let exact = offset_of_content(text, span, reader);
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find("{{").map(|found| at + found) {
            if open > at {
                pieces.push(Piece::Text(text[at..open].to_owned()));
            }
            let place = |from: usize, to: usize| {
                exact.map_or(span, |start| Span::new(span.file, start + from..start + to))
            };
            let Some(close) = text[open..].find("}}").map(|found| open + found) else {
                reader.report(unclosed(place(open, open + 2)));
                return None;
            };
            let inner = text[open + 2..close].trim();
            let path: Vec<String> = inner.split('.').map(ToOwned::to_owned).collect();
            if !path.iter().all(|segment| is_segment(segment)) {
                reader.report(not_a_reference(inner, place(open, close + 2)));
                return None;
            }
            if let [root, name, ..] = path.as_slice()
                && let Some(sort) = Sort::of_root(root)
            {
                let at = segment_after(text, open + 2, root);
                reader.refer(sort, name, place(at, at + name.len()));
            }
            pieces.push(Piece::Reference { path, span: place(open, close + 2) });
            at = close + 2;
        }
        if at < text.len() {
            pieces.push(Piece::Text(text[at..].to_owned()));
        }
        Some(Self { pieces })
    }
}

/// Where the string's content starts in its file, if the source text is the content itself, without escapes.
pub(in crate::source) fn offset_of_content(text: &str, span: Span, reader: &Reader<'_>) -> Option<usize> {
    let source = reader.sources.text(span);
    let start = source.find(text).filter(|_| !text.is_empty())?;
    Some(span.start as usize + start)
}

/// Where the second segment of a reference starts: behind the first, its dot, and no spaces, for a segment holds none.
fn segment_after(text: &str, from: usize, first: &str) -> usize {
    let blank = text[from..].len() - text[from..].trim_start().len();
    from + blank + first.len() + 1
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, '-' | '_'))
}

const LITERAL_HELP: &str = "to keep the braces as they are, write `{ literal = \"…\" }`";

fn unclosed(span: Span) -> Diagnostic {
    Diagnostic::error("invalid-value", "this reference has no `}}`")
        .at(span, "opened here")
        .help("write a dotted reference, such as `{{ services.identity.url }}`")
        .help(LITERAL_HELP)
}

fn not_a_reference(inner: &str, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-value", format!("`{inner}` is not a dotted reference"))
        .at(span, "only references such as `{{ services.identity.url }}` may stand between `{{` and `}}`")
        .note("there are no expressions: what has to be computed belongs in a kind or in the service itself")
        .help(LITERAL_HELP)
}

impl Shape for Template {
    fn expected() -> String {
        "a string, which may refer to the stack as in `\"{{ services.identity.url }}\"`".to_owned()
    }

    /// A command's words, where blanks alone tell them apart.
    fn items(text: &str) -> Option<Vec<String>> {
        let is_plain = !text.contains(['"', '\'', '\\', '$', '{', '\n']);
        let words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
        (is_plain && words.len() > 1).then_some(words)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.string(node, &Self::expected())?;
        Self::parse(text, node.span, reader)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string" })
    }
}
