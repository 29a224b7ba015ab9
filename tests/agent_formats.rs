//! The agents' files as their programs read them: each by a parser that did not write it, whatever the stack's strings hold.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed; the switch that blesses, and the files that it writes"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value as Json, json};
use stackgen::compile;
use stackgen::source::Memory;

const EVERYTHING: &str = include_str!("golden/agents-everything/stack.toml");

/// The targets that are made of agents, and the page that they all refer to.
const TARGETS: [&str; 8] = ["agents", "agents-md", "claude", "codex", "copilot", "cursor", "docs", "gemini"];

/// What a stack's agents are told, by path.
fn files(stack: &str) -> BTreeMap<String, String> {
    let world =
        Memory::default().with("stack.toml", stack).with_folder("services/orders").with_folder("my apps/web");
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| (&found.message, &found.notes)).collect();
    assert!(!compilation.outputs.is_empty(), "{found:?}");
    let outputs = compilation.outputs.iter().filter(|output| TARGETS.contains(&output.target.as_str()));
    outputs.map(|output| (output.path.to_string(), output.contents.clone())).collect()
}

/// The front matter of a file, by a YAML parser, and what stands behind it.
fn front_matter(text: &str) -> (Json, &str) {
    let (front, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    (serde_saphyr::from_str(front).unwrap(), body)
}

/// A file of strings alone, by a TOML parser.
fn toml(text: &str) -> Json {
    let table = toml::de::DeTable::parse(text).unwrap().into_inner();
    let entries = table
        .into_iter()
        .map(|(key, value)| (key.into_inner().into_owned(), json!(value.into_inner().as_str().unwrap())));
    Json::Object(entries.collect())
}

/// What an agent's file tells its program of it, and the prompt, in each program's own form.
fn agent(files: &BTreeMap<String, String>, program: &str, name: &str) -> (Json, String) {
    let path = match program {
        "claude" => format!(".claude/agents/{name}.md"),
        "copilot" => format!(".github/agents/{name}.agent.md"),
        "codex" => format!(".codex/agents/{name}.toml"),
        "gemini" => format!(".gemini/agents/{name}.md"),
        _ => format!(".cursor/agents/{name}.md"),
    };
    let text = &files[&path];
    if program == "codex" {
        let mut table = toml(text);
        let prompt = table.as_object_mut().unwrap().remove("developer_instructions").unwrap();
        return (table, prompt.as_str().unwrap().to_owned());
    }
    let (front, body) = front_matter(text);
    (front, body.trim_start().split_once("-->\n").unwrap().1.trim_start().to_owned())
}

const PROGRAMS: [&str; 5] = ["claude", "copilot", "codex", "gemini", "cursor"];

#[test]
fn every_file_of_the_golden_stack_is_as_committed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/agents-everything/output");
    let files = files(EVERYTHING);
    if std::env::var_os("STACKGEN_BLESS").is_some() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        for (path, contents) in &files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
    }
    let mut committed = BTreeMap::new();
    read(&folder, &folder, &mut committed);
    assert_eq!(committed.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    for (path, contents) in &files {
        assert!(
            committed[path] == *contents,
            "{path} differs from the committed one; STACKGEN_BLESS=1 writes it"
        );
    }
}

