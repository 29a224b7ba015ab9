//! What stands where in a TOML text that somebody is writing: every key and value with the whole path to it, however broken the lines
//! around it are.
//!
//! A parser gives up where a line is half-written, and that is where an editor is asked most. So the text is walked by its tokens, and
//! a line that begins like an entry or a header ends whatever was left open above it. What stands deeper in lists and tables than the
//! reader goes is passed over.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use crate::source::Trail;
use crate::source::limits::NESTING;

/// One step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(String),
    /// An item of a list, by its index.
    Item(usize),
}

/// The way to a key or a value from the top of the file.
pub type Path = Trail<Step>;

/// Everything that stands in a text, in the order of the text.
#[derive(Debug, Default)]
pub struct Scan {
    pub keys: Vec<Key>,
    pub values: Vec<Value>,
    pub headers: Vec<Header>,
}

/// A key where it stands: in a header, before a `=`, or in a dotted chain.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// The key itself is the last step.
    pub path: Path,
    /// With its quotes, if it has any.
    pub range: Range<usize>,
    pub in_header: bool,
}

/// A string, a number or a word where it stands, with its quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct Value {
    pub path: Path,
    pub range: Range<usize>,
}

/// A header of a table, or of an item of a list of tables.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    pub path: Path,
    /// With its brackets.
    pub range: Range<usize>,
}

impl Scan {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut walk = Walk::new(text);
        for token in Source::new(text).lex() {
            walk.token(token);
        }
        walk.scan
    }

    /// The names of the keys directly in a table.
    pub fn keys_in<'a>(&'a self, table: &'a [Step]) -> impl Iterator<Item = (&'a str, &'a Key)> {
        self.keys.iter().filter_map(move |key| match key.path.split_last() {
            Some((Step::Key(name), above)) if above.is(table) => Some((name.as_str(), key)),
            _ => None,
        })
    }
}

/// The keys of a path, without the indices of items.
#[must_use]
pub fn key_path(path: &[Step]) -> Vec<&str> {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Item(_) => None,
    });
    keys.collect()
}

/// What is open at a place.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    /// A key whose value has not ended.
    Entry(Path),
    Table(Path),
    List(Path, usize),
}

/// What the next word is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Header,
    Key,
    Value,
    /// Behind a value: nothing but a comma, a bracket or the line's end belongs there.
    Done,
}

/// Goes through a text token by token.
pub(super) struct Walk<'t> {
    text: &'t str,
    pub scan: Scan,
    pub mode: Mode,
    pub frames: Vec<Frame>,
    /// The table that the last header has opened.
    pub header: Path,
    /// The keys read so far of a header or before a `=`.
    pub chain: Vec<(String, Range<usize>)>,
    /// Where the header began that is being read, and whether it is of a list of tables.
    header_start: (usize, bool),
    /// How many brackets are open beyond the deepest that the reader goes into.
    too_deep: usize,
    /// How many items each list of tables has so far.
    lists: BTreeMap<Path, usize>,
    at_line_start: bool,
    /// Whether a further entry of an inline table may follow on another line.
    after_separator: bool,
}

