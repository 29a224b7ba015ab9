//! Embeds the built-in templates, kinds and output schemas: a table of every file under `templates/` and
//! `schemas/outputs/`, so that adding one is adding a file, and the schema of the gateway's config beside those of stackgen's own files.

#![expect(clippy::disallowed_methods, reason = "this is how a build script talks to cargo")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// People check gateway configs of their own by it.
const GATEWAY_SCHEMA: &str = "schemas/kong.schema.json";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
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
