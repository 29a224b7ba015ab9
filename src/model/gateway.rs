//! The gateway: its own service, its routes with every default worked in, and its consumers.

use super::service::strings;
use super::stack::{Consumer, Cors, Gateway, JwtCredential, Plugin, Published, Route};
use crate::source::language::{
    ConsumerTable, Cors as CorsSetting, CorsTable, EnvValue, GatewayTable, Need, PluginTable, PolicyTable,
    RouteTable, ServiceTable, StackFile,
};
use crate::source::values::PortSpec;
use crate::source::{List, Named, NamedEntry, Spanned};

/// The service that runs the gateway, as if the user had declared it.
pub fn gateway_service(gateway: &Spanned<GatewayTable>, file: &StackFile) -> ServiceTable {
    let spanned = |value| Spanned::new(value, gateway.span);
    let mut ports = Named::default();
    if let Some(admin) = &gateway.admin {
        ports.insert("admin".to_owned(), NamedEntry { name: admin.span, value: admin.clone() });
    }
    ServiceTable {
        kind: Some(gateway.kind.clone().unwrap_or_else(|| spanned(gateway.kind()))),
        image: gateway.image.clone(),
        options: gateway.options.clone(),
        port: gateway.port.clone(),
        ports: Some(Spanned::new(ports, gateway.span)),
        needs: Some(Spanned::new(routed_services(file), gateway.span)),
        env: Some(Spanned::new(credential_variables(gateway), gateway.span)),
        ..ServiceTable::default()
    }
}

/// The gateway waits for the services that it routes to.
fn routed_services(file: &StackFile) -> List<Need> {
    let services = file.services.iter().flat_map(|services| services.value.iter());
    services
        .filter(|(_, entry)| entry.value.routes.as_ref().is_some_and(|routes| !routes.is_empty()))
        .map(|(name, entry)| {
            let service = Spanned::new(name.clone(), entry.name);
            Spanned::new(Need { service, prefix: None }, entry.name)
        })
        .collect()
}

/// The secrets that tokens are verified with: the gateway's container is given them under their own names.
fn credential_variables(gateway: &GatewayTable) -> Named<EnvValue> {
    let mut variables = Named::default();
    for secret in consumers(gateway).into_iter().filter_map(|consumer| consumer.jwt).map(|jwt| jwt.secret) {
        let value = Spanned::new(EnvValue::Secret(secret.clone()), secret.span);
        variables.insert(secret.value, NamedEntry { name: secret.span, value });
    }
    variables
}

pub fn gateway(table: &Spanned<GatewayTable>) -> Gateway {
    let published = |port: &Spanned<PortSpec>| Published { address: port.address, port: port.host };
    Gateway {
        service: table.name(),
        span: table.span,
        health: table.health.clone().unwrap_or_else(|| Spanned::new(table.health(), table.span)),
        admin: table.admin.as_ref().map(|port| Spanned::new(published(port), port.span)),
        consumers: consumers(table),
        plugins: plugins(table.plugins.as_ref()),
    }
}

fn consumers(table: &GatewayTable) -> Vec<Consumer> {
    let entries = table.consumers.iter().flat_map(|consumers| consumers.value.iter());
    entries
        .map(|(name, entry)| Consumer {
            name: Spanned::new(name.clone(), entry.name),
            jwt: credential(&entry.value.value),
        })
        .collect()
}

fn credential(consumer: &ConsumerTable) -> Option<JwtCredential> {
    let jwt = consumer.jwt.as_ref()?;
    Some(JwtCredential { key: jwt.key.clone()?, algorithm: jwt.algorithm(), secret: jwt.secret.clone()? })
}

/// A service's routes: each policy from the route itself, else from the gateway's defaults.
pub fn routes(service: &str, table: &ServiceTable, gateway: Option<&GatewayTable>) -> Vec<Route> {
    let none = PolicyTable::default();
    let defaults = gateway.and_then(|table| table.defaults.as_ref()).map_or(&none, |table| &table.value);
    let cors = gateway.and_then(|table| table.cors.as_ref());
    table
        .routes
        .iter()
        .flat_map(|routes| &routes.value)
        .enumerate()
        .filter_map(|(index, route)| {
            resolved(format!("{service}-{}", index + 1), service, route, defaults, cors)
        })
        .collect()
}

fn resolved(
    name: String,
    service: &str,
    route: &Spanned<RouteTable>,
    defaults: &PolicyTable,
    gateway_cors: Option<&Spanned<CorsSetting>>,
) -> Option<Route> {
    let policy = route.policy.over(defaults);
    Some(Route {
        name,
        service: service.to_owned(),
        path: route.path.clone()?,
        methods: route.methods.iter().flat_map(|methods| methods.value.clone()).collect(),
        auth: policy.auth(),
        auth_span: policy.auth.as_ref().map(|auth| auth.span),
        rate_limits: policy.rate_limit.iter().flat_map(|rates| rates.value.0.clone()).collect(),
        cors: policy.cors.as_ref().or(gateway_cors).and_then(cors),
        strip_path: policy.strip_path(),
        max_body: policy.max_body.as_ref().map(|size| size.value),
        timeout: policy.timeout(),
        plugins: plugins(policy.plugins.as_ref()),
        span: route.span,
    })
}

fn cors(setting: &Spanned<CorsSetting>) -> Option<Spanned<Cors>> {
    let CorsSetting::On(table) = &setting.value else {
        return None;
    };
    // Without its origins, which is reported, a policy says nothing yet.
    table.origins.as_ref()?;
    Some(Spanned::new(cors_policy(table), setting.span))
}

fn cors_policy(table: &CorsTable) -> Cors {
    Cors {
        origins: table.origins.iter().flat_map(|origins| origins.value.clone()).collect(),
        credentials: table.credentials(),
        max_age: table.max_age(),
        methods: table.methods.iter().flat_map(|methods| &methods.value).map(|method| method.value).collect(),
        headers: strings(table.headers.as_ref()),
        exposed_headers: strings(table.exposed_headers.as_ref()),
    }
}

fn plugins(list: Option<&Spanned<List<PluginTable>>>) -> Vec<Plugin> {
    let plugins = list.iter().flat_map(|list| &list.value);
    plugins
        .filter_map(|plugin| Some(Plugin { name: plugin.name.clone()?, config: configuration(plugin) }))
        .collect()
}

fn configuration(plugin: &PluginTable) -> serde_json::Value {
    let entries = plugin.config.iter().flat_map(|config| config.value.iter());
    entries.map(|(name, entry)| (name.clone(), entry.value.0.clone())).collect()
}
