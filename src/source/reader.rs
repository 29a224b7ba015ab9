//! Walks a [`Node`] tree by declared shapes, and says everything that does not fit.

use super::occurrence::{Reference, Sort};
use super::shape::Shape;
use super::span::{Sources, Span, Spanned};
use super::table::Table;
use super::tree::{Entry, Node, NodeTable, NodeValue};
use crate::diagnostics::Diagnostic;

/// Collects what the shapes find wrong while they read.
pub struct Reader<'a> {
    pub sources: &'a Sources,
    diagnostics: Vec<Diagnostic>,
    references: Vec<Reference>,
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, diagnostics: Vec::new(), references: Vec::new() }
    }

    /// Notes that a name of something that the stack declares stands here.
    pub fn refer(&mut self, sort: Sort, name: &str, span: Span) {
        self.references.push(Reference { sort, name: Spanned::new(name.to_owned(), span) });
    }

    /// As [`Reader::refer`], for a string or a list of them.
    pub fn refer_all(&mut self, sort: Sort, node: &Node) {
        match &node.value {
            NodeValue::String(name) => self.refer(sort, name, node.span),
            NodeValue::Array(items) => items.iter().for_each(|item| self.refer_all(sort, item)),
            _ => {}
        }
    }

    /// What was referred to so far.
    #[must_use]
    pub fn take_references(&mut self) -> Vec<Reference> {
        std::mem::take(&mut self.references)
    }

    #[must_use]
    pub fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// How much was found so far: more than before where something could not be read.
    #[must_use]
    pub fn found(&self) -> usize {
        self.diagnostics.len()
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The value has another type than this place takes.
    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        let diagnostic = Self::of_wrong_type(node, expected);
        self.report(diagnostic);
    }

    /// As [`Reader::wrong_type`], where a list is taken: one of its items that stands alone only lacks its brackets.
    pub fn no_list<T: Shape>(&mut self, node: &Node, expected: &str) {
        let diagnostic = Self::of_wrong_type(node, expected);
        let written = self.sources.text(node.span);
        let mut alone = Reader::new(self.sources);
        let is_item = T::read(node, &mut alone).is_some() && alone.found() == 0;
        self.report(match node.as_str().and_then(T::items) {
            _ if !is_item || written.starts_with('[') => diagnostic,
            Some(items) => {
                let items: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
                let list = format!("[{}]", items.join(", "));
                diagnostic.help_replace("make each word an item of its own", node.span, list)
            }
            None => diagnostic.help_replace("put it in brackets", node.span, format!("[{written}]")),
        });
    }

    /// As [`Reader::wrong_type`], where a table is taken.
    fn no_table(&mut self, node: &Node, expected: &str) {
        let diagnostic = Self::of_wrong_type(node, expected);
        let header = self.sources.text(node.span);
        let single = header.strip_prefix("[[").and_then(|rest| Some(rest.split_once("]]")?.0));
        self.report(match single {
            Some(name) => diagnostic.help(format!("write `[{name}]`: double brackets make a list of tables")),
            None => diagnostic,
        });
    }

    fn of_wrong_type(node: &Node, expected: &str) -> Diagnostic {
        Diagnostic::error("wrong-type", format!("expected {expected}, found {}", node.describe()))
            .at(node.span, format!("this is {}", node.describe()))
    }

    /// The value has the right type, and says something that cannot be meant.
    pub fn invalid(&mut self, span: Span, found: &str, expected: &str) {
        self.report(
            Diagnostic::error("invalid-value", format!("{found} is not {expected}"))
                .at(span, format!("expected {expected}")),
        );
    }

    /// As [`Reader::invalid`], with the reason in words of its own.
    pub fn invalid_because(&mut self, span: Span, problem: &str, expected: &str) {
        self.report(Diagnostic::error("invalid-value", problem).at(span, format!("expected {expected}")));
    }

    pub fn string<'n>(&mut self, node: &'n Node, expected: &str) -> Option<&'n str> {
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, expected);
        }
        text
    }

    pub fn table<'n>(&mut self, node: &'n Node, expected: &str) -> Option<&'n NodeTable> {
        let table = node.as_table();
        if table.is_none() {
            self.no_table(node, expected);
        }
        table
    }

    /// Reads a declared table: its known keys by their shapes, the others as errors with the nearest known key.
    pub fn declared<T: Table>(&mut self, node: &Node) -> Option<T> {
        let entries = self.table(node, T::TITLE)?;
        let mut table = T::default();
        let mut misspelt = Vec::new();
        for (name, entry) in entries {
            if !table.read_key(name, &entry.node, self) {
                misspelt.extend(self.unknown_key::<T>(name, entry));
            }
        }
        for key in T::required() {
            if !entries.contains_key(*key) && !misspelt.contains(key) {
                self.missing_key::<T>(node.span, key);
            }
        }
        for key in misspelt {
            table.mark_unread(key);
        }
        Some(table)
    }

    pub fn value<T: Shape>(&mut self, node: &Node) -> Option<Spanned<T>> {
        Spanned::read(node, self)
    }

    /// A word that is none of those known here.
    pub fn unknown_word(&mut self, node: &Node, word: &str, known: &'static [&'static str]) {
        let expected = format!("one of {}", quoted_list(known.iter().copied()));
        let diagnostic = Diagnostic::error("invalid-value", format!("`{word}` is not {expected}"))
            .at(node.span, format!("expected {expected}"));
        self.report(match nearest(word, known.iter().copied()) {
            Some(near) => {
                diagnostic.help_replace(format!("did you mean `{near}`?"), node.span, format!("\"{near}\""))
            }
            None => diagnostic,
        });
    }

    /// Reports an unknown key; the answer is the known one that it most likely stands for.
    fn unknown_key<T: Table>(&mut self, name: &str, entry: &Entry) -> Option<&'static str> {
        let keys = T::keys();
        let known = || keys.iter().map(|key| key.name);
        let translated = keys.iter().find(|key| key.elsewhere.contains(&name)).map(|key| key.name);
        let near = translated.or_else(|| nearest(name, known()));
        let diagnostic = Diagnostic::error("unknown-key", format!("{} has no key `{name}`", T::TITLE))
            .at(entry.key, "unknown key");
        self.report(match near {
            Some(near) if translated.is_some() => {
                diagnostic.help_replace(format!("it is called `{near}` here"), entry.key, near)
            }
            Some(near) => diagnostic.help_replace(format!("did you mean `{near}`?"), entry.key, near),
            None => diagnostic.help(format!("the keys known here are {}", quoted_list(known()))),
        });
        near
    }

    fn missing_key<T: Table>(&mut self, span: Span, key: &str) {
        self.report(
            Diagnostic::error("missing-key", format!("{} needs the key `{key}`", T::TITLE))
                .at(span, format!("`{key}` is missing here")),
        );
    }
}

