//! The words of Compose in those of the language: ports, times, sizes, names.

use serde_json::{Value as Json, json};

use super::node::{Node, Table, Value};
use super::port::Port;
use super::service::Old;
use super::toml::Toml;

pub(super) fn is_address(port: &Port) -> bool {
    port.address.as_deref().is_none_or(|address| address.parse::<std::net::IpAddr>().is_ok())
}

/// The world is meant to come in by these.
pub(super) fn is_public(port: &Port) -> bool {
    matches!(port.published, Some(80 | 443))
}

pub(super) fn port_value(port: &Port, kind_port: Option<u16>) -> Toml {
    let host = port.published.unwrap_or(port.target);
    let address = match port.address.as_deref() {
        None | Some("0.0.0.0" | "::") if is_public(port) => Some("0.0.0.0"),
        None | Some("127.0.0.1" | "0.0.0.0" | "::") => None,
        Some(address) => Some(address),
    };
    let protocol = if port.protocol == "udp" { "/udp" } else { "" };
    let is_known = kind_port == Some(port.target) || (kind_port.is_none() && host == port.target);
    match address {
        None if is_known && protocol.is_empty() => Toml::Whole(host.into()),
        None => Toml::Text(format!("{host}:{}{protocol}", port.target)),
        Some(address) if address.contains(':') => {
            Toml::Text(format!("[{address}]:{host}:{}{protocol}", port.target))
        }
        Some(address) => Toml::Text(format!("{address}:{host}:{}{protocol}", port.target)),
    }
}

pub(super) fn port_name(port: &Port, taken: &[(String, Toml)]) -> String {
    let base = match port.target {
        443 | 8443 => "https".to_owned(),
        80 => "http".to_owned(),
        9090 => "metrics".to_owned(),
        15672 => "management".to_owned(),
        target => format!("port-{target}"),
    };
    let is_taken = |name: &str| taken.iter().any(|(known, _)| known == name);
    let own = if port.protocol == "udp" && !base.ends_with("udp") { format!("{base}-udp") } else { base };
    let with_host = format!("{own}-{}", port.published.unwrap_or_default());
    let candidates =
        [own.clone(), with_host.clone()].into_iter().chain((2..).map(|count| format!("{with_host}-{count}")));
    candidates.into_iter().find(|name| !is_taken(name)).unwrap_or(own)
}

/// A volume's name within its service: without the service's own name before it.
pub(super) fn volume_name(name: &str, old: &Old, taken: &[(String, Toml)]) -> String {
    let label = super::service::label(name);
    let short = label.strip_prefix(&format!("{}-", old.new)).unwrap_or(&label).to_owned();
    if taken.iter().any(|(known, _)| *known == short) { label } else { short }
}

pub(super) fn secret_value(name: &str) -> Toml {
    Toml::Table(vec![("secret".to_owned(), Toml::text(name))])
}

/// A value as it would be written with references.
pub(super) fn as_template(value: &Toml) -> String {
    match value {
        Toml::Text(text) => text.clone(),
        Toml::Whole(number) => number.to_string(),
        Toml::Table(entries) => match entries.first() {
            Some((key, Toml::Text(name))) if key == "secret" => format!("{{{{ secrets.{name} }}}}"),
            Some((_, Toml::Text(text))) => text.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

/// A URL's text before its password, the password, and what follows.
pub(super) fn password_in_url(text: &str) -> Option<(&str, &str, &str)> {
    let scheme = text.find("://")? + 3;
    let end = text[scheme..].find(['/', '?', '#']).map_or(text.len(), |at| scheme + at);
    let at = scheme + text[scheme..end].rfind('@')?;
    let colon = scheme + text[scheme..at].find(':')? + 1;
    (colon < at && text.matches("://").count() == 1).then(|| (&text[..colon], &text[colon..at], &text[at..]))
}

/// The path that a probe over HTTP asks its own container for.
pub(super) fn http_path(words: &[String]) -> Option<String> {
    let line = words.join(" ");
    if !line.contains("curl")
        && !line.contains("wget")
        && !line.contains("urlopen")
        && !line.contains("http.get")
    {
        return None;
    }
    let at = line.find("http://")? + 7;
    let rest = line[at..].split([' ', '"', '\'', ')', ';']).next()?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next()?;
    matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0").then(|| format!("/{path}"))
}

/// `1h30m`, `90s`, `500ms` in the words of the language. Parts of a second are rounded up.
pub(super) fn duration(text: &str) -> Option<String> {
    let mut milliseconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|found: char| !found.is_ascii_digit() && found != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit = rest[end..].find(|found: char| found.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        milliseconds += number
            * match &rest[end..unit] {
                "h" => 3_600_000.0,
                "m" => 60_000.0,
                "s" => 1000.0,
                "ms" => 1.0,
                "us" => 0.001,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    let seconds = whole((milliseconds / 1000.0_f64).ceil())?;
    Some(if seconds >= 60 && seconds.is_multiple_of(60) {
        format!("{}m", seconds / 60)
    } else {
        format!("{seconds}s")
    })
}

/// A number without a fraction, by its digits.
fn whole(number: f64) -> Option<u64> {
    number.to_string().parse().ok()
}

/// `512m`, `1g`, `1073741824` in the words of the language.
pub(super) fn size(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let end = lower.find(|found: char| !found.is_ascii_digit() && found != '.').unwrap_or(lower.len());
    let number: f64 = lower[..end].parse().ok()?;
    let factor = match lower[end..].trim() {
        "" | "b" => 1.0,
        "k" | "kb" => 1024.0,
        "m" | "mb" => 1_048_576.0,
        "g" | "gb" => 1_073_741_824.0,
        _ => return None,
    };
    let bytes = whole((number * factor).floor())?;
    let (count, unit) = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        .into_iter()
        .find(|(shift, _)| bytes > 0 && bytes.is_multiple_of(1 << shift))
        .map_or((bytes, "B"), |(shift, unit)| (bytes >> shift, unit));
    (bytes > 0).then(|| format!("{count}{unit}"))
}

/// A table's scalars as text, as Compose takes labels.
pub(super) fn texts(node: &Node) -> Node {
    let mut node = node.clone();
    for entry in node.table_mut().into_iter().flat_map(Table::values_mut) {
        let text = entry.node.text().unwrap_or_default();
        entry.node.value = Value::Text(text);
    }
    node
}

/// TOML has no nulls: as an entry of a table one is an empty table, where Compose takes either.
pub(super) fn without_nulls(json: &Json) -> Json {
    match json {
        Json::Object(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| {
                    (key.clone(), if value.is_null() { json!({}) } else { without_nulls(value) })
                })
                .collect(),
        ),
        Json::Array(items) => items.iter().filter(|item| !item.is_null()).map(without_nulls).collect(),
        other => other.clone(),
    }
}
