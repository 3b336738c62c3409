//! Apex, Visualforce and Aura applications: the facts of one file, with spans.
//!
//! A file becomes a [`Unit`]: classes, methods, what each calls, and where session ids, tokens and addresses stand in
//! it. The tree is gone by then. Resolving class names needs all units (`sessionlint_facts`) and is not done here;
//! neither is deciding whether anything is wrong. May assume nothing of the text: a syntax error lowers confidence only
//! inside its range. Test code and hidden bodies of packages give no facts. Reads no file, never fails.
//!
//! Apex ignores case, so names are kept in lower case where they are compared and as written where people read them.

mod aura;
mod body;
mod context;
mod declare;
pub mod graph;
mod leak;
mod lexer;
mod literal;
mod page;
pub mod prefilter;
mod read;
mod record_id;
mod stored;
mod suppression;
mod syntax;
mod taint;
mod token;
mod transaction;
mod tree;
mod turns;
pub mod version;
mod words;

use serde::{Deserialize, Serialize};
use sessionlint_source::{FileId, Span};

pub use suppression::{Allowance, AllowanceForm};
pub use transaction::Kinds;
pub use version::Api;

/// What a file of code holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Code {
    /// `X.cls`.
    Class,
    /// `X.trigger`.
    Trigger,
    /// `X.page`.
    Page,
    /// `X.component`.
    Component,
    /// `aura/X/X.app`.
    AuraApp,
    /// Metadata that is read for a few words only.
    Text(TextKind),
}

/// Metadata that is searched for a few words only; the rest of it is not needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TextKind {
    /// A custom button or link: `X.webLink`.
    Link,
    /// A custom link of the home page: `X.custompageweblink`.
    HomeLink,
    /// An object with what is in it: `X.object`.
    Object,
    /// A field: `X.field`.
    Field,
    /// A flow: `X.flow`.
    Flow,
    /// Custom labels: `X.labels`.
    Labels,
    /// A record of custom metadata: `X.md`.
    Record,
}

impl TextKind {
    /// All of them, with what their file names end in and the names of their types.
    pub const ALL: &[(TextKind, &str, &str)] = &[
        (TextKind::Link, "webLink", "WebLink"),
        (TextKind::HomeLink, "custompageweblink", "CustomPageWebLink"),
        (TextKind::Object, "object", "CustomObject"),
        (TextKind::Field, "field", "CustomField"),
        (TextKind::Flow, "flow", "Flow"),
        (TextKind::Labels, "labels", "CustomLabels"),
        (TextKind::Record, "md", "CustomMetadata"),
    ];

    /// What a file ending says, in any case.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, ending, _)| ending.eq_ignore_ascii_case(suffix)).map(|(kind, ..)| *kind)
    }

    fn named(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or(("", ""), |(_, suffix, name)| (*suffix, *name))
    }
}

impl Code {
    /// What file names tell alone; of an Aura application, its folders tell it.
    pub const BY_SUFFIX: [Self; 4] = [Code::Class, Code::Trigger, Code::Page, Code::Component];

    /// What a file ending says.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::BY_SUFFIX.into_iter().find(|code| code.suffix().eq_ignore_ascii_case(suffix))
    }

    /// What its file names end in.
    pub fn suffix(self) -> &'static str {
        match self {
            Code::Class => "cls",
            Code::Trigger => "trigger",
            Code::Page => "page",
            Code::Component => "component",
            Code::AuraApp => "app",
            Code::Text(kind) => kind.named().0,
        }
    }

    /// Name of its metadata type.
    pub fn type_name(self) -> &'static str {
        match self {
            Code::Class => "ApexClass",
            Code::Trigger => "ApexTrigger",
            Code::Page => "ApexPage",
            Code::Component => "ApexComponent",
            Code::AuraApp => "AuraDefinitionBundle",
            Code::Text(kind) => kind.named().1,
        }
    }

    /// Whether it is Visualforce.
    pub fn is_markup(self) -> bool {
        matches!(self, Code::Page | Code::Component)
    }
}

