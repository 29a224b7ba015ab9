//! No string of a stack changes the structure of a file or runs as a command: it is read back as it was written.

use std::num::NonZero;
use std::process::Command;
use std::sync::LazyLock;
use std::thread;

use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value as Json, json};
use stackgen::yaml;

use crate::session::Session;

const HOSTILE: &[&str] = &[
    r#""; rm -rf ~ #"#,
    "$(id)",
    "`id`",
    "${HOME}",
    "$HOME $$ $",
    "{{ 7*7 }}",
    "{% raw %}",
    "a: b",
    "- a",
    r#"'"\"#,
    "two\nlines",
    "\n",
    "yes",
    "null",
    "~",
    "0x1F",
    "22:22",
    "1e3",
    "012",
    "2026-01-01",
    "é 👩‍🚀 \u{2028} \u{feff}",
    "<!-- --> </details> & &amp; | # *_[x](y)",
    "---",
    "...",
    "!tag &anchor *alias",
    " spaces ",
    "\ttab",
    "%s %n",
    "END",
];

/// A stack with the string in every field that takes any text. Its ports are those that hardly a machine has in use: the start script
/// looks.
fn stack(hostile: &str) -> String {
    let text = json!(hostile).to_string();
    format!(
        r#"[stack]
name = "hostile"
description = {text}

[gateway]
port = 23080
plugins = [{{ name = "statsd", config = {{ allow_status_codes = [{text}] }} }}]

[gateway.consumers.web]
jwt = {{ key = {text}, secret = "JWT_SECRET" }}

[secrets.JWT_SECRET]
description = {text}

[services.api]
kind = "container"
description = {text}
image = "example/api:1.0"
port = 23001
command = ["serve", {literal}]
env = {{ VALUE = {{ literal = {text} }} }}
health = {{ cmd = ["probe", {literal}] }}
routes = [{{ path = "/api", auth = "jwt", plugins = [{{ name = "loggly", config = {{ key = {text} }} }}] }}]

[services.web]
kind = "react"
path = "web"
port = 3000
run = "host"
command = ["npm", {literal}]

[agents.lead]
description = {text}
owns = ["api", "web", "kong"]
responsibilities = [{text}]
keywords = [{text}]
examples = [{text}]
commands = {{ test = {text} }}
"#,
        // In texts that may refer to the stack, braces begin a reference.
        literal = json!(hostile.replace("{{", "{ {")),
    )
}

