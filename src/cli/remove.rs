//! `stackgen remove`: a service or an agent, taken out of the stack's file.

use clap::{Args, Subcommand};

use super::editing::{Proposal, edit};
use super::{Exit, Global, Project};
use crate::edit::{remove, volumes_left};
use crate::source::Sort;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen remove service billing             refuses while others refer to it, and says who
  stackgen remove service billing --cascade   takes it out of what others need and own, too
  stackgen remove agent ag-billing")]
pub struct RemoveArgs {
    #[command(subcommand)]
    what: RemoveCommand,
}

#[derive(Debug, Subcommand)]
enum RemoveCommand {
    /// Remove a service, and what the environments say of it
    #[command(after_help = "\
Examples:
  stackgen remove service billing             refuses, and says who needs it or owns it
  stackgen remove service billing --cascade   without these needs, variables and owners
  stackgen remove service billing --yes       without asking, if nobody does")]
    Service(Named),
    /// Remove an agent
    #[command(after_help = "\
Examples:
  stackgen remove agent ag-billing   its services stay; others may not report to it")]
    Agent(Named),
}

#[derive(Debug, Args)]
struct Named {
    /// Its name
    name: String,
    /// Remove what would refer to nothing, too: needs, variables, targets, what agents own and whom they report to
    #[arg(long)]
    cascade: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

pub fn run(global: &Global, project: &Project, args: &RemoveArgs) -> anyhow::Result<Exit> {
    let (sort, named) = match &args.what {
        RemoveCommand::Service(named) => (Sort::Service, named),
        RemoveCommand::Agent(named) => (Sort::Agent, named),
    };
    edit(global, project, named.yes, |compilation| {
        let files = remove(compilation, sort, &named.name, named.cascade)?;
        let volumes = match sort {
            Sort::Service => volumes_left(compilation, &named.name),
            _ => Vec::new(),
        };
        let notes = volumes.iter();
        let notes =
            notes.map(|volume| format!("the volume `{volume}` stays with its data until you remove it"));
        Ok(Proposal { files, notes: notes.collect() })
    })
}
