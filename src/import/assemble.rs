//! The text of the stack's file: what it says of the stack, the gateway, the services and the agents, in an order to be read in.

use indexmap::IndexMap;

use super::agents::Agent;
use super::convert::{Converter, inner_kinds};
use super::load::Project;
use super::node::{Node, Value};
use super::recognise::{Recognised, keeps_data};
use super::secrets::Secrets;
use super::service::{Old, label};
use super::toml::{self, Part, Section, Toml};
use super::{agents, comments, kong};
use crate::source::{FileId, Sources, Span};

/// What the stack's file is made of.
pub struct OldStack<'a> {
    /// What was read, as the user named it.
    pub files: Vec<String>,
    pub project: Project,
    /// The Compose project's name.
    pub name: String,
    /// Its services, but for the one that ran Kong.
    pub services: Vec<Old>,
    /// Kong's declarative config.
    pub config: Option<&'a Node>,
    /// The service that ran Kong.
    pub run: Option<&'a Old>,
    pub agents: &'a [Agent],
}

/// How many services can be read without headings.
const FEW: usize = 4;

/// The stack's file, and what Kong's config became. A bare one says nothing that would hide what kinds supply.
pub fn assemble(
    converter: &mut Converter<'_>,
    old_stack: &OldStack<'_>,
    sources: &Sources,
    is_bare: bool,
) -> (String, kong::Gateway) {
    let project = &old_stack.project;
    let services = converter.services;
    if let Some(config) = old_stack.config {
        let gateway = kong::gateway(config, services, old_stack.run, &mut Secrets::default());
        (converter.routed, converter.asked) = (gateway.ports, gateway.health);
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
            let is_data = converter.recognised.get(&old.new).is_some_and(Recognised::is_data);
            part.keys.retain(|key| match key.name.as_str() {
                "env" | "volumes" | "mounts" | "compose_extra" => false,
                // What the kind of a data service calls `main` is seen where nothing takes its place.
                "port" | "ports" => !is_data,
                _ => true,
            });
        }
        if !is_bare {
            comments::keep(old, &mut part, sources);
        }
        parts.push((old.new.clone(), part));
    }
    let mut sections = vec![Section { title: None, parts: vec![stack_part(converter)] }];
    let mut gateway = kong::Gateway::default();
    if let Some(config) = old_stack.config {
        gateway = kong::gateway(config, services, old_stack.run, &mut converter.secrets);
        let title = Some("The gateway".to_owned());
        sections.push(Section { title, parts: std::mem::take(&mut gateway.parts) });
    }
    let routes = std::mem::take(&mut gateway.routes);
    let is_long = parts.len() > FEW;
    sections.extend(grouped(converter, parts, routes));
    sections.push(Section {
        title: Some("Agents".to_owned()),
        parts: agents::parts(old_stack.agents, converter.bare),
    });
    sections.push(Section { title: Some("Kinds".to_owned()), parts: inner_kinds(&converter.inner_ports) });
    if !is_bare {
        sections.extend(extras(converter, project));
    }
    if !is_long {
        for section in &mut sections {
            section.title = None;
        }
    }
    let head =
        format!("Imported from {}. `stackgen build` makes the files of it.", old_stack.files.join(", "));
    let first = old_stack.files.first();
    let first = sources.ids().map(|id| sources.file(id)).find(|file| first == Some(&file.path.to_string()));
    let kept = first.map(|file| comments::head(&file.text)).unwrap_or_default();
    let rule = (!kept.is_empty()).then(String::new);
    let lines: Vec<String> = kept.into_iter().chain(rule).chain([head]).collect();
    (toml::write(&lines, &sections), gateway)
}

fn stack_part(converter: &Converter<'_>) -> Part {
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
            .is_some_and(|image| keeps_data(&image))
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
