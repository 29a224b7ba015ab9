//! `stackgen templates`: what the outputs are made from.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use super::columns::columns;
use super::format::{Format, print_report};
use super::output::print;
use super::{Exit, Global, Project};
use crate::apply::{Created, create};
use crate::diagnostics::Report;
use crate::source::{
    KnownTargets, Origin, PROJECT_FOLDER, Sources, Templates, built_in, known_targets, nearest,
};

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  stackgen templates                                      every target, and whose its files are
  stackgen templates show compose                         a target's files
  stackgen templates show compose/docker-compose.yml.j2   one file's text
  stackgen templates eject compose                        copy a target into templates/compose/

A file in the project's templates/ takes the place of the built-in one of the same name."
)]
pub struct TemplatesArgs {
    #[command(subcommand)]
    command: Option<TemplatesCommand>,
}

#[derive(Debug, Subcommand)]
enum TemplatesCommand {
    /// List every target (what `stackgen templates` does)
    #[command(after_help = "\
Examples:
  stackgen templates list
  stackgen templates list --format json   for programs")]
    List,
    /// List a target's files, or print one
    #[command(after_help = "\
Examples:
  stackgen templates show scripts                          its files
  stackgen templates show scripts/stop-all-services.sh.j2  the text of one")]
    Show {
        /// A target, or a file of one
        #[arg(value_name = "TARGET[/FILE]")]
        name: String,
    },
    /// Copy built-in files into the project's templates/, never over another file
    #[command(after_help = "\
Examples:
  stackgen templates eject compose                          a whole target, into templates/compose/
  stackgen templates eject scripts/stop-all-services.sh.j2  one file of it")]
    Eject {
        /// A target, or a file of one
        #[arg(value_name = "TARGET[/FILE]")]
        name: String,
    },
}

pub fn run(global: &Global, project: &Project, args: &TemplatesArgs) -> anyhow::Result<Exit> {
    if let Some(TemplatesCommand::Eject { name }) = &args.command {
        return eject(global, project, name);
    }
    let mut sources = Sources::default();
    let (known, diagnostics) = known_targets(&project.world, &mut sources);
    let mut report = Report::default();
    report.extend(diagnostics);
    report.finish();
    print_report(global, &report, &sources);
    match &args.command {
        Some(TemplatesCommand::Show { name }) => print(&show(&known.templates, name)?)?,
        _ if global.format == Format::Json => print(&json(&known))?,
        _ => print(&list(&known))?,
    }
    Ok(if report.has_errors() { Exit::Invalid } else { Exit::Done })
}

fn eject(global: &Global, project: &Project, name: &str) -> anyhow::Result<Exit> {
    let files = ejected(&built_in(), name)?;
    let done = create(&project.root, files.iter().map(|(path, text)| (path.as_path(), text.as_str())))
        .map_err(|error| anyhow::anyhow!("{error}\nhelp: {}", error.help()))?;
    global.say(summary(&done).trim_end());
    Ok(if done.kept.is_empty() { Exit::Done } else { Exit::NotWritten })
}

/// The files that ejecting a name creates, from the project's root, and their texts.
///
/// # Errors
/// Where nothing built-in has the name.
pub fn ejected(built_in: &Templates, name: &str) -> anyhow::Result<Vec<(Utf8PathBuf, String)>> {
    let files: Vec<(Utf8PathBuf, String)> = files_of(built_in, name)
        .map(|file| (Utf8Path::new(PROJECT_FOLDER).join(file), built_in[file].text.clone()))
        .collect();
    if files.is_empty() {
        bail!(unknown(built_in, name));
    }
    Ok(files)
}

fn summary(done: &Created) -> String {
    let mut text = String::new();
    for path in &done.created {
        let _ = writeln!(text, "created  {path}");
    }
    for path in &done.kept {
        let _ = writeln!(text, "kept     {path}: there is a file of that name already");
    }
    if !done.kept.is_empty() {
        text.push_str("help: move the kept files away to have them ejected\n");
    }
    text
}

