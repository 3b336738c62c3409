//! Hand-made findings in hand-made files, for the tests of the formats.
//!
//! Refuses to know rule pages and projects: every text is made up.

use std::path::PathBuf;

use super::gate::Gate;
use super::{Paths, Project, Report, RuleInfo, Silence, Style};
use sessionlint_lint::conflicts::Pair;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Severity};
use sessionlint_project::metadata::CodeCounts;
use sessionlint_source::{Encoding, FileId, Place, Source, Sources, Span, decode};

/// Some files.
pub(crate) struct Case {
    pub(crate) sources: Sources,
    pub(crate) paths: Paths,
    pub(crate) code: CodeCounts,
    pub(crate) hidden: usize,
    pub(crate) rules: Vec<RuleInfo>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) silence: Silence,
}

impl Case {
    /// One file.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self::files(&[(path, text.as_bytes())])
    }

    /// Several files, decoded as the loader does.
    pub(crate) fn files(files: &[(&str, &[u8])]) -> Self {
        let source = |(path, bytes): &(&str, &[u8])| {
            let decoded = decode(bytes);
            Source::new((*path).to_owned(), PathBuf::new(), decoded.text, decoded.encoding)
        };
        Self::of(files.iter().map(source).collect())
    }

    /// A file larger than what stays in memory, on disk.
    pub(crate) fn on_disk(disk: PathBuf, text: String) -> Self {
        std::fs::write(&disk, &text).unwrap();
        let source = Source::new("big.xml".to_owned(), disk, text, Encoding::Utf8 { bom: 0 });
        Self::of(vec![source])
    }

    fn of(sources: Vec<Source>) -> Self {
        Self {
            sources: Sources::new(sources),
            paths: Paths::default(),
            code: CodeCounts::default(),
            hidden: 0,
            rules: Vec::new(),
            pairs: pairs(),
            silence: Silence::default(),
        }
    }

    /// The first occurrence of `text` in the first file.
    pub(crate) fn mark(&self, text: &str) -> Place {
        self.mark_in(0, text)
    }

    /// The first occurrence of `text` in the file `file`.
    pub(crate) fn mark_in(&self, file: u32, text: &str) -> Place {
        let start = self.sources.get(FileId(file)).text().find(text).expect("the text stands in the file");
        Place { file: FileId(file), span: Span::new(start, start + text.len()) }
    }

    pub(crate) fn report<'a>(&'a self, findings: &'a [Diagnostic]) -> Report<'a> {
        let (files, components) = (self.sources.len(), self.sources.len());
        let project = Project { root: "/project", name: "", files, components, code: self.code, hidden: self.hidden };
        let report = Report::of(project, &self.sources, findings, &self.silence);
        Report { pairs: &self.pairs, rules: &self.rules, ..report }
    }

    pub(crate) fn human(&self, findings: &[Diagnostic], style: Style) -> String {
        let text_on = |threads: Option<&rayon::ThreadPool>| {
            let mut out = Vec::new();
            let report = Report { threads, ..self.report(findings) };
            super::human::write(&mut Gate::new(&mut out), &report, &self.paths, style).unwrap();
            String::from_utf8(out).unwrap()
        };
        let text = text_on(None);
        let two_threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        assert_eq!(text_on(Some(&two_threads)), text, "threads change nothing");
        assert!(text.is_empty() || (text.ends_with('\n') && !text.ends_with("\n\n")), "one line end: {text:?}");
        assert!(text.lines().all(|line| line.trim_end() == line), "no trailing spaces: {text:?}");
        text
    }

    pub(crate) fn plain(&self, findings: &[Diagnostic]) -> String {
        self.human(findings, Style { quiet: true, ..Style::default() })
    }
}

fn pairs() -> Vec<Pair> {
    let middle_way = "The middle way is <two> hours.".to_owned();
    vec![Pair { one: "session/forced-logout".to_owned(), other: "security/forced-logout-off".to_owned(), middle_way }]
}

/// A finding without help, fix and related places.
pub(crate) fn finding(rule: &str, severity: Severity, place: Place) -> Diagnostic {
    Diagnostic {
        rule: rule.to_owned(),
        title: format!("Title of {rule}"),
        severity,
        confidence: Confidence::High,
        message: format!("Message of {rule}"),
        why: String::new(),
        help: String::new(),
        cost: None,
        setup: String::new(),
        verify: String::new(),
        place,
        subject: None,
        related: Vec::new(),
        is_allowed: false,
        copy_of: None,
        copies: Vec::new(),
        explains: Vec::new(),
        remedy: None,
        fix: None,
        fingerprint: "0123456789abcdef".to_owned(),
        cell: String::new(),
        since: None,
    }
}

/// A rule of the continuity preset that ran.
pub(crate) fn rule(id: &str, severity: Severity) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: format!("Title of {id}"),
        summary: format!("Summary of {id}."),
        text: format!("Text of {id}."),
        markdown: format!("# Title of {id}\n"),
        trade_off: String::new(),
        severity,
        security: None,
        confidence: Some(Confidence::High),
        presets: vec!["continuity"],
        symptoms: Vec::new(),
        controls: Vec::new(),
        help_uri: None,
        did_run: true,
    }
}

/// A finding whose path and texts contain everything that a reader of some format could obey.
pub(crate) fn hostile() -> (Case, Vec<Diagnostic>) {
    let case = Case::new("a::error::\n,line=9%25.xml", "<a/>");
    let mut it = finding("s/first", Severity::Error, case.mark("<a/>"));
    it.message = "\u{1b}]0;x\u{7}\n::error::owned \u{202E}<script>alert(1)</script>|`[x](y)` ##vso[task] @team ]]> %0A"
        .to_owned();
    (case, vec![it])
}
