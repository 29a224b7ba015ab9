//! Agents' files are in step with the stack: a fact that changes, changes in every file that mentions it, and in no other.

use std::collections::BTreeMap;

use camino::Utf8Path;
use stackgen::compile;
use stackgen::source::Memory;

const REFERENCE: &str = include_str!("../stack.toml");

/// Every target that is made of agents, each where its program looks for it.
const EVERY_TARGET: &str = r#"
[targets]
claude = { out = ".claude/agents" }
copilot = { out = ".github/agents" }
codex = { out = ".codex/agents" }
gemini = { out = ".gemini/agents" }
cursor = { out = ".cursor" }
agents-md = { out = "." }
"#;

/// What the agents of a stack are told, by path.
fn told(stack: &str) -> BTreeMap<String, String> {
    let mut world = Memory::default().with("stack.toml", format!("{stack}{EVERY_TARGET}"));
    for folder in ["identity", "content", "communication", "workflow", "backend", "frontend", "shared"] {
        world = world.with_folder(format!("tests/hub/{folder}"));
    }
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(found.is_empty(), "{found:?}");
    let targets = ["agents", "agents-md", "claude", "codex", "copilot", "cursor", "docs", "gemini"];
    let outputs = compilation.outputs.iter().filter(|output| targets.contains(&output.target.as_str()));
    outputs.map(|output| (output.path.to_string(), output.contents.clone())).collect()
}

/// Whether a text has a word that no letter or digit touches.
fn mentions(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_part = |found: char| found.is_alphanumeric() || found == '-';
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// Asserts that an edit of the stack changes the files that speak of `before` or then of `after`, and those alone.
#[track_caller]
fn follows(edit: (&str, &str), before: &str, after: &str) {
    assert_eq!(REFERENCE.matches(edit.0).count(), 1, "{}", edit.0);
    let old = told(REFERENCE);
    let new = told(&REFERENCE.replace(edit.0, edit.1));
    assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    let changed: Vec<&String> = old.keys().filter(|path| old[*path] != new[*path]).collect();
    let mentioned: Vec<&String> =
        old.keys().filter(|path| mentions(&old[*path], before) || mentions(&new[*path], after)).collect();
    assert_eq!(changed, mentioned);
    assert!(changed.len() > 5 && changed.len() < old.len(), "{changed:?}");
}

#[test]
fn a_changed_port_changes_in_every_file_that_mentions_it_and_in_no_other() {
    follows(("port = 5433", "port = 5499"), "5433", "5499");
    follows(("port = 8003", "port = 8093"), "8003", "8093");
    follows(("port = 8080", "port = 8090"), "8080", "8090");
}

#[test]
fn a_changed_route_changes_in_every_file_that_mentions_it_and_in_no_other() {
    follows(("path = \"/api/v1/mfa\"", "path = \"/api/v1/factors\""), "/api/v1/mfa", "/api/v1/factors");
}

#[test]
fn a_changed_owner_changes_in_every_file_that_mentions_the_service_and_in_no_other() {
    let taken = REFERENCE
        .replace("owns = [\"communication\"]", "owns = [\"communication\", \"communication-redis\"]");
    let given = taken.replace("\t\"communication-redis\",\n", "");
    assert!(REFERENCE != taken && taken != given);
    let (old, new) = (told(REFERENCE), told(&given));
    let changed: Vec<&String> = old.keys().filter(|path| old[*path] != new[*path]).collect();
    let mentioned: Vec<&String> =
        old.keys().filter(|path| mentions(&old[*path], "communication-redis")).collect();
    assert_eq!(changed, mentioned);
    let prompt = &new[".claude/agents/ag-communication.md"];
    assert!(prompt.contains("### communication-redis"), "{prompt}");
    assert!(!new[".claude/agents/ag-infrastructure.md"].contains("communication-redis"));
}

#[test]
fn a_changed_need_changes_both_who_needs_and_who_is_needed() {
    let edit = (
        "needs = [\"identity\", \"content\", \"communication\", \"workflow\"]",
        "needs = [\"identity\", \"content\", \"communication\"]",
    );
    assert_eq!(REFERENCE.matches(edit.0).count(), 1);
    let (old, new) = (told(REFERENCE), told(&REFERENCE.replace(edit.0, edit.1)));
    let prompt =
        |files: &BTreeMap<String, String>, agent: &str| files[&format!(".claude/agents/{agent}.md")].clone();
    assert!(prompt(&old, "ag-workflow").contains("Needed by: `backend` and `kong`"));
    assert!(prompt(&new, "ag-workflow").contains("Needed by: `kong`"));
    assert!(!prompt(&new, "ag-backend").contains("WORKFLOW_URL"));
    for unconcerned in ["ag-identity", "ag-frontend", "ag-reviewer"] {
        assert_eq!(prompt(&old, unconcerned), prompt(&new, unconcerned));
    }
}
