//! Findings that repeat each other, such as equal secrets: shown as one, each suppressed and compared on its own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use serde_json::Value;

use crate::credentials::CERTIFICATE;
use crate::support::{Project, Ran, git, text};

const RULE: &str = "security/secret-under-its-name";
const SECRET: &str = "Kj8s2Lq0Zx9vB3n7Wm4T";
const OTHER: &str = "Rw5t8Yq2Lp9sD4g7Hn1K";

fn at(name: &str) -> String {
    format!("force-app/classes/{name}.cls")
}

fn class(name: &str, secret: &str) -> String {
    format!("public class {name} {{\n    String apiSecret = '{secret}';\n}}\n")
}

/// The class of [`class`] with a comment that allows its secret.
fn allowed(name: &str) -> String {
    let comment = format!("    // sessionlint: allow {RULE}: invented\n    String");
    class(name, SECRET).replace("    String", &comment)
}

/// Classes with the same secret, and one with another.
fn project(names: &[&str]) -> Project {
    let mut files: Vec<(String, String)> = names.iter().map(|name| (at(name), class(name, SECRET))).collect();
    files.push((at("X"), class("X", OTHER)));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Project::sfdx(&files)
}

/// The class of a path.
fn name(path: &Value) -> String {
    text(path).rsplit('/').next().unwrap().replace(".cls", "")
}

/// The class of each finding, with those of its related places: `B: C D`.
fn places(findings: &[Value], related: &str) -> Vec<String> {
    let one = |it: &Value| {
        let related = it[related].as_array().unwrap().iter().map(|it| name(&it["path"])).collect::<Vec<_>>();
        format!("{}: {}", name(&it["path"]), related.join(" "))
    };
    findings.iter().map(one).collect()
}

fn found(ran: &Ran) -> Vec<String> {
    places(&ran.findings(), "related")
}

/// The changed findings of a comparison, in the same form.
fn changes(ran: &Ran) -> [Vec<String>; 4] {
    let findings = &ran.json()["findings"];
    ["new", "fixed", "improved", "changed"].map(|kind| places(findings[kind].as_array().unwrap(), "copies"))
}

const NONE: [&str; 0] = [];

#[test]
fn what_is_suppressed_gives_way_to_the_next_place() {
    let project = project(&["B", "C", "D"]);
    assert_eq!(found(&project.check(&[])), ["B: C D", "X: "]);
    // A comment covers its own place.
    project.put(&at("B"), allowed("B"));
    let ran = project.check(&[]);
    assert_eq!(found(&ran), ["C: D", "X: "]);
    assert_eq!(ran.json()["summary"]["suppressedByComment"], 1);
    // Also where only another place is requested.
    assert_eq!(found(&project.check(&[&at("D")])), ["D: C"]);
    project.put(&at("B"), class("B", SECRET));
    // An entry covers the files of its path, or the components of its name.
    let ignore = |key: &str, glob: &str| format!("[[ignore]]\nrule = '{RULE}'\n{key} = '{glob}'\nreason = 'x'\n");
    for (entry, left) in [
        (ignore("path", "**/B.cls"), vec!["C: D", "X: "]),
        (ignore("component", "ApexClass:[BC]"), vec!["D: ", "X: "]),
        (ignore("path", "**/C.cls"), vec!["B: D", "X: "]),
        (ignore("path", "**/[BCD].cls"), vec!["X: "]),
    ] {
        project.put("sessionlint.toml", &entry);
        let ran = project.check(&[]);
        assert_eq!(found(&ran), left, "{entry}");
        assert_eq!(
            ran.json()["summary"]["suppressedByConfiguration"],
            1,
            "as one, where they are shown as one: {entry}"
        );
        assert!(!ran.err.contains("matches no finding"), "{}", ran.err);
    }
    fs::remove_file(project.at("sessionlint.toml")).unwrap();
    let ran = project.check(&["--exclude", "B.cls"]);
    assert_eq!(found(&ran), ["C: D", "X: "]);
    assert_eq!(ran.json()["summary"]["excluded"], 1);
    assert_eq!(found(&project.check(&["--exclude", "[BCD].cls"])), ["X: "]);
}

#[test]
fn entries_for_all_findings_leave_nothing() {
    let project = project(&["B", "C"]);
    let ran = project.run(&["check", "--add-ignore=invented"]);
    assert!(ran.err.contains("wrote 3 [[ignore]] entries for 3 findings"), "{ran:?}");
    assert_eq!(found(&project.check(&[])), NONE);
}

