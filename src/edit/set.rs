//! One value, said at the place where the files say what it belongs to.

use std::ops::Range;

use super::lines::{in_the_style_of, line_end, line_start};
use super::place::insertion;
use super::value::{key, quoted};
use crate::Compilation;
use crate::diagnostics::Edit;
use crate::source::{FileId, Outline, Span, Trail};

/// A file of the stack, and where its keys stand.
struct Outlined<'a> {
    id: FileId,
    text: &'a str,
    outline: Outline,
}

/// The edit that says a string at a path of keys: in place of what is said there, else in the table that is there, else in one of its own.
/// Nothing where there is no file.
pub(super) fn set(compilation: &Compilation, path: &[&str], value: &str) -> Option<Edit> {
    say(compilation, path, &quoted(value))
}

/// As [`set`], for a value as it is written in TOML.
pub(super) fn say(compilation: &Compilation, path: &[&str], value: &str) -> Option<Edit> {
    let document = compilation.document.as_ref()?;
    let files = document.files.iter().map(|id| compilation.sources.file(*id));
    let files = document.files.iter().zip(files).filter(|(_, file)| !file.path.starts_with("<stackgen>"));
    let files: Vec<Outlined<'_>> = files
        .map(|(id, file)| Outlined { id: *id, text: &file.text, outline: Outline::of(&file.text) })
        .collect();
    let (name, parent) = path.split_last()?;
    let line = |name: &str| format!("{name} = {value}");
    files
        .iter()
        .find_map(|file| file.in_place(path, value))
        .or_else(|| files.iter().find_map(|file| file.in_braces(path, value)))
        .or_else(|| files.iter().find_map(|file| file.under_header(parent, &line(&key(name)))))
        .or_else(|| files.iter().find_map(|file| file.beside(path, value)))
        .or_else(|| {
            let (table, above) = parent.split_last()?;
            let line = line(&format!("{}.{}", key(table), key(name)));
            let is_in_service = above.iter().rev().nth(1) == Some(&"services");
            // A table that has a header of its own somewhere takes no dotted keys.
            let is_free = !files.iter().any(|file| file.has_header_below(parent));
            files.iter().filter(|_| is_in_service && is_free).find_map(|file| file.under_header(above, &line))
        })
        .or_else(|| {
            let file = files.iter().rev().max_by_key(|file| file.depth(parent))?;
            let header = parent.iter().map(|name| key(name)).collect::<Vec<_>>().join(".");
            let block = format!("[{header}]\n{}\n", line(&key(name)));
            Some(insertion(&compilation.sources, file.id, parent.first()?, &block))
        })
}

