//! The router from outside: the command line, and how often it is right on labelled tasks. `--nocapture` prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, tests work on the disk, and the figures are for people"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};
use std::time::Instant;

use camino::Utf8Path;
use serde_json::Value as Json;
use stackgen::agents::{Labelled, Router, embedded_bytes, evaluate, labelled};
use stackgen::model::Stack;
use stackgen::source::Disk;

/// What tasks lie in, and the accuracy that they must reach: a little less than they do.
type Measured = (&'static str, f64);
const REFERENCE: &[Measured] = &[
    ("tests/routing/reference.dev.tsv", 0.87),
    ("tests/routing/reference.held.tsv", 0.87),
    ("tests/routing/reference.short.tsv", 0.93),
];
const SHOP: &[Measured] = &[("tests/routing/shop/dev.tsv", 0.83), ("tests/routing/shop/held.tsv", 0.82)];
const CLINIC: &[Measured] = &[("tests/routing/clinic/dev.tsv", 0.85)];

fn stack(file: &str) -> Stack {
    let world = Disk::new(env!("CARGO_MANIFEST_DIR").into());
    stackgen::validate(&world, Utf8Path::new(file), None).stacks.remove(0)
}

fn tasks(router: &Router, file: &str) -> Vec<Labelled> {
    let text = std::fs::read_to_string(Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    labelled(&text, &router.agents().collect::<Vec<_>>()).unwrap()
}

#[test]
fn labelled_tasks_of_the_reference_stack_reach_the_right_agent_as_often_as_the_documentation_says() {
    measure("stack.toml", REFERENCE);
}

#[test]
fn labelled_tasks_of_a_shop_reach_the_right_agent_as_often_as_the_documentation_says() {
    measure("tests/routing/shop/stack.toml", SHOP);
}

#[test]
fn labelled_tasks_of_a_clinic_reach_the_right_agent_as_often_as_the_documentation_says() {
    measure("tests/routing/clinic/stack.toml", CLINIC);
}

fn measure(stack_file: &str, files: &[Measured]) {
    let stack = stack(stack_file);
    let start = Instant::now();
    let router = Router::new(&stack).unwrap();
    println!("{stack_file}: learned in {:?}; embedded: {} bytes", start.elapsed(), embedded_bytes());
    for (file, least) in files {
        let tasks = tasks(&router, file);
        let start = Instant::now();
        let evaluation = evaluate(&router, &tasks);
        let each = start.elapsed() / u32::try_from(tasks.len()).unwrap();
        let keywords = by_keywords(&stack, &tasks);
        println!(
            "{file}: {:.3} ({} of {}), sure of {} with {} right; BM25 {keywords:.3}; {each:?} a task",
            evaluation.accuracy,
            evaluation.correct,
            evaluation.total,
            evaluation.sure,
            evaluation.sure_correct
        );
        assert!(evaluation.accuracy >= *least, "{file}: {}", evaluation.accuracy);
        assert!(evaluation.accuracy > keywords + 0.2, "{file}: no better than by keywords, {keywords}");
    }
}

/// The baseline: BM25 over all that the stack says of each agent.
fn by_keywords(stack: &Stack, tasks: &[Labelled]) -> f64 {
    let documents: Vec<(&str, BTreeMap<String, f64>)> = stack
        .agents
        .values()
        .map(|agent| {
            let mut text = format!("{} {}", *agent.name, *agent.description);
            for part in [&agent.responsibilities, &agent.keywords, &agent.examples] {
                text = format!("{text} {}", part.join(" "));
            }
            for service in agent.owns.iter().filter_map(|owned| stack.services.get(&owned.value)) {
                text = format!("{text} {} {}", *service.name, service.description);
            }
            let mut counts = BTreeMap::new();
            words(&text).for_each(|word| *counts.entry(word).or_insert(0.0) += 1.0);
            (agent.name.value.as_str(), counts)
        })
        .collect();
    let number = f64::from(u32::try_from(documents.len()).unwrap());
    let length = |document: &BTreeMap<String, f64>| document.values().sum::<f64>();
    let mean = documents.iter().map(|(_, document)| length(document)).sum::<f64>() / number;
    let score = |document: &BTreeMap<String, f64>, task: &BTreeSet<String>| -> f64 {
        let of_word = |word: &String| {
            let count = document.get(word).copied()?;
            let holders = documents.iter().filter(|(_, other)| other.contains_key(word)).count();
            let holders = f64::from(u32::try_from(holders).unwrap());
            let rarity = (1.0 + (number - holders + 0.5) / (holders + 0.5)).ln();
            Some(rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length(document) / mean)))
        };
        task.iter().filter_map(of_word).sum()
    };
    let right = |task: &&Labelled| {
        let asked: BTreeSet<String> = words(&task.task).collect();
        let mut best: Option<(f64, &str)> = None;
        for (name, document) in &documents {
            let score = score(document, &asked);
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, *name));
            }
        }
        best.is_some_and(|(_, name)| name == task.agent)
    };
    let correct = tasks.iter().filter(right).count();
    f64::from(u32::try_from(correct).unwrap()) / f64::from(u32::try_from(tasks.len()).unwrap())
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
}

