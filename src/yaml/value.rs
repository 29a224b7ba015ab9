//! A document as every reader of it sees it, borrowed from its text where that says a string as it is.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Number, Value as Json};

/// A value of a data file. Large files are read again in the hundreds of megabytes: a table is the list of its entries.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    List(Vec<Value<'t>>),
    /// In the order of the text; no key stands twice.
    Table(Vec<Entry<'t>>),
}

/// A key of a table, and its value.
pub type Entry<'t> = (Cow<'t, str>, Value<'t>);

/// Below this many entries, comparing each with each is quicker than a set of them.
const FEW: usize = 12;

impl<'t> Value<'t> {
    /// The table of these entries; none where a key stands twice.
    pub(super) fn table(entries: Vec<Entry<'t>>) -> Option<Self> {
        let is_unique = if entries.len() < FEW {
            (1..entries.len()).all(|at| entries[..at].iter().all(|(name, _)| *name != entries[at].0))
        } else {
            entries.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len() == entries.len()
        };
        is_unique.then_some(Self::Table(entries))
    }

    /// The value in the form of another library.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Number(number) => Json::Number(number.clone()),
            Self::Text(text) => Json::String(text.to_string()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Table(entries) => Json::Object(
                entries.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect(),
            ),
        }
    }
}

impl From<Json> for Value<'_> {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(truth),
            Json::Number(number) => Self::Number(number),
            Json::String(text) => Self::Text(text.into()),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(entries) => {
                Self::Table(entries.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
            }
        }
    }
}
