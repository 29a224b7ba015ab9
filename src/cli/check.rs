//! `stackgen check`: whether the files are what the stack says.

use std::fmt::Write as _;

use super::planning::{plan_with, say_unfinished};
use super::{Exit, Global, Project};
use crate::plan::{Plan, State, diff};

pub fn run(global: &Global, project: &Project) -> anyhow::Result<Exit> {
    // People get a list and a patch instead.
    let findings = |plan: &Plan| if global.format.is_for_programs() { plan.drift() } else { Vec::new() };
    let Some(plan) = plan_with(global, project, findings) else {
        return Ok(Exit::Invalid);
    };
    if plan.is_current() {
        global.say(&format!("up to date: {}", plan.summary()));
        return Ok(Exit::Done);
    }
    say_unfinished(global, project, &plan);
    if !global.format.is_for_programs() {
        Global::print_patch(&diff::patch(&plan))?;
    }
    global.say(drift(&plan).trim_end());
    Ok(Exit::NotWritten)
}

/// What differs, and what to do about it.
fn drift(plan: &Plan) -> String {
    let mut text = String::new();
    for change in plan.changes().filter(|change| change.state != State::Unchanged) {
        let _ = writeln!(text, "{:>15}  {}", change.state.as_str(), change.path);
    }
    let _ = writeln!(text, "out of date: {}", plan.summary());
    if let Some((theirs, ours)) = &plan.version_differs {
        let _ = writeln!(
            text,
            "note: stackgen {theirs} wrote these files, and this is stackgen {ours}: install the same version before anything else"
        );
    }
    if plan.has_work() {
        let _ = writeln!(text, "help: run `stackgen build`, and commit what it writes");
    }
    text.push_str(&super::build::conflict_help(plan.conflicts()));
    text
}
