//! How a wanted file and the disk stand to each other.

use camino::{Utf8Path, Utf8PathBuf};

use super::contents::SIZE_LIMIT;
use super::manifest::printable;
use crate::diagnostics::Diagnostic;

/// What is to become of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Wanted, and not there.
    Create,
    /// As stackgen left it, and wanted differently.
    Update,
    /// As wanted, whatever its line ends and its mode.
    Unchanged,
    /// As stackgen left it, and no longer wanted: it is deleted.
    Stale,
    /// Changed by hand since stackgen wrote it: it is kept.
    Edited(Edit),
    /// Wanted, but what is there was not written by stackgen: it is kept.
    Foreign,
    /// What is there, or the path itself, keeps it from being written: nothing is written at all.
    Blocked(Obstacle),
}

/// What stackgen would have done with a file that was edited by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Written something else.
    Wanted,
    /// Deleted it.
    Stale,
}

impl State {
    /// One or a few words for a list of changes.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
            Self::Stale => "delete",
            Self::Edited(Edit::Wanted) => "edited by hand",
            Self::Edited(Edit::Stale) => "edited by hand, no longer wanted",
            Self::Foreign => "not stackgen's",
            Self::Blocked(_) => "blocked",
        }
    }

    /// Whether applying the plan touches the file.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Stale)
    }

    /// Whether the file is kept although the stack says otherwise, until the user has spoken.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Edited(_) | Self::Foreign)
    }
}

/// What keeps a path from being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The path may not be owned; worded to follow its name.
    Unfit(&'static str),
    /// Two outputs, or an output and the manifest, want the path.
    WantedTwice,
    /// Another output is a file where this one needs a folder.
    BelowOutput(Utf8PathBuf),
    /// The path, or a folder on the way to it, is a link.
    Link(Utf8PathBuf),
    /// Something on the way to the path is no folder.
    NotAFolder(Utf8PathBuf),
    /// A folder lies where the file is to be.
    Folder,
    /// A device, a pipe or a socket lies where the file is to be.
    Special,
    /// The manifest is that of another stack, whose file is there.
    OtherStack {
        /// The file that the outputs were built from.
        owner: Utf8PathBuf,
        /// The file that was to be built.
        file: Utf8PathBuf,
    },
    /// What lies there is larger than [`SIZE_LIMIT`].
    TooLarge,
    /// What lies there cannot be read; the system's reason.
    Unreadable(String),
}

impl Obstacle {
    /// What is in the way of the path.
    #[must_use]
    pub fn message(&self, path: &Utf8Path) -> String {
        match self {
            Self::Unfit(fault) => {
                format!("the output path `{}` {fault}", path.as_str().escape_debug())
            }
            Self::WantedTwice => format!("two outputs want the path `{path}`"),
            Self::BelowOutput(above) => {
                format!("`{path}` cannot be written below `{above}`, which is an output itself")
            }
            Self::Link(link) if link == path => {
                format!("`{path}` is a link, and stackgen writes through none")
            }
            Self::Link(link) => {
                format!("`{path}` lies behind the link `{link}`, and stackgen writes through none")
            }
            Self::NotAFolder(file) => format!("`{path}` cannot be written: `{file}` is not a folder"),
            Self::Folder => format!("`{path}` cannot be written: there is a folder of that name"),
            Self::Special => format!("`{path}` cannot be written: it is not a regular file"),
            Self::OtherStack { owner, file } => {
                let [owner, file] = [owner, file].map(|file| printable(file.as_str()));
                format!("`{path}` is that of `{owner}`, so `{file}` cannot be built into the same folder")
            }
            Self::TooLarge => {
                format!("`{path}` is larger than {SIZE_LIMIT} bytes, so stackgen has not written it")
            }
            Self::Unreadable(reason) => format!("`{path}` cannot be read: {reason}"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unfit(_) | Self::WantedTwice | Self::BelowOutput(_) => {
                "give one of the targets another `out`".to_owned()
            }
            Self::Link(link) => {
                format!("replace the link `{link}` by what it leads to, or give the target another `out`")
            }
            Self::NotAFolder(file) => format!("move `{file}` away, or give the target another `out`"),
            Self::Folder | Self::Special | Self::TooLarge => {
                "move it away, or give the target another `out`".to_owned()
            }
            Self::OtherStack { file, .. } => {
                format!("put `{0}` into a folder of its own, and build it there", printable(file.as_str()))
            }
            Self::Unreadable(_) => "make it readable for you".to_owned(),
        }
    }

    /// The finding that stops the build.
    #[must_use]
    pub fn diagnostic(&self, path: &Utf8Path) -> Diagnostic {
        let blocked = || Diagnostic::error("blocked-output", self.message(path)).help(self.help());
        match self {
            Self::OtherStack { owner, file } => self.two_stacks(path, owner, file),
            // Not a path that could be shown as one.
            Self::Unfit(_) => blocked(),
            _ => blocked().in_file(path),
        }
    }

    fn two_stacks(&self, manifest: &Utf8Path, owner: &Utf8Path, file: &Utf8Path) -> Diagnostic {
        let [owner, file] = [owner, file].map(|file| printable(file.as_str()));
        Diagnostic::error("two-stacks", self.message(manifest))
            .in_file(manifest)
            .note(format!(
                "a build of `{file}` would change the files that both want, and delete those that `{owner}` alone wants; so would the next build of `{owner}`, the other way round"
            ))
            .help(self.help())
            .help(format!(
                "or, where the two are one stack in two settings, say in `{owner}` what differs, under `[environments.NAME]`"
            ))
            .help(format!(
                "or, where `{file}` is to take the place of `{owner}`, delete `{owner}`, or build `{file}` with `--adopt {manifest}`"
            ))
    }
}
