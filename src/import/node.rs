//! A file of the old stack as a tree in which every key and value knows its place.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use crate::source::{FileId, Span};
use crate::yaml::{Located, LocatedValue};

/// A value and the place that says it.
#[derive(Debug, Clone)]
pub struct Node {
    pub value: Value,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Table(Table),
}

/// The entries of a table, in the order of the file.
pub type Table = IndexMap<String, Entry>;

/// One entry of a table: the place of its key, its value, and how Compose is to merge it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Span,
    pub node: Node,
    pub tag: Option<Tag>,
}

/// What a file says of a value that an earlier file has as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `!reset`: it is gone.
    Reset,
    /// `!override`: this takes its place, whole.
    Override,
}

impl Node {
    /// The tree of a file's text.
    #[must_use]
    pub fn of(located: Located, file: FileId, text: &str) -> Self {
        let span = Span::new(file, located.place);
        let value = match located.value {
            LocatedValue::Null => Value::Null,
            LocatedValue::Bool(truth) => Value::Bool(truth),
            LocatedValue::Integer(number) => Value::Integer(number),
            LocatedValue::Float(number) => Value::Float(number),
            LocatedValue::Text(found) => plain_octal(found, text.get(span.range())),
            LocatedValue::List(items) => {
                Value::List(items.into_iter().map(|item| Self::of(item, file, text)).collect())
            }
            LocatedValue::Table(entries) => Value::Table(
                entries
                    .into_iter()
                    .map(|(name, (key, value))| {
                        let tag = tag(text.get(key.end..value.place.start));
                        let node = Self::of(value, file, text);
                        (name, Entry { key: Span::new(file, key), node, tag })
                    })
                    .collect(),
            ),
        };
        Self { value, span }
    }

    #[must_use]
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    #[must_use]
    pub fn table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The value of a key; nothing where this is no table, has no such key, or nothing stands there.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.table()?.get(key).map(|entry| &entry.node).filter(|node| !matches!(node.value, Value::Null))
    }

    /// The items of a list, or the one value itself.
    #[must_use]
    pub fn items(&self) -> Vec<&Node> {
        match &self.value {
            Value::List(items) => items.iter().collect(),
            Value::Null => Vec::new(),
            _ => vec![self],
        }
    }

    /// A scalar as Compose makes text of it.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The text of a key's value.
    #[must_use]
    pub fn text_at(&self, key: &str) -> Option<String> {
        self.get(key)?.text()
    }

    /// The items of a key's list, or its one value.
    #[must_use]
    pub fn items_at(&self, key: &str) -> Vec<&Node> {
        self.get(key).map(Node::items).unwrap_or_default()
    }

    /// The scalars among the items of a key's list, or its one value, as text.
    #[must_use]
    pub fn texts_at(&self, key: &str) -> Vec<String> {
        self.items_at(key).into_iter().filter_map(Node::text).collect()
    }

    /// How many values it holds, itself included.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Table(table) => table.values().map(|entry| entry.node.count()).sum::<usize>(),
            _ => 0,
        }
    }

    #[must_use]
    pub fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(truth) => json!(truth),
            Value::Integer(number) => json!(number),
            Value::Float(number) => json!(number),
            Value::Text(text) => json!(text),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Table(table) => Json::Object(
                table.iter().map(|(key, entry)| (key.clone(), entry.node.json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// The same tree with every text changed.
    #[must_use]
    pub fn map_texts(&self, change: &mut impl FnMut(&str, Span) -> String) -> Self {
        let value = match &self.value {
            Value::Text(text) => Value::Text(change(text, self.span)),
            Value::List(items) => Value::List(items.iter().map(|item| item.map_texts(change)).collect()),
            Value::Table(table) => Value::Table(
                table
                    .iter()
                    .map(|(key, entry)| {
                        let node = entry.node.map_texts(change);
                        (key.clone(), Entry { key: entry.key, node, tag: entry.tag })
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Self { value, span: self.span }
    }
}

/// Compose's own reader takes a bare `012` for an octal number, and passes over `_` within one.
fn plain_octal(found: String, written: Option<&str>) -> Value {
    let is_plain = written.is_none_or(|written| !written.starts_with(['"', '\'']));
    let digits = found.strip_prefix('0').filter(|digits| !digits.is_empty());
    let octal = digits.and_then(|digits| i64::from_str_radix(digits, 8).ok());
    let with_gaps = || {
        let is_number = found.starts_with(|first: char| first.is_ascii_digit()) && found.contains('_');
        is_number.then(|| found.replace('_', "").parse().ok()).flatten()
    };
    match octal.or_else(with_gaps) {
        Some(number) if is_plain => Value::Integer(number),
        _ => Value::Text(found),
    }
}

fn tag(between: Option<&str>) -> Option<Tag> {
    let between = between?.split('\n').next()?;
    if between.contains("!reset") {
        Some(Tag::Reset)
    } else {
        between.contains("!override").then_some(Tag::Override)
    }
}
