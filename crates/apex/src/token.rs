//! Uses of tokens and secrets in a file, other than passing them on: requesting, storing and logging them, and ending
//! sessions.
//!
//! Goes by names within one file. Refuses to know who calls its methods.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::address::{start_around, start_of_url};
use super::body::Body;
use super::record_id::is_record_id;
use super::taint::{is_session_call, own_field};
use super::tree::{Kind, NodeId, Part};
use super::words;
use super::{Debug, Field, KeptSource, KeptToken, Leak, Revocation, Role, SecretKind, Spot, TokenRequest, Unit};

/// Adds the uses of tokens and secrets in the methods of a file.
pub(super) fn read(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    let words = bodies.first().map(|body| body.file.words).unwrap_or_default();
    let fields_given_other = OnceCell::new();
    for (index, body) in bodies.iter().enumerate().filter(|_| words.may_name_secret() || words.may_revoke()) {
        let variables = LoggedVariables {
            holders: holders(body),
            given_other: OnceCell::new(),
            bodies,
            fields_given_other: &fields_given_other,
        };
        for id in body.nodes() {
            match body.tree.kind(id) {
                Kind::Call => {
                    debug(body, index as u32, id, &variables, &mut unit.debugs);
                    revocation(body, index as u32, id, &mut unit.revocations);
                }
                Kind::Dml => revocation(body, index as u32, id, &mut unit.revocations),
                _ => {}
            }
        }
    }
    requests(bodies, unit);
    kept(bodies, unit);
}

fn spot(body: &Body<'_, '_>, id: NodeId, text: &str) -> Spot {
    (body.tree.span(id), text.to_owned())
}

// Secrets in logs.

/// The names of methods of loggers.
const LOG_CALLS: &[&str] = &["debug", "info", "warn", "error", "fine", "finer", "finest", "log"];

/// Calls that check a text and do not return it.
const QUESTIONS: &[&str] = &["isblank", "isnotblank", "isempty", "isnotempty", "equals", "length", "contains"];

/// The logging call, as written, if a call is one.
pub(super) fn logger(body: &Body<'_, '_>, id: NodeId) -> Option<String> {
    let tree = body.tree;
    let (object, name) = (tree.part(id, Part::Object)?, tree.part(id, Part::Name)?);
    let called = tree.text(name);
    if !LOG_CALLS.iter().any(|word| called.eq_ignore_ascii_case(word)) {
        return None;
    }
    let is_log =
        body.is_call(id, "system", "debug") || (tree.kind(object) == Kind::Identifier && is_log(tree.text(object)));
    is_log.then(|| format!("{}.{}", tree.text(object), tree.text(name)))
}

/// Whether a class or a variable is a log by its name: `Logger`, `log`, `logs`, `auditLog`; not `catalog`.
fn is_log(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_word = ["log", "logs"].contains(&lower.as_str()) || lower.ends_with("logger");
    is_word || ["Log", "Logs", "_log", "_logs"].iter().any(|end| name.ends_with(end))
}

fn debug(
    body: &Body<'_, '_>,
    method: u32,
    id: NodeId,
    variables: &LoggedVariables<'_, '_, '_>,
    found: &mut Vec<Debug>,
) {
    let Some(log) = logger(body, id) else { return };
    let tree = body.tree;
    for argument in tree.arguments(id) {
        for inner in shown(body, argument) {
            let Some((kind, text)) = secret(body, inner, &variables.holders) else { continue };
            let name = text.to_ascii_lowercase();
            let is_unlikely = words::is_other_token(&name) || variables.is_given_other(body, inner, &name);
            let is_session_id = is_session_call(body, inner) || variables.holders.contains(&name);
            let is_named_only = kind == SecretKind::Session && !is_session_id;
            if is_named_only && is_record_id(body, &name) {
                continue;
            }
            let is_doubtful = body.file.is_doubtful(inner);
            let (span, log) = (tree.span(inner), log.clone());
            let (leak, origin) = (Leak::Logged, None);
            found.push(Debug { method, span, text, kind, log, leak, origin, is_session_id, is_unlikely, is_doubtful });
        }
    }
}

/// The variables of a method that logs.
struct LoggedVariables<'b, 'a, 't> {
    /// Those declared with a session id.
    holders: BTreeSet<String>,
    /// Those with another sort of token; computed when something is logged.
    given_other: OnceCell<BTreeSet<String>>,
    bodies: &'b [Body<'a, 't>],
    /// The fields with another sort of token, by class; computed when something is logged.
    fields_given_other: &'b OnceCell<BTreeSet<(u32, String)>>,
}

