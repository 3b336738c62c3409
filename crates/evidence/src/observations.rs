//! The totals of rows and lines: logins by app and status, changes of settings, lifetimes, starts and ends of sessions.
//!
//! Memory grows with the number of different apps, users, addresses and statuses, not with the number of rows. The times
//! at which sessions start and end are kept within a budget. Refuses to know what the numbers mean for a project.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;

use sessionlint_source::budget::{Budget, Lease};

use crate::columns::{Field, Kind, Layout, Row};
use crate::redact;
use crate::table::{AuditMatch, LogEvent, LoginResult, Table};
use crate::time::{Clock, Moment, TimeError, TimeOptions, Zone, parse_time};

/// Names that are kept.
const MAX_NAMES: usize = 200_000;
/// Users or addresses that are kept of one group of logins.
pub const MAX_PER_GROUP: usize = 2_000;
/// Groups of logins that are kept.
const MAX_GROUPS: usize = 5_000;
/// Starts, ends, keys of logins and keys of logouts that are kept, each.
const MAX_EVENTS: usize = 2_000_000;
/// Changes of settings that are kept.
const MAX_CHANGES: usize = 5_000;
/// Ids of rows that are kept, so that a row in two exports is counted once.
const MAX_IDS: usize = 2_000_000;
/// Defects of a file that are listed with their line.
const MAX_PROBLEMS: usize = 5;

/// A name of an app or a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// Interned names.
#[derive(Debug, Default)]
pub struct Names {
    texts: Vec<String>,
    by_text: HashMap<String, Name>,
}

impl Names {
    fn of(&mut self, text: &str) -> Name {
        let text: String = text.chars().take(200).collect();
        if let Some(name) = self.by_text.get(&text) {
            return *name;
        }
        // All names beyond the limit count as one.
        let text = if self.texts.len() >= MAX_NAMES { "others".to_owned() } else { text };
        let name = Name(self.texts.len() as u32);
        let name = *self.by_text.entry(text.clone()).or_insert(name);
        if name.0 as usize == self.texts.len() {
            self.texts.push(text);
        }
        name
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.texts.get(name.0 as usize).map_or("", String::as_str)
    }
}

/// The first and the last time of some rows, by clock.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<(Moment, Moment)>);

impl Times {
    fn add(&mut self, moment: Moment) {
        match self.0.iter_mut().find(|(first, _)| first.clock == moment.clock) {
            Some((first, last)) => {
                *first = (*first).min(moment);
                *last = (*last).max(moment);
            }
            None => self.0.push((moment, moment)),
        }
    }

    /// The first and the last time; those in UTC if there are any.
    pub fn span(&self) -> Option<(Moment, Moment)> {
        self.0.iter().copied().min_by_key(|(first, _)| first.clock)
    }
}

/// Logins with the same result.
#[derive(Debug, Default)]
pub struct LoginGroup {
    /// Their number.
    pub rows: u64,
    /// The times.
    pub times: Times,
    /// Rows of each user.
    pub users: BTreeMap<Name, u64>,
    /// Rows from each address.
    pub addresses: BTreeMap<IpAddr, u64>,
    /// Rows without an address that can be read.
    pub without_address: u64,
    /// The spellings of the status.
    pub texts: BTreeMap<String, u64>,
}

impl LoginGroup {
    fn add(&mut self, login: &Login<'_>) {
        self.rows += 1;
        if let Ok(moment) = login.moment {
            self.times.add(moment);
        }
        if let Some(user) = login.user
            && (self.users.len() < MAX_PER_GROUP || self.users.contains_key(&user))
        {
            *self.users.entry(user).or_default() += 1;
        }
        match login.address {
            Some(address) if self.addresses.len() < MAX_PER_GROUP || self.addresses.contains_key(&address) => {
                *self.addresses.entry(address).or_default() += 1;
            }
            Some(_) => {}
            None => self.without_address += 1,
        }
        if self.texts.len() < 8 || self.texts.contains_key(login.status) {
            *self.texts.entry(login.status.to_owned()).or_default() += 1;
        }
    }
}

