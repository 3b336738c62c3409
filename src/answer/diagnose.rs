//! From a symptom that people feel to its causes: what the files confirm, what they leave possible, what they rule out,
//! and what no file shows, with the place to look.
//!
//! Which evidence confirms which symptom is diagnosis knowledge, so it stands here and not in a page: a finding that is
//! a warning by itself may still be no explanation for *this* symptom.

use serde::Serialize;

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::source::Place;
use crate::view::Facts;
use crate::view::oauth::{AppFacts, RefreshKind, Renewal};

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Version of the format.
    pub version: u32,
    /// One per symptom that was asked for, in the order of the fix guide.
    pub symptoms: Vec<Symptom>,
}

/// A symptom and what the project says of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Symptom {
    /// Its id.
    pub id: &'static str,
    /// What people feel.
    pub title: &'static str,
    /// What the files confirm, the best explanation first.
    pub causes: Vec<Cause>,
    /// What could explain it, and is not proven by files.
    pub possible: Vec<Cause>,
    /// What was looked at and does not explain it.
    pub ruled_out: Vec<RuledOut>,
    /// What no file can show.
    pub not_visible: Vec<NotVisible>,
}

/// A finding as a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The rule that found it.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where in Setup.
    pub setup: String,
    /// The file.
    pub path: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Something that was checked and is no cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuledOut {
    /// What holds instead.
    pub text: String,
    /// The file that says so; null where its absence does.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
}

/// Something to look for in the org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NotVisible {
    /// What it is.
    pub text: &'static str,
    /// The page in Setup that shows it, or the log.
    pub setup: Option<&'static str>,
    /// The query that shows it.
    pub query: Option<&'static str>,
}

/// What is known of a symptom before any project is read.
struct Known {
    id: &'static str,
    title: &'static str,
    /// Rules whose finding, from this severity on, explains the symptom by itself, the best explanation first.
    confirmed_by: &'static [(&'static str, Severity)],
    not_visible: &'static [NotVisible],
    /// Words that people use for it.
    words: &'static [&'static str],
}

const AUTH_SESSION: &str = "SELECT UsersId, SessionType, LoginType, SessionSecurityLevel, SourceIp, NumSecondsValid, CreatedDate, LastModifiedDate FROM AuthSession WHERE UsersId = ':user'";
const LOGIN_HISTORY: &str = "SELECT LoginTime, LoginType, Application, Status, SourceIp, LoginUrl, ApiType FROM LoginHistory WHERE UserId = ':user' AND LoginTime = LAST_N_DAYS:7";
const OAUTH_TOKEN: &str = "SELECT AppName, UserId, UseCount, LastUsedDate FROM OauthToken WHERE UserId = ':user'";
const USER_LOGIN: &str = "SELECT UserId, IsFrozen, IsPasswordLocked FROM UserLogin WHERE UserId = ':user'";

const fn ask(text: &'static str, query: &'static str) -> NotVisible {
    NotVisible { text, setup: None, query: Some(query) }
}

const fn look(text: &'static str, setup: &'static str) -> NotVisible {
    NotVisible { text, setup: Some(setup), query: None }
}

/// Where a project holds no Apex, or none was read.
const NO_CODE: NotVisible = look(
    "the code itself: no Apex of the project was read. A transaction ends after ten minutes, so what breaks is a session id or token that was taken once and used in a later chunk or job: look for getSessionId() and access tokens kept in fields",
    "the Batchable, Queueable and Schedulable classes",
);

/// What reading Apex does not show.
const UNSEEN_CODE: NotVisible = look(
    "calls through interfaces, factories and managed packages, flows, and work more than three calls away from the job: they are not followed",
    "the Batchable, Queueable and Schedulable classes",
);

