//! What templates see. Stable: a field is only ever added.

use minijinja::Value;

use super::gateway_context::{GatewayView, UpstreamView};
use crate::view;

/// A [`Text`](crate::model::Text): a string in which secrets are names. Each output format writes them in its own way.
pub type TextValue = Value;
/// A [`ServiceView`], made once and shared by all who see it.
pub type SharedService = Value;
/// An [`AgentView`], made once and shared by all who see it.
pub type SharedAgent = Value;
/// A [`FolderView`], made once and shared by all who see it.
pub type SharedFolder = Value;
/// A [`RouteView`](super::gateway_context::RouteView), made once and shared by all who see it.
pub type SharedRoute = Value;
/// A [`VariableView`], made once and shared by all who see it.
pub type SharedVariable = Value;
/// A tree of tables, lists and scalars, for the `json` filter.
pub type Tree = Value;

view! {
    /// Everything that a template sees.
    pub struct Context {
        /// The stack as a whole.
        stack: StackView,
        /// Every service, in the order of the source, the gateway's own last.
        services: Vec<SharedService>,
        /// The gateway, or none.
        gateway: Option<GatewayView>,
        /// Every agent, in the order of the source.
        agents: Vec<SharedAgent>,
        /// Every folder below the project's root that services have their code in, by path.
        folders: Vec<SharedFolder>,
        /// Every secret, by name.
        secrets: Vec<SecretView>,
        /// Every network, by name.
        networks: Vec<NetworkView>,
        /// Every named volume of every service.
        volumes: Vec<VolumeView>,
        /// Every volume that the Compose file declares, those that stand in `compose_extra` alone among them.
        declared_volumes: Vec<DeclaredVolumeView>,
        /// Where each enabled target's outputs go.
        targets: Vec<TargetView>,
        /// Keys of Compose beside its services, for the `interpolated` filter.
        compose_extra: Tree,
    }
}

view! {
    /// The file that is being made: `output` in every template. Beside it, a template that is rendered for each service, agent or
    /// folder sees that one as `service`, `agent` or `folder`, and one whose file has a `text` sees what came of it as the string
    /// `text`.
    pub struct OutputView {
        /// Its path from the project's root.
        path: String,
        /// Its folder from the project's root, `.` for the root itself.
        folder: String,
        /// From its folder to the project's root: `../..`.
        root: String,
        /// The sentence that says where the file comes from, for a comment at its top.
        header: String,
    }
}

view! {
    /// The stack as a whole.
    pub struct StackView {
        /// A DNS label.
        name: String,
        /// A sentence, or none.
        description: Option<String>,
        /// The environment's name, or none for the base.
        environment: Option<String>,
        /// The path of the stack's file from the project's root.
        file: String,
        /// The user's file of secrets and settings, from the project's root: `.env`.
        env_file: String,
    }
}

view! {
    /// A service with everything that its kind supplies.
    pub struct ServiceView {
        /// A DNS label.
        name: String,
        /// The name as the start of environment variables: `IDENTITY_DB`.
        prefix: String,
        /// The kind's name.
        kind: String,
        /// One of `database`, `cache`, `broker`, `service`, `worker`, `gateway`, `frontend`.
        role: String,
        /// Whether it holds data: a database, a cache or a broker.
        data: bool,
        /// A sentence.
        description: String,
        /// Its kind's options by name, each as the service sets it or as it is by default.
        options: Tree,
        /// Whether it is a process on the developer's machine instead of a container.
        on_host: bool,
        /// Its source folder from the project's root, or none.
        folder: Option<String>,
        /// The image to run, or none where it is built.
        image: Option<TextValue>,
        /// How its image is built, or none.
        build: Option<BuildView>,
        /// What the container runs first, before its command; empty for the image's own.
        entrypoint: Vec<TextValue>,
        /// What it runs; empty for the image's own.
        command: Vec<TextValue>,
        /// Its ports, the main one first.
        ports: Vec<PortView>,
        /// Its main port, or none.
        port: Option<PortView>,
        /// Where other containers reach it, such as `http://identity:8001`, or none.
        url: Option<String>,
        /// Where the developer's machine reaches it, such as `http://localhost:8001`, or none.
        host_url: Option<String>,
        /// The services that it needs.
        needs: Vec<NeedView>,
        /// The names of the services that need it.
        needed_by: Vec<String>,
        /// How many steps of others come before its start: 0 for what needs nothing.
        start_level: usize,
        /// Its environment variables, sorted by name.
        environment: Vec<SharedVariable>,
        /// The same for a process on the developer's machine, where others are reached at the ports that they publish.
        host_environment: Vec<SharedVariable>,
        /// The names of the secrets that it reads.
        secrets: Vec<String>,
        /// Keys of Compose that the service has besides, for the `interpolated` filter.
        compose_extra: Tree,
        /// Its named volumes.
        volumes: Vec<VolumeView>,
        /// Named volumes that it mounts besides, in its `compose_extra`.
        extra_volumes: Vec<ExtraVolumeView>,
        /// Files and folders mounted into it.
        mounts: Vec<MountView>,
        /// In-memory folders.
        tmpfs: Vec<String>,
        /// The networks that it is on.
        networks: Vec<String>,
        /// How to see that it works, or none.
        health: Option<HealthView>,
        /// What the gateway passes on to it.
        routes: Vec<SharedRoute>,
        /// How the gateway reaches it, or none where it passes nothing on to it.
        upstream: Option<UpstreamView>,
        /// How many containers run at once.
        replicas: u32,
        /// The most memory in bytes, or none.
        memory: Option<u64>,
        /// The most processor cores, or none.
        cpus: Option<String>,
        /// One of `unless-stopped`, `always`, `on-failure`, `no`.
        restart: String,
        /// Whether it does its work and ends, as a migration does: it says `restart = "no"`, and nothing of it is that of a server.
        runs_once: bool,
        /// How long it may take to stop, in seconds.
        stop_grace: u64,
        /// The user inside the container, or none for the image's own.
        user: Option<String>,
        /// Whether the container's root file system is read-only.
        read_only: bool,
        /// The Linux capabilities that it keeps.
        capabilities: Vec<String>,
        /// How its data is saved and brought back, or none.
        backup: Option<BackupView>,
        /// What developers and agents run.
        commands: Vec<CommandView>,
        /// The agents that own it.
        owners: Vec<String>,
        /// The name of the template of its generated Dockerfile, for `include`; or none.
        dockerfile_template: Option<String>,
    }
}