/// Each string with a project that was built of it, once for all tests.
fn built() -> &'static [(&'static str, Session)] {
    static BUILT: LazyLock<Vec<(&str, Session)>> = LazyLock::new(|| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let build = |hostile| {
            let session = Session::with_stack(&stack(hostile))
                .folder("web")
                .file("bin/docker", "#!/bin/sh\n[ \"$1 $2\" = 'compose version' ] && echo 2.40.0\nexit 0\n")
                .executable("bin/docker");
            session.run(&["build", "--yes"]).exits(0);
            session
        };
        // While this is done, the other tests wait for it: by as many threads as there are.
        thread::scope(|scope| {
            let threads: Vec<_> = HOSTILE
                .chunks(HOSTILE.len().div_ceil(threads))
                .map(|some| {
                    scope.spawn(|| some.iter().map(|hostile| (*hostile, build(hostile))).collect::<Vec<_>>())
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    });
    &BUILT
}

/// What Compose makes of the strings of its file.
fn interpolated(value: &Json) -> String {
    value.as_str().unwrap().replace("$$", "$")
}

#[test]
fn compose_reads_every_string_back() {
    for (hostile, session) in built() {
        let compose = yaml::parse(&session.read("generated/docker-compose.yml")).unwrap();
        let api = &compose["services"]["api"];
        let without_references = hostile.replace("{{", "{ {");
        assert_eq!(interpolated(&api["environment"]["VALUE"]), *hostile);
        assert_eq!(interpolated(&api["command"][1]), without_references);
        assert_eq!(interpolated(&api["healthcheck"]["test"][2]), without_references);
        assert_eq!(compose["services"].as_object().unwrap().len(), 2, "a service more or less: {hostile:?}");
    }
}

#[test]
fn kong_reads_every_string_back() {
    for (hostile, session) in built() {
        let kong = yaml::parse(&session.read("generated/kong/kong.yml")).unwrap();
        let credential = kong.pointer("/consumers/0/jwt_secrets/0/key");
        assert_eq!(credential, Some(&json!(hostile)));
        let plugins = kong.pointer("/services/0/routes/0/plugins").unwrap().as_array().unwrap();
        let own = plugins.iter().find(|plugin| plugin["name"] == "loggly").unwrap();
        assert_eq!(own["config"]["key"], *hostile);
        assert_eq!(kong.pointer("/plugins/0/config/allow_status_codes/0"), Some(&json!(hostile)));
    }
}

#[test]
fn programs_read_every_string_of_an_agent_back() {
    for (hostile, session) in built() {
        let agents = yaml::parse(&session.read("generated/agents/agents.yaml")).unwrap();
        let agents = agents["agents"].clone();
        let lead = agents.get("lead").or_else(|| agents.get(0)).unwrap();
        for field in ["description", "responsibilities", "keywords", "examples", "commands"] {
            let found = &lead[field];
            assert!(holds(found, hostile), "{field} of {hostile:?} is {found}");
        }
    }
}

/// Whether the value, or a part of it, is exactly the string.
fn holds(value: &Json, text: &str) -> bool {
    match value {
        Json::String(found) => found == text,
        Json::Array(items) => items.iter().any(|item| holds(item, text)),
        Json::Object(entries) => entries.values().any(|entry| holds(entry, text)),
        _ => false,
    }
}

#[test]
fn readers_of_markdown_see_every_string_as_it_is() {
    for (hostile, session) in built() {
        for page in
            ["generated/docs/STACK.md", "generated/agents/AGENTS.md", "generated/agents/claude/lead.md"]
        {
            let page_text = session.read(page);
            let body = page_text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
            let body = body.map_or(page_text.as_str(), |(_, body)| body);
            let text: String = Parser::new_ext(body, Options::ENABLE_TABLES)
                .filter_map(|event| match event {
                    Event::Text(text) | Event::Code(text) => Some(text.into_string()),
                    Event::SoftBreak => Some("\n".to_owned()),
                    _ => None,
                })
                .collect();
            assert!(text.contains(hostile.trim()), "{page} does not show {hostile:?}:\n{body}");
        }
    }
}

#[test]
fn the_front_matter_of_a_subagent_holds_every_string_whole() {
    for (hostile, session) in built() {
        let page = session.read("generated/agents/claude/lead.md");
        let front_matter = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap().0;
        let read = yaml::parse(front_matter).unwrap();
        assert_eq!(read["name"], "lead");
        assert!(read["description"].as_str().unwrap().contains(hostile.trim()), "{hostile:?}: {read}");
    }
}

#[test]
fn the_environment_template_holds_names_and_comments_alone() {
    for (hostile, session) in built() {
        let text = session.read("generated/.env.example");
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert_eq!(lines, ["JWT_SECRET="], "{hostile:?}");
    }
}

/// The script is run with a `docker` that does nothing, which shows what it prints and that nothing else runs.
#[test]
fn a_shell_prints_every_string_and_runs_none() {
    for (hostile, session) in built() {
        let path = format!("{}:/usr/bin:/bin", session.path("bin").display());
        let output = Command::new("sh")
            .arg(session.path("generated/scripts/start-all-services.sh"))
            .env("PATH", path)
            .env("HOME", session.path("home"))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{hostile:?}: {}", String::from_utf8_lossy(&output.stderr));
        let expected = hostile.replace("{{", "{ {");
        assert!(printed.contains(&format!("npm {expected}")), "{hostile:?} is not in:\n{printed}");
    }
}
