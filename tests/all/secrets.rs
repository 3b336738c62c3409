//! No output contains a secret: generated ones, in every place of a project, through every command and format.
//!
//! Values are made at run time, so that this repository contains nothing that looks like a real key.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use std::collections::BTreeMap;

use crate::support::Project;
use memchr::memmem;
use serde_json::json;
use sessionlint::facts::Shapes;
use sessionlint::soql::{self, Catalog, Value};
use sessionlint::source::{Encoding, Source, Span, secrets};

/// A sequence of numbers that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| alphabet[self.roll() as usize % alphabet.len()] as char).collect()
    }
}

const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"1234567890";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Whether a value is a secret by its looks, or only where it is given to one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    Plain,
    Secret,
}

/// The `number`th value.
fn secret(dice: &mut Dice, number: usize, looks: Looks) -> String {
    let prefixed = |dice: &mut Dice, head: &str, length| format!("{head}{}", dice.text(LETTERS, length));
    if looks == Looks::Secret {
        return match number % 8 {
            0 => dice.text(HEX, 40),
            1 => format!("{}+{}==", dice.text(LETTERS, 30), dice.text(LETTERS, 11)),
            2 => format!(
                "ey{}{}.ey{}{}.{}",
                "J",
                dice.text(LETTERS, 20),
                "J",
                dice.text(LETTERS, 30),
                dice.text(LETTERS, 30)
            ),
            3 => prefixed(dice, &["gh", "p_"].concat(), 36),
            4 => prefixed(dice, &["AK", "IA"].concat(), 16),
            5 => prefixed(dice, &["sk_l", "ive_"].concat(), 24),
            6 => format!("00D{}!{}", dice.text(LETTERS, 12), dice.text(LETTERS, 40)),
            _ => format!("91{}", dice.text(DIGITS, 17)),
        };
    }
    match number % 5 {
        0 => format!("Korb{}!blau", dice.text(DIGITS, 5)),
        1 => format!(
            "{}-{}-{}-{}-{}",
            dice.text(HEX, 8),
            dice.text(HEX, 4),
            dice.text(HEX, 4),
            dice.text(HEX, 4),
            dice.text(HEX, 12)
        ),
        2 => format!("zq{}", dice.text(b"bcdfghjk", 9)),
        3 => format!("77{}", dice.text(DIGITS, 11)),
        _ => format!("x{}$y", dice.text(LETTERS, 9)),
    }
}

