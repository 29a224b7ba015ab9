//! `stackgen hook`: a commit whose generated files are stale is stopped by git itself.

use std::process::{Command, Stdio};

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use super::changes::View;
use super::check::check;
use super::{Exit, Global, Project};
use crate::apply::{Hook, install_hook, remove_hook};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen hook install       git commit fails from now on where the generated files are stale
  stackgen hook uninstall     takes the hook out again
  stackgen hook run           the check itself: a line for a hook that you have already

The hook goes where git looks for it, `core.hooksPath` included. One that is not stackgen's own is never touched. What is checked
is what is staged, not what lies in the folder. With the pre-commit framework, use this repository's .pre-commit-hooks.yaml instead.")]
pub struct HookArgs {
    #[command(subcommand)]
    command: HookCommand,
}

#[derive(Debug, Subcommand)]
enum HookCommand {
    /// Install the hook
    #[command(after_help = "\
Examples:
  stackgen hook install                          for the nearest stack.toml
  stackgen hook install --file shop/stack.toml   for that of a folder of the repository")]
    Install,
    /// Remove the hook
    #[command(after_help = "\
Examples:
  stackgen hook uninstall   one that is not stackgen's own is kept")]
    Uninstall,
    /// Check what is staged, as the hook does
    #[command(after_help = "\
Examples:
  stackgen hook run || exit 1   as a line of a hook of your own")]
    Run,
}

const NAME: &str = "pre-commit";

/// The line by which stackgen knows its own hook.
const MARK: &str = "# Installed by `stackgen hook install`; `stackgen hook uninstall` removes it.";

const LINE: &str = "stackgen hook run || exit 1";

pub fn run(global: &Global, args: &HookArgs) -> anyhow::Result<Exit> {
    match args.command {
        HookCommand::Install => install(global),
        HookCommand::Uninstall => uninstall(global),
        HookCommand::Run => check_staged(global),
    }
}

/// The hook itself: it says what to do where stackgen is not at hand, and leaves the rest to it.
fn script(arguments: &str) -> String {
    format!(
        "#!/bin/sh\n{MARK}\nif ! command -v stackgen >/dev/null 2>&1; then\n\
         \techo 'stackgen is not on the PATH, so that the generated files cannot be checked' >&2\n\
         \techo 'help: install it, or commit all the same with: git commit --no-verify' >&2\n\
         \texit 1\nfi\nexec stackgen{arguments} hook run\n"
    )
}

fn install(global: &Global) -> anyhow::Result<Exit> {
    let folder = hooks_folder()?;
    // Git runs a hook in the repository's own folder, which need not be the stack's.
    let arguments = format!(" --file {}", shell_word(stack_in_repository(global)?.as_str()));
    let path = shown(&folder.join(NAME))?;
    Ok(match install_hook(&folder, NAME, &script(&arguments), MARK)? {
        Hook::Foreign => {
            anstream::eprintln!(
                "error: `{path}` is there, and not stackgen's own: it is kept as it is\nhelp: add this line to it: {LINE}"
            );
            Exit::NotWritten
        }
        Hook::Unchanged => {
            global.say(&format!("`{path}` is installed already"));
            Exit::Done
        }
        Hook::Done | Hook::Updated => {
            global.say(&format!(
                "installed `{path}`: a commit with stale files fails from now on, and says how to mend it"
            ));
            Exit::Done
        }
    })
}

fn uninstall(global: &Global) -> anyhow::Result<Exit> {
    let folder = hooks_folder()?;
    let path = shown(&folder.join(NAME))?;
    Ok(match remove_hook(&folder, NAME, MARK)? {
        Hook::Foreign => {
            anstream::eprintln!(
                "error: `{path}` is not stackgen's own: it is kept\nhelp: take the line `{LINE}` out of it by hand"
            );
            Exit::NotWritten
        }
        Hook::Unchanged => {
            global.say("there is no hook to remove");
            Exit::Done
        }
        Hook::Done | Hook::Updated => {
            global.say(&format!("removed `{path}`"));
            Exit::Done
        }
    })
}

/// Checks what would be committed. Where the folder holds just that, it is checked in its place; else in a copy of the index.
fn check_staged(global: &Global) -> anyhow::Result<Exit> {
    let top = repository()?;
    let stack = stack_in_repository(global)?;
    // A commit to which there is nothing to say is not spoken of; one that is stopped shows what it lacks.
    let global = &Global { quiet: true, ..global.clone() };
    let exit = if is_all_staged(&top)? {
        check(global, &Project::find(Some(&top.join(&stack)))?, View::Patch)?
    } else {
        let copy = tempfile::tempdir().context("a folder for what is staged cannot be made")?;
        let folder =
            Utf8Path::from_path(copy.path()).context("the folder for temporary files is not UTF-8")?;
        git(&top, &["checkout-index", "--all", &format!("--prefix={folder}/")])?;
        check(global, &Project::find(Some(&folder.join(&stack)))?, View::Patch)?
    };
    let help = match exit {
        Exit::Done => return Ok(exit),
        Exit::Invalid => {
            "what is staged is no valid stack by itself: mend it, or stage what is missing, with `git add`"
        }
        Exit::NotWritten => "run `stackgen build`, stage what it writes with `git add`",
    };
    anstream::eprintln!("help: {help}, and commit again; `git commit --no-verify` commits all the same");
    Ok(exit)
}

/// Whether the folder holds nothing but what is staged.
fn is_all_staged(top: &Utf8Path) -> anyhow::Result<bool> {
    let unstaged = git(top, &["diff", "--name-only"])?;
    Ok(unstaged.is_empty() && git(top, &["ls-files", "--others", "--exclude-standard"])?.is_empty())
}

/// The stack's file, from the repository's own folder.
fn stack_in_repository(global: &Global) -> anyhow::Result<Utf8PathBuf> {
    let project = Project::find(global.file.as_deref())?;
    Ok(project.folder_in_repository().join(&project.file))
}

fn repository() -> anyhow::Result<Utf8PathBuf> {
    match git(Utf8Path::new("."), &["rev-parse", "--show-toplevel"]) {
        Err(error) if error.to_string().contains("not a git repository") => {
            anyhow::bail!("this folder is in no git repository\nhelp: run `git init`, or change into one")
        }
        top => Ok(top?.into()),
    }
}

/// Where git looks for hooks.
fn hooks_folder() -> anyhow::Result<Utf8PathBuf> {
    let top = repository()?;
    let folder = git(&top, &["rev-parse", "--git-path", "hooks"])?;
    Ok(top.join(folder))
}

/// A path as a person in this folder names it.
fn shown(path: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let here = super::project::current_folder()?;
    Ok(path.strip_prefix(&here).unwrap_or(path).to_owned())
}

/// What git answers, without its last line break.
fn git(folder: &Utf8Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .context("git cannot be run")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::bail!("git {} failed: {}", arguments.join(" "), said.trim());
    }
    let answer = String::from_utf8(output.stdout).context("git's answer is not UTF-8")?;
    Ok(answer.trim_end_matches('\n').to_owned())
}

/// A path as one word of a shell.
fn shell_word(text: &str) -> String {
    let is_plain = |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_' | '.' | '/');
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::{script, shell_word};

    #[test]
    fn the_hook_is_a_script_that_names_its_stack() {
        assert!(
            script(&format!(" --file {}", shell_word("it's/stack.toml")))
                .ends_with("exec stackgen --file 'it'\\''s/stack.toml' hook run\n")
        );
        assert_eq!(shell_word("a/stack.toml"), "a/stack.toml");
    }
}
