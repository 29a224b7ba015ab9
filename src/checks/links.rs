//! Which rules speak of which part of the language: what their pages link to, seen from the other side.

use std::fmt::Write as _;

use super::RULES;

/// How the pages of rules name a section of the reference.
const REFERENCE: &str = "(../reference.md#";

/// The reference of the language, with the rules that speak of a section at the section's end.
#[must_use]
pub fn with_rules(reference: &str) -> String {
    let mut sections = vec![String::new()];
    for line in reference.lines() {
        if heading(line).is_some() {
            sections.push(String::new());
        }
        if let Some(section) = sections.last_mut() {
            let _ = writeln!(section, "{line}");
        }
    }
    for section in &mut sections {
        let title = section.lines().next().and_then(heading);
        if let Some(rules) = title.and_then(|title| rules_about(&anchor(title))) {
            *section = format!("{}\n\nRules: {rules}.\n\n", section.trim_end());
        }
    }
    format!("{}\n", sections.concat().trim_end())
}

fn heading(line: &str) -> Option<&str> {
    line.strip_prefix("### ").or_else(|| line.strip_prefix("## "))
}

/// The anchor that Markdown renderers make of a heading.
fn anchor(heading: &str) -> String {
    let kept = |found: &char| found.is_alphanumeric() || matches!(found, '-' | '_');
    heading.to_lowercase().replace(' ', "-").chars().filter(kept).collect()
}

/// Links to the rules whose pages link there, in the order of their names.
fn rules_about(anchor: &str) -> Option<String> {
    let target = format!("{REFERENCE}{anchor})");
    let rules = RULES.iter().filter(|rule| rule.page.contains(&target));
    let links: Vec<String> = rules.map(|rule| format!("[{0}](rules/{0}.md)", rule.name)).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

#[cfg(test)]
mod tests {
    use super::with_rules;

    #[test]
    fn a_section_ends_with_the_rules_that_speak_of_it() {
        let page = "# The language\n\n### A mount\n\ntext\n\n### `[gateway]`\n\nmore\n";
        let expected = "# The language\n\n### A mount\n\ntext\n\nRules: [invalid-mount](rules/invalid-mount.md).\n\n\
                        ### `[gateway]`\n\nmore\n\nRules: [open-admin](rules/open-admin.md), \
                        [route-without-gateway](rules/route-without-gateway.md).\n";
        assert_eq!(with_rules(page), expected);
    }
}
