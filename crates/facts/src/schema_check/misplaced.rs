//! Elements that stand where their type has none of that name: under another parent, or in another type's file.
//!
//! An element that no related type has is no fault, whatever it contains: it may be new.
//! Refuses to know what an element does.

use super::super::column::{IntoCell, ViewColumn};
use crate::table::{Declaration, Declared};
use sessionlint_project::metadata::kind::{self, Field, FieldType, KeptElements, Kind, kind};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::Place;
use sessionlint_xml::NodeId;

type Column = ViewColumn<MisplacedElement>;

/// Names that many types have, so that they do not show where they belong.
const COMMON: &[&str] = &[
    "certificate",
    "description",
    "developerName",
    "end",
    "externalClientApplication",
    "formula",
    "fullName",
    "key",
    "label",
    "masterLabel",
    "name",
    "profile",
    "start",
    "startUrl",
    "type",
    "version",
];

/// Documented at the root and written in `sessionSettings`: it is unknown which is right.
const DOUBTFUL: &[(&str, &str)] =
    &[("SecuritySettings", "grantCameraAccess"), ("SecuritySettings", "grantMicrophoneAccess")];

/// Types that are often confused, first those to which a stray element more likely belongs.
const NEIGHBOURS: &[&[&str]] = &[
    &["ProfileSessionSetting", "ProfilePasswordPolicy", "Profile", "SecuritySettings", "PermissionSet"],
    &[
        "ConnectedApp",
        "ExtlClntAppOauthConfigurablePolicies",
        "ExtlClntAppGlobalOauthSettings",
        "ExtlClntAppOauthSettings",
        "ExtlClntAppConfigurablePolicies",
        "ExternalClientApplication",
    ],
    &["OauthOidcSettings", "ConnectedAppSettings", "ExternalClientAppSettings", "SecuritySettings", "MyDomainSettings"],
];

/// An element in the wrong place.
#[derive(Debug)]
pub(crate) struct MisplacedElement {
    subject: u32,
    ty: &'static str,
    name: String,
    element: String,
    parent: String,
    belongs: String,
    is_own: bool,
    place: Place,
}

impl Declared for MisplacedElement {
    const TABLE: Declaration<Self> = Declaration::new(|| MISPLACED_ELEMENT, |facts| misplaced(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per element.
const MISPLACED_ELEMENT: &[Column] = &[
    Column::text("Type", "metadata type", |it| it.ty.cell()).always(),
    Column::text("Name", "fullName of the component", |it| it.name.as_str().cell()).always(),
    Column::text("Element", "the element", |it| {
        Cell::at(Value::Text(std::borrow::Cow::Borrowed(&it.element)), it.place)
    })
    .always(),
    Column::text("StandsIn", "its place, in words: `at the root` or in an element", |it| it.parent.as_str().cell())
        .always(),
    Column::text("BelongsIn", "where the Metadata API has an element of that name, in words", |it| {
        it.belongs.as_str().cell()
    })
    .always(),
    Column::bool("IsOfType", "its own type has it, under another parent", |it| it.is_own.cell()).always(),
];

/// All rows, component by component, in document order.
pub(crate) fn misplaced(project: &Project) -> Vec<MisplacedElement> {
    let mut found = Vec::new();
    for (subject, component) in (0u32..).zip(&project.components) {
        let mut search = Search { subject, component, kind: kind(component.kind), found: &mut found };
        search.below(component.document.root(), search.kind.fields, "");
    }
    found
}

struct Search<'p, 'f> {
    subject: u32,
    component: &'p Component,
    kind: &'static Kind,
    found: &'f mut Vec<MisplacedElement>,
}

impl Search<'_, '_> {
    /// Checks the elements in `node`, which is at `path` among `fields`.
    fn below(&mut self, node: NodeId, fields: &'static [Field], path: &str) {
        let document = &self.component.document;
        for child in document.children(node) {
            let name = document.name(child);
            let field = fields.iter().find(|field| is_at(field.path, path, name));
            match field.map(|field| (field.path, field.ty)) {
                Some((at, FieldType::Group)) => self.below(child, fields, at),
                // Types that are kept only in part have thousands of rows, and misplaced elements are not expected in
                // them.
                Some((_, FieldType::Rows(inner))) if self.kind.keeps == KeptElements::All => {
                    self.below(child, inner, "");
                }
                Some((_, FieldType::Stray)) | None => self.check(node, child, name),
                Some(_) => {}
            }
        }
    }

    fn check(&mut self, parent: NodeId, node: NodeId, name: &str) {
        if COMMON.contains(&name) || DOUBTFUL.contains(&(self.kind.name, name)) {
            return;
        }
        let document = &self.component.document;
        let own = homes(self.kind, name);
        let is_own = !own.is_empty();
        let belongs = if is_own { in_words(&own, None) } else { self.neighbour(name) };
        if belongs.is_empty() {
            return;
        }
        self.found.push(MisplacedElement {
            subject: self.subject,
            ty: self.kind.name,
            name: self.component.name.clone(),
            element: name.to_owned(),
            parent: match document.parent(parent) {
                Some(_) => format!("in <{}>", document.name(parent)),
                None => "at the root".to_owned(),
            },
            belongs,
            is_own,
            place: Place { file: self.component.file, span: document.open_tag(node) },
        });
    }

    /// Where a neighbouring type has the element; empty where none does.
    fn neighbour(&self, name: &str) -> String {
        let groups = NEIGHBOURS.iter().filter(|group| group.contains(&self.kind.name));
        let others = groups.flat_map(|group| group.iter()).filter(|other| **other != self.kind.name);
        let known = others.filter_map(|other| kind::by_name(other)).map(kind);
        let at = |other: &'static Kind| Some((other, homes(other, name))).filter(|(_, homes)| !homes.is_empty());
        known.filter_map(at).map(|(other, homes)| in_words(&homes, Some(other.name))).next().unwrap_or_default()
    }
}

/// Whether `path` is the element `name` in `parent`; an empty parent is the root.
fn is_at(path: &str, parent: &str, name: &str) -> bool {
    let rest =
        if parent.is_empty() { Some(path) } else { path.strip_prefix(parent).and_then(|rest| rest.strip_prefix('.')) };
    rest == Some(name)
}

/// The parents under which a type has an element of this name; an empty one is the root.
fn homes(kind: &'static Kind, name: &str) -> Vec<&'static str> {
    let parent_of = |path: &'static str| path.rsplit_once('.').map_or(("", path), |(above, last)| (above, last));
    let mut homes = Vec::new();
    for field in kind.fields.iter().filter(|field| field.ty != FieldType::Stray) {
        let (parent, last) = parent_of(field.path);
        if last == name {
            homes.push(parent);
        }
    }
    homes
}

/// `<a> or <b>`, `<a> of a Type`.
fn in_words(homes: &[&str], of: Option<&str>) -> String {
    let word = |home: &&str| match (home.rsplit('.').next().unwrap_or_default(), of) {
        ("", Some(ty)) => format!("<{ty}>"),
        ("", None) => "the root".to_owned(),
        (last, Some(ty)) => format!("<{last}> of <{ty}>"),
        (last, None) => format!("<{last}>"),
    };
    homes.iter().map(word).collect::<Vec<_>>().join(" or ")
}
