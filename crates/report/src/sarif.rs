//! SARIF 2.1.0, for GitHub code scanning, Azure DevOps, editors and other tools that read results of analyzers.
//!
//! The structs are written by hand: the crate that has them generates ten thousand lines at build time and leaves
//! the hard parts (URIs, columns, fingerprints, limits) to the caller, while this document needs thirty short structs.
//!
//! Every rule is declared whether or not it found something, so that a viewer can close alerts that are gone. No path
//! of the machine is in it: URIs are relative to `%SRCROOT%`, except those outside of it. Columns are code points, as
//! in all formats. Viewers follow results by fingerprint, so that each of the findings that are shown as one is a result.
//! GitHub's limits on results, places and tags are kept, and what is left out is counted. Refuses to
//! know the repository, except the commits that findings carry.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rayon::prelude::*;
use serde::Serialize;

use super::json::write_value;
use super::{BenchmarkInfo, ControlInfo, Paths, Report, RuleInfo, Silence, Suppressed, count, one_line};
use crate::gate::Gate;
use sessionlint_lint::diagnostic::{Diagnostic, Edit, Fix, Label, Provenance, Safety, Severity};
use sessionlint_source::{Encoding, FileId, Place, Source, Span};

/// Results that GitHub accepts per run.
const MAX_RESULTS: usize = 25_000;
/// Related places; GitHub accepts a thousand places per result.
const MAX_RELATED: usize = 999;
/// Tags that GitHub shows for a rule.
const MAX_TAGS: usize = 10;
/// Characters that GitHub accepts in a rule's descriptions.
const MAX_DESCRIPTION: usize = 1024;
/// Code points of a snippet; the report does not repeat a whole file.
const MAX_SNIPPET: usize = 1000;
/// Characters that stay unescaped in a URI's path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The name of the folder that relative URIs start from.
const ROOT: &str = "%SRCROOT%";

/// Writes the log with its one run, and a line end.
pub fn write(out: &mut Gate<'_>, report: &Report, paths: &Paths) -> io::Result<()> {
    let each = report.each();
    let findings = selected(&each);
    let left_out = each.len() - findings.len();
    let taxonomies = taxonomies(report.rules);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "sessionlint",
                    full_name: concat!("sessionlint ", env!("CARGO_PKG_VERSION")),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    version: env!("CARGO_PKG_VERSION"),
                    information_uri: Some(env!("CARGO_PKG_REPOSITORY")).filter(|uri| !uri.is_empty()),
                    language: "en",
                    rules: report.rules.iter().map(|info| rule(info, &taxonomies)).collect(),
                    supported_taxonomies: (0..taxonomies.len()).map(|index| component(&taxonomies, index)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.is_complete,
                tool_execution_notifications: notifications(report, left_out),
            }],
            automation_details: AutomationDetails { id: category(report.project.name) },
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                UriBase { description: text("The folder that paths start from: the top of the work tree.") },
            )]),
            column_kind: "unicodeCodePoints",
            newline_sequences: ["\r\n", "\n", "\r"],
            taxonomies: taxonomies.iter().map(Taxonomy::written).collect(),
            results: results(report, paths, &taxonomies, findings),
            properties: Properties { silence: report.silence },
        }],
    };
    write_value(out, &log)
}

/// The category that distinguishes the runs of one project from those of others: `sessionlint/packages/crm/`. GitHub
/// keeps alerts by it, and refuses two runs of one category in an upload.
fn category(name: &str) -> String {
    let folders: Vec<&str> =
        std::iter::once("sessionlint").chain(name.split('/').filter(|it| !it.is_empty())).collect();
    format!("{}/", one_line(&folders.join("/")))
}

/// The findings, in their order; the worst of them where they are too many.
fn selected<'d>(findings: &[&'d Diagnostic]) -> Vec<&'d Diagnostic> {
    let mut indices: Vec<usize> = (0..findings.len()).collect();
    indices.sort_by_key(|index| Reverse(findings[*index].severity));
    indices.truncate(MAX_RESULTS);
    indices.sort_unstable();
    indices.into_iter().map(|index| findings[index]).collect()
}

