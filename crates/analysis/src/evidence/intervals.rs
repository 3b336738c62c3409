//! Intervals between starts and ends of sessions, and the timeouts in the files that match them.
//!
//! A match is no proof. Refuses to know why a session ended: it compares numbers.

use std::collections::BTreeMap;

use super::Comparison;
use crate::exports::{Interval, Life, SessionLife};
use crate::words::add;
use sessionlint_evidence::interval::{Confidence, MeasuredInterval, Schedule, fits, measure, measure_exact};
use sessionlint_evidence::{Clock, EventSource, SessionEvent};
use sessionlint_facts::oauth::{LifeOwner, RefreshKind};
use sessionlint_lint::rule::{minutes_in_words, one_line};
use sessionlint_source::Place;
use sessionlint_source::words::count;

/// Groups of starts that an end is compared with.
const MAX_GROUPS: usize = 60;
/// Groups of ends that are measured.
const MAX_ENDS: usize = 200;
/// Seconds by which an event log file may state an automatic logout late (Object Reference, Logout event).
const LOGOUT_DELAY: i64 = 15 * 60;

type Groups = BTreeMap<(EventSource, Clock), Vec<i64>>;

impl Comparison<'_> {
    /// Every timeout in the files, the shortest first.
    fn lifetimes(&self) -> Vec<Life> {
        let mut lifetimes = Vec::new();
        let mut add = |minutes: Option<i64>, owner: String, place: Option<Place>| {
            if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
                let (path, line) = place.map(|place| self.path_and_line(place)).unzip();
                lifetimes.push(Life { minutes, owner, path, line });
            }
        };
        let org = self.facts.org();
        add(org.minutes.value, "the org default".to_owned(), org.minutes.place);
        for profile in self.facts.profiles().iter().filter(|profile| profile.has_override) {
            add(
                profile.own.value,
                format!("the override of the profile {}", one_line(&profile.label)),
                profile.own.place,
            );
        }
        for app in self.facts.apps() {
            let label = one_line(&app.written.label);
            let own = &app.written.session_minutes;
            add(own.value, format!("the session timeout of the app {label}"), own.place);
            if app.access_token.owner == LifeOwner::JwtPolicy {
                let token = &app.access_token.minutes;
                add(token.value, format!("the tokens in JWT form of the app {label}"), token.place);
            }
            if let Some(policy) = app.refresh_policy().filter(|policy| policy.kind == RefreshKind::Lifetime) {
                let minutes = policy.hours.and_then(|hours| hours.checked_mul(60));
                add(
                    minutes,
                    format!("the life of refresh tokens of the app {label}"),
                    app.written.refresh_policy.place,
                );
            }
        }
        lifetimes.sort_by_key(|life| life.minutes);
        lifetimes
    }

    /// How long sessions of each type live, as the org states it.
    pub(super) fn sessions(&self) -> Vec<SessionLife> {
        let lifetimes = self.lifetimes();
        let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
        for ((kind, _), count) in &self.observations.lives {
            *totals.entry(kind).or_default() += count;
        }
        let mut sessions: Vec<SessionLife> = Vec::new();
        for ((kind, seconds), count) in &self.observations.lives {
            let (minutes, of) = (seconds / 60, totals.get(kind.as_str()).copied().unwrap_or(*count));
            let fits: Vec<Life> = lifetimes.iter().filter(|life| life.minutes * 60 == *seconds).cloned().collect();
            let kind =
                if kind.is_empty() { "of any type".to_owned() } else { format!("of the type {}", self.redact(kind)) };
            let text = format!(
                "sessions {kind}: {} in {count} of {of}: {}",
                minutes_in_words(minutes),
                fitting_in_words(&fits, minutes)
            );
            sessions.push(SessionLife { session_type: kind, minutes, sessions: *count, of, fits, text });
        }
        sessions.sort_by_key(|it| std::cmp::Reverse(it.sessions));
        sessions.truncate(50);
        sessions
    }

    /// The intervals between logins or tokens and failures or logouts.
    pub(super) fn intervals(&self) -> Vec<Interval> {
        let lifetimes = self.lifetimes();
        let mut seconds: Vec<i64> = lifetimes.iter().map(|life| life.minutes * 60).collect();
        seconds.dedup();
        let starts = self.groups(&self.observations.starts);
        let mut intervals = Vec::new();
        let joined = self.observations.joined_logouts();
        if let Some(measured) = measure_exact(&joined, &seconds, LOGOUT_DELAY) {
            let words = ("automatic logouts", "login with the same key");
            intervals.push(self.interval(words, None, &measured, LOGOUT_DELAY, &lifetimes));
        }
        let mut ends: Vec<((EventSource, Clock), Vec<i64>)> =
            self.groups(&self.observations.ends).into_iter().collect();
        ends.sort_by_key(|(_, times)| std::cmp::Reverse(times.len()));
        for ((source, clock), times) in ends.iter().take(MAX_ENDS) {
            intervals.push(self.of_ends(*source, *clock, times, &starts, &seconds, &lifetimes));
        }
        intervals
    }

    /// Times by source and clock, with one source per user.
    fn groups(&self, events: &[SessionEvent]) -> Groups {
        let mut groups = Groups::new();
        let canonical_user = |user: Option<_>| user.map(|user| self.observations.canonical_user(user));
        for event in events {
            let source = match event.source {
                EventSource::Login(app, user) => EventSource::Login(app, canonical_user(user)),
                EventSource::Session(user) => EventSource::Session(canonical_user(user)),
                EventSource::Token(app, user) => EventSource::Token(app, canonical_user(user)),
                EventSource::Call(app, user) => EventSource::Call(app, canonical_user(user)),
                EventSource::Logout(user) => EventSource::Logout(canonical_user(user)),
                EventSource::Log(file) => EventSource::Log(file),
            };
            groups.entry((source, event.moment.clock)).or_default().push(event.moment.at);
        }
        groups
    }

    /// The interval between the ends of a source and the starts that explain them best.
    fn of_ends(
        &self,
        source: EventSource,
        clock: Clock,
        ends: &[i64],
        starts: &Groups,
        seconds: &[i64],
        lifetimes: &[Life],
    ) -> Interval {
        let delay = if matches!(source, EventSource::Logout(_)) { LOGOUT_DELAY } else { 0 };
        let is_same = |one: Option<_>, other: Option<_>| one.is_some() && one == other;
        let may_belong = |start: EventSource| {
            if let EventSource::Log(file) = source {
                return !matches!(start, EventSource::Log(other) if other != file);
            }
            is_same(start.user(), source.user())
                || (start.user().is_none() || source.user().is_none()) && is_same(start.app(), source.app())
        };
        let mut near: Vec<(&EventSource, &Vec<i64>)> = starts
            .iter()
            .filter(|((start, of), _)| *of == clock && may_belong(*start))
            .map(|((start, _), times)| (start, times))
            .collect();
        // Integrations of the project first, then the most frequent logins.
        near.sort_by_cached_key(|(start, times)| {
            let app = start.app().and_then(|app| self.app(self.observations.apps.text(app)));
            (!app.is_some_and(|app| app.verdict.tier.is_integration()), std::cmp::Reverse(times.len()))
        });
        near.truncate(MAX_GROUPS);
        let name = self.name_of(source);
        if near.is_empty() {
            let is_elsewhere = starts.keys().any(|(start, _)| may_belong(*start));
            let why = if is_elsewhere {
                "its times, or those of the logins, have no zone; give it with --time-zone NAME"
            } else {
                "the evidence has no login or token for it"
            };
            return no_interval(name, &format!("no interval is measured: {why}"), None);
        }
        let tries = f64::from(u32::try_from(near.len()).unwrap_or(u32::MAX));
        let measured = near.iter().filter_map(|(start, times)| {
            let measured = measure(times, ends, seconds, delay)?;
            Some((**start, MeasuredInterval { chance: (measured.chance * tries).min(1.0), ..measured }))
        });
        let best = measured.max_by(|(_, one), (_, other)| {
            let sure = one.confidence().cmp(&other.confidence());
            sure.then(one.matched.cmp(&other.matched)).then(other.chance.total_cmp(&one.chance))
        });
        let Some((start, measured)) = best else {
            return no_interval(name, "no interval is measured: no failure follows a login", None);
        };
        if measured.confidence().is_none() {
            return no_interval(
                name,
                &format!(
                    "no interval stands out: the best is {} in {} of {}, which chance gives too",
                    minutes_in_words(measured.seconds / 60),
                    measured.matched,
                    measured.of
                ),
                Some(&measured),
            );
        }
        let starts = match start {
            EventSource::Log(_) => "login in the same log".to_owned(),
            EventSource::Session(_) => "session's start".to_owned() + &self.of_user(start),
            EventSource::Token(..) => format!("token's issue{}{}", self.of_app(start), self.of_user(start)),
            _ => format!("login{}{}", self.of_app(start), self.of_user(start)),
        };
        let app = start.app().or(source.app()).map(|app| self.redact(self.observations.apps.text(app)));
        self.interval((&name, &starts), app, &measured, delay, lifetimes)
    }

    fn of_app(&self, source: EventSource) -> String {
        source.app().map(|app| format!(" of {}", self.redact(self.observations.apps.text(app)))).unwrap_or_default()
    }

    fn of_user(&self, source: EventSource) -> String {
        source.user().map(|user| format!(" by {}", self.user(user))).unwrap_or_default()
    }

    /// The source of the ends in words.
    fn name_of(&self, source: EventSource) -> String {
        match source {
            EventSource::Log(file) => {
                self.observations.files.get(file as usize).map_or_else(String::new, |file| file.path.clone())
            }
            EventSource::Call(..) => format!("calls{}{} answered with 401", self.of_app(source), self.of_user(source)),
            EventSource::Logout(_) => format!("automatic logouts{}", self.of_user(source)),
            _ => format!("failed logins{}{}", self.of_app(source), self.of_user(source)),
        }
    }

    fn interval(
        &self,
        (ends, starts): (&str, &str),
        app: Option<String>,
        measured: &MeasuredInterval,
        delay: i64,
        lifetimes: &[Life],
    ) -> Interval {
        let confidence = measured.confidence();
        let minutes = measured.seconds / 60;
        let mut fitting: Vec<Life> =
            lifetimes.iter().filter(|life| fits(measured.seconds, life.minutes * 60, delay)).cloned().collect();
        // A timeout of the same app comes before the others.
        if let Some(app) = app.as_deref().and_then(|app| self.app(app)) {
            let own = format!("the app {}", one_line(&app.written.label));
            fitting.sort_by_key(|life| !life.owner.ends_with(&own));
        }
        let (least, most) = (measured.least / 60, measured.most / 60);
        let mut text = format!(
            "{ends}: {}: {}",
            after(starts, (minutes, least, most), (measured.matched, measured.of)),
            fitting_in_words(&fitting, minutes)
        );
        if measured.further > 0 {
            add(
                &mut text,
                format_args!(
                    "; {} are repetitions or have no login in the evidence",
                    count(measured.further, "further failure")
                ),
            );
        }
        match measured.schedule {
            Some(Schedule::Daily) => text
                .push_str(". The failures come at the same time of day, so a schedule explains the interval as well"),
            Some(Schedule::Hourly) => {
                text.push_str(
                    ". The failures come at the same minutes of the hour, so a schedule may explain the interval",
                );
            }
            None => {}
        }
        // By Help and guides, use extends a session; that an exact end means these two is an inference.
        if delay == 0 && measured.schedule.is_none() {
            text.push_str(
                ". Use extends a session, so an end after a fixed time in constant use probably comes from an access \
                 token in JWT form or from the client's own timer",
            );
        }
        add(&mut text, format_args!(". Confidence: {}", confidence.map_or("none", Confidence::as_str)));
        Interval {
            ends: ends.to_owned(),
            starts: starts.to_owned(),
            app,
            minutes: Some(minutes),
            least_minutes: Some(least),
            most_minutes: Some(most),
            matched: measured.matched,
            of: measured.of,
            further: measured.further,
            confidence: confidence.map(Confidence::as_str),
            fits: fitting,
            text,
        }
    }
}

