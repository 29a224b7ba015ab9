//! `generated/.stackgen.json`: what stackgen owns, and how it left it. Committed, and untrusted whenever it is read.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use semver::Version;

use super::contents::{SIZE_LIMIT, digest};
use super::written::{Document, Files, believed, written};
use crate::diagnostics::Diagnostic;
use crate::source::World;

/// The manifest's name in the folder of the outputs.
pub const FILE_NAME: &str = ".stackgen.json";

/// How stackgen left a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// SHA-256 of the contents with LF line ends: 64 lower-case hex digits.
    pub sha256: String,
    pub executable: bool,
}

impl Record {
    #[must_use]
    pub fn of(contents: &[u8], executable: bool) -> Self {
        Self { sha256: digest(contents), executable }
    }
}

/// The owned paths, the version of stackgen that wrote them down, and the stack that they were built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub stackgen: Version,
    /// The stack's file, from the project's root. A manifest from before it was written down does not say.
    pub stack: Option<Utf8PathBuf>,
    /// By path from the project's root.
    pub files: BTreeMap<Utf8PathBuf, Record>,
}

/// Why a manifest is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("it is larger than {SIZE_LIMIT} bytes")]
    TooLarge,
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    #[error("`{0}` is not a version of stackgen")]
    Version(String),
    #[error("`{0}` is no stack's file of this project")]
    Stack(String),
    #[error("the path `{path}` {fault}")]
    Path { path: String, fault: &'static str },
    #[error("the digest of `{0}` is not 64 lower-case hex digits")]
    Digest(String),
}

impl Manifest {
    /// The manifest of a project that owns nothing yet.
    #[must_use]
    pub fn empty() -> Self {
        Self { stackgen: this_version(), stack: None, files: BTreeMap::new() }
    }

    /// Reads the manifest in a folder; a folder without one owns nothing.
    ///
    /// # Errors
    /// A diagnostic of the rule `manifest`, with the way out, where there is one that cannot be read or is not believed.
    pub fn load(world: &dyn World, folder: &Utf8Path) -> Result<Self, Box<Diagnostic>> {
        let path = folder.join(FILE_NAME);
        let refused = |reason: String| Box::new(refusal(&path, &reason));
        match world.read(&path, SIZE_LIMIT) {
            Ok(bytes) if is_unmerged(&bytes) => Err(Box::new(unmerged(&path, folder))),
            Ok(bytes) => Self::parse(&bytes).map_err(|reason| refused(reason.to_string())),
            // A file in the folder's place is the plan's to report, for all the outputs that it is in the way of.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(Self::empty())
            }
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// Reads a manifest, believing nothing of it.
    ///
    /// # Errors
    /// Malformed JSON, unknown or missing or repeated keys, a path that may not be owned, a digest that is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() as u64 > SIZE_LIMIT {
            return Err(Refusal::TooLarge);
        }
        Self::believed(serde_json::from_slice(bytes)?)
    }

    /// Takes what was read for a manifest, believing nothing of it.
    pub(super) fn believed(document: Document) -> Result<Self, Refusal> {
        let stackgen =
            Version::parse(&document.stackgen).map_err(|_| Refusal::Version(document.stackgen.clone()))?;
        let stack = document.stack.map(stack_file).transpose()?;
        let files = document.files.0.into_iter().map(believed).collect::<Result<_, _>>()?;
        Ok(Self { stackgen, stack, files })
    }

    /// The manifest as it is written: sorted by path, and the same text for the same records.
    ///
    /// # Panics
    /// Never: maps with string keys, strings and numbers always have a JSON form.
    #[must_use]
    pub fn to_text(&self) -> String {
        #[expect(clippy::expect_used, reason = "maps with string keys and strings always have a JSON form")]
        let mut text = serde_json::to_string_pretty(&self.document()).expect("a manifest is plain JSON");
        text.push('\n');
        text
    }

    pub(super) fn document(&self) -> Document {
        let files = self.files.iter().map(|(path, record)| (path.to_string(), written(record))).collect();
        let stack = self.stack.as_ref().map(Utf8PathBuf::to_string);
        Document { stackgen: self.stackgen.to_string(), stack, files: Files(files) }
    }
}

/// A stack's file may have any name that the system allows, but it lies in the project: nothing else is looked at.
fn stack_file(path: String) -> Result<Utf8PathBuf, Refusal> {
    let is_inside = !path.is_empty()
        && Utf8Path::new(&path).components().all(|step| matches!(step, Utf8Component::Normal(_)));
    if is_inside { Ok(path.into()) } else { Err(Refusal::Stack(path)) }
}

/// What is said of a manifest or a journal that is there and cannot be read.
pub(super) fn unreadable(path: &Utf8Path, error: &io::Error) -> Box<Diagnostic> {
    let found = Diagnostic::error("manifest", format!("`{path}` cannot be read: {error}"));
    Box::new(match error.kind() {
        io::ErrorKind::PermissionDenied => {
            found.help("make it readable for you, and the folder that it is in")
        }
        _ => found.help("move what lies there away, or restore the file"),
    })
}

/// Whether git has left a conflict in a file.
fn is_unmerged(contents: &[u8]) -> bool {
    contents.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"<<<<<<< "))
}

fn unmerged(path: &Utf8Path, folder: &Utf8Path) -> Diagnostic {
    Diagnostic::error("manifest", format!("`{path}` cannot be used: a merge has left a conflict in it"))
        .note("what is generated need not be merged: it is made again from the merged stack")
        .help(format!(
            "resolve the conflicts in stack.toml and the like first, then take one side of what is generated and build again: `git rm -rfq {folder} && git checkout HEAD -- {folder} && stackgen build`"
        ))
}

