//! Secrets that leak through a variable: the body of a request with a client secret, a header with user and password,
//! the response of a token endpoint, and a secret under another name; where each is logged, thrown, returned, mailed or
//! written to a record. `bearer` looks for variables that are tokens by their use.
//!
//! Secrets are followed within a method in text order, and through methods of the same class that return one. A value
//! passed to another class's method is not followed, and a response that the code handles as an error contains no
//! token. Refuses to know other files.

mod bearer;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::body::Body;
use super::taint::answers;
use super::token::{is_token_endpoint, logger, secret};
use super::tree::{Kind, NodeId, Part};
use super::{Debug, Kinds, Leak, LinkUse, SecretKind, Sink, Unit, words};
use sessionlint_source::steps;

/// Only the first nodes of a larger expression are read, so that its cost is bounded.
const MAX_NODES: usize = 2_000;

/// Names in requests and responses whose value is a secret.
const KEYS: &[(&str, SecretKind)] = &[
    ("client_secret", SecretKind::RequestBody),
    ("password", SecretKind::RequestBody),
    ("assertion", SecretKind::RequestBody),
    ("refresh_token", SecretKind::Token),
    ("access_token", SecretKind::Token),
];

/// The key of [`KEYS`] at the end of a text without quotes and spaces that is followed by a value: `client_secret=`,
/// `password:`. With the kind of its value, if the text is no request.
fn introduced(dense: &str) -> Option<(&'static str, Option<SecretKind>)> {
    let end = dense.strip_suffix(['=', ':'])?;
    let is_key = |key: &&str| {
        let before = end.strip_suffix(*key);
        before.is_some_and(|before| before.is_empty() || before.ends_with(['&', '?', ',', '{', ';']))
    };
    let key = KEYS.iter().map(|(key, _)| *key).filter(|key| *key != "access_token").find(is_key)?;
    // `assertion: ` may be one of a test.
    Some((key, words::secret_kind(key)))
}

/// Words of fields that are made for a secret, in English and other languages (Portuguese, Spanish, French, German,
/// Italian): `Chave_de_Acesso__c` is an access key.
const MADE_FOR_SECRETS: &[&str] = &[
    "token",
    "secret",
    "password",
    "pwd",
    "key",
    "auth",
    "session",
    "credential",
    "chave",
    "senha",
    "segredo",
    "clave",
    "llave",
    "contrase",
    "secreto",
    "motdepasse",
    "mot_de_passe",
    "passwort",
    "kennwort",
    "schluessel",
    "schlussel",
    "chiave",
];

/// Calls that parse a text into a map or an object.
const READERS: &[&str] = &["deserialize", "deserializestrict", "deserializeuntyped"];

/// The call that reads a header of a request.
const READ_HEADER: &str = "getheader";

/// Calls that add their argument to the object they are called on.
const PUTTING: &[&str] = &["add", "put", "set", "append"];

/// The container of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecretForm {
    /// A text, or a list of texts.
    Text,
    /// A map or object that contains it among other values.
    Parsed,
    /// A request with it in the body.
    Request,
    /// The response with it in the body.
    Response,
}

/// A secret in a variable.
#[derive(Clone, Copy, Debug)]
struct CarriedSecret {
    kind: SecretKind,
    form: SecretForm,
    /// Its origin.
    from: NodeId,
    /// Whether only its name makes it a secret.
    is_named: bool,
}

/// An assignment to a variable, with what the variable carries after it.
struct Assignment {
    end: u32,
    after: Option<CarriedSecret>,
}

/// The assignments to each variable, in the order of their ends.
#[derive(Default)]
struct Assignments(HashMap<String, Vec<Assignment>>);

impl Assignments {
    /// Adds the next one. One without a secret that replaces nothing is left out.
    fn add(&mut self, next: &PendingAssignment<'_>) {
        if next.carried.is_none() && !(next.is_reset && self.0.contains_key(next.name)) {
            return;
        }
        let all = self.0.entry(next.name.to_owned()).or_default();
        let before = all.last().and_then(|last| last.after.filter(|_| !next.is_reset));
        all.push(Assignment { end: next.end, after: before.or(next.carried) });
    }

