//! The report on a terminal: what is wrong, where it is, what to do; worst first.
//!
//! Findings on one text form one block, many findings of one rule fold into a line, notes take one line per rule.
//! States what was found in which files, and never that a project is secure. Refuses to know how findings are grouped and
//! how an excerpt is drawn: `grouping` and `snippet` do that.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::io;

use rayon::prelude::*;

use super::grouping::{Block, Fold, Folding, fold, severity_of};
use super::text::{width_of, wrap};
use super::{Glyphs, Paths, Report, Style, count, has_text, line_text, one_line, place_text, snippet, summary_text};
use crate::gate::Gate;
use sessionlint_analysis::leading::LeadingFinding;
use sessionlint_analysis::words::beside;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Fix, Label, Safety, Severity};
use sessionlint_source::{FileId, Span};

/// The width for narrower terminals.
const MIN_WIDTH: usize = 40;
/// Names in a line for folded findings.
const NAMES_PER_FOLD: usize = 10;
/// Places in the line for a rule's notes.
const PLACES_PER_NOTE: usize = 3;
/// Related places below a snippet.
const RELATED_PER_FINDING: usize = 5;

/// Writes the report; without findings, a sentence about that (unless `style` is quiet).
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths, style: Style) -> io::Result<()> {
    let style = Style { width: style.width.max(MIN_WIDTH), ..style };
    let folding = fold(report.findings, report.pairs, style.unfold_notes);
    for (index, text) in texts(&folding, report, paths, style).iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// What a blank line separates from its neighbours.
enum Part<'f> {
    Block(&'f Block<'f>, NewTexts),
    Folds(Severity),
    Summary,
}

/// The texts of all parts, in order. Most of the work is the search for secrets in the files and the drawing: both are
/// spread over the threads.
fn texts(folding: &Folding, report: &Report, paths: &Paths, style: Style) -> Vec<String> {
    let mut written = HashSet::new();
    let mut parts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let blocks = folding.blocks.iter().filter(|block| severity_of(block) == severity);
        parts.extend(blocks.map(|block| Part::Block(block, NewTexts::of(block, &mut written))));
        if folding.folds.iter().any(|(fold_severity, _)| *fold_severity == severity) {
            parts.push(Part::Folds(severity));
        }
    }
    if !style.quiet {
        parts.push(Part::Summary);
    }
    let text_of = |part: &Part| {
        let mut page = Page { text: String::new(), report, paths, style };
        match part {
            Part::Block(block, texts) => page.block(block, texts),
            Part::Folds(severity) => page.folds(folding, *severity),
            Part::Summary => page.summary(folding),
        }
        page.text
    };
    let Some(threads) = report.threads else { return parts.iter().map(text_of).collect() };
    let mut files: Vec<FileId> = folding.blocks.iter().flatten().map(|entry| entry.finding.place.file).collect();
    files.sort_unstable();
    files.dedup();
    threads.install(|| {
        // Each file once: two threads that draw places of one file would both wait for it.
        files.par_iter().with_max_len(1).for_each(|file| report.sources.get(*file).find_secrets());
        parts.par_iter().with_max_len(1).map(text_of).collect()
    })
}

/// What a block says that no block before it says: the same advice for the next place of the same kind would only
/// separate the places.
struct NewTexts {
    why: bool,
    help: bool,
    /// For each other side of the decisions of the block, in order.
    decide: Vec<bool>,
}

/// A text that is written once.
#[derive(PartialEq, Eq, Hash)]
enum OnceText<'f> {
    /// The reason for a rule.
    Why(&'f str),
    /// A rule's advice.
    Help(&'f str, &'f str),
    /// The middle way between two rules.
    Decide(&'f str, &'f str),
}

impl NewTexts {
    /// What a block says that is not in `written`, which has what the blocks before it say.
    fn of<'f>(block: &'f Block<'_>, written: &mut HashSet<OnceText<'f>>) -> Self {
        let sides = block.iter().flat_map(|entry| entry.against.iter().map(|other| (entry.finding, *other)));
        let mut decide = Vec::new();
        for (leader, other) in sides {
            decide.push(written.insert(OnceText::Decide(&leader.rule, &other.rule)));
        }
        let Some(leader) = block.first().map(|entry| entry.finding) else {
            return Self { why: false, help: false, decide };
        };
        let why = written.insert(OnceText::Why(&leader.rule));
        let help = written.insert(OnceText::Help(&leader.rule, &leader.help));
        Self { why, help, decide }
    }
}