/// diagnosis.md section 1, in code.
const KNOWN: &[Known] = &[
    Known {
        id: "logged-out-after-minutes",
        title: "People must log in again after 15 to 30 minutes",
        confirmed_by: &[
            ("session/profile-timeout-short", Severity::Error),
            ("session/org-timeout-short", Severity::Error),
            ("oauth/app-timeout-set", Severity::Error),
            ("session/locked-to-ip", Severity::Warning),
            ("session/ip-ranges-every-request", Severity::Warning),
        ],
        not_visible: &[
            ask("which profile the user has, and how long the session really lives (NumSecondsValid)", AUTH_SESSION),
            ask(
                "the session of the identity provider, which may end first: look for logins without a prompt",
                LOGIN_HISTORY,
            ),
            look("cookies that the browser or a policy clears", "the browser's settings"),
        ],
        words: &["minutes", "15", "30", "prompt", "again", "logged", "out", "login", "timeout", "inactivity", "short"],
    },
    Known {
        id: "integration-invalid-session",
        title: "An integration that ran for months gets INVALID_SESSION_ID or invalid_grant",
        confirmed_by: &[
            ("oauth/refresh-token-expires-at-once", Severity::Warning),
            ("oauth/refresh-token-lifetime", Severity::Warning),
            ("oauth/refresh-token-idle-limit", Severity::Warning),
            ("oauth/jwt-approval-can-expire", Severity::Warning),
            ("credential/outbound-message-session-id", Severity::Warning),
            ("credential/principal-cannot-refresh", Severity::Warning),
            ("oauth/high-assurance-blocks", Severity::Error),
            ("oauth/ip-relaxation-enforced", Severity::Warning),
            ("login/saml-certificate-expired", Severity::Error),
            ("network/instanced-api-host", Severity::Warning),
            ("login/api-access-control", Severity::Warning),
        ],
        not_visible: &[
            ask(
                "whether the user is inactive, frozen or locked: since 24 April 2026 Salesforce freezes users and revokes all their refresh tokens when calls come through an anonymising VPN or proxy",
                USER_LOGIN,
            ),
            ask(
                "whether the refresh token still exists; a sixth approval of the same app revokes the oldest",
                OAUTH_TOKEN,
            ),
            look(
                "whether the app is installed: since September 2025 users cannot use apps that are not",
                "Setup > Connected Apps OAuth Usage (the Install button)",
            ),
            look("whether somebody rotated the secret or changed the policy", "Setup > View Setup Audit Trail"),
            ask(
                "how the calls fail: an expired token is the refresh side, \"user hasn't approved this consumer\" the approval; INVALID_SESSION_ID alone is token, host or address, and Salesforce does not say which",
                LOGIN_HISTORY,
            ),
        ],
        words: &[
            "integration",
            "invalid_session_id",
            "invalid",
            "session",
            "id",
            "invalid_grant",
            "grant",
            "months",
            "token",
            "refresh",
            "expired access",
        ],
    },
    Known {
        id: "lightning-session-expired",
        title: "Lightning says \"Your session has expired\" while people work",
        confirmed_by: &[
            ("session/forced-logout-unannounced", Severity::Error),
            ("session/forced-logout", Severity::Warning),
            ("session/timeout-warning-disabled", Severity::Warning),
            ("session/org-timeout-short", Severity::Warning),
            ("session/profile-timeout-short", Severity::Warning),
            ("session/concurrent-session-policy", Severity::Warning),
        ],
        not_visible: &[
            look(
                "a logout in another tab, or at the identity provider",
                "Event log file `Logout` (timeouts and revocations are in it)",
            ),
            look("a session that somebody ended", "Setup > Session Management"),
            ask("how long the session really lives", AUTH_SESSION),
        ],
        words: &["lightning", "expired", "your", "session", "has", "work", "popup", "page"],
    },
    Known {
        id: "scheduled-apex-second-hour",
        title: "Scheduled Apex fails in the second hour of a run",
        confirmed_by: &[
            ("apex/token-kept-across-chunks", Severity::Note),
            ("apex/session-handed-to-async", Severity::Note),
            ("apex/named-credential-on-soap", Severity::Note),
            ("apex/session-in-async", Severity::Warning),
        ],
        not_visible: &[
            ask(
                "why the job failed (ExtendedStatus)",
                "SELECT ApexClass.Name, JobType, Status, ExtendedStatus, NumberOfErrors, CreatedDate, CompletedDate FROM AsyncApexJob WHERE CreatedDate = LAST_N_DAYS:7",
            ),
            ask(
                "who owns the job, and whether that user is still active",
                "SELECT CronJobDetail.Name, State, OwnerId, NextFireTime FROM CronTrigger",
            ),
        ],
        words: &["scheduled", "apex", "batch", "job", "hour", "second", "queueable", "schedule"],
    },
    Known {
        id: "vpn-logged-out",
        title: "People on the VPN are logged out, others are not",
        confirmed_by: &[
            ("session/locked-to-ip", Severity::Warning),
            ("session/ip-ranges-every-request", Severity::Warning),
        ],
        not_visible: &[
            ask(
                "whether the address changes within a session: exits of the VPN, split tunnels (SourceIp)",
                AUTH_SESSION,
            ),
            ask("from where people log in", LOGIN_HISTORY),
            ask("whether the user was frozen: Salesforce contains addresses of high risk", USER_LOGIN),
            look("rules of the identity provider about networks", "the identity provider"),
        ],
        words: &["vpn", "network", "ip", "address", "proxy", "office", "home"],
    },
    Known {
        id: "api-timeout-at-app-maximum",
        title: "API calls stop exactly at the app's maximum",
        confirmed_by: &[
            ("oauth/app-timeout-set", Severity::Warning),
            ("oauth/jwt-access-token-short", Severity::Warning),
        ],
        not_visible: &[
            ask(
                "whether the token slides with use (LastModifiedDate and NumSecondsValid); one that ends a fixed time after issue under constant use is probably a JWT access token",
                AUTH_SESSION,
            ),
            look("whether the client measures the time by its own clock", "the client's configuration"),
        ],
        words: &["api", "maximum", "exactly", "app", "limit", "stops", "timeout", "connected"],
    },
];

