//! Apex, Visualforce and Aura applications: the facts of one file, with spans.
//!
//! A file becomes a [`Unit`]: its classes and methods, their calls, and the places of session ids, tokens and URLs. The
//! syntax tree is dropped after that. Assumes nothing about the text: a syntax error lowers confidence only inside its
//! range. Test code and hidden bodies of packages give no facts. [`graph`] resolves calls over all units. Refuses to read
//! files, and to judge the facts (`sessionlint_facts` does).
//!
//! Apex is case-insensitive: names are stored in lower case for comparison and as written for display.

mod address;
mod aura;
mod body;
pub mod called;
mod context;
mod declare;
mod goes_on;
pub mod graph;
mod handed;
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
use sessionlint_source::secrets::SecretReason;
use sessionlint_source::{FileId, Span};

pub use literal::is_login_wsdl;
pub use suppression::{Allowance, AllowanceForm, directive_in_markup};
pub use transaction::Kinds;
pub use version::Api;

/// The sort of a file of code, by its name.
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

/// Metadata that is searched for a few words only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TextKind {
    /// A custom button or link: `X.webLink`.
    Link,
    /// A custom link of the home page: `X.custompageweblink`.
    HomeLink,
    /// A tab, which may open a URL: `X.tab`.
    Tab,
    /// An object with its parts: `X.object`.
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
    /// All kinds, with their file suffixes and the names of their types.
    pub const ALL: &[(TextKind, &str, &str)] = &[
        (TextKind::Link, "webLink", "WebLink"),
        (TextKind::HomeLink, "custompageweblink", "CustomPageWebLink"),
        (TextKind::Tab, "tab", "CustomTab"),
        (TextKind::Object, "object", "CustomObject"),
        (TextKind::Field, "field", "CustomField"),
        (TextKind::Flow, "flow", "Flow"),
        (TextKind::Labels, "labels", "CustomLabels"),
        (TextKind::Record, "md", "CustomMetadata"),
    ];

    /// The kind for a suffix, in any case.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, ending, _)| ending.eq_ignore_ascii_case(suffix)).map(|(kind, ..)| *kind)
    }

    fn named(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or(("", ""), |(_, suffix, name)| (*suffix, *name))
    }
}

impl Code {
    /// The sorts recognised by file name alone; an Aura application is recognised by its folders.
    pub const BY_SUFFIX: [Self; 4] = [Code::Class, Code::Trigger, Code::Page, Code::Component];

    /// The sort for a suffix.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::BY_SUFFIX.into_iter().find(|code| code.suffix().eq_ignore_ascii_case(suffix))
    }

    /// The suffix of its file names.
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
    /// Its sort.
    pub code: Code,
    /// fullName: the file's stem.
    pub name: String,
    /// Its file, set by the loader.
    pub file: FileId,
    /// The top class first; a trigger counts as a class.
    pub classes: Vec<Class>,
    /// Methods of all classes without tests, in order.
    pub methods: Vec<Method>,
    /// Uses of session ids and tokens.
    pub sessions: Vec<SessionUse>,
    /// Relevant string literals.
    pub literals: Vec<Literal>,
    /// Secrets that are logged or leave a method otherwise.
    pub debugs: Vec<Debug>,
    /// Tokens that it requests from a server.
    pub requests: Vec<TokenRequest>,
    /// Tokens that a job keeps between its parts.
    pub kept: Vec<KeptToken>,
    /// Sessions that it ends.
    pub revocations: Vec<Revocation>,
    /// URLs with versions of Salesforce's APIs.
    pub versions: Vec<ApiVersion>,
    /// Session ids in a button, a formula or a flow.
    pub mentions: Vec<Mention>,
    /// Places that run anonymous Apex.
    pub anonymous: Option<Spot>,
    /// Secrets in the file.
    pub secrets: Vec<HeldSecret>,
    /// Suppressions in its comments and annotations.
    pub allowances: Vec<Allowance>,
    /// The object of a trigger, in lower case.
    pub object: Option<String>,
    /// Where an Aura application extends Lightning Out's.
    pub lightning_out: Option<Spot>,
    /// Whether a part of it has a syntax error, or nothing was parsed.
    pub is_partly_read: bool,
    /// Whether a managed package hides its body.
    pub is_hidden: bool,
    /// The first line that a merge conflict left in a class or trigger, outside comments and texts: there are no facts
    /// then but its classes and methods.
    pub conflict: Option<Span>,
}

