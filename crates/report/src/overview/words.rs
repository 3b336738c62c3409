//! The sentences of the page.
//!
//! May assume the numbers of an [`Overview`], and computes none. Refuses to know the format: a template escapes the texts.

use serde::Serialize;

use super::super::{count, counted};
use sessionlint_analysis::overview::{
    Action, Consent, Group, Integration, Overview, Past, Plan, SHORT_MINUTES, TokenEnd, Verdict,
};
use sessionlint_lint::diagnostic::{Safety, Severity};
use sessionlint_lint::rule::minutes_in_words;
use sessionlint_source::words::from_today;

/// Names that a sentence lists; the others are counted.
const MAX_NAMED: usize = 2;

/// More profiles than this are counted, not named, if none is short.
const MANY: usize = 5;

/// One of the three questions of the first page, and its answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    question: &'static str,
    text: String,
    is_unknown: bool,
}

/// A number of the first page; none if it is unknown.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    number: Option<String>,
    text: String,
    class: &'static str,
}

/// The three answers: who is logged out and by what, which integrations stop and when, what to do first.
pub(super) fn answers(it: &Overview) -> [Answer; 3] {
    let verdict = &it.verdict;
    [
        Answer {
            question: "Who is logged out, and by what",
            text: logged_out(it),
            is_unknown: match verdict.known_profiles {
                0 => verdict.org_minutes.is_none(),
                known => known == verdict.unsettled_profiles,
            },
        },
        Answer {
            question: "Which integrations stop, and when",
            text: stopping(it),
            is_unknown: verdict.unknown_renewal + verdict.unknown_end == verdict.integrations,
        },
        Answer { question: "What to do first", text: first(it), is_unknown: false },
    ]
}

/// The three numbers of the first page.
pub(super) fn figures(it: &Verdict) -> [Figure; 3] {
    [profile_figure(it), integration_figure(it), date_figure(it)]
}

fn figure(number: usize, text: String) -> Figure {
    Figure { number: Some(number.to_string()), text, class: if number == 0 { "none" } else { "some" } }
}

fn unknown_figure(text: String) -> Figure {
    Figure { number: None, text, class: "unknown" }
}

/// The number of unknown ones, in brackets.
fn and_unknown(number: usize) -> String {
    if number == 0 { String::new() } else { format!(" ({number} unknown)") }
}

fn profile_figure(it: &Verdict) -> Figure {
    let unread = if it.broken == 0 { String::new() } else { format!("; {} not readable", count(it.broken, "file")) };
    let known = match (it.profiles, it.known_profiles) {
        (0, _) => {
            let Some(minutes) = it.org_minutes else {
                return unknown_figure(format!("no profile in these files{unread}"));
            };
            let class = if minutes < SHORT_MINUTES { "some" } else { "none" };
            let text = format!("is the org's timeout; no profile in these files{unread}");
            return Figure { number: Some(minutes_in_words(minutes)), text, class };
        }
        (all, 0) => return unknown_figure(format!("{}: session unknown{unread}", count(all, "profile"))),
        (_, known) => known,
    };
    let of = format!("of {} under two hours", count(it.profiles, "profile"));
    let unsettled = match it.unsettled_profiles {
        0 => String::new(),
        number => format!(" ({number} not settled: stored as 0)"),
    };
    let all = figure(it.short_profiles, format!("{of}{}{unsettled}{unread}", and_unknown(it.profiles - known)));
    // Zero is not good if some may be short.
    let is_open = it.short_profiles == 0 && (it.unsettled_profiles > 0 || it.broken > 0);
    if is_open { Figure { class: "unknown", ..all } } else { all }
}

fn integration_figure(it: &Verdict) -> Figure {
    let text = match it.integrations {
        0 => return unknown_figure("no integration in these files".to_owned()),
        all if all == it.unknown_renewal => {
            return unknown_figure(format!("{}: renewal unknown", count(all, "integration")));
        }
        all => format!("of {} without a visible renewal path", count(all, "integration")),
    };
    let open = match it.unknown_end {
        0 => String::new(),
        number => format!("; {number} with a refresh token of unknown life"),
    };
    let all = figure(it.without_renewal, format!("{text}{}{open}", and_unknown(it.unknown_renewal)));
    if it.without_renewal == 0 && it.unknown_end > 0 { Figure { class: "unknown", ..all } } else { all }
}