impl<'t> Walk<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            scan: Scan::default(),
            mode: Mode::Key,
            frames: Vec::new(),
            header: Path::default(),
            chain: Vec::new(),
            header_start: (0, false),
            too_deep: 0,
            lists: BTreeMap::new(),
            at_line_start: true,
            after_separator: false,
        }
    }

    pub fn token(&mut self, token: Token) {
        let range = token.span().start()..token.span().end();
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Eof => return,
            TokenKind::Newline => {
                self.line_ends();
                return;
            }
            _ => {}
        }
        self.recover(range.start);
        if self.is_passed_over(token.kind()) {
            return;
        }
        let separates = matches!(token.kind(), TokenKind::Comma | TokenKind::LeftCurlyBracket);
        match token.kind() {
            TokenKind::LeftSquareBracket => self.opens(range),
            TokenKind::RightSquareBracket => self.closes(range),
            TokenKind::LeftCurlyBracket => self.opens_table(),
            TokenKind::RightCurlyBracket => self.closes_table(),
            TokenKind::Equals => self.equals(),
            TokenKind::Comma => self.comma(),
            TokenKind::Dot => self.extends_value(range),
            _ => self.word(token, range),
        }
        self.after_separator = separates;
    }

    /// Where a line begins like an entry or a header, and something above it is still open, that was never closed.
    pub fn recover(&mut self, at: usize) {
        if !std::mem::take(&mut self.at_line_start) {
            return;
        }
        let line = self.text[at..].lines().next().unwrap_or_default();
        let is_broken = match self.frames.last() {
            None => false,
            _ if begins_header(line) => true,
            Some(Frame::Table(_)) => !self.after_separator && begins_entry(line),
            Some(_) => begins_entry(line) || begins_key(line),
        };
        if is_broken {
            self.frames.clear();
            self.too_deep = 0;
            self.chain.clear();
            self.mode = Mode::Key;
        }
    }

    /// Whether a token stands too deep. Of those that do, only the brackets count.
    fn is_passed_over(&mut self, kind: TokenKind) -> bool {
        if self.too_deep == 0 {
            return false;
        }
        match kind {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => self.too_deep += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                self.too_deep -= 1;
                if self.too_deep == 0 {
                    self.value_ends();
                }
            }
            _ => {}
        }
        true
    }

    /// Whether what stands here is nothing that the reader would go into.
    pub fn is_too_deep(&self) -> bool {
        self.too_deep > 0
    }

    fn line_ends(&mut self) {
        self.at_line_start = true;
        if self.mode == Mode::Header {
            self.header_ends(None);
        }
        if matches!(self.frames.as_slice(), [] | [Frame::Entry(_)]) {
            self.frames.clear();
            self.chain.clear();
            self.mode = Mode::Key;
        }
    }

    /// The table that keys at this place are entries of.
    pub fn table(&self) -> &Path {
        let inner = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Table(path) => Some(path),
            _ => None,
        });
        inner.unwrap_or(&self.header)
    }

    /// The path of the value that stands here, or would.
    pub fn value_path(&self) -> Path {
        match self.frames.last() {
            Some(Frame::Entry(path) | Frame::Table(path)) => path.clone(),
            Some(Frame::List(path, index)) => path.then(Step::Item(*index)),
            None => self.header.clone(),
        }
    }

    fn opens(&mut self, range: Range<usize>) {
        match self.mode {
            Mode::Key if self.frames.is_empty() => {
                self.mode = Mode::Header;
                self.chain.clear();
                self.header_start = (range.start, false);
            }
            Mode::Header if self.chain.is_empty() => self.header_start.1 = true,
            Mode::Value => {
                self.opens_frame(|path| Frame::List(path, 0));
            }
            _ => {}
        }
    }

    fn closes(&mut self, range: Range<usize>) {
        if self.mode == Mode::Header {
            // Of `]]` the second is passed over: by then the header is done.
            let is_list = self.header_start.1;
            let end =
                if is_list && self.text[range.end..].starts_with(']') { range.end + 1 } else { range.end };
            self.header_ends(Some(end));
        } else if let Some(open) = self.frames.iter().rposition(|frame| matches!(frame, Frame::List(..))) {
            self.frames.truncate(open);
            self.value_ends();
        }
    }

    fn opens_table(&mut self) {
        if self.mode == Mode::Value && self.opens_frame(Frame::Table) {
            self.chain.clear();
            self.mode = Mode::Key;
        }
    }

    /// Whether what opens here is gone into.
    fn opens_frame(&mut self, frame: impl FnOnce(Path) -> Frame) -> bool {
        let open = self.frames.iter().filter(|frame| !matches!(frame, Frame::Entry(_))).count();
        if NESTING.is_below(open + 1) {
            self.too_deep = 1;
            return false;
        }
        let path = self.value_path();
        self.frames.push(frame(path));
        true
    }

    fn closes_table(&mut self) {
        if let Some(open) = self.frames.iter().rposition(|frame| matches!(frame, Frame::Table(_))) {
            self.frames.truncate(open);
            self.value_ends();
        }
    }

    fn comma(&mut self) {
        if let Some(Frame::Entry(_)) = self.frames.last()
            && self.frames.len() > 1
        {
            self.frames.pop();
        }
        match self.frames.last_mut() {
            Some(Frame::List(_, index)) => {
                *index += 1;
                self.mode = Mode::Value;
            }
            Some(Frame::Table(_)) => {
                self.chain.clear();
                self.mode = Mode::Key;
            }
            _ => {}
        }
    }

    fn equals(&mut self) {
        if self.mode != Mode::Key {
            return;
        }
        let mut path = self.table().clone();
        for (name, range) in std::mem::take(&mut self.chain) {
            path = path.then(Step::Key(name));
            self.scan.keys.push(Key { path: path.clone(), range, in_header: false });
        }
        self.frames.push(Frame::Entry(path));
        self.mode = Mode::Value;
    }

    fn word(&mut self, token: Token, range: Range<usize>) {
        match self.mode {
            Mode::Key | Mode::Header => {
                let name = decoded_key(self.text, token);
                self.chain.push((name, range));
            }
            Mode::Value => {
                self.scan.values.push(Value { path: self.value_path(), range });
                self.value_ends();
            }
            Mode::Done => self.extends_value(range),
        }
    }

    /// A float is written in several tokens.
    fn extends_value(&mut self, range: Range<usize>) {
        if self.mode == Mode::Done
            && let Some(last) = self.scan.values.last_mut()
            && last.range.end == range.start
        {
            last.range.end = range.end;
        }
    }

    fn value_ends(&mut self) {
        if let Some(Frame::Entry(_)) = self.frames.last() {
            self.frames.pop();
        }
        self.mode = Mode::Done;
    }

    /// A header opens its table: of a list of tables the last item, or a new one.
    fn header_ends(&mut self, end: Option<usize>) {
        let (start, is_list) = self.header_start;
        let mut path = Path::default();
        let chain = std::mem::take(&mut self.chain);
        let end = end.or_else(|| Some(chain.last()?.1.end)).unwrap_or(start + 1);
        let last = chain.len().saturating_sub(1);
        for (index, (name, range)) in chain.into_iter().enumerate() {
            path = path.then(Step::Key(name));
            self.scan.keys.push(Key { path: path.clone(), range, in_header: true });
            if is_list && index == last {
                *self.lists.entry(path.clone()).or_insert(0) += 1;
            }
            path = self.last_item(path);
        }
        self.scan.headers.push(Header { path: path.clone(), range: start..end });
        self.header = path;
        self.mode = Mode::Done;
    }

    /// The table that a header means whose keys so far are these.
    pub fn header_path(&self) -> Path {
        let above = |path: Path, (name, _): &(String, _)| self.last_item(path.then(Step::Key(name.clone())));
        self.chain.iter().fold(Path::default(), above)
    }

    /// Of a list of tables the last item, of anything else itself.
    fn last_item(&self, path: Path) -> Path {
        match self.lists.get(&path) {
            Some(count) => path.then(Step::Item(count - 1)),
            None => path,
        }
    }
}