#[test]
fn a_baseline_has_each_place_and_a_further_one_is_new() {
    let project = project(&["B", "C"]);
    let ran = project.run(&["check", "--baseline", "known.json", "--update-baseline"]);
    assert!(ran.err.contains("wrote a baseline of 2 findings"), "{ran:?}");
    let with = |more: &[&str]| project.check(&[&["--baseline", "known.json"], more].concat());
    let ran = with(&[]);
    assert_eq!((found(&ran).len(), &ran.json()["summary"]["baselined"]), (0, &2.into()), "{ran:?}");
    assert!(!ran.err.contains("found no more"), "{}", ran.err);
    for further in ["A", "D"] {
        project.put(&at(further), class(further, SECRET));
        let ran = with(&[]);
        assert_eq!(found(&ran), [format!("{further}: B C")], "known places are named");
        assert!(ran.code == 1 && !ran.err.contains("found no more"), "{ran:?}");
        assert_eq!(found(&with(&[&at(further)])), [format!("{further}: B C")], "a hook names one file");
        fs::remove_file(project.at(&at(further))).unwrap();
    }
    fs::remove_file(project.at(&at("B"))).unwrap();
    let ran = with(&[]);
    assert!(found(&ran).is_empty() && ran.err.contains("1 entry is found no more"), "{ran:?}");
}

#[test]
fn a_comparison_reports_further_places_only() {
    let project = project(&["B", "C"]);
    let root = project.root();
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "--message", "one"]);
    let none: Vec<String> = Vec::new();
    let expect = |new: &[&str], fixed: &[&str], why: &str| {
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let ran = project.run(&["diff", "HEAD", "--format", "json"]);
        assert_eq!(changes(&ran), [owned(new), owned(fixed), none.clone(), none.clone()], "{why}");
    };
    let rename = |from: &str, to: &str| fs::rename(project.at(&at(from)), project.at(&at(to))).unwrap();
    expect(&[], &[], "nothing changed");
    project.put(&at("A"), class("A", SECRET));
    expect(&["A: B C"], &[], "the first by its name");
    project.put(&at("D"), class("D", SECRET));
    expect(&["A: B C D"], &[], "two at once are one");
    let sarif = project.run(&["diff", "HEAD", "--format", "sarif"]).json();
    assert_eq!(results(&sarif), ["A: B C D", "D: A"]);
    project.put(&at("B"), allowed("B"));
    expect(&["A: C D"], &[], "what a comment allows is not named");
    let sarif = project.run(&["diff", "HEAD", "--format", "sarif"]).json();
    assert_eq!(results(&sarif), ["A: C D", "D: A"]);
    project.put(&at("B"), class("B", SECRET));
    let ran = project.run(&["diff", "HEAD"]);
    assert!(ran.out.replace("\n          ", "").contains("also in force-app/classes/B.cls:2:24"), "{}", ran.out);
    for further in ["A", "D"] {
        fs::remove_file(project.at(&at(further))).unwrap();
    }
    rename("B", "Z");
    expect(&[], &[], "a file with another name");
    project.put(&at("A"), class("A", SECRET));
    expect(&["Z: A C"], &[], "one of the two is the file of before");
    fs::remove_file(project.at(&at("A"))).unwrap();
    fs::remove_file(project.at(&at("Z"))).unwrap();
    expect(&[], &["B: "], "the first is gone, and not the other");
    fs::remove_file(project.at(&at("C"))).unwrap();
    expect(&[], &["B: C"], "both are gone");
    project.put(&at("B"), class("B", OTHER));
    project.put(&at("C"), class("C", SECRET));
    expect(&[], &[], "another value at a known place is known");
}

#[test]
fn files_of_one_name_in_two_folders_are_told_apart() {
    let path = |folder: &str| format!("{folder}/classes/B.cls");
    let project = Project::of(&[
        ("sfdx-project.json", r#"{"packageDirectories": [{"path": "one", "default": true}, {"path": "two"}]}"#),
        (&path("one"), &class("B", SECRET)),
        (&path("two"), &class("B", SECRET)),
    ]);
    let root = project.root();
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "--message", "one"]);
    let paths =
        |list: &Value| list.as_array().unwrap().iter().map(|it| text(&it["path"]).to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(&project.check(&[]).json()["findings"]), [path("one"), path("two")]);
    fs::remove_file(project.at(&path("one"))).unwrap();
    let findings = &project.run(&["diff", "HEAD", "--format", "json"]).json()["findings"];
    assert_eq!((paths(&findings["new"]), paths(&findings["fixed"])), (Vec::new(), vec![path("one")]));
    fs::create_dir_all(project.at("one/more/classes")).unwrap();
    fs::rename(project.at(&path("two")), project.at("one/more/classes/B.cls")).unwrap();
    let findings = &project.run(&["diff", "HEAD", "--format", "json"]).json()["findings"];
    assert_eq!((paths(&findings["new"]).len(), paths(&findings["fixed"]).len()), (0, 1), "{findings}");
}

