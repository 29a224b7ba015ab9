//! Edits for people: the lines that they remove and add, through `annotate-snippets`.

use std::ops::Range;

use annotate_snippets::{Group, Level, Patch, Snippet};

use super::Help;
use super::excerpt::{Excerpt, hull};
use super::human::Room;
use super::place::{by_file, clamped};
use super::wording::{visible, visible_line};
use crate::source::{FileId, Sources};

/// An edit in a line longer than this is told by its message only, for the renderer does not cut patches to a width.
const LONGEST_PATCHED_LINE: usize = 400;

/// The edits of a way out as removed and added lines; nothing where there are none, or none that can be shown so.
pub(super) fn patch<'a>(help: &Help, sources: &'a Sources, room: &mut Room) -> Option<Group<'a>> {
    let edits =
        help.edits.iter().map(|edit| (edit.span.file, (edit.span.range(), edit.replacement.as_str())));
    let mut snippets = Vec::new();
    for (file, edits) in by_file(edits) {
        let text = &sources.file(file).text;
        for changes in on_the_same_lines(changes(text, edits)?, text) {
            snippets.push(patched(file, changes, sources, room)?);
        }
    }
    if snippets.is_empty() {
        return None;
    }
    Some(Level::HELP.secondary_title(visible(&help.message)).elements(snippets))
}

struct Change {
    range: Range<usize>,
    replacement: String,
}

impl Change {
    /// Whether what follows it begins a line, before and after.
    fn ends_a_line(&self, text: &str) -> bool {
        let line_starts = |at: usize| at == 0 || text[..at].ends_with('\n');
        let nothing_left = self.replacement.is_empty() && line_starts(self.range.start);
        line_starts(self.range.end) && (nothing_left || self.replacement.ends_with('\n'))
    }
}

/// The edits of one file in order of place, without those that change nothing; nothing where two overlap.
fn changes(text: &str, edits: Vec<(Range<usize>, &str)>) -> Option<Vec<Change>> {
    let mut changes: Vec<Change> = edits
        .into_iter()
        .map(|(range, replacement)| Change {
            range: clamped(text, range),
            replacement: visible_lines(replacement),
        })
        .filter(|change| text[change.range.clone()] != change.replacement)
        .collect();
    changes.sort_by_key(|change| (change.range.start, change.range.end));
    let overlap = changes.windows(2).any(|pair| pair[0].range.end > pair[1].range.start);
    (!overlap).then_some(changes)
}

/// The changes in runs that share lines.
///
/// A patch of `annotate-snippets` holds one run: it shows no unchanged lines between two changes as such, and reckons
/// columns as if all lay on one line, which panics where it makes one negative.
fn on_the_same_lines(changes: Vec<Change>, text: &str) -> Vec<Vec<Change>> {
    let mut runs: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| share_a_line(last, &change, text)) => run.push(change),
            _ => runs.push(vec![change]),
        }
    }
    runs
}

fn share_a_line(first: &Change, second: &Change, text: &str) -> bool {
    !first.ends_a_line(text) && !text[first.range.end..second.range.start].contains('\n')
}

fn patched<'a>(
    file: FileId,
    changes: Vec<Change>,
    sources: &'a Sources,
    room: &mut Room,
) -> Option<Snippet<'a, Patch<'a>>> {
    let text = &sources.file(file).text;
    let hull = hull(changes.iter().map(|change| &change.range))?;
    if !room.has_for(text, &hull) {
        return None;
    }
    let excerpt = Excerpt::new(sources.file(file), &hull);
    let mut lines = excerpt.text.lines().chain(changes.iter().flat_map(|change| change.replacement.lines()));
    if lines.any(|line| line.len() > LONGEST_PATCHED_LINE) {
        return None;
    }
    let patches: Vec<Patch<'a>> = with_rest_of_line(changes, text)
        .into_iter()
        .map(|change| without_shared_line_end(change, text))
        .map(|change| Patch::new(excerpt.range(&change.range), change.replacement))
        .collect();
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).patches(patches);
    Some(snippet.path(visible_line(sources.file(file).path.as_str())))
}

/// Where changes break a line, its rest becomes a part of the last one: `annotate-snippets` would leave it out after a
/// replacement that ends in a line break.
fn with_rest_of_line(mut changes: Vec<Change>, text: &str) -> Vec<Change> {
    let breaks = changes.iter().any(|change| change.replacement.contains('\n'));
    if let Some(last) = changes.last_mut().filter(|last| breaks && !last.ends_a_line(text)) {
        let rest = text[last.range.end..].split('\n').next().unwrap_or_default();
        last.replacement += &visible_lines(rest);
        last.range.end += rest.len();
    }
    changes
}

