//! Findings and the ways out of them, as an editor shows them.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use gen_lsp_types as lsp;

use super::analysis::{Analysis, is_on_disk};
use super::uri::uri_of;
use crate::diagnostics::{Diagnostic, Edit, Help, Severity};
use crate::source::Span;

/// What was found, by file from the project's root: a list, empty perhaps, for every file of the project that took part.
#[must_use]
pub fn findings(analysis: &Analysis) -> BTreeMap<Utf8PathBuf, Vec<lsp::Diagnostic>> {
    let files = analysis.compilation.sources.ids().map(|id| analysis.compilation.sources.file(id));
    let files = files.filter(|file| is_on_disk(file) && file.path.extension() == Some("toml"));
    let mut found: BTreeMap<Utf8PathBuf, Vec<lsp::Diagnostic>> =
        files.map(|file| (file.path.clone(), Vec::new())).collect();
    for diagnostic in analysis.compilation.report.iter() {
        let path = shown_in(analysis, diagnostic);
        found.entry(path).or_default().push(shown(analysis, diagnostic));
    }
    found
}

/// The quick fixes for what is found within a range of a file.
#[must_use]
pub fn fixes(analysis: &Analysis, path: &camino::Utf8Path, range: lsp::Range) -> Vec<lsp::CodeAction> {
    let report = analysis.compilation.report.iter();
    let here = report.filter(|diagnostic| shown_in(analysis, diagnostic) == path);
    here.flat_map(|diagnostic| {
        let shown = shown(analysis, diagnostic);
        let touches = shown.range.start <= range.end && range.start <= shown.range.end;
        let ways_out = diagnostic.help.iter().filter(move |help| touches && !help.edits.is_empty());
        let is_only = diagnostic.help.iter().filter(|help| !help.edits.is_empty()).count() == 1;
        ways_out.filter_map(move |help| fix(analysis, help, &shown, is_only))
    })
    .collect()
}

fn fix(
    analysis: &Analysis,
    help: &Help,
    diagnostic: &lsp::Diagnostic,
    is_only: bool,
) -> Option<lsp::CodeAction> {
    Some(lsp::CodeAction {
        title: help.message.clone(),
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostic.clone()]),
        is_preferred: Some(is_only),
        edit: Some(workspace_edit(analysis, &help.edits)?),
        ..lsp::CodeAction::default()
    })
}

/// Edits as the editor makes them; nothing where one would change a file inside stackgen.
#[must_use]
pub fn workspace_edit(analysis: &Analysis, edits: &[Edit]) -> Option<lsp::WorkspaceEdit> {
    let mut by_file: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for edit in edits {
        let location = analysis.location(edit.span)?;
        let edit = lsp::TextEdit::new(location.range, edit.replacement.clone());
        by_file.entry(location.uri.0).or_default().push(edit);
    }
    Some(edit_of(by_file))
}

/// The edits of each file, by its URI.
#[must_use]
pub fn edit_of(by_file: BTreeMap<String, Vec<lsp::TextEdit>>) -> lsp::WorkspaceEdit {
    let changes = by_file.into_iter().map(|(uri, edits)| (lsp::Uri(uri), edits)).collect();
    lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() }
}

/// The file in which a finding is shown. What has no place in the project is the stack's.
fn shown_in(analysis: &Analysis, diagnostic: &Diagnostic) -> Utf8PathBuf {
    let place = diagnostic.primary.as_ref().map(|label| analysis.compilation.sources.file(label.span.file));
    place.filter(|file| is_on_disk(file)).map_or_else(|| analysis.stack.clone(), |file| file.path.clone())
}

fn shown(analysis: &Analysis, diagnostic: &Diagnostic) -> lsp::Diagnostic {
    let place = diagnostic.primary.as_ref().map(|label| label.span);
    let place = place.filter(|span| is_on_disk(analysis.compilation.sources.file(span.file)));
    let related = diagnostic.secondary.iter().filter_map(|label| {
        let location = analysis.location(label.span)?;
        Some(lsp::DiagnosticRelatedInformation::new(location, label.text.clone()))
    });
    let related: Vec<_> = related.collect();
    lsp::Diagnostic {
        range: place.map(|span| analysis.range(visible(analysis, span))).unwrap_or_default(),
        severity: Some(match diagnostic.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
        }),
        code: Some(lsp::Code::String(diagnostic.rule.to_owned())),
        code_description: None,
        source: Some("stackgen".to_owned()),
        message: lsp::Message::String(message(diagnostic)),
        tags: None,
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    }
}

/// A header that is a whole table's place is marked on its own line, not over all lines of the table.
fn visible(analysis: &Analysis, span: Span) -> Span {
    let text = analysis.compilation.sources.text(span);
    let line = text.lines().next().unwrap_or_default();
    let is_block = text.starts_with('[') && text.len() > line.len() && text[line.len()..].contains('=');
    if is_block {
        let start = span.range().start;
        Span::new(span.file, start..start + line.len())
    } else {
        span
    }
}

/// The message with all that was said beside it: most editors show nothing else.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push_str("\nnote: ");
        text.push_str(note);
    }
    for help in &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(&help.message);
    }
    text
}

/// Where a file of the project is, as the protocol names it.
#[must_use]
pub fn uri_in(analysis: &Analysis, path: &camino::Utf8Path) -> lsp::Uri {
    uri_of(&analysis.root.join(path))
}
