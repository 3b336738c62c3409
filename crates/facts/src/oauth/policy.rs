//! Refresh token policies and IP relaxation: the meaning of each written value, case-sensitive.
//!
//! Refuses to know the app beyond its kind. An undocumented value is unknown, and is not taken for a similar one.

use jiff::civil::{Date, date};

use super::AppKind;
use sessionlint_source::nearest::nearest;
use sessionlint_source::words::count;

/// When a refresh token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshKind {
    /// Only when it is revoked.
    UntilRevoked,
    /// At once.
    AtOnce,
    /// A fixed time after it was issued.
    Lifetime,
    /// A time after it was last used.
    Idle,
    /// The value is outside the documented grammar.
    Malformed,
}

impl RefreshKind {
    /// The word in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RefreshKind::UntilRevoked => "until-revoked",
            RefreshKind::AtOnce => "at-once",
            RefreshKind::Lifetime => "lifetime",
            RefreshKind::Idle => "idle",
            RefreshKind::Malformed => "malformed",
        }
    }
}

/// A refresh token policy, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// When the token expires.
    pub kind: RefreshKind,
    /// After how many hours, where the kind has a period; a month counts as 30 days.
    pub hours: Option<i64>,
    /// The period in words: `90 days`.
    pub text: Option<String>,
}

/// Salesforce's own idle limit of refresh tokens, in hours.
const IDLE_LIMIT_HOURS: i64 = 30 * 24;

/// The day from which that limit holds for every app in production (sandboxes: 21 October 2026). A quotation of the
/// release notes names no exception, and no file shows whether an org is exempt.
const IDLE_LIMIT_SINCE: Date = date(2026, 11, 4);

/// Whether Salesforce's idle limit holds for every app on a day.
pub fn idle_limit_holds(as_of: Date) -> bool {
    as_of >= IDLE_LIMIT_SINCE
}

/// Salesforce's idle limit for every app on a day; nothing before it holds.
pub fn idle_limit(as_of: Date) -> Option<IdleEnd> {
    idle_limit_holds(as_of).then_some(IdleEnd::SALESFORCES)
}

/// How long a refresh token may stay unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleEnd {
    /// In hours.
    pub hours: i64,
    /// Whether that is Salesforce's own limit, and the policy names a longer time or none.
    pub is_salesforces: bool,
}

impl IdleEnd {
    const SALESFORCES: Self = Self { hours: IDLE_LIMIT_HOURS, is_salesforces: true };
}

impl RefreshPolicy {
    /// How long a token may stay unused under this policy; nothing where no limit is known. `is_capped`: the app's
    /// developer turned Salesforce's limit on.
    pub(super) fn idle_end(&self, is_capped: bool, as_of: Date) -> Option<IdleEnd> {
        let limit = idle_limit(as_of).or(is_capped.then_some(IdleEnd::SALESFORCES));
        match (self.kind, self.hours) {
            (RefreshKind::AtOnce | RefreshKind::Malformed, _) | (RefreshKind::Idle, None) => None,
            (RefreshKind::UntilRevoked | RefreshKind::Lifetime, _) => limit,
            (RefreshKind::Idle, Some(hours)) => {
                Some(limit.filter(|limit| limit.hours < hours).unwrap_or(IdleEnd { hours, is_salesforces: false }))
            }
        }
    }

    /// Whether the period is zero: no document says whether that ends the token at once, or never.
    pub fn is_zero_period(&self) -> bool {
        self.text.is_some() && self.hours.is_none()
    }

    fn plain(kind: RefreshKind) -> Self {
        Self { kind, hours: None, text: None }
    }

    fn period(kind: RefreshKind, amount: i64, unit: Unit) -> Self {
        // See `is_zero_period`.
        let hours = (amount > 0).then(|| amount.saturating_mul(unit.hours()));
        Self { kind, hours, text: Some(count(amount, unit.word())) }
    }

