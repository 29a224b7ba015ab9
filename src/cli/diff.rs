//! `stackgen diff`: what a build would write, as a patch that `git apply` accepts.

use clap::Args;

use super::changes::{self, ViewArgs};
use super::planning::{Planned, Request, compile, plan, say_unfinished};
use super::{Exit, Global, Project};
use crate::plan::Plan;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen diff                                   what `build` would write
  stackgen diff --stat                            in which files, and how much of them
  stackgen diff > stack.patch                     then: git apply stack.patch
  stackgen diff --env production")]
pub struct DiffArgs {
    #[command(flatten)]
    view: ViewArgs,
}

pub fn run(global: &Global, project: &Project, args: &DiffArgs) -> anyhow::Result<Exit> {
    let world = &project.world;
    let planned =
        plan(world, global, project, compile(world, global, project), Request::look(Plan::beside_the_patch))?;
    let Some(Planned { plan, .. }) = planned else {
        return Ok(Exit::Invalid);
    };
    if !global.format.is_for_programs() {
        say_unfinished(project, &plan);
    }
    changes::show(global, project, &plan, args.view.view())?;
    Ok(if plan.is_current() { Exit::Done } else { Exit::NotWritten })
}
