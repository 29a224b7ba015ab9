//! What the stack says of an agent, as the router learns it.

use stackgen_reader::dot;

use super::encoder::{Encoder, unit};
use crate::model::{Agent, Service, Stack};

/// Where a text comes from, and so how much it says about its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Name,
    Description,
    Clause,
    Responsibility,
    Keyword,
    Example,
    Owned,
    OwnedDescription,
    Route,
}

impl Source {
    fn weight(self) -> f32 {
        match self {
            Self::Description => 3.0,
            Self::Responsibility | Self::Example => 1.5,
            Self::Name | Self::Clause | Self::Keyword | Self::OwnedDescription => 1.0,
            Self::Owned | Self::Route => 0.5,
        }
    }
}

/// One text about an agent.
pub struct Fragment {
    pub source: Source,
    pub text: String,
    /// Of length 1.
    pub vector: Vec<f32>,
    /// How likely the text speaks of each concept; empty where that was not asked for.
    pub concepts: Vec<f32>,
}

/// An agent as the router knows it.
pub struct Profile {
    pub name: String,
    pub fragments: Vec<Fragment>,
    /// The weighted mean of the fragments' concepts.
    pub concepts: Vec<f32>,
    /// The weighted mean of the fragments' vectors, of length 1.
    pub centre: Vec<f32>,
}

impl Profile {
    pub fn new(encoder: &Encoder, stack: &Stack, agent: &Agent, with_concepts: bool) -> Self {
        let fragments: Vec<Fragment> = texts(stack, agent)
            .into_iter()
            .map(|(source, text)| {
                let vector = encoder.vector(&encoder.entries(&text));
                let concepts = if with_concepts { encoder.concepts(&vector) } else { Vec::new() };
                Fragment { source, text, vector: unit(vector), concepts }
            })
            .collect();
        let (concepts, centre) = means(encoder, fragments.iter());
        Self { name: agent.name.value.clone(), fragments, concepts, centre }
    }

    /// The means without one of the fragments.
    pub fn means_without(&self, encoder: &Encoder, left_out: usize) -> (Vec<f32>, Vec<f32>) {
        let others = self.fragments.iter().enumerate().filter(|(index, _)| *index != left_out);
        means(encoder, others.map(|(_, fragment)| fragment))
    }

    /// The mean likeness of a text to the three fragments that are most like it.
    pub fn likeness(&self, vector: &[f32], left_out: Option<usize>) -> f32 {
        let mut best = [-1.0f32; 3];
        for (index, fragment) in self.fragments.iter().enumerate() {
            let likeness = dot(vector, &fragment.vector);
            if likeness > best[2] && left_out != Some(index) {
                best[2] = likeness;
                best.sort_by(|one, other| other.total_cmp(one));
            }
        }
        best.iter().sum::<f32>() / 3.0
    }

    /// The fragment that is most like a text, and how much, out of those that people wrote as whole texts.
    pub fn nearest(&self, vector: &[f32]) -> Option<(&Fragment, f32)> {
        let whole = |fragment: &&Fragment| {
            matches!(fragment.source, Source::Example | Source::Responsibility | Source::Keyword)
        };
        let likenesses =
            self.fragments.iter().filter(whole).map(|fragment| (fragment, dot(vector, &fragment.vector)));
        likenesses.max_by(|one, other| one.1.total_cmp(&other.1))
    }
}

fn means<'a>(encoder: &Encoder, fragments: impl Iterator<Item = &'a Fragment>) -> (Vec<f32>, Vec<f32>) {
    let mut concepts = vec![0.0; encoder.table.concepts];
    let mut centre = vec![0.0; encoder.table.dimensions];
    let mut weights = 0.0;
    for fragment in fragments {
        let weight = fragment.source.weight();
        weights += weight;
        add(&fragment.concepts, weight, &mut concepts);
        add(&fragment.vector, weight, &mut centre);
    }
    for share in &mut concepts {
        *share /= f32::max(weights, 1.0);
    }
    (concepts, unit(centre))
}

fn add(values: &[f32], weight: f32, sums: &mut [f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

/// Every text about an agent.
fn texts(stack: &Stack, agent: &Agent) -> Vec<(Source, String)> {
    let name = agent.name.value.strip_prefix("ag-").unwrap_or(&agent.name.value);
    let mut texts = vec![
        (Source::Name, name.replace(['-', '_'], " ")),
        (Source::Description, agent.description.value.clone()),
    ];
    let clauses = agent.description.value.split([':', ',', ';']).flat_map(|clause| clause.split(" and "));
    let mut add = |source, each: &mut dyn Iterator<Item = &str>| {
        texts.extend(each.map(|text| (source, text.trim().to_owned())).filter(|(_, text)| text.len() > 3));
    };
    add(Source::Clause, &mut clauses.into_iter());
    add(Source::Responsibility, &mut agent.responsibilities.iter().map(String::as_str));
    add(Source::Responsibility, &mut agent.concerns.iter().map(|concern| concern.value.as_str()));
    add(Source::Example, &mut agent.examples.iter().map(String::as_str));
    texts.extend(agent.keywords.iter().map(|keyword| (Source::Keyword, keyword.clone())));
    for owned in &agent.owns {
        if let Some(service) = stack.services.get(&owned.value) {
            texts.extend(texts_of_service(stack, service));
        }
    }
    texts
}

fn texts_of_service(stack: &Stack, service: &Service) -> Vec<(Source, String)> {
    if stack.gateway.as_ref().is_some_and(|gateway| gateway.service == service.name.value) {
        return vec![(Source::Owned, "api gateway kong".to_owned())];
    }
    let name = service.name.value.replace('-', " ");
    let mut texts = vec![(Source::Owned, format!("{name} {}", service.kind.value))];
    if !service.description.is_empty() {
        texts.push((Source::OwnedDescription, service.description.clone()));
    }
    let paths = service.routes.iter().flat_map(|route| &route.paths).filter_map(|path| path.value.prefix());
    let paths = paths.map(words_of_path);
    texts.extend(paths.filter(|words| !words.is_empty()).map(|words| (Source::Route, words)));
    texts
}

/// The words of a path that say what lies there: not `api`, not `v1`.
fn words_of_path(path: &str) -> String {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let parts = path.split(|sign: char| !sign.is_ascii_alphanumeric());
    let parts: Vec<&str> =
        parts.filter(|part| !part.is_empty() && *part != "api" && !is_version(part)).collect();
    parts.join(" ")
}
