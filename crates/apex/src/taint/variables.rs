//! What each local variable holds where it is read: what was assigned last on a path to that place.
//!
//! One walk goes through a method in text order. An assignment that surely runs replaces the former value; one in a
//! branch adds to it after the branch. An exception can leave a `try` after any assignment, and `break` a loop. If a
//! loop assigns a value that its next iteration can read, the walk is repeated. A variable ends with its block, and a
//! method or class inside the method has its own variables. The cost is bounded by the length of the method: after it,
//! a variable holds every value that the method assigns to it, everywhere. Refuses to know which values matter: the
//! caller decides it for each change.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use crate::body::Body;
use crate::tree::{Kind, NodeId, Part};
use sessionlint_source::steps;

/// The maximum number of walks through a method. Each of them passes values from the end of its loops to their start.
const MAX_WALKS: usize = 4;

/// The maximum number of variables in parts of a method that all walks through it join, for each node of the method, and
/// for the method itself. Without a maximum, it grows with the depth of the parts times the number of variables.
const MAX_JOINED: (usize, usize) = (4, 8_000);

/// Only the first nodes of the arguments of a call are read, so that its cost is bounded.
const MAX_ARGUMENTS: usize = 1_000;

/// The origin of a variable's value, by the identifier that reads the variable.
pub(super) type Held = HashMap<NodeId, NodeId>;

/// A node that changes what a variable holds.
pub(super) struct Change {
    /// The variable, in lower case.
    pub(super) name: Rc<str>,
    /// Its new value, or what is added to it.
    pub(super) value: NodeId,
    /// Whether it surely loses its former value.
    pub(super) replaces: bool,
}

/// The change by an assignment to a local variable, or by its initial value.
pub(super) fn assigned(body: &Body<'_, '_>, id: NodeId) -> Option<Change> {
    let tree = body.tree;
    // The initial value of a field has a body of its own.
    let (target, value) = tree.given(id).filter(|_| id != body.method.body)?;
    let name = tree.lower(target);
    if tree.kind(target) != Kind::Identifier || !body.variables.contains_key(&name) {
        return None;
    }
    let replaces = surely_runs(body, id) && !keeps(body, id) && !is_made_of(body, value, name);
    Some(Change { name: name.into(), value, replaces })
}

/// Whether an assignment runs whenever its statement does, and not after it as in `for (...; ...; a = b)`.
pub(super) fn surely_runs(body: &Body<'_, '_>, id: NodeId) -> bool {
    let node = body.tree.node(id);
    match body.tree.kind(node.parent) {
        Kind::ExpressionStatement => true,
        Kind::For => node.part == Part::Init,
        _ => node.kind == Kind::Declarator,
    }
}

/// Whether an assignment keeps the former value, as `+=` does.
fn keeps(body: &Body<'_, '_>, id: NodeId) -> bool {
    body.tree.kind(id) == Kind::Assignment && body.tree.operator(id) != "="
}

/// Whether a value is a variable, or what its methods or a method of the own class make of it: `sid.toLowerCase()`,
/// `clean(sid)`.
fn is_made_of(body: &Body<'_, '_>, value: NodeId, name: &str) -> bool {
    let tree = body.tree;
    let is_it = |id: NodeId| tree.kind(id) == Kind::Identifier && tree.lower(id) == name;
    let mut object = tree.bare(value);
    while tree.kind(object) == Kind::Call {
        let inner = tree.part(object, Part::Object).map(|inner| tree.bare(inner));
        let is_own = inner.is_none_or(|inner| body.is_own(inner));
        // Whether it returns its argument is unknown.
        if is_own && let Some(list) = tree.part(object, Part::Arguments) {
            return tree.within(list).take(MAX_ARGUMENTS).any(is_it);
        }
        let Some(inner) = inner else { return false };
        object = inner;
    }
    is_it(object)
}

