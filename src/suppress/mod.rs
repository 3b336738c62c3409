//! Takes findings out of a report that somebody allows, and says who allows what nobody does any more.
//!
//! May assume that findings are checked, covered and limited to what is shown. Each [`Suppressor`] is one way to allow
//! findings; all of them are asked about every finding, so that none counts as stale because another was quicker.
//! Refuses to know rules and how severe a finding is.

mod baseline;
mod comment;

pub use baseline::Baseline;
pub use comment::Comments;

use jiff::civil::Date;

use crate::config::Ignore;
use crate::diagnostic::{Diagnostic, Summary};
use crate::source::Sources;

/// In which way a finding is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The configuration says so.
    Configuration,
    /// A comment in the file says so.
    Comment,
    /// The baseline holds it.
    Baseline,
}

/// One way to allow findings.
pub trait Suppressor {
    /// In which way it allows.
    fn way(&self) -> Way;

    /// Why it allows the finding; `None` where it does not. It remembers what it allowed.
    fn allows(&mut self, finding: &Diagnostic, sources: &Sources) -> Option<String>;

    /// What a person should know of it after the run: what expired, and, where `is_whole` says that every finding was
    /// shown to it, what it allows in vain. Of rules that are not `asked` (ids) it says nothing.
    fn notices(&self, is_whole: bool, asked: &[&str]) -> Vec<String>;
}

/// A finding that was taken out.
#[derive(Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// In which way it is allowed.
    pub way: Way,
    /// Why.
    pub reason: String,
}

/// Findings after the allowed ones were taken out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What remains, in order.
    pub findings: Vec<Diagnostic>,
    /// What was taken out, in order.
    pub suppressed: Vec<Suppressed>,
}

impl Outcome {
    /// Counts both.
    pub fn summary(&self) -> Summary {
        let baselined = self.suppressed.iter().filter(|it| it.way == Way::Baseline).count();
        Summary { suppressed: self.suppressed.len() - baselined, baselined, ..Summary::of(&self.findings) }
    }
}

impl Outcome {
    /// Takes out all that remains, as what a baseline holds from now on.
    pub fn accept(&mut self, reason: &str) {
        let accepted = self.findings.drain(..);
        let suppressed = accepted.map(|finding| Suppressed { finding, way: Way::Baseline, reason: reason.to_owned() });
        self.suppressed.extend(suppressed);
    }
}

/// Takes out what the first of `suppressors` that allows it allows. Who allows one of the `covered`, for which another
/// finding speaks, does not allow in vain, though nothing is taken out.
pub fn apply(
    findings: Vec<Diagnostic>,
    covered: &[Diagnostic],
    sources: &Sources,
    suppressors: &mut [&mut dyn Suppressor],
) -> Outcome {
    for finding in covered {
        allowed(finding, sources, suppressors);
    }
    let mut outcome = Outcome::default();
    for finding in findings {
        match allowed(&finding, sources, suppressors) {
            Some((way, reason)) => outcome.suppressed.push(Suppressed { finding, way, reason }),
            None => outcome.findings.push(finding),
        }
    }
    outcome
}

fn allowed(finding: &Diagnostic, sources: &Sources, suppressors: &mut [&mut dyn Suppressor]) -> Option<(Way, String)> {
    let mut first = None;
    for suppressor in suppressors {
        let reason = suppressor.allows(finding, sources);
        first = first.or(reason.map(|reason| (suppressor.way(), reason)));
    }
    first
}

/// The `[[ignore]]` tables of a configuration.
#[derive(Debug)]
pub struct Configured<'c> {
    ignores: &'c [Ignore],
    as_of: Date,
    matched: Vec<usize>,
}

impl<'c> Configured<'c> {
    /// The tables, as of a day.
    pub fn new(ignores: &'c [Ignore], as_of: Date) -> Self {
        Self { ignores, as_of, matched: vec![0; ignores.len()] }
    }

    fn is_expired(&self, ignore: &Ignore) -> bool {
        ignore.until.is_some_and(|until| until < self.as_of)
    }
}

