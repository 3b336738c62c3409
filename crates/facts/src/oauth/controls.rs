//! The protections that Salesforce's hardening advice names for an app and that its files leave open.
//!
//! A control counts as open where a file states so, or where its absence has a documented meaning; it is left out where
//! the file that decides is not in the project. Limits are Salesforce's own numbers. Refuses to know how bad an open
//! control is.

use super::{OAuthApp, RefreshKind, integration, policy};
use sessionlint_source::Place;

/// The longest session of an app that Salesforce's hardening advice accepts, in minutes (Help
/// `xcloud.shr_manage_session_policies_for_a_connected_app_session_timeout`).
const LONGEST_SESSION: i64 = 60;

/// The longest life of a refresh token that the Salesforce DX Developer Guide accepts, in hours ("Use the Default
/// Connected App Securely").
const LONGEST_REFRESH: i64 = 90 * 24;

/// A protection that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenControl {
    /// This module's word for it.
    pub(super) control: &'static str,
    /// The open control, in words.
    pub(super) words: String,
    /// Its text, or the place where it would be.
    pub(super) place: Option<Place>,
}

/// All open controls: first those that anyone can use, then those that prolong the use of a stolen token.
pub(super) fn open_controls(app: &OAuthApp) -> Vec<OpenControl> {
    // An app called DEVHUB_* counts as Salesforce's own.
    let is_own = app.is_run_by_salesforce() || app.written.full_name.to_ascii_uppercase().starts_with("DEVHUB_");
    if !app.written.has_oauth || is_own {
        return Vec::new();
    }
    let all = [
        plain_callback(app),
        relaxed_addresses(app),
        full_scope(app),
        self_authorised(app),
        old_refresh_tokens(app),
        long_session(app),
        no_rotation(app),
        no_secret_at_renewal(app),
        no_secret_at_sign_in(app),
        no_pkce(app),
        device_flow(app),
    ];
    all.into_iter().flatten().collect()
}

fn open(control: &'static str, words: impl Into<String>, place: Option<Place>) -> OpenControl {
    OpenControl { control, words: words.into(), place }
}

/// Whether its tokens give access to more than the identity of a user; unknown without its scopes.
fn reaches_data(app: &OAuthApp) -> bool {
    let scopes = app.written.scopes.value.as_deref().unwrap_or_default();
    scopes.iter().any(|scope| integration::is_data_scope(scope) || integration::is(scope, "Web"))
}

/// Whether a client can get a refresh token. An app that only accepts signed assertions issues none.
fn issues_refresh_tokens(app: &OAuthApp) -> bool {
    app.has_refresh_scope() == Some(true)
        && app.uses_only_jwt() == Some(false)
        && app.written.refresh.as_ref().is_none_or(|policy| policy.kind != RefreshKind::AtOnce)
}

/// A callback without encryption, over which others can read the authorisation.
fn plain_callback(app: &OAuthApp) -> Option<OpenControl> {
    let is_plain = |callback: &String| {
        let is_http = callback.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
        is_http && !integration::is_loopback(callback)
    };
    app.written
        .callbacks
        .iter()
        .any(is_plain)
        .then(|| open("callback", "a callback without https", app.written.callback_place))
}

/// Relaxed for all users, without addresses of its own. Signed assertions always enforce the profile's ranges.
fn relaxed_addresses(app: &OAuthApp) -> Option<OpenControl> {
    let written = &app.written;
    let is_relaxed =
        written.ip_relaxation.value.as_deref().map(|it| policy::ip_relaxation(app.kind, it)) == Some("relax");
    let has_addresses = written.has_ranges || written.has_token_ranges;
    let is_open = is_relaxed && !has_addresses && app.uses_only_jwt() != Some(true) && reaches_data(app);
    is_open.then(|| open("ip", "relaxed IP restrictions and no ranges of its own", written.ip_relaxation.place))
}

fn full_scope(app: &OAuthApp) -> Option<OpenControl> {
    let scopes = app.written.scopes.value.as_deref()?;
    scopes
        .iter()
        .any(|scope| integration::is(scope, "Full"))
        .then(|| open("scope-full", "the scope Full", app.written.scopes.place))
}

/// Any user may approve it, and the org does not require more.
fn self_authorised(app: &OAuthApp) -> Option<OpenControl> {
    let is_open = app.written.is_admin_approved.value == Some(false)
        && app.api_access_is_limited.value != Some(true)
        && reaches_data(app);
    is_open.then(|| open("self-authorised", "approval by any user", app.written.is_admin_approved.place))
}

