//! An existing project to a stack: Compose files, Kong's declarative config and agent definitions in; the text of a stack.toml, a report
//! on what became of each key, findings in the old files, and lines for `.env` out. Nothing is written here.

mod agents;
mod comments;
mod convert;
mod fidelity;
mod findings;
mod interpolate;
mod kong;
mod load;
mod merge;
mod needs;
mod node;
mod normal;
mod overlay;
mod port;
mod recognise;
mod secrets;
mod service;
mod toml;
mod volume;
mod wording;
mod words;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use serde_json::Value as Json;

use self::convert::Converter;
use self::fidelity::compare;
pub use self::fidelity::{Fate, Line, count};
use self::load::{Loader, Project};
use self::node::{Node, Value};
use self::normal::{Around, facts, volume_names};
use self::overlay::Overlay;
use self::secrets::Secrets;
use self::service::{Old, label};
use self::toml::{Part, Section, Toml};
use crate::diagnostics::{Diagnostic, Report};
use crate::model::Stack;
use crate::render::Renderer;
use crate::source::limits;
use crate::source::{FileId, Sources, Span, World};

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
}

/// What came of it.
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
const FATAL: &[&str] = &["syntax", "unreadable-file", "wrong-type", "missing-key", limits::RULE];

/// Brings a project over.
#[must_use]
pub fn import(world: &dyn World, inputs: &Inputs) -> Import {
    let mut sources = Sources::default();
    let mut loader = Loader::new(world, &mut sources);
    let project = loader.project(&inputs.compose);
    let name = project.name(&inputs.folder);
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
    let mut report = Report::default();
    report.extend(std::mem::take(&mut loader.diagnostics));
    report.extend(findings::project(&project, &all, &sources));
    let old = OldStack { project: &project, config: configs.first(), run: run.as_ref(), agents: &agents };
    let mut import = Import {
        sources,
        report,
        stack: None,
        fidelity: Vec::new(),
        env: Vec::new(),
        secrets: Vec::new(),
        errors: Vec::new(),
        new_sources: Sources::default(),
    };
    if import.report.iter().any(|found| FATAL.contains(&found.rule)) {
        import.report.finish();
        return import;
    }
    let (recognised, reasons) = recognise_all(&services, world);
    let mut needs = needs::needs(&all, &|_, _| false);
    if let Some(run) = &run {
        needs.shift_remove(&run.new);
    }
    let beside = inputs.stack.parent().unwrap_or(Utf8Path::new("")).join(".env");
    let known = Loader::new(world, &mut Sources::default()).variables(&beside);
    let converter = |bare| Converter {
        world,
        variables: &project.variables,
        project: name.clone(),
        services: &services,
        recognised: recognised.clone(),
        needs: needs.clone(),
        volumes: project.table("volumes"),
        networks: project.table("networks"),
        secrets: Secrets::beside(&known),
        findings: Vec::new(),
        reasons: reasons.clone(),
        extra: serde_json::Map::new(),
        bare,
        routed: IndexMap::new(),
    };
    // What a kind supplies is seen by compiling a stack that says as little as it can.
    let (first, _) = text(&mut converter(None), &old, &import.sources, true);
    let overlay = Overlay { below: world, path: &inputs.stack, text: &first };
    let bare = crate::validate(&overlay, &inputs.stack, None);
    let mut last = converter(bare.stacks.first());
    let (written, gateway) = text(&mut last, &old, &import.sources, false);
    import.report.extend(std::mem::take(&mut last.findings));
    import.report.extend(gateway.findings);
    import.secrets = last.secrets.iter().map(|(name, _)| name.to_owned()).collect();
    import.env = last
        .secrets
        .iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .filter(|(name, value)| known.get(name) != Some(value))
        .collect();
    // What a Compose file elsewhere had beside it, the stack has to have beside itself.
    let is_used =
        |name: &str| written.contains(&format!("${{{name}")) || written.contains(&format!("${name}"));
    for (name, value) in &project.variables {
        if !known.contains_key(name) && is_used(name) && !import.env.iter().any(|(other, _)| other == name) {
            import.env.push((name.clone(), value.clone()));
        }
    }
    for (name, _) in import.env.iter().filter(|(name, _)| known.contains_key(name)) {
        let message = format!("`.env` has another value for `{name}`, which stays");
        let help = "its kind calls its secret so: rename the service, or the variable in `.env`";
        import.report.push(Diagnostic::error("env-differs", message).help(help));
    }
    let last_reasons = std::mem::take(&mut last.reasons);
    measure(&mut import, world, inputs, &project, &name, &services, &written, &last_reasons);
    import.fidelity.extend(gateway.lines);
    import.fidelity.extend(agent_lines);
    import.sources = import.sources.without(&last.secrets.struck_out());
    import.stack = Some(written);
    import.report.finish();
    import
}

