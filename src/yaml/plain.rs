//! The YAML that templates write, read fast: blocks of keys and items, JSON behind them, and words that no reader takes for anything
//! else. Whatever is more than that, or wrong, is left to the reader of all YAML.

use std::borrow::Cow;

use super::value::{Entry, Value};

/// How deep tables and lists may lie in one another here.
const DEPTH: usize = 64;

/// What some reader of YAML takes for a truth value or for nothing.
const AMBIGUOUS: [&str; 12] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];

/// The document that every reader sees in a text; none where that takes a reader of all YAML to tell.
pub fn read(text: &str) -> Option<Value<'_>> {
    let is_plain = |found: char| match found {
        ' '..='~' | '\n' => true,
        '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => false,
        found => found >= '\u{A0}',
    };
    if !text.chars().all(is_plain) {
        return None;
    }
    let mut lines = Lines { rest: text, current: None };
    lines.advance();
    let first = lines.current?;
    let document = block(&mut lines, first.indent, DEPTH)?;
    lines.current.is_none().then_some(document)
}

/// A line that says something.
#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    /// Without the spaces around it.
    text: &'t str,
}

impl Line<'_> {
    /// What stands behind the dash of an item, as a line of its own.
    fn item(self) -> Option<Self> {
        let behind = self.text.strip_prefix('-')?;
        let text = behind.trim_start_matches(' ');
        let is_item = text.is_empty() || behind.len() > text.len();
        is_item.then(|| Self { indent: self.indent + 1 + behind.len() - text.len(), text })
    }
}

struct Lines<'t> {
    rest: &'t str,
    current: Option<Line<'t>>,
}

impl Lines<'_> {
    /// Goes on to the next line that is neither empty nor a comment.
    fn advance(&mut self) {
        self.current = None;
        while self.current.is_none() && !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            self.rest = rest;
            let text = line.trim_start_matches(' ');
            if !text.is_empty() && !text.starts_with('#') {
                self.current =
                    Some(Line { indent: line.len() - text.len(), text: text.trim_end_matches(' ') });
            }
        }
    }
}

/// Whatever begins in the current line, which is set in this far.
fn block<'t>(lines: &mut Lines<'t>, indent: usize, depth: usize) -> Option<Value<'t>> {
    let line = lines.current?;
    let depth = depth.checked_sub(1)?;
    if line.item().is_some() {
        return list(lines, indent, depth);
    }
    if key(line.text).is_some() {
        return table(lines, indent, depth);
    }
    lines.advance();
    value(line.text)
}

fn list<'t>(lines: &mut Lines<'t>, indent: usize, depth: usize) -> Option<Value<'t>> {
    let mut items = Vec::new();
    while let Some(line) = lines.current.filter(|line| line.indent == indent) {
        // At the level of a key, what follows its items is the next key.
        let Some(inner) = line.item() else { break };
        if inner.text.is_empty() {
            return None;
        }
        lines.current = Some(inner);
        items.push(block(lines, inner.indent, depth)?);
    }
    Some(Value::List(items))
}

fn table<'t>(lines: &mut Lines<'t>, indent: usize, depth: usize) -> Option<Value<'t>> {
    let mut entries: Vec<Entry<'t>> = Vec::new();
    while let Some(line) = lines.current.filter(|line| line.indent == indent) {
        let (name, behind) = key(line.text)?;
        lines.advance();
        let value = match lines.current {
            _ if !behind.is_empty() => value(behind)?,
            Some(next) if next.indent > indent => block(lines, next.indent, depth)?,
            Some(next) if next.indent == indent && next.item().is_some() => list(lines, indent, depth)?,
            _ => Value::Null,
        };
        entries.push((name, value));
    }
    // A line that is set in further than this table belongs to nothing that is read here.
    let ends_here = lines.current.is_none_or(|line| line.indent < indent);
    ends_here.then(|| Value::table(entries))?
}

/// The key that a line begins with, and what stands behind its colon.
fn key(line: &str) -> Option<(Cow<'_, str>, &str)> {
    let (name, behind) = if line.starts_with('"') {
        let mut flow = Flow { rest: line };
        (flow.string()?, flow.rest.strip_prefix(':')?)
    } else {
        let (name, behind) = line.split_once(':')?;
        (Cow::Borrowed(word(name)?), behind)
    };
    // A longer key is none to most readers (YAML 1.2, section 7.4.2).
    let is_short = line.len() - behind.len() <= 1024;
    let is_key = is_short && (behind.is_empty() || behind.starts_with(' '));
    is_key.then(|| (name, behind.trim_start_matches(' ')))
}

/// A string without quotes that is a string to every reader.
fn word(text: &str) -> Option<&str> {
    let is_word = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
        && !AMBIGUOUS.iter().any(|ambiguous| text.eq_ignore_ascii_case(ambiguous));
    is_word.then_some(text)
}