fn date_figure(it: &Verdict) -> Figure {
    let Some(changes) = it.dated.checked_sub(it.certificates).filter(|_| it.dated > 0) else {
        return unknown_figure("no date in these files".to_owned());
    };
    let date = if it.dated == 1 { "date" } else { "dates" };
    let changes = match changes {
        1 => "1 change of Salesforce".to_owned(),
        number => format!("{number} changes of Salesforce"),
    };
    let what = match it.certificates {
        0 => changes,
        certificates if certificates == it.dated => count(certificates, "certificate"),
        certificates => format!("{}, {changes}", count(certificates, "certificate")),
    };
    let past = match (it.dated, it.past) {
        (_, 0) => String::new(),
        (1, _) => "; it is past".to_owned(),
        (_, past) => format!("; {past} past"),
    };
    // Only a past date is bad.
    let class = if it.past == 0 { "none" } else { "some" };
    Figure { class, ..figure(it.dated, format!("{date} in these files: {what}{past}")) }
}

fn logged_out(it: &Overview) -> String {
    let verdict = &it.verdict;
    let forced = match verdict.forced_logout {
        Some(true) => "; forced logout then sends the browser to the login page",
        _ => "",
    };
    let Some(minutes) = verdict.shortest_minutes else {
        return match (verdict.profiles, verdict.org_minutes) {
            (0, Some(minutes)) => {
                format!(
                    "No file names a profile, and the org ends a session after {}{forced}.",
                    minutes_in_words(minutes)
                )
            }
            (0, None) => "Unknown: neither the org's session settings nor a profile are among these files. Salesforce \
                          ships 2 hours."
                .to_owned(),
            _ => "Unknown: these files name profiles, but not how long their sessions live.".to_owned(),
        };
    };
    let unknown = match verdict.profiles - verdict.known_profiles {
        0 => String::new(),
        number => format!(" ({number} unknown)"),
    };
    let all = count(verdict.profiles, "profile");
    let who = match verdict.shortest.len() {
        number if number > MANY && verdict.short_profiles == 0 => count(number, "profile"),
        _ => names(&verdict.shortest),
    };
    let shortest = format!("the shortest after {} ({who})", minutes_in_words(minutes));
    let unsettled = unsettled(verdict);
    if verdict.short_profiles == 0 && verdict.unsettled_profiles == verdict.known_profiles {
        return format!("Not settled: {unsettled}{forced}.");
    }
    if verdict.short_profiles == 0 {
        let of = if verdict.profiles == 1 {
            "The one profile does not end".to_owned()
        } else {
            format!("None of {all} ends")
        };
        let but = if unsettled.is_empty() { String::new() } else { format!("; but {unsettled}") };
        return format!("{of} a session in under 2 hours{unknown}, {shortest}{but}{forced}.");
    }
    let verb = if verdict.short_profiles == 1 { "ends" } else { "end" };
    let also = if unsettled.is_empty() { String::new() } else { format!("; and {unsettled}") };
    format!(
        "{} of {all} {verb} a session in under 2 hours{unknown}, {shortest}: {}{also}{forced}.",
        verdict.short_profiles,
        by_what(it)
    )
}

/// The remark on profiles that store 0; empty if there is no such profile.
fn unsettled(verdict: &Verdict) -> String {
    let Some(minutes) = verdict.org_minutes.filter(|_| verdict.unsettled_profiles > 0) else { return String::new() };
    let (store, them) = if verdict.unsettled_profiles == 1 { ("stores", "it") } else { ("store", "them") };
    format!(
        "{} {store} 0, and whether 2 hours or the org's {} apply to {them} is not documented",
        count(verdict.unsettled_profiles, "profile"),
        minutes_in_words(minutes)
    )
}

