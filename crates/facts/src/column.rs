//! Declaration of a view: one line per column, with its name, its description, and the function for a row's cell.
//!
//! Works on rows and cells. Refuses to know what a view means.

use std::borrow::Cow;

use sessionlint_soql::{Cell, Column, Row, Type, Value};
use sessionlint_source::Place;

/// A value that is known or not, and the text of the project that decides it.
#[derive(Clone, Debug)]
pub struct Fact<T> {
    /// The value, if known.
    pub value: Option<T>,
    /// The text that supplied it, or the place where it would be.
    pub place: Option<Place>,
}

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self { value: None, place: None }
    }
}

impl<T> Fact<T> {
    /// Known, with its text.
    pub fn known(value: T, place: Place) -> Self {
        Self { value: Some(value), place: Some(place) }
    }

    /// An unknown value with a known place.
    pub fn unknown_at(place: Place) -> Self {
        Self { value: None, place: Some(place) }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        Fact { value: self.value.map(change), place: self.place }
    }

    /// The same place with another value, which may be unknown.
    pub fn and_then<U>(self, change: impl FnOnce(T) -> Option<U>) -> Fact<U> {
        Fact { value: self.value.and_then(change), place: self.place }
    }
}

/// A value that becomes a cell.
pub(super) trait IntoCell<'p> {
    /// The cell.
    fn cell(self) -> Cell<'p>;
}

impl<'p> IntoCell<'p> for Cell<'p> {
    fn cell(self) -> Cell<'p> {
        self
    }
}

impl<'p> IntoCell<'p> for bool {
    fn cell(self) -> Cell<'p> {
        Cell::computed(Value::Bool(self))
    }
}

impl<'p> IntoCell<'p> for i64 {
    fn cell(self) -> Cell<'p> {
        Cell::computed(Value::Int(self))
    }
}

impl<'p> IntoCell<'p> for jiff::civil::Date {
    fn cell(self) -> Cell<'p> {
        Cell::computed(Value::Date(self))
    }
}

impl<'p> IntoCell<'p> for &'p str {
    fn cell(self) -> Cell<'p> {
        Cell::computed(Value::Text(Cow::Borrowed(self)))
    }
}

impl<'p> IntoCell<'p> for String {
    fn cell(self) -> Cell<'p> {
        Cell::computed(Value::Text(Cow::Owned(self)))
    }
}

impl<'p, T: IntoCell<'p>> IntoCell<'p> for Option<T> {
    fn cell(self) -> Cell<'p> {
        self.map_or_else(Cell::default, IntoCell::cell)
    }
}

impl<'p, T: IntoCell<'p>> IntoCell<'p> for Fact<T> {
    fn cell(self) -> Cell<'p> {
        let place = self.place;
        Cell { value: self.value.cell().value, place }
    }
}

impl<'p> IntoCell<'p> for &'p [Cow<'p, str>] {
    fn cell(self) -> Cell<'p> {
        if self.is_empty() {
            return Cell::default();
        }
        Cell::computed(Value::List(self.iter().map(|text| Cow::Borrowed(text.as_ref())).collect()))
    }
}

/// A column of a view over values of type `R`.
pub(super) struct ViewColumn<R: 'static> {
    name: &'static str,
    ty: Type,
    nullable: bool,
    doc: &'static str,
    cell: for<'p> fn(&'p R) -> Cell<'p>,
}

impl<R> ViewColumn<R> {
    const fn new(name: &'static str, ty: Type, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self { name, ty, nullable: true, doc, cell }
    }

    /// A text column.
    pub(super) const fn text(name: &'static str, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self::new(name, Type::Text, doc, cell)
    }

    /// A column of whole numbers.
    pub(super) const fn int(name: &'static str, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self::new(name, Type::Int, doc, cell)
    }

    /// A column of calendar days.
    pub(super) const fn date(name: &'static str, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self::new(name, Type::Date, doc, cell)
    }

    /// A column of booleans.
    pub(super) const fn bool(name: &'static str, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self::new(name, Type::Bool, doc, cell)
    }

    /// A column of several texts.
    pub(super) const fn list(name: &'static str, doc: &'static str, cell: for<'p> fn(&'p R) -> Cell<'p>) -> Self {
        Self::new(name, Type::List, doc, cell)
    }

    /// The same column, never null.
    pub(super) const fn always(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The cell of a value.
    pub(super) fn cell<'p>(&self, value: &'p R) -> Cell<'p> {
        (self.cell)(value)
    }

    /// Its shape.
    pub(super) fn column(&self) -> Column {
        Column { name: Cow::Borrowed(self.name), ty: self.ty, nullable: self.nullable, doc: self.doc }
    }
}

/// Appends the cells of `value` to `row`.
pub(super) fn extend<'p, R>(row: &mut Row<'p>, columns: &[ViewColumn<R>], value: &'p R) {
    row.cells.reserve(columns.len());
    for column in columns {
        row.cells.push(column.cell(value));
    }
}
