//! The schemas take what the reader takes, and refuse what it refuses.

use serde_json::{Value as Json, json};
use stackgen::source::{Memory, Sources, built_in, kind_schema, load, stack_schema, target_schema};
use toml::de::{DeTable, DeValue};

/// What the schema finds wrong with a TOML file, each with its place.
fn problems(schema: &Json, text: &str) -> Vec<String> {
    let table = DeTable::parse(text).unwrap().into_inner();
    let validator = jsonschema::draft202012::new(schema).unwrap();
    validator
        .iter_errors(&from_table(&table))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn from_table(table: &DeTable<'_>) -> Json {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), from_value(value.get_ref()))).collect()
}

fn from_value(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(i64::from_str_radix(number.as_str(), number.radix()).unwrap()),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(truth) => json!(truth),
        DeValue::Datetime(time) => json!(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| from_value(item.get_ref())).collect(),
        DeValue::Table(table) => from_table(table),
    }
}

fn assert_taken(schema: &Json, text: &str) {
    assert_eq!(problems(schema, text), [""; 0], "{text}");
}

fn assert_refused(schema: &Json, text: &str, place: &str) {
    let problems = problems(schema, text);
    assert!(problems.iter().any(|problem| problem.contains(place)), "{text}\nfound: {problems:?}");
}

/// What the reader finds wrong with a stack by the shapes of its tables alone.
fn misread(text: &str) -> Vec<String> {
    let world = Memory::default().with("stack.toml", text).with("teams/a/stack.toml", "");
    let (document, diagnostics) = load(&world, "stack.toml".into(), &mut Sources::default());
    let of_variants =
        document.into_iter().flat_map(|document| document.variants).flat_map(|one| one.diagnostics);
    diagnostics.into_iter().chain(of_variants).map(|found| found.message).collect()
}

const STACK: &str = include_str!("sample.toml");

#[test]
fn each_schema_is_a_schema() {
    for schema in [stack_schema(), kind_schema(), target_schema()] {
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        // Editors that know draft 7 alone take it for one.
        jsonschema::draft7::new(&schema).unwrap();
    }
}

#[test]
fn a_stack_with_every_table_is_taken() {
    assert_taken(&stack_schema(), STACK);
    assert_eq!(misread(STACK), [""; 0]);
}

#[test]
fn a_typo_is_refused_where_it_stands() {
    for (right, wrong, place) in [
        ("kind = \"redis\"", "kimd = \"redis\"", "/services/identity-redis"),
        (
            "[[services.identity.routes]]\npath",
            "[[services.identity.routes]]\npaht",
            "/services/identity/routes/0",
        ),
        ("auth = \"jwt\"", "auth = \"jtw\"", "/services/identity/routes/1/auth"),
        ("rate_limit = \"100/minute\"", "rate_limit = \"100/min\"", "/services/identity/routes/0/rate_limit"),
        ("port = 5433", "port = 65536", "/services/identity-db/port"),
        ("run = \"host\"", "run = \"hots\"", "/services/frontend/run"),
        ("replicas = 3", "replica = 3", "/environments/production/services/identity"),
        ("port-reserved = \"allow\"", "port-reserved = \"off\"", "/checks/port-reserved"),
        ("replicas = 3", "[environments.production.environments.a]", "/environments/production"),
        (
            "replicas = 3",
            "[environments.production.stack]\ninclude = [\"a.toml\"]",
            "/environments/production/stack",
        ),
        (
            "replicas = 3",
            "[environments.production.stack]\nstackgen = \"0.1\"",
            "/environments/production/stack",
        ),
        (
            "replicas = 3",
            "[environments.production.targets.docs]\nout = \"b\"",
            "/environments/production/targets/docs",
        ),
        ("replicas = 3", "cpus = \"lots\"", "/environments/production/services/identity/cpus"),
        ("replicas = 3", "memory = \"0MB\"", "/environments/production/services/identity/memory"),
    ] {
        let text = STACK.replace(right, wrong);
        assert_refused(&stack_schema(), &text, place);
        assert!(!misread(&text).is_empty(), "{wrong}: only the schema refuses it");
    }
}

#[test]
fn a_required_key_is_asked_for() {
    assert_refused(&stack_schema(), "[stack]\nname = \"a\"\n[gateway]\n", "\"port\" is a required");
    assert_refused(&stack_schema(), "[stack]\ndescription = \"a\"\n", "\"name\" is a required");
    assert_refused(&stack_schema(), "[agents.a]\n", "\"description\" is a required");
}

#[test]
fn a_patch_may_say_a_part_of_a_table_and_not_a_part_of_a_list() {
    let patch = |text: &str| format!("[stack]\nname = \"a\"\n{text}");
    assert_taken(&stack_schema(), &patch("[environments.test.agents.a]\nmodel = \"small\"\n"));
    assert_taken(&stack_schema(), &patch("[environments.test.gateway.consumers.web.jwt]\nkey = \"b\"\n"));
    assert_taken(&stack_schema(), &patch("[environments.test.stack]\ndescription = \"b\"\n"));
    assert_refused(
        &stack_schema(),
        &patch("[[environments.test.services.a.routes]]\nauth = \"jwt\"\n"),
        "\"path\" is a required",
    );
    assert_refused(
        &stack_schema(),
        &patch("[[environments.test.gateway.plugins]]\nconfig = {}\n"),
        "\"name\" is a required",
    );
    assert_refused(&stack_schema(), &patch("[environments.test.environments.more]\n"), "environments");
}

#[test]
fn a_fragment_needs_no_stack_of_its_own() {
    assert_taken(&stack_schema(), "[services.a]\nport = 1000\n");
    assert_taken(&stack_schema(), "[stack]\ninclude = [\"more/*.toml\"]\n");
    assert_taken(&stack_schema(), "[gateway.consumers.web]\n");
}

#[test]
fn a_kind_may_leave_out_what_it_extends() {
    let option = "[options.version]\ndefault = \"16\"\n";
    assert_taken(&kind_schema(), &format!("extends = \"postgres\"\n{option}"));
    assert_refused(&kind_schema(), option, "\"description\" is a required");
    let inline = "[kinds.a.options.version]\ndefault = \"16\"\n";
    assert_taken(&stack_schema(), &format!("[kinds.a]\nextends = \"b\"\n{inline}"));
    assert_refused(&stack_schema(), inline, "\"description\" is a required");
}

#[test]
fn the_built_in_kinds_and_targets_are_taken() {
    let templates = built_in();
    assert!(templates.contains_key("kinds/postgres.toml") && templates.contains_key("compose/target.toml"));
    for (name, template) in templates {
        if name.starts_with("kinds/") {
            assert_taken(&kind_schema(), &template.text);
        } else if name.ends_with("/target.toml") {
            assert_taken(&target_schema(), &template.text);
        }
    }
}

#[test]
fn a_target_with_a_typo_is_refused() {
    let target = |format: &str| {
        format!("description = \"a\"\n[[files]]\ntemplate = \"a\"\npath = \"a\"\nformat = \"{format}\"\n")
    };
    assert_taken(&target_schema(), &target("yaml"));
    assert_refused(&target_schema(), &target("yml"), "/files/0/format");
}
