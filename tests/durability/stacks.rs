//! Large stacks to build, in two versions between which files are created, changed and deleted.

use std::fmt::Write as _;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    First,
    Second,
}

/// A stack of `teams` times three services: an API with routes, its database and its cache, and an agent who owns them.
///
/// Of seven teams, each release has one under another name.
pub fn stack(teams: usize, release: Release) -> String {
    let (port, absent) = match release {
        Release::First => (10_000, 0),
        Release::Second => (20_000, 1),
    };
    let mut text = String::from(
        "[stack]\nname = \"large\"\nsubnet_pool = \"10.200.0.0/16\"\n\n[gateway]\nport = 8080\n",
    );
    let _ = writeln!(text, "\n[gateway.consumers.web]\njwt = {{ key = \"web\", secret = \"JWT_SECRET\" }}");
    for team in 0..teams {
        let name = if team % 7 == 0 { format!("team-{team}-{absent}") } else { format!("team-{team}") };
        let _ = write!(text, "\n{}", services(&name, port + team * 3));
    }
    let _ = writeln!(text, "\n[agents.lead]\ndescription = \"Leads\"\nowns = [\"kong\"]");
    text
}

fn services(name: &str, port: usize) -> String {
    let (database, cache) = (port + 1, port + 2);
    format!(
        r#"[services.{name}]
kind = "fastapi"
path = "api"
port = {port}
needs = ["{name}-db", "{name}-cache"]
routes = [{{ path = "/api/{name}", auth = "jwt", rate_limit = "100/minute" }}]

[services.{name}-db]
kind = "postgres"
port = {database}

[services.{name}-cache]
kind = "redis"
port = {cache}

[agents.{name}]
description = "Everything of {name}"
owns = ["{name}", "{name}-db", "{name}-cache"]
reports_to = "lead"
keywords = ["{name}"]
"#
    )
}
