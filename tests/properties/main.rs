//! What holds of any stack, and of any two: random ones are generated, compiled, built, patched and imported again.
//!
//! Each property tries as few cases as the time of `cargo test` allows. More of them: `PROPTEST_CASES=5000 cargo test --test properties`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]
#![cfg(unix)]

mod environments;
#[path = "../git/mod.rs"]
mod git;
mod imports;

mod outputs;
mod plans;
#[path = "../project/mod.rs"]
mod project;
#[path = "../snapshot/mod.rs"]
mod snapshot;
mod stacks;
mod strings;
mod tricky;
mod written;

use std::env;

use proptest::prelude::ProptestConfig;

/// So many cases, unless `PROPTEST_CASES` asks for another number.
fn cases(number: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if env::var_os("PROPTEST_CASES").is_some() {
        default
    } else {
        ProptestConfig { cases: number, ..default }
    }
}
