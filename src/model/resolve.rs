//! A document to a resolved stack, for one environment.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::agent::agents;
use super::compose_extra::{compose_extra, unresolved as unresolved_names};
use super::endpoint::{Endpoint, Viewpoint, ports};
use super::gateway::{gateway, gateway_service, give_password};
use super::network::{assign_subnets, networks};
use super::order::start_levels;
use super::policy::routes;
use super::refused::refused;
use super::scope::{KindScope, Scope};
use super::secret::{kind_secrets, secrets, unused_secrets};
use super::service::Resolver;
use super::stack::{Known, Service, Stack, Unresolved};
use super::target::targets;
use super::text::Text;
use super::unread::{Unread, lost_a_credential, unread};
use super::upstream::{protocol, upstream};
use crate::diagnostics::Diagnostic;
use crate::parallel;
use crate::source::language::{KindTable, Role, ServiceTable, StackFile};
use crate::source::{Document, Span, Spanned, Variant, World, nearest, quoted_list};

/// Resolves the stack of one environment. Whatever the source says wrong is left out of the stack and reported, here or by
/// the checks.
pub fn resolve(document: &Document, variant: &Variant, world: &dyn World) -> (Stack, Vec<Diagnostic>) {
    let file = &variant.file;
    let stack_table = file.stack.as_ref();
    let name = stack_table.and_then(|table| table.name.clone()).unwrap_or_else(|| unnamed(file));
    let mut unresolved = Vec::new();
    let mut diagnostics = Vec::new();

    let synthesised = file.gateway.as_ref().map(|table| (gateway_name(table), gateway_service(table, file)));
    let no_kind = KindTable::default();
    let endpoints =
        endpoints(variant, synthesised.as_ref(), &no_kind, &name, &mut unresolved, &mut diagnostics);
    let unreadable = [
        file.services.as_ref().map_or(&[][..], |services| services.unreadable()),
        &variant.misplaced.services,
    ]
    .concat();
    let unreadable = unreadable.as_slice();
    let all: Vec<_> = endpoints.values().collect();
    let resolved = parallel::each(&all, |endpoint| {
        let (unresolved, diagnostics) = (Vec::new(), Vec::new());
        let mut resolver =
            Resolver { stack_name: &name, endpoints: &endpoints, unreadable, world, unresolved, diagnostics };
        (resolver.service(endpoint), resolver.unresolved, resolver.diagnostics)
    });
    let mut services: IndexMap<String, Service> = IndexMap::with_capacity(resolved.len());
    for (service, missing, found) in resolved {
        services.insert(service.name.value.clone(), service);
        unresolved.extend(missing);
        diagnostics.extend(found);
    }

    link(&mut services);
    let gateway_table = file.gateway.as_ref();
    for (name, endpoint) in &endpoints {
        let is_grpc = protocol(endpoint).is_grpc();
        let routes = routes(name, endpoint.table, gateway_table.map(|table| &table.value), is_grpc);
        let service = &mut services[name];
        if !routes.is_empty() {
            service.upstream = upstream(endpoint, service.health.as_ref(), &endpoints);
        }
        service.routes = routes;
    }
    let gateway = gateway_table.map(|table| gateway(table, &endpoints, &services, world, &mut diagnostics));
    if let Some(gateway) = &gateway {
        give_password(gateway, &mut services);
    }
    diagnostics.extend(refused(file, &endpoints, &services));
    unresolved.extend(unresolved_names(&services, unreadable));
    // A kind's mistake is met by each service that uses it.
    let mut known = BTreeSet::new();
    unresolved.retain(|missing| known.insert((missing.name.span, missing.name.value.clone(), missing.sort)));
    let mut networks = networks(&services);
    let pool = stack_table.and_then(|table| table.subnet_pool.as_ref());
    diagnostics.extend(assign_subnets(&mut networks, pool, &name));
    let agents = agents(document, variant, &services, unreadable, &mut unresolved, &mut diagnostics);
    let targets = targets(document, variant, &mut unresolved);
    let mut unread = unread(variant, &endpoints);
    if let (Some(table), Some(gateway)) = (gateway_table, &gateway)
        && lost_a_credential(table, gateway)
    {
        unread.insert(Unread::Consumer);
    }
    let stack = Stack {
        file: document.file.clone(),
        description: stack_table.and_then(|table| Some(table.description.as_ref()?.value.clone())),
        environment: variant.environment.clone(),
        left_out: variant.left_out.clone(),
        secrets: secrets(file, &services, &endpoints, gateway.as_ref()),
        unused_secrets: unused_secrets(file, &services),
        levels: levels(file),
        name,
        services,
        gateway,
        agents,
        networks,
        targets,
        compose_extra: compose_extra(file.compose_extra.as_ref().map(|extra| &extra.value.keys)),
        compose_declared: file.compose_extra.iter().flat_map(|extra| extra.value.declared.clone()).collect(),
        unresolved,
        known_kinds: variant.known_kinds.clone(),
        unread,
    };
    (stack, diagnostics)
}

