//! The tutorial, done as its reader does it: its files are written, its edits made and its commands run in a scratch folder, from top to
//! bottom, and what they print is what the page shows.
//!
//! To refresh what the page shows: `STACKGEN_BLESS=1 cargo test --test tutorial`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a reader works on the disk, and looks at the clock")]

mod page;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::page::{Block, Page, Run};

const PATH: &str = "docs/tutorial.md";
const BLESS: &str = "STACKGEN_BLESS";

/// How many words a person reads in a minute, of a text that says what to do.
const WORDS_A_MINUTE: usize = 150;

/// Where the reader works.
struct Reader {
    _folder: TempDir,
    project: PathBuf,
    home: PathBuf,
    /// The machine's own time, for each command.
    spent: Vec<(String, Duration)>,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (project, home) = (folder.path().join("bookshop"), folder.path().join("home"));
        fs::create_dir_all(&project).unwrap();
        fs::create_dir_all(&home).unwrap();
        Self { _folder: folder, project, home, spent: Vec::new() }
    }

    fn file(&self, path: &str) -> PathBuf {
        let path = self.project.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// What a terminal would show: both streams, as they come.
    fn run(&mut self, command: &str) -> (String, Option<i32>) {
        let shown = self.home.join("shown");
        let out = fs::File::create(&shown).unwrap();
        let err = out.try_clone().unwrap();
        let own = Path::new(env!("CARGO_BIN_EXE_stackgen")).parent().unwrap();
        let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap_or_default());
        let begun = Instant::now();
        let status = Command::new("sh")
            .args(["-c", command])
            .current_dir(&self.project)
            .envs([("PATH", path.as_str()), ("NO_COLOR", "1"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .envs([("GIT_AUTHOR_NAME", "Reader"), ("GIT_AUTHOR_EMAIL", "reader@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Reader"), ("GIT_COMMITTER_EMAIL", "reader@example.org")])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("HOME", &self.home)
            .stdin(std::process::Stdio::null())
            .stdout(out)
            .stderr(err)
            .status()
            .unwrap();
        self.spent.push((command.to_owned(), begun.elapsed()));
        let text = fs::read_to_string(&shown).unwrap();
        (text.replace(self.project.to_str().unwrap(), "~/bookshop"), status.code())
    }
}

#[test]
fn whoever_does_what_the_tutorial_says_sees_what_it_shows() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    let text = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    let page = Page::parse(&text);
    let mut reader = Reader::new();
    let mut faults = Vec::new();
    let mut blessed = text.clone();
    // From the end, so that what is replaced moves nothing that is still to be.
    let mut replaced = Vec::new();
    for block in &page.blocks {
        match block {
            Block::File { path, text } => fs::write(reader.file(path), text).unwrap(),
            Block::Edit { path, before, after } => edit(&reader.file(path), before, after),
            Block::Extract { path, text } => {
                let whole = fs::read_to_string(reader.file(path)).unwrap();
                if !whole.contains(text.as_str()) {
                    faults.push(format!("`{path}` does not hold\n{text}\nbut\n{whole}"));
                }
            }
            Block::Session { runs, exit, .. } => {
                for (at, run) in runs.iter().enumerate() {
                    let (seen, code) = reader.run(&run.command);
                    let wanted = if at + 1 == runs.len() { *exit } else { 0 };
                    assert_eq!(code, Some(wanted), "$ {}\n{seen}", run.command);
                    if !run.shows(&seen) {
                        faults.push(fault(run, &seen));
                        replaced.push((run.output_at.clone(), seen));
                    }
                }
            }
        }
    }
    for (at, seen) in replaced.into_iter().rev() {
        blessed.replace_range(at, &seen);
    }
    let commands = reader.spent.len();
    let told = page.told_commands();
    if told != Some(commands) {
        faults.push(format!("the page tells of {told:?} commands, and has {commands}"));
    }
    tell(&reader, &page);
    if std::env::var_os(BLESS).is_some() {
        fs::write(&file, page::with_commands(&blessed, commands)).unwrap();
    } else {
        assert!(
            faults.is_empty(),
            "`{PATH}` is not what happens; to refresh it: {BLESS}=1 cargo test --test tutorial\n{}",
            faults.join("\n")
        );
    }
}

/// Replaces the one place that says this.
fn edit(file: &Path, before: &str, after: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text.matches(before).count(), 1, "{}: `{before}` is not there once:\n{text}", file.display());
    fs::write(file, text.replacen(before, after, 1)).unwrap();
}

fn fault(run: &Run, seen: &str) -> String {
    let diff = similar::TextDiff::from_lines(run.output.as_str(), seen);
    format!("$ {}\n{}", run.command, diff.unified_diff().header("shown", "seen"))
}

/// What a new user's time goes to. Printed past the test harness, for it is the figure that the page gives.
fn tell(reader: &Reader, page: &Page) {
    let total: Duration = reader.spent.iter().map(|(_, spent)| *spent).sum();
    let (slowest, most) = reader.spent.iter().max_by_key(|(_, spent)| *spent).unwrap();
    let minutes = page.words.div_ceil(WORDS_A_MINUTE);
    let text = format!(
        "the tutorial: {} commands, {} files and {} edits; the machine works {:.1} s at it, of which {:.1} s at `{slowest}`; \
         {} words to read, some {minutes} minutes\n",
        reader.spent.len(),
        page.blocks.iter().filter(|block| matches!(block, Block::File { .. })).count(),
        page.blocks.iter().filter(|block| matches!(block, Block::Edit { .. })).count(),
        total.as_secs_f64(),
        most.as_secs_f64(),
        page.words,
    );
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}
