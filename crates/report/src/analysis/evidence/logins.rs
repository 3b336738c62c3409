//! Failed logins as causes: confirmed, excluded or not covered, for each app that an export names.
//!
//! The table of evidence gives each status its meaning. Refuses to know anything of logins that the export does not
//! contain.

use std::collections::{BTreeMap, BTreeSet};

use super::{Scale, span};
use crate::analysis::exports::{Addresses, CauseSeen, RangesSeen, Standing, Statement, UserSeen};
use crate::text::add;
use sessionlint_evidence::{
    About, AuditMatch, Change, Kind, Logins, MOST_PER_OUTCOME, Moment, Outcome, Seen, Status, Times,
};
use sessionlint_facts::oauth::OAuthApp;

/// Users and addresses of a cause that are named.
const NAMED: usize = 5;

/// Apps outside the project for which exclusions are listed.
const STRANGERS: usize = 50;

impl Scale<'_> {
    /// The causes that logins show or exclude.
    pub(super) fn logins(&self) -> Vec<CauseSeen> {
        let mut seen = Vec::new();
        let mut strangers = 0;
        for ((kind, app), logins) in &self.gathered.logins {
            let app_name = app.map(|app| self.gathered.apps.text(app));
            let known = app_name.and_then(|name| self.app(name));
            for (index, outcome) in &logins.failed {
                let Some(status) = self.table.statuses.get(*index) else { continue };
                seen.push(self.failed(status, outcome, logins, app_name, known));
            }
            for (text, outcome) in &logins.unknown {
                seen.push(self.unknown(text, outcome, logins, app_name));
            }
            let has_failures = !logins.failed.is_empty() || !logins.unknown.is_empty();
            strangers += usize::from(known.is_none() && has_failures);
            if known.is_some() || app.is_none() || has_failures && strangers <= STRANGERS {
                seen.extend(self.absent(*kind, logins, app_name));
            }
        }
        seen
    }

    fn subject(&self, app: Option<&str>) -> String {
        app.map_or_else(|| "logins that name no app".to_owned(), |app| self.shown(app))
    }

    fn users(&self, outcome: &Outcome) -> Vec<UserSeen> {
        let mut rows = BTreeMap::new();
        for (user, count) in &outcome.users {
            *rows.entry(self.user(*user)).or_insert(0) += *count;
        }
        let mut users: Vec<UserSeen> = rows.into_iter().map(|(user, rows)| UserSeen { user, rows }).collect();
        users.sort_by_key(|it| std::cmp::Reverse(it.rows));
        users
    }

    /// A cause that failed logins show.
    fn failed(
        &self,
        status: &Status,
        outcome: &Outcome,
        logins: &Logins,
        app: Option<&str>,
        known: Option<&OAuthApp>,
    ) -> CauseSeen {
        let mut seen = self.seen(outcome, logins, app, &status.cause);
        let addresses = (status.about == Some(About::Address)).then(|| self.addresses(outcome, logins, known));
        add_users(&mut seen.text, &seen.users);
        if let Some(addresses) = &addresses {
            add_addresses(&mut seen.text, addresses, outcome.rows);
        }
        let names_somebody = app.is_some() || !seen.users.is_empty();
        if !names_somebody {
            seen.text.push_str("; the export names neither app nor user");
        }
        if let Some(change) = self.change_before(outcome, &status.changes) {
            add(&mut seen.text, format_args!("; shortly before, in the audit trail: {change}"));
        }
        CauseSeen {
            standing: if names_somebody { Standing::Confirmed } else { Standing::Possible },
            cause: Some(status.cause.clone()),
            means: Some(status.means.clone()),
            addresses,
            rules: status.causes.clone(),
            symptoms: self.symptoms_for(app, &status.symptoms, &status.people),
            ..seen
        }
    }

    fn unknown(&self, status: &str, outcome: &Outcome, logins: &Logins, app: Option<&str>) -> CauseSeen {
        let seen = self.seen(outcome, logins, app, "an unknown status");
        CauseSeen { statuses: vec![self.shown(status)], ..seen }
    }

    /// Logins with one outcome whose meaning is not settled; `what` is its name.
    fn seen(&self, outcome: &Outcome, logins: &Logins, app: Option<&str>, what: &str) -> CauseSeen {
        let statuses: Vec<String> = outcome.texts.keys().map(|text| self.shown(text)).collect();
        let quoted: Vec<String> = statuses.iter().map(|text| format!("\"{text}\"")).collect();
        let subject = self.subject(app);
        let brief = format!("{subject}: {what} ({} of {} logins)", outcome.rows, logins.rows);
        let text = format!(
            "{subject}: {what} ({} in {} of {} logins{})",
            quoted.join(", "),
            outcome.rows,
            logins.rows,
            in_words(&outcome.times).map(|times| format!(", {times}")).unwrap_or_default()
        );
        let (from, to) = span(&outcome.times);
        CauseSeen {
            app: app.map(|app| self.shown(app)),
            statuses,
            rows: outcome.rows,
            of: logins.rows,
            succeeded: logins.success.rows,
            from,
            to,
            users: self.users(outcome),
            brief: Some(brief),
            ..CauseSeen::new(Standing::NotCovered, text)
        }
    }

    /// Causes that the rows of an app do not show: excluded where they could.
    fn absent(&self, kind: Kind, logins: &Logins, app: Option<&str>) -> Vec<CauseSeen> {
        let name = self.subject(app);
        let (from, to) = span(&logins.times);
        let seen = |standing, text| CauseSeen {
            app: app.map(|app| self.shown(app)),
            of: logins.rows,
            succeeded: logins.success.rows,
            from: from.clone(),
            to: to.clone(),
            ..CauseSeen::new(standing, text)
        };
        if let Some(reason) = why_open(logins) {
            return vec![seen(Standing::NotCovered, format!("{name}: no other cause is excluded: {reason}"))];
        }
        let (from, to) = (from.as_deref().unwrap_or_default(), to.as_deref().unwrap_or_default());
        let absent = self.table.statuses.iter().enumerate().filter(|(index, _)| !logins.failed.contains_key(index));
        absent
            .map(|(_, status)| {
                let text = format!(
                    "{name}: in none of {} rows of {} from {from} to {to}, of which {} succeeded: {}",
                    logins.rows,
                    kind.as_str(),
                    logins.success.rows,
                    status.cause
                );
                CauseSeen {
                    cause: Some(status.cause.clone()),
                    symptoms: self.symptoms_for(app, &status.symptoms, &status.people),
                    ..seen(Standing::Excluded, text)
                }
            })
            .collect()
    }

    /// Integrations of the project that no login names.
    pub(super) fn apps_without_rows(&self) -> Vec<CauseSeen> {
        let of_history = || self.gathered.logins.iter().filter(|((kind, _), _)| *kind == Kind::LoginHistory);
        let rows: u64 = of_history().map(|(_, logins)| logins.rows).sum();
        let names_apps = of_history().any(|((_, app), _)| app.is_some());
        if !names_apps {
            return Vec::new();
        }
        let found = of_history().filter_map(|((_, name), _)| self.app(self.gathered.apps.text((*name)?)));
        let named: BTreeSet<&str> = found.map(|app| app.written.full_name.as_str()).collect();
        let apps = self.facts.apps().iter().filter(|app| app.verdict.tier.is_integration());
        apps.filter(|app| !named.contains(app.written.full_name.as_str()))
            .map(|app| {
                let label = sessionlint_lint::rule::one_line(&app.written.label).into_owned();
                let text = format!("{label}: in no row of the login history ({})", crate::count(rows as usize, "row"));
                CauseSeen { app: Some(label), of: rows, ..CauseSeen::new(Standing::NotCovered, text) }
            })
            .collect()
    }

    /// The addresses of an outcome against ranges.
    fn addresses(&self, outcome: &Outcome, logins: &Logins, known: Option<&OAuthApp>) -> Addresses {
        let restricting = known.and_then(|app| app.restricting_profile.value.as_deref());
        let lists = self.facts.range_lists().filter(|list| {
            let is_own_app = list.is_of_app()
                && known.is_some_and(|app| {
                    [&app.written.label, &app.written.full_name].iter().any(|it| *it == list.owner_name())
                });
            let is_profile = list.is_of_profile() && restricting.is_none_or(|name| name == list.owner_name());
            is_own_app || is_profile
        });
        let ranges = lists.filter_map(|list| {
            let (path, line) = self.path_and_line(list.place()?);
            let inside: u64 =
                outcome.addresses.iter().filter(|(address, _)| list.has(**address)).map(|(_, rows)| rows).sum();
            let all: u64 = outcome.addresses.values().sum();
            Some(RangesSeen { owner: list.owner(), path, line, inside, outside: all - inside })
        });
        let mut ranges: Vec<RangesSeen> = ranges.collect();
        ranges.sort_by_key(|it| std::cmp::Reverse(it.outside));
        ranges.truncate(20);
        let elsewhere = outcome.addresses.iter().filter(|(address, _)| logins.success.addresses.contains_key(address));
        let mut list: Vec<(&std::net::IpAddr, &u64)> = outcome.addresses.iter().collect();
        list.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
        Addresses {
            different: outcome.addresses.len(),
            unreadable: outcome.without_address,
            succeeded_elsewhere: elsewhere.map(|(_, rows)| rows).sum(),
            ranges,
            list: if self.show_users {
                list.iter().take(50).map(|(it, _)| it.to_string()).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// The last change of one of these settings within a week before the first failure.
    fn change_before(&self, outcome: &Outcome, settings: &[String]) -> Option<String> {
        let (first, _) = outcome.times.span()?;
        let fits =
            |moment: Moment| moment.clock == first.clock && moment.at <= first.at && first.at - moment.at <= 7 * 86_400;
        let is_one = |change: &Change| match change.known {
            AuditMatch::Entry(index) => {
                self.table.audits.get(index).is_some_and(|audit| settings.contains(&audit.what))
            }
            AuditMatch::Section => false,
        };
        let changes = self.gathered.changes.iter().filter_map(|change| Some((change.moment?, change)));
        let near = changes.filter(|(moment, change)| fits(*moment) && is_one(change));
        let (moment, change) = near.max_by_key(|(moment, _)| *moment)?;
        Some(format!("{} {}", moment.in_words(), self.change_in_words(change)))
    }

    /// Errors that logs and calls show.
    pub(super) fn errors(&self) -> Vec<CauseSeen> {
        let mut seen = Vec::new();
        for ((source, index), errors) in &self.gathered.errors {
            let Some(error) = self.symptoms.errors().get(*index) else { continue };
            let (standing, app, place) = match source {
                Seen::Log(file) => {
                    let path = self.gathered.files.get(*file as usize).map_or("", |file| file.path.as_str());
                    (Standing::Possible, None, path.to_owned())
                }
                other => {
                    let app = other.app().map(|app| self.gathered.apps.text(app));
                    let user = other.user().map(|user| self.user(user));
                    let standing =
                        if app.is_some() || user.is_some() { Standing::Confirmed } else { Standing::Possible };
                    let place = [app.map(|app| self.shown(app)), user].into_iter().flatten().collect::<Vec<_>>();
                    (standing, app, if place.is_empty() { "calls".to_owned() } else { place.join(", ") })
                }
            };
            let name = error.texts.first().map_or("", String::as_str);
            let (from, to) = span(&errors.times);
            let times = crate::count(errors.rows as usize, "time");
            let text = format!(
                "{place}: \"{name}\" ({times}, {}): {}",
                in_words(&errors.times).unwrap_or_else(|| "without a time".to_owned()),
                error.means
            );
            seen.push(CauseSeen {
                cause: Some(name.to_owned()),
                means: Some(error.means.clone()),
                app: app.map(|app| self.shown(app)),
                statuses: vec![name.to_owned()],
                rows: errors.rows,
                of: errors.rows,
                from,
                to,
                rules: error.causes.clone(),
                symptoms: error.symptoms.clone(),
                brief: Some(format!("{place}: \"{name}\" ({times})")),
                ..CauseSeen::new(standing, text)
            });
        }
        seen.sort_by_key(|it| std::cmp::Reverse(it.rows));
        seen.truncate(500);
        seen
    }
}

/// One statement for several causes that the same rows exclude.
pub(super) fn excluded_together(causes: &[&CauseSeen]) -> Option<Statement> {
    let first = causes.first()?;
    let names: Vec<&str> = causes.iter().filter_map(|cause| cause.cause.as_deref()).collect();
    let app = first.app.as_deref().unwrap_or("logins that name no app");
    let (from, to) = (first.from.as_deref().unwrap_or("?"), first.to.as_deref().unwrap_or("?"));
    let rows = format!("{} rows from {from} to {to}, of which {} succeeded", first.of, first.succeeded);
    let text = format!("{app}: in none of {rows}: {}", names.join("; "));
    let brief = if names.len() > NAMED {
        format!("{app}: {} causes of failed logins, by {rows} (--format json names them)", names.len())
    } else {
        text.clone()
    };
    Some(Statement { standing: Standing::Excluded, text, brief })
}

/// One statement for several apps without a row.
pub(super) fn without_rows_together(apps: &[CauseSeen]) -> Option<Statement> {
    let [first, others @ ..] = apps else { return None };
    if others.is_empty() {
        return Some(first.statement());
    }
    let names: Vec<&str> = apps.iter().filter_map(|cause| cause.app.as_deref()).collect();
    let text =
        format!("in no row of the login history ({}): {}", crate::count(first.of as usize, "row"), names.join(", "));
    Some(Statement { standing: first.standing, brief: text.clone(), text })
}

/// Why the logins of an app exclude no cause; `None` where they do.
fn why_open(logins: &Logins) -> Option<String> {
    let unknown: u64 = logins.unknown.values().map(|outcome| outcome.rows).sum();
    if logins.without_status > 0 {
        Some(format!("{} of {} rows have no status", logins.without_status, logins.rows))
    } else if unknown > 0 {
        Some(format!("{unknown} of {} rows have an unknown status", logins.rows))
    } else if logins.without_time > 0 {
        Some(format!("{} of {} rows have no time that can be read", logins.without_time, logins.rows))
    } else if logins.success.rows == 0 {
        Some("no login in the export succeeded".to_owned())
    } else {
        logins.times.span().is_none().then(|| "no row has a time".to_owned())
    }
}

/// From when to when, or when, in words.
fn in_words(times: &Times) -> Option<String> {
    let (first, last) = times.span()?;
    Some(if first == last { first.in_words() } else { format!("{} to {}", first.in_words(), last.in_words()) })
}

fn add_users(text: &mut String, users: &[UserSeen]) {
    if users.is_empty() {
        return;
    }
    let named: Vec<String> = users.iter().take(NAMED).map(|it| format!("{} ({})", it.user, it.rows)).collect();
    let more = match users.len() {
        MOST_PER_OUTCOME.. => " and many more".to_owned(),
        count if count > NAMED => format!(" and {} more", count - NAMED),
        _ => String::new(),
    };
    add(text, format_args!("; by {}{more}", named.join(", ")));
}

fn add_addresses(text: &mut String, addresses: &Addresses, rows: u64) {
    for ranges in addresses.ranges.iter().take(3) {
        let (inside, outside) = (ranges.inside, ranges.outside);
        let of = format!("the ranges of {} ({}:{})", ranges.owner, ranges.path, ranges.line);
        match (inside, outside) {
            (0, 0) => {}
            (0, outside) => add(text, format_args!("; {outside} from outside {of}")),
            (inside, 0) => add(
                text,
                format_args!("; {inside} from inside {of}, so another profile, app or state of the files decides"),
            ),
            (inside, outside) => add(text, format_args!("; {outside} from outside and {inside} from inside {of}")),
        }
    }
    if addresses.ranges.is_empty() {
        text.push_str("; no file has ranges to compare the addresses with");
    }
    if addresses.succeeded_elsewhere > 0 {
        add(
            text,
            format_args!("; {} of {rows} from addresses with successful logins too", addresses.succeeded_elsewhere),
        );
    }
    if addresses.unreadable > 0 {
        add(text, format_args!("; {} without an address that can be read", addresses.unreadable));
    }
    if !addresses.list.is_empty() {
        add(text, format_args!("; from {}", addresses.list.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ")));
    }
}
