//! Which kind a service of the old stack is: by its image, by its command and by the files of its folder.

use camino::Utf8Path;

use super::node::Node;
use super::service::Old;
use super::toml::Toml;
use super::volume::{What, mount};
use super::words::words;
use crate::source::{EntryKind, World};

/// What a service is recognised as.
#[derive(Debug, Clone, Default)]
pub struct Recognised {
    /// The kind's name.
    pub kind: &'static str,
    pub options: Vec<(String, Toml)>,
    /// The image is not the kind's own.
    pub image: Option<String>,
    /// Variables that the kind's options and secrets stand for.
    pub consumed: Vec<&'static str>,
    /// The endings of the kind's secrets, and the variable that held each.
    pub secrets: Vec<(&'static str, &'static str)>,
    /// The kind starts it as it was started.
    pub has_command: bool,
    /// Its data has no password yet.
    pub gains_password: bool,
}

/// A kind of data service: its images, where its data lies, and what its variables are called.
struct Data {
    kind: &'static str,
    images: &'static [&'static str],
    folder: &'static str,
    default_tag: &'static str,
    database: Option<&'static str>,
    user: Option<(&'static str, Option<&'static str>)>,
    secrets: &'static [(&'static str, &'static str)],
}

const DATA: &[Data] = &[
    Data {
        kind: "postgres",
        images: &["postgres", "postgis/postgis", "pgvector/pgvector"],
        folder: "/var/lib/postgresql/data",
        default_tag: "17-alpine",
        database: Some("POSTGRES_DB"),
        user: Some(("POSTGRES_USER", Some("postgres"))),
        secrets: &[("PASSWORD", "POSTGRES_PASSWORD")],
    },
    Data {
        kind: "mysql",
        images: &["mysql"],
        folder: "/var/lib/mysql",
        default_tag: "8.4",
        database: Some("MYSQL_DATABASE"),
        user: Some(("MYSQL_USER", None)),
        secrets: &[("PASSWORD", "MYSQL_PASSWORD"), ("ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD")],
    },
    Data {
        kind: "mongodb",
        images: &["mongo"],
        folder: "/data/db",
        default_tag: "8.0",
        database: Some("MONGO_INITDB_DATABASE"),
        user: Some(("MONGO_INITDB_ROOT_USERNAME", None)),
        secrets: &[("PASSWORD", "MONGO_INITDB_ROOT_PASSWORD")],
    },
    Data {
        kind: "rabbitmq",
        images: &["rabbitmq"],
        folder: "/var/lib/rabbitmq",
        default_tag: "4.1-alpine",
        database: None,
        user: Some(("RABBITMQ_DEFAULT_USER", None)),
        secrets: &[("PASSWORD", "RABBITMQ_DEFAULT_PASS")],
    },
    Data {
        kind: "redis",
        images: &["redis"],
        folder: "/data",
        default_tag: "7-alpine",
        database: None,
        user: None,
        secrets: &[],
    },
];

/// An image's name without registry defaults, and its tag.
#[must_use]
pub fn image_name(image: &str) -> (String, Option<String>) {
    let image = image.split('@').next().unwrap_or(image);
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name.to_owned(), Some(tag.to_owned())),
        _ => (image.to_owned(), None),
    }
}

/// Whether the image keeps data, whatever kind its service will be.
#[must_use]
pub fn keeps_data(image: &str) -> bool {
    const OTHERS: &[&str] = &[
        "mariadb",
        "valkey",
        "memcached",
        "elasticsearch",
        "kafka",
        "zookeeper",
        "minio",
        "influxdb",
        "cassandra",
        "clickhouse",
        "etcd",
        "opensearch",
        "nats",
        "couchdb",
        "neo4j",
    ];
    let (name, _) = image_name(image);
    let last = name.rsplit('/').next().unwrap_or_default();
    DATA.iter().any(|data| data.images.contains(&name.as_str()))
        || OTHERS.iter().any(|other| last.contains(other))
}

/// What the service is; nothing where it is just a container, with a reason where it is so only just.
pub fn recognise(old: &Old, others: &[&Old], world: &dyn World) -> (Option<Recognised>, Option<String>) {
    if let Some(image) = old.done.text_at("image").filter(|_| old.done.get("build").is_none()) {
        let (name, tag) = image_name(&image);
        let Some(data) = DATA.iter().find(|data| data.images.contains(&name.as_str())) else {
            return (None, None);
        };
        if image.contains('@') {
            return (
                None,
                Some(format!(
                    "`{}` is not taken for {}, for its image is pinned by digest",
                    old.new, data.kind
                )),
            );
        }
        return match data_service(data, old, others, &image, tag) {
            Ok(recognised) => (Some(recognised), None),
            Err(why) => (None, Some(format!("`{}` is not taken for {}: {why}", old.new, data.kind))),
        };
    }
    (app(old, world), None)
}

