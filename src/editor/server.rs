//! The Language Server Protocol: messages in, messages out. Transport, clock and disk are the caller's.

use camino::Utf8PathBuf;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::capabilities::{capabilities, watch_files};
use super::completion::{Writing, completions};
use super::findings::fixes;
use super::hover::hover;
use super::language::{Grammar, Language};
use super::names::{Named, definition, name_at, references, renamable, renamed};
use super::symbols::symbols;
use super::workspace::{Place, Workspace, Worlds};
use crate::checks::unfit_name;

/// How far the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begun,
    Running,
    ShutDown,
    /// Ended, in good manners or not.
    Ended {
        after_shutdown: bool,
    },
}

/// One conversation with an editor.
pub struct Server {
    workspace: Workspace,
    language: Language,
    phase: Phase,
    takes_snippets: bool,
    /// Whether the editor can be asked to watch files.
    watches_files: bool,
}

/// Why a request is not answered.
struct Refused {
    code: ErrorCode,
    message: String,
}

type Answer = Result<Json, Refused>;

impl Server {
    /// `worlds` gives the files below a folder; `only` is the one stack to look at, by its folder and its file.
    #[must_use]
    pub fn new(worlds: Worlds, only: Option<(Utf8PathBuf, Utf8PathBuf)>) -> Self {
        Self {
            workspace: Workspace::new(worlds, only),
            language: Language::default(),
            phase: Phase::Begun,
            takes_snippets: false,
            watches_files: false,
        }
    }

    /// Whether the conversation has ended, and if so, whether it was shut down before.
    #[must_use]
    pub fn ended(&self) -> Option<bool> {
        match self.phase {
            Phase::Ended { after_shutdown } => Some(after_shutdown),
            _ => None,
        }
    }

