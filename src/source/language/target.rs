//! Targets: which files are made of a stack.

use crate::source::List;
use crate::{choice, table};

table! {
    /// A target, as in `templates/NAME/target.toml`.
    pub struct TargetTable("a target") {
        /// What its outputs are, in a sentence.
        description: String => required;
        /// Whether it is made where the stack says nothing.
        enabled: bool = true;
        /// The folder of its outputs, under `generated/`.
        folder: String = String::new();
        /// The files that it makes.
        files: List<OutputTable> => required;
    }
}

table! {
    /// A file that a target makes, or several: one for each thing of a kind.
    pub struct OutputTable("a target's file") {
        /// The template, in the target's folder.
        template: String => required;
        /// The output's path, in the target's output folder. May hold `{{ service.name }}` or `{{ agent.name }}`.
        path: String => required;
        /// How values are escaped in it, and how it is parsed afterwards.
        format: Format => required;
        /// Whether it may be run.
        executable: bool = false;
        /// Makes one file for each of these.
        for_each: ForEach;
        /// Makes the file only where the stack has this.
        only_with: Part;
        /// The JSON Schema to verify it against: a name in `schemas/outputs/`.
        schema: String;
    }
}

choice! {
    /// What a target's file can be made for each of.
    pub enum ForEach {
        /// Every service, as `service`.
        Services = "services",
        /// Every service that is built from a folder without a Dockerfile, as `service`.
        Dockerfiles = "dockerfiles",
        /// Every agent, as `agent`.
        Agents = "agents",
    }
}

choice! {
    /// What a stack may have or not.
    pub enum Part {
        /// A gateway.
        Gateway = "gateway",
        /// One agent or more.
        Agents = "agents",
        /// One secret or more.
        Secrets = "secrets",
    }
}

choice! {
    /// The formats that stackgen knows how to escape.
    pub enum Format {
        /// YAML in which Compose interpolates `$`.
        Compose = "compose",
        /// YAML.
        Yaml = "yaml",
        /// JSON.
        Json = "json",
        /// TOML.
        Toml = "toml",
        /// Markdown (`CommonMark` with tables), with or without YAML front matter.
        Markdown = "markdown",
        /// A POSIX shell script.
        Shell = "shell",
        /// Lines of `NAME=value`, as Compose reads them.
        Env = "env",
        /// A Dockerfile.
        Dockerfile = "dockerfile",
    }
}
