//! What goes on on the machine just now, out of what its tools and files say. Pure: texts in, facts out; the command line asks.

mod disk;
mod docker;
mod env_file;
mod lsof;
mod proc;

use std::net::IpAddr;

use crate::source::values::Protocol;

pub use self::disk::available_kilobytes;
pub use self::docker::{Container, DOCKER_PS_FORMAT, containers};
pub use self::env_file::set_variables;
pub use self::lsof::listeners_of_lsof;
pub use self::proc::{Socket, sockets};

/// Somebody who listens on a port of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    pub address: IpAddr,
    pub port: u16,
    pub protocol: Protocol,
    /// Who it is; nothing where this user may not see it.
    pub process: Option<Process>,
}

/// A process of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    pub name: String,
    /// The folder that it works in, where this user may see it.
    pub folder: Option<camino::Utf8PathBuf>,
}

/// Whether two claims to one port of the machine are at odds: an address that stands for all meets every other.
#[must_use]
pub fn overlap(first: IpAddr, second: IpAddr) -> bool {
    let (first, second) = (first.to_canonical(), second.to_canonical());
    first == second || first.is_unspecified() || second.is_unspecified()
}
