//! `shadowed-route`: a route that gets fewer requests than its path promises.

use super::duplicate_route::{Clash, clashes};
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, RoutePath};
use crate::routing::{PathPattern, Reason, Routed, Routing, Row, Shadow};
use crate::source::{Spanned, quoted_list};

pub static RULE: Rule = Rule {
    name: "shadowed-route",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/shadowed-route.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(routing) = Routing::of(subject.stack) else { return };
    for shadow in routing.table.shadows() {
        if let Some(loss) = Loss::of(&routing, shadow).filter(Loss::deserves_a_word) {
            findings.push(if shadow.whole { loss.whole() } else { loss.partial() });
        }
    }
    for clash in clashes(&routing).iter().filter(|clash| clash.first.service == clash.second.service) {
        findings.push(said_twice(clash));
    }
    for route in &routing.routes {
        if let Routed::Service(route) = route {
            findings.extend(route.paths.iter().filter_map(loose));
        }
    }
}

/// Who loses which requests to whom.
struct Loss<'a> {
    taker: &'a Route,
    loser: &'a Route,
    path_of_taker: &'a Spanned<RoutePath>,
    path: &'a Spanned<RoutePath>,
    rows: (&'a Row, &'a Row),
}

impl<'a> Loss<'a> {
    fn of(routing: &'a Routing<'a>, shadow: Shadow) -> Option<Self> {
        let rows = routing.table.rows();
        let (of_taker, of_loser) = (&rows[shadow.taker], &rows[shadow.shadowed]);
        let (Routed::Service(taker), Routed::Service(loser)) =
            (routing.routes[of_taker.route], routing.routes[of_loser.route])
        else {
            return None;
        };
        Some(Self {
            taker,
            loser,
            path_of_taker: written(taker, &of_taker.paths[shadow.taker_path?])?,
            path: written(loser, &of_loser.paths[shadow.path])?,
            rows: (of_taker, of_loser),
        })
    }

    /// Of one service and under the same lock, it is of no account which of two routes gets a part of the requests.
    fn deserves_a_word(&self) -> bool {
        let same_service = self.taker.service == self.loser.service;
        self.taker.name != self.loser.name
            && (self.nothing_is_left() || !same_service || self.differs_in_who_may_come_in())
    }

    fn nothing_is_left(&self) -> bool {
        self.slice().is_empty()
    }

    fn differs_in_who_may_come_in(&self) -> bool {
        self.taker.is_closed() != self.loser.is_closed()
    }

    /// What of the loser's requests the taker gets; empty for all.
    fn slice(&self) -> Slice {
        let (taker, loser) = self.rows;
        let is_taken = |method: &&str| self.taker.methods.iter().any(|other| other.as_str() == *method);
        let of_loser: Vec<&str> = self.loser.methods.iter().map(|method| method.as_str()).collect();
        let methods: Vec<&str> = match (self.taker.methods.is_empty(), of_loser.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => self.taker.methods.iter().map(|method| method.as_str()).collect(),
            (false, false) if of_loser.iter().all(is_taken) => Vec::new(),
            (false, false) => of_loser.into_iter().filter(is_taken).collect(),
        };
        let covered = !loser.hosts.is_empty()
            && loser.hosts.iter().all(|host| taker.hosts.iter().any(|other| other.covers(host)));
        let meets = |host: &&crate::routing::HostPattern| {
            loser.hosts.is_empty() || loser.hosts.iter().any(|other| other.overlaps(host))
        };
        let hosts = if covered {
            Vec::new()
        } else {
            taker.hosts.iter().filter(meets).map(ToString::to_string).collect()
        };
        let of_loser =
            |name: &str| loser.headers.iter().any(|header| header.name == crate::routing::header_name(name));
        let headers = self.taker.headers.keys().filter(|name| !of_loser(name)).cloned().collect();
        Slice { methods: methods.into_iter().map(ToOwned::to_owned).collect(), hosts, headers }
    }

    fn whole(&self) -> Diagnostic {
        let message = format!("the route `{}` of `{}` is never reached", **self.path, self.loser.service);
        let diagnostic = Diagnostic::error(RULE.name, message)
            .at(self.path.span, "nothing is left for it")
            .and_at(self.path_of_taker.span, format!("`{}` takes all of it", self.taker.service));
        self.with_difference(diagnostic.note(self.reason())).help(self.way_out())
    }

    fn partial(&self) -> Diagnostic {
        let slice = self.slice();
        let message =
            format!("the route `{}` of `{}` gets no {}", **self.path, self.loser.service, slice.requests());
        let label = match self.path_of_taker.prefix() {
            Some(prefix) => {
                format!("`{}` takes {} of everything below `{prefix}`", self.taker.service, slice.taken())
            }
            None => format!("`{}` takes {} of it", self.taker.service, slice.taken()),
        };
        let lacking = self.lacking();
        let diagnostic = Diagnostic::error(RULE.name, message)
            .at(self.path.span, lacking.map_or("asked later".to_owned(), |sort| format!("says no {sort}")))
            .and_at(self.path_of_taker.span, label);
        let (note, help) = match (self.path_of_taker.prefix(), lacking) {
            (Some(_), Some(sort)) => (
                format!(
                    "the gateway tries routes that say their {sort} first, even where another's path is longer"
                ),
                format!("say the {sort} of this route as well: then the longer path comes first"),
            ),
            (Some(_), None) => (
                self.reason(),
                "let both say as much as each other: then the longer path comes first".to_owned(),
            ),
            (None, _) => (self.reason(), self.way_out()),
        };
        self.with_difference(diagnostic.note(note)).help(help)
    }

