//! Outbound messages of an object's automation.
//!
//! A workflow file also holds rules, alerts and field updates. No session depends on them, so only the elements listed
//! here are kept. Refuses to know who receives a message.

use crate::metadata::kind::{Field, KeptElements, Kind, flag, list, rows, text};

const OUTBOUND_MESSAGES: &[Field] = &[
    text("apiVersion"),
    text("description"),
    text("endpointUrl"),
    list("fields"),
    text("fullName"),
    flag("includeSessionId"),
    text("integrationUser"),
    text("name"),
    flag("protected"),
    flag("useDeadLetterQueue"),
];

pub(crate) const WORKFLOW: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[rows("outboundMessages", OUTBOUND_MESSAGES)],
    ..Kind::new("Workflow", "workflows", "workflow")
};
