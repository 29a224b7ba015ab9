//! The project: its stack, its secrets, its files, its hook.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::Look;
use crate::apply::Lock;
use crate::cli::machine::ask;
use crate::cli::waiting::Named;
use crate::cli::{Exit, Project};
use crate::live::set_variables;
use crate::model::{ENV_FILE, Stack};
use crate::plan::local;
use crate::source::{World as _, quoted_list};

/// The most that is read of a `.env`, in bytes.
const LIMIT: u64 = 1024 * 1024;

pub fn stack(exit: Exit, stacks: &[Stack]) -> Look {
    let services = stacks.first().map_or(0, |stack| stack.services.len());
    match exit {
        Exit::Done if services == 1 => Look::well("stack", "valid, one service"),
        Exit::Done => Look::well("stack", format!("valid, {services} services")),
        _ => Look::wrong("stack", "not valid", "mend what `stackgen validate` says"),
    }
}

/// Whether each secret has a value, and the file that holds them stays out of the repository.
pub fn secrets(project: &Project, stack: &Stack) -> Vec<Look> {
    let is_there = project.world.entry(Utf8Path::new(ENV_FILE)).is_some();
    let mut looks = vec![complete(project, stack, is_there)];
    if is_there && is_in_git(project) {
        looks.push(committed(project));
    }
    looks
}

fn complete(project: &Project, stack: &Stack, is_there: bool) -> Look {
    if stack.secrets.is_empty() {
        return Look::well(ENV_FILE, "not needed: the stack has no secrets");
    }
    let text = project.world.read(Utf8Path::new(ENV_FILE), LIMIT).unwrap_or_default();
    let set = set_variables(&String::from_utf8_lossy(&text));
    let missing: Vec<&str> = stack
        .secrets
        .keys()
        .map(String::as_str)
        .filter(|name| !set.contains(*name) && !is_set(name))
        .collect();
    let (external, random): (Vec<&str>, Vec<&str>) =
        missing.iter().partition(|name| stack.secrets[**name].external);
    if missing.is_empty() {
        return Look::well(ENV_FILE, format!("has all {} secrets", stack.secrets.len()));
    }
    if !external.is_empty() {
        let found = format!("lacks {}, which somebody else issues", quoted_list(external.iter().copied()));
        return Look::wrong(ENV_FILE, found, "write the value into `.env`");
    }
    if !is_there {
        return Look::note(ENV_FILE, "is not there", "the start script makes it, with random secrets");
    }
    let found = format!("lacks {}", quoted_list(random.iter().copied()));
    Look::wrong(
        ENV_FILE,
        found,
        "start with `start-all-services.sh --fill-secrets`, or write a value for each",
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a secret may come from the environment; nothing is made of it here"
)]
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn committed(project: &Project) -> Look {
    let folder = project.root.as_str();
    match ask("git", &["-C", folder, "check-ignore", "-q", ENV_FILE]) {
        Ok(_) => Look::well("git", "`.env` stays out of the repository"),
        Err(_) => Look::wrong(
            "git",
            "`.env` holds secrets, and nothing keeps it out of the repository",
            "add a line `.env` to `.gitignore`; if it was committed, the secrets in it are no secrets any more",
        ),
    }
}

fn is_in_git(project: &Project) -> bool {
    ask("git", &["-C", project.root.as_str(), "rev-parse", "--git-dir"]).is_ok()
}

/// Whether the generated files are what the stack says.
pub fn files(project: &Project, exit: Exit) -> Look {
    if exit != Exit::Done {
        return Look::note("files", "not looked at: the stack is not valid", "mend the stack first");
    }
    let compilation = crate::compile(&project.world, &project.file, None);
    let outputs = compilation.outputs;
    match crate::planned(&project.world, &compilation.sources, outputs, None) {
        Ok(plan) if plan.is_current() => Look::well("files", "as the stack says"),
        Ok(plan) if !plan.obstacles().is_empty() => {
            Look::wrong("files", plan.obstacles().swap_remove(0).message, "see what `stackgen check` says")
        }
        Ok(_) => Look::wrong("files", "not as the stack says", "run `stackgen build`"),
        Err(refusal) => Look::wrong("files", refusal.message, "see what `stackgen check` says"),
    }
}

/// Whether a build is at work, or was interrupted.
pub fn builds(project: &Project) -> Look {
    if let Some(holder) = Lock::holder(&project.root) {
        return Look::note("builds", format!("{} is at work", Named(&holder)), "wait until it has ended");
    }
    if project.world.entry(Utf8Path::new(local::JOURNAL)).is_some() {
        return Look::wrong(
            "builds",
            "an earlier build was interrupted",
            "run `stackgen build` to finish it",
        );
    }
    Look::well("builds", "none at work, none interrupted")
}

/// Whether git stops a commit with stale files.
pub fn hook(project: &Project) -> Look {
    let root = project.root.as_str();
    let Ok(top) = ask("git", &["-C", root, "rev-parse", "--show-toplevel"]) else {
        return Look::note("hook", "the project is in no git repository", "commit it, `generated/` as well");
    };
    let top = Utf8Path::new(top.trim());
    let folder = ask("git", &["-C", top.as_str(), "rev-parse", "--git-path", "hooks"]).unwrap_or_default();
    let texts: BTreeSet<String> =
        [top.join(folder.trim()).join("pre-commit"), top.join(".pre-commit-config.yaml")]
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .collect();
    let is_there = |words: &str| texts.iter().any(|text| text.contains(words));
    if is_there("hook run")
        || is_there("stackgen-check")
        || is_there("stackgen check")
        || is_there("stackgen-build")
    {
        Look::well("hook", "a commit with stale files fails")
    } else {
        Look::note("hook", "nothing keeps stale files out of a commit", "`stackgen hook install`")
    }
}
