//! The client that an app is made for, as far as its files show it: clients that call by SOAP, and hosted MCP servers.
//!
//! Only names and callbacks identify a client; none is certain. Refuses to know a severity.

use super::{AppFiles, AppKind, Fact, OAuthApp, TokenForm, integration};
use crate::raw;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::Place;

/// Programs that call SOAP or Metadata API, by a part of an app's name without spaces, in lower case.
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

/// The same by the callback: Data Loader's own, and that of the Salesforce CLI (its guide names the port).
const BY_CALLBACK: &[(&str, &str)] =
    &[("localhost:7171/oauthredirect", "Data Loader"), ("localhost:1717/oauthredirect", "the Salesforce CLI")];

/// The client of SOAP calls that an app seems made for.
pub(super) fn soap_client(written: &AppFiles) -> Fact<&'static str> {
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

/// Why no user of a Lightning Out app in the project can sign in to it through an app, and that app of Lightning Out.
///
/// Lightning Out 2.0 accepts a token with the scope Web and a user, which the client credentials flow does not give;
/// Lightning Out (beta) accepts no token in JWT form. Whether the two belong together is in no file.
pub(super) fn lightning_out_gap(app: &OAuthApp, project: &Project) -> Option<(Fact<&'static str>, Fact<String>)> {
    let written = &app.written;
    let scopes = written.scopes.value.as_deref().unwrap_or_default();
    let shows_pages = scopes.iter().any(|scope| integration::is(scope, "Web") || integration::is(scope, "Full"));
    if written.switched_off.value.is_some() || !shows_pages {
        return None;
    }
    if written.client_credentials.value == Some(true) && app.kind != AppKind::ConnectedApp {
        let is_on = |it: &Component| it.text("isEnabled").and_then(raw::parse_bool) != Some(false);
        let out = project.of_type("LightningOutApp").map(|(_, it)| it).find(|it| is_on(it));
        if let Some(out) = out {
            let named = Fact::known(out.name.clone(), out.place("applicationName"));
            return Some((Fact { value: Some("client-credentials"), place: written.client_credentials.place }, named));
        }
    }
    let form = &app.access_token.form;
    let out = project.units.iter().find_map(|unit| Some((unit, unit.lightning_out.as_ref()?)));
    let (unit, (span, _)) = out.filter(|_| form.value == Some(TokenForm::Jwt))?;
    let named = Fact::known(unit.name.clone(), Place { file: unit.file, span: *span });
    Some((Fact { value: Some("jwt-tokens"), place: form.place }, named))
}

/// Requirements of hosted MCP servers that an app with their scope lacks, as clauses, with their text.
pub(super) fn mcp_gaps(app: &OAuthApp) -> Vec<(&'static str, Option<Place>)> {
    let written = &app.written;
    let scopes = written.scopes.value.as_deref().unwrap_or_default();
    if written.switched_off.value.is_some() || !scopes.iter().any(|scope| integration::is(scope, "MCP")) {
        return Vec::new();
    }
    if app.kind == AppKind::ConnectedApp {
        return vec![(
            "it is a connected app, and these servers accept external client apps only",
            written.scopes.place,
        )];
    }
    let form = &app.access_token.form;
    let mut gaps = Vec::new();
    if form.value == Some(TokenForm::Opaque) {
        gaps.push(("its access tokens are not JWT-based (`isNamedUserJwtEnabled`)", form.place));
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
        let written = AppFiles {
            label: label.to_owned(),
            has_oauth: true,
            callbacks: vec![callback.to_owned()],
            ..AppFiles::default()
        };
        soap_client(&written).value
    }

    #[test]
    fn clients_are_recognised_by_name_or_callback() {
        let remote = "https://erp.example.com/cb";
        assert_eq!(client("Data Loader ECA", remote), Some("Data Loader"));
        assert_eq!(client("Nightly", "http://localhost:7171/OauthRedirect"), Some("Data Loader"));
        assert_eq!(client("Nightly", "http://localhost:1717/OauthRedirect"), Some("the Salesforce CLI"));
        assert_eq!(client("Release Deployment", remote), Some("deployments"));
        assert_eq!(client("Invoice Sync", remote), None);
        assert_eq!(client("Invoice Sync", "http://localhost:8080/OauthRedirect"), None);
    }
}
