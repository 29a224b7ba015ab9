//! Where a new service belongs: the folder of its code, and the stack's file that it is written into.

use camino::{Utf8Path, Utf8PathBuf};

use super::kind::kind_of;
use super::service::NewService;
use super::{EditedFile, Refusal};
use crate::Compilation;
use crate::diagnostics::Diagnostic;
use crate::model::{Service, Stack};
use crate::source::{FileId, KnownKind, World};

/// The folder of the new service's code, where its kind builds from one: as it was said, or beside those of its like.
pub(super) fn folder(
    base: &Stack,
    kind: &KnownKind,
    wanted: &NewService,
) -> Result<Option<Utf8PathBuf>, Refusal> {
    let facts = kind_of(kind);
    if wanted.path.is_some() || wanted.image.is_some() || facts.has_image {
        return Ok(wanted.path.clone());
    }
    if !facts.has_dockerfile {
        let message = format!("the kind `{}` says nothing of what runs", kind.name);
        return Err(Box::new(
            Diagnostic::error("missing-key", message)
                .help("say `--image NAME:TAG`, or `--path FOLDER` with a Dockerfile in it"),
        ));
    }
    let like = |service: &&Service| service.kind.value == kind.name;
    let mut others = base.services.values().filter(like).chain(base.services.values());
    let beside = others.find_map(|service| beside(service, &wanted.name));
    Ok(Some(beside.unwrap_or_else(|| Utf8Path::new("services").join(&wanted.name))))
}

/// A folder named as that of another service is: `services/content-service` for `content` gives `services/billing-service`.
fn beside(service: &Service, name: &str) -> Option<Utf8PathBuf> {
    let folder = &service.folder.as_ref()?.value.from_root;
    let last = folder.file_name()?;
    let (before, after) = last.split_once(service.name.value.as_str())?;
    Some(folder.with_file_name(format!("{before}{name}{after}")))
}

/// The file that a service belongs into: the one whose folder holds its code, the innermost of them; else the stack's own.
pub(super) fn file_for(compilation: &Compilation, path: Option<&Utf8Path>) -> FileId {
    let files = compilation.document.iter().flat_map(|document| &document.files).copied();
    let holds = |file: &FileId| {
        let folder = compilation.sources.folder(*file);
        !folder.as_str().is_empty() && path.is_some_and(|path| path.starts_with(folder))
    };
    let depth = |file: &FileId| compilation.sources.folder(*file).components().count();
    files.clone().filter(holds).max_by_key(depth).or_else(|| files.min()).unwrap_or_default()
}

/// With a first file in a folder that is not there yet: the folder has to be, here and in everybody's checkout.
pub(super) fn with_folder(
    mut files: Vec<EditedFile>,
    path: Option<&Utf8Path>,
    world: &dyn World,
    wanted: &NewService,
    kind: &KnownKind,
) -> Vec<EditedFile> {
    if let Some(path) = path.filter(|path| world.entry(path).is_none()) {
        let after = format!(
            "# {}\n\nHere goes the code of the service `{}`. Its kind: {}.\nWhat stackgen expects of it, `stackgen kinds show {}` says.\n",
            wanted.name, wanted.name, kind.description, kind.name
        );
        files.push(EditedFile { path: path.join("README.md"), before: None, after });
    }
    files
}
