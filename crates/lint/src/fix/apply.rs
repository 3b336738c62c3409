//! Applies fixes to a project in memory in rounds: apply, run all rules again, keep the fixes that helped.
//!
//! A fix is kept if its finding is gone and there is no new finding; a finding that another one superseded is not new.
//! Conflicting fixes are left to the user. Refuses to know why a change is right.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::applied::{AppliedFix, FixResult, RevertedFix};
use super::{propose, write};
use crate::check::{self, RunPlan, check};
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity};
use crate::diff::edited;
use sessionlint_project::load::{PriorFile, revise};
use sessionlint_project::metadata::Project;
use sessionlint_source::steps;
use sessionlint_source::{FileId, Place};

/// A filter of findings: returns the ones that are shown and not suppressed. The second list has the superseded ones.
pub type ShownFilter<'w> = dyn Fn(&Project, Vec<Diagnostic>, &[Diagnostic]) -> Vec<Diagnostic> + 'w;

/// Which fixes to apply.
pub struct FixOptions<'w> {
    /// The minimum safety of a fix: [`Safety::Safe`] or [`Safety::Unsafe`].
    pub least: Safety,
    /// The filter for findings that are shown and not suppressed.
    pub shown: &'w ShownFilter<'w>,
    /// Rules with opposite advice.
    pub pairs: &'w [(String, String)],
    /// The root, canonicalised: files outside it are not written. `None` if nothing is written.
    pub root: Option<&'w Path>,
}

impl std::fmt::Debug for FixOptions<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FixOptions")
            .field("least", &self.least)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// After this many checks with harm, the remaining fixes are reverted together.
const MAX_FAILURES: usize = 64;

/// Applies fixes to `project`, in memory.
///
/// All fixes are tried at once. Harm in a file is blamed on the fixes that touch the file, and the suspects of all
/// files are halved at the same time. If no suspect is left, fewer fixes of the whole project are tried.
pub fn apply(project: &mut Project, plan: &RunPlan<'_>, options: &FixOptions<'_>) -> FixResult {
    let mut run = Run {
        plan,
        options,
        applied: FixResult::default(),
        refused: BTreeSet::new(),
        blamed: BTreeSet::new(),
        checked_files: BTreeSet::new(),
    };
    let mut outcome = check(project, plan);
    let mut search = Search::default();
    let mut is_reviewed = false;
    loop {
        let batch = run.next_batch(project, &outcome, &search, None);
        if batch.is_empty() {
            if !search.suspended.is_empty() {
                // No other fixes are left: these did the harm.
                search.suspended.drain(..).for_each(|suspended| run.blame(suspended));
                search.quotas.clear();
                continue;
            }
            if std::mem::replace(&mut is_reviewed, true) || !run.review(project, &outcome) {
                break;
            }
            search = Search { failures: search.failures, ..Search::default() };
            continue;
        }
        let before = FindingCounts::of(&outcome);
        match run.attempt(project, &batch, &before) {
            Ok((after, prior_files)) => {
                outcome = after;
                run.keep(batch, prior_files);
                search.suspended.drain(..).for_each(|suspended| run.blame(suspended));
                search.succeed();
            }
            Err(harms) => {
                search.failures += 1;
                if search.failures > MAX_FAILURES {
                    if run.give_up(batch, &harms, &mut search) {
                        run.give_up_the_rest(project, &outcome);
                        break;
                    }
                } else {
                    search.fail(&mut run, batch, harms);
                }
            }
        }
    }
    run.applied
}

/// The key of a reverted fix: rule, file and title.
type Refusal = (String, FileId, String);

/// Which fixes to try next, by the results so far.
#[derive(Default)]
struct Search {
    /// The maximum number of fixes per batch, in the order of their places; `None` while harm is blamed by file.
    at_most: Option<usize>,
    /// The maximum number of suspects per file in a batch.
    quotas: HashMap<FileId, usize>,
    /// Fixes whose files had no harm when they were tried, by rule, place and title.
    trusted: HashSet<(String, Place, String)>,
    /// The only suspects of their files, left out to see whether the harm is gone.
    suspended: Vec<LastSuspect>,
    failures: usize,
    has_given_up: bool,
}