/// Whether a file is Kong's declarative config.
#[must_use]
pub fn is_kong(world: &dyn World, path: &Utf8Path) -> bool {
    let text = world.read(path, 1 << 22).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .any(|line| line.starts_with("_format_version") || line.starts_with("\"_format_version\""))
}

type Recognised = (IndexMap<String, recognise::Recognised>, Vec<(String, String, String)>);

fn recognise_all(services: &[Old], world: &dyn World) -> Recognised {
    let mut recognised = IndexMap::new();
    let mut reasons = Vec::new();
    for old in services {
        let others: Vec<&Old> = services.iter().filter(|other| other.was != old.was).collect();
        match recognise::recognise(old, &others, world) {
            (Some(kind), _) => {
                recognised.insert(old.new.clone(), kind);
            }
            (None, why) => reasons.extend(why.map(|why| (old.new.clone(), "kind".to_owned(), why))),
        }
    }
    (recognised, reasons)
}

/// What the stack's file is made of, beside the services.
struct OldStack<'a> {
    project: &'a Project,
    /// Kong's declarative config.
    config: Option<&'a Node>,
    /// The service that ran Kong.
    run: Option<&'a Old>,
    agents: &'a [Part],
}

/// The stack's file. A bare one says nothing that would hide what kinds supply.
fn text(
    converter: &mut Converter<'_>,
    old_stack: &OldStack<'_>,
    sources: &Sources,
    is_bare: bool,
) -> (String, kong::Gateway) {
    let project = old_stack.project;
    let services = converter.services;
    if let Some(config) = old_stack.config {
        converter.routed = kong::gateway(config, services, old_stack.run, &mut Secrets::default()).ports;
    }
    for old in services {
        let Some(recognised) = converter.recognised.get(&old.new).cloned() else { continue };
        let prefix = crate::model::environment_prefix(&old.new);
        for (ending, variable) in &recognised.secrets {
            if let Some((raw, _)) = old.raw_variable(variable) {
                converter.secrets.of_kind(&format!("{prefix}_{ending}"), &raw, converter.variables);
            }
        }
    }
    let mut parts: Vec<(String, Part)> = Vec::new();
    for old in services {
        let mut part = converter.part(old);
        if is_bare {
            part.keys
                .retain(|key| !matches!(key.name.as_str(), "env" | "volumes" | "mounts" | "compose_extra"));
        }
        if !is_bare {
            comments::keep(old, &mut part, sources);
        }
        parts.push((old.new.clone(), part));
    }
    let mut sections = vec![Section { title: None, parts: vec![stack_part(converter, project)] }];
    let mut gateway = kong::Gateway::default();
    if let Some(config) = old_stack.config {
        gateway = kong::gateway(config, services, old_stack.run, &mut converter.secrets);
        let title = Some("The gateway".to_owned());
        sections.push(Section { title, parts: std::mem::take(&mut gateway.parts) });
    }
    let routes = std::mem::take(&mut gateway.routes);
    sections.extend(grouped(converter, parts, routes));
    sections.push(Section { title: Some("Agents".to_owned()), parts: old_stack.agents.to_vec() });
    if !is_bare {
        sections.extend(extras(converter, project));
    }
    let file = project.root.first().map(|(_, entry)| sources.file(entry.key.file).path.clone());
    let head = file.map(|file| {
        format!(
            "Imported from {}. `stackgen build` makes the files of it.",
            file.file_name().unwrap_or("Compose")
        )
    });
    (toml::write(&head.into_iter().collect::<Vec<_>>(), &sections), gateway)
}