fn old_refresh_tokens(app: &OAuthApp) -> Option<OpenControl> {
    let policy = app.written.refresh.as_ref().filter(|_| issues_refresh_tokens(app))?;
    let is_capped = app.written.is_refresh_capped.value == Some(true);
    let place = app.written.refresh_policy.place;
    let is_long = policy.hours.is_some_and(|hours| hours > LONGEST_REFRESH);
    let period = policy.text.as_deref().unwrap_or_default();
    let words = match policy.kind {
        RefreshKind::UntilRevoked if !is_capped => "refresh tokens that never expire by policy".to_owned(),
        RefreshKind::Lifetime if is_long => format!("refresh tokens valid for {period}"),
        RefreshKind::Idle if is_long && !is_capped => {
            format!("refresh tokens that may stay idle for {period}")
        }
        _ => return None,
    };
    Some(open("refresh-token", words, place))
}

/// No timeout of its own where its policies are known, and no short one for its users either; or a long one.
fn long_session(app: &OAuthApp) -> Option<OpenControl> {
    if !reaches_data(app) {
        return None;
    }
    if app.issues_jwt() {
        // The session timeout applies to other tokens; a connected app's policy for these is in no file.
        let minutes = app.access_token.least_minutes().filter(|minutes| *minutes > LONGEST_SESSION)?;
        return Some(open(
            "timeout",
            format!("access tokens valid for {}", duration(minutes)),
            app.access_token.minutes.place,
        ));
    }
    let place = app.written.session_minutes.place;
    if app.written.has_session_timeout {
        let minutes = app.written.session_minutes.value.filter(|minutes| *minutes > LONGEST_SESSION)?;
        return Some(open("timeout", format!("a session timeout of {}", duration(minutes)), place));
    }
    let is_short_anyway = app.fallback.value.is_some_and(|minutes| minutes <= LONGEST_SESSION);
    let is_open = app.written.has_policy.value == Some(true) && !is_short_anyway;
    is_open.then(|| open("timeout", "no session timeout of its own", place))
}

/// Whole hours as hours, everything else in minutes.
fn duration(minutes: i64) -> String {
    if minutes % 60 == 0 { format!("{} hours", minutes / 60) } else { format!("{minutes} minutes") }
}

fn no_rotation(app: &OAuthApp) -> Option<OpenControl> {
    let is_open = app.written.is_rotating.value == Some(false) && issues_refresh_tokens(app);
    is_open.then(|| open("rotation", "no refresh token rotation", app.written.is_rotating.place))
}

/// A renewal without the consumer secret, where some client is a server that could keep one.
fn no_secret_at_renewal(app: &OAuthApp) -> Option<OpenControl> {
    let is_required = &app.written.is_secret_required_for_refresh;
    let is_open = is_required.value == Some(false) && issues_refresh_tokens(app) && app.remote_callback().is_some();
    is_open.then(|| open("refresh-secret", "renewal without the consumer secret", is_required.place))
}

/// Tokens of the web server flow without the consumer secret, where a client is a server that could keep one and no
/// verifier replaces it.
fn no_secret_at_sign_in(app: &OAuthApp) -> Option<OpenControl> {
    let written = &app.written;
    let has_verifier = written.is_pkce_required.value == Some(true) || app.org_requires_pkce.value == Some(true);
    let is_open = written.is_secret_optional.value == Some(true)
        && !has_verifier
        && app.uses_only_jwt() == Some(false)
        && app.remote_callback().is_some();
    let words = "a web server flow without the consumer secret";
    is_open.then(|| open("sign-in-secret", words, written.is_secret_optional.place))
}

/// Codes of the web server flow without a verifier. Signed assertions and client credentials use no code.
fn no_pkce(app: &OAuthApp) -> Option<OpenControl> {
    let written = &app.written;
    let has_codes = app.uses_only_jwt() == Some(false)
        && written.callbacks.iter().any(|callback| !integration::is_placeholder(callback));
    let is_open =
        written.is_pkce_required.value == Some(false) && app.org_requires_pkce.value != Some(true) && has_codes;
    is_open.then(|| open("pkce", "no PKCE", written.is_pkce_required.place))
}

fn device_flow(app: &OAuthApp) -> Option<OpenControl> {
    (app.written.device_flow.value == Some(true))
        .then(|| open("device-flow", "the device flow", app.written.device_flow.place))
}
