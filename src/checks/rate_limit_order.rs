//! `rate-limit-order`: rate limits of which one is never reached, which the gateway refuses.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Spanned;
use crate::source::values::Rate;

pub static RULE: Rule = Rule {
    name: "rate-limit-order",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/rate-limit-order.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let mut seen = std::collections::BTreeSet::new();
    for route in subject.stack.services.values().flat_map(|service| &service.routes) {
        // Limits that come from a default hold for many routes, and are one finding.
        if route.rate_limits.first().is_some_and(|first| seen.insert(first.span)) {
            findings.extend(bad_rates(&route.rate_limits));
        }
    }
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
