//! Relevant string literals: URLs, named credentials, grants with a password, SOAP logins.
//!
//! Only these parts of a literal are kept, so that no secret in it is stored. Refuses to know whose host a URL names.

use std::cell::{LazyCell, OnceCell};
use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::body::Body;
use super::tree::{Kind, NodeId, Part, SyntaxTree};
use super::{Api, ApiVersion, HeldSecret, Literal, LiteralKind, Unit, declare, handed, version, words};
use sessionlint_source::secrets::{self, SecretReason};
use sessionlint_source::{Span, steps};

/// Only the first nodes of a larger concatenation are read, so that its cost is bounded.
const MAX_NODES: usize = 500;

/// Adds the relevant literals of a file's methods.
pub(super) fn read(bodies: &[Body<'_, '_>], unit: &mut Unit) {
    let may_log_in = bodies.first().is_some_and(|body| body.file.words.may_log_in());
    let logs_in = may_log_in && bodies.iter().any(|body| logins(body).next().is_some());
    let mut is_elsewhere = false;
    let named = OnceCell::new();
    for (index, body) in bodies.iter().enumerate() {
        let mut reader = Reader {
            bodies,
            body,
            named: &named,
            known: unit.versions.len(),
            method: index as u32,
            logs_in,
            is_elsewhere: false,
            found: Vec::new(),
            versions: Vec::new(),
            secrets: Vec::new(),
        };
        for id in body.nodes() {
            reader.node(id);
        }
        is_elsewhere |= reader.is_elsewhere;
        unit.literals.append(&mut reader.found);
        unit.versions.append(&mut reader.versions);
        unit.secrets.append(&mut reader.secrets);
    }
    if logs_in && !unit.literals.iter().any(|it| it.what == LiteralKind::SoapLogin) {
        let login = |(index, body)| login_itself(index as u32, body, is_elsewhere);
        unit.literals.extend(bodies.iter().enumerate().filter_map(login));
    }
}

/// Whether the name of a class, in lower case, is that of code made from one of Salesforce's WSDLs with `login()`: a guess.
///
/// Code made from the WSDL of a class that somebody wrote seems to be called `soapSforceComSchemas...`: its `login()` is
/// another one.
pub fn is_login_wsdl(name: &str) -> bool {
    name.contains("soapsforcecom") && !name.contains("soapsforcecomschemas")
}

/// The login of a method whose URL is in another file: the call of code made from Salesforce's WSDL, or the message in a
/// file with a URL for somebody else (`is_elsewhere`).
fn login_itself(method: u32, body: &Body<'_, '_>, is_elsewhere: bool) -> Option<Literal> {
    let tree = body.tree;
    // Both are guesses by names. One is `partnerSoapSforceCom.Soap`, or `Soap` in a class with another name, in a file
    // that has a URL of the SOAP API.
    let is_port = |ty: &str| is_login_wsdl(ty) || is_elsewhere && ty.rsplit('.').next() == Some("soap");
    let is_salesforce = |id: &NodeId| match tree.part(*id, Part::Object).filter(|_| tree.kind(*id) == Kind::Call) {
        Some(object) => body.type_of(object).is_some_and(|ty| is_port(&ty)),
        None => is_elsewhere && tree.is_string(*id),
    };
    let id = logins(body).find(is_salesforce)?;
    Some(Literal {
        method: Some(method),
        span: tree.part(id, Part::Name).map_or_else(|| tree.span(id), |name| tree.span(name)),
        what: LiteralKind::SoapLogin,
        text: "login".to_owned(),
        is_markup: false,
        is_called: false,
        is_compared: false,
        is_doubtful: body.file.is_doubtful(id),
    })
}

/// Where a method logs in to a server, not only in tests: `<login` in a message, an element `login` that is written, or
/// `login(...)` of generated code.
fn logins(body: &Body<'_, '_>) -> impl Iterator<Item = NodeId> {
    let tree = body.tree;
    let is_login = move |id: &NodeId| match tree.kind(*id) {
        Kind::StringLiteral | Kind::LongStringLiteral => {
            // The word is rare, and searched first.
            let text = tree.text(*id);
            contains(text, "login") && {
                let text = text.to_ascii_lowercase();
                text.contains("<login") || text.contains(":login")
            }
        }
        Kind::Call => {
            // The login of a portal is not a SOAP login.
            let logs_in = tree.calls(*id, "login")
                && tree.part(*id, Part::Object).is_some_and(|object| !tree.is_type(object, "site"));
            // The message is written by an XML writer or a DOM.
            let writes = || ["writestartelement", "addchildelement"].iter().any(|name| tree.calls(*id, name));
            let is_login = |argument: &NodeId| {
                body.literal(*argument).is_some_and(|it| tree.string(it).trim().eq_ignore_ascii_case("login"))
            };
            logs_in || writes() && tree.arguments(*id).iter().any(is_login)
        }
        _ => false,
    };
    body.nodes().filter(is_login).filter(|id| !body.file.is_for_tests(*id))
}

