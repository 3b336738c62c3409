//! Results of other classes' methods that are sent to a server as a credential: whether one is a session id is known
//! where all classes are.
//!
//! Refuses to know what the other method does.

use super::parameter::may_send;
use super::{Flow, Shared, is_session_call};
use crate::body::Body;
use crate::{SessionSource, SessionUse, Sink};

/// Adds the results that methods send.
pub(super) fn read(bodies: &[Body<'_, '_>], uses: &mut Vec<SessionUse>) {
    let none = Shared::default();
    for (index, body) in (0..).zip(bodies).filter(|(_, body)| may_send(body)) {
        let flow = Flow::of_others(body, &none);
        let mut found = Vec::new();
        for id in body.nodes() {
            let Some((from, sent, at)) = flow.sent(id).filter(|(from, ..)| !is_session_call(body, *from)) else {
                continue;
            };
            let (callee, arguments) = (body.callee(from), body.tree.arguments(from).len());
            let sink = Sink::Given { callee, arguments, sent };
            found.push(flow.used(SessionSource::Session, from, sink, at));
        }
        if !found.is_empty() {
            let is_null_checked = flow.is_null_checked();
            uses.extend(found.into_iter().map(|it| SessionUse { method: Some(index), is_null_checked, ..it }));
        }
    }
}
