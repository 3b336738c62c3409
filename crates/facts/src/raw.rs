//! Raw tables: each kind's elements as they are written, and each repeated element as a table of its own.
//!
//! Absent and nil are null; no default is filled in. Values of secret elements are masked here, so no query and no
//! message can show one. Refuses to know what an element means.

use std::borrow::Cow;

use sessionlint_project::metadata::kind::{Field, FieldType, Kind};
use sessionlint_project::metadata::{Component, Project, find_below, place_below, text_of};
use sessionlint_soql::{Cell, Column, Row, Schema, Type, Value};
use sessionlint_source::secrets::{self, mask_text};
use sessionlint_source::{FileId, Place};
use sessionlint_xml::{Document, NodeId};

/// The columns of a kind, or of a repeated element.
fn columns(fields: &'static [Field]) -> impl Iterator<Item = Column> {
    fields.iter().filter_map(|field| {
        Some(Column { name: Cow::Borrowed(field.path), ty: column_type(field.ty)?, nullable: true, doc: "" })
    })
}

/// The type of a field's column; repeated elements are tables, not columns.
fn column_type(ty: FieldType) -> Option<Type> {
    match ty {
        FieldType::Text => Some(Type::Text),
        FieldType::Bool | FieldType::Group => Some(Type::Bool),
        FieldType::Int => Some(Type::Int),
        FieldType::Date => Some(Type::Date),
        FieldType::List => Some(Type::List),
        FieldType::Rows(_) | FieldType::Stray => None,
    }
}

fn added(name: &'static str, doc: &'static str) -> Column {
    Column { name: Cow::Borrowed(name), ty: Type::Text, nullable: false, doc }
}

/// The shape of a kind's table: `Name`, `Path`, then its elements.
///
/// These two win over elements named `name` or `path`, because queries ignore case.
pub(super) fn schema(kind: &'static Kind) -> Schema {
    let mut all = vec![
        added("Name", "fullName of the component, as its file is called"),
        added("Path", "path of the file below the root"),
    ];
    all.extend(columns(kind.fields).filter(|column| !is_added(&column.name)));
    Schema { name: Cow::Borrowed(kind.name), columns: all }
}

/// The tables of a kind's repeated elements.
pub(super) fn child_tables(kind: &'static Kind) -> impl Iterator<Item = (&'static str, &'static [Field])> {
    kind.fields.iter().filter_map(|field| match field.ty {
        FieldType::Rows(fields) => Some((field.path, fields)),
        _ => None,
    })
}

/// The shape of the table of a repeated element.
pub(super) fn child_schema(kind: &'static Kind, path: &'static str, fields: &'static [Field]) -> Schema {
    let mut all = vec![
        added("Name", "fullName of the component that holds the element"),
        added("Path", "path of the file below the root"),
    ];
    all.extend(columns(fields).filter(|column| !is_path(&column.name)).map(|mut column| {
        // The component's name is `Name`; an element's own `name` is queried by its full path.
        if column.name.eq_ignore_ascii_case("name") {
            column.name = Cow::Owned(format!("{}.name", path.rsplit('.').next().unwrap_or(path)));
        }
        column
    }));
    Schema { name: Cow::Owned(format!("{}.{path}", kind.name)), columns: all }
}

fn is_added(name: &str) -> bool {
    name.eq_ignore_ascii_case("name") || is_path(name)
}

fn is_path(name: &str) -> bool {
    name.eq_ignore_ascii_case("path")
}

/// The row of a component: the cells of [`schema`].
pub(super) fn row<'p>(project: &'p Project, index: u32, component: &'p Component, kind: &'static Kind) -> Row<'p> {
    let fields = kind.fields.iter().filter(|field| !is_added(field.path));
    row_at(project, index, component, component.document.root(), fields)
}

/// The row of an element of a component.
fn row_at<'p>(
    project: &'p Project,
    index: u32,
    component: &'p Component,
    node: NodeId,
    fields: impl Iterator<Item = &'static Field>,
) -> Row<'p> {
    let mut cells = head(project, component);
    let fields = fields.filter(|field| column_type(field.ty).is_some());
    cells.extend(fields.map(|field| cell(component.file, &component.document, node, *field)));
    Row { cells, subject: Some(index), key: Cow::Borrowed(&component.name) }
}