/// Places in Apex, each a method; `@` is the secret.
const APEX: &[(&str, Looks)] = &[
    ("String password = '@';", Looks::Plain),
    ("String pwd='@';", Looks::Plain),
    ("this.client_secret = '@';", Looks::Plain),
    ("conf.API_Key__c = '@';", Looks::Plain),
    ("String t = token == '@' ? 'a' : 'b';", Looks::Plain),
    ("String accessToken = 'x' + '@' + 'y';", Looks::Plain),
    ("r.setBody('grant_type=password&username=u&password=@');", Looks::Plain),
    ("r.setBody('grant_type=password&client_id=' + cid + '&client_secret=' + '@' + '&username=u');", Looks::Plain),
    ("r.setBody('grant_type=password&password=' + EncodingUtil.urlEncode('@', 'UTF-8'));", Looks::Plain),
    ("r.setBody('grant_type=refresh_token&refresh_token=@');", Looks::Plain),
    ("r.setBody('grant_type=authorization_code&code=@&state=1');", Looks::Plain),
    ("r.setBody('grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=@');", Looks::Plain),
    ("r.setBody(String.format('grant_type=password&password={0}', new List<String>{ '@' }));", Looks::Plain),
    ("r.setBody('{\"grant_type\":\"password\",\"client_secret\":\"@\",\"a\":1}');", Looks::Plain),
    ("r.setBody('{\"grant_type\":\"password\",\"password\" : \"' + '@' + '\"}');", Looks::Plain),
    ("r.setBody('<Login><password>' + '@' + '</password></Login>');", Looks::Plain),
    ("r.setHeader('Authorization', 'Bearer @');", Looks::Plain),
    ("r.setHeader('Authorization', 'Bearer ' + '@');", Looks::Plain),
    ("r.setHeader('Authorization', 'Basic ' + EncodingUtil.base64Encode(Blob.valueOf('u:@')));", Looks::Plain),
    ("r.setHeader('X-Api-Key', '@');", Looks::Plain),
    ("r.setHeader(API_KEY, '@');", Looks::Plain),
    ("m.put('client_secret', '@');", Looks::Plain),
    ("Map<String, String> m = new Map<String, String>{ 'password' => '@' };", Looks::Plain),
    ("new Partner.Soap().login('u@example.com', '@');", Looks::Plain),
    ("System.setPassword(u, '@');", Looks::Plain),
    ("x.setClientSecret('@');", Looks::Plain),
    ("Blob b = Crypto.generateMac('HmacSHA256', data, Blob.valueOf('@'));", Looks::Plain),
    ("r.setEndpoint('https://na12.salesforce.com/secur/frontdoor.jsp?sid=@');", Looks::Plain),
    ("r.setEndpoint('https://na12.salesforce.com/services/x?session_id=@&a=1');", Looks::Plain),
    ("r.setEndpoint('https://na12.salesforce.com/services/x?key=@');", Looks::Plain),
    ("r.setEndpoint('https://na12.salesforce.com/services/x?a=1&auth=@');", Looks::Plain),
    ("r.setEndpoint('https://na12.salesforce.com/services/x?jwt=@');", Looks::Plain),
    ("r.setEndpoint('https://user:@@na12.salesforce.com/services/x');", Looks::Plain),
    ("System.debug('password=' + '@' + UserInfo.getSessionId());", Looks::Plain),
    ("System.debug('token: @' + UserInfo.getSessionId());", Looks::Secret),
    ("// password = @", Looks::Plain),
    ("// String password = '@';", Looks::Plain),
    ("/* client_secret: @ */", Looks::Secret),
    ("// Authorization: Bearer @", Looks::Secret),
    ("String neutral = '@';", Looks::Secret),
    ("foo('a', '@');", Looks::Secret),
    ("System.debug('client_secret: ' + Vault.open('@').secret);", Looks::Secret),
    ("Api.login('@', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJsb29tIn0.c2lnbmF0dXJlMTIzNDU2Nzg5MA');", Looks::Secret),
    ("// taken from @ of last year", Looks::Secret),
    ("insert new Setting__c(Name = 'a', Token__c = '@');", Looks::Plain),
    ("String d = 'https://na12.salesforce.com/' + '?access_token=' + '@';", Looks::Plain),
];

