//! The steps that a build takes on the disk, one method each, so that a test can stop it after any of them.

use std::io::{self, Read as _, Write as _};

use camino::Utf8Path;
use cap_std::ambient_authority;
use cap_std::fs_utf8::{Dir, File, OpenOptions};

/// What a path is, its own link not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    /// A device, a pipe, a socket.
    Special,
}

/// The project's folder as `apply` sees it. Paths are relative to it, and none leads out of it.
///
/// Every method is one operation of the file system, and fails as the file system says.
#[expect(clippy::missing_errors_doc, reason = "the trait's own page says it once for all")]
pub trait Steps {
    /// What is at a path; nothing where nothing is.
    fn kind(&self, path: &Utf8Path) -> io::Result<Option<Kind>>;
    /// The first `limit` bytes of a file, and one more if it has more.
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>>;
    /// The names in a folder, in no order.
    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>>;
    fn create_folder(&self, path: &Utf8Path) -> io::Result<()>;
    /// A new file with its final mode; [`io::ErrorKind::AlreadyExists`] where there is anything of that name.
    fn create_file(&self, path: &Utf8Path, executable: bool) -> io::Result<File>;
    /// Gives a new file the mode of the file at a path, so that what was private stays so; its own where there is no file.
    fn keep_mode(&self, file: &File, of: &Utf8Path) -> io::Result<()>;
    fn write(&self, file: &mut File, contents: &[u8]) -> io::Result<()>;
    /// Waits until a file's contents are on the disk.
    fn sync_file(&self, file: &File) -> io::Result<()>;
    /// Moves a file over another, or to where there is none.
    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;
    fn remove_file(&self, path: &Utf8Path) -> io::Result<()>;
    /// Removes a folder; [`io::ErrorKind::DirectoryNotEmpty`] where it holds anything.
    fn remove_folder(&self, path: &Utf8Path) -> io::Result<()>;
    /// Waits until a folder's names are on the disk; the empty path is the project itself.
    fn sync_folder(&self, path: &Utf8Path) -> io::Result<()>;
}

/// A project on the disk, opened once: whatever a path or a link says, nothing outside is reached.
#[derive(Debug)]
pub struct Sandbox {
    root: Dir,
}

impl Sandbox {
    /// # Errors
    /// Where the folder cannot be opened.
    pub fn open(root: &Utf8Path) -> io::Result<Self> {
        Ok(Self { root: Dir::open_ambient_dir(root, ambient_authority())? })
    }

    /// Opens a file to read it.
    pub(super) fn open_file(&self, path: &Utf8Path) -> io::Result<File> {
        self.root.open(path)
    }

    /// Opens a file to read and write it, or makes an empty one.
    pub(super) fn open_or_create(&self, path: &Utf8Path) -> io::Result<File> {
        self.root.open_with(path, OpenOptions::new().read(true).write(true).create(true))
    }
}

impl Steps for Sandbox {
    fn kind(&self, path: &Utf8Path) -> io::Result<Option<Kind>> {
        let found = match self.root.symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?.file_type(),
        };
        Ok(Some(match () {
            () if found.is_symlink() => Kind::Link,
            () if found.is_file() => Kind::File,
            () if found.is_dir() => Kind::Folder,
            () => Kind::Special,
        }))
    }

    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut contents = Vec::new();
        self.root.open(path)?.take(limit + 1).read_to_end(&mut contents)?;
        Ok(contents)
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>> {
        self.root.read_dir(path)?.map(|entry| entry?.file_name()).collect()
    }

    fn create_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.root.create_dir(path)
    }

    fn create_file(&self, path: &Utf8Path, executable: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        set_mode(&mut options, executable);
        self.root.open_with(path, &options)
    }

    fn keep_mode(&self, file: &File, of: &Utf8Path) -> io::Result<()> {
        match self.root.symlink_metadata(of) {
            Ok(found) if found.is_file() => file.set_permissions(found.permissions()),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn write(&self, file: &mut File, contents: &[u8]) -> io::Result<()> {
        file.write_all(contents)
    }

    fn sync_file(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.root.rename(from, &self.root, to)
    }

    fn remove_file(&self, path: &Utf8Path) -> io::Result<()> {
        self.root.remove_file(path)
    }

    fn remove_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.root.remove_dir(path)
    }

    fn sync_folder(&self, path: &Utf8Path) -> io::Result<()> {
        sync_names(&self.root, path)
    }
}

/// The mode of a new file, from which the user's umask takes what it takes from every file.
#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, executable: bool) {
    use cap_std::fs_utf8::OpenOptionsExt as _;
    options.mode(if executable { 0o777 } else { 0o666 });
}

#[cfg(not(unix))]
fn set_mode(_: &mut OpenOptions, _: bool) {}

#[cfg(unix)]
fn sync_names(root: &Dir, path: &Utf8Path) -> io::Result<()> {
    let path = if path.as_str().is_empty() { Utf8Path::new(".") } else { path };
    match root.open(path)?.sync_all() {
        // Some network file systems cannot, and are no worse with stackgen than with any other program.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        synced => synced,
    }
}

/// Elsewhere a folder is no file that could be synced; the system keeps names safe on its own.
#[cfg(not(unix))]
fn sync_names(_: &Dir, _: &Utf8Path) -> io::Result<()> {
    Ok(())
}
