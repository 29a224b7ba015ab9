//! Facts of the stack that a task names: services, ports, paths and folders, each of which speaks for its owner.

use std::collections::BTreeMap;

use crate::model::{Agent, Service, Stack};

/// Something that a task may name, and whom that speaks for.
struct Fact {
    text: String,
    agent: usize,
    weight: f32,
    said: String,
}

/// Every fact of a stack that has an owner.
pub struct Facts(Vec<Fact>);

/// A fact that a task names.
pub struct Named<'a> {
    pub agent: usize,
    pub weight: f32,
    /// The fact in words: "port 8001 is `identity`'s".
    pub said: &'a str,
}

/// How much a fact says of who is meant.
const OF_NAME: f32 = 2.0;
const OF_PLACE: f32 = 3.0;

impl Facts {
    pub fn new(stack: &Stack) -> Self {
        let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, agent) in stack.agents.values().enumerate() {
            for owned in &agent.owns {
                owners.entry(owned.value.as_str()).or_insert(index);
            }
        }
        let owned =
            stack.services.values().filter_map(|service| Some((service, *owners.get(&*service.name.value)?)));
        let of_services = owned.flat_map(|(service, agent)| facts_of(service, agent));
        let agents = stack.agents.values().enumerate();
        let of_paths = agents.flat_map(|(index, agent)| facts_of_paths(agent, index));
        Self(of_services.chain(of_paths).collect())
    }

    /// The facts that a text names. Of places within another, such as a path that begins with a shorter one, the longest counts.
    pub fn named_in(&self, text: &str) -> Vec<Named<'_>> {
        let text = text.to_ascii_lowercase();
        let hits: Vec<&Fact> = self.0.iter().filter(|fact| names(&text, &fact.text)).collect();
        let is_longest = |fact: &&&Fact| {
            !hits.iter().any(|other| other.text.len() > fact.text.len() && other.text.contains(&fact.text))
        };
        let longest = hits.iter().filter(is_longest);
        longest.map(|fact| Named { agent: fact.agent, weight: fact.weight, said: &fact.said }).collect()
    }
}

fn facts_of_paths(agent: &Agent, index: usize) -> impl Iterator<Item = Fact> {
    let name = &agent.name.value;
    agent.paths.iter().map(move |path| {
        let path = path.from_root.as_str();
        Fact {
            text: path.to_ascii_lowercase(),
            agent: index,
            weight: OF_PLACE,
            said: format!("`{path}` is a path of `{name}`"),
        }
    })
}

fn facts_of(service: &Service, agent: usize) -> Vec<Fact> {
    let name = service.name.value.as_str();
    let fact = |text: &str, weight, said| Fact { text: text.to_ascii_lowercase(), agent, weight, said };
    let mut facts = Vec::new();
    // A name that is an ordinary word says no more than the word: the profile has it already.
    if name.contains('-') {
        facts.push(fact(name, OF_NAME, format!("it names `{name}`")));
    }
    for port in &service.ports {
        if let Some(published) = port.published {
            let number = published.port.to_string();
            facts.push(fact(&number, OF_PLACE, format!("port {number} is that of `{name}`")));
        }
    }
    for path in service.routes.iter().flat_map(|route| &route.paths).filter_map(|path| path.value.prefix()) {
        if path.len() > 3 {
            facts.push(fact(path, OF_PLACE, format!("`{path}` is a route of `{name}`")));
        }
    }
    if let Some(folder) = &service.folder {
        let path = folder.value.from_root.as_str();
        if path.contains('/') {
            facts.push(fact(path, OF_PLACE, format!("`{path}` is the folder of `{name}`")));
        }
    }
    facts
}

/// Whether a text holds another as a whole: not `8001` in `18001`, nor `/auth` in `/authors`.
fn names(text: &str, what: &str) -> bool {
    let joins = |sign: Option<char>| {
        sign.is_some_and(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_'))
    };
    text.match_indices(what).any(|(at, _)| {
        let before = if what.starts_with('/') { None } else { text[..at].chars().next_back() };
        !joins(before) && !joins(text[at + what.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_fact_is_named_as_a_whole_only() {
        assert!(names("curl localhost:8001/health", "8001"));
        assert!(!names("job 18001 failed", "8001"));
        assert!(names("post to /api/v1/auth/login", "/api/v1/auth"));
        assert!(!names("get /api/v1/authors", "/api/v1/auth"));
        assert!(!names("identity-db is slow", "identity"));
    }
}
