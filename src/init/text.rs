//! What was found as a stack's file, written as a person would.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::survey::{Found, Survey};
use crate::edit::quoted;

/// Where host ports are given from, by kind: those that its users know.
fn first_port(kind: &str) -> u16 {
    match kind {
        "postgres" => 5433,
        "mysql" => 3307,
        "mongodb" => 27018,
        "redis" => 6380,
        "rabbitmq" => 5673,
        "react" => 3000,
        "container" => 8080,
        _ => 8000,
    }
}

/// A name as Compose and DNS take it: small letters, digits and hyphens, a letter first. `other` where nothing is left.
#[must_use]
pub fn label(name: &str, other: &str) -> String {
    let words = name.to_ascii_lowercase().replace(|found: char| !found.is_ascii_alphanumeric(), "-");
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(50).collect();
    let name = name.trim_start_matches(|first: char| !first.is_ascii_lowercase()).trim_end_matches('-');
    if name.is_empty() { other.to_owned() } else { name.to_owned() }
}

/// The stack's file.
#[must_use]
pub fn stack_text(name: &str, survey: &Survey) -> String {
    let mut text = format!("[stack]\nname = {}\n", quoted(name));
    let mut names = BTreeSet::new();
    let mut ports = BTreeSet::new();
    for found in &survey.services {
        let folder = found.folder.file_name().unwrap_or(name);
        let service = free(&label(folder, "app"), &mut names);
        push_service(&mut text, found, &service, &mut names, &mut ports);
    }
    if survey.services.is_empty() {
        text.push_str(EXAMPLE);
    }
    text
}

const EXAMPLE: &str = "
# Everything that runs is a service, databases too. `stackgen add service NAME --kind KIND` writes one;
# `stackgen kinds` says what there is.
#
# [services.api]
# kind = \"fastapi\"
# path = \"services/api\"
# port = 8000
# needs = [\"api-db\"]
#
# [services.api-db]
# kind = \"postgres\"
# port = 5433
";

fn push_service(
    text: &mut String,
    found: &Found,
    service: &str,
    names: &mut BTreeSet<String>,
    ports: &mut BTreeSet<u16>,
) {
    let stores: Vec<(String, &str)> = found
        .stores
        .iter()
        .map(|kind| {
            let is_database = matches!(*kind, "postgres" | "mysql" | "mongodb");
            let name = if is_database { format!("{service}-db") } else { format!("{service}-{kind}") };
            (free(&name, names), *kind)
        })
        .collect();
    let folder = if found.folder.as_str().is_empty() { "." } else { found.folder.as_str() };
    let _ = write!(
        text,
        "\n[services.{service}]\nkind = {}  # {}\npath = {}\n",
        quoted(found.kind),
        found.because,
        quoted(folder)
    );
    match found.port {
        // Ports below 1024 are not for everybody to take on the machine.
        Some(inside) if found.kind == "container" && inside < 1024 => {
            let outside = next(first_port(found.kind), ports);
            let _ = writeln!(text, "port = \"{outside}:{inside}\"");
        }
        Some(inside) if !is_warned_of(inside) && ports.insert(inside) => {
            let _ = writeln!(text, "port = {inside}");
        }
        Some(inside) => {
            let outside = next(inside, ports);
            let _ = writeln!(text, "port = \"{outside}:{inside}\"");
        }
        // What runs in it may not listen at all.
        None if matches!(found.kind, "container" | "celery") => {}
        None => {
            let _ = writeln!(text, "port = {}", next(first_port(found.kind), ports));
        }
    }
    for setting in &found.settings {
        let why = if setting.why.is_empty() { String::new() } else { format!("  # {}", setting.why) };
        let _ = writeln!(text, "{} = {}{why}", setting.key, setting.value);
    }
    if !stores.is_empty() {
        let needs: Vec<String> = stores.iter().map(|(name, _)| quoted(name)).collect();
        let _ = writeln!(text, "needs = [{}]", needs.join(", "));
    }
    for (name, kind) in stores {
        let port = next(first_port(kind), ports);
        let _ = write!(text, "\n[services.{name}]\nkind = {}\nport = {port}\n", quoted(kind));
    }
}

/// The next host port that is not given away and that no rule warns of.
fn next(from: u16, ports: &mut BTreeSet<u16>) -> u16 {
    let free = (from..u16::MAX).find(|port| !ports.contains(port) && !is_warned_of(*port)).unwrap_or(from);
    ports.insert(free);
    free
}

fn is_warned_of(port: u16) -> bool {
    crate::checks::is_reserved(port)
}

/// A name that nothing has yet, with a number behind it if need be.
fn free(name: &str, names: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut candidates = [name.to_owned()].into_iter().chain(numbered);
    let free = candidates.find(|name| !names.contains(name)).unwrap_or_default();
    names.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::super::survey::survey;
    use super::{label, stack_text};
    use crate::source::Memory;

    #[test]
    fn names_are_made_fit() {
        assert_eq!(label("My Shop_2", "x"), "my-shop-2");
        assert_eq!(label("2nd shop", "x"), "nd-shop");
        assert_eq!(label("日本", "stack"), "stack");
    }

    #[test]
    fn services_stand_with_their_stores_and_share_no_port() {
        let world = Memory::default()
            .with("a/api/requirements.txt", "fastapi\npsycopg\n")
            .with("b/api/requirements.txt", "fastapi\nredis\n")
            .with("own/Dockerfile", "EXPOSE 80\n");
        let expected = r#"[stack]
name = "shop"

[services.api]
kind = "fastapi"  # fastapi among its requirements
path = "a/api"
port = 8000
health = false  # nothing in its code answers /health yet; say a path once something does
needs = ["api-db"]

[services.api-db]
kind = "postgres"
port = 5433

[services.api-2]
kind = "fastapi"  # fastapi among its requirements
path = "b/api"
port = 8001
health = false  # nothing in its code answers /health yet; say a path once something does
needs = ["api-2-redis"]

[services.api-2-redis]
kind = "redis"
port = 6380

[services.own]
kind = "container"  # Dockerfile
path = "own"
port = "8080:80"
"#;
        assert_eq!(stack_text("shop", &survey(&world)), expected);
    }
}