/// Whether a text has the URL of a SOAP service that logs in: `u` or `c`, the version in the same text or not. Others,
/// as those below `class`, are not taken for one.
fn has_login_service(lower: &str) -> bool {
    lower.match_indices("/services/soap/").any(|(at, before)| {
        let service = lower.get(at + before.len()..).unwrap_or_default();
        let is_whole = |rest: &str| !rest.starts_with(|ch: char| ch.is_ascii_alphanumeric());
        service.strip_prefix(['u', 'c']).is_some_and(is_whole)
    })
}

/// Names of secrets that are searched in texts.
const PAIRED: &[&str] = &["client_secret", "password", "refresh_token", "api_key", "apikey", "access_token"];

/// A relevant literal contains one of these, in any case.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let marks = [
        "http",
        "callout:",
        "grant_type=",
        "response_type=",
        "/services/",
        "/soap/ajax/",
        "server_url_",
        "{!$credential.",
    ];
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(marks.iter().chain(PAIRED)).ok()
});

/// Calls that get a user and a password, in lower case.
const LOGINS: &[&str] = &["login", "authenticate"];

/// Calls that compare a text with another one.
const COMPARISONS: &[&str] = &[
    "equals",
    "equalsignorecase",
    "contains",
    "containsignorecase",
    "startswith",
    "startswithignorecase",
    "endswith",
    "endswithignorecase",
    "indexof",
    "compareto",
];

/// Only the first URLs with a version of a file are followed, so that its cost is bounded.
const MAX_FOLLOWED: usize = 32;

/// The maximum distance to the container of a literal.
const MAX_ABOVE: usize = 20;

struct Reader<'b, 'a, 't> {
    bodies: &'b [Body<'a, 't>],
    body: &'b Body<'a, 't>,
    /// The identifiers of the file by their names in lower case, without those of declarations; made when needed.
    named: &'b OnceCell<HashMap<&'a str, Vec<NodeId>>>,
    /// The number of URLs with a version in the methods before.
    known: usize,
    method: u32,
    logs_in: bool,
    /// Whether the URL of a login may be in another file: a URL here is for somebody else.
    is_elsewhere: bool,
    found: Vec<Literal>,
    versions: Vec<ApiVersion>,
    secrets: Vec<HeldSecret>,
}

impl<'t> Reader<'_, '_, 't> {
    fn node(&mut self, id: NodeId) {
        let tree = self.body.tree;
        match tree.kind(id) {
            Kind::StringLiteral | Kind::LongStringLiteral => self.string(id),
            Kind::MapEntry => {
                let sides: Vec<NodeId> = tree.children(id).collect();
                if let [key, value] = sides.as_slice() {
                    self.pair(*key, *value);
                }
            }
            Kind::Call => {
                let arguments = tree.arguments(id);
                if let [key, value] = arguments.as_slice() {
                    self.pair(*key, *value);
                }
                self.login(id, &arguments);
            }
            _ => {
                if let Some((target, value)) = tree.given(id) {
                    self.given(target, value);
                }
            }
        }
    }

    /// A literal secret assigned to a name.
    fn given(&mut self, target: NodeId, value: NodeId) {
        let shown = self.body.tree.shown(target);
        let (of, name) = shown.rsplit_once('.').unwrap_or(("", &shown));
        let value = self.body.tree.bare(value);
        // `example.accessToken`
        let is_made_up = |reason| reason != SecretReason::ByShape && of.split('.').any(words::is_example);
        if let Some(reason) = self.reason(name, value).filter(|reason| !is_made_up(*reason)) {
            self.hold(name.split('[').next().unwrap_or(name), value, reason);
        }
    }

    /// Why a literal is a secret, by its name or its shape.
    fn reason(&self, name: &str, value: NodeId) -> Option<SecretReason> {
        let tree = self.body.tree;
        match tree.kind(value) {
            Kind::StringLiteral => self.reason_of_text(name, tree.string(value), value),
            Kind::Binary => self.reason_of_text(name, &self.armoured(value)?, value),
            _ => None,
        }
    }

    /// The text of a private key whose lines are concatenated.
    fn armoured(&self, sum: NodeId) -> Option<String> {
        let tree = self.body.tree;
        let mut texts = tree.within(sum).take(MAX_NODES).filter(|id| tree.is_string(*id)).map(|id| tree.string(id));
        let first = texts.next().filter(|first| first.starts_with("-----BEGIN"))?;
        Some(std::iter::once(first).chain(texts).collect())
    }

    /// The same for a part of a literal.
    fn reason_of_text(&self, name: &str, text: &str, value: NodeId) -> Option<SecretReason> {
        let reason = secrets::secret_reason(name, text).filter(|_| !self.body.file.is_doubtful(value))?;
        // Made-up values in tests and examples give no access; a provider's key does.
        let is_test = || {
            self.body.file.is_for_tests(value)
                || self.body.file.declared.classes.first().is_some_and(|top| words::is_made_up(&top.name))
        };
        (reason == SecretReason::ByShape || !is_test()).then_some(reason)
    }

