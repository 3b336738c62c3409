//! What Apex and Visualforce do with sessions, tokens and callouts, across classes.
//!
//! Uses the facts of each file (`sessionlint_apex`) and the call graph. A path has at most three calls, each with
//! exactly one target method, and ends where work is passed to another transaction. Unresolved calls give no row.
//! Refuses to know how long a job runs, because no file contains it.

/// Implements a trait of rows by the field of the same name.
macro_rules! by_field {
    ($trait:ident, $field:ident: $type:ty, $row:ty) => {
        impl $trait for $row {
            fn $field(&self) -> &$type {
                &self.$field
            }
        }
    };
}

mod callout;
mod columns;
mod credential;
mod entry;
mod excerpt;
mod literal;
mod route;
mod session;
mod token;
mod web;

pub(super) use callout::{ApexCallout, ApexCalloutPath};
pub(super) use credential::ApexCredentialUse;
pub(super) use entry::ApexEntryPoint;
pub(super) use literal::{Address, ApexLiteral, CredentialLogin, addresses, credential_logins};
pub(super) use session::{ApexSessionUse, server};
pub(super) use token::{ApexKeptToken, ApexToken};

use super::column::Fact;
use super::raw::parse_bool;
use super::session::OrgFacts;
use excerpt::Excerpt;
use sessionlint_apex::graph::{MAX_CALLS, MethodAt};
use sessionlint_apex::{Leak, SecretKind, Unit};
use sessionlint_project::metadata::Project;
use sessionlint_source::{Place, Span};
use web::Web;

/// How far callouts and changes are followed from an entry point, in calls.
const DEPTH: usize = MAX_CALLS;

/// The share of a session's life after which a client should renew it, in percent: advice without a Salesforce source.
pub const REFRESH_AT_PERCENT: i64 = 90;

/// The seconds after which a client should renew a session of `minutes`; the rest is a margin for clocks and slow
/// answers.
pub fn refresh_at_seconds(minutes: i64) -> i64 {
    minutes.saturating_mul(60 * REFRESH_AT_PERCENT / 100)
}

/// The rows of all Apex tables.
#[derive(Debug, Default)]
pub(super) struct ApexFacts {
    pub(super) sessions: Vec<ApexSessionUse>,
    pub(super) paths: Vec<ApexCalloutPath>,
    pub(super) callouts: Vec<ApexCallout>,
    pub(super) entries: Vec<ApexEntryPoint>,
    pub(super) kept: Vec<ApexKeptToken>,
    pub(super) tokens: Vec<ApexToken>,
    pub(super) literals: Vec<ApexLiteral>,
    pub(super) debugs: Vec<ApexDebug>,
    pub(super) secret_uses: Vec<ApexSecretUse>,
    pub(super) credentials: Vec<ApexCredentialUse>,
    pub(super) revocations: Vec<ApexRevocation>,
}

/// The facts of a project's Apex.
pub(super) fn apex_facts(project: &Project, org: &OrgFacts) -> ApexFacts {
    if project.units.is_empty() {
        return ApexFacts::default();
    }
    let web = Web::new(&project.units);
    let lifetime = Lifetime::of(org);
    ApexFacts {
        sessions: session::uses(project, &web, &lifetime),
        paths: callout::paths(project, &web),
        callouts: callout::callouts(project, &web),
        entries: entry::entries(project, &web),
        kept: token::kept(project, &web, &lifetime),
        tokens: token::requests(project, &web, &lifetime),
        literals: literal::literals(project, &web),
        debugs: leaks(project, &web),
        secret_uses: leaks(project, &web),
        credentials: credential::uses(project, &web),
        revocations: revocations(project, &web),
    }
}

/// Work of asynchronous Apex that the end of a session can break.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jobs {
    /// Paths from something asynchronous to a callout.
    pub callouts: usize,
    /// Those that go through a named credential.
    pub by_credential: usize,
    /// Whether anything asynchronous holds or passes on a session id or token, or uses a named credential where it
    /// cannot renew.
    pub hold_tokens: bool,
    /// The first such path.
    pub place: Option<Place>,
}

impl ApexFacts {
    pub(super) fn jobs(&self) -> Jobs {
        let later: Vec<_> = self.paths.iter().filter(|path| !path.is_sync).collect();
        let hands_on = |used: &ApexSessionUse| {
            used.context.is_some() || matches!(used.sink.value, Some("async-argument" | "async-parameter"))
        };
        Jobs {
            callouts: later.len(),
            by_credential: later.iter().filter(|path| path.goes.credential.is_some()).count(),
            hold_tokens: !self.kept.is_empty()
                || self.sessions.iter().any(hands_on)
                || self.literals.iter().any(|it| it.kind == "credential-on-soap"),
            place: later.first().and_then(|path| path.site.place),
        }
    }
}

/// The place of a row: the first columns of every table.
#[derive(Clone, Debug)]
pub(super) struct At {
    name: String,
    path: String,
    ty: &'static str,
    method: Fact<String>,
    confidence: &'static str,
}

/// A row of an Apex table.
pub(super) trait Placed {
    fn at(&self) -> &At;

    /// The name of the row across renames of files.
    fn key(&self) -> &str {
        &self.at().name
    }
}

/// The path from an entry point to the place that a row marks.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    entry: Fact<String>,
    kind: Option<&'static str>,
    depth: Option<i64>,
    calls: [Fact<String>; DEPTH],
    text: Option<String>,
}

