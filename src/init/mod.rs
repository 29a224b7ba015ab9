//! A first stack file, from what lies in a folder. Pure: a [`World`](crate::source::World) in, a text out.

mod dependencies;
mod fitting;
mod sources;
mod survey;
mod text;

pub use self::sources::{HEALTH_PATH, speaks_of_health};
pub use self::survey::{Found, Setting, Survey, Unclear, survey};
pub use self::text::{label, stack_text};
