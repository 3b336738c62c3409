//! Session ids and tokens: where each is sent, and in what kind of transaction.
//!
//! May assume the uses that each file's facts list. Refuses to know what another system does with an id that it
//! receives.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::callout::credential_of;
use super::web::{Way, Web};
use super::{Aging, At, Certainty, Chain, Chained, Fact, Lifetime, Placed, at, at_unit, jwt_app, spot};
use crate::host::{host, is_salesforce};
use crate::oauth::api_access_is_limited;
use sessionlint_apex::graph::{ClassAt, Entry, MAX_HANDED_ON, MethodAt};
use sessionlint_apex::{
    Callee, Class, Code, LinkUse, Parameter, PassedParameter, Point, Role, SentParameter, SessionSource, SessionUse,
    Sink, Unit,
};
use sessionlint_project::metadata::Project;
use sessionlint_source::Span;

/// Calls after which an `@AuraEnabled` method still counts as what runs the code.
const LIGHTNING_DEPTH: usize = 2;

/// Calls after which another class still counts as part of a job.
const JOB_DEPTH: usize = 1;

/// Sinks by which an id leaves Apex; the call that returned the id keeps a row of its own beside them.
const LEAVING: &[&str] = &["returned", "mailed-link", "shown-link", "returned-link", "scraped"];

/// One session id or token on its way.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
pub(crate) struct ApexSessionUse {
    at: At,
    chain: Chain,
    lifetime: Lifetime,
    pub(super) source: &'static str,
    pub(super) session: Fact<String>,
    pub(super) sink: Fact<&'static str>,
    pub(super) target: Fact<String>,
    pub(super) target_kind: Option<&'static str>,
    pub(super) context: Option<&'static str>,
    /// The path to it in that context; the chain may be another one, by which Lightning reaches it.
    job: Chain,
    pub(super) is_null_checked: bool,
    pub(super) is_from_lightning: bool,
    pub(super) has_call_site: bool,
    pub(super) is_kept_by_job: bool,
    pub(super) is_one_of_several: bool,
    pub(super) jwt_app: Fact<String>,
    pub(super) api_access_is_limited: Fact<bool>,
    pub(super) server: Fact<String>,
    pub(super) anonymous: Fact<String>,
    pub(super) sent_by: Fact<String>,
    pub(super) given_by: Fact<String>,
    pub(super) outside_type: Fact<String>,
    pub(super) credential: Fact<String>,
}

by_field!(Placed, at: At, ApexSessionUse);
by_field!(Chained, chain: Chain, ApexSessionUse);

impl ApexSessionUse {
    /// The method that starts the job, and the first call on the path from there.
    pub(super) fn job(&self) -> (&Fact<String>, &Fact<String>) {
        (&self.job.entry, &self.job.calls[0])
    }
}

by_field!(Aging, lifetime: Lifetime, ApexSessionUse);

/// Code that receives a session id and runs later.
struct Target {
    title: Fact<String>,
    kind: &'static str,
    /// The method annotated `@future`.
    future: Option<MethodAt>,
}

/// A use with its facts across classes.
struct ClassifiedUse<'u> {
    used: &'u SessionUse,
    sink: &'static str,
    target: Option<Target>,
    /// The called method that sends it.
    sent_by: Fact<String>,
    /// The called method that returns it.
    given_by: Fact<String>,
    /// The type outside the project whose field it is assigned to.
    outside_type: Fact<String>,
}

/// What all rows are made of.
struct UseContext<'w> {
    project: &'w Project,
    web: &'w Web<'w>,
    lifetime: &'w Lifetime,
    /// Methods that a use hands its session id to.
    called: Vec<MethodAt>,
    /// Classes of which jobs make objects, each with the numbers of arguments.
    made_by_jobs: OnceCell<HashMap<ClassAt, Vec<usize>>>,
    jwt_app: Fact<String>,
    api_access_is_limited: Fact<bool>,
}