/// Where old and new text end in a line break, that break is no part of the change: `annotate-snippets` would show the
/// line after it as removed.
fn without_shared_line_end(mut change: Change, text: &str) -> Change {
    let old = text[change.range.clone()].strip_suffix('\n');
    if let (Some(old), Some(new)) = (old, change.replacement.strip_suffix('\n')) {
        change.range.end = change.range.start + old.strip_suffix('\r').unwrap_or(old).len();
        change.replacement.truncate(new.len());
    }
    change
}

/// As [`visible`], with tabs left for the renderer, which widens them as it does in source lines.
fn visible_lines(text: &str) -> String {
    text.replace("\r\n", "\n").split('\t').map(visible).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::diagnostics::{Style, human, samples};

    /// What follows the title of the way out; nothing where the way out is told only.
    fn shown(text: &str, edits: &[(Range<usize>, &str)]) -> Option<String> {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), text.to_owned());
        report.push(samples::edits(file, edits));
        let text = human(&report, &sources, Style::Plain);
        assert!(text.contains("help: edit it\n"), "{text}");
        text.split_once("\nhelp: edit it\n").map(|(_, patch)| patch.to_owned())
    }

    #[test]
    fn insertions_name_their_line() {
        assert_eq!(
            shown("a = 1\n", &[(6..6, "b = 2\n")]).as_deref(),
            Some(" --> stack.toml:2:1\n  |\n2 + b = 2\n  |\n")
        );
        assert_eq!(
            shown("[a]\nb = 1\n", &[(3..3, "\nport = 1")]).as_deref(),
            Some(" --> stack.toml:1:4\n  |\n1 ~ [a]\n2 + port = 1\n  |\n")
        );
    }

    #[test]
    fn a_removed_line_takes_no_other_with_it() {
        let patch = shown("[a]\nb = 1\nc = 2\n", &[(4..10, "")]);
        assert_eq!(patch.as_deref(), Some(" --> stack.toml:2:1\n  |\n2 - b = 1\n  |\n"));
        let patch = shown("[a]\nb = 1\nc = 2\nd = 1\n", &[(4..16, "e = 1\n")]);
        assert_eq!(
            patch.as_deref(),
            Some(" --> stack.toml:2:1\n  |\n2 - b = 1\n3 - c = 2\n2 + e = 1\n  |\n")
        );
    }

    #[test]
    fn a_broken_line_is_shown_whole() {
        let patch = shown("a = [1, 2]\n", &[(7..8, "\n")]);
        assert_eq!(patch.as_deref(), Some(" --> stack.toml:1:8\n  |\n1 ~ a = [1,\n2 + 2]\n  |\n"));
        let patch = shown("a = 1; b = 2; c = 3\n", &[(5..7, "\n"), (12..14, "\n")]);
        assert_eq!(
            patch.as_deref(),
            Some(" --> stack.toml:1:6\n  |\n1 ~ a = 1\n2 ~ b = 2\n3 + c = 3\n  |\n")
        );
    }

    #[test]
    fn edits_of_one_line_are_one_patch() {
        assert_eq!(
            shown("a = [1, 2, 3]\n", &[(11..12, "4"), (5..5, "0, ")]).as_deref(),
            Some(" --> stack.toml:1:6\n  |\n1 - a = [1, 2, 3]\n1 + a = [0, 1, 2, 4]\n  |\n")
        );
    }

    #[test]
    fn edits_that_overlap_are_told_and_not_shown() {
        assert_eq!(shown("a = 1", &[(0..5, "a = 2"), (3..4, "4")]), None);
    }

    #[test]
    fn an_edit_of_a_very_long_line_is_told_and_not_shown() {
        assert_eq!(shown(&"x".repeat(500), &[(0..1, "b")]), None);
    }

    #[test]
    fn edits_of_distant_lines_are_patches_of_their_own() {
        let patch = shown("[a]\nb = 1\nc = 2\nd = 1\n", &[(1..2, "x"), (10..16, ""), (20..21, "2")]);
        let expected = " --> stack.toml:1:2
  |
1 - [a]
1 + [x]
  |
3 - c = 2
  |
4 - d = 1
4 + d = 2
  |
";
        assert_eq!(patch.as_deref(), Some(expected));
    }

    proptest! {
        #[test]
        fn any_disjoint_edits_can_be_shown(
            widths in vec(0..60_usize, 1..5),
            cuts in vec((any::<Index>(), select(&["", "", "y", "yyyyyyyyy", "\n", "y\n"][..])), 2..9),
        ) {
            let text: String = widths.into_iter().map(|width| "x".repeat(width) + "\n").collect();
            let mut cuts: Vec<(usize, &str)> =
                cuts.into_iter().map(|(at, replacement)| (at.index(text.len() + 1), replacement)).collect();
            cuts.sort_unstable();
            let edits: Vec<(Range<usize>, &str)> =
                cuts.chunks_exact(2).map(|pair| (pair[0].0..pair[1].0, pair[0].1)).collect();
            let changes = edits.iter().any(|(range, replacement)| text[range.clone()] != **replacement);
            prop_assert_eq!(shown(&text, &edits).is_some(), changes);
        }
    }
}
