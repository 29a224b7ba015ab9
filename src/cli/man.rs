//! `stackgen man`: the manual pages, made from the same declarations as the help texts.

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Command};

use super::output::print;
use super::{Exit, Global};
use crate::apply;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen man | man -l -                                  the page of stackgen itself, to read
  stackgen man --out ~/.local/share/man/man1               then: man stackgen-build")]
pub struct ManArgs {
    /// Write a page for each command into this folder, instead of printing the first
    #[arg(long, value_name = "FOLDER")]
    out: Option<Utf8PathBuf>,
}

pub fn run(global: &Global, args: &ManArgs, command: Command) -> anyhow::Result<Exit> {
    let pages = pages(command)?;
    let Some(folder) = &args.out else {
        let (_, first) = pages.first().context("there is no page")?;
        print(first)?;
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("`{folder}` cannot be made"))?;
    let files = pages.iter().map(|(name, text)| (Utf8Path::new(name.as_str()), text.as_str()));
    let done = apply::create(folder, files)?;
    global.say(&format!("{} pages written to `{folder}`", done.created.len()));
    for kept in &done.kept {
        global.say(&format!("kept `{}`, which is there already", folder.join(kept)));
    }
    Ok(if done.kept.is_empty() { Exit::Done } else { Exit::NotWritten })
}

/// The pages by file name: `stackgen.1`, `stackgen-build.1`, `stackgen-add-service.1`.
///
/// # Errors
/// Where a page cannot be made.
pub fn pages(command: Command) -> anyhow::Result<Vec<(String, String)>> {
    // The commit is no part of a page, for the same reason as the day: see `push`.
    let mut command = command.long_version(None);
    command.build();
    let mut pages = Vec::new();
    push(&command, &mut pages)?;
    Ok(pages)
}

fn push(command: &Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let mut page = Vec::new();
    // The day on which it is made is no part of a page: the same version gives the same bytes.
    clap_mangen::Man::new(command.clone()).date("").render(&mut page).context("the page cannot be made")?;
    let name = command.get_display_name().unwrap_or(command.get_name());
    pages.push((format!("{name}.1"), String::from_utf8_lossy(&page).into_owned()));
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        push(inner, pages)?;
    }
    Ok(())
}