/// A walk through a method.
pub(super) struct Variables<'b, 'a, 't> {
    body: &'b Body<'a, 't>,
    /// The next node.
    at: NodeId,
    /// The variable that holds a value at the start.
    initial: Option<(Rc<str>, NodeId)>,
    /// What the variables hold now. If it can be one of several values, the last one of the text counts.
    now: HashMap<Rc<str>, NodeId>,
    /// Whether a statement left the branch, so that its end is not reached.
    is_left: bool,
    /// The parts of the method around the next node, outer ones first.
    frames: Vec<Frame>,
    /// The changes whose values are being read, outer ones first, with the node after each.
    pending: Vec<(NodeId, Change)>,
    /// What variables can hold in addition when a loop starts its next iteration.
    repeated: HashMap<NodeId, BTreeMap<Rc<str>, NodeId>>,
    /// Whether this walk added to that.
    is_incomplete: bool,
    walks: usize,
    /// Whether a variable holds every value that the method assigns to it, because the walks became too long.
    holds_all: bool,
}

/// A part of a method that has variables, or may not run.
struct Frame {
    role: Role,
    node: NodeId,
    /// The first node after it.
    end: NodeId,
    declared: BTreeSet<Rc<str>>,
    changed: BTreeMap<Rc<str>, Changed>,
    /// Whether it contains `break` or `continue` of a loop around it.
    jumps: bool,
}

/// The role of a frame.
enum Role {
    /// Runs once.
    Block,
    /// Contains branches.
    Branches(Branches),
    /// One of them.
    Branch,
    /// Runs after the branches of a `try`, however they end.
    Finally(Ended),
    /// Runs any number of times.
    Loop,
    /// Runs at another time; with the variables outside it.
    Apart(HashMap<Rc<str>, NodeId>),
}

/// Branches of which one runs: those of `if`, `switch` and `try`.
#[derive(Default)]
struct Branches {
    /// The number of branches whose end is reached, including those without statements.
    ending: usize,
    /// What changed variables hold at the end of these branches, and how many branches change them.
    ends: BTreeMap<Rc<str>, (usize, Option<NodeId>)>,
    /// If `finally` follows, which also runs after a part of a branch: what variables hold in each `catch`.
    stops: Option<BTreeMap<Rc<str>, Option<NodeId>>>,
}

/// The state after branches whose ends are reached.
#[derive(Default)]
struct Ended {
    /// What variables hold that hold another value where a part of a branch ran.
    values: Vec<(Rc<str>, Option<NodeId>)>,
    /// Whether no end is reached.
    is_left: bool,
}

/// A variable that a frame changes.
#[derive(Clone, Copy)]
struct Changed {
    /// What it held before the frame.
    before: Option<NodeId>,
    /// What it held in the frame at any time.
    within: Option<NodeId>,
}

impl<'b, 'a, 't> Variables<'b, 'a, 't> {
    /// A walk that starts with the value of a variable.
    pub(super) fn new(body: &'b Body<'a, 't>, initial: Option<(&str, NodeId)>) -> Self {
        let mut walk = Self {
            body,
            at: 0,
            initial: initial.map(|(name, from)| (name.into(), from)),
            now: HashMap::new(),
            is_left: false,
            frames: Vec::new(),
            pending: Vec::new(),
            repeated: HashMap::new(),
            is_incomplete: false,
            walks: 0,
            holds_all: false,
        };
        walk.start();
        walk
    }

    fn start(&mut self) {
        self.at = self.body.method.body;
        if !self.holds_all {
            self.now = self.initial.clone().into_iter().collect();
        }
        self.is_left = false;
        self.is_incomplete = false;
        self.walks += 1;
    }

    /// Walks to the next change, and adds to `held` what the variables before it hold. `change` is the change that a
    /// node makes.
    pub(super) fn next(&mut self, held: &mut Held, change: impl Fn(NodeId) -> Option<Change>) -> Option<Change> {
        let tree = self.body.tree;
        let start = self.body.method.body;
        let end = tree.node(start).next;
        let most = MAX_JOINED.0 * (end - start) as usize + MAX_JOINED.1;
        loop {
            if !self.holds_all && self.body.joined.get() > most {
                self.hold_all();
                held.clear();
            }
            if let Some((_, change)) = self.pending.pop_if(|(end, _)| *end <= self.at) {
                return Some(change);
            }
            if let Some(frame) = self.frames.pop_if(|frame| frame.end <= self.at) {
                self.close(frame);
            } else if self.at < end {
                self.visit(held);
                self.pending.extend(change(self.at).map(|change| (tree.node(self.at).next, change)));
                self.at += 1;
            } else if self.is_incomplete && self.walks < MAX_WALKS {
                self.start();
                held.clear();
            } else {
                return None;
            }
        }
    }

