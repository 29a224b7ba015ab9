//! Diagnostics for people: the look of rustc, through `annotate-snippets`.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::{Excerpt, hull, without_line_end};
use super::patch::patch;
use super::place::{by_file, clamped};
use super::wording::{visible, visible_line};
use super::{Diagnostic, Label, Report, Severity};
use crate::source::{FileId, Position, Sources};

/// Longer source lines are cut around what is marked in them. Not the terminal's width: the same report is the same
/// text everywhere.
const WIDTH: usize = 140;

/// Whether the text carries ANSI escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    #[default]
    Plain,
    Colour,
}

/// How many bytes of source are shown with all findings together: thousands of ordinary ones. What comes after them, as thousands of
/// mistakes in one long line would, is told with its place alone.
const MOST_SOURCE_SHOWN: usize = 2 * 1024 * 1024;

/// How many bytes of source there is room for yet.
pub(super) struct Room(usize);

impl Room {
    /// Whether there is room for the lines that hold a range; it is taken then.
    pub(super) fn has_for(&mut self, text: &str, range: &Range<usize>) -> bool {
        if self.0 == 0 {
            return false;
        }
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
        match self.0.checked_sub(end - start) {
            Some(left) => self.0 = left,
            None => self.0 = 0,
        }
        self.0 > 0
    }
}

/// Every diagnostic with the source lines that it speaks of, a blank line between two, a line break at the end.
/// Nothing where the report is empty.
#[must_use]
pub fn human(report: &Report, sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    }
    .term_width(WIDTH);
    let mut room = Room(MOST_SOURCE_SHOWN);
    let texts: Vec<String> =
        report.iter().map(|found| renderer.render(&groups(found, sources, &mut room)) + "\n").collect();
    texts.join("\n")
}

/// How many there are of each: `2 errors, 1 warning`. Nothing where the report is empty.
#[must_use]
pub fn summary(report: &Report) -> Option<String> {
    let counts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter_map(|severity| match report.count(severity) {
            0 => None,
            1 => Some(format!("1 {}", severity.as_str())),
            count => Some(format!("{count} {}s", severity.as_str())),
        })
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// The finding itself, then each way out that can be shown as a patch.
fn groups<'a>(found: &'a Diagnostic, sources: &'a Sources, room: &mut Room) -> Vec<Group<'a>> {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let notes = found.notes.iter().map(|note| Level::NOTE.message(visible(note)));
    let mut finding = level
        .primary_title(visible_line(&found.message))
        .id(found.rule)
        .elements(snippets(found, sources, room))
        .elements(notes);
    let mut ways_out: Vec<Group<'a>> = Vec::new();
    for help in &found.help {
        match patch(help, sources, room) {
            Some(group) => ways_out.push(group),
            None if ways_out.is_empty() => {
                finding = finding.element(Level::HELP.message(visible(&help.message)));
            }
            // After a patch, to keep the order in which the ways out were thought of.
            None => ways_out.push(Group::with_title(Level::HELP.secondary_title(visible(&help.message)))),
        }
    }
    ways_out.insert(0, finding);
    ways_out
}

/// One excerpt a file, that of the primary label first.
fn snippets<'a>(found: &Diagnostic, sources: &'a Sources, room: &mut Room) -> Vec<Element<'a>> {
    let primary = found.primary.iter().map(|label| (label.span.file, (AnnotationKind::Primary, label)));
    let secondary = found.secondary.iter().map(|label| (label.span.file, (AnnotationKind::Context, label)));
    by_file(primary.chain(secondary))
        .into_iter()
        .filter_map(|(file, labels)| excerpt(file, &labels, sources, room))
        .collect()
}

/// The lines of one file that hold these labels; where there is no room for them, the place of the first.
fn excerpt<'a>(
    file: FileId,
    labels: &[(AnnotationKind, &Label)],
    sources: &'a Sources,
    room: &mut Room,
) -> Option<Element<'a>> {
    let text = &sources.file(file).text;
    let seen = |label: &Label| without_line_end(text, clamped(text, label.span.range()));
    let ranges: Vec<Range<usize>> = labels.iter().map(|(_, label)| seen(label)).collect();
    let hull = hull(&ranges)?;
    if room.has_for(text, &hull) {
        return Some(Element::from(snippet(file, labels, &ranges, &hull, sources)));
    }
    let Position { line, column } = sources.position(file, ranges[0].start);
    let path = visible_line(sources.file(file).path.as_str());
    Some(Element::from(Origin::path(path).line(line).char_column(column)))
}

