//! Transaction security policies: the effect on a login or on an active session, and its element. Refuses to know the
//! users in the condition, which are in Apex or in the org.

use super::column::{Fact, IntoCell, ViewColumn};
use super::raw;
use super::table::{Declaration, Declared};
use sessionlint_project::metadata::{Component, Project};

type PolicyColumn = ViewColumn<TransactionSecurityPolicy>;

/// Actions that affect a login, the worst first: their elements and this module's words.
const ACTIONS: [(&str, &str); 5] = [
    ("action.freezeUser", "freeze"),
    ("action.endSession", "end-session"),
    ("action.block", "block"),
    ("action.twoFactorAuthentication", "second-factor"),
    ("action.useStepUp", "second-factor"),
];

/// The actions that end a session in use, or prevent its user from the next one.
const ENDING: [&str; 2] = ["freeze", "end-session"];

/// The effect of one policy.
#[derive(Debug)]
pub(super) struct TransactionSecurityPolicy {
    login_action: Fact<&'static str>,
    session_action: Fact<&'static str>,
    event: Fact<String>,
}

/// The effect of each policy, in order.
pub(super) fn policy_facts(project: &Project) -> Vec<TransactionSecurityPolicy> {
    project.of_type("TransactionSecurityPolicy").map(|(_, component)| facts(component)).collect()
}

fn facts(component: &Component) -> TransactionSecurityPolicy {
    let watches_logins =
        component.text("eventType") == Some("Login") || component.text("eventName") == Some("LoginEvent");
    let action = action(component);
    let event = ["eventName", "eventType"].into_iter().find_map(|path| {
        let name = component.text(path)?;
        Some(Fact::known(name.to_owned(), component.place(path)))
    });
    let ending = action.clone().and_then(|word| ENDING.contains(&word).then_some(word));
    TransactionSecurityPolicy {
        login_action: if watches_logins { action } else { Fact::default() },
        session_action: if watches_logins || event.is_none() { Fact::default() } else { ending },
        event: event.unwrap_or_default(),
    }
}

/// The worst action of an active policy.
fn action(component: &Component) -> Fact<&'static str> {
    let is_on = |path: &str| component.text(path).and_then(raw::parse_bool) == Some(true);
    if !is_on("active") {
        return Fact::default();
    }
    let action = ACTIONS.iter().find(|(path, _)| is_on(path));
    action.map_or_else(Fact::default, |(path, word)| Fact::known(*word, component.place(path)))
}

impl Declared for TransactionSecurityPolicy {
    const TABLE: Declaration<Self> =
        Declaration::new(|| TRANSACTION_SECURITY_POLICY, |facts| policy_facts(facts.project));
}

/// The columns that `TransactionSecurityPolicy` has beside its elements.
const TRANSACTION_SECURITY_POLICY: &[PolicyColumn] = &[
    PolicyColumn::text(
        "LoginAction",
        "`freeze`, `end-session`, `block` or `second-factor`: its strictest action on logins, while it is active",
        |it| it.login_action.clone().cell(),
    ),
    PolicyColumn::text(
        "SessionAction",
        "`freeze` or `end-session`: its action on the user for another event, while it is active",
        |it| it.session_action.clone().cell(),
    ),
    PolicyColumn::text("Event", "the event that it watches, as written", |it| it.event.as_cell()),
];
