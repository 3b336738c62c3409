//! Apex, Visualforce and Aura applications: which files are read, and reading them on all threads.
//!
//! Most code says nothing about sessions. A file is looked through for words first; read are those whose words matter,
//! those that mention one whose callers matter, and those that what was read turns out to need. What is left out gives
//! no finding, and a test reads everything and compares. May assume nothing of the files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::MAX_REFUSED;
use super::bytes::{Unread, with_bytes};
use crate::discover::{FoundCode, Met, Root, compare_paths};
use crate::mention;
use crate::metadata::{CodeRead, CodeReading, Inputs};
use crate::replace::Mark;
use crate::tree::Tree;
use sessionlint_apex::graph::wanted;
use sessionlint_apex::scan::{Names, Seen, Words, scan};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::budget::{Budget, DERIVED, Lease, NAME};
use sessionlint_source::{Decoded, Encoding, EncodingFlaw, Source, decode, held_text};

/// How often callers of callers are looked for. Findings speak of three calls at most.
const LEVELS: usize = 3;

/// Rounds in which what was read asks for more; each makes a path at least one call longer.
const ROUNDS: usize = 16;

/// A file of code that was read.
pub(super) struct ReadCode {
    pub(super) path: String,
    pub(super) package: usize,
    pub(super) source: Source,
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
}

/// What a first look gave.
enum Look {
    /// Nothing that matters.
    Passed,
    /// What was seen, and the file where its own words matter.
    Seen(Seen, Option<Box<ReadCode>>),
    /// It could not be read.
    Unreadable(String),
    /// There was no memory left for it.
    NoRoom(String),
}

/// Reads the code of a project, as far as somebody asks for it.
pub(super) fn read(root: &Root, met: &Met, inputs: &Inputs) -> AllCode {
    let mut all = read_apex(root, &met.code, inputs.code, &inputs.budget);
    if inputs.reads_aura && !met.aura_apps.is_empty() {
        read_aura(root, &met.aura_apps, &inputs.budget, &mut all);
    }
    if !met.texts.is_empty() {
        read_texts(root, &met.texts, &inputs.budget, &mut all);
    }
    all
}