/// All uses, in the order of the files.
pub(super) fn uses(project: &Project, web: &Web<'_>, lifetime: &Lifetime) -> Vec<ApexSessionUse> {
    let senders = OnceCell::new();
    let classified: Vec<(u32, &Unit, Vec<ClassifiedUse<'_>>)> =
        web.units().map(|(index, unit)| (index, unit, classify(web, &senders, index, unit))).collect();
    let context = UseContext {
        project,
        web,
        lifetime,
        called: classified
            .iter()
            .flat_map(|(.., uses)| uses)
            .filter_map(|it| it.target.as_ref().and_then(|target| target.future))
            .collect(),
        made_by_jobs: OnceCell::new(),
        jwt_app: jwt_app(project),
        api_access_is_limited: api_access_is_limited(project),
    };
    let of_unit = |(index, unit, uses): (u32, &Unit, Vec<ClassifiedUse<'_>>)| {
        uses.into_iter().map(|it| context.one(index, unit, it)).collect::<Vec<_>>()
    };
    classified.into_iter().flat_map(of_unit).collect()
}

/// The host of an address, where it is not Salesforce's.
pub(crate) fn server(unit: &Unit, span: Span, address: &str) -> Fact<String> {
    let is_own = |host: &str| {
        let more = ["site.com", "visualforce.com", "lightning.com", "sforce.com"];
        // A developer's own machine is no server either.
        let is_local = matches!(host, "localhost" | "127.0.0.1");
        is_local
            || is_salesforce(host)
            || more.iter().any(|domain| host.strip_suffix(domain).is_some_and(|it| it.ends_with('.')))
    };
    host(address).filter(|host| !is_own(host)).map(|host| spot(unit, span, host)).unwrap_or_default()
}

impl UseContext<'_> {
    fn one(&self, index: u32, unit: &Unit, classified: ClassifiedUse<'_>) -> ApexSessionUse {
        let UseContext { project, web, .. } = self;
        let method = classified.used.method.map(|method| MethodAt { unit: index, method });
        let ClassifiedUse { used, sink, target, sent_by, given_by, outside_type } = classified;
        let sure = match used.source {
            // Which method a call means is known by name and number of arguments.
            _ if sent_by.value.is_some() || given_by.value.is_some() => Certainty::Medium,
            SessionSource::Token | SessionSource::Parameter => Certainty::Medium,
            SessionSource::Session | SessionSource::Api | SessionSource::Function | SessionSource::Page => {
                Certainty::High
            }
        };
        let confidence = sure.unless(used.step.is_doubtful);
        let around = method.map(|method| around(web, method, &used.step)).unwrap_or_default();
        let (title, kind) = target.map_or((Fact::default(), None), |target| (target.title, Some(target.kind)));
        ApexSessionUse {
            at: method
                .map_or_else(|| at_unit(project, unit, confidence), |method| at(project, web, method, confidence)),
            chain: around.chain,
            lifetime: if is_of_org(used) { self.lifetime.clone() } else { Lifetime::default() },
            source: source_name(used.source),
            session: spot(unit, used.from, used.text.clone()),
            sink: Fact::known(sink, super::place(unit, used.step.span)),
            target: title,
            target_kind: kind,
            context: around.context,
            job: around.job,
            is_null_checked: used.is_null_checked,
            is_from_lightning: around.is_from_lightning,
            is_kept_by_job: self.is_kept_by_job(index, used),
            is_one_of_several: used.is_one_of_several,
            has_call_site: used.sink == Sink::Parameter && method.is_some_and(|method| self.called.contains(&method)),
            jwt_app: self.jwt_app.clone(),
            api_access_is_limited: self.api_access_is_limited.clone(),
            anonymous: match (&project.namespace, &unit.anonymous) {
                (Some(_), Some((span, text))) => spot(unit, *span, text.clone()),
                _ => Fact::default(),
            },
            sent_by,
            given_by,
            outside_type,
            server: used.address.as_ref().map(|(span, text)| server(unit, *span, text)).unwrap_or_default(),
            credential: match sink {
                "authorization-header" => used.method.map(|method| called_through(unit, method)).unwrap_or_default(),
                _ => Fact::default(),
            },
        }
    }

    /// Whether the class of a job took the id when it was made, and keeps it in a field until it runs. An object that a
    /// job makes takes the id in that job.
    fn is_kept_by_job(&self, index: u32, used: &SessionUse) -> bool {
        let Some(taker) = used.taken_in.map(|method| MethodAt { unit: index, method }) else { return false };
        let graph = &self.web.graph;
        let (method, class) = (graph.method(taker), graph.class_at(taker));
        if graph.job(class).is_none() {
            return false;
        }
        let in_jobs = || self.made_by_jobs.get_or_init(|| made_by_jobs(self.web)).get(&class);
        match method.role {
            Role::Constructor => {
                let is_it = |count: &usize| [method.parameters.len(), ANY].contains(count);
                !in_jobs().is_some_and(|made| made.iter().any(is_it))
            }
            Role::Initializer => {
                let is_it = |name: &str| name.eq_ignore_ascii_case(&method.name);
                let is_kept = graph.class(class).fields.iter().any(|field| is_it(&field.name) && !field.is_passing);
                is_kept && in_jobs().is_none()
            }
            Role::Method | Role::Accessor | Role::Trigger => false,
        }
    }
}

