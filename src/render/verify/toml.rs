//! TOML, with the document that a schema speaks of.

use serde_json::{Map, Value as Json};
use toml::de::{DeTable, DeValue};

use super::{Finding, line_of};

pub fn parse(text: &str) -> Result<Json, Finding> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        let message = error.message().lines().next().unwrap_or_default();
        Finding::new(line, format!("this is not TOML: {message}"))
    })?;
    Ok(document(table.into_inner()))
}

fn document(table: DeTable<'_>) -> Json {
    let entries: Map<String, Json> = table
        .into_iter()
        .map(|(key, entry)| (key.into_inner().into_owned(), value(entry.into_inner())))
        .collect();
    Json::Object(entries)
}

fn value(found: DeValue<'_>) -> Json {
    match found {
        DeValue::String(text) => Json::String(text.into_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Json::Null, Json::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Json::Null, Json::from),
        DeValue::Boolean(truth) => Json::Bool(truth),
        DeValue::Datetime(moment) => Json::String(moment.to_string()),
        DeValue::Array(items) => items.into_iter().map(|item| value(item.into_inner())).collect(),
        DeValue::Table(table) => document(table),
    }
}
