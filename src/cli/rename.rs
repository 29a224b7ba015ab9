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

What is named after a service follows: its secrets are renamed in the stack's files, and the notes say what to do about .env and
about data in volumes.")]
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
    let volumes = renamed.volumes.iter().map(|(old, new)| {
        format!(
            "the data lies in the volume `{old}`, and the service will start with an empty `{new}`: copy the one into the other while \
             the service is stopped, or keep the old name"
        )
    });
    Ok(Proposal { notes: secrets.chain(volumes).collect(), files: renamed.files })
}
