//! In a shell script a value is a word of its own, quotes and all: inside other quotes, its quotes would end those.

use super::tokens::{Token, is_number};
use crate::render::shell::{Context, Lexer, Place};

/// The faults of a template of a shell script, each with its line.
pub fn faults(tokens: &[(usize, Token<'_>)]) -> Vec<(usize, String)> {
    let mut reading = Reading { lexer: Lexer::new(), blocks: Vec::new(), faults: Vec::new() };
    for (line, token) in tokens {
        reading.lexer.set_line(*line);
        reading.read(*line, *token);
    }
    if let Some(open) = reading.lexer.unfinished() {
        reading.faults.push((open.line, format!("{} that begin here never end", open.context.described())));
    }
    reading.faults
}

struct Reading {
    lexer: Lexer,
    /// Where the lexer stood at the beginning of each block that is open.
    blocks: Vec<Place>,
    faults: Vec<(usize, String)>,
}

impl Reading {
    fn read(&mut self, line: usize, token: Token<'_>) {
        match token {
            Token::Text(text) => self.lexer.read(text),
            Token::Expression(inner) => {
                if !is_number(inner) {
                    self.check_place(line, &format!("`{{{{ {inner} }}}}`"));
                }
                self.lexer.word_part();
            }
            Token::Tag(inner) => self.read_tag(line, inner, token.tag_name().unwrap_or_default()),
        }
    }

    fn check_place(&mut self, line: usize, what: &str) {
        let Some(open) = self.lexer.inside() else { return };
        let way_out = match open.context {
            Context::Comment | Context::Command | Context::Group => return,
            Context::SingleQuotes => "end the quotes before it, as in `'text '{{ x }}' text'`",
            Context::DoubleQuotes => "end the quotes before it, as in `\"text \"{{ x }}\" text\"`",
            Context::Backticks => "use `$(…)` instead",
            Context::Parameter | Context::Arithmetic | Context::HereDocument => {
                "give the value to a variable first, and use that here"
            }
        };
        self.faults.push((line, format!("{what} stands inside {}: {way_out}", open.context.described())));
    }

    fn read_tag(&mut self, line: usize, inner: &str, name: &str) {
        match name {
            "include" | "import" | "extends" => self.check_place(line, &format!("`{{% {inner} %}}`")),
            "set" if inner.contains('=') => {}
            "if" | "for" | "macro" | "set" | "call" | "filter" | "block" | "with" | "autoescape" => {
                self.blocks.push(self.lexer.place().clone());
            }
            "else" | "elif" => self.check_block(line, self.blocks.last().cloned()),
            name if name.starts_with("end") && name != "endraw" => {
                let began = self.blocks.pop();
                self.check_block(line, began);
            }
            _ => {}
        }
    }

    /// Whatever a block is rendered to, the quoting after it must be that before it.
    fn check_block(&mut self, line: usize, began: Option<Place>) {
        if began.is_some_and(|began| began != *self.lexer.place()) {
            self.faults.push((
                line,
                "the block that ends here opens quotes that it does not close, or closes others".into(),
            ));
        }
    }
}
