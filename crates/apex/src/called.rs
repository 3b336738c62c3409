//! Which methods are relevant to their callers, and the names by which other files call them.
//!
//! A method is relevant if it has a fact that tables show together with its callers, or calls such a method through a
//! few calls. Goes by classes and names of methods, without signatures: it finds every path that `graph` finds, and
//! more. Files are added as they are read, in any order. Refuses to resolve calls.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashSet};
use sessionlint_source::Span;

use super::graph::{MAX_CALLS, MAX_SUPERCLASSES};
use super::prefilter::{Names, hash};
use super::{Call, Callee, Elements, LiteralKind, Method, Role, Unit};

/// The index of a class and the hash of a name in it.
type NameOf = (u32, u64);

/// With more superclasses than this, counting those of its inner classes, a class may inherit from any.
const MAX_LINEAGE: usize = 32;

/// Stands for all classes, where a class may inherit from any.
const ANY: u32 = u32::MAX;

/// The relevant methods in the files read so far.
#[derive(Debug)]
pub struct CalledNames<'n> {
    names: &'n Names,
    /// The classes that a class may inherit from, if there are some.
    superclasses: HashMap<u32, Vec<u32>>,
    /// The classes that may inherit from a class.
    subclasses: HashMap<u32, Vec<u32>>,
    methods: Vec<AddedMethod>,
    /// The methods that call a name of a class.
    callers: HashMap<NameOf, Vec<u32>>,
    /// The classes with superclasses of which a name is called.
    heirs: HashMap<u64, Vec<u32>>,
    /// The distance of a name: the least of its methods.
    distances: HashMap<NameOf, usize>,
    /// For each class, the names of its own relevant methods.
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

/// The methods of a file, with what they call.
#[derive(Debug)]
pub struct FileCalls {
    methods: Vec<CallingMethod>,
    /// What all methods call, one method after another.
    called: Vec<NameOf>,
}

#[derive(Debug)]
struct CallingMethod {
    /// The hash of the name by which it is called, as in [`AddedMethod`].
    name: Option<u64>,
    has_fact: bool,
    /// Where what it calls ends in the list of the file.
    called_end: usize,
}

impl FileCalls {
    /// The methods of a unit, with the classes in `names` of which `class` is its own.
    pub fn new(names: &Names, class: u32, unit: &Unit) -> Self {
        let targets = Targets::new(names, class, unit);
        let mut called = Vec::new();
        let calling = |(method, has_fact): (&Method, bool)| {
            called.extend(method.calls.iter().flat_map(|call| targets.of(&call.callee)));
            CallingMethod { name: called_by(unit, method), has_fact, called_end: called.len() }
        };
        let methods = unit.methods.iter().zip(have_facts(unit)).map(calling).collect();
        Self { methods, called }
    }
}

