//! A lexer of POSIX shell, as far as quoting goes: whether a place is inside quotes, a here-document or a comment.

/// What a place in a script is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    SingleQuotes,
    DoubleQuotes,
    Backticks,
    /// `${…}`
    Parameter,
    /// `$(…)`, which is read like the script itself.
    Command,
    /// `(…)` inside `$(…)`.
    Group,
    /// `$((…))`
    Arithmetic,
    Comment,
    HereDocument,
}

impl Context {
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::SingleQuotes => "single quotes",
            Self::DoubleQuotes => "double quotes",
            Self::Backticks => "backticks",
            Self::Parameter => "`${…}`",
            Self::Command | Self::Group => "`$(…)`",
            Self::Arithmetic => "`$((…))`",
            Self::Comment => "a comment",
            Self::HereDocument => "a here-document",
        }
    }
}

/// Something that was opened, and where.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    pub context: Context,
    pub line: usize,
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.context == other.context
    }
}

/// Where a lexer stands. Two places are alike if what may come next is.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    open: Vec<Open>,
    /// Here-documents whose body begins at the next line.
    pending: Vec<HereDocument>,
}

#[derive(Debug, Clone, PartialEq)]
struct HereDocument {
    delimiter: String,
    strips_tabs: bool,
}

/// Reads a script piece by piece.
#[derive(Debug)]
pub struct Lexer {
    place: Place,
    line: usize,
    /// A `#` here begins a comment.
    at_word_start: bool,
    escaped: bool,
    /// The current line of a here-document.
    body_line: String,
}

impl Lexer {
    #[must_use]
    pub fn new() -> Self {
        let place = Place { open: Vec::new(), pending: Vec::new() };
        Self { place, line: 1, at_word_start: true, escaped: false, body_line: String::new() }
    }

    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The innermost thing that is open; none at the top of the script.
    #[must_use]
    pub fn inside(&self) -> Option<Open> {
        self.place.open.last().copied().or_else(|| {
            let at = Open { context: Context::HereDocument, line: self.line };
            (!self.place.pending.is_empty()).then_some(at)
        })
    }

    /// What is open at the end of the script, if that cannot be.
    #[must_use]
    pub fn unfinished(&self) -> Option<Open> {
        self.inside().filter(|open| open.context != Context::Comment)
    }

    /// Steps over something that is a part of a word.
    pub fn word_part(&mut self) {
        self.at_word_start = false;
        self.escaped = false;
    }

    /// Tells the lexer in which line the next text stands.
    pub fn set_line(&mut self, line: usize) {
        self.line = line;
    }

