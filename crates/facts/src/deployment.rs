//! Effects of a deployment on the project's files: text that it replaces, files that it omits, and backups that it takes
//! for components.
//!
//! Goes by names, the entries of the project file, and their matches. Refuses to know the values of environment
//! variables.

use std::collections::{BTreeSet, HashMap};

use super::column::{Fact, IntoCell, ViewColumn};
use super::table::{Declaration, Declared};
use super::text;
use sessionlint_project::metadata::kind::{PlainFile, kind, recognise_backup};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_project::replace::Fault;
use sessionlint_soql::Cell;
use sessionlint_source::{FileId, Place, file_name};

type ReplacementColumn = ViewColumn<Replacement>;
type StrayColumn = ViewColumn<StrayFile>;
type BackupColumn = ViewColumn<BackupFile>;

/// An entry of `replacements` in the project file.
#[derive(Debug)]
pub(super) struct Replacement {
    origin: String,
    is_variable: bool,
    is_conditional: bool,
    fault: Option<&'static str>,
    unknown: usize,
    files: usize,
    first: Option<Place>,
    first_file: Option<String>,
    place: Option<Place>,
}

/// Every entry, in order.
pub(super) fn replacement_facts(project: &Project) -> Vec<Replacement> {
    let of_entry = |(index, entry): (usize, &sessionlint_project::replace::Entry)| {
        let mut files: BTreeSet<FileId> = BTreeSet::new();
        let (mut unknown, mut first) = (0, None);
        for (file, mark) in project.replaced.marks().filter(|(_, mark)| mark.entry == index) {
            files.insert(file);
            if !mark.is_known {
                unknown += 1;
                first = first.or(Some(Place { file, span: mark.span }));
            }
        }
        Replacement {
            origin: entry.origin.clone(),
            is_variable: entry.is_variable,
            is_conditional: entry.is_conditional,
            fault: match entry.fault {
                Some(Fault::Missing) => Some("missing"),
                Some(Fault::Empty) => Some("empty"),
                Some(Fault::Unreadable) => Some("unread"),
                None => None,
            },
            unknown,
            files: files.len(),
            first,
            first_file: first.map(|place| project.sources.get(place.file).path.clone()),
            place: project.replaced.place(entry.span),
        }
    };
    project.replaced.plan().entries().iter().enumerate().map(of_entry).collect()
}

impl Declared for Replacement {
    const TABLE: Declaration<Self> = Declaration::new(|| REPLACEMENT, |facts| replacement_facts(facts.project))
        .key(|it| &it.origin)
        .named(REPLACEMENT.len());
}

/// One row per entry.
const REPLACEMENT: &[ReplacementColumn] = &[
    ReplacementColumn::text(
        "Origin",
        "source of the text: the name of an environment variable, or the path of a file, as written",
        |it| Cell { value: text(&it.origin), place: it.place },
    )
    .always(),
    ReplacementColumn::bool("IsVariable", "the source is an environment variable, which is never read", |it| it.is_variable.cell())
        .always(),
    ReplacementColumn::bool("IsConditional", "it applies only for some values of variables (`replaceWhenEnv`)", |it| {
        it.is_conditional.cell()
    })
    .always(),
    ReplacementColumn::text(
        "Fault",
        "why the text of the file is not available: `missing`, `empty` or `unread`; null if it is, and for variables",
        |it| it.fault.cell(),
    ),
    ReplacementColumn::int(
        "Unknown",
        "number of session and login values (in code: parts of the text) that it may replace and that are therefore unknown",
        |it| i64::try_from(it.unknown).unwrap_or(i64::MAX).cell(),
    )
    .always(),
    ReplacementColumn::int("Files", "number of files with session and login metadata in which it replaces text", |it| {
        i64::try_from(it.files).unwrap_or(i64::MAX).cell()
    })
    .always(),
    ReplacementColumn::text("FirstFile", "the first of them with an unknown value", |it| Cell {
        place: it.first,
        ..it.first_file.as_deref().cell()
    }),
];

/// A file that Salesforce's tooling does not treat as metadata in its folder.
#[derive(Debug)]
pub(super) struct StrayFile {
    subject: u32,
    ty: &'static str,
    name: String,
    path: String,
    folder: &'static str,
    place: Place,
}

