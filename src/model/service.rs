//! A declared service and its kind to a resolved one.

use indexmap::IndexMap;

use super::compose_extra::{ComposeExtra, compose_extra, refines_a_build};
use super::endpoint::{Endpoint, Viewpoint};
use super::environment::Environment;
use super::once::runs_once;
use super::scope::{KindScope, Scope};
use super::stack::{
    Backup, Build, Dockerfile, Known, Mount, MountSource, Need, Origin, Probe, Service, Unresolved, Variable,
    Volume,
};
use super::text::Text;
use super::wording::{is_image, no_image, no_user, unusable};
use crate::diagnostics::Diagnostic;
use crate::source::language::{ComposeName, Health, HealthTable, Placement, ServiceTable};
use crate::source::values::{Duration, Template};
use crate::source::{EntryKind, Span, Spanned, World, dockerfile_template};

/// Everything that resolving a service looks at.
pub struct Resolver<'a> {
    pub stack_name: &'a str,
    pub endpoints: &'a IndexMap<String, Endpoint<'a>>,
    /// Services that are declared and could not be read, which is reported already.
    pub unreadable: &'a [String],
    pub world: &'a dyn World,
    pub unresolved: Vec<Unresolved>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What holds for a health check where neither the service nor its kind says it.
const INTERVAL: Duration = Duration::from_seconds(10);
const TIMEOUT: Duration = Duration::from_seconds(3);
const RETRIES: u32 = 5;
const START_PERIOD: Duration = Duration::from_seconds(30);

