//! What is wrong with the old files.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::convert::is_special;
use super::load::Project;
use super::needs::uses;
use super::port::Port;
use super::recognise::Recognised;
use super::service::Old;
use super::volume::{What, mount};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, Span};

/// What is wrong with a Compose project, but for its secrets and open ports, which are found where they are brought over. `recognised`
/// says which services have a kind in the new stack.
#[must_use]
pub fn project(
    project: &Project,
    services: &[Old],
    recognised: &IndexMap<String, Recognised>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if services.is_empty() && project.root.is_empty() {
        return found;
    }
    if services.is_empty() {
        let span =
            project.root.first().map_or_else(|| Span::new(FileId::default(), 0..0), |(_, entry)| entry.key);
        found.push(
            Diagnostic::error("missing-key", "the Compose files say no services")
                .at(span, "nothing to import here"),
        );
    }
    found.extend(services.iter().filter_map(nothing_to_run));
    found.extend(clashes(services));
    found.extend(unknown_services(services));
    found.extend(flat(project, services, recognised));
    found.extend(services.iter().flat_map(powers));
    found.extend(same_names(services));
    found
}

fn nothing_to_run(old: &Old) -> Option<Diagnostic> {
    let runs = ["image", "build", "provider"].iter().any(|key| old.raw.get(key).is_some());
    (!runs).then(|| {
        Diagnostic::error(
            "missing-key",
            format!("the service `{}` says neither which image it runs nor where its code is", old.was),
        )
        .at(old.span, "has neither `image` nor `build`")
        .help("Compose refuses it as well: give it one of the two, and import again")
    })
}

fn clashes(services: &[Old]) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<(u16, String), (&Old, Port)> = BTreeMap::new();
    let mut found = Vec::new();
    for old in services {
        for port in old.ports() {
            let Some(published) = port.published else { continue };
            let key = (published, port.protocol.clone());
            match taken.get(&key) {
                Some((other, first)) if overlap(first, &port) => found.push(
                    Diagnostic::error(
                        "port-collision",
                        format!("`{}` and `{}` both publish port {published}", other.was, old.was),
                    )
                    .at(port.span, "Compose notices only when it starts this")
                    .and_at(first.span, "taken here")
                    .help("give one of the two another port in the imported stack"),
                ),
                Some(_) => {}
                None => {
                    taken.insert(key, (old, port));
                }
            }
        }
    }
    found
}

fn overlap(first: &Port, second: &Port) -> bool {
    first.is_open() || second.is_open() || first.address == second.address
}

fn unknown_services(services: &[Old]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for old in services {
        for (name, _, node) in old.conditions() {
            if !services.iter().any(|other| other.was == name) {
                let span = if node.span.range().is_empty() { old.place("depends_on") } else { node.span };
                found.push(
                    Diagnostic::error(
                        "missing-key",
                        format!("`{}` depends on `{name}`, which no file has", old.was),
                    )
                    .at(span, "no such service")
                    .help("Compose refuses it as well: remove it, or name the file that has it"),
                );
            }
        }
    }
    found
}

