//! The reference page of the command line, `docs/commands.md`: every help text, so that the page cannot drift from it.

use std::fmt::Write as _;

use clap::Command;

const HEAD: &str = "\
<!-- Written from the help texts in `src/cli/`. To refresh it: STACKGEN_BLESS=1 cargo test --test derived -->

# The commands

Findings go to standard error, results to standard output. Colour and questions come only on a terminal; `NO_COLOR` is heeded.
`--format json` also makes lists that are results into JSON.
";

/// How many columns the help texts may take, whatever terminal this runs in.
const WIDTH: usize = 100;

/// The page, in Markdown.
#[must_use]
pub fn command_reference(command: Command) -> String {
    let mut command = command.term_width(WIDTH);
    command.build();
    let mut page = HEAD.to_owned();
    push(&mut command, &mut page);
    page
}

/// A command's help text, then those of its subcommands.
fn push(command: &mut Command, page: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        push(inner, page);
    }
}