impl Unit {
    /// A file without facts.
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
            conflict: None,
        }
    }

    /// The number of facts: of all sorts, and of those that become many rows, which are session ids and callouts.
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

    /// Reads the facts of a text; `name` is the file's stem.
    pub fn read(code: Code, name: &str, text: &str) -> Self {
        match code {
            Code::Page | Code::Component => return page::read(code, name, text),
            Code::AuraApp => return aura::read(name, text),
            Code::Text(_) => return Self::empty(code, name),
            Code::Class | Code::Trigger => {}
        }
        read::read(code, name, text, prefilter::Words::of(text.as_bytes()))
    }

    /// The same for a class or trigger whose words are known.
    pub fn read_scanned(code: Code, name: &str, text: &str, words: prefilter::Words) -> Self {
        read::read(code, name, text, words)
    }
}

/// A class or an interface; a trigger counts as one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Class {
    /// Name as written.
    pub name: String,
    /// Names from the outermost class on, as written: `Outer.Inner`.
    pub full_name: String,
    /// The index of the enclosing class.
    pub outer: Option<u32>,
    /// The superclass, in lower case.
    pub superclass: Option<String>,
    /// The interfaces, in lower case, without `System.`.
    pub interfaces: Vec<String>,
    /// The place of its name.
    pub name_span: Span,
    /// Its fields in lower case, with their types.
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
    /// The place of its name.
    pub span: Span,
    /// Whether it is static or transient, so that no job keeps it.
    pub is_passing: bool,
}

/// The role of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A method.
    Method,
    /// A constructor.
    Constructor,
    /// An initializer of a field or class.
    Initializer,
    /// An accessor of a property.
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
    /// The place of its name.
    pub span: Span,
}

impl Parameter {
    /// Whether it is a text that may be a session id, by its name.
    pub fn may_be_session(&self) -> bool {
        self.ty == "string" && words::may_be_session(&self.name)
    }
}

/// An annotation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Annotation {
    /// Name in lower case.
    pub name: String,
    /// The text in its parentheses, in lower case.
    pub arguments: String,
}

impl Annotation {
    /// Whether an argument is true.
    pub fn has(&self, argument: &str) -> bool {
        let dense: String = self.arguments.chars().filter(|ch| !ch.is_whitespace()).collect();
        dense.contains(&format!("{argument}=true"))
    }
}

/// A method, or anything else with a body.
#[derive(Debug, Serialize, Deserialize)]
pub struct Method {
    /// The index of its class.
    pub class: u32,
    /// Name as written; without a name, that of its class or field.
    pub name: String,
    /// The place of its name.
    pub name_span: Span,
    /// Its role.
    pub role: Role,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
    /// Whether it is a SOAP service.
    pub is_webservice: bool,
    /// Its calls, in order.
    pub calls: Vec<Call>,
    /// Its callouts.
    pub callouts: Vec<Callout>,
    /// Its changes of records, in order.
    pub changes: Vec<Change>,
    /// Its loops, in order.
    pub loops: Vec<Loop>,
    /// Whether it returns a session id.
    pub gives_session: bool,
    /// Its parameters that are sent as a credential, in order.
    pub sends: Vec<SentParameter>,
    /// Its parameters that it hands to other methods.
    pub passes: Vec<PassedParameter>,
    /// Whether it returns few elements on every path.
    pub gives_few: bool,
    /// Queries without a small limit.
    pub unbounded: Vec<Point>,
    /// Literal timeouts of callouts, in milliseconds.
    pub timeouts: Vec<(Point, i64)>,
    /// Literal named credentials and URLs of its callouts.
    pub endpoints: Vec<(Span, String)>,
}

impl Method {
    /// The annotation of this name, in lower case.
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        self.annotations.iter().find(|it| it.name == name)
    }
}

/// A parameter that its method, or a method of the class through a field, sends to a server as a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SentParameter {
    /// Its index.
    pub parameter: u32,
    /// The way it is sent.
    pub sent: SentAs,
    /// Where it is sent.
    pub span: Span,
    /// Whether a field keeps it: another method sends it, perhaps later.
    pub is_kept: bool,
}

