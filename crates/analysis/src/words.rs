//! Parts of sentences.
//!
//! Assumes English. Refuses to know findings and terminals.

use std::borrow::Cow;

/// The minimum length of a common end that is not repeated.
const COMMON_END: usize = 40;

/// The text of a related place, shown below the message of its finding. Folded places have that message too, about
/// themselves: the end that both have is not repeated.
pub fn beside<'t>(message: &str, text: &'t str) -> Cow<'t, str> {
    if text == message {
        return Cow::Borrowed("here too");
    }
    let pairs = text.char_indices().rev().zip(message.chars().rev());
    let start = pairs.take_while(|((_, one), other)| one == other).last().map_or(text.len(), |((at, _), _)| at);
    let is_between = |at: &usize| !text[at + 1..].starts_with(char::is_uppercase);
    // A name such as `Night Shift User` is shown in full, although the other one ends with `User` too.
    let mut ends = text[start..].match_indices(' ').map(|(length, _)| start + length);
    let end = ends.find(is_between).filter(|end| text.len() - end >= COMMON_END);
    match end.map(|end| text[..end].trim_end_matches([',', ';', ':'])) {
        Some(own) if !own.is_empty() => Cow::Owned(format!("{own} ...")),
        _ => Cow::Borrowed(text),
    }
}

/// Adds formatted text to a sentence.
pub fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = std::fmt::Write::write_fmt(text, more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_place_shows_what_differs() {
        let message = "Feed is a connected app; Salesforce supports connected apps until Summer '27";
        for (text, shown) in [
            (message, "here too"),
            ("Two Desks is a connected app; Salesforce supports connected apps until Summer '27", "Two Desks ..."),
            (
                "Feed, too: it is a connected app; Salesforce supports connected apps until Summer '27",
                "Feed, too: it ...",
            ),
            ("Feed is a connected app; Salesforce supports connected apps until Spring '28", ""),
            ("the setting is here", ""),
            ("until Summer '27", ""),
            ("", ""),
            ("é", ""),
        ] {
            assert_eq!(beside(message, text), if shown.is_empty() { text } else { shown });
        }
        assert_eq!(beside("", "a text"), "a text");
        let profile = |name: &str| format!("{name} is one of 3 profiles with the same timeout of 30 minutes");
        assert_eq!(beside(&profile("Day Shift User"), &profile("Night Shift User")), "Night Shift User ...");
    }
}