/// Places in XML: folder, suffix, root, and what the root holds.
const XML: &[(&str, &str, &str, &str, Looks)] = &[
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><callbackUrl>http://x.example.com/cb</callbackUrl><consumerSecret>@</consumerSecret><scopes>Full</scopes></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><callbackUrl>http://x.example.com/cb?client_secret=@</callbackUrl><scopes>Full</scopes></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><callbackUrl>http://u:@@x.example.com/cb</callbackUrl><consumerKey>@</consumerKey><scopes>Full</scopes></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><description>password=@</description><oauthConfig><scopes>Full</scopes></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><!-- <consumerSecret>@</consumerSecret> --><oauthConfig><scopes>Full</scopes></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>@</label><oauthConfig><callbackUrl>http://x.example.com/cb</callbackUrl><scopes>Full</scopes></oauthConfig>",
        Looks::Secret,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><consumerSecret/>@</consumerSecret>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><consumerSecret @</consumerSecret>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><consumerSecret>ab<@cd</consumerSecret>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label>\n consumerSecret>@</consumerSecret>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><consumrSecret>@</consumerSecret>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><consumerSecret a=\"/>\">@</consumerSecret></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><consumerSecret>a<?p </consumerSecret> ?>@</consumerSecret></oauthConfig>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><q-r:consumerSecret xmlns:q-r=\"http://soap.sforce.com/2006/04/metadata\">@</q-r:consumerSecret></oauthConfig>",
        Looks::Plain,
    ),
    (
        "authproviders",
        "authprovider",
        "AuthProvider",
        "<consumerSecret>@</consumerSecret><friendlyName>P</friendlyName><tokenUrl>http://x.example.com/t?key=@</tokenUrl>",
        Looks::Plain,
    ),
    (
        "namedCredentials",
        "namedCredential",
        "NamedCredential",
        "<label>N</label><endpoint>https://eu5.salesforce.com/x?apikey=@</endpoint><password>@</password>",
        Looks::Plain,
    ),
    (
        "namedCredentials",
        "namedCredential",
        "NamedCredential",
        "<label>N</label><oauthToken>@</oauthToken><oauthRefreshToken>@</oauthRefreshToken>",
        Looks::Plain,
    ),
    (
        "namedCredentials",
        "namedCredential",
        "NamedCredential",
        "<label>N</label><namedCredentialParameters><parameterName>X-Shop</parameterName><parameterType>HttpHeader</parameterType><parameterValue>@</parameterValue></namedCredentialParameters><namedCredentialParameters><parameterName>Url</parameterName><parameterType>Url</parameterType><parameterValue>https://eu5.salesforce.com</parameterValue></namedCredentialParameters>",
        Looks::Plain,
    ),
    (
        "externalCredentials",
        "externalCredential",
        "ExternalCredential",
        "<label>E</label><authenticationProtocol>Custom</authenticationProtocol><externalCredentialParameters><parameterGroup>g</parameterGroup><parameterName>X-Shop</parameterName><parameterType>AuthHeader</parameterType><parameterValue>@</parameterValue></externalCredentialParameters><externalCredentialParameters><parameterName>aud</parameterName><parameterType>JwtBodyClaim</parameterType><parameterValue>@</parameterValue></externalCredentialParameters>",
        Looks::Plain,
    ),
    (
        "externalCredentials",
        "externalCredential",
        "ExternalCredential",
        "<label>E</label><authenticationProtocol>Oauth</authenticationProtocol><externalCredentialParameters><parameterName>p</parameterName><parameterType>AuthParameter</parameterType><parameterValue>@</parameterValue></externalCredentialParameters>",
        Looks::Plain,
    ),
    (
        "extlClntAppGlobalOauthSets",
        "ecaGlblOauth",
        "ExtlClntAppGlobalOauthSettings",
        "<callbackUrl>http://x.example.com</callbackUrl><consumerSecret>@</consumerSecret><externalClientApplication>V</externalClientApplication>",
        Looks::Plain,
    ),
    (
        "remoteSiteSettings",
        "remoteSite",
        "RemoteSiteSetting",
        "<url>https://eu5.salesforce.com/x?token=@</url><isActive>true</isActive>",
        Looks::Plain,
    ),
    (
        "labels",
        "labels",
        "CustomLabels",
        "<labels><fullName>Client_Secret</fullName><language>en_US</language><value>@</value></labels>",
        Looks::Plain,
    ),
    (
        "customMetadata",
        "md",
        "CustomMetadata",
        "<label>x</label><values><field>Api_Key__c</field><value xsi:type=\"xsd:string\">@</value></values>",
        Looks::Plain,
    ),
    (
        "connectedApps",
        "connectedApp",
        "ConnectedApp",
        "<label>A</label><oauthConfig><callbackUrl>https://x.example.com/cb</callbackUrl><isAdminApproved>true</isAdminApproved><scopes>@</scopes>\
         <scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig>\
         <oauthPolicy><ipRelaxation>@</ipRelaxation><refreshTokenPolicy>@</refreshTokenPolicy></oauthPolicy>\
         <permissionSetName>@</permissionSetName><profileName>@</profileName>",
        Looks::Secret,
    ),
    (
        "profileSessionSettings",
        "profileSessionSetting",
        "ProfileSessionSetting",
        "<profile>@</profile><sessionTimeout>15</sessionTimeout>",
        Looks::Secret,
    ),
];

const PAGES: &[(&str, Looks)] = &[
    ("<script>var password = \"@\";</script>", Looks::Plain),
    ("<script>var apiKey = '@'; var sid = '{!$Api.Session_ID}';</script>", Looks::Plain),
    ("<script>call({\"token\": \"@\", sid: '{!$Api.Session_ID}'});</script>", Looks::Plain),
    ("<a onclick=\"go({password: '@'})\">{!$Api.Session_ID}</a>", Looks::Plain),
    ("<a href=\"https://na12.salesforce.com/x?sid=@\">{!$Api.Session_ID}</a>", Looks::Plain),
];

