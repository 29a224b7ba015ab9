//! What a diagnostic says, in lines of text: for the formats that have one field for all of it, and for showing
//! words of the user that would disturb a terminal.

use super::place::{Place, place};
use super::{Diagnostic, Edit, Help, Label};
use crate::source::Sources;

/// What is to be seen at each place, as `file:line:column: text`, the primary one first.
pub(super) fn places(diagnostic: &Diagnostic, sources: &Sources) -> Vec<String> {
    labels(diagnostic)
        .filter(|label| !label.text.is_empty())
        .map(|label| format!("{}: {}", written(place(label.span, sources)), label.text))
        .collect()
}

/// The primary label, then the others.
pub(super) fn labels(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    diagnostic.primary.iter().chain(&diagnostic.secondary)
}

/// The notes, and the ways out with their edits put into words.
pub(super) fn advice(diagnostic: &Diagnostic, sources: &Sources) -> Vec<String> {
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    notes.chain(diagnostic.help.iter().flat_map(|help| help_lines(help, sources))).collect()
}

fn help_lines(help: &Help, sources: &Sources) -> Vec<String> {
    let edits = help.edits.iter().map(|edit| {
        format!("  {}: {}", written(place(edit.span, sources)), instruction(edit, sources.text(edit.span)))
    });
    std::iter::once(format!("help: {}", help.message)).chain(edits).collect()
}

fn instruction(edit: &Edit, old: &str) -> String {
    let new = &edit.replacement;
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("insert `{new}`"),
        (false, true) => format!("remove `{old}`"),
        (false, false) => format!("replace `{old}` by `{new}`"),
    }
}

fn written(place: Place<'_>) -> String {
    format!("{}:{}:{}", place.path, place.start.line, place.start.column)
}

/// Text that a terminal shows as it stands: control characters as their pictures, characters that turn or hide what
/// follows as `�`. Line breaks stay.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|character| if character == '\n' { '\n' } else { picture(character) }).collect()
}

/// As [`visible`], and tabs stay, too: for the lines of a file, which a person may want to copy.
pub(crate) fn visible_lines(text: &str) -> String {
    text.chars()
        .map(|character| if matches!(character, '\n' | '\t') { character } else { picture(character) })
        .collect()
}

/// As [`visible`], on one line.
pub(super) fn visible_line(text: &str) -> String {
    text.chars().map(picture).collect()
}

fn picture(character: char) -> char {
    match character {
        // The Unicode block of control pictures stands in the order of the characters that it depicts.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('�'),
        '\x7f' => '␡',
        _ => harmless(character),
    }
}

/// The character, or one of the same length in UTF-8 where it is a C1 control, a line separator, or turns the
/// direction of text. Of the same length, so that spans into the text stay right.
pub(super) fn harmless(character: char) -> char {
    match character {
        '\u{80}'..='\u{9f}' | '\u{61c}' => '·',
        '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '�',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::samples;

    #[test]
    fn a_harmless_character_is_as_long_as_the_one_that_it_stands_for() {
        for character in (0..=0xffff).filter_map(char::from_u32) {
            assert_eq!(harmless(character).len_utf8(), character.len_utf8(), "{character:?}");
        }
    }

    #[test]
    fn no_control_character_reaches_a_terminal() {
        assert_eq!(visible("a\x1b[31m\n\u{9b}b\r\u{202e}"), "a␛[31m\n·b␍�");
        assert_eq!(visible_line("a\nb\tc"), "a␊b␉c");
        assert_eq!(visible_lines("a\x1b[31m\n\tb\r\n"), "a␛[31m\n\tb␍\n");
    }

    #[test]
    fn each_edit_is_an_instruction() {
        let (mut sources, mut report) = samples::empty();
        let file = sources.add("stack.toml".into(), "abc".into());
        report.push(samples::edits(file, &[(0..1, "x"), (1..1, "y"), (2..3, "")]));
        let lines: Vec<String> = report.iter().flat_map(|found| advice(found, &sources)).collect();
        assert_eq!(
            lines,
            [
                "help: edit it",
                "  stack.toml:1:1: replace `a` by `x`",
                "  stack.toml:1:2: insert `y`",
                "  stack.toml:1:3: remove `c`",
            ]
        );
    }
}
