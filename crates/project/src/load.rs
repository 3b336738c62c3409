//! From a root to a project: walk, read and parse, overlapped and on all threads; then everything in its order.
//!
//! May assume nothing about the files. What cannot be read is told as a [`Notice`], what cannot be understood is a
//! problem of the project; neither stops the rest. Refuses to know what a component means.

mod bytes;
mod code;
mod kept;
mod recall;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Unread, with_bytes};
use kept::Kept;
use memchr::memmem;
pub use recall::Recall;

use crate::discover::{Found, PROJECT_FILE, Root, WalkResult, compare_paths, walk};
use crate::metadata::kind::{Kind, Part, kind, shares_suffix};
use crate::metadata::{Component, DeadPattern, FILE_START, Hidden, Inputs, Problem, ProblemKind, Project};
use crate::replace::{Mark, Replaced, ReplacementPlan};
pub use crate::vfs::MAX_BYTES;
use crate::vfs::{FileTree, Missing};
use sessionlint_source::budget::{Budget, DERIVED, Lease, NAME, Spent};
use sessionlint_source::secrets;
use sessionlint_source::{
    Decoded, Encoding, EncodingFlaw, FileId, KEEP_BYTES, Place, Source, Sources, Span, decode, held_text,
};
use sessionlint_xml::{Document, Keep, ParseOutcome, parse_within};

/// Something to tell a person beside the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whether something could not be read: the run ends with exit code 3.
    pub is_error: bool,
    /// What there is to say, with its path.
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

/// A project and what happened on the way.
#[derive(Debug)]
pub struct Loaded {
    /// What was read.
    pub project: Project,
    /// What a person should know, in a fixed order.
    pub notices: Vec<Notice>,
    /// Where the project is.
    pub root: PathBuf,
}

/// What became of one file.
struct ReadFile {
    found: Found,
    outcome: Result<ReadContent, Unread>,
}

/// What is kept of a file until all are read: the text of a large one is gone by then.
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

enum Content {
    /// A type that is not read, in a file that is called like one that is.
    Other,
    Understood(Arc<Document>),
    Broken(ProblemKind, String, Span),
    /// What a deployment makes of it is not known.
    Unknown,
}

/// How many files may find no room before no more are tried: each costs time, and gives nothing.
const MAX_REFUSED: usize = 32;

/// Reads the project at `root`, as far as its budget of memory goes.
pub fn load(root: &Root, inputs: Inputs) -> Loaded {
    load_with(root, inputs, &|_| None)
}

/// The same for a root of which files were read before: `remembered` gives what they held, by their paths.
pub fn load_with(root: &Root, inputs: Inputs, remembered: &Remember<'_>) -> Loaded {
    load_from(root, inputs, remembered, None)
}

/// The same for a root that was read in this process before: only what changed since is read.
pub fn load_again(root: &Root, inputs: Inputs, recall: &Recall) -> Loaded {
    load_from(root, inputs, &|_| None, Some(recall))
}

