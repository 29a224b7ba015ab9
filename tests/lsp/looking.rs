//! Looking around in a stack: what something is, where it is declared and referred to, and another name for it.

use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};

use super::editor::{Editor, edited};

const STACK: &str = r#"[stack]
name = "shop"
include = ["teams/search.toml"]

[gateway]
port = 8080

[services.db]
kind = "postgres"
port = 5433

[services.api]
kind = "fastapi"
description = "Answers the shop"
path = "api"
port = 8001
needs = ["db", { service = "search" }]
env = { "😀" = "", SEARCH = "{{ services.search.host }}", KEY = { secret = "DB_PASSWORD" } }

[[services.api.routes]]
path = "/api"
auth = "none"

[services.worker]
kind = "store"

[agents.ag-api]
description = "Owns the API"
owns = ["api", "db"]

[environments.live.services.search]
replicas = 2
"#;

const SEARCH: &str = r#"[services.search]
image = "example.com/search:1"
port = 8002

[agents.ag-search]
description = "Owns the search"
owns = ["search"]
reports_to = "ag-api"
"#;

const KIND: &str = "extends = \"postgres\"\ndescription = \"Our own store\"\n";

fn shop() -> Editor {
    let stack = STACK.replace("\"😀\" = \"\", ", "");
    let mut editor = Editor::new(&[
        ("stack.toml", &stack),
        ("teams/search.toml", SEARCH),
        ("api/Dockerfile", "FROM scratch\n"),
        ("templates/kinds/store.toml", KIND),
    ]);
    editor.open_file("stack.toml");
    editor
}

