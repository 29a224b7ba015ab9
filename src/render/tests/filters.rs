//! What stackgen's own filters promise.

use super::fixture::{contents, problem, stack};
use crate::render::context_reference;
use crate::render::filters::{BUILT_IN, FILTERS};
use crate::source::language::Format;

fn markdown(template: &str) -> String {
    contents(stack("x"), Format::Markdown, template)
}

#[test]
fn json_writes_lists_and_tables_on_one_line() {
    let template = "a: {{ [1, 'b$', none, true, stack.environment]|json }}\nb: {{ {'$k': '$v'}|json }}";
    assert_eq!(
        contents(stack(""), Format::Compose, template),
        "a: [1, \"b$$\", null, true, null]\nb: {\"$k\": \"$$v\"}\n"
    );
}

#[test]
fn words_are_joined_as_people_do_and_written_ones_stay() {
    for (list, expected) in [
        ("[]", ""),
        ("['a']", "a"),
        ("['a', 'b']", "a and b"),
        ("['a', 'b*', 'c']", "a, b\\* and c"),
        ("['a', 'b*']|map('code')", "`a` and `b*`"),
    ] {
        assert_eq!(markdown(&format!("{{{{ {list}|join_words }}}}")), format!("{expected}\n"));
    }
    for (expression, expected) in [
        ("['a*', 'b']|map('code')|join(', ')", "`a*`, `b`"),
        ("['a*', 'b']|join(' * ')", "a\\* \\* b"),
        ("['a*'|code, 'b*']|join(' * ')", "`a*`&#32;\\*&#32;b\\*"),
        ("services|join(', ', attribute='name')", "api"),
    ] {
        assert_eq!(markdown(&format!("{{{{ {expression} }}}}")), format!("{expected}\n"));
    }
}

#[test]
fn a_command_line_is_quoted_word_by_word() {
    let template = "{{ ['echo', \"it's\", 'a b']|shell_command|code }}";
    assert_eq!(markdown(template), "`'echo' 'it'\\''s' 'a b'`\n");
}

#[test]
fn a_header_of_several_lines_is_several_comments() {
    for (format, expected) in [
        (Format::Markdown, "<!-- a --&gt; -->\n<!-- b=1 -->\n"),
        (Format::Toml, "# a -->\n# b=1\n"),
        (Format::Dockerfile, "# a -->\n#: b=1\nFROM a\n"),
    ] {
        let rest = if format == Format::Dockerfile { "\nFROM a" } else { "" };
        let template = format!("{{{{ stack.description|comment }}}}{rest}");
        assert_eq!(contents(stack("a -->\nb=1"), format, &template), expected);
    }
    assert!(problem(stack("a"), Format::Json, "{{ stack.name|comment }}").contains("JSON has no comments"));
}

#[test]
fn a_link_leads_where_it_should_whatever_the_path_holds() {
    assert_eq!(markdown("[x]({{ 'a b/(c)<d>'|link }})"), "[x](a%20b/%28c%29%3Cd%3E)\n");
}

#[test]
fn a_way_is_from_the_folder_of_the_output() {
    assert_eq!(
        markdown("{{ 'services/api'|from(output.folder) }} {{ output.root }}"),
        "../services/api ..\n"
    );
}

#[test]
fn what_would_end_a_code_block_is_refused() {
    let template = "```\n{{ stack.description|verbatim }}\n```\n";
    assert_eq!(contents(stack("a *b* `c`"), Format::Markdown, template), "```\na *b* `c`\n```\n");
    for text in ["```", "a\nb", "~~~"] {
        assert!(problem(stack(text), Format::Markdown, template).contains("would end the code block"));
    }
}

#[test]
fn every_filter_is_there_and_on_the_reference_page() {
    let page = context_reference();
    for name in FILTERS.iter().map(|filter| filter.name).chain(BUILT_IN.iter().copied()) {
        let known = markdown(&format!("{{{{ 1 if '{name}' is filter else 0 }}}}"));
        assert_eq!(known, "1\n", "{name}");
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
