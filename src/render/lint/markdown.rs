//! In Markdown a value is inline text: in the front matter, in code and in a link's destination other rules hold.

use super::tokens::{Token, is_number, last_filter, uses_filter};

/// Filters whose results are not escaped for inline text.
const RAW: [&str; 4] = ["json", "yaml", "verbatim", "mermaid"];

/// The faults of a template of a Markdown file, each with its line.
pub fn faults(tokens: &[(usize, Token<'_>)]) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    let mut place = Place::default();
    let mut outside = Vec::new();
    for (line, token) in tokens {
        match token {
            // What a macro or a block gives will stand elsewhere: in running text, unless it is refused there.
            Token::Tag(inner) => match token.tag_name() {
                Some("macro") => outside.push(std::mem::replace(&mut place, Place::in_text())),
                Some("set") if !inner.contains('=') => {
                    outside.push(std::mem::replace(&mut place, Place::in_text()))
                }
                Some("endmacro" | "endset") => place = outside.pop().unwrap_or_default(),
                _ => {}
            },
            Token::Text(text) => place.read(text),
            Token::Expression(inner) => {
                if let Some(problem) = place.problem(inner) {
                    faults.push((*line, problem));
                }
                place.line.push('x');
            }
        }
    }
    faults
}

/// Where the reading stands.
#[derive(Default)]
struct Place {
    /// The line up to here.
    line: String,
    started: bool,
    in_front_matter: bool,
    /// The fence that began the code block which this is in.
    fence: Option<String>,
}

impl Place {
    fn in_text() -> Self {
        Self { started: true, ..Self::default() }
    }

    fn read(&mut self, text: &str) {
        let mut lines = text.split('\n');
        self.line.push_str(lines.next().unwrap_or_default());
        for next in lines {
            self.end_line();
            self.line.push_str(next);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        if line == "---" && (!self.started || self.in_front_matter) {
            self.in_front_matter = !self.started;
        }
        self.started = true;
        let marker: String = line.chars().take_while(|found| matches!(found, '`' | '~')).collect();
        match &self.fence {
            Some(fence) if marker.starts_with(fence.as_str()) && marker == line => self.fence = None,
            None if marker.len() >= 3 => self.fence = Some(marker),
            _ => {}
        }
    }

    fn problem(&self, inner: &str) -> Option<String> {
        let filter = last_filter(inner);
        if is_number(inner) {
            return None;
        }
        let shown = format!("`{{{{ {inner} }}}}`");
        if self.in_front_matter {
            let fits = matches!(filter, Some("yaml" | "json"));
            return (!fits)
                .then(|| format!("{shown} stands in the front matter: write `{{{{ {inner}|yaml }}}}`"));
        }
        if self.fence.is_some() {
            let fits = filter.is_some_and(|filter| RAW.contains(&filter));
            return (!fits).then(|| {
                format!("{shown} stands in a code block: end it with `|verbatim`, or `|mermaid` for a label of a diagram")
            });
        }
        if uses_filter(inner, &RAW) {
            return Some(format!(
                "{shown} is for the front matter or a code block: write it with `|code`, or plain"
            ));
        }
        if self.line.matches('`').count() % 2 == 1 {
            return Some(format!(
                "{shown} stands between backticks: write `{{{{ {inner}|code }}}}` without them"
            ));
        }
        let in_link = self.line.rsplit_once("](").is_some_and(|(_, destination)| !destination.contains(')'));
        (in_link && filter != Some("link"))
            .then(|| format!("{shown} is where a link leads: write `{{{{ {inner}|link }}}}`"))
    }
}
