//! Which rows of a table get fewer requests than their paths promise, found without holding every row against every other.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Automaton, Effort, literal_prefix};
use super::{HostPattern, PathPattern, Row, Table};

/// A row that loses requests to one that is asked before it and whose path reaches at least as far. Rows are indices of
/// [`Table::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadow {
    pub taker: usize,
    /// Which path of the taker; none for one that takes every path.
    pub taker_path: Option<usize>,
    pub shadowed: usize,
    /// Which path of the shadowed row.
    pub path: usize,
    /// Whether nothing is left for it, or only what the taker's methods, hosts and headers leave.
    pub whole: bool,
}

/// Two rows that take the same requests, and between which nothing decides but the ids of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// The one that is asked first.
    pub first: usize,
    pub second: usize,
    /// Which path of the second.
    pub path: Option<usize>,
}

impl Table {
    /// For each path of each row the row that takes the most of it: all, if there is one, or else the first that is asked.
    #[must_use]
    pub fn shadows(&self) -> Vec<Shadow> {
        let paths = Paths::of(self);
        let mut found: BTreeMap<(usize, usize), Shadow> = BTreeMap::new();
        let mut keep = |shadow: Shadow| {
            let kept = found.entry((shadow.shadowed, shadow.path)).or_insert(shadow);
            if (!shadow.whole, shadow.taker) < (!kept.whole, kept.taker) {
                *kept = shadow;
            }
        };
        self.shadows_of_prefixes(&paths, &mut keep);
        self.shadows_of_expressions(&paths, &mut keep);
        found.into_values().collect()
    }

    /// What rows with a shorter prefix, or with none, take because they say more.
    fn shadows_of_prefixes(&self, paths: &Paths<'_>, keep: &mut impl FnMut(Shadow)) {
        let mut above: Vec<(&str, &Takers<'_>)> = Vec::new();
        for (path, takers) in &paths.prefixes {
            above.retain(|(shorter, _)| path.starts_with(shorter));
            for &(row, index) in &takers.rows {
                for (_, shorter) in &above {
                    if let Some((taker, of_taker)) = shorter.first_before(self, row) {
                        keep(self.shadow(taker, Some(of_taker), row, index));
                    }
                }
            }
            above.push((path, takers));
        }
        for (row, index) in self.paths() {
            if let Some((taker, _)) = paths.pathless.first_before(self, row) {
                keep(self.shadow(taker, None, row, index));
            }
        }
    }

    /// What expressions take that are asked before a prefix, whatever its length.
    fn shadows_of_expressions(&self, paths: &Paths<'_>, keep: &mut impl FnMut(Shadow)) {
        let mut effort = Effort::default();
        for (written, expressions) in &paths.expressions {
            let beginning = literal_prefix(written);
            let below = paths.prefixes.range(beginning.as_str()..);
            let below: Vec<_> = below.take_while(|(path, _)| path.starts_with(&beginning)).collect();
            let regex = expressions.regex.filter(|_| !below.is_empty());
            let automaton = regex.and_then(|regex| Automaton::new(regex, &mut effort));
            let Some(mut automaton) = automaton else { continue };
            for (path, takers) in below {
                let asked_later = |(row, _): &&(usize, usize)| expressions.takers.rows[0].0 < *row;
                if takers.rows.iter().any(|row| asked_later(&row))
                    && automaton.takes_all_below(path, &mut effort)
                {
                    for &(row, index) in takers.rows.iter().filter(asked_later) {
                        if let Some((taker, of_taker)) = expressions.takers.first_before(self, row) {
                            keep(self.shadow(taker, Some(of_taker), row, index));
                        }
                    }
                }
            }
        }
        for expressions in paths.expressions.values() {
            for &(row, index) in &expressions.takers.rows {
                let rank = self.rows()[row].rank;
                if let Some((taker, of_taker)) = expressions.takers.first_before(self, row)
                    && !self.rows()[taker].rank.ties(rank)
                {
                    keep(self.shadow(taker, Some(of_taker), row, index));
                }
            }
        }
    }

    fn shadow(&self, taker: usize, taker_path: Option<usize>, shadowed: usize, path: usize) -> Shadow {
        let whole = self.rows()[taker].covers_besides_path(&self.rows()[shadowed]);
        Shadow { taker, taker_path, shadowed, path, whole }
    }

    /// Each row that ties with one before it, after the first such.
    #[must_use]
    pub fn ties(&self) -> Vec<Tie> {
        let mut known: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        let mut ties = Vec::new();
        for (second, row) in self.rows().iter().enumerate() {
            let mut tie: Option<Tie> = None;
            for (path, text) in row.path_texts() {
                for key in row.tie_keys(&text) {
                    let alike = known.entry(key).or_default();
                    let found = alike.iter().copied().find(|first| {
                        let other = &self.rows()[*first];
                        *first != second && other.rank.ties(row.rank) && other.meets_besides_path(row)
                    });
                    if let Some(first) = found.filter(|first| tie.is_none_or(|tie| *first < tie.first)) {
                        tie = Some(Tie { first, second, path });
                    }
                    alike.push(second);
                }
            }
            ties.extend(tie);
        }
        ties
    }

    fn paths(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.rows().iter().enumerate();
        rows.flat_map(|(row, known)| (0..known.paths.len()).map(move |path| (row, path)))
    }
}

impl Row {
    /// Its paths as they are written; one that is nothing where it has none.
    fn path_texts(&self) -> Vec<(Option<usize>, String)> {
        if self.paths.is_empty() {
            return vec![(None, String::new())];
        }
        self.paths.iter().enumerate().map(|(index, path)| (Some(index), path.to_string())).collect()
    }

