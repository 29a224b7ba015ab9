//! Where the keys of a TOML text stand, every one of them: a tree knows a table's name once, and a file says it in the header of each
//! of its parts.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::parser::{EventKind, parse_document};

/// The headers, keys and entries of one text, in the order of the text. What cannot be parsed is passed over.
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
    pub path: Vec<String>,
    /// The bytes of the key itself, with its quotes if it has any.
    pub range: Range<usize>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub path: Vec<String>,
    /// From its first bracket to its last.
    pub range: Range<usize>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: Vec<String>,
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
        parse_document(&tokens, &mut events, &mut ());
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
        path: Vec<String>,
        start: usize,
        is_inline: bool,
    },
    Table {
        path: Vec<String>,
    },
    Array {
        path: Vec<String>,
    },
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    frames: Vec<Frame>,
    /// The path of the last header.
    header: Vec<String>,
    /// Where the header begins that is being read.
    header_start: Option<usize>,
    /// The keys of a header or of an entry that have been read so far, and where they begin.
    keys: Vec<String>,
    keys_start: usize,
}

impl Walk {
    fn key(&mut self, name: String, range: Range<usize>) {
        if self.keys.is_empty() {
            self.keys_start = range.start;
        }
        self.keys.push(name);
        let path = self.full_path();
        self.outline.mentions.push(Mention { path, range });
    }

    /// The keys that are being read, behind those that they stand under.
    fn full_path(&self) -> Vec<String> {
        let above = match self.frames.last() {
            _ if self.header_start.is_some() => &[][..],
            Some(Frame::Entry { path, .. } | Frame::Table { path } | Frame::Array { path }) => path,
            None => &self.header,
        };
        above.iter().chain(&self.keys).cloned().collect()
    }

    fn event(&mut self, kind: EventKind, range: &Range<usize>) {
        match kind {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                // A header ends whatever was left open above it.
                self.frames.clear();
                self.keys.clear();
                self.header_start = Some(range.start);
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.header = std::mem::take(&mut self.keys);
                if let Some(start) = self.header_start.take() {
                    let path = self.header.clone();
                    self.outline.sections.push(Section { path, range: start..range.end });
                }
            }
            EventKind::KeyValSep => {
                let path = self.full_path();
                let is_inline = !self.frames.is_empty();
                self.keys.clear();
                self.frames.push(Frame::Entry { path, start: self.keys_start, is_inline });
            }
            EventKind::InlineTableOpen => self.open(|path| Frame::Table { path }),
            EventKind::ArrayOpen => self.open(|path| Frame::Array { path }),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                self.frames.pop();
                self.value_ends(range.end);
            }
            EventKind::Scalar => self.value_ends(range.end),
            EventKind::Error => self.keys.clear(),
            _ => {}
        }
    }

    fn open(&mut self, frame: impl FnOnce(Vec<String>) -> Frame) {
        self.keys.clear();
        let path = self.full_path();
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
    use super::Outline;

    const TEXT: &str = "\
top.deep = 1
[a.'b c'] # said
x = { y = [{ z = 1 }], w.v = 2 }
[[a.'b c'.list]]
k = \"\"\"
[no.header]
\"\"\"
";

    #[test]
    fn every_key_is_found_with_the_keys_that_lead_to_it() {
        let outline = Outline::of(TEXT);
        let mentions: Vec<(String, &str)> = outline
            .mentions
            .iter()
            .map(|mention| (mention.path.join("/"), &TEXT[mention.range.clone()]))
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
        assert!(outline.mentions.iter().any(|mention| mention.path == ["services", "b"]));
    }
}
