//! The page to hand over: its content, that no text of a file acts in it, and that it needs no other file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use crate::support::{Project, Ran, run_in};

const SETTINGS: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const XMLNS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

fn security(inner: &str) -> String {
    format!("<SecuritySettings {XMLNS}>\n    <sessionSettings>\n{inner}    </sessionSettings>\n</SecuritySettings>\n")
}

fn setting(profile: &str, minutes: &str) -> String {
    format!(
        "<ProfileSessionSetting {XMLNS}>\n    <profile>{profile}</profile>\n    \
         <sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

fn app(label: &str, policy: &str, secret: &str) -> String {
    format!(
        "<ConnectedApp {XMLNS}>\n    <label>{label}</label>\n    <oauthConfig>\n        \
         <callbackUrl>https://erp.example.com/cb</callbackUrl>\n        <consumerKey>{secret}</consumerKey>\n        \
         <scopes>Api</scopes>\n        <scopes>RefreshToken</scopes>\n    </oauthConfig>\n    <oauthPolicy>\n        \
         <ipRelaxation>ENFORCE</ipRelaxation>\n        <refreshTokenPolicy>{policy}</refreshTokenPolicy>\n    \
         </oauthPolicy>\n</ConnectedApp>\n"
    )
}

fn small() -> Project {
    Project::sfdx(&[
        (
            SETTINGS,
            security(
                "        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n        \
                 <sessionTimeout>FourHours</sessionTimeout>\n",
            ),
        ),
        ("force-app/Sales.profileSessionSetting-meta.xml", setting("Sales", "30")),
        ("force-app/Field.profileSessionSetting-meta.xml", setting("Field", "720")),
        ("force-app/ERP.connectedApp-meta.xml", app("ERP", "specific_lifetime:90:DAYS", "3MVG9TopSecretKey")),
    ])
}

fn report(project: &Project, more: &[&str]) -> String {
    let ran = project.run(&[&["report", "--as-of", "2026-12-01", "--quiet"], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

fn sample(name: &str, format: &str) -> Ran {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name);
    run_in(&folder, &["report", "--as-of", "2026-12-01", "--quiet", "--format", format])
}

/// One safe change, a decision, one that loosens something, and advice.
fn planned() -> Project {
    let settings = "        <disableTimeoutWarning>true</disableTimeoutWarning>\n        \
                    <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n        \
                    <sessionTimeout>FourHours</sessionTimeout>\n";
    let broken = "<ConnectedApp><label>Broken</label>";
    Project::sfdx(&[
        (SETTINGS, security(settings)),
        ("force-app/Sales Rep.profileSessionSetting-meta.xml", setting("Sales", "30")),
        ("force-app/ERP.connectedApp-meta.xml", app("ERP", "specific_lifetime:90:DAYS", "3MVG9TopSecretKey")),
        ("force-app/Broken.connectedApp-meta.xml", broken.to_owned()),
    ])
}

/// The text between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}")) + start.len();
    let to = text[from..].find(end).unwrap_or_else(|| panic!("no {end} in {text}"));
    &text[from..from + to]
}

/// The part of a page about a rule's findings.
fn topic<'t>(page: &'t str, rule: &str) -> &'t str {
    let section = between(page, "<h2 id=\"findings\">", "</section>");
    let id = format!(" id=\"{}\"", rule.replace('/', "-"));
    let found = section.split("<details class=\"topic\"").skip(1).find(|topic| topic.starts_with(&id));
    found.unwrap_or_else(|| panic!("no topic of {rule} in {section}"))
}

/// The step of a rule in the plan of a page.
fn step<'t>(page: &'t str, rule: &str) -> &'t str {
    let plan = between(page, "<h2 id=\"plan\">", "<h2 id=\"unseen\">");
    let is_it = |step: &&str| step.contains(&format!("#{}\">{rule}</a></h4>", rule.replace('/', "-")));
    plan.split("<li class=\"step\"").skip(1).find(is_it).unwrap_or_else(|| panic!("no step of {rule} in {plan}"))
}

/// Parts that every page has, whatever the project holds.
const SECTIONS: [&str; 8] = ["sessions", "integrations", "dates", "symptoms", "findings", "plan", "unseen", "scope"];

fn has_its_parts(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{}", &page[..page.len().min(80)]);
    for section in SECTIONS {
        assert!(page.contains(&format!("id=\"{section}\"")), "{section}");
        assert!(page.contains(&format!("href=\"#{section}\"")), "{section}");
    }
    for tag in [
        "header", "main", "nav", "footer", "section", "article", "details", "summary", "figure", "svg", "table", "tr",
        "dl", "ul", "ol", "li", "p", "a", "div", "span",
    ] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert!(page.contains("2027-02-20") && page.contains("Summer &#x27;27"), "the dates that hold for every org");
    assert!(page.contains("AuthSession") && page.contains("LoginHistory"), "the queries");
}

