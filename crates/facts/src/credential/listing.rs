//! Formats a list of names for a row.
//!
//! Refuses to know what the names belong to.

/// Up to three names, and how many more there are; each once.
pub(super) fn in_words<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    let (last, before) = distinct.split_last()?;
    Some(match distinct.len() {
        1 => (*last).to_owned(),
        2 | 3 => format!("{} and {last}", before.join(", ")),
        more => format!("{} and {} more", distinct[..2].join(", "), more - 2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_shortly() {
        let words = |names: &[&str]| in_words(names.iter().copied());
        assert_eq!(words(&[]), None);
        assert_eq!(words(&["A", "A"]).as_deref(), Some("A"));
        assert_eq!(words(&["A", "B", "C"]).as_deref(), Some("A, B and C"));
        assert_eq!(words(&["A", "B", "C", "D"]).as_deref(), Some("A, B and 2 more"));
    }
}
