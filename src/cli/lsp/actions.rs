//! Code actions at a finding: fixes, comments and entries of the configuration that suppress it, and its page.
//!
//! Refuses to know which fix is right: rule pages do, and each action names its cost.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::findings::{self, ClientOptions, Places};
use crate::cli::add_ignore::TO_FILL_IN;
use crate::cli::engine::EngineState;
use crate::cli::formats::{help_uri_of, rule_info};
use crate::cli::settings::Settings;
use crate::cli::uri::uri_of;
use sessionlint_lint::config::{NewIgnore, with_ignores};
use sessionlint_lint::diagnostic::{Diagnostic, Fix, Safety};
use sessionlint_lint::fix;
use sessionlint_lint::rule::{Catalog, Rule};
use sessionlint_report::one_line;
use sessionlint_source::{Encoding as Bytes, Source, Span, harmless_text};
use sessionlint_xml::NodeId;

/// The command that shows the page of a rule.
pub(super) const EXPLAIN: &str = "sessionlint.explain";

/// The input of code actions.
pub(super) struct Context<'c> {
    pub(super) state: &'c EngineState,
    pub(super) places: &'c Places<'c>,
    pub(super) path: &'c Path,
    pub(super) catalog: &'c Catalog,
    pub(super) settings: Option<&'c Settings>,
    /// The text of a file that is open in the editor.
    pub(super) open_text: &'c dyn Fn(&Path) -> Option<Arc<str>>,
    pub(super) client: ClientOptions,
}

/// The page of a rule, for people.
pub(super) struct RulePage {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

/// The page of a rule in Markdown, and where it is on the site.
pub(super) fn page(rule: &Rule) -> RulePage {
    // Two `#` stay together: the message that holds them escapes them.
    let text = harmless_text(&rule_info(rule, &[]).markdown).into_owned();
    RulePage { text, href: help_uri_of(rule) }
}

/// The actions for a range of a file.
pub(super) fn answer(context: &Context<'_>, params: &Value) -> Value {
    let Some(file) = context.places.file(context.path) else { return Value::Null };
    let source = context.places.project.sources.get(file);
    let Some(range) = context.client.encoding.span(source.text(), &params["range"]) else { return Value::Null };
    let only = params.pointer("/context/only").and_then(Value::as_array);
    let wants = |kind: &str| {
        only.is_none_or(|only| {
            only.iter().filter_map(Value::as_str).any(|it| kind == it || kind.starts_with(&format!("{it}.")))
        })
    };
    let of_file = || context.state.checked.remaining.findings.iter().filter(|finding| finding.place.file == file);
    let mut actions = Vec::new();
    if wants("quickfix") {
        let touches = |span: Span| span.start as usize <= range.end && range.start <= span.end as usize;
        let mut here: Vec<Diagnostic> = of_file().filter(|finding| touches(finding.place.span)).cloned().collect();
        fix::propose(context.places.project, &mut here);
        for finding in &here {
            let shown = findings::one(finding, context.places, context.catalog, context.client);
            actions.extend(fix_of(context, finding, &shown));
        }
        for finding in &here {
            let shown = findings::one(finding, context.places, context.catalog, context.client);
            actions.extend(comment(context, finding, source, &shown));
            actions.extend(entry(context, finding, source, &shown));
            let title = format!("Explain {}", finding.rule);
            actions.push(json!({
                "title": title,
                "kind": "quickfix",
                "diagnostics": [shown],
                "command": {"title": title, "command": EXPLAIN, "arguments": [finding.rule]},
            }));
        }
    }
    if wants("source.fixAll.sessionlint") || wants("source.fixAll") {
        let mut all: Vec<Diagnostic> = of_file().filter(|finding| finding.remedy.is_some()).cloned().collect();
        fix::propose(context.places.project, &mut all);
        actions.extend(fix_all(context, &all));
    }
    Value::Array(actions)
}

/// The edits of fixes, by file, for an editor.
fn workspace_edit<'f>(context: &Context<'_>, fixes: impl Iterator<Item = &'f Fix>) -> Value {
    let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for edit in fixes.flat_map(|fix| &fix.edits) {
        let range = context.places.range(edit.place);
        changes.entry(context.places.uri(edit.place)).or_default().push(json!({"range": range, "newText": edit.text}));
    }
    json!({"changes": changes})
}

fn fix_of(context: &Context<'_>, finding: &Diagnostic, shown: &Value) -> Option<Value> {
    let fix = finding.fix.as_ref().filter(|fix| fix.safety != Safety::Display && !fix.edits.is_empty())?;
    let title = one_line(&fix.title);
    let (title, is_preferred) = match fix.safety {
        Safety::Safe => (title.into_owned(), true),
        Safety::Unsafe | Safety::Display => (format!("{title} ({})", one_line(&fix.cost())), false),
    };
    Some(json!({
        "title": title,
        "kind": "quickfix",
        "diagnostics": [shown],
        "isPreferred": is_preferred,
        "edit": workspace_edit(context, std::iter::once(fix)),
    }))
}

