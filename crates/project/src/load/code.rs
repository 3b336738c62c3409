//! Loads the relevant Apex, Visualforce and Aura files on all threads.
//!
//! Most code has nothing to do with sessions. Each file is scanned for words first; it is read if its words are
//! relevant, if it may call a method whose callers are relevant, or if a file that was read depends on it. The files
//! left out give no findings: a test compares with reading everything. Assumes nothing about the files. Refuses to know
//! what the facts mean.

mod apex;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::bytes::with_bytes;
use super::disk_cache::{CachedFacts, CachedFile, DiskCache, ScannedFile};
use super::memory_cache::{MemoryCache, ScanResult};
use super::{MAX_OUT_OF_MEMORY, ReadFile};
use crate::cache::Stamp;
use crate::discover::{FoundCodeFile, Root, WalkResult, compare_paths};
use crate::mention;
use crate::metadata::{CodeCounts, CodeReading, Inputs};
use crate::replace::Mark;
use crate::vfs::ReadError;
use sessionlint_apex::prefilter::{MethodNames, Names, TextScan, Words, outline, scan};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::budget::{Budget, DERIVED, Lease, NAME};
use sessionlint_source::{Decoded, Encoding, EncodingFlaw, Source, decode, text_memory};

/// The most files that a thread takes at a time: with halves of the whole list, one thread waits for the other at the
/// end.
const FILES_AT_ONCE: usize = 4;

/// Files of more bytes are read after the others, the largest first: at the end, one thread does not wait for the other
/// long.
const LARGE: usize = 32 << 10;

/// A file of code that was read.
pub(super) struct ReadCode {
    pub(super) path: String,
    pub(super) package: usize,
    pub(super) source: Arc<Source>,
    pub(super) unit: Unit,
    pub(super) marks: Vec<Mark>,
    /// The memory of all of it.
    pub(super) lease: Lease,
}

/// Memory of the syntax tree while a text is read, for each byte. Measured: 64 for `+a` repeated, 53 for empty methods,
/// 40 for blocks, 4 for comments.
const TREE_PER_BYTE: u64 = 72;

/// Memory of one fact and its rows, in bytes. Measured: 370 for an empty method.
const FACT: u64 = 400;

/// Additional memory of a session id or a callout. Measured: up to 2,700 for a session id that goes nowhere, 3,000 for
/// a callout that carries one.
const LARGE_FACT: u64 = 2_800;

/// The relevant code of a project.
#[derive(Default)]
pub(super) struct ProjectCode {
    /// The files that were read, in order.
    pub(super) files: Vec<ReadCode>,
    /// Errors with their paths.
    pub(super) unreadable: Vec<String>,
    /// Paths of files that did not fit in memory.
    pub(super) cut: Vec<String>,
    /// The files that were scanned.
    pub(super) looked_through: CodeCounts,
    /// A warning for the user.
    pub(super) warning: Option<String>,
}

/// The result of the first pass over a file.
enum FirstPass {
    /// The file has no relevant words.
    Irrelevant,
    /// The file has relevant words.
    Scanned(Scanned),
    /// It could not be read.
    Unreadable(String),
    /// It did not fit in memory.
    OutOfMemory(String),
}

/// A file with relevant words.
#[derive(Default)]
struct Scanned {
    seen: Arc<TextScan>,
    /// The bytes of the file; 0 if a cache knew its words.
    length: usize,
    /// The file, if it was read for its words.
    file: Option<Box<ReadCode>>,
}

/// The root and the caches, to read files with.
struct CodeLoader<'r> {
    root: &'r Root,
    budget: &'r Arc<Budget>,
    disk_cache: Option<DiskCache<'r>>,
    memory_cache: Option<&'r MemoryCache>,
}

