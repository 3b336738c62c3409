//! The paths from a method to callouts.
//!
//! May assume that a path has at most [`DEPTH`] calls. Refuses to know what a callout sends, and where.

use std::collections::HashMap;

use super::DEPTH;
use super::web::{Web, WebEntry};
use sessionlint_apex::graph::{Hop, MethodAt, Reached, can_run};
use sessionlint_apex::{Callout, Kinds};
use sessionlint_source::Span;

/// A path to a callout: the method with the callout, and the number of the callout.
#[derive(Debug)]
pub(super) struct CalloutRoute {
    pub(super) reached: Reached,
    callout: usize,
}

impl CalloutRoute {
    /// Its callout.
    pub(super) fn callout<'w>(&self, web: &'w Web<'_>) -> &'w Callout {
        &web.graph.method(self.reached.at).callouts[self.callout]
    }

    /// The part of the entry point's own body that leads to the callout.
    pub(super) fn site(&self, web: &Web<'_>) -> Span {
        self.reached.path.first().map_or(self.callout(web).step.span, |hop| web.graph.call(*hop).step.span)
    }

    /// Whether a loop repeats it.
    pub(super) fn is_repeated(&self, web: &Web<'_>) -> bool {
        self.reached.is_repeated || self.callout(web).step.repeated_by.is_some()
    }
}

/// A method on a path, and what decides how the path goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stop {
    at: MethodAt,
    kinds: Kinds,
    /// The number of calls that may follow.
    left: usize,
    /// Whether a loop repeats a call before it.
    is_repeated: bool,
}

/// The next part of a path.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// A callout of the method, by number.
    Callout(usize),
    Call(Hop),
}

/// The rest of a path: the number of its calls, and the first part of it.
type Rest = (usize, Next);

/// The shortest rests of a path.
#[derive(Clone, Copy, Debug, Default)]
struct Rests {
    any: Option<Rest>,
    /// The one to a callout that a loop repeats.
    repeated: Option<Rest>,
}

/// The paths to callouts, each searched once for all entry points.
#[derive(Debug)]
pub(super) struct Routes<'w, 'u> {
    web: &'w Web<'u>,
    found: HashMap<Stop, Rests>,
}

impl<'w, 'u> Routes<'w, 'u> {
    pub(super) fn new(web: &'w Web<'u>) -> Self {
        Self { web, found: HashMap::new() }
    }

    /// The callouts of an entry point's own body, then for each of its calls a path that repeats a callout, else the
    /// shortest to any.
    pub(super) fn of(&mut self, start: WebEntry) -> Vec<CalloutRoute> {
        let graph = &self.web.graph;
        let own = Stop { at: start.at, kinds: start.entry.kinds(), left: DEPTH, is_repeated: false };
        let reached = Reached { at: start.at, path: Vec::new(), is_repeated: false };
        let mut routes: Vec<_> =
            self.callouts(own).map(|(callout, _)| CalloutRoute { reached: reached.clone(), callout }).collect();
        routes.extend(graph.hops(start.at).filter_map(|hop| self.through(hop, self.step(own, hop)?)));
        routes
    }

    /// The path that begins with a call.
    fn through(&mut self, first: Hop, stop: Stop) -> Option<CalloutRoute> {
        let is_repeated = self.rests(stop).repeated.is_some();
        let (mut stop, mut path) = (stop, vec![first]);
        loop {
            let rests = self.rests(stop);
            let (_, next) = if is_repeated { rests.repeated? } else { rests.any? };
            match next {
                Next::Callout(callout) => {
                    let reached = Reached { at: stop.at, path, is_repeated: stop.is_repeated };
                    return Some(CalloutRoute { reached, callout });
                }
                Next::Call(hop) => {
                    stop = self.step(stop, hop)?;
                    path.push(hop);
                }
            }
        }
    }

    fn rests(&mut self, stop: Stop) -> Rests {
        if let Some(found) = self.found.get(&stop) {
            return *found;
        }
        let own = |(callout, _)| (0, Next::Callout(callout));
        let any = self.callouts(stop).next().map(own);
        let repeated = self.callouts(stop).find(|(_, is_repeated)| *is_repeated).map(own);
        let mut rests = Rests { any, repeated };
        for hop in self.web.graph.hops(stop.at) {
            let Some(next) = self.step(stop, hop) else { continue };
            let below = self.rests(next);
            let longer = |(calls, _): Rest| (calls + 1, Next::Call(hop));
            rests.any = shorter(rests.any, below.any.map(longer));
            rests.repeated = shorter(rests.repeated, below.repeated.map(longer));
        }
        self.found.insert(stop, rests);
        rests
    }

    /// The callouts of a method that can run, by number, and whether a loop repeats each.
    fn callouts(&self, stop: Stop) -> impl Iterator<Item = (usize, bool)> + use<'w, 'u> {
        let all = self.web.graph.method(stop.at).callouts.iter().enumerate();
        all.filter(move |(_, it)| can_run(&it.step, stop.kinds))
            .map(move |(index, it)| (index, stop.is_repeated || it.step.repeated_by.is_some()))
    }

    /// The method to which a call leads, if it may follow.
    fn step(&self, from: Stop, hop: Hop) -> Option<Stop> {
        let left = from.left.checked_sub(1)?;
        let (at, is_repeated) = self.web.graph.step_to(hop, from.kinds)?;
        Some(Stop { at, left, is_repeated: from.is_repeated || is_repeated, ..from })
    }
}

/// The rest with fewer calls, else the first.
fn shorter(one: Option<Rest>, other: Option<Rest>) -> Option<Rest> {
    one.into_iter().chain(other).min_by_key(|(calls, _)| *calls)
}
