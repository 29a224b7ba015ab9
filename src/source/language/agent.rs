//! Agents: who owns which part of the stack.

use crate::source::{List, Named};
use crate::table;

table! {
    /// An AI coding agent and the part of the stack that it owns.
    pub struct AgentTable("an agent") {
        /// What it is an expert of, in a sentence that sets it apart from the others.
        description: String => required;
        /// The services that it owns. Its folder, ports, routes and commands follow from them.
        owns: List<String>, names Service;
        /// The agent that it reports to.
        reports_to: String, names Agent;
        /// What it is answerable for.
        responsibilities: List<String>;
        /// Words that speak for it when a task is given out.
        keywords: List<String>;
        /// Tasks that belong to it.
        examples: List<String>;
        /// The tools that it may use, as its agent program calls them. Without any, all.
        tools: List<String>;
        /// The model that it runs on, as its agent program calls it.
        model: String;
        /// Commands that it uses, by what they do, over those of its services' kinds.
        commands: Named<String>;
    }
}
