//! Services as templates see them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use indexmap::IndexMap;
use minijinja::Value;

use super::Facts;
use super::compose_extra::extra_tree;
use super::upstream::upstream_view;
use super::volume::{extra_volume_views, volume_views};
use crate::model::{
    Build, Dockerfile, Mount, MountSource, Need, Origin, Port, Probe, Published, Service, Text, Variable,
};
use crate::render::context::{
    BackupView, BuildView, CommandView, HealthView, MountView, NeedView, PortView, ServiceView, VariableView,
};
use crate::render::paths::or_root;
use crate::render::text::seen_text;
use crate::render::view::Seen;
use crate::source::language::{ForEach, Placement};
use crate::source::values::Size;

/// One service. `routes` are its routes' views, which the gateway's view shares.
pub fn service_view(service: &Service, facts: &Facts<'_>, routes: Vec<Value>) -> ServiceView {
    let name = service.name.value.as_str();
    let ports: Vec<PortView> = service.ports.iter().map(port_view).collect();
    let environment = variable_views(&service.environment);
    ServiceView {
        name: name.to_owned(),
        prefix: prefix(name),
        kind: service.kind.value.clone(),
        role: service.role.as_str().to_owned(),
        data: service.role.is_data(),
        description: service.description.clone(),
        options: options(service),
        on_host: service.placement == Placement::Host,
        folder: service.folder.as_ref().map(|path| or_root(path.from_root.as_str())),
        image: service.image.as_ref().map(|image| seen_text(&image.value)),
        build: service.build.as_ref().map(|build| build_view(build, service, facts, &environment)),
        entrypoint: texts(&service.entrypoint),
        command: texts(&service.command),
        port: ports.first().cloned(),
        ports,
        url: url(service),
        host_url: host_url(service),
        needs: service.needs.iter().map(|need| need_view(need, facts)).collect(),
        needed_by: service.needed_by.clone(),
        start_level: service.start_level,
        host_environment: host_variable_views(service, &environment),
        environment: environment.into_values().collect(),
        secrets: secrets(service),
        compose_extra: extra_tree(&service.compose_extra, facts.stack),
        volumes: volume_views(service, facts.stack),
        extra_volumes: extra_volume_views(service, facts.stack),
        mounts: service.mounts.iter().filter_map(|mount| mount_view(mount, facts)).collect(),
        tmpfs: service.tmpfs.clone(),
        networks: facts.networks.get(name).cloned().unwrap_or_default(),
        health: service.health.as_ref().map(health_view),
        upstream: upstream_view(service, &routes),
        routes,
        replicas: service.replicas.value,
        memory: service.memory.map(Size::bytes),
        cpus: service.cpus.as_ref().map(|cpus| cpus.value.clone()),
        restart: service.restart.as_str().to_owned(),
        runs_once: service.runs_once,
        stop_grace: service.stop_grace.seconds(),
        user: service.user.clone(),
        read_only: service.read_only,
        capabilities: service.capabilities.clone(),
        backup: service.backup.as_ref().map(|backup| BackupView {
            dump: texts(&backup.dump),
            restore: texts(&backup.restore),
            extension: backup.extension.clone(),
        }),
        commands: service
            .commands
            .iter()
            .map(|(name, command)| CommandView { name: name.clone(), command: command.clone() })
            .collect(),
        owners: facts.owners.get(name).cloned().unwrap_or_default(),
        dockerfile_template: service.build.as_ref().and_then(|build| match &build.dockerfile {
            Dockerfile::Generated { template } => Some(template.clone()),
            Dockerfile::Own(_) => None,
        }),
    }
}

fn options(service: &Service) -> Value {
    let options: BTreeMap<&str, Value> =
        service.options.iter().map(|(name, value)| (name.as_str(), seen_text(value))).collect();
    Value::from(options)
}