    /// Records the place of a secret. The name is shown.
    fn hold(&mut self, name: &str, value: NodeId, reason: SecretReason) {
        let span = self.body.tree.span(value);
        self.secrets.push(HeldSecret { name: name.to_owned(), span, holder: "code", reason });
    }

    fn push(&mut self, id: NodeId, what: LiteralKind, text: String) {
        self.push_all(id, what, vec![text]);
    }

    /// Records a fact once per literal; the literal is read once.
    fn push_all(&mut self, id: NodeId, what: LiteralKind, texts: Vec<String>) {
        let is_url = matches!(what, LiteralKind::Address | LiteralKind::SoapLogin);
        if texts.is_empty() || is_url && self.body.file.is_for_tests(id) {
            return;
        }
        let tree = self.body.tree;
        let whole = tree.lower(id);
        let has_tag = ["<a ", "href=", "<p", "<br", "<td", "<html"].iter().any(|tag| whole.contains(tag));
        let is_doubtful = self.body.file.is_doubtful(id);
        let is_called = what == LiteralKind::Address && (self.sum_contains(id, &["services/"]) || self.is_endpoint(id));
        // A sentence is for people, unless it is in a URL that the code calls.
        let is_markup =
            has_tag || what == LiteralKind::Address && !is_called && (self.is_opened(id) || self.is_in_sentence(id));
        let (method, span) = (Some(self.method), tree.span(id));
        let is_compared = what == LiteralKind::Address && self.is_only_compared(id);
        let literal = |text| Literal { method, span, what, text, is_markup, is_called, is_compared, is_doubtful };
        self.found.extend(texts.into_iter().map(literal));
    }

    /// `'grant_type' => 'password'` and `put('grant_type', 'password')`.
    fn pair(&mut self, key: NodeId, value: NodeId) {
        let tree = self.body.tree;
        let is = |id: NodeId, text: &str| tree.is_string(id) && tree.string(id).eq_ignore_ascii_case(text);
        if is(key, "grant_type") && is(value, "password") {
            self.push(value, LiteralKind::PasswordGrant, "grant_type=password".to_owned());
        }
        if !tree.is_string(key) {
            return;
        }
        let (name, value) = (tree.string(key), tree.bare(value));
        if let Some(reason) = self.reason(name, value) {
            let name = if self.is_name(key) { name } else { self.holder_of(key) };
            self.hold(name, value, reason);
        }
    }

    /// `login('user', 'password')`: the text after that of the user.
    fn login(&mut self, call: NodeId, arguments: &[NodeId]) {
        let tree = self.body.tree;
        if !tree.part(call, Part::Name).is_some_and(|name| LOGINS.contains(&tree.lower(name))) {
            return;
        }
        let mut pairs = arguments.windows(2).filter(|pair| pair.iter().all(|id| tree.is_string(*id)));
        let found = pairs.find_map(|pair| Some((pair[1], self.reason("password", pair[1])?)));
        // `login('apiKey', '...')` is a pair.
        let is_held = |value| self.secrets.last().is_some_and(|held| held.span == tree.span(value));
        if let Some((value, reason)) = found.filter(|(_, reason)| *reason == SecretReason::ByName)
            && !is_held(value)
        {
            self.hold("password", value, reason);
        }
    }

    /// Whether a literal before a secret surely names it: the name of a header, or of a secret. Both texts of
    /// `login('...', '...')` may be secrets.
    fn is_name(&self, key: NodeId) -> bool {
        let tree = self.body.tree;
        let name = tree.string(key);
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        // `user[password]`
        let is_parameter = || {
            let parts = name.strip_suffix(']').and_then(|rest| rest.split_once('['));
            parts.is_some_and(|(of, key)| is_word(of) && is_word(key) && secrets::names_secret(key))
        };
        let is_one_word = is_word(name) || is_parameter();
        let is_header = || tree.calls(tree.node(tree.node(key).parent).parent, "setheader");
        let may_be_password = || secrets::secret_reason("password", name).is_some();
        is_one_word && (is_header() || secrets::names_secret(name)) && !may_be_password()
    }

