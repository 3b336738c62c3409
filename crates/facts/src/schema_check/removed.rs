//! Elements that a type once had and that the project's API version no longer has.
//!
//! The list has the elements of earlier descriptions of the Metadata API that several later ones lack, or that the
//! guide calls removed; one description alone can lack an element because of an org's features. Refuses to guess
//! without the project's API version.

use crate::column::{IntoCell, ViewColumn};
use crate::table::{Declaration, Declared};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::Place;

type Column = ViewColumn<RemovedElement>;

/// Type, element, and the last API version that has it (`metadata.wsdl` of each version).
const REMOVED: &[(&str, &str, i64)] = &[
    ("ExternalClientAppSettings", "enableExternalClientApps", 62),
    ("ExtlClntAppGlobalOauthSettings", "isClientCredentialEnabled", 58),
    ("ExtlClntAppGlobalOauthSettings", "singleLogoutUrl", 58),
    ("ExtlClntAppOauthConfigurablePolicies", "isNamedUserJwtEnabled", 63),
    ("ExtlClntAppOauthSettings", "callbackUrl", 57),
    ("ExtlClntAppOauthSettings", "certificate", 57),
    ("ExtlClntAppOauthSettings", "commaSeperatedOauthScopes", 57),
    ("ExtlClntAppOauthSettings", "consumerKey", 57),
    ("ExtlClntAppOauthSettings", "consumerSecret", 57),
    ("ExtlClntAppOauthSettings", "isClientCredentialEnabled", 57),
    ("ExtlClntAppOauthSettings", "isConsumerSecretOptional", 57),
    ("ExtlClntAppOauthSettings", "isIntrospectAllTokens", 57),
    ("ExtlClntAppOauthSettings", "isSecretRequiredForRefreshToken", 57),
    ("SecuritySettings", "isTLSv12Required", 50),
    ("SecuritySettings", "isTLSv12RequiredCommunities", 50),
    ("SecuritySettings", "passwordPolicies.enableSetPasswordInApi", 51),
    ("SecuritySettings", "sessionSettings.lockerServiceFrozenRealm", 48),
    ("SecuritySettings", "sessionSettings.securityCentralKillSession", 50),
];

/// An element that the type no longer has.
#[derive(Debug)]
pub(crate) struct RemovedElement {
    subject: u32,
    ty: &'static str,
    name: String,
    element: &'static str,
    last: i64,
    version: i64,
    place: Place,
}

impl Declared for RemovedElement {
    const TABLE: Declaration<Self> = Declaration::new(|| REMOVED_ELEMENT, |facts| removed(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per element.
const REMOVED_ELEMENT: &[Column] = &[
    Column::text("Type", "metadata type", |it| it.ty.cell()).always(),
    Column::text("Name", "fullName of the component", |it| it.name.as_str().cell()).always(),
    Column::text("Element", "the element", |it| {
        Cell::at(Value::Text(it.element.rsplit('.').next().unwrap_or(it.element).into()), it.place)
    })
    .always(),
    Column::int("LastVersion", "the last API version that has it", |it| it.last.cell()).always(),
    Column::int("ApiVersion", "the project's API version", |it| it.version.cell()).always(),
];

/// All rows, component by component.
pub(crate) fn removed(project: &Project) -> Vec<RemovedElement> {
    let Some(version) = project.api_version else { return Vec::new() };
    let in_component = |(subject, component): (u32, &Component)| {
        let ty = kind(component.kind).name;
        let listed = REMOVED.iter().filter(move |(of, _, last)| *of == ty && *last < version);
        let is_there = |element: &str| component.node(element).is_some_and(|node| !component.document.is_nil(node));
        let found = listed.filter(|(_, element, _)| is_there(element)).map(|(_, element, last)| RemovedElement {
            subject,
            ty,
            name: component.name.clone(),
            element,
            last: *last,
            version,
            place: component.place(element),
        });
        found.collect::<Vec<_>>()
    };
    (0u32..).zip(&project.components).flat_map(in_component).collect()
}
