//! An untrusted project: the paths that it names lead nowhere else, its repository runs nothing, and the summary shows
//! what it turns off.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{PROGRAM, Project, Ran, SFDX, git, run, run_in, security, short_app, zip::zip};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const APP: &str = "force-app/main/default/connectedApps/ERP.connectedApp-meta.xml";
const TIMEOUT: &str = "session/org-timeout-short";

/// The content of a file outside, which must not be shown; as TOML, JSON and a pattern it is an error or has an effect.
const SECRET: &str = "preset = \"zq-secret-value\"\nzq-secret-key zq-secret-word\n";

/// A page about every app.
const PAGE: &str = "# Every app\n\nEvery app is found.\n\n```toml rule\nseverity = { continuity = \"note\" }\n\
confidence = \"high\"\nfrom = \"OAuthApp\"\nspan = \"Name\"\nmessage = \"{Name} is an app\"\nhelp = \"none\"\n\
references = [\"none\"]\n```\n\n## Why it matters\n\nIt does not.\n";

/// A work tree `in/` that holds a project, and `out/` beside it with what is secret.
fn outside() -> Project {
    let project = Project::of(&[
        ("in/sfdx-project.json", SFDX.1),
        (&format!("in/{SECURITY}"), &security("FifteenMinutes")),
        ("in/.git/HEAD", ""),
        ("out/secret", SECRET),
        ("out/house/zq-secret-page.md", PAGE),
        ("out/.forceignore", "**\n"),
    ]);
    project.put("out/sessionlint.toml", SECRET);
    project
}

fn ran(project: &Project, arguments: &[&str]) -> Ran {
    run_in(&project.at("in"), arguments)
}

fn all(ran: &Ran) -> String {
    format!("{}{}", ran.out, ran.err)
}

fn rules(ran: &Ran) -> Vec<String> {
    ran.findings().iter().map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
}

const COMMANDS: &[&[&str]] = &[
    &["check"],
    &["check", "--format", "json"],
    &["sessions"],
    &["diagnose"],
    &["report"],
    &["query", "SELECT COUNT() FROM Profile"],
    &["rules", "list"],
    &["explain", TIMEOUT],
    &["diff", ".", "."],
];

#[test]
fn a_configuration_that_leads_out_is_named_and_not_read() {
    for target in ["../out/secret", "../out/../out/secret", "chain", "folder/secret"] {
        let project = outside();
        symlink("../out/secret", project.at("in/chain")).unwrap();
        symlink("../out", project.at("in/folder")).unwrap();
        symlink(target, project.at("in/sessionlint.toml")).unwrap();
        for command in COMMANDS {
            let ran = ran(&project, command);
            assert_eq!(ran.code, 2, "{target} {command:?}: {ran:?}");
            assert!(
                ran.err.starts_with("error: sessionlint.toml: leads out of the project and is not read"),
                "{ran:?}"
            );
            assert!(!all(&ran).contains("zq-secret"), "{ran:?}");
        }
        let ran = ran(&project, &["check", "--no-project-config", "--format", "json"]);
        assert!(rules(&ran).contains(&TIMEOUT.to_owned()), "{ran:?}");
    }
}

#[test]
fn an_absolute_link_is_no_better_and_a_link_inside_the_work_tree_is_fine() {
    let project = outside();
    symlink(project.at("out/secret"), project.at("in/sessionlint.toml")).unwrap();
    assert_eq!(ran(&project, &["check"]).code, 2);
    fs::remove_file(project.at("in/sessionlint.toml")).unwrap();
    project.put("in/shared/lint.toml", format!("[rule.\"{TIMEOUT}\"]\nseverity = \"off\"\n"));
    symlink("shared/lint.toml", project.at("in/sessionlint.toml")).unwrap();
    let inside = ran(&project, &["check", "--format", "json"]);
    assert!(!rules(&inside).contains(&TIMEOUT.to_owned()), "{inside:?}");
    // The way by which the user came is theirs.
    symlink("in", project.at("link")).unwrap();
    let linked = run_in(&project.root(), &["check", "link", "--format", "json"]);
    assert_eq!(rules(&linked), rules(&inside), "{linked:?}");
    // And so is a file that they named.
    project.put("out/mine.toml", "select = ['metadata']\n");
    let typed = ran(&project, &["check", "--config", "../out/mine.toml", "--format", "json"]);
    assert_eq!(rules(&typed), [""; 0], "{typed:?}");
}

