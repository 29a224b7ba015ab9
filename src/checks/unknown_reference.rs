//! `unknown-reference`: a name that names nothing.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Stack, Unresolved};
use crate::source::{Sort, Span, nearest, quoted_list};

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
    if let Some((environment, left_out)) = left_out(subject.stack, unresolved) {
        return diagnostic.and_at(left_out, format!("`{environment}` is without it")).help(format!(
            "say under `[environments.{environment}]` what stands here as it is there, or leave `{}` in",
            name.value
        ));
    }
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

/// The environment that leaves out what is named, and where it says so.
fn left_out<'s>(stack: &'s Stack, unresolved: &Unresolved) -> Option<(&'s str, Span)> {
    let sort = Sort::of_word(unresolved.sort)?;
    let path = stack.left_out.iter().find(|path| path.value.declares(sort, &unresolved.name))?;
    Some((stack.environment.as_ref()?, path.span))
}

fn with_help(mut diagnostic: Diagnostic, help: Help) -> Diagnostic {
    diagnostic.help.push(help);
    diagnostic
}
