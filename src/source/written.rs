//! Keys and strings as a person would write them in TOML.

/// A string in quotes. What TOML's basic strings escape is what JSON's do.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A key: bare where TOML takes it so.
#[must_use]
pub fn key(name: &str) -> String {
    let is_bare = |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// Keys that lead to a value, as one dotted key.
#[must_use]
pub fn dotted_key<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    keys.into_iter().map(key).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::{key, quoted};

    #[test]
    fn any_string_comes_back_as_it_was() {
        for text in ["plain", "a \"b\" \\ c", "tab\tline\n", "größe 🚀", "\u{1}\u{7f}\u{8}"] {
            let written = format!("{} = {}", key(text), quoted(text));
            let table = toml::de::DeTable::parse(&written).unwrap().into_inner();
            assert_eq!(table.get(text).and_then(|value| value.get_ref().as_str()), Some(text));
        }
    }
}
