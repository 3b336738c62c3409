//! The session with a client: protocol versions, roots, and calls of tools, one at a time.
//!
//! Supports both kinds of the protocol: the one that opens with `initialize`, and the stateless one, in which every request
//! has its own version and capabilities. Refuses to know what a tool finds.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use clap::Parser as _;
use serde_json::{Map, Value, json};

use super::answer::{self, CommandResult};
use super::roots::{ConfinedPath, Roots};
use super::tools::{Call, DATA, TOOLS, Tool};
use super::wire::{
    INVALID_PARAMS, INVALID_REQUEST, Incoming, METHOD_NOT_FOUND, Message, UNSUPPORTED_VERSION, error, write,
};
use crate::cli::check;
use crate::cli::commands::{Arguments, Command};
use crate::cli::explain;
use crate::cli::memory_caches::MemoryCaches;
use crate::cli::settings::{ConfigSource, Settings};
use crate::cli::uri::path_of;
use crate::cli::{Environment, Exit, Failure, today};
use sessionlint_project::discover::root_of_folder;
use sessionlint_report::one_line;
use sessionlint_source::budget::{Budget, Size};

/// Versions of the protocol that open with `initialize`, the newest first.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// The version whose messages may come several at once.
const BATCHING: &str = "2025-03-26";
/// The stateless version.
const STATELESS: &str = "2026-07-28";

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";
const SERVER_KEY: &str = "io.modelcontextprotocol/serverInfo";

/// The time limit for a client to name its roots.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages that are read ahead, to find cancelled ones.
const AHEAD: usize = 64;
/// Messages of a batch.
const MAX_BATCH: usize = 64;
/// Projects whose files stay read.
const KEPT: usize = 8;

/// The options of the server.
pub(super) struct ServerOptions {
    pub(super) no_project_config: bool,
    pub(super) max_memory: Size,
}

/// Whether the roots of the client are known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RootsState {
    /// The client has no roots.
    None,
    /// They must be requested.
    Unknown,
    /// They are requested, with this id.
    Requested(String),
    Known,
}

pub(super) struct Server<'s, 'e> {
    choice: ServerOptions,
    environment: &'s mut Environment<'e>,
    messages: &'s Receiver<io::Result<Incoming>>,
    waiting: VecDeque<Incoming>,
    roots: Roots,
    roots_state: RootsState,
    requests: u32,
    /// The version that `initialize` agreed on.
    version: Option<&'static str>,
    memory_caches: MemoryCaches,
    budget: Arc<Budget>,
    /// The requests that were cancelled during the current one.
    cancelled: Vec<Value>,
}

/// The context of a request.
struct RequestContext {
    is_stateless: bool,
    /// The roots of a client that names them with each request.
    roots: Option<Roots>,
}

/// An error of the protocol.
struct ProtocolError(i64, String, Option<Value>);

impl<'s, 'e> Server<'s, 'e> {
    pub(super) fn new(
        choice: ServerOptions,
        roots: Roots,
        environment: &'s mut Environment<'e>,
        messages: &'s Receiver<io::Result<Incoming>>,
    ) -> Self {
        let budget = Arc::new(Budget::of(choice.max_memory));
        Self {
            choice,
            environment,
            messages,
            waiting: VecDeque::new(),
            roots,
            roots_state: RootsState::None,
            requests: 0,
            version: None,
            memory_caches: MemoryCaches::default(),
            budget,
            cancelled: Vec::new(),
        }
    }

    /// Responds until the client is gone.
    pub(super) fn serve(&mut self) -> Result<Exit, Failure> {
        loop {
            let next = match self.waiting.pop_front() {
                Some(next) => next,
                None => match self.messages.recv() {
                    Ok(Ok(next)) => next,
                    Ok(Err(error)) => return Err(Failure::Unreadable(format!("standard input: {error}"))),
                    Err(_) => return Ok(Exit::Clean),
                },
            };
            self.cancelled.clear();
            match next {
                Incoming::One(message) => {
                    if let Some(response) = self.respond(message)? {
                        self.send(&response)?;
                    }
                }
                Incoming::Batch(all) => self.batch(all)?,
            }
        }
    }

