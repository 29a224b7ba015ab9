//! `pinned-name`: two stacks of one file, each of a name of its own, that share something on the engine all the same.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Stack};
use crate::source::language::{ComposeSort, Placement};
use crate::source::{Span, dotted_key};

pub static RULE: Rule = Rule {
    name: "pinned-name",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/pinned-name.md"),
    check: Check::Everywhere(check),
};

fn check(subjects: &[Subject<'_>], findings: &mut Findings) {
    let mut by_name: BTreeMap<(&str, String), Vec<Holder<'_>>> = BTreeMap::new();
    for subject in subjects {
        for (name, holder) in held(subject.stack) {
            by_name.entry((holder.word, name)).or_default().push(holder);
        }
    }
    for ((word, name), holders) in by_name {
        findings.extend(shared(word, &name, &holders));
    }
}

/// Who has something by that name on the engine.
struct Holder<'a> {
    stack: &'a Stack,
    /// What it is: `volume`.
    word: &'static str,
    /// Where the name is said; nowhere if it follows from the stack's.
    pinned: Option<Span>,
    /// The key to say another under, and what to say there.
    key: Vec<String>,
    own: String,
}

/// Everything of a stack that runs, by its name on the engine, but what is somebody else's.
fn held(stack: &Stack) -> Vec<(String, Holder<'_>)> {
    let mut all = Vec::new();
    let said = stack.compose_declared.iter();
    let pins: BTreeMap<(ComposeSort, &str), Span> =
        said.filter_map(|said| Some(((said.sort, said.key.as_str()), said.name.as_ref()?.span))).collect();
    for sort in [ComposeSort::Volume, ComposeSort::Network] {
        for key in used(stack, sort) {
            let engine = stack.engine_name(sort, &key);
            if engine.external || follows_from_the_stack(&engine.name) {
                continue;
            }
            let pinned = pins.get(&(sort, key.as_str())).copied();
            let own = format!("{}_{key}", *stack.name);
            let key = ["compose_extra", sort.table(), &key, "name"].map(ToOwned::to_owned).to_vec();
            all.push((engine.name, Holder { stack, word: sort.word(), pinned, key, own }));
        }
    }
    for service in in_containers(stack) {
        let Some(said) = service.compose_extra.get("container_name") else { continue };
        let Some(name) = said.value.as_str().filter(|name| !follows_from_the_stack(name)) else { continue };
        let own = format!("{}-{}", *stack.name, *service.name);
        let key =
            ["services", &*service.name, "compose_extra", "container_name"].map(ToOwned::to_owned).to_vec();
        all.push((name.to_owned(), Holder { stack, word: "container", pinned: Some(said.span), key, own }));
    }
    all
}

fn in_containers(stack: &Stack) -> impl Iterator<Item = &Service> {
    stack.services.values().filter(|service| service.placement == Placement::Container)
}

/// A variable is the same for all of a file's stacks, but for the one that Compose makes of the stack's name.
fn follows_from_the_stack(name: &str) -> bool {
    name.contains("COMPOSE_PROJECT_NAME")
}

/// The keys of a table that some service uses: Compose makes nothing of the others.
fn used(stack: &Stack, sort: ComposeSort) -> Vec<String> {
    let mut keys: Vec<String> = match sort {
        ComposeSort::Volume => in_containers(stack)
            .flat_map(|service| {
                let own = service.volumes.iter().map(|volume| volume.full_name.clone());
                own.chain(service.extra_mounts().into_iter().map(|mount| mount.key.to_owned()))
            })
            .collect(),
        ComposeSort::Network => {
            let said = in_containers(stack)
                .filter_map(|service| service.compose_extra.get("networks")?.value.as_object());
            let own = stack.networks.iter().map(|network| network.name.clone());
            own.chain(said.flat_map(serde_json::Map::keys).cloned()).collect()
        }
        // The engine knows nothing else of a Compose file by name.
        ComposeSort::Service | ComposeSort::Config | ComposeSort::Secret => Vec::new(),
    };
    keys.sort();
    keys.dedup();
    keys
}

/// What stacks of different names share; those of one name are one Compose project, and share everything.
fn shared(word: &str, name: &str, holders: &[Holder<'_>]) -> Option<Diagnostic> {
    let first = holders.first()?;
    let others: Vec<&Holder<'_>> =
        holders.iter().filter(|holder| *holder.stack.name != *first.stack.name).collect();
    let pinned = holders.iter().find_map(|holder| holder.pinned)?;
    let other = others.first()?;
    let (one, two) = (&*first.stack.name, &*other.stack.name);
    let message =
        format!("`{one}` and `{two}` would share the {word} `{name}`, though each has a name of its own");
    let mut diagnostic =
        Diagnostic::error(RULE.name, message).at(pinned, format!("the {word} is called this in both"));
    for other in &others {
        let places = [Some(other.stack.name.span), other.pinned.filter(|place| *place != pinned)];
        for (place, text) in places.into_iter().zip(["a stack of its own", "said again here"]) {
            diagnostic = place.into_iter().fold(diagnostic, |found, place| found.and_at(place, text));
        }
    }
    diagnostic = diagnostic.note(match word {
        "volume" => "two containers would write to the same data, and each database would ruin the other's",
        "network" => "the services of one would answer to the names of the other's",
        _ => "only one container can have a name: the second stack would not start",
    });
    for other in others {
        let environment = other.stack.environment.iter().flat_map(|name| ["environments", name.as_str()]);
        let key = dotted_key(environment.chain(other.key.iter().map(String::as_str)));
        diagnostic = diagnostic.help(format!("say one of its own: `{key} = \"{}\"`", other.own));
    }
    Some(diagnostic.help(format!(
        "if the two never run on one machine, say so: `{} = \"allow\"` under `[checks]`",
        RULE.name
    )))
}
