//! The columns of the Apex tables.
//!
//! Refuses to compute anything beyond a cell.

use std::sync::LazyLock;

use super::callout::{ApexCallout, ApexCalloutPath};
use super::entry::ApexEntryPoint;
use super::literal::ApexLiteral;
use super::session::ApexSessionUse;
use super::token::{ApexKeptToken, ApexToken};
use super::{Aging, ApexCredentialUse, ApexDebug, ApexRevocation, ApexSecretUse, Chained, Placed};
use crate::Facts;
use crate::column::{Fact, IntoCell, ViewColumn};
use crate::table::{Declaration, Declared, Reads, matching_rows};
use sessionlint_soql::Cell;

/// The number of characters of a statement that names what happens; it may go on for pages.
const SHOWN: usize = 120;

type Columns<R> = LazyLock<Vec<ViewColumn<R>>>;

/// The first columns of every table.
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
            "`high`, `medium`, or `low` if code with a syntax error is involved",
            |it: &R| it.at().confidence.cell(),
        )
        .always(),
    ]
}

/// The path from an entry point, as columns.
fn chained<R: Chained>() -> Vec<ViewColumn<R>> {
    vec![
        ViewColumn::text("Entry", "the method that starts the transaction; null if unknown", |it: &R| {
            it.chain().entry.as_cell()
        }),
        ViewColumn::text(
            "EntryKind",
            "`aura`, `invocable`, `remote-action`, `rest`, `webservice`, `trigger`, `event-trigger`, `future`, \
             `queueable`, `batch` or `schedulable`",
            |it: &R| Cell { place: it.chain().entry.place, ..it.chain().kind.cell() },
        ),
        ViewColumn::int("Depth", "number of calls between the entry point and this, 0 to 3", |it: &R| {
            it.chain().depth.cell()
        }),
        ViewColumn::text("Call1", "the target of the first call on the path; its place is the call", |it: &R| {
            it.chain().calls[0].as_cell()
        }),
        ViewColumn::text("Call2", "the target of the second call", |it: &R| it.chain().calls[1].as_cell()),
        ViewColumn::text("Call3", "the target of the third call", |it: &R| it.chain().calls[2].as_cell()),
        ViewColumn::text("Chain", "the whole path, `A.b -> C.d`; null without a call", |it: &R| {
            it.chain().text.as_deref().cell()
        }),
    ]
}

/// The org's session, as columns.
fn aging<R: Aging>() -> Vec<ViewColumn<R>> {
    vec![
        ViewColumn::int(
            "OrgMinutes",
            "minutes of the org's session timeout; null for a token that is, or by its name only may be, another server's",
            |it: &R| it.lifetime().minutes.clone().cell(),
        ),
        ViewColumn::int(
            "RefreshAtMinutes",
            "90 % of OrgMinutes: when a client should renew; advice without a Salesforce source",
            |it: &R| it.lifetime().refresh_at().cell(),
        ),
    ]
}

/// A table of rows with a place.
fn table<R: Placed>(own: Vec<ViewColumn<R>>, more: Vec<ViewColumn<R>>) -> Vec<ViewColumn<R>> {
    placed().into_iter().chain(own).chain(more).collect()
}

/// A table whose values come from the walk over all code.
const fn of_code<R: Declared + Placed>(
    columns: fn() -> &'static [ViewColumn<R>],
    values: for<'f> fn(&'f Facts<'_>) -> &'f [R],
) -> Declaration<R> {
    Declaration::kept(columns, values).key(R::key).reads(&[Reads::Code])
}

