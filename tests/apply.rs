//! What a build does to a real folder, and what it leaves alone.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]
#![cfg(unix)]

mod project;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use camino::Utf8Path;
use stackgen::apply::{ApplyError, Hook, append, install_hook, remove_hook};
use stackgen::plan::{Obstacle, State, local};

use self::project::{Project, output, script};

impl Project {
    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn exists(&self, path: &str) -> bool {
        self.root.join(path).symlink_metadata().is_ok()
    }

    /// What tells whether a file was written again: its inode and the time of its last change.
    fn identity(&self, path: &str) -> (u64, std::time::SystemTime) {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::metadata(self.root.join(path)).unwrap();
        (found.ino(), found.modified().unwrap())
    }

    /// Files that no user and no stack has asked for.
    fn leftovers(&self) -> Vec<String> {
        let found = Command::new("find").args([self.root.as_str(), "-name", "*.tmp"]).output().unwrap();
        String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn blocked(result: Result<impl std::fmt::Debug, ApplyError>) -> Obstacle {
    match result {
        Err(ApplyError::Blocked { obstacle, .. }) => obstacle,
        other => panic!("not blocked: {other:?}"),
    }
}

#[test]
fn a_build_creates_updates_and_deletes_and_the_next_one_finds_nothing_to_do() {
    let project = Project::new();
    let first = [output("generated/a.yml", "a: 1\n"), output("generated/deep/er/b.md", "b\n")];
    let applied = project.build(&first);
    assert_eq!(applied.created, ["generated/a.yml", "generated/deep/er/b.md", "generated/.stackgen.json"]);
    assert!(project.plan(&first).is_current());

    let second = [output("generated/a.yml", "a: 2\n"), output("generated/c.md", "c\n")];
    let applied = project.build(&second);
    assert_eq!(applied.deleted, ["generated/deep/er/b.md"]);
    assert_eq!(applied.updated, ["generated/a.yml", "generated/.stackgen.json"]);
    assert_eq!(project.read("generated/a.yml"), "a: 2\n");
    assert_eq!(project.read("generated/c.md"), "c\n");
    assert!(!project.exists("generated/deep"), "the folders that were left empty go, too");
    assert!(project.plan(&second).is_current());
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_folder_that_holds_anything_else_stays() {
    let project = Project::new();
    project.build(&[output("out/x/a", "a\n")]);
    project.write("out/mine", "mine\n");
    project.build(&[]);
    assert!(!project.exists("out/x"));
    assert_eq!(project.read("out/mine"), "mine\n");
}

#[test]
fn a_folder_that_is_needed_again_is_the_same_folder_since_it_may_be_mounted() {
    let project = Project::new();
    project.build(&[output("kong/old.yml", "x\n")]);
    let before = project.identity("kong").0;
    // While it is open, no other folder can get its inode.
    let _mounted = fs::File::open(project.root.join("kong")).unwrap();
    project.build(&[output("kong/new.yml", "x\n")]);
    assert_eq!(project.identity("kong").0, before);
    assert!(!project.exists("kong/old.yml"));
}

#[test]
fn an_unchanged_file_is_not_touched_even_with_other_line_ends() {
    let project = Project::new();
    let outputs = [output("a", "one\ntwo\n"), output("b", "b\n")];
    project.build(&outputs);
    project.write("a", "one\r\ntwo\r\n");
    let before = (project.identity("a"), project.identity("b"), project.identity("generated/.stackgen.json"));
    project.build(&outputs);
    project.build(&[output("a", "one\ntwo\n"), output("b", "b\n"), output("c", "c\n")]);
    assert_eq!((project.identity("a"), project.identity("b")), (before.0, before.1));
    assert_ne!(project.identity("generated/.stackgen.json"), before.2, "the manifest has a new record");
}

#[test]
fn a_mode_that_a_checkout_lost_is_no_drift() {
    let project = Project::new();
    let outputs = [script("run.sh", "#!/bin/sh\n")];
    project.build(&outputs);
    fs::set_permissions(project.root.join("run.sh"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(project.plan(&outputs).is_current());
}

#[test]
fn a_script_can_be_run_and_a_change_of_mode_alone_is_made() {
    let project = Project::new();
    let mode = |path: &str| fs::metadata(project.root.join(path)).unwrap().permissions().mode() & 0o111;
    project.build(&[script("run.sh", "x\n"), output("plain", "x\n")]);
    assert_ne!(mode("run.sh"), 0);
    assert_eq!(mode("plain"), 0);
    project.build(&[output("run.sh", "x\n"), script("plain", "x\n")]);
    assert_eq!(mode("run.sh"), 0);
    assert_ne!(mode("plain"), 0);
}

#[test]
fn a_hand_edit_is_kept_while_the_rest_is_built() {
    let project = Project::new();
    project.build(&[output("a", "old\n"), output("b", "old\n"), output("gone", "old\n")]);
    project.write("a", "mine\n");
    project.write("gone", "mine\n");
    let outputs = [output("a", "new\n"), output("b", "new\n")];
    project.build(&outputs);
    assert_eq!(project.read("a"), "mine\n");
    assert_eq!(project.read("gone"), "mine\n");
    assert_eq!(project.read("b"), "new\n");
    let plan = project.plan(&outputs);
    assert_eq!(plan.conflicts().count(), 2, "it stays a conflict: {}", plan.summary());
    assert!(!project.exists("a.orig"));
}

#[test]
fn force_overwrites_hand_edits_after_a_copy_and_never_a_copy() {
    let project = Project::new();
    let outputs = [output("a", "new\n")];
    project.build(&[output("a", "old\n"), output("gone", "old\n")]);
    for edit in ["first\n", "second\n"] {
        project.write("a", edit);
        project.write("gone", edit);
        let mut plan = project.plan(&outputs);
        plan.force();
        project.apply(&plan).unwrap();
        assert_eq!(project.read("a"), "new\n");
    }
    assert_eq!(project.read("a.orig"), "first\n");
    assert_eq!(project.read("a.orig.2"), "second\n");
    assert_eq!(project.read("gone.orig"), "first\n");
    assert!(project.plan(&outputs).is_current());
}

#[test]
fn a_foreign_file_is_kept_until_it_is_adopted_by_name() {
    let project = Project::new();
    project.write("a", "theirs\n");
    project.write("b", "theirs\n");
    let outputs = [output("a", "ours\n"), output("b", "ours\n"), output("c", "ours\n")];
    project.build(&outputs);
    assert_eq!((project.read("a"), project.read("c")), ("theirs\n".to_owned(), "ours\n".to_owned()));

    let mut plan = project.plan(&outputs);
    plan.force();
    plan.adopt(Utf8Path::new("a")).unwrap();
    let applied = project.apply(&plan).unwrap();
    assert_eq!(applied.copies, [("a".into(), "a.orig".into())]);
    assert_eq!(project.read("a"), "ours\n");
    assert_eq!(project.read("a.orig"), "theirs\n");
    assert_eq!(project.read("b"), "theirs\n");
    assert_eq!(project.plan(&outputs).conflicts().count(), 1);
}

#[test]
fn nothing_is_written_or_deleted_through_a_link() {
    let project = Project::new();
    let outside = project.root.parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a"), "old\n").unwrap();
    project.build(&[output("folder/a", "old\n")]);
    fs::remove_dir_all(project.root.join("folder")).unwrap();
    symlink(&outside, project.root.join("folder")).unwrap();
    symlink(outside.join("a"), project.root.join("file")).unwrap();
    symlink("nowhere", project.root.join("dangling")).unwrap();

    for path in ["folder/a", "folder/new", "file", "dangling", "dangling/x"] {
        let plan = project.plan(&[output(path, "new\n")]);
        assert!(!plan.obstacles().is_empty(), "{path}");
        let link = path.split('/').next().unwrap();
        assert_eq!(blocked(project.apply(&plan)), Obstacle::Link(link.into()));
    }
    project.build(&[]);
    assert_eq!(fs::read_to_string(outside.join("a")).unwrap(), "old\n", "a stale record leads outside");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_link_that_comes_after_the_plan_is_refused_as_well() {
    let project = Project::new();
    let outside = project.root.parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    let plan = project.plan(&[output("first", "x\n"), output("folder/a", "x\n"), output("leaf", "x\n")]);
    symlink(&outside, project.root.join("folder")).unwrap();
    assert_eq!(blocked(project.apply(&plan)), Obstacle::Link("folder".into()));
    fs::remove_file(project.root.join("folder")).unwrap();
    symlink(outside.join("x"), project.root.join("leaf")).unwrap();
    assert_eq!(blocked(project.apply(&plan)), Obstacle::Link("leaf".into()));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    assert!(!project.exists("first"), "what is known to fail fails before anything is written");
}

#[test]
fn what_changed_after_the_plan_is_not_overwritten() {
    let project = Project::new();
    project.build(&[output("a", "old\n"), output("gone", "old\n")]);
    for path in ["a", "gone", "new"] {
        let plan = project.plan(&[output("a", "new\n"), output("new", "new\n")]);
        project.write(path, "mine\n");
        let error = project.apply(&plan).unwrap_err();
        assert!(matches!(&error, ApplyError::Changed { path: changed } if changed == path), "{error}");
        assert_eq!(project.read(path), "mine\n");
        assert!(error.help().contains(path));
        if path == "new" {
            fs::remove_file(project.root.join(path)).unwrap();
        } else {
            project.write(path, "old\n");
        }
    }
}

#[test]
fn a_folder_a_pipe_and_a_file_in_the_way_are_named_and_nothing_is_written() {
    let project = Project::new();
    fs::create_dir(project.root.join("folder")).unwrap();
    project.write("file", "mine\n");
    let pipe = project.root.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (path, obstacle) in [
        ("folder", Obstacle::Folder),
        ("pipe", Obstacle::Special),
        ("file/a", Obstacle::NotAFolder("file".into())),
        ("pipe/a", Obstacle::NotAFolder("pipe".into())),
    ] {
        let plan = project.plan(&[output("a", "x\n"), output(path, "x\n")]);
        assert!(plan.changes().any(|change| change.state == State::Blocked(obstacle.clone())), "{path}");
        let error = project.apply(&plan).unwrap_err();
        assert!(error.to_string().contains(path), "{error}");
        assert!(!project.exists("a"));
    }
}

#[test]
fn a_file_in_place_of_the_outputs_folder_blocks_the_plan_and_is_no_broken_manifest() {
    let project = Project::new();
    project.write("generated", "mine\n");
    let plan = project.plan(&[output("generated/a", "x\n")]);
    assert_eq!(blocked(project.apply(&plan)), Obstacle::NotAFolder("generated".into()));
    assert_eq!(project.read("generated"), "mine\n");
}

#[test]
fn a_file_makes_way_for_a_folder_and_a_folder_for_a_file() {
    let project = Project::new();
    project.build(&[output("a", "x\n"), output("b/c/d", "x\n")]);
    let outputs = [output("a/b", "y\n"), output("b", "y\n")];
    project.build(&outputs);
    assert_eq!((project.read("a/b"), project.read("b")), ("y\n".to_owned(), "y\n".to_owned()));
    assert!(project.plan(&outputs).is_current());
}

#[test]
fn what_was_deleted_after_the_plan_is_not_made_again() {
    let project = Project::new();
    project.build(&[output("a", "old\n")]);
    let plan = project.plan(&[output("a", "new\n")]);
    fs::remove_file(project.root.join("a")).unwrap();
    let error = project.apply(&plan).unwrap_err();
    assert!(matches!(&error, ApplyError::Changed { path } if path == "a"), "{error}");
    assert!(!project.exists("a"));
}

#[test]
fn a_build_that_has_begun_since_the_plan_is_not_built_over() {
    let project = Project::new();
    project.build(&[output("a", "old\n")]);
    let plan = project.plan(&[output("a", "new\n")]);
    project.write(local::JOURNAL, "{}");
    let error = project.apply(&plan).unwrap_err();
    assert!(matches!(&error, ApplyError::Changed { path } if path == local::JOURNAL), "{error}");
    assert_eq!(project.read("a"), "old\n");
}

#[test]
fn a_copy_that_holds_the_same_already_is_not_made_twice() {
    let project = Project::new();
    project.build(&[output("a", "old\n")]);
    project.write("a", "mine\n");
    project.write("a.orig", "mine\n");
    let mut plan = project.plan(&[output("a", "new\n")]);
    plan.force();
    assert_eq!(project.apply(&plan).unwrap().copies, [("a".into(), "a.orig".into())]);
    assert!(project.exists("a.orig") && !project.exists("a.orig.2"));
}

#[test]
fn lines_are_added_to_a_file_of_the_users_and_what_stands_there_stays() {
    let project = Project::new();
    let path = project.root.join(".env");
    let lines = ["A=1", "B=2"].map(str::to_owned);
    assert!(append(&path, &lines[..1]).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    project.write(".env", "export A=mine");
    assert!(append(&path, &lines).unwrap());
    assert_eq!(project.read(".env"), "export A=mine\nB=2\n");
    assert!(!append(&path, &lines).unwrap());
    assert_eq!(project.read(".env"), "export A=mine\nB=2\n");
    // What cannot be read may hold anything.
    fs::write(&path, [0xff]).unwrap();
    append(&path, &lines).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), [0xff]);
}

#[test]
fn an_older_hook_of_our_own_is_renewed_and_where_there_is_none_nothing_is_removed() {
    let project = Project::new();
    let folder = project.root.join("hooks");
    let remove = || remove_hook(&folder, "pre-commit", "# ours", |_| None).unwrap();
    assert_eq!(remove(), Hook::Unchanged);
    let install = |text: &str| install_hook(&folder, "pre-commit", "# ours", |_| text.to_owned()).unwrap();
    assert_eq!(install("#!/bin/sh\n# ours\nold\n"), Hook::Done);
    assert_eq!(install("#!/bin/sh\n# ours\nnew\n"), Hook::Updated);
    assert_eq!(project.read("hooks/pre-commit"), "#!/bin/sh\n# ours\nnew\n");
    assert_eq!(remove(), Hook::Done);
}

#[test]
fn a_folder_with_a_link_in_it_does_not_make_way_for_a_file() {
    let project = Project::new();
    project.build(&[output("a/x", "x\n")]);
    symlink("x", project.root.join("a/link")).unwrap();
    let plan = project.plan(&[output("a", "file\n")]);
    assert_eq!(blocked(project.apply(&plan)), Obstacle::Folder);
    assert_eq!((project.read("a/x"), project.exists("a/link")), ("x\n".to_owned(), true));
}
