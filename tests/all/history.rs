//! `history`: the effects of commits on sessions, in repositories of many forms.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Project, Ran, git, profile, run_in, security, session_setting, short_app, text};
use serde_json::{Value, json};

const PROJECT: &str = r#"{"packageDirectories":[{"path":"force-app","default":true}]}"#;

pub(crate) fn setting(name: &str) -> String {
    format!("force-app/main/default/profileSessionSettings/{name}.profileSessionSetting-meta.xml")
}

pub(crate) const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const ERP: &str = "force-app/main/default/connectedApps/ERP.connectedApp-meta.xml";
const SALES: &str = "force-app/main/default/profiles/Sales.profile-meta.xml";

pub(crate) fn minutes(name: &str, minutes: usize) -> String {
    session_setting(&format!("<profile>{name}</profile>"), &minutes.to_string())
}

fn app(policy: &str) -> String {
    short_app("ERP").replace("infinite", policy).replace("<scopes>Api<", "<scopes>RefreshToken</scopes><scopes>Api<")
}

/// A repository that is written commit by commit, which `git fast-import` makes at once.
pub(crate) struct Repository {
    place: Project,
    stream: String,
    /// The mark of the last commit of each branch.
    tips: BTreeMap<String, usize>,
    marks: usize,
}

impl Repository {
    pub(crate) fn new() -> Self {
        Self { place: Project::of::<&str>(&[]), stream: String::new(), tips: BTreeMap::new(), marks: 0 }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.place.root()
    }

    /// A commit on `branch`: files that are written, or deleted where they hold nothing.
    pub(crate) fn commit(&mut self, branch: &str, title: &str, files: &[(&str, Option<String>)]) -> usize {
        self.merge(branch, None, title, files)
    }

    fn merge(&mut self, branch: &str, other: Option<&str>, title: &str, files: &[(&str, Option<String>)]) -> usize {
        self.marks += 1;
        let (mark, time) = (self.marks, 1_700_000_000 + self.marks * 3600);
        let stream = &mut self.stream;
        writeln!(stream, "commit refs/heads/{branch}\nmark :{mark}").unwrap();
        writeln!(stream, "author Ann Author <ann@example.com> {} +0100", time - 60).unwrap();
        writeln!(stream, "committer Cleo Committer <cleo@example.com> {time} +0000").unwrap();
        writeln!(stream, "data {}\n{title}", title.len()).unwrap();
        if let Some(tip) = self.tips.get(branch) {
            writeln!(stream, "from :{tip}").unwrap();
        }
        if let Some(other) = other {
            writeln!(stream, "merge :{}", self.tips[other]).unwrap();
        }
        for (path, content) in files {
            match content {
                Some(content) => writeln!(stream, "M 100644 inline {path}\ndata {}\n{content}", content.len()).unwrap(),
                None => writeln!(stream, "D {path}").unwrap(),
            }
        }
        self.tips.insert(branch.to_owned(), mark);
        mark
    }

    /// Begins a branch at the tip of another.
    fn branch(&mut self, name: &str, from: &str) {
        let tip = self.tips[from];
        self.tips.insert(name.to_owned(), tip);
    }

