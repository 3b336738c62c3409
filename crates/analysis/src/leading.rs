//! Findings with the findings of opposite advice that they lead: each pair is shown as one decision.
//!
//! Refuses to know which findings form a decision: `sessionlint_lint::conflicts` finds them.

use std::collections::{HashMap, HashSet};

use sessionlint_lint::conflicts::{Pair, decisions};
use sessionlint_lint::diagnostic::Diagnostic;

/// A finding, and the findings with opposite advice that are shown with it.
#[derive(Clone, Debug)]
pub struct LeadingFinding<'d> {
    /// The finding.
    pub finding: &'d Diagnostic,
    /// The other sides of the decision that it leads, if it leads one.
    pub against: Vec<&'d Diagnostic>,
}

/// The findings in their order, except those that are shown with the one that leads their decision.
pub fn leading_findings<'d>(findings: &'d [Diagnostic], pairs: &[Pair]) -> Vec<LeadingFinding<'d>> {
    let decisions = decisions(findings, pairs);
    let is_led: HashSet<usize> = decisions.iter().flat_map(|decision| decision.others.iter().copied()).collect();
    let mut led: HashMap<usize, Vec<usize>> = decisions.into_iter().map(|it| (it.leader, it.others)).collect();
    let leaders = findings.iter().enumerate().filter(|(index, _)| !is_led.contains(index));
    let others = |others: Vec<usize>| others.into_iter().map(|other| &findings[other]).collect();
    leaders
        .map(|(index, finding)| LeadingFinding { finding, against: others(led.remove(&index).unwrap_or_default()) })
        .collect()
}
