//! Variables and fields that are surely null where they are read, because the method overwrote them.
//!
//! A field may be set again by any call of a method of the class. Refuses to know what a variable holds otherwise.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::HashMap;

use super::variables::{Change, Held, Variables, assigned, surely_runs};
use super::{Flow, own_field};
use crate::Callee;
use crate::body::Body;
use crate::tree::{Kind, NodeId, Part};

/// Only the first variables that a method overwrites with null are followed, so that its cost is bounded.
const MAX_CLEARED: usize = 16;

/// What is known about variables that a method overwrites with null, as far as it was asked.
#[derive(Default)]
pub(super) struct Filled {
    /// Their names, in lower case.
    cleared: OnceCell<BTreeSet<String>>,
    /// The reads that may give a value, by name.
    reads: RefCell<HashMap<String, Held>>,
}

impl Flow<'_, '_, '_> {
    /// Whether a variable or a field of the own class is surely null where it is read.
    pub(super) fn is_null(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let (name, read) = match tree.kind(id) {
            Kind::Identifier => (tree.lower(id), id),
            Kind::FieldAccess => {
                let object = tree.part(id, Part::Object).filter(|object| tree.kind(*object) == Kind::This);
                let (Some(_), Some(element)) = (object, tree.part(id, Part::Element)) else { return false };
                (tree.lower(element), element)
            }
            _ => return false,
        };
        let is_local = self.body.variables.contains_key(name);
        // A local variable hides the field.
        if is_local && tree.kind(id) == Kind::FieldAccess {
            return false;
        }
        if !self.filled.cleared.get_or_init(|| cleared(self.body)).contains(name) {
            return false;
        }
        let mut reads = self.filled.reads.borrow_mut();
        if !reads.contains_key(name) {
            reads.insert(name.to_owned(), may_be_filled(self.body, name));
        }
        reads.get(name).is_some_and(|held| !held.contains_key(&read))
    }
}

/// The names of the variables and fields to which a method assigns null, in lower case.
fn cleared(body: &Body<'_, '_>) -> BTreeSet<String> {
    let tree = body.tree;
    let mut names = BTreeSet::new();
    for (left, right) in body.nodes().filter_map(|id| tree.assignment(id)) {
        if names.len() < MAX_CLEARED && tree.kind(tree.bare(right)) == Kind::Null {
            let name = if tree.kind(left) == Kind::FieldAccess { tree.part(left, Part::Element) } else { Some(left) };
            names.extend(name.map(|name| tree.lower(name).to_owned()));
        }
    }
    names
}

/// The reads of a variable that may give a value.
fn may_be_filled(body: &Body<'_, '_>, name: &str) -> Held {
    let tree = body.tree;
    let is_null = |change: &Change| tree.kind(tree.bare(change.value)) == Kind::Null;
    let is_local = body.variables.contains_key(name);
    let change = |id: NodeId| {
        if is_local {
            assigned(body, id).filter(|change| &*change.name == name)
        } else {
            change_of_field(body, id, name)
        }
    };
    // Parameters and fields have a value at the start, of which nothing is known.
    let is_given = !is_local || body.method.parameters.iter().any(|it| it.name == name);
    let mut held = Held::default();
    let mut variables = Variables::new(body, is_given.then_some((name, body.method.node)));
    while let Some(it) = variables.next(&mut held, change) {
        variables.apply(&it, (!is_null(&it)).then_some(it.value));
    }
    held
}

/// The change by an assignment to a field of the own class, or by a call that may set it.
fn change_of_field(body: &Body<'_, '_>, id: NodeId, name: &str) -> Option<Change> {
    let tree = body.tree;
    let change = |value, replaces| Some(Change { name: Rc::from(name), value, replaces });
    match tree.kind(id) {
        Kind::Assignment => {
            let (left, right) = tree.assignment(id)?;
            let is_it = own_field(body, left).as_deref() == Some(name);
            is_it.then(|| change(right, tree.operator(id) == "=" && surely_runs(body, id)))?
        }
        Kind::Call if matches!(body.callee(id), Callee::Own(_) | Callee::Super(_) | Callee::Unknown) => {
            change(id, false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, SessionSource, Sink, Unit};
    use sessionlint_source::steps;

    /// The number of tokens that a method with these statements passes to `new Job(...)`.
    fn passed(statements: &str) -> usize {
        let code = format!(
            "class A {{ String authToken; void run(Boolean is, String accessToken) {{ {statements} }} void renew() {{ }} }}"
        );
        let unit = Unit::read(Code::Class, "A", &code);
        assert!(!unit.is_partly_read, "{code}");
        let is_token = |sink: &Sink, source| matches!(sink, Sink::Argument { .. }) && source == SessionSource::Token;
        unit.sessions.iter().filter(|it| is_token(&it.sink, it.source)).count()
    }

    #[test]
    fn what_is_overwritten_with_null_is_not_passed() {
        for statements in [
            "accessToken = null; System.enqueueJob(new Job(accessToken));",
            "if (is) { accessToken = null; } else { accessToken = (null); } System.enqueueJob(new Job(accessToken));",
            "String sessionId = Auth.login(); send(sessionId.length()); sessionId = null; System.enqueueJob(new Job(sessionId));",
            "authToken = null; System.enqueueJob(new Job(authToken));",
            "this.authToken = null; if (is) { System.enqueueJob(new Job(this.authToken)); }",
            "authToken = Auth.login(); authToken = null; System.enqueueJob(new Job(this.authToken));",
        ] {
            assert_eq!(passed(statements), 0, "{statements}");
        }
    }

    #[test]
    fn many_variables_in_one_method_take_linear_time() {
        let steps = |count: usize| {
            let one = |it: usize| {
                format!("String accessToken{it} = Auth.login(); accessToken{it} = null; new Job(accessToken{it}); ")
            };
            let all: String = (0..count).map(one).collect();
            steps::of(|| passed(&all)).1
        };
        let (few, many) = (steps(100), steps(800));
        assert!(many <= 10 * few, "{few} steps, then {many}");
    }

    #[test]
    fn what_may_have_a_value_is_passed() {
        for statements in [
            "System.enqueueJob(new Job(accessToken));",
            "if (is) { accessToken = null; } System.enqueueJob(new Job(accessToken));",
            "accessToken = null; accessToken = Auth.login(); System.enqueueJob(new Job(accessToken));",
            "System.enqueueJob(new Job(accessToken)); accessToken = null;",
            "while (is) { System.enqueueJob(new Job(accessToken)); accessToken = null; }",
            "try { accessToken = null; } catch (Exception e) { } System.enqueueJob(new Job(accessToken));",
            "authToken = null; renew(); System.enqueueJob(new Job(authToken));",
            "authToken = null; this.renew(); System.enqueueJob(new Job(this.authToken));",
            "this.authToken = null; String authToken = Auth.login(); System.enqueueJob(new Job(authToken));",
            "accessToken = is ? null : Auth.login(); System.enqueueJob(new Job(accessToken));",
        ] {
            assert_eq!(passed(statements), 1, "{statements}");
        }
    }
}
