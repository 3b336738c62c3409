//! Which Apex files are read: those with relevant words, their callers, and what either depends on.
//!
//! Assumes that a call is written with the name of the called method, so that a file without the names of relevant
//! methods calls none. Refuses to know what makes a method relevant, which `sessionlint_apex` decides.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::{CodeLoader, FILES_AT_ONCE, FirstPass, ProjectCode, ReadCode, is_out_of_memory, retry_alone};
use crate::discover::FoundCodeFile;
use crate::metadata::{CodeCounts, CodeReading};
use crate::vfs::ReadError;
use sessionlint_apex::called::{CalledNames, FileCalls};
use sessionlint_apex::graph::wanted;
use sessionlint_apex::prefilter::{MethodNames, Names, TextScan};
use sessionlint_apex::{Code, Unit};

/// Rounds of reading the dependencies of the files read so far; each round makes a path at least one call longer.
const ROUNDS: usize = 16;

/// With more names than this to look for, a file is read at once.
const MAX_NAMES: usize = 5_000;

/// The names of the classes among the files of a project, by the index of the file.
pub(super) fn class_names(found: &[FoundCodeFile]) -> Names {
    Names::new(found.iter().map(|it| if it.code == Code::Class { it.stem.as_str() } else { "" }))
}

/// Reads the classes and triggers that may concern sessions, or all of them.
pub(super) fn read_apex(
    reading: &CodeLoader<'_>,
    found: &[FoundCodeFile],
    names: &Names,
    how: CodeReading,
) -> ProjectCode {
    let reads_all = how == CodeReading::Everything;
    let mut namesakes: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, it) in found.iter().enumerate().filter(|(_, it)| it.code == Code::Class) {
        if let Some(first) = names.get(&it.stem).map(|first| first as usize).filter(|first| *first != index) {
            namesakes.entry(first).or_default().push(index);
        }
    }
    let first_pass = |it: &FoundCodeFile| reading.scan(it, names, reads_all);
    let mut passes: Vec<FirstPass> = found.par_iter().with_max_len(FILES_AT_ONCE).map(first_pass).collect();
    retry_alone(passes.iter_mut().zip(found), |pass| matches!(pass, FirstPass::OutOfMemory(_)), first_pass);
    let mut reader = ApexReader {
        reading,
        found,
        names,
        namesakes,
        seen: Vec::new(),
        lengths: Vec::new(),
        files: Vec::new(),
        unreadable: Vec::new(),
        cut: Vec::new(),
    };
    for pass in passes {
        let scanned = match pass {
            FirstPass::Irrelevant => None,
            FirstPass::Scanned(scanned) => Some(scanned),
            FirstPass::Unreadable(reason) => {
                reader.unreadable.push(reason);
                None
            }
            FirstPass::OutOfMemory(path) => {
                reader.cut.push(path);
                None
            }
        };
        reader.lengths.push(scanned.as_ref().map_or(0, |scanned| scanned.length));
        let (seen, file) = scanned.map(|scanned| (scanned.seen, scanned.file)).unzip();
        reader.seen.push(seen);
        reader.files.push(file.flatten().map(|file| *file));
    }
    reader.read_large(reads_all);
    if !reads_all {
        reader.read_callers();
        reader.read_needed();
    }
    let looked_through = CodeCounts::of(found.iter().map(|it| it.code));
    let ApexReader { files, unreadable, cut, .. } = reader;
    ProjectCode { files: files.into_iter().flatten().collect(), unreadable, cut, looked_through, warning: None }
}

/// The files of a project on the way to being read.
struct ApexReader<'r> {
    reading: &'r CodeLoader<'r>,
    found: &'r [FoundCodeFile],
    names: &'r Names,
    /// The other classes with the name of a class, by its index. Each has its inner classes.
    namesakes: HashMap<usize, Vec<usize>>,
    /// The scan result of each file; `None` for irrelevant ones.
    seen: Vec<Option<Arc<TextScan>>>,
    /// The bytes of each file; 0 if they are not known.
    lengths: Vec<usize>,
    files: Vec<Option<ReadCode>>,
    unreadable: Vec<String>,
    cut: Vec<String>,
}

