//! Services of the old stack to services of the new one.

use camino::Utf8Path;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::interpolate::{Piece, Reference, Variables, has_variables, interpolated, pieces};
use super::merge::as_table;
use super::needs::hosts;
use super::node::{Node, Table, Value};
use super::port::{Port, ports};
use super::recognise::{Recognised, command_words};
use super::secrets::Secrets;
use super::service::Old;
use super::toml::{Part, Toml};
use super::volume::{What, mount};
use super::wording::{
    as_template, duration, http_path, is_address, is_public, password_in_url, port_name, port_value,
    secret_value, size, texts, volume_name, without_nulls,
};
use crate::checks::sign_of;
use crate::diagnostics::Diagnostic;
use crate::model::{Service, Stack};
use crate::source::{EntryKind, World};

/// Everything that the services of one stack share while they are brought over.
pub struct Converter<'a> {
    pub world: &'a dyn World,
    pub variables: &'a Variables,
    /// The Compose project's name, which the engine's volumes begin with.
    pub project: String,
    pub services: &'a [Old],
    pub recognised: IndexMap<String, Recognised>,
    pub needs: IndexMap<String, Vec<String>>,
    /// The old file's volumes and networks.
    pub volumes: Table,
    pub networks: Table,
    pub secrets: Secrets,
    pub findings: Vec<Diagnostic>,
    /// Why something is not as it was: the service, the Compose key, the reason.
    pub reasons: Vec<(String, String, String)>,
    /// Keys of Compose beside the services.
    pub extra: Map<String, Json>,
    /// The stack as it would be if no service said anything that its kind could say.
    pub bare: Option<&'a Stack>,
    /// Services that the gateway sends requests to, by new name, and their ports.
    pub routed: IndexMap<String, u16>,
}

/// Keys that have words in the language, or are worked in elsewhere.
const WORKED_IN: &[&str] = &[
    "image",
    "build",
    "command",
    "ports",
    "depends_on",
    "environment",
    "volumes",
    "healthcheck",
    "deploy",
    "scale",
    "mem_limit",
    "cpus",
    "restart",
    "stop_grace_period",
    "user",
    "read_only",
    "cap_drop",
    "cap_add",
    "security_opt",
    "tmpfs",
    "networks",
    "links",
    "labels",
    "extends",
    "env_file",
    "extra_hosts",
];

/// What the kinds of applications are asked for.
const KIND_PATH: &str = "/health";

impl<'a> Converter<'a> {
    /// A service's table in the stack's file.
    pub fn part(&mut self, old: &Old) -> Part {
        let mut part = Part::new(&["services", &old.new]);
        let mut extra = Map::new();
        let recognised = self.recognised.get(&old.new).cloned();
        if let Some(recognised) = &recognised {
            part.say("kind", Toml::text(recognised.kind));
        }
        self.image(old, recognised.as_ref(), &mut part, &mut extra);
        self.command(old, recognised.as_ref(), &mut part, &mut extra);
        self.ports(old, recognised.as_ref(), &mut part, &mut extra);
        self.say_needs(old, &mut part, &mut extra);
        self.environment(old, recognised.as_ref(), &mut part, &mut extra);
        if let Some(recognised) = recognised.as_ref().filter(|recognised| !recognised.options.is_empty()) {
            part.say("options", Toml::Table(recognised.options.clone()));
        }
        self.mounts(old, &mut part, &mut extra);
        self.health(old, recognised.as_ref(), &mut part, &mut extra);
        self.limits(old, &mut part, &mut extra);
        self.rights(old, recognised.as_ref(), &mut part, &mut extra);
        self.on_networks(old, &mut extra);
        for (key, entry) in old.raw.table().into_iter().flatten() {
            if !WORKED_IN.contains(&key.as_str()) && !matches!(entry.node.value, Value::Null) {
                extra.insert(key.clone(), without_nulls(&entry.node.json()));
            }
        }
        for key in ["labels", "extra_hosts"] {
            if let Some(node) = old.raw.get(key) {
                extra.insert(key.to_owned(), without_nulls(&texts(&as_table(key, node)).json()));
            }
        }
        if let Some(files) = old.raw.get("env_file") {
            extra.insert(
                "env_file".to_owned(),
                Json::Array(files.items().iter().map(|file| file.json()).collect()),
            );
        }
        part.say("compose_extra", Toml::of(&Json::Object(extra)));
        part
    }

