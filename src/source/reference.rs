//! The reference page of the language, `docs/reference.md`, written from the declarations of its tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::definitions::{
    ChoiceDefinition, Definition, Definitions, KeyDefinition, TableDefinition, referred,
};
use super::language::{KindTable, StackFile, TargetTable};
use super::shape::Shape;
use super::table::Table;

const HEAD: &str = include_str!("reference_head.md");

type WriteSchema = fn(&mut Definitions) -> Json;

/// The files of the language: what each is called, and the table that it is.
const FILES: [(&str, &str, WriteSchema); 3] = [
    ("`stack.toml`", StackFile::NAME, StackFile::schema),
    ("`templates/kinds/NAME.toml`", KindTable::NAME, KindTable::schema),
    ("`templates/NAME/target.toml`", TargetTable::NAME, TargetTable::schema),
];

/// Every table of the language in Markdown: where it is written, and its keys.
#[must_use]
pub fn language_reference() -> String {
    let mut definitions = Definitions::default();
    let mut page = Page { text: HEAD.to_owned(), written: BTreeSet::new() };
    for (heading, root, shape) in FILES {
        shape(&mut definitions);
        page.section(heading, root, &definitions);
    }
    page.text
}

struct Page {
    text: String,
    /// The tables that are on the page.
    written: BTreeSet<&'static str>,
}

impl Page {
    /// A file and all tables in it that are not on the page yet.
    fn section(&mut self, heading: &str, root: &str, definitions: &Definitions) {
        let _ = write!(self.text, "\n## {heading}\n");
        let mut places = IndexMap::new();
        find_places(root, &Place::default(), definitions, &mut places);
        for (name, table) in definitions.tables() {
            if let Some(places) = places.get(name)
                && (name == root || !is_file(name))
                && self.written.insert(name)
            {
                self.table(table, places, definitions);
            }
        }
    }

    fn table(&mut self, table: &TableDefinition, places: &[String], definitions: &Definitions) {
        let _ = write!(self.text, "\n### {}\n\n", capitalised(table.title));
        let places = places.iter().map(|place| format!("`{place}`"));
        let places: Vec<String> = places.filter(|place| place != table.title).collect();
        if !places.is_empty() {
            let _ = write!(self.text, "{}\n\n", places.join(", "));
        }
        let _ = write!(self.text, "{}\n\n| key | takes | meaning |\n|---|---|---|\n", table.doc);
        for key in &table.keys {
            let _ = writeln!(
                self.text,
                "| `{}` | {} | {} |",
                key.name,
                cell(&takes(key, definitions)),
                cell(&key.doc)
            );
        }
        for key in &table.keys {
            if let Some(choice) = choice_of(&key.schema, definitions) {
                self.words(key.name, choice);
            }
        }
    }

    fn words(&mut self, key: &str, choice: &ChoiceDefinition) {
        let _ = write!(self.text, "\nThe words of `{key}`:\n\n");
        for (word, doc) in &choice.words {
            let _ = writeln!(self.text, "- `{word}`: {doc}");
        }
    }
}

/// Whether a table has a section of its own.
fn is_file(table: &str) -> bool {
    FILES.iter().any(|(_, root, _)| *root == table)
}

/// What may be written as a key's value, with links to the tables that it speaks of, and what holds without it.
fn takes(key: &KeyDefinition, definitions: &Definitions) -> String {
    let mut text = key.expected.clone();
    let mut tables = Vec::new();
    collect_tables(&key.schema, definitions, &mut tables);
    for table in tables {
        let link = format!("[{}](#{})", table.title, anchor(table.title));
        if text.contains(table.title) {
            text = text.replacen(table.title, &link, 1);
        } else {
            let _ = write!(text, "; see {link}");
        }
    }
    if key.required {
        text.push_str("; **required**");
    }
    match &key.default {
        None => {}
        Some(Json::String(empty)) if empty.is_empty() => text.push_str("; by default empty"),
        Some(default) => {
            let _ = write!(text, "; by default `{default}`");
        }
    }
    text
}

/// A way to a table, as TOML writes it in a table's header.
#[derive(Clone, Default)]
struct Place {
    path: String,
    in_list: bool,
}

impl Place {
    fn header(&self) -> String {
        if self.in_list { format!("[[{}]]", self.path) } else { format!("[{}]", self.path) }
    }

    fn key(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { path, in_list: false }
    }
}

/// Every place of every table at or below one, as far as the file goes that it stands in.
fn find_places(
    name: &str,
    place: &Place,
    definitions: &Definitions,
    found: &mut IndexMap<String, Vec<String>>,
) {
    let Some(Definition::Table(table)) = definitions.get(name) else {
        return;
    };
    let places = found.entry(name.to_owned()).or_default();
    if !place.path.is_empty() {
        places.push(place.header());
        if is_file(name) {
            return;
        }
    }
    for key in &table.keys {
        find_places_in(&key.schema, &place.key(key.name), definitions, found);
    }
}

fn find_places_in(
    schema: &Json,
    place: &Place,
    definitions: &Definitions,
    found: &mut IndexMap<String, Vec<String>>,
) {
    if let Some(name) = referred(schema) {
        find_places(name, place, definitions, found);
    }
    for (keyword, inner) in inner(schema) {
        let place = match keyword {
            "additionalProperties" => place.key("NAME"),
            "items" => Place { in_list: true, ..place.clone() },
            _ => place.clone(),
        };
        find_places_in(inner, &place, definitions, found);
    }
}

/// The schemas directly within a shape's schema, each with the keyword that it stands under.
fn inner(schema: &Json) -> impl Iterator<Item = (&'static str, &Json)> {
    let single = ["additionalProperties", "items"]
        .into_iter()
        .filter_map(move |keyword| Some((keyword, schema.get(keyword)?)));
    let either = schema.get("anyOf").and_then(Json::as_array).into_iter().flatten();
    single.chain(either.map(|inner| ("anyOf", inner)))
}

fn collect_tables<'a>(schema: &Json, definitions: &'a Definitions, found: &mut Vec<&'a TableDefinition>) {
    if let Some(Definition::Table(table)) = referred(schema).and_then(|name| definitions.get(name)) {
        found.push(table);
    }
    inner(schema).for_each(|(_, inner)| collect_tables(inner, definitions, found));
}

fn choice_of<'a>(schema: &Json, definitions: &'a Definitions) -> Option<&'a ChoiceDefinition> {
    if let Some(Definition::Choice(choice)) = referred(schema).and_then(|name| definitions.get(name)) {
        return Some(choice);
    }
    inner(schema).find_map(|(_, inner)| choice_of(inner, definitions))
}

fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The anchor that Markdown renderers make of a heading.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|found| match found {
            ' ' => Some('-'),
            '-' | '_' => Some(found),
            _ => found.is_alphanumeric().then_some(found),
        })
        .collect()
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace("\n\n", "<br>").replace('|', "\\|")
}
