//! `insecure-cors`: browsers are told to send a user's cookies and tokens along for pages that anybody could have written.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Cors, Stack};
use crate::source::Spanned;

pub static RULE: Rule = Rule {
    name: "insecure-cors",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/insecure-cors.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for policy in policies(subject.stack) {
        if policy.origins.is_empty() {
            findings.push(no_origin(policy));
        }
        for origin in policy.origins.iter().filter(|_| policy.credentials) {
            if let Some(flaw) = flaw(origin) {
                findings.push(insecure(origin, flaw));
            }
        }
    }
}

/// Every policy once, however many routes it holds for.
fn policies(stack: &Stack) -> Vec<&Spanned<Cors>> {
    let mut seen = BTreeSet::new();
    let routes = stack.services.values().flat_map(|service| &service.routes);
    routes.filter_map(|route| route.cors.as_ref()).filter(|policy| seen.insert(policy.span)).collect()
}

/// Why an origin is not to be trusted with credentials.
#[derive(Clone, Copy)]
enum Flaw {
    /// `*`: every page of the web.
    Any,
    /// `null`: every page in a sandboxed frame, whoever wrote it.
    Null,
    /// Kong takes an origin with any other character than those of [`is_plain`] for a regular expression.
    Pattern,
    /// A page that came over plain http may have been written by anybody on its way.
    PlainHttp,
}

fn flaw(origin: &str) -> Option<Flaw> {
    match origin {
        "*" => Some(Flaw::Any),
        "null" => Some(Flaw::Null),
        _ if !is_plain(origin) => Some(Flaw::Pattern),
        _ => origin
            .strip_prefix("http://")
            .filter(|rest| !is_this_machine(host(rest)))
            .map(|_| Flaw::PlainHttp),
    }
}

/// Whether Kong takes the origin as it is written (`kong/plugins/cors/handler.lua`).
fn is_plain(origin: &str) -> bool {
    origin.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'.' | b':' | b'/' | b'-'))
}

fn host(authority: &str) -> &str {
    authority.split([':', '/']).next().unwrap_or_default()
}

/// What never leaves the machine needs no encryption (W3C Secure Contexts, section 3.1).
fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Kong takes no origin for every origin.
fn no_origin(policy: &Spanned<Cors>) -> Diagnostic {
    Diagnostic::error(RULE.name, "this policy names no origin, which the gateway takes for every origin")
        .at(policy.span, "no origin")
        .help("name the origins that may ask, or write `cors = false` where none may")
}

fn insecure(origin: &Spanned<String>, flaw: Flaw) -> Diagnostic {
    let written = &**origin;
    let (message, label, note) = match flaw {
        Flaw::Any => (
            "every page of the web may send its visitors' credentials".to_owned(),
            "any origin",
            "with `credentials = true`, the gateway answers `*` by naming whatever origin asks",
        ),
        Flaw::Null => (
            "every sandboxed page may send its visitors' credentials".to_owned(),
            "the origin of every sandboxed frame",
            "any page can put a document into such a frame",
        ),
        Flaw::Pattern => (
            format!("`{written}` is a pattern, and what matches it may send its visitors' credentials"),
            "a regular expression to the gateway",
            "the gateway reads an origin with any character besides letters, digits, `.`, `:`, `/` and `-` as a regular expression",
        ),
        Flaw::PlainHttp => (
            format!("`{written}` may send its visitors' credentials, and its pages come unencrypted"),
            "plain http",
            "whoever stands between such a page and its reader can write it anew",
        ),
    };
    let diagnostic = Diagnostic::error(RULE.name, message).at(origin.span, label).note(note);
    match flaw {
        Flaw::PlainHttp => {
            let secure = format!("\"https{}\"", &written["http".len()..]);
            diagnostic.help_replace("serve the page over https", origin.span, secure)
        }
        _ => diagnostic.help(
            "name each origin that may, such as `\"https://app.example.com\"`, or set `credentials = false`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn only_named_origins_over_https_or_of_this_machine_are_trusted() {
        for origin in [
            "https://app.example.com",
            "https://a.b:8443",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://app.localhost",
        ] {
            assert!(flaw(origin).is_none(), "{origin}");
        }
        for origin in [
            "*",
            "null",
            "https://*.example.com",
            "http://app.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
        ] {
            assert!(flaw(origin).is_some(), "{origin}");
        }
    }
}
