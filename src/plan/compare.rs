//! Making a plan: each path on the disk, in the manifest and among the outputs, held against one another.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::contents::{SIZE_LIMIT, Version, digest, same};
use super::local::recorded_text;
use super::manifest::{FILE_NAME, Manifest, Record, this_version};
use super::owned::Owned;
use super::path::{folders_of, unfit};
use super::state::{Edit, Obstacle, State};
use super::{Change, Plan, recased};
use crate::parallel;
use crate::render::Output;
use crate::source::{EntryKind, World};

/// Plans how the outputs get to the disk, given what stackgen owned before. The manifest lies in `folder`.
///
/// Never fails: what stands in the way of a path is the path's state, so that all of it is reported at once.
#[must_use]
pub fn plan(world: &dyn World, outputs: Vec<Output>, owned: Owned, folder: &Utf8Path) -> Plan {
    let manifest_path = folder.join(FILE_NAME);
    let wanted = Wanted::new(outputs, &manifest_path);
    let mut survey =
        Survey { world, folders: Mutex::default(), leaving: BTreeSet::new(), begun: BTreeSet::new() };
    let mut manifest = caught_up(&survey, &owned);
    recased::hand_on(world, &mut manifest, &wanted.files);
    let interrupted = owned.interrupted;
    if let Some(journal) = &interrupted {
        survey.begun =
            journal.records().flat_map(|(path, _)| folders_of(path)).map(Utf8Path::to_owned).collect();
    }

    let mut changes = Vec::new();
    for (path, record) in &manifest.files {
        if !wanted.files.contains_key(path.as_str()) && *path != manifest_path {
            changes.extend(unwanted(&survey, path, record));
        }
    }
    survey.leaving = leaving(&changes);
    if let Some(journal) = &interrupted {
        let leftovers: Vec<_> = survey.begun.iter().map(|folder| folder.join(&journal.temporary)).collect();
        survey.leaving.extend(leftovers);
    }
    let files: Vec<_> = wanted.files.iter().collect();
    let verdicts = parallel::each(&files, |(path, after)| {
        let (obstacle, path) = (wanted.obstacle(path), Utf8Path::new(path));
        let found = obstacle.map_or_else(|| survey.look(path), Found::Blocked);
        verdict(found, after, manifest.files.get(path))
    });
    for ((path, after), verdict) in wanted.files.into_iter().zip(verdicts) {
        let path = Utf8PathBuf::from(path);
        let record = manifest.files.get(&path);
        changes.push(desired(path, verdict, after, record));
    }
    changes.sort_by(|left, right| left.path.cmp(&right.path));

    let mut plan = Plan {
        changes,
        manifest: manifest_on_disk(&survey, manifest_path),
        intended: manifest.clone(),
        version_differs: (manifest.stackgen != this_version())
            .then(|| (manifest.stackgen.clone(), this_version())),
        recorded: manifest,
        interrupted,
        beyond: Vec::new(),
        claim: owned.claim,
    };
    plan.guard_manifest();
    plan.renew_manifest();
    plan.recall(|_, sha256| recorded_text(world, sha256));
    plan
}

/// The manifest, and what stackgen has written besides: by a build that was interrupted, or by one whose manifest was taken back.
/// Those files are as stackgen left them, whatever the manifest says.
fn caught_up(survey: &Survey<'_>, owned: &Owned) -> Manifest {
    let mut manifest = owned.manifest.clone();
    for (path, record) in owned.later_records() {
        let known = manifest.files.get(path);
        if known != Some(record)
            && let Found::File(contents) = survey.look(path)
            && !known.is_some_and(|known| is_as_left(&contents, known))
            && is_as_left(&contents, record)
        {
            manifest.files.insert(path.clone(), record.clone());
        }
    }
    manifest
}

/// The outputs by path, and what is wrong with the paths among themselves. A path that may be owned has one spelling, so that paths are
/// compared as the strings that they are.
struct Wanted {
    files: IndexMap<String, Version>,
    twice: BTreeSet<String>,
}