/// A project's files with secrets in them, and the secrets.
fn planted() -> (BTreeMap<String, String>, Vec<String>) {
    let mut dice = Dice(2026);
    let mut all = Vec::new();
    let mut files = BTreeMap::new();
    let mut fill = |template: &str, looks: Looks| {
        let mut text = template.to_owned();
        // `@@` is a secret before the `@` of an address.
        while let Some(at) =
            text.find('@').filter(|at| !text[..*at].ends_with('u') || !text[*at..].starts_with("@example"))
        {
            let value = secret(&mut dice, all.len(), looks);
            text.replace_range(at..=at, &value);
            if text[at + value.len()..].starts_with('@') {
                text.replace_range(at + value.len()..=at + value.len(), "\u{1}");
            }
            all.push(value);
        }
        text.replace('\u{1}', "@")
    };
    for round in 0..6 {
        for (number, (body, looks)) in APEX.iter().enumerate() {
            let body = fill(&body.replace("u@example.com", "u.example.com"), *looks);
            let text = format!(
                "public class C{round}_{number} {{\n  public void run() {{\n    HttpRequest r = new HttpRequest();\n    \
                 r.setEndpoint('https://na12.salesforce.com/services/oauth2/token');\n    {body}\n    \
                 r.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId()); System.debug(UserInfo.getSessionId());\n    \
                 new Http().send(r);\n  }}\n}}\n"
            );
            files.insert(format!("force-app/main/default/classes/C{round}_{number}.cls"), text);
        }
        for (number, (folder, suffix, root, body, looks)) in XML.iter().enumerate() {
            let body = fill(body, *looks);
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{}\n</{root}>\n",
                body.replace("><", ">\n<")
            );
            files.insert(format!("force-app/main/default/{folder}/F{round}_{number}.{suffix}-meta.xml"), text);
        }
        for (number, (body, looks)) in PAGES.iter().enumerate() {
            let text = format!("<apex:page>\n{}\n</apex:page>\n", fill(body, *looks));
            files.insert(format!("force-app/main/default/pages/P{round}_{number}.page"), text);
        }
    }
    (files, all)
}

fn masked(path: &str, text: &str) -> String {
    let source = Source::kept(path.to_owned(), text.to_owned(), Encoding::Utf8 { bom: 0 });
    source.masked(Span::new(0, text.len()))
}

