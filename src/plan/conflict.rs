//! A file that is kept although the stack says otherwise: what a person has to see to decide, and the ways out.

use std::borrow::Cow;

use camino::Utf8Path;
use indexmap::IndexSet;

use super::contents::{same, with_lf};
use super::diff::{hunks, mode_lines};
use super::three_way::three_way;
use super::{Change, Edit, State};

/// A conflict in words and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// What the difference below shows, in one line.
    pub caption: &'static str,
    /// A diff with a header of its own, in one column or two; empty where none can be shown.
    pub difference: String,
}

/// What differs in a file that is kept, and whose doing it is; nothing of a change that is no conflict.
///
/// Of an edit whose recorded text is not at hand ([`super::Plan::recall`]), both changes show as one.
#[must_use]
pub fn sight(change: &Change) -> Option<Sight> {
    let on_disk = change.before.as_ref().map_or(&[][..], |before| &before.contents);
    let wanted = change.after.as_ref().map_or(&[][..], |after| &after.contents);
    let two_way = |(from, from_name): (&[u8], &str), (to, to_name): (&[u8], &str)| {
        let path = &change.path;
        let hunks = between(from, to)?;
        Some(format!("--- {path} ({from_name})\n+++ {path} ({to_name})\n{hunks}"))
    };
    let by_hand =
        |recorded| two_way((recorded, "recorded: as stackgen left it"), (on_disk, "on disk: edited by hand"));
    let (caption, difference) = match (&change.state, change.recorded.as_deref()) {
        (State::Edited(Edit::Stale), Some(recorded)) => {
            ("the stack no longer wants this file; this was changed by hand:", by_hand(recorded))
        }
        (State::Edited(Edit::Stale), None) => {
            let caption = "the stack no longer wants this file; the text that stackgen had written is not at hand, so the edit cannot be shown";
            (caption, Some(String::new()))
        }
        (State::Edited(Edit::Wanted), Some(recorded)) if same(recorded, wanted) => {
            ("the stack has not changed this file; this was changed by hand:", by_hand(recorded))
        }
        (State::Edited(Edit::Wanted), Some(recorded)) => (
            "changed by hand, and wanted differently by the stack:",
            three_way(&change.path, recorded, on_disk, wanted),
        ),
        (State::Edited(Edit::Wanted), None) => (
            "the text that stackgen had written is not at hand, so both changes show as one:",
            two_way((on_disk, "on disk: edited by hand"), (wanted, "wanted by the stack")),
        ),
        (State::Foreign, _) => (
            "stackgen did not write this file, and would write another:",
            two_way((on_disk, "on disk: not stackgen's"), (wanted, "wanted by the stack")),
        ),
        _ => return None,
    };
    Some(match difference {
        Some(difference) => Sight { caption, difference: modes(change) + &difference },
        None => Sight {
            caption: "a side of this conflict is not text, so that the difference cannot be shown",
            difference: String::new(),
        },
    })
}

/// What differs between two texts, whatever a checkout made of their line ends; nothing where one is no text.
fn between(from: &[u8], to: &[u8]) -> Option<String> {
    let [from, to] = [from, to].map(with_lf);
    Some(hunks(std::str::from_utf8(&from).ok()?, std::str::from_utf8(&to).ok()?))
}

/// The change of mode that the stack asks for. That of a file that stackgen did not write is not known.
fn modes(change: &Change) -> String {
    match (&change.state, &change.before, &change.after) {
        (State::Edited(_), Some(before), Some(after)) => mode_lines(Some(before), Some(after)),
        _ => String::new(),
    }
}

/// The ways out of some conflicts, each once, in the order of the conflicts. Many files that stackgen did not write, as where the
/// manifest was lost, have one way out.
#[must_use]
pub fn ways_out<'a>(conflicts: impl Iterator<Item = &'a Change>) -> IndexSet<String> {
    let conflicts: Vec<_> = conflicts.collect();
    let foreign: Vec<_> = conflicts.iter().filter(|change| change.state == State::Foreign).collect();
    let folder = foreign.iter().map(|change| change.path.as_path()).reduce(shared_folder);
    match folder.filter(|_| foreign.len() > MOST_NAMED) {
        None => conflicts.into_iter().filter_map(way_out).collect(),
        Some(folder) => {
            let folder = if folder.as_str().is_empty() { "." } else { folder.as_str() };
            let all = format!(
                "stackgen did not write {} files that the stack wants: move them away, or let it take them all over with `stackgen build --adopt{}`, which keeps copies in `*.orig`",
                foreign.len(),
                argument(folder)
            );
            let others = conflicts.iter().filter(|change| change.state != State::Foreign);
            others.filter_map(|change| way_out(change)).chain([all]).collect()
        }
    }
}

/// How many foreign files have a way out of their own each.
const MOST_NAMED: usize = 3;

/// The innermost folder that holds both, or is the one and holds the other.
fn shared_folder<'a>(one: &'a Utf8Path, other: &'a Utf8Path) -> &'a Utf8Path {
    one.ancestors().find(|folder| other.starts_with(folder)).unwrap_or(Utf8Path::new(""))
}

/// What the user can do about a file that is kept; nothing where a build writes it.
pub(super) fn way_out(change: &Change) -> Option<String> {
    match change.state {
        State::Edited(Edit::Wanted) => Some(
            "move what was edited by hand into stack.toml or a template, or overwrite it with `stackgen build --force`, which keeps a copy in `*.orig`"
                .to_owned(),
        ),
        State::Edited(Edit::Stale) => Some(
            "what was edited by hand and is no longer wanted can be deleted with `stackgen build --force`, which keeps a copy in `*.orig`"
                .to_owned(),
        ),
        State::Foreign => {
            let path = &change.path;
            Some(format!(
                "move `{path}` away, or let stackgen take it over with `stackgen build --adopt{}`, which keeps a copy in `*.orig`",
                argument(path.as_str())
            ))
        }
        _ => None,
    }
}

/// A path as the value of the flag before it: one that begins with a dash would be read as a flag.
fn argument(path: &str) -> String {
    let joint = if path.starts_with('-') { '=' } else { ' ' };
    format!("{joint}{}", shell_word(path))
}

/// A path as one word of a POSIX shell, in quotes where it needs them.
fn shell_word(path: &str) -> Cow<'_, str> {
    let is_plain = |character: char| character.is_alphanumeric() || "/._-+,@%".contains(character);
    if path.chars().all(is_plain) { path.into() } else { format!("'{}'", path.replace('\'', r"'\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_path_in_a_command_is_one_word() {
        assert_eq!(shell_word("generated/docs/STACK.md"), "generated/docs/STACK.md");
        assert_eq!(shell_word("dürüm/日本.md"), "dürüm/日本.md");
        assert_eq!(shell_word("a b/it's$(x)"), r"'a b/it'\''s$(x)'");
    }
}
