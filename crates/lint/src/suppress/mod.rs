//! Removes suppressed findings from a report, and reports stale suppressions.
//!
//! May assume that the findings are final: checked, superseded ones removed, limited to what is shown. Each
//! [`Suppressor`] sees every finding, so that none counts as stale because another one came first. Refuses to know
//! rules and how severe a finding is.

mod baseline;
mod comment;

pub use baseline::Baseline;
pub use comment::{Comments, mark_allowed};

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::config::Ignore;
use crate::copies;
use crate::diagnostic::{Diagnostic, Subject, Summary};
use crate::rule::Selector;
use sessionlint_source::globs::{Glob, Globs};
use sessionlint_source::steps;
use sessionlint_source::{FileId, Sources};

/// The kind of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// By the configuration.
    Configuration,
    /// By a comment in the file.
    Comment,
    /// By the baseline.
    Baseline,
}

/// A source of suppressions.
pub trait Suppressor {
    /// Its kind.
    fn kind(&self) -> SuppressedBy;

    /// The reason why it suppresses the finding; `None` if it does not. It remembers the suppressed findings.
    fn allows(&mut self, finding: &Diagnostic, sources: &Sources) -> Option<String>;

    /// Notices after the run: expired suppressions and, if `is_whole` means that it saw every finding, stale ones.
    /// There are none about rules other than the `enabled` ones (ids).
    fn notices(&self, is_whole: bool, enabled: &[&str]) -> Vec<String>;
}

/// A suppressed finding.
#[derive(Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// The kind of the suppression.
    pub kind: SuppressedBy,
    /// The reason.
    pub reason: String,
}

/// Findings after the suppressed ones were removed.
#[derive(Debug, Default)]
pub struct SuppressionResult {
    /// The remaining findings, in order.
    pub findings: Vec<Diagnostic>,
    /// The suppressed findings, in order.
    pub suppressed: Vec<Suppressed>,
    /// Findings that were not requested and are not suppressed, in order: places of what the others repeat.
    pub elsewhere: Vec<Diagnostic>,
}

impl SuppressionResult {
    /// Counts both.
    pub fn summary(&self) -> Summary {
        let baselined = self.suppressed.iter().filter(|it| it.kind == SuppressedBy::Baseline).count();
        Summary { suppressed: self.suppressed.len() - baselined, baselined, ..Summary::of(&self.findings) }
    }

    /// Relates findings that repeat each other, also those of the baseline and those that were not requested. What a
    /// person suppressed is not named.
    pub fn relate_copies(&mut self) {
        let baselined = self.suppressed.iter().filter(|it| it.kind == SuppressedBy::Baseline).map(|it| &it.finding);
        let mut known: Vec<&Diagnostic> = self.findings.iter().chain(baselined).chain(&self.elsewhere).collect();
        known.sort_by_key(|finding| finding.place);
        let (known, by_copied) = copies::known(known.into_iter());
        copies::relate(&mut self.findings, &known, &by_copied);
    }

    /// Relates findings that repeat each other and makes one of them, and one of those that were suppressed in one way.
    pub fn join_copies(&mut self) {
        self.relate_copies();
        self.findings = copies::join_findings(std::mem::take(&mut self.findings));
        let suppressed = std::mem::take(&mut self.suppressed);
        let key = |it: &Suppressed| {
            let copied = it.finding.copy_of.as_ref();
            (copied.map(|copied| format!("{:?}\u{1F}{}\u{1F}{copied}", it.kind, it.reason)), it.finding.severity)
        };
        let keys: Vec<_> = suppressed.iter().map(key).collect();
        self.suppressed = copies::join(suppressed, &keys, |lead, copy| lead.finding.copies.push(copy.finding));
    }

    /// Removes all remaining findings, as suppressed in this way.
    pub fn accept(&mut self, kind: SuppressedBy, reason: &str) {
        let accepted = self.findings.drain(..);
        let suppressed = accepted.map(|finding| Suppressed { finding, kind, reason: reason.to_owned() });
        self.suppressed.extend(suppressed);
    }
}

