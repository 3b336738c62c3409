//! The call graph over all units: by class, name and number of arguments.
//!
//! A call is resolved only if exactly one method matches. An asynchronous call, which has its own transaction, ends
//! every path. Refuses to know what a method does.

use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::{Call, Callee, Class, Code, Kinds, Method, Point, Role, SessionSource, Sink, Unit};
use sessionlint_source::steps;

/// A class: its unit and its index.
pub type ClassAt = (u32, u32);

/// A method: its unit and its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodAt {
    /// The unit.
    pub unit: u32,
    /// Its index in the unit.
    pub method: u32,
}

/// The entry point of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// `@AuraEnabled`.
    Aura,
    /// `@InvocableMethod`.
    Invocable,
    /// `@RemoteAction`.
    Remote,
    /// `@HttpGet` and the like.
    Rest,
    /// `webservice`.
    WebService,
    /// A trigger on records.
    Trigger,
    /// A trigger on platform or change events.
    EventTrigger,
    /// `@future`.
    Future,
    /// `execute` of a queueable, or of a finalizer.
    Queueable,
    /// `start`, `execute` or `finish` of a batch.
    Batch,
    /// `execute` of a schedulable.
    Schedulable,
}

impl Entry {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Entry::Aura => "aura",
            Entry::Invocable => "invocable",
            Entry::Remote => "remote-action",
            Entry::Rest => "rest",
            Entry::WebService => "webservice",
            Entry::Trigger => "trigger",
            Entry::EventTrigger => "event-trigger",
            Entry::Future => "future",
            Entry::Queueable => "queueable",
            Entry::Batch => "batch",
            Entry::Schedulable => "schedulable",
        }
    }

    /// Whether a caller waits for it.
    pub fn is_sync(self) -> bool {
        self <= Entry::Trigger
    }

    /// The kinds of transaction that it starts.
    pub fn kinds(self) -> Kinds {
        match self {
            Entry::Future => Kinds::FUTURE,
            Entry::Queueable => Kinds::QUEUEABLE,
            Entry::Batch => Kinds::BATCH,
            Entry::Schedulable => Kinds::SCHEDULED,
            Entry::Trigger | Entry::EventTrigger => Kinds::TRIGGER,
            _ => Kinds::SYNC,
        }
    }
}

/// The kind of an asynchronous class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// `Queueable`.
    Queueable,
    /// `Database.Batchable`.
    Batch,
    /// `Schedulable`.
    Schedulable,
}

impl Job {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Job::Queueable => "queueable",
            Job::Batch => "batch",
            Job::Schedulable => "schedulable",
        }
    }
}

/// All units, with their classes by name.
#[derive(Debug)]
pub struct Graph<'u> {
    /// All units.
    pub units: &'u [Unit],
    /// Classes by full name, in lower case.
    by_name: HashMap<String, ClassAt>,
    /// The methods of each unit, sorted once one of them is looked up.
    by_class: Vec<OnceLock<Vec<NamedMethod>>>,
}

/// A method within its unit.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct NamedMethod {
    class: u32,
    /// In lower case; empty for a constructor.
    name: String,
    /// The number of its parameters.
    arguments: usize,
    method: u32,
}

impl NamedMethod {
    /// What a call has of it.
    fn key(&self) -> (u32, &str, usize) {
        (self.class, &self.name, self.arguments)
    }
}

/// The methods that a call of a unit can mean, sorted.
fn named_methods(unit: &Unit) -> Vec<NamedMethod> {
    let named = |(index, method): (u32, &Method)| {
        let name = match method.role {
            Role::Method => method.name.to_ascii_lowercase(),
            Role::Constructor => String::new(),
            _ => return None,
        };
        Some(NamedMethod { class: method.class, name, arguments: method.parameters.len(), method: index })
    };
    let mut all: Vec<NamedMethod> = (0u32..).zip(&unit.methods).filter_map(named).collect();
    all.sort_unstable();
    all
}

/// The most methods that a call is taken to mean: a class with thousands of overloads must not take hours.
const MAX_OVERLOADS: usize = 64;

/// The most calls of a path from an entry point.
pub const MAX_CALLS: usize = 3;

/// The maximum number of superclasses followed, which also ends cycles.
pub(super) const MAX_SUPERCLASSES: usize = 8;

/// The most interfaces of the project that are looked at above a class.
const MAX_INTERFACES: usize = 16;

