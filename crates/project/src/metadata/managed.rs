//! Files, and parts of files, that belong to a managed package, which the project cannot change.
//!
//! Ownership follows from names: a namespace with two underscores before the name, or a folder of referenced packages.
//! A class with a hidden body belongs to a package too. In types whose names are free, a prefix counts as a namespace
//! only if the project shows the namespace elsewhere. Values that an org sets for a packaged app belong to the org.
//! Refuses to know a rule.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::kind::{Kind, kind};
use super::{Component, Project, text_of};
use sessionlint_apex::{Code, TextKind, Unit};
use sessionlint_source::{FileId, Place, Span};

/// The maximum length of a namespace.
const LONGEST: usize = 15;

/// The folder in which older tools keep referenced packages.
const REFERENCED: &str = "referenced packages";

/// The name for the package of a class with a hidden body and no prefix.
const UNNAMED: &str = "a package without a name";

/// What follows the two underscores in a name without a namespace, such as `Invoice__c`.
const ENDINGS: &[&str] =
    &["b", "c", "chn", "e", "hd", "ka", "kav", "latitude", "longitude", "mdt", "pc", "pr", "r", "s", "x", "xo"];

/// Types with free names, in which two underscores do not prove a namespace.
const FREE_NAMES: &[&str] = &["Network", "Profile"];

/// Types whose file names show no owner: a number, or the object that they are about, which anyone can extend.
const NO_NAMES: &[&str] =
    &["CustomLabels", "CustomObject", "ProfilePasswordPolicy", "ProfileSessionSetting", "Workflow"];

/// The namespace in a fullName: of `ns__Feed` and `Account.ns__Level__c`, but not of `Invoice__c`, `Setting__mdt` or
/// `ns__Invoice__c.Level__c`, which an org added to an object of a package.
pub fn prefix_of(full_name: &str) -> Option<&str> {
    let last = full_name.rsplit('.').next().unwrap_or(full_name);
    let (namespace, rest) = last.split_once("__")?;
    // The name of a layout follows that of its object: `acme__Invoice__c-Layout` and `Invoice__c-Layout`.
    let ending = rest.split('-').next().unwrap_or(rest);
    let is_name = rest.starts_with(|ch: char| ch.is_ascii_alphanumeric()) && !ENDINGS.contains(&ending);
    (is_namespace(namespace) && is_name).then_some(namespace)
}

/// Whether a word can be a namespace: letters, digits and single underscores, a letter first.
fn is_namespace(word: &str) -> bool {
    (1..=LONGEST).contains(&word.len())
        && word.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && !word.ends_with('_')
        && word.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_')
}

/// The namespace in a fullName, unless it is the project's own.
fn foreign_prefix<'n>(project: &Project, full_name: &'n str) -> Option<&'n str> {
    let own = project.namespace.as_deref();
    prefix_of(full_name).filter(|prefix| !own.is_some_and(|own| own.eq_ignore_ascii_case(prefix)))
}

/// The managed packages that own files of a project.
#[derive(Debug, Default)]
pub struct PackageOwners {
    by_file: Vec<Option<String>>,
    /// The namespaces of buttons and fields in files of objects, by the start of each fact about them.
    by_start: HashMap<(FileId, u32), String>,
}

impl PackageOwners {
    /// Reads the names of all files.
    pub fn of(project: &Project) -> Self {
        let mut by_file: Vec<Option<String>> = vec![None; project.sources.len()];
        let prefix = |name: &str| -> Option<String> { foreign_prefix(project, name).map(str::to_owned) };
        let referenced = |file, name: &str| {
            let package = referenced_package(&project.sources.get(file).path)?;
            Some(prefix(name).unwrap_or_else(|| package.to_owned()))
        };
        for unit in &project.units {
            // The file of an object shows no owner: anyone can add buttons and fields to an object of a package.
            let namespace = prefix(&unit.name).filter(|_| !is_object(unit));
            let owner = namespace.or_else(|| referenced(unit.file, &unit.name));
            by_file[unit.file.0 as usize] = owner.or_else(|| unit.is_hidden.then(|| UNNAMED.to_owned()));
        }
        for component in &project.components {
            let namespace = prefix(named(component)).filter(|_| !is_free(kind(component.kind)));
            by_file[component.file.0 as usize] = namespace.or_else(|| referenced(component.file, &component.name));
        }
        let known: HashSet<String> = by_file.iter().flatten().map(|name| name.to_ascii_lowercase()).collect();
        for component in &project.components {
            let is_unsure = FREE_NAMES.contains(&kind(component.kind).name);
            let owner = prefix(&component.name).filter(|prefix| known.contains(&prefix.to_ascii_lowercase()));
            if let (true, Some(owner)) = (is_unsure, owner) {
                by_file[component.file.0 as usize] = Some(owner);
            }
        }
        let facts = project.units.iter().flat_map(|unit| parts_of_unit(project, unit));
        let by_start =
            facts.map(|(namespace, _, place)| ((place.file, place.span.start), namespace.to_owned())).collect();
        Self { by_file, by_start }
    }

    /// The package to which a file belongs.
    pub fn of_file(&self, file: FileId) -> Option<&str> {
        self.by_file.get(file.0 as usize)?.as_deref()
    }

