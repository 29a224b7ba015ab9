//! `invalid-name`: a name that some output could not carry.

use std::collections::BTreeSet;

use super::{Check, Findings, Rule, Subject, agent_name};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Origin, Service, Stack};
use crate::source::{Sort, Span};

pub static RULE: Rule = Rule {
    name: "invalid-name",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/invalid-name.md"),
    check: Check::Stack(check),
};

/// The longest DNS label (RFC 1035, section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The form that one sort of name has.
struct Form {
    /// What it is the name of; follows "cannot be".
    of: &'static str,
    /// The form in words; follows "such a name is".
    words: &'static str,
    fits: fn(&str) -> bool,
    /// The name that comes nearest to one that does not fit.
    near: fn(&str) -> String,
}

const STACK: Form = Form {
    of: "the name of a stack",
    words: "at most 63 small letters, digits and hyphens, no hyphen at either end",
    fits: is_label,
    near: label_like,
};
const ENVIRONMENT: Form = Form { of: "the name of an environment", ..STACK };
const SERVICE: Form = Form {
    of: "the name of a service",
    words: "at most 63 small letters, digits and hyphens, a letter first, no hyphen last",
    fits: |name| is_label(name) && name.starts_with(|first: char| first.is_ascii_lowercase()),
    near: label_like,
};
const VARIABLE: Form = Form {
    of: "the name of a variable",
    words: "made of letters, digits and `_`, no digit first",
    fits: is_variable_name,
    near: variable_like,
};
const PREFIX: Form = Form { of: "the prefix of variables", ..VARIABLE };
const SECRET: Form = Form {
    of: "the name of a secret",
    words: "made of capital letters, digits and `_`, no digit first",
    fits: |name| is_variable_name(name) && !name.bytes().any(|found| found.is_ascii_lowercase()),
    near: variable_like,
};
/// What Docker takes: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`.
const VOLUME: Form = Form {
    of: "the name of a volume",
    words: "made of letters, digits, `.`, `_` and `-`, a letter or digit first",
    fits: |name| {
        name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'_' | b'.' | b'-'))
    },
    near: label_like,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    findings.extend(unfit(&STACK, &stack.name, stack.name.span));
    findings.extend(stack.environment.iter().filter_map(|name| unfit(&ENVIRONMENT, name, name.span)));
    for service in stack.services.values() {
        check_service(stack, service, findings);
        check_variables(service, findings);
        let volumes = service.volumes.iter();
        findings.extend(volumes.filter_map(|volume| unfit(&VOLUME, &volume.name, service.name.span)));
    }
    findings.extend(stack.secrets.iter().filter_map(|(name, secret)| unfit(&SECRET, name, secret.span)));
}

fn check_service(stack: &Stack, service: &Service, findings: &mut Findings) {
    let name = &service.name;
    findings.extend(unfit(&SERVICE, name, name.span));
    let container = format!("{}-{}-{}", *stack.name, **name, service.replicas.value);
    if container.len() > LONGEST_LABEL && (STACK.fits)(&stack.name) && (SERVICE.fits)(name) {
        findings.push(too_long_together(&container, name.span));
    }
}

fn check_variables(service: &Service, findings: &mut Findings) {
    let prefixes = service.needs.iter().filter_map(|need| need.prefix.as_ref());
    findings.extend(prefixes.filter_map(|prefix| unfit(&PREFIX, prefix, prefix.span)));
    // What is wrong with a variable's name may be its need's prefix, which has a finding of its own.
    let under_unfit_prefix: BTreeSet<&str> = service
        .needs
        .iter()
        .filter(|need| need.prefix.as_ref().is_some_and(|prefix| !(PREFIX.fits)(prefix)))
        .map(|need| need.service.as_str())
        .collect();
    let variables = service.environment.iter().filter(|(_, variable)| {
        !matches!(&variable.origin, Origin::Need(from) if under_unfit_prefix.contains(from.as_str()))
    });
    findings.extend(variables.filter_map(|(name, variable)| unfit(&VARIABLE, name, variable.span)));
}

fn unfit(form: &Form, name: &str, span: Span) -> Option<Diagnostic> {
    if (form.fits)(name) {
        return None;
    }
    let shown = name.replace('\n', "\\n").replace('\t', "\\t");
    let near = (form.near)(name);
    Some(
        Diagnostic::error(RULE.name, format!("`{shown}` cannot be {}", form.of))
            .at(span, "not a name that every output can carry")
            .note(format!("such a name is {}", form.words))
            .help(if (form.fits)(&near) {
                format!("call it `{near}`, here and wherever it is named")
            } else {
                "choose another name".to_owned()
            }),
    )
}

/// Why something of that sort cannot have the name, if it cannot: for whoever is about to give it.
pub(crate) fn unfit_name(sort: Sort, name: &str) -> Option<String> {
    let form = match sort {
        Sort::Service => &SERVICE,
        Sort::Secret => &SECRET,
        Sort::Agent => return agent_name::refused(name),
        Sort::Kind => return None,
    };
    (!(form.fits)(name)).then(|| format!("`{name}` cannot be {}: such a name is {}", form.of, form.words))
}

fn too_long_together(container: &str, span: Span) -> Diagnostic {
    Diagnostic::error(RULE.name, format!("`{container}`, the container of this service, has too long a name"))
        .at(span, format!("{} of at most {LONGEST_LABEL} characters", container.len()))
        .note("others find a container by this name, which has to be a DNS label")
        .help("shorten the name of the stack or of the service")
}

/// A DNS label (RFC 1123, section 2.1), in small letters.
pub(super) fn is_label(name: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&name.len())
        && name.bytes().all(|found| found.is_ascii_lowercase() || found.is_ascii_digit() || found == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// A name (POSIX.1, section 3.216), which is what every shell takes.
fn is_variable_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|found| found.is_ascii_alphanumeric() || found == b'_')
}

/// The label that comes nearest to a name.
pub(super) fn label_like(name: &str) -> String {
    let replaced = name
        .chars()
        .map(|found| if found.is_ascii_alphanumeric() { found.to_ascii_lowercase() } else { '-' });
    replaced.take(LONGEST_LABEL).collect::<String>().trim_matches('-').to_owned()
}

fn variable_like(name: &str) -> String {
    let replaced = name
        .chars()
        .map(|found| if found.is_ascii_alphanumeric() { found.to_ascii_uppercase() } else { '_' });
    replaced.collect::<String>().trim_matches('_').to_owned()
}
