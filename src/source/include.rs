//! A stack file and its fragments as one tree: names are shared, and each thing is declared in one file.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;

use super::files::Files;
use super::limits::{
    FILE_SIZE, GLOB_DEPTH, GLOB_FOLDERS, INCLUDE_DEPTH, INCLUDED_FILES, Limit, PATTERN_LENGTH,
};
use super::parse::parse;
use super::reader::Reader;
use super::shape::List;
use super::span::{Sources, Span};
use super::tree::{Entry, Node, NodeTable, NodeValue};
use super::world::EntryKind;
use crate::diagnostics::Diagnostic;

/// Reads a stack file and everything that it includes.
pub fn read_including(path: &Utf8Path, files: &mut Files<'_>, sources: &mut Sources) -> Option<Node> {
    let mut including =
        Including { files, sources, chain: Vec::new(), seen: BTreeSet::new(), looked_into: 0 };
    including.read(path, None)
}

struct Including<'a, 'w> {
    files: &'a mut Files<'w>,
    sources: &'a mut Sources,
    /// The files that are being read now, the first included by nobody.
    chain: Vec<Utf8PathBuf>,
    /// The files read so far: one that two others include is read once.
    seen: BTreeSet<Utf8PathBuf>,
    /// How many folders globs have looked into so far.
    looked_into: usize,
}

/// Why a pattern names no paths.
enum Refused {
    /// It is none, for this reason.
    NoPattern(String),
    /// It goes beyond a limit.
    Beyond(&'static Limit, String),
}

impl Including<'_, '_> {
    fn read(&mut self, path: &Utf8Path, from: Option<Span>) -> Option<Node> {
        let text = self.files.text(path, &FILE_SIZE, from)?;
        let file = self.sources.add(path.to_owned(), text);
        let (mut tree, errors) = parse(file, &self.sources.file(file).text);
        self.files.diagnostics.extend(errors);
        self.seen.insert(path.to_owned());
        self.chain.push(path.to_owned());
        for pattern in patterns(&tree) {
            self.include(pattern, path, &mut tree);
        }
        self.chain.pop();
        Some(tree)
    }

    fn include(&mut self, (pattern, span): (String, Span), from: &Utf8Path, tree: &mut Node) {
        let folder = from.parent().unwrap_or(Utf8Path::new(""));
        let paths = match self.expand(folder, &pattern) {
            Ok(paths) => paths,
            Err(Refused::NoPattern(problem)) => {
                self.report("invalid-value", &problem, span, "this is not a path or glob inside the project");
                return;
            }
            Err(Refused::Beyond(limit, problem)) => return self.refuse(limit, &problem, span),
        };
        if paths.is_empty() {
            self.report("unreadable-file", &format!("no file matches `{pattern}`"), span, "matches nothing");
        }
        for path in paths {
            if self.chain.contains(&path) {
                self.report_cycle(&path, span);
            } else if self.chain.len() > INCLUDE_DEPTH.most {
                self.refuse(&INCLUDE_DEPTH, "too many files include one another in a row", span);
            } else if self.seen.len() > INCLUDED_FILES.most {
                return self.refuse(&INCLUDED_FILES, "the stack has too many fragments", span);
            } else if !self.seen.contains(&path)
                && let Some(mut fragment) = self.read(&path, Some(span))
            {
                self.refuse_stack_keys(&mut fragment);
                if let (Some(base), NodeValue::Table(more)) = (tree.as_table_mut(), fragment.value) {
                    merge(base, more, &mut Vec::new(), &mut self.files.diagnostics);
                }
            }
        }
    }

    /// The paths that a pattern names, sorted; a plain path names itself, whether it is there or not.
    fn expand(&mut self, folder: &Utf8Path, pattern: &str) -> Result<Vec<Utf8PathBuf>, Refused> {
        if PATTERN_LENGTH.is_below(pattern.len()) {
            let problem = format!("this pattern has {} bytes", pattern.len());
            return Err(Refused::Beyond(&PATTERN_LENGTH, problem));
        }
        if pattern.is_empty() || pattern.starts_with('/') || pattern.split('/').any(|segment| segment == "..")
        {
            let problem = format!("`{pattern}` leads out of the folder of the file that includes it");
            return Err(Refused::NoPattern(problem));
        }
        let mut paths = BTreeSet::from([folder.to_owned()]);
        let mut segments: Vec<&str> = pattern.split('/').filter(|segment| *segment != ".").collect();
        segments.dedup_by(|second, first| *second == "**" && *first == "**");
        for segment in segments {
            if segment == "**" {
                paths = self.folders_below(paths)?;
            } else if segment.contains(['*', '?', '[', '{']) {
                paths = self.matching(&paths, segment)?;
            } else {
                paths = paths.into_iter().map(|path| path.join(segment)).collect();
            }
        }
        if pattern.contains('*') {
            paths.retain(|path| self.files.world.entry(path) == Some(EntryKind::File));
        }
        Ok(paths.into_iter().collect())
    }

