//! The nearest name to a misspelt one: the search behind every "did you mean".
//!
//! A query, a rule page, a configuration and a value in a file get the same suggestion for the same error. Refuses to
//! know what the candidates are names of.

/// Longer words are not compared: the cost is the product of the lengths, and no name is that long.
const LONGEST: usize = 200;

/// The minimum length of a prefix that stands for the whole name.
const SHORTEST_BEGINNING: usize = 4;

/// The candidate nearest to `wanted`; `None` if none is near enough.
///
/// Case and separators between the parts of a name are ignored. At most a third of the characters may differ, and at
/// most four. The last segment of a path counts like the whole (`sessionTimeout` finds
/// `sessionSettings.sessionTimeout`), and a prefix of four characters or more finds the only name that starts with it.
pub fn nearest<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if wanted.len() > LONGEST || !wanted.contains(char::is_alphabetic) {
        return None;
    }
    let folded = wanted.to_lowercase();
    let allowed = (folded.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    let mut beginning = PrefixMatch::default();
    for candidate in candidates {
        if is_spelling(candidate, wanted) {
            return Some(candidate);
        }
        let lower = candidate.to_lowercase();
        let distance = distance(&folded, &lower);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
        if folded.chars().count() >= SHORTEST_BEGINNING && lower.starts_with(&folded) {
            beginning.add(candidate);
        }
    }
    best.map(|(_, candidate)| candidate).or_else(|| beginning.only())
}

/// "did you mean", if a name is near enough.
pub fn suggestion<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(wanted, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// Whether both are the same word up to case and separators.
pub fn is_spelling(one: &str, other: &str) -> bool {
    let folded = |text: &str| -> String {
        text.chars().filter(|ch| !matches!(ch, '_' | '-' | ' ' | '.')).flat_map(char::to_lowercase).collect()
    };
    folded(one) == folded(other)
}

/// The edit distance of two names in lower case; the last segment of a path may stand for the whole.
fn distance(wanted: &str, candidate: &str) -> usize {
    let whole = strsim::damerau_levenshtein(wanted, candidate);
    let is_path = |name: &str| name.contains(['.', '/']);
    if !is_path(wanted) && !is_path(candidate) {
        return whole;
    }
    // A whole name wins over an equally near segment.
    whole.min(strsim::damerau_levenshtein(last(wanted), last(candidate)) + 1)
}

/// The last segment of a path.
fn last(path: &str) -> &str {
    path.rsplit(['.', '/']).next().unwrap_or(path)
}

/// The names with a given prefix.
#[derive(Default)]
struct PrefixMatch<'c> {
    shortest: Option<&'c str>,
    others: Vec<&'c str>,
}

impl<'c> PrefixMatch<'c> {
    fn add(&mut self, name: &'c str) {
        match self.shortest {
            Some(shortest) if shortest.len() <= name.len() => self.others.push(name),
            _ => self.others.extend(self.shortest.replace(name)),
        }
    }

    /// The only such name; longer ones may only extend it.
    fn only(&self) -> Option<&'c str> {
        self.shortest.filter(|shortest| self.others.iter().all(|other| other.starts_with(shortest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_by_spelling_or_last_segment() {
        let names = ["Name", "sessionSettings.sessionTimeout", "oauthPolicy.refreshTokenPolicy"];
        assert_eq!(nearest("nmae", names), Some("Name"));
        assert_eq!(nearest("sessionTimeout", names), Some("sessionSettings.sessionTimeout"));
        assert_eq!(nearest("oauthPolicy.refreshTokenPolcy", names), Some("oauthPolicy.refreshTokenPolicy"));
        assert_eq!(nearest("policies.refreshTokenPolicy", names), Some("oauthPolicy.refreshTokenPolicy"));
        assert_eq!(nearest("Egress", names), None);
        assert_eq!(nearest("x", names), None);
        assert_eq!(nearest(&"Name".repeat(100), names), None);
    }

    #[test]
    fn a_beginning_stands_for_the_one_name_that_begins_so() {
        let tables = ["NamedCredential.parameters", "NamedCredential", "Network", "Profile", "ProfileSetting"];
        assert_eq!(nearest("NamedCred", tables), Some("NamedCredential"));
        assert_eq!(nearest("prof", tables), Some("Profile"));
        assert_eq!(nearest("Ne", tables), None);
        assert_eq!(nearest("Specific", ["SpecificLifetime", "SpecificInactivity"]), None);
    }

    #[test]
    fn a_value_is_found_where_it_looks_like_one() {
        let units = ["Hours", "Days", "Months"];
        assert_eq!(nearest("DAYS", units), Some("Days"));
        assert_eq!(nearest("Month", units), Some("Months"));
        assert_eq!(nearest("Years", units), None);
        assert_eq!(nearest("refresh_token", ["RefreshToken"]), Some("RefreshToken"));
        assert_eq!(nearest("16", ["15", "30"]), None);
        assert_eq!(nearest("True", ["true", "false"]), Some("true"));
        assert_eq!(nearest("yes", ["true", "false"]), None);
    }

    #[test]
    fn a_spelling_differs_in_case_and_separators_alone() {
        assert!(is_spelling("HIGH_ASSURANCE", "HighAssurance") && is_spelling("Api", "API"));
        assert!(!is_spelling("Api", "Apis"));
    }
}
