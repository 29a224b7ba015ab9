//! The fuzz targets' dictionaries hold the words of the languages that they write.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use stackgen::render::context_reference;
use stackgen::source::{kind_schema, stack_schema, target_schema};

use super::drift::assert_committed;

#[test]
fn the_dictionary_of_the_reader_holds_every_key_and_choice_of_the_language() {
    let mut words = BTreeSet::new();
    for schema in [stack_schema(), kind_schema(), target_schema()] {
        gather(&schema, &mut words);
    }
    let more = [
        "=== part.toml\n",
        "=== templates/kinds/own.toml\n",
        "[[",
        "]]",
        "{{ services.",
        " }}",
        "\"\"\"",
        "'''",
        "~/",
    ];
    assert_dictionary("reader", &words, &more);
}

#[test]
fn the_dictionary_of_the_importer_holds_the_keys_of_compose_and_of_kong() {
    let mut words = BTreeSet::new();
    for schema in [
        include_str!("../../schemas/outputs/compose.schema.json"),
        include_str!("../../schemas/kong.schema.json"),
    ] {
        gather(&serde_json::from_str(schema).unwrap(), &mut words);
    }
    let more = [
        "=== kong.yml\n",
        "=== .env\n",
        "=== docker-compose.override.yml\n",
        "=== agents/a.md\n",
        "<<: *",
        ": &a ",
        "*a",
        "${A:-",
        "$A",
        "!reset",
        "!override",
        "extends",
        "include",
        "env_file",
        "depends_on",
        "postgres:16",
        "- 1-9:1-9",
    ];
    assert_dictionary("importer", &words, &more);
}

#[test]
fn the_dictionary_of_templates_holds_what_they_see() {
    let page = context_reference();
    let words: BTreeSet<String> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.is_empty() && word.len() < 40 && !word.contains('\n'))
        .map(ToOwned::to_owned)
        .collect();
    let more = [
        "{{ ",
        " }}",
        "{% for a in ",
        "{% endfor %}",
        "{% if ",
        "{% endif %}",
        "{% set a = ",
        "{% set a %}",
        "{% endset %}",
        "{% include \"own/own.j2\" %}",
        "{% macro m(a) %}",
        "{% endmacro %}",
        "{% import \"own/own.j2\" as o %}",
        "{% call m() %}",
        "{% endcall %}",
        "{% autoescape false %}",
        "{% endautoescape %}",
        "range(",
        "namespace(",
        "loop(",
        " recursive %}",
        " ~ ",
        " ** ",
        "|default(",
    ];
    assert_dictionary("template", &words, &more);
}

/// The names of properties and the words of choices in a schema.
fn gather(schema: &Json, words: &mut BTreeSet<String>) {
    match schema {
        Json::Object(entries) => {
            for (key, value) in entries {
                if let ("properties", Json::Object(properties)) = (key.as_str(), value) {
                    words.extend(properties.keys().cloned());
                }
                if let ("enum", Json::Array(choices)) = (key.as_str(), value) {
                    words.extend(choices.iter().filter_map(Json::as_str).map(ToOwned::to_owned));
                }
                gather(value, words);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| gather(item, words)),
        _ => {}
    }
}

fn assert_dictionary(name: &str, words: &BTreeSet<String>, more: &[&str]) {
    let lines = words.iter().map(String::as_str).chain(more.iter().copied());
    let text = lines.map(|word| format!("\"{}\"\n", escaped(word))).collect::<Vec<_>>().concat();
    assert_committed(&format!("tests/fuzz/dictionaries/{name}.dict"), &text);
}

/// As libFuzzer reads it: whatever is not a plain character by its number.
fn escaped(word: &str) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' | 0..=31 | 127.. => format!("\\x{byte:02X}"),
        _ => char::from(byte).to_string(),
    };
    word.bytes().map(escape).collect()
}
