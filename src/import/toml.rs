//! How the stack's file is written: sections with a comment above, tables inline while they are short.

/// A value of TOML.
#[derive(Debug, Clone, PartialEq)]
pub enum Toml {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    List(Vec<Toml>),
    Table(Vec<(String, Toml)>),
}

/// `[services.web]` and what is in it.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub path: Vec<String>,
    /// Whether it is one of a list: `[[services.web.routes]]`.
    pub is_item: bool,
    pub comments: Vec<String>,
    pub keys: Vec<Key>,
}

#[derive(Debug, Clone)]
pub struct Key {
    pub name: String,
    pub value: Toml,
    pub comments: Vec<String>,
}

/// Parts under a heading.
#[derive(Debug, Clone, Default)]
pub struct Section {
    pub title: Option<String>,
    pub parts: Vec<Part>,
}

/// How long a line may get before its value is broken up.
const WIDTH: usize = 120;

impl Toml {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// A tree without nulls, which TOML does not have: as a table's entry one is an empty table, elsewhere nothing.
    #[must_use]
    pub fn of(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Table(Vec::new()),
            Json::Bool(truth) => Self::Truth(*truth),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Self::Number(number.as_f64().unwrap_or_default()), Self::Whole)
            }
            Json::String(text) => Self::text(text),
            Json::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Json::Object(entries) => {
                Self::Table(entries.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Table(entries) => entries.is_empty(),
            _ => false,
        }
    }

    fn inline(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => format!("{number:?}"),
            Self::Truth(truth) => truth.to_string(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::inline).collect::<Vec<_>>().join(", "))
            }
            Self::Table(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Table(entries) => {
                let entry = |(key, value): &(String, Self)| format!("{} = {}", key_of(key), value.inline());
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// A list over several lines.
    fn broken(&self) -> String {
        match self {
            Self::List(items) => {
                let lines: Vec<String> = items.iter().map(|item| format!("\t{},\n", item.inline())).collect();
                format!("[\n{}]", lines.concat())
            }
            other => other.inline(),
        }
    }
}

/// A string between quotes; one without an escape where that reads better.
fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|found| !found.is_control() && found != '\'');
    if is_plain && text.contains(['"', '\\']) {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for found in text.chars() {
        match found {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            found if found.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(found))),
            found => out.push(found),
        }
    }
    out.push('"');
    out
}

fn key_of(key: &str) -> String {
    let is_bare = !key.is_empty()
        && key.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'-' | b'_'));
    if is_bare { key.to_owned() } else { quoted(key) }
}

impl Part {
    #[must_use]
    pub fn new(path: &[&str]) -> Self {
        Self { path: path.iter().map(ToString::to_string).collect(), ..Self::default() }
    }

    /// Says a key, unless there is nothing to say.
    pub fn say(&mut self, name: &str, value: Toml) {
        if !value.is_empty() {
            self.keys.push(Key { name: name.to_owned(), value, comments: Vec::new() });
        }
    }

    fn write(&self, out: &mut String) {
        let is_later = |key: &Key| {
            let width = key_of(&key.name).chars().count() + 3 + key.value.inline().chars().count();
            matches!(key.value, Toml::Table(_)) && width > WIDTH && !self.is_item
        };
        let has_own = self.keys.is_empty() || !self.keys.iter().all(is_later);
        write_comments(&self.comments, out);
        let path = self.path.iter().map(|step| key_of(step)).collect::<Vec<_>>().join(".");
        if has_own {
            out.push_str(&if self.is_item { format!("[[{path}]]\n") } else { format!("[{path}]\n") });
        }
        let mut later = Vec::new();
        for key in &self.keys {
            let line = format!("{} = {}", key_of(&key.name), key.value.inline());
            match &key.value {
                // A list's item has no place for tables of its own but these.
                Toml::Table(_) if is_later(key) => {
                    later.push(key);
                }
                Toml::List(_) if line.chars().count() > WIDTH => {
                    write_comments(&key.comments, out);
                    out.push_str(&format!("{} = {}\n", key_of(&key.name), key.value.broken()));
                }
                _ => {
                    write_comments(&key.comments, out);
                    out.push_str(&line);
                    out.push('\n');
                }
            }
        }
        for (at, key) in later.into_iter().enumerate() {
            let Toml::Table(entries) = &key.value else { continue };
            let mut part =
                Self { path: self.path.clone(), comments: key.comments.clone(), ..Self::default() };
            part.path.push(key.name.clone());
            for (name, value) in entries {
                part.keys.push(Key { name: name.clone(), value: value.clone(), comments: Vec::new() });
            }
            if has_own || at > 0 {
                out.push('\n');
            }
            part.write(out);
        }
    }
}

fn write_comments(comments: &[String], out: &mut String) {
    for comment in comments {
        out.push_str(format!("# {comment}").trim_end());
        out.push('\n');
    }
}

/// The file's text. `head` is the comment at its top.
#[must_use]
pub fn write(head: &[String], sections: &[Section]) -> String {
    let mut out = String::new();
    write_comments(head, &mut out);
    for section in sections.iter().filter(|section| !section.parts.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        if let Some(title) = &section.title {
            let rule = "-".repeat(WIDTH.saturating_sub(title.chars().count() + 3));
            out.push_str(&format!("# {title} {rule}\n\n"));
        }
        for (at, part) in section.parts.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            part.write(&mut out);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Part, Section, Toml, write};

    #[test]
    fn what_is_long_is_broken_up_and_what_is_strange_is_quoted() {
        let mut part = Part::new(&["services", "web.site"]);
        part.say("image", Toml::text("a\"b"));
        part.say("env", Toml::Table((0..12).map(|at| (format!("VARIABLE_{at}"), Toml::Whole(at))).collect()));
        part.say("needs", Toml::texts(["db"]));
        part.say("nothing", Toml::List(Vec::new()));
        let text = write(&["A stack".to_owned()], &[Section { title: None, parts: vec![part] }]);
        assert!(::toml::de::DeTable::parse(&text).is_ok(), "{text}");
        assert!(text.contains("[services.\"web.site\".env]\nVARIABLE_0 = 0\n"), "{text}");
        assert!(
            text.starts_with("# A stack\n\n[services.\"web.site\"]\nimage = 'a\"b'\nneeds = [\"db\"]\n\n["),
            "{text}"
        );
    }
}
