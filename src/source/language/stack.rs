//! The file itself, and its `[stack]`, `[secrets]`, `[checks]` and `[targets]` tables.

use crate::source::language::{AgentTable, FileExtra, GatewayTable, KindTable, Patch, ServiceTable};
use crate::source::values::{KeyPath, ProjectPath};
use crate::source::{List, Named};
use crate::{choice, table};

table! {
    /// A stack, or a fragment of one that another file includes.
    pub struct StackFile("a stack file") {
        /// What the stack is called, and where its other files are.
        stack: StackTable => required;
        /// The API gateway. Without this table there is none.
        gateway: GatewayTable;
        /// Everything that runs, databases and caches included, by name.
        services: Named<ServiceTable>;
        /// The AI agents, by name, and what each of them owns.
        agents: Named<AgentTable>;
        /// What the stack's secrets are for, by name. Their values stand in `.env` alone.
        secrets: Named<SecretTable>;
        /// Patches over the base, one a named environment. Each is checked after merging.
        environments: Named<Patch>;
        /// What of the base an environment does not have, as dotted keys such as `"services.mail"`. Only an environment says this.
        without: List<KeyPath>;
        /// Kinds of this stack's own, by name.
        kinds: Named<KindTable>;
        /// Which outputs are made, and where they go.
        targets: Named<TargetSetting>;
        /// How much each rule matters, by its name.
        checks: Named<Level>;
        /// Keys of Compose beside its services, such as `volumes` and `networks`, merged into the Compose output.
        compose_extra: FileExtra;
    }
}

table! {
    /// The stack as a whole.
    pub struct StackTable("`[stack]`") {
        /// The Compose project, the prefix of networks and volumes, the value of the stack's label. A DNS label.
        name: String => required;
        /// What the stack is, in a sentence.
        description: String;
        /// Further stack files, as paths or globs from this file's folder. Names are shared by all of them.
        include: List<String>;
        /// The stackgen versions that may compile this stack, such as `">=0.3"`.
        stackgen: String;
        /// Where small networks are cut from if the stack needs more than Docker's own address pools hold, such as
        /// `"10.200.0.0/16"`.
        subnet_pool: String;
    }
}

table! {
    /// What a secret is for.
    pub struct SecretTable("a secret") {
        /// What the secret is for, in a sentence. Stands in `.env.example`.
        description: String;
        /// Issued by somebody else, as an API key is, so that no random value will do.
        external: bool = false;
    }
}

table! {
    /// What becomes of one target's outputs.
    pub struct TargetSetting("a target's setting") {
        /// Whether the outputs are made. Where this is silent they are if `out` says where to, and else as the target has it.
        enabled: bool;
        /// The folder of the base stack's outputs, instead of the target's own under `generated/`.
        out: ProjectPath;
    }
}

choice! {
    /// How much a rule matters to this stack.
    pub enum Level {
        /// The rule is not looked at.
        Allow = "allow",
        /// Findings are shown, and stop nothing.
        Warn = "warn",
        /// Findings stop the build.
        Error = "error",
    }
}
