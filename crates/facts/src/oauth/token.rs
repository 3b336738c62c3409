//! Access tokens of an app: the form in which it issues them, and how long one lives.
//!
//! Each form has a field of its own (Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies): an app's
//! session timeout rules opaque tokens only; the end of a token in JWT form is a policy of an external client app, and
//! of a connected app it is in no file. Client credentials and JWT bearer issue the same form, for their user is a
//! named one. Refuses to guess: where a file that would decide is not in the project, the life is unknown, with the
//! reason.

use super::{AppFiles, AppKind, OAuthApp};
use crate::column::Fact;
use sessionlint_source::Place;

/// Minutes that Salesforce documents for a token in JWT form, as they are written.
pub(crate) const JWT_TIMEOUTS: &[&str] = &["1", "5", "10", "15", "30", "60", "90", "120", "240", "480", "720"];

/// The reason for a token whose life is that of a session that no file states.
pub const NO_SESSION: &str = "neither a profile nor the org has a session timeout in the files";

/// The reason where the org's session timeout is known and each of the app's profiles has an undocumented value.
pub(super) const UNDOCUMENTED_SESSIONS: &str = "the session timeouts of its profiles have no documented meaning";

/// The reason where a setting that may be that of the app's profiles was not read.
pub(super) const BROKEN_SESSIONS: &str =
    "a file with the session timeout of a profile is broken, and it may be that of its profiles";

/// The form of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// A session id, which only Salesforce can read.
    Opaque,
    /// A JSON web token, which contains its own expiry.
    Jwt,
}

impl TokenForm {
    /// The word in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            TokenForm::Opaque => "opaque",
            TokenForm::Jwt => "jwt",
        }
    }
}

/// The level that decides the life of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LifeOwner {
    /// The app's session timeout.
    SessionTimeout,
    /// The app's policy for tokens in JWT form.
    JwtPolicy,
    /// The profile or org of each user: the shortest of them.
    Users,
    /// Unknown from the files.
    #[default]
    Unknown,
}

impl LifeOwner {
    /// The level in words; empty where it is unknown.
    pub fn as_str(self) -> &'static str {
        match self {
            LifeOwner::SessionTimeout => "the app's session timeout",
            LifeOwner::JwtPolicy => "the app's policy for JWT-based tokens",
            LifeOwner::Users => "the shortest session that its users may have",
            LifeOwner::Unknown => "",
        }
    }
}

/// The facts of an app's access tokens from its files.
#[derive(Clone, Debug, Default)]
pub struct AccessToken {
    /// The form; its place is the setting that decides.
    pub form: Fact<TokenForm>,
    /// Minutes that a token lives; its place is the value that decides.
    pub minutes: Fact<i64>,
    /// The level that decides.
    pub owner: LifeOwner,
    /// Why the minutes are unknown, as a clause; empty where they are not.
    pub doubt: String,
    /// Why a user of the app may have a shorter session than the minutes, as a clause: the minutes are then the most that
    /// the shortest lives. Empty where the session of each user is known, or no session decides.
    pub users_doubt: String,
}

impl AccessToken {
    /// The level that decides, in words; empty where it is unknown.
    pub fn owner_in_words(&self) -> &'static str {
        match self.owner {
            LifeOwner::Users if self.may_be_shorter() => "the shortest known session of its users",
            owner => owner.as_str(),
        }
    }

    /// Whether the minutes are only the most that the shortest token of its users lives.
    pub fn may_be_shorter(&self) -> bool {
        !self.users_doubt.is_empty()
    }

    /// The minutes where every user is known to have them at least; nothing where some may have less.
    pub fn least_minutes(&self) -> Option<i64> {
        self.minutes.value.filter(|_| !self.may_be_shorter())
    }
}

/// The sessions of an app's users.
pub(super) struct UserSessions<'u> {
    /// The minutes of the shortest that is known, or the reason why none is.
    pub(super) shortest: Result<i64, &'u str>,
    /// Why another may be shorter, as a clause; empty where each is known.
    pub(super) doubt: String,
}

/// A life, or why it is unknown.
type Life = Result<(Fact<i64>, LifeOwner), String>;

