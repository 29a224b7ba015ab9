//! What a route asks of the path, the host and the headers of a request, as Kong's router reads it.

use std::sync::OnceLock;

use regex::Regex;

/// A path of a route.
#[derive(Debug, Clone)]
pub enum PathPattern {
    /// Every path that begins with this text, whatever its segments.
    Prefix(String),
    /// Every path in which the expression is found; a `~` introduces it.
    Regex(PathRegex),
}

/// A regular expression, compiled when a request is first held against it: most are never asked.
#[derive(Debug, Clone)]
pub struct PathRegex {
    written: String,
    compiled: OnceLock<Option<Regex>>,
}

impl PathRegex {
    /// As it stands in the route, behind its `~`.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The expression that Kong makes of it: held to the beginning of the path, and with Rust's older name for a named group
    /// (Kong 3.9, `path_val_transform` in `kong/router/transform.lua`). The `^` belongs to the first of several alternatives alone.
    #[must_use]
    pub fn anchored(&self) -> String {
        format!("^{}", self.written.replace("?<", "?P<"))
    }

    /// What Rust's regular expressions have against it, in one line.
    ///
    /// # Errors
    ///
    /// The expression is none.
    pub fn parsed(&self) -> Result<(), String> {
        regex_problem(&self.anchored()).map_or(Ok(()), Err)
    }

    /// Whether it is one of several expressions, all but the first of which are found anywhere in a path.
    #[must_use]
    pub fn is_loose(&self) -> bool {
        super::coverage::has_alternatives(&self.written)
    }

    /// None where the expression is none.
    pub(super) fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.anchored()).ok()).as_ref()
    }
}

/// What Rust's regular expressions have against a text, in one line; nothing where it is one.
#[must_use]
pub fn regex_problem(expression: &str) -> Option<String> {
    let error = regex_automata::util::syntax::parse(expression).err()?.to_string();
    // The whole message draws the expression, which is drawn already.
    Some(error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

impl PathPattern {
    #[must_use]
    pub fn new(path: &str) -> Self {
        match path.strip_prefix('~') {
            Some(written) => {
                Self::Regex(PathRegex { written: written.to_owned(), compiled: OnceLock::new() })
            }
            None => Self::Prefix(path.to_owned()),
        }
    }

    #[must_use]
    pub fn is_regex(&self) -> bool {
        matches!(self, Self::Regex(_))
    }

    /// The part of a path that it matches.
    #[must_use]
    pub fn matched<'a>(&self, path: &'a str) -> Option<&'a str> {
        match self {
            Self::Prefix(prefix) => path.starts_with(prefix.as_str()).then(|| &path[..prefix.len()]),
            Self::Regex(regex) => Some(regex.compiled()?.find(path)?.as_str()),
        }
    }

    /// How many bytes a path has in common with what the pattern begins with.
    pub(super) fn shared_with(&self, path: &str) -> usize {
        let beginning = match self {
            Self::Prefix(prefix) => prefix.clone(),
            Self::Regex(regex) => super::coverage::literal_prefix(&regex.written),
        };
        beginning.bytes().zip(path.bytes()).take_while(|(one, two)| one == two).count()
    }

    /// What the groups of an expression hold of a path, by name and by number. The whole match is not among them.
    #[must_use]
    pub fn captures(&self, path: &str) -> Vec<(String, String)> {
        let Self::Regex(regex) = self else { return Vec::new() };
        let Some(regex) = regex.compiled() else { return Vec::new() };
        let Some(found) = regex.captures(path) else { return Vec::new() };
        let groups = regex.capture_names().zip(found.iter()).enumerate().skip(1);
        groups
            .filter_map(|(number, (name, group))| {
                let name = name.map_or_else(|| number.to_string(), ToOwned::to_owned);
                Some((name, group?.as_str().to_owned()))
            })
            .collect()
    }
}

impl std::fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Prefix(prefix) => formatter.write_str(prefix),
            Self::Regex(regex) => write!(formatter, "~{}", regex.written),
        }
    }
}

/// A host of a route. Kong compares it as it stands: upper and lower case differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostPattern {
    Exact(String),
    /// `*.example.com`: what ends in `.example.com`, however many labels.
    Suffix(String),
    /// `example.*`: what begins with `example.`.
    Prefix(String),
}

