//! The server: open folders and projects, the texts of open documents, and the diagnostics that were published last.
//!
//! Refuses to know how a response is computed from a project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use super::findings::{self, ClientOptions, NAME, Places};
use super::text::{Encoding, OpenDocument};
use super::wire::Incoming;
use super::{Messages, actions, complete, knowledge};
use crate::cli::Failure;
use crate::cli::engine::{Engine, EngineOptions, EngineState, is_read};
use crate::cli::uri::{path_of, uri_of};
use crate::cli::watch::state_of;
use sessionlint_lint::rule::Catalog;
use sessionlint_project::discover::{self, MANIFEST, PROJECT_FILE};
use sessionlint_report::one_line;
use sessionlint_source::encode;

/// The time without a message after which the day is checked, and files if the client does not watch them.
const PAUSE: Duration = Duration::from_secs(2);

/// A search for changed files takes no more than this part of the time.
const SHARE: u32 = 20;

/// The files that clients are to watch.
const WATCHED: &str = "**/*";

/// A project, and what the client has of it.
struct Project {
    engine: Engine,
    /// Its diagnostics, by file.
    shown: BTreeMap<PathBuf, Vec<Value>>,
    /// The last messages in the log.
    messages: Vec<String>,
    /// The state of the files at the last check, if the client does not watch them.
    files: Option<u64>,
    /// Whether it has been read.
    is_read: bool,
}

/// The phase of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Running,
    Closing,
}

/// The server.
#[expect(clippy::struct_excessive_bools, reason = "each is another capability of the client")]
pub(super) struct Server {
    choice: Arc<EngineOptions>,
    sender: Sender<Value>,
    phase: Phase,
    client: ClientOptions,
    /// Whether the client shows progress.
    shows_progress: bool,
    /// Whether the client watches files.
    watches: bool,
    /// Whether the client opens addresses.
    opens_pages: bool,
    folders: Vec<PathBuf>,
    projects: Vec<Project>,
    open: BTreeMap<PathBuf, OpenDocument>,
    /// The diagnostics that were published, by the URI of the file.
    published: BTreeMap<String, Vec<Value>>,
    is_dirty: bool,
    next_id: i32,
}

/// A result, or an error.
type Response = Result<Value, (ErrorCode, String)>;

impl Server {
    /// A server whose messages go to `sender`.
    pub(super) fn new(choice: Arc<EngineOptions>, sender: Sender<Value>) -> Self {
        Self {
            choice,
            sender,
            phase: Phase::Before,
            client: ClientOptions::default(),
            shows_progress: false,
            watches: false,
            opens_pages: false,
            folders: Vec::new(),
            projects: Vec::new(),
            open: BTreeMap::new(),
            published: BTreeMap::new(),
            is_dirty: false,
            next_id: 1,
        }
    }

