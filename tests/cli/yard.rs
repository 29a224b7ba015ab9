//! A project with something around it: `yard/project`, and `yard/outside`, which nobody may touch.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::session::{Ran, Session};
use crate::snapshot::{Snapshot, assert_same, snapshot};

/// What lies in `outside/victim`.
pub const VICTIM: &str = "not yours\n";

const STACK: &str = r#"[stack]
name = "small"

[services.api]
kind = "fastapi"
path = "api"
port = 8001
"#;

pub struct Yard {
    session: Session,
}

impl Yard {
    pub fn new() -> Self {
        let session = Session::new()
            .file("project/stack.toml", STACK)
            .file("project/api/main.py", "")
            .file("outside/victim", VICTIM)
            .file("outside/deep/victim", VICTIM)
            .folder("outside/empty");
        Self { session }
    }

    /// A project whose stack says this, too.
    pub fn with(more: &str) -> Self {
        let yard = Self::new();
        yard.write("stack.toml", format!("{STACK}\n{more}"));
        yard
    }

    pub fn built(self) -> Self {
        self.run(&["build", "--yes"]).exits(0);
        self
    }

    /// A path of the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.session.path("project").join(path)
    }

    pub fn outside(&self, path: &str) -> PathBuf {
        self.session.path("outside").join(path)
    }

    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        self.session.write(&format!("project/{path}"), contents);
    }

    pub fn read(&self, path: &str) -> String {
        self.session.read(&format!("project/{path}"))
    }

    /// A link in the project, in place of what was there.
    pub fn link(&self, path: &str, target: impl AsRef<Path>) {
        symlink(target, self.cleared(path)).unwrap();
    }

    /// A pipe in the project, in place of what was there: whoever opens it waits for ever.
    pub fn pipe(&self, path: &str) {
        let made = Command::new("mkfifo").arg(self.cleared(path)).status().unwrap();
        assert!(made.success());
    }

    fn cleared(&self, path: &str) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&path).unwrap(),
            Ok(_) => fs::remove_file(&path).unwrap(),
            Err(_) => {}
        }
        path
    }

    /// Runs stackgen in the project, and proves that nothing outside has changed: no name, content, time or mode.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let before = self.around();
        let ran = self.session.run_in("project", arguments);
        assert_same(&before, &self.around(), "outside the project");
        ran
    }

    /// Runs a command that has to fail with these words and a way out, and to leave the project as it is.
    #[track_caller]
    pub fn refuses(&self, arguments: &[&str], words: &str) {
        let before = self.project();
        self.run(arguments).exits(2).says(words).says("help: ");
        assert_same(&before, &self.project(), words);
    }

    fn around(&self) -> Snapshot {
        snapshot(&self.session.path(""), |path| path == Path::new("project"))
    }

    /// The project without what stackgen keeps for itself.
    fn project(&self) -> Snapshot {
        let mut found = snapshot(&self.path(""), |path| path == Path::new(".stackgen"));
        // The state's folder may come into the project's own, whose time tells nothing, therefore.
        found.remove(Path::new(""));
        found
    }
}