/// One network on which everybody reaches every database.
fn flat(
    project: &Project,
    services: &[Old],
    recognised: &IndexMap<String, Recognised>,
) -> Option<Diagnostic> {
    let data: Vec<&Old> = services
        .iter()
        .filter(|old| old.done.text_at("image").is_some_and(|image| super::recognise::keeps_data(&image)))
        .collect();
    let first = data.first()?;
    let strangers = services.iter().filter(|old| {
        let is_data = data.iter().any(|data| data.was == old.was);
        !is_data && networks(old).iter().any(|name| networks(first).contains(name)) && !uses(old, first)
    });
    let names: Vec<String> = strangers.map(|old| format!("`{}`", old.was)).collect();
    if names.is_empty() || project.root.is_empty() {
        return None;
    }
    let mut diagnostic = warning(
        "flat-network",
        format!("every service reaches every database, {} reaches `{}` without a need", names[0], first.was),
    )
    .at(first.span, "on a network with services that do not need it");
    let kept = project.table("networks");
    let on_kept = |old: &&Old| {
        let mut shared = networks(old).into_iter().filter(|name| is_special(&kept, name));
        shared.find(|name| {
            services
                .iter()
                .any(|other| other.was != old.was && networks(other).contains(name) && !uses(other, old))
        })
    };
    let is_plain = |old: &&Old| recognised.get(&old.new).is_none_or(|found| !found.is_data());
    let (open, rest): (Vec<&Old>, Vec<&Old>) = data.iter().copied().partition(is_plain);
    let (shared, closed): (Vec<&Old>, Vec<&Old>) = rest.into_iter().partition(|old| on_kept(old).is_some());
    for old in shared {
        let network = on_kept(&old).unwrap_or_default();
        diagnostic = diagnostic.help(format!(
            "everybody on `{network}` still reaches `{0}` in the imported stack, for the network says more than who reaches whom, and is kept: take it out of `compose_extra.networks` of `{0}`, or of those who do not need it",
            old.new
        ));
    }
    if !closed.is_empty() {
        let which = if closed.len() == data.len() { "a database".to_owned() } else { names_of(&closed) };
        diagnostic = diagnostic.help(format!(
            "in the imported stack only those who need it reach {which}: add it to `needs` where this saw no need"
        ));
    }
    if !open.is_empty() {
        diagnostic = diagnostic.help(format!(
            "everybody still reaches {} in the imported stack, as a plain container: give it a kind that keeps data, such as `[kinds.NAME]` with `extends = \"container\"` and `role = \"database\"`",
            names_of(&open)
        ));
    }
    Some(diagnostic)
}

/// The networks that a service is on, by their names in the file.
fn networks(old: &Old) -> Vec<String> {
    let said = old.done.get("networks").map(|node| super::merge::as_table("networks", node));
    let names = said.and_then(|node| node.table().map(|table| table.keys().cloned().collect()));
    names.unwrap_or_else(|| vec!["default".to_owned()])
}

fn names_of(services: &[&Old]) -> String {
    let names: Vec<String> = services.iter().map(|old| format!("`{}`", old.new)).collect();
    names.join(", ")
}

fn warning(rule: &'static str, message: String) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(rule, message);
    diagnostic.severity = Severity::Warning;
    diagnostic
}

/// What gives a container the power of the machine's owner. It is brought over as it is.
fn powers(old: &Old) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for item in old.done.items_at("volumes") {
        let Some(What::Bind(path)) = mount(item).map(|mount| mount.what) else { continue };
        if path.ends_with("/docker.sock") {
            found.push(
                warning("docker-socket", format!("`{}` holds the Docker engine's socket", old.was))
                    .at(item.span, "whoever takes over this container takes over the machine; `:ro` changes nothing of that")
                    .help("it is kept as it is: remove it from `compose_extra.volumes` where nothing needs it, else let a proxy pass on only the calls that are needed"),
            );
        }
    }
    if old.done.text_at("privileged").as_deref() == Some("true") {
        found.push(
            warning("privileged-container", format!("`{}` runs with every privilege of the machine", old.was))
                .at(old.place("privileged"), "nothing keeps it in its container")
                .help("it is kept as it is: replace it by what is needed, such as `compose_extra = { cap_add = [\"NET_ADMIN\"] }` or `devices`"),
        );
    }
    found
}

/// Names that would be one.
fn same_names(services: &[Old]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<&str, &Old> = BTreeMap::new();
    let mut found = Vec::new();
    for old in services {
        if let Some(first) = seen.insert(&old.new, old) {
            found.push(
                Diagnostic::error(
                    "duplicate-name",
                    format!("`{}` and `{}` would both be called `{}`", first.was, old.was, old.new),
                )
                .at(old.span, "a service is named as a DNS label: letters, digits and `-`")
                .and_at(first.span, "the first of the two")
                .help("rename one of them, and import again"),
            );
        }
    }
    found
}
