//! The diff of a file that was edited by hand and that the stack wants differently: both changes beside each other, each from
//! the text that stackgen left there.
//!
//! It looks like git's combined diff, turned round: there two parents become one text, here one text, the recorded one, becomes two.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use camino::Utf8Path;
use similar::{ChangeTag, DiffTag};

use super::contents::with_lf;
use super::lines::{CONTEXT, lines, operations, push_line, range};

/// How to read the two columns.
const LEGEND: &str = "`- ` `+ ` by hand, ` -` ` +` by the stack, `--` `++` the same by both";

/// What was done by hand (recorded to on disk, the first column) beside what the stack does (recorded to wanted, the second).
///
/// A header that names the three sides, then hunks; each hunk says who changed what in it. Line ends that a checkout turned to CRLF
/// do not count. Nothing where one of the three is not UTF-8.
#[must_use]
pub fn three_way(path: &Utf8Path, recorded: &[u8], on_disk: &[u8], wanted: &[u8]) -> Option<String> {
    let [recorded, on_disk, wanted] = [recorded, on_disk, wanted].map(with_lf);
    let combined = combined(
        &lines(std::str::from_utf8(&recorded).ok()?),
        &lines(std::str::from_utf8(&on_disk).ok()?),
        &lines(std::str::from_utf8(&wanted).ok()?),
    );
    let mut text = format!(
        "--- {path} (recorded: as stackgen left it)\n\
         +++ {path} (on disk, first column: edited by hand)\n\
         +++ {path} (wanted, second column: by the stack)\n\
         {LEGEND}\n"
    );
    push_hunks(&mut text, &combined, CONTEXT);
    Some(text)
}

/// A line of any of the three texts, and what each side has done about it.
struct Line {
    text: String,
    by_hand: Mark,
    by_stack: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Left,
    Deleted,
    Added,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Self::Left => ' ',
            Self::Deleted => '-',
            Self::Added => '+',
        }
    }
}

impl Line {
    fn is_changed(&self) -> bool {
        (self.by_hand, self.by_stack) != (Mark::Left, Mark::Left)
    }

    /// Whether the line is in the recorded text, on the disk, and in the wanted text.
    fn presence(&self) -> [bool; 3] {
        let is_in = |own, other| own == Mark::Added || (own == Mark::Left && other != Mark::Added);
        let is_recorded = self.by_hand != Mark::Added && self.by_stack != Mark::Added;
        [is_recorded, is_in(self.by_hand, self.by_stack), is_in(self.by_stack, self.by_hand)]
    }
}

/// Every line of the three texts once, in an order that is right for each of them.
fn combined(recorded: &[&str], on_disk: &[&str], wanted: &[&str]) -> Vec<Line> {
    let (mut hand, mut stack) = (runs(recorded, on_disk), runs(recorded, wanted));
    bring_together(&mut hand, &mut stack);
    let (hand, stack) = (Side::new(&hand, recorded.len()), Side::new(&stack, recorded.len()));
    let mut combined = Vec::new();
    for at in 0..=recorded.len() {
        push_added(&mut combined, hand.added_before(at), stack.added_before(at));
        if let Some(text) = recorded.get(at) {
            let mark = |side: &Side<'_>| if side.deleted[at] { Mark::Deleted } else { Mark::Left };
            let text = (*text).to_owned();
            combined.push(Line { text, by_hand: mark(&hand), by_stack: mark(&stack) });
        }
    }
    combined
}

/// Recorded lines that one side replaced by others; one of the two may be none.
struct Run<'a> {
    deleted: Range<usize>,
    added: &'a [&'a str],
    /// The recorded line before which the added ones are shown: any from the first deleted one to the one after the last is right.
    place: usize,
    is_placed: bool,
}

