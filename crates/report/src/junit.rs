//! JUnit XML, for Jenkins, Copado and other tools that show test results.
//!
//! A suite is a rule, because such viewers list suites, and a list of rules reads as a list of tests; Jenkins groups
//! them by the rule's group through the class name. A rule that ran and found nothing is one passed test, so that a
//! fixed project shows what it passed. A finding is a test named after its file: without its line, since viewers
//! recognise by the name that a test "fails since build 12". Errors and warnings fail; a note passes with its text as
//! output, since *skipped* would read as not checked. Refuses to know the
//! time: there are no dates and durations, and the same input gives the same bytes.

use std::collections::{BTreeMap, HashMap};
use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Paths, Report, one_line, place_text};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};

type Writer = quick_xml::Writer<Vec<u8>>;

/// Writes the document.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for rule in report.rules.iter().filter(|rule| rule.did_run) {
        by_rule.entry(&rule.id).or_default();
    }
    for finding in report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let tests = by_rule.values().map(|findings| findings.len().max(1)).sum();
    let failures = report.findings.iter().filter(|finding| fails(finding)).count();
    let silence = report.silence.sentences();
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = counts(tests, [("skipped", 0), ("failures", failures), ("errors", 0)]);
    let document = writer.create_element("testsuites").with_attribute(("name", "sessionlint"));
    document.with_attributes(borrowed(&counts)).write_inner_content(|writer| {
        if !silence.is_empty() {
            // What the run leaves out, as the output of a suite without tests.
            suite(writer, "sessionlint", (0, 0), |writer| output(writer, &words(&silence.join("\n"))))?;
        }
        by_rule.iter().try_for_each(|(rule, findings)| rule_suite(writer, report, paths, rule, findings))
    })?;
    let mut text = writer.into_inner();
    text.push(b'\n');
    out.write_all(&text)
}

/// Whether viewers count a finding as a failure.
fn fails(finding: &Diagnostic) -> bool {
    finding.severity != Severity::Note
}

/// The number of tests, in all and of each kind.
fn counts(tests: usize, kinds: [(&'static str, usize); 3]) -> Vec<(&'static str, String)> {
    [("tests", tests)].into_iter().chain(kinds).map(|(name, count)| (name, count.to_string())).collect()
}

fn borrowed<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_str()))
}

fn suite(
    writer: &mut Writer,
    name: &str,
    (tests, failures): (usize, usize),
    content: impl FnOnce(&mut Writer) -> io::Result<()>,
) -> io::Result<()> {
    let counts = counts(tests, [("skipped", 0), ("errors", 0), ("failures", failures)]);
    let suite = writer.create_element("testsuite").with_attribute(("name", name));
    suite.with_attributes(borrowed(&counts)).write_inner_content(content)?;
    Ok(())
}

fn rule_suite(
    writer: &mut Writer,
    report: &Report,
    paths: &Paths,
    rule: &str,
    findings: &[&Diagnostic],
) -> io::Result<()> {
    let class = format!("sessionlint.{}", words(rule).replace('/', "."));
    let failures = findings.iter().filter(|finding| fails(finding)).count();
    suite(writer, &words(rule), (findings.len().max(1), failures), |writer| {
        if findings.is_empty() {
            let title = report.rule(rule).map_or(rule, |info| &info.title);
            let attributes = [("name", words(title)), ("classname", class.clone())];
            writer.create_element("testcase").with_attributes(borrowed(&attributes)).write_empty()?;
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        for finding in findings {
            let path = words(&paths.shown(&report.sources.get(finding.place.file).path));
            let number = seen.entry(path.clone()).or_default();
            *number += 1;
            let name = if *number == 1 { path } else { format!("{path} ({number})") };
            let attributes = [("name", name), ("classname", class.clone())];
            let case = writer.create_element("testcase").with_attributes(borrowed(&attributes));
            case.write_inner_content(|writer| outcome(writer, report, paths, finding))?;
        }
        Ok(())
    })
}

/// The result that a finding is to viewers of tests.
fn outcome(writer: &mut Writer, report: &Report, paths: &Paths, finding: &Diagnostic) -> io::Result<()> {
    let details = details(report, paths, finding);
    if !fails(finding) {
        return output(writer, &details);
    }
    let attributes = [("message", words(&finding.message)), ("type", finding.severity.as_str().to_owned())];
    let failure = writer.create_element("failure").with_attributes(borrowed(&attributes));
    failure.write_text_content(BytesText::new(&details)).map(drop)
}

fn output(writer: &mut Writer, text: &str) -> io::Result<()> {
    writer.create_element("system-out").write_text_content(BytesText::new(text)).map(drop)
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

/// Text without the two code points that XML forbids and that are not control characters; text on one line stays on one
/// line.
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
        case.rules[2].did_run = false;
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
