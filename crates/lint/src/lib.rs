//! From facts to findings: rule pages, the run that asks them, what people allow, and fixes.
//!
//! [`rule`] turns pages into questions over the tables of facts, [`check`] asks them, [`diagnostic`] is what comes out
//! ([`conflicts`]: which of it are two sides of one thing), [`suppress`] takes out what [`config`] allows, [`fix`] mends
//! what can be mended and [`diff`] shows how. Refuses to know formats, terminals and arguments.

pub mod check;
pub mod config;
pub mod conflicts;
pub mod diagnostic;
pub mod diff;
pub mod fix;
pub mod rule;
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
            setup: String::new(),
            verify: String::new(),
            place,
            subject: None,
            related: Vec::new(),
            explains: Vec::new(),
            remedy: None,
            fix: None,
            fingerprint: String::new(),
            cell: String::new(),
        }
    }
}