/// Files without `-meta.xml` outside the folder of their type, in a project of source format.
pub(super) fn stray_files(project: &Project) -> Vec<StrayFile> {
    if !project.has_project_file {
        return Vec::new();
    }
    let of_component = |(subject, component): (u32, &sessionlint_project::metadata::Component)| {
        let kind = kind(component.kind);
        let path = &project.sources.get(component.file).path;
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        let is_source = path.to_ascii_lowercase().ends_with("-meta.xml") || backup_ending(path).is_some();
        let is_plain = kind.plain == PlainFile::Document && !is_source;
        (is_plain && folder != kind.folder).then(|| StrayFile {
            subject,
            ty: kind.name,
            name: component.name.clone(),
            path: path.clone(),
            folder: kind.folder,
            place: component.root_place(),
        })
    };
    (0u32..).zip(&project.components).filter_map(of_component).collect()
}

impl Declared for StrayFile {
    const TABLE: Declaration<Self> = Declaration::new(|| STRAY_FILE, |facts| stray_files(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject));
}

/// One row per file.
const STRAY_FILE: &[StrayColumn] = &[
    StrayColumn::text("Type", "metadata type", |it| it.ty.cell()).always(),
    StrayColumn::text("Name", "fullName of the component", |it| Cell::at(text(&it.name), it.place)).always(),
    StrayColumn::text("Path", "path of the file below the root", |it| Cell::at(text(&it.path), it.place)).always(),
    StrayColumn::text("Folder", "the folder in which a deployment would find it", |it| it.folder.cell()).always(),
];

/// A file that Salesforce's tools take for a component, though its name goes on after `-meta.xml`.
#[derive(Debug)]
pub(super) struct BackupFile {
    subject: u32,
    ty: &'static str,
    name: String,
    path: String,
    ending: String,
    /// The path of the file without the ending.
    real: Fact<String>,
    place: Place,
}

/// What follows `-meta.xml` in the name of a backup.
fn backup_ending(path: &str) -> Option<&str> {
    recognise_backup(file_name(path)).map(|(_, _, ending)| ending)
}

/// The backups of components, in the order of the files.
fn backup_files(project: &Project) -> Vec<BackupFile> {
    let path_of = |component: &Component| project.sources.get(component.file).path.as_str();
    let mut by_path: HashMap<&str, &Component> = HashMap::new();
    let mut backups = Vec::new();
    for (subject, component) in (0u32..).zip(&project.components) {
        let path = path_of(component);
        match backup_ending(path) {
            Some(ending) => backups.push((subject, component, path, ending)),
            None => drop(by_path.insert(path, component)),
        }
    }
    let of_backup = |(subject, component, path, ending): (u32, &Component, &str, &str)| {
        let real = path.strip_suffix(ending).and_then(|real| Some((real, by_path.get(real)?)));
        BackupFile {
            subject,
            ty: kind(component.kind).name,
            name: component.name.clone(),
            path: path.to_owned(),
            ending: ending.to_owned(),
            real: real.map(|(path, it)| Fact::known(path.to_owned(), it.root_place())).unwrap_or_default(),
            place: component.root_place(),
        }
    };
    backups.into_iter().map(of_backup).collect()
}

impl Declared for BackupFile {
    const TABLE: Declaration<Self> = Declaration::new(|| BACKUP_FILE, |facts| backup_files(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject));
}

/// One row per file whose name goes on after `-meta.xml`, such as `X.profile-meta.xml.orig`.
const BACKUP_FILE: &[BackupColumn] = &[
    BackupColumn::text("Type", "metadata type", |it| it.ty.cell()).always(),
    BackupColumn::text("Name", "fullName of the component", |it| Cell::at(text(&it.name), it.place)).always(),
    BackupColumn::text("Path", "path of the file below the root", |it| Cell::at(text(&it.path), it.place)).always(),
    BackupColumn::text("Ending", "what follows `-meta.xml`", |it| Cell::at(text(&it.ending), it.place)).always(),
    BackupColumn::text("RealPath", "the file of the same name without it", |it| it.real.as_cell()),
];
