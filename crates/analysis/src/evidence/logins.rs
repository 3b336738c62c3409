//! The causes that failed logins and errors confirm, exclude or do not cover, for each app in an export.
//!
//! May assume the meaning of each status from the table of evidence. Refuses to infer anything about logins that are not
//! in the export.

use std::collections::{BTreeMap, BTreeSet};

use super::{Comparison, span};
use crate::exports::{Addresses, CauseEvidence, RangeCount, Standing, Statement, UserCount};
use crate::words::add;
use sessionlint_evidence::{
    AuditMatch, Change, EventSource, Kind, LoginGroup, Logins, MAX_PER_GROUP, Moment, Status, Subject, Times,
};
use sessionlint_facts::oauth::OAuthApp;
use sessionlint_source::words::count;

/// Users and addresses of a cause that are named.
const MAX_NAMED: usize = 5;

/// Apps outside the project for which exclusions are listed.
const MAX_OTHER_APPS: usize = 50;

impl Comparison<'_> {
    /// The causes that logins confirm or exclude.
    pub(super) fn logins(&self) -> Vec<CauseEvidence> {
        let mut causes = Vec::new();
        let mut other_apps = 0;
        for ((kind, app), logins) in &self.observations.logins {
            let app_name = app.map(|app| self.observations.apps.text(app));
            let known_app = app_name.and_then(|name| self.app(name));
            for (index, group) in &logins.failed {
                let Some(status) = self.table.statuses.get(*index) else { continue };
                causes.push(self.failed(status, group, logins, app_name, known_app));
            }
            for (text, group) in &logins.unknown {
                causes.push(self.unknown(text, group, logins, app_name));
            }
            let has_failures = !logins.failed.is_empty() || !logins.unknown.is_empty();
            other_apps += usize::from(known_app.is_none() && has_failures);
            if known_app.is_some() || app.is_none() || has_failures && other_apps <= MAX_OTHER_APPS {
                causes.extend(self.absent(*kind, logins, app_name));
            }
        }
        causes
    }

    fn subject(&self, app: Option<&str>) -> String {
        app.map_or_else(|| "logins that name no app".to_owned(), |app| self.redact(app))
    }

    fn users(&self, group: &LoginGroup) -> Vec<UserCount> {
        let mut rows = BTreeMap::new();
        for (user, count) in &group.users {
            *rows.entry(self.user(*user)).or_insert(0) += *count;
        }
        let mut users: Vec<UserCount> = rows.into_iter().map(|(user, rows)| UserCount { user, rows }).collect();
        users.sort_by_key(|it| std::cmp::Reverse(it.rows));
        users
    }

    /// A cause that failed logins show.
    fn failed(
        &self,
        status: &Status,
        group: &LoginGroup,
        logins: &Logins,
        app: Option<&str>,
        known_app: Option<&OAuthApp>,
    ) -> CauseEvidence {
        let mut seen = self.seen(group, logins, app, &status.cause);
        let addresses = (status.about == Some(Subject::Address)).then(|| self.addresses(group, logins, known_app));
        add_users(&mut seen.text, &seen.users);
        if let Some(addresses) = &addresses {
            add_addresses(&mut seen.text, addresses, group.rows);
        }
        let names_app_or_user = app.is_some() || !seen.users.is_empty();
        if !names_app_or_user {
            seen.text.push_str("; the export names neither app nor user");
        }
        if let Some(change) = self.change_before(group, &status.changes) {
            add(&mut seen.text, format_args!("; shortly before, in the audit trail: {change}"));
        }
        CauseEvidence {
            standing: if names_app_or_user { Standing::Confirmed } else { Standing::Possible },
            cause: Some(status.cause.clone()),
            means: Some(status.means.clone()),
            addresses,
            rules: status.causes.clone(),
            symptoms: self.symptoms_for(app, &status.symptoms, &status.people),
            ..seen
        }
    }

    fn unknown(&self, status: &str, group: &LoginGroup, logins: &Logins, app: Option<&str>) -> CauseEvidence {
        let seen = self.seen(group, logins, app, "an unknown status");
        CauseEvidence { statuses: vec![self.redact(status)], ..seen }
    }

    /// The cause of a group of logins, with no meaning yet; `what` is the name of the cause.
    fn seen(&self, group: &LoginGroup, logins: &Logins, app: Option<&str>, what: &str) -> CauseEvidence {
        let statuses: Vec<String> = group.texts.keys().map(|text| self.redact(text)).collect();
        let quoted: Vec<String> = statuses.iter().map(|text| format!("\"{text}\"")).collect();
        let subject = self.subject(app);
        let brief = format!("{subject}: {what} ({} of {} logins)", group.rows, logins.rows);
        let text = format!(
            "{subject}: {what} ({} in {} of {} logins{})",
            quoted.join(", "),
            group.rows,
            logins.rows,
            in_words(&group.times).map(|times| format!(", {times}")).unwrap_or_default()
        );
        let (from, to) = span(&group.times);
        CauseEvidence {
            app: app.map(|app| self.redact(app)),
            statuses,
            rows: group.rows,
            of: logins.rows,
            succeeded: logins.success.rows,
            from,
            to,
            users: self.users(group),
            brief: Some(brief),
            ..CauseEvidence::new(Standing::NotCovered, text)
        }
    }

    /// The causes that no row of an app shows. They are excluded if the rows could show them.
    fn absent(&self, kind: Kind, logins: &Logins, app: Option<&str>) -> Vec<CauseEvidence> {
        let name = self.subject(app);
        let (from, to) = span(&logins.times);
        let evidence = |standing, text| CauseEvidence {
            app: app.map(|app| self.redact(app)),
            of: logins.rows,
            succeeded: logins.success.rows,
            from: from.clone(),
            to: to.clone(),
            ..CauseEvidence::new(standing, text)
        };
        if let Some(reason) = why_nothing_is_excluded(logins) {
            return vec![evidence(Standing::NotCovered, format!("{name}: no other cause is excluded: {reason}"))];
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
                CauseEvidence {
                    cause: Some(status.cause.clone()),
                    symptoms: self.symptoms_for(app, &status.symptoms, &status.people),
                    ..evidence(Standing::Excluded, text)
                }
            })
            .collect()
    }

    /// Integrations of the project without a row in the login history.
    pub(super) fn apps_without_rows(&self) -> Vec<CauseEvidence> {
        let of_history = || self.observations.logins.iter().filter(|((kind, _), _)| *kind == Kind::LoginHistory);
        let rows: u64 = of_history().map(|(_, logins)| logins.rows).sum();
        let names_apps = of_history().any(|((_, app), _)| app.is_some());
        if !names_apps {
            return Vec::new();
        }
        let found = of_history().filter_map(|((_, name), _)| self.app(self.observations.apps.text((*name)?)));
        let named: BTreeSet<&str> = found.map(|app| app.written.full_name.as_str()).collect();
        let apps = self.facts.apps().iter().filter(|app| app.verdict.tier.is_integration());
        apps.filter(|app| !named.contains(app.written.full_name.as_str()))
            .map(|app| {
                let label = sessionlint_lint::rule::one_line(&app.written.label).into_owned();
                let text = format!("{label}: in no row of the login history ({})", count(rows as usize, "row"));
                CauseEvidence { app: Some(label), of: rows, ..CauseEvidence::new(Standing::NotCovered, text) }
            })
            .collect()
    }

    /// The addresses of failed logins compared with the ranges in the files.
    fn addresses(&self, group: &LoginGroup, logins: &Logins, known_app: Option<&OAuthApp>) -> Addresses {
        let restricting = known_app.and_then(|app| app.restricting_profile.value.as_deref());
        let lists = self.facts.range_lists().filter(|list| {
            let is_own_app = list.is_of_app()
                && known_app.is_some_and(|app| {
                    [&app.written.label, &app.written.full_name].iter().any(|it| *it == list.owner_name())
                });
            let is_profile = list.is_of_profile() && restricting.is_none_or(|name| name == list.owner_name());
            is_own_app || is_profile
        });
        let ranges = lists.filter_map(|list| {
            let (path, line) = self.path_and_line(list.place()?);
            let inside: u64 =
                group.addresses.iter().filter(|(address, _)| list.has(**address)).map(|(_, rows)| rows).sum();
            let all: u64 = group.addresses.values().sum();
            Some(RangeCount { owner: list.owner(), path, line, inside, outside: all - inside })
        });
        let mut ranges: Vec<RangeCount> = ranges.collect();
        ranges.sort_by_key(|it| std::cmp::Reverse(it.outside));
        ranges.truncate(20);
        let also_successful =
            group.addresses.iter().filter(|(address, _)| logins.success.addresses.contains_key(address));
        let mut list: Vec<(&std::net::IpAddr, &u64)> = group.addresses.iter().collect();
        list.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
        Addresses {
            different: group.addresses.len(),
            unreadable: group.without_address,
            succeeded_elsewhere: also_successful.map(|(_, rows)| rows).sum(),
            ranges,
            list: if self.show_users {
                list.iter().take(50).map(|(it, _)| it.to_string()).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// The last change of one of these settings within a week before the first failure.
    fn change_before(&self, group: &LoginGroup, settings: &[String]) -> Option<String> {
        let (first, _) = group.times.span()?;
        let fits =
            |moment: Moment| moment.clock == first.clock && moment.at <= first.at && first.at - moment.at <= 7 * 86_400;
        let is_one = |change: &Change| match change.setting {
            AuditMatch::Entry(index) => {
                self.table.audits.get(index).is_some_and(|audit| settings.contains(&audit.what))
            }
            AuditMatch::Section => false,
        };
        let changes = self.observations.changes.iter().filter_map(|change| Some((change.moment?, change)));
        let near = changes.filter(|(moment, change)| fits(*moment) && is_one(change));
        let (moment, change) = near.max_by_key(|(moment, _)| *moment)?;
        Some(format!("{} {}", moment.in_words(), self.change_in_words(change)))
    }

    /// Errors that logs and calls show.
    pub(super) fn errors(&self) -> Vec<CauseEvidence> {
        let mut causes = Vec::new();
        for ((source, index), errors) in &self.observations.errors {
            let Some(error) = self.symptoms.errors().get(*index) else { continue };
            let (standing, app, place) = match source {
                EventSource::Log(file) => {
                    let path = self.observations.files.get(*file as usize).map_or("", |file| file.path.as_str());
                    (Standing::Possible, None, path.to_owned())
                }
                other => {
                    let app = other.app().map(|app| self.observations.apps.text(app));
                    let user = other.user().map(|user| self.user(user));
                    let standing =
                        if app.is_some() || user.is_some() { Standing::Confirmed } else { Standing::Possible };
                    let place = [app.map(|app| self.redact(app)), user].into_iter().flatten().collect::<Vec<_>>();
                    (standing, app, if place.is_empty() { "calls".to_owned() } else { place.join(", ") })
                }
            };
            let name = error.texts.first().map_or("", String::as_str);
            let (from, to) = span(&errors.times);
            let times = count(errors.rows as usize, "time");
            let text = format!(
                "{place}: \"{name}\" ({times}, {}): {}",
                in_words(&errors.times).unwrap_or_else(|| "without a time".to_owned()),
                error.means
            );
            causes.push(CauseEvidence {
                cause: Some(name.to_owned()),
                means: Some(error.means.clone()),
                app: app.map(|app| self.redact(app)),
                statuses: vec![name.to_owned()],
                rows: errors.rows,
                of: errors.rows,
                from,
                to,
                rules: error.causes.clone(),
                symptoms: error.symptoms.clone(),
                brief: Some(format!("{place}: \"{name}\" ({times})")),
                ..CauseEvidence::new(standing, text)
            });
        }
        causes.sort_by_key(|it| std::cmp::Reverse(it.rows));
        causes.truncate(500);
        causes
    }
}

/// One statement for several causes that the same rows exclude.
pub(super) fn excluded_together(causes: &[&CauseEvidence]) -> Option<Statement> {
    let first = causes.first()?;
    let names: Vec<&str> = causes.iter().filter_map(|cause| cause.cause.as_deref()).collect();
    let app = first.app.as_deref().unwrap_or("logins that name no app");
    let (from, to) = (first.from.as_deref().unwrap_or("?"), first.to.as_deref().unwrap_or("?"));
    let rows = format!("{} rows from {from} to {to}, of which {} succeeded", first.of, first.succeeded);
    let text = format!("{app}: in none of {rows}: {}", names.join("; "));
    let brief = if names.len() > MAX_NAMED {
        format!("{app}: {} causes of failed logins, by {rows} (--format json names them)", names.len())
    } else {
        text.clone()
    };
    Some(Statement { standing: Standing::Excluded, text, brief })
}

/// One statement for several apps without a row.
pub(super) fn without_rows_together(apps: &[CauseEvidence]) -> Option<Statement> {
    let [first, others @ ..] = apps else { return None };
    if others.is_empty() {
        return Some(first.statement());
    }
    let names: Vec<&str> = apps.iter().filter_map(|cause| cause.app.as_deref()).collect();
    let text = format!("in no row of the login history ({}): {}", count(first.of as usize, "row"), names.join(", "));
    Some(Statement { standing: first.standing, brief: text.clone(), text })
}

/// Why the logins of an app exclude no cause; `None` if they exclude some.
fn why_nothing_is_excluded(logins: &Logins) -> Option<String> {
    let unknown: u64 = logins.unknown.values().map(|group| group.rows).sum();
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

/// The first and the last time in words.
fn in_words(times: &Times) -> Option<String> {
    let (first, last) = times.span()?;
    Some(if first == last { first.in_words() } else { format!("{} to {}", first.in_words(), last.in_words()) })
}

fn add_users(text: &mut String, users: &[UserCount]) {
    if users.is_empty() {
        return;
    }
    let named: Vec<String> = users.iter().take(MAX_NAMED).map(|it| format!("{} ({})", it.user, it.rows)).collect();
    let more = match users.len() {
        MAX_PER_GROUP.. => " and many more".to_owned(),
        count if count > MAX_NAMED => format!(" and {} more", count - MAX_NAMED),
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
        add(
            text,
            format_args!("; from {}", addresses.list.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ")),
        );
    }
}
