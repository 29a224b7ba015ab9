//! Diagnostics for GitHub Actions: workflow commands that become annotations of the changed files.
//!
//! The form is that of <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use super::place::place;
use super::wording::{advice, places};
use super::{Diagnostic, Report};
use crate::source::{Sources, Span};

/// One command a diagnostic, each on a line of its own. Labels, notes and help are lines of the message.
#[must_use]
pub fn github(report: &Report, sources: &Sources) -> String {
    report.iter().map(|found| command(found, sources) + "\n").collect()
}

fn command(found: &Diagnostic, sources: &Sources) -> String {
    let mut properties =
        found.primary.as_ref().map(|label| location(label.span, sources)).unwrap_or_default();
    if let (None, Some(file)) = (&found.primary, &found.file) {
        properties.push(("file", file.to_string()));
    }
    properties.push(("title", found.rule.to_owned()));
    let properties: Vec<String> =
        properties.into_iter().map(|(name, value)| format!("{name}={}", property(&value))).collect();
    let mut lines = vec![found.message.clone()];
    lines.extend(places(found, sources));
    lines.extend(advice(found, sources));
    format!("::{} {}::{}", found.severity.as_str(), properties.join(","), data(&lines.join("\n")))
}

fn location(span: Span, sources: &Sources) -> Vec<(&'static str, String)> {
    let at = place(span, sources);
    let mut properties = vec![
        ("file", at.path.to_owned()),
        ("line", at.start.line.to_string()),
        ("endLine", at.end.line.to_string()),
    ];
    // The runner drops columns where the lines differ, and says so in the log of every run.
    if at.start.line == at.end.line {
        properties.push(("col", at.start.column.to_string()));
        properties.push(("endColumn", at.end.column.to_string()));
    }
    properties
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostics::samples;

    #[test]
    fn a_finding_is_one_command_that_tells_all_of_it() {
        let (sources, report) = samples::three_findings();
        let expected = "\
::warning title=unowned-service::100%25 of the services, identity: no agent%0Anote: see%0Abelow
::error file=stack.toml,line=6,endLine=6,col=1,endColumn=5,title=unknown-key::a service has no key `prot`\
%0Astack.toml:6:1: unknown key%0Ahelp: did you mean `port`?%0A  stack.toml:6:1: replace `prot` by `port`
::error file=services/content/stack.toml,line=2,endLine=2,col=8,endColumn=12,title=port-collision::\
`identity` and `content` both publish port 8001%0Aservices/content/stack.toml:2:8: `content` publishes it again\
%0Astack.toml:5:8: `identity` publishes it here%0Anote: a host port can be bound once\
%0Ahelp: the next free port is 8002%0A  services/content/stack.toml:2:8: replace `8001` by `8002`\
%0Ahelp: or let one of them run in a container without a port
";
        assert_eq!(github(&report, &sources), expected);
    }

    #[test]
    fn a_file_name_cannot_end_its_property() {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("a,line=9::b%\r\n.toml".into(), "x".into());
        report.push(Diagnostic::error("sample", "wrong").at(Span::new(file, 0..1), ""));
        let expected = "::error file=a%2Cline=9%3A%3Ab%25%0D%0A.toml,line=1,endLine=1,col=1,endColumn=2,title=sample::wrong\n";
        assert_eq!(github(&report, &sources), expected);
    }

    #[test]
    fn a_place_of_several_lines_has_no_columns() {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), "a\nb\n".into());
        report.push(Diagnostic::error("sample", "wrong").at(Span::new(file, 0..3), ""));
        assert_eq!(
            github(&report, &sources),
            "::error file=stack.toml,line=1,endLine=2,title=sample::wrong\n"
        );
    }

    proptest! {
        #[test]
        fn every_finding_is_one_line_whatever_it_says((sources, report) in samples::hostile()) {
            let text = github(&report, &sources);
            prop_assert_eq!(text.split('\n').count(), report.iter().count() + 1);
            prop_assert!(text.split('\n').all(|line| line.is_empty() || line.starts_with("::error ")));
            prop_assert!(!text.contains('\r'));
        }
    }
}