/// A value that takes the whole rest of its line.
fn value(text: &str) -> Option<Value<'_>> {
    if let Some(word) = word(text) {
        return Some(Value::Text(word.into()));
    }
    let mut flow = Flow { rest: text };
    let value = flow.value(DEPTH)?;
    let behind = flow.rest.trim_start_matches(' ');
    let is_comment = behind.starts_with('#') && behind.len() < flow.rest.len();
    (behind.is_empty() || is_comment).then_some(value)
}

/// JSON on one line.
struct Flow<'t> {
    rest: &'t str,
}

impl<'t> Flow<'t> {
    fn value(&mut self, depth: usize) -> Option<Value<'t>> {
        let depth = depth.checked_sub(1)?;
        match self.rest.as_bytes().first()? {
            b'"' => self.string().map(Value::Text),
            b'\'' => self.verbatim().map(|text| Value::Text(text.into())),
            b'[' => self.list(depth),
            b'{' => self.table(depth),
            _ => self.scalar(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value<'t>> {
        self.take("[")?;
        let mut items = Vec::new();
        if self.take("]").is_some() {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take("]").is_some() {
                return Some(Value::List(items));
            }
            self.take(", ")?;
        }
    }

    fn table(&mut self, depth: usize) -> Option<Value<'t>> {
        self.take("{")?;
        let mut entries: Vec<Entry<'t>> = Vec::new();
        if self.take("}").is_some() {
            return Some(Value::Table(entries));
        }
        loop {
            let name = self.string()?;
            self.take(": ")?;
            entries.push((name, self.value(depth)?));
            if self.take("}").is_some() {
                return Value::table(entries);
            }
            self.take(", ")?;
        }
    }

    /// A string between double quotes, with the escapes that mean the same in YAML as in JSON.
    fn string(&mut self) -> Option<Cow<'t, str>> {
        let mut rest = self.rest.strip_prefix('"')?;
        let mut string = String::new();
        loop {
            let (plain, special) = rest.split_at(rest.find(['"', '\\'])?);
            if let Some(behind) = special.strip_prefix('"') {
                self.rest = behind;
                let has_escapes = !string.is_empty();
                return Some(if has_escapes { Cow::Owned(string + plain) } else { Cow::Borrowed(plain) });
            }
            string.push_str(plain);
            let (character, length) = match special.as_bytes().get(1)? {
                b'"' => ('"', 2),
                b'\\' => ('\\', 2),
                b'n' => ('\n', 2),
                b't' => ('\t', 2),
                b'u' => {
                    let digits = special
                        .get(2..6)
                        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
                    (char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 6)
                }
                _ => return None,
            };
            string.push(character);
            rest = &special[length..];
        }
    }

    /// A string between single quotes that holds none.
    fn verbatim(&mut self) -> Option<&'t str> {
        let (string, behind) = self.rest.strip_prefix('\'')?.split_once('\'')?;
        self.rest = behind;
        (!behind.starts_with('\'')).then_some(string)
    }

    fn scalar(&mut self) -> Option<Value<'t>> {
        let (written, rest) = self.rest.split_at(self.rest.find([',', ']', '}']).unwrap_or(self.rest.len()));
        self.rest = rest;
        match written {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => {
                let digits = written.strip_prefix('-').unwrap_or(written);
                let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit())
                    && (1..=18).contains(&digits.len())
                    && !digits.starts_with('0');
                (is_whole || written == "0")
                    .then(|| written.parse::<i64>().ok().map(|number| Value::Number(number.into())))?
            }
        }
    }

    fn take(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::yaml::parse_any;

    #[test]
    fn what_templates_write_is_read_fast_and_as_by_the_reader_of_all_yaml() {
        for text in [
            include_str!("../../generated/docker-compose.yml"),
            include_str!("../../generated/kong/kong.yml"),
            include_str!("../../generated/agents/agents.yaml"),
        ] {
            assert_eq!(read(text).map(|found| found.to_json()), parse_any(text).ok());
            assert!(read(text).is_some());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn whatever_is_read_fast_is_what_the_reader_of_all_yaml_reads(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "b: ", "c:", "\"d\": ", "- ", "-", "\n", "\n", "\n  ", "\n    ", " ", ":", "\"", "\\n", "\\u0041",
                    "[", "]", "{", "}", ", ", "1", "0", "12", "-3", ".", "#", " # ", "true", "null", "~", "é", "---\n", "\n- ",
                    "\nkey: ", "\nlist:\n", "\n  - e: ", "\n    f: ", "{}", "[]", "[1, \"x\"]", "{\"g\": 2}", "|", "&", "*", "!", "?", "'", "'h'",
                ]),
                0..12,
            )
        ) {
            let text = pieces.concat();
            if let Some(document) = read(&text) {
                prop_assert_eq!(Some(document.to_json()), parse_any(&text).ok(), "{:?}", text);
            }
        }
    }
}
