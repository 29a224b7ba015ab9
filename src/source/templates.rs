//! Templates, kinds and schemas as text: the built-in ones, and the project's own over them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::catalogue::Origin;
use super::files::Files;
use super::limits::FILE_SIZE;
use super::world::EntryKind;

/// The files inside the binary: their names under `templates/`, and their texts.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The folder under which files inside the binary are shown.
pub(super) const BUILT_IN: &str = "<stackgen>";

/// The folder beside the stack's file in which a project keeps kinds and templates of its own.
pub const PROJECT_FOLDER: &str = "templates";

/// One file of a target or kind.
#[derive(Debug, Clone)]
pub struct TemplateFile {
    /// Where to find it: a path of the project, or `<stackgen>/templates/…` for a file inside the binary.
    pub shown_as: Utf8PathBuf,
    pub text: String,
}

impl TemplateFile {
    /// Whether it is one of stackgen's own or of the project's.
    #[must_use]
    pub fn origin(&self) -> Origin {
        if self.shown_as.starts_with(BUILT_IN) { Origin::BuiltIn } else { Origin::Project }
    }
}

/// Every template file by its name under `templates/`: `compose/target.toml`, `kinds/postgres.toml`,
/// `schemas/compose.schema.json`.
pub type Templates = BTreeMap<String, TemplateFile>;

/// The templates inside the binary.
#[must_use]
pub fn built_in() -> Templates {
    EMBEDDED
        .iter()
        .map(|(name, text)| {
            let shown_as = Utf8PathBuf::from(format!("{BUILT_IN}/{PROJECT_FOLDER}/{name}"));
            ((*name).to_owned(), TemplateFile { shown_as, text: (*text).to_owned() })
        })
        .collect()
}

/// The built-in templates with the project's own laid over them, file by file.
///
/// Of the project's folder, only kinds, schemas, folders with a `target.toml` and folders named as a built-in target are
/// looked at: a project may well keep other templates there.
pub(super) fn with_project(files: &mut Files<'_>) -> Templates {
    let mut templates = built_in();
    let root = Utf8Path::new(PROJECT_FOLDER);
    for (name, kind) in files.world.list(root) {
        let folder = root.join(&name);
        let own = kind == EntryKind::Folder
            && (matches!(name.as_str(), "kinds" | "schemas")
                || templates.contains_key(&format!("{name}/target.toml"))
                || files.world.entry(&folder.join("target.toml")) == Some(EntryKind::File));
        if own {
            add_folder(files, &folder, &name, &mut templates);
        }
    }
    templates
}

fn add_folder(files: &mut Files<'_>, folder: &Utf8Path, name: &str, templates: &mut Templates) {
    for (file, kind) in files.world.list(folder) {
        // An editor's lock may be a link to nowhere. Anything else that is no file is named when it is read: to fall back on
        // the built-in file would hide it.
        let is_lock = kind == EntryKind::Other && file.starts_with('.');
        if kind == EntryKind::Folder || is_lock {
            continue;
        }
        let path = folder.join(&file);
        if let Some(text) = files.text(&path, &FILE_SIZE, None) {
            templates.insert(format!("{name}/{file}"), TemplateFile { shown_as: path, text });
        }
    }
}