fn notifications(report: &Report, left_out: usize) -> Vec<Notification> {
    let mut notes = Vec::new();
    if !report.is_complete {
        notes.push(("error", "Something could not be read or checked: see standard error.".to_owned()));
    }
    if report.project.hidden > 0 {
        let files = count(report.project.hidden, "file");
        notes.push(("warning", format!("{files} with session metadata hidden by .forceignore.")));
    }
    notes.extend(report.silence.sentences().into_iter().map(|sentence| ("note", sentence)));
    if left_out > 0 {
        notes.push(("warning", format!("{} left out: a run holds {MAX_RESULTS}.", count(left_out, "finding"))));
    }
    notes.into_iter().map(|(level, words)| Notification { level, message: text(words) }).collect()
}

/// A benchmark with those of its controls that the rules of a run name.
struct Taxonomy<'a> {
    benchmark: &'a BenchmarkInfo,
    /// By id.
    controls: BTreeMap<&'a str, &'a ControlInfo>,
}

/// The benchmarks that the rules of a run name, by their short names.
fn taxonomies(rules: &[RuleInfo]) -> Vec<Taxonomy<'_>> {
    let mut all: BTreeMap<&str, Taxonomy<'_>> = BTreeMap::new();
    for control in rules.iter().flat_map(|info| &info.controls) {
        let new = || Taxonomy { benchmark: &control.benchmark, controls: BTreeMap::new() };
        all.entry(&control.benchmark.id).or_insert_with(new).controls.insert(&control.id, control);
    }
    all.into_values().collect()
}

impl<'a> Taxonomy<'a> {
    fn written(&self) -> ToolComponent<'a> {
        let taxon = |control: &&'a ControlInfo| Taxon {
            id: &control.id,
            short_description: (!control.name.is_empty()).then(|| text(sentence(&control.name))),
        };
        ToolComponent {
            name: &self.benchmark.id,
            full_name: &self.benchmark.name,
            version: self.benchmark.version.as_deref(),
            information_uri: &self.benchmark.source,
            // Only the controls that some rule supports.
            is_comprehensive: false,
            taxa: self.controls.values().map(taxon).collect(),
        }
    }
}

fn component<'a>(taxonomies: &[Taxonomy<'a>], index: usize) -> ComponentReference<'a> {
    ComponentReference { name: &taxonomies[index].benchmark.id, index }
}

/// The controls of a rule as references to those that the run lists.
fn taxa<'a>(info: &RuleInfo, taxonomies: &[Taxonomy<'a>]) -> Vec<TaxonReference<'a>> {
    let reference = |control: &ControlInfo| {
        let index = taxonomies.iter().position(|it| *it.benchmark == control.benchmark)?;
        let at = taxonomies[index].controls.keys().position(|id| *id == control.id)?;
        let (id, _) = taxonomies[index].controls.get_key_value(control.id.as_str())?;
        Some(TaxonReference { id, index: at, tool_component: component(taxonomies, index) })
    };
    info.controls.iter().filter_map(reference).collect()
}

fn rule<'a>(info: &'a RuleInfo, taxonomies: &[Taxonomy<'a>]) -> Rule<'a> {
    let mut tags = vec![info.group()];
    tags.extend(info.presets.iter().copied().filter(|preset| *preset != info.group()));
    tags.extend(info.symptoms.iter().map(String::as_str));
    tags.truncate(MAX_TAGS);
    Rule {
        id: &info.id,
        name: pascal(&info.id),
        short_description: text(shortened(&sentence(&info.title))),
        full_description: text(shortened(&sentence(&info.summary))),
        help_uri: info.help_uri.as_deref(),
        help: Help { text: harmless_lines(&info.text), markdown: harmless_lines(&masked_examples(&info.markdown)) },
        default_configuration: Configuration { level: info.severity.as_str() },
        properties: RuleProperties {
            tags,
            precision: info.confidence.map(sessionlint_lint::diagnostic::Confidence::as_str),
            security_severity: info.security.map(|severity| match severity {
                // GitHub's levels high, medium and low begin at 7, 4 and 0.1.
                Severity::Error => "7.0",
                Severity::Warning => "5.0",
                Severity::Note => "2.0",
            }),
        },
        relationships: taxa(info, taxonomies)
            .into_iter()
            .map(|target| Relationship { target, kinds: ["relevant"] })
            .collect(),
    }
}

/// `group/rule-name` as `GroupRuleName`, as SARIF wants names.
fn pascal(id: &str) -> String {
    let parts = id.split(|ch: char| !ch.is_alphanumeric());
    parts.flat_map(|part| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1))).collect()
}