fn read(root: &Path, folder: &PathBuf, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn each_program_gets_its_own_names_for_tools_and_models() {
    let files = files(EVERYTHING);
    let head = |program| agent(&files, program, "orders").0;
    assert_eq!(
        head("claude")["tools"],
        "Read, Grep, Glob, Edit, Write, Bash, WebFetch, TodoWrite, mcp__jira__get_issue, mcp__sentry"
    );
    assert_eq!(
        head("copilot")["tools"],
        json!(["read", "search", "edit", "execute", "web", "todo", "jira/get_issue", "sentry/*"])
    );
    assert_eq!(
        head("gemini")["tools"],
        json!([
            "read_file",
            "grep_search",
            "glob",
            "replace",
            "write_file",
            "run_shell_command",
            "web_fetch",
            "write_todos",
            "mcp_jira_get_issue",
            "mcp_sentry_*"
        ])
    );
    let models = PROGRAMS.map(|program| head(program)["model"].as_str().unwrap().to_owned());
    assert_eq!(models, ["sonnet", "Claude Sonnet 4.5", "gpt-5.2-codex", "gemini-3-pro", "fast"]);
}

#[test]
fn a_model_that_is_named_for_one_program_is_not_given_to_another() {
    let files = files(EVERYTHING);
    let models = PROGRAMS.map(|program| agent(&files, program, "lead").0.get("model").cloned());
    assert_eq!(models, [Some(json!("opus")), None, None, None, Some(json!("inherit"))]);
}

#[test]
fn an_agent_whose_tools_change_nothing_can_change_nothing() {
    let files = files(EVERYTHING);
    assert_eq!(agent(&files, "codex", "audit").0["sandbox_mode"], "read-only");
    assert_eq!(agent(&files, "cursor", "audit").0["readonly"], true);
    assert_eq!(agent(&files, "gemini", "audit").0["tools"], json!(["read_file", "grep_search", "glob"]));
    assert_eq!(agent(&files, "codex", "orders").0.get("sandbox_mode"), None);
    assert_eq!(agent(&files, "cursor", "orders").0.get("readonly"), None);
}

#[test]
fn an_agent_without_tools_has_all_that_its_program_has() {
    let files = files(EVERYTHING);
    for program in PROGRAMS {
        assert_eq!(agent(&files, program, "web").0.get("tools"), None, "{program}");
    }
}

#[test]
fn every_tool_that_there_is_has_a_form_in_every_program() {
    let all: Vec<&str> = stackgen::model::TOOLS.iter().map(|tool| tool.name).collect();
    let stack = EVERYTHING.replace("[\"Read\", \"Grep\", \"Glob\"]", &json!(all).to_string());
    let files = files(&stack);
    assert_eq!(agent(&files, "claude", "audit").0["tools"], all.join(", "));
    for program in ["copilot", "gemini"] {
        assert_ne!(agent(&files, program, "audit").0["tools"], json!([]), "{program}");
    }
}

#[test]
fn all_programs_are_told_the_same() {
    let files = files(EVERYTHING);
    for name in ["lead", "orders", "data", "web", "audit"] {
        let (claude, prompt) = agent(&files, "claude", name);
        for program in PROGRAMS {
            let (head, other) = agent(&files, program, name);
            assert_eq!(other, prompt, "{program}, {name}");
            assert_eq!([&head["name"], &head["description"]], [&claude["name"], &claude["description"]]);
        }
    }
}

/// Every heading, list item, row and code block of a Markdown file, as a reader of Markdown sees them.
fn structure(markdown: &str) -> Vec<String> {
    let options =
        pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    Parser::new_ext(markdown, options)
        .filter_map(|event| match event {
            Event::Start(
                tag @ (Tag::Heading { .. }
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableRow
                | Tag::TableCell
                | Tag::Paragraph
                | Tag::BlockQuote(_)
                | Tag::HtmlBlock
                | Tag::Image { .. }
                | Tag::Link { .. }
                | Tag::MetadataBlock(_)),
            ) => Some(format!("{tag:?}")),
            Event::InlineHtml(_) | Event::Html(_) | Event::Rule => Some("html or rule".to_owned()),
            _ => None,
        })
        .collect()
}

const HOSTILE: [&str; 19] = [
    "\"; rm -rf ~ #",
    "{{ 7*7 }}",
    "{% endraw %}",
    "a: b",
    "one\ntwo",
    "x\n---\ny: z",
    "---",
    "yes",
    "22:22",
    "'\"\\",
    "\\",
    "\"\"\"",
    "end\"",
    "'''\n\"\"\"\nname = \"x\"",
    "| `x` |",
    "# x",
    "<!-- 😀",
    "-->",
    "[a](b) ![c](d) $HOME *x*",
];

#[test]
fn no_text_of_the_stack_changes_the_structure_of_any_format() {
    let plain = files(&hostile_in("plain"));
    for hostile in HOSTILE {
        let files = files(&hostile_in(hostile));
        assert_eq!(files.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
        for program in PROGRAMS {
            let (head, prompt) = agent(&files, program, "orders");
            let (expected, plain_prompt) = agent(&plain, program, "orders");
            let keys = |head: &Json| head.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&head), keys(&expected), "{hostile} for {program}");
            let trimmed = hostile.trim().trim_end_matches('.');
            assert!(head["description"].as_str().unwrap().contains(trimmed), "{hostile} for {program}");
            assert_eq!(head["model"], *hostile, "{program}");
            assert_eq!(structure(&prompt), structure(&plain_prompt), "{hostile} for {program}");
        }
        let team: Json = serde_saphyr::from_str(&files["generated/agents/agents.yaml"]).unwrap();
        let orders = &team["agents"][1];
        assert_eq!(orders["description"], hostile);
        assert_eq!(orders["keywords"][0], hostile);
        assert_eq!(orders["examples"][0], hostile);
        assert_eq!(orders["responsibilities"], json!([hostile]));
        assert_eq!(orders["commands"]["test"], hostile);
        assert_eq!(orders["boundaries"]["hands_over"][0]["what"], hostile);
        assert_eq!(team["agents"][4]["ownership"]["concerns"][0], hostile);
        for (path, text) in files.iter().filter(|(path, _)| is_markdown(path)) {
            assert_eq!(structure(text), structure(&plain[path]), "{hostile} in {path}");
        }
        for path in [".cursor/rules/stack.mdc", ".cursor/rules/services/orders/folder.mdc"] {
            assert_eq!(front_matter(&files[path]).0, front_matter(&plain[path]).0, "{hostile}");
        }
    }
}

