//! One type for everything that stackgen has to say about a stack, and a printer for each reader of it.

mod excerpt;
mod github;
mod human;
mod json;
mod patch;
mod place;
#[cfg(test)]
mod samples;
mod sarif;
mod wording;

pub use self::github::github;
pub use self::human::{Style, human, summary};
pub use self::json::json;
pub use self::sarif::sarif;
pub(crate) use self::wording::visible_lines;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::source::{Sources, Span};

/// How much a finding matters: an error stops the build, a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Warning,
    Error,
}

impl Severity {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place that a diagnostic speaks of, and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// A replacement of the text under a span; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

/// A way out, with the exact edits that take it where they are known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Help {
    pub message: String,
    pub edits: Vec<Edit>,
}

/// One finding: what is wrong, where, why it matters and what to do instead.
///
/// Messages are lower case, without a full stop, with the user's own words in backticks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The rule's name, as `explain` takes it.
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    /// The place that it is about; none where no file could be read.
    pub primary: Option<Label>,
    /// The file that it is about, from the project's root, where that is none of those that were read: an output.
    pub file: Option<Utf8PathBuf>,
    /// Whether what stands at that place is a secret, which no printer may show.
    pub conceals: bool,
    /// The other places that take part.
    pub secondary: Vec<Label>,
    pub notes: Vec<String>,
    pub help: Vec<Help>,
}

impl Diagnostic {
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            file: None,
            conceals: false,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// As [`Diagnostic::at`], for a place that holds a secret: reports end up in logs that many read.
    #[must_use]
    pub fn at_secret(self, span: Span, text: impl Into<String>) -> Self {
        Self { conceals: true, ..self.at(span, text) }
    }

    #[must_use]
    pub fn in_file(mut self, path: &Utf8Path) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    #[must_use]
    pub fn and_at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Self {
        self.help.push(Help { message: message.into(), edits: Vec::new() });
        self
    }

    /// A way out that is one replacement.
    #[must_use]
    pub fn help_replace(
        mut self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit { span, replacement: replacement.into() }];
        self.help.push(Help { message: message.into(), edits });
        self
    }
}

/// All that one run found, in order of place, each finding once.
#[derive(Debug, Clone, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Drops the findings for which `keep` is false.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.diagnostics.retain(keep);
    }

    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|found| found.severity == severity).count()
    }

    /// The same findings where files are seen from above the folder that their paths start from, as
    /// [`Sources::seen_from_above`] shows them.
    #[must_use]
    pub fn seen_from_above(&self, folder: &Utf8Path) -> Self {
        let seen = |found: &Diagnostic| {
            let file = found.file.as_ref().map(|file| folder.join(file));
            Diagnostic { file, ..found.clone() }
        };
        Self { diagnostics: self.iter().map(seen).collect() }
    }

    /// The texts of all places that hold a secret, without their quotes.
    #[must_use]
    pub fn secrets(&self, sources: &Sources) -> Vec<String> {
        let places = self.iter().filter(|found| found.conceals).filter_map(|found| found.primary.as_ref());
        places.map(|label| sources.text(label.span).trim_matches(['"', '\'']).to_owned()).collect()
    }

    /// Sorts by place (what has none comes first), then rule, then message. What the base and an environment both
    /// show is one finding, not two.
    ///
    /// The order is total, so that a report does not depend on the order in which the stages found things.
    pub fn finish(&mut self) {
        self.diagnostics.sort_by(|left, right| rank(left).cmp(&rank(right)).then_with(|| left.cmp(right)));
        self.diagnostics.dedup();
    }
}

fn rank(diagnostic: &Diagnostic) -> (Option<Span>, &'static str, &str) {
    (diagnostic.primary.as_ref().map(|label| label.span), diagnostic.rule, &diagnostic.message)
}

fn pretty(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document);
    // Serializing fails on maps with keys that are no strings only, and the documents here are structs.
    text.expect("a struct of strings and numbers is JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn finished(found: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        let mut report = Report::default();
        report.extend(found);
        report.finish();
        report.iter().cloned().collect()
    }

    #[test]
    fn findings_stand_in_order_of_place_then_rule_then_message() {
        let mut sources = Sources::default();
        let first = sources.add("stack.toml".into(), "0123456789".into());
        let second = sources.add("a.toml".into(), "0123456789".into());
        let found = [
            Diagnostic::error("a", "m").at(Span::new(second, 0..1), ""),
            Diagnostic::error("b", "m").at(Span::new(first, 5..6), ""),
            Diagnostic::error("a", "n").at(Span::new(first, 5..6), ""),
            Diagnostic::error("a", "m").at(Span::new(first, 5..6), ""),
            Diagnostic::error("z", "m").at(Span::new(first, 2..9), ""),
            Diagnostic::error("z", "no place"),
        ];
        let expected: Vec<Diagnostic> = found.iter().rev().cloned().collect();
        assert_eq!(finished(found), expected);
    }

    #[test]
    fn a_finding_made_twice_is_one_even_when_another_of_the_same_place_stands_between() {
        let mut sources = Sources::default();
        let file = sources.add("stack.toml".into(), "0123456789".into());
        let at =
            |end, text| Diagnostic::error("a", "m").at(Span::new(file, 1..2), text).note(format!("{end}"));
        let once = finished([at(1, "x"), at(2, "x"), at(1, "x"), at(1, "y"), at(2, "x")]);
        assert_eq!(once, [at(1, "x"), at(2, "x"), at(1, "y")]);
        assert_eq!(finished([at(1, "y"), at(2, "x"), at(1, "x")]), once, "whatever the order of finding");
    }
}
