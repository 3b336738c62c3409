//! The history of a project: reads, checks and compares its states, for the commands about a history.
//!
//! All states are checked with the current configuration and for the day of the run, so that a change of either is not a
//! change of the project. Rules that read code do not run: only session metadata is read. Refuses to know formats.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::args::Common;
use super::progress::Progress;
use super::settings::{ResolvedRun, Settings, with_only};
use super::target::{self, FindingScope, Target};
use super::threads::with_threads;
use super::{Environment, Exit, Failure};
use sessionlint_analysis::blame::{Origin, Origins, Parent, findings_since};
use sessionlint_analysis::diff::{Finding, Snapshot};
use sessionlint_analysis::history::{Change, CommitInfo, HistoryStart, Selection, history_start, own_changes};
use sessionlint_facts::rests_on;
use sessionlint_lint::check::{RunPlan, check_facts};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::rule::{Catalog, Rule};
use sessionlint_lint::suppress::{self, Configured};
use sessionlint_project::discover::{MANIFEST, PROJECT_FILE, Root};
use sessionlint_project::history::{CommitStates, HistoryWalk, Start, State, StateFiles};
use sessionlint_project::load::Loaded;
use sessionlint_project::metadata::Inputs;
use sessionlint_project::vfs::git::log::{Commit, Range, Repository};
use sessionlint_project::vfs::{FileTree, Memory, TreeError};
use sessionlint_report::one_line;
use sessionlint_source::globs::Glob;
use sessionlint_source::nearest::nearest;
use sessionlint_source::words::counted;

/// The results of a state after its check.
#[derive(Debug, Default)]
pub(super) struct CheckedState {
    snapshot: OnceLock<Snapshot>,
    /// The files that were checked: an equal state with other paths has others.
    files: OnceLock<Arc<StateFiles>>,
    origins: OnceLock<Origins>,
}

/// The options of a walk through a history.
pub(super) struct WalkOptions<'q> {
    /// The project in the working tree, or its replacement in a bare repository.
    pub(super) target: &'q Target,
    /// The rules, the day, and the suppressions.
    pub(super) resolved: &'q ResolvedRun<'q>,
    /// All rules, for the comments that name them.
    pub(super) catalog: &'q Catalog,
    /// Facts that no file contains.
    pub(super) inputs: Inputs,
    /// Whether the origin of everything is followed.
    pub(super) follows_origins: bool,
    /// Whether names and titles are left out.
    pub(super) is_anonymous: bool,
    /// The selection of changes to show.
    pub(super) filter: Option<&'q Selection>,
}

/// The result of a walk through a history.
pub(super) struct Timeline {
    /// Its start.
    pub(super) begins: Option<HistoryStart>,
    /// The number of commits that were read.
    pub(super) commits: usize,
    /// Their changes, in order; commits without changes are left out.
    pub(super) changes: Vec<Change>,
    /// The last commit's state.
    pub(super) tip: Option<Arc<CheckedState>>,
    /// How many files were missing in the repository, and the first of them.
    pub(super) absent: Option<(usize, String)>,
    /// Rules that could not run.
    pub(super) errors: BTreeSet<String>,
}

impl Timeline {
    /// The last commit's state, and the origin of everything in it.
    pub(super) fn tip(&self) -> Option<Parent<'_>> {
        let tip = self.tip.as_ref()?;
        Some((tip.snapshot.get()?, tip.origins.get()?))
    }

    /// The last commit's state.
    pub(super) fn last(&self) -> Option<&Snapshot> {
        self.tip.as_ref()?.snapshot.get()
    }
}

/// The repository of a project, and its settings: those of the working tree, or of the last commit where there is none.
pub(super) fn repository(target: &mut Target, typed: &Path) -> Result<Repository, Failure> {
    if matches!(target.root.tree, FileTree::Memory(_)) {
        let text = format!("{}: only a git repository has a history, and this is a zip", typed.display());
        return Err(Failure::Usage(text));
    }
    let unknown = |error: TreeError| match error {
        TreeError::Unknown(_) => {
            Failure::Usage(format!("{}: is not in a git repository, so it has no history", typed.display()))
        }
        TreeError::Unreadable(text) => Failure::Unreadable(format!("{}: {text}", typed.display())),
    };
    let mut repository = Repository::find(&target.root.path).map_err(unknown)?;
    let tip = "HEAD";
    if repository.commit(tip).is_none() {
        return Err(Failure::Usage(format!("{}: the repository has no commit yet", typed.display())));
    }
    if repository.is_bare() {
        repository = in_bare(repository, typed, tip)?;
        // Its own configuration counts, as for a revision that is compared.
        let commit = repository.commit(tip).unwrap_or_default();
        let memory = Memory::of_revision(tip, repository.revision(&commit));
        target.root = Root::in_memory(&target.root.path, memory);
        target.shown = FindingScope::All;
    }
    Ok(repository)
}

