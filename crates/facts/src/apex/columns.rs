//! The columns of the Apex tables.

use std::sync::LazyLock;

use super::callout::{CalloutPath, OneCallout};
use super::entry::EntryPoint;
use super::literal::LiteralFacts;
use super::session::Use;
use super::token::{Kept, TokenFacts};
use super::{Aging, Chained, CredentialUse, DebugFacts, Placed, RevocationFacts};
use crate::column::{Fact, IntoCell, ViewColumn};
use sessionlint_soql::Cell;

type Columns<R> = LazyLock<Vec<ViewColumn<R>>>;

/// What the first columns of every table say.
fn placed<R: Placed>() -> Vec<ViewColumn<R>> {
    vec![
        ViewColumn::text("Name", "fullName of the class, trigger, page or component", |it: &R| {
            it.at().name.as_str().cell()
        })
        .always(),
        ViewColumn::text("Path", "path of the file below the root", |it: &R| it.at().path.as_str().cell()).always(),
        ViewColumn::text("Type", "`ApexClass`, `ApexTrigger`, `ApexPage` or `ApexComponent`", |it: &R| {
            it.at().ty.cell()
        })
        .always(),
        ViewColumn::text("Method", "the method, with its classes; of a page or trigger, its name", |it: &R| {
            it.at().method.as_cell()
        })
        .always(),
        ViewColumn::text(
            "Confidence",
            "`high`, `medium`, or `low` where text that does not fit the grammar has a part in it",
            |it: &R| it.at().confidence.cell(),
        )
        .always(),
    ]
}

/// The way from an entry point, as columns.
fn chained<R: Chained>() -> Vec<ViewColumn<R>> {
    vec![
        ViewColumn::text("Entry", "the method that begins the transaction; null where none is known", |it: &R| {
            it.chain().entry.as_cell()
        }),
        ViewColumn::text(
            "EntryKind",
            "`aura`, `invocable`, `remote-action`, `rest`, `webservice`, `trigger`, `event-trigger`, `future`, \
             `queueable`, `batch` or `schedulable`",
            |it: &R| Cell { place: it.chain().entry.place, ..it.chain().kind.cell() },
        ),
        ViewColumn::int("Depth", "calls between the entry and this, 0 to 3", |it: &R| it.chain().depth.cell()),
        ViewColumn::text("Call1", "what the first call of the way calls; its place is the call", |it: &R| {
            it.chain().calls[0].as_cell()
        }),
        ViewColumn::text("Call2", "what the second calls", |it: &R| it.chain().calls[1].as_cell()),
        ViewColumn::text("Call3", "what the third calls", |it: &R| it.chain().calls[2].as_cell()),
        ViewColumn::text("Chain", "the whole way, `A.b -> C.d`; null where there is no call on it", |it: &R| {
            it.chain().text.as_deref().cell()
        }),
    ]
}

/// The org's session, as columns.
fn aging<R: Aging>() -> Vec<ViewColumn<R>> {
    vec![
        ViewColumn::int("OrgMinutes", "minutes of the org's session timeout", |it: &R| {
            it.lifetime().minutes.clone().cell()
        }),
        ViewColumn::int(
            "RefreshAtMinutes",
            "90 % of them: when a client should renew; advice that no documentation of Salesforce gives",
            |it: &R| it.lifetime().refresh_at().cell(),
        ),
    ]
}

/// A table of rows with a place.
fn table<R: Placed>(own: Vec<ViewColumn<R>>, more: Vec<ViewColumn<R>>) -> Vec<ViewColumn<R>> {
    placed().into_iter().chain(own).chain(more).collect()
}

