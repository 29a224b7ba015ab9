//! The stacks that the reading commands look at.

use super::format::print_report;
use super::{Exit, Global, Project};
use crate::Compilation;
use crate::diagnostics::Severity;
use crate::model::Stack;

/// The base and its environments, or the environment that was asked for.
///
/// Errors are printed, and show in the exit code; what could be read is handed on all the same, for the command's answer is
/// wanted then most of all. Warnings are for `validate` to tell.
pub fn validated(global: &Global, project: &Project) -> (Vec<Stack>, Exit) {
    let Compilation { mut report, sources, stacks, .. } =
        crate::validate(&project.world, &project.file, global.env.as_deref());
    report.retain(|found| found.severity == Severity::Error);
    print_report(global, &report, &sources);
    let exit = if report.has_errors() { Exit::Invalid } else { Exit::Done };
    (stacks, exit)
}

/// What is shown of the base, and of each environment under its name. One that shows nothing new is not shown twice.
pub fn one_by_one(stacks: &[Stack], shown: impl Fn(&Stack) -> String) -> String {
    let mut text = String::new();
    let mut base = None;
    for stack in stacks {
        let table = shown(stack);
        if let Some(environment) = &stack.environment {
            let separator = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{separator}environment `{}`", environment.value));
            if base.as_ref() == Some(&table) {
                text.push_str(": the same\n");
                continue;
            }
            text.push_str(":\n");
        }
        text.push_str(&table);
        base.get_or_insert(table);
    }
    text
}

/// The stacks of a file, for tests.
#[cfg(test)]
pub fn stacks_of(text: &str) -> Vec<Stack> {
    let world = crate::source::Memory::default().with("stack.toml", text);
    crate::validate(&world, camino::Utf8Path::new("stack.toml"), None).stacks
}
