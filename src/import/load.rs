//! Compose files to one project: several files, `include` and `extends` worked in, paths seen from where stack.toml will be.

use std::collections::BTreeMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

use super::interpolate::{Variables, expanded_length, interpolated, variables};
use super::merge::{as_table, lay_over};
use super::node::{Entry, Node, Table, Value};
use crate::diagnostics::Diagnostic;
use crate::source::limits::{
    IMPORTED_DEPTH, IMPORTED_FILES, IMPORTED_SERVICES, IMPORTED_SIZE, IMPORTED_VALUES, Limit,
};
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
    /// How many files were read so far, and how many values their services have with all that they extend.
    files: usize,
    values: usize,
}

impl<'a> Loader<'a> {
    #[must_use]
    pub fn new(world: &'a dyn World, sources: &'a mut Sources) -> Self {
        Self { world, sources, diagnostics: Vec::new(), trees: BTreeMap::new(), files: 0, values: 0 }
    }
}

impl Loader<'_> {
    /// The project of these files, the later over the earlier.
    pub fn project(&mut self, files: &[Utf8PathBuf]) -> Project {
        let folder = files.first().and_then(|file| file.parent()).map(Utf8Path::to_owned).unwrap_or_default();
        let variables = self.variables(&folder.join(".env"));
        let mut project = Project { root: Table::new(), folder, variables };
        for file in files {
            let Some(root) = self.file(file, &project.folder.clone(), &project.variables, 0, None) else {
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
        let mut files = crate::source::Files { world: self.world, diagnostics: Vec::new() };
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

    /// One Compose file, `include` and `extends` worked in, its paths seen from the root.
    fn file(
        &mut self,
        path: &Utf8Path,
        folder: &Utf8Path,
        variables: &Variables,
        depth: usize,
        from: Option<Span>,
    ) -> Option<Table> {
        self.files += 1;
        if IMPORTED_FILES.is_below(self.files) {
            if let Some(span) = from {
                self.exceed(&IMPORTED_FILES, "the project includes too many files", span);
            }
            return None;
        }
        let tree = self.tree(path, from)?;
        let span = tree.span;
        let mut root = match tree.value {
            Value::Table(table) => table,
            Value::Null => Table::new(),
            _ => {
                self.refuse(span, "a Compose file is a table with `services`", "this is none");
                return None;
            }
        };
        let mut whole = Table::new();
        let included = root.shift_remove("include");
        if let Some(included) = included.as_ref().filter(|_| depth >= IMPORTED_DEPTH.most) {
            let message = "too many files include one another in a row";
            self.exceed(&IMPORTED_DEPTH, message, included.node.span);
        } else if let Some(included) = included {
            for item in included.node.items() {
                if let Some(table) = self.included(item, folder, variables, depth) {
                    lay_over(&mut whole, &table);
                }
            }
        }
        if let Some(entry) = root.get("services") {
            self.refuse_unless_table(&entry.node, "`services`");
        }
        let names: Vec<String> = match root.get("services").and_then(|entry| entry.node.table()) {
            Some(services) => services.keys().cloned().collect(),
            None => Vec::new(),
        };
        for name in names {
            let service = self.service(&root, &name, folder, path, variables, &mut Vec::new());
            self.values += service.as_ref().map_or(0, Node::count);
            if IMPORTED_VALUES.is_below(self.values) {
                let message = "with what its services extend, the project has too many values";
                self.exceed(&IMPORTED_VALUES, message, service.map_or(span, |service| service.span));
                return None;
            }
            let services = root.get_mut("services").and_then(|entry| entry.node.table_mut());
            match (service, services) {
                (Some(service), Some(services)) => services[&name].node = service,
                (None, Some(services)) => {
                    services.shift_remove(&name);
                }
                _ => {}
            }
        }
        for key in ["configs", "secrets"] {
            for entry in root
                .get_mut(key)
                .and_then(|entry| entry.node.table_mut())
                .into_iter()
                .flat_map(Table::values_mut)
            {
                change_at(&mut entry.node, "file", &|path| moved(path, folder));
            }
        }
        lay_over(&mut whole, &root);
        Some(whole)
    }

    fn included(
        &mut self,
        item: &Node,
        folder: &Utf8Path,
        variables: &Variables,
        depth: usize,
    ) -> Option<Table> {
        let paths: Vec<(String, Span)> = match item.get("path") {
            Some(paths) => paths.items().iter().filter_map(|path| Some((path.text()?, path.span))).collect(),
            None => vec![(item.text()?, item.span)],
        };
        let first = folder.join(interpolated(&paths.first()?.0, variables, &mut |_| {}));
        let own = item.text_at("project_directory").map(|path| folder.join(path));
        let own = own.or_else(|| first.parent().map(Utf8Path::to_owned)).unwrap_or_default();
        let mut own_variables = variables.clone();
        let files = item
            .get("env_file")
            .map(|files| files.items().iter().filter_map(|file| file.text()).collect::<Vec<_>>());
        for file in files.unwrap_or_else(|| {
            vec![own.join(".env").strip_prefix(folder).map(ToString::to_string).unwrap_or_default()]
        }) {
            for (name, value) in self.variables(&folder.join(file)) {
                own_variables.entry(name).or_insert(value);
            }
        }
        let mut whole = Table::new();
        for (path, span) in paths {
            let path = plain(&folder.join(interpolated(&path, variables, &mut |_| {})));
            let mut table = self.file(&path, &own, &own_variables, depth + 1, Some(span))?;
            // What only that file's own variables say, nobody else could.
            if own_variables.len() > variables.len() {
                for entry in table.values_mut() {
                    entry.node = with_own(&entry.node, variables, &own_variables);
                }
            }
            lay_over(&mut whole, &table);
        }
        Some(whole)
    }

    /// A file that a service extends. Many may extend the same.
    fn extended(&mut self, path: &Utf8Path, from: Span) -> Option<Rc<Node>> {
        if let Some(known) = self.trees.get(path) {
            return known.clone();
        }
        let tree = self.tree(path, Some(from)).map(Rc::new);
        self.trees.insert(path.to_owned(), tree.clone());
        tree
    }

    /// A service with what it extends, its paths seen from the root.
    fn service(
        &mut self,
        root: &Table,
        name: &str,
        folder: &Utf8Path,
        file: &Utf8Path,
        variables: &Variables,
        seen: &mut Vec<(Utf8PathBuf, String)>,
    ) -> Option<Node> {
        let entry = root.get("services")?.node.table()?.get(name)?;
        let mut node = match &entry.node.value {
            Value::Null => Node { value: Value::Table(Table::new()), span: entry.key },
            _ => entry.node.clone(),
        };
        if !self.refuse_unless_table(&node, &format!("the service `{name}`")) {
            return None;
        }
        // Places of a service's own faults are its name.
        node.span = entry.key;
        let extends = node.table_mut()?.shift_remove("extends");
        rebase(&mut node, folder);
        let Some(extends) = extends else { return Some(node) };
        let what = extends.node.text_at("service").or_else(|| extends.node.text())?;
        let here = (file.to_owned(), name.to_owned());
        if seen.len() >= IMPORTED_DEPTH.most {
            let message = format!("`{name}` extends too many services in a row");
            self.exceed(&IMPORTED_DEPTH, &message, extends.node.span);
            return None;
        }
        if seen.contains(&here) {
            self.refuse(extends.node.span, &format!("`{name}` extends itself"), "by way of this");
            return None;
        }
        seen.push(here);
        let below = match extends.node.get("file") {
            None => self.service(root, &what, folder, file, variables, seen),
            Some(other) => {
                let path = plain(&folder.join(interpolated(&other.text()?, variables, &mut |_| {})));
                let tree = self.extended(&path, other.span)?;
                let own = path.parent().map(Utf8Path::to_owned).unwrap_or_default();
                self.service(tree.table()?, &what, &own, &path, variables, seen)
            }
        };
        let Some(mut below) = below else {
            let known = extends.node.get("service").unwrap_or(&extends.node).span;
            self.refuse(
                known,
                &format!("there is no service `{what}` that `{name}` could extend"),
                "no such service",
            );
            return None;
        };
        if let (Some(below), Some(own)) = (below.table_mut(), node.table()) {
            lay_over(below, own);
        }
        below.span = node.span;
        Some(below)
    }

    fn refuse_unless_table(&mut self, node: &Node, what: &str) -> bool {
        let is_table = matches!(node.value, Value::Table(_) | Value::Null);
        if !is_table {
            self.refuse(node.span, &format!("{what} is not a table"), "expected `key: value` lines below it");
        }
        is_table
    }

    fn refuse(&mut self, span: Span, message: &str, label: &str) {
        self.diagnostics.push(Diagnostic::error("wrong-type", message).at(span, label));
    }
}

/// The place of a fault that is somewhere to be seen.
fn visible(place: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let end = text.trim_end().len();
    let start = text.floor_char_boundary(place.start.min(end.saturating_sub(1)));
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    start..text.floor_char_boundary(place.end.min(text.len())).max(start + next)
}

/// The variables that only an included file's own `.env` sets, worked in.
fn with_own(node: &Node, outer: &Variables, own: &Variables) -> Node {
    node.map_texts(&mut |text, _| {
        use super::interpolate::{Piece, pieces};
        let is_own = |piece: &Piece| {
            matches!(piece, Piece::Variable(found) if own.contains_key(&found.name) && !outer.contains_key(&found.name))
        };
        if pieces(text).iter().any(is_own) {
            interpolated(text, own, &mut |_| {}).replace('$', "$$")
        } else {
            text.to_owned()
        }
    })
}

/// The service's relative paths, seen from the root.
fn rebase(node: &mut Node, folder: &Utf8Path) {
    let Some(table) = node.table_mut() else { return };
    if let Some(build) = table.get_mut("build") {
        change(&mut build.node, &|path| moved(path, folder));
        change_at(&mut build.node, "context", &|path| moved(path, folder));
        let contexts = build.node.table_mut().and_then(|build| build.get_mut("additional_contexts"));
        if let Some(contexts) = contexts {
            contexts.node = as_table("args", &contexts.node);
            for entry in contexts.node.table_mut().into_iter().flat_map(Table::values_mut) {
                change(&mut entry.node, &|path| {
                    if path.starts_with('.') { moved(path, folder) } else { path.to_owned() }
                });
            }
        }
    }
    for key in ["env_file", "label_file"] {
        if let Some(Entry { node, .. }) = table.get_mut(key) {
            each(node, &|item| {
                change(item, &|path| moved(path, folder));
                change_at(item, "path", &|path| moved(path, folder));
            });
        }
    }
    if let Some(Entry { node, .. }) = table.get_mut("volumes") {
        each(node, &|item| {
            change(item, &|text| bind(text, folder));
            if item.text_at("type").as_deref() == Some("bind") {
                change_at(item, "source", &|path| moved(path, folder));
            }
        });
    }
    let watch = table
        .get_mut("develop")
        .and_then(|entry| entry.node.table_mut())
        .and_then(|develop| develop.get_mut("watch"));
    if let Some(Entry { node, .. }) = watch {
        each(node, &|item| change_at(item, "path", &|path| moved(path, folder)));
    }
}

fn each(node: &mut Node, change: &dyn Fn(&mut Node)) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(change),
        _ => change(node),
    }
}

