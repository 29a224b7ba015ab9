//! A service, an agent or a secret under another name, wherever it is declared or referred to.

use super::lines::{in_the_style_of, line_end};
use super::value::{key, quoted};
use super::{EditedFile, Refusal, edited, free, unknown};
use crate::Compilation;
use crate::diagnostics::Edit;
use crate::source::{Document, Outline, Sort, Span, occurrences};

/// The files with a new name in place of the old one. Names inside stackgen, as those of its kinds, stay.
///
/// # Errors
/// Where nothing has the old name, or something the new one.
pub fn rename(
    compilation: &Compilation,
    sort: Sort,
    old: &str,
    new: &str,
) -> Result<Vec<EditedFile>, Refusal> {
    let edits = rename_edits(compilation, sort, old, new)?;
    Ok(edited(&compilation.sources, &edits))
}

/// As [`rename`], without making them yet: what an editor asks for.
///
/// # Errors
/// As [`rename`].
pub fn rename_edits(
    compilation: &Compilation,
    sort: Sort,
    old: &str,
    new: &str,
) -> Result<Vec<Edit>, Refusal> {
    let Some(document) = &compilation.document else { return Err(unknown(compilation, sort, old)) };
    free(compilation, sort, new)?;
    let mut edits = of_occurrences(compilation, document, sort, old, new);
    if sort == Sort::Service {
        edits.extend(name_of_gateway(compilation, document, old, new));
    }
    // A secret need not be declared.
    let is_known = super::declared(compilation, sort).iter().any(|name| name == old)
        || (sort == Sort::Secret && !edits.is_empty());
    if is_known { Ok(edits) } else { Err(unknown(compilation, sort, old)) }
}

fn of_occurrences(
    compilation: &Compilation,
    document: &Document,
    sort: Sort,
    old: &str,
    new: &str,
) -> Vec<Edit> {
    let sources = &compilation.sources;
    let found = occurrences(document, sources, sort, old).into_iter().map(|found| found.span);
    let is_the_projects = |span: &Span| !sources.file(span.file).path.starts_with("<stackgen>");
    found
        .filter(is_the_projects)
        .map(|span| Edit { span, replacement: rewritten(sources.text(span), sort, old, new) })
        .collect()
}

/// What stands at a place, with the new name in it: a key or a part of a reference, a string that is the name, or one with references
/// in it whose places are not known by themselves.
fn rewritten(text: &str, sort: Sort, old: &str, new: &str) -> String {
    if text == old {
        return key(new);
    }
    let quote = text.chars().take_while(|found| matches!(found, '"' | '\'')).count();
    let inner = text.get(quote..text.len().saturating_sub(quote)).unwrap_or_default();
    let is_plain = !new.contains(['"', '\'', '\\']) && !new.contains(char::is_control);
    if quote > 0 && inner == old && is_plain {
        return text.replacen(old, new, 1);
    }
    if text.contains("{{") {
        return with_references(text, sort, old, new);
    }
    quoted(new)
}

/// A string as it stands in the file, with the references in it changed.
fn with_references(text: &str, sort: Sort, old: &str, new: &str) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let Some(close) = rest[open..].find("}}").map(|found| open + found) else { break };
        let inner = &rest[open + 2..close];
        let path = format!("{}.{old}", sort.table());
        let after = inner.trim_start().strip_prefix(path.as_str());
        rewritten.push_str(&rest[..open + 2]);
        match after.filter(|after| after.trim().is_empty() || after.starts_with('.')) {
            Some(after) => {
                let blank = inner.len() - inner.trim_start().len();
                rewritten.push_str(&format!("{}{}.{new}{after}", &inner[..blank], sort.table()));
            }
            None => rewritten.push_str(inner),
        }
        rest = &rest[close..];
    }
    rewritten.push_str(rest);
    rewritten
}

