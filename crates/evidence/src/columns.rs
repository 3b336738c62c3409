//! Recognises the kind of an export by the names of its columns, and finds the columns of the fields that are read.
//!
//! Names are field names or labels in any order and case; blanks and underscores are ignored. Refuses to know what a value
//! means.

use std::borrow::Cow;

/// The kind of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `LoginHistory`.
    LoginHistory,
    /// `SetupAuditTrail`.
    SetupAuditTrail,
    /// `OauthToken`.
    OauthToken,
    /// `AuthSession`.
    AuthSession,
    /// Rows of event log files.
    EventLogFile,
    /// A log of a program.
    #[default]
    Log,
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::LoginHistory => "LoginHistory",
            Kind::SetupAuditTrail => "SetupAuditTrail",
            Kind::OauthToken => "OauthToken",
            Kind::AuthSession => "AuthSession",
            Kind::EventLogFile => "EventLogFile",
            Kind::Log => "log",
        }
    }

    /// The kind of an object of this name.
    pub(crate) fn of_object(name: &str) -> Option<Self> {
        let all = [Kind::LoginHistory, Kind::SetupAuditTrail, Kind::OauthToken, Kind::AuthSession];
        all.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

macro_rules! fields {
    ($($field:ident),*) => {
        /// The fields of a row that are read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Field { $($field),* }
        /// Their number.
        const COUNT: usize = [$(Field::$field),*].len();
    };
}

fields!(
    Id,
    Time,
    User,
    UserName,
    Status,
    App,
    AppId,
    Address,
    LoginType,
    SubType,
    Action,
    Display,
    Section,
    By,
    Seconds,
    SessionType,
    LastUsed,
    UseCount,
    Created,
    LoginKey,
    UserInitiated,
    StatusCode,
    Message,
    EventType,
    Modified
);

/// A column: its field, its names in order of preference, and the facts that are unknown without it.
struct Column {
    field: Field,
    names: &'static [&'static str],
    loss: Option<&'static str>,
}

const fn column(field: Field, names: &'static [&'static str]) -> Column {
    Column { field, names, loss: None }
}

const fn required(field: Field, names: &'static [&'static str], loss: &'static str) -> Column {
    Column { field, names, loss: Some(loss) }
}

const LOGIN_HISTORY: &[Column] = &[
    column(Field::Id, &["Id"]),
    required(Field::Time, &["LoginTime"], "no cause is excluded and no interval measured"),
    required(Field::User, &["UserId"], "users are not distinguished"),
    column(Field::UserName, &["Username", "User.Username", "User.Name"]),
    required(Field::Status, &["Status"], "no failed login is known"),
    required(Field::App, &["Application"], "failures are not separated by app"),
    required(Field::Address, &["SourceIp"], "addresses are not compared with ranges"),
    column(Field::LoginType, &["LoginType"]),
    column(Field::SubType, &["LoginSubType"]),
];

const AUDIT_TRAIL: &[Column] = &[
    column(Field::Id, &["Id"]),
    required(Field::Time, &["CreatedDate", "Date"], "changes have no place in time"),
    required(Field::Action, &["Action"], "changes are known by their sentence only"),
    // The download from Setup has the sentence in the column `Action`.
    column(Field::Display, &["Display"]),
    column(Field::Section, &["Section"]),
    column(Field::By, &["CreatedBy.Username", "CreatedBy.Name", "User", "CreatedById"]),
];

const OAUTH_TOKEN: &[Column] = &[
    column(Field::Id, &["Id"]),
    required(Field::App, &["AppName"], "tokens are not separated by app"),
    required(Field::User, &["UserId"], "tokens are not counted by user"),
    column(Field::UserName, &["User.Username", "Username"]),
    required(Field::LastUsed, &["LastUsedDate"], "no idle token is known"),
    column(Field::UseCount, &["UseCount"]),
    required(Field::Created, &["CreatedDate"], "no interval is measured from a token's issue"),
];