/// `words` with a full stop, if there are any.
fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() || words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

fn shortened(words: &str) -> String {
    words.chars().take(MAX_DESCRIPTION).collect()
}

fn harmless_lines(words: &str) -> String {
    words.lines().map(sessionlint_source::harmless_text).collect::<Vec<_>>().join("\n")
}

/// A page with the secrets of its examples masked like those of a project: whoever looks for secrets in stored reports
/// cannot see that they are invented.
fn masked_examples(page: &str) -> String {
    let mut masked = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, fence)) = rest.split_once("\n```").filter(|(_, fence)| fence.contains("\n```")) {
        let (info, below) = fence.split_once('\n').unwrap_or((fence, ""));
        // An empty example ends at the next line.
        let end = if below.starts_with("```") { 0 } else { below.find("\n```").map_or(below.len(), |at| at + 1) };
        let path = info.split_once(' ').map_or("", |(_, path)| path.trim());
        let text = &below[..end];
        // An excerpt, which names no file, is not read as one.
        let text = if path.is_empty() {
            Cow::Borrowed(text)
        } else {
            let file = Source::new(path.to_owned(), PathBuf::new(), text, Encoding::Utf8 { bom: 0 });
            Cow::Owned(file.masked(Span::new(0, end)))
        };
        masked.extend([before, "\n```", info, "\n", &text, "```"]);
        rest = below.get(end + 3..).unwrap_or_default();
    }
    masked.push_str(rest);
    masked
}

/// A message. `](` makes a link even in SARIF's plain text, so it is split.
fn text(words: impl AsRef<str>) -> Text {
    Text { text: one_line(words.as_ref()).replace("](", "] (") }
}

/// Where a file is, for SARIF.
fn location(report: &Report, paths: &Paths, source: &Source) -> ArtifactLocation {
    if paths.is_below_base(&source.path) {
        return ArtifactLocation { uri: encoded(&paths.exact(&source.path)), uri_base_id: Some(ROOT) };
    }
    let root = report.project.root.replace('\\', "/");
    let absolute = format!("/{}/{}", root.trim_matches('/'), source.path);
    ArtifactLocation { uri: format!("file://{}", encoded(&absolute).replacen("%3A/", ":/", 1)), uri_base_id: None }
}

fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// The region of `place`; `None` where the file's text cannot be had any more.
fn region(source: &Source, place: Place) -> Option<Region> {
    if !source.is_there() {
        return None;
    }
    let (start, end) = (source.position(place.span.start), source.position(place.span.end));
    Some(Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        snippet: None,
    })
}

