//! Which findings are shown in full and which in one line: grouping by marked text, folding by rule.
//!
//! Assumes findings sorted by path, place and rule. Refuses to know how either is drawn. Every finding is in exactly
//! one block or one fold; the sides of a decision stay together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use sessionlint_analysis::leading::{LeadingFinding, leading_findings};
use sessionlint_lint::conflicts::Pair;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};
use sessionlint_source::Place;

/// Findings of one rule and severity that are shown in full; the others fold.
pub(crate) const SHOWN_PER_RULE: usize = 5;

/// The findings that mark one text, worst first; never empty.
pub(crate) type Block<'a> = Vec<LeadingFinding<'a>>;

/// The findings of one rule and severity that are not shown in full.
#[derive(Debug)]
pub(crate) struct Fold<'a> {
    /// The folded findings, in the order of the report; never empty.
    pub(crate) findings: Vec<&'a Diagnostic>,
    /// The rules with opposite advice.
    pub(crate) against: Vec<&'a Diagnostic>,
    /// How many others of this rule and severity are shown.
    pub(crate) shown: usize,
}

/// The blocks and folds of a report.
#[derive(Debug, Default)]
pub(crate) struct Folding<'a> {
    /// Blocks, worst first, then in the order of the report.
    pub(crate) blocks: Vec<Block<'a>>,
    /// Folds, worst first, then by rule.
    pub(crate) folds: Vec<(Severity, Fold<'a>)>,
}

/// Sorts the findings into blocks and folds; a note leads a block only with `unfold_notes`, or where it is a side of a
/// decision, which a line for its rule could not show.
pub(crate) fn fold<'a>(findings: &'a [Diagnostic], pairs: &[Pair], unfold_notes: bool) -> Folding<'a> {
    let mut shown: HashMap<(&str, Severity), usize> = HashMap::new();
    let mut folded: BTreeMap<(Reverse<Severity>, &str), Vec<LeadingFinding>> = BTreeMap::new();
    let mut blocks = Vec::new();
    for group in groups(findings, pairs) {
        let mut block = Block::new();
        for entry in group {
            let finding = entry.finding;
            let count = shown.entry((&finding.rule, finding.severity)).or_default();
            let is_lone = block.is_empty() && entry.against.is_empty();
            let leads_as_note = finding.severity == Severity::Note && is_lone && !unfold_notes;
            if leads_as_note || *count >= SHOWN_PER_RULE {
                folded.entry((Reverse(finding.severity), &finding.rule)).or_default().push(entry);
            } else {
                *count += 1;
                block.push(entry);
            }
        }
        if !block.is_empty() {
            blocks.push(block);
        }
    }
    // Folding may have removed a group's worst finding, so the groups are sorted again.
    blocks.sort_by_key(|block| Reverse(severity_of(block)));
    let folds = folded.into_iter().map(|((Reverse(severity), rule), entries)| {
        let shown = shown.get(&(rule, severity)).copied().unwrap_or_default();
        let findings = entries.iter().map(|entry| entry.finding).collect();
        let against = entries.into_iter().flat_map(|entry| entry.against).collect();
        (severity, Fold { findings, against, shown })
    });
    Folding { folds: folds.collect(), blocks }
}

/// The severity of a block's leader.
pub(crate) fn severity_of(block: &Block) -> Severity {
    block.first().map_or(Severity::Note, |leader| leader.finding.severity)
}

/// Findings by marked text, worst first in each group, groups with the worst leader first; the sides of a decision are
/// with its leader, wherever they are marked.
fn groups<'a>(findings: &'a [Diagnostic], pairs: &[Pair]) -> Vec<Block<'a>> {
    let mut by_place: HashMap<Place, usize> = HashMap::new();
    let mut groups: Vec<Block> = Vec::new();
    for leading in leading_findings(findings, pairs) {
        let group = *by_place.entry(leading.finding.place).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Block::new());
        }
        groups[group].push(leading);
    }
    for group in &mut groups {
        group.sort_by_key(|entry| Reverse(entry.finding.severity));
    }
    groups.sort_by_key(|group| Reverse(severity_of(group)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding};

    fn rules(block: &Block) -> Vec<String> {
        block.iter().map(|entry| entry.finding.rule.clone()).collect()
    }

    #[test]
    fn the_worst_finding_of_a_place_leads() {
        let case = Case::new("a.xml", "<a>one</a><b>two</b>");
        let findings = [
            finding("a/note", Severity::Note, case.mark("one")),
            finding("b/error", Severity::Error, case.mark("one")),
            finding("c/warning", Severity::Warning, case.mark("two")),
        ];
        let folding = fold(&findings, &[], false);
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
        let folding = fold(&findings, &[], false);
        assert_eq!(folding.blocks.len(), 6);
        assert_eq!(rules(&folding.blocks[5]), ["b/b"]);
        let [(severity, folded)] = folding.folds.as_slice() else { panic!("one fold") };
        assert_eq!((*severity, folded.findings.len(), folded.shown), (Severity::Error, 1, 5));
    }

    #[test]
    fn notes_fold_unless_requested() {
        let case = Case::new("a.xml", "<a>1</a><a>2</a>");
        let findings = ["1", "2"].map(|text| finding("a/a", Severity::Note, case.mark(text)));
        assert!(fold(&findings, &[], false).blocks.is_empty());
        assert_eq!(fold(&findings, &[], false).folds.len(), 1);
        assert_eq!(fold(&findings, &[], true).blocks.len(), 2);
        assert!(fold(&findings, &[], true).folds.is_empty());
    }
}