fn load_from(root: &Root, inputs: Inputs, remembered: &Remember<'_>, recall: Option<&Recall>) -> Loaded {
    if let FileTree::Memory(memory) = &root.tree {
        memory.release();
    }
    let read = Mutex::new(Vec::new());
    let refused = AtomicUsize::new(0);
    let budget = &inputs.budget;
    let kept = Kept::open(root, inputs.cache.as_ref(), budget);
    let read_one = |found: &Found| {
        if let Some(remembered) = remembered(&found.path) {
            return Ok(remembered.content(budget));
        }
        // What was not unpacked costs no time, and says nothing about what was.
        if let FileTree::Memory(memory) = &root.tree
            && memory.bytes(&found.path) == Some(Err(Missing::NoRoom))
        {
            return Err(Unread::NoRoom);
        }
        if refused.load(Ordering::Relaxed) > MAX_REFUSED {
            return Err(Unread::NoRoom);
        }
        let outcome = match recall.filter(|_| !root.replacements.means(&found.path)) {
            Some(recall) => read_or_recall(root, found, budget, kept.as_ref(), recall),
            None => read_file(root, found, budget, kept.as_ref()),
        };
        if matches!(outcome, Err(Unread::NoRoom)) {
            refused.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    };
    let read_listed = |found: Found| {
        let outcome = read_one(&found);
        read.lock().unwrap_or_else(PoisonError::into_inner).push(ReadFile { found, outcome });
    };
    let (listed, met) = match recall.and_then(|recall| recall.take_walked(inputs.texts)) {
        Some((listed, met)) => {
            listed.iter().cloned().for_each(read_listed);
            (Some(listed), met)
        }
        None => (None, walk(root, inputs.texts, budget, read_listed)),
    };
    let mut files = read.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_by(|left, right| {
        let by_package = left.found.package.cmp(&right.found.package);
        by_package.then_with(|| compare_paths(&left.found.path, &right.found.path))
    });
    // What found no room beside what others took at the time is tried again by itself.
    refused.store(0, Ordering::Relaxed);
    for file in &mut files {
        if matches!(file.outcome, Err(Unread::NoRoom)) {
            file.outcome = read_one(&file.found);
        }
    }
    let code = code::read(root, &met, &inputs, (kept, recall), &files);
    let Some(recall) = recall.filter(|_| met.cut == 0) else { return assemble(root, inputs, files, code, met) };
    let told = met.without_code();
    match listed {
        Some(listed) => recall.keep_walked(inputs.texts, listed, met),
        None => recall.meet_walked(inputs.texts, files.iter().map(|file| file.found.clone()).collect(), met),
    }
    assemble(root, inputs, files, code, told)
}

/// A file in the order of all.
enum Item {
    Metadata(ReadFile),
    Code(Box<code::ReadCode>),
}

/// Metadata and code, each in order, in one order.
fn merge(files: Vec<ReadFile>, code: Vec<code::ReadCode>) -> Vec<Item> {
    let mut items = Vec::with_capacity(files.len() + code.len());
    let mut code = code.into_iter().peekable();
    for file in files {
        let is_before = |it: &code::ReadCode| {
            let by_package = it.package.cmp(&file.found.package);
            by_package.then_with(|| compare_paths(&it.path, &file.found.path)).is_lt()
        };
        while let Some(first) = code.next_if(is_before) {
            items.push(Item::Code(Box::new(first)));
        }
        items.push(Item::Metadata(file));
    }
    items.extend(code.map(|it| Item::Code(Box::new(it))));
    items
}

/// What a person should know before anything was made of the files.
fn first_notices(root: &Root, met: &mut WalkResult, unreadable: Vec<String>) -> Vec<Notice> {
    let mut notices: Vec<Notice> = root.warnings.iter().cloned().map(Notice::warning).collect();
    notices.extend(root.errors.iter().cloned().map(Notice::error));
    notices.extend(std::mem::take(&mut met.warnings).into_iter().map(Notice::warning));
    notices.extend(std::mem::take(&mut met.errors).into_iter().map(Notice::error));
    notices.extend(unreadable.into_iter().map(Notice::error));
    notices
}

fn assemble(root: &Root, inputs: Inputs, files: Vec<ReadFile>, code: code::AllCode, mut met: WalkResult) -> Loaded {
    let mut notices = first_notices(root, &mut met, code.unreadable);

    let (mut sources, mut components, mut units) = (Vec::<Arc<Source>>::new(), Vec::new(), Vec::new());
    let (mut problems, mut unread) = (Vec::new(), Vec::new());
    let (mut marks, mut cut): (Vec<(FileId, Vec<Mark>)>, _) = (Vec::new(), code.cut);
    let mut held = met.held.take().unwrap_or_else(|| Lease::of(&inputs.budget));
    for item in merge(files, code.files) {
        let ReadFile { found, outcome } = match item {
            Item::Metadata(file) => file,
            Item::Code(code) => {
                let code::ReadCode { source, mut unit, marks: found, lease, .. } = *code;
                held.join(lease);
                unit.file = FileId(sources.len() as u32);
                if !found.is_empty() {
                    marks.push((unit.file, found));
                }
                sources.push(source);
                units.push(unit);
                continue;
            }
        };
        let parsed = match outcome {
            Ok(parsed) => parsed,
            Err(Unread::Because(reason)) => {
                notices.push(Notice::error(format!("{}: {reason}", found.path)));
                unread.push(found.kind);
                continue;
            }
            Err(Unread::NoRoom) => {
                cut.push(found.path);
                continue;
            }
        };
        if matches!(parsed.content, Content::Other) {
            met.other += 1;
            continue;
        }
        held.join(parsed.lease);
        if let Some(text) = parsed.warning {
            notices.push(Notice::warning(format!("{}: {text}", found.path)));
        }
        let file = FileId(sources.len() as u32);
        if let Some(whole) = parsed.marks.first().filter(|mark| !mark.is_known)
            && whole.span == Span::new(0, parsed.source.text_len as usize)
        {
            // Which elements it will have is not known, so nothing of its kind is.
            unread.push(found.kind);
        }
        if !parsed.marks.is_empty() {
            marks.push((file, parsed.marks));
        }
        sources.push(parsed.source);
        match parsed.content {
            Content::Other | Content::Unknown => {}
            Content::Understood(document) => components.push(Component {
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
                problems.push(Problem { kind, text, place, promised: found.kind, name: found.stem });
            }
        }
    }
    notices.extend(code.warning.map(Notice::warning));
    let told = told_cut(cut, sources.len(), names_are_cut(root, &met), &inputs.budget);
    let is_cut = told.is_some();
    notices.extend(told.map(Notice::error));
    let before = sources.len();
    let (hidden_by, dead_patterns) = ignoring_lines(&mut met, &mut sources);
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
        held,
        hidden: met.hidden,
        hidden_by,
        dead_patterns,
        ignore_files,
        replaced,
        outside: met.outside,
        other: met.other,
        has_project_file: root.has_project_file,
        namespace: root.namespace.clone(),
        api_version: api_version(root),
        inputs,
    };
    Loaded { project, notices, root: root.path.clone() }
}

/// Where texts are replaced, by these marks of files; the project file becomes a source where it says so.
fn replaced(root: &Root, marks: Vec<(FileId, Vec<Mark>)>, sources: &mut Vec<Arc<Source>>) -> Replaced {
    let mut replaced = Replaced::new(root.replacements.clone(), project_file(root, sources));
    for (file, marks) in marks {
        replaced.note(file, marks);
    }
    replaced
}

/// The project file as a source, where it replaces text.
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

/// Whether there was no memory left even for the names of some files.
fn names_are_cut(root: &Root, met: &WalkResult) -> bool {
    met.cut > 0 || matches!(&root.tree, FileTree::Memory(memory) if memory.is_cut)
}

/// What to say where memory is used up; nothing where it is not.
fn told_cut(mut cut: Vec<String>, read: usize, names_are_cut: bool, budget: &Budget) -> Option<String> {
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
         several files are not asked",
        budget.size(),
        files(read)
    ))
}

