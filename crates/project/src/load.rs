//! Loads a project from its root: walks, reads and parses the files on all threads, then puts the results in order.
//!
//! Assumes nothing about the files. A file that cannot be read becomes a [`Notice`], a file that cannot be parsed
//! becomes a problem of the project; neither stops the rest. Refuses to know what a component means.

mod assemble;
mod bytes;
mod code;
mod disk_cache;
mod memory_cache;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use assemble::assemble;
use bytes::with_bytes;
use disk_cache::DiskCache;
pub use memory_cache::MemoryCache;

use crate::discover::{FoundFile, Root, compare_paths, walk};
use crate::metadata::kind::{Kind, Part, kind, shares_suffix};
use crate::metadata::{FILE_START, Inputs, ProblemKind, Project};
use crate::replace::{Mark, ReplacementPlan};
pub use crate::vfs::MAX_BYTES;
use crate::vfs::{FileTree, ReadError};
use sessionlint_source::budget::{Budget, BudgetExceeded, DERIVED, Lease, NAME};
use sessionlint_source::{
    Decoded, Encoding, EncodingFlaw, FileId, KEEP_BYTES, Source, Span, conflict, decode, secrets, text_memory,
};
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
    if may_hold_conflict && let Some(span) = conflict::all(text).next() {
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
            if let Some(span) = conflict::lines_that(text, |line| line == "=======").next() {
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