/// The facts of one file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unit {
    /// What it holds.
    pub code: Code,
    /// fullName: the file's stem.
    pub name: String,
    /// Its file; set by who reads files.
    pub file: FileId,
    /// The top class first; a trigger counts as one.
    pub classes: Vec<Class>,
    /// Methods of all classes, tests left out, in order.
    pub methods: Vec<Method>,
    /// Where session ids and tokens go.
    pub sessions: Vec<SessionUse>,
    /// Literal strings that matter.
    pub literals: Vec<Literal>,
    /// Secrets that go to a log, or leave a method otherwise.
    pub debugs: Vec<Debug>,
    /// Tokens that it requests from a server.
    pub requests: Vec<TokenRequest>,
    /// Tokens that a job keeps between its parts.
    pub kept: Vec<KeptToken>,
    /// Sessions that it ends.
    pub revocations: Vec<Revocation>,
    /// Addresses of versions of Salesforce's APIs.
    pub versions: Vec<ApiVersion>,
    /// Session ids that a button, a formula or a flow gives out.
    pub mentions: Vec<Mention>,
    /// Where it runs anonymous Apex.
    pub anonymous: Option<Spot>,
    /// Secrets that stand in it.
    pub secrets: Vec<HeldSecret>,
    /// Findings that its comments and annotations allow.
    pub allowances: Vec<Allowance>,
    /// What a trigger is on, in lower case.
    pub object: Option<String>,
    /// Where an Aura application says that it is one of Lightning Out.
    pub lightning_out: Option<Spot>,
    /// Whether a part of it does not fit the grammar, or nothing was understood.
    pub is_partly_read: bool,
    /// Whether a managed package hides its body.
    pub is_hidden: bool,
}

impl Unit {
    /// A file of which nothing is known yet.
    pub fn empty(code: Code, name: &str) -> Self {
        Self {
            code,
            name: name.to_owned(),
            file: FileId(0),
            classes: Vec::new(),
            methods: Vec::new(),
            sessions: Vec::new(),
            literals: Vec::new(),
            debugs: Vec::new(),
            requests: Vec::new(),
            kept: Vec::new(),
            revocations: Vec::new(),
            versions: Vec::new(),
            mentions: Vec::new(),
            anonymous: None,
            secrets: Vec::new(),
            allowances: Vec::new(),
            object: None,
            lightning_out: None,
            is_partly_read: false,
            is_hidden: false,
        }
    }

    /// How many things it says: of all sorts, and of those among them that much is made of, which are session ids and
    /// callouts.
    pub fn extent(&self) -> (usize, usize) {
        let of_method = |method: &Method| {
            1 + method.parameters.len()
                + method.annotations.len()
                + method.calls.len()
                + method.changes.len()
                + method.loops.len()
                + method.unbounded.len()
                + method.timeouts.len()
                + method.endpoints.len()
        };
        let much = self.sessions.len() + self.methods.iter().map(|method| method.callouts.len()).sum::<usize>();
        let all = self.methods.iter().map(of_method).sum::<usize>()
            + self.classes.len()
            + self.literals.len()
            + self.debugs.len()
            + self.requests.len()
            + self.kept.len()
            + self.revocations.len()
            + self.versions.len()
            + self.mentions.len()
            + self.secrets.len()
            + self.allowances.len();
        (all + much, much)
    }

    /// What the text of a file says; `name` is the file's stem.
    pub fn read(code: Code, name: &str, text: &str) -> Self {
        match code {
            Code::Page | Code::Component => return page::read(code, name, text),
            Code::AuraApp => return aura::read(name, text),
            Code::Text(_) => return Self::empty(code, name),
            Code::Class | Code::Trigger => {}
        }
        read::read(code, name, text, prefilter::Words::of(text.as_bytes()))
    }

    /// The same of a class or trigger whose words are known.
    pub fn read_seen(code: Code, name: &str, text: &str, words: prefilter::Words) -> Self {
        read::read(code, name, text, words)
    }
}

/// A class, an interface or what stands for a trigger.
#[derive(Debug, Serialize, Deserialize)]
pub struct Class {
    /// Name as written.
    pub name: String,
    /// Names from the outermost on, as written: `Outer.Inner`.
    pub full_name: String,
    /// The class around it, as an index.
    pub outer: Option<u32>,
    /// The class it extends, in lower case.
    pub superclass: Option<String>,
    /// The interfaces it names, in lower case, without `System.`.
    pub interfaces: Vec<String>,
    /// Where its name stands.
    pub name_span: Span,
    /// Its fields, in lower case with their types.
    pub fields: Vec<Field>,
    /// Whether it is test code.
    pub is_test: bool,
}

/// A field or property.
#[derive(Debug, Serialize, Deserialize)]
pub struct Field {
    /// Name in lower case.
    pub name: String,
    /// Type in lower case.
    pub ty: String,
    /// Where the name stands.
    pub span: Span,
    /// Whether it is static or transient: no job keeps it.
    pub is_passing: bool,
}

