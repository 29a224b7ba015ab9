//! Writing a stack: errors as they are made, ways out of them, and what can be written.

use serde_json::json;

use super::editor::{Editor, edited, unmarked};

const STACK: &str = r#"[stack]
name = "shop"
include = ["teams/*.toml"]

[gateway]
port = 8080

[services.db]
kind = "postgres"
port = 5433

[services.api]
kind = "fastapi"
path = "api"
port = 8001
needs = ["db"]
env = { SEARCH = "{{ services.search.host }}", TOKEN = { secret = "API_TOKEN" } }

[[services.api.routes]]
path = "/api"
methods = ["GET"]

[agents.ag-api]
description = "Owns the 😀 API"
owns = ["api", "db"]

[secrets.API_TOKEN]
description = "What the API signs with"

[environments.live.services.api]
memory = "1GiB"
"#;

const SEARCH: &str = r#"[services.search]
image = "example.com/search:1"
port = 8002
needs = ["db"]

[agents.ag-search]
description = "Owns the search"
owns = ["search"]
reports_to = "ag-api"
"#;

fn shop() -> Editor {
    let mut editor = Editor::new(&[
        ("stack.toml", STACK),
        ("teams/search.toml", SEARCH),
        ("api/main.py", ""),
        ("api/Dockerfile", "FROM scratch\n"),
        ("templates/kinds/store.toml", "extends = \"postgres\"\ndescription = \"Our own store\"\n"),
    ]);
    editor.open_file("stack.toml");
    assert_eq!(errors(&mut editor, 1), []);
    editor
}

/// The errors of the stack's file.
fn errors(editor: &mut Editor, version: i64) -> Vec<(String, u64)> {
    let found = editor.diagnostics("stack.toml", version.into());
    let errors = found.into_iter().filter(|found| found["severity"] == 1);
    errors
        .map(|found| {
            let line = found["range"]["start"]["line"].as_u64().unwrap();
            (found["code"].as_str().unwrap().to_owned(), line)
        })
        .collect()
}

#[test]
fn an_error_is_shown_when_it_is_typed_and_gone_when_its_quick_fix_is_taken() {
    let mut editor = shop();
    let broken = STACK.replace("needs = [\"db\"]\nenv", "needs = [\"dbb\"]\nenv");
    editor.write("stack.toml", 2, &broken);
    assert_eq!(errors(&mut editor, 2), [("unknown-reference".to_owned(), 15)]);

    let range = json!({ "start": { "line": 15, "character": 11 }, "end": { "line": 15, "character": 11 } });
    let params = json!({
        "textDocument": { "uri": editor.uri("stack.toml") },
        "range": range,
        "context": { "diagnostics": [] },
    });
    let actions = editor.request("textDocument/codeAction", params)["result"].clone();
    assert_eq!(actions.as_array().unwrap().len(), 1, "{actions}");
    let action = &actions[0];
    assert_eq!((&action["title"], &action["kind"]), (&json!("did you mean `db`?"), &json!("quickfix")));
    let edits = &action["edit"]["changes"][editor.uri("stack.toml").as_str()];
    let mended = edited(&broken, edits);
    assert_eq!(mended, STACK);
    editor.write("stack.toml", 3, &mended);
    assert_eq!(errors(&mut editor, 3), []);
}

#[test]
fn what_is_typed_reaches_the_server_in_parts_counted_as_utf_16() {
    let mut editor = shop();
    // The line of the agent has an emoji, which is two units, before what is changed.
    let position = |character: u64| json!({ "line": 22, "character": character });
    let from = "description = \"Owns the 😀 ".encode_utf16().count() as u64;
    let change = |start: u64, end: u64, text: &str| json!({ "range": { "start": position(start), "end": position(end) }, "text": text });
    let changes = [change(from, from + 3, "\""), change(from + 1, from + 2, "x")];
    let document = json!({ "uri": editor.uri("stack.toml"), "version": 2 });
    let params = json!({ "textDocument": document, "contentChanges": changes });
    editor.notify("textDocument/didChange", params);
    assert_eq!(errors(&mut editor, 2), [("syntax".to_owned(), 22)]);
}

#[test]
fn files_that_end_their_lines_as_on_windows_are_no_different() {
    let mut editor = shop();
    let broken = STACK.replace("fastapi", "fastappi").replace('\n', "\r\n");
    editor.write("stack.toml", 2, &broken);
    let found = editor.diagnostics("stack.toml", json!(2));
    let found = found.iter().find(|found| found["severity"] == 1).unwrap();
    assert_eq!(
        found["range"],
        json!({ "start": { "line": 12, "character": 7 }, "end": { "line": 12, "character": 17 } })
    );
}