/// The project in a repository without a work tree: that at its top, else the only one below.
fn in_bare(repository: Repository, typed: &Path, tip: &str) -> Result<Repository, Failure> {
    let commit = repository.commit(tip).unwrap_or_default();
    let files = repository.files(&commit).map_err(|error| target::failed(&error, typed))?;
    let is_at_top = files.iter().any(|file| matches!(file.path.as_str(), PROJECT_FILE | MANIFEST));
    let below = |path: &str| path.strip_suffix(PROJECT_FILE).and_then(|it| it.strip_suffix('/')).map(str::to_owned);
    let folders: Vec<String> = files.iter().filter_map(|file| below(&file.path)).collect();
    match folders.as_slice() {
        [only] if !is_at_top => Ok(repository.at(only)),
        [] | [_] => Ok(repository),
        _ if is_at_top => Ok(repository),
        many => {
            let text = format!(
                "{}: holds {} projects ({}); check one of them out, and name its folder",
                typed.display(),
                many.len(),
                many.join(", ")
            );
            Err(Failure::Usage(text))
        }
    }
}

/// The rules of a run that depend on metadata alone. The lines of `.forceignore` that hide nothing are known only with
/// the names of all code.
pub(super) fn followed<'r>(plan: &RunPlan<'r>) -> RunPlan<'r> {
    RunPlan { rules: plan.rules.iter().copied().filter(|rule| is_followed(rule)).collect(), ..plan.clone() }
}

/// Whether a rule depends on metadata alone.
pub(super) fn is_followed(rule: &Rule) -> bool {
    let definition = &rule.definition;
    let conditions = definition.condition.iter().chain(definition.escalate.iter().map(|it| &it.condition));
    let texts = conditions.map(|it| it.text.as_str()).chain([rule.from.as_str()]);
    rests_on(texts).is_empty() && !rule.from.eq_ignore_ascii_case("DeadPattern")
}

/// States that are checked at once.
const BATCH: usize = 32;

/// Walks through the commits of `range`.
pub(super) fn walk(
    repository: &Repository,
    range: &Range,
    options: &WalkOptions<'_>,
    common: &Common,
    environment: &Environment<'_>,
) -> Result<Timeline, Failure> {
    let _progress = Progress::start("reading the history", environment);
    with_threads(common, || walk_all(repository, range, options))?
}

fn walk_all(repository: &Repository, range: &Range, options: &WalkOptions<'_>) -> Result<Timeline, Failure> {
    let failed = |error: TreeError| {
        let (TreeError::Unknown(text) | TreeError::Unreadable(text)) = error;
        Failure::Unreadable(format!("the history cannot be read: {text}"))
    };
    let inputs = Inputs { cache: None, ..with_only(&BTreeSet::new(), options.inputs.clone()) };
    let checker =
        StateChecker { options, inputs, plan: followed(&options.resolved.plan), errors: std::sync::Mutex::default() };
    let mut walk = HistoryWalk::<CheckedState>::new(repository, range, &options.inputs.budget).map_err(failed)?;
    let mut timeline =
        Timeline { begins: None, commits: 0, changes: Vec::new(), tip: None, absent: None, errors: BTreeSet::new() };
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let step = walk.step().map_err(failed)?;
        let is_last = step.is_none();
        batch.extend(step);
        if batch.len() >= BATCH || is_last {
            checker.batch(std::mem::take(&mut batch), &mut timeline);
        }
        if is_last {
            break;
        }
    }
    timeline.commits = walk.commits;
    timeline.absent = walk.absent.take();
    if let Some((_, node)) = walk.last() {
        checker.check(&[node]);
        timeline.tip = Some(Arc::clone(&node.meaning));
    }
    timeline.errors = checker.errors.into_inner().unwrap_or_default();
    Ok(timeline)
}

struct StateChecker<'a> {
    options: &'a WalkOptions<'a>,
    inputs: Inputs,
    plan: RunPlan<'a>,
    errors: std::sync::Mutex<BTreeSet<String>>,
}