/// One part of the report.
struct Page<'a> {
    text: String,
    report: &'a Report<'a>,
    paths: &'a Paths,
    style: Style,
}

impl Page<'_> {
    /// `lead` in its colour, then `text` wrapped; further lines start after `indent` spaces.
    fn line(&mut self, lead: &str, color: anstyle::Style, text: &str, indent: usize) {
        let margin = lead.len() - lead.trim_start_matches(' ').len();
        let (space, word) = lead.split_at(margin);
        let text = wrap(text, width_of(lead) + 1, indent, self.style.width);
        // A text that does not begin on this line begins with a line end.
        let gap = if text.is_empty() || text.starts_with('\n') { "" } else { " " };
        self.push(format_args!("{space}{color}{word}{color:#}{gap}{text}\n"));
    }

    fn push(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a string does not fail.
        let _ = self.text.write_fmt(text);
    }

    /// `  help: ...` and similar lines.
    fn field(&mut self, name: &str, text: &str) {
        let text = one_line(text);
        if !text.trim().is_empty() {
            self.line(&format!("  {name}:"), self.style.keyword(), text.trim(), name.len() + 4);
        }
    }

    fn heading(&mut self, finding: &Diagnostic) {
        self.line(&name_of(finding), self.style.of(finding.severity), &one_line(&finding.message), 2);
    }

    fn block(&mut self, block: &Block, texts: &NewTexts) {
        let Some((first, others)) = block.split_first() else { return };
        let leader = first.finding;
        let mut decide = texts.decide.iter().copied();
        self.heading(leader);
        let drawn = self.snippet(leader);
        self.against(first, &mut decide);
        for other in others {
            self.field("also", &format!("{} {}", name_of(other.finding), other.finding.message));
            self.against(other, &mut decide);
        }
        self.related(leader, &drawn);
        if texts.why {
            self.field("why", &leader.why);
        }
        if texts.help {
            self.field("help", &leader.help);
            self.field("setup", &leader.setup);
        }
        let all = block.iter().flat_map(|entry| std::iter::once(entry.finding).chain(entry.against.iter().copied()));
        for finding in all {
            if let Some(fix) = &finding.fix {
                let owner = if finding.rule == leader.rule { None } else { Some(finding.rule.as_str()) };
                self.field("fix", &fix_text(fix, owner));
            }
        }
        for since in block.iter().filter_map(|entry| entry.finding.since.as_ref()).take(1) {
            self.field("since", since.text.strip_prefix("since ").unwrap_or(&since.text));
        }
        if leader.confidence < Confidence::High {
            self.field("confidence", leader.confidence.as_str());
        }
    }

    /// The other sides of a decision, and the middle way, once for two rules: `is_new` says for each whether it is.
    fn against(&mut self, entry: &LeadingFinding, is_new: &mut impl Iterator<Item = bool>) {
        let leader = entry.finding;
        for (other, is_new) in entry.against.iter().zip(is_new) {
            let mut text = format!("{} {}", name_of(other), other.message);
            if other.place != leader.place {
                text = format!("{text} ({})", line_text(self.report, self.paths, other.place));
            }
            self.field("against", &text);
            if is_new {
                self.field("decide", &format!("one thing, two aims. {}", self.report.decide(leader, other)));
            }
        }
    }

    /// The snippet; returns the indices of the related places in it.
    fn snippet(&mut self, finding: &Diagnostic) -> Vec<usize> {
        let source = self.report.sources.get(finding.place.file);
        let shown_path = self.paths.shown(&source.path);
        if !has_text(source) {
            self.field(
                "in",
                &format!("{shown_path} (changed since it was read, or takes too much memory, so no line can be shown)"),
            );
            return Vec::new();
        }
        // Places in other files keep their index but are never near the mark.
        let beyond = Span { start: u32::MAX, end: u32::MAX };
        let texts: Vec<_> = finding.related.iter().map(|label| beside(&finding.message, &label.text)).collect();
        let related: Vec<(Span, &str)> = finding
            .related
            .iter()
            .map(|label| if label.place.file == finding.place.file { label.place.span } else { beyond })
            .zip(texts.iter().map(AsRef::as_ref))
            .collect();
        let (drawing, drawn) =
            snippet::draw(source, &shown_path, finding.place.span, &related, finding.severity, self.style);
        self.text.push_str(&drawing);
        drawn
    }

    /// The related places that are not in the snippet.
    fn related(&mut self, finding: &Diagnostic, drawn: &[usize]) {
        let others: Vec<&Label> = finding
            .related
            .iter()
            .enumerate()
            // The heading names another rule on the marked text itself, and the snippet shows the place.
            .filter(|(index, label)| !drawn.contains(index) && label.place != finding.place)
            .map(|(_, label)| label)
            .collect();
        for label in others.iter().take(RELATED_PER_FINDING) {
            let place = place_text(self.report, self.paths, label.place);
            self.field("related", &format!("{place}: {}", beside(&finding.message, &label.text)));
            self.related_line(label);
        }
        let more = others.len().saturating_sub(RELATED_PER_FINDING);
        if more > 0 {
            self.field("related", &format!("and {}", count(more, "more place")));
        }
    }

    /// The line of a related place, below the place.
    fn related_line(&mut self, label: &Label) {
        let source = self.report.sources.get(label.place.file);
        let excerpt = snippet::line_excerpt(source, label.place.span, self.style);
        if excerpt.is_empty() {
            return;
        }
        let bar = match self.style.glyphs {
            Glyphs::Unicode => '│',
            Glyphs::Ascii => '|',
        };
        self.push(format_args!("           {bar} {excerpt}\n"));
    }

    fn folds(&mut self, folding: &Folding, severity: Severity) {
        for (_, fold) in folding.folds.iter().filter(|(fold_severity, _)| *fold_severity == severity) {
            if severity == Severity::Note && !self.style.unfold_notes {
                self.note_line(fold);
            } else {
                self.fold_line(fold);
            }
        }
    }

    /// `... and 12 more of group/rule-name (warning): Sales, Service, ...`
    fn fold_line(&mut self, fold: &Fold) {
        let Some(first) = fold.findings.first() else { return };
        let mut names = self.names(fold);
        let hidden = fold.findings.len().saturating_sub(names.len());
        if hidden > 0 {
            names.push(format!("and {hidden} more"));
        }
        let lead = format!("... and {} more of {}", fold.findings.len(), one_line(&first.rule));
        let text = format!("({}{}): {}", first.severity.as_str(), against_text(fold), names.join(", "));
        self.line(&lead, self.style.of(first.severity), &text, 4);
    }

    /// The subjects of the folded findings, in short: the component, with its line where it occurs twice.
    fn names(&self, fold: &Fold) -> Vec<String> {
        let names: Vec<&str> = fold
            .findings
            .iter()
            .filter_map(|finding| finding.subject.as_ref())
            .map(|subject| subject.name.as_str())
            .collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let is_unique = sorted.len() == fold.findings.len();
        let shown = fold.findings.iter().take(NAMES_PER_FOLD);
        shown
            .map(|finding| match &finding.subject {
                Some(subject) if is_unique => one_line(&subject.name).into_owned(),
                _ => line_text(self.report, self.paths, finding.place),
            })
            .collect()
    }

    /// `note[group/rule-name] title (3 places: path:line, ...)`
    fn note_line(&mut self, fold: &Fold) {
        let Some(first) = fold.findings.first() else { return };
        let shown = fold.findings.iter().take(PLACES_PER_NOTE);
        let mut places: Vec<String> = shown.map(|finding| line_text(self.report, self.paths, finding.place)).collect();
        if fold.findings.len() > PLACES_PER_NOTE {
            places.push("...".to_owned());
        }
        let places = places.join(", ");
        let more = if fold.shown > 0 { "more place" } else { "place" };
        let text = match fold.findings.as_slice() {
            // A single note shows its own message.
            [only] if only.related.is_empty() => format!("{} ({places})", one_line(&only.message)),
            [only] => {
                let related = count(only.related.len(), "related place");
                format!("{} ({places} and {related})", one_line(&only.message))
            }
            all => {
                let number = count(all.len(), more);
                format!("{} ({number}: {places}{})", one_line(&first.title), against_text(fold))
            }
        };
        self.line(&name_of(first), self.style.of(Severity::Note), &text, 2);
    }

    fn summary(&mut self, folding: &Folding) {
        let project = self.report.project;
        let mut sentences = vec![self.found()];
        sentences.extend(self.fixable());
        sentences.extend(self.report.silence.sentences());
        sentences.extend(counted(
            project.hidden,
            "file is hidden by .forceignore and was not read",
            "files are hidden by .forceignore and were not read",
        ));
        self.push(format_args!("{}\n", wrap(&sentences.join(" "), 0, 0, self.style.width)));
        self.hint(folding);
    }

    fn found(&self) -> String {
        let project = self.report.project;
        let read = project.read();
        if project.components == 0 && self.report.findings.is_empty() && self.report.is_complete {
            format!("No findings: nothing here holds session metadata ({read} read).")
        } else if self.report.findings.is_empty() {
            format!("No findings in {read}.")
        } else {
            format!("Found {} in {read}.", summary_text(&self.report.summary))
        }
    }

    fn fixable(&self) -> Option<String> {
        let safe = self.report.fixable(Safety::Safe);
        let risky = self.report.fixable(Safety::Unsafe);
        match (safe, risky) {
            (0, 0) => None,
            (_, 0) => Some(format!("{safe} can be fixed with --fix.")),
            (0, _) => Some(format!("{risky} can be fixed with --fix --unsafe-fixes.")),
            _ => Some(format!("{safe} can be fixed with --fix, {risky} more with --unsafe-fixes.")),
        }
    }

    /// The reference to more information.
    fn hint(&mut self, folding: &Folding) {
        let first = folding.blocks.first().and_then(|block| block.first()).map(|entry| entry.finding);
        let first = first.or_else(|| folding.folds.first().and_then(|(_, fold)| fold.findings.first().copied()));
        let Some(finding) = first else { return };
        let mut text = format!("Why it matters: sessionlint explain {}.", one_line(&finding.rule));
        let has_folded_notes = folding.folds.iter().any(|(severity, _)| *severity == Severity::Note);
        if has_folded_notes && !self.style.unfold_notes {
            text.push_str(" Notes in full: --notes.");
        }
        if folding.folds.iter().any(|(severity, _)| *severity > Severity::Note || self.style.unfold_notes) {
            text.push_str(" Every finding on its own line: --format concise.");
        }
        self.push(format_args!("{}\n", wrap(&text, 0, 0, self.style.width)));
    }
}