fn change(node: &mut Node, change: &dyn Fn(&str) -> String) {
    if let Value::Text(text) = &node.value {
        node.value = Value::Text(change(text));
    }
}

fn change_at(node: &mut Node, key: &str, how: &dyn Fn(&str) -> String) {
    if let Some(entry) = node.table_mut().and_then(|table| table.get_mut(key)) {
        change(&mut entry.node, how);
    }
}

fn bind(text: &str, folder: &Utf8Path) -> String {
    match text.split_once(':') {
        Some((source, rest)) if source.starts_with('.') => format!("{}:{rest}", moved(source, folder)),
        _ => text.to_owned(),
    }
}

/// A relative path seen from the root; anything else as it is.
fn moved(path: &str, folder: &Utf8Path) -> String {
    let elsewhere =
        path.starts_with(['/', '~', '$', '\\']) || path.contains("://") || path.starts_with("git@");
    if elsewhere || path.is_empty() || path.chars().nth(1) == Some(':') {
        return path.to_owned();
    }
    let path = plain(&folder.join(path));
    if path.as_str().starts_with("..") { path.into_string() } else { format!("./{path}") }
}

/// Without `.`, and without each `..` that the path itself can undo.
#[must_use]
pub fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for step in path.as_str().split('/').filter(|step| !matches!(*step, "" | ".")) {
        match (step, plain.file_name()) {
            ("..", Some(last)) if last != ".." => {
                plain.pop();
            }
            _ => plain.push(step),
        }
    }
    if path.is_absolute() { Utf8Path::new("/").join(plain) } else { plain }
}
