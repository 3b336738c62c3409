//! Permission sets: their relation to integrations. Refuses to know a severity.

use std::collections::HashMap;

use super::column::{Fact, IntoCell, ViewColumn};
use super::oauth::OAuthApp;
use super::table::{Declaration, Declared};
use super::user_permission::grants;
use sessionlint_project::metadata::{Component, Project};

type SetColumn = ViewColumn<PermissionSet>;

/// The facts of one permission set.
#[derive(Debug)]
pub(super) struct PermissionSet {
    grants_api: bool,
    integration_app: Fact<String>,
}

/// The facts of each permission set, in order.
pub(super) fn set_facts(project: &Project, apps: &[OAuthApp]) -> Vec<PermissionSet> {
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (index, app) in apps.iter().enumerate().filter(|(_, app)| app.verdict.tier.is_integration()) {
        for set in &app.written.permission_sets {
            by_name.entry(set.to_lowercase()).or_insert(index);
        }
    }
    let facts = |component: &Component| PermissionSet {
        grants_api: project.parts(component).any(|part| grants(part, "ApiEnabled")),
        integration_app: integration_app(component, apps, &by_name),
    };
    let wholes = project.of_type("PermissionSet").filter(|(_, component)| component.part.is_none());
    wholes.map(|(_, component)| facts(component)).collect()
}

/// The first integration that chooses its users by the set: connected apps name the set by its label, external client
/// apps by its name.
fn integration_app(component: &Component, apps: &[OAuthApp], by_name: &HashMap<String, usize>) -> Fact<String> {
    let names = [component.text("label").unwrap_or_default().to_lowercase(), component.name.to_lowercase()];
    let first = names.iter().filter_map(|name| by_name.get(name)).min();
    let app = first.and_then(|index| apps.get(*index));
    app.map_or_else(Fact::default, |app| Fact { value: Some(app.written.label.clone()), place: app.written.place })
}

impl Declared for PermissionSet {
    const TABLE: Declaration<Self> = Declaration::new(|| PERMISSION_SET, |facts| set_facts(facts.project, facts.all()));
}

/// The columns that `PermissionSet` has beside its elements.
const PERMISSION_SET: &[SetColumn] = &[
    SetColumn::bool("GrantsApi", "it grants the user permission `ApiEnabled`", |it| it.grants_api.cell()).always(),
    SetColumn::text("IntegrationApp", "an integration that is assigned to its users by this permission set", |it| {
        it.integration_app.as_cell()
    }),
];
