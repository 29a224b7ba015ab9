//! Spans to places that a reader can find: clamped to their file, counted in characters.

use std::ops::Range;

use crate::source::{FileId, Position, Sources, Span};

/// Where a span lies, as editors count; `end` is the position after its last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub path: &'a str,
    pub start: Position,
    pub end: Position,
}

pub(super) fn place(span: Span, sources: &Sources) -> Place<'_> {
    let file = sources.file(span.file);
    let range = clamped(&file.text, span.range());
    Place {
        path: file.path.as_str(),
        start: sources.position(span.file, range.start),
        end: sources.position(span.file, range.end),
    }
}

/// The nearest range that can be sliced out of the text: inside it, not reversed, and holding whole characters.
pub(super) fn clamped(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    let end = text.ceil_char_boundary(range.end.max(start));
    start..end
}

/// Things that have a place in a file, gathered by file in the order in which the files are first met.
pub(super) fn by_file<T>(placed: impl IntoIterator<Item = (FileId, T)>) -> Vec<(FileId, Vec<T>)> {
    let mut files: Vec<(FileId, Vec<T>)> = Vec::new();
    for (file, item) in placed {
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, items)) => items.push(item),
            None => files.push((file, vec![item])),
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_in_the_middle_of_a_character_takes_the_whole_character() {
        assert_eq!(clamped("a😀b", 2..3), 1..5);
        assert_eq!(clamped("a😀b", 2..2), 1..5);
    }

    #[test]
    fn a_span_outside_of_the_text_points_at_its_end() {
        assert_eq!(clamped("abc", 7..9), 3..3);
        assert_eq!(clamped("abc", 2..9), 2..3);
    }

    #[test]
    fn a_reversed_span_is_empty() {
        let (start, end) = (2, 1);
        assert_eq!(clamped("abc", start..end), 2..2);
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("stack.toml".into(), "x\nä😀 = 1\n".into());
        let found = place(Span::new(file, 4..8), &sources);
        assert_eq!(
            (found.start, found.end),
            (Position { line: 2, column: 2 }, Position { line: 2, column: 3 })
        );
    }
}
