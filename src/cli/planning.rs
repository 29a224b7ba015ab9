//! What `build`, `check` and `diff` share: the stack compiled, and held against the disk.

use super::format::print_report;
use super::{Global, Project};
use crate::Compilation;
use crate::diagnostics::Diagnostic;
use crate::plan::Plan;

/// Compiles and plans, and prints what was found on the way. Nothing where that stops the command.
pub fn plan(global: &Global, project: &Project) -> Option<Plan> {
    plan_with(global, project, |_| Vec::new())
}

/// As [`plan`], with findings that the plan itself gives rise to.
pub fn plan_with(
    global: &Global,
    project: &Project,
    findings: impl FnOnce(&Plan) -> Vec<Diagnostic>,
) -> Option<Plan> {
    let environment = global.env.as_deref();
    let Compilation { sources, mut report, outputs, .. } =
        crate::compile(&project.world, &project.file, environment);
    let mut plan = None;
    if !report.has_errors() {
        match crate::planned(&project.world, outputs, environment) {
            Ok(made) => {
                report.extend(made.obstacles());
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
    plan
}