/// The gateway's service has its name by default: a new one has to be said.
fn name_of_gateway(compilation: &Compilation, document: &Document, old: &str, new: &str) -> Option<Edit> {
    let gateway = document.variants.first()?.file.gateway.as_ref()?;
    if gateway.value.name.is_some() || gateway.value.name() != old {
        return None;
    }
    document.files.iter().find_map(|file| {
        let text = &compilation.sources.file(*file).text;
        let outline = Outline::of(text);
        if let Some(section) = outline.sections.iter().find(|section| section.path.is(&["gateway"])) {
            let at = line_end(text, section.range.end);
            let line = in_the_style_of(&format!("name = {}\n", quoted(new)), text);
            return Some(Edit { span: Span::new(*file, at..at), replacement: line });
        }
        let entry = outline.entries.iter().find(|entry| entry.path.is(&["gateway"]))?;
        let at = entry.range.start + text[entry.range.clone()].find('{')? + 1;
        let replacement = format!(" name = {},", quoted(new));
        Some(Edit { span: Span::new(*file, at..at), replacement })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{only, read};
    use super::rename;
    use crate::source::Sort;

    const STACK: &str = r#"[stack]
name = "db" # the stack, not the service

[services."db"] # kept
kind = "postgres"
port = 5433

[services.api]
image = "example.com/db:1"
needs = [
	"db", # first
	{ service = 'db', as = "DB" },
]
env = { A = "{{ services.db.host }}", B = "db", C = "\t{{services.db.port}} {{ services.dbx.url }}", D = { secret = "DB_PASSWORD" } }

[services.dbx]
image = "example.com/x:1"
port = 80

[agents.ag-db]
description = "db"
owns = ["db"]

[environments.live.services.db]
memory = "1GiB"
"#;

    #[test]
    fn a_service_is_renamed_wherever_it_is_referred_to_and_nowhere_else() {
        let expected = STACK
            .replace("[services.\"db\"]", "[services.store]")
            .replace("\t\"db\", # first", "\t\"store\", # first")
            .replace("service = 'db'", "service = 'store'")
            .replace("services.db.", "services.store.")
            .replace("owns = [\"db\"]", "owns = [\"store\"]")
            .replace("live.services.db]", "live.services.store]");
        // A key in quotes keeps them.
        let expected = expected.replace("[services.store] # kept", "[services.\"store\"] # kept");
        assert_eq!(only(&rename(&read(STACK), Sort::Service, "db", "store").unwrap()), expected);
    }

    #[test]
    fn the_gateway_is_given_its_name() {
        let text = "[stack]\nname = \"a\"\n[gateway] # g\nport = 8080\n[agents.ag-a]\ndescription = \"\"\nowns = [\"kong\"]\n";
        let expected = text.replace("# g\n", "# g\nname = \"door\"\n").replace("[\"kong\"]", "[\"door\"]");
        assert_eq!(only(&rename(&read(text), Sort::Service, "kong", "door").unwrap()), expected);
        let again = rename(&read(&expected), Sort::Service, "door", "gate").unwrap();
        assert_eq!(only(&again), expected.replace("door", "gate"));
    }

    #[test]
    fn a_name_that_is_taken_or_unknown_is_refused() {
        let taken = rename(&read(STACK), Sort::Service, "db", "api").unwrap_err();
        assert_eq!(taken.message, "there is a service `api` already");
        let unknown = rename(&read(STACK), Sort::Agent, "db", "ag-x").unwrap_err();
        assert_eq!(unknown.message, "there is no agent `db`");
    }

    #[test]
    fn secrets_are_renamed_the_same_way() {
        let text = "[stack]\nname = \"a\"\n[services.b]\nimage = \"b:1\"\nenv = { A = { secret = \"OLD\" }, B = \"{{ secrets.OLD }}\" }\n[secrets.OLD]\ndescription = \"OLD\"\n";
        let expected = text.replacen("\"OLD\" }", "\"NEW\" }", 1).replace("secrets.OLD", "secrets.NEW");
        assert_eq!(only(&rename(&read(text), Sort::Secret, "OLD", "NEW").unwrap()), expected);
    }
}
