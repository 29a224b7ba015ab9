//! TOML text to a [`Node`] tree, with every syntax error of the file, not the first only.

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::fault::Faults;
use super::span::{FileId, Span};
use super::tree::{Entry, Node, NodeTable, NodeValue};
use crate::diagnostics::Diagnostic;

/// Parses one file. The tree holds whatever could be read; the diagnostics say what could not.
pub fn parse(file: FileId, text: &str) -> (Node, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let faults = Faults::sorted(text, &errors);
    let diagnostics = faults.shown.iter().map(|fault| fault.diagnostic(file, text)).collect();
    let mut parser = Parser { text, file, faults, diagnostics };
    // What the whole file lacks is said at its start: marking all of it would say nothing.
    let span = Span::new(file, 0..0);
    let node = Node { value: NodeValue::Table(parser.table(table.into_inner())), span };
    (node, parser.diagnostics)
}

struct Parser<'t> {
    text: &'t str,
    file: FileId,
    faults: Faults,
    diagnostics: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn table(&mut self, table: DeTable<'_>) -> NodeTable {
        table
            .into_iter()
            // What the parser made up in place of a value that it could not read stands nowhere in the text.
            .filter(|(_, value)| !value.span().is_empty() || value.get_ref().is_table())
            .filter_map(|(key, value)| {
                let span = Span::new(self.file, key.span());
                let name = self.text(key.into_inner().into_owned(), span);
                Some((name, Entry { key: span, node: self.node(value)? }))
            })
            .collect()
    }

    /// A value; nothing where what could be read of it says nothing.
    fn node(&mut self, value: TomlSpanned<DeValue<'_>>) -> Option<Node> {
        let range = value.span();
        if self.faults.is_lost(&range) {
            return None;
        }
        let is_unquoted = self.faults.is_unquoted(&range);
        let span = Span::new(self.file, range.clone());
        let value = match value.into_inner() {
            // It is what was meant, and whoever reads it finds nothing else wrong with it.
            _ if is_unquoted => NodeValue::String(self.text[range].to_owned()),
            DeValue::String(text) => NodeValue::String(self.text(text.into_owned(), span)),
            DeValue::Integer(number) => self.integer(number.as_str(), number.radix(), span)?,
            DeValue::Float(number) => NodeValue::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => NodeValue::Boolean(truth),
            DeValue::Datetime(moment) => NodeValue::Datetime(moment.to_string()),
            DeValue::Array(items) => {
                NodeValue::Array(items.into_iter().filter_map(|item| self.node(item)).collect())
            }
            DeValue::Table(table) => NodeValue::Table(self.table(table)),
        };
        Some(Node { value, span })
    }

    fn integer(&mut self, digits: &str, radix: u32, span: Span) -> Option<NodeValue> {
        let number = i64::from_str_radix(digits, radix).ok();
        if number.is_none() {
            self.diagnostics.push(
                Diagnostic::error("syntax", "this integer does not fit into 64 bits").at(span, "too large"),
            );
        }
        number.map(NodeValue::Integer)
    }

    /// Line breaks and tabs are text; every other control character is refused, for most of the formats that
    /// stackgen writes cannot carry it. What remains is most likely what was meant, and what others refer to.
    fn text(&mut self, mut text: String, span: Span) -> String {
        // A line break of a checkout on Windows. TOML leaves it to its reader to make it a plain one.
        if text.contains("\r\n") && self.text[span.range()].contains("\r\n") {
            text = text.replace("\r\n", "\n");
        }
        let is_refused = |found: char| found.is_control() && !matches!(found, '\n' | '\t');
        if let Some(character) = text.chars().find(|found| is_refused(*found)) {
            // One that stands in the file as itself is found by the parser, at its very place.
            if !self.faults.has_control_character(&span.range()) {
                self.diagnostics.push(control_character(character, span));
            }
            text.retain(|found| !is_refused(found));
        }
        text
    }
}

/// What `character`, which stands at the span or in what it marks, is refused with.
pub(super) fn control_character(character: char, span: Span) -> Diagnostic {
    let code = u32::from(character);
    Diagnostic::error("control-character", format!("a control character, U+{code:04X}, stands in this text"))
        .at(span, format!("holds U+{code:04X}"))
        .note("YAML, shell and Markdown files cannot all carry it unchanged")
        .help("remove it; line breaks and tabs are the only ones allowed")
}