fn stack_part(converter: &Converter<'_>, _project: &Project) -> Part {
    let mut part = Part::new(&["stack"]);
    part.say("name", Toml::text(label(&converter.project)));
    part
}

/// The services under headings: what keeps data apart from what answers, if there are many.
fn grouped(
    converter: &Converter<'_>,
    parts: Vec<(String, Part)>,
    mut routes: IndexMap<String, Vec<Part>>,
) -> Vec<Section> {
    const FEW: usize = 4;
    let mut with_routes = |parts: Vec<(String, Part)>| -> Vec<Part> {
        let own = |(name, part)| std::iter::once(part).chain(routes.shift_remove(&name).unwrap_or_default());
        parts.into_iter().flat_map(own).collect()
    };
    if parts.len() <= FEW {
        return vec![Section { title: None, parts: with_routes(parts) }];
    }
    let is_data = |name: &str| {
        converter
            .services
            .iter()
            .find(|old| old.new == name)
            .and_then(|old| old.done.text_at("image"))
            .is_some_and(|image| recognise::keeps_data(&image))
    };
    let (data, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(name, _)| is_data(name));
    let mut section = |title: &str, parts: Vec<(String, Part)>| Section {
        title: Some(title.to_owned()),
        parts: with_routes(parts),
    };
    [section("Services", others), section("Data", data)]
        .into_iter()
        .filter(|section| !section.parts.is_empty())
        .collect()
}

/// What stands beside the services.
fn extras(converter: &mut Converter<'_>, project: &Project) -> Vec<Section> {
    for key in ["configs", "secrets"] {
        let table = project.table(key);
        if !table.is_empty() {
            let node = Node { value: Value::Table(table), span: Span::new(FileId::default(), 0..0) };
            converter.extra.insert(key.to_owned(), node.json());
        }
    }
    let mut parts = Vec::new();
    for (key, value) in &converter.extra {
        for (name, value) in value.as_object().into_iter().flatten() {
            let mut part = Part::new(&["compose_extra", key, name]);
            match Toml::of(value) {
                Toml::Table(entries) => entries.into_iter().for_each(|(key, value)| part.say(&key, value)),
                other => part.say("value", other),
            }
            if key == "volumes"
                && value.get("name").is_some()
                && value.get("external").is_none()
                && parts.is_empty()
            {
                part.comments.push(
                    "The names that the volumes have on the engine already: their data stays.".to_owned(),
                );
            }
            parts.push(part);
        }
    }
    vec![Section { title: (!parts.is_empty()).then(|| "In Compose's own words".to_owned()), parts }]
}

