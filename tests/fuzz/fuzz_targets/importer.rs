#![no_main]

#[path = "../entries/mod.rs"]
#[expect(dead_code, reason = "each target has its own")]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::importer(data));
