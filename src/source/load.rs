//! Everything that a compilation reads, as one document.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use semver::{Version, VersionReq};

use super::catalogue::Origin;
use super::files::Files;
use super::include::read_including;
use super::kinds::{KindTrees, parse_kinds, read_kind, with_inline};
use super::language::{
    KindTable, Misplaced, StackFile, TargetTable, fitting, lay_over, misplaced, reduced,
    refuse_keys_of_environments,
};
use super::limits::{ENVIRONMENTS, THINGS};
use super::occurrence::Reference;
use super::parse::parse;
use super::reader::Reader;
use super::shape::List;
use super::span::{FileId, Sources, Span, Spanned};
use super::templates::{TemplateFile, Templates, with_project};
use super::tree::{Node, NodeTable, NodeValue};
use super::values::KeyPath;
use super::world::World;
use crate::diagnostics::Diagnostic;

/// The text of a stack, read by its shapes: once for the base, and once for each environment laid over it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The stack's file, from the project's root.
    pub file: Utf8PathBuf,
    /// The stack's file and all that it includes.
    pub files: Vec<FileId>,
    /// The base first, then the environments in the order of the source.
    pub variants: Vec<Variant>,
    /// Every target by name, enabled or not.
    pub targets: IndexMap<String, Spanned<TargetTable>>,
    pub templates: Templates,
}

/// The stack in one environment.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The environment's name; none for the base.
    pub environment: Option<Spanned<String>>,
    pub file: StackFile,
    /// What it leaves out of the base.
    pub left_out: List<KeyPath>,
    /// The kinds that its services use, by name, with what they extend worked in.
    pub kinds: IndexMap<String, Spanned<KindTable>>,
    /// The names of all kinds that there are.
    pub known_kinds: Vec<String>,
    /// What stands where it cannot be read. Whoever refers to it is right to.
    pub misplaced: Misplaced,
    /// Every name that stands for something declared, where it stands.
    pub references: Vec<Reference>,
    /// What was found while it was read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a stack's file and all that belongs to it. Without a document, the diagnostics say why.
pub fn load(
    world: &dyn World,
    file: &Utf8Path,
    sources: &mut Sources,
) -> (Option<Document>, Vec<Diagnostic>) {
    let mut files = Files::of_stack(world);
    let before = sources.ids().count();
    let tree = read_including(file, &mut files, sources);
    let stack_files = sources.ids().skip(before).collect();
    let Some(Node { value: NodeValue::Table(root), span }) = tree else {
        return (None, files.diagnostics);
    };
    if let Some(refusal) = refused_version(&root) {
        return (None, vec![refusal]);
    }
    if let Some(refusal) = too_much(&root) {
        files.diagnostics.push(refusal);
        return (None, files.diagnostics);
    }
    let mut templates = with_project(&mut files);
    for template in templates.values().filter(|template| template.origin() == Origin::Project) {
        sources.note(template.shown_as.clone());
    }
    let kinds = parse_kinds(&templates, sources, &mut files.diagnostics);
    let targets = read_targets(&templates, sources, &mut files.diagnostics);
    let variants = read_variants(root, span, &kinds, sources);
    add_dockerfiles(&variants, &mut templates);
    let document = Document { file: file.to_owned(), files: stack_files, variants, targets, templates };
    (Some(document), files.diagnostics)
}

/// An older stackgen would take a newer stack's keys for mistakes: it says what it sees, and nothing else.
fn refused_version(root: &NodeTable) -> Option<Diagnostic> {
    let node = &root.get("stack")?.node.as_table()?.get("stackgen")?.node;
    let written = node.as_str()?;
    let this = env!("CARGO_PKG_VERSION");
    let Ok(required) = VersionReq::parse(written) else {
        return Some(
            Diagnostic::error("invalid-value", format!("`{written}` is not a version requirement"))
                .at(node.span, "expected a requirement such as `\">=0.3\"`"),
        );
    };
    let version = Version::parse(this).ok()?;
    (!required.matches(&version)).then(|| {
        Diagnostic::error(
            "stackgen-version",
            format!("this is stackgen {this}, and the stack asks for `{written}`"),
        )
        .at(node.span, "asked for here")
        .help("install a stackgen of that version, or change this line if the stack compiles with both")
    })
}

/// A stack that is too large is not read any further: its findings would be as many.
fn too_much(root: &NodeTable) -> Option<Diagnostic> {
    let table = |of: &NodeTable, key: &str| {
        of.get(key).and_then(|entry| entry.node.as_table()).map_or(0, NodeTable::len)
    };
    let things = |of: &NodeTable| table(of, "services") + table(of, "agents");
    let environments = root.get("environments").and_then(|entry| entry.node.as_table());
    let environments = environments.map(|table| table.iter().collect::<Vec<_>>()).unwrap_or_default();
    if let Some((_, beyond)) = environments.get(ENVIRONMENTS.most) {
        let message = format!("the stack has {} environments", environments.len());
        return Some(ENVIRONMENTS.exceeded(message).at(beyond.key, "goes beyond the limit"));
    }
    let of_base = things(root);
    let of_patches = environments.iter().filter_map(|(_, entry)| entry.node.as_table()).map(things);
    let all = of_base * (1 + environments.len()) + of_patches.sum::<usize>();
    THINGS.is_below(all).then(|| {
        let last = ["services", "agents"].iter().filter_map(|key| root.get(*key)?.node.as_table()?.last());
        let found = THINGS.exceeded(format!("the stack and its environments have {all} services and agents"));
        match last.map(|(_, entry)| entry.key).max() {
            Some(last) => found.at(last, "the last of them"),
            None => found,
        }
    })
}