/// Where the developer's machine reaches a service: its main port, if that is published.
pub fn host_url(service: &Service) -> Option<String> {
    let port = service.ports.first()?;
    let Published { address, port } = port.published?;
    let host = match address {
        address if address.is_loopback() || address.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    Some(format!("{}://{host}:{port}", service.scheme.as_ref()?))
}

/// Where containers reach a service. A process on the host has the name that Docker gives to the host.
pub fn url(service: &Service) -> Option<String> {
    let port = service.ports.first()?.container;
    let host = match service.placement {
        Placement::Container => service.name.value.as_str(),
        Placement::Host => "host.docker.internal",
    };
    Some(format!("{}://{host}:{port}", service.scheme.as_ref()?))
}

fn prefix(name: &str) -> String {
    name.chars()
        .map(|found| if found.is_ascii_alphanumeric() { found.to_ascii_uppercase() } else { '_' })
        .collect()
}

fn texts(texts: &[Text]) -> Vec<Value> {
    texts.iter().map(seen_text).collect()
}

fn port_view(port: &Port) -> PortView {
    PortView {
        name: port.name.clone(),
        container: port.container,
        host: port.published.map(|published| published.port),
        address: port.published.map(|published| published.address.to_string()),
        protocol: port.protocol.as_str().to_owned(),
    }
}

fn build_view(
    build: &Build,
    service: &Service,
    facts: &Facts<'_>,
    environment: &BTreeMap<&str, Value>,
) -> BuildView {
    let context = &build.context.from_root;
    let own = |path: &str| context.join(path).into_string();
    BuildView {
        context: or_root(context.as_str()),
        dockerfile: match &build.dockerfile {
            Dockerfile::Own(path) => own(path),
            // Where no target makes one, the engine will look where every builder looks.
            Dockerfile::Generated { .. } => {
                facts.generated(service, ForEach::Dockerfiles).unwrap_or_else(|| own("Dockerfile"))
            }
        },
        ignore: match &build.dockerfile {
            Dockerfile::Generated { .. } if !build.has_ignore => {
                facts.generated(service, ForEach::Dockerignores)
            }
            _ => None,
        },
        args: service.built_in.iter().filter_map(|name| environment.get(name.as_str()).cloned()).collect(),
    }
}

fn need_view(need: &Need, facts: &Facts<'_>) -> NeedView {
    let needed = facts.stack.services.get(&need.service.value);
    NeedView {
        service: need.service.value.clone(),
        prefix: need.prefix.as_ref().map(|prefix| prefix.value.clone()),
        on_host: needed.is_some_and(|service| service.placement == Placement::Host),
        has_health: needed
            .and_then(|service| service.health.as_ref())
            .is_some_and(|health| !health.command.is_empty()),
        runs_once: needed.is_some_and(|service| service.runs_once),
    }
}

/// By name, sorted.
fn variable_views(variables: &IndexMap<String, Variable>) -> BTreeMap<&str, Value> {
    variables.iter().map(|(name, variable)| (name.as_str(), variable_view(name, variable))).collect()
}

/// Most variables are the same for a process on the developer's machine: of those there is one view.
fn host_variable_views(service: &Service, inside: &BTreeMap<&str, Value>) -> Vec<Value> {
    let mut variables: Vec<(&String, &Variable)> = service.host_environment.iter().collect();
    variables.sort_by_key(|(name, _)| *name);
    let is_same = |name: &str, variable: &Variable| {
        let other = service.environment.get(name);
        other.is_some_and(|other| other.value == variable.value && other.origin == variable.origin)
    };
    let view = |(name, variable): (&String, &Variable)| match inside.get(name.as_str()) {
        Some(view) if is_same(name, variable) => view.clone(),
        _ => variable_view(name, variable),
    };
    variables.into_iter().map(view).collect()
}

fn variable_view(name: &str, variable: &Variable) -> Value {
    let view = VariableView {
        name: name.to_owned(),
        value: seen_text(&variable.value),
        origin: match &variable.origin {
            Origin::Service => "service".to_owned(),
            Origin::Kind => "kind".to_owned(),
            Origin::Need(name) => name.clone(),
        },
        secrets: variable.value.secrets().into_iter().map(ToOwned::to_owned).collect(),
    };
    view.seen()
}

/// The secrets that its container sees, by name: in its environment and in what it runs.
fn secrets(service: &Service) -> Vec<String> {
    let texts = service
        .environment
        .values()
        .map(|variable| &variable.value)
        .chain(&service.entrypoint)
        .chain(&service.command)
        .chain(service.health.iter().flat_map(|health| &health.command));
    let names: BTreeSet<&str> = texts.flat_map(Text::secrets).collect();
    names.into_iter().map(ToOwned::to_owned).collect()
}

/// None where the mounted target is not made.
fn mount_view(mount: &Mount, facts: &Facts<'_>) -> Option<MountView> {
    let source = match &mount.source {
        MountSource::Project(path) => or_root(path.from_root.as_str()),
        MountSource::Target(name) => {
            facts.stack.targets.iter().find(|target| target.name == *name)?.folder.to_string()
        }
    };
    Some(MountView { source, at: mount.at.clone(), read_only: mount.read_only })
}

fn health_view(probe: &Probe) -> HealthView {
    HealthView {
        path: probe.path.clone(),
        command: texts(&probe.command),
        interval: probe.interval.to_string(),
        interval_seconds: probe.interval.seconds(),
        timeout: probe.timeout.to_string(),
        timeout_seconds: probe.timeout.seconds(),
        retries: probe.retries,
        start_period: probe.start_period.to_string(),
    }
}
