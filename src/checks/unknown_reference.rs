//! `unknown-reference`: a name that names nothing.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::Unresolved;
use crate::source::{nearest, quoted_list};

pub static RULE: Rule = Rule {
    name: "unknown-reference",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/unknown-reference.md"),
    check: Check::Stack(check),
};

/// More names than this are no help to anybody.
const MOST_NAMES_LISTED: usize = 12;

/// How many names are held against others in search of the one that was meant. Who has many wrong names in a large stack has one
/// mistake, and the first findings show it.
const MOST_NAMES_COMPARED: usize = 200_000;

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let mut compared = 0;
    for unresolved in &subject.stack.unresolved {
        let known =
            if compared < MOST_NAMES_COMPARED { unresolved.known.names(subject.stack) } else { Vec::new() };
        compared += known.len();
        findings.push(unknown(subject, unresolved, &known));
    }
}

fn unknown(subject: &Subject<'_>, unresolved: &Unresolved, known: &[&str]) -> Diagnostic {
    let Unresolved { name, sort, .. } = unresolved;
    let message = if sort.contains(' ') {
        format!("`{}` is no {sort}", name.value)
    } else {
        format!("there is no {sort} `{}`", name.value)
    };
    let diagnostic = Diagnostic::error(RULE.name, message).at(name.span, format!("no such {sort}"));
    let known = known.iter().copied();
    match nearest(name, known.clone()) {
        Some(near) => {
            let edits = literal::rename(subject.sources, name.span, name, near);
            let message = format!("did you mean `{near}`?");
            with_help(diagnostic, Help { message, edits: edits.into_iter().collect() })
        }
        None if (1..=MOST_NAMES_LISTED).contains(&known.len()) => {
            diagnostic.help(format!("there is {}", quoted_list(known)))
        }
        None => diagnostic,
    }
}

fn with_help(mut diagnostic: Diagnostic, help: Help) -> Diagnostic {
    diagnostic.help.push(help);
    diagnostic
}
