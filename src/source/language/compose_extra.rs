//! `compose_extra`: what stands in Compose's own words, kept as it is, and the names in it that stand for something of the Compose file.

use serde_json::Value as Json;

use crate::source::tree::{Node, NodeTable, NodeValue};
use crate::source::values::offset_of_content;
use crate::source::{Definitions, Free, Named, Reader, Shape, Sort, Span, Spanned};

/// A sort of thing that a Compose file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComposeSort {
    Service,
    Volume,
    Network,
    Config,
    Secret,
}

impl ComposeSort {
    /// Those that stand beside the services.
    const DECLARED: [Self; 4] = [Self::Volume, Self::Network, Self::Config, Self::Secret];

    /// The table of the Compose file that declares it.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Service => "services",
            Self::Volume => "volumes",
            Self::Network => "networks",
            Self::Config => "configs",
            Self::Secret => "secrets",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Volume => "volume",
            Self::Network => "network",
            Self::Config => "config",
            Self::Secret => "secret",
        }
    }
}

/// Keys of Compose of one service.
#[derive(Debug, Clone, Default)]
pub struct ServiceExtra {
    pub keys: Named<Free>,
    pub names: Vec<ComposeName>,
}

/// A name in a service's `compose_extra` that stands for something of the Compose file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeName {
    pub sort: ComposeSort,
    pub name: Spanned<String>,
    /// The key that holds it, dotted: `build.secrets`.
    pub key: &'static str,
    /// Whether Compose goes on where there is no such thing.
    pub is_optional: bool,
}

impl ComposeName {
    /// Whether Compose starts what is named before the service that names it.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        self.sort == ComposeSort::Service && !matches!(self.key, "extends" | "build.additional_contexts")
    }
}

/// Keys of Compose beside its services.
#[derive(Debug, Clone, Default)]
pub struct FileExtra {
    pub keys: Named<Free>,
    pub declared: Vec<ComposeDeclaration>,
}

/// Something that `[compose_extra]` declares for the whole Compose file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeDeclaration {
    pub sort: ComposeSort,
    /// Its key in the Compose file.
    pub key: Spanned<String>,
    /// The name that it has on the engine, where one is said.
    pub name: Option<Spanned<String>>,
}

/// Which keys of a Compose service hold names, of what, and in which form.
const REFERS: &[(&str, ComposeSort, Form)] = &[
    ("depends_on", ComposeSort::Service, keys_or_items),
    ("links", ComposeSort::Service, items_before_colon),
    ("volumes_from", ComposeSort::Service, items_before_colon),
    ("network_mode", ComposeSort::Service, behind_service),
    ("pid", ComposeSort::Service, behind_service),
    ("ipc", ComposeSort::Service, behind_service),
    ("extends", ComposeSort::Service, of_this_file),
    ("build.additional_contexts", ComposeSort::Service, behind_service),
    ("volumes", ComposeSort::Volume, mounts),
    ("networks", ComposeSort::Network, keys_or_items),
    ("configs", ComposeSort::Config, items_or_sources),
    ("secrets", ComposeSort::Secret, items_or_sources),
    ("build.secrets", ComposeSort::Secret, items_or_sources),
];

/// Finds the names in the value of a key.
type Form = for<'n> fn(&'n Node) -> Vec<Said<'n>>;

/// A name in a string or a key.
struct Said<'n> {
    /// All of the string.
    text: &'n str,
    /// The name's first byte in it, and the one behind its last.
    from: usize,
    to: usize,
    span: Span,
    is_optional: bool,
}

impl<'n> Said<'n> {
    fn part(text: &'n str, from: usize, to: usize, span: Span) -> Self {
        Self { text, from, to, span, is_optional: false }
    }

    fn whole(text: &'n str, span: Span) -> Self {
        Self::part(text, 0, text.len(), span)
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        NodeValue::Array(items) => items,
        _ => &[],
    }
}

fn string_under<'n>(node: &'n Node, key: &str) -> Option<Said<'n>> {
    let node = &node.as_table()?.get(key)?.node;
    Some(Said::whole(node.as_str()?, node.span))
}

fn whole(node: &Node) -> Option<Said<'_>> {
    Some(Said::whole(node.as_str()?, node.span))
}

fn keys_or_items(node: &Node) -> Vec<Said<'_>> {
    let keys = node.as_table().into_iter().flatten().map(|(key, entry)| {
        let required = entry.node.as_table().and_then(|table| table.get("required"));
        let is_optional =
            required.is_some_and(|required| matches!(required.node.value, NodeValue::Boolean(false)));
        Said { is_optional, ..Said::whole(key, entry.key) }
    });
    keys.chain(items(node).iter().filter_map(whole)).collect()
}

/// `db` and `db:alias`, but not `container:somebody`.
fn items_before_colon(node: &Node) -> Vec<Said<'_>> {
    let texts = items(node).iter().filter_map(|item| Some((item.as_str()?, item.span)));
    let own = texts.filter(|(text, _)| !text.starts_with("container:"));
    own.map(|(text, span)| Said::part(text, 0, text.find(':').unwrap_or(text.len()), span)).collect()
}

