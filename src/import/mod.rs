//! An existing project to a stack: Compose files, Kong's declarative config and agent definitions in; the text of a stack.toml, a report
//! on what became of each key, findings in the old files, and lines for `.env` out. Nothing is written here.

mod agents;
mod assemble;
mod comments;
mod convert;
mod env_files;
mod fidelity;
mod findings;
mod interpolate;
mod kong;
mod load;
mod measure;
mod merge;
mod needs;
mod node;
mod normal;
mod port;
mod recognise;
mod secrets;
mod service;
mod toml;
mod volume;
mod wording;
mod words;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use self::assemble::{OldStack, assemble};
use self::convert::Converter;
pub use self::fidelity::{Fate, Line, count};
use self::interpolate::Variables;
use self::load::Loader;
use self::measure::Measured;
use self::needs::Needs;
use self::node::Node;
use self::recognise::recognise_all;
use self::secrets::Secrets;
use self::service::Old;
use crate::diagnostics::{Diagnostic, Report};
use crate::source::{Overlay, Sources, World, limits};

/// What an import starts from. Paths are from the project's root.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Compose files, the later over the earlier.
    pub compose: Vec<Utf8PathBuf>,
    /// Kong's declarative config.
    pub kong: Vec<Utf8PathBuf>,
    /// Folders of agent definitions, definitions themselves, and agents.yaml.
    pub agents: Vec<Utf8PathBuf>,
    /// The name of the project's folder, which Compose takes for the project's name where no file says one.
    pub folder: String,
    /// The file that is to be written.
    pub stack: Utf8PathBuf,
    /// The files that git holds; none where there is no repository.
    pub tracked: BTreeSet<Utf8PathBuf>,
}

/// What came of it.
#[derive(Default)]
pub struct Import {
    /// The files that were read, for the places in the report.
    pub sources: Sources,
    /// What is wrong with the old files. An error of a rule that reads files means that there is no stack.
    pub report: Report,
    /// The stack's file; nothing where the old files could not be read.
    pub stack: Option<String>,
    pub fidelity: Vec<Line>,
    /// Lines that `.env` lacks. They hold secrets.
    pub env: Vec<(String, String)>,
    /// The names of all secrets of the stack.
    pub secrets: Vec<String>,
    /// What `stackgen validate` will find in the new file.
    pub errors: Vec<Diagnostic>,
    /// The new file's own text among the sources of `errors`.
    pub new_sources: Sources,
}

/// Findings after which there is nothing to import.
const FATAL: &[&str] =
    &["syntax", "unreadable-file", "wrong-type", "missing-key", "duplicate-name", limits::RULE];

/// Brings a project over.
#[must_use]
pub fn import(world: &dyn World, inputs: &Inputs) -> Import {
    let mut import = Import::default();
    let mut loader = Loader::new(world, &mut import.sources);
    let project = loader.project(&inputs.compose);
    let all: Vec<Old> = project
        .table("services")
        .iter()
        .map(|(name, entry)| Old::new(name, &entry.node, &project.variables))
        .collect();
    let configs: Vec<Node> = inputs.kong.iter().filter_map(|path| loader.tree(path, None)).collect();
    let run = kong::own_service(&all).filter(|_| !configs.is_empty()).cloned();
    let services: Vec<Old> =
        all.iter().filter(|old| run.as_ref().is_none_or(|run| run.was != old.was)).cloned().collect();
    let gateway_name = configs.first().map(|_| run.as_ref().map_or("kong", |run| run.new.as_str()));
    let (agents, agent_lines) = agents::agents(&mut loader, &inputs.agents, &services, gateway_name);
    import.report.extend(loader.diagnostics);
    let recognised = recognise_all(&services, world);
    import.report.extend(findings::project(&project, &all, &recognised.0));
    if import.report.iter().any(|found| FATAL.contains(&found.rule)) {
        import.report.finish();
        return import;
    }
    let name = project.name(&inputs.folder);
    let config = configs.first();
    let files = inputs.compose.iter().chain(&inputs.kong).map(ToString::to_string).collect();
    let old = OldStack { files, project, name, services, config, run: run.as_ref(), agents: &agents };
    import.write(world, inputs, &old, &all, recognised);
    import.fidelity.extend(agent_lines);
    import.report.finish();
    import
}

