//! What is mounted into a container, in Compose's short and long forms.

use serde_json::{Value as Json, json};

use super::node::Node;

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    pub what: What,
    pub target: String,
    pub read_only: bool,
    /// Options that say more: `z`, `nocopy` and the like. `cached` and `delegated` mean nothing any more.
    pub has_more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A volume by its key in the file; none for one without a name.
    Volume(Option<String>),
    /// A file or folder of the host.
    Bind(String),
    /// Anything else, such as `tmpfs`.
    Other,
}

/// What an item of the list mounts.
#[must_use]
pub fn mount(item: &Node) -> Option<Mount> {
    match item.text() {
        Some(text) => short(&text),
        None => long(item),
    }
}

/// Where a mount in the short form lies.
#[must_use]
pub fn target_of(text: &str) -> String {
    short(text).map_or_else(|| text.to_owned(), |mount| mount.target)
}

fn short(text: &str) -> Option<Mount> {
    let is_drive = text.len() > 2 && text.as_bytes()[1] == b':' && matches!(text.as_bytes()[2], b'\\' | b'/');
    let (head, tail) = if is_drive { text.split_at(2) } else { ("", text) };
    let mut parts = tail.split(':');
    let first = format!("{head}{}", parts.next()?);
    let Some(target) = parts.next() else {
        return Some(Mount { what: What::Volume(None), target: first, read_only: false, has_more: false });
    };
    let options: Vec<&str> = parts.next().into_iter().flat_map(|options| options.split(',')).collect();
    let what = if is_drive || first.starts_with(['.', '/', '~']) {
        What::Bind(first)
    } else {
        What::Volume(Some(first))
    };
    Some(Mount {
        what,
        target: target.to_owned(),
        read_only: options.contains(&"ro"),
        has_more: options
            .iter()
            .any(|option| !matches!(*option, "ro" | "rw" | "cached" | "delegated" | "consistent")),
    })
}

fn long(item: &Node) -> Option<Mount> {
    let known = ["type", "source", "target", "read_only"];
    let more = |key: &String| !known.contains(&key.as_str());
    let what = match item.text_at("type").as_deref() {
        Some("volume") => What::Volume(item.text_at("source")),
        Some("bind") => What::Bind(item.text_at("source")?),
        _ => What::Other,
    };
    Some(Mount {
        what,
        target: item.text_at("target").unwrap_or_default(),
        read_only: item.text_at("read_only").as_deref() == Some("true"),
        has_more: item.table()?.keys().any(more),
    })
}

impl Mount {
    /// In one form, for comparing.
    #[must_use]
    pub fn normal(&self, item: &Node) -> Json {
        let (sort, source) = match &self.what {
            What::Volume(name) => ("volume", name.clone()),
            What::Bind(path) => ("bind", Some(plain(path))),
            What::Other => return item.json(),
        };
        let mut normal =
            json!({ "type": sort, "source": source, "target": self.target.trim_end_matches('/') });
        if self.read_only {
            normal["read_only"] = json!(true);
        }
        normal
    }
}

fn plain(path: &str) -> String {
    if path.starts_with('.') {
        super::load::plain(camino::Utf8Path::new(path)).into_string()
    } else {
        path.to_owned()
    }
}