fn borrowed(fact: &Fact<&'static str>) -> Cell<'static> {
    Cell { value: fact.value.cell().value, place: fact.place }
}

/// `ApexSessionUse`: one row per place to which a session id or token goes.
pub(crate) static APEX_SESSION_USE: Columns<Use> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text(
            "Source",
            "`getSessionId`, `token` (a variable called so), `parameter` (of a method that runs later), \
             `page` (its text is read), `$Api.Session_ID` or `GETSESSIONID`",
            |it: &Use| it.source.cell(),
        )
        .always(),
        ViewColumn::text("SessionId", "the expression that gives it", |it: &Use| it.session.as_cell()).always(),
        ViewColumn::text(
            "Sink",
            "`async-argument`, `async-parameter`, `authorization-header`, `session-header`, `soap-envelope`, \
             `record-field`, `returned` (to a browser or another system), `mailed-link`, `shown-link`, `returned-link`, \
             `scraped` (read out of a page), `page` or `none`; its place is the argument or value",
            |it: &Use| borrowed(&it.sink),
        )
        .always(),
        ViewColumn::text("Target", "the method or class that gets it and runs later", |it: &Use| it.target.as_cell()),
        ViewColumn::text("TargetKind", "`future`, `queueable`, `batch` or `schedulable`", |it: &Use| Cell {
            place: it.target.place,
            ..it.target_kind.cell()
        }),
        ViewColumn::text(
            "Context",
            "`future`, `queueable`, `batch`, `schedulable` or `event-trigger`: what the code runs in; null where it is \
             synchronous or not known",
            |it: &Use| it.context.cell(),
        ),
        ViewColumn::bool("IsAsync", "it runs in one of those", |it: &Use| it.context.is_some().cell()).always(),
        ViewColumn::bool("IsNullChecked", "the method asks whether it is null or blank", |it: &Use| {
            it.is_null_checked.cell()
        })
        .always(),
        ViewColumn::bool("IsFromLightning", "an `@AuraEnabled` method reaches it within two calls", |it: &Use| {
            it.is_from_lightning.cell()
        })
        .always(),
        ViewColumn::bool(
            "HasCallSite",
            "for `async-parameter`: some `async-argument` of this table is handed to it",
            |it: &Use| it.has_call_site.cell(),
        )
        .always(),
        ViewColumn::text(
            "Server",
            "for `page`: the host, none of Salesforce's, whose address the id is written into; its place is the address",
            |it: &Use| it.server.as_cell(),
        ),
        ViewColumn::text(
            "RunsAnonymousApex",
            "where the same file runs anonymous Apex; null in a project without a namespace",
            |it: &Use| it.anonymous.as_cell(),
        ),
        ViewColumn::text(
            "IssuesJwtTokens",
            "an app of the project that issues JWT access tokens to users; its place is the setting",
            |it: &Use| it.jwt_app.as_cell(),
        ),
        ViewColumn::bool(
            "ApiAccessIsLimited",
            "the org lets only apps that an administrator approved call its API",
            |it: &Use| it.api_access_is_limited.clone().cell(),
        ),
    ];
    table(own, chained().into_iter().chain(aging()).collect())
});

/// `ApexCalloutPath`: one row per entry point and call of it that leads to a callout.
pub(crate) static APEX_CALLOUT_PATH: Columns<CalloutPath> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Site", "what the entry calls to get there; its place is that call", |it: &CalloutPath| {
            it.site.as_cell()
        })
        .always(),
        ViewColumn::text("Callout", "`Http.send` or `WebServiceCallout.invoke`", |it: &CalloutPath| {
            borrowed(&it.callout)
        })
        .always(),
        ViewColumn::text("CalloutIn", "the method that holds the callout", |it: &CalloutPath| {
            it.callout_in.as_str().cell()
        })
        .always(),
        ViewColumn::bool("IsSameClass", "the whole way stays in the entry's class", |it: &CalloutPath| {
            it.is_same_class.cell()
        })
        .always(),
        ViewColumn::bool("IsSync", "somebody waits for the entry", |it: &CalloutPath| it.is_sync.cell()).always(),
        ViewColumn::text(
            "Loop",
            "`for`, `while` or `do`: the loop that repeats the callout; one that turns five times or less, or leaves at its end, does not",
            |it: &CalloutPath| it.repeated_by.as_cell(),
        ),
        ViewColumn::bool("IsInLoop", "a loop repeats the callout", |it: &CalloutPath| {
            it.repeated_by.value.is_some().cell()
        })
        .always(),
        ViewColumn::text("Endpoint", "the literal that its address begins with", |it: &CalloutPath| {
            it.goes.endpoint.as_cell()
        }),
        ViewColumn::text("CalloutName", "the named credential in it", |it: &CalloutPath| Cell {
            place: it.goes.endpoint.place,
            ..it.goes.credential.as_deref().cell()
        }),
        ViewColumn::int("TimeoutMs", "milliseconds of the timeout that is set", |it: &CalloutPath| {
            it.goes.timeout.clone().cell()
        }),
        ViewColumn::bool(
            "AllowsCallouts",
            "`callout=true` of an `@future` method, `Database.AllowsCallouts` of a queueable or batch; null for others \
             and where a superclass is not in the project",
            |it: &CalloutPath| it.allows_callouts.cell(),
        ),
        ViewColumn::bool("IsAfterDml", "the entry changes records before, on the same way", |it: &CalloutPath| {
            it.is_after_change.cell()
        })
        .always(),
        ViewColumn::bool(
            "IsPerChunk",
            "a condition lets only some turns of that loop through, one for each chunk: a size, a counter, a remainder",
            |it: &CalloutPath| it.is_per_chunk.cell(),
        )
        .always(),
        ViewColumn::text(
            "LoopDml",
            "what changes records in the turns of that loop: `update`, or the method that it calls; its place is there",
            |it: &CalloutPath| it.change_in_loop.as_cell(),
        ),
    ];
    table(own, chained())
});

