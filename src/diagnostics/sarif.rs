//! Diagnostics for code scanning: SARIF 2.1.0.
//!
//! The form is that of <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use camino::Utf8Path;
use serde::Serialize;

use super::place::{by_file, place};
use super::wording::advice;
use super::{Diagnostic, Edit, Help, Label, Report};
use crate::source::{FileId, Sources, Span};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// The whole report as one run of stackgen, pretty-printed, with a line break at its end.
#[must_use]
pub fn sarif(report: &Report, sources: &Sources) -> String {
    let names: BTreeSet<&str> = report.iter().map(|found| found.rule).collect();
    let rules: Vec<Rule<'_>> = names.into_iter().map(|id| Rule { id }).collect();
    let results = report.iter().map(|found| finding(found, &rules, sources)).collect();
    let driver = Driver { name: "stackgen", version: env!("CARGO_PKG_VERSION"), rules };
    super::pretty(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    })
}

fn finding<'a>(found: &'a Diagnostic, rules: &[Rule<'_>], sources: &Sources) -> Finding<'a> {
    let mut lines = vec![found.message.clone()];
    // In the text also where they are fixes too: most readers of SARIF show the text and nothing else.
    lines.extend(advice(found, sources));
    Finding {
        rule_id: found.rule,
        rule_index: rules.partition_point(|rule| rule.id < found.rule),
        level: found.severity.as_str(),
        message: Text { text: lines.join("\n") },
        locations: match (&found.primary, &found.file) {
            (Some(label), _) => vec![location(label, sources)],
            (None, Some(file)) => vec![start_of(file)],
            (None, None) => Vec::new(),
        },
        related_locations: found.secondary.iter().map(|label| location(label, sources)).collect(),
        fixes: found.help.iter().filter_map(|help| fix(help, sources)).collect(),
    }
}

fn location(label: &Label, sources: &Sources) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(label.span.file, sources),
            region: region(label.span, sources),
        },
        message: Some(&label.text).filter(|text| !text.is_empty()).map(|text| Text { text: text.clone() }),
    }
}

/// A finding about a whole file is shown at its start: readers that show code want a line.
fn start_of(file: &Utf8Path) -> Location {
    let region = Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
    let artifact_location = ArtifactLocation { uri: relative_reference(file.as_str()) };
    Location { physical_location: PhysicalLocation { artifact_location, region }, message: None }
}

/// The edits of a way out; nothing where it has none, for a fix must change something.
fn fix(help: &Help, sources: &Sources) -> Option<Fix> {
    let changes: Vec<ArtifactChange> = by_file(help.edits.iter().map(|edit| (edit.span.file, edit)))
        .into_iter()
        .map(|(file, edits)| ArtifactChange {
            artifact_location: artifact(file, sources),
            replacements: edits.into_iter().map(|edit| replacement(edit, sources)).collect(),
        })
        .collect();
    (!changes.is_empty())
        .then(|| Fix { description: Text { text: help.message.clone() }, artifact_changes: changes })
}

fn replacement(edit: &Edit, sources: &Sources) -> Replacement {
    Replacement {
        deleted_region: region(edit.span, sources),
        inserted_content: Text { text: edit.replacement.clone() },
    }
}

fn region(span: Span, sources: &Sources) -> Region {
    let at = place(span, sources);
    Region {
        start_line: at.start.line,
        start_column: at.start.column,
        end_line: at.end.line,
        end_column: at.end.column,
    }
}

fn artifact(file: FileId, sources: &Sources) -> ArtifactLocation {
    ArtifactLocation { uri: relative_reference(sources.file(file).path.as_str()) }
}

