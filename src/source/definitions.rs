//! The tables and choices that a shape speaks of, each entered once. The JSON Schemas and the reference page are both written
//! from them.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::occurrence::Sort;
use super::table::Table;

/// Everything declared that was met while a schema was written, in the order in which it was met.
#[derive(Debug, Default)]
pub struct Definitions {
    entries: IndexMap<&'static str, Definition>,
}

/// One declaration: of [`table!`](crate::table) or of [`choice!`](crate::choice).
#[derive(Debug)]
pub enum Definition {
    Table(TableDefinition),
    Choice(ChoiceDefinition),
}

/// A declared table.
#[derive(Debug)]
pub struct TableDefinition {
    /// What a person calls it: `a route`.
    pub title: &'static str,
    pub doc: String,
    pub keys: Vec<KeyDefinition>,
}

/// A key of a declared table.
#[derive(Debug)]
pub struct KeyDefinition {
    pub name: &'static str,
    pub doc: String,
    pub required: bool,
    /// What its strings name, where they name something that the stack declares.
    pub names: Option<Sort>,
    /// What is taken where the key is absent, in JSON.
    pub default: Option<Json>,
    /// What a person may write here. Follows the word "expected".
    pub expected: String,
    /// Refers to tables and choices as `#/$defs/NAME`.
    pub schema: Json,
}

/// A declared choice among words.
#[derive(Debug)]
pub struct ChoiceDefinition {
    pub doc: String,
    /// Each word, and what it means.
    pub words: Vec<(&'static str, String)>,
}

/// Where references to definitions point.
const PREFIX: &str = "#/$defs/";

impl Definitions {
    /// Enters a table, and all that it speaks of. The schema that stands for it.
    pub fn table<T: Table>(&mut self) -> Json {
        if !self.entries.contains_key(T::NAME) {
            // Entered before its keys are looked at: a table may hold tables of its own sort.
            let doc = doc_text(T::DOC);
            self.entries.insert(
                T::NAME,
                Definition::Table(TableDefinition { title: T::TITLE, doc, keys: Vec::new() }),
            );
            let entered: Vec<KeyDefinition> = T::keys()
                .into_iter()
                .map(|key| KeyDefinition {
                    name: key.name,
                    doc: doc_text(key.doc),
                    required: key.required,
                    names: key.names,
                    default: key.default,
                    expected: (key.expected)(),
                    schema: (key.schema)(self),
                })
                .collect();
            if let Some(Definition::Table(table)) = self.entries.get_mut(T::NAME) {
                table.keys = entered;
            }
        }
        reference(T::NAME)
    }

    /// Enters a choice: its words, and in the same order what each means. The schema that stands for it.
    pub fn choice(&mut self, name: &'static str, doc: &str, words: &[&'static str], docs: &[&str]) -> Json {
        self.entries.entry(name).or_insert_with(|| {
            let words = words.iter().zip(docs).map(|(word, doc)| (*word, doc_text(doc))).collect();
            Definition::Choice(ChoiceDefinition { doc: doc_text(doc), words })
        });
        reference(name)
    }

    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.entries.get(name)
    }

    /// The declared tables by name, in the order in which they were met.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &TableDefinition)> {
        self.entries.iter().filter_map(|(name, definition)| match definition {
            Definition::Table(table) => Some((*name, table)),
            Definition::Choice(_) => None,
        })
    }
}

/// The schema that refers to a definition.
pub fn reference(name: &str) -> Json {
    json!({ "$ref": format!("{PREFIX}{name}") })
}

/// The schema of a patch over a table: the same keys, none of them required.
pub fn patch_of<T: Table>() -> Json {
    reference(&patch_name(T::NAME))
}

/// The name of the definition of a patch over the table of this name.
pub fn patch_name(table: &str) -> String {
    format!("{table}Patch")
}

/// The definition that a schema refers to, if it is a reference.
pub fn referred(schema: &Json) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// A doc comment as running text: one line a paragraph, and an empty line between two.
#[must_use]
pub fn doc_text(doc: &str) -> String {
    let mut text = String::new();
    for line in doc.lines().map(str::trim) {
        if line.is_empty() {
            text.push_str("\n\n");
        } else {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push(' ');
            }
            text.push_str(line);
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::doc_text;

    #[test]
    fn a_doc_comment_becomes_one_line_a_paragraph() {
        assert_eq!(
            doc_text(" One sentence\n on two lines.\n\n Another.\n"),
            "One sentence on two lines.\n\nAnother."
        );
    }
}