/// Nothing in the page makes a browser ask for something.
fn loads_nothing(page: &str) {
    for part in ["src=", "url(", "@import", "<link", "<iframe", "<img", "fetch(", "srcset", "href=\"http"] {
        assert!(!page.contains(part), "{part}");
    }
    let targets = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    for target in targets {
        let id = target.strip_prefix('#').unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{target} leads nowhere");
    }
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn the_first_sheet_claims_nothing_that_is_open() {
    let thirty = || (SETTINGS, security("        <sessionTimeout>ThirtyMinutes</sessionTimeout>\n"));
    let no_policy =
        app("ERP", "infinite", "x").split("    <oauthPolicy>").next().unwrap().to_owned() + "</ConnectedApp>\n";
    let files = [
        thirty(),
        ("force-app/Desk.profileSessionSetting-meta.xml", setting("Desk", "0")),
        ("force-app/ERP.connectedApp-meta.xml", no_policy),
    ];
    let page = report(&Project::sfdx(&files), &[]);
    for part in [
        "Not settled: 1 profile stores 0, and whether 2 hours or the org&#x27;s 30 minutes apply to it is not documented.",
        "<li class=\"unknown\"><strong>0</strong> of 1 profile under two hours (1 not settled: stored as 0)</li>",
        "Of the one integration, the end of the refresh token is not known.",
        "<li class=\"unknown\"><strong>0</strong> of 1 integration without a visible renewal path; 1 with a refresh token of \
         unknown life</li>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // Where the org has two hours too, nothing is open; a broken file may be anything.
    let two = (SETTINGS, security("        <sessionTimeout>TwoHours</sessionTimeout>\n"));
    let desk = ("force-app/Desk.profileSessionSetting-meta.xml", setting("Desk", "0"));
    let page = report(&Project::sfdx(&[two.clone(), desk.clone()]), &[]);
    assert!(page.contains("<li class=\"none\"><strong>0</strong> of 1 profile under two hours</li>"), "{page}");
    let broken = ("force-app/Sales.profileSessionSetting-meta.xml", "<ProfileSessionSetting>".to_owned());
    let page = report(&Project::sfdx(&[two, desk, broken]), &[]);
    let part = "<li class=\"unknown\"><strong>0</strong> of 1 profile under two hours; 1 file not readable</li>";
    assert!(page.contains(part), "{page}");
    let page = report(&Project::sfdx(&[thirty()]), &[]);
    assert!(page.contains("<li class=\"some\"><strong>30 minutes</strong> is the org&#x27;s timeout"), "{page}");
}

#[test]
fn each_part_of_an_action_has_a_line_of_its_own() {
    let project = small();
    project.put("force-app/ERP.connectedApp-meta.xml", app("ERP", "zero", "x"));
    let page = report(&project, &["--format", "markdown"]);
    let lines: Vec<&str> = page.lines().filter(|line| line.contains("- Because: ")).collect();
    assert!(!lines.is_empty(), "{page}");
    for line in lines {
        assert!(!line.contains("- Effect: ") && !line.contains("- Cost: "), "{line}");
    }
    assert!(page.contains("\n   - Cost: "), "{page}");
}

#[test]
fn a_token_of_users_ends_at_the_earliest_with_the_shortest_session() {
    let project = small();
    let without = app("ERP", "zero", "x");
    let ends = |timeout: &str| {
        let text = without.replace("</oauthPolicy>", &format!("</oauthPolicy>{timeout}"));
        project.put("force-app/ERP.connectedApp-meta.xml", text);
        let page = report(&project, &["--format", "markdown"]);
        (
            page.contains("30 minutes at the earliest"),
            page.contains("when its access token expires, after 30 minutes ("),
        )
    };
    assert_eq!(ends(""), (true, false), "each user's own session decides");
    assert_eq!(
        ends("<sessionPolicy><sessionTimeout>30</sessionTimeout></sessionPolicy>"),
        (false, true),
        "the app's timeout holds for all"
    );
}

#[test]
fn a_page_says_what_holds_and_what_to_change() {
    let page = report(&small(), &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    for part in [
        "1 of 2 profiles ends a session in under 2 hours, the shortest after 30 minutes (Sales): by a timeout of the \
         profile&#x27;s own, in place of the org&#x27;s (4 hours); forced logout then sends the browser to the login page.",
        "The one integration renews by a token that expires by itself, the soonest after 30 days without use (ERP).",
        "Change &lt;sessionTimeout&gt; from 30 to 120. This ends: Short session timeout on a profile.",
        "<strong>1</strong> of 2 profiles under two hours",
        "<li class=\"some\"><strong>1</strong> of 2 profiles",
        "forced logout is on",
        "class=\"forced\"",
        "the org's value, 4 hours",
        "<span>Sales</span> <strong class=\"value\">30 minutes</strong>",
        "profile, force-app/Sales.profileSessionSetting-meta.xml:3",
        "expires 90 days after it was issued, or after 30 days without use",
        "<dt>Renewal</dt><dd>refresh token</dd>",
        "<strong>Test:</strong>",
        "<strong>Undo:</strong>",
        "<strong>Trade-off:</strong>",
        "sf project deploy start -m ProfileSessionSetting:Sales<",
        "<dt>Commit checked out</dt><dd>not in a git work tree</dd>",
        "<th scope=\"col\">If the shortest won</th>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let lower = page.to_lowercase();
    for word in ["score", " fixed", "is secure"] {
        assert!(!lower.contains(word) || word == " fixed" && lower.contains("fixed lifetime"), "{word}");
    }
}

#[test]
fn a_plan_has_errors_first_and_goes_from_what_weakens_nothing_to_what_loosens_something() {
    let project = planned();
    let page = report(&project, &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    let plan = between(&page, "<h2 id=\"plan\">", "<h2 id=\"unseen\">");
    let parts = [
        "Errors. Safe: weakens",
        "Errors. Decisions: each",
        "Errors. Advice: no exact change",
        "Warnings. Unsafe: each loosens",
    ];
    let places: Vec<usize> = parts.iter().map(|part| plan.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    let rules = ["session/forced-logout-unannounced", "session/profile-timeout-short", "oauth/refresh-token-lifetime"];
    for (number, rule) in rules.iter().enumerate() {
        let step = step(&page, rule);
        assert!(step.starts_with(&format!(" id=\"step-{}\"", number + 1)), "{step}");
        for part in
            ["<strong>Trade-off:", "<strong>Decides:", "<strong>Undo:", "<strong>Undo the step:", "<strong>Test:"]
        {
            assert!(step.contains(part), "{rule}: {part}");
        }
    }
    assert!(
        plan.contains("<p>3 changes in 3 steps: 1 weakens no protection, 1 is a decision, 1 loosens a protection.")
    );
    let advice = &plan[places[2]..places[3]];
    assert!(advice.contains("#metadata-not-well-formed") && !advice.contains("<pre"), "{advice}");
    let markdown = report(&project, &["--format", "markdown"]);
    let plan = between(&markdown, "\n## Change plan\n", "\n## What these files");
    let heads: Vec<&str> = plan.lines().filter(|line| line.starts_with("### ")).collect();
    assert!(heads.len() == 4 && heads.iter().zip(parts).all(|(head, part)| head[4..].starts_with(part)), "{heads:?}");
}

#[test]
fn what_is_for_weighing_or_comes_last_is_no_step() {
    let settings = "        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n        \
                    <sessionTimeout>SixtyMinutes</sessionTimeout>\n";
    let longer = setting("Sales", "720");
    let message = format!(
        "<Workflow {XMLNS}>\n<outboundMessages><fullName>Paid</fullName><endpointUrl>https://a.example.com/in</endpointUrl>\
         <includeSessionId>true</includeSessionId></outboundMessages>\n</Workflow>\n"
    );
    let project = Project::sfdx(&[
        (SETTINGS, security(settings)),
        ("force-app/Sales.profileSessionSetting-meta.xml", longer),
        ("force-app/Order.workflow-meta.xml", message),
    ]);
    for preset in ["continuity", "all"] {
        let page = report(&project, &["--format", "markdown", "--preset", preset]);
        let plan = between(&page, "\n## Change plan\n", "\n## What these files");
        let steps: Vec<&str> = plan.lines().filter(|line| line.starts_with("#### 1")).collect();
        assert!(steps.iter().all(|step| step.contains("session/org-timeout-short")), "{plan}");
        assert!(!plan.contains("from 720 to") && !plan.contains("from true to false"), "{plan}");
        // What is no step keeps its help, and its own test.
        assert!(plan.contains("Give the receiver at https://a.example.com/in its own token"), "{plan}");
        assert!(plan.contains("Test: In a sandbox first: send each outbound message once"), "{plan}");
        assert!(plan.contains("In this order: check that the timeout warning is on"), "{plan}");
    }
}

#[test]
fn the_test_of_advice_is_about_what_was_found() {
    let file = |ty: &str, inner: &str| format!("<{ty} {XMLNS}>{inner}</{ty}>\n");
    let project = Project::sfdx(&[
        (
            "force-app/Door.crt-meta.xml",
            file(
                "Certificate",
                "<expirationDate>2026-12-20T12:00:00.000Z</expirationDate><masterLabel>Door</masterLabel>",
            ),
        ),
        (
            "force-app/Bank.samlssoconfig-meta.xml",
            file("SamlSsoConfig", "<name>Bank</name><requestSigningCertId>Door</requestSigningCertId>"),
        ),
        ("force-app/Broken.connectedApp-meta.xml", "<ConnectedApp>".to_owned()),
    ]);
    let page = report(&project, &["--format", "markdown"]);
    let plan = between(&page, "\n## Change plan\n", "\n## What these files");
    assert!(plan.contains("Test: In a sandbox first: use the new certificate, then test a login"), "{plan}");
    assert!(plan.contains("Test: Run sessionlint again: the file must be read"), "{plan}");
    assert!(!plan.contains("make one callout through each credential"), "{plan}");
}

#[test]
fn a_step_says_the_change_its_cost_its_undo_and_its_deployment() {
    let project = planned();
    let page = report(&project, &[]);
    let profile = step(&page, "session/profile-timeout-short");
    for part in [
        "<strong>Change &lt;sessionTimeout&gt; from 30 to 120</strong>",
        "<div class=\"where\">force-app/Sales Rep.profileSessionSetting-meta.xml:3</div>",
        "<span class=\"removed\">- &lt;sessionTimeout&gt;30&lt;/sessionTimeout&gt;",
        "<span class=\"added\">+ &lt;sessionTimeout&gt;120&lt;/sessionTimeout&gt;",
        "write <code>&lt;sessionTimeout&gt;30&lt;/sessionTimeout&gt;</code> again in place of \
         <code>&lt;sessionTimeout&gt;120&lt;/sessionTimeout&gt;</code>",
        "<pre class=\"wrap\">sf project deploy start -m &#x27;ProfileSessionSetting:Sales Rep&#x27;</pre>",
        "&lt;members&gt;Sales Rep&lt;/members&gt;\n    &lt;name&gt;ProfileSessionSetting&lt;/name&gt;",
    ] {
        assert!(profile.contains(part), "{part}\n{profile}");
    }
    let app = step(&page, "oauth/refresh-token-lifetime");
    assert!(app.contains("<strong>Loosens:</strong> the end of refresh tokens"), "{app}");
    assert!(app.contains(">sf project deploy start -m ConnectedApp:ERP</pre>"), "{app}");
    assert!(step(&page, "session/forced-logout-unannounced").contains("-m Settings:Security</pre>"));
    assert!(!app.contains("was not found in a document"), "nothing falls silent in this file");
    let markdown = report(&project, &["--format", "markdown"]);
    let step = between(&markdown, "#### 3. ", "\n## What these files");
    for part in [
        "\nLoosens: the end of refresh tokens",
        "  ```diff\n  @@ line 11 @@\n  - <refreshTokenPolicy>specific_lifetime:90:DAYS</refreshTokenPolicy>\n  + <refresh",
        "  - Undo: write `<refreshTokenPolicy>specific_lifetime:90:DAYS</refreshTokenPolicy>` again in place of `<",
        "\n```sh\nsf project deploy start -m ConnectedApp:ERP\n```\n",
    ] {
        assert!(step.contains(part), "{part}\n{step}");
    }
}

#[test]
fn a_finding_shows_its_change_and_what_that_loosens() {
    let page = report(&planned(), &[]);
    let topic = self::topic(&page, "oauth/refresh-token-lifetime");
    for part in [
        "<span class=\"chip error\">unsafe</span> <strong>Proposed:</strong> Change &lt;refreshTokenPolicy&gt;",
        "<strong>Loosens</strong> the end of refresh tokens",
        "<span class=\"removed\"><span class=\"number\">11</span>- ",
        "<span class=\"kept\">",
    ] {
        assert!(topic.contains(part), "{part}\n{topic}");
    }
    assert!(!topic.contains("class=\"excerpt\""), "the diff shows the line already");
    let broken = self::topic(&page, "metadata/not-well-formed");
    assert!(broken.contains("class=\"excerpt\"") && !broken.contains("Proposed:"), "{broken}");
    let markdown = report(&planned(), &["--format", "markdown"]);
    let finding = between(&markdown, "(warning, oauth/refresh-token-lifetime)", "\n### ");
    assert!(finding.contains("  - Proposed (unsafe): Change &lt;refreshTokenPolicy&gt; from"), "{finding}");
    assert!(finding.contains("  --- a/force-app/ERP.connectedApp-meta.xml\n  +++ b/force-app/ERP"), "{finding}");
}

#[test]
fn a_diff_holds_no_secret_and_no_endless_line() {
    let one_line = app("ERP", "specific_lifetime:90:DAYS", "3MVG9TopSecretKey").replace('\n', "").replace("    ", "");
    let padded =
        one_line.replace("<oauthPolicy>", &format!("<description>{}</description><oauthPolicy>", "a".repeat(900)));
    let beside = "<ConnectedApp><label>CRM</label><oauthConfig>\n<scopes>Api</scopes><scopes>RefreshToken</scopes>\n\
                  <callbackUrl>https://crm.example.com/cb</callbackUrl></oauthConfig>\n<oauthPolicy>\n\
                  <refreshTokenPolicy>specific_lifetime:90:DAYS</refreshTokenPolicy>\n</oauthPolicy>\n\
                  <consumerKey>3MVG9TopSecretKey</consumerKey></ConnectedApp>\n";
    let project = Project::sfdx(&[
        ("force-app/ERP.connectedApp-meta.xml", padded.as_str()),
        ("force-app/CRM.connectedApp-meta.xml", beside),
    ]);
    for format in ["html", "markdown"] {
        let page = report(&project, &["--format", format]);
        assert!(!page.contains("TopSecretKey"), "{format}");
        assert!(page.contains("*****") && page.contains("specific_lifetime:90:DAYS"), "{format}\n{page}");
        assert!(!page.contains(&"a".repeat(300)), "{format}: a line is cropped around what differs");
    }
    let step = report(&project, &[]);
    let step = self::step(&step, "oauth/refresh-token-lifetime");
    assert!(step.contains("<span class=\"removed\">- …") && step.contains("infinite"), "{step}");
}

/// A page of one's own about the org's timeout, with a fix.
fn own_page(preset: &str, more: &str, to: &str) -> String {
    format!(
        "# Session of our own\n\nWe have a number for it.\n\n```toml rule\nseverity   = {{ {preset} = \"warning\" }}\n\
         confidence = \"high\"\nfrom       = \"SecuritySettings\"\nwhere      = \"TimeoutMinutes > 1\"\n\
         span       = \"sessionSettings.sessionTimeout\"\nmessage    = \"It is not our number\"\n\
         help       = \"Write our number\"\n{more}\
         fix        = {{ set = \"sessionSettings.sessionTimeout\", to = \"{to}\", safety = \"display\" }}\n\
         references = [\"A house rule\"]\n```\n\n## Why it matters\n\nIt is ours.\n\n## Trade-off\n\nNone.\n"
    )
}

#[test]
fn changes_of_one_text_exclude_each_other_and_equal_ones_are_one() {
    let project = Project::sfdx(&[(SETTINGS, security("        <sessionTimeout>FifteenMinutes</sessionTimeout>\n"))]);
    let pulls = "conflicts-with = \"session/org-timeout-short\"\n";
    project.put("pages/mine/contrary.md", own_page("security", pulls, "EightHours"));
    project.put("pages/mine/same.md", own_page("continuity", "", "TwoHours"));
    let page = report(&project, &["--rules", "pages", "--preset", "all"]);
    loads_nothing(&page);
    let one = step(&page, "session/org-timeout-short");
    let other = step(&page, "mine/contrary");
    for (step, number) in [(one, 2), (other, 1)] {
        let choose =
            format!("same text as step <a href=\"#step-{number}\">{number}</a>; only one of them can be taken");
        assert!(step.contains(&choose) && step.contains("<strong>Against it:</strong>"), "{step}");
    }
    assert!(one.contains("<strong>Answers also:</strong> mine/same"), "{one}");
    assert!(other.contains("EightHours") && !other.contains("TwoHours</code>"), "{other}");
    let markdown = report(&project, &["--rules", "pages", "--preset", "all", "--format", "markdown"]);
    assert!(markdown.contains("same text as step 2; only one") && markdown.contains("Answers also: mine/same"));
    assert_eq!(markdown.matches("\n#### ").count(), 2, "{markdown}");
}

#[test]
fn no_text_around_a_change_ends_its_diff() {
    let around = "<profile>\n```\n</pre></ul><script>alert(1)</script>\n`x` ##vso[a]\n</profile>";
    let text = format!(
        "<ProfileSessionSetting {XMLNS}>\n{}\n<sessionTimeout>15</sessionTimeout>\n</ProfileSessionSetting>\n",
        around.replace("</pre></ul><script>alert(1)</script>", "<![CDATA[</pre></ul><script>alert(1)</script>]]>")
    );
    let project = Project::sfdx(&[("force-app/]]>```&<b>.profileSessionSetting-meta.xml", text)]);
    let page = report(&project, &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    assert!(!page.contains("<script>alert") && !page.contains("</pre></ul>"), "{page}");
    let step = step(&page, "session/profile-timeout-short");
    assert!(step.contains("-m &#x27;ProfileSessionSetting:]]&gt;```&amp;&lt;b&gt;&#x27;</pre>"), "{step}");
    assert!(step.contains("&lt;members&gt;]]&amp;gt;```&amp;amp;&amp;lt;b&amp;gt;&lt;/members&gt;"), "{step}");
    let markdown = report(&project, &["--format", "markdown"]);
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.trim_start().chars().take_while(|ch| *ch == '`').collect();
        match &fence {
            None if ticks.len() >= 3 => fence = Some(ticks),
            Some(open) if line.trim() == open => fence = None,
            None => {
                let mut prose = line.replace("\\`", "").split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>();
                prose.retain(|part| part.contains("<script>") || part.contains("</pre>"));
                assert!(prose.is_empty(), "{line}\n{markdown}");
            }
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "every fence ends: {markdown}");
    assert!(markdown.contains("````"), "a fence is longer than what it holds: {markdown}");
}

#[test]
fn a_folder_without_a_project_file_is_deployed_by_a_manifest() {
    let files = [
        ("package.xml", "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>".to_owned()),
        ("profileSessionSettings/A & B's.profileSessionSetting", setting("A", "15")),
        ("settings/Security.settings", security("        <sessionTimeout>FifteenMinutes</sessionTimeout>\n")),
    ];
    let project = Project::of(&files);
    let page = report(&project, &[]);
    let profile = step(&page, "session/profile-timeout-short");
    assert!(profile.contains("&lt;members&gt;A &amp;amp; B&#x27;s&lt;/members&gt;"), "{profile}");
    assert!(!page.contains("sf project deploy"), "{page}");
    let markdown = report(&project, &["--format", "markdown"]);
    assert!(markdown.contains("```xml\n<types>\n    <members>A &amp; B's</members>\n"), "{markdown}");
    assert!(
        markdown.contains("    <members>Security</members>\n    <name>Settings</name>\n</types>\n```"),
        "{markdown}"
    );
    assert!(!markdown.contains("sf project deploy"), "{markdown}");
}

#[test]
fn both_files_of_a_pair_of_twins_change_in_one_step() {
    let project = Project::sfdx(&[
        ("force-app/a.profileSessionSetting", setting("Sales", "30")),
        ("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "30")),
    ]);
    let page = report(&project, &[]);
    let step = step(&page, "session/profile-timeout-short");
    for file in ["force-app/a.profileSessionSetting:3<", "force-app/a.profileSessionSetting-meta.xml:3<"] {
        assert!(step.contains(file), "{file}\n{step}");
    }
    assert!(step.contains(">sf project deploy start -m ProfileSessionSetting:a</pre>"), "one component: {step}");
}

#[test]
fn what_falls_silent_in_a_file_is_to_be_looked_at_in_the_org() {
    let text = app("ERP", "infinite", "k").replace(
        "</oauthPolicy>\n",
        "</oauthPolicy>\n    <sessionPolicy>\n        <policyAction>Block</policyAction>\n        \
         <sessionLevel>HIGH_ASSURANCE</sessionLevel>\n    </sessionPolicy>\n",
    );
    let page = report(&Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", text)]), &[]);
    let step = step(&page, "oauth/high-assurance-blocks");
    assert!(step.contains("put <code>&lt;sessionPolicy&gt; &lt;policyAction&gt;Block&lt;"), "{step}");
    assert!(
        step.contains("<p>Delete <code>&lt;policyAction&gt;") || step.contains("<p>Delete &lt;policyAction&gt;"),
        "{step}"
    );
    assert!(step.contains("let the integration log in again, unattended"), "the test of its page: {step}");
    assert!(step.contains("that a deployment without the element resets the org&#x27;s value was not found"), "{step}");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let project = small();
    for format in ["html", "markdown"] {
        let first = report(&project, &["--format", format, "--threads", "1"]);
        assert_eq!(first, report(&project, &["--format", format, "--threads", "7"]));
    }
    let ran = project.run(&["report", "--as-of", "2026-12-01", "--quiet", "--output", "page.html"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(project.at("page.html")).unwrap(), report(&project, &[]));
}

#[test]
fn texts_of_a_file_are_inert() {
    let hostile = "&lt;script&gt;alert(1)&lt;/script&gt;\" onmouseover='x' \u{202E}`*|[a](http://b)";
    let project = Project::sfdx(&[
        (SETTINGS, security("        <sessionTimeout>FourHours</sessionTimeout>\n")),
        ("force-app/a.profileSessionSetting-meta.xml", setting(hostile, "15")),
        ("force-app/x'; rm -rf y.profileSessionSetting-meta.xml", setting("Other", "15")),
        ("force-app/ERP.connectedApp-meta.xml", app(hostile, "specific_lifetime:9:DAYS", "3MVG9TopSecretKey")),
        ("force-app/B.connectedApp-meta.xml", app("B", hostile, "3MVG9TopSecretKey")),
    ]);
    let page = report(&project, &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    for part in ["<script>alert", "\" onmouseover", "\u{202E}", "TopSecretKey", "'x'"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("&#x27;ProfileSessionSetting:x&#x27;\\&#x27;&#x27;; rm -rf y&#x27;"), "quoted for a shell");
    // What stands in a fence is a file's text, and inert.
    let text = report(&project, &["--format", "markdown"]);
    let mut is_code = false;
    let is_prose = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    };
    let text = text.lines().filter(is_prose).collect::<Vec<_>>().join("\n");
    assert!(!text.contains("\\\\"), "nothing is escaped twice");
    for part in ["\u{202E}", "TopSecretKey", "[a](http"] {
        assert!(!text.contains(part), "{part}");
    }
    let without_escapes = text.replace("\\`", "");
    assert!(without_escapes.split('`').step_by(2).all(|part| !part.contains("<script>")), "{text}");
}

#[test]
fn a_project_may_hold_little() {
    let only_app = Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", app("ERP", "infinite", "k"))]);
    let only_settings = Project::sfdx(&[(SETTINGS, security("        <sessionTimeout>TwoHours</sessionTimeout>\n"))]);
    let only_profile = Project::sfdx(&[("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "0"))]);
    let only_broken = Project::sfdx(&[(SETTINGS, "<SecuritySettings>".to_owned())]);
    let nothing = Project::sfdx(&[("force-app/A.layout-meta.xml", "<Layout/>")]);
    let says = [
        (&only_app, "Unknown: neither the org&#x27;s session settings nor a profile are among these files."),
        (&only_settings, "No file names a profile, and the org ends a session after 2 hours"),
        (&only_profile, "The one profile does not end a session in under 2 hours, the shortest after 2 hours"),
        (&only_broken, "1 broken file."),
        (&nothing, "No app in these files counts as an integration."),
    ];
    for (project, part) in says {
        let page = report(project, &[]);
        has_its_parts(&page);
        loads_nothing(&page);
        assert!(page.contains(part), "{part}\n{page}");
        let text = report(project, &["--format", "markdown"]);
        assert!(text.contains("\n## What these files cannot show\n"), "{text}");
    }
}

#[test]
fn an_allowed_finding_is_reported_with_its_reason_and_makes_no_step() {
    let project = small();
    project.put(
        "sessionlint.toml",
        "[[ignore]]\nrule = \"session/profile-timeout-short\"\npath = \"force-app/**\"\nreason = \"the till <locks> itself\"\n",
    );
    let page = report(&project, &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    assert!(page.contains("session/profile-timeout-short: the till &lt;locks&gt; itself"), "{page}");
    assert!(!page.contains("id=\"session-profile-timeout-short\"") && page.contains("(allowed, or it did not run)"));
    assert!(page.contains("<dt>Allowed findings</dt>"));
    let text = report(&project, &["--format", "markdown"]);
    assert!(text.contains("- Allowed findings: 1\n"), "{text}");
}

#[test]
fn many_profiles_share_a_bar_and_keep_their_rows() {
    let files: Vec<(String, String)> = (0..40)
        .map(|number| {
            let minutes = if number % 2 == 0 { "30" } else { "480" };
            let path = format!("force-app/p{number}.profileSessionSetting-meta.xml");
            (path, setting(&format!("Profile {number:02}"), minutes))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let page = report(&Project::sfdx(&files), &[]);
    assert!(page.contains("<strong>20 profiles:</strong> Profile 00"), "{page}");
    assert!(page.contains("Profile 16 and 11 more"), "names are whole or counted: {page}");
    assert_eq!(page.matches("class=\"track\"").count(), 2);
    let table = between(&page, "aria-label=\"Values by level\"", "</table>");
    assert_eq!(table.matches("<tr><th scope=\"row\"").count(), 2, "{table}");
    assert_eq!(table.matches("<li>Profile ").count(), 40, "each name on demand: {table}");
    let markdown = report(&Project::sfdx(&files), &["--format", "markdown"]);
    assert!(markdown.contains("\n| 20: Profile 00, Profile 02, "), "{markdown}");
}

#[test]
fn samples_are_pages() {
    for name in ["leaky-org", "sound-org", "two-packages", "mdapi-org", "broken-xml"] {
        let html = sample(name, "html");
        assert_eq!(html.code, 0, "{name}: {}", html.err);
        has_its_parts(&html.out);
        loads_nothing(&html.out);
        let markdown = sample(name, "markdown");
        assert_eq!(markdown.code, 0, "{name}: {}", markdown.err);
        for title in
            ["How long sessions live", "Integrations", "What ends, and when", "Six symptoms", "Change plan", "Scope"]
        {
            assert!(markdown.out.contains(&format!("\n## {title}\n")), "{name}: {title}");
        }
    }
    let sound = sample("sound-org", "html").out;
    assert!(sound.contains("No finding asks for a change."));
    let leaky = sample("leaky-org", "html").out;
    // A certificate of a JWT login may be past its date: the first sheet does not claim that the integration stops.
    assert!(leaky.contains("though Salesforce is reported not to check that date for JWT logins"));
    assert!(leaky.contains(" -m Settings:Security"), "settings are of one type for a deployment");
    assert!(leaky.contains("the certificate") && leaky.contains(" days ago</td>"), "certificates have dates");
}

#[test]
fn what_a_baseline_holds_is_counted_and_not_shown() {
    let project = small();
    let all = report(&project, &[]);
    assert!(all.contains("id=\"oauth-refresh-token-lifetime\"") && !all.contains("In the baseline"));
    let written = project.run(&["check", "--as-of", "2026-12-01", "--baseline", "known.json", "--update-baseline"]);
    assert_eq!(written.code, 0, "{written:?}");
    let page = report(&project, &["--baseline", "known.json"]);
    assert!(!page.contains("class=\"topic\"") && page.contains("<dt>In the baseline</dt>"), "{page}");
    let markdown = report(&project, &["--baseline", "known.json", "--format", "markdown"]);
    assert!(markdown.contains("- In the baseline, not shown here: "), "{markdown}");
    let missing = project.run(&["report", "--baseline", "nothing.json"]);
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[test]
fn what_is_unknown_is_grey_and_no_number() {
    let nothing = Project::sfdx(&[("force-app/A.layout-meta.xml", "<Layout/>")]);
    let page = report(&nothing, &[]);
    let figures = between(&page, "<ul class=\"numbers\">", "</ul>");
    assert_eq!(figures.matches("<li class=\"unknown\"><strong>unknown</strong>").count(), 3, "{figures}");
    assert!(!figures.contains('0'), "{figures}");
    assert_eq!(page.matches("<div class=\"unknown\"><dt>").count(), 2, "{page}");
    let markdown = report(&nothing, &["--format", "markdown"]);
    assert!(markdown.contains("\n- Unknown: no integration in these files\n"), "{markdown}");
    // An app whose files do not show a renewal is not an app without one.
    let policy = format!(
        "<ExtlClntAppOauthConfigurablePolicies {XMLNS}><externalClientApplication>ERP</externalClientApplication>\
         </ExtlClntAppOauthConfigurablePolicies>\n"
    );
    let unknown = Project::sfdx(&[
        ("force-app/ERP_p.ecaOauthPlcy-meta.xml", policy),
        ("sessionlint.toml", "[integration]\napps = [\"ERP\"]\n".to_owned()),
    ]);
    let figures = report(&unknown, &[]);
    let figures = between(&figures, "<ul class=\"numbers\">", "</ul>");
    assert!(figures.contains("<strong>unknown</strong> 1 integration: renewal unknown"), "{figures}");
}

#[test]
fn the_first_actions_have_effect_cost_and_who_decides() {
    let page = report(&planned(), &[]);
    let actions = between(&page, "<ol class=\"actions\">", "</ol>");
    assert_eq!(actions.matches("<li>").count(), 3, "{actions}");
    assert_eq!(actions.matches("<dt>Because</dt><dd>").count(), 3, "{actions}");
    // To repair or look at something is no change whose effect is known.
    assert_eq!(actions.matches("<dt>Effect</dt><dd>Ends: <strong>").count(), 2, "{actions}");
    assert_eq!(actions.matches("<dt>Cost</dt>").count(), 3, "{actions}");
    assert_eq!(actions.matches("<dt>Decides</dt><dd>The owner of ").count(), 3, "{actions}");
    let places: Vec<usize> = ["chip error", "chip warning"].iter().filter_map(|chip| actions.find(chip)).collect();
    assert!(places.is_sorted(), "errors first: {actions}");
    for link in actions.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
    }
}

#[test]
fn a_remark_is_no_first_action() {
    let app = app("Order Feed", "infinite", "key");
    let page = |path: &str| report(&Project::sfdx(&[(path, app.clone())]), &["--format", "markdown"]);
    let of_package = page("force-app/connectedApps/acme__Order_Feed.connectedApp-meta.xml");
    assert!(of_package.contains("metadata/managed-package"), "{of_package}");
    assert!(!of_package.contains("## To weigh"), "{of_package}");
    assert!(of_package.contains("No finding asks for a change. That holds"), "{of_package}");
    assert!(page("force-app/connectedApps/Order_Feed.connectedApp-meta.xml").contains("## To weigh"));
}

#[test]
fn an_action_has_the_cost_of_its_own_remedy_and_an_excerpt_the_language_of_its_file() {
    let send = |change: &str| {
        format!(
            "public class Send {{\n    @InvocableMethod\n    public static void run(List<Id> ids) {{\n        for (Id one : ids) \
             {{\n            HttpRequest request = new HttpRequest();\n            \
             request.setEndpoint('callout:Freight/' + one);\n            new Http().send(request);\n            \
             {change}\n        }}\n    }}\n}}\n"
        )
    };
    let page = |change: &str| {
        let project = Project::sfdx(&[("force-app/Send.cls", send(change)), (SETTINGS, security(""))]);
        report(&project, &["--format", "markdown"])
    };
    let later = "Cost: The result comes later than the click";
    let (one_transaction, changed) = (page(""), page("insert new Task();"));
    assert!(one_transaction.contains(later), "{one_transaction}");
    assert!(changed.contains("Cost: If the one save fails") && !changed.contains(later), "{changed}");
    assert!(changed.contains("```apex\n") && !changed.contains("```xml\n  for ("), "{changed}");
}

#[test]
fn an_unused_refresh_token_policy_is_named() {
    let jwt = "<certificate>ERP</certificate><isAdminApproved>true</isAdminApproved>\n        <scopes>Api</scopes>";
    let text = app("ERP", "infinite", "key").replace("<scopes>Api</scopes>", jwt);
    let page = report(&Project::sfdx(&[("force-app/ERP.connectedApp-meta.xml", text)]), &["--format", "markdown"]);
    let line = "- Refresh token policy: infinite; its login by JWT does not need it\n";
    assert!(page.contains(line), "{page}");
}

#[test]
fn repeated_findings_and_long_lists_fold() {
    let files: Vec<(String, String)> = (0..9)
        .map(|number| {
            let path = format!("force-app/p{number}.profileSessionSetting-meta.xml");
            (path, setting(&format!("Profile {number}"), "15"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::sfdx(&files);
    let page = report(&project, &[]);
    has_its_parts(&page);
    let topic = topic(&page, "session/profile-timeout-short");
    let (shown, folded) = topic.split_once("<details class=\"more\">\n<summary>6 more</summary>").unwrap();
    let count = |text: &str| text.matches("<li class=\"item\"").count();
    assert_eq!((count(shown), count(folded)), (3, 6), "{topic}");
    let markdown = report(&project, &["--format", "markdown"]);
    let finding = between(&markdown, "(error, session/profile-timeout-short)", "\n## ");
    assert_eq!(finding.matches("```diff").count(), 5, "what repeats is one line each: {finding}");
    assert_eq!(finding.matches("after 15 minutes").count(), 9, "{finding}");
}

#[test]
fn paths_leave_out_what_all_have_in_common() {
    let folder = "force-app/main/default";
    let project = Project::sfdx(&[
        (SETTINGS, security("        <sessionTimeout>FourHours</sessionTimeout>\n")),
        (&format!("{folder}/profileSessionSettings/Sales.profileSessionSetting-meta.xml"), setting("Sales", "30")),
    ]);
    for format in ["html", "markdown"] {
        let page = report(&project, &["--format", format]);
        assert!(page.contains("force-app/main/default/"), "{format}: it is told once");
        assert!(page.contains("profile, profileSessionSettings/Sales.profileSessionSetting-meta.xml:3"), "{page}");
    }
    let markdown = report(&project, &["--format", "markdown"]);
    assert!(markdown.contains("--- a/force-app/main/default/profileS"), "a diff can be applied: {markdown}");
}

#[test]
fn a_map_leads_from_the_app_to_what_uses_it() {
    let provider = format!(
        "<AuthProvider {XMLNS}><consumerKey>3MVG9TopSecretKey</consumerKey><friendlyName>Loop</friendlyName>\
         <providerType>Salesforce</providerType></AuthProvider>\n"
    );
    let named = format!(
        "<NamedCredential {XMLNS}><authProvider>Loop</authProvider><endpoint>https://erp.example.com</endpoint>\
         <label>ERP calls</label><protocol>Oauth</protocol></NamedCredential>\n"
    );
    let class = "public class Sync {\n    public static void run() {\n        HttpRequest req = new HttpRequest();\n        \
                 req.setEndpoint('callout:ERP_Calls/v1');\n        new Http().send(req);\n    }\n}\n";
    let project = small();
    project.put("force-app/Loop.authprovider-meta.xml", provider);
    project.put("force-app/ERP_Calls.namedCredential-meta.xml", named);
    project.put("force-app/Sync.cls", class);
    let page = report(&project, &[]);
    let map = between(&page, "aria-label=\"Map of integrations\"", "</table>");
    for part in [
        ">ERP</a></th>",
        "refresh token</td>",
        "auth provider Loop",
        "named credential ERP_Calls, Apex ",
        "after 30 days",
    ] {
        assert!(map.contains(part), "{part}\n{map}");
    }
    assert!(!page.contains("TopSecretKey"));
}

#[test]
fn a_time_line_has_today_tokens_and_changes() {
    let page = report(&small(), &[]);
    let line = between(&page, "<h2 id=\"dates\">", "</figure>");
    for part in [
        ">today</text>",
        "<strong>+ 30 days</strong> refresh token of ERP expires: after 30 days without use",
        "<strong>2027-02-20</strong>",
        "class=\"token\"",
        "class=\"general\"",
        "class=\"today\"",
    ] {
        assert!(line.contains(part), "{part}\n{line}");
    }
}

#[test]
fn a_page_has_the_title_client_author_and_logo_that_it_is_given() {
    let project = small();
    let png = b"\x89PNG\r\n\x1a\nnot much of a picture".to_vec();
    std::fs::write(project.at("logo.png"), &png).unwrap();
    let more = ["--title", "Sessions <2026>", "--client", "Fern & Co", "--author", "J. \"Jo\" Park"];
    let page = report(&project, &[&more[..], &["--logo", "logo.png"]].concat());
    has_its_parts(&page);
    for part in [
        "<title>Sessions &lt;2026&gt;</title>",
        "<h1>Sessions &lt;2026&gt;</h1>",
        "For Fern &amp; Co. By J. &quot;Jo&quot; Park. Project ",
        "<img class=\"logo\" alt=\"\" src=\"data:image/png;base64,iVBORw0KGgpub3Q",
        "img-src data:;",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let markdown = report(&project, &[&more[..], &["--format", "markdown"]].concat());
    assert!(markdown.starts_with("# Sessions &lt;2026&gt;\n\nFor Fern &amp; Co. By J."), "{markdown}");
    for (name, bytes, why) in [
        ("a.png", b"MZ no picture".to_vec(), "is neither PNG, JPEG, GIF, WebP nor well-formed SVG"),
        ("b.svg", b"<svg><g></svg>".to_vec(), "is neither PNG"),
        ("c.png", [png.clone(), vec![0; 600 * 1024]].concat(), "a logo has at most 512"),
    ] {
        std::fs::write(project.at(name), bytes).unwrap();
        let ran = project.run(&["report", "--logo", name]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(why) && ran.out.is_empty(), "{ran:?}");
    }
    assert_eq!(project.run(&["report", "--logo", "none.png"]).code, 2);
}

#[test]
fn a_project_is_called_what_it_calls_itself() {
    let project = small();
    let named = "{\"name\": \"fern-<billing>\", \"packageDirectories\": [{\"path\": \"force-app\"}]}";
    project.put("sfdx-project.json", named);
    let page = report(&project, &[]);
    assert!(page.contains("<h1>Sessions and integrations of fern-&lt;billing&gt;</h1>"), "{page}");
    project.put("sfdx-project.json", "{\"name\": \".\", \"packageDirectories\": [{\"path\": \"force-app\"}]}");
    assert!(!report(&project, &[]).contains("integrations of .</h1>"), "a dot is no name");
    let manifest = "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"><fullName>Fern Core</fullName>\
                    <types><members>A</members><name>Profile</name></types></Package>";
    let files = [
        ("package.xml", manifest.to_owned()),
        ("settings/Security.settings", security("        <sessionTimeout>FourHours</sessionTimeout>\n")),
    ];
    let page = report(&Project::of(&files), &[]);
    assert!(page.contains("<h1>Sessions and integrations of Fern Core</h1>"), "{page}");
}

#[test]
fn the_page_runs_its_own_script_and_style_only() {
    use sha2::{Digest, Sha256};

    let page = report(&small(), &[]);
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !page.contains(" style=\"") && !page.contains(" onclick"), "{policy}");
    for (open, close, source) in [("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src")] {
        let digest = Sha256::digest(between(&page, open, close));
        let hash = between(policy, &format!("{source} 'sha256-"), "'");
        let bytes = hash.bytes().map(|byte| {
            let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            alphabet.bytes().position(|it| it == byte).unwrap_or(0)
        });
        let bits = bytes.map(|value| format!("{value:06b}")).collect::<Vec<_>>().concat();
        let expected = digest.iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
        assert!(bits.starts_with(&expected), "{source}");
    }
}

/// The org of the goal that a page is made for: 60 profiles, 20 apps, more than 60 findings.
#[test]
fn a_large_org_is_a_page_of_a_few_screens() {
    let minutes = ["15", "30", "60", "120", "240", "480", "720"];
    let policies = ["infinite", "specific_lifetime:90:DAYS", "specific_inactivity:7:DAYS", "zero"];
    let mut files = vec![(SETTINGS.to_owned(), security("        <sessionTimeout>FourHours</sessionTimeout>\n"))];
    for number in 0..60 {
        let name = format!("Regional Operations {number:02} - Field and Back Office");
        let path = format!("force-app/p{number}.profileSessionSetting-meta.xml");
        files.push((path, setting(&name, minutes[number % minutes.len()])));
    }
    for number in 0..20 {
        let path = format!("force-app/App{number}.connectedApp-meta.xml");
        files.push((path, app(&format!("Warehouse {number}"), policies[number % policies.len()], "k")));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let page = report(&Project::sfdx(&files), &[]);
    has_its_parts(&page);
    assert!(page.matches("<li class=\"item\"").count() >= 60, "findings");
    // What is seen without opening anything: about 60 lines make a screen, and a sheet.
    let mut depth = 0_usize;
    let mut lines = 0;
    for line in page.lines() {
        let is_seen = depth == 0;
        depth = (depth + line.matches("<details").count()).saturating_sub(line.matches("</details>").count());
        let is_text = ["<tr>", "<li", "<p", "<dt>", "<div class=\"bar-head\"", "<details class=\"topic\"", "<h2"];
        if is_seen && is_text.iter().any(|start| line.trim_start().starts_with(start)) {
            lines += 1;
        }
    }
    assert!(lines < 220, "{lines} lines are seen at once");
}

#[test]
fn ranges_of_a_profile_count_only_for_its_users() {
    let profile = format!(
        "<Profile {XMLNS}>\n    <custom>true</custom>\n    <loginIpRanges>\n        <endAddress>198.51.100.20</endAddress>\n        \
         <startAddress>198.51.100.10</startAddress>\n    </loginIpRanges>\n</Profile>\n"
    );
    let app = app("ERP", "infinite", "key");
    let project = Project::sfdx(&[
        ("force-app/profiles/Depot.profile-meta.xml", profile),
        ("force-app/ERP.connectedApp-meta.xml", app.clone()),
    ]);
    let page = || report(&project, &["--format", "markdown"]);
    assert!(page().contains("| 1 range, if its user has the profile Depot |"), "{}", page());
    assert!(page().contains("; if its user has the profile Depot, only 198.51.100.10"), "{}", page());
    // An app that only users of that profile may use.
    let approved = "        <isAdminApproved>true</isAdminApproved>\n        <scopes>Api";
    let named = app.replacen("        <scopes>Api", approved, 1);
    let named = named.replace("</oauthPolicy>", "</oauthPolicy>\n    <profileName>Depot</profileName>");
    project.put("force-app/ERP.connectedApp-meta.xml", &named);
    assert!(page().contains("| 1 range (profile Depot) |"), "{}", page());
    assert!(page().contains("; the profile Depot lets in only 198.51.100.10"), "{}", page());
}
