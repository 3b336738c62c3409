//! Numbers in words.
//!
//! Refuses to know what is counted.

use std::fmt::Display;

/// `1 error`, `2 errors`.
pub fn count<N: Copy + Display + From<u8> + PartialEq>(number: N, word: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {word}{plural}")
}

/// The same for a word whose plural is not formed by an `s`, or for several words.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The distance of a day from today: `today`, `tomorrow`, `in 12 days`, `yesterday`, `12 days ago`.
pub fn from_today(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days < 0 => format!("{} days ago", days.unsigned_abs()),
        days => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_near_today_has_its_word() {
        let words = [-12, -1, 0, 1, 12].map(from_today);
        assert_eq!(words, ["12 days ago", "yesterday", "today", "tomorrow", "in 12 days"]);
    }
}