/// The only suspect of a file.
struct LastSuspect {
    candidate: Candidate,
    harm: Harm,
}

impl Search {
    fn is_trusted(&self, candidate: &Candidate) -> bool {
        self.trusted.contains(&candidate.key())
    }

    /// A batch was kept.
    fn succeed(&mut self) {
        self.trusted.clear();
        self.at_most = self.at_most.map(|at_most| at_most.saturating_mul(2));
        self.quotas.values_mut().for_each(|quota| *quota = quota.saturating_mul(2).max(1));
    }

    /// Tries fewer fixes of the whole project, to find the one that does harm.
    fn narrow(&mut self, size: usize) {
        let (failures, has_given_up) = (self.failures, self.has_given_up);
        *self = Self { at_most: Some((size / 2).max(1)), failures, has_given_up, ..Self::default() };
    }

    /// A batch did harm.
    fn fail(&mut self, run: &mut Run<'_>, mut batch: Vec<Candidate>, harms: Vec<Harm>) {
        if batch.len() == 1 {
            let first = harms.into_iter().next();
            if let (Some(candidate), Some(harm)) = (batch.pop(), first) {
                run.refuse(&candidate, harm);
            }
            self.at_most = None;
            return;
        }
        if self.at_most.is_some() {
            return self.narrow(batch.len());
        }
        let mut harmed: BTreeMap<FileId, Harm> = BTreeMap::new();
        for harm in harms {
            harmed.entry(harm.file).or_insert(harm);
        }
        let (innocent, guilty): (Vec<LastSuspect>, Vec<LastSuspect>) =
            self.suspended.drain(..).partition(|suspended| harmed.contains_key(&suspended.harm.file));
        for suspended in guilty {
            run.blame(suspended);
        }
        if !innocent.is_empty() {
            return self.narrow(batch.len());
        }
        self.quotas.retain(|file, quota| {
            *quota = if harmed.contains_key(file) { *quota } else { quota.saturating_mul(2).max(1) };
            true
        });
        let mut suspects: HashMap<FileId, Vec<usize>> = HashMap::new();
        for (index, candidate) in batch.iter().enumerate() {
            if self.is_trusted(candidate) {
                continue;
            }
            let files = candidate.files();
            if !files.iter().any(|file| harmed.contains_key(file)) {
                self.trusted.insert(candidate.key());
            }
            for file in files {
                suspects.entry(file).or_default().push(index);
            }
        }
        let size = batch.len();
        let mut suspended: BTreeMap<usize, Harm> = BTreeMap::new();
        let mut is_nearer = false;
        for (file, harm) in harmed {
            match suspects.get(&file).map(Vec::as_slice).unwrap_or_default() {
                [] => continue,
                [only] => {
                    self.quotas.insert(file, 0);
                    suspended.entry(*only).or_insert(harm);
                }
                several => {
                    self.quotas.insert(file, several.len() / 2);
                }
            }
            is_nearer = true;
        }
        if !is_nearer {
            return self.narrow(size);
        }
        let of_batch = batch.into_iter().enumerate();
        self.suspended.extend(
            of_batch.filter_map(|(index, candidate)| Some(LastSuspect { candidate, harm: suspended.remove(&index)? })),
        );
    }
}

/// A fix to try, with facts about its finding.
struct Candidate {
    finding: Diagnostic,
    fix: Fix,
    line: u32,
}

impl Candidate {
    fn key(&self) -> (String, Place, String) {
        (self.finding.rule.clone(), self.finding.place, self.fix.title.clone())
    }

    fn refusal(&self) -> Refusal {
        refusal(&self.finding, &self.fix)
    }

