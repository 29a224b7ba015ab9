//! `stackgen hook`: a commit whose generated files are stale is stopped by git itself.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use super::changes::View;
use super::check::check;
use super::{Exit, Global, Project};
use crate::apply::{Hook, install_hook, remove_hook};
use crate::cli::output::tell;
use crate::source::quoted_list;

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
  stackgen hook install --file shop/stack.toml   for another as well, in the same hook")]
    Install,
    /// Remove the hook
    #[command(after_help = "\
Examples:
  stackgen hook uninstall   takes this stack out, and with the last one the hook")]
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

/// The hook itself: it says what to do where stackgen is not at hand, and has it check each stack. Git runs a hook in the repository's
/// own folder, from which the stacks' files are named.
fn script(stacks: &BTreeSet<String>) -> String {
    let checks: String = stacks.iter().map(|stack| check_of(stack) + "\n").collect();
    format!(
        "#!/bin/sh\n{MARK}\nif ! command -v stackgen >/dev/null 2>&1; then\n\
         \techo 'stackgen is not on the PATH, so that the generated files cannot be checked' >&2\n\
         \techo 'help: install it, or commit all the same with: git commit --no-verify' >&2\n\
         \texit 1\nfi\nfailed=0\n{checks}exit $failed\n"
    )
}

fn check_of(stack: &str) -> String {
    format!("stackgen --file {} hook run || failed=1", shell_word(stack))
}

/// The stacks that a hook of ours checks, by their files.
fn stacks_of(hook: &str) -> BTreeSet<String> {
    let stack = |line: &str| {
        let line = line.strip_prefix("exec ").unwrap_or(line);
        let (word, _) = line.strip_prefix("stackgen --file ")?.rsplit_once(" hook run")?;
        Some(of_shell_word(word))
    };
    hook.lines().filter_map(stack).collect()
}

fn install(global: &Global) -> anyhow::Result<Exit> {
    let (folder, top) = (hooks_folder()?, repository()?);
    let own = stack_in_repository(global)?;
    if !top.join(&own).is_file() {
        anyhow::bail!(
            "there is no `{own}` that the hook could check\nhelp: name the stack's file, as in `stackgen hook install --file FOLDER/stack.toml`"
        );
    }
    let mut stacks = BTreeSet::from([own.to_string()]);
    let path = shown(&folder.join(NAME))?;
    let hook = install_hook(&folder, NAME, MARK, |before| {
        let others = before.map(stacks_of).unwrap_or_default();
        stacks.extend(others.into_iter().filter(|stack| top.join(stack).is_file()));
        script(&stacks)
    })?;
    Ok(match hook {
        Hook::Foreign => {
            tell!(
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
            if stacks.len() > 1 {
                global.say(&format!("it checks {}", quoted_list(stacks.iter().map(String::as_str))));
            }
            Exit::Done
        }
    })
}

fn uninstall(global: &Global) -> anyhow::Result<Exit> {
    let folder = hooks_folder()?;
    let path = shown(&folder.join(NAME))?;
    let own = stack_in_repository(global)?;
    let mut others = BTreeSet::new();
    let hook = remove_hook(&folder, NAME, MARK, |hook| {
        others = stacks_of(hook);
        others.remove(own.as_str());
        (!others.is_empty()).then(|| script(&others))
    })?;
    let left = quoted_list(others.iter().map(String::as_str));
    Ok(match hook {
        Hook::Foreign => {
            tell!(
                "error: `{path}` is not stackgen's own: it is kept\nhelp: take the line `{LINE}` out of it by hand"
            );
            Exit::NotWritten
        }
        Hook::Unchanged if others.is_empty() => {
            global.say("there is no hook to remove");
            Exit::Done
        }
        Hook::Unchanged => {
            global.say(&format!("`{path}` does not check `{own}`: it checks {left}"));
            Exit::Done
        }
        Hook::Updated => {
            global.say(&format!("`{path}` no longer checks `{own}`: it checks {left}"));
            Exit::Done
        }
        Hook::Done => {
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
    tell!("help: {help}, and commit again; `git commit --no-verify` commits all the same");
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

/// The path that [`shell_word`] has made a word of.
fn of_shell_word(word: &str) -> String {
    match word.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(quoted) => quoted.replace("'\\''", "'"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{script, stacks_of};

    #[test]
    fn the_hook_is_a_script_that_names_its_stack() {
        let stacks = BTreeSet::from(["a/stack.toml".to_owned(), "it's/stack.toml".to_owned()]);
        let hook = script(&stacks);
        assert!(hook.ends_with(
            "stackgen --file a/stack.toml hook run || failed=1\n\
             stackgen --file 'it'\\''s/stack.toml' hook run || failed=1\nexit $failed\n"
        ));
        assert_eq!(stacks_of(&hook), stacks);
        let of_old = "exec stackgen --file 'it'\\''s/stack.toml' hook run";
        assert_eq!(stacks_of(of_old), BTreeSet::from(["it's/stack.toml".to_owned()]));
    }
}
