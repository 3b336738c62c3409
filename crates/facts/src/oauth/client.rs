//! Whom an app is made for, as far as its files tell: clients that call by SOAP, and hosted MCP servers.
//!
//! Names and callbacks are all that tells a client; none is known for certain. Refuses to know how bad anything is.

use super::{AppFacts, AppKind, Fact, TokenForm, Written, integration};
use sessionlint_source::Place;

/// Programs that call SOAP or Metadata API, by what is in an app's name without spaces, in lower case.
const BY_NAME: &[(&str, &str)] = &[
    ("dataloader", "Data Loader"),
    ("salesforcecli", "the Salesforce CLI"),
    ("sfdxcli", "the Salesforce CLI"),
    ("sfcli", "the Salesforce CLI"),
    ("workbench", "Workbench"),
    ("antmigration", "the Ant Migration Tool"),
    ("metadataapi", "deployments"),
    ("deploy", "deployments"),
];

/// The same by where a callback leads: Data Loader's own, and that of the Salesforce CLI (its guide names the port).
const BY_CALLBACK: &[(&str, &str)] =
    &[("localhost:7171/oauthredirect", "Data Loader"), ("localhost:1717/oauthredirect", "the Salesforce CLI")];

/// The client of SOAP calls that an app seems made for.
pub(super) fn soap_client(written: &Written) -> Fact<&'static str> {
    if !written.has_oauth || written.switched_off.value.is_some() {
        return Fact::default();
    }
    let squeezed = |name: &str| name.chars().filter(|ch| ch.is_alphanumeric()).collect::<String>().to_lowercase();
    let names = [squeezed(&written.label), squeezed(&written.full_name)];
    let by_name = BY_NAME.iter().find(|(word, _)| names.iter().any(|name| name.contains(word)));
    if let Some((_, client)) = by_name {
        return Fact { value: Some(*client), place: written.place };
    }
    let callbacks: Vec<String> = written.callbacks.iter().map(|callback| callback.to_ascii_lowercase()).collect();
    let by_callback = BY_CALLBACK.iter().find(|(end, _)| callbacks.iter().any(|callback| callback.ends_with(end)));
    by_callback.map_or_else(Fact::default, |(_, client)| Fact { value: Some(*client), place: written.callback_place })
}

/// What an app with the scope for hosted MCP servers lacks of what they ask for, as clauses, with the text that says so.
pub(super) fn mcp_gaps(app: &AppFacts) -> Vec<(&'static str, Option<Place>)> {
    let written = &app.written;
    let scopes = written.scopes.value.as_deref().unwrap_or_default();
    if written.switched_off.value.is_some() || !scopes.iter().any(|scope| integration::is(scope, "MCP")) {
        return Vec::new();
    }
    if app.kind == AppKind::ConnectedApp {
        return vec![("it is a connected app, and they take external client apps only", written.scopes.place)];
    }
    let form = &app.access_token.form;
    let mut gaps = Vec::new();
    if form.value == Some(TokenForm::Opaque) {
        gaps.push(("its access tokens are not in JWT form (`isNamedUserJwtEnabled`)", form.place));
    }
    if app.has_refresh_scope() == Some(false) {
        gaps.push(("it has no scope `RefreshToken`", written.scopes.place));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(label: &str, callback: &str) -> Option<&'static str> {
        let written = Written {
            label: label.to_owned(),
            has_oauth: true,
            callbacks: vec![callback.to_owned()],
            ..Written::default()
        };
        soap_client(&written).value
    }

    #[test]
    fn clients_are_told_by_name_or_callback() {
        let remote = "https://erp.example.com/cb";
        assert_eq!(client("Data Loader ECA", remote), Some("Data Loader"));
        assert_eq!(client("Nightly", "http://localhost:7171/OauthRedirect"), Some("Data Loader"));
        assert_eq!(client("Nightly", "http://localhost:1717/OauthRedirect"), Some("the Salesforce CLI"));
        assert_eq!(client("Release Deployment", remote), Some("deployments"));
        assert_eq!(client("Invoice Sync", remote), None);
        assert_eq!(client("Invoice Sync", "http://localhost:8080/OauthRedirect"), None);
    }
}