    fn matching(
        &mut self,
        folders: &BTreeSet<Utf8PathBuf>,
        segment: &str,
    ) -> Result<BTreeSet<Utf8PathBuf>, Refused> {
        let glob = GlobBuilder::new(segment)
            .build()
            .map_err(|error| Refused::NoPattern(format!("`{segment}` is not a glob: {}", error.kind())))?
            .compile_matcher();
        let mut found = BTreeSet::new();
        for folder in folders {
            let names = self.list(folder)?;
            found.extend(
                names.into_iter().filter(|(name, _)| glob.is_match(name)).map(|(name, _)| folder.join(name)),
            );
        }
        Ok(found)
    }

    /// The folders themselves and all below them, each once.
    fn folders_below(&mut self, folders: BTreeSet<Utf8PathBuf>) -> Result<BTreeSet<Utf8PathBuf>, Refused> {
        let mut found = folders.clone();
        let mut level = folders;
        for _ in 0..GLOB_DEPTH.most {
            let mut below = BTreeSet::new();
            for folder in level {
                for (name, kind) in self.list(&folder)? {
                    if kind == EntryKind::Folder && !name.starts_with('.') && name != "node_modules" {
                        let path = folder.join(name);
                        if found.insert(path.clone()) {
                            below.insert(path);
                        }
                    }
                }
            }
            level = below;
        }
        Ok(found)
    }

    fn list(&mut self, folder: &Utf8Path) -> Result<Vec<(String, EntryKind)>, Refused> {
        self.looked_into += 1;
        if GLOB_FOLDERS.is_below(self.looked_into) {
            let problem = "the globs of this stack look into too many folders".to_owned();
            return Err(Refused::Beyond(&GLOB_FOLDERS, problem));
        }
        Ok(self.files.world.list(folder))
    }

    fn refuse(&mut self, limit: &Limit, message: &str, span: Span) {
        self.files.diagnostics.push(limit.exceeded(message).at(span, "goes beyond the limit"));
    }

    fn report(&mut self, rule: &'static str, message: &str, span: Span, label: &str) {
        self.files.diagnostics.push(Diagnostic::error(rule, message).at(span, label));
    }

    fn report_cycle(&mut self, path: &Utf8Path, span: Span) {
        let start = self.chain.iter().position(|earlier| earlier == path).unwrap_or(0);
        let mut circle: Vec<String> = self.chain[start..].iter().map(|file| format!("`{file}`")).collect();
        circle.push(format!("`{path}`"));
        self.files.diagnostics.push(
            Diagnostic::error("include-cycle", format!("`{path}` includes itself"))
                .at(span, "closes the circle")
                .note(format!("the files include one another: {}", circle.join(" -> ")))
                .help("take this path out of `include`, or make the glob narrower"),
        );
    }

    /// A fragment speaks of its own part; what the whole stack is, the first file says.
    fn refuse_stack_keys(&mut self, fragment: &mut Node) {
        let Some(Entry { node: stack, .. }) =
            fragment.as_table_mut().and_then(|table| table.shift_remove("stack"))
        else {
            return;
        };
        if stack.as_table().is_none() {
            self.report(
                "wrong-type",
                &format!("expected `[stack]`, found {}", stack.describe()),
                stack.span,
                "not a table",
            );
        }
        for (name, entry) in stack.as_table().into_iter().flatten() {
            if name == "include" {
                let mut reader = Reader::new(self.sources);
                reader.value::<List<String>>(&entry.node);
                self.files.diagnostics.extend(reader.finish());
                continue;
            }
            let message = format!("an included file cannot say `{name}` of the stack");
            self.report("duplicate-key", &message, entry.key, "only the first file may say this");
        }
    }
}

/// The patterns of `[stack] include`. What is not a list of strings is reported when the table is read by its shape.
fn patterns(tree: &Node) -> Vec<(String, Span)> {
    let include = tree.as_table().and_then(|root| root.get("stack")?.node.as_table()?.get("include"));
    match include.map(|entry| &entry.node.value) {
        Some(NodeValue::Array(items)) => {
            items.iter().filter_map(|item| Some((item.as_str()?.to_owned(), item.span))).collect()
        }
        _ => Vec::new(),
    }
}

/// Enters a fragment's declarations among those of the stack.
fn merge(
    base: &mut NodeTable,
    fragment: NodeTable,
    path: &mut Vec<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, entry) in fragment {
        path.push(name.clone());
        match base.get_mut(&name) {
            None => {
                base.insert(name, entry);
            }
            Some(earlier) => match (&mut earlier.node.value, entry.node.value) {
                (NodeValue::Table(earlier), NodeValue::Table(more)) if holds_declarations(path) => {
                    merge(earlier, more, path, diagnostics);
                }
                _ => diagnostics.push(declared_twice(path, earlier.key, entry.key)),
            },
        }
        path.pop();
    }
}

/// Whether a table holds declarations of several files, rather than being one declaration.
fn holds_declarations(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["environments"] | ["environments", _] => true,
        ["environments", _, inner @ ..] | inner => matches!(
            inner,
            ["services" | "agents" | "secrets" | "kinds" | "targets" | "checks" | "gateway"]
                | ["gateway", "consumers"]
        ),
    }
}

fn declared_twice(path: &[String], first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", format!("`{}` is declared in two files", path.join(".")))
        .at(second, "declared again here")
        .and_at(first, "first declared here")
        .help("keep one of the two, or give one another name")
}
