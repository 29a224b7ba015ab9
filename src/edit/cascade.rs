//! What goes with a thing that is removed: the places that would be left to refer to nothing.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::{line_end, line_start};
use super::place::{Extent, extents};
use super::remove::{lines_of, with_blank, with_comma};
use crate::source::{Outline, OutlineEntry};

/// Keys of a table that is nothing without the name that they hold: a need, a target, a hand-over.
const NAMING: [&str; 2] = ["service", "to"];

/// The bytes of a text that go with the references at some places, and the places that only a person can mend: what would be left of a
/// command without one of its words is no command. Without `cascade` all places are left but those that say of the thing itself that an
/// environment is without it.
pub(super) fn with_references(
    text: &str,
    places: &[Range<usize>],
    cascade: bool,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let file = File { text, outline: Outline::of(text), lists: lists(text) };
    let extents = extents(text, &file.outline);
    let (mut going, mut left) = (Vec::new(), Vec::new());
    for place in places {
        let goes = file.left_out_at(place);
        match goes.or_else(|| file.goes_with(&extents, place).filter(|_| cascade)) {
            Some(range) => going.push(range),
            None => left.push(place.clone()),
        }
    }
    let ranges = file.settled(going);
    (ranges.into_iter().map(|range| file.cut(range)).collect(), left)
}

struct File<'a> {
    text: &'a str,
    outline: Outline,
    /// Where the items of each list stand that is written between brackets.
    lists: Vec<Vec<Range<usize>>>,
}

impl File<'_> {
    /// The item of an environment's `without` that holds a place.
    fn left_out_at(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let path = self.entry_around(place)?.path.names();
        let is_left_out = matches!(path.as_slice(), ["environments", _, "without"]);
        self.item_around(place).filter(|_| is_left_out)
    }

    /// What means nothing any more without a reference: a variable, an item of a list, a key or a table.
    fn goes_with(&self, extents: &[Extent], place: &Range<usize>) -> Option<Range<usize>> {
        let entry = self.entry_around(place)?;
        let path = entry.path.names();
        let path = if path.first() == Some(&"environments") { path.get(2..)? } else { &path };
        if matches!(path, ["services", _, "env", _, ..]) {
            let variable = self.outline.entries.iter().filter(|found| within(place, &found.range));
            return variable
                .min_by_key(|found| depth_below_env(&found.path.names()))
                .map(|found| found.range.clone());
        }
        let is_all =
            place.end == entry.range.end || self.item_around(place).is_some_and(|item| item == *place);
        if !is_all || !self.text[place.clone()].starts_with(['"', '\'']) {
            return None;
        }
        let item = self.item_around(place);
        let names = path.last().is_some_and(|key| NAMING.contains(key));
        match item {
            Some(item) if item == *place || names && within(&entry.range, &item) => Some(item),
            _ if names => {
                let above = extents.iter().rfind(|extent| within(place, &extent.range))?;
                Some(above.range.clone())
            }
            _ => Some(entry.range.clone()),
        }
    }

    /// The innermost entry that holds a place.
    fn entry_around(&self, place: &Range<usize>) -> Option<&OutlineEntry> {
        let around = self.outline.entries.iter().filter(|entry| within(place, &entry.range));
        around.min_by_key(|entry| entry.range.len())
    }

    /// The innermost item of a list that holds a place.
    fn item_around(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let items = self.lists.iter().flatten().filter(|item| within(place, item));
        items.min_by_key(|item| item.len()).cloned()
    }

    /// The same ranges, neighbours joined; and where nothing would be left between two brackets, the entry that holds them.
    fn settled(&self, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        loop {
            ranges = self.joined(ranges);
            let grown: Vec<_> =
                ranges.iter().map(|range| self.holder(range).unwrap_or_else(|| range.clone())).collect();
            if grown == ranges {
                return ranges;
            }
            ranges = grown;
        }
    }

    fn joined(&self, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.end <= last.end => {}
                Some(last) if self.text[last.end..range.start].trim() == "," => last.end = range.end,
                _ => joined.push(range),
            }
        }
        joined
    }

    /// The entry whose value is a pair of brackets around nothing but this.
    fn holder(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let before = self.text[..range.start].trim_end().strip_suffix(['[', '{'])?.len();
        let after = self.text[range.end..].trim_start();
        let after = after.strip_prefix(',').unwrap_or(after).trim_start();
        let end = self.text.len() - after.strip_prefix([']', '}'])?.len();
        let entry = self.entry_around(&(before..end))?;
        let is_value = self.text[entry.range.start..before].trim_end().ends_with('=');
        (is_value && entry.range.end == end).then(|| entry.range.clone())
    }

    /// A range with its lines, where it has them for itself, else with one of the commas around it.
    fn cut(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text;
        let before = &text[line_start(text, range.start)..range.start];
        let after = &text[range.end..line_end(text, range.end)];
        let after = after.trim_start();
        let after = after.strip_prefix(',').unwrap_or(after).trim();
        let ends_a_line = text[..range.end].ends_with('\n');
        if before.trim().is_empty() && ends_a_line {
            with_blank(text, range)
        } else if before.trim().is_empty() && (after.is_empty() || after.starts_with('#')) {
            lines_of(text, &range)
        } else {
            with_comma(text, &range)
        }
    }
}

/// How far an entry is from being a variable: the variable itself, what stands in its table, and last the table of all.
fn depth_below_env(path: &[&str]) -> usize {
    let env = path.iter().position(|key| *key == "env").unwrap_or_default();
    if path.len() > env + 1 { path.len() - env } else { usize::MAX }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The lists of a text, tables with headers of their own left out.
fn lists(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut lists = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        table.get_ref().values().for_each(|value| collect(value.get_ref(), text, &mut lists));
    }
    lists
}

