//! What is agreed on in the greeting.

use gen_lsp_types as lsp;
use lsp_server::{Message, Request, RequestId};
use serde_json::json;

/// What the server can be asked, and how it wants to be told of texts.
#[must_use]
pub fn capabilities() -> lsp::ServerCapabilities {
    let characters = |characters: &str| Some(characters.chars().map(String::from).collect());
    lsp::ServerCapabilities {
        position_encoding: Some(lsp::PositionEncodingKind::UTF16),
        text_document_sync: Some(lsp::TextDocumentSync::Options(lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::Incremental),
            save: Some(lsp::Save::Bool(true)),
            ..lsp::TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: characters("[.\"'{=, "),
            ..lsp::CompletionOptions::default()
        }),
        hover_provider: Some(lsp::HoverProvider::Bool(true)),
        definition_provider: Some(lsp::DefinitionProvider::Bool(true)),
        references_provider: Some(lsp::ReferencesProvider::Bool(true)),
        document_symbol_provider: Some(lsp::DocumentSymbolProvider::Bool(true)),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(lsp::CodeActionOptions {
            code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix]),
            ..lsp::CodeActionOptions::default()
        })),
        rename_provider: Some(lsp::RenameProvider::RenameOptions(lsp::RenameOptions {
            prepare_provider: Some(true),
            ..lsp::RenameOptions::default()
        })),
        ..lsp::ServerCapabilities::default()
    }
}

/// Asks the editor to tell of files that change on the disk.
#[must_use]
pub fn watch_files() -> Message {
    let watchers =
        json!({ "watchers": [{ "globPattern": "**/*.toml" }, { "globPattern": "**/Dockerfile" }] });
    let registration = lsp::Registration {
        id: "stackgen-files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(watchers),
    };
    let params = lsp::RegistrationParams { registrations: vec![registration] };
    let id = RequestId::from("stackgen-files".to_owned());
    Message::Request(Request { id, method: "client/registerCapability".to_owned(), params: json!(params) })
}
