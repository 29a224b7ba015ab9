//! A stack as it stands in the editor: everything that was read and found, and where to show it.

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types as lsp;

use super::language::Grammar;
use super::uri::uri_of;
use crate::Compilation;
use crate::source::{FileId, PROJECT_FOLDER, SourceFile, Span, World};

/// One reading of a stack.
pub struct Analysis {
    /// The folder of the stack's file, absolute.
    pub root: Utf8PathBuf,
    /// The stack's file, from the root.
    pub stack: Utf8PathBuf,
    pub compilation: Compilation,
}

impl Analysis {
    /// Reads and checks a stack in all its environments, as `stackgen validate` does.
    #[must_use]
    pub fn of(world: &dyn World, root: &Utf8Path, stack: &Utf8Path) -> Self {
        let compilation = crate::validate(world, stack, None);
        Self { root: root.to_owned(), stack: stack.to_owned(), compilation }
    }

    /// The file of that path from the root, if it took part.
    #[must_use]
    pub fn file(&self, path: &Utf8Path) -> Option<FileId> {
        self.compilation.sources.ids().find(|id| self.compilation.sources.file(*id).path == path)
    }

    /// Whether a file is the stack's own or one that it includes.
    #[must_use]
    pub fn is_stack_file(&self, path: &Utf8Path) -> bool {
        let document = self.compilation.document.as_ref();
        let mut files = document.into_iter().flat_map(|document| &document.files);
        path == self.stack || files.any(|id| self.compilation.sources.file(*id).path == path)
    }

    /// What a file of this project is written in; nothing for one that is no part of it.
    #[must_use]
    pub fn grammar(&self, path: &Utf8Path) -> Option<Grammar> {
        if self.is_stack_file(path) {
            return Some(Grammar::Stack);
        }
        let mut parts = path.components().map(|part| part.as_str());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(PROJECT_FOLDER), Some("kinds"), Some(_), None) if path.extension() == Some("toml") => {
                Some(Grammar::Kind)
            }
            (Some(PROJECT_FOLDER), Some(_), Some("target.toml"), None) => Some(Grammar::Target),
            _ => None,
        }
    }

    /// Where a span lies, as an editor finds it; nothing for a file inside stackgen.
    #[must_use]
    pub fn location(&self, span: Span) -> Option<lsp::Location> {
        let file = self.compilation.sources.file(span.file);
        is_on_disk(file).then(|| lsp::Location::new(uri_of(&self.root.join(&file.path)), range(file, span)))
    }

    /// The range that a span has in its file.
    #[must_use]
    pub fn range(&self, span: Span) -> lsp::Range {
        range(self.compilation.sources.file(span.file), span)
    }
}

/// Whether a file is one of the project, not one inside stackgen.
#[must_use]
pub fn is_on_disk(file: &SourceFile) -> bool {
    !file.path.starts_with("<stackgen>")
}

fn range(file: &SourceFile, span: Span) -> lsp::Range {
    let range = span.range();
    let start = position(file, range.start);
    lsp::Range::new(start, position(file, range.end.max(range.start)))
}

fn position(file: &SourceFile, offset: usize) -> lsp::Position {
    let position = file.utf16_position(offset);
    let number = |count: usize| u32::try_from(count - 1).unwrap_or(u32::MAX);
    lsp::Position::new(number(position.line), number(position.column))
}
