//! Rare words that a task and the texts of an agent both use.

use std::collections::{BTreeMap, BTreeSet};

use super::encoder::Encoder;
use super::profile::{Profile, Source};
use super::words::{entries_of, words};

/// A word as the table knows it, or as it is written where the table does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Known(usize),
    Written(String),
}

impl Key {
    pub fn of(encoder: &Encoder, word: &str) -> Self {
        match entries_of(&encoder.table, word).first() {
            Some(id) => Self::Known(*id),
            None => Self::Written(word.to_owned()),
        }
    }
}

/// Which agents use a word, and how much that says: little for a word that many use.
pub struct SharedWords(BTreeMap<Key, Vec<(usize, f32)>>);

impl SharedWords {
    pub fn new(encoder: &Encoder, profiles: &[Profile]) -> Self {
        let mut counts: BTreeMap<Key, BTreeMap<usize, f32>> = BTreeMap::new();
        for (agent, profile) in profiles.iter().enumerate() {
            for fragment in profile.fragments.iter().filter(|fragment| fragment.source != Source::Clause) {
                for word in words(&fragment.text) {
                    *counts.entry(Key::of(encoder, &word)).or_default().entry(agent).or_default() += 1.0;
                }
            }
        }
        let team = profiles.len();
        counts.retain(|_, agents| agents.len() <= usize::max(2, team / 3));
        let weigh = |agents: BTreeMap<usize, f32>| {
            let rarity = (ratio(team) / ratio(agents.len())).ln();
            agents
                .into_iter()
                .map(|(agent, count)| (agent, rarity * f32::min(1.5, 0.75 + 0.25 * count)))
                .collect()
        };
        Self(counts.into_iter().map(|(key, agents)| (key, weigh(agents))).collect())
    }

    /// Which agents use the words too, and how much that says.
    pub fn of(&self, words: &BTreeSet<Key>) -> impl Iterator<Item = (usize, f32)> {
        words.iter().filter_map(|word| self.0.get(word)).flatten().copied()
    }
}

#[expect(clippy::cast_precision_loss, reason = "teams are far smaller than what a float can count")]
fn ratio(count: usize) -> f32 {
    count as f32
}
