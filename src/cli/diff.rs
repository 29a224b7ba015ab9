//! `stackgen diff`: what a build would write, as a patch that `git apply` accepts.

use super::planning::{plan, say_unfinished};
use super::{Exit, Global, Project};
use crate::plan::diff;

pub fn run(global: &Global, project: &Project) -> anyhow::Result<Exit> {
    let Some(plan) = plan(global, project) else {
        return Ok(Exit::Invalid);
    };
    Global::print_patch(&diff::patch(&plan))?;
    say_unfinished(global, project, &plan);
    global.say(&plan.summary());
    Ok(if plan.is_current() { Exit::Done } else { Exit::NotWritten })
}
