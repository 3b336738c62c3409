//! The `fix` of a page: columns and templates become changes to the elements of a finding.
//!
//! Works on rows and columns. Refuses to know files: `fix::propose` finds the bytes to change.

use std::collections::BTreeMap;

use super::definition::{Definition, FixDefinition, PerType, Write};
use super::error::PageError;
use super::page::{Page, Text};
use super::template::Template;
use crate::diagnostic::{Change, Remedy, RemedyStep, Safety};
use sessionlint_soql::{Cell, Row, Schema, Type};
use sessionlint_source::Place;
use sessionlint_source::nearest::suggestion;

/// The fix of a rule, with its columns resolved.
#[derive(Clone, Debug)]
pub struct FixPlan {
    writes: Vec<PlannedWrite>,
    remove: Vec<PlannedRemoval>,
    title: Option<Template>,
    safety: Safety,
    loosens: Template,
}

#[derive(Clone, Debug)]
struct PlannedWrite {
    column: usize,
    to: PerTypeValue<Template>,
    element: PerTypeValue<String>,
    is_needed: bool,
}

#[derive(Clone, Debug)]
struct PlannedRemoval {
    column: usize,
    element: String,
}

/// One value for every type, or one for each.
#[derive(Clone, Debug)]
enum PerTypeValue<T> {
    Any(T),
    Each(BTreeMap<String, T>),
}

impl<T> PerTypeValue<T> {
    fn of(&self, ty: &str) -> Option<&T> {
        match self {
            PerTypeValue::Any(one) => Some(one),
            PerTypeValue::Each(each) => each.get(ty),
        }
    }
}

impl FixPlan {
    /// Resolves the fix of a page over the columns of its table.
    pub(super) fn read(definition: &Definition, schema: &Schema, page: &Page) -> Result<Option<Self>, PageError> {
        let Some(fix) = &definition.fix else { return Ok(None) };
        if definition.report_once {
            let span = definition.mark.span;
            return Err(page.error(
                span,
                "a rule that speaks once for many places has no fix: which would it be?",
                None,
            ));
        }
        Self::planned(fix, schema, page).map(Some)
    }

    fn planned(fix: &FixDefinition, schema: &Schema, page: &Page) -> Result<Self, PageError> {
        let template = |text: &Text| Template::read(text, schema, page);
        let writes = fix.writes.iter().map(|write| planned_write(write, schema, page)).collect::<Result<_, _>>()?;
        let removal = |text: &Text| {
            let column = column(text, schema, page)?;
            Ok(PlannedRemoval { column, element: own_path(&schema.columns[column].name) })
        };
        Ok(Self {
            writes,
            remove: fix.remove.iter().map(removal).collect::<Result<_, PageError>>()?,
            title: fix.title.as_ref().map(template).transpose()?,
            safety: fix.safety,
            loosens: fix.loosens.as_ref().map(template).transpose()?.unwrap_or_default(),
        })
    }

    /// Its safety.
    pub fn safety(&self) -> Safety {
        self.safety
    }

    /// The remedy for a row; `type_of` gives the metadata type of the file at a place. `None` if the row lacks a needed
    /// value.
    pub fn remedy(&self, row: &Row<'_>, type_of: impl Fn(Place) -> Option<String>) -> Option<Remedy> {
        let mut steps = Vec::new();
        for write in &self.writes {
            let step = write.step(row, &type_of);
            if write.is_needed && step.is_none() {
                return None;
            }
            steps.extend(step);
        }
        for removal in &self.remove {
            let cell = &row.cells[removal.column];
            if let (false, Some(place)) = (cell.value.is_null(), cell.place) {
                steps.push(RemedyStep { place, element: removal.element.clone(), change: Change::Remove });
            }
        }
        let title = self.title.as_ref().map(|title| title.fill(row));
        (!steps.is_empty()).then(|| Remedy { title, safety: self.safety, loosens: self.loosens.fill(row), steps })
    }
}

impl PlannedWrite {
    fn step(&self, row: &Row<'_>, type_of: &impl Fn(Place) -> Option<String>) -> Option<RemedyStep> {
        let cell: &Cell<'_> = &row.cells[self.column];
        let place = cell.place?;
        let ty = type_of(place)?;
        // A masked value consists of stars, which must not be written to a file.
        let value = self.to.of(&ty)?.value(row).filter(|value| !value.contains("***"))?;
        let element = self.element.of(&ty).cloned().unwrap_or_default();
        // A missing element without a path cannot be added.
        (!cell.value.is_null() || !element.is_empty()).then_some(RemedyStep {
            place,
            element,
            change: Change::Write(value),
        })
    }
}

fn planned_write(write: &Write, schema: &Schema, page: &Page) -> Result<PlannedWrite, PageError> {
    let column = column(&write.column, schema, page)?;
    let template = |text: &Text| Template::read(text, schema, page);
    let to = match &write.to {
        PerType::Any(text) => PerTypeValue::Any(template(text)?),
        PerType::Each(each) => {
            let each = each.iter().map(|(ty, text)| Ok((ty.clone(), template(text)?)));
            PerTypeValue::Each(each.collect::<Result<_, PageError>>()?)
        }
    };
    let element = match &write.element {
        None => PerTypeValue::Any(own_path(&schema.columns[column].name)),
        Some(PerType::Any(text)) => PerTypeValue::Any(text.text.clone()),
        Some(PerType::Each(each)) => {
            PerTypeValue::Each(each.iter().map(|(ty, text)| (ty.clone(), text.text.clone())).collect())
        }
    };
    Ok(PlannedWrite { column, to, element, is_needed: write.is_needed })
}

fn column(name: &Text, schema: &Schema, page: &Page) -> Result<usize, PageError> {
    if let Some(found) = schema.column(&name.text) {
        let is_list = schema.columns[found].ty == Type::List;
        return if is_list {
            Err(page.error(name.span, "a fix changes one element, and this is a list", None))
        } else {
            Ok(found)
        };
    }
    Err({
        let names = schema.columns.iter().map(|column| column.name.as_ref());
        let message = format!("`{}` has no column `{}`", schema.name, name.text);
        page.error(name.span, message, suggestion(&name.text, names))
    })
}

/// The path of the element of a raw column; empty for the columns of views, which are in `PascalCase`.
fn own_path(column: &str) -> String {
    if column.starts_with(|ch: char| ch.is_ascii_lowercase()) { column.to_owned() } else { String::new() }
}
