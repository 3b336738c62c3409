//! Groups findings into decisions: two rules report the same setting with opposite advice.
//!
//! May assume findings in report order. Refuses to know which side is right, and how a decision is shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::diagnostic::Diagnostic;
use sessionlint_source::steps;
use sessionlint_source::{FileId, Place};

/// Two rules with opposite advice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The rule that keeps sessions alive, if one does; it comes first when both are equally severe.
    pub one: String,
    /// The other side.
    pub other: String,
    /// The compromise, in sentences; empty if neither page has one.
    pub middle_way: String,
}

/// A finding and those with opposite advice, as indices into the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The index of the worst finding.
    pub leader: usize,
    /// The others; each finding is in at most one decision.
    pub others: Vec<usize>,
}

/// Finds the pair of two rules, in either order.
pub fn pair_of<'p>(pairs: &'p [Pair], one: &str, other: &str) -> Option<&'p Pair> {
    let is_it = |pair: &&Pair| (pair.one == one && pair.other == other) || (pair.one == other && pair.other == one);
    pairs.iter().find(is_it)
}

/// The decisions among some findings, by leader.
///
/// Two findings of a pair are one decision if they mark the same text, or if each is the only one of its rule in a
/// file, so that it is clear which two belong together.
pub fn decisions(findings: &[Diagnostic], pairs: &[Pair]) -> Vec<Decision> {
    let mut grouping = Grouping::default();
    for same_file in by_file(findings, pairs).values() {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for index in same_file {
            *counts.entry(&findings[*index].rule).or_default() += 1;
        }
        let is_only = |index: usize| counts.get(findings[index].rule.as_str()) == Some(&1);
        let mut by_place: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for index in same_file {
            by_place.entry(findings[*index].place).or_default().push(*index);
        }
        for same_place in by_place.values() {
            grouping.join(same_place, findings, pairs);
        }
        let lone: Vec<usize> = same_file.iter().copied().filter(|index| is_only(*index)).collect();
        grouping.join(&lone, findings, pairs);
    }
    let decision = |(leader, mut others): (usize, Vec<usize>)| {
        others.sort_unstable();
        Decision { leader, others }
    };
    grouping.by_leader.into_iter().map(decision).collect()
}

/// The findings of rules that are in some pair, by file, sorted by precedence.
fn by_file(findings: &[Diagnostic], pairs: &[Pair]) -> BTreeMap<FileId, Vec<usize>> {
    let mut of_pairs: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    if pairs.is_empty() {
        return of_pairs;
    }
    let is_in = |rule: &str| pairs.iter().any(|pair| pair.one == rule || pair.other == rule);
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| is_in(&finding.rule)) {
        of_pairs.entry(finding.place.file).or_default().push(index);
    }
    let comes_second = |rule: &str| pairs.iter().all(|pair| pair.one != rule);
    for same_file in of_pairs.values_mut() {
        same_file.sort_by_key(|index| (Reverse(findings[*index].severity), comes_second(&findings[*index].rule)));
    }
    of_pairs
}

/// The decisions so far.
#[derive(Default)]
struct Grouping {
    by_leader: BTreeMap<usize, Vec<usize>>,
    led: HashSet<usize>,
}

impl Grouping {
    /// Adds each finding of `order` that is free to the first earlier one with which it is a pair.
    fn join(&mut self, order: &[usize], findings: &[Diagnostic], pairs: &[Pair]) {
        // The free findings by rule; a taken finding leaves its queue.
        let mut free: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
        for (rank, index) in order.iter().enumerate() {
            if !self.led.contains(index) && !self.by_leader.contains_key(index) {
                free.entry(&findings[*index].rule).or_default().push_back(rank);
            }
        }
        for (rank, leader) in order.iter().enumerate() {
            if self.led.contains(leader) {
                continue;
            }
            let rule = findings[*leader].rule.as_str();
            let others: Vec<&str> = free.keys().copied().filter(|it| pair_of(pairs, rule, it).is_some()).collect();
            let mut taken: Vec<usize> = Vec::new();
            for other in others {
                let Some(queue) = free.get_mut(other) else { continue };
                steps::count(queue.len() + 1);
                taken.extend(queue.drain(..).filter(|other| *other > rank));
                free.remove(other);
            }
            taken.sort_unstable();
            for other in taken {
                self.by_leader.entry(*leader).or_default().push(order[other]);
                self.led.insert(order[other]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::tests::finding;
    use sessionlint_source::{FileId, Place, Span};

    fn pairs() -> Vec<Pair> {
        let pair = |one: &str, other: &str| Pair { one: one.to_owned(), other: other.to_owned(), ..Pair::default() };
        vec![pair("session/short", "security/long"), pair("session/logout", "security/long")]
    }

    /// The place of a text in one of two files.
    fn mark(file: u32, text: &str) -> Place {
        let start = ["<a>one<b/>two<c/></a>", "<a>one</a>"][file as usize].find(text).unwrap();
        Place { file: FileId(file), span: Span::new(start, start + text.len()) }
    }

    fn decided(findings: &[Diagnostic]) -> Vec<(usize, Vec<usize>)> {
        decisions(findings, &pairs()).into_iter().map(|it| (it.leader, it.others)).collect()
    }

    #[test]
    fn the_worst_leads_and_of_equals_the_side_of_sessions() {
        let place = mark(0, "one");
        let of = |rule, severity| finding(rule, severity, place);
        let equal = [of("security/long", Severity::Note), of("session/short", Severity::Note)];
        assert_eq!(decided(&equal), [(1, vec![0])]);
        let worse = [of("security/long", Severity::Error), of("session/short", Severity::Note)];
        assert_eq!(decided(&worse), [(0, vec![1])]);
        let three = [
            of("security/long", Severity::Error),
            of("session/logout", Severity::Note),
            of("session/short", Severity::Note),
        ];
        assert_eq!(decided(&three), [(0, vec![1, 2])]);
        assert!(decisions(&three, &[]).is_empty());
    }

    #[test]
    fn one_of_each_rule_in_a_file_belongs_together_and_more_do_not() {
        let of = |rule, text| finding(rule, Severity::Warning, mark(0, text));
        let apart = [of("security/long", "one"), of("session/short", "two")];
        assert_eq!(decided(&apart), [(1, vec![0])]);
        let several = [of("security/long", "one"), of("session/short", "two"), of("session/short", "<c/>")];
        assert!(decided(&several).is_empty());
        let other_file = [of("security/long", "one"), finding("session/short", Severity::Note, mark(1, "one"))];
        assert!(decided(&other_file).is_empty());
        let strangers = [of("session/logout", "one"), of("session/short", "one")];
        assert!(decided(&strangers).is_empty());
    }

    #[test]
    fn many_findings_in_one_file_are_not_each_compared() {
        let steps = |count: usize| {
            let of = |index: usize| {
                let place = Place { file: FileId(0), span: Span::new(3 + index, 4 + index) };
                [finding("security/long", Severity::Note, place), finding("session/short", Severity::Note, place)]
            };
            let findings: Vec<Diagnostic> = (0..count).flat_map(of).collect();
            let (decided, steps) = sessionlint_source::steps::of(|| decisions(&findings, &pairs()));
            assert_eq!(decided.len(), count);
            steps
        };
        assert!(steps(400) <= 6 * steps(100));
    }
}