/// The safe fixes of a file that do not change the same text.
fn fix_all(context: &Context<'_>, findings: &[Diagnostic]) -> Option<Value> {
    let mut chosen: Vec<&Fix> = Vec::new();
    let is_safe = |fix: &&Fix| fix.safety == Safety::Safe && !fix.edits.is_empty();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(is_safe) {
        let crosses = |other: &&Fix| {
            other.edits.iter().any(|one| {
                fix.edits.iter().any(|it| {
                    let (one, it) = (one.place, it.place);
                    one.file == it.file && one.span.start <= it.span.end && it.span.start <= one.span.end
                })
            })
        };
        if !chosen.iter().any(crosses) {
            chosen.push(fix);
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let edit = workspace_edit(context, chosen.into_iter());
    Some(json!({"title": "Apply all safe fixes of sessionlint", "kind": "source.fixAll.sessionlint", "edit": edit}))
}

/// A comment that suppresses a finding, with a reason to fill in, before the element or the line that it marks.
fn comment(context: &Context<'_>, finding: &Diagnostic, source: &Source, shown: &Value) -> Option<Value> {
    let file = finding.place.file;
    let project = context.places.project;
    let (at, line) = if let Some(component) = project.components.iter().find(|it| it.file == file) {
        let document = &component.document;
        let marked = document.nodes().filter(|node| {
            let element = document.element(*node);
            *node != document.root()
                && element.start <= finding.place.span.start
                && finding.place.span.end <= element.end
        });
        // The innermost: it begins last. What marks the root is allowed for the whole file.
        let node: NodeId = marked.last().unwrap_or_else(|| document.root());
        let start = document.element(node).start;
        (start, format!("<!-- sessionlint: allow {}: {TO_FILL_IN} -->", finding.rule))
    } else if let Some(unit) = project.units.iter().find(|it| it.file == file && !it.code.is_markup()) {
        let is_code = matches!(unit.code, sessionlint_apex::Code::Class | sessionlint_apex::Code::Trigger);
        if !is_code {
            return None;
        }
        let (_, start) = source.line_of(finding.place.span.start);
        let text = &source.text()[start as usize..];
        let indent = (text.len() - text.trim_start_matches([' ', '\t']).len()) as u32;
        (start + indent, format!("// sessionlint: allow {}: {TO_FILL_IN}", finding.rule))
    } else {
        return None;
    };
    let (_, start) = source.line_of(at);
    let text = source.text();
    let before = text.get(start as usize..at as usize)?;
    // What stands behind something else on its line has no line of its own for a comment.
    let (at, new) = if before.chars().all(char::is_whitespace) {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        (at, format!("{line}{end}{before}"))
    } else if line.starts_with("<!--") {
        (at, line)
    } else {
        return None;
    };
    let place = sessionlint_source::Place { file, span: Span { start: at, end: at } };
    let change = json!([{"range": context.places.range(place), "newText": new}]);
    let changes = Map::from_iter([(context.places.uri(place), change)]);
    Some(json!({
        "title": format!("Allow {} here, by a comment", finding.rule),
        "kind": "quickfix",
        "diagnostics": [shown],
        "edit": {"changes": changes},
    }))
}

/// An entry of the configuration that allows a finding, with a reason to fill in.
fn entry(context: &Context<'_>, finding: &Diagnostic, source: &Source, shown: &Value) -> Option<Value> {
    let settings = context.settings?;
    let path = settings.file_to_write(context.places.root);
    let open_text = (context.open_text)(&path).map(|text| text.to_string());
    let before = open_text.or_else(|| String::from_utf8(settings.bytes().unwrap_or_default().to_vec()).ok())?;
    let ignore = NewIgnore { rule: finding.rule.clone(), path: source.path.clone() };
    let after = with_ignores(&before, &[ignore], TO_FILL_IN)?;
    let uri = (context.places.name)(&path).unwrap_or_else(|| uri_of(&path));
    // Only what differs is replaced, so that an editor keeps its place in the file.
    let start = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    let start = (0..=start).rev().find(|at| before.is_char_boundary(*at) && after.is_char_boundary(*at))?;
    let ends = |text: &str| text[start..].bytes().rev().collect::<Vec<_>>();
    let same = ends(&before).iter().zip(&ends(&after)).take_while(|(one, other)| one == other).count();
    let same = (0..=same)
        .rev()
        .find(|it| before.is_char_boundary(before.len() - it) && after.is_char_boundary(after.len() - it))?;
    let old = Source::kept(String::new(), before.clone(), Bytes::Utf8 { bom: 0 });
    let range = context.client.encoding.range(&old, Span::new(start, before.len() - same));
    let edit = json!({"range": range, "newText": &after[start..after.len() - same]});
    // What is not there is made first, which only the newer form of edits can say.
    let is_there = settings.bytes().is_some() || (context.open_text)(&path).is_some();
    let edit = if is_there {
        json!({"changes": Map::from_iter([(uri, json!([edit]))])})
    } else {
        let create = json!({"kind": "create", "uri": uri, "options": {"ignoreIfExists": true}});
        let document = json!({"uri": uri, "version": null});
        json!({"documentChanges": [create, {"textDocument": document, "edits": [edit]}]})
    };
    Some(json!({
        "title": format!("Allow {} in this file, in sessionlint.toml", finding.rule),
        "kind": "quickfix",
        "diagnostics": [shown],
        "edit": edit,
    }))
}
