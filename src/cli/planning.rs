//! What `build`, `check` and `diff` share: the stack compiled, and held against the disk.

use super::format::print_report;
use super::history::History;
use super::waiting::Named;
use super::{Global, Project};
use crate::Compilation;
use crate::apply::Lock;
use crate::diagnostics::Diagnostic;
use crate::parallel::let_go;
use crate::plan::{INTERRUPTED, Plan};
use crate::source::World;

/// A plan, and whether it comes without a word.
pub struct Planned {
    pub plan: Plan,
    /// Nothing at all was found on the way.
    pub is_silent: bool,
}

/// The stack compiled, in all its environments or in the one that was asked for.
pub fn compile(world: &dyn World, global: &Global, project: &Project) -> Compilation {
    crate::compile_outputs(world, &project.file, global.env.as_deref())
}

/// Plans from what was compiled, and prints what was found on the way, with the findings that the plan itself gives rise to. Nothing
/// where that stops the command.
pub fn plan(
    world: &dyn World,
    global: &Global,
    project: &Project,
    compilation: Compilation,
    findings: impl FnOnce(&Plan) -> Vec<Diagnostic>,
) -> Option<Planned> {
    let Compilation { sources, mut report, outputs, stacks, .. } = compilation;
    let_go(stacks);
    let mut plan = None;
    if !report.has_errors() {
        match crate::planned(world, &sources, outputs, global.env.as_deref()) {
            Ok(mut made) => {
                report.extend(made.obstacles());
                if global.shows_text() {
                    let mut history = History::of(&project.root);
                    made.recall(|path, sha256| history.find(path, sha256));
                }
                plan = Some(made);
            }
            Err(refusal) => report.push(*refusal),
        }
    }
    let plan = plan.filter(|_| !report.has_errors());
    if let Some(plan) = &plan {
        report.extend(findings(plan));
    }
    print_report(global, &report, &sources);
    let is_silent = report.iter().next().is_none();
    plan.map(|plan| Planned { plan, is_silent })
}

/// Tells of a build that has not come to its end, even where quiet is wanted: it is a reason to fail.
pub fn say_unfinished(project: &Project, plan: &Plan) {
    if plan.interrupted().is_some() {
        anstream::eprintln!(
            "{}",
            match Lock::holder(&project.root) {
                Some(holder) => {
                    format!(
                        "{} is at work: what it has not written yet shows as a difference",
                        Named(&holder)
                    )
                }
                None => format!("{INTERRUPTED}; run `stackgen build` to finish it"),
            }
        );
    }
}