/// Compiles what was written, and holds it against the old project.
#[expect(clippy::too_many_arguments, reason = "each is one thing that an import is about")]
fn measure(
    import: &mut Import,
    world: &dyn World,
    inputs: &Inputs,
    project: &Project,
    name: &str,
    services: &[Old],
    written: &str,
    reasons: &[(String, String, String)],
) {
    let overlay = Overlay { below: world, path: &inputs.stack, text: written };
    let compilation = crate::validate(&overlay, &inputs.stack, None);
    import.errors = compilation
        .report
        .iter()
        .filter(|found| found.severity == crate::diagnostics::Severity::Error)
        .cloned()
        .collect();
    import.new_sources = compilation.sources;
    let (Some(document), Some(stack)) = (&compilation.document, compilation.stacks.first()) else { return };
    let output = compose_output(document, stack);
    let Some((path, text)) = output else { return };
    let Ok(located) = crate::yaml::located(&text) else { return };
    let root = Node::of(located, FileId::default(), &text);
    let mut variables = project.variables.clone();
    variables.extend(import.env.iter().cloned());
    let read =
        |path: &Utf8Path| world.read(path, 1 << 20).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let old_names = volume_names(&project.table("volumes"), name, &project.variables);
    let new_volumes = root.get("volumes").and_then(Node::table).cloned().unwrap_or_default();
    let new_names = volume_names(&new_volumes, &stack.name, &variables);
    let old_around =
        Around { variables: &project.variables, folder: Utf8Path::new(""), volumes: &old_names, read: &read };
    let new_around = Around {
        variables: &variables,
        folder: path.parent().unwrap_or(Utf8Path::new("")),
        volumes: &new_names,
        read: &read,
    };
    for old in services {
        let new = root.get("services").and_then(|services| services.get(&old.new));
        let was = facts(&old.raw, &old_around);
        let was = with_new_names(was, services);
        let is = new.map(|new| facts(new, &new_around)).unwrap_or_default();
        let secret = |key: &str| import.secrets.iter().any(|name| key.ends_with(name.as_str()));
        import.fidelity.extend(compare(&old.new, &was, &is, reasons, &secret));
        for (_, _, why) in reasons.iter().filter(|(about, key, _)| *about == old.new && key == "kind") {
            import.fidelity.push(Line {
                about: old.new.clone(),
                key: "kind".to_owned(),
                fate: Fate::Approximated,
                why: why.clone(),
            });
        }
    }
    import.fidelity.extend(beside(project));
}

/// The facts that name other services, by their new names.
fn with_new_names(facts: BTreeMap<String, Json>, services: &[Old]) -> BTreeMap<String, Json> {
    facts
        .into_iter()
        .map(|(key, value)| match key.strip_prefix("depends_on.") {
            Some(name) => {
                let new = services.iter().find(|old| old.was == name).map_or(name, |old| old.new.as_str());
                (format!("depends_on.{new}"), value)
            }
            None => (key, value),
        })
        .collect()
}

fn compose_output(document: &crate::source::Document, stack: &Stack) -> Option<(Utf8PathBuf, String)> {
    let mut renderer = Renderer::new(&document.templates);
    let (outputs, _) = renderer.render(stack);
    let output = outputs.into_iter().find(|output| output.target == "compose")?;
    Some((output.path.clone(), output.contents.clone()))
}

/// What became of the keys beside the services.
fn beside(project: &Project) -> Vec<Line> {
    let line = |key: &str, fate, why: &str| Line {
        about: "the file".to_owned(),
        key: key.to_owned(),
        fate,
        why: why.to_owned(),
    };
    let mut lines = Vec::new();
    for (key, entry) in &project.root {
        match key.as_str() {
            "services" => {}
            "version" => {
                lines.push(line(key, Fate::NotCarried, "Compose has passed over it since version 2"))
            }
            "volumes" | "networks" => {
                for (name, entry) in entry.node.table().into_iter().flatten() {
                    let is_plain = key == "networks"
                        && entry.node.table().is_none_or(|table| {
                            table.keys().all(|key| matches!(key.as_str(), "driver" | "name"))
                        });
                    let key = format!("{key}.{name}");
                    lines.push(if is_plain {
                        line(
                            &key,
                            Fate::Approximated,
                            "reach follows from `needs` now, not from networks by name",
                        )
                    } else {
                        line(&key, Fate::Carried, "")
                    });
                }
            }
            "name" | "configs" | "secrets" => lines.push(line(key, Fate::Carried, "")),
            _ if key.starts_with("x-") => lines.push(line(
                key,
                Fate::NotCarried,
                "what refers to it has it worked in; Compose itself passes over it",
            )),
            _ => lines.push(line(key, Fate::NotCarried, "stackgen does not know this key")),
        }
    }
    lines
}
