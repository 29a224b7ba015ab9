//! Which paths stackgen may own: the one rule for outputs and for what a manifest claims.

use camino::Utf8Path;

use super::local::FOLDER;

/// Says what keeps a path from being owned, worded to follow the path's name; nothing where it may be.
///
/// An owned path is relative to the project's root, written in exactly one way, and means the same on every system:
/// what a manifest of an attacker claims must not reach another file through a second spelling.
pub(super) fn unfit(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.starts_with('/') {
        return Some("is absolute");
    }
    if path.contains('\\') {
        return Some("has a backslash");
    }
    if path.contains(':') {
        return Some("has a colon, which names a drive or a stream on Windows");
    }
    if path.chars().any(char::is_control) {
        return Some("has a control character");
    }
    if path.split('/').next().is_some_and(|folder| folder.eq_ignore_ascii_case(FOLDER)) {
        return Some("lies in the folder that stackgen keeps for itself");
    }
    path.split('/').find_map(|component| match component {
        "" => Some("has an empty component"),
        "." => Some("has a `.` component"),
        ".." => Some("climbs with `..`"),
        git if git.eq_ignore_ascii_case(".git") => Some("lies in git's own folder"),
        _ => None,
    })
}

/// The folders that a relative path lies in, the outermost first, the root not among them.
pub(crate) fn folders_of(path: &Utf8Path) -> Vec<&Utf8Path> {
    let mut folders: Vec<_> =
        path.ancestors().skip(1).take_while(|folder| !folder.as_str().is_empty()).collect();
    folders.reverse();
    folders
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{folders_of, unfit};

    #[test]
    fn only_a_plain_path_inside_the_project_may_be_owned() {
        for path in [
            "",
            "/etc/x",
            "../x",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            "a\\b",
            "C:/x",
            "a\0b",
            "a\nb",
            ".git/config",
            "a/.GIT/hooks/pre-commit",
            ".stackgen",
            ".Stackgen/lock",
        ] {
            assert!(unfit(path).is_some(), "{path:?} may not be owned");
        }
        for path in [
            "a",
            "a/b.md",
            ".claude/agents/x.md",
            "..a/b..",
            ".gitignore",
            "a/.stackgen/b",
            "dürüm/日本.md",
            "a b/c",
        ] {
            assert_eq!(unfit(path), None, "{path:?} may be owned");
        }
    }

    #[test]
    fn folders_come_outermost_first() {
        assert_eq!(folders_of(Utf8Path::new("a/b/c")), ["a", "a/b"]);
        assert!(folders_of(Utf8Path::new("c")).is_empty());
    }
}
