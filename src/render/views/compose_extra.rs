//! What the stack says in Compose's own words, as the Compose file needs it: its relative paths start from that file's folder.

use camino::{Utf8Path, Utf8PathBuf};
use minijinja::Value;
use serde_json::{Map, Value as Json};

use super::tree;
use crate::model::{ComposeExtra, Stack};
use crate::render::paths::relative;

/// The target whose output it is for.
const TARGET: &str = "compose";

/// The keys as templates see them.
pub fn extra_tree(extra: &ComposeExtra, stack: &Stack) -> Value {
    let output = stack.targets.iter().find(|target| target.name == TARGET);
    let folder = output.map_or(Utf8Path::new(""), |target| target.folder.as_path());
    let keys: Map<String, Json> =
        extra.iter().map(|(key, value)| (key.clone(), with_paths(key, &value.value, folder))).collect();
    tree(&Json::Object(keys))
}

/// One key's value with its paths seen from the folder.
fn with_paths(key: &str, value: &Json, folder: &Utf8Path) -> Json {
    let path = |value: &Json| moved(value, folder);
    match key {
        "env_file" | "label_file" => each(value, |item| match item {
            Json::Object(_) => at(item, &["path"], path),
            _ => path(item),
        }),
        "volumes" => each(value, |item| match item {
            Json::String(text) => Json::String(bind(text, folder)),
            _ if item["type"] == "bind" => at(item, &["source"], path),
            _ => item.clone(),
        }),
        "build" => {
            let value = at(value, &["context"], path);
            at(&value, &["additional_contexts"], |contexts| {
                each_entry(contexts, |context| if is_path(context) { path(context) } else { context.clone() })
            })
        }
        "configs" | "secrets" => each_entry(value, |entry| at(entry, &["file"], path)),
        "extends" => at(value, &["file"], path),
        "develop" => at(value, &["watch"], |rules| each(rules, |rule| at(rule, &["path"], path))),
        _ => value.clone(),
    }
}

/// A relative path, seen from the folder. What is absolute, somebody's home, a URL or a variable stays as it is.
fn moved(value: &Json, folder: &Utf8Path) -> Json {
    let Some(text) = value.as_str() else { return value.clone() };
    let elsewhere = text.starts_with(['/', '~', '$']) || text.contains("://") || text.starts_with("git@");
    if elsewhere || text.is_empty() {
        return value.clone();
    }
    let from = relative(plain(text).as_str(), folder.as_str());
    Json::String(if from.starts_with('.') { from } else { format!("./{from}") })
}

/// `./source:/at:ro`, whose source is a path if it begins as one.
fn bind(text: &str, folder: &Utf8Path) -> String {
    match text.split_once(':') {
        Some((source, rest)) if source.starts_with('.') => {
            let moved = moved(&Json::String(source.to_owned()), folder);
            format!("{}:{rest}", moved.as_str().unwrap_or(source))
        }
        _ => text.to_owned(),
    }
}

fn is_path(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('.'))
}

/// Without `.`. A `..` that leads out of the project stays.
fn plain(path: &str) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for step in path.split('/').filter(|step| !matches!(*step, "" | ".")) {
        match (step, plain.file_name()) {
            ("..", Some(last)) if last != ".." => {
                plain.pop();
            }
            _ => plain.push(step),
        }
    }
    plain
}

fn each(value: &Json, change: impl Fn(&Json) -> Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(change).collect(),
        other => change(other),
    }
}

fn each_entry(value: &Json, change: impl Fn(&Json) -> Json) -> Json {
    match value {
        Json::Object(entries) => {
            Json::Object(entries.iter().map(|(key, entry)| (key.clone(), change(entry))).collect())
        }
        other => other.clone(),
    }
}

fn at(value: &Json, path: &[&str], change: impl Fn(&Json) -> Json) -> Json {
    let mut value = value.clone();
    let place = path.iter().try_fold(&mut value, |place, key| place.get_mut(*key));
    if let Some(place) = place {
        *place = change(place);
    }
    value
}