#[test]
fn a_link_that_leads_nowhere_is_an_error_and_not_nothing() {
    let project = outside();
    project.put("sessionlint.toml", "preset = 'all'\n");
    symlink("nowhere", project.at("in/sessionlint.toml")).unwrap();
    let ran = ran(&project, &["check"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, "error: sessionlint.toml: cannot be read (no such file)\n"));
}

#[test]
fn other_files_that_lead_out_are_named_and_the_rest_is_read() {
    for (name, target) in [(".forceignore", "../out/.forceignore"), ("sfdx-project.json", "../out/secret")] {
        let project = outside();
        let _ = fs::remove_file(project.at(&format!("in/{name}")));
        symlink(target, project.at(&format!("in/{name}"))).unwrap();
        let ran = ran(&project, &["check", "--format", "json"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains(&format!("error: {name}")) && ran.err.contains("leads out of the project"), "{ran:?}");
        assert!(!all(&ran).contains("zq-secret"), "{ran:?}");
        assert!(rules(&ran).contains(&TIMEOUT.to_owned()), "{ran:?}");
    }
}

#[test]
fn a_project_file_stays_in_its_project_and_what_projects_share_in_their_work_tree() {
    let project = outside();
    fs::rename(project.at("in/sfdx-project.json"), project.at("in/shared.json")).unwrap();
    project.put("in/.ignored", "**/settings/**\n");
    project.put(&format!("in/crm/{SECURITY}"), security("FifteenMinutes"));
    symlink("../shared.json", project.at("in/crm/sfdx-project.json")).unwrap();
    symlink("../.ignored", project.at("in/crm/.forceignore")).unwrap();
    let ran = ran(&project, &["check", "crm", "--format", "json"]);
    assert!(ran.err.contains("sfdx-project.json leads out of the project"), "{ran:?}");
    assert_eq!(ran.json()["project"]["hidden"], 1, "{ran:?}");
}

#[test]
fn package_directories_that_lead_out_are_not_walked() {
    let project = outside();
    project.put("out/Security.settings-meta.xml", security("FifteenMinutes"));
    project.put(
        "in/sfdx-project.json",
        r#"{"packageDirectories": [{"path": "away"}, {"path": "../out"}, {"path": "force-app"}]}"#,
    );
    symlink("../out", project.at("in/away")).unwrap();
    let ran = ran(&project, &["check", "--format", "json"]);
    assert!(ran.err.contains("`away`, which leads out of the project"), "{ran:?}");
    assert!(ran.err.contains("`../out` outside the project"), "{ran:?}");
    assert_eq!(ran.json()["project"]["files"], 1);
}

#[test]
fn folders_of_rules_that_lead_out_are_refused_unless_they_are_typed() {
    for (folder, is_link) in [("../out/house", false), ("house", true), ("house/", true), ("./x/../../out", false)] {
        let project = outside();
        if is_link {
            symlink("../out/house", project.at("in/house")).unwrap();
        }
        project.put("in/sessionlint.toml", format!("rules = [\"{folder}\"]\n"));
        for arguments in [&["check"][..], &["check", "--config", "sessionlint.toml"], &["rules", "list"]] {
            let ran = ran(&project, arguments);
            assert_eq!(ran.code, 2, "{folder}: {ran:?}");
            assert!(ran.err.contains("leads out of the project and is not read"), "{folder}: {ran:?}");
            assert!(!all(&ran).contains("zq-secret"), "{ran:?}");
        }
    }
    let project = outside();
    project.put(&format!("in/{APP}"), short_app("ERP"));
    let absolute = project.at("out/house");
    project.put("in/sessionlint.toml", format!("rules = [\"{}\"]\n", absolute.display()));
    assert_eq!(ran(&project, &["check"]).code, 2);
    let typed = ran(&project, &["check", "--no-project-config", "--rules", "../out/house", "--format", "json"]);
    assert!(rules(&typed).contains(&"house/zq-secret-page".to_owned()), "{typed:?}");
}

#[test]
fn a_page_that_is_a_link_is_no_page() {
    let project = outside();
    project.put("in/sessionlint.toml", "rules = [\"house\"]\n");
    project.put("in/house/local/app.md", PAGE);
    symlink("../../../out/secret", project.at("in/house/local/secret.md")).unwrap();
    let ran = ran(&project, &["rules", "list"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("local/app") && !ran.out.contains("local/secret"), "{ran:?}");
}

#[test]
fn no_parse_error_repeats_a_value() {
    let project = outside();
    for config in [
        SECRET,
        "select = [\"zq-secret\"]\n",
        "ignore = [\"zq-secret\"]\n",
        "select = \"zq-secret\"\n",
        "fail-on = \"zq-secret\"\n",
        "preset = zq-secret\n",
        "precedence = \"zq-secret, expected y\"\n",
        "rules = 'zq-secret, expected `continuity`'\n",
        "[integration]\napps = [\"[zq-secret\"]\n",
        "[integration]\negress = [\"zq-secret\"]\n",
        "[integration]\negress = [\"zq-secret/24\"]\n",
        "[[ignore]]\nrule = \"zq-secret\"\npath = \"x\"\nreason = \"x\"\n",
        "[[ignore]]\nrule = \"oauth\"\ncomponent = \"zq-secret\"\nreason = \"x\"\n",
        "[[ignore]]\nrule = \"oauth\"\npath = \"[zq-secret\"\nreason = \"x\"\n",
        "[[ignore]]\nrule = \"oauth\"\npath = \"x\"\nuntil = \"zq-secret\"\nreason = \"x\"\n",
        "[rule.\"session/org-timeout-short\"]\nseverity = \"zq-secret\"\n",
        "[rule.\"session/org-timeout-short\"]\noptions = { zq = \"zq-secret\" }\n",
    ] {
        project.put("in/sessionlint.toml", config);
        let ran = ran(&project, &["check"]);
        assert_eq!(ran.code, 2, "{config}: {ran:?}");
        assert!(ran.err.contains("sessionlint.toml:"), "{config}: {ran:?}");
        assert!(!all(&ran).contains("zq-secret"), "{config}: {ran:?}");
    }
    project.put("in/sessionlint.toml", "rules = ['house']\n");
    for (from, to) in
        [("\"note\"", "\"zq-secret\""), ("\"OAuthApp\"", "5 # zq-secret"), ("confidence", "'zq-secret' confidence")]
    {
        project.put("in/house/local/app.md", PAGE.replace(from, to));
        let ran = ran(&project, &["check"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("app.md:") && !all(&ran).contains("zq-secret"), "{to}: {ran:?}");
    }
    fs::remove_file(project.at("in/sessionlint.toml")).unwrap();
    for baseline in ["zq-secret", "{\"version\": \"zq-secret\"}", "{\"version\": 1, \"findings\": [\"zq-secret\"]}"] {
        project.put("in/known.json", baseline);
        let ran = ran(&project, &["check", "--baseline", "known.json"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.starts_with("error: known.json:1:") && !all(&ran).contains("zq-secret"), "{ran:?}");
    }
    for text in ["{\"packageDirectories\": zq-secret}", "[\"zq-secret\"]"] {
        project.put("in/sfdx-project.json", text);
        let ran = ran(&project, &["check"]);
        assert!(ran.err.contains("sfdx-project.json") && !all(&ran).contains("zq-secret"), "{ran:?}");
    }
    project.put("in/sfdx-project.json", SFDX.1);
    project.put("in/.forceignore", "a/[zq-secret\n");
    assert!(!all(&ran(&project, &["check"])).contains("zq-secret"));
}

#[test]
fn nothing_above_the_work_tree_counts() {
    let project = outside();
    project.put("sessionlint.toml", SECRET);
    project.put(".forceignore", "**\n");
    project.put("sfdx-project.json", "{\"packageDirectories\": [{\"path\": \"in\"}]}");
    let ran = ran(&project, &["check", "--format", "json"]);
    assert!(rules(&ran).contains(&TIMEOUT.to_owned()), "{ran:?}");
    let warning = format!("{}: lies above the project and is not read", project.at(".forceignore").display());
    assert!(ran.err.contains(&warning), "{ran:?}");
    // A folder in the tree that is no project is not looked at as a package of the one above either.
    fs::remove_file(project.at("in/sfdx-project.json")).unwrap();
    let root = run_in(&project.at("in"), &["check", "--format", "json"]).json()["project"]["root"].clone();
    assert!(root.as_str().unwrap().ends_with("/in"), "{root}");
    // Without a work tree, the project is all there is.
    project.put("in/sfdx-project.json", SFDX.1);
    fs::remove_dir_all(project.at("in/.git")).unwrap();
    let alone = run_in(&project.at("in"), &["check", "--format", "json"]);
    assert!(rules(&alone).contains(&TIMEOUT.to_owned()), "{alone:?}");
}

#[test]
fn a_zip_brings_its_rules_and_nothing_of_the_disk() {
    let project = outside();
    let app = short_app("ERP");
    let files = |rules: &'static str| {
        zip(&[
            SFDX,
            (APP, &app),
            ("sessionlint.toml", rules),
            ("house/local/own.md", PAGE),
            ("house/README.md", "no page"),
        ])
    };
    project.put("x.zip", files("rules = ['house']\n"));
    project.put("house/local/disk.md", PAGE);
    project.put("x.zip.d/local/disk.md", PAGE);
    let check = || run_in(&project.root(), &["check", "x.zip", "--format", "json"]);
    let ran = check();
    assert!(rules(&ran).contains(&"local/own".to_owned()), "{ran:?}");
    assert!(!all(&ran).contains("local/disk"), "{ran:?}");
    assert_eq!(ran.json()["summary"]["rulesOfProject"], 1);
    for away in ["rules = ['../house']\n", "rules = ['/house']\n", "rules = ['no/such']\n"] {
        project.put("x.zip", files(away));
        let ran = check();
        assert_eq!(ran.code, 2, "{away} {ran:?}");
        assert!(!all(&ran).contains("local/disk"), "{ran:?}");
    }
}

fn commit(folder: &Path) -> String {
    git(folder, &["add", "--all", "--force"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "x"]);
    git(folder, &["rev-parse", "HEAD"])
}

/// Folders of the versions of git that this machine has, the first in the search path first.
fn gits() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in ["/usr/local/bin", "/usr/bin", "/bin"].map(Path::new) {
        let Ok(real) = fs::canonicalize(folder.join("git")) else { continue };
        if !found.iter().any(|other| fs::canonicalize(other.join("git")).is_ok_and(|other| other == real)) {
            found.push(folder.to_owned());
        }
    }
    found
}

/// Runs the program with one of the versions of git.
fn with_git(bin: &Path, folder: &Path, arguments: &[&str]) -> Ran {
    let path = format!("{}:/usr/bin:/bin", bin.display());
    run(Command::new(PROGRAM).args(arguments).current_dir(folder).env("PATH", path))
}

/// A repository of the project with one commit.
fn repository() -> Project {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes"))]);
    git(&project.root(), &["init", "--quiet"]);
    commit(&project.root());
    project
}

#[test]
fn a_partial_clone_fetches_nothing_whatever_it_configures() {
    let origin = repository();
    git(&origin.root(), &["config", "uploadpack.allowFilter", "true"]);
    let clones = Project::of(&[("x", "")]);
    let url = format!("file://{}", origin.root().display());
    for (index, bin) in gits().iter().enumerate() {
        let name = format!("clone{index}");
        git(&clones.root(), &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &url, &name]);
        let clone = clones.at(&name);
        // Every way by which git would start something of the repository's choice leaves a mark.
        let mark = clones.at(&format!("mark{index}"));
        let script = clones.at("script.sh");
        fs::write(&script, format!("#!/bin/sh\ntouch {}\nexec git-upload-pack \"$@\"\n", mark.display())).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let script = script.display().to_string();
        for (key, value) in [
            ("protocol.allow", "always"),
            ("protocol.file.allow", "always"),
            ("protocol.ext.allow", "always"),
            ("protocol.ssh.allow", "always"),
            ("remote.origin.uploadpack", &script),
            ("core.sshCommand", &script),
            ("core.gitProxy", &script),
            ("core.fsmonitor", &script),
            ("core.alternateRefsCommand", &script),
            ("credential.helper", &script),
        ] {
            git(&clone, &["config", key, value]);
        }
        for url in [url.clone(), format!("ext::{script} %S"), format!("ssh://localhost{}", origin.root().display())] {
            git(&clone, &["config", "remote.origin.url", &url]);
            let ran = with_git(bin, &clone, &["diff", "HEAD", "HEAD"]);
            assert_eq!(ran.code, 3, "{bin:?} {url}: {ran:?}");
            assert!(ran.err.contains("fetch") || ran.err.contains("is not among the objects"), "{bin:?}: {ran:?}");
            assert!(!mark.exists(), "{bin:?} {url} ran what the repository configures");
        }
    }
}

#[test]
fn replacements_are_not_honoured() {
    let project = repository();
    let root = project.root();
    let first = git(&root, &["rev-parse", "HEAD"]);
    project.put(SECURITY, security("EightHours"));
    let second = commit(&root);
    git(&root, &["replace", &second, &first]);
    let blob = git(&root, &["rev-parse", &format!("{first}:{SECURITY}")]);
    fs::write(project.at("other"), security("TwoHours")).unwrap();
    let other = git(&root, &["hash-object", "-w", "other"]);
    git(&root, &["replace", &blob, &other]);
    for bin in gits() {
        let ran = with_git(&bin, &root, &["diff", &first, &second, "--format", "json"]);
        let org = ran.json()["org"].clone();
        assert_eq!((&org[0]["old"], &org[0]["new"]), (&15.into(), &480.into()), "{bin:?} {ran:?}");
    }
}

/// Where an object lies.
fn object(project: &Project, hash: &str) -> PathBuf {
    project.at(&format!(".git/objects/{}/{}", &hash[..2], &hash[2..]))
}

fn write_over(path: &Path, bytes: &[u8]) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_broken_repository_is_exit_3_and_an_unknown_revision_is_not() {
    for bin in gits() {
        let parts = ["HEAD", "HEAD^{tree}", "HEAD:force-app", &format!("HEAD:{SECURITY}")];
        for (part, is_gone) in parts.iter().flat_map(|part| [(part, true), (part, false)]) {
            let project = repository();
            let hash = git(&project.root(), &["rev-parse", part]);
            let file = object(&project, &hash);
            if is_gone {
                fs::remove_file(&file).unwrap();
            } else {
                write_over(&file, b"no object");
            }
            let ran = with_git(&bin, &project.root(), &["diff", "HEAD", "HEAD"]);
            assert_eq!(ran.code, 3, "{bin:?} {part} {is_gone}: {ran:?}");
        }
        let project = repository();
        project.put(".git/HEAD", "no head");
        assert_eq!(with_git(&bin, &project.root(), &["diff", "trunk", "trunk"]).code, 3, "{bin:?}");
        let project = repository();
        project.put(".git/config", "[core\n");
        assert_eq!(with_git(&bin, &project.root(), &["diff", "HEAD", "HEAD"]).code, 3, "{bin:?}");
        let project = repository();
        let unknown = "0123456789012345678901234567890123456789";
        for revision in ["no-such", unknown, "HEAD~5", "HEAD:sfdx-project.json", "trunk..trunk"] {
            let ran = with_git(&bin, &project.root(), &["diff", revision, "HEAD"]);
            assert_eq!(ran.code, 2, "{bin:?} {revision}: {ran:?}");
        }
        fs::remove_dir_all(project.at(".git")).unwrap();
        assert_eq!(with_git(&bin, &project.root(), &["diff", "HEAD"]).code, 2, "{bin:?}");
    }
}

#[test]
fn a_revision_is_configured_by_itself() {
    let project = Project::of(&[("crm/sfdx-project.json", SFDX.1)]);
    let root = project.root();
    project.put(&format!("crm/{APP}"), short_app("ERP"));
    project.put("sessionlint.toml", "rules = ['house']\n");
    project.put("house/local/every.md", PAGE);
    git(&root, &["init", "--quiet"]);
    commit(&root);
    // The change turns off what would find it.
    project.put("sessionlint.toml", "select = ['metadata']\n");
    fs::remove_dir_all(project.at("house")).unwrap();
    commit(&root);
    project.put(&format!("crm/{}", APP.replace("ERP", "CRM")), short_app("CRM"));
    commit(&root);
    let new = |arguments: &[&str]| {
        let ran = run_in(&project.at("crm"), &[&["diff", "HEAD~2", "--format", "json"], arguments].concat());
        let json = ran.json();
        let rules: Vec<_> = json["findings"]["new"].as_array().unwrap().iter().map(|it| it["rule"].clone()).collect();
        (rules.contains(&"local/every".into()), json["configuration"].clone())
    };
    for second in [&["HEAD"][..], &[]] {
        let (is_found, configuration) = new(second);
        assert!(!is_found);
        assert_eq!((&configuration["from"], &configuration["changed"]), (&"new".into(), &true.into()));
        let (is_found, configuration) = new(&[second, &["--config-from", "old"]].concat());
        assert!(is_found);
        assert_eq!(configuration["file"], "HEAD~2:sessionlint.toml");
        assert_eq!((&configuration["from"], &configuration["changed"]), (&"old".into(), &true.into()));
    }
    let ran = run_in(&project.at("crm"), &["diff", "HEAD~2"]);
    assert!(ran.out.contains("The configuration, or the rules that it names, changed too"), "{ran:?}");
    let ran = run_in(&project.at("crm"), &["diff", "HEAD~2", "--format", "markdown", "--config-from", "old"]);
    assert!(ran.out.contains("are judged by that of OLD"), "{ran:?}");
    let ran = run_in(&project.at("crm"), &["diff", "HEAD~1"]);
    assert!(!ran.out.contains("changed too"), "{ran:?}");
    // `check` takes it from any revision, here that of a base.
    let checked = run_in(&project.at("crm"), &["check", "--config-from", "HEAD~2", "--format", "json"]);
    assert!(rules(&checked).contains(&"local/every".to_owned()), "{checked:?}");
    assert_eq!(checked.json()["summary"]["configuration"], "HEAD~2:sessionlint.toml");
    assert!(!rules(&run_in(&project.at("crm"), &["check", "--format", "json"])).contains(&"local/every".to_owned()));
    assert_eq!(run_in(&project.at("crm"), &["check", "--config-from", "no-such"]).code, 2);
    // A link in a revision is not followed, and what leads out is refused.
    fs::remove_file(project.at("sessionlint.toml")).unwrap();
    symlink("crm/lint.toml", project.at("sessionlint.toml")).unwrap();
    commit(&root);
    let ran = run_in(&project.at("crm"), &["check", "--config-from", "HEAD"]);
    assert!(ran.code == 2 && ran.err.contains("is a link, which is not followed in a revision"), "{ran:?}");
    fs::remove_file(project.at("sessionlint.toml")).unwrap();
    project.put("sessionlint.toml", "rules = ['../house']\n");
    commit(&root);
    let ran = run_in(&project.at("crm"), &["check", "--config-from", "HEAD"]);
    assert!(ran.code == 2 && ran.err.contains("leads out of the project"), "{ran:?}");
}

/// A project that turns off what it can, in every way.
fn quiet() -> Project {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes")), (APP, short_app("ERP"))]);
    let allow = "<!-- sessionlint: allow session: x -->";
    project.put(
        SECURITY,
        security("FifteenMinutes").replacen("<SecuritySettings", &format!("{allow}\n<SecuritySettings"), 1),
    );
    project.put("house/local/every.md", PAGE);
    project.put(
        "sessionlint.toml",
        "fail-on = \"never\"\nrules = [\"house\"]\nignore = [\"login\", { rule = \"local\", path = \"**\", reason = \"x\" }]\n",
    );
    project
}

#[test]
fn silence_is_reported_in_every_format() {
    let project = quiet();
    let json = project.check(&[]).json();
    let summary = &json["summary"];
    for key in ["suppressedByConfiguration", "suppressedByComment", "rulesOffByPreset", "rulesOffByConfiguration"] {
        assert!(summary[key].as_u64().unwrap() > 0, "{key}: {summary}");
    }
    assert_eq!(summary["rulesOfProject"], 1);
    assert_eq!(summary["rulesOffByCommandLine"], 0);
    assert_eq!(summary["failOn"], "never");
    assert_eq!(summary["configuration"], "sessionlint.toml");
    for format in ["human", "concise", "github", "markdown", "sarif", "junit"] {
        let text = project.run(&["check", "--format", format]).out.replace('\n', " ").to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "rules did not run",
            "outside the preset",
            "by the configuration",
            "by comments",
            "the project brings 1 rule of its own",
            "no finding fails the run (by the configuration)",
        ] {
            assert!(text.contains(words), "{format} lacks `{words}`: {text}");
        }
    }
    for format in ["html", "markdown"] {
        let text = project.run(&["report", "--format", format]).out;
        assert!(text.contains("rules did not run") && text.contains("The project brings 1 rule"), "{format}");
    }
    let typed = project.check(&["--select", "session", "--fail-on", "error"]).json();
    assert!(typed["summary"]["rulesOffByCommandLine"].as_u64().unwrap() > 10, "{typed}");
    assert_eq!(typed["summary"]["failOn"], "error");
    // Who wants nothing but results gets nothing else.
    let calm = project.run(&["check", "--quiet"]);
    assert!(!all(&calm).contains("did not run"), "{calm:?}");
}

