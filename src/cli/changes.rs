//! How `build`, `check` and `diff` show a plan, all three the same way: the patch on standard output; on standard error a list of
//! what is not as the stack says, what differs in files that are kept, one line that counts, and the ways out. With `--stat` that list
//! alone, its changes on standard output in the patch's place.

use std::fmt::Write as _;

use clap::Args;

use super::{Global, Project, output, terminal};
use crate::cli::output::tell_raw;
use crate::diagnostics::visible_lines;
use crate::plan::{Change, Plan, State, diff, sight, stat, ways_out};

/// What the commands take that show a plan.
#[derive(Debug, Clone, Copy, Args)]
pub struct ViewArgs {
    /// Print a line for each file, with how many lines come and go, and no patch
    #[arg(long)]
    stat: bool,
}

impl ViewArgs {
    /// How who asks for this looks at a plan.
    pub fn view(self) -> View {
        if self.stat { View::Stat } else { View::Patch }
    }
}

/// How closely a plan is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Every line that changes.
    Patch,
    /// How many lines change in which file.
    Stat,
    /// Which files change.
    Names,
}

/// Prints a plan. With `--quiet` it is the patch, or what stands in its place, which is the result, and the names of the files that are
/// kept: nothing else would tell why the command fails. A program that reads findings gets the patch alone.
pub fn show(global: &Global, project: &Project, plan: &Plan, view: View) -> anyhow::Result<()> {
    match view {
        View::Patch => {
            for patch in diff::patches(plan, &project.folder_in_repository()) {
                Global::print_patch(&patch)?;
            }
        }
        View::Stat => output::print(&counted(plan))?,
        View::Names => {}
    }
    if global.format.is_for_programs() {
        return Ok(());
    }
    let mut text = String::new();
    // What is counted has been named by that.
    let is_listed = |change: &&Change| match view {
        View::Patch => !global.quiet || change.state.is_conflict(),
        View::Stat => !change.state.is_written(),
        View::Names => true,
    };
    push_list(&mut text, plan.changes().filter(is_listed));
    if !global.quiet {
        for change in plan.conflicts().filter(|_| view == View::Patch) {
            push_conflict(&mut text, change);
        }
        let _ = writeln!(text, "{}", summary(plan));
        push_help(&mut text, plan);
    }
    tell_raw!("{text}");
    Ok(())
}

/// What is written, a line for each file, with how many of its lines come and go.
fn counted(plan: &Plan) -> String {
    let width = plan.writes().map(|change| change.state.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for change in plan.writes() {
        let path = visible_lines(change.path.as_str());
        let counts = stat(change).map_or_else(|| "not text".to_owned(), terminal::coloured_stat);
        let _ = writeln!(text, "  {:>width$}  {path}  {counts}", change.state.as_str());
    }
    text
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