const AUTH_SESSION: &[Column] = &[
    column(Field::Id, &["Id"]),
    required(Field::Seconds, &["NumSecondsValid"], "how long sessions live is not known"),
    required(Field::SessionType, &["SessionType"], "kinds of sessions are not distinguished"),
    required(Field::Created, &["CreatedDate"], "no interval is measured from a session's start"),
    column(Field::User, &["UsersId"]),
    column(Field::UserName, &["Users.Username"]),
    column(Field::LoginType, &["LoginType"]),
    column(Field::SubType, &["LoginSubType"]),
    column(Field::Address, &["SourceIp"]),
    column(Field::Modified, &["LastModifiedDate"]),
];

const EVENT_LOG_FILE: &[Column] = &[
    required(Field::EventType, &["EVENT_TYPE"], "no row is used"),
    required(Field::Time, &["TIMESTAMP_DERIVED", "TIMESTAMP"], "no cause is excluded and no interval measured"),
    required(Field::User, &["USER_ID_DERIVED", "USER_ID"], "users are not distinguished"),
    column(Field::UserName, &["USER_NAME"]),
    column(Field::Status, &["LOGIN_STATUS"]),
    column(Field::App, &["CONNECTED_APP_NAME"]),
    column(Field::AppId, &["CONNECTED_APP_ID"]),
    column(Field::Address, &["SOURCE_IP", "CLIENT_IP"]),
    column(Field::LoginType, &["LOGIN_TYPE"]),
    column(Field::SubType, &["LOGIN_SUB_TYPE"]),
    column(Field::LoginKey, &["LOGIN_KEY"]),
    column(Field::UserInitiated, &["USER_INITIATED_LOGOUT"]),
    column(Field::SessionType, &["SESSION_TYPE"]),
    column(Field::StatusCode, &["STATUS_CODE"]),
    column(Field::Message, &["EXCEPTION_MESSAGE"]),
];

/// Columns with secrets, which are never read.
pub(crate) const SECRETS: [&str; 3] = ["accesstoken", "deletetoken", "requesttoken"];

fn columns(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::LoginHistory => LOGIN_HISTORY,
        Kind::SetupAuditTrail => AUDIT_TRAIL,
        Kind::OauthToken => OAUTH_TOKEN,
        Kind::AuthSession => AUTH_SESSION,
        Kind::EventLogFile => EVENT_LOG_FILE,
        Kind::Log => &[],
    }
}

/// A name without case, blanks, underscores and dots.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The kind of a file by the names of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// A supported export.
    Kind(Kind),
    /// The list of event log files, which has links instead of rows.
    ListOfLogs,
}

/// The export with columns of these names.
pub(crate) fn recognise(names: &[String]) -> Option<Recognised> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("logfile") && has("eventtype") {
        return Some(Recognised::ListOfLogs);
    }
    let kind = if has("eventtype") && (has("timestamp") || has("timestampderived"))
        || has("requestid") && has("timestamp") && has("organizationid")
    {
        Kind::EventLogFile
    } else if has("numsecondsvalid") || has("sessiontype") && has("usersid") {
        Kind::AuthSession
    } else if has("appname") && ["usecount", "lastuseddate", "deletetoken", "accesstoken"].into_iter().any(has) {
        Kind::OauthToken
    } else if has("action") && ["display", "section", "delegateuser"].into_iter().any(has)
        || has("display") && has("createddate")
    {
        Kind::SetupAuditTrail
    } else if has("logintime") || has("status") && ["application", "logintype", "sourceip"].into_iter().any(has) {
        Kind::LoginHistory
    } else {
        return None;
    };
    Some(Recognised::Kind(kind))
}

/// The places of the fields in the rows of a file.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The kind of the file.
    pub(crate) kind: Kind,
    /// For each field, the columns that may contain it, in order of preference.
    places: [Vec<usize>; COUNT],
    /// The number of columns of a row; `None` if rows may differ.
    pub(crate) width: Option<usize>,
}

impl Layout {
    /// The layout of a file with columns of these plain names.
    pub(crate) fn of(kind: Kind, names: &[String], width: Option<usize>) -> Self {
        let mut layout = Self { kind, places: std::array::from_fn(|_| Vec::new()), width };
        for column in columns(kind) {
            let places = column.names.iter().filter_map(|name| names.iter().position(|it| *it == plain(name)));
            layout.places[column.field as usize] = places.collect();
        }
        layout
    }

