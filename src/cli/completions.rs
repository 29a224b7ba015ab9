//! `stackgen completions`: what a shell needs to complete this command line.

use clap::{Args, Command};
use clap_complete::Shell;

use super::Exit;
use super::output::print;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen completions bash > ~/.local/share/bash-completion/completions/stackgen
  stackgen completions zsh > ~/.zfunc/_stackgen        with ~/.zfunc in fpath
  stackgen completions fish > ~/.config/fish/completions/stackgen.fish
  stackgen completions powershell >> $PROFILE            in PowerShell")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: &CompletionsArgs, command: Command) -> anyhow::Result<Exit> {
    print(&script(args.shell, command))?;
    Ok(Exit::Done)
}

/// The completion script of a command line.
#[must_use]
pub fn script(shell: Shell, mut command: Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "stackgen", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::{Command, ValueEnum as _};
    use clap_complete::Shell;

    use super::script;

    #[test]
    fn every_shell_is_told_of_every_command() {
        for shell in Shell::value_variants() {
            let command = Command::new("stackgen").subcommand(Command::new("ports"));
            assert!(script(*shell, command).contains("ports"), "{shell}");
        }
    }
}
