//! Whose the outputs are. Two stacks in one folder would take each other's files for their own, change what both want, and delete
//! the rest; so the manifest names the stack's file, and is given up to another one only if that file is gone or the user says so.

use camino::{Utf8Path, Utf8PathBuf};

use super::contents::SIZE_LIMIT;
use crate::source::{EntryKind, World};

/// For which stack's file a plan is made, and whose the outputs were so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The stack's file, from the project's root.
    pub file: Utf8PathBuf,
    pub former: Former,
}

/// Whose the outputs were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Former {
    /// This stack's, perhaps under another name of its file, such as a link; or nobody's that is known.
    Same,
    /// Of a file that is not there any more: it has another name now, or another stack took its place.
    Gone(Utf8PathBuf),
    /// Of another stack, whose file is there.
    Other(Utf8PathBuf),
}

impl Claim {
    /// What the file of a stack may claim of what was built from the `recorded` one.
    pub(super) fn new(world: &dyn World, file: &Utf8Path, recorded: Option<&Utf8Path>) -> Self {
        let former = match recorded {
            None => Former::Same,
            Some(recorded) if recorded == file => Former::Same,
            Some(recorded) if world.entry(recorded) != Some(EntryKind::File) => {
                Former::Gone(recorded.to_owned())
            }
            Some(recorded) if reads_the_same(world, recorded, file) => Former::Same,
            Some(recorded) => Former::Other(recorded.to_owned()),
        };
        Self { file: file.to_owned(), former }
    }

    /// The other stack that the outputs are of.
    pub(super) fn other(&self) -> Option<&Utf8Path> {
        match &self.former {
            Former::Other(other) => Some(other),
            _ => None,
        }
    }
}

fn reads_the_same(world: &dyn World, one: &Utf8Path, other: &Utf8Path) -> bool {
    let read = |path| world.read(path, SIZE_LIMIT).ok();
    read(one).is_some_and(|text| read(other) == Some(text))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{Claim, Former};
    use crate::source::Memory;

    fn former(recorded: Option<&str>) -> Former {
        let world = Memory::default()
            .with("a.toml", "of a")
            .with("b.toml", "of b")
            .with("link-to-b.toml", "of b")
            .with_folder("folder");
        Claim::new(&world, Utf8Path::new("b.toml"), recorded.map(Utf8Path::new)).former
    }

    #[test]
    fn outputs_pass_to_another_file_only_where_theirs_is_gone() {
        assert_eq!(former(None), Former::Same);
        assert_eq!(former(Some("b.toml")), Former::Same);
        assert_eq!(former(Some("link-to-b.toml")), Former::Same);
        assert_eq!(former(Some("gone.toml")), Former::Gone("gone.toml".into()));
        assert_eq!(former(Some("folder")), Former::Gone("folder".into()));
        assert_eq!(former(Some("a.toml")), Former::Other("a.toml".into()));
    }
}