/// A parameter that its method hands to another method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PassedParameter {
    /// Its index.
    pub parameter: u32,
    /// The target of the call.
    pub callee: Callee,
    /// The number of arguments.
    pub arguments: usize,
    /// The index of the argument.
    pub index: usize,
}

/// A point in a method.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Point {
    /// Its text.
    pub span: Span,
    /// The head of the innermost loop that repeats it.
    pub repeated_by: Option<Span>,
    /// Whether a condition lets only some iterations of that loop through, one per chunk.
    pub is_per_chunk: bool,
    /// The kinds of transaction it can run in.
    pub kinds: Kinds,
    /// Whether its statement has a syntax error.
    pub is_doubtful: bool,
}

/// The target of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callee {
    /// A method of the same object or class, in lower case.
    Own(String),
    /// A method of the superclass.
    Super(String),
    /// A method of an object or a class: type and method.
    Of(String, String),
    /// The constructor of a class.
    New(String),
    /// Unknown.
    Unknown,
}

/// A call, or the creation of an object.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// The point in the method.
    pub step: Point,
    /// The target.
    pub callee: Callee,
    /// Number of arguments.
    pub arguments: usize,
    /// Bounds for the number of elements of its arguments, in order.
    pub elements: Vec<Elements>,
    /// Whether it starts another transaction (`System.enqueueJob` and the like).
    pub is_delegation: bool,
    /// Whether it runs only after a failure.
    pub is_in_catch: bool,
}

/// A loop.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Loop {
    /// Its head.
    pub head: Span,
    /// All of it.
    pub whole: Span,
    /// The index of the method's parameter that it iterates over.
    pub over: Option<usize>,
}

/// A bound for the number of elements of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Elements {
    /// Few.
    Few,
    /// The result of the call at this place.
    Given(Span),
    /// Unknown.
    Unknown,
}

/// The way a callout is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalloutKind {
    /// `Http.send`.
    Http,
    /// Code generated from a WSDL.
    WebService,
}

impl CalloutKind {
    /// Its name in code.
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
    /// The point in the method.
    pub step: Point,
    /// The way it is made.
    pub kind: CalloutKind,
}

/// A change of records.
#[derive(Debug, Serialize, Deserialize)]
pub struct Change {
    /// The point in the method.
    pub step: Point,
    /// As written: `update`, `Database.insert`.
    pub text: String,
    /// The end of the innermost branch around it; code after that runs without it.
    pub branch: Span,
    /// Whether there is a path through the method without it.
    pub is_in_branch: bool,
    /// Whether it runs only after a failure.
    pub is_in_catch: bool,
}

/// The source of a session id or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SessionSource {
    /// `UserInfo.getSessionId()`.
    Session,
    /// A name like that of a token.
    Token,
    /// A parameter with such a name.
    Parameter,
    /// `$Api.Session_ID`.
    Api,
    /// `GETSESSIONID()`.
    Function,
    /// The rendered text of a page.
    Page,
}

/// How a session id is sent to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentAs {
    /// In the header `Authorization`.
    Header,
    /// In the header `Cookie`, as `sid`.
    Cookie,
    /// In the session header of generated code: `x.sessionId = ...`.
    SessionHeader,
    /// In a SOAP message assembled by hand.
    Envelope,
}

impl SentAs {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            SentAs::Header => "authorization-header",
            SentAs::Cookie => "cookie",
            SentAs::SessionHeader => "session-header",
            SentAs::Envelope => "soap-envelope",
        }
    }
}

/// The destination of a session id or token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sink {
    /// An argument of a call, by its index; the caller of all classes decides what the called method does with it.
    Argument {
        /// The target of the call.
        callee: Callee,
        /// The number of arguments.
        arguments: usize,
        /// The index of this one.
        index: usize,
    },
    /// A field of an object of a type: `job.sessionId = ...`.
    Field(String),
    /// A parameter of a method annotated `@future`.
    Parameter,
    /// A server.
    Sent(SentAs),
    /// The same for the result of another class's method, which may be a session id.
    Given {
        /// The target of the call.
        callee: Callee,
        /// The number of arguments.
        arguments: usize,
        /// The way it is sent.
        sent: SentAs,
    },
    /// A field of a record, which is read later.
    Record,
    /// A field of a platform event.
    Event,
    /// The result of a method that a browser or another system calls.
    Returned,
    /// The same, through a call that may return a session id.
    Answer(Callee, usize),
    /// The rendered text of a page, which may contain a session id.
    Scraped(String),
    /// The URL of a link, in a parameter.
    Link(LinkUse),
    /// Visualforce.
    Page,
    /// A debug log only.
    Logged,
    /// Unknown.
    Nothing,
}

