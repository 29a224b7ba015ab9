//! A committed document differs from its declarations in nothing.

use std::path::Path;
use std::{env, fs};

use camino::Utf8Path;
use stackgen::checks::with_rules;
use stackgen::cli::command_reference;
use stackgen::picture::svg;
use stackgen::render::context_reference;
use stackgen::source::limits::limits_reference;
use stackgen::source::{Disk, kind_schema, language_reference, stack_schema, target_schema};

/// Writes the documents instead of comparing them.
const BLESS: &str = "STACKGEN_BLESS";

#[test]
fn the_schema_of_the_stack_is_the_one_that_its_tables_declare() {
    assert_committed("schemas/stack.schema.json", &written(&stack_schema()));
}

#[test]
fn the_schema_of_a_kind_is_the_one_that_its_tables_declare() {
    assert_committed("schemas/kind.schema.json", &written(&kind_schema()));
}

#[test]
fn the_schema_of_a_target_is_the_one_that_its_tables_declare() {
    assert_committed("schemas/target.schema.json", &written(&target_schema()));
}

#[test]
fn the_reference_of_the_language_is_the_one_that_its_tables_declare() {
    assert_committed("docs/reference.md", &with_rules(&language_reference()));
}

#[test]
fn the_page_of_the_limits_is_the_one_that_they_declare() {
    assert_committed("docs/limits.md", &limits_reference());
}

#[test]
fn the_reference_of_the_template_context_is_the_one_that_its_views_declare() {
    assert_committed("docs/template-context.md", &context_reference());
}

#[test]
fn the_reference_of_the_commands_is_what_they_say_of_themselves() {
    assert_committed("docs/commands.md", &command_reference());
}

#[test]
fn the_picture_of_the_reference_stack_is_drawn_from_it() {
    let world = Disk::new(env!("CARGO_MANIFEST_DIR").into());
    let compilation = stackgen::validate(&world, Utf8Path::new("stack.toml"), None);
    assert_committed("docs/reference-stack.svg", &svg(&compilation.stacks[0]));
}

fn written(schema: &serde_json::Value) -> String {
    format!("{schema:#}\n")
}

pub fn assert_committed(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os(BLESS).is_some() {
        fs::write(&file, wanted).unwrap();
    }
    // A checkout may have turned the line breaks into CRLF.
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if found != wanted {
        let diff = similar::TextDiff::from_lines(found.as_str(), wanted);
        panic!(
            "`{path}` is not what its declarations say; to refresh it: {BLESS}=1 cargo test --test derived\n{}",
            diff.unified_diff().header("committed", "declared")
        );
    }
}