    /// Whether something has changed that [`Self::refresh`] has not told of.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.workspace.is_stale()
    }

    /// Reads again what has changed: what is to be shown now.
    pub fn refresh(&mut self) -> Vec<Message> {
        let changed = self.workspace.refresh();
        changed.into_iter().map(|shown| notification("textDocument/publishDiagnostics", shown)).collect()
    }

    /// What is answered to a message.
    pub fn handle(&mut self, message: Message) -> Vec<Message> {
        match message {
            Message::Request(request) => self.request(request),
            Message::Notification(notification) => self.notification(notification),
            // To what was asked of the editor, any answer will do.
            Message::Response(_) => Vec::new(),
        }
    }

    fn request(&mut self, request: Request) -> Vec<Message> {
        let Request { id, method, params } = request;
        let refuse = |code, message: &str| Err(Refused { code, message: message.to_owned() });
        let mut told = Vec::new();
        let answer = match (self.phase, method.as_str()) {
            (Phase::Begun, "initialize") => Ok(self.initialize(&params)),
            (Phase::Begun, _) => refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Phase::Running, "initialize") => {
                refuse(ErrorCode::InvalidRequest, "the conversation has begun already")
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Json::Null)
            }
            (Phase::Running, _) => {
                if needs_what_is_there_now(&method) {
                    told = self.refresh();
                }
                self.answer(&method, params)
            }
            (Phase::ShutDown | Phase::Ended { .. }, _) => {
                refuse(ErrorCode::InvalidRequest, "the conversation has been shut down")
            }
        };
        told.push(response(id, answer));
        told
    }

    fn notification(&mut self, notification: Notification) -> Vec<Message> {
        let Notification { method, params } = notification;
        match (self.phase, method.as_str()) {
            (phase, "exit") => {
                self.phase = Phase::Ended { after_shutdown: phase == Phase::ShutDown };
                Vec::new()
            }
            (Phase::Running, "initialized") if self.watches_files => vec![watch_files()],
            (Phase::Running, _) => self.document_notification(&method, params),
            _ => Vec::new(),
        }
    }

    /// What an editor tells of its files. What cannot be understood is passed over: there is nobody to answer.
    fn document_notification(&mut self, method: &str, params: Json) -> Vec<Message> {
        match method {
            "textDocument/didOpen" => {
                if let Ok(lsp::DidOpenTextDocumentParams { text_document: open }) = read(params) {
                    self.workspace.open(open.uri, open.version, open.text);
                }
            }
            "textDocument/didChange" => {
                if let Ok(lsp::DidChangeTextDocumentParams { text_document, content_changes }) = read(params)
                {
                    let uri = &text_document.text_document_identifier.uri;
                    self.workspace.change(uri, text_document.version, content_changes);
                }
            }
            "textDocument/didClose" => {
                if let Ok(lsp::DidCloseTextDocumentParams { text_document }) = read(params) {
                    let cleared = self.workspace.close(&text_document.uri).into_iter();
                    return cleared
                        .map(|shown| self::notification("textDocument/publishDiagnostics", shown))
                        .collect();
                }
            }
            "textDocument/didSave"
            | "workspace/didChangeWatchedFiles"
            | "workspace/didChangeWorkspaceFolders" => self.workspace.touch_all(),
            _ => {}
        }
        Vec::new()
    }

    fn initialize(&mut self, params: &Json) -> Json {
        let can = |pointer: &str| params.pointer(pointer).and_then(Json::as_bool).unwrap_or(false);
        self.takes_snippets = can("/capabilities/textDocument/completion/completionItem/snippetSupport");
        self.watches_files = can("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
        self.phase = Phase::Running;
        written(lsp::InitializeResult {
            capabilities: capabilities(),
            server_info: Some(lsp::ServerInfo {
                name: "stackgen".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    fn answer(&mut self, method: &str, params: Json) -> Answer {
        match method {
            "textDocument/completion" => Ok(written(self.completion(&read(params)?))),
            "textDocument/hover" => {
                let at: lsp::TextDocumentPositionParams = read(params)?;
                let found = self.at(&at).and_then(|(place, offset)| {
                    hover(place.analysis, &self.language, place.kinds, place.file?, offset)
                });
                Ok(written(found))
            }
            "textDocument/definition" => {
                let at: lsp::TextDocumentPositionParams = read(params)?;
                let found = self.named(&at).and_then(|(place, named)| definition(place.analysis, &named));
                Ok(written(found))
            }
            "textDocument/references" => {
                let asked: lsp::ReferenceParams = read(params)?;
                let with_declarations = asked.context.include_declaration;
                let found = self.named(&asked.text_document_position_params);
                let found = found.map(|(place, named)| references(place.analysis, &named, with_declarations));
                Ok(written(found))
            }
            "textDocument/prepareRename" => {
                let at: lsp::TextDocumentPositionParams = read(params)?;
                let found = self.named(&at).and_then(|(place, named)| renamable(place.analysis, &named));
                Ok(written(found))
            }
            "textDocument/rename" => self.rename(read(params)?),
            "textDocument/codeAction" => self.code_actions(&params),
            "textDocument/documentSymbol" => {
                let asked: lsp::DocumentSymbolParams = read(params)?;
                Ok(written(self.workspace.text(&asked.text_document.uri).map(symbols)))
            }
            _ => Err(Refused {
                code: ErrorCode::MethodNotFound,
                message: format!("`{method}` is nothing that stackgen can be asked"),
            }),
        }
    }

    fn completion(&self, at: &lsp::TextDocumentPositionParams) -> Option<Vec<lsp::CompletionItem>> {
        let (place, offset) = self.at(at)?;
        let writing = Writing {
            analysis: place.analysis,
            language: &self.language,
            kinds: place.kinds,
            grammar: place.grammar,
            text: place.text,
            takes_snippets: self.takes_snippets,
        };
        Some(completions(&writing, offset))
    }

    fn rename(&self, asked: lsp::RenameParams) -> Answer {
        let failed = |message: String| Refused { code: ErrorCode::RequestFailed, message };
        let Some((place, named)) = self.named(&asked.text_document_position_params) else {
            return Err(failed("no name that can be changed stands here".to_owned()));
        };
        if renamable(place.analysis, &named).is_none() {
            return Err(failed(format!("`{}` is not declared in this project", named.name.value)));
        }
        if let Some(unfit) = unfit_name(named.sort, &asked.new_name) {
            return Err(failed(unfit));
        }
        let root = &place.analysis.root;
        let edit =
            self.workspace.with_world(root, |world| renamed(place.analysis, world, &named, &asked.new_name));
        match edit {
            Ok(edit) => Ok(written(edit)),
            Err(refusal) => Err(failed(refusal.message)),
        }
    }

    /// The quick fixes of a range. What the editor says of its diagnostics is not needed, and not asked to be well-formed.
    fn code_actions(&self, params: &Json) -> Answer {
        let part = |name: &str| params.get(name).cloned().unwrap_or_default();
        let document: lsp::TextDocumentIdentifier = read(part("textDocument"))?;
        let range: lsp::Range = read(part("range"))?;
        let only = params.pointer("/context/only").and_then(Json::as_array);
        let is_wanted =
            only.is_none_or(|kinds| kinds.iter().any(|kind| matches!(kind.as_str(), Some("" | "quickfix"))));
        let place = self.workspace.place(&document.uri).filter(|_| is_wanted);
        let found = place.map(|place| fixes(place.analysis, &place.path, range)).unwrap_or_default();
        Ok(written(found))
    }

    fn at(&self, at: &lsp::TextDocumentPositionParams) -> Option<(Place<'_>, usize)> {
        let place = self.workspace.place(&at.text_document.uri)?;
        let offset = place.text.offset(at.position);
        Some((place, offset))
    }

    fn named(&self, at: &lsp::TextDocumentPositionParams) -> Option<(Place<'_>, Named)> {
        let (place, offset) = self.at(at)?;
        let named =
            name_at(place.analysis, place.file?, offset).filter(|_| place.grammar == Grammar::Stack)?;
        Some((place, named))
    }
}

/// Whether a question is about places in the text, so that it cannot be answered from an older one.
fn needs_what_is_there_now(method: &str) -> bool {
    matches!(
        method,
        "textDocument/hover"
            | "textDocument/definition"
            | "textDocument/references"
            | "textDocument/prepareRename"
            | "textDocument/rename"
            | "textDocument/codeAction"
    )
}

fn notification(method: &str, params: impl Serialize) -> Message {
    Message::Notification(Notification { method: method.to_owned(), params: written(params) })
}

fn response(id: RequestId, answer: Answer) -> Message {
    Message::Response(match answer {
        Ok(result) => Response { id, response_result: Ok(result) },
        Err(refused) => Response::new_err(id, refused.code as i32, refused.message),
    })
}

fn read<T: DeserializeOwned>(params: Json) -> Result<T, Refused> {
    serde_json::from_value(params)
        .map_err(|error| Refused { code: ErrorCode::InvalidParams, message: error.to_string() })
}

/// As JSON; the types of the protocol have nothing that JSON has not.
fn written(value: impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use lsp_server::{Message, Notification, Request};
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::Server;
    use crate::source::{Memory, World};

    const STACK: &str = "[stack]\nname = \"a\"\n[gateway]\nport = 1\n[services.db]\nkind = \"postgres\"\n[services.\"x😀\"]\nimage = \"x:1\"\nneeds = [\"db\", { service = 'db', as = \"B\" }]\nenv = { A = \"{{ services.db.url }}\", B = { secret = \"S\" } }\n[[services.db.routes]]\npath = \"/\"\n[agents.ag-a]\ndescription = \"\"\"\nd\"\"\"\nowns = [\"db\"]\n[environments.e.services.db]\nreplicas = 2\n[kinds.k]\nextends = \"postgres\"\n";

    fn ask(server: &mut Server, method: &str, params: Json) -> Vec<Message> {
        server.handle(Message::Request(Request { id: 1.into(), method: method.to_owned(), params }))
    }

    fn tell(server: &mut Server, method: &str, params: Json) {
        server.handle(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// In a debug build every overflow and every slice amid a character panics as well.
        #[test]
        fn whatever_stands_in_the_text_every_question_is_answered(
            start in 0..STACK.len(),
            length in 0..40_usize,
            text in "[\\[\\]{}=,.\"'#a-c1 \r\n\\\\é😀\u{1}]{0,12}",
            line in 0..30_u32,
            character in 0..40_u32,
        ) {
            let start = STACK.floor_char_boundary(start);
            let end = STACK.floor_char_boundary(STACK.len().min(start + length));
            let broken = format!("{}{text}{}", &STACK[..start], &STACK[end..]);
            let worlds = |_: &camino::Utf8Path| Box::new(Memory::default()) as Box<dyn World>;
            let mut server = Server::new(Box::new(worlds), None);
            ask(&mut server, "initialize", json!({}));
            let document = json!({ "uri": "file:///p/stack.toml" });
            let open = json!({ "uri": "file:///p/stack.toml", "languageId": "toml", "version": 1, "text": broken });
            tell(&mut server, "textDocument/didOpen", json!({ "textDocument": open }));
            prop_assert!(!server.refresh().is_empty());
            let position = json!({ "line": line, "character": character });
            let params = json!({
                "textDocument": document,
                "position": position,
                "range": { "start": position, "end": position },
                "context": { "includeDeclaration": true },
                "newName": "other",
            });
            for method in [
                "completion", "hover", "definition", "references", "prepareRename", "rename", "codeAction",
                "documentSymbol",
            ] {
                let answers = ask(&mut server, &format!("textDocument/{method}"), params.clone());
                let [Message::Response(answer)] = answers.as_slice() else { panic!("{answers:?}") };
                prop_assert!(method == "rename" || answer.response_result.is_ok(), "{method}: {answer:?}");
            }
            tell(&mut server, "textDocument/didClose", json!({ "textDocument": document }));
        }
    }
}
