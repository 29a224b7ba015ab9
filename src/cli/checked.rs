//! What the last check on this machine found, so that one of which nothing has changed need not compile again.
//!
//! It lies in `.stackgen/`, is never committed, and is believed by nobody but the same program about the same file of the same disk:
//! one that comes along with a project from elsewhere does not even name them. Whoever can forge it can forge the program.

use std::fs::Metadata;

use serde::{Deserialize, Serialize};

use super::{Global, Project};
use crate::apply::keep_checked;
use crate::plan::{SIZE_LIMIT, digest, local};
use crate::source::{Testimony, World as _};

/// Where the next check of the same stack looks first.
pub struct Checked<'a> {
    project: &'a Project,
    of: Identity,
}

/// What has to be the same besides the answers of the project's files.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    stackgen: String,
    program: Vec<u64>,
    file: String,
    on_disk: Vec<u64>,
    environment: Option<String>,
}

/// A check that found nothing to say and nothing to do.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    of: Identity,
    summary: String,
    testimony: Testimony,
}

impl<'a> Checked<'a> {
    /// None where the system does not tell one file from another.
    pub fn new(global: &Global, project: &'a Project) -> Option<Self> {
        let program = std::env::current_exe().ok()?.metadata().ok()?;
        let file = project.root.join(&project.file).metadata().ok()?;
        let (program, on_disk) = (marks(&program), marks(&file));
        let tells_files_apart = !program.is_empty();
        let of = Identity {
            stackgen: env!("CARGO_PKG_VERSION").to_owned(),
            program,
            file: project.file.to_string(),
            on_disk,
            environment: global.env.clone(),
        };
        tells_files_apart.then_some(Self { project, of })
    }

    /// The summary of the last check, if this one would find the same.
    pub fn recall(&self) -> Option<String> {
        let contents = self.project.world.read(local::CHECKED.into(), SIZE_LIMIT).ok()?;
        let text = String::from_utf8(contents).ok()?;
        let (of_rest, rest) = text.split_once('\n')?;
        let is_whole = of_rest == digest(rest.as_bytes());
        let found: Found = is_whole.then(|| serde_json::from_str(rest).ok())??;
        (found.of == self.of && found.testimony.holds(&self.project.world)).then_some(found.summary)
    }

    /// Keeps what this check found. Where that fails, the next one takes as long.
    pub fn keep(self, summary: String, testimony: Testimony) {
        let found = Found { of: self.of, summary, testimony };
        if let Ok(rest) = serde_json::to_string(&found) {
            let contents = format!("{}\n{rest}", digest(rest.as_bytes()));
            let _ = keep_checked(&self.project.root, contents.as_bytes());
        }
    }
}

/// What no other file has, nor the same file after it was written: nobody can know it before the file lies on this disk.
/// Nothing where the system does not tell one file from another.
#[cfg(unix)]
pub fn marks(file: &Metadata) -> Vec<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let times = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
    [file.dev(), file.ino(), file.len()].into_iter().chain(times.map(i64::cast_unsigned)).collect()
}

#[cfg(not(unix))]
pub fn marks(_: &Metadata) -> Vec<u64> {
    Vec::new()
}
