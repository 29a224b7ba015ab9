//! The stacks that speed is measured on: whoever measures twice measures the same, and a stack without findings.

#![expect(
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and projects lie on the disk"
)]

mod stack;

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use stackgen::apply::{Lock, apply};
use stackgen::source::{Disk, Sources};

#[test]
fn a_size_gives_the_same_bytes_every_time() {
    assert_eq!(stack::files(45), stack::files(45));
}

#[test]
fn a_stack_has_as_many_services_as_were_asked_for() {
    for services in [1, 14, 15, 1000] {
        let headers = |text: &String| text.lines().filter(|line| line.starts_with("[services.")).count();
        assert_eq!(stack::files(services).values().map(headers).sum::<usize>(), services);
    }
}

#[test]
fn a_stack_of_100_services_builds_and_checks_clean() {
    let temporary = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
    for (path, text) in stack::files(100) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let world = Disk::new(root.clone());
    let planned = || {
        let compilation = stackgen::compile(&world, Utf8Path::new("stack.toml"), None);
        let said: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
        assert!(said.is_empty(), "{said:?}");
        stackgen::planned(&world, &Sources::default(), compilation.outputs, None).unwrap()
    };
    let applied = apply(
        &Lock::try_take(&root).unwrap().unwrap_or_else(|_| unreachable!("nobody else builds here")),
        &planned(),
    );
    assert!(applied.unwrap().created.len() > 100);
    assert!(planned().is_current());
}
