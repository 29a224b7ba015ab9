//! Diagnostics for programs: one JSON object.

use serde::Serialize;

use super::place::{Place, place};
use super::{Diagnostic, Edit, Help, Label, Report, Severity};
use crate::source::{Sources, Span};

#[derive(Serialize)]
struct Document<'a> {
    diagnostics: Vec<Finding<'a>>,
    errors: usize,
    warnings: usize,
}

/// The place is that of the primary label, or null in all its five fields. A finding about an output has its file, and no place in it.
#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    /// The primary label first.
    labels: Vec<Marked<'a>>,
    notes: &'a [String],
    help: Vec<WayOut<'a>>,
}

#[derive(Serialize)]
struct Marked<'a> {
    primary: bool,
    #[serde(flatten)]
    region: Region<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct WayOut<'a> {
    message: &'a str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    replacement: &'a str,
}

/// Lines and columns count from one, columns in characters; the end is the position after the last character.
#[derive(Serialize)]
struct Region<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// The whole report as one pretty-printed object, with a line break at its end. Fields are never left out.
#[must_use]
pub fn json(report: &Report, sources: &Sources) -> String {
    super::pretty(&Document {
        diagnostics: report.iter().map(|found| finding(found, sources)).collect(),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
    })
}

fn finding<'a>(found: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    let at: Option<Place<'a>> = found.primary.as_ref().map(|label| place(label.span, sources));
    let primary = found.primary.iter().map(|label| marked(true, label, sources));
    let secondary = found.secondary.iter().map(|label| marked(false, label, sources));
    Finding {
        rule: found.rule,
        severity: found.severity.as_str(),
        message: &found.message,
        file: at.map(|at| at.path).or(found.file.as_deref().map(camino::Utf8Path::as_str)),
        line: at.map(|at| at.start.line),
        column: at.map(|at| at.start.column),
        end_line: at.map(|at| at.end.line),
        end_column: at.map(|at| at.end.column),
        labels: primary.chain(secondary).collect(),
        notes: &found.notes,
        help: found.help.iter().map(|help| way_out(help, sources)).collect(),
    }
}

fn marked<'a>(primary: bool, label: &'a Label, sources: &'a Sources) -> Marked<'a> {
    Marked { primary, region: region(label.span, sources), text: &label.text }
}

fn way_out<'a>(help: &'a Help, sources: &'a Sources) -> WayOut<'a> {
    let replacement =
        |edit: &'a Edit| Replacement { region: region(edit.span, sources), replacement: &edit.replacement };
    WayOut { message: &help.message, edits: help.edits.iter().map(replacement).collect() }
}

fn region(span: Span, sources: &Sources) -> Region<'_> {
    let Place { path, start, end } = place(span, sources);
    Region { file: path, line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::diagnostics::samples;

    #[test]
    fn every_field_is_there_in_a_fixed_order() {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), "ä = 😀\n".into());
        report.push(
            Diagnostic::error("sample", "something is wrong")
                .at(Span::new(file, 5..9), "here")
                .note("why")
                .help_replace("write 2", Span::new(file, 5..9), "2"),
        );
        let expected = r#"{
  "diagnostics": [
    {
      "rule": "sample",
      "severity": "error",
      "message": "something is wrong",
      "file": "stack.toml",
      "line": 1,
      "column": 5,
      "end_line": 1,
      "end_column": 6,
      "labels": [
        {
          "primary": true,
          "file": "stack.toml",
          "line": 1,
          "column": 5,
          "end_line": 1,
          "end_column": 6,
          "text": "here"
        }
      ],
      "notes": [
        "why"
      ],
      "help": [
        {
          "message": "write 2",
          "edits": [
            {
              "file": "stack.toml",
              "line": 1,
              "column": 5,
              "end_line": 1,
              "end_column": 6,
              "replacement": "2"
            }
          ]
        }
      ]
    }
  ],
  "errors": 1,
  "warnings": 0
}
"#;
        assert_eq!(json(&report, &sources), expected);
    }

    #[test]
    fn a_finding_without_a_place_has_null_for_it() {
        let (sources, mut report) = samples::empty();
        report.push(Diagnostic::error("sample", "something is wrong"));
        let expected = r#"{
  "diagnostics": [
    {
      "rule": "sample",
      "severity": "error",
      "message": "something is wrong",
      "file": null,
      "line": null,
      "column": null,
      "end_line": null,
      "end_column": null,
      "labels": [],
      "notes": [],
      "help": []
    }
  ],
  "errors": 1,
  "warnings": 0
}
"#;
        assert_eq!(json(&report, &sources), expected);
    }

    #[test]
    fn an_empty_report_is_still_an_object() {
        let (sources, report) = samples::empty();
        assert_eq!(
            json(&report, &sources),
            "{\n  \"diagnostics\": [],\n  \"errors\": 0,\n  \"warnings\": 0\n}\n"
        );
    }

    #[test]
    fn the_other_places_of_a_clash_are_labels_after_the_primary_one() {
        let (sources, report) = samples::three_findings();
        let value: Value = serde_json::from_str(&json(&report, &sources)).expect("JSON");
        let labels = &value["diagnostics"][2]["labels"];
        assert_eq!(
            (&labels[0]["primary"], &labels[0]["file"]),
            (&true.into(), &"services/content/stack.toml".into())
        );
        assert_eq!((&labels[1]["primary"], &labels[1]["file"]), (&false.into(), &"stack.toml".into()));
        assert_eq!((&value["errors"], &value["warnings"]), (&2.into(), &1.into()));
    }

    proptest! {
        #[test]
        fn every_message_is_read_back_as_it_was((sources, report) in samples::hostile()) {
            let value: Value = serde_json::from_str(&json(&report, &sources)).expect("JSON");
            for (at, found) in report.iter().enumerate() {
                prop_assert_eq!(value["diagnostics"][at]["message"].as_str(), Some(found.message.as_str()));
            }
        }
    }
}
