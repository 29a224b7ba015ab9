//! `stackgen graph`: what starts when, and who reaches whom.

use std::fmt::Write as _;

use clap::Args;

use super::columns::columns;
use super::compiled::validated;
use super::format::{Format, one_of};
use super::output::print;
use super::{Exit, Global, Project};
use crate::model::{Service, Stack};
use crate::picture::svg;
use crate::render::mermaid_label;
use crate::source::language::{Placement, Role};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen graph                           the steps of the start, and the networks
  stackgen graph --format mermaid          a flowchart for Markdown
  stackgen graph --format dot | dot -Tsvg  a picture by Graphviz
  stackgen graph --format svg > stack.svg  a picture, with nothing to install
  stackgen graph --env production          one environment instead of the base

An arrow leads from a service to one that it needs.")]
pub struct GraphArgs {
    /// What to print
    #[arg(long, value_parser = one_of(&[Format::Text, Format::Mermaid, Format::Dot, Format::Svg]), default_value = "text")]
    format: Format,
}

pub fn run(global: &Global, project: &Project, args: &GraphArgs) -> anyhow::Result<Exit> {
    let (stacks, exit) = validated(global, project);
    if let Some(stack) = stacks.first() {
        print(&graph(stack, args.format))?;
    }
    Ok(exit)
}

/// The graph of a stack.
#[must_use]
pub fn graph(stack: &Stack, form: Format) -> String {
    match form {
        Format::Mermaid => mermaid(stack),
        Format::Dot => dot(stack),
        Format::Svg => svg(stack),
        _ => text(stack),
    }
}

fn text(stack: &Stack) -> String {
    let order: Vec<[String; 3]> = in_start_order(stack)
        .into_iter()
        .map(|service| {
            [(service.start_level + 1).to_string(), service.name.value.clone(), needs(service).join(", ")]
        })
        .collect();
    let networks: Vec<[String; 2]> =
        stack.networks.iter().map(|network| [network.name.clone(), network.members.join(", ")]).collect();
    let mut text = columns(["STEP", "SERVICE", "NEEDS"], &order);
    if !networks.is_empty() {
        text.push('\n');
        text.push_str(&columns(["NETWORK", "WHO REACHES EACH OTHER"], &networks));
    }
    text
}

fn in_start_order(stack: &Stack) -> Vec<&Service> {
    let mut services: Vec<&Service> = stack.services.values().collect();
    services.sort_by_key(|service| service.start_level);
    services
}

/// What a service needs, each once: it may need one twice, under two prefixes.
fn needs(service: &Service) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for need in &service.needs {
        if !names.contains(&need.service.as_str()) {
            names.push(&need.service);
        }
    }
    names
}

/// The arrows, as places in the order of the source.
fn arrows(stack: &Stack) -> impl Iterator<Item = (usize, usize)> {
    stack.services.values().enumerate().flat_map(move |(from, service)| {
        needs(service).into_iter().filter_map(move |name| Some((from, stack.services.get_index_of(name)?)))
    })
}

fn mermaid(stack: &Stack) -> String {
    let mut text = String::from("flowchart LR\n");
    for (index, service) in stack.services.values().enumerate() {
        let (open, close) = mermaid_shape(service);
        let _ = writeln!(text, "    s{index}{open}{}{close}", mermaid_label(&service.name));
    }
    for (from, to) in arrows(stack) {
        let _ = writeln!(text, "    s{from} --> s{to}");
    }
    text
}

fn mermaid_shape(service: &Service) -> (&'static str, &'static str) {
    match (service.role, service.placement) {
        (Role::Database | Role::Cache | Role::Broker, _) => ("[(", ")]"),
        (Role::Gateway, _) => ("{{", "}}"),
        (_, Placement::Host) => ("([", "])"),
        _ => ("[", "]"),
    }
}

fn dot(stack: &Stack) -> String {
    let mut text =
        format!("digraph {} {{\n    rankdir=LR;\n    node [shape=box];\n", dot_string(&stack.name));
    for (index, service) in stack.services.values().enumerate() {
        let _ = writeln!(text, "    s{index} [label={}{}];", dot_string(&service.name), dot_shape(service));
    }
    for (from, to) in arrows(stack) {
        let _ = writeln!(text, "    s{from} -> s{to};");
    }
    text.push_str("}\n");
    text
}

fn dot_shape(service: &Service) -> &'static str {
    match (service.role, service.placement) {
        (Role::Database | Role::Cache | Role::Broker, _) => ", shape=cylinder",
        (Role::Gateway, _) => ", shape=hexagon",
        (_, Placement::Host) => ", style=rounded",
        _ => "",
    }
}

/// A quoted string. Labels have escapes of their own, so that every backslash is written twice.
fn dot_string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::{Format, dot_string, graph};
    use crate::cli::compiled::stacks_of;

    const STACK: &str = r#"
[stack]
name = "shop"

[kinds.store]
description = "A store"
role = "database"
image = "example.com/store:1"

[services.page]
image = "example.com/page:1"
run = "host"
needs = ["web"]

[services.web]
image = "example.com/web:1"
needs = ["db", { service = "db", as = "READ" }]

[services.db]
kind = "store"
"#;

    #[test]
    fn text_lists_services_by_the_step_in_which_they_start() {
        let expected = "\
STEP  SERVICE  NEEDS
1     db
2     web      db
3     page     web

NETWORK   WHO REACHES EACH OTHER
edge      web
web-data  web, db
";
        assert_eq!(graph(&stacks_of(STACK)[0], Format::Text), expected);
    }

    #[test]
    fn mermaid_draws_each_service_by_its_role_and_each_need_once() {
        let expected = "\
flowchart LR
    s0([\"page\"])
    s1[\"web\"]
    s2[(\"db\")]
    s0 --> s1
    s1 --> s2
";
        assert_eq!(graph(&stacks_of(STACK)[0], Format::Mermaid), expected);
    }

    #[test]
    fn dot_draws_the_same() {
        let expected = "\
digraph \"shop\" {
    rankdir=LR;
    node [shape=box];
    s0 [label=\"page\", style=rounded];
    s1 [label=\"web\"];
    s2 [label=\"db\", shape=cylinder];
    s0 -> s1;
    s1 -> s2;
}
";
        assert_eq!(graph(&stacks_of(STACK)[0], Format::Dot), expected);
    }

    #[test]
    fn no_name_ends_its_label() {
        let hostile = "[stack]\nname = \"a\"\n[services.'x\"] --> y']\n";
        let drawn = graph(&stacks_of(hostile)[0], Format::Mermaid);
        assert_eq!(drawn, "flowchart LR\n    s0[\"x#34;] --#62; y\"]\n");
        assert_eq!(dot_string("a\"\\N\n"), "\"a\\\"\\\\N\\n\"");
    }

    #[test]
    fn a_circle_is_drawn_as_it_is() {
        let circle = "[stack]\nname = \"a\"\n[services.a]\nneeds = [\"b\"]\n[services.b]\nneeds = [\"a\"]\n";
        let drawn = graph(&stacks_of(circle)[0], Format::Dot);
        assert!(drawn.contains("s0 -> s1") && drawn.contains("s1 -> s0"), "{drawn}");
    }
}
