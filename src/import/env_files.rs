//! Secrets in files of variables that git holds.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::interpolate::{has_variables, variables};
use super::load::{Loader, plain};
use super::service::Old;
use super::wording::password_in_url;
use crate::checks::sign_of;
use crate::diagnostics::Diagnostic;
use crate::source::{EntryKind, FileId, Span};

/// The secrets of such files.
#[derive(Debug, Default)]
pub struct Found {
    pub findings: Vec<Diagnostic>,
    /// What gives them away: nothing that is printed may repeat it.
    pub texts: Vec<String>,
}

/// Finds the secrets in the `env_file`s of services, of those that are among `tracked`, each once.
#[must_use]
pub fn secrets(loader: &mut Loader<'_>, services: &[Old], tracked: &BTreeSet<Utf8PathBuf>) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for old in services {
        for item in old.done.items_at("env_file") {
            let path = item.text().or_else(|| item.text_at("path")).unwrap_or_default();
            let path = plain(Utf8Path::new(&path));
            let is_there = loader.world.entry(&path) == Some(EntryKind::File);
            if is_there && tracked.contains(&path) && seen.insert(path.clone()) {
                found.of_file(loader, old, &path);
            }
        }
    }
    found
}

impl Found {
    fn of_file(&mut self, loader: &mut Loader<'_>, old: &Old, path: &Utf8Path) {
        let Some(file) = loader.text(path, None) else { return };
        let text = loader.sources.file(file).text.clone();
        let mut next = 0;
        for line in text.split_inclusive('\n') {
            let start = next;
            next += line.len();
            let end = start + line.trim_end().len();
            for (name, value) in variables(line) {
                if !has_variables(&value) && sign_of(&name, &value).is_some() {
                    self.push(old, path, &name, &value, (file, start..end));
                }
            }
        }
    }

    fn push(
        &mut self,
        old: &Old,
        path: &Utf8Path,
        name: &str,
        value: &str,
        (file, place): (FileId, std::ops::Range<usize>),
    ) {
        let message = format!("`{name}` in `{path}` is a secret, and git holds the file");
        let help = format!(
            "take the file out with `git rm --cached {path}` and a line in .gitignore, and change the secret where it is in use; or say `{name} = {{ secret = \"{name}\" }}` under `env` of `{}`, and keep its value in `.env`",
            old.new
        );
        self.findings.push(
            Diagnostic::error("inline-secret", message)
                .at(Span::new(file, place), "in the history of the repository for ever")
                .help(help),
        );
        let password = password_in_url(value).map(|(_, password, _)| password);
        self.texts.push(password.unwrap_or(value).to_owned());
    }
}