    /// The secret in a variable at an offset of the text.
    fn carried(&self, name: &str, at: u32) -> Option<CarriedSecret> {
        let all = self.0.get(name)?;
        let before = all.partition_point(|it| {
            steps::count(1);
            it.end <= at
        });
        all[..before].last()?.after
    }
}

/// An assignment whose end is not reached.
struct PendingAssignment<'n> {
    name: &'n str,
    /// The first node after it.
    next: NodeId,
    end: u32,
    carried: Option<CarriedSecret>,
    /// Whether it replaces the former value.
    is_reset: bool,
}

/// Methods of a class that return a secret, in lower case.
type Getters = HashMap<String, (SecretKind, SecretForm)>;

/// Adds the secrets that leak through variables.
pub(super) fn read(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    // Very few classes do, and following all methods takes most of the time to read one.
    if !bodies.first().is_some_and(|body| body.file.words.may_carry_secret()) {
        return;
    }
    let none = Getters::new();
    let flows: Vec<Flow<'_, '_, '_>> = bodies.iter().map(|body| Flow::of(body, &none)).collect();
    let mut getters: BTreeMap<u32, Getters> = BTreeMap::new();
    for flow in &flows {
        let given = flow.returns().find_map(|value| flow.carried(value));
        if let Some((carried, _)) = given.filter(|(carried, _)| carried.form != SecretForm::Request) {
            let of_class = getters.entry(flow.body.method.class).or_default();
            of_class.insert(flow.body.method.name.to_lowercase(), (carried.kind, carried.form));
        }
    }
    let is_link = |sink: &Sink| matches!(sink, Sink::Link(LinkUse::Mailed | LinkUse::Returned));
    let links: HashSet<u32> =
        unit.sessions.iter().filter(|used| is_link(&used.sink)).filter_map(|used| used.method).collect();
    let mut all = Vec::new();
    let mut covered = HashSet::new();
    for (index, flow) in (0u32..).zip(&flows) {
        let mut found = Vec::new();
        match getters.get(&flow.body.method.class) {
            Some(getters) => Flow::of(flow.body, getters).sinks(index, &mut found, &mut covered),
            None => flow.sinks(index, &mut found, &mut covered),
        }
        // A link with a token is reported as a link.
        let has_link = links.contains(&index);
        found.retain(|it| !(has_link && matches!(it.leak, Leak::Mailed | Leak::Returned)));
        all.append(&mut found);
    }
    // All methods at once: there may be many of them.
    unit.debugs.retain(|it| {
        steps::count(1);
        it.kind == SecretKind::Session || !covered.contains(&it.span.start)
    });
    unit.debugs.append(&mut all);
}

/// The data flow in one method.
struct Flow<'b, 'a, 't> {
    body: &'b Body<'a, 't>,
    getters: &'b Getters,
    assignments: Assignments,
    /// Variables of token requests, in lower case.
    requests: HashSet<&'a str>,
    /// Variables that are sent behind `Bearer `, in lower case.
    bearers: HashSet<&'a str>,
    /// Whether the method names a session id, once somebody has asked.
    names_session: OnceCell<bool>,
}

