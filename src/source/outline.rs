//! Where the keys of a TOML text stand, every one of them: a tree knows a table's name once, and a file says it in the header of each
//! of its parts.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::parser::{EventKind, RecursionGuard, parse_document};

use super::limits::NESTING;
use super::trail::Trail;

/// The headers, keys and entries of one text, in the order of the text. What cannot be parsed is passed over, and so is what stands deeper
/// in lists and tables than the reader goes.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    pub mentions: Vec<Mention>,
    pub sections: Vec<Section>,
    pub entries: Vec<Entry>,
}

/// One key where it stands, in a header, before a `=` or in a dotted chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// All keys that lead to it, itself the last.
    pub path: Trail<String>,
    /// The bytes of the key itself, with its quotes if it has any.
    pub range: Range<usize>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub path: Trail<String>,
    /// From its first bracket to its last.
    pub range: Range<usize>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: Trail<String>,
    /// From the first byte of its key to the last of its value.
    pub range: Range<usize>,
    /// Whether it stands in an inline table, not on lines of its own.
    pub is_inline: bool,
}

impl Outline {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut events = Vec::new();
        let deepest = u32::try_from(NESTING.most).unwrap_or(u32::MAX);
        parse_document(&tokens, &mut RecursionGuard::new(&mut events, deepest), &mut ());
        let mut walk = Walk::default();
        for event in events {
            let span = event.span();
            let range = span.start()..span.end();
            if event.kind() == EventKind::SimpleKey {
                let mut name = String::new();
                if let Some(raw) = source.get(span) {
                    toml_parser::Raw::new_unchecked(raw.as_str(), event.encoding(), span)
                        .decode_key(&mut name, &mut ());
                }
                walk.key(name, range);
            } else {
                walk.event(event.kind(), &range);
            }
        }
        walk.outline
    }
}

/// What is open at a place.
enum Frame {
    /// An entry whose value has begun.
    Entry {
        path: Trail<String>,
        start: usize,
        is_inline: bool,
    },
    Table {
        path: Trail<String>,
    },
    Array {
        path: Trail<String>,
    },
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    frames: Vec<Frame>,
    /// The path of the last header.
    header: Trail<String>,
    /// Where the header begins that is being read.
    header_start: Option<usize>,
    /// Where the keys of a header or of an entry lead that have been read so far, and where they begin.
    keys: Option<Keys>,
}

struct Keys {
    path: Trail<String>,
    start: usize,
}

impl Walk {
    fn key(&mut self, name: String, range: Range<usize>) {
        let keys = self.keys_from(range.start);
        let path = keys.path.then(name);
        self.outline.mentions.push(Mention { path: path.clone(), range });
        self.keys = Some(Keys { path, ..keys });
    }

    /// The keys that are being read, or none yet, beginning here.
    fn keys_from(&mut self, start: usize) -> Keys {
        self.keys.take().unwrap_or_else(|| Keys { path: self.above(), start })
    }

    /// What keys that begin here stand under.
    fn above(&self) -> Trail<String> {
        match self.frames.last() {
            _ if self.header_start.is_some() => Trail::default(),
            Some(Frame::Entry { path, .. } | Frame::Table { path } | Frame::Array { path }) => path.clone(),
            None => self.header.clone(),
        }
    }