#[test]
fn four_hundred_secrets_stay_in_their_files() {
    let (files, secrets) = planted();
    assert!(secrets.len() >= 400 && APEX.len() + XML.len() + PAGES.len() >= 60, "{}", secrets.len());
    let shown: Vec<(String, String)> = files.iter().map(|(path, text)| (path.clone(), masked(path, text))).collect();
    let mut leaks = Vec::new();
    for (path, text) in &shown {
        leaks.extend(
            secrets
                .iter()
                .filter(|secret| text.contains(secret.as_str()))
                .map(|secret| format!("{path}: {secret}\n{text}")),
        );
    }
    assert!(
        leaks.is_empty(),
        "{} leaks, such as\n{}",
        leaks.len(),
        leaks.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );

    let list: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::sfdx(&list);
    let cache = tempfile::tempdir().unwrap();
    let old =
        Project::sfdx(&[("force-app/main/default/settings/Security.settings-meta.xml", support::security("TwoHours"))]);
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut commands: Vec<Vec<String>> = Vec::new();
    // One run writes all formats of `check`.
    let formats = support::formats();
    let also: Vec<String> = formats.iter().map(|format| format!(" --also {format}=out.{format}")).collect();
    commands.push(words(&format!("check --preset all --notes --color always{}", also.concat())));
    for format in ["markdown", "html"] {
        commands.push(words(&format!("report --preset all --format {format}")));
    }
    commands.push(words("check --preset all --fix --diff --unsafe-fixes"));
    commands.push(words("check --preset all --show-settings"));
    commands.push(words("sessions"));
    commands.push(words("sessions --format json"));
    commands.push(words("diagnose logged out"));
    commands.push(words("diagnose integration --format json"));
    for format in ["human", "json", "markdown", "github", "sarif"] {
        commands.push(
            [words("diff --format"), vec![format.to_owned(), old.root().display().to_string(), ".".to_owned()]]
                .concat(),
        );
    }
    for format in ["table", "csv", "markdown"] {
        commands.push(
            [words("query --format"), vec![format.to_owned(), "SELECT FIELDS(ALL) FROM Credential".to_owned()]]
                .concat(),
        );
    }
    let mut length = 0;
    for mut command in commands {
        command.extend(["--cache-dir".to_owned(), cache.path().display().to_string()]);
        let ran = project.run(&command.iter().map(String::as_str).collect::<Vec<_>>());
        assert!((0..=3).contains(&ran.code), "{command:?}: {ran:?}");
        length += ran.out.len();
        for text in [&ran.out, &ran.err] {
            let leak = leak(text, &secrets).map(|secret| (secret, text.lines().find(|line| line.contains(secret))));
            assert!(leak.is_none(), "{leak:?} in {command:?}");
        }
    }
    assert!(length > 100_000, "{length}");
    for format in formats {
        let text = std::fs::read_to_string(project.at(&format!("out.{format}"))).unwrap();
        assert!(text.len() > 1000, "{format}: {text}");
        let leak = leak(&text, &secrets).map(|secret| (secret, text.lines().find(|line| line.contains(secret))));
        assert!(leak.is_none(), "{leak:?} in {format}");
    }
    let kept: Vec<Vec<u8>> = support::files(cache.path()).into_values().filter(|it| it.len() > 10_000).collect();
    assert!(!kept.is_empty(), "nothing is kept");
    for bytes in kept {
        assert_eq!(leak(&bytes, &secrets), None, "a secret is kept");
    }
    let transcript = crate::lsp::Client::transcript_of(&project.root(), 30);
    assert!(transcript.len() > 100_000, "{}", transcript.len());
    let leak =
        leak(&transcript, &secrets).map(|secret| (secret, transcript.lines().find(|line| line.contains(secret))));
    assert!(leak.is_none(), "{leak:?} in the language server");
    no_table_holds(&project, &secrets);
    no_tool_leaks(&project, &secrets);
}

/// Calls every tool that returns texts of the project, page by page.
fn no_tool_leaks(project: &Project, secrets: &[String]) {
    let mut client = crate::mcp::Client::open(&project.root(), &[]);
    let mut length = 0;
    for (tool, mut arguments) in [
        ("check", json!({"preset": "all", "limit": 1000})),
        ("sessions", json!({})),
        ("diagnose", json!({})),
        ("diagnose", json!({"symptom": "integration-invalid-session"})),
        ("query", json!({"soql": "SELECT FIELDS(ALL) FROM Credential"})),
        ("query", json!({"soql": "SELECT FIELDS(ALL) FROM ApexCallout"})),
        ("query", json!({"soql": "SELECT nothing FROM Credential"})),
        ("calendar", json!({"all": true})),
    ] {
        loop {
            let result = client.call(tool, &arguments);
            let text = result.to_string();
            length += text.len();
            assert_eq!(leak(&text, secrets), None, "{tool} {arguments}");
            let next = &result["structuredContent"]["page"]["next_cursor"];
            if next.is_null() {
                break;
            }
            arguments["cursor"] = next.clone();
        }
    }
    assert!(length > 100_000, "{length}");
}

/// A secret that stands in `text`.
fn leak(text: impl AsRef<[u8]>, secrets: &[String]) -> Option<&str> {
    secrets.iter().find(|secret| memmem::find(text.as_ref(), secret.as_bytes()).is_some()).map(String::as_str)
}