impl LoggedVariables<'_, '_, '_> {
    /// Whether a variable, or a field of the class, is given another sort of token.
    fn is_given_other(&self, body: &Body<'_, '_>, id: NodeId, name: &str) -> bool {
        if self.given_other.get_or_init(|| given_other(body)).contains(name) {
            return true;
        }
        let fields = || self.bodies.iter().flat_map(fields_given_other).collect::<BTreeSet<_>>();
        let parent = body.tree.node(id).parent;
        let is_element = body.tree.node(id).part == Part::Element;
        own_field(body, if is_element { parent } else { id })
            .is_some_and(|field| self.fields_given_other.get_or_init(fields).contains(&(body.method.class, field)))
    }
}

/// The variables that are given a session id, whatever their names; in lower case.
fn holders(body: &Body<'_, '_>) -> BTreeSet<String> {
    let tree = body.tree;
    let holder = |id: NodeId| {
        let (name, value) = tree.given(id)?;
        let is_holder = tree.kind(name) == Kind::Identifier && is_session_call(body, tree.bare(value));
        is_holder.then(|| tree.lower(name).to_owned())
    };
    body.nodes().filter_map(holder).collect()
}

/// The secret that a node is, by its name or by the value of its variable.
pub(super) fn secret(body: &Body<'_, '_>, id: NodeId, holders: &BTreeSet<String>) -> Option<(SecretKind, String)> {
    let tree = body.tree;
    if is_session_call(body, id) {
        return Some((SecretKind::Session, tree.shown(id)));
    }
    if tree.kind(id) != Kind::Identifier {
        return None;
    }
    let node = tree.node(id);
    let parent = tree.kind(node.parent);
    let is_value = match node.part {
        // A property of an object is not the object.
        Part::Object | Part::Name => false,
        Part::Element => !matches!(tree.node(node.parent).part, Part::Object) && !body.is_declared_in_org(node.parent),
        Part::Left => parent != Kind::Assignment,
        _ => true,
    };
    if !is_value {
        return None;
    }
    let name = tree.lower(id);
    let is_holder = node.part != Part::Element && holders.contains(name);
    let kind = words::secret_kind(name).or(is_holder.then_some(SecretKind::Session))?;
    let ty = if node.part == Part::Element { None } else { body.type_of(id) };
    // A record id is not a secret, whatever its name.
    let can_hold = ty.is_none_or(|ty| matches!(&*ty, "string" | "object" | "blob"));
    can_hold.then(|| (kind, tree.text(id).to_owned()))
}

/// The nodes of an argument whose values it shows. It only checks others, or gives them to a call whose result is something
/// else: a signature, or what the token gives access to.
pub(super) fn shown(body: &Body<'_, '_>, argument: NodeId) -> impl Iterator<Item = NodeId> {
    let tree = body.tree;
    let called = |call: NodeId| tree.part(call, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
    let hides = move |id: NodeId| match tree.kind(id) {
        Kind::Binary => !matches!(tree.operator(id), "+" | "??"),
        Kind::Call => QUESTIONS.contains(&called(id)),
        Kind::ArgumentList => {
            let call = tree.node(id).parent;
            tree.kind(call) == Kind::Call && !words::is_form(called(call))
        }
        _ => false,
    };
    // The first node after those that another one hides.
    let mut hidden_end = argument;
    tree.within(argument).filter(move |id| {
        let is_shown = *id >= hidden_end;
        if is_shown && hides(*id) {
            hidden_end = tree.node(*id).next;
        }
        is_shown
    })
}

/// The variables with another sort of token, in lower case.
fn given_other(body: &Body<'_, '_>) -> BTreeSet<String> {
    let tree = body.tree;
    let given = |id: NodeId| {
        let (target, value) = tree.given(id)?;
        words::is_other_token(tree.lower(value)).then(|| tree.lower(target).to_owned())
    };
    body.nodes().filter_map(given).collect()
}

/// The fields of its class that a method gives another sort of token, in lower case, with the class.
fn fields_given_other(body: &Body<'_, '_>) -> Vec<(u32, String)> {
    let tree = body.tree;
    let given = |id: NodeId| {
        let (left, right) = tree.assignment(id)?;
        let is_other = words::is_other_token(tree.lower(right));
        Some((body.method.class, own_field(body, left).filter(|_| is_other)?))
    };
    body.nodes().filter_map(given).collect()
}

// Sessions that code ends.

fn revocation(body: &Body<'_, '_>, method: u32, id: NodeId, found: &mut Vec<Revocation>) {
    let tree = body.tree;
    let kind = if tree.kind(id) == Kind::Dml {
        let is_delete = tree.text(id).get(..6).is_some_and(|word| word.eq_ignore_ascii_case("delete"));
        let target = tree.part(id, Part::Target).filter(|_| is_delete);
        target.is_some_and(|target| is_auth_session(body, target)).then_some("auth-session-delete")
    } else if body.is_call(id, "database", "delete") {
        let target = tree.arguments(id).first().copied();
        target.is_some_and(|target| is_auth_session(body, target)).then_some("auth-session-delete")
    } else {
        let is_revoke =
            body.is_call(id, "auth.oauthtoken", "revoketoken") || body.is_call(id, "oauthtoken", "revoketoken");
        is_revoke.then_some("revoke-token")
    };
    if let Some(kind) = kind {
        found.push(Revocation { method: Some(method), kind, span: tree.span(id) });
    }
}

/// Whether an expression is one or more records of `AuthSession`.
fn is_auth_session(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    if let Some(ty) = body.type_of(id) {
        return ty == "authsession" || ty == "list<authsession>" || ty == "authsession[]";
    }
    let is_object =
        |inner| tree.kind(inner) == Kind::StorageIdentifier && tree.text(inner).eq_ignore_ascii_case("authsession");
    tree.within(id).any(is_object)
}

// Tokens that code requests.

fn requests(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    let outermost = |body: &Body<'_, '_>| {
        let mut class = body.method.class;
        while let Some(outer) = body.file.declared.classes[class as usize].outer {
            class = outer;
        }
        class
    };
    for own in grouped(bodies, outermost).values() {
        unit.requests.extend(request(own, unit));
    }
}

/// The bodies with the numbers of their methods, by class.
fn grouped<'b, 'a, 't>(
    bodies: &'b [Body<'a, 't>],
    class: impl Fn(&Body<'a, 't>) -> u32,
) -> BTreeMap<u32, Vec<(u32, &'b Body<'a, 't>)>> {
    let mut groups: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for (index, body) in (0u32..).zip(bodies) {
        groups.entry(class(body)).or_default().push((index, body));
    }
    groups
}

