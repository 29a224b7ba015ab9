//! What a service needs, and what it waits for.

use serde_json::{Map, Value as Json, json};

use super::{Converter, Draft};
use crate::import::needs::AT_ITS_END;
use crate::import::node::Node;
use crate::import::toml::Toml;

impl Converter<'_> {
    /// The services that this one needs.
    pub(super) fn needs(&mut self, draft: &mut Draft<'_>) {
        let needs = self.needs.get(&draft.old.new).cloned().unwrap_or_default();
        let own = draft.old.environment();
        let mut brought: Vec<&str> = Vec::new();
        let list = needs.iter().map(|name| {
            let exports = exports(self.recognised.get(name).map_or("", |recognised| recognised.kind));
            let clashes = exports.iter().any(|export| brought.contains(export) && !own.contains_key(*export));
            brought.extend(exports);
            if clashes { with_prefix(name) } else { Toml::text(name) }
        });
        draft.say("needs", Toml::List(list.collect()));
        self.conditions(draft, &needs);
        links(draft);
    }

    /// What it waits for without a need, in Compose's own words.
    fn conditions(&mut self, draft: &mut Draft<'_>, needs: &[String]) {
        let mut kept = Map::new();
        for (was, condition, more) in draft.old.conditions() {
            let other = self.services.iter().find(|other| other.was == was);
            let new = other.map_or_else(|| was.clone(), |other| other.new.clone());
            if !needs.contains(&new) {
                let mut table = match more.json() {
                    Json::Object(table) => table,
                    _ => Map::new(),
                };
                table.insert("condition".to_owned(), json!(condition));
                if other.is_some_and(|other| other.may_be_away_from(draft.old))
                    && more.get("required").is_none()
                {
                    table.insert("required".to_owned(), json!(false));
                    let why = format!(
                        "it waits where a profile starts `{new}`, and is there without it elsewhere: before, Compose refused it there"
                    );
                    self.because(draft.old, &format!("depends_on.{new}"), why);
                }
                kept.insert(new, Json::Object(table));
                continue;
            }
            if condition != AT_ITS_END && self.ends_before_others(&was, &new) {
                let why = "it runs once: who needs it waits until it has ended well";
                self.because(draft.old, &format!("depends_on.{new}"), why);
            }
            if more.get("restart").is_some() {
                let why = "it waits for the other, and is not started again with it";
                self.because(draft.old, &format!("depends_on.{new}"), why);
            }
        }
        draft.keep_entries("depends_on", kept);
    }

    /// Whether somebody needs a service who waited for its end, so that all who need it do.
    fn ends_before_others(&self, was: &str, new: &str) -> bool {
        self.services.iter().any(|other| {
            let needs = self.needs.get(&other.new).is_some_and(|needs| needs.iter().any(|need| need == new));
            let waits =
                |(name, condition, _): &(String, String, Node)| name == was && condition == AT_ITS_END;
            needs && other.conditions().iter().any(waits)
        })
    }
}

/// The variables that a kind brings to whoever needs it.
fn exports(kind: &str) -> &'static [&'static str] {
    match kind {
        "postgres" | "mysql" => &["DATABASE_URL"],
        "redis" => &["REDIS_URL"],
        "mongodb" => &["MONGODB_URL"],
        "rabbitmq" => &["AMQP_URL"],
        _ => &[],
    }
}

/// A need whose variables begin with the service's name.
fn with_prefix(name: &str) -> Toml {
    let prefix = crate::model::environment_prefix(name);
    Toml::Table(vec![("service".to_owned(), Toml::text(name)), ("as".to_owned(), Toml::text(prefix))])
}

/// Links that give another service a further name.
fn links(draft: &mut Draft<'_>) {
    let has_alias = |link: &&Node| {
        link.text().is_some_and(|text| text.split_once(':').is_some_and(|(name, alias)| name != alias))
    };
    let links = draft.old.raw.items_at("links").into_iter().filter(has_alias).map(Node::json).collect();
    draft.keep_items("links", links);
}
