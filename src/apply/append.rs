//! Lines at the end of the user's own `.env`. What stands there stays.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use camino::Utf8Path;

/// Adds lines to a file, which is made where there is none, for its owner alone. A line whose name the file has already is left out.
/// Whether anything was added.
///
/// # Errors
/// As the file system says. Then the file ends where it ended before: half of a secret would be taken for the whole.
pub fn append(path: &Utf8Path, lines: &[String]) -> io::Result<bool> {
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let name = |line: &str| {
        line.split('=').next().unwrap_or_default().trim().trim_start_matches("export ").to_owned()
    };
    let known: Vec<String> = before.lines().map(name).collect();
    let missing: Vec<&String> = lines.iter().filter(|line| !known.contains(&name(line))).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let mut added = String::new();
    if !before.is_empty() && !before.ends_with('\n') {
        added.push('\n');
    }
    for line in missing {
        added.push_str(line);
        added.push('\n');
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(added.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // There is nothing more to do where this fails, too: what is told is why.
        let _ = file.set_len(before.len() as u64);
    }
    written.map(|()| true)
}
