//! Greetings, farewells, and what is no message at all.

use std::fmt::Write as _;

use serde_json::json;

use super::editor::Editor;

const STACK: &str = "[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";

#[test]
fn who_shuts_down_and_exits_leaves_in_good_manners() {
    let mut editor = Editor::new(&[("stack.toml", STACK)]);
    let answer = editor.request("shutdown", json!(null));
    assert_eq!(answer["result"], json!(null));
    let refused = editor.request("textDocument/hover", json!({}));
    assert_eq!(refused["error"]["code"], -32600);
    editor.notify("exit", json!(null));
    let (status, error) = editor.exit_status();
    assert_eq!((status.code(), error.as_str()), (Some(0), ""));
}

#[test]
fn who_leaves_without_a_word_gets_another_exit_code() {
    let mut editor = Editor::new(&[]);
    editor.notify("exit", json!(null));
    assert_eq!(editor.exit_status().0.code(), Some(1));
    let editor = Editor::new(&[]);
    assert_eq!(editor.exit_status().0.code(), Some(1));
}

#[test]
fn nothing_is_answered_before_the_greeting() {
    let mut editor = Editor::ungreeted(&[]);
    let refused = editor.request("textDocument/hover", json!({}));
    assert_eq!(refused["error"]["code"], -32002);
    editor.notify("textDocument/didOpen", json!({}));
    let greeted = editor.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(greeted["result"]["serverInfo"]["name"], "stackgen");
    let refused = editor.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(refused["error"]["code"], -32600);
}

#[test]
fn what_nobody_knows_is_refused_and_the_conversation_goes_on() {
    let mut editor = Editor::new(&[("stack.toml", STACK)]);
    let refused = editor.request("textDocument/foldingRange", json!({}));
    assert_eq!(refused["error"]["code"], -32601);
    let refused = editor.request("textDocument/hover", json!({ "position": "here" }));
    assert_eq!(refused["error"]["code"], -32602);
    editor.notify("$/unheardOf", json!([1, 2]));
    editor.notify("textDocument/didChange", json!({ "textDocument": 7 }));
    let missing =
        json!({ "textDocument": { "uri": "untitled:x" }, "position": { "line": 9, "character": 9 } });
    assert_eq!(editor.request("textDocument/hover", missing.clone())["result"], json!(null));
    assert_eq!(editor.request("textDocument/completion", missing)["result"], json!(null));
}

#[test]
fn a_message_that_is_no_json_is_refused_and_the_next_one_answered() {
    let mut editor = Editor::new(&[]);
    editor.send_bytes(b"Content-Length: 5\r\n\r\n{nope");
    let refused = editor.wait_for(|message| message["error"]["code"] == -32700);
    assert_eq!(refused["id"], json!(null));
    assert_eq!(editor.request("shutdown", json!(null))["result"], json!(null));
}

#[test]
fn input_whose_messages_cannot_be_told_apart_ends_the_conversation_with_a_reason() {
    for (bytes, reason) in [
        (&b"Content-Length: 18446744073709551615\r\n\r\n"[..], "longer than any"),
        (b"\xff\xfe\x00: 1\r\n\r\n", "not text"),
        (b"GET / HTTP/1.1\r\n\r\n", "no colon"),
        (b"Content-Length: 100\r\n\r\n{}", "ended amid a message"),
    ] {
        let mut editor = Editor::new(&[]);
        editor.send_bytes(bytes);
        let (status, error) = editor.exit_status();
        assert_eq!(status.code(), Some(2), "{error}");
        assert!(error.starts_with("error: ") && error.contains(reason), "{error}");
    }
}

#[test]
fn a_request_that_is_taken_back_before_its_turn_is_refused() {
    let mut editor = Editor::new(&[("stack.toml", STACK)]);
    // Behind something that takes a while, so that the message that takes it back is there when the request is looked at.
    editor.open("stack.toml", &huge());
    let hover = json!({ "jsonrpc": "2.0", "id": "x", "method": "textDocument/hover", "params": {} });
    let cancel = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "x" } });
    let mut bytes = String::new();
    for message in [hover, cancel] {
        let body = message.to_string();
        let _ = write!(bytes, "Content-Length: {}\r\n\r\n{body}", body.len());
    }
    editor.send_bytes(bytes.as_bytes());
    let refused = editor.wait_for(|message| message["id"] == "x");
    assert_eq!(refused["error"]["code"], -32800);
}

fn huge() -> String {
    let mut text = STACK.to_owned();
    for index in 0..500 {
        let _ = write!(text, "\n[services.s{index}]\nimage = \"example.com/s:1\"\nneeds = [\"db\"]\n");
    }
    let _ = writeln!(text, "# {}", "😀".repeat(1_000_000));
    text
}

#[test]
fn a_huge_document_is_taken() {
    let mut editor = Editor::new(&[("stack.toml", STACK)]);
    editor.open("stack.toml", &huge());
    assert_eq!(editor.shown("stack.toml", 1), []);
    editor.write("stack.toml", 2, "");
    assert!(!editor.shown("stack.toml", 2).is_empty());
}
