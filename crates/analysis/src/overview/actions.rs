//! The first actions: the most severe causes, each with its effect, its cost and who decides.
//!
//! An action is a step of the plan, or its advice if no exact change is proposed. Notes come last. A rule whose page has
//! `action = false` gives no action. Refuses to know any rule: its page has the words.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::Serialize;

use super::integrations::Integration;
use super::plan::{Plan, SeverityGroup, Step};
use super::topics::{Item, Topic};
use sessionlint_lint::diagnostic::{Safety, Severity};

/// Number of actions on the first page.
const FIRST: usize = 3;

/// An action.
#[derive(Debug, Serialize)]
pub struct Action {
    /// Its rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// The severity of the fault.
    pub severity: Severity,
    /// What to do, as an imperative.
    pub what: String,
    /// The message of the worst finding: it names what has the fault.
    pub message: String,
    /// The number of places.
    pub places: usize,
    /// The effect of the fault, where the message does not say it already; empty otherwise.
    pub why: String,
    /// The safety of the change; none if no exact change is proposed.
    pub safety: Option<Safety>,
    /// The protection that it weakens; empty if it weakens none.
    pub loosens: String,
    /// The cost of what to do, from the page of the rule.
    pub cost: Option<String>,
    /// Rules with opposite advice.
    pub pulls_against: Vec<String>,
    /// The number of its step.
    pub step: Option<usize>,
}

/// The first actions: errors before warnings; among equals, those for integrations that stop, then those with the most
/// findings.
pub(super) fn actions(topics: &[Topic], plan: &Plan, integrations: &[Integration]) -> Vec<Action> {
    let stopping = integrations.iter().filter(|it| it.app.renewal == Some("none-visible"));
    let of_stopping: HashSet<&str> = stopping.flat_map(|it| &it.findings).map(|it| it.rule.as_str()).collect();
    let mut topics: Vec<&Topic> = topics.iter().filter(|topic| topic.is_action).collect();
    topics.sort_by_key(|topic| (Reverse(topic.severity), !of_stopping.contains(topic.rule.as_str())));
    topics.into_iter().filter_map(|topic| action(topic, plan)).take(FIRST).collect()
}

fn action(topic: &Topic, plan: &Plan) -> Option<Action> {
    let steps = || plan.parts().flat_map(|part| &part.steps).filter(|step| step.rule == topic.rule);
    // The plan has changes that need no consent first.
    let step: Option<&Step> = steps().next();
    let advice =
        || plan.ranks.iter().flat_map(|rank: &SeverityGroup| &rank.advice).find(|advice| advice.rule == topic.rule);
    let what = match step {
        Some(step) => {
            let first = step.changes.first()?.title.clone();
            let is_same = step.changes.iter().all(|change| change.title == first);
            if is_same { first } else { step.help.first().cloned().unwrap_or(first) }
        }
        None => match advice() {
            Some(advice) => advice.wordings.first()?.text.clone(),
            None => topic.help.clone().or_else(|| topic.items.first()?.help.clone())?,
        },
    };
    // The finding whose advice that is: another one of the rule may have another remedy.
    let help_of = |item: &&Item| item.help.as_ref().or(topic.help.as_ref()) == Some(&what);
    let of_step = |item: &&Item| step.is_some_and(|step| step.changes.iter().any(|it| it.message == item.message));
    let item = topic.items.iter().find(|item| if step.is_some() { of_step(item) } else { help_of(item) });
    let cost = item.and_then(|item| item.cost.as_ref()).or(topic.trade_off.first());
    let counts = |severity: Severity| severity > Severity::Note || topic.severity == Severity::Note;
    let message = topic.items.first().map(|item| item.message.clone()).unwrap_or_default();
    Some(Action {
        rule: topic.rule.clone(),
        title: topic.title.clone(),
        severity: topic.severity,
        what: first_sentence(&what).to_owned(),
        places: topic.items.iter().filter(|item| counts(item.severity)).count(),
        why: sentences(&topic.why).find(|text| !says(&message, text)).unwrap_or_default().to_owned(),
        message,
        safety: step.map(|step| step.safety),
        loosens: step.map(|step| step.loosens.clone()).unwrap_or_default(),
        cost: cost.map(|text| first_sentence(text).to_owned()),
        pulls_against: topic.pulls_against.clone(),
        step: step.map(|step| step.number),
    })
}

/// A text up to the end of its first sentence: a full stop before a space and a capital.
fn first_sentence(text: &str) -> &str {
    let is_end = |at: &usize| text[at + 2..].chars().next().is_some_and(char::is_uppercase);
    let end = text.match_indices(". ").map(|(at, _)| at).find(is_end);
    end.map_or(text, |at| &text[..=at])
}

/// The sentences of a text.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        let sentence = first_sentence(rest);
        rest = rest[sentence.len()..].trim_start();
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// Whether a text says most of a sentence in other words: at least half of its longer words. The beginning of a word
/// decides, so `expires` is `expire`.
fn says(text: &str, sentence: &str) -> bool {
    fn beginnings(text: &str) -> impl Iterator<Item = String> {
        let words = text.split(|ch: char| !ch.is_alphanumeric()).filter(|word| word.chars().count() > 3);
        words.map(|word| word.to_lowercase().chars().take(5).collect())
    }
    let said: HashSet<String> = beginnings(text).collect();
    let (mut all, mut known) = (0, 0);
    for word in beginnings(sentence) {
        all += 1;
        known += usize::from(said.contains(&word));
    }
    2 * known >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_first_sentence_that_adds_something() {
        let message = "ERP's refresh token expires at once: the integration cannot renew";
        let (same, other) =
            ("The app issues refresh tokens that expire immediately.", "A person must approve the app again.");
        let texts = format!("{same} {other}");
        assert_eq!(sentences(&texts).collect::<Vec<_>>(), [same, other]);
        assert!(says(message, same));
        assert!(!says(message, other));
        assert!(says(message, ""));
    }

    #[test]
    fn a_sentence_ends_before_a_capital() {
        assert_eq!(first_sentence("Set it, e.g. to 2 hours. Then look."), "Set it, e.g. to 2 hours.");
        assert_eq!(first_sentence("Use `a.b. c`"), "Use `a.b. c`");
        assert_eq!(first_sentence("One. Ärger"), "One.");
        assert_eq!(first_sentence(""), "");
    }
}
