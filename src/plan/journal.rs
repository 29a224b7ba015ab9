//! `.stackgen/journal.json`: what a build is to leave, written before its first step and removed after its last. One that
//! lies there while nobody is at work is that of a build that was interrupted. Untrusted, like the manifest.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::contents::SIZE_LIMIT;
use super::local;
use super::manifest::{Manifest, Record, Refusal, printable, unreadable};
use super::written::Document;
use crate::diagnostics::Diagnostic;
use crate::source::World;

/// What a build is to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// The one name of the build's temporary files, in whatever folder they are.
    pub temporary: String,
    /// What stackgen owned when the build began. It can be more than the manifest on the disk says, which a build that was
    /// interrupted before has never written.
    pub before: Manifest,
    /// The manifest that the build ends with.
    pub after: Manifest,
}

/// Why a journal is not believed.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it is larger than {SIZE_LIMIT} bytes")]
    TooLarge,
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    #[error("{0}")]
    Manifest(#[from] Refusal),
    #[error("`{0}` is no name of a temporary file")]
    Temporary(String),
}

impl Journal {
    /// Reads the journal of a build that was interrupted; nothing where there is none.
    ///
    /// # Errors
    /// A diagnostic of the rule `manifest`, with the way out, where there is one that cannot be read or is not believed.
    pub fn load(world: &dyn World) -> Result<Option<Self>, Box<Diagnostic>> {
        let refused = |reason: String| Box::new(refusal(&reason));
        match world.read(Utf8Path::new(local::JOURNAL), SIZE_LIMIT) {
            Ok(bytes) => Self::parse(&bytes).map(Some).map_err(|fault| refused(fault.to_string())),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(unreadable(Utf8Path::new(local::JOURNAL), &error)),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() as u64 > SIZE_LIMIT {
            return Err(Fault::TooLarge);
        }
        let written: Written = serde_json::from_slice(bytes)?;
        if !is_temporary(&written.temporary) {
            return Err(Fault::Temporary(written.temporary));
        }
        let (before, after) = (Manifest::believed(written.before)?, Manifest::believed(written.after)?);
        Ok(Self { temporary: written.temporary, before, after })
    }

    /// What the build can have left at each path: the new first, since that was to stay.
    pub(super) fn records(&self) -> impl Iterator<Item = (&Utf8PathBuf, &Record)> {
        self.after.files.iter().chain(&self.before.files)
    }

    /// The journal as it is written.
    ///
    /// # Panics
    /// Never: maps with string keys and strings always have a JSON form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let (before, after) = (self.before.document(), self.after.document());
        let written = Written { temporary: self.temporary.clone(), before, after };
        #[expect(clippy::expect_used, reason = "maps with string keys and strings always have a JSON form")]
        let mut text = serde_json::to_string(&written).expect("a journal is plain JSON");
        text.push('\n');
        text
    }
}

/// What is said of a journal that is not believed.
pub(super) fn refusal(reason: &str) -> Diagnostic {
    let path = local::JOURNAL;
    Diagnostic::error("manifest", format!("`{path}` cannot be used: {}", printable(reason)))
        .note("it says what a build that was interrupted had begun to write")
        .help(format!("delete it and build again: `rm {path}`"))
}

/// The name of a temporary file: the first that is free in every folder where the build writes.
#[must_use]
pub fn temporary_name(number: u32) -> String {
    format!("{PREFIX}{number}{SUFFIX}")
}

const PREFIX: &str = ".stackgen-";
const SUFFIX: &str = ".tmp";

/// Whether stackgen can have given the name: a journal names files that are deleted.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX)).is_some_and(|number| {
        !number.is_empty() && number.len() < 10 && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The file's shape.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the journal of a build")]
struct Written {
    temporary: String,
    before: Document,
    after: Document,
}

#[cfg(test)]
mod tests {
    use super::{Journal, temporary_name};
    use crate::plan::{Manifest, Record, SIZE_LIMIT};
    use crate::source::Memory;

    fn journal(temporary: &str) -> Journal {
        let mut manifest = Manifest::empty();
        manifest.files.insert("a".into(), Record::of(b"a", true));
        Journal { temporary: temporary.to_owned(), before: Manifest::empty(), after: manifest }
    }

    fn load(text: impl Into<Vec<u8>>) -> Result<Option<Journal>, String> {
        let world = Memory::default().with(".stackgen/journal.json", text);
        Journal::load(&world).map_err(|refused| refused.message)
    }

    #[test]
    fn what_is_written_reads_back() {
        let journal = journal(&temporary_name(7));
        assert_eq!(load(journal.to_text()), Ok(Some(journal)));
    }

    #[test]
    fn without_a_journal_no_build_was_interrupted() {
        assert!(Journal::load(&Memory::default()).unwrap().is_none());
    }

    #[test]
    fn a_journal_that_names_other_peoples_files_is_refused() {
        for name in [
            "",
            "notes.txt",
            "../.stackgen-0.tmp",
            ".stackgen-.tmp",
            ".stackgen-0/../x.tmp",
            ".stackgen-x.tmp",
            ".stackgen-1234567890.tmp",
        ] {
            assert!(load(journal(name).to_text()).is_err(), "{name:?} was believed");
        }
        let elsewhere = journal(&temporary_name(0)).to_text().replace("\"a\"", "\"../a\"");
        let refused = load(elsewhere).unwrap_err();
        assert!(
            refused.contains("`.stackgen/journal.json` cannot be used: the path `../a` climbs"),
            "{refused}"
        );
        let large = " ".repeat(usize::try_from(SIZE_LIMIT).unwrap() + 1);
        for broken in [b"{".as_slice(), &[0xff], b"", large.as_bytes()] {
            assert!(load(broken).is_err());
        }
    }
}