impl<'n> CalledNames<'n> {
    /// No methods yet, of the classes in `names`; `extends` gives each class with the one that it extends.
    pub fn new(names: &'n Names, extends: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut direct: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (class, superclass) in extends {
            direct.entry(class).or_default().push(superclass);
        }
        let (mut superclasses, mut subclasses) = (HashMap::default(), HashMap::<u32, Vec<u32>>::default());
        for class in direct.keys() {
            let all = superclasses_of(*class, &direct);
            for superclass in &all {
                subclasses.entry(*superclass).or_default().push(*class);
            }
            superclasses.insert(*class, all);
        }
        Self {
            names,
            superclasses,
            subclasses,
            methods: Vec::new(),
            callers: HashMap::default(),
            heirs: HashMap::default(),
            distances: HashMap::default(),
            by_class: vec![Vec::new(); names.in_order().len()],
        }
    }

    /// Adds the methods of a file with its number and the index of its class.
    pub fn add(&mut self, file: usize, class: u32, calls: FileCalls) {
        let (mut open, mut from) = (Vec::new(), 0);
        for (index, method) in calls.methods.into_iter().enumerate() {
            let added = self.methods.len() as u32;
            let mut distance = method.has_fact.then_some(0);
            for called in &calls.called[from..method.called_end] {
                if self.add_call(*called, added) {
                    distance = distance.into_iter().chain(self.distance(*called).map(|distance| distance + 1)).min();
                }
            }
            from = method.called_end;
            self.methods.push(AddedMethod { at: (file, index), class, name: method.name, distance: None });
            open.extend(distance.map(|distance| (added, distance)));
        }
        self.spread(open);
    }

    /// Adds a method that calls a name; `false` if it was added before.
    fn add_call(&mut self, (class, name): NameOf, method: u32) -> bool {
        let callers = self.callers.entry((class, name)).or_default();
        if callers.last() == Some(&method) {
            return false;
        }
        if callers.is_empty() && self.superclasses.contains_key(&class) {
            self.heirs.entry(name).or_default().push(class);
        }
        callers.push(method);
        true
    }

    /// A class, and those that it may inherit from.
    fn lineage(&self, class: u32) -> impl Iterator<Item = u32> {
        std::iter::once(class).chain(self.superclasses.get(&class).into_iter().flatten().copied())
    }

    /// The distance of a name that a class has or inherits.
    fn distance(&self, (class, name): NameOf) -> Option<usize> {
        self.lineage(class).filter_map(|class| self.distances.get(&(class, name)).copied()).min()
    }

    /// The number of relevant methods that a class has or inherits; `None` if it may inherit from any class.
    pub fn count(&self, class: u32) -> Option<usize> {
        let own = |class| if class == ANY { None } else { Some(self.own(class).len()) };
        self.lineage(class).map(own).sum()
    }

    /// The hashes of the names by which the relevant methods of a class are called, its own and inherited ones.
    pub fn of(&self, class: u32) -> impl Iterator<Item = u64> {
        self.lineage(class).flat_map(|class| self.own(class)).copied()
    }

    fn own(&self, class: u32) -> &[u64] {
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
        let is_on_path = |call: &Call| targets.of(&call.callee).any(|called| self.distance(called).is_some());
        let first_timeout = method.timeouts.iter().map(|(step, _)| step.span.start).min();
        let needs_timeout = method.callouts.iter().any(|it| first_timeout.is_none_or(|start| it.step.span.end < start));
        let repeats = method.callouts.iter().any(|callout| callout.step.repeated_by.is_some())
            || method.calls.iter().any(|call| call.step.repeated_by.is_some() && is_on_path(call));
        let given: HashSet<Span> = method.calls.iter().filter(|call| is_on_path(call)).flat_map(given_to).collect();
        let decides = |call: &&Call| {
            needs_timeout || repeats && call.step.repeated_by.is_some() || given.contains(&call.step.span)
        };
        let deciding = method.calls.iter().filter(decides);
        deciding.flat_map(|call| targets.of(&call.callee)).map(|(class, _)| class).collect()
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
                self.spread_name((class, name), distance, &mut open);
                self.spread_name((ANY, name), distance, &mut open);
            }
        }
    }

    /// Sets the distance of a name, and appends its callers to `open`.
    fn spread_name(&mut self, called: NameOf, distance: usize, open: &mut Vec<(u32, usize)>) {
        match self.distances.get_mut(&called) {
            Some(before) if *before <= distance => return,
            Some(before) => *before = distance,
            None => {
                self.distances.insert(called, distance);
                if let Some(names) = self.by_class.get_mut(called.0 as usize) {
                    names.push(called.1);
                }
            }
        }
        let (class, name) = called;
        let below = self.subclasses.get(&class).map(Vec::as_slice).unwrap_or_default();
        let heirs = self.heirs.get(&name).map(Vec::as_slice).unwrap_or_default();
        // Either list may be long, and rarely both are.
        let heirs = if below.len() < heirs.len() { below } else { heirs };
        let inherits = |heir: &&u32| self.superclasses.get(*heir).is_some_and(|all| all.contains(&class));
        for class in std::iter::once(&class).chain(heirs.iter().filter(inherits)) {
            let callers = self.callers.get(&(*class, name)).into_iter().flatten();
            open.extend(callers.map(|caller| (*caller, distance + 1)));
        }
    }
}

