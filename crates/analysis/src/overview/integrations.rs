//! Describes each integration: how it renews access, when its tokens expire, from which addresses it may call, what uses it
//! in the project, and its findings.
//!
//! May assume the result of `sessions` and the facts of apps, and combines both. Refuses to know whether an integration
//! runs.

use serde::Serialize;

use super::dates::DatedItem;
use crate::located::{Located, located};
use crate::sessions::{App, Sessions, salesforces_idle_limit};
use sessionlint_facts::oauth::{OAuthApp, RefreshKind, Renewal, ip_relaxation};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::diagnostic::{Diagnostic, Severity};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Tables;
use sessionlint_source::secrets::mask;

/// An app that counts as an integration.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, no state")]
pub struct Integration {
    /// Its sessions and tokens.
    pub app: App,
    /// fullName.
    pub full_name: String,
    /// Its place.
    pub place: Option<Located>,
    /// The level that decides the lifetime of its access token, in words; if it is unknown, the reason.
    pub life_owner: String,
    /// Whether the app itself has that lifetime; otherwise it is the shortest one of its users.
    pub life_is_own: bool,
    /// Why a user may have a shorter one; null if none may.
    pub users_doubt: Option<String>,
    /// The refresh token's period in words.
    pub refresh_text: Option<String>,
    /// The refresh token policy, as written, if it has no refresh tokens.
    pub unused_policy: Option<String>,
    /// The assurance setting, as written.
    pub assurance: Option<String>,
    /// Whether it has refresh tokens; null if its scopes are unknown.
    pub has_refresh_tokens: Option<bool>,
    /// Hours of the refresh token's period.
    pub refresh_hours: Option<i64>,
    /// Whether it renews with a refresh token that expires by age or without use.
    pub renewal_ends: bool,
    /// When its refresh token expires, by its policy or by Salesforce's own limit, whichever is sooner; none if it has no
    /// refresh token, or one that does not expire.
    pub end: Option<TokenEnd>,
    /// Hours after which Salesforce's own limit ends an unused refresh token before its policy does.
    pub idle_limit: Option<i64>,
    /// The effect of its IP relaxation: `enforce`, `relax-refresh`, `second-factor`, `relax`, `unknown`.
    pub ip_kind: Option<&'static str>,
    /// Whether it has address ranges of its own.
    pub has_ranges: bool,
    /// A profile that may use it and allows only some addresses.
    pub restricting_profile: Option<String>,
    /// Whether every user has that profile; otherwise its ranges count only if the integration's user has it.
    pub has_one_profile: bool,
    /// The ranges of that profile.
    pub ranges: Vec<RangeText>,
    /// Whether it has a certificate for the JWT bearer flow.
    pub has_certificate: bool,
    /// Whether only users whom an administrator approved may use it.
    pub is_admin_approved: Option<bool>,
    /// Approved profiles.
    pub profiles: Vec<String>,
    /// Approved permission sets.
    pub permission_sets: Vec<String>,
    /// The user of its client credentials flow.
    pub execution_user: Option<String>,
    /// Parts of the project that sign in with it: auth providers, named credentials and the code that calls with them.
    pub used_by: Vec<String>,
    /// Scopes, if the project has them.
    pub scopes: Option<Vec<String>>,
    /// The first day on which one of its certificates expires or expired, and the days until then.
    pub certificate_ends: Option<(String, i64)>,
    /// Items with a date: day or period, and the event.
    pub dated: Vec<String>,
    /// Findings in its files.
    pub findings: Vec<Finding>,
}

/// When a refresh token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TokenEnd {
    /// Hours after its issue, or after its last use.
    pub hours: i64,
    /// Whether use extends it.
    pub is_idle: bool,
}

impl Integration {
    /// Whether it renews with a refresh token of unknown lifetime.
    pub(crate) fn has_unknown_end(&self) -> bool {
        let is_lasting = self.app.refresh_token == Some("until-revoked");
        self.app.renewal == Some("refresh-token") && !is_lasting && self.end.is_none()
    }

