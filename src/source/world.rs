//! The one way to the project's files: every read of every stage goes through [`World`], so that a compilation depends on
//! nothing else and can run on files that lie in memory.

use std::collections::BTreeMap;
use std::fs::{File, FileType};
use std::io::{self, Read as _};
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

/// What a path leads to, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Folder,
    /// A device, a pipe, a socket.
    Other,
}

impl EntryKind {
    fn of(kind: FileType) -> Self {
        match () {
            () if kind.is_file() => Self::File,
            () if kind.is_dir() => Self::Folder,
            () => Self::Other,
        }
    }
}

/// The project's files. Paths are relative to its root. Several threads may ask at once.
pub trait World: Sync {
    /// The first `limit` bytes of a file and one more, if it has more.
    ///
    /// # Errors
    /// As the file system says, among them [`io::ErrorKind::NotFound`] and [`io::ErrorKind::IsADirectory`];
    /// [`io::ErrorKind::Other`] for what is neither file nor folder.
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>>;

    /// What the path leads to; nothing where it leads nowhere.
    fn entry(&self, path: &Utf8Path) -> Option<EntryKind>;

    /// The names in a folder, sorted; nothing where there is no such folder.
    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)>;

    /// Whether the path itself is a link, wherever it leads; a world without links has none.
    fn link(&self, _path: &Utf8Path) -> bool {
        false
    }

    /// What [`World::entry`] and [`World::list`] could not look at when they were asked last, and why: there may be something all the
    /// same, so an answer that rests on these is none.
    fn unseen(&self) -> Vec<(Utf8PathBuf, io::ErrorKind)> {
        Vec::new()
    }
}

/// A project on the disk.
#[derive(Debug, Clone)]
pub struct Disk {
    root: Utf8PathBuf,
    unseen: Arc<Mutex<BTreeMap<Utf8PathBuf, io::ErrorKind>>>,
}

impl Disk {
    #[must_use]
    pub fn new(root: Utf8PathBuf) -> Self {
        Self { root, unseen: Arc::default() }
    }

    /// An answer of the file system; none where nothing is there, and where nobody can tell, which is noted.
    fn seen<T>(&self, path: &Utf8Path, answer: io::Result<T>) -> Option<T> {
        let mut unseen = self.unseen.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, problem) = match answer {
            Ok(seen) => (Some(seen), None),
            Err(error) => (None, Some(error.kind()).filter(|kind| !is_absence(*kind))),
        };
        match problem {
            Some(problem) => drop(unseen.insert(path.to_owned(), problem)),
            None => drop(unseen.remove(path)),
        }
        seen
    }
}

/// Whether an error says that nothing can be at a path.
fn is_absence(error: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error, NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

impl World for Disk {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        let path = self.root.join(path);
        let metadata = path.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        // One byte more than the file has: room to see its end without growing.
        let room = metadata.len().min(limit) + 1;
        let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        let found = self.seen(path, self.root.join(path).metadata())?;
        Some(EntryKind::of(found.file_type()))
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        let Some(entries) = self.seen(folder, self.root.join(folder).read_dir_utf8()) else {
            return Vec::new();
        };
        let mut names: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().to_owned();
                // The folder says what lies in it; only a link has to be followed, to nowhere perhaps.
                let kind = match entry.file_type() {
                    Ok(kind) if !kind.is_symlink() => EntryKind::of(kind),
                    _ => entry
                        .path()
                        .metadata()
                        .map_or(EntryKind::Other, |found| EntryKind::of(found.file_type())),
                };
                Some((name, kind))
            })
            .collect();
        names.sort_by(|left, right| left.0.cmp(&right.0));
        names
    }

    fn link(&self, path: &Utf8Path) -> bool {
        self.root.join(path).symlink_metadata().is_ok_and(|found| found.is_symlink())
    }

    fn unseen(&self) -> Vec<(Utf8PathBuf, io::ErrorKind)> {
        let unseen = self.unseen.lock().unwrap_or_else(PoisonError::into_inner);
        unseen.iter().map(|(path, problem)| (path.clone(), *problem)).collect()
    }
}

/// A project in memory: for tests, and for editors whose text is not on the disk yet.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
    folders: Vec<Utf8PathBuf>,
}

impl Memory {
    #[must_use]
    pub fn with(mut self, path: impl Into<Utf8PathBuf>, contents: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), contents.into());
        self
    }

    #[must_use]
    pub fn with_folder(mut self, path: impl Into<Utf8PathBuf>) -> Self {
        self.folders.push(path.into());
        self
    }
}

impl World for Memory {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.files.get(path).ok_or_else(|| match self.entry(path) {
            Some(_) => io::ErrorKind::IsADirectory,
            None => io::ErrorKind::NotFound,
        })?;
        let end = bytes.len().min(usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1));
        Ok(bytes[..end].to_vec())
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        if self.files.contains_key(path) {
            return Some(EntryKind::File);
        }
        let below = |candidate: &Utf8Path| candidate.starts_with(path);
        let is_folder = path.as_str().is_empty()
            || self.files.keys().any(|file| below(file))
            || self.folders.iter().any(|folder| below(folder));
        is_folder.then_some(EntryKind::Folder)
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        let mut names: BTreeMap<String, EntryKind> = BTreeMap::new();
        for path in self.files.keys().chain(&self.folders) {
            let Ok(rest) = path.strip_prefix(folder) else { continue };
            if let Some(name) = rest.components().next() {
                let name = name.as_str();
                if let Some(kind) = self.entry(&folder.join(name)) {
                    names.insert(name.to_owned(), kind);
                }
            }
        }
        names.into_iter().collect()
    }
}