impl<'b, 'a, 't> Flow<'b, 'a, 't> {
    fn of(body: &'b Body<'a, 't>, getters: &'b Getters) -> Self {
        let requests = token_requests(body);
        let mut flow = Self {
            body,
            getters,
            assignments: Assignments::default(),
            requests,
            bearers: HashSet::new(),
            names_session: OnceCell::new(),
        };
        let tree = body.tree;
        // An assignment in the value of another one ends first.
        let mut pending: Vec<PendingAssignment<'_>> = Vec::new();
        for id in body.nodes() {
            while let Some(ended) = pending.pop_if(|it| it.next <= id) {
                flow.assignments.add(&ended);
            }
            let (target, value, is_reset) = match tree.kind(id) {
                Kind::Declarator if id != body.method.body => {
                    (tree.part(id, Part::Name), tree.part(id, Part::Value), true)
                }
                Kind::Assignment => {
                    let is_reset = tree.operator(id) == "=";
                    (tree.part(id, Part::Left), tree.part(id, Part::Right), is_reset)
                }
                Kind::Call => {
                    let name = flow.name(id);
                    let arguments = tree.arguments(id);
                    let object = tree.part(id, Part::Object);
                    let value = match name {
                        "setbody" => arguments.first().copied(),
                        _ if PUTTING.contains(&name) => arguments.last().copied(),
                        _ => None,
                    };
                    (object, value, false)
                }
                _ => continue,
            };
            let (Some(target), Some(value)) = (target, value) else { continue };
            let target = tree.bare(target);
            let is_field = tree.kind(target) == Kind::FieldAccess
                && tree.part(target, Part::Object).is_some_and(|object| tree.kind(object) == Kind::This);
            let name = match tree.kind(target) {
                Kind::Identifier => tree.lower(target),
                Kind::FieldAccess if is_field => {
                    tree.part(target, Part::Element).map(|it| tree.lower(it)).unwrap_or_default()
                }
                _ => continue,
            };
            // Its own name shows its content.
            if words::secret_kind(name).is_some() {
                continue;
            }
            let mut carried = flow.put(id).or_else(|| flow.carried(value)).map(|(carried, _)| carried);
            if tree.kind(id) == Kind::Call {
                let is_body = flow.name(id) == "setbody";
                let form = if is_body { SecretForm::Request } else { SecretForm::Parsed };
                carried = carried.filter(|it| it.form != SecretForm::Response).map(|it| CarriedSecret { form, ..it });
                if let Some(it) = carried.as_mut().filter(|it| is_body && !it.is_named && tree.is_string(it.from)) {
                    it.kind = SecretKind::RequestBody;
                }
            }
            pending.push(PendingAssignment {
                name,
                next: tree.node(id).next,
                end: tree.span(id).end,
                carried,
                is_reset,
            });
        }
        while let Some(ended) = pending.pop() {
            flow.assignments.add(&ended);
        }
        flow.bearers = flow.sent_as_bearer();
        flow
    }

    fn name(&self, id: NodeId) -> &str {
        let tree = self.body.tree;
        tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default()
    }

    /// `body.put('client_secret', value)`.
    fn put(&self, id: NodeId) -> Option<(CarriedSecret, NodeId)> {
        let tree = self.body.tree;
        let [key, value] = tree.arguments(id)[..] else { return None };
        let is_put = tree.kind(id) == Kind::Call && self.name(id) == "put";
        let kind = self.key(key).filter(|_| is_put && !tree.is_string(value))?;
        Some((CarriedSecret { kind, form: SecretForm::Parsed, from: key, is_named: false }, key))
    }

    /// The secret that a literal names in a request or a response.
    fn key(&self, id: NodeId) -> Option<SecretKind> {
        let tree = self.body.tree;
        let text = tree.is_string(id).then(|| tree.lower(id))?;
        let text = text.trim_matches('\'');
        KEYS.iter().find(|(key, _)| *key == text).map(|(_, kind)| *kind)
    }

