//! The router: which agent a task belongs to, by what the stack says of its agents and what is known of such work in general.
//!
//! A pure function of the model: [`Router::new`] learns a team, [`Router::route`] gives a [`Verdict`] on one task, [`evaluate`] holds
//! a router against labelled tasks. `docs/routing.md` says how it works and how well.

mod encoder;
mod evaluation;
mod facts;
mod labelled;
mod profile;
mod router;
mod shared;
mod table;
mod verdict;
mod words;

pub use self::evaluation::{Evaluation, Miss, evaluate};
pub use self::labelled::{Labelled, LabelledError, labelled};
pub use self::router::{Guess, Router};
pub use self::table::embedded_bytes;
pub use self::verdict::{AgentScore, Reason, ReasonKind, Verdict};
