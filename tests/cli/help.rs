//! What the command line says of itself.

use stackgen::cli::command_reference;

/// Each command's name, and its help.
fn commands(reference: &str) -> impl Iterator<Item = (&str, &str)> {
    reference.split("\n## `").skip(1).filter_map(|section| section.split_once('`'))
}

#[test]
fn the_help_of_every_command_has_examples() {
    let reference = command_reference();
    for (name, help) in commands(&reference).filter(|(name, _)| *name != "stackgen") {
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        let mut lines = examples.lines().take_while(|line| line.starts_with(' ')).peekable();
        assert!(lines.peek().is_some(), "`{name}` has no examples");
        for line in lines {
            assert!(line.starts_with(&format!("  {}", name.split(' ').next().unwrap())), "`{name}`: {line}");
            assert!(line.chars().count() <= 100, "`{name}`: {line}");
        }
    }
}

#[test]
fn an_example_is_of_its_own_command() {
    let reference = command_reference();
    for (name, help) in commands(&reference).filter(|(name, _)| *name != "stackgen") {
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        assert!(examples.lines().any(|line| line.trim_start().starts_with(name)), "`{name}`:\n{examples}");
    }
}