    fn name_as_written(&self, id: NodeId) -> &'t str {
        self.body.tree.part(id, Part::Name).map(|name| self.body.tree.text(name)).unwrap_or_default()
    }

    /// A field with the path to it, or only its name where that path may contain a literal.
    fn path(&self, field: NodeId) -> String {
        let tree = self.body.tree;
        let element = || tree.part(field, Part::Element).map(|name| tree.text(name)).unwrap_or_default();
        let path = tree.shown(field);
        if is_path(&path) { path } else { element().to_owned() }
    }

    fn returns(&self) -> impl Iterator<Item = NodeId> {
        let tree = self.body.tree;
        let all = self.body.nodes().filter(move |id| tree.kind(*id) == Kind::Return);
        all.filter_map(move |id| tree.children(id).next())
    }

    /// The secret in the value of an expression, with the node that gives it.
    fn carried(&self, id: NodeId) -> Option<(CarriedSecret, NodeId)> {
        self.body.tree.within(id).take(MAX_NODES).find_map(|inner| {
            let carried = self.base(inner)?;
            let is_test = self.body.file.contexts.get(inner as usize).is_some_and(|it| it.kinds == Kinds::NONE);
            let carried = self.arrives(carried, inner, id).filter(|_| !is_test)?;
            Some((carried, inner))
        })
    }

    /// The secret that a node itself is.
    fn base(&self, id: NodeId) -> Option<CarriedSecret> {
        let tree = self.body.tree;
        let of = |kind, form| CarriedSecret { kind, form, from: id, is_named: false };
        match tree.kind(id) {
            Kind::StringLiteral | Kind::LongStringLiteral => self.opened(id).map(|kind| of(kind, SecretForm::Text)),
            Kind::MapEntry => {
                let sides: Vec<NodeId> = tree.children(id).collect();
                let [key, value] = sides[..] else { return None };
                let kind = self.key(key).filter(|_| !tree.is_string(value))?;
                Some(of(kind, SecretForm::Parsed))
            }
            Kind::Call => self.called(id),
            Kind::Identifier => {
                let node = tree.node(id);
                if matches!(node.part, Part::Name) {
                    return None;
                }
                if node.part != Part::Element
                    || tree.part(node.parent, Part::Object).map(|it| tree.kind(it)) == Some(Kind::This)
                {
                    let name = tree.lower(id);
                    if let Some(carried) = self.assignments.carried(name, tree.span(id).start) {
                        return Some(carried);
                    }
                }
                let (kind, _) = secret(self.body, id, &BTreeSet::default())?;
                let name = tree.lower(id);
                let is_meant = kind != SecretKind::Session && !words::is_other_token(name);
                is_meant.then_some(CarriedSecret { kind, form: SecretForm::Text, from: id, is_named: true })
            }
            _ => None,
        }
    }

    /// The secret in the result of a call: a response, a value of a response, the result of a method of the class.
    fn called(&self, id: NodeId) -> Option<CarriedSecret> {
        let tree = self.body.tree;
        let of = |kind, form| CarriedSecret { kind, form, from: id, is_named: false };
        let name = self.name(id);
        let arguments = tree.arguments(id);
        match (name, &arguments[..]) {
            ("send", [request]) => {
                let request = tree.lower(tree.bare(*request));
                self.requests.contains(request).then(|| of(SecretKind::Answer, SecretForm::Response))
            }
            (READ_HEADER, [key]) => {
                let is_credential = tree.is_string(*key) && tree.string(*key).eq_ignore_ascii_case("authorization");
                is_credential.then(|| of(SecretKind::Header, SecretForm::Text))
            }
            ("get", [key]) => {
                let is_map = tree.part(id, Part::Object).is_some();
                self.key(*key)
                    .filter(|kind| is_map && *kind == SecretKind::Token)
                    .map(|kind| of(kind, SecretForm::Text))
            }
            _ => {
                let is_own = tree.part(id, Part::Object).is_none_or(|object| self.body.is_own(object));
                let (kind, form) = self.getters.get(name).filter(|_| is_own)?;
                Some(of(*kind, *form))
            }
        }
    }

    /// The secret that a text introduces: `...&client_secret=`, `password: ` and `Basic ` before the text added to them.
    fn opened(&self, id: NodeId) -> Option<SecretKind> {
        let tree = self.body.tree;
        let text = tree.string(id).to_ascii_lowercase();
        // `'client_secret={0}'` of a format.
        let is_format = || {
            let call = tree.node(tree.node(id).parent).parent;
            tree.kind(call) == Kind::Call && self.name(call) == "format"
        };
        if text.contains("client_secret={") && is_format() {
            return Some(SecretKind::RequestBody);
        }
        let dense: String = text.chars().filter(|ch| !ch.is_whitespace() && !matches!(ch, '"' | '\'' | '\\')).collect();
        let key = introduced(&dense);
        let scheme = dense.rsplit(':').next().unwrap_or_default();
        let is_scheme = matches!(scheme, "basic" | "bearer") && text.ends_with(' ');
        if key.is_none() && !is_scheme {
            return None;
        }
        let added = self.behind(id).filter(|added| !tree.is_string(*added))?;
        if let Some((key, kind)) = key {
            if self.is_in_request(id, &text, &dense, key) {
                return Some(SecretKind::RequestBody);
            }
            return kind.filter(|_| self.may_be_secret(added));
        }
        // `Basic ` may start any text.
        let is_encoded = |id: NodeId| {
            tree.within(id)
                .take(MAX_NODES)
                .any(|inner| tree.kind(inner) == Kind::Call && self.name(inner) == "base64encode")
        };
        if scheme == "bearer" {
            return Some(SecretKind::Header);
        }
        let is_it = is_encoded(added) || self.body.value_of(tree.bare(added)).is_some_and(is_encoded);
        is_it.then_some(SecretKind::Header)
    }

    /// Whether a text that names a secret is surely a part of a request: parameters of a form, a member of JSON, or a
    /// text that becomes a body. Any other text may only be meant for people.
    fn is_in_request(&self, id: NodeId, text: &str, dense: &str, key: &str) -> bool {
        let tree = self.body.tree;
        let is_member = dense.ends_with(':') && text.replace('\\', "").contains(&format!("\"{key}\""));
        let is_parameter = dense.ends_with('=')
            && dense
                .strip_suffix('=')
                .and_then(|lead| lead.strip_suffix(key))
                .is_some_and(|lead| lead.ends_with(['&', '?']));
        if is_member || is_parameter {
            return true;
        }
        let is_sum = |above: &NodeId| matches!(tree.kind(*above), Kind::Binary | Kind::Parenthesized);
        let whole = tree.above(id).take_while(is_sum).last().unwrap_or(id);
        let has_more = || {
            tree.within(whole).take(MAX_NODES).filter(|inner| tree.is_string(*inner)).any(|inner| {
                let other = tree.string(inner).to_ascii_lowercase();
                other.contains("grant_type=") || other.starts_with('&') && other.contains('=')
            })
        };
        let is_body = || {
            let call = tree.node(tree.node(whole).parent).parent;
            tree.kind(call) == Kind::Call && self.name(call) == "setbody"
        };
        dense.ends_with('=') && has_more() || is_body()
    }

    /// Whether the value after the name of a secret may be the secret, and not only something about it.
    ///
    /// A sum or a chain of `?:` can be long, so that this is a loop: of a sum, it reads the last operands.
    fn may_be_secret(&self, id: NodeId) -> bool {
        let mut left = vec![id];
        for _ in 0..MAX_NODES {
            let Some(id) = left.pop() else { return false };
            steps::count(1);
            if self.is_secret_or_from(id, &mut left) {
                return true;
            }
        }
        false
    }

    /// The same for one expression; adds the expressions whose values it can have.
    fn is_secret_or_from(&self, id: NodeId, left: &mut Vec<NodeId>) -> bool {
        let tree = self.body.tree;
        let id = tree.bare(id);
        match tree.kind(id) {
            Kind::Identifier => {
                let can_hold = |ty: &str| matches!(ty, "string" | "object" | "blob");
                !words::is_about_secret(tree.lower(id)) && self.body.type_of(id).is_none_or(|ty| can_hold(&ty))
            }
            // Of a field, neither type nor value is known.
            Kind::FieldAccess => {
                !self.body.is_declared_in_org(id)
                    && tree.part(id, Part::Element).is_some_and(|name| words::gives_secret(tree.lower(name)))
            }
            Kind::ArrayAccess => true,
            Kind::Cast => {
                left.extend(tree.part(id, Part::Value));
                false
            }
            Kind::Binary if matches!(tree.operator(id), "+" | "??") => {
                left.extend(tree.children(id));
                false
            }
            Kind::Ternary => {
                // A chain goes on in the alternative.
                left.extend(tree.part(id, Part::Alternative));
                left.extend(tree.part(id, Part::Consequence));
                false
            }
            Kind::Call => {
                let name = self.name(id);
                if name == "get" {
                    return true;
                }
                if !words::is_form(name) {
                    return words::gives_secret(name);
                }
                left.extend(tree.part(id, Part::Object));
                left.extend(tree.arguments(id).first());
                false
            }
            _ => false,
        }
    }

    /// The operand after a literal in a concatenation.
    fn behind(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.body.tree;
        tree.operand_after(id).map(|after| {
            // For a concatenation in parentheses, its first operand.
            let mut first = after;
            while tree.kind(first) == Kind::Binary {
                let Some(left) = tree.part(first, Part::Left) else { break };
                first = left;
            }
            first
        })
    }

    /// The part of the secret at `inner` in the value of `outer`.
    fn arrives(&self, mut carried: CarriedSecret, inner: NodeId, outer: NodeId) -> Option<CarriedSecret> {
        let tree = self.body.tree;
        let mut below = inner;
        if inner == outer {
            return Some(carried);
        }
        for above in tree.above(inner) {
            let is_text = matches!(carried.form, SecretForm::Text | SecretForm::Parsed);
            match tree.kind(above) {
                Kind::Binary if is_text && matches!(tree.operator(above), "+" | "??") => {
                    carried.form = SecretForm::Text;
                }
                Kind::Binary | Kind::Query | Kind::Unary => return None,
                Kind::Ternary if tree.node(below).part == Part::Condition => return None,
                Kind::Call => carried = self.through(carried, above, below)?,
                Kind::New => {
                    let ty = tree.part(above, Part::Type).map(|ty| tree.lower(ty)).unwrap_or_default();
                    let holds = ["list<", "set<", "map<"].iter().any(|start| ty.starts_with(start));
                    if !holds || !is_text {
                        return None;
                    }
                }
                Kind::FieldAccess if tree.node(below).part != Part::Element => return None,
                _ => {}
            }
            if above == outer {
                break;
            }
            below = above;
        }
        Some(carried)
    }

    /// The result of a call with a secret as its object or argument.
    fn through(&self, carried: CarriedSecret, call: NodeId, below: NodeId) -> Option<CarriedSecret> {
        let tree = self.body.tree;
        let name = self.name(call);
        // A call that returns a part of a text hides the rest.
        let is_form = words::is_whole_form(name);
        let form = if tree.part(call, Part::Object) == Some(below) {
            match carried.form {
                SecretForm::Request | SecretForm::Response if matches!(name, "getbody" | "getbodyasblob") => {
                    Some(SecretForm::Text)
                }
                SecretForm::Text | SecretForm::Parsed if is_form => Some(SecretForm::Text),
                // One value of several.
                _ => None,
            }
        } else {
            match carried.form {
                SecretForm::Text if READERS.contains(&name) => Some(SecretForm::Parsed),
                SecretForm::Text | SecretForm::Parsed if is_form => Some(SecretForm::Text),
                _ => None,
            }
        };
        form.map(|form| CarriedSecret { form, ..carried })
    }

    /// Adds the places where secrets leave the method, and the starts of the names that they show as well.
    fn sinks(&self, method: u32, found: &mut Vec<Debug>, covered: &mut HashSet<u32>) {
        let tree = self.body.tree;
        let answers = answers(self.body);
        for id in self.body.nodes() {
            match tree.kind(id) {
                Kind::Call => {
                    let name = self.name(id);
                    let arguments = tree.arguments(id);
                    if let Some(log) = logger(self.body, id) {
                        for argument in &arguments {
                            // One report for the text, not one more for the names that are added to it.
                            if self.leave(*argument, Leak::Logged, &log, method, found) {
                                let names = tree.within(*argument).take(MAX_NODES);
                                covered.extend(names.map(|inner| tree.span(inner).start));
                            } else {
                                self.logs_bearer(*argument, &log, method, found);
                            }
                        }
                    } else if matches!(name, "sethtmlbody" | "setplaintextbody") {
                        for argument in &arguments {
                            self.leave(
                                *argument,
                                Leak::Mailed,
                                tree.text(tree.part(id, Part::Name).unwrap_or(id)),
                                method,
                                found,
                            );
                        }
                    }
                }
                Kind::Throw => {
                    let thrown = tree.children(id).next().filter(|made| tree.kind(*made) == Kind::New);
                    for argument in thrown.map(|made| tree.arguments(made)).unwrap_or_default() {
                        self.leave(argument, Leak::Thrown, "throw", method, found);
                    }
                }
                Kind::Return if answers => {
                    if let Some(value) = tree.children(id).next() {
                        self.leave(value, Leak::Returned, "return", method, found);
                    }
                }
                Kind::Assignment => self.assigned(id, method, found),
                _ => {}
            }
        }
    }

    /// `RestContext.response.responseBody = ...`, `entry.Body__c = ...` and `new Entry__c(Body__c = ...)`.
    fn assigned(&self, id: NodeId, method: u32, found: &mut Vec<Debug>) {
        let tree = self.body.tree;
        let (Some(left), Some(right)) = (tree.part(id, Part::Left), tree.part(id, Part::Right)) else { return };
        let element = tree.part(left, Part::Element).filter(|_| tree.kind(left) == Kind::FieldAccess);
        let named = element.or(Some(left).filter(|_| tree.kind(left) == Kind::Identifier));
        let written = named.map(|name| tree.text(name)).unwrap_or_default();
        let field = written.to_ascii_lowercase();
        if field == "responsebody" && element.is_some() {
            self.leave(right, Leak::Returned, "responseBody", method, found);
        }
        let is_made_for_it = MADE_FOR_SECRETS.iter().any(|word| field.contains(word));
        if field.ends_with("__c") && !is_made_for_it {
            self.leave(right, Leak::Stored, written, method, found);
        }
    }

    /// Adds a secret in a value that leaves the method. Whether a text that is written here introduces it.
    fn leave(&self, value: NodeId, leak: Leak, log: &str, method: u32, found: &mut Vec<Debug>) -> bool {
        let tree = self.body.tree;
        let is_test = self.body.file.contexts.get(value as usize).is_some_and(|it| it.kinds == Kinds::NONE);
        let Some((carried, inner)) = self.carried(value).filter(|_| !is_test) else { return false };
        if leak == Leak::Logged && self.name(carried.from) == READ_HEADER && self.names_session() {
            return false;
        }
        // The caller gave it.
        let is_given = || tree.kind(carried.from) == Kind::Identifier && self.body.is_given(tree.lower(carried.from));
        if leak == Leak::Returned && is_given() {
            return false;
        }
        let is_shown = matches!(carried.form, SecretForm::Text | SecretForm::Parsed);
        // The value after `password: ` is the secret; a whole text is one if it is a request or a header.
        let is_whole = matches!(carried.kind, SecretKind::RequestBody | SecretKind::Header);
        let introduced = self.behind(inner).filter(|_| tree.is_string(inner) && !is_whole);
        let shown = introduced.unwrap_or(inner);
        // A secret in a log that its name shows is reported with the names.
        let is_covered_by_name = leak == Leak::Logged
            && match introduced {
                Some(added) => tree.within(added).any(|it| secret(self.body, it, &BTreeSet::default()).is_some()),
                None => carried.is_named && carried.from == inner,
            };
        if !is_shown || is_covered_by_name || carried.kind == SecretKind::Answer && self.is_failure(value) {
            return false;
        }
        let parent = tree.node(inner).parent;
        let is_body = tree.kind(parent) == Kind::Call && self.name(parent).starts_with("getbody");
        let text = match (tree.kind(shown), carried.kind) {
            (Kind::Identifier, _) if is_body => format!("{}.{}()", tree.text(shown), self.name_as_written(parent)),
            (Kind::Identifier, _) => tree.text(shown).to_owned(),
            (Kind::FieldAccess, _) => self.path(shown),
            (_, SecretKind::Header) => "a header".to_owned(),
            (_, SecretKind::RequestBody) => "a request's secret".to_owned(),
            (_, SecretKind::Answer) => "the answer of a token endpoint".to_owned(),
            (_, SecretKind::Password) => "a password".to_owned(),
            (_, SecretKind::ClientSecret) => "a client secret".to_owned(),
            _ => "a token".to_owned(),
        };
        found.push(Debug {
            method,
            span: tree.span(shown),
            text,
            kind: carried.kind,
            log: log.to_owned(),
            leak,
            origin: (carried.from != inner).then(|| (tree.span(carried.from), self.origin(carried.from))),
            is_session_id: false,
            is_unlikely: false,
            is_doubtful: self.body.file.is_doubtful(inner),
        });
        is_whole && tree.is_string(inner)
    }

    /// The origin of a secret, in words and without its value.
    fn origin(&self, id: NodeId) -> String {
        let tree = self.body.tree;
        match tree.kind(id) {
            Kind::Identifier => tree.text(id).to_owned(),
            Kind::Call => {
                // Of literals, only names such as `access_token` are shown.
                let is_key = |text: &str| KEYS.iter().any(|(key, _)| text.eq_ignore_ascii_case(key));
                let is_harmless = |ch: char| matches!(ch, '(' | ')' | '\'');
                let text = tree.shown(id);
                let is_plain = is_path(&text.replace(is_harmless, ""))
                    && tree.within(id).filter(|inner| tree.is_string(*inner)).all(|inner| is_key(tree.string(inner)));
                let shown = if is_plain { text } else { format!("{}(...)", self.name_as_written(id)) };
                shown.chars().take(60).collect()
            }
            _ => "a text that is put together".to_owned(),
        }
    }

    /// Whether a node is where a response is handled as an error: after a check of its status, or in a `catch`.
    fn is_failure(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let mut below = id;
        for above in tree.above(id) {
            match tree.kind(above) {
                Kind::CatchClause => return true,
                Kind::If | Kind::Ternary => {
                    let is_then = tree.node(below).part != Part::Alternative;
                    if self.checks_status(above).is_some_and(|is_success| is_success != is_then) {
                        return true;
                    }
                }
                // The rest after `if (status == 200) { return ...; }`.
                Kind::Block => {
                    let before = tree.children(above).take_while(|child| *child != below);
                    let leaves = |child: NodeId| {
                        tree.kind(child) == Kind::If
                            && self.checks_status(child) == Some(true)
                            && tree.within(child).any(|inner| tree.kind(inner) == Kind::Return)
                    };
                    if before.into_iter().any(leaves) {
                        return true;
                    }
                }
                _ => {}
            }
            below = above;
        }
        false
    }

    /// Whether the condition of a branch checks the status of a response, and whether the branch is that of success.
    fn checks_status(&self, branch: NodeId) -> Option<bool> {
        let tree = self.body.tree;
        let condition = tree.part(branch, Part::Condition)?;
        let asks = |id: NodeId| {
            let text = tree.lower(id);
            text.contains("statuscode") || text.contains("getstatus") || text.contains("issuccess")
        };
        let binary = tree.within(condition).find(|id| {
            let is_comparison =
                matches!(tree.operator(*id), "==" | "!=" | "<" | ">" | "<=" | ">=" | "===" | "!==" | "<>");
            let has_number = tree.children(*id).any(|side| {
                tree.kind(side) == Kind::Int && (tree.text(side).starts_with('2') || tree.text(side).starts_with('3'))
            });
            tree.kind(*id) == Kind::Binary && is_comparison && (has_number || asks(*id))
        });
        match binary {
            // `400 <= status`, `status >= 300` and the like mean failure, `status < 300` does not.
            Some(id) => {
                let operator = tree.operator(id);
                let is_failing = tree
                    .children(id)
                    .any(|side| tree.kind(side) == Kind::Int && tree.text(side).starts_with(['4', '5']));
                Some(match operator {
                    "==" | "===" => !is_failing,
                    "<" | "<=" => true,
                    _ => operator == ">=" && tree.lower(id).contains("200"),
                })
            }
            None if asks(condition) => Some(!tree.text(condition).trim_start_matches('(').starts_with('!')),
            None => None,
        }
    }
}

