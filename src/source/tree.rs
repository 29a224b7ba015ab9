//! A TOML file as a tree of values in which every key and value knows its place.

use indexmap::IndexMap;

use super::span::Span;

/// A value and the place that says it.
#[derive(Debug, Clone)]
pub struct Node {
    pub value: NodeValue,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum NodeValue {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// A date or time, as written.
    Datetime(String),
    Array(Vec<Node>),
    Table(NodeTable),
}

/// The entries of a table, in the order of the file.
pub type NodeTable = IndexMap<String, Entry>;

/// One entry of a table: the place of its key, and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Span,
    pub node: Node,
}

impl Node {
    /// What a person calls this value: `a string`, `a table`.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match &self.value {
            NodeValue::String(_) => "a string",
            NodeValue::Integer(_) => "an integer",
            NodeValue::Float(_) => "a float",
            NodeValue::Boolean(_) => "a boolean",
            NodeValue::Datetime(_) => "a date or time",
            NodeValue::Array(_) => "an array",
            NodeValue::Table(_) => "a table",
        }
    }

    /// How many tables, lists and values it holds, itself included.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + match &self.value {
            NodeValue::Array(items) => items.iter().map(Self::count).sum(),
            NodeValue::Table(table) => table.values().map(|entry| entry.node.count()).sum::<usize>(),
            _ => 0,
        }
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            NodeValue::String(text) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_table(&self) -> Option<&NodeTable> {
        match &self.value {
            NodeValue::Table(table) => Some(table),
            _ => None,
        }
    }

    pub fn as_table_mut(&mut self) -> Option<&mut NodeTable> {
        match &mut self.value {
            NodeValue::Table(table) => Some(table),
            _ => None,
        }
    }
}
