//! `stackgen agents`: which agent a task belongs to, and how often that is right.

mod eval;
mod route;

use clap::{Args, Subcommand};

use super::compiled::validated;
use super::{Exit, Global, Project};
use crate::agents::Router;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen agents route \"people are logged out after five minutes\"   which agent takes it, and why
  stackgen agents eval tasks.tsv                                     how many reach the right agent")]
pub struct AgentsArgs {
    #[command(subcommand)]
    command: AgentsCommand,
}

#[derive(Debug, Subcommand)]
enum AgentsCommand {
    /// Say which agent a task belongs to, and why
    Route(route::RouteArgs),
    /// Count how many labelled tasks reach the right agent
    Eval(eval::EvalArgs),
}

pub fn run(global: &Global, project: &Project, args: &AgentsArgs) -> anyhow::Result<Exit> {
    let (stacks, exit) = validated(global, project);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let router = stacks.first().and_then(Router::new);
    let Some(router) = router else {
        anyhow::bail!("the stack has no agents\nhelp: add an `[agents.NAME]` for whoever works on it");
    };
    match &args.command {
        AgentsCommand::Route(args) => route::run(global, &router, args),
        AgentsCommand::Eval(args) => eval::run(global, &router, args),
    }
}
