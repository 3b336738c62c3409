//! Tracks session ids and tokens through a file: from `UserInfo.getSessionId()`, through variables, fields and methods
//! that return it, to their destinations.
//!
//! Data flow is followed within a class by name, and within a method by what its variables hold where they are read. The
//! result of another class's call counts as that call's value, except for calls that only convert it. For a call of
//! another class, each method says which of its parameters it sends ([`SentParameter`](super::SentParameter)). Refuses
//! to know other files.

mod header;
mod null;
mod other;
mod out;
mod parameter;
mod variables;

pub(super) use out::answers;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use foldhash::{HashMap, HashMapExt};

use super::body::Body;
use super::record_id::is_record_id;
use super::tree::{Kind, NodeId, Part};
use super::{Callee, Kinds, Point, Role, SentAs, SessionSource, SessionUse, Sink, Spot, Unit, words};
use null::Filled;
use sessionlint_source::Span;
use variables::{Held, Variables, assigned};

/// Fields and methods of a class that hold or return a session id, with the call that it comes from.
#[derive(Debug, Default)]
struct Shared {
    fields: HashMap<String, NodeId>,
    getters: HashMap<String, NodeId>,
    /// Those of the calls whose method returns another text too.
    several: HashSet<NodeId>,
}

/// Calls that check a text and do not return it.
pub(super) const QUESTIONS: &[&str] = &[
    "isblank",
    "isnotblank",
    "isempty",
    "isnotempty",
    "equals",
    "equalsignorecase",
    "length",
    "contains",
    "startswith",
    "endswith",
    "hashcode",
    "indexof",
];

/// A part of a session id that is no longer than a record's id gives no access.
const LONGEST_ID: i64 = 18;

/// Only the first nodes of a larger expression are read, so that its cost is bounded.
const MAX_NODES: usize = 5_000;

/// The operands of a concatenation between a session id and the call that logs it.
const MAX_OPERANDS: usize = 50;

/// Types of variables that can hold a session id.
fn can_hold(ty: &str) -> bool {
    matches!(ty, "string" | "object" | "id" | "")
}

/// Adds the uses of session ids and tokens in the methods of a file.
pub(super) fn read(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    let words = bodies.first().map(|body| body.file.words).unwrap_or_default();
    let shared = if words.may_get_session() { shared(bodies) } else { BTreeMap::new() };
    let none = Shared::default();
    for (index, body) in bodies.iter().enumerate() {
        let shared = shared.get(&body.method.class).unwrap_or(&none);
        let flow = Flow::of(body, shared);
        flow.sinks(index as u32, &mut unit.sessions);
        if let Some(method) = unit.methods.get_mut(index) {
            method.gives_session = flow.gives_session();
        }
    }
    note_takers(bodies, &mut unit.sessions);
    if words.may_send_token() {
        parameter::read(bodies, &mut unit.methods);
        other::read(bodies, &mut unit.sessions);
    }
    if words.may_run_anonymous() {
        unit.anonymous = bodies.iter().find_map(anonymous);
    }
}

/// Notes for each session id that another method of the file takes, which one it is.
fn note_takers(bodies: &[Body<'_, '_>], uses: &mut [SessionUse]) {
    let span = |index: u32| bodies.get(index as usize).map(|body| body.tree.span(body.method.body));
    let holds = |outer: Span, inner: Span| outer.start <= inner.start && inner.end <= outer.end;
    let mut starts: Vec<(u32, u32)> = Vec::new();
    for used in uses {
        if used.method.and_then(span).is_none_or(|own| holds(own, used.from)) {
            continue;
        }
        if starts.is_empty() {
            starts = (0..bodies.len() as u32).filter_map(|index| Some((span(index)?.start, index))).collect();
            starts.sort_unstable();
        }
        let before = starts.partition_point(|(start, _)| *start <= used.from.start);
        let taker = before.checked_sub(1).map(|last| starts[last].1);
        used.taken_in = taker.filter(|taker| span(*taker).is_some_and(|outer| holds(outer, used.from)));
    }
}

