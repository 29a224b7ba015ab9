//! `invalid-route`: a route that the gateway would refuse, or could not pass on.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, RoutePath, Service, Unread};
use crate::routing::{PathPattern, regex_problem};
use crate::source::Spanned;
use crate::source::values::Duration;

pub static RULE: Rule = Rule {
    name: "invalid-route",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/invalid-route.md"),
    check: Check::Stack(check),
};

/// The longest timeout that Kong takes, in milliseconds (`kong/db/schema/typedefs.lua`).
const LONGEST_TIMEOUT: u64 = (1 << 31) - 2;

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(gateway) = &subject.stack.gateway {
        findings.extend(bad_path(&gateway.health));
    }
    for service in subject.stack.services.values() {
        if !subject.stack.unread.contains(&Unread::Port(service.name.value.clone())) {
            findings.extend(without_port(service));
        }
        for route in &service.routes {
            for path in &route.paths {
                findings.extend(bad_path(&path.clone().map(|path| path.to_string())));
            }
            findings.extend(bad_timeout(route));
            findings.extend(bad_regexes(route));
            findings.extend(bad_headers(route));
            findings.extend(bad_origins(route));
        }
    }
}

fn without_port(service: &Service) -> Option<Diagnostic> {
    let route = service.routes.first().filter(|_| service.ports.is_empty())?;
    let name = &*service.name;
    Some(
        Diagnostic::error(RULE.name, format!("requests cannot be passed on to `{name}`: it has no port"))
            .at(service.name.span, "has no port")
            .and_at(route.path().span, "to be passed on to it")
            .help(format!("say the port that `{name}` listens on: `port = 8000`")),
    )
}

fn bad_path(path: &Spanned<String>) -> Option<Diagnostic> {
    let (problem, better) = path_problem(path)?;
    let diagnostic =
        Diagnostic::error(RULE.name, format!("`{}` is no path of a route", path.value.replace('\n', "\\n")))
            .at(path.span, problem);
    Some(match better {
        Some(better) => diagnostic.help_replace(format!("write `{better}`"), path.span, format!("\"{better}\"")),
        None => diagnostic.help("write a prefix such as `/api/v1/users`, or a regular expression behind `~`, such as `~/users/[0-9]+$`"),
    })
}

/// What Kong has against a path (`kong/db/schema/typedefs.lua`), and how it would take it.
fn path_problem(path: &str) -> Option<(&'static str, Option<String>)> {
    if path.starts_with("~/") {
        return None;
    }
    let plain = path.bytes().all(is_path_byte);
    let Some(rest) = path.strip_prefix('/') else {
        let better = (plain && !path.is_empty()).then(|| normal(path));
        return Some(("does not begin with `/`", better));
    };
    if !plain {
        return Some(("holds a character that no path has (RFC 3986, section 3.3)", None));
    }
    let segments: Vec<&str> = rest.split('/').collect();
    let inner = segments.split_last().map_or(&[][..], |(_, inner)| inner);
    match () {
        () if inner.contains(&"") => Some(("has an empty segment", Some(normal(path)))),
        () if segments.iter().any(|segment| matches!(*segment, "." | "..")) => Some(("is relative", None)),
        () => match decoded(path) {
            None => Some(("holds a `%` without two hexadecimal digits behind it", None)),
            Some(normal) if normal == path => None,
            Some(normal) => {
                let better = normal.bytes().all(is_path_byte).then_some(normal);
                Some(("is encoded where the gateway compares paths decoded", better))
            }
        },
    }
}

