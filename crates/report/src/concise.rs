//! One line a finding: `path:line:col: severity[rule] message`, as editors and `grep` read it.
//!
//! [`write_full`] adds help and related places; rule pages hold that form as their expected report, so a change of it
//! changes every page. Refuses to know how findings are grouped: each has its own line.

use std::io;

use super::{Paths, Report, Style, closing_line, one_line, place_text};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::Diagnostic;

/// Writes a line for each finding, then a line that counts them (unless `style` is quiet).
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths, style: Style) -> io::Result<()> {
    for finding in report.findings {
        write_line(out, report, paths, style, finding)?;
    }
    if style.quiet { Ok(()) } else { writeln!(out, "{}", closing_line(report)) }
}

/// Writes a line for each finding with its help and related places indented below, and nothing else.
pub fn write_full(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    for finding in report.findings {
        write_line(out, report, paths, Style::default(), finding)?;
        if !finding.help.is_empty() {
            writeln!(out, "  help: {}", one_line(&finding.help))?;
        }
        for related in &finding.related {
            writeln!(out, "  related: {}: {}", place_text(report, paths, related.place), one_line(&related.text))?;
        }
    }
    Ok(())
}

fn write_line(
    out: &mut Gate<'_>,
    report: &Report,
    paths: &Paths,
    style: Style,
    finding: &Diagnostic,
) -> io::Result<()> {
    let color = style.of(finding.severity);
    let place = place_text(report, paths, finding.place);
    let severity = finding.severity.as_str();
    let message = one_line(&finding.message);
    writeln!(out, "{place}: {color}{severity}[{}]{color:#} {message}", one_line(&finding.rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding};
    use sessionlint_lint::diagnostic::{Label, Severity};

    fn concise(case: &Case, findings: &[Diagnostic], style: Style) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths, style).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn full(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write_full(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_for_each_finding_and_one_that_counts() {
        let case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        let findings = [
            finding("s/first", Severity::Error, case.mark("one")),
            finding("s/second", Severity::Note, case.mark("</a>")),
        ];
        let expected = "\
a.xml:2:6: error[s/first] Message of s/first
a.xml:3:1: note[s/second] Message of s/second
1 error, 1 note
";
        assert_eq!(concise(&case, &findings, Style::default()), expected);
        assert_eq!(concise(&case, &[], Style::default()), "no findings\n");
        assert_eq!(concise(&case, &[], Style { quiet: true, ..Style::default() }), "");
    }

    #[test]
    fn colour_is_on_the_severity_and_rule() {
        let case = Case::new("a.xml", "<a/>");
        let findings = [finding("s/first", Severity::Error, case.mark("<a/>"))];
        let style = Style { color: true, quiet: true, ..Style::default() };
        let expected = "a.xml:1:1: \u{1b}[1m\u{1b}[31merror[s/first]\u{1b}[0m Message of s/first\n";
        assert_eq!(concise(&case, &findings, style), expected);
    }

    #[test]
    fn the_full_form_has_help_and_related_places_and_no_count() {
        let case = Case::files(&[("a.xml", b"<a>one</a>"), ("b.xml", b"<a>\r<b>two</b></a>")]);
        let mut it = finding("s/first", Severity::Warning, case.mark("one"));
        it.help = "Do this\nthen that".to_owned();
        it.related.push(Label { place: case.mark_in(1, "two"), text: "the other".to_owned() });
        let expected = "\
a.xml:1:4: warning[s/first] Message of s/first
  help: Do this then that
  related: b.xml:2:4: the other
";
        assert_eq!(full(&case, &[it]), expected);
    }

    #[test]
    fn hostile_text_stays_on_its_line_and_harmless() {
        let case = Case::new("a\n::error::.xml", "<a/>");
        let mut it = finding("s/first", Severity::Error, case.mark("<a/>"));
        it.message = "\u{1b}]0;x\u{7}\u{202E}evil\r\n::set-output".to_owned();
        assert_eq!(full(&case, &[it]), "a\u{2424}::error::.xml:1:1: error[s/first] ?]0;x?\u{FFFD}evil ::set-output\n");
    }

    #[test]
    fn columns_count_code_points_without_the_mark_and_lines_end_thrice() {
        let case = Case::new("a.xml", "\u{FEFF}<é日𝒳>\r\n\r<b>x</b>");
        assert_eq!(
            full(&case, &[finding("s/a", Severity::Note, case.mark(">"))]),
            "a.xml:1:5: note[s/a] Message of s/a\n"
        );
        assert_eq!(
            full(&case, &[finding("s/a", Severity::Note, case.mark("x</b>"))]),
            "a.xml:3:4: note[s/a] Message of s/a\n"
        );
    }

    #[test]
    fn a_file_that_is_gone_is_named_without_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("big.xml");
        let text = format!("<a>{}</a>", " ".repeat(sessionlint_source::KEEP_BYTES));
        let case = Case::on_disk(disk.clone(), text.clone());
        std::fs::remove_file(disk).unwrap();
        let place = sessionlint_source::Place {
            file: sessionlint_source::FileId(0),
            span: sessionlint_source::Span::new(3, text.len()),
        };
        assert_eq!(full(&case, &[finding("s/a", Severity::Note, place)]), "big.xml: note[s/a] Message of s/a\n");
    }
}
