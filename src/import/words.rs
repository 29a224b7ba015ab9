//! A command written as one string, taken apart into words as Compose does it.

/// The words; nothing where a quote is not closed.
#[must_use]
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(found) = characters.next() {
        match found {
            '\'' => loop {
                match characters.next()? {
                    '\'' => {
                        word.get_or_insert_default();
                        break;
                    }
                    inner => word.get_or_insert_default().push(inner),
                }
            },
            '"' => loop {
                match characters.next()? {
                    '"' => {
                        word.get_or_insert_default();
                        break;
                    }
                    '\\' => {
                        let next = characters.next()?;
                        let word = word.get_or_insert_default();
                        if !matches!(next, '"' | '\\' | '$' | '`') {
                            word.push('\\');
                        }
                        word.push(next);
                    }
                    inner => word.get_or_insert_default().push(inner),
                }
            },
            '\\' => word.get_or_insert_default().push(characters.next()?),
            found if found.is_whitespace() => words.extend(word.take()),
            found => word.get_or_insert_default().push(found),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_and_backslashes_hold_words_together() {
        let found = words(r#"sh -c 'echo "$A"' "a \"b\" \n" c\ d ''"#).unwrap();
        assert_eq!(found, ["sh", "-c", "echo \"$A\"", "a \"b\" \\n", "c d", ""]);
        assert_eq!(words("echo 'open"), None);
    }
}
