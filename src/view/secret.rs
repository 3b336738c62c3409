//! Secrets that stand in files: which, whose and where. Their values stay in the text that masks them; no column of
//! this view is made of one.

use super::column::{IntoCell, ViewColumn};
use super::text;
use crate::metadata::kind::kind;
use crate::metadata::{Component, Project};
use crate::query::Cell;
use crate::source::Place;

type SecretColumn = ViewColumn<SecretFacts>;

/// Elements that hold a secret with which somebody can act as the app or the credential (facts.md sections 5.3 and 6,
/// appendix B), and what people call it. Consumer keys are no secrets: a retrieve returns them.
const SECRETS: &[(&str, &str, &str)] = &[
    ("ConnectedApp", "oauthConfig.consumerSecret", "consumer secret"),
    ("ExternalClientApplication", "oauthDev.consumerSecret", "consumer secret"),
    ("ExtlClntAppOauthSettings", "consumerSecret", "consumer secret"),
    ("ExtlClntAppGlobalOauthSettings", "consumerSecret", "consumer secret"),
    ("AuthProvider", "consumerSecret", "consumer secret"),
    ("NamedCredential", "password", "password"),
    ("NamedCredential", "oauthToken", "access token"),
    ("NamedCredential", "oauthRefreshToken", "refresh token"),
    ("NamedCredential", "awsAccessSecret", "AWS secret"),
];

/// A secret that a file holds.
#[derive(Debug)]
pub(super) struct SecretFacts {
    owner_type: &'static str,
    owner: String,
    owner_name: String,
    secret: &'static str,
    place: Place,
    subject: u32,
}

/// Every secret that a file holds, in the order of [`SECRETS`], then of the files. What a deployment fills in is none.
pub(super) fn secret_facts(project: &Project) -> Vec<SecretFacts> {
    let of_element = |(ty, path, secret): &(&'static str, &'static str, &'static str)| {
        let (ty, path, secret) = (*ty, *path, *secret);
        let of_component = move |(subject, component): (u32, &Component)| {
            component.text(path).filter(|value| !is_placeholder(value))?;
            let label = ["externalClientApplication", "label", "friendlyName"];
            let owner = label.iter().find_map(|element| component.text(element)).unwrap_or(&component.name);
            Some(SecretFacts {
                owner_type: kind(component.kind).name,
                owner: owner.to_owned(),
                owner_name: component.name.clone(),
                secret,
                place: component.place(path),
                subject,
            })
        };
        project.of_type(ty).filter_map(of_component).collect::<Vec<_>>()
    };
    SECRETS.iter().flat_map(of_element).collect()
}

/// Whether a value only holds the place of a secret: the marks and words of deployment scripts, the name of a variable,
/// or one character again and again.
fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let marks = ["${", "{{", "{!", "#{", "<", "@@", "%%"];
    let words =
        ["placeholder", "place_holder", "replace", "changeme", "change_me", "change-me", "redacted", "todo", "your"];
    let first = value.chars().next();
    marks.iter().any(|mark| value.contains(mark))
        || words.iter().any(|word| lower.contains(word))
        || value.chars().all(|ch| Some(ch) == first)
        || is_variable(value)
}

/// Whether a value is the name of an environment variable: words in capitals, joined by underscores.
fn is_variable(value: &str) -> bool {
    let bare = value.trim_matches(|ch| matches!(ch, '_' | '$' | '%' | '@'));
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let has_marks = bare.len() < value.len();
    (has_marks || bare.contains('_')) && bare.split('_').all(is_word)
}

impl SecretFacts {
    /// What the row is called across renames of files.
    pub(super) fn key(&self) -> &str {
        &self.owner_name
    }

    /// The component that holds it.
    pub(super) fn subject(&self) -> u32 {
        self.subject
    }
}

/// One row per secret that a file holds.
pub(super) const SECRET: &[SecretColumn] = &[
    SecretColumn::text("OwnerType", "metadata type of the file", |it| it.owner_type.cell()).always(),
    SecretColumn::text("Owner", "what people call the app, provider or credential", |it| it.owner.as_str().cell())
        .always(),
    SecretColumn::text(
        "Secret",
        "what it is: `consumer secret`, `password`, `access token`, `refresh token` or `AWS secret`; its value is in no column",
        |it| Cell::at(text(it.secret), it.place),
    )
    .always(),
    SecretColumn::text(
        "Confidence",
        "`high` for apps; `medium` for providers and credentials, of which a retrieve may write an encrypted copy",
        |it| if matches!(it.owner_type, "AuthProvider" | "NamedCredential") { "medium" } else { "high" }.cell(),
    )
    .always(),
];

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn what_a_deployment_fills_in_is_no_secret() {
        let held = [
            "Placeholder_Value",
            "${ERP_SECRET}",
            "{{secret}}",
            "{!$Credential.Password}",
            "#{secret}#",
            "@@SECRET@@",
            "REPLACE_ME",
            "xxxxxxxx",
            "****",
            "ERP_CLIENT_SECRET",
            "__SECRET__",
            "%SECRET%",
            "<secret>",
            "changeme",
        ];
        for value in held {
            assert!(is_placeholder(value), "{value}");
        }
        for value in
            ["8F3A1C09B2D47E55", "hunter2", "9163450298811237645", "aB_cD", "Summer2024!", "QWERTZUIOP", "ABC_D3F"]
        {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
