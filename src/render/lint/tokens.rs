//! A template in pieces: text, expressions and tags, each with its line.

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Text(&'a str),
    /// What stands between `{{` and `}}`.
    Expression(&'a str),
    /// What stands between `{%` and `%}`.
    Tag(&'a str),
}

impl Token<'_> {
    /// The first word of a tag: `if`, `endif`.
    #[must_use]
    pub fn tag_name(&self) -> Option<&str> {
        match self {
            Self::Tag(inner) => inner.split_whitespace().next(),
            _ => None,
        }
    }
}

/// Every piece with the line it begins in, from 1, as the engine sees them: without comments, without the white space
/// that `-` takes away and the line break that a tag does, and with the inside of `{% raw %}` as text.
#[must_use]
pub fn tokens(template: &str) -> Vec<(usize, Token<'_>)> {
    let mut tokens = Vec::new();
    let mut rest = template;
    let mut line = 1;
    let mut before = "";
    while !rest.is_empty() {
        let (token, length) = next(rest);
        let (piece, tail) = rest.split_at(length);
        match token {
            Some(Token::Text(text)) => tokens.push((line, Token::Text(trimmed(text, before, tail)))),
            Some(token) => tokens.push((line, token)),
            None => {}
        }
        line += piece.matches('\n').count();
        before = piece;
        rest = tail;
        if token.is_some_and(|token| token.tag_name() == Some("raw")) {
            let length = ["{% endraw", "{%- endraw"]
                .iter()
                .filter_map(|end| rest.find(end))
                .min()
                .unwrap_or(rest.len());
            let (raw, tail) = rest.split_at(length);
            tokens.push((line, Token::Text(trimmed(raw, before, tail))));
            line += raw.matches('\n').count();
            rest = tail;
        }
    }
    tokens
}

/// The longest expression or tag of a template: the line that it begins in, and its length in bytes. One that is never closed goes on to the end.
#[must_use]
pub fn longest_code(template: &str) -> Option<(usize, usize)> {
    let code = tokens(template).into_iter().filter_map(|(line, token)| match token {
        Token::Expression(inner) | Token::Tag(inner) => Some((line, inner.len())),
        Token::Text(_) => None,
    });
    code.max_by_key(|(_, length)| *length)
}

/// What is left of a text between the pieces before and after it.
fn trimmed<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let text = if before.ends_with("-%}") || before.ends_with("-}}") || before.ends_with("-#}") {
        text.trim_start()
    } else if (before.ends_with("%}") || before.ends_with("#}")) && !before.ends_with("+%}") {
        text.strip_prefix('\n').unwrap_or(text)
    } else {
        text
    };
    let takes_away = ["{{-", "{%-", "{#-"].iter().any(|open| after.starts_with(open));
    if takes_away { text.trim_end() } else { text }
}

/// What a text begins with, and its length in bytes; no token for a comment.
fn next(text: &str) -> (Option<Token<'_>>, usize) {
    let inner = |end: usize| text[2..end].trim_matches(['-', '+']).trim();
    if text.starts_with("{{") {
        let end = end_of_code(text, "}}");
        return (Some(Token::Expression(inner(end))), (end + 2).min(text.len()));
    }
    if text.starts_with("{%") {
        let end = end_of_code(text, "%}");
        return (Some(Token::Tag(inner(end))), (end + 2).min(text.len()));
    }
    if text.starts_with("{#") {
        let end = text.find("#}").map_or(text.len(), |found| found + 2);
        return (None, end);
    }
    let end = next_opening(text).unwrap_or(text.len());
    (Some(Token::Text(&text[..end])), end)
}

/// Where the next expression, tag or comment begins. One search for all three: each on its own would look through the whole
/// template again from every piece.
fn next_opening(text: &str) -> Option<usize> {
    text.match_indices('{')
        .map(|(at, _)| at)
        .find(|at| matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%' | b'#')))
}

/// Where code ends: at the first `end` outside its strings. The engine has found that there is one.
fn end_of_code(text: &str, end: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, found) in text.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if found == '\\' => escaped = true,
            Some(open) if found == open => quote = None,
            None if matches!(found, '"' | '\'') => quote = Some(found),
            None if text[at..].starts_with(end) => return at,
            Some(_) | None => {}
        }
    }
    text.len()
}

/// The last filter of an expression: `json` of `service.ports | json`.
#[must_use]
pub fn last_filter(expression: &str) -> Option<&str> {
    let (_, filter) = expression.rsplit_once('|')?;
    let filter = filter.trim();
    let name = filter.split('(').next().unwrap_or(filter).trim();
    // An `else` or an operator after it makes another value of it.
    let is_all = filter.len() == name.len() || filter.ends_with(')');
    (is_all && name.chars().all(|found| found.is_alphanumeric() || found == '_')).then_some(name)
}

/// Whether an expression uses a filter anywhere.
#[must_use]
pub fn uses_filter(expression: &str, filters: &[&str]) -> bool {
    expression.split('|').skip(1).any(|rest| {
        let name = rest.trim_start().split(|found: char| !found.is_alphanumeric() && found != '_').next();
        name.is_some_and(|name| filters.contains(&name))
    })
}

/// Whether an expression can only be a number: no format has to quote it, so it may stand anywhere.
#[must_use]
pub fn is_number(expression: &str) -> bool {
    matches!(last_filter(expression), Some("int" | "length" | "count" | "abs" | "round"))
        || matches!(expression, "loop.index" | "loop.index0")
}

#[cfg(test)]
mod tests {
    use super::{Token, last_filter, tokens};

    #[test]
    fn a_template_comes_apart_into_text_expressions_and_tags_with_their_lines() {
        let found =
            tokens("a\n{%- if x -%}\n{{ '}}' ~ \"{%\" }}{# {{ no }}\n #}b{% raw %}{{ c }}{% endraw %}");
        assert_eq!(
            found,
            [
                (1, Token::Text("a")),
                (2, Token::Tag("if x")),
                (2, Token::Text("")),
                (3, Token::Expression("'}}' ~ \"{%\"")),
                (4, Token::Text("b")),
                (4, Token::Tag("raw")),
                (4, Token::Text("{{ c }}")),
                (4, Token::Tag("endraw")),
            ]
        );
    }

    #[test]
    fn the_last_filter_is_the_one_that_decides() {
        assert_eq!(last_filter("a|b|json"), Some("json"));
        assert_eq!(last_filter("a | from(output.folder)"), Some("from"));
        assert_eq!(last_filter("a|json if b else c"), None);
        assert_eq!(last_filter("a|int ~ b"), None);
        assert_eq!(last_filter("a"), None);
    }
}