fn data_service(
    data: &Data,
    old: &Old,
    others: &[&Old],
    image: &str,
    tag: Option<String>,
) -> Result<Recognised, String> {
    let mut recognised = Recognised { kind: data.kind, ..Recognised::default() };
    for key in ["entrypoint", "user", "network_mode", "privileged"] {
        if old.done.get(key).is_some() {
            return Err(format!("it says `{key}`"));
        }
    }
    for item in old.done.get("volumes").map(Node::items).unwrap_or_default() {
        let Some(found) = mount(item) else { continue };
        let target = found.target.trim_end_matches('/');
        let is_named = matches!(found.what, What::Volume(Some(_))) && !found.has_more && !found.read_only;
        if target == data.folder && !is_named {
            return Err("its data is not in a named volume".to_owned());
        }
        if target != data.folder
            && (data.folder.starts_with(&format!("{target}/"))
                || target.starts_with(&format!("{}/", data.folder)))
        {
            return Err(format!("its data is mounted at `{target}`"));
        }
    }
    let variable = |name: &str| old.variable(name).filter(|value| !value.is_empty());
    for (ending, name) in data.secrets {
        if variable(name).is_none() && old.raw_variable(name).is_none() {
            return Err(format!("it does not say `{name}`"));
        }
        recognised.secrets.push((ending, name));
        recognised.consumed.push(name);
    }
    let identifier: String = old.new.replace('-', "_");
    if let Some((name, default)) = data.user {
        let user =
            variable(name).or(default.map(ToOwned::to_owned)).ok_or(format!("it does not say `{name}`"))?;
        if let Some(name) = data.database {
            let database = variable(name).unwrap_or_else(|| user.clone());
            if database != identifier {
                recognised.options.push(("database".to_owned(), Toml::text(database)));
            }
            recognised.consumed.push(name);
        }
        if user != identifier {
            recognised.options.push(("user".to_owned(), Toml::text(user)));
        }
        recognised.consumed.push(name);
    }
    match (data.kind, tag) {
        _ if image_name(image).0 != data.images[0] => recognised.image = Some(image.to_owned()),
        (_, Some(tag)) if tag == data.default_tag => {}
        (_, tag) => {
            let version = tag.unwrap_or_else(|| "latest".to_owned());
            recognised.options.insert(0, ("version".to_owned(), Toml::text(version)));
        }
    }
    match data.kind {
        "rabbitmq" if old.done.get("hostname").is_some() => {
            return Err("its data hangs on its `hostname`".to_owned());
        }
        "redis" => redis(old, others, &mut recognised)?,
        _ => {}
    }
    Ok(recognised)
}

/// A redis without a password gets one: whoever uses it must be told by a URL, where a password has its place.
fn redis(old: &Old, others: &[&Old], recognised: &mut Recognised) -> Result<(), String> {
    if let Some(command) = old.done.get("command") {
        let words = command_words(command);
        let rest: Vec<&str> =
            words.iter().map(String::as_str).filter(|word| *word != "redis-server").collect();
        if !matches!(rest.as_slice(), [] | ["--appendonly", "yes"]) {
            return Err("its command says more than the kind's".to_owned());
        }
    }
    recognised.has_command = true;
    recognised.gains_password = true;
    let mut has_user = false;
    for other in others {
        let environment = other.environment();
        let values: Vec<&String> = environment.values().flatten().collect();
        let is_url = |value: &String| {
            ["redis://", "rediss://"].iter().any(|scheme| {
                value
                    .strip_prefix(scheme)
                    .is_some_and(|rest| old.is_host(rest.split([':', '/']).next().unwrap_or_default()))
            })
        };
        let names = environment.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let knows_host = names
            .filter(|(_, value)| !is_url(value))
            .any(|(name, value)| super::needs::hosts(name, value).iter().any(|host| old.is_host(host)));
        if knows_host {
            return Err(format!("`{}` would not know its password", other.new));
        }
        let uses = values.iter().any(|value| is_url(value));
        if other.depends_on().contains(&old.was) && !uses {
            return Err(format!("`{}` would not know its password", other.new));
        }
        has_user |= uses;
    }
    if has_user {
        Ok(())
    } else {
        Err("nobody is told where it is by a URL, which could hold its password".to_owned())
    }
}

