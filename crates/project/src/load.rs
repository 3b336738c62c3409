//! Loads a project from its root: walks, reads and parses the files on all threads, then puts the results in order.
//!
//! Assumes nothing about the files. A file that cannot be read becomes a [`Notice`], a file that cannot be parsed
//! becomes a problem of the project; neither stops the rest. Refuses to know what a component means.

mod bytes;
mod code;
mod disk_cache;
mod memory_cache;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::with_bytes;
use disk_cache::DiskCache;
pub use memory_cache::MemoryCache;

use crate::discover::{FoundFile, PROJECT_FILE, Root, WalkResult, compare_paths, walk};
use crate::metadata::kind::{Kind, Part, kind, shares_suffix};
use crate::metadata::{Component, DeadPattern, FILE_START, HiddenFile, Inputs, Problem, ProblemKind, Project};
use crate::replace::{Mark, ReplacementPlan, Replacements};
pub use crate::vfs::MAX_BYTES;
use crate::vfs::{FileTree, ReadError};
use sessionlint_apex::Unit;
use sessionlint_source::budget::{Budget, BudgetExceeded, DERIVED, Lease, NAME};
use sessionlint_source::{
    Decoded, Encoding, EncodingFlaw, FileId, KEEP_BYTES, Place, Source, Sources, Span, decode, text_memory,
};
use sessionlint_source::{conflict, secrets};
use sessionlint_xml::{Document, Keep, ParseOutcome, parse_within};

/// A message for the user beside the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whether a file could not be read: the run ends with exit code 3.
    pub is_error: bool,
    /// The message, with the path it is about.
    pub text: String,
}

impl Notice {
    fn warning(text: String) -> Self {
        Self { is_error: false, text }
    }

    fn error(text: String) -> Self {
        Self { is_error: true, text }
    }
}

/// A project and the notices from loading it.
#[derive(Debug)]
pub struct Loaded {
    /// The project.
    pub project: Project,
    /// Messages for the user, in a fixed order.
    pub notices: Vec<Notice>,
    /// The root folder of the project.
    pub root: PathBuf,
}

/// A file with the result of reading it.
struct ReadFile {
    found: FoundFile,
    outcome: Result<ReadContent, ReadError>,
}

/// What is kept of a file until all files are read. The text of a large file is dropped before that.
struct ReadContent {
    source: Arc<Source>,
    content: Content,
    warning: Option<String>,
    marks: Vec<Mark>,
    lease: Lease,
}

struct Parsed<'b> {
    text: Cow<'b, str>,
    encoding: Encoding,
    content: Content,
    warning: Option<String>,
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
enum Content {
    /// A type that is not read, in a file named like one that is.
    Other,
    Document(Arc<Document>),
    Broken(ProblemKind, String, Span),
    /// A deployment replaces parts of the text, and the result is not known.
    Unknown,
}

/// The text of the problem of a file with markers of a merge conflict.
const CONFLICT: &str = "a merge left its conflict markers";

/// After this many files that do not fit in memory, no more are tried: each try costs time and gives nothing.
const MAX_OUT_OF_MEMORY: usize = 32;

/// Reads the project at `root` within its memory budget.
pub fn load(root: &Root, inputs: Inputs) -> Loaded {
    load_with(root, inputs, &|_| None)
}

/// Reads the project at `root`; files that `shared` finds by their paths are not read again.
pub fn load_with(root: &Root, inputs: Inputs, shared: &FindShared<'_>) -> Loaded {
    load_from(root, inputs, shared, None)
}

/// Reads the project at `root`, which this process read before: only files that `memory_cache` does not have are read.
pub fn load_again(root: &Root, inputs: Inputs, memory_cache: &MemoryCache) -> Loaded {
    load_from(root, inputs, &|_| None, Some(memory_cache))
}

