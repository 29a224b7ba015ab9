//! A disk that is full, at every step of a build, and one that may not be written to.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::site::{Site, Tree, is_temporary};
use crate::snapshot::{assert_same, snapshot};
use crate::stacks::Release::{First, Second};

/// One team, and so about twenty files: a build small enough to fail at each of its steps.
const TEAMS: usize = 1;
/// More than any of the builds needs.
const PLENTY: &str = "size=64m,nr_inodes=100000";
/// The least that such a disk gives to a file, in KiB.
const PAGE: usize = 4;

/// A disk in memory, which nobody outside this test sees.
struct Disk {
    /// Where it is; nothing lies there once the process has ended.
    folder: TempDir,
}

impl Disk {
    fn new() -> Self {
        assert!(
            std::env::var_os("STACKGEN_PRIVATE_MOUNTS").is_some(),
            "tests/durability/run gives this test mounts of its own"
        );
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        done(Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "stackgen"]).arg(disk.path()));
        disk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn remount(&self, options: &str) {
        done(Command::new("mount").arg("-o").arg(format!("remount,{options}")).arg(self.path()));
    }

    /// What `df` says of it.
    fn used(&self, column: &str) -> u64 {
        let output =
            Command::new("df").arg("-k").arg(format!("--output={column}")).arg(self.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

#[track_caller]
fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Where a build starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// A project that was never built: every file takes room.
    Nothing,
    /// The first release built, and the second to come: files take the room of others.
    FirstRelease,
}

/// The project on the disk, about to be built as the second release.
fn project(disk: &Disk, start: Start) -> Site {
    let root = disk.path().join("project");
    if root.exists() {
        std::fs::remove_dir_all(&root).unwrap();
    }
    let site = Site::new(root, TEAMS);
    if start == Start::FirstRelease {
        site.build(0);
    }
    site.choose(Second);
    site
}

/// What lies there before, and what a build gives where there is room.
fn clean(disk: &Disk, start: Start) -> [Tree; 2] {
    let site = project(disk, start);
    let first = site.generated();
    site.build(0);
    [first, site.generated()]
}

fn judge(site: &Site, clean: &[Tree; 2], when: &str) {
    for (path, file) in site.generated() {
        let wanted = clean.each_ref().map(|tree| tree.get(&path));
        assert!(wanted.contains(&Some(&file)), "{when}: `{}` is neither old nor new", path.display());
        assert!(!is_temporary(&path));
    }
    for path in clean[0].keys().filter(|path| clean[1].contains_key(*path)) {
        assert!(site.root.join(path).exists(), "{when}: `{}` is gone", path.display());
    }
}

/// Builds with ever more room until it is enough, each time from the same start. `limit` gives the mount option for so many
/// free units.
fn with_ever_more_room(start: Start, limit: impl Fn(&Disk, u64) -> String, step: usize) {
    let disk = Disk::new();
    let clean = clean(&disk, start);
    let mut failed = BTreeSet::new();
    let mut stops = 0;
    for free in (0..).step_by(step) {
        let site = project(&disk, start);
        disk.remount(&limit(&disk, free));
        let (code, said) = site.run(&["build", "--yes"]);
        if code == Some(0) {
            site.is_clean(&clean[1]);
            break;
        }
        let when = format!("with room for {free}: {said}");
        assert_eq!(code, Some(2), "{when}");
        assert!(said.contains("help: make room on the disk"), "{when}");
        failed.insert(failed_step(&said).unwrap_or_else(|| panic!("no path is named {when}")));
        judge(&site, &clean, &when);
        assert_eq!(site.leftovers(), Vec::<std::path::PathBuf>::new(), "{when}");
        let before = snapshot(&site.root, |_| false);
        let (code, said) = site.run(&["check"]);
        assert_eq!(code, Some(1), "looking needs no room: {said}");
        assert_same(&before, &snapshot(&site.root, |_| false), "a check");
        disk.remount(PLENTY);
        site.build(0);
        site.is_clean(&clean[1]);
        stops += 1;
        assert!(stops < 500, "it never was enough");
    }
    println!("  stopped {stops} times, at {} different steps:", failed.len());
    for step in &failed {
        println!("    {step}");
    }
    assert!(failed.len() >= 3, "too few of the steps were met");
}

/// What could not be done to which path, the recorded texts counted as one.
fn failed_step(said: &str) -> Option<String> {
    let (step, rest) = said.split("error: cannot ").nth(1)?.split_once('`')?;
    let path = rest.split('`').next()?;
    let known = path.starts_with("generated") || path.starts_with(".stackgen");
    let shown = if path.starts_with(".stackgen/recorded/") { ".stackgen/recorded/…" } else { path };
    known.then(|| format!("{step}{shown}"))
}

fn pages(disk: &Disk, free: u64) -> String {
    format!("size={}k", disk.used("used") + free)
}

fn files(disk: &Disk, free: u64) -> String {
    format!("nr_inodes={}", disk.used("iused") + free)
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_full_disk_leaves_every_file_old_or_new_wherever_it_stops_a_build() {
    with_ever_more_room(Start::FirstRelease, pages, PAGE);
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_full_disk_leaves_every_file_whole_or_absent_wherever_it_stops_the_first_build() {
    with_ever_more_room(Start::Nothing, pages, PAGE);
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_disk_that_takes_no_more_files_leaves_every_file_old_or_new_wherever_it_stops_a_build() {
    with_ever_more_room(Start::FirstRelease, files, 1);
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_disk_that_takes_no_more_files_leaves_every_file_whole_or_absent_wherever_it_stops_the_first_build() {
    with_ever_more_room(Start::Nothing, files, 1);
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_disk_that_may_not_be_written_to_is_named_and_can_be_checked() {
    let disk = Disk::new();
    let clean = clean(&disk, Start::FirstRelease);
    let site = project(&disk, Start::FirstRelease);
    disk.remount("ro");
    let (code, said) = site.run(&["build", "--yes"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`.stackgen/lock`") || said.contains("`generated/"), "{said}");
    assert!(said.contains("help: mount the file system for writing"), "{said}");
    assert!(site.generated() == clean[0]);
    for command in ["check", "diff"] {
        assert_eq!(site.run(&[command]).0, Some(1));
    }
    disk.remount("rw");
    site.choose(First);
    disk.remount("ro");
    for arguments in [&["check"][..], &["diff"], &["build", "--yes"]] {
        let (code, said) = site.run(arguments);
        assert_eq!(code, Some(0), "there is nothing to write: {said}");
    }
    disk.remount("rw");
    site.choose(Second);
    site.build(0);
    site.is_clean(&clean[1]);
}
