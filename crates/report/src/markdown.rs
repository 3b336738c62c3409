//! A comment for a pull request: a summary in a line, a table of the worst findings, and folded details for each rule.
//!
//! GitHub accepts 65,536 characters, so rows, places and rules end at limits, and what is left out is counted. Text
//! from files is escaped for Markdown and for the HTML in it, and it can neither mention a person nor make a link. Two
//! findings on one text whose rules conflict are one decision: one row, with both sides in one place. Refuses to know
//! the pull request.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io;

use super::table::escaped;
use super::{Paths, Report, count, one_line, place_text, summary_text};
use crate::gate::Gate;
use sessionlint_analysis::leading::{LeadingFinding, leading_findings};
use sessionlint_analysis::words::beside;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Safety};

/// Rows of the table.
const ROWS: usize = 20;
/// Places listed for a rule.
const PLACES_PER_RULE: usize = 10;
/// Related places listed for a finding.
const RELATED_PER_FINDING: usize = 5;
/// Bytes after which no further rule is listed.
const BUDGET: usize = 50_000;
/// Bytes that one sentence may take up.
const MAX_SENTENCE: usize = 1000;

/// Writes the comment.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let mut findings = leading_findings(report.findings, report.pairs);
    findings.sort_by_key(|leading| Reverse(leading.finding.severity));
    let mut page = Page { report, paths, text: String::new() };
    page.summary();
    page.table(&findings);
    page.details(&findings);
    out.write_all(page.text.as_bytes())
}

/// Text of a file or a page, harmless in Markdown: no markup, no mention, no reference, no link.
pub(super) fn words(text: &str) -> String {
    let mut words = String::new();
    let line = one_line(text);
    let mut rest = line.as_ref();
    if rest.len() > MAX_SENTENCE {
        let end = (0..=MAX_SENTENCE).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or_default();
        rest = &rest[..end];
    }
    let is_cut = rest.len() < line.len();
    // An empty comment splits a text for GitHub's filters, which look for `@name`, `#12` and `://` in it.
    while let Some(at) = rest.find(['@', '#', ':', '.']) {
        let (head, tail) = rest.split_at(at + 1);
        words.push_str(&escaped(head));
        let is_reference = match head.as_bytes().last() {
            Some(b'@') => true,
            Some(b'#') => tail.starts_with(|ch: char| ch.is_ascii_digit()),
            Some(b':') => tail.starts_with("//"),
            _ => head.to_ascii_lowercase().ends_with("www."),
        };
        if is_reference {
            words.push_str("<!-- -->");
        }
        rest = tail;
    }
    words.push_str(&escaped(rest));
    if is_cut {
        words.push('…');
    }
    words
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", words(text))
}

/// Text inside an HTML element, where Markdown's backslashes would be seen.
fn html(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@<!-- -->")
}

