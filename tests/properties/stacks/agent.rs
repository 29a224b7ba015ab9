//! A team of agents over the services.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value as Json, json};

use super::{any_of, list, table};
use crate::strings::{plain, text};

/// What is written of an agent, but for what depends on the others.
#[derive(Debug, Clone)]
pub struct AgentSeed {
    own: Json,
    description: String,
    leader: Index,
    hands_over: Option<(String, Index)>,
}

pub fn agent() -> impl Strategy<Value = AgentSeed> {
    let texts =
        || vec(plain().prop_map(|text| format!("some {text} thing")), 1..3).prop_map(Json::from).boxed();
    let own = table(vec![
        ("responsibilities", texts()),
        ("examples", texts()),
        ("concerns", any_of(vec![json!([])])),
        ("keywords", list(&["basket", "refund", "token"])),
        ("tools", list(&["Read", "Grep", "Bash", "Edit", "Write", "mcp__jira__get_issue"])),
        (
            "model",
            any_of(vec![json!("opus"), json!("sonnet"), json!({ "codex": "gpt-5", "claude": "haiku" })]),
        ),
        ("commands", table(vec![("test", plain().prop_map(|text| json!(format!("run {text}"))).boxed())])),
        ("paths", any_of(vec![json!(["files"])])),
    ]);
    let handed = proptest::option::of((plain().prop_map(|text| format!("work of {text}")), any::<Index>()));
    (own, text(), any::<Index>(), handed).prop_map(|(own, description, leader, hands_over)| AgentSeed {
        own,
        description,
        leader,
        hands_over,
    })
}

/// The agents: the first leads, and each service is owned by one of them.
pub fn written(seeds: &[AgentSeed], services: &[String], has_gateway: bool) -> Json {
    let names: Vec<String> = (0..seeds.len()).map(|at| format!("agent-{at}")).collect();
    let agent = |(at, seed): (usize, &AgentSeed)| {
        let mut table = seed.own.as_object().cloned().unwrap_or_default();
        // One of them alone owns a path.
        if at > 0 {
            table.remove("paths");
        }
        let mut say = |key: &str, value: Json| table.insert(key.to_owned(), value);
        say("description", format!("Looks after part {at}: {}", seed.description).into());
        let mut owns: Vec<&str> = services.iter().skip(at).step_by(seeds.len()).map(String::as_str).collect();
        if at == 0 && has_gateway {
            owns.push("gateway");
        }
        say("owns", owns.into());
        if at > 0 {
            say("reports_to", seed.leader.get(&names[..at]).clone().into());
        }
        if let Some((what, to)) = seed.hands_over.as_ref().filter(|_| seeds.len() > 1) {
            let others: Vec<&String> = names.iter().filter(|name| **name != names[at]).collect();
            say("boundaries", json!({ "hands_over": [{ "what": what, "to": to.get(&others) }] }));
        }
        (names[at].clone(), Json::Object(table))
    };
    Json::Object(seeds.iter().enumerate().map(agent).collect::<Map<_, _>>())
}