impl Suppressor for Configured<'_> {
    fn way(&self) -> Way {
        Way::Configuration
    }

    fn allows(&mut self, finding: &Diagnostic, sources: &Sources) -> Option<String> {
        let path = &sources.get(finding.place.file).path;
        let component = finding.subject.as_ref().map(|subject| (subject.ty.as_str(), subject.name.as_str()));
        let mut reason = None;
        for (index, ignore) in self.ignores.iter().enumerate() {
            if !ignore.rule.names(&finding.rule) || !ignore.is_about(path, component) {
                continue;
            }
            self.matched[index] += 1;
            if reason.is_none() && !self.is_expired(ignore) {
                reason = Some(ignore.reason.clone());
            }
        }
        reason
    }

    fn notices(&self, is_whole: bool, asked: &[&str]) -> Vec<String> {
        // An ignore of a group may be about the rule that was not asked.
        let is_asked = |id: &String| asked.contains(&id.as_str());
        let was_asked = |ignore: &Ignore| !ignore.ids.is_empty() && ignore.ids.iter().all(is_asked);
        let mut notices = Vec::new();
        for (ignore, matched) in self.ignores.iter().zip(&self.matched) {
            let Ignore { name, place, .. } = ignore;
            if let Some(until) = ignore.until.filter(|_| self.is_expired(ignore)) {
                let now = match matched {
                    0 => "remove it".to_owned(),
                    1 => "the finding that it allowed is reported again".to_owned(),
                    more => format!("the {more} findings that it allowed are reported again"),
                };
                notices.push(format!("{place}: the ignore of `{name}` ended with {until}; {now}"));
            } else if *matched == 0 && is_whole && was_asked(ignore) {
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
    use crate::diagnostic::{Confidence, Severity, Subject};
    use crate::rule::Catalog;
    use crate::source::{Encoding, FileId, Place, Source, Span};
    use crate::view::Shapes;

    const TIMEOUT: &str = "oauth/app-timeout-set";
    const RANGES: &str = "oauth/ip-relaxation-missing";

    fn ignores(text: &str) -> Vec<Ignore> {
        let config = Config::read("sessionlint.toml".to_owned(), text.to_owned()).unwrap();
        config.settle(&Catalog::load(&[] as &[&Path], &Shapes).unwrap()).unwrap().ignores
    }

    fn sources() -> Sources {
        let file =
            |path: &str| Source::new(path.to_owned(), PathBuf::new(), "<a/>".to_owned(), Encoding::Utf8 { bom: 0 });
        Sources::new(vec![file("app/ERP.connectedApp"), file("app/CRM.connectedApp")])
    }

    fn finding(rule: &str, file: u32) -> Diagnostic {
        let name = ["ERP", "CRM"][file as usize].to_owned();
        Diagnostic {
            rule: rule.to_owned(),
            title: String::new(),
            severity: Severity::Warning,
            confidence: Confidence::High,
            message: String::new(),
            why: String::new(),
            help: String::new(),
            setup: String::new(),
            verify: String::new(),
            place: Place { file: FileId(file), span: Span::new(0, 1) },
            subject: Some(Subject { ty: "ConnectedApp".to_owned(), name }),
            related: Vec::new(),
            remedy: None,
            fix: None,
            explains: Vec::new(),
            fingerprint: String::new(),
            cell: String::new(),
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
        let left = apply(findings, &[], &sources(), &mut [&mut configured]);
        let kept: Vec<_> = left.findings.iter().map(|it| (it.rule.as_str(), it.place.file.0)).collect();
        assert_eq!(kept, [(RANGES, 0), (TIMEOUT, 1)]);
        assert_eq!(left.suppressed[0].reason, "the vendor asks for it");
        assert_eq!(left.suppressed[0].way, Way::Configuration);
        assert_eq!((left.summary().warning, left.summary().suppressed), (2, 1));
        assert!(configured.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn who_allows_a_covered_finding_does_not_allow_in_vain() {
        let ignores = ignores(&format!("[[ignore]]\nrule = '{TIMEOUT}'\npath = 'app/*'\nreason = 'x'\n"));
        let mut configured = Configured::new(&ignores, day("2026-12-01"));
        let left = apply(vec![finding(RANGES, 0)], &[finding(TIMEOUT, 0)], &sources(), &mut [&mut configured]);
        assert_eq!((left.findings.len(), left.suppressed.len()), (1, 0));
        assert!(configured.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn every_ignore_that_matches_is_of_use() {
        let both = "[[ignore]]\nrule = 'oauth'\npath = 'app'\nreason = 'first'\n\
                    [[ignore]]\nrule = 'oauth'\ncomponent = '*:ERP'\nreason = 'second'\n";
        let ignores = ignores(both);
        let (mut one, mut other) =
            (Configured::new(&ignores[..1], day("2026-12-01")), Configured::new(&ignores[1..], day("2026-12-01")));
        let left = apply(vec![finding(TIMEOUT, 0)], &[], &sources(), &mut [&mut one, &mut other]);
        assert_eq!(left.suppressed[0].reason, "first");
        assert!(one.notices(true, &[TIMEOUT]).is_empty() && other.notices(true, &[TIMEOUT]).is_empty());
    }

    #[test]
    fn stale_and_expired_ones_are_told() {
        let text =
            |until: &str| format!("[[ignore]]\nrule = '{TIMEOUT}'\npath = 'app/*'\nreason = 'x'\nuntil = {until}\n");
        let ignores = ignores(&text("2026-12-01"));
        let stale = Configured::new(&ignores, day("2026-12-01"));
        let told = "sessionlint.toml:2:8: the ignore of `oauth/app-timeout-set` matches no finding; remove it";
        assert_eq!(stale.notices(true, &[TIMEOUT]), [told]);
        assert!(stale.notices(false, &[TIMEOUT]).is_empty(), "not all was shown");
        assert!(stale.notices(true, &[RANGES]).is_empty(), "nobody asked");
        let of_group = self::ignores("[[ignore]]\nrule = 'oauth'\npath = 'app/*'\nreason = 'x'\n");
        let group = Configured::new(&of_group, day("2026-12-01"));
        assert!(group.notices(true, &[TIMEOUT]).is_empty(), "part of the group was asked");
        let all: Vec<&str> = of_group[0].ids.iter().map(String::as_str).collect();
        assert_eq!(group.notices(true, &all).len(), 1);
        let mut expired = Configured::new(&ignores, day("2026-12-02"));
        let findings = vec![finding(TIMEOUT, 0), finding(TIMEOUT, 1)];
        assert_eq!(apply(findings, &[], &sources(), &mut [&mut expired]).findings.len(), 2);
        let told = expired.notices(false, &[TIMEOUT]).join("");
        assert!(told.ends_with("ended with 2026-12-01; the 2 findings that it allowed are reported again"), "{told}");
    }
}
