//! Services: anything that runs.

use serde_json::{Value as Json, json};

use crate::source::language::{PolicyTable, RouteTable, ServiceExtra, UpstreamTable};
use crate::source::tree::{Node, NodeValue};
use crate::source::values::{Cpus, Duration, PortSpec, ProjectPath, Size, Template};
use crate::source::{Definitions, List, Named, Reader, Shape, Sort, Spanned};
use crate::{choice, table};

table! {
    /// A service: anything that runs, databases and caches included.
    pub struct ServiceTable("a service") {
        /// The kind that supplies what the service does not say.
        kind: String = "container".to_owned(), names Kind;
        /// What the service does, in a sentence.
        description: String;
        /// The folder of its source code.
        path: ProjectPath, elsewhere "build", "context";
        /// The image to run, with its tag. The kind has one for databases; what has a folder is built.
        image: String;
        /// The Dockerfile, from the service's folder. Without one there, stackgen generates one.
        dockerfile: String;
        /// What the container runs instead of its image's own command; with `run = "host"`, what the developer starts.
        command: List<Template>, elsewhere "cmd", "args";
        /// The host port. The container's is the kind's own where it has one, else the same.
        port: PortSpec;
        /// Several ports, by name.
        ports: Named<PortSpec>;
        /// Where it runs.
        run: Placement = Placement::Container;
        /// The services that it needs: they start first, it reaches them, and it is told where they are.
        needs: List<Need>, names Service, elsewhere "depends_on", "links";
        /// Environment variables.
        env: Named<EnvValue>, elsewhere "environment";
        /// Settings of the kind, such as a database's version or name.
        options: Named<OptionValue>;
        /// Named volumes, and where each is mounted.
        volumes: Named<String>;
        /// Files and folders of the project, mounted into the container.
        mounts: List<MountTable>;
        /// How to see that it works: a path to ask for over HTTP, or a command.
        health: Health, elsewhere "healthcheck";
        /// What the gateway passes on to it.
        routes: List<RouteTable>;
        /// What holds for each of its routes that says nothing else.
        route_defaults: PolicyTable;
        /// How the gateway reaches it.
        upstream: UpstreamTable;
        /// How many containers run at once. Of more than one, none has a host port, for it goes to one container alone: they are
        /// reached through the gateway, or from inside the stack.
        replicas: u32 = 1, elsewhere "scale";
        /// The most memory that one container may use.
        memory: Size, elsewhere "mem_limit";
        /// The most processor cores that one container may use, such as `0.5`.
        cpus: Cpus;
        /// What happens when it ends.
        restart: Restart = Restart::UnlessStopped;
        /// How long it may take to stop before it is killed.
        stop_grace: Duration, elsewhere "stop_grace_period";
        /// The user inside the container, as `name`, `uid` or `uid:gid`.
        user: String;
        /// Whether the container's root file system is read-only.
        read_only: bool;
        /// Keys of Compose that stackgen has no word for, merged into this service in the Compose output. `$` means there what it means to
        /// Compose; relative paths start from this project's folder. What has a word of its own is refused.
        compose_extra: ServiceExtra;
    }
}

choice! {
    /// Where a service runs.
    pub enum Placement {
        /// In a container of the stack.
        Container = "container",
        /// As a process on the developer's machine, which the developer starts.
        Host = "host",
    }
}

choice! {
    /// What happens when a container ends.
    pub enum Restart {
        /// Started again, unless somebody stopped it.
        UnlessStopped = "unless-stopped",
        /// Started again always.
        Always = "always",
        /// Started again after a failure.
        OnFailure = "on-failure",
        /// Left as it is. What has no published port, no route and no health check of its own then runs once: whoever needs it waits until
        /// it has ended well, and having ended well is being well.
        No = "no",
    }
}

/// A need: a service's name, or a table that also says under which prefix its variables come.
#[derive(Debug, Clone)]
pub struct Need {
    pub service: Spanned<String>,
    pub prefix: Option<Spanned<String>>,
}

table! {
    /// A need whose variables come under a prefix.
    pub struct NeedTable("a need") {
        /// The service that is needed.
        service: String => required, names Service;
        /// The prefix of the variables that it exports: `AUTH` makes `DATABASE_URL` into `AUTH_DATABASE_URL`.
        r#as: String;
    }
}