impl<'u> Graph<'u> {
    /// Builds the graph of units.
    pub fn new(units: &'u [Unit]) -> Self {
        let mut by_name = HashMap::new();
        for (unit_index, unit) in (0u32..).zip(units) {
            // A trigger may have the name of a class, and is never called.
            if unit.code != Code::Class {
                continue;
            }
            for (class_index, class) in (0u32..).zip(&unit.classes) {
                by_name.entry(class.full_name.to_lowercase()).or_insert((unit_index, class_index));
            }
        }
        Self { units, by_name, by_class: units.iter().map(|_| OnceLock::new()).collect() }
    }

    /// A unit.
    pub fn unit(&self, at: MethodAt) -> &'u Unit {
        &self.units[at.unit as usize]
    }

    /// A method.
    pub fn method(&self, at: MethodAt) -> &'u Method {
        &self.unit(at).methods[at.method as usize]
    }

    /// A class.
    pub fn class(&self, at: ClassAt) -> &'u Class {
        &self.units[at.0 as usize].classes[at.1 as usize]
    }

    /// The class of a method.
    pub fn class_of(&self, at: MethodAt) -> &'u Class {
        &self.unit(at).classes[self.method(at).class as usize]
    }

    /// Every method.
    pub fn methods(&self) -> impl Iterator<Item = MethodAt> + use<'u> {
        let units = self.units;
        (0u32..)
            .zip(units)
            .flat_map(|(unit, it)| (0..it.methods.len() as u32).map(move |method| MethodAt { unit, method }))
    }

    /// The display name of a method: `Class.method`.
    pub fn title(&self, at: MethodAt) -> String {
        let (class, method) = (self.class_of(at), self.method(at));
        match method.role {
            Role::Trigger => method.name.clone(),
            Role::Initializer if method.name == class.name => class.full_name.clone(),
            _ => format!("{}.{}", class.full_name, method.name),
        }
    }

    /// The class that a name means inside a class: an inner class of it or of its enclosing classes, else a top class.
    pub fn find(&self, from: ClassAt, name: &str) -> Option<ClassAt> {
        // Most files have one class, without inner ones.
        if self.units[from.0 as usize].classes.len() > 1 {
            // The full name of a class starts with that of its enclosing class, so that one text serves for all of
            // them.
            let mut full = self.class(from).full_name.to_lowercase();
            loop {
                let around = full.len();
                full.push('.');
                full.push_str(name);
                if let Some(found) = self.by_name.get(&full) {
                    return Some(*found);
                }
                full.truncate(around);
                let Some(outer) = full.rfind('.') else { break };
                full.truncate(outer);
            }
        }
        self.by_name.get(name).copied()
    }

    /// A class and its superclasses, as far as known; `false` if one is not in the project.
    pub fn lineage(&self, at: ClassAt) -> (Vec<ClassAt>, bool) {
        let mut line = vec![at];
        let mut current = at;
        while let Some(name) = &self.class(current).superclass {
            let Some(above) = self.find(current, name) else { return (line, false) };
            if line.contains(&above) || line.len() > MAX_SUPERCLASSES {
                break;
            }
            line.push(above);
            current = above;
        }
        (line, true)
    }

    /// Whether a class, or a superclass, implements an interface or one that extends it; unknown if a superclass is not
    /// in the project.
    pub fn implements(&self, at: ClassAt, names: &[&str]) -> Option<bool> {
        let (line, is_whole) = self.lineage(at);
        let most = line.len() + MAX_INTERFACES;
        let mut open = line;
        let mut next = 0;
        while let Some(class) = open.get(next).copied() {
            next += 1;
            for interface in &self.class(class).interfaces {
                if names.contains(&interface.as_str()) {
                    return Some(true);
                }
                // Few interfaces are the project's own.
                let above = self.find(class, interface).filter(|above| !open.contains(above));
                if let Some(above) = above.filter(|_| open.len() < most) {
                    open.push(above);
                }
            }
        }
        is_whole.then_some(false)
    }

    /// How a class runs asynchronously, if it does.
    pub fn job(&self, at: ClassAt) -> Option<Job> {
        let is = |names: &[&str]| self.implements(at, names) == Some(true);
        if is(&["queueable"]) {
            Some(Job::Queueable)
        } else if is(&["database.batchable", "batchable"]) {
            Some(Job::Batch)
        } else if is(&["schedulable"]) {
            Some(Job::Schedulable)
        } else {
            None
        }
    }

    /// The class of a method, as a scope.
    pub fn class_at(&self, at: MethodAt) -> ClassAt {
        (at.unit, self.method(at).class)
    }

    /// The methods that a call can mean: by class, name and number of arguments. Those of the nearest class win.
    pub fn candidates(&self, from: MethodAt, callee: &Callee, arguments: usize) -> Vec<MethodAt> {
        let own = self.class_at(from);
        match callee {
            Callee::Own(name) => {
                let mut around = Some(own.1);
                while let Some(class) = around {
                    let found = self.named((own.0, class), name, arguments);
                    if !found.is_empty() {
                        return found;
                    }
                    around = self.class((own.0, class)).outer;
                }
                Vec::new()
            }
            Callee::Super(name) => {
                let above = self.class(own).superclass.as_deref().and_then(|above| self.find(own, above));
                above.map(|above| self.named(above, name, arguments)).unwrap_or_default()
            }
            Callee::Of(ty, name) => self.find(own, ty).map(|it| self.named(it, name, arguments)).unwrap_or_default(),
            Callee::New(ty) => self.find(own, ty).map(|it| self.constructors(it, arguments)).unwrap_or_default(),
            Callee::Unknown => Vec::new(),
        }
    }

    /// The only method that a call can mean.
    pub fn resolve(&self, from: MethodAt, call: &Call) -> Option<MethodAt> {
        match self.candidates(from, &call.callee, call.arguments).as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The methods of a class with a name in lower case.
    fn named(&self, at: ClassAt, name: &str, arguments: usize) -> Vec<MethodAt> {
        for class in self.lineage(at).0 {
            let found = self.in_class(class, name, arguments);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn constructors(&self, at: ClassAt, arguments: usize) -> Vec<MethodAt> {
        self.in_class(at, "", arguments)
    }

    fn in_class(&self, at: ClassAt, name: &str, arguments: usize) -> Vec<MethodAt> {
        let unit = at.0 as usize;
        let all = self.by_class[unit].get_or_init(|| named_methods(&self.units[unit]));
        let key = (at.1, name, arguments);
        let first = all.partition_point(|it| it.key() < key);
        let named = all[first..].iter().take_while(|it| it.key() == key).take(MAX_OVERLOADS);
        named.inspect(|_| steps::count(1)).map(|it| MethodAt { unit: at.0, method: it.method }).collect()
    }

    /// The entry point that a method is, if it starts a transaction.
    pub fn entry(&self, at: MethodAt) -> Option<Entry> {
        let method = self.method(at);
        if method.role == Role::Trigger {
            let object = self.unit(at).object.as_deref().unwrap_or_default();
            let is_event = object.ends_with("__e") || object.ends_with("changeevent");
            return Some(if is_event { Entry::EventTrigger } else { Entry::Trigger });
        }
        if method.role != Role::Method {
            return None;
        }
        annotated(method).or_else(|| self.part_of_job(at, method))
    }

    fn part_of_job(&self, at: MethodAt, method: &Method) -> Option<Entry> {
        let first = method.parameters.first().map(|it| it.ty.as_str())?;
        let takes = |context: &str| {
            first.strip_suffix(context).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let is = |name: &str| method.name.eq_ignore_ascii_case(name);
        let entry = match method.parameters.len() {
            1 if takes(SCHEDULABLE_CONTEXT) && is("execute") => Entry::Schedulable,
            1 if (takes("queueablecontext") || takes("finalizercontext")) && is("execute") => Entry::Queueable,
            2 if takes("batchablecontext") && is("execute") => Entry::Batch,
            1 if takes("batchablecontext") && (is("start") || is("finish")) => Entry::Batch,
            _ => return None,
        };
        let names: &[&str] = match entry {
            Entry::Schedulable => &["schedulable"],
            Entry::Queueable => &["queueable", "finalizer"],
            _ => &["database.batchable", "batchable"],
        };
        // If a superclass is not in the project, the context parameter of the method decides.
        (self.implements(self.class_at(at), names) != Some(false)).then_some(entry)
    }

    /// Whether a call of the method runs in its own transaction.
    pub fn is_future(&self, at: MethodAt) -> bool {
        self.method(at).annotation("future").is_some()
    }

    /// Everything that runs in the transactions of some entry points, nearest first and in the order of the entry
    /// points; each method by its shortest path from any of them, and by its shortest path with a loop. `goes_on`
    /// decides whether the calls of a method are followed.
    pub fn reach(
        &self,
        entries: impl IntoIterator<Item = MethodAt>,
        walk: Walk,
        goes_on: impl Fn(MethodAt) -> bool,
    ) -> Vec<Reached> {
        let start = |at| Reached { at, path: Vec::new(), is_repeated: false };
        let mut reached: Vec<Reached> = entries.into_iter().map(start).collect();
        let mut seen: HashSet<(MethodAt, bool)> = reached.iter().map(|it| (it.at, it.is_repeated)).collect();
        let mut next = 0;
        while let Some(from) = reached.get(next) {
            next += 1;
            if from.path.len() >= walk.depth || !goes_on(from.at) {
                continue;
            }
            let from = from.clone();
            for hop in self.hops(from.at) {
                let Some((at, is_repeated)) = self.step_to(hop, walk.kinds) else { continue };
                let is_repeated = from.is_repeated || is_repeated;
                let stays = !walk.is_within_class || self.class_at(at) == self.class_at(from.at);
                if stays && seen.insert((at, is_repeated)) {
                    let path = from.path.iter().copied().chain([hop]).collect();
                    reached.push(Reached { at, path, is_repeated });
                }
            }
        }
        reached
    }

    /// The calls of a method, in order.
    pub fn hops(&self, from: MethodAt) -> impl Iterator<Item = Hop> + use<> {
        (0..self.method(from).calls.len() as u32).map(move |call| Hop { from, call })
    }

    /// The target of a call within the same transaction, and whether a loop repeats the call.
    pub fn step_to(&self, hop: Hop, kinds: Kinds) -> Option<(MethodAt, bool)> {
        steps::count(1);
        let call = self.call(hop);
        if call.is_delegation || !can_run(&call.step, kinds) {
            return None;
        }
        // Another `@future` method runs later.
        let callee = self.resolve(hop.from, call).filter(|callee| !self.is_future(*callee))?;
        Some((callee, call.step.repeated_by.is_some()))
    }

    /// The call of a hop.
    pub fn call(&self, hop: Hop) -> &'u Call {
        &self.method(hop.from).calls[hop.call as usize]
    }
}

/// Whether a step can run in a kind of transaction.
pub fn can_run(step: &Point, kinds: Kinds) -> bool {
    !step.is_doubtful && !step.kinds.and(kinds).is_empty()
}

/// A call on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The calling method.
    pub from: MethodAt,
    /// The index of its call.
    pub call: u32,
}

/// How far calls are followed.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// The kinds of transaction.
    pub kinds: Kinds,
    /// The most calls of a path.
    pub depth: usize,
    /// Whether a path stays within the class of its entry point.
    pub is_within_class: bool,
}

