//! Aura applications that extend `ltng:outApp`: what lets Lightning Out show components on pages outside the org.
//!
//! Whether such a page is ever used outside is in no file, and is not guessed here. Knows no severity.

use super::column::{Fact, IntoCell, ViewColumn};
use super::session::OrgFacts;
use sessionlint_apex::Unit;
use sessionlint_project::metadata::Project;
use sessionlint_source::Place;

type OutAppColumn = ViewColumn<OutAppFacts>;

/// An application of Lightning Out.
#[derive(Debug)]
pub(super) struct OutAppFacts {
    name: String,
    path: String,
    extends: Fact<String>,
    session_token: Fact<bool>,
}

impl OutAppFacts {
    /// What the row is called across renames of files.
    pub(super) fn key(&self) -> &str {
        &self.name
    }
}

/// Every such application, in the order of the files.
pub(super) fn out_app_facts(project: &Project, org: &OrgFacts) -> Vec<OutAppFacts> {
    project.units.iter().filter_map(|unit| out_app(project, org, unit)).collect()
}

fn out_app(project: &Project, org: &OrgFacts, unit: &Unit) -> Option<OutAppFacts> {
    let (span, extends) = unit.lightning_out.as_ref()?;
    Some(OutAppFacts {
        name: unit.name.clone(),
        path: project.sources.get(unit.file).path.clone(),
        extends: Fact::known(extends.clone(), Place { file: unit.file, span: *span }),
        session_token: org.lightning_out_token.clone(),
    })
}

/// One row per application.
pub(super) const AURA_OUT_APP: &[OutAppColumn] = &[
    OutAppColumn::text("Name", "fullName of the bundle", |it| it.name.as_str().cell()).always(),
    OutAppColumn::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
    OutAppColumn::text("Extends", "what the application extends, as written: `ltng:outApp` in some case", |it| {
        it.extends.clone().cell()
    })
    .always(),
    OutAppColumn::bool(
        "UsesSessionToken",
        "`sidToken3rdPartyAuraApp` of the org: Lightning Out goes by a session token and not by a cookie; null where \
         no Security settings state it",
        |it| it.session_token.clone().cell(),
    ),
];
