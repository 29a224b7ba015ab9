//! `stackgen init`: a first stack file, from what lies in the folder.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::import::{self, Written};
use super::{Exit, Global, Project, terminal};
use crate::apply;
use crate::edit::EditedFile;
use crate::init::{Survey, label, stack_text, survey};
use crate::plan::diff;
use crate::source::{Disk, Overlay, World as _};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen init                    look around, show the stack.toml that fits, ask, write
  stackgen init --yes              the same without asking: for scripts
  stackgen init --name shop        with a name of your own for the stack

Recognised are folders with manage.py, FastAPI or Node.js packages, React pages, and Dockerfiles; databases by the clients among
the requirements. Where there is a Compose file, it is imported as by `stackgen import`; `--fresh` starts from the folders alone.")]
pub struct InitArgs {
    /// The stack's name; that of the folder without
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Start from the folders, even where there is a Compose file
    #[arg(long)]
    fresh: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

pub fn run(global: &Global, args: &InitArgs) -> anyhow::Result<Exit> {
    let path = global.file.clone().unwrap_or_else(|| Utf8PathBuf::from("stack.toml"));
    let (root, file) = Project::place_of(&path)?;
    let root = root.as_path();
    let world = Disk::new(root.to_owned());
    if world.entry(&file).is_some() {
        anyhow::bail!(
            "there is a `{file}` already\nhelp: `stackgen add service` adds to it; `stackgen build` makes its files"
        );
    }
    let survey = survey(&world);
    if let (Some(compose), false) = (survey.compose.first(), args.fresh) {
        anyhow::ensure!(
            args.name.is_none(),
            "`--name` goes with a fresh start: what `{compose}` is called its volumes are called after\n\
             help: leave it out to import `{compose}`, or say `--fresh` as well to start from the folders alone"
        );
        let files = import::found(&world);
        let names: Vec<&str> = files.iter().map(|file| file.as_str()).collect();
        global.say(&format!(
            "importing {}, which says more than the folders do; `stackgen init --fresh` starts from the folders alone\n",
            names.join(", ")
        ));
        return import::bring(
            global,
            root,
            &file,
            &files,
            Written { is_printed: false, without_asking: args.yes },
        );
    }
    let name = args.name.clone().unwrap_or_else(|| folder_name(root));
    let text = stack_text(&name, &survey);
    tell(global, &survey);
    let proposal = EditedFile { path: file.clone(), before: None, after: text.clone() };
    let folder = Project::find(Some(&path))?.folder_in_repository();
    let overlay = Overlay::new(&world, [(file.clone(), text.clone())]);
    let compilation = crate::compile(&overlay, &file, None);
    super::format::print_report(global, &compilation.report, &compilation.sources);
    Global::print_patch(&diff::of_changes(&[proposal.change()], &folder))?;
    if compilation.report.has_errors() {
        global.say("nothing was written: what was found does not fit together");
        return Ok(Exit::Invalid);
    }
    if !args.yes && !terminal::may_write(global) {
        return Ok(Exit::NotWritten);
    }
    apply::create(root, [(file.as_path(), text.as_str())])?;
    global.say(
        "written; `stackgen build` makes the files that follow from it. Keep `.env` out of the repository.",
    );
    Ok(Exit::Done)
}

/// What the folder of the stack is called, made fit for a name.
fn folder_name(root: &Utf8Path) -> String {
    let path = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    label(path.file_name().unwrap_or_default(), "stack")
}

fn tell(global: &Global, survey: &Survey) {
    for found in &survey.services {
        let folder = if found.folder.as_str().is_empty() { "this folder" } else { found.folder.as_str() };
        global.say(&format!("found {folder}: {} ({})", found.kind, found.because));
    }
    for unclear in &survey.unclear {
        let folder = if unclear.folder.as_str().is_empty() { "this folder" } else { unclear.folder.as_str() };
        global.say(&format!(
            "passed over {folder}: it has a {}, and no Dockerfile that says how it is run; with one it is of the kind `container`",
            unclear.file
        ));
    }
    if survey.services.is_empty() {
        global.say("found nothing that a kind fits: the file starts empty, with an example in it");
    }
}