pub(super) fn read_targets(
    templates: &Templates,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, Spanned<TargetTable>> {
    let trees: Vec<(String, Node)> = templates
        .iter()
        .filter_map(|(name, template)| {
            let target = name.strip_suffix("/target.toml")?;
            let file = sources.add(template.shown_as.clone(), template.text.clone());
            let (tree, errors) = parse(file, &template.text);
            diagnostics.extend(errors);
            Some((target.to_owned(), tree))
        })
        .collect();
    let mut reader = Reader::new(sources);
    let targets = trees.iter().filter_map(|(name, tree)| Some((name.clone(), reader.value(tree)?))).collect();
    diagnostics.extend(reader.finish());
    targets
}

fn read_variants(mut root: NodeTable, span: Span, kinds: &KindTrees, sources: &Sources) -> Vec<Variant> {
    let mut of_base = Reader::new(sources);
    refuse_keys_of_environments(&mut root, &mut of_base);
    let environments = root.get("environments").and_then(|entry| entry.node.as_table());
    let environments: Vec<_> = environments
        .into_iter()
        .flatten()
        .filter_map(|(name, entry)| {
            let name = Spanned::new(name.clone(), entry.key);
            let mut reader = Reader::new(sources);
            let patch = entry.node.as_table()?;
            let (mut merged, left_out) = reduced(&root, patch, &name, &mut reader);
            let patch = fitting(patch, &merged, &name, &mut reader);
            lay_over(&mut merged, &patch);
            let variant = read_variant(Some(name), merged, span, kinds, reader)?;
            Some(Variant { left_out, ..variant })
        })
        .collect();
    let base = read_variant(None, root, span, kinds, of_base);
    base.into_iter().chain(environments).collect()
}

fn read_variant(
    environment: Option<Spanned<String>>,
    root: NodeTable,
    span: Span,
    kinds: &KindTrees,
    mut reader: Reader<'_>,
) -> Option<Variant> {
    let kinds = with_inline(kinds, &root);
    let misplaced = misplaced(&root);
    let file: StackFile = reader.declared(&Node { value: NodeValue::Table(root), span })?;
    let mut used: IndexMap<String, Spanned<KindTable>> = IndexMap::new();
    for name in kind_names(&file) {
        if !used.contains_key(&name)
            && let Some(kind) = read_kind(&name, &kinds, &mut reader)
        {
            used.insert(name, kind);
        }
    }
    let known_kinds = kinds.into_keys().collect();
    let references = reader.take_references();
    let diagnostics = reader.finish();
    let left_out = Vec::new();
    Some(Variant {
        environment,
        file,
        left_out,
        kinds: used,
        known_kinds,
        misplaced,
        references,
        diagnostics,
    })
}

/// The kinds that the services and the gateway use, and those that the stack declares itself, for they must be right too.
fn kind_names(file: &StackFile) -> Vec<String> {
    let services =
        file.services.iter().flat_map(|table| table.value.iter()).map(|(_, entry)| entry.value.kind());
    let gateway = file.gateway.iter().map(|table| table.kind());
    let declared = file.kinds.iter().flat_map(|table| table.value.names()).map(ToOwned::to_owned);
    services.chain(gateway).chain(declared).collect()
}

/// A kind's Dockerfile is a template like any other: `kinds/NAME.Dockerfile`.
fn add_dockerfiles(variants: &[Variant], templates: &mut Templates) {
    for (name, kind) in variants.iter().flat_map(|variant| &variant.kinds) {
        if let Some(text) = &kind.dockerfile {
            let shown_as = Utf8PathBuf::from(format!("the Dockerfile of the kind `{name}`"));
            templates.insert(dockerfile_template(name), TemplateFile { shown_as, text: text.value.clone() });
        }
    }
}

/// The name of a kind's Dockerfile among the templates.
#[must_use]
pub fn dockerfile_template(kind: &str) -> String {
    format!("kinds/{kind}.Dockerfile")
}

#[cfg(test)]
mod tests {
    use super::super::limits::{ENVIRONMENTS, THINGS};
    use super::super::parse::parse;
    use super::super::span::FileId;
    use super::{NodeValue, too_much};

    /// Whether a stack is too much that has so many services, an agent if one is wanted, and all the environments that there may be but one.
    fn is_too_much(services: usize, agents: &str) -> bool {
        let services = (0..services).map(|at| format!("[services.s{at}]\n"));
        let environments = (1..ENVIRONMENTS.most).map(|at| format!("[environments.e{at}]\n"));
        let text = services.chain(environments).collect::<Vec<_>>().concat() + agents;
        let (tree, errors) = parse(FileId::default(), &text);
        assert!(errors.is_empty(), "{errors:?}");
        let NodeValue::Table(root) = tree.value else { panic!("no table") };
        let found = too_much(&root);
        assert!(found.iter().all(|found| found.primary.is_some() && found.rule == THINGS.rule), "{found:?}");
        found.is_some()
    }

    #[test]
    fn what_a_stack_and_its_environments_have_together_is_counted() {
        let each = THINGS.most / ENVIRONMENTS.most;
        assert_eq!(each * ENVIRONMENTS.most, THINGS.most);
        assert!(!is_too_much(each, ""));
        assert!(is_too_much(each, "[environments.e1.agents.a]\n"));
    }
}
