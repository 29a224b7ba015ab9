//! A service or an agent taken out, with all that the files say of it and of its volumes, unless something still refers to it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cascade::with_references;
use super::lines::{after_blank, before_blank, line_end, line_start, with_comment_above};
use super::place::{extents, of_a_variant};
use super::volumes_of::orphans;
use super::{EditedFile, Refusal, declared, edited, unknown};
use crate::Compilation;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::{FileId, Outline, OutlineEntry, Part, Sort, Span, occurrences};

/// The files without a service or an agent, and without what the environments say of it; with `cascade` without what others say of it,
/// either.
///
/// # Errors
/// Where it is not there, or others still refer to it: all of those places are named.
pub fn remove(
    compilation: &Compilation,
    sort: Sort,
    name: &str,
    cascade: bool,
) -> Result<Vec<EditedFile>, Refusal> {
    let Some(document) = compilation.document.as_ref() else {
        return Err(unknown(compilation, sort, name));
    };
    if !declared(compilation, sort).iter().any(|known| known == name) {
        return Err(unknown(compilation, sort, name));
    }
    let cut = |is_of: &dyn Fn(&[&str]) -> bool| {
        let files = document.files.iter();
        let cut = files.flat_map(|file| {
            let ranges = own_ranges(&compilation.sources.file(*file).text, is_of);
            ranges.into_iter().map(|range| Edit { span: Span::new(*file, range), replacement: String::new() })
        });
        cut.collect::<Vec<_>>()
    };
    let is_its = |path: &[&str]| is_of(path, sort, name);
    if cut(&is_its).is_empty() {
        let message = format!("`{name}` is the gateway's own service");
        return Err(Box::new(
            Diagnostic::error("unknown-reference", message)
                .help("remove `[gateway]`, and the routes of the services, to have none"),
        ));
    }
    // What is said of a volume would hold for the next one of that name, which is another's.
    let volumes = if sort == Sort::Service { orphans(compilation, name) } else { BTreeSet::new() };
    let mut edits = cut(&|path| is_its(path) || is_of_volume(path, &volumes));
    let is_own = |span: Span| edits.iter().any(|edit| lies_in(span, edit.span));
    let found = occurrences(document, &compilation.sources, sort, name);
    let references = found.into_iter().filter(|found| found.part == Part::Reference && !is_own(found.span));
    let mut references: Vec<Span> = references.map(|found| found.span).collect();
    for file in &document.files {
        let (of_file, others): (Vec<Span>, Vec<Span>) =
            references.into_iter().partition(|span| span.file == *file);
        let places: Vec<_> = of_file.iter().map(|span| span.range()).collect();
        let (going, left) = with_references(&compilation.sources.file(*file).text, &places, cascade);
        edits.extend(
            going.into_iter().map(|range| Edit { span: Span::new(*file, range), replacement: String::new() }),
        );
        references = left.into_iter().map(|range| Span::new(*file, range)).chain(others).collect();
    }
    references.sort();
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
    Some(Box::new(refusal.help(
        "take it out of these places first, or say `--cascade` to have what can go without it go with it",
    )))
}

