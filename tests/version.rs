//! What `--version` says of the commit: the build script itself, over folders as clones and archives leave them.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use tempfile::TempDir;

/// The build script, compiled once.
static SCRIPT: LazyLock<PathBuf> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-script");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs");
    let status = Command::new("rustc").args(["--edition=2024", "-o"]).arg(&script).arg(source).status();
    assert!(status.unwrap().success());
    script
});

/// A source folder that the build script is run in.
struct Source {
    folder: TempDir,
}

impl Source {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("source");
        for part in ["src", "templates", "schemas/outputs"] {
            fs::create_dir_all(root.join(part)).unwrap();
        }
        fs::create_dir(folder.path().join("out")).unwrap();
        let source = Self { folder };
        source.write("src/main.rs", "fn main() {}\n");
        source.write("schemas/kong.schema.json", "{}\n");
        source
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"];
        let mut git = Command::new("git");
        git.env("GIT_COMMITTER_DATE", "2026-02-03T12:00:00+00:00").env("GIT_CONFIG_GLOBAL", "/dev/null");
        self.succeeds(git.args(who).args(arguments))
    }

    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a step"]);
        self.git(&["rev-parse", "--short=12", "HEAD"])
    }

    /// What the build script prints.
    fn build(&self, profile: &str) -> String {
        let mut script = Command::new(&*SCRIPT);
        script.env("CARGO_MANIFEST_DIR", self.root()).env("OUT_DIR", self.folder.path().join("out"));
        self.succeeds(script.env("PROFILE", profile))
    }

    /// What the build script says of the commit.
    fn said(&self, profile: &str) -> String {
        let lines = self.build(profile);
        lines
            .lines()
            .find_map(|line| line.strip_prefix("cargo::rustc-env=STACKGEN_COMMIT="))
            .unwrap()
            .to_owned()
    }

    fn succeeds(&self, command: &mut Command) -> String {
        let output = command.current_dir(self.root()).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

#[test]
fn a_release_names_its_commit_and_whether_anything_it_is_made_of_has_changed_since() {
    let source = Source::new();
    source.git(&["init", "--quiet"]);
    let first = source.commit();
    assert_eq!(source.said("release"), format!("{first} 2026-02-03"));
    assert_eq!(source.said("release"), source.said("release"));
    source.write("notes.txt", "of no account\n");
    assert_eq!(source.said("release"), format!("{first} 2026-02-03"));
    source.write("src/new.rs", "");
    assert_eq!(source.said("release"), format!("{first} 2026-02-03, with changes"));
    let second = source.commit();
    assert_ne!(first, second);
    assert_eq!(source.said("release"), format!("{second} 2026-02-03"));
}

#[test]
fn a_release_is_built_again_when_its_commit_changes_and_not_for_what_is_not_there() {
    let source = Source::new();
    source.git(&["init", "--quiet"]);
    source.commit();
    let lines = source.build("release");
    let watched: Vec<PathBuf> = lines
        .lines()
        .filter_map(|line| line.strip_prefix("cargo::rerun-if-changed="))
        .map(|path| source.root().join(path))
        .collect();
    assert!(watched.contains(&source.root().join(".git/logs/HEAD")), "{watched:?}");
    assert!(watched.contains(&source.root().join("src")), "{watched:?}");
    // Cargo would run the script again each time for these.
    let missing: Vec<_> =
        watched.iter().filter(|path| !path.exists() && !path.ends_with("build.rs")).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_source_archive_inside_another_repository_says_that_its_commit_is_unknown() {
    let source = Source::new();
    let outer = source.folder.path().to_str().unwrap();
    source.git(&["-C", outer, "init", "--quiet"]);
    source.git(&["-C", outer, "commit", "--quiet", "--allow-empty", "--message", "not ours"]);
    assert_eq!(source.said("release"), "commit unknown: not built from a git clone");
    source.write(".git", "gitdir: nowhere\n");
    assert_eq!(source.said("release"), "commit unknown: git could not be asked");
}

#[test]
fn a_debug_build_is_not_made_again_for_a_commit_and_says_what_it_is() {
    let source = Source::new();
    source.git(&["init", "--quiet"]);
    source.commit();
    assert_eq!(source.said("debug"), "debug build, commit not recorded");
    assert!(!source.build("debug").contains(".git"));
    let stackgen = env!("CARGO_BIN_EXE_stackgen");
    let version = env!("CARGO_PKG_VERSION");
    let said = |flag| source.succeeds(Command::new(stackgen).arg(flag));
    assert!(said("--version").starts_with(&format!("stackgen {version} (")), "{}", said("--version"));
    // For programs that read it: no more than a version.
    assert_eq!(said("-V"), format!("stackgen {version}"));
    // The same version gives the same pages, whatever it was built from.
    assert!(!said("man").contains("debug build"), "{}", said("man"));
}
