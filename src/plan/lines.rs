//! Texts held against one another line by line: what every diff here is made of.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Unchanged lines around a change.
pub(super) const CONTEXT: usize = 3;

/// Above this many lines on both sides together, texts are shown as replaced whole. A limit on time would make the
/// text depend on the machine.
pub(super) const LINE_LIMIT: usize = 200_000;

/// The lines of a text with their ends. Git knows one line end, `\n`; a carriage return is part of its line.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// How the old lines become the new ones, in order, nothing left out.
pub(super) fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    if old.len() + new.len() > LINE_LIMIT {
        let (old_len, new_len) = (old.len(), new.len());
        return vec![if old == new {
            DiffOp::Equal { old_index: 0, new_index: 0, len: old_len }
        } else {
            DiffOp::Replace { old_index: 0, old_len, new_index: 0, new_len }
        }];
    }
    capture_diff_slices(Algorithm::Myers, old, new)
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