    /// What two rows share if they take the same requests: a path, and a host unless one has a wildcard or none. With the values of headers
    /// it would be the product of three lists.
    fn tie_keys(&self, path: &str) -> BTreeSet<(String, String)> {
        let mut hosts: BTreeSet<&str> =
            self.hosts.iter().map(|host| host.exact().unwrap_or_default()).collect();
        if hosts.is_empty() {
            hosts.insert("");
        }
        hosts.into_iter().map(|host| (path.to_owned(), host.to_owned())).collect()
    }

    /// Whether some request has the methods, hosts and headers of both. Two headers of different names are taken for two ways to
    /// ask, of which a client uses one; two expressions for headers are the same only if they are written alike.
    pub(super) fn meets_besides_path(&self, other: &Self) -> bool {
        let methods = self.methods.is_empty()
            || other.methods.is_empty()
            || self.methods.iter().any(|method| other.methods.contains(method));
        let hosts = self.hosts.is_empty()
            || other.hosts.is_empty()
            || self.hosts.iter().any(|host| other.hosts.iter().any(|of_other| host.overlaps(of_other)));
        let shared = |header: &&super::HeaderPattern| {
            let same = other.headers.iter().find(|of_other| of_other.name == header.name);
            same.is_some_and(|same| header.values.iter().any(|value| same.values.contains(value)))
        };
        let fewest = self.headers.len().min(other.headers.len());
        methods && hosts && self.headers.iter().filter(shared).count() == fewest
    }

    /// Whether every request with the methods, hosts and headers of the other has its own.
    fn covers_besides_path(&self, other: &Self) -> bool {
        let all_methods = self.methods.is_empty()
            || !other.methods.is_empty() && other.methods.iter().all(|method| self.methods.contains(method));
        let covered = |host: &HostPattern| self.hosts.iter().any(|own| own.covers(host));
        let all_hosts = self.hosts.is_empty() || !other.hosts.is_empty() && other.hosts.iter().all(covered);
        let all_headers = self.headers.iter().all(|header| {
            let same = other.headers.iter().find(|of_other| of_other.name == header.name);
            same.is_some_and(|same| same.values.iter().all(|value| header.values.contains(value)))
        });
        all_methods && all_hosts && all_headers
    }
}

/// The rows of a table by what their paths are.
struct Paths<'a> {
    prefixes: BTreeMap<&'a str, Takers<'a>>,
    expressions: BTreeMap<&'a str, Expressions<'a>>,
    pathless: Takers<'a>,
}

#[derive(Default)]
struct Expressions<'a> {
    regex: Option<&'a super::PathRegex>,
    takers: Takers<'a>,
}

/// The rows of one path, each with which of its paths it is, in order; and by their hosts.
#[derive(Default)]
struct Takers<'a> {
    rows: Vec<(usize, usize)>,
    /// Those that every host may reach: no host, or a wildcard among them.
    of_any_host: Vec<(usize, usize)>,
    by_host: BTreeMap<&'a str, Vec<(usize, usize)>>,
}

impl<'a> Paths<'a> {
    fn of(table: &'a Table) -> Self {
        let mut paths =
            Self { prefixes: BTreeMap::new(), expressions: BTreeMap::new(), pathless: Takers::default() };
        for (row, known) in table.rows().iter().enumerate() {
            if known.paths.is_empty() {
                paths.pathless.add(row, 0, known);
            }
            for (index, path) in known.paths.iter().enumerate() {
                match path {
                    PathPattern::Prefix(prefix) => {
                        paths.prefixes.entry(prefix).or_default().add(row, index, known);
                    }
                    PathPattern::Regex(regex) => {
                        let expressions = paths.expressions.entry(regex.written()).or_default();
                        expressions.regex = Some(regex);
                        expressions.takers.add(row, index, known);
                    }
                }
            }
        }
        paths
    }
}

impl<'a> Takers<'a> {
    fn add(&mut self, row: usize, path: usize, known: &'a Row) {
        self.rows.push((row, path));
        if known.hosts.is_empty() || known.hosts.iter().any(HostPattern::is_wildcard) {
            self.of_any_host.push((row, path));
            return;
        }
        for host in &known.hosts {
            if let Some(host) = host.exact() {
                self.by_host.entry(host).or_default().push((row, path));
            }
        }
    }

    /// The first of these rows that is asked before another and takes requests of it.
    fn first_before(&self, table: &Table, row: usize) -> Option<(usize, usize)> {
        let known = &table.rows()[row];
        let first = |rows: &[(usize, usize)]| {
            let before = rows.iter().take_while(|(taker, _)| *taker < row);
            before.copied().find(|(taker, _)| table.rows()[*taker].meets_besides_path(known))
        };
        let hosts: Option<Vec<&str>> = known.hosts.iter().map(HostPattern::exact).collect();
        match hosts.filter(|hosts| !hosts.is_empty()) {
            None => first(&self.rows),
            Some(hosts) => {
                let by_host = hosts.iter().filter_map(|host| first(self.by_host.get(host)?));
                by_host.chain(first(&self.of_any_host)).min()
            }
        }
    }
}