    /// The meaning of `refreshTokenPolicy` of a connected app: `infinite`, `zero`, `specific_lifetime:90:DAYS`,
    /// `specific_inactivity:30:DAYS`.
    pub(super) fn of_connected_app(written: &str) -> Self {
        let parts: Vec<&str> = written.split(':').collect();
        match parts.as_slice() {
            ["infinite"] => Self::plain(RefreshKind::UntilRevoked),
            ["zero"] => Self::plain(RefreshKind::AtOnce),
            [keyword @ ("specific_lifetime" | "specific_inactivity"), amount, unit] => {
                let unit = match *unit {
                    "HOURS" => Some(Unit::Hours),
                    "DAYS" => Some(Unit::Days),
                    "MONTHS" => Some(Unit::Months),
                    _ => None,
                };
                let kind = if *keyword == "specific_lifetime" { RefreshKind::Lifetime } else { RefreshKind::Idle };
                match (digits(amount), unit) {
                    (Some(amount), Some(unit)) => Self::period(kind, amount, unit),
                    _ => Self::plain(RefreshKind::Malformed),
                }
            }
            _ => Self::plain(RefreshKind::Malformed),
        }
    }

    /// The meaning of the three elements of an external client app's policy together.
    pub(super) fn of_external_client_app(ty: &str, period: Option<&str>, unit: Option<&str>) -> Self {
        let kind = match ty {
            "Infinite" => return Self::plain(RefreshKind::UntilRevoked),
            "Zero" => return Self::plain(RefreshKind::AtOnce),
            "SpecificLifetime" => RefreshKind::Lifetime,
            "SpecificInactivity" => RefreshKind::Idle,
            _ => return Self::plain(RefreshKind::Malformed),
        };
        let unit = match unit {
            Some("Hours") => Some(Unit::Hours),
            Some("Days") => Some(Unit::Days),
            Some("Months") => Some(Unit::Months),
            _ => None,
        };
        match (period.and_then(digits), unit) {
            (Some(amount), Some(unit)) => Self::period(kind, amount, unit),
            // The kind is certain; the period is not.
            _ => Self::plain(kind),
        }
    }
}

fn digits(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[derive(Clone, Copy)]
enum Unit {
    Hours,
    Days,
    Months,
}

impl Unit {
    fn hours(self) -> i64 {
        match self {
            Unit::Hours => 1,
            Unit::Days => 24,
            Unit::Months => 30 * 24,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::Months => "month",
        }
    }
}

/// The effect of IP relaxation, in one word for both kinds of app; `unknown` for a spelling that is not documented for
/// the kind.
pub fn ip_relaxation(kind: AppKind, written: &str) -> &'static str {
    let words = ["enforce", "relax-refresh", "second-factor", "relax"];
    spellings(kind).iter().position(|spelling| *spelling == written).map_or("unknown", |index| words[index])
}

/// The documented spellings of a kind of app.
fn spellings(kind: AppKind) -> [&'static str; 4] {
    match kind {
        AppKind::ConnectedApp => ["ENFORCE", "ENFORCE_RELAXREFRESH", "BYPASS_2FACTOR", "BYPASS"],
        AppKind::ExternalClientApplication => ["Enforce", "Enforce_RelaxRefresh", "Bypass_2factor", "Bypass"],
    }
}

