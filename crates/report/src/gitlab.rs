//! GitLab's Code Quality report: a JSON array in the form of Code Climate.
//!
//! GitLab compares reports by fingerprint, so that each of the findings that are shown as one is listed. It drops those that
//! share one, so equal ones are salted. It has five severities and we have three:
//! an error is `major`, a warning `minor`, a note `info`; `critical` and `blocker` are not used, since no file of
//! metadata stops a company at once. Refuses to know the pipeline and its settings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::json::write_value;
use super::{Paths, Report, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};

/// Writes the array and a line end.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let each = report.each();
    let mut issues = Vec::with_capacity(each.len());
    for finding in each {
        let before = seen.entry(&finding.fingerprint).or_default();
        issues.push(issue(report, paths, finding, salted(&finding.fingerprint, *before)));
        *before += 1;
    }
    write_value(out, &issues)
}

#[derive(Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    check_name: &'a str,
    description: Cow<'a, str>,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: Cow<'a, str>,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    lines: Lines,
    positions: Positions,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

#[derive(Serialize)]
struct Positions {
    begin: LineColumn,
    end: LineColumn,
}

#[derive(Serialize)]
struct LineColumn {
    line: u32,
    column: u32,
}

fn issue<'a>(report: &'a Report, paths: &Paths, finding: &'a Diagnostic, fingerprint: Cow<'a, str>) -> Issue<'a> {
    let source = report.sources.get(finding.place.file);
    let (start, end) = (source.position(finding.place.span.start), source.position(finding.place.span.end));
    // Rules with hardening advice only are about security; all others are about what stops working.
    let is_hardening = report.rule(&finding.rule).is_some_and(|rule| rule.security.is_some());
    Issue {
        r#type: "issue",
        check_name: &finding.rule,
        description: one_line(&finding.message),
        categories: [if is_hardening { "Security" } else { "Bug Risk" }],
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        fingerprint,
        location: Location {
            path: paths.exact(&source.path),
            lines: Lines { begin: start.line, end: end.line },
            positions: Positions {
                begin: LineColumn { line: start.line, column: start.column },
                end: LineColumn { line: end.line, column: end.column },
            },
        },
    }
}

/// The fingerprint itself the first time, another one each further time.
fn salted(fingerprint: &str, before: usize) -> Cow<'_, str> {
    if before == 0 {
        return fingerprint.into();
    }
    let digest = Sha256::digest(format!("{fingerprint}\n{before}"));
    let first = digest.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile, rule};

    fn gitlab(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_issue_has_what_gitlab_asks_for() {
        let mut case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        case.paths = Paths::between("/repo/crm", "/repo");
        let expected = r#"[
  {
    "type": "issue",
    "check_name": "s/first",
    "description": "Message of s/first",
    "categories": [
      "Bug Risk"
    ],
    "severity": "minor",
    "fingerprint": "0123456789abcdef",
    "location": {
      "path": "crm/a.xml",
      "lines": {
        "begin": 2,
        "end": 2
      },
      "positions": {
        "begin": {
          "line": 2,
          "column": 6
        },
        "end": {
          "line": 2,
          "column": 9
        }
      }
    }
  }
]
"#;
        assert_eq!(gitlab(&case, &[finding("s/first", Severity::Warning, case.mark("one"))]), expected);
        assert_eq!(gitlab(&case, &[]), "[]\n");
    }

    #[test]
    fn fingerprints_are_unique_and_severities_translated() {
        let mut case = Case::new("a.xml", "<a/>");
        case.rules = vec![rule("s/hardening", Severity::Warning)];
        case.rules[0].security = Some(Severity::Warning);
        let place = case.mark("<a/>");
        let findings = [
            finding("s/error", Severity::Error, place),
            finding("s/hardening", Severity::Warning, place),
            finding("s/note", Severity::Note, place),
        ];
        let value: serde_json::Value = serde_json::from_str(&gitlab(&case, &findings)).unwrap();
        let of = |key: &str| -> Vec<String> {
            value.as_array().unwrap().iter().map(|issue| issue[key].to_string()).collect()
        };
        assert_eq!(of("severity"), ["\"major\"", "\"minor\"", "\"info\""]);
        assert_eq!(of("categories"), ["[\"Bug Risk\"]", "[\"Security\"]", "[\"Bug Risk\"]"]);
        let mut prints = of("fingerprint");
        assert_eq!(prints[0], "\"0123456789abcdef\"", "the first keeps the one of all formats");
        assert!(prints.iter().all(|print| print.len() == 18));
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), 3);
    }

    #[test]
    fn hostile_names_stay_in_their_string() {
        let (case, findings) = hostile();
        let text = gitlab(&case, &findings);
        assert!(!text.contains("##vso[") && text.chars().all(|ch| sessionlint_source::harmless(ch) == ch), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value.as_array().unwrap().len(), 1);
        assert_eq!(value[0]["location"]["path"], case.sources.get(sessionlint_source::FileId(0)).path.as_str());
        assert!(!value[0]["description"].as_str().unwrap().contains(['\n', '\u{1b}', '\u{202E}']));
    }
}
