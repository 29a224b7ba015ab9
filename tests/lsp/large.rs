//! Texts of 100 kB that no reader goes into, or that are one long name: whatever an editor asks about them is answered, and soon.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::editor::Editor;
use super::questions::QUESTIONS;

const STACK: &str = "[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";

/// What all questions about one text may take of processors: a second of a released binary, which is at least ten times as fast.
const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 12 } else { 1 });

/// Opens a text that is the same part again and again, and asks everything about its start and its end; then the same of a text into
/// which it has come by a change.
#[track_caller]
fn is_answered(start: &str, part: &str, end: &str) {
    let text = format!("{start}{}{end}", part.repeat(100_000 / part.len()));
    let mut editor = Editor::new(&[("stack.toml", STACK)]);
    editor.open("stack.toml", &text);
    ask_all(&mut editor, &text);
    editor.write("stack.toml", 2, STACK);
    assert_eq!(editor.shown("stack.toml", 2), []);
    editor.write("stack.toml", 3, &text);
    ask_all(&mut editor, &text);
    if let Some(took) = editor.processor_time() {
        assert!(took < MOST_TIME, "{start}{part}… takes {took:?}");
    }
    assert_eq!(editor.request("shutdown", json!(null))["result"], json!(null));
}

#[track_caller]
fn ask_all(editor: &mut Editor, text: &str) {
    let lines = text.lines().count();
    let end = json!({ "line": lines - 1, "character": text.lines().last().map_or(0, str::len) });
    for position in [json!({ "line": 0, "character": 3 }), end] {
        for question in QUESTIONS {
            let params = json!({
                "textDocument": { "uri": editor.uri("stack.toml") },
                "position": position,
                "range": { "start": { "line": 0, "character": 0 }, "end": position },
                "context": { "includeDeclaration": true, "diagnostics": [] },
                "newName": "other",
            });
            let answer = editor.request(&format!("textDocument/{question}"), params);
            // A name that is not there cannot be another.
            let is_refused = *question == "rename" && answer["error"]["code"] == -32803;
            assert!(is_refused || answer.get("error").is_none_or(Json::is_null), "{question}: {answer}");
        }
    }
}

#[test]
fn lists_in_lists_are_answered() {
    is_answered("a=", "[", "");
    is_answered("a=", "[", "\n[services.a]\nkind = \"redis\"\n");
    is_answered("a=", "[\"", "");
}

#[test]
fn tables_in_tables_are_answered() {
    is_answered("a=", "{a=", "");
    is_answered("a=", "[{a=", "");
}

#[test]
fn keys_of_many_parts_are_answered() {
    is_answered("[", "a.", "a]\n");
    is_answered("", "a.", "a = 1\n");
    is_answered("[", "a ", "");
}

#[test]
fn headers_one_after_the_other_are_answered() {
    is_answered("", "[[a]]\nb=1\n", "");
    is_answered("", "[a", "");
}
