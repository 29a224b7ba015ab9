//! In which order Kong asks its routes.

use super::{Id, PathPattern, RouteSpec};

/// The place of a route, or of a part of one, in Kong's order; the greatest is asked first.
///
/// The number is Kong's own (3.9, `get_priority` in `kong/router/transform.lua`): how many sorts of conditions a route has comes
/// first, then whether all its hosts are plain, the number of its headers, whether its paths are expressions, their priority, and the
/// length of its prefix. Where two have the same number, the greater id is asked first, and that is made of the route's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    number: u64,
    id: Id,
}

const PLAIN_HOSTS: u64 = 1 << 60;
const EXPRESSIONS: u64 = 1 << 51;
const MOST_HEADERS: usize = 255;
const LONGEST_PREFIX: usize = 0x7ffff;

impl Rank {
    /// `paths` are those of one part: expressions alone, or prefixes of one length.
    pub(super) fn new(spec: &RouteSpec, paths: &[PathPattern], id: Id) -> Self {
        let sorts =
            [!spec.methods.is_empty(), !spec.hosts.is_empty(), !spec.headers.is_empty(), !paths.is_empty()];
        let sorts = sorts.into_iter().filter(|present| *present).count();
        let plain = !spec.hosts.is_empty() && !spec.hosts.iter().any(|host| host.contains('*'));
        let headers = spec.headers.len().min(MOST_HEADERS);
        let by_path = match paths.first() {
            Some(PathPattern::Regex(_)) => EXPRESSIONS | u64::from(spec.regex_priority) << 19,
            Some(PathPattern::Prefix(prefix)) => (prefix.len() & LONGEST_PREFIX) as u64,
            None => 0,
        };
        let number =
            (sorts as u64) << 61 | if plain { PLAIN_HOSTS } else { 0 } | (headers as u64) << 52 | by_path;
        Self { number, id }
    }

    /// Whether only the names of the two decide which is asked first.
    #[must_use]
    pub fn ties(self, other: Self) -> bool {
        self.number == other.number
    }

    /// How many sorts of conditions the route has: methods, hosts, headers, paths.
    #[must_use]
    pub fn sorts(self) -> u64 {
        self.number >> 61
    }

    /// Why this one is asked before the other.
    #[must_use]
    pub fn reason_before(self, other: Self) -> Reason {
        let of = |rank: Self| {
            let number = rank.number;
            (
                number >> 61,
                number & PLAIN_HOSTS,
                number >> 52 & 0xff,
                number & EXPRESSIONS,
                number >> 19 & 0xffff_ffff,
                number & LONGEST_PREFIX as u64,
            )
        };
        let (one, two) = (of(self), of(other));
        match () {
            () if one.0 != two.0 => Reason::MoreConditions,
            () if one.1 != two.1 => Reason::PlainHosts,
            () if one.2 != two.2 => Reason::MoreHeaders,
            () if one.3 != two.3 => Reason::Expression,
            () if one.4 != two.4 => Reason::Priority,
            () if one.5 != two.5 => Reason::LongerPrefix,
            () => Reason::Name,
        }
    }
}

/// What decides between two routes that both match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It has more of methods, hosts, headers and paths.
    MoreConditions,
    /// All its hosts are plain, and the other has a wildcard.
    PlainHosts,
    /// It asks for more headers.
    MoreHeaders,
    /// Its path is an expression, and the other's a prefix.
    Expression,
    /// Both are expressions, and its priority is higher.
    Priority,
    /// Its prefix is longer.
    LongerPrefix,
    /// Nothing but the ids that Kong makes of their names.
    Name,
}

impl Reason {
    /// Why the other one comes later.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MoreConditions => {
                "it says less: of methods, hosts, headers and paths, each sort counts once"
            }
            Self::PlainHosts => "it has no host without a wildcard, or one with a wildcard besides",
            Self::MoreHeaders => "it asks for fewer headers",
            Self::Expression => "its path is a prefix, and regular expressions come first",
            Self::Priority => "its `priority` is lower",
            Self::LongerPrefix => "its path is shorter",
            Self::Name => {
                "nothing in the stack decides: the gateway goes by ids that it makes of the routes' names"
            }
        }
    }
}
