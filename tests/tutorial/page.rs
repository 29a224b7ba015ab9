//! The tutorial's page, read as what its reader does.
//!
//! Blocks say by their info string what they are: `yaml file=PATH` is a file to write, `diff file=PATH` an edit of one, `toml of=PATH`
//! a piece of one as it is by then, and `console` a session of commands (`$ …`) with what they print; `exit=1` says how the last of them
//! ends. A line `…` stands for any lines. Blocks of `sh` and `text` are for the reader alone.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

#[derive(Default)]
pub struct Page {
    pub blocks: Vec<Block>,
    /// Words outside of blocks.
    pub words: usize,
    text: String,
}

pub enum Block {
    File { path: String, text: String },
    Edit { path: String, before: String, after: String },
    Extract { path: String, text: String },
    Session { runs: Vec<Run>, exit: i32 },
}

/// A command, and what the page shows of what it prints.
pub struct Run {
    pub command: String,
    pub output: String,
    /// Where the output stands in the page.
    pub output_at: Range<usize>,
}

const ELISION: &str = "…";

impl Page {
    pub fn parse(text: &str) -> Self {
        let mut page = Self { text: text.to_owned(), ..Self::default() };
        let mut is_block = false;
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    is_block = true;
                    page.blocks.extend(block(&info, text, content(text, &range)));
                }
                Event::End(TagEnd::CodeBlock) => is_block = false,
                Event::Text(words) if !is_block => page.words += words.split_whitespace().count(),
                _ => {}
            }
        }
        page
    }

    /// The number of commands that the page speaks of.
    pub fn told_commands(&self) -> Option<usize> {
        self.text[told(&self.text)?].parse().ok()
    }
}

/// The page with this number of commands.
pub fn with_commands(text: &str, commands: usize) -> String {
    let mut text = text.to_owned();
    if let Some(at) = told(&text) {
        text.replace_range(at, &commands.to_string());
    }
    text
}

/// Where the page says `N commands`.
fn told(text: &str) -> Option<Range<usize>> {
    text.match_indices(" commands").find_map(|(end, _)| {
        let digits = text[..end].bytes().rev().take_while(u8::is_ascii_digit).count();
        (digits > 0).then_some(end - digits..end)
    })
}

impl Run {
    /// Whether what was seen is what the page shows.
    pub fn shows(&self, seen: &str) -> bool {
        let shown: Vec<&str> = self.output.lines().collect();
        let seen: Vec<&str> = seen.lines().collect();
        is_shown(&shown, &seen)
    }
}

fn is_shown(shown: &[&str], seen: &[&str]) -> bool {
    match shown {
        [] => seen.is_empty(),
        [first, rest @ ..] if *first == ELISION => {
            (0..=seen.len()).any(|passed| is_shown(rest, &seen[passed..]))
        }
        [first, rest @ ..] => {
            seen.split_first().is_some_and(|(line, more)| line == first && is_shown(rest, more))
        }
    }
}

fn block(info: &str, text: &str, at: Range<usize>) -> Option<Block> {
    let attribute = |name: &str| {
        info.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(ToOwned::to_owned))
    };
    let language = info.split(' ').next().unwrap_or_default();
    let inside = text[at.clone()].to_owned();
    match (language, attribute("file"), attribute("of")) {
        ("diff", Some(path), _) => {
            let side = |sign: char| -> String {
                let lines = inside.lines().filter(|line| line.starts_with([' ', sign]));
                lines.flat_map(|line| [&line[1..], "\n"]).collect()
            };
            Some(Block::Edit { path, before: side('-'), after: side('+') })
        }
        (_, Some(path), _) => Some(Block::File { path, text: inside }),
        (_, _, Some(path)) => Some(Block::Extract { path, text: inside }),
        ("console", ..) => {
            let exit = attribute("exit").map_or(0, |code| code.parse().expect("an exit code is a number"));
            Some(Block::Session { runs: runs(&inside, at.start), exit })
        }
        ("sh" | "text", ..) => None,
        _ => panic!("nobody knows what to do with a block of `{info}`"),
    }
}

/// The commands of a session that begins at this place of the page.
fn runs(session: &str, start: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = start;
    for line in session.split_inclusive('\n') {
        let next = at + line.len();
        match (line.strip_prefix("$ "), runs.last_mut()) {
            (Some(command), _) => {
                runs.push(Run {
                    command: command.trim_end().to_owned(),
                    output: String::new(),
                    output_at: next..next,
                });
            }
            (None, Some(run)) => {
                run.output.push_str(line);
                run.output_at.end = next;
            }
            (None, None) => panic!("a session begins with a command, not with `{line}`"),
        }
        at = next;
    }
    runs
}

/// What stands between the fences.
fn content(text: &str, block: &Range<usize>) -> Range<usize> {
    let source = &text[block.clone()];
    let start = source.find('\n').expect("a fence ends its line") + 1;
    let end = source.trim_end().rfind('\n').expect("a block ends with a fence") + 1;
    block.start + start..block.start + end
}
