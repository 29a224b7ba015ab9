//! The limits, all of them: how much of anything stackgen takes, so that no input can make it slow, or take all memory. Each is
//! declared here once, and everything that says it, `docs/limits.md` among it, says it from here.

use std::fmt::Write as _;

use crate::diagnostics::Diagnostic;

/// How much there may be of something.
#[derive(Debug, PartialEq, Eq)]
pub struct Limit {
    /// The most that is taken.
    pub most: usize,
    /// How it is counted: `MiB`, `levels`, `files`.
    pub unit: &'static str,
    /// What it limits, to stand in a table.
    pub of: &'static str,
    /// Why there is a limit, and why this one.
    pub why: &'static str,
    /// What to do who comes up against it.
    pub way_out: &'static str,
    /// The rule that finds what is beyond it.
    pub rule: &'static str,
}

impl Limit {
    /// `16 MiB`.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}", grouped(self.most), self.unit)
    }

    /// The limit in bytes, of one that is in MiB.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.most as u64 * 1024 * 1024
    }

    /// Whether so many are too many.
    #[must_use]
    pub const fn is_below(&self, count: usize) -> bool {
        count > self.most
    }

    /// The finding that something goes beyond the limit. Its place is for who found it to say.
    #[must_use]
    pub fn exceeded(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.rule, message)
            .note(format!("the limit is {}: {}", self.shown(), self.why))
            .help(self.way_out)
    }
}

/// The rule of limits that no other rule speaks of.
pub const RULE: &str = "limit";

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident = $most:literal $unit:literal of $of:literal, because $why:literal, so $way_out:literal, found by $rule:expr;)*) => {
        $($(#[doc = $doc])* pub static $name: Limit = Limit {
            most: $most, unit: $unit, of: $of, why: $why, way_out: $way_out, rule: $rule,
        };)*

        /// Every limit, in the order of the stages.
        pub static LIMITS: &[&Limit] = &[$(&$name),*];
    };
}