#[test]
fn what_engineers_mean_counts_and_not_only_the_words() {
    let router = Router::new(&stack("stack.toml")).unwrap();
    for (task, agent) in [
        ("the login page button is misaligned on mobile", "ag-frontend"),
        ("review the PR that adds MFA", "ag-reviewer"),
        ("Kong pod restarts after the upgrade", "ag-infrastructure"),
        ("expired tokens still pass the gateway", "ag-coordinator"),
    ] {
        assert_eq!(router.route(task).agent, agent, "{task}");
    }
}

#[test]
fn every_verdict_is_the_same_each_time_and_its_confidences_are_shares_of_one_whole() {
    let router = Router::new(&stack("stack.toml")).unwrap();
    for task in ["", "  ", "🦀", "8001", "a", &"word ".repeat(5000), "../../etc/passwd\0\u{1b}[31m"] {
        let verdict = router.route(task);
        assert_eq!(verdict, router.route(task));
        assert_eq!(verdict.agent, router.guess(task).agent);
        let sum: f32 = verdict.scores.iter().map(|score| score.confidence).sum();
        assert!(verdict.scores.iter().all(|score| score.confidence >= 0.0) && sum < 1.001, "{task}: {sum}");
        assert_eq!(verdict.scores.len(), 10);
        assert_eq!(Some(&verdict.scores[1].agent), verdict.runner_up.as_ref());
    }
}

#[test]
fn a_task_for_nobody_in_the_team_is_not_given_to_somebody() {
    let mut stack = stack("stack.toml");
    let gone = ["ag-infrastructure", "ag-security", "ag-reviewer"];
    stack.agents.retain(|name, _| !gone.contains(&name.as_str()));
    let router = Router::new(&stack).unwrap();
    for task in [
        "upgrade the kubernetes cluster",
        "bake a cake",
        "write a novel about dragons",
        "the coffee machine is broken",
    ] {
        let verdict = router.route(task);
        let sum: f32 = verdict.scores.iter().map(|score| score.confidence).sum();
        assert!(!verdict.sure && sum < 0.9, "{task}: {verdict:?}");
        assert_eq!(verdict.coordinator.as_deref(), Some("ag-coordinator"));
    }
    let verdict = router.route("paint the service on port 8001 green");
    let sum: f32 = verdict.scores.iter().map(|score| score.confidence).sum();
    assert!((sum - 1.0).abs() < 1e-3, "what names a fact of the stack is the team's: {verdict:?}");
}

fn stackgen(folder: &Utf8Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stackgen")).current_dir(folder).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

fn in_shop(check: impl FnOnce(&Utf8Path)) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let shop = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/routing/shop/stack.toml");
    std::fs::copy(shop, root.join("stack.toml")).unwrap();
    check(root);
}

