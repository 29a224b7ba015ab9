//! The routing table of a stack: its own routes, and those by which the gateway says whether everything is well.

use super::{RouteSpec, Table};
use crate::model::{Gateway, HealthRoute, Route, Stack};
use crate::source::language::Method;

/// The gateway's routes with the table that Kong makes of them.
pub struct Routing<'a> {
    pub gateway: &'a Gateway,
    /// In the order of the source, the gateway's own behind them. [`super::Row::route`] is an index of these.
    pub routes: Vec<Routed<'a>>,
    pub table: Table,
}

/// What a row of the table was made of.
#[derive(Clone, Copy)]
pub enum Routed<'a> {
    /// A route of a service.
    Service(&'a Route),
    /// One of those that only tell how somebody is.
    Health(&'a HealthRoute),
}

impl<'a> Routing<'a> {
    /// None for a stack without a gateway.
    #[must_use]
    pub fn of(stack: &'a Stack) -> Option<Self> {
        let gateway = stack.gateway.as_ref()?;
        let of_services = stack.services.values().flat_map(|service| &service.routes).map(Routed::Service);
        let routes: Vec<_> = of_services.chain(gateway.health_routes.iter().map(Routed::Health)).collect();
        let specs: Vec<RouteSpec> = routes.iter().map(Routed::spec).collect();
        Some(Self { gateway, routes, table: Table::new(&specs) })
    }
}

impl Routed<'_> {
    /// Its name in the gateway's config.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Service(route) => &route.name,
            Self::Health(route) => &route.name,
        }
    }

    /// The service that it passes requests on to; none where the gateway answers by itself.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        match self {
            Self::Service(route) => Some(&route.service),
            Self::Health(route) => route.service.as_deref(),
        }
    }

    /// What clients may speak, as Kong calls it.
    #[must_use]
    pub fn protocols(&self) -> Vec<&'static str> {
        match self {
            Self::Service(route) => route.protocols.iter().map(|protocol| protocol.as_str()).collect(),
            Self::Health(_) => vec!["http", "https"],
        }
    }

    /// The route as it stands in kong.yml.
    #[must_use]
    pub fn spec(&self) -> RouteSpec {
        match self {
            Self::Service(route) => spec_of_route(route),
            // It takes this path alone.
            Self::Health(route) => RouteSpec {
                name: route.name.clone(),
                paths: vec![format!("~{}", route.pattern())],
                methods: vec!["GET".to_owned(), "HEAD".to_owned()],
                regex_priority: HealthRoute::PRIORITY,
                ..RouteSpec::default()
            },
        }
    }
}

fn spec_of_route(route: &Route) -> RouteSpec {
    let mut methods: Vec<&str> = route.methods.iter().map(|method| method.as_str()).collect();
    // A route that took no OPTIONS request would never see the preflights that its cors policy answers.
    if route.cors.is_some() && !methods.is_empty() && !methods.contains(&Method::Options.as_str()) {
        methods.push(Method::Options.as_str());
    }
    let texts =
        |values: &[crate::source::Spanned<String>]| values.iter().map(|value| value.value.clone()).collect();
    RouteSpec {
        name: route.name.clone(),
        paths: route.paths.iter().map(|path| path.to_string()).collect(),
        methods: methods.into_iter().map(ToOwned::to_owned).collect(),
        hosts: texts(&route.hosts),
        headers: route.headers.iter().map(|(name, values)| (name.clone(), texts(values))).collect(),
        regex_priority: route.priority.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::HealthRoute;
    use crate::source::values::Duration;

    #[test]
    fn a_path_as_a_pattern_means_itself() {
        let pattern = |path: &str| {
            let (name, path) = ("gateway.health".to_owned(), path.to_owned());
            HealthRoute { name, path, service: None, answers_at: None, timeout: Duration::from_seconds(1) }
                .pattern()
        };
        assert_eq!(pattern("/health/a-b_c~d%20"), "/health/a-b_c~d%20$");
        assert_eq!(pattern("/h.e(a)l+t$h"), "/h\\.e\\(a\\)l\\+t\\$h$");
    }
}
