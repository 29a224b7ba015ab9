//! What can be written at a place: keys, values, and names of what the stack has.

mod keys;
mod reference;
mod values;

use std::ops::Range;

use gen_lsp_types as lsp;

use super::analysis::Analysis;
use super::cursor::{Cursor, Spot};
use super::language::{Grammar, Language};
use super::scan::Scan;
use super::text::Text;
use crate::model::{Service, Stack};
use crate::source::{KnownKind, Sort};

/// What a completion is made from. The analysis may be of a text a few keystrokes older: only names are taken from it.
pub struct Writing<'a> {
    pub analysis: &'a Analysis,
    pub language: &'a Language,
    pub kinds: &'a [KnownKind],
    pub grammar: Grammar,
    pub text: &'a Text,
    /// Whether the editor takes snippets, with a place for what is to be written next.
    pub takes_snippets: bool,
}

/// Everything that can be written at a byte of the text.
#[must_use]
pub fn completions(writing: &Writing<'_>, offset: usize) -> Vec<lsp::CompletionItem> {
    let text = writing.text.as_str();
    let Some(cursor) = Cursor::at(text, offset) else { return Vec::new() };
    let scan = Scan::of(text);
    let choices = match &cursor.spot {
        Spot::Header { above } => keys::in_header(writing, &scan, above),
        Spot::Key { table, is_dotted } => keys::in_table(writing, &scan, &cursor, table, *is_dotted),
        Spot::Value { path, quote } => match reference::begun(&cursor) {
            Some(begun) => {
                let start = offset - begun.last().map_or(0, String::len);
                let choices = reference::of(writing, &scan, path, &begun);
                return shown(writing, &choices, &(start..offset));
            }
            None => values::of(writing, &scan, &cursor, path, *quote),
        },
    };
    shown(writing, &choices, &cursor.word)
}

/// One thing that can be written.
#[derive(Debug, Clone)]
struct Choice {
    label: String,
    kind: lsp::CompletionItemKind,
    /// A few words beside the label.
    detail: String,
    /// Markdown.
    doc: String,
    /// What is written; in a snippet, `$0` is where the editor goes on.
    written: String,
}

impl Choice {
    fn new(kind: lsp::CompletionItemKind, label: impl Into<String>) -> Self {
        let label = label.into();
        Self { written: label.clone(), label, kind, detail: String::new(), doc: String::new() }
    }
}

/// The choices as items that replace a range; they stay in their order.
fn shown(writing: &Writing<'_>, choices: &[Choice], word: &Range<usize>) -> Vec<lsp::CompletionItem> {
    let range = writing.text.range(word.clone());
    let item = |(index, choice): (usize, &Choice)| {
        let plain = choice.written.replace("$0", "");
        let is_snippet = writing.takes_snippets && plain != choice.written;
        let written = if is_snippet { choice.written.clone() } else { plain.clone() };
        lsp::CompletionItem {
            label: choice.label.clone(),
            kind: Some(choice.kind),
            detail: (!choice.detail.is_empty()).then(|| choice.detail.clone()),
            documentation: (!choice.doc.is_empty()).then(|| {
                lsp::Documentation::MarkupContent(lsp::MarkupContent::new(
                    lsp::MarkupKind::Markdown,
                    choice.doc.clone(),
                ))
            }),
            sort_text: Some(format!("{index:05}")),
            // Editors hold what is typed against this; with the quotes, for what is replaced has them.
            filter_text: Some(plain),
            insert_text_format: is_snippet.then_some(lsp::InsertTextFormat::Snippet),
            text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(lsp::TextEdit::new(range, written))),
            ..lsp::CompletionItem::default()
        }
    };
    choices.iter().enumerate().map(item).collect()
}

impl Writing<'_> {
    /// Every name of a sort that the stack has in the base or in an environment, and a few words about each.
    fn names(&self, sort: Sort) -> Vec<Choice> {
        let stacks = &self.analysis.compilation.stacks;
        let mut names: Vec<Choice> = match sort {
            Sort::Kind => self.kinds.iter().map(of_kind).collect(),
            Sort::Service => {
                stacks.iter().flat_map(|stack| stack.services.values().map(of_service)).collect()
            }
            Sort::Agent => stacks.iter().flat_map(agents).collect(),
            Sort::Secret => stacks.iter().flat_map(secrets).collect(),
        };
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.label.clone()));
        names
    }

    fn service(&self, name: &str) -> Option<&Service> {
        self.analysis.compilation.stacks.iter().find_map(|stack| stack.services.get(name))
    }

    fn kind(&self, name: &str) -> Option<&KnownKind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

fn of_kind(kind: &KnownKind) -> Choice {
    let choice = Choice::new(lsp::CompletionItemKind::Class, &kind.name);
    Choice { detail: kind.origin.as_str().to_owned(), doc: kind.description.clone(), ..choice }
}

fn of_service(service: &Service) -> Choice {
    let choice = Choice::new(lsp::CompletionItemKind::Module, &service.name.value);
    Choice { detail: service.kind.value.clone(), doc: service.description.clone(), ..choice }
}

fn agents(stack: &Stack) -> Vec<Choice> {
    let choice = |agent: &crate::model::Agent| {
        let choice = Choice::new(lsp::CompletionItemKind::Interface, &agent.name.value);
        Choice { detail: "agent".to_owned(), doc: agent.description.value.clone(), ..choice }
    };
    stack.agents.values().map(choice).collect()
}

fn secrets(stack: &Stack) -> Vec<Choice> {
    let choice = |(name, secret): (&String, &crate::model::Secret)| {
        let choice = Choice::new(lsp::CompletionItemKind::Constant, name);
        Choice { detail: "secret".to_owned(), doc: secret.description.clone(), ..choice }
    };
    stack.secrets.iter().map(choice).collect()
}
