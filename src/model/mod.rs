//! The resolved stack: typed, complete, and the same whatever it is rendered to.

mod agent;
mod compose_extra;
mod consumer;
mod declared_volume;
mod endpoint;
mod environment;
mod gateway;
mod network;
mod once;
mod order;
mod policy;
mod public_key;
mod refused;
mod resolve;
mod route;
mod scope;
mod secret;
mod service;
mod stack;
mod target;
mod text;
mod tool;
mod transform;
mod unread;
mod upstream;
mod wording;

pub use self::compose_extra::{ComposeExtra, Wait, refines_a_build};
pub use self::declared_volume::{DeclaredVolume, EngineName, ExtraMount};
pub use self::endpoint::{FACTS, environment_prefix};
pub use self::resolve::resolve;
pub use self::route::{
    CorrelationId, Cors, Groups, IpRestriction, Jwt, KeyAuth, LimitBy, Plugin, Route, RoutePath, Timeouts,
};
pub use self::stack::{
    Agent, Backup, Build, Certificate, Collision, Consumer, Dockerfile, Gateway, HandOver, HealthRoute,
    JwtCredential, Known, Metrics, Mount, MountSource, Need, Network, Origin, Port, Probe, Published,
    RateLimitStore, Secret, Service, Stack, Target, Tls, Unresolved, Variable, Verifier, Volume,
};
pub use self::target::{ENV_FILE, OUTPUT_ROOT, environment_folder};
pub use self::text::{Part, Text};
pub use self::tool::{TOOLS, Tool, mcp, tool};
pub use self::transform::{AnswerNames, AnswerParts, Names, Parts, Request, Response};
pub use self::unread::Unread;
pub use self::upstream::{Active, HashOn, Passive, Upstream, UpstreamTarget};