#[test]
fn the_baseline_is_counted_by_itself() {
    let project = quiet();
    project.run(&["check", "--baseline", "known.json", "--update-baseline"]);
    let json = project.check(&["--baseline", "known.json"]).json();
    assert!(json["summary"]["baselined"].as_u64().unwrap() > 0, "{json}");
    let human = project.run(&["check", "--baseline", "known.json"]).out;
    assert!(human.replace('\n', " ").contains("in the baseline"), "{human}");
}

#[test]
fn a_stranger_is_judged_by_our_defaults() {
    let project = quiet();
    let json = project.check(&["--no-project-config"]).json();
    let summary = &json["summary"];
    assert_eq!((&summary["rulesOfProject"], &summary["configuration"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!((&summary["rulesOffByConfiguration"], &summary["failOn"]), (&0.into(), &"warning".into()));
    // Suppressions in comments of the metadata still apply, and are reported.
    assert!(summary["suppressedByComment"].as_u64().unwrap() > 0, "{summary}");
    for command in [&["sessions"][..], &["diagnose"], &["report"], &["query", "SELECT COUNT() FROM Profile"]] {
        project.put("sessionlint.toml", "presets = 1\n");
        assert_eq!(project.run(command).code, 2);
        assert_eq!(project.run(&[command, &["--no-project-config"]].concat()).code, 0, "{command:?}");
    }
}
