//! New agents: named and reporting as the others do.

use std::fmt::Write as _;

use super::home::file_for;
use super::place::insertion;
use super::service::NewService;
use super::value::{key, list, quoted};
use super::{EditedFile, Refusal, declared, edited, free, unknown};
use crate::Compilation;
use crate::diagnostics::Edit;
use crate::model::Stack;
use crate::source::{FileId, Sort};

/// An agent to add.
#[derive(Debug, Clone, Default)]
pub struct NewAgent {
    pub name: String,
    pub description: String,
    pub owns: Vec<String>,
    pub reports_to: Option<String>,
}

/// The files with an agent added.
///
/// # Errors
/// Where the name is taken, or what it owns or reports to is not there.
pub fn add_agent(compilation: &Compilation, wanted: &NewAgent) -> Result<Vec<EditedFile>, Refusal> {
    let base = compilation.stacks.first().ok_or_else(|| unknown(compilation, Sort::Agent, ""))?;
    let services = declared(compilation, Sort::Service);
    if let Some(name) = wanted.owns.iter().find(|name| !services.contains(name)) {
        return Err(unknown(compilation, Sort::Service, name));
    }
    if let Some(name) = &wanted.reports_to
        && !declared(compilation, Sort::Agent).contains(name)
    {
        return Err(unknown(compilation, Sort::Agent, name));
    }
    let file = file_for(compilation, None);
    let edit = agent_edit(compilation, base, file, wanted)?;
    Ok(edited(&compilation.sources, &[edit]))
}

/// An agent for a new service, named and reporting as the others do.
pub(super) fn agent_for(base: &Stack, wanted: &NewService, owns: Vec<String>) -> NewAgent {
    let is_prefixed = base.agents.is_empty() || base.agents.keys().any(|name| name.starts_with("ag-"));
    let prefix = if is_prefixed { "ag-" } else { "" };
    let description = wanted.description.clone();
    NewAgent {
        name: format!("{prefix}{}", wanted.name),
        description: description.unwrap_or_else(|| format!("Expert for the service {}", wanted.name)),
        owns,
        reports_to: common_superior(base),
    }
}

/// Whom most agents report to; of several, the one that is named first.
fn common_superior(base: &Stack) -> Option<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for superior in base.agents.values().filter_map(|agent| agent.reports_to.as_ref()) {
        match counts.iter_mut().find(|(name, _)| *name == superior.value) {
            Some((_, count)) => *count += 1,
            None => counts.push((&superior.value, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(name, _)| name.to_owned())
}

pub(super) fn agent_edit(
    compilation: &Compilation,
    base: &Stack,
    file: FileId,
    wanted: &NewAgent,
) -> Result<Edit, Refusal> {
    free(compilation, Sort::Agent, &wanted.name)?;
    let mut block = format!(
        "[agents.{}]\ndescription = {}\nowns = {}\n",
        key(&wanted.name),
        quoted(&wanted.description),
        list(wanted.owns.iter().map(String::as_str))
    );
    if let Some(superior) = &wanted.reports_to {
        let _ = writeln!(block, "reports_to = {}", quoted(superior));
    }
    // Where the other agents are, else with the service.
    let last = base.agents.values().last().map(|agent| agent.name.span.file);
    let own = compilation.document.iter().flat_map(|document| &document.files).min().copied();
    let file = if Some(file) == own { last.unwrap_or(file) } else { file };
    Ok(insertion(&compilation.sources, file, "agents", &block))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{only, read_with};
    use super::{NewAgent, add_agent};
    use crate::source::Memory;

    const STACK: &str = r#"[stack]
name = "shop"

[services.orders]
kind = "fastapi"
path = "services/orders-service"
port = 8001

[agents.ag-orders]
description = "Orders"
owns = ["orders"]
reports_to = "ag-lead"

[agents.ag-lead]
description = "Leads"

[environments.live.services.orders]
port = 8002
"#;

    #[test]
    fn an_agent_comes_behind_the_last() {
        let world = Memory::default().with_folder("services/orders-service");
        let compilation = read_with(STACK, world);
        let wanted = NewAgent {
            name: "ag-web".into(),
            description: "The \"web\"".into(),
            owns: vec!["orders".into()],
            reports_to: None,
        };
        let files = add_agent(&compilation, &wanted).unwrap();
        let block = "description = \"Leads\"\n\n[agents.ag-web]\ndescription = \"The \\\"web\\\"\"\nowns = [\"orders\"]\n\n[env";
        assert!(only(&files).contains(block), "{}", only(&files));
    }
}