    /// The method, variable or field that gets a literal.
    fn holder_of(&self, literal: NodeId) -> &'t str {
        let tree = self.body.tree;
        let named = |above: NodeId| {
            let name = match tree.kind(above) {
                Kind::Assignment => tree.part(above, Part::Left)?,
                Kind::Call | Kind::Declarator => tree.part(above, Part::Name)?,
                // The parts of others, such as a map of thousands, are not searched.
                _ => return None,
            };
            (tree.kind(name) == Kind::Identifier).then(|| tree.text(name))
        };
        tree.above(literal).take(MAX_ABOVE).find_map(named).unwrap_or("text")
    }

    /// URLs with versions of APIs; the version may be in the next operand.
    fn versions(&mut self, id: NodeId, text: &str) {
        if self.body.file.is_for_tests(id) {
            return;
        }
        let tree = self.body.tree;
        let span = tree.span(id);
        let is_doubtful = self.body.file.is_doubtful(id);
        let offset = tree.text(id).find(text).unwrap_or(0) as u32;
        // The same for all versions in a text: it is one value.
        let mut handed = None;
        let mut handed_to = || {
            let is_read = self.known + self.versions.len() < MAX_FOLLOWED;
            let follow = || is_read.then(|| handed::handed_on(self.bodies, self.body, id)).flatten();
            handed.get_or_insert_with(follow).clone()
        };
        let mut found = Vec::new();
        for it in version::find(text) {
            let start = span.start + offset;
            let span = Span { start: start + it.span.start, end: start + it.span.end };
            let handed_to = it.handed_to.or_else(&mut handed_to);
            found.push(ApiVersion { span, handed_to, is_doubtful, ..it });
        }
        let number = || tree.operand_after(id).and_then(|next| self.body.literal(next)).map(|next| tree.string(next));
        if version::is_open(text)
            && let Some(version) = number().and_then(version::of_text)
        {
            let (text, handed_to) = (format!("/services/data/v{version}"), handed_to());
            let api = Api::Rest;
            found.push(ApiVersion {
                span,
                text,
                version,
                api,
                link: None,
                handed_to,
                is_only_loaded: false,
                is_unused: false,
                is_doubtful,
            });
        }
        self.versions.append(&mut found);
    }

    fn string(&mut self, id: NodeId) {
        let text = self.body.tree.string(id);
        // Most texts contain none of these words.
        if !MARKS.as_ref().is_none_or(|marks| marks.is_match(text)) {
            return;
        }
        let lower = text.to_ascii_lowercase();
        self.addresses(id, text, &lower);
        self.versions(id, text);
        self.pairs(id, text, &lower);
        if let Some(name) = credential(text, &lower) {
            self.push(id, LiteralKind::Credential, name.to_owned());
        }
        if requests_by_password(&lower) || self.is_split_grant(id, &lower) {
            self.push(id, LiteralKind::PasswordGrant, "grant_type=password".to_owned());
        }
        if let Some(pair) = requests_by_browser(&lower)
            && self.sum_contains(id, &["/services/oauth2/authorize"])
        {
            self.push(id, LiteralKind::UserAgentFlow, pair.to_owned());
        }
        let is_soap = lower.contains("/services/soap/");
        if is_soap && self.logs_in && has_login_service(&lower) {
            // A URL that the code only hands on is not that of the login beside it.
            let within = |it: &&ApiVersion| it.span.start >= self.body.tree.span(id).start;
            let is_login_host =
                ["://login.salesforce.com", "://test.salesforce.com"].iter().any(|it| lower.contains(it));
            if !is_login_host && self.versions.iter().rev().take_while(within).any(|it| it.handed_to.is_some()) {
                self.is_elsewhere = true;
            } else {
                let address = address_at(text, &lower, 0).map_or_else(|| path_of(text, &lower), |(_, text)| text);
                self.push(id, LiteralKind::SoapLogin, address);
            }
        }
        self.credential_on_soap(id, &lower, is_soap);
    }

    /// Secrets inside a text: `...&client_secret=...` and `"password":"..."`.
    fn pairs(&mut self, id: NodeId, text: &str, lower: &str) {
        // The answer of a token endpoint, as a sample: its access token was valid for a while.
        let is_sample = LazyCell::new(|| self.sum_contains(id, &["expires_in"]));
        let mut found = Vec::new();
        for key in PAIRED {
            for (at, _) in lower.match_indices(key) {
                if lower[..at].ends_with(|ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-')) {
                    continue;
                }
                let rest = text.get(at + key.len()..).unwrap_or_default();
                let rest = rest.trim_start_matches(['"', '\\', ' ']);
                let Some(value) = rest.strip_prefix(['=', ':']) else { continue };
                let value = value.trim_start_matches(['"', '\\', ' ']);
                let is_end =
                    |ch: char| ch.is_whitespace() || matches!(ch, '&' | '"' | '\'' | ',' | '}' | '\\' | '<' | ';');
                // A longer one is none, so that its end is of no interest.
                let first = value.char_indices().take(secrets::LONGEST_SECRET + 1);
                let mut first = first.inspect(|(_, ch)| steps::count_bytes(ch.len_utf8()));
                let end = first.find(|(_, ch)| is_end(*ch)).map_or(value.len(), |(end, _)| end);
                // One literal has one row for each name, however often it repeats it.
                if let Some(reason) = self.reason_of_text(key, &value[..end], id)
                    && !found.contains(&(key, reason))
                    && !(*key == "access_token" && *is_sample)
                {
                    found.push((key, reason));
                }
            }
        }
        for (key, reason) in found {
            self.hold(key, id, reason);
        }
    }

    fn addresses(&mut self, id: NodeId, text: &str, lower: &str) {
        let mut at = 0;
        let mut addresses = Vec::new();
        while let Some((end, address)) = address_at(text, lower, at) {
            at = end;
            addresses.push(address);
        }
        self.push_all(id, LiteralKind::Address, addresses);
    }

    /// `'grant_type=' + 'password'`.
    fn is_split_grant(&self, id: NodeId, lower: &str) -> bool {
        let tree = self.body.tree;
        if !lower.ends_with("grant_type=") {
            return false;
        }
        tree.operand_after(id).and_then(|next| self.body.literal(next)).is_some_and(|next| {
            let value = tree.string(next).to_ascii_lowercase();
            value == "password" || value.starts_with("password&")
        })
    }

    /// A named credential with a SOAP path, or its token in a session header, in one concatenation.
    fn credential_on_soap(&mut self, id: NodeId, lower: &str, is_soap: bool) {
        let tree = self.body.tree;
        let has_token = lower.contains("{!$credential.oauthtoken}");
        let has_credential = lower.contains("callout:");
        if !has_token && !has_credential {
            return;
        }
        let is_one = (has_credential && (is_soap || self.sum_contains(id, &["/services/soap"])))
            || (has_token && self.sum_contains(id, &["sessionid", "sessionheader"]));
        if is_one {
            let name = credential(tree.string(id), lower).unwrap_or("{!$Credential.OAuthToken}").to_owned();
            self.push(id, LiteralKind::CredentialOnSoap, name);
        }
    }

    /// Whether a literal is in the argument of `setEndpoint`, or assigned to a variable with the name of an endpoint.
    fn is_endpoint(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        tree.above(id).take(MAX_ABOVE).any(|above| {
            let named = |part| tree.part(above, part).map(|name| tree.lower(name)).unwrap_or_default();
            match tree.kind(above) {
                Kind::Call => named(Part::Name) == "setendpoint",
                Kind::Assignment => named(Part::Left).contains("endpoint"),
                Kind::Declarator => named(Part::Name).contains("endpoint"),
                _ => false,
            }
        })
    }

    /// Whether a literal is in the URL of `new PageReference(...)`, which a browser opens.
    fn is_opened(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let mut above = tree
            .above(self.sum_around(id))
            .filter(|above| !matches!(tree.kind(*above), Kind::Parenthesized | Kind::ArgumentList));
        above.next().is_some_and(|around| {
            tree.kind(around) == Kind::New
                && tree.part(around, Part::Type).is_some_and(|ty| tree.type_name(ty) == "pagereference")
        })
    }

    /// Whether the code only compares the text of a literal, itself or as the value of a variable.
    fn is_only_compared(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        if self.is_compared(id) {
            return true;
        }
        let Some(declarator) = self.user(id).filter(|user| tree.kind(*user) == Kind::Declarator) else { return false };
        let Some(name) = tree.part(declarator, Part::Name) else { return false };
        let statement = tree.node(declarator).parent;
        // Other files use the fields that are not private.
        let scope = match tree.kind(statement) {
            Kind::LocalVariable => tree.within(self.body.method.body),
            Kind::FieldDeclaration if !declare::is_shared(tree, statement) => tree.within(0),
            _ => return false,
        };
        let named = self.named.get_or_init(|| named(tree));
        let Some(all) = named.get(tree.lower(name)) else { return false };
        let first = all.partition_point(|it| *it < scope.start);
        let mut uses = all[first..].iter().take_while(|it| **it < scope.end).take(MAX_NODES + 1).peekable();
        let is_used = uses.peek().is_some();
        is_used && uses.enumerate().all(|(index, it)| index < MAX_NODES && self.is_compared(whole_name(tree, *it)))
    }

    /// What uses the text of a node, above concatenations.
    fn user(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.body.tree;
        let is_text = |above: &NodeId| {
            let is_sum = tree.kind(*above) == Kind::Binary && tree.operator(*above) == "+";
            is_sum || matches!(tree.kind(*above), Kind::Parenthesized | Kind::ArgumentList)
        };
        tree.above(id).take(MAX_ABOVE).find(|above| !is_text(above))
    }

    /// Whether the text of a node is compared: with an operator, a call that checks a text, a label of `switch`, or the
    /// condition of an inline query.
    fn is_compared(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let Some(user) = self.user(id) else { return false };
        match tree.kind(user) {
            Kind::Binary => matches!(tree.operator(user), "==" | "!=" | "===" | "!==" | "<>"),
            Kind::Call => tree.part(user, Part::Name).is_some_and(|name| COMPARISONS.contains(&tree.lower(name))),
            // The labels of a rule.
            Kind::Other if tree.kind(tree.node(user).parent) == Kind::SwitchRule => true,
            _ => tree.above(id).take(MAX_ABOVE).any(|above| tree.kind(above) == Kind::Query),
        }
    }

    /// Whether the concatenation around a literal contains one of some words.
    fn sum_contains(&self, id: NodeId, words: &[&str]) -> bool {
        let tree = self.body.tree;
        let is_it = |inner: NodeId| {
            steps::count_bytes(tree.lower(inner).len());
            words.iter().any(|word| tree.lower(inner).contains(word))
        };
        tree.within(self.sum_around(id)).take(MAX_NODES).any(|inner| tree.is_string(inner) && is_it(inner))
    }

    /// Whether a literal, or another one of the concatenation around it, is a sentence. What is in a call or compared is
    /// not in the text, and what follows a URL without a space may be its query.
    fn is_in_sentence(&self, id: NodeId) -> bool {
        let tree = self.body.tree;
        let whole = self.sum_around(id);
        let mut at = whole;
        for _ in 0..MAX_NODES {
            if at >= tree.node(whole).next {
                break;
            }
            let text = if tree.is_string(at) { tree.string(at) } else { "" };
            let may_be_query = at > id && !text.starts_with(|ch: char| ch.is_whitespace() || "\\.,:;!)".contains(ch));
            if !may_be_query && is_prose(text) {
                return true;
            }
            let is_sum = match tree.kind(at) {
                Kind::Binary => tree.operator(at) == "+",
                kind => kind == Kind::Parenthesized,
            };
            at = if is_sum { at + 1 } else { tree.node(at).next };
        }
        false
    }

    /// The concatenation around a literal, or of a long one the part around it.
    fn sum_around(&self, id: NodeId) -> NodeId {
        let tree = self.body.tree;
        let is_sum = |above: &NodeId| matches!(tree.kind(*above), Kind::Binary | Kind::Parenthesized);
        tree.above(id).take(MAX_NODES).take_while(is_sum).last().unwrap_or(id)
    }
}

