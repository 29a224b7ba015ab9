//! The files that are open in an editor, and the stacks that they belong to.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types as lsp;

use super::analysis::Analysis;
use super::findings::findings;
use super::language::Grammar;
use super::text::Text;
use super::uri::{path_of, uri_of};
use crate::source::{FileId, KnownKind, Overlay, Sources, World, known_kinds};

/// The name that a stack's file has where nothing else is said.
const FILE_NAME: &str = "stack.toml";

/// The files below a folder: on the disk, or in memory for tests.
pub type Worlds = Box<dyn Fn(&Utf8Path) -> Box<dyn World>>;

/// Everything that is open.
pub struct Workspace {
    worlds: Worlds,
    /// The one stack to look at, by its folder and its file's name; without it, each file's own is found.
    only: Option<(Utf8PathBuf, Utf8PathBuf)>,
    /// By absolute path.
    documents: BTreeMap<Utf8PathBuf, Document>,
    /// By folder and file, so that one above another comes first.
    projects: BTreeMap<(Utf8PathBuf, Utf8PathBuf), Project>,
}

/// A file as it stands in the editor.
struct Document {
    /// As the editor names it.
    uri: lsp::Uri,
    version: i32,
    text: Text,
}

/// A stack with a file open.
struct Project {
    analysis: Analysis,
    kinds: Vec<KnownKind>,
    /// Whether something has changed since it was read.
    is_stale: bool,
    /// Whether the editor was told what was found then.
    is_told: bool,
    /// What the editor shows now, by path from the root.
    shown: BTreeMap<Utf8PathBuf, Vec<lsp::Diagnostic>>,
}

impl Project {
    /// Whether the editor is still to be told of it as it is.
    fn is_behind(&self) -> bool {
        self.is_stale || !self.is_told
    }
}

/// A file of a stack, for one question about it.
pub struct Place<'a> {
    pub analysis: &'a Analysis,
    pub kinds: &'a [KnownKind],
    pub grammar: Grammar,
    /// From the project's root.
    pub path: Utf8PathBuf,
    /// As it stands in the editor.
    pub text: &'a Text,
    /// Among the sources of the analysis; none where it took no part.
    pub file: Option<FileId>,
}

impl Workspace {
    #[must_use]
    pub fn new(worlds: Worlds, only: Option<(Utf8PathBuf, Utf8PathBuf)>) -> Self {
        Self { worlds, only, documents: BTreeMap::new(), projects: BTreeMap::new() }
    }

    pub fn open(&mut self, uri: lsp::Uri, version: i32, text: String) {
        let Some(path) = path_of(&uri) else { return };
        self.documents.insert(path.clone(), Document { uri, version, text: Text::new(text) });
        self.touch(&path);
        self.find_project(&path);
    }

    pub fn change(
        &mut self,
        uri: &lsp::Uri,
        version: i32,
        changes: Vec<lsp::TextDocumentContentChangeEvent>,
    ) {
        let Some(path) = path_of(uri) else { return };
        if let Some(document) = self.documents.get_mut(&path) {
            document.text = std::mem::take(&mut document.text).changed(changes);
            document.version = version;
            self.touch(&path);
        }
    }

    /// Closes a file: what is on the disk holds again. What it shows of a stack none of whose files is open any more is cleared.
    pub fn close(&mut self, uri: &lsp::Uri) -> Vec<lsp::PublishDiagnosticsParams> {
        let Some(path) = path_of(uri) else { return Vec::new() };
        self.documents.remove(&path);
        self.touch(&path);
        let is_open = |project: &Project| self.documents.keys().any(|open| is_part(project, open));
        let left: Vec<_> = self
            .projects
            .iter()
            .filter(|(_, project)| !is_open(project))
            .map(|(key, _)| key.clone())
            .collect();
        let mut cleared = Vec::new();
        for key in left {
            let Some(project) = self.projects.remove(&key) else { continue };
            for (path, found) in &project.shown {
                if !found.is_empty() {
                    cleared.push(self.shown(&project.analysis.root.join(path), Vec::new()));
                }
            }
        }
        cleared
    }

