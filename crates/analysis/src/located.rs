//! A place in a file of a project, as path, line and column.
//!
//! Refuses to know what is there: the caller adds the text.

use serde::Serialize;

use sessionlint_project::metadata::Project;
use sessionlint_source::Place;

/// A place with a description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located {
    /// The file, below the root.
    pub path: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// The description of the place.
    pub text: String,
}

/// The path, line and column of a place, without a text.
pub(super) fn located(project: &Project, place: Place) -> Located {
    let source = project.sources.get(place.file);
    let position = source.position(place.span.start);
    Located { path: source.path.clone(), line: position.line, column: position.column, text: String::new() }
}