/// Where a method runs anonymous Apex: a call of that name, or a URL or message with its name.
fn anonymous(body: &Body<'_, '_>) -> Option<Spot> {
    let tree = body.tree;
    let word = "executeanonymous";
    let names = |id: &NodeId| match tree.kind(*id) {
        Kind::Call => tree.calls(*id, word),
        _ => tree.is_string(*id) && tree.lower(*id).contains(word),
    };
    body.nodes().find(names).map(|id| (tree.span(id), "executeAnonymous".to_owned()))
}

/// Data shared by all classes of a file, by class.
fn shared(bodies: &[Body<'_, '_>]) -> BTreeMap<u32, Shared> {
    let mut by_class: BTreeMap<u32, Shared> = BTreeMap::new();
    let none = Shared::default();
    // The other texts that a method returns which returns a session id: the field, or none if it is another expression.
    let mut beside: Vec<(u32, NodeId, Vec<Option<String>>)> = Vec::new();
    for body in bodies {
        let flow = Flow::of(body, &none);
        if !flow.has_source {
            continue;
        }
        let shared = by_class.entry(body.method.class).or_default();
        let tree = body.tree;
        let may_scrape = flow.scrapes();
        let (mut given, mut others) = (None, Vec::new());
        for id in body.nodes() {
            match tree.kind(id) {
                Kind::Assignment => {
                    let Some((left, right)) = tree.assignment(id) else { continue };
                    if let (Some(field), Some(from)) = (own_field(body, left), flow.carried(right, false)) {
                        shared.fields.insert(field, from.0);
                    }
                }
                Kind::Declarator if id == body.method.body => {
                    let value = tree.part(id, Part::Value).and_then(|value| flow.carried(value, false));
                    if let (Some(name), Some(from)) = (tree.part(id, Part::Name), value) {
                        shared.fields.insert(tree.lower(name).to_owned(), from.0);
                    }
                }
                // The id in a rendered page comes first, and the user's own is a fallback for tests and failures.
                Kind::Return if !may_scrape => {
                    for value in tree.children(id).next().map(|it| choices(body, it)).unwrap_or_default() {
                        let Some(from) = flow.carried(value, false) else {
                            let is_other = is_text_of_its_own(body, value);
                            others.extend(is_other.then(|| own_field(body, tree.bare(value))));
                            continue;
                        };
                        given = Some(from.0);
                        let name = body.method.name.to_lowercase();
                        // A property is read like a field.
                        let names =
                            if body.method.role == Role::Accessor { &mut shared.fields } else { &mut shared.getters };
                        names.insert(name, from.0);
                    }
                }
                _ => {}
            }
        }
        beside.extend(given.map(|from| (body.method.class, from, others)));
    }
    for (class, from, others) in beside {
        let shared = by_class.entry(class).or_default();
        // A field may keep the id itself.
        let is_it = |field: &Option<String>| field.as_ref().is_some_and(|field| shared.fields.contains_key(field));
        if !others.iter().all(is_it) {
            shared.several.insert(from);
        }
    }
    by_class
}

/// The expressions one of which is the value of an expression: those of a ternary or around `??`, or itself.
fn choices(body: &Body<'_, '_>, id: NodeId) -> Vec<NodeId> {
    let tree = body.tree;
    let (mut open, mut choices) = (vec![id], Vec::new());
    while let Some(id) = open.pop() {
        let bare = tree.bare(id);
        match tree.kind(bare) {
            Kind::Ternary => open.extend(tree.children(bare).filter(|it| tree.node(*it).part != Part::Condition)),
            Kind::Binary if tree.operator(bare) == "??" => open.extend(tree.children(bare)),
            _ => choices.push(id),
        }
    }
    choices
}

/// Whether a method may return a text at a node that is neither null nor fixed, and not only in tests.
fn is_text_of_its_own(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    let id = tree.bare(id);
    !body.file.is_for_tests(id) && !tree.is_string(id) && tree.kind(id) != Kind::Null
}

