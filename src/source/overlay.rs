//! A world with some of its texts replaced: what an edit would give, or what stands in an editor and not on the disk yet.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::world::{EntryKind, World};

/// Texts laid over another world.
pub struct Overlay<'a> {
    below: &'a dyn World,
    texts: BTreeMap<Utf8PathBuf, String>,
}

impl<'a> Overlay<'a> {
    pub fn new(below: &'a dyn World, texts: impl IntoIterator<Item = (Utf8PathBuf, String)>) -> Self {
        Self { below, texts: texts.into_iter().collect() }
    }
}

impl World for Overlay<'_> {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        let Some(text) = self.texts.get(path) else { return self.below.read(path, limit) };
        let end = text.len().min(usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1));
        Ok(text.as_bytes()[..end].to_vec())
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        if self.texts.contains_key(path) {
            return Some(EntryKind::File);
        }
        let is_above = self.texts.keys().any(|text| text.starts_with(path));
        self.below.entry(path).or_else(|| is_above.then_some(EntryKind::Folder))
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        let mut names: BTreeMap<String, EntryKind> = self.below.list(folder).into_iter().collect();
        for path in self.texts.keys() {
            let Some(name) = path.strip_prefix(folder).ok().and_then(|rest| rest.components().next()) else {
                continue;
            };
            if let Some(kind) = self.entry(&folder.join(name.as_str())) {
                names.insert(name.as_str().to_owned(), kind);
            }
        }
        names.into_iter().collect()
    }

    fn link(&self, path: &Utf8Path) -> bool {
        !self.texts.contains_key(path) && self.below.link(path)
    }

    fn unseen(&self) -> Vec<(Utf8PathBuf, io::ErrorKind)> {
        self.below.unseen()
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::super::world::{EntryKind, Memory, World as _};
    use super::Overlay;

    #[test]
    fn a_text_laid_over_is_read_and_its_folders_are_there() {
        let below = Memory::default().with("a.toml", "old").with("b.toml", "b");
        let world =
            Overlay::new(&below, [("a.toml".into(), "new".to_owned()), ("c/d.toml".into(), String::new())]);
        assert_eq!(world.read(Utf8Path::new("a.toml"), 10).unwrap(), b"new");
        assert_eq!(world.read(Utf8Path::new("b.toml"), 10).unwrap(), b"b");
        assert_eq!(world.entry(Utf8Path::new("c")), Some(EntryKind::Folder));
        let names: Vec<_> = world.list(Utf8Path::new("")).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a.toml", "b.toml", "c"]);
    }
}