    /// Makes the repository, and checks `main` out.
    pub(crate) fn make(&self, arguments: &[&str]) {
        let root = self.root();
        git(&root, &[&["init", "--quiet", "--initial-branch=main"], arguments].concat());
        let mut import = Command::new("git");
        import.args(["fast-import", "--quiet"]).current_dir(&root).stdin(Stdio::piped());
        let mut child = import.spawn().unwrap();
        child.stdin.take().unwrap().write_all(self.stream.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        git(&root, &["reset", "--quiet", "--hard", "main"]);
    }
}

fn history(folder: &Path, arguments: &[&str]) -> Ran {
    let ran = run_in(folder, &[&["history", "--format", "json"], arguments].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

/// The commits that changed something.
fn commits(ran: &Ran) -> Vec<Value> {
    let events = ran.json()["events"].as_array().unwrap().clone();
    events.into_iter().filter(|event| event["type"] == "commit").collect()
}

/// Each of them with what it did to profiles, apps and the org, as `title: subject old new`.
fn reported(ran: &Ran) -> Vec<String> {
    let mut reported = Vec::new();
    for it in commits(ran) {
        let changes = &it["changes"];
        let profiles = changes["profiles"].as_array().unwrap().iter();
        let mut lines: Vec<String> =
            profiles.map(|it| format!("{} {} {}", text(&it["profile"]), it["oldMinutes"], it["newMinutes"])).collect();
        let settings = |list: &Value, name: &str| -> Vec<String> {
            let list = list.as_array().unwrap().iter();
            list.map(|it| format!("{name}{} {} {}", text(&it["setting"]), it["old"], it["new"])).collect()
        };
        lines.extend(settings(&changes["org"], ""));
        for app in changes["apps"].as_array().unwrap() {
            lines.extend(settings(&app["settings"], &format!("{} ", text(&app["app"]))));
        }
        reported.push(format!("{}: {}", text(&it["title"]), lines.join(", ")));
    }
    reported
}

/// The part of a diff that a history has too.
fn changes(diff: &Value) -> Value {
    let keys = ["org", "profiles", "apps", "outboundMessages", "findings", "summary"];
    json!(keys.map(|key| diff[key].clone()))
}

fn start() -> Vec<(&'static str, Option<String>)> {
    vec![
        ("sfdx-project.json", Some(PROJECT.to_owned())),
        (SECURITY, Some(security("EightHours"))),
        (SALES, Some(profile())),
        (ERP, Some(app("infinite"))),
    ]
}

#[test]
fn of_two_thousand_commits_the_sixty_are_reported_and_each_as_diff_reports_it() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    let values = [15, 30, 60, 120, 240, 480, 720];
    let mut now = [480usize; 10];
    let mut expected = Vec::new();
    let mut folder = "force-app".to_owned();
    let at = |path: &str, folder: &str| path.replacen("force-app", folder, 1);
    for number in 1..2000usize {
        let name = format!("Team {}", number % 10);
        let path = at(&setting(&format!("Team{}", number % 10)), &folder);
        if number % 33 == 32 && expected.len() < 60 {
            let old = now[number % 10];
            let new = values[(number / 33 + number) % 7];
            let new = if new == old { values[(number / 33 + number + 1) % 7] } else { new };
            now[number % 10] = new;
            let title = format!("change {number} (#{number})");
            repository.commit("main", &title, &[(&path, Some(minutes(&name, new)))]);
            expected.push(format!("{title}: {name} {old} {new}"));
            continue;
        }
        match number % 7 {
            // The same in other words.
            0 => {
                let class = format!("{folder}/main/default/classes/A{}.cls", number % 20);
                repository.commit("main", "code", &[(&class, Some(format!("class A {{ /* {number} */ }}")))]);
            }
            1 => {
                let body = profile().replace(
                    "    <custom>",
                    &format!("    <!-- -->\n    <description>{number}</description>\n    <custom>"),
                );
                let body = body.replace("    <!-- -->\n", "");
                repository.commit("main", "description", &[(&at(SALES, &folder), Some(body))]);
            }
            2 => {
                let body = security("EightHours").replace('\n', &"\n".repeat(number % 5 + 1));
                repository.commit("main", "reformatted", &[(&at(SECURITY, &folder), Some(body))]);
            }
            3 => {
                repository.commit("main", "empty", &[]);
            }
            4 if number % 350 == 4 => {
                // The package directory moves, with everything in it.
                let next = format!("packages/p{number}");
                let moved = PROJECT.replace("force-app", &next);
                repository.commit("main", "moved", &[("sfdx-project.json", Some(moved))]);
                let stream = &mut repository.stream;
                writeln!(stream, "R {folder} {next}").unwrap();
                folder = next;
            }
            _ => {
                let readme = format!("docs/{}.md", number % 30);
                repository.commit("main", "words", &[(&readme, Some(format!("{number}")))]);
            }
        }
    }
    repository.make(&[]);
    let root = repository.root();
    let ran = history(&root, &[]);
    assert_eq!(expected.len(), 60);
    assert_eq!(reported(&ran), expected);
    let json = ran.json();
    assert_eq!((&json["commits"], &json["changes"]), (&json!(2000), &json!(60)));
    assert_eq!(json["begins"]["why"], "first-commit");
    for (index, it) in commits(&ran).iter().enumerate() {
        let commit = text(&it["commit"]);
        assert_eq!(it["pullRequest"].to_string(), text(&it["title"]).split(['#', ')']).nth(1).unwrap());
        assert_eq!(it["author"], json!({"name": "Ann Author", "email": "ann@example.com"}));
        assert!(text(&it["authorDate"]).ends_with("+01:00") && text(&it["date"]).ends_with("+00:00"));
        if index % 3 == 0 {
            let diff = run_in(&root, &["diff", &format!("{commit}^"), commit, "--format", "json"]);
            assert_eq!(changes(&it["changes"]), changes(&diff.json()), "{commit}");
        }
    }
    // The others change nothing in `diff`: every 150th is compared.
    let ids = git(&root, &["log", "--reverse", "--format=%H %s"]);
    for line in ids.lines().skip(1).step_by(150).filter(|line| !line.contains("change")) {
        let commit = line.split(' ').next().unwrap();
        let diff = run_in(&root, &["diff", &format!("{commit}^"), commit, "--format", "json"]).json();
        assert_eq!(diff["summary"], json!({"worse": 0, "better": 0}), "{line}");
        assert_eq!(
            changes(&diff),
            changes(&json!({"org": [], "profiles": [], "apps": [], "outboundMessages": [],
            "findings": {"new": [], "fixed": [], "improved": [], "changed": []}, "summary": {"worse": 0, "better": 0}}))
        );
    }
}

#[test]
fn a_merge_reports_only_what_is_its_own() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    repository.branch("topic", "main");
    let sales = setting("Sales");
    let service = setting("Service");
    repository.commit("topic", "sales", &[(&sales, Some(minutes("Sales", 30)))]);
    repository.commit("main", "service", &[(&service, Some(minutes("Service", 60)))]);
    // Clean: the changes of each side were reported there.
    repository.merge("main", Some("topic"), "clean merge", &[(&sales, Some(minutes("Sales", 30)))]);
    repository.branch("other", "main");
    repository.commit("other", "sales again", &[(&sales, Some(minutes("Sales", 120)))]);
    repository.commit("main", "sales otherwise", &[(&sales, Some(minutes("Sales", 240)))]);
    // By hand: neither of the two.
    repository.merge("main", Some("other"), "by hand", &[(&sales, Some(minutes("Sales", 720)))]);
    repository.make(&[]);
    let ran = history(&repository.root(), &[]);
    assert_eq!(
        reported(&ran),
        [
            "sales: Sales 480 30",
            "service: Service 480 60",
            "sales again: Sales 30 120",
            "sales otherwise: Sales 30 240",
            "by hand: Sales 240 720",
        ]
    );
    let merges: Vec<bool> = commits(&ran).iter().map(|it| it["isMerge"] == true).collect();
    assert_eq!(merges, [false, false, false, false, true]);
    let ran = history(&repository.root(), &["--first-parent"]);
    assert_eq!(
        reported(&ran),
        [
            "service: Service 480 60",
            "clean merge: Sales 480 30",
            "sales otherwise: Sales 30 240",
            "by hand: Sales 240 720",
        ]
    );
}

#[test]
fn a_broken_file_is_reported_and_the_next_compared_with_the_last_good_one() {
    let mut repository = Repository::new();
    let sales = setting("Sales");
    repository.commit("main", "start", &start());
    repository.commit("main", "half an hour", &[(&sales, Some(minutes("Sales", 30)))]);
    repository.commit("main", "broken", &[(&sales, Some("<ProfileSessionSetting><x>".to_owned()))]);
    repository.commit("main", "still", &[(&sales, Some("<<<<<<< HEAD\n".to_owned()))]);
    repository.commit("main", "another meanwhile", &[(ERP, Some(app("zero")))]);
    repository.commit("main", "mended", &[(&sales, Some(minutes("Sales", 60)))]);
    repository.make(&[]);
    let ran = history(&repository.root(), &[]);
    let reported = reported(&ran);
    assert_eq!(reported.len(), 4, "{reported:?}");
    assert_eq!(reported[..2], ["half an hour: Sales 480 30", "broken: "]);
    assert!(reported[2].starts_with("another meanwhile: ERP refreshToken"), "{reported:?}");
    assert_eq!(reported[3], "mended: Sales 30 60");
    let all = commits(&ran);
    assert_eq!(all[1]["unreadable"][0]["path"], json!(sales));
    assert_eq!(all[1]["unreadable"][0]["line"], json!(1));
    assert_eq!(all[3]["readableAgain"], json!([sales]));
    let human = run_in(&repository.root(), &["history"]);
    let words = human.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("cannot be read: ") && words.contains("can be read again"), "{words}");
}