/// Adds the metadata that says one of the words for which it is read, each in its place among the other files.
fn read_texts(root: &Root, found: &[FoundCode], budget: &Arc<Budget>, all: &mut AllCode) {
    let look = |it: &FoundCode| {
        let Code::Text(kind) = it.code else { return None };
        let mut lease = Lease::of(budget);
        let read = with_bytes(&root.tree, &it.disk, &it.path, &mut lease, |bytes| {
            // UTF-16 parts the letters of a word; next to nothing is written in it.
            let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
            let may_say = is_utf16 || mention::may_say(kind, bytes);
            if may_say { ReadCode::of(root, it, bytes, None, budget).map(Some) } else { Ok(None) }
        });
        match read.flatten() {
            Ok(file) => file.filter(|file| says_something(&file.unit)).map(Ok),
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
fn read_aura(root: &Root, found: &[FoundCode], budget: &Arc<Budget>, all: &mut AllCode) {
    all.looked_through.aura_apps = found.len();
    let mut read: Vec<Result<ReadCode, Unread>> = found.par_iter().map(|it| read_one(root, it, None, budget)).collect();
    again_alone(read.iter_mut().zip(found), is_refused, |it| read_one(root, it, None, budget));
    for (file, it) in read.into_iter().zip(found) {
        match file {
            Ok(file) if file.unit.lightning_out.is_some() => all.files.push(file),
            Ok(_) => {}
            Err(Unread::Because(reason)) => all.unreadable.push(format!("{}: {reason}", it.path)),
            Err(Unread::NoRoom) => all.cut.push(it.path.clone()),
        }
    }
    sort(&mut all.files);
}

fn read_apex(root: &Root, found: &[FoundCode], reading: CodeReading, budget: &Arc<Budget>) -> AllCode {
    if found.is_empty() || reading == CodeReading::Nothing {
        return AllCode::default();
    }
    let reads_all = reading == CodeReading::Everything;
    let names = Names::new(found.iter().map(|it| if it.code == Code::Class { it.stem.as_str() } else { "" }));
    let mut looks: Vec<Look> = found.par_iter().map(|it| look(root, it, &names, reads_all, budget)).collect();
    again_alone(
        looks.iter_mut().zip(found),
        |look| matches!(look, Look::NoRoom(_)),
        |it| look(root, it, &names, reads_all, budget),
    );
    let mut reader = Reader {
        root,
        found,
        budget,
        names,
        seen: Vec::new(),
        files: Vec::new(),
        unreadable: Vec::new(),
        cut: Vec::new(),
    };
    for look in looks {
        let (seen, file) = match look {
            Look::Passed => (None, None),
            Look::Seen(seen, file) => (Some(seen), file),
            Look::Unreadable(reason) => {
                reader.unreadable.push(reason);
                (None, None)
            }
            Look::NoRoom(path) => {
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
    AllCode { files: files.into_iter().flatten().collect(), unreadable, cut, looked_through }
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

fn look(root: &Root, found: &FoundCode, names: &Names, reads_all: bool, budget: &Arc<Budget>) -> Look {
    let mut lease = Lease::of(budget);
    let looked = with_bytes(&root.tree, &found.disk, &found.path, &mut lease, |bytes| {
        let file = |words| ReadCode::of(root, found, bytes, words, budget).map(Box::new);
        if found.code.is_markup() {
            let unit = Some(file(None)?).filter(|file| says_something(&file.unit));
            return Ok(unit.map_or(Look::Passed, |file| Look::Seen(Seen::default(), Some(file))));
        }
        let Some(seen) = scan(bytes, names) else { return Ok(Look::Passed) };
        let matters = reads_all || seen.words.matter();
        let file = if matters { Some(file(Some(seen.words))?) } else { None };
        Ok(Look::Seen(seen, file))
    });
    looked.flatten().unwrap_or_else(|reason| match reason {
        Unread::Because(reason) => Look::Unreadable(format!("{}: {reason}", found.path)),
        Unread::NoRoom => Look::NoRoom(found.path.clone()),
    })
}

fn is_refused(outcome: &Result<ReadCode, Unread>) -> bool {
    matches!(outcome, Err(Unread::NoRoom))
}

/// Reads one file, whatever its words are; `words` are those that were seen in it.
fn read_one(root: &Root, found: &FoundCode, words: Option<Words>, budget: &Arc<Budget>) -> Result<ReadCode, Unread> {
    let mut lease = Lease::of(budget);
    let read = |bytes: &[u8]| ReadCode::of(root, found, bytes, words, budget);
    with_bytes(&root.tree, &found.disk, &found.path, &mut lease, read).flatten()
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
        let source = if is_lossy || matches!(root.tree, Tree::Memory(_)) {
            lease.more(held_text(&text))?;
            Source::kept(found.path.clone(), text.into_owned(), encoding)
        } else {
            // Most of it is read for who calls whom, and never shown.
            Source::dropped(found.path.clone(), found.disk.clone(), &text, encoding).within(budget)
        };
        Ok(Self { path: found.path.clone(), package: found.package, source, unit, marks, lease })
    }
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
    root: &'r Root,
    found: &'r [FoundCode],
    budget: &'r Arc<Budget>,
    names: Names,
    /// What was seen in each file; nothing in those that are passed.
    seen: Vec<Option<Seen>>,
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
        let names_one = |seen: &Option<Seen>| {
            seen.as_ref().is_some_and(|seen| of(seen).iter().any(|name| is_target[*name as usize]))
        };
        (0..self.seen.len()).filter(|index| names_one(&self.seen[*index])).collect()
    }

    /// Reads files that were not read yet.
    fn more(&mut self, indices: impl IntoIterator<Item = usize>) {
        let open: Vec<usize> =
            indices.into_iter().filter(|index| self.files[*index].is_none() && self.seen[*index].is_some()).collect();
        let (root, found, budget) = (self.root, self.found, self.budget);
        let one = |index: &usize| {
            let words = self.seen[*index].as_ref().map(|seen| seen.words);
            read_one(root, &found[*index], words, budget)
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
