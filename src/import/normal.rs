//! A service in one form, whichever of Compose's several it was written in: for comparing the old with the new.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::interpolate::{Variables, interpolated};
use super::merge::as_table;
use super::node::{Node, Value};
use super::port::ports;
use super::recognise::command_words;
use super::volume::{What, mount};

/// What Compose takes from the files around a project.
pub struct Around<'a> {
    pub variables: &'a Variables,
    /// The folder that relative paths start from, from the root.
    pub folder: &'a camino::Utf8Path,
    /// The names of the volumes on the engine, by their keys in the file.
    pub volumes: &'a BTreeMap<String, String>,
    /// The text of a file, by its path from the root.
    pub read: &'a dyn Fn(&camino::Utf8Path) -> Option<String>,
}

/// Every fact of a service: `image`, `environment.MODE`, `ports.8080`, each with its value.
#[must_use]
pub fn facts(service: &Node, around: &Around<'_>) -> BTreeMap<String, Json> {
    let service = service.map_texts(&mut |text, _| interpolated(text, around.variables, &mut |_| {}));
    let mut facts = BTreeMap::new();
    for (key, entry) in service.table().into_iter().flatten() {
        push_fact(key, &entry.node, around, &mut facts);
    }
    env_files(&service, around, &mut facts);
    facts.retain(|key, value| !is_default(key, value));
    facts
}

