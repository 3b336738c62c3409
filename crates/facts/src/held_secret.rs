//! Secrets that stand in files under a name that says so, or in a shape that shows it: labels, records of custom
//! metadata, flows, default values of fields, headers and parameters of credentials, constants of Apex.
//!
//! No column is made of a value. What is one is said by `source::secrets`.

use super::column::{IntoCell, ViewColumn};
use super::{raw, text};
use sessionlint_apex::{Code, HeldSecret, TextKind, Unit};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Project, place_below, text_of};
use sessionlint_soql::Cell;
use sessionlint_source::{Place, secrets};

type HeldColumn = ViewColumn<HeldFacts>;

/// Where credentials hold parameters.
const PARAMETERS: &[(&str, &str)] = &[
    ("NamedCredential", "namedCredentialParameters"),
    ("ExternalCredential", "externalCredentialParameters"),
    ("ExternalAuthIdentityProvider", "externalAuthIdentityProviderParameters"),
];

/// A secret that stands in a file.
#[derive(Debug)]
pub(super) struct HeldFacts {
    ty: &'static str,
    owner: String,
    path: String,
    name: String,
    holder: &'static str,
    is_by_shape: bool,
    place: Place,
}

impl HeldFacts {
    /// What the row is called across renames of files.
    pub(super) fn key(&self) -> &str {
        &self.owner
    }
}

/// All of them: those of credentials, then the others, both in the order of the files.
pub(super) fn held_facts(project: &Project) -> Vec<HeldFacts> {
    let mut all = Vec::new();
    for component in &project.components {
        let ty = kind(component.kind).name;
        let Some((_, rows)) = PARAMETERS.iter().find(|(name, _)| *name == ty) else { continue };
        let document = &component.document;
        for row in raw::elements(component, rows) {
            let of = |name| document.child(row, name).and_then(|node| text_of(document, node));
            let (Some(name), Some(value)) = (of("parameterName"), of("parameterValue")) else { continue };
            // `{!'Bearer ...'}`: a formula that is one text, and asks for nothing.
            let text = value.trim().strip_prefix("{!").and_then(|rest| rest.strip_suffix('}')).map(str::trim);
            let quoted = text.and_then(|it| it.strip_prefix('\'')?.strip_suffix('\'')).filter(|it| !it.contains('\''));
            let value = quoted.unwrap_or(value);
            if quoted.is_none() && !secrets::of_parameter(of("parameterType"), name, value) {
                continue;
            }
            let Some(held) = secrets::held(name, value) else { continue };
            all.push(HeldFacts {
                ty,
                owner: component.name.clone(),
                path: project.sources.get(component.file).path.clone(),
                name: name.to_owned(),
                holder: if of("parameterType") == Some("HttpHeader") { "header" } else { "parameter" },
                is_by_shape: held == secrets::Held::ByShape,
                place: place_below(component.file, document, row, "parameterValue"),
            });
        }
    }
    let is_other = |unit: &Unit| matches!(unit.code, Code::Text(TextKind::Flow | TextKind::Object | TextKind::Field));
    all.extend(of_units(project, move |unit| !is_other(unit)));
    all
}

/// Those of default values, in the order of the files.
pub(super) fn default_facts(project: &Project) -> Vec<HeldFacts> {
    of_units(project, |unit| matches!(unit.code, Code::Text(TextKind::Object | TextKind::Field))).collect()
}

/// Those of flows, in the order of the files.
pub(super) fn flow_facts(project: &Project) -> Vec<HeldFacts> {
    of_units(project, |unit| unit.code == Code::Text(TextKind::Flow)).collect()
}

fn of_units(project: &Project, is_meant: impl Fn(&Unit) -> bool) -> impl Iterator<Item = HeldFacts> {
    let one = move |unit: &'_ Unit, it: &HeldSecret| HeldFacts {
        ty: unit.code.type_name(),
        owner: unit.name.clone(),
        path: project.sources.get(unit.file).path.clone(),
        name: it.name.clone(),
        holder: it.holder,
        is_by_shape: it.is_by_shape,
        place: Place { file: unit.file, span: it.span },
    };
    let meant = project.units.iter().filter(move |unit| is_meant(unit));
    meant.flat_map(move |unit| unit.secrets.iter().map(move |it| one(unit, it)))
}

/// One row per secret.
pub(super) const HELD_SECRET: &[HeldColumn] = &[
    HeldColumn::text("Type", "metadata type of the file", |it| it.ty.cell()).always(),
    HeldColumn::text("Owner", "fullName of the component", |it| it.owner.as_str().cell()).always(),
    HeldColumn::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
    HeldColumn::text(
        "Secret",
        "what names it: the label, the field, the header, the variable; its place is the value, which is in no column",
        |it| Cell::at(text(&it.name), it.place),
    )
    .always(),
    HeldColumn::text(
        "Holder",
        "`custom label`, `custom metadata`, `flow`, `default value`, `header`, `parameter` or `code`",
        |it| it.holder.cell(),
    )
    .always(),
    HeldColumn::bool("IsByShape", "its shape shows it, such as a provider's prefix, and not its name alone", |it| {
        it.is_by_shape.cell()
    })
    .always(),
];
