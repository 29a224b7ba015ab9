//! `stackgen check`: whether the files are what the stack says.

use clap::Args;

use super::changes::{self, View, ViewArgs};
use super::checked::Checked;
use super::format::print_report;
use super::planning::{Planned, Request, compile, plan, say_unfinished};
use super::{Exit, Global, Project};
use crate::cli::output::tell;
use crate::diagnostics::Report;
use crate::plan::Plan;
use crate::source::{Sources, Witness};

const UP_TO_DATE: &str = "up to date";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen check                                  fails where files are stale, and how
  stackgen check --stat                           a line for each file that is stale, and no patch
  stackgen check --quiet                          their names alone, or nothing at all
  stackgen check --env production                 one environment alone
  stackgen check --format github 2>&1             annotations in a workflow of GitHub's
  stackgen check --format sarif 2> stack.sarif    findings for code scanning")]
pub struct CheckArgs {
    #[command(flatten)]
    view: ViewArgs,
}

impl CheckArgs {
    /// The answer of a check is yes or no. Who wants that quietly is told which files make it no, and not what is in them.
    fn view(&self, global: &Global) -> View {
        match self.view.view() {
            View::Patch if global.quiet => View::Names,
            view => view,
        }
    }
}

pub fn run(global: &Global, project: &Project, args: &CheckArgs) -> anyhow::Result<Exit> {
    check(global, project, args.view(global))
}

/// The check itself, what is not as it should be seen as the caller wants it.
pub fn check(global: &Global, project: &Project, view: View) -> anyhow::Result<Exit> {
    let checked = Checked::new(global, project);
    if let Some(summary) = checked.as_ref().and_then(Checked::recall) {
        print_report(global, &Report::default(), &Sources::default());
        if global.shows_text() {
            tell!("{summary}");
        }
        global.say(UP_TO_DATE);
        return Ok(Exit::Done);
    }
    let witness = Witness::new(&project.world);
    let compilation = compile(&witness, global, project);
    let planned = plan(&witness, global, project, compilation, Request::look(Plan::drift))?;
    let Some(Planned { plan, is_silent }) = planned else {
        return Ok(Exit::Invalid);
    };
    if !global.format.is_for_programs() {
        say_unfinished(project, &plan);
        changes::show(global, project, &plan, view)?;
    }
    if plan.is_current() {
        if let Some(checked) = checked.filter(|_| is_silent) {
            checked.keep(plan.summary(), witness.testimony());
        }
        global.say(UP_TO_DATE);
        return Ok(Exit::Done);
    }
    if plan.writes().next().is_some() {
        global.say("help: run `stackgen build`, and commit what it writes");
    }
    global.say("out of date");
    Ok(Exit::NotWritten)
}
