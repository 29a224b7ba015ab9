//! Which services do their work once and end: a migration, a seed, a report.

use super::endpoint::Endpoint;
use crate::source::language::{Health, Placement, Restart};

/// Whether a service does its work and ends. It says `restart = "no"`, and nothing of it is that of a server: no port on the host, no
/// route, no health check of its own, no data, and no command by which its kind serves.
#[must_use]
pub fn runs_once(endpoint: &Endpoint<'_>) -> bool {
    let (table, kind) = (endpoint.table, endpoint.kind);
    let is_published = endpoint.ports.iter().any(|port| port.published.is_some());
    let has_routes = table.routes.as_ref().is_some_and(|routes| !routes.value.is_empty());
    let said = table.health.as_ref().map(|health| &health.value);
    let is_asked = said.is_some_and(|health| !matches!(health, Health::None));
    let serves_by_its_kind = table.command.is_none() && (kind.command.is_some() || kind.health.is_some());
    table.restart() == Restart::No
        && endpoint.placement == Placement::Container
        && !(is_published || has_routes || is_asked || serves_by_its_kind || kind.role().is_data())
}