    fn send(&mut self, message: &Value) -> Result<(), Failure> {
        Ok(write(&mut self.environment.out, message)?)
    }

    fn batch(&mut self, all: Vec<Message>) -> Result<(), Failure> {
        let refused = if self.version != Some(BATCHING) {
            Some("messages come one a line, and not in a batch".to_owned())
        } else if all.len() > MAX_BATCH {
            Some(format!("a batch has at most {MAX_BATCH} messages"))
        } else {
            None
        };
        if let Some(text) = refused {
            return self.send(&error(&Value::Null, INVALID_REQUEST, &text, None));
        }
        let mut responses = Vec::new();
        for message in all {
            responses.extend(self.respond(message)?);
        }
        if responses.is_empty() { Ok(()) } else { self.send(&Value::Array(responses)) }
    }

    /// The response to a message, if it gets one.
    fn respond(&mut self, message: Message) -> Result<Option<Value>, Failure> {
        match message {
            Message::Refused(answer) => Ok(Some(answer)),
            Message::Notification { method, params } => {
                self.handle_notification(&method, &params)?;
                Ok(None)
            }
            Message::Response { id, result } => {
                self.handle_response(&id, result.as_ref());
                Ok(None)
            }
            Message::Request { id, method, params } => {
                let result = self.handle_request(&method, &params)?;
                self.look_ahead();
                if self.cancelled.contains(&id) {
                    return Ok(None);
                }
                Ok(Some(match result {
                    Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
                    Err(ProtocolError(code, text, data)) => error(&id, code, &text, data),
                }))
            }
        }
    }

    fn handle_notification(&mut self, method: &str, params: &Map<String, Value>) -> Result<(), Failure> {
        match method {
            "notifications/initialized" if self.roots_state == RootsState::Unknown => self.request_roots(),
            "notifications/roots/list_changed" if self.roots_state != RootsState::None => self.request_roots(),
            "notifications/cancelled" => {
                if let Some(id) = params.get("requestId") {
                    self.drop_waiting(id);
                }
                Ok(())
            }
            // A notification gets no response, not even an unknown one.
            _ => Ok(()),
        }
    }

    /// Reads the messages that have arrived, and drops the requests that they cancel.
    fn look_ahead(&mut self) {
        while self.waiting.len() < AHEAD {
            match self.messages.try_recv() {
                Ok(Ok(Incoming::One(Message::Notification { method, params })))
                    if method == "notifications/cancelled" =>
                {
                    if let Some(id) = params.get("requestId") {
                        self.drop_waiting(id);
                        self.cancelled.push(id.clone());
                    }
                }
                Ok(Ok(next)) => self.waiting.push_back(next),
                // An error ends the session after all messages before it.
                Ok(Err(_)) | Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn drop_waiting(&mut self, cancelled: &Value) {
        self.waiting.retain(|next| !matches!(next, Incoming::One(Message::Request { id, .. }) if id == cancelled));
    }

    fn request_roots(&mut self) -> Result<(), Failure> {
        self.requests += 1;
        let id = format!("roots-{}", self.requests);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "roots/list"}))?;
        self.roots_state = RootsState::Requested(id);
        Ok(())
    }

    fn handle_response(&mut self, id: &Value, result: Option<&Value>) {
        if !matches!(&self.roots_state, RootsState::Requested(request) if id.as_str() == Some(request)) {
            return;
        }
        self.roots.take(folders(result));
        self.roots_state = RootsState::Known;
    }

