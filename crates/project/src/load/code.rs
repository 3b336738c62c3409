//! Apex, Visualforce and Aura applications: which files are read, and reading them on all threads.
//!
//! Most code says nothing about sessions. A file is looked through for words first; read are those whose words matter,
//! those that mention one whose callers matter, and those that what was read turns out to need. What is left out gives
//! no finding, and a test reads everything and compares. May assume nothing of the files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::bytes::{Unread, with_bytes};
use super::kept::{Facts, Glance, Kept, Known, Looked};
use super::recall::{Look, Recall};
use super::{MAX_REFUSED, ReadFile};
use crate::cache::Stamp;
use crate::discover::{FoundCode, Root, WalkResult, compare_paths};
use crate::mention;
use crate::metadata::{CodeRead, CodeReading, Inputs};
use crate::replace::Mark;
use sessionlint_apex::graph::wanted;
use sessionlint_apex::prefilter::{Names, Seen, Words, scan};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::budget::{Budget, DERIVED, Lease, NAME};
use sessionlint_source::{Decoded, Encoding, EncodingFlaw, Source, decode, held_text};

/// How often callers of callers are looked for. Findings speak of three calls at most.
const LEVELS: usize = 3;

/// Rounds in which the files read so far require more; each makes a path at least one call longer.
const ROUNDS: usize = 16;

/// A file of code that was read.
pub(super) struct ReadCode {
    pub(super) path: String,
    pub(super) package: usize,
    pub(super) source: Arc<Source>,
    pub(super) unit: Unit,
    pub(super) marks: Vec<Mark>,
    /// What all of it holds.
    pub(super) lease: Lease,
}

/// What the tree over a text of code takes while it is read, for each byte. Measured: 64 for `+a` again and again, 53 for
/// empty methods, 40 for blocks, 4 for comments.
const TREE_PER_BYTE: u64 = 72;

/// What a thing that code says takes, with the rows that are made of it, in bytes. Measured: 370 for an empty method.
const THING: u64 = 400;

/// What a session id or a callout takes beside. Measured: up to 2,700 for a session id that goes nowhere, 3,000 for a
/// callout that carries one.
const MUCH: u64 = 2_800;

/// The code of a project, as far as it matters.
#[derive(Default)]
pub(super) struct AllCode {
    /// What was read, in order.
    pub(super) files: Vec<ReadCode>,
    /// What could not be read, with its path.
    pub(super) unreadable: Vec<String>,
    /// Paths of files for which there was no memory left.
    pub(super) cut: Vec<String>,
    /// What was looked through.
    pub(super) looked_through: CodeRead,
    /// What a person should know.
    pub(super) warning: Option<String>,
}

/// What a first look gave.
enum FirstPass {
    /// Nothing that matters.
    Passed,
    /// What was seen, and the file where its own words matter.
    Seen(Arc<Seen>, Option<Box<ReadCode>>),
    /// It could not be read.
    Unreadable(String),
    /// There was no memory left for it.
    NoRoom(String),
}

/// Where files are, and what reading them needs.
struct Reading<'r> {
    root: &'r Root,
    budget: &'r Arc<Budget>,
    kept: Option<Kept<'r>>,
    recall: Option<&'r Recall>,
}

