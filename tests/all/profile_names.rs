//! Names of profiles: one spelling in every command, whichever file names the profile, and never an invented one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;

const XMLNS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

fn setting(profile: &str, minutes: &str) -> String {
    format!(
        "<ProfileSessionSetting {XMLNS}>\n    <profile>{profile}</profile>\n    \
         <sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

fn policy(profile: &str) -> String {
    format!(
        "<ProfilePasswordPolicy {XMLNS}>\n    <maxLoginAttempts>0</maxLoginAttempts>\n    <profile>{profile}</profile>\n\
         </ProfilePasswordPolicy>\n"
    )
}

/// Names in the lower case of settings: one that an app labels, one whose own file is there, one that only a setting's
/// file keeps the case of, and one of which nothing more is known.
fn project() -> Project {
    let app = format!(
        "<ConnectedApp {XMLNS}>\n    <label>ERP</label>\n    <oauthConfig>\n        \
         <callbackUrl>https://erp.example.com/cb</callbackUrl>\n        <isAdminApproved>true</isAdminApproved>\n        \
         <scopes>Api</scopes>\n    </oauthConfig>\n    <profileName>ERP Users</profileName>\n    \
         <profileName>Admin</profileName>\n</ConnectedApp>\n"
    );
    let profile = format!(
        "<Profile {XMLNS}>\n    <custom>true</custom>\n    <loginIpRanges>\n        \
         <endAddress>192.0.2.9</endAddress>\n        <startAddress>192.0.2.1</startAddress>\n    </loginIpRanges>\n\
         </Profile>\n"
    );
    Project::sfdx(&[
        ("force-app/ERP.connectedApp-meta.xml", app),
        ("force-app/Sales %26 Service.profile-meta.xml", profile),
        ("force-app/null_profileSessionSetting1.profileSessionSetting-meta.xml", setting("erp users", "30")),
        ("force-app/null_profileSessionSetting2.profileSessionSetting-meta.xml", setting("sales %26 service", "30")),
        (
            "force-app/Field_Crew_R_D_profileSessionSetting3.profileSessionSetting-meta.xml",
            setting("field crew r%26d", "15"),
        ),
        ("force-app/null_profileSessionSetting4.profileSessionSetting-meta.xml", setting("night shift", "30")),
        ("force-app/null_profilePasswordPolicy5.profilePasswordPolicy-meta.xml", policy("erp users")),
        ("force-app/null_profilePasswordPolicy6.profilePasswordPolicy-meta.xml", policy("field crew r%26d")),
        ("force-app/null_profilePasswordPolicy7.profilePasswordPolicy-meta.xml", policy("sales %26 service")),
    ])
}

const SHOWN: [&str; 4] = ["ERP Users", "Sales & Service", "Field Crew R&D", "night shift"];
const NOT_SHOWN: [&str; 6] =
    ["erp users", "sales & service", "field crew r&d", "sales %26 service", "field crew r%26d", "Night Shift"];

#[test]
fn every_command_has_one_spelling() {
    let project = project();
    for arguments in [
        &["sessions"][..],
        &["sessions", "--format", "markdown"],
        &["query", "SELECT Name, EffectiveMinutes FROM Profile"],
        &["query", "SELECT ProfileName, Minutes FROM ProfileSessionSetting"],
        &["query", "SELECT Profile, ExpiryDays FROM PasswordRule"],
        &["check", "--preset", "all"],
        &["report", "--format", "markdown"],
        &["report"],
    ] {
        let ran = project.run(&[arguments, &["--as-of", "2026-12-01", "--quiet"]].concat());
        // `check` shows lines of files, which are as they are; its messages are concise.
        let out = if arguments[0] == "check" {
            project.run(&["check", "--preset", "all", "--format", "concise", "--quiet"]).out
        } else {
            ran.out
        };
        let out = out.replace("&amp;", "&").replace("\\&", "&");
        let is_file = |line: &str| line.contains("<profile>") || line.contains("&lt;profile&gt;");
        let names = out.lines().filter(|line| !is_file(line));
        let out = names.collect::<Vec<_>>().join("\n");
        for name in SHOWN {
            assert!(out.contains(name), "{arguments:?}: no {name} in {out}");
        }
        for name in NOT_SHOWN {
            assert!(!out.contains(name), "{arguments:?}: {name} in {out}");
        }
    }
}

#[test]
fn a_name_in_small_letters_gives_way_to_one_with_capitals() {
    let app = format!("<ConnectedApp {XMLNS}>\n    <profileName>depot crew</profileName>\n</ConnectedApp>\n");
    let project = Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", app)]);
    let profiles = |project: &Project| project.run(&["query", "SELECT Profiles FROM OAuthApp", "--quiet"]).out;
    assert!(profiles(&project).contains("depot crew"), "nothing is known but the app's spelling");
    project.put("force-app/Depot Crew.profile-meta.xml", format!("<Profile {XMLNS}/>\n"));
    let out = profiles(&project);
    assert!(out.contains("Depot Crew") && !out.contains("depot crew"), "{out}");
}

#[test]
fn an_app_names_its_profiles_as_all_do() {
    let ran = project().run(&["query", "SELECT Profiles FROM OAuthApp", "--format", "csv", "--quiet"]);
    assert!(ran.out.contains("ERP Users") && ran.out.contains("System Administrator"), "{ran:?}");
    assert!(!ran.out.contains("Admin,") && !ran.out.contains("Admin\""), "{ran:?}");
}

#[test]
fn what_identifies_a_row_stays_what_its_own_file_holds() {
    let with = project();
    let fingerprints = |project: &Project| {
        let ran = project.run(&["check", "--format", "gitlab", "--quiet"]);
        let json = ran.out;
        let mut found: Vec<String> =
            json.split("\"fingerprint\": \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        found.sort();
        found
    };
    let before = fingerprints(&with);
    assert!(!before.is_empty());
    // Another app gives one of them a label.
    let app = "<ConnectedApp><label>Chat</label><profileName>Night Shift</profileName></ConnectedApp>";
    with.put("force-app/Chat.connectedApp-meta.xml", app);
    assert!(with.run(&["sessions", "--quiet"]).out.contains("Night Shift"));
    let after = fingerprints(&with);
    assert!(before.iter().all(|one| after.contains(one)), "{before:?} {after:?}");
}
