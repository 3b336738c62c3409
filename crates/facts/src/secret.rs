//! Secrets in the elements that exist to hold one: their kind, owner and place.
//!
//! Excerpts mask their values, and no column of this view contains one. Refuses to know whether a secret still works.

use super::column::{IntoCell, ViewColumn};
use super::table::{Declaration, Declared};
use super::text;
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Cell;
use sessionlint_source::{Place, secrets};

type SecretColumn = ViewColumn<Secret>;

/// Elements whose secret lets its holder act as the app or the credential, and the name of that secret. Consumer keys
/// are not secrets: a retrieve returns them.
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

/// A secret in a file.
#[derive(Debug)]
pub(super) struct Secret {
    owner_type: &'static str,
    owner: String,
    owner_name: String,
    what: &'static str,
    place: Place,
    subject: u32,
}

/// Every secret in a file, in the order of [`SECRETS`], then of the files. A text that a deployment fills in is not
/// one.
pub(super) fn secret_facts(project: &Project) -> Vec<Secret> {
    let of_element = |(ty, path, what): &(&'static str, &'static str, &'static str)| {
        let (ty, path, what) = (*ty, *path, *what);
        let of_component = move |(subject, component): (u32, &Component)| {
            component.text(path).filter(|value| !secrets::is_placeholder_text(value))?;
            let label = ["externalClientApplication", "label", "friendlyName"];
            let owner = label.iter().find_map(|element| component.text(element)).unwrap_or(&component.name);
            Some(Secret {
                owner_type: kind(component.kind).name,
                owner: owner.to_owned(),
                owner_name: component.name.clone(),
                what,
                place: component.place(path),
                subject,
            })
        };
        project.of_type(ty).filter_map(of_component).collect::<Vec<_>>()
    };
    SECRETS.iter().flat_map(of_element).collect()
}

impl Declared for Secret {
    const TABLE: Declaration<Self> = Declaration::new(|| SECRET, |facts| secret_facts(facts.project))
        .key(|it| &it.owner_name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per secret in a file.
const SECRET: &[SecretColumn] = &[
    SecretColumn::text("OwnerType", "metadata type of the file", |it| it.owner_type.cell()).always(),
    SecretColumn::text("Owner", "label of the app, provider or credential", |it| it.owner.as_str().cell())
        .always(),
    SecretColumn::text(
        "Secret",
        "the kind of secret: `consumer secret`, `password`, `access token`, `refresh token` or `AWS secret`; its value is in no column",
        |it| Cell::at(text(it.what), it.place),
    )
    .always(),
    SecretColumn::text(
        "Confidence",
        "`high` for apps; `medium` for providers and credentials, of which a retrieve may write an encrypted copy",
        |it| if matches!(it.owner_type, "AuthProvider" | "NamedCredential") { "medium" } else { "high" }.cell(),
    )
    .always(),
];