/// Reads the needed code of a project, with the help of the cache and of what this process read before.
pub(super) fn read<'r>(
    root: &'r Root,
    met: &WalkResult,
    inputs: &'r Inputs,
    (kept, recall): (Option<Kept<'r>>, Option<&'r Recall>),
    files: &[ReadFile],
) -> AllCode {
    let mut reading = Reading { root, budget: &inputs.budget, kept, recall };
    let reads_apex = inputs.code != CodeReading::Nothing && !met.code.is_empty();
    let mut all = if reads_apex { read_apex(&mut reading, &met.code, inputs.code) } else { AllCode::default() };
    if inputs.reads_aura && !met.aura_apps.is_empty() {
        read_aura(&reading, &met.aura_apps, &mut all);
    }
    if !met.texts.is_empty() {
        read_texts(&reading, &met.texts, &mut all);
    }
    if let Some(kept) = reading.kept {
        let code = met.code.iter().filter(|_| reads_apex);
        let aura = met.aura_apps.iter().filter(|_| inputs.reads_aura);
        let code = code.chain(aura).chain(&met.texts).map(|found| found.path.as_str());
        let files = files.iter().map(|file| file.found.path.as_str());
        all.warning = kept.save(code.chain(files), |code| match code {
            Code::AuraApp => inputs.reads_aura,
            Code::Text(kind) => inputs.texts.wants(kind),
            _ => reads_apex,
        });
    }
    all
}

/// Adds the metadata that says one of the words for which it is read, each in its place among the other files.
fn read_texts(reading: &Reading<'_>, found: &[FoundCode], all: &mut AllCode) {
    let look = |it: &FoundCode| {
        let Code::Text(kind) = it.code else { return None };
        let may_say = |bytes: &[u8]| {
            // UTF-16 parts the letters of a word; next to nothing is written in it.
            let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
            is_utf16 || mention::may_say(kind, bytes)
        };
        match reading.whole(it, may_say, |file| says_something(&file.unit)) {
            Ok(file) => file.map(Ok),
            Err(reason) => Some(Err(reason)),
        }
    };
    all.looked_through.texts = found.len();
    let mut read: Vec<Result<ReadCode, (Unread, &FoundCode)>> =
        found.par_iter().filter_map(|it| Some(look(it)?.map_err(|reason| (reason, it)))).collect();
    // Most are passed, so that a list of all would hold next to nothing.
    let mut refused = 0;
    read.retain_mut(|outcome| {
        let Err((Unread::NoRoom, it)) = outcome else { return true };
        if refused > MAX_REFUSED {
            return true;
        }
        let it = *it;
        let again = look(it);
        refused += usize::from(matches!(again, Some(Err(Unread::NoRoom))));
        again.map(|again| *outcome = again.map_err(|reason| (reason, it))).is_some()
    });
    let before = all.files.len();
    for file in read {
        match file {
            Ok(file) => all.files.push(file),
            Err((Unread::Because(reason), it)) => all.unreadable.push(format!("{}: {reason}", it.path)),
            Err((Unread::NoRoom, it)) => all.cut.push(it.path.clone()),
        }
    }
    if all.files.len() > before {
        sort(&mut all.files);
    }
}

fn says_something(unit: &Unit) -> bool {
    let has_literal = !unit.literals.is_empty();
    has_literal
        || !(unit.sessions.is_empty()
            && unit.versions.is_empty()
            && unit.mentions.is_empty()
            && unit.secrets.is_empty())
}

/// Puts files in their order.
fn sort(files: &mut [ReadCode]) {
    files.sort_by(|left, right| left.package.cmp(&right.package).then_with(|| compare_paths(&left.path, &right.path)));
}

/// Adds the Aura applications that say something, each in its place among the other files.
fn read_aura(reading: &Reading<'_>, found: &[FoundCode], all: &mut AllCode) {
    all.looked_through.aura_apps = found.len();
    let look = |it: &FoundCode| reading.whole(it, |_| true, |file| file.unit.lightning_out.is_some());
    let mut read: Vec<Result<Option<ReadCode>, Unread>> = found.par_iter().map(look).collect();
    again_alone(read.iter_mut().zip(found), is_refused, look);
    for (file, it) in read.into_iter().zip(found) {
        match file {
            Ok(file) => all.files.extend(file),
            Err(Unread::Because(reason)) => all.unreadable.push(format!("{}: {reason}", it.path)),
            Err(Unread::NoRoom) => all.cut.push(it.path.clone()),
        }
    }
    sort(&mut all.files);
}