/// The field of the own class that an expression names, in lower case.
pub(super) fn own_field(body: &Body<'_, '_>, id: NodeId) -> Option<String> {
    let tree = body.tree;
    let (name, is_bare) = match tree.kind(id) {
        Kind::Identifier => (tree.lower(id), true),
        Kind::FieldAccess => {
            tree.part(id, Part::Object).filter(|object| body.is_own(*object))?;
            (tree.lower(tree.part(id, Part::Element)?), false)
        }
        _ => return None,
    };
    let is_hidden = is_bare && body.variables.contains_key(name);
    (!is_hidden && body.field_type(name).is_some()).then(|| name.to_owned())
}

pub(super) fn is_session_call(body: &Body<'_, '_>, id: NodeId) -> bool {
    body.tree.kind(id) == Kind::Call && body.is_call(id, "userinfo", "getsessionid")
}

/// The data flow in one method.
struct Flow<'b, 'a, 't> {
    body: &'b Body<'a, 't>,
    shared: &'b Shared,
    /// The session ids that local variables hold where they are read.
    held: Held,
    /// Whether any expression of the method can give one.
    has_source: bool,
    /// Whether the result of another class's method counts as one.
    follows_others: bool,
    /// Where variables that are overwritten with null may still give a value.
    filled: Filled,
}

impl<'b, 'a, 't> Flow<'b, 'a, 't> {
    fn of(body: &'b Body<'a, 't>, shared: &'b Shared) -> Self {
        let is_shared = !shared.fields.is_empty() || !shared.getters.is_empty();
        let reads_session = || body.file.words.may_get_session() && body.nodes().any(|id| is_session_call(body, id));
        if is_shared || reads_session() {
            Self::following(body, shared, None)
        } else {
            Self {
                body,
                shared,
                held: Held::new(),
                has_source: false,
                follows_others: false,
                filled: Filled::default(),
            }
        }
    }

    /// The flow of the session ids of a class, and of the one that a variable holds at the start.
    fn following(body: &'b Body<'a, 't>, shared: &'b Shared, given: Option<(&str, NodeId)>) -> Self {
        Self { body, shared, held: Held::new(), has_source: true, follows_others: false, filled: Filled::default() }
            .through_variables(given)
    }

    /// The flow of the results of other classes' methods.
    fn of_others(body: &'b Body<'a, 't>, shared: &'b Shared) -> Self {
        Self { body, shared, held: Held::new(), has_source: true, follows_others: true, filled: Filled::default() }
            .through_variables(None)
    }

    /// The same with the session ids that local variables hold.
    fn through_variables(mut self, given: Option<(&str, NodeId)>) -> Self {
        let body = self.body;
        let mut variables = Variables::new(body, given);
        while let Some(change) = variables.next(&mut self.held, |id| assigned(body, id)) {
            let carried = if self.may_hold(&change.name) { self.carried(change.value, false) } else { None };
            variables.apply(&change, carried.map(|(from, _)| from));
        }
        self
    }

    /// Whether a local variable can hold a session id itself, not in a collection or record.
    fn may_hold(&self, name: &str) -> bool {
        self.body.variables.get(name).is_some_and(|ty| can_hold(ty))
    }

    /// The session id that an expression carries: the call that gave it, and the node that passes it on. `through`
    /// decides whether it may have passed a call that returns another text.
    fn carried(&self, id: NodeId, through: bool) -> Option<(NodeId, NodeId)> {
        if !self.has_source {
            return None;
        }
        self.body.tree.within(id).take(MAX_NODES).find_map(|inner| {
            let from = self.source(inner)?;
            // Code that only runs in tests is ignored.
            if self.body.file.contexts.get(inner as usize).is_some_and(|context| context.kinds == Kinds::NONE) {
                return None;
            }
            self.arrives(inner, id, through).then_some((from, inner))
        })
    }

