//! The columns of `OAuthApp`.
//!
//! Refuses to compute anything beyond a cell.

use std::borrow::Cow;

use super::{OAuthApp, policy};
use crate::column::{IntoCell, ViewColumn};
use crate::table::{Declaration, Declared};
use crate::text;
use sessionlint_soql::{Cell, Value};

type Col = ViewColumn<OAuthApp>;

fn list(texts: &[String]) -> Cell<'_> {
    if texts.is_empty() {
        return Cell::default();
    }
    Cell::computed(Value::List(texts.iter().map(|text| text.as_str().into()).collect()))
}

/// A cell from the first open control of the app.
fn first_place<'p>(app: &'p OAuthApp, value: Option<Value<'p>>) -> Cell<'p> {
    Cell { value: value.unwrap_or(Value::Null), place: app.open_controls.first().and_then(|open| open.place) }
}

impl Declared for OAuthApp {
    const TABLE: Declaration<Self> = Declaration::new(
        || OAUTH_APP,
        |facts| super::app_facts(facts.project, facts.org(), facts.all(), facts.profile_names()),
    )
    .key(|it| &it.written.full_name);
}

/// One row per connected app and external client app.
const OAUTH_APP: &[Col] = &[
    Col::text("Name", "label of the app", |it| Cell {
        place: it.written.place,
        ..it.written.label.as_str().cell()
    })
    .always(),
    Col::text("FullName", "fullName of the app", |it| Cell {
        place: it.written.place,
        ..it.written.full_name.as_str().cell()
    })
    .always(),
    Col::text("Kind", "`ConnectedApp` or `ExternalClientApplication`", |it| it.kind.as_str().cell()).always(),
    Col::bool("HasOAuth", "it has OAuth settings", |it| it.written.has_oauth.cell()).always(),
    Col::bool("HasPolicy", "its OAuth policy is in the project", |it| it.written.has_policy.clone().cell()).always(),
    Col::text("IntegrationTier", "`configured`, `certain`, `likely`, `possible` or `no`", |it| {
        it.verdict.tier.as_str().cell()
    })
    .always(),
    Col::text("IntegrationReason", "why it has that tier", |it| it.verdict.reason.as_str().cell()).always(),
    Col::bool("IsIntegration", "the tier is `configured`, `certain` or `likely`", |it| {
        it.verdict.tier.is_integration().cell()
    })
    .always(),
    Col::text("IntegrationConfidence", "`high`, `medium` or `low`: how sure the tier is", |it| {
        it.verdict.tier.confidence().cell()
    })
    .always(),
    Col::text(
        "Renewal",
        "`jwt`, `client-credentials`, `refresh-token` or `none-visible`; null if the scopes are unknown or its OAuth is switched off",
        |it| it.renewal.map(super::Renewal::as_str).cell(),
    ),
    Col::list("Scopes", "OAuth scopes", |it| {
        let scopes = it.written.scopes.value.as_deref().unwrap_or_default();
        Cell { place: it.written.scopes.place, ..list(scopes) }
    }),
    Col::bool("HasRefreshScope", "RefreshToken or OfflineAccess is among the scopes", |it| Cell {
        place: it.written.scopes.place,
        ..it.has_refresh_scope().cell()
    }),
    Col::list("Callbacks", "callback addresses", |it| list(&it.written.callbacks)),
    Col::bool("HasCertificate", "it has a certificate, for the JWT bearer flow", |it| Cell {
        place: it.written.certificate,
        ..it.written.certificate.is_some().cell()
    })
    .always(),
    Col::bool("HasClientCredentials", "the client credentials flow is on", |it| {
        it.written.client_credentials.clone().cell()
    }),
    Col::bool("IsAdminApproved", "only admin-approved users may use it", |it| {
        it.written.is_admin_approved.clone().cell()
    }),
    Col::bool("ApiAccessIsLimited", "the org allows API calls from approved apps only", |it| {
        it.api_access_is_limited.clone().cell()
    }),
    Col::list("Profiles", "assigned profiles", |it| list(&it.written.profiles)),
    Col::list("PermissionSets", "assigned permission sets", |it| list(&it.written.permission_sets)),
    Col::bool("HasSessionTimeout", "it has its own session timeout", |it| it.written.has_session_timeout.cell())
        .always(),
    Col::int("SessionMinutes", "minutes of its own session timeout", |it| it.written.session_minutes.clone().cell()),
    Col::text(
        "OddTimeout",
        "its own timeout as written, if the number has no documented meaning: 0 or less",
        |it| Cell { place: it.written.session_minutes.place, ..it.written.odd_timeout.as_deref().cell() },
    ),
    Col::text(
        "TokenForm",
        "the format of its access tokens, `opaque` or `jwt`; null if the file that sets it was not read, or if settings and policy contradict each other",
        |it| Cell {
            place: it.access_token.form.place,
            ..it.access_token.form.value.map(super::TokenForm::as_str).cell()
        },
    ),
    Col::int(
        "AccessTokenMinutes",
        "lifetime of an access token in minutes, from the field for its format; null if that field is in no file",
        |it| it.access_token.minutes.clone().cell(),
    ),
    Col::text("AccessTokenOwner", "where AccessTokenMinutes comes from, in words", |it| {
        let owner = it.access_token.owner_in_words();
        (!owner.is_empty()).then_some(owner).cell()
    }),
    Col::text("AccessTokenDoubt", "why AccessTokenMinutes is unknown, as a clause", |it| {
        let doubt = it.access_token.doubt.as_str();
        (!doubt.is_empty()).then_some(doubt).cell()
    }),
    Col::text(
        "AccessTokenUsersDoubt",
        "why AccessTokenMinutes is only the most that the shortest token of its users lives, as a clause: another user may have less",
        |it| {
            let doubt = it.access_token.users_doubt.as_str();
            (!doubt.is_empty()).then_some(doubt).cell()
        },
    ),
    Col::int(
        "JwtTimeoutMinutes",
        "minutes of its own policy for JWT-based access tokens, if set",
        |it| {
            let is_custom = it.written.jwt_timeout_type.value.as_deref().is_none_or(|written| written == "Custom");
            let minutes = it.written.jwt_minutes.clone();
            if is_custom { minutes.cell() } else { Cell::default() }
        },
    ),
    Col::int("FallbackMinutes", "the longest profile or org timeout of its users", |it| {
        it.fallback.clone().cell()
    }),
    Col::int("UndercutMinutes", "the same, if its own timeout is shorter", |it| {
        let own = it.written.session_minutes.value;
        let undercut = it.fallback.clone().and_then(|minutes| (own? < minutes).then_some(minutes));
        undercut.cell()
    }),
    Col::text("FallbackOwner", "where FallbackMinutes comes from, in words", |it| {
        (!it.fallback_owner.is_empty()).then_some(it.fallback_owner.as_str()).cell()
    }),
    Col::text("RefreshTokenPolicy", "the refresh token policy, as written", |it| it.written.refresh_policy.as_cell()),
    Col::int("RefreshTokenPeriod", "number of units of the policy, for external client apps", |it| {
        it.written.refresh_period.clone().cell()
    }),
    Col::text("RefreshTokenUnit", "the unit of that period, as written", |it| it.written.refresh_unit.as_cell()),
    Col::text("RefreshTokenKind", "`until-revoked`, `at-once`, `lifetime`, `idle` or `malformed`", |it| {
        let kind = it.written.refresh.as_ref().map(|policy| policy.kind.as_str());
        Cell { place: it.written.refresh_policy.place, ..kind.cell() }
    }),
    Col::int("RefreshTokenHours", "hours of the policy's period; a month counts as 30 days; null for a period of zero", |it| {
        let hours = it.written.refresh.as_ref().and_then(|policy| policy.hours);
        Cell { place: it.written.refresh_policy.place, ..hours.cell() }
    }),
    Col::int(
        "RefreshTokenIdleHours",
        "hours that a refresh token may stay idle, by the policy or by Salesforce's limit of 30 days",
        |it| {
            let hours = it.refresh_idle.map(|idle| idle.hours);
            Cell { place: it.written.refresh_policy.place, ..hours.cell() }
        },
    ),
    Col::text("RefreshTokenText", "the policy's period in words", |it| {
        let words = it.written.refresh.as_ref().and_then(|policy| policy.text.as_deref());
        Cell { value: words.map_or(Value::Null, text), place: it.written.refresh_policy.place }
    }),
    Col::bool(
        "IdleLimitHolds",
        "Salesforce's idle limit of 30 days applies to its refresh tokens: for every app since 4 November 2026, earlier if its developer turned it on",
        |it| Cell { place: it.written.is_refresh_capped.place, ..it.idle_limit_holds.cell() },
    )
    .always(),
    Col::text("IpRelaxation", "IP relaxation, as written", |it| it.written.ip_relaxation.as_cell()),
    Col::text("IpRelaxationKind", "`enforce`, `relax-refresh`, `second-factor`, `relax` or `unknown`", |it| {
        let kind = it.written.ip_relaxation.value.as_deref().map(|written| policy::ip_relaxation(it.kind, written));
        Cell { place: it.written.ip_relaxation.place, ..kind.cell() }
    }),
    Col::text("RestrictingProfile", "a profile that may use it and allows only some addresses", |it| {
        it.restricting_profile.as_cell()
    }),
    Col::text(
        "UntiedRange",
        "the same, if the app does not name its profiles, so no file links it to that range",
        |it| {
            if it.names_its_profiles() { Cell::default() } else { it.restricting_profile.as_cell() }
        },
    ),
    Col::bool("HasRanges", "it has its own IP ranges", |it| it.written.has_ranges.cell()).always(),
    Col::list("RefusedRanges", "its own IP ranges with an address that RestrictingProfile excludes", |it| Cell {
        value: Value::List(it.refused_ranges.iter().map(|(words, _)| words.as_str().into()).collect()),
        place: it.refused_ranges.first().map(|(_, place)| *place),
    })
    .always(),
    Col::text("RefusedRange", "the first of them", |it| {
        it.refused_ranges.first().map_or_else(Cell::default, |(words, place)| Cell::at(text(words), *place))
    }),
    Col::text("AssuranceAction", "the action below the required session level, as written", |it| {
        it.written.assurance_action.as_cell()
    }),
    Col::text("AssuranceLevel", "the required session level, as written", |it| it.written.assurance_level.as_cell()),
    Col::text(
        "AssuranceSetting",
        "the action if there is one, else the level",
        |it| {
            if it.written.assurance_action.value.is_some() {
                it.written.assurance_action.as_cell()
            } else {
                it.written.assurance_level.as_cell()
            }
        },
    ),
    Col::text("IpRelaxationNearest", "the documented spelling most similar to an `unknown` one", |it| {
        let written = it.written.ip_relaxation.value.as_deref();
        written.and_then(|written| policy::nearest_ip_relaxation(it.kind, written)).cell()
    }),
    Col::bool("KnowsRanges", "the project contains the profiles that may use it, with their login IP ranges", |it| {
        it.knows_ranges.cell()
    })
    .always(),
    Col::text("RemoteCallback", "an https callback of a server outside Salesforce", |it| {
        it.remote_callback().cell()
    }),
    Col::bool("UsesOnlyJwt", "it can only log in by a signed assertion, JWT or SAML bearer", |it| {
        it.uses_only_jwt().cell()
    }),
    Col::bool("IsRefreshTokenCapped", "its developer turned on Salesforce's idle limit of 30 days (`isEnforceRefreshTokenTTL`)", |it| {
        it.written.is_refresh_capped.clone().cell()
    }),
    Col::bool("IsRotating", "each renewal replaces its refresh token", |it| it.written.is_rotating.clone().cell()),
    Col::bool("IsPkceRequired", "it requires PKCE for the web server flow", |it| {
        it.written.is_pkce_required.clone().cell()
    }),
    Col::bool("OrgRequiresPkce", "true if the org requires PKCE for every app", |it| {
        it.org_requires_pkce.clone().cell()
    }),
    Col::bool("IsSecretRequiredForRefresh", "a renewal needs the consumer secret", |it| {
        it.written.is_secret_required_for_refresh.clone().cell()
    }),
    Col::bool("HasTokenExchange", "it exchanges external tokens for Salesforce tokens", |it| {
        it.written.token_exchange.clone().cell()
    }),
    Col::bool("HasExchangeHandler", "an enabled handler or its own policy handles the exchange", |it| {
        (it.exchange_handler.value.is_some() || it.written.has_own_exchange_handler).cell()
    })
    .always(),
    Col::text("SharesUserWith", "another app whose client credentials flow runs as the same user", |it| {
        it.shares_user_with.as_cell()
    }),
    Col::bool("LacksExecutionUser", "its client credentials flow is on without an execution user", |it| {
        it.written.lacks_execution_user.clone().cell()
    }),
    Col::text("SingleLogoutUrl", "its single logout URL", |it| {
        it.written.single_logout.as_cell()
    }),
    Col::bool("IsRunBySalesforce", "it names only profiles of Salesforce's own services", |it| {
        it.is_run_by_salesforce().cell()
    })
    .always(),
    Col::list(
        "OpenControls",
        "recommended controls that its files lack: `callback`, `ip`, `scope-full`, `self-authorised`, `refresh-token`, `timeout`, `rotation`, `refresh-secret`, `sign-in-secret`, `pkce`, `device-flow`",
        |it| {
            let controls = it.open_controls.iter().map(|open| Cow::Borrowed(open.control)).collect::<Vec<_>>();
            first_place(it, (!controls.is_empty()).then_some(Value::List(controls)))
        },
    ),
    Col::list("OpenControlWords", "the same in words", |it| {
        let words = it.open_controls.iter().map(|open| Cow::Borrowed(open.words.as_str())).collect::<Vec<_>>();
        first_place(it, (!words.is_empty()).then_some(Value::List(words)))
    }),
    Col::int("OpenControlCount", "number of open controls", |it| {
        first_place(it, i64::try_from(it.open_controls.len()).ok().map(Value::Int))
    })
    .always(),
    Col::bool("HasDeviceFlow", "the device flow is on", |it| {
        it.written.device_flow.clone().cell()
    }),
    Col::text(
        "DeviceFlowLoss",
        "why it loses the device flow on 30 November 2026, as a clause; null if it keeps the flow or does not use it",
        |it| it.device_flow_loss.clone().cell(),
    ),
    Col::int("DeviceFlowDaysLeft", "days from the day of the run to 2026-11-30; negative after it", |it| {
        it.device_flow_days_left.cell()
    }),
    Col::bool(
        "IsShapedForPasswords",
        "a connected app with data scopes, without a real callback and without a visible login except the username-password flow; false if the org blocks that flow",
        |it| Cell { place: it.written.callback_place, ..it.is_shaped_for_passwords.cell() },
    )
    .always(),
    Col::text("SoapClient", "the SOAP client that it seems made for, by its name or callback: a program, or `deployments`", |it| {
        it.soap_client.clone().cell()
    }),
    Col::list("McpGaps", "for an app with the scope MCP: requirements of hosted MCP servers that it lacks, as clauses", |it| {
        let gaps: Vec<_> = it.mcp_gaps.iter().map(|(gap, _)| Cow::Borrowed(*gap)).collect();
        let place = it.mcp_gaps.first().and_then(|(_, place)| *place);
        Cell { value: if gaps.is_empty() { Value::Null } else { Value::List(gaps) }, place }
    }),
    Col::text(
        "LightningOutGap",
        "why a Lightning Out app in the project gets no session from it: `client-credentials` without a user for Lightning Out 2.0, `jwt-tokens` for Lightning Out (beta)",
        |it| it.lightning_out_gap.clone().cell(),
    ),
    Col::text("LightningOutApp", "that Lightning Out app", |it| it.lightning_out_app.clone().cell()),
    Col::text("SwitchedOff", "the element that switches the app or its OAuth off; null if none does", |it| {
        it.written.switched_off.clone().cell()
    }),
    Col::bool("IsPackaged", "it is distributed, so that each org sets its policies", |it| {
        it.written.is_packaged.cell()
    })
    .always(),
    Col::bool(
        "HasRefreshTokens",
        "it has refresh tokens: a refresh scope, and neither JWT bearer with approval by an administrator nor client credentials, which need none; null if its scopes are unknown",
        |it| Cell { place: it.written.scopes.place, ..it.has_refresh_tokens().cell() },
    ),
];