impl StateChecker<'_> {
    /// Checks those states of a batch of steps that were not checked yet, then compares them in order.
    fn batch(&self, steps: Vec<CommitStates<CheckedState>>, timeline: &mut Timeline) {
        let nodes: Vec<&State<CheckedState>> =
            steps.iter().flat_map(|step| step.parents.iter().chain([&step.node])).collect();
        self.check(&nodes);
        for step in steps {
            if let Some(start) = step.start
                && timeline.begins.is_none()
            {
                timeline.begins = Some(history_start(&step.commit, start));
            }
            self.follow(&step);
            if let Some(change) = self.change(step) {
                timeline.changes.push(change);
            }
        }
    }

    /// Checks states on all threads, each once.
    fn check(&self, nodes: &[&State<CheckedState>]) {
        let mut open: Vec<&State<CheckedState>> =
            nodes.iter().copied().filter(|node| node.meaning.snapshot.get().is_none()).collect();
        open.sort_by_key(|node| Arc::as_ptr(&node.meaning));
        open.dedup_by_key(|node| Arc::as_ptr(&node.meaning));
        // Two threads never work on one state: a thread that waits for another could itself be waited for.
        open.into_par_iter().with_max_len(1).for_each(|node| {
            let _ = node.meaning.files.set(Arc::clone(&node.files));
            let _ = node.meaning.snapshot.set(self.snapshot(&node.files));
        });
    }

    fn snapshot(&self, files: &StateFiles) -> Snapshot {
        let target = self.options.target;
        let Loaded { project, .. } = files.load(&target.root.path, self.inputs.clone());
        let project = Arc::new(project);
        Snapshot::of(Arc::clone(&project), |facts| {
            let mut result = check_facts(facts, &self.plan);
            result.findings.retain(|finding| target.shown.has(finding, &project));
            // Suppressed findings are not new.
            let mut configured = Configured::new(&self.options.resolved.ignores, self.inputs.as_of);
            let mut remaining =
                suppress::apply(result.findings, &result.covered, &project.sources, &mut [&mut configured]);
            suppress::mark_allowed(&mut remaining.findings, &project, self.options.catalog);
            if !result.errors.is_empty() {
                let mut errors = self.errors.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                errors.extend(result.errors.iter().map(ToString::to_string));
            }
            remaining.findings
        })
    }

    /// Records the origin of everything in a step's state.
    fn follow(&self, step: &CommitStates<CheckedState>) {
        let Some(snapshot) = step.node.meaning.snapshot.get().filter(|_| self.options.follows_origins) else { return };
        let nothing = Origins::default();
        let parents: Vec<Parent<'_>> = step
            .parents
            .iter()
            .filter_map(|parent| {
                Some((parent.meaning.snapshot.get()?, parent.meaning.origins.get().unwrap_or(&nothing)))
            })
            .collect();
        let start = step.start.filter(|_| step.parents.is_empty());
        let own = Origin { commit: Arc::clone(&step.commit), start };
        let _ = step.node.meaning.origins.set(Origins::of(snapshot, &own, &parents));
    }

    fn change(&self, step: CommitStates<CheckedState>) -> Option<Change> {
        let after = step.node.meaning.snapshot.get()?;
        let name = |commit: &Commit, at: usize| commit.parents.get(at).cloned().unwrap_or_default();
        let compare = |(at, parent): (usize, &State<CheckedState>)| {
            let before = parent.meaning.snapshot.get()?;
            let diff = before.diff(&name(&step.commit, at), after, &step.commit.id);
            // A finding that is gone is shown with its place, which may have changed by now.
            let is_moved = parent.meaning.files.get().is_none_or(|checked| !Arc::ptr_eq(checked, &parent.files));
            if is_moved && !diff.findings.fixed.is_empty() {
                let before = self.snapshot(&parent.files);
                return Some(before.diff(&name(&step.commit, at), after, &step.commit.id));
            }
            Some(diff)
        };
        let diffs = step.parents.iter().enumerate().filter_map(compare).collect();
        let mut change = Change {
            info: CommitInfo::of(&step.commit, self.options.is_anonymous),
            is_merge: step.commit.parents.len() > 1,
            changes: own_changes(diffs)?,
            unreadable: step.broken.into_iter().map(Into::into).collect(),
            readable_again: step.mended,
        };
        if let Some(filter) = self.options.filter {
            let before = step.parents.iter().filter_map(|parent| parent.meaning.snapshot.get());
            let states: Vec<&Snapshot> = before.chain([after]).collect();
            filter.apply(&mut change, |finding| is_about(filter, &states, finding));
        }
        change.changes.findings.join_copies();
        (!change.is_empty()).then_some(change)
    }
}

/// The whole history of a project, followed to the origin of everything in its last commit.
pub(super) fn origins(
    target: &Target,
    repository: &Repository,
    resolved: &ResolvedRun<'_>,
    catalog: &Catalog,
    inputs: Inputs,
    common: &Common,
    environment: &Environment<'_>,
) -> Result<Timeline, Failure> {
    let options =
        WalkOptions { target, resolved, catalog, inputs, follows_origins: true, is_anonymous: false, filter: None };
    walk(repository, &Range::default(), &options, common, environment)
}