    /// The files that it touches: those of its edits and of its finding.
    fn files(&self) -> BTreeSet<FileId> {
        files_of(&self.finding, &self.fix)
    }
}

fn files_of(finding: &Diagnostic, fix: &Fix) -> BTreeSet<FileId> {
    fix.edits.iter().map(|edit| edit.place.file).chain([finding.place.file]).collect()
}

struct Run<'r> {
    plan: &'r RunPlan<'r>,
    options: &'r FixOptions<'r>,
    applied: FixResult,
    /// Fixes that were reverted.
    refused: BTreeSet<Refusal>,
    /// Reverted fixes that were not tried alone.
    blamed: BTreeSet<Refusal>,
    checked_files: BTreeSet<FileId>,
}

impl Run<'_> {
    /// Fixes without overlaps, in the order of their places, as many as `search` allows: those in `only`, or all that
    /// were not reverted.
    fn next_batch(
        &mut self,
        project: &Project,
        outcome: &check::CheckResult,
        search: &Search,
        only: Option<&BTreeSet<Refusal>>,
    ) -> Vec<Candidate> {
        let at_most = search.at_most.unwrap_or(usize::MAX);
        let suspended: HashSet<Refusal> =
            search.suspended.iter().map(|suspended| suspended.candidate.refusal()).collect();
        let mut suspects: HashMap<FileId, usize> = HashMap::new();
        let mut findings = (self.options.shown)(project, outcome.findings.clone(), &outcome.covered);
        findings.retain(|finding| finding.remedy.as_ref().is_some_and(|remedy| remedy.safety >= self.options.least));
        propose(project, &mut findings);
        let mut batch: Vec<Candidate> = Vec::new();
        let mut taken_ranges = TakenRanges::default();
        for finding in findings {
            if batch.len() == at_most {
                break;
            }
            let Some(fix) = finding.fix.clone() else { continue };
            let key = refusal(&finding, &fix);
            let is_out =
                only.map_or_else(|| self.refused.contains(&key) || suspended.contains(&key), |it| !it.contains(&key));
            if !self.is_decided(&finding.rule) || is_out {
                continue;
            }
            if fix.edits.iter().any(|edit| self.has_obstacle(project, edit.place.file)) {
                continue;
            }
            if fix.edits.iter().any(|edit| taken_ranges.touches(edit)) {
                // It is tried in the next round, if still needed.
                continue;
            }
            let line = project.sources.get(finding.place.file).position(finding.place.span.start).line;
            let candidate = Candidate { finding, fix, line };
            if !search.quotas.is_empty() && !search.is_trusted(&candidate) {
                let files = candidate.files();
                let count = |file: &FileId| suspects.get(file).copied().unwrap_or_default();
                if files.iter().any(|file| search.quotas.get(file).is_some_and(|quota| count(file) >= *quota)) {
                    continue;
                }
                for file in files {
                    *suspects.entry(file).or_default() += 1;
                }
            }
            candidate.fix.edits.iter().for_each(|edit| taken_ranges.take(edit));
            batch.push(candidate);
        }
        batch
    }

    /// Whether no other enabled rule has opposite advice.
    fn is_decided(&mut self, rule: &str) -> bool {
        let is_enabled = |id: &str| self.plan.rules.iter().any(|rule| rule.id == id);
        let pair = self
            .options
            .pairs
            .iter()
            .find(|(one, other)| (one == rule && is_enabled(other)) || (other == rule && is_enabled(one)));
        if let Some(pair) = pair {
            self.applied.undecided.insert(pair.clone());
        }
        pair.is_none()
    }

    fn has_obstacle(&mut self, project: &Project, file: FileId) -> bool {
        // A file changed by a fix is compared with the disk when it is written.
        if let Some(root) = self.options.root
            && self.checked_files.insert(file)
            && let Some(reason) = write::obstacle(project.sources.get(file), root)
        {
            self.applied.obstacles.insert(file, reason);
        }
        self.applied.obstacles.contains_key(&file)
    }

    /// Applies a batch and runs the rules; reverts the batch if it does harm.
    fn attempt(
        &self,
        project: &mut Project,
        batch: &[Candidate],
        before: &FindingCounts,
    ) -> Result<(check::CheckResult, Vec<PriorFile>), Vec<Harm>> {
        let prior_files = revised(project, batch)?;
        steps::count(1);
        let after = check(project, self.plan);
        let harms = before.harms(batch, &FindingCounts::of(&after));
        if harms.is_empty() {
            return Ok((after, prior_files));
        }
        prior_files.into_iter().rev().for_each(|prior| prior.restore(project));
        Err(harms)
    }

    /// A batch did no harm.
    fn keep(&mut self, batch: Vec<Candidate>, prior_files: Vec<PriorFile>) {
        for prior in prior_files {
            let (file, source) = prior.into_parts();
            self.applied.before.entry(file).or_insert(source);
        }
        self.applied.fixed.extend(batch.into_iter().map(|candidate| {
            let mut files: Vec<FileId> = candidate.fix.edits.iter().map(|edit| edit.place.file).collect();
            files.dedup();
            AppliedFix {
                rule: candidate.finding.rule,
                title: candidate.fix.title,
                loosens: candidate.fix.loosens,
                files,
                file: candidate.finding.place.file,
                line: candidate.line,
            }
        }));
    }

    /// Reverts a fix whose file has no harm without it.
    fn blame(&mut self, suspended: LastSuspect) {
        self.blamed.insert(suspended.candidate.refusal());
        self.refuse(&suspended.candidate, suspended.harm);
    }

    /// Reverts a fix for good.
    fn refuse(&mut self, only: &Candidate, harm: Harm) {
        self.refused.insert(only.refusal());
        self.applied.reverted.push(RevertedFix {
            rule: only.finding.rule.clone(),
            title: only.fix.title.clone(),
            file: only.finding.place.file,
            line: only.line,
            reason: harm.clause,
            at: harm.at,
        });
    }

    /// Too many checks showed harm: reverts the fixes of the files with harm, and the second time all fixes. Returns
    /// whether all were reverted.
    fn give_up(&mut self, batch: Vec<Candidate>, harms: &[Harm], search: &mut Search) -> bool {
        let harmed: HashSet<FileId> = harms.iter().map(|harm| harm.file).collect();
        let all = search.has_given_up || !batch.iter().flat_map(Candidate::files).any(|file| harmed.contains(&file));
        let suspended = search.suspended.drain(..).map(|suspended| suspended.candidate);
        let of_batch = batch.into_iter().filter(|it| all || it.files().iter().any(|file| harmed.contains(file)));
        for candidate in suspended.chain(of_batch) {
            self.refused.insert(candidate.refusal());
            self.applied.reverted_together += 1;
        }
        *search = Search { failures: search.failures, has_given_up: true, ..Search::default() };
        all
    }

    /// Reverts all remaining fixes.
    fn give_up_the_rest(&mut self, project: &Project, outcome: &check::CheckResult) {
        loop {
            let rest = self.next_batch(project, outcome, &Search::default(), None);
            if rest.is_empty() {
                return;
            }
            self.applied.reverted_together += rest.len();
            self.refused.extend(rest.iter().map(Candidate::refusal));
        }
    }

    /// Tries fixes again that were blamed by file and not alone: harm in a file may come from a fix of another file.
    /// Any two of them differ in a bit of their indices, so that twice as many checks as bits are enough. Returns
    /// whether any of them did no harm and may be tried again.
    fn review(&mut self, project: &mut Project, outcome: &check::CheckResult) -> bool {
        let blamed = std::mem::take(&mut self.blamed);
        if blamed.len() < 2 {
            return false;
        }
        let batch = self.next_batch(project, outcome, &Search::default(), Some(&blamed));
        let keys: Vec<Refusal> = batch.iter().map(Candidate::refusal).collect::<BTreeSet<_>>().into_iter().collect();
        let numbers: HashMap<Refusal, usize> = keys.iter().cloned().zip(0..).collect();
        let number = |it: &Candidate| numbers.get(&it.refusal()).copied().unwrap_or_default();
        let before = FindingCounts::of(outcome);
        let mut sound: BTreeSet<usize> = BTreeSet::new();
        let bits = usize::BITS - keys.len().saturating_sub(1).leading_zeros();
        let mut batch = batch;
        for (bit, side) in (0..bits).flat_map(|bit| [(bit, 0), (bit, 1)]) {
            let (some, rest): (Vec<_>, Vec<_>) = batch.into_iter().partition(|it| (number(it) >> bit) & 1 == side);
            let harmed: HashSet<FileId> = match self.attempt(project, &some, &before) {
                Ok((_, prior_files)) => {
                    prior_files.into_iter().rev().for_each(|prior| prior.restore(project));
                    HashSet::new()
                }
                Err(harms) => harms.into_iter().map(|harm| harm.file).collect(),
            };
            let does_harm = |it: &&Candidate| it.files().iter().any(|file| harmed.contains(file));
            let harmful: HashSet<usize> = some.iter().filter(does_harm).map(number).collect();
            sound.extend(some.iter().map(number).filter(|number| !harmful.contains(number)));
            batch = some.into_iter().chain(rest).collect();
        }
        for key in sound.iter().filter_map(|number| keys.get(*number)) {
            self.refused.remove(key);
            self.applied.reverted.retain(|it| (&it.rule, it.file, &it.title) != (&key.0, key.1, &key.2));
        }
        !sound.is_empty()
    }
}

