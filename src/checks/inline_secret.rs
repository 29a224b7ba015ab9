//! `inline-secret`: a password, key or token written where everybody reads it.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Origin, Service, Stack};
use crate::source::{Sources, Span};

pub static RULE: Rule = Rule {
    name: "inline-secret",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/inline-secret.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        for literal in literals(service, subject.sources) {
            if service.built_in.iter().any(|name| name == literal.variable) {
                let sign = shape(literal.value).filter(|sign| !OF_PAGES.contains(sign));
                findings.extend(sign.map(|sign| looks_secret(service, &literal, sign).help(NOT_BUILT_IN)));
            } else if let Some(sign) = sign(&literal) {
                findings.push(inline(subject.stack, service, &literal, sign));
            }
        }
    }
}

/// What a page may hold for everybody to see: maps and hosted databases tell by such a key who asks, and no more.
const OF_PAGES: &[&str] = &["a JSON web token", "a Google API key"];

/// What to do where naming a secret would not help.
const NOT_BUILT_IN: &str = "let a service that it asks hold the secret: this variable is built in, for everybody who opens it to read";

/// A variable whose value is written in the stack file, and nowhere refers to anything.
struct Literal<'a> {
    variable: &'a str,
    value: &'a str,
    span: Span,
}

fn literals<'a>(service: &'a Service, sources: &Sources) -> impl Iterator<Item = Literal<'a>> {
    service.environment.iter().filter_map(|(name, variable)| {
        let value = variable.value.as_literal()?;
        let own = variable.origin == Origin::Service && !is_reference(sources.text(variable.span));
        own.then_some(Literal { variable: name, value, span: variable.span })
    })
}

/// Whether what is written there is a string that refers to the stack, rather than `{ literal = "…" }`.
fn is_reference(written: &str) -> bool {
    written.starts_with(['"', '\'']) && written.contains("{{")
}

/// What gives a secret away.
fn sign(literal: &Literal<'_>) -> Option<&'static str> {
    sign_of(literal.variable, literal.value)
}

/// What gives a variable of this name and value away as a secret.
pub(crate) fn sign_of(variable: &str, value: &str) -> Option<&'static str> {
    shape(value)
        .or_else(|| (is_secret_name(variable) && could_be_secret(value)).then_some("the name says so"))
}

/// What a value is by its shape alone.
fn shape(value: &str) -> Option<&'static str> {
    let token = |prefix: &str, least: usize| {
        value.strip_prefix(prefix).is_some_and(|rest| rest.len() >= least && rest.bytes().all(is_token_byte))
    };
    match () {
        () if holds_password(value) => Some("a URL with a password"),
        () if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") => Some("a private key"),
        () if is_jwt(value) => Some("a JSON web token"),
        () if token("AKIA", 16) || token("ASIA", 16) => Some("an AWS access key"),
        () if ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]
            .iter()
            .any(|prefix| token(prefix, 20)) =>
        {
            Some("a GitHub token")
        }
        () if token("glpat-", 20) => Some("a GitLab token"),
        () if ["xoxb-", "xoxp-", "xoxa-"].iter().any(|prefix| token(prefix, 10)) => Some("a Slack token"),
        () if ["sk-", "sk_live_", "sk_test_", "rk_live_"].iter().any(|prefix| token(prefix, 16)) => {
            Some("an API key")
        }
        () if token("AIza", 35) => Some("a Google API key"),
        () => None,
    }
}

fn is_token_byte(found: u8) -> bool {
    found.is_ascii_alphanumeric() || matches!(found, b'-' | b'_')
}

/// `scheme://user:password@host`, anywhere in the value.
fn holds_password(value: &str) -> bool {
    value.match_indices("://").any(|(at, separator)| {
        let rest = &value[at + separator.len()..];
        let authority = rest.split(['/', '?', '#', ' ', ',']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, word)| !word.is_empty())
    })
}

/// Three parts in base64url, of which the first is a JSON object (RFC 7519): `{"` begins as `eyJ`.
fn is_jwt(value: &str) -> bool {
    let parts: Vec<&str> = value.split('.').collect();
    parts.len() == 3
        && parts[0].starts_with("eyJ")
        && parts.iter().all(|part| part.len() >= 8 && part.bytes().all(is_token_byte))
}

