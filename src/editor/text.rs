//! A text as the Language Server Protocol counts it: lines from zero, and in a line the UTF-16 units before a place.

use std::ops::Range;

use gen_lsp_types as lsp;
use gen_lsp_types::TextDocumentContentChangeEvent as Change;

/// A text with the places where its lines start.
#[derive(Debug, Clone, Default)]
pub struct Text {
    text: String,
    line_starts: Vec<usize>,
}

impl Text {
    #[must_use]
    pub fn new(text: String) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { text, line_starts }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The byte of a position. One behind the end of its line counts as that end, one behind the last line as the text's end, and
    /// one within a character as the character's start.
    #[must_use]
    pub fn offset(&self, position: lsp::Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.line_starts.get(line).copied() else { return self.text.len() };
        let end = self.line_starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = position.character;
        for (at, found) in content.char_indices() {
            // A character beyond U+FFFF is two units.
            let units = if u32::from(found) > 0xFFFF { 2 } else { 1 };
            if left < units {
                return start + at;
            }
            left -= units;
        }
        start + content.len()
    }

    /// The position of a byte; one within a character counts as the character's start, one behind the text as its end.
    #[must_use]
    pub fn position(&self, offset: usize) -> lsp::Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let units = self.text[self.line_starts[line]..offset].encode_utf16().count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        lsp::Position::new(number(line), number(units))
    }

    #[must_use]
    pub fn range(&self, range: Range<usize>) -> lsp::Range {
        lsp::Range::new(self.position(range.start), self.position(range.end.max(range.start)))
    }

    /// The text after the changes of one notification, which are made one after the other.
    #[must_use]
    pub fn changed(self, changes: Vec<Change>) -> Self {
        changes.into_iter().fold(self, |text, change| match change {
            Change::TextDocumentContentChangeWholeDocument(whole) => Self::new(whole.text),
            Change::TextDocumentContentChangePartial(part) => {
                let start = text.offset(part.range.start);
                let end = text.offset(part.range.end).max(start);
                let mut after = text.text;
                after.replace_range(start..end, &part.text);
                Self::new(after)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use gen_lsp_types as lsp;
    use gen_lsp_types::TextDocumentContentChangeWholeDocument as Whole;

    use super::Text;

    fn at(line: u32, character: u32) -> lsp::Position {
        lsp::Position::new(line, character)
    }

    fn part(start: lsp::Position, end: lsp::Position, text: &str) -> super::Change {
        let change = serde_json::json!({ "range": { "start": start, "end": end }, "text": text });
        serde_json::from_value(change).unwrap()
    }

    #[test]
    fn a_position_counts_utf_16_units() {
        let text = Text::new("ä😀b\r\nnext".to_owned());
        for (position, offset) in
            [(at(0, 0), 0), (at(0, 1), 2), (at(0, 3), 6), (at(0, 4), 7), (at(1, 0), 9), (at(1, 4), 13)]
        {
            assert_eq!(text.offset(position), offset);
            assert_eq!(text.position(offset), position);
        }
    }

    #[test]
    fn a_position_that_is_none_is_the_nearest_before_it() {
        let text = Text::new("ä😀b\r\nnext".to_owned());
        assert_eq!(text.offset(at(0, 2)), 2, "within the surrogate pair");
        assert_eq!(text.offset(at(0, 99)), 7, "before the carriage return");
        assert_eq!(text.offset(at(9, 0)), 13);
        assert_eq!(text.position(4), at(0, 1), "within the character");
        assert_eq!(text.position(99), at(1, 4));
        assert_eq!(Text::new(String::new()).offset(at(0, 0)), 0);
    }

    #[test]
    fn changes_are_made_one_after_the_other() {
        let text = Text::new("one\n😀\n".to_owned());
        let text = text.changed(vec![
            part(at(1, 0), at(1, 2), "two"),
            part(at(1, 3), at(1, 3), "!"),
            part(at(5, 0), at(7, 0), "end"),
        ]);
        assert_eq!(text.as_str(), "one\ntwo!\nend");
        let whole = Whole::new("new".to_owned());
        assert_eq!(text.changed(vec![whole.into()]).as_str(), "new");
    }

    #[test]
    fn a_change_with_its_ends_reversed_inserts() {
        let text = Text::new("abc".to_owned()).changed(vec![part(at(0, 2), at(0, 1), "x")]);
        assert_eq!(text.as_str(), "abxc");
    }
}