    /// Whether the value at `inner` is a part of the value of `outer`.
    fn arrives(&self, inner: NodeId, outer: NodeId, through: bool) -> bool {
        let tree = self.body.tree;
        if inner == outer {
            return true;
        }
        let ends_value = |id: NodeId| match tree.kind(id) {
            Kind::Binary => !matches!(tree.operator(id), "+" | "??"),
            Kind::Call => {
                let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
                QUESTIONS.contains(&name) || (!through && !words::is_form(name)) || self.is_short_part(id, name)
            }
            Kind::New => !through,
            // A query is only told the id.
            Kind::Query => true,
            _ => false,
        };
        for above in tree.above(inner) {
            let is_outermost = above == outer;
            if ends_value(above) {
                return false;
            }
            if is_outermost {
                break;
            }
        }
        true
    }

    /// Whether a call returns a few characters of a text, or what is before `!`, which is taken for the id of the org.
    fn is_short_part(&self, id: NodeId, name: &str) -> bool {
        let tree = self.body.tree;
        if !matches!(name, "left" | "right" | "substring" | "substringbefore") {
            return false;
        }
        let arguments = tree.arguments(id);
        let number = |at: usize| arguments.get(at).and_then(|it| self.body.number(*it));
        let length = match name {
            "substringbefore" => {
                let mark = arguments.first().and_then(|it| self.body.literal(*it));
                return mark.is_some_and(|mark| tree.string(mark) == "!");
            }
            "substring" => number(0).zip(number(1)).map(|(start, end)| end - start),
            _ => number(0),
        };
        length.is_some_and(|length| length <= LONGEST_ID)
    }

    /// The call that gave the session id of a node.
    fn source(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.body.tree;
        match tree.kind(id) {
            Kind::Call if is_session_call(self.body, id) => Some(id),
            Kind::Call => {
                let is_own = tree.part(id, Part::Object).is_none_or(|object| self.body.is_own(object));
                let name = tree.lower(tree.part(id, Part::Name)?);
                if is_own {
                    return self.shared.getters.get(name).copied();
                }
                let may_give = self.follows_others && !words::is_form(name);
                (may_give && matches!(self.body.callee(id), Callee::Of(..))).then_some(id)
            }
            Kind::Identifier => {
                let node = tree.node(id);
                if matches!(node.part, Part::Name | Part::Element) {
                    return None;
                }
                let name = tree.lower(id);
                if self.body.variables.contains_key(name) {
                    return self.held.get(&id).copied();
                }
                self.shared.fields.get(name).copied().filter(|_| !self.is_null(id))
            }
            Kind::FieldAccess => {
                let from = self.shared.fields.get(&own_field(self.body, id)?).copied();
                from.filter(|_| !self.is_null(id))
            }
            _ => None,
        }
    }

    /// Whether the method compares the session id with null.
    fn is_null_checked(&self) -> bool {
        let tree = self.body.tree;
        // `port.SessionHeader.sessionId = UserInfo.getSessionId(); if (port.SessionHeader.sessionId != null)`
        let given = |id: NodeId| {
            let left = tree.part(id, Part::Left).filter(|left| tree.kind(*left) == Kind::FieldAccess)?;
            self.carried(tree.part(id, Part::Right)?, true).map(|_| (tree.type_name(left), id))
        };
        let assignments = self.body.nodes().filter(|id| tree.kind(*id) == Kind::Assignment);
        // By the first assignment of each: before it, `if (this.id == null)` only asks whether there is one.
        let mut fields: BTreeMap<Cow<'_, str>, NodeId> = BTreeMap::new();
        for (field, at) in assignments.filter_map(given) {
            fields.entry(field).or_insert(at);
        }
        let is_field = |id: NodeId| {
            tree.kind(id) == Kind::FieldAccess && fields.get(&tree.type_name(id)).is_some_and(|given| id > *given)
        };
        let has_source = |id: NodeId| tree.within(id).any(|inner| self.source(inner).is_some() || is_field(inner));
        self.body.nodes().any(|id| match tree.kind(id) {
            Kind::Binary if matches!(tree.operator(id), "==" | "!=" | "===" | "!==" | "<>") => {
                tree.children(id).any(|side| tree.kind(side) == Kind::Null) && has_source(id)
            }
            // `UserInfo.getSessionId() ?? other`
            Kind::Binary if tree.operator(id) == "??" => tree.part(id, Part::Left).is_some_and(has_source),
            Kind::Call => {
                let name = tree.part(id, Part::Name);
                let is_check =
                    |name: NodeId| matches!(tree.lower(name), "isblank" | "isnotblank" | "isempty" | "isnotempty");
                // `UserInfo.getSessionId()?.left(15)`: the rest is skipped for null.
                let is_safe = |object: NodeId| {
                    let after = name.map_or(tree.span(object).end, |name| tree.span(name).start);
                    let between = Span { start: tree.span(object).end, end: after };
                    tree.slice(between).contains("?.") && has_source(object)
                };
                (name.is_some_and(is_check) && has_source(id)) || tree.part(id, Part::Object).is_some_and(is_safe)
            }
            _ => false,
        })
    }