fn is_markdown(path: &str) -> bool {
    matches!(Utf8Path::new(path).extension(), Some("md" | "mdc"))
}

/// The golden stack with a text in every field of an agent that takes one.
fn hostile_in(text: &str) -> String {
    let quoted = json!(text).to_string();
    let models: Vec<String> = PROGRAMS.iter().map(|program| format!("{program} = {quoted}")).collect();
    let mut stack = String::new();
    for line in EVERYTHING.lines() {
        let line = match line {
            "description = \"Orders and their payment, and the jobs behind them\"" => {
                format!("description = {quoted}\nresponsibilities = [{quoted}]")
            }
            "description = \"Orders and their payment\"" => format!("description = {quoted}"),
            "keywords = [\"basket\", \"refund\"]" => format!("keywords = [{quoted}]"),
            _ if line.starts_with("examples = ") => format!("examples = [{quoted}]"),
            _ if line.starts_with("model = {") => format!("model = {{ {} }}", models.join(", ")),
            _ if line.starts_with("commands = ") => format!("commands = {{ test = {quoted} }}"),
            _ if line.contains("the price list") => format!("\t{{ what = {quoted}, to = \"web\" }},"),
            _ if line.starts_with("concerns = ") => format!("concerns = [{quoted}]"),
            _ => line.to_owned(),
        };
        stack.push_str(&line);
        stack.push('\n');
    }
    stack + "\n[checks]\nagent-vague = \"allow\"\n"
}

#[test]
fn the_rules_of_cursor_are_read_with_the_files_that_they_are_about() {
    let files = files(EVERYTHING);
    let rule = |path: &str| front_matter(&files[path]).0;
    assert_eq!(rule(".cursor/rules/stack.mdc")["alwaysApply"], true);
    let folder = rule(".cursor/rules/my apps/web/folder.mdc");
    assert_eq!([&folder["globs"], &folder["alwaysApply"]], [&json!("my apps/web/**"), &json!(false)]);
}

#[test]
fn a_page_lies_in_the_folder_that_it_is_about_and_tells_of_every_service_in_it() {
    let files = files(EVERYTHING);
    let page = &files["services/orders/AGENTS.md"];
    for fact in [
        "owned by `orders`",
        "## orders\n",
        "## orders-jobs\n",
        "`/orders`",
        "pytest",
        "- `orders-db`: `data`",
    ] {
        assert!(page.contains(fact), "{fact} in {page}");
    }
    assert!(files["my apps/web/AGENTS.md"].contains("Kind: `react`"));
    assert!(files["AGENTS.md"].contains("| `web` |"));
}

#[test]
fn what_a_program_would_not_take_is_refused_before_it_is_written() {
    let description = "Use this agent when a task is about orders.";
    let head = |more: Json| {
        let mut head = json!({ "name": "orders", "description": description });
        head.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        head
    };
    for (schema, right, wrong) in [
        ("claude", json!({ "tools": "Read, Bash" }), json!({ "tools": "" })),
        ("claude", json!({}), json!({ "name": "Orders" })),
        ("claude", json!({ "model": "opus" }), json!({ "colour": "red" })),
        ("copilot", json!({ "tools": ["read", "jira/*"] }), json!({ "tools": ["read_file"] })),
        ("copilot", json!({}), json!({ "description": "" })),
        ("codex", json!({ "developer_instructions": "x" }), json!({ "developer_instructions": " \n" })),
        ("codex", json!({ "developer_instructions": "x" }), json!({ "prompt": "x" })),
        (
            "gemini",
            json!({ "kind": "local", "tools": ["read_file"] }),
            json!({ "kind": "local", "tools": ["Read"] }),
        ),
        ("gemini", json!({ "kind": "local" }), json!({ "kind": "local", "color": "red" })),
        ("cursor-agent", json!({ "model": "inherit" }), json!({ "model": "inherit", "readonly": "true" })),
        ("cursor-rule", json!(null), json!({ "description": "x", "alwaysApply": "true" })),
        ("cursor-rule", json!(null), json!({ "description": "x", "alwaysApply": false, "globs": "/etc/**" })),
    ] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/outputs/{schema}.schema.json"));
        let text: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&text).unwrap();
        if right.is_object() {
            assert!(validator.is_valid(&head(right.clone())), "{schema}: {right}");
            assert!(!validator.is_valid(&head(wrong.clone())), "{schema}: {wrong}");
        } else {
            assert!(
                validator.is_valid(&json!({ "description": "x", "alwaysApply": true, "globs": "a b/**" }))
            );
            assert!(!validator.is_valid(&wrong), "{schema}: {wrong}");
        }
    }
}
