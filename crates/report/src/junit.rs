//! JUnit XML, for Jenkins, Copado and whatever else shows test results.
//!
//! A suite is a rule, because such viewers list suites, and a list of rules reads as a list of tests; Jenkins groups
//! them by the rule's group through the class name. A rule that was asked and found nothing is one passed test, so
//! that a mended project shows what it passed. A finding is a test named after its file: without its line, since
//! viewers tell by the name that a test "fails since build 12". Errors and warnings fail; a note passes and says its
//! text as output, since *skipped* would read as not checked. No times and no dates: the same input, the same bytes.

use std::collections::{BTreeMap, HashMap};
use std::io;

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::{Paths, Report, one_line, place_text};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};

/// Writes the document.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for rule in report.rules.iter().filter(|rule| rule.is_asked) {
        by_rule.entry(&rule.id).or_default();
    }
    for finding in report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut document = JUnit::new("sessionlint");
    document.add_test_suites(silence(report));
    for (rule, findings) in by_rule {
        document.add_test_suite(suite(report, paths, rule, &findings));
    }
    // Serialised first: the crate's error does not tell a closed pipe from a full disk.
    let text = document.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

/// What is kept quiet, as the output of a suite without tests; none where nothing is.
fn silence(report: &Report) -> Option<TestSuite> {
    let sentences = report.silence.sentences();
    if sentences.is_empty() {
        return None;
    }
    let mut suite = TestSuite::new("sessionlint");
    suite.set_system_out(words(&sentences.join("\n")));
    Some(suite)
}

fn suite(report: &Report, paths: &Paths, rule: &str, findings: &[&Diagnostic]) -> TestSuite {
    let mut suite = TestSuite::new(words(rule));
    let class = format!("sessionlint.{}", words(rule).replace('/', "."));
    if findings.is_empty() {
        let title = report.rule(rule).map_or(rule, |info| &info.title);
        let mut case = TestCase::new(words(title), TestCaseStatus::success());
        case.set_classname(class.as_str());
        suite.add_test_case(case);
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let path = words(&paths.shown(&report.sources.get(finding.place.file).path));
        let number = seen.entry(path.clone()).or_default();
        *number += 1;
        let name = if *number == 1 { path } else { format!("{path} ({number})") };
        let mut case = case(report, paths, finding, &name);
        case.set_classname(class.as_str());
        suite.add_test_case(case);
    }
    suite
}

fn case(report: &Report, paths: &Paths, finding: &Diagnostic, name: &str) -> TestCase {
    let details = details(report, paths, finding);
    if finding.severity == Severity::Note {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(details);
        return case;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(words(&finding.message)).set_type(finding.severity.as_str()).set_description(details);
    TestCase::new(name, status)
}

/// The finding in lines, as the concise format has it, with help and related places.
fn details(report: &Report, paths: &Paths, finding: &Diagnostic) -> String {
    let place = place_text(report, paths, finding.place);
    let mut lines = vec![format!(
        "{place}: {}[{}] {}",
        finding.severity.as_str(),
        one_line(&finding.rule),
        one_line(&finding.message)
    )];
    for (name, text) in [("why", &finding.why), ("help", &finding.help), ("setup", &finding.setup)] {
        if !text.is_empty() {
            lines.push(format!("{name}: {}", one_line(text)));
        }
    }
    for related in &finding.related {
        lines.push(format!("related: {}: {}", place_text(report, paths, related.place), one_line(&related.text)));
    }
    words(&lines.join("\n"))
}

/// Text without the two code points that XML forbids and that are no control characters; on one line where it was.
fn words(text: &str) -> String {
    text.lines().map(|line| one_line(line).replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile, rule};

    fn junit(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_suite_a_rule_and_a_test_a_finding() {
        let mut case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        case.rules = vec![
            rule("s/first", Severity::Error),
            rule("s/silent", Severity::Error),
            rule("s/unasked", Severity::Error),
        ];
        case.rules[2].is_asked = false;
        let mut first = finding("s/first", Severity::Error, case.mark("one"));
        first.help = "Do <this>".to_owned();
        let findings = [
            first,
            finding("s/first", Severity::Warning, case.mark("</a>")),
            finding("s/note", Severity::Note, case.mark("</a>")),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sessionlint" tests="4" skipped="0" failures="2" errors="0">
    <testsuite name="s/first" tests="2" skipped="0" errors="0" failures="2">
        <testcase name="a.xml" classname="sessionlint.s.first">
            <failure message="Message of s/first" type="error">a.xml:2:6: error[s/first] Message of s/first
help: Do &lt;this&gt;</failure>
        </testcase>
        <testcase name="a.xml (2)" classname="sessionlint.s.first">
            <failure message="Message of s/first" type="warning">a.xml:3:1: warning[s/first] Message of s/first</failure>
        </testcase>
    </testsuite>
    <testsuite name="s/note" tests="1" skipped="0" errors="0" failures="0">
        <testcase name="a.xml" classname="sessionlint.s.note">
            <system-out>a.xml:3:1: note[s/note] Message of s/note</system-out>
        </testcase>
    </testsuite>
    <testsuite name="s/silent" tests="1" skipped="0" errors="0" failures="0">
        <testcase name="Title of s/silent" classname="sessionlint.s.silent"/>
    </testsuite>
</testsuites>
"#;
        assert_eq!(junit(&case, &findings), expected);
    }

    #[test]
    fn nothing_is_a_document_too() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                        <testsuites name=\"sessionlint\" tests=\"0\" skipped=\"0\" failures=\"0\" errors=\"0\">\n\
                        </testsuites>\n";
        assert_eq!(junit(&Case::new("a.xml", ""), &[]), expected);
    }

    #[test]
    fn hostile_names_leave_the_document_well_formed() {
        let (case, mut findings) = hostile();
        findings[0].help.push('\u{FFFF}');
        let text = junit(&case, &findings);
        assert!(!text.contains("<script>") && !text.contains("##vso[") && !text.contains('\u{FFFF}'), "{text}");
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut failures = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "failure" => failures += 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(failures, 1);
    }
}
