//! Rounds of fixes over a project in memory: apply, ask all rules again, keep what helped.
//!
//! A fix is kept when its finding is gone and nothing is found that was not found before; what another finding covered
//! was found before. Fixes that pull against each other are left to people.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::{propose, write};
use crate::check::{self, Plan, check};
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity};
use crate::patch::edited;
use sessionlint_project::load::{Former, revise};
use sessionlint_project::metadata::Project;
use sessionlint_source::{FileId, Source};

/// Which findings of all, and of those that they cover, a person sees and has not allowed.
pub type Shown<'w> = dyn Fn(&Project, Vec<Diagnostic>, &[Diagnostic]) -> Vec<Diagnostic> + 'w;

/// Which fixes are wanted.
pub struct Wanted<'w> {
    /// The least safety of a fix that is applied: [`Safety::Safe`] or [`Safety::Unsafe`].
    pub least: Safety,
    /// Of findings, and those that they cover, the ones that a person sees and has not allowed.
    pub shown: &'w Shown<'w>,
    /// Rules that pull against each other.
    pub pairs: &'w [(String, String)],
    /// The root, canonicalised: no file outside it will be written. `None` where nothing will be.
    pub root: Option<&'w Path>,
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Wanted").field("least", &self.least).field("root", &self.root).finish_non_exhaustive()
    }
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The rule.
    pub rule: String,
    /// What was done, as an imperative.
    pub title: String,
    /// Which protection that loosens; empty where it loosens none.
    pub loosens: String,
    /// The files that it changed.
    pub files: Vec<FileId>,
    /// The file of the finding, which need not be one of them.
    pub file: FileId,
    /// The line of the finding when the fix was applied, from 1.
    pub line: u32,
}

/// A fix that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The rule.
    pub rule: String,
    /// What would have been done.
    pub title: String,
    /// The file of the finding.
    pub file: FileId,
    /// Its line, from 1.
    pub line: u32,
    /// Why it was not kept: a clause.
    pub reason: String,
    /// The file in which that is so, where it is so in one.
    pub at: Option<FileId>,
}

/// What became of the project.
#[derive(Debug, Default)]
pub struct Applied {
    /// What was applied, in order.
    pub fixed: Vec<Fixed>,
    /// What was taken back.
    pub taken_back: Vec<TakenBack>,
    /// Files as they were before the first change.
    pub before: BTreeMap<FileId, Source>,
    /// Files that have a fix and may not be written, with the reason.
    pub obstacles: BTreeMap<FileId, String>,
    /// Pairs of enabled rules that both have a fix that was wanted; neither was applied.
    pub undecided: BTreeSet<(String, String)>,
}

/// Applies the fixes that are wanted to `project`, in memory.
pub fn apply(project: &mut Project, plan: &Plan<'_>, wanted: &Wanted<'_>) -> Applied {
    let mut run =
        Run { plan, wanted, applied: Applied::default(), refused: BTreeSet::new(), looked_at: BTreeSet::new() };
    let mut outcome = check(project, plan);
    let mut at_most = usize::MAX;
    loop {
        let batch = run.next_batch(project, &outcome, at_most);
        if batch.is_empty() {
            break;
        }
        let size = batch.len();
        let before = Tally::of(&outcome);
        match run.attempt(project, batch, &before) {
            Ok(after) => {
                outcome = after;
                at_most = at_most.saturating_mul(2);
            }
            // One of several is to blame; fewer at a time will tell which.
            Err(()) => at_most = (size / 2).max(1),
        }
    }
    run.applied
}

/// A fix on its way, with what has to be known of its finding.
struct Candidate {
    finding: Diagnostic,
    fix: Fix,
    line: u32,
}

struct Run<'r> {
    plan: &'r Plan<'r>,
    wanted: &'r Wanted<'r>,
    applied: Applied,
    /// Fixes that were taken back, by rule, file and title.
    refused: BTreeSet<(String, FileId, String)>,
    looked_at: BTreeSet<FileId>,
}

