//! The tools of agent programs, under one name each: that of Claude Code.

/// A tool that agents are given.
#[derive(Debug)]
pub struct Tool {
    /// As Claude Code calls it.
    pub name: &'static str,
    /// Whether something is different after its use: a file, or whatever a command does.
    pub changes: bool,
    /// What others call it, for whoever writes it so.
    pub also: &'static [&'static str],
}

/// Every tool that is known by name (<https://code.claude.com/docs/en/tools-reference>). What the others call it, their own
/// references say: for Copilot `custom-agents-configuration.md`, for Gemini CLI `packages/core/src/tools/tool-names.ts`.
pub static TOOLS: &[Tool] = &[
    Tool { name: "Read", changes: false, also: &["read_file", "view", "cat", "open"] },
    Tool { name: "Grep", changes: false, also: &["grep_search", "search", "search_file_content", "rg"] },
    Tool { name: "Glob", changes: false, also: &["find", "ls", "list_directory", "list"] },
    Tool { name: "Edit", changes: true, also: &["replace", "str_replace", "MultiEdit", "apply_patch"] },
    Tool { name: "Write", changes: true, also: &["write_file", "create"] },
    Tool { name: "NotebookEdit", changes: true, also: &["notebook"] },
    Tool {
        name: "Bash",
        changes: true,
        also: &["shell", "execute", "run_shell_command", "terminal", "exec"],
    },
    Tool { name: "WebFetch", changes: false, also: &["web_fetch", "fetch", "web", "browser"] },
    Tool { name: "WebSearch", changes: false, also: &["google_web_search", "web_search"] },
    Tool { name: "TodoWrite", changes: false, also: &["todo", "write_todos"] },
    Tool { name: "Skill", changes: true, also: &["activate_skill", "skills"] },
    Tool { name: "Agent", changes: true, also: &["Task", "subagent", "delegate"] },
];

/// The tool of that name.
#[must_use]
pub fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// The server and the tool in the name of an MCP tool, `mcp__SERVER__TOOL`; no tool, or `*`, for all that the server has.
#[must_use]
pub fn mcp(name: &str) -> Option<(&str, Option<&str>)> {
    let rest = name.strip_prefix("mcp__")?;
    let (server, tool) = rest.split_once("__").map_or((rest, None), |(server, tool)| (server, Some(tool)));
    let fits = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|found| found.is_ascii_alphanumeric() || matches!(found, b'-' | b'_' | b'.'))
    };
    let tool = tool.filter(|tool| *tool != "*");
    (fits(server) && tool.is_none_or(fits)).then_some((server, tool))
}

#[cfg(test)]
mod tests {
    use super::{TOOLS, mcp};

    #[test]
    fn no_tool_is_called_as_another_is() {
        let mut names: Vec<String> = TOOLS
            .iter()
            .flat_map(|tool| tool.also.iter().chain([&tool.name]))
            .map(|name| name.to_lowercase())
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn the_tools_of_a_server_are_named_by_both() {
        assert_eq!(mcp("mcp__github__get_issue"), Some(("github", Some("get_issue"))));
        assert_eq!(mcp("mcp__github"), Some(("github", None)));
        assert_eq!(mcp("mcp__github__*"), Some(("github", None)));
        for name in ["Bash", "mcp__", "mcp____x", "mcp__a__", "mcp__a b"] {
            assert_eq!(mcp(name), None, "{name}");
        }
    }
}
