//! What is no TOML, sorted: the mistakes themselves, without what the parser stumbles over because of them.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::Error;

use super::limits::NESTING;
use super::parse::control_character;
use super::span::{FileId, Span};
use crate::diagnostics::Diagnostic;

/// The syntax errors of one file.
pub struct Faults {
    /// Those to show, in order of place.
    pub shown: Vec<Fault>,
    /// Where a list was opened and never closed, all that follows is taken for its items.
    runaway: Option<usize>,
}

/// One syntax error.
pub struct Fault {
    range: Range<usize>,
    sort: Sort,
}

enum Sort {
    /// In the parser's own words.
    Told(String),
    /// A text without its quotes.
    Unquoted,
    /// A list runs on into the next entry.
    OpenList,
    /// Values within values, more than the parser goes into.
    TooDeep,
    /// A character that may not stand in a text.
    Control(char),
    /// What git writes where it could not merge.
    Conflict,
    /// A table's header that stands there once more; where it stands first, if that is to be seen.
    SecondTable { message: String, first: Option<Range<usize>> },
}

impl Faults {
    /// One finding a line: what follows the first on its line is a consequence of it.
    pub fn sorted(text: &str, errors: &[Error]) -> Self {
        let mut faults = Self { shown: Vec::new(), runaway: None };
        let mut last_line = None;
        let mut is_in_second_table = false;
        // What is known of the line of the error at hand: its number, up to which byte lines are counted, and whether it is a header.
        let (mut line, mut counted, mut is_header) = (0_usize, 0, false);
        let mut found: Vec<(&Error, Fault)> =
            errors.iter().map(|error| (error, Fault::new(text, error))).collect();
        found.sort_by_key(|(_, fault)| fault.range.start);
        let mut conflict_ends = 0;
        let mut headers: Option<BTreeMap<String, Range<usize>>> = None;
        for (error, mut fault) in found {
            let start = fault.range.start;
            // Between the marks stands everything twice.
            if start < conflict_ends {
                continue;
            }
            line += text[counted..start].matches('\n').count();
            counted = start;
            let is_new_line = last_line.replace(line) != Some(line);
            // Of a conflict on a line its first error has told.
            if is_new_line && let Some(conflict) = conflict_at(text, start) {
                conflict_ends = conflict.end;
                fault = Fault {
                    range: conflict.start..text.len().min(conflict.start + CONFLICT.len()),
                    sort: Sort::Conflict,
                };
            }
            // The entries of a table that is there twice are there twice because of it.
            let is_repeated = error.message().starts_with("duplicate key");
            if is_new_line {
                is_header = line_at(text, start).trim_start().starts_with('[');
            }
            let follows = is_repeated && !is_header && is_in_second_table;
            if let (Sort::Told(message), true) = (&fault.sort, is_repeated && is_header) {
                let first =
                    headers.get_or_insert_with(|| first_headers(text)).get(&names_in(line_at(text, start)));
                let first = first.filter(|first| first.end <= start).cloned();
                fault.sort = Sort::SecondTable { message: message.clone(), first };
            }
            is_in_second_table = is_repeated && (is_header || is_in_second_table);
            if !is_new_line || follows {
                continue;
            }
            let ends_all = matches!(fault.sort, Sort::OpenList);
            faults.shown.push(fault);
            if ends_all {
                faults.runaway = Some(start);
                break;
            }
        }
        faults
    }

    /// Whether a value is none that anybody wrote there: it lies behind a list's missing end, or what is deepest in it is lost.
    pub fn is_lost(&self, range: &Range<usize>) -> bool {
        self.runaway.is_some_and(|start| range.start >= start)
            || self.holds(range, |sort| matches!(sort, Sort::TooDeep))
    }

    /// Whether a value is a text that lacks its quotes.
    pub fn is_unquoted(&self, range: &Range<usize>) -> bool {
        self.holds(range, |sort| matches!(sort, Sort::Unquoted))
    }

    pub fn has_control_character(&self, range: &Range<usize>) -> bool {
        self.holds(range, |sort| matches!(sort, Sort::Control(_)))
    }

    fn holds(&self, range: &Range<usize>, is_meant: impl Fn(&Sort) -> bool) -> bool {
        let first = self.shown.partition_point(|fault| fault.range.start < range.start);
        self.shown[first..]
            .iter()
            .take_while(|fault| fault.range.start < range.end)
            .any(|fault| is_meant(&fault.sort))
    }
}