/// Whether a variable of this name holds a secret itself, rather than something about one: `TOKEN_URL` and
/// `PASSWORD_MIN_LENGTH` hold none.
pub(crate) fn is_secret_name(variable: &str) -> bool {
    const WORDS: &[&str] = &[
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "PASS",
        "PWD",
        "SECRET",
        "TOKEN",
        "APIKEY",
        "CREDENTIAL",
        "CREDENTIALS",
    ];
    const KEYS: &[&str] = &["API", "SECRET", "PRIVATE", "ACCESS", "ENCRYPTION", "SIGNING", "MASTER", "AUTH"];
    let upper = variable.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        // The shell's working directory.
        ["PWD"] => false,
        [.., last] if WORDS.contains(last) => true,
        [.., before, "KEY"] => KEYS.contains(before),
        [.., "SECRET", "KEY", "BASE"] => true,
        _ => false,
    }
}

/// Whether the value of a variable with such a name can be the secret itself: nothing, a switch and the path of a file cannot.
fn could_be_secret(value: &str) -> bool {
    !value.is_empty() && !matches!(value, "true" | "false") && !is_file_path(value)
}

fn is_file_path(value: &str) -> bool {
    let ends_as_file = || value.rsplit('/').next().is_some_and(|name| name.contains('.'));
    ["/run/", "/etc/", "/var/", "./"].iter().any(|start| value.starts_with(start))
        || (value.starts_with('/') && ends_as_file())
}

fn inline(stack: &Stack, service: &Service, literal: &Literal<'_>, sign: &str) -> Diagnostic {
    let name = secret_name(stack, service, literal.variable);
    looks_secret(service, literal, sign).help_replace(
        "name a secret, and keep its value in `.env`",
        literal.span,
        format!("{{ secret = \"{name}\" }}"),
    )
}

fn looks_secret(service: &Service, literal: &Literal<'_>, sign: &str) -> Diagnostic {
    Diagnostic::error(
        RULE.name,
        format!(
            "`{}` of `{}` looks like a secret, written out in the stack file",
            literal.variable, *service.name
        ),
    )
    .at_secret(literal.span, sign)
    .note("it would stand in every output and in the history of the repository")
}

/// The variable's own name, or one under the service's where another service's secret has it.
fn secret_name(stack: &Stack, service: &Service, variable: &str) -> String {
    let name = variable.to_ascii_uppercase();
    if stack.secrets.contains_key(&name) {
        format!("{}_{name}", crate::model::environment_prefix(&service.name))
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::{could_be_secret, is_secret_name, shape};

    #[test]
    fn a_name_gives_a_secret_away_only_if_the_variable_holds_it() {
        for name in [
            "PASSWORD",
            "db_password",
            "DJANGO_SECRET_KEY",
            "OPENAI_API_KEY",
            "AUTH_TOKEN",
            "SECRET_KEY_BASE",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PWD",
            "TOKEN_URL",
            "PASSWORD_MIN_LENGTH",
            "AWS_ACCESS_KEY_ID",
            "MAX_TOKENS",
            "PUBLIC_KEY",
            "PRIMARY_KEY",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn a_value_gives_a_secret_away_by_its_shape() {
        for value in [
            "postgres://app:hunter2@db:5432/app",
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_0123456789abcdefghij",
            "sk-proj-0123456789abcdef",
            "-----BEGIN RSA PRIVATE KEY-----\nMII",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        ] {
            assert!(shape(value).is_some(), "{value}");
        }
        for value in [
            "http://identity:8001",
            "redis://cache:6379/0",
            "user@example.com",
            "sk-short",
            "https://a/b:c@d",
            "1.2.3",
        ] {
            assert!(shape(value).is_none(), "{value}");
        }
    }

    #[test]
    fn an_empty_value_a_switch_and_a_file_are_no_secrets() {
        for value in ["", "true", "/run/secrets/jwt", "/keys/jwt.pem", "./dev.key"] {
            assert!(!could_be_secret(value), "{value}");
        }
        assert!(could_be_secret("changeme"));
    }
}
