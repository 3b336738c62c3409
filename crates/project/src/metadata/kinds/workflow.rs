//! What an object's automation sends out. A workflow file holds rules, alerts and field updates beside it, which no
//! session depends on; only what is listed is kept.

use crate::metadata::kind::{Field, Keeps, Kind, flag, list, rows, text};

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
    keeps: Keeps::Listed,
    fields: &[rows("outboundMessages", OUTBOUND_MESSAGES)],
    ..Kind::new("Workflow", "workflows", "workflow")
};
