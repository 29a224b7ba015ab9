//! How many containers there are, what they may use, and when they start again.

use serde_json::{Map, Value as Json};

use super::{Converter, Draft};
use crate::import::normal::is_default;
use crate::import::service::Old;
use crate::import::toml::Toml;
use crate::import::wording::{duration, size, without_nulls};

impl Converter<'_> {
    /// The number of containers, and what each may use.
    pub(super) fn limits(&mut self, draft: &mut Draft<'_>) {
        let done = &draft.old.done;
        let deploy = done.get("deploy");
        self.replicas(draft);
        let limit =
            |key: &str| deploy.and_then(|deploy| deploy.get("resources")?.get("limits")?.text_at(key));
        let memory = limit("memory").or_else(|| done.text_at("mem_limit"));
        if let Some(size) = memory.as_deref().and_then(size) {
            draft.say("memory", Toml::text(size));
        }
        let cpus = limit("cpus").or_else(|| done.text_at("cpus"));
        if let Some(cpus) = cpus.and_then(|text| text.parse::<f64>().ok()).filter(|cpus| *cpus > 0.0) {
            let whole = cpus.to_string().parse().ok().map(Toml::Whole);
            draft.say("cpus", whole.unwrap_or(Toml::Number(cpus)));
        }
        keep_deploy(draft);
    }

    fn replicas(&mut self, draft: &mut Draft<'_>) {
        if let Some(replicas) = copies(draft.old) {
            draft.say("replicas", Toml::Whole(replicas));
            if !draft.old.ports().is_empty() {
                self.because(draft.old, "ports", "of several containers none has a host port");
            }
        }
    }

    /// When it starts again, and how long it has to stop.
    pub(super) fn restart(&mut self, draft: &mut Draft<'_>) {
        if let Some(word) = self.restart_word(draft.old) {
            draft.say("restart", Toml::text(word));
        }
        if let Some(grace) = draft.old.done.text_at("stop_grace_period").as_deref().and_then(duration) {
            draft.say("stop_grace", Toml::text(grace));
        }
    }

    /// The word for when it starts again; nothing where that is as stackgen does it unasked.
    fn restart_word(&mut self, old: &Old) -> Option<String> {
        let Some(said) = old.done.text_at("restart") else {
            if self.runs_once(old) {
                return Some("no".to_owned());
            }
            let why =
                "nothing was said, which meant that it stays down; say `restart = \"no\"` for what runs once";
            self.because(old, "restart", why);
            return None;
        };
        if said.starts_with("on-failure") && said != "on-failure" {
            self.because(old, "restart", "there is no end to the tries");
        }
        match said.as_str() {
            "unless-stopped" => None,
            "false" => Some("no".to_owned()),
            text if text.starts_with("on-failure") => Some("on-failure".to_owned()),
            _ => Some(said),
        }
    }

    /// Whether it does its work and ends: others wait for that, or it is started by name.
    fn runs_once(&self, old: &Old) -> bool {
        let waits = |other: &Old| {
            other
                .conditions()
                .iter()
                .any(|(name, condition, _)| *name == old.was && condition == "service_completed_successfully")
        };
        old.done.get("profiles").is_some() || self.services.iter().any(waits)
    }
}

/// How many containers there are, where it is not one.
pub(super) fn copies(old: &Old) -> Option<i64> {
    let deploy = old.done.get("deploy");
    let said = deploy.and_then(|deploy| deploy.text_at("replicas")).or_else(|| old.done.text_at("scale"));
    said.and_then(|text| text.parse().ok()).filter(|count| *count != 1)
}

/// Leaves what else `deploy` says in Compose's own words.
fn keep_deploy(draft: &mut Draft<'_>) {
    let Some(raw) = draft.old.raw.get("deploy") else { return };
    let Json::Object(mut table) = without_nulls(&raw.json()) else { return };
    table.remove("replicas");
    table.retain(|key, value| !is_default(&format!("deploy.{key}"), value));
    if let Some(resources) = table.get_mut("resources").and_then(Json::as_object_mut) {
        if let Some(limits) = resources.get_mut("limits").and_then(Json::as_object_mut) {
            limits.remove("memory");
            limits.remove("cpus");
        }
        without_empty_tables(resources);
    }
    without_empty_tables(&mut table);
    draft.keep_entries("deploy", table);
}

fn without_empty_tables(table: &mut Map<String, Json>) {
    table.retain(|_, value| value.as_object().is_none_or(|value| !value.is_empty()));
}
