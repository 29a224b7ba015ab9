//! Where in a file something goes, and which lines are something's own.

use std::ops::Range;

use super::lines::{in_the_style_of, line_end, line_start, with_comment_above, with_comment_below};
use crate::diagnostics::Edit;
use crate::source::language::StackFile;
use crate::source::{FileId, Outline, Sources, Span, Table as _, Trail};

/// A path of keys without the environment before it.
pub(super) fn of_a_variant<'a, 'n>(path: &'a [&'n str]) -> &'a [&'n str] {
    match path {
        ["environments", _, rest @ ..] => rest,
        path => path,
    }
}

/// A header and all that is said under it: from the comment right above to the last line that says something, and the comments right
/// below that. Comments behind a blank line are those of what follows.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    pub path: Trail<String>,
    pub range: Range<usize>,
}

/// The extents of a file's headers, in the order of the text.
pub(super) fn extents(text: &str, outline: &Outline) -> Vec<Extent> {
    let starts: Vec<usize> = outline
        .sections
        .iter()
        .map(|section| with_comment_above(text, line_start(text, section.range.start)))
        .collect();
    let entries = outline.entries.iter().filter(|entry| !entry.is_inline);
    // In the order of the text, as no entry of this sort stands in another.
    let ends: Vec<usize> = entries.map(|entry| entry.range.end).collect();
    let of = |(index, section): (usize, &crate::source::Section)| {
        let limit = starts.get(index + 1).copied().unwrap_or(text.len());
        let last = ends[..ends.partition_point(|end| *end <= limit)].last().copied().unwrap_or_default();
        let last = last.max(section.range.end);
        let end = with_comment_below(text, line_end(text, last)).min(limit);
        Extent { path: section.path.clone(), range: starts[index]..end }
    };
    outline.sections.iter().enumerate().map(of).collect()
}

/// The edit that puts a block of lines where a table of this name belongs: behind the last part of the same table, or of one that the
/// language lists before it.
pub(super) fn insertion(sources: &Sources, file: FileId, table: &str, block: &str) -> Edit {
    let text = &sources.file(file).text;
    let outline = Outline::of(text);
    let order: Vec<&str> = StackFile::keys().iter().map(|key| key.name).collect();
    let rank = |name: &str| order.iter().position(|known| *known == name);
    let wanted = rank(table);
    let extents = extents(text, &outline);
    let ranked = |extent: &Extent| extent.path.names().first().and_then(|name| rank(name));
    let before = extents.iter().filter(|extent| ranked(extent) <= wanted);
    // Of several with the same rank, `max_by_key` takes the last.
    let place = before.max_by_key(|extent| ranked(extent)).map(|extent| extent.range.end);
    let at = place.unwrap_or_else(|| extents.first().map_or(text.len(), |extent| extent.range.start));
    let mut replacement = String::new();
    if at > 0 && !text[..at].ends_with('\n') {
        replacement.push('\n');
    }
    if !text[..at].trim().is_empty() {
        replacement.push('\n');
    }
    replacement.push_str(block);
    if text[at..].lines().next().is_some_and(|line| !line.trim().is_empty()) {
        replacement.push('\n');
    }
    Edit { span: Span::new(file, at..at), replacement: in_the_style_of(&replacement, text) }
}

/// Adds an edit. At the place of the last one, its lines stand behind those of that one.
pub(super) fn push_behind(edits: &mut Vec<Edit>, edit: Edit) {
    match edits.last_mut().filter(|last| last.span == edit.span) {
        None => edits.push(edit),
        Some(last) => {
            let line_end = if edit.replacement.contains("\r\n") { "\r\n" } else { "\n" };
            let breaks = ['\r', '\n'];
            let before = last.replacement.trim_end_matches(breaks);
            let after = edit.replacement.trim_start_matches(breaks);
            last.replacement = format!("{before}{line_end}{line_end}{after}");
        }
    }
}