impl Wanted {
    fn new(outputs: Vec<Output>, manifest: &Utf8Path) -> Self {
        let mut wanted = Self { files: IndexMap::new(), twice: BTreeSet::from([manifest.to_string()]) };
        for Output { path, contents, executable, .. } in outputs {
            let version = Version { contents: contents.into_bytes(), executable };
            if wanted.files.insert(path.to_string(), version).is_some() {
                wanted.twice.insert(path.into_string());
            }
        }
        wanted
    }

    fn obstacle(&self, path: &str) -> Option<Obstacle> {
        if let Some(fault) = unfit(path) {
            return Some(Obstacle::Unfit(fault));
        }
        if self.twice.contains(path) {
            return Some(Obstacle::WantedTwice);
        }
        let is_file = |folder: &&Utf8Path| {
            self.files.contains_key(folder.as_str()) || self.twice.contains(folder.as_str())
        };
        folders_of(Utf8Path::new(path))
            .into_iter()
            .find(is_file)
            .map(|above| Obstacle::BelowOutput(above.to_owned()))
    }
}

/// What becomes of a recorded file that nothing wants any more; nothing where it is gone already.
fn unwanted(survey: &Survey<'_>, path: &Utf8Path, record: &Record) -> Option<Change> {
    let executable = record.executable;
    let change = |state, contents| {
        let before = Some(Version { contents, executable });
        Change { path: path.to_owned(), state, before, after: None, recorded: None, keep_copy: false }
    };
    match survey.look(path) {
        Found::File(contents) if is_as_left(&contents, record) => Some(change(State::Stale, contents)),
        Found::File(contents) => Some(change(State::Edited(Edit::Stale), contents)),
        Found::Blocked(obstacle @ (Obstacle::TooLarge | Obstacle::Unreadable(_))) => {
            Some(blocked(path, obstacle))
        }
        // A folder, a link or a pipe is not what stackgen has written: that file is gone, and its record goes with it.
        Found::Blocked(_) | Found::Absent => None,
    }
}

/// What becomes of a wanted file, and what is on the disk where that is anything else.
fn verdict(found: Found, after: &Version, record: Option<&Record>) -> (State, Option<Version>) {
    let contents = match found {
        Found::Blocked(obstacle) => return (State::Blocked(obstacle), None),
        Found::Absent => return (State::Create, None),
        Found::File(contents) => contents,
    };
    let is_same = same(&contents, &after.contents);
    let state = match record {
        // Only what was asked for before can tell whether the mode was meant to change: the disk may have lost it.
        Some(record) if is_same && record.executable != after.executable => State::Update,
        _ if is_same => return (State::Unchanged, None),
        Some(record) if is_as_left(&contents, record) => State::Update,
        Some(_) => State::Edited(Edit::Wanted),
        None => State::Foreign,
    };
    let executable = record.is_some_and(|record| record.executable);
    (state, Some(Version { contents, executable }))
}

fn desired(
    path: Utf8PathBuf,
    (state, before): (State, Option<Version>),
    after: Version,
    record: Option<&Record>,
) -> Change {
    let is_recorded = |after: &Version| record.is_some_and(|record| digest(&after.contents) == record.sha256);
    let is_edited = matches!(state, State::Edited(_));
    let recorded = (is_edited && is_recorded(&after)).then(|| after.contents.clone());
    let after = (!matches!(state, State::Blocked(_))).then_some(after);
    Change { path, state, before, after, recorded, keep_copy: false }
}

/// Whether a file is as its record says. Outputs are text: of anything else stackgen cannot be the author, whoever recorded it.
fn is_as_left(contents: &[u8], record: &Record) -> bool {
    std::str::from_utf8(contents).is_ok() && digest(contents) == record.sha256
}

fn blocked(path: &Utf8Path, obstacle: Obstacle) -> Change {
    let state = State::Blocked(obstacle);
    Change { path: path.to_owned(), state, before: None, after: None, recorded: None, keep_copy: false }
}