struct Login<'r> {
    moment: Result<Moment, TimeError>,
    user: Option<Name>,
    address: Option<IpAddr>,
    status: &'r str,
}

/// Logins of one app in one export.
#[derive(Debug, Default)]
pub struct Logins {
    /// The number of all rows.
    pub rows: u64,
    /// Rows without a time that can be read.
    pub without_time: u64,
    /// Successful logins.
    pub success: LoginGroup,
    /// Failed logins by the index of their status.
    pub failed: BTreeMap<usize, LoginGroup>,
    /// Logins with a status that is not in the table, by its text.
    pub unknown: BTreeMap<String, LoginGroup>,
    /// Rows without a status.
    pub without_status: u64,
    /// The times.
    pub times: Times,
}

/// A change of a setting.
#[derive(Clone, Debug)]
pub struct Change {
    /// The time; `None` if it cannot be read.
    pub moment: Option<Moment>,
    /// The setting, as the table lists it.
    pub setting: AuditMatch,
    /// The code of the action; empty if the export has none.
    pub action: String,
    /// The sentence that Setup shows.
    pub display: String,
    /// Its section.
    pub section: String,
    /// The user who made it.
    pub by: String,
}

/// Tokens of one app.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Their number.
    pub rows: u64,
    /// Those of each user.
    pub users: BTreeMap<Name, u64>,
    /// The time of the last use of each, if it is known.
    pub last_used: Vec<Moment>,
}

/// The row or line that shows the start or the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventSource {
    /// A login of an app or user.
    Login(Option<Name>, Option<Name>),
    /// A session of a user.
    Session(Option<Name>),
    /// A token of an app and user.
    Token(Option<Name>, Option<Name>),
    /// A call of an app and user.
    Call(Option<Name>, Option<Name>),
    /// An automatic logout of a user.
    Logout(Option<Name>),
    /// A line of the log with this index among the files.
    Log(u32),
}

impl EventSource {
    /// The app.
    pub fn app(self) -> Option<Name> {
        match self {
            EventSource::Login(app, _) | EventSource::Token(app, _) | EventSource::Call(app, _) => app,
            EventSource::Session(_) | EventSource::Logout(_) | EventSource::Log(_) => None,
        }
    }

    /// The user.
    pub fn user(self) -> Option<Name> {
        match self {
            EventSource::Login(_, user)
            | EventSource::Token(_, user)
            | EventSource::Call(_, user)
            | EventSource::Session(user)
            | EventSource::Logout(user) => user,
            EventSource::Log(_) => None,
        }
    }
}

/// The start or the end of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionEvent {
    /// The time.
    pub moment: Moment,
    /// Its source.
    pub source: EventSource,
}

/// An error in a log or in calls.
#[derive(Debug, Default)]
pub struct Errors {
    /// Its number.
    pub rows: u64,
    /// The times.
    pub times: Times,
    /// Lines without a time.
    pub without_time: u64,
}

/// A defect of a file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// The message.
    pub text: String,
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct FileSummary {
    /// Its path as given.
    pub path: String,
    /// Its kind.
    pub kind: Kind,
    /// Its rows or lines.
    pub rows: u64,
    /// Rows or lines that are used.
    pub used: u64,
    /// The times.
    pub times: Times,
    /// Whether some of its times have no zone.
    pub has_local_times: bool,
    /// The first few defects.
    pub problems: Vec<Problem>,
    /// Number of further defects.
    pub more_problems: u64,
    /// Missing columns, and the facts that are unknown without each.
    pub missing: Vec<(&'static str, &'static str)>,
    /// Unknown columns.
    pub unknown: Vec<String>,
    /// Further remarks.
    pub notes: Vec<String>,
}