    fn sinks(&self, index: u32, uses: &mut Vec<SessionUse>) {
        let mut found = Vec::new();
        self.parameters(&mut found);
        if self.has_source || self.body.file.words.may_name_token() {
            self.body.nodes().for_each(|id| self.sink(id, &mut found));
        }
        self.leaves(&mut found);
        if found.is_empty() {
            return;
        }
        let is_null_checked = self.is_null_checked();
        uses.extend(found.into_iter().map(|it| SessionUse { method: Some(index), is_null_checked, ..it }));
    }

    /// Whether a session id is written to the debug log as it is, where null does no harm.
    fn is_logged(&self, id: NodeId) -> bool {
        self.outside(id).is_some_and(|call| self.body.is_call(call, "system", "debug"))
    }

    /// Whether a session id is in a header that the next statements replace, so that it goes nowhere.
    fn is_in_replaced_header(&self, id: NodeId) -> bool {
        self.outside(id).is_some_and(|call| self.body.tree.calls(call, "setheader") && self.is_replaced_header(call))
    }

    /// What an expression is part of, as it is or joined to other texts.
    fn outside(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.body.tree;
        let is_operand = |above: &NodeId| matches!(tree.kind(*above), Kind::Binary | Kind::ArgumentList);
        tree.above(id).take(MAX_OPERANDS).find(|above| !is_operand(above))
    }

    fn sink(&self, id: NodeId, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        if self.has_source && is_session_call(self.body, id) && !self.is_in_replaced_header(id) {
            let sink = if self.is_logged(id) { Sink::Logged } else { Sink::Nothing };
            found.push(self.used(SessionSource::Session, id, sink, id));
        }
        match tree.kind(id) {
            Kind::Call | Kind::New | Kind::ExplicitConstructor => self.arguments(id, found),
            Kind::Assignment => self.assigned(id, found),
            Kind::Binary | Kind::MapEntry => found.extend(self.sent_use(id)),
            _ => {}
        }
    }

    fn sent_use(&self, id: NodeId) -> Option<SessionUse> {
        self.sent(id).map(|(from, sent, at)| self.used(SessionSource::Session, from, Sink::Sent(sent), at))
    }

