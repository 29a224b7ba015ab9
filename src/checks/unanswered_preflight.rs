//! `unanswered-preflight`: a route that browsers of other origins may use, and whose preflights never reach it.

use std::collections::BTreeSet;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, Stack};
use crate::routing::PathPattern;

pub static RULE: Rule = Rule {
    name: "unanswered-preflight",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/unanswered-preflight.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let answering = Answering::of(subject.stack);
    for route in routes_with_cors(subject.stack) {
        let Some((name, values)) = route.headers.first() else { continue };
        let unanswered =
            route.paths.iter().filter_map(|path| path.prefix()).find(|path| !answering.takes(path));
        if let (Some(path), Some(value)) = (unanswered, values.first()) {
            let message = format!("no route answers the preflights for `{path}`");
            findings.push(
                Diagnostic::error(RULE.name, message)
                    .at(value.span, format!("browsers name `{name}` in a preflight, but do not send it"))
                    .note("the gateway answers 404, and the browser never sends the request itself")
                    .help("give the same path a route of the same cors policy without `headers`, or write `cors = false` here"),
            );
        }
    }
}

fn routes_with_cors(stack: &Stack) -> impl Iterator<Item = &Route> {
    stack.services.values().flat_map(|service| &service.routes).filter(|route| route.cors.is_some())
}

/// The paths of routes that ask for no header and answer preflights.
#[derive(Default)]
struct Answering<'a> {
    prefixes: BTreeSet<&'a str>,
    expressions: Vec<PathPattern>,
}

impl<'a> Answering<'a> {
    fn of(stack: &'a Stack) -> Self {
        let mut answering = Self::default();
        for path in
            routes_with_cors(stack).filter(|route| route.headers.is_empty()).flat_map(|route| &route.paths)
        {
            match path.prefix() {
                Some(prefix) => _ = answering.prefixes.insert(prefix),
                None => answering.expressions.push(PathPattern::new(&path.to_string())),
            }
        }
        answering
    }

    /// Whether one of them takes requests for this path. Their hosts are not looked at.
    fn takes(&self, path: &str) -> bool {
        let mut beginnings = path.char_indices().map(|(at, found)| &path[..at + found.len_utf8()]);
        beginnings.any(|beginning| self.prefixes.contains(beginning))
            || self.expressions.iter().any(|pattern| pattern.matched(path).is_some())
    }
}
