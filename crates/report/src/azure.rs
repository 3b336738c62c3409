//! Logging commands of Azure Pipelines on standard output: an issue for each error and warning, worst first.
//!
//! Azure knows errors and warnings, so notes are plain lines. Everything from files is escaped as the agent unescapes
//! it (`;`, `]`, line ends and `%`, which is `%AZP25`), and two `#` never touch: nothing can end a command, add a
//! property, or begin a command of its own, wherever in a line it is. Refuses to know the
//! pipeline: no variable of the agent is read.

use std::fmt::Write as _;
use std::io;

use super::{Paths, Report, closing_line, has_text, one_line, place_text};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};

/// Writes the issues, the notes, and a line that counts all findings.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let each = report.each();
    for (severity, ty) in
        [(Severity::Error, Some("error")), (Severity::Warning, Some("warning")), (Severity::Note, None)]
    {
        for finding in each.iter().filter(|finding| finding.severity == severity) {
            if let Some(ty) = ty {
                writeln!(out, "{}", command(report, paths, finding, ty))?;
            } else {
                let (place, rule) = (place_text(report, paths, finding.place), one_line(&finding.rule));
                writeln!(out, "{place}: note[{rule}] {}", one_line(&finding.message))?;
            }
        }
    }
    writeln!(out, "sessionlint: {}", closing_line(report))
}

fn command(report: &Report, paths: &Paths, finding: &Diagnostic, ty: &str) -> String {
    let source = report.sources.get(finding.place.file);
    let mut command = format!("##vso[task.logissue type={ty};sourcepath={}", property(&paths.exact(&source.path)));
    // Writing into a string does not fail.
    if has_text(source) {
        let start = source.position(finding.place.span.start);
        let _ = write!(command, ";linenumber={};columnnumber={}", start.line, start.column);
    }
    let _ = write!(command, ";code={}]{}", property(&finding.rule), data(&finding.message));
    if !finding.help.is_empty() {
        let _ = write!(command, "%0Ahelp: {}", data(&finding.help));
    }
    command
}

/// Text after the bracket.
fn data(text: &str) -> String {
    one_line(text).replace('%', "%AZP25")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile};

    fn azure(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::for_runner(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_issue_a_finding_worst_first_and_notes_as_lines() {
        let mut case = Case::new("a;].xml", "<a>\n  <b>one</b>\n</a>\n");
        case.paths = Paths::between("/repo/crm", "/repo");
        let mut second = finding("s/second", Severity::Warning, case.mark("one"));
        second.help = "Do 100% of it; now".to_owned();
        let findings = [
            finding("s/first", Severity::Note, case.mark("one")),
            second,
            finding("s/third", Severity::Error, case.mark("</a>")),
        ];
        let expected = "\
##vso[task.logissue type=error;sourcepath=crm/a%3B%5D.xml;linenumber=3;columnnumber=1;code=s/third]Message of s/third
##vso[task.logissue type=warning;sourcepath=crm/a%3B%5D.xml;linenumber=2;columnnumber=6;code=s/second]Message of s/second%0Ahelp: Do 100%AZP25 of it; now
crm/a;].xml:2:6: note[s/first] Message of s/first
sessionlint: 1 error, 1 warning, 1 note
";
        assert_eq!(azure(&case, &findings), expected);
        assert_eq!(azure(&case, &[]), "sessionlint: no findings\n");
    }

    #[test]
    fn each_place_of_a_finding_is_an_issue() {
        let case = Case::files(&[("a.xml", b"<a/>"), ("b.xml", b"<b/>")]);
        let file = case.mark_in(1, "<b/>");
        for (severity, word) in [(Severity::Warning, "type=warning"), (Severity::Note, "note[")] {
            let mut several = finding("s/several", severity, case.mark("<a/>"));
            several.copies = vec![finding("s/several", severity, file)];
            let text = azure(&case, &[several]);
            let lines: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
            assert!(lines.len() == 2 && lines[0].contains("a.xml") && lines[1].contains("b.xml"), "{text}");
        }
    }

    #[test]
    fn hostile_names_stay_in_their_property() {
        let (case, mut findings) = hostile();
        findings.push(Diagnostic { severity: Severity::Note, ..findings[0].clone() });
        let text = azure(&case, &findings);
        assert_eq!(text.matches("##").count(), 1, "{text}");
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(
            text.starts_with("##vso[task.logissue type=error;sourcepath=a::error:: ,line=9%AZP2525.xml;line"),
            "{text}"
        );
        assert!(text.lines().next().is_some_and(|line| line.ends_with("]]> %AZP250A")), "{text}");
    }
}
