//! The volumes of a service that is to go: nobody else mounts them, and their data stays.

use std::collections::BTreeSet;

use crate::Compilation;
use crate::model::{Service, Stack};

/// Volumes on the engine that are left with their data once a service is removed, in the base and in all environments.
#[must_use]
pub fn volumes_left(compilation: &Compilation, service: &str) -> Vec<String> {
    let orphans = orphans(compilation, service);
    let of_stack = |stack: &Stack| {
        let keys = stack.services.get(service).into_iter().flat_map(mounted);
        let names = keys.filter(|key| orphans.contains(*key)).map(|key| stack.declared_volume(key).name);
        names.collect::<Vec<_>>()
    };
    let names: BTreeSet<String> = compilation.stacks.iter().flat_map(of_stack).collect();
    names.into_iter().collect()
}

/// The keys in the Compose file of the volumes that a service mounts, and no other does in any environment.
pub(super) fn orphans(compilation: &Compilation, service: &str) -> BTreeSet<String> {
    let services = || compilation.stacks.iter().flat_map(|stack| &stack.services);
    let of_others: BTreeSet<&str> =
        services().filter(|(name, _)| *name != service).flat_map(|(_, other)| mounted(other)).collect();
    let own = services().filter(|(name, _)| *name == service).flat_map(|(_, own)| mounted(own));
    own.filter(|key| !of_others.contains(key)).map(ToOwned::to_owned).collect()
}

fn mounted(service: &Service) -> impl Iterator<Item = &str> {
    let own = service.volumes.iter().map(|volume| volume.full_name.as_str());
    own.chain(service.extra_mounts().into_iter().map(|mount| mount.key))
}
