//! What an object's automation sends out. A workflow file holds rules, alerts and field updates beside it, which no
//! session depends on; the keep-list leaves them out.

use crate::metadata::kind::{Field, Kind, flag, list, rows, text};
use sessionlint_xml::Keep;

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
    keep: Keep::Only(&["outboundMessages"]),
    fields: &[rows("outboundMessages", OUTBOUND_MESSAGES)],
    ..Kind::new("Workflow", "workflows", "workflow")
};