/// The identifiers of a file by their names in lower case, in order, without those of declarations.
fn named<'t>(tree: &'t SyntaxTree<'_>) -> HashMap<&'t str, Vec<NodeId>> {
    let mut all: HashMap<&str, Vec<NodeId>> = HashMap::new();
    let is_declared =
        |id: NodeId| tree.node(id).part == Part::Name && tree.kind(tree.node(id).parent) == Kind::Declarator;
    for id in tree.within(0).filter(|id| tree.kind(*id) == Kind::Identifier && !is_declared(*id)) {
        all.entry(tree.lower(id)).or_default().push(id);
    }
    all
}

/// The expression that ends with a name: `Config.HOST`.
fn whole_name(tree: &SyntaxTree<'_>, id: NodeId) -> NodeId {
    if tree.node(id).part == Part::Element { tree.node(id).parent } else { id }
}

/// Whether a text contains a word in lower case, in any case.
fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a text is a sentence for people: at least six plain words, apart from URLs and markup.
fn is_prose(text: &str) -> bool {
    let is_plain = |word: &&str| {
        let word = word.trim_matches(['.', ',', ':', ';', '!', '?', '(', ')']);
        word.len() > 1 && word.chars().all(char::is_alphabetic)
    };
    let is_query = text.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("select "));
    !is_query && text.split_whitespace().take(MAX_NODES).filter(is_plain).nth(5).is_some()
}