/// Reads the relevant code of a project, with the help of both caches.
pub(super) fn read<'r>(
    root: &'r Root,
    walked: &WalkResult,
    inputs: &'r Inputs,
    (disk_cache, memory_cache): (Option<DiskCache<'r>>, Option<&'r MemoryCache>),
    files: &[ReadFile],
) -> ProjectCode {
    let mut reading = CodeLoader { root, budget: &inputs.budget, disk_cache, memory_cache };
    let reads_apex = inputs.code != CodeReading::Nothing && !walked.code.is_empty();
    let aura_apps = if inputs.reads_aura { walked.aura_apps.as_slice() } else { &[] };
    let class_names = reads_apex.then(|| apex::class_names(&walked.code));
    if let Some(names) = &class_names {
        reading.set_class_names(names);
    }
    let load_apex = || class_names.as_ref().map(|names| apex::read_apex(&reading, &walked.code, names, inputs.code));
    // Reading Apex has steps in which a thread has to wait.
    let load_others = || (reading.first_read_aura(aura_apps), reading.first_read_texts(&walked.texts));
    let (apex, (aura, texts)) = rayon::join(load_apex, load_others);
    let is_cut = apex.as_ref().is_some_and(|apex| !apex.cut.is_empty());
    let is_short = is_cut || aura.iter().any(is_out_of_memory) || texts.iter().any(|(_, file)| is_out_of_memory(file));
    let mut all;
    if is_short {
        // Which file was refused depends on what the other thread held. One kind after the other, it does not.
        drop((apex, aura, texts));
        all = load_apex().unwrap_or_default();
        add_aura(&reading, aura_apps, reading.first_read_aura(aura_apps), &mut all);
        add_texts(&reading, &walked.texts, reading.first_read_texts(&walked.texts), &mut all);
    } else {
        all = apex.unwrap_or_default();
        add_aura(&reading, aura_apps, aura, &mut all);
        add_texts(&reading, &walked.texts, texts, &mut all);
    }
    if let Some(disk_cache) = reading.disk_cache {
        let code = walked.code.iter().filter(|_| reads_apex);
        let code = code.chain(aura_apps).chain(&walked.texts).map(|found| found.path.as_str());
        let files = files.iter().map(|file| file.found.path.as_str());
        all.warning = disk_cache.save(code.chain(files), |code| match code {
            Code::AuraApp => inputs.reads_aura,
            Code::Text(kind) => inputs.texts.wants(kind),
            _ => reads_apex,
        });
    }
    all
}

/// Adds the metadata files that were read for a few words and contain one, each in its place among the other files.
fn add_texts<'f>(
    reading: &CodeLoader<'_>,
    found: &'f [FoundCodeFile],
    mut read: Vec<(&'f FoundCodeFile, Result<ReadCode, ReadError>)>,
    all: &mut ProjectCode,
) {
    all.looked_through.texts = found.len();
    let mut refused = 0;
    read.retain_mut(|(it, outcome)| {
        if !is_out_of_memory(outcome) || refused > MAX_OUT_OF_MEMORY {
            return true;
        }
        let again = reading.read_text(it);
        refused += usize::from(again.as_ref().is_some_and(is_out_of_memory));
        again.map(|again| *outcome = again).is_some()
    });
    let before = all.files.len();
    for (it, file) in read {
        match file {
            Ok(file) => all.files.push(file),
            Err(ReadError::Unreadable(reason)) => all.unreadable.push(format!("{}: {reason}", it.path)),
            Err(ReadError::OutOfMemory) => all.cut.push(it.path.clone()),
        }
    }
    if all.files.len() > before {
        sort(&mut all.files);
    }
}

fn has_facts(unit: &Unit) -> bool {
    !(unit.literals.is_empty()
        && unit.sessions.is_empty()
        && unit.versions.is_empty()
        && unit.mentions.is_empty()
        && unit.secrets.is_empty())
}

/// Sorts files into their order.
fn sort(files: &mut [ReadCode]) {
    files.sort_by(|left, right| left.package.cmp(&right.package).then_with(|| compare_paths(&left.path, &right.path)));
}

/// Adds the Aura applications with facts, each in its place among the other files.
fn add_aura(
    reading: &CodeLoader<'_>,
    found: &[FoundCodeFile],
    mut read: Vec<Result<Option<ReadCode>, ReadError>>,
    all: &mut ProjectCode,
) {
    all.looked_through.aura_apps = found.len();
    if found.is_empty() {
        return;
    }
    retry_alone(read.iter_mut().zip(found), is_out_of_memory, |it| reading.read_aura_app(it));
    for (file, it) in read.into_iter().zip(found) {
        match file {
            Ok(file) => all.files.extend(file),
            Err(ReadError::Unreadable(reason)) => all.unreadable.push(format!("{}: {reason}", it.path)),
            Err(ReadError::OutOfMemory) => all.cut.push(it.path.clone()),
        }
    }
    sort(&mut all.files);
}

