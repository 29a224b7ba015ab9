//! YAML, read strictly: what another parser could take for something else is no YAML here. The one place that knows which
//! crate reads it.

mod plain;
mod value;

use std::fmt;
use std::ops::Range;

use indexmap::IndexMap;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_saphyr::{Options, Spanned};

pub use self::value::{Entry, Value};

/// Why a text is not the YAML that every reader agrees on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// From 1, where it is known.
    pub line: Option<usize>,
    pub message: String,
}

/// Reads one document. `yes` and `on` are strings, as in YAML 1.2; so are `012` and `1_000`.
///
/// # Errors
/// Bad syntax, a key that stands twice in one table, or a merge key.
pub fn read(text: &str) -> Result<Value<'_>, YamlError> {
    plain::read(text).map_or_else(|| parse_any(text).map(Value::from), Ok)
}

/// As [`read`], in the form that most libraries take.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str) -> Result<Json, YamlError> {
    read(text).map(|document| document.to_json())
}

fn parse_any(text: &str) -> Result<Json, YamlError> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let line = error.location().and_then(|location| usize::try_from(location.line()).ok());
        // The place is told apart from the message, in the template's terms.
        let message = error.without_snippet().to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        YamlError { line, message: plain(message) }
    })
}

/// A message without what concerns only those who write programs with the parser.
fn plain(message: &str) -> String {
    let message = match message.strip_prefix("duplicate mapping key") {
        Some(rest) => match rest.strip_prefix(": ").and_then(|rest| rest.split(", set ").next()) {
            Some(key) => format!("the key `{key}` stands twice in one table"),
            None => "a key stands twice in one table".to_owned(),
        },
        None => message.to_owned(),
    };
    message.trim_end_matches([',', ':', ' ']).to_owned()
}

fn options() -> Options {
    serde_saphyr::options! {
        // The limits guard against hostile files; a large stack's own output is larger than they allow.
        budget: None,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

/// A value of a file that somebody wrote by hand, and the bytes that say it.
#[derive(Debug, Clone)]
pub struct Located {
    pub value: LocatedValue,
    pub place: Range<usize>,
}

#[derive(Debug, Clone)]
pub enum LocatedValue {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Located>),
    Table(IndexMap<String, (Range<usize>, Located)>),
}

/// Why a file that somebody wrote by hand is not YAML, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LocatedError {
    pub place: Range<usize>,
    pub message: String,
}

/// Reads one document that somebody wrote by hand: anchors, aliases and merge keys are worked in. Nothing at all is a null.
///
/// # Errors
/// Bad syntax, or a key that stands twice in one table.
pub fn located(text: &str) -> Result<Located, LocatedError> {
    if text.lines().all(|line| matches!(line.trim(), "" | "---") || line.trim_start().starts_with('#')) {
        return Ok(Located { value: LocatedValue::Null, place: 0..0 });
    }
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::MergeKeyPolicy::Merge,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map_or(0..0, |location| bytes_of(&location));
        let message = error.without_snippet().to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        LocatedError { place, message: plain(message) }
    })
}

fn bytes_of(location: &serde_saphyr::Location) -> Range<usize> {
    let span = location.span();
    let number = |found: Option<u64>| found.and_then(|found| usize::try_from(found).ok());
    let start = number(span.byte_offset()).or_else(|| number(Some(span.offset()))).unwrap_or_default();
    start..start + number(span.byte_len()).or_else(|| number(Some(span.len()))).unwrap_or_default()
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let found = Spanned::<LocatedValue>::deserialize(reader)?;
        // An alias is judged where its value was written.
        let location = if found.defined.line() > 0 { found.defined } else { found.referenced };
        Ok(Self { value: found.value, place: bytes_of(&location) })
    }
}

impl<'de> Deserialize<'de> for LocatedValue {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = LocatedValue;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Null)
    }

    fn visit_none<E>(self) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<LocatedValue, D::Error> {
        LocatedValue::deserialize(reader)
    }

    fn visit_bool<E>(self, value: bool) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<LocatedValue, E> {
        Ok(i64::try_from(value).map_or_else(|_| LocatedValue::Text(value.to_string()), LocatedValue::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LocatedValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(LocatedValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LocatedValue, A::Error> {
        let mut table = IndexMap::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            table.insert(key.value, (bytes_of(&key.referenced), map.next_value()?));
        }
        Ok(LocatedValue::Table(table))
    }
}

/// The line, from 1, of the value at a path of keys and positions; none where there is no such value.
#[must_use]
pub fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let walk = |reader: serde_saphyr::Deserializer<'_, '_>| Walk(path).deserialize(reader);
    serde_saphyr::with_deserializer_from_str_with_options(text, options(), walk).ok().flatten()
}

/// Goes down a path, and passes over everything beside it.
struct Walk<'p>(&'p [String]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<usize>, D::Error> {
        if self.0.is_empty() {
            let place = Spanned::<IgnoredAny>::deserialize(reader)?;
            return Ok(usize::try_from(place.referenced.line()).ok());
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Option<usize>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a table or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<usize>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if self.0.first() == Some(&key) {
                found = map.next_value_seed(Walk(&self.0[1..]))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<usize>, A::Error> {
        let wanted = self.0.first().and_then(|step| step.parse::<usize>().ok());
        let mut found = None;
        for position in 0.. {
            let more = if Some(position) == wanted {
                items.next_element_seed(Walk(&self.0[1..]))?.map(|line| found = line)
            } else {
                items.next_element::<IgnoredAny>()?.map(drop)
            };
            if more.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{LocatedValue, line_of, located, parse};

    #[test]
    fn what_two_parsers_read_in_two_ways_is_a_string() {
        let read = parse("a: yes\nb: 012\nc: 1_000\nd: 22:22\ne: true\nf: 12\n").unwrap();
        assert_eq!(read, json!({"a": "yes", "b": "012", "c": "1_000", "d": "22:22", "e": true, "f": 12}));
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = "a: 1\nb:\n  - x: 1\n  - x: 2\n    y: [1,\n      2]\n";
        let line = |path: &[&str]| line_of(text, &path.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(line(&["a"]), Some(1));
        assert_eq!(line(&["b", "1", "x"]), Some(4));
        assert_eq!(line(&["b", "1", "y", "1"]), Some(6));
        assert_eq!(line(&["b", "7"]), None);
        assert_eq!(line(&["a", "x"]), None);
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_at_its_line() {
        let error = parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!(error.line, Some(3));
        assert_eq!(error.message, "the key `a` stands twice in one table");
    }

    #[test]
    fn what_is_written_by_hand_keeps_its_places_through_anchors_and_merge_keys() {
        let text = "x: &x\n  a: 1 # one\n  b: 'two'\ny:\n  <<: *x\n  b: [é, three]\n8080: yes\n";
        let LocatedValue::Table(root) = located(text).unwrap().value else { panic!("no table") };
        assert_eq!(root.keys().collect::<Vec<_>>(), ["x", "y", "8080"]);
        let LocatedValue::Table(y) = &root["y"].1.value else { panic!("no table") };
        assert_eq!(&text[y["a"].1.place.clone()], "1");
        assert_eq!(&text[y["b"].0.clone()], "b");
        let LocatedValue::List(b) = &y["b"].1.value else { panic!("no list") };
        assert_eq!(&text[b[1].place.clone()], "three");
        assert_eq!(&text[root["8080"].1.place.clone()], "yes");
        let error = located("a: 1\nb: [\n").unwrap_err();
        assert!(error.place.start >= 5, "{error:?}");
    }
}
