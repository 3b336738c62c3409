//! Tests of the classifier: which parts of a text are secrets, in code, in markup and in addresses.
//!
//! Knows no project: every text and every secret is made up.

use super::*;

fn found<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
    spans(path, text).into_iter().map(|span| &text[span.range()]).collect()
}

fn code(text: &str) -> Vec<&str> {
    found("A.cls", text)
}

#[test]
fn literals_given_to_secrets_are_found() {
    assert_eq!(code("String password = 'hunter2'; String name = 'x';"), ["hunter2"]);
    assert_eq!(code("cfg.Client_Secret__c='a\\'b';"), ["a\\'b"]);
    assert_eq!(code("m.put('client_secret', 'abc'); n.put('name', 'def');"), ["abc"]);
    assert_eq!(code("new Map<String, String>{ 'password' => 'abc', 'name' => 'def' }"), ["abc"]);
    assert_eq!(code("if (token == 'abc' && name == 'def') {}"), ["abc"]);
    assert_eq!(code("String tokenUrl = 'https://a.example.com/token';"), [] as [&str; 0]);
    assert_eq!(code("// String password = 'x'\n/* pwd = 'y' */"), ["x", "y"]);
    assert_eq!(code("s.login('me', 'Winter!y'); s.find('me', 'Winter!y');"), ["Winter!y"]);
    assert_eq!(code("static String getClientSecret() { return 'abc'; } static String a() { return 'abc'; }"), ["abc"]);
    assert_eq!(code("x.setClientSecret('abc'); x.setName('abc');"), ["abc"]);
    assert_eq!(code("Crypto.generateMac('hmacSHA256', data, Blob.valueOf('abc'));"), ["abc"]);
    assert_eq!(code("String.format('a={0}&client_secret={1}', new List<String>{ 'x', 'y' })"), ["x", "y"]);
}

#[test]
fn secrets_inside_literals_are_found() {
    assert_eq!(code("'grant_type=password&client_id=x&username=u&password=p'"), ["p"]);
    assert_eq!(code("'password=' + EncodingUtil.urlEncode('abc', 'UTF-8') + '&name=' + 'def'"), ["abc"]);
    assert_eq!(code("'{\"client_secret\":\"abc\",\"name\":\"def\"}'"), ["abc"]);
    assert_eq!(code("r.setHeader('Authorization', 'Bearer 00Dabc');"), ["00Dabc"]);
    assert_eq!(code("r.setHeader('Authorization', 'Bearer ' + token);"), [] as [&str; 0]);
    assert_eq!(code("String k = '-----BEGIN RSA PRIVATE KEY-----';").len(), 1);
    assert_eq!(code("String k = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw';").len(), 1);
}

#[test]
fn secrets_that_hold_words_only_are_found_where_a_name_gives_them() {
    let phrase = "correct-stable-horse";
    assert_eq!(code(&format!("/* token = {phrase} */")), [phrase]);
    assert_eq!(code(&format!("// token = {phrase}\nInteger i;")), [phrase]);
    assert_eq!(found("a.xml", &format!("<description>password={phrase} of the team</description>")), [phrase]);
    for prose in ["/* the token = what the server gave */", "// token = value of the header, see above"] {
        assert_eq!(code(prose), [] as [&str; 0], "{prose}");
    }
    assert_eq!(found("a.xml", "<description>password=changed by an admin</description>"), [] as [&str; 0]);
}

#[test]
fn a_string_that_is_added_to_goes_on() {
    assert_eq!(code("String b = 'jwt='; Integer i = 0; b += 'Herbst-abc'; b += '&name=x';"), ["Herbst-abc"]);
    assert_eq!(code("String b = 'jwt='; String c = 'd'; c += 'abc';"), [] as [&str; 0]);
    assert_eq!(code("String b = 'jwt='; b = 'abc'; b += 'def';"), [] as [&str; 0]);
}

#[test]
fn text_behind_the_end_of_a_secret_is_one() {
    assert_eq!(found("a.xml", "<a><consumerSecret>x</consumerSecret>HUSH</a>"), ["x", "HUSH"]);
    assert_eq!(found("a.xml", "<a></consumerSecret>HUSH\n <b>1</b></a>").last(), Some(&"HUSH"));
}

#[test]
fn names_that_salesforce_made_stay() {
    for name in [
        "ormservices Profile1501296577439",
        "Assistant_kABWBpV1676420451698",
        "Intern_profileSessionSetting1623401230078.profileSessionSetting-meta.xml",
    ] {
        assert_eq!(mask(name), name);
    }
    // A number changes nothing without a name before it, or with a random one.
    assert_ne!(mask("q7Zx93kLmP0vT4rW8yB21676420451698"), "q7Zx93kLmP0vT4rW8yB21676420451698");
}

