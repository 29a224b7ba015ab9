//! Whatever a stack says, its files parse, verify, hold its strings as they were said, and are made once.

use std::io::Write as _;
use std::process::{Command, Stdio};

use camino::Utf8Path;
use proptest::prelude::*;
use serde_json::Value as Json;
use stackgen::Compilation;
use stackgen::diagnostics::Severity;
use stackgen::plan::diff::patch;
use stackgen::render::Output;
use stackgen::yaml;
use toml::de::DeTable;

use crate::project::Project;
use crate::stacks::{Stack, stack};
use crate::{cases, git};

/// What comes of a stack, which has to be right.
pub fn compiled(stack: &Stack) -> Result<Compilation, TestCaseError> {
    let compilation = stackgen::compile(&stack.world(), Utf8Path::new("stack.toml"), None);
    let errors: Vec<_> = compilation
        .report
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| format!("{}: {}", found.rule, found.message))
        .collect();
    prop_assert!(errors.is_empty(), "{errors:#?}\n{}", stack.text());
    prop_assert!(!compilation.outputs.is_empty());
    Ok(compilation)
}

/// The output at a path of the base.
pub fn output<'a>(compilation: &'a Compilation, path: &str) -> &'a Output {
    let found = compilation.outputs.iter().find(|output| output.path == path);
    found.unwrap_or_else(|| panic!("there is no {path}"))
}

fn yaml_of(compilation: &Compilation, path: &str) -> Json {
    yaml::parse(&output(compilation, path).contents).unwrap()
}

/// Whether a text is what its name says, by readers that stackgen's own verification does not use where there are any.
fn parses(output: &Output) -> Result<(), String> {
    let (path, text) = (&output.path, output.contents.as_str());
    match path.extension() {
        Some("yml" | "yaml") => yaml::parse(text).map(drop).map_err(|error| format!("{path}: {error:?}")),
        Some("json") => {
            serde_json::from_str::<Json>(text).map(drop).map_err(|error| format!("{path}: {error}"))
        }
        Some("toml") => DeTable::parse(text).map(drop).map_err(|error| format!("{path}: {error}")),
        // Fenced off by lines of their own, and never empty.
        Some("md" | "mdc") if text.starts_with("---\n") => {
            let (front, rest) =
                text[4..].split_once("\n---\n").ok_or(format!("{path}: no end of the front matter"))?;
            let front = yaml::parse(front).map_err(|error| format!("{path}: {error:?}"))?;
            if front.is_object() && !rest.trim().is_empty() {
                Ok(())
            } else {
                Err(format!("{path}: {front}"))
            }
        }
        _ => Ok(()),
    }
}

/// Whether the shell reads all of these scripts.
fn shell_reads(scripts: &[&Output]) -> bool {
    scripts.iter().all(|script| {
        let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.contents.as_bytes()).unwrap();
        shell.wait().unwrap().success()
    })
}

/// What Compose makes of a string in its file.
fn interpolated(text: &str) -> String {
    text.replace("$$", "$")
}

/// The text of a value of the stack that is one, and no reference.
fn said(value: &Json) -> Option<&str> {
    value.get("literal").unwrap_or(value).as_str().filter(|text| value.is_object() || !text.contains("{{"))
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_stack_becomes_files_that_parse_and_end_in_one_newline(stack in stack()) {
        let compilation = compiled(&stack)?;
        for output in &compilation.outputs {
            prop_assert_eq!(parses(output), Ok(()), "{}", stack.text());
            let text = &output.contents;
            prop_assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}\n{}", output.path, stack.text());
            prop_assert!(!text.contains('\r'), "{}", output.path);
        }
        let scripts = compilation.outputs.iter().filter(|output| output.executable);
        let scripts: Vec<&Output> = scripts.filter(|output| output.environment.is_none()).collect();
        prop_assert!(!scripts.is_empty() && shell_reads(&scripts), "{}", stack.text());
    }

    #[test]
    fn a_stack_is_compiled_to_the_same_bytes_each_time(stack in stack()) {
        let (first, second) = (compiled(&stack)?, compiled(&stack)?);
        prop_assert_eq!(first.outputs, second.outputs);
    }

    #[test]
    fn what_a_stack_says_stands_in_its_files_as_it_was_said(stack in stack()) {
        let compilation = compiled(&stack)?;
        let compose = yaml_of(&compilation, "generated/docker-compose.yml");
        for name in &stack.services {
            let variables = stack.service(name)["env"].as_object().into_iter().flatten();
            for (variable, text) in variables.filter_map(|(name, value)| Some((name, said(value)?))) {
                let written = compose["services"][name]["environment"][variable].as_str().map(interpolated);
                prop_assert_eq!(written.as_deref(), Some(text), "{}.{}\n{}", name, variable, stack.text());
            }
            for (label, text) in stack.service(name)["compose_extra"]["labels"].as_object().into_iter().flatten() {
                prop_assert_eq!(&compose["services"][name]["labels"][label], text, "{}.{}", name, label);
            }
        }
        let agents = stack.written.get("agents").and_then(Json::as_object);
        let Some(agents) = agents else { return Ok(()) };
        let team = yaml_of(&compilation, "generated/agents/agents.yaml");
        for (agent, written) in agents.iter().zip(team["agents"].as_array().unwrap()) {
            prop_assert_eq!(&written["description"], &agent.1["description"], "{}", stack.text());
            for key in ["examples", "responsibilities", "keywords"] {
                let said = agent.1.get(key).cloned().unwrap_or_else(|| Json::Array(Vec::new()));
                prop_assert_eq!(&written[key], &said, "{} of {}\n{}", key, agent.0, stack.text());
            }
        }
    }
}

/// A project on the disk, with all that a stack speaks of.
fn on_disk(stack: &Stack) -> Project {
    let project = Project::new();
    project.write("stack.toml", &stack.text());
    for (path, text) in stack.files() {
        project.write(&path, &text);
    }
    project
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn a_second_build_of_a_stack_does_nothing_and_a_patch_to_another_one_is_its_build(old in stack(), new in stack()) {
        let (before, after) = (compiled(&old)?, compiled(&new)?);
        let [built, patched] = [on_disk(&old), on_disk(&old)];
        for project in [&built, &patched] {
            project.build(&before.outputs);
            let again = project.plan(&before.outputs);
            prop_assert_eq!(again.writes().count(), 0, "a second build would write: {}", again.summary());
        }
        let patch = patch(&patched.plan(&after.outputs), Utf8Path::new(""));
        if !patch.is_empty() {
            prop_assert_eq!(git::apply(&patched.root, &patch), Ok(()));
        }
        built.build(&after.outputs);
        prop_assert_eq!(files_of(&patched), files_of(&built));
    }
}

/// Every file of a project but what is this machine's alone: path and contents.
fn files_of(project: &Project) -> Vec<(camino::Utf8PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![project.root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            match path.is_dir() {
                true if path.file_name() == Some(".stackgen") => {}
                true => folders.push(path),
                false => found.push((
                    path.strip_prefix(&project.root).unwrap().to_owned(),
                    std::fs::read_to_string(&path).unwrap(),
                )),
            }
        }
    }
    found.sort();
    found
}
