//! The resolved stack: everything that runs, in full, with the place that said it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::compose_extra::ComposeExtra;
use super::route::{Plugin, Route};
use super::text::Text;
use super::unread::Unread;
use super::upstream::Upstream;
use crate::source::language::{
    ComposeDeclaration, ComposeName, JwtAlgorithm, Level, Placement, Restart, Role, TargetTable,
};
use crate::source::values::{Duration, KeyPath, ProjectPath, Protocol, Size};
use crate::source::{List, Span, Spanned};

/// One stack in one environment, resolved: kinds, defaults and references are worked in.
///
/// Where the source named something that is not there, the rest of the stack stands all the same, and the missing
/// name is among `unresolved`.
#[derive(Debug, Clone)]
pub struct Stack {
    pub name: Spanned<String>,
    /// The stack's file, from the project's root.
    pub file: Utf8PathBuf,
    pub description: Option<String>,
    /// The environment's name; none for the base.
    pub environment: Option<Spanned<String>>,
    /// What the environment leaves out of the base.
    pub left_out: List<KeyPath>,
    /// In the order of the source; the gateway's own service comes last.
    pub services: IndexMap<String, Service>,
    pub gateway: Option<Gateway>,
    pub agents: IndexMap<String, Agent>,
    pub secrets: BTreeMap<String, Secret>,
    /// What `[secrets]` declares and nothing that runs reads.
    pub unused_secrets: Vec<Spanned<String>>,
    /// The networks that keep data services apart, and the one that the others share.
    pub networks: Vec<Network>,
    /// The enabled targets, by name.
    pub targets: Vec<Target>,
    /// Keys of Compose beside its services.
    pub compose_extra: ComposeExtra,
    /// What those declare, each with its place.
    pub compose_declared: Vec<ComposeDeclaration>,
    /// `[checks]`: how much each rule matters to this stack.
    pub levels: IndexMap<String, (Spanned<Level>, Span)>,
    pub unresolved: Vec<Unresolved>,
    /// The names of all kinds that there are, used or not.
    pub known_kinds: Vec<String>,
    /// What is not there because it could not be read.
    pub unread: BTreeSet<Unread>,
}

/// A service with everything that its kind supplies.
#[derive(Debug, Clone)]
pub struct Service {
    /// Spans the name where the service is declared.
    pub name: Spanned<String>,
    pub kind: Spanned<String>,
    pub role: Role,
    pub description: String,
    /// Its kind's options, each as it is set or as it is by default.
    pub options: IndexMap<String, Text>,
    pub placement: Placement,
    pub folder: Option<Spanned<ProjectPath>>,
    pub image: Option<Spanned<Text>>,
    pub build: Option<Build>,
    pub entrypoint: Vec<Text>,
    pub command: Vec<Text>,
    /// The first is the main one.
    pub ports: Vec<Port>,
    /// Of its URL; none for a service that has no URL.
    pub scheme: Option<String>,
    pub needs: Vec<Need>,
    /// The services that need it, by name, in the order of the source.
    pub needed_by: Vec<String>,
    pub environment: IndexMap<String, Variable>,
    /// The same for a process on the developer's machine, where others are reached at the ports that they publish.
    pub host_environment: IndexMap<String, Variable>,
    /// The names of the variables that what is built reads, and not what runs: whoever has it reads them, too.
    pub built_in: Vec<String>,
    /// Variables that two needs both bring.
    pub collisions: Vec<Collision>,
    /// Variables that a need brings and its own `env` says otherwise, by name, as the need brings them.
    pub overridden: IndexMap<String, Variable>,
    pub volumes: Vec<Volume>,
    /// Keys of Compose that stackgen has no word for.
    pub compose_extra: ComposeExtra,
    /// The names in those that stand for something of the Compose file.
    pub compose_names: Vec<ComposeName>,
    pub mounts: Vec<Mount>,
    pub tmpfs: Vec<String>,
    pub health: Option<Probe>,
    pub routes: Vec<Route>,
    /// How the gateway reaches it, where it has routes and a port.
    pub upstream: Option<Upstream>,
    pub replicas: Spanned<u32>,
    pub memory: Option<Size>,
    pub cpus: Option<Spanned<String>>,
    pub restart: Restart,
    /// Whether it does its work and ends, as a migration does.
    pub runs_once: bool,
    pub stop_grace: Duration,
    pub user: Option<String>,
    pub read_only: bool,
    pub capabilities: Vec<String>,
    pub backup: Option<Backup>,
    /// What developers and agents run, by what it does.
    pub commands: IndexMap<String, String>,
    /// How many steps of others come before its start: 0 for what needs nothing.
    pub start_level: usize,
    /// Made by stackgen, not declared by the user: the gateway's.
    pub synthesised: bool,
}

