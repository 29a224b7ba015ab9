//! The gateway's consumers and their credentials.

use super::public_key::{kind_of, read};
use super::stack::{Consumer, JwtCredential, Verifier};
use crate::diagnostics::Diagnostic;
use crate::source::language::{ConsumerTable, CredentialTable, GatewayTable, JwtAlgorithm};
use crate::source::values::ProjectPath;
use crate::source::{Span, Spanned, World};

/// Every consumer, with the credentials that could be read.
pub fn consumers(
    table: &GatewayTable,
    world: &dyn World,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Consumer> {
    let entries = table.consumers.iter().flat_map(|consumers| consumers.value.iter());
    entries
        .map(|(name, entry)| Consumer {
            name: Spanned::new(name.clone(), entry.name),
            jwt: entry.value.jwt.as_ref().and_then(|jwt| credential(jwt, world, diagnostics)),
            key_auth: keys(&entry.value),
            groups: entry.value.groups.iter().flat_map(|groups| groups.value.clone()).collect(),
        })
        .collect()
}

/// The names of the secrets that hold a consumer's keys.
fn keys(consumer: &ConsumerTable) -> Vec<Spanned<String>> {
    consumer.key_auth.iter().flat_map(|keys| keys.value.0.clone()).collect()
}

/// The names of every consumer's secrets, for the gateway's container.
pub fn secret_names(table: &GatewayTable) -> impl Iterator<Item = Spanned<String>> {
    let consumers = table.consumers.iter().flat_map(|consumers| consumers.value.iter());
    consumers.flat_map(|(_, entry)| {
        let jwt = entry.value.jwt.as_ref().and_then(|jwt| jwt.secret.clone());
        jwt.into_iter().chain(keys(&entry.value))
    })
}

fn credential(
    table: &Spanned<CredentialTable>,
    world: &dyn World,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<JwtCredential> {
    let algorithm = table.algorithm();
    let (needed, other) =
        if algorithm.is_symmetric() { ("secret", "public_key") } else { ("public_key", "secret") };
    let others = if algorithm.is_symmetric() {
        table.public_key.as_ref().map(|file| file.span)
    } else {
        table.secret.as_ref().map(|secret| secret.span)
    };
    if let Some(span) = others {
        diagnostics.push(other_way(algorithm, needed, other, span));
    }
    let verifier = if algorithm.is_symmetric() {
        table.secret.clone().map(Verifier::Secret)
    } else {
        let file = table.public_key.as_ref();
        file.and_then(|file| public_key(file, algorithm, world, diagnostics)).map(Verifier::PublicKey)
    };
    let is_said = if algorithm.is_symmetric() { table.secret.is_some() } else { table.public_key.is_some() };
    if !is_said && others.is_none() && !table.unread.contains(&needed) {
        diagnostics.push(nothing_to_verify_with(needed, table.span));
    }
    Some(JwtCredential { key: table.key.clone()?, algorithm, verifier: verifier? })
}

fn public_key(
    file: &Spanned<ProjectPath>,
    algorithm: JwtAlgorithm,
    world: &dyn World,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let found = read(file, world).and_then(|pem| {
        let kind = kind_of(&pem, file)?;
        if kind.verifies(algorithm) { Ok(pem) } else { Err(kind.mismatch(algorithm, file)) }
    });
    found.map_err(|diagnostic| diagnostics.push(*diagnostic)).ok()
}

fn nothing_to_verify_with(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("missing-key", format!("a credential needs the key `{key}`"))
        .at(span, format!("`{key}` is missing here"))
}

fn other_way(algorithm: JwtAlgorithm, needed: &str, other: &str, span: Span) -> Diagnostic {
    let word = algorithm.as_str();
    let diagnostic = Diagnostic::error(
        "invalid-value",
        format!("tokens signed with `{word}` are not verified with a `{other}`"),
    )
    .at(span, format!("expected `{needed}` instead"));
    if algorithm.is_symmetric() {
        diagnostic
            .help("name the secret that signs: `secret = \"JWT_SECRET\"`, or write `algorithm = \"RS256\"`")
    } else {
        diagnostic.help("name the file of the public key: `public_key = \"keys/web.pem\"`")
    }
}
