//! The output of a run in every format: one file per format, each a `write` into a [`gate::Gate`].
//!
//! Assumes findings sorted by path, place and rule, and sources that still hold their places. Refuses to know how
//! findings came about, which of them are shown, and the terminal: no clock, no environment, no colour unless [`Style`]
//! has it. The same input gives the same bytes.
//!
//! Text from a file reaches no output unchecked: paths go through [`Paths::shown`], sentences through `text::one_line`,
//! excerpts through `snippet` and so through the masking of secrets.

pub mod azure;
pub mod blame;
pub mod calendar;
pub mod concise;
pub mod csv;
pub mod diagnose;
pub mod diff;
mod evidence;
pub mod fleet;
pub mod gate;
pub mod github;
pub mod gitlab;
mod grouping;
pub mod history;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod overview;
pub mod rdjson;
mod rule_info;
pub mod sarif;
pub mod sessions;
mod silence;
mod snippet;
pub mod statistics;
pub mod table;
mod text;

use std::borrow::Cow;

use serde::Serialize;

use sessionlint_lint::conflicts::{Pair, pair_of};
use sessionlint_lint::diagnostic::{Diagnostic, Safety, Severity, Summary};
use sessionlint_project::metadata::{self, CodeCounts};
use sessionlint_source::{Place, Source, Sources};

pub use rule_info::{BenchmarkInfo, ControlInfo, RuleInfo};
pub use sessionlint_source::words::{count, counted};
pub use silence::Silence;
pub use snippet::quote;
pub use text::{one_line, without_commands};

/// The project that was checked.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Project<'a> {
    /// Its root, as JSON states it.
    pub root: &'a str,
    /// Its path in the work tree, `/`-separated; empty where it is the top. Distinguishes its reports from those of
    /// others.
    #[serde(skip)]
    pub name: &'a str,
    /// Metadata files that were read.
    pub files: usize,
    /// Components in them.
    pub components: usize,
    /// Files of code that were read.
    pub code: CodeCounts,
    /// Files with session metadata that `.forceignore` hides.
    pub hidden: usize,
}

impl<'a> Project<'a> {
    /// The counts of a project, under this name.
    pub fn of(project: &'a metadata::Project, name: &'a str) -> Self {
        Self {
            root: &project.root,
            name,
            files: project.file_count(),
            components: project.component_count(),
            code: project.code,
            hidden: project.hidden.len(),
        }
    }

    /// The files that were read, in words: `2 files (2 components)`; with code
    /// `18 metadata files (17 components), 42 classes and 3 triggers`.
    fn read(&self) -> String {
        read_in_words(self.files, self.components, self.code)
    }
}

/// The files that were read, in words.
fn read_in_words(files: usize, components: usize, code: CodeCounts) -> String {
    let kinds = [
        (code.classes, "class", "classes"),
        (code.triggers, "trigger", "triggers"),
        (code.pages, "page", "pages"),
        (code.components, "Visualforce component", "Visualforce components"),
        (code.aura_apps, "Aura application", "Aura applications"),
    ];
    let found = kinds.into_iter().filter(|(number, ..)| *number > 0);
    let mut parts: Vec<String> = found.map(|(number, one, many)| counted(number, one, many)).collect();
    // Those are named only where nothing else was read: they are not code, and most of them are irrelevant.
    if files == 0 && parts.is_empty() && code.texts > 0 {
        return count(code.texts, "file");
    }
    if files > 0 || parts.is_empty() {
        let word = if parts.is_empty() { "file" } else { "metadata file" };
        let components = if components == 0 && files == 0 {
            String::new()
        } else {
            format!(" ({})", count(components, "component"))
        };
        parts.insert(0, format!("{}{components}", count(files, word)));
    }
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// A suppressed finding.
#[derive(Clone, Copy, Debug)]
pub struct Suppressed<'a> {
    /// The finding.
    pub finding: &'a Diagnostic,
    /// Whether a comment at the finding suppresses it, instead of a separate file.
    pub is_in_source: bool,
    /// The reason.
    pub reason: &'a str,
}

/// Everything that a format may show.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The project.
    pub project: Project<'a>,
    /// The files that the findings lie in.
    pub sources: &'a Sources,
    /// The findings, sorted by path, place and rule.
    pub findings: &'a [Diagnostic],
    /// Suppressed findings, for the formats that name them.
    pub suppressed: &'a [Suppressed<'a>],
    /// The number of findings, and of those that are not shown.
    pub summary: Summary,
    /// What the run leaves out, and why.
    pub silence: &'a Silence,
    /// Pairs of rules with opposite advice: their findings about one setting are one decision.
    pub pairs: &'a [Pair],
    /// All rules, by id, for the formats that name them all; may be empty for the others.
    pub rules: &'a [RuleInfo],
    /// Whether the check is complete: every file was readable, and every rule ran.
    pub is_complete: bool,
    /// The threads that a format may spread its work over; without them it works on the current one.
    pub threads: Option<&'a rayon::ThreadPool>,
}

