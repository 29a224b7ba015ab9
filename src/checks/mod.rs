//! The rules: what can be wrong with a stack that could be read and resolved.
//!
//! A rule is one file here, one page under `docs/rules/`, and one line in [`RULES`]. Its file holds a `static RULE` and one check; the
//! page is what `explain` prints, and its examples are the rule's tests.

mod agent_budget;
mod agent_cycle;
mod agent_indistinct;
mod agent_name;
mod agent_overlap;
mod agent_root;
mod agent_tool;
mod agent_unowned_service;
mod agent_vague;
mod build_secret;
mod compose_extra;
mod dependency_cycle;
mod duplicate_name;
mod duplicate_route;
mod env_collision;
mod env_override;
mod findings;
mod floating_tag;
mod group_without_consumer;
pub(crate) mod host_port;
mod inline_secret;
mod insecure_cors;
mod invalid_mount;
mod invalid_name;
mod invalid_route;
mod jwt_without_consumer;
mod key_without_consumer;
mod level;
mod links;
mod literal;
mod missing_path;
mod open_admin;
mod output_collision;
mod path_escape;
mod pinned_name;
mod plugin_config;
mod plugin_facts;
mod plugin_host_unknown;
mod plugin_unknown;
mod port_collision;
mod port_reserved;
mod profile_need;
mod rate_limit_order;
mod reading;
mod route_without_gateway;
mod shadowed_route;
mod unanswered_preflight;
mod unknown_reference;
mod unprotected_route;
mod unreachable_upstream;
mod unused_secret;

use camino::Utf8Path;

pub use self::findings::Findings;
pub(crate) use self::findings::merge;
pub(crate) use self::inline_secret::{is_secret_name, sign_of};
pub(crate) use self::invalid_name::unfit_name;
use self::level::Levels;
pub use self::links::with_rules;
pub(crate) use self::port_reserved::is_reserved;
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Stack, Target};
use crate::parallel;
use crate::render::Output;
use crate::source::{Sources, World};

/// Every rule, by name in alphabetical order.
pub static RULES: &[&Rule] = &[
    &agent_budget::RULE,
    &agent_cycle::RULE,
    &agent_indistinct::RULE,
    &agent_name::RULE,
    &agent_overlap::RULE,
    &agent_root::RULE,
    &agent_tool::RULE,
    &agent_unowned_service::RULE,
    &agent_vague::RULE,
    &reading::BLOCKED_OUTPUT,
    &build_secret::RULE,
    &compose_extra::RULE,
    &reading::CONTROL_CHARACTER,
    &reading::CURL_PROBE,
    &dependency_cycle::RULE,
    &reading::DOCKER_SOCKET,
    &reading::DRIFT,
    &reading::DUPLICATE_KEY,
    &duplicate_name::RULE,
    &duplicate_route::RULE,
    &env_collision::RULE,
    &reading::ENV_DIFFERS,
    &env_override::RULE,
    &reading::EXTENDS_CYCLE,
    &reading::FLAT_NETWORK,
    &floating_tag::RULE,
    &group_without_consumer::RULE,
    &reading::INCLUDE_CYCLE,
    &inline_secret::RULE,
    &insecure_cors::RULE,
    &invalid_mount::RULE,
    &invalid_name::RULE,
    &invalid_route::RULE,
    &reading::INVALID_VALUE,
    &jwt_without_consumer::RULE,
    &key_without_consumer::RULE,
    &reading::LIMIT,
    &reading::MANIFEST,
    &reading::MISSING_KEY,
    &reading::MISSING_OUTPUT,
    &missing_path::RULE,
    &open_admin::RULE,
    &reading::OPEN_PORT,
    &output_collision::RULE,
    &path_escape::RULE,
    &pinned_name::RULE,
    &plugin_config::RULE,
    &plugin_host_unknown::RULE,
    &plugin_unknown::RULE,
    &port_collision::RULE,
    &port_reserved::RULE,
    &reading::PRIVILEGED_CONTAINER,
    &profile_need::RULE,
    &rate_limit_order::RULE,
    &route_without_gateway::RULE,
    &shadowed_route::RULE,
    &reading::STACKGEN_VERSION,
    &reading::SYNTAX,
    &reading::TEMPLATE,
    &reading::TOO_MANY_NETWORKS,
    &reading::TWO_STACKS,
    &unanswered_preflight::RULE,
    &reading::UNKNOWN_HOST,
    &reading::UNKNOWN_KEY,
    &unknown_reference::RULE,
    &unprotected_route::RULE,
    &unreachable_upstream::RULE,
    &reading::UNREADABLE_FILE,
    &unused_secret::RULE,
    &reading::UNUSED_UPSTREAM,
    &reading::WRONG_TYPE,
];

