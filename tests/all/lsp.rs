//! `sessionlint lsp`: what an editor is shown is what `check` finds, after every step, in every encoding.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test fails by panicking, reads how much it does, and is read from top to bottom"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use sessionlint::cli::{Environment, run};

use crate::support::{PROGRAM, Project, SFDX, profile, security, session_setting, short_app, text};

const DAY: &str = "2026-12-01";

/// A client of the server, as an editor is one.
pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    next: i64,
    /// What is shown, by address.
    shown: BTreeMap<String, Vec<Value>>,
    /// Every other message that was not an answer.
    other: Vec<Value>,
    /// All messages of the server.
    transcript: String,
}

fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Client {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["lsp", "--no-cache", "--as-of", DAY]).args(arguments).current_dir(folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut from = BufReader::new(child.stdout.take().unwrap());
        let (sender, output) = channel();
        std::thread::spawn(move || {
            loop {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if from.read_line(&mut line).unwrap() == 0 {
                        return;
                    }
                    if line == "\r\n" {
                        break;
                    }
                    length = line.trim().strip_prefix("Content-Length: ").expect(&line).parse().unwrap();
                }
                let mut body = vec![0; length];
                from.read_exact(&mut body).unwrap();
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, output, next: 0, shown: BTreeMap::new(), other: Vec::new(), transcript: String::new() }
    }

    /// One that speaks as an editor does, about one folder.
    fn open(folder: &Path, arguments: &[&str], encodings: &[&str], watches: bool) -> Self {
        let mut client = Self::start(folder, arguments);
        let capabilities = json!({
            "general": {"positionEncodings": encodings},
            "textDocument": {"publishDiagnostics": {"relatedInformation": true}},
            "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": watches}},
            "window": {"workDoneProgress": true, "showDocument": {"support": true}},
        });
        let folders = json!([{"uri": uri(folder), "name": "x"}]);
        let answer = client.ask(
            "initialize",
            &json!({"processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders}),
        );
        let expected = encodings.iter().copied().find(|it| *it != "utf-7").unwrap_or("utf-16");
        assert_eq!(answer["capabilities"]["positionEncoding"], expected);
        client.tell("initialized", &json!({}));
        client
    }

    fn send(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&frame(&json!({"jsonrpc": "2.0", "method": method, "params": params})));
    }

    /// The answer to a request, or the error.
    fn reply(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&frame(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})));
        self.until(|message| message["id"] == id && message.get("method").is_none())
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.reply(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Takes what comes until one message is found.
    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.output.recv_timeout(Duration::from_secs(120)).expect("an answer");
            self.transcript.push_str(&message.to_string());
            self.transcript.push('\n');
            if is_it(&message) {
                return message;
            }
            if message["method"] == "textDocument/publishDiagnostics" {
                let params = &message["params"];
                let shown = params["diagnostics"].as_array().unwrap().clone();
                let uri = text(&params["uri"]).to_owned();
                if shown.is_empty() {
                    self.shown.remove(&uri)
                } else {
                    self.shown.insert(uri, shown)
                };
            } else {
                self.other.push(message);
            }
        }
    }

    /// After this, all diagnostics so far are published.
    fn settle(&mut self) {
        let _ = self.ask("workspace/symbol", &json!({"query": "no name holds this"}));
    }

    fn did_open(&mut self, path: &Path, text: &str) {
        let document = json!({"uri": uri(path), "languageId": "xml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
    }

    fn did_change(&mut self, path: &Path, changes: &Value) {
        let document = json!({"uri": uri(path), "version": 2});
        self.tell("textDocument/didChange", &json!({"textDocument": document, "contentChanges": changes}));
    }

    fn did_close(&mut self, path: &Path) {
        self.tell("textDocument/didClose", &json!({"textDocument": {"uri": uri(path)}}));
    }

    fn did_save(&mut self, path: &Path) {
        self.tell("textDocument/didSave", &json!({"textDocument": {"uri": uri(path)}}));
    }

    fn files_changed(&mut self, paths: &[PathBuf]) {
        let changes: Vec<Value> = paths.iter().map(|path| json!({"uri": uri(path), "type": 2})).collect();
        self.tell("workspace/didChangeWatchedFiles", &json!({"changes": changes}));
    }

    /// Ends as agreed.
    fn end(mut self) -> i32 {
        let _ = self.ask("shutdown", &Value::Null);
        self.tell("exit", &Value::Null);
        self.child.wait().unwrap().code().unwrap()
    }

    /// All texts of the server about a project, with requests for at most `files` of its files.
    pub(crate) fn transcript_of(folder: &Path, files: usize) -> String {
        let mut client = Self::open(folder, &["--preset", "all"], &["utf-16"], true);
        client.settle();
        let shown: Vec<(String, Vec<Value>)> = client.shown.clone().into_iter().collect();
        let step = (shown.len() / files).max(1);
        for (uri, findings) in shown.into_iter().step_by(step) {
            let document = json!({"uri": uri});
            for finding in findings {
                let range = &finding["range"];
                let context = json!({"diagnostics": [finding]});
                let params =
                    json!({"textDocument": document, "position": range["start"], "range": range, "context": context});
                for method in ["hover", "codeAction", "definition", "references"] {
                    let _ = client.ask(&format!("textDocument/{method}"), &params);
                }
            }
            let range = json!({"start": at(0, 0), "end": at(9999, 0)});
            for method in ["documentLink", "inlayHint"] {
                let _ =
                    client.ask(&format!("textDocument/{method}"), &json!({"textDocument": document, "range": range}));
            }
        }
        let _ = client.ask("workspace/symbol", &json!({"query": ""}));
        std::mem::take(&mut client.transcript)
    }

    /// What is shown in a file, as rules.
    fn rules(&self, path: &Path) -> Vec<String> {
        let shown = self.shown.get(&uri(path)).cloned().unwrap_or_default();
        shown.iter().map(|it| it["code"].as_str().unwrap_or("-").to_owned()).collect()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.to_str().unwrap().replace(' ', "%20"))
}

/// What `check` finds in a folder; nothing where it refuses.
fn check(folder: &Path, arguments: &[&str]) -> Option<Vec<Value>> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let all =
        [&["sessionlint", "check", "--no-cache", "--as-of", DAY, "--format", "json", "."][..], arguments].concat();
    let day = jiff::civil::date(2026, 12, 1);
    let mut environment = Environment::without_terminal(&mut out, &mut err, folder.to_owned(), day, Arc::default());
    let exit = run(all.into_iter().map(Into::into), &mut environment);
    drop(environment);
    if exit.code() == 2 && out.is_empty() {
        return None;
    }
    let report: Value = serde_json::from_slice(&out).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&err)));
    Some(report["findings"].as_array().unwrap().clone())
}

