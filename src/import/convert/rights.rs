//! Who a container runs as, and what it may do.

use serde_json::Value as Json;

use super::{Converter, Draft};
use crate::import::node::Node;
use crate::import::toml::Toml;

/// What stackgen says of every container, in the forms that Compose takes.
const NO_NEW_PRIVILEGES: &[&str] = &["no-new-privileges:true", "no-new-privileges", "no-new-privileges=true"];

impl Converter<'_> {
    /// The user, whether it may write, and its capabilities.
    pub(super) fn rights(&mut self, draft: &mut Draft<'_>) {
        let old = draft.old;
        if let Some(user) = old.done.text_at("user") {
            draft.say("user", Toml::text(user));
        }
        let is_app = matches!(draft.kind_name(), "fastapi" | "celery" | "node" | "django");
        match old.done.text_at("read_only").as_deref() {
            Some("true") if draft.recognised.is_none() => draft.say("read_only", Toml::Truth(true)),
            // What it writes beside its code today, it has to be able to write tomorrow.
            None if is_app => draft.say("read_only", Toml::Truth(false)),
            _ => {}
        }
        let bare = self.bare(&old.new);
        keep_further(draft, "cap_add", bare.map_or(&[], |service| service.capabilities.as_slice()));
        keep_further(draft, "tmpfs", bare.map_or(&[], |service| service.tmpfs.as_slice()));
        keep_further(draft, "security_opt", NO_NEW_PRIVILEGES);
    }
}

/// Leaves the items of a list that are not known already in Compose's own words.
fn keep_further(draft: &mut Draft<'_>, key: &str, known: &[impl AsRef<str>]) {
    let plain = |text: &str| text.trim_start_matches("CAP_").to_owned();
    let is_known = |text: String| known.iter().any(|known| plain(known.as_ref()) == plain(&text));
    let is_further = |item: &&Node| !item.text().is_some_and(is_known);
    let items: Vec<Json> =
        draft.old.raw.items_at(key).into_iter().filter(is_further).map(Node::json).collect();
    draft.keep_items(key, items);
}
