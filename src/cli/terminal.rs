//! Colour and questions: both only where a person sits at a terminal.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anstream::ColorChoice;
use clap::ValueEnum;

use crate::plan::Stat;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    /// Makes this the choice of everything that is printed from here on.
    pub fn apply(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

/// How many columns the terminal has that results are printed on; nothing where they go elsewhere.
pub fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let said = variable("COLUMNS").and_then(|text| text.parse().ok());
    said.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

#[expect(clippy::disallowed_methods, reason = "a terminal's width is of no account to what is written")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Asks a question that is answered with yes or no. Nothing where there is nobody to ask.
pub fn ask(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let mut stderr = io::stderr();
    let _ = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).ok()?;
    Some(is_yes(&answer))
}

/// The user's word, where there is somebody to ask.
pub fn may_write(global: &super::Global) -> bool {
    match ask("write these files?") {
        Some(true) => true,
        Some(false) => {
            global.say("nothing was written");
            false
        }
        None => {
            global.say("nothing was written: say `--yes` to write where nobody can be asked");
            false
        }
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// A patch with its added, removed and place lines in colour; the printer drops it where no colour is wanted.
pub fn coloured_patch(patch: &str) -> String {
    let mut coloured = String::with_capacity(patch.len() + patch.len() / 8);
    for line in patch.split_inclusive('\n') {
        let style = match line.as_bytes() {
            [b'd', b'i', b'f', b'f', ..] | [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => "\u{1b}[1m",
            [b'+', ..] => "\u{1b}[32m",
            [b'-', ..] => "\u{1b}[31m",
            [b'@', ..] => "\u{1b}[36m",
            _ => {
                coloured.push_str(line);
                continue;
            }
        };
        let text = line.strip_suffix('\n').unwrap_or(line);
        let _ = write!(coloured, "{style}{text}\u{1b}[0m{}", &line[text.len()..]);
    }
    coloured
}

/// How many lines come and go, in the colours of a patch, and whether the mode changes.
pub fn coloured_stat(stat: Stat) -> String {
    let mode = if stat.mode { " (mode)" } else { "" };
    format!("\u{1b}[32m+{}\u{1b}[0m \u{1b}[31m-{}\u{1b}[0m{mode}", stat.added, stat.removed)
}

/// The diff of a conflict, in one column or two, in colour. Its lines are told by what stands above them: a deleted line that
/// begins with `--` is no header.
pub fn coloured_conflict(diff: &str) -> String {
    let mut coloured = String::with_capacity(diff.len() + diff.len() / 8);
    // How many columns of signs the lines have; none above the first hunk.
    let mut columns = 0;
    for line in diff.lines() {
        if line.starts_with("@@ ") {
            columns = 1;
        } else if line.starts_with("@@@ ") {
            columns = 2;
        }
        let signs = line.get(..columns).unwrap_or_default();
        let style = match line.as_bytes() {
            [b'@', ..] => "\u{1b}[36m",
            [b'-' | b'+', ..] if columns == 0 => "\u{1b}[1m",
            _ if signs == "--" => "\u{1b}[1;31m",
            _ if signs == "++" => "\u{1b}[1;32m",
            _ if signs.contains('-') => "\u{1b}[31m",
            _ if signs.contains('+') => "\u{1b}[32m",
            _ => {
                coloured.push_str(line);
                coloured.push('\n');
                continue;
            }
        };
        let _ = writeln!(coloured, "{style}{line}\u{1b}[0m");
    }
    coloured
}

#[cfg(test)]
mod tests {
    use super::{coloured_conflict, is_yes};

    #[test]
    fn only_the_signs_of_a_line_give_it_a_colour() {
        let diff = "--- x (recorded)\n+++ x (on disk)\n@@@ -1 +1 +1 @@@ by hand\n  - x\n- - x\n--- x\n +@\n";
        assert_eq!(
            coloured_conflict(diff),
            "\u{1b}[1m--- x (recorded)\u{1b}[0m\n\u{1b}[1m+++ x (on disk)\u{1b}[0m\n\
             \u{1b}[36m@@@ -1 +1 +1 @@@ by hand\u{1b}[0m\n  - x\n\u{1b}[31m- - x\u{1b}[0m\n\
             \u{1b}[1;31m--- x\u{1b}[0m\n\u{1b}[32m +@\u{1b}[0m\n"
        );
    }

    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", "Yes", " YES \n"].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "yep", "no"].into_iter().any(is_yes));
    }
}
