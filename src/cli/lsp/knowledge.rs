//! Hovers, inlay hints, definitions, references, links and symbols, from the facts of a project.
//!
//! May assume a current state. Refuses to know rules, except the page of a finding.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::actions::page;
use super::findings::Places;
use crate::cli::engine::EngineState;
use sessionlint_facts::oauth::{OAuthApp, RefreshKind, Renewal};
use sessionlint_facts::{Facts, Shapes, Views};
use sessionlint_lint::rule::{Catalog, minutes_in_words};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_report::one_line;
use sessionlint_soql::{Catalog as _, Tables as _};
use sessionlint_source::{FileId, Place, secrets};

/// The file of a request, with the state of its project.
pub(super) struct RequestContext<'a> {
    pub(super) state: &'a EngineState,
    pub(super) places: &'a Places<'a>,
    pub(super) path: &'a Path,
}

impl<'a> RequestContext<'a> {
    fn project(&self) -> &'a Project {
        self.places.project
    }

    fn file(&self) -> Option<FileId> {
        self.places.file(self.path)
    }

    /// The file and the offset of a position.
    fn at(&self, position: &Value) -> Option<(FileId, u32)> {
        let file = self.file()?;
        let text = self.project().sources.get(file).text();
        Some((file, self.places.encoding.offset(text, position)? as u32))
    }
}

/// A sentence about a place, and its short form beside a timeout.
struct PlaceInfo {
    place: Place,
    text: String,
    hint: Option<String>,
}

/// A text of a project on one line, without what looks like a secret.
fn masked(text: &str) -> String {
    secrets::mask(&one_line(text)).into_owned()
}

/// A name as it may stand in Markdown.
fn name(text: &str) -> String {
    let text = masked(text);
    let mut name = String::with_capacity(text.len());
    for ch in text.chars() {
        if ch.is_ascii_punctuation() && !matches!(ch, '.' | ',' | '-' | '/' | ':' | '\'' | '&') {
            name.push('\\');
        }
        name.push(ch);
    }
    name
}

/// Where a value is decided, for a reader at `here`.
fn decided(project: &Project, place: Option<Place>, here: Option<Place>) -> String {
    match place {
        Some(place) if Some(place) == here => "decided here".to_owned(),
        Some(place) => {
            let source = project.sources.get(place.file);
            format!("decided in {}:{}", name(&source.path), source.position(place.span.start).line)
        }
        None => "decided in no file".to_owned(),
    }
}

fn in_words(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "unknown".to_owned(), minutes_in_words)
}

/// The sentences about timeouts, apps and ranges.
fn place_infos(facts: &Facts<'_>) -> Vec<PlaceInfo> {
    let project = facts.project;
    let mut all = Vec::new();
    let org = facts.org();
    if let Some(place) = org.minutes.place {
        let minutes = in_words(org.minutes.value);
        let text = format!(
            "The org's default: {minutes} without activity, for every profile and app without a value of its own"
        );
        all.push(PlaceInfo { place, text, hint: org.minutes.value.map(|_| minutes) });
    }
    for profile in facts.profiles() {
        let effective = in_words(profile.effective.value);
        let mut text = format!("**{}**: {effective}, ", name(&profile.label));
        text.push_str(&decided(project, profile.effective.place, profile.own.place));
        if profile.decided_by == Some("profile") {
            let _ = write!(text, "; the org default is {}", in_words(profile.org.value));
        }
        let is_own = profile.own.place.is_some() && profile.effective.place == profile.own.place;
        let hint = profile
            .effective
            .value
            .map(|_| if is_own { effective.clone() } else { format!("{effective} in effect, by the org") });
        if let Some(place) = profile.own.place {
            all.push(PlaceInfo { place, text: text.clone(), hint });
        }
        let mut places: Vec<Place> = vec![profile.place];
        places.extend(profile.ranges.iter().flat_map(|range| [range.place, range.end_place]));
        if !profile.ranges.is_empty() {
            let count = sessionlint_report::count(profile.ranges.len(), "range");
            let _ = write!(text, ". Its users log in from {count} of addresses");
        }
        all.extend(places.into_iter().map(|place| PlaceInfo { place, text: text.clone(), hint: None }));
    }
    // A timeout of a profile or of the org has its hint already.
    let mut hinted: HashSet<Place> = all.iter().map(|it| it.place).collect();
    for app in facts.apps() {
        let written = &app.written;
        let minutes = &app.access_token.minutes;
        let text = app_in_words(project, app);
        if let (Some(place), Some(life)) = (minutes.place, minutes.value)
            && app.access_token.owner.as_str() != "org"
        {
            let hint = hinted.insert(place).then(|| format!("access token: {}", minutes_in_words(life)));
            all.push(PlaceInfo { place, text: text.clone(), hint });
        }
        let places = [
            written.place,
            written.session_minutes.place,
            written.refresh_policy.place,
            written.refresh_period.place,
            written.ip_relaxation.place,
        ];
        all.extend(places.into_iter().flatten().map(|place| PlaceInfo { place, text: text.clone(), hint: None }));
    }
    all
}