/// The path as the gateway compares it (`normalize` in `kong/tools/uri.lua`): what is encoded stays so only where a reserved character is,
/// in upper case. None where a `%` encodes nothing.
fn decoded(path: &str) -> Option<String> {
    const RESERVED: &[u8] = b"!*'();:@&=+$,/?%#[]";
    let mut parts = path.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        if RESERVED.contains(&byte) {
            bytes.push(b'%');
            bytes.extend(digits.to_ascii_uppercase().bytes());
        } else {
            bytes.push(byte);
        }
        bytes.extend(&part.as_bytes()[2..]);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_path_byte(found: u8) -> bool {
    found.is_ascii_alphanumeric() || b"-._~/%:@!$&'()*+,;=".contains(&found)
}

/// The path with one `/` before each segment.
fn normal(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

fn bad_timeout(route: &Route) -> Option<Diagnostic> {
    let timeouts = [route.timeouts.connect, route.timeouts.read, route.timeouts.write];
    let bad = |timeout: &Duration| !(1..=LONGEST_TIMEOUT).contains(&timeout.milliseconds());
    timeouts.into_iter().find(bad).map(|timeout| {
        Diagnostic::error(RULE.name, format!("the gateway cannot wait for {timeout}"))
            .at(route.path().span, "of this route")
            .help("write a `timeout` from `1ms` to `24d`")
    })
}

/// Kong's router is built on Rust's regular expressions, which have no look-around and no back-references.
fn bad_regexes(route: &Route) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for path in &route.paths {
        let (RoutePath::Regex(_), PathPattern::Regex(regex)) =
            (&path.value, PathPattern::new(&path.to_string()))
        else {
            continue;
        };
        if let Err(problem) = regex.parsed() {
            found.push(
                Diagnostic::error(RULE.name, format!("the gateway cannot read the regular expression `{}`", **path))
                    .at(path.span, problem)
                    .note("Kong takes the regular expressions of Rust's `regex`: without look-around and back-references")
                    .help("write it another way, or take a prefix such as `/api/v1/users`"),
            );
        }
    }
    found
}

/// A header's value behind `~*` becomes a part of the route's expression, which the router refuses whole.
fn bad_headers(route: &Route) -> Vec<Diagnostic> {
    let values = route.headers.values().flatten();
    let found = values.filter_map(|value| {
        let problem = regex_problem(value.strip_prefix("~*")?)?;
        Some(
            Diagnostic::error(
                RULE.name,
                format!("the gateway cannot read the regular expression `{}`", **value),
            )
            .at(value.span, problem)
            .help("write it another way; a value without `~*` is compared as it stands"),
        )
    });
    found.collect()
}

/// Kong takes every origin but `*` for a regular expression of PCRE's (`kong/plugins/cors/schema.lua`), which knows what Rust's do not.
fn bad_origins(route: &Route) -> Vec<Diagnostic> {
    let origins = route.cors.iter().flat_map(|cors| &cors.origins).filter(|origin| origin.as_str() != "*");
    let found = origins.filter_map(|origin| {
        let problem = regex_problem(origin).filter(|problem| !problem.contains("not supported"))?;
        Some(
            Diagnostic::error(RULE.name, format!("the gateway cannot read the origin `{}`", **origin))
                .at(origin.span, problem)
                .help("write an origin such as `https://shop.example.com`, or a regular expression"),
        )
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::path_problem;

    #[test]
    fn a_path_that_the_gateway_takes_is_taken() {
        for path in ["/", "/api/v1", "/api/", "/a.b/~c", "~/users/[0-9]+$", "/a%2Fb", "~/a%20b"] {
            assert_eq!(path_problem(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_that_the_gateway_refuses_is_mended_where_that_is_clear() {
        for (path, better) in [
            ("api", Some("/api")),
            ("/a//b", Some("/a/b")),
            ("//", Some("/")),
            ("/a b", None),
            ("/a%2", None),
            ("/a%zz", None),
            ("/a%20b", None),
            ("/%61", Some("/a")),
            ("/a%2fb", Some("/a%2Fb")),
            ("/a/../b", None),
            ("", None),
        ] {
            let found = path_problem(path).map(|(_, better)| better);
            assert_eq!(found, Some(better.map(ToOwned::to_owned)), "{path}");
        }
    }
}