/// The name after `callout:`.
fn credential<'t>(text: &'t str, lower: &str) -> Option<&'t str> {
    let start = lower.find("callout:")? + "callout:".len();
    let rest = text.get(start..)?;
    let end = rest.find(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '_')).unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty())
}

/// Whether a text requests a token with a password.
fn requests_by_password(lower: &str) -> bool {
    has_pair(lower, "grant_type=password")
}

/// The part of a text that sends a browser to get a token, by the user-agent flow or by the hybrid one: neither `code`
/// nor a token among others.
pub(super) fn requests_by_browser(lower: &str) -> Option<&'static str> {
    ["response_type=token", "response_type=hybrid_token"].into_iter().find(|pair| has_pair(lower, pair))
}

/// Whether a text contains a name and value that ends there.
fn has_pair(lower: &str, pair: &str) -> bool {
    lower.match_indices(pair).any(|(at, found)| {
        let next = lower[at + found.len()..].chars().next();
        next.is_none_or(|next| !(next.is_ascii_alphanumeric() || next == '_' || next == '-'))
    })
}

/// The first URL from `from` on: its end, and the URL without parts that may be a secret.
fn address_at(text: &str, lower: &str, from: usize) -> Option<(usize, String)> {
    let rest = lower.get(from..)?;
    // One search for both, so that a text without one of them is not searched for each URL.
    let is_scheme = |at: usize| ["://", "s://"].iter().any(|end| rest[at + "http".len()..].starts_with(end));
    let start = from + rest.match_indices("http").map(|(at, _)| at).find(|at| is_scheme(*at))?;
    let is_end = |ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'' | '<' | '>' | '\\' | '?' | '#' | '&' | '{');
    let end = text.get(start..)?.find(is_end).map_or(text.len(), |length| start + length);
    Some((end.max(start + 1), text.get(start..end)?.to_owned()))
}

