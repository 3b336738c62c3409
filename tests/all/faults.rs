//! Faults of a disk, a terminal or a pipe, and hostile names and amounts: a run ends soon, reports the fault, and
//! breaks nothing.
//!
//! `bad_input.rs` tests broken metadata; here the system around it is at fault, or the amount.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::support;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{PROGRAM, Project, Ran, profile, run, run_within, security, short_app};
use rawzip::CompressionMethod;

const SETTINGS: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const SOUND: &str = "error[session/org-timeout-short]";

/// A project with one finding.
fn sound() -> Project {
    Project::sfdx(&[(SETTINGS, security("FifteenMinutes"))])
}

/// A project whose reports are longer than any buffer.
fn wordy() -> Project {
    let project = sound();
    for index in 0..120 {
        let path = format!("force-app/main/default/connectedApps/App{index}.connectedApp-meta.xml");
        project.put(&path, short_app(&format!("App {index}")));
    }
    project
}

/// Runs the program, which must end without waiting for anybody.
fn run_soon(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.env(crate::support::CACHE_DIR, "");
    command.args(arguments).current_dir(project.root());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(Duration::from_secs(60)) else {
        Command::new("kill").args(["-9", &id]).status().unwrap();
        panic!("it waits for something: {arguments:?}");
    };
    as_ran(output.unwrap())
}

fn as_ran(output: Output) -> Ran {
    let err = String::from_utf8(output.stderr).unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {err}", output.status));
    assert!(!err.contains("panicked"), "{err}");
    Ran { code, out: String::from_utf8(output.stdout).unwrap(), err }
}

/// Runs a line of the shell in the project's folder, in which `$0` is the program.
fn shell(project: &Project, line: &str) -> Ran {
    run(Command::new("sh").args(["-c", line, PROGRAM]).current_dir(project.root()))
}

