//! Transaction security policies: what one does to a login, and the element that says so. Whom its condition means is
//! said by Apex or in the org, and not known here.

use super::column::{Fact, IntoCell, ViewColumn};
use super::raw;
use crate::metadata::{Component, Project};

type PolicyColumn = ViewColumn<PolicyFacts>;

/// Actions that a login feels, the worst first: their elements and this module's words.
const ACTIONS: [(&str, &str); 4] = [
    ("action.endSession", "end-session"),
    ("action.block", "block"),
    ("action.twoFactorAuthentication", "second-factor"),
    ("action.useStepUp", "second-factor"),
];

/// What one policy does.
#[derive(Debug)]
pub(super) struct PolicyFacts {
    login_action: Fact<&'static str>,
}

/// What each policy does, in order.
pub(super) fn policy_facts(project: &Project) -> Vec<PolicyFacts> {
    let facts = |component: &Component| PolicyFacts { login_action: login_action(component) };
    project.of_type("TransactionSecurityPolicy").map(|(_, component)| facts(component)).collect()
}

/// The worst action of an active policy on logins.
fn login_action(component: &Component) -> Fact<&'static str> {
    let is_on = |path: &str| component.text(path).and_then(raw::parse_bool) == Some(true);
    let watches_logins =
        component.text("eventType") == Some("Login") || component.text("eventName") == Some("LoginEvent");
    if !watches_logins || !is_on("active") {
        return Fact::default();
    }
    let action = ACTIONS.iter().find(|(path, _)| is_on(path));
    action.map_or_else(Fact::default, |(path, word)| Fact::known(*word, component.place(path)))
}

/// The columns that `TransactionSecurityPolicy` has beside its elements.
pub(super) const TRANSACTION_SECURITY_POLICY: &[PolicyColumn] = &[PolicyColumn::text(
    "LoginAction",
    "`end-session`, `block` or `second-factor`: what it does to logins, while it is active",
    |it| it.login_action.clone().cell(),
)];