fn refusal(finding: &Diagnostic, fix: &Fix) -> Refusal {
    (finding.rule.clone(), finding.place.file, fix.title.clone())
}

/// The ranges of each file that the edits of a round touch.
#[derive(Default)]
struct TakenRanges {
    by_file: HashMap<FileId, BTreeMap<u32, u32>>,
}

impl TakenRanges {
    /// Whether an edit conflicts with the chosen ones.
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

/// Applies the edits of a batch, all or none.
fn revised(project: &mut Project, batch: &[Candidate]) -> Result<Vec<PriorFile>, Vec<Harm>> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in batch.iter().flat_map(|candidate| &candidate.fix.edits) {
        by_file.entry(edit.place.file).or_default().push(edit);
    }
    let mut prior_files: Vec<PriorFile> = Vec::new();
    let mut harms: Vec<Harm> = Vec::new();
    for (file, mut edits) in by_file {
        edits.sort_by_key(|edit| edit.place);
        let text = edited(project.sources.get(file), edits.into_iter());
        match revise(project, file, text) {
            Ok(prior) => prior_files.push(prior),
            Err(reason) => harms.push(Harm { clause: format!("the file {reason}"), at: None, file }),
        }
    }
    if harms.is_empty() {
        return Ok(prior_files);
    }
    prior_files.into_iter().rev().for_each(|prior| prior.restore(project));
    Err(harms)
}

