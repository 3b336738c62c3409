//! Callouts: the address and the timeout of each, and the paths from entry points to them.
//!
//! May assume the call graph: a call that it does not resolve begins no path. Refuses to know how long a server takes
//! and how often a loop repeats at run time.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::excerpt::Excerpt;
use super::route::{CalloutRoute, Routes};
use super::web::{Web, WebEntry};
use super::{At, Certainty, Chain, Chained, Fact, Placed, at, place, spot};
use sessionlint_apex::graph::{Entry, Hop, MethodAt, Reached};
use sessionlint_apex::{Callout, Elements, Method, Point};
use sessionlint_project::metadata::Project;
use sessionlint_source::Span;

/// The known part of the address and the timeout of a callout.
#[derive(Clone, Debug, Default)]
pub(crate) struct CalloutPlace {
    pub(super) endpoint: Fact<String>,
    pub(super) credential: Option<String>,
    pub(super) timeout: Fact<i64>,
}

/// A callout.
#[derive(Debug)]
pub(crate) struct ApexCallout {
    at: At,
    chain: Chain,
    pub(super) callout: Fact<&'static str>,
    pub(super) repeated_by: Fact<Excerpt>,
    pub(super) is_async: Option<bool>,
    pub(super) sync_entry: Fact<String>,
    pub(super) sync_kind: Option<&'static str>,
    pub(super) goes: CalloutPlace,
}

by_field!(Placed, at: At, ApexCallout);
by_field!(Chained, chain: Chain, ApexCallout);

/// A path from an entry point to a callout.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
pub(crate) struct ApexCalloutPath {
    at: At,
    chain: Chain,
    pub(super) site: Fact<String>,
    pub(super) callout: Fact<&'static str>,
    pub(super) callout_in: String,
    pub(super) is_same_class: bool,
    pub(super) is_sync: bool,
    pub(super) repeated_by: Fact<Excerpt>,
    pub(super) goes: CalloutPlace,
    pub(super) allows_callouts: Option<bool>,
    pub(super) is_after_change: bool,
    pub(super) is_per_chunk: bool,
    pub(super) change_in_loop: Fact<String>,
}

by_field!(Placed, at: At, ApexCalloutPath);
by_field!(Chained, chain: Chain, ApexCalloutPath);

/// Every callout, in the order of the files.
pub(super) fn callouts(project: &Project, web: &Web<'_>) -> Vec<ApexCallout> {
    let mut all = Vec::new();
    for method in web.graph.methods() {
        let unit = web.graph.unit(method);
        if unit.conflict.is_some() {
            continue;
        }
        let requests = Requests::of(web, method);
        for callout in &web.graph.method(method).callouts {
            let nearest = web.nearest(method, &callout.step, |_| true);
            let sync = web.nearest(method, &callout.step, Entry::is_sync);
            let sync = sync.map(|way| web.chain(way)).unwrap_or_default();
            all.push(ApexCallout {
                at: at(project, web, method, Certainty::High.unless(callout.step.is_doubtful)),
                chain: nearest.map(|way| web.chain(way)).unwrap_or_default(),
                callout: Fact::known(callout.kind.as_str(), place(unit, callout.step.span)),
                repeated_by: callout
                    .step
                    .repeated_by
                    .map(|head| Excerpt::loop_word(project, unit, head))
                    .unwrap_or_default(),
                is_async: nearest.map(|(start, _)| !start.entry.is_sync()),
                sync_entry: sync.entry,
                sync_kind: sync.kind,
                goes: requests.goes(web, callout, &[]),
            });
        }
    }
    all
}

