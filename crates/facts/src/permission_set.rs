//! Permission sets: what an integration may have to do with one. Knows no severity.

use super::column::{Fact, IntoCell, ViewColumn};
use super::oauth::AppFacts;
use super::session::grants;
use sessionlint_project::metadata::{Component, Project};

type SetColumn = ViewColumn<SetFacts>;

/// What the project says of one permission set.
#[derive(Debug)]
pub(super) struct SetFacts {
    grants_api: bool,
    integration_app: Fact<String>,
}

/// What each permission set means, in order.
pub(super) fn set_facts(project: &Project, apps: &[AppFacts]) -> Vec<SetFacts> {
    let facts = |component: &Component| SetFacts {
        grants_api: project.parts(component).any(|part| grants(part, "ApiEnabled")),
        integration_app: integration_app(component, apps),
    };
    let wholes = project.of_type("PermissionSet").filter(|(_, component)| component.part.is_none());
    wholes.map(|(_, component)| facts(component)).collect()
}

/// The first integration that chooses its users by the set: connected apps write the set's label, external client
/// apps its name.
fn integration_app(component: &Component, apps: &[AppFacts]) -> Fact<String> {
    let names = [component.text("label").unwrap_or_default().to_lowercase(), component.name.to_lowercase()];
    let is_named = |app: &&AppFacts| app.written.permission_sets.iter().any(|set| names.contains(&set.to_lowercase()));
    let app = apps.iter().filter(|app| app.verdict.tier.is_integration()).find(is_named);
    app.map_or_else(Fact::default, |app| Fact { value: Some(app.written.label.clone()), place: app.written.place })
}

/// The columns that `PermissionSet` has beside its elements.
pub(super) const PERMISSION_SET: &[SetColumn] = &[
    SetColumn::bool("GrantsApi", "it grants the user permission `ApiEnabled`", |it| it.grants_api.cell()).always(),
    SetColumn::text("IntegrationApp", "an integration that chooses its users by this set", |it| {
        it.integration_app.as_cell()
    }),
];
