//! Environments: patches over the base. They are merged as trees, before anything is read by its shape.

use serde_json::Value as Json;

use super::StackFile;
use super::left_out::WITHOUT;
use crate::diagnostics::Diagnostic;
use crate::source::definitions::patch_of;
use crate::source::tree::{Entry, Node, NodeTable, NodeValue};
use crate::source::{Definitions, Reader, Shape, Span, Spanned, nearest};

/// A patch over the base. It is read by merging, so that its keys are checked where they end up.
#[derive(Debug, Clone)]
pub struct Patch;

impl Shape for Patch {
    fn expected() -> String {
        "a table shaped like the stack file itself".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        reader.table(node, &Self::expected()).map(|_| Self)
    }

    fn schema(_: &mut Definitions) -> Json {
        patch_of::<StackFile>()
    }
}

/// Keys that only the base can have, for what a patch said there would be passed over. `*` is any name.
pub const OF_THE_BASE: &[&[&str]] =
    &[&["environments"], &["stack", "include"], &["stack", "stackgen"], &["targets", "*", "out"]];

/// The patch without what no patch can say, which is reported, and without what was read of it already.
pub fn fitting(
    patch: &NodeTable,
    base: &NodeTable,
    environment: &Spanned<String>,
    reader: &mut Reader<'_>,
) -> NodeTable {
    let mut patch = patch.clone();
    patch.shift_remove(WITHOUT);
    for path in OF_THE_BASE {
        for entry in taken(&mut patch, path) {
            reader.report(of_the_base(path, entry.key, environment));
        }
    }
    refuse_patches_of_nothing(&mut patch, base, environment, reader);
    patch
}

fn of_the_base(path: &[&str], key: Span, environment: &str) -> Diagnostic {
    let name = path.last().copied().unwrap_or_default();
    let help = match name {
        "environments" => "declare it beside this one, under `[environments]` itself".to_owned(),
        "include" => "include the file under `[stack]`: it may hold a part of this environment".to_owned(),
        "stackgen" => {
            "ask for the version under `[stack]`: one stackgen compiles all environments".to_owned()
        }
        _ => format!("remove it: the outputs lie in `generated/environments/{environment}/`"),
    };
    Diagnostic::error("unknown-key", format!("an environment has no key `{name}`, which is the base's alone"))
        .at(key, "unknown key")
        .help(help)
}

/// Takes the entries out that a path leads to.
fn taken(table: &mut NodeTable, path: &[&str]) -> Vec<Entry> {
    match path {
        [] => Vec::new(),
        [key] => table.shift_remove(*key).into_iter().collect(),
        [name, rest @ ..] => table
            .iter_mut()
            .filter(|(key, _)| matches!(*name, "*") || key == name)
            .filter_map(|(_, entry)| entry.node.as_table_mut())
            .flat_map(|table| taken(table, rest))
            .collect(),
    }
}

/// What says of a service what it runs. A patch with none of these is one of a service that is there.
const MAKES_A_SERVICE: [&str; 3] = ["kind", "image", "path"];

fn refuse_patches_of_nothing(
    patch: &mut NodeTable,
    base: &NodeTable,
    environment: &Spanned<String>,
    reader: &mut Reader<'_>,
) {
    let declared = base.get("services").and_then(|entry| entry.node.as_table());
    let names: Vec<&str> = declared.into_iter().flat_map(|table| table.keys().map(String::as_str)).collect();
    let Some(services) = patch.get_mut("services").and_then(|entry| entry.node.as_table_mut()) else {
        return;
    };
    services.retain(|name, entry| {
        let is_own = entry
            .node
            .as_table()
            .is_none_or(|table| MAKES_A_SERVICE.iter().any(|key| table.contains_key(*key)));
        let is_kept = is_own || names.contains(&name.as_str());
        if !is_kept {
            reader.report(nothing_to_patch(name, entry.key, environment, &names));
        }
        is_kept
    });
}

fn nothing_to_patch(name: &str, span: Span, environment: &str, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-reference",
        format!("there is no service `{name}` that `{environment}` could change"),
    )
    .at(span, "no such service");
    match nearest(name, names.iter().copied()) {
        Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), span, near),
        None => diagnostic.help("to add a service, say what it runs: its `kind`, `image` or `path`"),
    }
}

/// Lays a patch, or one table of it, over what is below: tables merge key by key, anything else is replaced, as is a variable's value that is a secret by one
/// that is none.
pub fn lay_over(base: &mut NodeTable, patch: &NodeTable) {
    for (name, entry) in patch {
        let below = base.get_mut(name).map(|found| &mut found.node.value);
        match (below, &entry.node.value) {
            (Some(NodeValue::Table(below)), NodeValue::Table(above)) if !is_another(below, above) => {
                lay_over(below, above)
            }
            _ => {
                base.insert(name.clone(), entry.clone());
            }
        }
    }
}

/// Whether one is `{ secret = "…" }` and the other `{ literal = "…" }`: together they would be no value.
fn is_another(below: &NodeTable, above: &NodeTable) -> bool {
    let only = |table: &NodeTable, key: &str| table.len() == 1 && table.contains_key(key);
    (only(below, "secret") && only(above, "literal")) || (only(below, "literal") && only(above, "secret"))
}
