//! `stackgen build`: every file made, shown, and written.

use camino::Utf8PathBuf;
use clap::Args;

use super::changes::{self, ViewArgs};
use super::planning::{Planned, Request, compile, plan};
use super::waiting::{self, NoLock, Taken};
use super::{Exit, Global, Project, watch};
use crate::Compilation;
use crate::apply;
use crate::plan::{INTERRUPTED, Plan};
use crate::source::values::Duration;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen build                     show the diff, ask, write
  stackgen build --yes               show the diff and write
  stackgen build --stat              show which files change and how much of them, ask, write
  stackgen build --watch             build again whenever the stack changes, without asking
  stackgen build --force             overwrite what was edited by hand, after a copy to *.orig
  stackgen build --adopt docs/X.md   take over a file that stackgen did not write")]
pub struct BuildArgs {
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// Go on, and build again whenever something changes that the stack is read from; writes without asking
    #[arg(long)]
    watch: bool,
    /// Overwrite and delete files that were edited by hand, after a copy to `*.orig`
    #[arg(long)]
    force: bool,
    /// Take over this file, or those of this folder, which stackgen did not write, after a copy to `*.orig`; or, by its name, the `generated/.stackgen.json` of
    /// another stack's file, and all that was built from that
    #[arg(long, value_name = "PATH")]
    adopt: Vec<Utf8PathBuf>,
    /// How long to wait while another build of this project is at work, such as `30s`; until it ends, if not said
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    lock_timeout: Option<Duration>,
    #[command(flatten)]
    view: ViewArgs,
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    text.parse().map_err(|()| "write a duration, such as `30s`, `5m` or `1m30s`")
}

pub fn run(global: &Global, project: &Project, args: &BuildArgs) -> anyhow::Result<Exit> {
    if args.watch {
        return watch::run(global, project, args);
    }
    build_once(global, project, args, &|| compile(&project.world, global, project), false)
}

/// Changes a plan to what the user allows beyond the safe.
fn allow(project: &Project, args: &BuildArgs, plan: &mut Plan) -> anyhow::Result<()> {
    for path in &args.adopt {
        plan.adopt(&project.path_of(path)?)?;
    }
    if args.force {
        plan.force();
    }
    Ok(())
}

/// One build of what `compiled` reads. With `is_quiet` nothing is said where nothing is to do.
pub fn build_once(
    global: &Global,
    project: &Project,
    args: &BuildArgs,
    compiled: &dyn Fn() -> Compilation,
    is_quiet: bool,
) -> anyhow::Result<Exit> {
    // Whoever watches has said that changes are to be written.
    let is_said = args.yes || args.watch;
    let mut compilation = compiled();
    let mut taken = None;
    // Where nobody is asked, nobody else may write between the look and the write.
    if is_said && !compilation.report.has_errors() {
        let outcome = waiting::lock(global, project, args.lock_timeout);
        match outcome {
            Ok(Taken { waited: true, .. }) => compilation = compiled(),
            Err(error @ NoLock::Held { .. }) => return Err(error.into()),
            // Without a lock there is still something to see, and perhaps nothing to write.
            _ => {}
        }
        taken = Some(outcome);
    }
    let request = Request { allow: &|plan| allow(project, args, plan), findings: Plan::kept };
    let Some(Planned { plan, .. }) = plan(&project.world, global, project, compilation, request)? else {
        return Ok(Exit::Invalid);
    };
    if plan.interrupted().is_some() {
        global.say(&format!("{INTERRUPTED}: this one finishes it"));
    }
    if is_quiet && plan.is_current() {
        global.say("nothing to do: the files are as the stack says");
        return Ok(Exit::Done);
    }
    changes::show(global, project, &plan, args.view.view())?;
    if plan.has_work() {
        if !is_said && !super::terminal::may_write(global) {
            return Ok(Exit::NotWritten);
        }
        let taken = taken.unwrap_or_else(|| waiting::lock(global, project, args.lock_timeout))?;
        let applied = apply::apply(&taken.lock, &plan)?;
        for (path, copy) in &applied.copies {
            global.say(&format!("`{path}`, as it was, is in `{copy}`"));
        }
        global.say("written");
        if plan.conflicts().next().is_some() {
            global.say("what was kept is not as the stack says, and what was written is: settle that before you start anything from it");
        }
    }
    Ok(if plan.conflicts().next().is_none() { Exit::Done } else { Exit::NotWritten })
}
