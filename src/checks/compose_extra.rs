//! `compose-extra`: what is said in Compose's own words, and Compose does not know, or stackgen says itself.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value as Json, json};

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{ComposeExtra, ExtraMount, Service, Stack};
use crate::source::nearest;

pub static RULE: Rule = Rule {
    name: "compose-extra",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/compose-extra.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    let declared: BTreeSet<String> = stack.declared_volumes().into_iter().map(|volume| volume.key).collect();
    for service in stack.services.values() {
        findings.extend(unknown(&service.compose_extra, "compose_service", "a service of Compose"));
        findings.extend(contradictions(service));
        if !stack.compose_extra.contains_key("include") {
            findings.extend(undeclared_volumes(service, &declared));
        }
    }
    findings.extend(unknown(&stack.compose_extra, "", "a Compose file"));
    findings.extend(contradictions_of_the_file(stack));
}

/// The schema of the Compose output, which has every key of a service that there is.
static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../schemas/outputs/compose.schema.json"));
    schema.expect("the schema that stackgen is built with is JSON, as its tests see")
});

/// What Compose does not know, or takes no such value for.
fn unknown(extra: &ComposeExtra, definition: &str, what: &str) -> Vec<Diagnostic> {
    let table = if definition.is_empty() { &*SCHEMA } else { &SCHEMA["$defs"][definition] };
    let Some(keys) = table["properties"].as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in extra.iter().filter(|(key, _)| !key.starts_with("x-")) {
        let Some(schema) = keys.get(key) else {
            let diagnostic = Diagnostic::error(RULE.name, format!("{what} has no key `{key}`"));
            let diagnostic = diagnostic.at(value.span, "Compose would refuse this");
            found.push(match nearest(key, keys.keys().map(String::as_str)) {
                Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), value.span, near),
                None => diagnostic
                    .help("what Compose knows is in https://docs.docker.com/reference/compose-file/"),
            });
            continue;
        };
        let schema = json!({ "$ref": "#/$defs/it", "$defs": with(&SCHEMA["$defs"], schema) });
        let fault =
            jsonschema::validator_for(&schema).ok().and_then(|validator| fault(&validator, &value.value));
        found.extend(fault.map(|fault| {
            Diagnostic::error(RULE.name, format!("Compose takes no such `{key}`: {fault}"))
                .at(value.span, "Compose would refuse this")
                .help("what Compose takes is in https://docs.docker.com/reference/compose-file/")
        }));
    }
    found
}

/// Volumes that a service mounts and the Compose file does not declare. What it includes from elsewhere may declare them.
fn undeclared_volumes(service: &Service, declared: &BTreeSet<String>) -> Vec<Diagnostic> {
    let Some(said) = service.compose_extra.get("volumes") else { return Vec::new() };
    let mounts = service.extra_mounts().into_iter().filter(|mount| !declared.contains(mount.key));
    let finding = |mount: ExtraMount<'_>| {
        let key = mount.key;
        let message =
            format!("`{}` mounts the volume `{key}`, which the Compose file does not declare", *service.name);
        Diagnostic::error(RULE.name, message)
            .at(said.span, "Compose would refuse this")
            .help(format!("write `[compose_extra.volumes.{key}]` beside the services, or say the volume under `volumes` of the service"))
    };
    mounts.map(finding).collect()
}

fn with(definitions: &Json, schema: &Json) -> Json {
    let mut all = definitions.clone();
    all["it"] = schema.clone();
    all
}

fn fault(validator: &Validator, value: &Json) -> Option<String> {
    let error = validator.iter_errors(value).next()?;
    let text = error.to_string();
    Some(text.chars().take(200).collect())
}

/// Keys for which the language has a word, and that word.
const WORDS: &[(&str, &str)] = &[
    ("user", "user"),
    ("read_only", "read_only"),
    ("restart", "restart"),
    ("stop_grace_period", "stop_grace"),
    ("mem_limit", "memory"),
    ("cpus", "cpus"),
    ("scale", "replicas"),
];