fn request(own: &[(u32, &Body<'_, '_>)], unit: &Unit) -> Option<TokenRequest> {
    let calls_out = own.iter().any(|(index, body)| {
        !unit.methods[*index as usize].callouts.is_empty()
            || body
                .nodes()
                .any(|id| body.tree.kind(id) == Kind::New && body.type_of(id).is_some_and(|ty| ty == "httprequest"))
    });
    let spots = |find: &dyn Fn(&Body<'_, '_>, NodeId) -> Option<String>| {
        own.iter().find_map(|(_, body)| body.nodes().find_map(|id| find(body, id).map(|text| spot(body, id, &text))))
    };
    let reads_token = spots(&|body, id| reads(body, id, &["access_token"]));
    // Another class may send the request of one that names the grant and reads the token, not only has constants for both.
    let reads_in_code = || {
        let is_read = |body: &Body<'_, '_>, id| reads(body, id, &["access_token"]).is_some();
        let mut methods = own.iter().filter(|(_, body)| body.method.role != Role::Initializer);
        methods.any(|(_, body)| body.nodes().any(|id| is_read(body, id)))
    };
    if !calls_out && !reads_in_code() {
        return None;
    }
    // A gateway that gets client id and secret in headers beside the data issues no token.
    let is_asked = |body: &Body<'_, '_>, id: NodeId| reads_token.is_some() || !body.tree.calls(id, "setheader");
    let granted = |body: &Body<'_, '_>, id: NodeId| grant(body, id).filter(|_| is_asked(body, id));
    let grants =
        own.iter().find_map(|(index, body)| body.nodes().find_map(|id| Some((*index, *body, id, granted(body, id)?))));
    if !calls_out && grants.is_none() {
        return None;
    }
    // The one in the method that asks comes first.
    let is_granting = |index: u32| grants.as_ref().is_some_and(|(granting, ..)| *granting == index);
    let (granting, others): (Vec<_>, Vec<_>) = own.iter().copied().partition(|(index, _)| is_granting(*index));
    let mut endpoints = granting.into_iter().chain(others).flat_map(|(index, body)| {
        body.nodes().filter(move |id| is_token_endpoint(body, *id)).map(move |id| (index, body, id))
    });
    let first = endpoints.next();
    // One that the class requests itself comes before one that it only gives to another class.
    let own_one = first.into_iter().chain(endpoints).find(|(_, body, id)| !is_for_other(body, *id));
    let is_only_for_other = own_one.is_none();
    let endpoint = own_one.or(first);
    // Servers other than OAuth's have such URLs too.
    let endpoint = endpoint
        .filter(|(_, body, id)| grants.is_some() || reads_token.is_some() || body.tree.lower(*id).contains("oauth"));
    // The class that gets the endpoint requests the token, unless this one keeps something of it.
    let keeps_token = || reads_token.is_some() || stored(own).is_some() || spots(&reacts).is_some();
    let endpoint = endpoint.filter(|_| grants.is_some() || !is_only_for_other || keeps_token());
    let (method, body, at, text) = match (&grants, endpoint) {
        (Some((index, body, id, (_, value))), _) => (*index, *body, *id, format!("grant_type={value}")),
        (None, Some((index, body, id))) => (index, body, id, address(body, id)),
        (None, None) => return None,
    };
    let start = endpoint.map(|(_, body, id)| (body, id, start_of_url(body, id)));
    let host = start.as_ref().and_then(|(body, id, start)| Some(spot(body, *id, &start.host()?)));
    let credential = start.as_ref().and_then(|(.., start)| start.credential());
    // A class that lets another one send may let another one renew, too.
    let stored = stored(own).filter(|_| calls_out);
    let checks_age = stored.and_then(|(body, at, _)| stored_age(body, at)).or_else(|| compared_age(own));
    Some(TokenRequest {
        method,
        request: spot(body, at, &text),
        grant: grants
            .as_ref()
            .filter(|(.., (_, value))| !value.is_empty())
            .map(|(_, body, _, (at, value))| spot(body, *at, value)),
        host,
        credential,
        reads_token,
        reads_expiry: spots(&|body, id| reads(body, id, &["expires_in", "issued_at", "exp"])),
        checks_age,
        reacts: spots(&reacts),
        stored: stored.map(|(body, at, shown)| spot(body, at, &body.tree.shown(shown))),
        is_doubtful: body.file.is_doubtful(at),
    })
}

