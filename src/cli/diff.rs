//! `stackgen diff`: what a build would write, as a patch that `git apply` accepts.

use super::planning::{Planned, Request, compile, plan, say_unfinished};
use super::{Exit, Global, Project, changes};
use crate::plan::Plan;

/// For the help text.
pub const EXAMPLES: &str = "\
Examples:
  stackgen diff                                   what `build` would write
  stackgen diff > stack.patch                     then: git apply stack.patch
  stackgen diff --env production";

pub fn run(global: &Global, project: &Project) -> anyhow::Result<Exit> {
    let world = &project.world;
    let planned =
        plan(world, global, project, compile(world, global, project), Request::look(Plan::beside_the_patch))?;
    let Some(Planned { plan, .. }) = planned else {
        return Ok(Exit::Invalid);
    };
    if !global.format.is_for_programs() {
        say_unfinished(project, &plan);
    }
    changes::show(global, project, &plan)?;
    Ok(if plan.is_current() { Exit::Done } else { Exit::NotWritten })
}
