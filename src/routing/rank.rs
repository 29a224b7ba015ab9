//! In which order Kong asks its routes.

use super::{Id, PathPattern, RouteSpec};

/// The place of a route, or of a part of one, in Kong's order; the greatest is asked first.
///
/// The number is Kong's own (3.9, `get_priority` in `kong/router/transform.lua`, as it comes out on real Kong): all four sorts of
/// conditions come first, then plain hosts, then expressions, then how many sorts there are, the number of headers, the priority of an
/// expression, and the length of a prefix. Where two have the same number, the greater id is asked first, made of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    number: u64,
    id: Id,
}

const PLAIN_HOSTS: u64 = 1 << 60;
const EXPRESSIONS: u64 = 1 << 51;
const MOST_HEADERS: u32 = 255;
const LONGEST_PREFIX: u32 = 0x7ffff;

impl Rank {
    /// `paths` are those of one part: expressions alone, or prefixes of one length.
    pub(super) fn new(spec: &RouteSpec, paths: &[PathPattern], id: Id) -> Self {
        let sorts =
            [!spec.methods.is_empty(), !spec.hosts.is_empty(), !spec.headers.is_empty(), !paths.is_empty()];
        let sorts: u32 = sorts.into_iter().map(u32::from).sum();
        let plain = !spec.hosts.is_empty() && !spec.hosts.iter().any(|host| host.contains('*'));
        let headers = u32::try_from(spec.headers.len()).unwrap_or(MOST_HEADERS).min(MOST_HEADERS);
        let is_expression = paths.first().is_some_and(PathPattern::is_regex);
        let by_path: u32 = match paths.first() {
            Some(PathPattern::Regex(_)) => spec.regex_priority.wrapping_shl(19),
            Some(PathPattern::Prefix(prefix)) => {
                u32::try_from(prefix.len()).unwrap_or(u32::MAX) & LONGEST_PREFIX
            }
            None => 0,
        };
        // Kong shifts numbers of 32 bits, and the places of 61 and 52 bits come out as 29 and 20: so the sorts weigh less than a
        // plain host and an expression, but for all four of them, which make the number negative and thus the greatest.
        let low = sorts << 29 | headers << 20 | by_path;
        let extended = i64::from(low.cast_signed()).cast_unsigned();
        let number =
            extended | if plain { PLAIN_HOSTS } else { 0 } | if is_expression { EXPRESSIONS } else { 0 };
        Self { number, id }
    }

    /// Whether only the names of the two decide which is asked first.
    #[must_use]
    pub fn ties(self, other: Self) -> bool {
        self.number == other.number
    }

    /// Why this one is asked before the other.
    #[must_use]
    pub fn reason_before(self, other: Self) -> Reason {
        let (one, two) = (self.number, other.number);
        let differ = |bits: u64| (one ^ two) & bits != 0;
        match () {
            () if differ(1 << 63) => Reason::MoreConditions,
            () if differ(PLAIN_HOSTS) => Reason::PlainHosts,
            () if differ(EXPRESSIONS) => Reason::Expression,
            () if differ(7 << 29) => Reason::MoreConditions,
            () if differ(0x3ff << 19) && one & EXPRESSIONS != 0 => Reason::Priority,
            () if differ(0x1ff << 20) => Reason::MoreHeaders,
            () if differ(u64::from(LONGEST_PREFIX)) => Reason::LongerPrefix,
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
