//! The commands that answer questions of a whole project: sessions and diagnose.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;
use serde_json::{Value, json};

const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";

fn security(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    \
         <sessionSettings>\n{inner}    </sessionSettings>\n</SecuritySettings>\n"
    )
}

fn setting(profile: &str, minutes: &str) -> String {
    format!(
        "<ProfileSessionSetting xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <profile>{profile}</profile>\n    \
         <sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

const APP: &str = "<ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\">
    <label>ERP</label>
    <oauthConfig>
        <callbackUrl>https://erp.example.com/cb</callbackUrl>
        <scopes>Api</scopes>
        <scopes>RefreshToken</scopes>
    </oauthConfig>
    <oauthPolicy>
        <ipRelaxation>ENFORCE</ipRelaxation>
        <refreshTokenPolicy>infinite</refreshTokenPolicy>
    </oauthPolicy>
</ConnectedApp>
";

/// A project like the one in the contract.
fn small() -> Project {
    Project::sfdx(&[
        (
            SETTINGS,
            security(
                "        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n        \
                 <sessionTimeout>TwoHours</sessionTimeout>\n",
            ),
        ),
        ("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "30")),
        ("force-app/b.profileSessionSetting-meta.xml", setting("PT1", "0")),
        ("force-app/ERP.connectedApp-meta.xml", APP.to_owned()),
    ])
}

fn sessions(project: &Project) -> Value {
    let ran = project.run(&["sessions", "--format", "json", "--quiet", "--as-of", "2026-12-01"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()
}

#[test]
fn refresh_tokens_end_after_thirty_unused_days_from_the_calendars_day_on() {
    let with =
        |policy: &str| Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", APP.replace("infinite", policy))]);
    let lifetime_of = |policy: &str, as_of: &str| {
        let project = with(policy);
        let run = |format: &str| project.run(&["sessions", "--format", format, "--as-of", as_of]).out;
        let app = serde_json::from_str::<Value>(&run("json")).unwrap()["apps"][0].clone();
        let csv = run("csv");
        let days = csv.lines().last().unwrap().rsplit(',').nth(1).unwrap().to_owned();
        assert_eq!(app["refreshTokenIdleDays"].as_f64().map_or_else(String::new, |days| days.to_string()), days);
        let table = on_one_line(&run("table"));
        (app["refreshToken"].as_str().unwrap().to_owned(), days, table)
    };
    let day = with("infinite").run(&["calendar", "--format", "json"]).json();
    let day = day["events"].as_array().unwrap().iter().find(|it| it["id"] == "refresh-token-idle-30-days").unwrap();
    assert_eq!(day["when"], "2026-11-04", "the program and its calendar name one day");
    for (policy, as_of, kind, days, words) in [
        ("infinite", "2026-11-03", "until-revoked", "", "until revoked"),
        ("infinite", "2026-11-04", "until-revoked", "30", "until revoked, or 30 days unused"),
        ("specific_lifetime:90:DAYS", "2026-11-03", "lifetime", "", "lifetime, 90 days"),
        ("specific_lifetime:90:DAYS", "2026-11-04", "lifetime", "30", "lifetime, 90 days, or 30 days unused"),
        ("specific_lifetime:14:DAYS", "2026-11-04", "lifetime", "30", "lifetime, 14 days"),
        ("specific_lifetime:30:DAYS", "2026-11-04", "lifetime", "30", "lifetime, 30 days"),
        ("specific_inactivity:7:DAYS", "2026-11-04", "idle", "7", "idle, 7 days"),
        ("specific_inactivity:36:HOURS", "2026-11-04", "idle", "1.5", "idle, 36 hours"),
        ("specific_inactivity:3:MONTHS", "2026-11-03", "idle", "90", "idle, 3 months"),
        ("specific_inactivity:3:MONTHS", "2026-11-04", "idle", "30", "idle, 30 days (the policy: 3 months)"),
        ("zero", "2026-11-04", "at-once", "", "at-once"),
        ("immediate", "2026-11-04", "malformed", "", "malformed"),
    ] {
        let (shown_kind, shown_days, table) = lifetime_of(policy, as_of);
        assert_eq!((shown_kind.as_str(), shown_days.as_str()), (kind, days), "{policy} {as_of}");
        assert!(table.contains(words), "{policy} {as_of}: {table}");
        let ends_as_early = ["specific_lifetime:14:DAYS", "specific_lifetime:30:DAYS"].contains(&policy);
        let is_limited = days == "30" && !ends_as_early;
        assert_eq!(table.contains("names no exception"), is_limited, "{policy} {as_of}: {table}");
        assert_eq!(table.contains("days unused"), words.contains("days unused"), "{policy} {as_of}: {table}");
    }
}

#[test]
fn sessions_json_is_the_contract() {
    let expected = json!({
        "version": 1,
        "org": { "minutes": 120, "forcedLogout": true, "path": SETTINGS, "line": 5 },
        "profiles": [
            {
                "profile": "Sales", "fullName": "Sales", "orgMinutes": 120, "profileMinutes": 30,
                "effectiveMinutes": 30, "shortestMinutes": 30,
                "decidedBy": { "level": "profile", "path": "force-app/a.profileSessionSetting-meta.xml", "line": 3 },
                "forcedLogout": true
            },
            {
                "profile": "System Administrator", "fullName": "PT1", "orgMinutes": 120, "profileMinutes": 120,
                "effectiveMinutes": 120, "shortestMinutes": 120,
                "decidedBy": { "level": "profile", "path": "force-app/b.profileSessionSetting-meta.xml", "line": 3 },
                "forcedLogout": true
            }
        ],
        "apps": [
            {
                "app": "ERP", "kind": "ConnectedApp", "integration": true, "tier": "likely",
                "reason": "it has no Web scope", "sessionMinutes": null,
                "tokenForm": "opaque", "accessTokenMinutes": 30, "refreshAtMinutes": 27,
                "renewal": "refresh-token", "refreshToken": "until-revoked", "refreshTokenIdleDays": 30
            }
        ]
    });
    assert_eq!(sessions(&small()), expected);
}

#[test]
fn a_project_without_settings_says_unknown_and_why() {
    let project = Project::sfdx(&[("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "30"))]);
    let answer = sessions(&project);
    assert_eq!(answer["org"], json!({ "minutes": null, "forcedLogout": null, "path": null, "line": null }));
    let profile = &answer["profiles"][0];
    assert_eq!(profile["effectiveMinutes"], 30, "a profile decides alone");
    assert_eq!(profile["shortestMinutes"], Value::Null, "the org may be shorter");
    let table = on_one_line(&project.run(&["sessions"]).out);
    assert!(table.contains("not in the project, so its value is unknown (Salesforce ships 2 hours)"), "{table}");
}

#[test]
fn a_broken_settings_file_makes_the_org_unknown() {
    let project = small();
    project.put(SETTINGS, "<SecuritySettings>");
    let answer = sessions(&project);
    assert_eq!(answer["org"]["minutes"], Value::Null);
    assert!(project.run(&["sessions"]).out.contains("is broken, so the org's value is unknown"));
    project.put("force-app/z/Security.settings-meta.xml", security("<sessionTimeout>EightHours</sessionTimeout>\n"));
    assert_eq!(sessions(&project)["org"]["minutes"], Value::Null, "which of the two was last is unknown");
}

#[test]
fn of_several_settings_the_last_decides_and_that_is_reported() {
    let project = small();
    let path = "force-app/z/Security.settings-meta.xml";
    project.put(path, security("        <sessionTimeout>EightHours</sessionTimeout>\n"));
    let answer = sessions(&project);
    assert_eq!((&answer["org"]["minutes"], &answer["org"]["path"]), (&json!(480), &json!(path)));
    assert_eq!(answer["org"]["forcedLogout"], true, "what the last file leaves out, the one before it says");
    assert!(project.run(&["sessions"]).out.contains("2 Security settings files; the last one decides"));
    project.put(path, security("        <sessionTimeout></sessionTimeout>\n"));
    assert_eq!(sessions(&project)["org"]["minutes"], Value::Null, "an empty element is a value, too");
}

#[test]
fn the_table_names_the_level_the_line_and_what_is_stored() {
    let project = small();
    project.put("force-app/Guests.profile-meta.xml", "<Profile/>\n");
    let table = project.run(&["sessions"]).out;
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    // The place of the org's own value stands above the table, and there only.
    assert!(line("Guests").contains("2 h      org"), "{table}");
    assert_eq!(table.matches(SETTINGS).count(), 1, "{table}");
    assert!(line("Sales").contains("30 min"), "{table}");
    assert!(table.contains("\n    set in force-app/\n"), "the folder of both files, once: {table}");
    assert!(table.contains("\n    a.profileSessionSetting-meta.xml:3\n"), "{table}");
    assert!(line("System Administrator").contains("2 h (stored 0)"), "{table}");
    assert!(line("ERP").contains("27 min") && line("ERP").contains("until revoked, or 30 days unused"), "{table}");
    let csv = small().run(&["sessions", "--format", "csv"]).out;
    assert!(csv.contains("Profile,Sales,Sales,30,120,30,30,profile,"), "{csv}");
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An external client app with these global OAuth settings and this policy.
fn external(settings: Option<&str>, policy: Option<&str>) -> Project {
    let xmlns = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
    let named = "<externalClientApplication>Crane</externalClientApplication>";
    let file = |ty: &str, inner: &str| format!("<{ty} {xmlns}>{named}{inner}</{ty}>\n");
    let project = Project::sfdx(&[
        (SETTINGS, security("        <sessionTimeout>TwoHours</sessionTimeout>\n")),
        (
            "force-app/Crane.eca-meta.xml",
            format!("<ExternalClientApplication {xmlns}><label>Crane</label></ExternalClientApplication>\n"),
        ),
        (
            "force-app/Crane_oauth.ecaOauth-meta.xml",
            file(
                "ExtlClntAppOauthSettings",
                "<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>",
            ),
        ),
    ]);
    if let Some(settings) = settings {
        project.put("force-app/Crane.ecaGlblOauth-meta.xml", file("ExtlClntAppGlobalOauthSettings", settings));
    }
    if let Some(policy) = policy {
        project.put("force-app/Crane.ecaOauthPlcy-meta.xml", file("ExtlClntAppOauthConfigurablePolicies", policy));
    }
    project
}

#[test]
fn the_field_that_rules_the_form_of_a_token_gives_its_life() {
    let (jwt, opaque) =
        ("<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>", "<isNamedUserJwtEnabled>false</isNamedUserJwtEnabled>");
    let own = "<sessionTimeoutInMinutes>45</sessionTimeoutInMinutes>";
    let custom = "<namedUserJwtSessionTimeoutType>Custom</namedUserJwtSessionTimeoutType><namedUserJwtTimeout>5</namedUserJwtTimeout>";
    let session = "<namedUserJwtSessionTimeoutType>UserSession</namedUserJwtSessionTimeoutType>";
    let both = format!("{own}{custom}");
    let follows = format!("{own}{session}");
    let odd = custom.replace(">5<", ">7<");
    let runs_itself = format!("<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>{custom}");
    let old = "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled><namedUserJwtTimeout>30</namedUserJwtTimeout>";
    let null = Value::Null;
    for (settings, policy, form, life, refresh) in [
        (Some(jwt), Some(both.as_str()), json!("jwt"), json!(5), json!(4.5)),
        (Some(opaque), Some(&both), json!("opaque"), json!(45), json!(40.5)),
        (Some(""), Some(&both), json!("opaque"), json!(45), json!(40.5)),
        (Some(""), Some(custom), json!("opaque"), json!(120), json!(108)),
        (Some(jwt), Some(&follows), json!("jwt"), json!(120), json!(108)),
        (Some(jwt), Some("<namedUserJwtTimeout>30</namedUserJwtTimeout>"), json!("jwt"), json!(30), json!(27)),
        (Some(jwt), Some(&runs_itself), json!("jwt"), json!(5), json!(4.5)),
        // Undocumented, unstated, or in a file that is not there.
        (Some(jwt), Some(&odd), json!("jwt"), null.clone(), null.clone()),
        (Some(opaque), Some(&own.replace("45", "0")), json!("opaque"), null.clone(), null.clone()),
        (Some(jwt), Some(own), json!("jwt"), null.clone(), null.clone()),
        (Some(jwt), None, json!("jwt"), null.clone(), null.clone()),
        (Some(opaque), None, json!("opaque"), null.clone(), null.clone()),
        (None, Some(&both), null.clone(), null.clone(), null.clone()),
        // Of either form it lives as long as its users' sessions.
        (None, Some(session), null.clone(), json!(120), json!(108)),
        // The policy's own switch, of the API versions that had it.
        (None, Some(old), json!("jwt"), json!(30), json!(27)),
        (Some(jwt), Some(&old.replace("true", "false")), null.clone(), null.clone(), null.clone()),
        (None, Some(&old.replace("true", "false")), null.clone(), null.clone(), null.clone()),
    ] {
        let answer = sessions(&external(settings, policy));
        let app = &answer["apps"][0];
        let lifetime = (&app["tokenForm"], &app["accessTokenMinutes"], &app["refreshAtMinutes"]);
        assert_eq!(lifetime, (&form, &life, &refresh), "{settings:?} {policy:?}");
        assert!(app["refreshAtMinutes"].is_number() || app["refreshAtMinutes"].is_null());
    }
    let table = external(Some(jwt), Some(&both)).run(&["sessions"]).out;
    let line = table.lines().find(|line| line.starts_with("Crane")).unwrap();
    assert!(line.contains("5 min (own)   JWT") && line.contains("4 min 30 s"), "{table}");
    let table = on_one_line(&external(None, Some(&both)).run(&["sessions"]).out);
    assert!(table.contains("were not read: 45 min if it is opaque, 5 min in JWT form"), "{table}");
}

#[test]
fn the_session_timeout_of_an_external_client_app_ends_opaque_sessions_only() {
    let own = "<sessionTimeoutInMinutes>45</sessionTimeoutInMinutes>";
    for (form, apps) in [("true", json!([])), ("false", json!(["Crane"]))] {
        let project = external(Some(&format!("<isNamedUserJwtEnabled>{form}</isNamedUserJwtEnabled>")), Some(own));
        project.put("force-app/Depot.profile-meta.xml", "<Profile/>\n");
        let rows = project.column("SELECT App FROM EffectiveSession WHERE Channel = 'app'");
        assert_eq!(json!(rows), apps, "JWT form: {form}");
    }
}

#[test]
fn an_app_that_is_off_or_signs_in_alone_has_no_refresh_tokens() {
    let policy = "<refreshTokenPolicyType>Infinite</refreshTokenPolicyType>";
    for (is_on, kind) in [("true", json!("until-revoked")), ("false", Value::Null)] {
        let project = external(None, Some(policy));
        let switch = format!("<isEnabled>{is_on}</isEnabled>");
        let named = "<externalClientApplication>Crane</externalClientApplication>";
        project.put(
            "force-app/Crane.ecaPlcy-meta.xml",
            format!("<ExtlClntAppConfigurablePolicies>{named}{switch}</ExtlClntAppConfigurablePolicies>\n"),
        );
        assert_eq!(sessions(&project)["apps"][0]["refreshToken"], kind, "{switch}");
    }
    let alone = format!("<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>{policy}");
    let app = sessions(&external(None, Some(&alone)))["apps"][0].clone();
    assert_eq!((&app["renewal"], &app["refreshToken"]), (&json!("client-credentials"), &Value::Null));
}

#[test]
fn what_ends_a_connected_apps_token_in_jwt_form_is_in_no_file() {
    let app = APP
        .replace(
            "        <scopes>Api",
            "        <isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>\n        <scopes>Api",
        )
        .replace(
            "</ConnectedApp>",
            "    <sessionPolicy><sessionTimeout>15</sessionTimeout></sessionPolicy>\n</ConnectedApp>",
        );
    let project = small();
    project.put("force-app/ERP.connectedApp-meta.xml", app);
    let answer = sessions(&project);
    let app = &answer["apps"][0];
    assert_eq!((&app["tokenForm"], &app["sessionMinutes"]), (&json!("jwt"), &json!(15)));
    assert_eq!((&app["accessTokenMinutes"], &app["refreshAtMinutes"]), (&Value::Null, &Value::Null));
    let table = on_one_line(&project.run(&["sessions"]).out);
    assert!(table.contains("the policy for JWT-based tokens of a connected app is in no file"), "{table}");
    assert!(table.contains("NamedUserUvidTimeout"), "{table}");
    let report = project.run(&["report", "--format", "markdown", "--output", "r.md"]);
    assert_eq!(report.code, 0, "{report:?}");
    let page = std::fs::read_to_string(project.at("r.md")).unwrap();
    assert!(page.contains("Access token: in JWT form, life unknown (the policy for JWT-based"), "{page}");
}

#[test]
fn an_app_for_profiles_with_unknown_sessions_has_tokens_of_unknown_life() {
    let app = APP
        .replace("<scopes>Api</scopes>", "<isAdminApproved>true</isAdminApproved>\n        <scopes>Api</scopes>")
        .replace("</ConnectedApp>", "    <profileName>Sales</profileName>\n</ConnectedApp>");
    let with = |minutes: &str| {
        let profile = "<Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>\n".to_owned();
        Project::sfdx(&[
            (SETTINGS, security("        <sessionTimeout>TwoHours</sessionTimeout>\n")),
            ("force-app/Sales.profile-meta.xml", profile),
            ("force-app/a.profileSessionSetting-meta.xml", setting("Sales", minutes)),
            ("force-app/ERP.connectedApp-meta.xml", app.clone()),
        ])
    };
    let minutes_of = |project: &Project| sessions(project)["apps"][0]["accessTokenMinutes"].clone();
    assert_eq!(minutes_of(&with("30")), 30);
    let project = with("soon");
    // The org's two hours are not those of this profile.
    assert_eq!(minutes_of(&project), Value::Null);
    let out = on_one_line(&project.run(&["sessions", "--as-of", "2026-12-01"]).out);
    let remark = "of ERP lives is unknown: the session timeouts of its profiles have no documented meaning";
    assert!(out.contains(remark), "{out}");
    project.put("force-app/a.profileSessionSetting-meta.xml", "<profile>");
    assert_eq!(minutes_of(&project), Value::Null);
    let out = on_one_line(&project.run(&["sessions", "--as-of", "2026-12-01"]).out);
    assert!(out.contains("of ERP lives is unknown: a file with the session timeout of a profile is broken"), "{out}");
}

/// The app ERP, which only users of these profiles may use.
fn app_of(profiles: &[&str]) -> String {
    let named: Vec<String> = profiles.iter().map(|name| format!("    <profileName>{name}</profileName>\n")).collect();
    let named = named.concat();
    APP.replace("<scopes>Api</scopes>", "<isAdminApproved>true</isAdminApproved>\n        <scopes>Api</scopes>")
        .replace("</ConnectedApp>", &format!("{named}</ConnectedApp>"))
}

#[test]
fn a_token_lives_at_most_as_long_as_the_shortest_session_that_is_known() {
    let with = |org: Option<&str>, stored: &[(&str, &str)], app: String| {
        let project = Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", app)]);
        if let Some(org) = org {
            project.put(SETTINGS, security(&format!("        <sessionTimeout>{org}</sessionTimeout>\n")));
        }
        for (profile, minutes) in stored {
            project.put(&format!("force-app/{profile}.profileSessionSetting-meta.xml"), setting(profile, minutes));
        }
        project
    };
    let known = |project: &Project| {
        let app = sessions(project)["apps"][0].clone();
        (app["accessTokenMinutes"].clone(), app["usersDoubt"].as_str().map(str::to_owned))
    };
    let doubt = |text: &str| Some(text.to_owned());
    let org = Some("FourHours");
    let sales = [("Sales", "30"), ("Depot", "60")];
    assert_eq!(known(&with(org, &sales, app_of(&["Sales", "Depot"]))), (json!(30), None));
    // A profile with an undocumented value, a missing one, and users whose profiles nothing names.
    let odd = [("Sales", "30"), ("Depot", "soon")];
    let unknown = doubt("the session timeout of its profile Depot is unknown");
    assert_eq!(known(&with(org, &odd, app_of(&["Sales", "Depot"]))), (json!(30), unknown));
    let table = on_one_line(&with(org, &odd, APP.to_owned()).run(&["sessions"]).out);
    assert!(table.contains("Depot unknown - not understood 4 h"), "{table}");
    let missing = doubt("its profile Ghost is not in the project and may have a session timeout of its own");
    assert_eq!(known(&with(org, &sales, app_of(&["Depot", "Ghost"]))), (json!(60), missing.clone()));
    assert_eq!(known(&with(org, &[], app_of(&["Ghost"]))), (json!(240), missing));
    let of_set =
        app_of(&["Depot"]).replace("</ConnectedApp>", "<permissionSetName>Robots</permissionSetName>\n</ConnectedApp>");
    let others = doubt("users of its permission sets may have other profiles");
    assert_eq!(known(&with(org, &sales, of_set)), (json!(60), others));
    // Anybody may use it: each profile counts, and the org's value for those that the project lacks.
    let any = doubt("the session timeout of the profile Depot is unknown");
    assert_eq!(known(&with(org, &odd, APP.to_owned())), (json!(30), any));
    assert_eq!(known(&with(org, &sales, APP.to_owned())), (json!(30), None));
    let no_org = doubt("the org's session timeout, which holds for its other users, is unknown");
    assert_eq!(known(&with(None, &sales, APP.to_owned())), (json!(30), no_org));
    // Its own timeout holds for all.
    let own = "<sessionPolicy><sessionTimeout>15</sessionTimeout></sessionPolicy>\n</ConnectedApp>";
    assert_eq!(known(&with(None, &odd, APP.replace("</ConnectedApp>", own))), (json!(15), None));

    let project = with(org, &sales, app_of(&["Depot", "Ghost"]));
    let table = on_one_line(&project.run(&["sessions", "--as-of", "2026-12-01"]).out);
    assert!(table.contains("at most 1 h opaque at most 54 min"), "{table}");
    assert!(
        table.contains("an access token of ERP may live shorter for some of its users: its profile Ghost"),
        "{table}"
    );
    let csv = project.run(&["sessions", "--format", "csv"]).out;
    assert!(csv.starts_with("type,") && csv.lines().next().unwrap().ends_with(",usersDoubt"), "{csv}");
    let of_app = csv.lines().last().unwrap();
    assert!(
        of_app.ends_with(",its profile Ghost is not in the project and may have a session timeout of its own"),
        "{csv}"
    );
    let owner = project.column("SELECT AccessTokenOwner FROM OAuthApp");
    assert_eq!(owner, ["the shortest known session of its users"]);
    let cannot_renew = app_of(&["Depot", "Ghost"]).replace("        <scopes>RefreshToken</scopes>\n", "");
    project.put("force-app/ERP.connectedApp-meta.xml", cannot_renew);
    let report = project.run(&["report", "--format", "markdown", "--output", "r.md"]);
    assert_eq!(report.code, 0, "{report:?}");
    let page = std::fs::read_to_string(project.at("r.md")).unwrap();
    assert!(page.contains("when its access token expires, after 1 hour or earlier"), "{page}");
    assert!(page.contains("when its access token expires: 1 hour or earlier"), "{page}");
}

#[test]
fn a_policy_that_contradicts_the_settings_leaves_the_form_of_tokens_open() {
    let policy = "<isNamedUserJwtEnabled>false</isNamedUserJwtEnabled><namedUserJwtTimeout>30</namedUserJwtTimeout>";
    let on = "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>";
    let table = on_one_line(&external(Some(on), Some(policy)).run(&["sessions"]).out);
    let reason = "its global OAuth settings and its policy contradict each other about the token format";
    assert!(table.contains(reason) && !table.contains("not read"), "{table}");
}

#[test]
fn a_token_of_unknown_form_has_no_exact_life_where_a_session_is_in_doubt() {
    let policy = "<namedUserJwtTimeout>30</namedUserJwtTimeout>";
    let project = external(None, Some(policy));
    project.put("force-app/Sales.profileSessionSetting-meta.xml", setting("Sales", "30"));
    assert_eq!(sessions(&project)["apps"][0]["accessTokenMinutes"], 30, "in both forms");
    project.put("force-app/Depot.profileSessionSetting-meta.xml", setting("Depot", "soon"));
    assert_eq!(sessions(&project)["apps"][0]["accessTokenMinutes"], Value::Null);
    let table = on_one_line(&project.run(&["sessions"]).out);
    assert!(table.contains("were not read: at most 30 min if it is opaque, 30 min in JWT form"), "{table}");
}

#[test]
fn a_certificate_renews_only_with_the_approval_of_an_administrator() {
    let of = |approved: &str, scope: &str| {
        let text = APP.replace(
            "        <scopes>Api</scopes>\n        <scopes>RefreshToken</scopes>",
            &format!("        <certificate>erp</certificate>\n{approved}        <scopes>{scope}</scopes>"),
        );
        sessions(&Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", text)]))["apps"][0]["renewal"].clone()
    };
    let is = |approved: &str| format!("        <isAdminApproved>{approved}</isAdminApproved>\n");
    assert_eq!(of(&is("true"), "Api"), "jwt");
    for approved in [is("false"), String::new()] {
        assert_eq!(of(&approved, "Api"), "none-visible", "each user must approve it, and no scope keeps the approval");
        assert_eq!(of(&approved, "RefreshToken"), "refresh-token");
    }
}

/// A project of files whose paths are made.
fn project_of(files: &[(String, String)]) -> Project {
    Project::sfdx(&files.iter().map(|(path, text)| (path.as_str(), text)).collect::<Vec<_>>())
}

#[test]
fn each_remark_stands_only_where_it_holds() {
    let remarks = |project: &Project| on_one_line(&project.run(&["sessions", "--as-of", "2026-12-01"]).out);
    let stored = |path: &str, profile: &str, minutes: &str| (format!("force-app/{path}"), setting(profile, minutes));
    let org = |minutes: &str| (SETTINGS.to_owned(), security(&format!("<sessionTimeout>{minutes}</sessionTimeout>\n")));
    let zero = |name: &str| stored(&format!("{name}.profileSessionSetting-meta.xml"), name, "0");
    let several = "Security settings files; the last one decides";
    let frozen = "stored as 0, which Salesforce documents as 2 hours";
    let (no_profile, no_app) = ("no profile is in the project", "the project holds no connected app");

    let out = remarks(&project_of(&[org("TwoHours"), zero("Sales")]));
    assert!(!out.contains(several) && !out.contains(frozen) && !out.contains(no_profile), "{out}");
    assert!(out.contains(no_app), "{out}");
    let out = remarks(&project_of(&[org("FourHours"), zero("Sales")]));
    assert!(out.contains(&format!("one profile is {frozen}")), "{out}");
    let out = remarks(&project_of(&[org("FourHours"), zero("Sales"), zero("Depot")]));
    assert!(out.contains(&format!("some profiles are {frozen}")), "{out}");
    let two_hours = stored("Sales.profileSessionSetting-meta.xml", "Sales", "120");
    let out = remarks(&project_of(&[org("FourHours"), two_hours]));
    assert!(!out.contains(frozen), "written as 120, not as 0: {out}");
    let out = remarks(&project_of(&[zero("Sales")]));
    assert!(!out.contains(frozen), "the org's value is unknown: {out}");
    let app = ("force-app/ERP.connectedApp-meta.xml".to_owned(), APP.to_owned());
    let out = remarks(&project_of(&[org("TwoHours"), app.clone()]));
    assert!(out.contains(no_profile) && !out.contains(no_app), "{out}");
    // What another remark says of the org is not said of each app.
    let out = remarks(&project_of(&[app]));
    assert!(out.contains("the org's session settings are not in the project") && !out.contains("of ERP"), "{out}");
    let nameless = "<ProfileSessionSetting><sessionTimeout>15</sessionTimeout></ProfileSessionSetting>\n";
    let project = Project::sfdx(&[("force-app/a.profileSessionSetting-meta.xml", nameless)]);
    assert!(remarks(&project).contains("one session setting names no profile"));
    project.put("force-app/b.profileSessionSetting-meta.xml", nameless);
    assert!(remarks(&project).contains("some session settings name no profile"));
    // Only a connected app's minutes can be asked for.
    let on = "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>";
    assert!(!remarks(&external(Some(on), None)).contains("NamedUserUvidTimeout"));
}

#[test]
fn among_equal_values_the_more_specific_level_decides() {
    let own = "    <sessionPolicy><sessionTimeout>60</sessionTimeout></sessionPolicy>\n</ConnectedApp>";
    let project = Project::sfdx(&[
        (SETTINGS, security("        <sessionTimeout>SixtyMinutes</sessionTimeout>\n")),
        ("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "60")),
        ("force-app/ERP.connectedApp-meta.xml", APP.replace("</ConnectedApp>", own)),
    ]);
    assert_eq!(project.column("SELECT FallbackOwner FROM OAuthApp"), ["the org"], "the general reason");
    let decided = "SELECT DecidedBy FROM EffectiveSession";
    project.put("sessionlint.toml", "precedence = \"shortest\"\n");
    assert_eq!(project.column(&format!("{decided} WHERE Channel = 'browser'")), ["profile"]);
    assert_eq!(project.column(&format!("{decided} WHERE Channel = 'app'")), ["app"]);
    // A policy of Salesforce's own thirty days is the policy's limit.
    let idle = |policy: &str| {
        let app = APP.replace(">infinite<", &format!(">{policy}<"));
        let project = Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", app)]);
        on_one_line(&project.run(&["sessions", "--as-of", "2026-12-01"]).out)
    };
    let limit = "Salesforce ends refresh tokens that were unused for 30 days";
    for (policy, is_limited) in [
        ("specific_inactivity:30:DAYS", false),
        ("specific_inactivity:31:DAYS", true),
        ("specific_lifetime:30:DAYS", false),
        ("specific_lifetime:31:DAYS", true),
    ] {
        assert_eq!(idle(policy).contains(limit), is_limited, "{policy}");
    }
}

#[test]
fn copies_of_a_setting_are_not_two_settings_of_a_profile() {
    let also = |names: &[&str]| {
        let minutes = ["30", "60", "90"];
        let files = names.iter().zip(minutes);
        let files: Vec<(String, String)> =
            files.map(|(name, minutes)| (format!("force-app/settings/{name}"), setting("Sales", minutes))).collect();
        project_of(&files).column("SELECT AlsoSetIn FROM ProfileSessionSetting WHERE AlsoSetIn != null")
    };
    let copies = ["a.profileSessionSetting", "a.profileSessionSetting-meta.xml"];
    assert_eq!(also(&copies), Vec::<Value>::new(), "one component in both layouts");
    let three =
        ["a.profileSessionSetting-meta.xml", "b.profileSessionSetting-meta.xml", "c.profileSessionSetting-meta.xml"];
    assert_eq!(also(&three), ["a"], "the last one names the first other");
}

#[test]
fn no_line_of_the_tables_is_wider_than_the_terminal() {
    let project = small();
    let long = "force-app/main/default/profileSessionSettings/a_folder_of_a_very_long_name_that_nobody_can_break/p.profileSessionSetting-meta.xml";
    project.put(long, setting("A profile whose name is long enough to fill a line all alone, and then some", "15"));
    let table = project.run(&["sessions"]).out;
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert!(table.contains("a_folder_of_a_very_long_name_that_nobody_can_break/"), "{table}");
}

#[test]
fn diagnose_confirms_rules_out_and_says_what_no_file_shows() {
    let ran = small().run(&["diagnose", "--format", "json", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let ids: Vec<_> = answer["symptoms"].as_array().unwrap().iter().map(|symptom| symptom["id"].clone()).collect();
    assert_eq!(ids.len(), 6);
    let symptom =
        |id: &str| answer["symptoms"].as_array().unwrap().iter().find(|symptom| symptom["id"] == id).unwrap().clone();
    let minutes = symptom("logged-out-after-minutes");
    assert_eq!(minutes["causes"][0]["rule"], "session/profile-timeout-short");
    assert_eq!((&minutes["causes"][0]["line"], &minutes["causes"][0]["column"]), (&json!(3), &json!(21)));
    let against: Vec<_> = minutes["ruledOut"].as_array().unwrap().iter().map(|item| item["text"].clone()).collect();
    assert_eq!(against, [json!("the org default is 2 hours")]);
    let integration = symptom("integration-invalid-session");
    assert_eq!(integration["causes"], json!([]));
    let app = symptom("api-timeout-at-app-maximum");
    assert!(app["ruledOut"][0]["text"].as_str().unwrap().contains("no app in the project"), "{app}");
    for symptom in answer["symptoms"].as_array().unwrap() {
        assert!(!symptom["notVisible"].as_array().unwrap().is_empty(), "{symptom}");
    }
}

#[test]
fn a_symptom_is_found_by_its_words_and_refused_with_the_choice() {
    let ran = small().run(&["diagnose", "--symptom", "INVALID_SESSION_ID after two hours", "--format", "json"]);
    assert_eq!(ran.json()["symptoms"][0]["id"], "integration-invalid-session");
    let ran = small().run(&["diagnose", "--symptom", "slow"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("vpn-logged-out"), "{}", ran.err);
}