    /// The package that owns the text at a place: that of the file, else that of the innermost element with a fullName.
    pub fn at<'m>(&'m self, project: &'m Project, place: Place) -> Option<&'m str> {
        let of_part = || self.by_start.get(&(place.file, place.span.start)).map(String::as_str);
        self.of_file(place.file).or_else(of_part).or_else(|| {
            // Components are in the order of their files.
            let index = project.components.binary_search_by_key(&place.file, |component| component.file).ok()?;
            part(project, &project.components[index], place)
        })
    }
}

/// The elements of packages in the project's own files: the namespace, and the place of the element's name.
pub fn parts(project: &Project) -> impl Iterator<Item = (&str, Place)> {
    let holds_parts = |component: &&Component| NO_NAMES.contains(&kind(component.kind).name);
    let of_components = project.components.iter().filter(holds_parts).flat_map(|component| {
        let document = &component.document;
        document.children(document.root()).filter_map(|part| {
            let name = document.child(part, "fullName")?;
            let namespace = foreign_prefix(project, text_of(document, name)?)?;
            Some((namespace, Place { file: component.file, span: document.mark(name) }))
        })
    });
    let of_units = project.units.iter().flat_map(|unit| {
        let mut first: BTreeMap<&str, (&str, Place)> = BTreeMap::new();
        for (namespace, name, place) in parts_of_unit(project, unit) {
            first.entry(name).or_insert((namespace, place));
        }
        first.into_values()
    });
    of_components.chain(of_units)
}

/// The facts about buttons and fields of packages in the file of an object: the namespace, the fullName and the place.
fn parts_of_unit<'p>(project: &'p Project, unit: &'p Unit) -> impl Iterator<Item = (&'p str, &'p str, Place)> {
    let at_mention = unit.mentions.iter().flat_map(|it| {
        let spans = [Some(it.from.0), it.address.as_ref().map(|(span, _)| *span)];
        spans.into_iter().flatten().map(|span| (it.owner.as_str(), span))
    });
    let at_version = unit.versions.iter().filter_map(|it| Some((it.link.as_deref()?, it.span)));
    let at_secret = unit.secrets.iter().map(|it| (it.name.as_str(), it.span));
    let all = at_mention.chain(at_version).chain(at_secret).filter(|_| is_object(unit));
    all.filter_map(|(name, span): (&str, Span)| {
        Some((foreign_prefix(project, name)?, name, Place { file: unit.file, span }))
    })
}

/// Whether a unit is the file of an object with all its parts.
fn is_object(unit: &Unit) -> bool {
    unit.code == Code::Text(TextKind::Object)
}

/// The namespace of the innermost element around a place, below the root, that has a fullName.
fn part<'p>(project: &Project, component: &'p Component, place: Place) -> Option<&'p str> {
    let document = &component.document;
    let mut at = document.opened_last_before(place.span.start)?;
    loop {
        let parent = document.parent(at)?;
        if let Some(name) = document.child(at, "fullName") {
            return text_of(document, name).and_then(|name| foreign_prefix(project, name));
        }
        at = parent;
    }
}

/// The name that shows the owner of a component: for a file of an external client app, the name of the app.
fn named(component: &Component) -> &str {
    let app = component.text("externalClientApplication");
    app.filter(|app| prefix_of(app).is_some()).unwrap_or(&component.name)
}

/// Whether the name of a file does not show its owner. Values that an org sets for an app (the configurable policies)
/// belong to the org, whoever made the app.
fn is_free(kind: &Kind) -> bool {
    FREE_NAMES.contains(&kind.name) || NO_NAMES.contains(&kind.name) || kind.name.ends_with("ConfigurablePolicies")
}

/// The folder in a path that follows the folder of referenced packages.
fn referenced_package(path: &str) -> Option<&str> {
    let mut parts = path.split('/').skip_while(|part| !part.eq_ignore_ascii_case(REFERENCED));
    parts.next()?;
    parts.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_precedes_the_name_of_the_component_itself() {
        assert_eq!(prefix_of("acme__Feed"), Some("acme"));
        assert_eq!(prefix_of("acme__Invoice__c"), Some("acme"));
        assert_eq!(prefix_of("Account.acme__Level__c"), Some("acme"));
        assert_eq!(prefix_of("a_c_me__Feed"), Some("a_c_me"));
        assert_eq!(prefix_of("acme__X"), Some("acme"));
        assert_eq!(prefix_of("acme__Invoice__c-acme__Layout"), Some("acme"));
        assert_eq!(prefix_of("acme__Invoice__c.Level__c"), None);
        for own in [
            "Feed",
            "Invoice__c",
            "Setting__mdt",
            "Order__x",
            "Order__e",
            "Account.Level__c",
            "Invoice__c-Layout",
            "__Feed",
            "%NS%__Feed",
            "1st__Feed",
            "_a__Feed",
            "a_very_long_namespace__Feed",
            "acme__",
            "acme__ Feed",
        ] {
            assert_eq!(prefix_of(own), None, "{own}");
        }
    }

    #[test]
    fn a_folder_of_referenced_packages_names_the_package() {
        assert_eq!(referenced_package("src/Referenced Packages/Acme/classes/A.cls"), Some("Acme"));
        assert_eq!(referenced_package("src/classes/A.cls"), None);
    }
}