    /// The session id that a call, an assignment or an assembled text sends to a server: the call that gave it, the way,
    /// and the value.
    fn sent(&self, id: NodeId) -> Option<(NodeId, SentAs, NodeId)> {
        let tree = self.body.tree;
        let (sent, value) = match tree.kind(id) {
            Kind::Call => {
                let [header, value] = tree.arguments(id)[..] else { return None };
                if self.puts_header(id, header) {
                    (SentAs::Header, value)
                } else if self.body.tree.calls(id, "setheader") {
                    (self.credential_header(header, value)?, value)
                } else {
                    return None;
                }
            }
            // `'Authorization' => 'Bearer ' + id`
            Kind::MapEntry => {
                let mut sides = tree.children(id);
                let (header, value) = (sides.next()?, sides.next()?);
                self.is_authorization(header).then_some((SentAs::Header, value))?
            }
            Kind::Assignment => {
                let (left, right) = tree.assignment(id)?;
                let object = tree.part(left, Part::Object).filter(|_| tree.kind(left) == Kind::FieldAccess)?;
                let is_it = tree.kind(object) != Kind::This
                    && tree.part(left, Part::Element).is_some_and(|it| tree.text(it).eq_ignore_ascii_case("sessionid"));
                is_it.then_some((SentAs::SessionHeader, right))?
            }
            Kind::Binary if tree.kind(tree.node(id).parent) != Kind::Binary => (SentAs::Envelope, id),
            _ => return None,
        };
        let (from, _) = self.carried(value, true)?;
        let is_sent = match sent {
            SentAs::Header | SentAs::Cookie => !self.is_replaced_header(id),
            SentAs::SessionHeader => true,
            SentAs::Envelope => self.is_envelope(id),
        };
        is_sent.then_some((from, sent, value))
    }

    /// How a header sends a session id: `Authorization`, by its name or that of a constant, or `Cookie` with the id
    /// right after `sid=`.
    fn credential_header(&self, header: NodeId, value: NodeId) -> Option<SentAs> {
        let tree = self.body.tree;
        let Some(name) = self.body.literal(header).map(|it| tree.string(it).trim()) else {
            let header = tree.bare(header);
            let element = tree.part(header, Part::Element).filter(|_| tree.kind(header) == Kind::FieldAccess);
            let is_it = tree.lower(element.unwrap_or(header)).contains("authorization");
            return (is_it && matches!(tree.kind(header), Kind::FieldAccess | Kind::Identifier))
                .then_some(SentAs::Header);
        };
        if name.eq_ignore_ascii_case("cookie") {
            let value = self.body.value_of(value).unwrap_or(value);
            let names_it = |text: &str| {
                let before = text.trim_end().strip_suffix("sid=");
                before.is_some_and(|before| before.is_empty() || before.ends_with([';', ' ']))
            };
            let gives_it = |text: NodeId| {
                let next = tree.operand_after(text).filter(|_| tree.is_string(text) && names_it(tree.string(text)));
                next.is_some_and(|next| self.carried(next, true).is_some())
            };
            return tree.within(value).take(MAX_NODES).any(gives_it).then_some(SentAs::Cookie);
        }
        name.eq_ignore_ascii_case("authorization").then_some(SentAs::Header)
    }

    /// Whether a call puts the header `Authorization` into a map, as helpers get them that send requests.
    fn puts_header(&self, id: NodeId, header: NodeId) -> bool {
        let name = self.body.tree.part(id, Part::Name);
        name.is_some_and(|it| self.body.tree.text(it).eq_ignore_ascii_case("put")) && self.is_authorization(header)
    }

    /// Whether an expression is the text `Authorization`.
    fn is_authorization(&self, header: NodeId) -> bool {
        let tree = self.body.tree;
        tree.is_string(header) && tree.string(header).trim().eq_ignore_ascii_case("authorization")
    }

    fn used(&self, source: SessionSource, from: NodeId, sink: Sink, at: NodeId) -> SessionUse {
        let tree = self.body.tree;
        SessionUse {
            method: None,
            source,
            from: tree.span(from),
            text: tree.shown(from),
            sink,
            step: self.body.file.step(at),
            address: None,
            is_null_checked: false,
            taken_in: None,
            is_one_of_several: self.shared.several.contains(&from),
        }
    }

    fn parameters(&self, found: &mut Vec<SessionUse>) {
        let method = self.body.method;
        if !method.annotations.iter().any(|it| it.name == "future") {
            return;
        }
        let is_token =
            |ty: &str, name: &str| ty == "string" && words::is_token_name(name) && !is_record_id(self.body, name);
        for parameter in method.parameters.iter().filter(|it| is_token(&it.ty, &it.name)) {
            found.push(SessionUse {
                method: None,
                source: SessionSource::Parameter,
                from: parameter.span,
                text: self.body.tree.slice(parameter.span).to_owned(),
                sink: Sink::Parameter,
                step: Point {
                    span: parameter.span,
                    repeated_by: None,
                    is_per_chunk: false,
                    kinds: Kinds::ALL,
                    is_doubtful: self.body.tree.is_doubtful(parameter.span),
                },
                address: None,
                is_null_checked: false,
                taken_in: None,
                is_one_of_several: false,
            });
        }
    }

