//! What a container is made from, and what it starts.

use camino::Utf8Path;
use serde_json::{Map, Value as Json, json};

use super::{Converter, Draft, path_value};
use crate::import::interpolate::{has_variables, interpolated};
use crate::import::load::plain;
use crate::import::node::Node;
use crate::import::recognise::command_words;
use crate::import::toml::Toml;
use crate::import::wording::without_nulls;

impl Converter<'_> {
    /// The image, or the folder that it is built from.
    pub(super) fn image(&mut self, draft: &mut Draft<'_>) {
        let image = draft.old.done.text_at("image").map(|image| image.trim_end_matches(':').to_owned());
        match draft.old.raw.get("build") {
            Some(build) => self.build(draft, build, image),
            None => self.ready_image(draft, image),
        }
    }

    fn ready_image(&mut self, draft: &mut Draft<'_>, image: Option<String>) {
        if draft.old.raw.text_at("image").is_some_and(|raw| has_variables(&raw)) {
            self.because(draft.old, "image", "the variable in it is worked in: give each environment its own `image` under `[environments]`");
        }
        let is_own = draft.recognised.is_none_or(|recognised| recognised.image.is_some());
        if let Some(image) = image.filter(|_| is_own) {
            draft.say("image", Toml::text(image));
        }
    }

    fn build(&self, draft: &mut Draft<'_>, build: &Node, image: Option<String>) {
        let context = build.text().or_else(|| build.text_at("context")).unwrap_or_else(|| ".".to_owned());
        let context = interpolated(&context, self.variables, &mut |_| {});
        let mut more: Map<String, Json> = build
            .table()
            .into_iter()
            .flatten()
            .map(|(key, entry)| (key.clone(), without_nulls(&entry.node.json())))
            .collect();
        if is_elsewhere(&context) {
            let image = image.unwrap_or_else(|| format!("{}-{}", self.project, draft.old.was));
            draft.say("image", Toml::text(image));
            more.insert("context".to_owned(), json!(context));
            return draft.keep("build", Json::Object(more));
        }
        let folder = plain(Utf8Path::new(&context));
        draft.say("path", path_value(&folder));
        self.dockerfile(draft, build, &folder);
        more.remove("context");
        more.remove("dockerfile");
        draft.keep_entries("build", more);
        if let Some(image) = draft.old.raw.get("image") {
            draft.keep("image", image.json());
        }
    }

    /// The Dockerfile, where stackgen would not take the right one by itself.
    fn dockerfile(&self, draft: &mut Draft<'_>, build: &Node, folder: &Utf8Path) {
        let said = build.text_at("dockerfile").map(|name| interpolated(&name, self.variables, &mut |_| {}));
        let said = said.map(|name| plain(Utf8Path::new(&name)).into_string());
        if let Some(name) = said.filter(|name| name != "Dockerfile") {
            draft.say("dockerfile", Toml::text(name));
        } else if self.world.entry(&folder.join("Dockerfile")).is_none() && draft.recognised.is_some() {
            // With nothing said, a kind would generate one.
            draft.say("dockerfile", Toml::text("Dockerfile"));
        }
    }

    /// The command, unless the kind starts it in the same way.
    pub(super) fn command(&mut self, draft: &mut Draft<'_>) {
        let Some(raw) = draft.old.raw.get("command") else {
            if let Some(words) = draft.recognised.and_then(|recognised| recognised.command.clone()) {
                draft.say("command", Toml::texts(words));
                self.because(draft.old, "command", "as its Dockerfile says, which its kind's own would hide");
            }
            return;
        };
        if draft.recognised.is_some_and(|recognised| recognised.has_command) {
            return self.because(draft.old, "command", "its kind starts it in the same way");
        }
        let is_plain = !command_words(raw).iter().any(|word| has_variables(word) || word.contains("{{"));
        if is_plain || draft.recognised.is_some() {
            let words = draft.old.done.get("command").map(command_words).unwrap_or_default();
            draft.say("command", Toml::texts(words));
        } else {
            draft.keep("command", raw.json());
        }
    }
}

/// Whether a build's context lies outside the project.
fn is_elsewhere(context: &str) -> bool {
    context.contains("://")
        || context.starts_with(['/', '~'])
        || context.starts_with("git@")
        || context.starts_with("..")
}