fn read_apex(reading: &mut Reading<'_>, found: &[FoundCode], how: CodeReading) -> AllCode {
    let reads_all = how == CodeReading::Everything;
    let names = Names::new(found.iter().map(|it| if it.code == Code::Class { it.stem.as_str() } else { "" }));
    if let Some(kept) = &mut reading.kept {
        kept.meet(&names);
    }
    if let Some(recall) = reading.recall {
        recall.meet(&names);
    }
    let reading = &*reading;
    let look = |it: &FoundCode| reading.look(it, &names, reads_all);
    let mut looks: Vec<FirstPass> = found.par_iter().map(look).collect();
    again_alone(looks.iter_mut().zip(found), |look| matches!(look, FirstPass::NoRoom(_)), look);
    let mut reader =
        Reader { reading, found, names, seen: Vec::new(), files: Vec::new(), unreadable: Vec::new(), cut: Vec::new() };
    for look in looks {
        let (seen, file) = match look {
            FirstPass::Passed => (None, None),
            FirstPass::Seen(seen, file) => (Some(seen), file),
            FirstPass::Unreadable(reason) => {
                reader.unreadable.push(reason);
                (None, None)
            }
            FirstPass::NoRoom(path) => {
                reader.cut.push(path);
                (None, None)
            }
        };
        reader.seen.push(seen);
        reader.files.push(file.map(|file| *file));
    }
    if !reads_all {
        let callers = reader.callers();
        reader.more(callers);
        reader.needed();
    }
    let looked_through = CodeRead::of(found.iter().map(|it| it.code));
    let Reader { files, unreadable, cut, .. } = reader;
    AllCode { files: files.into_iter().flatten().collect(), unreadable, cut, looked_through, warning: None }
}

/// Tries again, one after the other, what found no room beside what others took at the time: the tree over a long class
/// takes much more than what is kept of it.
fn again_alone<'f, T: 'f, F: 'f>(
    all: impl Iterator<Item = (&'f mut T, F)>,
    is_refused: impl Fn(&T) -> bool,
    read: impl Fn(F) -> T,
) {
    let mut refused = 0;
    for (outcome, found) in all.filter(|(outcome, _)| is_refused(outcome)) {
        *outcome = read(found);
        refused += usize::from(is_refused(outcome));
        if refused > MAX_REFUSED {
            break;
        }
    }
}

fn is_refused<T>(outcome: &Result<T, Unread>) -> bool {
    matches!(outcome, Err(Unread::NoRoom))
}