/// Ids of the symptoms, in order.
pub fn ids() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.id)
}

/// The symptom that an id or words of a person mean.
///
/// The error names the symptoms when no word helps, or when several fit equally well.
pub fn symptom_of(text: &str) -> Result<&'static str, String> {
    if let Some(known) = KNOWN.iter().find(|known| known.id.eq_ignore_ascii_case(text.trim())) {
        return Ok(known.id);
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|ch: char| !(ch.is_alphanumeric() || ch == '_')).collect();
    // A word that only one symptom uses says more than one that many do.
    let weight = |word: &&str| KNOWN.iter().filter(|known| known.words.contains(word)).count();
    let score = |known: &Known| -> usize {
        words.iter().filter(|word| known.words.contains(*word)).map(|word| 12 / weight(word).max(1)).sum()
    };
    let mut scores: Vec<_> = KNOWN.iter().map(|known| (score(known), known.id)).collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scores.as_slice() {
        [(best, id), (second, _), ..] if best > second => Ok(id),
        _ => {
            let ids: Vec<_> = ids().collect();
            Err(format!("`{text}` fits no symptom better than others; name one of {}", ids.join(", ")))
        }
    }
}

/// Diagnoses a project: `findings` are those of every rule, whatever the preset; `symptoms_of` says what a rule may
/// explain.
pub fn diagnose<'s>(
    facts: &Facts<'_>,
    findings: &[Diagnostic],
    symptoms_of: impl Fn(&str) -> &'s [String],
    only: Option<&str>,
) -> Diagnosis {
    let asked = KNOWN.iter().filter(|known| only.is_none_or(|only| only == known.id));
    let symptom = |known: &Known| {
        let mut causes = Vec::new();
        let mut possible = Vec::new();
        for finding in findings {
            let rank = known.confirmed_by.iter().position(|(rule, _)| *rule == finding.rule);
            let confirms = rank.is_some_and(|rank| finding.severity >= known.confirmed_by[rank].1);
            let may = symptoms_of(&finding.rule).iter().any(|id| id == known.id);
            if confirms && finding.confidence > Confidence::Low && decides(facts, finding) {
                causes.push((rank.unwrap_or(usize::MAX), finding));
            } else if confirms || may {
                possible.push((rank.unwrap_or(usize::MAX), finding));
            }
        }
        Symptom {
            id: known.id,
            title: known.title,
            causes: ranked(facts, causes),
            possible: ranked(facts, possible),
            ruled_out: ruled_out(facts, known.id),
            not_visible: not_visible(facts, known),
        }
    };
    Diagnosis { version: 1, symptoms: asked.map(symptom).collect() }
}