/// How a service's image is made from its folder.
#[derive(Debug, Clone)]
pub struct Build {
    pub context: ProjectPath,
    pub dockerfile: Dockerfile,
    /// Whether the folder says itself, in a `.dockerignore`, what the builder is not sent.
    pub has_ignore: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dockerfile {
    /// One of the user's own, from the service's folder.
    Own(String),
    /// Made by stackgen from the kind's template of this name.
    Generated { template: String },
}

#[derive(Debug, Clone)]
pub struct Port {
    /// `main` for the service's `port`.
    pub name: String,
    /// Inside the container; for a service on the host, the port that its process listens on.
    pub container: u16,
    /// Where the host offers it; none where only the stack reaches it.
    pub published: Option<Published>,
    pub protocol: Protocol,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub address: IpAddr,
    pub port: u16,
}

#[derive(Debug, Clone)]
pub struct Need {
    pub service: Spanned<String>,
    pub prefix: Option<Spanned<String>>,
}

/// An environment variable, and who says it.
#[derive(Debug, Clone)]
pub struct Variable {
    pub value: Text,
    pub origin: Origin,
    /// Where `origin` is the service itself, the place of the value; else of the need or of the kind.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Written in the service's `env`.
    Service,
    /// Supplied by its kind.
    Kind,
    /// Exported by a service that it needs.
    Need(String),
}

/// A variable that two needs of one service both bring.
#[derive(Debug, Clone)]
pub struct Collision {
    pub variable: String,
    pub first: Need,
    pub second: Need,
}

#[derive(Debug, Clone)]
pub struct Volume {
    /// Within the service: `data`.
    pub name: String,
    /// In the stack: `identity-db-data`.
    pub full_name: String,
    /// Where it is mounted.
    pub at: String,
}

#[derive(Debug, Clone)]
pub struct Mount {
    pub source: MountSource,
    pub at: String,
    pub read_only: bool,
}

#[derive(Debug, Clone)]
pub enum MountSource {
    /// A file or folder of the project.
    Project(Spanned<ProjectPath>),
    /// The output folder of a target.
    Target(String),
}

/// How to see that a service works.
#[derive(Debug, Clone)]
pub struct Probe {
    /// What it answers on over HTTP, if it does.
    pub path: Option<String>,
    /// Runs inside the container; exit code 0 is well. Empty for a service on the host.
    pub command: Vec<Text>,
    pub interval: Duration,
    pub timeout: Duration,
    pub retries: u32,
    pub start_period: Duration,
}

#[derive(Debug, Clone)]
pub struct Backup {
    pub dump: Vec<Text>,
    pub restore: Vec<Text>,
    pub extension: String,
}

/// The gateway's own settings. Its container is the service of the same name.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The name of its service.
    pub service: String,
    pub span: Span,
    pub health: Spanned<String>,
    /// How it answers for itself and for the services that it routes to.
    pub health_routes: Vec<HealthRoute>,
    pub admin: Option<Spanned<Published>>,
    pub tls: Option<Tls>,
    pub metrics: Option<Metrics>,
    /// Where rate limits are counted, if not in each of its processes alone.
    pub rate_limit_store: Option<RateLimitStore>,
    pub consumers: Vec<Consumer>,
    /// Those of every request.
    pub plugins: Vec<Plugin>,
}

/// A path of the gateway's at which somebody can see whether something works. Open to everybody. It takes this path alone, as a regular
/// expression of priority 1023, `GET` and `HEAD`, and comes before every route that says neither hosts nor headers.
#[derive(Debug, Clone)]
pub struct HealthRoute {
    /// `gateway.health`, or `identity.health`: no route of the user's has a dot in its name.
    pub name: String,
    /// As clients see it.
    pub path: String,
    /// The service that answers; none where the gateway does itself.
    pub service: Option<String>,
    /// The path that the service is asked for.
    pub answers_at: Option<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl HealthRoute {
    /// Before every expression of the user's.
    pub const PRIORITY: u32 = 1023;

    /// The path as the regular expression that matches it alone.
    #[must_use]
    pub fn pattern(&self) -> String {
        let special =
            |found: char| found.is_ascii_punctuation() && !matches!(found, '/' | '-' | '_' | '~' | '%');
        let path =
            self.path.chars().flat_map(|found| special(found).then_some('\\').into_iter().chain([found]));
        path.chain(['$']).collect()
    }
}

/// How the gateway speaks https.
#[derive(Debug, Clone)]
pub struct Tls {
    pub published: Spanned<Published>,
    pub certificates: Vec<Certificate>,
}

/// A certificate by the names of the secrets that hold it and its private key.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub certificate: Spanned<String>,
    pub key: Spanned<String>,
    /// Empty for every name that no other certificate has.
    pub snis: Vec<Spanned<String>>,
    pub span: Span,
}