/// The paths from entry points to callouts: for each call of an entry point the one that repeats the callout, else the
/// shortest.
pub(super) fn paths(project: &Project, web: &Web<'_>) -> Vec<ApexCalloutPath> {
    let mut all = Vec::new();
    let mut memo = PathMemo::default();
    let mut routes = Routes::new(web);
    for start in &web.starts {
        let mut ways: Vec<CalloutRoute> = Vec::new();
        let mut by_site: HashMap<Span, usize> = HashMap::new();
        for way in routes.of(*start) {
            let index = *by_site.entry(way.site(web)).or_insert(ways.len());
            match ways.get_mut(index) {
                Some(other) if way.is_repeated(web) && !other.is_repeated(web) => *other = way,
                Some(_) => {}
                None => ways.push(way),
            }
        }
        ways.sort_by_key(|way| way.site(web));
        let sites = ways.iter().map(|way| way.site(web));
        let after_change = after_change(*start, web.graph.method(start.at), sites);
        all.extend(ways.iter().zip(after_change).map(|(way, is_after_change)| ApexCalloutPath {
            is_after_change,
            ..path(project, web, *start, way, &mut memo)
        }));
    }
    all
}

fn path(project: &Project, web: &Web<'_>, start: WebEntry, way: &CalloutRoute, memo: &mut PathMemo) -> ApexCalloutPath {
    let (reached, callout) = (&way.reached, way.callout(web));
    let graph = &web.graph;
    let unit = graph.unit(start.at);
    let target = graph.unit(reached.at);
    let site = way.site(web);
    let hops = reached.path.iter().map(|hop| (hop.from, &graph.call(*hop).step));
    let repeated = hops.chain([(reached.at, &callout.step)]).enumerate().find_map(|(index, (method, step))| {
        let head = step.repeated_by?;
        let caller = index.checked_sub(1).and_then(|before| reached.path.get(before));
        let is_few = caller.is_some_and(|hop| turns_over_few(web, *hop, method, head));
        (!is_few).then_some((method, head, step.is_per_chunk))
    });
    let change_in_loop = repeated.and_then(|(method, head, _)| {
        let change = memo.changes.entry((start.at, method, head.start));
        change.or_insert_with(|| change_in_loop(web, start, method, head)).clone()
    });
    let title = graph.title(reached.at);
    let called = if reached.path.is_empty() { callout.kind.as_str().to_owned() } else { called(web, reached) };
    let class = graph.class_at(start.at);
    let requests = memo.requests.entry(reached.at).or_insert_with(|| Requests::of(web, reached.at));
    ApexCalloutPath {
        at: at(project, web, start.at, Certainty::High.unless(callout.step.is_doubtful)),
        chain: web.chain((start, reached)),
        site: spot(unit, site, called),
        callout: Fact::known(callout.kind.as_str(), place(target, callout.step.span)),
        callout_in: title,
        is_same_class: web.is_within_class(start, reached),
        is_sync: start.entry.is_sync(),
        repeated_by: repeated
            .map(|(method, head, _)| Excerpt::loop_word(project, graph.unit(method), head))
            .unwrap_or_default(),
        is_per_chunk: repeated.is_some_and(|(.., is_per_chunk)| is_per_chunk),
        change_in_loop: change_in_loop.unwrap_or_default(),
        goes: requests.goes(web, callout, &reached.path),
        allows_callouts: match start.entry {
            Entry::Future => graph.method(start.at).annotation("future").map(|it| it.has("callout")),
            Entry::Queueable | Entry::Batch => graph.implements(class, &["database.allowscallouts", "allowscallouts"]),
            _ => None,
        },
        is_after_change: false,
    }
}

/// Whether a loop runs over the result of a call of its method, and that is a handful of elements.
fn turns_over_few(web: &Web<'_>, hop: Hop, method: MethodAt, head: Span) -> bool {
    let loops = &web.graph.method(method).loops;
    let found = loops.binary_search_by_key(&head.start, |it| it.head.start).ok().and_then(|at| loops[at].over);
    let elements = found.and_then(|over| web.graph.call(hop).elements.get(over));
    match elements {
        Some(Elements::Few) => true,
        Some(Elements::Given(span)) => {
            let calls = &web.graph.method(hop.from).calls;
            let given = calls.binary_search_by_key(span, |call| call.step.span).ok().and_then(|at| calls.get(at));
            given
                .and_then(|call| web.graph.resolve(hop.from, call))
                .is_some_and(|callee| web.graph.method(callee).gives_few)
        }
        Some(Elements::Unknown) | None => false,
    }
}