/// What a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A method.
    Method,
    /// A constructor.
    Constructor,
    /// What runs when a field or class is set up.
    Initializer,
    /// What reads or sets a property.
    Accessor,
    /// The body of a trigger.
    Trigger,
}

/// A parameter.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parameter {
    /// Name in lower case.
    pub name: String,
    /// Type in lower case.
    pub ty: String,
    /// Where the name stands.
    pub span: Span,
}

/// An annotation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Annotation {
    /// Name in lower case.
    pub name: String,
    /// What stands in its parentheses, in lower case.
    pub arguments: String,
}

impl Annotation {
    /// Whether an argument is set to true.
    pub fn has(&self, argument: &str) -> bool {
        let dense: String = self.arguments.chars().filter(|ch| !ch.is_whitespace()).collect();
        dense.contains(&format!("{argument}=true"))
    }
}

/// A method, or something else with a body.
#[derive(Debug, Serialize, Deserialize)]
pub struct Method {
    /// Its class, as an index.
    pub class: u32,
    /// Name as written; of what has none, its class's or field's.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What it is.
    pub role: Role,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
    /// Whether it is a SOAP service.
    pub is_webservice: bool,
    /// What it calls, in order.
    pub calls: Vec<Call>,
    /// Where it calls out.
    pub callouts: Vec<Callout>,
    /// Where it changes records, in order.
    pub changes: Vec<Change>,
    /// Its loops, in order.
    pub loops: Vec<Loop>,
    /// Whether it gives back a session id.
    pub gives_session: bool,
    /// Whether it gives back a handful of elements at most, on every way that the text shows.
    pub gives_few: bool,
    /// Queries without a small limit.
    pub unbounded: Vec<Step>,
    /// Literal timeouts of callouts that it sets, in milliseconds.
    pub timeouts: Vec<(Step, i64)>,
    /// Named credentials and addresses that it calls, as literals.
    pub endpoints: Vec<(Span, String)>,
}

impl Method {
    /// The annotation of this name, in lower case.
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        self.annotations.iter().find(|it| it.name == name)
    }
}

/// Where in a method something happens.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Its text.
    pub span: Span,
    /// The head of the innermost loop of the method that repeats it.
    pub repeated_by: Option<Span>,
    /// Whether a condition lets only some turns of that loop through: one for each chunk.
    pub is_per_chunk: bool,
    /// In which kinds of transaction it can happen.
    pub kinds: Kinds,
    /// Whether its statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callee {
    /// A method of the same object or class, in lower case.
    Own(String),
    /// A method of the superclass.
    Super(String),
    /// A method of an object of a type, or of a class: type and method.
    Of(String, String),
    /// The constructor of a class.
    New(String),
    /// Something that nobody knows.
    Unknown,
}

/// A call, or the creation of an object.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// Where.
    pub step: Step,
    /// What.
    pub callee: Callee,
    /// Number of arguments.
    pub arguments: usize,
    /// What is known of how many elements its arguments hold, in order.
    pub elements: Vec<Elements>,
    /// Whether it hands work to another transaction (`System.enqueueJob` and its like).
    pub is_delegation: bool,
    /// Whether it happens only after something failed.
    pub is_in_catch: bool,
}

/// A loop.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Loop {
    /// Its head.
    pub head: Span,
    /// All of it.
    pub whole: Span,
    /// The parameter of the method whose elements it turns over, as an index.
    pub over: Option<usize>,
}

/// How many elements an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Elements {
    /// A handful at most.
    Few,
    /// What the call there gives back.
    Given(Span),
    /// Nobody knows.
    Unknown,
}

/// How a callout is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalloutKind {
    /// `Http.send`.
    Http,
    /// What code generated from a WSDL does.
    WebService,
}

impl CalloutKind {
    /// What it is called in code.
    pub fn as_str(self) -> &'static str {
        match self {
            CalloutKind::Http => "Http.send",
            CalloutKind::WebService => "WebServiceCallout.invoke",
        }
    }
}

/// A callout.
#[derive(Debug, Serialize, Deserialize)]
pub struct Callout {
    /// Where.
    pub step: Step,
    /// How.
    pub kind: CalloutKind,
}

/// A change of records.
#[derive(Debug, Serialize, Deserialize)]
pub struct Change {
    /// Where.
    pub step: Step,
    /// As written: `update`, `Database.insert`.
    pub text: String,
    /// Where the innermost branch ends that it stands in; what is behind runs without it.
    pub branch: Span,
    /// Whether there is a way through the method without it.
    pub is_in_branch: bool,
    /// Whether it happens only after something failed.
    pub is_in_catch: bool,
}

