//! A plan in one line.

use super::{Change, State};

/// `3 to create, 1 to update, 12 unchanged`, only what there is; or that there is nothing to do.
pub(super) fn line<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut counts = [0_usize; PARTS.len()];
    for change in changes {
        counts[part(&change.state)] += 1;
    }
    let present = counts.iter().zip(PARTS).filter(|(count, _)| **count > 0);
    let line = present.map(|(count, part)| format!("{count} {part}")).collect::<Vec<_>>().join(", ");
    let is_idle = counts[..UNCHANGED].iter().all(|count| *count == 0);
    if is_idle { format!("nothing to do: {line}") } else { line }
}

/// In the order of the line.
const PARTS: [&str; 7] =
    ["to create", "to update", "to delete", "edited by hand", "not stackgen's", "blocked", "unchanged"];
const UNCHANGED: usize = 6;

fn part(state: &State) -> usize {
    match state {
        State::Create => 0,
        State::Update => 1,
        State::Stale => 2,
        State::Edited(_) => 3,
        State::Foreign => 4,
        State::Blocked(_) => 5,
        State::Unchanged => UNCHANGED,
    }
}
