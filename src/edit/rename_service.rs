//! A service under another name, and what is named after it: its secrets follow, and its data stays where it is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::place::of_a_variant;
use super::rename::{rename, rename_edits};
use super::set::set;
use super::value::{key, quoted};
use super::{EditedFile, Refusal, edited};
use crate::diagnostics::Edit;
use crate::model::{Service, Stack, environment_prefix};
use crate::source::{Document, Mention, Outline, Overlay, Sort, Span, World};
use crate::{Compilation, validate};

/// A service under its new name, and what follows from that.
#[derive(Debug, Clone, Default)]
pub struct Renamed {
    pub files: Vec<EditedFile>,
    /// Secrets that have another name from now on, in `.env` as well.
    pub secrets: Vec<(String, String)>,
    /// Volumes on the engine that the service keeps, whatever its name.
    pub kept_volumes: Vec<String>,
    /// Options of its kind that followed from the old name, as `user = "db"`: the data knows their old values, and they stay.
    pub kept_options: Vec<String>,
    /// Volumes that have another name from now on, while the data lies in the old ones: what could not be kept.
    pub lost_volumes: Vec<(String, String)>,
}

/// Renames a service, and what is named after it: the secrets of its kind, wherever the files refer to them. Its data stays its data:
/// the volumes keep the names that they have on the engine, and options that followed from the old name are said.
///
/// # Errors
/// As [`rename`].
pub fn rename_service(
    compilation: &Compilation,
    world: &dyn World,
    old: &str,
    new: &str,
) -> Result<Renamed, Refusal> {
    let mut edits = rename_edits(compilation, Sort::Service, old, new)?;
    edits.extend(names_of_volumes(compilation, old, new));
    let mut renamed = Renamed { files: edited(&compilation.sources, &edits), ..Renamed::default() };
    let (Some(document), Some(before)) = (&compilation.document, compilation.stacks.first()) else {
        return Ok(renamed);
    };
    let after = read(world, document, &renamed.files);
    let Some(stack) = after.stacks.first() else { return Ok(renamed) };
    renamed.secrets = rename_secrets(before, stack, old, new);
    let mut later = after;
    for (old, new) in renamed.secrets.clone() {
        // What nothing refers to by name is derived, and has its new name already.
        let Ok(files) = rename(&later, Sort::Secret, &old, &new) else { continue };
        renamed.files = laid_over(renamed.files, files);
        later = read(world, document, &renamed.files);
    }
    let later = keep_data(&mut renamed, compilation, later, world, (old, new));
    tell_of_volumes(&mut renamed, &compilation.stacks, &later.stacks, old, new);
    Ok(renamed)
}

/// Says whatever has to be said so that the data stays, in the base and then in its environments: what the base says holds there, too.
/// The stack as it is then.
fn keep_data(
    renamed: &mut Renamed,
    before: &Compilation,
    mut later: Compilation,
    world: &dyn World,
    (old, new): (&str, &str),
) -> Compilation {
    let Some(document) = &before.document else { return later };
    for stack in &before.stacks {
        let Some(service) = stack.services.get(old) else { continue };
        let mut said = BTreeSet::new();
        while let Some(pin) = next_pin(stack, service, &later, new) {
            let path: Vec<&str> = pin.path.iter().map(String::as_str).collect();
            // What is said and does not hold is not said again.
            let edit = said.insert(pin.path.clone()).then(|| set(&later, &path, &pin.value)).flatten();
            let Some(edit) = edit else { break };
            let files = edited(&later.sources, &[edit]);
            renamed.files = laid_over(std::mem::take(&mut renamed.files), files);
            later = read(world, document, &renamed.files);
            renamed.kept_options.extend(pin.option.map(|name| format!("{name} = {}", quoted(&pin.value))));
        }
    }
    renamed.kept_options.sort();
    renamed.kept_options.dedup();
    later
}

fn read(world: &dyn World, document: &Document, files: &[EditedFile]) -> Compilation {
    let texts = files.iter().map(|file| (file.path.clone(), file.after.clone()));
    validate(&Overlay::new(world, texts), &document.file, None)
}

/// Files edited, and edited again.
fn laid_over(mut files: Vec<EditedFile>, later: Vec<EditedFile>) -> Vec<EditedFile> {
    for file in later {
        match files.iter_mut().find(|earlier| earlier.path == file.path) {
            Some(earlier) => earlier.after = file.after,
            None => files.push(file),
        }
    }
    files
}

/// A volume's key in the Compose file, under the service's old and new names.
fn keys<'a>(service: &'a Service, new: &'a str) -> impl Iterator<Item = (&'a str, String)> {
    service.volumes.iter().map(move |volume| (volume.full_name.as_str(), format!("{new}-{}", volume.name)))
}

