//! The least that a compiler of a stack can do: read the stack, and copy what is made of it. What it takes is what stackgen's own time
//! is held against. `floor read PROJECT` reads the stack's files and those that were built, and copies their bytes in memory;
//! `floor write PROJECT FOLDER` copies them into a new folder. `floor nothing` is what it takes to be a process at all.

#![expect(clippy::print_stdout, reason = "this is a command of its own")]
#![expect(clippy::disallowed_methods, reason = "it works on the disk, like what it stands beside")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let (project, copy) = match arguments.as_slice() {
        [how] if how.as_os_str() == "nothing" => return Ok(()),
        [how, project] if how.as_os_str() == "read" => (project, None),
        [how, project, folder] if how.as_os_str() == "write" => (project, Some(folder)),
        _ => {
            return Err(io::Error::other(
                "usage: floor nothing | floor read PROJECT | floor write PROJECT FOLDER",
            ));
        }
    };
    let mut bytes = fs::read(project.join("stack.toml"))?.len();
    for hub in fs::read_dir(project.join("hubs"))? {
        bytes += fs::read(hub?.path().join("stack.toml"))?.len();
    }
    let mut all = Vec::new();
    for path in files(&project.join("generated"))? {
        let contents = fs::read(&path)?;
        match copy {
            Some(folder) => {
                write(&folder.join(path.strip_prefix(project).map_err(io::Error::other)?), &contents)?
            }
            None => all.extend_from_slice(&contents),
        }
        bytes += contents.len();
    }
    // Whoever prints the sum cannot have left the copying out.
    println!("{bytes} bytes read, {} kept", all.len());
    Ok(())
}

fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, contents)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    Ok(found)
}