impl FileSummary {
    pub(crate) fn new(path: &str, kind: Kind) -> Self {
        Self { path: path.to_owned(), kind, ..Self::default() }
    }

    pub(crate) fn problem(&mut self, line: u64, text: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { line, text: text.into() });
        } else {
            self.more_problems += 1;
        }
    }

    /// Adds a note, once.
    fn note(&mut self, note: &str) {
        if self.notes.iter().all(|it| it != note) {
            self.notes.push(note.to_owned());
        }
    }

    fn moment(&mut self, text: &str, time_options: &TimeOptions) -> Result<Moment, TimeError> {
        let found = parse_time(text).ok_or(TimeError::UnknownFormat)?;
        self.note_zone(found.zone(), time_options);
        let moment = found.moment(time_options)?;
        self.has_local_times |= moment.clock != Clock::UTC;
        Ok(moment)
    }

    pub(crate) fn note_zone(&mut self, zone: Zone, time_options: &TimeOptions) {
        if zone == Zone::Unknown && time_options.zone.is_none() {
            self.note("the letters of a time zone mean several zones: its times count as having none");
        }
    }
}

/// A row of a file, with the data that is needed to read it.
pub(crate) struct RowInput<'t> {
    pub(crate) layout: &'t Layout,
    pub(crate) row: &'t Row<'t>,
    /// Its line, from 1.
    pub(crate) line: u64,
    pub(crate) table: &'t Table,
    pub(crate) time_options: &'t TimeOptions,
    pub(crate) file: &'t mut FileSummary,
}

impl RowInput<'_> {
    fn moment(&mut self, field: Field) -> Result<Moment, TimeError> {
        self.file.moment(self.row.get(field), self.time_options)
    }

    /// The time of the row; a time that cannot be read is a problem of the file.
    fn time(&mut self) -> Result<Moment, TimeError> {
        let moment = self.moment(Field::Time);
        match moment {
            Ok(moment) => self.file.times.add(moment),
            Err(why) if self.layout.has(Field::Time) => self.problem(format!("its time {}", why.as_str())),
            Err(_) => {}
        }
        moment
    }

    fn problem(&mut self, text: impl Into<String>) {
        self.file.problem(self.line, text);
    }
}

/// The observations from all files.
#[derive(Debug)]
pub struct Observations {
    /// The files, in order.
    pub files: Vec<FileSummary>,
    /// Apps.
    pub apps: Names,
    /// Users, by id if there is one.
    pub users: Names,
    /// The ids of users by their names.
    aliases: HashMap<Name, Name>,
    /// Logins by export and app; `None` if the export names no app.
    pub logins: BTreeMap<(Kind, Option<Name>), Logins>,
    /// Changes of settings, in the order of the files.
    pub changes: Vec<Change>,
    /// Rows of audit trails about other settings.
    pub other_changes: u64,
    /// Tokens by app.
    pub tokens: BTreeMap<Name, Tokens>,
    /// Sessions by type and seconds of life.
    pub lives: BTreeMap<(String, i64), u64>,
    /// Starts of sessions and tokens.
    pub starts: Vec<SessionEvent>,
    /// Ends of sessions and tokens.
    pub ends: Vec<SessionEvent>,
    /// Errors by their source and their index.
    pub errors: BTreeMap<(EventSource, usize), Errors>,
    /// Whether some observations were dropped because a limit was reached.
    pub is_full: bool,
    /// Keys of logins and of automatic logouts.
    login_keys: Vec<(u64, i64)>,
    logout_keys: Vec<(u64, i64)>,
    ids: HashSet<u64>,
    hasher: RandomState,
    lease: Lease,
}