/// The number of arguments of the constructor of a superclass, which is not followed.
const ANY: usize = usize::MAX;

/// The classes of which code makes objects where it is known to run in a job, each with the numbers of arguments. A method
/// that gets a session id may put it into the object in place of the one that the object took.
fn made_by_jobs(web: &Web<'_>) -> HashMap<ClassAt, Vec<usize>> {
    let graph = &web.graph;
    let mut made: HashMap<ClassAt, Vec<usize>> = HashMap::new();
    let takes_none = |at: &MethodAt| !graph.method(*at).parameters.iter().any(Parameter::may_be_session);
    for at in graph.methods().filter(takes_none) {
        for call in &graph.method(at).calls {
            if let Callee::New(ty) = &call.callee
                && job_way(web, at, &call.step).is_some()
                && let Some(class) = graph.find(graph.class_at(at), ty)
            {
                made.entry(class).or_default().push(call.arguments);
                // An object of a class is made by the constructors of its superclasses too.
                for above in graph.lineage(class).0.into_iter().skip(1) {
                    made.entry(above).or_default().push(ANY);
                }
            }
        }
    }
    made
}

/// The named credential in all addresses that a method sets.
fn called_through(unit: &Unit, method: u32) -> Fact<String> {
    let endpoints = unit.methods.get(method as usize).map(|method| method.endpoints.as_slice()).unwrap_or_default();
    let Some((span, first)) = endpoints.first() else { return Fact::default() };
    let name = credential_of(first)
        .filter(|_| endpoints.iter().all(|(_, other)| credential_of(other) == credential_of(first)));
    name.map(|name| spot(unit, *span, name)).unwrap_or_default()
}

/// Whether a session id is the org's own, and not a token that may be another server's.
fn is_of_org(used: &SessionUse) -> bool {
    let is_by_name = matches!(used.source, SessionSource::Token | SessionSource::Parameter);
    !is_by_name || used.text.to_ascii_lowercase().contains("session")
}

fn source_name(source: SessionSource) -> &'static str {
    match source {
        SessionSource::Session => "getSessionId",
        SessionSource::Token => "token",
        SessionSource::Parameter => "parameter",
        SessionSource::Api => "$Api.Session_ID",
        SessionSource::Function => "GETSESSIONID",
        SessionSource::Page => "page",
    }
}