    /// Starts again, and follows neither order nor branches.
    fn hold_all(&mut self) {
        self.holds_all = true;
        self.frames.clear();
        self.pending.clear();
        self.walks = 0;
        self.now.clear();
        self.now.extend(self.initial.clone());
        self.start();
    }

    /// Applies a change. `from` is the origin of its value, if that matters.
    pub(super) fn apply(&mut self, change: &Change, from: Option<NodeId>) {
        let before = self.value(&change.name);
        let value = from.max(before.filter(|_| !change.replaces || self.holds_all));
        if self.holds_all {
            self.is_incomplete |= value != before;
            self.put(&change.name, value);
        } else {
            self.set(&change.name, value);
        }
    }

    /// Counts joined variables.
    fn count(&self, joined: usize) {
        steps::count(joined);
        self.body.joined.set(self.body.joined.get() + joined);
    }

    fn visit(&mut self, held: &mut Held) {
        steps::count(1);
        let (tree, id) = (self.body.tree, self.at);
        if self.holds_all {
            if tree.kind(id) == Kind::Identifier {
                self.read(held);
            }
            return;
        }
        if self.is_branch(id) {
            self.open(Role::Branch);
        }
        match tree.kind(id) {
            Kind::Identifier => self.read(held),
            Kind::Block | Kind::ConstructorBody => self.open(Role::Block),
            Kind::If => self.open_if(id),
            Kind::Try => self.open_try(id),
            // `when` rules of a `switch`: without `when else`, none of them may run.
            Kind::Other if self.first_is(id, |first| tree.kind(first) == Kind::SwitchRule) => {
                let is_else = |rule: NodeId| self.first_is(rule, |label| tree.text(label).eq_ignore_ascii_case("else"));
                let ending = usize::from(!tree.children(id).any(is_else));
                self.open(Role::Branches(Branches { ending, ..Branches::default() }));
            }
            Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do => {
                let repeated = self.repeated.get(&id).cloned().unwrap_or_default();
                self.count(repeated.len());
                for (name, from) in repeated {
                    self.add(&name, Some(from));
                }
                self.open(Role::Loop);
            }
            Kind::ClassDeclaration | Kind::MethodDeclaration | Kind::ConstructorDeclaration => {
                let outside = std::mem::take(&mut self.now);
                self.open(Role::Apart(outside));
            }
            Kind::Return | Kind::Throw => self.is_left = true,
            Kind::Break | Kind::Continue => {
                self.is_left = true;
                if let Some(frame) = self.frames.last_mut() {
                    frame.jumps = true;
                }
            }
            _ => {}
        }
        self.declare(id);
    }

    fn first_is(&self, id: NodeId, is_it: impl Fn(NodeId) -> bool) -> bool {
        self.body.tree.children(id).next().is_some_and(is_it)
    }

    /// Whether a node is an `if` after `else`: its branches are those of the first `if`.
    fn is_else_if(&self, id: NodeId) -> bool {
        let (tree, node) = (self.body.tree, self.body.tree.node(id));
        node.kind == Kind::If && node.part == Part::Alternative && tree.kind(node.parent) == Kind::If
    }

    fn is_branch(&self, id: NodeId) -> bool {
        let (tree, node) = (self.body.tree, self.body.tree.node(id));
        match tree.kind(node.parent) {
            Kind::If => matches!(node.part, Part::Consequence | Part::Alternative) && !self.is_else_if(id),
            Kind::Try => node.part == Part::Body || node.kind == Kind::CatchClause,
            _ => node.kind == Kind::SwitchRule,
        }
    }

    fn open(&mut self, role: Role) {
        let (node, end) = (self.at, self.body.tree.node(self.at).next);
        let (declared, changed) = (BTreeSet::new(), BTreeMap::new());
        self.frames.push(Frame { role, node, end, declared, changed, jumps: false });
    }

    fn open_if(&mut self, id: NodeId) {
        if !self.is_else_if(id) {
            self.open(Role::Branches(Branches::default()));
        }
        let parts = [Part::Consequence, Part::Alternative];
        let empty = parts.into_iter().filter(|part| self.body.tree.part(id, *part).is_none()).count();
        if let Some(branches) = self.branches() {
            branches.ending += empty;
        }
    }

