//! What a folder's code is built with, out of the files in which its language says so.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use crate::source::World;

/// The most that is read of such a file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// Files with one requirement a line.
const REQUIREMENTS: [&str; 4] =
    ["requirements.txt", "requirements/base.txt", "requirements/prod.txt", "requirements/production.txt"];

/// The names of the Python packages that a folder asks for, in small letters with `-`.
pub(super) fn python(world: &dyn World, folder: &Utf8Path) -> BTreeSet<String> {
    let lines = REQUIREMENTS.iter().filter_map(|name| text(world, &folder.join(name)));
    let mut names: BTreeSet<String> =
        lines.flat_map(|text| text.lines().filter_map(requirement).collect::<Vec<_>>()).collect();
    if let Some(text) = text(world, &folder.join("pyproject.toml")) {
        let (table, _) = DeTable::parse_recoverable(&text);
        names.extend(of_pyproject(table.get_ref()));
    }
    names
}

/// What a `package.json` says.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    /// The names of all packages that it asks for.
    pub packages: BTreeSet<String>,
    pub scripts: BTreeMap<String, String>,
}

/// A folder's `package.json`.
pub(super) fn node(world: &dyn World, folder: &Utf8Path) -> Option<Package> {
    let text = text(world, &folder.join("package.json"))?;
    let package: Json = serde_json::from_str(&text).unwrap_or_default();
    let keys = |name: &str| -> BTreeSet<String> {
        package.get(name).and_then(Json::as_object).into_iter().flat_map(|map| map.keys().cloned()).collect()
    };
    let mut packages = keys("dependencies");
    packages.extend(keys("devDependencies"));
    let scripts = package.get("scripts").and_then(Json::as_object).into_iter().flatten();
    let scripts =
        scripts.map(|(name, script)| (name.clone(), script.as_str().unwrap_or_default().to_owned()));
    Some(Package { packages, scripts: scripts.collect() })
}

/// The first port that a folder's Dockerfile exposes.
pub(super) fn exposed(world: &dyn World, folder: &Utf8Path) -> Option<u16> {
    let text = text(world, &folder.join("Dockerfile"))?;
    let mut ports = text.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix("EXPOSE ").or_else(|| line.trim().strip_prefix("expose "))?;
        rest.split_whitespace().next()?.split('/').next()?.parse().ok()
    });
    ports.next_back()
}

pub(super) fn text(world: &dyn World, path: &Utf8Path) -> Option<String> {
    let bytes = world.read(path, LIMIT).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `Psycopg_Pool[c]>=3 # why` asks for `psycopg-pool`.
fn requirement(line: &str) -> Option<String> {
    let is_of_name = |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_' | '.');
    let line = line.trim();
    let name: String = line.chars().take_while(|found| is_of_name(*found)).collect();
    let is_name = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    is_name.then(|| name.to_ascii_lowercase().replace('_', "-"))
}

/// `[project] dependencies`, and Poetry's own table.
fn of_pyproject(root: &DeTable<'_>) -> BTreeSet<String> {
    let table = |path: &[&str]| -> Option<&DeTable<'_>> {
        let mut table = root;
        for key in path {
            table = table.get(*key)?.get_ref().as_table()?;
        }
        Some(table)
    };
    let listed = table(&["project"]).and_then(|project| project.get("dependencies")?.get_ref().as_array());
    let listed = listed.into_iter().flat_map(|items| items.iter());
    let listed = listed.filter_map(|item| match item.get_ref() {
        DeValue::String(text) => requirement(text),
        _ => None,
    });
    let poetry = table(&["tool", "poetry", "dependencies"]).into_iter();
    let poetry = poetry.flat_map(|table| table.keys()).filter_map(|key| requirement(key.get_ref()));
    listed.chain(poetry).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{exposed, python};
    use crate::source::Memory;

    #[test]
    fn python_packages_are_found_in_each_of_the_usual_files() {
        let world = Memory::default()
            .with("requirements.txt", "# web\nFastAPI[all]>=0.1\n-r more.txt\npsycopg_pool\n")
            .with(
                "pyproject.toml",
                "[project]\ndependencies = [\"redis>=5\"]\n[tool.poetry.dependencies]\nDjango = \"5\"\n",
            );
        let found: Vec<String> = python(&world, Utf8Path::new("")).into_iter().collect();
        assert_eq!(found, ["django", "fastapi", "psycopg-pool", "redis"]);
    }

    #[test]
    fn the_port_of_the_last_stage_counts() {
        let world = Memory::default().with("Dockerfile", "FROM a\nEXPOSE 1/tcp\nFROM b\nEXPOSE 8080/tcp 9\n");
        assert_eq!(exposed(&world, Utf8Path::new("")), Some(8080));
    }
}