/// The words of a command, however it is written.
#[must_use]
pub fn command_words(command: &Node) -> Vec<String> {
    match command.text() {
        Some(text) => words(&text).unwrap_or_else(|| vec![text]),
        None => command.items().iter().filter_map(|item| item.text()).collect(),
    }
}

/// A service that is built from a folder, and started in a way that a kind knows.
fn app(old: &Old, world: &dyn World) -> Option<Recognised> {
    let build = old.done.get("build")?;
    let is_plain = build.get("dockerfile_inline").is_none()
        && build.get("target").is_none()
        && old.done.get("entrypoint").is_none();
    let folder = build.text().or_else(|| build.text_at("context"))?;
    let folder = super::load::plain(Utf8Path::new(&folder));
    let file = build.text_at("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile =
        world.read(&folder.join(file), 1 << 20).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let own = old.done.get("command").map(command_words);
    let words = own.or_else(|| final_command(dockerfile.as_deref()?))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["python" | "python3", "-m", rest @ ..] => rest,
        all => all,
    };
    let has_entrypoint = dockerfile.as_deref().is_some_and(|text| instruction(text, "ENTRYPOINT").is_some());
    if !is_plain || has_entrypoint {
        return None;
    }
    match words {
        ["uvicorn", app, rest @ ..] if app.contains(':') => fastapi(old, app, rest),
        ["celery", rest @ ..] => celery(rest),
        ["node", entry]
            if entry.ends_with("js")
                && world.entry(&folder.join("package.json")) == Some(EntryKind::File) =>
        {
            (old.variable("NODE_ENV").as_deref() == Some("production")).then(|| {
                let options = if *entry == "server.js" {
                    Vec::new()
                } else {
                    vec![("entry".to_owned(), Toml::text(*entry))]
                };
                Recognised { kind: "node", options, has_command: true, ..Recognised::default() }
            })
        }
        _ => None,
    }
}

/// What the image starts, where the Dockerfile says it word by word.
fn final_command(dockerfile: &str) -> Option<Vec<String>> {
    let written = instruction(dockerfile, "CMD")?;
    if written.starts_with('[') {
        return serde_json::from_str(&written).ok();
    }
    words(&written).filter(|words| !words.iter().any(|word| word.contains(['$', '&', ';', '|'])))
}

fn instruction(dockerfile: &str, name: &str) -> Option<String> {
    let whole = dockerfile.replace("\\\n", " ");
    whole.lines().rev().find_map(|line| {
        let (word, rest) = line.trim().split_once(char::is_whitespace)?;
        word.eq_ignore_ascii_case(name).then(|| rest.trim().to_owned())
    })
}

/// The port that a container listens on, where the old file tells.
fn main_target(old: &Old) -> Option<u16> {
    old.ports().first().map(|port| port.target)
}

fn fastapi(old: &Old, app: &str, rest: &[&str]) -> Option<Recognised> {
    let mut options = Vec::new();
    if app != "main:app" {
        options.push(("app".to_owned(), Toml::text(app)));
    }
    let mut port = 8000;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => (*word, *words.next()?),
        };
        match name {
            "--host" if value == "0.0.0.0" => {}
            "--port" => port = value.parse().ok()?,
            "--workers" => options.push(("workers".to_owned(), Toml::text(value))),
            _ => return None,
        }
    }
    (main_target(old).unwrap_or(8000) == port).then(|| Recognised {
        kind: "fastapi",
        options,
        has_command: true,
        ..Recognised::default()
    })
}

fn celery(rest: &[&str]) -> Option<Recognised> {
    let mut options = Vec::new();
    let mut is_worker = false;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if *word == "worker" {
            is_worker = true;
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => (*word, *words.next()?),
        };
        match name {
            "-A" | "--app" if value == "app" => {}
            "-A" | "--app" => options.push(("app".to_owned(), Toml::text(value))),
            "-l" | "--loglevel" if value.eq_ignore_ascii_case("info") => {}
            "-l" | "--loglevel" => options.push(("log_level".to_owned(), Toml::text(value.to_lowercase()))),
            "-c" | "--concurrency" => options.push(("concurrency".to_owned(), Toml::text(value))),
            _ => return None,
        }
    }
    is_worker.then(|| Recognised { kind: "celery", options, has_command: true, ..Recognised::default() })
}
