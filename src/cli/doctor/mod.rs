//! `stackgen doctor`: whether this machine and this project are ready for the stack, and what to do where they are not.

mod engine;
mod project;

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::compiled::validated;
use super::format::Format;
use super::machine::Machine;
use super::output::print;
use super::{Exit, Global, Project};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen doctor                  every look, and what to do about what is not well
  stackgen doctor --format json    an array of objects, one a look

It changes nothing. The exit code is 1 where something keeps the stack from starting; what is only worth knowing fails nothing.")]
pub struct DoctorArgs {}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Well,
    /// Worth knowing; nothing fails for it.
    Note,
    /// Keeps the stack from starting, or from doing what it says.
    Wrong,
}

/// One look at one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub at: &'static str,
    pub state: State,
    pub found: String,
    /// What to do, where it is not well.
    pub help: Option<String>,
}

impl Look {
    pub fn well(at: &'static str, found: impl Into<String>) -> Self {
        Self { at, state: State::Well, found: found.into(), help: None }
    }

    pub fn note(at: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, state: State::Note, found: found.into(), help: Some(help.into()) }
    }

    pub fn wrong(at: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, state: State::Wrong, found: found.into(), help: Some(help.into()) }
    }
}

pub fn run(global: &Global, project: &Project, _: &DoctorArgs) -> anyhow::Result<Exit> {
    let (stacks, exit) = validated(global, project);
    let mut looks = vec![project::stack(exit, &stacks)];
    if let Some(stack) = stacks.first() {
        let machine = Machine::look();
        looks.extend(engine::engine(&machine));
        looks.extend(engine::ports(&machine, project, stack));
        looks.push(engine::names(&machine, project, stack));
        looks.push(engine::disk(&project.root));
        looks.extend(project::secrets(project, stack));
    }
    looks.push(project::files(project, exit));
    looks.push(project::builds(project));
    looks.push(project::hook(project));
    print(&if global.format == Format::Json { objects(&looks) } else { text(&looks) })?;
    Ok(match exit {
        Exit::Done if looks.iter().any(|look| look.state == State::Wrong) => Exit::NotWritten,
        other => other,
    })
}

/// The looks as a list for people.
#[must_use]
pub fn text(looks: &[Look]) -> String {
    let width = looks.iter().map(|look| look.at.len()).max().unwrap_or_default();
    let mut text = String::new();
    for look in looks {
        let (colour, word) = match look.state {
            State::Well => ("\u{1b}[32m", "ok"),
            State::Note => ("\u{1b}[33m", "note"),
            State::Wrong => ("\u{1b}[31m", "wrong"),
        };
        let _ = writeln!(text, "{colour}{word:<5}\u{1b}[0m  {:<width$}  {}", look.at, look.found);
        if let Some(help) = &look.help {
            let _ = writeln!(text, "       {:width$}  help: {help}", "");
        }
    }
    let wrong = looks.iter().filter(|look| look.state == State::Wrong).count();
    let _ = match wrong {
        0 => writeln!(text, "\nready"),
        1 => writeln!(text, "\n1 thing to mend"),
        count => writeln!(text, "\n{count} things to mend"),
    };
    text
}

fn objects(looks: &[Look]) -> String {
    let object = |look: &Look| {
        let state = match look.state {
            State::Well => "ok",
            State::Note => "note",
            State::Wrong => "wrong",
        };
        json!({ "at": look.at, "state": state, "found": look.found, "help": look.help })
    };
    format!("{:#}\n", json!(looks.iter().map(object).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::{Look, text};

    #[test]
    fn what_is_not_well_comes_with_what_to_do() {
        let looks = [Look::well("disk", "10 GiB"), Look::wrong("engine", "not there", "install it")];
        let plain = text(&looks).replace("\u{1b}[32m", "").replace("\u{1b}[31m", "").replace("\u{1b}[0m", "");
        let expected = "ok     disk    10 GiB\nwrong  engine  not there\n               help: install it\n\n1 thing to mend\n";
        assert_eq!(plain, expected);
    }
}
