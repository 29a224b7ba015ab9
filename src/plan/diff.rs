//! Changes as a patch that `git apply` accepts: applying it gives the tree that the build gives.

use std::fmt::Write as _;

use camino::Utf8Path;
use similar::{ChangeTag, group_diff_ops};

use super::lines::{CONTEXT, lines, operations, push_line, range};
use super::{Change, Plan, Version};

/// All that the build would write, as one patch; empty where there is nothing to write.
///
/// `folder` is where the project lies in its repository, empty for the repository's own folder: git takes the paths of a patch
/// from there. The copies that [`Plan::force`] and [`Plan::adopt`] leave beside a file are not part of it.
#[must_use]
pub fn patch(plan: &Plan, folder: &Utf8Path) -> String {
    patches(plan, folder).collect()
}

/// The same file by file, for who does not want to hold all of it.
pub fn patches(plan: &Plan, folder: &Utf8Path) -> impl Iterator<Item = String> {
    plan.writes().map(move |change| between_versions(change, folder))
}

/// Changes that belong to no plan, as one patch.
#[must_use]
pub fn of_changes(changes: &[Change], folder: &Utf8Path) -> String {
    changes.iter().map(|change| between_versions(change, folder)).collect()
}

/// One change as a patch, from what is on the disk to what is wanted.
fn between_versions(change: &Change, folder: &Utf8Path) -> String {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if before == after {
        return String::new();
    }
    let name = folder.join(&change.path);
    let (old, new) = (quoted("a/", name.as_str()), quoted("b/", name.as_str()));
    let mut patch = format!("diff --git {old} {new}\n");
    patch.push_str(&mode_lines(before, after));
    let contents = |version| -> &[u8] { Option::map_or(version, &[], |version: &Version| &version.contents) };
    let (left, right) = (contents(before), contents(after));
    if left == right {
        return patch;
    }
    let (Ok(left), Ok(right)) = (std::str::from_utf8(left), std::str::from_utf8(right)) else {
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

/// What git says of a file that comes, goes, or may be run from now on, or no longer.
pub(super) fn mode_lines(before: Option<&Version>, after: Option<&Version>) -> String {
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

/// What differs between two texts, without a header; nothing where nothing does.
pub(super) fn hunks(left: &str, right: &str) -> String {
    let (old, new) = (lines(left), lines(right));
    let mut text = String::new();
    for group in group_diff_ops(operations(&old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let from = first.old_range().start..last.old_range().end;
        let to = first.new_range().start..last.new_range().end;
        let _ = writeln!(text, "@@ -{} +{} @@", range(from.start, from.len()), range(to.start, to.len()));
        for change in group.iter().flat_map(|operation| operation.iter_changes(&old, &new)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            push_line(&mut text, &[sign], change.value());
        }
    }
    text
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
    use super::super::lines::LINE_LIMIT;
    use super::hunks;

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
    fn what_lies_between_equal_ends_is_replaced_whole_beyond_the_limit() {
        let left = format!("head\n{}tail\n", "same\n".repeat(LINE_LIMIT));
        let text = hunks(&left, "head\nnew\ntail");
        let last = LINE_LIMIT + 2;
        assert!(text.starts_with(&format!("@@ -1,{last} +1,3 @@\n head\n-same\n")), "{text:.100}");
        assert!(
            text.ends_with("-same\n-tail\n+new\n+tail\n\\ No newline at end of file\n"),
            "{}",
            &text[text.len() - 100..]
        );
    }

    #[test]
    fn one_line_of_a_text_beyond_the_limit_is_shown_as_one_line() {
        let left = "same\n".repeat(LINE_LIMIT);
        let right = format!("{}other\n{}", "same\n".repeat(10), "same\n".repeat(LINE_LIMIT - 11));
        let text = hunks(&left, &right);
        assert_eq!(text.lines().filter(|line| line.starts_with(['-', '+'])).count(), 2, "{text:.300}");
        assert!(
            text.starts_with("@@ -8,7 +8,7 @@\n same\n same\n same\n-same\n+other\n same\n"),
            "{text:.300}"
        );
    }
}