/// `ApexCallout`: one row per callout.
pub(crate) static APEX_CALLOUT: Columns<OneCallout> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Callout", "`Http.send` or `WebServiceCallout.invoke`", |it: &OneCallout| {
            borrowed(&it.callout)
        })
        .always(),
        ViewColumn::text("Loop", "`for`, `while` or `do`: the loop of the method around it", |it: &OneCallout| {
            it.repeated_by.as_cell()
        }),
        ViewColumn::bool("IsInLoop", "a loop of the method repeats it", |it: &OneCallout| {
            it.repeated_by.value.is_some().cell()
        })
        .always(),
        ViewColumn::text("Endpoint", "the literal that its address begins with", |it: &OneCallout| {
            it.goes.endpoint.as_cell()
        }),
        ViewColumn::text("CalloutName", "the named credential in it", |it: &OneCallout| Cell {
            place: it.goes.endpoint.place,
            ..it.goes.credential.as_deref().cell()
        }),
        ViewColumn::int(
            "TimeoutMs",
            "milliseconds of the timeout that the method, or one that it calls, sets",
            |it: &OneCallout| it.goes.timeout.clone().cell(),
        ),
        ViewColumn::bool("IsAsync", "the nearest entry runs later; null without one", |it: &OneCallout| {
            it.is_async.cell()
        }),
        ViewColumn::text("SyncEntry", "the nearest entry for which somebody waits", |it: &OneCallout| {
            it.sync_entry.as_cell()
        }),
        ViewColumn::text("SyncEntryKind", "what it is", |it: &OneCallout| it.sync_kind.cell()),
    ];
    table(own, chained())
});

/// `ApexEntryPoint`: one row per `execute(SchedulableContext)`.
pub(crate) static APEX_ENTRY_POINT: Columns<EntryPoint> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Kind", "`schedulable`", |it: &EntryPoint| it.kind.cell()).always(),
        ViewColumn::text("Delegates", "how it hands work to another transaction", |it: &EntryPoint| {
            it.delegates.as_cell()
        }),
        ViewColumn::text("Dml", "the first change of records that it reaches itself", |it: &EntryPoint| {
            it.change.as_cell()
        }),
        ViewColumn::text("UnboundedQuery", "a query on its way without a limit up to 200", |it: &EntryPoint| {
            it.unbounded.as_cell()
        }),
        ViewColumn::text("WorkLoop", "a loop on its way that changes records or calls out", |it: &EntryPoint| {
            it.work_loop.as_cell()
        }),
        ViewColumn::bool(
            "IsHeavy",
            "it hands nothing on, changes records, and queries or repeats without a small limit",
            |it: &EntryPoint| it.is_heavy().cell(),
        )
        .always(),
    ];
    table(own, chained())
});

