//! Tasks with the agent that each belongs to, as a file holds them.

use thiserror::Error;

/// A task and the agent that people say it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    pub agent: String,
    pub task: String,
    /// In its file, from 1.
    pub line: usize,
}

/// A line that is no labelled task. Its text names the line and says what to write.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {what}\nhelp: {help}")]
pub struct LabelledError {
    pub line: usize,
    what: String,
    help: String,
}

/// Reads `agent<TAB>task` lines. Blank lines and lines that begin with `#` are left out.
///
/// # Errors
/// Every line that is of another form, is without a task, or names an agent that is not among `agents`; and a text without tasks.
pub fn labelled(text: &str, agents: &[&str]) -> Result<Vec<Labelled>, Vec<LabelledError>> {
    let mut tasks = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match task_of(line, index + 1, agents) {
            Ok(task) => tasks.push(task),
            Err(error) => errors.push(error),
        }
    }
    if tasks.is_empty() && errors.is_empty() {
        errors.push(LabelledError {
            line: 1,
            what: "the file holds no tasks".to_owned(),
            help: "write one task a line: the agent's name, a tab, and the task".to_owned(),
        });
    }
    if errors.is_empty() { Ok(tasks) } else { Err(errors) }
}

fn task_of(line: &str, number: usize, agents: &[&str]) -> Result<Labelled, LabelledError> {
    let error = |what: String, help: String| LabelledError { line: number, what, help };
    let Some((agent, task)) = line.split_once('\t') else {
        let help = "put a tab between the agent's name and the task".to_owned();
        return Err(error("there is no tab".to_owned(), help));
    };
    let (agent, task) = (agent.trim(), task.trim());
    if task.is_empty() {
        let help = "write the task after the tab, or remove the line".to_owned();
        return Err(error(format!("`{agent}` has no task"), help));
    }
    if !agents.contains(&agent) {
        let help = match crate::source::nearest(agent, agents.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the agents are {}", crate::source::quoted_list(agents.iter().copied())),
        };
        return Err(error(format!("there is no agent `{agent}`"), help));
    }
    Ok(Labelled { agent: agent.to_owned(), task: task.to_owned(), line: number })
}

#[cfg(test)]
mod tests {
    use super::labelled;

    #[test]
    fn comments_and_blank_lines_are_left_out_and_lines_are_counted() {
        let tasks = labelled("# said\n\none\tdo this\r\ntwo\tdo\tthat\n", &["one", "two"]).unwrap();
        assert_eq!(tasks.len(), 2);
        assert_eq!((tasks[0].line, tasks[0].task.as_str()), (3, "do this"));
        assert_eq!(tasks[1].task, "do\tthat");
    }

    #[test]
    fn every_bad_line_is_told_with_a_way_out() {
        let errors = labelled("one do this\none\t \noen\tdo that\n", &["one", "three"]).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 1: there is no tab\nhelp: put a tab between the agent's name and the task",
                "line 2: `one` has no task\nhelp: write the task after the tab, or remove the line",
                "line 3: there is no agent `oen`\nhelp: did you mean `one`?",
            ]
        );
        assert!(labelled("# nothing\n", &["one"]).is_err());
    }
}