fn runs<'a>(recorded: &[&str], side: &'a [&'a str]) -> Vec<Run<'a>> {
    let changes =
        operations(recorded, side).into_iter().filter(|operation| operation.tag() != DiffTag::Equal);
    changes
        .map(|operation| {
            let deleted = operation.old_range();
            let place = deleted.end;
            Run { deleted, added: &side[operation.new_range()], place, is_placed: false }
        })
        .collect()
}

/// Where both sides put the same line in place of recorded lines that overlap, shows what they added at one place, so that the line
/// is seen to be the same.
fn bring_together(hand: &mut [Run<'_>], stack: &mut [Run<'_>]) {
    let (mut left, mut right) = (0, 0);
    while let (Some(ours), Some(theirs)) = (hand.get_mut(left), stack.get_mut(right)) {
        let first = ours.deleted.start.max(theirs.deleted.start);
        let last = ours.deleted.end.min(theirs.deleted.end);
        if first <= last && !ours.is_placed && !theirs.is_placed && share_a_line(ours.added, theirs.added) {
            (ours.place, ours.is_placed) = (last, true);
            (theirs.place, theirs.is_placed) = (last, true);
        }
        if ours.deleted.end <= theirs.deleted.end {
            left += 1;
        } else {
            right += 1;
        }
    }
}

fn share_a_line(left: &[&str], right: &[&str]) -> bool {
    let right: BTreeSet<_> = right.iter().filter(|line| !line.trim().is_empty()).collect();
    left.iter().any(|line| right.contains(line))
}

/// What one side did, by recorded line.
struct Side<'a> {
    deleted: Vec<bool>,
    added: BTreeMap<usize, Vec<&'a str>>,
}

impl<'a> Side<'a> {
    fn new(runs: &[Run<'a>], recorded: usize) -> Self {
        let mut side = Self { deleted: vec![false; recorded], added: BTreeMap::new() };
        for run in runs {
            side.deleted[run.deleted.clone()].fill(true);
            side.added.entry(run.place).or_default().extend(run.added);
        }
        side
    }

    fn added_before(&self, line: usize) -> &[&'a str] {
        self.added.get(&line).map_or(&[], Vec::as_slice)
    }
}

/// Lines that were added at one place: what both sides added is one line.
fn push_added(combined: &mut Vec<Line>, hand: &[&str], stack: &[&str]) {
    for operation in operations(hand, stack) {
        combined.extend(operation.iter_changes(hand, stack).map(|change| {
            let (by_hand, by_stack) = match change.tag() {
                ChangeTag::Equal => (Mark::Added, Mark::Added),
                ChangeTag::Delete => (Mark::Added, Mark::Left),
                ChangeTag::Insert => (Mark::Left, Mark::Added),
            };
            Line { text: change.value().to_owned(), by_hand, by_stack }
        }));
    }
}

fn push_hunks(text: &mut String, combined: &[Line], context: usize) {
    // How many lines of each text lie above the hunk.
    let mut above = [0; 3];
    let mut done = 0;
    for hunk in hunks(combined, context) {
        advance(&mut above, &combined[done..hunk.start]);
        let within = &combined[hunk.clone()];
        let mut below = above;
        advance(&mut below, within);
        let [recorded, on_disk, wanted] = [0, 1, 2].map(|side| range(above[side], below[side] - above[side]));
        let _ = writeln!(text, "@@@ -{recorded} +{on_disk} +{wanted} @@@ {}", who(within));
        for line in within {
            push_line(text, &[line.by_hand.sign(), line.by_stack.sign()], &line.text);
        }
        (above, done) = (below, hunk.end);
    }
}

fn advance(counts: &mut [usize; 3], past: &[Line]) {
    for line in past {
        for (count, is_present) in counts.iter_mut().zip(line.presence()) {
            *count += usize::from(is_present);
        }
    }
}

/// The lines to show: what changed and its surroundings, one range where they touch.
fn hunks(combined: &[Line], context: usize) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (at, _) in combined.iter().enumerate().filter(|(_, line)| line.is_changed()) {
        let (start, end) = (at.saturating_sub(context), at.saturating_add(context + 1).min(combined.len()));
        match hunks.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks
}

/// Who changed what is in a hunk. Where both changed the same place, a person has to choose.
fn who(hunk: &[Line]) -> &'static str {
    let changes: BTreeSet<_> = hunk
        .split(|line| !line.is_changed())
        .filter(|touching| !touching.is_empty())
        .map(Author::of)
        .collect();
    let all = |author| changes.iter().all(|one| *one == author);
    if changes.contains(&Author::Clash) {
        "by both at the same place"
    } else if all(Author::Hand) {
        "by hand"
    } else if all(Author::Stack) {
        "by the stack"
    } else if all(Author::Alike) {
        "the same by both"
    } else {
        "by hand and by the stack, on different lines"
    }
}

