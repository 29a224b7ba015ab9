//! `plugin-unknown`: a plugin that the gateway does not have.

use super::plugin_facts::{facts, plugins};
use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::source::{Spanned, nearest};

pub static RULE: Rule = Rule {
    name: "plugin-unknown",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/plugin-unknown.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for plugin in plugins(subject.stack) {
        if !facts().plugins.contains_key(&*plugin.name) {
            findings.push(unknown(subject, &plugin.name));
        }
    }
}

fn unknown(subject: &Subject<'_>, name: &Spanned<String>) -> Diagnostic {
    let written = &**name;
    if facts().enterprise.contains(written) {
        return Diagnostic::error(
            RULE.name,
            format!("`{written}` comes with Kong's Enterprise edition alone"),
        )
        .at(name.span, "not among the open plugins")
        .note("the image `kong:3.9` does not start with a plugin that it does not have")
        .help(instead(written));
    }
    let mut diagnostic = Diagnostic::error(RULE.name, format!("the gateway has no plugin `{written}`"))
        .at(name.span, "no plugin of Kong 3.9")
        .note("Kong does not start with a plugin that it does not have");
    match nearest(written, facts().plugins.keys().map(String::as_str)) {
        Some(near) => {
            let edits = literal::rename(subject.sources, name.span, written, near).into_iter().collect();
            diagnostic.help.push(Help { message: format!("did you mean `{near}`?"), edits });
            diagnostic
        }
        None => diagnostic
            .help("a plugin of your own needs an image that has it: then write `[checks] plugin-unknown = \"allow\"`"),
    }
}

/// The open plugin that does the better part of what the other does.
fn instead(name: &str) -> String {
    let base = name.strip_suffix("-advanced").or_else(|| name.strip_suffix("-enc")).unwrap_or(name);
    if facts().plugins.contains_key(base) {
        format!("the open plugin `{base}` does a part of it")
    } else {
        "leave it out, or run an image that has it and write `[checks] plugin-unknown = \"allow\"`".to_owned()
    }
}