fn leaving(changes: &[Change]) -> BTreeSet<Utf8PathBuf> {
    changes.iter().filter(|change| change.state == State::Stale).map(|change| change.path.clone()).collect()
}

/// The manifest's own change, so far with what is on the disk only.
fn manifest_on_disk(survey: &Survey<'_>, path: Utf8PathBuf) -> Change {
    match survey.look(&path) {
        Found::Blocked(obstacle) => blocked(&path, obstacle),
        found => {
            let before = match found {
                Found::File(contents) => Some(Version { contents, executable: false }),
                _ => None,
            };
            Change { path, state: State::Create, before, after: None, recorded: None, keep_copy: false }
        }
    }
}

/// What lies at a path.
enum Found {
    Absent,
    File(Vec<u8>),
    Blocked(Obstacle),
}

/// A look at the disk that follows no link, and knows what is about to leave.
struct Survey<'a> {
    world: &'a dyn World,
    /// What is known of each folder on the way to an output.
    folders: Mutex<IndexMap<String, Way>>,
    /// The files that the plan deletes: nothing that they alone stand in the way of is blocked.
    leaving: BTreeSet<Utf8PathBuf>,
    /// The folders that an interrupted build may have made, and got no further.
    begun: BTreeSet<Utf8PathBuf>,
}

/// What a folder on the way to a file turns out to be.
#[derive(Clone, Copy)]
enum Way {
    Open,
    Absent,
    Link,
    Closed,
}

impl Survey<'_> {
    fn look(&self, path: &Utf8Path) -> Found {
        for folder in folders_of(path) {
            match self.way(folder) {
                Way::Open => {}
                Way::Absent => return self.read(path),
                Way::Link => return Found::Blocked(Obstacle::Link(folder.to_owned())),
                Way::Closed if self.leaving.contains(folder) => return Found::Absent,
                Way::Closed => return Found::Blocked(Obstacle::NotAFolder(folder.to_owned())),
            }
        }
        if self.world.link(path) {
            return Found::Blocked(Obstacle::Link(path.to_owned()));
        }
        match self.world.entry(path) {
            None | Some(EntryKind::File) => self.read(path),
            Some(EntryKind::Folder) if self.empties(path) => Found::Absent,
            Some(EntryKind::Folder) => Found::Blocked(Obstacle::Folder),
            Some(EntryKind::Other) => Found::Blocked(Obstacle::Special),
        }
    }

    /// What a file holds. Only the system can say that there is none: a folder that may not be entered hides what is in it.
    fn read(&self, path: &Utf8Path) -> Found {
        match self.world.read(path, SIZE_LIMIT) {
            Ok(contents) if contents.len() as u64 > SIZE_LIMIT => Found::Blocked(Obstacle::TooLarge),
            Ok(contents) => Found::File(contents),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Found::Absent
            }
            Err(error) => Found::Blocked(Obstacle::Unreadable(error.to_string())),
        }
    }

    fn way(&self, folder: &Utf8Path) -> Way {
        let folders = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders().get(folder.as_str()) {
            return *known;
        }
        let way = match self.world.entry(folder) {
            _ if self.world.link(folder) => Way::Link,
            Some(EntryKind::Folder) => Way::Open,
            Some(_) => Way::Closed,
            None => Way::Absent,
        };
        folders().insert(folder.to_string(), way);
        way
    }

    /// Whether a folder holds nothing but files that are about to leave, so that it goes with them.
    fn empties(&self, folder: &Utf8Path) -> bool {
        let entries = self.world.list(folder);
        (!entries.is_empty() || self.begun.contains(folder))
            && entries.iter().all(|(name, kind)| {
                let path = folder.join(name);
                match kind {
                    _ if self.world.link(&path) => false,
                    EntryKind::Folder => self.empties(&path),
                    _ => self.leaving.contains(&path),
                }
            })
    }
}