/// Whether a text consists of names and dots, so that it contains no literal.
fn is_path(text: &str) -> bool {
    text.chars().all(|ch| ch.is_alphanumeric() || ch.is_whitespace() || matches!(ch, '_' | '.' | '?'))
}

/// The variables of token requests that are used for nothing else, in lower case.
fn token_requests<'a>(body: &Body<'a, '_>) -> HashSet<&'a str> {
    let tree = body.tree;
    let (mut tokens, mut others) = (HashSet::new(), HashSet::new());
    for id in body.nodes().filter(|id| tree.kind(*id) == Kind::Call) {
        let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        let Some(object) = tree.part(id, Part::Object).filter(|_| matches!(name, "setendpoint" | "setbody")) else {
            continue;
        };
        steps::count(1);
        let object = tree.lower(tree.bare(object));
        let Some(value) = tree.arguments(id).first().copied() else { continue };
        let literals = body.literals(value);
        let is_endpoint = name == "setendpoint" && literals.iter().any(|it| is_token_endpoint(body, *it));
        let asks = name == "setbody" && literals.iter().any(|it| tree.lower(*it).contains("grant_type="));
        // The answer contains the code for a person, not a token.
        let starts_device = literals.iter().any(|it| tree.lower(*it).contains("response_type=device_code"));
        let is_other = starts_device || name == "setendpoint" && !literals.is_empty() && !is_endpoint;
        if is_endpoint || asks {
            tokens.insert(object);
        } else if is_other {
            others.insert(object);
        }
    }
    tokens.retain(|name| !others.contains(name));
    tokens
}

#[cfg(test)]
mod tests;
