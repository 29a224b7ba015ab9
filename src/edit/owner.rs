//! Services that an agent is to own besides.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::set::say;
use super::value::{list, quoted};
use super::{Refusal, declared, unknown};
use crate::Compilation;
use crate::diagnostics::Edit;
use crate::source::{Sort, Span};

/// The edit that gives services to an agent that is there.
///
/// # Errors
/// Where there is no such agent.
pub(super) fn owned_by(compilation: &Compilation, agent: &str, services: &[String]) -> Result<Edit, Refusal> {
    let refusal = || unknown(compilation, Sort::Agent, agent);
    if !declared(compilation, Sort::Agent).iter().any(|known| known == agent) {
        return Err(refusal());
    }
    let names = || services.iter().map(String::as_str);
    let behind = compilation.document.iter().flat_map(|document| &document.files).find_map(|file| {
        let text = &compilation.sources.file(*file).text;
        let last = owns(text, agent)?.pop()?;
        Some((Span::new(*file, last.end..last.end), separator(text, &last)))
    });
    match behind {
        Some((span, separator)) => {
            let replacement = names().flat_map(|name| [separator.clone(), quoted(name)]).collect();
            Ok(Edit { span, replacement })
        }
        None => say(compilation, &["agents", agent, "owns"], &list(names())).ok_or_else(refusal),
    }
}

/// Where the items of what an agent owns stand.
fn owns(text: &str, agent: &str) -> Option<Vec<Range<usize>>> {
    let table = DeTable::parse(text).ok()?;
    let agents = table.get_ref().get("agents")?.get_ref().as_table()?;
    match agents.get(agent)?.get_ref().as_table()?.get("owns")?.get_ref() {
        DeValue::Array(items) => Some(items.iter().map(Spanned::span).collect()),
        _ => None,
    }
}

/// What stands between the items of a list: of one with a line for each, the next line's beginning.
fn separator(text: &str, item: &Range<usize>) -> String {
    let line = &text[text[..item.start].rfind('\n').map_or(0, |found| found + 1)..item.start];
    let is_alone = !line.is_empty() && line.chars().all(|found| found == ' ' || found == '\t');
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if is_alone { format!(",{line_end}{line}") } else { ", ".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::edited;
    use super::super::tests::{only, read};
    use super::owned_by;

    const SERVICES: &str =
        "[stack]\nname = \"a\"\n\n[services.a]\nimage = \"a:1\"\n\n[services.b]\nimage = \"b:1\"\n\n";

    #[track_caller]
    fn becomes(before: &str, after: &str) {
        let compilation = read(&format!("{SERVICES}{before}"));
        let edit = owned_by(&compilation, "x", &["c".to_owned(), "d".to_owned()]).unwrap();
        assert_eq!(only(&edited(&compilation.sources, &[edit])), format!("{SERVICES}{after}"));
    }

    #[test]
    fn an_agent_owns_more_in_the_style_of_its_list() {
        let head = "[agents.x]\ndescription = \"X\"\n";
        becomes(
            &format!("{head}owns = [\"a\"] # all\n"),
            &format!("{head}owns = [\"a\", \"c\", \"d\"] # all\n"),
        );
        becomes(
            &format!("{head}owns = [\n\t\"a\",\n\t\"b\", # last\n]\n"),
            &format!("{head}owns = [\n\t\"a\",\n\t\"b\",\n\t\"c\",\n\t\"d\", # last\n]\n"),
        );
        becomes(&format!("{head}owns = []\n"), &format!("{head}owns = [\"c\", \"d\"]\n"));
        becomes(head, "[agents.x]\nowns = [\"c\", \"d\"]\ndescription = \"X\"\n");
        becomes(
            "[agents]\nx = { description = \"X\", owns = [ \"a\" ] }\n",
            "[agents]\nx = { description = \"X\", owns = [ \"a\", \"c\", \"d\" ] }\n",
        );
    }

    #[test]
    fn an_agent_that_is_not_there_owns_nothing() {
        let compilation = read(&format!("{SERVICES}[agents.ag-x]\ndescription = \"X\"\n"));
        let refusal = owned_by(&compilation, "ag-y", &[]).unwrap_err();
        assert_eq!(refusal.help[0].message, "did you mean `ag-x`?");
    }
}
