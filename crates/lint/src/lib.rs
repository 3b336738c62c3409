//! From facts to findings: rule pages, the check, suppressions, and fixes.
//!
//! [`rule`] turns pages into queries over the tables of facts, [`check`] runs them, and [`diagnostic`] is a finding.
//! [`conflicts`] finds pairs with opposite advice, [`suppress`] removes findings that [`config`] ignores, [`fix`] fixes
//! findings and [`diff`] shows the changes; a [`stopwatch`] times them. May assume that the facts are those of one
//! project. Refuses to know formats, terminals and arguments.

pub mod check;
pub mod config;
pub mod conflicts;
pub mod copies;
pub mod diagnostic;
pub mod diff;
pub mod fix;
pub mod rule;
pub mod stopwatch;
pub mod suppress;

#[cfg(test)]
mod tests {
    use sessionlint_source::Place;

    use crate::diagnostic::{Confidence, Diagnostic, Severity};

    /// A finding without help, fix and company.
    pub(crate) fn finding(rule: &str, severity: Severity, place: Place) -> Diagnostic {
        Diagnostic {
            rule: rule.to_owned(),
            title: String::new(),
            severity,
            confidence: Confidence::High,
            message: String::new(),
            why: String::new(),
            help: String::new(),
            cost: None,
            setup: String::new(),
            verify: String::new(),
            place,
            subject: None,
            related: Vec::new(),
            is_allowed: false,
            copy_of: None,
            copies: Vec::new(),
            explains: Vec::new(),
            remedy: None,
            fix: None,
            fingerprint: String::new(),
            cell: String::new(),
            since: None,
        }
    }
}