#[test]
fn words_of_code_stay() {
    for text in [
        "String field = 'Account.Name'; String label = Label.get('Password_Label');",
        "String GRANT = 'grant_type=refresh_token'; String tokenUrl = '/services/oauth2/token';",
        "Map<String, Object> m = (Map<String, Object>) JSON.deserializeUntyped(b); String token = (String) m.get('access_token');",
        "r.setHeader('Content-Type', 'application/json'); r.setEndpoint('callout:Bank_API_v2/orders');",
        "Id a = '001xx000003DGb2AAG'; String when = '2024-01-15T10:20:30.000Z'; String u = '7d444840-9dc0-11d1-b245-5ffdce74fad2';",
        "String key = 'Name'; String code = 'US'; throw new CalloutException('No token for ' + name);",
        "// the token: it is taken from the session\n// don't use the password of somebody else",
    ] {
        assert_eq!(code(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn broken_text_is_no_trouble() {
    for text in [
        "'",
        "'\\",
        "'\\'",
        "= 'x",
        "'a' => 'b",
        "password = 'ü\\",
        "'\\ü'",
        "/*",
        "''",
        ")))('x'",
        "//ü",
        "password=ü",
        "é='x'",
        "&quot;=",
        "<",
        "</",
        "<consumerSecret",
        "<consumerSecret>",
        "<value>é",
    ] {
        for path in ["A.cls", "a.xml", "a.page", "a.toml"] {
            spans(path, text);
        }
    }
}

#[test]
fn elements_are_masked_however_broken_their_tags_are() {
    for text in [
        "<a><consumerSecret>HUSH</consumerSecret></a>",
        "<a><consumerSecret/>HUSH</consumerSecret></a>",
        "<a><consumerSecret HUSH</consumerSecret></a>",
        "<a><consumerSecretHUSH</consumerSecret></a>",
        "<a>\n consumerSecret>HUSH</consumerSecret></a>",
        "<a><consumrSecret>HUSH</consumerSecret></a>",
        "<a><consumerSecret a=\"/>\">HUSH</consumerSecret></a>",
        "<a><consumerSecret a=\"x>HUSH</consumerSecret></a>",
        "<a><q-r:consumerSecret>HUSH</q-r:consumerSecret></a>",
        "<a><consumerSecret>a<?p </consumerSecret> ?>HUSH</consumerSecret></a>",
        "<a><consumerSecret>a<HUSH</consumerSecret></a>",
        "<p><parameterName>X-Key</parameterName><parameterType>HttpHeader</parameterType><parameterValue>HUSH</parameterValue></p>",
        "<labels><fullName>Client_Secret</fullName><value>HUSH</value></labels>",
        "<values><field>Api_Key__c</field><value xsi:type=\"xsd:string\">HUSH</value></values>",
    ] {
        assert!(found("a.xml", text).concat().contains("HUSH"), "{text}: {:?}", found("a.xml", text));
    }
    for text in [
        "<a><certificate>My_Cert_2024</certificate><expirationDate>2026-01-01</expirationDate></a>",
        "<p><parameterName>Url</parameterName><parameterType>Url</parameterType><parameterValue>https://a.example.com/p</parameterValue></p>",
        "<labels><fullName>Welcome</fullName><value>Good day 2024</value></labels>",
        "<isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken><refreshTokenPolicy>infinite</refreshTokenPolicy>",
        "<passwordExpiration>90</passwordExpiration><minimumPasswordLength>8</minimumPasswordLength>",
    ] {
        assert_eq!(found("a.xml", text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn addresses_lose_their_secrets_and_keep_the_rest() {
    assert_eq!(mask("https://u:pw@a.example.com/x?sid=abc&name=b"), "https://u:**@a.example.com/x?sid=***&name=b");
    assert_eq!(mask("https://a.example.com:8443/p@q"), "https://a.example.com:8443/p@q");
    assert_eq!(
        mask("https://acme--uat2.sandbox.my.salesforce.com/001xx000003DGb2AAG/view"),
        "https://acme--uat2.sandbox.my.salesforce.com/001xx000003DGb2AAG/view"
    );
}

#[test]
fn work_is_linear_in_the_text() {
    for part in [
        "http://a:",
        "&token=",
        "<value>",
        "<consumerSecret",
        "'password=",
        "((((",
        "://",
        "x=\"",
        "eyJ",
        "<value><![CDATA[",
        "a:",
        "Bearer ",
    ] {
        let text = part.repeat(100_000 / part.len());
        for path in ["A.cls", "a.xml", "a.page"] {
            spans(path, &text);
        }
    }
}

#[test]
fn the_passes_over_a_large_text_find_the_same_side_by_side() {
    // Each line is found by one pass only.
    let lines = [
        "<consumerSecret>swordfish</consumerSecret>\n",
        "<url>https://a:secret@b.example</url>\n",
        "<note>q8Zt5Lw0Pd3Xk7Rn2Vb6</note>\n",
    ];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    for line in lines {
        let text = line.repeat(SPREAD_BYTES / line.len() + 1);
        for path in ["a.connectedApp-meta.xml", "A.cls", "a.page"] {
            let spread = pool.install(|| spans_on_all_threads(path, &text));
            assert_eq!(spread, spans(path, &text), "{path}: {line}");
        }
        let spread = pool.install(|| spans_on_all_threads("a.connectedApp-meta.xml", &text));
        assert_eq!(spread.len(), text.lines().count(), "{line}");
    }
}