/// The part from `/services/` on.
fn path_of(text: &str, lower: &str) -> String {
    let start = lower.find("/services/").unwrap_or(0);
    let rest = text.get(start..).unwrap_or_default();
    rest.split(['?', '#', ' ', '\'']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_prose() {
        for text in [
            "Set it to the URL of your org, for example https://na1.salesforce.com",
            "(Bitte die Adresse neu eingeben, danke!)",
        ] {
            assert!(is_prose(text), "{text}");
        }
        for text in [
            "https://na1.salesforce.com",
            "See https://na1.salesforce.com",
            "<a href=\"https://na1.salesforce.com/x\"> <b> <i> <u> <p> </p>",
            "SELECT Id, Name FROM Account WHERE Website = 'https://na1.salesforce.com' ORDER BY Name",
        ] {
            assert!(!is_prose(text), "{text}");
        }
    }

    #[test]
    fn names_in_one_text_share_their_values() {
        let bytes = |count: usize| {
            let code = format!("class A {{ String all = '{}'; }}", "password=".repeat(count));
            steps::bytes_of(|| Unit::read(crate::Code::Class, "A", &code)).1
        };
        let (few, many) = (bytes(2_000), bytes(8_000));
        assert!(few > 10_000 && many <= 5 * few, "{few} bytes, then {many}");
    }

    #[test]
    fn addresses_lose_what_may_be_secret() {
        let text = "see https://a.my.salesforce.com/x?sid=1 and http://b.example.com";
        let lower = text.to_ascii_lowercase();
        let (end, first) = address_at(text, &lower, 0).unwrap();
        assert_eq!(first, "https://a.my.salesforce.com/x");
        assert_eq!(address_at(text, &lower, end).unwrap().1, "http://b.example.com");
        assert!(address_at(text, &lower, text.len()).is_none());
    }

    #[test]
    fn a_grant_is_a_password_s_only_as_a_word() {
        assert!(requests_by_password("grant_type=password&x"));
        assert!(requests_by_password("a=b&grant_type=password"));
        assert!(!requests_by_password("grant_type=passwordless"));
        let token = "/authorize?response_type=token&client_id=x";
        assert_eq!(requests_by_browser(token), Some("response_type=token"));
        let hybrid = "/authorize?response_type=hybrid_token";
        assert_eq!(requests_by_browser(hybrid), Some("response_type=hybrid_token"));
        for other in ["/authorize?response_type=token_id", "/authorize?response_type=code", "response_type=hybrid"] {
            assert_eq!(requests_by_browser(other), None, "{other}");
        }
    }

    #[test]
    fn names_of_credentials_end_where_the_path_begins() {
        let name = |text: &'static str| credential(text, &text.to_ascii_lowercase()).map(str::to_owned);
        assert_eq!(name("callout:Erp_Api/v1").as_deref(), Some("Erp_Api"));
        assert_eq!(name("CALLOUT:x?y").as_deref(), Some("x"));
        assert_eq!(name("callout:"), None);
    }

    #[test]
    fn a_literal_is_shown_as_a_name_only_if_it_is_one() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJsb29tIn0.c2lnbmF0dXJlMTIzNDU2Nzg5MA";
        let names = |statement: &str| {
            let code = format!("class A {{ void f() {{ {} }} }}", statement.replace("JWT", token));
            let unit = Unit::read(crate::Code::Class, "A", &code);
            unit.secrets.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        for password in
            ["Secret[1]", "Summer2024!x", "Summer 2024", "Summer2024x", "passWord!2024x", "token8Kd93Ldk2Zx81Qw"]
        {
            assert_eq!(names(&format!("Api.login('{password}', 'JWT');")), ["login"], "{password}");
            let map = format!("Map<String, String> known = new Map<String, String>{{ '{password}' => 'JWT' }};");
            assert_eq!(names(&map), ["known"], "{password}");
        }
        assert_eq!(names("passwords['Summer2024!x'] = 'JWT';"), ["passwords"]);
        assert_eq!(names("r.setHeader('X-Loom', 'JWT');"), ["X-Loom"]);
        assert_eq!(names("r.setHeader('Authorization', 'Bearer JWT');"), ["Authorization"]);
        assert_eq!(names("m.put('access_token', 'JWT');"), ["access_token"]);
        assert_eq!(names("m.put('client_secret', 'Kd93Ldk2Zx81Qw');"), ["client_secret"]);
        assert_eq!(names("body += part('user[password]', 'Kd93Ldk2Zx81Qw');"), ["user[password]"]);
        assert_eq!(names("String loom = 'JWT';"), ["loom"]);
    }

    #[test]
    fn work_is_linear_in_a_chain_of_logins_and_in_a_text_of_tokens() {
        let steps = |statement: String| {
            let code = format!("class A {{ void f(String n) {{ {statement} UserInfo.getSessionId(); }} }}");
            steps::bytes_of(|| Unit::read(crate::Code::Class, "A", &code)).1
        };
        let chain = |count| steps(format!("start(){};", ".login('loom', n)".repeat(count)));
        let text = |count| steps(format!("String s = '{}';", "&access_token=Kd93Ldk2Zx81Qw".repeat(count)));
        for (few, many) in [(chain(100), chain(400)), (text(100), text(400))] {
            assert!(few > 0 && many <= few * 6, "{few} {many}");
        }
    }

    #[test]
    fn a_class_that_somebody_wrote_may_have_its_own_login() {
        let logs_in = |stub: &str| {
            let code =
                format!("class A {{ String f(String n) {{ {stub} it = new {stub}(); return it.login('a', n); }} }}");
            Unit::read(crate::Code::Class, "A", &code).literals.iter().any(|it| it.what == LiteralKind::SoapLogin)
        };
        assert!(logs_in("partnerSoapSforceCom.Soap"));
        assert!(!logs_in("soapSforceComSchemasClassLoom.Loom"));
    }

    #[test]
    fn a_login_by_two_texts_gives_a_password_and_a_sample_gives_none() {
        let names = |statement: &str| {
            let code = format!("class A {{ void f() {{ {statement} }} }}");
            let unit = Unit::read(crate::Code::Class, "A", &code);
            unit.secrets.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(names("stub.login('loom@example.com', 'Weft2031!x');"), ["password"]);
        assert_eq!(names("Loom.Login('WEAVE', 'loom', 'Weft2031!x');"), ["password"]);
        assert_eq!(names("stub.authenticate('loom', 'Weft2031!x');"), ["password"]);
        assert_eq!(names("stub.login(name, 'Weft2031!x');"), [""; 0]);
        assert_eq!(names("stub.login('loom', 'password');"), [""; 0]);
        assert_eq!(names("stub.open('loom', 'Weft2031!x');"), [""; 0]);
        assert_eq!(names("made.accessToken = 'Kd93Ldk2Zx81Qw';"), ["accessToken"]);
        assert_eq!(names("example.accessToken = 'Kd93Ldk2Zx81Qw';"), [""; 0]);
        assert_eq!(names("partnerStub.password = 'Kd93Ldk2Zx81Qw';"), ["password"]);
        assert_eq!(names("Api.login('apiKey', 'Kd93Ldk2Zx81Qw');"), ["apiKey"]);
        assert_eq!(names("s = 'a?password=Kd93Ldk2Zx81Qw&password=Zd93Ldk2Zx81Qx';"), ["password"]);
        assert_eq!(names(r#"s = '{"access_token": "Kd93Ldk2Zx81Qw"}';"#), ["access_token"]);
        assert_eq!(names(r#"s = '{"access_token": "Kd93Ldk2Zx81Qw",' + '"expires_in": 3600}';"#), [""; 0]);
    }

    #[test]
    fn a_variable_is_only_compared_if_each_use_of_it_is() {
        let compared = |members: &str| {
            let unit = Unit::read(crate::Code::Class, "A", &format!("class A {{ {members} }}"));
            unit.literals.into_iter().map(|it| it.is_compared).collect::<Vec<_>>()
        };
        let url = "'https://a.my.salesforce.com'";
        assert_eq!(compared(&format!("void f(String x) {{ String h = {url}; if (x == h) {{ g(); }} }}")), [true]);
        assert_eq!(compared(&format!("void f(String x) {{ String h = {url}; if (x == h) {{ g(h); }} }}")), [false]);
        assert_eq!(
            compared(&format!("void f(String x) {{ String h = {url}; }} Boolean g() {{ return x == h; }}")),
            [false]
        );
        let asked = "Boolean g(String x) { return x.startsWith(A.H); }";
        assert_eq!(compared(&format!("static final String H = {url}; {asked}")), [true]);
        assert_eq!(compared(&format!("public static final String H = {url}; {asked}")), [false]);
        assert_eq!(compared(&format!("static String H = {url}; {asked} void h() {{ H = ''; }}")), [false]);
        assert_eq!(compared(&format!("static String H = {url};")), [false]);
    }

    #[test]
    fn the_label_of_a_switch_is_compared() {
        let compared = |body: &str| {
            let unit = Unit::read(crate::Code::Class, "A", &format!("class A {{ void f() {{ {body} }} }}"));
            unit.literals.into_iter().map(|it| it.is_compared).collect::<Vec<_>>()
        };
        let label = "switch on x { when 'https://a.my.salesforce.com', 'https://b.my.salesforce.com' { f(); } }";
        assert_eq!(compared(label), [true, true]);
        let body = "switch on x { when 'a' { f('https://a.my.salesforce.com'); } when else { } }";
        assert_eq!(compared(body), [false]);
        assert_eq!(compared("f([SELECT Id FROM A WHERE B = 'https://a.my.salesforce.com']);"), [true]);
    }
}
