//! `invalid-route`: a route that the gateway would refuse, or could not pass on.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, Service, Unread};
use crate::source::Spanned;
use crate::source::values::{Duration, Rate};

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
            findings.extend(bad_rates(&route.rate_limits));
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
        () => None,
    }
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

/// Kong refuses a limit of a longer period that is below one of a shorter period, and knows one limit a period.
fn bad_rates(rates: &[Spanned<Rate>]) -> Vec<Diagnostic> {
    let mut sorted: Vec<&Spanned<Rate>> = rates.iter().collect();
    sorted.sort_by_key(|rate| rate.period);
    sorted.windows(2).filter_map(|pair| clash(pair[0], pair[1])).collect()
}

fn clash(short: &Spanned<Rate>, long: &Spanned<Rate>) -> Option<Diagnostic> {
    let message = match () {
        () if short.period == long.period => {
            format!("`{}` and `{}` limit the same period", short.value, long.value)
        }
        () if long.limit < short.limit => {
            format!("with `{}`, `{}` is never reached", long.value, short.value)
        }
        () => return None,
    };
    Some(
        Diagnostic::error(RULE.name, message)
            .at(short.span, format!("{} per {}", short.limit, short.period.as_str()))
            .and_at(long.span, format!("{} per {}", long.limit, long.period.as_str()))
            .help("keep one of the two, or let the longer period allow more"),
    )
}

#[cfg(test)]
mod tests {
    use super::path_problem;

    #[test]
    fn a_path_that_the_gateway_takes_is_taken() {
        for path in ["/", "/api/v1", "/api/", "/a.b/~c", "~/users/[0-9]+$", "/a%20b"] {
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
            ("/a/../b", None),
            ("", None),
        ] {
            let found = path_problem(path).map(|(_, better)| better);
            assert_eq!(found, Some(better.map(ToOwned::to_owned)), "{path}");
        }
    }
}
