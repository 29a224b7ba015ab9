//! A project in a temporary folder, built as the command line builds it.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use stackgen::apply::{Applied, ApplyError, Lock, apply};
use stackgen::plan::{Owned, Plan, plan};
use stackgen::render::Output;
use stackgen::source::Disk;
use tempfile::TempDir;

pub struct Project {
    /// Removed with the project, and with what tests put beside it.
    _temporary: TempDir,
    pub root: Utf8PathBuf,
}

impl Project {
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temporary.path()).unwrap().join("project");
        fs::create_dir(&root).unwrap();
        Self { _temporary: temporary, root }
    }

    pub fn plan(&self, outputs: &[Output]) -> Plan {
        let world = Disk::new(self.root.clone());
        let folder = Utf8Path::new("generated");
        let owned = Owned::load(&world, folder, []).unwrap();
        plan(&world, outputs.to_vec(), owned, folder)
    }

    pub fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        let lock = Lock::try_take(&self.root)?.expect("nobody else builds a test's project");
        apply(&lock, plan)
    }

    pub fn build(&self, outputs: &[Output]) -> Applied {
        self.apply(&self.plan(outputs)).unwrap()
    }

    pub fn write(&self, path: &str, contents: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
}

pub fn output(path: &str, contents: &str) -> Output {
    Output { path: path.into(), contents: contents.to_owned(), ..Output::default() }
}

pub fn script(path: &str, contents: &str) -> Output {
    Output { executable: true, ..output(path, contents) }
}