/// The API version in which a project is deployed: that of its project file, else of the manifest at its root.
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
fn ignoring_lines(met: &mut WalkResult, sources: &mut Vec<Arc<Source>>) -> (Vec<Hidden>, Vec<DeadPattern>) {
    let (mut hidden, mut dead) = (Vec::new(), Vec::new());
    for (index, ignore) in std::mem::take(&mut met.ignore_files).into_iter().enumerate() {
        let file = FileId(sources.len() as u32);
        // Salesforce's tooling reads a byte order mark as part of the first line; people do not see it.
        let bom = if let Encoding::Utf8 { bom } = ignore.encoding { bom } else { 0 };
        let line = |span: Span| {
            let span = Span { start: span.start.saturating_sub(bom), end: span.end.saturating_sub(bom) };
            (Place { file, span }, ignore.text.get(span.range()).unwrap_or_default().to_owned())
        };
        if ignore.text.is_empty() {
            continue;
        }
        let first = (hidden.len(), dead.len());
        for (path, _, span) in met.hidden_by.iter().filter(|(_, by, _)| *by == index) {
            let (place, pattern) = line(*span);
            hidden.push(Hidden { path: path.clone(), pattern, place });
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
fn read_file(root: &Root, found: &Found, budget: &Arc<Budget>, kept: Option<&Kept<'_>>) -> Result<ReadContent, Unread> {
    let mut reading = Lease::of(budget);
    let mut lease = Lease::of(budget);
    if let Some((source, document)) = kept.and_then(|kept| kept.tree(found)) {
        let elements = document.size() as u64 + document.node_count() as u64 * DERIVED;
        lease.more(NAME + elements)?;
        let source = Arc::new(source.within(budget));
        return Ok(ReadContent {
            source,
            content: Content::Understood(Arc::new(document)),
            warning: None,
            marks: Vec::new(),
            lease,
        });
    }
    with_bytes(root, &found.disk, &found.path, &mut reading, |bytes| {
        let is_utf16 = bytes.starts_with(b"<\0") || bytes.starts_with(b"\0<");
        let length = bytes.len() as u64;
        // Nothing is made of a file that finds no room. A long text that can be read again is not held.
        lease.more(NAME)?;
        let is_in_memory = root.is_in_memory(&found.path);
        let is_kept = is_in_memory || bytes.len() <= KEEP_BYTES;
        if is_kept {
            lease.more(length)?;
        }
        // What is decoded is another text, and may be three times as long for a while.
        let mut decoding = lease.beside();
        if is_utf16 || !bytes.is_ascii() {
            decoding.more(length * 3)?;
        }
        let Parsed { text, encoding, content, warning, marks } =
            understand(bytes, found, &root.replacements, &mut lease)?;
        if is_kept {
            lease.more(held_text(&text).saturating_sub(length))?;
        }
        if let Content::Understood(document) = &content {
            lease.more(document.node_count() as u64 * DERIVED)?;
        }
        let source = if is_in_memory {
            Source::kept(found.path.clone(), text.into_owned(), encoding)
        } else {
            Source::new(found.path.clone(), found.disk.clone(), text, encoding).within(budget)
        };
        if let (Some(kept), Content::Understood(document), None) = (kept, &content, &warning) {
            kept.put_tree(found, bytes.len(), &source, document);
        }
        Ok(ReadContent { source: Arc::new(source), content, warning, marks, lease })
    })
    .flatten()
}

/// What a file held when it was read last, else what it holds now, for the next time.
fn read_or_recall(
    root: &Root,
    found: &Found,
    budget: &Arc<Budget>,
    kept: Option<&Kept<'_>>,
    recall: &Recall,
) -> Result<ReadContent, Unread> {
    if let Some(held) = recall.get(&found.path) {
        return Ok(held.content(budget));
    }
    let disk = if root.is_in_memory(&found.path) { Path::new("") } else { &found.disk };
    let stamp = Recall::stamp(disk);
    let held = match Remembered::of(read_file(root, found, budget, kept)?) {
        Ok(held) => Arc::new(held),
        Err(read) => return Ok(*read),
    };
    let content = held.content(budget);
    recall.keep(found, disk, stamp, held);
    Ok(content)
}

/// What the bytes of a file say. Exactly one problem for a broken file.
fn understand<'b>(
    bytes: &'b [u8],
    found: &Found,
    replacements: &ReplacementPlan,
    lease: &mut Lease,
) -> Result<Parsed<'b>, Spent> {
    let Decoded { text, encoding, flaw } = decode(bytes);
    let changed = if flaw.is_none() { replacements.markup(&found.path, &text, lease.beside())? } else { None };
    let Some(changed) = changed else {
        let (content, warning) = content(&text, flaw, found, lease)?;
        return Ok(Parsed { text, encoding, content, warning, marks: Vec::new() });
    };
    // Rows and findings are made of what is replaced.
    lease.more(changed.marks.len() as u64 * DERIVED)?;
    let (content, warning) = content(&changed.text, None, found, lease)?;
    let content = match content {
        Content::Understood(document) => {
            let document = Arc::unwrap_or_clone(document);
            Content::Understood(Arc::new(document.moved(|span| changed.map.span(span))))
        }
        Content::Broken(..) if changed.is_shapeless => Content::Unknown,
        Content::Broken(kind, problem, span) => Content::Broken(kind, problem, changed.map.span(span)),
        other @ (Content::Other | Content::Unknown) => other,
    };
    Ok(Parsed { text, encoding, content, warning, marks: changed.marks })
}

/// What a text says, and what a person should know of it.
fn content(
    text: &str,
    flaw: Option<(EncodingFlaw, Span)>,
    found: &Found,
    lease: &mut Lease,
) -> Result<(Content, Option<String>), Spent> {
    let broken = |kind, problem: String, span| Content::Broken(kind, problem, span);
    let done = |content, warning| Ok((content, warning));
    if let Some((EncodingFlaw::Unknown(label), span)) = &flaw {
        let problem = format!("the encoding `{label}` is not supported");
        let span = *span;
        return done(broken(ProblemKind::UnsupportedEncoding, problem, span), None);
    }
    if let Some((EncodingFlaw::Malformed(name), span)) = &flaw {
        let problem = format!("the bytes are not {name}");
        let span = *span;
        return done(broken(ProblemKind::UnsupportedEncoding, problem, span), None);
    }
    if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        let problem = "the file holds nothing".to_owned();
        return done(broken(ProblemKind::EmptyFile, problem, FILE_START), None);
    }
    let expected = kind(found.kind);
    let keep = keep_of(found.part, expected);
    let outcome = match flaw {
        Some((EncodingFlaw::Contradiction(label), span)) => {
            let message = format!("the declared encoding `{label}` contradicts the bytes of the file");
            ParseOutcome::Malformed(sessionlint_xml::Flaw { span, message })
        }
        _ => parse_within(text, keep, lease),
    };
    let may_hold_conflict = match &outcome {
        ParseOutcome::Tree(document) => document.asides().iter().any(|span| holds_marker(&text[span.range()])),
        ParseOutcome::Malformed(_) => holds_marker(text),
        ParseOutcome::TooMuch => return Err(Spent),
    };
    if may_hold_conflict && let Some(span) = line_that(text, is_marker) {
        let problem = "a merge left its conflict markers".to_owned();
        return done(broken(ProblemKind::MergeConflict, problem, span), None);
    }
    match outcome {
        ParseOutcome::Tree(document) if shares_suffix(expected, document.name(document.root())) => {
            done(Content::Other, None)
        }
        ParseOutcome::Tree(document) if document.name(document.root()) != root_of(found.part, expected) => {
            let name = document.name(document.root());
            let problem = format!("the root element is <{name}>");
            let span = document.open_tag(document.root());
            done(broken(ProblemKind::WrongRootElement, problem, span), None)
        }
        ParseOutcome::Tree(document) => {
            let warning = document.dtd_entities().is_some().then(|| {
                "declares entities in a DTD; they are never expanded, a value that uses one is taken as written"
                    .to_owned()
            });
            done(Content::Understood(Arc::new(whole(document, found.part))), warning)
        }
        ParseOutcome::Malformed(flaw) => {
            let content = if let Some(span) = line_that(text, |line| line == "=======") {
                broken(ProblemKind::MergeConflict, "a merge left its conflict markers".to_owned(), span)
            } else {
                let message = secrets::without_content(&found.path, text, &flaw.message);
                broken(ProblemKind::NotWellFormed, message, flaw.span)
            };
            done(content, None)
        }
        ParseOutcome::TooMuch => Err(Spent),
    }
}

