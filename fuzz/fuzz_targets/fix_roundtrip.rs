//! Any bytes as a file of some kind, which is the number in the first byte; all fixes are applied to it.

#![no_main]

#[path = "../../tests/support/trials.rs"]
mod trials;

use std::sync::LazyLock;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(trials::file_names);
    if let Some((number, bytes)) = data.split_first() {
        let name = &NAMES[usize::from(*number) % NAMES.len()];
        trials::of_file(name, bytes);
        trials::of_fixes(name, bytes);
    }
});
