//! `stackgen agents route`: the agent of a task.

use std::fmt::Write as _;

use clap::Args;

use crate::agents::{Reason, ReasonKind, Router, Verdict};
use crate::cli::format::Format;
use crate::cli::output::print;
use crate::cli::{Exit, Global};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen agents route \"people are logged out after five minutes\"
  stackgen agents route --format json \"the search API answers 404\"

The JSON object has `task`, `agent` (the likeliest), `confidence` (0 to 1), `sure`, `coordinator` (whom to ask where it is not),
`runner_up`, `reasons` (each with `kind`: `fact`, `word` or `like`, `text` and `weight`) and `scores` (each agent's confidence).
It works offline, from the stack alone.")]
pub struct RouteArgs {
    /// The task, in a sentence
    task: String,
}

pub fn run(global: &Global, router: &Router, args: &RouteArgs) -> anyhow::Result<Exit> {
    if args.task.trim().is_empty() {
        anyhow::bail!("the task is empty\nhelp: say in a sentence what is to be done");
    }
    let verdict = router.route(&args.task);
    if global.format == Format::Json {
        print(&format!("{:#}\n", serde_json::to_value(&verdict)?))?;
    } else {
        print(&text(&verdict))?;
    }
    Ok(Exit::Done)
}

/// A verdict for people.
fn text(verdict: &Verdict) -> String {
    let mut text = String::new();
    if verdict.sure {
        let _ = writeln!(text, "{} ({})", verdict.agent, percent(verdict.confidence));
    } else {
        let _ = writeln!(text, "not sure: likeliest {} ({})", verdict.agent, percent(verdict.confidence));
        if let Some(coordinator) = &verdict.coordinator {
            let _ = writeln!(text, "ask {coordinator}, who coordinates");
        }
    }
    if let Some(second) = verdict.scores.get(1) {
        let _ = writeln!(text, "runner-up: {} ({})", second.agent, percent(second.confidence));
    }
    if !verdict.reasons.is_empty() {
        text.push_str("because:\n");
    }
    for reason in &verdict.reasons {
        let _ = writeln!(text, "  {}", because(reason));
    }
    text
}

fn because(reason: &Reason) -> String {
    match reason.kind {
        ReasonKind::Fact => format!("{} (+{:.1})", reason.text, reason.weight),
        ReasonKind::Word => format!("the task says `{}` (+{:.1})", reason.text, reason.weight),
        ReasonKind::Like => format!("the task is like `{}` ({})", reason.text, percent(reason.weight)),
    }
}

/// A share from 0 to 1 in percent, never rounded up to certainty.
fn percent(share: f32) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}
