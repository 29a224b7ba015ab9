//! `stackgen import`: an existing project to a stack.toml, with a report on what became of each key.

mod env;
mod report;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::json;

use super::format::print_report;
use super::output::print;
use super::project::{current_folder, plain};
use super::{Exit, Global, Project, terminal};
use crate::apply;
use crate::cli::output::{tell, tell_raw};
use crate::diagnostics::Report;
use crate::import::{Import, Inputs, import};
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
    /// The file to write, stack.toml if not said; `-` prints it. An existing file is never overwritten
    #[arg(long, value_name = "PATH")]
    out: Option<Utf8PathBuf>,
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
    let is_printed = args.out.as_deref() == Some(Utf8Path::new("-"));
    let out = args.out.as_ref().filter(|_| !is_printed).or(global.file.as_ref());
    let out = out.cloned().unwrap_or_else(|| Utf8PathBuf::from("stack.toml"));
    let (root, stack) = Project::place_of(&out)?;
    let world = Disk::new(root.clone());
    let files = if args.files.is_empty() { found(&world) } else { from(&root, &args.files)? };
    anyhow::ensure!(
        !files.is_empty(),
        "this folder has no Compose file\nhelp: name the files to import, or start from its folders with `stackgen init`"
    );
    bring(global, &root, &stack, &files, Written { is_printed, without_asking: args.yes })
}

/// Where an import goes.
pub struct Written {
    /// To standard output, and nowhere else.
    pub is_printed: bool,
    pub without_asking: bool,
}

/// Makes a stack's file of these files; all paths are from the root, which is the stack's folder.
pub fn bring(
    global: &Global,
    root: &Utf8Path,
    stack: &Utf8Path,
    files: &[Utf8PathBuf],
    written: Written,
) -> anyhow::Result<Exit> {
    let world = Disk::new(root.to_owned());
    anyhow::ensure!(
        written.is_printed || world.entry(stack).is_none(),
        "`{stack}` is there already, and is never overwritten: write to another file with `--out`, or print with `--out -`"
    );
    let folder = current_folder()?.join(root).canonicalize_utf8()?;
    let folder = folder.file_name().unwrap_or("stack").to_owned();
    let mut inputs = Inputs::sort(&world, files, folder, stack.to_owned());
    inputs.tracked = env::tracked(root);
    let result = import(&world, &inputs);
    show(global, &result, stack, written.is_printed)?;
    let Some(text) = result.stack.as_deref() else { return Ok(Exit::Invalid) };
    if written.is_printed {
        if !global.format.is_for_programs() {
            print(text)?;
        }
        return Ok(Exit::Done);
    }
    if !written.without_asking && !may_write(global, stack, &result) {
        return Ok(Exit::NotWritten);
    }
    // First, for it can be done again: what `.env` has is left out, and a stack that is there is never overwritten.
    env::write_env(global, root, stack, &result)?;
    let done = apply::create(root, [(stack, text)])?;
    anyhow::ensure!(done.kept.is_empty(), "`{stack}` has come to be there meanwhile, and is as it was");
    global.say(&format!(
        "written: `{stack}`; `stackgen diff` shows the files that follow from it, `stackgen build` makes them"
    ));
    Ok(Exit::Done)
}

fn may_write(global: &Global, stack: &Utf8Path, result: &Import) -> bool {
    let more = if result.env.is_empty() { "" } else { " and add to `.env`" };
    let answer = terminal::ask(&format!("write `{stack}`{more}?"));
    match answer {
        Some(true) => return true,
        Some(false) => global.say("nothing was written"),
        None => global.say("nothing was written: say `--yes` to write where nobody can be asked"),
    }
    false
}

/// Files that a user names from where they stand, seen from the stack's folder.
fn from(root: &Utf8Path, files: &[Utf8PathBuf]) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let here = current_folder()?;
    let root = plain(&here.join(root));
    let seen = |file: &Utf8PathBuf| match plain(&here.join(file)).strip_prefix(&root) {
        Ok(path) => Ok(path.to_owned()),
        Err(_) => anyhow::bail!(
            "`{file}` lies outside of the stack's folder, where its paths start from\nhelp: write the stack into a folder above it: `--out PATH`"
        ),
    };
    files.iter().map(seen).collect()
}

/// What a person would name.
pub fn found(world: &dyn World) -> Vec<Utf8PathBuf> {
    let is_there = |path: &str| world.entry(Utf8Path::new(path)).is_some();
    let compose = COMPOSE_FILES.iter().find(|(file, _)| is_there(file));
    let files = compose.into_iter().flat_map(|(file, over)| [*file, *over]);
    files.chain(OTHER_FILES.iter().copied()).filter(|path| is_there(path)).map(Utf8PathBuf::from).collect()
}

/// The file's text as a patch, the findings, and the report.
fn show(global: &Global, result: &Import, stack: &Utf8Path, is_printed: bool) -> anyhow::Result<()> {
    print_report(global, &result.report, &result.sources);
    if result.stack.is_some() && result.report.iter().next().is_some() {
        global.say("so much for the old files, which stay as they are: nothing of it stops the import\n");
    }
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
        tell_raw!("{}", report::table(&result.fidelity));
        if !result.errors.is_empty() {
            let mut report = Report::default();
            report.extend(result.errors.iter().cloned());
            tell!("\nthe imported stack has these faults still:\n");
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