impl HostPattern {
    #[must_use]
    pub fn new(host: &str) -> Self {
        if let Some(suffix) = host.strip_prefix('*') {
            Self::Suffix(suffix.to_owned())
        } else if let Some(prefix) = host.strip_suffix('*') {
            Self::Prefix(prefix.to_owned())
        } else {
            Self::Exact(host.to_owned())
        }
    }

    /// The one host that it is; none for a wildcard.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(host) => Some(host),
            Self::Suffix(_) | Self::Prefix(_) => None,
        }
    }

    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        !matches!(self, Self::Exact(_))
    }

    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(exact) => host == exact,
            Self::Suffix(suffix) => host.ends_with(suffix.as_str()),
            Self::Prefix(prefix) => host.starts_with(prefix.as_str()),
        }
    }

    /// Whether some host is of both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(host), pattern) | (pattern, Self::Exact(host)) => pattern.matches(host),
            (Self::Suffix(one), Self::Suffix(two)) => {
                one.ends_with(two.as_str()) || two.ends_with(one.as_str())
            }
            (Self::Prefix(one), Self::Prefix(two)) => {
                one.starts_with(two.as_str()) || two.starts_with(one.as_str())
            }
            (Self::Suffix(_), Self::Prefix(_)) | (Self::Prefix(_), Self::Suffix(_)) => true,
        }
    }

    /// Whether every host of the other is one of this.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (pattern, Self::Exact(host)) => pattern.matches(host),
            (Self::Suffix(one), Self::Suffix(two)) => two.ends_with(one.as_str()),
            (Self::Prefix(one), Self::Prefix(two)) => two.starts_with(one.as_str()),
            _ => false,
        }
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(host) => formatter.write_str(host),
            Self::Suffix(suffix) => write!(formatter, "*{suffix}"),
            Self::Prefix(prefix) => write!(formatter, "{prefix}*"),
        }
    }
}

/// A header of a route: its name as Kong compares it, and the values of which one is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPattern {
    /// In lower case, `_` for `-`.
    pub name: String,
    pub values: Vec<String>,
}

impl HeaderPattern {
    #[must_use]
    pub fn new(name: &str, values: &[String]) -> Self {
        let values = values.iter().map(|value| value.to_ascii_lowercase()).collect();
        Self { name: header_name(name), values }
    }

    /// Whether one of the values that a request gives to this header is asked for. `~*` introduces an expression.
    pub(super) fn matches<'a>(&self, mut given: impl Iterator<Item = &'a str>) -> bool {
        given.any(|given| {
            let given = given.to_lowercase();
            self.values.iter().any(|value| match value.strip_prefix("~*") {
                Some(expression) => Regex::new(expression).is_ok_and(|regex| regex.is_match(&given)),
                None => *value == given,
            })
        })
    }
}

/// A header's name as Kong's router knows it.
pub(crate) fn header_name(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::{HostPattern, PathPattern};

    #[test]
    fn a_prefix_is_text_and_an_expression_is_held_to_the_beginning() {
        assert_eq!(PathPattern::new("/api/us").matched("/api/users/7"), Some("/api/us"));
        assert_eq!(PathPattern::new("/api/us").matched("/API/users"), None);
        let regex = PathPattern::new(r"~/users/(?<id>\d+)");
        assert_eq!(regex.matched("/users/7/name"), Some("/users/7"));
        assert_eq!(regex.matched("/v1/users/7"), None);
        assert_eq!(regex.captures("/users/7/name"), [("id".to_owned(), "7".to_owned())]);
    }

    #[test]
    fn only_the_first_alternative_of_an_expression_is_held_to_the_beginning() {
        let regex = PathPattern::new("~/a|/b");
        assert_eq!(regex.matched("/x/a"), None);
        assert_eq!(regex.matched("/x/b"), Some("/b"));
    }

    #[test]
    fn a_wildcard_stands_for_any_number_of_labels_and_case_counts() {
        let below = HostPattern::new("*.example.com");
        assert!(below.matches("a.example.com") && below.matches("a.b.example.com"));
        assert!(!below.matches("example.com") && !below.matches("A.EXAMPLE.COM"));
        assert!(HostPattern::new("example.*").matches("example.org"));
        assert!(
            below.overlaps(&HostPattern::new("*.b.example.com")) && below.overlaps(&HostPattern::new("a.*"))
        );
        assert!(!below.overlaps(&HostPattern::new("*.example.org")));
        assert!(
            below.covers(&HostPattern::new("*.b.example.com")) && !below.covers(&HostPattern::new("a.*"))
        );
    }
}
