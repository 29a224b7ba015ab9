//! What a compilation has asked its world, and what it was told: as long as the answers stay the same, so does what came of them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::world::{EntryKind, World};
use crate::parallel;

/// Passes every question on to another world, and keeps what was answered.
pub struct Witness<'w> {
    world: &'w dyn World,
    answers: Mutex<BTreeMap<Question, Answer>>,
}

/// One thing that a world can be asked. Paths are from the project's root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Question {
    Read(String, u64),
    Entry(String),
    List(String),
    Link(String),
}

/// The SHA-256 of what was answered, as hex digits; the answer itself where that is a word.
type Answer = String;

/// The answer of a world that gave two to one question. No world gives it.
const CHANGED_MEANWHILE: &str = "changed meanwhile";

/// Everything that was asked, each thing once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testimony(Vec<(Question, Answer)>);

impl<'w> Witness<'w> {
    #[must_use]
    pub fn new(world: &'w dyn World) -> Self {
        Self { world, answers: Mutex::default() }
    }

    /// What was asked so far.
    #[must_use]
    pub fn testimony(self) -> Testimony {
        let answers = self.answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        Testimony(answers.into_iter().collect())
    }

    fn note(&self, question: Question, answer: Answer) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let first = answers.entry(question).or_insert_with(|| answer.clone());
        if *first != answer {
            CHANGED_MEANWHILE.clone_into(first);
        }
    }
}

impl World for Witness<'_> {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        let contents = self.world.read(path, limit);
        self.note(Question::Read(path.to_string(), limit), of_contents(&contents));
        contents
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        let entry = self.world.entry(path);
        self.note(Question::Entry(path.to_string()), of_entry(entry));
        entry
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        let names = self.world.list(folder);
        self.note(Question::List(folder.to_string()), of_list(&names));
        names
    }

    fn link(&self, path: &Utf8Path) -> bool {
        let is_link = self.world.link(path);
        self.note(Question::Link(path.to_string()), is_link.to_string());
        is_link
    }

    fn unseen(&self) -> Vec<(Utf8PathBuf, io::ErrorKind)> {
        self.world.unseen()
    }
}

impl Testimony {
    /// Whether a world would answer everything as it was answered then.
    #[must_use]
    pub fn holds(&self, world: &dyn World) -> bool {
        let is_same = |(question, answer): &(Question, Answer)| question.asked(world) == *answer;
        parallel::each(&self.0, is_same).into_iter().all(|same| same)
    }
}

impl Question {
    fn asked(&self, world: &dyn World) -> Answer {
        let path = |path: &str| Utf8PathBuf::from(path);
        match self {
            Self::Read(name, limit) => of_contents(&world.read(&path(name), *limit)),
            Self::Entry(name) => of_entry(world.entry(&path(name))),
            Self::List(name) => of_list(&world.list(&path(name))),
            Self::Link(name) => world.link(&path(name)).to_string(),
        }
    }
}

fn of_contents(contents: &io::Result<Vec<u8>>) -> Answer {
    match contents {
        Ok(contents) => hexadecimal(&Sha256::digest(contents)),
        Err(error) => error.to_string(),
    }
}

fn of_entry(entry: Option<EntryKind>) -> Answer {
    format!("{entry:?}")
}

fn of_list(names: &[(String, EntryKind)]) -> Answer {
    let mut digest = Sha256::new();
    for (name, kind) in names {
        // No name holds a NUL.
        digest.update(format!("{name}\0{kind:?}\0"));
    }
    hexadecimal(&digest.finalize())
}

fn hexadecimal(digest: &[u8]) -> String {
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicU8, Ordering};

    use camino::Utf8Path;

    use super::{Testimony, Witness};
    use crate::source::{EntryKind, Memory, World};

    fn told() -> (Memory, Testimony) {
        let world = Memory::default().with("stack.toml", "a").with("templates/a", "b");
        let witness = Witness::new(&world);
        assert!(witness.read(Utf8Path::new("stack.toml"), 10).is_ok());
        assert!(witness.read(Utf8Path::new("absent"), 10).is_err());
        assert_eq!(witness.list(Utf8Path::new("templates")).len(), 1);
        assert!(witness.entry(Utf8Path::new("services")).is_none());
        assert!(!witness.link(Utf8Path::new("stack.toml")));
        let testimony = witness.testimony();
        (world, testimony)
    }

    #[test]
    fn what_was_told_holds_as_long_as_every_answer_is_the_same() {
        let (world, testimony) = told();
        assert!(testimony.holds(&world));
        assert!(testimony.holds(&world.clone().with("unasked", "c")));
        for (path, contents) in
            [("stack.toml", "A"), ("absent", ""), ("templates/c", ""), ("services/main.py", "")]
        {
            assert!(!testimony.holds(&world.clone().with(path, contents)), "{path}");
        }
    }

    /// A file that is written to all the time.
    #[derive(Default)]
    struct Restless(AtomicU8);

    impl World for Restless {
        fn read(&self, _: &Utf8Path, _: u64) -> io::Result<Vec<u8>> {
            // There and back, so that the first answer comes again.
            Ok(vec![self.0.fetch_add(1, Ordering::Relaxed) % 2])
        }

        fn entry(&self, _: &Utf8Path) -> Option<EntryKind> {
            None
        }

        fn list(&self, _: &Utf8Path) -> Vec<(String, EntryKind)> {
            Vec::new()
        }
    }

    #[test]
    fn what_changed_between_two_answers_never_holds() {
        let world = Restless::default();
        let witness = Witness::new(&world);
        for _ in 0..2 {
            witness.read(Utf8Path::new("stack.toml"), 10).unwrap();
        }
        let testimony = witness.testimony();
        assert!(!testimony.holds(&world) && !testimony.holds(&world));
    }

    #[test]
    fn a_testimony_survives_being_written_down() {
        let (world, testimony) = told();
        let written = serde_json::to_string(&testimony).unwrap();
        let read: Testimony = serde_json::from_str(&written).unwrap();
        assert_eq!(read, testimony);
        assert!(read.holds(&world));
    }
}