/// Where a session id or token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// `UserInfo.getSessionId()`.
    Session,
    /// Something called like a token.
    Token,
    /// A parameter called like one.
    Parameter,
    /// `$Api.Session_ID`.
    Api,
    /// `GETSESSIONID()`.
    Function,
    /// The text of a page that is read.
    Page,
}

/// Where a session id or token goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sink {
    /// An argument of a call; whether that is asynchronous, only who knows all classes can tell.
    Argument(Callee, usize),
    /// A field of an object of a type: `job.sessionId = ...`.
    Field(String),
    /// A parameter of a method annotated `@future`.
    Parameter,
    /// The header `Authorization`.
    Header,
    /// `x.sessionId = ...` of generated code.
    SessionHeader,
    /// A field of a record, which is read later.
    Record,
    /// A SOAP message that is put together by hand.
    Envelope,
    /// What a method that a browser or another system calls gives back.
    Returned,
    /// The same, where a call gives it, which may be a session id.
    Answer(Callee, usize),
    /// The rendered text of a page is read, which may hold one.
    Scraped(String),
    /// The address of a link, in a parameter.
    Link(LinkUse),
    /// Visualforce.
    Page,
    /// Nothing that is known.
    Nothing,
}

/// What becomes of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkUse {
    /// It is mailed.
    Mailed,
    /// A page that the browser is sent to, or HTML that it shows.
    Shown,
    /// A method that a browser calls gives it back.
    Returned,
}

/// A session id or token on its way.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionUse {
    /// Its method, as an index; none in Visualforce.
    pub method: Option<u32>,
    /// Where it comes from.
    pub source: Source,
    /// The expression that gives it.
    pub from: Span,
    /// That expression, as written.
    pub text: String,
    /// Where it goes.
    pub sink: Sink,
    /// The argument or value.
    pub step: Step,
    /// In Visualforce, the address that it is written into: scheme and host.
    pub address: Option<Spot>,
    /// Whether the method compares it with null or blank.
    pub is_null_checked: bool,
}

/// A literal string that matters.
#[derive(Debug, Serialize, Deserialize)]
pub struct Literal {
    /// Its method, as an index; none in a page.
    pub method: Option<u32>,
    /// Where.
    pub span: Span,
    /// What it says, as far as it matters.
    pub what: LiteralKind,
    /// The part that matters; never a secret.
    pub text: String,
    /// Whether it is HTML.
    pub is_markup: bool,
    /// Whether code calls it: it is an endpoint, or a path of a service stands in its sum.
    pub is_called: bool,
    /// Whether its statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// Why a literal matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LiteralKind {
    /// An address of a host.
    Address,
    /// It requests a token with a password.
    PasswordGrant,
    /// It sends a browser for a token: the user-agent flow of an org.
    UserAgentFlow,
    /// It logs in by SOAP.
    SoapLogin,
    /// A named credential and SOAP together.
    CredentialOnSoap,
    /// `callout:NAME`; the text is the name.
    Credential,
}

/// What sort of secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretKind {
    /// A session id.
    Session,
    /// An access or refresh token.
    Token,
    /// A password.
    Password,
    /// A private key.
    Key,
    /// A client's secret.
    ClientSecret,
    /// The body of a request that holds a client's secret or a password.
    RequestBody,
    /// The value of a header that signs in.
    Header,
    /// The answer of a token endpoint.
    Answer,
}

impl SecretKind {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            SecretKind::Session => "session",
            SecretKind::Token => "token",
            SecretKind::Password => "password",
            SecretKind::Key => "key",
            SecretKind::ClientSecret => "client-secret",
            SecretKind::RequestBody => "request-body",
            SecretKind::Header => "header",
            SecretKind::Answer => "token-answer",
        }
    }
}

/// How a secret leaves a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leak {
    /// It is written to a log.
    Logged,
    /// It is part of an exception's message.
    Thrown,
    /// A client or another system is given it.
    Returned,
    /// It is mailed.
    Mailed,
    /// It is written to a field of a record that is not made for it.
    Stored,
}

impl Leak {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Leak::Logged => "logged",
            Leak::Thrown => "thrown",
            Leak::Returned => "returned",
            Leak::Mailed => "mailed",
            Leak::Stored => "stored",
        }
    }
}

