//! What an editor asks of a stack while it is written: the Language Server Protocol, without a transport.
//!
//! A [`Server`] takes messages and gives messages. What it knows comes from the same stages that `validate` runs, over the disk with
//! the editor's own texts laid over it, and from the declarations of the language.

mod analysis;
mod capabilities;
mod completion;
mod cursor;
mod describe;
mod findings;
mod framing;
mod hover;
mod language;
mod names;
mod scan;
mod server;
mod symbols;
mod text;
mod uri;
mod workspace;

pub use self::framing::{Incoming, read};
pub use self::server::Server;
pub use self::workspace::Worlds;
