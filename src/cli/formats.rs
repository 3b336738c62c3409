//! The formats of `check`: their names, their properties and their inputs.
//!
//! A new format is a writer in `crates/report` and an entry of [`FORMATS`]. Refuses to know how a format is written.

use std::io;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::args::STANDARD_STREAM;
use sessionlint_lint::check::RunPlan;
use sessionlint_lint::diagnostic::Severity;
use sessionlint_lint::rule::{Benchmark, Catalog, ConfidenceSource, Control, Grade, Page, Preset, Rule};
use sessionlint_report::gate::Gate;
use sessionlint_report::{self as report, BenchmarkInfo, ControlInfo, Paths, Report, RuleInfo, Style};

/// A format with the file, or the folder of files, it goes to: `--also FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(super) struct ExtraOutput {
    /// The format.
    pub(super) format: Format,
    /// The file or folder.
    pub(super) file: PathBuf,
}

impl std::str::FromStr for ExtraOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((format, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
            return Err("expected FORMAT=FILE, such as sarif=sessionlint.sarif".to_owned());
        };
        let format = <Format as ValueEnum>::from_str(format, false).map_err(|_| {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            format!("there is no format `{format}`: it is one of {}", names.join(", "))
        })?;
        if file == STANDARD_STREAM {
            let name = format.name();
            return Err(format!(
                "standard output is for --format {name}; --also takes a file (`./-` is one of that name)"
            ));
        }
        Ok(Self { format, file: PathBuf::from(file) })
    }
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FormatKind {
    /// Text for a terminal, in which each of several projects begins with a line of its own.
    People,
    /// Lines that can follow each other, whatever project they are about.
    Lines,
    /// Lines that are commands to a build's runner.
    Commands,
    /// One document about one project.
    Document,
}

/// A format of `check`.
struct Description {
    /// Its name on the command line.
    name: &'static str,
    /// Its help; `None` where the name is enough.
    help: &'static str,
    /// The extension of its files; every format has its own, so that one folder can contain all.
    extension: &'static str,
    form: FormatKind,
    /// Whether it names rules without findings, or has facts of rules that findings do not have.
    needs_rules: bool,
    write: fn(&mut Gate<'_>, &ReportInput<'_>) -> io::Result<()>,
}

/// The input of a report.
pub(super) struct ReportInput<'r> {
    /// The findings.
    pub(super) report: &'r Report<'r>,
    /// How paths are shown.
    pub(super) paths: &'r Paths,
    /// The style on a terminal.
    pub(super) style: Style,
}

/// All formats, in the order of `--help`; the first is the usual one.
const FORMATS: &[Description] = &[
    Description {
        name: "human",
        help: "Grouped, with source lines",
        extension: "txt",
        form: FormatKind::People,
        needs_rules: false,
        write: |out, it| report::human::write(out, it.report, it.paths, it.style),
    },
    Description {
        name: "concise",
        help: "One line per finding",
        extension: "concise.txt",
        form: FormatKind::Lines,
        needs_rules: false,
        write: |out, it| report::concise::write(out, it.report, it.paths, it.style),
    },
    Description {
        name: "json",
        help: "Everything, for programs",
        extension: "json",
        form: FormatKind::Document,
        needs_rules: false,
        write: |out, it| report::json::write(out, it.report),
    },
    Description {
        name: "sarif",
        help: "SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors",
        extension: "sarif",
        form: FormatKind::Document,
        needs_rules: true,
        write: |out, it| report::sarif::write(out, it.report, it.paths),
    },
    Description {
        name: "github",
        help: "Annotations for GitHub Actions",
        extension: "github.txt",
        form: FormatKind::Commands,
        needs_rules: false,
        write: |out, it| report::github::write(out, it.report, it.paths),
    },
    Description {
        name: "gitlab",
        help: "GitLab's Code Quality report",
        extension: "gitlab.json",
        form: FormatKind::Document,
        needs_rules: true,
        write: |out, it| report::gitlab::write(out, it.report, it.paths),
    },
    Description {
        name: "junit",
        help: "JUnit XML, for Jenkins and other test viewers",
        extension: "junit.xml",
        form: FormatKind::Document,
        needs_rules: true,
        write: |out, it| report::junit::write(out, it.report, it.paths),
    },
    Description {
        name: "markdown",
        help: "A comment for a pull request",
        extension: "md",
        form: FormatKind::Document,
        needs_rules: true,
        write: |out, it| report::markdown::write(out, it.report, it.paths),
    },
    Description {
        name: "csv",
        help: "A row a finding, for spreadsheets",
        extension: "csv",
        form: FormatKind::Document,
        needs_rules: false,
        write: |out, it| report::csv::write(out, it.report, it.paths),
    },
    Description {
        name: "azure",
        help: "Logging commands of Azure Pipelines",
        extension: "azure.txt",
        form: FormatKind::Commands,
        needs_rules: false,
        write: |out, it| report::azure::write(out, it.report, it.paths),
    },
    Description {
        name: "rdjson",
        help: "reviewdog's Diagnostic Format, with fixes as suggestions",
        extension: "rd.json",
        form: FormatKind::Document,
        needs_rules: false,
        write: |out, it| report::rdjson::write(out, it.report, it.paths),
    },
];

