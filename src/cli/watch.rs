//! `stackgen build --watch`: a build whenever something changes that the last one has read.
//!
//! By looking again and again, five times a second: that works on every file system, mounts and containers included, and costs a
//! fraction of a millisecond for what a stack reads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};

use super::build::{BuildArgs, build_once};
use super::checked::marks;
use super::{Exit, Global, Project, print_failure};
use crate::source::{EntryKind, World};
use crate::{Compilation, compile};

/// How long between two looks.
const INTERVAL: Duration = Duration::from_millis(200);

/// How long nothing may change before a build begins: an editor or a checkout writes more than one file.
const QUIET: Duration = Duration::from_millis(120);

/// After how many looks a build begins, though something still changes.
const PATIENCE: usize = 25;

/// Builds until the process is ended. What is wrong is said, and mended by the next change.
pub fn run(global: &Global, project: &Project, args: &BuildArgs) -> anyhow::Result<Exit> {
    let mut is_first = true;
    loop {
        let seen = RefCell::new(Seen::default());
        let compiled = || {
            let watched = Watched { project, seen: Mutex::default() };
            let compilation: Compilation = compile(&watched, &project.file, global.env.as_deref());
            *seen.borrow_mut() = watched.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
            compilation
        };
        if let Err(error) = build_once(global, project, args, &compiled, !is_first) {
            print_failure(&error);
        }
        let seen = seen.into_inner();
        if is_first {
            global.say(&format!("watching {} files and folders; Ctrl-C ends it", seen.len()));
        }
        is_first = false;
        let changed = wait(project, &seen);
        global.say(&format!("\n`{changed}` has changed"));
    }
}

/// What a build has asked of the disk, and what it was told.
type Seen = BTreeMap<(Question, Utf8PathBuf), Answer>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Text,
    Kind,
    Names,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// When a file was written, how long it is, and what else tells it from another; nothing where there is none.
    Text(Option<(SystemTime, u64, Vec<u64>)>),
    Kind(Option<EntryKind>),
    Names(Vec<(String, EntryKind)>),
}

/// The project's files, with a note of each that is asked for. The note is taken first, so that no change after it is missed.
struct Watched<'a> {
    project: &'a Project,
    seen: Mutex<Seen>,
}

impl Watched<'_> {
    fn note(&self, question: Question, path: &Utf8Path) {
        let answer = answer(self.project, question, path);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry((question, path.to_owned())).or_insert(answer);
    }
}

impl World for Watched<'_> {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        self.note(Question::Text, path);
        self.project.world.read(path, limit)
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        self.note(Question::Kind, path);
        self.project.world.entry(path)
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        self.note(Question::Names, folder);
        self.project.world.list(folder)
    }

    fn link(&self, path: &Utf8Path) -> bool {
        self.project.world.link(path)
    }

    fn unseen(&self) -> Vec<(Utf8PathBuf, io::ErrorKind)> {
        self.project.world.unseen()
    }
}

fn answer(project: &Project, question: Question, path: &Utf8Path) -> Answer {
    match question {
        Question::Text => {
            let found = project.root.join(path).metadata().ok();
            Answer::Text(found.and_then(|found| Some((found.modified().ok()?, found.len(), marks(&found)))))
        }
        Question::Kind => Answer::Kind(project.world.entry(path)),
        Question::Names => Answer::Names(project.world.list(path)),
    }
}

/// Waits until something is not as it was seen, and then until it stays as it is. Gives a path that has changed.
fn wait(project: &Project, seen: &Seen) -> Utf8PathBuf {
    let changed = loop {
        thread::sleep(INTERVAL);
        if let Some(path) = changed(project, seen) {
            break path;
        }
    };
    let look = || -> Seen {
        seen.keys()
            .map(|(question, path)| ((*question, path.clone()), answer(project, *question, path)))
            .collect()
    };
    let mut last = look();
    for _ in 0..PATIENCE {
        thread::sleep(QUIET);
        let next = look();
        if next == last {
            break;
        }
        last = next;
    }
    changed
}

/// A file before a folder: that says more.
fn changed(project: &Project, seen: &Seen) -> Option<Utf8PathBuf> {
    let differs = |((question, path), before): (&(Question, Utf8PathBuf), &Answer)| {
        (answer(project, *question, path) != *before).then(|| path.clone())
    };
    seen.iter().find_map(differs)
}
