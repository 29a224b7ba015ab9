//! What an editor can ask.

/// Questions about a place, with those about the whole file among them.
pub const QUESTIONS: &[&str] = &[
    "completion",
    "hover",
    "definition",
    "references",
    "prepareRename",
    "rename",
    "codeAction",
    "documentSymbol",
];
