//! `output-collision`: two outputs that want one path, or an output where something else has to be.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::{Check, Findings, Made, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::ENV_FILE;

pub static RULE: Rule = Rule {
    name: "output-collision",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/output-collision.md"),
    check: Check::Outputs(check),
};

fn check(subject: &Subject<'_>, made: &[Made<'_>], findings: &mut Findings) {
    let outputs = by_path(made);
    for group in outputs.values() {
        for second in &group[1..] {
            findings.push(same_path(group[0], second));
        }
    }
    for (folder, inside) in folders_that_are_files(&outputs) {
        findings.push(file_in_a_file(folder, inside));
    }
    let yours = subject.sources.paths().map(Utf8Path::as_str).chain([ENV_FILE]);
    let yours: BTreeSet<String> = yours.map(str::to_lowercase).collect();
    for output in made.iter().filter(|output| yours.contains(&output.path.as_str().to_lowercase())) {
        findings.push(over_a_source(output));
    }
}

/// The outputs by their paths in small letters, for on many disks `README.md` and `readme.md` are one file.
fn by_path<'m, 'a>(made: &'m [Made<'a>]) -> BTreeMap<String, Vec<&'m Made<'a>>> {
    let mut outputs: BTreeMap<String, Vec<&Made<'_>>> = BTreeMap::new();
    for output in made {
        outputs.entry(output.path.as_str().to_lowercase()).or_default().push(output);
    }
    outputs
}

/// Each output that is a file where another output has a folder, with one of those below it.
fn folders_that_are_files<'m, 'a>(
    outputs: &BTreeMap<String, Vec<&'m Made<'a>>>,
) -> Vec<(&'m Made<'a>, &'m Made<'a>)> {
    let mut found = BTreeMap::new();
    for (path, group) in outputs {
        let above = Utf8Path::new(path).ancestors().skip(1);
        for folder in above.filter_map(|folder| outputs.get(folder.as_str())) {
            found.entry(folder[0].path).or_insert((folder[0], group[0]));
        }
    }
    found.into_values().collect()
}

fn same_path(first: &Made<'_>, second: &Made<'_>) -> Diagnostic {
    let message = if first.path == second.path {
        format!("{} and {} both make `{}`", maker(first), maker(second), second.path)
    } else {
        format!(
            "{} makes `{}` and {} makes `{}`: one file where case does not count",
            maker(first),
            first.path,
            maker(second),
            second.path
        )
    };
    located(message, second, first)
}

fn file_in_a_file(folder: &Made<'_>, inside: &Made<'_>) -> Diagnostic {
    let message = format!(
        "{} makes the file `{}`, where {} needs a folder for `{}`",
        maker(folder),
        folder.path,
        maker(inside),
        inside.path
    );
    located(message, folder, inside)
}

fn over_a_source(output: &Made<'_>) -> Diagnostic {
    located(
        format!("{} would be written over `{}`, which is yours", maker(output), output.path),
        output,
        output,
    )
}

fn maker(made: &Made<'_>) -> String {
    match made.environment {
        None => format!("target `{}`", made.target.name),
        Some(environment) => format!("target `{}` of environment `{environment}`", made.target.name),
    }
}

/// Points to where the outputs were moved, if they were: a target's own folder has no place in the source.
fn located(message: String, made: &Made<'_>, other: &Made<'_>) -> Diagnostic {
    let moved = [made, other].into_iter().find_map(|made| Some((made, made.target.out?)));
    let diagnostic = Diagnostic::error(RULE.name, message);
    match moved {
        None => diagnostic.help("change the path in one of the two targets' `target.toml`"),
        Some((made, span)) => {
            let diagnostic = diagnostic.at(span, format!("the outputs of `{}` go here", made.target.name));
            let also = if made.target.name == other.target.name { None } else { other.target.out };
            let diagnostic = match also {
                Some(span) => diagnostic.and_at(span, format!("those of `{}` go here", other.target.name)),
                None => diagnostic,
            };
            diagnostic
                .help(format!("give them a folder of their own, such as `generated/{}`", made.target.name))
        }
    }
}