/// Changes of records in a loop, by entry point, method and start of the loop.
type LoopChanges = HashMap<(MethodAt, MethodAt, u32), Option<Fact<String>>>;

/// Results of one path that hold for others.
#[derive(Default)]
struct PathMemo {
    changes: LoopChanges,
    requests: HashMap<MethodAt, Requests>,
}

/// The largest number of calls and changes of a loop that are checked.
const MAX_STEPS: usize = 500;

/// The first step in a loop that changes records, so that the callout of a later iteration is refused: a change, or a
/// call of a method that makes one on every path through it. Steps that only follow a failure do not count.
fn change_in_loop(web: &Web<'_>, start: WebEntry, method: MethodAt, head: Span) -> Option<Fact<String>> {
    let (unit, body) = (web.graph.unit(method), web.graph.method(method));
    let at = body.loops.binary_search_by_key(&head.start, |it| it.head.start).ok()?;
    let whole = body.loops.get(at)?.whole;
    let is_within = |span: Span| whole.start <= span.start && span.end <= whole.end;
    let is_each_turn = |step: &Point| Web::can_run(start, step) && step.repeated_by.is_some_and(is_within);
    let first = body.changes.partition_point(|change| change.step.span.start < whole.start);
    let changes = body.changes[first..].iter().take_while(|change| change.step.span.start < whole.end);
    let own = changes.take(MAX_STEPS).find(|change| !change.is_in_catch && is_each_turn(&change.step));
    if let Some(change) = own {
        return Some(spot(unit, change.step.span, change.text.clone()));
    }
    let first = body.calls.partition_point(|call| call.step.span.start < whole.start);
    let calls = body.calls[first..].iter().take_while(|call| call.step.span.start < whole.end).take(MAX_STEPS);
    let changes = |callee: &MethodAt| {
        let all = &web.graph.method(*callee).changes;
        all.iter().take(MAX_STEPS).any(|change| !change.is_in_branch && Web::can_run(start, &change.step))
    };
    calls.filter(|call| !call.is_delegation && !call.is_in_catch && is_each_turn(&call.step)).find_map(|call| {
        let callee =
            web.graph.resolve(method, call).filter(|callee| !web.graph.is_future(*callee) && changes(callee))?;
        Some(spot(unit, call.step.span, web.graph.title(callee)))
    })
}

/// The target of the first call of a path.
fn called(web: &Web<'_>, reached: &Reached) -> String {
    let second = reached.path.get(1).map_or(reached.at, |hop| hop.from);
    web.graph.title(second)
}

/// For each of some sites, in order, whether records are changed in the entry point's own body before it, on the same
/// path through it.
fn after_change(start: WebEntry, method: &Method, sites: impl Iterator<Item = Span>) -> impl Iterator<Item = bool> {
    // The change of a branch that ends first counts.
    let mut first_end: BTreeMap<(u32, Reverse<u32>), u32> = BTreeMap::new();
    for change in method.changes.iter().filter(|change| Web::can_run(start, &change.step)) {
        let (branch, end) = (change.branch, change.step.span.end);
        let first = first_end.entry((branch.start, Reverse(branch.end))).or_insert(end);
        *first = (*first).min(end);
    }
    let mut branches = first_end.into_iter().peekable();
    // Branches are nested or separate. Here are those around a site, from the outside in, each with the first end in it
    // or above.
    let mut around: Vec<(u32, u32)> = Vec::new();
    sites.map(move |site| {
        while let Some(((_, Reverse(end)), first)) = branches.next_if(|((branch, _), _)| *branch <= site.start) {
            close(&mut around, end);
            let above = around.last().map_or(u32::MAX, |(_, above)| *above);
            around.push((end, first.min(above)));
        }
        close(&mut around, site.end);
        around.last().is_some_and(|(_, first)| *first <= site.start)
    })
}

/// Removes the branches that end before `end`.
fn close(around: &mut Vec<(u32, u32)>, end: u32) {
    while around.pop_if(|(branch, _)| *branch < end).is_some() {}
}