/// The facts of the access tokens of an OAuth app, with the sessions of its users.
pub(super) fn access_token(app: &OAuthApp, sessions: UserSessions<'_>) -> AccessToken {
    let users = sessions.shortest;
    let written = &app.written;
    if !written.has_oauth {
        return AccessToken::default();
    }
    let opaque = || opaque_life(app.kind, written, users);
    let jwt = || jwt_life(app.kind, written, users);
    let life = match written.issues_jwt.value {
        Some(false) => opaque(),
        Some(true) => jwt(),
        None => either_life(unknown_form(written), opaque(), jwt(), !sessions.doubt.is_empty()),
    };
    let form = written.issues_jwt.clone().map(|is_jwt| if is_jwt { TokenForm::Jwt } else { TokenForm::Opaque });
    match life {
        Ok((minutes, owner)) => {
            let users_doubt = if owner == LifeOwner::Users { sessions.doubt } else { String::new() };
            AccessToken { form, minutes, owner, doubt: String::new(), users_doubt }
        }
        Err(doubt) => AccessToken { form, doubt, ..AccessToken::default() },
    }
}

fn opaque_life(kind: AppKind, written: &AppFiles, users: Result<i64, &str>) -> Life {
    if written.has_session_timeout {
        return match written.session_minutes.value {
            Some(_) => Ok((written.session_minutes.clone(), LifeOwner::SessionTimeout)),
            None => Err("its session timeout has no documented meaning".to_owned()),
        };
    }
    // The policy of an external client app is a file of its own, and may contain a timeout.
    if kind == AppKind::ExternalClientApplication && written.has_policy.value != Some(true) {
        return Err("its OAuth policy was not read".to_owned());
    }
    life_of_users(users)
}

fn jwt_life(kind: AppKind, written: &AppFiles, users: Result<i64, &str>) -> Life {
    if kind == AppKind::ConnectedApp {
        return Err("the policy for JWT-based tokens of a connected app is in no file".to_owned());
    }
    if written.has_policy.value != Some(true) {
        return Err("its OAuth policy was not read".to_owned());
    }
    let custom = || match written.jwt_minutes.value {
        Some(_) => Ok((written.jwt_minutes.clone(), LifeOwner::JwtPolicy)),
        None => Err("its <namedUserJwtTimeout> is not a documented value".to_owned()),
    };
    match written.jwt_timeout_type.value.as_deref() {
        Some("UserSession") => life_of_users(users),
        // Before API version 65 a policy had the minutes alone; an app that uses its users' sessions omits them.
        Some("Custom") | None if written.has_jwt_timeout => custom(),
        Some("Custom") => Err("its policy has no <namedUserJwtTimeout>".to_owned()),
        Some(_) => Err("its <namedUserJwtSessionTimeoutType> is not a documented value".to_owned()),
        None => Err("its policy does not contain the lifetime of a JWT-based token".to_owned()),
    }
}

fn life_of_users(users: Result<i64, &str>) -> Life {
    let life = |minutes| (Fact { value: Some(minutes), place: None }, LifeOwner::Users);
    users.map(life).map_err(str::to_owned)
}

/// Why the form of an app's tokens is unknown, as a clause.
fn unknown_form(written: &AppFiles) -> &'static str {
    if written.jwt_switches_differ {
        "its global OAuth settings and its policy contradict each other about the token format"
    } else {
        "its global OAuth settings, which set the token format, were not read"
    }
}

/// The life of a token whose form is unknown: the value that both forms share. They share none where it is exact in one
/// form, and in the other a user may have less.
fn either_life(reason: &str, opaque: Life, jwt: Life, may_be_shorter: bool) -> Life {
    match (opaque, jwt) {
        (Ok((one, owner)), Ok((other, other_owner)))
            if one.value == other.value && (owner == other_owner || !may_be_shorter) =>
        {
            let owner = if owner == other_owner { owner } else { LifeOwner::Unknown };
            Ok((Fact { value: one.value, place: None }, owner))
        }
        (opaque, jwt) => {
            let minutes_of = |life: Life| match life {
                Ok((minutes, LifeOwner::Users)) if may_be_shorter => {
                    minutes.value.map(|minutes| format!("at most {}", minutes_in_short(minutes)))
                }
                Ok((minutes, _)) => minutes.value.map(minutes_in_short),
                Err(_) => None,
            };
            let lives = [(minutes_of(opaque), "if it is opaque"), (minutes_of(jwt), "in JWT form")];
            let lives: Vec<String> =
                lives.into_iter().filter_map(|(life, form)| Some(format!("{} {form}", life?))).collect();
            let lives = if lives.is_empty() { String::new() } else { format!(": {}", lives.join(", ")) };
            Err(format!("{reason}{lives}"))
        }
    }
}

fn minutes_in_short(minutes: i64) -> String {
    format!("{minutes} min")
}

/// The minutes of a documented value.
pub(super) fn jwt_minutes(written: Option<&str>, place: Option<Place>) -> Fact<i64> {
    let value = written.filter(|text| JWT_TIMEOUTS.contains(text)).and_then(|text| text.parse().ok());
    Fact { value, place }
}