/// The grant that a literal, or a pair of literals, requests, with the literal that names it.
fn grant(body: &Body<'_, '_>, id: NodeId) -> Option<(NodeId, String)> {
    let tree = body.tree;
    if tree.is_string(id) {
        let text = tree.string(id);
        let at = text.to_ascii_lowercase().find("grant_type=")? + "grant_type=".len();
        let value = text.get(at..)?.split(['&', ' ', '\\']).next().unwrap_or_default();
        return Some((id, value.replace("%3A", ":").replace("%3a", ":")));
    }
    let pair: Vec<NodeId> = match tree.kind(id) {
        Kind::MapEntry => tree.children(id).collect(),
        Kind::Call => tree.arguments(id),
        _ => return None,
    };
    let [key, value] = pair.as_slice() else { return None };
    let is_key = tree.is_string(*key) && tree.string(*key).eq_ignore_ascii_case("grant_type");
    if !is_key {
        return None;
    }
    Some(body.literal(*value).map_or((*key, String::new()), |literal| (literal, tree.string(literal).to_owned())))
}

/// Whether a literal is the URL of a token endpoint.
pub(super) fn is_token_endpoint(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    if !tree.is_string(id) {
        return false;
    }
    let text = tree.string(id).to_ascii_lowercase();
    let path = text.split('?').next().unwrap_or_default();
    let is_token = path.ends_with("/token") || path.contains("/token/");
    let is_address = || {
        path.contains("://") || path.starts_with('/') || path.starts_with("callout:") || {
            let start = start_around(body, id).text.to_ascii_lowercase();
            start.contains("://") || start.starts_with("callout:")
        }
    };
    is_token && (path.contains("oauth") || path.ends_with("/token")) && is_address()
}

/// Whether a token endpoint is only the audience of a signed token (`jwt.aud = '...'`), or goes to a method of another
/// class that gives a token: `JwtLogin.getAccessToken('...', jwt)`.
fn is_for_other(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    let above = tree.node(id).parent;
    if tree.kind(above) == Kind::Assignment {
        let field = tree.part(above, Part::Left).and_then(|left| tree.part(left, Part::Element));
        return field.is_some_and(|field| tree.lower(field) == "aud");
    }
    let call = tree.node(above).parent;
    let is_argument = tree.kind(above) == Kind::ArgumentList && tree.kind(call) == Kind::Call;
    let Some(name) = tree.part(call, Part::Name).filter(|_| is_argument) else { return false };
    let is_of_other = || tree.part(call, Part::Object).is_some_and(|object| !body.is_own(object));
    tree.lower(name) == "setaud" || words::gives_token(tree.lower(name)) && is_of_other()
}