/// A stack without a name is reported when it is read; until then its checks go on.
fn unnamed(file: &StackFile) -> Spanned<String> {
    let span = file
        .stack
        .as_ref()
        .map(|table| table.span)
        .or_else(|| file.services.as_ref().map(|table| table.span));
    let nowhere = || Span::new(crate::source::FileId::default(), 0..0);
    Spanned::new("stack".to_owned(), span.unwrap_or_else(nowhere))
}

fn gateway_name(table: &Spanned<crate::source::language::GatewayTable>) -> Spanned<String> {
    table.name.clone().unwrap_or_else(|| Spanned::new(table.name(), table.span))
}

/// Every service's address, options and secrets, before any reference is worked in.
fn endpoints<'a>(
    variant: &'a Variant,
    synthesised: Option<&'a (Spanned<String>, ServiceTable)>,
    no_kind: &'a KindTable,
    stack_name: &str,
    unresolved: &mut Vec<Unresolved>,
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, Endpoint<'a>> {
    let declared = variant.file.services.iter().flat_map(|services| services.value.iter());
    let declared =
        declared.map(|(name, entry)| (Spanned::new(name.clone(), entry.name), &entry.value.value, false));
    let gateway = synthesised.map(|(name, table)| (name.clone(), table, true));
    let mut endpoints = IndexMap::new();
    for (name, table, synthesised) in declared.chain(gateway) {
        // A service of the user's own that is named as the gateway's stands; a check reports the two.
        if endpoints.contains_key(&name.value) {
            continue;
        }
        let kind = kind_of(variant, &name, table, unresolved).unwrap_or(no_kind);
        let mut endpoint = Endpoint {
            placement: table.run(),
            is_kind_whole: is_kind_whole(variant, &table.kind()),
            ports: ports(table, kind, name.span),
            folder: table.path.as_ref().map(|path| path.from_root.as_str()),
            options: IndexMap::new(),
            secrets: IndexMap::new(),
            name,
            table,
            kind,
            synthesised,
        };
        endpoint.secrets = kind_secrets(&endpoint, stack_name, unresolved);
        endpoint.options = options(&endpoint, stack_name, unresolved);
        diagnostics.extend(unknown_options(&endpoint));
        diagnostics.extend(port_said_twice(table));
        diagnostics.extend(no_gateway(&endpoint));
        endpoints.insert(endpoint.name.value.clone(), endpoint);
    }
    endpoints
}

fn kind_of<'a>(
    variant: &'a Variant,
    service: &Spanned<String>,
    table: &ServiceTable,
    unresolved: &mut Vec<Unresolved>,
) -> Option<&'a KindTable> {
    let name = table.kind();
    let kind = variant.kinds.get(&name).map(|kind| &kind.value);
    if kind.is_none() && !variant.known_kinds.contains(&name) && !variant.misplaced.kinds.contains(&name) {
        let name = table.kind.clone().unwrap_or_else(|| Spanned::new(name, service.span));
        unresolved.push(Unresolved { name, sort: "kind", known: Known::Kinds });
    }
    kind
}