/// Who says what stands at a place: `` `needs` of `content` ``.
fn speaker(outline: &Outline, span: Span) -> String {
    let range = span.range();
    let holds = |entry: &&OutlineEntry| entry.range.start <= range.start && range.end <= entry.range.end;
    let entry = outline.entries.iter().filter(holds).min_by_key(|entry| entry.path.len());
    // A key of a header is said by what stands before it.
    let header = || outline.mentions.iter().find(|mention| mention.range == range)?.path.split_last();
    let Some(path) = entry.map(|entry| &entry.path).or_else(|| Some(header()?.1)) else {
        return "referred to here".to_owned();
    };
    match path.names().as_slice() {
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
fn is_of(path: &[&str], sort: Sort, name: &str) -> bool {
    matches!(of_a_variant(path), [table, own, ..] if *table == sort.table() && *own == name)
}

/// Whether a path of keys leads to what is said of one of these volumes, or to a part of it.
fn is_of_volume(path: &[&str], volumes: &BTreeSet<String>) -> bool {
    matches!(of_a_variant(path), ["compose_extra", "volumes", key, ..] if volumes.contains(*key))
}

/// The bytes of a text that speak of nothing else, each with the blank lines that would be left over.
fn own_ranges(text: &str, is_own: &dyn Fn(&[&str]) -> bool) -> Vec<Range<usize>> {
    let outline = Outline::of(text);
    let sections = extents(text, &outline).into_iter();
    let mut ranges: Vec<Range<usize>> =
        sections.filter(|extent| is_own(&extent.path.names())).map(|extent| extent.range).collect();
    let entries = outline.entries.iter().filter(|entry| is_own(&entry.path.names()));
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
pub(super) fn lines_of(text: &str, range: &Range<usize>) -> Range<usize> {
    with_comment_above(text, line_start(text, range.start))..line_end(text, range.end)
}

/// An entry of an inline table with one of the commas around it.
pub(super) fn with_comma(text: &str, range: &Range<usize>) -> Range<usize> {
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
pub(super) fn with_blank(text: &str, range: Range<usize>) -> Range<usize> {
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
        assert_eq!(only(&remove(&read(STACK), Sort::Service, "db", false).unwrap()), expected);
    }

    #[test]
    fn the_last_one_leaves_no_blank_lines_at_the_end() {
        let text = "[stack]\nname = \"a\"\n\n[services.b]\nimage = \"b:1\"\n";
        assert_eq!(only(&remove(&read(text), Sort::Service, "b", false).unwrap()), "[stack]\nname = \"a\"\n");
    }

    #[test]
    fn a_service_in_an_inline_table_or_a_dotted_key_goes_too() {
        let inline =
            "stack = { name = \"a\" }\nservices = { b = { image = \"b:1\" }, c = { image = \"c:1\" } }\n";
        let left = remove(&read(inline), Sort::Service, "b", false).unwrap();
        assert_eq!(only(&left), "stack = { name = \"a\" }\nservices = { c = { image = \"c:1\" } }\n");
        let left = remove(&read(inline), Sort::Service, "c", false).unwrap();
        assert_eq!(only(&left), "stack = { name = \"a\" }\nservices = { b = { image = \"b:1\" } }\n");
        let dotted = "stack.name = \"a\"\nservices.b.image = \"b:1\"\nservices.c.image = \"c:1\"\n";
        let left = remove(&read(dotted), Sort::Service, "b", false).unwrap();
        assert_eq!(only(&left), "stack.name = \"a\"\nservices.c.image = \"c:1\"\n");
    }

    #[test]
    fn whoever_refers_to_it_is_named_and_keeps_it() {
        let text = format!(
            "{STACK}needs = [\"db\"]\n[services.web]\nimage = \"w:1\"\nneeds = [\"db\"]\nenv = {{ A = \"{{{{ services.db.host }}}}\" }}\n\
             [agents.ag-x]\ndescription = \"x\"\nowns = [\"db\"]\n"
        );
        let refusal = remove(&read(&text), Sort::Service, "db", false).unwrap_err();
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
        let refusal = remove(&read(STACK), Sort::Service, "dB", false).unwrap_err();
        assert_eq!(refusal.help[0].message, "did you mean `db`?");
        let gateway = "[stack]\nname = \"a\"\n[gateway]\nport = 8080\n";
        let refusal = remove(&read(gateway), Sort::Service, "kong", false).unwrap_err();
        assert!(refusal.help[0].message.contains("[gateway]"));
    }

    #[test]
    fn a_service_of_a_fragment_is_removed_there() {
        let world = Memory::default().with("more.toml", "[services.b]\nimage = \"b:1\"\n");
        let compilation = read_with("[stack]\nname = \"a\"\ninclude = [\"more.toml\"]\n", world);
        let files = remove(&compilation, Sort::Service, "b", false).unwrap();
        assert_eq!((files[0].path.as_str(), only(&files)), ("more.toml", ""));
    }
}