#[test]
fn what_is_wrong_in_other_files_is_shown_there_and_cleared_when_it_is_mended() {
    let mut editor = shop();
    let renamed = STACK.replace("services.db]", "services.store]").replace("\"db\"", "\"store\"");
    editor.write("stack.toml", 2, &renamed);
    let elsewhere = editor.shown("teams/search.toml", json!(null));
    assert_eq!(elsewhere.len(), 1, "{elsewhere:?}");
    assert_eq!((elsewhere[0].0.as_str(), elsewhere[0].1), ("unknown-reference", 3));
    editor.write("stack.toml", 3, STACK);
    assert_eq!(editor.shown("teams/search.toml", json!(null)), []);
}

#[test]
fn a_fragment_counts_as_it_stands_in_the_editor_saved_or_not() {
    let mut editor = shop();
    editor.open_file("teams/search.toml");
    assert_eq!(editor.shown("teams/search.toml", 1), []);
    editor.write("teams/search.toml", 2, &SEARCH.replace("services.search]", "services.finder]"));
    while !has_unknown_reference(&mut editor) {}
    // What is not saved is gone with the file.
    let document = json!({ "textDocument": { "uri": editor.uri("teams/search.toml") } });
    editor.notify("textDocument/didClose", document);
    while has_unknown_reference(&mut editor) {}
}

/// Whether the stack's file, unchanged itself, shows one the next time that something is told of it.
fn has_unknown_reference(editor: &mut Editor) -> bool {
    let stack = editor.diagnostics("stack.toml", json!(1));
    stack.iter().any(|found| found["code"] == "unknown-reference")
}

#[test]
fn a_fragment_alone_is_checked_with_the_stack_that_includes_it() {
    let mut editor =
        Editor::new(&[("stack.toml", STACK), ("teams/search.toml", SEARCH), ("api/Dockerfile", "")]);
    editor.open("teams/search.toml", &SEARCH.replace("[\"db\"]", "[\"dbx\"]"));
    let found = editor.shown("teams/search.toml", 1);
    assert_eq!(found.first().map(|found| found.0.as_str()), Some("unknown-reference"), "{found:?}");
}

#[test]
fn the_projects_own_kinds_are_checked_as_they_are_written() {
    let mut editor = shop();
    let uses = STACK.replace("kind = \"postgres\"", "kind = \"store\"");
    editor.write("stack.toml", 2, &uses);
    assert_eq!(errors(&mut editor, 2), []);
    editor.open("templates/kinds/store.toml", "extends = \"postgres\"\ndescriptio = \"Our own store\"\n");
    let found = editor.shown("templates/kinds/store.toml", 1);
    assert_eq!(found.first().map(|found| found.0.as_str()), Some("unknown-key"), "{found:?}");
}

/// The labels of what can be written at the mark, and the text with the first of that label taken.
fn completed(editor: &mut Editor, version: i64, marked: &str, label: &str) -> (Vec<String>, String) {
    let found = editor.at_mark("textDocument/completion", "stack.toml", version, marked);
    let found = found.as_array().unwrap();
    let labels = found.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect();
    let taken =
        found.iter().find(|item| item["label"] == label).map(|item| json!([item["textEdit"].clone()]));
    let text = unmarked(marked).0;
    (labels, taken.map(|edits| edited(&text, &edits)).unwrap_or_default())
}

#[test]
fn keys_are_completed_by_table_but_for_those_that_are_there() {
    let mut editor = shop();
    let marked = STACK.replace("port = 8001", "me|\nport = 8001");
    let (labels, text) = completed(&mut editor, 2, &marked, "memory");
    assert!(labels.contains(&"restart".to_owned()) && !labels.contains(&"needs".to_owned()), "{labels:?}");
    assert!(!labels.contains(&"owns".to_owned()));
    assert!(text.contains("path = \"api\"\nmemory = \"\"\nport = 8001"), "{text}");

    let (labels, _) = completed(&mut editor, 3, &STACK.replace("methods = [", "|methods = ["), "auth");
    assert!(labels.contains(&"rate_limit".to_owned()) && !labels.contains(&"path".to_owned()), "{labels:?}");
    let (labels, _) = completed(&mut editor, 4, &STACK.replace("memory = \"1GiB\"", "repl|"), "replicas");
    assert!(labels.contains(&"replicas".to_owned()), "{labels:?}");
    let options = STACK.replace("port = 5433", "port = 5433\noptions = { | }");
    let (labels, text) = completed(&mut editor, 5, &options, "version");
    assert!(labels.contains(&"database".to_owned()), "{labels:?}");
    assert!(text.contains("options = { version =  }"), "{text}");
    let (labels, _) = completed(&mut editor, 6, &format!("{STACK}\n[checks]\n|"), "");
    assert!(labels.contains(&"floating-tag".to_owned()), "{labels:?}");
}

