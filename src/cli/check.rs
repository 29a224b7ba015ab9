//! `stackgen check`: whether the files are what the stack says.

use super::planning::{plan_with, say_unfinished};
use super::{Exit, Global, Project, changes};
use crate::plan::Plan;

/// For the help text.
pub const EXAMPLES: &str = "\
Examples:
  stackgen check                                  fails where files are stale, and how
  stackgen check --env production                 one environment alone
  stackgen check --format github 2>&1             annotations in a workflow of GitHub's
  stackgen check --format sarif 2> stack.sarif    findings for code scanning";

pub fn run(global: &Global, project: &Project) -> anyhow::Result<Exit> {
    // People get a list and a patch instead.
    let findings = |plan: &Plan| if global.format.is_for_programs() { plan.drift() } else { Vec::new() };
    let Some(plan) = plan_with(global, project, findings) else {
        return Ok(Exit::Invalid);
    };
    if !global.format.is_for_programs() {
        say_unfinished(project, &plan);
        changes::show(global, project, &plan)?;
    }
    if plan.is_current() {
        global.say("up to date");
        return Ok(Exit::Done);
    }
    if plan.writes().next().is_some() {
        global.say("help: run `stackgen build`, and commit what it writes");
    }
    global.say("out of date");
    Ok(Exit::NotWritten)
}
