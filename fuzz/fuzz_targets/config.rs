//! Any bytes as a configuration.

#![no_main]

#[path = "../../tests/support/trials.rs"]
mod trials;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    trials::of_configuration(data);
});
