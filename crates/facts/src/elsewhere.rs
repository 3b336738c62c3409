//! Objects that no file contains, and where to query them.
//!
//! Goes by names. Refuses to know whether an org has such records.

/// Objects that only an org has.
const IN_THE_ORG: &[&str] = &[
    "AuthSession",
    "EventLogFile",
    "LoginHistory",
    "OauthToken",
    "Organization",
    "SetupAuditTrail",
    "SetupEntityAccess",
    "User",
    "UserLicense",
    "UserLogin",
];

/// Objects of the Tooling API.
const IN_TOOLING: &[&str] = &["SecurityHealthCheck", "SecurityHealthCheckRisks"];

/// The message for an object that no file contains; `None` for a name that may not exist in an org either.
pub(super) fn elsewhere(name: &str) -> Option<String> {
    let find = |names: &[&'static str]| names.iter().copied().find(|it| it.eq_ignore_ascii_case(name));
    if let Some(name) = find(IN_TOOLING) {
        return Some(format!("ask the org: `sf data query --use-tooling-api --query \"SELECT ... FROM {name}\"`"));
    }
    if let Some(name) = find(IN_THE_ORG) {
        return Some(format!("ask the org: `sf data query --query \"SELECT ... FROM {name}\"`"));
    }
    let is_custom = name.rsplit_once("__").is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("c"));
    is_custom.then(|| format!("records are in the org: `sf data query --query \"SELECT ... FROM {name}\"`"))
}
