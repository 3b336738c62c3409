//! Variables that are tokens by their use: the method sends them behind `Bearer `, whatever their names.
//!
//! They are looked for in logs only. One that may contain a session id is left out, as Salesforce is reported to take
//! those out of logs. Refuses to know other methods.

use std::collections::BTreeSet;

use foldhash::HashSet;

use super::{Flow, MAX_NODES};
use crate::token::{secret, shown};
use crate::tree::{Kind, NodeId, Part};
use crate::{Debug, Kinds, Leak, SecretKind, words};
use sessionlint_source::steps;

impl<'a> Flow<'_, 'a, '_> {
    /// The variables with a token that the method sends: `'Bearer ' + value`.
    pub(super) fn sent_as_bearer(&self) -> HashSet<&'a str> {
        let tree = self.body.tree;
        let sent = |id: NodeId| {
            let is_scheme = tree.is_string(id) && tree.string(id).eq_ignore_ascii_case("bearer ");
            let value = is_scheme.then(|| self.behind(id)).flatten().map(|value| tree.bare(value))?;
            let can_hold = |ty: &str| matches!(ty, "string" | "object");
            let is_variable = tree.kind(value) == Kind::Identifier
                && self.body.type_of(value).is_some_and(|ty| can_hold(&ty))
                && !words::may_be_session(tree.lower(value));
            is_variable.then(|| tree.lower(value))
        };
        let mut all: HashSet<&str> = self.body.nodes().filter_map(sent).collect();
        if all.is_empty() {
            return all;
        }
        for id in self.body.nodes() {
            steps::count(1);
            let Some((target, value)) = tree.given(id).filter(|_| id != self.body.method.body) else { continue };
            let mut names = tree.within(value).take(MAX_NODES).filter(|inner| tree.kind(*inner) == Kind::Identifier);
            if names.any(|inner| words::may_be_session(tree.lower(inner))) {
                all.remove(tree.lower(target));
            }
        }
        all
    }

    /// Whether the method names a session id, so that a header may contain one, which logs do not show.
    pub(super) fn names_session(&self) -> bool {
        *self.names_session.get_or_init(|| {
            let tree = self.body.tree;
            self.body.nodes().any(|id| tree.kind(id) == Kind::Identifier && words::may_be_session(tree.lower(id)))
        })
    }

    /// Adds the variables in a logged text that are tokens only because the method sends them as such.
    pub(super) fn logs_bearer(&self, argument: NodeId, log: &str, method: u32, found: &mut Vec<Debug>) {
        if self.bearers.is_empty() {
            return;
        }
        let tree = self.body.tree;
        let names = shown(self.body, argument).filter(|inner| tree.kind(*inner) == Kind::Identifier);
        for inner in names {
            let name = tree.lower(inner);
            let is_test = self.body.file.contexts.get(inner as usize).is_some_and(|it| it.kinds == Kinds::NONE);
            let is_variable = !matches!(tree.node(inner).part, Part::Object | Part::Name | Part::Element);
            let is_other = || {
                let at = tree.span(inner).start;
                secret(self.body, inner, &BTreeSet::default()).is_some() || self.assignments.carried(name, at).is_some()
            };
            if is_test || !is_variable || !self.bearers.contains(name) || is_other() {
                continue;
            }
            found.push(Debug {
                method,
                span: tree.span(inner),
                text: tree.text(inner).to_owned(),
                kind: SecretKind::Token,
                log: log.to_owned(),
                leak: Leak::Logged,
                origin: None,
                is_session_id: false,
                is_unlikely: false,
                is_doubtful: self.body.file.is_doubtful(inner),
            });
        }
    }
}
