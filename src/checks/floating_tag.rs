//! `floating-tag`: an image whose name means another image tomorrow.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Stack, Text};
use crate::source::Spanned;

pub static RULE: Rule = Rule {
    name: "floating-tag",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/floating-tag.md"),
    check: Check::Stack(check),
};

/// Tags that are moved with every release, alone or before a `-`: `latest-alpine`.
const MOVING: &[&str] = &["latest", "stable", "edge", "main", "master", "nightly", "dev", "lts", "current"];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (service, image, text) in images(subject.stack) {
        if let Some(reason) = floating(text) {
            findings.push(floats(service, image, text, &reason));
        }
    }
}

/// The images that are pulled, as far as their names are known.
fn images(stack: &Stack) -> impl Iterator<Item = (&Service, &Spanned<Text>, &str)> {
    stack.services.values().filter(|service| service.build.is_none()).filter_map(|service| {
        let image = service.image.as_ref()?;
        Some((service, image, image.as_literal()?))
    })
}

enum Reason<'a> {
    NoTag,
    Moving(&'a str),
}

/// Why the name floats; nothing for one with a fixed tag or a digest.
fn floating(image: &str) -> Option<Reason<'_>> {
    if image.contains('@') {
        return None;
    }
    // A colon before the last `/` belongs to the registry's port.
    let name = image.rsplit('/').next().unwrap_or(image);
    let Some((_, tag)) = name.split_once(':') else { return Some(Reason::NoTag) };
    let first = tag.split('-').next().unwrap_or(tag);
    MOVING.contains(&first).then_some(Reason::Moving(tag))
}

fn floats(service: &Service, image: &Spanned<Text>, text: &str, reason: &Reason<'_>) -> Diagnostic {
    let bare = text.strip_suffix(tag_of(reason)).map_or(text, |rest| rest.trim_end_matches(':'));
    let label = match reason {
        Reason::NoTag => "no tag, which is `latest`".to_owned(),
        Reason::Moving(tag) => format!("`{tag}` moves with every release"),
    };
    Diagnostic::error(
        RULE.name,
        format!("the image `{text}` of `{}` may be another one tomorrow", *service.name),
    )
    .at(image.span, label)
    .help(format!("write the version that you run, as in `{bare}:1.2.3`, or the digest: `{bare}@sha256:…`"))
}

fn tag_of<'a>(reason: &Reason<'a>) -> &'a str {
    match reason {
        Reason::NoTag => "",
        Reason::Moving(tag) => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::floating;

    #[test]
    fn an_image_is_fixed_by_a_version_or_a_digest() {
        for image in [
            "postgres:17-alpine",
            "registry:5000/app:1.2",
            "app@sha256:0123",
            "app:latest@sha256:0123",
            "debian:bookworm",
        ] {
            assert!(floating(image).is_none(), "{image}");
        }
        for image in ["nginx", "nginx:latest", "registry:5000/app", "node:lts-slim", "ghcr.io/a/b:main"] {
            assert!(floating(image).is_some(), "{image}");
        }
    }
}
