//! Applications: services that are built from a folder, and started in a way that a kind knows.

use camino::Utf8Path;

use super::Recognised;
use crate::import::load::plain;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::Toml;
use crate::import::words::words;
use crate::source::{EntryKind, World};

/// The words of a command, however it is written.
#[must_use]
pub fn command_words(command: &Node) -> Vec<String> {
    match command.text() {
        Some(text) => words(&text).unwrap_or_else(|| vec![text]),
        None => command.items().iter().filter_map(|item| item.text()).collect(),
    }
}

/// A service that is built from a folder, and started in a way that a kind knows.
pub(super) fn app(old: &Old, world: &dyn World) -> Option<Recognised> {
    let build = old.done.get("build")?;
    let is_plain = build.get("dockerfile_inline").is_none()
        && build.get("target").is_none()
        && old.done.get("entrypoint").is_none();
    let folder = build.text().or_else(|| build.text_at("context"))?;
    let folder = plain(Utf8Path::new(&folder));
    let file = build.text_at("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile =
        world.read(&folder.join(file), 1 << 20).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let own = old.done.get("command").map(command_words);
    let words = own.or_else(|| final_command(dockerfile.as_deref()?))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["python" | "python3", "-m", rest @ ..] => rest,
        all => all,
    };
    let has_entrypoint = dockerfile.as_deref().is_some_and(|text| instruction(text, "ENTRYPOINT").is_some());
    if !is_plain || has_entrypoint {
        return None;
    }
    match words {
        ["uvicorn", app, rest @ ..] if app.contains(':') => fastapi(old, app, rest),
        ["celery", rest @ ..] => celery(rest),
        ["node", entry]
            if entry.ends_with("js")
                && world.entry(&folder.join("package.json")) == Some(EntryKind::File) =>
        {
            (old.variable("NODE_ENV").as_deref() == Some("production")).then(|| {
                let options = if *entry == "server.js" {
                    Vec::new()
                } else {
                    vec![("entry".to_owned(), Toml::text(*entry))]
                };
                Recognised { kind: "node", options, has_command: true, ..Recognised::default() }
            })
        }
        _ => None,
    }
}

/// What the image starts, where the Dockerfile says it word by word.
fn final_command(dockerfile: &str) -> Option<Vec<String>> {
    let written = instruction(dockerfile, "CMD")?;
    if written.starts_with('[') {
        return serde_json::from_str(&written).ok();
    }
    words(&written).filter(|words| !words.iter().any(|word| word.contains(['$', '&', ';', '|'])))
}

fn instruction(dockerfile: &str, name: &str) -> Option<String> {
    let whole = dockerfile.replace("\\\n", " ");
    whole.lines().rev().find_map(|line| {
        let (word, rest) = line.trim().split_once(char::is_whitespace)?;
        word.eq_ignore_ascii_case(name).then(|| rest.trim().to_owned())
    })
}

/// The port that a container listens on, where the old file tells.
fn main_target(old: &Old) -> Option<u16> {
    old.ports().first().map(|port| port.target)
}

fn fastapi(old: &Old, app: &str, rest: &[&str]) -> Option<Recognised> {
    let mut options = Vec::new();
    if app != "main:app" {
        options.push(("app".to_owned(), Toml::text(app)));
    }
    let mut port = 8000;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => (*word, *words.next()?),
        };
        match name {
            "--host" if value == "0.0.0.0" => {}
            "--port" => port = value.parse().ok()?,
            "--workers" => options.push(("workers".to_owned(), Toml::text(value))),
            _ => return None,
        }
    }
    (main_target(old).unwrap_or(8000) == port).then(|| Recognised {
        kind: "fastapi",
        options,
        has_command: true,
        ..Recognised::default()
    })
}

fn celery(rest: &[&str]) -> Option<Recognised> {
    let mut options = Vec::new();
    let mut is_worker = false;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if *word == "worker" {
            is_worker = true;
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => (*word, *words.next()?),
        };
        match name {
            "-A" | "--app" if value == "app" => {}
            "-A" | "--app" => options.push(("app".to_owned(), Toml::text(value))),
            "-l" | "--loglevel" if value.eq_ignore_ascii_case("info") => {}
            "-l" | "--loglevel" => options.push(("log_level".to_owned(), Toml::text(value.to_lowercase()))),
            "-c" | "--concurrency" => options.push(("concurrency".to_owned(), Toml::text(value))),
            _ => return None,
        }
    }
    is_worker.then(|| Recognised { kind: "celery", options, has_command: true, ..Recognised::default() })
}
