//! What Kong 3.9 would refuse, or take and not do, said where it stands.
//!
//! The limits are those of its schemas (`kong/db/schema` and `kong/plugins/*/schema.lua`), and of what those schemas let through.

mod consumer;
mod policy;
mod route;
mod transform;
mod upstream;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::endpoint::Endpoint;
use super::stack::Service;
use crate::diagnostics::Diagnostic;
use crate::source::language::{PluginTable, StackFile};
use crate::source::{List, Span, Spanned};

/// Everything about the gateway that its tables say, each alone, and what its routes come to.
pub fn refused(
    file: &StackFile,
    endpoints: &IndexMap<String, Endpoint<'_>>,
    services: &IndexMap<String, Service>,
) -> Vec<Diagnostic> {
    let mut refused = Refused::default();
    if let Some(gateway) = &file.gateway {
        refused.gateway(gateway);
        refused.policies(gateway.defaults.as_ref().map(|table| &table.value));
    }
    for (name, endpoint) in endpoints {
        let table = endpoint.table;
        refused.policies(table.route_defaults.as_ref().map(|table| &table.value));
        if let Some(upstream) = &table.upstream {
            refused.upstream(upstream, endpoint);
        }
        for route in table.routes.iter().flat_map(|routes| &routes.value) {
            refused.policies(Some(&route.policy));
            refused.route(route);
        }
        for route in services.get(name).into_iter().flat_map(|service| &service.routes) {
            refused.resolved(route);
        }
    }
    refused.found
}

/// What was found so far.
#[derive(Default)]
struct Refused {
    found: Vec<Diagnostic>,
}

impl Refused {
    /// A value that is not what it has to be.
    fn no(&mut self, span: Span, value: impl std::fmt::Display, expected: &str) {
        self.found.push(
            Diagnostic::error("invalid-value", format!("`{value}` is not {expected}"))
                .at(span, format!("expected {expected}")),
        );
    }

    /// Something that does not go together, with a way out.
    fn problem(&mut self, span: Span, message: impl Into<String>, label: &str, help: &str) {
        self.found.push(Diagnostic::error("invalid-value", message).at(span, label).help(help));
    }

    /// A number within bounds.
    fn within(&mut self, number: Option<&Spanned<u16>>, least: u16, most: u16) {
        if let Some(number) = number.filter(|number| !(least..=most).contains(&number.value)) {
            self.no(number.span, number.value, &format!("a whole number from {least} to {most}"));
        }
    }

    /// The name of a header: Kong takes no other characters (`kong/tools/http.lua`).
    fn header(&mut self, name: &str, span: Span) {
        let plain = |found: u8| found.is_ascii_alphanumeric() || matches!(found, b'-' | b'_');
        if name.is_empty() || !name.bytes().all(plain) {
            self.no(span, name, "the name of a header: letters, digits, `-` and `_`");
        }
    }

    /// A path that Kong asks for itself.
    fn path(&mut self, path: &Spanned<String>) {
        let plain = |found: u8| found.is_ascii_alphanumeric() || b"-._~/%:@!$&'()*+,;=".contains(&found);
        if !path.starts_with('/') || path.contains("//") || !path.bytes().all(plain) {
            self.no(path.span, &path.value, "a path such as `/health`, without a query");
        }
    }

    /// One plugin of a name in one list.
    fn plugins(&mut self, plugins: Option<&Spanned<List<PluginTable>>>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for name in
            plugins.iter().flat_map(|plugins| &plugins.value).filter_map(|plugin| plugin.name.as_ref())
        {
            if let Some(first) = seen.insert(name, name.span) {
                self.found.push(
                    Diagnostic::error("invalid-value", format!("the plugin `{}` is there twice", name.value))
                        .at(name.span, "said again here")
                        .and_at(first, "first said here")
                        .help("keep one of the two: the gateway takes one of a name in one place"),
                );
            }
        }
    }
}

/// Whether it is a host name, with a wildcard as its first or last label where one may be.
fn is_host(name: &str, wildcard: bool) -> bool {
    let inner = name.strip_prefix("*.").or_else(|| name.strip_suffix(".*")).filter(|_| wildcard);
    let name = inner.unwrap_or(name);
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // What consists of digits alone is taken for an address.
    name.split('.').all(label) && name.bytes().any(|found| found.is_ascii_alphabetic())
}