/// A URL without parts that may be a secret.
fn address(body: &Body<'_, '_>, id: NodeId) -> String {
    let text = body.tree.string(id);
    text.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The word of `words` that a node reads from a response.
fn reads(body: &Body<'_, '_>, id: NodeId, words: &[&str]) -> Option<String> {
    let tree = body.tree;
    let node = tree.node(id);
    let text = match node.kind {
        Kind::StringLiteral => tree.string(id).to_ascii_lowercase(),
        Kind::Identifier if node.part == Part::Element => tree.lower(id).to_owned(),
        _ => return None,
    };
    if !words.contains(&text.as_str()) {
        return None;
    }
    // A value put into a request is not read from a response.
    let parent = node.parent;
    let call = if tree.kind(parent) == Kind::ArgumentList { tree.node(parent).parent } else { parent };
    let is_put = tree.kind(parent) == Kind::MapEntry
        || tree.part(call, Part::Name).is_some_and(|name| {
            let name = tree.lower(name);
            name == "put" || name.starts_with("write") || name == "setheader"
        });
    let is_set = node.part == Part::Element && tree.node(parent).part == Part::Left;
    (!is_put && !is_set).then_some(text)
}

/// `401` in a comparison, or the error code of an expired session.
fn reacts(body: &Body<'_, '_>, id: NodeId) -> Option<String> {
    let tree = body.tree;
    let compared = tree.kind(tree.node(id).parent) == Kind::Binary;
    if tree.kind(id) == Kind::Int && tree.text(id) == "401" && compared {
        return Some("401".to_owned());
    }
    let is_word = tree.is_string(id) && tree.string(id).eq_ignore_ascii_case("INVALID_SESSION_ID");
    is_word.then(|| "INVALID_SESSION_ID".to_owned())
}

/// Whether an expression gives the access token of a response.
fn gives_access_token(body: &Body<'_, '_>, id: NodeId, names: &BTreeSet<String>) -> bool {
    let tree = body.tree;
    tree.within(id).any(|inner| {
        reads(body, inner, &["access_token"]).is_some()
            || (tree.kind(inner) == Kind::Identifier
                && tree.node(inner).part != Part::Element
                && names.contains(tree.lower(inner)))
    })
}

/// Where an access token is stored beyond the method that got it: the method, the place, and the node that names it.
fn stored<'b, 'a, 't>(own: &[(u32, &'b Body<'a, 't>)]) -> Option<(&'b Body<'a, 't>, NodeId, NodeId)> {
    let getters: BTreeSet<String> = own
        .iter()
        .filter(|(_, body)| {
            let tree = body.tree;
            let locals = token_locals(body, &BTreeSet::new());
            body.nodes().any(|id| tree.kind(id) == Kind::Return && gives_access_token(body, id, &locals))
        })
        .map(|(_, body)| body.method.name.to_lowercase())
        .collect();
    own.iter().find_map(|(_, body)| {
        let names = token_locals(body, &getters);
        body.nodes().find_map(|id| stores(body, id, &names)).map(|(at, shown)| (*body, at, shown))
    })
}

/// Where a method stores the present time beside a token: in another field of the same record or class, or in a cache.
fn stored_age(body: &Body<'_, '_>, token: NodeId) -> Option<Spot> {
    let tree = body.tree;
    let object = |id: NodeId| tree.part(id, Part::Object).map(|object| tree.type_name(object));
    let is_beside = |left: NodeId| match tree.kind(token) {
        // A cache.
        Kind::Call => false,
        Kind::FieldAccess if tree.kind(left) == Kind::FieldAccess => object(left) == object(token),
        _ => own_field(body, token).is_some() && own_field(body, left).is_some(),
    };
    body.nodes().find_map(|id| match tree.kind(id) {
        Kind::Assignment => {
            let (left, right) = (tree.part(id, Part::Left)?, tree.part(id, Part::Right)?);
            (is_beside(left) && gives_now(body, right)).then(|| spot(body, left, &tree.shown(left)))
        }
        Kind::Call if tree.kind(token) == Kind::Call && is_cache_put(body, id) => {
            let (value, cache) = (tree.arguments(id).get(1).copied()?, tree.part(id, Part::Object)?);
            gives_now(body, value).then(|| spot(body, id, &tree.shown(cache)))
        }
        _ => None,
    })
}

/// Parts of names of the times that belong to a token.
const TIMES: &[&str] = &["expir", "issue", "renew", "refresh", "valid", "lifetime", "ttl", "token"];

/// Where code compares the present time with one that belongs to a token by its name.
fn compared_age(own: &[(u32, &Body<'_, '_>)]) -> Option<Spot> {
    own.iter().find_map(|(_, body)| {
        let tree = body.tree;
        let is_time = |id: NodeId| {
            let name = tree.lower(id);
            tree.kind(id) == Kind::Identifier
                && tree.node(id).part != Part::Name
                && TIMES.iter().any(|part| name.contains(part))
        };
        body.nodes().find_map(|id| {
            let is_comparison = tree.kind(id) == Kind::Binary && matches!(tree.operator(id), "<" | ">" | "<=" | ">=");
            let time = tree.within(id).take(MAX_COMPARED).find(|inner| is_comparison && is_time(*inner))?;
            gives_now(body, id).then(|| spot(body, time, tree.text(time)))
        })
    })
}

