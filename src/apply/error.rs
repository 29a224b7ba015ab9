//! Why a build stopped.

use std::io::{self, ErrorKind};

use camino::Utf8PathBuf;

use crate::plan::{Obstacle, local};

/// Why a build stopped. Every file is whole, old or new; the next build finishes what is left.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Known before anything was written.
    #[error("{}", .obstacle.message(.path))]
    Blocked { path: Utf8PathBuf, obstacle: Obstacle },
    /// Somebody else wrote between the plan, which the user has seen, and its application.
    #[error("`{path}` has changed since the plan was made")]
    Changed { path: Utf8PathBuf },
    /// The system refused a step.
    #[error("cannot {step} `{path}`: {source}")]
    Step { step: &'static str, path: Utf8PathBuf, source: io::Error },
}

impl ApplyError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        let again = "run the command again to finish";
        match self {
            Self::Blocked { path, .. } if path.starts_with(local::FOLDER) => {
                format!("remove it, and stackgen makes `{}` anew", local::FOLDER)
            }
            Self::Blocked { obstacle, .. } => obstacle.help(),
            Self::Changed { path } => format!("look at `{path}`, then {again}"),
            Self::Step { path, source, .. } => match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                    format!("make room on the disk, then {again}")
                }
                ErrorKind::ReadOnlyFilesystem => format!("mount the file system for writing, then {again}"),
                ErrorKind::PermissionDenied if path == local::LOCK => {
                    format!(
                        "make `{path}` writable for you, or remove it while no build is at work, then {again}"
                    )
                }
                ErrorKind::PermissionDenied => {
                    let folder = path.parent().filter(|folder| !folder.as_str().is_empty());
                    let folder =
                        folder.map_or("the project's folder".to_owned(), |folder| format!("`{folder}`"));
                    format!("make {folder} writable for you, then {again}")
                }
                ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::AlreadyExists => {
                    format!("move what is in the way of `{path}`, then {again}")
                }
                _ => format!("mend the cause, then {again}"),
            },
        }
    }
}
