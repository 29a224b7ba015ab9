//! Shell scripts: complete, and with every variable that a value may bring along.

use super::{Finding, line_of};
use crate::render::escape::NEWLINE;
use crate::render::shell::Lexer;

/// The definition of the variable that values with line breaks use.
const DEFINITION: &str = "\nnewline='\n'\n";

pub fn check(text: &str) -> Result<(), Finding> {
    if !text.starts_with("#!") {
        return Err(Finding::new(1, "a script must begin with `#!`, as in `#!/bin/sh`"));
    }
    if text.lines().skip(1).all(|line| line.trim().is_empty()) {
        return Err(Finding::new(1, "the script does nothing"));
    }
    let mut lexer = Lexer::new();
    lexer.read(text);
    if let Some(open) = lexer.unfinished() {
        return Err(Finding::new(
            open.line,
            format!("{} that begin here never end", open.context.described()),
        ));
    }
    match (text.find(NEWLINE), text.find(DEFINITION)) {
        (Some(used), defined) if defined.is_none_or(|defined| defined > used) => Err(Finding::new(
            line_of(text, used),
            "a value here has a line break, and the script does not define `newline` before it: `newline='`, a line break, `'`",
        )),
        _ => Ok(()),
    }
}
