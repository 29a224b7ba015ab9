//! What one rule finds, and how the findings of several environments become one list.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{Span, Spanned, quoted_list};

/// Collects what one rule finds, at the severity that holds for the stack.
pub struct Findings {
    severity: Severity,
    diagnostics: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn new(severity: Severity) -> Self {
        Self { severity, diagnostics: Vec::new() }
    }

    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.severity = self.severity;
        self.diagnostics.push(diagnostic);
    }

    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// The findings of the base and of its environments, each said once. What the base does not show gets a note that names the
/// environments that do.
pub(crate) fn merge<'a>(
    runs: impl IntoIterator<Item = (Option<&'a Spanned<String>>, Vec<Diagnostic>)>,
) -> Vec<Diagnostic> {
    let mut merged: Vec<Merged<'a>> = Vec::new();
    let mut by_place: BTreeMap<(&'static str, Option<Span>), Vec<usize>> = BTreeMap::new();
    for (environment, diagnostics) in runs {
        for diagnostic in diagnostics {
            let alike = by_place.entry(place(&diagnostic)).or_default();
            let known =
                alike.iter().copied().find(|index| says_the_same(&merged[*index].diagnostic, &diagnostic));
            let index = known.unwrap_or(merged.len());
            if known.is_none() {
                alike.push(index);
                merged.push(Merged { diagnostic, in_base: false, environments: Vec::new() });
            }
            match environment {
                None => merged[index].in_base = true,
                Some(name) => merged[index].environments.push(name),
            }
        }
    }
    merged.into_iter().map(Merged::finish).collect()
}

struct Merged<'a> {
    diagnostic: Diagnostic,
    in_base: bool,
    environments: Vec<&'a str>,
}

impl Merged<'_> {
    fn finish(self) -> Diagnostic {
        match self.environments.as_slice() {
            _ if self.in_base => self.diagnostic,
            [] => self.diagnostic,
            [only] => self.diagnostic.note(format!("in environment `{only}`")),
            several => {
                self.diagnostic.note(format!("in environments {}", quoted_list(several.iter().copied())))
            }
        }
    }
}

fn place(diagnostic: &Diagnostic) -> (&'static str, Option<Span>) {
    (diagnostic.rule, diagnostic.primary.as_ref().map(|label| label.span))
}

/// Help and notes may differ: the next free port of the base is not always that of an environment.
fn says_the_same(left: &Diagnostic, right: &Diagnostic) -> bool {
    left.severity == right.severity
        && left.message == right.message
        && left.primary == right.primary
        && left.secondary == right.secondary
}
