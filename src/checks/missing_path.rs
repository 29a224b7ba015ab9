//! `missing-path`: a folder or file that the stack names and the project does not have.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Dockerfile, MountSource, Service};
use crate::source::values::ProjectPath;
use crate::source::{EntryKind, Span, Spanned, World, nearest};

pub static RULE: Rule = Rule {
    name: "missing-path",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/missing-path.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        check_folder(subject, service, findings);
        check_mounts(subject, service, findings);
    }
}

fn check_folder(subject: &Subject<'_>, service: &Service, findings: &mut Findings) {
    let Some(folder) = service.folder.as_ref().filter(|folder| !folder.escapes()) else { return };
    match subject.world.entry(&folder.from_root) {
        Some(EntryKind::Folder) => check_dockerfile(subject, service, folder.span, findings),
        Some(_) => findings.push(no_folder(folder)),
        None => findings.push(missing(subject, "folder", &service.name, folder)),
    }
}

fn check_dockerfile(subject: &Subject<'_>, service: &Service, folder: Span, findings: &mut Findings) {
    let Some(build) = &service.build else { return };
    let Dockerfile::Own(name) = &build.dockerfile else { return };
    let path = ProjectPath::new(name, &build.context.from_root).from_root;
    if !path.starts_with("..") && subject.world.entry(&path) != Some(EntryKind::File) {
        findings.push(no_dockerfile(service, &path, name, folder));
    }
}

fn check_mounts(subject: &Subject<'_>, service: &Service, findings: &mut Findings) {
    for mount in &service.mounts {
        let MountSource::Project(source) = &mount.source else { continue };
        if !source.escapes() && subject.world.entry(&source.from_root).is_none() {
            findings.push(missing(subject, "mount", &service.name, source));
        }
    }
}

fn missing(subject: &Subject<'_>, sort: &str, service: &str, path: &Spanned<ProjectPath>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(RULE.name, format!("the {sort} `{}` of `{service}` is not there", path.from_root))
            .at(path.span, "nothing there");
    match near(subject.world, &path.from_root) {
        Some((wrong, right)) => {
            let edits = literal::rename(subject.sources, path.span, &wrong, &right).into_iter().collect();
            with_help(diagnostic, Help { message: format!("did you mean `{right}`?"), edits })
        }
        None => diagnostic.help(format!("create `{}`, or correct the path", path.from_root)),
    }
}

/// The first part of the path that is not there, and the name beside it that was most likely meant.
fn near(world: &dyn World, path: &Utf8Path) -> Option<(String, String)> {
    let mut there = Utf8PathBuf::new();
    for part in path.components() {
        let next = there.join(part);
        if world.entry(&next).is_none() {
            let names = world.list(&there);
            let near = nearest(part.as_str(), names.iter().map(|(name, _)| name.as_str()))?;
            return Some((part.as_str().to_owned(), near.to_owned()));
        }
        there = next;
    }
    None
}

fn no_folder(path: &Spanned<ProjectPath>) -> Diagnostic {
    Diagnostic::error(RULE.name, format!("`{}` is no folder", path.from_root))
        .at(path.span, "a file")
        .help("write the folder of the service's source code")
}

fn no_dockerfile(service: &Service, path: &Utf8Path, name: &str, folder: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(RULE.name, format!("there is no `{path}` to build `{}` from", *service.name))
            .at(folder, format!("holds no `{name}`"));
    match name {
        // Nobody named it: it is what a build looks for.
        "Dockerfile" => diagnostic.help(format!(
            "create `{path}`, or choose a kind that brings one, such as `fastapi`, `django` or `node`"
        )),
        _ => diagnostic.help(format!("create `{path}`, or remove `dockerfile` and let stackgen make one")),
    }
}

fn with_help(mut diagnostic: Diagnostic, help: Help) -> Diagnostic {
    diagnostic.help.push(help);
    diagnostic
}
