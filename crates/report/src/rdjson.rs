//! The Diagnostic Format of reviewdog (`rdjson`), with fixes as suggestions of the pull request.
//!
//! Lines count from 1 and columns count bytes in UTF-8 from 1, ends are exclusive. A byte order mark is part of the
//! first line, as in the file.
//!
//! A suggestion is applied at a click and by itself. So a fix becomes one only where it is a single edit in the marked
//! file and may be applied; the message names the protection that an unsafe one weakens. Refuses to know the pull
//! request and which of its lines changed: each of the findings that are shown as one is listed.

use std::borrow::Cow;
use std::io;

use serde::Serialize;

use super::json::write_value;
use super::{Paths, Report, has_text, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Fix, Safety, Severity};
use sessionlint_source::{Encoding, Place, Source};

/// Writes the document and a line end.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let diagnostics = report.each().into_iter().map(|finding| diagnostic(report, paths, finding)).collect();
    write_value(out, &DiagnosticResult { source: SourceName { name: "sessionlint" }, diagnostics })
}

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: SourceName,
    diagnostics: Vec<RdDiagnostic<'a>>,
}

#[derive(Serialize)]
struct SourceName {
    name: &'static str,
}

#[derive(Serialize)]
struct RdDiagnostic<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation<'a>>,
}

#[derive(Serialize)]
struct RelatedLocation<'a> {
    message: Cow<'a, str>,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

fn diagnostic<'a>(report: &'a Report, paths: &Paths, finding: &'a Diagnostic) -> RdDiagnostic<'a> {
    let source = report.sources.get(finding.place.file);
    let mut message = one_line(&finding.message).into_owned();
    if !finding.help.is_empty() {
        message.push_str("\n\nhelp: ");
        message.push_str(&one_line(&finding.help));
    }
    let suggestion = finding.fix.as_ref().and_then(|fix| Some((fix, suggestion(source, finding, fix)?)));
    if let Some((fix, _)) = &suggestion {
        message.push_str("\n\nfix: ");
        message.push_str(&one_line(&format!("{} ({})", fix.title, fix.cost())));
    }
    RdDiagnostic {
        message,
        location: location(report, paths, finding.place),
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        code: Code { value: &finding.rule },
        suggestions: suggestion.into_iter().map(|(_, suggestion)| suggestion).collect(),
        related_locations: finding
            .related
            .iter()
            .map(|it| RelatedLocation { message: one_line(&it.text), location: location(report, paths, it.place) })
            .collect(),
    }
}

fn location<'a>(report: &'a Report, paths: &Paths, place: Place) -> Location<'a> {
    let source = report.sources.get(place.file);
    Location { path: paths.exact(&source.path), range: range(source, place) }
}

fn suggestion<'a>(source: &Source, finding: &Diagnostic, fix: &'a Fix) -> Option<Suggestion<'a>> {
    let is_only_shown = match fix.safety {
        Safety::Display => true,
        Safety::Unsafe | Safety::Safe => false,
    };
    let [edit] = fix.edits.as_slice() else { return None };
    // In other encodings the bytes of the file are not those of the text.
    let is_utf8 = matches!(source.encoding, Encoding::Utf8 { .. });
    if is_only_shown || !is_utf8 || edit.place.file != finding.place.file {
        return None;
    }
    Some(Suggestion { range: range(source, edit.place)?, text: &edit.text })
}

