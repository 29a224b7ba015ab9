//! A template in which a value would stand where its escaping does not hold is refused, whatever the value.

use super::fixture::{problem, rendered, stack};
use crate::source::language::Format;

fn shell_problem(body: &str) -> String {
    problem(stack("x"), Format::Shell, &format!("#!/bin/sh\n{body}\n"))
}

#[test]
fn a_value_inside_quotes_of_a_script_is_refused_at_its_line() {
    for (body, place) in [
        ("echo \"hello {{ stack.name }}\"", "double quotes"),
        ("echo 'hello {{ stack.name }}'", "single quotes"),
        ("cat <<EOF\n{{ stack.name }}\nEOF", "a here-document"),
        ("x=`echo {{ stack.name }}`", "backticks"),
        ("x=${y:-{{ stack.name }}}", "`${…}`"),
        ("x=$(( {{ stack.name }} + 1 ))", "`$((…))`"),
        ("echo \"{% if true %}{{ stack.name }}{% endif %}\"", "double quotes"),
        ("{% macro say(x) %}echo \"{{ x }}\"{% endmacro %}{{ say('a') }}", "double quotes"),
    ] {
        let found = shell_problem(body);
        assert!(found.contains(&format!("stands inside {place}")), "{body}: {found}");
        let line = if body.starts_with("cat") { 3 } else { 2 };
        assert!(found.starts_with(&format!("templates/small/main.j2:{line}: ")), "{found}");
    }
}

#[test]
fn a_value_that_is_a_word_of_its_own_may_stand_in_a_script() {
    for body in [
        "echo {{ stack.name }} # it's {{ stack.name }}",
        "echo \"hello \"{{ stack.name }}\"!\"",
        "x=\"$(docker ps -q {{ stack.name }})\"",
        "echo \"port {{ 8001|int }}\"",
        "{% for service in services %}\necho {{ service.name }}\n{% endfor %}",
        "case $x in a) echo {{ stack.name }} ;; esac",
    ] {
        let (outputs, diagnostics) = rendered(stack("x"), Format::Shell, &format!("#!/bin/sh\n{body}\n"));
        assert_eq!(diagnostics, [], "{body}");
        assert_eq!(outputs.len(), 1);
    }
}

#[test]
fn quotes_that_one_branch_opens_are_refused() {
    for body in
        ["{% if true %}echo \"{% endif %}\"", "{% if true %}echo \"{% else %}\"{% endif %}{{ stack.name }}"]
    {
        let found = shell_problem(body);
        assert!(found.contains("opens quotes that it does not close"), "{found}");
    }
}

#[test]
fn a_value_inside_other_text_of_a_data_file_is_refused() {
    for (format, template) in [
        (Format::Yaml, "a: \"{{ stack.name }}\""),
        (Format::Yaml, "a: web-{{ stack.name }}"),
        (Format::Yaml, "a: hello {{ stack.name }}"),
        (Format::Yaml, "a: {{ stack.name }}-db"),
        (Format::Compose, "a:{{ stack.name }}"),
        (Format::Json, "{ \"a\": \"{{ stack.name }}\" }"),
        (Format::Toml, "a = \"x {{ stack.name }}\""),
        (Format::Env, "A=x{{ stack.name }}"),
        (Format::Dockerfile, "FROM \"{{ stack.name }}\""),
    ] {
        let found = problem(stack("x"), format, template);
        assert!(found.contains("`{{ stack.name }}` stands inside other text"), "{template}: {found}");
    }
}

#[test]
fn a_whole_value_of_a_data_file_may_stand_wherever_a_value_may() {
    for (format, template) in [
        (
            Format::Yaml,
            "- {{ stack.name }}\n- a: {{ stack.name }}\n  {{ stack.name }}: [{{ stack.name }}, {{ stack.name }}]\n",
        ),
        (Format::Yaml, "# of {{ stack.name }}, and {{ stack.name }}.\na: 1 # {{ stack.name }}"),
        (Format::Yaml, "a: {{ 10|int }}s\nb: \"{{ 1|int }}:{{ 2|int }}\""),
        (Format::Yaml, "a: {% if true %}{{ stack.name }}{% endif %}\n"),
        (Format::Json, "{\"a\":{{ stack.name }},{{ stack.name }}:[{{ stack.name }}]}"),
        (Format::Toml, "[a.{{ stack.name }}]\n{{ stack.name }} = {{ stack.name }}"),
        (Format::Env, "{{ stack.name }}={{ stack.name }}"),
        (Format::Dockerfile, "FROM a\nWORKDIR /srv/{{ stack.name }}/x"),
    ] {
        let (_, diagnostics) = rendered(stack("x"), format, template);
        assert_eq!(diagnostics, [], "{template}");
    }
}

#[test]
fn markdown_wants_the_filter_of_the_place() {
    for (template, expected) in [
        ("---\nname: {{ stack.name }}\n---\n", "write `{{ stack.name|yaml }}`"),
        ("```\n{{ stack.name }}\n```\n", "end it with `|verbatim`"),
        ("a `{{ stack.name }}` b", "write `{{ stack.name|code }}` without them"),
        ("a {{ stack.name|json|trim }}", "is for the front matter or a code block"),
        ("{% macro b(x) %}[a]({{ x }}){% endmacro %}", "write `{{ x|link }}`"),
        ("{% set b %}`{{ stack.name }}`{% endset %}", "write `{{ stack.name|code }}` without them"),
        ("{% macro b(x) %}a{% endmacro %}\n---\na: {{ stack.name }}\n---\n", "write `{{ stack.name|yaml }}`"),
        ("[a]({{ stack.name }})", "write `{{ stack.name|link }}`"),
    ] {
        let found = problem(stack("x"), Format::Markdown, template);
        assert!(found.contains(expected), "{found}");
    }
    let fine = "{# a\n#}\n{% macro b(x) %}{{ x|code }}{% endmacro %}\n{% set c = 1 %}\n---\nname: {{ stack.name|yaml }}\n---\n[{{ stack.name }}]({{ 'a'|link }}) `x` {{ stack.name }}\n```mermaid\n\
                a[{{ stack.name|mermaid }}]\n```\n{{ stack.name }}\n";
    assert_eq!(rendered(stack("x"), Format::Markdown, fine).1, []);
}
