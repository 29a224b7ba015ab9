//! A rule's page, read as a test.
//!
//! A block of TOML is a `stack.toml`, unless its info string names another file: `file="services/a/stack.toml"`. Folders that
//! are there without a file in them are named as well: `folders="services/a,services/b"`. The files behind a `stack.toml` belong to it,
//! and the `text` behind them is what it gives. Without one it gives nothing.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use stackgen::source::Memory;

/// The sections of every page, in order.
pub const SECTIONS: [&str; 4] = ["What it means", "Why it matters", "Example", "Mended"];

/// A page of `docs/rules/`.
#[derive(Default)]
pub struct Page {
    pub title: String,
    /// The paragraph under the title.
    pub summary: String,
    pub sections: Vec<String>,
    pub cases: Vec<Case>,
}

/// One stack, and what it gives.
pub struct Case {
    pub world: Memory,
    /// Where the page shows what it gives.
    pub shown: Option<Range<usize>>,
    /// The line of the page on which its `stack.toml` begins.
    pub line: usize,
}

impl Page {
    pub fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading = None;
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
                Event::End(TagEnd::Heading(_)) => page.enter(heading.take()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => page.block(&info, text, &range),
                Event::Text(words) | Event::Code(words) => match &mut heading {
                    Some((_, heading)) => heading.push_str(&words),
                    None if page.sections.is_empty() => page.summary.push_str(&words),
                    None => {}
                },
                _ => {}
            }
        }
        page
    }

    fn enter(&mut self, heading: Option<(HeadingLevel, String)>) {
        match heading {
            Some((HeadingLevel::H1, title)) => self.title = title,
            Some((_, section)) => self.sections.push(section),
            None => {}
        }
    }

    fn block(&mut self, info: &str, text: &str, range: &Range<usize>) {
        let content = content(text, range);
        let language = info.split(' ').next().unwrap_or_default();
        match (attribute(info, "file"), language) {
            (Some(path), _) => {
                let world = &mut self.last().world;
                *world = std::mem::take(world).with(path, &text[content]);
            }
            (None, "toml") => {
                let mut world = Memory::default().with("stack.toml", &text[content]);
                for folder in
                    attribute(info, "folders").unwrap_or_default().split(',').filter(|name| !name.is_empty())
                {
                    world = world.with_folder(folder);
                }
                let line = text[..range.start].matches('\n').count() + 1;
                self.cases.push(Case { world, shown: None, line });
            }
            (None, "text") => self.last().shown = Some(content),
            _ => {}
        }
    }

    fn last(&mut self) -> &mut Case {
        self.cases.last_mut().expect("a page begins with a `stack.toml`")
    }
}

/// What stands between the fences.
fn content(text: &str, block: &Range<usize>) -> Range<usize> {
    let source = &text[block.clone()];
    let start = source.find('\n').expect("a fence ends its line") + 1;
    let end = source.trim_end().rfind('\n').expect("a block ends with a fence") + 1;
    block.start + start..block.start + end
}

fn attribute<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = info.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}