/// The relevant uses of a unit, in order.
fn classify<'u, 'w>(
    web: &'w Web<'_>,
    senders: &OnceCell<Senders<'w>>,
    index: u32,
    unit: &'u Unit,
) -> Vec<ClassifiedUse<'u>> {
    let mut classified: Vec<ClassifiedUse<'_>> =
        unit.sessions.iter().filter_map(|used| sink(web, senders, index, unit, used)).collect();
    let typed: HashMap<Span, &str> = unit.sessions.iter().filter_map(field_type).collect();
    classified.retain(|it| {
        let ty = typed.get(&it.used.step.span).filter(|_| it.sink == "session-header");
        !ty.is_some_and(|ty| is_plain(web, index, it.used, ty))
    });
    for it in classified.iter_mut().filter(|it| it.sink == "session-header") {
        if let Some(ty) = typed.get(&it.used.step.span).filter(|ty| is_outside(web, index, it.used, ty)) {
            it.outside_type = spot(unit, it.used.step.span, *ty);
        }
    }
    // A target that runs later is better evidence than the name of a field.
    let handed: Vec<_> =
        classified.iter().filter(|it| it.sink == "async-argument").map(|it| it.used.step.span).collect();
    classified.retain(|it| it.sink != "session-header" || !handed.contains(&it.used.step.span));
    // The place where an id leaves Apex has a row in addition to its other uses.
    let is_use = |it: &&ClassifiedUse<'_>| it.sink != "none" && !LEAVING.contains(&it.sink);
    let arrived: Vec<_> = classified.iter().filter(is_use).map(|it| it.used.from).collect();
    classified.retain(|it| it.sink != "none" || !arrived.contains(&it.used.from));
    classified.sort_by_key(|it| (it.used.step.span, it.sink));
    classified.dedup_by_key(|it| (it.used.step.span, it.sink, it.used.from));
    classified
}

fn sink<'u, 'w>(
    web: &'w Web<'_>,
    senders: &OnceCell<Senders<'w>>,
    index: u32,
    unit: &Unit,
    used: &'u SessionUse,
) -> Option<ClassifiedUse<'u>> {
    let classified = |sink, target| {
        let (sent_by, given_by, outside_type) = (Fact::default(), Fact::default(), Fact::default());
        ClassifiedUse { used, sink, target, sent_by, given_by, outside_type }
    };
    let plain = |sink| Some(classified(sink, None));
    // The method that a call means, if all that it can mean return a session id.
    let gives = |callee: &Callee, arguments: usize| {
        let from = MethodAt { unit: index, method: used.method? };
        let candidates = web.graph.candidates(from, callee, arguments);
        candidates.first().copied().filter(|_| candidates.iter().all(|at| web.graph.method(*at).gives_session))
    };
    match &used.sink {
        Sink::Sent(sent) => plain(sent.as_str()),
        Sink::Record => plain("record-field"),
        Sink::Event => plain("event-field"),
        Sink::Page => plain("page"),
        Sink::Returned => plain("returned"),
        Sink::Answer(callee, arguments) => gives(callee, *arguments).and_then(|_| plain("returned")),
        Sink::Given { callee, arguments, sent } => {
            let given_by = title(web, gives(callee, *arguments)?);
            Some(ClassifiedUse { given_by, ..classified(sent.as_str(), None) })
        }
        Sink::Scraped(page) => gives_session_id(web, page).then(|| plain("scraped"))?,
        Sink::Link(LinkUse::Mailed) => plain("mailed-link"),
        Sink::Link(LinkUse::Shown) => plain("shown-link"),
        Sink::Link(LinkUse::Returned) => plain("returned-link"),
        Sink::Logged => plain("logged"),
        Sink::Nothing => plain("none"),
        Sink::Parameter => {
            let at = MethodAt { unit: index, method: used.method? };
            let target = Target { title: title(web, at), kind: "future", future: None };
            Some(classified("async-parameter", Some(target)))
        }
        Sink::Argument { callee, arguments, index: argument } => {
            let from = MethodAt { unit: index, method: used.method? };
            if let Some(target) = target(web, from, callee, *arguments) {
                return Some(classified("async-argument", Some(target)));
            }
            if used.source != SessionSource::Session {
                return None;
            }
            let candidates = web.graph.candidates(from, callee, *arguments);
            let (at, sent) = senders.get_or_init(|| Senders::of(web)).by(&candidates, *argument)?;
            if sent.is_kept
                && let Some(target) = keeper(web, from, callee, at)
            {
                return Some(classified("async-argument", Some(target)));
            }
            let sent_by = spot(web.graph.unit(at), sent.span, web.graph.title(at));
            Some(ClassifiedUse { sent_by, ..classified(sent.sent.as_str(), None) })
        }
        Sink::Field(ty) => {
            let method = unit.methods.get(used.method? as usize)?;
            let target = job(web, (index, method.class), &ty.to_lowercase())?;
            Some(classified("async-argument", Some(target)))
        }
    }
}

