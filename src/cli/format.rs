//! The forms in which a command prints, and where findings go: always to standard error.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Global, Project};
use crate::cli::output::tell_raw;
use crate::diagnostics::{self, Report, Style};
use crate::source::Sources;

/// A form of what a command prints. Each command takes those that it knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object
    Json,
    /// Workflow commands that GitHub shows as annotations
    Github,
    /// SARIF 2.1.0
    Sarif,
    /// Lists for people
    Text,
    /// A Mermaid flowchart
    Mermaid,
    /// A Graphviz digraph
    Dot,
    /// A picture
    Svg,
}

impl Format {
    /// Whether a program reads it.
    pub fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Github | Self::Sarif)
    }
}

/// The forms of findings.
pub const OF_FINDINGS: &[Format] = &[Format::Human, Format::Json, Format::Github, Format::Sarif];

/// An argument that takes some of the forms.
pub fn one_of(forms: &[Format]) -> impl TypedValueParser<Value = Format> + use<> {
    PossibleValuesParser::new(forms.iter().filter_map(Format::to_possible_value))
        .try_map(|word| Format::from_str(&word, false))
}

/// Prints a report on standard error, secrets struck out. An empty one is silent for people, and whole for programs.
pub fn print_report(global: &Global, report: &Report, sources: &Sources) {
    let secrets = report.secrets(sources);
    let struck;
    let sources = if secrets.is_empty() {
        sources
    } else {
        struck = sources.without(&secrets);
        &struck
    };
    let text = match global.format {
        Format::Json => diagnostics::json(report, sources),
        Format::Github => {
            let (report, sources) = from_repository(global, report, sources);
            diagnostics::github(&report, &sources)
        }
        Format::Sarif => {
            let (report, sources) = from_repository(global, report, sources);
            diagnostics::sarif(&report, &sources)
        }
        Format::Human | Format::Text | Format::Mermaid | Format::Dot | Format::Svg => {
            for_people(report, sources)
        }
    };
    tell_raw!("{text}");
}

/// The files as they are found from the repository's own folder, where a stack need not lie: annotations and code scanning start there.
fn from_repository(global: &Global, report: &Report, sources: &Sources) -> (Report, Sources) {
    let project = Project::find(global.file.as_deref());
    let folder = project.map(|project| project.folder_in_repository()).unwrap_or_default();
    (report.seen_from_above(&folder), sources.seen_from_above(&folder))
}

fn for_people(report: &Report, sources: &Sources) -> String {
    let findings = diagnostics::human(report, sources, Style::Colour);
    match diagnostics::summary(report) {
        Some(summary) => format!("{findings}\n{summary}\n"),
        None => findings,
    }
}
