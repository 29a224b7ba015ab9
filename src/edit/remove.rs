//! A service or an agent taken out, with all that the files say of it, unless something still refers to it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lines::{after_blank, before_blank, line_end, line_start, with_comment_above};
use super::place::extents;
use super::{EditedFile, Refusal, declared, edited, unknown};
use crate::Compilation;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::{FileId, Outline, OutlineEntry, Part, Sort, Span, Trail, occurrences};

/// The files without a service or an agent, and without what the environments say of it.
///
/// # Errors
/// Where it is not there, or others refer to it: all of those places are named.
pub fn remove(compilation: &Compilation, sort: Sort, name: &str) -> Result<Vec<EditedFile>, Refusal> {
    let Some(document) = compilation.document.as_ref() else {
        return Err(unknown(compilation, sort, name));
    };
    if !declared(compilation, sort).iter().any(|known| known == name) {
        return Err(unknown(compilation, sort, name));
    }
    let mut edits = Vec::new();
    for file in &document.files {
        for range in own_ranges(&compilation.sources.file(*file).text, sort, name) {
            edits.push(Edit { span: Span::new(*file, range), replacement: String::new() });
        }
    }
    if edits.is_empty() {
        let message = format!("`{name}` is the gateway's own service");
        return Err(Box::new(
            Diagnostic::error("unknown-reference", message)
                .help("remove `[gateway]`, and the routes of the services, to have none"),
        ));
    }
    let is_own = |span: Span| edits.iter().any(|edit| lies_in(span, edit.span));
    let found = occurrences(document, &compilation.sources, sort, name);
    let references = found.into_iter().filter(|found| found.part == Part::Reference && !is_own(found.span));
    let references: Vec<Span> = references.map(|found| found.span).collect();
    match still_needed(compilation, sort, name, &references) {
        Some(refusal) => Err(refusal),
        None => Ok(edited(&compilation.sources, &edits)),
    }
}

fn lies_in(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Every place that would be left to refer to nothing, each with who says it.
fn still_needed(compilation: &Compilation, sort: Sort, name: &str, references: &[Span]) -> Option<Refusal> {
    let (first, others) = references.split_first()?;
    let mut outlines: BTreeMap<FileId, Outline> = BTreeMap::new();
    let mut said = |span: Span| {
        let text = &compilation.sources.file(span.file).text;
        let outline = outlines.entry(span.file).or_insert_with(|| Outline::of(text));
        speaker(outline, span)
    };
    let message = format!("the {} `{name}` cannot be removed: others refer to it", sort.word());
    let mut refusal = Diagnostic::error("unknown-reference", message).at(*first, said(*first));
    for span in others {
        refusal = refusal.and_at(*span, said(*span));
    }
    Some(Box::new(refusal.help("take it out of these places first, and then remove it")))
}

/// Who says what stands at a place: `` `needs` of `content` ``.
fn speaker(outline: &Outline, span: Span) -> String {
    let range = span.range();
    let holds = |entry: &&OutlineEntry| entry.range.start <= range.start && range.end <= entry.range.end;
    let Some(entry) = outline.entries.iter().filter(holds).min_by_key(|entry| entry.path.len()) else {
        return "referred to here".to_owned();
    };
    match entry.path.names().as_slice() {
        ["environments", environment, _, name, key, ..] => {
            format!("`{key}` of `{name}` in `{environment}`")
        }
        [table, name, rest @ ..] if !rest.is_empty() => {
            let key = rest.join(".");
            let word = table.strip_suffix('s').unwrap_or(table);
            format!("`{key}` of the {word} `{name}`")
        }
        other => format!("`{}`", other.join(".")),
    }
}

/// Whether a path of keys leads to a thing, or to a part of it.
fn is_of(path: &Trail<String>, sort: Sort, name: &str) -> bool {
    match *path.names().as_slice() {
        ["environments", _, table, own, ..] | [table, own, ..] => table == sort.table() && own == name,
        _ => false,
    }
}

/// The bytes of a text that speak of nothing else, each with the blank lines that would be left over.
fn own_ranges(text: &str, sort: Sort, name: &str) -> Vec<Range<usize>> {
    let outline = Outline::of(text);
    let sections = extents(text, &outline).into_iter();
    let mut ranges: Vec<Range<usize>> =
        sections.filter(|extent| is_of(&extent.path, sort, name)).map(|extent| extent.range).collect();
    let entries = outline.entries.iter().filter(|entry| is_of(&entry.path, sort, name));
    for entry in entries {
        let is_covered =
            |range: &Range<usize>| range.start <= entry.range.start && entry.range.end <= range.end;
        if !ranges.iter().any(is_covered) {
            ranges.retain(|range| range.start < entry.range.start || range.end > entry.range.end);
            ranges.push(if entry.is_inline {
                with_comma(text, &entry.range)
            } else {
                lines_of(text, &entry.range)
            });
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if text[last.end..range.start.max(last.end)].trim().is_empty() => {
                last.end = range.end.max(last.end)
            }
            _ => joined.push(range),
        }
    }
    joined.into_iter().map(|range| with_blank(text, range)).collect()
}

/// The lines of an entry, and the comment right above.
fn lines_of(text: &str, range: &Range<usize>) -> Range<usize> {
    with_comment_above(text, line_start(text, range.start))..line_end(text, range.end)
}

/// An entry of an inline table with one of the commas around it.
fn with_comma(text: &str, range: &Range<usize>) -> Range<usize> {
    let after = &text[range.end..];
    let blank = after.len() - after.trim_start().len();
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return range.start..range.end + blank + 1 + space;
    }
    let before = text[..range.start].trim_end();
    match before.strip_suffix(',') {
        Some(kept) => kept.len()..range.end,
        None => range.clone(),
    }
}

