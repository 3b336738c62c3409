//! Session ids in custom buttons, links, tabs, formula fields and flows, and their recipients.
//!
//! Refuses to know whether a button is ever clicked, which is in no file, and to know a severity.

use super::apex::server;
use super::column::{Fact, IntoCell, ViewColumn};
use super::stated;
use super::table::{Declaration, Declared, Listed, Reads};
use sessionlint_apex::{Mention, Unit};
use sessionlint_project::metadata::Project;
use sessionlint_source::Place;

/// A session id that a button or link gives out: these files are few and always read, while fields and flows are many.
pub(super) type SessionMention = GivenSession<true>;

/// One that a field or flow gives out.
pub(super) type SessionFormula = GivenSession<false>;

/// A session id that something gives out.
#[derive(Debug)]
pub(super) struct GivenSession<const IS_LINK: bool> {
    ty: &'static str,
    name: String,
    path: String,
    element: String,
    session: Fact<String>,
    server: Fact<String>,
    is_unencrypted: bool,
    is_script: bool,
    is_active: Option<bool>,
    flows_are_kept_off: Fact<bool>,
}

/// All of the project, in the order of the files.
fn given<const IS_LINK: bool>(project: &Project) -> Vec<GivenSession<IS_LINK>> {
    let flows = flow_switch(project);
    let all = project.units.iter().flat_map(|unit| unit.mentions.iter().map(move |it| (unit, it)));
    let is_link = |it: &Mention| matches!(it.ty, "WebLink" | "CustomPageWebLink" | "CustomTab");
    all.filter(|(_, it)| is_link(it) == IS_LINK).map(|(unit, it)| one(project, unit, it, &flows)).collect()
}

fn one<const IS_LINK: bool>(project: &Project, unit: &Unit, it: &Mention, flows: &Fact<bool>) -> GivenSession<IS_LINK> {
    let place = |span| Place { file: unit.file, span };
    let is_http = |address: &str| address.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("http:"));
    GivenSession {
        ty: it.ty,
        name: it.owner.clone(),
        path: project.sources.get(unit.file).path.clone(),
        element: it.element.clone(),
        session: Fact::known(it.from.1.clone(), place(it.from.0)),
        server: it.address.as_ref().map(|(span, text)| server(unit, *span, text)).unwrap_or_default(),
        is_unencrypted: it.address.as_ref().is_some_and(|(_, text)| is_http(text)),
        is_script: it.is_script,
        is_active: it.is_active,
        flows_are_kept_off: if it.ty == "Flow" { flows.clone() } else { Fact::default() },
    }
}

/// Whether flows get no session id.
fn flow_switch(project: &Project) -> Fact<bool> {
    stated::flag(project, "FlowSettings", "isFlowBlockAccessToSessionIDEnabled")
}

impl<const IS_LINK: bool> Declared for GivenSession<IS_LINK>
where
    Self: Listed,
{
    const TABLE: Declaration<Self> = Declaration::new(|| Self::COLUMNS, |facts| given(facts.project))
        .key(|it| &it.name)
        .reads(if IS_LINK { &[Reads::Links] } else { &[Reads::Fields] });
}

impl<const IS_LINK: bool> GivenSession<IS_LINK> {
    /// One row per session id that is given out.
    const COLUMNS: &'static [ViewColumn<Self>] = &[
        ViewColumn::<Self>::text(
            "Type",
            "`WebLink`, `CustomPageWebLink`, `CustomTab`, `CustomField` or `Flow`",
            |it| it.ty.cell(),
        )
        .always(),
        ViewColumn::<Self>::text("Name", "fullName of the button, link, tab, field or flow", |it| {
            it.name.as_str().cell()
        })
        .always(),
        ViewColumn::<Self>::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
        ViewColumn::<Self>::text("Element", "the element that contains it; in a flow, the name of that part", |it| {
            it.element.as_str().cell()
        })
        .always(),
        ViewColumn::<Self>::text("SessionId", "the expression, as written", |it| it.session.as_cell()).always(),
        ViewColumn::<Self>::text(
            "Server",
            "the host outside Salesforce whose URL contains the id; its place is the URL",
            |it| it.server.as_cell(),
        ),
        ViewColumn::<Self>::bool("IsUnencrypted", "the URL that contains it begins with `http:`", |it| {
            it.is_unencrypted.cell()
        })
        .always(),
        ViewColumn::<Self>::bool("IsScript", "a browser script gets it: a button that runs JavaScript", |it| {
            it.is_script.cell()
        })
        .always(),
        ViewColumn::<Self>::bool("IsActive", "for a flow: its status is Active; null for others", |it| {
            it.is_active.cell()
        }),
        ViewColumn::<Self>::bool(
            "FlowsAreKeptOff",
            "for a flow: flows get no session id (`isFlowBlockAccessToSessionIDEnabled`); null if no file contains \
             it",
            |it| it.flows_are_kept_off.clone().cell(),
        ),
    ];
}
