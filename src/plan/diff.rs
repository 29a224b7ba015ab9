//! Changes as a patch that `git apply` accepts: applying it gives the tree that the build gives.

use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

use super::{Change, Plan, Version};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Above this many lines on both sides together, files are shown as replaced whole. A limit on time would make the
/// text depend on the machine.
const LINE_LIMIT: usize = 200_000;

/// All that the build would write, as one patch; empty where there is nothing to write.
///
/// The copies that [`Plan::force`] and [`Plan::adopt`] leave beside a file are not part of it.
#[must_use]
pub fn patch(plan: &Plan) -> String {
    plan.writes().map(between_versions).collect()
}

/// One change as a patch, from what is on the disk to what is wanted, whether the build would write it or not.
#[must_use]
pub fn between_versions(change: &Change) -> String {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if before == after {
        return String::new();
    }
    let (old, new) = (quoted("a/", change.path.as_str()), quoted("b/", change.path.as_str()));
    let mut patch = format!("diff --git {old} {new}\n");
    patch.push_str(&mode_lines(before, after));
    let contents =
        |version: Option<&Version>| version.map(|version| version.contents.clone()).unwrap_or_default();
    let (left, right) = (contents(before), contents(after));
    if left == right {
        return patch;
    }
    let (Ok(left), Ok(right)) = (std::str::from_utf8(&left), std::str::from_utf8(&right)) else {
        let _ = writeln!(patch, "Binary files {old} and {new} differ");
        return patch;
    };
    let name = |version: Option<&Version>, name: &str| match version {
        // As git does: a tab ends a name with a space in it, which other readers of patches would cut short.
        Some(_) if name.contains(' ') => format!("{name}\t"),
        Some(_) => name.to_owned(),
        None => "/dev/null".to_owned(),
    };
    let _ = write!(patch, "--- {}\n+++ {}\n", name(before, &old), name(after, &new));
    patch.push_str(&hunks(left, right));
    patch
}

fn mode_lines(before: Option<&Version>, after: Option<&Version>) -> String {
    let mode = |version: &Version| if version.executable { "100755" } else { "100644" };
    match (before, after) {
        (None, Some(after)) => format!("new file mode {}\n", mode(after)),
        (Some(before), None) => format!("deleted file mode {}\n", mode(before)),
        (Some(before), Some(after)) if before.executable != after.executable => {
            format!("old mode {}\nnew mode {}\n", mode(before), mode(after))
        }
        _ => String::new(),
    }
}

fn hunks(left: &str, right: &str) -> String {
    // Git knows one line end, `\n`; a carriage return is part of its line.
    let old: Vec<&str> = left.split_inclusive('\n').collect();
    let new: Vec<&str> = right.split_inclusive('\n').collect();
    let mut text = String::new();
    for group in group_diff_ops(operations(&old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize| match end - start {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            count => format!("{},{count}", start + 1),
        };
        let from = range(first.old_range().start, last.old_range().end);
        let to = range(first.new_range().start, last.new_range().end);
        let _ = writeln!(text, "@@ -{from} +{to} @@");
        for change in group.iter().flat_map(|operation| operation.iter_changes(&old, &new)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            text.push(sign);
            text.push_str(change.value());
            if !change.value().ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    if old.len() + new.len() > LINE_LIMIT {
        let (old_len, new_len) = (old.len(), new.len());
        return vec![DiffOp::Replace { old_index: 0, old_len, new_index: 0, new_len }];
    }
    capture_diff_slices(Algorithm::Myers, old, new)
}

/// A name the way git writes it with its default `core.quotePath`: as it is where it is plain, else in quotes with
/// C's escapes, each byte outside ASCII in octal.
fn quoted(prefix: &str, path: &str) -> String {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    if path.bytes().all(is_plain) {
        return format!("{prefix}{path}");
    }
    let mut name = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => name.extend(['\\', char::from(byte)]),
            b'\t' => name.push_str("\\t"),
            b'\n' => name.push_str("\\n"),
            b'\r' => name.push_str("\\r"),
            plain if is_plain(plain) => name.push(char::from(plain)),
            other => {
                let _ = write!(name, "\\{other:03o}");
            }
        }
    }
    name.push('"');
    name
}

#[cfg(test)]
mod tests {
    use super::{LINE_LIMIT, hunks};

    /// Lines of few values in a wild order: the hardest case for an algorithm that looks for the shortest way.
    fn wild(count: usize, seed: usize) -> String {
        let value = |at: usize| (at * at).wrapping_mul(2_654_435_761 + seed) >> 7 & 7;
        (0..count).map(|at| value(at).to_string() + "\n").collect()
    }

    #[test]
    fn hard_input_gives_the_same_patch_every_time() {
        let (left, right) = (wild(1_000, 1), wild(1_000, 5));
        let first = hunks(&left, &right);
        assert!((0..10).all(|_| hunks(&left, &right) == first));
    }

    #[test]
    fn a_text_beyond_the_limit_is_replaced_whole() {
        let left = "same\n".repeat(LINE_LIMIT);
        let text = hunks(&left, "same\nnew");
        assert!(text.starts_with(&format!("@@ -1,{LINE_LIMIT} +1,2 @@\n-same\n")), "{text:.100}");
        assert!(text.ends_with("-same\n+same\n+new\n\\ No newline at end of file\n"));
    }
}