/// One thing that can be wrong.
pub struct Rule {
    /// As `explain`, `[checks]` and every diagnostic call it.
    pub name: &'static str,
    /// How much it matters where `[checks]` says nothing.
    pub severity: Severity,
    /// Whether `[checks]` may set how much it matters. Not so where an output made in spite of the finding would be wrong.
    pub settable: bool,
    /// The page that explains it, in Markdown.
    pub page: &'static str,
    pub check: Check,
}

/// When a rule is looked at.
pub enum Check {
    /// While the files are read, resolved, rendered or planned: the stage itself raises it.
    Stage,
    /// Over each resolved stack.
    Stack(fn(&Subject<'_>, &mut Findings)),
    /// Over the base and all its environments together: what none of them can tell alone.
    Everywhere(fn(&[Subject<'_>], &mut Findings)),
    /// Over the list of everything that was rendered, all environments together.
    Outputs(fn(&Subject<'_>, &[Made<'_>], &mut Findings)),
}

/// What the rules look at: one stack in one environment, and the files around it.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub stack: &'a Stack,
    pub world: &'a dyn World,
    pub sources: &'a Sources,
}

/// A file that a target made.
#[derive(Clone, Copy)]
pub struct Made<'a> {
    /// From the project's root.
    pub path: &'a Utf8Path,
    pub target: &'a Target,
    /// None for the base.
    pub environment: Option<&'a str>,
    pub output: &'a Output,
}

/// The rule of that name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// What the rules find in a stack and its environments.
///
/// What the base and an environment both show is said once. What only environments show says in which.
#[must_use]
pub fn run<'a>(subjects: impl IntoIterator<Item = Subject<'a>>) -> Vec<Diagnostic> {
    let subjects: Vec<_> = subjects.into_iter().collect();
    let each = subjects.iter().map(|subject| (subject.stack.environment.as_ref(), run_one(subject)));
    let mut found = merge(each);
    found.extend(run_everywhere(&subjects));
    found
}

/// An environment that was asked for alone comes without its base, and is not all there is.
fn run_everywhere(subjects: &[Subject<'_>]) -> Vec<Diagnostic> {
    let Some(base) = subjects.first().filter(|first| first.stack.environment.is_none()) else {
        return Vec::new();
    };
    judge(&base.stack.levels, |rule, findings| {
        if let Check::Everywhere(check) = rule.check {
            check(subjects, findings);
        }
    })
}

/// What the rules find in everything that was rendered. `base` is the stack whose `[checks]` hold.
#[must_use]
pub fn run_outputs(base: &Subject<'_>, made: &[Made<'_>]) -> Vec<Diagnostic> {
    judge(&base.stack.levels, |rule, findings| {
        if let Check::Outputs(check) = rule.check {
            check(base, made, findings);
        }
    })
}

fn run_one(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = level::misnamed(subject);
    found.extend(judge(&subject.stack.levels, |rule, findings| {
        if let Check::Stack(check) = rule.check {
            check(subject, findings);
        }
    }));
    found
}

/// Whatever the rules find, in the order of the rules; none of them knows of the others.
fn judge(levels: &Levels, look: impl Fn(&Rule, &mut Findings) + Sync) -> Vec<Diagnostic> {
    let found = parallel::each(RULES, |rule| {
        let mut findings = Findings::new(level::severity(rule, levels)?);
        look(rule, &mut findings);
        Some(findings.into_diagnostics())
    });
    found.into_iter().flatten().flatten().collect()
}