/// Sets the commit since which each finding exists.
pub(super) fn blame(
    target: &Target,
    resolved: &ResolvedRun<'_>,
    catalog: &Catalog,
    inputs: Inputs,
    findings: &mut [Diagnostic],
    common: &Common,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    // The shown findings are selected already, and a finding may move to another file.
    let mut target = Target { shown: FindingScope::All, ..target.clone() };
    let typed = target.root.path.clone();
    let repository = repository(&mut target, &typed)?;
    let timeline = origins(&target, &repository, resolved, catalog, inputs, common, environment)?;
    let is_followed = |rule: &str| catalog.get(rule).is_none_or(is_followed);
    let since = findings_since(timeline.tip(), findings, is_followed, true);
    for (finding, since) in findings.iter_mut().zip(since) {
        finding.since = Some(since.provenance());
    }
    Ok(write_notices(&timeline, None, environment))
}

/// Writes the notices beside the changes.
pub(super) fn write_notices(
    timeline: &Timeline,
    settings: Option<&Settings>,
    environment: &mut Environment<'_>,
) -> Exit {
    let mut exit = Exit::Clean;
    environment.warn_of_all(settings.iter().flat_map(|settings| &settings.notices));
    let shallow = sessionlint_analysis::history::start_kind(Start::Shallow);
    if let Some(start) = timeline.begins.as_ref().filter(|start| start.why == shallow) {
        environment.warn(&format!(
            "the clone is shallow: its history begins on {} with commit {}",
            start.day,
            start.commit.get(..7).unwrap_or(&start.commit)
        ));
    }
    if let Some((count, first)) = &timeline.absent {
        environment.error(&format!(
            "{} missing from the repository's objects (the first is {first}); in a partial clone, fetch them first, since \
             sessionlint fetches nothing",
            counted(*count, "file of the history is", "files of the history are")
        ));
        exit = Exit::Unreadable;
    }
    for error in &timeline.errors {
        environment.error(error);
        exit = Exit::Usage;
    }
    exit
}

/// Whether the file of a finding belongs to the selection of a filter in a state.
fn is_about(filter: &Selection, states: &[&Snapshot], finding: &Finding) -> bool {
    let path = |state: &Snapshot, place: Option<sessionlint_source::Place>| {
        place.is_some_and(|place| state.project.sources.get(place.file).path == finding.path)
    };
    let name = finding.component.as_ref().map_or("", |component| component.name.as_str());
    if !name.is_empty() && (filter.has(false, [name, name]) || filter.has(true, [name, name])) {
        return true;
    }
    states.iter().any(|state| {
        let profiles = state.profiles.iter().filter(|it| filter.has(false, [&it.label, &it.full_name]));
        let apps = state.apps.iter().filter(|it| filter.has(true, [&it.written.label, &it.written.full_name]));
        profiles.into_iter().any(|it| path(state, Some(it.place)) || path(state, it.own.place))
            || apps.into_iter().any(|it| path(state, it.written.place))
    })
}

/// A warning for each glob of the selection that no profile or app of `state` fits, nor one of `changes`.
pub(super) fn warn_of_unknown_names(
    selection: &Selection,
    state: &Snapshot,
    changes: &[Change],
    environment: &mut Environment<'_>,
) {
    let names_in =
        |it: &Change| it.changes.profiles.iter().map(|it| [it.profile.clone(), it.full_name.clone()]).collect();
    let now = state.profiles.iter().map(|it| [it.label.clone(), it.full_name.clone()]);
    let profiles: Vec<_> = now.chain(changes.iter().flat_map::<Vec<_>, _>(names_in)).collect();
    let names_in = |it: &Change| it.changes.apps.iter().map(|it| [it.app.clone(), it.full_name.clone()]).collect();
    let now = state.apps.iter().map(|it| [it.written.label.clone(), it.written.full_name.clone()]);
    let apps: Vec<_> = now.chain(changes.iter().flat_map::<Vec<_>, _>(names_in)).collect();
    for (what, globs, names) in [("profile", &selection.profiles, profiles), ("app", &selection.apps, apps)] {
        for glob in globs.iter().filter(|glob| !names.iter().flatten().any(|name| glob.matches_name(name))) {
            let near = nearest(glob.text(), names.iter().flatten().map(String::as_str));
            let hint = near.map(|name| format!("; did you mean `{}`?", one_line(name))).unwrap_or_default();
            environment.warn(&format!("--{what} {}: no {what} has this label or fullName{hint}", glob.text()));
        }
    }
}

/// The globs of an option.
pub(super) fn globs(typed: &[String], option: &str) -> Result<Vec<Glob>, Failure> {
    let glob = |text: &String| Glob::new(text).map_err(|error| Failure::Usage(format!("{option} {text}: {error}")));
    typed.iter().map(glob).collect()
}
