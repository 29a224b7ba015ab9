//! What the router says about a task.

use serde::Serialize;

/// Which agent a task belongs to, how sure that is, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    pub task: String,
    /// The likeliest agent, however unsure: what `agents eval` counts.
    pub agent: String,
    /// How likely it is the right one, from 0 to 1.
    pub confidence: f32,
    /// Whether to go by it. Where not, ask the coordinator.
    pub sure: bool,
    /// The agent that reports to nobody: the first where several do, none where none does.
    pub coordinator: Option<String>,
    pub runner_up: Option<String>,
    /// What spoke for the agent against the runner-up, the strongest first.
    pub reasons: Vec<Reason>,
    /// Every agent, the likeliest first.
    pub scores: Vec<AgentScore>,
}

/// An agent, and how likely the task is its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentScore {
    pub agent: String,
    pub confidence: f32,
}

/// Something that spoke for an agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    pub kind: ReasonKind,
    /// For a word the word, for a fact a sentence, for a likeness the stack's own text.
    pub text: String,
    /// By how much: the difference in score, or for a likeness from 0 to 1.
    pub weight: f32,
}

/// What sort of thing spoke for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// A port, route, folder or service that the task names.
    Fact,
    /// A word of the task without which the agent would be less ahead.
    Word,
    /// An example, responsibility or keyword of the agent that the task is like.
    Like,
}
