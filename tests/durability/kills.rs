//! A build that is killed at any moment: nothing is torn, nothing of the user's is touched, and the next build ends where it
//! would have ended.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::site::{JOURNAL, MANIFEST, Site, Tree, is_temporary};
use crate::stacks::Release::{self, First, Second};

const TEAMS: usize = 100;
/// How many builds are killed in each of the projects, which are worked on at the same time.
const KILLS: usize = 150;
/// Where the random delays of each project begin: the same in every run.
const SEEDS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];
/// After how many kills a build may come to its end.
const ROUND: usize = 10;

/// What the user has written between the generated files: two owned files changed, and two of the user's own, one of which
/// the second release wants.
const MINE: [(&str, &str); 4] = [
    ("generated/docs/STACK.md", "my notes\n"),
    ("generated/docker/team-7-0.Dockerfile", "FROM mine\n"),
    ("generated/docker/team-7-1.Dockerfile", "FROM theirs\n"),
    ("generated/docker/own/notes.md", "own\n"),
];

/// A file of both releases that is edited after some of the kills.
const EDITED_LATER: &str = "generated/docker-compose.yml";

/// Random numbers, by Marsaglia's xorshift.
struct Random(u64);

impl Random {
    /// A share between 0 and 1.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

/// A project as the first build and the user have left it.
fn started(root: &Path) -> Site {
    let site = Site::new(root.to_owned(), TEAMS);
    site.build(0);
    for (path, text) in MINE {
        site.write(path, text);
    }
    site
}

/// Both clean results, and how long a build between them takes.
fn clean(root: &Path) -> ([Tree; 2], Duration) {
    let site = started(root);
    let mut took = Vec::new();
    let mut trees = Vec::new();
    for release in [Second, First, Second, First] {
        site.choose(release);
        let start = Instant::now();
        // What is kept for the user is told by the exit code.
        site.build(1);
        took.push(start.elapsed());
        trees.push(site.generated());
    }
    took.sort();
    assert!(trees[0] == trees[2] && trees[1] == trees[3]);
    ([trees.swap_remove(1), trees.swap_remove(0)], took[1])
}

/// How many builds were killed when, and how many came to their end.
#[derive(Default)]
struct Counts {
    before: usize,
    writing: usize,
    after: usize,
    finished: usize,
    edited: usize,
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn a_build_killed_at_random_moments_loses_nothing_and_is_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (clean, duration) = clean(&folder.path().join("clean"));
    let results: Vec<Counts> = thread::scope(|scope| {
        let (folder, clean) = (folder.path(), &clean);
        let kill =
            |seed: u64| move || killed(&started(&folder.join(seed.to_string())), clean, duration, seed);
        let sites: Vec<_> = SEEDS.into_iter().map(|seed| scope.spawn(kill(seed))).collect();
        sites.into_iter().map(|site| site.join().unwrap()).collect()
    });
    let sum = |part: fn(&Counts) -> usize| results.iter().map(part).sum::<usize>();
    let (before, writing, after) = (sum(|one| one.before), sum(|one| one.writing), sum(|one| one.after));
    println!("  {} files in both releases together, {duration:.2?} for a build", both(&clean).count());
    println!("  {} builds killed:", before + writing + after);
    println!("    {before} before they wrote, {writing} while they wrote, {after} after that");
    println!("  {} builds finished,", sum(|one| one.finished));
    println!("    {} of them after one more edit by hand", sum(|one| one.edited));
    assert!(writing >= KILLS * SEEDS.len() / 4, "too few kills have met a build that writes");
}

/// Kills one build after another, each time from what the last has left, and judges what lies there.
fn killed(site: &Site, clean: &[Tree; 2], duration: Duration, seed: u64) -> Counts {
    let (mut random, mut span) = (Random(seed), duration);
    let mut counts = Counts::default();
    for kill in 1..=KILLS {
        let release = if kill % 2 == 1 { Second } else { First };
        site.choose(release);
        let untouched = site.generated();
        let build = site.command(&["build", "--yes"]).stderr(Stdio::null()).spawn().unwrap();
        let has_ended = killed_after(build, span.mul_f64(random.share()));
        // The machine is not equally fast all the time, and a kill after the end shows little.
        span = span.mul_f64(if has_ended { 0.9 } else { 1.02 });
        let is_journalled = site.exists(JOURNAL);
        let found = site.generated();
        match () {
            () if is_journalled => counts.writing += 1,
            () if has_ended || found != untouched => counts.after += 1,
            () => counts.before += 1,
        }
        judge(&found, clean, is_journalled);
        if !is_journalled && found != untouched {
            let expected = &clean[usize::from(release == Second)];
            let manifest = Path::new(MANIFEST);
            assert!(found[manifest] == expected[manifest], "half a build without a journal that tells of it");
        }
        if is_journalled || kill % 5 == 0 {
            let (code, said) = site.run(&["check"]);
            assert_eq!(code, Some(1), "{said}");
            assert_eq!(said.contains("an earlier build was interrupted"), is_journalled, "{said}");
        }
        if kill % ROUND == 0 {
            finish(site, release, clean, &mut counts);
        }
        if kill % 50 == 0 {
            println!("  {kill} killed in one of {} projects", SEEDS.len());
        }
    }
    counts
}

/// Kills a build after a while. Whether it had ended before.
fn killed_after(mut build: Child, delay: Duration) -> bool {
    thread::sleep(delay);
    let has_ended = build.try_wait().unwrap().is_some();
    build.kill().unwrap();
    build.wait().unwrap();
    has_ended
}

fn both(clean: &[Tree; 2]) -> impl Iterator<Item = &std::path::PathBuf> {
    clean[0].keys().chain(clean[1].keys().filter(|path| !clean[0].contains_key(*path)))
}

/// Each file is old or new, none is gone that both releases have, and what is the user's is as it was.
fn judge(found: &Tree, clean: &[Tree; 2], is_journalled: bool) {
    for (path, file) in found.iter().filter(|(path, _)| !is_temporary(path)) {
        let wanted = clean.each_ref().map(|tree| tree.get(path));
        assert!(wanted.contains(&Some(file)), "`{}` is torn", path.display());
    }
    let has_leftover = found.keys().any(|path| is_temporary(path));
    assert!(is_journalled || !has_leftover, "a temporary file without a journal that tells of it");
    for path in clean[0].keys().filter(|path| clean[1].contains_key(*path)) {
        assert!(found.contains_key(path), "`{}` is gone", path.display());
    }
    for (path, text) in MINE {
        assert_eq!(found[Path::new(path)].0, text.as_bytes(), "{path}");
    }
}

/// Lets a build come to its end, every second time over one more edit.
fn finish(site: &Site, release: Release, clean: &[Tree; 2], counts: &mut Counts) {
    let expected = &clean[usize::from(release == Second)];
    if counts.finished % 2 == 1 {
        site.write(EDITED_LATER, "mine, too\n");
        site.build(1);
        let mut found = site.generated();
        assert_eq!(found[Path::new(EDITED_LATER)].0, b"mine, too\n");
        for path in [EDITED_LATER, MANIFEST] {
            found.insert(path.into(), expected[Path::new(path)].clone());
        }
        assert!(found == *expected, "something else than the edited file differs");
        std::fs::remove_file(site.root.join(EDITED_LATER)).unwrap();
        counts.edited += 1;
    }
    site.build(1);
    site.is_clean(expected);
    counts.finished += 1;
}
