//! The JSON report, version 1: a contract. All keys are always there; null or `[]` where there is nothing.
//!
//! Paths are relative to the project's root whatever the base of the other formats is, exact, and `/`-separated. Lines
//! and columns count from 1, columns in code points, offsets in bytes of the file; ends are exclusive. Sentences are
//! made harmless as everywhere; names, paths and edits are exact, so control characters in them are written as `\u`
//! escapes. Refuses to know groups and folds: those are for people.

use std::borrow::Cow;
use std::io;

use memchr::memchr_iter;
use rayon::prelude::*;
use serde::Serialize;

use super::{Project, Report, Silence, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{
    Confidence, Diagnostic, Edit, Fix, Label, Provenance, Safety, Severity, Subject, Summary,
};
use sessionlint_source::{Place, Position, Sources, harmless, plain_length};

/// Writes the report as one pretty-printed object and a line end.
pub fn write(out: &mut Gate<'_>, report: &Report) -> io::Result<()> {
    let document = Document {
        version: 1,
        project: report.project,
        findings: json_findings(report),
        summary: JsonSummary { counts: report.summary, silence: report.silence },
    };
    write_value(out, &document)
}

/// Writes any value in the form of all JSON outputs: two spaces, a line end, nothing that controls a terminal or is a
/// command (`##vso[`) to a build's runner.
pub fn write_value(out: &mut Gate<'_>, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    out.write_all(safe(&text).as_bytes())?;
    out.write_all(b"\n")
}

/// The same on one line, without its end: a message of a protocol that needs its length.
pub fn line_of(value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string(value)?;
    Ok(safe(&text).into_owned())
}

/// Text is searched in parts of this many bytes, so that a text full of hits takes linear time.
const PART: usize = 1 << 9;

/// JSON without characters that steer a terminal, and without commands to runners: escapes that mean the same.
fn safe(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let (mut safe, mut written, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        // Nearly all of it is printable ASCII.
        let plain = plain_length(&bytes[at..bytes.len().min(at + PART)]);
        let is_doubled = |found: &usize| bytes.get(at + found + 1) == Some(&b'#');
        let next = at + memchr_iter(b'#', &bytes[at..at + plain]).find(is_doubled).unwrap_or(plain);
        let Some(ch) = text[next..].chars().next() else { break };
        at = next + ch.len_utf8();
        if harmless(ch) != ch || text[next..].starts_with("##") {
            // JSON has such characters in strings only, where an escape means the same.
            safe.push_str(&text[written..next]);
            for unit in ch.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = std::fmt::Write::write_fmt(&mut safe, format_args!("\\u{unit:04x}"));
            }
            written = at;
        }
    }
    if written == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[written..]);
    Cow::Owned(safe)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    project: Project<'a>,
    findings: Vec<JsonFinding<'a>>,
    summary: JsonSummary<'a>,
}

#[derive(Serialize)]
struct JsonSummary<'a> {
    #[serde(flatten)]
    counts: Summary,
    #[serde(flatten)]
    silence: &'a Silence,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: Cow<'a, str>,
    help: Cow<'a, str>,
    path: &'a str,
    start: Position,
    end: Position,
    component: Option<&'a Subject>,
    related: Vec<JsonRelated<'a>>,
    fix: Option<JsonFix<'a>>,
    fingerprint: &'a str,
    /// Present with `--blame` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'a Provenance>,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: Cow<'a, str>,
    safety: Safety,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

/// The findings. Their files are read for lines and columns, on all threads.
fn json_findings<'a>(report: &'a Report<'_>) -> Vec<JsonFinding<'a>> {
    let of = |finding| json_finding(report.sources, finding);
    match report.threads {
        Some(threads) => threads.install(|| report.findings.par_iter().with_max_len(1).map(of).collect()),
        None => report.findings.iter().map(of).collect(),
    }
}