impl ApexReader<'_> {
    /// Reads the files that were too large for the first pass.
    fn read_large(&mut self, reads_all: bool) {
        let is_large = |index: &usize| {
            let is_relevant = |seen: &Arc<TextScan>| reads_all || seen.words.matter();
            self.files[*index].is_none() && self.seen[*index].as_ref().is_some_and(is_relevant)
        };
        self.read_if((0..self.found.len()).filter(is_large).collect(), None);
    }

    /// Reads the files that may call a relevant method through a few calls, the subclasses of classes with such
    /// methods, and what decides about the paths.
    fn read_callers(&mut self) {
        let class_of = |index: usize| self.names.get(&self.found[index].stem).unwrap_or(index as u32);
        let classes: Vec<u32> = (0..self.found.len()).map(class_of).collect();
        let extends = self.seen.iter().zip(&classes).flat_map(|(seen, class)| {
            let extends = seen.iter().flat_map(|seen| &seen.extends);
            extends.map(|above| (*class, *above))
        });
        let mut called = CalledNames::new(self.names, extends);
        let mut is_added = vec![false; self.found.len()];
        // The number of names that each file was checked for.
        let mut checked: Vec<usize> = vec![0; self.found.len()];
        // A file that is read may have a fact of its own: a session id that another class gives.
        loop {
            self.add_to(&mut called, &classes, &mut is_added);
            let is_candidate = |(index, checked)| self.is_candidate(index, &called, checked).then_some(index);
            let open: Vec<usize> = (0..).zip(&mut checked).filter_map(is_candidate).collect();
            if open.is_empty() {
                break;
            }
            self.read_if(open, Some(&called));
        }
        let beside = called.beside(|index| self.files[index].as_ref().map(|file| &file.unit));
        self.read_more(beside.into_iter().map(|class| class as usize));
    }

    /// Whether a file was not read and mentions classes with relevant methods, more of them than before.
    fn is_candidate(&self, index: usize, called: &CalledNames<'_>, checked: &mut usize) -> bool {
        let Some(seen) = self.seen[index].as_ref().filter(|_| self.files[index].is_none()) else { return false };
        let count = seen.mentions.iter().map(|class| called.count(*class)).sum::<Option<usize>>();
        count.is_none_or(|count| count > std::mem::replace(checked, count))
    }

    /// The names of which a file must call one; `None` if it is read in any case.
    fn names_for(&self, index: usize, called: &CalledNames<'_>) -> Option<MethodNames> {
        let seen = self.seen[index].as_ref()?;
        let mentioned = seen.mentions.iter().map(|class| called.count(*class)).sum::<Option<usize>>();
        let inherits = seen.extends.iter().any(|class| called.count(*class) != Some(0));
        let are_few = !inherits && mentioned.is_some_and(|count| count <= MAX_NAMES);
        are_few.then(|| seen.mentions.iter().flat_map(|class| called.of(*class)).collect())
    }

    /// Adds the files that were read since the last time.
    fn add_to(&self, called: &mut CalledNames<'_>, classes: &[u32], is_added: &mut [bool]) {
        let of_file = |(index, file): (usize, &Option<ReadCode>)| {
            let file = file.as_ref().filter(|_| !is_added[index])?;
            Some((index, FileCalls::new(self.names, classes[index], &file.unit)))
        };
        let new: Vec<(usize, FileCalls)> = self.files.par_iter().enumerate().filter_map(of_file).collect();
        for (index, calls) in new {
            is_added[index] = true;
            called.add(index, classes[index], calls);
        }
    }

    /// Reads the files with the names of some classes, given by their indices, that were not read yet. Returns whether
    /// there were any.
    fn read_more(&mut self, classes: impl IntoIterator<Item = usize>) -> bool {
        let namesakes = |class: &usize| self.namesakes.get(class).into_iter().flatten().copied();
        let is_open = |index: &usize| self.files[*index].is_none() && self.seen[*index].is_some();
        let all = classes.into_iter().flat_map(|class| std::iter::once(class).chain(namesakes(&class)));
        let open: BTreeSet<usize> = all.filter(is_open).collect();
        let has_any = !open.is_empty();
        self.read_if(open.into_iter().collect(), None);
        has_any
    }

    /// Reads files that were not read yet, given in order, the largest first; with `called`, only those that may call
    /// one of its methods.
    fn read_if(&mut self, open: Vec<usize>, called: Option<&CalledNames<'_>>) {
        let (reading, found) = (self.reading, self.found);
        let one = |index: &usize| {
            let words = self.seen[*index].as_ref().map(|seen| seen.words);
            let names = called.and_then(|called| self.names_for(*index, called));
            reading.read_one(&found[*index], words, names.as_ref())
        };
        let mut by_length = open.clone();
        by_length.sort_by_key(|index| Reverse(self.lengths[*index]));
        let read = by_length.into_iter().par_bridge().map(|index| (index, one(&index)));
        let mut read: Vec<(usize, Result<Option<ReadCode>, ReadError>)> = read.collect();
        read.sort_unstable_by_key(|(index, _)| *index);
        let mut read: Vec<Result<Option<ReadCode>, ReadError>> = read.into_iter().map(|(_, file)| file).collect();
        retry_alone(read.iter_mut().zip(&open), is_out_of_memory, one);
        for (index, file) in open.into_iter().zip(read) {
            match file {
                Ok(file) => {
                    self.files[index] = file;
                    continue;
                }
                Err(ReadError::Unreadable(reason)) => self.unreadable.push(format!("{}: {reason}", found[index].path)),
                Err(ReadError::OutOfMemory) => self.cut.push(found[index].path.clone()),
            }
            // It is not read again.
            self.seen[index] = None;
        }
    }

    /// The indices of the classes that were read.
    fn read_classes(&self) -> impl Iterator<Item = usize> {
        let read =
            self.found.iter().zip(&self.files).filter(|(found, file)| found.code == Code::Class && file.is_some());
        read.filter_map(|(found, _)| self.names.get(&found.stem)).map(|index| index as usize)
    }

    /// Reads the files that the files read so far depend on.
    fn read_needed(&mut self) {
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
            let wanted = classes.iter().filter_map(file_of).map(|index| index as usize);
            let all: Vec<usize> = wanted.chain(self.read_classes()).collect();
            if !self.read_more(all) {
                return;
            }
        }
    }
}