    fn event(&mut self, kind: EventKind, range: &Range<usize>) {
        match kind {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                // A header ends whatever was left open above it.
                self.frames.clear();
                self.keys = None;
                self.header_start = Some(range.start);
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.header = self.keys.take().map(|keys| keys.path).unwrap_or_default();
                if let Some(start) = self.header_start.take() {
                    let path = self.header.clone();
                    self.outline.sections.push(Section { path, range: start..range.end });
                }
            }
            EventKind::KeyValSep => {
                let is_inline = !self.frames.is_empty();
                let Keys { path, start } = self.keys_from(range.start);
                self.frames.push(Frame::Entry { path, start, is_inline });
            }
            EventKind::InlineTableOpen => self.open(|path| Frame::Table { path }),
            EventKind::ArrayOpen => self.open(|path| Frame::Array { path }),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                self.frames.pop();
                self.value_ends(range.end);
            }
            EventKind::Scalar => self.value_ends(range.end),
            EventKind::Error => self.keys = None,
            _ => {}
        }
    }

    fn open(&mut self, frame: impl FnOnce(Trail<String>) -> Frame) {
        self.keys = None;
        let path = self.above();
        self.frames.push(frame(path));
    }

    fn value_ends(&mut self, end: usize) {
        if let Some(Frame::Entry { .. }) = self.frames.last()
            && let Some(Frame::Entry { path, start, is_inline }) = self.frames.pop()
        {
            self.outline.entries.push(Entry { path, range: start..end, is_inline });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outline, Trail};

    const TEXT: &str = "\
top.deep = 1
[a.'b c'] # said
x = { y = [{ z = 1 }], w.v = 2 }
[[a.'b c'.list]]
k = \"\"\"
[no.header]
\"\"\"
";

    fn shown(path: &Trail<String>) -> String {
        path.names().join("/")
    }

    #[test]
    fn every_key_is_found_with_the_keys_that_lead_to_it() {
        let outline = Outline::of(TEXT);
        let mentions: Vec<(String, &str)> = outline
            .mentions
            .iter()
            .map(|mention| (shown(&mention.path), &TEXT[mention.range.clone()]))
            .collect();
        let expected = [
            ("top", "top"),
            ("top/deep", "deep"),
            ("a", "a"),
            ("a/b c", "'b c'"),
            ("a/b c/x", "x"),
            ("a/b c/x/y", "y"),
            ("a/b c/x/y/z", "z"),
            ("a/b c/x/w", "w"),
            ("a/b c/x/w/v", "v"),
            ("a", "a"),
            ("a/b c", "'b c'"),
            ("a/b c/list", "list"),
            ("a/b c/list/k", "k"),
        ];
        assert_eq!(mentions, expected.map(|(path, key)| (path.to_owned(), key)));
    }

    #[test]
    fn headers_and_entries_know_their_bytes() {
        let outline = Outline::of(TEXT);
        let sections: Vec<&str> =
            outline.sections.iter().map(|section| &TEXT[section.range.clone()]).collect();
        assert_eq!(sections, ["[a.'b c']", "[[a.'b c'.list]]"]);
        let entries: Vec<(&str, bool)> =
            outline.entries.iter().map(|entry| (&TEXT[entry.range.clone()], entry.is_inline)).collect();
        let expected = [
            ("top.deep = 1", false),
            ("z = 1", true),
            ("y = [{ z = 1 }]", true),
            ("w.v = 2", true),
            ("x = { y = [{ z = 1 }], w.v = 2 }", false),
            ("k = \"\"\"\n[no.header]\n\"\"\"", false),
        ];
        assert_eq!(entries, expected);
    }

    #[test]
    fn what_is_broken_hides_nothing_below_it() {
        let text = "[services.a\nx = \n[services.b]\ny = 1\n";
        let outline = Outline::of(text);
        assert!(outline.mentions.iter().any(|mention| mention.path.is(&["services", "b"])));
    }

    #[test]
    fn what_is_too_deep_hides_nothing_behind_it() {
        for open in ["[", "{ a = "] {
            let close = if open == "[" { "]" } else { "}" };
            for (deep, end) in [(100, close.repeat(100)), (100_000, String::new())] {
                let text = format!("a = {}{end}\n[services.b]\ny = 1\n", open.repeat(deep));
                let outline = Outline::of(&text);
                let is_found =
                    outline.mentions.iter().any(|mention| mention.path.is(&["services", "b", "y"]));
                assert_eq!(is_found, !end.is_empty(), "{deep} times {open}");
            }
        }
    }
}
