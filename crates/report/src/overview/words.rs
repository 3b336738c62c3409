//! What the words and numbers of the answer mean, in sentences.

use super::super::count;
use crate::analysis::overview::{Need, Plan, Verdict};
use sessionlint_lint::rule::minutes_in_words;

/// Names that a sentence lists before it counts the rest.
const NAMED: usize = 2;

/// The whole answer in one sentence.
pub(super) fn verdict(it: &Verdict) -> String {
    let mut clauses = vec![sessions(it), renewal_of_all(it)];
    let summary = it.summary;
    match (summary.error, summary.warning) {
        (0, 0) => clauses.push("no finding asks for a change".to_owned()),
        (errors, warnings) => {
            let found = [(errors, "error"), (warnings, "warning")];
            let said: Vec<_> =
                found.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)).collect();
            clauses.push(format!(
                "{} ask{} for a change",
                said.join(" and "),
                if errors + warnings == 1 { "s" } else { "" }
            ));
        }
    }
    format!("{}.", sentence(&clauses.join("; ")))
}

/// What an undo cannot promise where a file did not state an element, or states it no longer.
pub(super) const UNSTATED: &str = "Where a file is silent about an element, before or after, look in Setup what the org \
    shows now and write it down: that a deployment without the element resets the org's value was not found in a document.";

/// How many changes the plan has, and what they need.
pub(super) fn plan(it: &Plan) -> String {
    let part = |need: Need| it.parts().filter(|part| part.need == need).map(|part| part.changes).sum();
    let steps: usize = it.parts().map(|part| part.steps.len()).sum();
    let changes: usize = it.parts().map(|part| part.changes).sum();
    let said: [(usize, _, _); 3] = [
        (part(Need::Safe), "weaken no protection", "weakens no protection"),
        (part(Need::Decision), "are decisions", "is a decision"),
        (part(Need::Unsafe), "loosen a protection each", "loosens a protection"),
    ];
    let said: Vec<String> = said
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, many, one)| format!("{number} {}", if *number == 1 { one } else { many }))
        .collect();
    let text = format!("{} in {}: {}.", count(changes, "change"), count(steps, "step"), said.join(", "));
    let advice = it.advice().count();
    if advice == 0 {
        text
    } else {
        let more = match advice {
            1 => "1 more kind of finding asks for a change that cannot be written down exactly, and stands".to_owned(),
            number => {
                format!(
                    "{number} more kinds of findings ask for a change that cannot be written down exactly, and stand"
                )
            }
        };
        format!("{text} {more} below as advice.")
    }
}