/// The root element that a file of a kind, or of a part of one, has.
fn root_of(part: Option<&'static Part>, kind: &'static Kind) -> &'static str {
    part.map_or(kind.name, |part| part.root)
}

/// What of a file is kept; a part that is one element of the whole is kept whole.
fn keep_of(part: Option<&'static Part>, kind: &'static Kind) -> Keep {
    if part.is_some_and(|part| part.element.is_some()) { Keep::All } else { kind.keep() }
}

/// A part's document as that of the whole.
fn whole(document: Document, part: Option<&'static Part>) -> Document {
    match part.and_then(|part| Some((part.kind, part.element?))) {
        Some((root, name)) => document.inside(root, name),
        None => document,
    }
}

/// Finds what a file held that was read before, by its path.
pub type Remember<'r> = dyn Fn(&str) -> Option<Arc<Remembered>> + Sync + 'r;

/// A file of session metadata that was read once and belongs to several states of a project: what it says does not
/// depend on them, unless a deployment replaces its text.
#[derive(Debug)]
pub struct Remembered {
    source: Arc<Source>,
    content: RememberedContent,
    warning: Option<String>,
    /// What it holds.
    lease: Arc<Lease>,
}

#[derive(Debug)]
enum RememberedContent {
    Other,
    Understood(Arc<Document>),
    Broken(ProblemKind, String, Span),
}

