//! Pairs the findings of two states: by fingerprint, else by the cell that they mark.
//!
//! May assume that findings are sorted by place. Refuses to know what a finding means.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::{ComparedState, Finding, Findings};
use crate::located::{Located, located};
use sessionlint_lint::diagnostic::Diagnostic;

/// The findings of both states, each paired with at most one of the other state.
struct FindingPairs<'d> {
    old: &'d [Diagnostic],
    new: &'d [Diagnostic],
    /// For each new finding, the index of the old one.
    pairs: Vec<Option<usize>>,
    /// For each old finding, whether it is paired.
    has_pair: Vec<bool>,
}

impl<'d> FindingPairs<'d> {
    fn of(old: &'d [Diagnostic], new: &'d [Diagnostic]) -> Self {
        let mut pairing = Self { old, new, pairs: vec![None; new.len()], has_pair: vec![false; old.len()] };
        // A fingerprint contains a number among equal findings of a file, so it alone could pair the wrong ones.
        pairing.pair(|it| Some(format!("{}\u{1F}{}\u{1F}{}", it.rule, it.cell, it.fingerprint)));
        pairing.pair(|it| Some(format!("{}\u{1F}{}", it.rule, it.cell)));
        pairing.pair(|it| Some(it.fingerprint.clone()));
        // What one of several files repeats moved to another file.
        pairing.pair(|it| it.copy_of.clone());
        pairing
    }

    /// Pairs the remaining findings with the same key, in the order of their places.
    fn pair(&mut self, key: impl Fn(&Diagnostic) -> Option<String>) {
        let mut left: HashMap<String, Vec<usize>> = HashMap::new();
        for index in (0..self.old.len()).rev().filter(|index| !self.has_pair[*index]) {
            if let Some(key) = key(&self.old[index]) {
                left.entry(key).or_default().push(index);
            }
        }
        for index in 0..self.new.len() {
            if self.pairs[index].is_some() {
                continue;
            }
            // The indices are in reverse order, so the last one is the first finding.
            let old = key(&self.new[index]).and_then(|key| left.get_mut(&key)?.pop());
            if let Some(old) = old {
                self.has_pair[old] = true;
                self.pairs[index] = Some(old);
            }
        }
    }
}

/// For each new finding, the index of the equal old one with the same severity.
pub(crate) fn unchanged(old: &[Diagnostic], new: &[Diagnostic]) -> Vec<Option<usize>> {
    let pairs = FindingPairs::of(old, new).pairs;
    let is_same = |it: &Diagnostic, before: &Diagnostic| it.severity == before.severity && is_as_before(it, before);
    let pairs = new.iter().zip(pairs);
    pairs.map(|(it, before)| before.filter(|before| is_same(it, &old[*before]))).collect()
}

/// Whether a finding says of the same text what it said before. With the same text, only the number among equal findings
/// differs. With the same message, the marked text is irrelevant. A text that moved to another file is the same.
fn is_as_before(it: &Diagnostic, before: &Diagnostic) -> bool {
    let is_moved = it.copy_of.is_some() && it.copy_of == before.copy_of;
    is_moved || it.fingerprint == before.fingerprint || it.message == before.message
}

pub(super) fn findings(old: &ComparedState<'_>, new: &ComparedState<'_>) -> Findings {
    let pairing = FindingPairs::of(old.findings, new.findings);
    let mut findings = Findings::default();
    for (index, (it, before)) in new.findings.iter().zip(&pairing.pairs).enumerate() {
        if it.is_allowed {
            continue;
        }
        let Some(before) = before.map(|index| &old.findings[index]).filter(|before| !before.is_allowed) else {
            findings.new.push(finding(new, index, None));
            continue;
        };
        match it.severity.cmp(&before.severity) {
            Ordering::Greater => findings.new.push(finding(new, index, Some(before))),
            Ordering::Less => findings.improved.push(finding(new, index, Some(before))),
            Ordering::Equal if is_as_before(it, before) => {}
            Ordering::Equal => findings.changed.push(finding(new, index, Some(before))),
        }
    }
    let is_gone = |index: &usize| !pairing.has_pair[*index] && !old.findings[*index].is_allowed;
    let gone = (0..old.findings.len()).filter(is_gone);
    findings.fixed = gone.map(|index| finding(old, index, None)).collect();
    let reported = [&findings.new, &findings.improved, &findings.changed];
    if reported.into_iter().flatten().any(|it| it.copy_of.is_some()) {
        let (places, by_copied) = &mut findings.known;
        for it in new.findings.iter().filter(|it| !it.is_allowed) {
            let Some(copied) = &it.copy_of else { continue };
            by_copied.entry(copied.clone()).or_default().push(places.len());
            places.push(Located { text: it.message.clone(), ..located(new.project, it.place) });
        }
    }
    findings
}

/// The finding of a state with this index.
fn finding(state: &ComparedState<'_>, index: usize, before: Option<&Diagnostic>) -> Finding {
    let finding = &state.findings[index];
    let Located { path, line, column, .. } = located(state.project, finding.place);
    Finding {
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        severity: finding.severity,
        old_severity: before.map(|before| before.severity).filter(|severity| *severity != finding.severity),
        confidence: finding.confidence,
        message: finding.message.clone(),
        help: finding.help.clone(),
        path,
        line,
        column,
        component: finding.subject.clone(),
        fingerprint: finding.fingerprint.clone(),
        copies: Vec::new(),
        copy_of: finding.copy_of.clone(),
        place: finding.place,
        indices: vec![index],
    }
}
