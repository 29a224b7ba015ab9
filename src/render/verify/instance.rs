//! Documents as the validator of JSON Schemas goes through them.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::cmp::equal;
use jsonschema::json::{Array, Json, Node, NodeIdentity, Object};
use serde_json::{Number, Value as JsonValue};

use crate::yaml::{Entry, Value};

/// The validator's name for our form of a document.
pub struct Instance;

impl Json for Instance {
    type Node<'a> = &'a Value<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    // A lookup goes through the entries.
    const KEYS_PER_LOOKUP: usize = 16;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, act: impl for<'a> FnOnce(&'a Value<'a>) -> T) -> T {
        act(&Value::Text(Cow::Borrowed(string)))
    }
}

impl<'a> Node<'a, Instance> for &'a Value<'a> {
    type Object = &'a [Entry<'a>];
    type Array = &'a [Value<'a>];
    type Number = &'a Number;

    fn as_object(&self) -> Option<&'a [Entry<'a>]> {
        if let Value::Table(entries) = self { Some(entries) } else { None }
    }

    fn as_array(&self) -> Option<&'a [Value<'a>]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Value::Text(text) = self { Some(Cow::Borrowed(text)) } else { None }
    }

    fn as_number(&self) -> Option<&'a Number> {
        if let Value::Number(number) = self { Some(number) } else { None }
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Value::Bool(truth) = self { Some(*truth) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    fn json_type(&self) -> JsonType {
        match self {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::Text(_) => JsonType::String,
            Value::List(_) => JsonType::Array,
            Value::Table(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &JsonValue) -> bool {
        match (self, expected) {
            (Value::Text(text), expected) => expected.as_str() == Some(text),
            (Value::Bool(truth), expected) => expected.as_bool() == Some(*truth),
            (Value::Null, expected) => expected.is_null(),
            _ => equal(&self.to_json(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, JsonValue> {
        Cow::Owned(self.to_json())
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref::<Value<'_>>(self).addr()))
    }
}

impl<'a> Object<'a, Instance> for &'a [Entry<'a>] {
    type Node = &'a Value<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        <[Entry<'_>]>::len(self)
    }

    fn get(&self, key: &String) -> Option<&'a Value<'a>> {
        self.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn members(&self) -> Members<'a> {
        Members(self.iter())
    }
}

/// The entries of a table, one by one.
pub struct Members<'a>(std::slice::Iter<'a, Entry<'a>>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (&**name, value))
    }
}

impl<'a> Array<'a, Instance> for &'a [Value<'a>] {
    type Node = &'a Value<'a>;
    type ElementsIter = std::slice::Iter<'a, Value<'a>>;

    fn len(&self) -> usize {
        <[Value<'_>]>::len(self)
    }

    fn elements(&self) -> std::slice::Iter<'a, Value<'a>> {
        self.iter()
    }
}
