//! Headers that a request gets a second time before it is sent.
//!
//! Assumes that the second value replaces the first. No source of this project says so; in doubt, nothing is reported.
//! Only statements that surely run one after the other count. Refuses to know what the values are.

use std::borrow::Cow;

use super::Flow;
use crate::tree::{Kind, NodeId, Part};
use sessionlint_source::steps;

/// Only the first nodes after a call are read, so that its cost is bounded.
const MAX_AFTER: usize = 1_000;

/// What a statement after the first call does.
enum Then {
    /// Sets the header again.
    Replaces,
    /// Leaves it as it is, and the request unsent.
    Keeps,
    /// Something else, or unknown.
    Ends,
}

impl Flow<'_, '_, '_> {
    /// Whether a call sets a header of a request that is surely set again before any other use of the request.
    pub(super) fn is_replaced_header(&self, call: NodeId) -> bool {
        let tree = self.body.tree;
        let Some((request, name)) = self.header_of(call) else { return false };
        let mut statement = tree.node(call).parent;
        if tree.kind(statement) != Kind::ExpressionStatement {
            return false;
        }
        let mut left = MAX_AFTER;
        loop {
            let block = tree.node(statement).parent;
            match tree.kind(block) {
                Kind::Block | Kind::ConstructorBody => {
                    let end = tree.node(block).next;
                    let mut next = tree.node(statement).next;
                    while next < end {
                        match self.then(next, request, &name, &mut left) {
                            Then::Replaces => return true,
                            Then::Keeps => next = tree.node(next).next,
                            Then::Ends => return false,
                        }
                    }
                }
                // What follows a branch runs after it.
                Kind::If if tree.node(statement).part != Part::Condition => {}
                _ => return false,
            }
            statement = block;
        }
    }

    /// The variable with the request whose header a call sets, and the name of the header, both in lower case.
    fn header_of(&self, call: NodeId) -> Option<(&str, Cow<'_, str>)> {
        let tree = self.body.tree;
        if !tree.calls(call, "setheader") {
            return None;
        }
        let request = tree.part(call, Part::Object).filter(|it| tree.kind(*it) == Kind::Identifier)?;
        let [name, _] = tree.arguments(call)[..] else { return None };
        let request = tree.lower(request);
        let is_name = matches!(tree.kind(name), Kind::Identifier | Kind::FieldAccess) || tree.is_string(name);
        let is_known = is_name && self.body.variables.contains_key(request);
        is_known.then(|| {
            let text =
                self.body.literal(name).map(|literal| Cow::Borrowed(tree.lower(literal).trim_matches('\'').trim()));
            (request, text.unwrap_or_else(|| tree.type_name(name)))
        })
    }

    fn then(&self, statement: NodeId, request: &str, name: &str, left: &mut usize) -> Then {
        let tree = self.body.tree;
        let size = (tree.node(statement).next - statement) as usize;
        if size > *left || !matches!(tree.kind(statement), Kind::ExpressionStatement | Kind::LocalVariable) {
            return Then::Ends;
        }
        *left -= size;
        steps::count(size);
        let is_request = |id: &NodeId| tree.kind(*id) == Kind::Identifier && tree.lower(*id) == request;
        let call = tree.children(statement).next().unwrap_or(statement);
        let uses = tree.within(statement).filter(is_request).count();
        let called = tree.part(call, Part::Name).map(|name| tree.lower(name)).filter(|_| tree.kind(call) == Kind::Call);
        let is_of_request = tree.part(call, Part::Object).is_some_and(|object| is_request(&object));
        let sends = |id: NodeId| {
            let called = tree.part(id, Part::Name).filter(|_| tree.kind(id) == Kind::Call);
            called.is_some_and(|called| tree.lower(called) == "send")
        };
        match uses {
            0 if !tree.within(statement).any(sends) => Then::Keeps,
            1 if self.header_of(call).is_some_and(|set| set.0 == request && set.1 == name) => Then::Replaces,
            1 if is_of_request && called.is_some_and(|called| called.starts_with("set")) => Then::Keeps,
            _ => Then::Ends,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, Sink, Unit};
    use sessionlint_source::steps;

    /// The number of headers with a session id in a method with these statements: `ID;` sets one, `NEW;` another value.
    fn sent(statements: &str) -> usize {
        let statements = statements
            .replace("ID;", "request.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId());")
            .replace("NEW;", "request.setHeader('authorization', 'Bearer ' + Billing.token());");
        let code = format!("class A {{ void run(Boolean is, HttpRequest request) {{ {statements} }} }}");
        let unit = Unit::read(Code::Class, "A", &code);
        assert!(!unit.is_partly_read, "{code}");
        unit.sessions.iter().filter(|it| matches!(it.sink, Sink::Sent(_))).count()
    }

    #[test]
    fn a_header_that_is_set_again_is_not_sent() {
        for statements in [
            "ID; NEW;",
            "ID; request.setMethod('POST'); String a = Billing.name(); REQUEST.setHeader('X', a); NEW;",
            "if (is) { ID; } NEW;",
            "if (is) ID; else if (!is) { ID; } else { } NEW;",
            "if (is) { { ID; } run(); NEW; }",
            "while (is) { ID; NEW; new Http().send(request); }",
        ] {
            assert_eq!(sent(statements), 0, "{statements}");
        }
    }

    #[test]
    fn a_header_that_may_be_sent_counts() {
        for statements in [
            "ID;",
            "NEW; ID;",
            "ID; new Http().send(request); NEW;",
            "ID; new Http().send(other); NEW;",
            "ID; run(request); NEW;",
            "ID; HttpRequest other = request; NEW;",
            "ID; request = new HttpRequest(); NEW;",
            "ID; if (is) { NEW; }",
            "ID; if (is) { return; } NEW;",
            "while (is) { ID; } NEW;",
            "for (Integer i : all) { if (is) { ID; } } NEW;",
            "try { ID; run(); } catch (Exception e) { } NEW;",
            "ID; request.setHeader('X', 'y');",
            "ID; other.setHeader('Authorization', 'Bearer x');",
            "ID; request.setHeader(name, 'Bearer x');",
            "ID; request.setHeader('Authorization', request.getHeader('Authorization') + '1');",
        ] {
            assert_eq!(sent(statements), 1, "{statements}");
        }
    }

    #[test]
    fn only_the_first_statements_after_a_call_are_read() {
        let steps = |count: usize| {
            let set = |it: usize| format!("r{it}.setHeader('Authorization', UserInfo.getSessionId()); ");
            let declared = |it: usize| format!("HttpRequest r{it}; ");
            let all: String = (0..count).map(set).collect();
            let names: String = (0..count).map(declared).collect();
            let code = format!("class A {{ void run() {{ {names} {all} }} }}");
            steps::of(|| Unit::read(Code::Class, "A", &code)).1
        };
        let (few, many) = (steps(500), steps(1_000));
        assert!(few > 100 && many <= 3 * few, "{few} steps, then {many}");
    }
}
