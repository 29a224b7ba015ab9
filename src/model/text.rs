//! Text that may hold secrets: their names, never their values.

use std::collections::BTreeSet;

/// A string in parts. How a secret is referred to is for each output format to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Literal(String),
    /// The name of a secret.
    Secret(String),
}

impl Text {
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Literal(text.into())] }
    }

    #[must_use]
    pub fn secret(name: impl Into<String>) -> Self {
        Self { parts: vec![Part::Secret(name.into())] }
    }

    pub fn append(&mut self, other: Text) {
        // As most texts are of one part, and there are many: a list that grows has room for four.
        if self.parts.is_empty() {
            *self = other;
            return;
        }
        for part in other.parts {
            match (self.parts.last_mut(), part) {
                (Some(Part::Literal(last)), Part::Literal(more)) => last.push_str(&more),
                (_, part) => self.parts.push(part),
            }
        }
    }

    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The names of the secrets in it.
    #[must_use]
    pub fn secrets(&self) -> BTreeSet<&str> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Secret(name) => Some(name.as_str()),
                Part::Literal(_) => None,
            })
            .collect()
    }

    /// The whole string, where it holds no secret.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The string with each secret written in a form of the caller's own.
    #[must_use]
    pub fn write(&self, literal: impl Fn(&str) -> String, secret: impl Fn(&str) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => literal(text),
                Part::Secret(name) => secret(name),
            })
            .collect()
    }
}
