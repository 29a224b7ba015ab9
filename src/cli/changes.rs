//! How `build`, `check` and `diff` show a plan, all three the same way: the patch on standard output; on standard error a list of
//! what is not as the stack says, what differs in files that are kept, one line that counts, and the ways out.

use std::fmt::Write as _;

use super::{Global, Project, terminal};
use crate::diagnostics::visible_lines;
use crate::plan::{Change, Plan, State, diff, sight, ways_out};

/// Prints a plan. With `--quiet` it is the patch, which is the result, and the names of the files that are kept: nothing else
/// would tell why the command fails. A program that reads findings gets the patch alone.
pub fn show(global: &Global, project: &Project, plan: &Plan) -> anyhow::Result<()> {
    for patch in diff::patches(plan, &project.folder_in_repository()) {
        Global::print_patch(&patch)?;
    }
    if global.format.is_for_programs() {
        return Ok(());
    }
    let mut text = String::new();
    if global.quiet {
        push_list(&mut text, plan.conflicts());
    } else {
        push_list(&mut text, plan.changes());
        for change in plan.conflicts() {
            push_conflict(&mut text, change);
        }
        let _ = writeln!(text, "{}", summary(plan));
        push_help(&mut text, plan);
    }
    crate::cli::output::tell_raw!("{text}");
    Ok(())
}

/// Every path that is not unchanged, with its state.
fn push_list<'a>(text: &mut String, changes: impl Iterator<Item = &'a Change>) {
    let changes: Vec<_> = changes.filter(|change| change.state != State::Unchanged).collect();
    let width = changes.iter().map(|change| change.state.as_str().len()).max().unwrap_or_default();
    for change in changes {
        let path = visible_lines(change.path.as_str());
        let kept = if change.state.is_conflict() { " (kept)" } else { "" };
        let _ = writeln!(text, "  {:>width$}  {path}{kept}", change.state.as_str());
    }
}

/// A file that is kept, and what differs in it, set in.
fn push_conflict(text: &mut String, change: &Change) {
    let Some(sight) = sight(change) else { return };
    let _ = writeln!(text, "\n{}: {}", visible_lines(change.path.as_str()), sight.caption);
    for line in terminal::coloured_conflict(&visible_lines(&sight.difference)).lines() {
        let _ = writeln!(text, "    {line}");
    }
}

/// The plan in one line, and that conflicts are kept.
fn summary(plan: &Plan) -> String {
    let summary = plan.summary();
    if !plan.is_current() && plan.changes().all(|change| change.state == State::Unchanged) {
        return format!("{summary}; what the interrupted build left behind is still to be cleared away");
    }
    match plan.conflicts().count() {
        0 => summary,
        1 => format!("\n{summary}; the file in conflict is kept as it is"),
        count => format!("\n{summary}; the {count} files in conflict are kept as they are"),
    }
}

/// What explains the difference, and what to do about it.
fn push_help(text: &mut String, plan: &Plan) {
    if let Some((theirs, ours)) = &plan.version_differs
        && !plan.is_current()
    {
        let _ = writeln!(
            text,
            "note: stackgen {theirs} wrote these files, and this is stackgen {ours}: install the same version before anything else"
        );
    }
    if let Some((former, file)) = plan.passed_on() {
        let [former, file] = [former, file].map(|file| visible_lines(file.as_str()));
        let _ = writeln!(
            text,
            "note: `{former}`, which these files were built from, is gone: they pass to `{file}`"
        );
    }
    for way in ways_out(plan.conflicts()) {
        let _ = writeln!(text, "help: {}", visible_lines(&way));
    }
}