/// Tries files again, one after the other, that did not fit in memory beside others: the syntax tree of a long class
/// takes much more memory than its facts.
fn retry_alone<'f, T: 'f, F: 'f>(
    all: impl Iterator<Item = (&'f mut T, F)>,
    is_out_of_memory: impl Fn(&T) -> bool,
    read: impl Fn(F) -> T,
) {
    let mut refused = 0;
    for (outcome, found) in all.filter(|(outcome, _)| is_out_of_memory(outcome)) {
        *outcome = read(found);
        refused += usize::from(is_out_of_memory(outcome));
        if refused > MAX_OUT_OF_MEMORY {
            break;
        }
    }
}

fn is_out_of_memory<T>(outcome: &Result<T, ReadError>) -> bool {
    matches!(outcome, Err(ReadError::OutOfMemory))
}

impl Scanned {
    /// The words of a file that a cache knew, and the file if it was read for them.
    fn cached(seen: Arc<TextScan>, file: Option<ReadCode>) -> FirstPass {
        FirstPass::Scanned(Self { seen, length: 0, file: file.map(Box::new) })
    }
}

impl CodeLoader<'_> {
    /// Lets the caches know the classes of the project.
    fn set_class_names(&mut self, names: &Names) {
        if let Some(disk_cache) = &mut self.disk_cache {
            disk_cache.set_class_names(names);
        }
        if let Some(memory_cache) = self.memory_cache {
            memory_cache.set_class_names(names);
        }
    }

    /// Reads Aura applications, as far as memory allows beside other files; `None` for one without facts.
    fn first_read_aura(&self, found: &[FoundCodeFile]) -> Vec<Result<Option<ReadCode>, ReadError>> {
        found.par_iter().with_max_len(FILES_AT_ONCE).map(|it| self.read_aura_app(it)).collect()
    }

    fn read_aura_app(&self, found: &FoundCodeFile) -> Result<Option<ReadCode>, ReadError> {
        self.whole(found, |_| true, |file| file.unit.lightning_out.is_some())
    }

    /// Reads metadata files for a few words, as far as memory allows beside other files. Most files have none, and a
    /// list of all results would be mostly empty.
    fn first_read_texts<'f>(
        &self,
        found: &'f [FoundCodeFile],
    ) -> Vec<(&'f FoundCodeFile, Result<ReadCode, ReadError>)> {
        let read = |it: &'f FoundCodeFile| Some((it, self.read_text(it)?));
        found.par_iter().with_max_len(FILES_AT_ONCE).filter_map(read).collect()
    }

    /// Reads a metadata file for a few words; `None` if it contains none of them.
    fn read_text(&self, found: &FoundCodeFile) -> Option<Result<ReadCode, ReadError>> {
        let Code::Text(kind) = found.code else { return None };
        let may_have_facts = |bytes: &[u8]| {
            // In UTF-16 the words are not found as bytes. Such files are rare, and are read.
            let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
            is_utf16 || mention::may_have_facts(kind, bytes)
        };
        self.whole(found, may_have_facts, |file| has_facts(&file.unit)).transpose()
    }

    /// The first pass over a file of Apex or Visualforce.
    fn scan(&self, found: &FoundCodeFile, names: &Names, reads_all: bool) -> FirstPass {
        let outcome = if found.code.is_markup() {
            let read = self.whole(found, |_| true, |file| has_facts(&file.unit));
            read.map(|file| match file {
                Some(file) => FirstPass::Scanned(Scanned { file: Some(Box::new(file)), ..Scanned::default() }),
                None => FirstPass::Irrelevant,
            })
        } else {
            self.scan_apex(found, names, reads_all)
        };
        outcome.unwrap_or_else(|reason| match reason {
            ReadError::Unreadable(reason) => FirstPass::Unreadable(format!("{}: {reason}", found.path)),
            ReadError::OutOfMemory => FirstPass::OutOfMemory(found.path.clone()),
        })
    }

    fn scan_apex(&self, found: &FoundCodeFile, names: &Names, reads_all: bool) -> Result<FirstPass, ReadError> {
        let matters = |seen: &TextScan| reads_all || seen.words.matter();
        let Some(memory_cache) = self.memory_cache_of(found) else { return self.scan_file(found, names, matters) };
        match memory_cache.scan_result(&found.path) {
            Some(ScanResult::Nothing) => return Ok(FirstPass::Irrelevant),
            Some(ScanResult::Words(seen)) if !matters(&seen) => return Ok(Scanned::cached(seen, None)),
            Some(ScanResult::Words(seen)) => {
                if let Some(file) = self.memory_cached(found) {
                    return Ok(Scanned::cached(seen, Some(file?)));
                }
            }
            Some(ScanResult::FactsOnly) | None => {}
        }
        let (disk, stamp) = self.stamp(found);
        let pass = self.scan_file(found, names, matters)?;
        match &pass {
            FirstPass::Irrelevant => memory_cache.put_scan_result(&found.path, disk, stamp, ScanResult::Nothing),
            FirstPass::Scanned(Scanned { seen, .. }) => {
                memory_cache.put_scan_result(&found.path, disk, stamp, ScanResult::Words(Arc::clone(seen)));
            }
            FirstPass::Unreadable(_) | FirstPass::OutOfMemory(_) => {}
        }
        Ok(pass)
    }

    /// Scans a file that is not in the memory cache.
    fn scan_file(
        &self,
        found: &FoundCodeFile,
        names: &Names,
        matters: impl Fn(&TextScan) -> bool,
    ) -> Result<FirstPass, ReadError> {
        let cached = self.cached(found);
        match cached.as_ref().and_then(|(disk_cache, cached)| disk_cache.scan_result(cached, names)) {
            Some(ScanResult::Nothing) => return Ok(FirstPass::Irrelevant),
            Some(ScanResult::Words(seen)) if !matters(&seen) => return Ok(Scanned::cached(seen, None)),
            Some(ScanResult::Words(seen)) => {
                if let Some(file) = self.disk_cached(found, cached.as_ref(), None) {
                    return Ok(Scanned::cached(seen, Some(file?)));
                }
            }
            Some(ScanResult::FactsOnly) | None => {}
        }
        let mut lease = Lease::of(self.budget);
        let outcome = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            let seen = scan(bytes, names);
            let file = match &seen {
                Some(seen) if bytes.len() <= LARGE && matters(seen) => {
                    Some(self.of_bytes(found, bytes, Some(seen.words), cached.as_ref())?)
                }
                _ => None,
            };
            let scan_result = seen.map_or(ScanResult::Nothing, |seen| ScanResult::Words(Arc::new(seen)));
            keep(found, cached.as_ref(), bytes, Some((&scan_result, names)), file.as_ref());
            Ok(match scan_result {
                ScanResult::Words(seen) => {
                    FirstPass::Scanned(Scanned { seen, length: bytes.len(), file: file.map(Box::new) })
                }
                ScanResult::Nothing | ScanResult::FactsOnly => FirstPass::Irrelevant,
            })
        });
        outcome.flatten()
    }

    /// The memory cache, if the file can be cached: its content comes from its own bytes alone.
    fn memory_cache_of(&self, found: &FoundCodeFile) -> Option<&MemoryCache> {
        self.memory_cache.filter(|_| !self.root.replacements.applies_to(&found.path))
    }

    /// The path of a file on disk, and its stamp before it is read.
    fn stamp<'f>(&self, found: &'f FoundCodeFile) -> (&'f Path, Option<Stamp>) {
        let disk = if self.root.is_in_memory(&found.path) { Path::new("") } else { &found.disk };
        (disk, MemoryCache::stamp(disk))
    }

    /// The facts of a file from the memory cache.
    fn memory_cached(&self, found: &FoundCodeFile) -> Option<Result<ReadCode, ReadError>> {
        let (source, unit) = self.memory_cache_of(found)?.facts(&found.path, found.code)?;
        let mut lease = Lease::of(self.budget);
        let reserved = lease.more(memory_of(&unit));
        let (path, package, marks) = (found.path.clone(), found.package, Vec::new());
        Some(reserved.map_err(ReadError::from).map(|()| ReadCode { path, package, source, unit, marks, lease }))
    }

    /// Reads a file as a whole. `may_have_facts` checks its bytes first; a file without facts is dropped.
    fn whole(
        &self,
        found: &FoundCodeFile,
        may_have_facts: impl Fn(&[u8]) -> bool,
        has_facts: impl Fn(&ReadCode) -> bool,
    ) -> Result<Option<ReadCode>, ReadError> {
        let Some(memory_cache) = self.memory_cache_of(found) else {
            return self.whole_file(found, may_have_facts, has_facts);
        };
        match memory_cache.scan_result(&found.path) {
            Some(ScanResult::Nothing) => return Ok(None),
            Some(ScanResult::FactsOnly) => {
                if let Some(file) = self.memory_cached(found) {
                    return file.map(Some);
                }
            }
            Some(ScanResult::Words(_)) | None => {}
        }
        let (disk, stamp) = self.stamp(found);
        let file = self.whole_file(found, may_have_facts, has_facts)?;
        let scan = if file.is_some() { ScanResult::FactsOnly } else { ScanResult::Nothing };
        memory_cache.put_scan_result(&found.path, disk, stamp, scan);
        Ok(file)
    }

    /// Reads a whole file that is not in the memory cache.
    fn whole_file(
        &self,
        found: &FoundCodeFile,
        may_have_facts: impl Fn(&[u8]) -> bool,
        has_facts: impl Fn(&ReadCode) -> bool,
    ) -> Result<Option<ReadCode>, ReadError> {
        let cached = self.cached(found);
        let names = Names::default();
        match cached.as_ref().and_then(|(disk_cache, cached)| disk_cache.scan_result(cached, &names)) {
            Some(ScanResult::Nothing) => return Ok(None),
            Some(ScanResult::FactsOnly) => {
                if let Some(file) = self.disk_cached(found, cached.as_ref(), None) {
                    return file.map(Some);
                }
            }
            Some(ScanResult::Words(_)) | None => {}
        }
        let mut lease = Lease::of(self.budget);
        let read = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            let file =
                if may_have_facts(bytes) { Some(self.of_bytes(found, bytes, None, cached.as_ref())?) } else { None };
            let file = file.filter(&has_facts);
            let scan_result = if file.is_some() { ScanResult::FactsOnly } else { ScanResult::Nothing };
            keep(found, cached.as_ref(), bytes, Some((&scan_result, &names)), file.as_ref());
            Ok(file)
        });
        read.flatten()
    }

    /// Reads one file if it may call a method with one of some names; `words` are those from its scan.
    fn read_one(
        &self,
        found: &FoundCodeFile,
        words: Option<Words>,
        names: Option<&MethodNames>,
    ) -> Result<Option<ReadCode>, ReadError> {
        if let Some(file) = self.memory_cached(found) {
            return file.map(Some);
        }
        let cached = self.cached(found);
        if let Some(file) = self.disk_cached(found, cached.as_ref(), None) {
            return file.map(Some);
        }
        if names.is_some_and(|names| self.is_known_without(found, cached.as_ref(), names)) {
            return Ok(None);
        }
        let mut lease = Lease::of(self.budget);
        let read = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            if names.is_some_and(|names| !names.may_be_called(bytes)) {
                if let Some(memory_cache) = self.memory_cache_of(found) {
                    memory_cache.put_outline(&found.path, outline(bytes));
                }
                return Ok(None);
            }
            let file = self.of_bytes(found, bytes, words, cached.as_ref())?;
            keep(found, cached.as_ref(), bytes, None, Some(&file));
            Ok(Some(file))
        });
        read.flatten()
    }

    /// Whether a cache knows that a file calls nothing by these names.
    fn is_known_without(
        &self,
        found: &FoundCodeFile,
        cached: Option<&(&DiskCache<'_>, CachedFile<'_>)>,
        names: &MethodNames,
    ) -> bool {
        let in_memory =
            self.memory_cache_of(found).and_then(|memory_cache| memory_cache.may_use(&found.path, names.outlined()));
        let on_disk = || cached.is_some_and(|(disk_cache, cached)| !disk_cache.may_use(cached, names.outlined()));
        in_memory.map_or_else(on_disk, |may_use| !may_use)
    }

    /// Looks up a file in the disk cache.
    fn cached(&self, found: &FoundCodeFile) -> Option<(&DiskCache<'_>, CachedFile<'_>)> {
        let disk_cache = self.disk_cache.as_ref()?;
        Some((disk_cache, disk_cache.lookup(found)?))
    }

    /// The facts of a file from the disk cache, if it is unchanged or has these bytes.
    fn disk_cached(
        &self,
        found: &FoundCodeFile,
        cached: Option<&(&DiskCache<'_>, CachedFile<'_>)>,
        bytes: Option<&[u8]>,
    ) -> Option<Result<ReadCode, ReadError>> {
        let (disk_cache, cached) = cached?;
        let facts = disk_cache.facts(cached, bytes)?;
        Some(ReadCode::disk_cached(found, facts, self.budget))
    }

    fn of_bytes(
        &self,
        found: &FoundCodeFile,
        bytes: &[u8],
        words: Option<Words>,
        cached: Option<&(&DiskCache<'_>, CachedFile<'_>)>,
    ) -> Result<ReadCode, ReadError> {
        let file = self.memory_cached(found).or_else(|| self.disk_cached(found, cached, Some(bytes)));
        file.unwrap_or_else(|| ReadCode::of(self.root, found, bytes, words, self.budget))
    }
}