#[test]
fn programs_get_each_place_with_its_own_fingerprint() {
    let project = project(&["B", "C"]);
    let sarif = |more: &[&str]| project.run(&[&["check", "--format", "sarif"], more].concat()).json();
    assert_eq!(results(&sarif(&[])), ["B: C", "C: B", "X: "]);
    let prints = |sarif: &Value| -> Vec<String> {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|it| text(&it["partialFingerprints"]["sessionlint/v1"]).to_owned()).collect()
    };
    let before = prints(&sarif(&[]));
    project.put(&at("A"), class("A", SECRET));
    let after = prints(&sarif(&[]));
    assert_eq!(after[1..], before, "a further place changes no other");
    let gitlab = project.run(&["check", "--format", "gitlab"]).json();
    let gitlab: Vec<&str> = gitlab.as_array().unwrap().iter().map(|it| text(&it["fingerprint"])).collect();
    assert_eq!(gitlab, after);
    let rdjson = project.run(&["check", "--format", "rdjson"]).json();
    let rdjson: Vec<String> =
        rdjson["diagnostics"].as_array().unwrap().iter().map(|it| name(&it["location"]["path"])).collect();
    assert_eq!(rdjson, ["A", "B", "C", "X"]);
    // Suppressed ones are results, too.
    let allowed = sarif(&["--baseline", "known.json", "--update-baseline"]);
    assert_eq!(results(&allowed).len(), 4);
    assert!(allowed["runs"][0]["results"].as_array().unwrap().iter().all(|it| it["suppressions"].is_array()));
}

#[test]
fn one_thread_or_two_and_a_zip_find_the_same() {
    let project = project(&["B", "C", "D"]);
    let out = |threads: &str| project.run(&["check", "--threads", threads, "--format", "sarif"]).out;
    assert_eq!(out("1"), out("2"));
    let record = |value: &str| {
        format!(
            "<CustomMetadata xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>A</label><values>\
             <field>Api_Password__c</field><value>{value}</value></values></CustomMetadata>"
        )
    };
    let package = "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>".to_owned();
    let retrieved = Project::of(&[
        ("src/package.xml", package),
        ("src/customMetadata/Mill.A.md", record(SECRET)),
        ("src/customMetadata/Mill.B.md", record(SECRET)),
    ]);
    assert_eq!(found(&retrieved.run(&["check", "src", "--format", "json"])), ["Mill.A.md: Mill.B.md"]);
}

/// The results of SARIF, in the form of [`places`].
fn results(sarif: &Value) -> Vec<String> {
    let path = |it: &Value| name(&it["physicalLocation"]["artifactLocation"]["uri"]);
    let one = |it: &Value| {
        let related = it["relatedLocations"].as_array().into_iter().flatten().map(path).collect::<Vec<_>>();
        format!("{}: {}", path(&it["locations"][0]), related.join(" "))
    };
    sarif["runs"][0]["results"].as_array().unwrap().iter().map(one).collect()
}

fn document(ty: &str, inner: &str) -> String {
    format!("<{ty} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{inner}\n</{ty}>\n")
}

