//! Values: words of choices, `true` and `false`, and names of what the stack has.

use std::collections::BTreeSet;

use gen_lsp_types::CompletionItemKind as Kind;
use serde_json::Value as Json;

use super::{Choice, Writing};
use crate::editor::cursor::Cursor;
use crate::editor::language::Form;
use crate::editor::scan::{Scan, Step, Value, joined, key_path};
use crate::source::Sort;

/// What the value at a path can be.
pub fn of(
    writing: &Writing<'_>,
    scan: &Scan,
    cursor: &Cursor,
    path: &[Step],
    quote: Option<char>,
) -> Vec<Choice> {
    let forms = writing.language.forms(writing.grammar, path);
    // A list that has not been opened: its items, each in brackets.
    let is_list = |form: &Form<'_>| matches!(form, Form::Other(schema) if schema.get("items").is_some());
    let is_bare_list = forms.first().is_some_and(is_list) && quote.is_none();
    let item = joined(path, Step::Item(0));
    let inner = if forms.iter().any(is_list) { item.as_slice() } else { path };
    let mut choices = words(writing, inner);
    if let Some(sort) = writing.language.key_of_value(writing.grammar, inner).and_then(|key| key.names)
        && takes_string(writing, inner)
    {
        choices.extend(names(writing, scan, cursor, path, sort));
    }
    let quote = quote.unwrap_or('"');
    for choice in &mut choices {
        if choice.kind != Kind::Keyword {
            choice.written = format!("{quote}{}{quote}", choice.written);
        }
        if is_bare_list {
            choice.written = format!("[{}]", choice.written);
        }
    }
    choices
}

/// The words that are declared for a place.
fn words(writing: &Writing<'_>, path: &[Step]) -> Vec<Choice> {
    let mut choices = Vec::new();
    for form in writing.language.forms(writing.grammar, path) {
        match form {
            Form::Choice(choice) => {
                choices.extend(
                    choice.words.iter().map(|(word, doc)| Choice {
                        doc: doc.clone(),
                        ..Choice::new(Kind::EnumMember, *word)
                    }),
                );
            }
            Form::Other(schema) if schema.get("type").is_some_and(|sort| *sort == "boolean") => {
                choices.extend(["true", "false"].map(|word| Choice::new(Kind::Keyword, word)));
            }
            Form::Other(schema) => {
                let only = schema.get("const").and_then(Json::as_bool);
                choices.extend(only.map(|only| Choice::new(Kind::Keyword, only.to_string())));
            }
            Form::Table(_) => {}
        }
    }
    choices
}

fn takes_string(writing: &Writing<'_>, path: &[Step]) -> bool {
    let forms = writing.language.forms(writing.grammar, path);
    forms.iter().any(|form| {
        matches!(form, Form::Other(schema) if schema.get("type").is_some_and(|sort| *sort == "string"))
    })
}

/// Names of a sort, but for the one that the table itself has, and those that the list has already.
fn names(writing: &Writing<'_>, scan: &Scan, cursor: &Cursor, path: &[Step], sort: Sort) -> Vec<Choice> {
    let own = match key_path(path).as_slice() {
        ["environments", _, table, name, ..] | [table, name, ..] if *table == sort.table() => Some(*name),
        _ => None,
    }
    .map(ToOwned::to_owned);
    let list = path.iter().rposition(|step| matches!(step, Step::Item(_))).map(|end| &path[..end]);
    let text = writing.text.as_str();
    let is_beside = |value: &&Value| {
        let above = value.path.split_last().map(|(_, above)| above);
        value.range != cursor.word && above.zip(list).is_some_and(|(above, list)| above.is(list))
    };
    let listed: BTreeSet<&str> = scan
        .values
        .iter()
        .filter(is_beside)
        .map(|value| text[value.range.clone()].trim_matches(['"', '\'']))
        .collect();
    let mut names = writing.names(sort);
    names.retain(|name| own.as_deref() != Some(name.label.as_str()) && !listed.contains(name.label.as_str()));
    names
}
