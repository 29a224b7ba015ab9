//! `path-escape`: a path that leads out of the project, or an output folder where no output may go.

use camino::Utf8Path;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Dockerfile, MountSource, Service, Target};
use crate::source::Span;
use crate::source::values::ProjectPath;

pub static RULE: Rule = Rule {
    name: "path-escape",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/path-escape.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        for (path, span) in paths(service) {
            if path.escapes() {
                findings.push(escape(&path.written, span));
            }
        }
    }
    for agent in subject.stack.agents.values() {
        let paths = agent.paths.iter().chain(agent.edits.iter().flatten());
        findings.extend(paths.filter(|path| path.escapes()).map(|path| escape(&path.written, path.span)));
    }
    for target in &subject.stack.targets {
        if let Some(span) = target.out {
            findings.extend(refused(target, span));
        }
    }
}

/// Every path that a service names, with the place that names it.
fn paths(service: &Service) -> Vec<(ProjectPath, Span)> {
    let folder = service.folder.iter().map(|folder| (folder.value.clone(), folder.span));
    let mounts = service.mounts.iter().filter_map(|mount| match &mount.source {
        MountSource::Project(source) => Some((source.value.clone(), source.span)),
        MountSource::Target(_) => None,
    });
    folder.chain(dockerfile(service)).chain(mounts).collect()
}

/// The service's own Dockerfile, unless its folder has left the project already.
fn dockerfile(service: &Service) -> Option<(ProjectPath, Span)> {
    let build = service.build.as_ref().filter(|build| !build.context.escapes())?;
    let Dockerfile::Own(name) = &build.dockerfile else { return None };
    let span = service.folder.as_ref().map_or(service.name.span, |folder| folder.span);
    Some((ProjectPath::new(name, &build.context.from_root), span))
}

fn escape(written: &str, span: Span) -> Diagnostic {
    Diagnostic::error(RULE.name, format!("`{written}` leads out of the project"))
        .at(span, "outside the project")
        .note("paths are relative to the file that says them, with `/` between folders, and stay within the project")
        .help("move what it leads to into the project, and write a path to there")
}

fn is_root(folder: &Utf8Path) -> bool {
    folder.as_str().is_empty() || folder == "."
}

fn refused(target: &Target, span: Span) -> Option<Diagnostic> {
    let folder = &target.folder;
    if ProjectPath::new(folder.as_str(), Utf8Path::new("")).escapes() {
        return Some(escape(folder.as_str(), span));
    }
    let is_git = |part: camino::Utf8Component<'_>| part.as_str().eq_ignore_ascii_case(".git");
    let (problem, label) = match () {
        () if is_root(folder) && !target.definition.at_root() => ("the project's root", "the root itself"),
        () if folder.components().any(is_git) => ("git's own folder", "inside `.git`"),
        () => return None,
    };
    Some(
        Diagnostic::error(RULE.name, format!("the outputs of `{}` cannot go into {problem}", target.name))
            .at(span, label)
            .help(format!("give them a folder of their own, such as `generated/{}`", target.name)),
    )
}
