//! A template that made a broken file is reported at its line, and nothing comes of it.

use super::fixture::{problem, spanned, stack, target, templates};
use crate::render::{Renderer, render};
use crate::source::language::{Format, OutputTable};

#[test]
fn a_broken_file_is_reported_at_the_line_of_the_template() {
    for (format, template, expected) in [
        (
            Format::Yaml,
            "{# x #}\n{% if true %}\na: 1\n{% endif %}\na: 2\n",
            ":5: this is not YAML: the key `a` stands twice",
        ),
        (Format::Compose, "a: [\n", "this is not YAML"),
        (Format::Json, "{\n\"a\": 1,\n\"a\": 2 }", ":3: this is not JSON: the key `a` stands twice"),
        (Format::Json, "{} {}", "this is not JSON: trailing characters"),
        (Format::Toml, "a = 1\na = 2", ":2: this is not TOML: duplicate key"),
        (Format::Markdown, "---\na: 1\n", "the front matter that begins here has no `---`"),
        (Format::Markdown, "---\na: 1\na: 2\n---\n", ":3: the front matter is not YAML: the key `a`"),
        (Format::Shell, "echo a", ":1: a script must begin with `#!`"),
        (Format::Shell, "#!/bin/sh\n", "the script does nothing"),
        (Format::Env, "A=1\nB C=2", ":2: `B C` is not the name of an environment variable"),
        (Format::Env, "A=a b", ":1: the value of `A` is neither plain nor between quotes"),
        (Format::Dockerfile, "RUN a\nFROM b", ":1: the first instruction must be `FROM`"),
        (Format::Dockerfile, "FROM b\nRUN <<EOF\nRUM a\n", "the here-document `EOF` never ends"),
        (Format::Dockerfile, "FROM b\nRUN <<EOF\nx\nEOF\nRUM a", ":5: `RUM` is no instruction"),
        (Format::Dockerfile, "FROM b\nRUM a", ":2: `RUM` is no instruction"),
        (Format::Ignore, "# [\n**/[a-c]\n!\\[\n[a", ":4: `[a` is no pattern: the `[` has no `]`"),
        (Format::Ignore, "a[^]b", ":1: `a[^]b` is no pattern: there is nothing between `[` and `]`"),
        (Format::Ignore, "a\n!\n", ":2: `!` is no pattern: there is nothing behind the `!`"),
        (Format::Ignore, "a\\", ":1: `a\\` is no pattern: there is nothing behind the `\\`"),
    ] {
        let found = problem(stack(""), format, template);
        assert!(found.contains(expected), "{template:?}: {found}");
    }
}

#[test]
fn a_script_that_meets_a_line_break_defines_it() {
    let use_it = "echo {{ stack.description }}\n";
    let found = problem(stack("a\nb"), Format::Shell, &format!("#!/bin/sh\n\n{use_it}"));
    assert!(found.starts_with("templates/small/main.j2:3: a value here has a line break"), "{found}");
    let found = problem(stack("a\nb"), Format::Shell, &format!("#!/bin/sh\n{use_it}newline='\n'\n"));
    assert!(found.contains("does not define `newline` before it"), "{found}");
}

const SCHEMA: &str = r#"{ "type": "object", "properties": { "ports": { "items": { "type": "integer" } } } }"#;

#[test]
fn a_file_that_does_not_meet_its_schema_is_reported_with_the_path_inside_it() {
    let mut stack = stack("");
    stack.targets = vec![target(vec![OutputTable {
        template: Some(spanned("main.j2".to_owned())),
        path: Some(spanned("out.yml".to_owned())),
        format: Some(spanned(Format::Yaml)),
        schema: Some(spanned("ports".to_owned())),
        ..OutputTable::default()
    }])];
    let files = |text| templates(&[("small/main.j2", text), ("schemas/ports.schema.json", SCHEMA)]);
    let (outputs, diagnostics) = render(&stack, &files("ports:\n  - 1\n  - {{ stack.name }}"));
    assert_eq!(outputs, []);
    assert_eq!(
        diagnostics[0].message,
        "templates/small/main.j2:3: `/ports/1` does not meet the schema `ports`: \"shop\" is not of type \"integer\""
    );
    assert_eq!(diagnostics[0].notes, ["while making `generated/out.yml`"]);

    let good = files("ports: [1, 2]");
    let mut renderer = Renderer::new(&good);
    for _ in 0..2 {
        assert_eq!(renderer.render(&stack).1, []);
    }
    let (_, diagnostics) = render(&stack, &templates(&[("small/main.j2", "ports: []")]));
    assert!(diagnostics[0].message.contains("there is no schema `ports`"));
}
