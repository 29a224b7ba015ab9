//! JSON Schemas, each compiled once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

use super::Finding;
use super::instance::Instance;
use crate::source::Templates;
use crate::yaml::Value;

type Validator = jsonschema::Validator<Instance>;

/// How many faults of one file are shown: what follows from one mistake is often said at many places.
const SHOWN: usize = 5;

/// The schemas that outputs are verified against, by name.
#[derive(Default)]
pub struct Schemas {
    compiled: BTreeMap<String, OnceLock<Result<Validator, String>>>,
}

impl Schemas {
    /// Makes room for the schemas of these names; each is compiled when it is first asked.
    pub fn expect<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            if !self.compiled.contains_key(name) {
                self.compiled.insert(name.to_owned(), OnceLock::new());
            }
        }
    }

    /// What its schema does not allow about a document, each with the path of its place; `line_of` knows a path's line in
    /// the rendered file.
    pub fn faults(
        &self,
        name: &str,
        document: &Value<'_>,
        templates: &Templates,
        line_of: impl Fn(&[String]) -> Option<usize> + Copy,
    ) -> Vec<Finding> {
        let Some(place) = self.compiled.get(name) else {
            return vec![Finding::new(None, format!("the schema `{name}` was not expected"))];
        };
        let compiled = place.get_or_init(|| compile(name, templates));
        match compiled {
            Err(problem) => vec![Finding::new(None, problem.clone())],
            Ok(validator) if validator.is_valid(document) => Vec::new(),
            Ok(validator) => validator
                .iter_errors(document)
                .take(SHOWN)
                .map(|error| fault(name, &error, line_of))
                .collect(),
        }
    }
}

fn fault(name: &str, error: &ValidationError<'_>, line_of: impl Fn(&[String]) -> Option<usize>) -> Finding {
    let place = error.instance_path().to_string();
    let mut path: Vec<String> = place.split('/').skip(1).map(unescaped).collect();
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        path.extend(unexpected.first().cloned());
    }
    let place = if place.is_empty() { "the document".to_owned() } else { format!("`{place}`") };
    let message = format!("{place} does not meet the schema `{name}`: {}", shortened(&error.to_string()));
    Finding::new(line_of(&path), message)
}

/// A step of a JSON pointer (RFC 6901, section 4).
fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn compile(name: &str, templates: &Templates) -> Result<Validator, String> {
    let file = templates
        .get(&format!("schemas/{name}.schema.json"))
        .ok_or_else(|| format!("there is no schema `{name}` to verify it against"))?;
    let schema: Json = serde_json::from_str(&file.text)
        .map_err(|error| format!("{} is not JSON: {error}", file.shown_as))?;
    jsonschema::options_for::<Instance>()
        .build(&schema)
        .map_err(|error| format!("{} is not a JSON Schema: {error}", file.shown_as))
}

/// Messages quote the value, which may be a whole table.
fn shortened(message: &str) -> String {
    const LONGEST: usize = 300;
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &message[..end]),
        None => message.to_owned(),
    }
}
