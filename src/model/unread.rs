//! What the source says and could not be read: reported where it stands, and not to be taken for missing as well.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::endpoint::Endpoint;
use crate::source::Variant;
use crate::source::language::{AgentTable, ConsumerTable, GatewayTable, ServiceTable, StackFile};

/// Something that may be there, though the stack does not have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// The gateway.
    Gateway,
    /// A consumer of the gateway, or a credential.
    Consumer,
    /// What some agent owns.
    Ownership,
    /// Something that may read a secret.
    Reader,
    /// A port of this service.
    Port(String),
}

/// All that may be there.
pub fn unread(variant: &Variant, endpoints: &IndexMap<String, Endpoint<'_>>) -> BTreeSet<Unread> {
    let file = &variant.file;
    let gateway = file.unread.contains(&"gateway").then_some(Unread::Gateway);
    let consumer =
        file.gateway.as_ref().is_some_and(|table| has_unread_consumer(table)).then_some(Unread::Consumer);
    let may_own = has_unread_owner(file) || !variant.misplaced.agents.is_empty();
    let ownership = may_own.then_some(Unread::Ownership);
    let ports = endpoints
        .iter()
        .filter(|(_, endpoint)| endpoint.has_unread_port())
        .map(|(name, _)| Unread::Port(name.clone()));
    let reader = has_unread_reader(file).then_some(Unread::Reader);
    gateway.into_iter().chain(consumer).chain(ownership).chain(reader).chain(ports).collect()
}

fn has_unread_consumer(gateway: &GatewayTable) -> bool {
    let Some(consumers) = &gateway.consumers else {
        return gateway.unread.contains(&"consumers");
    };
    let is_unread = |consumer: &ConsumerTable| match &consumer.jwt {
        None => consumer.unread.contains(&"jwt"),
        Some(jwt) => jwt.key.is_none() || (jwt.secret.is_none() && jwt.public_key.is_none()),
    };
    !consumers.unreadable().is_empty() || consumers.iter().any(|(_, entry)| is_unread(&entry.value))
}

fn has_unread_reader(file: &StackFile) -> bool {
    let Some(services) = &file.services else {
        return file.unread.contains(&"services");
    };
    let is_unread = |service: &ServiceTable| !service.unread.is_empty();
    file.unread.contains(&"kinds")
        || !services.unreadable().is_empty()
        || services.iter().any(|(_, entry)| is_unread(&entry.value))
}

fn has_unread_owner(file: &StackFile) -> bool {
    let Some(agents) = &file.agents else {
        return file.unread.contains(&"agents");
    };
    let is_unread = |agent: &AgentTable| agent.unread.contains(&"owns");
    !agents.unreadable().is_empty() || agents.iter().any(|(_, entry)| is_unread(&entry.value))
}
