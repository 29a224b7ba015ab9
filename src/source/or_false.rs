//! What a nearer level can switch off: a value, or `false`.

use serde_json::{Value as Json, json};

use super::definitions::Definitions;
use super::reader::Reader;
use super::shape::Shape;
use super::tree::{Node, NodeValue};

/// A value, or `false` where what holds further out shall not hold.
#[derive(Debug, Clone)]
pub enum OrFalse<T> {
    Off,
    On(Box<T>),
}

impl<T> OrFalse<T> {
    /// The value, unless it is switched off.
    #[must_use]
    pub fn on(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::On(value) => Some(value),
        }
    }
}

impl<T: Shape> Shape for OrFalse<T> {
    fn expected() -> String {
        format!("{}, or `false`", T::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Boolean(false) => Some(Self::Off),
            NodeValue::Boolean(true) => {
                reader.wrong_type(node, &Self::expected());
                None
            }
            _ => T::read(node, reader).map(|value| Self::On(Box::new(value))),
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "const": false }, T::schema(definitions)] })
    }
}

/// A table with a default for each of its keys: `true` takes them all, `false` switches it off.
#[derive(Debug, Clone)]
pub enum OrTruth<T> {
    Off,
    On(Box<T>),
}

impl<T> OrTruth<T> {
    /// The table, unless it is switched off.
    #[must_use]
    pub fn on(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::On(value) => Some(value),
        }
    }
}

impl<T: Shape + Default> Shape for OrTruth<T> {
    fn expected() -> String {
        format!("`true`, `false` or {}", T::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Boolean(false) => Some(Self::Off),
            NodeValue::Boolean(true) => Some(Self::On(Box::default())),
            NodeValue::Table(_) => T::read(node, reader).map(|value| Self::On(Box::new(value))),
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": "boolean" }, T::schema(definitions)] })
    }
}
