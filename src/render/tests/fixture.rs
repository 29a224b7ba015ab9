//! Small stacks and targets.

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use crate::diagnostics::Diagnostic;
use crate::model::{ComposeExtra, Origin, Port, Published, Service, Stack, Target, Text, Variable};
use crate::render::{Output, render};
use crate::source::language::{Format, OutputTable, Placement, Restart, Role, TargetTable};
use crate::source::values::{Duration, Protocol};
use crate::source::{Sources, Span, Spanned, TemplateFile, Templates};

pub fn span() -> Span {
    Span::new(Sources::default().add("stack.toml".into(), String::new()), 0..0)
}

pub fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, span())
}

/// A stack of one service, `api`, which says `description`.
pub fn stack(description: &str) -> Stack {
    let mut api = service("api");
    api.description = description.to_owned();
    Stack {
        compose_extra: ComposeExtra::new(),
        compose_declared: Vec::new(),
        name: spanned("shop".to_owned()),
        file: "stack.toml".into(),
        description: Some(description.to_owned()),
        environment: None,
        left_out: Vec::new(),
        services: IndexMap::from([("api".to_owned(), api)]),
        gateway: None,
        agents: IndexMap::new(),
        secrets: [].into(),
        unused_secrets: Vec::new(),
        networks: Vec::new(),
        targets: Vec::new(),
        levels: IndexMap::new(),
        unread: std::collections::BTreeSet::new(),
        unresolved: Vec::new(),
        known_kinds: Vec::new(),
    }
}

pub fn service(name: &str) -> Service {
    Service {
        compose_extra: ComposeExtra::new(),
        compose_names: Vec::new(),
        name: spanned(name.to_owned()),
        kind: spanned("fastapi".to_owned()),
        role: Role::Service,
        description: String::new(),
        options: IndexMap::new(),
        placement: Placement::Container,
        folder: None,
        image: None,
        build: None,
        entrypoint: Vec::new(),
        command: Vec::new(),
        ports: vec![Port {
            name: "main".to_owned(),
            container: 8001,
            published: Some(Published { address: [127, 0, 0, 1].into(), port: 8001 }),
            protocol: Protocol::Tcp,
            span: span(),
        }],
        scheme: Some("http".to_owned()),
        needs: Vec::new(),
        needed_by: Vec::new(),
        environment: IndexMap::new(),
        host_environment: IndexMap::new(),
        built_in: Vec::new(),
        collisions: Vec::new(),
        overridden: IndexMap::new(),
        volumes: Vec::new(),
        mounts: Vec::new(),
        tmpfs: Vec::new(),
        health: None,
        routes: Vec::new(),
        upstream: None,
        replicas: spanned(1),
        memory: None,
        cpus: None,
        restart: Restart::UnlessStopped,
        runs_once: false,
        stop_grace: Duration::from_seconds(10),
        user: None,
        read_only: false,
        capabilities: Vec::new(),
        backup: None,
        commands: IndexMap::new(),
        start_level: 0,
        synthesised: false,
    }
}

/// Gives the service `api` a variable.
pub fn with_variable(mut stack: Stack, name: &str, value: Text) -> Stack {
    let variable = Variable { value, origin: Origin::Service, span: span() };
    stack.services["api"].environment.insert(name.to_owned(), variable);
    stack
}

/// A target `small` that makes `generated/out` from the template `small/main.j2`.
pub fn with_target(mut stack: Stack, format: Format) -> Stack {
    stack.targets = vec![target(vec![OutputTable {
        template: Some(spanned("main.j2".to_owned())),
        path: Some(spanned("out".to_owned())),
        format: Some(spanned(format)),
        ..OutputTable::default()
    }])];
    stack
}

pub fn target(files: Vec<OutputTable>) -> Target {
    let files = Some(spanned(files.into_iter().map(spanned).collect()));
    Target {
        name: "small".to_owned(),
        definition: TargetTable { files, ..TargetTable::default() },
        folder: Utf8PathBuf::from("generated"),
        out: None,
    }
}

pub fn templates(texts: &[(&str, &str)]) -> Templates {
    texts
        .iter()
        .map(|(name, text)| {
            let file =
                TemplateFile { shown_as: format!("templates/{name}").into(), text: (*text).to_owned() };
            ((*name).to_owned(), file)
        })
        .collect()
}

/// What comes of one template in one format.
pub fn rendered(stack: Stack, format: Format, template: &str) -> (Vec<Output>, Vec<Diagnostic>) {
    render(&with_target(stack, format), &templates(&[("small/main.j2", template)]))
}

/// The one file that a template makes.
pub fn contents(stack: Stack, format: Format, template: &str) -> String {
    let (outputs, diagnostics) = rendered(stack, format, template);
    assert_eq!(diagnostics, []);
    outputs.into_iter().next().map(|output| output.contents).unwrap_or_default()
}

/// The one thing that is wrong with a template.
pub fn problem(stack: Stack, format: Format, template: &str) -> String {
    let (outputs, diagnostics) = rendered(stack, format, template);
    assert_eq!(outputs, [], "nothing may come of a broken template");
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    diagnostics[0].message.clone()
}