/// The findings, then the suppressed ones, up to the limit. Files with findings are looked through for secrets, which is
/// most of the work: they are spread over the threads.
fn results<'a>(
    report: &'a Report<'a>,
    paths: &'a Paths,
    taxonomies: &'a [Taxonomy<'a>],
    findings: Vec<&'a Diagnostic>,
) -> Vec<SarifResult<'a>> {
    let room = MAX_RESULTS.saturating_sub(findings.len());
    let suppressed = report.suppressed.iter().flat_map(|it| it.finding.each().map(move |finding| (finding, Some(it))));
    let suppressed = suppressed.take(room);
    let all: Vec<_> = findings.into_iter().map(|finding| (finding, None)).chain(suppressed).collect();
    let files: Vec<_> = all.chunk_by(|(one, _), (next, _)| one.place.file == next.place.file).collect();
    let of_file = |group: &&[(&'a Diagnostic, Option<&'a Suppressed<'a>>)]| {
        let Some((first, _)) = group.first() else { return Vec::new() };
        let file = first.place.file;
        let writer = Writer { report, paths, taxonomies, file, reopened: report.sources.get(file).reopened() };
        group.iter().map(|(finding, suppressed)| writer.result(finding, *suppressed)).collect()
    };
    // Large files stand side by side: a thread takes one after the other.
    let all_threads = || files.par_iter().with_max_len(1).map(of_file).collect();
    let of_files: Vec<Vec<_>> = match report.threads {
        Some(threads) => threads.install(all_threads),
        None => files.iter().map(of_file).collect(),
    };
    of_files.into_iter().flatten().collect()
}

/// Writes the findings of one file.
struct Writer<'a> {
    report: &'a Report<'a>,
    paths: &'a Paths,
    taxonomies: &'a [Taxonomy<'a>],
    file: FileId,
    /// Its text, where the project does not hold it.
    reopened: Option<Source>,
}

impl<'a> Writer<'a> {
    fn result(&self, finding: &'a Diagnostic, suppressed: Option<&Suppressed<'_>>) -> SarifResult<'a> {
        let suppression = suppressed.map(|it| Suppression {
            kind: if it.is_in_source { "inSource" } else { "external" },
            justification: one_line(it.reason).into_owned(),
        });
        let mut words = sentence(&finding.message);
        if !finding.help.is_empty() {
            words = format!("{words} {}", sentence(&finding.help));
        }
        let related = finding.related.iter().take(MAX_RELATED).enumerate();
        let rule_index = self.report.rules.iter().position(|rule| rule.id == finding.rule);
        let info = rule_index.and_then(|index| self.report.rules.get(index));
        SarifResult {
            rule_id: &finding.rule,
            rule_index,
            taxa: info.map(|info| taxa(info, self.taxonomies)).unwrap_or_default(),
            level: finding.severity.as_str(),
            message: text(words),
            locations: [SarifLocation {
                id: None,
                physical_location: self.physical(finding.place, true),
                message: None,
            }],
            related_locations: related.map(|(index, label)| self.related(index, label)).collect(),
            partial_fingerprints: Fingerprints { own: &finding.fingerprint },
            suppressions: suppression.into_iter().collect(),
            fixes: finding.fix.iter().filter_map(|fix| self.fix(fix)).collect(),
            provenance: finding.since.as_ref().and_then(provenance),
            properties: ResultProperties {
                confidence: finding.confidence.as_str(),
                component: finding.subject.as_ref().map(|subject| format!("{} {}", subject.ty, subject.name)),
            },
        }
    }

    /// A file, with its text where it is the one whose findings are written.
    fn source(&self, file: FileId) -> &Source {
        let reopened = self.reopened.as_ref().filter(|_| self.file == file);
        reopened.unwrap_or_else(|| self.report.sources.get(file))
    }

    fn physical(&self, place: Place, with_snippet: bool) -> PhysicalLocation {
        let source = self.source(place.file);
        let mut region = region(source, place);
        if let Some(region) = region.as_mut().filter(|_| with_snippet && !place.span.is_empty()) {
            let masked = source.masked(place.span);
            if masked.chars().nth(MAX_SNIPPET).is_none() {
                region.snippet = Some(Text { text: masked });
            }
        }
        PhysicalLocation { artifact_location: location(self.report, self.paths, source), region }
    }

    fn related(&self, index: usize, label: &Label) -> SarifLocation {
        let physical_location = self.physical(label.place, false);
        SarifLocation { id: Some(index + 1), physical_location, message: Some(text(sentence(&label.text))) }
    }

    /// The fix, unless it is only for display: a viewer would apply it at a click.
    fn fix(&self, fix: &Fix) -> Option<SarifFix> {
        let cost = match fix.safety {
            Safety::Display => return None,
            Safety::Unsafe => format!(" ({})", fix.cost()),
            Safety::Safe => String::new(),
        };
        let mut by_file: BTreeMap<FileId, Vec<Replacement>> = BTreeMap::new();
        for edit in &fix.edits {
            by_file.entry(edit.place.file).or_default().push(self.replacement(edit)?);
        }
        let change = |(file, replacements)| ArtifactChange {
            artifact_location: location(self.report, self.paths, self.report.sources.get(file)),
            replacements,
        };
        Some(SarifFix {
            description: text(sentence(&format!("{}{cost}", fix.title))),
            artifact_changes: by_file.into_iter().map(change).collect(),
        })
    }

    fn replacement(&self, edit: &Edit) -> Option<Replacement> {
        let deleted_region = region(self.source(edit.place.file), edit.place)?;
        let inserted_content = (!edit.text.is_empty()).then(|| Text { text: edit.text.clone() });
        Some(Replacement { deleted_region, inserted_content })
    }
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    automation_details: AutomationDetails,
    original_uri_base_ids: BTreeMap<&'static str, UriBase>,
    column_kind: &'static str,
    newline_sequences: [&'static str; 3],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxonomies: Vec<ToolComponent<'a>>,
    results: Vec<SarifResult<'a>>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Properties<'a> {
    silence: &'a Silence,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    full_name: &'static str,
    semantic_version: &'static str,
    version: &'static str,
    /// The address of the tool; absent while its manifest names no repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    language: &'static str,
    rules: Vec<Rule<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supported_taxonomies: Vec<ComponentReference<'a>>,
}

/// A benchmark.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolComponent<'a> {
    name: &'a str,
    full_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    information_uri: &'a str,
    is_comprehensive: bool,
    taxa: Vec<Taxon<'a>>,
}

