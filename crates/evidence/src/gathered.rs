//! What rows and lines add up to: logins by app and status, changes of settings, lives of sessions, starts and ends.
//!
//! Memory is bounded by the number of different things, not by the number of rows, but for the moments at which sessions
//! start and end, which a budget limits. Refuses to know what the numbers mean for a project.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;

use sessionlint_source::budget::{Budget, Lease};

use crate::columns::{Field, Kind, Layout, Row};
use crate::redact;
use crate::table::{AuditMatch, Ended, Meaning, Table};
use crate::time::{Clock, Moment, Reading, Unclear, Zone, written};

/// Different names that are kept.
const MOST_NAMES: usize = 200_000;
/// Different users, addresses or texts of one outcome.
pub const MOST_PER_OUTCOME: usize = 2_000;
/// Different groups of logins.
const MOST_GROUPS: usize = 5_000;
/// Starts, ends, and keys of logins and logouts that are kept of each.
const MOST_MARKS: usize = 2_000_000;
/// Changes of settings that are kept.
const MOST_CHANGES: usize = 5_000;
/// Ids of rows that are kept, so that a row in two exports counts once.
const MOST_IDS: usize = 2_000_000;
/// Defects of a file that are listed by line.
const NAMED_PROBLEMS: usize = 5;

/// A name of an app or a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// Names, each once.
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
        let text = if self.texts.len() >= MOST_NAMES { "others".to_owned() } else { text };
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

/// From when to when, by clock.
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

    /// The first and the last moment; those of UTC where there are some.
    pub fn span(&self) -> Option<(Moment, Moment)> {
        self.0.iter().copied().min_by_key(|(first, _)| first.clock)
    }
}

/// The rows with one outcome.
#[derive(Debug, Default)]
pub struct Outcome {
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
    /// The status in its spellings.
    pub texts: BTreeMap<String, u64>,
}

impl Outcome {
    fn add(&mut self, login: &Login<'_>) {
        self.rows += 1;
        if let Ok(moment) = login.moment {
            self.times.add(moment);
        }
        if let Some(user) = login.user
            && (self.users.len() < MOST_PER_OUTCOME || self.users.contains_key(&user))
        {
            *self.users.entry(user).or_default() += 1;
        }
        match login.address {
            Some(address) if self.addresses.len() < MOST_PER_OUTCOME || self.addresses.contains_key(&address) => {
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
    moment: Result<Moment, Unclear>,
    user: Option<Name>,
    address: Option<IpAddr>,
    status: &'r str,
}

/// Logins of one app in one export.
#[derive(Debug, Default)]
pub struct Logins {
    /// The number of all rows.
    pub rows: u64,
    /// Rows without a moment.
    pub without_time: u64,
    /// Those that succeeded.
    pub success: Outcome,
    /// Those that failed, by the index of their status.
    pub failed: BTreeMap<usize, Outcome>,
    /// Those with a status that the table does not have, by its text.
    pub unknown: BTreeMap<String, Outcome>,
    /// Rows without a status.
    pub without_status: u64,
    /// The times.
    pub times: Times,
}

/// A change of a setting.
#[derive(Clone, Debug)]
pub struct Change {
    /// The time; `None` where the date cannot be read.
    pub moment: Option<Moment>,
    /// How it is recognised.
    pub known: AuditMatch,
    /// Its code; empty in exports without.
    pub action: String,
    /// Its sentence.
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
    /// The time of the last use of each, where it is known.
    pub last_used: Vec<Moment>,
}

/// Where a start or an end was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen {
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
    /// The log of this index among the files.
    Log(u32),
}

impl Seen {
    /// The app.
    pub fn app(self) -> Option<Name> {
        match self {
            Seen::Login(app, _) | Seen::Token(app, _) | Seen::Call(app, _) => app,
            Seen::Session(_) | Seen::Logout(_) | Seen::Log(_) => None,
        }
    }

    /// The user.
    pub fn user(self) -> Option<Name> {
        match self {
            Seen::Login(_, user)
            | Seen::Token(_, user)
            | Seen::Call(_, user)
            | Seen::Session(user)
            | Seen::Logout(user) => user,
            Seen::Log(_) => None,
        }
    }
}

/// A start or an end.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// The time.
    pub moment: Moment,
    /// Its source.
    pub seen: Seen,
}

/// An error that a log or calls show.
#[derive(Debug, Default)]
pub struct Errors {
    /// Its number.
    pub rows: u64,
    /// The times.
    pub times: Times,
    /// Lines without a time.
    pub without_time: u64,
}

/// A defect of a file, by line.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub text: String,
}