/// A key's facts.
fn push_fact(key: &str, node: &Node, around: &Around<'_>, facts: &mut BTreeMap<String, Json>) {
    match key {
        _ if matches!(node.value, Value::Null) => {}
        "environment" => {
            for (name, entry) in as_table(key, node).table().into_iter().flatten() {
                let value = entry.node.text().or_else(|| around.variables.get(name).cloned());
                facts.insert(format!("environment.{name}"), json!(value));
            }
        }
        "env_file" => {}
        "labels" | "annotations" | "sysctls" | "extra_hosts" => {
            for (name, entry) in as_table(key, node).table().into_iter().flatten() {
                facts.insert(format!("{key}.{name}"), json!(entry.node.text().unwrap_or_default()));
            }
        }
        "depends_on" => {
            for (name, entry) in as_table(key, node).table().into_iter().flatten() {
                let condition =
                    entry.node.text_at("condition").unwrap_or_else(|| "service_started".to_owned());
                let restart = entry.node.text_at("restart").is_some_and(|truth| truth == "true");
                let required = entry.node.text_at("required").is_none_or(|truth| truth == "true");
                facts.insert(format!("depends_on.{name}"), json!([condition, restart, required]));
            }
        }
        "networks" => {
            for (name, entry) in as_table(key, node).table().into_iter().flatten() {
                facts.insert(format!("networks.{name}"), entry.node.json());
            }
        }
        "ports" => {
            let unread = node.items().into_iter().filter(|item| ports(item).is_none());
            for text in unread.filter_map(Node::text) {
                facts.insert(format!("ports.{text}"), json!(text));
            }
            for port in node.items().into_iter().filter_map(ports).flatten() {
                let name = port
                    .published
                    .map_or_else(|| format!("*:{}", port.target), |host| format!("{host}:{}", port.target));
                facts.insert(format!("ports.{name}/{}", port.protocol), port.normal());
            }
        }
        "volumes" => {
            for item in node.items() {
                let Some(found) = mount(item) else { continue };
                let mut normal = found.normal(item);
                match &found.what {
                    What::Volume(Some(name)) => {
                        normal["source"] = json!(around.volumes.get(name).unwrap_or(name))
                    }
                    What::Bind(path) if path.starts_with('.') => {
                        normal["source"] = json!(super::load::plain(&around.folder.join(path)).as_str());
                    }
                    _ => {}
                }
                facts.insert(format!("volumes.{}", found.target.trim_end_matches('/')), normal);
            }
        }
        "command" | "entrypoint" => {
            facts.insert(key.to_owned(), json!(command_words(node)));
        }
        "build" => {
            let context = node.text().or_else(|| node.text_at("context")).unwrap_or_else(|| ".".to_owned());
            let context = if context.contains("://") {
                context
            } else {
                super::load::plain(&around.folder.join(context)).into_string()
            };
            facts.insert("build.context".to_owned(), json!(context));
            let dockerfile = node.text_at("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
            facts.insert(
                "build.dockerfile".to_owned(),
                json!(super::load::plain(camino::Utf8Path::new(&dockerfile)).as_str()),
            );
            for (name, entry) in node.table().into_iter().flatten() {
                if !matches!(name.as_str(), "context" | "dockerfile") {
                    facts.insert(format!("build.{name}"), as_table(name, &entry.node).json());
                }
            }
        }
        "deploy" | "healthcheck" | "logging" | "ulimits" => push_parts(key, node, facts),
        "mem_limit" => push_size("deploy.resources.limits.memory", node, facts),
        "cpus" => push_number("deploy.resources.limits.cpus", node, facts),
        "scale" => push_number("deploy.replicas", node, facts),
        "tmpfs" | "dns" | "dns_search" | "cap_add" | "cap_drop" | "security_opt" | "expose" | "profiles" => {
            for item in node.items() {
                facts.insert(
                    format!("{key}.{}", item.text().unwrap_or_else(|| item.json().to_string())),
                    json!(true),
                );
            }
        }
        _ => {
            facts.insert(key.to_owned(), node.json());
        }
    }
}

/// Whether a key says what Compose takes it to say where it is not there.
#[must_use]
pub fn is_default(key: &str, value: &Json) -> bool {
    match key {
        "privileged" | "tty" | "stdin_open" | "init" | "oom_kill_disable" | "healthcheck.disable" => {
            *value == json!(false)
        }
        "deploy.mode" => value == "replicated",
        "deploy.replicas" => value.as_f64() == Some(1.0),
        _ => false,
    }
}

/// What the service's files of variables say, below what it says itself.
fn env_files(service: &Node, around: &Around<'_>, facts: &mut BTreeMap<String, Json>) {
    let Some(files) = service.get("env_file") else { return };
    let mut said = Map::new();
    for file in files.items() {
        let path = file.text().or_else(|| file.text_at("path")).unwrap_or_default();
        let text = (around.read)(&super::load::plain(&around.folder.join(path))).unwrap_or_default();
        said.extend(
            super::interpolate::variables(&text).into_iter().map(|(name, value)| (name, json!(value))),
        );
    }
    for (name, value) in said {
        facts.entry(format!("environment.{name}")).or_insert(value);
    }
}

fn push_parts(prefix: &str, node: &Node, facts: &mut BTreeMap<String, Json>) {
    for (name, entry) in node.table().into_iter().flatten() {
        let key = format!("{prefix}.{name}");
        match name.as_str() {
            "resources" | "limits" => push_parts(&key, &entry.node, facts),
            "memory" => push_size(&key, &entry.node, facts),
            "cpus" | "replicas" | "retries" => push_number(&key, &entry.node, facts),
            "test" => {
                facts.insert(key, json!(test_words(&entry.node)));
            }
            _ => {
                facts.insert(key, entry.node.json());
            }
        }
    }
}

fn test_words(node: &Node) -> Vec<String> {
    match node.text() {
        Some(line) => vec!["CMD-SHELL".to_owned(), line],
        None => command_words(node),
    }
}

fn push_size(key: &str, node: &Node, facts: &mut BTreeMap<String, Json>) {
    let text = node.text().unwrap_or_default().to_ascii_lowercase();
    let end = text.find(|found: char| !found.is_ascii_digit() && found != '.').unwrap_or(text.len());
    let factor = match text[end..].chars().next() {
        Some('k') => 1024.0,
        Some('m') => 1_048_576.0,
        Some('g') => 1_073_741_824.0,
        _ => 1.0,
    };
    let bytes = text[..end].parse::<f64>().unwrap_or_default() * factor;
    facts.insert(key.to_owned(), json!(format!("{bytes}")));
}

fn push_number(key: &str, node: &Node, facts: &mut BTreeMap<String, Json>) {
    let text = node.text().unwrap_or_default();
    facts.insert(key.to_owned(), text.parse::<f64>().map_or(json!(text), |number| json!(number)));
}

/// What a service is called on the engine's side: the names of its volumes there.
#[must_use]
pub fn volume_names(
    volumes: &super::node::Table,
    project: &str,
    variables: &Variables,
) -> BTreeMap<String, String> {
    let name = |key: &String, node: &Node| {
        let said = node.text_at("name").or_else(|| node.get("external")?.text_at("name"));
        let said = said.map(|name| interpolated(&name, variables, &mut |_| {}));
        let is_external =
            node.get("external").is_some_and(|external| external.text().as_deref() != Some("false"));
        said.unwrap_or_else(|| if is_external { key.clone() } else { format!("{project}_{key}") })
    };
    volumes.iter().map(|(key, entry)| (key.clone(), name(key, &entry.node))).collect()
}