pub(super) fn joined(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn decoded_key(text: &str, token: Token) -> String {
    let mut name = String::new();
    if let Some(raw) = Source::new(text).get(token) {
        let raw = toml_parser::Raw::new_unchecked(raw.as_str(), token.kind().encoding(), token.span());
        raw.decode_key(&mut name, &mut ());
    }
    name
}

fn begins_entry(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(key, _)| !key.trim().is_empty() && !key.contains([',', '{', ']', '"', '\'', '#']))
}

/// A word alone that no list can hold: a key that is not written to its end.
fn begins_key(line: &str) -> bool {
    let word = line.trim_end();
    let is_value = ["true", "false", "inf", "nan"].iter().any(|value| value.starts_with(word));
    !is_value
        && word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, '-' | '_'))
}

fn begins_header(line: &str) -> bool {
    let name = line.trim_start_matches('[');
    line.starts_with('[') && name.starts_with(|found: char| found.is_ascii_alphabetic()) && name.contains(']')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Path, Scan, Step};

    fn shown(path: &Path) -> String {
        let steps = path.steps().into_iter().map(|step| match step {
            Step::Key(name) => name.clone(),
            Step::Item(index) => format!("#{index}"),
        });
        steps.collect::<Vec<_>>().join("/")
    }

    fn values(text: &str) -> Vec<(String, &str)> {
        let scan = Scan::of(text);
        scan.values.iter().map(|value| (shown(&value.path), &text[value.range.clone()])).collect()
    }

    #[test]
    fn every_value_is_found_with_the_whole_way_to_it() {
        let text = "top.a = 1\n[s.'x y']\nn = [\"p\", { q = 1.5, r.t = true }]\r\n[[s.x.l]]\nk = 'v' # c\n[[s.x.l]]\nk = 2\n[s.x.l.m]\nz = 3\n";
        let expected = [
            ("top/a", "1"),
            ("s/x y/n/#0", "\"p\""),
            ("s/x y/n/#1/q", "1.5"),
            ("s/x y/n/#1/r/t", "true"),
            ("s/x/l/#0/k", "'v'"),
            ("s/x/l/#1/k", "2"),
            ("s/x/l/#1/m/z", "3"),
        ];
        assert_eq!(values(text), expected.map(|(path, value)| (path.to_owned(), value)));
    }

    #[test]
    fn a_line_that_is_broken_hides_none_below_it() {
        for broken in ["n = [\"a\",", "n = { a = 1", "n =", "n = \"a", "[s.", "n = [[1, {", "= 3", "[s.\"x"] {
            let text = format!("[s.a]\n{broken}\n[s.b]\nk = 1\n");
            assert_eq!(values(&text).last(), Some(&("s/b/k".to_owned(), "1")), "{broken}");
        }
        let text = "[s.a]\nn = [\"a\",\nk = 1\nm = { a = 1\nl = 2\n";
        assert_eq!(
            values(text)[1..],
            [("s/a/k".to_owned(), "1"), ("s/a/m/a".to_owned(), "1"), ("s/a/l".to_owned(), "2")]
        );
    }

    #[test]
    fn inline_tables_and_lists_may_go_over_several_lines() {
        let text = "a = {\n  b = 1,\n  c = 2\n}\nl = [\n  \"x\",\n  { y = 1 },\n]\nd = 3\n";
        let paths: Vec<String> = values(text).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a/b", "a/c", "l/#0", "l/#1/y", "d"]);
    }

    #[test]
    fn what_is_too_deep_hides_nothing_behind_it() {
        for (open, close) in [("[", "]"), ("{ a = ", "}"), ("[{a.b=", "}]")] {
            for deep in [100, 10_000] {
                let text = format!("a = {}1{}\nb = 2\n", open.repeat(deep), close.repeat(deep));
                assert_eq!(values(&text), [("b".to_owned(), "2")], "{deep} times {open}");
                let text = format!("a = {}1\n[s]\nb = 2\n", open.repeat(deep));
                assert_eq!(values(&text), [("s/b".to_owned(), "2")], "{deep} times {open}");
            }
        }
        let text = format!("a = {}1{}\n", "[".repeat(80), "]".repeat(80));
        assert_eq!(values(&text).len(), 1, "as deep as the reader goes");
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{}=,.\"'#a-c1 \r\n\\\\é😀]{0,60}") {
            let scan = Scan::of(&text);
            for key in &scan.keys {
                prop_assert!(text.get(key.range.clone()).is_some());
            }
            for value in &scan.values {
                prop_assert!(text.get(value.range.clone()).is_some());
            }
        }
    }
}