/// The values that a method sets on requests, found once for all of its callouts.
struct Requests {
    method: MethodAt,
    endpoints: Latest,
    timeouts: Latest,
    /// The timeout that is set by a method which it calls; searched when it is needed.
    built: OnceCell<Fact<i64>>,
}

impl Requests {
    fn of(web: &Web<'_>, method: MethodAt) -> Self {
        let body = web.graph.method(method);
        Self {
            method,
            endpoints: Latest::of(body.endpoints.iter().map(|(span, _)| span.start)),
            timeouts: Latest::of(body.timeouts.iter().map(|(step, _)| step.span.start)),
            built: OnceCell::new(),
        }
    }

    /// The address of a callout, as far as its own method sets it; methods on the path `way`, or one that builds the
    /// request, may set the timeout.
    fn goes(&self, web: &Web<'_>, callout: &Callout, way: &[Hop]) -> CalloutPlace {
        let (unit, body) = (web.graph.unit(self.method), web.graph.method(self.method));
        let end = callout.step.span.end;
        let endpoint = match body.endpoints.as_slice() {
            [only] => Some(only),
            all => self.endpoints.up_to(end).and_then(|index| all.get(index)),
        };
        let own = self.timeouts.up_to(end).and_then(|index| body.timeouts.get(index));
        let timeout = own.map(|(step, set)| Fact::known(*set, place(unit, step.span)));
        let on_the_way = || way.iter().find_map(|hop| last_timeout(web, hop.from));
        CalloutPlace {
            endpoint: endpoint.map(|(span, text)| spot(unit, *span, shown(text))).unwrap_or_default(),
            credential: endpoint.and_then(|(_, text)| credential_of(text)),
            timeout: timeout.or_else(on_the_way).unwrap_or_else(|| self.built(web).clone()),
        }
    }

    fn built(&self, web: &Web<'_>) -> &Fact<i64> {
        self.built.get_or_init(|| {
            let called = web.graph.method(self.method).calls.iter();
            let mut called = called.filter_map(|call| web.graph.resolve(self.method, call));
            called.find_map(|at| last_timeout(web, at)).unwrap_or_default()
        })
    }
}

/// The last timeout that a method sets.
fn last_timeout(web: &Web<'_>, at: MethodAt) -> Option<Fact<i64>> {
    let (step, set) = web.graph.method(at).timeouts.last()?;
    Some(Fact::known(*set, place(web.graph.unit(at), step.span)))
}

/// The last of many items before a place; the items are not all in the order of their places.
struct Latest {
    /// Those with no later one before them, by place, with their index.
    kept: Vec<(u32, usize)>,
}

impl Latest {
    fn of(starts: impl Iterator<Item = u32>) -> Self {
        let mut kept: Vec<(u32, usize)> = Vec::new();
        for (index, start) in starts.enumerate() {
            while kept.pop_if(|(other, _)| *other >= start).is_some() {}
            kept.push((start, index));
        }
        Self { kept }
    }

    /// The index of the last one that begins at `end` or before.
    fn up_to(&self, end: u32) -> Option<usize> {
        let after = self.kept.partition_point(|(start, _)| *start <= end);
        after.checked_sub(1).map(|last| self.kept[last].1)
    }
}

/// An endpoint without the parts that may contain a secret.
fn shown(text: &str) -> String {
    text.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The name after `callout:` at the start of an endpoint.
pub(super) fn credential_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_at_checked("callout:".len())?;
    let name: String = rest.chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '_').collect();
    (scheme.eq_ignore_ascii_case("callout:") && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_is_the_last_one_before() {
        for starts in [vec![], vec![4], vec![1, 5, 9], vec![5, 1, 9, 3], vec![9, 5, 1], vec![2, 2, 7, 2]] {
            let latest = Latest::of(starts.iter().copied());
            for end in 0..11 {
                assert_eq!(latest.up_to(end), starts.iter().rposition(|start| *start <= end), "{starts:?} {end}");
            }
        }
    }
}
