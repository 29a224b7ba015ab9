//! Volumes as the engine knows them: what Compose makes of the keys of its file. A volume's name on the engine is not its key: the
//! project stands before it, or `compose_extra` says another.

use serde_json::Value as Json;

use super::{ComposeExtra, Service, Stack};
use crate::source::language::{ComposeSort, named_volume};

/// A volume that the Compose file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredVolume {
    /// In the Compose file: `identity-db-data`.
    pub key: String,
    /// On the engine: `shop_identity-db-data`. Where `varies`, as it is written, with its variables.
    pub name: String,
    /// What its name begins with for sure: all of it, or what comes before the first variable.
    pub start: String,
    /// Whether only Compose knows its name, which has a variable of Compose's in it.
    pub varies: bool,
    /// Whether it is somebody else's: Compose neither makes nor removes it.
    pub external: bool,
}

/// What something that the Compose file declares is called on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineName {
    /// As it is written, with its variables, where it `varies`.
    pub name: String,
    start: String,
    /// Whether only Compose knows it.
    pub varies: bool,
    /// Whether it is somebody else's.
    pub external: bool,
}

/// A named volume that a service mounts in Compose's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtraMount<'a> {
    /// Its key in the Compose file.
    pub key: &'a str,
    pub read_only: bool,
}

impl Stack {
    /// What becomes of a key under `volumes` of the Compose file.
    #[must_use]
    pub fn declared_volume(&self, key: &str) -> DeclaredVolume {
        let EngineName { name, start, varies, external } = self.engine_name(ComposeSort::Volume, key);
        DeclaredVolume { key: key.to_owned(), name, start, varies, external }
    }

    /// What a key of the Compose file is called on the engine.
    #[must_use]
    pub fn engine_name(&self, sort: ComposeSort, key: &str) -> EngineName {
        let nothing = Json::Null;
        let said = self.compose_extra.get(sort.table());
        let said = said.and_then(|table| table.value.get(key)).unwrap_or(&nothing);
        let external = is_external(&said["external"]);
        let named = [&said["name"], &said["external"]["name"]];
        let named = named.into_iter().filter_map(Json::as_str).find(|name| !name.is_empty());
        let name = match named {
            Some(name) => name.to_owned(),
            None if external => key.to_owned(),
            None => format!("{}_{key}", self.name.value),
        };
        let (start, varies) = until_variable(&name);
        let name = if varies { name } else { start.clone() };
        EngineName { name, start, varies, external }
    }

    /// Every volume that the Compose file declares: the services' own, and then those that stand in `compose_extra` alone.
    #[must_use]
    pub fn declared_volumes(&self) -> Vec<DeclaredVolume> {
        let own = || self.services.values().flat_map(|service| &service.volumes);
        let known: std::collections::BTreeSet<&str> = own().map(|volume| volume.full_name.as_str()).collect();
        let said = self.said_of_volumes().into_iter().flat_map(serde_json::Map::keys).map(String::as_str);
        let keys =
            own().map(|volume| volume.full_name.as_str()).chain(said.filter(|key| !known.contains(key)));
        keys.map(|key| self.declared_volume(key)).collect()
    }

    fn said_of_volumes(&self) -> Option<&serde_json::Map<String, Json>> {
        self.compose_extra.get("volumes")?.value.as_object()
    }
}

impl Service {
    /// The named volumes that its `compose_extra` mounts, in the short and in the long form. One whose key is a variable is not among
    /// them: which it is, only Compose knows.
    #[must_use]
    pub fn extra_mounts(&self) -> Vec<ExtraMount<'_>> {
        extra_mounts(&self.compose_extra)
    }
}

fn extra_mounts(extra: &ComposeExtra) -> Vec<ExtraMount<'_>> {
    let items = extra.get("volumes").and_then(|volumes| volumes.value.as_array());
    items.into_iter().flatten().filter_map(extra_mount).collect()
}

