//! `invalid-mount`: something mounted where nothing can be, or where something else is.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{MountSource, Service};
use crate::source::Span;
use crate::source::language::Placement;

pub static RULE: Rule = Rule {
    name: "invalid-mount",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/invalid-mount.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let containers =
        subject.stack.services.values().filter(|service| service.placement == Placement::Container);
    for service in containers {
        let mounted = mounted(service);
        for thing in mounted.iter().filter(|thing| !is_place(thing.at)) {
            findings.push(no_place(service, thing));
        }
        for (first, second) in in_one_place(&mounted) {
            findings.push(one_place(service, first, second));
        }
    }
}

/// A volume, file or folder, and where it is mounted.
struct Mounted<'a> {
    what: String,
    at: &'a str,
    span: Span,
}

fn mounted(service: &Service) -> Vec<Mounted<'_>> {
    let name = service.name.span;
    let volumes = service.volumes.iter().map(|volume| Mounted {
        what: format!("the volume `{}`", volume.name),
        at: &volume.at,
        span: name,
    });
    let mounts = service.mounts.iter().map(|mount| {
        let (what, span) = match &mount.source {
            MountSource::Project(source) => (format!("`{}`", source.written), source.span),
            MountSource::Target(target) => (format!("the outputs of `{target}`"), name),
        };
        Mounted { what, at: &mount.at, span }
    });
    let memory =
        service.tmpfs.iter().map(|at| Mounted { what: "a folder in memory".to_owned(), at, span: name });
    volumes.chain(mounts).chain(memory).collect()
}

/// Whether something can be mounted there: an absolute path below the root.
fn is_place(at: &str) -> bool {
    at.starts_with('/') && at.contains(|found| found != '/') && !at.contains(':')
}

/// Each thing in whose place another is already, after that other.
fn in_one_place<'m, 'a>(mounted: &'m [Mounted<'a>]) -> Vec<(&'m Mounted<'a>, &'m Mounted<'a>)> {
    let mut firsts: BTreeMap<&str, &Mounted<'_>> = BTreeMap::new();
    mounted
        .iter()
        .filter_map(|thing| {
            let first = *firsts.entry(thing.at.trim_end_matches('/')).or_insert(thing);
            (!std::ptr::eq(first, thing)).then_some((first, thing))
        })
        .collect()
}

fn no_place(service: &Service, thing: &Mounted<'_>) -> Diagnostic {
    Diagnostic::error(
        RULE.name,
        format!(
            "{} cannot be mounted at `{}` in `{}`",
            thing.what,
            thing.at.replace('\n', "\\n"),
            *service.name
        ),
    )
    .at(thing.span, "mounted by this")
    .help("write an absolute path without `:`, below the container's root, such as `/data`")
}

fn one_place(service: &Service, first: &Mounted<'_>, second: &Mounted<'_>) -> Diagnostic {
    let message = format!(
        "{} and {} would both lie at `{}` in `{}`",
        first.what, second.what, second.at, *service.name
    );
    let diagnostic = Diagnostic::error(RULE.name, message).at(second.span, "lies there");
    let diagnostic = if first.span == second.span {
        diagnostic
    } else {
        diagnostic.and_at(first.span, "lies there as well")
    };
    diagnostic.help("mount one of the two elsewhere")
}
