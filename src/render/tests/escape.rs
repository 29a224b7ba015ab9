//! Any string goes through any format and comes back the same.

use std::process::Command;

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use self::tricky::TRICKY;
use super::fixture::{contents, stack};
use crate::source::language::Format;
use crate::yaml;

#[path = "../../../tests/properties/tricky.rs"]
mod tricky;

/// Strings that the source lets through: what formats trip over, among characters of all sorts.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => prop::sample::select(TRICKY).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..10)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("refused by the source", |text| {
            !text.chars().any(|found| found.is_control() && !matches!(found, '\n' | '\t' | '\u{85}'))
        })
}

/// As [`text`], for formats that have no escapes for control characters.
fn printable() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\u{85}', ""))
}

/// What Compose makes of a string in its file: `$$` is a `$`, and a single one would be a reference.
fn interpolated(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(found) = characters.next() {
        if found == '$' {
            assert_eq!(characters.next(), Some('$'), "a reference in {text:?}");
        }
        out.push(found);
    }
    out
}

proptest! {
    #[test]
    fn compose(text in text()) {
        let template = "a: {{ stack.description }}\nb: {{ [stack.description]|json }}\n{{ stack.description|key }}: 1\n\
                        {{ stack.description|comment }}\n# {{ stack.description }}\nz: 1\n";
        prop_assume!(!["a", "b", "z"].contains(&text.as_str()));
        let read = yaml::parse(&contents(stack(&text), Format::Compose, template)).unwrap();
        prop_assert_eq!(&interpolated(read["a"].as_str().unwrap()), &text);
        prop_assert_eq!(&interpolated(read["b"][0].as_str().unwrap()), &text);
        prop_assert_eq!(&read[&text], 1);
        prop_assert_eq!(read.as_object().unwrap().len(), 4);
    }

    #[test]
    fn yaml_json_and_toml(text in text()) {
        let description = "{{ stack.description }}";
        let read = yaml::parse(&contents(stack(&text), Format::Yaml, &format!("a: {description}"))).unwrap();
        prop_assert_eq!(read["a"].as_str().unwrap(), &text);
        let json = contents(stack(&text), Format::Json, &format!("{{ \"a\": {description} }}"));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read["a"].as_str().unwrap(), &text);
        let written = contents(stack(&text), Format::Toml, &format!("a = {description}\nb = [{description}]"));
        let read = toml::de::DeTable::parse(&written).unwrap();
        let found = read.get_ref().get("a").and_then(|found| found.get_ref().as_str());
        prop_assert_eq!(found, Some(text.as_str()));
    }

    #[test]
    fn env(text in printable()) {
        let template = "# {{ stack.description }}\n{{ stack.description|comment }}\nA={{ stack.description }}\nB=1\n";
        let written = contents(stack(&text), Format::Env, template);
        let values: Vec<&str> = written.lines().filter(|line| !line.starts_with('#')).collect();
        prop_assert_eq!(values.len(), 2);
        prop_assert_eq!(read_env(values[0].strip_prefix("A=").unwrap()), text);
    }

    #[test]
    fn dockerfile(text in printable().prop_map(|text| text.replace(['\n', '\t', '`'], ""))) {
        let template = "FROM scratch\n# {{ stack.description }}\n{{ stack.description|comment }}\nLABEL a={{ stack.description }}\n";
        let written = contents(stack(&text), Format::Dockerfile, template);
        let label = written.lines().last().unwrap().strip_prefix("LABEL a=").unwrap();
        prop_assert_eq!(read_word(label), text);
    }
}

