//! An environment is a patch, and patches add up.

use camino::Utf8Path;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use stackgen::render::Output;
use stackgen::source::Memory;

use crate::cases;
use crate::stacks::{ENVIRONMENT, Stack, patch, stack};
use crate::written::toml;

/// A patch laid over a table, as the language says it: tables key by key, anything else replaced.
fn laid_over(base: &Json, patch: &Json) -> Json {
    let (Some(below), Some(above)) = (base.as_object(), patch.as_object()) else { return patch.clone() };
    let mut merged = below.clone();
    for (key, value) in above {
        let value = merged.get(key).map_or_else(|| value.clone(), |below| laid_over(below, value));
        merged.insert(key.clone(), value);
    }
    Json::Object(merged)
}

/// What an environment of a stack makes, by path.
fn outputs(stack: &Stack, written: &Map<String, Json>) -> Result<Vec<Output>, TestCaseError> {
    let world =
        stack.files().into_iter().fold(Memory::default(), |world, (path, text)| world.with(path, text));
    let world = world.with("stack.toml", toml(written));
    let compilation = stackgen::compile(&world, Utf8Path::new("stack.toml"), Some(ENVIRONMENT));
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    prop_assert!(!compilation.report.has_errors(), "{found:#?}\n{}", toml(written));
    Ok(compilation.outputs)
}

/// What is a table in one patch has to be one in all: a text over a table, and then a table over the text, do not add up.
/// Only a variable's value can be either; here it is a text.
fn alike(service: &Json) -> Json {
    let mut patch = service.clone();
    let variables = patch.get_mut("env").and_then(Json::as_object_mut);
    for value in variables.into_iter().flat_map(Map::values_mut) {
        if value.is_object() {
            *value = json!(value.to_string().replace("{{", "{").replace("}}", "}"));
        }
    }
    patch
}

fn with(mut written: Map<String, Json>, environment: Json) -> Map<String, Json> {
    written.insert("environments".to_owned(), json!({ ENVIRONMENT: environment }));
    written
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_patch_over_a_patched_base_is_both_patches_over_the_base(stack in stack(), patches in [patch(), patch()]) {
        let name = &stack.services[0];
        let [first, second] = patches.map(|patch| json!({ "services": { name: alike(&patch) } }));
        let mut base = Json::Object(stack.written.clone());
        base["services"][name] = alike(&base["services"][name]);
        base.as_object_mut().unwrap().remove("environments");
        let map = |table: &Json| table.as_object().unwrap().clone();
        let patched_base = outputs(&stack, &with(map(&laid_over(&base, &first)), second.clone()))?;
        let both_patches = outputs(&stack, &with(map(&base), laid_over(&first, &second)))?;
        prop_assert_eq!(&patched_base, &both_patches);
        // And an environment that says nothing new is the base by another name.
        let silent = outputs(&stack, &with(map(&laid_over(&laid_over(&base, &first), &second)), json!({})))?;
        prop_assert_eq!(&patched_base, &silent);
    }
}

#[test]
fn an_environment_replaces_a_secret_by_a_text_and_a_text_by_a_secret() {
    let text = "[stack]\nname = \"s\"\n[services.a]\nimage = \"a:1\"\nenv = { A = { secret = \"A_KEY\" }, B = { literal = \"{{\" } }\n\
                [environments.production.services.a]\nenv = { A = { literal = \"}}\" }, B = { secret = \"B_KEY\" } }\n";
    let world = Memory::default().with("stack.toml", text);
    let compilation = stackgen::compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(!compilation.report.has_errors(), "{found:#?}");
    let path = "generated/environments/production/docker-compose.yml";
    let output = compilation.outputs.iter().find(|output| output.path == path).unwrap();
    let compose = stackgen::yaml::parse(&output.contents).unwrap();
    let variables = &compose["services"]["a"]["environment"];
    assert_eq!(variables["A"], "}}");
    assert!(variables["B"].as_str().unwrap().starts_with("${B_KEY:?"), "{variables}");
}
