//! `profile-need`: a service that Compose always starts waits for one that only a profile starts.

use std::collections::BTreeSet;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Wait, environment_prefix};
use crate::source::quoted_list;

pub static RULE: Rule = Rule {
    name: "profile-need",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/profile-need.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let services = &subject.stack.services;
    for service in services.values() {
        for wait in service.waits() {
            let Some(needed) = services.get(wait.name.as_str()) else { continue };
            if !is_started_with(needed, service) {
                findings.push(may_be_missing(service, wait, needed));
            }
        }
    }
}

/// The profiles of which one has to be asked for; none for what always starts.
fn profiles(service: &Service) -> BTreeSet<&str> {
    let said = service.compose_extra.get("profiles").and_then(|said| said.value.as_array());
    said.into_iter().flatten().filter_map(|profile| profile.as_str()).collect()
}

/// Whether whatever starts a service starts what it needs as well.
fn is_started_with(needed: &Service, service: &Service) -> bool {
    let (needed, own) = (profiles(needed), profiles(service));
    needed.is_empty() || (!own.is_empty() && own.is_subset(&needed))
}

fn may_be_missing(service: &Service, wait: Wait<'_>, needed: &Service) -> Diagnostic {
    let (name, other) = (&*service.name, &*needed.name);
    let wanted = profiles(needed);
    let word = if wanted.len() == 1 { "profile" } else { "profiles" };
    let message = format!(
        "`{name}` starts without `{other}`, which it needs: only the {word} {} starts that",
        quoted_list(wanted)
    );
    let mut found = Diagnostic::error(RULE.name, message).at(
        wait.name.span,
        match wait.key {
            None if service.synthesised => format!("`{name}` passes requests on to `{other}`"),
            None => format!("`{name}` needs `{other}`"),
            Some(key) => format!("`{key}` of `{name}`"),
        },
    );
    if let Some(said) = needed.compose_extra.get("profiles") {
        found = found.and_at(said.span, format!("`{other}` starts if it is asked for"));
    }
    let found = found.note("Compose refuses the whole file: `depends on undefined service`");
    let always = format!("remove `profiles` of `{other}`, so that it always starts");
    if service.synthesised {
        return found.help(format!("{always}; or its routes"));
    }
    let found = found.help(format!("{always}; or give `{name}` the same `profiles`"));
    match wait.key {
        None => {
            let (word, fact) = if needed.scheme.is_some() { ("URL", "url") } else { ("HOST", "host") };
            let variable = format!("{}_{word}", environment_prefix(other));
            found.help(format!(
                "if `{name}` only has to know where `{other}` is, tell it instead: `env = {{ {variable} = \"{{{{ services.{other}.{fact} }}}}\" }}`"
            ))
        }
        Some("depends_on") => {
            found.help(format!("if `{name}` does without it, say so: `depends_on = {{ {other} = {{ condition = \"service_started\", required = false }} }}`"))
        }
        Some(_) => found,
    }
}