fn app_in_words(project: &Project, app: &OAuthApp) -> String {
    let written = &app.written;
    let token = &app.access_token;
    let most = if token.may_be_shorter() { "at most " } else { "" };
    let life = in_words(token.minutes.value);
    let mut text = format!("**{}**: an access token lives {most}{life}", name(&written.label));
    if token.minutes.value.is_some() {
        let _ = write!(text, ", {}", decided(project, token.minutes.place, None));
    } else if !token.doubt.is_empty() {
        let _ = write!(text, " ({})", name(&token.doubt));
    }
    if let Some(renewal) = app.renewal {
        let _ = write!(text, "; renewal: {}", Renewal::as_str(renewal));
    }
    if let Some(policy) = app.refresh_policy() {
        let _ = write!(text, "; refresh token: {}", RefreshKind::as_str(policy.kind));
        if let Some(period) = &policy.text {
            let _ = write!(text, " ({})", name(period));
        }
    }
    text
}

/// The hover at a position: the effective session, and findings with their pages.
pub(super) fn hover(request: &RequestContext<'_>, catalog: &Catalog, position: &Value) -> Value {
    let Some((file, at)) = request.at(position) else { return Value::Null };
    let source = request.project().sources.get(file);
    let covers = |place: Place| place.file == file && place.span.start <= at && at <= place.span.end;
    let line = source.line_of(at).0;
    let is_on_line = |place: Place| place.file == file && source.line_of(place.span.start).0 == line;
    let facts = Facts::of(request.project());
    let mut parts: Vec<String> = Vec::new();
    for info in place_infos(&facts) {
        if is_on_line(info.place) && !parts.contains(&info.text) {
            parts.push(info.text);
        }
    }
    let mut rules: Vec<&str> = Vec::new();
    let found: Vec<_> =
        request.state.checked.remaining.findings.iter().filter(|finding| covers(finding.place)).collect();
    for finding in &found {
        if rules.contains(&finding.rule.as_str()) {
            continue;
        }
        rules.push(&finding.rule);
        if let Some(rule) = catalog.get(&finding.rule) {
            let page = page(rule);
            let more = page.href.map(|href| format!("\n\n[{}]({href})", finding.rule)).unwrap_or_default();
            parts.push(format!("{}{more}", page.text.trim()));
        }
    }
    if parts.is_empty() {
        return Value::Null;
    }
    let mut answer = json!({"contents": {"kind": "markdown", "value": parts.join("\n\n---\n\n")}});
    if let Some(finding) = found.first() {
        answer["range"] = request.places.range(finding.place);
    }
    answer
}

/// The effective minutes beside timeouts.
pub(super) fn hints(request: &RequestContext<'_>, range: &Value) -> Value {
    let Some(file) = request.file() else { return Value::Null };
    let source = request.project().sources.get(file);
    let text = source.text();
    let Some(asked_for) = request.places.encoding.span(text, range) else { return Value::Null };
    let facts = Facts::of(request.project());
    let mut hints = Vec::new();
    for info in place_infos(&facts).into_iter().filter(|info| info.place.file == file) {
        let Some(hint) = info.hint else { continue };
        let end = info.place.span.end as usize;
        if !asked_for.contains(&end) && asked_for.end != end {
            continue;
        }
        let line_end = text.get(end..).and_then(|rest| rest.find(['\r', '\n'])).map_or(text.len(), |at| end + at);
        hints.push(json!({
            "position": request.places.encoding.position(source, line_end as u32),
            "label": hint,
            "paddingLeft": true,
            "tooltip": {"kind": "markdown", "value": info.text},
        }));
    }
    Value::Array(hints)
}

/// One component names another.
struct Reference {
    place: Place,
    to_type: String,
    to_name: String,
    /// Whether it is a part of what it names: the policy of an app.
    is_part: bool,
}

/// Tables of references: table, type of what is named (a column where it begins with `=`), column of the name.
const NAMED: &[(&str, &str, &str)] = &[
    ("Reference", "=ToType", "ToName"),
    ("CertificateUse", "Certificate", "Certificate"),
    ("ApexCredentialUse", "NamedCredential", "Credential"),
    ("ProfileSessionSetting", "Profile", "profile"),
];

/// The element by which a part of an external client app names it.
const PART_OF: (&str, &str) = ("ExternalClientApplication", "externalClientApplication");

/// All references of a project.
fn all_references(facts: &Facts<'_>) -> Vec<Reference> {
    let views = Views::new(facts);
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    let mut add = |table: &str, to_type: &str, column: &str, is_part: bool| {
        let Some(table) = views.table(table) else { return };
        let Some(column) = table.schema.column(column) else { return };
        let type_column = to_type.strip_prefix('=').and_then(|name| table.schema.column(name));
        for row in &table.rows {
            let Some(cell) = row.cells.get(column) else { continue };
            let (Some(to_name), Some(place)) = (cell.value.as_text(), cell.place) else { continue };
            let to_type = match type_column {
                Some(at) => row.cells.get(at).and_then(|cell| cell.value.as_text()).unwrap_or_default(),
                None => to_type,
            };
            let (to_type, to_name) = (to_type.to_owned(), to_name.trim().to_owned());
            if seen.insert((place, to_type.clone())) {
                all.push(Reference { place, to_type, to_name, is_part });
            }
        }
    };
    for (table, to_type, column) in NAMED {
        add(table, to_type, column, false);
    }
    for table in Shapes.table_names().into_iter().filter(|name| name.starts_with("ExtlClntApp") && !name.contains('.'))
    {
        add(table, PART_OF.0, PART_OF.1, true);
    }
    all
}

