//! `stackgen ports --live`: who holds each port of the stack on this machine, at this moment.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::columns::fitted;
use super::format::Format;
use super::machine::{Holder, Machine, NoAnswer};
use super::output::print;
use super::ports::{PortEntry, port_map};
use super::{Global, Project, terminal};
use crate::model::Stack;
use crate::source::values::Protocol;

/// One port of the machine that the stack is to have, and who has it.
pub struct LivePort {
    pub entry: PortEntry,
    pub holder: Option<Holder>,
    /// Whether the holder is the stack's own: its container, or a process in the service's own folder.
    pub is_own: bool,
}

/// The ports of the base, or of the one environment that was asked for, that the machine offers.
pub fn live_ports(machine: &Machine, project: &Project, stack: &Stack) -> Vec<LivePort> {
    let ports = port_map(stack).into_iter().filter_map(|entry| {
        let protocol = Protocol::from_word(entry.protocol)?;
        let holder = machine.holder(entry.address?, entry.host_port?, protocol);
        let is_own = holder.as_ref().is_some_and(|holder| is_own(holder, project, stack, &entry.service));
        Some(LivePort { entry, holder, is_own })
    });
    ports.collect()
}

fn is_own(holder: &Holder, project: &Project, stack: &Stack, service: &str) -> bool {
    match holder {
        Holder::Container(container) => {
            container.stack.as_deref() == Some(&stack.name.value)
                && container.service.as_deref() == Some(service)
        }
        Holder::Process(process) => {
            let folder = stack.services.get(service).and_then(|service| service.folder.as_ref());
            let own =
                folder.and_then(|folder| project.root.join(&folder.value.from_root).canonicalize_utf8().ok());
            let works_in = process.as_ref().and_then(|process| process.folder.as_ref());
            matches!((own, works_in), (Some(ref own), Some(folder)) if folder.starts_with(own))
        }
    }
}

pub fn print_live(global: &Global, project: &Project, stacks: &[Stack]) -> anyhow::Result<()> {
    let Some(stack) = stacks.first() else { return Ok(()) };
    let machine = Machine::look();
    let ports = live_ports(&machine, project, stack);
    if global.format == Format::Json {
        return print(&format!("{:#}\n", Json::Array(ports.iter().map(object).collect())));
    }
    let mut text = table(&ports, terminal::width());
    if let Err(reason) = &machine.containers {
        let _ = writeln!(text, "\n{}", no_engine(reason));
    }
    print(&text)
}

/// Why containers are not among the holders.
pub fn no_engine(reason: &NoAnswer) -> String {
    match reason {
        NoAnswer::Missing => "docker is not installed here, so no container is known".to_owned(),
        NoAnswer::Stuck => "docker does not answer, so no container is known".to_owned(),
        NoAnswer::Failed(said) => format!("docker cannot say which containers run: {said}"),
    }
}

fn table(ports: &[LivePort], width: Option<usize>) -> String {
    if ports.is_empty() {
        return "the stack takes no port of this machine\n".to_owned();
    }
    let rows: Vec<[String; 5]> = ports
        .iter()
        .map(|port| {
            let entry = &port.entry;
            [
                entry.address.map(|address| address.to_string()).unwrap_or_default(),
                entry.host_port.map(|number| number.to_string()).unwrap_or_default(),
                entry.protocol.to_owned(),
                service(entry),
                held_by(port),
            ]
        })
        .collect();
    fitted(["ADDRESS", "HOST", "PROTOCOL", "SERVICE", "HELD BY"], &rows, width, &[2, 0])
}

fn service(entry: &PortEntry) -> String {
    match entry.name.as_str() {
        "main" => entry.service.clone(),
        name => format!("{} ({name})", entry.service),
    }
}

/// `nobody`, or who it is and whether that is well.
fn held_by(port: &LivePort) -> String {
    let own = if port.is_own { ", its own" } else { "" };
    match &port.holder {
        None => "nobody".to_owned(),
        Some(holder) => format!("{}{own}", named(holder)),
    }
}

/// A holder's name for people.
pub fn named(holder: &Holder) -> String {
    match holder {
        Holder::Container(container) => format!("container {}", container.name),
        Holder::Process(Some(process)) => format!("{} (process {})", process.name, process.id),
        Holder::Process(None) => "a process of another user".to_owned(),
    }
}

fn object(port: &LivePort) -> Json {
    let holder = match &port.holder {
        None => Json::Null,
        Some(Holder::Container(container)) => json!({ "container": container.name, "own": port.is_own }),
        Some(Holder::Process(process)) => json!({
            "process": process.as_ref().map(|process| &process.name),
            "pid": process.as_ref().map(|process| process.id),
            "own": port.is_own,
        }),
    };
    json!({
        "address": port.entry.address, "host_port": port.entry.host_port, "protocol": port.entry.protocol,
        "service": port.entry.service, "name": port.entry.name, "holder": holder,
    })
}
