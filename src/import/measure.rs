//! The report, measured: the stack that was written is compiled in memory, and its Compose output held against the old project.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value as Json;

use super::assemble::OldStack;
use super::fidelity::{Fate, Line, compare};
use super::load::Project;
use super::node::Node;
use super::normal::{Around, facts, volume_names};
use super::service::Old;
use super::{Import, Inputs};
use crate::diagnostics::Severity;
use crate::model::Stack;
use crate::render::Renderer;
use crate::source::{Document, FileId, Overlay, World};

/// What is held against what.
pub struct Measured<'a> {
    pub old: &'a OldStack<'a>,
    /// The new stack's file.
    pub written: &'a str,
    /// Why something is not as it was: the service, the Compose key, the reason.
    pub reasons: &'a [(String, String, String)],
    pub inputs: &'a Inputs,
}

impl Import {
    /// Compiles what was written, and holds it against the old project.
    pub(super) fn measure(&mut self, world: &dyn World, measured: &Measured<'_>) {
        let Measured { old, written, reasons, inputs } = *measured;
        let overlay = Overlay::new(world, [(inputs.stack.clone(), written.to_owned())]);
        let compilation = crate::validate(&overlay, &inputs.stack, None);
        let errors = compilation.report.iter().filter(|found| found.severity == Severity::Error);
        self.errors = errors.cloned().collect();
        self.new_sources = compilation.sources;
        let (Some(document), Some(stack)) = (&compilation.document, compilation.stacks.first()) else {
            return;
        };
        let Some((path, text)) = compose_output(document, stack) else { return };
        let Ok(located) = crate::yaml::located(&text) else { return };
        let root = Node::of(located, FileId::default(), &text);
        let mut variables = old.project.variables.clone();
        variables.extend(self.env.iter().cloned());
        let read =
            |path: &Utf8Path| world.read(path, 1 << 20).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let project = &old.project;
        let old_names = volume_names(&project.table("volumes"), &old.name, &project.variables);
        let new_volumes = root.get("volumes").and_then(Node::table).cloned().unwrap_or_default();
        let new_names = volume_names(&new_volumes, &stack.name, &variables);
        let before = Around {
            variables: &project.variables,
            folder: Utf8Path::new(""),
            volumes: &old_names,
            read: &read,
        };
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        let after = Around { variables: &variables, folder, volumes: &new_names, read: &read };
        for service in &old.services {
            let new = root.get("services").and_then(|services| services.get(&service.new));
            let was = with_new_names(facts(&service.raw, &before), &old.services);
            let is = new.map(|new| facts(new, &after)).unwrap_or_default();
            let secret = |key: &str| self.secrets.iter().any(|name| key.ends_with(name.as_str()));
            self.fidelity.extend(compare(&service.new, &was, &is, reasons, &secret));
            let of_the_language =
                reasons.iter().filter(|(about, key, _)| *about == service.new && is_of_the_language(key));
            self.fidelity.extend(of_the_language.map(|(about, key, why)| Line {
                about: about.clone(),
                key: key.clone(),
                fate: Fate::Approximated,
                why: why.clone(),
            }));
        }
        self.fidelity.extend(beside(project));
    }
}

/// Whether a reason speaks of a key that Compose has not, so that no fact of the old file is told of by it.
fn is_of_the_language(key: &str) -> bool {
    matches!(key.split('.').next(), Some("kind" | "needs" | "compose_extra"))
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

fn compose_output(document: &Document, stack: &Stack) -> Option<(Utf8PathBuf, String)> {
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