/// A range of whole lines with the blank lines below it, or at the end of the text above it.
fn with_blank(text: &str, range: Range<usize>) -> Range<usize> {
    let is_lines = line_start(text, range.start) == range.start && text[..range.end].ends_with('\n');
    if !is_lines {
        return range;
    }
    match after_blank(text, range.end) {
        end if end == text.len() => before_blank(text, range.start)..end,
        end => range.start..end,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{only, read, read_with};
    use super::remove;
    use crate::source::{Memory, Sort};

    const STACK: &str = r#"[stack]
name = "shop"

# Stores ---

# Orders' own.
[services.db] # trailing
image = "example.com/db:1"
env = { SELF = "{{ services.db.host }}" }

[[services.db.routes]]
path = "/db"

# Pages ---

[services.page]
image = "example.com/page:1"

[environments.live.services.db]
memory = "1GiB"

[environments.live.services.page]
memory = "1GiB"
"#;

    #[test]
    fn a_service_goes_with_its_comment_and_its_patches_and_nothing_else_does() {
        let expected = r#"[stack]
name = "shop"

# Stores ---

# Pages ---

[services.page]
image = "example.com/page:1"

[environments.live.services.page]
memory = "1GiB"
"#;
        assert_eq!(only(&remove(&read(STACK), Sort::Service, "db").unwrap()), expected);
    }

    #[test]
    fn the_last_one_leaves_no_blank_lines_at_the_end() {
        let text = "[stack]\nname = \"a\"\n\n[services.b]\nimage = \"b:1\"\n";
        assert_eq!(only(&remove(&read(text), Sort::Service, "b").unwrap()), "[stack]\nname = \"a\"\n");
    }

    #[test]
    fn a_service_in_an_inline_table_or_a_dotted_key_goes_too() {
        let inline =
            "stack = { name = \"a\" }\nservices = { b = { image = \"b:1\" }, c = { image = \"c:1\" } }\n";
        let left = remove(&read(inline), Sort::Service, "b").unwrap();
        assert_eq!(only(&left), "stack = { name = \"a\" }\nservices = { c = { image = \"c:1\" } }\n");
        let left = remove(&read(inline), Sort::Service, "c").unwrap();
        assert_eq!(only(&left), "stack = { name = \"a\" }\nservices = { b = { image = \"b:1\" } }\n");
        let dotted = "stack.name = \"a\"\nservices.b.image = \"b:1\"\nservices.c.image = \"c:1\"\n";
        let left = remove(&read(dotted), Sort::Service, "b").unwrap();
        assert_eq!(only(&left), "stack.name = \"a\"\nservices.c.image = \"c:1\"\n");
    }

    #[test]
    fn whoever_refers_to_it_is_named_and_keeps_it() {
        let text = format!(
            "{STACK}needs = [\"db\"]\n[services.web]\nimage = \"w:1\"\nneeds = [\"db\"]\nenv = {{ A = \"{{{{ services.db.host }}}}\" }}\n\
             [agents.ag-x]\ndescription = \"x\"\nowns = [\"db\"]\n"
        );
        let refusal = remove(&read(&text), Sort::Service, "db").unwrap_err();
        assert_eq!(refusal.message, "the service `db` cannot be removed: others refer to it");
        let labels: Vec<&str> =
            refusal.primary.iter().chain(&refusal.secondary).map(|label| label.text.as_str()).collect();
        let expected = [
            "`needs` of `page` in `live`",
            "`needs` of the service `web`",
            "`env` of the service `web`",
            "`owns` of the agent `ag-x`",
        ];
        assert_eq!(labels, expected);
    }

    #[test]
    fn what_is_not_there_cannot_go() {
        let refusal = remove(&read(STACK), Sort::Service, "dB").unwrap_err();
        assert_eq!(refusal.help[0].message, "did you mean `db`?");
        let gateway = "[stack]\nname = \"a\"\n[gateway]\nport = 8080\n";
        let refusal = remove(&read(gateway), Sort::Service, "kong").unwrap_err();
        assert!(refusal.help[0].message.contains("[gateway]"));
    }

    #[test]
    fn a_service_of_a_fragment_is_removed_there() {
        let world = Memory::default().with("more.toml", "[services.b]\nimage = \"b:1\"\n");
        let compilation = read_with("[stack]\nname = \"a\"\ninclude = [\"more.toml\"]\n", world);
        let files = remove(&compilation, Sort::Service, "b").unwrap();
        assert_eq!((files[0].path.as_str(), only(&files)), ("more.toml", ""));
    }
}
