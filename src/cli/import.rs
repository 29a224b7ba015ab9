//! `stackgen import`: an existing project to a stack.toml, with a report on what became of each key.

use std::collections::BTreeMap;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::json;

use super::format::print_report;
use super::output::print;
use super::{Exit, Global, terminal};
use crate::apply;
use crate::diagnostics::Report;
use crate::import::{Fate, Import, Inputs, Line, count, import};
use crate::source::{Disk, EntryKind, World};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen import                                         what lies in this folder
  stackgen import docker-compose.yml kong.yml             these files
  stackgen import compose.yaml compose.prod.yaml --yes    the second over the first
  stackgen import docker-compose.yml --out -              print stack.toml, and write nothing")]
pub struct ImportArgs {
    /// Compose files (the later over the earlier), Kong's declarative config, folders of agent definitions; without any, those
    /// of this folder
    files: Vec<Utf8PathBuf>,
    /// The file to write; `-` prints it. An existing file is never overwritten
    #[arg(long, value_name = "PATH", default_value = "stack.toml")]
    out: Utf8PathBuf,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

/// Where Compose looks by itself, each with what it lays over it.
const COMPOSE_FILES: &[(&str, &str)] = &[
    ("compose.yaml", "compose.override.yaml"),
    ("compose.yml", "compose.override.yml"),
    ("docker-compose.yml", "docker-compose.override.yml"),
    ("docker-compose.yaml", "docker-compose.override.yaml"),
];
/// What else may lie in a project's folder.
const OTHER_FILES: &[&str] = &[
    "kong.yml",
    "kong.yaml",
    "kong/kong.yml",
    "kong/kong.yaml",
    "gateway/kong.yml",
    ".claude/agents",
    "agents.yaml",
];

pub fn run(global: &Global, args: &ImportArgs) -> anyhow::Result<Exit> {
    let root = Utf8PathBuf::from(".");
    let world = Disk::new(root.clone());
    let files = if args.files.is_empty() { found(&world) } else { args.files.clone() };
    anyhow::ensure!(!files.is_empty(), "this folder has no Compose file: name the files to import");
    let is_printed = args.out == "-";
    let stack = if is_printed { Utf8PathBuf::from("stack.toml") } else { args.out.clone() };
    anyhow::ensure!(
        is_printed || world.entry(&args.out).is_none(),
        "`{}` is there already, and is never overwritten: write to another file with `--out`, or print with `--out -`",
        args.out
    );
    let folder = super::project::current_folder()?.file_name().unwrap_or("stack").to_owned();
    let inputs = Inputs::sort(&world, &files, folder, stack.clone());
    let result = import(&world, &inputs);
    show(global, &result, &stack, is_printed)?;
    let Some(text) = result.stack.as_deref() else { return Ok(Exit::Invalid) };
    if is_printed {
        if !global.format.is_for_programs() {
            print(text)?;
        }
        return Ok(Exit::Done);
    }
    if !args.yes {
        match terminal::ask(&format!(
            "write `{stack}`{}?",
            if result.env.is_empty() { "" } else { " and add to `.env`" }
        )) {
            Some(true) => {}
            Some(false) => {
                global.say("nothing was written");
                return Ok(Exit::NotWritten);
            }
            None => {
                global.say("nothing was written: say `--yes` to write where nobody can be asked");
                return Ok(Exit::NotWritten);
            }
        }
    }
    let done = apply::create(&root, [(stack.as_path(), text)])?;
    anyhow::ensure!(done.kept.is_empty(), "`{stack}` has come to be there meanwhile, and is as it was");
    write_env(global, &root, &stack, &result)?;
    global.say(&format!("written: `{stack}`; see what it makes with `stackgen diff`"));
    Ok(Exit::Done)
}

/// What a person would name.
fn found(world: &dyn World) -> Vec<Utf8PathBuf> {
    let is_there = |path: &str| world.entry(Utf8Path::new(path)).is_some();
    let compose = COMPOSE_FILES.iter().find(|(file, _)| is_there(file));
    let files = compose.into_iter().flat_map(|(file, over)| [*file, *over]);
    files.chain(OTHER_FILES.iter().copied()).filter(|path| is_there(path)).map(Utf8PathBuf::from).collect()
}

/// The file's text as a patch, the findings, and the report.
fn show(global: &Global, result: &Import, stack: &Utf8Path, is_printed: bool) -> anyhow::Result<()> {
    print_report(global, &result.report, &result.sources);
    if global.format.is_for_programs() {
        let document = json!({
            "stack": result.stack,
            "secrets": result.secrets,
            "env": result.env.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "fidelity": result.fidelity,
        });
        return print(&format!("{document:#}\n"));
    }
    let Some(text) = &result.stack else { return Ok(()) };
    if !is_printed && !global.quiet {
        Global::print_patch(&patch(stack, text))?;
    }
    if global.shows_text() {
        anstream::eprint!("{}", table(&result.fidelity));
        if !result.errors.is_empty() {
            let mut report = Report::default();
            report.extend(result.errors.iter().cloned());
            anstream::eprintln!("\nthe imported stack has these faults still:\n");
            print_report(global, &report, &result.new_sources);
        }
    }
    Ok(())
}

fn patch(path: &Utf8Path, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("+{line}\n")).collect();
    let lines = lines.concat();
    let count = text.lines().count();
    format!(
        "diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{lines}"
    )
}