fn collect(value: &DeValue<'_>, text: &str, lists: &mut Vec<Vec<Range<usize>>>) {
    match value {
        DeValue::Array(items) => {
            // The span of a table under `[[…]]` is that of its header.
            let spans = items.iter().map(Spanned::span);
            lists.push(spans.filter(|span| !text[span.clone()].starts_with("[[")).collect());
            items.iter().for_each(|item| collect(item.get_ref(), text, lists));
        }
        DeValue::Table(entries) => entries.values().for_each(|value| collect(value.get_ref(), text, lists)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::remove;
    use super::super::tests::{only, read};
    use crate::source::Sort;

    const HEAD: &str = "[stack]\nname = \"a\"\n\n[services.a]\nimage = \"a:1\"\n";
    const DB: &str = "\n[services.db]\nimage = \"db:1\"\nport = 5432\n";

    /// What is left without `db` of a stack in which `a` says this.
    #[track_caller]
    fn leaves(before: &str, after: &str) {
        let compilation = read(&format!("{HEAD}{before}{DB}"));
        assert!(!compilation.report.has_errors(), "{:?}", compilation.report);
        let left = remove(&compilation, Sort::Service, "db", true).unwrap();
        assert_eq!(only(&left), format!("{HEAD}{after}"));
    }

    #[test]
    fn a_need_goes_and_the_others_stay() {
        let b = "\n[services.b]\nimage = \"b:1\"\n";
        leaves(&format!("needs = [\"b\", \"db\"] # both\n{b}"), &format!("needs = [\"b\"] # both\n{b}"));
        leaves(&format!("needs = [\"db\", \"b\"]\n{b}"), &format!("needs = [\"b\"]\n{b}"));
        leaves(
            &format!(
                "needs = [\n\t\"b\",\n\t# for orders\n\t{{ service = \"db\", as = \"X\" }}, # one\n]\n{b}"
            ),
            &format!("needs = [\n\t\"b\",\n]\n{b}"),
        );
        leaves(
            &format!("needs = [\"b\", \"db\", {{ service = \"db\", as = \"X\" }}]\n{b}"),
            &format!("needs = [\"b\"]\n{b}"),
        );
    }

    #[test]
    fn what_would_be_left_empty_goes_too() {
        leaves("# its own\nneeds = [\"db\"] # one\nread_only = true\n", "read_only = true\n");
        leaves("needs = [\"db\", { service = \"db\", as = \"X\" }]\n", "");
        leaves("env = { DB = \"{{ services.db.host }}\" }\n", "");
    }

    #[test]
    fn variables_that_tell_of_it_go_and_no_others() {
        leaves(
            "env = { A = \"1\", DB = \"{{ services.db.host }}\", PORT = \"{{ services.db.port }}\" }\n",
            "env = { A = \"1\" }\n",
        );
        leaves(
            "\n[services.a.env]\nDB = \"x://{{ services.db.host }}:{{ services.db.port }}\"\nA = \"1\"\n",
            "\n[services.a.env]\nA = \"1\"\n",
        );
    }

    #[test]
    fn an_agent_no_longer_owns_it_and_an_environment_no_longer_needs_it() {
        leaves(
            "\n[agents.ag-x]\ndescription = \"X\"\nowns = [\"a\", \"db\"]\n\n[environments.live.services.a]\nneeds = [\"db\"]\nmemory = \"1GiB\"\n",
            "\n[agents.ag-x]\ndescription = \"X\"\nowns = [\"a\"]\n\n[environments.live.services.a]\nmemory = \"1GiB\"\n",
        );
    }

    #[test]
    fn an_environment_that_was_without_it_no_longer_says_so() {
        leaves(
            "port = 80\n\n[environments.live]\nwithout = [\"services.db\", \"services.a.port\", \"services.db.port\"]\n",
            "port = 80\n\n[environments.live]\nwithout = [\"services.a.port\"]\n",
        );
    }

    #[test]
    fn a_table_that_only_names_it_goes_whole() {
        leaves(
            "\n[[services.a.needs]]\nservice = \"b\"\n\n# second\n[[services.a.needs]]\nservice = \"db\"\nas = \"X\"\n\n[services.b]\nimage = \"b:1\"\n",
            "\n[[services.a.needs]]\nservice = \"b\"\n\n[services.b]\nimage = \"b:1\"\n",
        );
    }

    #[test]
    fn what_cannot_do_without_it_is_left_to_a_person() {
        let compilation = read(&format!(
            "{HEAD}needs = [\"db\"]\ncommand = [\"run\", \"{{{{ services.db.host }}}}\"]\n{DB}"
        ));
        let refusal = remove(&compilation, Sort::Service, "db", true).unwrap_err();
        assert_eq!(refusal.primary.as_ref().unwrap().text, "`command` of the service `a`");
        assert_eq!(refusal.secondary, []);
    }

    #[test]
    fn whoever_reported_to_an_agent_reports_to_nobody() {
        let text = "[stack]\nname = \"a\"\n\n[agents.x]\ndescription = \"X\"\nreports_to = \"y\"\n\n[agents.y]\ndescription = \"Y\"\n";
        let left = remove(&read(text), Sort::Agent, "y", true).unwrap();
        assert_eq!(only(&left), "[stack]\nname = \"a\"\n\n[agents.x]\ndescription = \"X\"\n");
    }
}
