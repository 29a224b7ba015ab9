//! `without`: what of the base an environment does not have. It is taken out before the environment's patch is laid over.

use crate::diagnostics::Diagnostic;
use crate::source::tree::NodeTable;
use crate::source::values::KeyPath;
use crate::source::{List, Reader, Spanned, nearest};

/// Keys that only an environment can have.
pub const OF_ENVIRONMENTS: &[&str] = &[WITHOUT];

pub(super) const WITHOUT: &str = "without";

/// Takes out of the base what only an environment can say, which is reported.
pub fn refuse_keys_of_environments(base: &mut NodeTable, reader: &mut Reader<'_>) {
    for key in OF_ENVIRONMENTS {
        if let Some(entry) = base.shift_remove(*key) {
            let message = format!("the base has no key `{key}`, which is an environment's alone");
            let diagnostic = Diagnostic::error("unknown-key", message).at(entry.key, "unknown key");
            reader.report(diagnostic.help(format!(
                "say it under `[environments.NAME]`; what the base is to be without needs no `{key}`: remove it where it stands"
            )));
        }
    }
}

/// The base without its environments, and without what this one leaves out of it, which is told beside it.
pub fn reduced(
    base: &NodeTable,
    patch: &NodeTable,
    environment: &Spanned<String>,
    reader: &mut Reader<'_>,
) -> (NodeTable, List<KeyPath>) {
    let mut left = base.clone();
    left.shift_remove("environments");
    let said = patch.get(WITHOUT).and_then(|entry| reader.value::<List<KeyPath>>(&entry.node));
    let paths = said.map(|said| said.value).unwrap_or_default();
    // All are looked for before any goes: one may lie within another.
    for path in &paths {
        if let Some(missing) = missing(&left, &path.keys) {
            reader.report(missing.nothing_to_leave_out(path, environment));
        }
    }
    for path in &paths {
        take_out(&mut left, &path.keys);
    }
    (left, paths)
}

/// A key that leads nowhere.
struct Missing<'a> {
    key: &'a Spanned<String>,
    /// The names that stand where it was looked for.
    known: Vec<&'a str>,
    /// Whether it was looked for in something that is no table.
    is_in_value: bool,
}

/// The first key of a path that is not there.
fn missing<'a>(table: &'a NodeTable, keys: &'a [Spanned<String>]) -> Option<Missing<'a>> {
    let (key, rest) = keys.split_first()?;
    let Some(entry) = table.get(&key.value) else {
        let known = table.keys().map(String::as_str).collect();
        return Some(Missing { key, known, is_in_value: false });
    };
    match (entry.node.as_table(), rest.first()) {
        (Some(below), _) => missing(below, rest),
        (None, Some(key)) => Some(Missing { key, known: Vec::new(), is_in_value: true }),
        (None, None) => None,
    }
}

impl Missing<'_> {
    fn nothing_to_leave_out(&self, path: &KeyPath, environment: &str) -> Diagnostic {
        let written = path.keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(".");
        let message = format!("the base has no `{written}` that `{environment}` could be without");
        let diagnostic = Diagnostic::error("unknown-reference", message).at(self.key.span, "not there");
        match nearest(self.key, self.known.iter().copied()) {
            _ if self.is_in_value => diagnostic.help(
                "only keys of tables can be left out: say the whole list or value as it is in this environment",
            ),
            Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), self.key.span, near),
            None => diagnostic.help("name it by the keys that lead to it, as `services.NAME` or `services.NAME.env.KEY`"),
        }
    }
}

fn take_out(table: &mut NodeTable, keys: &[Spanned<String>]) {
    match keys {
        [] => {}
        [key] => {
            table.shift_remove(&key.value);
        }
        [key, rest @ ..] => {
            if let Some(below) = table.get_mut(&key.value).and_then(|entry| entry.node.as_table_mut()) {
                take_out(below, rest);
            }
        }
    }
}