/// `service:db`, or such values of a table.
fn behind_service(node: &Node) -> Vec<Said<'_>> {
    let values = node.as_table().into_iter().flat_map(|table| table.values().map(|entry| &entry.node));
    let texts = std::iter::once(node).chain(values).filter_map(|node| Some((node.as_str()?, node.span)));
    let prefix = "service:";
    texts
        .filter(|(text, _)| text.starts_with(prefix))
        .map(|(text, span)| Said::part(text, prefix.len(), text.len(), span))
        .collect()
}

/// `extends`, unless it names another file.
fn of_this_file(node: &Node) -> Vec<Said<'_>> {
    let is_of_another = node.as_table().is_some_and(|table| table.contains_key("file"));
    let said = whole(node).or_else(|| string_under(node, "service"));
    said.filter(|_| !is_of_another).into_iter().collect()
}

fn items_or_sources(node: &Node) -> Vec<Said<'_>> {
    items(node).iter().filter_map(|item| whole(item).or_else(|| string_under(item, "source"))).collect()
}

fn mounts(node: &Node) -> Vec<Said<'_>> {
    let mount = |item| -> Option<Said<'_>> {
        let Some(said) = whole(item) else {
            let is_volume = string_under(item, "type").is_some_and(|found| found.text == "volume");
            return string_under(item, "source").filter(|_| is_volume);
        };
        let (key, _) = named_volume(said.text)?;
        Some(Said { to: key.len(), ..said })
    };
    items(node).iter().filter_map(mount).collect()
}

/// The key of a volume that a mount in Compose's short form names, and what stands behind it.
#[must_use]
pub fn named_volume(mount: &str) -> Option<(&str, &str)> {
    let (key, rest) = mount.split_once(':')?;
    // `C:\here:/there`: a drive of Windows, and not a volume of one letter.
    let is_drive = key.len() == 1 && rest.starts_with(['\\', '/']) && rest.contains(":/");
    let is_path = key.starts_with(['.', '/', '~']) || is_drive;
    (!is_path && !key.is_empty()).then_some((key, rest))
}

/// Every name in a service's keys, those that are references noted as such. Which one a variable names, only Compose knows.
fn names(extra: &NodeTable, reader: &mut Reader<'_>) -> Vec<ComposeName> {
    let mut names = Vec::new();
    for (key, sort, form) in REFERS {
        let Some(node) = value_of(extra, key) else { continue };
        for said in form(node) {
            let name = &said.text[said.from..said.to];
            if name.is_empty() || name.contains('$') {
                continue;
            }
            let place = place(&said, reader);
            if let (ComposeSort::Service, Some(place)) = (sort, place) {
                reader.refer(Sort::Service, name, place);
            }
            let name = Spanned::new(name.to_owned(), place.unwrap_or(said.span));
            names.push(ComposeName { sort: *sort, name, key, is_optional: said.is_optional });
        }
    }
    names
}

fn value_of<'n>(extra: &'n NodeTable, key: &str) -> Option<&'n Node> {
    match key.split_once('.') {
        Some((key, rest)) => value_of(extra.get(key)?.node.as_table()?, rest),
        None => Some(&extra.get(key)?.node),
    }
}

/// The name's own place; none for a part of a string with escapes.
fn place(said: &Said<'_>, reader: &Reader<'_>) -> Option<Span> {
    if said.to - said.from == said.text.len() {
        return Some(said.span);
    }
    let start = offset_of_content(said.text, said.span, reader)?;
    Some(Span::new(said.span.file, start + said.from..start + said.to))
}

fn declared(extra: &NodeTable, sort: ComposeSort) -> Vec<ComposeDeclaration> {
    let entries = extra.get(sort.table()).and_then(|entry| entry.node.as_table());
    let declaration = |(key, entry): (&String, &crate::source::Entry)| {
        let name = string_under(&entry.node, "name");
        let name = name.map(|name| Spanned::new(name.text.to_owned(), name.span));
        ComposeDeclaration { sort, key: Spanned::new(key.clone(), entry.key), name }
    };
    entries.into_iter().flatten().map(declaration).collect()
}

impl Shape for ServiceExtra {
    fn expected() -> String {
        Named::<Free>::expected()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let keys = Named::read(node, reader)?;
        Some(Self { keys, names: names(node.as_table()?, reader) })
    }

    fn schema(definitions: &mut Definitions) -> Json {
        Named::<Free>::schema(definitions)
    }
}

impl Shape for FileExtra {
    fn expected() -> String {
        Named::<Free>::expected()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let keys = Named::read(node, reader)?;
        let table = node.as_table()?;
        let declared = ComposeSort::DECLARED.into_iter().flat_map(|sort| declared(table, sort)).collect();
        Some(Self { keys, declared })
    }

    fn schema(definitions: &mut Definitions) -> Json {
        Named::<Free>::schema(definitions)
    }
}
