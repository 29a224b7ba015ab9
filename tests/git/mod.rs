//! Git itself, to which a printed patch is given.

use std::io::Write as _;
use std::process::{Command, Stdio};

use camino::Utf8Path;

/// Applies a patch in a folder, which is taken for a repository of its own whatever lies above it; what git says, where it refuses.
pub fn apply(root: &Utf8Path, patch: &str) -> Result<(), String> {
    let mut git = Command::new("git")
        .args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"])
        .current_dir(root)
        .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
    let done = git.wait_with_output().unwrap();
    if done.status.success() {
        Ok(())
    } else {
        Err(format!("{}\n{patch}", String::from_utf8_lossy(&done.stderr)))
    }
}
