//! The plugins of Kong's that the language has words for, and how the others are passed on.

use serde_json::Value as Json;

use super::one_or_several;
use crate::import::node::Node;
use crate::import::toml::{Part, Toml};

/// A plugin in the words of the language.
pub(super) struct Words {
    name: &'static str,
    /// Whether it asks who comes in.
    pub(super) is_auth: bool,
    /// The options that the words speak of.
    pub(super) options: &'static [&'static str],
    /// Says its config.
    pub(super) say: fn(&Node, &mut Part),
}

const WORDS: &[Words] = &[
    Words { name: "jwt", is_auth: true, options: &["claims_to_verify", "run_on_preflight"], say: jwt },
    Words { name: "key-auth", is_auth: true, options: &["key_names"], say: key_auth },
    Words { name: "rate-limiting", is_auth: false, options: RATE_UNITS, say: rate_limiting },
    Words {
        name: "request-size-limiting",
        is_auth: false,
        options: &["allowed_payload_size", "size_unit"],
        say: request_size_limiting,
    },
    Words {
        name: "cors",
        is_auth: false,
        options: &["origins", "credentials", "max_age", "methods", "headers", "exposed_headers"],
        say: cors,
    },
    Words { name: "acl", is_auth: false, options: ALLOW_DENY, say: acl },
    Words { name: "ip-restriction", is_auth: false, options: ALLOW_DENY, say: ip_restriction },
];

const RATE_UNITS: &[&str] = &["second", "minute", "hour", "day"];

const ALLOW_DENY: &[&str] = &["allow", "deny"];

/// The words for a plugin, if there are any.
pub(super) fn words_for(plugin: &str) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.name == plugin)
}

/// A plugin that the gateway gets as it was.
pub(super) fn passed_on(name: &str, config: &Node) -> Toml {
    let mut entries = vec![("name".to_owned(), Toml::text(name))];
    let config = without_nulls(config.json());
    if config.as_object().is_some_and(|config| !config.is_empty()) {
        entries.push(("config".to_owned(), Toml::of(&config)));
    }
    Toml::Table(entries)
}

fn jwt(config: &Node, part: &mut Part) {
    let claims = Toml::texts(config.texts_at("claims_to_verify"));
    part.say("jwt", unless_empty("claims", claims));
}

fn key_auth(config: &Node, part: &mut Part) {
    let names = Toml::texts(config.texts_at("key_names"));
    part.say("key_auth", unless_empty("names", names));
}

fn rate_limiting(config: &Node, part: &mut Part) {
    let rates = RATE_UNITS.iter().filter_map(|unit| Some(format!("{}/{unit}", config.text_at(unit)?)));
    part.say("rate_limit", one_or_several(&rates.collect::<Vec<_>>()));
}

fn request_size_limiting(config: &Node, part: &mut Part) {
    let unit = match config.text_at("size_unit").as_deref() {
        Some("kilobytes") => "KiB",
        Some("bytes") => "B",
        _ => "MB",
    };
    // Kong's own, where nothing is said.
    let size = config.text_at("allowed_payload_size").unwrap_or_else(|| "128".to_owned());
    part.say("max_body", Toml::Text(format!("{size}{unit}")));
}

fn cors(config: &Node, part: &mut Part) {
    let origins = Toml::texts(config.texts_at("origins"));
    let origins = if origins.is_empty() { Toml::texts(["*"]) } else { origins };
    let mut entries = vec![("origins".to_owned(), origins)];
    if config.text_at("credentials").as_deref() == Some("true") {
        entries.push(("credentials".to_owned(), Toml::Truth(true)));
    }
    if let Some(age) = config.text_at("max_age").filter(|age| age != "3600") {
        entries.push(("max_age".to_owned(), Toml::Text(format!("{age}s"))));
    }
    entries.extend(lists(config, &["methods", "headers", "exposed_headers"]));
    part.say("cors", Toml::Table(entries));
}

fn acl(config: &Node, part: &mut Part) {
    part.say("groups", Toml::Table(lists(config, ALLOW_DENY)));
}

fn ip_restriction(config: &Node, part: &mut Part) {
    part.say("ip", Toml::Table(lists(config, ALLOW_DENY)));
}

/// The lists that a config has anything in, by their names.
fn lists(config: &Node, keys: &[&str]) -> Vec<(String, Toml)> {
    let lists = keys.iter().map(|key| ((*key).to_owned(), Toml::texts(config.texts_at(key))));
    lists.filter(|(_, list)| !list.is_empty()).collect()
}

/// A table of one entry, or an empty one where the entry has nothing in it.
fn unless_empty(key: &str, value: Toml) -> Toml {
    Toml::Table(if value.is_empty() { Vec::new() } else { vec![(key.to_owned(), value)] })
}

/// Kong takes an option that is null for one that is not said.
fn without_nulls(json: Json) -> Json {
    match json {
        Json::Object(entries) => entries
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Json::Array(items) => items.into_iter().filter(|value| !value.is_null()).map(without_nulls).collect(),
        other => other,
    }
}
