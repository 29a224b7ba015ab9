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

/// A service that is built from a folder, and started in a way that a kind knows; nothing where it is of none, with a reason where it is
/// so only just.
pub(super) fn app(old: &Old, world: &dyn World) -> Result<Option<Recognised>, String> {
    let Some(build) = old.done.get("build") else { return Ok(None) };
    let Some(folder) = build.text().or_else(|| build.text_at("context")) else { return Ok(None) };
    let folder = plain(Utf8Path::new(&folder));
    let file = build.text_at("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile =
        world.read(&folder.join(file), 1 << 20).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let own = old.done.get("command").map(command_words);
    let Some(all) = own.or_else(|| final_command(dockerfile.as_deref()?)) else { return Ok(None) };
    let words: Vec<&str> = all.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["python" | "python3", "-m", rest @ ..] => rest,
        all => all,
    };
    let is_there = |name: &str| world.entry(&folder.join(name)) == Some(EntryKind::File);
    let found = match words {
        ["uvicorn", rest @ ..] => fastapi(old, rest),
        ["celery", rest @ ..] => celery(rest),
        ["node", entry] if entry.ends_with("js") && is_there("package.json") => Some(node(old, entry)),
        ["gunicorn", ..] if is_there("manage.py") => Some(Err(django(old))),
        _ => None,
    };
    let has_entrypoint = dockerfile.as_deref().is_some_and(|text| instruction(text, "ENTRYPOINT").is_some());
    let what = match &found {
        None => return Ok(None),
        _ if has_entrypoint => Some("its Dockerfile says `ENTRYPOINT`"),
        _ if old.done.get("entrypoint").is_some() => Some("it says `entrypoint`"),
        _ if build.get("dockerfile_inline").is_some() => Some("its build says `dockerfile_inline`"),
        _ if build.get("target").is_some() => Some("its build says `target`"),
        _ => None,
    };
    match (found, what) {
        (Some(Ok(recognised)), Some(what)) => Err(refused(old, recognised.kind, what)),
        (Some(Ok(recognised)), None) => {
            // The kind's own command would take the place of one that says more.
            let command = (!recognised.has_command).then_some(all);
            Ok(Some(Recognised { command, ..recognised }))
        }
        (Some(Err(why)), _) => Err(why),
        (None, _) => Ok(None),
    }
}

/// What an application is, or why it is not of the kind.
type Found = Option<Result<Recognised, String>>;

fn refused(old: &Old, kind: &str, why: &str) -> String {
    format!("`{}` is not taken for {kind}: {why}", old.new)
}

fn node(old: &Old, entry: &str) -> Result<Recognised, String> {
    if old.variable("NODE_ENV").as_deref() != Some("production") {
        return Err(refused(old, "node", "its kind would set `NODE_ENV` to `production`"));
    }
    let options = match entry {
        "server.js" => Vec::new(),
        _ => vec![("entry".to_owned(), Toml::text(entry))],
    };
    Ok(Recognised { kind: "node", options, has_command: true, ..Recognised::default() })
}

/// Why an application of Django's stays a container.
fn django(old: &Old) -> String {
    let why = "its kind would set `DJANGO_ALLOWED_HOSTS` and `DJANGO_SECRET_KEY`, and migrate at each start; say `kind = \"django\"` where that is wanted";
    refused(old, "django", why)
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

/// An option of a command with its value, if it has one: `--port 80` and `--port=80` are one.
fn flags<'w>(words: &[&'w str]) -> Vec<(&'w str, Option<&'w str>)> {
    let mut flags: Vec<(&str, Option<&str>)> = Vec::new();
    for word in words {
        match (word.starts_with('-'), word.split_once('='), flags.last_mut()) {
            (true, Some((name, value)), _) => flags.push((name, Some(value))),
            (true, None, _) => flags.push((word, None)),
            (false, _, Some((_, value @ None))) => *value = Some(word),
            (false, ..) => {}
        }
    }
    flags
}

/// Whether a word is `module:variable`.
fn is_application(word: &str) -> bool {
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, '_' | '.'))
    };
    word.split_once(':').is_some_and(|(module, variable)| is_name(module) && is_name(variable))
}

/// What changes where and how Uvicorn answers, which the kind's check and its users would not know.
const ELSEWHERE: &[&str] = &["--uds", "--fd"];

fn fastapi(old: &Old, words: &[&str]) -> Found {
    let at = words.iter().position(|word| is_application(word))?;
    let (app, rest) = (words[at], [&words[..at], &words[at + 1..]].concat());
    let mut options = Vec::new();
    if app != "main:app" {
        options.push(("app".to_owned(), Toml::text(app)));
    }
    let mut port = Some(8000);
    let mut has_command = true;
    for (name, value) in flags(&rest) {
        match (name, value) {
            ("--host", Some("0.0.0.0")) => {}
            ("--port", Some(value)) => port = value.parse().ok(),
            ("--workers", Some(value)) => options.push(("workers".to_owned(), Toml::text(value))),
            _ if name.starts_with("--ssl") || ELSEWHERE.contains(&name) => {
                return Some(Err(refused(
                    old,
                    "fastapi",
                    &format!("`{name}` is more than the kind knows of"),
                )));
            }
            _ => has_command = false,
        }
    }
    if port != Some(main_target(old).unwrap_or(8000)) {
        return Some(Err(refused(
            old,
            "fastapi",
            "it publishes another port than the one that it answers at",
        )));
    }
    if !has_command {
        options.retain(|(name, _)| name == "app");
    }
    Some(Ok(Recognised { kind: "fastapi", options, has_command, ..Recognised::default() }))
}

fn celery(words: &[&str]) -> Found {
    // What the worker has of its own may stand on either side of the word.
    let is_worker = words.contains(&"worker");
    let rest: Vec<&str> = words.iter().copied().filter(|word| *word != "worker").collect();
    let mut options = Vec::new();
    let mut has_command = true;
    for (name, value) in flags(&rest) {
        match (name, value) {
            ("-A" | "--app", Some("app")) => {}
            ("-A" | "--app", Some(value)) => options.push(("app".to_owned(), Toml::text(value))),
            ("-l" | "--loglevel", Some(value)) if value.eq_ignore_ascii_case("info") => {}
            ("-l" | "--loglevel", Some(value)) => {
                options.push(("log_level".to_owned(), Toml::text(value.to_lowercase())));
            }
            ("-c" | "--concurrency", Some(value)) => {
                options.push(("concurrency".to_owned(), Toml::text(value)));
            }
            _ => has_command = false,
        }
    }
    if !has_command {
        // The command says them.
        options.retain(|(name, _)| name == "app");
    }
    is_worker.then(|| Ok(Recognised { kind: "celery", options, has_command, ..Recognised::default() }))
}