    /// Opens the branches of `try`, which end where `finally` starts.
    fn open_try(&mut self, id: NodeId) {
        let finally = self.body.tree.child(id, Kind::Other);
        let stops = finally.map(|_| BTreeMap::new());
        self.open(Role::Branches(Branches { stops, ..Branches::default() }));
        if let (Some(frame), Some(finally)) = (self.frames.last_mut(), finally) {
            frame.end = finally;
        }
    }

    /// The branches of the innermost frame, if it contains any.
    fn branches(&mut self) -> Option<&mut Branches> {
        match &mut self.frames.last_mut()?.role {
            Role::Branches(branches) => Some(branches),
            _ => None,
        }
    }

    /// Starts a variable in the innermost frame, if the node declares one.
    fn declare(&mut self, id: NodeId) {
        let (tree, node) = (self.body.tree, self.body.tree.node(id));
        let is_one = match node.kind {
            Kind::EnhancedFor | Kind::FormalParameter => true,
            Kind::Declarator => tree.kind(node.parent) == Kind::LocalVariable,
            _ => false,
        };
        let Some(name) = is_one.then(|| tree.part(id, Part::Name)).flatten() else { return };
        let name: Rc<str> = tree.lower(name).into();
        self.set(&name, None);
        if let Some(frame) = self.frames.last_mut() {
            frame.declared.insert(name);
        }
    }

    /// Adds what a variable holds where it is read.
    fn read(&mut self, held: &mut Held) {
        let (tree, node) = (self.body.tree, self.body.tree.node(self.at));
        if self.now.is_empty() || node.part == Part::Name {
            return;
        }
        // `this.a` is the variable `a` if no local one is.
        let is_own = |object| tree.kind(object) == Kind::This && !self.body.variables.contains_key(tree.lower(self.at));
        if node.part == Part::Element && !tree.part(node.parent, Part::Object).is_some_and(is_own) {
            return;
        }
        let is_target = node.part == Part::Left && tree.kind(node.parent) == Kind::Assignment;
        if is_target && !keeps(self.body, node.parent) {
            return;
        }
        held.extend(self.value(tree.lower(self.at)).map(|from| (self.at, from)));
    }

    fn value(&self, name: &str) -> Option<NodeId> {
        self.now.get(name).copied()
    }

    /// Sets the value of a variable.
    fn set(&mut self, name: &Rc<str>, value: Option<NodeId>) {
        let before = self.put(name, value);
        if before != value {
            self.note(name, Changed { before, within: value });
        }
    }

    /// Adds a possible value to a variable.
    fn add(&mut self, name: &Rc<str>, value: Option<NodeId>) {
        self.set(name, self.value(name).max(value));
    }

    /// Sets the value of a variable without a note, and returns the former value.
    fn put(&mut self, name: &Rc<str>, value: Option<NodeId>) -> Option<NodeId> {
        match value {
            Some(value) => self.now.insert(Rc::clone(name), value),
            None => self.now.remove(name),
        }
    }

    /// Notes a change in the innermost frame.
    fn note(&mut self, name: &Rc<str>, changed: Changed) {
        steps::count(1);
        let Some(frame) = self.frames.last_mut() else { return };
        let known = frame.changed.entry(Rc::clone(name)).or_insert(changed);
        known.within = known.within.max(changed.within);
    }

    /// Leaves a frame: sets what the variables hold after it, and passes its changes to the frame around it.
    fn close(&mut self, mut frame: Frame) {
        for name in &frame.declared {
            if let Some(changed) = frame.changed.remove(name) {
                self.put(name, changed.before);
            }
        }
        self.count(frame.changed.len());
        let mut ended = None;
        match frame.role {
            Role::Block => {}
            Role::Branches(branches) => ended = self.join(branches, &frame.changed),
            Role::Branch => {
                self.end_branch(&frame.changed);
                self.stop(frame.node, &frame.changed);
            }
            Role::Finally(ended) => self.end_finally(ended, &frame.changed),
            Role::Loop => {
                let is_once = self.body.tree.kind(frame.node) == Kind::Do && !frame.jumps && !self.is_left;
                self.end_loop(frame.node, &frame.changed, is_once);
                frame.jumps = false;
            }
            Role::Apart(outside) => {
                self.now = outside;
                self.is_left = false;
                return;
            }
        }
        self.pass(frame.changed, frame.jumps);
        if let Some(ended) = ended {
            self.open(Role::Finally(ended));
        }
    }