/// Stores the result for a file in the disk cache.
fn keep(
    found: &FoundCodeFile,
    cached: Option<&(&DiskCache<'_>, CachedFile<'_>)>,
    bytes: &[u8],
    seen: Option<(&ScanResult, &Names)>,
    file: Option<&ReadCode>,
) {
    let Some((disk_cache, cached)) = cached else { return };
    let facts = file.filter(|file| file.marks.is_empty());
    let facts = facts.map(|file| (&file.unit, file.source.text_len, file.source.encoding));
    disk_cache.put(found, cached, &ScannedFile { bytes, seen, facts });
}

impl ReadCode {
    /// Reads the facts of a file; `words` are those from its scan.
    fn of(
        root: &Root,
        found: &FoundCodeFile,
        bytes: &[u8],
        words: Option<Words>,
        budget: &Arc<Budget>,
    ) -> Result<Self, ReadError> {
        let (mut lease, length) = (Lease::of(budget), bytes.len() as u64);
        // A decoded text has at most three bytes for each byte.
        lease.more(NAME)?;
        let mut reading = lease.beside();
        reading.more(length * (TREE_PER_BYTE + 3))?;
        let (text, encoding, is_lossy) = text_of(bytes);
        let changed = root.replacements.code(&found.path, &text, lease.beside())?;
        let now = changed.as_ref().map_or(&*text, |changed| &*changed.text);
        let unit = match found.code {
            Code::Text(kind) => mention::read(kind, &found.stem, object_of(&found.path), now),
            // A replaced or decoded text has other words than the bytes.
            code => match words.filter(|_| changed.is_none() && matches!(encoding, Encoding::Utf8 { .. })) {
                Some(words) => Unit::read_scanned(code, &found.stem, now, words),
                None => Unit::read(code, &found.stem, now),
            },
        };
        let (facts, large_facts) = unit.extent();
        lease.more(facts as u64 * FACT + large_facts as u64 * LARGE_FACT)?;
        lease.more(changed.as_ref().map_or(0, |changed| changed.marks.len()) as u64 * DERIVED)?;
        let marks = changed.map(|changed| changed.marks).unwrap_or_default();
        let source = if is_lossy || root.is_in_memory(&found.path) {
            lease.more(text_memory(&text))?;
            Source::kept(found.path.clone(), text.into_owned(), encoding)
        } else {
            // Most files are read for their calls only, and never shown.
            Source::dropped(found.path.clone(), found.disk.clone(), &text, encoding).within(budget)
        };
        let source = Arc::new(source);
        Ok(Self { path: found.path.clone(), package: found.package, source, unit, marks, lease })
    }

