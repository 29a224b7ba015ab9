//! The engine lets no value in but in the way of the output's format.

use super::fixture::{contents, problem, rendered, stack, templates, with_target, with_variable};
use crate::model::Text;
use crate::render::render;
use crate::source::language::Format;

const HOSTILE: &str = "a: \"b\" $(id) `x` 'y' | <z> ${HOME}";

#[test]
fn a_partial_is_escaped_like_the_file_that_includes_it() {
    let files = templates(&[
        ("small/main.j2", "{% include 'shared/part.yml.j2' %}"),
        ("shared/part.yml.j2", "{{ stack.description }}"),
    ]);
    for (format, expected) in [(Format::Markdown, "it's \\`x\\`\n"), (Format::Json, "\"it's `x`\"\n")] {
        let (outputs, diagnostics) = render(&with_target(stack("it's `x`"), format), &files);
        assert_eq!(diagnostics, []);
        assert_eq!(outputs[0].contents, expected);
    }
}

#[test]
fn autoescape_cannot_be_switched_off() {
    for text in [HOSTILE, "yes", "a<b"] {
        let plain = contents(stack(text), Format::Yaml, "{{ stack.description }}");
        for mode in ["false", "true", "'html'", "'none'"] {
            let template =
                format!("{{% autoescape {mode} %}}{{{{ stack.description }}}}{{% endautoescape %}}");
            assert_eq!(contents(stack(text), Format::Yaml, &template), plain, "{mode}");
        }
    }
}

#[test]
fn the_filters_that_lift_escaping_are_gone() {
    for filter in ["safe", "escape", "e", "pprint"] {
        let problem = problem(stack(HOSTILE), Format::Yaml, &format!("{{{{ stack.description|{filter} }}}}"));
        assert!(problem.contains("unknown") && problem.contains(filter), "{problem}");
    }
}

#[test]
fn macros_and_blocks_are_escaped_once() {
    let template = "{% macro pair(key, value) %}{{ key }}: {{ value }}{% endmacro %}\
                    {% set line %}{{ pair('a', stack.description) }}{% endset %}{{ line }}";
    assert_eq!(contents(stack("it's"), Format::Yaml, template), "\"a\": \"it's\"\n");
}

#[test]
fn a_list_a_table_and_nothing_are_refused_with_the_expression_and_its_line() {
    for (expression, expected) in [
        ("services", "`services` is a list: loop over it, or write it with `|json`"),
        ("stack", "`stack` is a table: write one of its fields, or all of it with `|json`"),
        (
            "stack.environment",
            "`stack.environment` is none: ask for it with `{% if … %}`, or give it a `|default(…, true)`",
        ),
        ("stack.nam", "`stack.nam` is not defined"),
        ("1e308 * 10", "`inf` is no number that a file can hold (in `1e308 * 10`)"),
    ] {
        let found = problem(stack(""), Format::Yaml, &format!("a: 1\nb: {{{{ {expression} }}}}\n"));
        assert_eq!(found, format!("templates/small/main.j2:2: {expected}"));
    }
}

#[test]
fn a_fault_in_a_partial_is_the_partials() {
    let files =
        templates(&[("small/main.j2", "a\nb\n{% include 'part.j2' %}"), ("part.j2", "c\n{{ nothing }}")]);
    let (_, diagnostics) = render(&with_target(stack(""), Format::Markdown), &files);
    assert_eq!(diagnostics[0].message, "templates/part.j2:2: `nothing` is not defined");
    assert_eq!(diagnostics[0].notes, ["while making `generated/out`"]);
}

#[test]
fn a_secret_survives_being_joined_and_is_written_as_each_format_refers_to_it() {
    let mut url = Text::literal("a$b'");
    url.append(Text::secret("DB_PASSWORD"));
    let expression = "{{ services[0].environment[0].value ~ '@db' }}";
    for (format, before, expected) in [
        (
            Format::Compose,
            "a: ",
            "\"a$$b'${DB_PASSWORD:?set DB_PASSWORD in .env and pass --env-file .env}@db\"\n",
        ),
        (Format::Yaml, "a: ", "\"a$b'${DB_PASSWORD}@db\"\n"),
        (Format::Shell, "#!/bin/sh\necho ", "'a$b'\\'''\"${DB_PASSWORD}\"'@db'\n"),
        (Format::Env, "A=", "\"a\\$b'${DB_PASSWORD}@db\"\n"),
    ] {
        let stack = with_variable(stack(""), "URL", url.clone());
        assert_eq!(contents(stack, format, &format!("{before}{expression}")), format!("{before}{expected}"));
    }
    let template = format!("FROM {expression}");
    let refused = problem(with_variable(stack(""), "URL", url), Format::Dockerfile, &template);
    assert!(refused.contains("the secret `DB_PASSWORD` would stay in the image"), "{refused}");
}

#[test]
fn endless_work_is_stopped() {
    for template in [
        "{% include 'small/main.j2' %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    ] {
        let (outputs, diagnostics) = rendered(stack(""), Format::Markdown, template);
        assert_eq!(outputs, []);
        assert_eq!(diagnostics.len(), 1);
    }
}

#[test]
fn outputs_end_in_one_line_break_and_have_lf() {
    assert_eq!(contents(stack(""), Format::Markdown, "a\r\nb\r\n\r\n"), "a\nb\n");
    assert_eq!(contents(stack(""), Format::Markdown, "a"), "a\n");
}