/// The rows of a repeated element of a component: the cells of [`child_schema`].
pub(super) fn child_rows<'p>(
    project: &'p Project,
    index: u32,
    component: &'p Component,
    path: &str,
    fields: &'static [Field],
) -> Vec<Row<'p>> {
    let fields = || fields.iter().filter(|field| !is_path(field.path));
    elements(component, path).map(|node| row_at(project, index, component, node, fields())).collect()
}

/// The texts at a path, which may lead into a repeated element.
pub(super) fn texts<'p>(component: &'p Component, path: &str) -> Vec<(&'p str, Place)> {
    let document = &component.document;
    let (above, name) = path.rsplit_once('.').map_or((None, path), |(above, name)| (Some(above), name));
    let parents: Vec<_> = match above {
        Some(above) => elements(component, above).collect(),
        None => vec![document.root()],
    };
    let of_parent = |parent| {
        let node = document.child(parent, name)?;
        Some((text_of(document, node)?, place_below(component.file, document, parent, name)))
    };
    parents.into_iter().filter_map(of_parent).collect()
}

/// All elements at `path` of a component, in document order.
pub(super) fn elements<'p>(component: &'p Component, path: &str) -> impl Iterator<Item = NodeId> + use<'p> {
    let (above, name) = path.rsplit_once('.').map_or((None, path), |(above, name)| (Some(above), name));
    let name = name.to_owned();
    let document = &component.document;
    let parent = match above {
        Some(above) => document.path(document.root(), above),
        None => Some(document.root()),
    };
    parent.into_iter().flat_map(move |parent| {
        let name = name.clone();
        document.children(parent).filter(move |child| document.name(*child) == name)
    })
}

fn head<'p>(project: &'p Project, component: &'p Component) -> Vec<Cell<'p>> {
    let place = component.root_place();
    let path = &project.sources.get(component.file).path;
    vec![
        Cell::at(Value::Text(Cow::Borrowed(&component.name)), place),
        Cell::at(Value::Text(Cow::Borrowed(path)), place),
    ]
}

/// The cell of `field` below `node`.
fn cell(file: FileId, document: &Document, node: NodeId, field: Field) -> Cell<'_> {
    let (found, place) = find_below(file, document, node, field.path);
    let Some(found) = found.filter(|found| !document.is_nil(*found)) else { return Cell::at(Value::Null, place) };
    let value = match field.ty {
        FieldType::Group => {
            // A container has no value of its own: its opening tag is its place.
            let span = document.open_tag(found);
            return Cell::at(Value::Bool(true), Place { file, span });
        }
        FieldType::List => list(document, node, field.path),
        FieldType::Bool => text_of(document, found).and_then(parse_bool).map_or(Value::Null, Value::Bool),
        FieldType::Int => text_of(document, found).and_then(|text| text.parse().ok()).map_or(Value::Null, Value::Int),
        FieldType::Date => text_of(document, found).and_then(|text| text.parse().ok()).map_or(Value::Null, Value::Date),
        FieldType::Text | FieldType::Rows(_) | FieldType::Stray => {
            let value = |text| match document.name(found) {
                "parameterValue" => parameter(document, node, text),
                name => shown(name, text),
            };
            text_of(document, found).map_or(Value::Null, |text| Value::Text(value(text)))
        }
    };
    Cell::at(value, place)
}

/// `true` and `false` as XML Schema writes them.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The value of a credential's parameter, masked where its type and name make it a secret.
fn parameter<'p>(document: &Document, node: NodeId, text: &'p str) -> Cow<'p, str> {
    let beside = |name| document.path(node, name).and_then(|found| text_of(document, found));
    let is_secret = secrets::of_parameter(beside("parameterType"), beside("parameterName").unwrap_or_default(), text);
    if is_secret { Cow::Owned(mask_text(text)) } else { Cow::Borrowed(text) }
}

/// `text`, masked where it is a secret.
pub(super) fn shown<'p>(name: &str, text: &'p str) -> Cow<'p, str> {
    if secrets::of_element(name, text) { Cow::Owned(mask_text(text)) } else { Cow::Borrowed(text) }
}

fn list<'p>(document: &'p Document, node: NodeId, path: &str) -> Value<'p> {
    let (parent, name) = match path.rsplit_once('.') {
        Some((above, name)) => (document.path(node, above), name),
        None => (Some(node), path),
    };
    let Some(parent) = parent else { return Value::Null };
    let texts: Vec<_> = document
        .children(parent)
        .filter(|child| document.name(*child) == name)
        .filter_map(|child| text_of(document, child).map(|text| shown(name, text)))
        .collect();
    if texts.is_empty() { Value::Null } else { Value::List(texts) }
}
