//! `open-admin`: the gateway's admin API is offered to other machines.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::Published;
use crate::source::Spanned;

pub static RULE: Rule = Rule {
    name: "open-admin",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/open-admin.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(gateway) = &subject.stack.gateway else { return };
    if let Some(admin) = gateway.admin.as_ref().filter(|admin| !admin.address.is_loopback()) {
        findings.push(open(subject, admin));
    }
}

fn open(subject: &Subject<'_>, admin: &Spanned<Published>) -> Diagnostic {
    let Published { address, port } = admin.value;
    let mut diagnostic = Diagnostic::error(
        RULE.name,
        format!("the gateway's admin API is open to whoever reaches `{address}`"),
    )
    .at(admin.span, "offered beyond this machine")
    .note("it asks nobody who he is, and shows every key and every secret of the consumers");
    let edits = literal::rename(subject.sources, admin.span, &format!("{address}:"), "127.0.0.1:");
    diagnostic.help.push(Help {
        message: format!("offer it to this machine alone: `admin = {port}`"),
        edits: edits.into_iter().collect(),
    });
    diagnostic
}