impl Import {
    /// Writes the stack, and finds out what became of each key.
    fn write(
        &mut self,
        world: &dyn World,
        inputs: &Inputs,
        old: &OldStack<'_>,
        all: &[Old],
        (recognised, reasons): recognise::All,
    ) {
        let beside = inputs.stack.parent().unwrap_or(Utf8Path::new("")).join(".env");
        let known = Loader::new(world, &mut Sources::default()).variables(&beside);
        let Needs { of: mut needs, left_out } = needs::needs(all, &recognised);
        if let Some(run) = old.run {
            needs.shift_remove(&run.new);
        }
        let reasons = [reasons, left_out].concat();
        let converter = |bare| Converter {
            world,
            variables: &old.project.variables,
            project: old.name.clone(),
            services: &old.services,
            recognised: recognised.clone(),
            needs: needs.clone(),
            volumes: old.project.table("volumes"),
            networks: old.project.table("networks"),
            secrets: Secrets::beside(&known),
            findings: Vec::new(),
            reasons: reasons.clone(),
            extra: serde_json::Map::new(),
            bare,
            routed: IndexMap::new(),
            asked: IndexMap::new(),
            inner_ports: BTreeSet::new(),
            opened: BTreeSet::new(),
        };
        let in_files = env_files::secrets(&mut Loader::new(world, &mut self.sources), all, &inputs.tracked);
        // What a kind supplies is seen by compiling a stack that says as little as it can.
        let (first, _) = assemble(&mut converter(None), old, &self.sources, true);
        let overlay = Overlay::new(world, [(inputs.stack.clone(), first)]);
        let bare = crate::validate(&overlay, &inputs.stack, None);
        let mut last = converter(bare.stacks.first());
        let (written, gateway) = assemble(&mut last, old, &self.sources, false);
        self.report.extend(std::mem::take(&mut last.findings));
        self.report.extend(in_files.findings);
        in_files.texts.into_iter().for_each(|text| last.secrets.strike_out(text));
        self.report.extend(gateway.findings);
        self.keep_secrets(&last.secrets, &known, &old.project.variables, &written);
        let measured = Measured { old, written: &written, reasons: &last.reasons, inputs };
        self.measure(world, &measured);
        self.fidelity.extend(gateway.lines);
        self.sources = std::mem::take(&mut self.sources).without(&last.secrets.struck_out());
        self.stack = Some(written);
    }

    /// What `.env` lacks, given what it says already.
    fn keep_secrets(&mut self, secrets: &Secrets, known: &Variables, variables: &Variables, written: &str) {
        self.secrets = secrets.iter().map(|(name, _)| name.to_owned()).collect();
        self.env = secrets
            .iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .filter(|(name, value)| known.get(name) != Some(value))
            .collect();
        // What a Compose file elsewhere had beside it, the stack has to have beside itself.
        let is_used =
            |name: &str| written.contains(&format!("${{{name}")) || written.contains(&format!("${name}"));
        for (name, value) in variables {
            if !known.contains_key(name) && is_used(name) && !self.env.iter().any(|(other, _)| other == name)
            {
                self.env.push((name.clone(), value.clone()));
            }
        }
        for (name, _) in self.env.iter().filter(|(name, _)| known.contains_key(name)) {
            let message = format!("`.env` has another value for `{name}`, which stays");
            let help = "its kind calls its secret so: rename the service, or the variable in `.env`";
            self.report.push(Diagnostic::error("env-differs", message).help(help));
        }
    }
}

/// Whether a file is Kong's declarative config.
#[must_use]
pub fn is_kong(world: &dyn World, path: &Utf8Path) -> bool {
    let text = world.read(path, 1 << 22).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .any(|line| line.starts_with("_format_version") || line.starts_with("\"_format_version\""))
}