    fn arguments(&self, id: NodeId, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        let arguments = tree.arguments(id);
        if arguments.is_empty() {
            return;
        }
        if let [header, _] = arguments[..]
            && (self.body.tree.calls(id, "setheader") || self.puts_header(id, header))
        {
            found.extend(self.sent_use(id));
            return;
        }
        for (index, argument) in arguments.iter().enumerate() {
            let (source, from) = match self.carried(*argument, false) {
                Some((from, _)) => (SessionSource::Session, from),
                None if self.is_token_variable(*argument) => (SessionSource::Token, *argument),
                None => continue,
            };
            let sink = Sink::Argument { callee: self.body.callee(id), arguments: arguments.len(), index };
            found.push(self.used(source, from, sink, *argument));
        }
    }

    /// Whether an expression is a variable with the name of a session id or access token.
    fn is_token_variable(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let name = match tree.kind(id) {
            Kind::Identifier => Some(id),
            Kind::FieldAccess => tree.part(id, Part::Element),
            _ => None,
        };
        let Some(name) = name.map(|name| tree.lower(name)) else { return false };
        words::is_token_name(name)
            && self.body.type_of(id).is_some_and(|ty| ty == "string")
            && !is_record_id(self.body, name)
            && !self.is_null(id)
    }

    fn assigned(&self, id: NodeId, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        let (Some(left), Some(right)) = (tree.part(id, Part::Left), tree.part(id, Part::Right)) else { return };
        let (object, field) = match tree.kind(left) {
            Kind::FieldAccess => (tree.part(left, Part::Object), tree.part(left, Part::Element)),
            // `new Config__c(Key__c = ...)`
            Kind::Identifier => (None, Some(left)),
            _ => return,
        };
        let is_own = object.is_some_and(|object| tree.kind(object) == Kind::This);
        let Some(field) = field.filter(|_| !is_own) else { return };
        let Some((from, _)) = self.carried(right, true) else { return };
        let field = tree.lower(field);
        if let Some(ty) = object.and_then(|object| self.body.type_of(object)) {
            let ty = self.body.written_type(&ty).unwrap_or_else(|| ty.into_owned());
            found.push(self.used(SessionSource::Session, from, Sink::Field(ty), right));
        }
        let sent = self.sent_use(id);
        if sent.is_some() {
            found.extend(sent);
        } else if field.ends_with("__c")
            // A hash or an encrypted copy is not the id.
            && let Some((from, _)) = self.carried(right, false)
        {
            let sink = if self.is_event(left) { Sink::Event } else { Sink::Record };
            found.push(self.used(SessionSource::Session, from, sink, right));
        }
    }

    /// Whether the field that an assignment sets is one of a platform event: `event.Key__c = ...`, or
    /// `new Tide__e(Key__c = ...)`.
    fn is_event(&self, field: NodeId) -> bool {
        let tree = self.body.tree;
        let object = tree.part(field, Part::Object).and_then(|object| self.body.type_of(object));
        if let Some(ty) = object {
            return ty.ends_with("__e");
        }
        let new = tree.above(field).find(|above| !matches!(tree.kind(*above), Kind::Assignment | Kind::ArgumentList));
        let new = new.filter(|new| tree.kind(*new) == Kind::New).map(|new| self.body.callee(new));
        matches!(new, Some(Callee::New(ty)) if ty.ends_with("__e"))
    }

    /// Whether an assembled text is a SOAP message with a session header.
    fn is_envelope(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        tree.within(id).filter(|inner| tree.is_string(*inner)).any(|inner| {
            let text = tree.lower(inner);
            text.contains("sessionid>") || text.contains("sessionheader")
        })
    }
}