/// A clause with the capital of a sentence.
pub(super) fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    let first = chars.next().map(|ch| ch.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

/// A text that ends like a sentence.
pub(super) fn stop(text: &str) -> String {
    let text = text.trim_end();
    let dot = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{dot}")
}

fn sessions(it: &Verdict) -> String {
    if it.profiles == 0 {
        return match it.org_minutes {
            Some(minutes) => {
                format!("no file names a profile, and the org ends a session after {}", minutes_in_words(minutes))
            }
            None => "these files do not say how long a session of a person lives".to_owned(),
        };
    }
    let Some(minutes) = it.shortest_minutes else {
        return "these files name profiles, and do not say how long their sessions live".to_owned();
    };
    let unknown = it.profiles - it.known_profiles;
    let but = if unknown == 0 { String::new() } else { format!(" ({unknown} unknown)") };
    if it.short_profiles == 0 {
        return format!("no profile in these files ends a session in under 2 hours{but}");
    }
    let verb = if it.short_profiles == 1 { "ends" } else { "end" };
    format!(
        "{} of {} {verb} a session in under 2 hours{but}, the shortest after {} ({})",
        it.short_profiles,
        count(it.profiles, "profile"),
        minutes_in_words(minutes),
        names(&it.shortest),
    )
}

fn names(all: &[String]) -> String {
    let named: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(" and "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn renewal_of_all(it: &Verdict) -> String {
    if it.integrations == 0 {
        return "no app in these files counts as an integration".to_owned();
    }
    let all = count(it.integrations, "integration");
    let mut said = Vec::new();
    if it.without_renewal > 0 {
        said.push(format!("{} no way to renew access", shows(it.without_renewal)));
    }
    if it.ending_renewal > 0 {
        let verb = if it.ending_renewal == 1 { "renews" } else { "renew" };
        said.push(format!("{} {verb} by a token that ends by itself", it.ending_renewal));
    }
    if it.unknown_renewal > 0 {
        said.push(format!("of {} the way to renew is unknown", it.unknown_renewal));
    }
    if said.is_empty() {
        return if it.integrations == 1 {
            "the one integration shows a lasting way to renew access".to_owned()
        } else {
            format!("all {all} show a lasting way to renew access")
        };
    }
    format!("of {all}, {}", said.join(" and "))
}

fn shows(number: usize) -> String {
    format!("{number} {}", if number == 1 { "shows" } else { "show" })
}

/// A moment, from the minutes of JSON.
pub(super) fn moment(minutes: f64) -> String {
    // Seconds of a documented life: far below what a float holds exactly.
    let seconds = (minutes * 60.0).round() as i64;
    seconds_in_words(seconds)
}

/// Seconds as a person says them: `54 seconds`, `4 minutes 30 seconds`, `1 hour 48 minutes`.
pub(super) fn seconds_in_words(seconds: i64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let rest = (rest > 0).then(|| super::super::count(usize::try_from(rest).unwrap_or(0), "second"));
    match (minutes, rest) {
        (0, Some(rest)) => rest,
        (_, Some(rest)) => format!("{} {rest}", minutes_in_words(minutes)),
        (_, None) => minutes_in_words(minutes),
    }
}

/// The form of an access token in a sentence.
pub(super) fn token_form(form: Option<&str>) -> &'static str {
    match form {
        Some("opaque") => "opaque",
        Some("jwt") => "in JWT form",
        _ => "form unknown",
    }
}

/// How an integration gets its next access token.
pub(super) fn renewal(word: Option<&str>) -> &'static str {
    match word {
        Some("jwt") => "signs in by JWT bearer: a certificate, and users whom an administrator chose",
        Some("client-credentials") => "client credentials: asks for a new token with its own secret",
        Some("refresh-token") => "refresh token",
        Some("none-visible") => "no way visible in these files",
        _ => "unknown: its scopes are not in the project",
    }
}

/// When a refresh token dies.
pub(super) fn refresh_token(word: Option<&str>, period: Option<&str>, limit: Option<i64>) -> String {
    let period = period.unwrap_or("a period that the file does not state");
    // Salesforce's own limit, in hours, where it comes before the policy's end.
    if let Some(hours) = limit {
        let unused = format!("{} days without use, Salesforce's own limit", hours / 24);
        return match word {
            Some("until-revoked") => format!("holds until somebody revokes it, or until {unused}"),
            Some("lifetime") => format!("dies {period} after it was issued, or after {unused}"),
            _ => format!("dies after {unused} (the policy names {period})"),
        };
    }
    match word {
        Some("until-revoked") => "holds until somebody revokes it".to_owned(),
        Some("at-once") => "dies at once".to_owned(),
        Some("lifetime") => format!("dies {period} after it was issued, used or not"),
        Some("idle") => format!("dies after {period} without use"),
        Some("malformed") => "the policy is outside what Salesforce documents".to_owned(),
        _ => "no policy in these files".to_owned(),
    }
}

/// What IP relaxation does.
pub(super) fn ip_relaxation(word: Option<&str>) -> &'static str {
    match word {
        Some("enforce") => "login ranges are enforced",
        Some("relax-refresh") => "login ranges are enforced, but not when a token is refreshed",
        Some("second-factor") => "login ranges are relaxed with a second factor",
        Some("relax") => "login ranges are relaxed",
        Some(_) => "a value that Salesforce does not document",
        None => "not in these files",
    }
}

/// How far away a day is.
pub(super) fn days_left(days: Option<i64>) -> String {
    let named = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match days {
        None => "no day named".to_owned(),
        Some(0) => "today".to_owned(),
        Some(days) if days < 0 => format!("{} ago", named(-days)),
        Some(days) => format!("in {}", named(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_lint::diagnostic::Summary;

    fn it() -> Verdict {
        Verdict {
            short_profiles: 0,
            known_profiles: 0,
            profiles: 0,
            shortest_minutes: None,
            shortest: Vec::new(),
            without_renewal: 0,
            unknown_renewal: 0,
            ending_renewal: 0,
            integrations: 0,
            dated: 0,
            past: 0,
            org_minutes: None,
            forced_logout: None,
            summary: Summary::default(),
            confirmed_symptoms: 0,
        }
    }

    #[test]
    fn the_verdict_says_what_is_known_and_no_more() {
        assert_eq!(
            verdict(&it()),
            "These files do not say how long a session of a person lives; no app in these files counts as an \
             integration; no finding asks for a change."
        );
        let names = ["Sales", "Service", "Field"].map(str::to_owned).to_vec();
        let full = Verdict {
            profiles: 9,
            known_profiles: 8,
            short_profiles: 3,
            shortest_minutes: Some(15),
            shortest: names,
            integrations: 4,
            without_renewal: 1,
            ending_renewal: 2,
            summary: Summary { error: 1, warning: 4, ..Summary::default() },
            ..it()
        };
        assert_eq!(
            verdict(&full),
            "3 of 9 profiles end a session in under 2 hours (1 unknown), the shortest after 15 minutes (Sales, Service \
             and 1 more); of 4 integrations, 1 shows no way to renew access and 2 renew by a token that ends by \
             itself; 1 error and 4 warnings ask for a change."
        );
    }

    #[test]
    fn days_are_words() {
        assert_eq!(days_left(Some(-1)), "1 day ago");
        assert_eq!(days_left(Some(0)), "today");
        assert_eq!(days_left(Some(60)), "in 60 days");
        assert_eq!(days_left(None), "no day named");
    }
}
