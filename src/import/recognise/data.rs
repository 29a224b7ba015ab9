//! Data services: which image is of which kind, and when its data would not come along.

use super::{Recognised, image_name};
use crate::import::needs;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::Toml;
use crate::import::volume::{What, mount};

/// A kind of data service: its images, where its data lies, and what its variables are called.
pub(super) struct Data {
    pub(super) kind: &'static str,
    pub(super) images: &'static [&'static str],
    folder: &'static str,
    default_tag: &'static str,
    database: Option<&'static str>,
    user: Option<(&'static str, Option<&'static str>)>,
    secrets: &'static [(&'static str, &'static str)],
}

pub(super) const DATA: &[Data] = &[
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

/// The service as one of the kind, or why it cannot be one.
pub(super) fn data_service(
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
    // Only those who need it would reach it, and Compose takes no need of what may be away.
    if let Some(user) = others.iter().find(|other| old.may_be_away_from(other) && needs::uses(other, old)) {
        return Err(format!(
            "`{}` reaches it, and is there without its profile, so that it cannot need it",
            user.new
        ));
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
        let words = super::command_words(command);
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
            .any(|(name, value)| needs::hosts(name, value).iter().any(|host| old.is_host(host)));
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