/// A position of `check`, as an editor has it.
fn position(text: &str, at: &Value, encoding: &str) -> Value {
    let line = at["line"].as_u64().unwrap() as usize - 1;
    let column = at["column"].as_u64().unwrap() as usize - 1;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let before: String = text.split('\n').nth(line).unwrap_or_default().chars().take(column).collect();
    let character = match encoding {
        "utf-8" => before.len(),
        "utf-16" => before.encode_utf16().count(),
        _ => before.chars().count(),
    };
    json!({"line": line, "character": character})
}

/// Findings as an editor shows them: by address, in order.
fn expected(findings: &[Value], mirror: &Path, folder: &Path, encoding: &str) -> BTreeMap<String, Vec<Value>> {
    let range = |it: &Value| {
        let text = fs::read_to_string(mirror.join(text(&it["path"]))).unwrap();
        json!({"start": position(&text, &it["start"], encoding), "end": position(&text, &it["end"], encoding)})
    };
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in findings {
        let severity = match text(&finding["severity"]) {
            "error" => 1,
            "warning" => 2,
            _ => 3,
        };
        let related = finding["related"].as_array().unwrap();
        let related: Vec<Value> =
            related.iter().map(|it| json!([uri(&folder.join(text(&it["path"]))), range(it), it["text"]])).collect();
        let shown = json!([
            finding["rule"],
            severity,
            range(finding),
            format!("{}\n{}", text(&finding["message"]), text(&finding["help"])).trim_end(),
            finding["fingerprint"],
            related,
        ]);
        all.entry(uri(&folder.join(text(&finding["path"])))).or_default().push(shown);
    }
    all
}

/// What a client was shown, in the same form.
fn shown(client: &Client) -> BTreeMap<String, Vec<Value>> {
    let one = |it: &Value| {
        let related = it["relatedInformation"].as_array().cloned().unwrap_or_default();
        let related: Vec<Value> =
            related.iter().map(|it| json!([it["location"]["uri"], it["location"]["range"], it["message"]])).collect();
        let (code, fingerprint) = (&it["code"], &it["data"]["fingerprint"]);
        json!([code, it["severity"], it["range"], text(&it["message"]).trim_end(), fingerprint, related])
    };
    client.shown.iter().map(|(uri, all)| (uri.clone(), all.iter().map(one).collect())).collect()
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides as u64) as usize
    }

    fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.roll(all.len())]
    }
}

const MAIN: &str = "force-app/main/default";

/// Files that may be there, and what they may hold.
fn pool() -> Vec<(String, Vec<String>)> {
    let at = |path: &str| format!("{MAIN}/{path}");
    let org = |timeout: &str| security(timeout);
    let odd = format!("<!-- \u{1f600}\u{e9} -->{}", security("FifteenMinutes")).replace('\n', "\r\n");
    let latin = security("ThirtyMinutes").replace("UTF-8", "ISO-8859-1");
    let class = |body: &str| format!("public class A {{\n  void f() {{\n    {body}\n  }}\n}}\n");
    vec![
        (
            at("settings/Security.settings-meta.xml"),
            vec![org("FifteenMinutes"), org("TwoHours"), org("TwelveHours"), odd, latin, "<SecuritySettings>".to_owned()],
        ),
        (at("profiles/Sales.profile-meta.xml"), vec![profile(), "<Profile/>".to_owned(), String::new()]),
        (
            at("profileSessionSettings/sales_x1.profileSessionSetting-meta.xml"),
            vec![session_setting("<profile>Sales</profile>", "15"),
                session_setting("<profile>sales</profile>", "480"),
                session_setting("<profile>Other</profile>", "0"),
                session_setting("", "30")],
        ),
        (
            at("connectedApps/Erp.connectedApp-meta.xml"),
            vec![short_app("Erp"), short_app("\u{1f600} <Erp>").replace("\u{1f600} <", "\u{1f600} &lt;"), "x".to_owned()],
        ),
        (
            at("classes/A.cls"),
            vec![
                class("String s = '\u{1f600}'; System.debug(UserInfo.getSessionId());"),
                class("new B().g(UserInfo.getSessionId());"),
                class("// sessionlint: allow all: why\n    System.debug(UserInfo.getSessionId());"),
                "public class A {".to_owned(),
            ],
        ),
        (
            at("classes/B.cls"),
            vec![
                "public class B { public void g(String s) { System.debug(s); } }".to_owned(),
                "public class B { public void g(String s) { } }".to_owned(),
            ],
        ),
        (
            at("pages/P.page"),
            vec!["<apex:page>\n<a href=\"/x?sid={!$Api.Session_ID}\">\u{e9}</a></apex:page>".to_owned(), "<p/>".to_owned()],
        ),
        (
            at("namedCredentials/Bank.namedCredential-meta.xml"),
            vec![
                "<NamedCredential xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n <endpoint>http://b.example.com</endpoint>\n \
                 <label>B</label>\n <certificate>Gone</certificate>\n</NamedCredential>"
                    .to_owned(),
            ],
        ),
    ]
}

