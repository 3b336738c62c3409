//! Intervals between starts and ends of sessions, and the timeouts in the files that match them.
//!
//! A match is not a proof: this module compares numbers, and refuses to know why a session ended.

use std::collections::BTreeMap;

use super::Scale;
use crate::analysis::exports::{Interval, Life, SessionLife};
use crate::text::add;
use sessionlint_evidence::interval::{Measured, Schedule, Sureness, fits, measure, measure_exact};
use sessionlint_evidence::{Clock, Mark, Seen};
use sessionlint_facts::oauth::{LifeOwner, RefreshKind};
use sessionlint_lint::rule::{minutes_in_words, one_line};
use sessionlint_source::Place;

/// Groups of starts that an end is compared with.
const MOST_GROUPS: usize = 60;
/// Groups of ends that are measured.
const MOST_ENDS: usize = 200;
/// Seconds by which an event log file may state an automatic logout late (Object Reference, Logout event).
const LOGOUT_DELAY: i64 = 15 * 60;

type Groups = BTreeMap<(Seen, Clock), Vec<i64>>;

impl Scale<'_> {
    /// Every timeout in the files, the shortest first.
    fn lives(&self) -> Vec<Life> {
        let mut lives = Vec::new();
        let mut add = |minutes: Option<i64>, owner: String, place: Option<Place>| {
            if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
                let (path, line) = place.map(|place| self.path_and_line(place)).unzip();
                lives.push(Life { minutes, owner, path, line });
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
            if let Some(policy) = app.written.refresh.as_ref().filter(|policy| policy.kind == RefreshKind::Lifetime) {
                let minutes = policy.hours.and_then(|hours| hours.checked_mul(60));
                add(
                    minutes,
                    format!("the life of refresh tokens of the app {label}"),
                    app.written.refresh_policy.place,
                );
            }
        }
        lives.sort_by_key(|life| life.minutes);
        lives
    }

    /// The life of sessions of each type, as the org states it.
    pub(super) fn sessions(&self) -> Vec<SessionLife> {
        let lives = self.lives();
        let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
        for ((kind, _), count) in &self.gathered.lives {
            *totals.entry(kind).or_default() += count;
        }
        let mut sessions: Vec<SessionLife> = Vec::new();
        for ((kind, seconds), count) in &self.gathered.lives {
            let (minutes, of) = (seconds / 60, totals.get(kind.as_str()).copied().unwrap_or(*count));
            let fits: Vec<Life> = lives.iter().filter(|life| life.minutes * 60 == *seconds).cloned().collect();
            let kind =
                if kind.is_empty() { "of any type".to_owned() } else { format!("of the type {}", self.shown(kind)) };
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
        let lives = self.lives();
        let mut seconds: Vec<i64> = lives.iter().map(|life| life.minutes * 60).collect();
        seconds.dedup();
        let starts = self.groups(&self.gathered.starts);
        let mut intervals = Vec::new();
        let joined = self.gathered.joined_logouts();
        if let Some(measured) = measure_exact(&joined, &seconds, LOGOUT_DELAY) {
            let words = ("automatic logouts", "login with the same key");
            intervals.push(self.interval(words, None, &measured, LOGOUT_DELAY, &lives));
        }
        let mut ends: Vec<((Seen, Clock), Vec<i64>)> = self.groups(&self.gathered.ends).into_iter().collect();
        ends.sort_by_key(|(_, times)| std::cmp::Reverse(times.len()));
        for ((seen, clock), times) in ends.iter().take(MOST_ENDS) {
            intervals.push(self.of_ends(*seen, *clock, times, &starts, &seconds, &lives));
        }
        intervals
    }

    /// Moments by source, one group per person, in order.
    fn groups(&self, marks: &[Mark]) -> Groups {
        let mut groups = Groups::new();
        let person = |user: Option<_>| user.map(|user| self.gathered.person(user));
        for mark in marks {
            let seen = match mark.seen {
                Seen::Login(app, user) => Seen::Login(app, person(user)),
                Seen::Session(user) => Seen::Session(person(user)),
                Seen::Token(app, user) => Seen::Token(app, person(user)),
                Seen::Call(app, user) => Seen::Call(app, person(user)),
                Seen::Logout(user) => Seen::Logout(person(user)),
                Seen::Log(file) => Seen::Log(file),
            };
            groups.entry((seen, mark.moment.clock)).or_default().push(mark.moment.at);
        }
        groups
    }

    /// The interval between some ends and the starts that explain them best.
    fn of_ends(
        &self,
        seen: Seen,
        clock: Clock,
        ends: &[i64],
        starts: &Groups,
        seconds: &[i64],
        lives: &[Life],
    ) -> Interval {
        let delay = if matches!(seen, Seen::Logout(_)) { LOGOUT_DELAY } else { 0 };
        let is_same = |one: Option<_>, other: Option<_>| one.is_some() && one == other;
        let may_belong = |start: Seen| {
            if let Seen::Log(file) = seen {
                return !matches!(start, Seen::Log(other) if other != file);
            }
            is_same(start.user(), seen.user())
                || (start.user().is_none() || seen.user().is_none()) && is_same(start.app(), seen.app())
        };
        let mut near: Vec<(&Seen, &Vec<i64>)> = starts
            .iter()
            .filter(|((start, of), _)| *of == clock && may_belong(*start))
            .map(|((start, _), times)| (start, times))
            .collect();
        // Integrations of the project first, then the most frequent logins.
        near.sort_by_cached_key(|(start, times)| {
            let app = start.app().and_then(|app| self.app(self.gathered.apps.text(app)));
            (!app.is_some_and(|app| app.verdict.tier.is_integration()), std::cmp::Reverse(times.len()))
        });
        near.truncate(MOST_GROUPS);
        let name = self.name_of(seen);
        if near.is_empty() {
            let is_elsewhere = starts.keys().any(|(start, _)| may_belong(*start));
            let why = if is_elsewhere {
                "its times, or those of the logins, have no zone; give it with --time-zone NAME"
            } else {
                "the evidence has no login or token for it"
            };
            return nothing(name, &format!("no interval is measured: {why}"), None);
        }
        let tries = f64::from(u32::try_from(near.len()).unwrap_or(u32::MAX));
        let measured = near.iter().filter_map(|(start, times)| {
            let measured = measure(times, ends, seconds, delay)?;
            Some((**start, Measured { chance: (measured.chance * tries).min(1.0), ..measured }))
        });
        let best = measured.max_by(|(_, one), (_, other)| {
            let sure = one.sureness().cmp(&other.sureness());
            sure.then(one.matched.cmp(&other.matched)).then(other.chance.total_cmp(&one.chance))
        });
        let Some((start, measured)) = best else {
            return nothing(name, "no interval is measured: no failure follows a login", None);
        };
        if measured.sureness().is_none() {
            return nothing(
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
            Seen::Log(_) => "login in the same log".to_owned(),
            Seen::Session(_) => "session's start".to_owned() + &self.of_user(start),
            Seen::Token(..) => format!("token's issue{}{}", self.of_app(start), self.of_user(start)),
            _ => format!("login{}{}", self.of_app(start), self.of_user(start)),
        };
        let app = start.app().or(seen.app()).map(|app| self.shown(self.gathered.apps.text(app)));
        self.interval((&name, &starts), app, &measured, delay, lives)
    }

    fn of_app(&self, seen: Seen) -> String {
        seen.app().map(|app| format!(" of {}", self.shown(self.gathered.apps.text(app)))).unwrap_or_default()
    }

    fn of_user(&self, seen: Seen) -> String {
        seen.user().map(|user| format!(" by {}", self.user(user))).unwrap_or_default()
    }

    /// The name of the ends.
    fn name_of(&self, seen: Seen) -> String {
        match seen {
            Seen::Log(file) => {
                self.gathered.files.get(file as usize).map_or_else(String::new, |file| file.path.clone())
            }
            Seen::Call(..) => format!("calls{}{} answered with 401", self.of_app(seen), self.of_user(seen)),
            Seen::Logout(_) => format!("automatic logouts{}", self.of_user(seen)),
            _ => format!("failed logins{}{}", self.of_app(seen), self.of_user(seen)),
        }
    }

    fn interval(
        &self,
        (ends, starts): (&str, &str),
        app: Option<String>,
        measured: &Measured,
        delay: i64,
        lives: &[Life],
    ) -> Interval {
        let sureness = measured.sureness();
        let minutes = measured.seconds / 60;
        let mut fitting: Vec<Life> =
            lives.iter().filter(|life| fits(measured.seconds, life.minutes * 60, delay)).cloned().collect();
        // A life of the same app is better evidence than one of all.
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
                    crate::count(measured.further, "further failure")
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
        add(&mut text, format_args!(". Confidence: {}", sureness.map_or("none", Sureness::as_str)));
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
            confidence: sureness.map(Sureness::as_str),
            fits: fitting,
            text,
        }
    }
}

fn nothing(ends: String, why: &str, measured: Option<&Measured>) -> Interval {
    Interval {
        text: format!("{ends}: {why}"),
        ends,
        starts: String::new(),
        app: None,
        minutes: None,
        least_minutes: None,
        most_minutes: None,
        matched: measured.map_or(0, |it| it.matched),
        of: measured.map_or(0, |it| it.of),
        further: measured.map_or(0, |it| it.further),
        confidence: None,
        fits: Vec::new(),
    }
}

/// An interval in words, without the lives that it fits.
pub(super) fn in_brief(it: &Interval) -> String {
    let minutes = it.minutes.unwrap_or_default();
    let (least, most) = (it.least_minutes.unwrap_or(minutes), it.most_minutes.unwrap_or(minutes));
    after(&it.starts, (minutes, least, most), (it.matched, it.of))
}

/// How long after a start, in minutes, and how often.
fn after(starts: &str, (minutes, least, most): (i64, i64, i64), (matched, of): (usize, usize)) -> String {
    let spread = if least == most { String::new() } else { format!(" ({least} to {most})") };
    format!("{minutes} min{spread} after each {starts}, {matched} of {of} times")
}

/// The lives that an interval fits, in words.
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
