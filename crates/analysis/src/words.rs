//! Numbers and parts of sentences.
//!
//! Assumes English. Refuses to know findings and terminals.

/// Adds formatted text to a sentence.
pub fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = std::fmt::Write::write_fmt(text, more);
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
