//! Compose files to one project: several files, `include` and `extends` worked in, paths seen from where stack.toml will be.

mod file;
mod path;

use std::collections::BTreeMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

pub use self::path::plain;

use super::interpolate::{Variables, expanded_length, interpolated, variables};
use super::merge::lay_over;
use super::node::{Node, Table};
use crate::diagnostics::Diagnostic;
use crate::source::limits::{IMPORTED_SERVICES, IMPORTED_SIZE, Limit};
use crate::source::{FileId, Sources, Span, World};
use crate::yaml;

/// The old stack's Compose project.
#[derive(Debug, Default)]
pub struct Project {
    /// Everything that the files say, merged.
    pub root: Table,
    /// The folder of the first file.
    pub folder: Utf8PathBuf,
    /// What its `.env` says.
    pub variables: Variables,
}

impl Project {
    /// A table of the file, such as `services`.
    #[must_use]
    pub fn table(&self, key: &str) -> Table {
        self.root.get(key).and_then(|entry| entry.node.table()).cloned().unwrap_or_default()
    }

    /// The project's name as Compose makes it: said, or that of the folder.
    #[must_use]
    pub fn name(&self, folder: &str) -> String {
        let said = self.root.get("name").and_then(|entry| entry.node.text());
        let said = said.map(|text| interpolated(&text, &self.variables, &mut |_| {}));
        let set = self.variables.get("COMPOSE_PROJECT_NAME").cloned();
        let own = self.folder.file_name().unwrap_or(folder);
        let name = set.or(said).filter(|name| !name.is_empty()).unwrap_or_else(|| own.to_owned());
        let name = name.to_ascii_lowercase();
        let name: String = name
            .chars()
            .filter(|found| found.is_ascii_alphanumeric() || matches!(found, '-' | '_'))
            .collect();
        name.trim_start_matches(['-', '_']).to_owned()
    }
}

/// Reads files. What is wrong with one is among the diagnostics.
pub struct Loader<'a> {
    pub world: &'a dyn World,
    pub sources: &'a mut Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// The trees of files that services extend, which are read once.
    trees: BTreeMap<Utf8PathBuf, Option<Rc<Node>>>,
    /// The files that are being read now, each included by the one before it.
    chain: Vec<Utf8PathBuf>,
    /// How many files were read so far, and how many values their services have with all that they extend.
    files: usize,
    values: usize,
}

impl<'a> Loader<'a> {
    #[must_use]
    pub fn new(world: &'a dyn World, sources: &'a mut Sources) -> Self {
        Self {
            world,
            sources,
            diagnostics: Vec::new(),
            trees: BTreeMap::new(),
            chain: Vec::new(),
            files: 0,
            values: 0,
        }
    }
}

impl Loader<'_> {
    /// The project of these files, the later over the earlier.
    pub fn project(&mut self, files: &[Utf8PathBuf]) -> Project {
        let folder = files.first().and_then(|file| file.parent()).map(Utf8Path::to_owned).unwrap_or_default();
        let variables = self.variables(&folder.join(".env"));
        let mut project = Project { root: Table::new(), folder, variables };
        for file in files {
            let Some(root) = self.file(file, &project.folder.clone(), &project.variables, None) else {
                continue;
            };
            lay_over(&mut project.root, &root);
        }
        self.refuse_too_many(&project);
        project
    }

    /// A project that is too large: its services are held against each other.
    fn refuse_too_many(&mut self, project: &Project) {
        let services = project.table("services");
        if let Some((_, beyond)) = services.get_index(IMPORTED_SERVICES.most) {
            let message = format!("the project has {} services", services.len());
            self.exceed(&IMPORTED_SERVICES, &message, beyond.key);
        }
        let written = |node: &Node| {
            let mut bytes = 0;
            let _ = node.map_texts(&mut |text, _| {
                bytes += expanded_length(text, &project.variables);
                String::new()
            });
            bytes
        };
        let bytes: usize = services.values().map(|entry| written(&entry.node)).sum();
        if let Some((_, last)) = services.last().filter(|_| bytes as u64 > IMPORTED_SIZE.bytes()) {
            let message = format!("with its variables worked in, the project has {bytes} bytes");
            self.exceed(&IMPORTED_SIZE, &message, last.key);
        }
    }

    fn exceed(&mut self, limit: &Limit, message: &str, span: Span) {
        // Once said, it is said: whoever is beyond a limit is beyond it many times.
        let is_known = |found: &Diagnostic| found.message == message;
        if !self.diagnostics.iter().any(is_known) {
            self.diagnostics.push(limit.exceeded(message).at(span, "goes beyond the limit"));
        }
    }

    /// What a file of variables says; nothing where there is none.
    pub fn variables(&mut self, path: &Utf8Path) -> Variables {
        let bytes = self.world.read(path, IMPORTED_SIZE.bytes()).unwrap_or_default();
        variables(&String::from_utf8_lossy(&bytes))
    }

    /// A file's text, entered among the sources.
    pub fn text(&mut self, path: &Utf8Path, from: Option<Span>) -> Option<FileId> {
        let mut files = crate::source::Files::to_import(self.world);
        let text = files.text(path, &IMPORTED_SIZE, from);
        self.diagnostics.append(&mut files.diagnostics);
        Some(self.sources.add(path.to_owned(), text?))
    }

    /// A file as a tree; nothing after a diagnostic.
    pub fn tree(&mut self, path: &Utf8Path, from: Option<Span>) -> Option<Node> {
        let file = self.text(path, from)?;
        let text = self.sources.file(file).text.clone();
        match yaml::located(&text) {
            Ok(located) => Some(Node::of(located, file, &text)),
            Err(error) => {
                let place = visible(error.place, &text);
                let diagnostic = Diagnostic::error("syntax", format!("this is not YAML: {}", error.message));
                self.diagnostics.push(diagnostic.at(Span::new(file, place), "here"));
                None
            }
        }
    }
}

/// The place of a fault that is somewhere to be seen.
fn visible(place: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let end = text.trim_end().len();
    let start = text.floor_char_boundary(place.start.min(end.saturating_sub(1)));
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    start..text.floor_char_boundary(place.end.min(text.len())).max(start + next)
}
