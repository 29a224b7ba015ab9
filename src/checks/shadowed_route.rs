//! `shadowed-route`: a route that gets fewer requests than its path and methods promise.

use super::route_overlap::{Shadow, Tie, shadows, shared_methods, ties};
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::Route;
use crate::source::quoted_list;

pub static RULE: Rule = Rule {
    name: "shadowed-route",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/shadowed-route.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for shadow in shadows(subject.stack) {
        findings.push(shadowed(&shadow));
    }
    for tie in ties(subject.stack).iter().filter(|tie| tie.first.service == tie.second.service) {
        findings.push(said_twice(tie));
    }
}

fn shadowed(shadow: &Shadow<'_>) -> Diagnostic {
    let Shadow { caster, shadowed } = shadow;
    let methods = quoted_list(caster.methods.iter().map(|method| method.as_str()));
    let diagnostic = Diagnostic::error(
        RULE.name,
        format!("the route `{}` of `{}` gets no {methods} requests", **shadowed.path(), shadowed.service),
    )
    .at(shadowed.path().span, "says no methods")
    .and_at(
        caster.path().span,
        format!("`{}` takes {methods} of everything below `{}`", caster.service, **caster.path()),
    );
    let (note, help) = if caster.path().value == shadowed.path().value {
        (
            "the gateway tries routes that say their methods first",
            "say the methods that are left for this route",
        )
    } else {
        (
            "the gateway tries routes that say their methods first, even where another's path is longer",
            "say the methods of this route as well: then the longer path comes first",
        )
    };
    with_difference(diagnostic.note(note), caster, shadowed).help(help)
}

fn said_twice(tie: &Tie<'_>) -> Diagnostic {
    let Tie { first, second } = tie;
    let methods = shared_methods(first, second);
    let which = if methods.is_empty() { String::new() } else { format!(" for {}", quoted_list(methods)) };
    let diagnostic = Diagnostic::error(
        RULE.name,
        format!("`{}` takes `{}` twice{which}", second.service, **second.path()),
    )
    .at(second.path().span, "taken again here")
    .and_at(first.path().span, "taken here")
    .note("the gateway sees no difference between the two, and one of them gets nothing");
    with_difference(diagnostic, first, second)
        .help("keep one of the two, or share the methods out between them")
}

/// What the choice between the two routes decides, where it decides who may come in.
fn with_difference(diagnostic: Diagnostic, first: &Route, second: &Route) -> Diagnostic {
    if first.is_closed() == second.is_closed() {
        diagnostic
    } else {
        diagnostic.note("only one of the two asks for a token")
    }
}