/// There is no memory left for a file, or its name is none of session metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotRemembered;

impl Remembered {
    /// Reads the bytes of the file at `path` below a root.
    pub fn read(path: &str, bytes: &[u8], budget: &Arc<Budget>) -> Result<Self, NotRemembered> {
        let found = Found::in_memory(path).ok_or(NotRemembered)?;
        let mut lease = Lease::of(budget);
        lease.more(NAME + bytes.len() as u64).map_err(|Spent| NotRemembered)?;
        let mut decoding = lease.beside();
        decoding.more(bytes.len() as u64 * 3).map_err(|Spent| NotRemembered)?;
        let parsed =
            understand(bytes, &found, &ReplacementPlan::default(), &mut lease).map_err(|Spent| NotRemembered)?;
        let content = match parsed.content {
            Content::Other | Content::Unknown => RememberedContent::Other,
            Content::Understood(document) => RememberedContent::Understood(document),
            Content::Broken(kind, text, span) => RememberedContent::Broken(kind, text, span),
        };
        let source = Arc::new(Source::kept(found.path, parsed.text.into_owned(), parsed.encoding));
        Ok(Self { source, content, warning: parsed.warning, lease: Arc::new(lease) })
    }

    /// What was read, unless a deployment replaces some of it.
    fn of(read: ReadContent) -> Result<Self, Box<ReadContent>> {
        if !read.marks.is_empty() || matches!(read.content, Content::Unknown) {
            return Err(Box::new(read));
        }
        let ReadContent { source, content, warning, lease, .. } = read;
        let content = match content {
            Content::Other | Content::Unknown => RememberedContent::Other,
            Content::Understood(document) => RememberedContent::Understood(document),
            Content::Broken(kind, text, span) => RememberedContent::Broken(kind, text, span),
        };
        Ok(Self { source, content, warning, lease: Arc::new(lease) })
    }