/// Wherever `compose_extra` names a volume of the service: what it says of it, and who else mounts it.
fn names_of_volumes(compilation: &Compilation, old: &str, new: &str) -> Vec<Edit> {
    let Some(document) = &compilation.document else { return Vec::new() };
    let services = compilation.stacks.iter().filter_map(|stack| stack.services.get(old));
    let names: BTreeMap<&str, String> = services.flat_map(|service| keys(service, new)).collect();
    let files = document.files.iter().filter(|_| !names.is_empty());
    let edits = files.flat_map(|id| {
        let text = compilation.sources.file(*id).text.as_str();
        let outline = Outline::of(text);
        let mut found = names_of_tables(&outline, &names);
        found.extend(names_of_sources(&outline, text, &names));
        let edit = |(range, replacement)| Edit { span: Span::new(*id, range), replacement };
        found.into_iter().map(edit).collect::<Vec<_>>()
    });
    edits.collect()
}

/// `[compose_extra.volumes.db-data]`, in the base and in environments.
fn names_of_tables(outline: &Outline, names: &BTreeMap<&str, String>) -> Vec<(Range<usize>, String)> {
    let renamed = |mention: &Mention| match of_a_variant(&mention.path.names_within(5)?) {
        ["compose_extra", "volumes", name] => names.get(*name).map(|new| (mention.range.clone(), key(new))),
        _ => None,
    };
    outline.mentions.iter().filter_map(renamed).collect()
}

/// `"db-data:/there"` in the list of what a service mounts, and `source = "db-data"` in one of its tables.
fn names_of_sources(
    outline: &Outline,
    text: &str,
    names: &BTreeMap<&str, String>,
) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for entry in &outline.entries {
        let Some(path) = entry.path.names_within(7) else { continue };
        let is_list = match of_a_variant(&path) {
            ["services", _, "compose_extra", "volumes"] => true,
            ["services", _, "compose_extra", "volumes", "source"] => false,
            _ => continue,
        };
        for ((old, new), quote) in names.iter().flat_map(|name| ["\"", "'"].map(|quote| (name, quote))) {
            let written = format!("{quote}{old}{}", if is_list { ":" } else { quote });
            for (at, _) in text[entry.range.clone()].match_indices(&written) {
                let start = entry.range.start + at + quote.len();
                found.push((start..start + old.len(), new.clone()));
            }
        }
    }
    found
}

/// What has to be said so that something stays as it is.
struct Pin {
    path: Vec<String>,
    value: String,
    /// The option that it is of, if it is of one.
    option: Option<String>,
}

/// The next thing of a service with data that is not what it was.
fn next_pin(before: &Stack, service: &Service, later: &Compilation, new: &str) -> Option<Pin> {
    let after = same(before, &later.stacks)?;
    let renamed = after.services.get(new).filter(|_| !service.volumes.is_empty())?;
    let pin = |path: &[&str], value: &str, option: Option<&String>| {
        let environment = before.environment.iter().flat_map(|name| ["environments", name.value.as_str()]);
        let path = environment.chain(path.iter().copied()).map(ToOwned::to_owned).collect();
        Pin { path, value: value.to_owned(), option: option.cloned() }
    };
    let volume = keys(service, new).find_map(|(old, key)| {
        let name = before.declared_volume(old).name;
        (after.declared_volume(&key).name != name)
            .then(|| pin(&["compose_extra", "volumes", &key, "name"], &name, None))
    });
    volume.or_else(|| {
        service.options.iter().find_map(|(name, value)| {
            // What refers to the stack or to a secret follows those.
            let text = value.as_literal().filter(|text| !text.contains("{{"))?;
            let is_other = renamed.options.get(name).is_some_and(|found| found.as_literal() != Some(text));
            is_other.then(|| pin(&["services", new, "options", name], text, Some(name)))
        })
    })
}

/// The stack of the same environment.
fn same<'a>(stack: &Stack, others: &'a [Stack]) -> Option<&'a Stack> {
    let name = |stack: &Stack| stack.environment.as_ref().map(|name| name.value.clone());
    others.iter().find(|other| name(other) == name(stack))
}

fn tell_of_volumes(renamed: &mut Renamed, before: &[Stack], after: &[Stack], old: &str, new: &str) {
    for before in before {
        let (Some(service), Some(after)) = (before.services.get(old), same(before, after)) else { continue };
        for (old, key) in keys(service, new) {
            let (old, new) = (before.declared_volume(old).name, after.declared_volume(&key).name);
            if old == new {
                renamed.kept_volumes.push(old);
            } else {
                renamed.lost_volumes.push((old, new));
            }
        }
    }
    renamed.kept_volumes.sort();
    renamed.kept_volumes.dedup();
    renamed.lost_volumes.sort();
    renamed.lost_volumes.dedup();
}