impl Resolver<'_> {
    pub fn service(&mut self, endpoint: &Endpoint<'_>) -> Service {
        let (table, kind) = (endpoint.table, endpoint.kind);
        let health = self.health(endpoint);
        let needs = self.needs(endpoint);
        let Environment { variables: environment, collisions, overridden } =
            self.environment(endpoint, &needs);
        let host_environment = self.host_environment(endpoint, &needs);
        let built_in = built_in(endpoint, &environment);
        let build = self.build(endpoint);
        let image = if build.is_some() { None } else { self.image(endpoint) };
        let (extra, names) = own_words(table);
        Service {
            name: endpoint.name.clone(),
            kind: table.kind.clone().unwrap_or_else(|| Spanned::new(table.kind(), endpoint.name.span)),
            role: kind.role(),
            description: own_or(table.description.as_ref(), kind.description.as_ref()).unwrap_or_default(),
            options: endpoint.options.clone(),
            placement: endpoint.placement,
            folder: table.path.clone(),
            image,
            build,
            entrypoint: self.kind_texts(endpoint, kind.entrypoint.as_ref(), None),
            command: self.command(endpoint),
            ports: endpoint.ports.clone(),
            scheme: kind.scheme.as_ref().map(|scheme| scheme.value.clone()),
            needs,
            needed_by: Vec::new(),
            environment,
            host_environment,
            built_in,
            collisions,
            overridden,
            volumes: volumes(endpoint),
            mounts: mounts(endpoint),
            tmpfs: strings(kind.tmpfs.as_ref()),
            health,
            routes: Vec::new(),
            upstream: None,
            replicas: table
                .replicas
                .clone()
                .unwrap_or_else(|| Spanned::new(table.replicas(), endpoint.name.span)),
            memory: own_or(table.memory.as_ref(), kind.memory.as_ref()),
            cpus: table.cpus.as_ref().map(|cpus| Spanned::new(cpus.value.to_string(), cpus.span)),
            restart: table.restart(),
            runs_once: runs_once(endpoint),
            stop_grace: own_or(table.stop_grace.as_ref(), None).unwrap_or_else(|| kind.stop_grace()),
            user: self.user(endpoint),
            read_only: own_or(table.read_only.as_ref(), None).unwrap_or_else(|| kind.read_only()),
            capabilities: strings(kind.capabilities.as_ref()),
            backup: self.backup(endpoint),
            commands: self.commands(endpoint),
            start_level: 0,
            compose_extra: extra,
            compose_names: names,
            synthesised: endpoint.synthesised,
        }
    }

    pub(super) fn scope<'s>(
        &'s self,
        service: &'s Endpoint<'s>,
        viewpoint: Viewpoint,
        kind: Option<KindScope<'s>>,
    ) -> Scope<'s> {
        let (stack_name, endpoints, unreadable) = (self.stack_name, self.endpoints, self.unreadable);
        Scope { stack_name, endpoints, service, viewpoint, kind, unreadable }
    }

    /// Texts that the kind says, as seen from inside the service's own container.
    fn kind_texts(
        &mut self,
        endpoint: &Endpoint<'_>,
        templates: Option<&Spanned<Vec<Spanned<Template>>>>,
        health: Option<KindScope<'_>>,
    ) -> Vec<Text> {
        let Some(templates) = templates else {
            return Vec::new();
        };
        let mut unresolved = Vec::new();
        let kind = health.unwrap_or(KindScope::WITHOUT_HEALTH);
        let texts =
            self.scope(endpoint, inside(endpoint), Some(kind)).texts(&templates.value, &mut unresolved);
        self.unresolved.append(&mut unresolved);
        texts
    }

    /// One text that the kind says.
    pub(super) fn kind_text(&mut self, endpoint: &Endpoint<'_>, template: &Template) -> Text {
        let mut unresolved = Vec::new();
        let text = self
            .scope(endpoint, inside(endpoint), Some(KindScope::WITHOUT_HEALTH))
            .text(template, &mut unresolved);
        self.unresolved.append(&mut unresolved);
        text
    }

    /// Texts that the service says itself.
    fn own_texts(
        &mut self,
        endpoint: &Endpoint<'_>,
        templates: &Spanned<Vec<Spanned<Template>>>,
    ) -> Vec<Text> {
        let mut unresolved = Vec::new();
        let texts = self.scope(endpoint, inside(endpoint), None).texts(&templates.value, &mut unresolved);
        self.unresolved.append(&mut unresolved);
        texts
    }

    fn command(&mut self, endpoint: &Endpoint<'_>) -> Vec<Text> {
        match &endpoint.table.command {
            Some(command) => self.own_texts(endpoint, command),
            None if endpoint.placement == Placement::Host => Vec::new(),
            None => self.kind_texts(endpoint, endpoint.kind.command.as_ref(), None),
        }
    }

    fn image(&mut self, endpoint: &Endpoint<'_>) -> Option<Spanned<Text>> {
        if endpoint.placement == Placement::Host {
            return None;
        }
        if let Some(image) = &endpoint.table.image {
            return self.usable(Spanned::new(Text::literal(&image.value), image.span));
        }
        let Some(image) = &endpoint.kind.image else {
            // A kind that is not there is reported as such; what it would have supplied is not known.
            let is_unread =
                ["kind", "image", "path", "dockerfile"].iter().any(|key| endpoint.table.unread.contains(key));
            if endpoint.is_kind_whole && !is_unread {
                self.diagnostics.push(nothing_to_run(endpoint));
            }
            return None;
        };
        let before = self.unresolved.len();
        let image = self.kind_text(endpoint, &image.value);
        // What a reference that means nothing leaves of a name need not be one.
        if self.unresolved.len() > before || !endpoint.is_kind_whole {
            return None;
        }
        let span = endpoint.table.options.as_ref().map_or(endpoint.name.span, |options| options.span);
        self.usable(Spanned::new(image, span))
    }

    /// An image, if it can be one; what it comes to is known only here, for its tag may be an option.
    fn usable(&mut self, image: Spanned<Text>) -> Option<Spanned<Text>> {
        match image.as_literal() {
            Some(name) if !is_image(name) => {
                self.diagnostics.push(no_image(name, image.span));
                None
            }
            _ => Some(image),
        }
    }

    /// A service with a folder and no image of its own is built, if there is a Dockerfile for it or the kind has one.
    fn build(&self, endpoint: &Endpoint<'_>) -> Option<Build> {
        let (table, kind) = (endpoint.table, endpoint.kind);
        let path = table.path.as_ref()?;
        let is_unread = table.unread.iter().any(|key| matches!(*key, "kind" | "image" | "dockerfile"));
        if endpoint.placement == Placement::Host
            || table.image.is_some()
            || is_unread
            || !endpoint.is_kind_whole
        {
            return None;
        }
        let named = table.dockerfile.as_ref().map(|name| name.value.clone());
        let has = |name: &str| self.world.entry(&path.from_root.join(name)) == Some(EntryKind::File);
        let present = || has("Dockerfile").then(|| "Dockerfile".to_owned());
        let dockerfile = match named.or_else(present) {
            Some(own) => Dockerfile::Own(own),
            None if kind.dockerfile.is_some() => {
                Dockerfile::Generated { template: dockerfile_template(&table.kind()) }
            }
            None if kind.image.is_some() => return None,
            None => Dockerfile::Own("Dockerfile".to_owned()),
        };
        Some(Build { context: path.value.clone(), dockerfile, has_ignore: has(".dockerignore") })
    }

    fn needs(&mut self, endpoint: &Endpoint<'_>) -> Vec<Need> {
        let mut needs = Vec::new();
        for need in endpoint.table.needs.iter().flat_map(|needs| &needs.value) {
            if self.endpoints.contains_key(need.service.as_str()) {
                needs.push(Need { service: need.service.clone(), prefix: need.prefix.clone() });
            } else if !self.unreadable.contains(&need.service.value) {
                let (name, own) = (need.service.clone(), endpoint.name.value.clone());
                self.unresolved.push(Unresolved { name, sort: "service", known: Known::ServicesBut(own) });
            }
        }
        needs
    }

    fn health(&mut self, endpoint: &Endpoint<'_>) -> Option<Probe> {
        let said = endpoint.table.health.as_ref().map(|health| &health.value);
        // Nobody asks what ends by itself whether it answers, though others of its kind are asked.
        if matches!(said, Some(Health::None)) || runs_once(endpoint) {
            return None;
        }
        let own = said.and_then(Health::table);
        let kind = endpoint.kind.health.as_ref().map(|table| &table.value);
        let empty = HealthTable::default();
        let mut layered = own.unwrap_or(&empty).over(kind.unwrap_or(&empty));
        // A service with a command of its own need not answer where others of its kind do.
        if own.is_some_and(|table| table.cmd.is_some() && table.http.is_none()) {
            layered.http = None;
        }
        self.diagnostics.extend(unusable(&layered, endpoint.table));
        let path = layered.http.as_ref().map(|path| path.value.clone());
        let timeout = own_or(layered.timeout.as_ref(), None).unwrap_or(TIMEOUT);
        let command =
            match (own.and_then(|table| table.cmd.as_ref()), kind.and_then(|table| table.cmd.as_ref())) {
                _ if endpoint.placement == Placement::Host => Vec::new(),
                (Some(cmd), _) => self.own_texts(endpoint, cmd),
                (None, cmd) => {
                    let scope = KindScope { health_path: path.as_deref(), health_timeout: timeout.seconds() };
                    self.kind_texts(endpoint, cmd, Some(scope))
                }
            };
        if command.is_empty() && endpoint.placement == Placement::Container {
            if let Some(http) = own.and_then(|table| table.http.as_ref()) {
                self.diagnostics.extend(no_way_to_ask(endpoint, http.span));
            }
            return None;
        }
        if command.is_empty() && path.is_none() {
            return None;
        }
        Some(Probe {
            path,
            command,
            interval: own_or(layered.interval.as_ref(), None).unwrap_or(INTERVAL),
            timeout,
            retries: own_or(layered.retries.as_ref(), None).unwrap_or(RETRIES),
            start_period: own_or(layered.start_period.as_ref(), None).unwrap_or(START_PERIOD),
        })
    }

    fn user(&mut self, endpoint: &Endpoint<'_>) -> Option<String> {
        let user = endpoint.table.user.as_ref().or(endpoint.kind.user.as_ref())?;
        self.diagnostics.extend(no_user(user));
        Some(user.value.clone())
    }

    /// Command lines for people: a kind's may name its options.
    fn commands(&mut self, endpoint: &Endpoint<'_>) -> IndexMap<String, String> {
        let entries = endpoint.kind.commands.iter().flat_map(|commands| commands.value.iter());
        entries
            .map(|(name, entry)| {
                let text = self.kind_text(endpoint, &entry.value.value);
                (name.clone(), text.write(ToOwned::to_owned, |secret| format!("${secret}")))
            })
            .collect()
    }

    fn backup(&mut self, endpoint: &Endpoint<'_>) -> Option<Backup> {
        let table = endpoint.kind.backup.as_ref()?;
        Some(Backup {
            dump: self.kind_texts(endpoint, table.dump.as_ref(), None),
            restore: self.kind_texts(endpoint, table.restore.as_ref(), None),
            extension: own_or(table.extension.as_ref(), None)?,
        })
    }
}

