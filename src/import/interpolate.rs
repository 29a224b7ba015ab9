//! Variables in a Compose file: `$NAME`, `${NAME}`, `${NAME:-default}` and their relatives.

use indexmap::IndexMap;

use crate::source::limits::{IMPORTED_DEPTH, IMPORTED_SIZE};

/// What `.env` says, by name.
pub type Variables = IndexMap<String, String>;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// With `$$` already one.
    Literal(String),
    Variable(Reference),
}

/// A variable, and what holds where it is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// `:-`, `-`, `:?`, `?`, `:+`, `+`, or nothing.
    pub operator: String,
    pub argument: String,
}

/// How many bytes are gone through in search of the ends of variables in one text: those in one another are gone through again.
const MOST_SCANNED: usize = 1024 * 1024;

/// The pieces of a text. What Compose would refuse stays as it is.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let mut scanned = 0;
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let found = if let Some(after) = after.strip_prefix('$') {
            literal.push('$');
            rest = after;
            continue;
        } else if let Some(inner) = after.strip_prefix('{') {
            // Without an end, Compose refuses the text. What follows is not looked at, or each brace would be looked for to the end.
            let end = closing(inner).filter(|_| scanned < MOST_SCANNED);
            let Some(end) = end else {
                rest = &rest[at..];
                break;
            };
            scanned += end;
            reference(&inner[..end]).map(|reference| (reference, &inner[end + 1..]))
        } else {
            let end = after.find(|found: char| !is_name_part(found)).unwrap_or(after.len());
            let is_name = after.starts_with(|found: char| found.is_ascii_alphabetic() || found == '_');
            is_name.then(|| (bare(&after[..end]), &after[end..]))
        };
        let Some((reference, tail)) = found else {
            literal.push('$');
            rest = after;
            continue;
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Variable(reference));
        rest = tail;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// Whether Compose would put something else in its place.
#[must_use]
pub fn has_variables(text: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Variable(_)))
}

/// The text with every variable worked in. What is not set is empty, and told to `unset`.
#[must_use]
pub fn interpolated(text: &str, variables: &Variables, unset: &mut dyn FnMut(&Reference)) -> String {
    at_depth(text, variables, unset, 0)
}

fn at_depth(text: &str, variables: &Variables, unset: &mut dyn FnMut(&Reference), depth: usize) -> String {
    // A default of a default of a default: nobody means that, and the call stack ends.
    if depth > IMPORTED_DEPTH.most || !text.contains('$') {
        return text.to_owned();
    }
    pieces(text)
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Variable(reference) => value(reference, variables, unset, depth),
        })
        .collect()
}

/// How long the text is at most with every variable worked in.
#[must_use]
pub fn expanded_length(text: &str, variables: &Variables) -> usize {
    let length = |name: &str| variables.get(name).map_or(0, String::len);
    let names = text.split('$').skip(1).map(|rest| rest.trim_start_matches('{'));
    let names = names.map(|rest| &rest[..rest.find(|found| !is_name_part(found)).unwrap_or(rest.len())]);
    text.len() + names.map(length).sum::<usize>()
}

fn value(
    reference: &Reference,
    variables: &Variables,
    unset: &mut dyn FnMut(&Reference),
    depth: usize,
) -> String {
    let set = variables.get(&reference.name);
    let full = set.filter(|value| !value.is_empty());
    let otherwise = || at_depth(&reference.argument, variables, &mut |_| {}, depth + 1);
    match reference.operator.as_str() {
        ":-" => full.cloned().unwrap_or_else(otherwise),
        "-" => set.cloned().unwrap_or_else(otherwise),
        ":+" => full.map(|_| otherwise()).unwrap_or_default(),
        "+" => set.map(|_| otherwise()).unwrap_or_default(),
        _ => set.cloned().unwrap_or_else(|| {
            unset(reference);
            String::new()
        }),
    }
}

fn is_name_part(found: char) -> bool {
    found.is_ascii_alphanumeric() || found == '_'
}

/// Where the brace that was opened before the text is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, found) in text.char_indices() {
        match found {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn bare(name: &str) -> Reference {
    Reference { name: name.to_owned(), operator: String::new(), argument: String::new() }
}

fn reference(inner: &str) -> Option<Reference> {
    let end = inner.find(|found: char| !is_name_part(found)).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if name.is_empty() {
        return None;
    }
    let operator =
        [":-", ":?", ":+", "-", "?", "+", ""].into_iter().find(|operator| rest.starts_with(operator))?;
    let argument = &rest[operator.len()..];
    if operator.is_empty() && !argument.is_empty() {
        return None;
    }
    Some(Reference { name: name.to_owned(), operator: operator.to_owned(), argument: argument.to_owned() })
}

/// The variables of a `.env` file.
#[must_use]
pub fn variables(text: &str) -> Variables {
    let mut variables = Variables::new();
    let mut room = IMPORTED_SIZE.bytes();
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        // Each line can hold several times the one before it: what would not fit into a file stays as it is written.
        let value = match room.checked_sub(expanded_length(value, &variables) as u64) {
            Some(left) => {
                room = left;
                unquoted(value.trim(), &variables)
            }
            None => value.to_owned(),
        };
        variables.insert(name.trim().to_owned(), value);
    }
    variables
}

fn unquoted(value: &str, before: &Variables) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) {
        return inner.0.to_owned();
    }
    let inner = match value.strip_prefix('"').and_then(|rest| rest.rsplit_once('"')) {
        Some((inner, _)) => inner.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    };
    interpolated(&inner, before, &mut |_| {})
}

#[cfg(test)]
mod tests {
    use super::{Variables, has_variables, interpolated, variables};

    #[test]
    fn every_form_of_a_variable_is_worked_in() {
        let known: Variables =
            variables("A=1\nEMPTY=\nexport B=\"two words\" # not this\nC='$A'\nD=$A\n# E=5\n");
        for (text, expected) in [
            ("$A-${A}", "1-1"),
            ("${X:-a${A}b}", "a1b"),
            ("${EMPTY:-full}${EMPTY-x}", "full"),
            ("${A:+set}${X:+unset}", "set"),
            ("$$A $${A}", "$A ${A}"),
            ("${B} ${C} ${D}", "two words $A 1"),
            ("100$ ${", "100$ ${"),
            ("${A:?why}", "1"),
        ] {
            assert_eq!(interpolated(text, &known, &mut |_| {}), expected, "{text}");
        }
        assert!(!has_variables("$$A costs 5$"));
        let mut unset = Vec::new();
        assert_eq!(interpolated("a${E}", &known, &mut |found| unset.push(found.name.clone())), "a");
        assert_eq!(unset, ["E"]);
    }
}
