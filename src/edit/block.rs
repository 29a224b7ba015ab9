//! The lines of a new service, as a person would write them.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::service::NewService;
use super::value::{key, list, quoted};

/// What the lines of a service say.
pub(super) struct Written<'a> {
    pub wanted: &'a NewService,
    pub path: Option<&'a Utf8Path>,
    /// The folder of the file that it is written into.
    pub home: &'a Utf8Path,
    pub port: Option<u16>,
    pub needs: &'a [String],
}

pub(super) fn service_block(written: &Written<'_>) -> String {
    let wanted = written.wanted;
    let name = key(&wanted.name);
    let mut block = format!("[services.{name}]\nkind = {}\n", quoted(&wanted.kind));
    let mut line = |key: &str, value: String| {
        let _ = writeln!(block, "{key} = {value}");
    };
    if let Some(text) = &wanted.description {
        line("description", quoted(text));
    }
    if let Some(path) = written.path {
        let from_home = path.strip_prefix(written.home).unwrap_or(path);
        let from_home = if from_home.as_str().is_empty() { "." } else { from_home.as_str() };
        line("path", quoted(from_home));
    }
    if let Some(image) = &wanted.image {
        line("image", quoted(image));
    }
    if let Some(port) = written.port {
        line("port", port.to_string());
    }
    if !written.needs.is_empty() {
        line("needs", list(written.needs.iter().map(String::as_str)));
    }
    for route in &wanted.routes {
        let _ = write!(block, "\n[[services.{name}.routes]]\npath = {}\n", quoted(route));
        if let Some(auth) = wanted.auth {
            let _ = writeln!(block, "auth = {}", quoted(auth.as_str()));
        }
    }
    block
}
