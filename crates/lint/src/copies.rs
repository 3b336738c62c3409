//! Findings that repeat each other, such as an equal secret in several files, are shown as one.
//!
//! Each of them is suppressed, compared with another state and counted in a baseline on its own, so they are joined last:
//! of those that are left, the first of the worst is shown, and the others are related places of it. Refuses to know why
//! a finding was left out.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Label, Severity};

/// What an item repeats, and how severe it is.
pub type Key = (Option<String>, Severity);

fn key(finding: &Diagnostic) -> Key {
    (finding.copy_of.clone(), finding.severity)
}

fn label(finding: &Diagnostic) -> Label {
    Label { place: finding.place, text: finding.message.clone() }
}

/// Adds the places of the others to findings that repeat each other: all of `known`, which is in order, to the first of the
/// worst, and its place to the others.
pub(crate) fn relate(findings: &mut [Diagnostic], known: &[Label], by_copied: &HashMap<String, Vec<usize>>) {
    let leads = leads(&findings.iter().map(key).collect::<Vec<_>>());
    for index in 0..findings.len() {
        let Some(places) = findings[index].copy_of.as_ref().and_then(|copied| by_copied.get(copied)) else { continue };
        let labels = match leads[index] {
            Some(lead) => vec![label(&findings[lead])],
            None => places.iter().map(|at| known[*at].clone()).collect(),
        };
        let finding = &mut findings[index];
        for label in labels {
            // A finding names a few places of its own file, and each of the others once.
            if label.place != finding.place {
                finding.related.push(label);
            }
        }
    }
}

/// The places of findings that repeat something, in their order, and which of them repeat the same.
pub(crate) fn known<'d>(findings: impl Iterator<Item = &'d Diagnostic>) -> (Vec<Label>, HashMap<String, Vec<usize>>) {
    let mut known = Vec::new();
    let mut by_copied: HashMap<String, Vec<usize>> = HashMap::new();
    for finding in findings {
        if let Some(copied) = &finding.copy_of {
            by_copied.entry(copied.clone()).or_default().push(known.len());
            known.push(label(finding));
        }
    }
    (known, by_copied)
}

/// Findings of which none is left out, with those that repeat each other as one.
pub fn joined(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let (labels, by_copied) = known(findings.iter());
    relate(&mut findings, &labels, &by_copied);
    join_findings(findings)
}

pub(crate) fn join_findings(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let keys: Vec<Key> = findings.iter().map(key).collect();
    join(findings, &keys, |lead, copy| lead.copies.push(copy))
}

/// The number of findings, with those that repeat each other as one.
pub fn count(findings: &[Diagnostic]) -> usize {
    leads(&findings.iter().map(key).collect::<Vec<_>>()).iter().filter(|lead| lead.is_none()).count()
}

/// For each item that repeats an earlier or a worse one, the index of that one: the first of the worst with its key.
fn leads(keys: &[Key]) -> Vec<Option<usize>> {
    let mut worst: HashMap<&str, usize> = HashMap::new();
    for (index, (copied, severity)) in keys.iter().enumerate() {
        let Some(copied) = copied else { continue };
        let lead = worst.entry(copied).or_insert(index);
        if *severity > keys[*lead].1 {
            *lead = index;
        }
    }
    let lead =
        |(index, (copied, _)): (usize, &Key)| worst.get(copied.as_deref()?).copied().filter(|lead| *lead != index);
    keys.iter().enumerate().map(lead).collect()
}

/// The items, one for each key: the first of the worst, which takes the others. Items without a key stay as they are.
pub fn join<T>(items: Vec<T>, keys: &[Key], take: impl Fn(&mut T, T)) -> Vec<T> {
    let leads = leads(keys);
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
