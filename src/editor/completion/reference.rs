//! References within strings: `{{ services.identity.url }}`.

use gen_lsp_types::CompletionItemKind as Kind;

use super::{Choice, Writing};
use crate::editor::cursor::Cursor;
use crate::editor::language::Grammar;
use crate::editor::scan::{Scan, Step, key_path};
use crate::model::{FACTS, Service};
use crate::source::Sort;

/// The segments of a reference that has been begun and not ended, the one that is being written the last.
pub fn begun(cursor: &Cursor) -> Option<Vec<String>> {
    let (_, inner) = cursor.typed.rsplit_once("{{")?;
    let is_word = |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_' | '.');
    let inner = inner.trim_start();
    inner.chars().all(is_word).then(|| inner.split('.').map(ToOwned::to_owned).collect())
}

/// What can stand for the last segment.
pub fn of(writing: &Writing<'_>, scan: &Scan, path: &[Step], begun: &[String]) -> Vec<Choice> {
    let before: Vec<&str> = begun.iter().map(String::as_str).take(begun.len().saturating_sub(1)).collect();
    let is_kind = writing.grammar == Grammar::Kind || key_path(path).first() == Some(&"kinds");
    let fact = |name: &str| Choice::new(Kind::Field, name);
    match before.as_slice() {
        [] => {
            let everywhere = ["services", "service", "secrets", "stack"];
            let of_kinds: &[&str] = if is_kind { &["options", "health"] } else { &[] };
            everywhere.iter().chain(of_kinds).map(|root| Choice::new(Kind::Module, *root)).collect()
        }
        ["services"] => writing.names(Sort::Service),
        ["services", name] => {
            let service = writing.service(name);
            FACTS
                .iter()
                .filter(|name| service.is_none_or(|service| has(service, name)))
                .map(|name| fact(name))
                .collect()
        }
        ["service"] => FACTS.iter().map(|name| fact(name)).collect(),
        ["services", name, "ports"] => {
            let ports = writing.service(name).into_iter().flat_map(|service| &service.ports);
            ports.map(|port| fact(&port.name)).collect()
        }
        ["stack"] => vec![fact("name")],
        ["secrets"] if !is_kind => writing.names(Sort::Secret),
        [table @ ("options" | "secrets")] => declared_beside(scan, path, table),
        ["health"] if is_kind => vec![fact("path"), fact("timeout")],
        _ => Vec::new(),
    }
}

/// Whether a service has what only some have.
fn has(service: &Service, fact: &str) -> bool {
    match fact {
        "url" => service.scheme.is_some() && !service.ports.is_empty(),
        "port" => !service.ports.is_empty(),
        "folder" => service.folder.is_some(),
        _ => true,
    }
}

/// The options or secrets that a kind declares beside the place.
fn declared_beside(scan: &Scan, path: &[Step], table: &str) -> Vec<Choice> {
    let mut beside = match key_path(path).as_slice() {
        ["kinds", ..] => path.iter().take(2).cloned().collect(),
        _ => Vec::new(),
    };
    beside.push(Step::Key(table.to_owned()));
    let mut names: Vec<&str> = scan.keys_in(&beside).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| Choice::new(Kind::Field, name)).collect()
}