/// The result of a file.
#[derive(Debug)]
pub struct FileRead {
    /// Its path, as it was given.
    pub path: String,
    /// Its kind.
    pub kind: Kind,
    /// Its rows or lines.
    pub rows: u64,
    /// Those that are used.
    pub used: u64,
    /// The times.
    pub times: Times,
    /// Whether some of its times have no zone.
    pub has_local_times: bool,
    /// Defects; the first few.
    pub problems: Vec<Problem>,
    /// Further ones.
    pub more_problems: u64,
    /// Missing columns, and the facts that are unknown without each.
    pub missing: Vec<(&'static str, &'static str)>,
    /// Unknown columns.
    pub unknown: Vec<String>,
    /// Further remarks.
    pub notes: Vec<String>,
}

impl FileRead {
    pub(crate) fn new(path: &str, kind: Kind) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            rows: 0,
            used: 0,
            times: Times::default(),
            has_local_times: false,
            problems: Vec::new(),
            more_problems: 0,
            missing: Vec::new(),
            unknown: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn problem(&mut self, line: u64, text: impl Into<String>) {
        if self.problems.len() < NAMED_PROBLEMS {
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

    fn moment(&mut self, text: &str, reading: &Reading) -> Result<Moment, Unclear> {
        let found = written(text).ok_or(Unclear::NoTime)?;
        self.note_zone(found.zone(), reading);
        let moment = found.moment(reading)?;
        self.has_local_times |= moment.clock != Clock::UTC;
        Ok(moment)
    }

    pub(crate) fn note_zone(&mut self, zone: Zone, reading: &Reading) {
        if zone == Zone::Unknown && reading.zone.is_none() {
            self.note("the letters of a time zone mean several zones: its times count as having none");
        }
    }
}

/// A row of a file, with the data that is needed to read it.
pub(crate) struct Taken<'t> {
    pub(crate) layout: &'t Layout,
    pub(crate) row: &'t Row<'t>,
    /// Its line, from 1.
    pub(crate) line: u64,
    pub(crate) table: &'t Table,
    pub(crate) reading: &'t Reading,
    pub(crate) file: &'t mut FileRead,
}

impl Taken<'_> {
    fn moment(&mut self, field: Field) -> Result<Moment, Unclear> {
        self.file.moment(self.row.get(field), self.reading)
    }