/// Who made changes that touch one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Author {
    Hand,
    Stack,
    /// Both made the same change.
    Alike,
    /// Both changed lines of their own, next to one another.
    Neighbours,
    /// Both changed the same lines, or added lines where the other changed some.
    Clash,
}

impl Author {
    fn of(touching: &[Line]) -> Self {
        let is_by_hand = |line: &Line| line.by_hand != Mark::Left;
        let is_by_stack = |line: &Line| line.by_stack != Mark::Left;
        match (touching.iter().any(is_by_hand), touching.iter().any(is_by_stack)) {
            (_, false) => return Self::Hand,
            (false, true) => return Self::Stack,
            _ if touching.iter().all(|line| line.by_hand == line.by_stack) => return Self::Alike,
            _ if touching.iter().any(|line| is_by_hand(line) && is_by_stack(line)) => return Self::Clash,
            _ => {}
        }
        // In turns, then. Who begins with a deletion puts lines in place of its own; who adds at once adds to what the other changed.
        let mut turns = touching.chunk_by(|line, next| is_by_hand(line) == is_by_hand(next));
        let is_own = |turn: &[Line]| {
            turn.first().is_some_and(|line| [line.by_hand, line.by_stack].contains(&Mark::Deleted))
        };
        if turns.all(is_own) { Self::Neighbours } else { Self::Clash }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn shown(recorded: &str, on_disk: &str, wanted: &str) -> String {
        let text =
            three_way(Utf8Path::new("a b/x"), recorded.as_bytes(), on_disk.as_bytes(), wanted.as_bytes());
        text.unwrap().split_once(&format!("{LEGEND}\n")).unwrap().1.to_owned()
    }

    fn whole(recorded: &str, on_disk: &str, wanted: &str) -> String {
        let mut text = String::new();
        push_hunks(&mut text, &combined(&lines(recorded), &lines(on_disk), &lines(wanted)), usize::MAX - 1);
        text
    }

    /// What is left of a diff when only lines with these signs are kept.
    fn kept(diff: &str, signs: &[&str]) -> String {
        let mut text = String::new();
        let mut is_last_kept = false;
        for line in diff.split_inclusive('\n').skip(1) {
            if line == "\\ No newline at end of file\n" {
                if is_last_kept {
                    text.pop();
                }
                continue;
            }
            is_last_kept = signs.contains(&&line[..2]);
            if is_last_kept {
                text.push_str(&line[2..]);
            }
        }
        text
    }

    #[test]
    fn a_header_names_the_path_and_the_three_sides() {
        let text = three_way(Utf8Path::new("a b/x"), b"1\n", b"2\n", b"3\n").unwrap();
        let expected = "--- a b/x (recorded: as stackgen left it)
+++ a b/x (on disk, first column: edited by hand)
+++ a b/x (wanted, second column: by the stack)
`- ` `+ ` by hand, ` -` ` +` by the stack, `--` `++` the same by both
@@@ -1 +1 +1 @@@ by both at the same place
--1
+ 2
 +3
";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_each_side_did_stands_in_its_own_column_and_hunk() {
        let recorded = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n";
        let on_disk = recorded.replace("2\n3\n", "2\nmine\n");
        let wanted = recorded.replace("14\n", "stack's\n").replace("\n13\n", "\n13\nmore\n");
        assert_eq!(
            shown(recorded, &on_disk, &wanted),
            "@@@ -1,6 +1,6 +1,6 @@@ by hand
  1
  2
- 3
+ mine
  4
  5
  6
@@@ -11,5 +11,5 +11,6 @@@ by the stack
  11
  12
  13
 -14
 +more
 +stack's
  15
"
        );
    }

    #[test]
    fn a_hunk_says_whether_both_changed_the_same_lines() {
        let recorded = "1\n2\n3\n4\n5\n";
        let is = |on_disk: &str, wanted: &str, who: &str| {
            for (left, right) in [(on_disk, wanted), (wanted, on_disk)] {
                let text = shown(recorded, left, right);
                assert!(text.lines().next().unwrap().ends_with(&format!("@@@ {who}")), "{who}:\n{text}");
            }
        };
        let (apart, clash) = ("by hand and by the stack, on different lines", "by both at the same place");
        is("x\n2\n3\n4\n5\n", "1\n2\n3\n4\ny\n", apart);
        is("1\nx\n3\n4\n5\n", "1\n2\ny\n4\n5\n", apart);
        is("1\n2\nx\n4\n5\n", "1\n2\ny\n4\n5\n", clash);
        is("1\n2\n3\nx\n4\n5\n", "1\n2\n3\ny\n4\n5\n", clash);
        is("1\n2\nx\n3\n4\n5\n", "1\n2\n4\n5\n", clash);
        is("1\n2\n3\nx\n4\n5\n", "1\n5\n", clash);
        is("1\n2\nx\n4\n5\n", "1\n2\nx\n4\n5\n", "the same by both");
        is("x\n2\nx\n4\n5\n", "1\n2\nx\n4\n5\n", apart);
    }

    #[test]
    fn the_same_line_added_by_both_is_one_line() {
        assert_eq!(
            shown("1\n2\n3\n", "1\nx\n3\n", "1\nx\ny\n"),
            "@@@ -1,3 +1,3 +1,3 @@@ by both at the same place\n  1\n--2\n++x\n +y\n -3\n"
        );
    }

    #[test]
    fn deleted_by_one_and_by_both() {
        assert_eq!(
            shown("1\n2\n3\n", "1\n", "1\n3\n"),
            "@@@ -1,3 +1 +1,2 @@@ by both at the same place\n  1\n--2\n- 3\n"
        );
        assert_eq!(shown("1\n", "", "1\n2\n"), "@@@ -1 +0,0 +1,2 @@@ by both at the same place\n- 1\n +2\n");
    }

    #[test]
    fn a_line_without_an_end_says_so() {
        assert_eq!(
            shown("1\n2", "1\n2\n", "1\n3"),
            "@@@ -1,2 +1,2 +1,2 @@@ by both at the same place\n  1\n--2\n\\ No newline at end of file\n\
             + 2\n +3\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn line_ends_of_a_checkout_are_no_edit() {
        let with_crlf = shown("1\r\n2\r\n3\r\n", "1\r\n2\r\nx\r\n", "1\n2\n3\ny\n");
        assert_eq!(with_crlf, shown("1\n2\n3\n", "1\n2\nx\n", "1\n2\n3\ny\n"));
    }

    #[test]
    fn what_is_no_text_has_no_diff() {
        assert_eq!(three_way(Utf8Path::new("x"), b"1\n", b"\xff\n", b"2\n"), None);
    }

    #[test]
    fn long_texts_are_compared_within_the_limit_of_a_diff() {
        let long = "same\n".repeat(150_000);
        let text = shown(&long, "x\n", &long);
        assert!(text.starts_with("@@@ -1,150000 +1 +1,150000 @@@ by hand\n- same\n"), "{text:.99}");
        let text = shown(&long, &"mine\n".repeat(150_000), &"stack\n".repeat(150_000));
        assert!(text.ends_with(" +stack\n"), "{text:.99}");
    }

    fn text() -> impl Strategy<Value = String> {
        let lines = vec(select(&["a\n", "b\n", "c\n", "- d\n", "+ e\n", "\n", "\\\n", "ü\n"][..]), 0..12);
        (lines, select(&["", "", "a", "b"][..])).prop_map(|(lines, end)| lines.concat() + end)
    }

    proptest! {
        #[test]
        fn each_of_the_three_texts_can_be_read_out_of_the_diff(recorded in text(), on_disk in text(), wanted in text()) {
            let diff = whole(&recorded, &on_disk, &wanted);
            if diff.is_empty() {
                prop_assert!(recorded == on_disk && recorded == wanted);
                return Ok(());
            }
            prop_assert_eq!(kept(&diff, &["  ", "- ", " -", "--"]), recorded);
            prop_assert_eq!(kept(&diff, &["  ", " -", "+ ", "++"]), on_disk);
            prop_assert_eq!(kept(&diff, &["  ", "- ", " +", "++"]), wanted);
        }

        #[test]
        fn lines_that_neither_side_touched_are_shown_as_context_only(recorded in text(), on_disk in text()) {
            let diff = whole(&recorded, &on_disk, &recorded);
            prop_assert!(diff.lines().skip(1).all(|line| line.starts_with('\\') || &line[1..2] == " "));
            prop_assert_eq!(diff.is_empty(), recorded == on_disk);
        }
    }
}
