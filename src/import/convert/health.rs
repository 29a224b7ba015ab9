//! The health check, in the words of the language where its probe needs no shell's variables.

use camino::Utf8Path;
use serde_json::json;

use super::{Converter, Draft};
use crate::diagnostics::Diagnostic;
use crate::import::interpolate::has_variables;
use crate::import::load::plain;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::Toml;
use crate::import::wording::{duration, http_path, without_nulls};
use crate::init::{HEALTH_PATH, speaks_of_health};

/// Images of which most lack curl.
const SLIM_IMAGES: &[&str] = &["slim", "alpine", "kong", "postgres", "redis", "python", "node"];

impl Converter<'_> {
    /// The health check: the kind's own where it asks for the same thing or works better.
    pub(super) fn health(&mut self, draft: &mut Draft<'_>) {
        let (old, kind) = (draft.old, draft.kind_name());
        // The check of a worker asks for it by the name that its kind's own command gives it.
        let is_lost = kind == "celery" && draft.recognised.is_some_and(|found| !found.has_command);
        let kind = if is_lost { "" } else { kind };
        let is_app = matches!(kind, "fastapi" | "node" | "django");
        let (Some(raw), Some(done)) = (old.raw.get("healthcheck"), old.done.get("healthcheck")) else {
            if is_lost || (is_app && !self.answers_health(old)) {
                draft.say("health", Toml::Truth(false));
            }
            return;
        };
        let words = done.texts_at("test");
        let is_off = done.text_at("disable").as_deref() == Some("true")
            || words.first().is_some_and(|first| first == "NONE");
        if is_off && (is_lost || !kind.is_empty()) {
            return draft.say("health", Toml::Truth(false));
        }
        self.find_curl(old, &words, kind);
        if !kind.is_empty() && !is_app {
            let why = format!("the kind `{kind}` has a check of its own, which works inside its image");
            return self.because(old, "healthcheck", why);
        }
        if let Some(path) = http_path(&words).filter(|_| is_app) {
            return self.ask_for(draft, &path);
        }
        let is_special = |word: &String| has_variables(word) || word.contains("{{");
        if is_off || words.is_empty() || raw.texts_at("test").iter().any(is_special) {
            return draft.keep("healthcheck", without_nulls(&raw.json()));
        }
        self.run_probe(draft, raw, done);
    }

    /// The kind's own check, of the path that was asked for.
    fn ask_for(&mut self, draft: &mut Draft<'_>, path: &str) {
        if path != HEALTH_PATH {
            draft.say("health", Toml::text(path));
        }
        let why = "the same path is asked for, without a program that the image may lack";
        self.because(draft.old, "healthcheck", why);
    }

    /// A check that runs a command in the container.
    fn run_probe(&mut self, draft: &mut Draft<'_>, raw: &Node, done: &Node) {
        let command = probe(done);
        if command.first().is_some_and(|program| program == "sh") {
            let why = "`CMD-SHELL` is `sh -c`; what it did not say of times is as in stackgen's own checks";
            self.because(draft.old, "healthcheck", why);
        }
        let mut table = vec![("cmd".to_owned(), Toml::texts(command))];
        for key in ["interval", "timeout", "retries", "start_period"] {
            let value = done.text_at(key).and_then(|text| match key {
                "retries" => text.parse().ok().map(Toml::Whole),
                _ => duration(&text).map(Toml::Text),
            });
            table.extend(value.map(|value| (key.to_owned(), value)));
        }
        if let Some(path) = self.asked.get(&draft.old.new) {
            table.push(("http".to_owned(), Toml::text(path)));
        }
        draft.say("health", Toml::Table(table));
        if let Some(interval) = raw.get("start_interval") {
            draft.keep("healthcheck", json!({ "start_interval": interval.json() }));
        }
    }

    /// Whether the sources of the service speak of the path that its kind asks for.
    fn answers_health(&self, old: &Old) -> bool {
        let Some(build) = old.done.get("build") else { return false };
        let folder = build.text().or_else(|| build.text_at("context")).unwrap_or_default();
        speaks_of_health(self.world, &plain(Utf8Path::new(&folder)))
    }

    /// Finds a probe that runs curl where there is most likely none.
    fn find_curl(&mut self, old: &Old, words: &[String], kind: &str) {
        let image = old.done.text_at("image").unwrap_or_default();
        let is_built = old.done.get("build").is_some();
        let is_slim = !kind.is_empty() || is_built || SLIM_IMAGES.iter().any(|name| image.contains(name));
        if is_slim && words.join(" ").contains("curl") {
            let base = if is_built { "what it is built on" } else { image.as_str() };
            let message = format!("the health check of `{}` runs curl, which slim images lack", old.was);
            self.findings.push(
                Diagnostic::error("curl-probe", message)
                    .at(old.place("healthcheck"), format!("does {base} hold curl?"))
                    .help("a kind's own check needs nothing that its image does not have"),
            );
        }
    }
}

/// The command of a check: one line is the shell's, a list says so in its first word.
fn probe(check: &Node) -> Vec<String> {
    let shell = |rest: &[String]| [&["sh".to_owned(), "-c".to_owned()], rest].concat();
    match (check.text_at("test"), check.texts_at("test").as_slice()) {
        (Some(line), _) => shell(&[line]),
        (None, [first, rest @ ..]) if first == "CMD" => rest.to_vec(),
        (None, [first, rest @ ..]) if first == "CMD-SHELL" => shell(rest),
        (None, all) => all.to_vec(),
    }
}
