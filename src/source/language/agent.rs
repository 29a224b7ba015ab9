//! Agents: who owns which part of the stack.

use serde_json::{Value as Json, json};

use crate::source::tree::{Node, NodeValue};
use crate::source::values::ProjectPath;
use crate::source::{Definitions, List, Named, Reader, Shape, Spanned};
use crate::table;

table! {
    /// An AI coding agent and the part of the stack that it owns.
    pub struct AgentTable("an agent") {
        /// What it is an expert of, in a sentence that sets it apart from the others.
        description: String => required;
        /// The services that it owns, and `gateway` for the gateway. Its folder, ports, routes and commands follow from them.
        owns: List<String>, names Service;
        /// The files and folders that it owns beside the folders of its services.
        paths: List<ProjectPath>;
        /// What it looks after in the whole stack, whoever owns the service: `"security"`, `"code review"`.
        concerns: List<String>;
        /// The agent that it reports to. One agent, who leads them all, reports to nobody.
        reports_to: String, names Agent;
        /// What it is answerable for.
        responsibilities: List<String>;
        /// Words that speak for it when a task is given out.
        keywords: List<String>;
        /// Tasks that belong to it.
        examples: List<String>;
        /// What it may change and what it hands over, where that does not follow from what it owns.
        boundaries: BoundaryTable;
        /// The tools that it may use, as Claude Code calls them; the other agent programs get their own names for them. Without any, all.
        tools: List<String>;
        /// The model that it runs on.
        model: Models;
        /// Commands that it uses, by what they do, over those of its services' kinds.
        commands: Named<String>;
    }
}

table! {
    /// What an agent may change, and what it hands over to whom.
    pub struct BoundaryTable("the boundaries of an agent") {
        /// The files and folders that it may edit, instead of those that it owns. `[]` for an agent that looks and advises.
        edits: List<ProjectPath>;
        /// What it hands over, beside what others own, or to somebody else than the owner.
        hands_over: List<HandOverTable>;
    }
}

table! {
    /// What an agent does not do itself.
    pub struct HandOverTable("what is handed over") {
        /// A service, or a sort of work in a few words.
        what: String => required;
        /// The agent that takes it.
        to: String => required, names Agent;
    }
}

/// The model that an agent runs on: by the target of its program, for each program has names of its own.
#[derive(Debug, Clone)]
pub enum Models {
    /// As Claude Code calls it.
    Claude(String),
    ByTarget(Named<String>),
}

impl Shape for Models {
    fn expected() -> String {
        "the name of a model of Claude Code, or a table of names by target: `{ codex = \"…\" }`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::String(name) => Some(Self::Claude(name.clone())),
            NodeValue::Table(_) => Some(Self::ByTarget(Named::read(node, reader)?)),
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": "string" }, Named::<String>::schema(definitions)] })
    }
}

impl AgentTable {
    /// What it may edit, where that is said.
    #[must_use]
    pub fn edits(&self) -> Option<&List<ProjectPath>> {
        Some(&self.boundaries.as_ref()?.edits.as_ref()?.value)
    }

    /// What it hands over, where that is said.
    pub fn hands_over(&self) -> impl Iterator<Item = &Spanned<HandOverTable>> {
        let said = self.boundaries.as_ref().and_then(|boundaries| boundaries.hands_over.as_ref());
        said.into_iter().flat_map(|said| &said.value)
    }
}
