//! Values as a person would write them in TOML.

pub(super) use crate::source::key;
pub use crate::source::quoted;

/// A list of strings on one line.
#[must_use]
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(quoted).collect();
    format!("[{}]", items.join(", "))
}
