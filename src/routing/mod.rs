//! Which route of the gateway takes a request: Kong 3.9's own rules, as a pure table over the resolved stack.
//!
//! Kong's router, in its default flavour (`traditional_compatible`), makes one expression and one number of each route, and asks
//! them in the order of the numbers. The first that matches takes the request, and no other gets it, even if that one then refuses
//! it: protocols and policies are looked at afterwards. `rank` holds the order, `pattern` what a route asks for, `request` the
//! path as the router sees it, `upstream` what becomes of it, `shadow` which routes get fewer requests than they seem to.

mod answer;
mod coverage;
mod identity;
mod pattern;
mod rank;
mod request;
mod shadow;
mod stack;
mod upstream;
mod verdict;

pub use self::answer::{Answer, answer};
pub use self::identity::Id;
pub(crate) use self::pattern::header_name;
pub use self::pattern::{HeaderPattern, HostPattern, PathPattern, PathRegex, regex_problem};
pub use self::rank::{Rank, Reason};
pub use self::request::{Request, Scheme};
pub use self::shadow::{Shadow, Tie};
pub use self::stack::{Routed, Routing};
pub use self::upstream::upstream_path;
pub use self::verdict::{Taken, Verdict};

/// A route in Kong's own terms, as it stands in a declarative config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteSpec {
    /// Unique in the gateway.
    pub name: String,
    /// Prefixes, and expressions behind a `~`. Empty for every path.
    pub paths: Vec<String>,
    /// Empty for all.
    pub methods: Vec<String>,
    /// Empty for all.
    pub hosts: Vec<String>,
    /// Of each name one value is asked for. Names are unique.
    pub headers: Vec<(String, Vec<String>)>,
    /// Of expressions, the greater is asked first.
    pub regex_priority: u32,
}

/// The routes of a gateway in the order in which they are asked.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Row>,
}

/// A route, or the part of one whose paths rank alike.
#[derive(Debug)]
pub struct Row {
    /// Which of the routes that the table was made of.
    pub route: usize,
    pub rank: Rank,
    pub paths: Vec<PathPattern>,
    pub methods: Vec<String>,
    pub hosts: Vec<HostPattern>,
    pub headers: Vec<HeaderPattern>,
}

/// A row that matches a request.
#[derive(Debug)]
pub struct Match<'a> {
    pub row: &'a Row,
    /// The path of the row that matched; none for a row without paths.
    pub pattern: Option<&'a PathPattern>,
    /// The part of the request's path that it matched.
    pub matched: Option<String>,
}

impl Table {
    #[must_use]
    pub fn new(specs: &[RouteSpec]) -> Self {
        let mut rows: Vec<Row> =
            specs.iter().enumerate().flat_map(|(index, spec)| rows_of(index, spec)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.rank));
        Self { rows }
    }

    /// In order: the first is asked first.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Every row that matches, in order: the first takes the request.
    #[must_use]
    pub fn matches(&self, request: &Request) -> Vec<Match<'_>> {
        let Some(path) = request.path() else { return Vec::new() };
        self.rows.iter().filter_map(|row| row.matched(request, &path)).collect()
    }
}

/// The parts of a route: all its expressions are one, and its prefixes of each length.
fn rows_of(route: usize, spec: &RouteSpec) -> Vec<Row> {
    let mut groups: Vec<(Option<usize>, Vec<PathPattern>)> = Vec::new();
    for path in &spec.paths {
        let pattern = PathPattern::new(path);
        let length = (!pattern.is_regex()).then_some(path.len());
        match groups.iter_mut().find(|(known, _)| *known == length) {
            Some((_, paths)) => paths.push(pattern),
            None => groups.push((length, vec![pattern])),
        }
    }
    let id = Id::of_route(&spec.name);
    let whole = groups.len() < 2;
    let parts = if groups.is_empty() {
        vec![Vec::new()]
    } else {
        groups.into_iter().map(|(_, paths)| paths).collect()
    };
    let row = |(index, paths): (usize, Vec<PathPattern>)| Row {
        route,
        rank: Rank::new(spec, &paths, if whole { id } else { id.of_part(index + 1) }),
        paths,
        methods: spec.methods.clone(),
        hosts: spec.hosts.iter().map(|host| HostPattern::new(host)).collect(),
        headers: spec.headers.iter().map(|(name, values)| HeaderPattern::new(name, values)).collect(),
    };
    parts.into_iter().enumerate().map(row).collect()
}

/// What a request does not have that a row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    Path,
    Method,
    Host,
    /// The header of this name, as the router writes it.
    Header(String),
}

impl Row {
    fn matched(&self, request: &Request, path: &str) -> Option<Match<'_>> {
        if !self.misses_besides_path(request).is_empty() {
            return None;
        }
        if self.paths.is_empty() {
            return Some(Match { row: self, pattern: None, matched: None });
        }
        let found = |pattern: &PathPattern| pattern.matched(path).map(ToOwned::to_owned);
        self.paths.iter().find_map(|pattern| {
            Some(Match { row: self, matched: Some(found(pattern)?), pattern: Some(pattern) })
        })
    }

    /// All that keeps the row from taking a request; empty where it matches.
    #[must_use]
    pub fn misses(&self, request: &Request) -> Vec<Miss> {
        let path = request.path();
        let of_path = path.is_some_and(|path| {
            self.paths.is_empty() || self.paths.iter().any(|pattern| pattern.matched(&path).is_some())
        });
        let mut misses = if of_path { Vec::new() } else { vec![Miss::Path] };
        misses.extend(self.misses_besides_path(request));
        misses
    }

    fn misses_besides_path(&self, request: &Request) -> Vec<Miss> {
        let mut misses = Vec::new();
        if !self.methods.is_empty() && !self.methods.contains(&request.method) {
            misses.push(Miss::Method);
        }
        let of_host = |name: &str| self.hosts.iter().any(|host| host.matches(name));
        if !self.hosts.is_empty() && !request.host_name().is_some_and(of_host) {
            misses.push(Miss::Host);
        }
        for header in &self.headers {
            let given = request.headers.iter().filter(|(name, _)| pattern::header_name(name) == header.name);
            if !header.matches(given.map(|(_, value)| value.as_str())) {
                misses.push(Miss::Header(header.name.clone()));
            }
        }
        misses
    }
}

#[cfg(test)]
mod tests;
