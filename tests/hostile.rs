//! No input makes stackgen fail badly: whatever it holds, there is no panic, no call stack that runs out, no second in 100 kB, and no 500 MB of
//! memory. What the fuzz targets of `tests/fuzz` have found goes through here for ever, and so does what is large in every way that comes to mind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "the corpus is files on the disk")]
#![expect(clippy::print_stderr, reason = "who asks for a shape wants to see what it costs")]

#[path = "hostile/editor.rs"]
mod editor;
#[path = "fuzz/entries/mod.rs"]
mod entries;
#[path = "hostile/shapes.rs"]
mod shapes;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use self::shapes::{EDITED, SHAPES};

/// What an input may cost in processor time: a second of a released binary, which is at least ten times as fast as this one.
const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 12 } else { 1 });
/// How much more memory than before an input may make this process use.
const MOST_MEMORY: u64 = 500 << 20;
/// The call stack of a program's first thread, as everywhere on Linux.
const STACK: usize = 8 << 20;

static ALONE: Mutex<()> = Mutex::new(());

type Entry = fn(&[u8]);

const TARGETS: &[(&str, Entry)] = &[
    ("reader", entries::reader),
    ("importer", entries::importer),
    ("template", entries::template),
    ("manifest", entries::manifest),
];

#[test]
fn whatever_was_found_once_is_never_found_again() {
    let mut faults = Vec::new();
    for (target, entry) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{target} has no corpus");
        for file in files {
            faults.extend(fault(&file.display().to_string(), *entry, fs::read(&file).unwrap()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[ignore = "slow: cargo test --test hostile -- --ignored"]
fn nothing_grows_faster_than_its_input() {
    let only = std::env::var("SHAPE").unwrap_or_default();
    let mut faults = Vec::new();
    for (name, entry, input) in SHAPES.iter().filter(|(name, ..)| name.contains(&only)) {
        let input = input();
        assert!((50_000..=101_000).contains(&input.len()), "{name} has {} bytes", input.len());
        faults.extend(fault(name, *entry, input.into_bytes()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What an editor has open it may ask about, and each answer may take as long as the file itself.
#[test]
#[ignore = "slow: cargo test --test hostile -- --ignored"]
fn no_question_of_an_editor_takes_longer_than_its_file() {
    let only = std::env::var("SHAPE").unwrap_or_default();
    let read = SHAPES.iter().filter(|(_, entry, _)| std::ptr::fn_addr_eq(*entry, entries::reader as Entry));
    let read = read.map(|(name, _, input)| (*name, *input));
    let mut faults = Vec::new();
    for (name, input) in read.chain(EDITED.iter().copied()).filter(|(name, _)| name.contains(&only)) {
        let input = input();
        assert!((50_000..=101_000).contains(&input.len()), "{name} has {} bytes", input.len());
        let ask = move || editor::session(&input).into_iter().max_by_key(|(_, took)| *took);
        faults.extend(costly(name, ask));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What an input does that it may not; nothing where it behaves.
fn fault(name: &str, entry: Entry, input: Vec<u8>) -> Option<String> {
    let run = move || {
        let before = processor_time();
        entry(&input);
        let took = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
        took.map(|took| (String::new(), took))
    };
    costly(name, run)
}

/// What something does that it may not, which gives the processor time of what took the longest of it, by its name.
fn costly(name: &str, run: impl FnOnce() -> Option<(String, Duration)> + Send + 'static) -> Option<String> {
    // The memory is that of the whole process: one input at a time, however many tests run.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // From here on the most memory is counted anew (proc(5), `clear_refs`).
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:").unwrap_or_default();
    let thread = thread::Builder::new().stack_size(STACK).name(name.to_owned()).spawn(run).unwrap();
    let Ok(time) = thread.join() else { return Some(format!("{name} panics")) };
    let memory = memory("VmHWM:").map(|most| most.saturating_sub(before));
    if std::env::var_os("SHAPE").is_some() {
        let megabytes = memory.unwrap_or_default() >> 20;
        eprintln!("{name}: {time:?}, {megabytes} MB");
    }
    let slow = time.filter(|(_, time)| *time > MOST_TIME);
    let slow = slow.map(|(step, time)| format!("{name} takes {time:?} {step}"));
    let large = memory.filter(|bytes| *bytes > MOST_MEMORY);
    slow.or_else(|| large.map(|bytes| format!("{name} takes {} MB", bytes >> 20)))
}

/// What this thread has had of a processor, which a busy machine does not change; nothing where the system does not tell.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// What the system says of this process's memory, in bytes: `VmRSS:` what it has, `VmHWM:` the most that it had. Nothing where it does not tell.
fn memory(key: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
}
