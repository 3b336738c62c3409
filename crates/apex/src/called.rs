//! Which methods are relevant to their callers, and the names by which other files call them.
//!
//! A method is relevant if it has a fact that tables show together with its callers, or calls such a method through a
//! few calls. Goes by classes and names of methods, without signatures: it finds every path that `graph` finds, and
//! more. Files are added as they are read, in any order. Refuses to resolve calls.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};
use sessionlint_source::Span;

use super::graph::MAX_CALLS;
use super::prefilter::{Names, hash};
use super::{Call, Callee, Elements, LiteralKind, Method, Role, Unit};

/// The index of a class and the hash of a name in it.
type NameOf = (u32, u64);

/// The relevant methods in the files read so far.
#[derive(Debug)]
pub struct CalledNames<'n> {
    names: &'n Names,
    /// The classes that extend a class, by its index.
    subclasses: Vec<Vec<u32>>,
    methods: Vec<AddedMethod>,
    /// The methods that call a name.
    callers: HashMap<NameOf, Vec<u32>>,
    /// The distance of a name: the least of its methods.
    distances: HashMap<NameOf, usize>,
    /// For each class, the names of relevant methods, its own and inherited ones.
    by_class: Vec<Vec<u64>>,
}

#[derive(Debug)]
struct AddedMethod {
    /// The number of its file, and its index in it.
    at: (usize, usize),
    class: u32,
    /// The hash of the name by which it is called; `None` if it is not called, or runs in another transaction.
    name: Option<u64>,
    /// The fewest calls to a method with a fact; `None` if there is no path.
    distance: Option<usize>,
}

impl<'n> CalledNames<'n> {
    /// No methods yet, of the classes in `names`; `extends` gives each class with the one that it extends.
    pub fn new(names: &'n Names, extends: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut subclasses = vec![Vec::new(); names.in_order().len()];
        for (class, above) in extends {
            if let Some(subclasses) = subclasses.get_mut(above as usize) {
                subclasses.push(class);
            }
        }
        let by_class = vec![Vec::new(); subclasses.len()];
        let (callers, distances) = (HashMap::default(), HashMap::default());
        Self { names, subclasses, methods: Vec::new(), callers, distances, by_class }
    }

    /// Adds the methods of a file with its number and the index of its class.
    pub fn add(&mut self, file: usize, class: u32, unit: &Unit) {
        let targets = Targets::new(self.names, class, unit);
        let mut open = Vec::new();
        for ((index, method), has_fact) in unit.methods.iter().enumerate().zip(have_facts(unit)) {
            let added = self.methods.len() as u32;
            let mut distance = has_fact.then_some(0);
            for called in method.calls.iter().filter_map(|call| targets.of(&call.callee)) {
                let callers = self.callers.entry(called).or_default();
                if callers.last() != Some(&added) {
                    callers.push(added);
                }
                let through_call = self.distances.get(&called).map(|distance| distance + 1);
                distance = distance.into_iter().chain(through_call).min();
            }
            let name = called_by(unit, method);
            self.methods.push(AddedMethod { at: (file, index), class, name, distance: None });
            open.extend(distance.map(|distance| (added, distance)));
        }
        self.spread(open);
    }

    /// The hashes of the names by which the relevant methods of a class are called.
    pub fn of(&self, class: u32) -> &[u64] {
        self.by_class.get(class as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The indices of the classes whose methods decide something about a path without being on it: they set the timeout
    /// of a callout, change records in its loop, or give what the loop runs over. `unit_of` gives the unit of a file
    /// that was added.
    pub fn beside<'u>(&self, unit_of: impl Fn(usize) -> Option<&'u Unit>) -> BTreeSet<u32> {
        let mut all = BTreeSet::new();
        for of_file in self.methods.chunk_by(|left, right| left.at.0 == right.at.0) {
            let Some((first, unit)) = of_file.first().and_then(|first| Some((first, unit_of(first.at.0)?))) else {
                continue;
            };
            let targets = Targets::new(self.names, first.class, unit);
            for added in of_file.iter().filter(|added| added.distance.is_some()) {
                if let Some(method) = unit.methods.get(added.at.1) {
                    all.extend(self.beside_method(method, &targets));
                }
            }
        }
        all
    }

    fn beside_method(&self, method: &Method, targets: &Targets<'_>) -> Vec<u32> {
        let is_on_path =
            |call: &Call| targets.of(&call.callee).is_some_and(|called| self.distances.contains_key(&called));
        let needs_timeout = !method.callouts.is_empty() && method.timeouts.is_empty();
        let repeats = method.callouts.iter().any(|callout| callout.step.repeated_by.is_some())
            || method.calls.iter().any(|call| call.step.repeated_by.is_some() && is_on_path(call));
        let given: HashSet<Span> = method.calls.iter().filter(|call| is_on_path(call)).flat_map(given_to).collect();
        let decides = |call: &&Call| {
            needs_timeout || repeats && call.step.repeated_by.is_some() || given.contains(&call.step.span)
        };
        method.calls.iter().filter(decides).filter_map(|call| Some(targets.of(&call.callee)?.0)).collect()
    }

    /// Sets the distances of methods, and of those that call them.
    fn spread(&mut self, mut open: Vec<(u32, usize)>) {
        while let Some((index, distance)) = open.pop() {
            let Some(method) = self.methods.get_mut(index as usize) else { continue };
            if method.distance.is_some_and(|before| before <= distance) {
                continue;
            }
            method.distance = Some(distance);
            if let (class, Some(name)) = (method.class, method.name)
                && distance < MAX_CALLS
            {
                self.spread_name(class, name, distance, &mut open);
            }
        }
    }

    /// Sets the distance of a name of a class and its subclasses, and appends their callers to `open`.
    fn spread_name(&mut self, class: u32, name: u64, distance: usize, open: &mut Vec<(u32, usize)>) {
        let mut classes = vec![class];
        while let Some(class) = classes.pop() {
            match self.distances.get_mut(&(class, name)) {
                Some(before) if *before <= distance => continue,
                Some(before) => *before = distance,
                None => {
                    self.distances.insert((class, name), distance);
                    if let Some(names) = self.by_class.get_mut(class as usize) {
                        names.push(name);
                    }
                }
            }
            let callers = self.callers.get(&(class, name)).into_iter().flatten();
            open.extend(callers.map(|caller| (*caller, distance + 1)));
            classes.extend(self.subclasses.get(class as usize).into_iter().flatten());
        }
    }
}

/// What the calls of one file can mean.
struct Targets<'n> {
    names: &'n Names,
    own: u32,
    /// The hashes of the names of its inner classes.
    inner: HashSet<u64>,
}

