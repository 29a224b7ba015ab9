//! `stackgen ports`: who listens where.

use std::net::IpAddr;

use clap::Args;
use serde::Serialize;

use super::columns::fitted;
use super::compiled::{one_by_one, validated};
use super::format::Format;
use super::live;
use super::output::print;
use super::{Exit, Global, Project, terminal};
use crate::model::Stack;
use crate::source::language::Placement;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen ports                    the map of the base and of each environment
  stackgen ports --env production   one environment alone
  stackgen ports --format json      an array of objects, one a port
  stackgen ports --live             who holds each port of this machine now: container or process

A port without an address is reached within the stack alone.")]
pub struct PortsArgs {
    /// Say of each port of the base, or of the environment that is named, who holds it now
    #[arg(long)]
    live: bool,
}

pub fn run(global: &Global, project: &Project, args: &PortsArgs) -> anyhow::Result<Exit> {
    let (stacks, exit) = validated(global, project);
    if args.live {
        live::print_live(global, project, &stacks)?;
        return Ok(exit);
    }
    print(&if global.format == Format::Json { json(&stacks) } else { text(&stacks, terminal::width()) })?;
    Ok(exit)
}

/// One port of one service in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortEntry {
    /// The environment; none for the base.
    pub environment: Option<String>,
    /// Where the host offers it; none where only the stack reaches it.
    pub address: Option<IpAddr>,
    pub host_port: Option<u16>,
    container_port: u16,
    pub protocol: &'static str,
    pub service: String,
    /// `main` for the service's `port`.
    pub name: String,
    /// `container` or `host`.
    runs_in: &'static str,
}

/// The ports of a stack: those that the host offers by number, then the others in the order of the source.
#[must_use]
pub fn port_map(stack: &Stack) -> Vec<PortEntry> {
    let mut entries: Vec<PortEntry> = stack
        .services
        .values()
        .flat_map(|service| {
            service.ports.iter().map(|port| PortEntry {
                environment: stack.environment.as_ref().map(|name| name.value.clone()),
                address: port.published.map(|published| published.address),
                host_port: port.published.map(|published| published.port),
                container_port: port.container,
                protocol: port.protocol.as_str(),
                service: service.name.value.clone(),
                name: port.name.clone(),
                runs_in: match service.placement {
                    Placement::Container => "container",
                    Placement::Host => "host",
                },
            })
        })
        .collect();
    entries.sort_by_key(|entry| (entry.host_port.is_none(), entry.host_port, entry.address, entry.protocol));
    entries
}

/// The maps as an array, that of the base first.
#[must_use]
pub fn json(stacks: &[Stack]) -> String {
    let entries: Vec<PortEntry> = stacks.iter().flat_map(port_map).collect();
    format!("{:#}\n", serde_json::json!(entries))
}

/// The maps as tables, one an environment. One that shows nothing new is not shown twice.
#[must_use]
pub fn text(stacks: &[Stack], width: Option<usize>) -> String {
    one_by_one(stacks, |stack| table(&port_map(stack), width))
}

fn table(entries: &[PortEntry], width: Option<usize>) -> String {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let rows: Vec<[String; 6]> = entries
        .iter()
        .map(|entry| {
            let service = match entry.name.as_str() {
                "main" => entry.service.clone(),
                name => format!("{} ({name})", entry.service),
            };
            [
                or_none(entry.address.map(|address| address.to_string())),
                or_none(entry.host_port.map(|port| port.to_string())),
                entry.container_port.to_string(),
                entry.protocol.to_owned(),
                service,
                entry.runs_in.to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no service has a port\n".to_owned();
    }
    let headings = ["ADDRESS", "HOST", "CONTAINER", "PROTOCOL", "SERVICE", "RUNS IN"];
    // What a person looks for comes first where not all of it has room.
    fitted(headings, &rows, width, &[5, 3, 2, 0])
}

#[cfg(test)]
mod tests {
    use super::{json, text};
    use crate::cli::compiled::stacks_of;

    const STACK: &str = r#"
[stack]
name = "shop"

[services.web]
image = "example.com/web:1"
port = 9000
needs = ["db"]

[services.db]
image = "example.com/db:1"
ports = { main = "5433:5432", metrics = "0.0.0.0:9100:9187/udp" }

[services.page]
image = "example.com/page:1"
port = 3000
run = "host"

[environments.same.services.web]
memory = "1GiB"

[environments.live.services.web]
port = 80
"#;

    #[test]
    fn ports_are_listed_by_host_port_in_aligned_columns() {
        let expected = "\
ADDRESS    HOST  CONTAINER  PROTOCOL  SERVICE       RUNS IN
127.0.0.1  3000  3000       tcp       page          host
127.0.0.1  5433  5432       tcp       db            container
127.0.0.1  9000  9000       tcp       web           container
0.0.0.0    9100  9187       udp       db (metrics)  container
";
        assert_eq!(text(&stacks_of(STACK)[..1], None), expected);
    }

    #[test]
    fn a_narrow_terminal_is_shown_what_matters_most() {
        let expected = "\
ADDRESS    HOST  SERVICE
127.0.0.1  3000  page
127.0.0.1  5433  db
127.0.0.1  9000  web
0.0.0.0    9100  db (metrics)
";
        assert_eq!(text(&stacks_of(STACK)[..1], Some(30)), expected);
    }

    #[test]
    fn an_environment_is_shown_where_it_differs() {
        let shown = text(&stacks_of(STACK), None);
        assert!(shown.contains("\nenvironment `same`: the same\n"), "{shown}");
        assert!(shown.contains("\nenvironment `live`:\nADDRESS"), "{shown}");
        assert!(shown.contains("127.0.0.1  80 "), "{shown}");
    }

    #[test]
    fn json_holds_one_object_a_port_with_numbers_as_numbers() {
        let entries: serde_json::Value = serde_json::from_str(&json(&stacks_of(STACK))).unwrap();
        assert_eq!(
            entries[0],
            serde_json::json!({
                "environment": null, "address": "127.0.0.1", "host_port": 3000, "container_port": 3000,
                "protocol": "tcp", "service": "page", "name": "main", "runs_in": "host",
            })
        );
        assert_eq!(entries.as_array().unwrap().len(), 12);
        assert_eq!(entries[11]["environment"], "live");
    }
}