/// Which level makes the short sessions short.
fn by_what(it: &Overview) -> String {
    let short = it.groups.iter().filter(|group| group.is_below(SHORT_MINUTES));
    let (own, orgs): (Vec<&Group>, Vec<&Group>) = short.partition(|group| group.level == Some("profile"));
    let number = |groups: &[&Group]| groups.iter().map(|group| group.profiles.len()).sum::<usize>();
    let org = it.verdict.org_minutes.map(|minutes| format!(" ({})", minutes_in_words(minutes))).unwrap_or_default();
    match (number(&own), number(&orgs)) {
        (_, 0) if org.is_empty() => "by a timeout of the profile's own".to_owned(),
        (_, 0) => format!("by a timeout of the profile's own, in place of the org's{org}"),
        (0, _) => format!("by the org's timeout{org}"),
        (own, orgs) => format!("{own} by a timeout of the profile's own, {orgs} by the org's{org}"),
    }
}

fn stopping(it: &Overview) -> String {
    let verdict = &it.verdict;
    if verdict.integrations == 0 {
        return "Unknown: no app in these files counts as an integration.".to_owned();
    }
    let all = count(verdict.integrations, "integration");
    let named = |its: &[&Integration]| names(&its.iter().map(|it| it.app.app.clone()).collect::<Vec<_>>());
    // A single integration is not counted.
    let is_one = verdict.integrations == 1;
    let number = |number: usize| if is_one { String::new() } else { format!("{number} ") };
    let of_number = |number: usize| if is_one { String::new() } else { format!("of {number} ") };
    let mut clauses = Vec::new();
    let without: Vec<&Integration> =
        it.integrations.iter().filter(|it| it.app.renewal == Some("none-visible")).collect();
    if !without.is_empty() {
        let lives = without.iter().filter_map(|it| it.app.access_token_minutes);
        // The session of each user decides the others, and the files have the shortest one.
        let are_own = without.iter().all(|it| it.app.life_is_own || it.app.access_token_minutes.is_none());
        let is_open = without.iter().any(|it| it.users_doubt.is_some());
        let when = match (lives.clone().min(), lives.max()) {
            (Some(least), _) if is_open => format!(", after {} or earlier", minutes_in_words(least)),
            (Some(least), _) if !are_own => format!(", after {} at the earliest", minutes_in_words(least)),
            (Some(least), Some(most)) if least == most => format!(", after {}", minutes_in_words(least)),
            (Some(least), Some(most)) => format!(", after {} to {}", minutes_in_words(least), minutes_in_words(most)),
            _ => String::new(),
        };
        let (shows, stops, their) =
            if without.len() == 1 { ("shows", "stops", "its") } else { ("show", "stop", "their") };
        clauses.push(format!(
            "{}{shows} no way to renew access and {stops} when {their} access token expires{when} ({})",
            number(without.len()),
            named(&without)
        ));
    }
    let ending: Vec<&Integration> = it.integrations.iter().filter(|it| it.end.is_some()).collect();
    if !ending.is_empty() {
        let soonest = ending.iter().filter_map(|it| it.end).min_by_key(|end| end.hours);
        let when = soonest.map(|end| format!(", the soonest {}", period(end))).unwrap_or_default();
        let verb = if ending.len() == 1 { "renews" } else { "renew" };
        clauses.push(format!(
            "{}{verb} by a token that expires by itself{when} ({})",
            number(ending.len()),
            named(&ending)
        ));
    }
    if verdict.unknown_renewal > 0 {
        clauses.push(format!("{}the way to renew is unknown", of_number(verdict.unknown_renewal)));
    }
    if verdict.unknown_end > 0 {
        clauses.push(format!("{}the end of the refresh token is not known", of_number(verdict.unknown_end)));
    }
    let ends = it.integrations.iter().filter_map(|it| Some((it, it.certificate_ends.as_ref()?)));
    let certificate = ends.min_by_key(|(_, (day, _))| day.clone()).map(|(it, (day, left))| {
        let verb = if *left < 0 { "expired" } else { "expires" };
        format!(
            "the certificate of {} {verb} on {day}, though Salesforce is reported not to check that date for JWT logins",
            it.app.app
        )
    });
    let renewal = match (clauses.is_empty(), verdict.integrations) {
        (true, 1) => "The one integration shows a lasting way to renew access".to_owned(),
        (true, _) => format!("All {all} show a lasting way to renew access"),
        (false, 1) if verdict.unknown_renewal + verdict.unknown_end == 0 => {
            format!("The one integration {}", clauses.join("; "))
        }
        (false, 1) => format!("Of the one integration, {}", clauses.join("; ")),
        (false, _) => format!("Of {all}, {}", clauses.join("; ")),
    };
    match certificate {
        Some(certificate) => format!("{renewal}; {certificate}."),
        None => format!("{renewal}."),
    }
}