    /// Responds until the client ends the session or is gone; returns whether it ended as the protocol has it.
    pub(super) fn serve(mut self, messages: &Messages) -> bool {
        let mut last_check = Instant::now();
        let mut pause = PAUSE;
        loop {
            let next = if self.is_dirty {
                match messages.try_recv() {
                    Ok(message) => Some(message),
                    Err(std::sync::mpsc::TryRecvError::Empty) => {
                        self.flush();
                        continue;
                    }
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return false,
                }
            } else {
                match messages.recv_timeout(pause) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return false,
                }
            };
            match next {
                Some(Incoming::Message(Message::Notification(notification))) if notification.method == "exit" => {
                    return self.phase == Phase::Closing;
                }
                Some(Incoming::Message(Message::Notification(notification))) => self.handle_notification(notification),
                Some(Incoming::Message(Message::Request(request))) => self.handle_request(request),
                Some(Incoming::Refused(answer)) => self.send(answer),
                Some(Incoming::TooLong(length)) => {
                    let megabytes = length >> 20;
                    self.log(2, &format!("a message of {megabytes} MB was passed over"));
                }
                // Responses of the client need no action.
                Some(Incoming::Message(Message::Response(_))) | None => {}
            }
            if self.phase == Phase::Running && !self.is_dirty && last_check.elapsed() >= pause {
                let start = Instant::now();
                self.find_changes();
                pause = PAUSE.max(start.elapsed() * SHARE);
                last_check = Instant::now();
            }
        }
    }

    fn send(&self, message: Value) {
        // Without a writer the client is gone, and the end of its messages ends this thread too.
        let _ = self.sender.send(message);
    }

    fn notify(&self, method: &str, params: &Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn request(&mut self, method: &str, params: &Value) {
        let id = self.next_id;
        self.next_id += 1;
        self.send(json!({"jsonrpc": "2.0", "id": format!("{NAME}-{id}"), "method": method, "params": params}));
    }

    /// Writes a line to the client's log: 1 is an error, 2 a warning, 3 a note.
    fn log(&self, level: u8, text: &str) {
        self.notify("window/logMessage", &json!({"type": level, "message": one_line(text)}));
    }

    /// Finds changes that the client does not report.
    fn find_changes(&mut self) {
        for project in &mut self.projects {
            if !self.watches {
                let files = state_of(project.engine.root());
                if project.files.replace(files).is_some_and(|before| before != files) {
                    project.engine.revalidate();
                }
            }
            self.is_dirty |= project.engine.is_stale();
        }
    }

    fn handle_request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::Before, "initialize") => Ok(self.initialize(&params)),
            (Phase::Before, _) => {
                Err((ErrorCode::ServerNotInitialized, "the first request is `initialize`".to_owned()))
            }
            (Phase::Closing, _) => Err((ErrorCode::InvalidRequest, "the server was shut down".to_owned())),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::Closing;
                Ok(Value::Null)
            }
            (Phase::Running, "initialize") => {
                Err((ErrorCode::InvalidRequest, "the server is initialized already".to_owned()))
            }
            (Phase::Running, _) => {
                // A response reflects all notifications before the request.
                self.flush();
                self.respond(&method, &params)
            }
        };
        self.reply(&id, answer);
    }

    fn reply(&self, id: &RequestId, answer: Response) {
        self.send(match answer {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err((code, message)) => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": one_line(&message)}})
            }
        });
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.phase = Phase::Running;
        let can = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let does = |path: &str| can(path).and_then(Value::as_bool).unwrap_or(false);
        self.client = ClientOptions {
            encoding: can("general/positionEncodings").map_or_else(Encoding::default, Encoding::of),
            related: does("textDocument/publishDiagnostics/relatedInformation"),
        };
        self.shows_progress = does("window/workDoneProgress");
        self.watches = does("workspace/didChangeWatchedFiles/dynamicRegistration");
        self.opens_pages = does("window/showDocument/support");
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let folders: Vec<&Value> = folders.into_iter().flatten().filter_map(|folder| folder.get("uri")).collect();
        let root = params.get("rootUri").filter(|_| folders.is_empty());
        let uris = folders.into_iter().chain(root).filter_map(Value::as_str);
        self.folders = uris.filter_map(path_of).collect();
        if self.folders.is_empty()
            && let Some(path) = params.get("rootPath").and_then(Value::as_str)
        {
            self.folders.push(path_clean::clean(path));
        }
        self.find_projects();
        // Before `initialized`, nothing is published.
        self.is_dirty = false;
        json!({
            "capabilities": {
                "positionEncoding": self.client.encoding.name(),
                "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
                "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll"]},
                "hoverProvider": true,
                "inlayHintProvider": true,
                "documentLinkProvider": {"resolveProvider": false},
                "definitionProvider": true,
                "referencesProvider": true,
                "workspaceSymbolProvider": true,
                "completionProvider": {"triggerCharacters": ["\"", "'", " "]},
                "executeCommandProvider": {"commands": [actions::EXPLAIN]},
                "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
            },
            "serverInfo": {"name": NAME, "version": env!("CARGO_PKG_VERSION")},
        })
    }

    /// Finds the projects of the folders; open ones stay open.
    fn find_projects(&mut self) {
        let mut wanted: BTreeMap<PathBuf, discover::Root> = BTreeMap::new();
        // A whole disk is no project.
        for folder in self.folders.iter().filter(|folder| folder.parent().is_some() && folder.is_dir()) {
            for root in discover::roots_of_folder(folder, None) {
                wanted.entry(root.path.clone()).or_insert(root);
            }
        }
        for path in self.open.keys() {
            let name = path.to_string_lossy().replace('\\', "/");
            if is_read(&name) && !wanted.keys().any(|root| path.starts_with(root)) {
                let root = discover::root_of_file(path, path.parent().unwrap_or(path), None);
                if root.has_project_file || root.path.join(MANIFEST).is_file() {
                    wanted.entry(root.path.clone()).or_insert(root);
                }
            }
        }
        self.projects.retain(|project| wanted.contains_key(project.engine.root()));
        for (path, root) in wanted {
            if self.projects.iter().any(|project| project.engine.root() == path) {
                continue;
            }
            let mut engine = Engine::open(root, Arc::clone(&self.choice));
            for (path, open) in &self.open {
                engine.set_overlay(path, Some(encode(&open.text).into()));
            }
            self.projects.push(Project {
                engine,
                shown: BTreeMap::new(),
                messages: Vec::new(),
                files: None,
                is_read: false,
            });
        }
        self.projects.sort_by(|left, right| left.engine.root().cmp(right.engine.root()));
        self.is_dirty = true;
    }

    fn handle_notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if self.phase != Phase::Running {
            return;
        }
        let document = params.get("textDocument");
        let uri = document.and_then(|it| it.get("uri")).and_then(Value::as_str).unwrap_or_default();
        let path = path_of(uri);
        let version = document.and_then(|it| it.get("version")).and_then(Value::as_i64);
        match (method.as_str(), path) {
            ("initialized", _) => {
                self.watch();
                self.is_dirty = true;
            }
            ("textDocument/didOpen", Some(path)) => {
                let Some(text) = document.and_then(|it| it.get("text")).and_then(Value::as_str) else { return };
                let open = OpenDocument { uri: uri.to_owned(), version, text: text.into() };
                self.open.insert(path.clone(), open);
                let is_covered = self.projects.iter().any(|it| path.starts_with(it.engine.root()));
                if !is_covered {
                    self.find_projects();
                }
                self.buffer_changed(&path);
            }
            ("textDocument/didChange", Some(path)) => {
                let Some(open) = self.open.get_mut(&path) else { return };
                open.version = version;
                if open.change(&params["contentChanges"], self.client.encoding).is_none() {
                    self.log(1, "a change of a text cannot be understood, and was passed over");
                }
                self.buffer_changed(&path);
            }
            ("textDocument/didSave", Some(path)) => self.file_changed(&path),
            ("textDocument/didClose", Some(path)) => {
                self.open.remove(&path);
                for project in &mut self.projects {
                    project.engine.set_overlay(&path, None);
                    project.engine.changed(&path);
                }
                self.is_dirty = true;
            }
            ("workspace/didChangeWatchedFiles", _) => {
                let changes = params.get("changes").and_then(Value::as_array);
                let uris = changes.into_iter().flatten().filter_map(|it| it.get("uri").and_then(Value::as_str));
                let paths: BTreeSet<PathBuf> = uris.filter_map(path_of).collect();
                for path in paths {
                    self.file_changed(&path);
                }
            }
            ("workspace/didChangeWorkspaceFolders", _) => {
                let uris = |key: &str| -> Vec<PathBuf> {
                    let list = params.pointer(&format!("/event/{key}")).and_then(Value::as_array);
                    let uris = list.into_iter().flatten().filter_map(|it| it.get("uri").and_then(Value::as_str));
                    uris.filter_map(path_of).collect()
                };
                let removed = uris("removed");
                self.folders.retain(|folder| !removed.contains(folder));
                self.folders.extend(uris("added"));
                self.find_projects();
            }
            _ => {}
        }
    }

    /// Registers for changes of files.
    fn watch(&mut self) {
        if self.watches {
            let options = json!({"watchers": [{"globPattern": WATCHED}]});
            let registration =
                json!({"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": options});
            self.request("client/registerCapability", &json!({"registrations": [registration]}));
        }
    }

    fn buffer_changed(&mut self, path: &Path) {
        let Some(open) = self.open.get(path) else { return };
        let text: Arc<[u8]> = encode(&open.text).into();
        for project in &mut self.projects {
            project.engine.set_overlay(path, Some(Arc::clone(&text)));
            self.is_dirty |= project.engine.is_stale();
        }
    }

    fn file_changed(&mut self, path: &Path) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for project in &mut self.projects {
            project.engine.changed(path);
        }
        self.is_dirty = true;
        // There may be other projects now.
        if matches!(name, PROJECT_FILE | MANIFEST) || !name.contains('.') {
            self.find_projects();
        }
    }

    /// Checks changed projects, and publishes their diagnostics.
    fn flush(&mut self) {
        if !self.is_dirty {
            return;
        }
        self.is_dirty = false;
        let mut projects = std::mem::take(&mut self.projects);
        let is_first = projects.iter().any(|project| !project.is_read);
        let progress = (self.shows_progress && is_first).then(|| self.begin_progress());
        for project in &mut projects {
            if project.engine.is_stale() {
                self.renew(project);
            }
        }
        self.projects = projects;
        if let Some(token) = progress {
            self.notify("$/progress", &json!({"token": token, "value": {"kind": "end"}}));
        }
        self.publish();
    }

    fn begin_progress(&mut self) -> String {
        let token = format!("{NAME}-reading-{}", self.next_id);
        self.request("window/workDoneProgress/create", &json!({"token": token}));
        let value = json!({"kind": "begin", "title": "sessionlint: reading the project"});
        self.notify("$/progress", &json!({"token": token, "value": value}));
        token
    }

    fn renew(&self, project: &mut Project) {
        let mut messages = Vec::new();
        project.is_read = true;
        project.shown.clear();
        let root = project.engine.root().to_owned();
        let failure = project.engine.state().err();
        if let Some(failure) = failure {
            let (Failure::Usage(text) | Failure::Unreadable(text)) = &failure else { return };
            match findings::of_failure(text, &self.choice.current, self.client.encoding) {
                Some((path, shown)) => drop(project.shown.insert(path, vec![shown])),
                None => messages.push(text.clone()),
            }
        } else if let (Some(state), Ok(prepared)) = (project.engine.last(), project.engine.prepared()) {
            let name = |path: &Path| self.open.get(path).map(|open| open.uri.clone());
            let places = Places {
                project: &state.checked.loaded.project,
                root: &root,
                encoding: self.client.encoding,
                name: &name,
            };
            project.shown = findings::all(state, &places, &prepared.catalog, self.client);
            let notices = &state.checked.loaded.notices;
            messages.extend(notices.iter().map(|notice| notice.text.clone()));
            messages.extend(state.messages.notices.iter().chain(&state.messages.errors).cloned());
        }
        if messages != project.messages {
            for text in messages.iter().filter(|text| !project.messages.contains(text)) {
                self.log(2, &format!("{}: {text}", root.display()));
            }
            project.messages = messages;
        }
    }

    /// Publishes diagnostics that differ from the published ones.
    fn publish(&mut self) {
        let mut now: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for project in &self.projects {
            for (path, shown) in &project.shown {
                let uri = self.open.get(path).map_or_else(|| uri_of(path), |open| open.uri.clone());
                let all = now.entry(uri).or_default();
                // Projects may share a configuration.
                all.extend(shown.iter().filter(|it| !all.contains(it)).cloned().collect::<Vec<_>>());
            }
        }
        let gone: Vec<String> = self.published.keys().filter(|uri| !now.contains_key(*uri)).cloned().collect();
        for uri in gone {
            now.insert(uri, Vec::new());
        }
        let versions: BTreeMap<&str, Option<i64>> =
            self.open.values().map(|open| (open.uri.as_str(), open.version)).collect();
        for (uri, shown) in &now {
            if self.published.get(uri) == Some(shown) {
                continue;
            }
            let mut params = json!({"uri": uri, "diagnostics": shown});
            if let Some(Some(version)) = versions.get(uri.as_str()) {
                params["version"] = (*version).into();
            }
            self.notify("textDocument/publishDiagnostics", &params);
        }
        now.retain(|_, shown| !shown.is_empty());
        self.published = now;
    }

    /// The innermost project that contains a file.
    fn project_of(&self, path: &Path) -> Option<&Project> {
        self.projects
            .iter()
            .filter(|it| path.starts_with(it.engine.root()))
            .max_by_key(|it| it.engine.root().as_os_str().len())
    }

    fn respond(&mut self, method: &str, params: &Value) -> Response {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str).unwrap_or_default();
        let path = path_of(uri).unwrap_or_default();
        match method {
            "textDocument/completion" => {
                let open = self.open.get(&path);
                Ok(open.map_or(Value::Null, |open| {
                    complete::answer(&open.text, &params["position"], self.client.encoding)
                }))
            }
            "workspace/symbol" => {
                let query = params.get("query").and_then(Value::as_str).unwrap_or_default();
                let mut found = Vec::new();
                for project in &self.projects {
                    self.with(project, |state, _, places| found.extend(knowledge::symbols(state, places, query)));
                }
                Ok(Value::Array(found))
            }
            "workspace/executeCommand" => self.execute(params),
            "textDocument/codeAction"
            | "textDocument/hover"
            | "textDocument/inlayHint"
            | "textDocument/documentLink"
            | "textDocument/definition"
            | "textDocument/references" => {
                let Some(project) = self.project_of(&path) else { return Ok(Value::Null) };
                let answer = self.with(project, |state, catalog, places| {
                    let position = &params["position"];
                    let request = knowledge::RequestContext { state, places, path: &path };
                    match method {
                        "textDocument/codeAction" => {
                            let configuration = project.engine.prepared().ok().map(|prepared| &prepared.settings);
                            let context = actions::Context {
                                state,
                                places,
                                path: &path,
                                catalog,
                                settings: configuration,
                                open_text: &|path| self.open.get(path).map(|open| Arc::clone(&open.text)),
                                client: self.client,
                            };
                            actions::answer(&context, params)
                        }
                        "textDocument/hover" => knowledge::hover(&request, catalog, position),
                        "textDocument/inlayHint" => knowledge::hints(&request, &params["range"]),
                        "textDocument/documentLink" => knowledge::links(&request),
                        "textDocument/definition" => knowledge::definition(&request, position),
                        _ => knowledge::references(&request, position),
                    }
                });
                Ok(answer.unwrap_or(Value::Null))
            }
            _ => Err((ErrorCode::MethodNotFound, format!("`{method}` is not offered"))),
        }
    }

    /// Runs `work` on the state of a project.
    fn with<T>(&self, project: &Project, work: impl FnOnce(&EngineState, &Catalog, &Places<'_>) -> T) -> Option<T> {
        let (state, prepared) = (project.engine.last()?, project.engine.prepared().ok()?);
        let name = |path: &Path| self.open.get(path).map(|open| open.uri.clone());
        let places = Places {
            project: &state.checked.loaded.project,
            root: project.engine.root(),
            encoding: self.client.encoding,
            name: &name,
        };
        Some(work(state, &prepared.catalog, &places))
    }

    fn execute(&mut self, params: &Value) -> Response {
        let rule = params.pointer("/arguments/0").and_then(Value::as_str).unwrap_or_default();
        if params.get("command").and_then(Value::as_str) != Some(actions::EXPLAIN) {
            return Err((ErrorCode::InvalidParams, "there is no such command".to_owned()));
        }
        let page = self.projects.iter().find_map(|project| {
            let rule = project.engine.prepared().ok()?.catalog.get(rule)?;
            Some(actions::page(rule))
        });
        let Some(actions::RulePage { text, href }) = page else {
            return Err((ErrorCode::InvalidParams, "there is no such rule".to_owned()));
        };
        match href.filter(|_| self.opens_pages) {
            Some(href) => self.request("window/showDocument", &json!({"uri": href, "external": true})),
            None => self.notify("window/showMessage", &json!({"type": 3, "message": text})),
        }
        Ok(json!(text))
    }
}
