//! Entry points and the methods that each reaches, computed once for all tables.
//!
//! Refuses to know what a method does: it follows calls, and nothing else.

use std::collections::{BTreeMap, HashMap};

use super::{Chain, DEPTH, Fact, place};
use sessionlint_apex::graph::{Entry, Graph, MethodAt, Reached, Walk, can_run};
use sessionlint_apex::{Kinds, Point, Unit};

/// An entry point.
#[derive(Clone, Copy, Debug)]
pub(super) struct WebEntry {
    pub(super) at: MethodAt,
    pub(super) entry: Entry,
}

/// A path from an entry point to a method.
pub(super) type Way<'w> = (WebEntry, &'w Reached);

/// All calls, from entry points on.
#[derive(Debug)]
pub(super) struct Web<'u> {
    pub(super) graph: Graph<'u>,
    /// In the order of the files.
    pub(super) starts: Vec<WebEntry>,
    anywhere: BTreeMap<Entry, Nearest>,
    within_class: BTreeMap<Entry, Nearest>,
}

/// For each method, the shortest path from an entry point of one sort.
#[derive(Debug)]
struct Nearest(HashMap<MethodAt, Reached>);

impl Nearest {
    fn of(graph: &Graph<'_>, starts: &[MethodAt], entry: Entry, is_within_class: bool) -> Self {
        let walk = Walk { kinds: entry.kinds(), depth: DEPTH, is_within_class };
        let mut nearest = HashMap::new();
        for reached in graph.reach(starts.iter().copied(), walk, |_| true) {
            nearest.entry(reached.at).or_insert(reached);
        }
        Self(nearest)
    }
}

impl<'u> Web<'u> {
    pub(super) fn new(units: &'u [Unit]) -> Self {
        let graph = Graph::new(units);
        let start = |at: MethodAt| Some(WebEntry { at, entry: graph.entry(at)? });
        let starts: Vec<WebEntry> = graph.methods().filter_map(start).collect();
        let mut by_entry: BTreeMap<Entry, Vec<MethodAt>> = BTreeMap::new();
        for start in &starts {
            by_entry.entry(start.entry).or_default().push(start.at);
        }
        let nearest = |is_within_class: bool| {
            by_entry.iter().map(|(entry, at)| (*entry, Nearest::of(&graph, at, *entry, is_within_class))).collect()
        };
        let (anywhere, within_class) = (nearest(false), nearest(true));
        Self { graph, starts, anywhere, within_class }
    }

    /// The units with their numbers.
    pub(super) fn units(&self) -> impl Iterator<Item = (u32, &'u Unit)> + use<'u> {
        (0u32..).zip(self.graph.units)
    }

    /// The shortest path on which a step of a method can run, from an entry point of some sorts.
    pub(super) fn nearest(&self, at: MethodAt, step: &Point, sorts: impl Fn(Entry) -> bool) -> Option<Way<'_>> {
        shortest(&self.anywhere, at, step.kinds, sorts)
    }

    /// Like [`Self::nearest`], by calls within one class.
    pub(super) fn nearest_in_class(
        &self,
        at: MethodAt,
        step: &Point,
        sorts: impl Fn(Entry) -> bool,
    ) -> Option<Way<'_>> {
        shortest(&self.within_class, at, step.kinds, sorts)
    }

    /// Whether all of a path stays within the class of its entry point.
    pub(super) fn is_within_class(&self, start: WebEntry, reached: &Reached) -> bool {
        let class = self.graph.class_at(start.at);
        self.graph.class_at(reached.at) == class
            && reached.path.iter().all(|hop| self.graph.class_at(hop.from) == class)
    }

    /// A path as the columns show it.
    pub(super) fn chain(&self, (start, reached): Way<'_>) -> Chain {
        let graph = &self.graph;
        let mut titles = vec![graph.title(start.at)];
        let mut calls: [Fact<String>; DEPTH] = Default::default();
        let called = reached.path.iter().skip(1).map(|hop| hop.from).chain([reached.at]);
        for ((slot, hop), to) in calls.iter_mut().zip(&reached.path).zip(called) {
            let title = graph.title(to);
            *slot = Fact::known(title.clone(), place(graph.unit(hop.from), graph.call(*hop).step.span));
            titles.push(title);
        }
        let entry = place(graph.unit(start.at), graph.method(start.at).name_span);
        Chain {
            entry: Fact::known(titles[0].clone(), entry),
            kind: Some(start.entry.as_str()),
            depth: i64::try_from(reached.path.len()).ok(),
            calls,
            text: (titles.len() > 1).then(|| titles.join(" -> ")),
        }
    }

    /// Whether a step can run in the transaction of a start.
    pub(super) fn can_run(start: WebEntry, step: &Point) -> bool {
        can_run(step, start.entry.kinds())
    }
}

fn shortest(
    all: &BTreeMap<Entry, Nearest>,
    at: MethodAt,
    kinds: Kinds,
    sorts: impl Fn(Entry) -> bool,
) -> Option<Way<'_>> {
    let fits = |entry: Entry| sorts(entry) && !kinds.and(entry.kinds()).is_empty();
    let found = all.iter().filter(|(entry, _)| fits(**entry)).filter_map(|(entry, nearest)| {
        let reached = nearest.0.get(&at)?;
        let start = reached.path.first().map_or(at, |hop| hop.from);
        Some((WebEntry { at: start, entry: *entry }, reached))
    });
    found.min_by_key(|(start, reached)| (reached.path.len(), start.at))
}