    /// The same without a text that was read again to be shown; `None` where there is none.
    fn closed(&self) -> Option<Self> {
        let source = Arc::new(self.source.closed()?);
        let content = match &self.content {
            RememberedContent::Other => RememberedContent::Other,
            RememberedContent::Understood(document) => RememberedContent::Understood(Arc::clone(document)),
            RememberedContent::Broken(kind, text, span) => RememberedContent::Broken(*kind, text.clone(), *span),
        };
        Some(Self { source, content, warning: self.warning.clone(), lease: Arc::clone(&self.lease) })
    }

    /// What is wrong with the file, and the line: it was read, and not understood.
    pub fn problem(&self) -> Option<(&str, u32)> {
        match &self.content {
            RememberedContent::Broken(_, text, span) => Some((text, self.source.position(span.start).line)),
            RememberedContent::Other | RememberedContent::Understood(_) => None,
        }
    }

    /// Whether both say the same, wherever in the file: elements and comments. Broken files never do.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let comments = |it: &Self, document: &Document| -> Vec<String> {
            let text = it.source.text();
            document.comments().iter().map(|span| text[span.range()].to_owned()).collect()
        };
        match (&self.content, &other.content) {
            (RememberedContent::Other, RememberedContent::Other) => true,
            (RememberedContent::Understood(one), RememberedContent::Understood(two)) => {
                one.same_content(two)
                    && one.dtd_entities().is_some() == two.dtd_entities().is_some()
                    && comments(self, one) == comments(other, two)
            }
            _ => false,
        }
    }

    /// The bytes of the file; `None` where it is not UTF-8.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        self.source.bytes()
    }

    /// What a state gets of it.
    fn content(&self, budget: &Arc<Budget>) -> ReadContent {
        let content = match &self.content {
            RememberedContent::Other => Content::Other,
            RememberedContent::Understood(document) => Content::Understood(Arc::clone(document)),
            RememberedContent::Broken(kind, text, span) => Content::Broken(*kind, text.clone(), *span),
        };
        let (source, warning) = (Arc::clone(&self.source), self.warning.clone());
        ReadContent { source, content, warning, marks: Vec::new(), lease: Lease::of(budget) }
    }
}

