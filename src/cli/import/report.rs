//! The fidelity report, as people read it.

use std::collections::BTreeMap;

use crate::import::{Fate, Line, count};

/// How many keys are named of those that one reason holds for.
const SHOWN: usize = 6;

/// The report for people: what is as it was in a line for each service, everything else in a line of its own.
#[must_use]
pub fn table(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut abouts: Vec<&str> = Vec::new();
    for line in lines {
        if !abouts.contains(&line.about.as_str()) {
            abouts.push(&line.about);
        }
    }
    for about in abouts {
        let own: Vec<&Line> = lines.iter().filter(|line| line.about == about).collect();
        out.push_str(&format!("\n{about}\n"));
        let carried: Vec<String> = carried(&own);
        if !carried.is_empty() {
            out.push_str(&format!("  {:>12}  {}\n", Fate::Carried.as_str(), carried.join(", ")));
        }
        for fate in [Fate::Approximated, Fate::NotCarried] {
            for (why, keys) in by_reason(&own, fate) {
                out.push_str(&format!("  {:>12}  {}: {why}\n", fate.as_str(), keys.join(", ")));
            }
        }
    }
    let all: Vec<&Line> = lines.iter().collect();
    let added = by_reason(&all, Fate::Added);
    if !added.is_empty() {
        out.push_str("\nsaid by stackgen besides\n");
    }
    for (why, mut keys) in added {
        keys.sort_unstable();
        keys.dedup();
        let more =
            if keys.len() > SHOWN { format!(" and {} more", keys.len() - SHOWN) } else { String::new() };
        keys.truncate(SHOWN);
        out.push_str(&format!("  {}{more}: {why}\n", keys.join(", ")));
    }
    if !lines.is_empty() {
        let counts = [Fate::Carried, Fate::Approximated, Fate::NotCarried, Fate::Added]
            .map(|fate| format!("{} {}", count(lines, fate), fate.as_str()));
        out.push_str(&format!("\n{}\n", counts.join(", ")));
    }
    out
}

/// `image, environment (5), ports (2)`.
fn carried(own: &[&Line]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in own.iter().filter(|line| line.fate == Fate::Carried) {
        *counts.entry(line.key.split('.').next().unwrap_or_default()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(key, count)| if count == 1 { key.to_owned() } else { format!("{key} ({count})") })
        .collect()
}

fn by_reason<'l>(own: &[&'l Line], fate: Fate) -> Vec<(&'l str, Vec<&'l str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in own.iter().filter(|line| line.fate == fate) {
        match groups.iter_mut().find(|(why, _)| *why == line.why) {
            Some((_, keys)) => keys.push(&line.key),
            None => groups.push((&line.why, vec![&line.key])),
        }
    }
    groups
}
