//! The command line: one file a command, which prints what the library computed.

mod add;
mod agents;
mod build;
mod changes;
mod check;
mod checked;
mod columns;
mod compiled;
mod completions;
mod diff;
mod doctor;
mod editing;
mod exit;
mod explain;
mod format;
mod graph;
mod history;
mod hook;
mod import;
mod init;
mod kinds;
mod live;
mod lsp;
mod machine;
mod man;
mod output;
mod planning;
mod ports;
mod project;
mod reference;
mod remove;
mod rename;
mod routes;
mod schema;
mod templates;
mod terminal;
mod validate;
mod waiting;
mod watch;

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

pub use self::exit::Exit;
use self::format::Format;
use self::output::tell;
use self::project::Project;
use self::terminal::Color;
use self::waiting::NoLock;
use crate::apply::ApplyError;
use crate::plan::NotAnOutput;

/// The version, and of which commit this is the build. Nothing that is generated says the commit, the manual pages neither.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("STACKGEN_COMMIT"), ")");

/// One stack.toml to every file that has to agree about a stack.
#[derive(Debug, Parser)]
#[command(name = "stackgen", version, long_version = BUILD, about, propagate_version = true, after_help = exit::HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The stack's file; without it, the stack.toml of this folder or the nearest one above
    #[arg(long, global = true, value_name = "PATH")]
    file: Option<Utf8PathBuf>,
    /// Look at this environment alone, or build it alone
    #[arg(long, global = true, value_name = "NAME")]
    env: Option<String>,
    /// How findings are printed
    #[arg(long, global = true, value_parser = format::one_of(format::OF_FINDINGS), default_value = "human")]
    format: Format,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t)]
    color: Color,
    /// Print findings and results, and nothing else
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make every file: show the diff, ask, write
    Build(build::BuildArgs),
    /// See whether the files are what the stack says; write nothing
    Check(check::CheckArgs),
    /// See whether the stack's file is right
    #[command(after_help = validate::EXAMPLES)]
    Validate,
    /// Print what `build` would write, as a patch
    Diff(diff::DiffArgs),
    /// Write a first stack file from what this folder holds
    Init(init::InitArgs),
    /// Add a service or an agent to the stack's file
    Add(add::AddArgs),
    /// Take a service or an agent out of the stack's file
    Remove(remove::RemoveArgs),
    /// Give a service or an agent another name, wherever the stack refers to it
    Rename(rename::RenameArgs),
    /// Let git stop a commit whose generated files are stale
    Hook(hook::HookArgs),
    /// Make a stack.toml of what there is: Compose files, Kong's config, agents
    Import(import::ImportArgs),
    /// Print who listens where
    Ports(ports::PortsArgs),
    /// Print which route of the gateway takes which requests
    Routes(routes::RoutesArgs),
    /// See whether this machine and this project are ready for the stack
    Doctor(doctor::DoctorArgs),
    /// Print what starts when, and who reaches whom
    Graph(graph::GraphArgs),
    /// Route tasks to agents, and measure it
    Agents(agents::AgentsArgs),
    /// Print what a rule means, and how to mend what it finds
    Explain(explain::ExplainArgs),
    /// List and show what a service can be
    Kinds(kinds::KindsArgs),
    /// List, show and copy out what the outputs are made from
    Templates(templates::TemplatesArgs),
    /// Print the JSON Schema of what a user writes
    Schema(schema::SchemaArgs),
    /// Help an editor: findings as you type, completion, rename, over the Language Server Protocol
    Lsp(lsp::LspArgs),
    /// Print what a shell needs to complete this command line
    Completions(completions::CompletionsArgs),
    /// Print or write the manual pages
    Man(man::ManArgs),
}

impl Global {
    /// A line for the person who waits, unless they asked for quiet. Where a program reads, only findings are printed.
    fn say(&self, text: &str) {
        if self.shows_text() {
            tell!("{text}");
        }
    }

    /// Whether a person reads more than findings and results.
    fn shows_text(&self) -> bool {
        !self.quiet && !self.format.is_for_programs()
    }

    /// A patch on standard output, coloured where colour is wanted.
    fn print_patch(patch: &str) -> anyhow::Result<()> {
        output::print(&terminal::coloured_patch(patch))
    }
}

/// The reference page of the command line, in Markdown.
#[must_use]
pub fn command_reference() -> String {
    reference::command_reference(Cli::command())
}

/// Runs the command line that this process was given.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.global.color.apply();
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            print_failure(&error);
            Exit::Invalid.into()
        }
    }
}

fn print_failure(error: &anyhow::Error) {
    let text = match help_for(error) {
        // These errors name their causes themselves.
        Some(help) => format!("error: {error}\nhelp: {help}"),
        None => format!("error: {error:#}"),
    };
    tell!("{text}");
}

/// What to do about an error that stopped a command.
fn help_for(error: &anyhow::Error) -> Option<String> {
    let refused = error.downcast_ref().map(NoLock::help);
    refused
        .or_else(|| error.downcast_ref().map(ApplyError::help))
        .or_else(|| error.downcast_ref().map(NotAnOutput::help))
}

fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let global = &cli.global;
    let project = || Project::find(global.file.as_deref());
    match &cli.command {
        Command::Build(args) => build::run(global, &project()?, args),
        Command::Check(args) => check::run(global, &project()?, args),
        Command::Validate => Ok(validate::run(global, &project()?)),
        Command::Diff(args) => diff::run(global, &project()?, args),
        Command::Init(args) => init::run(global, args),
        Command::Add(args) => add::run(global, &project()?, args),
        Command::Remove(args) => remove::run(global, &project()?, args),
        Command::Rename(args) => rename::run(global, &project()?, args),
        Command::Hook(args) => hook::run(global, args),
        Command::Import(args) => import::run(global, args),
        Command::Ports(args) => ports::run(global, &project()?, args),
        Command::Routes(args) => routes::run(global, &project()?, args),
        Command::Doctor(args) => doctor::run(global, &project()?, args),
        Command::Graph(args) => graph::run(global, &project()?, args),
        Command::Agents(args) => agents::run(global, &project()?, args),
        Command::Explain(args) => explain::run(args),
        Command::Kinds(args) => kinds::run(global, &project()?, args),
        Command::Templates(args) => templates::run(global, &project()?, args),
        Command::Schema(args) => schema::run(args),
        Command::Lsp(args) => lsp::run(global, args),
        Command::Man(args) => man::run(global, args, Cli::command()),
        Command::Completions(args) => completions::run(args, Cli::command()),
    }
}
