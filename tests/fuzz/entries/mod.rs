//! What is done with an input that somebody else made, whatever it holds: the bodies of the fuzz targets, and what
//! `tests/hostile` replays the corpus with.
//!
//! An input is one file, or several: a line `=== PATH` begins another one. None of the entries may panic, and each says what has to hold of
//! what comes of the input.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use stackgen::diagnostics::{Diagnostic, Report, Severity, Style, github, human, json, sarif};
use stackgen::import::{Inputs, import};
use stackgen::plan::{Plan, diff, sight};
use stackgen::source::{Memory, Sources, World};
use stackgen::{Compilation, compile, planned, validate};

/// What begins a further file.
const SEPARATOR: &[u8] = b"=== ";

/// `stack.toml` and what it includes, through every stage before the plan.
pub fn reader(data: &[u8]) {
    let world = world(data, "stack.toml");
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    print_all(&compilation.report, &compilation.sources);
    for found in compilation.report.iter() {
        assert_placed(found);
    }
    // A project with templates of its own may break its outputs; what is built in may not.
    let has_own = world.entry(Utf8Path::new("templates")).is_some()
        || data.windows(10).any(|word| word == b"dockerfile");
    assert!(
        has_own || compilation.report.iter().all(|found| found.rule != "template"),
        "{}",
        shown(&compilation)
    );
}

/// `docker-compose.yml`, and beside it what the input holds of `docker-compose.override.yml`, `kong.yml`, `.env` and `agents/`.
pub fn importer(data: &[u8]) {
    let world = world(data, "docker-compose.yml");
    let there = |path: &str| Some(Utf8PathBuf::from(path)).filter(|path| world.entry(path).is_some());
    let inputs = Inputs {
        compose: [there("docker-compose.yml"), there("docker-compose.override.yml")]
            .into_iter()
            .flatten()
            .collect(),
        kong: there("kong.yml").into_iter().collect(),
        agents: [there("agents"), there("agents.yaml")].into_iter().flatten().collect(),
        folder: "project".to_owned(),
        stack: "stack.toml".into(),
        ..Inputs::default()
    };
    let result = import(&world, &inputs);
    print_all(&result.report, &result.sources);
    let mut errors = Report::default();
    errors.extend(result.errors);
    print_all(&errors, &result.new_sources);
    assert!(
        errors.iter().all(|found| found.rule != "syntax"),
        "what was written is no TOML: {}\n{}",
        human(&errors, &result.new_sources, Style::Plain),
        result.stack.unwrap_or_default()
    );
}

/// A template of the project's own. The first byte chooses its format.
pub fn template(data: &[u8]) {
    const FORMATS: [&str; 8] = ["yaml", "json", "toml", "shell", "markdown", "env", "dockerfile", "compose"];
    let Some((first, text)) = data.split_first() else { return };
    let format = FORMATS[usize::from(*first) % FORMATS.len()];
    let each = ["", "for_each = \"services\"\n", "for_each = \"agents\"\n", "for_each = \"folders\"\n"]
        [usize::from(*first) / FORMATS.len() % 4];
    let path = if each.is_empty() { "own" } else { "{{ service.name }}" };
    let path = match each {
        "" => path.to_owned(),
        each if each.contains("agents") => "{{ agent.name }}".to_owned(),
        each if each.contains("folders") => "{{ folder.path }}/own".to_owned(),
        _ => path.to_owned(),
    };
    let target = format!(
        "description = \"The project's own\"\n\n[[files]]\ntemplate = \"own.j2\"\npath = \"{path}\"\nformat = \"{format}\"\n{each}"
    );
    let world = world(text, "templates/own/own.j2")
        .with("stack.toml", STACK)
        .with("templates/own/target.toml", target);
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    print_all(&compilation.report, &compilation.sources);
}

/// A stack in which there is one of each thing that templates see.
const STACK: &str = r#"[stack]
name = "s"

[gateway]
port = 8080

[services.db]
kind = "postgres"
port = 5433

