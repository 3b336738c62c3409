//! Any text as XML.

#![no_main]

#[path = "../../tests/support/trials.rs"]
mod trials;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        trials::of_xml(text);
    }
});
