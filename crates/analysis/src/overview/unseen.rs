//! Questions that no file of a project answers, each with the query or the page of Setup that answers it.
//!
//! Refuses to know the org: no query runs.

use serde::Serialize;

use crate::diagnose::Diagnosis;
use sessionlint_facts::Facts;

/// A query or page of Setup, and the questions that it answers.
#[derive(Debug, Serialize)]
pub struct OrgQuestion {
    /// The questions.
    pub texts: Vec<String>,
    /// The page of Setup, or the log.
    pub setup: Option<String>,
    /// The query.
    pub query: Option<String>,
    /// A warning about the query.
    pub trap: Option<&'static str>,
}

const APP_POLICIES: &str = "SELECT Name, OptionsAllowAdminApprovedUsersOnly, OptionsHasSessionLevelPolicy, RefreshTokenValidityPeriod, OptionsRefreshTokenValidityMetric, MobileSessionTimeout FROM ConnectedApplication";
const APP_USERS: &str =
    "SELECT Parent.Name, SetupEntityId FROM SetupEntityAccess WHERE SetupEntityType = 'ConnectedApplication'";

/// The questions of the symptoms, each once, and those of every project.
pub(super) fn org_questions(facts: &Facts<'_>, diagnosis: &Diagnosis) -> Vec<OrgQuestion> {
    let mut all: Vec<OrgQuestion> = Vec::new();
    for item in diagnosis.symptoms.iter().flat_map(|symptom| &symptom.not_visible) {
        add(&mut all, &item.text, item.setup.as_deref(), item.query.as_deref());
    }
    if facts.profiles().iter().any(|profile| profile.stored_zero) {
        let text = "whether an override stored as 0 means two hours or the org's value: NumSecondsValid of a browser session of one of its users is 7200 where it means two hours";
        let mut queries = all.iter().filter_map(|it| it.query.clone());
        let query = queries.find(|query| query.contains("FROM AuthSession"));
        add(&mut all, text, None, query.as_deref());
    }
    add(&mut all, "which policies the org holds for apps that are not in these files", None, Some(APP_POLICIES));
    add(&mut all, "which profiles and permission sets may use which connected app", None, Some(APP_USERS));
    add(&mut all, "who uses external client apps", Some("Connect REST API, resource /apps/oauth/usage"), None);
    // Queries come before pages to look up.
    all.sort_by_key(|it| it.query.is_none());
    all
}

fn add(all: &mut Vec<OrgQuestion>, text: &str, setup: Option<&str>, query: Option<&str>) {
    match all.iter_mut().find(|other| other.query.as_deref() == query && other.setup.as_deref() == setup) {
        Some(other) if other.texts.iter().any(|known| known == text) => {}
        Some(other) => other.texts.push(text.to_owned()),
        None => all.push(OrgQuestion {
            texts: vec![text.to_owned()],
            setup: setup.map(str::to_owned),
            query: query.map(str::to_owned),
            trap: query.and_then(trap),
        }),
    }
}

fn trap(query: &str) -> Option<&'static str> {
    if query.contains("FROM LoginHistory") {
        return Some("LoginHistory cannot be filtered by Status, SourceIp or Application");
    }
    if query.contains("FROM OauthToken") {
        return Some(
            "whether OauthToken has a creation date is unsettled; it returns at most 2,500 rows; never select AccessToken or DeleteToken",
        );
    }
    None
}