impl Shape for Need {
    fn expected() -> String {
        "the name of a service, or `{ service = \"…\", as = \"…\" }`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::String(name) => {
                reader.refer(Sort::Service, name, node.span);
                Some(Self { service: Spanned::new(name.clone(), node.span), prefix: None })
            }
            NodeValue::Table(_) => {
                let table = NeedTable::read(node, reader)?;
                Some(Self { service: table.service?, prefix: table.r#as })
            }
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": "string" }, NeedTable::schema(definitions)] })
    }
}

/// The value of an environment variable.
#[derive(Debug, Clone)]
pub enum EnvValue {
    Text(Template),
    /// The name of a secret.
    Secret(Spanned<String>),
}

table! {
    /// An environment variable that is no plain string.
    pub struct EnvTable("a variable's value") {
        /// The name of the secret that it holds.
        secret: String, names Secret;
        /// The text as it is, braces and all.
        literal: String;
    }
}

impl Shape for EnvValue {
    fn expected() -> String {
        "a string, a number, `true`, `false`, `{ secret = \"NAME\" }` or `{ literal = \"…\" }`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Integer(number) => Some(Self::Text(Template::literal(&number.to_string()))),
            NodeValue::Float(_) => Some(Self::Text(Template::literal(&as_written(node, reader)))),
            NodeValue::Boolean(truth) => Some(Self::Text(Template::literal(&truth.to_string()))),
            NodeValue::String(_) => Template::read(node, reader).map(Self::Text),
            NodeValue::Table(_) => {
                let table = EnvTable::read(node, reader)?;
                match (table.secret, table.literal) {
                    // What is wrong with it has been said.
                    _ if !table.unread.is_empty() => None,
                    (Some(name), None) => Some(Self::Secret(name)),
                    (None, Some(text)) => Some(Self::Text(Template::literal(&text))),
                    _ => {
                        reader.invalid(
                            node.span,
                            "this table",
                            "one of `{ secret = \"NAME\" }` and `{ literal = \"…\" }`",
                        );
                        None
                    }
                }
            }
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": ["string", "number", "boolean"] }, EnvTable::schema(definitions)] })
    }
}

/// A float's own digits: `3.10` is not `3.1`, for what they are given to may well be a version.
fn as_written(node: &Node, reader: &Reader<'_>) -> String {
    reader.sources.text(node.span).replace('_', "")
}

/// A setting of a kind, as text.
#[derive(Debug, Clone)]
pub struct OptionValue(pub String);

impl Shape for OptionValue {
    fn expected() -> String {
        "a string, a number, `true` or `false`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::String(text) => Some(Self(text.clone())),
            NodeValue::Integer(number) => Some(Self(number.to_string())),
            NodeValue::Float(_) => Some(Self(as_written(node, reader))),
            NodeValue::Boolean(truth) => Some(Self(truth.to_string())),
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": ["string", "number", "boolean"] })
    }
}

/// How to see that a service works: `"/health"` is `{ http = "/health" }`, and `false` says that nobody looks.
#[derive(Debug, Clone)]
pub enum Health {
    Check(Box<HealthTable>),
    /// Not even as its kind would.
    None,
}

impl Health {
    /// What it says of the check; nothing where there is to be none.
    #[must_use]
    pub fn table(&self) -> Option<&HealthTable> {
        match self {
            Self::Check(table) => Some(table.as_ref()),
            Self::None => None,
        }
    }
}

table! {
    /// A health check.
    pub struct HealthTable("a health check") {
        /// The path to ask for over HTTP; any 2xx answer is well.
        http: String;
        /// The command to run in the container; exit code 0 is well.
        cmd: List<Template>;
        /// How long between two checks.
        interval: Duration;
        /// How long one check may take.
        timeout: Duration;
        /// How many failures in a row make the service unhealthy.
        retries: u32;
        /// How long after the start failures do not count.
        start_period: Duration;
    }
}

impl Shape for Health {
    fn expected() -> String {
        "a path such as `\"/health\"`, a table with `http` or `cmd`, or `false`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::String(path) => {
                let http = Some(Spanned::new(path.clone(), node.span));
                Some(Self::Check(Box::new(HealthTable { http, ..HealthTable::default() })))
            }
            NodeValue::Table(_) => HealthTable::read(node, reader).map(|table| Self::Check(Box::new(table))),
            NodeValue::Boolean(false) => Some(Self::None),
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": "string" }, HealthTable::schema(definitions), { "const": false }] })
    }
}

table! {
    /// A file or folder of the project, mounted into the container.
    pub struct MountTable("a mount") {
        /// The file or folder.
        source: ProjectPath => required;
        /// Where it is mounted, an absolute path.
        at: String => required;
        /// Whether the container may not write to it.
        read_only: bool = true;
    }
}
