//! The page to hand over: what stands in it, that nothing of a file acts in it, and that it needs nothing but itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use support::{Project, Ran, run_in};

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

/// Parts that every page has, whatever the project holds.
const SECTIONS: [&str; 8] = ["sessions", "integrations", "dates", "symptoms", "findings", "plan", "unseen", "scope"];

fn has_its_parts(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{}", &page[..page.len().min(80)]);
    for section in SECTIONS {
        assert!(page.contains(&format!("id=\"{section}\"")), "{section}");
        assert!(page.contains(&format!("href=\"#{section}\"")), "{section}");
    }
    for tag in ["header", "main", "nav", "footer", "section", "article", "svg", "table", "dl", "ul", "ol", "p", "a"] {
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
fn a_page_says_what_holds_and_what_to_change() {
    let page = report(&small(), &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    for part in [
        "1 of 2 profiles ends a session in under 2 hours, the shortest after 30 minutes (Sales)",
        "of 1 integration, 1 renews by a token that ends by itself",
        "<strong>1</strong> of 2 profiles under two hours",
        "Forced logout is on",
        "class=\"forced\"",
        "org: 4 hours",
        "<title>Sales: 30 minutes</title>",
        "profile, force-app/Sales.profileSessionSetting-meta.xml:3",
        "dies 90 days after it was issued, used or not",
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
fn what_a_file_says_is_inert_text() {
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
        (&only_app, "These files do not say how long a session of a person lives"),
        (&only_settings, "No file names a profile, and the org ends a session after 2 hours"),
        (&only_profile, "No profile in these files ends a session in under 2 hours"),
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
fn an_allowed_finding_is_told_with_its_reason_and_makes_no_step() {
    let project = small();
    project.put(
        "sessionlint.toml",
        "[[ignore]]\nrule = \"session/profile-timeout-short\"\npath = \"force-app/**\"\nreason = \"the till <locks> itself\"\n",
    );
    let page = report(&project, &[]);
    has_its_parts(&page);
    loads_nothing(&page);
    assert!(page.contains("session/profile-timeout-short: the till &lt;locks&gt; itself"), "{page}");
    assert!(!page.contains("id=\"session-profile-timeout-short\"") && page.contains("(allowed, or not asked for)"));
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
    assert!(page.contains("20 profiles: Profile 00"), "{page}");
    assert_eq!(page.matches("<tr><th scope=\"row\">Profile ").count(), 40);
    assert_eq!(page.matches("class=\"track\"").count(), 2);
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
            ["How long sessions live", "Integrations", "What has a date", "Six symptoms", "Change plan", "Scope"]
        {
            assert!(markdown.out.contains(&format!("\n## {title}\n")), "{name}: {title}");
        }
    }
    let sound = sample("sound-org", "html").out;
    assert!(sound.contains("no finding asks for a change"));
    let leaky = sample("leaky-org", "html").out;
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