/// Settings, which count as they are on the disk.
fn settings() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        (
            "sessionlint.toml",
            vec![
                "preset = \"all\"\n",
                "preset = \"security\"\nignore-rules = [\n",
                "preset = \"all\"\n[[ignore]]\nrule = \"session\"\nreason = \"x\"\n",
                "preset = 7\n",
            ],
        ),
        (".forceignore", vec!["**/profiles/**\n", "*.cls\n", "# nothing\n"]),
        ("sfdx-project.json", vec![SFDX.1, r#"{"packageDirectories": [{"path": "force-app/main/default/classes"}]}"#]),
        (
            "sessionlint-rules/mine/loud.md",
            vec![
                "# Loud\n\nA summary.\n\n```toml rule\nseverity = { continuity = \"warning\" }\nfrom = \"Profile\"\n\
                 message = \"Profile {FullName}\"\nhelp = \"None\"\n```\n",
                "# Broken\n",
            ],
        ),
    ]
}

/// Edits of a seed, each followed by a comparison.
fn edits(seed: u64, steps: usize, encoding: &str) {
    let project = Project::sfdx::<&str>(&[]);
    let mirror = Project::sfdx::<&str>(&[]);
    let mut dice = Dice(seed);
    let pool = pool();
    for (path, contents) in pool.iter().take(5) {
        project.put(path, &contents[0]);
        mirror.put(path, &contents[0]);
    }
    let root = project.root();
    let mut client = Client::open(&root, &["--preset", "all"], &["utf-7", encoding], true);
    let mut open: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = 0;
    for step in 0..steps {
        let (path, contents) = dice.pick(&pool).clone();
        let file = project.at(&path);
        let on_disk = fs::read_to_string(&file).ok();
        let what = dice.roll(16);
        let mut done = format!("{what} {path}");
        match (what, open.contains_key(&path)) {
            (0..=2, false) => {
                let text = on_disk.unwrap_or_else(|| dice.pick(&contents).clone());
                client.did_open(&file, &text);
                mirror.put(&path, &text);
                open.insert(path, vec![text]);
            }
            // Part of the text is replaced, in one change or two.
            (0..=6, true) => {
                let history = open.get_mut(&path).unwrap();
                let mut text = history.last().unwrap().clone();
                let mut changes = Vec::new();
                for _ in 0..=dice.roll(2) {
                    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                    // Nobody can place a cursor between CR and LF.
                    let is_inside = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
                    let ends: Vec<usize> = ends.into_iter().filter(|at| !is_inside(*at)).collect();
                    let from = dice.roll(ends.len());
                    let to = (from + dice.roll(12)).min(ends.len() - 1);
                    let new = *dice.pick(&["", "x", "\u{1f600}", "<a>", "15", "\n", "System.debug(s);"]);
                    let at = |offset: usize| {
                        let before = &text[..offset];
                        let lines = before.replace("\r\n", "\n").replace('\r', "\n");
                        let line = lines.matches('\n').count() + 1;
                        let column = lines.rsplit('\n').next().unwrap().chars().count() + 1;
                        position(&text, &json!({"line": line, "column": column}), encoding)
                    };
                    let range = json!({"start": at(ends[from]), "end": at(ends[to])});
                    changes.push(json!({"range": range, "text": new}));
                    text.replace_range(ends[from]..ends[to], new);
                }
                client.did_change(&file, &json!(changes));
                mirror.put(&path, &text);
                history.push(text);
            }
            // The whole of it.
            (7..=8, true) => {
                let text = dice.pick(&contents).clone();
                client.did_change(&file, &json!([{"text": text}]));
                mirror.put(&path, &text);
                open.get_mut(&path).unwrap().push(text);
            }
            // Undo.
            (9..=10, true) => {
                let history = open.get_mut(&path).unwrap();
                if history.len() > 1 {
                    history.pop();
                }
                let text = history.last().unwrap().clone();
                client.did_change(&file, &json!([{"text": text}]));
                mirror.put(&path, &text);
            }
            // Save, as editors do: the file changes, and the client may report it.
            (11, true) => {
                project.put(&path, open[&path].last().unwrap());
                client.did_save(&file);
                if dice.roll(2) == 0 {
                    client.files_changed(&[file]);
                }
            }
            // Close, and lose what was not saved.
            (12..=13, true) => {
                client.did_close(&file);
                open.remove(&path);
                match on_disk {
                    Some(text) => mirror.put(&path, text),
                    None => fs::remove_file(mirror.at(&path)).unwrap(),
                }
            }
            // Somebody else writes, removes or renames.
            (3..=9, false) => {
                let text = dice.pick(&contents).clone();
                project.put(&path, &text);
                mirror.put(&path, &text);
                client.files_changed(&[file]);
            }
            (10..=11, false) if on_disk.is_some() => {
                fs::remove_file(&file).unwrap();
                fs::remove_file(mirror.at(&path)).unwrap();
                client.files_changed(&[file]);
            }
            (12, false) if on_disk.is_some() && path.ends_with("-meta.xml") => {
                let other = path.replace("default/", "default/moved_");
                fs::create_dir_all(project.at(&other).parent().unwrap()).unwrap();
                fs::create_dir_all(mirror.at(&other).parent().unwrap()).unwrap();
                fs::rename(&file, project.at(&other)).unwrap();
                fs::rename(mirror.at(&path), mirror.at(&other)).unwrap();
                client.files_changed(&[file, project.at(&other)]);
            }
            // All is well again.
            _ if dice.roll(3) > 0 => {
                let mut changed = Vec::new();
                for (path, _) in settings() {
                    for place in [project.at(path), mirror.at(path)] {
                        let _ = if path == SFDX.0 { fs::write(place, SFDX.1) } else { fs::remove_file(place) };
                    }
                    changed.push(project.at(path));
                }
                client.files_changed(&changed);
            }
            _ => {
                let all = settings();
                let (path, contents) = dice.pick(&all);
                let file = project.at(path);
                done = format!("{what} {path}");
                if dice.roll(3) > 0 || *path == SFDX.0 {
                    let text = *dice.pick(contents);
                    project.put(path, text);
                    mirror.put(path, text);
                } else {
                    let _ = fs::remove_file(&file);
                    let _ = fs::remove_file(mirror.at(path));
                }
                client.files_changed(&[file]);
            }
        }
        client.settle();
        let found = check(&mirror.root(), &["--preset", "all"]);
        let (mut shown, is_refused) = (shown(&client), found.is_none());
        if is_refused {
            // What is wrong with settings is shown where it stands.
            shown.retain(|_, all| all.iter().any(|it| !it[0].is_null()));
        }
        let expected = expected(&found.unwrap_or_default(), &mirror.root(), &root, encoding);
        seen += expected.values().map(Vec::len).sum::<usize>();
        assert_eq!(shown, expected, "seed {seed}, step {step}: {done}");
    }
    assert!(seen > steps, "{seen} findings in {steps} steps");
    assert_eq!(client.end(), 0);
}