/// The variables that the build reads. What a need brings tells what runs where it is, and nobody outside of the stack.
fn built_in(endpoint: &Endpoint<'_>, environment: &IndexMap<String, Variable>) -> Vec<String> {
    let is_said = |variable: &Variable| !matches!(variable.origin, Origin::Need(_));
    let names = environment.iter().filter(|(name, variable)| is_said(variable) && endpoint.builds_in(name));
    names.map(|(name, _)| name.clone()).collect()
}

/// What it says in Compose's own words, and the names in that. What is run by its `image` is not built, though there be a folder of its code:
/// then how it would be built goes, too, as its `dockerfile` does.
fn own_words(table: &ServiceTable) -> (ComposeExtra, Vec<ComposeName>) {
    let Some(said) = &table.compose_extra else { return Default::default() };
    let (mut extra, mut names) = (compose_extra(Some(&said.keys)), said.names.clone());
    let is_run_by_image = table.image.is_some() && table.path.is_some();
    if is_run_by_image && extra.get("build").is_some_and(|build| refines_a_build(&build.value)) {
        extra.shift_remove("build");
        names.retain(|name| !name.key.starts_with("build."));
    }
    (extra, names)
}

/// The viewpoint of a process of this service.
pub(super) fn inside(endpoint: &Endpoint<'_>) -> Viewpoint {
    match endpoint.placement {
        Placement::Container => Viewpoint::Container,
        Placement::Host => Viewpoint::Host,
    }
}

