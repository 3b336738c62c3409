//! Which findings are shown in full and which in one line: grouping by marked text, folding by rule.
//!
//! Assumes findings sorted by path, place and rule. Refuses to know how either is drawn. Every finding ends up
//! in exactly one block or one fold.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Place;

/// Findings of one rule and severity that are shown in full; the others fold.
pub(crate) const SHOWN_PER_RULE: usize = 5;

/// The findings that mark one text, worst first; never empty.
pub(crate) type Block<'a> = Vec<&'a Diagnostic>;

/// The findings of one rule and severity that are not shown in full.
#[derive(Debug)]
pub(crate) struct Fold<'a> {
    /// The folded findings, in the order of the report; never empty.
    pub(crate) findings: Vec<&'a Diagnostic>,
    /// How many others of this rule and severity are shown.
    pub(crate) shown: usize,
}

/// What is shown how.
#[derive(Debug, Default)]
pub(crate) struct Folding<'a> {
    /// Blocks, worst first, then in the order of the report.
    pub(crate) blocks: Vec<Block<'a>>,
    /// Folds, worst first, then by rule.
    pub(crate) folds: Vec<(Severity, Fold<'a>)>,
}

/// Sorts the findings into blocks and folds; a note leads a block only where `unfold_notes` says so.
pub(crate) fn fold(findings: &[Diagnostic], unfold_notes: bool) -> Folding<'_> {
    let mut shown: HashMap<(&str, Severity), usize> = HashMap::new();
    let mut folded: BTreeMap<(Reverse<Severity>, &str), Vec<&Diagnostic>> = BTreeMap::new();
    let mut blocks = Vec::new();
    for group in groups(findings) {
        let mut block = Block::new();
        for finding in group {
            let count = shown.entry((&finding.rule, finding.severity)).or_default();
            let leads_as_note = finding.severity == Severity::Note && block.is_empty() && !unfold_notes;
            if leads_as_note || *count >= SHOWN_PER_RULE {
                folded.entry((Reverse(finding.severity), &finding.rule)).or_default().push(finding);
            } else {
                *count += 1;
                block.push(finding);
            }
        }
        if !block.is_empty() {
            blocks.push(block);
        }
    }
    // Folding may have taken a group's worst finding, so the order is made anew.
    blocks.sort_by_key(|block| Reverse(severity_of(block)));
    let folds = folded.into_iter().map(|((Reverse(severity), rule), findings)| {
        let shown = shown.get(&(rule, severity)).copied().unwrap_or_default();
        (severity, Fold { findings, shown })
    });
    Folding { folds: folds.collect(), blocks }
}

/// The severity of a block's leader.
pub(crate) fn severity_of(block: &Block) -> Severity {
    block.first().map_or(Severity::Note, |leader| leader.severity)
}

/// Findings by marked text, worst first in each group, groups with the worst leader first.
fn groups(findings: &[Diagnostic]) -> Vec<Block<'_>> {
    let mut by_place: HashMap<Place, usize> = HashMap::new();
    let mut groups: Vec<Block> = Vec::new();
    for finding in findings {
        let index = *by_place.entry(finding.place).or_insert(groups.len());
        if index == groups.len() {
            groups.push(Block::new());
        }
        groups[index].push(finding);
    }
    for group in &mut groups {
        group.sort_by_key(|finding| Reverse(finding.severity));
    }
    groups.sort_by_key(|group| Reverse(severity_of(group)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{Case, finding};

    fn rules(block: &Block) -> Vec<String> {
        block.iter().map(|finding| finding.rule.clone()).collect()
    }

    #[test]
    fn the_worst_finding_of_a_place_leads() {
        let case = Case::new("a.xml", "<a>one</a><b>two</b>");
        let findings = [
            finding("a/note", Severity::Note, case.mark("one")),
            finding("b/error", Severity::Error, case.mark("one")),
            finding("c/warning", Severity::Warning, case.mark("two")),
        ];
        let folding = fold(&findings, false);
        let blocks: Vec<_> = folding.blocks.iter().map(rules).collect();
        assert_eq!(blocks, [vec!["b/error", "a/note"], vec!["c/warning"]]);
        assert!(folding.folds.is_empty());
    }

    #[test]
    fn a_sixth_finding_folds_and_leaves_its_place_to_the_next() {
        let text = "<a>1</a><a>2</a><a>3</a><a>4</a><a>5</a><a>6</a>";
        let case = Case::new("a.xml", text);
        let mut findings: Vec<_> =
            ["1", "2", "3", "4", "5", "6"].map(|text| finding("a/a", Severity::Error, case.mark(text))).into();
        findings.push(finding("b/b", Severity::Warning, case.mark("6")));
        let folding = fold(&findings, false);
        assert_eq!(folding.blocks.len(), 6);
        assert_eq!(rules(&folding.blocks[5]), ["b/b"]);
        let [(severity, folded)] = folding.folds.as_slice() else { panic!("one fold") };
        assert_eq!((*severity, folded.findings.len(), folded.shown), (Severity::Error, 1, 5));
    }

    #[test]
    fn notes_fold_unless_asked_for() {
        let case = Case::new("a.xml", "<a>1</a><a>2</a>");
        let findings = ["1", "2"].map(|text| finding("a/a", Severity::Note, case.mark(text)));
        assert!(fold(&findings, false).blocks.is_empty());
        assert_eq!(fold(&findings, false).folds.len(), 1);
        assert_eq!(fold(&findings, true).blocks.len(), 2);
        assert!(fold(&findings, true).folds.is_empty());
    }
}
