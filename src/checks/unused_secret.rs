//! `unused-secret`: a declared secret that nothing reads, most often because one of the two names is misspelt.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Stack, Unread};
use crate::source::{Spanned, nearest};

pub static RULE: Rule = Rule {
    name: "unused-secret",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/unused-secret.md"),
    check: Check::Everywhere(check),
};

fn check(subjects: &[Subject<'_>], findings: &mut Findings) {
    let [base, environments @ ..] = subjects else { return };
    let may_be_read =
        |stack: &Stack| stack.unread.contains(&Unread::Reader) || stack.unread.contains(&Unread::Consumer);
    if subjects.iter().any(|subject| may_be_read(subject.stack)) {
        return;
    }
    for secret in &base.stack.unused_secrets {
        let is_unused = |subject: &Subject<'_>| {
            subject.stack.unused_secrets.iter().any(|other| other.value == secret.value)
        };
        if environments.iter().all(is_unused) {
            findings.push(unused(secret, base));
        }
    }
}

fn unused(secret: &Spanned<String>, subject: &Subject<'_>) -> Diagnostic {
    let stack = subject.stack;
    let name = &secret.value;
    let mut diagnostic = Diagnostic::error(RULE.name, format!("nothing reads the secret `{name}`"))
        .at(secret.span, "declared here, and used nowhere");
    match nearest(name, stack.secrets.keys().map(String::as_str)) {
        Some(near) => {
            let readers =
                stack.secrets[near].readers.first().map(|reader| format!(", which `{reader}` reads"));
            let readers = readers.unwrap_or_default();
            let message = format!("did you mean `{near}`{readers}?");
            let edits = literal::rename(subject.sources, secret.span, name, near);
            diagnostic.help.push(Help { message, edits: edits.into_iter().collect() });
            diagnostic
        }
        None => diagnostic.help(format!(
            "let a service read it, as in `env = {{ {name} = {{ secret = \"{name}\" }} }}`, or remove it"
        )),
    }
}
