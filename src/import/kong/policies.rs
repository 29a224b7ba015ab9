//! The plugins of one entity of Kong's to the policy of one table of the stack's.

use super::Reader;
use super::plugins::{passed_on, words_for};
use crate::import::fidelity::Fate;
use crate::import::needs::hosts;
use crate::import::node::{Node, Value};
use crate::import::toml::{Part, Toml};

/// What is said of a plugin that the language has no words for.
const PASSED_ON: &str = "passed on as a plugin of its own";

impl Reader<'_> {
    /// Plugins in the words of the language, as far as there are any.
    pub(super) fn policy(&mut self, plugins: &[&Node], part: &mut Part, key: &str) {
        let mut auth = Vec::new();
        let mut others = Vec::new();
        for plugin in plugins.iter().filter(|plugin| plugin.text_at("enabled").as_deref() != Some("false")) {
            let name = plugin.text_at("name").unwrap_or_default();
            let key = format!("{key}.plugins.{name}");
            if let Some(host) = self.lost_host(&name, plugin) {
                let why = format!("it posts to `{host}`, which is not there: nothing ever arrived");
                self.line(key, Fate::NotCarried, why);
                continue;
            }
            let nothing = Node { value: Value::Null, span: plugin.span };
            let config = plugin.get("config").unwrap_or(&nothing);
            let Some(words) = words_for(&name) else {
                others.push(passed_on(&name, config));
                self.line(key, Fate::Carried, PASSED_ON);
                continue;
            };
            if name == "jwt" {
                self.needs_jwt.get_or_insert(plugin.get("name").unwrap_or(plugin).span);
            }
            if words.is_auth {
                auth.push(name);
            }
            (words.say)(config, part);
            self.options_line(key, config, words.options);
        }
        say_auth(&auth, part);
        part.say("plugins", Toml::List(others));
    }

    /// Says which options of a plugin the language's words do not speak of.
    fn options_line(&mut self, key: String, config: &Node, spoken_of: &[&str]) {
        let options = config.table().into_iter().flatten().map(|(name, _)| name.as_str());
        let more: Vec<&str> = options.filter(|name| !spoken_of.contains(name)).collect();
        if more.is_empty() {
            self.line(key, Fate::Carried, "");
        } else {
            let why = format!("stackgen says these itself: {}", more.join(", "));
            self.line(key, Fate::Approximated, why);
        }
    }

    /// The host that a plugin posts to and the stack does not contain, which is said.
    fn lost_host(&mut self, name: &str, plugin: &Node) -> Option<String> {
        let config = plugin.get("config").and_then(Node::table)?;
        let speaks_of_hosts =
            |key: &str| ["endpoint", "host", "url", "introspection"].iter().any(|part| key.contains(part));
        let mut lost = None;
        for (key, entry) in config.iter().filter(|(key, _)| speaks_of_hosts(key)) {
            let Some(text) = entry.node.text() else { continue };
            for host in hosts(&key.to_uppercase(), &text) {
                // The plugin's own container is for `plugin-host-unknown` to find.
                let is_own = host == "localhost" || host.starts_with("127.");
                let what = format!("the plugin `{name}` posts to");
                if !is_own && self.unknown_host(&host, entry.node.span, &what) {
                    lost = Some(host);
                }
            }
        }
        lost
    }
}

/// Who may come in stands before how.
fn say_auth(auth: &[String], part: &mut Part) {
    let first = part.keys.iter().position(|key| matches!(key.name.as_str(), "jwt" | "key_auth"));
    part.say("auth", super::one_or_several(auth));
    if let (Some(first), false) = (first, auth.is_empty()) {
        part.keys[first..].rotate_right(1);
    }
}