/// `severity[rule]`
fn name_of(finding: &Diagnostic) -> String {
    format!("{}[{}]", finding.severity.as_str(), one_line(&finding.rule))
}

/// `; against security/x`: the rules with advice opposite to folded findings.
fn against_text(fold: &Fold) -> String {
    let mut rules: Vec<&str> = fold.against.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.is_empty() { String::new() } else { format!("; against {}", one_line(&rules.join(", "))) }
}

fn fix_text(fix: &Fix, owner: Option<&str>) -> String {
    let owner = owner.map(|rule| format!(", for {rule}")).unwrap_or_default();
    format!("{} ({}{owner})", fix.title, fix.cost())
}

fn counted(number: usize, one: &str, many: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {one}.")),
        _ => Some(format!("{number} {many}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silence;
    use crate::testing::{Case, finding};
    use sessionlint_lint::diagnostic::{Edit, Subject};
    use sessionlint_source::{FileId, Place};

    const SETTINGS: &str = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">
    <sessionSettings>
        <disableTimeoutWarning>true</disableTimeoutWarning>
        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>
        <sessionTimeout>FifteenMinutes</sessionTimeout>
    </sessionSettings>
</SecuritySettings>
";

    fn settings() -> Case {
        Case::files(&[
            ("main/settings/Security.settings-meta.xml", SETTINGS.as_bytes()),
            ("main/Sales.xml", b"<Profile>\r\n\t<sessionTimeout>30</sessionTimeout>\r\n</Profile>\r\n"),
        ])
    }

    fn fix(title: &str, safety: Safety, place: Place) -> Fix {
        Fix {
            title: title.to_owned(),
            safety,
            loosens: String::new(),
            edits: vec![Edit { place, text: "false".to_owned() }],
        }
    }

    fn org_timeout(case: &Case) -> Diagnostic {
        let mut it = finding("session/org-timeout-short", Severity::Error, case.mark("FifteenMinutes"));
        it.message = "The org ends every session after 15 minutes without activity, and half of that is enough \
                      to lose work in a form that is filled in slowly"
            .to_owned();
        it.help = "Choose at least two hours".to_owned();
        it.setup = "Setup > Session Settings > Timeout Value".to_owned();
        it.fix = Some(fix("Write TwoHours", Safety::Display, it.place));
        it.confidence = Confidence::Medium;
        let forced = case.mark("true</forceLogout");
        let forced = Place { span: Span { end: forced.span.start + 4, ..forced.span }, ..forced };
        it.related.push(Label { place: forced, text: "users are logged out then".to_owned() });
        it.related.push(Label { place: case.mark_in(1, "30"), text: "Sales has its own".to_owned() });
        it
    }

    #[test]
    fn a_finding_has_its_lines_and_what_to_do() {
        let case = settings();
        let expected = "\
error[session/org-timeout-short] The org ends every session after 15 minutes without activity, and
  half of that is enough to lose work in a form that is filled in slowly
   ╭─[main/settings/Security.settings-meta.xml:6:25]
 5 │         <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>
   ·                                      ──┬─
   ·                                        ╰── users are logged out then
 6 │         <sessionTimeout>FifteenMinutes</sessionTimeout>
   ·                         ──────────────
   ╰────
  related: main/Sales.xml:2:18: Sales has its own
           │ <sessionTimeout>30</sessionTimeout>
  help: Choose at least two hours
  setup: Setup > Session Settings > Timeout Value
  fix: Write TwoHours (display only)
  confidence: medium

Found 1 error in 2 files (2 components).
Why it matters: sessionlint explain session/org-timeout-short.
";
        assert_eq!(case.human(&[org_timeout(&case)], Style::default()), expected);
    }

    #[test]
    fn a_reason_and_an_advice_are_written_once() {
        let case = Case::new("a.xml", "<a>one</a><b>two</b><c>three</c>");
        let of = |mark: &str, help: &str| {
            let mut it = finding("session/org-timeout-short", Severity::Error, case.mark(mark));
            (it.why, it.help) = ("Work is lost.".to_owned(), help.to_owned());
            it
        };
        let text = case.plain(&[of("one", "Choose two hours"), of("two", "Choose two hours"), of("three", "Ask")]);
        let count = |part: &str| text.matches(part).count();
        assert_eq!(
            [count("why: Work is lost."), count("help: Choose two hours"), count("help: Ask")],
            [1, 1, 1],
            "{text}"
        );
    }

    #[test]
    fn a_narrow_ascii_terminal_gets_short_lines() {
        let mut case = settings();
        case.paths = Paths::between("/repo/crm", "/repo");
        let style = Style { width: 60, glyphs: Glyphs::Ascii, quiet: true, ..Style::default() };
        let expected = "\
error[session/org-timeout-short] The org ends every session
  after 15 minutes without activity, and half of that is
  enough to lose work in a form that is filled in slowly
   ,-[crm/main/settings/Security.settings-meta.xml:6:25]
 6 |         <sessionTimeout>FifteenMinutes</sessionTimeout>
   :                         ^^^^^^^^^^^^^^
   `----
  related: crm/main/settings/Security.settings-meta.xml:5:38:
           users are logged out then
           | ...ssionTimeout>true</forceLogoutOnSessionTi...
  related: crm/main/Sales.xml:2:18: Sales has its own
           | <sessionTimeout>30</sessionTimeout>
  help: Choose at least two hours
  setup: Setup > Session Settings > Timeout Value
  fix: Write TwoHours (display only)
  confidence: medium
";
        let text = case.human(&[org_timeout(&case)], style);
        assert_eq!(text, expected);
        assert!(text.is_ascii());
    }

    #[test]
    fn colour_marks_severity_and_place() {
        let case = Case::new("a.xml", "<a>one</a>\n");
        let mut it = finding("s/a", Severity::Error, case.mark("one"));
        it.help = "Do this".to_owned();
        it.related.push(Label { place: case.mark("</a>"), text: "ends".to_owned() });
        it.related[0].place.span.start += 1;
        let style = Style { color: true, quiet: true, ..Style::default() };
        let expected = "\
{1}{31}error[s/a]{0} Message of s/a
   ╭─[{36;1;4}a.xml:1:4{0}]
 {2}1{0} │ <a>one</a>
   · {31}   ─┬─{0}{36} ─┬─{0}
   ·     {31}│{0}   {36}╰── {36}ends{0}{0}
   ·     {31}╰── {31}here{0}{0}
   ╰────
  {36}help:{0} Do this
";
        let text = case.human(&[it], style);
        assert_eq!(readable(&text), expected);
    }

    /// Escape sequences as `{...}`.
    fn readable(text: &str) -> String {
        let mut parts = text.split("\u{1b}[");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (code, rest) = part.split_once('m').expect("an escape sequence sets a colour");
            out.extend(["{", code, "}", rest]);
        }
        out
    }

    #[test]
    fn findings_on_one_text_form_one_block() {
        let case = settings();
        let place = case.mark("FifteenMinutes");
        let note = finding("session/note", Severity::Note, place);
        let mut error = finding("session/error", Severity::Error, place);
        error.fix = Some(fix("Write TwoHours", Safety::Safe, place));
        let mut warning = finding("session/warning", Severity::Warning, place);
        warning.fix = Some(fix("Remove it", Safety::Unsafe, place));
        let expected = "\
error[session/error] Message of session/error
   ╭─[main/settings/Security.settings-meta.xml:6:25]
 6 │         <sessionTimeout>FifteenMinutes</sessionTimeout>
   ·                         ──────────────
   ╰────
  also: warning[session/warning] Message of session/warning
  also: note[session/note] Message of session/note
  fix: Write TwoHours (safe)
  fix: Remove it (unsafe: loosens a protection, for session/warning)
";
        assert_eq!(case.plain(&[note, error, warning]), expected);
    }

    #[test]
    fn rules_that_pull_against_each_other_are_one_decision() {
        let case = Case::new("a.xml", "<a>one</a>");
        let findings = [
            finding("security/forced-logout-off", Severity::Note, case.mark("one")),
            finding("session/forced-logout", Severity::Warning, case.mark("one")),
        ];
        let expected = "\
warning[session/forced-logout] Message of session/forced-logout
   ╭─[a.xml:1:4]
 1 │ <a>one</a>
   ·    ───
   ╰────
  against: note[security/forced-logout-off] Message of security/forced-logout-off
  decide: one thing, two aims. The middle way is <two> hours.
";
        assert_eq!(case.plain(&findings), expected);
    }

    #[test]
    fn two_notes_that_are_a_decision_are_shown_and_the_other_place_is_named() {
        let mut case = Case::new("a.xml", "<a>one\n<b/></a>");
        case.pairs[0].middle_way = String::new();
        let findings = [
            finding("security/forced-logout-off", Severity::Note, case.mark("one")),
            finding("session/forced-logout", Severity::Note, case.mark("<b/>")),
        ];
        let expected = "\
note[session/forced-logout] Message of session/forced-logout
   ╭─[a.xml:2:1]
 2 │ <b/></a>
   · ────
   ╰────
  against: note[security/forced-logout-off] Message of security/forced-logout-off (a.xml:1)
  decide: one thing, two aims. `sessionlint explain security/forced-logout-off` explains that side
";
        assert_eq!(case.plain(&findings), expected);
    }

    #[test]
    fn folded_decisions_stay_one_line() {
        let (case, mut findings) = eight("session/forced-logout", Severity::Warning);
        let others: Vec<Diagnostic> =
            findings.iter().map(|it| finding("security/forced-logout-off", Severity::Note, it.place)).collect();
        findings.extend(others);
        let text = case.plain(&findings);
        assert_eq!(text.matches("  against: ").count(), 5, "{text}");
        assert_eq!(text.matches("  decide: ").count(), 1, "{text}");
        let expected = "
... and 3 more of session/forced-logout (warning; against security/forced-logout-off): P6, P7, P8
";
        assert!(text.ends_with(expected), "{text}");
    }

    /// Eight profiles with the rule `rule`, each in a line of one file.
    fn eight(rule: &str, severity: Severity) -> (Case, Vec<Diagnostic>) {
        let text = (1..=8).map(|number| format!("<a>value{number}</a>")).collect::<Vec<_>>().join("\n");
        let case = Case::new("main/all.xml", &text);
        let findings = (1..=8).map(|number| {
            let mut it = finding(rule, severity, case.mark(&format!("value{number}")));
            it.subject = Some(Subject { ty: "Profile".to_owned(), name: format!("P{number}") });
            it
        });
        let findings = findings.collect();
        (case, findings)
    }

    #[test]
    fn a_rule_folds_beyond_five() {
        let (case, mut findings) = eight("s/short", Severity::Warning);
        let text = case.human(&findings, Style::default());
        assert_eq!(text.matches("warning[s/short]").count(), 5);
        let expected = "
... and 3 more of s/short (warning): P6, P7, P8

Found 8 warnings in 1 file (1 component).
Why it matters: sessionlint explain s/short. Every finding on its own line: --format concise.
";
        assert!(text.ends_with(expected), "{text}");
        findings[7].subject = findings[6].subject.clone();
        let text = case.plain(&findings);
        let expected = "
... and 3 more of s/short (warning): main/all.xml:6, main/all.xml:7, main/all.xml:8
";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn folds_stand_behind_the_blocks_of_their_severity() {
        let (case, mut findings) = eight("s/short", Severity::Error);
        findings.insert(0, finding("a/other", Severity::Warning, case.mark("<a>")));
        let text = case.plain(&findings);
        assert!(text.starts_with("error[s/short]"), "{text}");
        let fold = text.find("... and 3 more").expect("a fold");
        let other = text.find("warning[a/other]").expect("the warning");
        assert!(fold < other, "{text}");
    }

    #[test]
    fn notes_take_a_line_for_each_rule() {
        let (case, mut findings) = eight("s/noted", Severity::Note);
        let mut single = finding("s/single", Severity::Note, case.mark("<a>value2"));
        single.related.push(Label { place: case.mark("value1"), text: String::new() });
        findings.push(single);
        let expected = "\
note[s/noted] Title of s/noted (8 places: main/all.xml:1, main/all.xml:2, main/all.xml:3, ...)
note[s/single] Message of s/single (main/all.xml:2 and 1 related place)

Found 9 notes in 1 file (1 component).
Why it matters: sessionlint explain s/noted. Notes in full: --notes.
";
        assert_eq!(case.human(&findings, Style::default()), expected);
        let text = case.human(&findings, Style { unfold_notes: true, ..Style::default() });
        assert_eq!(text.matches("note[s/noted]").count(), 5);
        assert_eq!(text.matches("note[s/single]").count(), 1);
        assert!(text.contains("... and 3 more of s/noted (note): P6, P7, P8"), "{text}");
    }

    #[test]
    fn no_findings_is_a_sentence_without_praise() {
        let mut case = settings();
        assert_eq!(case.human(&[], Style::default()), "No findings in 2 files (2 components).\n");
        assert_eq!(case.plain(&[]), "");
        case.hidden = 2;
        case.silence = Silence { suppressed_by_comment: 1, baselined: 3, ..Silence::default() };
        let expected = "\
No findings in 2 files (2 components). 1 finding is suppressed (by comments). 3 findings are in the
baseline. 2 files are hidden by .forceignore and were not read.
";
        assert_eq!(case.human(&[], Style::default()), expected);
        let empty = Case::files(&[]);
        let expected = "No findings: nothing here holds session metadata (0 files read).\n";
        assert_eq!(empty.human(&[], Style::default()), expected);
    }

    #[test]
    fn the_summary_counts_what_can_be_fixed() {
        let case = Case::new("a.xml", "<a>one</a>");
        let place = case.mark("one");
        let with = |safety| {
            let mut it = finding("s/a", Severity::Warning, place);
            it.fix = Some(fix("Do", safety, place));
            it
        };
        let last = |findings: &[Diagnostic]| {
            let text = case.human(findings, Style::default());
            let found = text.lines().find(|line| line.starts_with("Found")).unwrap_or_default();
            found.split_once("). ").map_or("", |(_, fixable)| fixable).to_owned()
        };
        assert_eq!(last(&[with(Safety::Display)]), "");
        assert_eq!(last(&[with(Safety::Safe)]), "1 can be fixed with --fix.");
        assert_eq!(last(&[with(Safety::Unsafe)]), "1 can be fixed with --fix --unsafe-fixes.");
        let both = [with(Safety::Safe), with(Safety::Unsafe), with(Safety::Unsafe)];
        assert_eq!(last(&both), "1 can be fixed with --fix, 2 more with --unsafe-fixes.");
    }

    #[test]
    fn secrets_beside_the_mark_are_masked() {
        let text = "<ConnectedApp><consumerSecret>hunter2é</consumerSecret><label>App</label>\n\
                    <consumerKey>3MVG9\nkey</consumerKey></ConnectedApp>";
        let case = Case::files(&[("a.xml", text.as_bytes()), ("b.xml", text.as_bytes())]);
        let mut it = finding("s/a", Severity::Warning, case.mark("App</label>"));
        it.related.push(Label { place: case.mark("3MVG9"), text: "key".to_owned() });
        it.related.push(Label { place: case.mark_in(1, "<label>"), text: "there".to_owned() });
        let expected = "\
warning[s/a] Message of s/a
   ╭─[a.xml:1:63]
 1 │ <ConnectedApp><consumerSecret>********</consumerSecret><label>App</label>
   ·                                                               ───────────
 2 │ <consumerKey>*****
   ·              ──┬──
   ·                ╰── key
   ╰────
  related: b.xml:1:56: there
           │ <ConnectedApp><consumerSecret>********</consumerSecret><label>App</label>
";
        assert_eq!(case.plain(&[it]), expected);
    }

    #[test]
    fn a_cropped_secret_stays_masked() {
        let text = format!("<consumerSecret>{}</consumerSecret>", "s3cr3t".repeat(100));
        let case = Case::new("a.xml", &text);
        let place = Place { file: FileId(0), span: Span::new(300, 310) };
        let text = case.plain(&[finding("s/a", Severity::Warning, place)]);
        assert!(!text.contains("s3c") && !text.contains("3t"), "{text}");
        assert!(text.contains(&"*".repeat(90)), "{text}");
    }

    #[test]
    fn hostile_text_steers_no_terminal() {
        let case = Case::new("e\u{1b}[2Jvil.xml", "<a>\u{1b}[31m\u{202E}x\u{9b}\u{E0041}</a>\u{85}\u{2028}");
        let mut it = finding("s/a", Severity::Warning, case.mark("x"));
        it.message = "line\n\u{1b}]0;title\u{7} \u{202E}over".to_owned();
        it.help = "help\r\n\u{9b}2J".to_owned();
        it.related.push(Label { place: case.mark("</a>"), text: "\u{1b}c\nlabel".to_owned() });
        it.fix = Some(fix("\u{2066}title", Safety::Safe, it.place));
        let expected = "\
warning[s/a] line ?]0;title? \u{FFFD}over
   ╭─[e?[2Jvil.xml:1:10]
 1 │ <a>?[31m\u{FFFD}x\u{BF}\u{1FFFD}</a>\u{BF}\u{FFFD}
   ·          ┬  ──┬─
   ·          │    ╰── ?c label
   ·          ╰── here
   ╰────
  help: help \u{BF}2J
  fix: \u{FFFD}title (safe)
";
        let text = case.plain(&[it]);
        assert!(text.chars().all(|ch| sessionlint_source::harmless(ch) == ch), "{text:?}");
        assert_eq!(text.replace('┬', "─"), expected.replace('┬', "─"));
    }

    #[test]
    fn a_file_that_is_gone_has_no_snippet() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("big.xml");
        let text = format!("<a>{}</a>", " ".repeat(sessionlint_source::KEEP_BYTES));
        let case = Case::on_disk(disk.clone(), text);
        std::fs::write(disk, "<a/>").unwrap();
        let place = Place { file: FileId(0), span: Span::new(3, 9) };
        let expected = "\
warning[s/a] Message of s/a
  in: big.xml (changed since it was read, or takes too much memory, so no line can be shown)
";
        assert_eq!(case.plain(&[finding("s/a", Severity::Warning, place)]), expected);
    }

    #[test]
    fn long_lists_of_related_places_are_cut() {
        let (case, findings) = eight("s/a", Severity::Note);
        let other = Case::files(&[("a.xml", b"<a/>"), ("main/all.xml", case.sources.get(FileId(0)).text().as_bytes())]);
        let mut it = finding("s/once", Severity::Warning, other.mark("<a/>"));
        it.related = findings
            .iter()
            .map(|one| Label { place: Place { file: FileId(1), ..one.place }, text: "here".to_owned() })
            .collect();
        let text = other.plain(&[it]);
        assert_eq!(text.matches(": here\n").count(), 5);
        assert!(text.ends_with("  related: and 3 more places\n"), "{text}");
    }

    /// Two thousand findings in four megabytes, of rules that do not fold; `line_end` between the elements.
    fn two_thousand(line_end: &str) -> (tempfile::TempDir, Case, Vec<Diagnostic>) {
        let folder = tempfile::tempdir().unwrap();
        let item = format!("<item>{}</item>{line_end}", "x".repeat(2000));
        let case = Case::on_disk(folder.path().join("big.xml"), item.repeat(2000));
        let findings = (0..2000).map(|number| {
            let start = number * item.len() + "<item>".len();
            let place = Place { file: FileId(0), span: Span::new(start, start + 4) };
            finding(&format!("s/rule{}", number / 5), Severity::Warning, place)
        });
        let findings = findings.collect();
        (folder, case, findings)
    }

    #[test]
    fn printing_costs_nothing_that_grows_with_the_file() {
        for line_end in ["\n", ""] {
            let (_folder, case, findings) = two_thousand(line_end);
            let (text, bytes) = sessionlint_source::steps::bytes_of(|| case.plain(&findings));
            assert_eq!(text.matches("warning[s/rule").count(), 2000);
            // A pass or two over the file, and a window of it for each finding.
            let (file, windows) = (4_100_000, 2000 * 8_000);
            assert!(bytes > file && bytes < 3 * file + windows, "{line_end:?}: {bytes} bytes");
        }
    }
}
