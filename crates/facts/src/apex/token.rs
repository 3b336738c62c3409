//! Tokens that a job stores between its parts, and tokens that a class requests itself.
//!
//! Goes by the facts of each class and follows no call. Refuses to know what the server answers.

use super::web::Web;
use super::{Aging, At, Certainty, Fact, Lifetime, Placed, at, spot};
use crate::host::is_salesforce;
use sessionlint_apex::graph::MethodAt;
use sessionlint_apex::{KeptSource, Spot, Unit};
use sessionlint_project::metadata::Project;

/// A token that a job keeps between its parts.
#[derive(Debug)]
pub(crate) struct ApexKeptToken {
    at: At,
    lifetime: Lifetime,
    pub(super) class: String,
    pub(super) field: Fact<String>,
    pub(super) assigned_in: Fact<&'static str>,
    pub(super) used_in: Fact<String>,
    pub(super) source: &'static str,
    pub(super) class_kind: &'static str,
    pub(super) is_stateful: bool,
    pub(super) is_in_header: bool,
}

by_field!(Placed, at: At, ApexKeptToken);
by_field!(Aging, lifetime: Lifetime, ApexKeptToken);

/// All of them, in the order of the files.
pub(super) fn kept(project: &Project, web: &Web<'_>, lifetime: &Lifetime) -> Vec<ApexKeptToken> {
    let all = web.units().flat_map(|(index, unit)| unit.kept.iter().map(move |it| (index, unit, it)));
    all.map(|(index, unit, it)| {
        let method = MethodAt { unit: index, method: it.method };
        let sure = match it.source {
            KeptSource::Session | KeptSource::SessionHeader => Certainty::High,
            KeptSource::Call if it.is_in_header => Certainty::High,
            KeptSource::Call | KeptSource::Parameter => Certainty::Medium,
        };
        ApexKeptToken {
            at: at(project, web, method, sure.unless(it.is_doubtful)),
            // Other servers' tokens have their own lifetime.
            lifetime: match it.source {
                KeptSource::Session | KeptSource::SessionHeader => lifetime.clone(),
                KeptSource::Call | KeptSource::Parameter => Lifetime::default(),
            },
            class: unit.classes.get(it.class as usize).map(|class| class.full_name.clone()).unwrap_or_default(),
            field: spot(unit, it.field.0, it.field.1.clone()),
            assigned_in: Fact::known(it.assigned.1, super::place(unit, it.assigned.0)),
            used_in: spot(unit, it.used.0, it.used.1.clone()),
            source: match it.source {
                KeptSource::Session => "getSessionId",
                KeptSource::SessionHeader => "session-header",
                KeptSource::Call => "token-call",
                KeptSource::Parameter => "parameter",
            },
            class_kind: it.job,
            is_stateful: it.is_stateful,
            is_in_header: it.is_in_header,
        }
    })
    .collect()
}

/// A class that requests tokens from a server itself.
#[derive(Debug)]
pub(crate) struct ApexToken {
    at: At,
    lifetime: Lifetime,
    pub(super) request: Fact<String>,
    pub(super) grant: Fact<String>,
    pub(super) host: Fact<String>,
    pub(super) credential: Option<String>,
    pub(super) reads_token: Fact<String>,
    pub(super) reads_expiry: Fact<String>,
    pub(super) checks_age: Fact<String>,
    pub(super) reacts: Fact<String>,
    pub(super) stored: Fact<String>,
    pub(super) is_to_salesforce: Option<bool>,
    pub(super) is_auth_provider: bool,
}

by_field!(Placed, at: At, ApexToken);
by_field!(Aging, lifetime: Lifetime, ApexToken);

/// All of them, in the order of the files.
pub(super) fn requests(project: &Project, web: &Web<'_>, lifetime: &Lifetime) -> Vec<ApexToken> {
    let all = web.units().flat_map(|(index, unit)| unit.requests.iter().map(move |it| (index, unit, it)));
    all.map(|(index, unit, it)| {
        let method = MethodAt { unit: index, method: it.method };
        let optional = |spot: &Option<Spot>| cell(unit, spot.as_ref());
        let is_to_salesforce = it.host.as_ref().map(|(_, host)| is_salesforce(host));
        ApexToken {
            at: at(project, web, method, Certainty::High.unless(it.is_doubtful)),
            lifetime: if is_to_salesforce == Some(false) { Lifetime::default() } else { lifetime.clone() },
            request: spot(unit, it.request.0, it.request.1.clone()),
            grant: optional(&it.grant),
            host: optional(&it.host),
            credential: it.credential.clone(),
            reads_token: optional(&it.reads_token),
            reads_expiry: optional(&it.reads_expiry),
            checks_age: optional(&it.checks_age),
            reacts: optional(&it.reacts),
            stored: optional(&it.stored),
            is_to_salesforce,
            is_auth_provider: is_auth_provider(web, method),
        }
    })
    .collect()
}

/// Whether a method belongs to the class of a custom auth. provider, or to a class in it.
fn is_auth_provider(web: &Web<'_>, method: MethodAt) -> bool {
    let (unit, class) = web.graph.class_at(method);
    let mut around = Some(class);
    while let Some(class) = around {
        let class = web.graph.class((unit, class));
        let above = class.superclass.as_deref().unwrap_or_default();
        if matches!(above, "auth.authproviderpluginclass" | "authproviderpluginclass") {
            return true;
        }
        around = class.outer;
    }
    false
}

fn cell(unit: &Unit, found: Option<&Spot>) -> Fact<String> {
    found.map(|(span, text)| spot(unit, *span, text.clone())).unwrap_or_default()
}
