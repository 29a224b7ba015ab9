//! The language: every table of `stack.toml`, of a kind's file and of a target's file, each declared once.

mod agent;
mod compose_extra;
mod consumer;
mod environment;
mod gateway;
mod kind;
mod left_out;
mod misplaced;
mod policy;
mod route;
mod service;
mod stack;
mod target;
mod transform;
mod upstream;

pub use self::agent::{AgentTable, BoundaryTable, HandOverTable, Models};
pub use self::compose_extra::{
    ComposeDeclaration, ComposeName, ComposeSort, FileExtra, ServiceExtra, named_volume,
};
pub use self::consumer::{ConsumerTable, CredentialTable, JwtAlgorithm};
pub use self::environment::{OF_THE_BASE, Patch, fitting, lay_over};
pub use self::gateway::{CertificateTable, GatewayTable, MetricsTable, TlsTable};
pub use self::kind::{BackupTable, KindMount, KindOption, KindSecret, KindTable, Role};
pub use self::left_out::{OF_ENVIRONMENTS, reduced, refuse_keys_of_environments};
pub use self::misplaced::{Misplaced, misplaced};
pub use self::policy::{
    Auth, Claim, CorrelationTable, CorsTable, Generator, GroupsTable, IpTable, JwtTable, KeyAuthTable,
    LimitBy, LimitTable, LimitWord, PolicyTable,
};
pub use self::route::{GatewayProtocol, Method, PluginTable, RouteTable};
pub use self::service::{
    EnvTable, EnvValue, Health, HealthTable, MountTable, Need, NeedTable, OptionValue, Placement, Restart,
    ServiceTable,
};
pub use self::stack::{Level, SecretTable, StackFile, StackTable, TargetSetting};
pub use self::target::{ForEach, Format, OutputLimitTable, OutputTable, Part, TargetTable};
pub use self::transform::{
    RequestNames, RequestParts, RequestReplacements, RequestTable, ResponseNames, ResponseParts,
    ResponseRenames, ResponseTable,
};
pub use self::upstream::{
    ActiveTable, Algorithm, CheckType, HashOn, HashTable, HashWord, PassiveTable, UpstreamTable,
    UpstreamTargetTable,
};
