//! Which paths an expression takes as a whole: known exactly, from the automaton that is behind it.

use std::collections::BTreeSet;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::start;

use super::PathRegex;

/// How many states are looked at before a question counts as too hard, which is answered by no.
const MOST_STATES: usize = 2_000;

/// How large the automaton of one expression may be, in bytes: `\w{100}` is larger.
const MOST_BYTES: usize = 256 * 1024;

/// How much may be looked at for all expressions of a table together. What it does not suffice for counts as too hard.
pub(super) struct Effort {
    /// States of automata.
    states: usize,
    /// Expressions that have no small automaton, which costs time to find out.
    hopeless: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { states: 50_000, hopeless: 100 }
    }
}

/// An expression whose automaton is at hand.
pub(super) struct Automaton {
    dfa: DFA,
    cache: Cache,
}

impl Automaton {
    /// None for an expression that is none, or for which there is no small automaton.
    pub(super) fn new(regex: &PathRegex, effort: &mut Effort) -> Option<Self> {
        if effort.hopeless == 0 || effort.states == 0 {
            return None;
        }
        let config = Config::new().minimum_cache_clear_count(Some(0)).unicode_word_boundary(true);
        let thompson = thompson::Config::new().nfa_size_limit(Some(MOST_BYTES));
        let Ok(dfa) = DFA::builder().configure(config).thompson(thompson).build(&regex.anchored()) else {
            effort.hopeless -= 1;
            return None;
        };
        let cache = dfa.create_cache();
        Some(Self { dfa, cache })
    }

    /// Whether the expression is found in a prefix itself and in every path below it.
    pub(super) fn takes_all_below(&mut self, prefix: &str, effort: &mut Effort) -> bool {
        self.all_below(prefix, effort).unwrap_or(false)
    }

    /// None where it cannot be told.
    fn all_below(&mut self, prefix: &str, effort: &mut Effort) -> Option<bool> {
        let mut state = self.dfa.start_state(&mut self.cache, &start::Config::new()).ok()?;
        for byte in prefix.bytes() {
            state = self.next(state, byte)?;
            if state.is_match() {
                return Some(true);
            }
        }
        if !self.ends_well(state)? {
            return Some(false);
        }
        // Below `/users` begins with `/users/`; below `/` with `/` itself.
        let below = if prefix.ends_with('/') { state } else { self.next(state, b'/')? };
        self.all_from(below, effort)
    }

    /// Whether whatever follows on a state, or nothing, leads to a match.
    fn all_from(&mut self, state: LazyStateID, effort: &mut Effort) -> Option<bool> {
        let mut seen = BTreeSet::from([state]);
        let mut open = vec![state];
        while let Some(state) = open.pop() {
            effort.states = effort.states.checked_sub(1)?;
            if state.is_match() {
                continue;
            }
            if seen.len() > MOST_STATES || !self.ends_well(state)? {
                return Some(false);
            }
            for byte in path_bytes() {
                let next = self.next(state, byte)?;
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        Some(true)
    }

    fn next(&mut self, state: LazyStateID, byte: u8) -> Option<LazyStateID> {
        self.dfa.next_state(&mut self.cache, state, byte).ok().filter(|state| !state.is_quit())
    }

    fn ends_well(&mut self, state: LazyStateID) -> Option<bool> {
        Some(self.dfa.next_eoi_state(&mut self.cache, state).ok()?.is_match())
    }
}

/// What a path is written with.
fn path_bytes() -> impl Iterator<Item = u8> {
    (b'!'..=b'~').filter(|byte| !matches!(byte, b'?' | b'#'))
}

/// The text with which every path begins in which the expression is found.
pub(super) fn literal_prefix(written: &str) -> String {
    let mut prefix = String::new();
    if has_alternatives(written) {
        return prefix;
    }
    let mut characters = written.chars().peekable();
    while let Some(found) = characters.next() {
        let literal = match found {
            '\\' => characters.next_if(char::is_ascii_punctuation),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => None,
            found => Some(found),
        };
        let Some(literal) = literal else { break };
        if characters.next_if(|next| matches!(next, '*' | '?' | '{')).is_some() {
            break;
        }
        prefix.push(literal);
    }
    prefix
}

/// Whether the expression as a whole is one of several, of which only the first is held to the beginning.
pub(super) fn has_alternatives(written: &str) -> bool {
    let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
    for found in written.chars() {
        match found {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => in_class = false,
            '[' => in_class = true,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::PathPattern;
    use super::{Automaton, Effort, literal_prefix};

    fn takes_all(expression: &str, prefix: &str) -> bool {
        let PathPattern::Regex(regex) = PathPattern::new(expression) else { panic!("{expression}") };
        let mut effort = Effort::default();
        Automaton::new(&regex, &mut effort).unwrap().takes_all_below(prefix, &mut effort)
    }

    #[test]
    fn an_expression_takes_a_prefix_if_nothing_below_it_is_left() {
        for expression in [
            "~/api",
            "~/api/.*",
            "~/api/v1(/.*)?$",
            "~/api/v[0-9]+",
            "~/",
            "~/.*",
            "~/api/(v1|v2)",
            "~/x|/v1",
        ] {
            assert!(takes_all(expression, "/api/v1"), "{expression}");
        }
        for expression in [
            "~/api/v1$",
            "~/api/v1/.+",
            r"~/api/v1/\d+",
            "~/api/v1(/[a-z/]*)?$",
            "~/api/v2",
            "~/API",
            "~/(",
            "~$",
        ] {
            assert!(PathPattern::new(expression).is_regex());
            assert!(expression == "~/(" || !takes_all(expression, "/api/v1"), "{expression}");
        }
        assert!(takes_all("~/.+", "/api") && !takes_all("~/.+", "/"));
    }

    #[test]
    fn what_an_expression_begins_with_is_read_up_to_the_first_choice() {
        for (expression, prefix) in [
            (r"/api/v1/\d+$", "/api/v1/"),
            (r"/a\.b", "/a.b"),
            ("/ab*", "/a"),
            ("/ab+", "/ab"),
            ("/(a|b)", "/"),
            ("/a|/b", ""),
            ("/a[|]b", "/a"),
        ] {
            assert_eq!(literal_prefix(expression), prefix, "{expression}");
        }
    }
}