fn hover(editor: &mut Editor, version: i64, marked: &str) -> String {
    let found = editor.at_mark("textDocument/hover", "stack.toml", version, marked);
    found["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

/// Puts the mark behind a part of the stack.
fn marked(part: &str) -> String {
    assert!(STACK.contains(part), "{part}");
    STACK.replacen(part, &format!("{part}|"), 1)
}

#[test]
fn a_service_is_shown_as_it_is_once_its_kind_has_supplied_the_rest() {
    let mut editor = shop();
    let shown = hover(&mut editor, 2, &marked("owns = [\"ap"));
    for part in [
        "**api**: a service of the kind `fastapi`",
        "Answers the shop",
        "- built from: `api`",
        "`127.0.0.1:8001 -> 8001`",
        "- URL: `http://api:8001`",
        "- needs: `db`, `search`",
        "`DATABASE_URL from db`",
        "- routes: `/api`",
        "- owner: `ag-api`",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = hover(&mut editor, 3, &marked("services.sea"));
    assert!(shown.contains("`example.com/search:1`") && shown.contains("- needed by: `api`"), "{shown}");
}

#[test]
fn agents_kinds_secrets_keys_and_words_are_explained() {
    let mut editor = shop();
    let shown = hover(&mut editor, 2, &marked("[agents.ag-"));
    assert!(shown.contains("reported to by: `ag-search`"), "{shown}");
    let shown = hover(&mut editor, 3, &marked("kind = \"sto"));
    assert!(shown.contains("a kind (project)") && shown.contains("Our own store"), "{shown}");
    let shown = hover(&mut editor, 4, &marked("DB_PASS"));
    assert!(shown.contains("- read by:"), "{shown}");
    let shown = hover(&mut editor, 5, &marked("repli"));
    assert!(shown.contains("How many containers run at once") && shown.contains("by default `1`"), "{shown}");
    let shown = hover(&mut editor, 6, &marked("auth = \"no"));
    assert_eq!(shown, "`none`: Everybody.");
    assert_eq!(hover(&mut editor, 7, &marked("port = 80")), "");
}

/// Each place as file, line and column.
fn places(editor: &Editor, found: &Json) -> Vec<String> {
    let root = editor.uri("");
    let place = |location: &Json| {
        let start = &location["range"]["start"];
        let path = location["uri"].as_str().unwrap().strip_prefix(&root).unwrap();
        format!("{path}:{}:{}", start["line"], start["character"])
    };
    let mut places: Vec<String> = found.as_array().unwrap().iter().map(place).collect();
    places.sort();
    places
}

#[test]
fn a_name_leads_to_its_declaration_and_to_all_that_refer_to_it() {
    let mut editor = shop();
    let text = marked("service = \"sear");
    let found = editor.at_mark("textDocument/definition", "stack.toml", 2, &text);
    assert_eq!(places(&editor, &json!([found])), ["teams/search.toml:0:10"]);
    let params = json!({
        "textDocument": { "uri": editor.uri("stack.toml") },
        "position": { "line": 16, "character": 30 },
        "context": { "includeDeclaration": true },
    });
    let found = editor.request("textDocument/references", params.clone())["result"].clone();
    let expected = [
        "stack.toml:16:27",
        // Behind an emoji, which is two units.
        "stack.toml:17:41",
        "stack.toml:30:28",
        "teams/search.toml:0:10",
        "teams/search.toml:6:8",
    ];
    assert_eq!(places(&editor, &found), expected);
    let mut without = params;
    without["context"]["includeDeclaration"] = json!(false);
    let found = editor.request("textDocument/references", without)["result"].clone();
    assert_eq!(places(&editor, &found).len(), 3);

    let found = editor.at_mark("textDocument/definition", "stack.toml", 3, &marked("kind = \"stor"));
    assert_eq!(places(&editor, &json!([found])), ["templates/kinds/store.toml:0:0"]);
    let found = editor.at_mark("textDocument/definition", "stack.toml", 4, &marked("kind = \"fast"));
    assert_eq!(found, json!(null), "a kind inside stackgen lies in no file");
}

fn rename(editor: &mut Editor, position: Json, name: &str) -> Json {
    let document = json!({ "uri": editor.uri("stack.toml") });
    editor.request(
        "textDocument/rename",
        json!({ "textDocument": document, "position": position, "newName": name }),
    )
}

#[test]
fn a_service_is_renamed_everywhere_and_the_stack_is_as_right_as_before() {
    let mut editor = shop();
    let text = fs::read_to_string(editor.root.join("stack.toml")).unwrap();
    let found = editor.at_mark(
        "textDocument/prepareRename",
        "stack.toml",
        2,
        &text.replace("service = \"search", "service = \"se|arch"),
    );
    assert_eq!(found["placeholder"], "search");
    let answer = rename(&mut editor, found["range"]["start"].clone(), "finder");
    let changes = &answer["result"]["changes"];
    let stack = edited(&text, &changes[editor.uri("stack.toml").as_str()]);
    let fragment = edited(SEARCH, &changes[editor.uri("teams/search.toml").as_str()]);
    assert_eq!(stack, text.replace("\"search\"", "\"finder\"").replace("services.search", "services.finder"));
    assert_eq!(
        fragment,
        SEARCH.replace("services.search]", "services.finder]").replace("[\"search\"]", "[\"finder\"]")
    );

    fs::write(editor.root.join("stack.toml"), stack).unwrap();
    fs::write(editor.root.join("teams/search.toml"), fragment).unwrap();
    let validated = Command::new(env!("CARGO_BIN_EXE_stackgen"))
        .args(["validate", "--file", editor.root.join("stack.toml").as_str()])
        .output()
        .unwrap();
    assert!(validated.status.success(), "{}", String::from_utf8_lossy(&validated.stderr));
}

#[test]
fn a_name_that_cannot_be_given_is_refused_with_the_reason() {
    let mut editor = shop();
    let at_api = json!({ "line": 11, "character": 12 });
    let taken = rename(&mut editor, at_api.clone(), "db");
    assert_eq!(taken["error"]["message"], "there is a service `db` already");
    let unfit = rename(&mut editor, at_api, "An Api");
    assert!(unfit["error"]["message"].as_str().unwrap().contains("small letters"), "{unfit}");
    let kind = rename(&mut editor, json!({ "line": 12, "character": 10 }), "other");
    assert_eq!(kind["error"]["message"], "`fastapi` is not declared in this project");
    let nothing = rename(&mut editor, json!({ "line": 3, "character": 0 }), "other");
    assert_eq!(nothing["error"]["message"], "no name that can be changed stands here");
}

#[test]
fn a_file_is_outlined_by_its_tables() {
    let mut editor = shop();
    let document = json!({ "textDocument": { "uri": editor.uri("stack.toml") } });
    let found = editor.request("textDocument/documentSymbol", document)["result"].clone();
    let names: Vec<&str> =
        found.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names[..4], ["stack", "gateway", "services.db", "services.api"]);
    assert_eq!(found[3]["detail"], "fastapi");
    assert_eq!(found[3]["children"][0]["name"], "kind");
}
