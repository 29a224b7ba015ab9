//! What there is: folders with code that a kind fits, and what they store their data in.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::{Package, exposed, node, python};
use super::fitting::settings;
use crate::source::{EntryKind, World};

/// How many folders deep code is looked for.
const DEPTH: usize = 3;

/// Folders that hold no service's own code.
const PASSED_OVER: [&str; 14] = [
    "node_modules",
    "vendor",
    "target",
    "dist",
    "build",
    "venv",
    "env",
    "__pycache__",
    "generated",
    "templates",
    "tests",
    "test",
    "docs",
    "examples",
];

const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Compose files of the folder itself: what they say is better imported than guessed.
    pub compose: Vec<Utf8PathBuf>,
    pub services: Vec<Found>,
    pub unclear: Vec<Unclear>,
}

/// A folder that a kind fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub folder: Utf8PathBuf,
    pub kind: &'static str,
    /// What it was recognised by.
    pub because: String,
    /// The kinds of what it stores its data in.
    pub stores: Vec<&'static str>,
    /// The port that its image listens on, where it says so.
    pub port: Option<u16>,
    /// What its code says otherwise than its kind expects.
    pub settings: Vec<Setting>,
}

/// A key of a service, and why it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: &'static str,
    /// As TOML.
    pub value: String,
    /// Empty where the value says it itself.
    pub why: &'static str,
}

impl Setting {
    #[must_use]
    pub fn new(key: &'static str, value: impl Into<String>, why: &'static str) -> Self {
        Self { key, value: value.into(), why }
    }
}

/// A folder with code that no kind fits as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    pub folder: Utf8PathBuf,
    /// The file that shows that there is code.
    pub file: &'static str,
}

/// Looks at a project's folders.
#[must_use]
pub fn survey(world: &dyn World) -> Survey {
    let root = Utf8Path::new("");
    let is_there = |name: &&str| world.entry(Utf8Path::new(name)) == Some(EntryKind::File);
    let compose = COMPOSE.into_iter().filter(is_there).map(Utf8PathBuf::from).collect();
    let mut survey = Survey { compose, ..Survey::default() };
    look(world, root, DEPTH, &mut survey);
    survey
}

fn look(world: &dyn World, folder: &Utf8Path, depth: usize, survey: &mut Survey) {
    if let Some(found) = found(world, folder) {
        survey.services.push(found);
        return;
    }
    let has = |file: &&&str| world.entry(&folder.join(file)) == Some(EntryKind::File);
    if let Some(file) = ["Cargo.toml", "go.mod", "pom.xml", "Gemfile", "composer.json"].iter().find(has) {
        survey.unclear.push(Unclear { folder: folder.to_owned(), file });
        return;
    }
    if !python(world, folder).is_empty() && folder != "" {
        let file = if has(&&"requirements.txt") { "requirements.txt" } else { "pyproject.toml" };
        survey.unclear.push(Unclear { folder: folder.to_owned(), file });
        return;
    }
    if depth == 0 {
        return;
    }
    for (name, kind) in world.list(folder) {
        let is_open =
            kind == EntryKind::Folder && !name.starts_with('.') && !PASSED_OVER.contains(&name.as_str());
        if is_open && !world.link(&folder.join(&name)) {
            look(world, &folder.join(&name), depth - 1, survey);
        }
    }
}

