//! `group-without-consumer`: routes that let in or keep out a group which nobody is in.

use std::collections::BTreeSet;

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::Unread;
use crate::source::{Spanned, nearest, quoted_list};

pub static RULE: Rule = Rule {
    name: "group-without-consumer",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/group-without-consumer.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(gateway) = &subject.stack.gateway else { return };
    if subject.stack.unread.contains(&Unread::Consumer) {
        return;
    }
    let consumers = gateway.consumers.iter();
    let known: BTreeSet<&str> =
        consumers.flat_map(|consumer| &consumer.groups).map(|group| group.as_str()).collect();
    let mut seen = BTreeSet::new();
    for route in subject.stack.services.values().flat_map(|service| &service.routes) {
        let Some(groups) = &route.groups else { continue };
        // To keep out a group that nobody is in yet does no harm, unless another one is meant.
        let misspelt = |group: &&Spanned<String>| nearest(group, known.iter().copied()).is_some();
        for group in groups.allow.iter().chain(groups.deny.iter().filter(misspelt)) {
            if !known.contains(group.as_str()) && seen.insert(group.span) {
                findings.push(unknown(subject, group, &known));
            }
        }
    }
}

fn unknown(subject: &Subject<'_>, group: &Spanned<String>, known: &BTreeSet<&str>) -> Diagnostic {
    let name = group.as_str();
    let mut diagnostic = Diagnostic::error(RULE.name, format!("no consumer is in the group `{name}`"))
        .at(group.span, "nobody's group");
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            let edits = literal::rename(subject.sources, group.span, name, near).into_iter().collect();
            diagnostic.help.push(Help { message: format!("did you mean `{near}`?"), edits });
            diagnostic
        }
        None if known.is_empty() => {
            diagnostic.help(format!("give a consumer the group: `groups = [\"{name}\"]`"))
        }
        None => diagnostic.help(format!(
            "give a consumer the group: `groups = [\"{name}\"]`; there is {}",
            quoted_list(known.iter().copied())
        )),
    }
}
