//! Everything below a folder as it is at one moment, to be held against another moment. Links are not followed.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What lies at each path, the folder itself under the empty one.
pub type Snapshot = BTreeMap<PathBuf, Entry>;

/// What is known of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub what: What,
    pub mode: u32,
    /// Seconds and nanoseconds since 1970.
    pub modified: (i64, i64),
}

#[derive(Clone, PartialEq, Eq)]
pub enum What {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    /// A device, a pipe, a socket.
    Special,
}

impl std::fmt::Debug for What {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder => formatter.write_str("a folder"),
            Self::File(bytes) => write!(formatter, "{:?}", String::from_utf8_lossy(bytes)),
            Self::Link(target) => write!(formatter, "a link to {}", target.display()),
            Self::Special => formatter.write_str("no regular file"),
        }
    }
}

/// All that lies in a folder, but for what is left out: paths from the folder on, with what is below them.
pub fn snapshot(root: &Path, is_left_out: impl Fn(&Path) -> bool) -> Snapshot {
    let mut found = Snapshot::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(path) = waiting.pop() {
        let at = root.join(&path);
        let metadata = at.symlink_metadata().unwrap();
        let kind = metadata.file_type();
        let what = match () {
            () if kind.is_symlink() => What::Link(fs::read_link(&at).unwrap()),
            () if kind.is_dir() => What::Folder,
            () if kind.is_file() => What::File(fs::read(&at).unwrap()),
            () => What::Special,
        };
        if what == What::Folder {
            let names = fs::read_dir(&at).unwrap().map(|entry| path.join(entry.unwrap().file_name()));
            waiting.extend(names.filter(|path| !is_left_out(path)));
        }
        let modified = (metadata.mtime(), metadata.mtime_nsec());
        found.insert(path, Entry { what, mode: metadata.mode(), modified });
    }
    found
}

/// Says what differs, path by path.
#[track_caller]
pub fn assert_same(before: &Snapshot, after: &Snapshot, when: &str) {
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for path in paths {
        assert!(
            before.get(path) == after.get(path),
            "{when}: `{}` has changed\nbefore: {:?}\nafter:  {:?}",
            path.display(),
            before.get(path),
            after.get(path)
        );
    }
}