fn found(world: &dyn World, folder: &Utf8Path) -> Option<Found> {
    let has = |file: &str| world.entry(&folder.join(file)) == Some(EntryKind::File);
    let package = node(world, folder);
    let found = |kind, because: &str, packages: &BTreeSet<String>, port| {
        Some(Found {
            folder: folder.to_owned(),
            kind,
            because: because.to_owned(),
            stores: stores(packages),
            port,
            settings: settings(world, folder, kind, package.as_ref()),
        })
    };
    let python = python(world, folder);
    let own = if has("Dockerfile") { exposed(world, folder) } else { None };
    if has("manage.py") {
        return found("django", "manage.py", &python, own);
    }
    if python.contains("fastapi") {
        return found("fastapi", "fastapi among its requirements", &python, own);
    }
    if python.contains("celery") && !has("Dockerfile") {
        return found("celery", "celery among its requirements", &python, None);
    }
    if let Some(Package { packages, scripts }) = &package {
        let is_page = ["react", "vite", "react-scripts"].iter().any(|name| packages.contains(*name));
        if is_page && scripts.contains_key("build") && !packages.contains("next") {
            return found("react", "package.json with react", &BTreeSet::new(), own);
        }
        // A Dockerfile knows how to build what has to be built.
        if packages.contains("next") && has("Dockerfile") {
            return found("container", "Dockerfile", packages, own.or(Some(3000)));
        }
        if scripts.contains_key("start") {
            return found("node", "package.json with a start script", packages, own);
        }
    }
    if has("Dockerfile") {
        return found("container", "Dockerfile", &python, own);
    }
    None
}

/// The stores that packages are clients of.
fn stores(packages: &BTreeSet<String>) -> Vec<&'static str> {
    const CLIENTS: [(&str, &[&str]); 5] = [
        ("postgres", &["psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg", "postgres"]),
        ("mysql", &["mysqlclient", "pymysql", "aiomysql", "mysql2", "mysql"]),
        ("mongodb", &["pymongo", "motor", "mongodb", "mongoose"]),
        ("redis", &["redis", "django-redis", "ioredis", "aioredis"]),
        ("rabbitmq", &["pika", "aio-pika", "amqplib"]),
    ];
    let uses = |clients: &[&str]| clients.iter().any(|client| packages.contains(*client));
    CLIENTS.into_iter().filter(|(_, clients)| uses(clients)).map(|(kind, _)| kind).collect()
}

#[cfg(test)]
mod tests {
    use super::{Survey, survey};
    use crate::source::Memory;

    fn shown(survey: &Survey) -> Vec<String> {
        let services = survey.services.iter();
        services
            .map(|found| {
                format!("{} {} {} {:?}", found.folder, found.kind, found.stores.join("+"), found.port)
            })
            .collect()
    }

    #[test]
    fn each_folder_is_taken_for_what_its_files_say() {
        let world = Memory::default()
            .with("services/orders/requirements.txt", "fastapi\nasyncpg\nredis\n")
            .with("services/orders/Dockerfile", "FROM a\nEXPOSE 9000\n")
            .with("shop/manage.py", "")
            .with("shop/pyproject.toml", "[project]\ndependencies = [\"psycopg\"]\n")
            .with("web/package.json", r#"{"dependencies":{"react":"19"},"scripts":{"build":"vite build"}}"#)
            .with("api/package.json", r#"{"dependencies":{"mongoose":"8"},"scripts":{"start":"node ."}}"#)
            .with("tool/go.mod", "module tool\n")
            .with("pyproject.toml", "[project]\ndependencies = [\"ruff\"]\n")
            .with("jobs/requirements.txt", "celery[redis]\n")
            .with("pages/requirements.txt", "flask\n")
            .with("own/Dockerfile", "FROM scratch\n")
            .with("node_modules/a/package.json", r#"{"scripts":{"start":"x"}}"#)
            .with("compose.yaml", "services: {}\n");
        let found = survey(&world);
        let expected = [
            "api node mongodb None",
            "jobs celery  None",
            "own container  None",
            "services/orders fastapi postgres+redis Some(9000)",
            "shop django postgres None",
            "web react  None",
        ];
        assert_eq!(shown(&found), expected);
        assert_eq!(found.compose, ["compose.yaml"]);
        let unclear: Vec<_> = found.unclear.iter().map(|found| (found.folder.as_str(), found.file)).collect();
        assert_eq!(unclear, [("pages", "requirements.txt"), ("tool", "go.mod")]);
    }

    #[test]
    fn a_project_that_is_one_service_is_the_folder_itself() {
        let world = Memory::default().with("requirements.txt", "fastapi\n").with("app/main.py", "");
        assert_eq!(shown(&survey(&world)), [" fastapi  None"]);
    }
}
