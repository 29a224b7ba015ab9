//! Embeds the built-in templates, kinds and output schemas: a table of every file under `templates/` and
//! `schemas/outputs/`, so that adding one is adding a file, and the schema of the gateway's config beside those of stackgen's own files.
//! And says, for `stackgen --version`, which commit this is.

#![expect(clippy::disallowed_methods, reason = "this is how a build script talks to cargo")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// People check gateway configs of their own by it.
const GATEWAY_SCHEMA: &str = "schemas/kong.schema.json";

/// All that a binary is made of.
const PARTS: &[&str] = &["build.rs", "Cargo.lock", "Cargo.toml", "docs/rules", "schemas", "src", "templates"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    embed(&root)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=STACKGEN_COMMIT={}", commit(&root));
    Ok(())
}

fn embed(root: &Path) -> io::Result<()> {
    let mut table = String::from("&[\n");
    for (folder, prefix) in [("templates", ""), ("schemas/outputs", "schemas/")] {
        println!("cargo::rerun-if-changed={folder}");
        let folder = root.join(folder);
        for file in files_below(&folder)? {
            let name = file.strip_prefix(&folder).map_err(io::Error::other)?;
            let key = format!("{prefix}{}", name.to_string_lossy().replace('\\', "/"));
            let _ = writeln!(table, "    ({key:?}, include_str!({:?})),", file.to_string_lossy());
        }
    }
    let gateway = root.join(GATEWAY_SCHEMA);
    println!("cargo::rerun-if-changed={GATEWAY_SCHEMA}");
    let _ = writeln!(table, "    ({GATEWAY_SCHEMA:?}, include_str!({:?})),", gateway.to_string_lossy());
    table.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("embedded.rs"), table)
}

/// Every file below a folder, sorted.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Which commit is being built, in words. What is said follows from the source alone: no clock, no name of a machine.
fn commit(root: &Path) -> String {
    // Else every commit would compile the library and its tests again, whatever it changed.
    if env::var("PROFILE").as_deref() != Ok("release") {
        return "debug build, commit not recorded".to_owned();
    }
    // A source archive may lie inside somebody else's repository, whose commit says nothing about it.
    if !root.join(".git").exists() {
        return "commit unknown: not built from a git clone".to_owned();
    }
    let Some(name) = git(root, &["log", "-1", "--no-show-signature", "--abbrev=12", "--format=%h %cs"])
    else {
        return "commit unknown: git could not be asked".to_owned();
    };
    let watched =
        git(root, &["rev-parse", "--git-path", "HEAD", "--git-path", "logs/HEAD"]).unwrap_or_default();
    // What is watched and not there would be built again each time. The log has every move of HEAD, wherever its branch is kept.
    let watched = watched.lines().map(|path| root.join(path)).chain(PARTS.iter().map(|part| root.join(part)));
    for path in watched.filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    match git(root, &[&["status", "--porcelain", "--untracked-files=normal", "--"], PARTS].concat()) {
        Some(changes) if changes.is_empty() => name,
        _ => format!("{name}, with changes"),
    }
}

/// What git answers; nothing where there is no git, or it refuses.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    // A hook of another repository, which may be what builds this, sets these.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(variable);
    }
    git.current_dir(root).arg("--no-optional-locks").args(arguments);
    let answer = git.output().ok().filter(|answer| answer.status.success())?;
    Some(String::from_utf8(answer.stdout).ok()?.trim().to_owned())
}
