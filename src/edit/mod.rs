//! Edits of a stack's own files: what is to change where, made from what was read, and nothing else touched. So every comment, the
//! order and the style stay as they are.
//!
//! Pure: a [`Compilation`] in, texts out. [`crate::apply::replace`] writes them.

mod agent;
mod block;
mod cascade;
mod home;
mod kind;
mod lines;
mod owner;
mod place;
mod ports;
mod remove;
mod rename;
mod rename_service;
mod service;
mod set;
mod value;
mod volumes_of;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

pub use self::agent::{NewAgent, add_agent};
pub use self::remove::remove;
pub use self::rename::{rename, rename_edits};
pub use self::rename_service::{Renamed, rename_service};
pub use self::service::{NewService, add_service};
pub use self::value::quoted;
pub use self::volumes_of::volumes_left;
use crate::Compilation;
use crate::diagnostics::{Diagnostic, Edit};
use crate::plan::{Change, State, Version};
use crate::source::{FileId, Sort, Sources, declarations, nearest};

/// Why an edit cannot be made, and what to do instead.
pub type Refusal = Box<Diagnostic>;

/// One file, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedFile {
    /// From the project's root.
    pub path: Utf8PathBuf,
    /// Nothing where the file is new.
    pub before: Option<String>,
    pub after: String,
}

impl EditedFile {
    /// What a build would call it: shown as a patch, and written where the file is still what it was.
    #[must_use]
    pub fn change(&self) -> Change {
        let version = |text: &String| Version { contents: text.clone().into_bytes(), executable: false };
        Change {
            path: self.path.clone(),
            state: if self.before.is_some() { State::Update } else { State::Create },
            before: self.before.as_ref().map(version),
            after: Some(version(&self.after)),
            recorded: None,
            keep_copy: false,
        }
    }
}

/// The files that edits change, with the edits made. Edits that overlap are made once, the first of them.
#[must_use]
pub fn edited(sources: &Sources, edits: &[Edit]) -> Vec<EditedFile> {
    let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        files.entry(edit.span.file).or_default().push(edit);
    }
    let changed = files.into_iter().map(|(id, mut edits)| {
        edits.sort();
        let file = sources.file(id);
        let mut after = String::with_capacity(file.text.len());
        let mut at = 0;
        for edit in edits {
            let range = edit.span.range();
            let Some(kept) = file.text.get(at..range.start) else { continue };
            after.push_str(kept);
            after.push_str(&edit.replacement);
            at = range.end;
        }
        after.push_str(file.text.get(at..).unwrap_or_default());
        EditedFile { path: file.path.clone(), before: Some(file.text.clone()), after }
    });
    changed.filter(|file| file.before.as_ref() != Some(&file.after)).collect()
}

/// The names of a sort that the stack's files declare, in their order, the gateway's service among the services.
fn declared(compilation: &Compilation, sort: Sort) -> Vec<String> {
    let Some(document) = &compilation.document else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    let found = document.files.iter().flat_map(|file| declarations(*file, &compilation.sources, sort));
    let found = found.map(|name| name.value);
    let gateway = document.variants.first().and_then(|base| base.file.gateway.as_ref());
    let gateway = gateway.filter(|_| sort == Sort::Service).map(|table| table.value.name());
    for name in found.chain(gateway) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn unknown(compilation: &Compilation, sort: Sort, name: &str) -> Refusal {
    let word = sort.word();
    let names = declared(compilation, sort);
    let refusal = Diagnostic::error("unknown-reference", format!("there is no {word} `{name}`"));
    Box::new(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => refusal.help(format!("did you mean `{near}`?")),
        None => refusal.help(format!("`stackgen graph` lists the {word}s that there are")),
    })
}

/// Refuses a name that nothing can have, or that the stack has already given away.
fn free(compilation: &Compilation, sort: Sort, name: &str) -> Result<(), Refusal> {
    let word = sort.word();
    if let Some(why) = crate::checks::unfit_name(sort, name) {
        return Err(Box::new(Diagnostic::error("invalid-name", why).help("choose another name")));
    }
    if !declared(compilation, sort).iter().any(|known| known == name) {
        return Ok(());
    }
    let message = format!("there is a {word} `{name}` already");
    let refusal = Diagnostic::error("duplicate-name", message).help("choose another name");
    let files = compilation.document.iter().flat_map(|document| &document.files);
    let place = files
        .flat_map(|file| declarations(*file, &compilation.sources, sort))
        .find(|declared| declared.value == name);
    Err(Box::new(match place {
        Some(place) => refusal.at(place.span, "declared here"),
        None => refusal,
    }))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::EditedFile;
    use crate::source::Memory;
    use crate::{Compilation, validate};

    /// A stack of one file, read.
    pub fn read(text: &str) -> Compilation {
        read_with(text, Memory::default())
    }

    pub fn read_with(text: &str, world: Memory) -> Compilation {
        validate(&world.with("stack.toml", text), Utf8Path::new("stack.toml"), None)
    }

    /// The only file's new text.
    #[track_caller]
    pub fn only(files: &[EditedFile]) -> &str {
        assert_eq!(files.len(), 1, "{files:?}");
        &files[0].after
    }
}
