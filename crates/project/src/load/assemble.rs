//! Puts the files of a project into one order, metadata and code together.
//!
//! May assume that each of the two is sorted. Refuses to know how a file is read: one that could not be becomes a notice.

use std::collections::HashMap;
use std::sync::Arc;

use super::code::{ProjectCode, ReadCode};
use super::{CONFLICT, Content, Loaded, Notice, ReadFile};
use crate::discover::{PROJECT_FILE, Root, WalkResult, compare_paths};
use crate::metadata::kind::{KindId, kind};
use crate::metadata::{Component, DeadPattern, HiddenFile, Inputs, Problem, ProblemKind, Project};
use crate::replace::{Mark, Replacements};
use crate::vfs::{FileTree, ReadError};
use sessionlint_apex::Unit;
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::words::count;
use sessionlint_source::{Decoded, Encoding, FileId, Place, Source, Sources, Span, decode, without_mark};

/// A file of metadata or of code, in the order of all files.
enum LoadedFile {
    Metadata(ReadFile),
    Code(Box<ReadCode>),
}

/// Merges metadata and code, each sorted, into one sorted list.
fn merge(files: Vec<ReadFile>, code: Vec<ReadCode>) -> Vec<LoadedFile> {
    let mut items = Vec::with_capacity(files.len() + code.len());
    let mut code = code.into_iter().peekable();
    for file in files {
        let is_before = |it: &ReadCode| {
            let by_package = it.package.cmp(&file.found.package);
            by_package.then_with(|| compare_paths(&it.path, &file.found.path)).is_lt()
        };
        while let Some(first) = code.next_if(is_before) {
            items.push(LoadedFile::Code(Box::new(first)));
        }
        items.push(LoadedFile::Metadata(file));
    }
    items.extend(code.map(|it| LoadedFile::Code(Box::new(it))));
    items
}

/// The notices of the root, of the walk, and of files that could not be read.
fn first_notices(root: &Root, walked: &mut WalkResult, unreadable: Vec<String>) -> Vec<Notice> {
    let mut notices: Vec<Notice> = root.warnings.iter().cloned().map(Notice::warning).collect();
    notices.extend(root.errors.iter().cloned().map(Notice::error));
    notices.extend(std::mem::take(&mut walked.warnings).into_iter().map(Notice::warning));
    notices.extend(std::mem::take(&mut walked.errors).into_iter().map(Notice::error));
    notices.extend(unreadable.into_iter().map(Notice::error));
    notices
}

/// The parts of a project, to which the files are added in their order.
struct Parts {
    sources: Vec<Arc<Source>>,
    components: Vec<Component>,
    units: Vec<Unit>,
    problems: Vec<Problem>,
    /// The kinds of which not every file is known.
    unread: Vec<KindId>,
    marks: Vec<(FileId, Vec<Mark>)>,
    /// The paths of files that did not fit in memory.
    cut: Vec<String>,
    notices: Vec<Notice>,
    /// The number of files of types that are not read.
    other: usize,
    lease: Lease,
}

impl Parts {
    fn source(&mut self, source: Arc<Source>, marks: Vec<Mark>) -> FileId {
        let file = FileId(self.sources.len() as u32);
        self.sources.push(source);
        if !marks.is_empty() {
            self.marks.push((file, marks));
        }
        file
    }

    fn code(&mut self, code: ReadCode) {
        let ReadCode { source, mut unit, marks, lease, .. } = code;
        self.lease.join(lease);
        unit.file = self.source(source, marks);
        self.problems.extend(conflict_of(&unit));
        self.units.push(unit);
    }

    fn metadata(&mut self, ReadFile { found, outcome }: ReadFile) {
        let read = match outcome {
            Ok(read) => read,
            Err(ReadError::Unreadable(reason)) => {
                self.notices.push(Notice::error(format!("{}: {reason}", found.path)));
                return self.unread.push(found.kind);
            }
            Err(ReadError::OutOfMemory) => return self.cut.push(found.path),
        };
        if matches!(read.content, Content::Other) {
            self.other += 1;
            return;
        }
        self.lease.join(read.lease);
        if let Some(text) = read.warning {
            self.notices.push(Notice::warning(format!("{}: {text}", found.path)));
        }
        let whole = Span::new(0, read.source.text_len as usize);
        if read.marks.first().is_some_and(|mark| !mark.is_known && mark.span == whole) {
            // It is unknown which elements the file will have, so nothing of its kind is known to be absent.
            self.unread.push(found.kind);
        }
        let file = self.source(read.source, read.marks);
        match read.content {
            Content::Other | Content::Unknown => {}
            Content::Document(document) => self.components.push(Component {
                kind: found.kind,
                name: found.stem,
                file,
                document,
                package: found.package,
                twin: None,
                part: found.part,
            }),
            Content::Broken(kind, text, span) => {
                let place = Place { file, span };
                let promised = self::kind(found.kind).name;
                self.problems.push(Problem { kind, text, place, promised, name: found.stem });
            }
        }
    }
}

