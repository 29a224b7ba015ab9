//! What a stack can be made of: the kinds and templates that there are, and where each comes from.

use camino::Utf8Path;
use indexmap::IndexMap;

use super::files::Files;
use super::include::read_including;
use super::kinds::{parse_kinds, read_kind, with_inline};
use super::language::{KindTable, TargetTable};
use super::load::read_targets;
use super::reader::Reader;
use super::span::{FileId, Sources, Spanned};
use super::templates::{TemplateFile, Templates, with_project};
use super::tree::{Entry, Node, NodeValue};
use super::world::World;
use crate::diagnostics::Diagnostic;

/// Where a kind or a template comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Inside stackgen.
    BuiltIn,
    /// A file of the project's `templates/`.
    Project,
    /// A table of the stack's file.
    Stack,
}

impl Origin {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Project => "project",
            Self::Stack => "stack",
        }
    }
}

/// A kind that services can have.
#[derive(Debug, Clone)]
pub struct KnownKind {
    pub name: String,
    pub origin: Origin,
    /// Its own or that of the kind that it extends.
    pub description: String,
    /// What it supplies, with what it extends worked in.
    pub table: KindTable,
    /// The text that declares it.
    pub text: String,
}

/// Every kind by name, and what is wrong with those of the project. The stack's file is read for its `[kinds]` alone, if it is
/// there.
pub fn known_kinds(
    world: &dyn World,
    stack: &Utf8Path,
    sources: &mut Sources,
) -> (Vec<KnownKind>, Vec<Diagnostic>) {
    let mut files = Files::of_stack(world);
    let templates = with_project(&mut files);
    let trees = parse_kinds(&templates, sources, &mut files.diagnostics);
    let root = world.entry(stack).and_then(|_| read_including(stack, &mut files, sources));
    let inline = root.as_ref().and_then(|root| root.as_table()?.get("kinds")?.node.as_table());
    let all = match root.as_ref().and_then(Node::as_table) {
        Some(root) => with_inline(&trees, root),
        None => trees.clone(),
    };
    let mut reader = Reader::new(sources);
    let mut kinds: Vec<KnownKind> = all
        .keys()
        .map(|name| {
            let table = read_kind(name, &all, &mut reader).map(|kind| kind.value).unwrap_or_default();
            let description = table.description.as_ref().map(|text| text.value.clone()).unwrap_or_default();
            let (origin, text) = match inline.and_then(|inline| inline.get(name)) {
                Some(entry) => (Origin::Stack, text_of(entry, sources)),
                None => text_of_file(name, &templates),
            };
            KnownKind { name: name.clone(), origin, description, table, text }
        })
        .collect();
    kinds.sort_by(|left, right| left.name.cmp(&right.name));
    files.diagnostics.extend(reader.finish());
    (kinds, files.diagnostics)
}

/// Every target, and the templates that they are made from.
#[derive(Debug, Clone)]
pub struct KnownTargets {
    /// By name, sorted.
    pub targets: IndexMap<String, Spanned<TargetTable>>,
    /// By name under `templates/`.
    pub templates: Templates,
}

/// Every target and template, and what is wrong with those of the project.
pub fn known_targets(world: &dyn World, sources: &mut Sources) -> (KnownTargets, Vec<Diagnostic>) {
    let mut files = Files::of_stack(world);
    let templates = with_project(&mut files);
    let targets = read_targets(&templates, sources, &mut files.diagnostics);
    (KnownTargets { targets, templates }, files.diagnostics)
}

fn text_of_file(kind: &str, templates: &Templates) -> (Origin, String) {
    let file = templates.get(&format!("kinds/{kind}.toml"));
    let origin = file.map_or(Origin::BuiltIn, TemplateFile::origin);
    (origin, file.map(|file| file.text.clone()).unwrap_or_default())
}

/// The lines from the first to the last that say something of an entry.
fn text_of(entry: &Entry, sources: &Sources) -> String {
    let file = entry.key.file;
    let (mut start, mut end) = (entry.key.start, entry.key.end);
    widen(entry, file, &mut start, &mut end);
    let text = &sources.file(file).text;
    let (start, end) = (start as usize, end as usize);
    let first = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let last = text.get(end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| end + at + 1);
    text.get(first..last).unwrap_or_default().to_owned()
}

fn widen(entry: &Entry, file: FileId, start: &mut u32, end: &mut u32) {
    for span in [entry.key, entry.node.span] {
        if span.file == file {
            *start = span.start.min(*start);
            *end = span.end.max(*end);
        }
    }
    if let NodeValue::Table(table) = &entry.node.value {
        table.values().for_each(|inner| widen(inner, file, start, end));
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{KnownKind, Origin, known_kinds};
    use crate::source::{Memory, Sources};

    const STACK: &str = "\
[stack]
name = \"a\"

[kinds.big]
extends = \"postgres\"

[kinds.big.env]
SIZE = \"big\"

[services.db]
kind = \"big\"
";

    fn kinds(world: &Memory) -> Vec<KnownKind> {
        known_kinds(world, Utf8Path::new("stack.toml"), &mut Sources::default()).0
    }

    #[test]
    fn each_kind_comes_from_the_nearest_place_that_declares_it() {
        let world = Memory::default()
            .with("stack.toml", STACK)
            .with("templates/kinds/redis.toml", "description = \"Our own\"\n");
        let kinds = kinds(&world);
        let find = |name: &str| kinds.iter().find(|kind| kind.name == name).unwrap();
        assert_eq!(find("postgres").origin, Origin::BuiltIn);
        assert_eq!((find("redis").origin, find("redis").description.as_str()), (Origin::Project, "Our own"));
        assert_eq!(find("big").origin, Origin::Stack);
        assert_eq!(find("big").description, find("postgres").description);
    }

    #[test]
    fn a_kind_of_the_stack_is_shown_with_its_tables_and_no_others() {
        let kinds = kinds(&Memory::default().with("stack.toml", STACK));
        let big = kinds.iter().find(|kind| kind.name == "big").unwrap();
        assert_eq!(big.text, "[kinds.big]\nextends = \"postgres\"\n\n[kinds.big.env]\nSIZE = \"big\"\n");
    }

    #[test]
    fn without_a_stack_there_are_the_built_in_kinds() {
        let world = Memory::default();
        let (kinds, problems) = known_kinds(&world, Utf8Path::new("stack.toml"), &mut Sources::default());
        assert!(kinds.iter().any(|kind| kind.name == "postgres"));
        assert_eq!(problems, []);
    }
}
