//! What became of each key of the old files. It is measured, not claimed: the imported stack is compiled, and its Compose output is
//! held against the old project fact by fact.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It means what it meant.
    Carried,
    /// It is there, and not quite what it was.
    Approximated,
    /// It is not there.
    NotCarried,
    /// It was not there before: stackgen says it.
    Added,
}

impl Fate {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Approximated => "approximated",
            Self::NotCarried => "not carried",
            Self::Added => "added",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The service's new name, or what else it is about: `gateway`, `volumes`.
    pub about: String,
    /// The key, with what tells it from its siblings: `environment.MODE`, `ports.8080:80/tcp`.
    pub key: String,
    pub fate: Fate,
    /// Why it is not what it was; empty where it is.
    pub why: String,
}

/// Two services held against each other. `reasons` says why of a key or of what it begins with.
#[must_use]
pub fn compare(
    about: &str,
    old: &BTreeMap<String, Json>,
    new: &BTreeMap<String, Json>,
    reasons: &[(String, String, String)],
    is_secret: &dyn Fn(&str) -> bool,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let fate = match (old.get(key), new.get(key)) {
            (Some(was), Some(is)) if was == is => Fate::Carried,
            (Some(_), Some(_)) => Fate::Approximated,
            (Some(_), None) if moved(key, old, new) => Fate::Approximated,
            (Some(_), None) => Fate::NotCarried,
            _ => Fate::Added,
        };
        let why =
            if fate == Fate::Carried { String::new() } else { reason(about, key, fate, reasons, is_secret) };
        lines.push(Line { about: about.to_owned(), key: key.clone(), fate, why });
    }
    lines
}

/// Whether it went on under another name.
fn moved(key: &str, old: &BTreeMap<String, Json>, new: &BTreeMap<String, Json>) -> bool {
    if key.starts_with("networks.") {
        return new.keys().any(|key| key.starts_with("networks."));
    }
    if key.starts_with("cap_drop.") || key == "security_opt.no-new-privileges" {
        return new.contains_key("cap_drop.ALL");
    }
    if let Some(port) = key.strip_prefix("ports.") {
        let target = port.rsplit(':').next();
        return new.keys().any(|other| other.starts_with("ports.") && other.rsplit(':').next() == target);
    }
    key == "links" && old.contains_key("links")
}

fn reason(
    about: &str,
    key: &str,
    fate: Fate,
    reasons: &[(String, String, String)],
    is_secret: &dyn Fn(&str) -> bool,
) -> String {
    let is_of = |of: &str| key == of || key.strip_prefix(of).is_some_and(|rest| rest.starts_with(['.', '/']));
    let mut special: Vec<&str> = Vec::new();
    for (_, _, why) in reasons.iter().filter(|(service, of, _)| service == about && is_of(of)) {
        if !special.contains(&why.as_str()) {
            special.push(why);
        }
    }
    let added_environment = fate == Fate::Added && key.starts_with("environment.");
    let is_added_port = fate == Fate::Added && key.starts_with("ports.");
    if !special.is_empty() && !is_added_port {
        return special.join("; ");
    }
    if added_environment {
        return "told by its kind or by a service that it needs".to_owned();
    }
    let first = key.split('.').next().unwrap_or_default();
    let text = match (first, fate) {
        ("environment", Fate::Approximated) if is_secret(key) => {
            "its secret has a name now, and its value stands in `.env`"
        }
        ("environment", Fate::Approximated) => "a default was worked in, or its kind says it in another way",
        ("environment", _) => "its kind says it in another way",
        ("cap_drop", Fate::Added) => {
            "every capability is dropped that its kind does not name; add one by `compose_extra.cap_add`"
        }
        ("cap_drop", _) => "all capabilities are dropped, this one among them",
        ("cap_add", Fate::Added) => "what images that start as root need in order to give that up",
        ("security_opt", Fate::Added) => "no process gains rights that it did not start with",
        ("read_only", Fate::Added) => {
            "said in any case; a kind that writes nothing beside its data has a read-only root file system"
        }
        ("restart", Fate::Added) => "it comes up again unless somebody stops it",
        ("stop_grace_period", Fate::Added) => "how long its kind may take to stop",
        ("labels", Fate::Added) => "by these the scripts know their own containers",
        ("networks", Fate::Added) => {
            "reach follows from `needs`: databases can be reached by those who need them alone"
        }
        ("networks", _) => "reach follows from `needs` now, not from networks by name",
        ("healthcheck", Fate::Added) => "its kind has a check, or all of its times are said",
        ("healthcheck", _) => "the check of its kind, or times as in stackgen's own checks",
        ("depends_on", Fate::Added) => "its environment names the other service, so it waits for it",
        ("depends_on", Fate::Approximated) => "waits for the other's health check now, where there is one",
        ("deploy", Fate::Added) => "a limit of its kind: say `memory` for another",
        ("user", Fate::Added) => "its kind does not run as root",
        ("tmpfs", Fate::Added) => "where its kind may write beside a read-only root file system",
        ("volumes", Fate::Added) => "its kind keeps its data in a volume",
        ("volumes", Fate::Approximated) => {
            "a mount that has to be there when the container starts, or one without options"
        }
        ("command", Fate::Added) => "its kind starts it in this way",
        ("image", Fate::Approximated) => "its kind names the image",
        ("ports", Fate::Added) => "published on 127.0.0.1 alone",
        ("ports", Fate::Approximated) => "published on 127.0.0.1 alone, or under the number that was set",
        ("links", _) => "a name on the network reaches a service without a link",
        ("build", Fate::Added | Fate::Approximated) => "the same file, said in full",
        (_, Fate::Added) => "its kind says it",
        (_, Fate::Approximated) => "it is said in another way",
        (_, _) => "nothing in the stack says it: this is a fault of the import, please report it",
    };
    text.to_owned()
}

/// How many keys met each fate.
#[must_use]
pub fn count(lines: &[Line], fate: Fate) -> usize {
    lines.iter().filter(|line| line.fate == fate).count()
}
