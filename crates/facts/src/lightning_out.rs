//! Aura applications that extend `ltng:outApp`, which lets Lightning Out show components on pages outside the org.
//!
//! Refuses to know whether such a page is used outside, which is in no file, and to know a severity.

use super::column::{Fact, IntoCell, ViewColumn};
use super::session::OrgFacts;
use super::table::{Declaration, Declared, Reads};
use sessionlint_apex::Unit;
use sessionlint_project::metadata::Project;
use sessionlint_source::Place;

type OutAppColumn = ViewColumn<AuraOutApp>;

/// An application of Lightning Out.
#[derive(Debug)]
pub(super) struct AuraOutApp {
    name: String,
    path: String,
    extends: Fact<String>,
    session_token: Fact<bool>,
}

/// Every such application, in the order of the files.
pub(super) fn out_app_facts(project: &Project, org: &OrgFacts) -> Vec<AuraOutApp> {
    project.units.iter().filter_map(|unit| out_app(project, org, unit)).collect()
}

fn out_app(project: &Project, org: &OrgFacts, unit: &Unit) -> Option<AuraOutApp> {
    let (span, extends) = unit.lightning_out.as_ref()?;
    Some(AuraOutApp {
        name: unit.name.clone(),
        path: project.sources.get(unit.file).path.clone(),
        extends: Fact::known(extends.clone(), Place { file: unit.file, span: *span }),
        session_token: org.lightning_out_token.clone(),
    })
}

impl Declared for AuraOutApp {
    const TABLE: Declaration<Self> =
        Declaration::new(|| AURA_OUT_APP, |facts| out_app_facts(facts.project, facts.org()))
            .key(|it| &it.name)
            .reads(&[Reads::Aura]);
}

/// One row per application.
const AURA_OUT_APP: &[OutAppColumn] = &[
    OutAppColumn::text("Name", "fullName of the bundle", |it| it.name.as_str().cell()).always(),
    OutAppColumn::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
    OutAppColumn::text("Extends", "what the application extends, as written: `ltng:outApp` in some case", |it| {
        it.extends.clone().cell()
    })
    .always(),
    OutAppColumn::bool(
        "UsesSessionToken",
        "`sidToken3rdPartyAuraApp` of the org: Lightning Out uses a session token instead of a cookie; null if no \
         Security settings contain it",
        |it| it.session_token.clone().cell(),
    ),
];
