//! Text in Markdown: `CommonMark` with GitHub's tables.

use crate::render::text::{Piece, plain};

/// Text that reads back as itself wherever inline text may stand, in tables too. What needs no escape has none, because
/// people and agents read the source as well.
pub fn text(pieces: &[Piece<'_>]) -> String {
    let whole = plain(pieces);
    if is_plain_prose(&whole) {
        return whole;
    }
    let characters: Vec<char> = whole.chars().collect();
    let mut out = String::with_capacity(whole.len() + 8);
    for (at, found) in characters.iter().enumerate() {
        push(*found, &Around { before: &characters[..at], after: &characters[at + 1..] }, &mut out);
    }
    out
}

/// What is plainly not Markdown, as most names and sentences are, needs no closer look.
fn is_plain_prose(text: &str) -> bool {
    let harmless = |found: u8| found.is_ascii_alphanumeric() || b" ,;/-:'\"().%@".contains(&found);
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !text.contains("  ")
        && text.bytes().all(harmless)
}

struct Around<'a> {
    before: &'a [char],
    after: &'a [char],
}

impl Around<'_> {
    fn at_start(&self) -> bool {
        self.before.is_empty()
    }

    fn at_end(&self) -> bool {
        self.after.is_empty()
    }

    fn inside_a_word(&self) -> bool {
        self.before.last().is_some_and(|found| found.is_alphanumeric())
            && self.after.first().is_some_and(|found| found.is_alphanumeric())
    }

    /// Whether one of these follows, or whatever the template has after the value.
    fn comes_before(&self, these: &[char]) -> bool {
        self.after.first().is_none_or(|found| these.contains(found))
    }

    /// Whether what comes before could be the number of a list item, or ends in one that the template wrote.
    fn after_digits(&self) -> bool {
        self.before.iter().all(char::is_ascii_digit)
    }
}

fn push(found: char, around: &Around<'_>, out: &mut String) {
    match found {
        '\n' => out.push_str("&#10;"),
        '\t' => out.push_str("&#9;"),
        '<' => out.push_str("&lt;"),
        // In a table a backslash before `|` is taken away first, whatever stands before it: the entity is safe everywhere.
        '|' => out.push_str("&#124;"),
        // At an edge a space could be cut off, be the end of a heading, or make a line break of two.
        ' ' if around.at_start() || around.at_end() => out.push_str("&#32;"),
        ' ' if around.before.last() == Some(&' ') => out.push_str("&#32;"),
        '&' if starts_an_entity(around) => out.push_str("&amp;"),
        '>' if ends_a_comment(around) => out.push_str("&gt;"),
        found => {
            if needs_a_backslash(found, around) {
                out.push('\\');
            }
            out.push(found);
        }
    }
}

fn needs_a_backslash(found: char, around: &Around<'_>) -> bool {
    match found {
        '\\' | '`' | '*' | '[' | ']' | '~' | '$' => true,
        '_' => !around.inside_a_word(),
        // A heading, and the closing sequence of one.
        '#' => around.before.last().is_none_or(|before| *before == ' '),
        // Lists, rules, underlines of headings, columns of tables.
        '-' | '+' | '=' | ':' => around.at_start() && around.comes_before(&[' ', '-', '=']),
        '.' | ')' => around.after_digits() && around.comes_before(&[' ']),
        // Before a `[` of the template it would make an image.
        '!' => around.at_end(),
        _ => false,
    }
}

fn starts_an_entity(around: &Around<'_>) -> bool {
    around.after.first().is_none_or(|after| *after == '#' || after.is_ascii_alphanumeric())
}

/// Also at the start: there it would be a quotation.
fn ends_a_comment(around: &Around<'_>) -> bool {
    around.before.last().is_none_or(|before| matches!(before, '-' | '!' | '?' | ']'))
}

/// A code span; where a span cannot hold the text, the text itself, escaped.
pub fn code(pieces: &[Piece<'_>]) -> String {
    let whole = plain(pieces);
    if is_plain_code(&whole) {
        return ["`", &whole, "`"].concat();
    }
    let blank = whole.chars().all(char::is_whitespace);
    if blank || whole.contains(['\n', '\t', '|']) {
        return text(pieces);
    }
    let fence = "`".repeat(longest_run(&whole, '`') + 1);
    let touches = |end: Option<char>| matches!(end, Some('`' | ' '));
    let pad = if touches(whole.chars().next()) || touches(whole.chars().next_back()) { " " } else { "" };
    format!("{fence}{pad}{whole}{pad}{fence}")
}

/// Names, paths, addresses and commands, as nearly all that is written as code, need no closer look.
fn is_plain_code(text: &str) -> bool {
    let harmless = |found: u8| found.is_ascii_graphic() && !b"`|".contains(&found) || found == b' ';
    !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && text.bytes().all(harmless)
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for found in text.chars() {
        run = if found == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A string without secrets as a label of a Mermaid diagram, quotes included.
pub fn mermaid_label(text: &str) -> String {
    mermaid(&[Piece::Literal(text.into())])
}

/// A label of a Mermaid diagram between its quotes. It has no line break, so that it cannot end the block that it is in.
pub fn mermaid(pieces: &[Piece<'_>]) -> String {
    let whole = plain(pieces);
    let mut label = String::from("\"");
    for found in whole.chars() {
        match found {
            '\n' => label.push_str("<br/>"),
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' => label.push_str(&format!("#{};", u32::from(found))),
            found => label.push(found),
        }
    }
    label.push('"');
    label
}