    /// What the loser would have to say to come first: what the other says, and it does not.
    fn lacking(&self) -> Option<&'static str> {
        let (taker, loser) = (self.taker, self.loser);
        match () {
            () if !taker.methods.is_empty() && loser.methods.is_empty() => Some("methods"),
            () if !taker.hosts.is_empty() && loser.hosts.is_empty() => Some("hosts"),
            () if !taker.headers.is_empty() && loser.headers.is_empty() => Some("headers"),
            () => None,
        }
    }

    fn reason(&self) -> String {
        let (taker, loser) = self.rows;
        match taker.rank.reason_before(loser.rank) {
            Reason::Expression => {
                "the gateway tries regular expressions before every prefix, however long".to_owned()
            }
            Reason::Priority => {
                "the gateway tries the regular expression with the greater `priority` first".to_owned()
            }
            reason => format!("the gateway tries this one later: {}", reason.as_str()),
        }
    }

    /// An expression of its own comes before another one by its priority.
    fn way_out(&self) -> String {
        let before = self.taker.priority.saturating_add(1);
        match self.path.prefix() {
            Some(prefix) => format!(
                "let the other expression take less, or write this path as one that comes before it: `path = \"~{}\"` and `priority = {before}`",
                regex::escape(prefix).replace('\\', "\\\\")
            ),
            None => format!(
                "let the other expression take less, or let this one come before it: `priority = {before}`"
            ),
        }
    }

    /// What the choice between the two decides, where it decides who may come in.
    fn with_difference(&self, diagnostic: Diagnostic) -> Diagnostic {
        with_difference(diagnostic, self.taker, self.loser)
    }
}

/// A part of a route's requests.
struct Slice {
    methods: Vec<String>,
    hosts: Vec<String>,
    headers: Vec<String>,
}

impl Slice {
    fn is_empty(&self) -> bool {
        self.methods.is_empty() && self.hosts.is_empty() && self.headers.is_empty()
    }

    /// As in: it gets no …
    fn requests(&self) -> String {
        let methods =
            if self.methods.is_empty() { String::new() } else { format!("{} ", list(&self.methods)) };
        let hosts = if self.hosts.is_empty() { String::new() } else { format!(" for {}", list(&self.hosts)) };
        let headers =
            if self.headers.is_empty() { String::new() } else { format!(" with {}", list(&self.headers)) };
        format!("{methods}requests{hosts}{headers}")
    }

    /// As in: it takes … of everything.
    fn taken(&self) -> String {
        let parts: Vec<String> = [&self.methods, &self.hosts, &self.headers]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| list(part))
            .collect();
        parts.join(" on ")
    }
}

fn list(words: &[String]) -> String {
    quoted_list(words.iter().map(String::as_str))
}

fn written<'a>(route: &'a Route, pattern: &PathPattern) -> Option<&'a Spanned<RoutePath>> {
    let text = pattern.to_string();
    route.paths.iter().find(|path| path.to_string() == text)
}

fn said_twice(clash: &Clash<'_>) -> Diagnostic {
    let Clash { first, second, path, path_of_first, .. } = clash;
    let diagnostic = Diagnostic::error(
        RULE.name,
        format!("`{}` takes `{}` twice{}", second.service, ***path, clash.extent()),
    )
    .at(path.span, "taken again here")
    .and_at(path_of_first.span, "taken here")
    .note("the gateway sees no difference between the two, and one of them gets nothing");
    with_difference(diagnostic, first, second)
        .help("keep one of the two, or share the methods out between them")
}

fn with_difference(diagnostic: Diagnostic, first: &Route, second: &Route) -> Diagnostic {
    if first.is_closed() == second.is_closed() {
        diagnostic
    } else {
        diagnostic.note("only one of the two asks who somebody is")
    }
}

/// An expression with alternatives of which all but the first are found anywhere in a path.
fn loose(path: &Spanned<RoutePath>) -> Option<Diagnostic> {
    let PathPattern::Regex(regex) = PathPattern::new(&path.to_string()) else { return None };
    let better = format!(
        "~/(?:{})",
        regex.written().split("|/").map(|part| part.trim_start_matches('/')).collect::<Vec<_>>().join("|")
    );
    regex.is_loose().then(|| {
        Diagnostic::error(
            RULE.name,
            format!("`{}` takes requests in the middle of whose paths it is found", **path),
        )
        .at(path.span, "only its first alternative is held to the beginning of a path")
        .note("the gateway puts `^` in front of the whole, where it belongs to the first alternative alone")
        .help(format!("put the alternatives into a group: `{better}`"))
    })
}