view! {
    /// How a service's image is built.
    pub struct BuildView {
        /// The folder sent to the builder, from the project's root.
        context: String,
        /// The Dockerfile from the project's root.
        dockerfile: String,
        /// The file beside a generated Dockerfile that says what the builder is not sent, from the project's root; or none where the folder
        /// has a `.dockerignore` of its own.
        ignore: Option<String>,
        /// The variables of `environment` that become build arguments, sorted by name. None of them holds a secret.
        args: Vec<SharedVariable>,
    }
}

view! {
    /// A port of a service.
    pub struct PortView {
        /// `main` for the service's `port`.
        name: String,
        /// Inside the container.
        container: u16,
        /// The host port, or none where only the stack reaches it.
        host: Option<u16>,
        /// The host address that it is bound to, or none.
        address: Option<String>,
        /// `tcp` or `udp`.
        protocol: String,
    }
}

view! {
    /// A service that another needs.
    pub struct NeedView {
        /// Its name.
        service: String,
        /// The prefix of the variables that it exports, or none.
        prefix: Option<String>,
        /// Whether it is a process on the developer's machine, for which no container can wait.
        on_host: bool,
        /// Whether it has a health check to wait for.
        has_health: bool,
        /// Whether it does its work and ends, which is to be waited for.
        runs_once: bool,
    }
}

view! {
    /// An environment variable.
    pub struct VariableView {
        /// Its name.
        name: String,
        /// Its value.
        value: TextValue,
        /// Who says it: `service`, `kind`, or the name of the service that exports it.
        origin: String,
        /// The names of the secrets in its value.
        secrets: Vec<String>,
    }
}

view! {
    /// A named volume.
    pub struct VolumeView {
        /// Within its service: `data`.
        name: String,
        /// In the stack: `identity-db-data`.
        full_name: String,
        /// On the engine: `shop_identity-db-data`, or what `compose_extra` says; with its variables, if it has any.
        engine_name: String,
        /// Whether it is somebody else's, which Compose neither makes nor removes: `compose_extra` says so.
        external: bool,
        /// Where it is mounted.
        at: String,
        /// The service that it belongs to.
        service: String,
    }
}

view! {
    /// A volume that the Compose file declares.
    pub struct DeclaredVolumeView {
        /// In the Compose file: `identity-db-data`.
        key: String,
        /// On the engine: `shop_identity-db-data`, or what `compose_extra` says; with its variables, if it has any.
        engine_name: String,
        /// What its name on the engine begins with for sure: all of it, or what comes before the first variable of Compose's.
        start: String,
        /// Whether there is such a variable.
        varies: bool,
        /// Whether it is somebody else's, which Compose neither makes nor removes.
        external: bool,
    }
}

view! {
    /// A named volume that a service mounts in its `compose_extra`.
    pub struct ExtraVolumeView {
        /// On the engine; with its variables, if it has any.
        engine_name: String,
        /// Whether the container may not write to it.
        read_only: bool,
    }
}

view! {
    /// A file or folder mounted into a container.
    pub struct MountView {
        /// From the project's root.
        source: String,
        /// Where it is mounted.
        at: String,
        /// Whether the container may not write to it.
        read_only: bool,
    }
}

view! {
    /// How to see that a service works.
    pub struct HealthView {
        /// The path that it answers on over HTTP, or none.
        path: Option<String>,
        /// What runs inside the container; empty for a service on the host.
        command: Vec<TextValue>,
        /// Between two checks: `10s`.
        interval: String,
        /// The same in whole seconds.
        interval_seconds: u64,
        /// For one check: `3s`.
        timeout: String,
        /// The same in whole seconds.
        timeout_seconds: u64,
        /// How many failures in a row make it unhealthy.
        retries: u32,
        /// How long after the start failures do not count: `30s`.
        start_period: String,
    }
}

