//! Parameters that a method sends to a server as a credential: in the header `Authorization`, in the session header of
//! generated code or in a SOAP message. A parameter that a method keeps in a field counts where its class sends the
//! field. Those that a method hands on are listed too.
//!
//! A parameter is followed as a session id is. Refuses to know who calls the method, and with what.

use std::collections::BTreeSet;

use super::{Flow, Shared, own_field};
use crate::body::Body;
use crate::tree::{Kind, NodeId, Part};
use crate::{Callee, Method, PassedParameter, SentAs, SentParameter};
use sessionlint_source::Span;

/// Only the first parameters of a method are followed, so that the time for a method is bounded by its length.
const MAX_PARAMETERS: usize = 32;

/// Only the first parameters of a file that are kept in fields are followed, for the same reason.
const MAX_KEPT: usize = 64;

/// A parameter that is kept in a field.
struct Kept {
    class: u32,
    field: String,
    method: usize,
    parameter: u32,
}

/// Adds to the methods of a file, one for each body, the parameters that they send.
pub(super) fn read(bodies: &[Body<'_, '_>], methods: &mut [Method]) {
    let senders: Vec<&Body<'_, '_>> = bodies.iter().filter(|body| may_send(body)).collect();
    let none = Shared::default();
    let mut kept = Vec::new();
    for ((index, body), method) in bodies.iter().enumerate().zip(&mut *methods) {
        let class = body.method.class;
        for (parameter, it) in
            (0..).zip(&body.method.parameters).take(MAX_PARAMETERS).filter(|(_, it)| it.ty == "string")
        {
            let seed = body.method.node;
            let flow = Flow::following(body, &none, Some((&it.name, seed)));
            let sent = flow.first_sent(seed);
            if sent.is_none() {
                method.passes.extend(body.nodes().flat_map(|id| flow.passed(id, seed, parameter)));
            }
            method.sends.extend(sent.map(|it| it.of(parameter, false)));
            let fields: BTreeSet<String> = body.nodes().filter_map(|id| flow.kept_in(id, seed)).collect();
            let fields = fields.into_iter().filter(|field| !flow.overwrites(field));
            kept.extend(fields.map(|field| Kept { class, field, method: index, parameter }));
        }
    }
    for Kept { class, field, method, parameter } in kept.into_iter().take(MAX_KEPT) {
        let seed = bodies[method].method.node;
        let mut shared = Shared::default();
        shared.fields.insert(field.clone(), seed);
        let others = senders.iter().filter(|sender| sender.method.class == class);
        let sent = others.copied().find_map(|body| {
            let flow = Flow::following(body, &shared, None);
            flow.first_sent(seed).filter(|_| !flow.overwrites(&field))
        });
        let known = &mut methods[method].sends;
        if let Some(sent) = sent
            && !known.iter().any(|it| it.parameter == parameter)
        {
            known.push(sent.of(parameter, true));
        }
    }
}

/// Whether a method has a statement that can send a session id.
pub(super) fn may_send(body: &Body<'_, '_>) -> bool {
    let tree = body.tree;
    body.nodes().any(|id| match tree.kind(id) {
        Kind::Call => tree.calls(id, "setheader") || tree.calls(id, "put"),
        Kind::MapEntry => true,
        Kind::Assignment => tree
            .part(id, Part::Left)
            .and_then(|left| tree.part(left, Part::Element))
            .is_some_and(|field| tree.text(field).eq_ignore_ascii_case("sessionid")),
        Kind::Binary if tree.kind(tree.node(id).parent) != Kind::Binary => {
            tree.within(id).any(|inner| tree.is_string(inner) && tree.lower(inner).contains("session"))
        }
        _ => false,
    })
}

/// Where a value is sent.
struct Sent {
    sent: SentAs,
    span: Span,
}

impl Sent {
    fn of(self, parameter: u32, is_kept: bool) -> SentParameter {
        SentParameter { parameter, sent: self.sent, span: self.span, is_kept }
    }
}

impl Flow<'_, '_, '_> {
    /// The first place that sends the value of `seed`.
    fn first_sent(&self, seed: NodeId) -> Option<Sent> {
        self.body.nodes().find_map(|id| {
            let (_, sent, at) = self.sent(id).filter(|(from, ..)| *from == seed)?;
            // An object of the project may have a field with this name, and go anywhere.
            (sent != SentAs::SessionHeader || self.is_generated_header(id))
                .then(|| Sent { sent, span: self.body.tree.span(at) })
        })
    }

    /// Whether an assignment is to a session header of generated code: `port.SessionHeader.sessionId = ...`.
    fn is_generated_header(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let object = tree.part(id, Part::Left).and_then(|left| tree.part(left, Part::Object));
        object.is_some_and(|object| {
            tree.lower(object).ends_with("sessionheader")
                || self.body.type_of(object).is_some_and(|ty| ty.contains("sessionheader"))
        })
    }

    /// Whether the method assigns another value to a field of its class.
    fn overwrites(&self, field: &str) -> bool {
        self.body.nodes().filter_map(|id| self.replaced(id)).any(|(left, right)| {
            own_field(self.body, left).is_some_and(|name| name == field) && self.carried(right, false).is_none()
        })
    }

    /// Both sides of an assignment that replaces the former value.
    fn replaced(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        self.body.tree.assignment(id).filter(|_| self.body.tree.operator(id) == "=")
    }

    /// The arguments of a call that carry the value of `seed`.
    fn passed(&self, id: NodeId, seed: NodeId, parameter: u32) -> Vec<PassedParameter> {
        let tree = self.body.tree;
        if !matches!(tree.kind(id), Kind::Call | Kind::New | Kind::ExplicitConstructor) {
            return Vec::new();
        }
        let arguments = tree.arguments(id);
        let is_it = |argument: NodeId| self.carried(argument, false).is_some_and(|(from, _)| from == seed);
        let indexes = (0..arguments.len()).filter(|index| is_it(arguments[*index]));
        let all = indexes.map(|index| {
            let (callee, arguments) = (self.body.callee(id), arguments.len());
            PassedParameter { parameter, callee, arguments, index }
        });
        all.filter(|it| it.callee != Callee::Unknown).collect()
    }

    /// The field of the own class to which a node assigns the value of `seed`.
    fn kept_in(&self, id: NodeId, seed: NodeId) -> Option<String> {
        let (left, right) = self.body.tree.assignment(id)?;
        let field = own_field(self.body, left)?;
        self.carried(right, false).is_some_and(|(from, _)| from == seed).then_some(field)
    }
}
