//! Addresses of versions of Salesforce's APIs, in code and in metadata.
//!
//! Versions of Apex classes, pages and flows are different and have no rows. Refuses to know which server of Salesforce
//! answers: all of them retire versions alike.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::column::{Fact, IntoCell, ViewColumn};
use super::table::{Declaration, Declared, Reads};
use super::{raw, stated};
use sessionlint_apex::{Api, Code, version};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Project, place_below, text_of};
use sessionlint_soql::Cell;
use sessionlint_source::Place;

type VersionColumn = ViewColumn<ApiVersionUse>;

/// The last version that is retired (Help 000354473).
const LAST_RETIRED: i64 = 30;

/// The last version whose support ends (Help 005321531).
const LAST_UNSUPPORTED: i64 = 40;

/// An address of one version.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, no state")]
pub(super) struct ApiVersionUse {
    ty: &'static str,
    name: String,
    path: String,
    api: Api,
    text: String,
    version: i64,
    place: Place,
    is_handed_on: bool,
    /// See [`sessionlint_apex::ApiVersion::is_only_loaded`].
    is_only_loaded: bool,
    /// See [`sessionlint_apex::ApiVersion::is_unused`].
    is_unused: bool,
    is_doubtful: bool,
    blocks_old: Fact<bool>,
}

/// Elements of metadata with addresses of services: the type and the elements; a dot leads into a repeated one.
const PLACES: &[(&str, &[&str])] = &[
    ("NamedCredential", &["endpoint", "namedCredentialParameters.parameterValue"]),
    ("ExternalCredential", &["externalCredentialParameters.parameterValue"]),
    ("RemoteSiteSetting", &["url"]),
];

/// All of them: those of metadata, then those of code, both in the order of the files.
pub(super) fn version_facts(project: &Project) -> Vec<ApiVersionUse> {
    let blocks_old = switch(project);
    let mut all = Vec::new();
    for component in &project.components {
        let ty = kind(component.kind).name;
        let path = || project.sources.get(component.file).path.clone();
        let is_off = ty == "RemoteSiteSetting" && component.text("isActive") == Some("false");
        let paths = PLACES.iter().find(|(name, _)| *name == ty && !is_off).map(|(_, paths)| *paths);
        for (text, place) in paths.unwrap_or_default().iter().flat_map(|path| raw::texts(component, path)) {
            all.extend(version::find(text).map(|it| ApiVersionUse {
                ty,
                name: component.name.clone(),
                path: path(),
                api: it.api,
                text: it.text,
                version: it.version,
                place,
                is_handed_on: false,
                is_only_loaded: false,
                is_unused: false,
                is_doubtful: false,
                blocks_old: blocks_old.clone(),
            }));
        }
        if ty != "Workflow" {
            continue;
        }
        let document = &component.document;
        for message in raw::elements(component, "outboundMessages") {
            let text = |name| document.child(message, name).and_then(|node| text_of(document, node));
            let Some(written) = text("apiVersion") else { continue };
            let Some(version) = version::of_text(written) else { continue };
            let name = text("fullName").or(text("name")).unwrap_or(&component.name);
            all.push(ApiVersionUse {
                ty: "WorkflowOutboundMessage",
                name: format!("{}.{name}", component.name),
                path: path(),
                api: Api::OutboundMessage,
                text: written.to_owned(),
                version,
                place: place_below(component.file, document, message, "apiVersion"),
                is_handed_on: true,
                is_only_loaded: false,
                is_unused: false,
                is_doubtful: false,
                blocks_old: blocks_old.clone(),
            });
        }
    }
    let classes = LazyCell::new(|| {
        let of_project = project.units.iter().filter(|unit| unit.code == Code::Class);
        of_project.map(|unit| unit.name.to_lowercase()).collect::<HashSet<_>>()
    });
    // A class of the project may call the URL.
    let is_outside = |ty: &String| !ty.split('.').any(|part| classes.contains(part));
    for unit in &project.units {
        all.extend(unit.versions.iter().map(|it| ApiVersionUse {
            ty: if it.link.is_some() { "WebLink" } else { unit.code.type_name() },
            name: it.link.as_ref().unwrap_or(&unit.name).clone(),
            path: project.sources.get(unit.file).path.clone(),
            api: it.api,
            text: it.text.clone(),
            version: it.version,
            place: Place { file: unit.file, span: it.span },
            is_handed_on: it.api == Api::MergeField
                || it.handed_to.as_ref().is_some_and(|all| all.iter().all(is_outside)),
            is_only_loaded: it.is_only_loaded,
            is_unused: it.is_unused,
            is_doubtful: it.is_doubtful,
            blocks_old: blocks_old.clone(),
        }));
    }
    all
}

