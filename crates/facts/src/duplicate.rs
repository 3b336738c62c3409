//! Components that are in two places of a project: a copy in another package directory or in the other format.
//!
//! Twins (`X.profile` beside `X.profile-meta.xml` with the same content) were joined when they were read. A project may
//! have a part of a profile, a permission set or a settings file in each place, because a deployment adds them up: such
//! files differ only where both state one element with two values. Refuses to know which of two files a deployment
//! uses.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::column::{IntoCell, ViewColumn};
use super::table::{Declaration, Declared};
use super::{profile_name, raw};
use sessionlint_project::metadata::kind::{FieldType, KeptElements, KindId, kind};
use sessionlint_project::metadata::{Component, Project, text_of};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::Place;
use sessionlint_xml::NodeId;

type Column = ViewColumn<Duplicate>;

/// Types with the name of their profile in `<profile>`, which Salesforce writes in the profile's case or in lower case.
const NAMES_A_PROFILE: &[&str] = &["ProfilePasswordPolicy", "ProfileSessionSetting"];

/// Elements that do not affect how the component works.
const PROSE: &[&str] = &["description", "label"];

/// A component that the project also has in an earlier file.
#[derive(Debug)]
pub(super) struct Duplicate {
    subject: u32,
    ty: &'static str,
    name: String,
    place: Place,
    first: Place,
    first_path: String,
    difference: Option<Difference>,
    copies: i64,
    is_first_copy: bool,
}

/// Where two files of one component first differ.
#[derive(Debug)]
struct Difference {
    element: String,
    here: Place,
    there: Place,
    written: Option<String>,
}

impl Declared for Duplicate {
    const TABLE: Declaration<Self> = Declaration::new(|| DUPLICATE, |facts| duplicates(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject));
}

/// One row per component that is in an earlier file too.
const DUPLICATE: &[Column] = &[
    Column::text("Type", "metadata type", |it| it.ty.cell()).always(),
    Column::text("Name", "fullName of the component", |it| Cell::at(Value::Text(Cow::Borrowed(&it.name)), it.place))
        .always(),
    Column::text("FirstPath", "the earlier file", |it| Cell::at(Value::Text(Cow::Borrowed(&it.first_path)), it.first))
        .always(),
    Column::bool("IsSame", "both files have the same content", |it| it.difference.is_none().cell()).always(),
    Column::text("Difference", "the first element in which they differ", |it| {
        it.difference.as_ref().map_or_else(Cell::default, |difference| {
            Cell::at(Value::Text(Cow::Borrowed(&difference.element)), difference.here)
        })
    }),
    Column::text("FirstWritten", "the value in the earlier file", |it| {
        it.difference.as_ref().and_then(|difference| difference.written.as_deref()).cell()
    }),
    Column::text("FirstSays", "the same in words, at its place; for a copy, the place of the earlier one", |it| {
        let (words, place) = match &it.difference {
            None => ("is the earlier file".to_owned(), it.first),
            Some(Difference { written: None, there, .. }) => ("the other file has no such element".to_owned(), *there),
            Some(Difference { written: Some(text), there, .. }) => (format!("the other file has `{text}`"), *there),
        };
        Cell::at(Value::Text(Cow::Owned(words)), place)
    })
    .always(),
    Column::int("Copies", "number of components that are in the project twice with the same content", |it| {
        it.copies.cell()
    })
    .always(),
    Column::bool("IsFirstCopy", "it is the first of these", |it| it.is_first_copy.cell()).always(),
];

/// All duplicates, by file.
pub(super) fn duplicates(project: &Project) -> Vec<Duplicate> {
    let mut first_of: HashMap<(KindId, String), usize> = HashMap::new();
    let mut found = Vec::new();
    for (index, component) in project.components.iter().enumerate() {
        // A part is not a duplicate: it belongs to its component with the other parts.
        if component.part.is_some() {
            continue;
        }
        let key = (component.kind, component.name.to_lowercase());
        match first_of.get(&key) {
            None => drop(first_of.insert(key, index)),
            Some(first) => found.extend(duplicate(project, index, &project.components[*first])),
        }
    }
    let copies = found.iter().filter(|it| it.difference.is_none()).count();
    let first_copy = found.iter().position(|it| it.difference.is_none());
    for (index, it) in found.iter_mut().enumerate() {
        it.copies = i64::try_from(copies).unwrap_or(i64::MAX);
        it.is_first_copy = Some(index) == first_copy;
    }
    found
}

fn duplicate(project: &Project, index: usize, first: &Component) -> Option<Duplicate> {
    let component = &project.components[index];
    let difference = if adds_up(component) { contradiction(component, first) } else { change(component, first) };
    if difference.is_some() && is_checked_elsewhere(component, first) {
        return None;
    }
    if difference.is_none() && !is_copy(project, component, first) {
        return None;
    }
    Some(Duplicate {
        subject: u32::try_from(index).ok()?,
        ty: kind(component.kind).name,
        name: component.name.clone(),
        place: component.root_place(),
        first: first.root_place(),
        first_path: project.sources.get(first.file).path.clone(),
        difference,
        copies: 0,
        is_first_copy: false,
    })
}

/// Two session settings of one profile are reported with their effect.
fn is_checked_elsewhere(component: &Component, first: &Component) -> bool {
    let profile = |it: &Component| profile_name::named_profile(it).map(profile_name::key);
    kind(component.kind).name == "ProfileSessionSetting" && profile(component) == profile(first)
}