/// What stood in a project before a file was revised.
#[derive(Debug)]
pub struct Former {
    file: FileId,
    source: Arc<Source>,
    document: Option<Arc<Document>>,
    marks: Vec<Mark>,
}

impl Former {
    /// The file, and what it was.
    pub fn into_parts(self) -> (FileId, Arc<Source>) {
        (self.file, self.source)
    }

    /// Puts it back.
    pub fn restore(self, project: &mut Project) {
        project.sources.replace(self.file, self.source);
        project.replaced.note(self.file, self.marks);
        let component = project.components.iter_mut().find(|component| component.file == self.file);
        if let (Some(component), Some(document)) = (component, self.document) {
            component.document = document;
        }
    }
}

/// Takes `text` for what the file holds, as if it had been read; nothing is written.
///
/// May be asked only of files that were understood, or are a twin of one. The error says why the text is no file of
/// its kind; the project is as it was then.
pub fn revise(project: &mut Project, file: FileId, text: String) -> Result<Former, String> {
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
        ParseOutcome::TooMuch => return Err("would take too much memory".to_owned()),
    };
    let document = (component.file == file).then(|| std::mem::replace(&mut component.document, Arc::new(document)));
    let edited = project.sources.get(file).edited(text);
    let source = project.sources.replace(file, Arc::new(edited));
    let marks = project.replaced.note(file, changed.map(|changed| changed.marks).unwrap_or_default());
    Ok(Former { file, source, document, marks })
}

/// Whether a line opens or closes a conflict, marked from its first column.
fn is_marker(line: &str) -> bool {
    line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")
}

fn holds_marker(text: &str) -> bool {
    [b"<<<<<<< ", b">>>>>>> "].iter().any(|marker| memmem::find(text.as_bytes(), *marker).is_some())
}

/// The first line that `is_it` accepts; lines end as everywhere, with LF, CRLF or a lone CR.
fn line_that(text: &str, is_it: impl Fn(&str) -> bool) -> Option<Span> {
    let mut start = 0;
    for line in text.split(['\n', '\r']) {
        if is_it(line) {
            return Some(Span::new(start, start + line.len()));
        }
        start += line.len() + 1;
    }
    None
}

/// Leaves one of two files that stand side by side as `X` and `X-meta.xml` and say the same on the same lines: the
/// latter, which remembers the other.
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
        if says_the_same(component, &components[other], sources) {
            twin_of.insert(index, components[other].file);
            is_folded[other] = true;
        }
    }
    let mut kept = Vec::with_capacity(components.len());
    for (index, mut component) in components.into_iter().enumerate() {
        component.twin = twin_of.remove(&index);
        if !is_folded[index] {
            kept.push(component);
        }
    }
    kept
}

fn says_the_same(left: &Component, right: &Component, sources: &Sources) -> bool {
    left.kind == right.kind
        && left.document.same_content(&right.document)
        && element_lines(left, sources).eq(element_lines(right, sources))
}

/// The line of every kept element, in document order.
fn element_lines<'c>(component: &'c Component, sources: &'c Sources) -> impl Iterator<Item = u32> + 'c {
    let source = sources.get(component.file);
    component.document.nodes().map(|node| source.line_of(component.document.open_tag(node).start).0)
}
