//! Managed packages: the number of components of each in the project.
//!
//! Only Apex with session facts is counted, so that the numbers do not depend on how much Apex was read. Refuses to
//! know whether a package is installed in the org.

use std::collections::BTreeMap;

use super::column::{IntoCell, ViewColumn};
use super::table::{Declaration, Declared, Reads};
use super::text;
use sessionlint_apex::Unit;
use sessionlint_project::metadata::managed::{PackageOwners, parts};
use sessionlint_project::metadata::{Component, FILE_START, Project};
use sessionlint_soql::Cell;
use sessionlint_source::Place;

type Column = ViewColumn<ManagedPackage>;

/// The longest text that a template prints whole.
const LONGEST: usize = 80;

/// A package and its files.
#[derive(Debug)]
pub(super) struct ManagedPackage {
    namespace: String,
    components: i64,
    place: Place,
    packages: String,
    is_first: bool,
}

impl Declared for ManagedPackage {
    const TABLE: Declaration<Self> =
        Declaration::new(|| MANAGED_PACKAGE, |facts| package_facts(facts.project, facts.managed()))
            .key(|it| &it.namespace)
            .reads(&[Reads::Code]);
}

/// One row per package.
const MANAGED_PACKAGE: &[Column] = &[
    Column::text("Namespace", "its namespace, or its folder of referenced packages", |it| {
        Cell::at(text(&it.namespace), it.place)
    })
    .always(),
    Column::int(
        "Components",
        "number of its components: session metadata, parts of the org's own files, code with session facts or a hidden body",
        |it| it.components.cell(),
    )
    .always(),
    Column::text("Packages", "all managed packages in the project, each with its number of components", |it| {
        it.packages.as_str().cell()
    })
    .always(),
    Column::bool("IsFirst", "it is the first of them", |it| it.is_first.cell()).always(),
];

/// All packages, by namespace.
pub(super) fn package_facts(project: &Project, managed: &PackageOwners) -> Vec<ManagedPackage> {
    let components = project.components.iter().map(Component::root_place);
    let units = project.units.iter().filter(|unit| has_facts(unit));
    let units = units.map(|unit| Place { file: unit.file, span: FILE_START });
    let files = components.chain(units).filter_map(|place| Some((managed.of_file(place.file)?, place)));
    let mut by_key: BTreeMap<String, ManagedPackage> = BTreeMap::new();
    for (namespace, place) in files.chain(parts(project).filter(|(_, place)| managed.of_file(place.file).is_none())) {
        let package = by_key.entry(namespace.to_ascii_lowercase()).or_insert_with(|| ManagedPackage {
            namespace: namespace.to_owned(),
            components: 0,
            place,
            packages: String::new(),
            is_first: false,
        });
        package.components += 1;
        package.place = package.place.min(place);
    }
    let mut found: Vec<ManagedPackage> = by_key.into_values().collect();
    let packages = listed(&found);
    for (index, package) in found.iter_mut().enumerate() {
        package.packages.clone_from(&packages);
        package.is_first = index == 0;
    }
    found
}

/// `acme (3), zeta (1)`, with the rest counted where there are many names.
fn listed(packages: &[ManagedPackage]) -> String {
    let mut text = String::new();
    for (index, package) in packages.iter().enumerate() {
        let gap = if index == 0 { "" } else { ", " };
        let next = format!("{gap}{} ({})", package.namespace, package.components);
        let more = format!(" and {} more", packages.len() - index);
        if index > 0 && text.chars().count() + next.chars().count() + more.len() > LONGEST {
            return text + &more;
        }
        text.push_str(&next);
    }
    text
}

/// Whether a file of code has session facts by itself.
fn has_facts(unit: &Unit) -> bool {
    let is_silent = unit.sessions.is_empty()
        && unit.literals.is_empty()
        && unit.debugs.is_empty()
        && unit.requests.is_empty()
        && unit.kept.is_empty()
        && unit.revocations.is_empty()
        && unit.lightning_out.is_none()
        && !unit.is_hidden;
    !is_silent
}
