//! What references such as `{{ services.identity.url }}` mean.

use indexmap::IndexMap;

use super::endpoint::{Endpoint, Viewpoint};
use super::stack::{Known, Unresolved};
use super::text::Text;
use crate::source::values::{Piece, Template};
use crate::source::{Span, Spanned};

/// What a service's facts and ports are called where one is missing.
pub const FACT: &str = "fact of this service";
pub const PORT: &str = "port of this service";

/// A reference that means nothing: the segment that is wrong, what it should have been, and what there is.
pub struct Unknown {
    pub name: String,
    pub sort: &'static str,
    pub known: Known,
}

/// What a reference can reach from where it stands.
pub struct Scope<'a> {
    pub stack_name: &'a str,
    pub endpoints: &'a IndexMap<String, Endpoint<'a>>,
    /// The service that `service` means.
    pub service: &'a Endpoint<'a>,
    /// From where hosts, ports and URLs are seen.
    pub viewpoint: Viewpoint,
    /// Whether the text is a kind's, which sees `options`, `health` and the kind's own `secrets`.
    pub kind: Option<KindScope<'a>>,
    /// Services that are declared and could not be read, which is reported already.
    pub unreadable: &'a [String],
}

/// What only a kind's own text sees.
#[derive(Clone, Copy)]
pub struct KindScope<'a> {
    pub health_path: Option<&'a str>,
    pub health_timeout: u64,
}

impl KindScope<'_> {
    /// Outside of a health check.
    pub const WITHOUT_HEALTH: Self = Self { health_path: None, health_timeout: 0 };
}

impl Scope<'_> {
    /// A template's text. References that mean nothing are added to `unresolved` and left out of it.
    pub fn text(&self, template: &Template, unresolved: &mut Vec<Unresolved>) -> Text {
        let mut text = Text::default();
        for piece in &template.pieces {
            match piece {
                Piece::Text(literal) => text.append(Text::literal(literal)),
                Piece::Reference { path, span } => match self.look_up(path) {
                    Ok(found) => text.append(found),
                    Err(unknown) => unresolved.extend(unknown.map(|unknown| unknown.at(*span))),
                },
            }
        }
        text
    }

    pub fn texts<'t>(
        &self,
        templates: impl IntoIterator<Item = &'t Spanned<Template>>,
        unresolved: &mut Vec<Unresolved>,
    ) -> Vec<Text> {
        templates.into_iter().map(|template| self.text(template, unresolved)).collect()
    }

    /// What a reference means. Where it means nothing, why; and not even that where something else is reported as the cause.
    fn look_up(&self, path: &[String]) -> Result<Text, Option<Unknown>> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (path.as_slice(), self.kind) {
            (["stack", "name"], _) => Ok(Text::literal(self.stack_name)),
            (["stack", name], _) => Err(Some(unknown(name, "fact of the stack", ["name"]))),
            (["service", rest @ ..], _) if !rest.is_empty() => self.endpoint_fact(self.service, rest),
            (["services", name, rest @ ..], _) => match self.endpoints.get(*name) {
                Some(_) if rest.is_empty() => Err(Some(unfinished(&path, "url"))),
                Some(endpoint) => self.endpoint_fact(endpoint, rest),
                None if self.unreadable.iter().any(|unreadable| unreadable == name) => Err(None),
                None => {
                    Err(Some(Unknown { name: (*name).to_owned(), sort: "service", known: Known::Services }))
                }
            },
            (["options", name], Some(_)) => self.if_whole(self.service.option(name)),
            (["secrets", name], Some(_)) => self.if_whole(self.service.secret(name)),
            (["secrets", name], None) => Ok(Text::secret(*name)),
            (["health", fact], Some(kind)) => health_fact(kind, fact).map_err(Some),
            ([first, ..], _) => Err(Some(self.no_reference(first, &path))),
            ([], _) => Err(Some(unknown("", "reference", ["services"]))),
        }
    }

    /// A reference that begins with no word that one can begin with, or ends too soon or too late.
    fn no_reference(&self, first: &str, path: &[&str]) -> Unknown {
        let roots: &[&str] = match self.kind {
            Some(_) => &["service", "services", "options", "secrets", "health", "stack"],
            None => &["services", "service", "secrets", "stack"],
        };
        match first {
            _ if !roots.contains(&first) => unknown(first, "reference", roots),
            "services" => unfinished(path, "NAME.url"),
            "service" => unfinished(path, "url"),
            "stack" => unknown(&path.join("."), "reference", ["stack.name"]),
            _ => unknown(&path.join("."), "reference", [format!("{first}.NAME")]),
        }
    }

    fn endpoint_fact(&self, endpoint: &Endpoint<'_>, path: &[&str]) -> Result<Text, Option<Unknown>> {
        let from = self.viewpoint;
        let found = match path {
            [fact] => endpoint
                .fact(fact, from)
                .map(Text::literal)
                .ok_or_else(|| unknown(fact, sort_of_fact(endpoint, fact), endpoint.fact_names(from))),
            ["ports", name] => endpoint
                .port_named(name)
                .map(|port| Text::literal(port.container.to_string()))
                .ok_or_else(|| unknown(name, PORT, endpoint.ports.iter().map(|port| &port.name))),
            _ => Err(unknown(&path.join("."), "fact of a service", endpoint.fact_names(from))),
        };
        found.map_err(|unknown| if may_be_unread(endpoint, path) { None } else { Some(unknown) })
    }

    fn if_whole(&self, found: Result<Text, Unknown>) -> Result<Text, Option<Unknown>> {
        found.map_err(|unknown| self.service.is_kind_whole.then_some(unknown))
    }
}

/// What a fact that is not there would have been: some are there inside of the stack alone.
fn sort_of_fact(endpoint: &Endpoint<'_>, fact: &str) -> &'static str {
    match endpoint.fact(fact, Viewpoint::Container) {
        Some(_) => "fact of this service outside of the stack, where it publishes no port",
        None => FACT,
    }
}

/// Whether a fact is there only when the service's ports, its kind and its folder could be read.
fn may_be_unread(endpoint: &Endpoint<'_>, path: &[&str]) -> bool {
    match path {
        ["port" | "url"] | ["ports", _] => endpoint.has_unread_port(),
        ["folder"] => endpoint.table.unread.contains(&"path"),
        _ => false,
    }
}

/// A reference that stops before it says anything.
fn unfinished(path: &[&str], rest: &str) -> Unknown {
    let written = path.join(".");
    unknown(&written, "whole reference", [format!("{written}.{rest}")])
}

fn health_fact(kind: KindScope<'_>, fact: &str) -> Result<Text, Unknown> {
    match (fact, kind.health_path) {
        ("path", Some(path)) => Ok(Text::literal(path)),
        ("timeout", _) => Ok(Text::literal(kind.health_timeout.to_string())),
        _ => Err(unknown(fact, "fact of this health check", ["path", "timeout"])),
    }
}

pub fn unknown<S: ToString>(name: &str, sort: &'static str, known: impl IntoIterator<Item = S>) -> Unknown {
    let known = Known::These(known.into_iter().map(|name| name.to_string()).collect());
    Unknown { name: name.to_owned(), sort, known }
}

impl Unknown {
    pub fn at(self, span: Span) -> Unresolved {
        Unresolved { name: Spanned::new(self.name, span), sort: self.sort, known: self.known }
    }
}
