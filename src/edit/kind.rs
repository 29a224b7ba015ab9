//! The kind of a new service, and what it says that decides how the service is written.

use std::collections::BTreeMap;

use super::Refusal;
use crate::diagnostics::Diagnostic;
use crate::source::language::Role;
use crate::source::{KnownKind, nearest, quoted_list};

/// What a kind says that matters for a service of it.
pub(super) struct KindFacts {
    pub role: Role,
    pub ports: BTreeMap<String, u16>,
    pub default_port: Option<u16>,
    pub has_image: bool,
    pub has_dockerfile: bool,
}

pub(super) fn kind_of(kind: &KnownKind) -> KindFacts {
    let table = &kind.table;
    let ports = table.ports.iter().flat_map(|ports| ports.value.iter());
    KindFacts {
        role: table.role(),
        ports: ports.map(|(name, entry)| (name.clone(), entry.value.value)).collect(),
        default_port: table.default_port.as_ref().map(|port| port.value),
        has_image: table.image.is_some(),
        has_dockerfile: table.dockerfile.is_some(),
    }
}

/// The kind of that name.
pub(super) fn known<'a>(kinds: &'a [KnownKind], name: &str) -> Result<&'a KnownKind, Refusal> {
    let names = || kinds.iter().map(|kind| kind.name.as_str());
    kinds.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let refusal = Diagnostic::error("unknown-reference", format!("there is no kind `{name}`"));
        Box::new(match nearest(name, names()) {
            Some(near) => refusal.help(format!("did you mean `{near}`?")),
            None => refusal.help(format!("the kinds are {}", quoted_list(names()))),
        })
    })
}