/// A secret that goes to a log, or leaves a method otherwise.
#[derive(Debug, Serialize, Deserialize)]
pub struct Debug {
    /// Its method, as an index.
    pub method: u32,
    /// The identifier or call.
    pub span: Span,
    /// As written.
    pub text: String,
    /// What it is.
    pub kind: SecretKind,
    /// What logs it, as written; else what it leaves by.
    pub log: String,
    /// How it leaves.
    pub leak: Leak,
    /// Where it began, where it went through a variable: what it was called there.
    pub origin: Option<Spot>,
    /// Whether it comes from `UserInfo.getSessionId()`, and is not only named like a session id.
    pub is_session_id: bool,
    /// Whether its name, or what it is given, speaks of another sort of token.
    pub is_unlikely: bool,
    /// Whether its statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// An address of one version of an API of Salesforce's.
#[derive(Debug, Serialize, Deserialize)]
pub struct ApiVersion {
    /// Where the version stands, with what tells it.
    pub span: Span,
    /// That text.
    pub text: String,
    /// The version, without its minor part.
    pub version: i64,
    /// Which API.
    pub api: Api,
    /// Whether its statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// What a session id is given out by.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mention {
    /// fullName of the button, field or flow.
    pub owner: String,
    /// Its type.
    #[serde(with = "stored::word")]
    pub ty: Word,
    /// The element that holds it; in a flow with the name of what it belongs to.
    pub element: String,
    /// The expression that gives it.
    pub from: Spot,
    /// The address that it is written into: scheme and host.
    pub address: Option<Spot>,
    /// Whether it is script that runs in the browser.
    pub is_script: bool,
    /// Whether it is in use; unknown without the element.
    pub is_active: Option<bool>,
}

/// A secret that stands in a file; its value is nowhere here.
#[derive(Debug, Serialize, Deserialize)]
pub struct HeldSecret {
    /// What names it: the label, the field, the parameter, the variable.
    pub name: String,
    /// Where its value stands.
    pub span: Span,
    /// What holds it, in words: `custom label`.
    #[serde(with = "stored::word")]
    pub holder: Word,
    /// Whether its shape shows that it is one, and not its name alone.
    pub is_by_shape: bool,
}

/// One of our own words, not text of a file.
pub type Word = &'static str;

/// Something read, with its place.
pub type Spot = (Span, String);

/// A class that requests tokens from a server itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct TokenRequest {
    /// Its method, as an index.
    pub method: u32,
    /// The literal that shows it; never a secret.
    pub request: Spot,
    /// The grant that is asked for.
    pub grant: Option<Spot>,
    /// The host of the token endpoint, in lower case.
    pub host: Option<Spot>,
    /// Whether it goes through a named credential.
    pub credential: Option<String>,
    /// Where the token is read out of the answer.
    pub reads_token: Option<Spot>,
    /// Where its lifetime is.
    pub reads_expiry: Option<Spot>,
    /// Where a refused call is noticed.
    pub reacts: Option<Spot>,
    /// Where the token is kept beyond the method.
    pub stored: Option<Spot>,
    /// Whether the statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// A token that a job keeps between its parts.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptToken {
    /// The method that sets it, as an index.
    pub method: u32,
    /// The class, as an index.
    pub class: u32,
    /// The field: name as written, and where it is declared.
    pub field: Spot,
    /// Where it is set, and in what: `constructor`, `start` or `initializer`.
    #[serde(with = "stored::placed_word")]
    pub assigned: (Span, Word),
    /// Where it is used, and the method.
    pub used: Spot,
    /// What it is set to.
    pub source: KeptSource,
    /// `batch` or `queueable`.
    #[serde(with = "stored::word")]
    pub job: Word,
    /// Whether the class is `Database.Stateful`.
    pub is_stateful: bool,
    /// Whether its use is in a header.
    pub is_in_header: bool,
    /// Whether a statement holds text that does not fit the grammar.
    pub is_doubtful: bool,
}

/// What a kept token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptSource {
    /// A session id.
    Session,
    /// A call that is named like a login or a token.
    Call,
    /// A parameter that is named so.
    Parameter,
}

/// A session that code ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct Revocation {
    /// Its method, as an index; none for a trigger as a whole.
    pub method: Option<u32>,
    /// `auth-session-delete`, `revoke-token` or `logout-event-trigger`.
    #[serde(with = "stored::word")]
    pub kind: Word,
    /// Where.
    pub span: Span,
    /// As written.
    pub text: String,
}