/// Only the first nodes of a comparison or time are read, so that its cost is bounded.
const MAX_COMPARED: usize = 200;

/// Whether the present time is a part of a value, or of the initial value of one variable in it.
fn gives_now(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    let is_now = |id: NodeId| {
        tree.kind(id) == Kind::Call
            && [("datetime", "now"), ("system", "now"), ("system", "currenttimemillis")]
                .iter()
                .any(|(object, name)| body.is_call(id, object, name))
    };
    let holds_now = |id: NodeId| {
        let value = Some(id).filter(|id| tree.kind(*id) == Kind::Identifier).and_then(|id| body.start_of(id));
        value.is_some_and(|value| tree.within(value).take(MAX_COMPARED).any(is_now))
    };
    tree.within(id).take(MAX_COMPARED).any(|inner| is_now(inner) || holds_now(inner))
}

/// Names in a method that stand for an access token, including `getters`.
fn token_locals(body: &Body<'_, '_>, getters: &BTreeSet<String>) -> BTreeSet<String> {
    let tree = body.tree;
    let mut names = getters.clone();
    for id in body.nodes() {
        let Some((target, value)) = tree.given(id).filter(|_| id != body.method.body) else { continue };
        let name = tree.lower(target);
        if body.variables.get(name).is_some_and(|ty| ty == "string") && gives_access_token(body, value, &names) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// A token cached for fewer seconds is not stored: no session timeout of Salesforce is shorter than these fifteen
/// minutes.
const SHORT_CACHE: i64 = 900;

/// Whether a field can outlast the transaction: a static one of the class cannot.
fn outlasts(body: &Body<'_, '_>, name: &str) -> bool {
    body.class.fields.iter().any(|field| field.name == name && !field.is_passing)
}

/// The place where a node stores an access token, and the node that names it.
fn stores(body: &Body<'_, '_>, id: NodeId, names: &BTreeSet<String>) -> Option<(NodeId, NodeId)> {
    let tree = body.tree;
    match tree.kind(id) {
        Kind::Assignment => {
            let (left, right) = (tree.part(id, Part::Left)?, tree.part(id, Part::Right)?);
            if !gives_access_token(body, right, names) {
                return None;
            }
            let custom = tree.kind(left) == Kind::FieldAccess && tree.lower(left).ends_with("__c");
            let is_kept = custom || own_field(body, left).is_some_and(|field| outlasts(body, &field));
            is_kept.then_some((left, left))
        }
        Kind::Call => {
            let object = tree.part(id, Part::Object)?;
            let arguments = tree.arguments(id);
            let value = arguments.get(1).copied().filter(|_| is_cache_put(body, id))?;
            let is_short =
                arguments.get(2).and_then(|seconds| body.number(*seconds)).is_some_and(|it| it <= SHORT_CACHE);
            if is_short {
                return None;
            }
            gives_access_token(body, value, names).then_some((id, object))
        }
        _ => None,
    }
}

/// Whether a call puts a value into a cache.
fn is_cache_put(body: &Body<'_, '_>, id: NodeId) -> bool {
    let tree = body.tree;
    tree.calls(id, "put") && tree.part(id, Part::Object).is_some_and(|object| tree.type_name(object).contains("cache."))
}

// Tokens that a job keeps.

fn kept(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    let Some(file) = bodies.first().map(|body| body.file) else { return };
    let by_class = grouped(bodies, |body| body.method.class);
    for (index, class) in (0u32..).zip(&file.declared.classes) {
        let implements = |name: &str| class.interfaces.iter().any(|it| it == name);
        let job = if implements("database.batchable") || implements("batchable") {
            "batch"
        } else if implements("queueable") {
            "queueable"
        } else {
            continue;
        };
        let Some(own) = by_class.get(&index) else { continue };
        let kept = |field: &&Field| !field.is_passing && !words::is_other_token(&field.name);
        let fields: Vec<&Field> = class.fields.iter().filter(kept).collect();
        if fields.is_empty() {
            continue;
        }
        let is_stateful = implements("database.stateful") || implements("stateful");
        let job = JobClass::of(own, index, job, is_stateful);
        for field in fields.into_iter().filter(|field| field.ty == "string" || job.ports.contains(&field.name)) {
            unit.kept.extend(job.keeps(&field.name, (field.span, file.tree.slice(field.span).to_owned())));
        }
    }
}

/// A class that runs in parts.
struct JobClass<'b, 'a, 't> {
    class: u32,
    kind: &'static str,
    is_stateful: bool,
    /// Where its methods set its fields, by the name of the field in lower case.
    set: HashMap<String, Vec<Setting<'b, 'a, 't>>>,
    /// The fields in whose session header a method puts the session id, by name in lower case.
    ports: HashSet<String>,
    /// The first use of each field in its parts, by name, and whether it is in a header; one in a header goes first.
    used: HashMap<String, (&'b Body<'a, 't>, NodeId, bool)>,
    /// Whether a part enqueues the job itself again.
    enqueues_this: bool,
    /// The fields with which a part enqueues another of its kind.
    enqueued_with: HashSet<String>,
}

/// Where a method sets a field, with the value and the number of the method.
#[derive(Clone, Copy)]
struct Setting<'b, 'a, 't> {
    method: u32,
    body: &'b Body<'a, 't>,
    at: NodeId,
    value: NodeId,
    /// Whether it only fills the field's session header, or a part of it.
    is_header: bool,
}

impl Setting<'_, '_, '_> {
    /// Whether it puts the session id into the field's session header.
    fn puts_session_into_header(&self) -> bool {
        self.is_header && is_session_call(self.body, self.body.tree.bare(self.value))
    }
}