impl Outlined<'_> {
    fn edit(&self, range: Range<usize>, replacement: &str) -> Edit {
        let replacement = in_the_style_of(replacement, self.text);
        Edit { span: Span::new(self.id, range), replacement }
    }

    /// The bytes of the value at a path.
    fn value(&self, path: &[&str]) -> Option<Range<usize>> {
        let entry = self.outline.entries.iter().find(|entry| entry.path.is(path))?;
        let mentions = &self.outline.mentions;
        let name = mentions.iter().find(|found| found.path.is(path) && within(&found.range, &entry.range))?;
        let rest = &self.text[name.range.end..entry.range.end];
        let value = rest.get(rest.find('=')? + 1..)?.trim_start();
        Some(entry.range.end - value.len()..entry.range.end)
    }

    fn in_place(&self, path: &[&str], value: &str) -> Option<Edit> {
        Some(self.edit(self.value(path)?, value))
    }

    /// Into the innermost inline table that it belongs to.
    fn in_braces(&self, path: &[&str], value: &str) -> Option<Edit> {
        (1..path.len()).rev().find_map(|depth| {
            let range =
                self.value(&path[..depth]).filter(|range| self.text[range.clone()].starts_with('{'))?;
            let inner = self.text[range.clone()].trim_start_matches('{').trim_end_matches('}');
            let comma = if inner.trim().is_empty() { " " } else { "," };
            let entry = format!(" {} = {value}{comma}", dotted(&path[depth..]));
            Some(self.edit(range.start + 1..range.start + 1, &entry))
        })
    }

    fn under_header(&self, table: &[&str], line: &str) -> Option<Edit> {
        let section = self.outline.sections.iter().find(|section| section.path.is(table))?;
        let at = line_end(self.text, section.range.end);
        let is_last = !self.text[..at].ends_with('\n');
        Some(self.edit(at..at, &format!("{}{line}\n", if is_last { "\n" } else { "" })))
    }

    /// Above a line that says something of the same table in dotted keys.
    fn beside(&self, path: &[&str], value: &str) -> Option<Edit> {
        let parent = &path[..path.len() - 1];
        let is_beside =
            |keys: &Trail<String>| keys.len() > parent.len() && keys.names()[..parent.len()] == *parent;
        let entries = self.outline.entries.iter();
        let entry = entries.into_iter().find(|entry| !entry.is_inline && is_beside(&entry.path))?;
        let mut sections = self.outline.sections.iter().rev();
        let above = sections.find(|section| section.range.end <= entry.range.start);
        let rest = path.get(above.map_or(0, |section| section.path.len())..)?;
        let at = line_start(self.text, entry.range.start);
        Some(self.edit(at..at, &format!("{} = {value}\n", dotted(rest))))
    }

    fn has_header_below(&self, table: &[&str]) -> bool {
        let sections = &self.outline.sections;
        let is_below =
            |path: &Trail<String>| path.len() >= table.len() && path.names()[..table.len()] == *table;
        sections.iter().any(|found| is_below(&found.path))
    }

    /// How many of the keys that lead to a table the file says.
    fn depth(&self, table: &[&str]) -> usize {
        let says = |keys: &[&str]| self.outline.mentions.iter().any(|mention| mention.path.is(keys));
        (0..=table.len()).rev().find(|depth| says(&table[..*depth])).unwrap_or_default()
    }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn dotted(keys: &[&str]) -> String {
    keys.iter().map(|name| key(name)).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::super::edited;
    use super::super::tests::{only, read};
    use super::set;

    #[track_caller]
    fn becomes(path: &[&str], before: &str, after: &str) {
        let head = "[stack]\nname = \"a\"\n";
        let compilation = read(&format!("{head}{before}"));
        let edit = set(&compilation, path, "x").unwrap();
        assert_eq!(only(&edited(&compilation.sources, &[edit])), format!("{head}{after}"));
    }

    #[test]
    fn an_option_is_said_in_the_style_of_its_service() {
        let path = ["services", "db", "options", "user"];
        let kind = "kind = \"postgres\"\n";
        becomes(
            &path,
            &format!("[services.db]\n{kind}"),
            &format!("[services.db]\noptions.user = \"x\"\n{kind}"),
        );
        becomes(
            &path,
            &format!("[services.db]\n{kind}options = {{ version = \"1\" }}\n"),
            &format!("[services.db]\n{kind}options = {{ user = \"x\", version = \"1\" }}\n"),
        );
        becomes(
            &path,
            &format!("[services.db]\n{kind}options.version = \"1\"\n"),
            &format!("[services.db]\n{kind}options.user = \"x\"\noptions.version = \"1\"\n"),
        );
        becomes(
            &path,
            &format!("[services.db]\n{kind}[services.db.options]\nversion = \"1\""),
            &format!("[services.db]\n{kind}[services.db.options]\nuser = \"x\"\nversion = \"1\""),
        );
        becomes(
            &path,
            "[services]\ndb = { kind = \"postgres\", options = {} }\n",
            "[services]\ndb = { kind = \"postgres\", options = { user = \"x\" } }\n",
        );
        becomes(
            &path,
            &format!("[services.db]\n{kind}options.user = '{{{{ service.name }}}}' # said\n"),
            &format!("[services.db]\n{kind}options.user = \"x\" # said\n"),
        );
    }

    #[test]
    fn a_table_that_is_not_there_is_made() {
        let path = ["compose_extra", "volumes", "db-data", "name"];
        becomes(
            &path,
            "[services.db]\nkind = \"postgres\"\n",
            "[services.db]\nkind = \"postgres\"\n\n[compose_extra.volumes.db-data]\nname = \"x\"\n",
        );
        becomes(
            &path,
            "[compose_extra]\nvolumes = { a = {} }\n",
            "[compose_extra]\nvolumes = { db-data.name = \"x\", a = {} }\n",
        );
        becomes(
            &path,
            "[compose_extra.volumes]\na = {}\n",
            "[compose_extra.volumes]\na = {}\n\n[compose_extra.volumes.db-data]\nname = \"x\"\n",
        );
    }
}