impl Observations {
    /// No observations; times are kept within `budget`.
    pub fn new(budget: &Arc<Budget>) -> Self {
        Self {
            files: Vec::new(),
            apps: Names::default(),
            users: Names::default(),
            aliases: HashMap::new(),
            logins: BTreeMap::new(),
            changes: Vec::new(),
            other_changes: 0,
            tokens: BTreeMap::new(),
            lives: BTreeMap::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            errors: BTreeMap::new(),
            is_full: false,
            login_keys: Vec::new(),
            logout_keys: Vec::new(),
            ids: HashSet::new(),
            hasher: RandomState::new(),
            lease: Lease::of(budget),
        }
    }

    /// The id of a user whose name stands beside an id in some row; else the user as it is.
    pub fn canonical_user(&self, user: Name) -> Name {
        self.aliases.get(&user).copied().unwrap_or(user)
    }

    /// The names of users by their ids, where a row has both.
    pub fn user_names(&self) -> BTreeMap<Name, Name> {
        let mut names = BTreeMap::new();
        let sorted: BTreeMap<&Name, &Name> = self.aliases.iter().collect();
        for (name, id) in sorted {
            names.entry(*id).or_insert(*name);
        }
        names
    }

    /// Seconds from each login to the automatic logout with the same key.
    pub fn joined_logouts(&self) -> Vec<i64> {
        let logins: HashMap<u64, i64> = self.login_keys.iter().copied().collect();
        let mut seen = HashSet::new();
        let joined = self.logout_keys.iter().filter(|(key, _)| seen.insert(*key));
        joined.filter_map(|(key, at)| Some(at - logins.get(key)?)).filter(|it| *it > 0).collect()
    }

    fn hash(&self, value: &(impl Hash + ?Sized)) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Whether the same row was read before, from this export or another one.
    fn is_repeated(&mut self, input: &RowInput<'_>) -> bool {
        let row = input.row;
        let id = redact::short_id(row.get(Field::Id));
        // Event log files and downloads from Setup have no ids.
        if id.is_empty() || self.ids.len() >= MAX_IDS {
            return false;
        }
        // Made-up ids of an anonymised export may be the same in all rows. Two exports may write a time in two forms.
        let texts = [Field::Status, Field::Action].map(|it| row.get(it));
        let times = [Field::Time, Field::Created].map(|it| {
            let moment = parse_time(row.get(it)).and_then(|found| found.moment(input.time_options).ok());
            moment.filter(|it| it.clock == Clock::UTC).ok_or_else(|| row.get(it))
        });
        let id = self.hash(&(input.layout.kind, id, redact::short_id(row.get(Field::User)), texts, times));
        if self.ids.len() == self.ids.capacity() && self.lease.more(self.ids.len().max(64) as u64 * 16).is_err() {
            return false;
        }
        !self.ids.insert(id)
    }

    fn user(&mut self, row: &Row<'_>) -> Option<Name> {
        let (id, name) = (row.get(Field::User), row.get(Field::UserName));
        let by_name = (!name.is_empty()).then(|| self.users.of(&name.to_lowercase()));
        if !redact::is_user_id(id) {
            let other = (!id.is_empty()).then(|| self.users.of(&id.to_lowercase()));
            return by_name.or(other);
        }
        let by_id = self.users.of(redact::short_id(id));
        if let Some(name) = by_name {
            self.aliases.insert(name, by_id);
        }
        Some(by_id)
    }

    fn app(&mut self, row: &Row<'_>) -> Option<Name> {
        let app = row.get(Field::App);
        (!app.is_empty()).then(|| self.apps.of(app))
    }

    fn start(&mut self, moment: Moment, source: EventSource) {
        self.is_full |= !keep(&mut self.lease, &mut self.starts, SessionEvent { moment, source });
    }

    fn end(&mut self, moment: Moment, source: EventSource) {
        self.is_full |= !keep(&mut self.lease, &mut self.ends, SessionEvent { moment, source });
    }

