//! `env-collision`: two needs of one service that bring the same environment variable.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Edit, Help, Severity};
use crate::model::{Collision, Need, Service, environment_prefix};
use crate::source::{Sources, Span, quoted_list};

pub static RULE: Rule = Rule {
    name: "env-collision",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/env-collision.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        for collisions in by_needs(&service.collisions) {
            findings.push(collision(subject.sources, service, &collisions));
        }
    }
}

/// Two needs that share five variables are one mistake.
fn by_needs(collisions: &[Collision]) -> Vec<Vec<&Collision>> {
    let mut grouped: BTreeMap<(Span, Span), Vec<&Collision>> = BTreeMap::new();
    for collision in collisions {
        grouped
            .entry((collision.first.service.span, collision.second.service.span))
            .or_default()
            .push(collision);
    }
    grouped.into_values().collect()
}

fn collision(sources: &Sources, service: &Service, collisions: &[&Collision]) -> Diagnostic {
    let Collision { first, second, .. } = collisions[0];
    let variables = quoted_list(collisions.iter().map(|collision| collision.variable.as_str()));
    let (one, other) = (&*first.service, &*second.service);
    let diagnostic = if one == other {
        Diagnostic::error(
            RULE.name,
            format!("`{}` needs `{one}` twice: both bring {variables}", *service.name),
        )
    } else {
        Diagnostic::error(
            RULE.name,
            format!("`{one}` and `{other}` both bring {variables} to `{}`", *service.name),
        )
    };
    let brings = |need: &Need| format!("`{}` brings {variables}", *need.service);
    let mut diagnostic =
        diagnostic.at(second.service.span, brings(second)).and_at(first.service.span, brings(first));
    diagnostic.help.push(help(sources, first, second));
    diagnostic
}

fn help(sources: &Sources, first: &Need, second: &Need) -> Help {
    if first.service.value == second.service.value && second.prefix.is_none() {
        return Help { message: "remove one of the two needs".to_owned(), edits: Vec::new() };
    }
    let prefix = environment_prefix(&second.service);
    Help {
        message: format!("let those of `{}` begin with `{prefix}_`", *second.service),
        edits: prefixed(sources, second, &prefix).into_iter().collect(),
    }
}

/// The edit that puts a prefix before the need's variables.
pub(super) fn prefixed(sources: &Sources, need: &Need, prefix: &str) -> Option<Edit> {
    if let Some(old) = &need.prefix {
        return literal::rename(sources, old.span, old, prefix);
    }
    let span = need.service.span;
    let written = sources.text(span);
    Some(match literal::setting(sources, span) {
        literal::Setting::Item => {
            Edit { span, replacement: format!("{{ service = {written}, as = \"{prefix}\" }}") }
        }
        literal::Setting::Inline => literal::insert_after(span, format!(", as = \"{prefix}\"")),
        literal::Setting::Line => literal::insert_after(span, format!("\nas = \"{prefix}\"")),
    })
}
