//! One build at a time: whoever plans to write holds the project's lock until it has written.

use std::fs::TryLockError;
use std::io::{Read as _, Write as _};
use std::time::SystemTime;

use camino::Utf8Path;
use cap_std::fs_utf8::File;

use super::{ApplyError, Kind, Sandbox, Steps as _, failed, guard, own};
use crate::plan::{Obstacle, local};

/// A project that nobody else builds: the lock is held as long as this lives, and falls with the process.
#[derive(Debug)]
pub struct Lock {
    pub(super) sandbox: Sandbox,
    /// Locked, and with the process's number in it.
    file: std::fs::File,
}

/// The build that holds the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// The number of its process, on the machine or in the container where it runs.
    pub process: Option<u32>,
    /// When it took the lock.
    pub since: Option<SystemTime>,
}

impl Lock {
    /// Takes the lock of the project in a folder; whoever holds it, where somebody does.
    ///
    /// # Errors
    /// An [`ApplyError`] where the lock's file cannot be made, or where a link or something else lies in its place.
    pub fn try_take(root: &Utf8Path) -> Result<Result<Self, Holder>, ApplyError> {
        let sandbox = Sandbox::open(root).map_err(failed("open", root))?;
        own::folder(&sandbox, Utf8Path::new(local::FOLDER))?;
        let file = open(&sandbox)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(file))),
            // Some network file systems know no locks: a build is as safe there as any other program.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed("lock", path())(error)),
            Ok(()) => {}
        }
        let mut lock = Self { sandbox, file };
        lock.sign().map_err(failed("write", path()))?;
        own::tidy(&lock.sandbox)?;
        Ok(Ok(lock))
    }

    /// Who builds the project in a folder just now. Never waits, and changes nothing.
    #[must_use]
    pub fn holder(root: &Utf8Path) -> Option<Holder> {
        let sandbox = Sandbox::open(root).ok()?;
        let file = sandbox.open_file(path()).ok()?.into_std();
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(holder(file)),
            _ => None,
        }
    }

    /// Tells those who wait whom they wait for.
    fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        writeln!(self.file, "{}", std::process::id())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A name that stays behind names nobody: it counts only while the file is locked.
        let _ = self.file.set_len(0);
        // Said, and not left to the closing of the file: a process that another thread is just starting has it open, too.
        let _ = self.file.unlock();
    }
}

fn path() -> &'static Utf8Path {
    Utf8Path::new(local::LOCK)
}

fn open(sandbox: &Sandbox) -> Result<std::fs::File, ApplyError> {
    let blocked = |obstacle| ApplyError::Blocked { path: path().to_owned(), obstacle };
    guard::way(sandbox, path())?;
    match sandbox.kind(path()).map_err(failed("look at", path()))? {
        None | Some(Kind::File) => {}
        Some(Kind::Link) => return Err(blocked(Obstacle::Link(path().to_owned()))),
        Some(Kind::Folder) => return Err(blocked(Obstacle::Folder)),
        Some(Kind::Special) => return Err(blocked(Obstacle::Special)),
    }
    sandbox.open_or_create(path()).map(File::into_std).map_err(failed("open", path()))
}

fn holder(file: std::fs::File) -> Holder {
    /// More than any process's number has digits.
    const DIGITS: u64 = 20;
    let since = file.metadata().and_then(|found| found.modified()).ok();
    let mut text = String::new();
    let process = file.take(DIGITS).read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
    Holder { process, since }
}
