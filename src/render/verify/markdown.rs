//! Markdown is always Markdown; its front matter must be YAML.

use super::Finding;
use crate::yaml::{self, Value};

const MARK: &str = "---\n";

pub fn parse(text: &str) -> Result<Option<Value<'_>>, Finding> {
    if !text.starts_with(MARK) {
        return Ok(None);
    }
    let Some(front) = front_matter(text) else {
        return Err(Finding::new(1, "the front matter that begins here has no `---` at its end"));
    };
    match yaml::read(front) {
        Ok(front @ Value::Table(_)) => Ok(Some(front)),
        Ok(_) => Err(Finding::new(2, "the front matter is not a table")),
        // The front matter begins in the second line.
        Err(error) => {
            let line = error.line.map(|line| line + 1);
            Err(Finding::new(line, format!("the front matter is not YAML: {}", error.message)))
        }
    }
}

/// What stands behind the front matter; the whole text where there is none.
pub fn behind_front_matter(text: &str) -> &str {
    match front_matter(text) {
        Some(front) => &text[MARK.len() + front.len() + MARK.len()..],
        None => text,
    }
}

/// What stands between the first line's `---` and the next.
pub fn front_matter(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(MARK)?;
    if rest.starts_with(MARK) {
        return Some("");
    }
    rest.find("\n---\n").map(|end| &rest[..=end])
}
