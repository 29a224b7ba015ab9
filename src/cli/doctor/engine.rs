//! The engine and what it stands on: Docker, Compose, ports, names, room.

use camino::Utf8Path;

use super::Look;
use crate::cli::Project;
use crate::cli::live::{live_ports, named};
use crate::cli::machine::{Machine, NoAnswer, ask};
use crate::live::available_kilobytes;
use crate::model::Stack;

/// Below this much room, in KiB, images and volumes will hardly have enough.
const LITTLE_ROOM: u64 = 2 * 1024 * 1024;

/// Below this much a database may not start.
const NO_ROOM: u64 = 256 * 1024;

/// Whether an engine answers, and its Compose is one that reads the files.
pub fn engine(machine: &Machine) -> Vec<Look> {
    let help = match &machine.containers {
        Ok(_) => return vec![version(), compose()],
        Err(NoAnswer::Missing) => {
            ("docker is not installed", "install it: https://docs.docker.com/engine/install/".to_owned())
        }
        Err(NoAnswer::Stuck) => ("docker does not answer", "start Docker anew".to_owned()),
        Err(NoAnswer::Failed(said)) => ("no engine answers", format!("start Docker; it says: {said}")),
    };
    vec![Look::wrong("engine", help.0, help.1)]
}

fn version() -> Look {
    match ask("docker", &["version", "--format", "{{.Server.Version}}"]) {
        Ok(version) => Look::well("engine", format!("Docker {}", version.trim())),
        Err(_) => {
            Look::note("engine", "it answers, and does not say its version", "nothing, if the stack starts")
        }
    }
}

fn compose() -> Look {
    match ask("docker", &["compose", "version", "--short"]) {
        Ok(version) => judged(version.trim()),
        Err(_) => Look::wrong(
            "compose",
            "docker has no Compose plugin",
            "install it: https://docs.docker.com/compose/install/",
        ),
    }
}

/// Version 1 knows neither the files nor `up --wait`; the wait's limit came with 2.17.
fn judged(version: &str) -> Look {
    let mut numbers =
        version.trim_start_matches('v').split(['.', '-', '+']).map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), _) if major < 2 => Look::wrong(
            "compose",
            format!("Compose {version} is too old: the stack needs version 2.17"),
            "install a newer one: https://docs.docker.com/compose/install/",
        ),
        (Some(2), Some(minor)) if minor < 17 => Look::wrong(
            "compose",
            format!("Compose {version} knows no limit to a wait: the stack needs version 2.17"),
            "install a newer one: https://docs.docker.com/compose/install/",
        ),
        _ => Look::well("compose", format!("Compose {version}")),
    }
}

/// Who holds what the stack is to have.
pub fn ports(machine: &Machine, project: &Project, stack: &Stack) -> Vec<Look> {
    let ports = live_ports(machine, project, stack);
    let taken =
        ports.iter().filter(|port| !port.is_own).filter_map(|port| Some((port, port.holder.as_ref()?)));
    let mut looks: Vec<Look> = taken
        .map(|(port, holder)| {
            let number = port.entry.host_port.unwrap_or_default();
            let service = &port.entry.service;
            let found = format!("{number}, which `{service}` is to have, is held by {}", named(holder));
            let help = format!("stop it, or give `{service}` another port");
            Look::wrong("port", found, help)
        })
        .collect();
    if looks.is_empty() {
        let own = ports.iter().filter(|port| port.is_own).count();
        looks.push(Look::well("ports", ports_found(ports.len(), own)));
    }
    looks
}

/// Of the ports that the stack takes, how many it holds itself already, where nobody else holds one.
fn ports_found(all: usize, own: usize) -> String {
    match (all, own) {
        (0, _) => "the stack takes none of this machine's".to_owned(),
        (1, 0) => "the one that the stack takes is free".to_owned(),
        (1, _) => "the one that the stack takes is held by the stack itself".to_owned(),
        (all, 0) => format!("all {all} that the stack takes are free"),
        (all, own) if own == all => format!("all {all} that the stack takes are held by the stack itself"),
        (all, own) => {
            format!("of {all} that the stack takes, {own} held by the stack itself, the others free")
        }
    }
}

/// Whether another folder runs a stack of the same name: its containers would be taken for this one's.
pub fn names(machine: &Machine, project: &Project, stack: &Stack) -> Look {
    let name = &stack.name.value;
    let root = project.root.canonicalize_utf8().unwrap_or_else(|_| project.root.clone());
    let elsewhere = |folder: &&String| !Utf8Path::new(folder.as_str()).starts_with(&root);
    let containers = machine.containers.iter().flatten();
    let others = containers.filter(|container| container.project.as_deref() == Some(name));
    match others.filter_map(|container| container.folder.as_ref()).find(elsewhere) {
        Some(folder) => Look::wrong(
            "name",
            format!(
                "a stack called `{name}` runs from `{folder}`, and Compose would take its containers for this one's"
            ),
            "stop that one, or change `name` under `[stack]`",
        ),
        None => Look::well("name", format!("no other stack called `{name}` runs")),
    }
}

/// The room where the engine keeps its data, or where the project is if that is on another machine.
pub fn disk(root: &Utf8Path) -> Look {
    let data = ask("docker", &["info", "--format", "{{.DockerRootDir}}"]).unwrap_or_default();
    let data = Utf8Path::new(data.trim());
    let folder = if !data.as_str().is_empty() && data.is_dir() { data } else { root };
    let left = ask("df", &["-Pk", folder.as_str()]).ok().and_then(|text| available_kilobytes(&text));
    match left {
        Some(kilobytes) => judged_room(kilobytes, folder),
        None => Look::note("disk", format!("the room left in `{folder}` is not known"), "look with `df`"),
    }
}

fn judged_room(kilobytes: u64, folder: &Utf8Path) -> Look {
    let size = if kilobytes < 1024 * 1024 {
        format!("{} MiB", kilobytes / 1024)
    } else {
        format!("{} GiB", kilobytes / 1024 / 1024)
    };
    let found = format!("{size} left in `{folder}`");
    let help = "make room; `docker system df` says what takes it";
    match kilobytes {
        room if room < NO_ROOM => Look::wrong("disk", found, help),
        room if room < LITTLE_ROOM => Look::note("disk", found, help),
        _ => Look::well("disk", found),
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::super::State;
    use super::{judged, judged_room, ports_found};

    #[test]
    fn how_many_ports_are_free_reads_as_a_sentence() {
        assert_eq!(ports_found(2, 0), "all 2 that the stack takes are free");
        assert_eq!(ports_found(1, 1), "the one that the stack takes is held by the stack itself");
        assert_eq!(
            ports_found(3, 1),
            "of 3 that the stack takes, 1 held by the stack itself, the others free"
        );
    }

    #[test]
    fn a_compose_that_cannot_wait_is_too_old() {
        let state = |version| judged(version).state;
        assert_eq!(state("1.29.2"), State::Wrong);
        assert_eq!(state("v2.16.0"), State::Wrong);
        assert_eq!(state("2.17.0"), State::Well);
        assert_eq!(state("v2.26.1-4"), State::Well);
        assert_eq!(state("5.0.0"), State::Well);
    }

    #[test]
    fn little_room_is_told_and_none_is_wrong() {
        let state = |room| judged_room(room, Utf8Path::new("/")).state;
        assert_eq!(state(1024), State::Wrong);
        assert_eq!(state(1024 * 1024), State::Note);
        assert_eq!(state(100 * 1024 * 1024), State::Well);
    }
}
