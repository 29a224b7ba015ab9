//! `stackgen rename`: a service or an agent under another name, wherever the stack refers to it.

use clap::{Args, Subcommand};

use super::editing::{Proposal, edit};
use super::{Exit, Global, Project};
use crate::Compilation;
use crate::edit::{Refusal, rename, rename_service};
use crate::source::Sort;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen rename service billing invoices     in needs, owns, environments and included files
  stackgen rename agent ag-billing ag-invoices

What is named after a service follows: its secrets are renamed in the stack's files, and the notes say what to do about .env. Its data
stays: volumes keep the names that they have on the engine, and options that followed from the old name, such as a database's user, are
said.")]
pub struct RenameArgs {
    #[command(subcommand)]
    what: RenameCommand,
}

#[derive(Debug, Subcommand)]
enum RenameCommand {
    /// Rename a service
    #[command(after_help = "\
Examples:
  stackgen rename service billing invoices   says what becomes of its data and its secrets, too")]
    Service(Names),
    /// Rename an agent
    #[command(after_help = "\
Examples:
  stackgen rename agent ag-billing ag-money")]
    Agent(Names),
}

#[derive(Debug, Args)]
struct Names {
    /// The name that it has
    old: String,
    /// The name that it is to have
    new: String,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

pub fn run(global: &Global, project: &Project, args: &RenameArgs) -> anyhow::Result<Exit> {
    match &args.what {
        RenameCommand::Agent(names) => edit(global, project, names.yes, |compilation| {
            rename(compilation, Sort::Agent, &names.old, &names.new).map(Proposal::from)
        }),
        RenameCommand::Service(names) => {
            edit(global, project, names.yes, |compilation| service(project, compilation, names))
        }
    }
}

fn service(project: &Project, compilation: &Compilation, names: &Names) -> Result<Proposal, Refusal> {
    let renamed = rename_service(compilation, &project.world, &names.old, &names.new)?;
    let secrets = renamed
        .secrets
        .iter()
        .map(|(old, new)| format!("the secret `{old}` is `{new}` from now on: rename it in `.env`, too"));
    let kept = renamed.kept_volumes.iter().map(|volume| {
        format!(
            "its data stays in the volume `{volume}`, which `{}` mounts from now on; the start script stops the container of `{}` first, \
             and whoever starts by hand has to stop it; should Compose ask whether to make the volume anew, answer no",
            names.new, names.old
        )
    });
    let options = renamed.kept_options.iter().map(|option| {
        format!("`{option}` followed from the old name and is said now, because the data was made with it")
    });
    let lost = renamed.lost_volumes.iter().map(|(old, new)| {
        format!("its data lies in the volume `{old}`, but the service will start with an empty `{new}`: keep the old name")
    });
    let notes = secrets.chain(kept).chain(options).chain(lost).collect();
    Ok(Proposal { notes, files: renamed.files })
}
