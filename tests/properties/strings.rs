//! Strings that formats trip over.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::tricky::TRICKY;

/// Any text of what the source lets through: control characters are refused there.
pub fn text() -> BoxedStrategy<String> {
    let piece =
        prop_oneof![4 => select(TRICKY).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    let is_taken =
        |text: &String| !text.chars().any(|found| found.is_control() && !matches!(found, '\n' | '\t'));
    vec(piece, 1..6).prop_map(|pieces| pieces.concat()).prop_filter("refused by the source", is_taken).boxed()
}

/// As [`text`], in one line and without what refers to the stack.
pub fn plain() -> BoxedStrategy<String> {
    text().prop_map(|text| text.replace(['\n', '\t'], " ").replace('{', "")).boxed()
}
