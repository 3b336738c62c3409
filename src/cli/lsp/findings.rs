//! Findings and errors of a configuration as diagnostics of the protocol.
//!
//! Refuses to know when they are published.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::text::Encoding;
use crate::cli::engine::EngineState;
use crate::cli::formats::help_uri_of;
use crate::cli::uri::uri_of;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};
use sessionlint_lint::rule::Catalog;
use sessionlint_project::discover::relative;
use sessionlint_project::metadata::Project;
use sessionlint_report::one_line;
use sessionlint_source::{Encoding as Bytes, FileId, Place, Source};

/// The name of the server.
pub(super) const NAME: &str = "sessionlint";

/// The capabilities of the client.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClientOptions {
    /// The unit of columns.
    pub(super) encoding: Encoding,
    /// Whether related places are shown.
    pub(super) related: bool,
}

/// The URIs of files, and places in them.
pub(super) struct Places<'p> {
    /// The project's files.
    pub(super) project: &'p Project,
    /// The project's folder.
    pub(super) root: &'p Path,
    /// The unit of columns.
    pub(super) encoding: Encoding,
    /// The URIs of open documents.
    pub(super) name: &'p dyn Fn(&Path) -> Option<String>,
}

impl Places<'_> {
    /// The file of the project that is at `path`.
    pub(super) fn file(&self, path: &Path) -> Option<FileId> {
        let below = relative(self.root, path)?;
        self.project.sources.iter().find(|(_, source)| source.path == below).map(|(file, _)| file)
    }

    /// The file that a place is in.
    pub(super) fn path(&self, place: Place) -> PathBuf {
        self.root.join(&self.project.sources.get(place.file).path)
    }

    /// The URI of that file.
    pub(super) fn uri(&self, place: Place) -> String {
        let path = self.path(place);
        (self.name)(&path).unwrap_or_else(|| uri_of(&path))
    }

    /// The range in the file.
    pub(super) fn range(&self, place: Place) -> Value {
        self.encoding.range(self.project.sources.get(place.file), place.span)
    }

    /// The URI and the range.
    pub(super) fn location(&self, place: Place) -> Value {
        json!({"uri": self.uri(place), "range": self.range(place)})
    }
}

fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Note => 3,
    }
}

/// The findings of a project, by file.
pub(super) fn all(
    state: &EngineState,
    places: &Places<'_>,
    catalog: &Catalog,
    client: ClientOptions,
) -> BTreeMap<PathBuf, Vec<Value>> {
    let mut by_file: BTreeMap<PathBuf, Vec<Value>> = BTreeMap::new();
    for finding in &state.checked.remaining.findings {
        by_file.entry(places.path(finding.place)).or_default().push(one(finding, places, catalog, client));
    }
    by_file
}

/// A finding.
pub(super) fn one(finding: &Diagnostic, places: &Places<'_>, catalog: &Catalog, client: ClientOptions) -> Value {
    let mut message = one_line(&finding.message).into_owned();
    if !finding.help.is_empty() {
        message.push('\n');
        message.push_str(&one_line(&finding.help));
    }
    let mut value = json!({
        "range": places.range(finding.place),
        "severity": severity(finding.severity),
        "code": finding.rule,
        "source": NAME,
        "message": message,
        "data": {"fingerprint": finding.fingerprint},
    });
    if let Some(href) = catalog.get(&finding.rule).and_then(help_uri_of) {
        value["codeDescription"] = json!({"href": href});
    }
    if client.related && !finding.related.is_empty() {
        let related = finding
            .related
            .iter()
            .map(|label| json!({"location": places.location(label.place), "message": one_line(&label.text)}));
        value["relatedInformation"] = related.collect();
    }
    value
}

/// The error of a configuration or a rule page, with its file: a text that begins with `path:line:column: `, where the path is
/// below `current`. `None` if there is no such file.
pub(super) fn of_failure(text: &str, current: &Path, encoding: Encoding) -> Option<(PathBuf, Value)> {
    let (before, after) =
        text.match_indices(": ").map(|(at, _)| (&text[..at], &text[at + 2..])).find(|(before, _)| {
            let mut parts = before.rsplitn(3, ':');
            let mut is_number = || parts.next().is_some_and(|part| part.parse::<u32>().is_ok());
            is_number() && is_number()
        })?;
    let mut parts = before.rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: u32 = parts.next()?.parse().ok()?;
    let path = path_clean::clean(current.join(parts.next()?));
    let source = text_of(&path)?;
    let span = source.line_span(line.checked_sub(1)?).unwrap_or_default();
    let written = source.slice(span);
    let start = written.char_indices().nth(column.saturating_sub(1)).map_or(written.len(), |(at, _)| at);
    let place = sessionlint_source::Span { start: span.start + start as u32, end: span.end };
    let message = after.lines().next().unwrap_or_default();
    let hint = after.lines().find_map(|line| line.trim_start().strip_prefix("hint: "));
    let hint = hint.map(|hint| format!("\n{hint}")).unwrap_or_default();
    let value = json!({
        "range": encoding.range(&source, place),
        "severity": 1,
        "source": NAME,
        "message": format!("{}{}", one_line(message), hint),
    });
    Some((path, value))
}

/// A file of settings as it is on the disk.
fn text_of(path: &Path) -> Option<Source> {
    let bytes = std::fs::read(path).ok().filter(|bytes| bytes.len() < 1 << 20)?;
    let text = String::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned();
    Some(Source::kept(path.display().to_string(), text, Bytes::Utf8 { bom: 0 }))
}
