//! `plugin-host-unknown`: a plugin that posts to a host which the gateway cannot reach.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::plugin_facts::{Naming, Setting, facts, plugins};
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Plugin, Stack};
use crate::source::language::Placement;
use crate::source::nearest;

pub static RULE: Rule = Rule {
    name: "plugin-host-unknown",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/plugin-host-unknown.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for plugin in plugins(subject.stack) {
        let Some(settings) = facts().plugins.get(&*plugin.name) else { continue };
        for (setting, host) in hosts("", settings, &plugin.config) {
            findings.extend(unreachable(subject.stack, plugin, &setting, &host));
        }
    }
}

/// The hosts that a plugin speaks to, each with its setting.
fn hosts(path: &str, settings: &BTreeMap<String, Setting>, config: &Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, setting) in settings {
        let Some(value) = config.get(name) else { continue };
        let path = format!("{path}{name}");
        if let (Some(naming), Some(text)) = (setting.names, value.as_str()) {
            let host = match naming {
                Naming::Host => Some(text),
                Naming::Url => host_of(text),
            };
            // What stands in a vault is known when the gateway starts.
            found.extend(
                host.filter(|host| !host.starts_with('{')).map(|host| (path.clone(), host.to_owned())),
            );
        }
        if let Some(fields) = &setting.fields {
            found.extend(hosts(&format!("{path}."), fields, value));
        }
    }
    found
}

/// The host of a URL, without user and port; none for an address in brackets, which is no name.
fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.split(':').next().filter(|host| !host.is_empty() && !host.starts_with('['))
}

fn unreachable(stack: &Stack, plugin: &Plugin, setting: &str, host: &str) -> Option<Diagnostic> {
    let name = &*plugin.name;
    let place = plugin.place_of(setting.split('.').next().unwrap_or(setting));
    let found = |message: String, label: &str| Diagnostic::error(RULE.name, message).at(place, label);
    if host == "localhost" || host.starts_with("127.") {
        return Some(
            found(format!("`{name}` would post to the gateway's own container"), "the container itself")
                .help("name the service that is meant, or for a process on the developer's machine `host.docker.internal`"),
        );
    }
    // A name with a dot is looked up outside of the stack.
    if host.contains('.') {
        return None;
    }
    let Some(service) = stack.services.get(host) else {
        let diagnostic = found(
            format!("`{name}` posts to `{host}`, which is no service of this stack"),
            "no such service",
        )
        .note("a name without a dot is looked up among the containers of the stack alone");
        let names = stack
            .services
            .values()
            .filter(|service| !service.synthesised)
            .map(|service| service.name.as_str());
        return Some(match nearest(host, names) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("declare `[services.{host}]`, or leave the plugin out")),
        });
    };
    if service.placement == Placement::Host {
        return Some(
            found(
                format!(
                    "`{host}` runs on the developer's machine, where `{name}` does not find it by its name"
                ),
                "no container has this name",
            )
            .and_at(service.name.span, "runs on the host")
            .help("write `host.docker.internal` for its host"),
        );
    }
    let gateway = stack.gateway.as_ref()?;
    let shared = |members: &[String]| {
        [host, gateway.service.as_str()].iter().all(|name| members.iter().any(|member| member == name))
    };
    if stack.networks.is_empty() || stack.networks.iter().any(|network| shared(&network.members)) {
        return None;
    }
    Some(
        found(
            format!("`{name}` posts to `{host}`, which the gateway shares no network with"),
            "out of the gateway's reach",
        )
        .and_at(service.name.span, "reached by those that need it alone")
        .help(
            "let a service that the gateway reaches pass it on, or make it of a kind that is no data service",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn a_url_has_a_host_between_user_and_port() {
        assert_eq!(host_of("http://user:word@jaeger:9411/api?x=1"), Some("jaeger"));
        assert_eq!(host_of("http://jaeger"), Some("jaeger"));
        assert_eq!(host_of("http://[::1]:9411/"), None);
        assert_eq!(host_of("jaeger:9411"), None);
    }
}