fn range(source: &Source, place: Place) -> Option<Range> {
    // A lone CR ends a line for editors, but not for reviewdog.
    let counts_other_lines = || source.text().replace("\r\n", "\n").contains('\r');
    if !has_text(source) || counts_other_lines() {
        return None;
    }
    let mark = match source.encoding {
        Encoding::Utf8 { bom } => bom,
        Encoding::Utf16 { .. } | Encoding::Other(_) => 0,
    };
    let position = |at: u32| {
        let (line, start) = source.line_of(at);
        Position { line: line + 1, column: at - start + 1 + if line == 0 { mark } else { 0 } }
    };
    Some(Range { start: position(place.span.start), end: position(place.span.end) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile};
    use serde_json::{Value, json};
    use sessionlint_lint::diagnostic::{Edit, Label};

    fn rdjson(case: &Case, findings: &[Diagnostic]) -> Value {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn fix(place: Place, safety: Safety) -> Fix {
        let edits = vec![Edit { place, text: "two".to_owned() }];
        Fix { title: "Write two".to_owned(), safety, loosens: String::new(), edits }
    }

    #[test]
    fn a_diagnostic_has_what_reviewdog_asks_for() {
        let mut case = Case::new("a.xml", "<a>\n  <b>é日one</b>\n</a>\n");
        case.paths = Paths::between("/repo/crm", "/repo");
        let mut it = finding("s/first", Severity::Warning, case.mark("one"));
        it.help = "Do it".to_owned();
        it.fix = Some(fix(case.mark("one"), Safety::Safe));
        it.related.push(Label { place: case.mark("</a>"), text: "the end".to_owned() });
        let end = json!({"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 5}});
        let range = json!({"start": {"line": 2, "column": 11}, "end": {"line": 2, "column": 14}});
        assert_eq!(
            rdjson(&case, &[it]),
            json!({
                "source": {"name": "sessionlint"},
                "diagnostics": [{
                    "message": "Message of s/first\n\nhelp: Do it\n\nfix: Write two (safe)",
                    "location": {"path": "crm/a.xml", "range": range},
                    "severity": "WARNING",
                    "code": {"value": "s/first"},
                    "suggestions": [{"range": range, "text": "two"}],
                    "related_locations": [{"message": "the end", "location": {"path": "crm/a.xml", "range": end}}]
                }]
            })
        );
        assert_eq!(rdjson(&case, &[])["diagnostics"], json!([]));
    }

    #[test]
    fn a_suggestion_is_the_whole_fix_or_there_is_none() {
        let case = Case::files(&[("a.xml", b"<a>one</a>"), ("b.xml", b"<a>one</a>")]);
        let of = |fix: Fix| {
            let it = Diagnostic { fix: Some(fix), ..finding("s/a", Severity::Note, case.mark("one")) };
            rdjson(&case, &[it])["diagnostics"][0].clone()
        };
        let unsafe_one = of(fix(case.mark("one"), Safety::Unsafe));
        assert_eq!(unsafe_one["suggestions"].as_array().unwrap().len(), 1);
        assert_eq!(unsafe_one["message"], "Message of s/a\n\nfix: Write two (unsafe: loosens a protection)");
        let mut two = fix(case.mark("<a>"), Safety::Safe);
        two.edits.extend(fix(case.mark("</a>"), Safety::Safe).edits);
        for none in [fix(case.mark("one"), Safety::Display), fix(case.mark_in(1, "one"), Safety::Safe), two] {
            let diagnostic = of(none);
            assert_eq!((&diagnostic["suggestions"], &diagnostic["message"]), (&Value::Null, &json!("Message of s/a")));
        }
    }

    #[test]
    fn columns_count_the_bytes_of_the_file() {
        let start = |bytes: &[u8], mark: &str| {
            let case = Case::files(&[("a.xml", bytes)]);
            let it = finding("s/a", Severity::Error, case.mark(mark));
            rdjson(&case, &[it])["diagnostics"][0]["location"]["range"]["start"].clone()
        };
        assert_eq!(start("\u{FEFF}<a>𝒳</a>".as_bytes(), "</a>"), json!({"line": 1, "column": 11}));
        assert_eq!(start("\u{FEFF}<a>\r\n𝒳</a>".as_bytes(), "</a>"), json!({"line": 2, "column": 5}));
        assert_eq!(start(b"<a>\r</a>", "</a>"), Value::Null);
    }

    #[test]
    fn hostile_names_stay_in_their_string() {
        let (case, findings) = hostile();
        let path = case.sources.get(sessionlint_source::FileId(0)).path.clone();
        assert_eq!(rdjson(&case, &findings)["diagnostics"][0]["location"]["path"], path);
    }
}
