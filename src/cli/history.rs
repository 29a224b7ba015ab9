//! What stackgen had written, out of git: the recorded text of a file that was edited by hand is among the file's committed
//! versions wherever `generated/` is committed.
//!
//! It only makes a display better. So without git, without a repository, after any failure there is silently nothing; and
//! whatever the repository's own settings say, nothing of it is run and nothing is fetched.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use camino::Utf8Path;

use crate::plan::{SIZE_LIMIT, digest};

/// How many commits that touched a file are looked at, the newest first.
const REVISIONS: usize = 50;

/// The committed versions of a project's files. Git is started with the first question.
pub struct History<'a> {
    root: &'a Utf8Path,
    objects: Option<Objects>,
}

impl<'a> History<'a> {
    pub fn of(root: &'a Utf8Path) -> Self {
        Self { root, objects: None }
    }

    /// The newest committed version of a file that has this digest. The path is relative to the project's root, which may be any
    /// folder of the repository.
    pub fn find(&mut self, path: &Utf8Path, sha256: &str) -> Option<Vec<u8>> {
        if self.objects.is_none() {
            self.objects = Some(Objects::open(self.root)?);
        }
        let objects = self.objects.as_mut()?;
        // The index, too: what was built, added and edited again was never committed. Above the commits' list, which takes its
        // time in a long history.
        for revision in ["HEAD", ""] {
            let text = objects.read(&format!("{revision}:./{path}"))?;
            if let Some(text) = text.filter(|text| digest(text) == sha256) {
                return Some(text);
            }
        }
        let mut revisions = Revisions::of(self.root, path)?;
        loop {
            let revision = revisions.next()?;
            let text = objects.read(&format!("{revision}:./{path}"))?;
            if let Some(text) = text.filter(|text| digest(text) == sha256) {
                return Some(text);
            }
        }
    }
}

/// Git on this folder's repository, heeding nothing but the folder, with all that could start a program or reach a network shut.
fn git(root: &Utf8Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(["--literal-pathspecs", "--no-pager", "-c", "core.fsmonitor=false"])
        .args(arguments)
        .current_dir(root)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        // A partial clone fetches what it lacks: the first is how git is told not to, the second works with an old one, too.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        // Commits come one by one, since the first may be the last that is needed.
        .env("GIT_FLUSH", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // A hook of git's runs with these set, and relative to another folder.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
        git.env_remove(variable);
    }
    git
}

/// A process that goes with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The commits that touched a file, the newest first, those of merged branches among them.
struct Revisions {
    _git: Running,
    lines: io::Lines<BufReader<ChildStdout>>,
}

impl Revisions {
    fn of(root: &Utf8Path, path: &Utf8Path) -> Option<Self> {
        let count = format!("--max-count={REVISIONS}");
        let arguments = ["rev-list", "--full-history", &count, "HEAD", "--", path.as_str()];
        let mut git = Running(git(root, &arguments).spawn().ok()?);
        let lines = BufReader::new(git.0.stdout.take()?).lines();
        Some(Self { _git: git, lines })
    }

    fn next(&mut self) -> Option<String> {
        self.lines.next()?.ok()
    }
}

/// A reader of any object by name, one process for all.
struct Objects {
    _git: Running,
    names: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn open(root: &Utf8Path) -> Option<Self> {
        let mut git = Running(git(root, &["cat-file", "--batch"]).stdin(Stdio::piped()).spawn().ok()?);
        let (names, answers) = (git.0.stdin.take()?, BufReader::new(git.0.stdout.take()?));
        Some(Self { _git: git, names, answers })
    }

    /// What is under a name; nothing inside where there is none or it is no file, nothing at all where git has failed.
    #[expect(clippy::option_option, reason = "a file that is not there is no failure")]
    fn read(&mut self, name: &str) -> Option<Option<Vec<u8>>> {
        if name.contains('\n') {
            return None;
        }
        self.names.write_all(format!("{name}\n").as_bytes()).ok()?;
        self.names.flush().ok()?;
        let mut header = String::new();
        self.answers.read_line(&mut header).ok()?;
        // `<id> <type> <size>`, or the name and a word: a name may hold spaces, a word is no number.
        let mut words = header.strip_suffix('\n')?.rsplit(' ');
        let Some(size) = words.next().and_then(|size| size.parse::<u64>().ok()) else {
            return Some(None);
        };
        let is_file = words.next() == Some("blob");
        let mut contents = (&mut self.answers).take(size + 1);
        if !is_file || size > SIZE_LIMIT {
            io::copy(&mut contents, &mut io::sink()).ok()?;
            return Some(None);
        }
        let mut text = Vec::new();
        contents.read_to_end(&mut text).ok()?;
        (text.pop() == Some(b'\n')).then_some(Some(text))
    }
}