    /// Adds a row of the current file.
    pub(crate) fn row(&mut self, mut input: RowInput<'_>) {
        input.file.rows += 1;
        if self.is_repeated(&input) {
            input.file.note("some of its rows are in another export too, and count once");
            return;
        }
        let used = match input.layout.kind {
            Kind::LoginHistory => self.login(&mut input),
            Kind::SetupAuditTrail => self.change(&mut input),
            Kind::OauthToken => self.token(&mut input),
            Kind::AuthSession => self.session(&mut input),
            Kind::EventLogFile => self.event(&mut input),
            Kind::Log => false,
        };
        input.file.used += u64::from(used);
    }

    fn login(&mut self, input: &mut RowInput<'_>) -> bool {
        let moment = input.time();
        let (user, app) = (self.user(input.row), self.app(input.row));
        let status = input.row.get(Field::Status);
        let status: String = status.chars().take(120).collect();
        let address = input.row.get(Field::Address).parse().ok().map(|address: IpAddr| address.to_canonical());
        let login = Login { moment, user, address, status: &status };
        let mut key = (input.layout.kind, app);
        if self.logins.len() >= MAX_GROUPS && !self.logins.contains_key(&key) {
            key.1 = Some(self.apps.of("others"));
        }
        let logins = self.logins.entry(key).or_default();
        logins.rows += 1;
        match moment {
            Ok(moment) => logins.times.add(moment),
            Err(_) => logins.without_time += 1,
        }
        if status.is_empty() {
            logins.without_status += 1;
            return false;
        }
        let source = EventSource::Login(app, user);
        match input.table.login_result(&status) {
            LoginResult::Success => {
                logins.success.add(&login);
                if let Ok(moment) = moment {
                    self.start(moment, source);
                }
            }
            LoginResult::Failed(index) => {
                logins.failed.entry(index).or_default().add(&login);
                if let (Ok(moment), true) = (moment, input.table.statuses[index].over) {
                    self.end(moment, source);
                }
            }
            LoginResult::Unknown => {
                let key = if logins.unknown.len() < 50 { status.as_str() } else { "others" };
                logins.unknown.entry(key.to_owned()).or_default().add(&login);
            }
        }
        true
    }

    fn change(&mut self, input: &mut RowInput<'_>) -> bool {
        let moment = input.time().ok();
        let (mut action, mut display) = (input.row.get(Field::Action), input.row.get(Field::Display));
        if !input.layout.has(Field::Display) {
            (action, display) = ("", action);
        }
        let Some(setting) = input.table.audit(action, display, input.row.get(Field::Section)) else {
            self.other_changes += 1;
            return false;
        };
        if self.changes.len() >= MAX_CHANGES {
            self.is_full = true;
            return false;
        }
        let short = |text: &str| text.chars().take(400).collect();
        self.changes.push(Change {
            moment,
            setting,
            action: short(action),
            display: short(display),
            section: short(input.row.get(Field::Section)),
            by: short(input.row.get(Field::By)),
        });
        true
    }

    fn token(&mut self, input: &mut RowInput<'_>) -> bool {
        let (user, app) = (self.user(input.row), self.app(input.row));
        let Some(app) = app else { return false };
        let created = input.moment(Field::Created).ok();
        let last_used = input.moment(Field::LastUsed).ok();
        for moment in [created, last_used].into_iter().flatten() {
            input.file.times.add(moment);
        }
        let tokens = self.tokens.entry(app).or_default();
        tokens.rows += 1;
        if let Some(user) = user {
            *tokens.users.entry(user).or_default() += 1;
        }
        if tokens.last_used.len() < 100_000 {
            tokens.last_used.extend(last_used);
        }
        if let Some(created) = created {
            self.start(created, EventSource::Token(Some(app), user));
        }
        true
    }