    /// When it happened; a time that cannot be read is a problem of the file.
    fn time(&mut self) -> Result<Moment, Unclear> {
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

/// Everything that was read.
#[derive(Debug)]
pub struct Gathered {
    /// The files, in order.
    pub files: Vec<FileRead>,
    /// Apps.
    pub apps: Names,
    /// Users, by id where there is one.
    pub users: Names,
    /// Names of users by their ids, and the other way round.
    aliases: HashMap<Name, Name>,
    /// Logins by export and app; `None` where the export has no app.
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
    pub starts: Vec<Mark>,
    /// Ends of them.
    pub ends: Vec<Mark>,
    /// Errors by where they were seen and their index.
    pub errors: BTreeMap<(Seen, usize), Errors>,
    /// Whether the budget was too small for all moments.
    pub is_full: bool,
    /// Keys of logins and of automatic logouts.
    login_keys: Vec<(u64, i64)>,
    logout_keys: Vec<(u64, i64)>,
    ids: HashSet<u64>,
    hasher: RandomState,
    lease: Lease,
}

impl Gathered {
    /// Nothing yet; moments are kept within `budget`.
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

    /// One user for each person: a name that stands beside an id in some row is that id.
    pub fn person(&self, user: Name) -> Name {
        self.aliases.get(&user).copied().unwrap_or(user)
    }

    /// Names of users that have a name beside an id.
    pub fn names_of_people(&self) -> BTreeMap<Name, Name> {
        let mut names = BTreeMap::new();
        let sorted: BTreeMap<&Name, &Name> = self.aliases.iter().collect();
        for (name, id) in sorted {
            names.entry(*id).or_insert(*name);
        }
        names
    }

    /// Seconds from each login to the automatic logout, where a key joins them.
    pub fn joined_logouts(&self) -> Vec<i64> {
        let logins: HashMap<u64, i64> = self.login_keys.iter().copied().collect();
        let mut seen = HashSet::new();
        let joined = self.logout_keys.iter().filter(|(key, _)| seen.insert(*key));
        joined.filter_map(|(key, at)| Some(at - logins.get(key)?)).filter(|it| *it > 0).collect()
    }

    fn hash(&self, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        text.hash(&mut hasher);
        std::hash::Hasher::finish(&hasher)
    }

    /// Whether a row was seen before, in this export or another.
    fn is_repeated(&mut self, row: &Row<'_>) -> bool {
        let id = row.get(Field::Id);
        // Event log files have no ids, and neither have Setup's downloads.
        if id.len() < 15 || self.ids.len() >= MOST_IDS {
            return false;
        }
        // Made-up ids of an anonymised export may be the same in all rows.
        let also = [Field::Time, Field::User, Field::Status, Field::Action, Field::Created].map(|it| row.get(it));
        let id = self.hash(&format!("{id} {}", also.join(" ")));
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

    fn start(&mut self, moment: Moment, seen: Seen) {
        self.is_full |= !keep(&mut self.lease, &mut self.starts, Mark { moment, seen });
    }

    fn end(&mut self, moment: Moment, seen: Seen) {
        self.is_full |= !keep(&mut self.lease, &mut self.ends, Mark { moment, seen });
    }

    /// Adds a row of the current file.
    pub(crate) fn row(&mut self, mut taken: Taken<'_>) {
        taken.file.rows += 1;
        if self.is_repeated(taken.row) {
            taken.file.note("some of its rows are in another export too, and count once");
            return;
        }
        let used = match taken.layout.kind {
            Kind::LoginHistory => self.login(&mut taken),
            Kind::SetupAuditTrail => self.change(&mut taken),
            Kind::OauthToken => self.token(&mut taken),
            Kind::AuthSession => self.session(&mut taken),
            Kind::EventLogFile => self.event(&mut taken),
            Kind::Log => false,
        };
        taken.file.used += u64::from(used);
    }

    fn login(&mut self, taken: &mut Taken<'_>) -> bool {
        let moment = taken.time();
        let (user, app) = (self.user(taken.row), self.app(taken.row));
        let status = taken.row.get(Field::Status);
        let status: String = status.chars().take(120).collect();
        let address = taken.row.get(Field::Address).parse().ok().map(|address: IpAddr| address.to_canonical());
        let login = Login { moment, user, address, status: &status };
        let mut key = (taken.layout.kind, app);
        if self.logins.len() >= MOST_GROUPS && !self.logins.contains_key(&key) {
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
        let seen = Seen::Login(app, user);
        match taken.table.ended(&status) {
            Ended::Success => {
                logins.success.add(&login);
                if let Ok(moment) = moment {
                    self.start(moment, seen);
                }
            }
            Ended::Failed(index) => {
                logins.failed.entry(index).or_default().add(&login);
                if let (Ok(moment), true) = (moment, taken.table.statuses[index].over) {
                    self.end(moment, seen);
                }
            }
            Ended::Unknown => {
                let key = if logins.unknown.len() < 50 { status.as_str() } else { "others" };
                logins.unknown.entry(key.to_owned()).or_default().add(&login);
            }
        }
        true
    }

    fn change(&mut self, taken: &mut Taken<'_>) -> bool {
        let moment = taken.time().ok();
        let (mut action, mut display) = (taken.row.get(Field::Action), taken.row.get(Field::Display));
        if !taken.layout.has(Field::Display) {
            (action, display) = ("", action);
        }
        let Some(known) = taken.table.audit(action, display, taken.row.get(Field::Section)) else {
            self.other_changes += 1;
            return false;
        };
        if self.changes.len() >= MOST_CHANGES {
            self.is_full = true;
            return false;
        }
        let short = |text: &str| text.chars().take(400).collect();
        self.changes.push(Change {
            moment,
            known,
            action: short(action),
            display: short(display),
            section: short(taken.row.get(Field::Section)),
            by: short(taken.row.get(Field::By)),
        });
        true
    }

    fn token(&mut self, taken: &mut Taken<'_>) -> bool {
        let (user, app) = (self.user(taken.row), self.app(taken.row));
        let Some(app) = app else { return false };
        let created = taken.moment(Field::Created).ok();
        let last_used = taken.moment(Field::LastUsed).ok();
        for moment in [created, last_used].into_iter().flatten() {
            taken.file.times.add(moment);
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
            self.start(created, Seen::Token(Some(app), user));
        }
        true
    }

    fn session(&mut self, taken: &mut Taken<'_>) -> bool {
        let user = self.user(taken.row);
        if let Ok(created) = taken.moment(Field::Created) {
            taken.file.times.add(created);
            self.start(created, Seen::Session(user));
        }
        let seconds = taken.row.get(Field::Seconds);
        match seconds.parse::<f64>() {
            Ok(seconds) if (1.0..1e9).contains(&seconds) => {
                let kind: String = taken.row.get(Field::SessionType).chars().take(60).collect();
                if self.lives.len() < MOST_GROUPS {
                    *self.lives.entry((kind, seconds as i64)).or_default() += 1;
                }
                true
            }
            _ if seconds.is_empty() => false,
            _ => {
                taken.problem("NumSecondsValid is no number of seconds");
                false
            }
        }
    }

    fn event(&mut self, taken: &mut Taken<'_>) -> bool {
        let event = taken.row.get(Field::EventType).to_ascii_lowercase();
        match event.as_str() {
            "login" => {
                let used = self.login(taken);
                let key = taken.row.get(Field::LoginKey);
                if let (false, Ok(at)) = (key.is_empty(), taken.moment(Field::Time)) {
                    let key = self.hash(key);
                    self.is_full |= !keep(&mut self.lease, &mut self.login_keys, (key, at.at));
                }
                used
            }
            "logout" => {
                let moment = taken.time();
                let (Ok(moment), "0") = (moment, taken.row.get(Field::UserInitiated)) else { return false };
                let user = self.user(taken.row);
                // A revocation of many at once is a row without a user.
                if user.is_none() {
                    return false;
                }
                let key = taken.row.get(Field::LoginKey);
                if key.is_empty() {
                    self.end(moment, Seen::Logout(user));
                } else {
                    let key = self.hash(key);
                    self.is_full |= !keep(&mut self.lease, &mut self.logout_keys, (key, moment.at));
                }
                true
            }
            "api" | "apitotalusage" | "restapi" | "bulkapi" | "bulkapi2" => {
                let moment = taken.time();
                let seen = Seen::Call(self.app(taken.row), self.user(taken.row));
                if let Some(Meaning::Error(error)) = taken.table.meaning(taken.row.get(Field::Message)) {
                    self.error(seen, error, moment.ok());
                }
                if taken.row.get(Field::StatusCode) == "401"
                    && let Ok(moment) = moment
                {
                    self.end(moment, seen);
                }
                true
            }
            _ => {
                let event: String = event.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
                if taken.file.notes.len() < 8 {
                    taken.file.note(&format!("events of the type `{event}` are not read"));
                }
                false
            }
        }
    }

    fn error(&mut self, seen: Seen, error: usize, moment: Option<Moment>) {
        if self.errors.len() >= MOST_GROUPS && !self.errors.contains_key(&(seen, error)) {
            self.is_full = true;
            return;
        }
        let errors = self.errors.entry((seen, error)).or_default();
        errors.rows += 1;
        match moment {
            Some(moment) => errors.times.add(moment),
            None => errors.without_time += 1,
        }
    }

    /// Adds the meaning of a line of a log.
    pub(crate) fn line(&mut self, log: u32, meaning: Meaning, moment: Option<Moment>, table: &Table) {
        let seen = Seen::Log(log);
        match (meaning, moment) {
            (Meaning::Issued, Some(moment)) => self.start(moment, seen),
            (Meaning::Issued, None) => {}
            (Meaning::Error(error), moment) => {
                self.error(seen, error, moment);
                if let Some(moment) = moment.filter(|_| table.is_over(error)) {
                    self.end(moment, seen);
                }
            }
        }
    }
}

/// Adds to a list within the limit; false beyond it.
fn keep<T>(lease: &mut Lease, list: &mut Vec<T>, item: T) -> bool {
    let has_room = list.len() < MOST_MARKS && lease.room(list).is_ok();
    if has_room {
        list.push(item);
    }
    has_room
}

/// Adds a moment to those of a file.
pub(crate) fn note_moment(file: &mut FileRead, moment: Moment) {
    file.times.add(moment);
    file.has_local_times |= moment.clock != Clock::UTC;
}