/// Whether there is such a kind, and all of it could be read.
fn is_kind_whole(variant: &Variant, name: &str) -> bool {
    variant.kinds.get(name).is_some_and(|kind| kind.unread.is_empty())
}

/// The kind's options, each as the service sets it or as it is by default.
fn options(
    endpoint: &Endpoint<'_>,
    stack_name: &str,
    unresolved: &mut Vec<Unresolved>,
) -> IndexMap<String, Text> {
    let none = IndexMap::new();
    let kind = Some(KindScope::WITHOUT_HEALTH);
    let scope = Scope {
        stack_name,
        endpoints: &none,
        service: endpoint,
        viewpoint: Viewpoint::Container,
        kind,
        unreadable: &[],
    };
    let declared = endpoint.kind.options.iter().flat_map(|options| options.value.iter());
    declared
        .filter_map(|(name, entry)| {
            let own = endpoint.table.options.as_ref().and_then(|options| options.get(name));
            let value = match own {
                Some(own) => Text::literal(&own.value.0),
                None => scope.text(entry.value.default.as_ref()?, unresolved),
            };
            Some((name.clone(), value))
        })
        .collect()
}

fn unknown_options(endpoint: &Endpoint<'_>) -> Vec<Diagnostic> {
    // A kind that is not there is reported as such; its options are not known.
    if !endpoint.is_kind_whole {
        return Vec::new();
    }
    let known: Vec<&str> = endpoint.kind.options.iter().flat_map(|options| options.value.names()).collect();
    let own = endpoint.table.options.iter().flat_map(|options| options.value.iter());
    own.filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, entry)| {
            let kind = endpoint.table.kind();
            let diagnostic =
                Diagnostic::error("unknown-key", format!("the kind `{kind}` has no option `{name}`"))
                    .at(entry.name, "unknown option");
            match nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), entry.name, near),
                None if known.is_empty() => diagnostic.help("this kind has no options"),
                None => diagnostic.help(format!("its options are {}", quoted_list(known.iter().copied()))),
            }
        })
        .collect()
}

fn port_said_twice(table: &ServiceTable) -> Option<Diagnostic> {
    let (port, main) = (table.port.as_ref()?, table.ports.as_ref()?.get("main")?);
    Some(
        Diagnostic::error("duplicate-key", "`port` and `ports.main` are the same thing, said twice")
            .at(main.value.span, "said again here")
            .and_at(port.span, "first said here")
            .help("keep one of the two"),
    )
}

/// The gateway's service is one that can be a gateway.
fn no_gateway(endpoint: &Endpoint<'_>) -> Option<Diagnostic> {
    let kind = endpoint.table.kind.as_ref()?;
    let is_in_place =
        !endpoint.synthesised || !endpoint.is_kind_whole || endpoint.kind.role() == Role::Gateway;
    (!is_in_place).then(|| {
        Diagnostic::error("invalid-value", format!("the kind `{}` is not a gateway", kind.value))
            .at(kind.span, "expected a kind whose role is `gateway`, such as `kong`")
    })
}

/// Enters who needs whom, and what starts when.
fn link(services: &mut IndexMap<String, Service>) {
    let needs: IndexMap<String, Vec<String>> = services
        .iter()
        .map(|(name, service)| {
            (name.clone(), service.needs.iter().map(|need| need.service.value.clone()).collect())
        })
        .collect();
    for (name, needed) in &needs {
        for other in needed {
            let needed_by = &mut services[other].needed_by;
            if needed_by.last() != Some(name) {
                needed_by.push(name.clone());
            }
        }
    }
    for (name, level) in start_levels(&needs) {
        services[&name].start_level = level;
    }
}

fn levels(file: &StackFile) -> IndexMap<String, (Spanned<crate::source::language::Level>, Span)> {
    let entries = file.checks.iter().flat_map(|checks| checks.value.iter());
    entries.map(|(rule, entry)| (rule.clone(), (entry.value.clone(), entry.name))).collect()
}
