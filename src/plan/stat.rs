//! A change in numbers: how much of a file comes and goes, for who wants to see which files change, and not how.

use similar::DiffOp;

use super::lines::{lines, operations};
use super::{Change, Version};

/// How much of a file a change touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stat {
    /// Lines that stand in its patch with a `+`.
    pub added: usize,
    /// Lines that stand there with a `-`.
    pub removed: usize,
    /// Whether the file may be run from now on, or no longer.
    pub mode: bool,
}

/// Counts the lines of a change, from what is on the disk to what is wanted; nothing where either is no text.
#[must_use]
pub fn stat(change: &Change) -> Option<Stat> {
    let (old, new) = (lines(text(change.before.as_ref())?), lines(text(change.after.as_ref())?));
    let modes = change.before.as_ref().zip(change.after.as_ref());
    let mode = modes.is_some_and(|(before, after)| before.executable != after.executable);
    let mut stat = Stat { mode, ..Stat::default() };
    for operation in operations(&old, &new) {
        if !matches!(operation, DiffOp::Equal { .. }) {
            stat.removed += operation.old_range().len();
            stat.added += operation.new_range().len();
        }
    }
    Some(stat)
}

fn text(version: Option<&Version>) -> Option<&str> {
    version.map_or(Some(""), |version| std::str::from_utf8(&version.contents).ok())
}