fn snippet<'a>(
    file: FileId,
    labels: &[(AnnotationKind, &Label)],
    ranges: &[Range<usize>],
    hull: &Range<usize>,
    sources: &'a Sources,
) -> Snippet<'a, Annotation<'a>> {
    let excerpt = Excerpt::new(sources.file(file), hull);
    let annotations = labels.iter().zip(ranges).map(|((kind, label), range)| {
        let words = Some(visible_line(&label.text)).filter(|words| !words.is_empty());
        kind.span(excerpt.range(range)).label(words)
    });
    let annotations: Vec<Annotation<'a>> = annotations.collect();
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations);
    snippet.path(visible_line(sources.file(file).path.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostics::samples;
    use crate::source::Span;

    /// The plain text of one diagnostic over one file.
    fn shown(text: &str, diagnostic: impl FnOnce(FileId) -> Diagnostic) -> String {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), text.to_owned());
        report.push(diagnostic(file));
        human(&report, &sources, Style::Plain)
    }

    fn found(file: FileId, range: Range<usize>) -> Diagnostic {
        Diagnostic::error("sample", "something is wrong").at(Span::new(file, range), "here")
    }

    #[test]
    fn both_sides_of_a_clash_and_every_way_out_are_shown() {
        let (sources, report) = samples::three_findings();
        let expected = "\
warning[agent-unowned-service]: 100% of the services, identity: no agent
 |
 = note: see
         below

error[unknown-key]: a service has no key `prot`
 --> stack.toml:6:1
  |
6 | prot = 1
  | ^^^^ unknown key
  |
help: did you mean `port`?
  |
6 - prot = 1
6 + port = 1
  |

error[port-collision]: `identity` and `content` both publish port 8001
 --> services/content/stack.toml:2:8
  |
2 | port = 8001
  |        ^^^^ `content` publishes it again
  |
 ::: stack.toml:5:8
  |
5 | port = 8001
  |        ---- `identity` publishes it here
  |
  = note: a host port can be bound once
help: the next free port is 8002
  |
2 - port = 8001
2 + port = 8002
  |
help: or let one of them run in a container without a port
";
        assert_eq!(human(&report, &sources, Style::Plain), expected);
        assert_eq!(summary(&report).as_deref(), Some("2 errors, 1 warning"));
    }

    #[test]
    fn colour_adds_escapes_and_nothing_else() {
        let (sources, report) = samples::three_findings();
        let coloured = human(&report, &sources, Style::Colour);
        assert!(coloured.contains("\u{1b}[91merror[unknown-key]"), "{coloured}");
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            human(&report, &sources, Style::Plain)
        );
    }

    #[test]
    fn an_empty_report_is_silence() {
        let (sources, report) = samples::empty();
        assert_eq!((human(&report, &sources, Style::Plain).as_str(), summary(&report)), ("", None));
    }

    #[test]
    fn ways_out_without_edits_stand_under_the_source_line() {
        let text = shown("a = 1\n", |file| found(file, 4..5).note("why").help("write 2"));
        let expected = "\
error[sample]: something is wrong
 --> stack.toml:1:5
  |
1 | a = 1
  |     ^ here
  |
  = note: why
  = help: write 2
";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_end_of_a_file_can_be_pointed_at() {
        let at_end = |text: &str| shown(text, |file| found(file, text.len()..text.len()));
        let place = |text: &str| at_end(text).lines().nth(1).map(str::to_owned);
        assert_eq!(place("a = 1").as_deref(), Some(" --> stack.toml:1:6"));
        assert_eq!(place("a = 1\n").as_deref(), Some(" --> stack.toml:2:1"));
        assert_eq!(place("").as_deref(), Some(" --> stack.toml:1:1"));
        assert!(at_end("a = 1\n").ends_with("\n2 |\n  | ^ here\n"), "{}", at_end("a = 1\n"));
    }

    #[test]
    fn marks_stand_under_tabs_wide_characters_and_lines_of_windows_files() {
        let text =
            shown("a\r\n\tb = '😀ä'\r\n", |file| found(file, 9..13).and_at(Span::new(file, 4..5), ""));
        let expected = "
2 |     b = '😀ä'
  |     -    ^^ here
";
        assert!(text.ends_with(expected), "{text}");
        assert!(text.contains("stack.toml:2:7"), "{text}");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_mark() {
        let line = format!("a = '{}' # {}", "x".repeat(1000), "y".repeat(1000));
        let text = shown(&line, |file| found(file, 1005..1006));
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        let column = lines[4].find('^').expect("a mark");
        assert_eq!(&lines[3][column..=column], "'", "{text}");
    }

    #[test]
    fn words_of_the_user_cannot_steer_the_terminal() {
        let text = shown("a = 1 # \u{1b}[31m\u{9b}\n", |file| {
            found(file, 0..1).note("\u{1b}]0;x\u{7}").help_replace(
                "\u{1b}",
                Span::new(file, 0..1),
                "\u{1b}[1m",
            )
        });
        assert!(!text.chars().any(|shown| shown.is_control() && shown != '\n'), "{text:?}");
    }

    proptest! {
        #[test]
        fn no_text_and_no_span_can_make_it_panic((sources, report) in samples::hostile()) {
            let plain = human(&report, &sources, Style::Plain);
            let coloured = human(&report, &sources, Style::Colour);
            prop_assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        }
    }
}