/// A path as an RFC 3986 relative reference: everything but unreserved characters and `/` is percent-encoded.
fn relative_reference(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into());
            }
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnostics::samples;

    fn parsed(report: &Report, sources: &Sources) -> Value {
        serde_json::from_str(&sarif(report, sources)).expect("SARIF is JSON")
    }

    /// What SARIF 2.1.0 requires of the objects used here, and that no other property stands in them.
    fn required() -> Value {
        let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
        let of = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
        let list = |name: &str| json!({ "type": "array", "items": of(name) });
        let filled = |name: &str| json!({ "type": "array", "items": of(name), "minItems": 1 });
        let text = json!({ "type": "string" });
        let count = json!({ "type": "integer", "minimum": 1 });
        let mut schema = object(
            &["version", "runs"],
            json!({ "$schema": { "format": "uri" }, "version": { "const": "2.1.0" }, "runs": filled("run") }),
        );
        schema["$defs"] = json!({
            "run": object(&["tool", "results"], json!({
                "tool": object(&["driver"], json!({ "driver": of("driver") })),
                "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                "results": list("result"),
            })),
            "driver": object(&["name"], json!({ "name": text, "version": text, "rules": list("rule") })),
            "rule": object(&["id"], json!({ "id": text })),
            "message": object(&["text"], json!({ "text": text })),
            "result": object(&["message"], json!({
                "ruleId": text,
                "ruleIndex": { "type": "integer", "minimum": 0 },
                "level": { "enum": ["none", "note", "warning", "error"] },
                "message": of("message"),
                "locations": list("location"),
                "relatedLocations": list("location"),
                "fixes": list("fix"),
            })),
            "location": object(&[], json!({
                "physicalLocation": object(&["artifactLocation"], json!({
                    "artifactLocation": of("artifactLocation"),
                    "region": of("region"),
                })),
                "message": of("message"),
            })),
            "artifactLocation": object(&[], json!({
                "uri": { "type": "string", "pattern": "^([A-Za-z0-9._~/-]|%[0-9A-F]{2})*$" },
            })),
            "region": object(&[], json!({
                "startLine": count, "startColumn": count, "endLine": count, "endColumn": count,
            })),
            "fix": object(&["artifactChanges"], json!({
                "description": of("message"),
                "artifactChanges": filled("artifactChange"),
            })),
            "artifactChange": object(&["artifactLocation", "replacements"], json!({
                "artifactLocation": of("artifactLocation"),
                "replacements": filled("replacement"),
            })),
            "replacement": object(&["deletedRegion"], json!({
                "deletedRegion": of("region"),
                "insertedContent": of("message"),
            })),
        });
        schema
    }

    fn mistakes(log: &Value) -> Vec<String> {
        let validator = jsonschema::validator_for(&required()).expect("the schema is one");
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn the_log_has_what_sarif_requires() {
        let (sources, report) = samples::three_findings();
        let log = parsed(&report, &sources);
        assert_eq!(mistakes(&log), [""; 0]);
        let mut broken = log;
        broken["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] = json!(0);
        assert_eq!(mistakes(&broken).len(), 1, "the schema sees what is wrong");
    }

    #[test]
    fn the_driver_names_the_rules_that_occur_and_results_point_at_them() {
        let (sources, report) = samples::three_findings();
        let run = &parsed(&report, &sources)["runs"][0];
        let rules = &run["tool"]["driver"]["rules"];
        assert_eq!(
            rules,
            &json!([{ "id": "port-collision" }, { "id": "unknown-key" }, { "id": "unowned-service" }])
        );
        assert_eq!(run["tool"]["driver"]["version"], env!("CARGO_PKG_VERSION"));
        for (at, result) in run["results"].as_array().into_iter().flatten().enumerate() {
            let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
            assert_eq!(rules[index.expect("an index")]["id"], result["ruleId"], "of result {at}");
        }
    }

    #[test]
    fn a_result_tells_where_what_else_takes_part_and_how_to_mend_it() {
        let (sources, report) = samples::three_findings();
        let place = |uri: &str, line: usize, columns: Range<usize>, text: &str| {
            json!({
                "physicalLocation": {
                    "artifactLocation": { "uri": uri },
                    "region": {
                        "startLine": line, "startColumn": columns.start, "endLine": line, "endColumn": columns.end,
                    },
                },
                "message": { "text": text },
            })
        };
        let expected = json!({
            "ruleId": "port-collision",
            "ruleIndex": 0,
            "level": "error",
            "message": { "text": "`identity` and `content` both publish port 8001\n\
                note: a host port can be bound once\n\
                help: the next free port is 8002\n  services/content/stack.toml:2:8: replace `8001` by `8002`\n\
                help: or let one of them run in a container without a port" },
            "locations": [place("services/content/stack.toml", 2, 8..12, "`content` publishes it again")],
            "relatedLocations": [place("stack.toml", 5, 8..12, "`identity` publishes it here")],
            "fixes": [{
                "description": { "text": "the next free port is 8002" },
                "artifactChanges": [{
                    "artifactLocation": { "uri": "services/content/stack.toml" },
                    "replacements": [{
                        "deletedRegion": { "startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 12 },
                        "insertedContent": { "text": "8002" },
                    }],
                }],
            }],
        });
        assert_eq!(parsed(&report, &sources)["runs"][0]["results"][2], expected);
    }

    #[test]
    fn a_path_is_a_uri_whatever_it_holds() {
        assert_eq!(
            relative_reference("<stackgen>/kinds/a b:ä.toml"),
            "%3Cstackgen%3E/kinds/a%20b%3A%C3%A4.toml"
        );
    }

    #[test]
    fn columns_count_unicode_code_points() {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), "😀 = 😀".into());
        report.push(Diagnostic::error("sample", "wrong").at(Span::new(file, 7..11), ""));
        let run = &parsed(&report, &sources)["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(
            run["results"][0]["locations"][0]["physicalLocation"]["region"],
            json!({ "startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 6 })
        );
    }

    proptest! {
        #[test]
        fn any_report_is_sarif((sources, report) in samples::hostile()) {
            prop_assert_eq!(mistakes(&parsed(&report, &sources)), Vec::<String>::new());
        }
    }
}