    fn session(&mut self, input: &mut RowInput<'_>) -> bool {
        let user = self.user(input.row);
        if let Ok(created) = input.moment(Field::Created) {
            input.file.times.add(created);
            self.start(created, EventSource::Session(user));
        }
        let seconds = input.row.get(Field::Seconds);
        match seconds.parse::<f64>() {
            Ok(seconds) if (1.0..1e9).contains(&seconds) => {
                let kind: String = input.row.get(Field::SessionType).chars().take(60).collect();
                if self.lives.len() < MAX_GROUPS {
                    *self.lives.entry((kind, seconds as i64)).or_default() += 1;
                }
                true
            }
            _ if seconds.is_empty() => false,
            _ => {
                input.problem("NumSecondsValid is not a number of seconds");
                false
            }
        }
    }

    fn event(&mut self, input: &mut RowInput<'_>) -> bool {
        let event = input.row.get(Field::EventType).to_ascii_lowercase();
        match event.as_str() {
            "login" => {
                let used = self.login(input);
                let key = input.row.get(Field::LoginKey);
                if let (false, Ok(at)) = (key.is_empty(), input.moment(Field::Time)) {
                    let key = self.hash(key);
                    self.is_full |= !keep(&mut self.lease, &mut self.login_keys, (key, at.at));
                }
                used
            }
            "logout" => {
                let moment = input.time();
                let (Ok(moment), "0") = (moment, input.row.get(Field::UserInitiated)) else { return false };
                let user = self.user(input.row);
                // A revocation of many sessions at once is a row without a user.
                if user.is_none() {
                    return false;
                }
                let key = input.row.get(Field::LoginKey);
                if key.is_empty() {
                    self.end(moment, EventSource::Logout(user));
                } else {
                    let key = self.hash(key);
                    self.is_full |= !keep(&mut self.lease, &mut self.logout_keys, (key, moment.at));
                }
                true
            }
            "api" | "apitotalusage" | "restapi" | "bulkapi" | "bulkapi2" => {
                let moment = input.time();
                let source = EventSource::Call(self.app(input.row), self.user(input.row));
                if let Some(LogEvent::Error(error)) = input.table.log_event(input.row.get(Field::Message)) {
                    self.error(source, error, moment.ok());
                }
                if input.row.get(Field::StatusCode) == "401"
                    && let Ok(moment) = moment
                {
                    self.end(moment, source);
                }
                true
            }
            _ => {
                let event: String = event.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
                if input.file.notes.len() < 8 {
                    input.file.note(&format!("events of the type `{event}` are not read"));
                }
                false
            }
        }
    }

    fn error(&mut self, source: EventSource, error: usize, moment: Option<Moment>) {
        if self.errors.len() >= MAX_GROUPS && !self.errors.contains_key(&(source, error)) {
            self.is_full = true;
            return;
        }
        let errors = self.errors.entry((source, error)).or_default();
        errors.rows += 1;
        match moment {
            Some(moment) => errors.times.add(moment),
            None => errors.without_time += 1,
        }
    }

    /// Adds the meaning of a line of a log.
    pub(crate) fn line(&mut self, log: u32, log_event: LogEvent, moment: Option<Moment>, table: &Table) {
        let source = EventSource::Log(log);
        match (log_event, moment) {
            (LogEvent::Issued, Some(moment)) => self.start(moment, source),
            (LogEvent::Issued, None) => {}
            (LogEvent::Error(error), moment) => {
                self.error(source, error, moment);
                if let Some(moment) = moment.filter(|_| table.ends_session(error)) {
                    self.end(moment, source);
                }
            }
        }
    }
}

/// Adds an item to a list. Returns false if the list is full.
fn keep<T>(lease: &mut Lease, list: &mut Vec<T>, item: T) -> bool {
    let has_room = list.len() < MAX_EVENTS && lease.room(list).is_ok();
    if has_room {
        list.push(item);
    }
    has_room
}

/// Adds a moment to those of a file.
pub(crate) fn note_moment(file: &mut FileSummary, moment: Moment) {
    file.times.add(moment);
    file.has_local_times |= moment.clock != Clock::UTC;
}
