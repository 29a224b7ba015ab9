//! The language: every table of `stack.toml`, of a kind's file and of a target's file, each declared once.

mod agent;
mod environment;
mod gateway;
mod kind;
mod misplaced;
mod route;
mod service;
mod stack;
mod target;

pub use self::agent::{AgentTable, BoundaryTable, HandOverTable, Models};
pub use self::environment::{OF_THE_BASE, Patch, fitting, lay_over, patched};
pub use self::gateway::{ConsumerTable, CorsTable, CredentialTable, GatewayTable, JwtAlgorithm};
pub use self::kind::{BackupTable, KindMount, KindOption, KindSecret, KindTable, Role};
pub use self::misplaced::{Misplaced, misplaced};
pub use self::route::{Auth, Cors, Method, PluginTable, PolicyTable, RouteTable};
pub use self::service::{
    EnvTable, EnvValue, Health, HealthTable, MountTable, Need, NeedTable, OptionValue, Placement, Restart,
    ServiceTable,
};
pub use self::stack::{Level, SecretTable, StackFile, StackTable, TargetSetting};
pub use self::target::{ForEach, Format, LimitTable, OutputTable, Part, TargetTable};