    fn token_end(&self) -> Option<TokenEnd> {
        if !self.renewal_ends {
            return None;
        }
        let own = self.refresh_hours.map(|hours| TokenEnd { hours, is_idle: self.app.refresh_token == Some("idle") });
        let limit = self.idle_limit.map(|hours| TokenEnd { hours, is_idle: true });
        own.into_iter().chain(limit).min_by_key(|end| end.hours)
    }
}

/// A range of addresses as written.
#[derive(Debug, Serialize)]
pub struct RangeText {
    /// First address.
    pub start: String,
    /// Last address.
    pub end: String,
}

/// A finding in short.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The severity.
    pub severity: Severity,
    /// The rule.
    pub rule: String,
    /// The message.
    pub message: String,
}

/// The integrations: first those that cannot renew, then by expiry of the refresh token, then those of unknown expiry;
/// among equals in the order of `sessions`.
pub(super) fn integrations(
    facts: &Facts<'_>,
    views: &Views<'_>,
    sessions: &Sessions,
    findings: &[Diagnostic],
    dates: &[DatedItem],
) -> Vec<Integration> {
    let uses = uses(views);
    let mut cards: Vec<Integration> = Vec::new();
    let mut taken = vec![false; facts.apps().len()];
    for app in sessions.apps.iter().filter(|app| app.integration) {
        let found = facts.apps().iter().enumerate().find(|(index, it)| {
            !taken[*index]
                && it.written.label == app.app
                && it.kind.as_str() == app.kind
                && it.verdict.reason == app.reason
                && it.renewal.map(Renewal::as_str) == app.renewal
        });
        if let Some((index, it)) = found {
            taken[index] = true;
            let mut card = card(facts, app, it, findings, dates);
            let its = uses.iter().filter(|(name, _)| [&card.app.app, &card.full_name].contains(&name));
            card.end = card.token_end();
            card.used_by = its.map(|(_, user)| user.clone()).collect();
            cards.push(card);
        }
    }
    cards.sort_by_key(|card| {
        let is_lasting = card.app.renewal.is_some() && !card.renewal_ends;
        (card.app.renewal != Some("none-visible"), card.end.is_none(), card.end.map(|end| end.hours), is_lasting)
    });
    cards
}

fn card(facts: &Facts<'_>, app: &App, it: &OAuthApp, findings: &[Diagnostic], dates: &[DatedItem]) -> Integration {
    let written = &it.written;
    let refresh = it.refresh_policy();
    let restricting = it.restricting_profile.value.clone();
    let profile = facts.profiles().iter().find(|profile| Some(&profile.label) == restricting.as_ref());
    let range = |start: &Option<String>, end: &Option<String>| RangeText {
        start: start.clone().unwrap_or_default(),
        end: end.clone().unwrap_or_default(),
    };
    let limit = app.salesforces_idle_limit;
    let ends = limit.is_some() || refresh.is_some_and(|policy| policy.kind != RefreshKind::UntilRevoked);
    let files = files_of(facts.project, it);
    let its = findings.iter().filter(|finding| files.contains(&finding.place.file));
    let finding = |finding: &Diagnostic| Finding {
        severity: finding.severity,
        rule: finding.rule.clone(),
        message: finding.message.clone(),
    };
    let mut its: Vec<Finding> = its.map(finding).collect();
    its.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Integration {
        full_name: written.full_name.clone(),
        place: written.place.map(|place| located(facts.project, place)),
        life_is_own: app.life_is_own,
        users_doubt: app.users_doubt.clone(),
        life_owner: match (it.access_token.doubt.as_str(), &app.users_doubt) {
            ("", None) => app.life_owner.to_owned(),
            ("", Some(doubt)) => format!("{}: {doubt}", app.life_owner),
            (doubt, _) => doubt.to_owned(),
        },
        refresh_text: app.refresh_text.clone(),
        unused_policy: app.unused_policy.clone(),
        assurance: app.assurance.clone(),
        has_refresh_tokens: it.has_refresh_tokens(),
        refresh_hours: refresh.and_then(|policy| policy.hours),
        renewal_ends: it.renewal == Some(Renewal::RefreshToken) && ends,
        end: None,
        idle_limit: limit.map(|idle| idle.hours),
        ip_kind: written.ip_relaxation.value.as_deref().map(|text| ip_relaxation(it.kind, text)),
        has_ranges: written.has_ranges,
        ranges: profile
            .map(|profile| profile.ranges.iter().map(|it| range(&it.start, &it.end)).collect())
            .unwrap_or_default(),
        restricting_profile: restricting,
        has_one_profile: it.has_one_profile(),
        has_certificate: written.certificate.is_some(),
        is_admin_approved: written.is_admin_approved.value,
        profiles: written.profiles.clone(),
        permission_sets: written.permission_sets.iter().map(|name| mask(name).into_owned()).collect(),
        execution_user: written.execution_user.value.clone(),
        used_by: Vec::new(),
        scopes: written.scopes.value.clone(),
        certificate_ends: of_app(facts.project, it, dates)
            .find_map(|dated| Some((dated.when.clone(), dated.days_left?))),
        dated: dated(facts.project, it, dates),
        findings: its,
        app: app.clone(),
    }
}

