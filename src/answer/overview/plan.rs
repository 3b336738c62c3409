//! What to change, in which order, at what cost, how to take it back and how to see that it worked.
//!
//! A step is a rule whose findings ask for a change. Notes are for people to weigh and make no step.

use serde::Serialize;

use super::topics::{Item, Topic};
use crate::diagnostic::Severity;

/// One change.
#[derive(Debug, Serialize)]
pub struct Step {
    /// The rule.
    pub rule: String,
    /// What is wrong, in general.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What to change, each different wording once, with the places it is said of.
    pub changes: Vec<Change>,
    /// Where in Setup, each once.
    pub setup: Vec<String>,
    /// What it costs.
    pub trade_off: Vec<String>,
    /// The rules that ask for the contrary: somebody who answers for their aim should agree.
    pub pulls_against: Vec<String>,
    /// How to see that it worked.
    pub test: &'static str,
    /// The components that change, as `Type:Name`.
    pub components: Vec<String>,
    /// The command that deploys exactly them; `None` where the files must be repaired first.
    pub deploy: Option<String>,
}

/// A wording of what to do, and where.
#[derive(Debug, Serialize)]
pub struct Change {
    /// What to do.
    pub text: String,
    /// The places, as `path:line`.
    pub places: Vec<String>,
}

/// The steps in the order of the topics.
pub(super) fn plan(topics: &[Topic]) -> Vec<Step> {
    topics.iter().filter_map(step).collect()
}

fn step(topic: &Topic) -> Option<Step> {
    let items: Vec<&Item> = topic.items.iter().filter(|item| item.severity > Severity::Note).collect();
    if items.is_empty() {
        return None;
    }
    let mut changes: Vec<Change> = Vec::new();
    let mut setup: Vec<String> = Vec::new();
    let mut components: Vec<String> = Vec::new();
    for item in items {
        let text = item.help.as_ref().or(topic.help.as_ref()).cloned().unwrap_or_default();
        let place = format!("{}:{}", item.place.path, item.place.line);
        match changes.iter_mut().find(|change| change.text == text) {
            Some(change) => change.places.push(place),
            None => changes.push(Change { text, places: vec![place] }),
        }
        if let Some(text) = item.setup.as_ref().or(topic.setup.as_ref()).filter(|text| !setup.contains(text)) {
            setup.push(text.clone());
        }
        components.extend(item.components.iter().cloned());
    }
    components.sort();
    components.dedup();
    let is_repair = topic.rule.starts_with("metadata/");
    Some(Step {
        deploy: (!is_repair && !components.is_empty()).then(|| deploy_command(&components)),
        rule: topic.rule.clone(),
        title: topic.title.clone(),
        severity: topic.severity,
        changes,
        setup,
        trade_off: topic.trade_off.clone(),
        pulls_against: topic.pulls_against.clone(),
        test: test(&topic.rule),
        components,
    })
}

/// The command that deploys exactly these components (`Type:Name`), with one option for each.
pub fn deploy_command(components: &[String]) -> String {
    let mut command = "sf project deploy start".to_owned();
    for component in components {
        command.push_str(" -m ");
        command.push_str(&quoted(component));
    }
    command
}

/// A word of a shell's command line that means exactly `text`.
fn quoted(text: &str) -> String {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, ':' | '_' | '-' | '.' | '/');
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// How to see that a change of this group worked.
fn test(rule: &str) -> &'static str {
    match rule.split('/').next().unwrap_or_default() {
        "session" => {
            "In a sandbox first: log in anew as one user of each profile concerned and read NumSecondsValid of that \
             session in AuthSession; then let one session rest for the time that it should survive"
        }
        "oauth" => {
            "In a sandbox first: let the integration fetch a new access token, make a call with it, wait past the old \
             limit, and make a second call without a person's help; then look at LoginHistory and OauthToken"
        }
        "network" => {
            "In a sandbox first: log in and make one call from each network concerned; LoginHistory names the address \
             and the status"
        }
        "login" => {
            "In a sandbox first, with a second administrator logged in: go through one login of each kind concerned; \
             LoginHistory names the status"
        }
        "credential" => "In a sandbox first: make one callout through each credential concerned and read its answer",
        "apex" => {
            "In a sandbox first: run the job long enough for its second chunk and read ExtendedStatus in AsyncApexJob"
        }
        _ => "Run sessionlint again: the file must be read, and may then show findings of its own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_for_a_shell() {
        assert_eq!(quoted("ConnectedApp:ERP_Sync"), "ConnectedApp:ERP_Sync");
        assert_eq!(quoted("Profile:Sales Rep"), "'Profile:Sales Rep'");
        assert_eq!(quoted("Profile:a'; rm -rf ~"), "'Profile:a'\\''; rm -rf ~'");
        let components = ["Profile:A".to_owned(), "Settings:Security".to_owned()];
        assert_eq!(deploy_command(&components), "sf project deploy start -m Profile:A -m Settings:Security");
    }
}