/// What is done with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkUse {
    /// It is mailed.
    Mailed,
    /// It is a page that the browser is sent to, or HTML that is shown.
    Shown,
    /// A method that a browser calls returns it.
    Returned,
}

/// A session id or token with its source and destination.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionUse {
    /// The index of its method; none in Visualforce.
    pub method: Option<u32>,
    /// The source.
    pub source: SessionSource,
    /// The expression that gives it.
    pub from: Span,
    /// That expression, as written.
    pub text: String,
    /// The destination.
    pub sink: Sink,
    /// The argument or value.
    pub step: Point,
    /// In Visualforce, the URL that it is added to: scheme and host.
    pub address: Option<Spot>,
    /// Whether the method compares it with null or blank.
    pub is_null_checked: bool,
    /// The index of the method that takes it, if that is another one: a field or a method carries it here.
    pub taken_in: Option<u32>,
    /// Whether the method that returns it returns another text too.
    pub is_one_of_several: bool,
}

/// A relevant string literal.
#[derive(Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
pub struct Literal {
    /// The index of its method; none in a page.
    pub method: Option<u32>,
    /// The point in the method.
    pub span: Span,
    /// Its kind.
    pub what: LiteralKind,
    /// The relevant part; never a secret.
    pub text: String,
    /// Whether it is HTML.
    pub is_markup: bool,
    /// Whether it is called: it is an endpoint, or part of an expression with a service path.
    pub is_called: bool,
    /// Whether the code only compares it with another text.
    pub is_compared: bool,
    /// Whether its statement has a syntax error.
    pub is_doubtful: bool,
}

/// The kind of a relevant literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LiteralKind {
    /// The URL of a host.
    Address,
    /// It requests a token with a password.
    PasswordGrant,
    /// It sends a browser to get a token: the user-agent flow of an org.
    UserAgentFlow,
    /// It logs in by SOAP.
    SoapLogin,
    /// A named credential together with SOAP.
    CredentialOnSoap,
    /// `callout:NAME`; the text is the name.
    Credential,
}

/// The kind of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretKind {
    /// A session id.
    Session,
    /// An access or refresh token.
    Token,
    /// A password.
    Password,
    /// A private or secret key.
    Key,
    /// A key of an API, which can be one for browsers.
    ApiKey,
    /// A client's secret.
    ClientSecret,
    /// The body of a request with a client secret or a password.
    RequestBody,
    /// The value of an authorization header.
    Header,
    /// The response of a token endpoint.
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
            SecretKind::ApiKey => "api-key",
            SecretKind::ClientSecret => "client-secret",
            SecretKind::RequestBody => "request-body",
            SecretKind::Header => "header",
            SecretKind::Answer => "token-answer",
        }
    }
}

/// The way a secret leaves a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leak {
    /// It is written to a log.
    Logged,
    /// It is part of an exception's message.
    Thrown,
    /// It is returned to a client or another system.
    Returned,
    /// It is mailed.
    Mailed,
    /// It is written to a field that is not made for secrets.
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

/// A secret that is logged or leaves a method otherwise.
#[derive(Debug, Serialize, Deserialize)]
pub struct Debug {
    /// The index of its method.
    pub method: u32,
    /// The identifier or call.
    pub span: Span,
    /// As written.
    pub text: String,
    /// Its kind.
    pub kind: SecretKind,
    /// The logging call as written, or what else it leaves by.
    pub log: String,
    /// The way it leaves.
    pub leak: Leak,
    /// If it went through a variable: its origin, and its name there.
    pub origin: Option<Spot>,
    /// Whether it comes from `UserInfo.getSessionId()`, not just by name.
    pub is_session_id: bool,
    /// Whether its name, or its value, belongs to another sort of token.
    pub is_unlikely: bool,
    /// Whether its statement has a syntax error.
    pub is_doubtful: bool,
}

