//! Properties of Apex whatever its text: reading ends, leaving files out loses nothing, and large projects are quick.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and one says what it made")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::apex::{Mix, Random, project};
use proptest::prelude::*;
use sessionlint::apex::{Code, Unit};
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes, Views};
use sessionlint::load::load;
use sessionlint::metadata::{CodeReading, Inputs};
use sessionlint::rule_test::AS_OF;
use sessionlint::soql::{Catalog, Tables};
use sessionlint::vfs::Memory;

/// Every row of every table that rests on Apex, as text.
fn everything(files: &[(String, String)], code: CodeReading) -> Vec<String> {
    let files = files.iter().map(|(path, text)| (format!("force-app/{path}"), text.as_bytes().to_vec()));
    let root = Root::in_memory(Path::new("x.zip"), Memory::of("x.zip", files));
    let loaded = load(&root, Inputs { code, ..Inputs::on(AS_OF) });
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let mut all = Vec::new();
    for name in Shapes
        .table_names()
        .into_iter()
        .filter(|name| name.starts_with("Apex") || ["HostUse", "HeldSecret", "ApiVersionUse"].contains(name))
    {
        for row in &views.table(name).unwrap().rows {
            let cells = row.cells.iter().map(|cell| {
                let place = cell.place.map(|place| (&loaded.project.sources.get(place.file).path, place.span));
                format!("{:?} at {place:?}", cell.value)
            });
            all.push(format!("{name}: {}", cells.collect::<Vec<_>>().join(" | ")));
        }
    }
    all
}

#[test]
fn what_is_left_out_says_nothing() {
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..60 {
        let mix = Mix::dense(40, 400, 2 + (seed as usize % 4) * 3);
        let mut files = project(seed, mix);
        files.extend(beside(&mut Random::new(seed)));
        let some = everything(&files, CodeReading::Relevant);
        let all = everything(&files, CodeReading::Everything);
        for row in &all {
            *rows.entry(row.split(':').next().unwrap().to_owned()).or_default() += 1;
        }
        assert_eq!(some, all, "seed {seed}");
    }
    // Each table has rows, or the comparison would not test it.
    for table in Shapes.table_names().into_iter().filter(|name| name.starts_with("Apex") && *name != "ApexSettings") {
        let found = rows.get(table).copied().unwrap_or_default();
        println!("{table}: {found}");
        assert!(found > 5, "{table}: {found} rows in all projects");
    }
}

/// Callouts in loops, and classes that decide about them without being on a path to one: they change records, set a
/// timeout, or give what a loop runs over.
fn beside(random: &mut Random) -> Vec<(String, String)> {
    const CLASSES: usize = 6;
    let mut all = Vec::new();
    for index in 0..CLASSES {
        let mut other = |prefix: &str| format!("{prefix}{}", random.below(CLASSES));
        let helper = format!(
            "public virtual class Aside{index}{} {{\n    public static void save(String name) {{ insert new Account(Name = name); }}\n    \
             public static List<String> few() {{ return new List<String>{{ 'a', 'b' }}; }}\n}}\n",
            if index > 0 { format!(" extends Above{}", index % 2) } else { String::new() }
        );
        let sender = format!(
            "public class Sender{index} {{\n    public static void push(List<String> names) {{\n        for (String name : names) {{\n            \
             HttpRequest r = new HttpRequest(); {}.prepare(r); new Http().send(r); {}.save(name);\n        }}\n    }}\n    \
             public static void one(String name) {{ HttpRequest r = new HttpRequest(); new Http().send(r); }}\n}}\n",
            other("Above"),
            other("Aside"),
        );
        let turn = format!(
            "public class Turn{index} {{\n    @AuraEnabled public static void go(List<String> names) {{\n        {}.push({}.few());\n        \
             for (String name : names) {{ {}.one(name); {}.save(name); }}\n    }}\n}}\n",
            other("Sender"),
            other("Aside"),
            other("Sender"),
            other("Aside"),
        );
        let above = format!(
            "public virtual class Above{index} {{\n    public static void prepare(HttpRequest r) {{ r.setTimeout({index}000); }}\n}}\n"
        );
        for (name, text) in [("Aside", helper), ("Sender", sender), ("Turn", turn), ("Above", above)] {
            all.push((format!("classes/{name}{index}.cls"), text));
        }
    }
    all
}

