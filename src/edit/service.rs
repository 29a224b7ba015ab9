//! New services: written as a person would, next to their like.

use camino::Utf8PathBuf;

use super::agent::{agent_edit, agent_for};
use super::block::{Written, service_block};
use super::home::{file_for, folder, with_folder};
use super::kind::{kind_of, known};
use super::owner::owned_by;
use super::place::{insertion, push_behind};
use super::ports::Ports;
use super::{EditedFile, Refusal, declared, edited, free, unknown};
use crate::Compilation;
use crate::diagnostics::Diagnostic;
use crate::source::language::{Auth, Role};
use crate::source::{KnownKind, Sort, World};

/// A service to add. What is not said is chosen.
#[derive(Debug, Clone, Default)]
pub struct NewService {
    pub name: String,
    pub kind: String,
    pub description: Option<String>,
    /// The folder of its code, from the project's root.
    pub path: Option<Utf8PathBuf>,
    pub image: Option<String>,
    /// The host port; the next free one without.
    pub port: Option<u16>,
    /// Kinds of which it gets a service of its own, and needs it.
    pub with: Vec<String>,
    /// Services that it needs.
    pub needs: Vec<String>,
    /// The paths that the gateway passes on to it.
    pub routes: Vec<String>,
    /// Who may come in by its routes.
    pub auth: Option<Auth>,
    /// Whether it gets an agent that owns it, and what comes with it.
    pub agent: bool,
    /// The agent, already there, that is to own it, and what comes with it.
    pub owner: Option<String>,
}

/// The files with a service added, and with all that was asked for beside it. The stack must have been read without errors.
///
/// # Errors
/// Where the kind or something that it needs is not there, or the name is taken.
pub fn add_service(
    compilation: &Compilation,
    kinds: &[KnownKind],
    world: &dyn World,
    wanted: &NewService,
) -> Result<Vec<EditedFile>, Refusal> {
    let base = compilation.stacks.first().ok_or_else(|| unknown(compilation, Sort::Service, ""))?;
    free(compilation, Sort::Service, &wanted.name)?;
    let kind = known(kinds, &wanted.kind)?;
    let mut needs = wanted.needs.clone();
    if let Some(name) = needs.iter().find(|name| !declared(compilation, Sort::Service).contains(name)) {
        return Err(unknown(compilation, Sort::Service, name));
    }
    if !wanted.routes.is_empty() && base.gateway.is_none() {
        return Err(Box::new(
            Diagnostic::error(
                "route-without-gateway",
                "the stack has no gateway that could pass requests on",
            )
            .help("add `[gateway]` with a `port` first, or leave `--route` out"),
        ));
    }
    let mut companions: Vec<(String, &KnownKind)> = Vec::new();
    for with in &wanted.with {
        let kind = known(kinds, with)?;
        let name = companion_name(&wanted.name, kind, &companions);
        free(compilation, Sort::Service, &name)?;
        companions.push((name, kind));
    }
    needs.splice(0..0, companions.iter().map(|(name, _)| name.clone()));

    let path = folder(base, kind, wanted)?;
    let file = file_for(compilation, path.as_deref());
    let home = compilation.sources.folder(file);
    let mut ports = Ports::of(compilation);
    if let Some((holder, free)) = wanted.port.and_then(|port| ports.taken(port)) {
        let message = format!("port {} is taken by `{}`", holder.number, *holder.service.name);
        let refusal = Diagnostic::error("port-collision", message).at(holder.span, holder.label());
        return Err(Box::new(match free {
            Some(free) => {
                refusal.help(format!("`--port {free}` is free; without `--port` the next free one is taken"))
            }
            None => refusal,
        }));
    }
    let port = wanted.port.or_else(|| ports.next(kind));
    let mut block = service_block(&Written { wanted, path: path.as_deref(), home, port, needs: &needs });
    for (name, kind) in &companions {
        let port = ports.next(kind);
        let companion = NewService { name: name.clone(), kind: kind.name.clone(), ..NewService::default() };
        block.push('\n');
        block.push_str(&service_block(&Written { wanted: &companion, path: None, home, port, needs: &[] }));
    }
    let mut edits = vec![insertion(&compilation.sources, file, "services", &block)];
    let owned = [wanted.name.clone()].into_iter().chain(companions.iter().map(|(name, _)| name.clone()));
    let owned: Vec<String> = owned.collect();
    if let Some(owner) = &wanted.owner {
        edits.push(owned_by(compilation, owner, &owned)?);
    }
    if wanted.agent {
        let agent = agent_edit(compilation, base, file, &agent_for(base, wanted, owned))?;
        push_behind(&mut edits, agent);
    }
    Ok(with_folder(edited(&compilation.sources, &edits), path.as_deref(), world, wanted, kind))
}