/// The targets as a table.
#[must_use]
pub fn list(known: &KnownTargets) -> String {
    let rows: Vec<[String; 4]> = known
        .targets
        .iter()
        .map(|(name, target)| {
            let made = if target.enabled() { "by default" } else { "if enabled" };
            let description = target.description.as_ref().map(|text| text.value.clone());
            [
                name.clone(),
                made.to_owned(),
                origin(&known.templates, name).to_owned(),
                description.unwrap_or_default(),
            ]
        })
        .collect();
    columns(["TARGET", "MADE", "FROM", "WHAT IT MAKES"], &rows)
}

/// The targets as an array of objects.
#[must_use]
pub fn json(known: &KnownTargets) -> String {
    let entries: Vec<serde_json::Value> = known
        .targets
        .iter()
        .map(|(name, target)| {
            serde_json::json!({
                "name": name,
                "enabled": target.enabled(),
                "from": origin(&known.templates, name),
                "description": target.description.as_ref().map(|text| &text.value),
                "files": files_of(&known.templates, name).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(entries))
}

/// A file's text, or the list of a folder's files.
///
/// # Errors
/// Where nothing has the name.
pub fn show(templates: &Templates, name: &str) -> anyhow::Result<String> {
    if let Some(file) = templates.get(name) {
        return Ok(file.text.clone());
    }
    let rows: Vec<[String; 2]> = files_of(templates, name)
        .map(|file| [file.to_owned(), templates[file].origin().as_str().to_owned()])
        .collect();
    (!rows.is_empty()).then(|| columns(["FILE", "FROM"], &rows)).with_context(|| unknown(templates, name))
}

/// The file of that name, or the files of the folder of that name.
fn files_of<'a>(templates: &'a Templates, name: &str) -> impl Iterator<Item = &'a str> {
    let name = name.trim_end_matches('/').to_owned();
    templates
        .keys()
        .map(String::as_str)
        .filter(move |file| Utf8Path::new(file).starts_with(&name) && !name.is_empty())
}

/// Where a target's files come from, which may be both places.
fn origin(templates: &Templates, target: &str) -> &'static str {
    let origins: Vec<Origin> = files_of(templates, target).map(|file| templates[file].origin()).collect();
    match (origins.contains(&Origin::BuiltIn), origins.contains(&Origin::Project)) {
        (true, true) => "built-in, changed by the project",
        (false, _) => Origin::Project.as_str(),
        (true, false) => Origin::BuiltIn.as_str(),
    }
}

fn unknown(templates: &Templates, name: &str) -> String {
    let folders = templates.keys().filter_map(|file| Some(file.split_once('/')?.0));
    let known: BTreeSet<&str> = folders.chain(templates.keys().map(String::as_str)).collect();
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`stackgen templates` lists the targets, and `stackgen templates show TARGET` its files"
            .to_owned(),
    };
    format!("there is no target or template `{name}`\nhelp: {help}")
}

#[cfg(test)]
mod tests {
    use super::{ejected, list, show};
    use crate::source::{Memory, Sources, built_in, known_targets};

    #[test]
    fn a_target_that_the_project_changes_in_part_is_shown_as_both() {
        let world = Memory::default().with("templates/kong/kong.yml.j2", "").with(
            "templates/notes/target.toml",
            "description = \"Our notes\"\nenabled = false\nfiles = []\n",
        );
        let list = list(&known_targets(&world, &mut Sources::default()).0);
        let line = |name: &str| list.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        assert!(line("kong").contains("by default  built-in, changed by the project"), "{list}");
        assert!(line("notes").contains("if enabled  project"), "{list}");
        assert!(line("notes").ends_with("Our notes"), "{list}");
        assert!(line("env").contains("by default  built-in  "), "{list}");
    }

    #[test]
    fn a_file_is_printed_and_a_target_is_listed() {
        let templates = built_in();
        assert_eq!(show(&templates, "kong/target.toml").unwrap(), templates["kong/target.toml"].text);
        assert!(show(&templates, "kong").unwrap().contains("kong/target.toml"));
        assert!(show(&templates, "kogn").unwrap_err().to_string().contains("did you mean `kong`?"));
        assert!(show(&templates, "").is_err());
    }

    #[test]
    fn ejecting_takes_every_file_of_the_target_and_of_no_other() {
        let templates = built_in();
        let files = ejected(&templates, "kong").unwrap();
        let count = templates.keys().filter(|name| name.starts_with("kong/")).count();
        assert_eq!(files.len(), count);
        assert!(files.iter().all(|(path, _)| path.starts_with("templates/kong")));
    }
}