/// When a token expires, in words.
fn period(end: TokenEnd) -> String {
    until(end.hours, end.is_idle)
}

/// When a token expires, from its hours and whether use extends it.
pub(super) fn until(hours: i64, is_idle: bool) -> String {
    let time = hours_in_words(hours);
    if is_idle { format!("after {time} without use") } else { format!("{time} after its issue") }
}

/// Hours in words, as days if possible.
fn hours_in_words(hours: i64) -> String {
    let number = |number: i64, word: &str| count(usize::try_from(number).unwrap_or(0), word);
    if hours % 24 == 0 { number(hours / 24, "day") } else { number(hours, "hour") }
}

/// The refresh tokens that expire: after how many hours, and whose. Integrations with equal hours are grouped.
pub(super) fn token_ends(it: &Overview) -> Vec<(i64, String)> {
    let mut ends: Vec<(TokenEnd, Vec<String>)> = Vec::new();
    for integration in &it.integrations {
        let Some(end) = integration.end else { continue };
        match ends.iter_mut().find(|(other, _)| *other == end) {
            Some((_, names)) => names.push(integration.app.app.clone()),
            None => ends.push((end, vec![integration.app.app.clone()])),
        }
    }
    ends.into_iter()
        .map(|(end, who)| (end.hours, format!("refresh token of {} expires: {}", names(&who), period(end))))
        .collect()
}

fn first(it: &Overview) -> String {
    let Some(action) = it.actions.first() else {
        return "No finding asks for a change. That holds for these files only.".to_owned();
    };
    let places = if action.places > 1 { format!(" ({} places)", action.places) } else { String::new() };
    let (what, title) = (stop(&action.what), action.title.trim_end_matches('.'));
    if action.severity == Severity::Note {
        return format!("No finding asks for a change. To weigh first: {title}{places}.");
    }
    // A look at the org, or advice, ends nothing by itself.
    match action.step {
        Some(_) => format!("{what} This ends: {title}{places}."),
        None => format!("{what} Because: {}", stop(&action.message)),
    }
}

/// Who decides on the change of a rule.
pub(super) fn decides(rule: &str, safety: Option<&str>, has_contrary: bool) -> &'static str {
    let is_security = rule.starts_with("security/");
    let owner = if is_security { "the owner of the integrations" } else { "the owner of security" };
    match safety {
        Some("display") if !is_security => "the owner of the session and token policy",
        Some("unsafe" | "display") => owner,
        _ if has_contrary => owner,
        _ => "the owner of the change; it weakens no protection",
    }
}

/// The cost of an action.
pub(super) fn cost(action: &Action) -> String {
    match action.safety {
        Some(Safety::Safe) => "No protection is weakened.".to_owned(),
        Some(_) if !action.loosens.is_empty() => format!("Loosens {}", stop(&action.loosens)),
        _ => action.cost.clone().unwrap_or_else(|| "No exact change is proposed: see the advice.".to_owned()),
    }
}

/// The remark on undoing a change that adds or removes an element.
pub(super) const UNSTATED: &str = "Where a file is silent about an element, before or after, look in Setup what the org \
    shows now and write it down: that a deployment without the element resets the org's value was not found in a document.";

