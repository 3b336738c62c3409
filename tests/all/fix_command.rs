//! `check --fix`, `--unsafe-fixes` and `--diff` as a user types them: messages, exit codes, and the bytes of files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use crate::support;
use std::path::Path;

use crate::support::{Project, copy_of, files, text, zip::zip};

const FILE: &str = "force-app/main/default/settings/Security.settings-meta.xml";

/// Security settings of an org without the timeout warning (a safe fix) and with forced logout (an unsafe one).
fn settings(warning_disabled: bool, forced_logout: bool) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <sessionSettings>\n        \
         <disableTimeoutWarning>{warning_disabled}</disableTimeoutWarning>\n        \
         <forceLogoutOnSessionTimeout>{forced_logout}</forceLogoutOnSessionTimeout>\n        \
         <sessionTimeout>TwoHours</sessionTimeout>\n    </sessionSettings>\n</SecuritySettings>\n"
    )
}

fn project() -> Project {
    Project::sfdx(&[(FILE, settings(true, true))])
}

fn bytes(project: &Project, path: &str) -> Vec<u8> {
    std::fs::read(project.at(path)).unwrap()
}

fn content(project: &Project, path: &str) -> String {
    String::from_utf8(bytes(project, path)).unwrap()
}

fn sample(name: &str) -> Project {
    copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name))
}

#[test]
fn a_backup_is_not_fixed() {
    let backup = format!("{FILE}.orig");
    let project = Project::sfdx(&[(FILE, settings(false, false)), (&backup, settings(true, true))]);
    let ran = project.run(&["check", "--fix", "--unsafe-fixes", "--format", "concise"]);
    assert!(ran.out.contains(&format!("{backup}:4:32: error[session/forced-logout-unannounced]")), "{ran:?}");
    assert_eq!(content(&project, &backup), settings(true, true));
}

#[test]
fn safe_fixes_are_applied_and_the_others_offered() {
    let project = project();
    let ran = project.run(&["check", "--fix", "--format", "concise"]);
    assert_eq!(content(&project, FILE), settings(false, true));
    assert_eq!(
        ran.err,
        format!(
            "fixed 1 finding in 1 file:\n  {FILE}:4: session/forced-logout-unannounced: Change <disableTimeoutWarning> \
             from true to false\nthe org changes when it is deployed: sf project deploy start -m Settings:Security\n"
        )
    );
    // What is left is reported, and decides how the run ends.
    assert!(ran.out.contains("session/forced-logout]"), "{ran:?}");
    assert!(!ran.out.contains("unannounced"), "{ran:?}");
    assert_eq!(ran.code, i32::from(ran.out.contains("warning[") || ran.out.contains("error[")), "{ran:?}");
}

#[test]
fn unsafe_fixes_say_what_they_loosen() {
    let project = project();
    let ran = project.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(content(&project, FILE), settings(false, false));
    assert!(ran.err.starts_with("fixed 2 findings in 1 file:\n"), "{ran:?}");
    assert!(ran.err.contains(": session/forced-logout: Change <forceLogoutOnSessionTimeout>"), "{ran:?}");
    assert_eq!(ran.err.matches("\n    loosens: ").count(), 1, "{ran:?}");
    assert!(!ran.err.contains("--unsafe-fixes"), "nothing is left to offer: {ran:?}");
    assert_eq!(ran.code, 0, "{ran:?}");

    let again = project.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!((again.err.as_str(), again.code), ("nothing to fix\n", 0));
}

#[test]
fn a_diff_gives_no_orders_to_terminals_and_runners() {
    let orders = "<sessionSettings>\n<!--\n::set-output name=a::b\n##vso[task.complete]\n\u{202E} -->\n";
    let text = settings(true, false).replace("<sessionSettings>\n", orders);
    let project = Project::sfdx(&[(FILE, text.clone())]);
    let ran = project.run(&["check", "--diff"]);
    assert!(ran.out.contains("\n : :set-output name=a::b\n #?vso[task.complete]\n"), "{ran:?}");
    assert!(!ran.out.contains('\u{202E}'), "{ran:?}");
    project.run(&["check", "--fix"]);
    assert_eq!(content(&project, FILE), text.replace(">true<", ">false<"));
}

