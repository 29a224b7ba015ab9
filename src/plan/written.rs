//! The shape of a manifest in its file. What is read by it is not believed yet.

use std::collections::BTreeMap;
use std::fmt;

use camino::Utf8PathBuf;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::manifest::{Record, Refusal};
use super::path::unfit;

/// A manifest as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a manifest")]
pub(super) struct Document {
    pub(super) stackgen: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stack: Option<String>,
    pub(super) files: Files,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a record of `sha256` and `mode`")]
pub(super) struct WrittenRecord {
    sha256: String,
    mode: Mode,
}

#[derive(Serialize, Deserialize)]
enum Mode {
    #[serde(rename = "644")]
    Plain,
    #[serde(rename = "755")]
    Executable,
}

pub(super) fn written(record: &Record) -> WrittenRecord {
    let mode = if record.executable { Mode::Executable } else { Mode::Plain };
    WrittenRecord { sha256: record.sha256.clone(), mode }
}

pub(super) fn believed((path, record): (String, WrittenRecord)) -> Result<(Utf8PathBuf, Record), Refusal> {
    if let Some(fault) = unfit(&path) {
        return Err(Refusal::Path { path, fault });
    }
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if record.sha256.len() != 64 || !record.sha256.bytes().all(is_hex) {
        return Err(Refusal::Digest(path));
    }
    let executable = matches!(record.mode, Mode::Executable);
    Ok((path.into(), Record { sha256: record.sha256, executable }))
}

/// The records by path. A path that comes twice, as after a careless merge, is refused: serde would keep the last.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Files(pub(super) BTreeMap<String, WrittenRecord>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FilesVisitor)
    }
}

struct FilesVisitor;

impl<'de> Visitor<'de> for FilesVisitor {
    type Value = Files;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map of paths to records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Files, A::Error> {
        let mut files = BTreeMap::new();
        while let Some((path, record)) = entries.next_entry::<String, WrittenRecord>()? {
            if files.insert(path.clone(), record).is_some() {
                return Err(A::Error::custom(format_args!("the path `{path}` is recorded twice")));
            }
        }
        Ok(Files(files))
    }
}