impl<'a> Report<'a> {
    /// A complete report of findings, none of which is suppressed.
    pub fn of(project: Project<'a>, sources: &'a Sources, findings: &'a [Diagnostic], silence: &'a Silence) -> Self {
        Self {
            project,
            sources,
            findings,
            suppressed: &[],
            summary: Summary::of(findings),
            silence,
            pairs: &[],
            rules: &[],
            is_complete: true,
            threads: None,
        }
    }

    /// The findings with those that are shown as one of them, sorted by path, place and rule: for programs that follow each
    /// by its fingerprint or look for it in a file.
    pub(crate) fn each(&self) -> Vec<&'a Diagnostic> {
        let mut each: Vec<&Diagnostic> = self.findings.iter().flat_map(Diagnostic::each).collect();
        if each.len() > self.findings.len() {
            each.sort_by(|left, right| (left.place, &left.rule).cmp(&(right.place, &right.rule)));
        }
        each
    }

    /// The facts of the rule `id`.
    fn rule(&self, id: &str) -> Option<&'a RuleInfo> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The text for two findings that are one decision: the middle way, or where to read about it.
    fn decide(&self, one: &Diagnostic, other: &Diagnostic) -> String {
        match pair_of(self.pairs, &one.rule, &other.rule).filter(|pair| !pair.middle_way.is_empty()) {
            Some(pair) => pair.middle_way.clone(),
            None => format!("`sessionlint explain {}` explains that side", one_line(&other.rule)),
        }
    }

    /// How many findings have a fix of this safety.
    fn fixable(&self, safety: Safety) -> usize {
        self.findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety == safety).count()
    }
}

/// Writes the heading of one of several projects on a terminal: its name, after a blank line unless it is the first.
pub fn begin_project(out: &mut dyn std::io::Write, name: &str, style: Style, is_first: bool) -> std::io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    let gap = if is_first { "" } else { "\n" };
    writeln!(out, "{gap}{bold}Project {}{bold:#}\n", one_line(name))
}

/// The same in Markdown.
pub fn begin_project_markdown(out: &mut dyn std::io::Write, name: &str, is_first: bool) -> std::io::Result<()> {
    let gap = if is_first { "" } else { "\n" };
    writeln!(out, "{gap}# {}\n", table::escaped(name))
}

/// How the formats other than JSON show a path: relative to a base folder instead of the project's root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The path from the base to the root where the root is below or beside it (`packages/crm`, `../crm`).
    add: String,
    /// The path from the root down to the base where the base is inside the project.
    strip: String,
}

impl Paths {
    /// Paths below `root` as seen from `base`; both absolute, clean and `/`-separated.
    ///
    /// Without anything in common (two Windows drives) paths become absolute.
    pub fn between(root: &str, base: &str) -> Self {
        let root_parts: Vec<&str> = parts(root).collect();
        let base_parts: Vec<&str> = parts(base).collect();
        if root_parts.first() != base_parts.first() && !(root.starts_with('/') && base.starts_with('/')) {
            return Self { add: root.trim_end_matches('/').to_owned(), strip: String::new() };
        }
        match base_parts.strip_prefix(root_parts.as_slice()) {
            Some(inside) => Self { add: String::new(), strip: inside.join("/") },
            None => Self { add: relative_path(&base_parts, &root_parts), strip: String::new() },
        }
    }

    /// The path as it is, relative to the base.
    pub fn exact<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if !self.strip.is_empty() {
            let base_parts: Vec<&str> = parts(&self.strip).collect();
            return relative_path(&base_parts, &parts(path).collect::<Vec<_>>()).into();
        }
        if self.add.is_empty() { path.into() } else { format!("{}/{path}", self.add).into() }
    }

    /// Whether the path leads into the base folder, not out of it.
    fn is_below_base(&self, path: &str) -> bool {
        let is_absolute = self.add.starts_with('/') || self.add.as_bytes().get(1) == Some(&b':');
        !is_absolute && !self.exact(path).starts_with("../")
    }

    /// The path for people: relative to the base, on one line, harmless to a terminal.
    ///
    /// A line that begins with `::` is a command to GitHub's runner, so a path that does gets a `./` before it.
    pub fn shown(&self, path: &str) -> String {
        let path = self.exact(path);
        let path = text::marked(&path);
        if path.trim_start().starts_with("::") { format!("./{path}") } else { path.into_owned() }
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// The path from one folder to another path. Both are `/`-separated on every system, which the paths of the system are
/// not.
fn relative_path(from: &[&str], to: &[&str]) -> String {
    let common = from.iter().zip(to).take_while(|(left, right)| left == right).count();
    let up = from[common..].iter().map(|_| "..");
    up.chain(to[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// The characters of frames and arrows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Box-drawing characters.
    #[default]
    Unicode,
    /// ASCII only; text from files is not changed.
    Ascii,
}

/// The look of text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to write ANSI colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether notes are shown like other findings, instead of a line per rule.
    pub unfold_notes: bool,
    /// Whether to leave out everything except findings.
    pub quiet: bool,
    /// The characters of frames.
    pub glyphs: Glyphs,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, unfold_notes: false, quiet: false, glyphs: Glyphs::Unicode }
    }
}