impl<'b, 'a, 't> JobClass<'b, 'a, 't> {
    /// The class with its methods, and their numbers.
    fn of(own: &[(u32, &'b Body<'a, 't>)], class: u32, kind: &'static str, is_stateful: bool) -> Self {
        let (set, used) = (HashMap::new(), HashMap::new());
        let (ports, enqueued_with) = (HashSet::new(), HashSet::new());
        let mut job = Self { class, kind, is_stateful, set, ports, used, enqueues_this: false, enqueued_with };
        for (method, body) in own {
            let is_part = job.setup(body).is_none();
            // Where the last call that sets a header ends.
            let mut header_end = 0;
            for id in body.nodes() {
                let header = header_assignment(body, id);
                let is_header = header.is_some();
                if let Some((name, value)) = header.or_else(|| assignment(body, id)) {
                    let setting = Setting { method: *method, body, at: id, value, is_header };
                    if setting.puts_session_into_header() {
                        job.ports.insert(name.clone());
                    }
                    job.set.entry(name).or_default().push(setting);
                }
                if is_part {
                    if body.tree.calls(id, "setheader") {
                        header_end = header_end.max(body.tree.node(id).next);
                    }
                    job.read_part(body, id, id < header_end);
                }
            }
        }
        job
    }

    fn read_part(&mut self, body: &'b Body<'a, 't>, id: NodeId, is_in_header: bool) {
        let tree = body.tree;
        if !matches!(tree.node(id).part, Part::Element | Part::Name)
            && let Some(name) = own_field(body, id)
        {
            let first = self.used.entry(name).or_insert((body, id, is_in_header));
            if is_in_header && !first.2 {
                *first = (body, id, true);
            }
        }
        if tree.kind(id) == Kind::Call
            && body.is_call(id, "system", "enqueuejob")
            && let Some(job) = tree.arguments(id).first()
        {
            self.enqueues_this |= tree.kind(*job) == Kind::This;
            if tree.kind(*job) == Kind::New
                && body.type_of(*job).is_some_and(|ty| ty.eq_ignore_ascii_case(&body.class.name))
            {
                self.enqueued_with.extend(tree.within(*job).filter_map(|inner| own_field(body, inner)));
            }
        }
    }

    /// The field as a kept token; `None` if it is not one, or is renewed.
    fn keeps(&self, name: &str, field: Spot) -> Option<KeptToken> {
        let mut set = None;
        for setting in self.set.get(name)? {
            let setup = self.setup(setting.body)?;
            let is_same_method = |(other, ..): &(Setting<'_, '_, '_>, _, _)| other.method == setting.method;
            if is_cleared(setting.body, setting.at, setting.value) && set.as_ref().is_some_and(is_same_method) {
                set = None;
            }
            let source = if setting.is_header {
                setting.puts_session_into_header().then_some(KeptSource::SessionHeader)
            } else {
                kept_source(setting.body, setting.value, 0)
            };
            if let Some(source) = source {
                set = set.or(Some((*setting, setup, source)));
            }
        }
        let (Setting { method, body: setter, at, .. }, setup, source) = set?;
        if setup == "start" && !self.is_stateful {
            return None;
        }
        let (used_in, used, is_in_header) = *self.used.get(name)?;
        let is_session = matches!(source, KeptSource::Session | KeptSource::SessionHeader);
        if !is_session && !is_in_header && (!words::is_kept_name(name) || is_record_id(setter, name)) {
            return None;
        }
        if self.kind == "queueable" && !self.enqueues_this && !self.enqueued_with.contains(name) {
            return None;
        }
        Some(KeptToken {
            method,
            class: self.class,
            field,
            assigned: (setter.tree.span(at), setup),
            used: spot(used_in, used, &used_in.method.name),
            source,
            job: self.kind,
            is_stateful: self.is_stateful,
            is_in_header,
            is_doubtful: setter.file.is_doubtful(at) || used_in.file.is_doubtful(used),
        })
    }

    /// The setup phase that a method is; `None` for one that runs with every part of the job.
    fn setup(&self, body: &Body<'_, '_>) -> Option<&'static str> {
        match body.method.role {
            Role::Constructor => Some("constructor"),
            Role::Initializer => Some("initializer"),
            Role::Method if self.kind == "batch" && body.method.name.eq_ignore_ascii_case("start") => Some("start"),
            _ => None,
        }
    }
}

/// The field that a node sets, in lower case, with the value.
fn assignment(body: &Body<'_, '_>, id: NodeId) -> Option<(String, NodeId)> {
    let tree = body.tree;
    if id != body.method.body {
        let (left, value) = tree.assignment(id)?;
        return Some((own_field(body, left)?, value));
    }
    // The initial value of a field is a body of its own.
    let (name, value) = tree.given(id)?;
    Some((tree.lower(name).to_owned(), value))
}

/// The field whose session header a node fills, as a whole or in part (`port.SessionHeader = ...`,
/// `port.SessionHeader.sessionId = ...`), in lower case, with the value.
fn header_assignment(body: &Body<'_, '_>, id: NodeId) -> Option<(String, NodeId)> {
    let tree = body.tree;
    let (left, value) = tree.assignment(id)?;
    let is_header = |id: &NodeId| {
        tree.part(*id, Part::Element).is_some_and(|it| tree.text(it).eq_ignore_ascii_case("sessionheader"))
    };
    let header = [Some(left), tree.part(left, Part::Object)].into_iter().flatten().find(is_header)?;
    Some((own_field(body, tree.part(header, Part::Object)?)?, value))
}

/// Whether an assignment surely overwrites a field with null: it is a statement of the method itself, or of blocks in it
/// that surely run.
fn is_cleared(body: &Body<'_, '_>, id: NodeId, value: NodeId) -> bool {
    let tree = body.tree;
    let statement = tree.node(id).parent;
    let block = tree.node(statement).parent;
    tree.kind(tree.bare(value)) == Kind::Null
        && tree.kind(statement) == Kind::ExpressionStatement
        && matches!(tree.kind(block), Kind::Block | Kind::ConstructorBody)
        && surely_runs(body, block)
}

/// Whether a block is that of the method, or only in blocks, in `finally` and in `try` without `catch`.
fn surely_runs(body: &Body<'_, '_>, block: NodeId) -> bool {
    let tree = body.tree;
    let mut is_finally = false;
    for above in tree.above(block).take(MAX_COMPARED) {
        match tree.kind(above) {
            Kind::Block | Kind::ConstructorBody => {}
            Kind::Other if tree.kind(tree.node(above).parent) == Kind::Try => is_finally = true,
            Kind::Try if is_finally || tree.child(above, Kind::CatchClause).is_none() => is_finally = false,
            _ => return above == body.method.node,
        }
    }
    false
}

/// Whether a value is a token, through local variables.
fn kept_source(body: &Body<'_, '_>, value: NodeId, depth: usize) -> Option<KeptSource> {
    let tree = body.tree;
    let value = tree.bare(value);
    if tree.within(value).any(|id| is_session_call(body, id)) {
        return Some(KeptSource::Session);
    }
    if words::is_other_token(tree.lower(value)) || depth > 3 {
        return None;
    }
    match tree.kind(value) {
        Kind::Call => {
            let name = tree.part(value, Part::Name).map(|name| tree.lower(name))?;
            let is_token = words::gives_token(name) || gives_access_token(body, value, &BTreeSet::new());
            is_token.then_some(KeptSource::Call)
        }
        Kind::Binary => tree.children(value).find_map(|side| kept_source(body, side, depth + 1)),
        Kind::FieldAccess => gives_access_token(body, value, &BTreeSet::new()).then_some(KeptSource::Call),
        Kind::Identifier => {
            let name = tree.lower(value);
            if body.method.parameters.iter().any(|it| it.name == name) {
                return words::is_kept_name(name).then_some(KeptSource::Parameter);
            }
            let value = body.value_of(value).filter(|_| body.variables.contains_key(name))?;
            kept_source(body, value, depth + 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_its_name() {
        for name in ["Logger", "ARTL_Logger", "log", "Logs", "auditLog", "callout_log", "jobLogs"] {
            assert!(is_log(name), "{name}");
        }
        for name in ["catalog", "dialog", "blogs", "Logic", "login"] {
            assert!(!is_log(name), "{name}");
        }
    }
}