fn is_named(component: &Component, reference: &Reference) -> bool {
    kind(component.kind).name == reference.to_type && component.name.eq_ignore_ascii_case(&reference.to_name)
}

/// Where a component names itself.
fn own_place(component: &Component) -> Place {
    let label = ["label", "masterLabel", "fullName"].into_iter().find(|path| component.node(path).is_some());
    label.map_or_else(|| component.root_place(), |path| component.place(path))
}

/// The component of a file.
fn component_of(project: &Project, file: FileId) -> Option<&Component> {
    project.components.iter().find(|component| component.file == file)
}

/// The component that is named at a position, else that of the file; and whether it is named there.
fn component_at<'p>(
    project: &'p Project,
    references: &[Reference],
    (file, at): (FileId, u32),
) -> (Option<&'p Component>, bool) {
    let covers = |place: Place| place.file == file && place.span.start <= at && at <= place.span.end;
    match references.iter().find(|it| covers(it.place)) {
        Some(named) => (project.components.iter().find(|component| is_named(component, named)), true),
        None => (component_of(project, file), false),
    }
}

/// The place of the component that is named at a position; for a component itself, its parts, else its references.
pub(super) fn definition(request: &RequestContext<'_>, position: &Value) -> Value {
    let Some(at) = request.at(position) else { return Value::Null };
    let facts = Facts::of(request.project());
    let references = all_references(&facts);
    let (component, is_reference) = component_at(request.project(), &references, at);
    let Some(component) = component else { return Value::Null };
    if is_reference {
        return request.places.location(own_place(component));
    }
    let named = || references.iter().filter(|it| is_named(component, it));
    let mut places: Vec<Place> = named().filter(|it| it.is_part).map(|it| it.place).collect();
    if places.is_empty() {
        places = named().map(|it| it.place).collect();
    }
    places.iter().map(|place| request.places.location(*place)).collect()
}

/// The references to the component at a position.
pub(super) fn references(request: &RequestContext<'_>, position: &Value) -> Value {
    let Some(at) = request.at(position) else { return Value::Null };
    let facts = Facts::of(request.project());
    let references = all_references(&facts);
    let (Some(component), _) = component_at(request.project(), &references, at) else { return Value::Null };
    let named = references.iter().filter(|it| is_named(component, it)).map(|it| it.place);
    let own = std::iter::once(own_place(component));
    own.chain(named).map(|place| request.places.location(place)).collect()
}

/// Links from names of components to their files, and from a component's own name to its first part or user.
pub(super) fn links(request: &RequestContext<'_>) -> Value {
    let Some(file) = request.file() else { return Value::Null };
    let project = request.project();
    let facts = Facts::of(project);
    let references = all_references(&facts);
    let mut links = Vec::new();
    let mut add = |from: Place, to: Place, text: String| {
        let line = project.sources.get(to.file).position(to.span.start).line;
        let target = format!("{}#L{line}", request.places.uri(to));
        links.push(json!({"range": request.places.range(from), "target": target, "tooltip": text}));
    };
    for reference in references.iter().filter(|it| it.place.file == file) {
        if let Some(component) = project.components.iter().find(|it| is_named(it, reference)) {
            let text = format!("{} {}", reference.to_type, masked(&component.name));
            add(reference.place, own_place(component), text);
        }
    }
    if let Some(component) = component_of(project, file) {
        let named = || references.iter().filter(|it| is_named(component, it) && it.place.file != file);
        if let Some(first) = named().find(|it| it.is_part).or_else(|| named().next()) {
            add(own_place(component), first.place, one_line(&project.sources.get(first.place.file).path).into_owned());
        }
    }
    Value::Array(links)
}

/// Profiles and apps whose names contain a text.
pub(super) fn symbols(state: &EngineState, places: &Places<'_>, query: &str) -> Vec<Value> {
    let facts = Facts::of(&state.checked.loaded.project);
    let query = query.to_lowercase();
    let profiles = facts.profiles().iter().map(|it| (it.label.as_str(), Some(it.place), "profile", 5));
    let apps = facts.apps().iter().map(|it| (it.written.label.as_str(), it.written.place, it.kind.as_str(), 2));
    let symbol = |(name, place, container, kind): (&str, Option<Place>, &str, u8)| {
        if !name.to_lowercase().contains(&query) {
            return None;
        }
        let name = masked(name);
        Some(json!({"name": name, "kind": kind, "containerName": container, "location": places.location(place?)}))
    };
    profiles.chain(apps).filter_map(symbol).collect()
}
