//! Templates see the whole stack, each thing of it once.

use camino::Utf8Path;
use indexmap::IndexMap;

use super::fixture::{contents, rendered, service, spanned, stack, target, templates};
use crate::model::{Agent, Build, Dockerfile, Mount, MountSource, Need, Network, Stack};
use crate::render::render;
use crate::source::language::{ForEach, Format, OutputTable, Placement};
use crate::source::values::ProjectPath;

fn markdown(stack: Stack, template: &str) -> String {
    contents(stack, Format::Markdown, template)
}

fn agent(name: &str, owns: &[&str], reports_to: Option<&str>) -> Agent {
    Agent {
        name: spanned(name.to_owned()),
        description: spanned(String::new()),
        owns: owns.iter().map(|name| spanned((*name).to_owned())).collect(),
        reports_to: reports_to.map(|name| spanned(name.to_owned())),
        responsibilities: Vec::new(),
        keywords: Vec::new(),
        examples: Vec::new(),
        paths: Vec::new(),
        concerns: Vec::new(),
        edits: None,
        hands_over: Vec::new(),
        tools: Vec::new(),
        models: IndexMap::new(),
        commands: IndexMap::from([("test".to_owned(), "mine".to_owned())]),
    }
}

#[test]
fn a_service_knows_where_it_is_reached_from_inside_and_outside() {
    let template = "{{ services[0].url }} {{ services[0].host_url }}";
    assert_eq!(markdown(stack(""), template), "http://api:8001 http://localhost:8001\n");
    let mut on_host = stack("");
    on_host.services["api"].placement = Placement::Host;
    assert_eq!(markdown(on_host, template), "http://host.docker.internal:8001 http://localhost:8001\n");
    let mut elsewhere = stack("");
    elsewhere.services["api"].ports[0].published.as_mut().unwrap().address = "fd00::1".parse().unwrap();
    assert_eq!(markdown(elsewhere, "{{ services[0].host_url|code }}"), "`http://[fd00::1]:8001`\n");
}

#[test]
fn a_service_knows_its_networks_and_its_needs() {
    let mut stack = stack("");
    let mut database = service("shop-db");
    database.scheme = None;
    stack.services.insert("shop-db".to_owned(), database);
    stack.services["api"].needs = vec![Need { service: spanned("shop-db".to_owned()), prefix: None }];
    stack.networks = vec![Network { name: "edge".to_owned(), members: vec!["api".to_owned()], subnet: None }];
    let template = "{{ services[0].networks|join_words }} {{ services[0].needs[0].service }} {{ services[1].prefix }} \
                    {{ services[1].url is none }}";
    assert_eq!(markdown(stack, template), "edge shop-db SHOP_DB true\n");
}

#[test]
fn an_agent_sees_its_services_its_leads_and_its_own_commands_first() {
    let mut stack = stack("");
    let api = &mut stack.services["api"];
    api.folder = Some(spanned(ProjectPath::new("services/api", Utf8Path::new(""))));
    api.commands =
        IndexMap::from([("test".to_owned(), "its".to_owned()), ("dev".to_owned(), "run".to_owned())]);
    stack.agents = ["lead", "ag"]
        .iter()
        .zip([agent("lead", &[], None), agent("ag", &["api"], Some("lead"))])
        .map(|(name, agent)| ((*name).to_owned(), agent))
        .collect();
    let template = "{{ agents[0].leads|join_words }} {{ agents[0].folder|code }} {{ agents[1].folder }} \
                    {{ agents[1].services[0].owners|join_words }}\
                    {% for command in agents[1].commands %} {{ command.name }}={{ command.command }}{% endfor %}";
    assert_eq!(markdown(stack, template), "ag `.` services/api ag test=mine dev=run\n");
}

#[test]
fn a_generated_dockerfile_is_where_the_target_puts_it() {
    let build = Build {
        context: ProjectPath::new("api", Utf8Path::new("")),
        dockerfile: Dockerfile::Generated { template: "kinds/fastapi.Dockerfile".into() },
        has_ignore: false,
    };
    let mut stack = stack("");
    stack.services["api"].build = Some(build);
    let file = |template: &str, path: &str, for_each, format| OutputTable {
        template: Some(spanned(template.to_owned())),
        path: Some(spanned(path.to_owned())),
        format: Some(spanned(format)),
        for_each,
        ..OutputTable::default()
    };
    stack.targets = vec![target(vec![
        file(
            "dockerfile.j2",
            "docker/{{ service.name }}.Dockerfile",
            Some(spanned(ForEach::Dockerfiles)),
            Format::Dockerfile,
        ),
        file("main.j2", "out", None, Format::Markdown),
    ])];
    let files = templates(&[
        ("small/dockerfile.j2", "{% include service.dockerfile_template %}"),
        ("small/main.j2", "{{ services[0].build.dockerfile }} {{ services[0].build.context }}"),
        ("kinds/fastapi.Dockerfile", "FROM python\nWORKDIR {{ service.folder|default('/srv', true) }}\n"),
    ]);
    let (outputs, diagnostics) = render(&stack, &files);
    assert_eq!(diagnostics, []);
    assert_eq!(outputs[0].path, "generated/docker/api.Dockerfile");
    assert_eq!(outputs[0].contents, "FROM python\nWORKDIR \"/srv\"\n".replace("\"/srv\"", "/srv"));
    assert_eq!(outputs[1].contents, "generated/docker/api.Dockerfile api\n");
}

#[test]
fn what_a_service_needs_of_a_target_that_is_switched_off_is_said() {
    let mut stack = stack("");
    let api = &mut stack.services["api"];
    api.mounts = vec![Mount {
        source: MountSource::Target("kong".to_owned()),
        at: "/kong".to_owned(),
        read_only: true,
    }];
    api.build = Some(Build {
        context: ProjectPath::new("api", Utf8Path::new("")),
        dockerfile: Dockerfile::Generated { template: "kinds/fastapi.Dockerfile".into() },
        has_ignore: false,
    });
    let (_, diagnostics) = rendered(stack, Format::Markdown, "x");
    let messages: Vec<&str> = diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`api` mounts what the target `kong` makes, and that is switched off",
            "`api` has no Dockerfile, and no target makes one",
        ]
    );
}

#[test]
fn a_template_may_loop_over_thousands_of_services_in_each_of_many_files() {
    let mut stack = stack("");
    for number in 0..1_000 {
        let name = format!("s{number}");
        stack.services.insert(name.clone(), service(&name));
    }
    let each = OutputTable {
        template: Some(spanned("main.j2".to_owned())),
        path: Some(spanned("{{ service.name }}.md".to_owned())),
        format: Some(spanned(Format::Markdown)),
        for_each: Some(spanned(ForEach::Services)),
        ..OutputTable::default()
    };
    stack.targets = vec![target(vec![each])];
    let (outputs, diagnostics) =
        render(&stack, &templates(&[("small/main.j2", "{{ services|length }} {{ service.name }}")]));
    assert_eq!(diagnostics, []);
    assert_eq!(outputs.len(), 1_001);
    assert_eq!(outputs[1_000].contents, "1001 s999\n");
}
