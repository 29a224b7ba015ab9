//! Services, agents, kinds and secrets in a few lines of Markdown: what they are once everything is resolved.

use std::collections::BTreeSet;

use crate::model::{Agent, Origin, Port, Route, Secret, Service, Stack};
use crate::render::{host_url, url};
use crate::source::KnownKind;
use crate::source::language::Placement;

/// A service as its kind and the stack make it.
#[must_use]
pub fn service(service: &Service, stack: &Stack) -> String {
    let mut page = Page::new(&format!("**{}**: a service of the kind `{}`", *service.name, *service.kind));
    page.paragraph(&service.description);
    page.line(
        "image",
        service
            .image
            .as_ref()
            .map(|image| image.value.write(str::to_owned, |name| format!("${{{name}}}")))
            .as_slice(),
    );
    page.line("built from", folder(service).as_slice());
    page.line("ports", &service.ports.iter().map(port).collect::<Vec<_>>());
    page.line("URL", url(service).as_slice());
    page.line("URL on this machine", host_url(service).as_slice());
    let needs: BTreeSet<&str> = service.needs.iter().map(|need| need.service.value.as_str()).collect();
    page.line("needs", &needs.into_iter().collect::<Vec<_>>());
    page.line("needed by", &service.needed_by);
    page.line("environment", &service.environment.iter().map(variable).collect::<Vec<_>>());
    page.line("routes", &service.routes.iter().map(route).collect::<Vec<_>>());
    let owns = |agent: &&Agent| agent.owns.iter().any(|owned| owned.value == service.name.value);
    let owners: Vec<&str> =
        stack.agents.values().filter(owns).map(|agent| agent.name.value.as_str()).collect();
    page.line("owner", &owners);
    if service.placement == Placement::Host {
        page.paragraph("Runs on the developer's machine, not in a container.");
    }
    if let Some(environment) = &stack.environment {
        page.paragraph(&format!("As it is in the environment `{}`.", environment.value));
    }
    page.text
}

/// An agent and what it owns.
#[must_use]
pub fn agent(agent: &Agent, stack: &Stack) -> String {
    let mut page = Page::new(&format!("**{}**: an agent", *agent.name));
    page.paragraph(&agent.description);
    page.line("owns", &agent.owns.iter().map(|owned| owned.value.as_str()).collect::<Vec<_>>());
    page.line("reports to", agent.reports_to.as_ref().map(|superior| superior.value.as_str()).as_slice());
    let reports = |other: &&Agent| other.reports_to.as_ref().is_some_and(|to| to.value == agent.name.value);
    let below: Vec<&str> =
        stack.agents.values().filter(reports).map(|other| other.name.value.as_str()).collect();
    page.line("reported to by", &below);
    page.line("keywords", &agent.keywords);
    page.text
}

/// A secret, and who sees it.
#[must_use]
pub fn secret(name: &str, secret: &Secret) -> String {
    let mut page = Page::new(&format!("**{name}**: a secret, whose value stands in `.env` alone"));
    page.paragraph(&secret.description);
    page.line("read by", &secret.readers);
    page.text
}

/// A kind and where it comes from.
#[must_use]
pub fn kind(kind: &KnownKind) -> String {
    let mut page = Page::new(&format!("**{}**: a kind ({})", kind.name, kind.origin.as_str()));
    page.paragraph(&kind.description);
    let options = kind.table.options.iter().flat_map(|options| options.value.names());
    page.line("options", &options.collect::<Vec<_>>());
    let exports = kind.table.exports.iter().flat_map(|exports| exports.value.names());
    page.line("exports", &exports.collect::<Vec<_>>());
    page.text
}

fn folder(service: &Service) -> Option<String> {
    let build = service.build.as_ref()?;
    let folder = build.context.from_root.as_str();
    Some(if folder.is_empty() { ".".to_owned() } else { folder.to_owned() })
}

fn port(port: &Port) -> String {
    match port.published {
        Some(published) => format!("{}:{} -> {}", published.address, published.port, port.container),
        None => format!("{} inside the stack", port.container),
    }
}

fn variable((name, variable): (&String, &crate::model::Variable)) -> String {
    match &variable.origin {
        Origin::Need(service) => format!("{name} from {service}"),
        Origin::Kind | Origin::Service => name.clone(),
    }
}

fn route(route: &Route) -> String {
    let methods: Vec<&str> = route.methods.iter().map(|method| method.value.as_str()).collect();
    let paths: Vec<String> = route.paths.iter().map(|path| path.value.to_string()).collect();
    let ways: Vec<&str> = route.auth.iter().map(|way| way.as_str()).collect();
    let auth = if ways.is_empty() { String::new() } else { format!(" ({})", ways.join(" or ")) };
    format!("{} {}{auth}", methods.join(","), paths.join(", ")).trim().to_owned()
}

struct Page {
    text: String,
}

impl Page {
    fn new(title: &str) -> Self {
        Self { text: title.to_owned() }
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str("\n\n");
            self.text.push_str(text);
        }
    }

    /// An item of a list: what it is, and its values as code; nothing where there are none.
    fn line(&mut self, title: &str, values: &[impl AsRef<str>]) {
        if values.is_empty() {
            return;
        }
        let values: Vec<String> =
            values.iter().map(|value| format!("`{}`", value.as_ref().replace('`', "'"))).collect();
        let gap = if self.text.rsplit('\n').next().is_some_and(|last| last.starts_with("- ")) {
            "\n"
        } else {
            "\n\n"
        };
        self.text.push_str(&format!("{gap}- {title}: {}", values.join(", ")));
    }
}
