//! An editor that has an input open and asks everything about it that an editor can ask.

use std::time::Duration;

use camino::Utf8Path;
use lsp_server::{Message, Notification, Request};
use serde_json::{Value as Json, json};
use stackgen::editor::Server;
use stackgen::source::{Memory, World};

use self::questions::QUESTIONS;
use super::processor_time;

#[path = "../lsp/questions.rs"]
mod questions;

const URI: &str = "file:///project/stack.toml";

/// Opens a text, asks each question about its start, its middle and its end, and writes it once more. What each of these takes.
pub fn session(text: &str) -> Vec<(String, Duration)> {
    let worlds = |_: &Utf8Path| Box::new(Memory::default()) as Box<dyn World>;
    let mut editor = Editor { server: Server::new(Box::new(worlds), None), costs: Vec::new() };
    editor.ask("initialize", json!({ "capabilities": {} }));
    let opened = json!({ "uri": URI, "languageId": "toml", "version": 1, "text": text });
    editor.tell("textDocument/didOpen", json!({ "textDocument": opened }));
    editor.refresh();
    for position in places(text) {
        for question in QUESTIONS {
            editor.ask(&format!("textDocument/{question}"), about(&position));
        }
    }
    let document = json!({ "uri": URI, "version": 2 });
    let changes = json!([{ "text": "" }, { "text": text }]);
    editor.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    editor.ask("textDocument/completion", about(&places(text)[0]));
    editor.refresh();
    editor.costs
}

struct Editor {
    server: Server,
    costs: Vec<(String, Duration)>,
}

impl Editor {
    fn ask(&mut self, method: &str, params: Json) {
        let request = Request { id: 1.into(), method: method.to_owned(), params };
        self.take(method, |server| server.handle(Message::Request(request)));
    }

    fn tell(&mut self, method: &str, params: Json) {
        let told = Notification { method: method.to_owned(), params };
        self.take(method, |server| server.handle(Message::Notification(told)));
    }

    fn refresh(&mut self) {
        self.take("publishDiagnostics", Server::refresh);
    }

    fn take(&mut self, what: &str, act: impl FnOnce(&mut Server) -> Vec<Message>) {
        let before = processor_time();
        let answers = act(&mut self.server);
        // What is told has to be written as well.
        let _ = answers
            .iter()
            .map(|answer| serde_json::to_string(answer).map_or(0, |text| text.len()))
            .sum::<usize>();
        let took = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
        self.costs.push((what.to_owned(), took.unwrap_or_default()));
    }
}

fn about(position: &Json) -> Json {
    json!({
        "textDocument": { "uri": URI },
        "position": position,
        "range": { "start": { "line": 0, "character": 0 }, "end": position },
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "newName": "other",
    })
}

/// Near the start of a text, where its longest line is in the middle, and at its end.
fn places(text: &str) -> [Json; 3] {
    let lines = || text.lines().enumerate();
    let (middle, line) = lines().max_by_key(|(_, line)| line.len()).unwrap_or_default();
    let (last, end) = lines().last().unwrap_or_default();
    [(0, 3), (middle, line.len() / 2), (last, end.len())]
        .map(|(line, character)| json!({ "line": line, "character": character }))
}
