//! The printed patch, applied by git itself, gives what the build gives.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]

mod git;
mod project;

use std::collections::BTreeMap;
use std::fs;

use camino::Utf8Path;
use stackgen::plan::diff::patch;
use stackgen::plan::local;
use stackgen::render::Output;

use self::project::{Project, output, script};

/// Every file by path, but for those that stackgen keeps for itself: whether it may be run, and its bytes.
type Tree = BTreeMap<String, (bool, Vec<u8>)>;

fn tree(root: &Utf8Path) -> Tree {
    let mut files = Tree::new();
    gather(root, root, &mut files);
    files
}

fn gather(root: &Utf8Path, folder: &Utf8Path, files: &mut Tree) {
    for entry in folder.read_dir_utf8().unwrap() {
        let path = entry.unwrap().path().to_owned();
        if path == root.join(local::FOLDER) {
            continue;
        }
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string();
            files.insert(name, (is_executable(&path), fs::read(&path).unwrap()));
        }
    }
}

#[cfg(unix)]
fn is_executable(path: &Utf8Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Utf8Path) -> bool {
    false
}

/// Builds `first`, lets `edit` change the disk, and compares `second` as built with `second` as patched.
fn same_both_ways(first: &[Output], edit: impl Fn(&Project), second: &[Output]) -> String {
    let [built, patched] = [Project::new(), Project::new()];
    for project in [&built, &patched] {
        project.build(first);
        edit(project);
    }
    let patch = patch(&patched.plan(second), Utf8Path::new(""));
    git::apply(&patched.root, &patch).unwrap();
    built.build(second);
    assert_eq!(tree(&patched.root), tree(&built.root), "{patch}");
    assert_eq!(patched.plan(second).writes().count(), 0);
    patch
}

fn untouched(_: &Project) {}

#[test]
fn new_changed_and_deleted_files() {
    let lines = |middle: &str| format!("{}{middle}\n{}", "before\n".repeat(20), "after\n".repeat(20));
    let patch = same_both_ways(
        &[output("a", &lines("old")), output("deep/er/gone", "x\ny\n"), output("same", "same\n")],
        untouched,
        &[output("a", &lines("new")), output("other/new", "x\n"), output("same", "same\n")],
    );
    assert!(patch.contains("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -18,7 +18,7 @@\n"), "{patch}");
    assert!(
        patch.contains("deleted file mode 100644\n--- a/deep/er/gone\n+++ /dev/null\n@@ -1,2 +0,0 @@\n"),
        "{patch}"
    );
    assert!(
        patch.contains("new file mode 100644\n--- /dev/null\n+++ b/other/new\n@@ -0,0 +1 @@\n+x\n"),
        "{patch}"
    );
    assert!(!patch.contains("b/same"), "{patch}");
}

#[test]
fn the_first_build_of_a_project() {
    same_both_ways(
        &[],
        |project| fs::remove_dir_all(project.root.join("generated")).unwrap(),
        &[output("a", "a\n")],
    );
}

#[test]
fn modes_of_new_and_of_changed_files() {
    let patch = same_both_ways(
        &[
            script("to-plain", "x\n"),
            output("to-script", "x\n"),
            output("both", "x\n"),
            script("gone", "x\n"),
        ],
        untouched,
        &[output("to-plain", "x\n"), script("to-script", "x\n"), script("both", "y\n"), script("new", "x\n")],
    );
    assert!(
        patch.contains("diff --git a/to-script b/to-script\nold mode 100644\nnew mode 100755\ndiff"),
        "{patch}"
    );
    assert!(patch.contains("new file mode 100755"), "{patch}");
    assert!(patch.contains("deleted file mode 100755"), "{patch}");
}

#[test]
fn files_without_a_line_break_at_the_end_and_empty_ones() {
    let ends = ["x", "x\n", "", "x\ny", "y\n\n"];
    let pairs = || ends.iter().flat_map(|old| ends.iter().map(move |new| (*old, *new))).enumerate();
    let name = |at: usize| format!("f{at}");
    let old: Vec<_> = pairs().map(|(at, (old, _))| output(&name(at), old)).collect();
    let new: Vec<_> = pairs().map(|(at, (_, new))| output(&name(at), new)).collect();
    let patch = same_both_ways(&old, untouched, &new);
    assert!(patch.contains("\n\\ No newline at end of file\n"), "{patch}");
    same_both_ways(&old, untouched, &[]);
    same_both_ways(&[], untouched, &new);
}

#[test]
fn names_that_git_quotes() {
    let names = ["dürüm/日本.md", "with space.md", "sp ace/quo\"te", "🚀", "-dash", "a b"];
    let all = |contents: &str| names.map(|name| output(name, contents));
    let patch = same_both_ways(&all("old\n"), untouched, &all("new\n"));
    assert!(patch.contains(r#""a/d\303\274r\303\274m/\346\227\245\346\234\254.md""#), "{patch}");
    assert!(patch.contains("--- a/with space.md\t\n"), "{patch}");
    same_both_ways(&all("old\n"), untouched, &[]);
    same_both_ways(&[], untouched, &all("new\n"));
}

#[test]
fn carriage_returns_on_the_disk_and_in_the_text() {
    same_both_ways(
        &[output("a", "one\ntwo\nthree\n"), output("b", "lone\rreturn\n")],
        |project| project.write("a", "one\r\ntwo\r\nthree\r\n"),
        &[output("a", "one\n2\nthree\n"), output("b", "lone\rreturns\r")],
    );
}

#[test]
fn text_that_looks_like_a_patch() {
    let hostile = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\ndiff --git a/x b/x\n";
    same_both_ways(&[output("a", "x\n")], untouched, &[output("a", hostile)]);
    same_both_ways(&[output("a", hostile)], untouched, &[output("a", "x\n")]);
}

#[test]
fn a_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file() {
    same_both_ways(
        &[output("a", "x\n"), output("b/c", "x\n")],
        untouched,
        &[output("a/b", "y\n"), output("b", "y\n")],
    );
}

#[test]
fn what_was_edited_by_hand_and_what_is_foreign_is_in_no_patch() {
    let patch = same_both_ways(
        &[output("edited", "old\n")],
        |project| {
            project.write("edited", "mine\n");
            project.write("foreign", "theirs\n");
        },
        &[output("edited", "new\n"), output("foreign", "new\n"), output("new", "new\n")],
    );
    assert!(
        patch.contains("b/new") && !patch.contains("edited b/") && !patch.contains("b/foreign"),
        "{patch}"
    );
}

#[test]
fn nothing_to_do_is_an_empty_patch() {
    let project = Project::new();
    let outputs = [output("a", "a\n")];
    project.build(&outputs);
    assert_eq!(patch(&project.plan(&outputs), Utf8Path::new("")), "");
}

#[test]
fn a_file_that_is_no_text_is_named_and_none_of_it_is_shown() {
    let project = Project::new();
    project.write("a", "");
    fs::write(project.root.join("a"), [0xff, 0xfe]).unwrap();
    let mut plan = project.plan(&[output("a", "ours\n")]);
    plan.adopt(Utf8Path::new("a")).unwrap();
    let patch = patch(&plan, Utf8Path::new(""));
    assert!(
        patch.contains("Binary files \"a/a\" and \"b/a\" differ")
            || patch.contains("Binary files a/a and b/a differ"),
        "{patch}"
    );
    assert!(!patch.contains("ours"), "{patch}");
}