view! {
    /// How a service's data is saved and brought back; both run inside its container.
    pub struct BackupView {
        /// Writes the data to standard output.
        dump: Vec<TextValue>,
        /// Reads it from standard input.
        restore: Vec<TextValue>,
        /// The ending of the file that holds it.
        extension: String,
    }
}

view! {
    /// What developers and agents run.
    pub struct CommandView {
        /// What it does: `dev`, `test`, `lint`.
        name: String,
        /// The command line.
        command: String,
    }
}

view! {
    /// A gateway plugin that stackgen does not model.
    pub struct PluginView {
        /// Its name.
        name: String,
        /// Its configuration, for the `json` filter.
        config: Tree,
    }
}

view! {
    /// An agent.
    pub struct AgentView {
        /// Its name.
        name: String,
        /// What it is an expert of.
        description: String,
        /// The services that it owns.
        services: Vec<SharedService>,
        /// The folder that it works in, from the project's root: that of its first service that has one, else the root, `.`.
        folder: String,
        /// The agent that it reports to, or none.
        reports_to: Option<String>,
        /// The agents that report to it.
        leads: Vec<String>,
        /// The services of others that its own need, or that need them, in the order of the source.
        neighbours: Vec<NeighbourView>,
        /// What it is answerable for.
        responsibilities: Vec<String>,
        /// Words that speak for it.
        keywords: Vec<String>,
        /// Tasks that belong to it.
        examples: Vec<String>,
        /// The tools that it may use; empty for all.
        tools: Vec<String>,
        /// The model that it runs on, as Claude Code calls it, or none.
        model: Option<String>,
        /// What it runs: its services' commands under its own.
        commands: Vec<CommandView>,
        /// The files and folders that it owns beside the folders of its services, from the project's root.
        paths: Vec<String>,
        /// What it looks after in the whole stack.
        concerns: Vec<String>,
        /// The files and folders that it may edit, from the project's root; empty for one that looks and advises.
        edits: Vec<String>,
        /// What it leaves to others beside their services: sorts of work that it is told to hand over and, in a team of at most 60,
        /// what the others look after.
        hands_over: Vec<HandOverView>,
        /// Whom it asks about what: its neighbours and what it hands over, by the agent that takes it, in the order of the source.
        asks: Vec<AskView>,
        /// The models that it runs on.
        models: Vec<ModelView>,
        /// Whether it is given tools, and none of them changes anything.
        read_only: bool,
        /// Whether it changes nothing itself: it is said so, or it owns no service, file or folder.
        advises: bool,
        /// When a task is given to it, in one paragraph: `Use this agent when …`. Agent programs choose by this text alone.
        delegation: String,
    }
}

view! {
    /// What an agent leaves to others.
    pub struct HandOverView {
        /// A sort of work in words, or a file or folder.
        what: String,
        /// Whether it is a file or folder, from the project's root.
        is_path: bool,
        /// The agents that take it.
        to: Vec<String>,
    }
}

view! {
    /// What one agent asks another about.
    pub struct AskView {
        /// Whom, or none for services that nobody owns.
        agent: Option<String>,
        /// About which services.
        services: Vec<String>,
        /// About which files and folders, from the project's root.
        paths: Vec<String>,
        /// About what else: sorts of work, in words.
        work: Vec<String>,
    }
}

view! {
    /// The model that an agent runs on in one program.
    pub struct ModelView {
        /// The target whose program it is for.
        target: String,
        /// The model, as that program calls it.
        name: String,
    }
}

view! {
    /// A folder with the code of services.
    pub struct FolderView {
        /// From the project's root.
        path: String,
        /// The services, in the order of the source.
        services: Vec<SharedService>,
        /// The agents that own them.
        owners: Vec<String>,
        /// The services elsewhere that they need or are needed by, in the order of the source.
        neighbours: Vec<NeighbourView>,
        /// What agents look after in the whole stack, in a team of at most 60.
        hands_over: Vec<HandOverView>,
    }
}

view! {
    /// A service that an agent does not own and has to do with.
    pub struct NeighbourView {
        /// Its name.
        service: String,
        /// The agents to ask about it.
        owners: Vec<String>,
    }
}

view! {
    /// A secret: its name, never its value.
    pub struct SecretView {
        /// Its name.
        name: String,
        /// What it is for.
        description: String,
        /// Issued by somebody else: no random value will do.
        external: bool,
        /// The services whose containers see its value.
        readers: Vec<String>,
    }
}

view! {
    /// A network.
    pub struct NetworkView {
        /// Its name within the stack.
        name: String,
        /// Who is on it.
        members: Vec<String>,
        /// Its subnet, or none where the engine chooses one.
        subnet: Option<String>,
    }
}

view! {
    /// Where a target's outputs go.
    pub struct TargetView {
        /// The target's name.
        name: String,
        /// From the project's root.
        folder: String,
    }
}