/// All classes that a class may inherit from, given the superclasses of each one; [`ANY`] if there are many.
fn superclasses_of(class: u32, direct: &BTreeMap<u32, Vec<u32>>) -> Vec<u32> {
    let mut known = HashSet::from_iter([class]);
    let mut all = Vec::new();
    let mut level = vec![class];
    // `super.method()` begins one class above.
    for _ in 0..=MAX_SUPERCLASSES {
        let before = all.len();
        for superclass in level.iter().filter_map(|class| direct.get(class)).flatten() {
            if known.insert(*superclass) {
                all.push(*superclass);
            }
            if all.len() > MAX_LINEAGE {
                return vec![ANY];
            }
        }
        level = all[before..].to_vec();
    }
    all
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

    /// The classes and the name that a call can mean, as far as they are in the project.
    fn of(&self, callee: &Callee) -> impl Iterator<Item = NameOf> {
        let (classes, name) = match callee {
            Callee::Own(name) | Callee::Super(name) => ([Some(self.own), None], name.as_str()),
            Callee::Of(ty, name) => (self.classes(ty), name.as_str()),
            Callee::New(ty) => (self.classes(ty), ty.rsplit('.').next().unwrap_or(ty)),
            Callee::Unknown => ([None, None], ""),
        };
        let name = hash(name.as_bytes());
        classes.into_iter().flatten().map(move |class| (class, name))
    }

    /// The top classes that a type can be in: its own one, if it has an inner class of that name, and the one of that
    /// name.
    fn classes(&self, ty: &str) -> [Option<u32>; 2] {
        let first = ty.split('.').next().unwrap_or(ty);
        let own = self.inner.contains(&hash(first.as_bytes())).then_some(self.own);
        [own, self.names.get(first)]
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
        // What a method gives counts even if it cannot give anything, because another transaction runs it.
        Role::Method if method.gives_session || method.annotation("future").is_none() => {
            Some(hash(method.name.as_bytes()))
        }
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
            called.add(file, *class, FileCalls::new(names, *class, &Unit::read(Code::Class, "x", text)));
        }
        called
    }

    fn has(called: &CalledNames<'_>, class: u32, name: &str) -> bool {
        called.of(class).any(|it| it == hash(name.as_bytes()))
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
    fn a_class_with_many_superclasses_may_inherit_from_any() {
        let superclasses = 2 * MAX_LINEAGE as u32;
        let all: Vec<String> = (0..superclasses + 3).map(|index| format!("C{index}")).collect();
        let names = Names::new(all.iter().map(String::as_str));
        let [sub, one, sender] = [0, 1, 2].map(|index| superclasses + index);
        let extends: Vec<(u32, u32)> = (0..superclasses).map(|above| (sub, above)).chain([(one, 0)]).collect();
        let text = format!("class One {{ void a() {{ C{sub}.go(); }} }}");
        let called = called(&names, &extends, &[(one, &text), (sender, SENDER)]);
        assert_eq!((called.count(sub), called.count(one), called.count(0)), (None, Some(1), Some(0)));
        assert!(has(&called, one, "a"), "it may call a sender");
    }

    #[test]
    fn what_many_classes_inherit_is_kept_once() {
        const MANY: u32 = 300;
        let all: Vec<String> = (0..=MANY).map(|index| format!("C{index}")).collect();
        let names = Names::new(all.iter().map(String::as_str));
        let method = |index: u32| format!("void m{index}() {{ new Http().send(r); }}");
        let base = format!("public virtual class C0 {{ {} }}", (0..MANY).map(method).collect::<Vec<_>>().join(" "));
        let star: Vec<(u32, u32)> = (1..=MANY).map(|class| (class, 0)).collect();
        let chain: Vec<(u32, u32)> = (1..=MANY).map(|class| (class, class - 1)).collect();
        for extends in [star, chain] {
            let called = called(&names, &extends, &[(0, &base)]);
            assert_eq!(called.count(1), Some(MANY as usize));
            assert!(has(&called, 1, "m7"));
            let kept = called.superclasses.values().map(Vec::len).sum::<usize>() + called.by_class.concat().len();
            assert!(called.distances.len() + kept <= 13 * MANY as usize, "{kept}");
        }
    }

    #[test]
    fn a_name_is_inherited_whether_its_caller_or_its_class_is_added_first() {
        let names = Names::new(["Sender", "Mid", "Sub", "Caller"]);
        let calling = "class Caller { void a() { new Sub().go(); } void b() { super.quiet(); } }";
        for texts in [[(0, SENDER), (3, calling)], [(3, calling), (0, SENDER)]] {
            let called = called(&names, &[(1, 0), (2, 1)], &texts);
            assert!(has(&called, 3, "a") && !has(&called, 3, "b"));
            assert!(has(&called, 2, "go") && called.count(2) == called.count(0));
        }
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
