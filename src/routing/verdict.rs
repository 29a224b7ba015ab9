//! What becomes of one request: which route takes it and why, and what its service is asked for.

use super::{Answer, Match, Miss, PathPattern, Reason, Request, Routed, Routing, Row, answer, upstream_path};

/// What the gateway does with a request.
pub struct Verdict<'a> {
    /// The row that takes it; none where the gateway answers that there is no route.
    pub taken: Option<Taken<'a>>,
    /// The rows that match as well and are asked later, in order, each with what decided between it and the one that took it.
    pub lost: Vec<(&'a Row, Reason)>,
    /// Where no row takes it, the one that comes nearest, and what it asks for that the request has not.
    pub nearest: Option<(&'a Row, Vec<Miss>)>,
    /// Whether the gateway refuses the path itself, before it asks for a route.
    pub is_malformed: bool,
}

/// A request in the hands of a route.
pub struct Taken<'a> {
    pub row: &'a Row,
    pub route: Routed<'a>,
    /// The path of the row that matched, and the part of the request's path that it matched.
    pub pattern: Option<&'a PathPattern>,
    pub matched: Option<String>,
    /// What the groups of an expression hold.
    pub captures: Vec<(String, String)>,
    pub answer: Answer,
    /// The path and the query that the service is asked for; none where the gateway answers itself.
    pub asked: Option<String>,
}

impl Routing<'_> {
    /// What becomes of a request.
    #[must_use]
    pub fn verdict(&self, request: &Request) -> Verdict<'_> {
        let matches = self.table.matches(request);
        let lost = match matches.split_first() {
            Some((first, others)) => {
                others.iter().map(|other| (other.row, first.row.rank.reason_before(other.row.rank))).collect()
            }
            None => Vec::new(),
        };
        let nearest = if matches.is_empty() { self.nearest(request) } else { None };
        let taken = matches.into_iter().next().map(|first| self.taken(first, request));
        Verdict { taken, lost, nearest, is_malformed: request.path().is_none() }
    }

    fn taken<'a>(&'a self, first: Match<'a>, request: &Request) -> Taken<'a> {
        let route = self.routes[first.row.route];
        let path = request.path().unwrap_or_default();
        let passed_on = answer(&route.protocols(), request);
        Taken {
            row: first.row,
            captures: first.pattern.map(|pattern| pattern.captures(&path)).unwrap_or_default(),
            asked: (passed_on == Answer::PassedOn).then(|| asked(route, &first, &path, request)).flatten(),
            pattern: first.pattern,
            matched: first.matched,
            answer: passed_on,
            route,
        }
    }

    /// The row of which the request has most: what it lacks is least, and then its path is the longest in common.
    fn nearest(&self, request: &Request) -> Option<(&Row, Vec<Miss>)> {
        let path = request.path()?;
        let with_misses = self.table.rows().iter().map(|row| (row, row.misses(request)));
        let nearness = |(row, misses): &(&Row, Vec<Miss>)| {
            let shared = row.paths.iter().map(|pattern| pattern.shared_with(&path)).max().unwrap_or(0);
            let missed = misses.contains(&Miss::Path);
            // A slash at the beginning is common to all, and says nothing.
            (missed && shared < 2, missed, misses.len(), usize::MAX - shared)
        };
        with_misses.min_by_key(nearness).filter(|found| !nearness(found).0)
    }
}

fn asked(route: Routed<'_>, found: &Match<'_>, path: &str, request: &Request) -> Option<String> {
    let mut asked = match route {
        // The service is asked at the place where it answers, whatever the client's path is.
        Routed::Health(health) => health.answers_at.clone()?,
        Routed::Service(route) => {
            // Where no path was asked for, the slash at the beginning is what is taken off.
            let matched = found.matched.as_deref().unwrap_or("/");
            upstream_path("/", path, route.strip_path.then_some(matched))
        }
    };
    if let Some(query) = request.query() {
        asked.push('?');
        asked.push_str(query);
    }
    Some(asked)
}