/// Code for words for which a file is read, in which no other such word makes it matter.
const WORDS: &[(&str, &str)] = &[
    ("session_id", "void f(String session_id) { System.debug(session_id); }"),
    ("access_token", "void f(String access_token) { System.debug(access_token); }"),
    ("bearer", "void f(String bearer) { System.debug(bearer); }"),
    ("refreshtoken", "void f(String refreshToken) { System.debug(refreshToken); }"),
    ("refresh_token", "void f(String refresh_token) { System.debug(refresh_token); }"),
    ("privatekey", "void f(String privateKey) { System.debug(privateKey); }"),
    ("private_key", "void f(String private_key) { System.debug(private_key); }"),
    ("password", "void f(String password) { System.debug(password); }"),
    ("grant_type", "String body = 'grant_type=password&username=jo';"),
    ("/token", "String url = 'https://login.salesforce.com/services/oauth2/token';"),
    ("response_type=token", "String url = '/services/oauth2/authorize?response_type=token';"),
    ("response_type=hybrid_token", "String url = '/services/oauth2/authorize?response_type=hybrid_token';"),
    ("salesforce.com", "String url = 'https://na139.salesforce.com/x';"),
    ("site.com", "String url = 'https://crates.my.site.com/services/apexrest/x';"),
    ("secret", "void f(String apiSecret) { System.debug(apiSecret); }"),
    ("secret", "String SHARED_SECRET = 'Kj8s2Lq0Zx9vB3n7Wm4T';"),
    ("apikey", "void f(String apiKey) { System.debug(apiKey); }"),
    ("access_key", "void f(String aws_access_key) { System.debug(aws_access_key); }"),
    ("soap/ajax", "String url = '/soap/ajax/25.0/connection.js';"),
    ("server_url_", "String url = '{!API.Partner_Server_URL_250}';"),
    ("password", "String PASSWORD = 'Weft2031!shuttle';"),
    ("password", "String body = 'user=jo&password=Weft2031!shuttle';"),
    ("pwd", "String SHOP_PWD = 'Weft2031!shuttle';"),
    ("token", "String SHOP_TOKEN = 'Kj8s2Lq0Zx9vB3n7Wm4T';"),
    ("authorization", "void f(HttpRequest r) { r.setHeader('Authorization', 'Basic bG9vbTpMb29tMjAyNCF4'); }"),
    ("signing_key", "String SIGNING_KEY = 'Kj8s2Lq0Zx9vB3n7Wm4T';"),
    ("credential", "String shopCredential = 'Kj8s2Lq0Zx9vB3n7Wm4T';"),
    ("gho_", "String x = 'gho_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R';"),
    ("private key", "String x = '-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj';"),
    ("authsession", "void f() { delete [SELECT Id FROM AuthSession]; }"),
    ("callout:", "String url = 'callout:Crates/x';"),
    ("webservicecallout", "void f() { WebServiceCallout.invoke(this, r, m, new String[]{}); }"),
];

#[test]
fn each_word_is_enough_for_a_file_to_be_read() {
    let none = everything(&[("classes/A.cls".to_owned(), "public class A { }".to_owned())], CodeReading::Everything);
    for (word, member) in WORDS {
        let files = [("classes/A.cls".to_owned(), format!("public class A {{ {member} }}"))];
        assert!(files[0].1.to_lowercase().contains(word), "{word}");
        let rows = everything(&files, CodeReading::Relevant);
        let is_met = rows == everything(&files, CodeReading::Everything) && rows.len() > none.len();
        assert!(is_met, "{word}: {member}: {rows:?}");
    }
}

/// How many changed classes are read.
const MUTATIONS: usize = 1_500;