    /// Passes the changes of a frame to the frame around it.
    fn pass(&mut self, mut changed: BTreeMap<Rc<str>, Changed>, jumps: bool) {
        let Some(around) = self.frames.last_mut() else { return };
        around.jumps |= jumps;
        let is_larger = changed.len() > around.changed.len();
        if is_larger {
            std::mem::swap(&mut changed, &mut around.changed);
        }
        let joined = changed.len();
        for (name, other) in changed {
            let known = around.changed.entry(name).or_insert(other);
            known.within = known.within.max(other.within);
            // What the frame around changed, it changed before.
            if is_larger {
                known.before = other.before;
            }
        }
        self.count(joined);
    }

    /// Ends a branch: the next one starts with what the variables held before it.
    fn end_branch(&mut self, changed: &BTreeMap<Rc<str>, Changed>) {
        let is_left = std::mem::take(&mut self.is_left);
        if let Some(branches) = self.branches().filter(|_| !is_left) {
            branches.ending += 1;
        }
        for (name, Changed { before, .. }) in changed {
            let end = self.put(name, *before);
            if let Some(branches) = self.branches().filter(|_| !is_left) {
                let known = branches.ends.entry(Rc::clone(name)).or_default();
                *known = (known.0 + 1, known.1.max(end));
            }
        }
    }

    /// Keeps what variables held in a branch of a `try`: `catch` and `finally` may run after any part of it.
    fn stop(&mut self, id: NodeId, changed: &BTreeMap<Rc<str>, Changed>) {
        let node = self.body.tree.node(id);
        if self.body.tree.kind(node.parent) != Kind::Try {
            return;
        }
        for (name, Changed { before, within }) in changed {
            if node.part == Part::Body {
                self.put(name, *before.max(within));
            } else if let Some(stops) = self.branches().and_then(|branches| branches.stops.as_mut()) {
                let known = stops.entry(Rc::clone(name)).or_default();
                *known = *within.max(known);
            }
        }
    }

    /// What the variables hold after branches: one that not all of them change may have its former value. If `finally`
    /// follows, what they hold in it, and the state after the branches.
    fn join(&mut self, mut branches: Branches, changed: &BTreeMap<Rc<str>, Changed>) -> Option<Ended> {
        self.is_left = branches.ending == 0;
        let mut values = Vec::new();
        for name in changed.keys() {
            let known = self.value(name);
            let (count, end) = branches.ends.remove(name).unwrap_or_default();
            let value = end.max(known.filter(|_| count < branches.ending || branches.ending == 0));
            self.put(name, value);
            if let Some(stops) = &branches.stops {
                let stopped = stops.get(name).copied().flatten().max(known).max(value);
                if stopped != value {
                    values.push((Rc::clone(name), value));
                    self.put(name, stopped);
                }
            }
        }
        branches.stops.map(|_| Ended { values, is_left: std::mem::take(&mut self.is_left) })
    }

    /// What the variables hold after `finally`: only what they hold where branches end, and what it assigns.
    fn end_finally(&mut self, ended: Ended, changed: &BTreeMap<Rc<str>, Changed>) {
        self.is_left |= ended.is_left;
        self.count(ended.values.len());
        for (name, value) in ended.values {
            match changed.get(&name) {
                None => drop(self.put(&name, value)),
                // One of its branches may keep the value.
                Some(Changed { before, within }) if self.value(&name) == *before => {
                    self.put(&name, value.max(*within));
                }
                Some(_) => {}
            }
        }
    }

    /// What the variables hold after a loop, and when its next iteration starts: all that they held before or in it. A
    /// loop that runs once at least and only ends at its end leaves what they hold there.
    fn end_loop(&mut self, id: NodeId, changed: &BTreeMap<Rc<str>, Changed>, is_once: bool) {
        self.is_left = false;
        for (name, Changed { before, within }) in changed {
            let value = before.max(within);
            if !is_once {
                self.put(name, *value);
            }
            if let Some(value) = value.filter(|_| value > before) {
                self.repeated.entry(id).or_default().insert(Rc::clone(name), value);
                self.is_incomplete = true;
            }
        }
    }
}

#[cfg(test)]
mod tests;
