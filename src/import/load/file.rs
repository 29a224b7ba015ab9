//! One Compose file with what it includes, and each of its services with what it extends.

use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

use super::Loader;
use super::path::{change_at, moved, plain, rebase};
use crate::diagnostics::Diagnostic;
use crate::import::interpolate::{Piece, Variables, interpolated, pieces};
use crate::import::merge::lay_over;
use crate::import::node::{Node, Table, Value};
use crate::source::Span;
use crate::source::limits::{IMPORTED_DEPTH, IMPORTED_FILES, IMPORTED_VALUES};

impl Loader<'_> {
    /// One Compose file, `include` and `extends` worked in, its paths seen from the root.
    pub(super) fn file(
        &mut self,
        path: &Utf8Path,
        folder: &Utf8Path,
        variables: &Variables,
        from: Option<Span>,
    ) -> Option<Table> {
        if let Some(span) = from.filter(|_| self.chain.iter().any(|other| other == path)) {
            self.refuse(span, &format!("`{path}` includes itself"), "by way of this");
            return None;
        }
        self.chain.push(path.to_owned());
        let table = self.whole(path, folder, variables, from);
        self.chain.pop();
        table
    }

    fn whole(
        &mut self,
        path: &Utf8Path,
        folder: &Utf8Path,
        variables: &Variables,
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
        if let Some(included) = included.as_ref().filter(|_| self.chain.len() > IMPORTED_DEPTH.most) {
            let message = "too many files include one another in a row";
            self.exceed(&IMPORTED_DEPTH, message, included.node.span);
        } else if let Some(included) = included {
            for item in included.node.items() {
                if let Some(table) = self.included(item, folder, variables) {
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

    fn included(&mut self, item: &Node, folder: &Utf8Path, variables: &Variables) -> Option<Table> {
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
            let mut table = self.file(&path, &own, &own_variables, Some(span))?;
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

/// The variables that only an included file's own `.env` sets, worked in.
fn with_own(node: &Node, outer: &Variables, own: &Variables) -> Node {
    node.map_texts(&mut |text, _| {
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
