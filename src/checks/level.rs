//! `[checks]`: how much each rule matters to a stack.

use indexmap::IndexMap;

use super::{RULES, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::language::Level;
use crate::source::{Span, Spanned, nearest};

/// `[checks]`, by the rules' names: the level, and the place of the name.
pub(super) type Levels = IndexMap<String, (Spanned<Level>, Span)>;

/// How much a rule matters; nothing where it shall not be looked at.
pub(super) fn severity(rule: &Rule, levels: &Levels) -> Option<Severity> {
    match levels.get(rule.name).filter(|_| rule.settable).map(|(level, _)| level.value) {
        None => Some(rule.severity),
        Some(Level::Allow) => None,
        Some(Level::Warn) => Some(Severity::Warning),
        Some(Level::Error) => Some(Severity::Error),
    }
}

/// The entries of `[checks]` that set nothing: no such rule, or one that cannot be set.
pub(super) fn misnamed(subject: &Subject<'_>) -> Vec<Diagnostic> {
    subject
        .stack
        .levels
        .iter()
        .filter_map(|(name, (_, span))| match super::rule(name) {
            None => Some(unknown(name, *span)),
            Some(rule) if !rule.settable => Some(fixed(rule, *span)),
            Some(_) => None,
        })
        .collect()
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("unknown-reference", format!("there is no rule `{name}`")).at(span, "unknown rule");
    match nearest(name, RULES.iter().filter(|rule| rule.settable).map(|rule| rule.name)) {
        Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), span, near),
        None => diagnostic.help("`stackgen explain` lists the rules"),
    }
}

fn fixed(rule: &Rule, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-value", format!("how much `{}` matters cannot be set", rule.name))
        .at(span, "always an error")
        .note("an output made in spite of it would be wrong")
        .help("remove this line")
}