/// Asks every table for all its columns.
fn no_table_holds(project: &Project, secrets: &[String]) {
    let inputs = sessionlint::metadata::Inputs::on(jiff::civil::date(2026, 11, 28));
    let loaded = sessionlint::load::load(&sessionlint::discover::Root::open(&project.root()), inputs);
    let facts = sessionlint::facts::Facts::of(&loaded.project);
    let views = sessionlint::facts::Views::new(&facts);
    let mut cells = 0;
    for table in Shapes.table_names() {
        let soql = format!("SELECT FIELDS(ALL) FROM {table}");
        let select = soql::parse(&soql).unwrap();
        let plan = soql::bind(&select, &Shapes).unwrap();
        for row in plan.run(&views).rows {
            for value in row {
                let texts: Vec<String> = match value {
                    Value::Text(text) => vec![text.into_owned()],
                    Value::List(texts) => texts.into_iter().map(std::borrow::Cow::into_owned).collect(),
                    _ => continue,
                };
                cells += texts.len();
                for text in texts {
                    let leak = secrets.iter().find(|secret| text.contains(secret.as_str()));
                    assert!(leak.is_none(), "{leak:?} in {table}: {text}");
                }
            }
        }
    }
    assert!(cells > 1000, "{cells}");
}

/// Values that are no secrets: names, hosts, paths, ids, dates and words.
const HARMLESS: &[&str] = &[
    "2026-01-15",
    "2026-01-15T10:20:30.000Z",
    "2026-01-15T10:20:30.000+0000",
    "20260115102030123",
    "1679411838297",
    "001xx000003DGb2AAG",
    "00D5g000001abcd",
    "a0B5g00000XyZabEAF",
    "0058d000003KqLmAAK",
    "04t3k000001AbCdAAK",
    "005000000000001",
    "7d444840-9dc0-11d1-b245-5ffdce74fad2",
    "login.salesforce.com",
    "test.salesforce.com",
    "na12.salesforce.com",
    "acme.my.salesforce.com",
    "acme--uat2.sandbox.my.salesforce.com",
    "acme-dev-ed.develop.my.site.com",
    "https://acme.my.salesforce.com/services/oauth2/token",
    "https://acme--c.vf.force.com/apex/Visit",
    "https://api.example.com/v1/orders/2026/01",
    "https://api.example.com:8443/v2/items?limit=100&offset=20",
    "https://api.example.com/lightning/r/Account/001xx000003DGb2AAG/view",
    "/services/data/v62.0/sobjects/Account",
    "/services/apexrest/orders/v2",
    "callout:Bank_API_v2/orders",
    "callout:ERP_2024",
    "https://x.example.com/callback",
    "http://localhost:1717/OauthRedirect",
    "https://login.salesforce.com/services/oauth2/success",
    "erp://done",
    "Self_Signed_Cert_2024",
    "SelfSignedCert_15Jan2021_101112",
    "My_Named_Credential_For_Orders_V2",
    "Integration_User_Profile_2025",
    "null_profilePasswordPolicy1679411838297",
    "null_profileSessionSetting1679411838297",
    "ERP Integration 2025",
    "Mobile App v2.1",
    "Account.Custom_Field_1__c",
    "npsp__Batch_Data_Entry_Settings__c",
    "TwoHours",
    "SixtyMinutes",
    "RefreshToken",
    "client_credentials",
    "authorization_code",
    "refresh_token",
    "grant_type=refresh_token",
    "response_type=code",
    "grant_type=password",
    "token_type_hint=refresh_token",
    "scope=api%20refresh_token",
    "application/json;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "AES/CBC/PKCS5Padding",
    "SHA256withRSA",
    "203.0.113.0",
    "203.0.113.0-203.0.113.255",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "198.51.100.1/24",
    "specific_lifetime:90:DAYS",
    "specific_inactivity:30:DAYS",
    "infinite",
    "ENFORCE_RELAXREFRESH",
    "BYPASS_2FACTOR",
    "UserInfo.getSessionId()",
    "System.enqueueJob(new SyncOrders())",
    "Http.send",
    "return response.getBody();",
    "SyncOrders.execute(Database.BatchableContext, List<Account>)",
    "OrderService2.sendAllOrdersToWarehouse",
    "Password policies",
    "Forgot Password",
    "passwordExpiration",
    "minimumPasswordLength",
    "isSecretRequiredForRefreshToken",
    "the token ends after 15 minutes",
    "no password is needed",
    "a session of 2 hours",
    "key of the map",
    "{!$Credential.Password}",
    "{!$Api.Session_ID}",
    "${ERP_SECRET}",
    "force-app/main/default/classes/SyncOrders2.cls",
    "force-app/main/default/connectedApps/ERP_2024.connectedApp-meta.xml",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://soap.sforce.com/2006/04/metadata",
    "sessionlint.toml:12:4",
    "Müller GmbH 2025",
    "日本支社",
    "00D (org id)",
    "v62.0",
    "62.0",
    "1440",
    "0",
    "true",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaa",
];

