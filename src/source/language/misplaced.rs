//! Declarations in tables that the language does not have: `[service.db]`, `[db]`, `[[agents]]`. The table is reported; who refers
//! to what it declares makes no further mistake.

use super::StackFile;
use crate::source::tree::{Node, NodeTable, NodeValue};
use crate::source::{Table as _, nearest};

/// The names that are declared in the wrong place.
#[derive(Debug, Clone, Default)]
pub struct Misplaced {
    pub services: Vec<String>,
    pub agents: Vec<String>,
    pub kinds: Vec<String>,
}

/// What a stack's file declares in the wrong place.
#[must_use]
pub fn misplaced(root: &NodeTable) -> Misplaced {
    let known: Vec<&str> = StackFile::keys().iter().map(|key| key.name).collect();
    let mut misplaced = Misplaced::default();
    for (name, entry) in root {
        let is_known = known.contains(&name.as_str());
        if is_known && entry.node.as_table().is_some() {
            continue;
        }
        match nearest(name, known.iter().copied()) {
            Some("services") => misplaced.services.extend(names(&entry.node)),
            Some("agents") => misplaced.agents.extend(names(&entry.node)),
            Some("kinds") => misplaced.kinds.extend(names(&entry.node)),
            Some("gateway") => misplaced.services.push(gateway_name(&entry.node)),
            Some(_) => {}
            // A table of any other name may be a service or an agent itself.
            None => {
                misplaced.services.push(name.clone());
                misplaced.agents.push(name.clone());
            }
        }
    }
    misplaced
}

/// The names in a table; or in a list of tables, as a `name` in each.
fn names(node: &Node) -> Vec<String> {
    match &node.value {
        NodeValue::Table(table) => table.keys().cloned().collect(),
        NodeValue::Array(items) => items.iter().flat_map(names_of_item).collect(),
        _ => Vec::new(),
    }
}

/// Its `name`, and the tables behind it: after `[[services]]`, TOML takes `[services.api]` for a part of the last item.
fn names_of_item(item: &Node) -> Vec<String> {
    let tables = item.as_table().into_iter().flatten().filter(|(_, entry)| entry.node.as_table().is_some());
    name_of(item).into_iter().chain(tables.map(|(name, _)| name.clone())).collect()
}

fn gateway_name(node: &Node) -> String {
    let table = match &node.value {
        NodeValue::Array(items) => items.first(),
        _ => Some(node),
    };
    table.and_then(name_of).unwrap_or_else(|| super::GatewayTable::default().name())
}

fn name_of(node: &Node) -> Option<String> {
    Some(node.as_table()?.get("name")?.node.as_str()?.to_owned())
}