    /// Something on the disk has changed.
    pub fn touch_all(&mut self) {
        self.projects.values_mut().for_each(|project| project.is_stale = true);
        let open: Vec<Utf8PathBuf> = self.documents.keys().cloned().collect();
        for path in open {
            if !self.projects.values().any(|project| is_part(project, &path)) {
                self.find_project(&path);
            }
        }
    }

    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.projects.values().any(Project::is_behind)
    }

    /// Reads again what has changed, and says what is to be shown now.
    pub fn refresh(&mut self) -> Vec<lsp::PublishDiagnosticsParams> {
        let stale: Vec<_> = self
            .projects
            .iter()
            .filter(|(_, project)| project.is_behind())
            .map(|(key, _)| key.clone())
            .collect();
        let mut changed = Vec::new();
        for key in stale {
            let Some(mut project) = self.projects.remove(&key) else { continue };
            let shown = std::mem::take(&mut project.shown);
            if project.is_stale {
                project = self.read(&key.0, &key.1);
            }
            let mut found = findings(&project.analysis);
            for (path, before) in &shown {
                if !before.is_empty() {
                    found.entry(path.clone()).or_default();
                }
            }
            for (path, now) in &found {
                let absolute = key.0.join(path);
                // What is open is told each time: its editor has moved what it shows.
                let is_open = self.documents.contains_key(&absolute);
                if is_open || shown.get(path).map_or(!now.is_empty(), |before| before != now) {
                    changed.push(self.shown(&absolute, now.clone()));
                }
            }
            project.shown = found;
            project.is_told = true;
            self.projects.insert(key, project);
        }
        changed
    }

    /// The place that a question is about, with its stack as it was last read.
    #[must_use]
    pub fn place(&self, uri: &lsp::Uri) -> Option<Place<'_>> {
        let absolute = path_of(uri)?;
        let document = self.documents.get(&absolute)?;
        let project = self.projects.values().find(|project| is_part(project, &absolute))?;
        let path = absolute.strip_prefix(&project.analysis.root).ok()?.to_owned();
        Some(Place {
            analysis: &project.analysis,
            kinds: &project.kinds,
            grammar: project.analysis.grammar(&path)?,
            file: project.analysis.file(&path),
            text: &document.text,
            path,
        })
    }

    /// The text of an open file, whether it belongs to a stack or not.
    #[must_use]
    pub fn text(&self, uri: &lsp::Uri) -> Option<&Text> {
        Some(&self.documents.get(&path_of(uri)?)?.text)
    }

    /// Runs something on the files of a stack as they stand in the editor.
    pub fn with_world<T>(&self, root: &Utf8Path, run: impl FnOnce(&dyn World) -> T) -> T {
        let disk = (self.worlds)(root);
        let texts = self.documents.iter().filter_map(|(path, document)| {
            Some((path.strip_prefix(root).ok()?.to_owned(), document.text.as_str().to_owned()))
        });
        run(&Overlay::new(&*disk, texts))
    }

    fn shown(&self, path: &Utf8Path, diagnostics: Vec<lsp::Diagnostic>) -> lsp::PublishDiagnosticsParams {
        let open = self.documents.get(path);
        lsp::PublishDiagnosticsParams {
            uri: open.map_or_else(|| uri_of(path), |document| document.uri.clone()),
            version: open.map(|document| document.version),
            diagnostics,
        }
    }

    fn read(&self, root: &Utf8Path, file: &Utf8Path) -> Project {
        self.with_world(root, |world| {
            let analysis = Analysis::of(world, root, file);
            let (kinds, _) = known_kinds(world, file, &mut Sources::default());
            Project { analysis, kinds, is_stale: false, is_told: false, shown: BTreeMap::new() }
        })
    }

    /// Whatever lies above a file may depend on it.
    fn touch(&mut self, path: &Utf8Path) {
        for ((root, _), project) in &mut self.projects {
            project.is_stale |= path.starts_with(root);
        }
    }

    /// Reads the stack that a file belongs to, if it belongs to one: the outermost of those above it that reads it, for a fragment
    /// is often called `stack.toml` as well.
    fn find_project(&mut self, path: &Utf8Path) {
        if self.projects.values().any(|project| is_part(project, path)) {
            return;
        }
        let candidates = match &self.only {
            Some((root, file)) => vec![(root.clone(), file.clone())],
            None => self.candidates(path),
        };
        for (root, file) in candidates {
            let project = self.read(&root, &file);
            if is_part(&project, path) {
                self.projects.insert((root, file), project);
                return;
            }
        }
    }

    fn candidates(&self, path: &Utf8Path) -> Vec<(Utf8PathBuf, Utf8PathBuf)> {
        let has_stack = |folder: &&Utf8Path| {
            self.documents.contains_key(&folder.join(FILE_NAME))
                || (self.worlds)(folder).entry(Utf8Path::new(FILE_NAME)).is_some()
        };
        let folders = path.ancestors().skip(1).filter(has_stack);
        let mut found: Vec<_> = folders.map(|folder| (folder.to_owned(), FILE_NAME.into())).collect();
        found.reverse();
        found
    }
}

/// Whether a file, by its absolute path, is one that the project is read from.
fn is_part(project: &Project, path: &Utf8Path) -> bool {
    path.strip_prefix(&project.analysis.root).is_ok_and(|path| project.analysis.grammar(path).is_some())
}