/// `ApexKeptToken`: one row per field of a job that keeps a token.
pub(crate) static APEX_KEPT_TOKEN: Columns<Kept> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Field", "the field", |it: &Kept| it.field.as_cell()).always(),
        ViewColumn::text(
            "AssignedIn",
            "`constructor`, `start` or `initializer`; its place is the assignment",
            |it: &Kept| borrowed(&it.assigned_in),
        )
        .always(),
        ViewColumn::text("UsedIn", "the method that uses it; its place is the use", |it: &Kept| it.used_in.as_cell())
            .always(),
        ViewColumn::text("Source", "`getSessionId`, `token-call` or `parameter`", |it: &Kept| it.source.cell())
            .always(),
        ViewColumn::text("ClassKind", "`batch` or `queueable`", |it: &Kept| it.class_kind.cell()).always(),
        ViewColumn::bool("IsStateful", "the class is `Database.Stateful`", |it: &Kept| it.is_stateful.cell()).always(),
        ViewColumn::bool("IsInHeader", "it is used in a header", |it: &Kept| it.is_in_header.cell()).always(),
    ];
    table(own, aging())
});

/// `ApexToken`: one row per class that asks for tokens itself.
pub(crate) static APEX_TOKEN: Columns<TokenFacts> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Request", "the grant or address that shows it, without secrets", |it: &TokenFacts| {
            it.request.as_cell()
        })
        .always(),
        ViewColumn::text("GrantType", "the grant that it asks for", |it: &TokenFacts| it.grant.as_cell()),
        ViewColumn::text("Host", "host of the token endpoint, in lower case", |it: &TokenFacts| it.host.as_cell()),
        ViewColumn::text("CalloutName", "the named credential that it asks through", |it: &TokenFacts| {
            it.credential.as_deref().cell()
        }),
        ViewColumn::text("ReadsToken", "`access_token`, where it is read", |it: &TokenFacts| it.reads_token.as_cell()),
        ViewColumn::text("ReadsExpiry", "`expires_in`, `issued_at` or `exp`, where it is read", |it: &TokenFacts| {
            it.reads_expiry.as_cell()
        }),
        ViewColumn::text("ReactsTo401", "`401` or `INVALID_SESSION_ID`, where it is asked for", |it: &TokenFacts| {
            it.reacts.as_cell()
        }),
        ViewColumn::text(
            "StoredIn",
            "what keeps the token beyond the method: no static variable, which ends with the transaction, and no cache that forgets within 15 minutes",
            |it: &TokenFacts| it.stored.as_cell(),
        ),
        ViewColumn::bool("IsStored", "something does", |it: &TokenFacts| it.stored.value.is_some().cell()).always(),
        ViewColumn::bool(
            "IsToSalesforce",
            "the host is an org's or login's; null where it is not known",
            |it: &TokenFacts| it.is_to_salesforce.cell(),
        ),
    ];
    table(own, aging())
});

/// `ApexLiteral`: one row per literal that matters.
pub(crate) static APEX_LITERAL: Columns<LiteralFacts> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text(
            "Kind",
            "`org-host`, `password-grant`, `user-agent-flow`, `soap-login` or `credential-on-soap`",
            |it: &LiteralFacts| it.kind.cell(),
        )
        .always(),
        ViewColumn::text(
            "Text",
            "the part that matters, without secrets; its place is the literal",
            |it: &LiteralFacts| it.text.as_cell(),
        )
        .always(),
        ViewColumn::text("Host", "its host, in lower case", |it: &LiteralFacts| it.host.as_deref().cell()),
        ViewColumn::text(
            "HostKind",
            "`login`, `instance`, `my-domain`, `sandbox`, `lightning`, `visualforce` or `site`",
            |it: &LiteralFacts| it.host_kind.cell(),
        ),
        ViewColumn::bool("HasService", "the address has `/services/` in it", |it: &LiteralFacts| it.has_service.cell())
            .always(),
        ViewColumn::bool(
            "IsLink",
            "people open the address: the literal is HTML, or names a record or page and nothing calls it",
            |it: &LiteralFacts| it.is_link.cell(),
        )
        .always(),
        ViewColumn::text("CalloutName", "the named credential of `credential-on-soap`", |it: &LiteralFacts| {
            it.credential.as_deref().cell()
        }),
        ViewColumn::int(
            "DaysLeft",
            "for `password-grant` and `user-agent-flow`: days from the day of the run to 2027-02-20, when both flows end; negative after it",
            |it: &LiteralFacts| it.days_left.cell(),
        ),
        ViewColumn::bool(
            "FlowIsBlocked",
            "for `password-grant` and `user-agent-flow`: the org blocks that flow; its place is the setting",
            |it: &LiteralFacts| it.flow_is_blocked.clone().cell(),
        ),
        ViewColumn::text(
            "ExternalApp",
            "for `password-grant`: an external client app, where the project has OAuth apps of no other kind",
            |it: &LiteralFacts| it.external_app.as_cell(),
        ),
    ];
    table(own, Vec::new())
});