/// A method that a transaction reaches.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The method.
    pub at: MethodAt,
    /// The calls on the path to it.
    pub path: Vec<Hop>,
    /// Whether the path has a loop.
    pub is_repeated: bool,
}

/// The entry point for an annotation or modifier.
fn annotated(method: &Method) -> Option<Entry> {
    // The caller does not wait for it.
    if method.annotations.iter().any(|annotation| annotation.name == "future") {
        return Some(Entry::Future);
    }
    if method.is_webservice {
        return Some(Entry::WebService);
    }
    method.annotations.iter().find_map(|annotation| match annotation.name.as_str() {
        // A continuation does not wait for its callout.
        "auraenabled" if annotation.has("continuation") => None,
        "auraenabled" => Some(Entry::Aura),
        "invocablemethod" => Some(Entry::Invocable),
        "remoteaction" => Some(Entry::Remote),
        "httpget" | "httppost" | "httpput" | "httppatch" | "httpdelete" => Some(Entry::Rest),
        _ => None,
    })
}

/// The parameter of a schedulable's `execute`, in lower case.
const SCHEDULABLE_CONTEXT: &str = "schedulablecontext";

/// The maximum number of calls to the work of a schedulable.
pub(crate) const WORK_DEPTH: usize = 3;

/// Calls through which an argument is followed to the method that sends it.
pub const MAX_HANDED_ON: usize = 3;

