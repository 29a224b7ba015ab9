//! Folders with the code of services as templates see them.

use std::collections::BTreeMap;

use minijinja::Value;

use super::Facts;
use crate::render::context::FolderView;
use crate::render::view::Seen;

/// Each folder below the project's root that services have their code in, by its path. Several services may share one.
pub fn folder_views(facts: &Facts<'_>, services: &BTreeMap<&str, &Value>) -> Vec<(String, Value)> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, service) in &facts.stack.services {
        let path = service.folder.as_ref().map(|folder| folder.from_root.as_str());
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            folders.entry(path).or_default().push(name);
        }
    }
    folders
        .into_iter()
        .map(|(path, names)| {
            let mut owners: Vec<String> = Vec::new();
            for owner in names.iter().filter_map(|name| facts.owners.get(name)).flatten() {
                if !owners.contains(owner) {
                    owners.push(owner.clone());
                }
            }
            let view = FolderView {
                path: path.to_owned(),
                services: names.iter().filter_map(|name| services.get(name).copied().cloned()).collect(),
                owners,
            };
            (path.to_owned(), view.seen())
        })
        .collect()
}
