//! A service's variables, but for what its kind and its needs supply.

use serde_json::{Value as Json, json};

use super::{Converter, Draft};
use crate::import::toml::Toml;
use crate::import::wording::as_template;
use crate::model::Variable;
use crate::render::is_variable_name;

impl Converter<'_> {
    /// The variables.
    pub(super) fn environment(&mut self, draft: &mut Draft<'_>) {
        let old = draft.old;
        let bare = self.bare(&old.new);
        let consumed = draft.recognised.map_or(&[][..], |recognised| recognised.consumed.as_slice());
        let mut said: Vec<(String, Toml)> = Vec::new();
        let mut kept: Vec<(String, Option<String>)> = Vec::new();
        for (name, (raw, span)) in old.raw_environment() {
            if let Some(raw) = &raw {
                self.find_password(old, &name, raw, span);
            }
            if consumed.contains(&name.as_str()) {
                continue;
            }
            let supplied = bare.and_then(|service| service.environment.get(&name));
            let is_name = is_variable_name(&name);
            let value = raw
                .as_ref()
                .filter(|_| is_name)
                .and_then(|raw| self.value(old, &name, raw, supplied.is_some()));
            match value {
                None => kept.push((name, raw)),
                Some(value) if supplied.is_some_and(|supplied| is_same(supplied, &value)) => {}
                Some(value) => {
                    let value = self.with_hosts(old, &name, value);
                    said.push((name, value));
                }
            }
        }
        draft.say("env", Toml::Table(said));
        if !kept.is_empty() {
            draft.keep("environment", in_compose(kept));
        }
    }
}

/// Whether what a kind supplies is what the service says.
fn is_same(supplied: &Variable, value: &Toml) -> bool {
    let supplied = supplied.value.write(ToOwned::to_owned, |secret| format!("{{{{ secrets.{secret} }}}}"));
    supplied == as_template(value)
}

/// Variables in Compose's own words: a list where one has no value, which a table of TOML could not say.
fn in_compose(variables: Vec<(String, Option<String>)>) -> Json {
    if variables.iter().all(|(_, value)| value.is_some()) {
        return Json::Object(variables.into_iter().map(|(name, value)| (name, json!(value))).collect());
    }
    let item = |(name, value): (String, Option<String>)| match value {
        Some(value) => json!(format!("{name}={value}")),
        None => json!(name),
    };
    variables.into_iter().map(item).collect()
}
