//! `stackgen add`: services and agents, written into the stack's file.

use camino::{Utf8Path, Utf8PathBuf};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::editing::{Proposal, edit};
use super::{Exit, Global, Project};
use crate::edit::{NewAgent, NewService, add_agent, add_service};
use crate::source::language::Auth;
use crate::source::{Sources, known_kinds};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen add service billing --kind fastapi --with postgres,redis --route /api/billing --agent
  stackgen add agent ag-billing --owns billing,billing-db

The file keeps its comments, its order and its style. The diff is shown first, and what would not be valid is not written.")]
pub struct AddArgs {
    #[command(subcommand)]
    what: AddCommand,
}

#[derive(Debug, Subcommand)]
enum AddCommand {
    /// Add a service, with the databases and the agent that it is to have
    Service(ServiceArgs),
    /// Add an agent
    Agent(AgentArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen add service billing --kind fastapi                         with the next free port
  stackgen add service billing --kind fastapi --with postgres,redis   with stores of its own
  stackgen add service billing --kind fastapi --needs identity --route /api/v1/billing
  stackgen add service billing --kind fastapi --route /api/v1/billing --auth jwt --owner ag-shop
  stackgen add service mail --kind container --image axllent/mailpit:v1.21 --port 8025")]
struct ServiceArgs {
    /// The service's name
    name: String,
    /// Its kind: `stackgen kinds` lists them
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// Kinds of which it gets a service of its own, and needs it, such as `postgres,redis`
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    with: Vec<String>,
    /// Services of the stack that it needs
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    needs: Vec<String>,
    /// A path that the gateway passes on to it; may be said several times
    #[arg(long, value_name = "PATH")]
    route: Vec<String>,
    /// Who may come in by its routes, where that is not what holds for all
    #[arg(long, value_name = "AUTH", requires = "route", value_parser = auth_words())]
    auth: Option<Auth>,
    /// The host port, instead of the next free one
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// The folder of its code, instead of one beside those of its like
    #[arg(long, value_name = "FOLDER")]
    path: Option<Utf8PathBuf>,
    /// The image that it runs
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// What it does, in a sentence
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Add an agent that owns it, and what comes with it
    #[arg(long)]
    agent: bool,
    /// The agent, already there, that is to own it, and what comes with it
    #[arg(long, value_name = "AGENT", conflicts_with = "agent")]
    owner: Option<String>,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen add agent ag-billing --owns billing,billing-db --description \"Expert for invoices\"
  stackgen add agent ag-billing --owns billing --reports-to ag-coordinator")]
struct AgentArgs {
    /// The agent's name
    name: String,
    /// The services that it owns
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    owns: Vec<String>,
    /// The agent that it reports to
    #[arg(long, value_name = "NAME")]
    reports_to: Option<String>,
    /// What it is an expert of, in a sentence
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

/// The words of the language.
fn auth_words() -> impl TypedValueParser<Value = Auth> {
    PossibleValuesParser::new(Auth::WORDS).try_map(|word| Auth::from_word(&word).ok_or("no such word"))
}

pub fn run(global: &Global, project: &Project, args: &AddArgs) -> anyhow::Result<Exit> {
    match &args.what {
        AddCommand::Service(args) => service(global, project, args),
        AddCommand::Agent(args) => agent(global, project, args),
    }
}

fn service(global: &Global, project: &Project, args: &ServiceArgs) -> anyhow::Result<Exit> {
    let path = args.path.as_deref().map(|path| project.path_of(path)).transpose()?;
    let wanted = NewService {
        name: args.name.clone(),
        kind: args.kind.clone(),
        description: args.description.clone(),
        path,
        image: args.image.clone(),
        port: args.port,
        with: args.with.clone(),
        needs: args.needs.clone(),
        routes: args.route.clone(),
        auth: args.auth,
        agent: args.agent,
        owner: args.owner.clone(),
    };
    edit(global, project, args.yes, |compilation| {
        let file = Utf8Path::new(project.file.as_str());
        let (kinds, _) = known_kinds(&project.world, file, &mut Sources::default());
        add_service(compilation, &kinds, &project.world, &wanted).map(Proposal::from)
    })
}

fn agent(global: &Global, project: &Project, args: &AgentArgs) -> anyhow::Result<Exit> {
    let owns = args.owns.join(", ");
    let description = args.description.clone().unwrap_or_else(|| match owns.as_str() {
        "" => format!("Expert for {}", args.name.trim_start_matches("ag-")),
        owns => format!("Expert for {owns}"),
    });
    let wanted = NewAgent {
        name: args.name.clone(),
        description,
        owns: args.owns.clone(),
        reports_to: args.reports_to.clone(),
    };
    edit(global, project, args.yes, |compilation| add_agent(compilation, &wanted).map(Proposal::from))
}