proptest! {
    #[test]
    fn ignore(text in printable().prop_map(|text| text.replace(['\n', '\t'], "")).prop_map(|text| text.trim().to_owned())) {
        let template = "{{ stack.description|comment }}\n{{ stack.description }}/x\n";
        let written = contents(stack(&text), Format::Ignore, template);
        let line = written.lines().last().unwrap();
        prop_assert!(!line.starts_with(['#', '!']));
        // Each escape is of the character behind it, and nothing is left that means more than itself.
        let mut read = String::new();
        let mut characters = line.strip_suffix("/x").unwrap().chars();
        while let Some(found) = characters.next() {
            prop_assert!(!matches!(found, '*' | '?' | '['));
            read.push(if found == '\\' { characters.next().unwrap() } else { found });
        }
        prop_assert_eq!(read, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_real_shell(text in printable()) {
        let template = "#!/bin/sh\n# {{ stack.description }}\nnewline='\n'\n{{ stack.description|comment }}\n\
                        printf '%s' {{ stack.description }} # {{ stack.description }}\n\
                        printf '|%s' \"$(printf '%s.' {{ stack.description }})\" {{ [stack.description, 'a b']|shell_command }}\n";
        // The head of the script has to define the variable before the first use of it, comments included.
        let template = template.replacen("# {{ stack.description }}\n", "", 1);
        let script = contents(stack(&text), Format::Shell, &template);
        let run = Command::new("sh").arg("-c").arg(&script).output().unwrap();
        prop_assert_eq!(String::from_utf8(run.stderr).unwrap(), "");
        prop_assert_eq!(String::from_utf8(run.stdout).unwrap(), format!("{text}|{text}.|{text}|a b"));
    }
}

const PLACES: &str = "\
{{ stack.description }}

# {{ stack.description }}

- {{ stack.description }}

> {{ stack.description }}

1. x {{ stack.description }} y

| a | b |
|---|---|
| {{ stack.description }} | {{ stack.description|code }} |

x {{ stack.description|code }} y

<!-- {{ stack.description }} -->
{{ stack.description|comment }}
";

/// Panics unless the text reads back as itself in each of [`PLACES`].
fn check_markdown(text: &str) {
    let written = contents(stack(text), Format::Markdown, PLACES);
    let found = texts(&written);
    let inside = format!("x {text} y");
    let of = |wanted: &str| -> Vec<&str> {
        found.iter().filter(|(place, _)| *place == wanted).map(|(_, text)| text.as_str()).collect()
    };
    assert_eq!(of("numbered"), [inside.as_str()], "{written}");
    assert_eq!(of("inside"), [inside.as_str()], "{written}");
    assert_eq!(of("cell"), [text, text], "{written}");
    // An empty string makes no paragraph, but a heading, an item and a quotation all the same.
    assert!(of("plain").len() == 4 || text.is_empty(), "{written}");
    assert!(of("plain").iter().all(|found| *found == text), "{written}");
}

proptest! {
    #[test]
    fn markdown(text in printable()) {
        check_markdown(&text);
    }
}

#[test]
fn whatever_means_something_in_markdown_is_text() {
    for text in [
        "_a_",
        "__a__",
        "a _b_ c",
        "*a*",
        "**a**",
        "~~a~~",
        "`a`",
        "``a` b",
        "# a",
        "a #",
        "a # #",
        "- a",
        "+ a",
        "---",
        "===",
        "1. a",
        "2) a",
        "> a",
        "    a",
        "a  ",
        "a\\",
        "<b>",
        "<!-- a",
        "a -->",
        "<a@b.c>",
        "<http://a>",
        "&amp;",
        "&#10;",
        "![a](b)",
        "[a](b)",
        "[a]: b",
        "[a][b]",
        "a|b",
        "|-|",
        ":-",
        "```",
        "~~~",
        "a\nb",
        "a\n\n- b",
        "\tb",
    ] {
        check_markdown(text);
    }
}

#[test]
fn no_character_stands_bare_in_yaml_that_yaml_1_1_reads_as_a_line_break_or_not_at_all() {
    let text = "a\u{85}b\u{2028}c\u{2029}d\u{feff}e\u{fffe}f\u{7f}g";
    for (format, template) in [
        (
            Format::Compose,
            "a: {{ stack.description }}\nb: {{ [stack.description]|json }}\n{{ stack.description|key }}: 1",
        ),
        (Format::Yaml, "{{ stack.description|comment }}\na: {{ stack.description }}"),
    ] {
        let written = contents(stack(text), format, template);
        assert!(written.is_ascii(), "{written:?}");
    }
}

/// The text of every block of a Markdown file, and what sort of place it is in.
fn texts(markdown: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut ordered = false;
    let mut in_item = false;
    let mut header = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::List(first)) => ordered = first.is_some(),
            Event::Start(Tag::Item) => {
                in_item = true;
                text.clear();
            }
            Event::Start(Tag::TableHead) => header = true,
            Event::End(TagEnd::TableHead) => header = false,
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell) => text.clear(),
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push_str("<break>"),
            Event::Start(
                other @ (Tag::Emphasis
                | Tag::Strong
                | Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::CodeBlock(_)),
            ) => {
                text.push_str(&format!("<{other:?}>"));
            }
            Event::InlineHtml(html) => text.push_str(&format!("<html {html}>")),
            Event::Html(html) => {
                assert!(html.starts_with("<!--") && html.trim_end().ends_with("-->"), "{html}")
            }
            Event::End(TagEnd::Item) => {
                let place = if ordered { "numbered" } else { "plain" };
                found.push((place, std::mem::take(&mut text)));
                in_item = false;
            }
            Event::End(TagEnd::Paragraph) if !in_item => {
                let place = if text.starts_with("x ") && text.ends_with(" y") { "inside" } else { "plain" };
                found.push((place, std::mem::take(&mut text)));
            }
            Event::End(TagEnd::Heading(_)) => found.push(("plain", std::mem::take(&mut text))),
            Event::End(TagEnd::TableCell) if !header => found.push(("cell", std::mem::take(&mut text))),
            _ => {}
        }
    }
    found
}

/// A value of an env file as Compose reads it.
fn read_env(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'') {
        return inner.strip_suffix('\'').unwrap().to_owned();
    }
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.to_owned();
    };
    unescaped(inner, |escaped| match escaped {
        'n' => Some('\n'),
        't' => Some('\t'),
        '"' | '\\' | '$' => Some(escaped),
        _ => None,
    })
}

/// A word of a Dockerfile as its builder reads it.
fn read_word(word: &str) -> String {
    match word.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"').unwrap(), |found| {
            matches!(found, '"' | '\\' | '$').then_some(found)
        }),
        None => word.to_owned(),
    }
}

fn unescaped(inner: &str, meaning: impl Fn(char) -> Option<char>) -> String {
    let mut out = String::new();
    let mut characters = inner.chars();
    while let Some(found) = characters.next() {
        match found {
            '\\' => {
                let escaped = characters.next().unwrap();
                out.push(meaning(escaped).unwrap_or_else(|| panic!("\\{escaped} in {inner}")));
            }
            '$' | '"' => panic!("{found} stands bare in {inner}"),
            found => out.push(found),
        }
    }
    out
}

#[test]
fn what_needs_no_escape_in_markdown_has_none() {
    for text in [
        "Login, JWT, MFA: users & roles (v2)",
        "http://localhost:8001/a_b",
        "identity-db",
        "C# and F#",
        "a > b, 3.5",
    ] {
        assert_eq!(contents(stack(text), Format::Markdown, "{{ stack.description }}"), format!("{text}\n"));
    }
}
