//! `compose_extra`: what stands in Compose's own words, kept as it is, and the names in it that mean something to the rest of the file.

use serde_json::Value as Json;

use crate::source::tree::{Node, NodeTable};
use crate::source::{Definitions, Free, Named, Reader, Shape, Spanned};

/// A sort of thing that a Compose file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComposeSort {
    Volume,
    Network,
}

impl ComposeSort {
    const ALL: [Self; 2] = [Self::Volume, Self::Network];

    /// The table of the Compose file that declares it.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Volume => "volumes",
            Self::Network => "networks",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Network => "network",
        }
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

impl Shape for FileExtra {
    fn expected() -> String {
        Named::<Free>::expected()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let keys = Named::read(node, reader)?;
        let table = node.as_table()?;
        Some(Self { keys, declared: ComposeSort::ALL.into_iter().flat_map(|sort| declared(table, sort)).collect() })
    }

    fn schema(definitions: &mut Definitions) -> Json {
        Named::<Free>::schema(definitions)
    }
}

fn declared(extra: &NodeTable, sort: ComposeSort) -> Vec<ComposeDeclaration> {
    let entries = extra.get(sort.table()).and_then(|entry| entry.node.as_table());
    let declaration = |(key, entry): (&String, &crate::source::Entry)| {
        let name = entry.node.as_table().and_then(|table| table.get("name"));
        let name = name.and_then(|name| Some(Spanned::new(name.node.as_str()?.to_owned(), name.node.span)));
        ComposeDeclaration { sort, key: Spanned::new(key.clone(), entry.key), name }
    };
    entries.into_iter().flatten().map(declaration).collect()
}
