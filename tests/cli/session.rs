//! A project in a temporary folder, and the real command line run in it: tests that read like a session.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::watch;

pub struct Session {
    folder: TempDir,
}

impl Session {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A project whose stack's file is this.
    pub fn with_stack(text: &str) -> Self {
        Self::new().file("stack.toml", text)
    }

    pub fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        self.write(path, contents);
        self
    }

    pub fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    pub fn executable(self, path: &str) -> Self {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    /// As [`Self::run`], for a user who stands in a folder of the project.
    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).current_dir(self.path(folder)))
    }

    /// As [`Self::run`], with these variables in the environment.
    pub fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        Ran::of(self.command(arguments).envs(environment.iter().copied()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stackgen"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("NO_COLOR");
        command
    }

    /// Every file below a folder, with its contents, in order of path.
    pub fn tree(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.path(folder), &self.path(folder), &mut files);
        files.sort();
        files
    }

    /// Runs git in the project, heeding no settings but these.
    pub fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"])
            .args(["-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Merges a branch that cannot be merged without a conflict.
    pub fn fails_to_merge(&self, branch: &str) {
        let merge = Command::new("git")
            .args([
                "-c",
                "user.name=somebody",
                "-c",
                "user.email=somebody@example.org",
                "merge",
                "--quiet",
                branch,
            ])
            .current_dir(self.folder.path())
            .output();
        assert!(!merge.unwrap().status.success());
    }

    /// Commits all that there is.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.push((name, fs::read(&path).unwrap()));
        }
    }
}

/// What a command did.
pub struct Ran(Output);

impl Ran {
    #[track_caller]
    pub fn of(command: &mut Command) -> Self {
        Self(watch::run(command))
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.0.status.code(),
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout(),
            self.stderr()
        );
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.stderr().contains(words), "`{words}` is not in:\n{}", self.stderr());
        self
    }

    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        assert!(!self.stderr().contains(words), "`{words}` is in:\n{}", self.stderr());
        self
    }

    #[track_caller]
    pub fn prints(self, words: &str) -> Self {
        assert!(self.stdout().contains(words), "`{words}` is not in:\n{}", self.stdout());
        self
    }
}