limits! {
    /// The largest file that is read.
    FILE_SIZE = 16 "MiB" of "a file that is read: a stack, a fragment, a kind, a template",
        because "a stack of 10,000 services takes about 5 MiB",
        so "split it into fragments, and name them in `[stack] include`", found by "unreadable-file";
    /// How deep values stand in one another, as the TOML parser counts them.
    NESTING = 80 "levels" of "lists and tables in one another",
        because "what is deeper exhausts the call stack of whoever reads it",
        so "take the inner ones out into tables of their own", found by "syntax";
    /// How many files lie between the stack's file and a fragment.
    INCLUDE_DEPTH = 16 "files" of "files that include one another in a row",
        because "nobody finds what stands deeper",
        so "include the file from one further up", found by RULE;
    /// How many files belong to a stack.
    INCLUDED_FILES = 10_000 "files" of "fragments of a stack",
        because "a service may have a file of its own, and a stack has no more services",
        so "make the glob narrower, or put several services into one file", found by RULE;
    /// How long a pattern of `include` is.
    PATTERN_LENGTH = 500 "bytes" of "a path or glob of `include`",
        because "a glob is compiled, and each of its bytes takes memory for that",
        so "split it into several", found by RULE;
    /// How many folders deep `**` looks.
    GLOB_DEPTH = 16 "folders" of "`**` in a glob: what lies deeper is not found",
        because "links may lead round in a circle",
        so "name the upper folders", found by "unreadable-file";
    /// How many folders the globs of a stack look into.
    GLOB_FOLDERS = 20_000 "folders" of "folders that the globs of a stack look into, together",
        because "each is read whenever the stack is",
        so "name the upper folders instead of `**`", found by RULE;
    /// How many kinds extend one another in a row.
    EXTENDS_DEPTH = 8 "kinds" of "kinds that extend one another in a row",
        because "each is laid over all that it extends",
        so "let it extend one further down, and say the rest itself", found by RULE;
    /// How large a kind is.
    KIND_SIZE = 250 "values" of "tables, lists and values of a kind, with those of the kinds that it extends",
        because "each of its services has all of them once more, and those that are built in have less than a hundred",
        so "move what only some services need to these services", found by RULE;
    /// How many environments a stack has.
    ENVIRONMENTS = 32 "environments" of "environments of a stack",
        because "each is the whole stack once more",
        so "give what is a stack of its own a file of its own", found by RULE;
    /// How many services and agents the base and the environments have together.
    THINGS = 20_000 "services and agents" of "services and agents, those of the base once more for each environment",
        because "a stack of 10,000 services and an environment has as many",
        so "split the stack, or leave environments out of it", found by RULE;
    /// How long a list of a route is.
    ROUTE_LIST = 100 "entries" of "paths, hosts, methods or values of a header in one route",
        because "each is held against each of every other route",
        so "split the route into several", found by RULE;
    /// How long an expression of a route is.
    EXPRESSION_LENGTH = 1_000 "bytes" of "a path of a route",
        because "an expression is compiled, and each of its bytes takes memory for that",
        so "split it into several paths", found by RULE;
    /// How much work rendering one file may be, before what the size of the stack adds.
    TEMPLATE_FUEL = 5_000_000 "steps" of "work of a template, and as many more as a stack of this size needs: 100,000 for each service and agent, 100 for each pair",
        because "a template may loop without end, or double a string until no memory is left",
        so "look for a loop in the template that the stack does not call for", found by "template";
    /// How long one expression or tag of a template is.
    TEMPLATE_CODE = 2_000 "bytes" of "one expression or tag of a template",
        because "thousands of operators in one another exhaust the call stack",
        so "close it if it is not closed, or give its parts names with `{% set %}`", found by "template";
    /// How deep templates include and call one another.
    TEMPLATE_DEPTH = 200 "calls" of "macros and includes of templates in one another, of which an include counts ten",
        because "what is deeper exhausts the call stack",
        so "take the template that includes itself out of the circle", found by "template";
    /// The largest output.
    OUTPUT_SIZE = 64 "MiB" of "a file that is made",
        because "a larger one is never taken for stackgen's own, and could not be updated",
        so "make several files of it with `for_each`", found by "template";
    /// The largest file that is imported.
    IMPORTED_SIZE = 4 "MiB" of "a file that is imported",
        because "it is written by hand",
        so "import a part of it", found by "unreadable-file";
    /// How many files an import reads.
    IMPORTED_FILES = 100 "files" of "files that an imported project includes and extends",
        because "two files that include each other twice would be read without end",
        so "import what `docker compose config` makes of them", found by RULE;
    /// How deep files and services of an import stand in one another.
    IMPORTED_DEPTH = 20 "levels" of "files that include, services that extend and variables that default to one another in a row",
        because "nobody finds what stands deeper",
        so "import what `docker compose config` makes of them", found by RULE;
    /// How many services are imported.
    IMPORTED_SERVICES = 500 "services" of "services of an imported project",
        because "each is held against each other to see who needs whom",
        so "import a part of them, and add the others to the stack's file", found by RULE;
    /// How large an imported project is with everything worked in.
    IMPORTED_VALUES = 250_000 "values" of "an imported project, with what its services extend and their aliases worked in",
        because "a few lines can stand for any number of them",
        so "import a part of it", found by RULE;
}

/// The page of the limits, in Markdown.
#[must_use]
pub fn limits_reference() -> String {
    let mut page = include_str!("limits_head.md").to_owned();
    page.push_str("\n| the most | of | because | then | rule |\n|---|---|---|---|---|\n");
    for limit in LIMITS {
        let Limit { of, why, way_out, rule, .. } = limit;
        let _ =
            writeln!(page, "| {} | {of} | {why} | {way_out} | [`{rule}`](rules/{rule}.md) |", limit.shown());
    }
    page
}

/// A number with commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