/// Whoever wrote a longer name did not mistype a shorter one, and to compare two takes as long as one times the other.
const LONGEST_COMPARED: usize = 100;

/// The known name that the user most likely meant, if any is near.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_COMPARED {
        return None;
    }
    // Letters of another case are no difference: `get` is nearer to `GET` than to `PUT`.
    let name = name.to_lowercase();
    let length = name.chars().count();
    let letters = letters(&name);
    known
        .into_iter()
        .filter_map(|candidate| {
            // Of one or two letters, every other name is one change away: what is meant has the same letters.
            let longest = name.len().max(candidate.len());
            let is_turned = longest == 2 && letters == self::letters(candidate);
            let most = if longest <= 2 && !is_turned { 0 } else { 1.max(longest / 3) };
            // The distance is no less than the difference in length, which is far cheaper to see, nor than half of the letters
            // that only one of the two has.
            let is_far = length.abs_diff(candidate.chars().count()) > most
                || candidate.is_ascii()
                    && (letters ^ self::letters(candidate)).count_ones() as usize > 2 * most;
            if candidate.len() > LONGEST_COMPARED || is_far {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&name, &candidate.to_lowercase());
            (distance <= most).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Which letters a text has, whatever their case: a bit for each, some of which stand for several.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| letters | 1 << (byte.to_ascii_lowercase() % 64))
}

/// Names for a message: `` `a`, `b` and `c` ``.
pub fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