impl Reading<'_> {
    /// The first look at a file of Apex or Visualforce.
    fn look(&self, found: &FoundCode, names: &Names, reads_all: bool) -> FirstPass {
        let looked = if found.code.is_markup() {
            let read = self.whole(found, |_| true, |file| says_something(&file.unit));
            read.map(|file| {
                file.map_or(FirstPass::Passed, |file| FirstPass::Seen(Arc::default(), Some(Box::new(file))))
            })
        } else {
            self.look_at_apex(found, names, reads_all)
        };
        looked.unwrap_or_else(|reason| match reason {
            Unread::Because(reason) => FirstPass::Unreadable(format!("{}: {reason}", found.path)),
            Unread::NoRoom => FirstPass::NoRoom(found.path.clone()),
        })
    }

    fn look_at_apex(&self, found: &FoundCode, names: &Names, reads_all: bool) -> Result<FirstPass, Unread> {
        let matters = |seen: &Seen| reads_all || seen.words.matter();
        let Some(recall) = self.recall_of(found) else { return self.look_at_file(found, names, matters) };
        match recall.look(&found.path) {
            Some(Look::Nothing) => return Ok(FirstPass::Passed),
            Some(Look::Seen(seen)) if !matters(&seen) => return Ok(FirstPass::Seen(seen, None)),
            Some(Look::Seen(seen)) => {
                if let Some(file) = self.recalled(found) {
                    return Ok(FirstPass::Seen(seen, Some(Box::new(file?))));
                }
            }
            Some(Look::Facts) | None => {}
        }
        let (disk, stamp) = self.stamp(found);
        let pass = self.look_at_file(found, names, matters)?;
        match &pass {
            FirstPass::Passed => recall.keep_look(&found.path, disk, stamp, Look::Nothing),
            FirstPass::Seen(seen, _) => {
                recall.keep_look(&found.path, disk, stamp, Look::Seen(Arc::clone(seen)));
            }
            FirstPass::Unreadable(_) | FirstPass::NoRoom(_) => {}
        }
        Ok(pass)
    }

    /// The same for what this process did not look at yet.
    fn look_at_file(
        &self,
        found: &FoundCode,
        names: &Names,
        matters: impl Fn(&Seen) -> bool,
    ) -> Result<FirstPass, Unread> {
        let known = self.known(found);
        match known.as_ref().and_then(|(kept, known)| kept.glance(known, names)) {
            Some(Glance::Nothing) => return Ok(FirstPass::Passed),
            Some(Glance::Seen(seen)) if !matters(&seen) => return Ok(FirstPass::Seen(Arc::new(seen), None)),
            Some(Glance::Seen(seen)) => {
                if let Some(file) = self.remembered(found, known.as_ref(), None) {
                    return Ok(FirstPass::Seen(Arc::new(seen), Some(Box::new(file?))));
                }
            }
            Some(Glance::Facts) | None => {}
        }
        let mut lease = Lease::of(self.budget);
        let looked = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            let seen = scan(bytes, names);
            let file = match &seen {
                Some(seen) if matters(seen) => Some(self.of_bytes(found, bytes, Some(seen.words), known.as_ref())?),
                _ => None,
            };
            let glance = seen.map_or(Glance::Nothing, Glance::Seen);
            keep(found, known.as_ref(), bytes, Some((&glance, names)), file.as_ref());
            Ok(match glance {
                Glance::Seen(seen) => FirstPass::Seen(Arc::new(seen), file.map(Box::new)),
                Glance::Nothing | Glance::Facts => FirstPass::Passed,
            })
        });
        looked.flatten()
    }

    /// What this process read before, where what is made of the file is made of its own bytes.
    fn recall_of(&self, found: &FoundCode) -> Option<&Recall> {
        self.recall.filter(|_| !self.root.replacements.means(&found.path))
    }

    /// Where a file is on disk, and its stamp, before it is read.
    fn stamp<'f>(&self, found: &'f FoundCode) -> (&'f Path, Option<Stamp>) {
        let disk = if self.root.is_in_memory(&found.path) { Path::new("") } else { &found.disk };
        (disk, Recall::stamp(disk))
    }

    /// A file whose facts this process has.
    fn recalled(&self, found: &FoundCode) -> Option<Result<ReadCode, Unread>> {
        let (source, unit) = self.recall_of(found)?.facts(&found.path, found.code)?;
        let mut lease = Lease::of(self.budget);
        let held = lease.more(room_of(&unit));
        let (path, package, marks) = (found.path.clone(), found.package, Vec::new());
        Some(held.map_err(Unread::from).map(|()| ReadCode { path, package, source, unit, marks, lease }))
    }

    /// Reads a file that says something by itself or nothing: `may_say` looks at its bytes, `says` at its facts.
    fn whole(
        &self,
        found: &FoundCode,
        may_say: impl Fn(&[u8]) -> bool,
        says: impl Fn(&ReadCode) -> bool,
    ) -> Result<Option<ReadCode>, Unread> {
        let Some(recall) = self.recall_of(found) else { return self.whole_file(found, may_say, says) };
        match recall.look(&found.path) {
            Some(Look::Nothing) => return Ok(None),
            Some(Look::Facts) => {
                if let Some(file) = self.recalled(found) {
                    return file.map(Some);
                }
            }
            Some(Look::Seen(_)) | None => {}
        }
        let (disk, stamp) = self.stamp(found);
        let file = self.whole_file(found, may_say, says)?;
        let look = if file.is_some() { Look::Facts } else { Look::Nothing };
        recall.keep_look(&found.path, disk, stamp, look);
        Ok(file)
    }

    /// The same for what this process did not look at yet.
    fn whole_file(
        &self,
        found: &FoundCode,
        may_say: impl Fn(&[u8]) -> bool,
        says: impl Fn(&ReadCode) -> bool,
    ) -> Result<Option<ReadCode>, Unread> {
        let known = self.known(found);
        let names = Names::default();
        match known.as_ref().and_then(|(kept, known)| kept.glance(known, &names)) {
            Some(Glance::Nothing) => return Ok(None),
            Some(Glance::Facts) => {
                if let Some(file) = self.remembered(found, known.as_ref(), None) {
                    return file.map(Some);
                }
            }
            Some(Glance::Seen(_)) | None => {}
        }
        let mut lease = Lease::of(self.budget);
        let read = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            let file = if may_say(bytes) { Some(self.of_bytes(found, bytes, None, known.as_ref())?) } else { None };
            let file = file.filter(&says);
            let glance = if file.is_some() { Glance::Facts } else { Glance::Nothing };
            keep(found, known.as_ref(), bytes, Some((&glance, &names)), file.as_ref());
            Ok(file)
        });
        read.flatten()
    }

    /// Reads one file, whatever its words are; `words` are those that were seen in it.
    fn read_one(&self, found: &FoundCode, words: Option<Words>) -> Result<ReadCode, Unread> {
        if let Some(file) = self.recalled(found) {
            return file;
        }
        let known = self.known(found);
        if let Some(file) = self.remembered(found, known.as_ref(), None) {
            return file;
        }
        let mut lease = Lease::of(self.budget);
        let read = with_bytes(self.root, &found.disk, &found.path, &mut lease, |bytes| {
            let file = self.of_bytes(found, bytes, words, known.as_ref())?;
            keep(found, known.as_ref(), bytes, None, Some(&file));
            Ok(file)
        });
        read.flatten()
    }

    /// What is known of a file before it is read.
    fn known(&self, found: &FoundCode) -> Option<(&Kept<'_>, Known<'_>)> {
        let kept = self.kept.as_ref()?;
        Some((kept, kept.known(found)?))
    }

    /// A file whose facts are kept: one that is unchanged, or holds these bytes.
    fn remembered(
        &self,
        found: &FoundCode,
        known: Option<&(&Kept<'_>, Known<'_>)>,
        bytes: Option<&[u8]>,
    ) -> Option<Result<ReadCode, Unread>> {
        let (kept, known) = known?;
        let facts = kept.facts(known, bytes)?;
        Some(ReadCode::remembered(found, facts, self.budget))
    }

    fn of_bytes(
        &self,
        found: &FoundCode,
        bytes: &[u8],
        words: Option<Words>,
        known: Option<&(&Kept<'_>, Known<'_>)>,
    ) -> Result<ReadCode, Unread> {
        let file = self.recalled(found).or_else(|| self.remembered(found, known, Some(bytes)));
        file.unwrap_or_else(|| ReadCode::of(self.root, found, bytes, words, self.budget))
    }
}

