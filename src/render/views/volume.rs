//! Volumes as templates see them: each with the name that it has on the engine.

use crate::model::{DeclaredVolume, Service, Stack, Volume};
use crate::render::context::{DeclaredVolumeView, ExtraVolumeView, VolumeView};

/// A service's named volumes.
pub fn volume_views(service: &Service, stack: &Stack) -> Vec<VolumeView> {
    let view = |volume: &Volume| {
        let declared = stack.declared_volume(&volume.full_name);
        VolumeView {
            name: volume.name.clone(),
            full_name: declared.key,
            engine_name: declared.name,
            external: declared.external,
            at: volume.at.clone(),
            service: service.name.value.clone(),
        }
    };
    service.volumes.iter().map(view).collect()
}

/// The named volumes that a service mounts in its `compose_extra`.
pub fn extra_volume_views(service: &Service, stack: &Stack) -> Vec<ExtraVolumeView> {
    let mounts = service.extra_mounts().into_iter();
    let view = |mount: crate::model::ExtraMount<'_>| ExtraVolumeView {
        engine_name: stack.declared_volume(mount.key).name,
        read_only: mount.read_only,
    };
    mounts.map(view).collect()
}

/// Every volume that the Compose file declares.
pub fn declared_volume_views(stack: &Stack) -> Vec<DeclaredVolumeView> {
    let view = |volume: DeclaredVolume| DeclaredVolumeView {
        key: volume.key,
        engine_name: volume.name,
        start: volume.start,
        varies: volume.varies,
        external: volume.external,
    };
    stack.declared_volumes().into_iter().map(view).collect()
}
