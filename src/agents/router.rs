//! Learns a team from a stack, and finds the agent of a task.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use stackgen_reader::{Reader, dot, softmax};

use super::encoder::{Encoder, unit};
use super::facts::{Facts, Named};
use super::profile::{Profile, Source};
use super::shared::{Key, SharedWords};
use super::table::READER;
use super::verdict::{AgentScore, Reason, ReasonKind, Verdict};
use super::words::words;
use crate::model::Stack;
use crate::parallel;

/// How the parts of a score are weighed. Found on stacks that `docs/routing.md` names.
const OF_READER: f32 = 0.5;
const OF_LIKENESS: f32 = 1.0;
const OF_CENTRE: f32 = 2.5;
const OF_SHARED_WORDS: f32 = 0.05;
/// How much less a fact says of a task that cuts across the services.
const DOUBT_OF_FACTS: f32 = 0.2;
/// What a concept that nobody stands for leaves each agent with.
const LEAST_CONCEPT: f32 = 0.01;
/// Spreads the scores so that of the development tasks that it is sure of nineteen in twenty are right.
const SPREAD: f32 = 0.8;
/// From this confidence on the verdict stands without asking.
const SURE: f32 = 0.5;
/// The share of an agent's texts from which on it speaks of a sort of work as its own. It leaves nearly all tasks of the development
/// parts as sure as they were, and few that are nobody's.
const SPOKEN_OF: f32 = 0.03;
/// How many words and facts are named as reasons.
const MOST_REASONS: usize = 5;

/// A team that has been learned.
pub struct Router {
    encoder: Encoder,
    /// Opened for the first task: the rule asks for none.
    reader: LazyLock<Reader>,
    profiles: Vec<Profile>,
    /// For each concept how much of it is each agent's, agent after agent.
    shares: Vec<Vec<f32>>,
    /// For each concept from 0 to 1 how much anybody speaks of it.
    spoken_of: Vec<f32>,
    shared_words: SharedWords,
    facts: Facts,
    coordinator: Option<String>,
}

/// The likeliest agent of a task, and how likely it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess<'a> {
    pub agent: &'a str,
    pub confidence: f32,
    pub sure: bool,
}

/// A task as the router sees it.
struct Seen {
    entries: Vec<usize>,
    keys: BTreeSet<Key>,
    /// What sorts of work the reader finds in it; empty where it is known by its words alone.
    read: Vec<f32>,
}

impl Router {
    /// Learns the agents of a stack; nothing where it has none.
    pub fn new(stack: &Stack) -> Option<Self> {
        Self::learned(stack, true)
    }

    /// Learns the agents by likeness alone, in a tenth of the time: enough to see which may be confused.
    pub fn sketch(stack: &Stack) -> Option<Self> {
        Self::learned(stack, false)
    }

    fn learned(stack: &Stack, with_concepts: bool) -> Option<Self> {
        if stack.agents.is_empty() {
            return None;
        }
        let encoder = Encoder::new();
        let agents: Vec<_> = stack.agents.values().collect();
        let profiles = parallel::each(&agents, |agent| Profile::new(&encoder, stack, agent, with_concepts));
        let concepts: Vec<&[f32]> = profiles.iter().map(|profile| profile.concepts.as_slice()).collect();
        let shares = shares(&concepts, encoder.table.concepts);
        let most = |concept: usize| concepts.iter().map(|shares| shares[concept]).fold(0.0, f32::max);
        let spoken_of =
            (0..encoder.table.concepts).map(|concept| (most(concept) / SPOKEN_OF).min(1.0)).collect();
        let shared_words = SharedWords::new(&encoder, &profiles);
        let coordinator = stack.agents.values().find(|agent| agent.reports_to.is_none());
        Some(Self {
            facts: Facts::new(stack),
            coordinator: coordinator.map(|agent| agent.name.value.clone()),
            shares: if with_concepts { shares } else { Vec::new() },
            spoken_of,
            shared_words,
            profiles,
            encoder,
            reader: LazyLock::new(|| Reader::open(READER)),
        })
    }

