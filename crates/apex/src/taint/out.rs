//! Where a session id or token leaves Apex: results for a browser or another system, links, messages made from a
//! template, and a page that is read for the id in it.
//!
//! Texts, collections and records with one count as one, within a method. Which collection or record it is goes by its
//! name. Refuses to know what other methods do.

use foldhash::{HashMap, HashSet, HashSetExt};

use super::variables::{Change, Held, Variables, assigned};
use super::{Flow, MAX_NODES, QUESTIONS};
use crate::body::Body;
use crate::tree::{Kind, NodeId, Part};
use crate::{Callee, Kinds, LinkUse, SentAs, SessionSource, SessionUse, Sink, words};

/// Annotations of methods whose result leaves the org's servers.
const ANSWERING: &[&str] =
    &["auraenabled", "remoteaction", "httpget", "httppost", "httpput", "httppatch", "httpdelete"];

/// Calls that add their argument to the object they are called on.
const PUTTING: &[&str] = &["add", "put", "set"];

/// URL parameters with a credential; one-time values (`token` of a password reset) are not credentials.
const PARAMETERS: &[&str] = &[
    "sid",
    "sessionid",
    "session_id",
    "sessid",
    "access_token",
    "accesstoken",
    "auth_token",
    "authtoken",
    "oauth_token",
    "bearer",
];

/// The maximum number of variables in a chain.
const ROUNDS: usize = 3;

/// Whether the result of a method leaves the org's servers.
pub(crate) fn answers(body: &Body<'_, '_>) -> bool {
    let is_one = |name: &str| ANSWERING.contains(&name);
    body.method.is_webservice || body.method.annotations.iter().any(|it| is_one(&it.name))
}

/// Session ids in variables, as a text or inside a value.
#[derive(Default)]
struct Holders {
    /// In texts, where they are read.
    held: Held,
    /// In collections and records, by name and in any order: one may be filled after it was put into another.
    containers: HashMap<String, NodeId>,
}

/// Pages that a method requests itself.
#[derive(Default)]
struct Requested<'b> {
    names: HashSet<&'b str>,
    nodes: HashSet<NodeId>,
}

