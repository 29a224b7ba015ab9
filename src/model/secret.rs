//! The stack's secrets: their names, what they are for, and who reads them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::endpoint::Endpoint;
use super::endpoint::Viewpoint;
use super::scope::{KindScope, Scope};
use super::stack::{Certificate, Gateway, Secret, Service, Unresolved, Verifier};
use super::text::Text;
use crate::source::Spanned;
use crate::source::language::{Placement, StackFile};

/// The names of the secrets that a service of this kind has for itself, by the kind's own word for each.
pub fn kind_secrets(
    endpoint: &Endpoint<'_>,
    stack_name: &str,
    unresolved: &mut Vec<Unresolved>,
) -> IndexMap<String, String> {
    let none = IndexMap::new();
    let kind = Some(KindScope::WITHOUT_HEALTH);
    let scope = Scope {
        stack_name,
        endpoints: &none,
        service: endpoint,
        viewpoint: Viewpoint::Container,
        kind,
        unreadable: &[],
    };
    let declared = endpoint.kind.secrets.iter().flat_map(|secrets| secrets.value.iter());
    declared
        .filter_map(|(word, entry)| {
            let name = scope.text(entry.value.name.as_ref()?, unresolved);
            Some((word.clone(), name.as_literal()?.to_owned()))
        })
        .collect()
}

/// Every secret that some container sees.
pub fn secrets(
    file: &StackFile,
    services: &IndexMap<String, Service>,
    endpoints: &IndexMap<String, Endpoint<'_>>,
    gateway: Option<&Gateway>,
) -> BTreeMap<String, Secret> {
    let mut secrets: BTreeMap<String, Secret> = BTreeMap::new();
    for service in services.values().filter(|service| service.placement == Placement::Container) {
        for (name, span) in read_by(service) {
            let secret = secrets.entry(name.to_owned()).or_insert_with(|| Secret {
                description: String::new(),
                external: false,
                readers: Vec::new(),
                span,
            });
            if !secret.readers.contains(&service.name.value) {
                secret.readers.push(service.name.value.clone());
            }
        }
    }
    let by_kinds = described_by_kinds(endpoints);
    for (name, secret) in &mut secrets {
        let declared = file.secrets.as_ref().and_then(|tables| tables.get(name));
        secret.external =
            declared.is_some_and(|entry| entry.value.external()) || is_of_certificate(name, gateway);
        secret.description = declared
            .and_then(|entry| Some(entry.value.description.as_ref()?.value.clone()))
            .or_else(|| by_kinds.get(name.as_str()).cloned())
            .or_else(|| described_by_gateway(name, gateway))
            .unwrap_or_default();
    }
    secrets
}

/// What `[secrets]` declares and nothing that runs reads, in a container or on the developer's machine.
pub fn unused_secrets(file: &StackFile, services: &IndexMap<String, Service>) -> Vec<Spanned<String>> {
    let read: BTreeSet<&str> = services.values().flat_map(read_by).map(|(name, _)| name).collect();
    let declared = file.secrets.iter().flat_map(|secrets| secrets.value.iter());
    declared
        .filter(|(name, _)| !read.contains(name.as_str()))
        .map(|(name, entry)| Spanned::new(name.clone(), entry.name))
        .collect()
}

fn read_by(service: &Service) -> impl Iterator<Item = (&str, crate::source::Span)> {
    let variables = service.environment.values().map(|variable| (&variable.value, variable.span));
    let name = service.name.span;
    let words = service.command.iter().chain(&service.entrypoint).map(move |text| (text, name));
    let probe = service.health.iter().flat_map(|probe| &probe.command).map(move |text| (text, name));
    variables
        .chain(words)
        .chain(probe)
        .flat_map(|(text, span): (&Text, _)| text.secrets().into_iter().map(move |found| (found, span)))
}

/// What each secret is that some service has by its kind, in the words of the first whose kind says so.
fn described_by_kinds<'a>(endpoints: &'a IndexMap<String, Endpoint<'_>>) -> BTreeMap<&'a str, String> {
    let mut described = BTreeMap::new();
    for endpoint in endpoints.values() {
        for (word, secret) in &endpoint.secrets {
            if let Some(description) = described_by_kind(endpoint, word) {
                described.entry(secret.as_str()).or_insert(description);
            }
        }
    }
    described
}

fn described_by_kind(endpoint: &Endpoint<'_>, word: &str) -> Option<String> {
    let declared = endpoint.kind.secrets.as_ref()?.get(word)?;
    let description = &declared.value.description.as_ref()?.value;
    Some(format!("{description} of {}", endpoint.name.value))
}

fn described_by_gateway(name: &str, gateway: Option<&Gateway>) -> Option<String> {
    let gateway = gateway?;
    let of_consumer = gateway.consumers.iter().find_map(|consumer| {
        let signs = consumer
            .jwt
            .as_ref()
            .is_some_and(|jwt| matches!(&jwt.verifier, Verifier::Secret(secret) if secret.value == name));
        let consumer_name = &consumer.name.value;
        if signs {
            return Some(format!("signs the tokens of the consumer {consumer_name}"));
        }
        let is_key = consumer.key_auth.iter().any(|secret| secret.value == name);
        is_key.then(|| format!("the key of the consumer {consumer_name}"))
    });
    let mut certificates = gateway.tls.iter().flat_map(|tls| &tls.certificates);
    of_consumer.or_else(|| certificates.find_map(|certificate| described_by_certificate(name, certificate)))
}

/// No random value will do for a certificate or its key.
fn is_of_certificate(name: &str, gateway: Option<&Gateway>) -> bool {
    let certificates =
        gateway.and_then(|gateway| gateway.tls.as_ref()).into_iter().flat_map(|tls| &tls.certificates);
    certificates.flat_map(|one| [&one.certificate.value, &one.key.value]).any(|secret| secret == name)
}

fn described_by_certificate(name: &str, certificate: &Certificate) -> Option<String> {
    let what = match () {
        () if certificate.certificate.value == name => "the certificate, in PEM,",
        () if certificate.key.value == name => "the private key, in PEM, of the certificate",
        () => return None,
    };
    let snis: Vec<&str> = certificate.snis.iter().map(|sni| sni.value.as_str()).collect();
    Some(if snis.is_empty() {
        format!("{what} that the gateway shows")
    } else {
        format!("{what} that the gateway shows for {}", snis.join(" and "))
    })
}
