//! The secrets of an import, into `.env`.

use std::collections::BTreeSet;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};

use crate::apply;
use crate::cli::Global;
use crate::import::Import;

/// Adds the secrets that `.env` lacks. What stands there stays.
pub fn write_env(global: &Global, root: &Utf8Path, stack: &Utf8Path, result: &Import) -> anyhow::Result<()> {
    if result.env.is_empty() {
        return Ok(());
    }
    let path = root.join(stack.parent().unwrap_or(Utf8Path::new(""))).join(".env");
    let lines: Vec<String> =
        result.env.iter().map(|(name, value)| format!("{name}={}", env_value(value))).collect();
    let added = apply::append(&path, &lines).with_context(|| format!("`{path}` cannot be written"))?;
    let names: Vec<String> = result.env.iter().map(|(name, _)| format!("`{name}`")).collect();
    if added {
        global.say(&format!("added to `.env`, where their values stand alone: {}", names.join(", ")));
    }
    if !is_ignored(root) {
        global.say(
            "warning: git does not ignore `.env`, which holds secrets\nhelp: add a line `.env` to .gitignore",
        );
    }
    Ok(())
}

/// As Compose reads it back: quoted where a word alone would not do. Between single quotes a backslash would keep the closing one from
/// closing.
fn env_value(value: &str) -> String {
    let is_plain = value.bytes().all(|found| found.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&found));
    match (is_plain, value.contains(['\'', '\\', '\n', '\r'])) {
        (true, _) => value.to_owned(),
        (false, false) => format!("'{value}'"),
        (false, true) => {
            let escaped = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('$', "\\$")
                .replace('\n', "\\n")
                .replace('\r', "\\r");
            format!("\"{escaped}\"")
        }
    }
}

/// The files below a folder that git holds, from that folder; none where there is no repository.
pub fn tracked(root: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
    let output = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let Ok(output) = output else { return BTreeSet::new() };
    let paths = String::from_utf8_lossy(&output.stdout).into_owned();
    paths.split('\0').filter(|path| !path.is_empty()).map(Utf8PathBuf::from).collect()
}

fn is_ignored(root: &Utf8Path) -> bool {
    let status = std::process::Command::new("git")
        .args(["check-ignore", "--quiet", ".env"])
        .current_dir(root)
        .stderr(std::process::Stdio::null())
        .status();
    // Where there is no repository, nobody commits it by mistake.
    status.is_ok_and(|status| status.code() != Some(1))
}

#[cfg(test)]
mod tests {
    use super::env_value;

    #[test]
    fn a_value_is_quoted_so_that_compose_reads_it_back() {
        for (value, written) in [
            ("plain-1", "plain-1"),
            ("two words", "'two words'"),
            ("$5", "'$5'"),
            ("it's", "\"it's\""),
            ("ends in \\", "\"ends in \\\\\""),
            ("a\r\nb", "\"a\\r\\nb\""),
        ] {
            assert_eq!(env_value(value), written);
        }
    }
}
