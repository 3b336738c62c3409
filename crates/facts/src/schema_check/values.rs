//! Values that Salesforce does not document for their element, where no other view judges them.
//!
//! Goes by the lists of `enumerations` and by the types of elements. Refuses to know what a value does.

use std::borrow::Cow;

use super::enumerations::{ENUMERATIONS, Enumeration};
use super::is_filled_in;
use crate::column::{IntoCell, ViewColumn};
use crate::raw;
use crate::table::{Declaration, Declared};
use sessionlint_project::metadata::kind::{Field, FieldType, kind};
use sessionlint_project::metadata::{Component, Project, text_of};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::Place;
use sessionlint_source::nearest::{is_spelling, nearest};
use sessionlint_xml::NodeId;

type Column = ViewColumn<UnknownValue>;

/// Values of `true or false` elements, as XML Schema has them.
const TRUTHS: &[&str] = &["true", "false"];

/// A value that is certainly not valid for its element.
#[derive(Debug)]
pub(crate) struct UnknownValue {
    subject: u32,
    ty: &'static str,
    name: String,
    element: &'static str,
    written: String,
    expected: String,
    is_listed: bool,
    nearest: Option<&'static str>,
    is_whole: bool,
    place: Place,
}

impl Declared for UnknownValue {
    const TABLE: Declaration<Self> = Declaration::new(|| UNKNOWN_VALUE, |facts| unknown_values(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per value.
const UNKNOWN_VALUE: &[Column] = &[
    Column::text("Type", "metadata type", |it| it.ty.cell()).always(),
    Column::text("Name", "fullName of the component", |it| it.name.as_str().cell()).always(),
    Column::text("Element", "the element that contains it", |it| it.element.cell()).always(),
    Column::text("Written", "the value", |it| Cell::at(Value::Text(Cow::Borrowed(&it.written)), it.place)).always(),
    Column::text("Expected", "the documented values, in words", |it| it.expected.as_str().cell()).always(),
    Column::text("Nearest", "the most similar documented value", |it| it.nearest.cell()),
    Column::text(
        "Respelling",
        "the documented value that differs only in case and word separators, if the element contains nothing else",
        |it| it.respelling().cell(),
    ),
    Column::text(
        "Confidence",
        "`high` if it is another spelling of a documented value or the wrong kind of value, else `medium`",
        |it| if it.is_sure() { "high" } else { "medium" }.cell(),
    )
    .always(),
];

impl UnknownValue {
    fn is_sure(&self) -> bool {
        self.spelling().is_some() || !self.is_listed
    }

    /// The documented value of which it is another spelling.
    fn spelling(&self) -> Option<&'static str> {
        self.nearest.filter(|nearest| is_spelling(nearest, &self.written))
    }

    /// The same, where it can replace the whole text of the element.
    fn respelling(&self) -> Option<&'static str> {
        self.spelling().filter(|_| self.is_whole)
    }
}

/// All rows, component by component.
pub(crate) fn unknown_values(project: &Project) -> Vec<UnknownValue> {
    let mut found = Vec::new();
    for (subject, component) in (0u32..).zip(&project.components) {
        let kind = kind(component.kind);
        let mut check = ValueCheck { subject, component, ty: kind.name, found: &mut found };
        for it in ENUMERATIONS.iter().filter(|it| it.kind == kind.name) {
            check.enumeration(it);
        }
        for field in kind.fields.iter().filter(|field| !is_checked_elsewhere(kind.name, field.path)) {
            check.field(field);
        }
    }
    found.sort_by_key(|it| it.place);
    found
}

/// Whether a number is judged by another view; hours of a login are texts in the WSDL.
fn is_checked_elsewhere(kind: &str, path: &str) -> bool {
    (kind == "ProfileSessionSetting" && path == "sessionTimeout") || path.starts_with("loginHours.")
}

/// All elements at a path whose parents may repeat, in document order.
fn elements(component: &Component, path: &str) -> Vec<NodeId> {
    let document = &component.document;
    let mut found = vec![document.root()];
    for name in path.split('.') {
        found = found.into_iter().flat_map(|parent| document.children_named(parent, name)).collect();
    }
    found
}

struct ValueCheck<'p, 'f> {
    subject: u32,
    component: &'p Component,
    ty: &'static str,
    found: &'f mut Vec<UnknownValue>,
}

impl ValueCheck<'_, '_> {
    fn enumeration(&mut self, it: &'static Enumeration) {
        for node in elements(self.component, it.path) {
            let Some(text) = text_of(&self.component.document, node).filter(|text| !is_filled_in(text)) else {
                continue;
            };
            let parts: Vec<&str> = if it.is_list { text.split(',').map(str::trim).collect() } else { vec![text] };
            let is_unknown = |part: &&str| !part.is_empty() && !it.values.contains(part);
            for part in parts.into_iter().filter(is_unknown) {
                let nearest = nearest(part, it.values.iter().copied());
                if !it.grows || nearest.is_some_and(|nearest| is_spelling(nearest, part)) {
                    self.add(node, it.path, part, one_of(it.values), nearest);
                }
            }
        }
    }

    fn field(&mut self, field: &'static Field) {
        let expected = match field.ty {
            FieldType::Bool => "true or false",
            FieldType::Int => "a whole number",
            _ => return,
        };
        let Some(node) = self.component.node(field.path) else { return };
        let Some(text) = text_of(&self.component.document, node).filter(|text| !is_filled_in(text)) else { return };
        let is_value = match field.ty {
            FieldType::Bool => raw::parse_bool(text).is_some(),
            _ => text.parse::<i64>().is_ok(),
        };
        let is_listed = ENUMERATIONS.iter().any(|it| it.kind == self.ty && it.path == field.path);
        if !is_value && !is_listed {
            let nearest = if field.ty == FieldType::Bool { nearest(text, TRUTHS.iter().copied()) } else { None };
            self.add(node, field.path, text, expected.to_owned(), nearest);
        }
    }

    fn add(
        &mut self,
        node: NodeId,
        path: &'static str,
        written: &str,
        expected: String,
        nearest: Option<&'static str>,
    ) {
        let document = &self.component.document;
        self.found.push(UnknownValue {
            subject: self.subject,
            ty: self.ty,
            name: self.component.name.clone(),
            element: path.rsplit('.').next().unwrap_or(path),
            written: raw::shown(document.name(node), written).into_owned(),
            is_listed: ENUMERATIONS.iter().any(|it| it.kind == self.ty && it.path == path),
            expected,
            nearest,
            is_whole: text_of(document, node) == Some(written),
            place: Place { file: self.component.file, span: document.mark(node) },
        });
    }
}

/// `A, B or C`.
fn one_of(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
