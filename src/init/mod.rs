//! A first stack file, from what lies in a folder. Pure: a [`World`](crate::source::World) in, a text out.

mod dependencies;
mod survey;
mod text;

pub use self::survey::{Found, Survey, Unclear, survey};
pub use self::text::{label, stack_text};