/// A control of a benchmark.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taxon<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text>,
}

#[derive(Serialize)]
struct ComponentReference<'a> {
    name: &'a str,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaxonReference<'a> {
    id: &'a str,
    index: usize,
    tool_component: ComponentReference<'a>,
}

#[derive(Serialize)]
struct Relationship<'a> {
    target: TaxonReference<'a>,
    kinds: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    short_description: Text,
    full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relationships: Vec<Relationship<'a>>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties<'a> {
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<&'static str>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
struct UriBase {
    description: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxa: Vec<TaxonReference<'a>>,
    level: &'static str,
    message: Text,
    locations: [SarifLocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    partial_fingerprints: Fingerprints<'a>,
    /// Empty means "not suppressed", absent would mean "unknown".
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<SarifProvenance<'a>>,
    properties: ResultProperties,
}

/// The commit since which a result exists (SARIF 3.48).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifProvenance<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_detection_time_utc: Option<String>,
    properties: &'a Provenance,
}

/// The format wants the moment in UTC.
fn provenance(since: &Provenance) -> Option<SarifProvenance<'_>> {
    since.commit.as_ref()?;
    let moment = since.date.as_ref().and_then(|date| date.parse::<jiff::Timestamp>().ok());
    let first_detection_time_utc = moment.map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Some(SarifProvenance { first_detection_time_utc, properties: since })
}

/// The reason why a result does not count.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: String,
}

/// GitHub's upload action adds the fingerprint that GitHub itself compares.
#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "sessionlint/v1")]
    own: &'a str,
}

#[derive(Serialize)]
struct ResultProperties {
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Text>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Suppressed;
    use crate::testing::{Case, finding, hostile, rule};
    use sessionlint_lint::diagnostic::{Confidence, Subject};

    fn sarif(case: &Case, findings: &[Diagnostic]) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &case.report(findings), &case.paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn run(case: &Case, findings: &[Diagnostic]) -> Value {
        let mut log: Value = serde_json::from_str(&sarif(case, findings)).unwrap();
        log["runs"][0].take()
    }

    #[test]
    fn each_project_has_a_category_of_its_own() {
        assert_eq!(category(""), "sessionlint/");
        assert_eq!(category("packages/crm"), "sessionlint/packages/crm/");
    }