impl Flow<'_, '_, '_> {
    /// Adds the places where session ids and tokens leave the method.
    pub(super) fn leaves(&self, found: &mut Vec<SessionUse>) {
        let holders = self.holders();
        self.returned(&holders, found);
        self.links(found);
        for id in self.body.nodes() {
            if self.body.tree.kind(id) == Kind::Call {
                // Without a session id in the method, no expression contains one.
                if self.has_source {
                    self.template(id, &holders, found);
                }
                self.scraped(id, found);
            }
        }
    }

    /// Whether the method returns a session id.
    pub(super) fn gives_session(&self) -> bool {
        if !self.has_source {
            return false;
        }
        if self.scrapes() {
            return false;
        }
        let holders = self.holders();
        self.returns().any(|value| self.session_in(value, &holders).is_some())
    }

    fn returns(&self) -> impl Iterator<Item = NodeId> {
        let tree = self.body.tree;
        self.body
            .nodes()
            .filter(move |id| tree.kind(*id) == Kind::Return)
            .filter_map(move |id| tree.children(id).next())
    }

    /// Variables that hold a session id, as a text or inside a value.
    fn holders(&self) -> Holders {
        let mut holders = Holders::default();
        if !self.has_source {
            return holders;
        }
        for _ in 0..ROUNDS {
            let before = holders.containers.len();
            holders.held.clear();
            let mut variables = Variables::new(self.body, None);
            while let Some(change) = variables.next(&mut holders.held, |id| self.change(id)) {
                let from = self.session_in(change.value, &holders).map(|(from, _)| from);
                if self.may_hold(&change.name) {
                    variables.apply(&change, from);
                } else if let Some(from) = from {
                    holders.containers.entry(change.name.to_string()).or_insert(from);
                }
            }
            if holders.containers.len() == before {
                break;
            }
        }
        holders
    }

    /// The change that an assignment or a call makes to a variable or a part of it.
    fn change(&self, id: NodeId) -> Option<Change> {
        let tree = self.body.tree;
        let (target, value) = match tree.kind(id) {
            Kind::Call => {
                let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
                let object = tree.part(id, Part::Object).filter(|_| PUTTING.contains(&name))?;
                (object, *tree.arguments(id).last()?)
            }
            Kind::Assignment if tree.part(id, Part::Left).is_some_and(|left| tree.kind(left) != Kind::Identifier) => {
                tree.assignment(id)?
            }
            _ => return assigned(self.body, id),
        };
        let name = self.variable(target).filter(|name| self.body.variables.contains_key(name.as_str()))?;
        Some(Change { name: name.into(), value, replaces: false })
    }

    /// The variable that an expression is, or is a part of.
    fn variable(&self, id: NodeId) -> Option<String> {
        let tree = self.body.tree;
        let mut id = tree.bare(id);
        loop {
            match tree.kind(id) {
                Kind::Identifier => return Some(tree.lower(id).to_owned()),
                Kind::FieldAccess => id = tree.part(id, Part::Object)?,
                Kind::ArrayAccess => id = tree.children(id).next()?,
                _ => return None,
            }
        }
    }

    /// The session id in the value of an expression: the call that gave it, and the node that passes it on.
    fn session_in(&self, id: NodeId, holders: &Holders) -> Option<(NodeId, NodeId)> {
        let tree = self.body.tree;
        tree.within(id).take(MAX_NODES).find_map(|inner| {
            let by_name = || {
                let node = tree.node(inner);
                let is_value = tree.kind(inner) == Kind::Identifier && !matches!(node.part, Part::Name | Part::Element);
                is_value.then(|| holders.containers.get(tree.lower(inner)).copied()).flatten()
            };
            let from = self.source(inner).or_else(|| holders.held.get(&inner).copied()).or_else(by_name)?;
            let is_test = self.body.file.contexts.get(inner as usize).is_some_and(|it| it.kinds == Kinds::NONE);
            (!is_test && self.is_given(inner, id)).then_some((from, inner))
        })
    }

    /// Whether the value at `inner` is in the value of `outer`: in a text, a list, a map or a converted form.
    fn is_given(&self, inner: NodeId, outer: NodeId) -> bool {
        let tree = self.body.tree;
        let mut below = inner;
        for above in std::iter::once(inner).chain(tree.above(inner)) {
            if above != inner {
                let keeps = match tree.kind(above) {
                    Kind::Binary => matches!(tree.operator(above), "+" | "??"),
                    Kind::Call => {
                        let name = tree.part(above, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
                        !QUESTIONS.contains(&name) && (words::is_form(name) || name == "string")
                    }
                    Kind::New => tree.part(above, Part::Type).is_some_and(|ty| {
                        let ty = tree.lower(ty);
                        ["list<", "set<", "map<"].iter().any(|start| ty.starts_with(start))
                    }),
                    // A field of it is unknown.
                    Kind::FieldAccess => tree.node(below).part == Part::Element,
                    Kind::Ternary => tree.node(below).part != Part::Condition,
                    Kind::Query => false,
                    _ => true,
                };
                if !keeps {
                    return false;
                }
            }
            if above == outer {
                break;
            }
            below = above;
        }
        true
    }

    fn returned(&self, holders: &Holders, found: &mut Vec<SessionUse>) {
        if !answers(self.body) {
            return;
        }
        let tree = self.body.tree;
        for value in self.returns() {
            if let Some((from, inner)) = self.session_in(value, holders) {
                found.push(self.used(SessionSource::Session, from, Sink::Returned, inner));
                continue;
            }
            let call = tree.bare(value);
            if tree.kind(call) != Kind::Call {
                continue;
            }
            let callee = self.body.callee(call);
            if matches!(callee, Callee::Of(..) | Callee::Own(_)) {
                let sink = Sink::Answer(callee, tree.arguments(call).len());
                found.push(self.used(SessionSource::Session, call, sink, call));
            }
        }
    }

    /// `String.format('...<sessionId>{0}...', ...)`, and `template.replace('{session}', ...)` for any template.
    fn template(&self, id: NodeId, holders: &Holders, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        let [first, value] = tree.arguments(id)[..] else { return };
        let text = |id: NodeId| self.body.literal(id).map(|it| tree.lower(it));
        let is_envelope = match name {
            "format" => self.body.literals(first).iter().any(|it| {
                let text = tree.lower(*it);
                text.contains("sessionid>") || text.contains("sessionheader")
            }),
            "replace" | "replaceall" | "replacefirst" => text(first).is_some_and(|text| {
                let dense: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
                dense.contains("session") || dense == "sid"
            }),
            _ => false,
        };
        if !is_envelope {
            return;
        }
        if let Some((from, inner)) = self.session_in(value, holders) {
            found.push(self.used(SessionSource::Session, from, Sink::Sent(SentAs::Envelope), inner));
        }
    }

    /// `Page.X.getContent()`, and `getSessionIdFrom(Page.X)`, which requests the page elsewhere.
    fn scraped(&self, id: NodeId, found: &mut Vec<SessionUse>) {
        if let Some(page) = self.read_page(id).or_else(|| self.handed_page(id)) {
            found.push(self.used(SessionSource::Page, id, Sink::Scraped(page), id));
        }
    }

    /// The page that a call gets, whose name says that it returns a session id.
    fn handed_page(&self, call: NodeId) -> Option<String> {
        let tree = self.body.tree;
        let name = tree.part(call, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        let asks = name.contains("sessionid") || name.contains("session_id");
        let arguments = if asks { tree.arguments(call) } else { Vec::new() };
        arguments.into_iter().find_map(|argument| {
            self.page(argument).or_else(|| self.page(self.body.value_of(argument).filter(|value| *value != argument)?))
        })
    }

    /// The page whose text a call reads.
    pub(super) fn read_page(&self, call: NodeId) -> Option<String> {
        let object = self.requested_object(call)?;
        self.page(object).or_else(|| self.page(self.body.value_of(object)?))
    }

    /// Whether the method returns a part of the text of a page, which may be a session id. A PDF is no text.
    pub(super) fn scrapes(&self) -> bool {
        let tree = self.body.tree;
        let is_read = |id: NodeId| tree.calls(id, "getcontent") && self.read_page(id).is_some();
        if !self.body.nodes().any(is_read) {
            return false;
        }
        let mut names: HashSet<String> = HashSet::new();
        let holds = |id: NodeId, names: &HashSet<String>| {
            let mut inner = tree.within(id).take(MAX_NODES);
            inner.any(|inner| {
                is_read(inner) || tree.kind(inner) == Kind::Identifier && names.contains(tree.lower(inner))
            })
        };
        for _ in 0..ROUNDS {
            let before = names.len();
            for id in self.body.nodes() {
                let changed = if tree.kind(id) == Kind::EnhancedFor {
                    let parts = tree.part(id, Part::Name).zip(tree.part(id, Part::Value));
                    parts.map(|(name, value)| (tree.lower(name).to_owned(), value))
                } else {
                    self.change(id).map(|change| (change.name.to_string(), change.value))
                };
                if let Some((name, value)) = changed
                    && holds(value, &names)
                {
                    names.insert(name);
                }
            }
            if names.len() == before {
                break;
            }
        }
        self.returns().any(|value| holds(value, &names))
    }

    /// The object of a call that requests a page on the server.
    fn requested_object(&self, call: NodeId) -> Option<NodeId> {
        let tree = self.body.tree;
        let name = tree.part(call, Part::Name).filter(|_| tree.kind(call) == Kind::Call)?;
        let is_request = |reads: &&&str| tree.text(name).eq_ignore_ascii_case(reads);
        ["getcontent", "getcontentaspdf"].iter().find(is_request)?;
        tree.part(call, Part::Object)
    }

    /// Pages that the method requests itself and does not return, so that no browser opens them: the variables that
    /// hold them, and the expressions.
    fn requested_pages(&self) -> Requested<'_> {
        let tree = self.body.tree;
        let mut requested = Requested::default();
        let name = |id: NodeId| Some(tree.lower(id)).filter(|_| tree.kind(id) == Kind::Identifier);
        for id in self.body.nodes() {
            if let Some(object) = self.requested_object(id).map(|object| tree.bare(object)) {
                requested.names.extend(name(object));
                requested.nodes.insert(object);
            }
        }
        if !requested.names.is_empty() {
            let mut declared: HashSet<&str> = HashSet::new();
            for id in self.body.nodes() {
                if let Some(name) = name(id)
                    && !(self.stays_on_server(id) && (tree.node(id).part != Part::Name || declared.insert(name)))
                {
                    requested.names.remove(name);
                }
            }
        }
        requested
    }

    /// Whether a variable with a page is declared, assigned, set up or requested, but not given away.
    fn stays_on_server(&self, variable: NodeId) -> bool {
        let tree = self.body.tree;
        let Some(above) = tree.above(variable).find(|above| tree.kind(*above) != Kind::Parenthesized) else {
            return false;
        };
        let called = || tree.part(above, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        match (tree.kind(above), tree.node(variable).part) {
            (Kind::Declarator, Part::Name) | (Kind::Assignment, Part::Left) => true,
            (Kind::Call, Part::Object) => {
                matches!(called(), "getcontent" | "getcontentaspdf" | "getparameters" | "getheaders")
                    || called().starts_with("set")
            }
            _ => false,
        }
    }

    /// The page that an expression names: `Page.X`, `new PageReference('/apex/X')`.
    fn page(&self, id: NodeId) -> Option<String> {
        let tree = self.body.tree;
        let id = tree.bare(id);
        match tree.kind(id) {
            Kind::FieldAccess => {
                let is_page = tree.part(id, Part::Object).is_some_and(|object| tree.lower(object) == "page");
                is_page.then(|| tree.part(id, Part::Element).map(|name| tree.text(name).to_owned()))?
            }
            Kind::New if self.body.type_of(id).as_deref() == Some("pagereference") => {
                let text = tree.string(self.body.literal(tree.arguments(id).first().copied()?)?);
                let start = text.to_ascii_lowercase().find("/apex/")? + "/apex/".len();
                let name: String =
                    text.get(start..)?.chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '_').collect();
                Some(name).filter(|name| !name.is_empty())
            }
            _ => None,
        }
    }

    /// URLs with a session id or token in a parameter, and their use.
    fn links(&self, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        let mut links: Vec<(NodeId, NodeId, SessionUse)> = Vec::new();
        for id in self.body.nodes().filter(|id| tree.is_string(*id)) {
            let text = tree.string(id);
            if !text.ends_with('=') || !opens_parameter(&text.to_ascii_lowercase()) {
                continue;
            }
            let parent = tree.node(id).parent;
            let whole = if tree.part(parent, Part::Left) == Some(id) { parent } else { tree.node(parent).parent };
            let value = tree.part(whole, Part::Right).filter(|right| *right != id && tree.kind(whole) == Kind::Binary);
            let Some(value) = value else { continue };
            let Some(used) = self.credential(value) else { continue };
            let sum =
                tree.above(id).take_while(|above| matches!(tree.kind(*above), Kind::Binary | Kind::Parenthesized));
            let whole = sum.last().unwrap_or(id);
            links.push((whole, value, used));
        }
        if links.is_empty() && !self.has_source {
            return;
        }
        let requested = self.requested_pages();
        for (whole, value, used) in links {
            if let Some(becomes) = self.becomes(whole, &requested) {
                let step = self.body.file.step(value);
                found.push(SessionUse { sink: Sink::Link(becomes), step, ..used });
            }
        }
        if self.has_source {
            self.put_parameters(&requested, found);
        }
    }

    /// `page.getParameters().put('sid', UserInfo.getSessionId())`.
    fn put_parameters(&self, requested: &Requested<'_>, found: &mut Vec<SessionUse>) {
        let tree = self.body.tree;
        for id in self.body.nodes().filter(|id| tree.kind(*id) == Kind::Call) {
            let parameters = tree.part(id, Part::Object).filter(|_| tree.calls(id, "put")).map(|it| tree.bare(it));
            let Some(parameters) = parameters.filter(|it| tree.calls(*it, "getparameters")) else { continue };
            let page = tree.part(parameters, Part::Object).map(|page| tree.bare(page));
            let is_page =
                |page: NodeId| tree.kind(page) == Kind::Identifier && requested.names.contains(tree.lower(page));
            if page.is_some_and(is_page) {
                continue;
            }
            if let [_, value] = tree.arguments(id)[..]
                && let Some((from, inner)) = self.carried(value, false)
            {
                found.push(self.used(SessionSource::Session, from, Sink::Link(LinkUse::Shown), inner));
            }
        }
    }

    /// The session id or token that an expression gives.
    fn credential(&self, id: NodeId) -> Option<SessionUse> {
        if let Some((from, _)) = self.carried(id, false) {
            return Some(self.used(SessionSource::Session, from, Sink::Nothing, id));
        }
        let tree = self.body.tree;
        let is_token = |inner: &NodeId| {
            let name = match tree.kind(*inner) {
                Kind::Identifier if !matches!(tree.node(*inner).part, Part::Object) => tree.lower(*inner),
                _ => return false,
            };
            words::is_token_name(name) && !super::is_record_id(self.body, name)
        };
        let first = tree.within(id).take(MAX_NODES).find(is_token)?;
        Some(self.used(SessionSource::Token, first, Sink::Nothing, id))
    }

    /// The use of the text that an expression makes, through variables.
    fn becomes(&self, whole: NodeId, requested: &Requested<'_>) -> Option<LinkUse> {
        let tree = self.body.tree;
        let mut names: HashSet<&str> = HashSet::new();
        let holds = |id: NodeId, names: &HashSet<&str>| {
            tree.within(id).take(MAX_NODES).any(|inner| {
                inner == whole
                    || tree.kind(inner) == Kind::Identifier
                        && !matches!(tree.node(inner).part, Part::Name | Part::Element)
                        && names.contains(tree.lower(inner))
            })
        };
        for _ in 0..ROUNDS {
            for (target, value) in self.body.nodes().filter_map(|id| tree.given(id)) {
                if tree.kind(target) == Kind::Identifier && holds(value, &names) && !self.is_answer(value) {
                    names.insert(tree.lower(target));
                }
            }
        }
        let mut becomes = None;
        for id in self.body.nodes() {
            let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
            let gets = || tree.arguments(id).iter().any(|argument| holds(*argument, &names));
            match tree.kind(id) {
                Kind::Call if matches!(name, "sethtmlbody" | "setplaintextbody") && gets() => {
                    return Some(LinkUse::Mailed);
                }
                Kind::Call if name == "setendpoint" && gets() => return None,
                Kind::New if self.is_opened(id, requested) && gets() => {
                    becomes = becomes.or(Some(LinkUse::Shown));
                }
                Kind::Return if answers(self.body) && holds(id, &names) => {
                    becomes = becomes.or(Some(LinkUse::Returned));
                }
                _ => {}
            }
        }
        let is_markup = || {
            tree.within(whole).take(MAX_NODES).filter(|inner| tree.is_string(*inner)).any(|inner| {
                let text = tree.lower(inner);
                ["href=", "src=", "<a "].iter().any(|mark| text.contains(mark))
            })
        };
        becomes.or_else(|| is_markup().then_some(LinkUse::Shown))
    }

    /// Whether a new object is a page, and the method does not request it itself.
    fn is_opened(&self, page: NodeId, requested: &Requested<'_>) -> bool {
        let tree = self.body.tree;
        if self.body.type_of(page).as_deref() != Some("pagereference") {
            return false;
        }
        let above = tree.above(page).find(|above| tree.kind(*above) != Kind::Parenthesized).unwrap_or(page);
        let target = match tree.kind(above) {
            Kind::Declarator => tree.part(above, Part::Name),
            Kind::Assignment => tree.part(above, Part::Left),
            _ => None,
        };
        let is_name = |it: NodeId| tree.kind(it) == Kind::Identifier && requested.names.contains(tree.lower(it));
        !requested.nodes.contains(&page) && !target.is_some_and(is_name)
    }

    /// Whether an expression is the result of another class's call, not its argument.
    fn is_answer(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let id = tree.bare(id);
        let name = tree.part(id, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        tree.kind(id) == Kind::Call && !words::is_form(name)
            || tree.kind(id) == Kind::New && self.body.type_of(id).as_deref() != Some("pagereference")
    }
}

/// Whether a text ends where the value of a credential parameter begins: `...?sid=`.
fn opens_parameter(lower: &str) -> bool {
    let Some(before) = lower.strip_suffix('=') else { return false };
    let name = before.rsplit(['?', '&', ';', '#']).next().unwrap_or_default();
    name.len() < before.len() && PARAMETERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_that_hold_a_credential() {
        for text in ["https://a.example.com/?accesstoken=", "/secur/frontdoor.jsp?x=1&sid="] {
            assert!(opens_parameter(text), "{text}");
        }
        for text in ["https://a.example.com/?token=", "sid=", "?side=", "?sid=1"] {
            assert!(!opens_parameter(text), "{text}");
        }
    }
}
