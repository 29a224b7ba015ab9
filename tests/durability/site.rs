//! A project on a disk of the test's choice, and the binary at work on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::snapshot::{What, snapshot};
use crate::stacks::{Release, stack};

pub const MANIFEST: &str = "generated/.stackgen.json";
pub const JOURNAL: &str = ".stackgen/journal.json";

/// Files by path: their bytes, and their modes.
pub type Tree = BTreeMap<PathBuf, (Vec<u8>, u32)>;

pub struct Site {
    pub root: PathBuf,
    teams: usize,
}

impl Site {
    /// A project with this many teams in a new folder.
    pub fn new(root: PathBuf, teams: usize) -> Self {
        let site = Self { root, teams };
        site.write("api/main.py", "");
        site.choose(Release::First);
        site
    }

    /// Says which of the stack's releases is to be built.
    pub fn choose(&self, release: Release) {
        self.write("stack.toml", stack(self.teams, release));
    }

    pub fn write(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// What is generated, and what was put between it.
    pub fn generated(&self) -> Tree {
        self.files("generated")
    }

    /// Files that a build uses while it writes.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        self.files("").into_keys().filter(|path| is_temporary(path)).collect()
    }

    fn files(&self, folder: &str) -> Tree {
        if !self.exists(folder) {
            return Tree::new();
        }
        let found = snapshot(&self.root.join(folder), |_| false).into_iter();
        let file = |(path, entry): (PathBuf, crate::snapshot::Entry)| match entry.what {
            What::File(bytes) => Some((Path::new(folder).join(path), (bytes, entry.mode))),
            _ => None,
        };
        found.filter_map(file).collect()
    }

    /// stackgen with some arguments. What it prints for people is kept, the patch is not.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let binary = std::env::var_os("STACKGEN_BINARY").expect("tests/durability/run says which binary");
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(&self.root);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Runs stackgen to its end: its exit code, and what it says.
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let done = self.command(arguments).spawn().unwrap().wait_with_output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    }

    #[track_caller]
    pub fn build(&self, code: i32) {
        let (found, said) = self.run(&["build", "--yes"]);
        assert_eq!(found, Some(code), "{said}");
    }

    /// Holds the generated files against a clean result, and makes sure that nothing else is left of a build.
    #[track_caller]
    pub fn is_clean(&self, clean: &Tree) {
        assert_alike(&self.generated(), clean);
        assert_eq!(self.leftovers(), Vec::<PathBuf>::new());
        assert!(!self.exists(JOURNAL), "the journal of a build that has ended");
    }
}

pub fn is_temporary(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "tmp")
}

/// Names the first path that differs.
#[track_caller]
pub fn assert_alike(found: &Tree, expected: &Tree) {
    let paths: std::collections::BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    for path in paths {
        let shown = |tree: &Tree| {
            tree.get(path)
                .map(|(bytes, mode)| (format!("{mode:o}"), String::from_utf8_lossy(bytes).into_owned()))
        };
        assert!(
            found.get(path) == expected.get(path),
            "`{}` is not as expected\nfound:    {:?}\nexpected: {:?}",
            path.display(),
            shown(found),
            shown(expected)
        );
    }
}
