//! A table of rules by number of findings, most first: where to begin on a project with hundreds.
//!
//! Rules without a finding are left out. A rule with findings of several severities has a row for each. Refuses to know
//! files and places.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::text::width_of;
use super::{Report, Style, closing_line, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Safety, Severity};

#[derive(Default)]
struct Tally {
    findings: usize,
    fixable: usize,
    title: String,
}

/// Writes the table, then a line that counts all (unless `style` is quiet).
pub fn write(out: &mut Gate<'_>, report: &Report, style: Style) -> io::Result<()> {
    let rows = rows(report);
    if !rows.is_empty() {
        let rule_width = rows.iter().map(|(_, rule, _)| width_of(rule)).chain(["rule".len()]).max().unwrap_or(0);
        writeln!(out, "count  fixable  severity  {:<rule_width$}  title", "rule")?;
        for (severity, rule, tally) in &rows {
            let color = style.of(*severity);
            writeln!(
                out,
                "{:>5}  {:>7}  {color}{:<8}{color:#}  {rule}{:pad$}  {}",
                tally.findings,
                tally.fixable,
                severity.as_str(),
                "",
                tally.title,
                pad = rule_width - width_of(rule),
            )?;
        }
    }
    if style.quiet { Ok(()) } else { writeln!(out, "{}", closing_line(report)) }
}

fn rows(report: &Report) -> Vec<(Severity, String, Tally)> {
    let mut tallies: BTreeMap<(&str, Reverse<Severity>), Tally> = BTreeMap::new();
    for finding in report.findings {
        let tally = tallies.entry((&finding.rule, Reverse(finding.severity))).or_default();
        tally.findings += 1;
        let is_applied = finding.fix.as_ref().is_some_and(|fix| fix.safety > Safety::Display);
        tally.fixable += usize::from(is_applied);
        if tally.title.is_empty() {
            tally.title = one_line(&finding.title).into_owned();
        }
    }
    let mut rows: Vec<_> = tallies
        .into_iter()
        .map(|((rule, Reverse(severity)), tally)| (severity, one_line(rule).into_owned(), tally))
        .collect();
    rows.sort_by_key(|(_, _, tally)| Reverse(tally.findings));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding};
    use sessionlint_lint::diagnostic::Fix;

    fn table(case: &Case, findings: &[sessionlint_lint::diagnostic::Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rules_are_counted_by_severity_most_first() {
        let case = Case::new("a.xml", "<a/>");
        let place = case.mark("<a/>");
        let mut fixable = finding("b/longer-name", Severity::Warning, place);
        fixable.fix =
            Some(Fix { title: String::new(), safety: Safety::Unsafe, loosens: String::new(), edits: Vec::new() });
        let mut display = finding("b/longer-name", Severity::Warning, place);
        display.fix =
            Some(Fix { title: String::new(), safety: Safety::Display, loosens: String::new(), edits: Vec::new() });
        let findings =
            [finding("a/a", Severity::Note, place), finding("a/a", Severity::Error, place), fixable, display];
        let expected = "\
count  fixable  severity  rule           title
    2        1  warning   b/longer-name  Title of b/longer-name
    1        0  error     a/a            Title of a/a
    1        0  note      a/a            Title of a/a
1 error, 2 warnings, 1 note
";
        assert_eq!(table(&case, &findings), expected);
        assert_eq!(table(&case, &[]), "no findings\n");
    }
}
