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
        /// Whether `out` may put its outputs into the project's root itself, beside files of the user's own.
        at_root: bool = false;
        /// The files that it makes.
        files: List<OutputTable> => required;
    }
}

table! {
    /// A file that a target makes, or several: one for each thing of a kind.
    pub struct OutputTable("a target's file") {
        /// The template, in the target's folder.
        template: String => required;
        /// The output's path, in the target's output folder. May hold `{{ service.name }}`, `{{ agent.name }}` or
        /// `{{ folder.path }}`, after what the file is made for each of.
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
        /// A Markdown template that is rendered first. The file's own template sees what comes of it as the string `text`.
        text: String;
        /// How much of it its program reads.
        limits: OutputLimitTable;
    }
}

table! {
    /// How much of a file its program reads. What goes beyond is found by the rule `agent-budget`.
    pub struct OutputLimitTable("the limits of a file") {
        /// The most bytes that it may have, together with the files of the same name in the folders above it.
        bytes: u32;
        /// The most characters of a prompt: of what stands behind the front matter.
        prompt: u32;
        /// The most characters of the `description` in it.
        description: u32;
        /// The most tokens, roughly, of all the descriptions that the target makes.
        descriptions: u32;
    }
}

choice! {
    /// What a target's file can be made for each of.
    pub enum ForEach {
        /// Every service, as `service`.
        Services = "services",
        /// Every service that is built from a folder without a Dockerfile, as `service`.
        Dockerfiles = "dockerfiles",
        /// As `dockerfiles`, those alone whose folder has no `.dockerignore` of its own.
        Dockerignores = "dockerignores",
        /// Every agent, as `agent`.
        Agents = "agents",
        /// Every folder below the project's root that services have their code in, as `folder`.
        Folders = "folders",
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
        /// Patterns of paths, a line for each, as in a `.dockerignore`.
        Ignore = "ignore",
    }
}