#[test]
fn a_report_describes_a_broken_file_without_its_secrets() {
    let value = Dice(7).text(HEX, 40);
    let profile = "force-app/main/default/profiles/A.profile-meta.xml";
    for text in [
        format!("<a{value}/>"),
        format!("<?xml version=\"1.0\" encoding=\"{value}\"?>\n<Profile/>"),
        format!("<Profile><custom>&{value};</custom></Profile>"),
    ] {
        let project = Project::sfdx(&[(profile, text.as_str())]);
        for command in ["report --format markdown", "check --format json"] {
            let ran = project.run(&command.split(' ').collect::<Vec<_>>());
            assert!(!ran.out.is_empty() && !ran.out.contains(&value), "{command}: {}", ran.out);
        }
    }
}

/// The namespace of metadata.
const NS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

#[test]
fn an_app_finds_its_profile_under_a_name_that_is_masked() {
    let range = "<loginIpRanges><endAddress>198.51.100.9</endAddress><startAddress>198.51.100.1</startAddress>";
    for name in ["Loom Team".to_owned(), format!("{} Team", Dice(11).text(HEX, 40))] {
        let app = format!(
            "<ConnectedApp {NS}><label>Erp</label><oauthConfig><callbackUrl>https://erp.example.com/cb</callbackUrl>\
             <isAdminApproved>true</isAdminApproved><scopes>Api</scopes></oauthConfig>\
             <profileName>{name}</profileName></ConnectedApp>"
        );
        let project = Project::sfdx(&[
            (
                format!("force-app/main/default/profiles/{name}.profile-meta.xml").as_str(),
                format!("<Profile {NS}><custom>true</custom>{range}</loginIpRanges></Profile>").as_str(),
            ),
            ("force-app/main/default/connectedApps/Erp.connectedApp-meta.xml", app.as_str()),
        ]);
        let ran = project.run(&["query", "--format", "csv", "SELECT Name, RestrictingProfile FROM OAuthApp"]);
        let row = ran.out.lines().nth(1).unwrap_or_default();
        assert!(row.starts_with("Erp,") && row.ends_with(" Team"), "{ran:?}");
        assert_eq!(ran.out.contains(&name), name == "Loom Team", "{ran:?}");
    }
}