fn json_finding<'a>(sources: &'a Sources, finding: &'a Diagnostic) -> JsonFinding<'a> {
    let (path, start, end) = json_place(sources, finding.place);
    JsonFinding {
        rule: &finding.rule,
        severity: finding.severity,
        confidence: finding.confidence,
        message: one_line(&finding.message),
        help: one_line(&finding.help),
        path,
        start,
        end,
        component: finding.subject.as_ref(),
        related: finding.related.iter().map(|label| json_related(sources, label)).collect(),
        fix: finding.fix.as_ref().map(|fix| json_fix(sources, fix)),
        fingerprint: &finding.fingerprint,
        since: finding.since.as_ref(),
    }
}

fn json_place(sources: &Sources, place: Place) -> (&str, Position, Position) {
    let source = sources.get(place.file);
    (&source.path, source.position(place.span.start), source.position(place.span.end))
}

fn json_related<'a>(sources: &'a Sources, label: &'a Label) -> JsonRelated<'a> {
    let (path, start, end) = json_place(sources, label.place);
    JsonRelated { path, start, end, text: one_line(&label.text) }
}

fn json_fix<'a>(sources: &'a Sources, fix: &'a Fix) -> JsonFix<'a> {
    JsonFix {
        title: one_line(&fix.title),
        safety: fix.safety,
        edits: fix.edits.iter().map(|edit| json_edit(sources, edit)).collect(),
    }
}