#[test]
fn a_file_that_a_merge_brings_broken_or_mended_is_reported_once() {
    let mut repository = Repository::new();
    let (sales, service) = (setting("Sales"), setting("Service"));
    let broken = "<ProfileSessionSetting><x>".to_owned();
    repository.commit("main", "start", &start());
    for (branch, title, text) in [("one", "broken", broken), ("two", "mended", minutes("Sales", 60))] {
        repository.branch(branch, "main");
        repository.commit(branch, title, &[(&sales, Some(text.clone()))]);
        let minutes = minutes("Service", if branch == "one" { 60 } else { 120 });
        repository.commit("main", &format!("beside {title}"), &[(&service, Some(minutes))]);
        repository.merge("main", Some(branch), &format!("merge {title}"), &[(&sales, Some(text))]);
    }
    repository.make(&[]);
    let all = commits(&history(&repository.root(), &[]));
    let with = |key: &str| {
        let has_any = |it: &&Value| it[key].as_array().is_some_and(|list| !list.is_empty());
        all.iter().filter(has_any).map(|it| text(&it["title"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((with("unreadable"), with("readableAgain")), (vec!["broken".to_owned()], vec!["mended".to_owned()]));
}

#[test]
fn every_kind_of_repository_has_its_history() {
    let mut repository = Repository::new();
    let sales = setting("Sales");
    repository.commit("main", "start", &start());
    repository.commit("main", "one", &[(&sales, Some(minutes("Sales", 30)))]);
    repository.commit("main", "two", &[(&sales, Some(minutes("Sales", 60)))]);
    repository.commit("main", "three", &[(&sales, None)]);
    repository.make(&[]);
    let (root, place) = (repository.root(), Project::of::<&str>(&[]));
    let whole = reported(&history(&root, &[]));
    assert_eq!(whole, ["one: Sales 480 30", "two: Sales 30 60", "three: Sales 60 480"]);
    let from = format!("file://{}", root.display());
    git(&place.root(), &["clone", "--quiet", "--bare", &from, "bare.git"]);
    assert_eq!(reported(&history(&place.root(), &["bare.git"])), whole);
    git(&place.root(), &["clone", "--quiet", "--depth", "2", &from, "shallow"]);
    let ran = history(&place.at("shallow"), &[]);
    assert_eq!(reported(&ran), whole[2..]);
    assert_eq!(ran.json()["begins"]["why"], "shallow-clone");
    assert!(ran.err.contains("the clone is shallow: its history begins on 2023-11-15 with commit"), "{}", ran.err);
    git(&root, &["worktree", "add", "--quiet", "--detach", place.at("tree").to_str().unwrap()]);
    assert_eq!(reported(&history(&place.at("tree"), &[])), whole);
    // Blobs are read as they are needed, and nothing is fetched.
    git(&root, &["config", "uploadpack.allowFilter", "true"]);
    git(&place.root(), &["clone", "--quiet", "--filter=blob:none", &from, "partial"]);
    let ran = run_in(&place.at("partial"), &["history"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("sessionlint fetches nothing"), "{}", ran.err);
    let mut long = Repository::new();
    long.commit("main", "start", &start());
    long.commit("main", "one", &[(&sales, Some(minutes("Sales", 30)))]);
    long.make(&["--object-format=sha256"]);
    let ran = history(&long.root(), &[]);
    assert_eq!(reported(&ran), whole[..1]);
    assert_eq!(text(&commits(&ran)[0]["commit"]).len(), 64);
}

#[test]
fn what_has_no_history_is_refused() {
    let place = Project::sfdx(&[(SECURITY, security("EightHours"))]);
    let ran = place.run(&["history"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("is not in a git repository"), "{}", ran.err);
    git(&place.root(), &["init", "--quiet"]);
    let ran = place.run(&["history"]);
    assert_eq!((ran.code, ran.err.contains("has no commit yet")), (2, true), "{ran:?}");
    place.put("x.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let ran = place.run(&["history", "x.zip"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for wrong in ["--since=nonsense", "--until=2026-13-01", "--since=--output=x", "--profile=["] {
        let mut repository = Repository::new();
        repository.commit("main", "start", &start());
        repository.make(&[]);
        let ran = run_in(&repository.root(), &["history", wrong]);
        assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
    }
}

#[test]
fn a_part_of_the_time_is_requested() {
    let mut repository = Repository::new();
    let sales = setting("Sales");
    repository.commit("main", "start", &start());
    for (at, value) in [30, 60, 120, 240].iter().enumerate() {
        repository.commit("main", &format!("{at}"), &[(&sales, Some(minutes("Sales", *value)))]);
        for _ in 0..23 {
            repository.commit("main", "nothing", &[]);
        }
    }
    repository.make(&[]);
    let root = repository.root();
    let titles = |arguments: &[&str]| -> Vec<String> {
        commits(&history(&root, arguments)).iter().map(|it| text(&it["title"]).to_owned()).collect()
    };
    assert_eq!(titles(&[]), ["0", "1", "2", "3"]);
    let days: Vec<String> = commits(&history(&root, &[])).iter().map(|it| text(&it["date"])[..10].to_owned()).collect();
    assert_eq!(titles(&["--since", &days[2]]), ["2", "3"]);
    assert_eq!(titles(&["--until", &days[1]]), ["0", "1"]);
    assert_eq!(titles(&["--since", &days[1], "--until", &days[2]]), ["1", "2"]);
    let second = git(&root, &["log", "--format=%H", "--grep=^1$"]);
    assert_eq!(titles(&["--since", second.trim()]), ["2", "3"]);
    assert_eq!(titles(&["--until", second.trim()]), ["0", "1"]);
    let ran = history(&root, &["--since", second.trim()]);
    assert_eq!(ran.json()["begins"]["why"], "since");
    let ran = history(&root, &["--since", "2030-01-01"]);
    assert_eq!(ran.json()["commits"], 0);
}

#[test]
fn only_some_profiles_and_apps_are_requested() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    repository.commit("main", "sales", &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    repository.commit("main", "service", &[(&setting("Service"), Some(minutes("Service", 30)))]);
    repository.commit("main", "app", &[(ERP, Some(app("zero")))]);
    repository.make(&[]);
    let titles = |arguments: &[&str]| -> Vec<String> {
        commits(&history(&repository.root(), arguments)).iter().map(|it| text(&it["title"]).to_owned()).collect()
    };
    assert_eq!(titles(&["--profile", "Sal*"]), ["sales"]);
    assert_eq!(titles(&["--app", "ERP"]), ["app"]);
    assert_eq!(titles(&["--profile", "Service", "--app", "E*"]), ["service", "app"]);
    let ran = history(&repository.root(), &["--profile", "Sales"]);
    let findings = &commits(&ran)[0]["changes"]["findings"]["new"];
    assert!(!findings.as_array().unwrap().is_empty(), "the findings of the profile's files are told");
    for (arguments, expected) in [
        (&[][..], "commits change sessions, apps or findings, of 4 read"),
        (&["--profile", "Sal*"], "1 commit changes sessions or findings of the chosen profiles, of 4 read"),
        (&["--profile", "Nobody"], "no commit changes sessions or findings of the chosen profiles, of 4 read"),
        (&["--app", "Nothing"], "no commit changes sessions or findings of the chosen apps, of 4 read"),
        (
            &["--app", "Nothing", "--profile", "Nobody"],
            "no commit changes sessions or findings of the chosen profiles and apps, of 4 read",
        ),
    ] {
        for format in ["human", "markdown", "html"] {
            let fixed = ["history", "--format", format];
            let ran = run_in(&repository.root(), &[&fixed[..], arguments].concat());
            assert!(ran.out.to_lowercase().contains(expected), "{arguments:?} {format}");
        }
    }
}

#[test]
fn a_name_that_nothing_has_is_reported() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    repository.commit("main", "sales", &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    repository.commit("main", "app", &[(ERP, Some(app("zero")))]);
    repository.commit("main", "no app", &[(ERP, None)]);
    repository.make(&[]);
    let warned = |arguments: &[&str]| -> Vec<String> {
        let ran = run_in(&repository.root(), arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.err.lines().map(str::to_owned).collect()
    };
    let near = "warning: --profile Slaes: no profile has this label or fullName; did you mean `Sales`?";
    let nothing = "warning: --app SAP*: no app has this label or fullName";
    assert_eq!(warned(&["history", "--profile", "Slaes", "--profile", "Sal*", "--app", "SAP*"]), [near, nothing]);
    assert_eq!(warned(&["history", "--app", "ERP"]), [""; 0], "it existed in that time");
    assert_eq!(warned(&["history", "--quiet", "--app", "SAP"]), [""; 0]);
    assert_eq!(warned(&["blame", "--profile", "Slaes"]), [near]);
    assert_eq!(warned(&["blame", "--profile", "Sales"]), [""; 0]);
}

#[test]
fn no_name_appears_where_none_should_and_no_title_does_anything() {
    let mut repository = Repository::new();
    let hostile = "\u{1b}[31m::error::x <script>alert(1)</script> | =1+1 @somebody ##vso[x] :100644 \u{202e}";
    repository.commit("main", "start", &start());
    repository.commit("main", hostile, &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    repository.commit("main", "=cmd() by Ann Author", &[(&setting("Sales"), Some(minutes("Sales", 60)))]);
    repository.make(&[]);
    for format in ["human", "json", "markdown", "csv", "html"] {
        let ran = run_in(&repository.root(), &["history", "--format", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("Ann Author"), "{format}");
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']) && !ran.out.contains("\n::error"), "{format}: {}", ran.out);
        assert!(!matches!(format, "markdown" | "html") || !ran.out.contains("<script>alert"), "{format}: {}", ran.out);
        assert!(format != "csv" || !ran.out.contains(",=cmd"), "{}", ran.out);
        let ran = run_in(&repository.root(), &["history", "--anonymous", "--format", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for name in ["Ann", "ann@", "Cleo", "cleo@"] {
            assert!(!ran.out.contains(name), "{format}: {}", ran.out);
        }
    }
}

#[test]
fn what_salesforce_changed_stands_in_the_same_line_of_time() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    repository.commit("main", "change", &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    repository.make(&[]);
    let ran = history(&repository.root(), &["--as-of", "2026-12-01"]);
    let events = ran.json()["events"].as_array().unwrap().clone();
    let kinds: Vec<&str> = events.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(kinds[0], "commit");
    assert!(kinds[1..].iter().all(|kind| *kind == "salesforce") && kinds.len() > 5, "{kinds:?}");
    assert!(events.iter().any(|event| event["id"] == "refresh-token-idle-30-days" && event["concerns"] == true));
    let ran = history(&repository.root(), &["--until", "2023-12-01"]);
    assert!(ran.json()["events"].as_array().unwrap().iter().all(|event| event["type"] == "commit"));
}

#[test]
fn a_project_below_the_top_has_its_own_history() {
    let mut repository = Repository::new();
    let below = |files: &[(&str, Option<String>)]| -> Vec<(String, Option<String>)> {
        files.iter().map(|(path, content)| (format!("crm/{path}"), content.clone())).collect()
    };
    let put = |repository: &mut Repository, title: &str, files: &[(&str, Option<String>)]| {
        let files = below(files);
        let files: Vec<(&str, Option<String>)> =
            files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
        repository.commit("main", title, &files);
    };
    repository.commit("main", "words", &[("README.md", Some("x".to_owned()))]);
    put(&mut repository, "begun", &start());
    repository.commit("main", "beside", &[("README.md", Some("y".to_owned()))]);
    put(&mut repository, "sales", &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    repository.make(&[]);
    let ran = history(&repository.root().join("crm"), &[]);
    let titles: Vec<String> = commits(&ran).iter().map(|it| text(&it["title"]).to_owned()).collect();
    assert_eq!(titles, ["begun", "sales"], "what did not exist before is a change");
    assert_eq!(ran.json()["folder"], "crm");
    let place = Project::of::<&str>(&[]);
    git(&place.root(), &["clone", "--quiet", "--bare", repository.root().to_str().unwrap(), "bare.git"]);
    assert_eq!(commits(&history(&place.root(), &["bare.git"])).len(), 2, "its only project is found");
    let ran = place.run(&["diff", "HEAD~1", "HEAD", "--project", "bare.git"]);
    assert!(ran.code == 2 && ran.err.contains("needs one with a work tree"), "{ran:?}");
}

/// A history in which Sales was half an hour, then an hour, and ERP's tokens got 90 days; its package directory moved, and
/// its files changed their layout.
fn moved() -> Repository {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    repository.commit("main", "half", &[(&setting("Sales"), Some(minutes("Sales", 30)))]);
    for _ in 0..48 {
        repository.commit("main", "nothing", &[]);
    }
    repository.commit("main", "tokens (#7)", &[(ERP, Some(app("specific_lifetime:90:DAYS")))]);
    let moved = PROJECT.replace("force-app", "packages/crm");
    repository.commit("main", "moved", &[("sfdx-project.json", Some(moved))]);
    writeln!(repository.stream, "R force-app packages/crm").unwrap();
    let plain = ERP.replace("force-app", "packages/crm").replace("-meta.xml", "");
    repository.commit("main", "another layout", &[]);
    writeln!(repository.stream, "R {} {plain}", ERP.replace("force-app", "packages/crm")).unwrap();
    repository
}

#[test]
fn blame_names_the_commit_through_moves_and_layouts() {
    let repository = moved();
    repository.make(&[]);
    let root = repository.root();
    let blame = |arguments: &[&str]| run_in(&root, &[&["blame", "--format", "json"], arguments].concat()).json();
    let all = blame(&[]);
    let title = |it: &Value| it["since"]["commit"]["title"].as_str().unwrap_or("none").to_owned();
    let of = |list: &Value, name: &str, setting: &str| -> String {
        let list = list.as_array().unwrap().iter();
        let mut found = list.filter(|it| it["name"] == name && it["setting"] == setting);
        title(found.next().unwrap_or_else(|| panic!("{name} {setting}")))
    };
    assert_eq!(of(&all["profiles"], "Sales", "sessionTimeout"), "half");
    assert_eq!(of(&all["apps"], "ERP", "refreshToken"), "tokens (#7)");
    assert_eq!(of(&all["apps"], "ERP", "sessionTimeout"), "start");
    assert_eq!(of(&all["org"], "", "sessionTimeout"), "start");
    let short = blame(&["--rule", "session/profile-timeout-short"]);
    let findings = short["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((title(&findings[0]).as_str(), &findings[0]["since"]["kind"]), ("half", &json!("commit")));
    assert!(text(&findings[0]["path"]).starts_with("packages/crm/"), "{findings:?}");
    assert_eq!(short["profiles"], json!([]));
    let app = blame(&["--app", "ERP"]);
    assert_eq!((&app["org"], &app["profiles"]), (&json!([]), &json!([])));
    assert!(app["findings"].as_array().unwrap().iter().any(|it| title(it) == "tokens (#7)"), "{app}");
    // An uncommitted change has no commit.
    let file = setting("Sales").replace("force-app", "packages/crm");
    std::fs::write(root.join(file), minutes("Sales", 15)).unwrap();
    let now = blame(&["--profile", "Sales"]);
    assert_eq!(now["profiles"][0]["since"], json!({"commit": null, "kind": "not-committed"}));
    for format in ["human", "csv", "markdown"] {
        let ran = run_in(&root, &["blame", "--format", format]);
        assert!(ran.code == 0 && ran.out.contains("Ann Author"), "{ran:?}");
        let ran = run_in(&root, &["blame", "--anonymous", "--format", format]);
        assert!(ran.code == 0 && !ran.out.contains("Ann") && !ran.out.contains("tokens (#7)"), "{ran:?}");
    }
}

#[test]
fn blame_words_a_value_as_people_see_it() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    let settings = "<SecuritySettings><sessionSettings><disableTimeoutWarning>true</disableTimeoutWarning></sessionSettings></SecuritySettings>\n";
    repository.commit("main", "quiet", &[("force-app/x/Security.settings-meta.xml", Some(settings.to_owned()))]);
    repository.make(&[]);
    let human = run_in(&repository.root(), &["blame"]).out;
    assert!(human.contains("warning before the timeout off"), "{human}");
    assert!(human.contains("access token format opaque"), "{human}");
    let csv = run_in(&repository.root(), &["blame", "--format", "csv"]).out;
    assert!(csv.contains("timeoutWarningDisabled,on,"), "the element as it is: {csv}");
}

#[test]
fn check_reports_since_when() {
    let repository = moved();
    repository.make(&[]);
    let root = repository.root();
    let ran = run_in(&root, &["check", "--blame", "--format", "json"]);
    let findings = ran.json()["findings"].as_array().unwrap().clone();
    let half = git(&root, &["log", "--format=%H", "--grep=^half$"]);
    let short = findings.iter().find(|it| it["rule"] == "session/profile-timeout-short").unwrap();
    assert_eq!(short["since"]["commit"], json!(half.trim()));
    assert!(text(&short["since"]["text"]).starts_with("since 15 November 2023, commit "), "{short}");
    let without = run_in(&root, &["check", "--format", "json"]).json();
    assert!(without["findings"].as_array().unwrap().iter().all(|it| it.get("since").is_none()));
    let human = run_in(&root, &["check", "--blame"]);
    assert!(human.out.contains(&format!("since: 15 November 2023, commit {}", &half[..7])), "{}", human.out);
    let sarif = run_in(&root, &["check", "--blame", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|it| it["provenance"]["properties"]["commit"] == json!(half.trim())), "{sarif}");
    let place = Project::sfdx(&[(SECURITY, security("EightHours"))]);
    assert_eq!(place.run(&["check", "--blame"]).code, 2);
}

/// Every file below a folder, with its length.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().len())).collect()
}

#[test]
fn a_killed_run_leaves_nothing_behind() {
    let mut repository = Repository::new();
    repository.commit("main", "start", &start());
    for number in 0..120 {
        repository.commit("main", "again", &[(&setting("Sales"), Some(minutes("Sales", 15 + number)))]);
    }
    repository.make(&[]);
    let root = repository.root();
    let before = files_below(&root);
    let start = |root: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sessionlint"));
        command.args(["history", "--output", "out.json", "--format", "json"]).current_dir(root);
        command.env("SESSIONLINT_CACHE_DIR", "").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let began = std::time::Instant::now();
    assert!(start(&root).wait().unwrap().success());
    let whole = began.elapsed();
    std::fs::remove_file(root.join("out.json")).unwrap();
    for part in 1..6 {
        let mut child = start(&root);
        std::thread::sleep(whole * part / 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let mut after = files_below(&root);
        // One that was as good as over has its whole answer.
        if after.remove(&root.join("out.json")).is_some() {
            let text = std::fs::read(root.join("out.json")).unwrap();
            assert!(serde_json::from_slice::<Value>(&text).is_ok());
            std::fs::remove_file(root.join("out.json")).unwrap();
        }
        assert_eq!(after, before, "killed after {part} eighths");
    }
    // The git processes that it started end with it.
    #[cfg(target_os = "linux")]
    {
        let works_here =
            |entry: &std::fs::DirEntry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|it| it == root);
        let running = || std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).filter(works_here).count();
        for _ in 0..200 {
            if running() == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("a process still works in the repository");
    }
}

#[test]
fn the_report_shows_how_timeouts_changed_and_since_when_findings_are_there() {
    let mut repository = Repository::new();
    let (sales, service) = (setting("Sales"), setting("Service"));
    repository.commit("main", "start", &start());
    for (title, value) in [("first by Jo", 60), ("second (#7)", 30)] {
        let both =
            [(sales.as_str(), Some(minutes("Sales", value))), (service.as_str(), Some(minutes("Service", value)))];
        repository.branch("side", "main");
        repository.commit("side", title, &both);
        repository.commit("main", "beside it", &[("readme.txt", Some(title.to_owned()))]);
        repository.merge("main", Some("side"), &format!("merge {title}"), &both);
    }
    let org = security("FourHours");
    repository.commit("main", "org", &[(SECURITY, Some(org))]);
    repository.make(&[]);
    let root = repository.root();
    let page = |arguments: &[&str]| {
        let ran = run_in(&root, &[&["report", "--format=markdown"], arguments].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    assert!(!page(&[]).contains("How timeouts changed"));
    let lines = |page: &str| -> Vec<String> {
        let rows = page.lines().filter(|line| line.starts_with("| 2023-") && line.contains(" to "));
        rows.map(|line| line.rsplit(" | ").next().unwrap().trim_end_matches(" |").to_owned()).collect()
    };
    let whole = page(&["--history"]);
    let both = "Sales, Service: ";
    let expected = ["The org: 8 hours to 4 hours".to_owned(), format!("{both}1 hour to 30 minutes")];
    assert_eq!(lines(&whole)[..2], expected, "{whole}");
    assert_eq!(lines(&whole).len(), 3, "{whole}");
    assert!(whole.contains(", pull request 7 |"), "{whole}");
    for name in ["Ann Author", "Cleo", "by Jo", "@example.com"] {
        assert!(!whole.contains(name), "a page that is handed over names nobody");
    }
    assert_eq!(lines(&page(&["--history", "--since=main~2"])).len(), 2);
    let html = run_in(&root, &["report", "--history"]).out;
    let (_, past) = html.split_once("id=\"past\"").unwrap();
    let past = past.split_once("</section>").unwrap().0;
    // All commits are of two days, and a day has its last value.
    let heads: Vec<&str> =
        past.split("<div class=\"bar-head\">").skip(1).map(|it| it.split_once("</div>").unwrap().0).collect();
    let head = |names: &str, value: &str| format!("<span>{names}</span> <strong class=\"value\">{value}</strong>");
    let profiles = head("<strong>2 profiles:</strong> Sales, Service", "8 hours \u{2192} 30 minutes");
    assert_eq!(heads, [head("The org", "8 hours \u{2192} 4 hours"), profiles]);
    assert!(past.contains("<rect class=\"short\"") && !past.contains("Not committed"), "{past}");
    repository.place.put(&sales, minutes("Sales", 720));
    assert!(page(&["--history"]).contains("another value to Sales."), "the file at hand is not committed");

    let since = page(&["--blame"]);
    assert!(since.contains("since 15 November 2023, commit ") || since.contains("since 14 November 2023"), "{since}");
    assert!(!page(&[]).contains("since 1"));
    let place = Project::sfdx(&[(SECURITY, security("EightHours"))]);
    for wrong in [&["report", "--history"][..], &["report", "--blame"], &["report", "--since=main"]] {
        assert_eq!(place.run(wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn what_changed_shortly_before_it_broke_comes_first() {
    let repository = moved();
    repository.make(&[]);
    let root = repository.root();
    let ran = run_in(&root, &["diagnose", "--broke-on", "2023-11-19", "--within", "5", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let json = ran.json();
    let near = &json["brokeOn"]["changes"];
    assert_eq!((&near[0]["title"], &near[0]["daysEarlier"]), (&json!("tokens (#7)"), &json!(2)));
    let symptoms = json["symptoms"].as_array().unwrap();
    let broken = symptoms.iter().find(|it| it["id"] == "integration-invalid-session").unwrap();
    let causes = ["causes", "possible"].map(|list| broken[list].as_array().unwrap().clone()).concat();
    let first = causes.iter().find(|it| it.get("changed").is_some()).unwrap();
    assert!(text(&first["changed"]["text"]).starts_with("2 days earlier, commit "), "{first}");
    assert!(text(&first["message"]).contains("ERP"), "{first}");
    let human = run_in(&root, &["diagnose", "--broke-on", "2023-11-19", "--within", "5"]);
    assert!(human.out.starts_with("Before 2023-11-19\n  2 days earlier: 2023-11-17 "), "{}", human.out);
    assert!(human.out.contains("changed: 2 days earlier, commit "), "{}", human.out);
    let far = run_in(&root, &["diagnose", "--broke-on", "2023-12-30", "--within", "5", "--format", "json"]).json();
    assert_eq!(far["brokeOn"]["changes"], json!([]));
    let before = run_in(&root, &["diagnose", "--broke-on", "2026-11-05", "--format", "json"]).json();
    let salesforce = before["brokeOn"]["salesforce"].as_array().unwrap();
    assert!(salesforce.iter().any(|it| it["id"] == "refresh-token-idle-30-days" && it["daysEarlier"] == 1));
    let without = run_in(&root, &["diagnose", "--format", "json"]).json();
    assert!(without.get("brokeOn").is_none());
    let place = Project::sfdx(&[(SECURITY, security("EightHours"))]);
    assert_eq!(place.run(&["diagnose", "--broke-on", "2023-11-19"]).code, 2);
}