    pub fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(found) = rest.chars().next() {
            let length = self.step(found, rest);
            rest = &rest[length..];
        }
    }

    /// Reads what the rest of a text begins with, and says how many bytes that was.
    fn step(&mut self, found: char, rest: &str) -> usize {
        if found == '\n' {
            self.end_line();
            return 1;
        }
        if std::mem::take(&mut self.escaped) {
            self.at_word_start = false;
            return found.len_utf8();
        }
        let until = |ends: &[char]| rest.find(ends).unwrap_or(rest.len());
        match self.place.open.last().map(|open| open.context) {
            Some(Context::Comment) => until(&['\n']),
            Some(Context::HereDocument) => {
                let length = until(&['\n']);
                self.body_line.push_str(&rest[..length]);
                length
            }
            Some(Context::SingleQuotes) if found == '\'' => self.close(1),
            Some(Context::SingleQuotes) => until(&['\'', '\n']),
            Some(Context::Backticks) if found == '`' => self.close(1),
            Some(Context::DoubleQuotes) if found == '"' => self.close(1),
            Some(Context::Parameter) if found == '}' => self.close(1),
            Some(Context::Arithmetic) if rest.starts_with("))") => self.close(2),
            Some(Context::Command | Context::Group) if found == ')' => self.close(1),
            Some(Context::Backticks) if found != '\\' => found.len_utf8(),
            _ if found.is_ascii_alphanumeric() => {
                self.at_word_start = false;
                rest.bytes().take_while(u8::is_ascii_alphanumeric).count()
            }
            context => self.step_in_words(found, rest, context),
        }
    }

    fn step_in_words(&mut self, found: char, rest: &str, context: Option<Context>) -> usize {
        let at_word_start = std::mem::replace(&mut self.at_word_start, false);
        let reads_words = matches!(context, None | Some(Context::Command | Context::Group));
        match rest.as_bytes() {
            [b'\\', ..] => {
                self.escaped = true;
                1
            }
            [b'$', b'(', b'(', ..] => self.open(Context::Arithmetic, 3),
            [b'$', b'(', ..] => {
                let read = self.open(Context::Command, 2);
                self.at_word_start = true;
                read
            }
            [b'$', b'{', ..] => self.open(Context::Parameter, 2),
            [b'`', ..] => self.open(Context::Backticks, 1),
            [b'"', ..] => self.open(Context::DoubleQuotes, 1),
            // Between double quotes, and in `${…}` between them, a single quote is a character.
            [b'\'', ..] if self.quotes_single() => self.open(Context::SingleQuotes, 1),
            [b'#', ..] if at_word_start && reads_words => self.open(Context::Comment, 1),
            [b'<', b'<', ..] if reads_words => 2 + self.here_document(&rest[2..]),
            [b'(', ..] if matches!(context, Some(Context::Command | Context::Group)) => {
                let read = self.open(Context::Group, 1);
                self.at_word_start = true;
                read
            }
            _ => {
                self.at_word_start = found.is_whitespace() || matches!(found, ';' | '&' | '|' | '(' | ')');
                found.len_utf8()
            }
        }
    }

    fn quotes_single(&self) -> bool {
        let outer = self.place.open.iter().rev().find(|open| open.context != Context::Parameter);
        !outer.is_some_and(|open| matches!(open.context, Context::DoubleQuotes | Context::Arithmetic))
    }

    fn open(&mut self, context: Context, length: usize) -> usize {
        self.place.open.push(Open { context, line: self.line });
        length
    }

    fn close(&mut self, length: usize) -> usize {
        self.place.open.pop();
        self.at_word_start = false;
        length
    }

    /// Reads the delimiter of a here-document after its `<<`.
    fn here_document(&mut self, rest: &str) -> usize {
        let strips_tabs = rest.starts_with('-');
        let word = rest[usize::from(strips_tabs)..].trim_start_matches([' ', '\t']);
        let ends =
            |found: char| found.is_whitespace() || matches!(found, ';' | '&' | '|' | '<' | '>' | '(' | ')');
        let (word, tail) = word.split_at(word.find(ends).unwrap_or(word.len()));
        let delimiter = word.chars().filter(|found| !matches!(found, '\'' | '"' | '\\')).collect();
        self.place.pending.push(HereDocument { delimiter, strips_tabs });
        rest.len() - tail.len()
    }

    fn end_line(&mut self) {
        self.line += 1;
        match self.place.open.last().map(|open| open.context) {
            Some(Context::Comment) => {
                self.place.open.pop();
            }
            Some(Context::HereDocument) => self.end_body_line(),
            _ => {}
        }
        self.at_word_start = !std::mem::take(&mut self.escaped);
        let in_body = self.place.open.last().is_some_and(|open| open.context == Context::HereDocument);
        if !self.place.pending.is_empty() && !in_body && self.at_word_start {
            self.open(Context::HereDocument, 0);
        }
    }

    fn end_body_line(&mut self) {
        let line = std::mem::take(&mut self.body_line);
        let ends = self.place.pending.first().is_none_or(|document| {
            let line = if document.strips_tabs { line.trim_start_matches('\t') } else { &line };
            line == document.delimiter
        });
        if ends {
            self.place.open.pop();
            if !self.place.pending.is_empty() {
                self.place.pending.remove(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, Lexer};

    fn inside(script: &str) -> Option<Context> {
        let mut lexer = Lexer::new();
        lexer.read(script);
        lexer.inside().map(|open| open.context)
    }

    #[test]
    fn every_place_is_known_by_what_it_is_inside_of() {
        use Context::*;
        for (script, expected) in [
            ("echo ", None),
            ("echo 'a", Some(SingleQuotes)),
            ("echo \"a", Some(DoubleQuotes)),
            ("echo \"it's", Some(DoubleQuotes)),
            ("echo \"it's\" ", None),
            ("echo \\\" ", None),
            ("echo 'a\\' ", None),
            ("x=\"$(docker ps ", Some(Command)),
            ("x=\"$(docker ps 'a' \"b\")", Some(DoubleQuotes)),
            ("x=$(a (b) ", Some(Command)),
            ("x=`a ", Some(Backticks)),
            ("x=${a:-", Some(Parameter)),
            ("x=\"${a:-'", Some(Parameter)),
            ("x=$((1 + ", Some(Arithmetic)),
            ("x=$((1 + (2) )) ", None),
            ("# it's", Some(Comment)),
            ("# it's\n", None),
            ("echo $# a#b ", None),
            ("cat <<EOF\nit's ", Some(HereDocument)),
            ("cat <<'EOF' >x\na\nEOF\n", None),
            ("cat <<-EOF\na\n\tEOF\necho ", None),
            ("cat <<EOF\na\n EOF\necho ", Some(HereDocument)),
            ("case $x in a) echo 'b';; esac ", None),
        ] {
            assert_eq!(inside(script), expected, "{script:?}");
        }
    }
}
