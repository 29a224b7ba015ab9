//! One Compose file laid over another, as Compose does it: tables merge, most lists grow, commands are replaced.

use std::collections::BTreeMap;

use super::node::{Entry, Node, Table, Tag, Value};

/// Lists of which the later one takes the place of the earlier.
const REPLACED: &[&str] = &["command", "entrypoint", "test"];

/// Lists of `NAME=value` that are tables in another form.
const PAIRS: &[&str] =
    &["environment", "labels", "annotations", "sysctls", "extra_hosts", "args", "depends_on", "networks"];

/// Lays a table over another.
pub fn lay_over(below: &mut Table, above: &Table) {
    for (key, entry) in above {
        match (entry.tag, below.get_mut(key)) {
            (Some(Tag::Reset), _) => {
                below.shift_remove(key);
            }
            (None, Some(found)) => found.node = merged(key, &found.node, &entry.node),
            _ => {
                below.insert(key.clone(), entry.clone());
            }
        }
    }
}

fn merged(key: &str, below: &Node, above: &Node) -> Node {
    if REPLACED.contains(&key) {
        return above.clone();
    }
    if matches!(above.value, Value::Null) {
        return below.clone();
    }
    if PAIRS.contains(&key) {
        return merged_tables(&as_table(key, below), &as_table(key, above), above);
    }
    match (&below.value, &above.value) {
        (Value::Table(_), Value::Table(table)) if key == "logging" && differs(below, table, "driver") => {
            above.clone()
        }
        (Value::Table(_), Value::Table(_)) => merged_tables(below, above, above),
        (Value::Text(_), Value::Table(_)) if key == "build" => merged_tables(&context(below), above, above),
        (Value::Table(_), Value::Text(_)) if key == "build" => merged_tables(below, &context(above), above),
        (Value::List(_), _) | (_, Value::List(_)) => grown(key, below, above),
        _ if matches!(key, "env_file" | "dns" | "dns_search" | "tmpfs") => grown(key, below, above),
        _ => above.clone(),
    }
}

fn differs(below: &Node, above: &Table, key: &str) -> bool {
    above.get(key).is_some_and(|entry| below.text_at(key) != entry.node.text())
}

fn merged_tables(below: &Node, above: &Node, whole: &Node) -> Node {
    let mut table = below.table().cloned().unwrap_or_default();
    if let Some(above) = above.table() {
        lay_over(&mut table, above);
    }
    Node { value: Value::Table(table), span: whole.span }
}

fn context(build: &Node) -> Node {
    let entry = Entry { key: build.span, node: build.clone(), tag: None };
    Node { value: Value::Table([("context".to_owned(), entry)].into_iter().collect()), span: build.span }
}

/// A list of names or of `NAME=value`, as a table.
#[must_use]
pub fn as_table(key: &str, node: &Node) -> Node {
    let Value::List(items) = &node.value else { return node.clone() };
    let separators: &[char] = if key == "extra_hosts" { &['=', ':'] } else { &['='] };
    let entry = |item: &Node| {
        let text = item.text()?;
        let (name, value) = match text.find(separators).filter(|_| !matches!(key, "depends_on" | "networks"))
        {
            Some(at) => (text[..at].to_owned(), Value::Text(text[at + 1..].to_owned())),
            None => (text, Value::Null),
        };
        Some((name, Entry { key: item.span, node: Node { value, span: item.span }, tag: None }))
    };
    Node { value: Value::Table(items.iter().filter_map(entry).collect()), span: node.span }
}

/// Both lists, each thing once: of two in one place the later one stays.
fn grown(key: &str, below: &Node, above: &Node) -> Node {
    let above_items = above.items();
    let last: BTreeMap<String, usize> =
        above_items.iter().enumerate().map(|(at, item)| (place(key, item), at)).collect();
    let kept = below.items().into_iter().filter(|item| !last.contains_key(&place(key, item)));
    let own = above_items.iter().enumerate().filter(|(at, item)| last.get(&place(key, item)) == Some(at));
    let items = kept.chain(own.map(|(_, item)| *item)).cloned().collect();
    Node { value: Value::List(items), span: above.span }
}

/// What makes two items of a list the same thing.
fn place(key: &str, item: &Node) -> String {
    match key {
        "volumes" | "devices" => match (item.text_at("target"), item.text()) {
            (Some(target), _) => target,
            (None, Some(text)) => super::volume::target_of(&text),
            _ => item.json().to_string(),
        },
        "configs" | "secrets" => item
            .text_at("target")
            .or_else(|| item.text_at("source"))
            .or_else(|| item.text())
            .unwrap_or_default(),
        _ => item.json().to_string(),
    }
}
