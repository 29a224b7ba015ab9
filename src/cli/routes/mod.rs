//! `stackgen routes`: which route of the gateway takes which requests.

mod matching;
mod policies;
mod request;
mod table;

use clap::{Args, Subcommand};

use super::compiled::validated;
use super::format::Format;
use super::output::print;
use super::{Exit, Global, Project};
use crate::routing::Routing;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  stackgen routes                                the table in which the gateway looks, from its top
  stackgen routes --format json                  an array of objects, one a row
  stackgen routes match GET /api/v1/users/7      which route takes this request, and why

The gateway asks its routes in this order, and the first that matches takes the request. A route with paths of several lengths stands
in several rows."
)]
pub struct RoutesArgs {
    #[command(subcommand)]
    command: Option<RoutesCommand>,
}

#[derive(Debug, Subcommand)]
enum RoutesCommand {
    /// Print the whole table (what `stackgen routes` does)
    #[command(after_help = "\
Examples:
  stackgen routes list
  stackgen routes list --format json   for programs")]
    List,
    /// Print which route takes a request, and what becomes of it; exit code 1 where none does
    Match(request::MatchArgs),
}

pub fn run(global: &Global, project: &Project, args: &RoutesArgs) -> anyhow::Result<Exit> {
    let (stacks, exit) = validated(global, project);
    let Some(RoutesCommand::Match(request)) = &args.command else {
        print(&if global.format == Format::Json {
            table::json(&stacks)
        } else {
            table::text(&stacks, width())
        })?;
        return Ok(exit);
    };
    let Some(stack) = stacks.first() else { return Ok(exit) };
    let Some(routing) = Routing::of(stack) else {
        anyhow::bail!(
            "the stack has no gateway, and nothing takes requests from outside: add `[gateway]` with `port = 8080`"
        );
    };
    let request = request.request(stack)?;
    let verdict = routing.verdict(&request);
    let shown = match global.format {
        Format::Json => matching::json(stack, &routing, &request, &verdict),
        _ => matching::text(stack, &routing, &request, &verdict),
    };
    print(&shown)?;
    Ok(match exit {
        Exit::Done if verdict.taken.is_none() => Exit::NotWritten,
        exit => exit,
    })
}

/// How wide a line may be: as the shell says or as the terminal is. What is not read on a terminal has whole lines.
#[expect(clippy::disallowed_methods, reason = "only the command line has a terminal")]
fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let of_terminal = || Some(usize::from(terminal_size::terminal_size_of(std::io::stdout())?.0.0));
    said.or_else(of_terminal).unwrap_or(usize::MAX)
}