/// `billing-db` for the first database, else `billing-redis`.
fn companion_name(service: &str, kind: &KnownKind, earlier: &[(String, &KnownKind)]) -> String {
    let database = format!("{service}-db");
    let is_first = earlier.iter().all(|(name, _)| *name != database);
    if kind_of(kind).role == Role::Database && is_first {
        database
    } else {
        format!("{service}-{}", kind.name)
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::super::tests::{only, read_with};
    use super::{NewService, add_service};
    use crate::source::{Memory, Sources, known_kinds};

    const STACK: &str = r#"[stack]
name = "shop" # the shop

[gateway]
port = 8080

[services.orders]
kind = "fastapi"
path = "services/orders-service"
port = 8001
needs = ["orders-db"]

[services.orders-db]
kind = "postgres"
port = 5433
# memory = "1GiB"

# Agents ---

[agents.ag-lead]
description = "Leads"
owns = ["kong"]

[agents.ag-orders]
description = "Orders"
owns = ["orders", "orders-db"]
reports_to = "ag-lead"

[environments.live.services.orders]
port = 8002
"#;

    fn added(text: &str, wanted: &NewService) -> Result<Vec<super::EditedFile>, super::Refusal> {
        let world = Memory::default()
            .with_folder("services/orders-service")
            .with_folder("services/billing-service")
            .with("stack.toml", text);
        let compilation = read_with(text, world.clone());
        assert!(!compilation.report.has_errors(), "{:?}", compilation.report);
        let kinds = known_kinds(&world, Utf8Path::new("stack.toml"), &mut Sources::default()).0;
        add_service(&compilation, &kinds, &world, wanted)
    }

    fn billing() -> NewService {
        NewService { name: "billing".into(), kind: "fastapi".into(), ..NewService::default() }
    }

    #[test]
    fn a_service_comes_behind_the_last_with_ports_that_are_free_in_every_environment() {
        let wanted = NewService {
            with: vec!["postgres".into(), "redis".into()],
            routes: vec!["/api/v1/billing".into()],
            agent: true,
            ..billing()
        };
        let files = added(STACK, &wanted).unwrap();
        let service = r#"# memory = "1GiB"

[services.billing]
kind = "fastapi"
path = "services/billing-service"
port = 8003
needs = ["billing-db", "billing-redis"]

[[services.billing.routes]]
path = "/api/v1/billing"

[services.billing-db]
kind = "postgres"
port = 5434

[services.billing-redis]
kind = "redis"
port = 6380

# Agents ---
"#;
        let agent = r#"reports_to = "ag-lead"

[agents.ag-billing]
description = "Expert for the service billing"
owns = ["billing", "billing-db", "billing-redis"]
reports_to = "ag-lead"

[environments.live.services.orders]
"#;
        let expected = STACK
            .replace("# memory = \"1GiB\"\n\n# Agents ---\n", service)
            .replace("reports_to = \"ag-lead\"\n\n[environments.live.services.orders]\n", agent);
        assert_eq!(only(&files), expected);
    }

    #[test]
    fn line_ends_are_those_of_the_file() {
        let text = STACK.replace('\n', "\r\n");
        let files = added(&text, &billing()).unwrap();
        assert!(!only(&files).replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn a_folder_that_is_not_there_gets_its_first_file() {
        let wanted = NewService { path: Some("apps/billing".into()), ..billing() };
        let files = added(STACK, &wanted).unwrap();
        assert_eq!(files[1].path, "apps/billing/README.md");
        assert_eq!(files[1].before, None);
    }

    #[test]
    fn a_fragment_beside_the_code_takes_the_service() {
        let fragment = "[services.orders]\nkind = \"fastapi\"\npath = \".\"\n";
        let world = Memory::default().with("services/stack.toml", fragment).with_folder("services/billing");
        let text = "[stack]\nname = \"a\"\ninclude = [\"services/stack.toml\"]\n";
        let compilation = read_with(text, world.clone());
        let kinds = known_kinds(&world, Utf8Path::new("stack.toml"), &mut Sources::default()).0;
        let wanted = NewService { path: Some("services/billing".into()), ..billing() };
        let files = add_service(&compilation, &kinds, &world, &wanted).unwrap();
        assert_eq!(files[0].path, "services/stack.toml");
        assert!(files[0].after.contains("path = \"billing\"\nport = 8000\n"), "{}", files[0].after);
    }

    #[test]
    fn what_cannot_be_added_is_refused_with_a_way_out() {
        let refused = |wanted: &NewService| added(STACK, wanted).unwrap_err();
        let taken = refused(&NewService { name: "orders".into(), ..billing() });
        assert_eq!(taken.message, "there is a service `orders` already");
        let unknown = refused(&NewService { kind: "fastapy".into(), ..billing() });
        assert_eq!(unknown.help[0].message, "did you mean `fastapi`?");
        let needs = refused(&NewService { needs: vec!["order".into()], ..billing() });
        assert_eq!(needs.help[0].message, "did you mean `orders`?");
        let port = refused(&NewService { port: Some(8001), ..billing() });
        assert!(port.message.starts_with("port 8001 is taken by `"), "{}", port.message);
        assert!(port.help[0].message.starts_with("`--port 8003` is free"), "{}", port.help[0].message);
        let nothing = refused(&NewService { kind: "container".into(), ..billing() });
        assert!(nothing.help[0].message.contains("--image"));
    }
}