/// A URL with a version of Salesforce's APIs.
#[derive(Debug, Serialize, Deserialize)]
pub struct ApiVersion {
    /// The place of the version, with the text that identifies it.
    pub span: Span,
    /// That text.
    pub text: String,
    /// The version, without its minor part.
    pub version: i64,
    /// The API.
    pub api: Api,
    /// fullName of the button or link that contains it, in a file of several.
    pub link: Option<String>,
    /// If the code only hands the URL on: the types that get it in a call, in lower case.
    pub handed_to: Option<Vec<String>>,
    /// Whether it is a script of the AJAX Toolkit in a page, component or button that calls nothing of it.
    pub is_only_loaded: bool,
    /// Whether that page or button also includes no other script and no component, which could call it.
    pub is_unused: bool,
    /// Whether its statement has a syntax error.
    pub is_doubtful: bool,
}

/// A session id in a button, field or flow.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mention {
    /// fullName of the button, field or flow.
    pub owner: String,
    /// Its type.
    #[serde(with = "stored::word")]
    pub ty: Word,
    /// The element with it; in a flow with the name of its container.
    pub element: String,
    /// The expression that gives it.
    pub from: Spot,
    /// The URL that it is added to: scheme and host.
    pub address: Option<Spot>,
    /// Whether it is JavaScript that runs in the browser.
    pub is_script: bool,
    /// Whether it is active; unknown without the element.
    pub is_active: Option<bool>,
}

/// A secret in a file, without its value.
#[derive(Debug, Serialize, Deserialize)]
pub struct HeldSecret {
    /// Its name: that of the label, field, parameter or variable.
    pub name: String,
    /// The place of its value.
    pub span: Span,
    /// Its container, in words: `custom label`.
    #[serde(with = "stored::word")]
    pub holder: Word,
    /// Why it is one.
    pub reason: SecretReason,
}

/// A fixed word, not text of a file.
pub type Word = &'static str;

/// A text with its place.
pub type Spot = (Span, String);

/// A class that requests tokens from a server itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct TokenRequest {
    /// The index of its method.
    pub method: u32,
    /// The literal that proves it; never a secret.
    pub request: Spot,
    /// The requested grant.
    pub grant: Option<Spot>,
    /// The host of the token endpoint, in lower case.
    pub host: Option<Spot>,
    /// Whether it goes through a named credential.
    pub credential: Option<String>,
    /// Where the token is read from the response.
    pub reads_token: Option<Spot>,
    /// Where its lifetime is read.
    pub reads_expiry: Option<Spot>,
    /// Where its age is compared with the present time, or the present time is stored beside it.
    pub checks_age: Option<Spot>,
    /// Where a rejected call is detected.
    pub reacts: Option<Spot>,
    /// Where the token is stored beyond the method.
    pub stored: Option<Spot>,
    /// Whether the statement has a syntax error.
    pub is_doubtful: bool,
}

/// A token that a job keeps between its parts.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptToken {
    /// The index of the method that sets it.
    pub method: u32,
    /// The index of the class.
    pub class: u32,
    /// The field: its name as written, and its declaration.
    pub field: Spot,
    /// Where it is set, and the phase: `constructor`, `start` or `initializer`.
    #[serde(with = "stored::placed_word")]
    pub assigned: (Span, Word),
    /// Where it is used, and in which method.
    pub used: Spot,
    /// The source of its value.
    pub source: KeptSource,
    /// `batch` or `queueable`.
    #[serde(with = "stored::word")]
    pub job: Word,
    /// Whether the class is `Database.Stateful`.
    pub is_stateful: bool,
    /// Whether it is used in a header.
    pub is_in_header: bool,
    /// Whether a statement has a syntax error.
    pub is_doubtful: bool,
}

/// The source of a kept token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptSource {
    /// A session id.
    Session,
    /// A session id in the session header of a generated port.
    SessionHeader,
    /// A call named like a login or a token.
    Call,
    /// A parameter with such a name.
    Parameter,
}

/// A session that code ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct Revocation {
    /// The index of its method; none for a trigger as a whole.
    pub method: Option<u32>,
    /// `auth-session-delete`, `revoke-token` or `logout-event-trigger`.
    #[serde(with = "stored::word")]
    pub kind: Word,
    /// The point in the method.
    pub span: Span,
}