/// A format, as an index into [`FORMATS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Format(usize);

/// A format for each description.
static ALL: [Format; FORMATS.len()] = {
    let mut all = [Format(0); FORMATS.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = Format(index);
        index += 1;
    }
    all
};

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let Description { name, help, .. } = self.description();
        Some(PossibleValue::new(name).help(help))
    }
}

impl Format {
    fn description(self) -> &'static Description {
        &FORMATS[self.0]
    }

    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        self.description().name
    }

    /// The extension of its files.
    pub(super) fn extension(self) -> &'static str {
        self.description().extension
    }

    /// Whether it is one document about one project, instead of lines that can follow each other.
    pub(super) fn is_document(self) -> bool {
        self.description().form == FormatKind::Document
    }

    /// Whether it names rules without findings, or has facts of rules that findings do not have.
    pub(super) fn needs_rules(self) -> bool {
        self.description().needs_rules
    }

    /// Whether it consists of commands to a build's runner.
    pub(super) fn is_for_runner(self) -> bool {
        self.description().form == FormatKind::Commands
    }

    /// Whether it is text for a terminal.
    pub(super) fn is_for_people(self) -> bool {
        self.description().form == FormatKind::People
    }

    /// Writes one report.
    pub(super) fn write(self, out: &mut Gate<'_>, written: &ReportInput<'_>) -> io::Result<()> {
        (self.description().write)(out, written)
    }
}

/// The facts of all rules that a format may need.
pub(super) fn rule_infos(catalog: &Catalog, plan: Option<&RunPlan<'_>>) -> Vec<RuleInfo> {
    let info = |rule: &Rule| {
        let mut info = rule_info(rule, plan.map_or(&[][..], |plan| &plan.presets));
        if let Some(plan) = plan {
            info.severity = plan.severities.get(&rule.id).copied().unwrap_or(info.severity);
            info.did_run = plan.rules.iter().any(|chosen| chosen.id == rule.id);
        }
        info
    };
    catalog.rules().iter().map(info).collect()
}

/// The address of the site with the documents and the pages: `homepage` in `Cargo.toml`.
const SITE: &str = env!("CARGO_PKG_HOMEPAGE");

/// The address of a rule's page.
pub(super) fn help_uri_of(rule: &Rule) -> Option<String> {
    help_uri(SITE, rule)
}

/// The address of a rule's page; `None` without a site, or for a page that is not on it.
fn help_uri(site: &str, rule: &Rule) -> Option<String> {
    let is_there = !site.is_empty() && rule.page.is_embedded();
    is_there.then(|| format!("{}/rules/{}.html", site.trim_end_matches('/'), rule.id))
}

/// The facts of one rule for formats.
pub(super) fn rule_info(rule: &Rule, presets: &[Preset]) -> RuleInfo {
    let severity = |preset: &Preset| rule.grade(*preset).and_then(Grade::severity);
    let section = |title: &str| rule.page.section(title).unwrap_or_default();
    let (why, trade_off) = (section("Why it matters"), section("Trade-off"));
    let sections = [rule.page.summary.as_str(), &why, &trade_off];
    let text: Vec<&str> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    RuleInfo {
        id: rule.id.clone(),
        title: rule.title().to_owned(),
        summary: rule.page.summary.clone(),
        text: text.join("\n\n"),
        markdown: for_readers(&rule.page, &rule.definition.references),
        trade_off: trade_off.split("\n\n").next().unwrap_or_default().replace('\n', " "),
        severity: presets.iter().filter_map(severity).max().or_else(|| rule.worst()).unwrap_or(Severity::Note),
        security: hardening(rule),
        confidence: match rule.confidence {
            ConfidenceSource::Fixed(confidence) => Some(confidence),
            ConfidenceSource::Column(_) => None,
        },
        presets: Preset::ALL.into_iter().filter(|preset| rule.grade(*preset).is_some()).map(Preset::as_str).collect(),
        symptoms: rule.definition.symptom_ids(),
        controls: rule.controls().map(control_info).collect(),
        help_uri: help_uri(SITE, rule),
        did_run: false,
    }
}

