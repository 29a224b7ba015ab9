//! Who needs whom: said by `depends_on` and `links`, or to be seen from hosts and URLs in the environment.

use indexmap::IndexMap;

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
/// close a circle.
#[must_use]
pub fn needs(services: &[Old]) -> Needs {
    let none = services.iter().map(|old| (old.new.clone(), Vec::new()));
    let mut needs = Needs { of: none.collect(), left_out: Vec::new() };
    let by_name = |name: &str| services.iter().find(|other| other.was == name);
    for old in services {
        for (name, condition, more) in old.conditions() {
            // One that need not be there is no need.
            let is_plain = more.text_at("required").as_deref() != Some("false");
            if let Some(other) = by_name(&name).filter(|other| {
                is_plain && condition != "service_completed_successfully" && !other.may_be_away_from(old)
            }) {
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
    const SAY_SO: &[&str] =
        &["HOST", "ADDR", "SERVER", "NODE", "ENDPOINT", "BROKER", "URL", "URI", "UPSTREAM"];
    let says_so = SAY_SO.iter().any(|word| variable.to_ascii_uppercase().contains(word));
    let is_host = |host: &str| {
        !host.is_empty()
            && host.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, '.' | '-' | '_'))
    };
    let mut hosts = Vec::new();
    for part in value.split([',', ' ', ';']) {
        let rest = part.rsplit_once("://").map_or(part, |(_, rest)| rest);
        let is_url = rest.len() < part.len();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let is_whole = is_url || authority.len() == rest.len();
        if is_host(host)
            && is_whole
            && (is_url || says_so || !port.is_empty())
            && port.bytes().all(|found| found.is_ascii_digit())
        {
            hosts.push(host.to_owned());
        }
    }
    hosts
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
    }
}