/// `ApexDebug`: one row per secret that goes to a debug log.
pub(crate) static APEX_DEBUG: Columns<DebugFacts> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Secret", "the variable or call", |it: &DebugFacts| it.secret.as_cell()).always(),
        ViewColumn::text(
            "SecretKind",
            "`session`, `token`, `password`, `key` or `client-secret`, by its name; `request-body`, `header` or `token-answer`, where the variable holds one",
            |it: &DebugFacts| it.kind.as_str().cell(),
        )
        .always(),
        ViewColumn::text("Log", "what logs it", |it: &DebugFacts| it.log.as_str().cell()).always(),
        ViewColumn::text("Origin", "where the secret began, where it went through a variable", |it: &DebugFacts| {
            it.origin.as_cell()
        }),
        ViewColumn::bool(
            "IsSessionId",
            "it comes from `UserInfo.getSessionId()`, and is not only named like a session id",
            |it: &DebugFacts| it.is_session_id.cell(),
        )
        .always(),
        ViewColumn::bool(
            "IsSystemDebug",
            "`System.debug` logs it, and no logger of the project's own",
            |it: &DebugFacts| it.log.eq_ignore_ascii_case("System.debug").cell(),
        )
        .always(),
    ];
    table(own, Vec::new())
});

/// `ApexSecretUse`: one row per secret that leaves a method otherwise than by a log.
pub(crate) static APEX_SECRET_USE: Columns<DebugFacts> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Secret", "the variable or call, or what it holds", |it: &DebugFacts| it.secret.as_cell())
            .always(),
        ViewColumn::text(
            "SecretKind",
            "`token`, `password`, `key` or `client-secret`, by its name; `request-body`, `header` or `token-answer`, where the variable holds one",
            |it: &DebugFacts| it.kind.as_str().cell(),
        )
        .always(),
        ViewColumn::text(
            "Sink",
            "`thrown` with an exception, `returned` to a client or another system, `mailed`, or `stored` in a field that is not made for it",
            |it: &DebugFacts| it.leak.as_str().cell(),
        )
        .always(),
        ViewColumn::text("By", "for `stored`: the field; else the word or call", |it: &DebugFacts| {
            it.log.as_str().cell()
        })
        .always(),
        ViewColumn::text("Origin", "where the secret began, where it went through a variable", |it: &DebugFacts| {
            it.origin.as_cell()
        }),
    ];
    table(own, Vec::new())
});

/// `ApexCredentialUse`: one row per `callout:NAME`.
pub(crate) static APEX_CREDENTIAL_USE: Columns<CredentialUse> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text("Credential", "the named credential", |it: &CredentialUse| it.credential.as_cell()).always(),
        ViewColumn::bool(
            "IsResolved",
            "the project holds it; null where its file is broken, hidden or outside, or a package's",
            |it: &CredentialUse| it.is_resolved.cell(),
        ),
        ViewColumn::bool("IsTypeInProject", "the project holds named credentials", |it: &CredentialUse| {
            it.is_type_in_project.cell()
        })
        .always(),
        ViewColumn::bool("IsAsync", "something that runs later reaches it", |it: &CredentialUse| it.is_async.cell())
            .always(),
        ViewColumn::text("Entry", "that entry point, else the nearest", |it: &CredentialUse| it.entry.as_cell()),
        ViewColumn::text("EntryKind", "what it is", |it: &CredentialUse| it.entry_kind.cell()),
    ];
    table(own, Vec::new())
});

/// `ApexRevocation`: one row per session that code ends.
pub(crate) static APEX_REVOCATION: Columns<RevocationFacts> = LazyLock::new(|| {
    let own = vec![
        ViewColumn::text(
            "Kind",
            "`auth-session-delete`, `revoke-token` or `logout-event-trigger`",
            |it: &RevocationFacts| it.kind.cell(),
        )
        .always(),
        ViewColumn::text("Statement", "as written", |it: &RevocationFacts| it.statement.as_cell()).always(),
    ];
    table(own, Vec::new())
});