fn load_from(root: &Root, inputs: Inputs, shared: &FindShared<'_>, memory_cache: Option<&MemoryCache>) -> Loaded {
    if let FileTree::Memory(memory) = &root.tree {
        memory.release();
    }
    let read = Mutex::new(Vec::new());
    let refused = AtomicUsize::new(0);
    let budget = &inputs.budget;
    let disk_cache = DiskCache::open(root, inputs.cache.as_ref(), budget);
    let read_one = |found: &FoundFile| {
        if let Some(shared) = shared(&found.path) {
            return Ok(shared.content(budget));
        }
        // A file that was not unpacked costs no time and does not count towards the limit.
        if let FileTree::Memory(memory) = &root.tree
            && memory.bytes(&found.path) == Some(Err(ReadError::OutOfMemory))
        {
            return Err(ReadError::OutOfMemory);
        }
        if refused.load(Ordering::Relaxed) > MAX_OUT_OF_MEMORY {
            return Err(ReadError::OutOfMemory);
        }
        let outcome = match memory_cache.filter(|_| !root.replacements.applies_to(&found.path)) {
            Some(memory_cache) => read_or_reuse(root, found, budget, disk_cache.as_ref(), memory_cache),
            None => read_file(root, found, budget, disk_cache.as_ref()),
        };
        if matches!(outcome, Err(ReadError::OutOfMemory)) {
            refused.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    };
    let read_listed = |found: FoundFile| {
        let outcome = read_one(&found);
        read.lock().unwrap_or_else(PoisonError::into_inner).push(ReadFile { found, outcome });
    };
    let (listed, walked) = match memory_cache.and_then(|memory_cache| memory_cache.take_listing(inputs.texts)) {
        Some((listed, walked)) => {
            listed.iter().cloned().for_each(read_listed);
            (Some(listed), walked)
        }
        None => (None, walk(root, inputs.texts, budget, read_listed)),
    };
    let mut files = read.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_by(|left, right| {
        let by_package = left.found.package.cmp(&right.found.package);
        by_package.then_with(|| compare_paths(&left.found.path, &right.found.path))
    });
    // A file may not have fitted only because others were being read at the same time: it is tried again alone.
    refused.store(0, Ordering::Relaxed);
    for file in &mut files {
        if matches!(file.outcome, Err(ReadError::OutOfMemory)) {
            file.outcome = read_one(&file.found);
        }
    }
    let code = code::read(root, &walked, &inputs, (disk_cache, memory_cache), &files);
    let Some(memory_cache) = memory_cache.filter(|_| walked.cut == 0) else {
        return assemble(root, inputs, files, code, walked);
    };
    let without_code = walked.without_code();
    match listed {
        Some(listed) => memory_cache.put_listing(inputs.texts, listed, walked),
        None => {
            memory_cache.replace_listing(inputs.texts, files.iter().map(|file| file.found.clone()).collect(), walked);
        }
    }
    assemble(root, inputs, files, code, without_code)
}

/// A file of metadata or of code, in the order of all files.
enum LoadedFile {
    Metadata(ReadFile),
    Code(Box<code::ReadCode>),
}

/// Merges metadata and code, each sorted, into one sorted list.
fn merge(files: Vec<ReadFile>, code: Vec<code::ReadCode>) -> Vec<LoadedFile> {
    let mut items = Vec::with_capacity(files.len() + code.len());
    let mut code = code.into_iter().peekable();
    for file in files {
        let is_before = |it: &code::ReadCode| {
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

fn assemble(
    root: &Root,
    inputs: Inputs,
    files: Vec<ReadFile>,
    code: code::ProjectCode,
    mut walked: WalkResult,
) -> Loaded {
    let mut notices = first_notices(root, &mut walked, code.unreadable);

    let (mut sources, mut components, mut units) = (Vec::<Arc<Source>>::new(), Vec::new(), Vec::new());
    let (mut problems, mut unread) = (Vec::new(), Vec::new());
    let (mut marks, mut cut): (Vec<(FileId, Vec<Mark>)>, _) = (Vec::new(), code.cut);
    let mut lease = walked.lease.take().unwrap_or_else(|| Lease::of(&inputs.budget));
    for item in merge(files, code.files) {
        let ReadFile { found, outcome } = match item {
            LoadedFile::Metadata(file) => file,
            LoadedFile::Code(code) => {
                let code::ReadCode { source, mut unit, marks: found, lease: of_file, .. } = *code;
                lease.join(of_file);
                unit.file = FileId(sources.len() as u32);
                marks.extend((!found.is_empty()).then_some((unit.file, found)));
                problems.extend(conflict_of(&unit));
                sources.push(source);
                units.push(unit);
                continue;
            }
        };
        let parsed = match outcome {
            Ok(parsed) => parsed,
            Err(ReadError::Unreadable(reason)) => {
                notices.push(Notice::error(format!("{}: {reason}", found.path)));
                unread.push(found.kind);
                continue;
            }
            Err(ReadError::OutOfMemory) => {
                cut.push(found.path);
                continue;
            }
        };
        if matches!(parsed.content, Content::Other) {
            walked.other += 1;
            continue;
        }
        lease.join(parsed.lease);
        if let Some(text) = parsed.warning {
            notices.push(Notice::warning(format!("{}: {text}", found.path)));
        }
        let file = FileId(sources.len() as u32);
        if let Some(whole) = parsed.marks.first().filter(|mark| !mark.is_known)
            && whole.span == Span::new(0, parsed.source.text_len as usize)
        {
            // It is unknown which elements the file will have, so nothing of its kind is known to be absent.
            unread.push(found.kind);
        }
        if !parsed.marks.is_empty() {
            marks.push((file, parsed.marks));
        }
        sources.push(parsed.source);
        match parsed.content {
            Content::Other | Content::Unknown => {}
            Content::Document(document) => components.push(Component {
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
                problems.push(Problem { kind, text, place, promised: self::kind(found.kind).name, name: found.stem });
            }
        }
    }
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
        other: walked.other,
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
    let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let left_out = match (cut.first(), names_are_cut) {
        (Some(first), false) => format!("{} left out (the first is {first})", files(cut.len())),
        (Some(first), true) => {
            format!("{} left out (the first is {first}), and others whose names were not even taken", files(cut.len()))
        }
        (None, false) => return None,
        (None, true) => "names of further files not even taken".to_owned(),
    };
    Some(format!(
        "the memory that --max-memory allows ({}) is used up: {} read, {left_out}; rules that rest on \
         several files are not run",
        budget.size(),
        files(read)
    ))
}

/// The API version a project is deployed with: that of its project file, else that of the manifest at its root.
fn api_version(root: &Root) -> Option<i64> {
    let major = |text: &str| text.trim().split('.').next()?.parse().ok();
    if let Some(bytes) = root.read(PROJECT_FILE).ok()? {
        let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(&bytes);
        let json: serde_json::Value = serde_json::from_slice(bytes).ok()?;
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

/// Reads and parses one file; the error is why it could not be read.
fn read_file(
    root: &Root,
    found: &FoundFile,
    budget: &Arc<Budget>,
    disk_cache: Option<&DiskCache<'_>>,
) -> Result<ReadContent, ReadError> {
    let mut reading = Lease::of(budget);
    let mut lease = Lease::of(budget);
    if let Some((source, document)) = disk_cache.and_then(|disk_cache| disk_cache.tree(found)) {
        let elements = document.size() as u64 + document.node_count() as u64 * DERIVED;
        lease.more(NAME + elements)?;
        let source = Arc::new(source.within(budget));
        return Ok(ReadContent {
            source,
            content: Content::Document(Arc::new(document)),
            warning: None,
            marks: Vec::new(),
            lease,
        });
    }
    with_bytes(root, &found.disk, &found.path, &mut reading, |bytes| {
        let is_utf16 = bytes.starts_with(b"<\0") || bytes.starts_with(b"\0<");
        let length = bytes.len() as u64;
        // The lease comes first: a file that does not fit is not parsed. A long text that can be read again is not kept.
        lease.more(NAME)?;
        let is_in_memory = root.is_in_memory(&found.path);
        let is_kept = is_in_memory || bytes.len() <= KEEP_BYTES;
        if is_kept {
            lease.more(length)?;
        }
        // Decoding makes a second text that is up to three times as long, for a short time.
        let mut decoding = lease.beside();
        if is_utf16 || !bytes.is_ascii() {
            decoding.more(length * 3)?;
        }
        let Parsed { text, encoding, content, warning, marks } = parse(bytes, found, &root.replacements, &mut lease)?;
        if is_kept {
            lease.more(text_memory(&text).saturating_sub(length))?;
        }
        if let Content::Document(document) = &content {
            lease.more(document.node_count() as u64 * DERIVED)?;
        }
        let source = if is_in_memory {
            Source::kept(found.path.clone(), text.into_owned(), encoding)
        } else {
            Source::new(found.path.clone(), found.disk.clone(), text, encoding).within(budget)
        };
        if let (Some(disk_cache), Content::Document(document), None) = (disk_cache, &content, &warning) {
            disk_cache.put_tree(found, bytes.len(), &source, document);
        }
        Ok(ReadContent { source: Arc::new(source), content, warning, marks, lease })
    })
    .flatten()
}

/// Takes a file from the memory cache, else reads it and adds it to the cache.
fn read_or_reuse(
    root: &Root,
    found: &FoundFile,
    budget: &Arc<Budget>,
    disk_cache: Option<&DiskCache<'_>>,
    memory_cache: &MemoryCache,
) -> Result<ReadContent, ReadError> {
    if let Some(known) = memory_cache.get(&found.path) {
        return Ok(known.content(budget));
    }
    let disk = if root.is_in_memory(&found.path) { Path::new("") } else { &found.disk };
    let stamp = MemoryCache::stamp(disk);
    let shared = match SharedFile::of(read_file(root, found, budget, disk_cache)?) {
        Ok(shared) => Arc::new(shared),
        Err(read) => return Ok(*read),
    };
    let content = shared.content(budget);
    memory_cache.put(found, disk, stamp, shared);
    Ok(content)
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

/// Parses the bytes of a file. A broken file gives exactly one problem.
fn parse<'b>(
    bytes: &'b [u8],
    found: &FoundFile,
    replacements: &ReplacementPlan,
    lease: &mut Lease,
) -> Result<Parsed<'b>, BudgetExceeded> {
    let Decoded { text, encoding, flaw } = decode(bytes);
    let changed = if flaw.is_none() { replacements.markup(&found.path, &text, lease.beside())? } else { None };
    let Some(changed) = changed else {
        let (content, warning) = content(&text, flaw, found, lease)?;
        return Ok(Parsed { text, encoding, content, warning, marks: Vec::new() });
    };
    // Each replaced span becomes rows and findings.
    lease.more(changed.marks.len() as u64 * DERIVED)?;
    let (content, warning) = content(&changed.text, None, found, lease)?;
    let content = match content {
        Content::Document(document) => {
            let document = Arc::unwrap_or_clone(document);
            Content::Document(Arc::new(document.moved(|span| changed.map.span(span))))
        }
        Content::Broken(..) if changed.is_shapeless => Content::Unknown,
        Content::Broken(kind, problem, span) => Content::Broken(kind, problem, changed.map.span(span)),
        other @ (Content::Other | Content::Unknown) => other,
    };
    Ok(Parsed { text, encoding, content, warning, marks: changed.marks })
}

/// Parses a text; returns its content and a warning for the user.
fn content(
    text: &str,
    flaw: Option<(EncodingFlaw, Span)>,
    found: &FoundFile,
    lease: &mut Lease,
) -> Result<(Content, Option<String>), BudgetExceeded> {
    let broken = |kind, problem: String, span| {
        let problem = secrets::mask(&problem).into_owned();
        Ok((Content::Broken(kind, problem, span), None))
    };
    let conflicting = |span| broken(ProblemKind::MergeConflict, CONFLICT.to_owned(), span);
    let expected = kind(found.kind);
    let outcome = match flaw {
        Some((EncodingFlaw::Unknown(label), span)) => {
            let problem = format!("the encoding `{label}` is not supported");
            return broken(ProblemKind::UnsupportedEncoding, problem, span);
        }
        Some((EncodingFlaw::Malformed(name), span)) => {
            return broken(ProblemKind::UnsupportedEncoding, format!("the bytes are not {name}"), span);
        }
        _ if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) => {
            return broken(ProblemKind::EmptyFile, "the file holds nothing".to_owned(), FILE_START);
        }
        Some((EncodingFlaw::Contradiction(label), span)) => {
            let message = format!("the declared encoding `{label}` contradicts the bytes of the file");
            ParseOutcome::Malformed(sessionlint_xml::Flaw { span, message })
        }
        None => parse_within(text, keep_of(found.part, expected), lease),
    };
    let may_hold_conflict = match &outcome {
        ParseOutcome::Tree(document) => document.asides().iter().any(|span| conflict::may_be_in(&text[span.range()])),
        ParseOutcome::Malformed(_) => true,
        ParseOutcome::OutOfMemory => return Err(BudgetExceeded),
    };
    if may_hold_conflict && let Some(span) = conflict::first(text) {
        return conflicting(span);
    }
    match outcome {
        ParseOutcome::Tree(document) if shares_suffix(expected, document.name(document.root())) => {
            Ok((Content::Other, None))
        }
        ParseOutcome::Tree(document) if document.name(document.root()) != root_of(found.part, expected) => {
            let problem = format!("the root element is <{}>", document.name(document.root()));
            broken(ProblemKind::WrongRootElement, problem, document.open_tag(document.root()))
        }
        ParseOutcome::Tree(document) => {
            let warning = document.dtd_entities().is_some().then(|| {
                "declares entities in a DTD; they are never expanded, a value that uses one is taken as written"
                    .to_owned()
            });
            Ok((Content::Document(Arc::new(whole(document, found.part))), warning))
        }
        ParseOutcome::Malformed(flaw) => {
            if let Some(span) = conflict::line_that(text, |line| line == "=======") {
                return conflicting(span);
            }
            let message = secrets::without_content(&found.path, text, &flaw.message);
            broken(ProblemKind::NotWellFormed, message, flaw.span)
        }
        ParseOutcome::OutOfMemory => Err(BudgetExceeded),
    }
}

/// The root element of a file of this kind, or of this part of one.
fn root_of(part: Option<&'static Part>, kind: &'static Kind) -> &'static str {
    part.map_or(kind.name, |part| part.root)
}

/// The elements that the parser keeps. A part that is one element of the whole keeps all of them.
fn keep_of(part: Option<&'static Part>, kind: &'static Kind) -> Keep {
    if part.is_some_and(|part| part.element.is_some()) { Keep::All } else { kind.keep() }
}

/// Wraps the document of a part in the root element of the whole.
fn whole(document: Document, part: Option<&'static Part>) -> Document {
    match part.and_then(|part| Some((part.kind, part.element?))) {
        Some((root, name)) => document.inside(root, name),
        None => document,
    }
}

/// Finds a file that was read before, by its path.
pub type FindShared<'r> = dyn Fn(&str) -> Option<Arc<SharedFile>> + Sync + 'r;

/// A file of session metadata that was read once and is shared by several states of a project. Its content is the same
/// in all of them, because no deployment replaces its text.
#[derive(Clone, Debug)]
pub struct SharedFile {
    source: Arc<Source>,
    content: Content,
    warning: Option<String>,
    _lease: Arc<Lease>,
}

impl SharedFile {
    /// Parses the bytes of the file at `path` below a root. `None` if memory is used up, or the name is not one of
    /// session metadata.
    pub fn read(path: &str, bytes: &[u8], budget: &Arc<Budget>) -> Option<Self> {
        let found = FoundFile::in_memory(path)?;
        let mut lease = Lease::of(budget);
        lease.more(NAME + bytes.len() as u64).ok()?;
        let mut decoding = lease.beside();
        decoding.more(bytes.len() as u64 * 3).ok()?;
        let parsed = parse(bytes, &found, &ReplacementPlan::default(), &mut lease).ok()?;
        let source = Arc::new(Source::kept(found.path, parsed.text.into_owned(), parsed.encoding));
        Some(Self { source, content: parsed.content, warning: parsed.warning, _lease: Arc::new(lease) })
    }

    /// Shares a file, or gives it back if a deployment replaces some of its text.
    fn of(read: ReadContent) -> Result<Self, Box<ReadContent>> {
        if !read.marks.is_empty() || matches!(read.content, Content::Unknown) {
            return Err(Box::new(read));
        }
        let ReadContent { source, content, warning, lease, .. } = read;
        Ok(Self { source, content, warning, _lease: Arc::new(lease) })
    }

    /// The file without a text that was read again to show it; `None` if it holds no such text.
    fn closed(&self) -> Option<Self> {
        Some(Self { source: Arc::new(self.source.closed()?), ..self.clone() })
    }

    /// What is wrong with a broken file, and the line.
    pub fn problem(&self) -> Option<(&str, u32)> {
        match &self.content {
            Content::Broken(_, text, span) => Some((text, self.source.position(span.start).line)),
            Content::Other | Content::Document(_) | Content::Unknown => None,
        }
    }

    /// Whether both have the same elements and comments, on whatever lines. Broken files are never the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let comments = |it: &Self, document: &Document| -> Vec<String> {
            let text = it.source.text();
            document.comments().iter().map(|span| text[span.range()].to_owned()).collect()
        };
        match (&self.content, &other.content) {
            (Content::Other, Content::Other) => true,
            (Content::Document(one), Content::Document(two)) => {
                one.same_content(two)
                    && one.dtd_entities().is_some() == two.dtd_entities().is_some()
                    && comments(self, one) == comments(other, two)
            }
            _ => false,
        }
    }

    /// The bytes of the file; `None` if it is not UTF-8.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        self.source.bytes()
    }

    /// The content for one state of the project. The memory stays counted here.
    fn content(&self, budget: &Arc<Budget>) -> ReadContent {
        let Self { source, content, warning, .. } = self.clone();
        ReadContent { source, content, warning, marks: Vec::new(), lease: Lease::of(budget) }
    }
}

/// A file of a project as it was before [`revise`].
#[derive(Debug)]
pub struct PriorFile {
    file: FileId,
    source: Arc<Source>,
    document: Option<Arc<Document>>,
    marks: Vec<Mark>,
}

impl PriorFile {
    /// The file and its former source.
    pub fn into_parts(self) -> (FileId, Arc<Source>) {
        (self.file, self.source)
    }

    /// Puts the file back.
    pub fn restore(self, project: &mut Project) {
        project.sources.replace(self.file, self.source);
        project.replaced.note(self.file, self.marks);
        let component = project.components.iter_mut().find(|component| component.file == self.file);
        if let (Some(component), Some(document)) = (component, self.document) {
            component.document = document;
        }
    }
}

/// Replaces the content of a file in the project by `text`, as if it had been read; nothing is written.
///
/// The file must have been parsed, or be the twin of one that was. On error the text is not a valid file of its kind,
/// and the project is unchanged.
pub fn revise(project: &mut Project, file: FileId, text: String) -> Result<PriorFile, String> {
    let component = project.components.iter_mut().find(|it| it.file == file || it.twin == Some(file));
    let Some(component) = component else { return Err("was not understood".to_owned()) };
    let expected = kind(component.kind);
    let part = component.part;
    let plan = project.replaced.plan();
    let reading = Lease::of(&project.inputs.budget);
    let changed = plan.markup(&project.sources.get(file).path, &text, reading);
    let Ok(changed) = changed else { return Err("would take too much memory".to_owned()) };
    let body = changed.as_ref().map_or(text.as_str(), |changed| changed.text.as_str());
    let mut reading = Lease::of(&project.inputs.budget);
    let document = match parse_within(body, keep_of(part, expected), &mut reading) {
        ParseOutcome::Tree(document) if document.name(document.root()) == root_of(part, expected) => {
            let document = whole(document, part);
            match &changed {
                Some(changed) => document.moved(|span| changed.map.span(span)),
                None => document,
            }
        }
        ParseOutcome::Tree(_) => return Err("would have another root element".to_owned()),
        ParseOutcome::Malformed(flaw) => return Err(format!("would not be well-formed: {}", flaw.message)),
        ParseOutcome::OutOfMemory => return Err("would take too much memory".to_owned()),
    };
    let document = (component.file == file).then(|| std::mem::replace(&mut component.document, Arc::new(document)));
    let edited = project.sources.get(file).edited(text);
    let source = project.sources.replace(file, Arc::new(edited));
    let marks = project.replaced.note(file, changed.map(|changed| changed.marks).unwrap_or_default());
    Ok(PriorFile { file, source, document, marks })
}

/// Whether a line is a marker that opens or closes a merge conflict.
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
