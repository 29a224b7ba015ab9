//! Keys and headers: those that the language declares for a table, and names where a table's keys are names.

use std::collections::BTreeSet;

use gen_lsp_types::CompletionItemKind as Kind;
use serde_json::Value as Json;

use super::{Choice, Writing};
use crate::checks::RULES;
use crate::editor::cursor::Cursor;
use crate::editor::hover::of_key;
use crate::editor::language::{Form, Grammar};
use crate::editor::scan::{Scan, Step, joined, key_path};
use crate::source::{KeyDefinition, Sort};

/// What a header can go on with behind the keys that it has.
pub fn in_header(writing: &Writing<'_>, scan: &Scan, above: &[Step]) -> Vec<Choice> {
    let is_there = |name: &str| {
        let path = joined(above, Step::Key(name.to_owned()));
        scan.headers.iter().any(|header| header.path.is(&path))
    };
    let declared = writing.language.keys(writing.grammar, above).into_iter();
    let tables = declared.filter(|key| match writing.language.forms_of(&key.schema).as_slice() {
        // A table that has its header is not opened again; one whose keys are names, or a list of tables, may be.
        [Form::Table(_)] => !is_there(key.name),
        forms => forms.iter().any(|form| opens_table(*form)),
    });
    let tables = tables.map(|key| declared_key(writing, key, key.name.to_owned()));
    tables.chain(names_in(writing, above, true)).collect()
}

/// The keys that a table can still have.
pub fn in_table(
    writing: &Writing<'_>,
    scan: &Scan,
    cursor: &Cursor,
    table: &[Step],
    is_dotted: bool,
) -> Vec<Choice> {
    let others = scan.keys_in(table).filter(|(_, found)| found.range != cursor.word);
    let there: BTreeSet<&str> = others.map(|(name, _)| name).collect();
    let is_there = |name: &str| there.contains(name);
    let rest = &writing.text.as_str()[cursor.word.end..];
    let has_value = rest.trim_start_matches([' ', '\t']).starts_with('=');
    let written = |name: &str, forms: &[Form<'_>]| match forms.first() {
        _ if has_value => name.to_owned(),
        // On the top level, where keys are tables, each has a header.
        Some(form) if table.is_empty() && !is_dotted && writing.grammar == Grammar::Stack => {
            if matches!(form, Form::Table(_)) { format!("[{name}]\n$0") } else { format!("[{name}.$0]") }
        }
        form => format!("{name} = {}", form.map_or("$0", |form| value_form(*form))),
    };
    let declared = writing.language.keys(writing.grammar, table).into_iter();
    let declared = declared.filter(|key| !is_there(key.name)).map(|key| {
        let forms = writing.language.forms_of(&key.schema);
        declared_key(writing, key, written(key.name, &forms))
    });
    let named = names_in(writing, table, false).into_iter().filter(|choice| !is_there(&choice.label));
    let named = named.map(|choice| Choice {
        written: if has_value { choice.written } else { format!("{} = $0", choice.written) },
        ..choice
    });
    declared.chain(named).collect()
}

fn declared_key(writing: &Writing<'_>, key: &KeyDefinition, written: String) -> Choice {
    let detail = if key.required { "required".to_owned() } else { String::new() };
    Choice { detail, doc: of_key(writing.language, key), written, ..Choice::new(Kind::Property, key.name) }
}

fn opens_table(form: Form<'_>) -> bool {
    match form {
        Form::Table(_) => true,
        Form::Choice(_) => false,
        Form::Other(schema) => {
            let is_table = |schema: &Json| {
                schema.get("additionalProperties").is_some()
                    || schema.get("$ref").is_some()
                    || schema.get("anyOf").is_some()
            };
            is_table(schema) || schema.get("items").is_some_and(is_table)
        }
    }
}

/// How the value of a key begins.
fn value_form(form: Form<'_>) -> &'static str {
    match form {
        Form::Table(_) => "{ $0 }",
        Form::Choice(_) => "\"$0\"",
        Form::Other(schema) => match schema.get("type").and_then(Json::as_str) {
            Some("string") => "\"$0\"",
            Some("array") => "[$0]",
            Some("object") => "{ $0 }",
            _ => "$0",
        },
    }
}

/// The names that may be keys of a table, or stand in its header.
fn names_in(writing: &Writing<'_>, table: &[Step], in_header: bool) -> Vec<Choice> {
    let keys = key_path(table);
    let (keys, in_environment) = match keys.as_slice() {
        ["environments", _, rest @ ..] => (rest, true),
        keys => (keys, false),
    };
    match keys {
        _ if writing.grammar != Grammar::Stack => Vec::new(),
        ["services"] if in_header || in_environment => writing.names(Sort::Service),
        ["agents"] if in_header || in_environment => writing.names(Sort::Agent),
        ["secrets"] => writing.names(Sort::Secret),
        ["environments"] if in_header => environments(writing),
        ["targets"] => targets(writing),
        ["checks"] if !in_header => rules(),
        ["services", service, "options"] if !in_header => options(writing, service),
        ["gateway", "options"] if !in_header => gateway_options(writing),
        _ => Vec::new(),
    }
}

fn environments(writing: &Writing<'_>) -> Vec<Choice> {
    let stacks = writing.analysis.compilation.stacks.iter();
    let names = stacks.filter_map(|stack| Some(stack.environment.as_ref()?.value.clone()));
    names.map(|name| Choice::new(Kind::Module, name)).collect()
}

fn targets(writing: &Writing<'_>) -> Vec<Choice> {
    let targets = writing.analysis.compilation.document.iter().flat_map(|document| &document.targets);
    let choice = |(name, table): (&String, &crate::source::Spanned<crate::source::language::TargetTable>)| {
        let doc = table.description.as_ref().map(|text| text.value.clone()).unwrap_or_default();
        Choice { doc, ..Choice::new(Kind::Module, name) }
    };
    targets.map(choice).collect()
}

fn rules() -> Vec<Choice> {
    let settable = RULES.iter().filter(|rule| rule.settable);
    let title =
        |page: &str| page.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']).to_owned();
    settable.map(|rule| Choice { doc: title(rule.page), ..Choice::new(Kind::Property, rule.name) }).collect()
}

fn options(writing: &Writing<'_>, service: &str) -> Vec<Choice> {
    writing.service(service).map(|service| of_kind(writing, &service.kind.value)).unwrap_or_default()
}

fn gateway_options(writing: &Writing<'_>) -> Vec<Choice> {
    let gateway = writing.analysis.compilation.stacks.iter().find_map(|stack| stack.gateway.as_ref());
    gateway.map(|gateway| options(writing, &gateway.service)).unwrap_or_default()
}

/// The settings of a kind.
fn of_kind(writing: &Writing<'_>, kind: &str) -> Vec<Choice> {
    let options = writing.kind(kind).and_then(|kind| kind.table.options.as_ref());
    let options = options.into_iter().flat_map(|options| options.value.iter());
    let choice =
        |(name, entry): (&String, &crate::source::NamedEntry<crate::source::language::KindOption>)| {
            let doc = entry.value.description.as_ref().map(|text| text.value.clone()).unwrap_or_default();
            Choice { doc, ..Choice::new(Kind::Property, name) }
        };
    options.map(choice).collect()
}