/// How many keys are named of those that one reason holds for.
const SHOWN: usize = 6;

/// The report for people: what is as it was in a line for each service, everything else in a line of its own.
#[must_use]
fn table(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut abouts: Vec<&str> = Vec::new();
    for line in lines {
        if !abouts.contains(&line.about.as_str()) {
            abouts.push(&line.about);
        }
    }
    for about in abouts {
        let own: Vec<&Line> = lines.iter().filter(|line| line.about == about).collect();
        out.push_str(&format!("\n{about}\n"));
        let carried: Vec<String> = carried(&own);
        if !carried.is_empty() {
            out.push_str(&format!("  {:>12}  {}\n", Fate::Carried.as_str(), carried.join(", ")));
        }
        for fate in [Fate::Approximated, Fate::NotCarried] {
            for (why, keys) in by_reason(&own, fate) {
                out.push_str(&format!("  {:>12}  {}: {why}\n", fate.as_str(), keys.join(", ")));
            }
        }
    }
    let all: Vec<&Line> = lines.iter().collect();
    let added = by_reason(&all, Fate::Added);
    if !added.is_empty() {
        out.push_str("\nsaid by stackgen besides\n");
    }
    for (why, mut keys) in added {
        keys.sort_unstable();
        keys.dedup();
        let more =
            if keys.len() > SHOWN { format!(" and {} more", keys.len() - SHOWN) } else { String::new() };
        keys.truncate(SHOWN);
        out.push_str(&format!("  {}{more}: {why}\n", keys.join(", ")));
    }
    if !lines.is_empty() {
        let counts = [Fate::Carried, Fate::Approximated, Fate::NotCarried, Fate::Added]
            .map(|fate| format!("{} {}", count(lines, fate), fate.as_str()));
        out.push_str(&format!("\n{}\n", counts.join(", ")));
    }
    out
}

/// `image, environment (5), ports (2)`.
fn carried(own: &[&Line]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in own.iter().filter(|line| line.fate == Fate::Carried) {
        *counts.entry(line.key.split('.').next().unwrap_or_default()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(key, count)| if count == 1 { key.to_owned() } else { format!("{key} ({count})") })
        .collect()
}

fn by_reason<'l>(own: &[&'l Line], fate: Fate) -> Vec<(&'l str, Vec<&'l str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in own.iter().filter(|line| line.fate == fate) {
        match groups.iter_mut().find(|(why, _)| *why == line.why) {
            Some((_, keys)) => keys.push(&line.key),
            None => groups.push((&line.why, vec![&line.key])),
        }
    }
    groups
}

/// Adds the secrets that `.env` lacks. What stands there stays.
fn write_env(global: &Global, root: &Utf8Path, stack: &Utf8Path, result: &Import) -> anyhow::Result<()> {
    if result.env.is_empty() {
        return Ok(());
    }
    let path = root.join(stack.parent().unwrap_or(Utf8Path::new(""))).join(".env");
    let lines: Vec<String> =
        result.env.iter().map(|(name, value)| format!("{name}={}", env_value(value))).collect();
    let added = apply::append(&path, &lines).with_context(|| format!("`{path}` cannot be written"))?;
    let names: Vec<String> = result.env.iter().map(|(name, _)| format!("`{name}`")).collect();
    if added {
        global.say(&format!("added to `.env`, where their values stand alone: {}", names.join(", ")));
    }
    if !is_ignored(root) {
        global.say(
            "warning: git does not ignore `.env`, which holds secrets\nhelp: add a line `.env` to .gitignore",
        );
    }
    Ok(())
}

/// As Compose reads it back: quoted where a word alone would not do.
fn env_value(value: &str) -> String {
    let is_plain = value.bytes().all(|found| found.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&found));
    match (is_plain, value.contains(['\'', '\n'])) {
        (true, _) => value.to_owned(),
        (false, false) => format!("'{value}'"),
        (false, true) => {
            let escaped =
                value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('\n', "\\n");
            format!("\"{escaped}\"")
        }
    }
}

fn is_ignored(root: &Utf8Path) -> bool {
    let status = std::process::Command::new("git")
        .args(["check-ignore", "--quiet", ".env"])
        .current_dir(root)
        .stderr(std::process::Stdio::null())
        .status();
    // Where there is no repository, nobody commits it by mistake.
    status.is_ok_and(|status| status.code() != Some(1))
}

impl Inputs {
    /// Which file is what.
    fn sort(world: &dyn World, files: &[Utf8PathBuf], folder: String, stack: Utf8PathBuf) -> Self {
        let mut inputs = Self { folder, stack, ..Self::default() };
        for file in files {
            let is_folder = world.entry(file) == Some(EntryKind::Folder);
            let name = file.file_name().unwrap_or_default();
            if is_folder || file.extension() == Some("md") || name.starts_with("agents.") {
                inputs.agents.push(file.clone());
            } else if crate::import::is_kong(world, file) {
                inputs.kong.push(file.clone());
            } else {
                inputs.compose.push(file.clone());
            }
        }
        inputs
    }
}