fn control_info(control: Control<'_>) -> ControlInfo {
    let Benchmark { id, name, version, source, .. } = control.benchmark.clone();
    ControlInfo {
        benchmark: BenchmarkInfo { id, name, version, source },
        id: control.id.to_owned(),
        name: control.name.unwrap_or_default().to_owned(),
    }
}

/// The severity of a rule as hardening advice. A rule of both presets, such as one for broken files, has none.
fn hardening(rule: &Rule) -> Option<Severity> {
    let grade = rule.grade(Preset::Security).filter(|_| rule.grade(Preset::Continuity).is_none())?;
    // A rule whose grade depends on its rows has the worst grade that they can give.
    grade.severity().or_else(|| rule.worst())
}

/// The page without the parts for the program: the query, and the reports that its tests expect.
fn for_readers(page: &Page, references: &[String]) -> String {
    let mut text = String::new();
    let whole = page.whole();
    let mut skipped_to: Option<&str> = None;
    let mut open: Option<&str> = None;
    for line in whole.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        if let Some(fence) = skipped_to {
            if line.trim_end() == fence {
                skipped_to = None;
            }
            continue;
        }
        match open {
            Some(fence) if line.trim_end() == fence => open = None,
            None if ticks.len() >= 3 => {
                if matches!(line[ticks.len()..].trim(), "toml rule" | "text report") {
                    skipped_to = Some(ticks);
                    continue;
                }
                open = Some(ticks);
            }
            _ => {}
        }
        let is_second_blank = line.is_empty() && open.is_none() && text.ends_with("\n\n");
        if !is_second_blank {
            text.push_str(line);
            text.push('\n');
        }
    }
    let mut text = text.trim_end().to_owned();
    if !references.is_empty() {
        text.push_str("\n\n## References\n");
        for reference in references {
            text.push_str("\n- ");
            text.push_str(reference);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_facts::Shapes;

    #[test]
    fn a_rule_of_ours_has_a_page_on_the_site() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("house/page.md");
        std::fs::create_dir_all(own.parent().unwrap()).unwrap();
        std::fs::write(own, include_str!("new_page.md")).unwrap();
        let catalog = Catalog::load(&[folder.path()], &Shapes).unwrap();
        let uri = |site, id| help_uri(site, catalog.get(id).unwrap());
        let ours = "session/forced-logout";
        for site in ["https://example.com/sessionlint", "https://example.com/sessionlint/"] {
            let expected = "https://example.com/sessionlint/rules/session/forced-logout.html";
            assert_eq!(uri(site, ours).as_deref(), Some(expected));
            assert_eq!(uri(site, "house/page"), None);
        }
        assert_eq!(uri("", ours), None);
    }

    #[test]
    fn also_names_a_format_and_a_file() {
        let also: ExtraOutput = "sarif=out/a=b.sarif".parse().unwrap();
        assert_eq!((also.format.name(), also.file), ("sarif", PathBuf::from("out/a=b.sarif")));
        for wrong in ["sarif", "sarif=", "=x", "Sarif=x", "xml=x"] {
            assert!(wrong.parse::<ExtraOutput>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_page_has_something_for_readers_and_nothing_for_tests() {
        let catalog = Catalog::load(&[] as &[PathBuf], &Shapes).unwrap();
        for rule in catalog.rules() {
            let info = rule_info(rule, &[Preset::Continuity]);
            assert!(info.markdown.starts_with(&format!("# {}\n", rule.title())), "{}", rule.id);
            assert!(info.markdown.contains("\n## Why it matters\n"), "{}", rule.id);
            assert!(!info.markdown.contains("text report") && !info.markdown.contains("toml rule"), "{}", rule.id);
            assert_eq!(info.markdown.matches("\n```").count() % 2, 0, "{}", rule.id);
            assert!(!info.text.contains("```") && !info.trade_off.contains('\n'), "{}", rule.id);
            assert_eq!(info.security.is_some(), info.presets == ["security"], "{}", rule.id);
            assert!(!info.presets.is_empty() && info.text.len() > info.summary.len(), "{}", rule.id);
        }
    }
}
