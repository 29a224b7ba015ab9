//! Paths inside the project.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};

use crate::source::{Definitions, Node, Reader, Shape};

/// A path as the user wrote it, and as it is seen from the project's root.
///
/// Written relative to the file that says it, so that a fragment can move with its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectPath {
    pub written: String,
    /// Normalised: no `.`, and `..` only at its start, where it leaves the project.
    pub from_root: Utf8PathBuf,
}

impl ProjectPath {
    #[must_use]
    pub fn new(written: &str, folder: &Utf8Path) -> Self {
        Self { written: written.to_owned(), from_root: normalise(&folder.join(written)) }
    }

    /// Whether the path leads out of the project: absolute, or above the root.
    #[must_use]
    pub fn escapes(&self) -> bool {
        leaves_root(&self.from_root)
    }
}

/// Whether a normalised path is absolute or climbs above the folder it starts from.
#[must_use]
fn leaves_root(path: &Utf8Path) -> bool {
    !matches!(path.components().next(), None | Some(Utf8Component::Normal(_)))
        || path.as_str().contains('\\')
        || path.as_str().contains(':')
}

fn normalise(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir
                if matches!(normal.components().next_back(), Some(Utf8Component::Normal(_))) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

impl Shape for ProjectPath {
    fn expected() -> String {
        "a path inside the project".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let written = reader.string(node, &Self::expected())?;
        if written.is_empty() {
            reader.invalid(node.span, "an empty string", &Self::expected());
            return None;
        }
        Some(Self::new(written, reader.sources.folder(node.span.file)))
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::ProjectPath;

    #[test]
    fn a_path_starts_from_the_folder_of_the_file_that_says_it() {
        let path = |written| ProjectPath::new(written, Utf8Path::new("teams/billing"));
        assert_eq!(path("./api").from_root, "teams/billing/api");
        assert_eq!(path("../shared").from_root, "teams/shared");
        assert_eq!(path(".").from_root, "teams/billing");
    }

    #[test]
    fn a_path_that_leaves_the_project_is_known() {
        for written in ["../x", "/etc", "a/../../x", "C:\\x", "a\\..\\b"] {
            assert!(ProjectPath::new(written, Utf8Path::new("")).escapes(), "{written}");
        }
        for written in [".", "a/..", "a/b", "..a"] {
            assert!(!ProjectPath::new(written, Utf8Path::new("")).escapes(), "{written}");
        }
    }
}