/// What no file shows: how much of the code there is to see depends on the project.
fn not_visible(facts: &Facts<'_>, known: &Known) -> Vec<NotVisible> {
    let code = match known.id {
        "scheduled-apex-second-hour" if facts.project.code_files == 0 => Some(NO_CODE),
        "scheduled-apex-second-hour" => Some(UNSEEN_CODE),
        _ => None,
    };
    code.into_iter().chain(known.not_visible.iter().copied()).collect()
}

/// Whether what a finding is about holds in the org: of several Security settings only the last is what people feel.
fn decides(facts: &Facts<'_>, finding: &Diagnostic) -> bool {
    let is_settings = finding.subject.as_ref().is_some_and(|subject| subject.ty == "SecuritySettings");
    let last = facts.project.of_type("SecuritySettings").last();
    !is_settings || last.is_none_or(|(_, component)| component.file == finding.place.file)
}

/// The worst first, then the surest, then the rule that explains best, then in file order.
fn ranked(facts: &Facts<'_>, mut findings: Vec<(usize, &Diagnostic)>) -> Vec<Cause> {
    findings.sort_by_key(|(rank, finding)| {
        (std::cmp::Reverse(finding.severity), std::cmp::Reverse(finding.confidence), *rank, finding.place)
    });
    let cause = |(_, finding): (usize, &Diagnostic)| {
        let source = facts.project.sources.get(finding.place.file);
        let position = source.position(finding.place.span.start);
        Cause {
            rule: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            message: finding.message.clone(),
            help: finding.help.clone(),
            setup: finding.setup.clone(),
            path: source.path.clone(),
            line: position.line,
            column: position.column,
        }
    };
    findings.into_iter().map(cause).collect()
}

/// What the project says that speaks against a symptom.
fn ruled_out(facts: &Facts<'_>, id: &str) -> Vec<RuledOut> {
    let mut out = Against { facts, list: Vec::new() };
    match id {
        "logged-out-after-minutes" => {
            out.long_sessions(30);
            out.no_address_checks();
        }
        "integration-invalid-session" => out.renewing_apps(),
        "lightning-session-expired" => {
            out.long_sessions(60);
            let org = facts.org();
            out.flag(org.warning_disabled.value, org.warning_disabled.place, "people are warned before a session ends");
            out.flag(
                org.forced_logout.value,
                org.forced_logout.place,
                "inactive users are not logged out in the browser",
            );
        }
        "scheduled-apex-second-hour" => out.jobs_without_tokens(),
        "vpn-logged-out" => out.no_address_checks(),
        "api-timeout-at-app-maximum" => out.no_app_timeouts(),
        _ => {}
    }
    out.list
}

struct Against<'f, 'p> {
    facts: &'f Facts<'p>,
    list: Vec<RuledOut>,
}

impl Against<'_, '_> {
    fn say(&mut self, text: String, place: Option<Place>) {
        let position = place.map(|place| {
            let source = self.facts.project.sources.get(place.file);
            (source.path.clone(), source.position(place.span.start).line)
        });
        let (path, line) = position.unzip();
        self.list.push(RuledOut { text, path, line });
    }

    /// Says `text` where a flag is known to be off.
    fn flag(&mut self, value: Option<bool>, place: Option<Place>, text: &str) {
        if value == Some(false) {
            self.say(text.to_owned(), place);
        }
    }

    /// The org's sessions, and those of all profiles, are longer than `minutes`.
    fn long_sessions(&mut self, minutes: i64) {
        let org = self.facts.org().minutes.clone();
        if let Some(value) = org.value.filter(|value| *value > minutes) {
            self.say(format!("the org gives {}", crate::rule::minutes_in_words(value)), org.place);
        }
        let profiles = self.facts.profiles();
        let short = profiles.iter().filter(|profile| profile.effective.value.is_none_or(|value| value <= minutes));
        if !profiles.is_empty() && short.count() == 0 {
            self.say(
                format!("each of the {} profiles in the project has more than {minutes} minutes", profiles.len()),
                None,
            );
        }
    }