    #[test]
    fn a_run_without_results_declares_its_rules() {
        let mut case = Case::new("a.xml", "<a/>");
        case.paths = Paths::between("/repo/crm", "/repo");
        let mut info = rule("session/one-two", Severity::Warning);
        info.security = Some(Severity::Error);
        info.presets = vec!["continuity", "security"];
        info.symptoms = (0..12).map(|number| format!("symptom-{number}")).collect();
        case.rules = vec![info];
        let version = env!("CARGO_PKG_VERSION");
        let log: Value = serde_json::from_str(&sarif(&case, &[])).unwrap();
        assert_eq!(
            log,
            json!({
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{
                    "tool": { "driver": {
                        "name": "sessionlint",
                        "fullName": format!("sessionlint {version}"),
                        "semanticVersion": version,
                        "version": version,
                        "language": "en",
                        "rules": [{
                            "id": "session/one-two",
                            "name": "SessionOneTwo",
                            "shortDescription": { "text": "Title of session/one-two." },
                            "fullDescription": { "text": "Summary of session/one-two." },
                            "help": { "text": "Text of session/one-two.", "markdown": "# Title of session/one-two" },
                            "defaultConfiguration": { "level": "warning" },
                            "properties": {
                                "tags": ["session", "continuity", "security", "symptom-0", "symptom-1", "symptom-2",
                                         "symptom-3", "symptom-4", "symptom-5", "symptom-6"],
                                "precision": "high",
                                "security-severity": "7.0",
                            },
                        }],
                    } },
                    "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": [] }],
                    "automationDetails": { "id": "sessionlint/" },
                    "originalUriBaseIds": { "%SRCROOT%": { "description": {
                        "text": "The folder that paths start from: the top of the work tree." } } },
                    "columnKind": "unicodeCodePoints",
                    "newlineSequences": ["\r\n", "\n", "\r"],
                    "results": [],
                    "properties": { "silence": case.silence },
                }],
            })
        );
    }

    #[test]
    fn controls_of_benchmarks_are_taxa_that_rules_and_results_point_to() {
        let benchmark = |id: &str, version: Option<&str>| BenchmarkInfo {
            id: id.to_owned(),
            name: format!("Benchmark {id}"),
            version: version.map(str::to_owned),
            source: format!("https://example.com/{id}"),
        };
        let control = |benchmark: &BenchmarkInfo, id: &str, name: &str| ControlInfo {
            benchmark: benchmark.clone(),
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let (one, two) = (benchmark("ONE", Some("3")), benchmark("TWO", None));
        let mut case = Case::new("a.xml", "<a/>");
        let mut rules = [rule("s/first", Severity::Note), rule("s/second", Severity::Note)];
        rules[0].controls = vec![control(&two, "T-1", "")];
        rules[1].controls = vec![control(&one, "O-2", "Name of O-2"), control(&two, "T-0", "Name of T-0")];
        case.rules = rules.to_vec();
        let found = run(&case, &[finding("s/first", Severity::Note, case.mark("a"))]);
        assert_eq!(
            found["taxonomies"],
            json!([
                { "name": "ONE", "fullName": "Benchmark ONE", "version": "3",
                  "informationUri": "https://example.com/ONE", "isComprehensive": false,
                  "taxa": [{ "id": "O-2", "shortDescription": { "text": "Name of O-2." } }] },
                { "name": "TWO", "fullName": "Benchmark TWO", "informationUri": "https://example.com/TWO",
                  "isComprehensive": false,
                  "taxa": [{ "id": "T-0", "shortDescription": { "text": "Name of T-0." } }, { "id": "T-1" }] },
            ])
        );
        let driver = &found["tool"]["driver"];
        assert_eq!(
            driver["supportedTaxonomies"],
            json!([{ "name": "ONE", "index": 0 }, { "name": "TWO", "index": 1 }])
        );
        let first = json!({ "id": "T-1", "index": 1, "toolComponent": { "name": "TWO", "index": 1 } });
        assert_eq!(driver["rules"][0]["relationships"], json!([{ "target": first, "kinds": ["relevant"] }]));
        assert_eq!(driver["rules"][1]["relationships"][1]["target"]["index"], 0);
        assert_eq!(found["results"][0]["taxa"], json!([first]));
    }

    #[test]
    fn a_result_has_its_places_fingerprints_and_fix() {
        let mut case = Case::files(&[("ä b%.xml", "<é𝒳>\r\n<a>one</a>\r".as_bytes()), ("b.xml", b"<b/>")]);
        case.rules = vec![rule("s/another", Severity::Note), rule("s/first", Severity::Error)];
        let mut it = finding("s/first", Severity::Warning, case.mark("one"));
        it.help = "Write two".to_owned();
        it.confidence = Confidence::Medium;
        it.subject = Some(Subject { ty: "Profile".to_owned(), name: "Sales".to_owned() });
        it.related.push(Label { place: case.mark_in(1, "<b/>"), text: "there".to_owned() });
        let insert = Place { span: sessionlint_source::Span::new(0, 0), ..case.mark_in(1, "<b/>") };
        it.fix = Some(Fix {
            title: "Write two".to_owned(),
            safety: Safety::Unsafe,
            loosens: String::new(),
            edits: vec![
                Edit { place: it.place, text: "two".to_owned() },
                Edit { place: case.mark("<a>one</a>\r"), text: String::new() },
                Edit { place: insert, text: "\n".to_owned() },
            ],
        });
        let here = json!({ "uri": "%C3%A4%20b%25.xml", "uriBaseId": "%SRCROOT%" });
        let there = json!({ "uri": "b.xml", "uriBaseId": "%SRCROOT%" });
        assert_eq!(
            run(&case, &[it])["results"],
            json!([{
                "ruleId": "s/first",
                "ruleIndex": 1,
                "level": "warning",
                "message": { "text": "Message of s/first. Write two." },
                "locations": [{ "physicalLocation": { "artifactLocation": here, "region": {
                    "startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 7,
                    "snippet": { "text": "one" } } } }],
                "relatedLocations": [{ "id": 1,
                    "physicalLocation": { "artifactLocation": there, "region": {
                        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 5 } },
                    "message": { "text": "there." } }],
                "partialFingerprints": { "sessionlint/v1": "0123456789abcdef" },
                "suppressions": [],
                "fixes": [{
                    "description": { "text": "Write two (unsafe: loosens a protection)." },
                    "artifactChanges": [
                        { "artifactLocation": here, "replacements": [
                            { "deletedRegion": { "startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 7 },
                              "insertedContent": { "text": "two" } },
                            { "deletedRegion": { "startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 1 } },
                        ] },
                        { "artifactLocation": there, "replacements": [
                            { "deletedRegion": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 },
                              "insertedContent": { "text": "\n" } },
                        ] },
                    ],
                }],
                "properties": { "confidence": "medium", "component": "Profile Sales" },
            }])
        );
    }

    #[test]
    fn what_is_only_shown_is_no_fix() {
        let case = Case::new("a.xml", "<a/>");
        let mut it = finding("s/first", Severity::Note, case.mark("<a/>"));
        let edits = vec![Edit { place: it.place, text: "<b/>".to_owned() }];
        it.fix = Some(Fix { title: "Write b".to_owned(), safety: Safety::Display, loosens: String::new(), edits });
        assert_eq!(run(&case, &[it])["results"][0].get("fixes"), None);
    }

    #[test]
    fn files_outside_the_base_have_absolute_uris() {
        let mut case = Case::new("a b.xml", "<a/>");
        case.paths = Paths::between("/project", "/elsewhere");
        let findings = [finding("s/first", Severity::Note, case.mark("<a/>"))];
        let place = run(&case, &findings)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].take();
        assert_eq!(place, json!({ "uri": "file:///project/a%20b.xml" }));
    }

    #[test]
    fn secrets_are_masked_and_huge_marks_not_repeated() {
        let case = Case::new("a.xml", &format!("<a><consumerKey>3MVG9</consumerKey></a><!--{}-->", "x".repeat(2000)));
        let of = |mark: &str| {
            let text = sarif(&case, &[finding("s/first", Severity::Note, case.mark(mark))]);
            assert!(!text.contains("3MVG9"), "{text}");
            let log: Value = serde_json::from_str(&text).unwrap();
            log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["snippet"]["text"].clone()
        };
        assert_eq!(of("<consumerKey>3MVG9</consumerKey>"), "<consumerKey>*****</consumerKey>");
        let whole = case.sources.get(FileId(0)).text().to_owned();
        assert_eq!(of(&whole), Value::Null);
    }

    #[test]
    fn allowed_findings_are_results_that_say_so() {
        let case = Case::new("a.xml", "<a/>");
        let allowed = finding("s/allowed", Severity::Error, case.mark("<a/>"));
        let findings = [finding("s/first", Severity::Note, case.mark("<a/>"))];
        let suppressed = [Suppressed { finding: &allowed, is_in_source: false, reason: "ticket\n7" }];
        let report = Report { suppressed: &suppressed, ..case.report(&findings) };
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &report, &case.paths).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let results = &log["runs"][0]["results"];
        assert_eq!((&results[0]["suppressions"], &results[1]["ruleId"]), (&json!([]), &json!("s/allowed")));
        assert_eq!(results[1]["suppressions"], json!([{ "kind": "external", "justification": "ticket 7" }]));
    }

    #[test]
    fn a_snippet_holds_no_command_to_a_runner() {
        let case = Case::new("a.xml", "<a>##vso[x] ###[y]</a>");
        let run = run(&case, &[finding("s/first", Severity::Note, case.mark("##vso[x] ###[y]"))]);
        let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["snippet"]["text"], "#?vso[x] #?#[y]");
    }

    #[test]
    fn limits_are_kept_the_worst_first_and_counted() {
        let case = Case::new("a.xml", "<a/>");
        let mut findings = vec![finding("s/note", Severity::Note, case.mark("<a/>")); MAX_RESULTS + 1];
        findings.push(finding("s/error", Severity::Error, case.mark("<a/>")));
        let label = Label { place: case.mark("<a/>"), text: "there".to_owned() };
        findings[0].related = vec![label; 1200];
        let run = run(&case, &findings);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MAX_RESULTS);
        assert_eq!(results.last().unwrap()["ruleId"], "s/error");
        assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), MAX_RELATED);
        let notes = &run["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(notes["message"]["text"], "2 findings left out: a run holds 25000.");
    }

    #[test]
    fn a_run_that_could_not_read_everything_is_marked_incomplete() {
        let mut case = Case::new("a.xml", "<a/>");
        case.hidden = 2;
        let report = Report { is_complete: false, ..case.report(&[]) };
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &report, &case.paths).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn hostile_names_are_encoded_and_no_links() {
        let (case, findings) = hostile();
        let text = sarif(&case, &findings);
        assert!(!text.contains("##vso[") && text.chars().all(|ch| sessionlint_source::harmless(ch) == ch), "{text}");
        let log: Value = serde_json::from_str(&text).unwrap();
        let result = &log["runs"][0]["results"][0];
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "a%3A%3Aerror%3A%3A%0A%2Cline%3D9%2525.xml");
        assert!(!result["message"]["text"].as_str().unwrap().contains("]("));
    }

    #[test]
    fn a_file_that_is_gone_is_named_without_a_region() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("big.xml");
        let case = Case::on_disk(disk.clone(), format!("<a>{}</a>", " ".repeat(sessionlint_source::KEEP_BYTES)));
        std::fs::remove_file(disk).unwrap();
        let place = Place { file: FileId(0), span: sessionlint_source::Span::new(0, 3) };
        let run = run(&case, &[finding("s/a", Severity::Note, place)]);
        let physical = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(*physical, json!({ "artifactLocation": { "uri": "big.xml", "uriBaseId": "%SRCROOT%" } }));
    }
}