struct Page<'a> {
    report: &'a Report<'a>,
    paths: &'a Paths,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn summary(&mut self) {
        let project = self.report.project;
        let read = format!("Read: {}", project.read());
        let summary = self.report.summary;
        // There may be other projects below the top of a work tree.
        let name = if project.name.is_empty() { String::new() } else { format!(", {}", words(project.name)) };
        self.line(&format!("### sessionlint{name}: {}", summary_text(&summary)));
        let mut sentences = vec![format!("{read}.")];
        let fixable = self.report.fixable(Safety::Safe);
        if fixable > 0 {
            sentences.push(format!("{fixable} can be fixed with `sessionlint check --fix`."));
        }
        sentences.extend(self.report.silence.sentences());
        if project.hidden > 0 {
            sentences.push(format!("{} hidden by .forceignore and not read.", project.hidden));
        }
        if !self.report.is_complete {
            sentences.push("Something could not be read: see the log of the run.".to_owned());
        }
        self.line(&format!("\n{}", sentences.join(" ")));
    }

    fn table(&mut self, findings: &[LeadingFinding]) {
        if findings.is_empty() {
            return;
        }
        self.line("\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |");
        for LeadingFinding { finding, against } in findings.iter().take(ROWS) {
            let mut rule = code(&finding.rule);
            let mut what = words(&finding.message);
            for other in against {
                let _ = write!(rule, "<br>against {}", code(&other.rule));
                let _ = write!(what, "<br>One thing, two aims. {}", words(&other.message));
            }
            let place = code(&place_text(self.report, self.paths, finding.place));
            self.line(&format!("| {} | {rule} | {place} | {what} |", finding.severity.as_str()));
        }
        let more: usize = findings.iter().skip(ROWS).map(|leading| 1 + leading.against.len()).sum();
        if more > 0 {
            self.line(&format!("\nand {}.", count(more, "more finding")));
        }
    }

    fn details(&mut self, findings: &[LeadingFinding]) {
        let mut rules: Vec<(&str, Vec<&LeadingFinding>)> = Vec::new();
        for leading in findings {
            match rules.iter_mut().find(|(rule, _)| *rule == leading.finding.rule) {
                Some((_, findings)) => findings.push(leading),
                None => rules.push((&leading.finding.rule, vec![leading])),
            }
        }
        let mut rules = rules.into_iter();
        while let Some((rule, of_rule)) = rules.next() {
            if self.text.len() > BUDGET {
                let more = count(rules.len() + 1, "more rule");
                self.line(&format!("\n{more} found something: run `sessionlint check` to see it."));
                return;
            }
            self.rule(rule, &of_rule);
        }
    }

    fn rule(&mut self, rule: &str, of_rule: &[&LeadingFinding]) {
        let Some(first) = of_rule.first().map(|leading| leading.finding) else { return };
        let severity = first.severity.as_str();
        let title = html(&first.title);
        let places = count(of_rule.len(), "place");
        self.line(&format!("\n<details>\n<summary>{severity}: {title} ({}, {places})</summary>\n", html(rule)));
        if !first.why.is_empty() {
            self.line(&format!("**Why:** {}\n", words(&first.why)));
        }
        for LeadingFinding { finding, against } in of_rule.iter().take(PLACES_PER_RULE) {
            self.finding(finding);
            for other in against {
                self.against(finding, other);
            }
        }
        let more = of_rule.len().saturating_sub(PLACES_PER_RULE);
        if more > 0 {
            self.line(&format!("- and {}", count(more, "more place")));
        }
        let info = self.report.rule(rule);
        if let Some(info) = info.filter(|info| !info.trade_off.is_empty()) {
            self.line(&format!("\n**Trade-off:** {}", words(&info.trade_off)));
        }
        self.line("\n</details>");
    }

    /// The other side of a decision, and the middle way.
    fn against(&mut self, leader: &Diagnostic, other: &Diagnostic) {
        let severity = other.severity.as_str();
        let place = if other.place == leader.place {
            String::new()
        } else {
            format!(" ({})", code(&place_text(self.report, self.paths, other.place)))
        };
        self.line(&format!("  - **Against:** {severity} {}: {}{place}", code(&other.rule), words(&other.message)));
        if !other.help.is_empty() {
            self.line(&format!("    - **Help:** {}", words(&other.help)));
        }
        self.line(&format!("  - **Decide:** {}", words(&self.report.decide(leader, other))));
    }

    fn finding(&mut self, finding: &Diagnostic) {
        let place = place_text(self.report, self.paths, finding.place);
        self.line(&format!("- {}: {}", code(&place), words(&finding.message)));
        for (name, text) in [("Help", &finding.help), ("Setup", &finding.setup)] {
            if !text.is_empty() {
                self.line(&format!("  - **{name}:** {}", words(text)));
            }
        }
        if let Some(fix) = &finding.fix {
            self.line(&format!("  - **Fix:** {} ({})", words(&fix.title), words(&fix.cost())));
        }
        if finding.confidence < Confidence::High {
            self.line(&format!("  - **Confidence:** {}", finding.confidence.as_str()));
        }
        for related in finding.related.iter().take(RELATED_PER_FINDING) {
            let place = place_text(self.report, self.paths, related.place);
            let text = beside(&finding.message, &related.text);
            self.line(&format!("  - **Related:** {}: {}", code(&place), words(&text)));
        }
        let more = finding.related.len().saturating_sub(RELATED_PER_FINDING);
        if more > 0 {
            self.line(&format!("  - and {}", count(more, "more related place")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, finding, hostile, rule};
    use sessionlint_lint::diagnostic::{Fix, Label, Severity};

    fn markdown(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_comment_has_a_line_a_table_and_folded_details() {
        let mut case = Case::new("a.xml", "<a>\n  <b>one</b>\n</a>\n");
        case.rules = vec![rule("s/first", Severity::Error)];
        case.rules[0].trade_off = "It costs <little>.".to_owned();
        let mut first = finding("s/first", Severity::Error, case.mark("one"));
        first.why = "Things stop.".to_owned();
        first.help = "Change <b> to two".to_owned();
        first.setup = "Setup > B".to_owned();
        first.confidence = Confidence::Medium;
        first.fix = Some(Fix {
            title: "Write two".to_owned(),
            safety: Safety::Safe,
            loosens: String::new(),
            edits: Vec::new(),
        });
        first.related.push(Label { place: case.mark("</a>"), text: "the end".to_owned() });
        let findings = [finding("s/note", Severity::Note, case.mark("</a>")), first];
        let expected = "\
### sessionlint: 1 error, 1 note

Read: 1 file (1 component). 1 can be fixed with `sessionlint check --fix`.

| Severity | Rule | Where | What |
| --- | --- | --- | --- |
| error | <code>s/first</code> | <code>a.xml:2:6</code> | Message of s/first |
| note | <code>s/note</code> | <code>a.xml:3:1</code> | Message of s/note |

<details>
<summary>error: Title of s/first (s/first, 1 place)</summary>

**Why:** Things stop.

- <code>a.xml:2:6</code>: Message of s/first
  - **Help:** Change &lt;b&gt; to two
  - **Setup:** Setup &gt; B
  - **Fix:** Write two (safe)
  - **Confidence:** medium
  - **Related:** <code>a.xml:3:1</code>: the end

**Trade-off:** It costs &lt;little&gt;.

</details>

<details>
<summary>note: Title of s/note (s/note, 1 place)</summary>

- <code>a.xml:3:1</code>: Message of s/note

</details>
";
        assert_eq!(markdown(&case, &findings), expected);
    }

    #[test]
    fn a_project_below_the_top_is_named() {
        let case = Case::new("a.xml", "<a/>");
        let mut report = case.report(&[]);
        report.project.name = "packages/[crm]";
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &report, &case.paths).unwrap();
        assert!(out.starts_with(b"### sessionlint, packages/\\[crm\\]: no findings\n"));
    }

    #[test]
    fn nothing_found_is_a_comment_too() {
        let case = Case::new("a.xml", "<a/>");
        assert_eq!(markdown(&case, &[]), "### sessionlint: no findings\n\nRead: 1 file (1 component).\n");
    }

    #[test]
    fn a_pair_on_one_text_is_one_row_and_a_decision() {
        let case = Case::new("a.xml", "<a/>");
        let findings = [
            finding("security/forced-logout-off", Severity::Note, case.mark("<a/>")),
            finding("session/forced-logout", Severity::Warning, case.mark("<a/>")),
        ];
        let text = markdown(&case, &findings);
        let row = "| warning | <code>session/forced-logout</code><br>against \
                   <code>security/forced-logout-off</code> | <code>a.xml:1:1</code> | Message of \
                   session/forced-logout<br>One thing, two aims. Message of security/forced-logout-off |\n\n<details>";
        assert!(text.contains(row), "{text}");
        assert_eq!(text.matches("<details>").count(), 1);
        let sides = "  - **Against:** note <code>security/forced-logout-off</code>: Message of security/forced-logout-off\n  \
                     - **Decide:** The middle way is &lt;two&gt; hours.\n";
        assert!(text.contains(sides), "{text}");
    }

    #[test]
    fn limits_keep_a_comment_short_and_are_counted() {
        let case = Case::new("a.xml", "<a/>");
        let mut findings = Vec::new();
        for number in 0..100 {
            let mut it = finding(&format!("s/rule-{number:03}"), Severity::Warning, case.mark("<a/>"));
            it.message = "x".repeat(5000);
            findings.extend(vec![it; 11]);
        }
        let text = markdown(&case, &findings);
        assert!(text.len() < 65_536, "{}", text.len());
        assert!(text.contains("\nand 1080 more findings.\n"));
        assert!(text.contains("\n- and 1 more place\n"));
        assert!(text.ends_with("more rules found something: run `sessionlint check` to see it.\n"));
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }

    #[test]
    fn hostile_names_stay_text() {
        let (case, mut findings) = hostile();
        findings[0].title = "</summary>@team".to_owned();
        findings[0].help = "See https://evil.example or www.evil.example, #12".to_owned();
        let text = markdown(&case, &findings);
        let row = text.lines().find(|line| line.starts_with("| error")).unwrap();
        assert_eq!(
            row,
            "| error | <code>s/first</code> | <code>a::error::␤,line=9%25.xml:1:1</code> | ?\\]0;x? ::error::owned \
             \u{FFFD}&lt;script&gt;alert(1)&lt;/script&gt;\\|\\`\\[x\\](y)\\` # #vso\\[task\\] @<!-- -->team \\]\\]&gt; %0A |"
        );
        assert!(text.contains("See https:<!-- -->//evil.example or www.<!-- -->evil.example, #<!-- -->12"), "{text}");
        assert!(text.contains("<summary>error: &lt;/summary&gt;@<!-- -->team (s/first, 1 place)</summary>"), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("::")));
    }
}