/// The documented spelling nearest to `written`, where one is near.
pub(super) fn nearest_ip_relaxation(kind: AppKind, written: &str) -> Option<&'static str> {
    nearest(written, spellings(kind))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_connected_apps() {
        let kind = |text| RefreshPolicy::of_connected_app(text).kind;
        assert_eq!(kind("infinite"), RefreshKind::UntilRevoked);
        assert_eq!(kind("zero"), RefreshKind::AtOnce);
        let lifetime = RefreshPolicy::of_connected_app("specific_lifetime:90:DAYS");
        assert_eq!((lifetime.kind, lifetime.hours), (RefreshKind::Lifetime, Some(2160)));
        assert_eq!(lifetime.text.as_deref(), Some("90 days"));
        let idle = RefreshPolicy::of_connected_app("specific_inactivity:1:MONTHS");
        assert_eq!((idle.kind, idle.hours, idle.text.as_deref()), (RefreshKind::Idle, Some(720), Some("1 month")));
        for (zero, kind) in
            [("specific_lifetime:0:DAYS", RefreshKind::Lifetime), ("specific_inactivity:00:HOURS", RefreshKind::Idle)]
        {
            let policy = RefreshPolicy::of_connected_app(zero);
            assert_eq!((policy.kind, policy.hours), (kind, None), "{zero}: what it does is in no document");
            assert!(policy.text.is_some_and(|text| text.starts_with("0 ")), "{zero}");
        }
        for malformed in [
            "immediate",
            "Infinite",
            "SPECIFIC_LIFETIME",
            "specific_lifetime",
            "specific_lifetime:90",
            "specific_lifetime:90:days",
            "specific_lifetime::DAYS",
            "specific_lifetime:-1:DAYS",
            "specific_lifetime:90:DAYS:",
            "specific_lifetime: 90:DAYS",
        ] {
            assert_eq!(kind(malformed), RefreshKind::Malformed, "{malformed}");
        }
    }

    #[test]
    fn external_client_apps_spell_it_in_three_elements() {
        let policy = RefreshPolicy::of_external_client_app("SpecificLifetime", Some("365"), Some("Days"));
        assert_eq!((policy.kind, policy.hours), (RefreshKind::Lifetime, Some(8760)));
        let odd = RefreshPolicy::of_external_client_app("SpecificInactivity", Some("30"), Some("DAYS"));
        assert_eq!((odd.kind, odd.hours), (RefreshKind::Idle, None));
        assert_eq!(RefreshPolicy::of_external_client_app("infinite", None, None).kind, RefreshKind::Malformed);
    }

    #[test]
    fn salesforce_limits_what_no_shorter_policy_does() {
        let idle = |policy: &str, is_capped, as_of: &str| {
            let end = RefreshPolicy::of_connected_app(policy).idle_end(is_capped, as_of.parse().unwrap())?;
            Some((end.hours, end.is_salesforces))
        };
        let (before, after) = ("2026-11-03", "2026-11-04");
        assert_eq!(idle("infinite", false, before), None);
        assert_eq!(idle("infinite", true, before), Some((720, true)));
        assert_eq!(idle("infinite", false, after), Some((720, true)));
        assert_eq!(idle("specific_lifetime:90:DAYS", false, before), None);
        assert_eq!(idle("specific_lifetime:90:DAYS", false, after), Some((720, true)));
        assert_eq!(idle("specific_inactivity:7:DAYS", false, after), Some((168, false)));
        assert_eq!(idle("specific_inactivity:90:DAYS", false, before), Some((2160, false)));
        assert_eq!(idle("specific_inactivity:90:DAYS", false, after), Some((720, true)));
        assert_eq!(idle("specific_inactivity:30:DAYS", false, after), Some((720, false)));
        assert_eq!(idle("zero", false, after), None);
        assert_eq!(idle("immediate", false, after), None);
        let unknown = RefreshPolicy::of_external_client_app("SpecificInactivity", None, None);
        assert_eq!(unknown.idle_end(false, after.parse().unwrap()), None);
    }

    #[test]
    fn relaxation_is_case_exact() {
        assert_eq!(ip_relaxation(AppKind::ConnectedApp, "ENFORCE"), "enforce");
        assert_eq!(ip_relaxation(AppKind::ExternalClientApplication, "Enforce"), "enforce");
        assert_eq!(ip_relaxation(AppKind::ExternalClientApplication, "ENFORCE"), "unknown");
        assert_eq!(ip_relaxation(AppKind::ConnectedApp, "Enforce"), "unknown");
        assert_eq!(ip_relaxation(AppKind::ConnectedApp, "ENFORCE_RELAX_REFRESH"), "unknown");
    }

    #[test]
    fn the_nearest_spelling_is_the_kinds_own() {
        let near = |kind, written| nearest_ip_relaxation(kind, written);
        assert_eq!(near(AppKind::ConnectedApp, "ENFORCE_RELAX_REFRESH"), Some("ENFORCE_RELAXREFRESH"));
        assert_eq!(near(AppKind::ExternalClientApplication, "ENFORCE"), Some("Enforce"));
        assert_eq!(near(AppKind::ConnectedApp, "Bypass"), Some("BYPASS"));
        assert_eq!(near(AppKind::ConnectedApp, "BYPASS_2_FACTOR"), Some("BYPASS_2FACTOR"));
        assert_eq!(near(AppKind::ConnectedApp, "allow"), None);
    }
}