    /// Waits until the client has named its roots; other messages are queued.
    fn wait_for_roots(&mut self) -> Result<(), Failure> {
        if self.roots_state == RootsState::Unknown {
            self.request_roots()?;
        }
        let until = Instant::now() + PATIENCE;
        let mut at = 0;
        while let RootsState::Requested(_) = &self.roots_state {
            // The response may be among the messages that were read ahead.
            while let Some(next) = self.waiting.get(at) {
                if matches!(next, Incoming::One(Message::Response { .. }))
                    && let Some(Incoming::One(Message::Response { id, result })) = self.waiting.remove(at)
                {
                    self.handle_response(&id, result.as_ref());
                } else {
                    at += 1;
                }
            }
            if !matches!(self.roots_state, RootsState::Requested(_)) {
                break;
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(Ok(next)) if self.waiting.len() < AHEAD => self.waiting.push_back(next),
                Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    // A client that does not name them has none.
                    self.roots.take(std::iter::empty());
                    self.roots_state = RootsState::Unknown;
                }
            }
        }
        Ok(())
    }

    /// The result of a request.
    fn handle_request(
        &mut self,
        method: &str,
        params: &Map<String, Value>,
    ) -> Result<Result<Value, ProtocolError>, Failure> {
        if method == "initialize" {
            return Ok(self.initialize(params));
        }
        let context = match self.context(params) {
            Ok(context) => context,
            Err(fault) => return Ok(Err(fault)),
        };
        let result = match method {
            "ping" if !context.is_stateless => Ok(json!({})),
            "server/discover" => Ok(json!({
                "supportedVersions": supported(),
                "capabilities": {"tools": {}},
                "instructions": instructions(),
                "ttlMs": 3_600_000,
                "cacheScope": "public",
            })),
            "tools/list" => listed(params, context.is_stateless),
            "tools/call" => self.call(params, context.roots)?,
            _ => Err(ProtocolError(METHOD_NOT_FOUND, format!("no method `{}`", one_line(method)), None)),
        };
        Ok(result.map(|mut result| {
            if context.is_stateless {
                if result.get("resultType").is_none() {
                    result["resultType"] = "complete".into();
                }
                result["_meta"] = json!({SERVER_KEY: server()});
            }
            result
        }))
    }

    fn initialize(&mut self, params: &Map<String, Value>) -> Result<Value, ProtocolError> {
        let Some(wanted) = params.get("protocolVersion").and_then(Value::as_str) else {
            let text = "initialize needs a text `protocolVersion`".to_owned();
            return Err(ProtocolError(INVALID_PARAMS, text, Some(json!({"supported": supported()}))));
        };
        let version = VERSIONS.into_iter().find(|version| *version == wanted).unwrap_or(VERSIONS[0]);
        self.version = Some(version);
        let has_roots = params.get("capabilities").and_then(|it| it.get("roots")).is_some_and(Value::is_object);
        self.roots_state = if has_roots { RootsState::Unknown } else { RootsState::None };
        Ok(json!({
            "protocolVersion": version,
            "capabilities": {"tools": {}},
            "serverInfo": server(),
            "instructions": instructions(),
        }))
    }

    /// The context of a request: its own, else that of the session.
    fn context(&self, params: &Map<String, Value>) -> Result<RequestContext, ProtocolError> {
        let meta = params.get("_meta");
        let Some(wanted) = meta.and_then(|meta| meta.get(VERSION_KEY)) else {
            if self.version.is_some() {
                return Ok(RequestContext { is_stateless: false, roots: None });
            }
            let text = format!("begin with initialize, or give the version of the protocol as `_meta` `{VERSION_KEY}`");
            return Err(ProtocolError(INVALID_PARAMS, text, Some(json!({"supported": supported()}))));
        };
        if wanted != STATELESS {
            let data = json!({"supported": supported(), "requested": wanted});
            return Err(ProtocolError(UNSUPPORTED_VERSION, "Unsupported protocol version".to_owned(), Some(data)));
        }
        let Some(capabilities) = meta.and_then(|meta| meta.get(CAPABILITIES_KEY)).filter(|it| it.is_object()) else {
            return Err(ProtocolError(INVALID_PARAMS, format!("`_meta` lacks `{CAPABILITIES_KEY}`"), None));
        };
        let mut roots = self.roots.typed_only();
        let has_roots = capabilities.get("roots").is_some_and(Value::is_object);
        if has_roots {
            match params.get("inputResponses").and_then(|it| it.get("roots")) {
                Some(result) => roots.take(folders(Some(result))),
                None => return Ok(RequestContext { is_stateless: true, roots: None }),
            }
        }
        Ok(RequestContext { is_stateless: true, roots: Some(roots) })
    }

    /// Calls a tool; `own` are the roots in the request itself.
    fn call(
        &mut self,
        params: &Map<String, Value>,
        own: Option<Roots>,
    ) -> Result<Result<Value, ProtocolError>, Failure> {
        let is_stateless = params.get("_meta").is_some_and(|meta| meta.get(VERSION_KEY).is_some());
        let fault = |text: String| Ok(Err(ProtocolError(INVALID_PARAMS, text, None)));
        let Some(name) = params.get("name").and_then(Value::as_str) else {
            return fault("tools/call needs a text `name`".to_owned());
        };
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else {
            let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
            return fault(format!("unknown tool `{}`; the tools: {}", one_line(name), known.join(", ")));
        };
        let nothing = Map::new();
        let given = match params.get("arguments") {
            None | Some(Value::Null) => &nothing,
            Some(Value::Object(given)) => given,
            Some(_) => return fault("`arguments` takes an object".to_owned()),
        };
        let call = match (own, is_stateless) {
            (Some(roots), _) => tool.parse(given, &roots),
            // The client names its roots with the next request.
            (None, true) => {
                let input = json!({"roots": {"method": "roots/list"}});
                return Ok(Ok(json!({"resultType": "input_required", "inputRequests": input})));
            }
            (None, false) => {
                self.wait_for_roots()?;
                tool.parse(given, &self.roots)
            }
        };
        let done = call.and_then(|call| {
            let result = self.run(tool, &call, given)?;
            answer::result(tool, &call, result)
        });
        Ok(Ok(done.unwrap_or_else(|text| json!({"content": [{"type": "text", "text": text}], "isError": true}))))
    }

    /// Runs the command of a call.
    fn run(&mut self, tool: &Tool, call: &Call, given: &Map<String, Value>) -> Result<CommandResult, String> {
        if tool.name == "explain" {
            return self.explain(given, call.place.as_ref());
        }
        let current = call.place.as_ref().map(|place| place.folder().to_owned()).unwrap_or_default();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = {
            let budget = Arc::clone(&self.budget);
            let mut environment = Environment::without_terminal(&mut out, &mut err, current, today(), budget);
            environment.ceiling = call.place.as_ref().map(|place| place.root.clone());
            environment.began = self.environment.began;
            let mut arguments = vec!["sessionlint".into(), tool.name.into(), "--format=json".into()];
            arguments.extend(self.choice.no_project_config.then(|| "--no-project-config".into()));
            arguments.extend(["--no-cache".into(), format!("--max-memory={}", self.choice.max_memory.0).into()]);
            arguments.extend(call.arguments.iter().cloned());
            if tool.name == "check" {
                self.check(arguments, &mut environment)
            } else {
                crate::cli::run(arguments, &mut environment)
            }
        };
        let messages = String::from_utf8_lossy(&err);
        let notices = notices(&messages);
        let Ok(answer) = serde_json::from_slice(&out) else {
            return Err(if messages.trim().is_empty() {
                "there is no answer".to_owned()
            } else {
                messages.trim().to_owned()
            });
        };
        Ok(CommandResult { answer, notices, is_complete: matches!(exit, Exit::Clean | Exit::Findings) })
    }

    /// `check`, which keeps the files that it read.
    fn check(&mut self, arguments: Vec<std::ffi::OsString>, environment: &mut Environment<'_>) -> Exit {
        if self.memory_caches.count() >= KEPT {
            self.memory_caches = MemoryCaches::default();
        }
        self.budget.reset_unshown();
        let failure = match Arguments::try_parse_from(arguments) {
            Ok(Arguments { command: Command::Check(arguments) }) => {
                match check::once(&arguments, environment, Some(&mut self.memory_caches)) {
                    Ok(exit) => return exit,
                    Err(failure) => failure,
                }
            }
            Ok(_) => Failure::Usage("not a check".to_owned()),
            Err(error) => Failure::Usage(error.render().to_string()),
        };
        match failure {
            Failure::Usage(text) | Failure::Unreadable(text) => environment.error(&text),
            Failure::ClosedPipe => {}
        }
        Exit::Usage
    }

    /// The page of a rule: an embedded one, or one of the project.
    fn explain(&self, given: &Map<String, Value>, place: Option<&ConfinedPath>) -> Result<CommandResult, String> {
        let in_words = |failure: Failure| match failure {
            Failure::Usage(text) | Failure::Unreadable(text) => text,
            Failure::ClosedPipe => String::new(),
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let rule = given.get("rule").and_then(Value::as_str).unwrap_or_default();
        {
            let current = place.map(|place| place.folder().to_owned()).unwrap_or_default();
            let mut environment =
                Environment::without_terminal(&mut out, &mut err, current, today(), Arc::clone(&self.budget));
            environment.ceiling = place.map(|place| place.root.clone());
            let is_of_project = given.get("path").is_some_and(Value::is_string) && !self.choice.no_project_config;
            let settings = if is_of_project {
                let root = root_of_folder(&environment.current, environment.ceiling.as_deref());
                Settings::find(&root, ConfigSource::default(), &environment).map_err(in_words)?
            } else {
                Settings::none()
            };
            let catalog = settings.catalog(&[], &environment).map_err(in_words)?;
            explain::write(&catalog, rule, false, &mut environment).map_err(in_words)?;
            environment.out.finish().map_err(|error| error.to_string())?;
        }
        let page = String::from_utf8_lossy(&out).into_owned();
        Ok(CommandResult { answer: json!({"rule": rule, "page": page}), notices: Vec::new(), is_complete: true })
    }
}