impl Run<'_> {
    /// At most so many fixes that touch nothing of each other, in the order of their places.
    fn next_batch(&mut self, project: &Project, outcome: &check::Outcome, at_most: usize) -> Vec<Candidate> {
        let mut findings = (self.wanted.shown)(project, outcome.findings.clone(), &outcome.covered);
        findings.retain(|finding| finding.remedy.as_ref().is_some_and(|remedy| remedy.safety >= self.wanted.least));
        propose(project, &mut findings);
        let mut batch: Vec<Candidate> = Vec::new();
        let mut taken = Taken::default();
        for finding in findings {
            if batch.len() == at_most {
                break;
            }
            let Some(fix) = finding.fix.clone() else { continue };
            if !self.is_decided(&finding.rule) || self.refused.contains(&refusal(&finding, &fix)) {
                continue;
            }
            if fix.edits.iter().any(|edit| self.has_obstacle(project, edit.place.file)) {
                continue;
            }
            if fix.edits.iter().any(|edit| taken.touches(edit)) {
                // Its turn comes in the next round, if it is still needed then.
                continue;
            }
            fix.edits.iter().for_each(|edit| taken.take(edit));
            let line = project.sources.get(finding.place.file).position(finding.place.span.start).line;
            batch.push(Candidate { finding, fix, line });
        }
        batch
    }

    /// Whether no other enabled rule asks for the contrary.
    fn is_decided(&mut self, rule: &str) -> bool {
        let is_asked = |id: &str| self.plan.rules.iter().any(|rule| rule.id == id);
        let pair = self
            .wanted
            .pairs
            .iter()
            .find(|(one, other)| (one == rule && is_asked(other)) || (other == rule && is_asked(one)));
        if let Some(pair) = pair {
            self.applied.undecided.insert(pair.clone());
        }
        pair.is_none()
    }

    fn has_obstacle(&mut self, project: &Project, file: FileId) -> bool {
        // A file that was changed here is compared with the disk when it is written.
        if let Some(root) = self.wanted.root
            && self.looked_at.insert(file)
            && let Some(reason) = write::obstacle(project.sources.get(file), root)
        {
            self.applied.obstacles.insert(file, reason);
        }
        self.applied.obstacles.contains_key(&file)
    }

    /// Applies a batch and asks the rules; takes all of it back where it does harm.
    fn attempt(&mut self, project: &mut Project, batch: Vec<Candidate>, before: &Tally) -> Result<check::Outcome, ()> {
        let formers = match revised(project, &batch) {
            Ok(formers) => formers,
            Err(reason) => return self.blame(&batch, reason),
        };
        let after = check(project, self.plan);
        if let Some(harm) = before.harm(&batch, &Tally::of(&after)) {
            formers.into_iter().rev().for_each(|former| former.restore(project));
            return self.blame(&batch, harm);
        }
        for former in formers {
            let (file, source) = former.into_parts();
            self.applied.before.entry(file).or_insert(source);
        }
        self.applied.fixed.extend(batch.into_iter().map(|candidate| {
            let mut files: Vec<FileId> = candidate.fix.edits.iter().map(|edit| edit.place.file).collect();
            files.dedup();
            Fixed {
                rule: candidate.finding.rule,
                title: candidate.fix.title,
                loosens: candidate.fix.loosens,
                files,
                file: candidate.finding.place.file,
                line: candidate.line,
            }
        }));
        Ok(after)
    }

    /// A batch did harm. Where it was one fix, that one is refused from now on.
    fn blame(&mut self, batch: &[Candidate], harm: Harm) -> Result<check::Outcome, ()> {
        if let [only] = batch {
            self.refused.insert(refusal(&only.finding, &only.fix));
            self.applied.taken_back.push(TakenBack {
                rule: only.finding.rule.clone(),
                title: only.fix.title.clone(),
                file: only.finding.place.file,
                line: only.line,
                reason: harm.clause,
                at: harm.at,
            });
        }
        Err(())
    }
}

fn refusal(finding: &Diagnostic, fix: &Fix) -> (String, FileId, String) {
    (finding.rule.clone(), finding.place.file, fix.title.clone())
}

/// The stretches of each file that edits of a round touch: from where to where, apart from each other.
#[derive(Default)]
struct Taken {
    by_file: HashMap<FileId, BTreeMap<u32, u32>>,
}

impl Taken {
    /// Whether an edit cannot be made in the same round as those that are taken.
    fn touches(&self, edit: &Edit) -> bool {
        let span = edit.place.span;
        let before = self.by_file.get(&edit.place.file).and_then(|it| it.range(..=span.end).next_back());
        before.is_some_and(|(_, end)| *end >= span.start)
    }