/// The type of the object to whose field an id is assigned, with the place of the id.
fn field_type(used: &SessionUse) -> Option<(Span, &str)> {
    match &used.sink {
        Sink::Field(ty) => Some((used.step.span, ty.as_str())),
        _ => None,
    }
}

/// Whether a type has a namespace or an outer class, and neither is in the project. A session header of generated code
/// is known by its name.
fn is_outside(web: &Web<'_>, index: u32, used: &SessionUse, ty: &str) -> bool {
    let ty = ty.to_lowercase();
    let class = used.method.map(|method| web.graph.class_at(MethodAt { unit: index, method }));
    let is_known = |name: &str| class.is_some_and(|class| web.graph.find(class, name).is_some());
    ty.split_once('.').is_some_and(|(first, _)| !is_known(first) && !is_known(&ty)) && !ty.contains("sessionheader")
}

/// Whether a type is a class of the project that only keeps what it gets: neither generated code nor code with a callout
/// is in its file, and the method that fills it makes no callout.
fn is_plain(web: &Web<'_>, index: u32, used: &SessionUse, ty: &str) -> bool {
    let Some(method) = used.method.map(|method| MethodAt { unit: index, method }) else { return false };
    let Some(found) = web.graph.find(web.graph.class_at(method), &ty.to_lowercase()) else { return false };
    let unit = &web.graph.units[found.0 as usize];
    web.graph.class(found).superclass.is_none()
        && web.graph.method(method).callouts.is_empty()
        && unit.methods.iter().all(|it| it.callouts.is_empty())
        && !unit.classes.iter().any(is_generated)
}

/// Whether a class is made from a WSDL.
pub(super) fn is_generated(class: &Class) -> bool {
    let is_sign = |name: &str| name.ends_with("_hns") || name.ends_with("_type_info");
    class.full_name.to_lowercase().contains("sessionheader") || class.fields.iter().any(|field| is_sign(&field.name))
}

/// The parameters that methods send to a server: the method that does it, and where.
struct Senders<'w> {
    known: HashMap<(MethodAt, usize), (MethodAt, &'w SentParameter)>,
}

impl<'w> Senders<'w> {
    /// Those of all methods, directly or by handing them on.
    fn of(web: &'w Web<'_>) -> Self {
        let methods = || web.graph.methods().map(|at| (at, web.graph.method(at)));
        let direct = methods().flat_map(|(at, method)| method.sends.iter().map(move |it| (at, it)));
        let known = direct.map(|(at, it)| ((at, it.parameter as usize), (at, it))).collect();
        let mut all = Self { known };
        let passes = methods().flat_map(|(at, method)| method.passes.iter().map(move |it| (at, it)));
        let candidates = |(at, it): (MethodAt, &'w PassedParameter)| {
            ((at, it.parameter as usize), web.graph.candidates(at, &it.callee, it.arguments), it.index)
        };
        let mut open: Vec<_> = if all.known.is_empty() { Vec::new() } else { passes.map(candidates).collect() };
        for _ in 0..MAX_HANDED_ON {
            open.retain(|(parameter, ..)| !all.known.contains_key(parameter));
            let found: Vec<_> = open
                .iter()
                .filter_map(|(parameter, candidates, index)| Some((*parameter, all.by(candidates, *index)?)))
                .collect();
            for (parameter, sent) in found {
                all.known.entry(parameter).or_insert(sent);
            }
        }
        all
    }