fn no_interval(ends: String, why: &str, measured: Option<&MeasuredInterval>) -> Interval {
    Interval {
        text: format!("{ends}: {why}"),
        ends,
        matched: measured.map_or(0, |it| it.matched),
        of: measured.map_or(0, |it| it.of),
        further: measured.map_or(0, |it| it.further),
        ..Interval::default()
    }
}

/// An interval in words, without the timeouts that it fits.
pub(super) fn in_brief(it: &Interval) -> String {
    let minutes = it.minutes.unwrap_or_default();
    let (least, most) = (it.least_minutes.unwrap_or(minutes), it.most_minutes.unwrap_or(minutes));
    after(&it.starts, (minutes, least, most), (it.matched, it.of))
}

/// How long after a start the ends come, and how often.
fn after(starts: &str, (minutes, least, most): (i64, i64, i64), (matched, of): (usize, usize)) -> String {
    let spread = if least == most { String::new() } else { format!(" ({least} to {most})") };
    format!("{minutes} min{spread} after each {starts}, {matched} of {of} times")
}

/// The timeouts that an interval fits, in words.
fn fitting_in_words(fits: &[Life], minutes: i64) -> String {
    let named = fits.iter().take(3).map(|life| {
        let place = match (&life.path, life.line) {
            (Some(path), Some(line)) => format!(" ({path}:{line})"),
            _ => String::new(),
        };
        format!("{} is {}{place}", life.owner, minutes_in_words(life.minutes))
    });
    let named: Vec<String> = named.collect();
    let more = if fits.len() > 3 { format!(", and {} more", fits.len() - 3) } else { String::new() };
    match named.as_slice() {
        [] => format!("no value in these files is {}", minutes_in_words(minutes)),
        [one] => one.clone(),
        several => format!("{}{more}; each of them fits", several.join(", ")),
    }
}