fn contradictions(service: &Service) -> Vec<Diagnostic> {
    let extra = &service.compose_extra;
    let mut found = Vec::new();
    for (key, word) in WORDS {
        if let Some(value) = extra.get(*key) {
            found.push(says_itself(service, key, value.span, format!("say it as `{word}` of the service")));
        }
    }
    let own = |key: &str, is_written: bool, help: &str| {
        let value = extra.get(key).filter(|_| is_written)?;
        Some(says_itself(service, key, value.span, help.to_owned()))
    };
    found.extend(own("image", service.build.is_none(), "say it as `image` of the service"));
    found.extend(own("command", !service.command.is_empty(), "say it as `command` of the service"));
    found.extend(own(
        "entrypoint",
        !service.entrypoint.is_empty(),
        "its kind says the entrypoint: say `kind = \"container\"`, or make a kind of your own",
    ));
    found.extend(own(
        "cap_drop",
        true,
        "all capabilities are dropped: add those that it cannot do without, as `cap_add`",
    ));
    let is_in_network_mode = extra.contains_key("network_mode") && extra.contains_key("networks");
    found.extend(own("networks", is_in_network_mode, "keep one of `network_mode` and `networks`"));
    found.extend(parts(service));
    found
}

/// Whether stackgen writes an entry of that name.
type IsWritten<'a> = &'a dyn Fn(&str) -> bool;

/// Entries of a table that stackgen writes as well.
fn parts(service: &Service) -> Vec<Diagnostic> {
    let environment = |name: &str| service.environment.contains_key(name);
    let label = |name: &str| name.starts_with("com.stackgen.");
    let need = |name: &str| service.needs.iter().any(|need| need.service.value == name);
    let has_check = service.health.as_ref().is_some_and(|health| !health.command.is_empty());
    let health = |name: &str| {
        has_check && matches!(name, "test" | "interval" | "timeout" | "retries" | "start_period" | "disable")
    };
    let is_built = service.build.is_some();
    let build = |name: &str| is_built && matches!(name, "context" | "dockerfile");
    let deploy = |name: &str| name == "replicas";
    let written: [(&str, IsWritten<'_>, &str); 6] = [
        ("environment", &environment, "say it under `env` of the service"),
        ("labels", &label, "this label is stackgen's own: choose another name"),
        ("depends_on", &need, "keep it under `needs`, or here"),
        ("healthcheck", &health, "say it under `health` of the service"),
        ("build", &build, "say it as `path` and `dockerfile` of the service"),
        ("deploy", &deploy, "say it as `replicas` of the service"),
    ];
    let mut found = Vec::new();
    for (key, is_written, help) in written {
        let Some(value) = service.compose_extra.get(key) else { continue };
        let names = value.value.as_object().into_iter().flat_map(serde_json::Map::keys);
        for name in names.filter(|name| is_written(name)) {
            found.push(says_itself(service, &format!("{key}.{name}"), value.span, help.to_owned()));
        }
    }
    if let Some(build) = service.compose_extra.get("build").filter(|_| is_built) {
        let names = build.value["args"].as_object().into_iter().flat_map(serde_json::Map::keys);
        for name in names.filter(|name| service.built_in.contains(name)) {
            let help = "keep it under `env` of the service, or here".to_owned();
            found.push(says_itself(service, &format!("build.args.{name}"), build.span, help));
        }
    }
    let limits = service.compose_extra.get("deploy");
    for (name, is_written) in [("memory", service.memory.is_some()), ("cpus", service.cpus.is_some())] {
        let said = limits.filter(|deploy| is_written && !deploy.value["resources"]["limits"][name].is_null());
        found.extend(said.map(|deploy| {
            let key = format!("deploy.resources.limits.{name}");
            says_itself(service, &key, deploy.span, format!("say it as `{name}` of the service"))
        }));
    }
    found
}

fn says_itself(service: &Service, key: &str, span: crate::source::Span, help: String) -> Diagnostic {
    let message = format!("`{key}` of `{}` is what stackgen says itself", *service.name);
    Diagnostic::error(RULE.name, message).at(span, "would be said twice").help(help)
}

fn contradictions_of_the_file(stack: &Stack) -> Vec<Diagnostic> {
    let own = [
        ("name", "say it as `name` under `[stack]`"),
        ("services", "write `compose_extra` into the service"),
    ];
    own.into_iter()
        .filter_map(|(key, help)| {
            let span = stack.compose_extra.get(key)?.span;
            let message = format!("`{key}` of the Compose file is what stackgen says itself");
            Some(Diagnostic::error(RULE.name, message).at(span, "would be said twice").help(help))
        })
        .collect()
}