/// The problem of a class or trigger that a merge conflict made unreadable.
fn conflict_of(unit: &Unit) -> Option<Problem> {
    Some(Problem {
        kind: ProblemKind::MergeConflict,
        text: CONFLICT.to_owned(),
        place: Place { file: unit.file, span: unit.conflict? },
        promised: unit.code.type_name(),
        name: unit.name.clone(),
    })
}

/// The project of the files that were read and of the walk.
pub(super) fn assemble(
    root: &Root,
    inputs: Inputs,
    files: Vec<ReadFile>,
    code: ProjectCode,
    mut walked: WalkResult,
) -> Loaded {
    let mut parts = Parts {
        sources: Vec::new(),
        components: Vec::new(),
        units: Vec::new(),
        problems: Vec::new(),
        unread: Vec::new(),
        marks: Vec::new(),
        cut: code.cut,
        notices: first_notices(root, &mut walked, code.unreadable),
        other: walked.other,
        lease: walked.lease.take().unwrap_or_else(|| Lease::of(&inputs.budget)),
    };
    for item in merge(files, code.files) {
        match item {
            LoadedFile::Metadata(file) => parts.metadata(file),
            LoadedFile::Code(code) => parts.code(*code),
        }
    }
    let Parts { mut sources, components, units, problems, unread, marks, cut, mut notices, other, lease } = parts;
    notices.extend(code.warning.map(Notice::warning));
    let without_code = memory_notice(cut, sources.len(), names_are_cut(root, &walked), &inputs.budget);
    let is_cut = without_code.is_some();
    notices.extend(without_code.map(Notice::error));
    let before = sources.len();
    let (hidden_by, dead_patterns) = ignoring_lines(&mut walked, &mut sources);
    let replaced = replaced(root, marks, &mut sources);
    let ignore_files = sources.len() - before;
    let sources = Sources::shared(sources);
    let components = fold_twins(components, &sources);
    let project = Project {
        root: root.path.display().to_string(),
        sources,
        components,
        units,
        code: code.looked_through,
        problems,
        unread,
        is_cut,
        lease,
        hidden: walked.hidden,
        hidden_by,
        dead_patterns,
        ignore_files,
        replaced,
        outside: walked.outside,
        other,
        has_project_file: root.has_project_file,
        namespace: root.namespace.clone(),
        api_version: api_version(root),
        inputs,
    };
    Loaded { project, notices, root: root.path.clone() }
}

/// Collects the replaced spans of all files. The project file becomes a source if it replaces text.
fn replaced(root: &Root, marks: Vec<(FileId, Vec<Mark>)>, sources: &mut Vec<Arc<Source>>) -> Replacements {
    let mut replaced = Replacements::new(root.replacements.clone(), project_file(root, sources));
    for (file, marks) in marks {
        replaced.note(file, marks);
    }
    replaced
}

/// Adds the project file as a source, if it replaces text.
fn project_file(root: &Root, sources: &mut Vec<Arc<Source>>) -> Option<FileId> {
    if root.replacements.is_empty() {
        return None;
    }
    let bytes = root.read(PROJECT_FILE).ok()??;
    let Decoded { text, encoding, .. } = decode(&bytes);
    let file = FileId(sources.len() as u32);
    sources.push(Arc::new(Source::kept(PROJECT_FILE.to_owned(), text.into_owned(), encoding)));
    Some(file)
}

/// Whether memory was used up before all file names were listed.
fn names_are_cut(root: &Root, walked: &WalkResult) -> bool {
    walked.cut > 0 || matches!(&root.tree, FileTree::Memory(memory) if memory.is_cut)
}

/// The notice that memory is used up; `None` if it is not.
fn memory_notice(mut cut: Vec<String>, read: usize, names_are_cut: bool, budget: &Budget) -> Option<String> {
    cut.sort_by(|left, right| compare_paths(left, right));
    let left_out = match (cut.first(), names_are_cut) {
        (Some(first), false) => format!("{} left out (the first is {first})", count(cut.len(), "file")),
        (Some(first), true) => {
            format!(
                "{} left out (the first is {first}), and others whose names were not even taken",
                count(cut.len(), "file")
            )
        }
        (None, false) => return None,
        (None, true) => "names of further files not even taken".to_owned(),
    };
    Some(format!(
        "the memory that --max-memory allows ({}) is used up: {} read, {left_out}; rules that rest on \
         several files are not run",
        budget.size(),
        count(read, "file")
    ))
}