    /// A layout with the fields at these columns.
    pub(crate) fn at(kind: Kind, places: &[(Field, usize)], width: usize) -> Self {
        let mut layout = Self { kind, places: std::array::from_fn(|_| Vec::new()), width: Some(width) };
        for (field, place) in places {
            layout.places[*field as usize].push(*place);
        }
        layout
    }

    /// Whether a field has a column.
    pub(crate) fn has(&self, field: Field) -> bool {
        !self.places[field as usize].is_empty()
    }

    /// Missing columns, and the facts that are unknown without each.
    pub(crate) fn losses(&self) -> Vec<(&'static str, &'static str)> {
        // A user name identifies the user as well.
        let is_there = |field: Field| self.has(field) || field == Field::User && self.has(Field::UserName);
        let missing = columns(self.kind).iter().filter(|column| !is_there(column.field));
        missing.filter_map(|column| Some((column.names[0], column.loss?))).collect()
    }

    /// A row of these values.
    pub(crate) fn row<'r>(&self, value: impl Fn(usize) -> Cow<'r, str>) -> Row<'r> {
        let values = std::array::from_fn(|field| {
            let mut found = Cow::Borrowed("");
            for place in &self.places[field] {
                found = value(*place);
                if !found.trim().is_empty() {
                    break;
                }
            }
            found
        });
        Row { values }
    }
}

/// Whether exports of a kind can have a column, whether or not it is read.
pub(crate) fn is_known(kind: Kind, name: &str) -> bool {
    let ignored = match kind {
        Kind::LoginHistory => {
            "apitype apiversion authcontextclassref authmethodreference authenticationserviceid browser ciphersuite \
             clientversion countryiso forwardedforip logingeoid loginurl networkid optionsisget optionsispost platform \
             tlsprotocol location attributes"
        }
        Kind::SetupAuditTrail => {
            "createdbycontext createdbyissuer delegateuser responsiblenamespaceprefix sourcenamespaceprefix attributes"
        }
        Kind::OauthToken => "appmenuitemid attributes accesstoken deletetoken requesttoken",
        Kind::AuthSession => {
            "parentid loginhistoryid sessionsecuritylevel logouturl logingeoid iscurrent userstype \
             isassociatedwithjwtaccesstoken attributes"
        }
        // Columns differ by event and release.
        Kind::EventLogFile | Kind::Log => return true,
    };
    ignored.split(' ').any(|it| it == name)
        || columns(kind).iter().any(|column| column.names.iter().any(|it| plain(it) == name))
}

/// A row, by its fields.
#[derive(Debug)]
pub(crate) struct Row<'r> {
    values: [Cow<'r, str>; COUNT],
}

impl Row<'_> {
    /// The value of a field without blanks around it; empty if there is none.
    pub(crate) fn get(&self, field: Field) -> &str {
        self.values[field as usize].trim()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<Recognised> {
        recognise(&header.split(',').map(plain).collect::<Vec<_>>())
    }

    #[test]
    fn exports_are_known_by_their_columns() {
        for (header, kind) in [
            ("LoginTime,UserId,Status", Kind::LoginHistory),
            ("USERNAME,login time,source ip,Status,Application", Kind::LoginHistory),
            ("Id,Action,CreatedDate,Display,Section", Kind::SetupAuditTrail),
            ("Date,User,Source Namespace Prefix,Action,Section,Delegate User", Kind::SetupAuditTrail),
            ("AppName,UserId,UseCount", Kind::OauthToken),
            ("UsersId,SessionType,NumSecondsValid", Kind::AuthSession),
            ("EVENT_TYPE,TIMESTAMP,REQUEST_ID", Kind::EventLogFile),
        ] {
            assert_eq!(of(header), Some(Recognised::Kind(kind)), "{header}");
        }
        assert_eq!(of("Id,EventType,LogDate,LogFile"), Some(Recognised::ListOfLogs));
        assert_eq!(of("Id,Name,Industry"), None);
    }
}