    fn bare(&self, name: &str) -> Option<&'a Service> {
        self.bare?.services.get(name)
    }

    fn because(&mut self, old: &Old, key: &str, why: impl Into<String>) {
        self.reasons.push((old.new.clone(), key.to_owned(), why.into()));
    }

    fn image(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        let image = old.done.text_at("image").map(|image| image.trim_end_matches(':').to_owned());
        if old.raw.text_at("image").is_some_and(|raw| has_variables(&raw)) && old.done.get("build").is_none()
        {
            self.because(old, "image", "the variable in it is worked in: give each environment its own `image` under `[environments]`");
        }
        let Some(build) = old.raw.get("build") else {
            let is_own = recognised.is_none_or(|recognised| recognised.image.is_some());
            if let Some(image) = image.filter(|_| is_own) {
                part.say("image", Toml::text(image));
            }
            return;
        };
        let context = build.text().or_else(|| build.text_at("context")).unwrap_or_else(|| ".".to_owned());
        let context = interpolated(&context, self.variables, &mut |_| {});
        let mut more: Map<String, Json> = build
            .table()
            .into_iter()
            .flatten()
            .map(|(key, entry)| (key.clone(), without_nulls(&entry.node.json())))
            .collect();
        if context.contains("://")
            || context.starts_with(['/', '~'])
            || context.starts_with("git@")
            || context.starts_with("..")
        {
            part.say("image", Toml::text(image.unwrap_or_else(|| format!("{}-{}", self.project, old.was))));
            more.insert("context".to_owned(), json!(context));
            extra.insert("build".to_owned(), Json::Object(more));
            return;
        }
        let folder = super::load::plain(Utf8Path::new(&context));
        part.say("path", Toml::text(if folder.as_str().is_empty() { "." } else { folder.as_str() }));
        more.remove("context");
        let dockerfile =
            build.text_at("dockerfile").map(|name| interpolated(&name, self.variables, &mut |_| {}));
        let dockerfile = dockerfile.map(|name| super::load::plain(Utf8Path::new(&name)).into_string());
        more.remove("dockerfile");
        // Without one there, stackgen would look for one to generate.
        if let Some(name) = dockerfile.filter(|name| name != "Dockerfile") {
            part.say("dockerfile", Toml::text(name));
        } else if self.world.entry(&folder.join("Dockerfile")).is_none() && recognised.is_some() {
            part.say("dockerfile", Toml::text("Dockerfile"));
        }
        if !more.is_empty() {
            extra.insert("build".to_owned(), Json::Object(more));
        }
        if let Some(image) = old.raw.get("image") {
            extra.insert("image".to_owned(), image.json());
        }
    }

    fn command(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        let Some(raw) = old.raw.get("command") else { return };
        if recognised.is_some_and(|recognised| recognised.has_command) {
            return self.because(old, "command", "its kind starts it in the same way");
        }
        let words = command_words(raw);
        let is_plain = !words.iter().any(|word| has_variables(word) || word.contains("{{"));
        if is_plain || recognised.is_some() {
            let words = old.done.get("command").map(command_words).unwrap_or_default();
            part.say("command", Toml::texts(words));
        } else {
            extra.insert("command".to_owned(), raw.json());
        }
    }

    fn ports(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        let bare = self.bare(&old.new).map(|service| service.ports.clone()).unwrap_or_default();
        let raw: Vec<&Node> = old.raw.get("ports").map(Node::items).unwrap_or_default();
        let done: Vec<&Node> = old.done.get("ports").map(Node::items).unwrap_or_default();
        let mut native: Vec<Port> = Vec::new();
        let mut kept = Vec::new();
        for (raw, done) in raw.iter().zip(done) {
            match ports(done) {
                Some(found)
                    if found.len() <= 4
                        && found
                            .iter()
                            .all(|port| port.published.is_some() && !port.has_more && is_address(port)) =>
                {
                    native.extend(found)
                }
                _ => kept.push(raw.json()),
            }
            if raw.text().is_some_and(|text| has_variables(&text)) {
                self.because(old, "ports", "the variable in it is worked in: say another port for an environment under `[environments]`");
            }
        }
        let unpublished =
            self.routed.get(&old.new).copied().filter(|port| {
                native.is_empty() && bare.first().is_none_or(|known| known.container != *port)
            });
        if let Some(port) = unpublished {
            let why = "the gateway needs to know its port, which it did not publish: it is on 127.0.0.1 now";
            self.because(old, "ports", why);
            native.push(Port {
                address: None,
                published: Some(port),
                target: port,
                protocol: "tcp".to_owned(),
                has_more: false,
                span: old.span,
            });
        }
        let kind_main =
            recognised.and_then(|_| bare.iter().find(|port| port.name == "main")).map(|port| port.container);
        // What the gateway asks comes first, else what the kind calls `main`.
        let first = self.routed.get(&old.new).copied().or(kind_main);
        if let Some(at) = native.iter().position(|port| Some(port.target) == first) {
            native[..=at].rotate_right(1);
        }
        let is_data = Self::is_data(old);
        let mut named: Vec<(String, Toml)> = Vec::new();
        for (at, port) in native.iter().enumerate() {
            let is_taken = |name: &str| named.iter().any(|(known, _)| known == name);
            let known = bare
                .iter()
                .find(|known| {
                    known.container == port.target
                        && known.protocol.as_str() == port.protocol
                        && known.name != "main"
                        && !is_taken(&known.name)
                })
                .map(|known| known.name.clone());
            let name =
                if at == 0 { "main".to_owned() } else { known.unwrap_or_else(|| port_name(port, &named)) };
            let kind_port = if at == 0 {
                kind_main.filter(|_| {
                    recognised.is_some_and(|found| {
                        matches!(found.kind, "postgres" | "mysql" | "mongodb" | "redis" | "rabbitmq")
                    })
                })
            } else {
                None
            };
            if port.is_open() && is_public(port) {
                self.because(
                    old,
                    &format!("ports.{}:{}", port.published.unwrap_or_default(), port.target),
                    "on every interface, as it was, and said so",
                );
            }
            if port.is_open() && !is_public(port) {
                self.because(old, "ports", "published on 127.0.0.1 alone, as stackgen does; write \"0.0.0.0:HOST:CONTAINER\" for every interface");
                if is_data && port.span != old.span {
                    self.findings.push(
                        Diagnostic::error(
                            "open-port",
                            format!(
                                "`{}` keeps data, and is published on every interface of the machine",
                                old.was
                            ),
                        )
                        .at(port.span, "anybody who reaches the machine reaches this")
                        .help("the imported stack publishes it on 127.0.0.1 alone"),
                    );
                }
            }
            named.push((name, port_value(port, kind_port)));
        }
        match named.as_slice() {
            [] => {}
            [(_, only)] => part.say("port", only.clone()),
            _ => part.say("ports", Toml::Table(named)),
        }
        if !kept.is_empty() {
            extra.insert("ports".to_owned(), Json::Array(kept));
        }
    }

    fn is_data(old: &Old) -> bool {
        old.done.text_at("image").is_some_and(|image| super::recognise::keeps_data(&image))
    }

    fn say_needs(&mut self, old: &Old, part: &mut Part, extra: &mut Map<String, Json>) {
        let needs = self.needs.get(&old.new).cloned().unwrap_or_default();
        let own = old.environment();
        let mut brought: Vec<&str> = Vec::new();
        let list = needs.iter().map(|name| {
            let exports: &[&str] = match self.recognised.get(name).map(|recognised| recognised.kind) {
                Some("postgres" | "mysql") => &["DATABASE_URL"],
                Some("redis") => &["REDIS_URL"],
                Some("mongodb") => &["MONGODB_URL"],
                Some("rabbitmq") => &["AMQP_URL"],
                _ => &[],
            };
            let clashes = exports.iter().any(|export| brought.contains(export) && !own.contains_key(*export));
            brought.extend(exports);
            if clashes {
                let prefix = crate::model::environment_prefix(name);
                Toml::Table(vec![
                    ("service".to_owned(), Toml::text(name)),
                    ("as".to_owned(), Toml::text(prefix)),
                ])
            } else {
                Toml::text(name)
            }
        });
        part.say("needs", Toml::List(list.collect()));
        let mut kept = Map::new();
        for (name, condition, more) in old.conditions() {
            let new = self
                .services
                .iter()
                .find(|other| other.was == name)
                .map_or(name.clone(), |other| other.new.clone());
            if needs.contains(&new) {
                if more.get("restart").is_some() {
                    let why = "it waits for the other, and is not started again with it";
                    self.because(old, &format!("depends_on.{new}"), why);
                }
                continue;
            }
            let mut table = match more.json() {
                Json::Object(table) => table,
                _ => Map::new(),
            };
            table.insert("condition".to_owned(), json!(condition));
            kept.insert(new, Json::Object(table));
        }
        if !kept.is_empty() {
            extra.insert("depends_on".to_owned(), Json::Object(kept));
        }
        let with_alias = |link: &&&Node| {
            link.text().is_some_and(|text| text.split_once(':').is_some_and(|(name, alias)| name != alias))
        };
        let links = old.raw.get("links").map(Node::items).unwrap_or_default();
        let links: Vec<Json> = links.iter().filter(with_alias).map(|link| link.json()).collect();
        if !links.is_empty() {
            extra.insert("links".to_owned(), Json::Array(links));
        }
    }

    fn environment(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        let bare = self.bare(&old.new);
        let consumed: &[&str] = recognised.map_or(&[], |recognised| recognised.consumed.as_slice());
        let mut native: Vec<(String, Toml)> = Vec::new();
        let mut kept: Vec<(String, Option<String>)> = Vec::new();
        for (name, (raw, span)) in old.raw_environment() {
            if consumed.contains(&name.as_str()) {
                self.find_password(old, &name, raw.as_deref(), span);
                continue;
            }
            let supplied = bare.and_then(|service| service.environment.get(&name));
            let Some(raw) = raw else {
                kept.push((name, None));
                continue;
            };
            self.find_password(old, &name, Some(&raw), span);
            let is_name = crate::render::is_variable_name(&name);
            let value = if is_name { self.value(old, &name, &raw, supplied.is_some()) } else { None };
            let Some(value) = value else {
                kept.push((name, Some(raw)));
                continue;
            };
            let is_supplied = supplied.is_some_and(|variable| {
                let said =
                    variable.value.write(ToOwned::to_owned, |secret| format!("{{{{ secrets.{secret} }}}}"));
                said == as_template(&value)
            });
            if !is_supplied {
                native.push((name, value));
            }
        }
        part.say("env", Toml::Table(native));
        if kept.is_empty() {
            return;
        }
        let has_null = kept.iter().any(|(_, value)| value.is_none());
        let kept = if has_null {
            kept.into_iter()
                .map(|(name, value)| json!(value.map_or(name.clone(), |value| format!("{name}={value}"))))
                .collect()
        } else {
            Json::Object(kept.into_iter().map(|(name, value)| (name, json!(value))).collect())
        };
        extra.insert("environment".to_owned(), kept);
    }

    /// A variable's value in the language; nothing where only Compose's own words can say it.
    fn value(&mut self, old: &Old, name: &str, raw: &str, must_be_native: bool) -> Option<Toml> {
        let found = pieces(raw);
        let has_variables = found.iter().any(|piece| matches!(piece, Piece::Variable(_)));
        if !has_variables {
            let text = interpolated(raw, self.variables, &mut |_| {});
            return Some(self.literal(old, name, &text));
        }
        let is_whole = found.len() == 1 && crate::checks::is_secret_name(name);
        let mut text = String::new();
        let mut has_secret = false;
        let mut has_other = false;
        for piece in &found {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Variable(reference) => {
                    let in_password = text
                        .rsplit_once("://")
                        .is_some_and(|(_, rest)| rest.contains(':') && !rest.contains(['@', '/']));
                    let is_secret = is_whole || in_password;
                    if let Some(secret) = self.secrets.of_variable(reference, is_secret, self.variables) {
                        has_secret = true;
                        if is_whole {
                            return Some(secret_value(&secret));
                        }
                        text.push_str(&format!("{{{{ secrets.{secret} }}}}"));
                    } else {
                        has_other = true;
                        let Reference { name, operator, argument } = reference;
                        let written = format!("${{{name}{operator}{argument}}}");
                        text.push_str(&interpolated(&written, self.variables, &mut |_| {}));
                    }
                }
            }
        }
        if !has_secret && !must_be_native {
            return None;
        }
        if has_other {
            self.because(
                old,
                &format!("environment.{name}"),
                "a variable in it that is no secret is worked in",
            );
        }
        if let ([Piece::Variable(_)], Some(secret)) =
            (found.as_slice(), text.strip_prefix("{{ secrets.").and_then(|rest| rest.strip_suffix(" }}")))
        {
            return Some(secret_value(secret));
        }
        Some(Toml::Text(self.with_redis_password(old, name, &text)))
    }

    fn literal(&mut self, old: &Old, name: &str, text: &str) -> Toml {
        if text.contains("{{") {
            return Toml::Table(vec![("literal".to_owned(), Toml::text(text))]);
        }
        if sign_of(name, text).is_some() {
            if let Some((start, password, end)) = password_in_url(text) {
                let secret = self.secrets.with_value(password).unwrap_or_else(|| {
                    let base =
                        name.trim_end_matches("_URL").trim_end_matches("_URI").trim_end_matches("_DSN");
                    self.secrets.named(&format!("{base}_PASSWORD"), &old.new, Some(password.to_owned()))
                });
                return Toml::Text(format!("{start}{{{{ secrets.{secret} }}}}{end}"));
            }
            let secret = self
                .secrets
                .with_value(text)
                .unwrap_or_else(|| self.secrets.named(name, &old.new, Some(text.to_owned())));
            return secret_value(&secret);
        }
        if let Some(reference) = self.url_of_service(text) {
            return Toml::Text(reference);
        }
        let text = self.with_redis_password(old, name, text);
        // A number is written as one, if nothing of it would be lost.
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Toml::Whole(number),
            _ => Toml::Text(text),
        }
    }

    /// The URL of another service, whose port is said there alone.
    fn url_of_service(&self, text: &str) -> Option<String> {
        self.bare?.services.iter().find_map(|(name, service)| {
            let scheme =
                service.scheme.as_ref().filter(|scheme| matches!(scheme.as_str(), "http" | "https"))?;
            let port = service.ports.first()?.container;
            let rest = text.strip_prefix(&format!("{scheme}://{name}:{port}"))?;
            let is_whole = rest.is_empty() || rest.starts_with('/');
            is_whole.then(|| format!("{{{{ services.{name}.url }}}}{rest}"))
        })
    }

    /// The URL of a redis that had no password, with the one that it has now.
    fn with_redis_password(&mut self, old: &Old, name: &str, text: &str) -> String {
        let Some(rest) = text
            .strip_prefix("redis://")
            .filter(|rest| !rest.split('/').next().unwrap_or_default().contains('@'))
        else {
            return text.to_owned();
        };
        let hosts = hosts(name, text);
        let cache = self.services.iter().find(|other| hosts.iter().any(|host| other.is_host(host)));
        let Some(cache) =
            cache.filter(|cache| self.recognised.get(&cache.new).is_some_and(|found| found.gains_password))
        else {
            return text.to_owned();
        };
        let secret = format!("{}_PASSWORD", crate::model::environment_prefix(&cache.new));
        self.because(
            old,
            &format!("environment.{name}"),
            format!("`{}` has a password now, which stands in it", cache.new),
        );
        let slash = if rest.contains('/') { "" } else { "/0" };
        format!("redis://:{{{{ secrets.{secret} }}}}@{rest}{slash}")
    }

    fn find_password(&mut self, old: &Old, name: &str, raw: Option<&str>, span: crate::source::Span) {
        let Some(raw) = raw else { return };
        let is_plain = if has_variables(raw) {
            let default = pieces(raw).into_iter().any(|piece| {
                matches!(piece, Piece::Variable(found) if matches!(found.operator.as_str(), ":-" | "-") && !found.argument.is_empty() && (sign_of(name, &found.argument).is_some() || sign_of(&found.name, &found.argument).is_some()))
            });
            default || password_in_url(raw).is_some_and(|(_, password, _)| !password.contains('$'))
        } else {
            sign_of(name, raw).is_some()
        };
        if is_plain {
            self.findings.push(
                Diagnostic::error("inline-secret", format!("`{name}` of `{}` is a secret, written out in the Compose file", old.was))
                    .at(span, "in the history of the repository for ever")
                    .help("the imported stack names it, and its value stands in `.env` alone: change it where it is in use"),
            );
        }
    }

    fn mounts(&mut self, old: &Old, part: &mut Part, extra: &mut Map<String, Json>) {
        let mut volumes: Vec<(String, Toml)> = Vec::new();
        let mut mounts = Vec::new();
        let mut kept = Vec::new();
        let raw: Vec<&Node> = old.raw.get("volumes").map(Node::items).unwrap_or_default();
        let done: Vec<&Node> = old.done.get("volumes").map(Node::items).unwrap_or_default();
        let bare = self.bare(&old.new);
        for (raw, done) in raw.iter().zip(done) {
            let Some(found) = mount(done) else { continue };
            let at = found.target.trim_end_matches('/').to_owned();
            let is_place = at.starts_with('/') && !found.has_more;
            match &found.what {
                What::Volume(Some(name))
                    if is_place && !found.read_only && !self.is_shared(name) && !self.is_external(name) =>
                {
                    let of_kind =
                        bare.and_then(|service| service.volumes.iter().find(|volume| volume.at == at));
                    let own = of_kind
                        .map_or_else(|| volume_name(name, old, &volumes), |volume| volume.name.clone());
                    if of_kind.is_none() || bare.is_none() {
                        volumes.push((own.clone(), Toml::text(&at)));
                    }
                    self.keep_volume(name, &format!("{}-{own}", old.new));
                }
                What::Bind(path) if is_place && self.is_in_project(path) => {
                    let source = super::load::plain(Utf8Path::new(path));
                    let mut table = vec![
                        (
                            "source".to_owned(),
                            Toml::text(if source.as_str().is_empty() { "." } else { source.as_str() }),
                        ),
                        ("at".to_owned(), Toml::text(&at)),
                    ];
                    if !found.read_only {
                        table.push(("read_only".to_owned(), Toml::Truth(false)));
                    }
                    mounts.push(Toml::Table(table));
                }
                _ => {
                    if let What::Volume(Some(name)) = &found.what {
                        self.keep_own_volume(name);
                    }
                    kept.push(without_nulls(&raw.json()));
                }
            }
        }
        part.say("volumes", Toml::Table(volumes));
        part.say("mounts", Toml::List(mounts));
        if !kept.is_empty() {
            extra.insert("volumes".to_owned(), Json::Array(kept));
        }
    }

    fn is_shared(&self, volume: &str) -> bool {
        let uses = |old: &&Old| {
            let items = old.done.get("volumes").map(Node::items).unwrap_or_default();
            items
                .into_iter()
                .filter_map(mount)
                .any(|found| found.what == What::Volume(Some(volume.to_owned())))
        };
        let places = |old: &Old| {
            let items = old.done.get("volumes").map(Node::items).unwrap_or_default();
            items
                .into_iter()
                .filter_map(mount)
                .filter(|found| found.what == What::Volume(Some(volume.to_owned())))
                .count()
        };
        self.services.iter().filter(uses).count() > 1 || self.services.iter().any(|old| places(old) > 1)
    }

    fn is_external(&self, volume: &str) -> bool {
        self.volumes.get(volume).is_some_and(|entry| {
            entry.node.get("external").is_some_and(|external| external.text().as_deref() != Some("false"))
        })
    }

    fn is_in_project(&self, path: &str) -> bool {
        let plain = super::load::plain(Utf8Path::new(path));
        path.starts_with('.')
            && !plain.as_str().starts_with("..")
            && self.world.entry(&plain).is_some_and(|kind| kind != EntryKind::Other)
    }

    /// The new stack's volume is the old one on the engine: its data stays.
    fn keep_volume(&mut self, name: &str, full: &str) {
        let said = self.volumes.get(name).map(|entry| without_nulls(&entry.node.json()));
        let mut table = match said {
            Some(Json::Object(table)) => table,
            _ => Map::new(),
        };
        if let Some(labels) = self.volumes.get(name).and_then(|entry| entry.node.get("labels")) {
            table.insert("labels".to_owned(), as_table("labels", labels).json());
        }
        let labels = table.remove("labels");
        if let Some(labels) = labels {
            table.insert("labels".to_owned(), labels);
        }
        table.entry("name").or_insert_with(|| json!(format!("{}_{name}", self.project)));
        if table.len() == 1
            && table["name"] == json!(format!("{}_{full}", super::service::label(&self.project)))
        {
            return;
        }
        // A second table of labels would be one key twice.
        table.remove("labels");
        self.entry("volumes").insert(full.to_owned(), Json::Object(table));
    }

    /// A volume that stays as it is in Compose's own words.
    fn keep_own_volume(&mut self, name: &str) {
        let said = self.volumes.get(name).map(|entry| without_nulls(&entry.node.json()));
        let mut table = match said {
            Some(Json::Object(table)) => table,
            _ => Map::new(),
        };
        if table.get("external").is_none() {
            table.entry("name").or_insert_with(|| json!(format!("{}_{name}", self.project)));
        }
        self.entry("volumes").insert(name.to_owned(), Json::Object(table));
    }

    fn entry(&mut self, key: &str) -> &mut Map<String, Json> {
        let entry = self.extra.entry(key).or_insert_with(|| Json::Object(Map::new()));
        if !entry.is_object() {
            *entry = Json::Object(Map::new());
        }
        entry.as_object_mut().expect("it was made one in the line above")
    }

    fn health(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        let kind = recognised.map_or("", |recognised| recognised.kind);
        let is_app = matches!(kind, "fastapi" | "node" | "django");
        let has_kind_check = !kind.is_empty();
        let Some(raw) = old.raw.get("healthcheck") else {
            if is_app && !self.answers_health(old) {
                part.say("health", Toml::Truth(false));
            }
            return;
        };
        let test = old.done.get("healthcheck").and_then(|check| check.get("test"));
        let words: Vec<String> =
            test.map(|test| test.items().iter().filter_map(|item| item.text()).collect()).unwrap_or_default();
        let is_off = old.done.get("healthcheck").and_then(|check| check.text_at("disable")).as_deref()
            == Some("true")
            || words.first().map(String::as_str) == Some("NONE");
        if is_off && has_kind_check {
            part.say("health", Toml::Truth(false));
            return;
        }
        self.find_curl(old, &words, kind);
        if has_kind_check && !is_app {
            return self.because(
                old,
                "healthcheck",
                format!("the kind `{kind}` has a check of its own, which works inside its image"),
            );
        }
        if let Some(path) = http_path(&words).filter(|_| is_app) {
            if path != KIND_PATH {
                part.say("health", Toml::text(path));
            }
            return self.because(
                old,
                "healthcheck",
                "the same path is asked for, without a program that the image may lack",
            );
        }
        let raw_words = raw
            .get("test")
            .map(|test| test.items().iter().filter_map(|item| item.text()).collect::<Vec<_>>())
            .unwrap_or_default();
        let is_special = is_off
            || words.is_empty()
            || raw_words.iter().any(|word| has_variables(word) || word.contains("{{"));
        if is_special {
            extra.insert("healthcheck".to_owned(), without_nulls(&raw.json()));
            return;
        }
        let command = match (test.and_then(Node::text), words.as_slice()) {
            (Some(line), _) => vec!["sh".to_owned(), "-c".to_owned(), line],
            (None, [first, rest @ ..]) if first == "CMD" => rest.to_vec(),
            (None, [first, rest @ ..]) if first == "CMD-SHELL" => {
                [vec!["sh".to_owned(), "-c".to_owned()], rest.to_vec()].concat()
            }
            (None, all) => all.to_vec(),
        };
        if command.first().map(String::as_str) == Some("sh") {
            self.because(
                old,
                "healthcheck",
                "`CMD-SHELL` is `sh -c`; what it did not say of times is as in stackgen's own checks",
            );
        }
        let mut table = vec![("cmd".to_owned(), Toml::texts(command))];
        for key in ["interval", "timeout", "retries", "start_period"] {
            if let Some(text) = old.done.get("healthcheck").and_then(|check| check.text_at(key)) {
                let value = if key == "retries" {
                    text.parse().ok().map(Toml::Whole)
                } else {
                    duration(&text).map(Toml::Text)
                };
                table.extend(value.map(|value| (key.to_owned(), value)));
            }
        }
        part.say("health", Toml::Table(table));
        if let Some(interval) = raw.get("start_interval") {
            extra.insert("healthcheck".to_owned(), json!({ "start_interval": interval.json() }));
        }
    }

    /// Whether the sources of the service speak of the path that its kind asks for.
    fn answers_health(&self, old: &Old) -> bool {
        let Some(build) = old.done.get("build") else { return false };
        let folder = build.text().or_else(|| build.text_at("context")).unwrap_or_default();
        let folder = super::load::plain(Utf8Path::new(&folder));
        let mut folders = vec![folder];
        let mut looked = 0;
        while let Some(folder) = folders.pop() {
            for (name, kind) in self.world.list(&folder) {
                let path = folder.join(&name);
                let is_source = [".py", ".js", ".ts", ".mjs"].iter().any(|ending| name.ends_with(ending));
                if kind == EntryKind::Folder
                    && !name.starts_with('.')
                    && name != "node_modules"
                    && folders.len() < 50
                {
                    folders.push(path);
                } else if is_source && looked < 200 {
                    looked += 1;
                    let text = self.world.read(&path, 1 << 18).unwrap_or_default();
                    let text = String::from_utf8_lossy(&text);
                    if text.contains("\"/health\"") || text.contains("'/health'") {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn find_curl(&mut self, old: &Old, words: &[String], kind: &str) {
        let line = words.join(" ");
        let image = old.done.text_at("image").unwrap_or_default();
        let base = if old.done.get("build").is_some() { "what it is built on" } else { image.as_str() };
        let is_slim = !kind.is_empty()
            || ["slim", "alpine", "kong", "postgres", "redis", "python", "node"]
                .iter()
                .any(|name| image.contains(name))
            || old.done.get("build").is_some();
        if line.contains("curl") && is_slim {
            self.findings.push(
                Diagnostic::error(
                    "curl-probe",
                    format!("the health check of `{}` runs curl, which slim images lack", old.was),
                )
                .at(old.place("healthcheck"), format!("does {base} hold curl?"))
                .help("a kind's own check needs nothing that its image does not have"),
            );
        }
    }

    fn limits(&mut self, old: &Old, part: &mut Part, extra: &mut Map<String, Json>) {
        let deploy = old.done.get("deploy");
        let replicas =
            deploy.and_then(|deploy| deploy.text_at("replicas")).or_else(|| old.done.text_at("scale"));
        let replicas = replicas.and_then(|text| text.parse::<i64>().ok());
        if let Some(replicas) = replicas.filter(|replicas| *replicas != 1) {
            part.say("replicas", Toml::Whole(replicas));
            if !old.ports().is_empty() {
                self.because(old, "ports", "of several containers none has a host port");
            }
        }
        let limit =
            |key: &str| deploy.and_then(|deploy| deploy.get("resources")?.get("limits")?.text_at(key));
        let memory = limit("memory").or_else(|| old.done.text_at("mem_limit"));
        if let Some(size) = memory.as_deref().and_then(size) {
            part.say("memory", Toml::text(size));
        }
        let cpus = limit("cpus")
            .or_else(|| old.done.text_at("cpus"))
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|cpus| *cpus > 0.0);
        if let Some(cpus) = cpus {
            let whole = cpus.to_string().parse().ok().map(Toml::Whole);
            part.say("cpus", whole.unwrap_or(Toml::Number(cpus)));
        }
        if let Some(raw) = old.raw.get("deploy") {
            let mut more = without_nulls(&raw.json());
            if let Some(table) = more.as_object_mut() {
                table.remove("replicas");
                let limits = table
                    .get_mut("resources")
                    .and_then(|resources| resources.get_mut("limits"))
                    .and_then(Json::as_object_mut);
                if let Some(limits) = limits {
                    limits.remove("memory");
                    limits.remove("cpus");
                }
                if let Some(resources) = table.get_mut("resources").and_then(Json::as_object_mut) {
                    resources.retain(|_, value| value.as_object().is_none_or(|value| !value.is_empty()));
                }
                table.retain(|_, value| value.as_object().is_none_or(|value| !value.is_empty()));
                if !table.is_empty() {
                    extra.insert("deploy".to_owned(), more);
                }
            }
        }
        self.restart(old, part);
        if let Some(grace) = old.done.text_at("stop_grace_period").as_deref().and_then(duration) {
            part.say("stop_grace", Toml::text(grace));
        }
    }

    fn restart(&mut self, old: &Old, part: &mut Part) {
        let said = old.done.text_at("restart");
        let is_done_once = self.services.iter().any(|other| {
            other
                .conditions()
                .iter()
                .any(|(name, condition, _)| *name == old.was && condition == "service_completed_successfully")
        });
        let is_done_once = is_done_once || old.done.get("profiles").is_some();
        let word = match said.as_deref() {
            None if is_done_once => "no",
            None => return self.because(
                old,
                "restart",
                "nothing was said, which meant that it stays down; say `restart = \"no\"` for what runs once",
            ),
            Some("unless-stopped") => return,
            Some("false") => "no",
            Some(text) if text.starts_with("on-failure") => {
                if text != "on-failure" {
                    self.because(old, "restart", "there is no end to the tries");
                }
                "on-failure"
            }
            Some(text) => text,
        };
        part.say("restart", Toml::text(word));
    }

    fn rights(
        &mut self,
        old: &Old,
        recognised: Option<&Recognised>,
        part: &mut Part,
        extra: &mut Map<String, Json>,
    ) {
        if let Some(user) = old.done.text_at("user") {
            part.say("user", Toml::text(user));
        }
        let is_app =
            recognised.is_some_and(|found| matches!(found.kind, "fastapi" | "celery" | "node" | "django"));
        match old.done.text_at("read_only").as_deref() {
            Some("true") if recognised.is_none() => part.say("read_only", Toml::Truth(true)),
            // What it writes beside its code today, it has to be able to write tomorrow.
            None if is_app => part.say("read_only", Toml::Truth(false)),
            _ => {}
        }
        let bare = self.bare(&old.new);
        let has = |key: &str, known: &[String]| -> Vec<Json> {
            let items = old.raw.get(key).map(Node::items).unwrap_or_default();
            let is_new = |item: &&&Node| {
                item.text().is_none_or(|text| {
                    !known
                        .iter()
                        .any(|known| known.trim_start_matches("CAP_") == text.trim_start_matches("CAP_"))
                })
            };
            items.iter().filter(is_new).map(|item| item.json()).collect()
        };
        let capabilities = bare.map(|service| service.capabilities.clone()).unwrap_or_default();
        let tmpfs = bare.map(|service| service.tmpfs.clone()).unwrap_or_default();
        let no_new = [
            "no-new-privileges:true".to_owned(),
            "no-new-privileges".to_owned(),
            "no-new-privileges=true".to_owned(),
        ];
        for (key, items) in [
            ("cap_add", has("cap_add", &capabilities)),
            ("tmpfs", has("tmpfs", &tmpfs)),
            ("security_opt", has("security_opt", &no_new)),
        ] {
            if !items.is_empty() {
                extra.insert(key.to_owned(), Json::Array(items));
            }
        }
    }

    fn on_networks(&mut self, old: &Old, extra: &mut Map<String, Json>) {
        let is_in_mode = old.done.get("network_mode").is_some();
        let mut kept: Map<String, Json> = Map::new();
        let mut aliases: Vec<String> = Vec::new();
        if old.new != old.was && !is_in_mode {
            aliases.push(old.was.clone());
            self.because(
                old,
                "networks",
                format!("its name is `{}` now; on the network it still answers to `{}`", old.new, old.was),
            );
        }
        if let Some(networks) = old.raw.get("networks") {
            for (name, entry) in as_table("networks", networks).table().into_iter().flatten() {
                if self.is_special(name) {
                    kept.insert(name.clone(), without_nulls(&entry.node.json()));
                    let mut said = self
                        .networks
                        .get(name)
                        .map_or_else(|| json!({}), |entry| without_nulls(&entry.node.json()));
                    if said.get("external").is_none() && said.get("name").is_none() {
                        said["name"] = json!(format!("{}_{name}", self.project));
                    }
                    self.entry("networks").insert(name.clone(), said);
                } else {
                    aliases.extend(
                        entry
                            .node
                            .get("aliases")
                            .map(Node::items)
                            .unwrap_or_default()
                            .iter()
                            .filter_map(|alias| alias.text()),
                    );
                }
            }
        }
        if !aliases.is_empty() {
            let networks = self.bare.map(|stack| stack.networks.clone()).unwrap_or_default();
            for network in networks.iter().filter(|network| network.members.contains(&old.new)) {
                kept.insert(network.name.clone(), json!({ "aliases": aliases }));
            }
        }
        for table in kept.values_mut() {
            if table.is_null() {
                *table = json!({});
            }
        }
        if !kept.is_empty() && !is_in_mode {
            extra.insert("networks".to_owned(), Json::Object(kept));
        }
    }

    /// Whether a network is more than a name for who reaches whom.
    fn is_special(&self, network: &str) -> bool {
        let Some(node) = self.networks.get(network).map(|entry| &entry.node) else { return false };
        let says = |key: &str| node.get(key).is_some_and(|value| value.text().as_deref() != Some("false"));
        let driver = node.text_at("driver").is_some_and(|driver| driver != "bridge");
        driver
            || ["external", "ipam", "driver_opts", "internal", "attachable", "enable_ipv6"]
                .into_iter()
                .any(says)
    }
}
