//! Reports over sources made by hand, for the tests of the printers.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{Diagnostic, Edit, Help, Report, Severity};
use crate::source::{FileId, Sources, Span};

pub fn empty() -> (Sources, Report) {
    (Sources::default(), Report::default())
}

/// The first place in the file where the words stand.
pub fn find(sources: &Sources, file: FileId, words: &str) -> Span {
    let start = sources.file(file).text.find(words).expect("the words stand in the file");
    Span::new(file, start..start + words.len())
}

/// A diagnostic without a place, whose one way out is these edits.
pub fn edits(file: FileId, edits: &[(Range<usize>, &str)]) -> Diagnostic {
    let edits = edits
        .iter()
        .map(|(range, text)| Edit { span: Span::new(file, range.clone()), replacement: (*text).to_owned() });
    let mut found = Diagnostic::error("sample", "something is wrong");
    found.help.push(Help { message: "edit it".to_owned(), edits: edits.collect() });
    found
}

/// A clash between two files, an unknown key, and a warning that has no place.
pub fn three_findings() -> (Sources, Report) {
    let (mut sources, mut report) = empty();
    let stack = sources.add(
        "stack.toml".into(),
        "[stack]\nname = \"hub\"\n\n[services.identity]\nport = 8001\nprot = 1\n".into(),
    );
    let content =
        sources.add("services/content/stack.toml".into(), "[services.content]\nport = 8001\n".into());
    report.push(
        Diagnostic::error("port-collision", "`identity` and `content` both publish port 8001")
            .at(find(&sources, content, "8001"), "`content` publishes it again")
            .and_at(find(&sources, stack, "8001"), "`identity` publishes it here")
            .note("a host port can be bound once")
            .help_replace("the next free port is 8002", find(&sources, content, "8001"), "8002")
            .help("or let one of them run in a container without a port"),
    );
    report.push(
        Diagnostic::error("unknown-key", "a service has no key `prot`")
            .at(find(&sources, stack, "prot"), "unknown key")
            .help_replace("did you mean `port`?", find(&sources, stack, "prot"), "port"),
    );
    let mut warning = Diagnostic::error("agent-unowned-service", "100% of the services, identity: no agent")
        .note("see\nbelow");
    warning.severity = Severity::Warning;
    report.push(warning);
    report.finish();
    (sources, report)
}

/// Texts and spans that nobody should write: broken lines, wide and invisible characters, very long lines, spans that
/// are reversed, outside of the file or inside of a character.
pub fn hostile() -> impl Strategy<Value = (Sources, Report)> {
    let span = || (any::<bool>(), any::<Index>(), any::<Index>());
    let diagnostic = (
        hostile_text(),
        prop::option::of((span(), hostile_text())),
        prop::collection::vec((span(), hostile_text()), 0..4),
        prop::collection::vec(hostile_text(), 0..2),
        prop::collection::vec((hostile_text(), prop::collection::vec((span(), hostile_text()), 0..4)), 0..3),
    );
    (hostile_text(), hostile_text(), hostile_text(), prop::collection::vec(diagnostic, 1..3)).prop_map(
        |(path, first, second, diagnostics)| {
            let (mut sources, mut report) = empty();
            let files = [sources.add(path.into(), first), sources.add("b.toml".into(), second)];
            let lengths = files.map(|file| sources.file(file).text.len());
            let span = |(second, start, end): (bool, Index, Index)| {
                let file = usize::from(second);
                let offset = |index: Index| index.index(lengths[file] + 3);
                Span::new(files[file], offset(start)..offset(end))
            };
            report.extend(diagnostics.into_iter().map(|(message, primary, secondary, notes, help)| {
                let mut found = Diagnostic::error("hostile", message);
                if let Some((at, text)) = primary {
                    found = found.at(span(at), text);
                }
                for (at, text) in secondary {
                    found = found.and_at(span(at), text);
                }
                found.notes = notes;
                found.help = help
                    .into_iter()
                    .map(|(message, edits)| Help {
                        message,
                        edits: edits
                            .into_iter()
                            .map(|(at, replacement)| Edit { span: span(at), replacement })
                            .collect(),
                    })
                    .collect();
                found
            }));
            report.finish();
            (sources, report)
        },
    )
}

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "a", "port = 1", "\"x\"", " ", "    ", "\t", "\n", "\n\n", "\r\n", "\r", "ä", "e\u{301}", "😀", "👩\u{200d}🔧",
            "漢字", "\u{200d}\u{200d}\u{200d}\u{200d}", "\u{301}\u{301}\u{301}", "\u{9b}31m", "\u{1b}[31m", "\0", "\u{202e}",
            "\u{feff}", "\u{2028}", "%", "::", ",", "`",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => (prop::sample::select(vec!["x", "漢", "\t", "\u{301}", " ", "\n"]), 50..300_usize)
            .prop_map(|(unit, count)| unit.repeat(count)),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}
