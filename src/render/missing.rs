//! What services need of targets that this stack does not make.

use crate::diagnostics::Diagnostic;
use crate::model::{Dockerfile, MountSource, Service, Stack};
use crate::source::language::ForEach;

/// A diagnostic for each service whose files would not be there.
#[must_use]
pub fn outputs(stack: &Stack) -> Vec<Diagnostic> {
    stack
        .services
        .values()
        .flat_map(|service| mounts(service, stack).chain(dockerfile(service, stack)))
        .collect()
}

fn mounts<'a>(service: &'a Service, stack: &'a Stack) -> impl Iterator<Item = Diagnostic> + 'a {
    service.mounts.iter().filter_map(|mount| match &mount.source {
        MountSource::Target(name) if stack.targets.iter().all(|target| target.name != *name) => {
            Some(missing(
                service,
                format!(
                    "`{}` mounts what the target `{name}` makes, and that is switched off",
                    service.name.value
                ),
                format!("switch it on: `[targets.{name}]`, `enabled = true`"),
            ))
        }
        _ => None,
    })
}

fn dockerfile(service: &Service, stack: &Stack) -> Option<Diagnostic> {
    service.build.as_ref().filter(|build| matches!(build.dockerfile, Dockerfile::Generated { .. }))?;
    let mut files =
        stack.targets.iter().flat_map(|target| &target.definition.files).flat_map(|files| &files.value);
    let made =
        files.any(|file| file.for_each.as_ref().is_some_and(|found| found.value == ForEach::Dockerfiles));
    (!made).then(|| {
        missing(
            service,
            format!("`{}` has no Dockerfile, and no target makes one", service.name.value),
            "write a Dockerfile in its folder, or switch the target `docker` on".to_owned(),
        )
    })
}

fn missing(service: &Service, message: String, help: String) -> Diagnostic {
    Diagnostic::error("missing-output", message).at(service.name.span, "this service needs it").help(help)
}
