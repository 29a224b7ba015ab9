//! Files of patterns, as far as the builder's matcher would stumble over one: it takes the patterns of Go's `path/filepath.Match`, and
//! `**` besides.

use super::Finding;

pub fn check(text: &str) -> Result<(), Finding> {
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        if let Some(fault) = fault(line.trim()) {
            return Err(Finding::new(at + 1, format!("`{}` is no pattern: {fault}", line.trim())));
        }
    }
    Ok(())
}

fn fault(pattern: &str) -> Option<&'static str> {
    if pattern.strip_prefix('!').unwrap_or(pattern).trim().is_empty() && !pattern.is_empty() {
        return Some("there is nothing behind the `!`");
    }
    // Where a list of characters began, and how many it has so far.
    let mut listed: Option<usize> = None;
    let mut characters = pattern.chars();
    while let Some(found) = characters.next() {
        let is_escaped = found == '\\';
        if is_escaped && characters.next().is_none() {
            return Some("there is nothing behind the `\\`");
        }
        listed = match (found, listed) {
            ('[', None) | ('^', Some(0)) => Some(0),
            (']', Some(0)) => return Some("there is nothing between `[` and `]`"),
            (']', Some(_)) => None,
            (_, listed) => listed.map(|count| count + 1),
        };
    }
    listed.map(|_| "the `[` has no `]`")
}
