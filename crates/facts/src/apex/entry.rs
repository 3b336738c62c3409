//! Schedulables: whether they do the work themselves or pass it on.
//!
//! May assume the call graph, and does not follow a method that passes work on. Refuses to know how many records a
//! query returns.

use super::excerpt::Excerpt;
use super::web::{Web, WebEntry};
use super::{At, Certainty, Chain, Chained, DEPTH, Fact, Placed, at, spot};
use sessionlint_apex::Point;
use sessionlint_apex::graph::{Entry, Reached, Walk, hands_on};
use sessionlint_project::metadata::Project;

/// An `execute(SchedulableContext)`.
#[derive(Debug)]
pub(crate) struct ApexEntryPoint {
    at: At,
    chain: Chain,
    pub(super) kind: &'static str,
    pub(super) delegates: Fact<Excerpt>,
    pub(super) change: Fact<String>,
    pub(super) unbounded: Fact<Excerpt>,
    pub(super) work_loop: Fact<Excerpt>,
}

by_field!(Placed, at: At, ApexEntryPoint);
by_field!(Chained, chain: Chain, ApexEntryPoint);

impl ApexEntryPoint {
    /// Whether it does much work itself: changes records, and reads or repeats without a small limit.
    pub(super) fn is_heavy(&self) -> bool {
        let has_work = self.unbounded.value.is_some() || self.work_loop.value.is_some();
        self.delegates.value.is_none() && self.change.value.is_some() && has_work
    }
}

/// One for each, in the order of the files.
pub(super) fn entries(project: &Project, web: &Web<'_>) -> Vec<ApexEntryPoint> {
    web.starts.iter().filter(|start| start.entry == Entry::Schedulable).map(|start| one(project, web, *start)).collect()
}

fn one(project: &Project, web: &Web<'_>, start: WebEntry) -> ApexEntryPoint {
    let graph = &web.graph;
    // A method that passes work on is not followed further, because code that was not read looks like code that does
    // nothing.
    let walk = Walk { kinds: start.entry.kinds(), depth: DEPTH, is_within_class: false };
    let reached = graph.reach([start.at], walk, |at| !hands_on(graph, at));
    let runs = |step: &Point| Web::can_run(start, step);
    let mut found = ApexEntryPoint {
        at: at(project, web, start.at, Certainty::High.unless(false)),
        chain: web.chain((start, &Reached { at: start.at, path: Vec::new(), is_repeated: false })),
        kind: start.entry.as_str(),
        delegates: Fact::default(),
        change: Fact::default(),
        unbounded: Fact::default(),
        work_loop: Fact::default(),
    };
    for way in &reached {
        let (unit, method) = (graph.unit(way.at), graph.method(way.at));
        let futures = method
            .calls
            .iter()
            .filter(|call| graph.resolve(way.at, call).is_some_and(|callee| graph.is_future(callee)));
        let delegation = method.calls.iter().filter(|call| call.is_delegation).chain(futures).next();
        set(&mut found.delegates, || delegation.map(|call| Excerpt::statement(project, unit, call.step.span)));
        let change = method.changes.iter().find(|change| runs(&change.step));
        if found.change.value.is_none()
            && let Some(change) = change
        {
            found.change = spot(unit, change.step.span, change.text.clone());
            found.chain = web.chain((start, way));
        }
        let query = method.unbounded.iter().find(|step| runs(step));
        set(&mut found.unbounded, || query.map(|step| Excerpt::statement(project, unit, step.span)));
        let steps = method.changes.iter().map(|it| &it.step).chain(method.callouts.iter().map(|it| &it.step));
        let own = steps.filter(|step| runs(step)).find_map(|step| step.repeated_by);
        let has_work = !method.changes.is_empty() || !method.callouts.is_empty();
        let on_the_way = way.path.iter().find_map(|hop| {
            graph.call(*hop).step.repeated_by.filter(|_| has_work).map(|span| (graph.unit(hop.from), span))
        });
        set(&mut found.work_loop, || {
            let (unit, span) = own.map(|span| (unit, span)).or(on_the_way)?;
            Some(Excerpt::loop_word(project, unit, span))
        });
    }
    found
}

fn set(fact: &mut Fact<Excerpt>, find: impl FnOnce() -> Option<Fact<Excerpt>>) {
    if fact.value.is_none()
        && let Some(found) = find()
    {
        *fact = found;
    }
}