/// Projects with two findings of the same fault, A and B, and the rule; the first file has A.
fn of_other_rules() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let saml = |name: &str| {
        document("SamlSsoConfig", &format!("<name>{name}</name>\n<validationCert>{CERTIFICATE}</validationCert>"))
    };
    let policy =
        "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>zero</refreshTokenPolicy></oauthPolicy>";
    let callback = "<callbackUrl>https://a.example.com/cb</callbackUrl>";
    let app = |label: &str| {
        let scopes = "<scopes>Api</scopes><scopes>RefreshToken</scopes>";
        let inner = format!("<label>{label}</label>\n<oauthConfig>{callback}{scopes}</oauthConfig>\n{policy}");
        document("ConnectedApp", &inner)
    };
    let ranges =
        "<loginIpRanges><endAddress>192.0.2.9</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges>";
    let access = |principal: &str| {
        format!(
            "<externalCredentialPrincipalAccesses>\n<enabled>true</enabled>\n<externalCredentialPrincipal>\
             Hub-{principal}</externalCredentialPrincipal>\n</externalCredentialPrincipalAccesses>"
        )
    };
    let parameter = |group: &str, name: &str, ty: &str, more: &str| {
        format!(
            "<externalCredentialParameters>{more}<parameterGroup>{group}</parameterGroup><parameterName>{name}\
             </parameterName><parameterType>{ty}</parameterType></externalCredentialParameters>"
        )
    };
    let hub = [
        "<authenticationProtocol>Oauth</authenticationProtocol>".to_owned(),
        parameter("DefaultGroup", "AuthProvider", "AuthProvider", "<authProvider>Hub</authProvider>"),
        parameter("A", "A", "NamedPrincipal", ""),
        parameter("B", "B", "NamedPrincipal", ""),
        "<label>Hub</label>".to_owned(),
    ];
    let set = format!("{}\n{}\n<label>Callers</label>", access("A"), access("B"));
    vec![
        (
            "login/saml-certificate-expired",
            vec![("force-app/A.samlssoconfig-meta.xml", saml("A")), ("force-app/B.samlssoconfig-meta.xml", saml("B"))],
        ),
        (
            "oauth/ip-relaxation-enforced",
            vec![
                ("force-app/A.connectedApp-meta.xml", app("A")),
                ("force-app/B.connectedApp-meta.xml", app("B")),
                ("force-app/P.profile-meta.xml", document("Profile", ranges)),
            ],
        ),
        (
            "credential/principal-cannot-refresh",
            vec![
                ("force-app/Callers.permissionset-meta.xml", document("PermissionSet", &set)),
                ("force-app/Hub.externalCredential-meta.xml", document("ExternalCredential", &hub.concat())),
            ],
        ),
    ]
}

/// Which of A and B a text is about.
fn component(text: &str) -> &str {
    let words = |letter: &str| text.contains(&format!("{letter}'s ")) || text.contains(&format!("-{letter} "));
    if words("A") || text.starts_with("A ") {
        "A"
    } else if words("B") || text.starts_with("B ") {
        "B"
    } else {
        ""
    }
}

#[test]
fn what_is_suppressed_at_one_place_is_reported_at_the_next() {
    for (rule, files) in of_other_rules() {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let project = Project::sfdx(&files);
        let found = || -> Vec<String> {
            let ran = project.check(&["--select", rule, "--as-of", "2026-12-01"]);
            let one = |it: &Value| {
                let related = it["related"].as_array().unwrap().iter().map(|it| component(text(&it["text"])));
                format!("{}: {}", component(text(&it["message"])), related.collect::<String>())
            };
            ran.findings().iter().map(one).collect()
        };
        assert_eq!(found(), ["A: B"], "{rule}");
        let (path, whole) = files[0];
        let (before, after) = whole.split_at(whole.find('\n').unwrap() + 1);
        // Before the element, or before the root of a file with one of the two.
        let comment = format!("<!-- sessionlint: allow {rule}: invented -->\n");
        let is_whole = path.contains("/A.");
        project.put(path, if is_whole { format!("{comment}{whole}") } else { format!("{before}{comment}{after}") });
        assert_eq!(found(), ["B: "], "{rule}");
    }
}

#[test]
fn a_comparison_follows_each_of_them() {
    for (rule, files) in of_other_rules() {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let project = Project::sfdx(&files);
        let old = Project::sfdx(&files[1..]);
        let changed = |from: &Project, to: &Project| -> [Vec<String>; 2] {
            let fixed = ["diff", from.root().to_str().unwrap(), to.root().to_str().unwrap()].map(str::to_owned);
            let fixed: Vec<&str> = fixed.iter().map(String::as_str).collect();
            let ran = project.run(&[&fixed[..], &["--format", "json", "--as-of", "2026-12-01"]].concat());
            let of_rule = |list: &Value| -> Vec<String> {
                let all = list.as_array().unwrap().iter().filter(|it| it["rule"] == rule);
                all.map(|it| component(text(&it["message"])).to_owned()).collect()
            };
            ["new", "fixed"].map(|kind| of_rule(&ran.json()["findings"][kind]))
        };
        if files[0].0.contains("/A.") {
            assert_eq!(changed(&old, &project), [vec!["A"], vec![]], "{rule}");
            assert_eq!(changed(&project, &old), [vec![], vec!["A"]], "{rule}");
        }
    }
}
