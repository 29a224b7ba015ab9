//! What the commands share that edit the stack's own files: the diff first, the question, and nothing written that would not be
//! valid.

use super::format::print_report;
use super::{Exit, Global, Project, terminal, waiting};
use crate::apply;
use crate::diagnostics::{Diagnostic, Report};
use crate::edit::{EditedFile, Refusal};
use crate::plan::{Change, diff};
use crate::source::{Overlay, Sources};
use crate::{Compilation, compile};

/// An edit that is proposed.
pub struct Proposal {
    pub files: Vec<EditedFile>,
    /// What the user has to do besides.
    pub notes: Vec<String>,
}

impl From<Vec<EditedFile>> for Proposal {
    fn from(files: Vec<EditedFile>) -> Self {
        Self { files, notes: Vec::new() }
    }
}

/// Reads the stack, lets `propose` edit it, shows what comes of it, asks, and writes.
pub fn edit(
    global: &Global,
    project: &Project,
    yes: bool,
    propose: impl FnOnce(&Compilation) -> Result<Proposal, Refusal>,
) -> anyhow::Result<Exit> {
    let before = compile(&project.world, &project.file, None);
    if before.report.has_errors() {
        print_report(global, &before.report, &before.sources);
        global.say("nothing was written: mend this first");
        return Ok(Exit::Invalid);
    }
    let proposal = match propose(&before) {
        Ok(proposal) => proposal,
        Err(refusal) => {
            print_refusal(global, *refusal, &before.sources);
            return Ok(Exit::Invalid);
        }
    };
    let changes: Vec<Change> = proposal.files.iter().map(EditedFile::change).collect();
    let patch = diff::of_changes(&changes, &project.folder_in_repository());
    let texts = proposal.files.iter().map(|file| (file.path.clone(), file.after.clone()));
    let mut after = compile(&Overlay::new(&project.world, texts), &project.file, None);
    if after.report.has_errors() {
        Global::print_patch(&patch)?;
        print_report(global, &after.report, &after.sources);
        global.say("nothing was written: the stack would not be valid any more");
        return Ok(Exit::Invalid);
    }
    let known: Vec<String> = before.report.iter().map(|found| found.message.clone()).collect();
    after.report.retain(|found| !known.contains(&found.message));
    print_report(global, &after.report, &after.sources);
    Global::print_patch(&patch)?;
    for note in &proposal.notes {
        global.say(&format!("note: {note}"));
    }
    if !yes && !terminal::may_write(global) {
        return Ok(Exit::NotWritten);
    }
    let taken = waiting::lock(global, project, None)?;
    apply::replace(&taken.lock, &changes)?;
    global.say("written; `stackgen build` makes the files that follow from it");
    Ok(Exit::Done)
}

fn print_refusal(global: &Global, refusal: Diagnostic, sources: &Sources) {
    let mut report = Report::default();
    report.push(refusal);
    report.finish();
    print_report(global, &report, sources);
    global.say("nothing was written");
}