fn json_edit<'a>(sources: &'a Sources, edit: &'a Edit) -> JsonEdit<'a> {
    let source = sources.get(edit.place.file);
    JsonEdit {
        path: &source.path,
        start: source.file_offset(edit.place.span.start as usize),
        end: source.file_offset(edit.place.span.end as usize),
        text: &edit.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding};
    use sessionlint_source::{FileId, Span};

    fn json(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_found_has_every_key() {
        let expected = r#"{
  "version": 1,
  "project": {
    "root": "/project",
    "files": 1,
    "components": 1,
    "code": {
      "classes": 0,
      "triggers": 0,
      "pages": 0,
      "components": 0,
      "auraApps": 0
    },
    "hidden": 0
  },
  "findings": [],
  "summary": {
    "error": 0,
    "warning": 0,
    "note": 0,
    "suppressed": 0,
    "baselined": 0,
    "suppressedByConfiguration": 0,
    "suppressedByComment": 0,
    "excluded": 0,
    "belowMinSeverity": 0,
    "rules": 0,
    "rulesOffByPreset": 0,
    "rulesOffByPreview": 0,
    "rulesOffByConfiguration": 0,
    "rulesOffByCommandLine": 0,
    "rulesOfProject": 0,
    "failOn": "",
    "configuration": null
  }
}
"#;
        assert_eq!(json(&Case::new("a.xml", ""), &[]), expected);
    }

    #[test]
    fn a_finding_has_every_key_in_the_order_of_the_contract() {
        let mut case =
            Case::files(&[("a.xml", b"\xEF\xBB\xBF<a>\r\n<\xC3\xA9>one</\xC3\xA9></a>"), ("b.xml", b"<b/>")]);
        case.paths = crate::Paths::between("/repo/crm", "/repo");
        let mut it = finding("s/first", Severity::Warning, case.mark("one"));
        it.subject = Some(Subject { ty: "Profile".to_owned(), name: "A%2FB".to_owned() });
        it.related.push(Label { place: case.mark_in(1, "<b/>"), text: "there".to_owned() });
        it.fix = Some(Fix {
            title: "Write two".to_owned(),
            safety: Safety::Unsafe,
            loosens: String::new(),
            edits: vec![Edit { place: it.place, text: "two".to_owned() }],
        });
        let expected = r#"{
      "rule": "s/first",
      "severity": "warning",
      "confidence": "high",
      "message": "Message of s/first",
      "help": "",
      "path": "a.xml",
      "start": {
        "line": 2,
        "column": 4,
        "offset": 12
      },
      "end": {
        "line": 2,
        "column": 7,
        "offset": 15
      },
      "component": {
        "type": "Profile",
        "name": "A%2FB"
      },
      "related": [
        {
          "path": "b.xml",
          "start": {
            "line": 1,
            "column": 1,
            "offset": 0
          },
          "end": {
            "line": 1,
            "column": 5,
            "offset": 4
          },
          "text": "there"
        }
      ],
      "fix": {
        "title": "Write two",
        "safety": "unsafe",
        "edits": [
          {
            "path": "a.xml",
            "start": 12,
            "end": 15,
            "text": "two"
          }
        ]
      },
      "fingerprint": "0123456789abcdef"
    }"#;
        let text = json(&case, &[it]);
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn what_is_missing_is_null_or_empty() {
        let case = Case::new("a.xml", "<a/>");
        let text = json(&case, &[finding("s/a", Severity::Note, case.mark("<a/>"))]);
        for line in ["\"component\": null,", "\"related\": [],", "\"fix\": null,", "\"help\": \"\","] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn offsets_in_utf16_are_bytes_of_the_file() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("<a>é𝒳\rone</a>".encode_utf16().flat_map(u16::to_le_bytes));
        let case = Case::files(&[("a.xml", &bytes)]);
        let text = json(&case, &[finding("s/a", Severity::Note, case.mark("one"))]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["findings"][0]["start"], serde_json::json!({ "line": 2, "column": 1, "offset": 16 }));
        assert_eq!(value["findings"][0]["end"], serde_json::json!({ "line": 2, "column": 4, "offset": 22 }));
    }

    #[test]
    fn sentences_are_harmless_and_names_exact() {
        let case = Case::new("a\u{202E}.xml", "<a/>");
        let mut it = finding("s/a", Severity::Note, case.mark("<a/>"));
        it.message = "\u{1b}[31m\u{202E}x\ny".to_owned();
        it.subject = Some(Subject { ty: "Profile".to_owned(), name: "\u{9b}1m\u{E0041}".to_owned() });
        it.fix = Some(Fix {
            title: String::new(),
            safety: Safety::Safe,
            loosens: String::new(),
            edits: vec![Edit { place: it.place, text: "###vso[x]".to_owned() }],
        });
        let text = json(&case, &[it]);
        assert!(!text.contains("##"), "{text}");
        assert!(text.chars().all(|ch| harmless(ch) == ch));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let found = &value["findings"][0];
        assert_eq!(found["message"], "?[31m\u{FFFD}x y");
        assert_eq!(found["path"], "a\u{202E}.xml");
        assert_eq!(found["component"]["name"], "\u{9b}1m\u{E0041}");
        assert_eq!(found["fix"]["edits"][0]["text"], "###vso[x]");
    }

    #[test]
    fn a_place_at_the_end_of_the_file_has_its_line() {
        let case = Case::new("a.xml", "<a/>\n");
        let end = Place { file: FileId(0), span: Span::new(5, 5) };
        let value: serde_json::Value =
            serde_json::from_str(&json(&case, &[finding("s/a", Severity::Note, end)])).unwrap();
        assert_eq!(value["findings"][0]["end"], serde_json::json!({ "line": 2, "column": 1, "offset": 5 }));
    }

    #[test]
    fn huge_lines_count_like_short_ones() {
        let text = format!("<a>\n{}<b>one</b>", "é日𝒳x".repeat(3000));
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        for (bytes, offset) in [(text.as_bytes(), 4 + 10 * 3000 + 3), (&utf16, 2 + 2 * (4 + 5 * 3000 + 3))] {
            let case = Case::files(&[("a.xml", bytes)]);
            let text = json(&case, &[finding("s/a", Severity::Note, case.mark("one"))]);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let expected = serde_json::json!({ "line": 2, "column": 12_004, "offset": offset });
            assert_eq!(value["findings"][0]["start"], expected);
        }
    }
}
