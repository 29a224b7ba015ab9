//! What `build`, `check` and `diff` share: the stack compiled, and held against the disk.

use super::format::print_report;
use super::history::History;
use super::waiting::Named;
use super::{Global, Project};
use crate::Compilation;
use crate::apply::Lock;
use crate::cli::output::tell;
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

/// What a command wants of a plan besides the plan.
pub struct Request<'a> {
    /// What the user allows beyond the safe.
    pub allow: &'a dyn Fn(&mut Plan) -> anyhow::Result<()>,
    /// The findings that the plan itself gives rise to, for programs.
    pub findings: fn(&Plan) -> Vec<Diagnostic>,
}

impl Request<'_> {
    /// For who only looks.
    pub fn look(findings: fn(&Plan) -> Vec<Diagnostic>) -> Self {
        Self { allow: &|_| Ok(()), findings }
    }
}

/// The stack compiled, in all its environments or in the one that was asked for.
pub fn compile(world: &dyn World, global: &Global, project: &Project) -> Compilation {
    crate::compile_outputs(world, &project.file, global.env.as_deref())
}

/// Plans from what was compiled, with what the user allows beyond the safe, and prints what was found on the way. Nothing where that
/// stops the command.
pub fn plan(
    world: &dyn World,
    global: &Global,
    project: &Project,
    compilation: Compilation,
    request: Request<'_>,
) -> anyhow::Result<Option<Planned>> {
    let Compilation { sources, mut report, outputs, stacks, .. } = compilation;
    let_go(stacks);
    let (mut plan, mut allowed) = (None, Ok(()));
    if !report.has_errors() {
        match crate::planned(world, &sources, outputs, global.env.as_deref()) {
            Ok(mut made) => {
                allowed = (request.allow)(&mut made);
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
    // People get a list and a patch instead.
    if let Some(plan) = plan.as_ref().filter(|_| global.format.is_for_programs()) {
        report.extend((request.findings)(plan));
    }
    print_report(global, &report, &sources);
    let is_silent = report.iter().next().is_none();
    if plan.is_some() {
        allowed?;
    }
    Ok(plan.map(|plan| Planned { plan, is_silent }))
}

/// Tells of a build that has not come to its end, even where quiet is wanted: it is a reason to fail.
pub fn say_unfinished(project: &Project, plan: &Plan) {
    if plan.interrupted().is_some() {
        tell!(
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
