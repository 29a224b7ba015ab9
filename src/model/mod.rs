//! The resolved stack: typed, complete, and the same whatever it is rendered to.

mod agent;
mod compose_extra;
mod endpoint;
mod environment;
mod gateway;
mod network;
mod order;
mod resolve;
mod scope;
mod secret;
mod service;
mod stack;
mod target;
mod text;
mod unread;
mod wording;

pub use self::compose_extra::ComposeExtra;
pub use self::endpoint::environment_prefix;
pub use self::resolve::resolve;
pub use self::stack::{
    Agent, Backup, Build, Collision, Consumer, Cors, Dockerfile, Gateway, JwtCredential, Mount, MountSource,
    Need, Network, Origin, Plugin, Port, Probe, Published, Route, Secret, Service, Stack, Target, Unresolved,
    Variable, Volume,
};
pub use self::target::{OUTPUT_ROOT, environment_folder};
pub use self::text::{Part, Text};
pub use self::unread::Unread;