/// A row with such a path.
pub(super) trait Chained: Placed {
    fn chain(&self) -> &Chain;
}

/// How long a session of the org lives.
#[derive(Clone, Debug, Default)]
pub(super) struct Lifetime {
    minutes: Fact<i64>,
}

impl Lifetime {
    fn of(org: &OrgFacts) -> Self {
        Self { minutes: org.minutes.clone() }
    }

    /// The minutes after which a client should renew.
    fn refresh_at(&self) -> Fact<i64> {
        self.minutes.clone().map(|minutes| refresh_at_seconds(minutes) / 60)
    }
}

/// A row about the org's session.
pub(super) trait Aging: Placed {
    fn lifetime(&self) -> &Lifetime;
}

/// The place of a span in a unit.
fn place(unit: &Unit, span: Span) -> Place {
    Place { file: unit.file, span }
}

/// A text with its place.
fn spot(unit: &Unit, span: Span, text: impl Into<String>) -> Fact<String> {
    Fact::known(text.into(), place(unit, span))
}

/// The confidence of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    High,
    Medium,
    Low,
}

impl Certainty {
    /// The least where the text does not fit the grammar.
    fn unless(self, is_doubtful: bool) -> &'static str {
        match self {
            _ if is_doubtful => "low",
            Certainty::High => "high",
            Certainty::Medium => "medium",
            Certainty::Low => "low",
        }
    }
}

/// The place of a method.
fn at(project: &Project, web: &Web<'_>, method: MethodAt, confidence: &'static str) -> At {
    let unit = web.graph.unit(method);
    At {
        name: unit.name.clone(),
        path: project.sources.get(unit.file).path.clone(),
        ty: unit.code.type_name(),
        method: spot(unit, web.graph.method(method).name_span, web.graph.title(method)),
        confidence,
    }
}

/// The place of a whole unit.
fn at_unit(project: &Project, unit: &Unit, confidence: &'static str) -> At {
    let span = unit.classes.first().map_or(sessionlint_project::metadata::FILE_START, |class| class.name_span);
    At {
        name: unit.name.clone(),
        path: project.sources.get(unit.file).path.clone(),
        ty: unit.code.type_name(),
        method: spot(unit, span, unit.name.clone()),
        confidence,
    }
}

/// A secret that goes to a log.
pub(super) type ApexDebug = Leaking<true>;

/// A secret that leaves a method in another way.
pub(super) type ApexSecretUse = Leaking<false>;

/// A secret that goes to a log, or leaves a method in another way.
#[derive(Debug)]
pub(super) struct Leaking<const IS_LOGGED: bool> {
    at: At,
    secret: Fact<String>,
    kind: SecretKind,
    log: String,
    leak: Leak,
    origin: Fact<String>,
    is_session_id: bool,
}

impl<const IS_LOGGED: bool> Placed for Leaking<IS_LOGGED> {
    fn at(&self) -> &At {
        &self.at
    }
}

/// Those that are logged, or those that leave in another way.
fn leaks<const IS_LOGGED: bool>(project: &Project, web: &Web<'_>) -> Vec<Leaking<IS_LOGGED>> {
    let all = web.units().flat_map(|(index, unit)| unit.debugs.iter().map(move |debug| (index, unit, debug)));
    let all = all.filter(|(.., debug)| (debug.leak == Leak::Logged) == IS_LOGGED);
    all.map(|(index, unit, debug)| {
        let sure = match debug.kind {
            _ if debug.is_unlikely => Certainty::Low,
            SecretKind::Answer => Certainty::Medium,
            _ => Certainty::High,
        };
        let method = MethodAt { unit: index, method: debug.method };
        Leaking {
            at: at(project, web, method, sure.unless(debug.is_doubtful)),
            secret: spot(unit, debug.span, debug.text.clone()),
            kind: debug.kind,
            log: debug.log.clone(),
            leak: debug.leak,
            origin: debug.origin.as_ref().map(|(span, text)| spot(unit, *span, text.clone())).unwrap_or_default(),
            is_session_id: debug.is_session_id,
        }
    })
    .collect()
}

/// A session that code ends.
#[derive(Debug)]
pub(super) struct ApexRevocation {
    at: At,
    kind: &'static str,
    statement: Fact<Excerpt>,
}

by_field!(Placed, at: At, ApexRevocation);

fn revocations(project: &Project, web: &Web<'_>) -> Vec<ApexRevocation> {
    let all = web.units().flat_map(|(index, unit)| unit.revocations.iter().map(move |it| (index, unit, it)));
    all.map(|(index, unit, it)| ApexRevocation {
        at: match it.method {
            Some(method) => at(project, web, MethodAt { unit: index, method }, Certainty::High.unless(false)),
            None => at_unit(project, unit, Certainty::High.unless(false)),
        },
        kind: it.kind,
        statement: Excerpt::statement(project, unit, it.span),
    })
    .collect()
}

/// An app that issues JWT-based tokens to users, with the place of the setting.
fn jwt_app(project: &Project) -> Fact<String> {
    let app_with = |path: &'static str| {
        project.components.iter().find_map(|component| {
            let on = component.text(path).and_then(parse_bool) == Some(true);
            let name = component.text("label").or(component.text("externalClientApplication"));
            on.then(|| Fact::known(name.unwrap_or(&component.name).to_owned(), component.place(path)))
        })
    };
    app_with("oauthConfig.isNamedUserJwtEnabled").or_else(|| app_with("isNamedUserJwtEnabled")).unwrap_or_default()
}