    fn take(&mut self, edit: &Edit) {
        let stretches = self.by_file.entry(edit.place.file).or_default();
        let (mut start, mut end) = (edit.place.span.start, edit.place.span.end);
        // Edits of one fix may touch.
        while let Some((from, to)) = stretches.range(..=end).next_back().map(|(from, to)| (*from, *to))
            && to >= start
        {
            stretches.remove(&from);
            (start, end) = (start.min(from), end.max(to));
        }
        stretches.insert(start, end);
    }
}

/// Makes the edits of a batch; all or none.
fn revised(project: &mut Project, batch: &[Candidate]) -> Result<Vec<Former>, Harm> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in batch.iter().flat_map(|candidate| &candidate.fix.edits) {
        by_file.entry(edit.place.file).or_default().push(edit);
    }
    let mut formers: Vec<Former> = Vec::new();
    for (file, mut edits) in by_file {
        edits.sort_by_key(|edit| edit.place);
        let text = edited(project.sources.get(file), edits.into_iter());
        match revise(project, file, text) {
            Ok(former) => formers.push(former),
            Err(reason) => {
                formers.into_iter().rev().for_each(|former| former.restore(project));
                return Err(Harm { clause: format!("the file {reason}"), at: None });
            }
        }
    }
    Ok(formers)
}

/// What is wrong with a fix.
struct Harm {
    clause: String,
    at: Option<FileId>,
}

/// How often each rule found something in each file, and how bad that was.
struct Tally {
    shown: HashMap<(String, FileId), (usize, Severity)>,
    /// With what other findings speak for.
    all: HashMap<(String, FileId), (usize, Severity)>,
}

impl Tally {
    fn of(outcome: &check::Outcome) -> Self {
        let count = |findings: &mut dyn Iterator<Item = &Diagnostic>| {
            let mut counts: HashMap<(String, FileId), (usize, Severity)> = HashMap::new();
            for finding in findings {
                let counted = counts.entry((finding.rule.clone(), finding.place.file));
                let counted = counted.or_insert((0, finding.severity));
                *counted = (counted.0 + 1, counted.1.max(finding.severity));
            }
            counts
        };
        Self {
            shown: count(&mut outcome.findings.iter()),
            all: count(&mut outcome.findings.iter().chain(&outcome.covered)),
        }
    }

    /// What `batch` did that it should not have done, if anything.
    fn harm(&self, batch: &[Candidate], after: &Self) -> Option<Harm> {
        let key_of = |it: &Candidate| (it.finding.rule.clone(), it.finding.place.file);
        let mut fixed_of: HashMap<(String, FileId), usize> = HashMap::new();
        let mut worst_of: HashMap<FileId, Severity> = HashMap::new();
        for it in batch {
            *fixed_of.entry(key_of(it)).or_default() += 1;
            let worst = worst_of.entry(it.finding.place.file).or_insert(it.finding.severity);
            *worst = (*worst).max(it.finding.severity);
        }
        for candidate in batch {
            let key = key_of(candidate);
            let fixed = fixed_of.get(&key).copied().unwrap_or_default();
            let left = after.shown.get(&key).map_or(0, |(count, _)| *count);
            let is_milder = after.shown.get(&key).is_some_and(|(_, severity)| *severity < candidate.finding.severity);
            if !is_milder && left + fixed > self.all.get(&key).map_or(0, |(count, _)| *count) {
                return Some(Harm { clause: "the finding stays".to_owned(), at: None });
            }
        }
        let mut found: Vec<_> = after.shown.iter().collect();
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().find_map(|(key, (count, severity))| {
            // What is left of a fault may be milder: a limit that is long enough is still a limit.
            if worst_of.get(&key.1).is_some_and(|worst| severity < worst) {
                return None;
            }
            let clause = match self.all.get(key) {
                Some((was, _)) if count > was => format!("it causes another finding of {}", key.0),
                None => format!("it causes a finding of {}", key.0),
                Some((_, was)) if severity > was => format!("it makes a finding of {} worse", key.0),
                Some(_) => return None,
            };
            Some(Harm { clause, at: Some(key.1) })
        })
    }
}