/// Keeps what came of the bytes of a file.
fn keep(
    found: &FoundCode,
    known: Option<&(&Kept<'_>, Known<'_>)>,
    bytes: &[u8],
    seen: Option<(&Glance, &Names)>,
    file: Option<&ReadCode>,
) {
    let Some((kept, known)) = known else { return };
    let facts = file.filter(|file| file.marks.is_empty());
    let facts = facts.map(|file| (&file.unit, file.source.text_len, file.source.encoding));
    kept.put(found, known, &Looked { bytes, seen, facts });
}

impl ReadCode {
    /// What a file says; `words` are those that were seen in its bytes.
    fn of(
        root: &Root,
        found: &FoundCode,
        bytes: &[u8],
        words: Option<Words>,
        budget: &Arc<Budget>,
    ) -> Result<Self, Unread> {
        let (mut lease, length) = (Lease::of(budget), bytes.len() as u64);
        // Three bytes for a byte are what decoding may give.
        lease.more(NAME)?;
        let mut reading = lease.beside();
        reading.more(length * (TREE_PER_BYTE + 3))?;
        let (text, encoding, is_lossy) = text_of(bytes);
        let changed = root.replacements.code(&found.path, &text, lease.beside())?;
        let now = changed.as_ref().map_or(&*text, |changed| &*changed.text);
        let unit = match found.code {
            Code::Text(kind) => mention::read(kind, &found.stem, object_of(&found.path), now),
            // A replacement, or another encoding, has other words.
            code => match words.filter(|_| changed.is_none() && matches!(encoding, Encoding::Utf8 { .. })) {
                Some(words) => Unit::read_seen(code, &found.stem, now, words),
                None => Unit::read(code, &found.stem, now),
            },
        };
        let (things, much) = unit.extent();
        lease.more(things as u64 * THING + much as u64 * MUCH)?;
        lease.more(changed.as_ref().map_or(0, |changed| changed.marks.len()) as u64 * DERIVED)?;
        let marks = changed.map(|changed| changed.marks).unwrap_or_default();
        let source = if is_lossy || root.is_in_memory(&found.path) {
            lease.more(held_text(&text))?;
            Source::kept(found.path.clone(), text.into_owned(), encoding)
        } else {
            // Most of it is read for who calls whom, and never shown.
            Source::dropped(found.path.clone(), found.disk.clone(), &text, encoding).within(budget)
        };
        let source = Arc::new(source);
        Ok(Self { path: found.path.clone(), package: found.package, source, unit, marks, lease })
    }