/// 1,000 in all encodings together where `SESSIONLINT_LSP_EDITS` is 1000.
#[test]
fn after_every_edit_an_editor_is_shown_what_check_finds() {
    let steps = std::env::var("SESSIONLINT_LSP_EDITS").ok().and_then(|it| it.parse().ok()).unwrap_or(75);
    for (seed, encoding) in ["utf-8", "utf-16", "utf-32"].into_iter().enumerate() {
        edits(seed as u64 + 7, steps / 3 + 1, encoding);
    }
}

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";

fn at(line: u64, character: u64) -> Value {
    json!({"line": line, "character": character})
}

fn document(path: &Path) -> Value {
    json!({"uri": uri(path)})
}

/// The methods of the notifications beside findings, in order.
fn methods(client: &Client) -> Vec<&str> {
    client.other.iter().filter_map(|it| it["method"].as_str()).collect()
}

#[test]
fn a_conversation_begins_and_ends() {
    let app = format!("{MAIN}/connectedApps/Erp.connectedApp-meta.xml");
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes")), (&app, short_app("Erp"))]);
    let mut client = Client::open(&project.root(), &["--preset", "all"], &["utf-16"], true);
    client.settle();
    // Nothing is open, and all is shown.
    assert!(client.rules(&project.at(SECURITY)).contains(&"session/org-timeout-short".to_owned()));
    assert!(!client.rules(&project.at(&app)).is_empty());
    let first = ["client/registerCapability", "window/workDoneProgress/create", "$/progress", "$/progress"];
    assert_eq!(methods(&client), first);
    let kinds: Vec<&Value> = client.other[2..].iter().map(|it| &it["params"]["value"]["kind"]).collect();
    assert_eq!(kinds, ["begin", "end"]);
    let shown = client.shown[&uri(&project.at(SECURITY))][0].clone();
    assert_eq!((&shown["source"], &shown["severity"]), (&json!("sessionlint"), &json!(1)));
    // An unsaved text counts, with its number, and its end too.
    client.did_open(&project.at(SECURITY), &security("TwelveHours"));
    client.settle();
    assert!(!client.rules(&project.at(SECURITY)).contains(&"session/org-timeout-short".to_owned()));
    client.did_close(&project.at(SECURITY));
    client.settle();
    assert!(client.rules(&project.at(SECURITY)).contains(&"session/org-timeout-short".to_owned()));
    fs::remove_dir_all(project.at(&format!("{MAIN}/connectedApps"))).unwrap();
    client.files_changed(&[project.at(&format!("{MAIN}/connectedApps"))]);
    client.settle();
    assert!(client.rules(&project.at(&app)).is_empty());
    let _ = client.ask("shutdown", &Value::Null);
    let refused = client.reply("textDocument/hover", &json!({}));
    assert_eq!(refused["error"]["code"], -32600);
    client.tell("exit", &Value::Null);
    assert_eq!(client.child.wait().unwrap().code(), Some(0));
}