fn nothing_to_run(endpoint: &Endpoint<'_>) -> Diagnostic {
    let kind = endpoint.table.kind();
    Diagnostic::error(
        "missing-key",
        format!(
            "the service `{}` says neither which image it runs nor where its code is",
            endpoint.name.value
        ),
    )
    .at(endpoint.name.span, format!("a service of kind `{kind}` needs `image` or `path`"))
    .help("write `image = \"…\"` to run an image, or `path = \"…\"` to build one from a folder")
}

/// A kind that is not there is reported as such; how it would have asked is not known.
fn no_way_to_ask(endpoint: &Endpoint<'_>, path: Span) -> Option<Diagnostic> {
    if !endpoint.is_kind_whole {
        return None;
    }
    let kind = endpoint.table.kind();
    let message = format!("the kind `{kind}` cannot ask `{}` over HTTP", endpoint.name.value);
    let found = Diagnostic::error("missing-key", message)
        .at(path, "nobody would ask for this path")
        .note("what asks runs inside the container, and this kind does not know what the image holds")
        .help("say what to run instead: `health = { cmd = [\"…\"] }`");
    Some(found)
}

/// What the service says, else what its kind does.
fn own_or<T: Clone>(own: Option<&Spanned<T>>, kind: Option<&Spanned<T>>) -> Option<T> {
    own.or(kind).map(|found| found.value.clone())
}

pub fn strings(list: Option<&Spanned<Vec<Spanned<String>>>>) -> Vec<String> {
    list.iter().flat_map(|list| list.value.iter()).map(|item| item.value.clone()).collect()
}

pub fn named_strings(table: Option<&Spanned<crate::source::Named<String>>>) -> IndexMap<String, String> {
    table
        .iter()
        .flat_map(|table| table.value.iter())
        .map(|(name, entry)| (name.clone(), entry.value.value.clone()))
        .collect()
}

/// The kind's volumes, and over them the service's own.
fn volumes(endpoint: &Endpoint<'_>) -> Vec<Volume> {
    let mut all = named_strings(endpoint.kind.volumes.as_ref());
    all.extend(named_strings(endpoint.table.volumes.as_ref()));
    all.into_iter()
        .map(|(name, at)| Volume { full_name: format!("{}-{name}", endpoint.name.value), name, at })
        .collect()
}

fn mounts(endpoint: &Endpoint<'_>) -> Vec<Mount> {
    let of_kind = endpoint.kind.mounts.iter().flat_map(|mounts| &mounts.value).filter_map(|mount| {
        let source = MountSource::Target(mount.target.as_ref()?.value.clone());
        Some(Mount { source, at: mount.at.as_ref()?.value.clone(), read_only: true })
    });
    let own = endpoint.table.mounts.iter().flat_map(|mounts| &mounts.value).filter_map(|mount| {
        let source = MountSource::Project(mount.source.clone()?);
        Some(Mount { source, at: mount.at.as_ref()?.value.clone(), read_only: mount.read_only() })
    });
    of_kind.chain(own).collect()
}
