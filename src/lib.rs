//! stackgen compiles one `stack.toml` into every file that has to agree about a stack.
//!
//! The pipeline, each stage a module that hands one type to the next:
//!
//! ```text
//! stack.toml -> source -> model -> checks -> render -> plan -> apply -> files
//!              Document   Stack    Report    Outputs   Plan
//! ```
//!
//! [`validate`] runs the first three stages, [`compile`] the first four, [`planned`] the first five; [`apply::apply`] writes what
//! was planned.

pub mod agents;
pub mod apply;
pub mod checks;
pub mod cli;
pub mod diagnostics;
pub mod edit;
pub mod editor;
pub mod import;
pub mod init;
pub mod live;
pub mod model;
mod parallel;
pub mod picture;
pub mod plan;
pub mod render;
pub mod routing;
pub mod source;
pub mod yaml;

use camino::Utf8Path;

use self::checks::{Made, Subject};
use self::diagnostics::{Diagnostic, Report};
use self::model::{ENV_FILE, OUTPUT_ROOT, Stack, environment_folder};
use self::plan::{Owned, Plan};
use self::render::{Output, Renderer};
use self::source::{Document, Sources, Templates, World, nearest, quoted_list};

/// What came of a stack's file.
pub struct Compilation {
    /// Every file that was read, for the places in the report.
    pub sources: Sources,
    /// Everything that was found, in order of place.
    pub report: Report,
    /// What was read; nothing where it could not be, or is not needed any more.
    pub document: Option<Document>,
    /// The base first, then the environments; or the one environment that was asked for.
    pub stacks: Vec<Stack>,
    /// The files to write; none where the report holds an error.
    pub outputs: Vec<Output>,
}

/// What is left of the pipeline when the source is at fault: findings that hold only of a whole file are no findings of one
/// that could be read in part.
const OF_WHOLE_FILES: &[&str] = &[
    "agent-root",
    "agent-unowned-service",
    "compose-extra",
    "jwt-without-consumer",
    "missing-key",
    "missing-path",
    "pinned-name",
    "profile-need",
    "route-without-gateway",
    "unknown-reference",
];

/// Reads, resolves and checks a stack, in all its environments or in the one that is named.
pub fn validate(world: &dyn World, file: &Utf8Path, environment: Option<&str>) -> Compilation {
    let mut sources = Sources::default();
    let mut report = Report::default();
    let (document, diagnostics) = source::load(world, file, &mut sources);
    report.extend(diagnostics);
    let mut stacks = Vec::new();
    if let Some(document) = &document {
        report.extend(unknown_environment(document, environment));
        let mut runs = Vec::new();
        for variant in &document.variants {
            let name = variant.environment.as_ref().map(|name| name.value.as_str());
            if environment.is_none() || environment == name {
                let (stack, diagnostics) = model::resolve(document, variant, world);
                runs.push((
                    variant.environment.as_ref(),
                    [variant.diagnostics.clone(), diagnostics].concat(),
                ));
                stacks.push(stack);
            }
        }
        report.extend(checks::merge(runs));
        report.extend(checks::run(stacks.iter().map(|stack| Subject { stack, world, sources: &sources })));
    }
    report.extend(source::unseen(world));
    if report.iter().any(|found| matches!(found.rule, "syntax" | "unreadable-file")) {
        report.retain(|found| !OF_WHOLE_FILES.contains(&found.rule));
    }
    report.finish();
    Compilation { sources, report, document, stacks, outputs: Vec::new() }
}

/// Validates a stack, and renders it where it is free of errors.
pub fn compile(world: &dyn World, file: &Utf8Path, environment: Option<&str>) -> Compilation {
    let mut compilation = validate(world, file, environment);
    if let Some(document) = compilation.document.take() {
        render(&mut compilation, &document.templates, world);
        compilation.document = Some(document);
    }
    compilation
}

/// As [`compile`], for who is after the outputs: the document is let go of before they are made, for it is as large as they are.
pub fn compile_outputs(world: &dyn World, file: &Utf8Path, environment: Option<&str>) -> Compilation {
    let mut compilation = validate(world, file, environment);
    // The rest of it goes here: matched in place, it would live as long as the templates.
    let templates = compilation.document.take().map(|document| document.templates);
    if let Some(templates) = templates {
        render(&mut compilation, &templates, world);
    }
    compilation
}

fn render(compilation: &mut Compilation, templates: &Templates, world: &dyn World) {
    if compilation.report.has_errors() {
        return;
    }
    let mut renderer = Renderer::new(templates);
    for stack in &compilation.stacks {
        let (outputs, diagnostics) = renderer.render(stack);
        compilation.outputs.extend(outputs);
        compilation.report.extend(diagnostics);
    }
    let findings = check_outputs(compilation, world);
    compilation.report.extend(findings);
    compilation.report.finish();
    if compilation.report.has_errors() {
        compilation.outputs.clear();
    }
}

/// Holds the outputs against the disk; what they were made from is never among what stackgen owns, and what was built from another
/// stack is left to it. `environment` narrows the plan to that environment's folder.
///
/// # Errors
/// A diagnostic where the manifest or the journal cannot be used.
pub fn planned(
    world: &dyn World,
    sources: &Sources,
    outputs: Vec<Output>,
    environment: Option<&str>,
) -> Result<Plan, Box<Diagnostic>> {
    let folder = Utf8Path::new(OUTPUT_ROOT);
    let yours = sources.paths().chain([Utf8Path::new(ENV_FILE)]);
    let mut owned = Owned::load(world, folder, yours)?;
    if let Some(file) = sources.paths().next() {
        owned = owned.claimed_by(world, file);
    }
    let mut plan = plan::plan(world, outputs, owned, folder);
    if let Some(environment) = environment {
        let folder = environment_folder(environment);
        plan.narrow(|path| path.starts_with(&folder));
    }
    Ok(plan)
}

fn unknown_environment(document: &Document, environment: Option<&str>) -> Option<Diagnostic> {
    let wanted = environment?;
    let known =
        || document.variants.iter().filter_map(|variant| Some(variant.environment.as_ref()?.value.as_str()));
    if known().any(|name| name == wanted) {
        return None;
    }
    let diagnostic = Diagnostic::error("unknown-reference", format!("there is no environment `{wanted}`"));
    Some(match nearest(wanted, known()) {
        Some(near) => diagnostic.help(format!("did you mean `--env {near}`?")),
        None if known().next().is_none() => diagnostic.help("the stack declares no environments"),
        None => diagnostic.help(format!("the environments are {}", quoted_list(known()))),
    })
}

fn check_outputs(compilation: &Compilation, world: &dyn World) -> Vec<Diagnostic> {
    let Some(base) = compilation.stacks.first() else {
        return Vec::new();
    };
    let made: Vec<Made<'_>> =
        compilation.outputs.iter().filter_map(|output| made(&compilation.stacks, output)).collect();
    checks::run_outputs(&Subject { stack: base, world, sources: &compilation.sources }, &made)
}

fn made<'a>(stacks: &'a [Stack], output: &'a Output) -> Option<Made<'a>> {
    let name = |stack: &'a Stack| stack.environment.as_ref().map(|name| name.value.as_str());
    let stack = stacks.iter().find(|stack| name(stack) == output.environment.as_deref())?;
    let target = stack.targets.iter().find(|target| target.name == output.target)?;
    Some(Made { path: &output.path, target, environment: name(stack), output })
}