#[test]
fn what_is_to_be_deployed_is_named() {
    let project = Project::of(&[
        ("package.xml", "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>".to_owned()),
        ("settings/Security.settings", settings(true, false)),
    ]);
    let ran = project.run(&["check", "--fix"]);
    // No command fits a folder without a project file.
    assert!(ran.err.ends_with("the org changes when it is deployed: Settings:Security\n"), "{ran:?}");

    let project = Project::sfdx::<&str>(&[]);
    (0..40).for_each(|index| project.put(&format!("force-app/workflows/W{index}.workflow-meta.xml"), workflow(true)));
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.starts_with("fixed 40 findings in 40 files:\n"), "{ran:?}");
    assert!(ran.err.ends_with("the org changes when it is deployed: 40 components\n"), "{ran:?}");
}

#[test]
fn quiet_fixes_say_nothing() {
    let project = project();
    let ran = project.run(&["check", "--fix", "--unsafe-fixes", "--quiet"]);
    assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.code), ("", "", 0));
    assert_eq!(content(&project, FILE), settings(false, false));
}

#[test]
fn a_diff_writes_nothing_and_ends_with_one() {
    for arguments in [&["check", "--diff"][..], &["check", "--diff", "--fix"]] {
        let project = project();
        let ran = project.run(arguments);
        assert_eq!(content(&project, FILE), settings(true, true), "{arguments:?} writes");
        let expected = format!(
            "--- a/{FILE}\n+++ b/{FILE}\n@@ -1,7 +1,7 @@\n <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n \
             <SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n     <sessionSettings>\n\
             -        <disableTimeoutWarning>true</disableTimeoutWarning>\n\
             +        <disableTimeoutWarning>false</disableTimeoutWarning>\n         \
             <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n         \
             <sessionTimeout>TwoHours</sessionTimeout>\n     </sessionSettings>\n"
        );
        assert_eq!(ran.out, expected);
        assert!(ran.err.starts_with("would fix 1 finding in 1 file:\n"), "{ran:?}");
        assert!(!ran.err.contains("deploy"), "nothing is to be deployed: {ran:?}");
        assert!(ran.err.ends_with("1 finding has a fix that loosens a protection: --unsafe-fixes\n"), "{ran:?}");
        assert_eq!(ran.code, 1);
    }
    let project = project();
    let both = project.run(&["check", "--diff", "--unsafe-fixes"]);
    let added: Vec<&str> = both.out.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++")).collect();
    assert_eq!(added.len(), 2, "{both:?}");
}

#[test]
fn a_diff_of_nothing_ends_with_zero() {
    let project = Project::sfdx(&[(FILE, settings(false, true))]);
    let ran = project.run(&["check", "--diff"]);
    // Findings are left, but the question is what would change.
    assert_eq!((ran.out.as_str(), ran.code), ("", 0), "{ran:?}");
    assert!(ran.err.starts_with("nothing to fix\n"), "{ran:?}");
}

#[test]
fn a_diff_goes_where_output_says_and_has_colours_where_they_are_requested() {
    let project = project();
    let ran = project.run(&["check", "--diff", "--output", "fixes.patch"]);
    assert_eq!((ran.out.as_str(), ran.code), ("", 1));
    assert!(content(&project, "fixes.patch").starts_with("--- a/force-app"));
    let ran = project.run(&["check", "--diff", "--color", "always"]);
    assert!(ran.out.contains("\u{1b}[32m+        <disableTimeoutWarning>false"), "{ran:?}");
    assert!(ran.out.contains("\u{1b}[31m-        <disableTimeoutWarning>true"), "{ran:?}");
}

