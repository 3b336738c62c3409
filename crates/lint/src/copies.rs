//! Findings that repeat each other, such as an equal secret in several files, are shown as one.
//!
//! Each of them is suppressed, compared with another state and counted in a baseline on its own, so they are joined last:
//! of those that are left, the first of the worst is shown, and the others are related places of it. Refuses to know why
//! a finding was left out.

use std::collections::HashMap;
use std::hash::Hash;

use crate::diagnostic::{Diagnostic, Label, Severity};

/// The places of repeated findings, by what they repeat.
#[derive(Debug, Default)]
pub struct Copies(HashMap<String, Vec<Label>>);

impl Copies {
    /// Those of `findings`, which are in order.
    pub fn of<'d>(findings: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let mut known: HashMap<String, Vec<Label>> = HashMap::new();
        for finding in findings {
            let Some(copied) = &finding.copy_of else { continue };
            let label = Label { place: finding.place, text: finding.message.clone() };
            known.entry(copied.clone()).or_default().push(label);
        }
        Self(known)
    }

    /// Adds the places of the others to findings that repeat each other: all of them to the first of the worst, and its
    /// place to the others.
    pub fn relate(&self, findings: &mut [Diagnostic]) {
        let leads: Vec<Option<usize>> = leads(findings.iter().map(|it| (it.copy_of.as_ref(), it.severity)));
        for index in 0..findings.len() {
            let Some(places) = findings[index].copy_of.as_ref().and_then(|copied| self.0.get(copied)) else { continue };
            let labels = match leads[index] {
                Some(lead) => vec![Label { place: findings[lead].place, text: findings[lead].message.clone() }],
                None => places.clone(),
            };
            let finding = &mut findings[index];
            let own = finding.place;
            let is_new = |label: &Label| label.place != own && !finding.related.contains(label);
            let labels: Vec<Label> = labels.into_iter().filter(is_new).collect();
            finding.related.extend(labels);
        }
    }
}

/// Findings of which none is left out, with those that repeat each other as one.
pub fn joined(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    Copies::of(&findings).relate(&mut findings);
    join(findings, |it| (it.copy_of.clone(), it.severity), |lead, copy| lead.copies.push(copy))
}

/// For each item that repeats an earlier or a worse one, the index of that one: the first of the worst with its key.
fn leads<K: Hash + Eq>(items: impl Iterator<Item = (Option<K>, Severity)>) -> Vec<Option<usize>> {
    let items: Vec<(Option<K>, Severity)> = items.collect();
    let mut worst: HashMap<&K, usize> = HashMap::new();
    for (index, (key, severity)) in items.iter().enumerate() {
        let Some(key) = key else { continue };
        let lead = worst.entry(key).or_insert(index);
        if *severity > items[*lead].1 {
            *lead = index;
        }
    }
    let lead = |(index, (key, _)): (usize, &(Option<K>, Severity))| {
        worst.get(key.as_ref()?).copied().filter(|lead| *lead != index)
    };
    items.iter().enumerate().map(lead).collect()
}

/// The items, one for each key: the first of the worst, which takes the others. Items without a key stay as they are.
pub fn join<T, K: Hash + Eq>(
    items: Vec<T>,
    key: impl Fn(&T) -> (Option<K>, Severity),
    take: impl Fn(&mut T, T),
) -> Vec<T> {
    let leads = leads(items.iter().map(&key));
    if leads.iter().all(Option::is_none) {
        return items;
    }
    let mut kept: Vec<Option<T>> = items.into_iter().map(Some).collect();
    for (index, lead) in leads.into_iter().enumerate() {
        if let Some(lead) = lead
            && let Some(copy) = kept[index].take()
            && let Some(Some(lead)) = kept.get_mut(lead)
        {
            take(lead, copy);
        }
    }
    kept.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suppress::{Suppressed, SuppressedBy, SuppressionResult};
    use sessionlint_source::{FileId, Place, Span};

    fn finding(file: u32, copied: Option<&str>, severity: Severity) -> Diagnostic {
        let place = Place { file: FileId(file), span: Span::new(0, 1) };
        let copy_of = copied.map(str::to_owned);
        Diagnostic { copy_of, message: format!("in {file}"), ..crate::tests::finding("g/r", severity, place) }
    }

    fn files(finding: &Diagnostic) -> (u32, Vec<u32>, Vec<u32>) {
        let related = finding.related.iter().map(|label| label.place.file.0).collect();
        (finding.place.file.0, related, finding.copies.iter().map(|copy| copy.place.file.0).collect())
    }

    #[test]
    fn the_first_of_the_worst_is_shown_and_known_places_are_related() {
        let (note, warning) = (Severity::Note, Severity::Warning);
        let findings = vec![
            finding(0, Some("a"), note),
            finding(1, None, note),
            finding(2, Some("a"), warning),
            finding(3, Some("b"), note),
            finding(4, Some("a"), warning),
        ];
        let suppressed =
            |file, kind| Suppressed { finding: finding(file, Some("a"), note), kind, reason: String::new() };
        let baselined = [5, 6].map(|file| suppressed(file, SuppressedBy::Baseline));
        let mut result = SuppressionResult {
            findings,
            suppressed: baselined.into_iter().chain([suppressed(7, SuppressedBy::Comment)]).collect(),
            elsewhere: vec![finding(8, Some("a"), note)],
        };
        result.join_copies();
        let shown: Vec<_> = result.findings.iter().map(files).collect();
        assert_eq!(shown, [(1, vec![], vec![]), (2, vec![0, 4, 5, 6, 8], vec![0, 4]), (3, vec![], vec![])]);
        let suppressed: Vec<_> = result.suppressed.iter().map(|it| files(&it.finding)).collect();
        assert_eq!(suppressed, [(5, vec![], vec![6]), (7, vec![], vec![])]);
        let related: Vec<_> = result.findings[1].copies.iter().map(|copy| files(copy).1).collect();
        assert_eq!(related, [[2], [2]], "a copy names the one that is shown");
    }
}