/// The API version a project is deployed with: that of its project file, else that of the manifest at its root.
fn api_version(root: &Root) -> Option<i64> {
    let major = |text: &str| text.trim().split('.').next()?.parse().ok();
    if let Some(bytes) = root.read(PROJECT_FILE).ok()? {
        let json: serde_json::Value = serde_json::from_slice(without_mark(&bytes)).ok()?;
        return match json.get("sourceApiVersion")? {
            serde_json::Value::String(text) => major(text),
            serde_json::Value::Number(number) => major(&number.to_string()),
            _ => None,
        };
    }
    let bytes = root.read(crate::vfs::MANIFEST).ok()??;
    let text = String::from_utf8(bytes).ok()?;
    let (_, version) = text.rsplit_once("<version>")?;
    major(version.split('<').next()?)
}

/// Where the lines stand that hide files, and those that hide nothing. Their files become the last sources, so that
/// lines can be shown; what no line hides (Salesforce's tooling hides some files by itself) is left out.
fn ignoring_lines(walked: &mut WalkResult, sources: &mut Vec<Arc<Source>>) -> (Vec<HiddenFile>, Vec<DeadPattern>) {
    let (mut hidden, mut dead) = (Vec::new(), Vec::new());
    for (index, ignore) in std::mem::take(&mut walked.ignore_files).into_iter().enumerate() {
        let file = FileId(sources.len() as u32);
        // Salesforce's tooling reads a byte order mark as part of the first line; editors do not show it.
        let bom = if let Encoding::Utf8 { bom } = ignore.encoding { bom } else { 0 };
        let line = |span: Span| {
            let span = Span { start: span.start.saturating_sub(bom), end: span.end.saturating_sub(bom) };
            (Place { file, span }, ignore.text.get(span.range()).unwrap_or_default().to_owned())
        };
        if ignore.text.is_empty() {
            continue;
        }
        let first = (hidden.len(), dead.len());
        for (path, _, span) in walked.hidden_by.iter().filter(|(_, by, _)| *by == index) {
            let (place, pattern) = line(*span);
            hidden.push(HiddenFile { path: path.clone(), pattern, place });
        }
        for (span, why) in &ignore.dead {
            let (place, pattern) = line(*span);
            dead.push(DeadPattern { pattern, why: *why, place });
        }
        if first != (hidden.len(), dead.len()) {
            sources.push(Arc::new(Source::kept(ignore.path, ignore.text, ignore.encoding)));
        }
    }
    (hidden, dead)
}

/// Keeps one of two files `X` and `X-meta.xml` that stand side by side with the same elements on the same lines: the
/// latter, which refers to the other as its twin.
fn fold_twins(components: Vec<Component>, sources: &Sources) -> Vec<Component> {
    let mut plain: HashMap<&str, usize> = HashMap::new();
    for (index, component) in components.iter().enumerate() {
        let path = &sources.get(component.file).path;
        if !path.to_ascii_lowercase().ends_with("-meta.xml") {
            plain.insert(path, index);
        }
    }
    let mut twin_of: HashMap<usize, FileId> = HashMap::new();
    let mut is_folded = vec![false; components.len()];
    for (index, component) in components.iter().enumerate() {
        let path = &sources.get(component.file).path;
        let Some(stem) = path.len().checked_sub("-meta.xml".len()).and_then(|end| path.get(..end)) else { continue };
        let Some(other) = plain.get(stem).copied().filter(|other| *other != index) else { continue };
        if is_same(component, &components[other], sources) {
            twin_of.insert(index, components[other].file);
            is_folded[other] = true;
        }
    }
    let mut unfolded = Vec::with_capacity(components.len());
    for (index, mut component) in components.into_iter().enumerate() {
        component.twin = twin_of.remove(&index);
        if !is_folded[index] {
            unfolded.push(component);
        }
    }
    unfolded
}

fn is_same(left: &Component, right: &Component, sources: &Sources) -> bool {
    left.kind == right.kind
        && left.document.same_content(&right.document)
        && element_lines(left, sources).eq(element_lines(right, sources))
}

/// The line of every kept element, in document order.
fn element_lines<'c>(component: &'c Component, sources: &'c Sources) -> impl Iterator<Item = u32> + 'c {
    let source = sources.get(component.file);
    component.document.nodes().map(|node| source.line_of(component.document.open_tag(node).start).0)
}