/// What is said of a manifest that is not believed.
pub(super) fn refusal(path: &Utf8Path, reason: &str) -> Diagnostic {
    Diagnostic::error("manifest", format!("`{path}` cannot be used: {}", printable(reason)))
        .note("it records which files stackgen may change; without it, none is safe to touch")
        .help(format!("restore it: `git checkout -- {path}`"))
        .help("or delete it and build again: files that are as they should be are recorded anew, the others are named to be taken over with `--adopt`")
}

/// The version of this binary.
#[expect(clippy::expect_used, reason = "cargo refuses a package whose version is not a semantic one")]
pub(super) fn this_version() -> Version {
    Version::parse(env!("CARGO_PKG_VERSION")).expect("a package's version is a semantic one")
}

/// A text of unknown origin without what would steer a terminal.
pub(super) fn printable(text: &str) -> String {
    let shown = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{Manifest, Record};
    use crate::source::Memory;

    const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn with_file(path: &str) -> String {
        let path = serde_json::Value::from(path);
        format!(r#"{{"stackgen":"0.1.0","files":{{{path}:{{"sha256":"{DIGEST}","mode":"755"}}}}}}"#)
    }

    #[test]
    fn what_is_written_reads_back_and_is_the_same_text_again() {
        let mut manifest = Manifest::empty();
        manifest.files.insert("b.sh".into(), Record::of(b"b", true));
        manifest.files.insert("a/日本.md".into(), Record::of(b"a", false));
        let text = manifest.to_text();
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"), "{text}");
        assert!(text.find("a/日本.md") < text.find("b.sh"), "{text}");
        let read = Manifest::parse(text.as_bytes()).unwrap();
        assert_eq!(read, manifest);
        assert_eq!(read.to_text(), text);
    }

    #[test]
    fn a_manifest_that_does_not_say_which_stack_it_is_of_is_still_one() {
        let old = with_file("a/b");
        let mut manifest = Manifest::parse(old.as_bytes()).unwrap();
        assert_eq!(manifest.stack, None);
        assert!(!manifest.to_text().contains("\"stack\""), "{}", manifest.to_text());
        manifest.stack = Some("my stack.toml".into());
        assert_eq!(Manifest::parse(manifest.to_text().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn a_manifest_with_crlf_line_ends_is_the_same_manifest() {
        let text = Manifest::empty().to_text();
        assert_eq!(Manifest::parse(text.replace('\n', "\r\n").as_bytes()).unwrap(), Manifest::empty());
    }

    #[test]
    fn a_path_that_could_lead_elsewhere_is_refused() {
        assert!(Manifest::parse(with_file("a/b").as_bytes()).is_ok());
        for path in
            ["/etc/x", "../x", "a/../../x", "a//b", "a\\b", "a\0b", "", ".git/hooks/pre-commit", "C:/x"]
        {
            let refused = Manifest::parse(with_file(path).as_bytes());
            assert!(refused.is_err(), "{path:?} was believed");
        }
    }

    #[test]
    fn an_unknown_shape_is_refused() {
        let record = format!(r#"{{"sha256":"{DIGEST}","mode":"644"}}"#);
        for text in [
            String::new(),
            "[]".to_owned(),
            r#"{"stackgen":"0.1.0","stack":"","files":{}}"#.to_owned(),
            r#"{"stackgen":"0.1.0","stack":"/etc/passwd","files":{}}"#.to_owned(),
            r#"{"stackgen":"0.1.0","stack":"../stack.toml","files":{}}"#.to_owned(),
            r#"{"stackgen":"0.1.0","stack":1,"files":{}}"#.to_owned(),
            "null".to_owned(),
            r#"{"stackgen":"0.1.0"}"#.to_owned(),
            r#"{"stackgen":"0.1.0","files":[]}"#.to_owned(),
            r#"{"stackgen":"new","files":{}}"#.to_owned(),
            r#"{"stackgen":"0.1.0","files":{},"more":1}"#.to_owned(),
            format!(r#"{{"stackgen":"0.1.0","files":{{"a":{record},"a":{record}}}}}"#),
            with_file("a").replace("755", "4755"),
            with_file("a").replace("ba78", "BA78"),
            with_file("a").replace("ba78", "78"),
            format!("{} x", with_file("a")),
            "<<<<<<< HEAD\n{}".to_owned(),
            "[".repeat(100_000),
        ] {
            assert!(Manifest::parse(text.as_bytes()).is_err(), "{text:.200} was believed");
        }
        assert!(Manifest::parse(b"{\"stackgen\":\"\xff\",\"files\":{}}").is_err());
    }

    #[test]
    fn a_refused_manifest_names_itself_and_both_ways_out() {
        let world = Memory::default().with("generated/.stackgen.json", with_file("../\u{1b}[2Jx"));
        let refused = Manifest::load(&world, Utf8Path::new("generated")).unwrap_err();
        assert_eq!(refused.rule, "manifest");
        assert!(refused.message.contains("`generated/.stackgen.json`"), "{}", refused.message);
        assert!(!refused.message.contains('\u{1b}'), "{}", refused.message);
        assert!(refused.help[0].message.contains("git checkout -- generated/.stackgen.json"));
        assert!(refused.help[1].message.contains("--adopt"));
    }

    #[test]
    fn a_project_without_a_manifest_owns_nothing() {
        let manifest = Manifest::load(&Memory::default(), Utf8Path::new("generated")).unwrap();
        assert_eq!(manifest, Manifest::empty());
    }
}