/// Whether the org refuses versions 31 to 40 already.
fn switch(project: &Project) -> Fact<bool> {
    stated::flag(project, "EnterpriseApiSettings", "enableBlockDeprecatedApiVersions31to40")
}

impl Declared for ApiVersionUse {
    const TABLE: Declaration<Self> = Declaration::new(|| API_VERSION_USE, |facts| version_facts(facts.project))
        .key(|it| &it.name)
        .reads(&[Reads::Code, Reads::Links]);
}

/// One row per address of a version.
const API_VERSION_USE: &[VersionColumn] = &[
    VersionColumn::text("Type", "metadata type of its component", |it| it.ty.cell()).always(),
    VersionColumn::text("Name", "fullName of its component, of a button or link its own", |it| it.name.as_str().cell()).always(),
    VersionColumn::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
    VersionColumn::text(
        "Api",
        "`REST API`, `SOAP API`, `Bulk API`, `AJAX Toolkit`, `merge field` (`$Api.Partner_Server_URL_260`) or `outbound message`",
        |it| it.api.as_str().cell(),
    )
    .always(),
    VersionColumn::text("Address", "the part of the URL with the version, as written", |it| {
        Cell { place: Some(it.place), ..it.text.as_str().cell() }
    })
    .always(),
    VersionColumn::int("Version", "the version, without its minor part", |it| it.version.cell()).always(),
    VersionColumn::bool("IsRetired", "it is 30 or older: calls to it fail", |it| (it.version <= LAST_RETIRED).cell())
        .always(),
    VersionColumn::bool("IsEnding", "it is 31 to 40: retired with Summer '28", |it| {
        (it.version > LAST_RETIRED && it.version <= LAST_UNSUPPORTED).cell()
    })
    .always(),
    VersionColumn::bool(
        "IsHandedOn",
        "the URL is given away (in a parameter of another URL, a message, a record, to a class of a package, by a merge \
         field or an outbound message), and nothing shows that the component calls it itself",
        |it| it.is_handed_on.cell(),
    )
    .always(),
    VersionColumn::bool(
        "OrgBlocksIt",
        "for 31 to 40: the org already refuses them (`enableBlockDeprecatedApiVersions31to40`); null if no file contains the setting",
        |it| {
            let is_concerned = it.version > LAST_RETIRED && it.version <= LAST_UNSUPPORTED;
            if is_concerned { it.blocks_old.clone().cell() } else { Cell::default() }
        },
    ),
    VersionColumn::text(
        "Confidence",
        "`high`; `medium` for a merge field; `low` if code with a syntax error is involved",
        |it| match it.api {
            _ if it.is_doubtful => "low",
            Api::MergeField => "medium",
            _ => "high",
        }
        .cell(),
    )
    .always(),
    VersionColumn::bool(
        "IsOnlyLoaded",
        "it is a script of the AJAX Toolkit in a page, component or button that calls nothing of it",
        |it| it.is_only_loaded.cell(),
    )
    .always(),
    VersionColumn::bool(
        "IsUnused",
        "it is a script of the AJAX Toolkit in a page or button that calls nothing of it, and includes no other script and \
         no component, which could call it",
        |it| it.is_unused.cell(),
    )
    .always(),
    VersionColumn::text("Refusal", "how a retired version of that API answers a call", |it| {
        match it.api {
            Api::Rest => "REST 410 GONE",
            Api::Bulk => "Bulk 400 InvalidVersion",
            Api::Soap | Api::Ajax | Api::MergeField | Api::OutboundMessage => "SOAP 500 UNSUPPORTED_API_VERSION",
        }
        .cell()
    })
    .always(),
];
