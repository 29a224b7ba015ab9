//! `stackgen validate`: whether the stack's file is right.

use super::format::print_report;
use super::{Exit, Global, Project};

/// For the help text.
pub const EXAMPLES: &str = "\
Examples:
  stackgen validate                               every finding, its place, what to do
  stackgen validate --file teams/stack.toml
  stackgen validate --format json 2> found.json   findings for programs";

pub fn run(global: &Global, project: &Project) -> Exit {
    let compilation = crate::validate(&project.world, &project.file, global.env.as_deref());
    print_report(global, &compilation.report, &compilation.sources);
    if compilation.report.has_errors() {
        return Exit::Invalid;
    }
    if compilation.report.iter().next().is_none() {
        global.say("valid");
    }
    Exit::Done
}