fn borrowed(fact: &Fact<&'static str>) -> Cell<'static> {
    Cell { value: fact.value.cell().value, place: fact.place }
}

impl Declared for ApexSessionUse {
    const TABLE: Declaration<Self> = of_code(|| &APEX_SESSION_USE, |facts| &facts.apex().sessions);
}

/// `ApexSessionUse`: one row per place to which a session id or token goes.
static APEX_SESSION_USE: Columns<ApexSessionUse> = LazyLock::new(|| {
    type Column = ViewColumn<ApexSessionUse>;
    let own = vec![
        Column::text(
            "Source",
            "`getSessionId`, `token` (a variable with that name), `parameter` (of an asynchronous method), `page` \
             (read from its text), `$Api.Session_ID` or `GETSESSIONID`",
            |it| it.source.cell(),
        )
        .always(),
        Column::text("SessionId", "the expression", |it| it.session.as_cell()).always(),
        Column::text(
            "Sink",
            "`async-argument`, `async-parameter`, `authorization-header`, `cookie`, `session-header`, `soap-envelope`, \
             `record-field`, `event-field` (of a platform event), `returned` (to a browser or another system), `mailed-link`, `shown-link`, `returned-link`, \
             `scraped` (read out of a page), `page`, `logged` (by `System.debug`) or `none`; its place is the argument or \
             value",
            |it| borrowed(&it.sink),
        )
        .always(),
        Column::text("Target", "the asynchronous method or class that gets it", |it| it.target.as_cell()),
        Column::text("TargetKind", "`future`, `queueable`, `batch` or `schedulable`", |it| Cell {
            place: it.target.place,
            ..it.target_kind.cell()
        }),
        Column::text(
            "Context",
            "`future`, `queueable`, `batch`, `schedulable` or `event-trigger`: the code's context; null if it is \
             synchronous or unknown",
            |it| it.context.cell(),
        ),
        Column::text("JobEntry", "the method that starts that context", |it| it.job().0.as_cell()),
        Column::text("JobCall", "the target of the first call on the path from there; its place is the call", |it| {
            it.job().1.as_cell()
        }),
        Column::bool("IsAsync", "it runs in one of these contexts", |it| it.context.is_some().cell()).always(),
        Column::bool("IsNullChecked", "the method checks for null or blank", |it| {
            it.is_null_checked.cell()
        })
        .always(),
        Column::bool(
            "IsKeptByJob",
            "the class of a job, of which no job is known to make an object, took it when it was made and keeps it in a field",
            |it| it.is_kept_by_job.cell(),
        )
        .always(),
        Column::bool(
            "IsOneOfSeveral",
            "a method of the class returns it or another text, such as a stored token",
            |it| it.is_one_of_several.cell(),
        )
        .always(),
        Column::bool("IsFromLightning", "an `@AuraEnabled` method reaches it within two calls", |it| {
            it.is_from_lightning.cell()
        })
        .always(),
        Column::bool(
            "HasCallSite",
            "for `async-parameter`: an `async-argument` of this table is passed to it",
            |it| it.has_call_site.cell(),
        )
        .always(),
        Column::text(
            "Server",
            "for `page`: the host outside Salesforce whose URL contains the id; its place is the URL",
            |it| it.server.as_cell(),
        ),
        Column::text(
            "SentBy",
            "the called method that sends the argument to a server, or its class through a field; its place is the header or message",
            |it| it.sent_by.as_cell(),
        ),
        Column::text("GivenBy", "the method of another class that returned the id; its place is its name", |it| {
            it.given_by.as_cell()
        }),
        Column::text(
            "OutsideType",
            "for `session-header`: the type that gets the id in a field, if it has a namespace and is not in the project, such as one of a managed package",
            |it| it.outside_type.as_cell(),
        ),
        Column::text(
            "Credential",
            "for `authorization-header`: the named credential in all addresses of the method; its place is the address",
            |it| it.credential.as_cell(),
        ),
        Column::text(
            "RunsAnonymousApex",
            "the place in the same file that runs anonymous Apex; null in a project without a namespace",
            |it| it.anonymous.as_cell(),
        ),
        Column::text(
            "IssuesJwtTokens",
            "an app in the project that issues JWT-based access tokens to users; its place is the setting",
            |it| it.jwt_app.as_cell(),
        ),
        Column::bool(
            "ApiAccessIsLimited",
            "the org allows API calls from approved apps only",
            |it| it.api_access_is_limited.clone().cell(),
        ),
    ];
    table(own, chained().into_iter().chain(aging()).collect())
});

impl Declared for ApexCalloutPath {
    const TABLE: Declaration<Self> = of_code(|| &APEX_CALLOUT_PATH, |facts| &facts.apex().paths);
}

/// `ApexCalloutPath`: one row per entry point and call of it that leads to a callout.
static APEX_CALLOUT_PATH: Columns<ApexCalloutPath> = LazyLock::new(|| {
    type Column = ViewColumn<ApexCalloutPath>;
    let own = vec![
        Column::text("Site", "the call in the entry point that leads there; its place is that call", |it| {
            it.site.as_cell()
        })
        .always(),
        Column::text("Callout", "`Http.send` or `WebServiceCallout.invoke`", |it| borrowed(&it.callout)).always(),
        Column::text("CalloutIn", "the method with the callout", |it| it.callout_in.as_str().cell()).always(),
        Column::bool("IsSameClass", "the whole path stays in the entry point's class", |it| it.is_same_class.cell())
            .always(),
        Column::bool("IsSync", "the entry point is synchronous", |it| it.is_sync.cell()).always(),
        Column::text(
            "Loop",
            "`for`, `while` or `do`: the loop that repeats the callout; null for a loop with five iterations or fewer, or one that exits at its end",
            |it| it.repeated_by.as_cell(),
        ),
        Column::bool("IsInLoop", "a loop repeats the callout", |it| it.repeated_by.value.is_some().cell()).always(),
        Column::text("Endpoint", "the literal at the start of its URL", |it| it.goes.endpoint.as_cell()),
        Column::text("CalloutName", "the named credential in that literal", |it| Cell {
            place: it.goes.endpoint.place,
            ..it.goes.credential.as_deref().cell()
        }),
        Column::int("TimeoutMs", "the timeout in milliseconds, if set", |it| it.goes.timeout.clone().cell()),
        Column::bool(
            "AllowsCallouts",
            "`callout=true` of an `@future` method, `Database.AllowsCallouts` of a queueable or batch; null for \
             others and if a superclass is not in the project",
            |it| it.allows_callouts.cell(),
        ),
        Column::bool("IsAfterDml", "the entry point changes records earlier on the same path", |it| {
            it.is_after_change.cell()
        })
        .always(),
        Column::bool(
            "IsPerChunk",
            "a condition allows only some iterations of that loop, one for each chunk: a size, a counter, a remainder",
            |it| it.is_per_chunk.cell(),
        )
        .always(),
        Column::text(
            "LoopDml",
            "what changes records in that loop: `update`, or the called method; its place is there",
            |it| it.change_in_loop.as_cell(),
        ),
    ];
    table(own, chained())
});

impl Declared for ApexCallout {
    const TABLE: Declaration<Self> = of_code(|| &APEX_CALLOUT, |facts| &facts.apex().callouts);
}

/// `ApexCallout`: one row per callout.
static APEX_CALLOUT: Columns<ApexCallout> = LazyLock::new(|| {
    type Column = ViewColumn<ApexCallout>;
    let own = vec![
        Column::text("Callout", "`Http.send` or `WebServiceCallout.invoke`", |it| borrowed(&it.callout)).always(),
        Column::text("Loop", "`for`, `while` or `do`: the loop around it in the method", |it| it.repeated_by.as_cell()),
        Column::bool("IsInLoop", "a loop of the method repeats it", |it| it.repeated_by.value.is_some().cell())
            .always(),
        Column::text("Endpoint", "the literal at the start of its URL", |it| it.goes.endpoint.as_cell()),
        Column::text("CalloutName", "the named credential in that literal", |it| Cell {
            place: it.goes.endpoint.place,
            ..it.goes.credential.as_deref().cell()
        }),
        Column::int("TimeoutMs", "the timeout in milliseconds that the method or a called method sets", |it| {
            it.goes.timeout.clone().cell()
        }),
        Column::bool("IsAsync", "the nearest entry point is asynchronous; null without one", |it| it.is_async.cell()),
        Column::text("SyncEntry", "the nearest synchronous entry point", |it| it.sync_entry.as_cell()),
        Column::text("SyncEntryKind", "what it is", |it| it.sync_kind.cell()),
    ];
    table(own, chained())
});

impl Declared for ApexEntryPoint {
    const TABLE: Declaration<Self> = of_code(|| &APEX_ENTRY_POINT, |facts| &facts.apex().entries)
        .matching(|facts, filter| matching_rows(facts.project, &facts.apex().entries, filter));
}

/// `ApexEntryPoint`: one row per `execute(SchedulableContext)`.
static APEX_ENTRY_POINT: Columns<ApexEntryPoint> = LazyLock::new(|| {
    type Column = ViewColumn<ApexEntryPoint>;
    let own = vec![
        Column::text("Kind", "`schedulable`", |it| it.kind.cell()).always(),
        Column::text("Delegates", "how it passes work to another transaction", |it| it.delegates.as_cell_of(SHOWN)),
        Column::text("Dml", "the first change of records in its own transaction", |it| it.change.as_cell()),
        Column::text("UnboundedQuery", "a query on its path without a limit of at most 200", |it| {
            it.unbounded.as_cell_of(SHOWN)
        }),
        Column::text("WorkLoop", "a loop on its path that changes records or makes callouts", |it| {
            it.work_loop.as_cell()
        }),
        Column::bool(
            "IsHeavy",
            "it passes nothing on, changes records, and queries or loops without a small limit",
            |it| it.is_heavy().cell(),
        )
        .always(),
    ];
    table(own, chained())
});

impl Declared for ApexKeptToken {
    const TABLE: Declaration<Self> = of_code(|| &APEX_KEPT_TOKEN, |facts| &facts.apex().kept);
}

/// `ApexKeptToken`: one row per field of a job that keeps a token.
static APEX_KEPT_TOKEN: Columns<ApexKeptToken> = LazyLock::new(|| {
    type Column = ViewColumn<ApexKeptToken>;
    let own = vec![
        Column::text("Class", "the job, with its outer classes", |it| it.class.as_str().cell()).always(),
        Column::text("Field", "the field", |it| it.field.as_cell()).always(),
        Column::text("AssignedIn", "`constructor`, `start` or `initializer`; its place is the assignment", |it| {
            borrowed(&it.assigned_in)
        })
        .always(),
        Column::text("UsedIn", "the method that uses it; its place is the use", |it| it.used_in.as_cell()).always(),
        Column::text("Source", "`getSessionId`, `session-header` (a session id that is put into the session header of the field, a generated port), `token-call` or `parameter`", |it| it.source.cell()).always(),
        Column::text("ClassKind", "`batch` or `queueable`", |it| it.class_kind.cell()).always(),
        Column::bool("IsStateful", "the class is `Database.Stateful`", |it| it.is_stateful.cell()).always(),
        Column::bool("IsInHeader", "it is used in a header", |it| it.is_in_header.cell()).always(),
    ];
    table(own, aging())
});

impl Declared for ApexToken {
    const TABLE: Declaration<Self> = of_code(|| &APEX_TOKEN, |facts| &facts.apex().tokens);
}

/// `ApexToken`: one row per class that requests tokens itself.
static APEX_TOKEN: Columns<ApexToken> = LazyLock::new(|| {
    type Column = ViewColumn<ApexToken>;
    let own = vec![
        Column::text("Request", "the grant or URL that shows it, without secrets", |it| it.request.as_cell()).always(),
        Column::text("GrantType", "the requested grant", |it| it.grant.as_cell()),
        Column::text("Host", "host of the token endpoint, in lower case", |it| it.host.as_cell()),
        Column::text("CalloutName", "the named credential of the request", |it| it.credential.as_deref().cell()),
        Column::text("ReadsToken", "`access_token`, if the code reads it", |it| it.reads_token.as_cell()),
        Column::text("ReadsExpiry", "`expires_in`, `issued_at` or `exp`, if the code reads it", |it| {
            it.reads_expiry.as_cell()
        }),
        Column::text(
            "ChecksAge",
            "the time that the code compares with the present, if its name is that of a token's time, or the field that \
             gets the present time beside the token",
            |it| it.checks_age.as_cell(),
        ),
        Column::text("ReactsTo401", "`401` or `INVALID_SESSION_ID`, if the code checks for it", |it| {
            it.reacts.as_cell()
        }),
        Column::text(
            "StoredIn",
            "where the token is stored beyond the method; not a static variable, which ends with the transaction, and not a cache of 15 minutes or less",
            |it| it.stored.as_cell(),
        ),
        Column::bool("IsStored", "something does", |it| it.stored.value.is_some().cell()).always(),
        Column::bool("IsToSalesforce", "the host belongs to an org or is a login host; null if unknown", |it| {
            it.is_to_salesforce.cell()
        }),
        Column::bool(
            "IsAuthProvider",
            "the class is a custom auth. provider: it extends `Auth.AuthProviderPluginClass`",
            |it| it.is_auth_provider.cell(),
        )
        .always(),
    ];
    table(own, aging())
});

impl Declared for ApexLiteral {
    const TABLE: Declaration<Self> = of_code(|| &APEX_LITERAL, |facts| &facts.apex().literals);
}

/// `ApexLiteral`: one row per literal that matters.
static APEX_LITERAL: Columns<ApexLiteral> = LazyLock::new(|| {
    type Column = ViewColumn<ApexLiteral>;
    let own = vec![
        Column::text(
            "Kind",
            "`org-host`, `password-grant`, `user-agent-flow`, `soap-login` or `credential-on-soap`",
            |it| it.kind.cell(),
        )
        .always(),
        Column::text("Text", "the relevant part, without secrets; its place is the literal", |it| it.text.as_cell())
            .always(),
        Column::text("Host", "its host, in lower case", |it| it.host.as_deref().cell()),
        Column::text(
            "HostKind",
            "`login`, `instance`, `my-domain`, `sandbox`, `lightning`, `visualforce` or `site`",
            |it| it.host_kind.cell(),
        ),
        Column::bool("HasService", "the URL contains `/services/`", |it| it.has_service.cell()).always(),
        Column::bool(
            "IsLink",
            "a link for people: the literal is HTML, or names a record, page or file and no code calls it",
            |it| it.is_link.cell(),
        )
        .always(),
        Column::bool(
            "IsCompared",
            "the code only compares the URL: with an operator, a call that checks a text, a label of `switch`, or in an inline query",
            |it| it.is_compared.cell(),
        )
        .always(),
        Column::bool(
            "HasOtherLoginHost",
            "the same class, trigger or page has the same URL with the other login host (`login`, `test`)",
            |it| it.has_other_login.cell(),
        )
        .always(),
        Column::bool("IsGenerated", "it is in code made from a WSDL", |it| it.is_generated.cell()).always(),
        Column::text("CalloutName", "the named credential of `credential-on-soap`", |it| {
            it.credential.as_deref().cell()
        }),
        Column::int(
            "DaysLeft",
            "for `password-grant` and `user-agent-flow`: days from the day of the run to 2027-02-20, when both flows end; negative after it",
            |it| it.days_left.cell(),
        ),
        Column::bool(
            "FlowIsBlocked",
            "for `password-grant` and `user-agent-flow`: the org blocks that flow; its place is the setting",
            |it| it.flow_is_blocked.clone().cell(),
        ),
        Column::text(
            "ExternalApp",
            "for `password-grant`: an external client app, if the project has no other kind of OAuth app",
            |it| it.external_app.as_cell(),
        ),
    ];
    table(own, Vec::new())
});

impl Declared for ApexDebug {
    const TABLE: Declaration<Self> = of_code(|| &APEX_DEBUG, |facts| &facts.apex().debugs);
}

/// `ApexDebug`: one row per secret that goes to a debug log.
static APEX_DEBUG: Columns<ApexDebug> = LazyLock::new(|| {
    type Column = ViewColumn<ApexDebug>;
    let own = vec![
        Column::text("Secret", "the variable or call", |it| it.secret.as_cell()).always(),
        Column::text("SecretKind", "`session`, `token`, `password`, `key`, `api-key` or `client-secret`, by its name; `request-body`, `header` or `token-answer`, if the variable contains one", |it| {
            it.kind.as_str().cell()
        })
        .always(),
        Column::text("Log", "the logging call", |it| it.log.as_str().cell()).always(),
        Column::text("Origin", "the origin of the secret, if it passed through a variable", |it| it.origin.as_cell()),
        Column::bool(
            "IsSessionId",
            "it comes from `UserInfo.getSessionId()` and not only has the name of a session id",
            |it| it.is_session_id.cell(),
        )
        .always(),
        Column::bool("IsSystemDebug", "`System.debug` logs it, not the project's own logger", |it| {
            it.log.eq_ignore_ascii_case("System.debug").cell()
        })
        .always(),
    ];
    table(own, Vec::new())
});

impl Declared for ApexSecretUse {
    const TABLE: Declaration<Self> = of_code(|| &APEX_SECRET_USE, |facts| &facts.apex().secret_uses);
}

/// `ApexSecretUse`: one row per secret that leaves a method in another way than by a log.
static APEX_SECRET_USE: Columns<ApexSecretUse> = LazyLock::new(|| {
    type Column = ViewColumn<ApexSecretUse>;
    let own = vec![
        Column::text("Secret", "the variable or call, or its content", |it| it.secret.as_cell()).always(),
        Column::text(
            "SecretKind",
            "`token`, `password`, `key`, `api-key` or `client-secret`, by its name; `request-body`, `header` or `token-answer`, if the variable contains one",
            |it| it.kind.as_str().cell(),
        )
        .always(),
        Column::text(
            "Sink",
            "`thrown` in an exception, `returned` to a client or another system, `mailed`, or `stored` in a field that is not made for secrets",
            |it| it.leak.as_str().cell(),
        )
        .always(),
        Column::text("By", "for `stored`: the field; else the word or call", |it| it.log.as_str().cell()).always(),
        Column::text("Origin", "the origin of the secret, if it passed through a variable", |it| it.origin.as_cell()),
    ];
    table(own, Vec::new())
});

impl Declared for ApexCredentialUse {
    const TABLE: Declaration<Self> = of_code(|| &APEX_CREDENTIAL_USE, |facts| &facts.apex().credentials);
}

/// `ApexCredentialUse`: one row per `callout:NAME`.
static APEX_CREDENTIAL_USE: Columns<ApexCredentialUse> = LazyLock::new(|| {
    type Column = ViewColumn<ApexCredentialUse>;
    let own = vec![
        Column::text("Credential", "the named credential", |it| it.credential.as_cell()).always(),
        Column::bool(
            "IsResolved",
            "it is in the project; null if its file is broken, hidden or outside, or belongs to a package",
            |it| it.is_resolved.cell(),
        ),
        Column::bool("IsTypeInProject", "the project contains named credentials", |it| it.is_type_in_project.cell())
            .always(),
        Column::bool("IsAsync", "an asynchronous entry point reaches it", |it| it.is_async.cell()).always(),
        Column::text("Entry", "the asynchronous entry point, else the nearest one", |it| it.entry.as_cell()),
        Column::text("EntryKind", "what it is", |it| it.entry_kind.cell()),
    ];
    table(own, Vec::new())
});

impl Declared for ApexRevocation {
    const TABLE: Declaration<Self> = of_code(|| &APEX_REVOCATION, |facts| &facts.apex().revocations)
        .matching(|facts, filter| matching_rows(facts.project, &facts.apex().revocations, filter));
}

/// `ApexRevocation`: one row per session that code ends.
static APEX_REVOCATION: Columns<ApexRevocation> = LazyLock::new(|| {
    type Column = ViewColumn<ApexRevocation>;
    let own = vec![
        Column::text("Kind", "`auth-session-delete`, `revoke-token` or `logout-event-trigger`", |it| it.kind.cell())
            .always(),
        Column::text("Statement", "as written", |it| it.statement.as_cell()).always(),
    ];
    table(own, Vec::new())
});
