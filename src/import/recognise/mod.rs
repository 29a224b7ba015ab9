//! Which kind a service of the old stack is: by its image, by its command and by the files of its folder.

mod app;
mod data;

use indexmap::IndexMap;

use self::app::app;
pub use self::app::command_words;
use self::data::{DATA, data_service};
use super::service::Old;
use super::toml::Toml;
use crate::source::World;

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
    /// What it is started by, where that says more than the kind's own command.
    pub command: Option<Vec<String>>,
    /// Its data has no password yet.
    pub gains_password: bool,
}

impl Recognised {
    /// Whether its kind keeps data, so that only those who need it reach it.
    #[must_use]
    pub fn is_data(&self) -> bool {
        DATA.iter().any(|data| data.kind == self.kind)
    }
}

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

/// The recognised services by name, and why others are not: the service, `kind`, the reason.
pub type All = (IndexMap<String, Recognised>, Vec<(String, String, String)>);

/// Every service, each beside all others.
pub fn recognise_all(services: &[Old], world: &dyn World) -> All {
    let mut recognised = IndexMap::new();
    let mut reasons = Vec::new();
    for old in services {
        let others: Vec<&Old> = services.iter().filter(|other| other.was != old.was).collect();
        match recognise(old, &others, world) {
            (Some(kind), _) => {
                recognised.insert(old.new.clone(), kind);
            }
            (None, why) => reasons.extend(why.map(|why| (old.new.clone(), "kind".to_owned(), why))),
        }
    }
    (recognised, reasons)
}

/// What the service is; nothing where it is just a container, with a reason where it is so only just.
fn recognise(old: &Old, others: &[&Old], world: &dyn World) -> (Option<Recognised>, Option<String>) {
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
    match app(old, world) {
        Ok(recognised) => (recognised, None),
        Err(why) => (None, Some(why)),
    }
}
