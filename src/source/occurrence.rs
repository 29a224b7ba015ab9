//! Where the names of a stack stand: where a service, an agent, a kind or a secret is declared, and wherever it is referred to.
//!
//! References are noted while the text is read by its shapes (`names Service` in a `table!`), so that whatever key of the language
//! holds a name is found by whoever renames it, and nothing that only looks like a name.

use super::load::Document;
use super::outline::Outline;
use super::span::{FileId, Sources, Span, Spanned};
use super::trail::Trail;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Service,
    Agent,
    Kind,
    Secret,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Service, Self::Agent, Self::Kind, Self::Secret];

    /// The table of the stack's file that declares it.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Service => "services",
            Self::Agent => "agents",
            Self::Kind => "kinds",
            Self::Secret => "secrets",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Kind => "kind",
            Self::Secret => "secret",
        }
    }

    /// What the table of this name in the stack's file declares.
    #[must_use]
    pub fn of_table(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.table() == name)
    }

    /// The sort that a person calls so.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }

    /// What `{{ services.… }}` and `{{ secrets.… }}` name.
    #[must_use]
    pub fn of_root(root: &str) -> Option<Self> {
        match root {
            "services" => Some(Self::Service),
            "secrets" => Some(Self::Secret),
            _ => None,
        }
    }
}

/// A name that stands for something declared, and its place: of the name itself, or of the string that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub sort: Sort,
    pub name: Spanned<String>,
}

/// The part that an occurrence plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A header or key that declares it, or says more of it: in the base or in an environment.
    Declaration,
    Reference,
}

/// One place where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    pub span: Span,
    pub part: Part,
}

/// Every place where a name stands, in the order of the files and of their texts, each once.
#[must_use]
pub fn occurrences(document: &Document, sources: &Sources, sort: Sort, name: &str) -> Vec<Occurrence> {
    let declared = document.files.iter().flat_map(|file| declarations(*file, sources, sort));
    let declared = declared.filter(|found| found.value == name).map(|found| (found.span, Part::Declaration));
    let gateway = gateway_names(document).filter(|found| sort == Sort::Service && found.value == name);
    let gateway = gateway.map(|found| (found.span, Part::Declaration));
    let referred = document.variants.iter().flat_map(|variant| &variant.references);
    let referred = referred
        .filter(|reference| reference.sort == sort && reference.name.value == name)
        .map(|reference| (reference.name.span, Part::Reference));
    let all = declared.chain(gateway).chain(referred);
    let mut found: Vec<Occurrence> = all.map(|(span, part)| Occurrence { span, part }).collect();
    found.sort();
    found.dedup_by_key(|occurrence| occurrence.span);
    found
}

/// Every header and key of a file that declares something of a sort, or says more of it.
#[must_use]
pub fn declarations(file: FileId, sources: &Sources, sort: Sort) -> Vec<Spanned<String>> {
    let all = declared_in(file, sources).into_iter();
    all.filter(|(found, _)| *found == sort).map(|(_, name)| name).collect()
}

/// Every header and key of a file that declares something, or says more of it, with what it declares.
#[must_use]
pub fn declared_in(file: FileId, sources: &Sources) -> Vec<(Sort, Spanned<String>)> {
    let outline = Outline::of(&sources.file(file).text);
    let mentions = outline.mentions.into_iter();
    mentions
        .filter_map(|mention| {
            let (sort, name) = declared_by(&mention.path)?;
            Some((sort, Spanned::new(name.to_owned(), Span::new(file, mention.range))))
        })
        .collect()
}

/// What a path of keys declares: `services.NAME`, or the same in an environment.
fn declared_by(path: &Trail<String>) -> Option<(Sort, &str)> {
    match *path.names_within(4)?.as_slice() {
        ["environments", _, table, name] | [table, name] => Some((Sort::of_table(table)?, name)),
        _ => None,
    }
}

/// Where the gateway's service is given its name.
fn gateway_names(document: &Document) -> impl Iterator<Item = &Spanned<String>> {
    document.variants.iter().filter_map(|variant| variant.file.gateway.as_ref()?.value.name.as_ref())
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{Part, Sort, occurrences};
    use crate::source::{Memory, Sources, load};

    const STACK: &str = r#"[stack]
name = "shop"
include = ["more.toml"]

[services.api]
needs = ["db"]
env = { A = "{{ services.api.url }}/{{services.db.host}}", B = { secret = "KEY" }, C = { literal = "{{ services.db }}" } }

[[services.api.routes]]
path = "/db"

[services."db"]
kind = "postgres"

[environments.live.services.db]
memory = "1GiB"
"#;

    const MORE: &str = r#"[services.other]
needs = [{ service = "db", as = "DB" }]
[agents.db]
description = "db"
owns = ["db", "other"]
"#;

    fn places(sort: Sort, name: &str) -> Vec<String> {
        let world = Memory::default().with("stack.toml", STACK).with("more.toml", MORE);
        let mut sources = Sources::default();
        let document = load(&world, Utf8Path::new("stack.toml"), &mut sources).0.unwrap();
        let shown = |span: crate::source::Span| {
            let at = sources.position(span.file, span.range().start);
            format!("{}:{}:{} {}", sources.file(span.file).path, at.line, at.column, sources.text(span))
        };
        occurrences(&document, &sources, sort, name)
            .into_iter()
            .map(|found| {
                let part = if found.part == Part::Declaration { "declares" } else { "refers" };
                format!("{part} {}", shown(found.span))
            })
            .collect()
    }

    #[test]
    fn a_service_is_found_wherever_it_is_declared_or_referred_to_and_nowhere_else() {
        let expected = [
            "refers stack.toml:6:10 \"db\"",
            "refers stack.toml:7:48 db",
            "declares stack.toml:12:11 \"db\"",
            "declares stack.toml:15:29 db",
            "refers more.toml:2:22 \"db\"",
            "refers more.toml:5:9 \"db\"",
        ];
        assert_eq!(places(Sort::Service, "db"), expected);
    }

    #[test]
    fn an_agent_of_the_same_name_is_another_thing() {
        assert_eq!(places(Sort::Agent, "db"), ["declares more.toml:3:9 db"]);
    }

    #[test]
    fn each_header_of_a_service_counts() {
        let expected =
            ["declares stack.toml:5:11 api", "refers stack.toml:7:26 api", "declares stack.toml:9:12 api"];
        assert_eq!(places(Sort::Service, "api"), expected);
    }

    #[test]
    fn kinds_and_secrets_are_found_the_same_way() {
        assert_eq!(places(Sort::Kind, "postgres"), ["refers stack.toml:13:8 \"postgres\""]);
        assert_eq!(places(Sort::Secret, "KEY"), ["refers stack.toml:7:75 \"KEY\""]);
    }
}
