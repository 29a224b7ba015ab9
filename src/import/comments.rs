//! Comments of the old files that say something, kept beside what they speak of.

use super::service::Old;
use super::toml::Part;
use crate::source::Sources;

/// Keeps the comments of a service: those above it, and those within it above the key that became of theirs.
pub fn keep(old: &Old, part: &mut Part, sources: &Sources) {
    let file = sources.file(old.span.file);
    let lines: Vec<&str> = file.text.lines().collect();
    let Some(at) = file.position(old.span.range().start).line.checked_sub(1).filter(|at| *at < lines.len())
    else {
        return;
    };
    let own_indent = indent(lines[at]);
    let mut above = Vec::new();
    for line in lines[..at].iter().rev() {
        match comment(line) {
            Some(text) if indent(line) == own_indent => above.push(text.to_owned()),
            _ => break,
        }
    }
    above.reverse();
    part.comments.extend(said(above));
    part.comments.extend(said(trailing(lines[at]).map(ToOwned::to_owned)));
    let mut waiting: Vec<String> = Vec::new();
    let mut key_indent = None;
    let mut key = String::new();
    for line in &lines[at + 1..] {
        if line.trim().is_empty() {
            waiting.clear();
            continue;
        }
        if indent(line) <= own_indent {
            break;
        }
        if let Some(text) = comment(line) {
            waiting.push(text.to_owned());
            continue;
        }
        let of_keys = *key_indent.get_or_insert(indent(line));
        if indent(line) == of_keys && !line.trim_start().starts_with('-') {
            line.trim().split(':').next().unwrap_or_default().clone_into(&mut key);
        }
        waiting.extend(trailing(line).map(ToOwned::to_owned));
        attach(part, &key, said(std::mem::take(&mut waiting)));
    }
}

/// What stands at the top of a file, above all that it says but its version: it speaks of the whole.
#[must_use]
pub fn head(text: &str) -> Vec<String> {
    let is_above = |line: &&str| {
        line.trim().is_empty() || line.starts_with('#') || line.starts_with("version:") || *line == "---"
    };
    let lines: Vec<&str> = text.lines().take_while(is_above).collect();
    said(lines.iter().filter_map(|line| comment(line)).map(ToOwned::to_owned))
}

fn attach(part: &mut Part, key: &str, comments: Vec<String>) {
    if comments.is_empty() {
        return;
    }
    let names: &[&str] = match key {
        "environment" => &["env", "options"],
        "depends_on" | "links" => &["needs"],
        "ports" => &["port", "ports"],
        "healthcheck" => &["health"],
        "build" => &["path"],
        "volumes" => &["volumes", "mounts"],
        "image" => &["image", "options", "kind"],
        "deploy" => &["replicas", "memory", "cpus"],
        "command" => &["command"],
        "restart" => &["restart"],
        "user" => &["user"],
        _ => &["compose_extra"],
    };
    let found = names.iter().find_map(|name| part.keys.iter().position(|key| key.name == *name));
    match found {
        Some(at) => part.keys[at].comments.extend(comments),
        None => part.comments.extend(comments),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix('#')
}

/// A comment behind something.
fn trailing(line: &str) -> Option<&str> {
    let at = line.find(" #").filter(|_| !line.contains(['"', '\'']))?;
    Some(&line[at + 2..])
}

/// Those that say something to people: no rulers, no lines that were taken out of use, nothing with a secret.
fn said(comments: impl IntoIterator<Item = String>) -> Vec<String> {
    comments.into_iter().map(|text| text.trim().to_owned()).filter(|text| says_something(text)).collect()
}

fn says_something(text: &str) -> bool {
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().filter(|found| found.is_alphabetic()).count() > 1)
        .count();
    let first = text.trim_start_matches("- ").split_whitespace().next().unwrap_or_default();
    let is_code = text.starts_with("- ")
        || first.ends_with(':')
            && !first.to_lowercase().starts_with("note")
            && !first.to_lowercase().starts_with("todo")
        || text.contains("://")
        || text.contains('=');
    let is_ruler = text.chars().filter(|found| matches!(found, '-' | '=' | '#' | '*')).count() > 3;
    let tells = ["password", "passwd", "secret:"].iter().any(|word| text.to_lowercase().contains(word));
    words >= 2 && !is_code && !is_ruler && !tells && text.len() < 200
}
