//! Texts held against one another line by line: what every diff here is made of.

use similar::{Algorithm, DiffOp, capture_diff};

/// Unchanged lines around a change.
pub(super) const CONTEXT: usize = 3;

/// Above this many lines on both sides together, between the lines that both begin and end with, texts are shown as replaced there. A
/// limit on time would make the text depend on the machine.
pub(super) const LINE_LIMIT: usize = 200_000;

/// The lines of a text with their ends. Git knows one line end, `\n`; a carriage return is part of its line.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// How the old lines become the new ones, in order, nothing left out.
pub(super) fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail =
        old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_len, new_len) = (old.len() - head - tail, new.len() - head - tail);
    let between = if old_len + new_len > LINE_LIMIT {
        vec![DiffOp::Replace { old_index: head, old_len, new_index: head, new_len }]
    } else {
        capture_diff(Algorithm::Myers, old, head..head + old_len, new, head..head + new_len)
    };
    let equal = |old_index, new_index, len| (len > 0).then_some(DiffOp::Equal { old_index, new_index, len });
    let (before, after) = (equal(0, 0, head), equal(head + old_len, head + new_len, tail));
    before.into_iter().chain(between).chain(after).collect()
}

/// Which lines a hunk speaks of, as its header says it: the first one, counted from 1, and how many.
pub(super) fn range(start: usize, count: usize) -> String {
    match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

/// Adds a line with its signs, and says so where it has no end.
pub(super) fn push_line(text: &mut String, signs: &[char], line: &str) {
    text.extend(signs);
    text.push_str(line);
    if !line.ends_with('\n') {
        text.push_str("\n\\ No newline at end of file\n");
    }
}