/// The messages on standard error, each with its further lines.
fn notices(messages: &str) -> Vec<String> {
    let mut notices: Vec<String> = Vec::new();
    for line in messages.lines() {
        let is_first = ["error: ", "warning: ", "note: "].iter().any(|word| line.starts_with(word));
        match notices.last_mut() {
            Some(last) if !is_first => {
                last.push('\n');
                last.push_str(line);
            }
            _ => notices.push(line.to_owned()),
        }
    }
    notices
}

/// The folders that a client names as its roots.
fn folders(result: Option<&Value>) -> impl Iterator<Item = PathBuf> {
    let roots = result.and_then(|result| result.get("roots")).and_then(Value::as_array);
    let uris = roots.into_iter().flatten().filter_map(|root| root.get("uri")?.as_str());
    uris.filter_map(path_of).filter(|path| path.is_absolute())
}

fn supported() -> Vec<&'static str> {
    std::iter::once(STATELESS).chain(VERSIONS).collect()
}

fn server() -> Value {
    json!({"name": "sessionlint", "title": "sessionlint", "version": env!("CARGO_PKG_VERSION")})
}

fn instructions() -> String {
    format!(
        "sessionlint reads a Salesforce project (SFDX or Metadata API) offline and finds what cuts sessions, logins and OAuth \
         integrations short. Begin with check; explain tells what a rule is about; diagnose goes from a symptom to its \
         causes; sessions, calendar, history and diff answer their questions; query answers the rest in SOQL. Nothing is \
         written, and nothing outside the roots is read. {DATA}"
    )
}

/// The tools; there is one page of them.
fn listed(params: &Map<String, Value>, is_stateless: bool) -> Result<Value, ProtocolError> {
    if params.get("cursor").is_some_and(|cursor| !cursor.is_null()) {
        return Err(ProtocolError(INVALID_PARAMS, "there is one page of tools".to_owned(), None));
    }
    let mut result = json!({"tools": TOOLS.iter().map(answer::description).collect::<Vec<_>>()});
    if is_stateless {
        result["ttlMs"] = 3_600_000.into();
        result["cacheScope"] = "public".into();
    }
    Ok(result)
}
