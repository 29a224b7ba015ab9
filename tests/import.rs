//! Compose projects of very different shapes, imported and built: what `docker compose config` makes of the new project is what it made
//! of the old one, service by service, but for what the report says.
//!
//! Each folder of `tests/import` is a project. `arguments` holds what `stackgen import` is called with, if anything; `expected` holds
//! lines that its messages must have, and in a project whose name begins with `bad-` it has to fail with them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "the projects are files on the disk")]
#![expect(clippy::print_stderr, reason = "what was skipped has to be seen")]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::thread;

use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;

fn cases() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("tests/import")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// A copy of a project, in a folder of its name.
fn copied(case: &Path) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(case.file_name().unwrap());
    copy(case, &root);
    (folder, root)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
    // git keeps neither empty folders nor a file of this name.
    if let Ok(text) = fs::read_to_string(to.join("dot-env")) {
        fs::write(to.join(".env"), text).unwrap();
    }
}

fn stackgen(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stackgen")).args(arguments).current_dir(root).output().unwrap()
}

fn lines_of(path: &Path) -> Vec<String> {
    fs::read_to_string(path)
        .unwrap_or_default()
        .lines()
        .map(ToOwned::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Imported {
    _folder: TempDir,
    root: PathBuf,
    report: Json,
    messages: String,
    succeeded: bool,
    built: Option<Output>,
}

/// Every project, imported and built, each once for all tests.
fn all() -> &'static [(PathBuf, Imported)] {
    static ALL: OnceLock<Vec<(PathBuf, Imported)>> = OnceLock::new();
    ALL.get_or_init(|| each(&cases(), |case| (case.clone(), imported(case))))
}

/// What comes of each, by as many threads as there are processors.
fn each<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let some = items.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let of = &of;
        let threads: Vec<_> = items
            .chunks(some)
            .map(|items| scope.spawn(move || items.iter().map(of).collect::<Vec<R>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn is_bad(case: &Path) -> bool {
    case.file_name().unwrap().to_string_lossy().starts_with("bad-")
}

fn imported(case: &Path) -> Imported {
    let (folder, root) = copied(case);
    let given = lines_of(&case.join("arguments"));
    let mut arguments = vec!["import", "--format", "json", "--out", "-"];
    arguments.extend(given.iter().map(String::as_str));
    let seen = stackgen(&root, &arguments);
    let report = serde_json::from_slice(&seen.stdout).unwrap_or(Json::Null);
    let mut arguments = vec!["import", "--yes"];
    arguments.extend(given.iter().map(String::as_str));
    let ran = stackgen(&root, &arguments);
    let messages = text(&ran.stdout) + &text(&ran.stderr);
    let built = root.join("stack.toml").exists().then(|| stackgen(&root, &["build", "--yes"]));
    Imported { _folder: folder, root, report, messages, succeeded: ran.status.success(), built }
}

#[test]
fn every_project_is_imported_and_builds_or_fails_with_a_place() {
    let cases = cases();
    assert!(cases.len() >= 30, "{} cases", cases.len());
    for (case, imported) in all() {
        let (name, messages) = (case.display(), &imported.messages);
        assert_eq!(imported.succeeded, !is_bad(case), "{name}: {messages}");
        for line in lines_of(&case.join("expected")) {
            assert!(messages.contains(&line), "{name}: `{line}` is missing in\n{messages}");
        }
        let Some(built) = &imported.built else {
            let has_place = messages.lines().any(|line| line.trim_start().starts_with("--> "));
            assert!(is_bad(case) && has_place, "{name}: {messages}");
            continue;
        };
        let stack = fs::read_to_string(imported.root.join("stack.toml")).unwrap();
        assert!(built.status.success(), "{name}: {}\n{stack}", text(&built.stderr));
    }
}

#[test]
fn no_secret_of_the_old_files_is_shown_or_written_anywhere_but_into_the_env_file() {
    for (case, imported) in all() {
        let stack = fs::read_to_string(imported.root.join("stack.toml")).unwrap_or_default();
        for secret in lines_of(&case.join("secrets")) {
            assert!(
                !imported.messages.contains(&secret),
                "{}: `{secret}` is shown: {}",
                case.display(),
                imported.messages
            );
            assert!(!stack.contains(&secret), "{}: `{secret}` is in the stack", case.display());
            let env = fs::read_to_string(imported.root.join(".env")).unwrap();
            assert!(env.contains(&secret), "{}: `{secret}` is lost", case.display());
        }
    }
}

#[test]
fn what_compose_makes_of_the_new_project_is_what_it_made_of_the_old_but_for_what_the_report_says() {
    let has_compose = Command::new("docker")
        .args(["compose", "version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_compose {
        assert!(std::env::var_os("STACKGEN_NEEDS_COMPOSE").is_none(), "docker compose is missing");
        eprintln!(
            "\n*** SKIPPED: docker compose is not here, so no imported project was compared with its old one ***\n"
        );
        return;
    }
    let good: Vec<_> = all().iter().filter(|(case, _)| !is_bad(case)).collect();
    let faults = each(&good, |(case, imported)| {
        let faults = compared(case, imported).into_iter();
        faults.map(|fault| format!("{}: {fault}", case.display())).collect::<Vec<_>>()
    });
    let faults = faults.concat();
    assert!(
        faults.is_empty(),
        "{} differences that no report tells of:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn compared(case: &Path, imported: &Imported) -> Vec<String> {
    let (_folder, before) = copied(case);
    let given = lines_of(&case.join("arguments"));
    let files: Vec<&String> = given.iter().filter(|file| is_compose(&before.join(file))).collect();
    let mut arguments: Vec<&str> = Vec::new();
    for file in files {
        arguments.extend(["-f", file.as_str()]);
    }
    let all_profiles = ["--profile", "*"];
    let old = match config(&before, &arguments, &all_profiles) {
        Ok(old) => old,
        Err(problem) => return vec![format!("the old project is no Compose project: {problem}")],
    };
    fill_env(&imported.root);
    let built = ["--env-file", ".env", "-f", "generated/docker-compose.yml"];
    let new = match config(&imported.root, &built, &all_profiles) {
        Ok(new) => new,
        Err(problem) => return vec![format!("Compose refuses the new project: {problem}")],
    };
    let empty = Map::new();
    let mut faults = Vec::new();
    // What no profile starts has to be without what one does.
    if let (Ok(_), Err(problem)) = (config(&before, &arguments, &[]), config(&imported.root, &built, &[])) {
        faults.push(format!("Compose refuses the new project where no profile is asked for: {problem}"));
    }
    let services = old["services"].as_object().unwrap_or(&empty);
    for (name, was) in services {
        let label = name.to_lowercase().replace(['_', '.'], "-");
        let is = &new["services"][&label];
        let was = facts(was, &old, &before);
        let is_there = imported.report["fidelity"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|line| line["about"] == "gateway" && line["key"] == name.as_str());
        // stackgen makes the service that runs the gateway.
        if is_there {
            continue;
        }
        let is = facts(is, &new, &imported.root);
        for key in was.keys().chain(is.keys()).collect::<std::collections::BTreeSet<_>>() {
            if was.get(key) != is.get(key) && !is_told(&imported.report, &label, key) {
                faults.push(format!("{name}: {key}: {:?} became {:?}", was.get(key), is.get(key)));
            }
        }
    }
    faults
}

fn is_compose(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.contains("services:") && !text.contains("_format_version"))
}

fn config(root: &Path, arguments: &[&str], profiles: &[&str]) -> Result<Json, String> {
    let mut command = Command::new("docker");
    command.arg("compose").args(arguments).args(profiles).args(["config", "--format", "json"]);
    let output = command.current_dir(root).output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(text(&output.stderr))
    }
}

/// Gives a value to every secret that has none yet, as the start script would.
fn fill_env(root: &Path) {
    let path = root.join(".env");
    let mut env = fs::read_to_string(&path).unwrap_or_default();
    for line in fs::read_to_string(root.join("generated/.env.example")).unwrap_or_default().lines() {
        let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        if !env.lines().any(|known| known.starts_with(&format!("{name}="))) {
            env.push_str(&format!("\n{name}=made-up"));
        }
    }
    fs::write(path, env).unwrap();
}

/// A service's facts, each under a key that the report has lines for.
fn facts(service: &Json, project: &Json, root: &Path) -> BTreeMap<String, Json> {
    let mut facts = BTreeMap::new();
    let root = root.to_string_lossy().into_owned();
    let service = with_deploy(service);
    for (key, value) in service.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let value: Json = serde_json::from_str(
            &value.to_string().replace(&root, "ROOT").replace("\"ROOT/generated/../", "\"ROOT/"),
        )
        .unwrap();
        match (key.as_str(), &value) {
            ("environment" | "labels" | "extra_hosts", Json::Object(entries)) => {
                facts.extend(entries.iter().map(|(name, value)| (format!("{key}.{name}"), value.clone())));
            }
            ("volumes", Json::Array(items)) => {
                for item in items {
                    let mut item = item.clone();
                    if item["type"] == "volume" {
                        let name = &project["volumes"][item["source"].as_str().unwrap_or_default()]["name"];
                        item["source"] = name.clone();
                        item.as_object_mut().unwrap().remove("volume");
                    }
                    item.as_object_mut().unwrap().remove("bind");
                    facts.insert(format!("volumes.{}", item["target"].as_str().unwrap_or_default()), item);
                }
            }
            ("depends_on", Json::Object(entries)) => {
                for (name, entry) in entries {
                    facts.insert(
                        format!("depends_on.{}", name.replace('_', "-")),
                        json!([entry["condition"], entry["restart"] == true, entry["required"] != false]),
                    );
                }
            }
            ("deploy" | "healthcheck" | "build", Json::Object(entries)) => {
                facts.extend(
                    entries
                        .iter()
                        .filter(|(_, value)| **value != json!({}))
                        .map(|(name, value)| (format!("{key}.{name}"), value.clone())),
                );
            }
            ("security_opt" | "cap_add" | "ports", Json::Array(items)) => {
                let mut items: Vec<String> = items.iter().map(ToString::to_string).collect();
                items.sort();
                facts.insert(key.clone(), json!(items));
            }
            _ => drop(facts.insert(key.clone(), value.clone())),
        }
    }
    // What Compose does where nothing is said.
    let defaults =
        [("deploy.mode", json!("replicated")), ("deploy.replicas", json!(1)), ("init", json!(false))];
    facts.retain(|key, value| !defaults.contains(&(key.as_str(), value.clone())));
    facts
}

/// The older keys of limits, in the place of the newer ones.
fn with_deploy(service: &Json) -> Json {
    let mut service = service.clone();
    let Some(table) = service.as_object_mut() else { return service };
    let (scale, memory, cpus) = (table.remove("scale"), table.remove("mem_limit"), table.remove("cpus"));
    if let Some(scale) = scale {
        service["deploy"]["replicas"] = scale;
    }
    if let Some(memory) = memory {
        service["deploy"]["resources"]["limits"]["memory"] = memory;
    }
    if let Some(cpus) = cpus {
        service["deploy"]["resources"]["limits"]["cpus"] = cpus;
    }
    service
}

/// Whether a line of the report says that a key is not as it was.
fn is_told(report: &Json, service: &str, key: &str) -> bool {
    report["fidelity"].as_array().into_iter().flatten().any(|line| {
        let of = line["key"].as_str().unwrap_or_default();
        let is_same = of == key || key.starts_with(&format!("{of}.")) || (of.starts_with(&format!("{key}.")));
        line["about"] == service && line["fate"] != "carried" && is_same
    })
}

#[test]
fn no_key_of_a_service_is_left_behind() {
    for (case, imported) in all().iter().filter(|(case, _)| !is_bad(case)) {
        let lines = imported.report["fidelity"].as_array().unwrap();
        let of_services =
            lines.iter().filter(|line| line["about"] != "the file" && line["about"] != "gateway");
        for line in of_services.filter(|line| line["fate"] == "not-carried") {
            let is_dropped =
                line["key"] == "instructions" || line["why"] == "of several containers none has a host port";
            assert!(is_dropped, "{}: {line}", case.display());
        }
    }
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, contents) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    folder
}

const WITH_PASSWORD: &str = "services:\n  app:\n    image: example/app:1\n    environment:\n      API_TOKEN: tell-nobody\n      \
                             OTHER_TOKEN: ${OTHER_TOKEN}\n      MODE: ${MODE:-slow}\n";

#[test]
fn a_stack_that_is_there_is_never_overwritten() {
    let folder = project(&[("compose.yaml", WITH_PASSWORD), ("stack.toml", "mine")]);
    let ran = stackgen(folder.path(), &["import", "--yes"]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("is never overwritten"), "{}", text(&ran.stderr));
    assert_eq!(fs::read_to_string(folder.path().join("stack.toml")).unwrap(), "mine");
    let ran = stackgen(folder.path(), &["import", "--yes", "--out", "other.toml"]);
    assert!(ran.status.success() && folder.path().join("other.toml").exists(), "{}", text(&ran.stderr));
}

#[test]
fn nothing_is_written_where_nobody_says_yes() {
    let folder = project(&[("compose.yaml", WITH_PASSWORD)]);
    let ran = stackgen(folder.path(), &["import"]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(text(&ran.stdout).contains("+[services.app]"), "the file is shown: {}", text(&ran.stdout));
    assert!(!folder.path().join("stack.toml").exists() && !folder.path().join(".env").exists());
    let ran = stackgen(folder.path(), &["import", "--out", "-"]);
    assert!(ran.status.success() && text(&ran.stdout).contains("[services.app]"));
    assert!(!folder.path().join("stack.toml").exists() && !folder.path().join(".env").exists());
}

#[test]
fn what_stands_in_the_env_file_stays_and_another_value_gets_another_name() {
    let env = "# mine\nAPI_TOKEN=of-something-else";
    let folder = project(&[("compose.yaml", WITH_PASSWORD), (".env", env)]);
    let ran = stackgen(folder.path(), &["import", "--yes"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let stack = fs::read_to_string(folder.path().join("stack.toml")).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join(".env")).unwrap(),
        format!("{env}\nAPP_API_TOKEN=tell-nobody\n"),
        "{stack}"
    );
    assert!(stack.contains("API_TOKEN = { secret = \"APP_API_TOKEN\" }"), "{stack}");
}

#[test]
fn the_variables_of_a_compose_file_elsewhere_come_along() {
    let folder = project(&[
        ("deploy/compose.yaml", WITH_PASSWORD),
        ("deploy/.env", "OTHER_TOKEN=abc\nMODE=fast\nUNUSED=1\n"),
    ]);
    let ran = stackgen(folder.path(), &["import", "deploy/compose.yaml", "--yes"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let env = fs::read_to_string(folder.path().join(".env")).unwrap();
    let mut lines: Vec<&str> = env.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["API_TOKEN=tell-nobody", "MODE=fast", "OTHER_TOKEN=abc"]);
}

#[test]
fn comments_that_say_something_are_kept_where_they_belong() {
    let compose = "# The office, as it is on one machine\nservices:\n  # Answers the phone\n  app:\n    image: example/app:1\n    # ports:\n    #   - 1:1\n    \
                   environment:\n      # The slow one loses calls\n      MODE: fast\n    # ------------\n    ports: [\"1234:1234\"] # known to the exchange\n";
    let folder = project(&[("compose.yaml", compose)]);
    let ran = stackgen(folder.path(), &["import", "--yes"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let stack = fs::read_to_string(folder.path().join("stack.toml")).unwrap();
    assert!(stack.starts_with("# The office, as it is on one machine\n#\n# Imported from "), "{stack}");
    for lines in ["# Answers the phone\n[services.app]", "# The slow one loses calls\nenv = "] {
        assert!(stack.contains(lines), "{lines}\n{stack}");
    }
    assert!(!stack.contains("1:1") && !stack.contains("# ---"), "{stack}");
}

#[test]
fn a_stack_in_another_folder_has_the_paths_that_are_right_there() {
    let compose =
        "services:\n  app:\n    build: ../app\n    volumes: [\"./conf:/conf\"]\n    ports: [\"9000:9000\"]\n";
    let files =
        [("deploy/docker-compose.yml", compose), ("app/Dockerfile", "FROM scratch\n"), ("deploy/conf/a", "")];
    let folder = project(&files);
    let ran = stackgen(folder.path(), &["import", "deploy/docker-compose.yml", "--yes"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let stack = fs::read_to_string(folder.path().join("stack.toml")).unwrap();
    assert!(stack.contains("path = \"app\"") && stack.contains("source = \"deploy/conf\""), "{stack}");
    let ran = stackgen(
        folder.path(),
        &["import", "deploy/docker-compose.yml", "--out", "deploy/stack.toml", "--yes"],
    );
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let stack = fs::read_to_string(folder.path().join("deploy/stack.toml")).unwrap();
    assert!(stack.contains("source = \"conf\""), "{stack}");
    let ran = stackgen(folder.path(), &["validate", "--file", "deploy/stack.toml"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let ran = stackgen(folder.path(), &["import", "deploy/docker-compose.yml", "--out", "app/stack.toml"]);
    assert!(text(&ran.stderr).contains("lies outside of the stack's folder"), "{}", text(&ran.stderr));
}

fn reason<'a>(report: &'a Json, about: &str, key: &str) -> &'a str {
    let lines = report["fidelity"].as_array().unwrap();
    let line = lines.iter().find(|line| line["about"] == about && line["key"] == key);
    line.unwrap_or_else(|| panic!("no {about} {key}: {report:#}"))["why"].as_str().unwrap()
}

#[test]
fn each_port_has_the_reason_that_holds_for_it() {
    let (_, imported) = all().iter().find(|(case, _)| case.ends_with("open-ports")).unwrap();
    let report = &imported.report;
    assert!(!reason(report, "web", "ports.8080:80/tcp").contains("variable"));
    assert!(reason(report, "web", "ports.8080:80/tcp").contains("on 127.0.0.1 alone"));
    let both = reason(report, "web", "ports.9000:90/tcp");
    assert!(both.contains("variable") && both.contains("on 127.0.0.1 alone"), "{both}");
    assert_eq!(reason(report, "many", "ports.8081:80/tcp"), "of several containers none has a host port");
}

#[test]
fn that_only_those_who_need_a_database_reach_it_is_said_where_it_is_so() {
    let messages = |name: &str| &all().iter().find(|(case, _)| case.ends_with(name)).unwrap().1.messages;
    let promise = "only those who need it reach";
    assert!(!messages("open-data").contains(promise), "{}", messages("open-data"));
    assert!(messages("hub-before").contains(promise), "{}", messages("hub-before"));
}

#[test]
fn a_secret_in_a_file_of_variables_that_git_holds_is_found_and_not_shown() {
    let compose = "services:\n  web: {image: \"example/web:1\", env_file: [app.env, local.env]}\n";
    let folder = project(&[
        ("compose.yaml", compose),
        ("app.env", "MODE=fast\nSENDGRID_API_KEY=SG.open-sesame\nLINK=http://a:barn-door@mail/\n"),
        ("local.env", "LOCAL_TOKEN=not-in-git\n"),
    ]);
    let import = || {
        let ran = stackgen(folder.path(), &["import", "--out", "-"]);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        text(&ran.stderr)
    };
    assert!(!import().contains("inline-secret"), "where there is no repository, git holds nothing");
    for arguments in [&["init", "--quiet"][..], &["add", "app.env"]] {
        assert!(Command::new("git").args(arguments).current_dir(&folder).status().unwrap().success());
    }
    let messages = import();
    for expected in ["`SENDGRID_API_KEY` in `app.env` is a secret", "`LINK` in `app.env`", "--> app.env:2:1"]
    {
        assert!(messages.contains(expected), "`{expected}` is missing in\n{messages}");
    }
    for hidden in ["open-sesame", "barn-door", "LOCAL_TOKEN"] {
        assert!(!messages.contains(hidden), "`{hidden}` is shown\n{messages}");
    }
}

#[test]
fn a_service_that_is_renamed_after_an_import_is_renamed_in_what_names_its_host() {
    let (_, imported) = all().iter().find(|(case, _)| case.ends_with("hosts")).unwrap();
    let stack = imported.report["stack"].as_str().unwrap();
    let folder = project(&[("stack.toml", stack)]);
    let ran = stackgen(folder.path(), &["rename", "service", "mail", "post", "--yes"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let stack = fs::read_to_string(folder.path().join("stack.toml")).unwrap();
    assert!(stack.contains("EMAIL_HOST = \"{{ services.post.host }}\""), "{stack}");
}
