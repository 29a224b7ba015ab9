//! `build-secret`: a secret in a variable that is read when the image is built, and stays in what is built.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Variable};
use crate::source::quoted_list;

pub static RULE: Rule = Rule {
    name: "build-secret",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/build-secret.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        for name in &service.built_in {
            let Some(variable) = service.environment.get(name) else { continue };
            if !variable.value.secrets().is_empty() {
                findings.push(built_in(service, name, variable));
            }
        }
    }
}

fn built_in(service: &Service, name: &str, variable: &Variable) -> Diagnostic {
    let (secrets, kind) = (variable.value.secrets(), &*service.kind);
    let word = if secrets.len() == 1 { "the secret" } else { "the secrets" };
    let secrets = quoted_list(secrets);
    let message = format!(
        "`{name}` of `{}` is built in for everybody to read, and holds {word} {secrets}",
        *service.name
    );
    Diagnostic::error(RULE.name, message)
        .at(variable.span, "no secret any more, once it is built in")
        .note(format!(
            "a variable whose name begins so is read when a service of the kind `{kind}` is built, and stays in its files"
        ))
        .help("let a service that it asks hold the secret, or write a value here that everybody may know")
}