    /// No documented setting ends a running session because of its address.
    fn no_address_checks(&mut self) {
        let path = "sessionSettings.lockSessionsToIp";
        let stating = self.facts.project.of_type("SecuritySettings").filter(|(_, it)| it.text(path).is_some()).last();
        if let Some((_, component)) = stating
            && component.text(path) == Some("false")
            && !self.facts.project.is_broken("SecuritySettings")
        {
            self.say("sessions are not bound to the address they began at".to_owned(), Some(component.place(path)));
        }
        let every = self.facts.org().ranges_every_request.clone();
        self.flag(every.value, every.place, "login IP ranges are checked at login only, not at every request");
    }

    /// Apps that renew without end.
    fn renewing_apps(&mut self) {
        for app in self.facts.apps().iter().filter(|app| app.verdict.tier.is_integration()) {
            let kind = app.written.refresh.as_ref().map(|policy| policy.kind);
            let label = crate::rule::one_line(&app.written.label).into_owned();
            let text = match app.renewal {
                Some(Renewal::Jwt) => {
                    format!("{label} signs in by JWT and is approved by an administrator: no refresh token can expire")
                }
                Some(Renewal::ClientCredentials) => {
                    format!("{label} signs in by client credentials: no refresh token can expire")
                }
                Some(Renewal::RefreshToken) if kind == Some(RefreshKind::UntilRevoked) => {
                    format!("{label}'s refresh token holds until it is revoked")
                }
                _ => continue,
            };
            self.say(text, place_of(app));
        }
    }

    /// Jobs that hold no session id and call out, if at all, through named credentials, which renew by themselves.
    fn jobs_without_tokens(&mut self) {
        let jobs = self.facts.jobs();
        let files = self.facts.project.code_files;
        if files == 0 || jobs.hold_tokens {
            return;
        }
        if jobs.callouts == 0 {
            let text = format!(
                "as far as calls can be followed, nothing asynchronous in the project's Apex calls out or holds a session id (files looked through: {files})"
            );
            self.say(text, None);
        } else if jobs.by_credential == jobs.callouts {
            let text = format!(
                "as far as calls can be followed, asynchronous Apex calls out through named credentials only (ways to a callout: {}): they get a new token when REST answers 401",
                jobs.callouts
            );
            self.say(text, jobs.place);
        }
    }

    /// Apps without a timeout of their own.
    fn no_app_timeouts(&mut self) {
        let apps = self.facts.apps();
        if !apps.is_empty() && apps.iter().all(|app| !app.written.has_session_timeout) {
            let text = format!(
                "no app in the project has a session timeout of its own ({} of them): profile or org decide",
                apps.len()
            );
            self.say(text, None);
        }
    }
}

fn place_of(app: &AppFacts) -> Option<Place> {
    let policy = app.written.refresh_policy.place.filter(|_| app.renewal == Some(Renewal::RefreshToken));
    policy.or(app.written.certificate).or(app.written.client_credentials.place).or(app.written.place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_find_their_symptom() {
        for (words, id) in [
            ("INVALID_SESSION_ID after two hours", "integration-invalid-session"),
            ("invalid_grant", "integration-invalid-session"),
            ("logged out every 15 minutes", "logged-out-after-minutes"),
            ("Your session has expired in Lightning", "lightning-session-expired"),
            ("batch job dies in the second hour", "scheduled-apex-second-hour"),
            ("VPN users", "vpn-logged-out"),
            ("API stops exactly at the app maximum", "api-timeout-at-app-maximum"),
            ("vpn-logged-out", "vpn-logged-out"),
        ] {
            assert_eq!(symptom_of(words), Ok(id), "{words}");
        }
        assert!(symptom_of("it is slow").is_err());
    }

    #[test]
    fn every_rule_that_confirms_is_a_page() {
        let catalog = crate::rule::Catalog::load(&[] as &[&std::path::Path], &crate::view::Shapes).unwrap();
        for (rule, _) in KNOWN.iter().flat_map(|known| known.confirmed_by) {
            // Code is not read yet; what it would confirm is named for the day when it is.
            assert!(rule.starts_with("apex/") || catalog.get(rule).is_some(), "{rule}");
        }
    }

    #[test]
    fn the_symptoms_are_those_of_the_pages() {
        assert!(ids().eq(crate::rule::SYMPTOMS.iter().copied()));
    }
}