    /// A file whose facts are kept, without its text.
    fn remembered(found: &FoundCode, facts: Facts, budget: &Arc<Budget>) -> Result<Self, Unread> {
        let Facts { unit, text_len, encoding, digest } = facts;
        let mut lease = Lease::of(budget);
        lease.more(room_of(&unit))?;
        let source = Source::unread(found.path.clone(), found.disk.clone(), text_len, encoding, digest);
        let source = Arc::new(source.within(budget));
        Ok(Self { path: found.path.clone(), package: found.package, source, unit, marks: Vec::new(), lease })
    }
}

/// What the facts of a file take, in bytes.
fn room_of(unit: &Unit) -> u64 {
    let (things, much) = unit.extent();
    NAME + things as u64 * THING + much as u64 * MUCH
}

/// The object whose folder a file lies in: `objects/X/webLinks/Y.webLink-meta.xml`.
fn object_of(path: &str) -> Option<&str> {
    let mut folders = path.rsplit('/').skip(2);
    let object = folders.next()?;
    folders.next().filter(|folder| folder.eq_ignore_ascii_case("objects")).map(|_| object)
}

/// The text of a file of code. What is no UTF-8 is read as the Windows code page that old tools wrote; the third says
/// so, since it cannot be read again as it was.
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

struct Reader<'r> {
    reading: &'r Reading<'r>,
    found: &'r [FoundCode],
    names: Names,
    /// What was seen in each file; nothing in those that are passed.
    seen: Vec<Option<Arc<Seen>>>,
    files: Vec<Option<ReadCode>>,
    unreadable: Vec<String>,
    cut: Vec<String>,
}

