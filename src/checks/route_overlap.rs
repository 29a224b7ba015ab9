//! Routes that take the same requests, and which of them the gateway chooses.
//!
//! Kong gives a request to the route that says most: one with methods comes before one without, whatever their paths. Only
//! among routes that say equally much does the longer path come first. Routes that are equal in both are ordered by their
//! internal ids, which nothing in a stack decides (Kong 3.9, `kong/router/transform.lua`, `get_priority`).

use std::collections::BTreeMap;

use crate::model::{Route, Stack};
use crate::source::language::Method;

/// Two routes of which nothing says which comes first, in the order of the source.
pub(super) struct Tie<'a> {
    pub first: &'a Route,
    pub second: &'a Route,
}

/// A route without methods, and one with methods that comes before it.
pub(super) struct Shadow<'a> {
    pub caster: &'a Route,
    pub shadowed: &'a Route,
}

/// Each route that ties with an earlier one, after that one.
pub(super) fn ties(stack: &Stack) -> Vec<Tie<'_>> {
    let mut holders: BTreeMap<String, Holders<'_>> = BTreeMap::new();
    routes(stack)
        .filter_map(|second| {
            let first = holders.entry(second.path().to_string()).or_default().enter(second)?;
            Some(Tie { first, second })
        })
        .collect()
}

/// Who has one path so far.
#[derive(Default)]
struct Holders<'a> {
    of_all: Option<&'a Route>,
    of_method: BTreeMap<Method, &'a Route>,
}

impl<'a> Holders<'a> {
    /// Enters a route; the answer is the first one that it ties with.
    fn enter(&mut self, route: &'a Route) -> Option<&'a Route> {
        if route.methods.is_empty() {
            let earlier = self.of_all;
            self.of_all.get_or_insert(route);
            return earlier;
        }
        let mut earlier = None;
        for method in &route.methods {
            let holder = *self.of_method.entry(method.value).or_insert(route);
            // A method that one route says twice is no second route.
            if !std::ptr::eq(holder, route) {
                earlier = earlier.or(Some(holder));
            }
        }
        earlier
    }
}

/// Each route without methods before which another comes, with the one whose path is nearest to its own.
pub(super) fn shadows(stack: &Stack) -> Vec<Shadow<'_>> {
    let mut casters: BTreeMap<String, &Route> = BTreeMap::new();
    for route in routes(stack).filter(|route| !route.methods.is_empty()) {
        casters.entry(route.path().to_string()).or_insert(route);
    }
    routes(stack)
        .filter(|route| route.methods.is_empty())
        .filter_map(|shadowed| {
            let path = shadowed.path().to_string();
            let caster = prefixes(&path).find_map(|prefix| casters.get(prefix).copied())?;
            Some(Shadow { caster, shadowed })
        })
        .collect()
}

/// Every path under which the gateway also looks for this one, the longest first. It compares text, not segments; a path
/// that begins with `~` is a regular expression, of which nothing is known but itself.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let shortest = if path.starts_with('~') { path.len() } else { 1 };
    (shortest..=path.len()).rev().filter_map(move |end| path.get(..end))
}

/// The methods that both take; empty for all.
pub(super) fn shared_methods(first: &Route, second: &Route) -> Vec<&'static str> {
    let (narrow, wide) = if first.methods.is_empty() { (second, first) } else { (first, second) };
    let taken =
        |method: &Method| wide.methods.is_empty() || wide.methods.iter().any(|other| other.value == *method);
    narrow.methods.iter().map(|method| method.value).filter(taken).map(Method::as_str).collect()
}

fn routes(stack: &Stack) -> impl Iterator<Item = &Route> {
    stack.services.values().flat_map(|service| &service.routes)
}

#[cfg(test)]
mod tests {
    use super::prefixes;

    #[test]
    fn a_path_is_looked_for_under_each_of_its_prefixes() {
        assert_eq!(prefixes("/ab").collect::<Vec<_>>(), ["/ab", "/a", "/"]);
        assert_eq!(prefixes("/é").collect::<Vec<_>>(), ["/é", "/"]);
        assert_eq!(prefixes("~/a$").collect::<Vec<_>>(), ["~/a$"]);
        assert_eq!(prefixes("").count(), 0);
    }
}
