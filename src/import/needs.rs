//! Who needs whom: said by `depends_on` and `links`, or to be seen from hosts and URLs in the environment.

use indexmap::IndexMap;

use super::service::Old;

/// For each service, by new name, the services that it needs. A need that only the environment shows and that would close a
/// circle is left out.
#[must_use]
pub fn needs(services: &[Old], is_left_out: &dyn Fn(&Old, &Old) -> bool) -> IndexMap<String, Vec<String>> {
    let mut needs: IndexMap<String, Vec<String>> =
        services.iter().map(|old| (old.new.clone(), Vec::new())).collect();
    let by_name = |name: &str| services.iter().find(|other| other.was == name);
    for old in services {
        for (name, condition, more) in old.conditions() {
            // One that need not be there is no need.
            let is_plain = more.text_at("required").as_deref() != Some("false");
            if let Some(other) = by_name(&name).filter(|other| {
                is_plain && condition != "service_completed_successfully" && !is_left_out(old, other)
            }) {
                add(&mut needs, &old.new, &other.new);
            }
        }
        for link in old.done.get("links").map(super::node::Node::items).unwrap_or_default() {
            let name = link.text().unwrap_or_default();
            let name = name.split(':').next().unwrap_or_default();
            if let Some(other) = by_name(name)
                .filter(|other| !is_left_out(old, other) && !reaches(&needs, &other.new, &old.new))
            {
                add(&mut needs, &old.new, &other.new);
            }
        }
    }
    for old in services {
        let environment = old.environment();
        for (variable, value) in environment.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
        {
            for other in services.iter().filter(|other| other.was != old.was && !is_left_out(old, other)) {
                let waits = old.conditions().iter().any(|(name, ..)| *name == other.was);
                if !waits
                    && hosts(variable, value).iter().any(|host| other.is_host(host))
                    && !reaches(&needs, &other.new, &old.new)
                {
                    add(&mut needs, &old.new, &other.new);
                }
            }
        }
    }
    needs
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