impl Reader<'_> {
    /// Files that may call what matters to callers, through up to [`LEVELS`] calls. Who extends a class has its
    /// methods, which is no call.
    fn callers(&self) -> Vec<usize> {
        let mut level: BTreeSet<usize> = (0..self.seen.len())
            .filter(|index| self.seen[*index].as_ref().is_some_and(|seen| seen.words.matters_to_callers()))
            .collect();
        let mut all = BTreeSet::new();
        for _ in 0..=LEVELS {
            level = self.with_heirs(level);
            let next = self.who(&level, |seen| &seen.mentions);
            all.append(&mut level);
            level = next.difference(&all).copied().collect();
            if level.is_empty() {
                break;
            }
        }
        all.into_iter().collect()
    }

    fn with_heirs(&self, level: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut all = level.clone();
        let mut open = level;
        while !open.is_empty() {
            let heirs = self.who(&open, |seen| &seen.extends);
            open = heirs.difference(&all).copied().collect();
            all.extend(open.iter().copied());
        }
        all
    }

    /// The files that name one of `targets` in the list that `of` picks.
    fn who(&self, targets: &BTreeSet<usize>, of: impl Fn(&Seen) -> &Vec<u32>) -> BTreeSet<usize> {
        let mut is_target = vec![false; self.found.len()];
        for target in targets {
            // Files of the same name count as one.
            let first = self.names.get(&self.found[*target].stem).map_or(*target, |first| first as usize);
            is_target[first] = true;
        }
        let names_one = |seen: &Option<Arc<Seen>>| {
            seen.as_ref().is_some_and(|seen| of(seen).iter().any(|name| is_target[*name as usize]))
        };
        (0..self.seen.len()).filter(|index| names_one(&self.seen[*index])).collect()
    }

    /// Reads files that were not read yet.
    fn more(&mut self, indices: impl IntoIterator<Item = usize>) {
        let open: Vec<usize> =
            indices.into_iter().filter(|index| self.files[*index].is_none() && self.seen[*index].is_some()).collect();
        let (reading, found) = (self.reading, self.found);
        let one = |index: &usize| {
            let words = self.seen[*index].as_ref().map(|seen| seen.words);
            reading.read_one(&found[*index], words)
        };
        let mut read: Vec<Result<ReadCode, Unread>> = open.par_iter().map(one).collect();
        again_alone(read.iter_mut().zip(&open), is_refused, one);
        for (index, file) in open.into_iter().zip(read) {
            match file {
                Ok(file) => self.files[index] = Some(file),
                Err(Unread::Because(reason)) => self.unreadable.push(format!("{}: {reason}", found[index].path)),
                Err(Unread::NoRoom) => {
                    self.cut.push(found[index].path.clone());
                    // It is not asked for again.
                    self.seen[index] = None;
                }
            }
        }
    }

    /// Whether a file says something that was not read yet.
    fn is_open(&self, index: usize) -> bool {
        self.files[index].is_none() && self.seen[index].is_some()
    }

    /// The first file of each name that was read: where two classes have one name, it is the first that is meant.
    fn firsts(&self) -> BTreeSet<usize> {
        let read = self.found.iter().zip(&self.files).filter(|(_, file)| file.is_some());
        read.filter_map(|(found, _)| self.names.get(&found.stem)).map(|index| index as usize).collect()
    }

    /// Reads what the files that were read need to be understood.
    fn needed(&mut self) {
        for _ in 0..ROUNDS {
            let units: Vec<Unit> = self
                .files
                .iter_mut()
                .flatten()
                .map(|file| std::mem::replace(&mut file.unit, Unit::empty(Code::Class, "")))
                .collect();
            let classes = wanted(&units);
            for (file, unit) in self.files.iter_mut().flatten().zip(units) {
                file.unit = unit;
            }
            let file_of = |name: &String| self.names.get(name.split('.').next().unwrap_or(name));
            let indices: BTreeSet<usize> = classes.iter().filter_map(file_of).map(|index| index as usize).collect();
            let candidates = indices.into_iter().chain(self.firsts());
            let open: Vec<usize> = candidates.filter(|index| self.is_open(*index)).collect();
            if open.is_empty() {
                return;
            }
            self.more(open);
        }
    }
}