#[test]
fn no_mutation_of_a_class_is_trouble() {
    let mut random = Random::new(7);
    let files = project(3, Mix::dense(30, 600, 1));
    let pieces =
        ["{", "}", "(", ")", "'", "\\", "/*", "*/", "//", "class ", "@", ";", "\u{FEFF}", "ü", "\0", "(hidden)"];
    for _ in 0..MUTATIONS {
        let mut text = files[random.below(files.len())].1.clone();
        for _ in 0..=random.below(6) {
            let mut at = random.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match random.below(3) {
                0 => text.truncate(at),
                1 => text.insert_str(at, random.pick(&pieces)),
                _ => {
                    let mut end = (at + random.below(40)).min(text.len());
                    while !text.is_char_boundary(end) {
                        end -= 1;
                    }
                    text.replace_range(at.min(end)..end, "");
                }
            }
        }
        everything(&[("classes/A.cls".to_owned(), text)], CodeReading::Everything);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_trouble(text in "\\PC{0,300}") {
        for code in [Code::Class, Code::Trigger, Code::Page, Code::Component] {
            Unit::read(code, "A", &text);
        }
    }

    #[test]
    fn no_bytes_are_trouble(bytes in proptest::collection::vec(any::<u8>(), 0..400), matters in any::<bool>()) {
        let mut bytes = bytes;
        if matters {
            bytes.extend(b"UserInfo.getSessionId() new Http().send(r) callout:");
        }
        let root = Root::in_memory(Path::new("x.zip"), Memory::of("x.zip", [("force-app/A.cls".to_owned(), bytes)]));
        let loaded = load(&root, Inputs::on(AS_OF));
        let facts = Facts::of(&loaded.project);
        let views = Views::new(&facts);
        prop_assert!(views.table("ApexSessionUse").is_some());
    }
}

#[test]
fn depth_and_length_are_no_trouble() {
    let deep = |open: &str, close: &str, count: usize| {
        format!(
            "public class A {{ void f() {{ x = {}1{}; UserInfo.getSessionId(); }} }}",
            open.repeat(count),
            close.repeat(count)
        )
    };
    let long = |piece: &str, count: usize| {
        format!("public class A {{ void f() {{ String s = 'a'{}; UserInfo.getSessionId(); }} }}", piece.repeat(count))
    };
    let nested = format!("public class A {{ void f() {}{} }}", "{ if (x) ".repeat(5_000), "}".repeat(5_000));
    let lines = |line: &str| {
        let lines = line.repeat(15_000);
        format!("public class A {{ void f(String accessToken) {{ UserInfo.getSessionId(); {lines} }} }}")
    };
    let each = |piece: &str| (0..2_000).map(|index| piece.replace('#', &index.to_string())).collect::<String>();
    let fields = format!(
        "public class A implements Queueable {{ {} A() {{ {} }} public void execute(QueueableContext c) {{ {} \
         System.enqueueJob(this); }} }}",
        each("String tok#;"),
        each("tok# = B.getToken();"),
        each("h.setHeader('Authorization', tok#);")
    );
    let texts = [
        lines("r.setHeader(name, v);"),
        lines("System.debug(accessToken);"),
        fields,
        deep("(", ")", 20_000),
        deep("!(", ")", 5_000),
        deep("a(", ")", 5_000),
        deep("new A(", ")", 5_000),
        long(" + UserInfo.getSessionId()", 2_000),
        long(" + 'callout:x'", 5_000),
        long(" && System.isFuture()", 3_000),
        format!("class A {{ void f() {{ System.debug('password: ' + (1{})); }} }}", " + 1".repeat(30_000)),
        format!("class A {{ void f() {{ System.debug('password: ' + ({}1)); }} }}", "b ? 1 : ".repeat(30_000)),
        nested,
        "class A { ".repeat(3_000),
        "{".repeat(50_000),
        "(".repeat(50_000),
        "'".repeat(50_001),
        "@".repeat(50_000),
        "a<".repeat(50_000),
        "List<a<;".repeat(20_000),
    ];
    for text in texts {
        everything(&[("A.cls".to_owned(), text)], CodeReading::Everything);
    }
}

/// Writes the project of the speed measurements and prints its path; run by hand.
#[test]
#[ignore = "writes 36 MB"]
fn write_a_large_project() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large-apex");
    let _ = fs::remove_dir_all(&folder);
    let files = project(1, Mix::grown(2_800, 12_800));
    fs::create_dir_all(folder.join("force-app/classes")).unwrap();
    fs::create_dir_all(folder.join("force-app/triggers")).unwrap();
    fs::write(folder.join("sfdx-project.json"), "{\"packageDirectories\": [{\"path\": \"force-app\"}]}").unwrap();
    let mut bytes = 0;
    for (path, text) in &files {
        bytes += text.len();
        fs::write(folder.join("force-app").join(path), text).unwrap();
    }
    println!("{} files, {bytes} bytes in {}", files.len(), folder.display());
}