/// The apps that credentials of the project use, each with those credentials in words.
fn uses(views: &Views<'_>) -> Vec<(String, String)> {
    let mut uses = Vec::new();
    for (table, what) in [("AuthProvider", "auth provider"), ("Credential", "named credential")] {
        let Some(table) = views.table(table) else { continue };
        let column = |name: &str| table.schema.column(name);
        let (app, code) = (column("App"), column("UsedByApex"));
        let name = column("FullName").or_else(|| column("Name"));
        for row in &table.rows {
            let text = |column: Option<usize>| Some(row.cells.get(column?)?.value.as_text()?.to_owned());
            let (Some(app), Some(name)) = (text(app), text(name)) else { continue };
            let code = text(code).map(|method| format!(", Apex {method}")).unwrap_or_default();
            uses.push((app, format!("{what} {name}{code}")));
        }
    }
    uses
}

/// The files of an app.
fn files_of(project: &Project, app: &OAuthApp) -> Vec<sessionlint_source::FileId> {
    let own = app.written.place.map(|place| place.file);
    let parts = project.components.iter().filter(|component| is_part(component, app));
    own.into_iter().chain(parts.map(|component| component.file)).collect()
}

/// Whether a component is a part of an external client app.
fn is_part(component: &Component, app: &OAuthApp) -> bool {
    component.text("externalClientApplication").is_some_and(|name| name.trim() == app.written.full_name)
}

/// The dates of an app's certificates, the earliest first.
fn of_app<'d>(project: &'d Project, app: &'d OAuthApp, dates: &'d [DatedItem]) -> impl Iterator<Item = &'d DatedItem> {
    let is_its = move |ty: &str, name: &str| {
        name == app.written.full_name && ty == app.kind.as_str()
            || project.components.iter().any(|component| component.name == name && is_part(component, app))
    };
    dates.iter().filter(move |it| it.user.as_ref().is_some_and(|(ty, name)| is_its(ty, name)))
}

/// Items with a date.
fn dated(project: &Project, app: &OAuthApp, dates: &[DatedItem]) -> Vec<String> {
    let certificates = of_app(project, app, dates);
    let mut all: Vec<String> = certificates.map(|it| format!("{}: {}", it.when, it.what)).collect();
    if app.renewal == Some(Renewal::RefreshToken)
        && let Some(policy) = app.refresh_policy()
    {
        let period = policy.text.as_deref().unwrap_or("a period that the file does not state");
        let is_limited = salesforces_idle_limit(app).is_some();
        if policy.is_zero_period() {
            all.push(format!("the refresh token policy names {period}, and we found no document on its effect"));
        } else if policy.kind == RefreshKind::Lifetime {
            all.push(format!(
                "each refresh token expires {period} after it was issued; the day of issue is in no file"
            ));
        }
        if is_limited {
            all.push(
                "each refresh token expires after 30 days without use, which is Salesforce's own limit".to_owned(),
            );
        } else if policy.kind == RefreshKind::Idle && !policy.is_zero_period() {
            all.push(format!("each refresh token expires after {period} without use"));
        }
    }
    all
}
