//! A service's environment variables: its kind's, those that its needs export, and its own.

use indexmap::IndexMap;

use super::endpoint::{Endpoint, Viewpoint};
use super::scope::{FACT, KindScope, PORT};
use super::service::{Resolver, inside};
use super::stack::{Collision, Need, Origin, Unresolved, Variable};
use super::text::Text;
use crate::diagnostics::Diagnostic;
use crate::source::language::{EnvValue, Placement};

/// The variables of one service.
#[derive(Default)]
pub struct Environment {
    pub variables: IndexMap<String, Variable>,
    /// Those that two needs both bring.
    pub collisions: Vec<Collision>,
    /// Those that a need brings and the service says otherwise, as the need brings them.
    pub overridden: IndexMap<String, Variable>,
}

impl Resolver<'_> {
    /// The kind's variables, over them those of the service's needs, and over all its own.
    pub fn environment(&mut self, endpoint: &Endpoint<'_>, needs: &[Need]) -> Environment {
        self.environment_from(endpoint, needs, inside(endpoint))
    }

    /// The same for a process on the developer's machine, where others are reached at the ports that they publish. What cannot
    /// be reached from there is left out, and no fault: most services never run there.
    pub fn host_environment(
        &mut self,
        endpoint: &Endpoint<'_>,
        needs: &[Need],
    ) -> IndexMap<String, Variable> {
        let (unresolved, diagnostics) = (self.unresolved.len(), self.diagnostics.len());
        let environment = self.environment_from(endpoint, needs, Viewpoint::Host);
        self.unresolved.truncate(unresolved);
        self.diagnostics.truncate(diagnostics);
        environment.variables
    }

    fn environment_from(
        &mut self,
        endpoint: &Endpoint<'_>,
        needs: &[Need],
        viewpoint: Viewpoint,
    ) -> Environment {
        let Environment { mut variables, mut collisions, mut overridden } = Environment::default();
        for (name, entry) in endpoint.kind.env.iter().flat_map(|env| env.value.iter()) {
            let value = self.kind_text(endpoint, &entry.value.value);
            let span = entry.value.span;
            variables.insert(name.clone(), Variable { value, origin: Origin::Kind, span });
        }
        let mut bringers: IndexMap<String, &Need> = IndexMap::new();
        for need in needs {
            for (variable, value) in self.exports(endpoint, need, viewpoint) {
                if let Some(first) = bringers.get(&variable).filter(|_| !says_itself(endpoint, &variable)) {
                    collisions.push(Collision { variable, first: (*first).clone(), second: need.clone() });
                    continue;
                }
                let origin = Origin::Need(need.service.value.clone());
                variables.insert(variable.clone(), Variable { value, origin, span: need.service.span });
                bringers.insert(variable, need);
            }
        }
        for (name, entry) in endpoint.table.env.iter().flat_map(|env| env.value.iter()) {
            // What is built in is read where the page is opened, which is in no container.
            let viewpoint = if endpoint.builds_in(name) { Viewpoint::Host } else { viewpoint };
            let value = self.value(endpoint, &entry.value.value, viewpoint);
            let own = Variable { value, origin: Origin::Service, span: entry.value.span };
            let former = variables.insert(name.clone(), own);
            let brought = former.filter(|former| matches!(former.origin, Origin::Need(_)));
            overridden.extend(brought.map(|brought| (name.clone(), brought)));
        }
        variables.sort_keys();
        Environment { variables, collisions, overridden }
    }

    fn value(&mut self, endpoint: &Endpoint<'_>, value: &EnvValue, viewpoint: Viewpoint) -> Text {
        match value {
            EnvValue::Secret(name) => Text::secret(&name.value),
            EnvValue::Text(template) => {
                let mut unresolved = Vec::new();
                let text = self.scope(endpoint, viewpoint, None).text(template, &mut unresolved);
                self.unresolved.append(&mut unresolved);
                text
            }
        }
    }

    /// What a needed service tells this one, as this one sees it.
    fn exports(&mut self, endpoint: &Endpoint<'_>, need: &Need, viewpoint: Viewpoint) -> Vec<(String, Text)> {
        let Some(needed) = self.endpoints.get(need.service.as_str()) else {
            return Vec::new();
        };
        let mut unresolved = Vec::new();
        let scope = self.scope(needed, viewpoint, Some(KindScope::WITHOUT_HEALTH));
        let mut exports = Vec::new();
        for (name, entry) in needed.kind.exports.iter().flat_map(|exports| exports.value.iter()) {
            let before = unresolved.len();
            let name = export_name(needed, name, need);
            let value = scope.text(&entry.value.value, &mut unresolved);
            if unresolved.len() == before {
                exports.push((name, value));
            }
        }
        // What is no address is the kind's own mistake, and stands in its file.
        let (addresses, mistakes): (Vec<_>, Vec<_>) =
            unresolved.into_iter().partition(|missing| is_address(missing, needed, viewpoint));
        self.unresolved.extend(mistakes);
        if !addresses.is_empty() && !needed.has_unread_port() {
            self.unreachable(endpoint, needed, need);
        }
        exports
    }

    /// It exports its address, and has none that this one could use.
    fn unreachable(&mut self, endpoint: &Endpoint<'_>, needed: &Endpoint<'_>, need: &Need) {
        let (name, other) = (&endpoint.name.value, &needed.name.value);
        let message = match endpoint.placement {
            Placement::Host => format!("`{name}` runs on the host, where `{other}` publishes no port"),
            Placement::Container => format!("`{name}` needs `{other}`, which has no port"),
        };
        self.diagnostics.push(
            Diagnostic::error("missing-key", message)
                .at(need.service.span, "needed here")
                .and_at(needed.name.span, "has no port to be reached at")
                .help(format!("give `{other}` a `port`")),
        );
    }
}

/// Whether what is missing is where a service is reached, of one without a port that is seen from there.
fn is_address(missing: &Unresolved, needed: &Endpoint<'_>, viewpoint: Viewpoint) -> bool {
    let is_fact = missing.sort == FACT && matches!(missing.name.as_str(), "port" | "url");
    needed.port(viewpoint).is_none() && (is_fact || missing.sort == PORT)
}

/// The name of an exported variable, in which `{{ service.prefix }}` and the like stand for facts of the needed service. What is no
/// fact stays as it is, and makes no name.
fn export_name(needed: &Endpoint<'_>, written: &str, need: &Need) -> String {
    let fact =
        |reference: &str| needed.fact(reference.trim().strip_prefix("service.")?, Viewpoint::Container);
    let mut name = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((value, after)) =
            after.split_once("}}").and_then(|(reference, after)| Some((fact(reference)?, after)))
        else {
            break;
        };
        name.extend([before, &value]);
        rest = after;
    }
    name.push_str(rest);
    match &need.prefix {
        Some(prefix) => format!("{}_{name}", prefix.value),
        None => name,
    }
}

fn says_itself(endpoint: &Endpoint<'_>, variable: &str) -> bool {
    endpoint.table.env.as_ref().is_some_and(|env| env.get(variable).is_some())
}
