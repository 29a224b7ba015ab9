//! Which targets are made, and where their outputs go.

use camino::Utf8PathBuf;

use super::stack::{Known, Target, Unresolved};
use crate::source::{Document, Variant};

/// The folder of everything that is generated, from the project's root.
pub const OUTPUT_ROOT: &str = "generated";

/// Where the user keeps secrets, from the project's root: never an output, and never stackgen's own, whoever says so.
pub const ENV_FILE: &str = ".env";

/// The folder of an environment's outputs.
#[must_use]
pub fn environment_folder(environment: &str) -> Utf8PathBuf {
    Utf8PathBuf::from(OUTPUT_ROOT).join("environments").join(environment)
}

/// The enabled targets. An environment's outputs lie whole in a folder of its own; `out` moves those of the base.
pub fn targets(document: &Document, variant: &Variant, unresolved: &mut Vec<Unresolved>) -> Vec<Target> {
    let settings = variant.file.targets.as_ref();
    for (name, entry) in settings.iter().flat_map(|table| table.value.iter()) {
        if !document.targets.contains_key(name) {
            let name = crate::source::Spanned::new(name.clone(), entry.name);
            unresolved.push(Unresolved {
                name,
                sort: "target",
                known: Known::These(document.targets.keys().cloned().collect()),
            });
        }
    }
    let root = match &variant.environment {
        None => Utf8PathBuf::from(OUTPUT_ROOT),
        Some(environment) => environment_folder(environment),
    };
    document
        .targets
        .iter()
        .filter_map(|(name, definition)| {
            let setting = settings.and_then(|table| table.get(name)).map(|entry| &entry.value);
            let enabled = setting.and_then(|setting| setting.enabled.as_ref()).map(|enabled| enabled.value);
            let out = setting.and_then(|setting| setting.out.as_ref());
            if !enabled.unwrap_or_else(|| out.is_some() || definition.enabled()) {
                return None;
            }
            let out = out.filter(|_| variant.environment.is_none());
            let folder = out.map_or_else(|| joined(&root, &definition.folder()), |out| out.from_root.clone());
            Some(Target {
                name: name.clone(),
                definition: definition.value.clone(),
                folder,
                out: out.map(|out| out.span),
            })
        })
        .collect()
}

fn joined(root: &Utf8PathBuf, folder: &str) -> Utf8PathBuf {
    if folder.is_empty() { root.clone() } else { root.join(folder) }
}
