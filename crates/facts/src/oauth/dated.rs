//! What dated changes of Salesforce mean for an app: the idle limit of refresh tokens, the end of the device flow and
//! of the username-password flow (`rules/calendar.toml`). Refuses to know how bad that is.

use jiff::civil::{Date, date};

use super::{AppFiles, AppKind, Fact, OAuthApp, integration, policy};

/// The day from which only local external client apps with a callback on the local machine have the device flow.
const DEVICE_FLOW_ENDS: Date = date(2026, 11, 30);

/// Whether Salesforce's own idle limit holds: its developer turned it on, or it holds for every app.
pub(super) fn idle_limit_holds(written: &AppFiles, as_of: Date) -> bool {
    written.is_refresh_capped.value == Some(true) || policy::idle_limit_holds(as_of)
}

/// Days until the device flow ends for other apps; negative after that day.
pub(super) fn device_flow_days_left(as_of: Date) -> Option<i64> {
    as_of.until(DEVICE_FLOW_ENDS).ok().map(|span| i64::from(span.get_days()))
}

/// Why an app loses the device flow, as a clause, and its text.
pub(super) fn device_flow_loss(app: &OAuthApp) -> Fact<&'static str> {
    let written = &app.written;
    if written.device_flow.value != Some(true) || written.switched_off.value.is_some() {
        return Fact::default();
    }
    let lost = |why, place| Fact { value: Some(why), place };
    if app.kind == AppKind::ConnectedApp {
        return lost("it is a connected app", written.place);
    }
    if written.is_packaged {
        return lost("it is distributed, not local", written.distribution_place);
    }
    let callbacks = &written.callbacks;
    if !callbacks.is_empty() && !callbacks.iter().any(|callback| integration::is_loopback(callback)) {
        return lost("none of its callbacks is on localhost", written.callback_place);
    }
    Fact::default()
}

/// Whether an app is shaped like one of the username-password flow: a connected app with access to data, without a
/// callback for a browser, whose files show no other way to sign in.
pub(super) fn is_shaped_for_passwords(app: &OAuthApp, org_blocks_it: bool) -> bool {
    let written = &app.written;
    let goes_nowhere = |callback: &String| integration::is_placeholder(callback) || integration::is_loopback(callback);
    let has_other_flow = written.certificate.is_some()
        || written.client_credentials.value == Some(true)
        || written.device_flow.value == Some(true)
        || written.token_exchange.value == Some(true)
        || written.is_mobile_or_canvas
        || written.has_saml;
    let scopes = written.scopes.value.as_deref().unwrap_or_default();
    app.kind == AppKind::ConnectedApp
        && !org_blocks_it
        && written.switched_off.value.is_none()
        && !written.callbacks.is_empty()
        && written.callbacks.iter().all(goes_nowhere)
        && !has_other_flow
        && app.has_refresh_scope() == Some(false)
        && scopes.iter().any(|scope| integration::is_data_scope(scope))
        && !app.is_run_by_salesforce()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_idle_tokens_holds_from_its_day_or_by_the_developers_choice() {
        let mut app = AppFiles::default();
        let holds = |app: &AppFiles, day: &str| idle_limit_holds(app, day.parse().unwrap());
        assert!(!holds(&app, "2026-11-03"));
        assert!(holds(&app, "2026-11-04"));
        app.is_refresh_capped = Fact { value: Some(true), place: None };
        assert!(holds(&app, "2026-01-01"));
    }

    #[test]
    fn days_are_counted_to_the_last_day_of_november() {
        let left = |day: &str| device_flow_days_left(day.parse().unwrap());
        assert_eq!(left("2026-11-28"), Some(2));
        assert_eq!(left("2026-12-01"), Some(-1));
        assert_eq!(left("2026-05-30"), Some(184), "days, and no months");
    }
}