#[test]
fn options_that_make_no_sense_together_are_refused() {
    let project = project();
    for arguments in [
        &["check", "--unsafe-fixes"][..],
        &["check", "--diff", "--format", "json"],
        &["check", "--diff", "--also", "json=a.json"],
        &["check", "--diff", "--statistics"],
        &["check", "--diff", "--baseline", "b.json", "--update-baseline"],
    ] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert_eq!(content(&project, FILE), settings(true, true), "{arguments:?}");
    }
}

#[test]
fn zips_are_not_mended() {
    let files = [
        ("package.xml", "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>".to_owned()),
        ("settings/Security.settings", settings(true, true)),
    ];
    let project = Project::of(&[("org.zip", zip(&files))]);
    let old = bytes(&project, "org.zip");
    let ran = project.run(&["check", "--fix", "org.zip"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert_eq!(ran.err, "error: org.zip: fixes need a folder; unpack it first\n");
    // What would change is shown.
    let ran = project.run(&["check", "--diff", "org.zip", "--base", "org.zip"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.starts_with("--- a/settings/Security.settings\n+++ b/settings/Security.settings\n"), "{}", ran.out);
    assert_eq!(bytes(&project, "org.zip"), old);
}

#[cfg(unix)]
#[test]
fn permissions_are_kept() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    for mode in [0o600, 0o640, 0o664, 0o755] {
        let project = project();
        std::fs::set_permissions(project.at(FILE), std::fs::Permissions::from_mode(mode)).unwrap();
        project.run(&["check", "--fix"]);
        assert_eq!(content(&project, FILE), settings(false, true));
        assert_eq!(std::fs::metadata(project.at(FILE)).unwrap().mode() & 0o7777, mode);
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_what_it_leads_to_is_mended() {
    let project = Project::sfdx(&[("shared/Security.xml", settings(true, false))]);
    std::fs::create_dir_all(project.at(FILE).parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("../../../../shared/Security.xml", project.at(FILE)).unwrap();
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.starts_with("fixed 1 finding in 1 file:\n"), "{ran:?}");
    assert!(project.at(FILE).symlink_metadata().unwrap().is_symlink());
    assert_eq!(content(&project, "shared/Security.xml"), settings(false, false));
}

#[cfg(unix)]
#[test]
fn a_project_behind_a_link_is_mended() {
    let project = project();
    let elsewhere = Project::of::<&str>(&[]);
    std::os::unix::fs::symlink(project.root(), elsewhere.at("link")).unwrap();
    let ran = elsewhere.run(&["check", "--fix", "link"]);
    assert!(ran.err.starts_with("fixed 1 finding in 1 file:\n"), "{ran:?}");
    assert_eq!(content(&project, FILE), settings(false, true));
}

#[test]
fn each_of_several_projects_is_mended() {
    let both = Project::of::<&str>(&[]);
    for name in ["one", "two"] {
        both.put(&format!("{name}/sfdx-project.json"), support::SFDX.1);
        both.put(&format!("{name}/{FILE}"), settings(true, false));
    }
    let ran = both.run(&["check", "--diff", "one", "two"]);
    assert_eq!((ran.code, ran.out.matches("+++ b/").count()), (1, 2), "{ran:?}");
    assert!(ran.out.contains(&format!("+++ b/one/{FILE}\n")), "{ran:?}");
    let ran = both.run(&["check", "--fix", "one", "two"]);
    assert_eq!((ran.code, ran.err.matches("fixed 1 finding in 1 file:\n").count()), (0, 2), "{ran:?}");
    for name in ["one", "two"] {
        assert_eq!(content(&both, &format!("{name}/{FILE}")), settings(false, false));
    }
}

#[test]
fn twins_are_mended_together() {
    let twin = FILE.trim_end_matches("-meta.xml");
    let project = Project::sfdx(&[(FILE, settings(true, false)), (twin, settings(true, false))]);
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.starts_with("fixed 1 finding in 2 files:\n"), "{ran:?}");
    assert_eq!(content(&project, FILE), settings(false, false));
    assert_eq!(content(&project, twin), settings(false, false));
}

#[test]
fn what_was_reverted_is_reported() {
    let project = sample("leaky-org");
    let file = "force-app/main/default/extlClntAppOauthPolicies/Catalogue_Push_oauthPlcy.ecaOauthPlcy-meta.xml";
    let old = bytes(&project, file);
    let ran = project.run(&["check", "--fix", "--unsafe-fixes", "--as-of", "2026-12-01"]);
    let expected = format!(
        "warning: {file}:5: oauth/ip-relaxation-unknown-value is not fixed: \"Change <ipRelaxationPolicyType> from \
         ENFORCE to Enforce\" was reverted, because it causes a finding of oauth/egress-not-allowed in the same file\n"
    );
    assert!(ran.err.contains(&expected), "{}", ran.err);
    assert_eq!(bytes(&project, file), old);
}

#[test]
fn conflicting_fixes_are_both_left_alone() {
    let app = "force-app/main/default/connectedApps/Billing_Export.connectedApp-meta.xml";
    let project = sample("leaky-org");
    let old = bytes(&project, app);
    let ran = project.run(&["check", "--fix", "--unsafe-fixes", "--preset", "all", "--as-of", "2026-12-01"]);
    assert!(
        ran.err.contains(
            "warning: oauth/app-timeout-set and security/app-open-controls conflict with each other: neither \
             is fixed; choose one side with --preset, or leave one out with --ignore\n"
        ),
        "{}",
        ran.err
    );
    assert_eq!(bytes(&project, app), old);
    let ran = project.run(&["check", "--fix", "--unsafe-fixes", "--preset", "continuity", "--as-of", "2026-12-01"]);
    assert!(ran.err.contains(&format!("{app}:28: oauth/app-timeout-set: ")), "{}", ran.err);
    assert_ne!(bytes(&project, app), old);
}

#[test]
fn what_is_allowed_is_not_mended() {
    let allowed = settings(true, false).replace(
        "        <disableTimeoutWarning>",
        "        <!-- sessionlint: allow session/timeout-warning-disabled: a kiosk -->\n        <disableTimeoutWarning>",
    );
    let project = Project::sfdx(&[(FILE, allowed.clone())]);
    let ran = project.run(&["check", "--fix"]);
    assert_eq!((ran.err.as_str(), ran.code), ("nothing to fix\n", 0));
    assert_eq!(content(&project, FILE), allowed);

    let project = Project::sfdx(&[(FILE, settings(true, false))]);
    project.run(&["check", "--baseline", "known.json", "--update-baseline"]);
    let ran = project.run(&["check", "--fix", "--baseline", "known.json"]);
    assert!(ran.err.starts_with("nothing to fix\n"), "{ran:?}");
    assert_eq!(content(&project, FILE), settings(true, false));
}

/// A workflow whose outbound message carries a session id, or not.
fn workflow(session_id: bool) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Workflow xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <outboundMessages>\n        \
         <fullName>Placed</fullName>\n        <endpointUrl>https://hooks.example.com/</endpointUrl>\n        \
         <includeSessionId>{session_id}</includeSessionId>\n    </outboundMessages>\n</Workflow>\n"
    )
}

#[test]
fn only_files_that_were_named_are_mended() {
    let (asked, other) = ("force-app/workflows/Order.workflow-meta.xml", "force-app/workflows/Case.workflow-meta.xml");
    let project = Project::sfdx(&[(asked, workflow(true)), (other, workflow(true))]);
    let ran = project.run(&["check", "--fix", asked]);
    assert!(ran.err.starts_with("fixed 1 finding in 1 file:\n"), "{ran:?}");
    assert_eq!(content(&project, asked), workflow(false));
    assert_eq!(content(&project, other), workflow(true));
}

#[test]
fn a_fix_reaches_every_format() {
    let project = project();
    let ran = project.check(&["--fix", "--also", "sarif=left.sarif", "--also", "junit=left.xml"]);
    let rules: Vec<String> = ran.findings().iter().map(|finding| text(&finding["rule"]).to_owned()).collect();
    assert_eq!(rules, ["session/forced-logout"]);
    let sarif: serde_json::Value = serde_json::from_str(&content(&project, "left.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn two_fixes_of_one_value_are_not_mixed() {
    let project = Project::sfdx(&[(FILE, settings(true, false))]);
    let page = SECRET_RULE
        .replace("from       = \"ConnectedApp\"", "from       = \"SecuritySettings\"")
        .replace("oauthConfig.consumerKey != null", "sessionSettings.disableTimeoutWarning = true")
        .replace("oauthConfig.consumerKey", "sessionSettings.disableTimeoutWarning")
        .replace("{label}", "It")
        .replace("to = \"\"", "to = \"false\"");
    project.put("house/one.md", &page);
    project.put("house/two.md", &page);
    let ran = project.run(&["check", "--fix", "--rules", "house", "--select", "house"]);
    assert_eq!(content(&project, FILE), settings(false, false));
    assert!(ran.err.starts_with("fixed 1 finding in 1 file:\n"), "what one fix mended needs no other: {ran:?}");
}

/// A rule of a user's own that changes a secret.
const SECRET_RULE: &str = r#"# No key

The key of an app is not to be kept.

```toml rule
severity   = { continuity = "warning" }
confidence = "high"
from       = "ConnectedApp"
where      = "oauthConfig.consumerKey != null"
span       = "oauthConfig.consumerKey"
message    = "{label} has a key"
help       = "Empty it"
fix        = { set = "oauthConfig.consumerKey", to = "", safety = "safe" }
references = ["house rules"]
```
"#;

#[test]
fn secrets_are_masked_in_diffs_and_titles() {
    let app = "force-app/main/default/connectedApps/Erp.connectedApp-meta.xml";
    let key = "Sup3rSecretKeyOfErp";
    let text = support::short_app("Erp")
        .replace("        <scopes>", &format!("        <consumerKey>{key}</consumerKey>\n        <scopes>"));
    let project = Project::sfdx(&[(app, text.clone())]);
    project.put("house/key.md", SECRET_RULE);
    let select = ["--rules", "house", "--select", "house/key", "--color", "never"];
    let ran = project.run(&[&["check", "--diff"][..], &select].concat());
    assert!(ran.out.contains(&format!("-        <consumerKey>{}</consumerKey>", "*".repeat(key.len()))), "{ran:?}");
    assert!(ran.err.contains("house/key: Empty <consumerKey>\n"), "{ran:?}");
    assert!(!ran.out.contains(key) && !ran.err.contains(key), "{ran:?}");
    let ran = project.run(&[&["check", "--fix"][..], &select].concat());
    assert!(!ran.out.contains(key) && !ran.err.contains(key), "{ran:?}");
    // The file holds what it should hold, not what is shown.
    assert_eq!(content(&project, app), text.replace(key, ""));
}

#[test]
fn a_secret_is_masked_where_a_fix_is_reverted_and_never_written_as_stars() {
    let app = "force-app/main/default/connectedApps/Erp.connectedApp-meta.xml";
    let key = "Sup3rSecretKeyOfErp";
    let text = support::short_app("Erp")
        .replace("        <scopes>", &format!("        <consumerKey>{key}</consumerKey>\n        <scopes>"));
    for (value, reason) in
        [("none", "Change <consumerKey> from ******"), ("{oauthConfig.consumerKey}2", "nothing to fix")]
    {
        let project = Project::sfdx(&[(app, text.clone())]);
        project.put("house/key.md", SECRET_RULE.replace("to = \"\"", &format!("to = \"{value}\"")));
        let ran = project.run(&["check", "--fix", "--rules", "house", "--select", "house/key"]);
        assert!(ran.err.contains(reason) && ran.err.ends_with("nothing to fix\n"), "{ran:?}");
        assert_eq!(ran.err.contains("was reverted"), value == "none", "stars are not even tried: {ran:?}");
        assert!(!ran.out.contains(key) && !ran.err.contains(key), "{ran:?}");
        assert_eq!(content(&project, app), text);
    }
}

#[test]
fn what_is_only_shown_is_never_applied() {
    let short = settings(false, false).replace("TwoHours", "FifteenMinutes");
    let project = Project::sfdx(&[(FILE, short.clone())]);
    let ran = project.check(&["--fix", "--unsafe-fixes"]);
    let fix = &ran.findings()[0]["fix"];
    assert_eq!((text(&fix["safety"]), fix["edits"].as_array().unwrap().len()), ("display", 1), "{ran:?}");
    assert_eq!(ran.err, "nothing to fix\n");
    assert_eq!(content(&project, FILE), short);
}

#[cfg(unix)]
#[test]
fn a_closed_output_stops_no_fix() {
    for script in ["\"$0\" check --fix >&-", "\"$0\" check --fix | true", "\"$0\" check --fix 2>&- >/dev/null"] {
        let project = project();
        let mut command = std::process::Command::new("sh");
        let ran = support::run(command.args(["-c", script, support::PROGRAM]).current_dir(project.root()));
        assert!(ran.code < 2, "{script}: {ran:?}");
        assert_eq!(content(&project, FILE), settings(false, true), "{script}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_reported_and_files_are_mended() {
    for (arguments, is_mended) in [("--fix", true), ("--diff", false)] {
        let project = project();
        let script = format!("\"$0\" check {arguments} > /dev/full");
        let mut command = std::process::Command::new("sh");
        let ran = support::run(command.args(["-c", &script, support::PROGRAM]).current_dir(project.root()));
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("error: the output cannot be written"), "{ran:?}");
        assert_eq!(content(&project, FILE) == settings(false, true), is_mended, "{arguments}");
    }
}

/// Mends a file of these bytes and gives what it holds then.
fn mended(old: &[u8]) -> Vec<u8> {
    let project = Project::sfdx(&[(FILE, old)]);
    let ran = project.run(&["check", "--fix", "--fail-on", "never"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(files(&project.root()).len(), 2, "no file is left behind");
    bytes(&project, FILE)
}

/// Another form of a file.
type Form = fn(String) -> Vec<u8>;

#[test]
fn everything_but_the_value_stays() {
    let (old, new) = (settings(true, false), settings(false, false));
    let kept: [(&str, Form); 7] = [
        ("as Salesforce writes it", String::into_bytes),
        ("with a byte order mark", |text| [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("with CRLF", |text| text.replace('\n', "\r\n").into_bytes()),
        ("with lone CR", |text| text.replace('\n', "\r").into_bytes()),
        ("without a final line end", |text| text.trim_end().to_owned().into_bytes()),
        ("with tabs", |text| text.replace("    ", "\t").into_bytes()),
        ("on one line, marked, with comments", |text| {
            let text = text.replace('\n', "").replace("    ", "").replace("<session", "<!-- ü \u{1F600} --><session");
            [b"\xEF\xBB\xBF", text.as_bytes()].concat()
        }),
    ];
    for (about, form) in kept {
        assert_eq!(mended(&form(old.clone())), form(new.clone()), "{about}");
    }
}

#[test]
fn a_file_that_mixes_line_ends_keeps_them() {
    let mix = |text: String| text.replace("<sessionSettings>\n", "<sessionSettings>\r\n").into_bytes();
    assert_eq!(mended(&mix(settings(true, false))), mix(settings(false, false)));
}

#[test]
fn large_files_are_mended_as_small_ones() {
    let large = |text: String| format!("{text}<!-- {} -->\n", "x".repeat(100_000)).into_bytes();
    assert_eq!(mended(&large(settings(true, false))), large(settings(false, false)));
}

#[test]
fn a_file_that_is_not_utf_8_has_no_fix() {
    let text = settings(true, false).replace("UTF-8", "UTF-16");
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let project = Project::sfdx(&[(FILE, &utf16)]);
    let ran = project.check(&["--fix"]);
    assert_eq!(ran.findings().len(), 1, "the finding is there: {ran:?}");
    assert!(ran.findings()[0]["fix"].is_null(), "{ran:?}");
    assert!(ran.err.ends_with("nothing to fix\n"), "{ran:?}");
    assert_eq!(bytes(&project, FILE), utf16);
}
