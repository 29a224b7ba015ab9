//! Kinds: what a service does not say.

use crate::source::language::HealthTable;
use crate::source::values::{Duration, Size, Template};
use crate::source::{List, Named};
use crate::{choice, table};

table! {
    /// A kind of service, as in `templates/kinds/NAME.toml` or `[kinds.NAME]`.
    ///
    /// Its strings may refer to `service`, `options`, `secrets` and `stack`.
    pub struct KindTable("a kind") {
        /// The kind whose keys hold where this one is silent. Its own name stands for the kind whose place it takes.
        extends: String, names Kind;
        /// What it is, in a sentence.
        description: String;
        /// The part that its services play in a stack.
        role: Role = Role::Service;
        /// The image to run. Without one, the service says it, or has a folder to build.
        image: Template;
        /// Ports inside the container, by name. The one called `main` is the service's `port`.
        ports: Named<u16>;
        /// The port inside the container where neither `ports.main` nor the service says one.
        default_port: u16;
        /// The scheme of its URL, such as `http`. Without one it has none.
        scheme: String;
        /// Settings that a service may change under `options`, with their defaults.
        options: Named<KindOption>;
        /// Secrets that each service of this kind has for itself.
        secrets: Named<KindSecret>;
        /// Environment variables of the container.
        env: Named<Template>;
        /// How the names begin of environment variables that are read when the image is built, not when it runs: they become build arguments,
        /// and whoever has what was built reads them.
        build_env: List<String>;
        /// Environment variables for those who need the service. Names are templates, too.
        exports: Named<Template>;
        /// Named volumes, and where each is mounted.
        volumes: Named<String>;
        /// Outputs of stackgen that are mounted into the container.
        mounts: List<KindMount>;
        /// In-memory folders of the container.
        tmpfs: List<String>;
        /// What the container runs first, before its command.
        entrypoint: List<Template>;
        /// What the container runs.
        command: List<Template>;
        /// How to see that it works. `cmd` may refer to `health.path` and `health.timeout`.
        health: HealthTable;
        /// The user inside the container.
        user: String;
        /// Whether its root file system can be read-only.
        read_only: bool = false;
        /// Linux capabilities that it cannot do without. All others are dropped.
        capabilities: List<String>;
        /// The most memory that one container may use.
        memory: Size;
        /// How long it may take to stop before it is killed.
        stop_grace: Duration = Duration::from_seconds(10);
        /// How its data is saved and brought back.
        backup: BackupTable;
        /// What developers and agents run, by what it does: `dev`, `test`, `lint`.
        commands: Named<Template>;
        /// The Dockerfile for services whose folder has none: a template.
        dockerfile: String;
    }
}

choice! {
    /// The part that a service plays. Who may reach it, and where it stands in pictures, follow from it.
    pub enum Role {
        /// Keeps data.
        Database = "database",
        /// Keeps data that can be computed again.
        Cache = "cache",
        /// Passes messages on.
        Broker = "broker",
        /// Answers requests.
        Service = "service",
        /// Works off a queue.
        Worker = "worker",
        /// The one door to the services.
        Gateway = "gateway",
        /// What people see.
        Frontend = "frontend",
    }
}

impl Role {
    /// Whether it holds data, so that only those who need it may reach it.
    #[must_use]
    pub fn is_data(self) -> bool {
        matches!(self, Self::Database | Self::Cache | Self::Broker)
    }
}

table! {
    /// A setting that a service may change.
    pub struct KindOption("an option") {
        /// What it sets.
        description: String => required;
        /// What holds where the service says nothing.
        default: Template => required;
    }
}

table! {
    /// A secret that each service of a kind has for itself.
    pub struct KindSecret("a kind's secret") {
        /// Its name, made from the service's: `{{ service.prefix }}_PASSWORD`.
        name: Template => required;
        /// What it is for.
        description: String => required;
    }
}

table! {
    /// A target's output, mounted into the container.
    pub struct KindMount("a kind's mount") {
        /// The target whose folder is mounted.
        target: String => required;
        /// Where it is mounted.
        at: String => required;
    }
}

table! {
    /// How a service's data is saved and brought back. Both commands run inside its container.
    pub struct BackupTable("a backup") {
        /// Writes the data to standard output.
        dump: List<Template> => required;
        /// Reads it from standard input.
        restore: List<Template> => required;
        /// The ending of the file that holds it, such as `sql`.
        extension: String => required;
    }
}
