//! Values as a person would write them in TOML.

pub use crate::source::quoted;
pub(super) use crate::source::key;

/// A list of strings on one line.
#[must_use]
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(quoted).collect();
    format!("[{}]", items.join(", "))
}