/// Removes the findings that one of `suppressors` suppresses; the first one counts. A suppression of a finding in
/// `covered`, which another finding supersedes, is not stale, although nothing is removed.
pub fn apply(
    findings: Vec<Diagnostic>,
    covered: &[Diagnostic],
    sources: &Sources,
    suppressors: &mut [&mut dyn Suppressor],
) -> SuppressionResult {
    for finding in covered {
        allowed(finding, sources, suppressors);
    }
    let mut outcome = SuppressionResult::default();
    for finding in findings {
        match allowed(&finding, sources, suppressors) {
            Some((kind, reason)) => outcome.suppressed.push(Suppressed { finding, kind, reason }),
            None => outcome.findings.push(finding),
        }
    }
    outcome
}

fn allowed(
    finding: &Diagnostic,
    sources: &Sources,
    suppressors: &mut [&mut dyn Suppressor],
) -> Option<(SuppressedBy, String)> {
    let mut first = None;
    for suppressor in suppressors {
        let reason = suppressor.allows(finding, sources);
        first = first.or(reason.map(|reason| (suppressor.kind(), reason)));
    }
    first
}

/// The `[[ignore]]` tables of a configuration.
#[derive(Debug)]
pub struct Configured<'c> {
    ignores: &'c [Ignore],
    as_of: Date,
    /// The distinct globs, of paths and of components.
    paths: Globs,
    components: Globs,
    /// The indices of rules and groups, by name.
    rules: HashMap<&'c str, usize>,
    /// Tables with the same rule and globs, by these.
    groups: HashMap<Key, Group>,
    /// The group of each table.
    group_of: Vec<Key>,
    /// The globs that match a file, and those that match a component.
    of_file: HashMap<FileId, Vec<usize>>,
    of_component: HashMap<Subject, Vec<usize>>,
}

/// The indices of the rule, the path and the component of a table.
type Key = (usize, Option<usize>, Option<usize>);

/// Tables with the same rule and globs.
#[derive(Debug, Default)]
struct Group {
    /// The first of them that has not expired.
    first: Option<usize>,
    matched: usize,
}

/// Distinct globs by their index.
#[derive(Default)]
struct GlobTable<'c> {
    numbers: HashMap<&'c str, usize>,
    globs: Vec<Glob>,
}

impl<'c> GlobTable<'c> {
    fn number(&mut self, glob: &'c Glob) -> usize {
        *self.numbers.entry(glob.text()).or_insert_with(|| {
            self.globs.push(glob.clone());
            self.globs.len() - 1
        })
    }
}

impl<'c> Configured<'c> {
    /// The tables as of a day.
    pub fn new(ignores: &'c [Ignore], as_of: Date) -> Self {
        let (mut paths, mut components) = (GlobTable::default(), GlobTable::default());
        let mut rules: HashMap<&str, usize> = HashMap::new();
        let mut groups: HashMap<Key, Group> = HashMap::new();
        let mut group_of = Vec::with_capacity(ignores.len());
        for (index, ignore) in ignores.iter().enumerate() {
            let path = ignore.path().map(|glob| paths.number(glob));
            let component = ignore.component().map(|glob| components.number(glob));
            let count = rules.len();
            let rule = *rules.entry(ignore.rule.text()).or_insert(count);
            let key = (rule, path, component);
            let group = groups.entry(key).or_default();
            if !is_expired(ignore, as_of) {
                group.first.get_or_insert(index);
            }
            group_of.push(key);
        }
        Self {
            ignores,
            as_of,
            rules,
            paths: Globs::new(paths.globs),
            components: Globs::new(components.globs),
            groups,
            group_of,
            of_file: HashMap::new(),
            of_component: HashMap::new(),
        }
    }

    /// One of the globs of `all`, or none.
    fn choices(all: &[usize]) -> impl Iterator<Item = Option<usize>> + Clone {
        std::iter::once(None).chain(all.iter().copied().map(Some))
    }
}

fn is_expired(ignore: &Ignore, as_of: Date) -> bool {
    ignore.until.is_some_and(|until| until < as_of)
}