#[test]
fn route_prints_the_agent_the_runner_up_and_why_and_the_same_as_json() {
    in_shop(|root| {
        let (out, _, code) = printed(&stackgen(root, &["agents", "route", "refund the card payment"]));
        assert_eq!(code, 0);
        assert!(out.starts_with("payments-dev ("), "{out}");
        assert!(out.contains("\nrunner-up: ") && out.contains("`refund`"), "{out}");
        let arguments = ["agents", "route", "--format", "json", "refund the card payment"];
        let json: Json = serde_json::from_str(&printed(&stackgen(root, &arguments)).0).unwrap();
        assert_eq!(json["agent"], "payments-dev");
        assert_eq!(json["sure"], true);
        assert_eq!(json["coordinator"], "shop-lead");
        assert_eq!(json["scores"].as_array().unwrap().len(), 12);
        assert!(json["confidence"].as_f64().unwrap() > 0.5);
        assert!(json["reasons"][0]["kind"].is_string() && json["runner_up"].is_string());
    });
}

#[test]
fn a_fact_of_the_stack_speaks_for_its_owner() {
    in_shop(|root| {
        for named in
            ["port 9023 does not answer", "fix the crash in services/shipping", "500 from /shipping/labels"]
        {
            let (out, ..) = printed(&stackgen(root, &["agents", "route", "--format", "json", named]));
            let json: Json = serde_json::from_str(&out).unwrap();
            let scores = json["scores"].as_array().unwrap();
            let place = scores.iter().position(|score| score["agent"] == "fulfilment-dev").unwrap();
            assert!(place < 2, "{named}: {out}");
        }
    });
}

#[test]
fn a_task_that_says_nothing_is_put_to_the_coordinator() {
    in_shop(|root| {
        let (out, _, code) = printed(&stackgen(root, &["agents", "route", "zzz qqq"]));
        assert_eq!(code, 0);
        assert!(out.starts_with("not sure: "), "{out}");
        assert!(out.contains("\nask shop-lead, who coordinates\n"), "{out}");
    });
}

#[test]
fn eval_counts_what_route_names_and_gates_on_a_minimum() {
    in_shop(|root| {
        let tasks = "# said by people\n\npayments-dev\trefund the card payment\ndocs-writer\trefund the card payment\n";
        std::fs::write(root.join("tasks.tsv"), tasks).unwrap();
        let (out, _, code) = printed(&stackgen(root, &["agents", "eval", "tasks.tsv"]));
        assert_eq!(code, 0);
        assert!(out.starts_with("accuracy 0.500: 1 of 2 tasks\n"), "{out}");
        assert!(out.contains("line 4: docs-writer went to payments-dev"), "{out}");
        let (out, ..) = printed(&stackgen(root, &["agents", "eval", "--format", "json", "tasks.tsv"]));
        let json: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&json["accuracy"], &json["correct"], &json["total"]),
            (&0.5.into(), &1.into(), &2.into())
        );
        assert_eq!(json["wrong"][0]["expected"], "docs-writer");
        for (min, expected) in [("0.5", 0), ("0.51", 1), ("95", 2)] {
            assert_eq!(
                printed(&stackgen(root, &["agents", "eval", "--min", min, "tasks.tsv"])).2,
                expected,
                "{min}"
            );
        }
    });
}

#[test]
fn a_file_of_tasks_that_cannot_be_used_is_refused_with_the_line_and_a_way_out() {
    in_shop(|root| {
        std::fs::write(root.join("tasks.tsv"), "payments-dev refund\npayment-dev\trefund\n").unwrap();
        let (out, err, code) = printed(&stackgen(root, &["agents", "eval", "tasks.tsv"]));
        assert_eq!((out.as_str(), code), ("", 2));
        assert!(err.contains("tasks.tsv: line 1: there is no tab\nhelp: put a tab"), "{err}");
        assert!(err.contains(
            "tasks.tsv: line 2: there is no agent `payment-dev`\nhelp: did you mean `payments-dev`?"
        ));
        let (_, err, code) = printed(&stackgen(root, &["agents", "eval", "nowhere.tsv"]));
        assert_eq!(code, 2);
        assert!(err.contains("`nowhere.tsv` cannot be read"), "{err}");
        std::fs::write(root.join("stack.toml"), "[stack]\nname = \"alone\"\n").unwrap();
        let (_, err, code) = printed(&stackgen(root, &["agents", "route", "anything"]));
        assert_eq!(code, 2);
        assert!(err.contains("the stack has no agents\nhelp: add an `[agents.NAME]`"), "{err}");
    });
}
