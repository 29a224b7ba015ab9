//! How often a router is right, and where it is not.

use serde::Serialize;

use super::labelled::Labelled;
use super::router::Router;

/// A router held against labelled tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// `correct` of `total`, from 0 to 1.
    pub accuracy: f64,
    pub correct: usize,
    pub total: usize,
    /// Of the verdicts that the router was sure of: how many there are, and how many of them are right.
    pub sure: usize,
    pub sure_correct: usize,
    /// The agents in the order of the source: rows and columns of the table of confusion.
    pub agents: Vec<String>,
    /// For each labelled agent how often the router named each agent.
    pub confusion: Vec<Vec<usize>>,
    pub wrong: Vec<Miss>,
}

/// A task that went to the wrong agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// In the file, from 1.
    pub line: usize,
    pub task: String,
    pub expected: String,
    pub agent: String,
    pub confidence: f32,
    pub sure: bool,
}

/// Routes every task. What counts is the agent that the verdict names, sure or not.
#[must_use]
pub fn evaluate(router: &Router, tasks: &[Labelled]) -> Evaluation {
    let agents: Vec<String> = router.agents().map(ToOwned::to_owned).collect();
    let place = |name: &str| agents.iter().position(|agent| agent == name);
    let mut confusion = vec![vec![0; agents.len()]; agents.len()];
    let mut wrong = Vec::new();
    let (mut sure, mut sure_correct) = (0, 0);
    for task in tasks {
        let guess = router.guess(&task.task);
        let right = guess.agent == task.agent;
        if let (Some(row), Some(column)) = (place(&task.agent), place(guess.agent)) {
            confusion[row][column] += 1;
        }
        sure += usize::from(guess.sure);
        sure_correct += usize::from(guess.sure && right);
        if !right {
            wrong.push(Miss {
                line: task.line,
                task: task.task.clone(),
                expected: task.agent.clone(),
                agent: guess.agent.to_owned(),
                confidence: guess.confidence,
                sure: guess.sure,
            });
        }
    }
    let (total, correct) = (tasks.len(), tasks.len() - wrong.len());
    Evaluation {
        accuracy: share(correct, total),
        correct,
        total,
        sure,
        sure_correct,
        agents,
        confusion,
        wrong,
    }
}

#[expect(clippy::cast_precision_loss, reason = "files of tasks are far smaller than what a float can count")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