impl Suppressor for Configured<'_> {
    fn kind(&self) -> SuppressedBy {
        SuppressedBy::Configuration
    }

    fn allows(&mut self, finding: &Diagnostic, sources: &Sources) -> Option<String> {
        if self.ignores.is_empty() {
            return None;
        }
        let file = finding.place.file;
        let paths = self.of_file.entry(file).or_insert_with(|| self.paths.matching_path(&sources.get(file).path));
        let components: &[usize] = match &finding.subject {
            None => &[],
            Some(subject) => {
                if !self.of_component.contains_key(subject) {
                    let found = self.components.matching_name(&format!("{}:{}", subject.ty, subject.name));
                    self.of_component.insert(subject.clone(), found);
                }
                &self.of_component[subject]
            }
        };
        let mut first: Option<usize> = None;
        for rule in Selector::texts_of(&finding.rule).filter_map(|text| self.rules.get(text)) {
            for path in Self::choices(paths) {
                for component in Self::choices(components) {
                    steps::count(1);
                    // A table without rule, path and component is not valid.
                    let Some(group) = self.groups.get_mut(&(*rule, path, component)) else { continue };
                    group.matched += 1;
                    first = [first, group.first].into_iter().flatten().min();
                }
            }
        }
        first.map(|index| self.ignores[index].reason.clone())
    }

    fn notices(&self, is_whole: bool, enabled: &[&str]) -> Vec<String> {
        // An ignore of a group may be for a rule that did not run.
        let enabled: HashSet<&str> = enabled.iter().copied().collect();
        let is_enabled = |id: &String| enabled.contains(id.as_str());
        let were_enabled = |ignore: &Ignore| !ignore.ids.is_empty() && ignore.ids.iter().all(is_enabled);
        let mut notices = Vec::new();
        // The ids of a group are one shared list.
        let mut known: HashMap<&str, bool> = HashMap::new();
        for (ignore, key) in self.ignores.iter().zip(&self.group_of) {
            let matched = &self.groups.get(key).map_or(0, |group| group.matched);
            let Ignore { name, place, .. } = ignore;
            if let Some(until) = ignore.until.filter(|_| is_expired(ignore, self.as_of)) {
                let now = match matched {
                    0 => "remove it".to_owned(),
                    1 => "the finding that it allowed is reported again".to_owned(),
                    more => format!("the {more} findings that it allowed are reported again"),
                };
                notices.push(format!("{place}: the ignore of `{name}` ended with {until}; {now}"));
            } else if *matched == 0
                && is_whole
                && *known.entry(ignore.rule.text()).or_insert_with(|| were_enabled(ignore))
            {
                notices.push(format!("{place}: the ignore of `{name}` matches no finding; remove it"));
            }
        }
        notices
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::config::Config;
    use crate::diagnostic::Severity;
    use crate::rule::Catalog;
    use sessionlint_facts::Shapes;
    use sessionlint_source::{Encoding, Place, Source, Span};

    const TIMEOUT: &str = "oauth/app-timeout-set";
    const RANGES: &str = "oauth/ip-relaxation-missing";

    fn ignores(text: &str) -> Vec<Ignore> {
        let config = Config::read("sessionlint.toml".to_owned(), text.to_owned()).unwrap();
        config.resolve(&Catalog::load(&[] as &[&Path], &Shapes).unwrap()).unwrap().ignores
    }

    fn sources() -> Sources {
        let file =
            |path: &str| Source::new(path.to_owned(), PathBuf::new(), "<a/>".to_owned(), Encoding::Utf8 { bom: 0 });
        Sources::new(vec![file("app/ERP.connectedApp"), file("app/CRM.connectedApp")])
    }

    fn finding(rule: &str, file: u32) -> Diagnostic {
        let name = ["ERP", "CRM"][file as usize].to_owned();
        let place = Place { file: FileId(file), span: Span::new(0, 1) };
        Diagnostic {
            subject: Some(Subject { ty: "ConnectedApp".to_owned(), name }),
            ..crate::tests::finding(rule, Severity::Warning, place)
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_allowed_is_taken_out_with_its_reason() {
        let ignores =
            ignores(&format!("[[ignore]]\nrule = '{TIMEOUT}'\npath = 'app/ERP*'\nreason = 'the vendor asks for it'\n"));
        let mut configured = Configured::new(&ignores, day("2026-12-01"));
        let findings = vec![finding(TIMEOUT, 0), finding(RANGES, 0), finding(TIMEOUT, 1)];
        let result = apply(findings, &[], &sources(), &mut [&mut configured]);
        let kept: Vec<_> = result.findings.iter().map(|it| (it.rule.as_str(), it.place.file.0)).collect();
        assert_eq!(kept, [(RANGES, 0), (TIMEOUT, 1)]);
        assert_eq!(result.suppressed[0].reason, "the vendor asks for it");
        assert_eq!(result.suppressed[0].kind, SuppressedBy::Configuration);
        assert_eq!((result.summary().warning, result.summary().suppressed), (2, 1));
        assert!(configured.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn an_ignore_of_a_covered_finding_is_not_stale() {
        let ignores = ignores(&format!("[[ignore]]\nrule = '{TIMEOUT}'\npath = 'app/*'\nreason = 'x'\n"));
        let mut configured = Configured::new(&ignores, day("2026-12-01"));
        let result = apply(vec![finding(RANGES, 0)], &[finding(TIMEOUT, 0)], &sources(), &mut [&mut configured]);
        assert_eq!((result.findings.len(), result.suppressed.len()), (1, 0));
        assert!(configured.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn every_ignore_that_matches_is_of_use() {
        let both = "[[ignore]]\nrule = 'oauth'\npath = 'app'\nreason = 'first'\n\
                    [[ignore]]\nrule = 'oauth'\ncomponent = '*:ERP'\nreason = 'second'\n";
        let ignores = ignores(both);
        let (mut one, mut other) =
            (Configured::new(&ignores[..1], day("2026-12-01")), Configured::new(&ignores[1..], day("2026-12-01")));
        let result = apply(vec![finding(TIMEOUT, 0)], &[], &sources(), &mut [&mut one, &mut other]);
        assert_eq!(result.suppressed[0].reason, "first");
        assert!(one.notices(true, &[TIMEOUT]).is_empty() && other.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn stale_and_expired_ones_are_reported() {
        let text =
            |until: &str| format!("[[ignore]]\nrule = '{TIMEOUT}'\npath = 'app/*'\nreason = 'x'\nuntil = {until}\n");
        let ignores = ignores(&text("2026-12-01"));
        let stale = Configured::new(&ignores, day("2026-12-01"));
        let notice = "sessionlint.toml:2:8: the ignore of `oauth/app-timeout-set` matches no finding; remove it";
        assert_eq!(stale.notices(true, &[TIMEOUT]), [notice]);
        assert!(stale.notices(false, &[TIMEOUT]).is_empty(), "not all was shown");
        assert!(stale.notices(true, &[RANGES]).is_empty(), "no rule ran");
        let of_group = self::ignores("[[ignore]]\nrule = 'oauth'\npath = 'app/*'\nreason = 'x'\n");
        let group = Configured::new(&of_group, day("2026-12-01"));
        assert!(group.notices(true, &[TIMEOUT]).is_empty(), "only a part of the group ran");
        let all: Vec<&str> = of_group[0].ids.iter().map(String::as_str).collect();
        assert_eq!(group.notices(true, &all).len(), 1);
        let mut expired = Configured::new(&ignores, day("2026-12-02"));
        let findings = vec![finding(TIMEOUT, 0), finding(TIMEOUT, 1)];
        assert_eq!(apply(findings, &[], &sources(), &mut [&mut expired]).findings.len(), 2);
        let notice = expired.notices(false, &[TIMEOUT]).join("");
        assert!(
            notice.ends_with("ended with 2026-12-01; the 2 findings that it allowed are reported again"),
            "{notice}"
        );
    }

    #[test]
    fn a_finding_is_not_compared_with_every_ignore() {
        let steps = |count: usize| {
            let of = |index: usize| {
                format!(
                    "[[ignore]]\nrule = 'oauth'\npath = 'app/App{index}.*'\ncomponent = '*:App{index}'\nreason = 'x'\n"
                )
            };
            let ignores = ignores(&(0..count).map(of).collect::<String>());
            let file = |index: usize| {
                let path = format!("app/App{index}.connectedApp");
                Source::new(path, PathBuf::new(), "<a/>".to_owned(), Encoding::Utf8 { bom: 0 })
            };
            let sources = Sources::new((0..count).map(file).collect());
            let finding = |index: usize| Diagnostic {
                place: Place { file: FileId(index as u32), span: Span::new(0, 1) },
                subject: Some(Subject { ty: "ConnectedApp".to_owned(), name: format!("App{index}") }),
                ..finding(TIMEOUT, 0)
            };
            let findings = (0..count).map(finding).collect();
            let mut configured = Configured::new(&ignores, day("2026-12-01"));
            let (left, steps) = steps::of(|| apply(findings, &[], &sources, &mut [&mut configured]));
            assert_eq!(left.suppressed.len(), count);
            steps
        };
        assert!(steps(400) <= 6 * steps(100));
    }
}
