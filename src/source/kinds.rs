//! Kinds: their files and `[kinds]`, with each kind laid over the one that it extends.

use indexmap::IndexMap;

use super::catalogue::Origin;
use super::language::{KindTable, lay_over};
use super::limits::{EXTENDS_DEPTH, KIND_SIZE};
use super::parse::parse;
use super::reader::{Reader, nearest};
use super::span::{Sources, Span, Spanned};
use super::table::Table as _;
use super::templates::{TemplateFile, Templates, built_in};
use super::tree::{Node, NodeTable, NodeValue};
use crate::diagnostics::Diagnostic;

/// Every kind's tree by name: the built-in ones, and over them the project's own.
pub type KindTrees = IndexMap<String, Node>;

/// Parses `kinds/NAME.toml` of every kind.
pub fn parse_kinds(
    templates: &Templates,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> KindTrees {
    templates
        .iter()
        .filter_map(|(name, template)| {
            let kind = name.strip_prefix("kinds/")?.strip_suffix(".toml")?;
            let file = sources.add(template.shown_as.clone(), template.text.clone());
            let (tree, errors) = parse(file, &template.text);
            diagnostics.extend(errors);
            let below = built_in_below(name, template).filter(|_| extends(&tree, kind)).map(|below| {
                let file = sources.add(below.shown_as, below.text.clone());
                parse(file, &below.text).0
            });
            Some((kind.to_owned(), over_namesake(kind, tree, below.as_ref())))
        })
        .collect()
}

/// The built-in file that a project's own takes the place of.
fn built_in_below(name: &str, template: &TemplateFile) -> Option<TemplateFile> {
    (template.origin() == Origin::Project).then(|| built_in().remove(name))?
}

/// Lays the stack's own `[kinds]` over those of files. One of the same name replaces the other, or extends it.
#[must_use]
pub fn with_inline(files: &KindTrees, stack: &NodeTable) -> KindTrees {
    let mut kinds = files.clone();
    let inline = stack.get("kinds").and_then(|entry| entry.node.as_table());
    for (name, entry) in inline.into_iter().flatten() {
        let kind = over_namesake(name, entry.node.clone(), files.get(name));
        kinds.insert(name.clone(), kind);
    }
    kinds
}

fn extends(tree: &Node, parent: &str) -> bool {
    parent_of(tree).is_some_and(|(found, _)| found == parent)
}

/// A kind that extends its own name extends the one whose place it takes, if there is one.
fn over_namesake(name: &str, mut tree: Node, below: Option<&Node>) -> Node {
    let Some(below) = below.filter(|_| extends(&tree, name)) else { return tree };
    let mut merged = below.clone();
    if let (NodeValue::Table(below), NodeValue::Table(above)) = (&mut merged.value, &mut tree.value) {
        above.shift_remove("extends");
        lay_over(below, above);
    }
    merged.span = tree.span;
    merged
}

/// Reads a kind by its shape, with what it extends worked in.
pub fn read_kind(name: &str, kinds: &KindTrees, reader: &mut Reader<'_>) -> Option<Spanned<KindTable>> {
    let found = reader.found();
    let tree = extended(name, kinds, reader, &mut Vec::new())?;
    let size = tree.count();
    if KIND_SIZE.is_below(size) {
        let message = format!("the kind `{name}` has {size} values");
        reader.report(KIND_SIZE.exceeded(message).at(tree.span, "goes beyond the limit"));
        return None;
    }
    let is_whole = reader.found() == found;
    let mut kind: Spanned<KindTable> = reader.value(&tree)?;
    if !is_whole {
        kind.value.mark_unread("extends");
    }
    Some(kind)
}

/// A kind's tree over those that it extends. A parent that is missing or in a circle is reported and left out.
fn extended(name: &str, kinds: &KindTrees, reader: &mut Reader<'_>, chain: &mut Vec<String>) -> Option<Node> {
    let tree = kinds.get(name)?;
    let Some((parent, span)) = parent_of(tree) else {
        return Some(tree.clone());
    };
    chain.push(name.to_owned());
    if let Some(start) = chain.iter().position(|kind| *kind == parent) {
        reader.report(extends_itself(&mut chain[start..], kinds, span));
        return Some(tree.clone());
    }
    if EXTENDS_DEPTH.is_below(chain.len()) {
        let message = format!("`{}` extends too many kinds in a row", chain[0]);
        reader.report(EXTENDS_DEPTH.exceeded(message).at(span, "goes beyond the limit"));
        return Some(tree.clone());
    }
    // Whoever extends a large one would have all of it, and many may.
    if let Some(size) = kinds.get(&parent).map(Node::count).filter(|size| KIND_SIZE.is_below(*size)) {
        let message = format!("`{}` extends `{parent}`, which has {size} values", chain[chain.len() - 1]);
        reader.report(KIND_SIZE.exceeded(message).at(span, "goes beyond the limit"));
        return Some(tree.clone());
    }
    let Some(mut merged) = extended(&parent, kinds, reader, chain) else {
        reader.report(unknown_parent(&parent, span, kinds));
        return Some(tree.clone());
    };
    if let (NodeValue::Table(below), NodeValue::Table(above)) = (&mut merged.value, &tree.value) {
        lay_over(below, above);
    }
    merged.span = tree.span;
    Some(merged)
}

fn parent_of(tree: &Node) -> Option<(String, Span)> {
    let entry = tree.as_table()?.get("extends")?;
    Some((entry.node.as_str()?.to_owned(), entry.node.span))
}

/// The same finding from whichever kind of the circle it was found: told from its first in the alphabet.
fn extends_itself(circle: &mut [String], kinds: &KindTrees, found_at: Span) -> Diagnostic {
    let first = (0..circle.len()).min_by_key(|index| &circle[*index]).unwrap_or(0);
    circle.rotate_left(first);
    let closing = circle.last().and_then(|last| parent_of(kinds.get(last)?));
    let span = closing.map_or(found_at, |(_, span)| span);
    let names: Vec<String> = circle.iter().map(|kind| format!("`{kind}`")).collect();
    let start = &circle[0];
    Diagnostic::error("extends-cycle", format!("the kind `{start}` extends itself"))
        .at(span, "closes the circle")
        .note(format!("the kinds extend one another: {} -> `{start}`", names.join(" -> ")))
        .help("let one of them stand on its own")
}

fn unknown_parent(parent: &str, span: Span, kinds: &KindTrees) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-reference", format!("there is no kind `{parent}` to extend"))
        .at(span, "unknown kind");
    match nearest(parent, kinds.keys().map(String::as_str)) {
        Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), span, format!("\"{near}\"")),
        None => diagnostic.help("`stackgen kinds` lists those that there are"),
    }
}
