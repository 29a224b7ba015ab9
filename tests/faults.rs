//! A build that is stopped after any of its steps leaves every file whole, and the next build finishes it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod project;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};

use camino::Utf8Path;
use cap_std::fs_utf8::File;
use stackgen::apply::{ApplyError, Kind, Sandbox, Steps, apply_through};
use stackgen::render::Output;

use self::project::{Project, output, script};

/// The sandbox, with something happening at one of the steps that change the disk.
struct Faulty<'a> {
    inner: Sandbox,
    /// Changing steps still to be let through.
    left: Cell<usize>,
    /// What the step after them does, and every one that follows.
    fault: Box<dyn Fn() -> io::Result<()> + 'a>,
}

impl<'a> Faulty<'a> {
    fn new(project: &Project, after: usize, fault: impl Fn() -> io::Result<()> + 'a) -> Self {
        Self { inner: Sandbox::open(&project.root).unwrap(), left: Cell::new(after), fault: Box::new(fault) }
    }

    fn step(&self) -> io::Result<()> {
        match self.left.get() {
            0 => (self.fault)(),
            left => {
                self.left.set(left - 1);
                Ok(())
            }
        }
    }
}

impl Steps for Faulty<'_> {
    fn kind(&self, path: &Utf8Path) -> io::Result<Option<Kind>> {
        self.inner.kind(path)
    }
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        self.inner.read(path, limit)
    }
    fn create_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.create_folder(path)
    }
    fn create_file(&self, path: &Utf8Path, executable: bool) -> io::Result<File> {
        self.step()?;
        self.inner.create_file(path, executable)
    }
    fn write(&self, file: &mut File, contents: &[u8]) -> io::Result<()> {
        if let Err(fault) = self.step() {
            self.inner.write(file, &contents[..contents.len() / 2])?;
            return Err(fault);
        }
        self.inner.write(file, contents)
    }
    fn sync_file(&self, file: &File) -> io::Result<()> {
        self.step()?;
        self.inner.sync_file(file)
    }
    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.rename(from, to)
    }
    fn remove_file(&self, path: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.remove_file(path)
    }
    fn remove_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.remove_folder(path)
    }
    fn sync_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.sync_folder(path)
    }
}

fn old() -> Vec<Output> {
    vec![
        output("same", "same\n"),
        output("a", "old a\n"),
        output("gone/deep/b", "old b\n"),
        output("edited", "x\n"),
    ]
}

fn new() -> Vec<Output> {
    vec![
        output("same", "same\n"),
        output("a", "new a\n"),
        script("fresh/deep/c", "new c\n"),
        output("edited", "y\n"),
        output("foreign", "y\n"),
    ]
}

/// A project between two stacks, with a hand edit and a foreign file.
fn project() -> Project {
    let project = Project::new();
    project.build(&old());
    project.write("edited", "mine\n");
    project.write("foreign", "theirs\n");
    project
}

/// What lies at each path that either stack or the user cares for.
fn contents(project: &Project) -> BTreeMap<&'static str, Option<String>> {
    ["same", "a", "gone/deep/b", "fresh/deep/c", "edited", "foreign", "generated/.stackgen.json"]
        .into_iter()
        .map(|path| (path, fs::read_to_string(project.root.join(path)).ok()))
        .collect()
}

#[test]
fn a_build_stopped_after_any_step_leaves_each_file_old_or_new_and_the_next_build_finishes_it() {
    let before = contents(&project());
    let clean = project();
    clean.build(&new());
    let after = contents(&clean);
    assert_eq!((after["edited"].as_deref(), after["foreign"].as_deref()), (Some("mine\n"), Some("theirs\n")));

    let mut stops = 0;
    for step in 0.. {
        let project = project();
        let plan = project.plan(&new());
        let killed = Faulty::new(&project, step, || Err(io::Error::other("killed")));
        let stopped = apply_through(&killed, &plan).is_err();
        for (path, found) in contents(&project) {
            assert!(
                found == before[path] || found == after[path],
                "{path} is torn after step {step}: {found:?}"
            );
        }
        project.build(&new());
        assert_eq!(contents(&project), after, "stopped after step {step}");
        assert!(!project.root.join("gone").exists(), "an empty folder is left after step {step}");
        if !stopped {
            break;
        }
        stops += 1;
    }
    assert!(stops > 20, "only {stops} steps were counted");
}

#[test]
fn an_edit_made_while_the_build_runs_is_kept() {
    for step in 0..8 {
        let project = Project::new();
        project.build(&[output("a", "old\n")]);
        let plan = project.plan(&[output("a", "new\n")]);
        let edited = Cell::new(false);
        let edits = Faulty::new(&project, step, || {
            if !edited.replace(true) {
                project.write("a", "mine\n");
            }
            Ok(())
        });
        let result = apply_through(&edits, &plan);
        // The fourth step is the move itself; before it the edit is seen, after it there is nothing to lose.
        if step < 3 {
            assert!(matches!(result, Err(ApplyError::Changed { .. })), "step {step}: {result:?}");
        }
        if step != 3 && edited.get() {
            assert_eq!(fs::read_to_string(project.root.join("a")).unwrap(), "mine\n", "step {step}");
        }
    }
}

#[test]
fn a_failure_names_the_path_and_what_to_do_and_leaves_no_temporary_file() {
    for (kind, help) in [
        (ErrorKind::StorageFull, "make room on the disk"),
        (ErrorKind::PermissionDenied, "make `folder` writable"),
        (ErrorKind::ReadOnlyFilesystem, "mount the file system for writing"),
    ] {
        let project = Project::new();
        project.write("folder/mine", "mine\n");
        let plan = project.plan(&[output("folder/a", "new\n")]);
        // The second changing step is the write; what comes after it, the clean-up, succeeds.
        let failed_once = Cell::new(false);
        let fails =
            Faulty::new(&project, 1, || if failed_once.replace(true) { Ok(()) } else { Err(kind.into()) });
        let error = apply_through(&fails, &plan).unwrap_err();
        assert!(error.to_string().starts_with("cannot write `folder/a`: "), "{error}");
        assert!(error.help().starts_with(help), "{}", error.help());
        assert_eq!(fs::read_dir(project.root.join("folder")).unwrap().count(), 1);
        assert!(!project.root.join("generated").exists(), "the manifest comes last");
    }
}
