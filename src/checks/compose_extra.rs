//! `compose-extra`: what is said in Compose's own words, and Compose does not know, or stackgen says itself.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value as Json, json};

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{ComposeExtra, Service, Stack, refines_a_build};
use crate::source::language::{ComposeName, ComposeSort, Placement};
use crate::source::{Span, dotted_key, nearest, quoted};

pub static RULE: Rule = Rule {
    name: "compose-extra",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/compose-extra.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    let declared = declared(stack);
    for service in stack.services.values() {
        findings.extend(unknown(&service.compose_extra, "compose_service", "a service of Compose"));
        findings.extend(contradictions(stack, service));
        findings.extend(undeclared(service, &declared));
        findings.extend(on_the_host(stack, service));
        findings.extend(one_name_for_many(service));
        findings.extend(built_from_nothing(service));
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

/// What a service names and the Compose file does not declare. Services are names of the stack's own, and reported as such.
fn undeclared(service: &Service, declared: &Declared<'_>) -> Vec<Diagnostic> {
    let names = service.compose_names.iter().filter(|said| said.sort != ComposeSort::Service);
    let is_there = |said: &ComposeName| declared.contains(&(said.sort, said.name.as_str()));
    names.filter(|said| !is_there(said)).map(|said| no_such(service, said)).collect()
}

/// Everything beside the services that the Compose file declares.
type Declared<'a> = BTreeSet<(ComposeSort, &'a str)>;

fn declared(stack: &Stack) -> Declared<'_> {
    let volumes = stack.services.values().flat_map(|service| &service.volumes);
    let volumes = volumes.map(|volume| (ComposeSort::Volume, volume.full_name.as_str()));
    let networks = stack.networks.iter().map(|network| network.name.as_str());
    // Compose makes the network `default` of itself.
    let networks = networks.chain(["default"]).map(|name| (ComposeSort::Network, name));
    let said = stack.compose_declared.iter().map(|said| (said.sort, said.key.as_str()));
    volumes.chain(networks).chain(said).collect()
}

fn no_such(service: &Service, said: &ComposeName) -> Diagnostic {
    let (word, key) = (said.sort.word(), said.name.as_str());
    let (verb, own_word) = match said.sort {
        ComposeSort::Volume => ("mounts", ", or say the volume under `volumes` of the service"),
        ComposeSort::Network => ("is on", ", or take it out: the networks follow from `needs`"),
        ComposeSort::Secret => ("reads", ", or give it the value as `env = { NAME = { secret = \"…\" } }`"),
        ComposeSort::Config | ComposeSort::Service => ("reads", ""),
    };
    let table = dotted_key(["compose_extra", said.sort.table(), key]);
    let message =
        format!("`{}` {verb} the {word} `{key}`, which the Compose file does not declare", *service.name);
    Diagnostic::error(RULE.name, message)
        .at(said.name.span, "Compose would refuse this")
        .help(format!("write `[{table}]` beside the services{own_word}"))
}

/// Services that are named, and of which the Compose file has nothing: they are the developer's own processes.
fn on_the_host(stack: &Stack, service: &Service) -> Vec<Diagnostic> {
    let is_on_host =
        |name: &str| stack.services.get(name).is_some_and(|other| other.placement == Placement::Host);
    let names =
        service.compose_names.iter().filter(|said| said.sort == ComposeSort::Service && !said.is_optional);
    names
        .filter(|said| is_on_host(&said.name))
        .map(|said| {
            let (name, key) = (said.name.as_str(), said.key);
            let message =
                format!("`{key}` of `{}` names `{name}`, which runs on the machine itself", *service.name);
            Diagnostic::error(RULE.name, message)
                .at(said.name.span, "Compose would refuse this: its file has no such service")
                .help(format!(
                    "take it out; what `{}` has to know of `{name}`, `needs` tells it",
                    *service.name
                ))
        })
        .collect()
}

/// How to build, without what to build from.
fn built_from_nothing(service: &Service) -> Option<Diagnostic> {
    let said = service.compose_extra.get("build").filter(|_| service.build.is_none())?;
    if !refines_a_build(&said.value) {
        return None;
    }
    let message = format!("`build` of `{}` says how it is built, and nothing says from what", *service.name);
    let found =
        Diagnostic::error(RULE.name, message).at(said.span, "Compose would refuse this: it has no `context`");
    Some(found.help("say the folder as `path` of the service, or remove `build`"))
}

/// A name for one container, of a service that has several.
fn one_name_for_many(service: &Service) -> Option<Diagnostic> {
    let said = service.compose_extra.get("container_name").filter(|_| service.replicas.value > 1)?;
    let (name, count) = (&*service.name, service.replicas.value);
    let message = format!("`{name}` runs {count} containers, and gives one name to them all");
    let found = Diagnostic::error(RULE.name, message)
        .at(said.span, "Compose would refuse this")
        .and_at(service.replicas.span, "several containers");
    Some(found.help("remove `container_name`, or run one container"))
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

fn contradictions(stack: &Stack, service: &Service) -> Vec<Diagnostic> {
    let extra = &service.compose_extra;
    let mut found = Vec::new();
    for (key, word) in WORDS {
        if let Some(value) = extra.get(*key) {
            found.push(says_itself(
                stack,
                service,
                key,
                value.span,
                format!("say it as `{word}` of the service"),
            ));
        }
    }
    let own = |key: &str, is_written: bool, help: &str| {
        let value = extra.get(key).filter(|_| is_written)?;
        Some(says_itself(stack, service, key, value.span, help.to_owned()))
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
    found.extend(parts(stack, service));
    found
}

/// Whether stackgen writes an entry of that name.
type IsWritten<'a> = &'a dyn Fn(&str) -> bool;

/// Entries of a table that stackgen writes as well.
fn parts(stack: &Stack, service: &Service) -> Vec<Diagnostic> {
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
            found.push(says_itself(
                stack,
                service,
                &dotted_key([key, name.as_str()]),
                value.span,
                help.to_owned(),
            ));
        }
    }
    if let Some(build) = service.compose_extra.get("build").filter(|_| is_built) {
        let names = build.value["args"].as_object().into_iter().flat_map(serde_json::Map::keys);
        for name in names.filter(|name| service.built_in.contains(name)) {
            let (key, help) =
                (dotted_key(["build", "args", name]), "keep it under `env` of the service, or here");
            found.push(says_itself(stack, service, &key, build.span, help.to_owned()));
        }
    }
    let limits = service.compose_extra.get("deploy");
    for (name, is_written) in [("memory", service.memory.is_some()), ("cpus", service.cpus.is_some())] {
        let said = limits.filter(|deploy| is_written && !deploy.value["resources"]["limits"][name].is_null());
        found.extend(said.map(|deploy| {
            let key = format!("deploy.resources.limits.{name}");
            says_itself(stack, service, &key, deploy.span, format!("say it as `{name}` of the service"))
        }));
    }
    found
}

fn says_itself(stack: &Stack, service: &Service, key: &str, span: Span, help: String) -> Diagnostic {
    let message = format!("`{key}` of `{}` is what stackgen says itself", *service.name);
    let found = Diagnostic::error(RULE.name, message).at(span, "would be said twice").help(help);
    let Some(environment) = &stack.environment else { return found };
    // Where the environment says it with the word, and only the base in Compose's own.
    let path = format!("{}.{key}", dotted_key(["services", &*service.name, "compose_extra"]));
    let table = dotted_key(["environments", environment.as_str()]);
    found.help(format!(
        "if it is so in the base alone, leave it out here: `without = [{}]` under `[{table}]`",
        quoted(&path)
    ))
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
