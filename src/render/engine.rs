//! The template engine, set up so that no value can enter an output but in the way of its format.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Object, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, OutputSpan, UndefinedBehavior, Value};

use super::escape;
use super::filters;
use super::lint::longest_code;
use crate::source::Templates;
use crate::source::language::Format;
use crate::source::limits::{TEMPLATE_CODE, TEMPLATE_DEPTH, TEMPLATE_FUEL};

/// How the engine's error says that [`TEMPLATE_CODE`] is exceeded.
pub const TOO_LONG: &str = "an expression or tag that is too long";

/// One engine for each format, so that a partial takes the escaping of the file that includes it.
pub struct Engines {
    sources: Arc<BTreeMap<String, String>>,
    by_format: BTreeMap<Format, Environment<'static>>,
    fuel: u64,
}

impl Engines {
    #[must_use]
    pub fn new(templates: &Templates) -> Self {
        let sources =
            templates.iter().map(|(name, file)| (name.clone(), normal_line_breaks(&file.text))).collect();
        Self { sources: Arc::new(sources), by_format: BTreeMap::new(), fuel: 0 }
    }

    /// Sets how much work each render may do, for a stack of so many services and agents. Templates loop over them, and
    /// some loop over all for each.
    pub fn set_size(&mut self, things: usize) {
        let things = things as u64;
        self.fuel = TEMPLATE_FUEL.most as u64 + 100_000 * things + 100 * things * things;
        for engine in self.by_format.values_mut() {
            engine.set_fuel(Some(self.fuel));
        }
    }

    /// The text of a template, its line breaks normalised.
    #[must_use]
    pub fn source(&self, template: &str) -> Option<&str> {
        self.sources.get(template).map(String::as_str)
    }

    /// Makes the engines of these formats; those of others render nothing.
    pub fn expect(&mut self, formats: impl Iterator<Item = Format>) {
        let (sources, fuel) = (&self.sources, self.fuel);
        for format in formats {
            self.by_format.entry(format).or_insert_with(|| engine(format, Arc::clone(sources), fuel));
        }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// Whatever the engine finds wrong with the template, or the formatter with a value.
    pub fn render(&self, format: Format, template: &str, context: Value) -> Result<String, Error> {
        self.engine(format)?.get_template(template)?.render(context)
    }

    /// As [`Engines::render`], with the places in the templates that each stretch of the result comes from.
    ///
    /// # Errors
    /// As [`Engines::render`].
    pub fn render_with_spans(
        &self,
        format: Format,
        template: &str,
        context: Value,
    ) -> Result<(String, Vec<OutputSpan>), Error> {
        self.engine(format)?.get_template(template)?.render_with_spans(context)
    }

    fn engine(&self, format: Format) -> Result<&Environment<'static>, Error> {
        let unexpected = || refuse(format!("no {} output was expected", format.as_str()));
        self.by_format.get(&format).ok_or_else(unexpected)
    }

    /// The formats of which there are engines.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        self.by_format.keys().copied()
    }

    /// The templates that outputs of a format were made of so far, by name.
    pub fn loaded(&self, format: Format) -> impl Iterator<Item = &str> {
        self.by_format.get(&format).into_iter().flat_map(|engine| engine.templates().map(|(name, _)| name))
    }
}

/// A checkout on Windows may have CRLF in templates; outputs have LF.
fn normal_line_breaks(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() }
}

fn engine(format: Format, sources: Arc<BTreeMap<String, String>>, fuel: u64) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_debug(false);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_recursion_limit(TEMPLATE_DEPTH.most);
    engine.set_fuel(Some(fuel));
    if let Ok(syntax) =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
    {
        engine.set_syntax(syntax);
    }
    // What macros and `{% set %}` blocks give is written already, and the engine marks it so in this mode.
    engine.set_auto_escape_callback(|_| AutoEscape::Custom("stackgen".into()));
    engine.set_loader(move |name| sources.get(name).map(|text| parseable(text)).transpose());
    // The mode of the moment is not asked: `{% autoescape false %}` changes nothing.
    engine.set_formatter(move |out, _, value| write(format, out, value));
    filters::install(&mut engine, format);
    engine
}

/// A template that the engine can parse without running out of call stack.
fn parseable(text: &str) -> Result<String, Error> {
    match longest_code(text) {
        Some((line, length)) if TEMPLATE_CODE.is_below(length) => {
            Err(refuse(format!("in line {line} begins {TOO_LONG}: it has {length} bytes")))
        }
        _ => Ok(text.to_owned()),
    }
}

fn write(format: Format, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    if let Some(text) = value.as_str() {
        if value.is_safe() {
            return Ok(out.write_str(text)?);
        }
        let written = escape::string(format, text).map_err(|refusal| {
            refuse(format!("cannot be written in a {} output: {refusal}", format.as_str()))
        })?;
        return Ok(out.write_str(&written)?);
    }
    match value.kind() {
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Number => {
            Ok(out.write_str(&escape::finite(value).map_err(|refusal| refuse(refusal.to_string()))?)?)
        }
        _ => Err(refuse(format!("is {}: {}", described(value), way_out(value)))),
    }
}

/// What a value is, for a message.
#[must_use]
pub fn described(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "undefined",
        ValueKind::None => "none",
        ValueKind::Bool => "a truth value",
        ValueKind::Number => "a number",
        ValueKind::String => "a string",
        ValueKind::Bytes => "bytes",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a table",
        _ => "no value",
    }
}

fn way_out(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::None => "ask for it with `{% if … %}`, or give it a `|default(…, true)`",
        ValueKind::Seq | ValueKind::Iterable => "loop over it, or write it with `|json`",
        ValueKind::Map => "write one of its fields, or all of it with `|json`",
        _ => "only strings, numbers and truth values can be written",
    }
}

/// The subject is missing: it is the expression, which is known where the error is reported.
fn refuse(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// What one template sees: the stack, shared by all, and under it what is its own.
#[derive(Debug)]
pub struct Scope {
    pub shared: Value,
    pub own: Vec<(&'static str, Value)>,
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let own = self.own.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
        own.or_else(|| self.shared.get_attr(key).ok().filter(|value| !value.is_undefined()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let own: Vec<Value> = self.own.iter().map(|(name, _)| Value::from(*name)).collect();
        let shared: Vec<Value> = self.shared.try_iter().map(Iterator::collect).unwrap_or_default();
        Enumerator::Values(own.into_iter().chain(shared).collect())
    }
}
