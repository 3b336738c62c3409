//! One row per finding, for spreadsheets and for scripts that do not read JSON.
//!
//! Cells pass the same guard as those of `query --format csv`: none begins a formula, and none has a line end. So a
//! cell is for reading; programs that need the exact text read JSON. Refuses to know edits: a fix is one cell of text.

use std::io;

use super::table::{self, Layout};
use super::{Paths, Report, has_text};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::Diagnostic;

/// The columns, in order.
const COLUMNS: [&str; 13] = [
    "path",
    "line",
    "column",
    "severity",
    "rule",
    "title",
    "message",
    "help",
    "confidence",
    "component_type",
    "component_name",
    "fix",
    "fingerprint",
];

/// Writes the names of the columns, then a row for each finding.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let rows: Vec<Vec<String>> = report.findings.iter().map(|finding| row(report, paths, finding)).collect();
    table::write(out, &COLUMNS.map(str::to_owned), &rows, Layout::Csv)
}

fn row(report: &Report, paths: &Paths, finding: &Diagnostic) -> Vec<String> {
    let source = report.sources.get(finding.place.file);
    let position = has_text(source).then(|| source.position(finding.place.span.start));
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let subject = finding.subject.as_ref();
    let row: [String; COLUMNS.len()] = [
        paths.exact(&source.path).into_owned(),
        number(position.map(|position| position.line)),
        number(position.map(|position| position.column)),
        finding.severity.as_str().to_owned(),
        finding.rule.clone(),
        finding.title.clone(),
        finding.message.clone(),
        finding.help.clone(),
        finding.confidence.as_str().to_owned(),
        subject.map(|subject| subject.ty.clone()).unwrap_or_default(),
        subject.map(|subject| subject.name.clone()).unwrap_or_default(),
        finding.fix.as_ref().map(|fix| format!("{} ({})", fix.title, fix.cost())).unwrap_or_default(),
        finding.fingerprint.clone(),
    ];
    row.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile};
    use sessionlint_lint::diagnostic::{Severity, Subject};

    fn csv(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    const HEAD: &str = "path,line,column,severity,rule,title,message,help,confidence,component_type,component_name,fix,\
                        fingerprint\n";

    #[test]
    fn a_row_for_each_finding_below_the_names() {
        let mut case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        case.paths = Paths::between("/repo/crm", "/repo");
        let mut it = finding("s/first", Severity::Warning, case.mark("one"));
        it.message = "One, and \"two\"".to_owned();
        it.subject = Some(Subject { ty: "Profile".to_owned(), name: "=Sales".to_owned() });
        let expected = "crm/a.xml,2,6,warning,s/first,Title of s/first,\"One, and \"\"two\"\"\",,high,Profile,'=Sales,,\
                        0123456789abcdef\n";
        assert_eq!(csv(&case, &[it]), format!("{HEAD}{expected}"));
        assert_eq!(csv(&case, &[]), HEAD);
    }

    #[test]
    fn hostile_names_stay_in_their_cell() {
        let (case, findings) = hostile();
        let text = csv(&case, &findings);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains("##vso[") && !text.contains(['\u{1b}', '\u{202E}']), "{text}");
    }
}
