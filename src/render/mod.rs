//! The stack through its targets' templates to verified outputs.

mod again;
pub mod context;
mod engine;
mod escape;
mod fault;
mod filters;
pub mod gateway_context;
mod lint;
mod missing;
mod outputs;
mod paths;
mod reference;
mod shell;
mod text;
mod verify;
mod view;
mod views;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use minijinja::{OutputSpan, OutputSpanKind, Value};

pub use self::again::Verification;
use self::engine::Engines;
pub use self::escape::mermaid_label;
use self::fault::Fault;
use self::lint::lint;
use self::outputs::{Job, jobs};
pub use self::reference::context_reference;
pub(crate) use self::text::is_variable_name;
use self::verify::{Finding, Schemas};
pub use self::view::{Field, Fields, Seen, View, ViewObject};
use self::views::{Views, views};
pub use self::views::{host_url, url};
use crate::diagnostics::Diagnostic;
use crate::model::Stack;
use crate::parallel;
use crate::source::language::{Format, OutputLimitTable};
use crate::source::limits::OUTPUT_SIZE;
use crate::source::{Spanned, Templates};

/// A file that a target made, verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// From the project's root, with `/` between folders.
    pub path: Utf8PathBuf,
    /// UTF-8, LF, one line break at the end.
    pub contents: String,
    pub executable: bool,
    /// The target that made it.
    pub target: String,
    /// The environment that it is for; none for the base.
    pub environment: Option<String>,
    /// What it was made for: the name of a service or agent, or the path of a folder.
    pub subject: Option<String>,
    /// How much of it its program reads.
    pub limits: Limits,
}

/// How much of a file its program reads, where it says so; see `OutputLimitTable`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Together with the files of the same name in the folders above it.
    pub bytes: Option<u32>,
    /// In characters.
    pub prompt: Option<u32>,
    /// In characters.
    pub description: Option<u32>,
    /// In tokens, over all descriptions of its target.
    pub descriptions: Option<u32>,
}

impl Limits {
    fn of(table: Option<&OutputLimitTable>) -> Self {
        let said = |key: fn(&OutputLimitTable) -> &Option<Spanned<u32>>| Some(key(table?).as_ref()?.value);
        Self {
            bytes: said(|table| &table.bytes),
            prompt: said(|table| &table.prompt),
            description: said(|table| &table.description),
            descriptions: said(|table| &table.descriptions),
        }
    }
}

/// Renders one stack. For several that share their templates, such as the environments of one file, a [`Renderer`] reads
/// each template and each schema once.
#[must_use]
pub fn render(stack: &Stack, templates: &Templates) -> (Vec<Output>, Vec<Diagnostic>) {
    Renderer::new(templates).render(stack)
}

/// Renders stacks with one set of templates.
pub struct Renderer<'t> {
    templates: &'t Templates,
    press: Press,
    schemas: Schemas,
}

impl<'t> Renderer<'t> {
    #[must_use]
    pub fn new(templates: &'t Templates) -> Self {
        Self { templates, press: Press::new(templates), schemas: Schemas::default() }
    }

    /// Every output of a stack, sorted by path, and what is wrong with those that could not be made.
    pub fn render(&mut self, stack: &Stack) -> (Vec<Output>, Vec<Diagnostic>) {
        let views = views(stack);
        let Self { templates, press, schemas } = self;
        let (jobs, faults) = jobs(stack, &views);
        let mut diagnostics = missing::outputs(stack);
        diagnostics.extend(faults.iter().map(|fault| fault.diagnostic(None, templates)));

        press.prepare(stack, &jobs);
        schemas.expect(jobs.iter().filter_map(|job| job.schema));
        let finished = |press: &Press, job: &Job<'_>| {
            let contents = press.make(job, stack, &views)?;
            let findings = verify::findings(job, &contents, schemas, templates);
            if findings.is_empty() { Ok(contents) } else { Err(press.origins(job, &findings, stack, &views)) }
        };
        let before = press.linted.clone();
        let mut made = parallel::each(&jobs, |job| finished(press, job));
        if !press.lint().is_empty() {
            let mut press = Press { linted: before, ..Press::new(templates) };
            press.prepare(stack, &jobs);
            made = jobs.iter().map(|job| press.linted(|press| finished(press, job))).collect();
        }

        let mut outputs = Vec::with_capacity(jobs.len());
        for (job, made) in jobs.iter().zip(made) {
            match made {
                Ok(contents) => outputs.push(output(job, contents, stack)),
                Err(found) => diagnostics.extend(told(job, &found, templates)),
            }
        }
        outputs.sort_by(|left, right| left.path.cmp(&right.path));
        drop(jobs);
        parallel::let_go(views);
        (outputs, diagnostics)
    }
}

fn output(job: &Job<'_>, contents: String, stack: &Stack) -> Output {
    Output {
        path: job.path.clone().into(),
        contents,
        executable: job.executable,
        target: job.target.to_owned(),
        environment: stack.environment.as_ref().map(|name| name.value.clone()),
        subject: job.subject.clone(),
        limits: Limits::of(job.limits),
    }
}

