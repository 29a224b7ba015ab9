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
    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>> {
        self.inner.list(path)
    }
    fn create_folder(&self, path: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.create_folder(path)
    }
    fn create_file(&self, path: &Utf8Path, executable: bool) -> io::Result<File> {
        self.step()?;
        self.inner.create_file(path, executable)
    }
    fn keep_mode(&self, file: &File, of: &Utf8Path) -> io::Result<()> {
        self.step()?;
        self.inner.keep_mode(file, of)
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

/// A stack that neither of the two others is: what users change to when a build has gone wrong.
fn third() -> Vec<Output> {
    vec![
        output("a", "third a\n"),
        output("gone/deep/b", "old b\n"),
        output("fresh", "third\n"),
        output("edited", "x\n"),
    ]
}

/// Every file and folder, with what is in it.
fn tree(project: &Project) -> BTreeMap<String, Option<String>> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![project.root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().path().to_owned();
            let text = fs::read_to_string(&path).ok();
            if text.is_none() {
                folders.push(path.clone());
            }
            tree.insert(path.strip_prefix(&project.root).unwrap().to_string(), text);
        }
    }
    tree
}

fn is_temporary(path: &str) -> bool {
    Utf8Path::new(path).extension() == Some("tmp")
}

/// The tree without what stackgen keeps for itself and without unfinished files: what the user sees.
fn outputs(project: &Project) -> BTreeMap<String, Option<String>> {
    let is_shown = |path: &str| !path.starts_with(".stackgen") && !is_temporary(path);
    tree(project).into_iter().filter(|(path, text)| text.is_some() && is_shown(path)).collect()
}

/// What the builds of a stack, one after another, leave if nothing stops them.
fn clean(builds: &[Vec<Output>]) -> BTreeMap<String, Option<String>> {
    let project = project();
    for outputs in builds {
        project.build(outputs);
    }
    tree(&project)
}

/// Builds, and stops for good before a step that changes the disk. Whether it was stopped at all.
fn build_until(project: &Project, step: usize, wanted: &[Output]) -> bool {
    let plan = project.plan(wanted);
    let killed = Faulty::new(project, step, || Err(io::Error::other("killed")));
    apply_through(&killed, &plan).is_err()
}

#[test]
fn a_build_stopped_after_any_step_leaves_each_file_old_or_new_and_the_next_build_finishes_it() {
    let before = outputs(&project());
    let finished = project();
    finished.build(&new());
    let after = outputs(&finished);
    assert_eq!((after["edited"].as_deref(), after["foreign"].as_deref()), (Some("mine\n"), Some("theirs\n")));

    let mut stops = 0;
    for step in 0.. {
        let project = project();
        let stopped = build_until(&project, step, &new());
        let found = outputs(&project);
        for path in before.keys().chain(after.keys()).chain(found.keys()) {
            let now = found.get(path);
            assert!(
                now == before.get(path) || now == after.get(path),
                "{path} is torn after step {step}: {now:?}"
            );
        }
        let is_noticed = project.plan(&new()).interrupted().is_some();
        assert!(is_noticed || !stopped || found == before || found == after, "step {step} goes unnoticed");
        project.build(&new());
        assert_eq!(tree(&project), tree(&finished), "stopped after step {step}");
        assert!(project.plan(&new()).interrupted().is_none());
        if !stopped {
            break;
        }
        stops += 1;
    }
    assert!(stops > 40, "only {stops} steps were counted");
}

#[test]
fn a_build_stopped_after_any_step_is_finished_by_the_build_of_another_stack() {
    let expected = clean(&[third()]);
    for step in 0.. {
        let project = project();
        let stopped = build_until(&project, step, &new());
        project.build(&third());
        assert_eq!(tree(&project), expected, "stopped after step {step}");
        if !stopped {
            break;
        }
    }
}

#[test]
fn builds_stopped_one_after_another_are_finished_all_the_same() {
    let expected = clean(&[old()]);
    for (first, second) in
        (0..60).step_by(7).flat_map(|first| (0..60).step_by(11).map(move |second| (first, second)))
    {
        let project = project();
        build_until(&project, first, &new());
        build_until(&project, second, &third());
        project.build(&old());
        assert_eq!(tree(&project), expected, "stopped after steps {first} and {second}");
    }
}

#[test]
fn what_is_edited_after_a_build_was_stopped_is_kept() {
    for step in 0.. {
        let project = project();
        let stopped = build_until(&project, step, &new());
        project.write("a", "edited later\n");
        project.write("fresh/deep/c", "edited later\n");
        project.build(&new());
        let tree = tree(&project);
        assert_eq!(tree["a"].as_deref(), Some("edited later\n"), "step {step}");
        assert_eq!(tree["fresh/deep/c"].as_deref(), Some("edited later\n"), "step {step}");
        if !stopped {
            break;
        }
    }
}

#[test]
fn a_file_that_looks_like_a_leftover_but_is_the_users_stays() {
    for step in 0.. {
        let project = project();
        project.write("fresh/deep/.stackgen-0.tmp", "mine\n");
        project.write(".stackgen-1.tmp", "mine, too\n");
        let stopped = build_until(&project, step, &new());
        project.build(&new());
        let tree = tree(&project);
        assert_eq!(tree["fresh/deep/.stackgen-0.tmp"].as_deref(), Some("mine\n"), "step {step}");
        assert_eq!(tree[".stackgen-1.tmp"].as_deref(), Some("mine, too\n"), "step {step}");
        assert_eq!(tree.keys().filter(|path| is_temporary(path)).count(), 2, "step {step}");
        if !stopped {
            break;
        }
    }
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
fn a_failure_at_any_step_names_a_path_and_what_to_do_and_leaves_no_temporary_file() {
    for (kind, help) in [
        (ErrorKind::StorageFull, "make room on the disk"),
        (ErrorKind::PermissionDenied, "make "),
        (ErrorKind::ReadOnlyFilesystem, "mount the file system for writing"),
    ] {
        for step in 0.. {
            let project = Project::new();
            project.write("folder/mine", "mine\n");
            let plan = project.plan(&[output("folder/a", "new\n")]);
            // What comes after the failure, the clean-up, succeeds.
            let failed_once = Cell::new(false);
            let fault = || if failed_once.replace(true) { Ok(()) } else { Err(kind.into()) };
            let Err(error) = apply_through(&Faulty::new(&project, step, fault), &plan) else { break };
            let named = error.to_string();
            assert!(
                [".stackgen", "folder/a", "generated"].iter().any(|path| named.contains(path)),
                "{named}"
            );
            assert!(error.help().starts_with(help), "{}", error.help());
            assert!(!tree(&project).keys().any(|path| is_temporary(path)), "step {step}: {named}");
            project.build(&[output("folder/a", "new\n")]);
            assert!(project.plan(&[output("folder/a", "new\n")]).is_current());
        }
    }
}
