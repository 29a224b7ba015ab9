//! Places in source files: which file, which bytes.

use std::ops::{Deref, Range};
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use super::templates::BUILT_IN;

/// A file among the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(u32);

/// A range of bytes in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: offset(range.start), end: offset(range.end) }
    }

    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place that says it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// One file that took part in a compilation.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Relative to the project's root, or `<stackgen>/…` for a file inside the binary.
    pub path: Utf8PathBuf,
    pub text: String,
    /// Where each line starts, found when the first position is asked for.
    line_starts: OnceLock<Vec<usize>>,
    /// What begins before each block of bytes: a line may be as long as the file, with a mistake in every other byte.
    counts: OnceLock<Vec<Count>>,
}

/// How long a part of a text is, in two ways of counting.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    characters: usize,
    /// Those of UTF-16, of which a character beyond U+FFFF has two.
    units: usize,
}

impl Count {
    /// What begins in these bytes.
    fn of(bytes: &[u8]) -> Self {
        let characters = bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
        Self { characters, units: characters + bytes.iter().filter(|byte| **byte >= 0xf0).count() }
    }

    fn and(self, more: Self) -> Self {
        Self { characters: self.characters + more.characters, units: self.units + more.units }
    }
}

/// How many bytes of a line are gone through for a column.
const BLOCK: usize = 512;

impl SourceFile {
    #[must_use]
    pub fn new(path: Utf8PathBuf, text: String) -> Self {
        Self { path, text, line_starts: OnceLock::new(), counts: OnceLock::new() }
    }

    /// The position of a byte; one inside a character or past the end counts as the next before it.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let (line, start, offset) = self.line(offset);
        let before = self.before(offset).characters - self.before(start).characters;
        Position { line, column: before + 1 }
    }

    /// As [`Self::position`], with the column in units of UTF-16.
    #[must_use]
    pub fn utf16_position(&self, offset: usize) -> Position {
        let (line, start, offset) = self.line(offset);
        Position { line, column: self.before(offset).units - self.before(start).units + 1 }
    }

    /// The number of the line on which a byte stands, where the line starts, and where the byte's character does.
    fn line(&self, offset: usize) -> (usize, usize, usize) {
        let starts = self.line_starts.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        });
        let offset = self.text.floor_char_boundary(offset);
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line - 1];
        // A byte order mark is no character of the first line: no editor shows it.
        let is_mark = |at: &usize| self.text[*at..offset].starts_with('\u{feff}');
        let step = '\u{feff}'.len_utf8();
        let start =
            std::iter::successors(Some(start), |at| is_mark(at).then_some(at + step)).last().unwrap_or(start);
        (line, start, offset)
    }

    /// What begins before a byte.
    fn before(&self, offset: usize) -> Count {
        let before = self.counts.get_or_init(|| {
            let mut before = vec![Count::default()];
            for block in self.text.as_bytes().chunks(BLOCK) {
                before.push(before.last().copied().unwrap_or_default().and(Count::of(block)));
            }
            before
        });
        let block = offset / BLOCK;
        before[block].and(Count::of(&self.text.as_bytes()[block * BLOCK..offset]))
    }
}

/// A one-based position, as editors count: columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Every file that took part in a compilation, for turning spans into text and positions.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Files that took part too, and that no span is in.
    others: Vec<Utf8PathBuf>,
}

impl Sources {
    pub fn add(&mut self, path: Utf8PathBuf, text: String) -> FileId {
        self.files.push(SourceFile::new(path, text));
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Notes a file that takes part without a place in it ever being shown, such as a template.
    pub fn note(&mut self, path: Utf8PathBuf) {
        self.others.push(path);
    }

    /// Every file with places, in the order in which they were read.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The same files with every one of these texts struck out: what is shown of them gives none away. Places stay true.
    #[must_use]
    pub fn without(&self, secrets: &[String]) -> Self {
        let struck = |file: &SourceFile| {
            let long_enough = secrets.iter().filter(|secret| !secret.trim().is_empty());
            let text = long_enough.fold(file.text.clone(), |text, secret| {
                text.replace(secret.as_str(), &"*".repeat(secret.len()))
            });
            SourceFile::new(file.path.clone(), text)
        };
        Self { files: self.files.iter().map(struck).collect(), others: self.others.clone() }
    }

    /// The same files as they are seen from above the folder that their paths start from.
    #[must_use]
    pub fn seen_from_above(&self, folder: &Utf8Path) -> Self {
        let seen = |file: &SourceFile| {
            let is_of_project = !file.path.starts_with(BUILT_IN);
            let path = if is_of_project { folder.join(&file.path) } else { file.path.clone() };
            SourceFile::new(path, file.text.clone())
        };
        Self { files: self.files.iter().map(seen).collect(), others: self.others.clone() }
    }

    /// The path of each file that took part, one or more times: the stack's own file first.
    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        self.files.iter().map(|file| &file.path).chain(&self.others).map(Utf8PathBuf::as_path)
    }

    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The folder that relative paths in this file start from.
    #[must_use]
    pub fn folder(&self, id: FileId) -> &Utf8Path {
        self.file(id).path.parent().unwrap_or(Utf8Path::new(""))
    }

    /// The text under a span, or the empty string where the span lies outside its file.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }

    #[must_use]
    pub fn position(&self, file: FileId, offset: usize) -> Position {
        self.file(file).position(offset)
    }
}