/// Whether a project may hold a part of the component in each place.
fn adds_up(component: &Component) -> bool {
    let kind = kind(component.kind);
    kind.keeps == KeptElements::Listed || kind.file.is_some()
}

/// Whether the files hold the same; large types are kept only in part, so there the texts decide.
fn is_copy(project: &Project, component: &Component, first: &Component) -> bool {
    match kind(component.kind).keeps {
        KeptElements::All => {
            component.document.same_content(&first.document)
                || NAMES_A_PROFILE.contains(&kind(component.kind).name) && same_leaves(component, first)
        }
        KeptElements::Listed => {
            let (here, there) = (project.sources.get(component.file), project.sources.get(first.file));
            here.text_len == there.text_len && here.text() == there.text() && !here.text().is_empty()
        }
    }
}

/// The first element that both state with different values.
fn contradiction(component: &Component, first: &Component) -> Option<Difference> {
    let single = kind(component.kind).fields.iter().filter(|field| {
        let is_single = matches!(field.ty, FieldType::Text | FieldType::Bool | FieldType::Int | FieldType::Date);
        is_single && !is_prose(field.path) && field.path != "fullName"
    });
    let differs = |path: &str| match (component.text(path), first.text(path)) {
        (Some(here), Some(there)) => !is_same(path, here, there),
        _ => false,
    };
    let found = single.map(|field| field.path).find(|path| differs(path));
    if let Some(path) = found {
        return Some(Difference {
            element: last(path).to_owned(),
            here: component.place(path),
            there: first.place(path),
            written: first.text(path).map(|text| raw::shown(last(path), text).into_owned()),
        });
    }
    permission(component, first)
}

/// The first permission that one file grants and the other denies.
fn permission(component: &Component, first: &Component) -> Option<Difference> {
    let there = permissions(first);
    permissions(component).into_iter().find_map(|(name, (is_on, node))| {
        let (other, other_node) = there.get(name)?;
        (is_on != *other).then(|| Difference {
            element: name.to_owned(),
            here: Place { file: component.file, span: component.document.mark(node) },
            there: Place { file: first.file, span: first.document.mark(*other_node) },
            written: Some(other.to_string()),
        })
    })
}

/// The user permissions that a profile or permission set names: on or off, and the element with that value.
fn permissions(component: &Component) -> BTreeMap<&str, (bool, NodeId)> {
    let document = &component.document;
    let permission = |node| {
        let name = text_of(document, document.child(node, "name")?)?;
        let enabled = document.child(node, "enabled")?;
        Some((name, (text_of(document, enabled).and_then(raw::parse_bool)?, enabled)))
    };
    raw::elements(component, "userPermissions").filter_map(permission).collect()
}

/// The first leaf of either file that the other lacks, or has with another text.
fn change(component: &Component, first: &Component) -> Option<Difference> {
    let (here, there) = (leaves(component), leaves(first));
    let changed =
        here.iter().find(|(key, (text, _))| there.get(*key).is_none_or(|(other, _)| !is_same(&key.0, text, other)));
    if let Some((key, (_, node))) = changed {
        let other = there.get(key);
        let element = last(&key.0).to_owned();
        return Some(Difference {
            here: Place { file: component.file, span: component.document.mark(*node) },
            there: other
                .map_or(first.place(&key.0), |(_, node)| Place { file: first.file, span: first.document.mark(*node) }),
            written: other.map(|(text, _)| raw::shown(&element, text).into_owned()),
            element,
        });
    }
    let (key, (text, node)) = there.iter().find(|(key, _)| !here.contains_key(*key))?;
    let element = last(&key.0).to_owned();
    Some(Difference {
        here: component.place(&key.0),
        there: Place { file: first.file, span: first.document.mark(*node) },
        written: Some(raw::shown(&element, text).into_owned()),
        element,
    })
}

/// Whether two texts of an element mean the same.
fn is_same(path: &str, here: &str, there: &str) -> bool {
    here == there || path == "profile" && profile_name::key(here) == profile_name::key(there)
}

/// Whether two files have the same leaves, in the same order.
fn same_leaves(component: &Component, first: &Component) -> bool {
    let all = |it: &Component| -> Vec<(String, String, bool)> {
        let document = &it.document;
        let nodes = document.nodes().filter(|node| document.is_leaf(*node));
        nodes.map(|node| (path_of(it, node), document.text(node).to_owned(), document.is_nil(node))).collect()
    };
    let (here, there) = (all(component), all(first));
    let same =
        |((path, text, nil), (other, text_there, nil_there)): (&(String, String, bool), &(String, String, bool))| {
            path == other && nil == nil_there && is_same(path, text, text_there)
        };
    here.len() == there.len() && here.iter().zip(&there).all(same)
}

/// The leaves of a file by their path and their number among those of the same path.
fn leaves(component: &Component) -> BTreeMap<(String, usize), (&str, NodeId)> {
    let document = &component.document;
    let mut found = BTreeMap::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for node in document.nodes().filter(|node| document.is_leaf(*node) && !document.is_nil(*node)) {
        let path = path_of(component, node);
        if path.is_empty() || is_prose(&path) {
            continue;
        }
        let count = counts.entry(path.clone()).or_default();
        found.insert((path, *count), (document.text(node), node));
        *count += 1;
    }
    found
}

fn path_of(component: &Component, node: NodeId) -> String {
    let document = &component.document;
    let mut names = Vec::new();
    let mut at = node;
    while let Some(parent) = document.parent(at) {
        names.push(document.name(at));
        at = parent;
    }
    names.reverse();
    names.join(".")
}

fn is_prose(path: &str) -> bool {
    PROSE.contains(&path)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