/// The number of changes in the plan, and the consent that they need.
pub(super) fn plan(it: &Plan) -> String {
    let part = |need: Consent| it.parts().filter(|part| part.need == need).map(|part| part.changes).sum();
    let steps: usize = it.parts().map(|part| part.steps.len()).sum();
    let changes: usize = it.parts().map(|part| part.changes).sum();
    let clauses: [(usize, _, _); 3] = [
        (part(Consent::Safe), "weaken no protection", "weakens no protection"),
        (part(Consent::Decision), "are decisions", "is a decision"),
        (part(Consent::Unsafe), "loosen a protection each", "loosens a protection"),
    ];
    let clauses: Vec<String> = clauses
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, many, one)| counted(*number, one, many))
        .collect();
    let text = format!("{} in {}: {}.", count(changes, "change"), count(steps, "step"), clauses.join(", "));
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

/// A text with a full stop.
pub(super) fn stop(text: &str) -> String {
    let text = text.trim_end();
    let dot = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{dot}")
}

fn names(all: &[String]) -> String {
    let named: Vec<&str> = all.iter().take(MAX_NAMED).map(String::as_str).collect();
    match all.len().saturating_sub(MAX_NAMED) {
        0 => named.join(" and "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// A time in words, from the minutes of JSON.
pub(super) fn moment(minutes: f64) -> String {
    // A float holds the seconds of a documented lifetime exactly.
    let seconds = (minutes * 60.0).round() as i64;
    seconds_in_words(seconds)
}

/// Seconds in words: `54 seconds`, `4 minutes 30 seconds`, `1 hour 48 minutes`.
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

/// The same for a cell of a table.
pub(super) fn flow(word: Option<&str>) -> &'static str {
    match word {
        Some("jwt") => "JWT bearer",
        Some("client-credentials") => "client credentials",
        Some("refresh-token") => "refresh token",
        Some("none-visible") => "nothing that renews",
        _ => "unknown",
    }
}

/// The refresh token policy of an app without refresh tokens, and why it does not matter.
pub(super) fn unused_policy(policy: Option<&str>, renewal: Option<&str>) -> String {
    let Some(policy) = policy else { return "none: it has no refresh tokens".to_owned() };
    match renewal {
        Some("jwt") => format!("{policy}; its login by JWT does not need it"),
        Some("client-credentials") => format!("{policy}; its login by client credentials does not need it"),
        Some(_) => format!("{policy}; it has no refresh tokens, because none of its scopes gives them"),
        None => format!("{policy}; it has no refresh tokens"),
    }
}

/// When a refresh token expires.
pub(super) fn refresh_token(word: Option<&str>, period: Option<&str>, limit: Option<i64>) -> String {
    let period = period.unwrap_or("a period that the file does not state");
    // Salesforce's own limit, in hours, if it applies before the policy.
    if let Some(hours) = limit {
        let unused = format!("{} days without use, Salesforce's own limit", hours / 24);
        return match word {
            Some("until-revoked") => format!("holds until it is revoked, or until {unused}"),
            Some("lifetime") => format!("expires {period} after it was issued, or after {unused}"),
            _ => format!("expires after {unused} (the policy names {period})"),
        };
    }
    match word {
        Some("until-revoked") => "holds until it is revoked".to_owned(),
        Some("at-once") => "expires at once".to_owned(),
        Some("lifetime") => format!("expires {period} after it was issued, used or not"),
        Some("idle") => format!("expires after {period} without use"),
        Some("malformed") => "the policy is outside what Salesforce documents".to_owned(),
        _ => "no policy in these files".to_owned(),
    }
}

/// The effect of IP relaxation.
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

/// The distance of a day in words.
pub(super) fn days_left(days: Option<i64>) -> String {
    days.map_or_else(|| "no day named".to_owned(), from_today)
}

/// The commits that were read, in a sentence.
pub(super) fn past_begins(past: &Past) -> String {
    let commits = count(past.commits, "commit");
    let why = match past.why {
        "shallow-clone" => ", where this shallow clone begins",
        "since" => ", as asked for",
        _ => "",
    };
    format!("Read from git: {commits} along the first parents, from {}{why}.", past.since.strftime("%-d %B %Y"))
}

/// A change of a timeout in words.
pub(super) fn timeout(old: Option<i64>, new: Option<i64>, presence: Option<&str>) -> String {
    let in_words = |minutes: Option<i64>| minutes.map_or("unknown".to_owned(), minutes_in_words);
    match presence {
        Some("added") => format!("added with {}", in_words(new)),
        Some("removed") => format!("removed, was {}", in_words(old)),
        _ => format!("{} to {}", in_words(old), in_words(new)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn it() -> Verdict {
        Verdict {
            short_profiles: 0,
            known_profiles: 0,
            profiles: 0,
            shortest_minutes: None,
            shortest: Vec::new(),
            without_renewal: 0,
            unknown_renewal: 0,
            unknown_end: 0,
            integrations: 0,
            dated: 0,
            past: 0,
            certificates: 0,
            unsettled_profiles: 0,
            broken: 0,
            org_minutes: None,
            forced_logout: None,
        }
    }

    #[test]
    fn what_is_unknown_is_no_number() {
        for figure in figures(&it()) {
            assert_eq!((figure.number, figure.class), (None, "unknown"), "{}", figure.text);
        }
        let known = Verdict { profiles: 9, known_profiles: 8, integrations: 4, unknown_renewal: 1, dated: 2, ..it() };
        let clauses = figures(&known).map(|figure| (figure.number, figure.class, figure.text));
        let none = || Some("0".to_owned());
        assert_eq!(clauses[0], (none(), "none", "of 9 profiles under two hours (1 unknown)".to_owned()));
        let text = "of 4 integrations without a visible renewal path (1 unknown)";
        assert_eq!(clauses[1], (none(), "none", text.to_owned()));
        assert_eq!(
            clauses[2],
            (Some("2".to_owned()), "none", "dates in these files: 2 changes of Salesforce".to_owned())
        );
        let open =
            Verdict { unsettled_profiles: 2, unknown_end: 1, past: 1, certificates: 1, org_minutes: Some(30), ..known };
        let text = "dates in these files: 1 certificate, 1 change of Salesforce; 1 past";
        assert_eq!(figures(&open).map(|figure| figure.class), ["unknown", "unknown", "some"]);
        assert_eq!(figures(&open)[2].text, text);
        let expected =
            "2 profiles store 0, and whether 2 hours or the org's 30 minutes apply to them is not documented";
        assert_eq!(unsettled(&open), expected);
        let [profiles, apps, _] = figures(&Verdict { unknown_renewal: 4, profiles: 0, known_profiles: 0, ..open });
        assert_eq!((apps.number, apps.class), (None, "unknown"));
        assert_eq!((profiles.number.as_deref(), profiles.class), (Some("30 minutes"), "some"));
    }

    #[test]
    fn who_decides_depends_on_what_is_touched() {
        assert_eq!(decides("session/a", Some("unsafe"), false), "the owner of security");
        assert_eq!(decides("security/a", Some("unsafe"), false), "the owner of the integrations");
        assert_eq!(decides("session/a", Some("display"), true), "the owner of the session and token policy");
        assert_eq!(decides("session/a", None, true), "the owner of security");
        assert!(decides("session/a", Some("safe"), false).starts_with("the owner of the change"));
    }

    #[test]
    fn a_policy_without_refresh_tokens_is_named_with_the_reason() {
        assert_eq!(unused_policy(Some("infinite"), Some("jwt")), "infinite; its login by JWT does not need it");
        assert_eq!(unused_policy(None, Some("jwt")), "none: it has no refresh tokens");
        assert!(unused_policy(Some("zero"), Some("none-visible")).contains("none of its scopes"));
        assert_eq!(unused_policy(Some("zero"), None), "zero; it has no refresh tokens");
    }

    #[test]
    fn days_are_words() {
        assert_eq!(days_left(Some(-1)), "yesterday");
        assert_eq!(days_left(Some(0)), "today");
        assert_eq!(days_left(Some(60)), "in 60 days");
        assert_eq!(days_left(None), "no day named");
    }
}