fn extra_mount(item: &Json) -> Option<ExtraMount<'_>> {
    let Some(text) = item.as_str() else {
        let key = item["source"].as_str().filter(|_| item["type"] == "volume")?;
        let read_only = item["read_only"] == true;
        return (!key.contains('$')).then_some(ExtraMount { key, read_only });
    };
    let (key, rest) = named_volume(text)?;
    let read_only =
        rest.split(':').nth(1).is_some_and(|options| options.split(',').any(|option| option == "ro"));
    (!key.contains('$')).then_some(ExtraMount { key, read_only })
}

/// `true`, the older table with a name, and whatever a variable decides: of that, the careful answer.
fn is_external(said: &Json) -> bool {
    match said {
        Json::Null | Json::Bool(false) => false,
        Json::String(text) => {
            !matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "n" | "0" | "")
        }
        _ => true,
    }
}

/// A text of Compose's up to its first variable, `$$` read as one, and whether there is one.
fn until_variable(text: &str) -> (String, bool) {
    let mut start = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        start.push_str(before);
        let Some(after) = after.strip_prefix('$') else { return (start, true) };
        start.push('$');
        rest = after;
    }
    start.push_str(rest);
    (start, false)
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use crate::source::Memory;
    use crate::{Compilation, validate};

    fn read(extra: &str) -> Compilation {
        let stack = format!(
            "[stack]\nname = \"shop\"\n[services.db]\nkind = \"postgres\"\n[compose_extra.volumes]\n{extra}"
        );
        validate(&Memory::default().with("stack.toml", stack), Utf8Path::new("stack.toml"), None)
    }

    fn names(extra: &str) -> Vec<(String, bool)> {
        let volumes = read(extra).stacks[0].declared_volumes();
        volumes.into_iter().map(|volume| (volume.name, volume.external)).collect()
    }

    #[test]
    fn a_volume_has_the_projects_name_before_its_own_unless_another_is_said() {
        let name = |text: &str, external| (text.to_owned(), external);
        assert_eq!(names(""), [name("shop_db-data", false)]);
        assert_eq!(names("db-data = { name = \"old_pg\" }"), [name("old_pg", false)]);
        assert_eq!(names("db-data = { name = \"pay$$1\" }"), [name("pay$1", false)]);
        assert_eq!(names("db-data = { external = true }"), [name("db-data", true)]);
        assert_eq!(names("db-data = { external = { name = \"old\" } }"), [name("old", true)]);
        assert_eq!(
            names("db-data = { external = false }\nup = { external = true, name = \"theirs\" }\nmore = {}"),
            [name("shop_db-data", false), name("theirs", true), name("shop_more", false)]
        );
    }

    #[test]
    fn of_a_name_with_a_variable_the_start_is_known() {
        let volume =
            read("db-data = { name = \"old$$_${WHICH:-a}_pg\" }").stacks[0].declared_volume("db-data");
        assert_eq!((volume.start.as_str(), volume.varies), ("old$_", true));
        assert_eq!(volume.name, "old$$_${WHICH:-a}_pg");
    }

    #[test]
    fn what_a_service_mounts_in_composes_own_words_is_told_from_its_folders() {
        let mounts = r#"["up:/x", "./here:/y", "/etc/a:/a:ro", "ro:/z:ro", "/anonymous", "C:\\a:/b", "${WHERE:-x}:/v",
            { type = "volume", source = "long", target = "/l", read_only = true }, { type = "bind", source = "b", target = "/m" }]"#;
        let stack = format!(
            "[stack]\nname = \"shop\"\n[services.web]\nimage = \"a:1\"\ncompose_extra = {{ volumes = {} }}",
            mounts.replace('\n', "")
        );
        let read = validate(&Memory::default().with("stack.toml", stack), Utf8Path::new("stack.toml"), None);
        let mounts = read.stacks[0].services["web"].extra_mounts();
        let mounts: Vec<_> = mounts.iter().map(|mount| (mount.key, mount.read_only)).collect();
        assert_eq!(mounts, [("up", false), ("ro", true), ("long", true)]);
    }
}