/// Names of what stands in the project's folder, in order.
fn listing(project: &Project) -> Vec<String> {
    let names = fs::read_dir(project.root()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn pipe(project: &Project, path: &str) {
    let path = project.at(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Pipes would be waited for, and devices never end: nothing of the kind is opened because of its name.
mod no_regular_files {
    use super::*;

    fn assert_found(ran: &Ran, code: i32, says: &str) {
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.out.contains(SOUND), "{ran:?}");
        assert!(ran.err.contains(says), "{ran:?}");
    }

    #[test]
    fn a_pipe_in_the_place_of_forceignore() {
        let project = sound();
        pipe(&project, ".forceignore");
        let ran = run_soon(&project, &["check", "--format", "concise"]);
        assert_found(&ran, 3, "error: .forceignore: cannot be read (it is not a regular file)");
    }

    #[test]
    fn a_pipe_in_the_place_of_the_project_file() {
        let project = sound();
        pipe(&project, "sfdx-project.json");
        let ran = run_soon(&project, &["check", "--format", "concise"]);
        assert_found(&ran, 1, "sfdx-project.json cannot be read (it is not a regular file); the whole folder is read");
    }

    #[test]
    fn a_pipe_in_the_place_of_a_manifest() {
        let project = sound();
        pipe(&project, "package.xml");
        assert_found(&run_soon(&project, &["check", "--format", "concise"]), 1, "");
    }

    #[test]
    fn what_has_the_name_of_a_configuration_is_one_or_an_error() {
        let expected = "error: sessionlint.toml: cannot be read (it is not a regular file)";
        let project = sound();
        pipe(&project, "sessionlint.toml");
        let in_folder = sound();
        in_folder.put("sessionlint.toml/config.toml", "fail-on = \"never\"");
        for project in [project, in_folder] {
            for arguments in [&["check"][..], &["sessions"], &["check", "force-app"]] {
                let ran = run_soon(&project, arguments);
                assert!(ran.code == 3 && ran.out.is_empty() && ran.err.contains(expected), "{ran:?}");
            }
            assert_found(&run_soon(&project, &["check", "--no-project-config", "--format", "concise"]), 1, "");
        }
        let (path, text) = (SETTINGS, fs::read(sound().at(SETTINGS)).unwrap());
        let entries = [(path.to_owned(), text), ("sessionlint.toml/config.toml".to_owned(), Vec::new())];
        let zipped = Project::of(&[("a.zip", support::zip::zip(&entries))]);
        let ran = run_soon(&zipped, &["check", "a.zip"]);
        assert!(ran.code == 2 && ran.err.contains("a.zip:sessionlint.toml: is a folder"), "{ran:?}");
    }

    #[test]
    fn a_device_in_the_place_of_forceignore() {
        let project = sound();
        symlink("/dev/zero", project.at(".forceignore")).unwrap();
        let ran = run_within(600, &project.root(), &["check", "--format", "concise", "--threads", "1"]);
        assert_found(&ran, 3, "error: .forceignore: leads out of the project and is not read");
    }

    #[test]
    fn pipes_named_like_classes_and_pages() {
        let project = sound();
        pipe(&project, "force-app/main/default/classes/A.cls");
        pipe(&project, "pages/own/rule.md");
        let arguments = ["check", "--format", "concise", "--preset", "all", "--rules", "pages"];
        assert_found(&run_soon(&project, &arguments), 1, "");
    }

    #[test]
    fn a_pipe_as_a_zip() {
        let project = sound();
        pipe(&project, "retrieved.zip");
        let ran = run_soon(&project, &["check", "retrieved.zip"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("retrieved.zip: is not a regular file"), "{ran:?}");
    }
}

mod vanishing {
    use super::*;
    use sessionlint::discover::Root;
    use sessionlint::load::load;
    use sessionlint::metadata::Inputs;
    use sessionlint::rule_test::AS_OF;

    fn many(count: usize) -> Project {
        let project = sound();
        for index in 0..count {
            project.put(&format!("force-app/profiles/P{index}.profile-meta.xml"), profile());
        }
        project
    }

    /// One thread lists the whole folder before it reads, so there is time to take files away in between.
    #[test]
    fn files_that_vanish_during_the_walk_are_reported() {
        let mut reported = 0;
        for attempt in 0..150 {
            let project = many(800);
            let mut command = Command::new(PROGRAM);
            command.env(crate::support::CACHE_DIR, "");
            command.args(["check", "--format", "json", "--threads", "1"]).current_dir(project.root());
            let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            thread::sleep(Duration::from_millis(attempt * 3));
            fs::remove_dir_all(project.at("force-app/profiles")).unwrap();
            let ran = as_ran(child.wait_with_output().unwrap());
            assert!(matches!(ran.code, 1 | 3), "{ran:?}");
            assert!(ran.out.contains("org-timeout-short"), "{ran:?}");
            ran.json();
            let lines: Vec<&str> = ran.err.lines().collect();
            assert!(
                lines.iter().all(|line| line.starts_with("error: ") && line.contains("cannot be read (")),
                "{ran:?}"
            );
            assert_eq!(lines.is_empty(), ran.code == 1, "{ran:?}");
            reported += usize::from(ran.err.contains("No such file"));
            if reported > 1 {
                return;
            }
        }
        panic!("nothing vanished in time");
    }

    /// The text of a large file is dropped after parsing and read again for what is shown of it.
    #[test]
    fn a_large_file_that_changes_before_it_is_shown() {
        let ranges =
            "<loginIpRanges><endAddress>10.0.0.1</endAddress><startAddress>10.0.0.9</startAddress></loginIpRanges>";
        let text = format!("<Profile>\n{}\n<description>{}ü</description></Profile>", ranges, "x".repeat(100_000));
        let path = "force-app/profiles/Large.profile-meta.xml";
        let changes: [Change; 4] = [
            ("vanished", |path| fs::remove_file(path).unwrap()),
            ("emptied", |path| fs::write(path, "").unwrap()),
            ("cut", |path| fs::write(path, "<Profile>").unwrap()),
            // Of the same length, and where a place began there is the middle of a character now.
            ("other", |path| {
                let length = usize::try_from(fs::metadata(path).unwrap().len()).unwrap();
                fs::write(path, format!("{}{}", "x".repeat(length % 3), "€".repeat(length / 3))).unwrap();
            }),
        ];
        for (name, change) in changes {
            let project = Project::sfdx(&[(path, &text)]);
            let loaded = load(&Root::open(&project.root()), Inputs::on(AS_OF));
            change(&project.at(path));
            let shown = everything_shown(&loaded.project);
            assert!(shown.iter().all(|shown| shown.contains("Large")), "{name}: {shown:?}");
        }
    }

    type Change = (&'static str, fn(&Path));
    type Write<'w> = &'w dyn Fn(&mut sessionlint::report::gate::Gate<'_>) -> std::io::Result<()>;

    /// What every format makes of all findings.
    fn everything_shown(project: &sessionlint::metadata::Project) -> Vec<String> {
        use sessionlint::check::{RunPlan, check};
        use sessionlint::diagnostic::Summary;
        use sessionlint::report::gate::Gate;
        use sessionlint::report::{self, Paths, Report, Style};
        use sessionlint::rule::{Catalog, Preset};
        use std::collections::HashMap;

        let catalog = Catalog::load(&[] as &[&Path], &sessionlint::facts::Shapes).unwrap();
        let presets = Preset::ALL.to_vec();
        let rules = catalog.chosen(&presets, &[], &[]);
        let plan = RunPlan { rules, presets, options: HashMap::new(), severities: HashMap::new() };
        let findings = check(project, &plan).findings;
        assert!(!findings.is_empty());
        let shape =
            report::Project { root: &project.root, name: "", files: 1, components: 1, code: project.code, hidden: 0 };
        let report = Report {
            project: shape,
            sources: &project.sources,
            findings: &findings,
            suppressed: &[],
            silence: &sessionlint::report::Silence::default(),
            summary: Summary::of(&findings),
            pairs: &[],
            rules: &[],
            is_complete: true,
            threads: None,
        };
        let paths = Paths::default();
        let formats: [Write<'_>; 8] = [
            &|out| report::human::write(out, &report, &paths, Style::default()),
            &|out| report::concise::write(out, &report, &paths, Style::default()),
            &|out| report::json::write(out, &report),
            &|out| report::sarif::write(out, &report, &paths),
            &|out| report::github::write(out, &report, &paths),
            &|out| report::gitlab::write(out, &report, &paths),
            &|out| report::junit::write(out, &report, &paths),
            &|out| report::markdown::write(out, &report, &paths),
        ];
        let text = |write: Write<'_>| {
            let mut out = Vec::new();
            write(&mut Gate::new(&mut out)).unwrap();
            String::from_utf8(out).unwrap()
        };
        formats.into_iter().map(text).collect()
    }
}

/// A hundred thousand levels of whatever can nest: refused with a place, or no matter; the stack holds.
mod depth {
    use super::*;

    const LEVELS: usize = 100_000;

    fn nested(open: &str, inner: &str, close: &str) -> String {
        format!("{}{inner}{}", open.repeat(LEVELS), close.repeat(LEVELS))
    }

    #[test]
    fn of_elements() {
        for (path, root) in [("force-app/A.connectedApp", "ConnectedApp"), ("force-app/A.profile", "Profile")] {
            let project = sound();
            project.put(path, format!("<{root}>{}</{root}>", nested("<a>", "", "</a>")));
            let ran = project.run(&["check", "--format", "concise"]);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.out.contains(SOUND) && ran.err.is_empty(), "{ran:?}");
        }
    }

    #[test]
    fn of_queries() {
        let project = sound();
        for condition in [
            nested("(", "Name = 'a'", ")"),
            format!("{}Name = 'a'", "NOT ".repeat(LEVELS)),
            nested("NOT (", "Name = 'a'", ")"),
            nested("(", "", ""),
        ] {
            project.put("query.txt", format!("SELECT Name FROM Profile WHERE {condition}"));
            let ran = shell(&project, "\"$0\" query - < query.txt");
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        }
    }

    #[test]
    fn of_configurations() {
        let project = sound();
        for text in [
            format!("select = {}", nested("[", "", "]")),
            format!("a = {}", nested("{a=", "1", "}")),
            format!("a{} = 1", ".a".repeat(LEVELS)),
            format!("[a{}]\nb = 1", ".a".repeat(LEVELS)),
        ] {
            project.put("sessionlint.toml", text);
            let ran = project.run(&["check"]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
            assert!(ran.err.contains("sessionlint.toml:1:"), "{}", ran.err);
        }
    }

    #[test]
    fn of_rule_pages() {
        let project = sound();
        let page = |fence: &str| format!("# Title\n\nSummary.\n\n```toml rule\n{fence}\n```\n");
        for text in [
            page(&format!("a = {}", nested("[", "", "]"))),
            page(&format!("from = \"Profile\"\nwhere = \"{}\"", nested("(", "Name = 'a'", ")"))),
            nested("> ", "x", ""),
            nested("* ", "x", ""),
        ] {
            project.put("pages/own/page.md", text);
            let ran = project.run(&["check", "--rules", "pages"]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
            assert!(ran.err.contains("page.md:"), "{}", ran.err);
        }
    }

    #[test]
    fn one_per_needs_columns_and_no_once() {
        let project = sound();
        let page = |keys: &str| {
            let fence = "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"Profile\"\n\
                span = \"Name\"\nmessage = \"m\"\nhelp = \"h\"\nreferences = [\"r\"]";
            format!("# Title\n\nSummary.\n\n```toml rule\n{fence}\n{keys}\n```\n")
        };
        project.put("pages/own/page.md", page("one-per = [\"Nam\"]"));
        let ran = project.run(&["check", "--rules", "pages"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("`Profile` has no column `Nam`") && ran.err.contains("page.md:13:"), "{}", ran.err);
        project.put("pages/own/page.md", page("report-once = true\none-per = [\"Name\"]"));
        let ran = project.run(&["check", "--rules", "pages"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("a rule has `report-once` or `one-per`, not both"), "{}", ran.err);
    }

    #[test]
    fn former_names_of_keys_still_work_and_are_named() {
        let project = sound();
        let page = |keys: &str| {
            let fence = "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"SecuritySettings\"\n\
                message = \"m\"\nhelp = \"h\"\nreferences = [\"r\"]";
            format!("# Title\n\nSummary.\n\n```toml rule\n{fence}\n{keys}\n```\n")
        };
        let former = "mark = \"sessionSettings.sessionTimeout\"\ncovers = [\"own/other\"]\nonce = true\npulls-against = \"own/other\"";
        project.put("pages/own/page.md", page(former));
        let with_former = project.run(&["check", "--rules", "pages", "--format", "json"]);
        for hint in ["`mark` is now `span`", "`covers` is now `supersedes`", "`once` is now `report-once`"] {
            assert!(with_former.err.contains(hint), "{}", with_former.err);
        }
        assert!(
            with_former.err.contains("page.md: the key `pulls-against` is now `conflicts-with`"),
            "{}",
            with_former.err
        );
        let now = "span = \"sessionSettings.sessionTimeout\"\nsupersedes = [\"own/other\"]\nreport-once = true\n\
            conflicts-with = \"own/other\"";
        project.put("pages/own/page.md", page(now));
        let with_new = project.run(&["check", "--rules", "pages", "--format", "json"]);
        assert!(!with_new.err.contains("is now"), "{}", with_new.err);
        assert!(with_new.out.contains("own/page"), "{}", with_new.out);
        assert_eq!(with_former.out, with_new.out);
        project.put("pages/own/page.md", page(&format!("{former}\nspan = \"sessionSettings.sessionTimeout\"")));
        let both = project.run(&["check", "--rules", "pages"]);
        assert!(both.code == 2 && both.err.contains("duplicate field `span`"), "{both:?}");
    }

    #[test]
    fn of_project_files_and_baselines() {
        let project = sound();
        project.put("deep.json", nested("[", "", "]"));
        let ran = project.run(&["check", "--baseline", "deep.json"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        project.put("sfdx-project.json", nested("{\"a\":", "1", "}"));
        let ran = project.run(&["check", "--format", "concise"]);
        assert!(ran.code == 1 && ran.out.contains(SOUND), "{ran:?}");
        assert!(ran.err.contains("sfdx-project.json is not JSON"), "{ran:?}");
    }
}

/// Amounts that a person would not write: memory grows with the bytes, not with their square. Steps are counted in
/// `growth`, and time in `benches/`.
mod amount {
    use super::*;

    fn assert_ends(what: &str, project: &Project, arguments: &[&str]) {
        let ran = run_within(1500, &project.root(), arguments);
        assert!(matches!(ran.code, 0 | 1), "{what}: {ran:?}");
    }

    const CHECK: &[&str] = &["check", "--format", "json", "--preset", "all"];

    #[test]
    fn values_of_megabytes_in_the_places_of_words() {
        let value = "x".repeat(1 << 20);
        let app = format!(
            "<ConnectedApp><label>{value}</label><oauthConfig><scopes>{value}</scopes></oauthConfig><oauthPolicy>\
             <ipRelaxation>{value}</ipRelaxation><refreshTokenPolicy>{value}</refreshTokenPolicy></oauthPolicy></ConnectedApp>"
        );
        let project = Project::sfdx(&[
            ("force-app/A.connectedApp", app),
            ("force-app/Security.settings", security(&value)),
            (
                "force-app/A.profileSessionSetting",
                support::session_setting(&format!("<profile>{value}</profile>"), &value),
            ),
        ]);
        assert_ends("values", &project, CHECK);
    }

    #[test]
    fn words_of_megabytes_in_a_query_and_a_configuration() {
        let word = "a".repeat(1 << 20);
        let project = sound();
        project.put("query.txt", format!("SELECT {word} FROM {word} WHERE {word} = 1"));
        // A configuration of more than a megabyte is not read.
        let word = &word[..1 << 19];
        project.put("other.toml", format!("select = [\"{word}\"]\n"));
        project.put("key.toml", format!("{word} = 1\n"));
        for line in ["query - < query.txt", "check --config other.toml", "check --config key.toml"] {
            assert_eq!(shell(&project, &format!("\"$0\" {line}")).code, 2, "{line}");
        }
    }

    #[test]
    fn thousands_of_findings_on_one_line() {
        let range =
            "<loginIpRanges><endAddress>10.0.0.1</endAddress><startAddress>10.0.0.9</startAddress></loginIpRanges>";
        let text =
            format!("<Profile>{}<description>{}</description></Profile>", range.repeat(1000), "x".repeat(1 << 20));
        let project = Project::sfdx(&[("force-app/A.profile", text)]);
        for format in ["human", "sarif", "junit"] {
            assert_ends(format, &project, &["check", "--format", format, "--preset", "all"]);
        }
        assert_ends("report", &project, &["report", "--preset", "all"]);
    }

    #[test]
    fn twenty_thousand_elements_of_one_name() {
        let all = |count: usize, element: &dyn Fn(usize) -> String| (0..count).map(element).collect::<String>();
        let range = |n: usize| {
            let (high, low) = (n / 250, n % 250);
            format!(
                "<loginIpRanges><endAddress>10.{high}.{low}.9</endAddress><startAddress>10.{high}.{low}.1</startAddress></loginIpRanges>"
            )
        };
        let permission =
            |n: usize| format!("<userPermissions><enabled>true</enabled><name>P{n}</name></userPermissions>");
        let scope = |n: usize| format!("<scopes>S{n}</scopes>");
        let name = |n: usize| format!("<profileName>P{n}</profileName>");
        let project = Project::sfdx(&[
            ("force-app/A.profile", format!("<Profile>{}{}</Profile>", all(20_000, &range), all(20_000, &permission))),
            (
                "force-app/A.connectedApp",
                format!(
                    "<ConnectedApp><label>A</label><oauthConfig>{}</oauthConfig>{}</ConnectedApp>",
                    all(2_000, &scope),
                    all(20_000, &name)
                ),
            ),
        ]);
        assert_ends("elements", &project, CHECK);
    }

    #[test]
    fn thousands_of_apps_and_profiles() {
        let project = sound();
        for index in 0..600 {
            project.put(&format!("force-app/a/A{index}.connectedApp"), short_app("One name"));
            project.put(&format!("force-app/p/P{index}.profile"), profile());
        }
        assert_ends("components", &project, CHECK);
        assert_ends("sessions", &project, &["sessions", "--format", "json"]);
    }
}

/// Zips that are larger inside than outside.
mod archives {
    use super::*;

    fn zip(entries: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
        support::zip::zip(&entries.collect::<Vec<_>>())
    }

    /// Checks a zip with little memory.
    fn check_zip(bytes: Vec<u8>, megabytes: usize) -> Ran {
        let place = Project::of(&[("a.zip", bytes)]);
        run_within(megabytes, &place.root(), &["check", "a.zip", "--format", "concise", "--threads", "1"])
    }

    #[test]
    fn of_entries_in_thousands_of_folders() {
        let entry = |index: usize| (format!("{index}/{}A.profile", "a/".repeat(20_000)), b"<Profile/>".to_vec());
        let ran = check_zip(zip((0..20).map(entry)), 300);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("a.zip: holds an entry in more than 255 folders (`0/a/a/a/"), "{}", ran.err);
        assert!(ran.err.len() < 300, "{}", ran.err);
    }

    #[test]
    fn of_many_small_entries() {
        let settings = ("Security.settings".to_owned(), security("FifteenMinutes").into_bytes());
        let entry = |index: usize| (format!("p/P{index}.profile"), b"<Profile/>".to_vec());
        let ran = check_zip(zip((0..3000).map(entry).chain([settings])), 300);
        assert!(ran.code == 1 && ran.out.contains(SOUND), "{ran:?}");
    }

    #[test]
    fn of_links_and_names_that_lead_out() {
        let place = Project::of::<&str>(&[]);
        for name in ["../A.profile", "a/../../A.profile", "/etc/A.profile", "C:\\A.profile", "..\\A.profile"] {
            place.put("a.zip", zip([(name.to_owned(), b"<Profile/>".to_vec())].into_iter()));
            let ran = place.run(&["check", "a.zip"]);
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{name}: {ran:?}");
            assert!(ran.err.contains("leads out of it"), "{name}: {ran:?}");
        }
        place.put("a.zip", support::zip::zip_of(&[("A.profile", "/etc/passwd")], CompressionMethod::STORE, 0o120_777));
        let ran = place.run(&["check", "a.zip"]);
        assert!(ran.err.contains("A.profile: is a link, which is not followed in a zip"), "{ran:?}");
        assert_eq!(listing(&place), ["a.zip"], "nothing was unpacked");
    }
}

/// Disks without room. A limit of 0 on the length of files stands for one.
mod full_disk {
    use super::*;

    /// Runs a line of the shell in which no file can grow.
    fn on_a_full_disk(project: &Project, line: &str) -> Ran {
        shell(project, &format!("trap '' XFSZ; ulimit -f 0; \"$0\" {line}"))
    }

    #[test]
    fn what_cannot_be_written_is_reported_and_the_old_file_stays() {
        let project = wordy();
        assert_eq!(project.run(&["check", "--baseline", "known.json", "--update-baseline"]).code, 0);
        for name in ["out.json", "out.sarif", "page.html"] {
            project.put(name, "old");
        }
        let baseline = fs::read(project.at("known.json")).unwrap();
        let before = listing(&project);
        project.put(SETTINGS, security("SixtyMinutes"));
        for (line, name) in [
            ("check --format json --output out.json", "out.json"),
            ("check --format json --also sarif=out.sarif", "out.sarif"),
            ("check --baseline known.json --update-baseline", "known.json"),
            ("report --output page.html", "page.html"),
            ("sessions --output sessions.txt", "sessions.txt"),
            ("init", "sessionlint.toml"),
            ("check --add-ignore", "sessionlint.toml"),
            ("rules new own/page --dir pages", "page.md"),
        ] {
            let ran = on_a_full_disk(&project, line);
            assert_eq!(ran.code, 3, "{line}: {ran:?}");
            assert!(
                ran.err.contains(name) && ran.err.contains("cannot be written (File too large"),
                "{line}: {}",
                ran.err
            );
        }
        assert_eq!(fs::read(project.at("known.json")).unwrap(), baseline);
        for name in ["out.json", "out.sarif", "page.html"] {
            assert_eq!(fs::read_to_string(project.at(name)).unwrap(), "old");
        }
        let _ = fs::remove_dir_all(project.at("pages/own"));
        let _ = fs::remove_dir(project.at("pages"));
        assert_eq!(listing(&project), before, "nothing is left behind");
        // Nothing is in the way of the next attempt.
        assert_eq!(project.run(&["init"]).code, 0);
    }

    #[test]
    fn a_report_that_cannot_be_written_takes_no_other_along() {
        let project = wordy();
        let ran = on_a_full_disk(&project, "check --format json --also sarif=out.sarif --also junit=/dev/full");
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.findings().len() > 60);
        assert_eq!(ran.err.lines().filter(|line| line.starts_with("error: ")).count(), 2, "{}", ran.err);
    }

    #[test]
    fn pages_are_mended_whole_or_not_at_all() {
        let project = sound();
        assert_eq!(project.run(&["rules", "new", "own/page", "--dir", "pages"]).code, 0);
        let page = fs::read_to_string(project.at("pages/own/page.md")).unwrap().replace("Write what", "Say what");
        project.put("pages/own/page.md", page.replacen("Say what", "Write what", 1));
        let page = fs::read(project.at("pages/own/page.md")).unwrap();
        let ran = on_a_full_disk(&project, "rules test pages --update");
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("page.md: cannot be written (File too large"), "{ran:?}");
        assert_eq!(fs::read(project.at("pages/own/page.md")).unwrap(), page);
        assert_eq!(fs::read_dir(project.at("pages/own")).unwrap().count(), 1, "nothing is left behind");
        assert_eq!(project.run(&["rules", "test", "pages", "--update"]).code, 0);
        assert_ne!(fs::read(project.at("pages/own/page.md")).unwrap(), page);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn standard_output_without_room() {
        let project = wordy();
        for line in OUTPUTS {
            let ran = shell(&project, &format!("\"$0\" {line} > /dev/full"));
            assert_eq!(ran.code, 3, "{line}: {ran:?}");
            assert!(ran.err.contains("the output cannot be written (No space left"), "{line}: {ran:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn standard_error_without_room_changes_nothing() {
        let project = wordy();
        project.put("force-app/Broken.profile", "");
        project.put(".forceignore", "**/App1*\n");
        let sound = shell(&project, "\"$0\" check --format json");
        let ran = shell(&project, "\"$0\" check --format json 2> /dev/full");
        assert_eq!((ran.code, &ran.out), (sound.code, &sound.out));
        assert_eq!(shell(&project, "\"$0\" check nowhere 2> /dev/full").code, 2);
        assert_eq!(shell(&project, "\"$0\" check 2>&-").code, sound.code);
        assert_eq!(shell(&project, "\"$0\" check --format json >&-").code, sound.code);
    }
}

/// What writes to standard output.
const OUTPUTS: &[&str] = &[
    "check",
    "check --format concise",
    "check --format json",
    "check --format sarif",
    "check --format github",
    "check --format gitlab",
    "check --format junit",
    "check --format markdown",
    "check --statistics",
    "sessions",
    "sessions --format csv",
    "diagnose",
    "diagnose --format json",
    "diff . . --format json",
    "report",
    "report --format markdown",
    "query 'SELECT Name, SessionMinutes FROM OAuthApp'",
    "query 'SELECT Name, SessionMinutes FROM OAuthApp' --format json",
    "rules list",
    "explain session/org-timeout-short",
    "init --print",
    "schema",
    "man",
    "completions bash",
    "--help",
    "--version",
];

/// Readers that go away, as `head` does.
mod closed_pipes {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let project = wordy();
        for line in OUTPUTS {
            let plain = shell(&project, &format!("\"$0\" {line} > /dev/null"));
            // The reader is gone before anything is written.
            let line = format!("exec 3>&1; {{ \"$0\" {line}; echo $? >&3; }} | :");
            let ran = shell(&project, &line);
            let code: i32 = ran.out.trim().parse().unwrap();
            assert!(code == plain.code || code == 0, "{line}: {code} instead of {}", plain.code);
            assert!(code < 2 && !ran.err.contains("written"), "{line}: {ran:?}");
        }
    }

    #[test]
    fn the_first_line_is_enough() {
        let project = wordy();
        for format in ["human", "concise", "json", "github"] {
            let ran = shell(&project, &format!("\"$0\" check --format {format} | head -n 1"));
            assert_eq!((ran.out.lines().count(), ran.err.as_str()), (1, ""), "{format}");
        }
    }

    #[test]
    fn a_file_beside_is_complete_although_the_output_is_not_read() {
        let project = wordy();
        shell(&project, "\"$0\" check --format json --also sarif=out.sarif | :");
        let sarif: serde_json::Value = serde_json::from_slice(&fs::read(project.at("out.sarif")).unwrap()).unwrap();
        assert!(sarif["runs"][0]["results"].as_array().unwrap().len() > 60);
    }
}

/// Runs that are ended in the middle of writing: the file is the old one or the new one.
mod killed {
    use super::*;

    #[test]
    fn a_run_that_fails_while_it_writes_leaves_the_old_file() {
        let project = wordy();
        for (arguments, name) in [
            (&["check", "--baseline", "known.json", "--update-baseline"][..], "known.json"),
            (&["check", "--format", "sarif", "--output", "out.sarif"], "out.sarif"),
            (&["check", "--also", "json=out.json"], "out.json"),
            (&["report", "--output", "page.html"], "page.html"),
        ] {
            // Only a baseline is updated.
            let old = r#"{"version": 1, "findings": []}"#;
            project.put(name, old);
            // After 4 KB or so the system takes no more, with half a file written.
            let script = "ulimit -c 0; ulimit -f 8; exec \"$0\" \"$@\"";
            let mut command = Command::new("sh");
            command.args(["-c", script, PROGRAM]).args(arguments).current_dir(project.root());
            let output = command.stdin(Stdio::null()).output().unwrap();
            assert_eq!(output.status.code(), Some(3), "{name}: {output:?}");
            let error = format!("error: {name}: cannot be written (File too large (os error 27))\n");
            assert!(String::from_utf8_lossy(&output.stderr).contains(&error), "{output:?}");
            assert_eq!(fs::read_to_string(project.at(name)).unwrap(), old);
            let is_half = |path: &String| path.starts_with(".sessionlint-");
            assert!(!support::files(&project.root()).keys().any(is_half), "half a file is left");
            assert!(matches!(project.run(arguments).code, 0 | 1), "{name}");
            assert!(fs::read(project.at(name)).unwrap().len() > 8192, "{name}");
        }
    }

    #[test]
    fn a_run_that_is_killed_at_any_moment_leaves_the_old_file_or_the_new() {
        let project = wordy();
        let arguments = ["check", "--baseline", "known.json", "--update-baseline"];
        assert_eq!(project.run(&arguments).code, 0);
        let old = fs::read(project.at("known.json")).unwrap();
        project.put("force-app/main/default/connectedApps/More.connectedApp-meta.xml", short_app("More"));
        let (mut kept, mut moment) = (0, 0);
        loop {
            let mut command = Command::new(PROGRAM);
            command.env(crate::support::CACHE_DIR, "");
            command.args(arguments).current_dir(project.root()).stderr(Stdio::null()).stdout(Stdio::null());
            let mut child = command.spawn().unwrap();
            thread::sleep(Duration::from_millis(moment));
            child.kill().unwrap();
            child.wait().unwrap();
            let now = fs::read(project.at("known.json")).unwrap();
            if now != old {
                serde_json::from_slice::<serde_json::Value>(&now).unwrap();
                assert!(now.len() > old.len());
                break;
            }
            kept += 1;
            moment += 7;
        }
        assert!(kept > 0, "no run was killed in time");
    }
}

/// Names and values that would act where they are shown.
mod hostile {
    use super::*;

    /// Characters that steer terminals: the escape that only a file name can hold, its forms of one character that XML
    /// lets through, and marks that turn text around.
    const STEERING: [char; 6] = ['\u{1b}', '\u{9b}', '\u{9d}', '\u{90}', '\u{202E}', '\u{2066}'];

    fn evil() -> Project {
        let value = "\u{9b}2J\u{9d}0;title\u{9c}\u{90}q\u{202E}\u{2066}&lt;img src=x onerror=alert(1)>\n::error::x ##vso[task] ##[error]";
        let project = Project::sfdx(&[(SETTINGS, security(&format!("{value}FifteenMinute")))]);
        let name = "\u{1b}]0;title\u{7}\u{1b}[31m<img src=x>";
        project.put(&format!("force-app/{name}.connectedApp"), short_app(value));
        project.put(&format!("force-app/{name}.profile"), profile());
        let setting = support::session_setting(&format!("<profile>{value}</profile>"), "15");
        project.put(&format!("force-app/{name}.profileSessionSetting"), setting);
        project.put(&format!("force-app/{name}/broken{name}.profile"), "<Profile>");
        project.put(".forceignore", "hidden*\n");
        project.put(&format!("force-app/hidden{name}.profile"), profile());
        project
    }

    #[test]
    fn nothing_steers_a_terminal_whatever_is_asked() {
        let project = evil();
        let query = "query 'SELECT Name, FullName, IpRelaxation FROM OAuthApp'";
        let more = [
            query.to_owned(),
            format!("{query} --format csv"),
            format!("{query} --format markdown"),
            "query 'SELECT Path, Name FROM Profile'".to_owned(),
            "check --preset all --notes".to_owned(),
            "diagnose --symptom 'INVALID_SESSION_ID'".to_owned(),
            "diff . force-app --format markdown".to_owned(),
            "check --baseline known.json --update-baseline".to_owned(),
            "check --select nothing".to_owned(),
        ];
        let plain = ["man", "--help", "completions bash", "schema", "explain session/org-timeout-short"];
        let lines = OUTPUTS.iter().filter(|line| !plain.contains(line)).map(|line| (*line).to_owned());
        for line in lines.chain(more) {
            let ran = shell(&project, &format!("\"$0\" {line} --color never"));
            let ran = if ran.code == 2 { shell(&project, &format!("\"$0\" {line}")) } else { ran };
            for text in [&ran.out, &ran.err] {
                let found = text.chars().find(|ch| STEERING.contains(ch) || (ch.is_control() && *ch != '\n'));
                assert_eq!(found, None, "{line}: {text:?}");
            }
        }
    }

    #[test]
    fn nothing_acts_in_markup() {
        let project = evil();
        for line in
            ["report", "report --format markdown", "check --format markdown --preset all", "check --format junit"]
        {
            let ran = shell(&project, &format!("\"$0\" {line}"));
            assert!(ran.out.contains("img src=x"), "{line} shows nothing of it");
            // In Markdown, what stands between back ticks is text.
            let acting = ran.out.split('`').step_by(2).any(|part| part.contains("<img"));
            assert!(!acting, "{line}: {}", ran.out);
        }
    }
}
