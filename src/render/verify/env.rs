//! Env files: comments and `NAME=value` lines, in what Compose's reader takes in one way only.

use super::Finding;
use crate::render::text::is_variable_name;

pub fn check(text: &str) -> Result<(), Finding> {
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| Finding::new(at + 1, "this line is neither a comment nor `NAME=value`"))?;
        if !is_variable_name(name) {
            return Err(Finding::new(at + 1, format!("`{name}` is not the name of an environment variable")));
        }
        if !is_whole(value) {
            return Err(Finding::new(
                at + 1,
                format!("the value of `{name}` is neither plain nor between quotes as a whole"),
            ));
        }
    }
    Ok(())
}

fn is_whole(value: &str) -> bool {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(inner) = inner('\'') {
        return !inner.contains(['\'', '\\']);
    }
    if let Some(inner) = inner('"') {
        let mut escaped = false;
        let bare = inner.chars().any(|found| {
            let bare = found == '"' && !escaped;
            escaped = found == '\\' && !escaped;
            bare
        });
        return !bare && !escaped;
    }
    !value.contains(['\'', '"', '#', '$', '\\', ' ', '\t', '`'])
}