/// Names of classes, in lower case, that units depend on: superclasses, classes that get a session id, a token or a URL
/// of an old API version, those that get a session id from them, and those that do the work of a schedulable.
pub fn wanted(units: &[Unit]) -> Vec<String> {
    let mut names = HashSet::new();
    for unit in units {
        names.extend(unit.classes.iter().filter_map(|class| class.superclass.clone()));
        names.extend(unit.classes.iter().flat_map(|class| class.interfaces.iter().cloned()));
        // The first part may be a namespace.
        let given = unit.versions.iter().flat_map(|it| it.handed_to.iter().flatten());
        names.extend(given.flat_map(|ty| ty.split('.')).map(str::to_owned));
        for used in &unit.sessions {
            match &used.sink {
                Sink::Argument { callee: Callee::Of(ty, _) | Callee::New(ty), .. } | Sink::Field(ty) => {
                    names.insert(ty.clone());
                }
                _ => {}
            }
        }
    }
    // Most projects schedule nothing and hand on no session id, and resolving calls takes time.
    let methods = || units.iter().flat_map(|unit| &unit.methods);
    let has_schedule = methods().any(is_scheduled);
    let hands_ids_on = units.iter().any(|unit| !unit.sessions.is_empty()) && methods().any(|it| !it.passes.is_empty());
    if has_schedule || hands_ids_on {
        let graph = Graph::new(units);
        names.extend(handed_to(&graph).into_iter().chain(scheduled(&graph)));
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names
}

/// Whether a method takes the context of a schedulable.
fn is_scheduled(method: &Method) -> bool {
    method.parameters.iter().any(|it| it.ty.ends_with(SCHEDULABLE_CONTEXT))
}

/// The classes of methods that do the work of a schedulable, or may.
fn scheduled(graph: &Graph<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let may_be_scheduled = |at: &MethodAt| is_scheduled(graph.method(*at));
    for entry in graph.methods().filter(may_be_scheduled).filter(|at| graph.entry(*at) == Some(Entry::Schedulable)) {
        let walk = Walk { kinds: Kinds::SCHEDULED, depth: WORK_DEPTH, is_within_class: false };
        for reached in graph.reach([entry], walk, |at| !hands_on(graph, at)) {
            if hands_on(graph, reached.at) {
                continue;
            }
            for call in &graph.method(reached.at).calls {
                match &call.callee {
                    // After the last call, only a static method counts, which may be another transaction.
                    Callee::New(_) if reached.path.len() >= WORK_DEPTH => {}
                    Callee::Of(ty, _) | Callee::New(ty) => names.push(ty.clone()),
                    _ => {}
                }
            }
        }
    }
    names
}

/// The classes of methods to which a method hands on a session id that it got as an argument.
fn handed_to(graph: &Graph<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut open: Vec<(MethodAt, usize)> = Vec::new();
    for (unit, it) in (0u32..).zip(graph.units) {
        for used in it.sessions.iter().filter(|used| used.source == SessionSource::Session) {
            if let (Some(method), Sink::Argument { callee, arguments, index }) = (used.method, &used.sink) {
                let candidates = graph.candidates(MethodAt { unit, method }, callee, *arguments);
                open.extend(candidates.into_iter().map(|at| (at, *index)));
            }
        }
    }
    let mut known: HashSet<(MethodAt, usize)> = open.iter().copied().collect();
    for _ in 0..MAX_HANDED_ON {
        let mut next = Vec::new();
        for (at, parameter) in open {
            for passed in graph.method(at).passes.iter().filter(|it| it.parameter as usize == parameter) {
                if let Callee::Of(ty, _) | Callee::New(ty) = &passed.callee {
                    names.push(ty.clone());
                }
                let candidates = graph.candidates(at, &passed.callee, passed.arguments);
                next.extend(candidates.into_iter().map(|at| (at, passed.index)).filter(|it| known.insert(*it)));
            }
        }
        open = next;
    }
    names
}

/// Whether a method starts another transaction itself.
pub fn hands_on(graph: &Graph<'_>, at: MethodAt) -> bool {
    graph.method(at).calls.iter().any(|call| call.is_delegation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn is_job(texts: &[&str]) -> bool {
        let units: Vec<Unit> = texts.iter().map(|text| Unit::read(Code::Class, "X", text)).collect();
        Graph::new(&units).job((0, 0)).is_some()
    }

    #[test]
    fn a_job_may_be_one_by_interfaces_of_the_project() {
        let class = "class A implements B { }";
        assert!(is_job(&[class, "interface B extends D, C { }", "interface C extends System.Queueable { }"]));
        assert!(!is_job(&[class, "interface B extends C { }", "interface C { }"]));
        assert!(!is_job(&[class, "interface B extends C { }", "interface C extends B { }"]), "a circle");
        let chain = |length: usize| -> Vec<String> {
            let link = |it: usize| format!("interface I{it} extends I{} {{ }}", it + 1);
            let all = (1..length).map(link);
            let last = format!("interface I{length} extends Queueable {{ }}");
            std::iter::once("class A implements I1 { }".to_owned()).chain(all).chain([last]).collect()
        };
        let is_job_at = |length| is_job(&chain(length).iter().map(String::as_str).collect::<Vec<_>>());
        assert!(is_job_at(MAX_INTERFACES) && !is_job_at(MAX_INTERFACES + 1));
    }
}
