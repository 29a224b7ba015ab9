//! Which project a command works on.

use anyhow::Context as _;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::source::Disk;

/// The name that a stack's file has where nothing else is said.
const FILE_NAME: &str = "stack.toml";

/// A project: the folder of its stack's file.
pub struct Project {
    pub root: Utf8PathBuf,
    /// The stack's file, from the root.
    pub file: Utf8PathBuf,
    pub world: Disk,
}

impl Project {
    /// The project of the given file, or of the nearest `stack.toml` in this folder or above. Where there is none, that of this
    /// folder: reading the file will say that it is missing.
    pub fn find(file: Option<&Utf8Path>) -> anyhow::Result<Self> {
        if let Some(file) = file {
            let (root, file) = Self::place_of(file)?;
            return Ok(Self::new(&root, &file));
        }
        let here = current_folder()?;
        let root = here.ancestors().find(|folder| folder.join(FILE_NAME).is_file()).unwrap_or(&here);
        Ok(Self::new(root, Utf8Path::new(FILE_NAME)))
    }

    /// The root of the project whose stack's file is this one, and the file seen from there.
    pub fn place_of(file: &Utf8Path) -> anyhow::Result<(Utf8PathBuf, Utf8PathBuf)> {
        let name = file
            .file_name()
            .with_context(|| format!("`{file}` names no file: end it with the file's name"))?;
        let folder = file.parent().filter(|folder| !folder.as_str().is_empty());
        Ok((folder.unwrap_or(Utf8Path::new(".")).to_owned(), name.into()))
    }

    /// The path, from the project's root, of a file that the user names from where they stand, or as stackgen names it.
    pub fn path_of(&self, named: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
        let here = current_folder()?;
        let root = plain(&here.join(&self.root));
        let from_here = plain(&here.join(named)).strip_prefix(&root).map(Utf8Path::to_owned);
        Ok(match from_here {
            Ok(path) if self.root.join(&path).exists() => path,
            _ => plain(named),
        })
    }

    /// Where the project lies in its git repository: empty in the repository's own folder, and outside of any.
    pub fn folder_in_repository(&self) -> Utf8PathBuf {
        let Ok(root) = self.root.canonicalize_utf8() else { return Utf8PathBuf::new() };
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        top.and_then(|top| root.strip_prefix(top).ok()).map(Utf8Path::to_owned).unwrap_or_default()
    }

    fn new(root: &Utf8Path, file: &Utf8Path) -> Self {
        Self { root: root.to_owned(), file: file.to_owned(), world: Disk::new(root.to_owned()) }
    }
}

/// A path without `.`, and without the `..` that its own text can undo.
pub fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[expect(clippy::disallowed_methods, reason = "the command line starts from where the user stands")]
pub fn current_folder() -> anyhow::Result<Utf8PathBuf> {
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    Utf8PathBuf::from_path_buf(here).map_err(|path| anyhow::anyhow!("`{}` is not UTF-8", path.display()))
}
