//! Names of services, agents, kinds and secrets: where each is declared and referred to, and how it gets another.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::analysis::{Analysis, is_on_disk};
use super::findings::{edit_of, uri_in};
use super::text::Text;
use crate::edit::{EditedFile, Refusal, rename, rename_service};
use crate::source::{
    Document, FileId, Occurrence, PROJECT_FOLDER, Part, Sort, Span, Spanned, World, declared_in, occurrences,
};

/// A name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub sort: Sort,
    pub name: Spanned<String>,
}

/// The name that stands at a byte of a file.
#[must_use]
pub fn name_at(analysis: &Analysis, file: FileId, offset: usize) -> Option<Named> {
    let document = analysis.compilation.document.as_ref()?;
    let sources = &analysis.compilation.sources;
    let declared = declared_in(file, sources).into_iter().map(|(sort, name)| Named { sort, name });
    let referred = document.variants.iter().flat_map(|variant| &variant.references);
    let referred = referred.map(|reference| Named { sort: reference.sort, name: reference.name.clone() });
    let gateway = document.variants.iter().filter_map(|variant| variant.file.gateway.as_ref());
    let gateway = gateway.filter_map(|table| table.value.name.clone());
    let gateway = gateway.map(|name| Named { sort: Sort::Service, name });
    let touches = |named: &Named| {
        let range = named.name.span.range();
        named.name.span.file == file && range.start <= offset && offset <= range.end
    };
    // A reference within a string is a narrower place than the string.
    declared.chain(gateway).chain(referred).filter(touches).min_by_key(|named| named.name.span.range().len())
}

/// Where a name is declared: the first place of the stack itself that does, before those of environments.
#[must_use]
pub fn definition(analysis: &Analysis, named: &Named) -> Option<lsp::Location> {
    let name = named.name.value.as_str();
    let base = analysis.compilation.stacks.first();
    let own = match named.sort {
        Sort::Service => base.and_then(|stack| stack.services.get(name)).map(|service| service.name.span),
        Sort::Agent => base.and_then(|stack| stack.agents.get(name)).map(|agent| agent.name.span),
        Sort::Kind | Sort::Secret => None,
    };
    let declared = || {
        let found = all(analysis, named).into_iter().find(|found| found.part == Part::Declaration);
        found.map(|found| found.span)
    };
    let location = own.or_else(declared).and_then(|span| analysis.location(span));
    location.or_else(|| (named.sort == Sort::Kind).then(|| file_of_kind(analysis, name)).flatten())
}

/// The project's own file of a kind.
fn file_of_kind(analysis: &Analysis, name: &str) -> Option<lsp::Location> {
    let path = camino::Utf8PathBuf::from(format!("{PROJECT_FOLDER}/kinds/{name}.toml"));
    let file = analysis.file(&path)?;
    analysis.location(Span::new(file, 0..0))
}

/// Every place of a name in the files of the project, with those that declare it or without.
#[must_use]
pub fn references(analysis: &Analysis, named: &Named, with_declarations: bool) -> Vec<lsp::Location> {
    let found = all(analysis, named).into_iter();
    let found = found.filter(|found| with_declarations || found.part == Part::Reference);
    found.filter_map(|found| analysis.location(found.span)).collect()
}

fn all(analysis: &Analysis, named: &Named) -> Vec<Occurrence> {
    let find = |document: &Document| {
        occurrences(document, &analysis.compilation.sources, named.sort, &named.name.value)
    };
    analysis.compilation.document.as_ref().map(find).unwrap_or_default()
}

/// The range of a name that can be renamed, and the name: one that the project's own files declare.
#[must_use]
pub fn renamable(analysis: &Analysis, named: &Named) -> Option<lsp::PrepareRenamePlaceholder> {
    let is_own = |found: &Occurrence| is_on_disk(analysis.compilation.sources.file(found.span.file));
    let all = all(analysis, named);
    let is_declared = all.iter().any(|found| found.part == Part::Declaration && is_own(found))
        || matches!(named.sort, Sort::Secret)
        || is_gateway(analysis, named);
    let range = analysis.range(bare(analysis, named.name.span, &named.name.value));
    is_declared.then(|| lsp::PrepareRenamePlaceholder::new(range, named.name.value.clone()))
}

/// The gateway's service has its name by default.
fn is_gateway(analysis: &Analysis, named: &Named) -> bool {
    let gateway = analysis.compilation.stacks.first().and_then(|stack| stack.gateway.as_ref());
    named.sort == Sort::Service && gateway.is_some_and(|gateway| gateway.service == named.name.value)
}

/// The name without the quotes around it.
fn bare(analysis: &Analysis, span: Span, name: &str) -> Span {
    let written = analysis.compilation.sources.text(span);
    match written.find(name) {
        Some(at) => Span::new(span.file, span.range().start + at..span.range().start + at + name.len()),
        None => span,
    }
}

/// Another name, wherever it is declared or referred to, and with a service's whatever is named after it.
///
/// # Errors
/// Where the new name is taken.
pub fn renamed(
    analysis: &Analysis,
    world: &dyn World,
    named: &Named,
    new: &str,
) -> Result<lsp::WorkspaceEdit, Refusal> {
    let old = named.name.value.as_str();
    let files = match named.sort {
        _ if old == new => Vec::new(),
        Sort::Service => rename_service(&analysis.compilation, world, old, new)?.files,
        sort => rename(&analysis.compilation, sort, old, new)?,
    };
    let edits = files.iter().map(|file| (uri_in(analysis, &file.path).0, changes(file)));
    Ok(edit_of(edits.collect::<BTreeMap<_, _>>()))
}

/// The words of a file that changed: an editor keeps its cursors and folds where nothing did.
fn changes(file: &EditedFile) -> Vec<lsp::TextEdit> {
    let before = file.before.as_deref().unwrap_or_default();
    let text = Text::new(before.to_owned());
    let starts = |parts: &[&str]| -> Vec<usize> {
        let ends = parts.iter().scan(0, |at, part| {
            *at += part.len();
            Some(*at)
        });
        std::iter::once(0).chain(ends).collect()
    };
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = file.after.split_inclusive('\n').collect();
    let (old_starts, new_starts) = (starts(&old), starts(&new));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    ops.iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            let (old, new) = (op.old_range(), op.new_range());
            let old = old_starts[old.start]..old_starts[old.end];
            let new = new_starts[new.start]..new_starts[new.end];
            let (old, new) = narrowed(before, old, &file.after, new);
            lsp::TextEdit::new(text.range(old), file.after[new].to_owned())
        })
        .collect()
}

/// Two texts without what they begin and end with in common.
fn narrowed(
    old: &str,
    old_range: std::ops::Range<usize>,
    new: &str,
    new_range: std::ops::Range<usize>,
) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    let (before, after) = (&old[old_range.clone()], &new[new_range.clone()]);
    let pairs = before.chars().zip(after.chars());
    let head: usize = pairs.take_while(|(old, new)| old == new).map(|(found, _)| found.len_utf8()).sum();
    let pairs = before[head..].chars().rev().zip(after[head..].chars().rev());
    let tail: usize = pairs.take_while(|(old, new)| old == new).map(|(found, _)| found.len_utf8()).sum();
    (old_range.start + head..old_range.end - tail, new_range.start + head..new_range.end - tail)
}
