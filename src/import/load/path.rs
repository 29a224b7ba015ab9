//! Paths of Compose files in any folder, seen from where stack.toml will be.

use camino::{Utf8Path, Utf8PathBuf};

use crate::import::merge::as_table;
use crate::import::node::{Entry, Node, Table, Value};

/// The service's relative paths, seen from the root.
pub(super) fn rebase(node: &mut Node, folder: &Utf8Path) {
    let Some(table) = node.table_mut() else { return };
    if let Some(build) = table.get_mut("build") {
        change(&mut build.node, &|path| moved(path, folder));
        change_at(&mut build.node, "context", &|path| moved(path, folder));
        let contexts = build.node.table_mut().and_then(|build| build.get_mut("additional_contexts"));
        if let Some(contexts) = contexts {
            contexts.node = as_table("args", &contexts.node);
            for entry in contexts.node.table_mut().into_iter().flat_map(Table::values_mut) {
                change(&mut entry.node, &|path| {
                    if path.starts_with('.') { moved(path, folder) } else { path.to_owned() }
                });
            }
        }
    }
    for key in ["env_file", "label_file"] {
        if let Some(Entry { node, .. }) = table.get_mut(key) {
            each(node, &|item| {
                change(item, &|path| moved(path, folder));
                change_at(item, "path", &|path| moved(path, folder));
            });
        }
    }
    if let Some(Entry { node, .. }) = table.get_mut("volumes") {
        each(node, &|item| {
            change(item, &|text| bind(text, folder));
            if item.text_at("type").as_deref() == Some("bind") {
                change_at(item, "source", &|path| moved(path, folder));
            }
        });
    }
    let watch = table
        .get_mut("develop")
        .and_then(|entry| entry.node.table_mut())
        .and_then(|develop| develop.get_mut("watch"));
    if let Some(Entry { node, .. }) = watch {
        each(node, &|item| change_at(item, "path", &|path| moved(path, folder)));
    }
}

fn each(node: &mut Node, change: &dyn Fn(&mut Node)) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(change),
        _ => change(node),
    }
}

fn change(node: &mut Node, change: &dyn Fn(&str) -> String) {
    if let Value::Text(text) = &node.value {
        node.value = Value::Text(change(text));
    }
}

pub(super) fn change_at(node: &mut Node, key: &str, how: &dyn Fn(&str) -> String) {
    if let Some(entry) = node.table_mut().and_then(|table| table.get_mut(key)) {
        change(&mut entry.node, how);
    }
}

fn bind(text: &str, folder: &Utf8Path) -> String {
    match text.split_once(':') {
        Some((source, rest)) if source.starts_with('.') => format!("{}:{rest}", moved(source, folder)),
        _ => text.to_owned(),
    }
}

/// A relative path seen from the root; anything else as it is.
pub(super) fn moved(path: &str, folder: &Utf8Path) -> String {
    let elsewhere =
        path.starts_with(['/', '~', '$', '\\']) || path.contains("://") || path.starts_with("git@");
    if elsewhere || path.is_empty() || path.chars().nth(1) == Some(':') {
        return path.to_owned();
    }
    let path = plain(&folder.join(path));
    if path.as_str().starts_with("..") { path.into_string() } else { format!("./{path}") }
}

/// Without `.`, and without each `..` that the path itself can undo.
#[must_use]
pub fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for step in path.as_str().split('/').filter(|step| !matches!(*step, "" | ".")) {
        match (step, plain.file_name()) {
            ("..", Some(last)) if last != ".." => {
                plain.pop();
            }
            _ => plain.push(step),
        }
    }
    if path.is_absolute() { Utf8Path::new("/").join(plain) } else { plain }
}
