//! `stackgen kinds`: what a service can be.

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::columns::columns;
use super::format::{Format, print_report};
use super::output::print;
use super::{Exit, Global, Project};
use crate::diagnostics::Report;
use crate::source::{KnownKind, Sources, known_kinds, nearest};

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  stackgen kinds                   every kind, and where it comes from
  stackgen kinds show postgres     its text, to start one of your own from

A kind is a file in the project's templates/kinds/, a table under [kinds], or one of those inside stackgen."
)]
pub struct KindsArgs {
    #[command(subcommand)]
    command: Option<KindsCommand>,
}

#[derive(Debug, Subcommand)]
enum KindsCommand {
    /// List every kind (what `stackgen kinds` does)
    #[command(after_help = "\
Examples:
  stackgen kinds list
  stackgen kinds list --format json   for programs")]
    List,
    /// Print the text of a kind
    #[command(after_help = "\
Examples:
  stackgen kinds show fastapi                               its options, its health check and so on
  stackgen kinds show redis > templates/kinds/valkey.toml   to start a kind of your own from")]
    Show {
        /// The kind's name
        name: String,
    },
}

pub fn run(global: &Global, project: &Project, args: &KindsArgs) -> anyhow::Result<Exit> {
    let mut sources = Sources::default();
    let (kinds, diagnostics) = known_kinds(&project.world, &project.file, &mut sources);
    let mut report = Report::default();
    report.extend(diagnostics);
    report.finish();
    print_report(global, &report, &sources);
    match &args.command {
        Some(KindsCommand::Show { name }) => print(show(&kinds, name)?)?,
        None | Some(KindsCommand::List) if global.format == Format::Json => print(&json(&kinds))?,
        None | Some(KindsCommand::List) => print(&list(&kinds))?,
    }
    Ok(if report.has_errors() { Exit::Invalid } else { Exit::Done })
}

/// The kinds as a table.
#[must_use]
pub fn list(kinds: &[KnownKind]) -> String {
    let rows: Vec<[String; 3]> = kinds
        .iter()
        .map(|kind| [kind.name.clone(), kind.origin.as_str().to_owned(), kind.description.clone()])
        .collect();
    columns(["KIND", "FROM", "WHAT IT IS"], &rows)
}

/// The kinds as an array of objects.
#[must_use]
pub fn json(kinds: &[KnownKind]) -> String {
    let entries: Vec<serde_json::Value> = kinds
        .iter()
        .map(|kind| {
            serde_json::json!({ "name": kind.name, "from": kind.origin.as_str(), "description": kind.description })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(entries))
}

/// The text of one kind.
///
/// # Errors
/// Where there is no kind of that name.
pub fn show<'a>(kinds: &'a [KnownKind], name: &str) -> anyhow::Result<&'a str> {
    let found = kinds.iter().find(|kind| kind.name == name);
    found.map(|kind| kind.text.as_str()).with_context(|| {
        let help = match nearest(name, kinds.iter().map(|kind| kind.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`stackgen kinds` lists those that there are".to_owned(),
        };
        format!("there is no kind `{name}`\nhelp: {help}")
    })
}

#[cfg(test)]
mod tests {
    use super::{json, list, show};
    use crate::source::language::KindTable;
    use crate::source::{KnownKind, Origin};

    fn kinds() -> Vec<KnownKind> {
        let kind = |name: &str, origin| KnownKind {
            name: name.to_owned(),
            origin,
            description: format!("A {name}"),
            table: KindTable::default(),
            text: format!("# {name}\n"),
        };
        vec![kind("big", Origin::Stack), kind("redis", Origin::BuiltIn)]
    }

    #[test]
    fn the_list_says_what_each_kind_is_and_where_it_comes_from() {
        let expected = "\
KIND   FROM      WHAT IT IS
big    stack     A big
redis  built-in  A redis
";
        assert_eq!(list(&kinds()), expected);
        let entries: serde_json::Value = serde_json::from_str(&json(&kinds())).unwrap();
        assert_eq!(entries[1]["from"], "built-in");
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_nearest() {
        assert_eq!(show(&kinds(), "redis").unwrap(), "# redis\n");
        assert!(show(&kinds(), "reids").unwrap_err().to_string().contains("did you mean `redis`?"));
    }
}
