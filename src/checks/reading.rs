//! The rules that the other stages raise while they read, resolve, render and plan.

use super::{Check, Rule};
use crate::diagnostics::Severity;

const fn stage(name: &'static str, page: &'static str) -> Rule {
    Rule { name, severity: Severity::Error, settable: false, page, check: Check::Stage }
}

const fn warning(name: &'static str, page: &'static str) -> Rule {
    Rule { name, severity: Severity::Warning, settable: false, page, check: Check::Stage }
}

pub static BLOCKED_OUTPUT: Rule = stage("blocked-output", include_str!("../../docs/rules/blocked-output.md"));
pub static CONTROL_CHARACTER: Rule =
    stage("control-character", include_str!("../../docs/rules/control-character.md"));
pub static DRIFT: Rule = stage("drift", include_str!("../../docs/rules/drift.md"));
pub static DUPLICATE_KEY: Rule = stage("duplicate-key", include_str!("../../docs/rules/duplicate-key.md"));
pub static EXTENDS_CYCLE: Rule = stage("extends-cycle", include_str!("../../docs/rules/extends-cycle.md"));
pub static INCLUDE_CYCLE: Rule = stage("include-cycle", include_str!("../../docs/rules/include-cycle.md"));
pub static INVALID_VALUE: Rule = stage("invalid-value", include_str!("../../docs/rules/invalid-value.md"));
pub static MANIFEST: Rule = stage("manifest", include_str!("../../docs/rules/manifest.md"));
pub static MISSING_KEY: Rule = stage("missing-key", include_str!("../../docs/rules/missing-key.md"));
pub static MISSING_OUTPUT: Rule = stage("missing-output", include_str!("../../docs/rules/missing-output.md"));
pub static STACKGEN_VERSION: Rule =
    stage("stackgen-version", include_str!("../../docs/rules/stackgen-version.md"));
pub static SYNTAX: Rule = stage("syntax", include_str!("../../docs/rules/syntax.md"));
pub static TEMPLATE: Rule = stage("template", include_str!("../../docs/rules/template.md"));
pub static TOO_MANY_NETWORKS: Rule =
    stage("too-many-networks", include_str!("../../docs/rules/too-many-networks.md"));
pub static TWO_STACKS: Rule = stage("two-stacks", include_str!("../../docs/rules/two-stacks.md"));
pub static UNKNOWN_KEY: Rule = stage("unknown-key", include_str!("../../docs/rules/unknown-key.md"));
pub static UNREADABLE_FILE: Rule =
    stage("unreadable-file", include_str!("../../docs/rules/unreadable-file.md"));
pub static LIMIT: Rule = stage("limit", include_str!("../../docs/rules/limit.md"));
pub static WRONG_TYPE: Rule = stage("wrong-type", include_str!("../../docs/rules/wrong-type.md"));
pub static OPEN_PORT: Rule = stage("open-port", include_str!("../../docs/rules/open-port.md"));
pub static CURL_PROBE: Rule = stage("curl-probe", include_str!("../../docs/rules/curl-probe.md"));
pub static FLAT_NETWORK: Rule = stage("flat-network", include_str!("../../docs/rules/flat-network.md"));
pub static UNUSED_UPSTREAM: Rule =
    stage("unused-upstream", include_str!("../../docs/rules/unused-upstream.md"));
pub static UNKNOWN_HOST: Rule = stage("unknown-host", include_str!("../../docs/rules/unknown-host.md"));
pub static ENV_DIFFERS: Rule = stage("env-differs", include_str!("../../docs/rules/env-differs.md"));
pub static DOCKER_SOCKET: Rule = warning("docker-socket", include_str!("../../docs/rules/docker-socket.md"));
pub static PRIVILEGED_CONTAINER: Rule =
    warning("privileged-container", include_str!("../../docs/rules/privileged-container.md"));