    /// The names of the agents, in the order of the source.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| profile.name.as_str())
    }

    /// Which agent a task belongs to, and why.
    #[must_use]
    pub fn route(&self, task: &str) -> Verdict {
        let seen = self.see(task);
        let facts = self.facts.named_in(task);
        let scores = self.scores(&seen, &facts, None);
        let (order, mut confidences) = ranked(&scores);
        let is_ours = self.is_ours(&seen, &facts);
        for confidence in &mut confidences {
            *confidence *= is_ours;
        }
        let runner_up = order.get(1).copied();
        let confidence = confidences[order[0]];
        let name = |index: usize| self.profiles[index].name.clone();
        Verdict {
            task: task.to_owned(),
            agent: name(order[0]),
            confidence,
            sure: confidence >= SURE,
            coordinator: self.coordinator.clone(),
            runner_up: runner_up.map(name),
            reasons: self.reasons(task, &facts, order[0], runner_up),
            scores: order
                .iter()
                .map(|index| AgentScore { agent: name(*index), confidence: confidences[*index] })
                .collect(),
        }
    }

    /// What [`Router::route`] names, without the reasons.
    #[must_use]
    pub fn guess(&self, task: &str) -> Guess<'_> {
        let (seen, facts) = (self.see(task), self.facts.named_in(task));
        let (order, confidences) = ranked(&self.scores(&seen, &facts, None));
        let confidence = confidences[order[0]] * self.is_ours(&seen, &facts);
        Guess { agent: &self.profiles[order[0]].name, confidence, sure: confidence >= SURE }
    }

    /// For each example of each agent, agent after agent, the agent that it would go to if it were not there as an example.
    #[must_use]
    pub fn examples_elsewhere(&self) -> Vec<Vec<usize>> {
        let agents: Vec<(usize, &Profile)> = self.profiles.iter().enumerate().collect();
        parallel::each(&agents, |(agent, profile)| {
            let fragments = profile.fragments.iter().enumerate();
            let examples = fragments.filter(|(_, fragment)| fragment.source == Source::Example);
            examples
                .map(|(index, example)| {
                    let entries = self.encoder.entries(&example.text);
                    let seen = Seen { entries, keys: BTreeSet::new(), read: Vec::new() };
                    ranked(&self.scores(&seen, &[], Some((*agent, index)))).0[0]
                })
                .collect()
        })
    }

    fn see(&self, task: &str) -> Seen {
        Seen { read: self.reader.sorts(task), ..self.see_words(task) }
    }

    /// A task without its sense as a sentence.
    fn see_words(&self, task: &str) -> Seen {
        Seen {
            entries: self.encoder.entries(task),
            keys: words(task).iter().map(|word| Key::of(&self.encoder, word)).collect(),
            read: Vec::new(),
        }
    }

    /// How likely a task is any agent's at all: the part of its work that somebody speaks of, or all of it where it names a fact of the
    /// stack.
    fn is_ours(&self, seen: &Seen, facts: &[Named<'_>]) -> f32 {
        if facts.is_empty() {
            dot(&self.sorts(seen, &self.encoder.vector(&seen.entries)), &self.spoken_of)
        } else {
            1.0
        }
    }

    /// What sorts of work a task is of, by its words and as a sentence.
    fn sorts(&self, seen: &Seen, vector: &[f32]) -> Vec<f32> {
        let mut concepts = self.encoder.concepts(vector);
        for (share, read) in concepts.iter_mut().zip(&seen.read) {
            *share += OF_READER * (read - *share);
        }
        concepts
    }

    /// A score for each agent; the difference of two is the logarithm of how much likelier the one is.
    fn scores(&self, seen: &Seen, facts: &[Named<'_>], left_out: Option<(usize, usize)>) -> Vec<f32> {
        let vector = self.encoder.vector(&seen.entries);
        let concepts = if self.shares.is_empty() { Vec::new() } else { self.sorts(seen, &vector) };
        let vector = unit(vector);
        let without = left_out
            .map(|(agent, fragment)| (agent, self.profiles[agent].means_without(&self.encoder, fragment)));
        let mut shares = &self.shares;
        let relearned;
        if let Some((left, (own, _))) = &without
            && !shares.is_empty()
        {
            let each = self.profiles.iter().enumerate();
            let concepts: Vec<&[f32]> = each
                .map(|(agent, profile)| if agent == *left { own.as_slice() } else { &profile.concepts })
                .collect();
            relearned = self::shares(&concepts, self.encoder.table.concepts);
            shares = &relearned;
        }
        let across: f32 = concepts
            .iter()
            .zip(&self.encoder.table.across)
            .filter(|(_, across)| **across)
            .map(|(share, _)| share)
            .sum();
        let mut scores: Vec<f32> = self
            .profiles
            .iter()
            .enumerate()
            .map(|(agent, profile)| {
                let (centre, left) = match &without {
                    Some((left, (_, centre))) if *left == agent => {
                        (centre, left_out.map(|(_, fragment)| fragment))
                    }
                    _ => (&profile.centre, None),
                };
                let part = shares.get(agent).map_or(0.0, |shares| dot(&concepts, shares));
                (part + LEAST_CONCEPT).ln()
                    + OF_LIKENESS * profile.likeness(&vector, left)
                    + OF_CENTRE * dot(&vector, centre)
            })
            .collect();
        for (agent, weight) in self.shared_words.of(&seen.keys) {
            scores[agent] += OF_SHARED_WORDS * weight;
        }
        // Who reviews, audits or deploys a service does not own it: a fact says less the more the task cuts across.
        for fact in facts {
            scores[fact.agent] += fact.weight * (1.0 - DOUBT_OF_FACTS * across);
        }
        scores
    }

    /// What speaks for the agent against the runner-up. A word's part is told from the words alone: reading the task anew without each
    /// of them would take many times as long as routing it.
    fn reasons(
        &self,
        task: &str,
        facts: &[Named<'_>],
        agent: usize,
        runner_up: Option<usize>,
    ) -> Vec<Reason> {
        let seen = &self.see_words(task);
        let lead = |seen: &Seen, facts: &[Named<'_>]| {
            let scores = self.scores(seen, facts, None);
            scores[agent] - runner_up.map_or(0.0, |runner_up| scores[runner_up])
        };
        let whole = lead(seen, facts);
        let without_facts = lead(seen, &[]);
        let mut reasons = Vec::new();
        for fact in facts.iter().filter(|fact| fact.agent == agent) {
            let weight = (whole - without_facts).max(0.0);
            reasons.push(Reason { kind: ReasonKind::Fact, text: fact.said.to_owned(), weight });
        }
        let mut spoken: BTreeSet<String> = BTreeSet::new();
        let words: Vec<String> = words(task).into_iter().filter(|word| spoken.insert(word.clone())).collect();
        for word in words.into_iter().take(24) {
            let rest: Vec<String> = self::words(task).into_iter().filter(|other| *other != word).collect();
            let weight = whole - lead(&self.see_words(&rest.join(" ")), facts);
            if weight > 0.05 {
                reasons.push(Reason { kind: ReasonKind::Word, text: word, weight });
            }
        }
        reasons.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        reasons.truncate(MOST_REASONS);
        let vector = unit(self.encoder.vector(&seen.entries));
        if let Some((fragment, likeness)) = self.profiles[agent].nearest(&vector)
            && likeness > 0.4
        {
            reasons.push(Reason { kind: ReasonKind::Like, text: fragment.text.clone(), weight: likeness });
        }
        reasons
    }
}

/// The agents by score, and the confidence of each. Of equals the first in the source leads.
fn ranked(scores: &[f32]) -> (Vec<usize>, Vec<f32>) {
    let mut confidences: Vec<f32> = scores.iter().map(|score| score / SPREAD).collect();
    softmax(&mut confidences);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
    (order, confidences)
}

/// Divides each concept among the agents by how much each speaks of it.
fn shares(agents: &[&[f32]], concepts: usize) -> Vec<Vec<f32>> {
    /// Keeps a concept that nobody speaks of from going to one alone.
    const LEAST: f32 = 1e-3;
    let mut sums = vec![0.0; concepts];
    for agent in agents {
        for (sum, share) in sums.iter_mut().zip(*agent) {
            *sum += share + LEAST;
        }
    }
    let share = |agent: &&[f32]| agent.iter().zip(&sums).map(|(share, sum)| (share + LEAST) / sum).collect();
    agents.iter().map(share).collect()
}
