//! `stackgen agents eval`: accuracy over labelled tasks.

use std::fmt::Write as _;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::agents::{Evaluation, Router, evaluate, labelled};
use crate::cli::format::Format;
use crate::cli::output::print;
use crate::cli::output::tell;
use crate::cli::{Exit, Global};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen agents eval tests/routing/reference.dev.tsv
  stackgen agents eval --min 0.95 tasks.tsv      exit code 1 below 95 percent
  stackgen agents eval --format json tasks.tsv

A line of the file is an agent's name, a tab, and a task; blank lines and lines that begin with # are left out. What counts is the
agent that `route` names, whether it is sure or not.
The JSON object has `accuracy`, `correct`, `total`, `sure`, `sure_correct`, `agents`, `confusion` (rows: expected, columns: named) and
`wrong` (each with `line`, `task`, `expected`, `agent`, `confidence` and `sure`).")]
pub struct EvalArgs {
    /// The labelled tasks
    tasks: Utf8PathBuf,
    /// The accuracy from 0 to 1 below which the exit code is 1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min: Option<f64>,
}

pub fn run(global: &Global, router: &Router, args: &EvalArgs) -> anyhow::Result<Exit> {
    let text = read(&args.tasks)?;
    let agents: Vec<&str> = router.agents().collect();
    let tasks = labelled(&text, &agents).map_err(|errors| {
        let told: Vec<String> = errors.iter().map(|error| format!("{}: {error}", args.tasks)).collect();
        anyhow::anyhow!(told.join("\nerror: "))
    })?;
    let evaluation = evaluate(router, &tasks);
    if global.format == Format::Json {
        print(&format!("{:#}\n", serde_json::to_value(&evaluation)?))?;
    } else {
        print(&report(&evaluation))?;
    }
    let enough = args.min.is_none_or(|min| evaluation.accuracy >= min);
    if !enough {
        let least = args.min.unwrap_or_default();
        tell!("error: accuracy {:.3} is below {least}", evaluation.accuracy);
    }
    Ok(if enough { Exit::Done } else { Exit::NotWritten })
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "write a number from 0 to 1, such as 0.95".to_owned())?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("write a number from 0 to 1, such as 0.95".to_owned())
    }
}

fn read(path: &Utf8Path) -> anyhow::Result<String> {
    let help = "name a file of lines `agent<TAB>task`";
    std::fs::read_to_string(path).with_context(|| format!("`{path}` cannot be read\nhelp: {help}"))
}

/// An evaluation for people.
fn report(evaluation: &Evaluation) -> String {
    let Evaluation { accuracy, correct, total, sure, sure_correct, .. } = evaluation;
    let mut text = format!("accuracy {accuracy:.3}: {correct} of {total} tasks\n");
    let _ = writeln!(text, "sure of {sure}, of which {sure_correct} are right");
    text.push_str(&confusion(evaluation));
    if !evaluation.wrong.is_empty() {
        text.push_str("\nwrong:\n");
    }
    for miss in &evaluation.wrong {
        let doubt = if miss.sure { "" } else { ", not sure" };
        let _ = writeln!(
            text,
            "  line {}: {} went to {}{doubt}: {}",
            miss.line, miss.expected, miss.agent, miss.task
        );
    }
    text
}

/// The table of confusion: a row for each expected agent, a numbered column for each that was named.
fn confusion(evaluation: &Evaluation) -> String {
    let width = evaluation.agents.iter().map(|agent| agent.chars().count()).max().unwrap_or(0);
    let mut text = String::from("\nexpected in rows, named in columns:\n");
    let cells = evaluation.confusion.iter().flatten().max().copied().unwrap_or(0);
    let cell = usize::max(cells.to_string().len(), evaluation.agents.len().to_string().len());
    let _ = write!(text, "{:>number$}  {:width$}", "", "", number = cell);
    for column in 1..=evaluation.agents.len() {
        let _ = write!(text, "  {column:>cell$}");
    }
    text.push('\n');
    for (index, (agent, row)) in evaluation.agents.iter().zip(&evaluation.confusion).enumerate() {
        let _ = write!(text, "{:>cell$}  {agent:width$}", index + 1);
        for count in row {
            let shown = if *count == 0 { ".".to_owned() } else { count.to_string() };
            let _ = write!(text, "  {shown:>cell$}");
        }
        text.push('\n');
    }
    text
}
