//! Colour and questions: both only where a person sits at a terminal.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anstream::ColorChoice;
use clap::ValueEnum;

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

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", "Yes", " YES \n"].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "yep", "no"].into_iter().any(is_yes));
    }
}
