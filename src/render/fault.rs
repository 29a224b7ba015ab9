//! What is wrong with a template or with the file that it made, at the template's line.

use std::error::Error as _;

use minijinja::{Error, ErrorKind};

use super::engine::{Engines, TOO_LONG};
use crate::diagnostics::Diagnostic;
use crate::source::Templates;
use crate::source::limits::{Limit, OUTPUT_SIZE, TEMPLATE_CODE, TEMPLATE_DEPTH, TEMPLATE_FUEL};

/// A fault of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The template's name among the templates.
    pub template: String,
    /// From 1, where it is known.
    pub line: Option<usize>,
    pub message: String,
    /// The limit that it went beyond, if it was one.
    pub limit: Option<&'static Limit>,
}

impl Fault {
    pub fn new(template: impl Into<String>, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { template: template.into(), line, message: message.into(), limit: None }
    }

    /// The fault of a template whose file would be larger than any other program could want it.
    #[must_use]
    pub fn too_large(template: &str) -> Self {
        let message = format!("its file is larger than {}", OUTPUT_SIZE.shown());
        Self { limit: Some(&OUTPUT_SIZE), ..Self::new(template, None, message) }
    }

    /// The innermost place that the engine names: an error inside a partial is the partial's.
    #[must_use]
    pub fn of_engine(template: &str, error: &Error, engines: &Engines) -> Self {
        let mut innermost = error;
        let mut next = error.source();
        while let Some(found) = next {
            if let Some(inner) = found.downcast_ref::<Error>().filter(|inner| inner.name().is_some()) {
                innermost = inner;
            }
            next = found.source();
        }
        let name = innermost.name().unwrap_or(template).to_owned();
        let expression = innermost
            .range()
            .and_then(|range| engines.source(&name)?.get(range))
            .map(str::trim)
            .filter(|text| !text.is_empty() && !text.contains('\n'));
        let message = message_of(innermost, expression);
        Self { template: name, line: innermost.line(), message, limit: limit_of(innermost) }
    }

    /// The diagnostic, which also names the output that was to be made.
    #[must_use]
    pub fn diagnostic(&self, output: Option<&str>, templates: &Templates) -> Diagnostic {
        let shown =
            templates.get(&self.template).map_or(self.template.as_str(), |file| file.shown_as.as_str());
        let place = self.line.map_or_else(|| shown.to_owned(), |line| format!("{shown}:{line}"));
        let message = format!("{place}: {}", self.message);
        let found = match self.limit {
            Some(limit) => limit.exceeded(message),
            None => Diagnostic::error("template", message),
        };
        match output {
            Some(output) => found.note(format!("while making `{output}`")),
            None => found,
        }
    }
}

/// The limit that the engine has ended at.
fn limit_of(error: &Error) -> Option<&'static Limit> {
    match error.kind() {
        ErrorKind::OutOfFuel => Some(&TEMPLATE_FUEL),
        _ if error.detail().is_some_and(|detail| detail.contains("recursion limit")) => Some(&TEMPLATE_DEPTH),
        _ if error.detail().is_some_and(|detail| detail.contains(TOO_LONG)) => Some(&TEMPLATE_CODE),
        _ => None,
    }
}

fn message_of(error: &Error, expression: Option<&str>) -> String {
    let detail = error.detail().unwrap_or_default();
    let subject = expression.map(|text| format!("`{text}` "));
    match (error.kind(), subject) {
        (ErrorKind::UndefinedError, Some(subject)) => format!("{subject}is not defined"),
        (ErrorKind::InvalidOperation, Some(subject))
            if detail.starts_with("is ") || detail.starts_with("cannot be ") =>
        {
            format!("{subject}{detail}")
        }
        (ErrorKind::InvalidOperation, None)
            if detail.starts_with("is ") || detail.starts_with("cannot be ") =>
        {
            format!("a value {detail}")
        }
        (ErrorKind::OutOfFuel, _) => "the template does more work than any output needs".to_owned(),
        (kind, _) if detail.is_empty() => kind.to_string(),
        (_, Some(subject)) => format!("{detail} (in {})", subject.trim_end()),
        (_, None) => detail.to_owned(),
    }
}
