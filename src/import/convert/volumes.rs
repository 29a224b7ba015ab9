//! What is mounted: volumes, files and folders of the project, and the rest in Compose's own words.

use camino::Utf8Path;
use serde_json::{Map, Value as Json, json};

use super::{Converter, Draft, path_value};
use crate::import::load::plain;
use crate::import::service::{Old, label};
use crate::import::toml::Toml;
use crate::import::volume::{Mount, What, mount};
use crate::import::wording::{volume_name, without_nulls};
use crate::source::EntryKind;

impl Converter<'_> {
    /// The volumes and the mounts.
    pub(super) fn mounts(&mut self, draft: &mut Draft<'_>) {
        let old = draft.old;
        let mut volumes: Vec<(String, Toml)> = Vec::new();
        let mut mounts = Vec::new();
        let mut kept = Vec::new();
        for (raw, done) in old.raw.items_at("volumes").into_iter().zip(old.done.items_at("volumes")) {
            let Some(found) = mount(done) else { continue };
            let at = found.target.trim_end_matches('/');
            let is_plain = at.starts_with('/') && !found.has_more;
            match &found.what {
                What::Volume(Some(name)) if is_plain && self.is_own_volume(name, &found) => {
                    let own = self.volume(old, name, at, &volumes);
                    volumes.extend(own);
                }
                What::Bind(path) if is_plain && self.is_in_project(path) => {
                    mounts.push(bind(path, at, found.read_only));
                }
                What::Volume(Some(name)) => {
                    self.keep_own_volume(name);
                    kept.push(without_nulls(&raw.json()));
                }
                _ => kept.push(without_nulls(&raw.json())),
            }
        }
        draft.say("volumes", Toml::Table(volumes));
        draft.say("mounts", Toml::List(mounts));
        draft.keep_items("volumes", kept);
    }

    /// A volume and where it lies; nothing where the kind supplies one there.
    fn volume(
        &mut self,
        old: &Old,
        name: &str,
        at: &str,
        taken: &[(String, Toml)],
    ) -> Option<(String, Toml)> {
        let bare = self.bare(&old.new);
        let of_kind = bare.and_then(|service| service.volumes.iter().find(|volume| volume.at == at));
        let own = of_kind.map_or_else(|| volume_name(name, old, taken), |volume| volume.name.clone());
        self.keep_volume(name, &format!("{}-{own}", old.new));
        of_kind.is_none().then(|| (own, Toml::text(at)))
    }

    /// Whether a volume can belong to one service, as those of the language do.
    fn is_own_volume(&self, name: &str, found: &Mount) -> bool {
        !found.read_only && !self.is_shared(name) && !self.is_external(name)
    }

    fn is_shared(&self, volume: &str) -> bool {
        let mounts = self.services.iter().flat_map(|old| old.done.items_at("volumes")).filter_map(mount);
        mounts.filter(|found| found.what == What::Volume(Some(volume.to_owned()))).count() > 1
    }

    fn is_external(&self, volume: &str) -> bool {
        self.volumes.get(volume).is_some_and(|entry| {
            entry.node.get("external").is_some_and(|external| external.text().as_deref() != Some("false"))
        })
    }

    fn is_in_project(&self, path: &str) -> bool {
        let plain = plain(Utf8Path::new(path));
        path.starts_with('.')
            && !plain.as_str().starts_with("..")
            && self.world.entry(&plain).is_some_and(|kind| kind != EntryKind::Other)
    }

    /// The new stack's volume is the old one on the engine: its data stays.
    fn keep_volume(&mut self, name: &str, full: &str) {
        let mut table = self.said_of_volume(name);
        // A second table of labels would be one key twice.
        let has_labels = table.remove("labels").is_some();
        table.entry("name").or_insert_with(|| json!(format!("{}_{name}", self.project)));
        let is_said_anyway =
            table.len() == 1 && table["name"] == json!(format!("{}_{full}", label(&self.project)));
        if has_labels || !is_said_anyway {
            self.beside("volumes").insert(full.to_owned(), Json::Object(table));
        }
    }

    /// A volume that stays as it is in Compose's own words.
    fn keep_own_volume(&mut self, name: &str) {
        let mut table = self.said_of_volume(name);
        if table.get("external").is_none() {
            table.entry("name").or_insert_with(|| json!(format!("{}_{name}", self.project)));
        }
        self.beside("volumes").insert(name.to_owned(), Json::Object(table));
    }

    /// What the old file says of a volume.
    fn said_of_volume(&self, name: &str) -> Map<String, Json> {
        match self.volumes.get(name).map(|entry| without_nulls(&entry.node.json())) {
            Some(Json::Object(table)) => table,
            _ => Map::new(),
        }
    }
}

/// A file or folder of the project in a container, read-only unless something else is said.
fn bind(path: &str, at: &str, read_only: bool) -> Toml {
    let source = plain(Utf8Path::new(path));
    let mut table = vec![("source".to_owned(), path_value(&source)), ("at".to_owned(), Toml::text(at))];
    if !read_only {
        table.push(("read_only".to_owned(), Toml::Truth(false)));
    }
    Toml::Table(table)
}
