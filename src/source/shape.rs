//! How a value of `stack.toml` is declared: one trait from which the reader, the did-you-mean, the JSON Schema and the
//! reference page are all derived.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::definitions::Definitions;
use super::reader::Reader;
use super::span::{Span, Spanned};
use super::tree::{Node, NodeValue};

/// A type that can be written in `stack.toml`.
pub trait Shape: Sized {
    /// What a person may write here: ``a duration such as `30s` ``. Follows the word "expected".
    fn expected() -> String;

    /// The value, or nothing after a diagnostic.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// The items that a string most likely stands for where a list of these is taken; none where it is an item itself.
    fn items(_: &str) -> Option<Vec<String>> {
        None
    }

    /// The JSON Schema of this shape. Tables and choices are entered among the definitions and referred to.
    fn schema(definitions: &mut Definitions) -> Json;
}

/// A scalar that has one way to be written in TOML: what defaults are shown as.
pub trait Written {
    fn written(&self) -> Json;
}

/// A list of values, each with its place.
pub type List<T> = Vec<Spanned<T>>;

/// A table whose keys are names that the user chooses.
#[derive(Debug, Clone)]
pub struct Named<T> {
    entries: IndexMap<String, NamedEntry<T>>,
    unreadable: Vec<String>,
}

/// One entry of a [`Named`] table: the place of its name, and what it holds.
#[derive(Debug, Clone)]
pub struct NamedEntry<T> {
    pub name: Span,
    pub value: Spanned<T>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { entries: IndexMap::new(), unreadable: Vec::new() }
    }
}

impl<T> Named<T> {
    pub fn iter(&self) -> impl Iterator<Item = (&String, &NamedEntry<T>)> {
        self.entries.iter()
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&NamedEntry<T>> {
        self.entries.get(name)
    }

    pub fn insert(&mut self, name: String, entry: NamedEntry<T>) {
        self.entries.insert(name, entry);
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Names that are declared, with something that could not be read. Whoever refers to them is right to.
    #[must_use]
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T: Shape> Shape for Named<T> {
    fn expected() -> String {
        format!("a table of names, each with {}", T::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let table = reader.table(node, &Self::expected())?;
        let mut named = Self::default();
        for (name, entry) in table {
            match Spanned::<T>::read(&entry.node, reader) {
                Some(value) => named.insert(name.clone(), NamedEntry { name: entry.key, value }),
                None => named.unreadable.push(name.clone()),
            }
        }
        Some(named)
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }
}

impl<T: Shape> Shape for Spanned<T> {
    fn expected() -> String {
        T::expected()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self::new(T::read(node, reader)?, node.span))
    }

    fn schema(definitions: &mut Definitions) -> Json {
        T::schema(definitions)
    }
}

impl<T: Shape> Shape for List<T> {
    fn expected() -> String {
        format!("a list, each item {}", T::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let NodeValue::Array(items) = &node.value else {
            reader.no_list::<T>(node, &Self::expected());
            return None;
        };
        Some(items.iter().filter_map(|item| Spanned::<T>::read(item, reader)).collect())
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "type": "array", "items": T::schema(definitions) })
    }
}

/// One value or a list of them: `rate_limit = "100/minute"` is `rate_limit = ["100/minute"]`.
#[derive(Debug, Clone, Default)]
pub struct OneOrMany<T>(pub List<T>);

impl<T: Shape> Shape for OneOrMany<T> {
    fn expected() -> String {
        format!("{}, or a list of such", T::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if matches!(node.value, NodeValue::Array(_)) {
            return List::<T>::read(node, reader).map(Self);
        }
        Spanned::<T>::read(node, reader).map(|value| Self(vec![value]))
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [T::schema(definitions), List::<T>::schema(definitions)] })
    }
}

impl Shape for String {
    fn expected() -> String {
        "a string".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        reader.string(node, &Self::expected()).map(ToOwned::to_owned)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string" })
    }
}

impl Written for String {
    fn written(&self) -> Json {
        json!(self)
    }
}

impl Shape for bool {
    fn expected() -> String {
        "`true` or `false`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let NodeValue::Boolean(truth) = node.value else {
            reader.wrong_type(node, &Self::expected());
            return None;
        };
        Some(truth)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "boolean" })
    }
}

impl Written for bool {
    fn written(&self) -> Json {
        json!(self)
    }
}

macro_rules! whole_number {
    ($type:ty, $expected:literal) => {
        impl Shape for $type {
            fn expected() -> String {
                $expected.to_owned()
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let NodeValue::Integer(number) = node.value else {
                    reader.wrong_type(node, $expected);
                    return None;
                };
                let fits = Self::try_from(number).ok();
                if fits.is_none() {
                    reader.invalid(node.span, &format!("`{number}`"), $expected);
                }
                fits
            }

            fn schema(_: &mut Definitions) -> Json {
                json!({ "type": "integer", "minimum": 0, "maximum": Self::MAX })
            }
        }

        impl Written for $type {
            fn written(&self) -> Json {
                json!(self)
            }
        }
    };
}

whole_number!(u16, "a whole number from 0 to 65535");
whole_number!(u32, "a whole number from 0 to 4294967295");

/// A value of any form, kept as it stands: what a gateway plugin's own configuration holds.
#[derive(Debug, Clone)]
pub struct Free(pub Json);

impl Shape for Free {
    fn expected() -> String {
        "any value".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        free(node, reader).map(Self)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({})
    }
}

fn free(node: &Node, reader: &mut Reader<'_>) -> Option<Json> {
    Some(match &node.value {
        NodeValue::String(text) | NodeValue::Datetime(text) => json!(text),
        NodeValue::Integer(number) => json!(number),
        NodeValue::Float(number) if number.is_finite() => json!(number),
        NodeValue::Float(number) => {
            reader.invalid(node.span, &format!("`{number}`"), "a finite number");
            return None;
        }
        NodeValue::Boolean(truth) => json!(truth),
        NodeValue::Array(items) => Json::Array(items.iter().filter_map(|item| free(item, reader)).collect()),
        NodeValue::Table(table) => Json::Object(
            table
                .iter()
                .filter_map(|(name, entry)| Some((name.clone(), free(&entry.node, reader)?)))
                .collect(),
        ),
    })
}