    /// The method that sends an argument, and where, if all methods that the call can mean do.
    fn by(&self, candidates: &[MethodAt], argument: usize) -> Option<(MethodAt, &'w SentParameter)> {
        let first = self.known.get(&(*candidates.first()?, argument))?;
        candidates.iter().all(|at| self.known.contains_key(&(*at, argument))).then_some(*first)
    }
}

/// Whether a page of the project writes the session id into itself; for a page that is not in the project, whether its
/// name suggests it.
fn gives_session_id(web: &Web<'_>, page: &str) -> bool {
    let is_it = |unit: &&Unit| unit.code == Code::Page && unit.name.eq_ignore_ascii_case(page);
    let lower = page.to_ascii_lowercase();
    web.graph.units.iter().any(|unit| is_it(&unit) && !unit.sessions.is_empty())
        || lower.contains("sessionid")
        || lower.contains("session_id")
}

fn title(web: &Web<'_>, at: MethodAt) -> Fact<String> {
    spot(web.graph.unit(at), web.graph.method(at).name_span, web.graph.title(at))
}

/// The target of the arguments of a call, where it runs later.
fn target(web: &Web<'_>, from: MethodAt, callee: &Callee, arguments: usize) -> Option<Target> {
    if let Callee::New(ty) = callee {
        return job(web, web.graph.class_at(from), ty);
    }
    let candidates = web.graph.candidates(from, callee, arguments);
    let is_later = !candidates.is_empty() && candidates.iter().all(|at| web.graph.is_future(*at));
    let first = candidates.first().filter(|_| is_later)?;
    Some(Target { title: title(web, *first), kind: "future", future: Some(*first) })
}

/// The class of a method that keeps an argument in a field, where it runs later; for `super(...)`, the class that calls
/// it.
fn keeper(web: &Web<'_>, from: MethodAt, callee: &Callee, at: MethodAt) -> Option<Target> {
    let own = web.graph.class_at(from);
    let is_in_constructor = web.graph.method(from).role == Role::Constructor;
    let is_super = is_in_constructor
        && matches!((callee, &web.graph.class(own).superclass), (Callee::New(ty), Some(above)) if ty == above);
    job_class(web, if is_super { own } else { web.graph.class_at(at) })
}

/// The class with a name, where it runs later.
fn job(web: &Web<'_>, from: (u32, u32), ty: &str) -> Option<Target> {
    job_class(web, web.graph.find(from, ty)?)
}

fn job_class(web: &Web<'_>, class: (u32, u32)) -> Option<Target> {
    let job = web.graph.job(class)?;
    let named = web.graph.class(class);
    let unit = &web.graph.units[class.0 as usize];
    Some(Target { title: spot(unit, named.name_span, named.full_name.clone()), kind: job.as_str(), future: None })
}

/// The transaction of a step.
#[derive(Default)]
struct Surroundings {
    chain: Chain,
    context: Option<&'static str>,
    /// The path in that context.
    job: Chain,
    is_from_lightning: bool,
}

/// How a job comes to a step: within its class, or by so few calls that another class counts as part of it.
fn job_way<'w>(web: &'w Web<'_>, method: MethodAt, step: &Point) -> Option<Way<'w>> {
    let is_job = |entry: Entry| !entry.is_sync();
    web.nearest(method, step, is_job)
        .filter(|(_, reached)| reached.path.len() <= JOB_DEPTH)
        .or_else(|| web.nearest_in_class(method, step, is_job))
}

fn around(web: &Web<'_>, method: MethodAt, step: &Point) -> Surroundings {
    let job = job_way(web, method, step);
    let lightning = web
        .nearest(method, step, |entry| entry == Entry::Aura)
        .filter(|(_, reached)| reached.path.len() <= LIGHTNING_DEPTH);
    let shown = lightning.or(job).or_else(|| web.nearest(method, step, |_| true));
    Surroundings {
        chain: shown.map(|way| web.chain(way)).unwrap_or_default(),
        context: job.map(|(start, _)| start.entry.as_str()),
        job: job.map(|way| web.chain(way)).unwrap_or_default(),
        is_from_lightning: lightning.is_some(),
    }
}
