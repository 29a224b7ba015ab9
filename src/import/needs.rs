//! Who needs whom: said by `depends_on` and `links`, or to be seen from hosts and URLs in the environment.

use std::ops::Range;

use indexmap::IndexMap;

use super::recognise::Recognised;
use super::service::Old;

/// Who needs whom.
#[derive(Debug, Default)]
pub struct Needs {
    /// For each service, by new name, the services that it needs.
    pub of: IndexMap<String, Vec<String>>,
    /// The needs that are none, and why: the service, `needs.` and the other one's name, the reason.
    pub left_out: Vec<(String, String, String)>,
}

/// Who needs whom. A need of a service that may not be there is left out, and so is one that only the environment shows and that would
/// close a circle. `recognised` says which services have a kind in the new stack.
#[must_use]
pub fn needs(services: &[Old], recognised: &IndexMap<String, Recognised>) -> Needs {
    let none = services.iter().map(|old| (old.new.clone(), Vec::new()));
    let mut needs = Needs { of: none.collect(), left_out: Vec::new() };
    let by_name = |name: &str| services.iter().find(|other| other.was == name);
    for old in services {
        for (name, condition, more) in old.conditions() {
            // One that need not be there is no need.
            let is_plain = more.text_at("required").as_deref() != Some("false");
            let has_word = |other: &Old| condition != AT_ITS_END || runs_once(other, recognised);
            if let Some(other) =
                by_name(&name).filter(|other| is_plain && has_word(other) && !other.may_be_away_from(old))
            {
                add(&mut needs.of, &old.new, &other.new);
            }
        }
        for link in old.done.get("links").map(super::node::Node::items).unwrap_or_default() {
            let name = link.text().unwrap_or_default();
            let name = name.split(':').next().unwrap_or_default();
            if let Some(other) = by_name(name).filter(|other| !reaches(&needs.of, &other.new, &old.new)) {
                needs.add_unless_away(old, other);
            }
        }
    }
    for old in services {
        for host in named(old) {
            for other in services.iter().filter(|other| other.was != old.was && other.is_host(&host)) {
                let waits = old.conditions().iter().any(|(name, ..)| *name == other.was);
                if !waits && !reaches(&needs.of, &other.new, &old.new) {
                    needs.add_unless_away(old, other);
                }
            }
        }
    }
    needs
}

impl Needs {
    fn add_unless_away(&mut self, old: &Old, other: &Old) {
        if !other.may_be_away_from(old) {
            return add(&mut self.of, &old.new, &other.new);
        }
        let why = format!(
            "`{}` is there without `{}`, which only a profile starts: a need of it is none that Compose would take",
            old.new, other.new
        );
        let reason = (old.new.clone(), format!("needs.{}", other.new), why);
        if !self.left_out.contains(&reason) {
            self.left_out.push(reason);
        }
    }
}

/// Whether the one waits for the other, or its environment names it.
#[must_use]
pub fn uses(old: &Old, other: &Old) -> bool {
    old.depends_on().contains(&other.was) || named(old).iter().any(|host| other.is_host(host))
}

/// The hosts that a service's environment names.
fn named(old: &Old) -> Vec<String> {
    let environment = old.environment();
    let said = environment.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    said.flat_map(|(name, value)| hosts(name, value)).collect()
}

/// What is waited for in a service that runs once.
pub const AT_ITS_END: &str = "service_completed_successfully";

/// Whether stackgen takes it for what runs once, as the one does that waits for its end: then a need says the same.
fn runs_once(old: &Old, recognised: &IndexMap<String, Recognised>) -> bool {
    let stays_down = old.done.text_at("restart").is_none_or(|word| matches!(word.as_str(), "no" | "false"));
    let serves = ["ports", "healthcheck"].iter().any(|key| old.done.get(key).is_some());
    stays_down && !serves && !recognised.contains_key(&old.new)
}

fn add(needs: &mut IndexMap<String, Vec<String>>, from: &str, to: &str) {
    let list = needs.entry(from.to_owned()).or_default();
    if from != to && !list.iter().any(|known| known == to) {
        list.push(to.to_owned());
    }
}

fn reaches(needs: &IndexMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let mut seen = vec![from];
    let mut at = 0;
    while at < seen.len() {
        for next in needs.get(seen[at]).into_iter().flatten() {
            if !seen.contains(&next.as_str()) {
                seen.push(next);
            }
        }
        at += 1;
    }
    seen.contains(&to)
}

/// What a value names as hosts: `host:port`, or the hosts of its URLs; several with commas between. A word alone is one only if
/// the variable's name says so: `CACHE_TYPE=redis` names none.
#[must_use]
pub fn hosts(variable: &str, value: &str) -> Vec<String> {
    host_places(variable, value).into_iter().map(|place| value[place].to_owned()).collect()
}

/// Where a value names hosts, in bytes. References between `{{` and `}}` are none.
#[must_use]
pub fn host_places(variable: &str, value: &str) -> Vec<Range<usize>> {
    const SAY_SO: &[&str] =
        &["HOST", "ADDR", "SERVER", "NODE", "ENDPOINT", "BROKER", "URL", "URI", "UPSTREAM"];
    let says_so = SAY_SO.iter().any(|word| variable.to_ascii_uppercase().contains(word));
    let is_host = |host: &str| {
        !host.is_empty()
            && host.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, '.' | '-' | '_'))
    };
    let value = without_references(value);
    let mut places = Vec::new();
    let mut next = 0;
    for part in value.split([',', ' ', ';']) {
        let start = next;
        next += part.len() + 1;
        let scheme = part.rfind("://").map_or(0, |at| at + "://".len());
        let rest = &part[scheme..];
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let user = authority.rfind('@').map_or(0, |at| at + 1);
        let (host, port) = authority[user..].split_once(':').unwrap_or((&authority[user..], ""));
        let is_url = scheme > 0;
        let is_whole = is_url || authority.len() == rest.len();
        if is_host(host)
            && is_whole
            && (is_url || says_so || !port.is_empty())
            && port.bytes().all(|found| found.is_ascii_digit())
        {
            let start = start + scheme + user;
            places.push(start..start + host.len());
        }
    }
    places
}

/// The text with every reference struck out, as long as it was: nothing in one separates anything.
fn without_references(text: &str) -> String {
    let mut struck = text.to_owned();
    while let Some(start) = struck.find("{{")
        && let Some(length) = struck[start..].find("}}").map(|at| at + "}}".len())
    {
        struck.replace_range(start..start + length, &"*".repeat(length));
    }
    struck
}

#[cfg(test)]
mod tests {
    use super::hosts;

    #[test]
    fn hosts_are_seen_in_urls_and_pairs_and_nowhere_else() {
        assert_eq!(hosts("A", "postgres://a:b@db:5432/app"), ["db"]);
        assert_eq!(hosts("A", "kafka-1:9092,kafka-2:9092"), ["kafka-1", "kafka-2"]);
        assert_eq!(hosts("REDIS_HOST", "redis"), ["redis"]);
        assert_eq!(hosts("A", "http://api/v1?x=web"), ["api"]);
        assert!(hosts("CACHE_TYPE", "redis").is_empty());
        assert!(hosts("A", "/var/db:/x").is_empty());
        assert_eq!(hosts("A", "http://a:{{ secrets.B }}@db:1/x,{{ secrets.C }}:2"), ["db"]);
    }
}