#[test]
fn headers_are_completed_while_they_are_open() {
    let mut editor = shop();
    let (labels, _) = completed(&mut editor, 2, &format!("{STACK}\n[tar|"), "targets");
    assert!(labels.contains(&"targets".to_owned()) && !labels.contains(&"stack".to_owned()), "{labels:?}");
    let (labels, text) = completed(&mut editor, 3, &format!("{STACK}\n[services.api.he|]\n"), "health");
    assert!(labels.contains(&"env".to_owned()) && !labels.contains(&"port".to_owned()), "{labels:?}");
    assert!(text.ends_with("[services.api.health]\n"), "{text}");
    let (labels, _) = completed(&mut editor, 4, &format!("{STACK}\n[environments.live.services.|"), "");
    assert_eq!(labels, ["db", "api", "search", "kong"]);
}

#[test]
fn names_are_completed_where_names_are_taken() {
    let mut editor = shop();
    let api = |line: &str| STACK.replace("needs = [\"db\"]\nenv", &format!("{line}\nenv"));
    let (labels, text) = completed(&mut editor, 2, &api("needs = [\"db\", \"|\"]"), "search");
    assert_eq!(labels, ["search", "kong"], "not itself, nor what is there");
    assert!(text.contains("needs = [\"db\", \"search\"]"));
    // The string and the list are both still open.
    let (labels, text) = completed(&mut editor, 3, &api("needs = [\"se|"), "search");
    assert_eq!(labels, ["db", "search", "kong"]);
    assert!(text.contains("needs = [\"search\"\n"), "{text}");
    let (_, text) = completed(&mut editor, 4, &api("needs = |"), "db");
    assert!(text.contains("needs = [\"db\"]"), "{text}");
    let (labels, _) = completed(&mut editor, 5, &api("needs = [{ service = '|' }]"), "db");
    assert!(labels.contains(&"search".to_owned()), "{labels:?}");
    let kinds = STACK.replace("kind = \"postgres\"", "kind = \"|");
    let (labels, _) = completed(&mut editor, 6, &kinds, "postgres");
    assert!(labels.contains(&"fastapi".to_owned()) && labels.contains(&"store".to_owned()), "{labels:?}");
    let agent = STACK.replace("owns = [\"api\", \"db\"]", "owns = [\"api\", \"db\"]\nreports_to = \"|\"");
    assert_eq!(completed(&mut editor, 7, &agent, "").0, ["ag-search"]);
    let secret = STACK.replace("secret = \"API_TOKEN\"", "secret = \"|\"");
    let (labels, _) = completed(&mut editor, 8, &secret, "");
    assert!(labels.contains(&"DB_PASSWORD".to_owned()), "{labels:?}");
    let (labels, text) =
        completed(&mut editor, 9, &STACK.replace("services.search.host", "services.se|"), "search");
    assert_eq!(labels, ["db", "api", "search", "kong"]);
    assert!(text.contains("\"{{ services.search }}\""), "{text}");
    let (labels, _) =
        completed(&mut editor, 10, &STACK.replace("services.search.host }}", "services.api.|"), "");
    assert!(labels.contains(&"url".to_owned()) && labels.contains(&"folder".to_owned()), "{labels:?}");
}

#[test]
fn words_are_completed_with_what_they_mean() {
    let mut editor = shop();
    let (labels, text) = completed(&mut editor, 2, &STACK.replace("\"GET\"", "\"GET\", |"), "POST");
    assert!(labels.contains(&"DELETE".to_owned()), "{labels:?}");
    assert!(text.contains("[\"GET\", \"POST\"]"), "{text}");
    let auth = STACK.replace("methods = [\"GET\"]", "auth = \"|\"");
    let found = editor.at_mark("textDocument/completion", "stack.toml", 3, &auth);
    let jwt = found.as_array().unwrap().iter().find(|item| item["label"] == "jwt").unwrap().clone();
    assert!(jwt["documentation"]["value"].as_str().unwrap().contains("token"), "{jwt}");
    let (labels, _) = completed(&mut editor, 4, &STACK.replace("port = 8001", "read_only = |"), "");
    assert_eq!(labels, ["true", "false"]);
    let (labels, _) = completed(&mut editor, 5, &format!("{STACK}\n# ser|"), "");
    assert_eq!(labels, [""; 0]);
}

#[test]
fn no_keystroke_ends_the_server() {
    let mut editor = shop();
    // The whole text again, key by key, with a question after some of them.
    let position = |text: &str| {
        let marked = format!("{text}|");
        unmarked(&marked).1
    };
    let ends = (0..STACK.len()).filter(|end| STACK.is_char_boundary(*end)).step_by(7);
    for (version, end) in (2..).zip(ends) {
        let text = &STACK[..end];
        editor.write("stack.toml", version, text);
        let document = json!({ "uri": editor.uri("stack.toml") });
        let params = json!({ "textDocument": document, "position": position(text) });
        for method in ["completion", "hover", "definition", "prepareRename"] {
            let answer = editor.request(&format!("textDocument/{method}"), params.clone());
            assert!(answer.get("error").is_none(), "{end} {method}: {answer}");
        }
        let symbols = editor.request("textDocument/documentSymbol", json!({ "textDocument": document }));
        assert!(symbols["result"].is_array(), "{symbols}");
    }
}