[services.api]
image = "api:1.0.0"
port = 8001
needs = ["db"]
env = { TOKEN = { secret = "TOKEN" }, TEXT = "a \"b\" $c\nd" }
routes = [{ path = "/api", rate_limit = "5/second" }]

[agents.one]
description = "Everything that there is: the database, the service and the gateway"
owns = ["api", "db", "kong"]
"#;

/// `generated/.stackgen.json`, and beside it what the input holds of `.stackgen/journal.json` and of what lies in the project.
pub fn manifest(data: &[u8]) {
    let world = world(data, "generated/.stackgen.json").with("stack.toml", SMALL);
    let stack = Utf8Path::new("stack.toml");
    let compilation = validate(&world, stack, None);
    let outputs = ["a.sh", "b/c.md", "b/d", ".env.example"]
        .map(|path| stackgen::render::Output {
            path: Utf8Path::new("generated").join(path),
            contents: format!("of {path}\nin two lines\n"),
            executable: path == "a.sh",
            ..Default::default()
        })
        .to_vec();
    let mut plan = match planned(&world, &compilation.sources, outputs, None) {
        Ok(plan) => plan,
        Err(refused) => {
            let mut report = Report::default();
            report.push(*refused);
            return print_all(&report, &compilation.sources);
        }
    };
    inspect(&plan);
    plan.recall(|_, _| Some(b"of a.sh\n".to_vec()));
    plan.force();
    let foreign: Vec<Utf8PathBuf> = plan.changes().map(|change| change.path.clone()).collect();
    for path in foreign {
        let _ = plan.adopt(&path);
    }
    inspect(&plan);
    plan.narrow(|path| path.starts_with("generated/b"));
    inspect(&plan);
}

const SMALL: &str = "[stack]\nname = \"s\"\n";

/// Whatever a manifest claims, nothing outside of the project is touched, and nothing that the stack is read from.
fn inspect(plan: &Plan) {
    for change in plan.writes() {
        let path = change.path.as_str();
        let is_plain = |step: &str| !matches!(step, "" | "." | "..") && !step.eq_ignore_ascii_case(".git");
        assert!(path.split('/').all(is_plain) && path != "stack.toml", "{path:?} would be written");
    }
    let _ = diff::patch(plan, Utf8Path::new("generated"));
    let _ = (plan.summary(), plan.drift(), plan.obstacles());
    for change in plan.conflicts() {
        let _ = sight(change);
    }
    let journal = plan.journal("stackgen-1.tmp".to_owned());
    let _ = journal.to_text();
    assert!(
        plan.forgotten().collect::<BTreeSet<_>>().len()
            <= plan.intended().files.len() + journal.before.files.len()
    );
}

/// A world of the input's files, the first of them at the given path.
fn world(data: &[u8], first: &str) -> Memory {
    let mut files: Vec<(Utf8PathBuf, Vec<u8>)> = vec![(first.into(), Vec::new())];
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let path =
            line.strip_prefix(SEPARATOR).and_then(|path| std::str::from_utf8(path).ok()).map(str::trim);
        match path.filter(|path| is_path(path)) {
            Some(path) => files.push((path.into(), Vec::new())),
            None => {
                if let Some((_, text)) = files.last_mut() {
                    text.extend_from_slice(line);
                }
            }
        }
    }
    files.into_iter().fold(Memory::default(), |world, (path, text)| world.with(path, text))
}

fn is_path(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

/// Every printer takes every report.
fn print_all(report: &Report, sources: &Sources) {
    let _ = (
        human(report, sources, Style::Colour),
        json(report, sources),
        github(report, sources),
        sarif(report, sources),
    );
}

/// An error without a place helps nobody; only a whole file has none.
fn assert_placed(found: &Diagnostic) {
    let is_placed = found.primary.is_some() || found.file.is_some() || found.message.contains('`');
    assert!(is_placed || found.severity == Severity::Warning, "{found:?} has no place");
}

fn shown(compilation: &Compilation) -> String {
    human(&compilation.report, &compilation.sources, Style::Plain)
}