impl<'n> Targets<'n> {
    fn new(names: &'n Names, own: u32, unit: &Unit) -> Self {
        let inner = unit.classes.iter().filter(|class| class.outer.is_some());
        Self { names, own, inner: inner.map(|class| hash(class.name.as_bytes())).collect() }
    }

    /// The class and the name of a call, if the class is in the project.
    fn of(&self, callee: &Callee) -> Option<NameOf> {
        match callee {
            Callee::Own(name) | Callee::Super(name) => Some((self.own, hash(name.as_bytes()))),
            Callee::Of(ty, name) => Some((self.class(ty)?, hash(name.as_bytes()))),
            Callee::New(ty) => Some((self.class(ty)?, hash(ty.rsplit('.').next().unwrap_or(ty).as_bytes()))),
            Callee::Unknown => None,
        }
    }

    /// The top class of a type.
    fn class(&self, ty: &str) -> Option<u32> {
        let first = ty.split('.').next().unwrap_or(ty);
        if self.inner.contains(&hash(first.as_bytes())) { Some(self.own) } else { self.names.get(first) }
    }
}

/// The calls whose results are arguments of a call.
fn given_to(call: &Call) -> impl Iterator<Item = Span> {
    call.elements.iter().filter_map(|elements| match elements {
        Elements::Given(span) => Some(*span),
        Elements::Few | Elements::Unknown => None,
    })
}

/// For each method of a unit, whether it has a fact that tables show with its callers: callouts, session ids and named
/// credentials.
fn have_facts(unit: &Unit) -> Vec<bool> {
    let has_one = |method: &Method| {
        method.gives_session || !(method.callouts.is_empty() && method.sends.is_empty() && method.endpoints.is_empty())
    };
    let mut all: Vec<bool> = unit.methods.iter().map(has_one).collect();
    let credentials = unit.literals.iter().filter(|it| it.what == LiteralKind::Credential).map(|it| it.method);
    for method in unit.sessions.iter().map(|it| it.method).chain(credentials).flatten() {
        if let Some(has_fact) = all.get_mut(method as usize) {
            *has_fact = true;
        }
    }
    all
}

/// The hash of the name by which a method is called: of a constructor, that of its class.
fn called_by(unit: &Unit, method: &Method) -> Option<u64> {
    match method.role {
        Role::Method if method.annotation("future").is_none() => Some(hash(method.name.as_bytes())),
        Role::Constructor => unit.classes.get(method.class as usize).map(|class| hash(class.name.as_bytes())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    const SENDER: &str = "public virtual class Sender { public Sender(Integer i) { go(); } void go() { new Http().send(r); } \
                          @future(callout=true) public static void later() { new Http().send(r); } void quiet() { } }";

    fn called<'n>(names: &'n Names, extends: &[(u32, u32)], texts: &[(u32, &str)]) -> CalledNames<'n> {
        let mut called = CalledNames::new(names, extends.iter().copied());
        for (file, (class, text)) in texts.iter().enumerate() {
            called.add(file, *class, &Unit::read(Code::Class, "x", text));
        }
        called
    }

    fn has(called: &CalledNames<'_>, class: u32, name: &str) -> bool {
        called.of(class).contains(&hash(name.as_bytes()))
    }

    #[test]
    fn a_method_with_a_callout_is_relevant_to_its_callers_in_the_same_transaction() {
        let names = Names::new(["Sender", "Sub"]);
        let called = called(&names, &[(1, 0)], &[(0, SENDER)]);
        assert!(has(&called, 0, "GO") && has(&called, 0, "sender"));
        assert!(!has(&called, 0, "later") && !has(&called, 0, "quiet"));
        assert!(has(&called, 1, "go"), "it is inherited");
    }

    #[test]
    fn callers_are_relevant_for_three_calls_in_any_order() {
        let texts = [
            (0, SENDER),
            (1, "class One { void a() { new Sub().go(); } void other() { new Sub().quiet(); } }"),
            (2, "class Two { class Inner { void b() { One.a(); } } void c(Inner i) { i.b(); } void d() { c(x); } }"),
            (3, "class Sub extends Sender { }"),
        ];
        let names = Names::new(["Sender", "One", "Two", "Sub"]);
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let called = called(&names, &[(3, 0)], &order.map(|index: usize| texts[index]));
            assert!(has(&called, 1, "a") && !has(&called, 1, "other"), "{order:?}");
            // `c` is an entry point at most: a caller would be four calls away.
            assert!(has(&called, 2, "b") && !has(&called, 2, "c") && !has(&called, 2, "d"), "{order:?}");
        }
    }
}
