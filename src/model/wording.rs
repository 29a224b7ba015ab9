//! Images, users and health checks: words that a container engine has to understand, held against what it takes.

use std::iter;

use crate::diagnostics::Diagnostic;
use crate::source::language::{HealthTable, ServiceTable};
use crate::source::{Span, Spanned};

/// Whether the name is that of an image, as the reference grammar of the OCI distribution specification has it: an optional
/// registry, a path of small letters, an optional tag and an optional digest.
pub fn is_image(name: &str) -> bool {
    let (name, digest) = match name.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (name, None),
    };
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (name, None),
    };
    let components: Vec<&str> = path.split('/').collect();
    let components = match components.as_slice() {
        [registry, path @ ..] if !path.is_empty() && is_registry(registry) => path,
        all => all,
    };
    components.iter().all(|component| is_path_component(component))
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

/// A host, with a port or without.
fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "1"));
    !host.is_empty()
        && host.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'.' | b'-'))
        && !port.is_empty()
        && port.bytes().all(|found| found.is_ascii_digit())
}

fn is_path_component(text: &str) -> bool {
    let is_inner = |found: u8| found.is_ascii_lowercase() || found.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(is_inner))
        && text.bytes().all(|found| is_inner(found) || matches!(found, b'.' | b'_' | b'-'))
}

fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && !text.starts_with(['.', '-'])
        && text.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'.' | b'_' | b'-'))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hash)| {
        !algorithm.is_empty() && hash.len() >= 32 && hash.bytes().all(|found| found.is_ascii_hexdigit())
    })
}

pub fn no_image(name: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("invalid-value", format!("`{}` is not the name of an image", shown(name)))
            .at(span, "expected a name such as `registry.example.com/team/app:1.2.3`");
    match name.to_lowercase() {
        small if small != name && is_image(&small) => {
            diagnostic.help(format!("image names are in small letters: `{small}`"))
        }
        _ => diagnostic,
    }
}

/// A user, and a group behind `:`, each as a name or a number.
pub fn no_user(user: &Spanned<String>) -> Option<Diagnostic> {
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
            && text
                .bytes()
                .all(|found| found.is_ascii_alphanumeric() || matches!(found, b'.' | b'_' | b'-' | b'$'))
    };
    if user.splitn(2, ':').all(is_name) {
        return None;
    }
    let message = format!("`{}` is not a user", shown(user));
    Some(Diagnostic::error("invalid-value", message).at(user.span, "expected `name`, `uid` or `uid:gid`"))
}

/// What of a health check would never come out well, or would never be asked.
pub fn unusable(health: &HealthTable, service: &ServiceTable) -> Vec<Diagnostic> {
    let invalid = |span, problem: &str, expected: &str| {
        Diagnostic::error("invalid-value", problem).at(span, format!("expected {expected}"))
    };
    let no_command =
        health.cmd.as_ref().filter(|command| command.value.is_empty() && !health.unread.contains(&"cmd"));
    let no_retries = health.retries.as_ref().filter(|retries| retries.value == 0);
    let no_time =
        [&health.interval, &health.timeout].into_iter().flatten().filter(|time| time.milliseconds() == 0);
    let path = health.http.as_ref().and_then(|path| no_path(path, service));
    iter::empty()
        .chain(
            no_command.map(|found| {
                invalid(found.span, "an empty list is not a command", "a command and its words")
            }),
        )
        .chain(
            no_retries.map(|found| invalid(found.span, "a health check needs a try at least", "1 or more")),
        )
        .chain(
            no_time.map(|found| invalid(found.span, "a health check needs some time", "a time above `0s`")),
        )
        .chain(path)
        .collect()
}

/// A path that cannot be asked for; with a query, one that the gateway cannot ask for (`kong/db/schema/typedefs.lua`).
fn no_path(path: &Spanned<String>, service: &ServiceTable) -> Option<Diagnostic> {
    let (way, query) = path.split_once('?').map_or((path.as_str(), None), |(way, query)| (way, Some(query)));
    let fits = |text: &str| {
        text.bytes().all(|found| found.is_ascii_alphanumeric() || b"-._~/%:@!$&'()*+,;=".contains(&found))
    };
    let is_routed = service.routes.as_ref().is_some_and(|routes| !routes.is_empty());
    let diagnostic =
        Diagnostic::error("invalid-value", format!("`{}` is not a path to ask for", shown(path)));
    let expected = "expected a path such as `/health`";
    match () {
        () if !fits(way) || !fits(query.unwrap_or_default()) => Some(diagnostic.at(path.span, expected)),
        () if way.is_empty() => Some(diagnostic.at(path.span, expected)),
        () if !way.starts_with('/') => {
            let better = match path.split_once("://").map(|(_, rest)| rest.split_once('/')) {
                Some(Some((_, way))) => format!("/{way}"),
                Some(None) => "/".to_owned(),
                None => format!("/{}", path.value),
            };
            Some(diagnostic.at(path.span, expected).help_replace(
                format!("write `{better}`"),
                path.span,
                format!("\"{better}\""),
            ))
        }
        () if way.contains("//") => Some(diagnostic.at(path.span, "holds an empty segment")),
        () if query.is_some() && is_routed => Some(
            diagnostic
                .at(path.span, "holds a query, and the gateway asks for paths alone")
                .help("answer on a path without a query, or say what to run: `health = { cmd = [\"…\"] }`"),
        ),
        () => None,
    }
}

fn shown(text: &str) -> String {
    text.replace('\n', "\\n").replace('\t', "\\t")
}

#[cfg(test)]
mod tests {
    use super::is_image;

    #[test]
    fn what_docker_takes_for_an_image_is_one_and_nothing_else() {
        let digest = format!("app@sha256:{}", "0a".repeat(32));
        for name in [
            "nginx",
            "nginx:1.27",
            "library/nginx:1.27-alpine",
            "localhost:5000/app",
            "ghcr.io/a/b_c/d--e:v1.2_3",
            "REG.example.com/app:X",
            &digest,
        ] {
            assert!(is_image(name), "{name}");
        }
        for name in [
            "",
            " ",
            "post gres",
            "Nginx",
            "a:",
            "a:b:c",
            "a/",
            "/a",
            "a//b",
            "-a",
            "a:-x",
            "http://a/b",
            "a@sha256:1",
            "${REGISTRY}/app",
            "a\n",
        ] {
            assert!(!is_image(name), "{name}");
        }
    }
}