#[test]
fn findings_of_two_masked_names_have_two_fingerprints() {
    let mut dice = Dice(11);
    let [one, other] = [(); 2].map(|()| {
        let setting = format!(
            "<ProfileSessionSetting {NS}><profile>{} Team</profile><sessionTimeout>15</sessionTimeout>\
             </ProfileSessionSetting>",
            dice.text(HEX, 40)
        );
        let path = "force-app/main/default/profileSessionSettings/A.profileSessionSetting-meta.xml";
        let ran = Project::sfdx(&[(path, setting.as_str())]).run(&["check", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert!(json["findings"][0]["message"].as_str().is_some_and(|it| it.contains("*** Team")), "{json}");
        json["findings"][0]["fingerprint"].clone()
    });
    assert_ne!(one, other);
}

#[test]
fn what_is_no_secret_is_shown() {
    assert!(HARMLESS.len() >= 100, "{}", HARMLESS.len());
    for value in HARMLESS {
        assert_eq!(secrets::mask(value), *value);
        let xml = format!(
            "<?xml version=\"1.0\"?>\n<A xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>{value}</label></A>"
        );
        assert_eq!(masked("a.xml", &xml), xml);
        let code =
            format!("class A {{ void a() {{ call('{value}'); String name = '{value}'; m.put('name', '{value}'); }} }}");
        assert_eq!(masked("A.cls", &code), code);
    }
}

#[test]
fn elements_about_secrets_are_shown() {
    let (elements, root) = (
        [
            ("expirationDate", "2026-05-01"),
            ("isSecretRequiredForRefreshToken", "true"),
            ("refreshTokenPolicy", "infinite"),
            ("passwordComplexity", "AlphaNumeric"),
            ("passwordExpiration", "NinetyDays"),
            ("minPasswordLength", "12"),
            ("tokenUrl", "https://login.example.com/oauth2/v2/token"),
            ("certificate", "ERP_Cert_2025"),
            ("masterLabel", "Token Exchange 2025"),
            ("oauthTokenExpiration", "15"),
        ],
        "http://soap.sforce.com/2006/04/metadata",
    );
    for (element, value) in elements {
        let text = format!("<A xmlns=\"{root}\"><{element}>{value}</{element}></A>");
        assert_eq!(masked("a.xml", &text), text);
    }
}

#[test]
fn equal_secrets_of_a_folder_are_one_finding() {
    let mut dice = Dice(7);
    let (one, other) = (dice.text(LETTERS, 20), dice.text(LETTERS, 20));
    let record = |value: &str| {
        format!(
            "<CustomMetadata xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>A</label><values>\
             <field>Api_Password__c</field><value>{value}</value></values></CustomMetadata>"
        )
    };
    let at = |folder: &str, name: &str| format!("force-app/{folder}/Mill.{name}.md-meta.xml");
    let files = [
        (at("customMetadata", "A"), record(&one)),
        (at("customMetadata", "B"), record(&one)),
        (at("customMetadata", "C"), record(&other)),
        (at("more/customMetadata", "D"), record(&one)),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::sfdx(&files);
    let found = |arguments: &[&str]| -> Vec<(String, usize)> {
        let findings = project.check(arguments).findings();
        let places = |it: &serde_json::Value| it["related"].as_array().unwrap().len();
        findings.iter().map(|it| (it["component"]["name"].as_str().unwrap().to_owned(), places(it))).collect()
    };
    let of = |name: &str, related: usize| (format!("Mill.{name}"), related);
    assert_eq!(found(&[]), [of("A", 1), of("C", 0), of("D", 0)]);
    // The second of them alone, and the other folder alone.
    assert_eq!(found(&[&at("customMetadata", "B")]), [of("B", 1)]);
}

#[test]
fn secrets_in_urls_of_credentials_are_found_and_told_apart_by_type() {
    let mut dice = Dice(11);
    let (one, other) = (dice.text(LETTERS, 24), dice.text(LETTERS, 24));
    let element = |ty: &str, inner: &str| {
        format!("<{ty} xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>A</label>{inner}</{ty}>")
    };
    let endpoint = format!("<endpoint>https://a.example.com/;token={one}#state={other}</endpoint>");
    let parameter = format!(
        "<namedCredentialParameters><parameterName>Url</parameterName><parameterType>Url</parameterType>\
         <parameterValue>https://a.example.com/#token={one}</parameterValue></namedCredentialParameters>"
    );
    let class = |name: &str, held: &str| format!("public class {name} {{ String {held} = '{one}'; }}");
    let header = format!(
        "<externalCredentialParameters><parameterName>authToken</parameterName><parameterType>AuthHeader</parameterType>\
         <parameterValue>{one}</parameterValue></externalCredentialParameters>"
    );
    let value = format!("<values><field>authToken</field><value>{one}</value></values>");
    let project = Project::sfdx(&[
        ("force-app/a/A.namedCredential-meta.xml", element("NamedCredential", &endpoint)),
        ("force-app/a/B.namedCredential-meta.xml", element("NamedCredential", &parameter)),
        ("force-app/a/C.cls", class("C", "authToken")),
        ("force-app/a/D.cls", class("D", "AuthToken")),
        ("force-app/a/F.externalCredential-meta.xml", element("ExternalCredential", &header)),
        ("force-app/a/M.E.md-meta.xml", element("CustomMetadata", &value)),
    ]);
    let findings = project.check(&["--select", "security/secret-under-its-name"]).findings();
    let names = |it: &serde_json::Value| {
        (it["component"]["name"].as_str().unwrap().to_owned(), it["related"].as_array().unwrap().len())
    };
    let found: Vec<_> = findings.iter().map(names).collect();
    let of = |name: &str, related: usize| (name.to_owned(), related);
    assert_eq!(found, [of("A", 0), of("B", 0), of("C", 1), of("F", 0), of("M.E", 0)]);
}