    /// A file with its cached facts, without its text.
    fn disk_cached(found: &FoundCodeFile, facts: CachedFacts, budget: &Arc<Budget>) -> Result<Self, ReadError> {
        let CachedFacts { unit, text_len, encoding, digest } = facts;
        let mut lease = Lease::of(budget);
        lease.more(memory_of(&unit))?;
        let source = Source::unread(found.path.clone(), found.disk.clone(), text_len, encoding, digest);
        let source = Arc::new(source.within(budget));
        Ok(Self { path: found.path.clone(), package: found.package, source, unit, marks: Vec::new(), lease })
    }
}

/// The memory of the facts of a file, in bytes.
fn memory_of(unit: &Unit) -> u64 {
    let (facts, large_facts) = unit.extent();
    NAME + facts as u64 * FACT + large_facts as u64 * LARGE_FACT
}

/// The object whose folder contains a file: `objects/X/webLinks/Y.webLink-meta.xml`.
fn object_of(path: &str) -> Option<&str> {
    let mut folders = path.rsplit('/').skip(2);
    let object = folders.next()?;
    folders.next().filter(|folder| folder.eq_ignore_ascii_case("objects")).map(|_| object)
}

/// The text of a file of code. A file that is not UTF-8 is decoded as Windows-1252, as old tools wrote it; the third
/// value is whether the text cannot be read again from the bytes.
fn text_of(bytes: &[u8]) -> (Cow<'_, str>, Encoding, bool) {
    let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    if !is_utf8 && !is_utf16 {
        let encoding = encoding_rs::WINDOWS_1252;
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return (text, Encoding::Other(encoding), true);
    }
    let Decoded { text, encoding, flaw } = decode(bytes);
    (text, encoding, matches!(flaw, Some((EncodingFlaw::Malformed(_), _))))
}
