//! Entry points and the methods that each reaches, computed once for all tables.
//!
//! Refuses to know what a method does: it follows calls, and nothing else.

use std::collections::BTreeMap;

use super::{Chain, DEPTH, Fact, place};
use sessionlint_apex::graph::{Entry, Graph, MethodAt, Reached, can_run};
use sessionlint_apex::{Point, Unit};

/// An entry point with everything that it reaches.
#[derive(Debug)]
pub(super) struct WebEntry {
    pub(super) at: MethodAt,
    pub(super) entry: Entry,
    pub(super) reached: Vec<Reached>,
}

/// All calls, from entry points on.
#[derive(Debug)]
pub(super) struct Web<'u> {
    pub(super) graph: Graph<'u>,
    pub(super) starts: Vec<WebEntry>,
    /// For each method, the starts that reach it: index of the start and of the reached method.
    by_method: BTreeMap<MethodAt, Vec<(usize, usize)>>,
}

impl<'u> Web<'u> {
    pub(super) fn new(units: &'u [Unit]) -> Self {
        let graph = Graph::new(units);
        let start = |at: MethodAt| {
            let entry = graph.entry(at)?;
            let reached = graph.reach(at, entry.kinds(), DEPTH, |_| true);
            Some(WebEntry { at, entry, reached })
        };
        let starts: Vec<WebEntry> = graph.methods().filter_map(start).collect();
        let mut by_method: BTreeMap<MethodAt, Vec<(usize, usize)>> = BTreeMap::new();
        for (index, start) in starts.iter().enumerate() {
            for (step, reached) in start.reached.iter().enumerate() {
                by_method.entry(reached.at).or_default().push((index, step));
            }
        }
        Self { graph, starts, by_method }
    }

    /// The units with their numbers.
    pub(super) fn units(&self) -> impl Iterator<Item = (u32, &'u Unit)> + use<'u> {
        (0u32..).zip(self.graph.units)
    }

    /// The entry points from which a step of a method can run, nearest first.
    pub(super) fn starts_of(&self, at: MethodAt, step: &Point) -> Vec<(&WebEntry, &Reached)> {
        let all = self.by_method.get(&at).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<_> = all
            .iter()
            .map(|(start, reached)| (&self.starts[*start], &self.starts[*start].reached[*reached]))
            .filter(|(start, _)| !step.kinds.and(start.entry.kinds()).is_empty())
            .collect();
        found.sort_by_key(|(start, reached)| (reached.path.len(), start.at));
        found
    }

    /// Whether all of a path stays within the class of its entry point.
    pub(super) fn is_within_class(&self, start: &WebEntry, reached: &Reached) -> bool {
        let class = self.graph.class_at(start.at);
        self.graph.class_at(reached.at) == class
            && reached.path.iter().all(|hop| self.graph.class_at(hop.from) == class)
    }

    /// A path as the columns show it.
    pub(super) fn chain(&self, start: &WebEntry, reached: &Reached) -> Chain {
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
    pub(super) fn can_run(start: &WebEntry, step: &Point) -> bool {
        can_run(step, start.entry.kinds())
    }
}