#[test]
fn changes_are_found_where_the_client_reports_none() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    let mut client = Client::open(&project.root(), &[], &[], false);
    client.settle();
    assert!(!methods(&client).contains(&"client/registerCapability"));
    std::thread::sleep(Duration::from_millis(2500));
    project.put(SECURITY, security("FifteenMinutes"));
    let found = client.until(|message| message["method"] == "textDocument/publishDiagnostics");
    assert_eq!(found["params"]["diagnostics"][0]["code"], "session/org-timeout-short");
}

#[test]
fn a_backup_that_is_deployed_is_read_as_it_is_typed_and_saved() {
    let backup = format!("{SECURITY}.orig");
    let project = Project::sfdx(&[(&backup, security("TwelveHours"))]);
    let path = project.at(&backup);
    let mut client = Client::open(&project.root(), &[], &["utf-8"], true);
    client.settle();
    assert_eq!(client.rules(&path), ["metadata/backup-is-deployed"]);
    client.did_open(&path, &security("FifteenMinutes"));
    client.settle();
    let both = ["metadata/backup-is-deployed", "session/org-timeout-short"];
    assert_eq!(client.rules(&path), both);
    client.did_close(&path);
    client.settle();
    assert_eq!(client.rules(&path), both[..1]);
    project.put(&backup, security("FifteenMinutes"));
    client.files_changed(std::slice::from_ref(&path));
    client.settle();
    assert_eq!(client.rules(&path), both);
}

#[test]
fn an_equal_secret_is_shown_in_each_file() {
    let class = |name: &str, secret: &str| format!("public class {name} {{ String apiSecret = '{secret}'; }}");
    let (first, second) = ("force-app/classes/A.cls", "force-app/classes/B.cls");
    let secret = "Kj8s2Lq0Zx9vB3n7Wm4T";
    let project = Project::sfdx(&[(first, class("A", secret)), (second, class("B", secret))]);
    let mut client = Client::open(&project.root(), &[], &["utf-8"], true);
    client.settle();
    let paths = [project.at(first), project.at(second)];
    let counts = |client: &Client| paths.iter().map(|path| client.rules(path).len()).collect::<Vec<_>>();
    assert_eq!(counts(&client), [1, 1]);
    let related: Vec<_> = paths.iter().map(|path| client.shown[&uri(path)][0]["relatedInformation"].clone()).collect();
    assert_eq!(
        related.iter().map(|it| &it[0]["location"]["uri"]).collect::<Vec<_>>(),
        [&uri(&paths[1]), &uri(&paths[0])]
    );
    client.did_open(&paths[0], &class("A", ""));
    client.settle();
    assert_eq!(counts(&client), [0, 1]);
    client.did_close(&paths[0]);
    client.settle();
    assert_eq!(counts(&client), [1, 1]);
}

