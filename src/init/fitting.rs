//! What a folder's code says otherwise than its kind expects, as keys of the service.

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::{Package, text};
use super::sources::{sources, speaks_of_health};
use super::survey::Setting;
use crate::source::World;

/// The settings by which the kind fits the folder.
pub(super) fn settings(
    world: &dyn World,
    folder: &Utf8Path,
    kind: &str,
    package: Option<&Package>,
) -> Vec<Setting> {
    let mut settings = Vec::new();
    match kind {
        "fastapi" => settings.extend(app(fastapi(world, folder), "main:app")),
        "django" => settings.extend(app(django(world, folder), "config.wsgi:application")),
        "node" if package.is_some_and(|package| package.packages.contains("next")) => {
            let why = "Next.js has to be built: give it a Dockerfile to run it in a container";
            return vec![Setting::new("run", "\"host\"", why)];
        }
        "node" => settings.extend(package.and_then(node)),
        _ => return settings,
    }
    if !speaks_of_health(world, folder) {
        let why = "nothing in its code answers /health yet; say a path once something does";
        settings.push(Setting::new("health", "false", why));
    }
    settings
}

fn app(found: Option<String>, expected: &str) -> Option<Setting> {
    let found = found.filter(|found| found != expected)?;
    Some(Setting::new("options", format!("{{ app = {} }}", crate::edit::quoted(&found)), ""))
}

/// Where the application of `FastAPI` is: `module:variable`.
fn fastapi(world: &dyn World, folder: &Utf8Path) -> Option<String> {
    // What is built from a pyproject.toml alone is installed, and its `src` is no part of its name.
    let is_installed = text(world, &folder.join("requirements.txt")).is_none();
    sources(world, folder).find_map(|(path, text)| {
        let variable = text.lines().find_map(|line| {
            let (left, right) = line.split_once('=')?;
            let variable = left.split(':').next()?.trim_end();
            let is_made = right.trim_start().trim_start_matches("fastapi.").starts_with("FastAPI(");
            let is_name = |found: char| found.is_ascii_alphanumeric() || found == '_';
            (is_made && !variable.is_empty() && variable.chars().all(is_name)).then_some(variable)
        })?;
        Some(format!("{}:{variable}", module(&path, folder, is_installed)?))
    })
}

/// Where Django's WSGI application is.
fn django(world: &dyn World, folder: &Utf8Path) -> Option<String> {
    let mut sources = sources(world, folder);
    let (path, _) = sources.find(|(path, _)| path.file_name() == Some("wsgi.py"))?;
    Some(format!("{}:application", module(&path, folder, false)?))
}

/// The dotted name of a file of Python.
fn module(file: &Utf8Path, folder: &Utf8Path, is_installed: bool) -> Option<String> {
    let path: Utf8PathBuf = file.strip_prefix(folder).ok()?.with_extension("");
    let path = if is_installed { path.strip_prefix("src").unwrap_or(&path) } else { &path };
    let name = path.as_str().replace('/', ".");
    Some(name.strip_suffix(".__init__").unwrap_or(&name).to_owned())
}

/// How the server is started, unless it is by `node server.js`.
fn node(package: &Package) -> Option<Setting> {
    let start = package.scripts.get("start")?;
    let words: Vec<&str> = start.split_whitespace().collect();
    match words.as_slice() {
        ["node", "server.js"] => None,
        ["node", entry] if !entry.starts_with('-') => {
            Some(Setting::new("options", format!("{{ entry = {} }}", crate::edit::quoted(entry)), ""))
        }
        _ => Some(Setting::new("command", "[\"npm\", \"start\"]", "")),
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::settings;
    use crate::source::Memory;

    fn said(world: &Memory, folder: &str, kind: &str) -> Vec<String> {
        let package = super::super::dependencies::node(world, Utf8Path::new(folder));
        let settings = settings(world, Utf8Path::new(folder), kind, package.as_ref());
        settings.iter().map(|setting| format!("{} = {}", setting.key, setting.value)).collect()
    }

    #[test]
    fn a_python_application_is_found_wherever_it_lies() {
        let code =
            "from fastapi import FastAPI\n\n@x\ndef health(): pass\napi: FastAPI = FastAPI(title=\"x\")\n";
        let world = Memory::default()
            .with("a/main.py", "import fastapi\napp = fastapi.FastAPI()\n@app.get(\"/health\")\n")
            .with("b/src/shop/main.py", code)
            .with("c/requirements.txt", "fastapi\n")
            .with("c/app/__init__.py", code)
            .with("d/shop/wsgi.py", "")
            .with("d/shop/urls.py", "path('health', ok)");
        assert_eq!(said(&world, "a", "fastapi"), Vec::<String>::new());
        assert_eq!(said(&world, "b", "fastapi"), ["options = { app = \"shop.main:api\" }", "health = false"]);
        assert_eq!(said(&world, "c", "fastapi"), ["options = { app = \"app:api\" }", "health = false"]);
        assert_eq!(said(&world, "d", "django"), ["options = { app = \"shop.wsgi:application\" }"]);
    }

    #[test]
    fn a_server_of_node_is_started_as_its_package_says() {
        let package = |start: &str| format!(r#"{{"scripts":{{"start":"{start}"}}}}"#);
        let world = Memory::default()
            .with("a/package.json", package("node server.js"))
            .with("a/server.js", "if (url === '/health') {}")
            .with("b/package.json", package("node dist/main.js"))
            .with("c/package.json", package("nest start"))
            .with("d/package.json", r#"{"dependencies":{"next":"15"},"scripts":{"start":"next start"}}"#);
        assert_eq!(said(&world, "a", "node"), Vec::<String>::new());
        assert_eq!(said(&world, "b", "node"), ["options = { entry = \"dist/main.js\" }", "health = false"]);
        assert_eq!(said(&world, "c", "node"), ["command = [\"npm\", \"start\"]", "health = false"]);
        assert_eq!(said(&world, "d", "node"), ["run = \"host\""]);
    }
}
