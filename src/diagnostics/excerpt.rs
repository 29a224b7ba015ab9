//! The lines of a file that a diagnostic shows, safe to print.

use std::ops::Range;

use super::wording::harmless;
use crate::source::SourceFile;

/// Whole lines of one file. Every line ends in a line break, so that the end of the file is a place like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// One-based.
    pub first_line: usize,
    pub text: String,
    start: usize,
}

impl Excerpt {
    /// The lines that hold a range of bytes, which must lie on character boundaries.
    pub fn new(file: &SourceFile, range: &Range<usize>) -> Self {
        let text = &file.text;
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
        let mut lines: String = text[start..end].chars().map(harmless).collect();
        lines.push('\n');
        Self { first_line: file.position(start).line, text: lines, start }
    }

    /// A range of the file, counted from the excerpt's start.
    pub fn range(&self, range: &Range<usize>) -> Range<usize> {
        range.start - self.start..range.end - self.start
    }
}

/// The smallest range that holds all of them.
pub(super) fn hull<'a>(ranges: impl IntoIterator<Item = &'a Range<usize>>) -> Option<Range<usize>> {
    ranges.into_iter().cloned().reduce(|left, right| left.start.min(right.start)..left.end.max(right.end))
}

/// The range without line breaks at its end, for what a reader sees of it ends before them.
pub(super) fn without_line_end(text: &str, range: Range<usize>) -> Range<usize> {
    let seen = text[range.clone()].trim_end_matches(['\r', '\n']).len();
    // A range of nothing but a line break still points at that break.
    range.start..if seen == 0 { range.start } else { range.start + seen }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("stack.toml".into(), text.to_owned())
    }

    #[test]
    fn an_excerpt_holds_whole_lines_and_knows_their_number() {
        let excerpt = Excerpt::new(&file("one\ntwo\nthree\nfour"), &(5..9));
        assert_eq!((excerpt.first_line, excerpt.text.as_str()), (2, "two\nthree\n"));
        assert_eq!(excerpt.range(&(5..9)), 1..5);
    }

    #[test]
    fn the_end_of_a_file_is_a_line_of_its_own_after_a_line_break() {
        let excerpt = Excerpt::new(&file("one\n"), &(4..4));
        assert_eq!((excerpt.first_line, excerpt.text.as_str()), (2, "\n"));
    }

    #[test]
    fn a_line_break_at_the_end_of_a_range_is_not_shown() {
        assert_eq!(without_line_end("one\r\ntwo", 0..5), 0..3);
        assert_eq!(without_line_end("\n\n", 0..2), 0..0);
    }
}