#[test]
fn several_folders_and_several_projects() {
    let both = Project::of(&[
        ("one/sfdx-project.json", SFDX.1.to_owned()),
        (&format!("one/{SECURITY}"), security("FifteenMinutes")),
        ("two/sfdx-project.json", SFDX.1.to_owned()),
        (&format!("two/{SECURITY}"), security("TwelveHours")),
    ]);
    let third = Project::sfdx(&[(SECURITY, security("ThirtyMinutes"))]);
    let nothing = Project::of(&[("README.md", "x")]);
    let mut client = Client::open(&both.root(), &[], &["utf-8"], true);
    client.settle();
    let (one, two) = (both.at(&format!("one/{SECURITY}")), both.at(&format!("two/{SECURITY}")));
    assert_eq!((client.rules(&one).len(), client.rules(&two).len()), (1, 0));
    client.did_open(&two, &security("FifteenMinutes"));
    // A file of a project in no folder brings its project.
    client.did_open(&third.at(SECURITY), &security("ThirtyMinutes"));
    client.settle();
    assert_eq!((client.rules(&two).len(), client.rules(&third.at(SECURITY)).len()), (1, 1));
    let folders = |added: &[&Project], removed: &[&Project]| {
        let list = |all: &[&Project]| all.iter().map(|it| json!({"uri": uri(&it.root())})).collect::<Vec<_>>();
        json!({"event": {"added": list(added), "removed": list(removed)}})
    };
    client.tell("workspace/didChangeWorkspaceFolders", &folders(&[&nothing, &third], &[&both]));
    client.did_close(&two);
    client.settle();
    assert!(client.rules(&one).is_empty() && client.rules(&two).is_empty());
    // A project that comes, and one that goes.
    let new = nothing.at("sfdx-project.json");
    nothing.put("sfdx-project.json", SFDX.1);
    nothing.put(SECURITY, security("FifteenMinutes"));
    client.files_changed(&[nothing.at(SECURITY), new.clone()]);
    client.settle();
    assert_eq!(client.rules(&nothing.at(SECURITY)).len(), 1);
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_wrong_with_settings_is_shown_where_it_stands() {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes"))]);
    let mut client = Client::open(&project.root(), &[], &["utf-8"], true);
    for (path, text, line, words) in [
        ("sessionlint.toml", "# x\npreset = \"al\"\n", 1, "did you mean `all`?"),
        ("sessionlint-rules/mine/x.md", "# X\n\nA summary.\n\n```toml rule\nseverty = 1\n```\n", 5, "severty"),
    ] {
        project.put(path, text);
        client.files_changed(&[project.at(path)]);
        client.settle();
        assert!(client.rules(&project.at(SECURITY)).is_empty(), "as in `check`, nothing is asked");
        let shown = &client.shown[&uri(&project.at(path))];
        assert_eq!((shown.len(), &shown[0]["range"]["start"]["line"]), (1, &json!(line)), "{shown:?}");
        assert!(text_holds(&shown[0]["message"], words), "{shown:?}");
        fs::remove_file(project.at(path)).unwrap();
        client.files_changed(&[project.at(path)]);
        client.settle();
        assert!(client.rules(&project.at(path)).is_empty() && !client.rules(&project.at(SECURITY)).is_empty());
    }
}

fn text_holds(value: &Value, words: &str) -> bool {
    text(value).contains(words)
}

/// A text after the edits of a file in an edit of a workspace.
fn edited(before: &str, edit: &Value, path: &Path) -> String {
    let of_file = edit["changes"].get(uri(path)).cloned();
    let of_document = || {
        let changes = edit["documentChanges"].as_array().cloned().unwrap_or_default();
        let is_it = |it: &&Value| it["textDocument"]["uri"] == json!(uri(path));
        changes.iter().find(is_it).map(|it| it["edits"].clone())
    };
    let mut edits = of_file.or_else(of_document).unwrap_or_default().as_array().cloned().unwrap_or_default();
    let offset = |at: &Value| {
        let line = at["line"].as_u64().unwrap() as usize;
        let start: usize = before.split_inclusive('\n').take(line).map(str::len).sum();
        start + at["character"].as_u64().unwrap() as usize
    };
    edits.sort_by_key(|it| std::cmp::Reverse(offset(&it["range"]["start"])));
    let mut text = before.to_owned();
    for it in edits {
        let range = offset(&it["range"]["start"])..offset(&it["range"]["end"]);
        text.replace_range(range, it["newText"].as_str().unwrap());
    }
    text
}

#[test]
fn actions_fix_allow_and_explain() {
    let quiet = security("TwelveHours")
        .replace("<sessionTimeout>", "<disableTimeoutWarning>true</disableTimeoutWarning>\n        <sessionTimeout>");
    let app = format!("{MAIN}/connectedApps/Erp.connectedApp-meta.xml");
    let strict = short_app("Erp").replace("BYPASS", "ENFORCE");
    let class = format!("{MAIN}/classes/A.cls");
    let code = "public class A {\n  void f() {\n    System.debug(UserInfo.getSessionId());\n  }\n}\n";
    let project = Project::sfdx(&[(SECURITY, &quiet), (&app, &strict), (&class, &code.to_owned())]);
    let mut client = Client::open(&project.root(), &["--preset", "all"], &["utf-8"], true);
    client.settle();
    let all = |client: &mut Client, path: &str, only: &Value| {
        let range = json!({"start": at(0, 0), "end": at(99, 0)});
        let context = json!({"diagnostics": [], "only": only});
        let file = document(&project.at(path));
        let answer =
            client.ask("textDocument/codeAction", &json!({"textDocument": file, "range": range, "context": context}));
        answer.as_array().unwrap().clone()
    };
    let warning = "session/timeout-warning-disabled".to_owned();
    assert!(client.rules(&project.at(SECURITY)).contains(&warning));
    let fixes = all(&mut client, SECURITY, &json!(["source.fixAll"]));
    let [fix] = fixes.as_slice() else { panic!("{fixes:?}") };
    assert_eq!(fix["kind"], "source.fixAll.sessionlint");
    client.did_open(&project.at(SECURITY), &edited(&quiet, &fix["edit"], &project.at(SECURITY)));
    client.settle();
    assert!(!client.rules(&project.at(SECURITY)).contains(&warning));
    client.did_close(&project.at(SECURITY));

    // A fix that weakens something names it, and is in no fix of all.
    let offered = all(&mut client, &app, &json!(["quickfix"]));
    let unsafe_fix = offered.iter().find(|it| text_holds(&it["title"], "(unsafe: loosens ")).expect("an unsafe fix");
    assert_eq!(unsafe_fix["isPreferred"], false);
    let after = edited(&strict, &unsafe_fix["edit"], &project.at(&app));
    assert_ne!(after, strict);
    let fixed = all(&mut client, &app, &json!(["source.fixAll"]));
    assert!(fixed.iter().all(|it| edited(&strict, &it["edit"], &project.at(&app)) != after), "{fixed:?}");

    // A comment and an entry allow a finding; nothing else is gone.
    for (path, content) in [(SECURITY, quiet.as_str()), (&class, code)] {
        client.settle();
        let before = client.rules(&project.at(path));
        let offered = all(&mut client, path, &json!(["quickfix"]));
        let comment = offered.iter().find(|it| text_holds(&it["title"], "by a comment")).expect("a comment");
        let rule = text(&comment["diagnostics"][0]["code"]).to_owned();
        client.did_open(&project.at(path), &edited(content, &comment["edit"], &project.at(path)));
        client.settle();
        let now = client.rules(&project.at(path));
        let gone: Vec<&String> = before.iter().filter(|it| !now.contains(it)).collect();
        assert_eq!(gone, [&rule], "{}", edited(content, &comment["edit"], &project.at(path)));
        client.did_close(&project.at(path));
    }
    let configuration = project.at("sessionlint.toml");
    let mut written = String::new();
    for rule in ["session/timeout-warning-disabled", "session/timeout-warning-disabled"] {
        let offered = all(&mut client, SECURITY, &json!(["quickfix"]));
        let title = format!("Allow {rule} in this file, in sessionlint.toml");
        let Some(entry) = offered.iter().find(|it| it["title"] == title.as_str()) else { break };
        written = edited(&written, &entry["edit"], &configuration);
        project.put("sessionlint.toml", &written);
        client.files_changed(std::slice::from_ref(&configuration));
        client.settle();
        assert!(!client.rules(&project.at(SECURITY)).contains(&rule.to_owned()), "{written}");
    }
    assert!(written.contains("reason"), "{written}");

    let explain = offered.iter().find(|it| text_holds(&it["title"], "Explain ")).unwrap();
    let command = &explain["command"];
    let page = client
        .ask("workspace/executeCommand", &json!({"command": command["command"], "arguments": command["arguments"]}));
    assert!(text_holds(&page, "# "), "{page}");
    assert!(methods(&client).iter().any(|it| it.starts_with("window/show")));
}

#[test]
fn places_are_explained_and_linked() {
    let session = format!("{MAIN}/profileSessionSettings/sales_1.profileSessionSetting-meta.xml");
    let named = format!("{MAIN}/namedCredentials/Bank.namedCredential-meta.xml");
    let certificate = format!("{MAIN}/certs/Own.crt-meta.xml");
    let sales = format!("{MAIN}/profiles/Sales.profile-meta.xml");
    let app = format!("{MAIN}/externalClientApps/Erp.eca-meta.xml");
    let policy = format!("{MAIN}/extlClntAppOauthPolicies/Erp_p.ecaOauthPlcy-meta.xml");
    let class = format!("{MAIN}/classes/A.cls");
    let xml = |root: &str, body: &str| {
        format!("<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{body}\n</{root}>\n")
    };
    let project = Project::sfdx(&[
        (SECURITY, security("EightHours")),
        (&session, session_setting("<profile>Sales</profile>", "30")),
        (&sales, profile()),
        (
            &named,
            xml(
                "NamedCredential",
                "<certificate>Own</certificate>\n<endpoint>https://b.example.com</endpoint>\n<label>Bank</label>",
            ),
        ),
        (&certificate, xml("Certificate", "<keySize>2048</keySize>\n<masterLabel>Own</masterLabel>")),
        (&app, xml("ExternalClientApplication", "<label>Erp</label>")),
        (
            &policy,
            xml(
                "ExtlClntAppOauthConfigurablePolicies",
                "<externalClientApplication>Erp</externalClientApplication>\n<label>Erp p</label>",
            ),
        ),
        (&class, "public class A {\n  void f() {\n    r.setEndpoint('callout:Bank/x');\n  }\n}\n".to_owned()),
    ]);
    let mut client = Client::open(&project.root(), &["--preset", "all"], &["utf-16"], true);
    let ask = |client: &mut Client, method: &str, path: &str, line: u64, character: u64| {
        let file = document(&project.at(path));
        let params = json!({"textDocument": file, "position": at(line, character), "context": {"includeDeclaration": true},
            "range": {"start": at(0, 0), "end": at(99, 0)}});
        client.ask(&format!("textDocument/{method}"), &params)
    };
    let hover = ask(&mut client, "hover", &session, 3, 22);
    let words = text(&hover["contents"]["value"]);
    assert!(words.contains("**Sales**: 30 minutes, decided here; the org default is 8 hours"), "{words}");
    assert!(words.contains("\n## Why it matters\n"), "{words}");
    let hover = ask(&mut client, "hover", SECURITY, 3, 30);
    assert!(text(&hover["contents"]["value"]).starts_with("The org's default: 8 hours"), "{hover}");
    assert_eq!(ask(&mut client, "hover", SECURITY, 0, 0), Value::Null);
    let hints = ask(&mut client, "inlayHint", &session, 0, 0);
    assert_eq!((&hints[0]["label"], &hints[0]["position"]["line"]), (&json!("30 minutes"), &json!(3)), "{hints}");
    let goes_to = |answer: &Value, path: &str| {
        let list = answer.as_array().cloned().unwrap_or_else(|| vec![answer.clone()]);
        list.iter().any(|it| it["uri"] == json!(uri(&project.at(path))))
    };
    let definition = ask(&mut client, "definition", &named, 1, 15);
    assert!(goes_to(&definition, &certificate), "{definition}");
    assert!(goes_to(&ask(&mut client, "definition", &app, 1, 8), &policy));
    assert!(goes_to(&ask(&mut client, "definition", &policy, 1, 30), &app));
    assert!(goes_to(&ask(&mut client, "definition", &class, 2, 28), &named));
    let references = ask(&mut client, "references", &certificate, 1, 0);
    assert!(goes_to(&references, &named), "{references}");
    assert!(goes_to(&ask(&mut client, "references", &named, 3, 8), &class));
    let links = ask(&mut client, "documentLink", &named, 0, 0);
    let targets: Vec<&str> = links.as_array().unwrap().iter().map(|it| text(&it["target"])).collect();
    assert!(targets.iter().any(|it| it.starts_with(&uri(&project.at(&certificate)))), "{targets:?}");
    assert!(targets.iter().any(|it| it.starts_with(&uri(&project.at(&class)))), "{targets:?}");
    let links = ask(&mut client, "documentLink", &app, 0, 0);
    assert!(text(&links[0]["target"]).starts_with(&uri(&project.at(&policy))), "{links}");
    let symbols = client.ask("workspace/symbol", &json!({"query": "s"}));
    let names: Vec<&str> = symbols.as_array().unwrap().iter().map(|it| text(&it["name"])).collect();
    assert!(names.contains(&"Sales"), "{names:?}");
    let symbols = client.ask("workspace/symbol", &json!({"query": "ERP"}));
    assert_eq!(symbols[0]["name"], "Erp", "{symbols}");
    let page = project.at("sessionlint-rules/mine/x.md");
    client.did_open(&page, "# X\n\n```toml rule\nfrom = \"EffectiveSession\"\nwhere = \"E\"\n```\n");
    let columns = ask(&mut client, "completion", "sessionlint-rules/mine/x.md", 4, 10);
    assert!(columns.as_array().unwrap().iter().any(|it| it["label"] == "EffectiveMinutes"), "{columns}");
}

#[test]
fn texts_of_other_encodings_mean_what_they_mean_on_the_disk() {
    let latin = security("FifteenMinutes")
        .replace("UTF-8", "ISO-8859-1")
        .replace("<sessionTimeout>", "<!--\u{e9}--><sessionTimeout>");
    let wide = latin.replace("ISO-8859-1", "UTF-16");
    let one_byte: Vec<u8> = latin.chars().map(|ch| ch as u8).collect();
    let two_bytes: Vec<u8> = std::iter::once(0xFEFF).chain(wide.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, text) in [(one_byte, latin), (two_bytes, wide)] {
        let project = Project::sfdx(&[(SECURITY, bytes)]);
        let mut client = Client::open(&project.root(), &["--preset", "all"], &["utf-32"], true);
        client.settle();
        let before = client.shown.clone();
        assert!(client.rules(&project.at(SECURITY)).contains(&"session/org-timeout-short".to_owned()), "{before:?}");
        client.did_open(&project.at(SECURITY), &text);
        client.settle();
        assert_eq!(client.shown, before);
    }
}

/// Every method, with malformed parameters.
#[test]
fn nothing_that_comes_in_stops_the_server() {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes"))]);
    let mut client = Client::start(&project.root(), &[]);
    assert_eq!(client.reply("textDocument/hover", &json!({}))["error"]["code"], -32002);
    client.tell("textDocument/didOpen", &json!({}));
    let _ = client.ask("initialize", &json!({"rootUri": uri(&project.root()), "capabilities": {}}));
    assert_eq!(client.reply("initialize", &json!({}))["error"]["code"], -32600);
    assert_eq!(client.reply("no/such", &json!({}))["error"]["code"], -32601);
    let file = uri(&project.at(SECURITY));
    let odd = [
        Value::Null,
        json!({}),
        json!([]),
        json!(7),
        json!({"textDocument": {"uri": file}, "position": {"line": -1, "character": 1e300}, "range": 3}),
        json!({"textDocument": {"uri": file}, "position": at(9_999_999, 9_999_999), "range": {"start": at(9, 9), "end": at(0, 0)}}),
        json!({"textDocument": {"uri": "file:///nowhere/x.cls"}, "position": at(0, 0), "contentChanges": [{}]}),
        json!({"textDocument": {"uri": "untitled:x", "text": "x", "version": "x"}, "contentChanges": 7}),
        json!({"textDocument": {"uri": file, "text": "<a>\u{0}\u{1b}[31m\u{202e}"}, "changes": [{"uri": "file://%%"}], "event": []}),
        json!({"textDocument": {"uri": file}, "contentChanges": [{"range": {"start": at(0, 5), "end": at(0, 1)}, "text": "y"}], "query": 1}),
        json!({"command": "sessionlint.explain", "arguments": [{}]}),
    ];
    for params in &odd {
        for method in ["didOpen", "didChange", "didSave", "didClose"] {
            client.tell(&format!("textDocument/{method}"), params);
        }
        for method in ["workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "$/cancelRequest", "x"]
        {
            client.tell(method, params);
        }
        for method in ["hover", "inlayHint", "documentLink", "definition", "references", "completion", "codeAction"] {
            let _ = client.reply(&format!("textDocument/{method}"), params);
        }
        for method in ["workspace/symbol", "workspace/executeCommand"] {
            let _ = client.reply(method, params);
        }
    }
    client.send(b"Content-Length: 3\r\n\r\n{]}");
    let refused = client.until(|message| message.get("error").is_some());
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(-32700)));
    client.send(&frame(&json!({"jsonrpc": "2.0", "id": 12_345_678_901_i64, "method": "shutdown"})));
    let refused = client.until(|message| message.get("error").is_some());
    assert_eq!(refused["id"], 12_345_678_901_i64);
    client.did_open(&project.at(SECURITY), &security("FifteenMinutes"));
    client.settle();
    assert_eq!(client.rules(&project.at(SECURITY)).len(), 1, "it still works");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_client_that_is_gone_ends_the_server() {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes"))]);
    let ends = |bytes: &[u8], is_open: bool| {
        let mut client =
            if is_open { Client::open(&project.root(), &[], &[], true) } else { Client::start(&project.root(), &[]) };
        client.send(bytes);
        client.input = None;
        client.child.wait().unwrap().code().unwrap()
    };
    assert_eq!(ends(b"", true), 1);
    assert_eq!(ends(b"", false), 1);
    assert_eq!(ends(&frame(&json!({"jsonrpc": "2.0", "method": "exit"})), true), 1);
    assert_eq!(ends(b"Content-Length: 99999999999999\r\n\r\n{", true), 1);
    assert_eq!(ends(b"Content-Length: 100\r\n\r\n{", true), 1);
    // A stream without frames gives an error.
    assert_eq!(ends(b"GET / HTTP/1.1\r\n\r\n", false), 3);
}