impl Style {
    /// The colour of a severity, plain where colour is off.
    fn of(self, severity: Severity) -> anstyle::Style {
        let color = match severity {
            Severity::Error => anstyle::AnsiColor::Red,
            Severity::Warning => anstyle::AnsiColor::Yellow,
            Severity::Note => anstyle::AnsiColor::Cyan,
        };
        self.paint(color.on_default().bold())
    }

    /// The colour of words like `help:`.
    fn keyword(self) -> anstyle::Style {
        self.paint(anstyle::AnsiColor::Cyan.on_default())
    }

    fn paint(self, style: anstyle::Style) -> anstyle::Style {
        if self.color { style } else { anstyle::Style::new() }
    }
}

/// Whether the text of `source` can still be had; a file that changed since it was read has none.
fn has_text(source: &Source) -> bool {
    source.text_len == 0 || !source.text().is_empty()
}

/// `path:line:column`, or the path alone where the file changed since it was read.
fn place_text(report: &Report, paths: &Paths, place: Place) -> String {
    let source = report.sources.get(place.file);
    let path = paths.shown(&source.path);
    if !has_text(source) {
        return path;
    }
    let position = source.position(place.span.start);
    format!("{path}:{}:{}", position.line, position.column)
}

/// `path:line`, or the path alone where the file changed since it was read.
fn line_text(report: &Report, paths: &Paths, place: Place) -> String {
    let source = report.sources.get(place.file);
    let path = paths.shown(&source.path);
    if has_text(source) { format!("{path}:{}", source.line_of(place.span.start).0 + 1) } else { path }
}

/// The summary and all that the run leaves out, on one line.
fn closing_line(report: &Report) -> String {
    let mut line = summary_text(&report.summary);
    for phrase in report.silence.phrases() {
        line.push_str("; ");
        line.push_str(&phrase);
    }
    line
}

/// `3 errors, 2 warnings, 1 note`: the number of findings, or `no findings`.
pub(crate) fn summary_text(summary: &Summary) -> String {
    let counted = [(summary.error, "error"), (summary.warning, "warning"), (summary.note, "note")];
    let parts: Vec<String> =
        counted.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)).collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_named_by_its_kind() {
        let code = |classes, triggers, pages| CodeCounts { classes, triggers, pages, ..CodeCounts::default() };
        let table = [
            (2, 2, code(0, 0, 0), "2 files (2 components)"),
            (0, 0, code(0, 0, 0), "0 files"),
            (0, 0, code(1, 0, 0), "1 class"),
            (0, 0, code(42, 1, 0), "42 classes and 1 trigger"),
            (18, 17, code(42, 0, 0), "18 metadata files (17 components) and 42 classes"),
            (1, 1, code(2, 3, 1), "1 metadata file (1 component), 2 classes, 3 triggers and 1 page"),
        ];
        for (files, components, code, words) in table {
            assert_eq!(read_in_words(files, components, code), words);
        }
        let texts = CodeCounts { texts: 3, ..CodeCounts::default() };
        assert_eq!(read_in_words(0, 0, texts), "3 files");
        assert_eq!(read_in_words(1, 1, texts), "1 file (1 component)");
        let aura = CodeCounts { components: 1, aura_apps: 2, ..CodeCounts::default() };
        assert_eq!(read_in_words(0, 0, aura), "1 Visualforce component and 2 Aura applications");
    }

    #[test]
    fn paths_are_relative_to_the_base() {
        let show = |root, base, path| Paths::between(root, base).shown(path);
        assert_eq!(show("/repo", "/repo", "a/b.xml"), "a/b.xml");
        assert_eq!(show("/repo/crm", "/repo", "a/b.xml"), "crm/a/b.xml");
        assert_eq!(show("/repo", "/repo/a", "a/b.xml"), "b.xml");
        assert_eq!(show("/repo", "/repo/a/c", "a/b.xml"), "../b.xml");
        assert_eq!(show("/repo", "/repo/a/c", "d.xml"), "../../d.xml");
        assert_eq!(show("/repo/one", "/repo/two/x", "d.xml"), "../../one/d.xml");
        assert_eq!(show("/", "/", "d.xml"), "d.xml");
        assert_eq!(show("/one", "/two", "d.xml"), "../one/d.xml");
        assert_eq!(show("C:/one", "D:/two", "d.xml"), "C:/one/d.xml");
        assert_eq!(Paths::default().shown(" ::error::.xml"), "./ ::error::.xml");
        assert_eq!(Paths::default().shown("a\u{202E}\n\u{1b}.xml"), "a\u{FFFD}\u{2424}?.xml");
    }

    #[test]
    fn a_summary_names_what_there_is() {
        let summary = Summary { error: 3, warning: 1, ..Summary::default() };
        assert_eq!(summary_text(&summary), "3 errors, 1 warning");
        assert_eq!(summary_text(&Summary::default()), "no findings");
    }
}
