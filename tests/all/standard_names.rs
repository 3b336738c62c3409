//! Queries as an admin types them: names of Salesforce's own queries, and queries that only an org can answer.

use crate::support::Project;
use serde_json::{Value, json};

const NS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

fn project() -> Project {
    let profile = |licence: &str, permission: &str, enabled: bool| {
        format!(
            "<Profile {NS}>\n    <userLicense>{licence}</userLicense>\n    <userPermissions>\n        \
             <enabled>{enabled}</enabled>\n        <name>{permission}</name>\n    </userPermissions>\n</Profile>\n"
        )
    };
    Project::sfdx(&[
        ("force-app/profiles/Desk.profile-meta.xml", profile("Salesforce", "ApiEnabled", true)),
        ("force-app/profiles/Harbour.profile-meta.xml", profile("Salesforce", "ApiEnabled", false)),
        ("force-app/profiles/Kiosk.profile-meta.xml", profile("Guest", "ViewAllData", true)),
        (
            "force-app/permissionsets/Feed_API.permissionset-meta.xml",
            format!(
                "<PermissionSet {NS}>\n    <label>Feed with API</label>\n    <userPermissions>\n        \
                 <enabled>true</enabled>\n        <name>ApiEnabled</name>\n    </userPermissions>\n</PermissionSet>\n"
            ),
        ),
        (
            "force-app/connectedApps/Feed.connectedApp-meta.xml",
            format!("<ConnectedApp {NS}>\n    <label>Feed</label>\n</ConnectedApp>\n"),
        ),
    ])
}

fn ask(project: &Project, soql: &str) -> Value {
    let ran = project.run(&["query", soql, "--format", "json"]);
    assert_eq!(ran.code, 0, "{soql}: {ran:?}");
    ran.json()
}

#[test]
fn names_of_the_org_answer_under_the_names_that_were_typed() {
    let project = project();
    for (soql, answer) in [
        ("SELECT DeveloperName FROM ConnectedApplication", json!([{ "DeveloperName": "Feed" }])),
        ("SELECT p.Name FROM Profile p WHERE p.PermissionsApiEnabled = true", json!([{ "Name": "Desk" }])),
        (
            "SELECT Name, PermissionsViewAllData FROM Profile WHERE PermissionsApiEnabled = false ORDER BY Name",
            json!([
                { "Name": "Harbour", "PermissionsViewAllData": false },
                { "Name": "Kiosk", "PermissionsViewAllData": true }
            ]),
        ),
        ("SELECT Name FROM PermissionSet WHERE PermissionsApiEnabled = true", json!([{ "Name": "Feed_API" }])),
        (
            "SELECT Holder FROM Grant WHERE Holder IN (SELECT Name FROM Profile WHERE permissionsviewalldata = true)",
            json!([{ "Holder": "Kiosk" }]),
        ),
        (
            "SELECT UserLicense.Name, COUNT(Id) n FROM Profile GROUP BY UserLicense.Name HAVING COUNT(Id) > 1",
            json!([{ "UserLicense.Name": "Salesforce", "n": 2 }]),
        ),
    ] {
        assert_eq!(ask(&project, soql), answer, "{soql}");
    }
}

#[test]
fn what_no_file_knows_is_null_with_one_note() {
    let ran =
        project().run(&["query", "SELECT Id, Name, UserType FROM Profile WHERE Name = 'Desk'", "--format", "json"]);
    assert_eq!(ran.json(), json!([{ "Id": null, "Name": "Desk", "UserType": null }]));
    assert_eq!(ran.err.matches("note: `Id` is always null").count(), 1, "{}", ran.err);
    let quiet = project().run(&["query", "SELECT Id FROM Profile", "--quiet"]);
    assert_eq!(quiet.err, "", "{quiet:?}");
}

#[test]
fn what_only_an_org_knows_is_named_with_where_to_ask() {
    let project = project();
    for (soql, message, hint) in [
        ("SELECT Status FROM LoginHistory", "no file holds `LoginHistory`", "sf data query --query"),
        ("SELECT Score FROM SecurityHealthCheck", "no file holds `SecurityHealthCheck`", "--use-tooling-api"),
        ("SELECT Id FROM Invoice__c", "no file holds `Invoice__c`", "records are in the org"),
        ("SELECT Name FROM Profile WITH USER_MODE", "only an org can answer `WITH USER_MODE`", "leave it out here"),
        ("SELECT Name, (SELECT Id FROM Users) FROM Profile", "only an org can answer `(SELECT Id", "leave it out here"),
        ("SELECT Name FROM ConnectdApplication", "there is no table", "did you mean `ConnectedApplication`"),
    ] {
        let ran = project.run(&["query", soql]);
        assert!(ran.code == 2 && ran.err.contains(message) && ran.err.contains(hint), "{soql}: {ran:?}");
        assert!(ran.err.contains("╭─[query:"), "{soql}: {ran:?}");
    }
}

#[test]
fn tables_and_columns_are_listed() {
    let project = project();
    let all = project.run(&["query", "--tables", "--format", "json"]).json();
    assert!(all.as_array().is_some_and(|rows| rows.len() > 100), "{all}");
    let some = project.run(&["query", "--tables", "sessiontimeout", "--format", "json"]).json();
    let profile = some.as_array().into_iter().flatten().find(|row| row["table"] == "Profile");
    assert!(profile.is_some_and(|row| row["matching columns"] == "SessionTimeoutInMinutes"), "{some}");
    let columns = project.run(&["query", "--columns", "remoteproxy", "--format", "csv"]);
    assert!(columns.code == 0 && columns.out.contains("url,\"text, or null\""), "{columns:?}");
    let wrong = project.run(&["query", "--columns", "Profil"]);
    assert!(wrong.code == 2 && wrong.err.contains("did you mean `Profile`?"), "{wrong:?}");
    let expected = "error: --columns: there is no table `Profil`; did you mean `Profile`?\n";
    assert_eq!(wrong.err, expected);
    let wrong = project.run(&["query", "--columns", "Profile WHERE Name = 'a'\n"]);
    assert!(
        wrong.code == 2 && wrong.err.starts_with("error: --columns: there is no table `Profile WHERE"),
        "{wrong:?}"
    );
    assert_eq!(project.run(&["query", "--tables", "zzz"]).code, 2);
    for list in ["--tables=profile", "--columns=Profile"] {
        let ran = project.run(&["query", "SELECT Name FROM Profile", list]);
        assert!(ran.code == 2 && ran.err.contains("cannot be used with"), "{ran:?}");
    }
}