/// What an agent's file says of the agent, and its prompt: the front matter of a Markdown file and what stands behind it, or the
/// table of a TOML file and its `developer_instructions`.
#[must_use]
pub fn agent_file(path: &Utf8Path, contents: &str) -> (serde_json::Value, String) {
    let is_toml = path.extension() == Some("toml");
    let format = if is_toml { Format::Toml } else { Format::Markdown };
    let head = verify::parse(format, contents).ok().flatten().map(|head| head.to_json()).unwrap_or_default();
    let instructions = head.get("developer_instructions").and_then(serde_json::Value::as_str);
    let prompt = match instructions.filter(|_| is_toml) {
        Some(instructions) => instructions.to_owned(),
        None => verify::behind_front_matter(contents).to_owned(),
    };
    (head, prompt)
}

/// Roughly how many tokens a language model makes of a text.
#[must_use]
pub fn rough_tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}

fn told(job: &Job<'_>, found: &[Fault], templates: &Templates) -> Vec<Diagnostic> {
    found.iter().map(|fault| fault.diagnostic(Some(&job.path), templates)).collect()
}

/// Makes files of templates.
struct Press {
    engines: Engines,
    /// The templates that were looked through for what is wrong with them whatever they are rendered with.
    linted: BTreeSet<(Format, String)>,
}

impl Press {
    fn new(templates: &Templates) -> Self {
        Self { engines: Engines::new(templates), linted: BTreeSet::new() }
    }

    /// Makes ready for a stack and its files.
    fn prepare(&mut self, stack: &Stack, jobs: &[Job<'_>]) {
        self.engines.set_size(stack.services.len() + stack.agents.len());
        let of_texts = jobs.iter().filter(|job| job.text.is_some()).map(|_| Format::Markdown);
        self.engines.expect(jobs.iter().map(|job| job.format).chain(of_texts));
    }

    fn make(&self, job: &Job<'_>, stack: &Stack, views: &Views) -> Result<String, Vec<Fault>> {
        let text = match &job.text {
            Some(template) => Some(self.render(Format::Markdown, template, job.scope(stack, views, None))?),
            None => None,
        };
        self.render(job.format, &job.template, job.scope(stack, views, text))
    }

    fn render(&self, format: Format, template: &str, scope: Value) -> Result<String, Vec<Fault>> {
        let rendered = self.engines.render(format, template, scope);
        let text = rendered.map_err(|error| vec![Fault::of_engine(template, &error, &self.engines)])?;
        let text = with_one_line_break(text);
        let is_too_large = text.len() as u64 > OUTPUT_SIZE.bytes();
        if is_too_large { Err(vec![Fault::too_large(template)]) } else { Ok(text) }
    }

    /// Does something, and looks through the templates that it is the first to use. What is wrong with a template itself often explains
    /// what went wrong with its file, so it is said instead.
    fn linted<T>(&mut self, act: impl FnOnce(&Self) -> Result<T, Vec<Fault>>) -> Result<T, Vec<Fault>> {
        let done = act(self);
        let lint = self.lint();
        if lint.is_empty() { done } else { Err(lint) }
    }

    /// The faults of templates that were not yet looked through for their format.
    fn lint(&mut self) -> Vec<Fault> {
        let used = self.engines.formats().flat_map(|format| {
            self.engines.loaded(format).map(move |template| (format, template.to_owned()))
        });
        let new: Vec<_> = used.filter(|template| !self.linted.contains(template)).collect();
        let faults = parallel::each(&new, |(format, template)| {
            self.engines.source(template).map(|text| lint(*format, template, text)).unwrap_or_default()
        });
        self.linted.extend(new);
        faults.concat()
    }

    /// What is wrong with a file, at the lines of the templates that made it. The file is rendered once more for that: only
    /// who needs to know pays for knowing.
    fn origins(&self, job: &Job<'_>, findings: &[Finding], stack: &Stack, views: &Views) -> Vec<Fault> {
        let text = job
            .text
            .as_ref()
            .and_then(|template| self.render(Format::Markdown, template, job.scope(stack, views, None)).ok());
        let scope = job.scope(stack, views, text);
        let spans = self.engines.render_with_spans(job.format, &job.template, scope).unwrap_or_default();
        let fault = |finding: &Finding| match finding.line.and_then(|line| origin(line, &spans.0, &spans.1)) {
            Some((template, line)) => Fault::new(template, Some(line), finding.message.clone()),
            None => Fault::new(job.template.clone(), None, finding.message.clone()),
        };
        findings.iter().map(fault).collect()
    }
}

/// The template and its line that made a line of a file.
fn origin(line: usize, contents: &str, spans: &[OutputSpan]) -> Option<(String, usize)> {
    let start: usize = contents.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let content = contents.get(start..)?;
    // The line's indentation may come from elsewhere than its text.
    let offset = start + content.len() - content.trim_start_matches([' ', '\t']).len();
    let span = spans.iter().find(|span| span.output_range().contains(&offset))?;
    let before = match span.kind() {
        OutputSpanKind::Raw => contents.get(span.output_range().start..offset)?.matches('\n').count(),
        _ => 0,
    };
    Some((span.name().to_owned(), span.line() + before))
}

fn with_one_line_break(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\n', ' ', '\t']).len());
    text.push('\n');
    // It grew by doubling, and all outputs are kept until they are planned.
    text.shrink_to_fit();
    text
}

#[cfg(test)]
mod tests;
