//! A service's own sources, looked through for what its kind would ask it for.

use std::collections::VecDeque;

use camino::{Utf8Path, Utf8PathBuf};

use crate::source::{EntryKind, World};

/// How many sources are looked through, how many folders wait, and how much of a file is read, in bytes.
const MOST_SOURCES: usize = 200;
const MOST_FOLDERS: usize = 50;
const MOST_OF_A_SOURCE: u64 = 1 << 18;

/// The path that kinds of applications ask for, to see whether one works.
pub const HEALTH_PATH: &str = "/health";

/// Whether a source in the folder, or in one below it, names the path that kinds ask for. Routes of Django begin without a slash.
#[must_use]
pub fn speaks_of_health(world: &dyn World, folder: &Utf8Path) -> bool {
    let names = [HEALTH_PATH, HEALTH_PATH.trim_start_matches('/')];
    let quoted: Vec<String> =
        names.iter().flat_map(|name| [format!("\"{name}\""), format!("'{name}'")]).collect();
    sources(world, folder).any(|(path, text)| {
        let is_django = path.file_name() == Some("urls.py");
        let asked = if is_django { &quoted[..] } else { &quoted[..2] };
        asked.iter().any(|name| text.contains(name.as_str()))
    })
}

/// The sources of the folder and of those below it, those of the folder first, each with its text. Not all of them, where there are many.
pub(super) fn sources<'w>(
    world: &'w dyn World,
    folder: &Utf8Path,
) -> impl Iterator<Item = (Utf8PathBuf, String)> + use<'w> {
    let mut folders = VecDeque::from([folder.to_owned()]);
    let mut found = Vec::new();
    while let Some(folder) = folders.pop_front() {
        for (name, kind) in world.list(&folder) {
            let path = folder.join(&name);
            if kind == EntryKind::Folder && is_looked_into(&name) && folders.len() < MOST_FOLDERS {
                folders.push_back(path);
            } else if is_source(&name) && found.len() < MOST_SOURCES {
                found.push(path);
            }
        }
    }
    found.into_iter().map(|path| {
        let text = world.read(&path, MOST_OF_A_SOURCE).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        (path, text)
    })
}

fn is_looked_into(folder: &str) -> bool {
    !folder.starts_with('.') && !matches!(folder, "node_modules" | "venv" | "tests" | "test" | "__pycache__")
}

fn is_source(file: &str) -> bool {
    [".py", ".js", ".ts", ".mjs", ".cjs"].iter().any(|ending| file.ends_with(ending))
}
