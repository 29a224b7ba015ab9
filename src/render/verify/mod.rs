//! What was rendered is read again, by the rules of its format and by its schema, before it may become an output.

mod dockerfile;
mod env;
mod ignore;
mod instance;
mod json;
mod markdown;
mod schema;
mod shell;
mod toml;

pub use self::markdown::behind_front_matter;
pub use self::schema::Schemas;
use super::outputs::Job;
use crate::source::Templates;
use crate::source::language::Format;
use crate::yaml::{self, Value};

/// What is wrong with a rendered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In the rendered file, from 1, where it is known.
    pub line: Option<usize>,
    pub message: String,
}

impl Finding {
    fn new(line: impl Into<Option<usize>>, message: impl Into<String>) -> Self {
        Self { line: line.into(), message: message.into() }
    }
}

/// What is wrong with the file of a job.
pub fn findings(job: &Job<'_>, contents: &str, schemas: &Schemas, templates: &Templates) -> Vec<Finding> {
    match (parse(job.format, contents), job.schema) {
        (Err(finding), _) => vec![finding],
        (Ok(Some(document)), Some(schema)) => {
            schemas.faults(schema, &document, templates, |path| line_of_value(job.format, contents, path))
        }
        _ => Vec::new(),
    }
}

/// Reads a rendered file as its format. What a schema can speak of is handed back: the document of a data file, the front
/// matter of a Markdown file.
///
/// # Errors
/// The first thing that the format's readers would stumble over.
pub fn parse(format: Format, text: &str) -> Result<Option<Value<'_>>, Finding> {
    match format {
        Format::Compose | Format::Yaml => match yaml::read(text) {
            Ok(document) => Ok(Some(document)),
            Err(error) => Err(Finding::new(error.line, format!("this is not YAML: {}", error.message))),
        },
        Format::Json => json::parse(text).map(|document| Some(document.into())),
        Format::Toml => toml::parse(text).map(|document| Some(document.into())),
        Format::Markdown => markdown::parse(text),
        Format::Shell => shell::check(text).map(|()| None),
        Format::Env => env::check(text).map(|()| None),
        Format::Dockerfile => dockerfile::check(text).map(|()| None),
        Format::Ignore => ignore::check(text).map(|()| None),
    }
}

/// The line, from 1, of a value in a rendered file; none where the format's reader does not tell.
#[must_use]
pub fn line_of_value(format: Format, text: &str, path: &[String]) -> Option<usize> {
    match format {
        // Every JSON document that `parse` lets through is a YAML document.
        Format::Compose | Format::Yaml | Format::Json => yaml::line_of(text, path),
        // The front matter begins in the second line.
        Format::Markdown => yaml::line_of(markdown::front_matter(text)?, path).map(|line| line + 1),
        Format::Toml | Format::Shell | Format::Env | Format::Dockerfile | Format::Ignore => None,
    }
}

/// The line of a byte in a text, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
