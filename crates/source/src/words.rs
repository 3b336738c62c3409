//! Numbers in words.
//!
//! Refuses to know what is counted.

use std::fmt::Display;

/// `1 error`, `2 errors`.
pub fn count<N: Copy + Display + From<u8> + PartialEq>(number: N, word: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {word}{plural}")
}
