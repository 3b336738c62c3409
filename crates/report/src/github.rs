//! Annotations of GitHub Actions: workflow commands on standard output, one a finding, worst first, then one for each
//! further place of those that stand for several.
//!
//! GitHub shows ten annotations of each level per step and drops the rest silently, so no more are written, and a plain
//! line counts all. Text from files is escaped as the runner unescapes it: it cannot end a command, add a property, or
//! begin a command of its own. Refuses to know the workflow: no variable of the runner is read.

use std::fmt::Write as _;
use std::io;

use super::{Paths, Report, closing_line, count, has_text, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};

/// Annotations of one level that GitHub shows per step.
const SHOWN_PER_LEVEL: usize = 10;

/// Writes the annotations, then a line that counts all findings.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let left_out = findings(out, report, paths, 0)?;
    writeln!(out, "sessionlint: {}{}", closing_line(report), not_annotated(left_out, "finding"))
}

/// Writes the annotations of the findings after some warnings of other kinds; returns how many are left out.
pub(crate) fn findings(
    out: &mut Gate<'_>,
    report: &Report,
    paths: &Paths,
    warnings_before: usize,
) -> io::Result<usize> {
    let mut left_out = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let before = if severity == Severity::Warning { warnings_before } else { 0 };
        let of_level = report.findings.iter().filter(|finding| finding.severity == severity);
        let mut annotated = before;
        for finding in of_level {
            if annotated < SHOWN_PER_LEVEL {
                writeln!(out, "{}", command(report, paths, finding))?;
                annotated += 1;
            } else {
                left_out += 1;
            }
        }
        // A pull request shows annotations in the files that it changes, so that each place gets one while there is room.
        let places = report.findings.iter().flat_map(|finding| &finding.copies);
        let of_level = places.filter(|place| place.severity == severity);
        for place in of_level.take(SHOWN_PER_LEVEL.saturating_sub(annotated)) {
            writeln!(out, "{}", command(report, paths, place))?;
        }
    }
    Ok(left_out)
}

/// Writes warnings that belong to no file; returns how many of them there are, and how many are left out.
pub(crate) fn warnings(out: &mut Gate<'_>, title: &str, texts: &[String]) -> io::Result<(usize, usize)> {
    let annotated = texts.len().min(SHOWN_PER_LEVEL);
    for text in texts.iter().take(annotated) {
        writeln!(out, "::warning title={}::{}", property(title), data(text))?;
    }
    Ok((annotated, texts.len() - annotated))
}

/// The remark that some are not annotated; `None` where all are.
pub(crate) fn not_annotated(left_out: usize, what: &str) -> String {
    match left_out {
        0 => String::new(),
        _ => format!("; {} not annotated, since GitHub shows ten of a level", count(left_out, what)),
    }
}

fn command(report: &Report, paths: &Paths, finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let source = report.sources.get(finding.place.file);
    let mut command = format!("::{level} file={}", property(&paths.exact(&source.path)));
    // Writing into a string does not fail.
    if has_text(source) {
        let (start, end) = (source.position(finding.place.span.start), source.position(finding.place.span.end));
        let _ = write!(command, ",line={},endLine={}", start.line, end.line);
        // Columns are refused for marks over several lines.
        if start.line == end.line {
            let _ = write!(command, ",col={},endColumn={}", start.column, end.column);
        }
    }
    let title = format!("{} ({})", finding.title, finding.rule);
    let _ = write!(command, ",title={}::{}", property(&title), data(&finding.message));
    if !finding.help.is_empty() {
        let _ = write!(command, "%0Ahelp: {}", data(&finding.help));
    }
    command
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    one_line(text).replace('%', "%25")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile};

    fn github(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::for_runner(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_annotation_a_finding_worst_first() {
        let mut case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        case.paths = Paths::between("/repo/crm", "/repo");
        let mut first = finding("s/first", Severity::Note, case.mark("one"));
        first.help = "Do 100% of it, now: please".to_owned();
        let findings = [
            first,
            finding("s/second", Severity::Warning, case.mark("<b>one</b>\n<")),
            finding("s/third", Severity::Error, case.mark("</a>")),
        ];
        let expected = "\
::error file=crm/a.xml,line=3,endLine=3,col=1,endColumn=5,title=Title of s/third (s/third)::Message of s/third
::warning file=crm/a.xml,line=2,endLine=3,title=Title of s/second (s/second)::Message of s/second
::notice file=crm/a.xml,line=2,endLine=2,col=6,endColumn=9,title=Title of s/first (s/first)::Message of s/first%0Ahelp: Do 100%25 of it, now: please
sessionlint: 1 error, 1 warning, 1 note
";
        assert_eq!(github(&case, &findings), expected);
        assert_eq!(github(&case, &[]), "sessionlint: no findings\n");
    }

    #[test]
    fn ten_of_a_level_are_annotated_and_all_are_counted() {
        let case = Case::new("a.xml", "<a/>");
        let mut findings = vec![finding("s/warning", Severity::Warning, case.mark("<a/>")); 12];
        findings.push(finding("s/error", Severity::Error, case.mark("<a/>")));
        let text = github(&case, &findings);
        assert_eq!(text.matches("::warning ").count(), 10);
        assert!(text.starts_with("::error "), "{text}");
        let total = "sessionlint: 1 error, 12 warnings; 2 findings not annotated, since GitHub shows ten of a level\n";
        assert!(text.ends_with(total), "{text}");
    }

    #[test]
    fn further_places_of_a_finding_are_annotated_after_all_findings() {
        let case = Case::files(&[("a.xml", b"<a/>"), ("b.xml", b"<b/>")]);
        let file = case.mark_in(1, "<b/>");
        let mut several = finding("s/several", Severity::Warning, case.mark("<a/>"));
        several.copies = vec![finding("s/copy", Severity::Warning, file)];
        let other = finding("s/other", Severity::Warning, case.mark("<a/>"));
        let text = github(&case, &[several.clone(), other.clone()]);
        let places: Vec<&str> = text.lines().map(|line| line.split(",line").next().unwrap_or_default()).collect();
        let expected = ["::warning file=a.xml", "::warning file=a.xml", "::warning file=b.xml"];
        assert_eq!(places, [&expected[..], &["sessionlint: 2 warnings"]].concat());
        // A finding of its own comes first where there is room for ten.
        let mut many = vec![several];
        many.extend(vec![other; 9]);
        let text = github(&case, &many);
        assert!(!text.contains("b.xml") && text.ends_with("sessionlint: 10 warnings\n"), "{text}");
    }

    #[test]
    fn hostile_names_stay_in_their_property() {
        let (case, findings) = hostile();
        let text = github(&case, &findings);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "::error file=a%3A%3Aerror%3A%3A %2Cline=9%2525.xml,line=1,endLine=1,col=1,endColumn=5,\
                 title=Title of s/first (s/first)::?]0;x? ::error::owned \u{FFFD}<script>alert(1)</script>|`[x](y)` \
                 # #vso[task] @team ]]> %250A",
                "sessionlint: 1 error",
            ]
        );
    }
}
