//! What the pages written by hand show is true.

use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use stackgen::cli::command_reference;
use stackgen::source::Memory;

const PAGES: [(&str, &str); 14] = [
    ("README.md", include_str!("../../README.md")),
    ("CHANGELOG.md", include_str!("../../CHANGELOG.md")),
    ("docs/architecture.md", include_str!("../../docs/architecture.md")),
    ("docs/extending.md", include_str!("../../docs/extending.md")),
    ("docs/gateway.md", include_str!("../../docs/gateway.md")),
    ("docs/agents.md", include_str!("../../docs/agents.md")),
    ("docs/tutorial.md", include_str!("../../docs/tutorial.md")),
    ("docs/import.md", include_str!("../../docs/import.md")),
    ("docs/editor.md", include_str!("../../docs/editor.md")),
    ("docs/ci.md", include_str!("../../docs/ci.md")),
    ("docs/environments.md", include_str!("../../docs/environments.md")),
    ("docs/scripts.md", include_str!("../../docs/scripts.md")),
    ("docs/routing.md", include_str!("../../docs/routing.md")),
    ("docs/reference.md", include_str!("../../docs/reference.md")),
];

/// The text of one of them.
fn page(name: &str) -> &'static str {
    PAGES.iter().find(|(known, _)| *known == name).unwrap().1
}

/// The project that a page shows: its code blocks that have a file's name.
fn project(page: &str) -> Memory {
    let mut project = Memory::default();
    let mut file = None;
    let mut text = String::new();
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                file = info.split_once("file=").map(|(_, name)| name.to_owned());
                text.clear();
            }
            Event::Text(more) => text.push_str(&more),
            Event::End(TagEnd::CodeBlock) => {
                if let Some(file) = file.take() {
                    project = project.with(file, text.as_str());
                }
            }
            _ => {}
        }
    }
    project
}

fn assert_compiles(project: &Memory) -> stackgen::Compilation {
    let compilation = stackgen::compile(project, "stack.toml".into(), None);
    let found: Vec<&String> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(found.is_empty(), "{found:?}");
    compilation
}

#[test]
fn an_environment_has_what_its_page_says_of_its_own() {
    let compilation = assert_compiles(&project(page("docs/environments.md")).with_folder("services/tickets"));
    let [base, staging] = compilation.stacks.as_slice() else { unreachable!("a base and an environment") };
    let ports = |stack: &stackgen::model::Stack| -> Vec<u16> {
        let ports = stack.services.values().flat_map(|service| &service.ports);
        ports.filter_map(|port| port.published.map(|published| published.port)).collect()
    };
    assert!(!ports(base).is_empty() && ports(base).iter().all(|port| !ports(staging).contains(port)));
    assert_eq!(base.declared_volume("db-data").name, "tickets_db-data");
    assert_eq!(staging.declared_volume("db-data").name, "tickets-staging_db-data");
}

#[test]
fn the_stack_in_the_readme_compiles_without_a_finding() {
    let readme = page("README.md");
    assert_compiles(&project(readme).with_folder("services/orders"));
}

#[test]
fn the_team_in_the_page_about_agents_compiles_with_every_target_where_the_page_puts_it() {
    let page = page("docs/agents.md");
    let stack = page.split("file=stack.toml\n").nth(1).unwrap().split("```").next().unwrap();
    let targets = page.split("[targets]\n").nth(1).unwrap().split("```").next().unwrap();
    let world = Memory::default()
        .with("stack.toml", format!("{stack}\n[targets]\n{targets}"))
        .with_folder("services/orders");
    let compilation = assert_compiles(&world);
    for path in [
        "AGENTS.md",
        "services/orders/AGENTS.md",
        ".claude/agents/ag-orders.md",
        ".github/agents/ag-orders.agent.md",
        ".codex/agents/ag-orders.toml",
        ".gemini/agents/ag-orders.md",
        ".cursor/agents/ag-orders.md",
        ".cursor/rules/stack.mdc",
        "generated/agents/agents.yaml",
    ] {
        assert!(compilation.outputs.iter().any(|output| output.path == path), "{path}");
    }
}

#[test]
fn the_kind_and_the_target_in_the_manual_compile() {
    let manual = page("docs/extending.md");
    let compilation = assert_compiles(&project(manual));
    let hosts =
        compilation.outputs.iter().find(|output| output.path == "generated/hosts/hosts.json").unwrap();
    let hosts: serde_json::Value = serde_json::from_str(&hosts.contents).unwrap();
    assert_eq!(hosts["services"]["search"], "http://localhost:7700");
}

#[test]
fn the_stack_on_the_gateways_page_compiles_without_a_finding() {
    let key = include_str!("../golden/gateway-everything/keys/partner.pem");
    assert_compiles(
        &project(page("docs/gateway.md")).with_folder("services/orders").with("keys/partner.pem", key),
    );
}

#[test]
fn the_readme_names_every_command() {
    let reference = command_reference();
    let commands: Vec<&str> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("## `stackgen ")?.strip_suffix('`'))
        .filter(|name| !name.contains(' '))
        .collect();
    assert!(commands.contains(&"build"));
    for command in commands {
        let row = format!("\n| `{command}");
        assert!(page("README.md").contains(&row), "README.md does not list `{command}`");
    }
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, text) in PAGES {
        let folder = root.join(page).parent().unwrap().to_owned();
        for event in Parser::new(text) {
            if let Event::Start(Tag::Link { dest_url, .. }) = event
                && !dest_url.contains("://")
            {
                let (path, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
                let own = root.join(page);
                let target = if path.is_empty() { own } else { folder.join(path) };
                assert!(target.exists(), "{page}: {dest_url}");
                if !anchor.is_empty() {
                    assert!(
                        has_heading(&std::fs::read_to_string(target).unwrap(), anchor),
                        "{page}: {dest_url}"
                    );
                }
            }
        }
    }
}

fn has_heading(page: &str, anchor: &str) -> bool {
    let kept = |found: &char| found.is_alphanumeric() || matches!(found, '-' | '_');
    page.lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '))
        .any(|heading| heading.to_lowercase().replace(' ', "-").chars().filter(kept).eq(anchor.chars()))
}

/// Every file of the sources that the architecture speaks of is there.
#[test]
fn the_architecture_names_only_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for event in Parser::new(page("docs/architecture.md")) {
        if let Event::Code(code) = event
            && ["src/", "templates/", "tests/", "docs/", "schemas/"]
                .iter()
                .any(|folder| code.starts_with(folder))
            && !code.contains("NAME")
        {
            assert!(root.join(&*code).exists(), "{code}");
        }
    }
}