impl Fault {
    fn new(text: &str, error: &Error) -> Self {
        let range = error.span().unwrap_or(0..0);
        let range = text.floor_char_boundary(range.start)..text.floor_char_boundary(range.end);
        let message = error.message().lines().next().unwrap_or("it cannot be read");
        let sort = match text[range.start..].chars().next() {
            Some(found)
                if found.is_control() && !matches!(found, '\n' | '\t') && !ends_line(text, range.start) =>
            {
                Sort::Control(found)
            }
            _ if is_unquoted(message, &text[range.clone()]) => Sort::Unquoted,
            _ if message.contains("recursion") => Sort::TooDeep,
            _ if message.starts_with("missing comma between array elements")
                && begins_entry(text, range.start) =>
            {
                Sort::OpenList
            }
            _ => Sort::Told(message.to_owned()),
        };
        Self { range, sort }
    }

    pub fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let span = Span::new(file, self.range.clone());
        let error = |message: &str| Diagnostic::error("syntax", format!("this is not TOML: {message}"));
        match &self.sort {
            Sort::Told(message) => error(message).at(span, message),
            Sort::Unquoted => error("a text stands between quotes").at(span, "a text without quotes").help_replace(
                "put it between quotes",
                span,
                format!("\"{}\"", &text[self.range.clone()]),
            ),
            Sort::OpenList => error("the list before this is not closed")
                .at(span, "taken for an item of the list")
                .help("close the list with `]`"),
            Sort::TooDeep => {
                let message = "this is not TOML: lists and tables stand too deep in one another";
                NESTING.exceeded(message).at(span, format!("no deeper than {}", NESTING.shown()))
            }
            Sort::Control(character) => control_character(*character, span),
            Sort::Conflict => Diagnostic::error("syntax", "a merge has left a conflict here")
                .at(span, "both sides stand from here to `>>>>>>>`")
                .help("keep what holds of the two sides, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`"),
            Sort::SecondTable { message, first } => {
                let diagnostic = error(message).at(span, message);
                match first {
                    Some(first) => diagnostic.and_at(Span::new(file, first.clone()), "it stands here first"),
                    None => diagnostic,
                }
            }
        }
    }
}

/// Whether a value that the parser takes for a number or a word of TOML's is a text.
fn is_unquoted(message: &str, value: &str) -> bool {
    let is_told =
        ["invalid float", "string values must be quoted"].iter().any(|start| message.starts_with(start));
    is_told
        && value.starts_with(|first: char| first.is_ascii_alphabetic() || "./~".contains(first))
        && !value.contains(['"', '\'', '\\', '\n', '\r', '\t'])
}

/// What a conflict begins with, at the start of its line.
const CONFLICT: &str = "<<<<<<<";

/// The bytes of the conflict on whose first line a fault stands, its last mark among them.
fn conflict_at(text: &str, fault: usize) -> Option<Range<usize>> {
    let start = text[..fault].rfind('\n').map_or(0, |found| found + 1);
    let conflict = &text[start..];
    if !line_at(text, fault).starts_with("<<<<<<< ") {
        return None;
    }
    let end = conflict.find("\n>>>>>>>").map_or(conflict.len(), |found| {
        let last = found + 1;
        conflict[last..].find('\n').map_or(conflict.len(), |line| last + line)
    });
    Some(start..start + end)
}

/// Where each table's header stands for the first time, by the names in it.
fn first_headers(text: &str) -> BTreeMap<String, Range<usize>> {
    let mut headers = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let header = line.trim();
        if header.starts_with('[') {
            let at = start + line.len() - line.trim_start().len();
            let end = header.find(']').map_or(header.len(), |found| found + 1);
            headers.entry(names_in(line)).or_insert(at..at + end);
        }
        start += line.len();
    }
    headers
}

/// The names in a table's header, one way of writing them for all.
fn names_in(header: &str) -> String {
    let inner = header.trim_start().trim_start_matches('[').split(']').next().unwrap_or_default();
    inner.split_whitespace().collect()
}

/// A carriage return before a line feed belongs to the line's end.
fn ends_line(text: &str, at: usize) -> bool {
    text[at..].starts_with("\r\n")
}

/// Whether the place begins a line that reads as an entry or as a table's header.
fn begins_entry(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    if !before.ends_with('\n') {
        return false;
    }
    let line = line_at(text, at);
    let is_entry = line.split_once('=').is_some_and(|(key, _)| !key.contains([',', '{', ']']));
    is_entry || line.trim_start().starts_with('[')
}

/// The line on which a byte stands.
fn line_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    &text[start..end]
}