/// The harm that a fix did.
struct Harm {
    clause: String,
    at: Option<FileId>,
    /// The file with the harm.
    file: FileId,
}

/// The number of findings of each rule in each file, and their severity.
struct FindingCounts {
    shown: HashMap<(String, FileId), (usize, Severity)>,
    /// Including superseded findings.
    all: HashMap<(String, FileId), (usize, Severity)>,
}

impl FindingCounts {
    fn of(outcome: &check::CheckResult) -> Self {
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

    /// The harm of `batch`: first findings that remain, then by rule and file.
    fn harms(&self, batch: &[Candidate], after: &Self) -> Vec<Harm> {
        let key_of = |it: &Candidate| (it.finding.rule.clone(), it.finding.place.file);
        let mut fixed_of: HashMap<(String, FileId), usize> = HashMap::new();
        let mut worst_of: HashMap<FileId, Severity> = HashMap::new();
        for it in batch {
            *fixed_of.entry(key_of(it)).or_default() += 1;
            let worst = worst_of.entry(it.finding.place.file).or_insert(it.finding.severity);
            *worst = (*worst).max(it.finding.severity);
        }
        let mut harms = Vec::new();
        for candidate in batch {
            let key = key_of(candidate);
            let fixed = fixed_of.get(&key).copied().unwrap_or_default();
            let left = after.shown.get(&key).map_or(0, |(count, _)| *count);
            let is_milder = after.shown.get(&key).is_some_and(|(_, severity)| *severity < candidate.finding.severity);
            if !is_milder && left + fixed > self.all.get(&key).map_or(0, |(count, _)| *count) {
                harms.push(Harm { clause: "the finding stays".to_owned(), at: None, file: key.1 });
            }
        }
        let mut found: Vec<_> = after.shown.iter().collect();
        found.sort_by_key(|(key, _)| *key);
        harms.extend(found.into_iter().filter_map(|(key, (count, severity))| {
            // The remaining fault may be milder: a sufficient limit is still a limit.
            if worst_of.get(&key.1).is_some_and(|worst| severity < worst) {
                return None;
            }
            let clause = match self.all.get(key) {
                Some((was, _)) if count > was => format!("it causes another finding of {}", key.0),
                None => format!("it causes a finding of {}", key.0),
                Some((_, was)) if severity > was => format!("it makes a finding of {} worse", key.0),
                Some(_) => return None,
            };
            Some(Harm { clause, at: Some(key.1), file: key.1 })
        }));
        harms
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use super::*;
    use crate::rule::{Catalog, Preset};
    use sessionlint_facts::Shapes;
    use sessionlint_project::discover::Root;
    use sessionlint_project::load::load;
    use sessionlint_project::metadata::Inputs;
    use sessionlint_project::vfs::Memory;

    const NO_DESCRIPTION: &str = "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"Profile\"\n\
        where = \"description = null\"\nspan = \"description\"\nmessage = \"It has no description\"\nhelp = \"Add one\"\n\
        fix = { set = 'description', to = 'Kept by the house', safety = 'safe' }\nreferences = [\"house rules\"]\n";

    /// Finds the descriptions that the other rule writes, in the profiles whose licence is `Bad`.
    const DESCRIPTION: &str = "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"Profile\"\n\
        where = \"description = 'Kept by the house' AND userLicense = 'Bad'\"\nspan = \"description\"\n\
        message = \"The description is bad\"\nhelp = \"Write a better one\"\nreferences = [\"house rules\"]\n";

    /// Finds the effect of another profile's description in a profile called `Victim`.
    const ELSEWHERE: &str = "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"Profile\"\n\
        where = \"userLicense = 'Victim' AND custom IN (SELECT custom FROM Profile WHERE description = 'Kept by the house' \
        AND userLicense = 'Culprit')\"\nspan = \"userLicense\"\nmessage = \"Another one is bad\"\nhelp = \"Mend it\"\n\
        references = [\"house rules\"]\n";

    /// The fixes that were kept and reverted among profiles of these licences, and how many whole checks that took.
    fn fixed(licenses: &[&str], pages: &[(&str, &str)]) -> (usize, Vec<String>, u64) {
        let (applied, back, steps) = applied(licenses, pages);
        assert_eq!(applied.reverted_together, 0);
        (applied.fixed.len(), back, steps)
    }

    /// The outcome of the fixes, the files of those that were reverted, and how many whole checks that took.
    fn applied(licenses: &[&str], pages: &[(&str, &str)]) -> (FixResult, Vec<String>, u64) {
        let folder = tempfile::tempdir().unwrap();
        for (name, rule) in pages {
            let page = format!("# Rule of the house\n\nThe house wants it otherwise.\n\n```toml rule\n{rule}```\n");
            std::fs::write(folder.path().join(name), page).unwrap();
        }
        let catalog = Catalog::load(&[folder.path()], &Shapes).unwrap();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.trim_end_matches(".md")).collect();
        let rules: Vec<_> = catalog
            .rules()
            .iter()
            .filter(|rule| names.iter().any(|name| rule.id.ends_with(&format!("/{name}"))))
            .collect();
        assert_eq!(rules.len(), pages.len());
        let plan =
            RunPlan { rules, presets: Preset::ALL.to_vec(), options: HashMap::new(), severities: HashMap::new() };
        let files = licenses.iter().enumerate().map(|(index, license)| {
            let text = format!(
                "<Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <custom>true</custom>\n    <userLicense>{license}</userLicense>\n</Profile>\n"
            );
            (format!("force-app/profiles/P{index:04}.profile-meta.xml"), text.into_bytes())
        });
        let mut project =
            load(&Root::in_memory(Path::new("x"), Memory::of("x", files)), Inputs::on(jiff::civil::date(2026, 12, 1)))
                .project;
        let options = FixOptions { least: Safety::Safe, shown: &|_, findings, _| findings, pairs: &[], root: None };
        let (applied, steps) = steps::of(|| apply(&mut project, &plan, &options));
        let back = applied.reverted.iter().map(|it| project.sources.get(it.file).path.clone()).collect();
        (applied, back, steps)
    }

    const BAD: &[(&str, &str)] = &[("no-description.md", NO_DESCRIPTION), ("description.md", DESCRIPTION)];

    #[test]
    fn many_fixes_that_do_harm_take_few_checks() {
        let checks = |count: usize| {
            let licenses: Vec<&str> = (0..count).map(|index| if index % 2 == 0 { "Bad" } else { "Good" }).collect();
            let (fixed, back, checks) = fixed(&licenses, BAD);
            assert_eq!((fixed, back.len()), (count / 2, count / 2));
            checks
        };
        assert!(checks(128) <= checks(32) + 8);
        assert!(checks(128) <= 24);
    }

    #[test]
    fn after_64_checks_with_harm_the_rest_is_reverted_together() {
        let mut licenses: Vec<&str> = (0..160).map(|index| if index % 2 == 0 { "Culprit" } else { "Good" }).collect();
        licenses.push("Victim");
        let pages: Vec<_> = BAD.iter().copied().chain([("elsewhere.md", ELSEWHERE)]).collect();
        let (applied, back, checks) = applied(&licenses, &pages);
        // Each fix has an outcome: kept, reverted with a reason, or reverted together with others.
        assert_eq!(applied.fixed.len() + back.len() + applied.reverted_together, licenses.len());
        assert!(applied.reverted_together > 0, "{} kept, {} back", applied.fixed.len(), back.len());
        let few = 2 * MAX_FAILURES as u64 + 16;
        assert!(checks > MAX_FAILURES as u64 && checks < few, "{checks} checks");
        // Nothing that is kept does harm.
        let kept = applied.fixed.iter().filter(|fixed| licenses[fixed.file.0 as usize] == "Culprit").count();
        assert_eq!(kept, 0);
    }

    #[test]
    fn harm_in_another_file_is_blamed_on_the_fix_that_does_it() {
        let mut licenses = vec!["Good"; 20];
        licenses[3] = "Victim";
        licenses[13] = "Culprit";
        let pages: Vec<_> = BAD.iter().copied().chain([("elsewhere.md", ELSEWHERE)]).collect();
        let (kept, back, checks) = fixed(&licenses, &pages);
        assert_eq!(back, ["force-app/profiles/P0013.profile-meta.xml"]);
        assert_eq!(kept, 19);
        assert!(checks <= 24, "{checks}");
    }
}
