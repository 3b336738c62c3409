//! `sessionlint lsp`: what an editor is shown is what `check` finds, after every step, in every encoding.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

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
use sessionlint::report::gate::Gate;

use crate::support::{PROGRAM, Project, SFDX, profile, security, session_setting, short_app, text};

const DAY: &str = "2026-12-01";

/// A client of the server, as an editor is one.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    next: i64,
    /// What is shown, by address.
    shown: BTreeMap<String, Vec<Value>>,
    /// Every other message that was not an answer.
    other: Vec<Value>,
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
        Self { child, input, output, next: 0, shown: BTreeMap::new(), other: Vec::new() }
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

    /// Everything that was told so far is shown afterwards.
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
    let mut environment = Environment {
        out: Gate::new(&mut out),
        err: Gate::new(&mut err),
        current: folder.to_owned(),
        today: jiff::civil::date(2026, 12, 1),
        out_is_terminal: false,
        err_is_terminal: false,
        no_color: true,
        width: 100,
        about: None,
        budget: Arc::default(),
        began: std::time::UNIX_EPOCH,
        cache_dir: None,
        cache: None,
    };
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
            vec![session_setting("Sales", "15"), session_setting("sales", "480"), session_setting("Other", "0")],
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
            // Save, as editors do: the file changes, and somebody may tell.
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