/// The secrets whose names follow from a service's, by their old and new names: what the old stack has, and in its place the new one.
fn rename_secrets(before: &Stack, after: &Stack, old: &str, new: &str) -> Vec<(String, String)> {
    let (old, new) = (format!("{}_", environment_prefix(old)), format!("{}_", environment_prefix(new)));
    let renamed = |name: &String| Some((name.clone(), format!("{new}{}", name.strip_prefix(&old)?)));
    before
        .secrets
        .keys()
        .filter_map(renamed)
        .filter(|(_, new)| after.secrets.contains_key(new) && !before.secrets.contains_key(new))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{only, read};
    use super::{Renamed, rename_secrets, rename_service};
    use crate::edit::rename;
    use crate::source::{Memory, Sort};

    const STACK: &str = "[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\n";

    fn renamed(text: &str) -> Renamed {
        let world = Memory::default().with("stack.toml", text);
        rename_service(&read(text), &world, "db", "store").unwrap()
    }

    #[test]
    fn the_secrets_that_follow_from_its_name_are_known() {
        let before = read(STACK);
        let files = rename(&before, Sort::Service, "db", "store").unwrap();
        let after = read(only(&files));
        let expected = [("DB_PASSWORD".to_owned(), "STORE_PASSWORD".to_owned())];
        assert_eq!(rename_secrets(&before.stacks[0], &after.stacks[0], "db", "store"), expected);
        assert!(rename_secrets(&before.stacks[0], &after.stacks[0], "x", "y").is_empty());
        let renamed = renamed(&format!("{STACK}\n[secrets.DB_PASSWORD]\ndescription = \"d\"\n"));
        assert!(only(&renamed.files).contains("[secrets.STORE_PASSWORD]"), "{}", only(&renamed.files));
        assert_eq!(renamed.secrets, expected);
    }

    #[test]
    fn its_data_stays_its_data() {
        let renamed = renamed(STACK);
        let expected = format!(
            "{}\n[compose_extra.volumes.store-data]\nname = \"shop_db-data\"\n",
            STACK.replace(
                "services.db]\n",
                "services.store]\noptions.user = \"db\"\noptions.database = \"db\"\n"
            )
        );
        assert_eq!(only(&renamed.files), expected);
        assert_eq!(renamed.kept_volumes, ["shop_db-data"]);
        assert_eq!(renamed.kept_options, ["database = \"db\"", "user = \"db\""]);
        assert_eq!(renamed.lost_volumes, []);
        // Once more, and nothing is said twice.
        let again = read(only(&renamed.files));
        let world = Memory::default().with("stack.toml", only(&renamed.files));
        let again = rename_service(&again, &world, "store", "db").unwrap();
        assert_eq!(only(&again.files), expected.replace("store", "db"));
    }

    #[test]
    fn what_is_said_of_its_volume_follows_and_so_does_who_else_mounts_it() {
        let text = format!(
            "{STACK}options = {{ user = \"u\", database = \"d\" }}\n[services.web]\nimage = \"w:1\"\ncompose_extra = {{ volumes = [\"db-data:/a:ro\", {{ type = \"volume\", source = 'db-data', target = \"/b\" }}, \"old-db-data:/c\"] }}\n\n[compose_extra.volumes]\n\"db-data\" = {{ name = \"old_pg\" }}\nold-db-data = {{}}\n[environments.live.compose_extra.volumes.db-data]\nname = \"live_pg\"\n"
        );
        let renamed = renamed(&text);
        let expected = text
            .replace("services.db", "services.store")
            .replace("\"db-data:", "\"store-data:")
            .replace("'db-data'", "'store-data'")
            .replace("\"db-data\" =", "store-data =")
            .replace("volumes.db-data", "volumes.store-data");
        assert_eq!(only(&renamed.files), expected);
        assert_eq!(renamed.kept_volumes, ["live_pg", "old_pg"]);
    }

    #[test]
    fn an_environment_of_another_name_keeps_its_own_volume() {
        let text = format!(
            "{STACK}\n[environments.live.stack]\nname = \"shop-live\"\n\n[environments.near.services.db]\nmemory = \"1GiB\"\n"
        );
        let renamed = renamed(&text);
        let after = only(&renamed.files);
        assert!(
            after.contains(
                "[environments.live.compose_extra.volumes.store-data]\nname = \"shop-live_db-data\"\n"
            ),
            "{after}"
        );
        assert!(!after.contains("environments.near.compose_extra"), "{after}");
        assert_eq!(renamed.kept_volumes, ["shop-live_db-data", "shop_db-data"]);
        assert_eq!(after.matches("user =").count(), 1, "{after}");
    }

    #[test]
    fn a_volume_that_is_somebody_elses_by_its_key_is_so_by_its_name() {
        let renamed = renamed(&format!("{STACK}\n[compose_extra.volumes.db-data]\nexternal = true\n"));
        let after = only(&renamed.files);
        assert!(
            after.contains("[compose_extra.volumes.store-data]\nname = \"db-data\"\nexternal = true\n"),
            "{after}"
        );
    }
}