/// What the gateway counts.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that is counted, or not")]
#[derive(Debug, Clone)]
pub struct Metrics {
    pub published: Option<Spanned<Published>>,
    pub status_codes: bool,
    pub latency: bool,
    pub bandwidth: bool,
    pub upstream_health: bool,
    pub per_consumer: bool,
}

/// A redis of the stack, as the gateway reaches it.
#[derive(Debug, Clone)]
pub struct RateLimitStore {
    pub service: Spanned<String>,
    pub host: String,
    pub port: u16,
    /// The name of the secret, where it has a password.
    pub password: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Consumer {
    pub name: Spanned<String>,
    pub jwt: Option<JwtCredential>,
    /// The names of the secrets that hold its keys.
    pub key_auth: Vec<Spanned<String>>,
    pub groups: Vec<Spanned<String>>,
}

#[derive(Debug, Clone)]
pub struct JwtCredential {
    pub key: Spanned<String>,
    pub algorithm: JwtAlgorithm,
    pub verifier: Verifier,
}

/// What a token's signature is verified with.
#[derive(Debug, Clone)]
pub enum Verifier {
    /// The name of the secret that signs as well.
    Secret(Spanned<String>),
    /// A public key in PEM.
    PublicKey(String),
}

#[derive(Debug, Clone)]
pub struct Agent {
    pub name: Spanned<String>,
    pub description: Spanned<String>,
    /// The names of services, all of which exist; the gateway's service among them.
    pub owns: Vec<Spanned<String>>,
    /// The files and folders that it owns beside the folders of its services.
    pub paths: Vec<Spanned<ProjectPath>>,
    /// What it looks after in the whole stack.
    pub concerns: Vec<Spanned<String>>,
    /// What it may edit, where that is not what it owns.
    pub edits: Option<Vec<Spanned<ProjectPath>>>,
    pub hands_over: Vec<HandOver>,
    pub reports_to: Option<Spanned<String>>,
    pub responsibilities: Vec<String>,
    pub keywords: Vec<String>,
    pub examples: Vec<String>,
    /// As Claude Code calls them, or as the user mistook them to be called.
    pub tools: Vec<Spanned<String>>,
    /// The model that it runs on, by the target whose program it is for.
    pub models: IndexMap<String, String>,
    pub commands: IndexMap<String, String>,
}

/// What an agent leaves to another.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// The name of a service, or a sort of work in words.
    pub what: Spanned<String>,
    /// The name of an agent that exists.
    pub to: Spanned<String>,
}

#[derive(Debug, Clone)]
pub struct Secret {
    pub description: String,
    /// Issued by somebody else: no random value will do.
    pub external: bool,
    /// The services whose containers see its value.
    pub readers: Vec<String>,
    /// The first place that names it.
    pub span: Span,
}

/// A network and who is on it.
#[derive(Debug, Clone)]
pub struct Network {
    pub name: String,
    /// Service names, in the order of the source.
    pub members: Vec<String>,
    /// Cut from the stack's pool where the engine's own would not last.
    pub subnet: Option<String>,
}

/// A target that is made, and where.
#[derive(Debug, Clone)]
pub struct Target {
    pub name: String,
    pub definition: TargetTable,
    /// From the project's root.
    pub folder: Utf8PathBuf,
    /// The place of `out`, where the user moved it.
    pub out: Option<Span>,
}

/// A name in the source that names nothing.
#[derive(Debug, Clone)]
pub struct Unresolved {
    pub name: Spanned<String>,
    /// What it should have named: `service`, `agent`, `kind`.
    pub sort: &'static str,
    /// The names that there are.
    pub known: Known,
}

/// The names that there are, for one that is not among them.
#[derive(Debug, Clone)]
pub enum Known {
    /// Those of the stack's own services. Written out, they would be as many once more for each mistake.
    Services,
    /// Those of its services but the one that needs another.
    ServicesBut(String),
    /// Those of the stack's own agents.
    Agents,
    /// Those of the kinds.
    Kinds,
    These(Vec<String>),
}

impl Known {
    /// The names, in a stack.
    #[must_use]
    pub fn names<'a>(&'a self, stack: &'a Stack) -> Vec<&'a str> {
        fn texts<'t>(names: impl IntoIterator<Item = &'t String>) -> Vec<&'t str> {
            names.into_iter().map(String::as_str).collect()
        }
        match self {
            Self::Services => texts(stack.services.keys()),
            Self::ServicesBut(own) => texts(stack.services.keys().filter(|name| *name != own)),
            Self::Agents => texts(stack.agents.keys()),
            Self::Kinds => texts(&stack.known_kinds),
            Self::These(names) => texts(names),
        }
    }
}
