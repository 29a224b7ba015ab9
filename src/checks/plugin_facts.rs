//! What Kong's plugins take, from `schemas/kong-plugins.json`, and which plugins a stack has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::model::{Plugin, Stack};

/// The plugins that there are.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    /// The open ones, each with its settings.
    pub plugins: BTreeMap<String, BTreeMap<String, Setting>>,
    /// Those that come with a licence alone.
    pub enterprise: BTreeSet<String>,
}

/// What one setting of a plugin takes.
#[derive(Debug, Deserialize)]
pub(super) struct Setting {
    #[serde(rename = "type")]
    pub sort: Sort,
    /// It has no default.
    #[serde(default)]
    pub required: bool,
    /// The only values that it takes; empty for any.
    #[serde(default)]
    pub one_of: Vec<Json>,
    /// The least and the greatest number.
    pub between: Option<(f64, f64)>,
    /// What each element of an array is.
    pub of: Option<Box<Setting>>,
    /// The settings below it; none where they are not looked at.
    pub fields: Option<BTreeMap<String, Setting>>,
    /// What of a host it names, which the gateway speaks to.
    pub names: Option<Naming>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Sort {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Map,
    Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Naming {
    Host,
    Url,
}

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    // A part of this binary, which the tests of this module read.
    serde_json::from_str(include_str!("../../schemas/kong-plugins.json"))
        .expect("kong-plugins.json is as it is read")
});

/// The facts, read when a stack with plugins is first checked.
pub(super) fn facts() -> &'static Facts {
    &FACTS
}

/// Every plugin that the stack itself configures, each once, however many routes it holds for.
pub(super) fn plugins(stack: &Stack) -> Vec<&Plugin> {
    let mut seen = BTreeSet::new();
    let everywhere = stack.gateway.iter().flat_map(|gateway| &gateway.plugins);
    let routes = stack.services.values().flat_map(|service| &service.routes);
    everywhere
        .chain(routes.flat_map(|route| &route.plugins))
        .filter(|plugin| seen.insert(plugin.name.span))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Naming, Sort, facts};

    #[test]
    fn the_facts_hold_every_open_plugin_and_what_is_needed_of_it() {
        let facts = facts();
        assert_eq!(facts.plugins.len(), 45);
        assert!(facts.enterprise.iter().all(|name| !facts.plugins.contains_key(name)));
        let endpoint = &facts.plugins["http-log"]["http_endpoint"];
        assert!(endpoint.required && endpoint.sort == Sort::String && endpoint.names == Some(Naming::Url));
    }
}
