//! Exports of an org and logs as evidence: every format, every status, every defect, and measured intervals.
//!
//! All rows are made up here. Forms of columns and times follow docs/evidence.md.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::Value;

use crate::support::{Project, Ran};
use sessionlint::evidence::Table;

const AS_OF: &str = "2026-11-28";

/// A project of one integration with an address range, and an org of two hours.
fn project() -> Project {
    const HEAD: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
    let app = format!(
        "<ConnectedApp {HEAD}>\n<label>Stock Feed</label>\n<oauthConfig>\n<callbackUrl>https://stock.example.com/cb</callbackUrl>\n\
         <scopes>Api</scopes>\n<scopes>RefreshToken</scopes>\n</oauthConfig>\n<oauthPolicy>\n<ipRelaxation>ENFORCE</ipRelaxation>\n\
         <refreshTokenPolicy>infinite</refreshTokenPolicy>\n</oauthPolicy>\n</ConnectedApp>\n"
    );
    let other = app.replace("Stock Feed", "Ledger").replace("stock.", "ledger.");
    let org = format!(
        "<SecuritySettings {HEAD}>\n<sessionSettings>\n<sessionTimeout>TwoHours</sessionTimeout>\n</sessionSettings>\n</SecuritySettings>\n"
    );
    let profile = format!(
        "<Profile {HEAD}>\n<custom>true</custom>\n<loginIpRanges>\n<endAddress>198.51.100.255</endAddress>\n\
         <startAddress>198.51.100.0</startAddress>\n</loginIpRanges>\n</Profile>\n"
    );
    Project::sfdx(&[
        ("force-app/Stock_Feed.connectedApp-meta.xml", app),
        ("force-app/Ledger.connectedApp-meta.xml", other),
        ("force-app/settings/Security.settings-meta.xml", org),
        ("force-app/profiles/Feed.profile-meta.xml", profile),
    ])
}

fn diagnose(project: &Project, format: &str, arguments: &[&str]) -> Ran {
    let fixed = ["diagnose", "--quiet", "--no-cache", "--as-of", AS_OF, "--format", format];
    project.run(&[&fixed, arguments].concat())
}

/// The evidence of these files, which all must be some.
fn evidence(project: &Project, arguments: &[&str]) -> Value {
    let ran = diagnose(project, "json", arguments);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    ran.json()["evidence"].clone()
}

/// The causes of a standing: app, cause, rows, of how many.
fn causes(evidence: &Value, standing: &str) -> Vec<(String, String, u64, u64)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let list = evidence["causes"].as_array().unwrap().iter().filter(|cause| cause["standing"] == standing);
    list.map(|it| (text(&it["app"]), text(&it["cause"]), it["rows"].as_u64().unwrap(), it["of"].as_u64().unwrap()))
        .collect()
}

const ADDRESS: &str = "the address is not allowed";

/// Rows of a login history: time, user, name, app, status, address.
const LOGINS: [[&str; 6]; 5] = [
    ["2026-11-02T08:00:00.000+0000", "0055g00000AbCdEAAV", "feed@acme.test", "Stock Feed", "Success", "198.51.100.7"],
    ["2026-11-03T08:00:00.000+0000", "0055g00000AbCdEAAV", "feed@acme.test", "Stock Feed", "Success", "198.51.100.7"],
    [
        "2026-11-04T08:00:00.000+0000",
        "0055g00000AbCdEAAV",
        "feed@acme.test",
        "Stock Feed",
        "Failed: Restricted IP",
        "203.0.113.9",
    ],
    [
        "2026-11-05T08:00:00.000+0000",
        "0055g00000AbCdEAAV",
        "feed@acme.test",
        "Stock Feed",
        "FAILED: restricted ip ",
        "203.0.113.9",
    ],
    ["2026-11-05T09:00:00.000+0000", "0055g00000ZzZzZAAX", "jane.doe@acme.test", "Browser", "Success", "192.0.2.77"],
];

const NAMES: [&str; 6] = ["LoginTime", "UserId", "User.Username", "Application", "Status", "SourceIp"];

fn csv(names: &[&str], rows: &[Vec<String>], delimiter: char, end: &str) -> String {
    let quoted = |value: &str| {
        if value.contains([delimiter, '"', '\n']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.to_owned()
        }
    };
    let mut text = names.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(&delimiter.to_string()) + end;
    for row in rows {
        text += &(row.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(&delimiter.to_string()) + end);
    }
    text
}

fn rows() -> Vec<Vec<String>> {
    LOGINS.iter().map(|row| row.iter().map(|it| (*it).to_owned()).collect()).collect()
}

fn records() -> Value {
    let record = |row: &[&str; 6]| {
        serde_json::json!({
            "attributes": {"type": "LoginHistory", "url": "/services/data/v66.0/sobjects/LoginHistory/0Ya000000000001"},
            "LoginTime": row[0], "UserId": row[1], "User": {"attributes": {"type": "User"}, "Username": row[2]},
            "Application": row[3], "Status": row[4], "SourceIp": row[5], "Browser": null,
        })
    };
    Value::Array(LOGINS.iter().map(record).collect())
}

fn utf16(text: &str, has_mark: bool, is_big: bool) -> Vec<u8> {
    let units = has_mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// The same logins in every form that is read.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let plain = csv(&NAMES, &rows(), ',', "\n");
    let all_quoted: String = plain
        .lines()
        .map(|line| line.split(',').map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(",") + "\r\n")
        .collect();
    let labels = ["Login Time", "User Id", "Username", "Application", "Status", "Source IP"];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    let list = records();
    let lines = list.as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let sf =
        serde_json::json!({"status": 0, "result": {"records": list, "totalSize": 5, "done": true}, "warnings": []});
    let rest = serde_json::json!({"totalSize": 5, "done": true, "records": list});
    vec![
        ("plain.csv", plain.clone().into_bytes()),
        ("quoted.csv", all_quoted.into_bytes()),
        ("labels.csv", csv(&labels, &rows(), ',', "\r\n").into_bytes()),
        ("semicolon.csv", csv(&NAMES, &rows(), ';', "\r\n").into_bytes()),
        ("excel.csv", format!("sep=;\r\n{}", csv(&NAMES, &rows(), ';', "\r\n")).into_bytes()),
        ("tab.csv", csv(&NAMES, &rows(), '\t', "\n").into_bytes()),
        ("twice-headed.csv", format!("{plain}{}\n", NAMES.join(",")).into_bytes()),
        ("titled.csv", format!("Login history of November\n\n{plain}").into_bytes()),
        ("mark.csv", [b"\xEF\xBB\xBF", plain.as_bytes()].concat()),
        ("macintosh.csv", plain.replace("\r\n", "\n").replace('\n', "\r").into_bytes()),
        ("unended.csv", plain.trim_end().as_bytes().to_vec()),
        ("utf16-le.csv", utf16(&plain, true, false)),
        ("utf16-be.csv", utf16(&plain, true, true)),
        ("utf16-without-mark.csv", utf16(&plain, false, false)),
        ("latin.csv", plain.replace("Browser", "Br\u{F6}wser").chars().map(|ch| ch as u8).collect()),
        ("packed.csv.gz", gzip.finish().unwrap()),
        ("sf.json", sf.to_string().into_bytes()),
        ("sf-pretty.json", serde_json::to_vec_pretty(&sf).unwrap()),
        ("rest.json", rest.to_string().into_bytes()),
        ("list.json", list.to_string().into_bytes()),
        ("utf16.json", utf16(&list.to_string(), true, false)),
        ("lines.json", lines.into_bytes()),
    ]
}

#[test]
fn every_form_gives_the_same() {
    let project = project();
    for (name, bytes) in forms() {
        project.put(name, bytes);
        let seen = evidence(&project, &["--evidence", name]);
        let file = &seen["files"][0];
        assert_eq!(
            (&file["kind"], &file["rows"], &file["used"], &file["problems"]),
            (&"LoginHistory".into(), &5.into(), &5.into(), &serde_json::json!([])),
            "{name}: {file}"
        );
        assert_eq!(file["unknownColumns"], serde_json::json!([]), "{name}");
        let confirmed = causes(&seen, "confirmed");
        assert_eq!(confirmed, [("Stock Feed".into(), ADDRESS.into(), 2, 4)], "{name}");
        let cause = seen["causes"].as_array().unwrap().iter().find(|it| it["standing"] == "confirmed").unwrap();
        assert_eq!((&cause["from"], &cause["to"]), (&"2026-11-04T08:00:00Z".into(), &"2026-11-05T08:00:00Z".into()));
        assert_eq!(cause["users"], serde_json::json!([{"user": "user 1", "rows": 2}]), "{name}");
        let range = &cause["addresses"]["ranges"][0];
        assert_eq!((&range["outside"], &range["inside"]), (&2.into(), &0.into()), "{name}: {cause}");
    }
}

#[test]
fn rows_of_two_exports_count_once() {
    let project = project();
    let mut rows = rows();
    for (at, row) in rows.iter_mut().enumerate() {
        row.insert(0, format!("0Ya5g00000{at:05}AAA"));
    }
    let names = [&["Id"], &NAMES[..]].concat();
    project.put("one.csv", csv(&names, &rows, ',', "\n"));
    rows.remove(0);
    project.put("two.csv", csv(&names, &rows, ';', "\r\n"));
    let seen = evidence(&project, &["--evidence", "one.csv", "two.csv"]);
    assert_eq!(causes(&seen, "confirmed"), [("Stock Feed".into(), ADDRESS.into(), 2, 4)]);
    assert!(seen["files"][1]["notes"][0].as_str().unwrap().contains("count once"), "{seen}");
}

#[test]
fn rows_with_ids_of_any_form_count_once() {
    let project = project();
    let names = [&["Id"], &NAMES[..]].concat();
    let with_ids = |id: &dyn Fn(usize) -> String| {
        let mut rows = rows();
        rows.iter_mut().enumerate().for_each(|(at, row)| row.insert(0, id(at)));
        rows
    };
    let of = |first: Vec<Vec<String>>, second: Vec<Vec<String>>| {
        project.put("one.csv", csv(&names, &first, ',', "\n"));
        project.put("two.csv", csv(&names, &second, ',', "\n"));
        causes(&evidence(&project, &["--evidence", "one.csv", "two.csv"]), "confirmed")
    };
    let once = [("Stock Feed".to_owned(), ADDRESS.to_owned(), 2, 4)];
    // Short ids, ids of 15 and 18 characters, and two forms of a time.
    assert_eq!(of(with_ids(&|at| format!("L{at}")), with_ids(&|at| format!("L{at}"))), once);
    assert_eq!(
        of(with_ids(&|at| format!("0Ya5g0000000{at:03}")), with_ids(&|at| format!("0Ya5g0000000{at:03}CAA"))),
        once
    );
    let mut other = with_ids(&|at| format!("L{at}"));
    other.iter_mut().flatten().for_each(|value| *value = value.replace(".000+0000", "Z"));
    assert_eq!(of(with_ids(&|at| format!("L{at}")), other), once);
    // One id for all rows is made up.
    assert_eq!(of(with_ids(&|_| "x".to_owned()), Vec::new()), once);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let project = project();
    project.put("one.csv", csv(&NAMES, &rows(), ',', "\n"));
    let seen = evidence(&project, &["--evidence", "one.csv", "./one.csv"]);
    assert_eq!(causes(&seen, "confirmed"), [("Stock Feed".into(), ADDRESS.into(), 2, 4)]);
    assert_eq!(seen["files"].as_array().unwrap().len(), 1, "{seen}");
    let ran = project.run(&["diagnose", "--as-of", AS_OF, "--evidence", "one.csv", "./one.csv"]);
    assert!(ran.err.contains("note: ./one.csv is named twice and read once\n"), "{ran:?}");
}

/// Numbers without a pattern, the same in each run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn seconds(&mut self, limit: usize) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

#[test]
fn columns_are_found_in_any_order_and_case() {
    let project = project();
    project.put("plain.csv", csv(&NAMES, &rows(), ',', "\n"));
    let strip = |mut seen: Value| {
        seen["files"][0]["unknownColumns"] = Value::Null;
        seen
    };
    let expected = strip(evidence(&project, &["--evidence", "plain.csv"]));
    let spellings: [&[&str]; 6] = [
        &["LoginTime", "Login Time", "LOGIN_TIME"],
        &["UserId", "User Id", "USER ID"],
        &["User.Username", "Username", "USERNAME"],
        &["Application", "APPLICATION"],
        &["Status", "status"],
        &["SourceIp", "Source IP", "sourceip"],
    ];
    let mut noise = Noise(20);
    for seed in 0..8 {
        let mut order: Vec<usize> = (0..8).collect();
        noise.shuffle(&mut order);
        let name = |column: usize, noise: &mut Noise| match column {
            6 => "Browser",
            7 => "Our Own Column",
            _ => spellings[column][noise.below(spellings[column].len())],
        };
        let names: Vec<&str> = order.iter().map(|column| name(*column, &mut noise)).collect();
        let value =
            |row: &[String], column: usize| row.get(column).cloned().unwrap_or_else(|| "a, \"b\"\nc".to_owned());
        let rows: Vec<Vec<String>> =
            rows().iter().map(|row| order.iter().map(|column| value(row, *column)).collect()).collect();
        let delimiter = [',', ';', '\t'][noise.below(3)];
        project.put("plain.csv", csv(&names, &rows, delimiter, "\n"));
        assert_eq!(strip(evidence(&project, &["--evidence", "plain.csv"])), expected, "{seed}: {names:?}");
    }
}

#[test]
fn every_status_is_a_cause() {
    let project = project();
    let table = Table::embedded(std::iter::empty());
    let mut text = String::from("LoginTime,Application,Status\n");
    for (at, status) in table.statuses.iter().enumerate() {
        writeln!(text, "2026-11-02T08:00:00Z,App {at},Success").unwrap();
        for spelling in &status.texts {
            writeln!(text, "2026-11-02T09:00:00Z,App {at},{spelling}").unwrap();
            writeln!(text, "2026-11-02T09:00:00Z,App {at},Failed: {}", spelling.to_uppercase()).unwrap();
        }
    }
    project.put("logins.csv", text);
    let seen = evidence(&project, &["--evidence", "logins.csv"]);
    let (confirmed, excluded) = (causes(&seen, "confirmed"), causes(&seen, "excluded"));
    assert_eq!(confirmed.len(), table.statuses.len());
    for (at, status) in table.statuses.iter().enumerate() {
        let hits = status.texts.len() as u64 * 2;
        let expected = (format!("App {at}"), status.cause.clone(), hits, hits + 1);
        assert!(confirmed.contains(&expected), "{expected:?}");
        let own: Vec<&String> = excluded.iter().filter(|it| it.0 == format!("App {at}")).map(|it| &it.1).collect();
        assert!(own.len() == table.statuses.len() - 1 && !own.contains(&&status.cause), "{own:?}");
    }
}

#[test]
fn an_export_excludes_only_what_it_covers() {
    let project = project();
    let open = |text: &str| {
        project.put("logins.csv", text);
        let seen = evidence(&project, &["--evidence", "logins.csv"]);
        let excluded = causes(&seen, "excluded").len();
        let open: Vec<String> = seen["causes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["standing"] == "not-covered")
            .map(|it| it["text"].as_str().unwrap().to_owned())
            .collect();
        (excluded, open.join("\n"))
    };
    let head = "LoginTime,Application,Status\n";
    let success = "2026-11-02T08:00:00Z,Ledger,Success\n";
    let (excluded, text) = open(&format!("{head}{success}"));
    assert!(excluded > 20, "{text}");
    assert_eq!(text, "Stock Feed: in no row of the login history (1 row)");
    for (rows, why) in [
        (
            format!("{head}{success}2026-11-02T09:00:00Z,Ledger,Failed: the moon\n"),
            "1 of 2 rows have an unknown status",
        ),
        (format!("{head}{success}2026-11-02T09:00:00Z,Ledger,\n"), "1 of 2 rows have no status"),
        (format!("{head}2026-11-02T09:00:00Z,Ledger,Failed: Invalid password\n"), "no login in the export succeeded"),
        ("Application,Status\nLedger,Success\n".to_owned(), "1 of 1 rows have no time that can be read"),
        ("LoginTime,Application\n2026-11-02T09:00:00Z,Ledger\n".to_owned(), "1 of 1 rows have no status"),
    ] {
        let (excluded, text) = open(&rows);
        assert_eq!(excluded, 0, "{rows}");
        assert!(text.contains(why), "{rows}: {text}");
    }
    // Neither app nor user is named: the failure belongs to an unknown user.
    project.put("logins.csv", "LoginTime,Status,LoginType\n2026-11-02T09:00:00Z,Failed: Restricted time,Application\n");
    let seen = evidence(&project, &["--evidence", "logins.csv"]);
    assert_eq!(causes(&seen, "possible"), [("-".into(), "outside the login hours".into(), 1, 1)]);
    assert_eq!(causes(&seen, "confirmed"), []);
}

#[test]
fn a_missing_column_narrows_the_answer() {
    let project = project();
    for (at, name) in NAMES.iter().enumerate().filter(|(at, _)| *at != 2) {
        // A user's name would stand in for the id.
        let goes = |column: usize| column == at || at == 1 && column == 2;
        let kept: Vec<usize> = (0..NAMES.len()).filter(|column| !goes(*column)).collect();
        let names: Vec<&str> = kept.iter().map(|column| NAMES[*column]).collect();
        let rows: Vec<Vec<String>> =
            rows().iter().map(|row| kept.iter().map(|column| row[*column].clone()).collect()).collect();
        project.put("logins.csv", csv(&names, &rows, ',', "\n"));
        let seen = evidence(&project, &["--evidence", "logins.csv"]);
        let missing = &seen["files"][0]["missing"];
        assert_eq!(missing[0]["column"], *name, "{missing}");
        let shown = diagnose(&project, "human", &["--evidence", "logins.csv"]).out;
        assert!(shown.replace("\n      ", " ").contains(&format!("without the column {name}: ")), "{shown}");
    }
}

/// Broken files: the problem of each line, and the number of rows that are used.
#[test]
fn what_is_broken_is_named_by_line_and_the_rest_is_used() {
    let project = project();
    let plain = csv(&NAMES, &rows(), ',', "\n");
    let lines: Vec<&str> = plain.lines().collect();
    let body = lines[1..].join("\n");
    let cut = &plain[..plain.len() - 12];
    let list = records().to_string();
    let pretty = serde_json::to_string_pretty(&records()).unwrap();
    let half = &pretty[..pretty.rfind("\"Status\"").unwrap()];
    let half_line = half.lines().count();
    let cases: Vec<(String, &str, u64)> = vec![
        (format!("{body}\n"), "1: there is no header", 5),
        (cut.to_owned(), "6: the file is cut off here", 4),
        (format!("{}\n{},extra\n{}\n", lines[0], lines[1], lines[2]), "2: the row has 7 columns, the header 6", 1),
        (format!("{}\n\"open,1,2\n{}\n{}\n", lines[0], lines[1], lines[2]), "2: a quote is not closed", 2),
        (format!("{}\n{}\n{}\n{},\"open", lines[0], lines[1], lines[2], lines[3]), "4: the file is cut off here", 2),
        (plain.replace("2026-11-03T08:00:00.000+0000", "yesterday"), "3: its time is not in a known format", 5),
        (half.to_owned(), "the file is cut off here", 4),
        (format!("{}\n oops", &list), "what follows is not JSON", 5),
    ];
    for (text, expected, used) in cases {
        project.put("broken.csv", &text);
        let seen = evidence(&project, &["--evidence", "broken.csv"]);
        let problems = seen["files"][0]["problems"].as_array().unwrap();
        let texts: Vec<String> =
            problems.iter().map(|it| format!("{}: {}", it["line"], it["text"].as_str().unwrap())).collect();
        assert!(texts.iter().any(|it| it.contains(expected)), "{text}\n{texts:?}");
        assert_eq!(seen["files"][0]["used"], used, "{text}\n{texts:?}");
        for problem in problems {
            let text = problem["text"].as_str().unwrap();
            assert!(!text.contains("acme") && !text.contains("0055g"), "no value is repeated: {text}");
        }
    }
    project.put("broken.csv", half);
    let seen = evidence(&project, &["--evidence", "broken.csv"]);
    assert_eq!(seen["files"][0]["problems"][0]["line"], half_line);
    // Many broken rows are counted.
    let many = format!("{}\n{}\n{}", lines[0], "x\n".repeat(500), body);
    project.put("broken.csv", many);
    let seen = evidence(&project, &["--evidence", "broken.csv"]);
    let file = &seen["files"][0];
    assert_eq!((file["problems"].as_array().unwrap().len(), &file["moreProblems"]), (5, &495.into()), "{file}");
    assert_eq!(file["used"], 5);
}

#[test]
fn what_is_no_evidence_is_an_error_and_the_others_are_read() {
    let project = project();
    let cases: [(&str, &[u8], &str); 11] = [
        ("empty", b"", "has no row and no header"),
        ("none", b"\n", "sf writes an empty line if a query finds nothing"),
        ("book", b"PK\x03\x04....", "an Excel workbook: save it as CSV"),
        ("binary", b"abc\x00\x00\x00\x01defg", "is not a text file"),
        ("accounts", b"Id,Name,Industry\n001,Acme,Retail\n", "its columns are Id, Name, Industry"),
        ("prose", b"Dear all,\nnothing to see here.\n", "no line has a time or the text of a known error"),
        ("list", b"Id,EventType,LogDate,LogFile\n0AT,Login,2026-11-02,/services/data\n", "download each LogFile"),
        (
            "error",
            br#"{"status":1,"name":"NoOrg","message":"No org for jane.doe@acme.test"}"#,
            "an error of sf in place of rows: No org for [user]",
        ),
        (
            "records",
            br#"{"records":[{"attributes":{"type":"Account"},"Name":"Acme"}]}"#,
            "its records have attributes.type, Name",
        ),
        ("nothing", br#"{"status":0,"result":{"records":[],"totalSize":0,"done":true}}"#, "has no records"),
        ("half", br#"{"records":["#, "is not JSON of a known form (line 1"),
    ];
    project.put("plain.csv", csv(&NAMES, &rows(), ',', "\n"));
    for (name, bytes, expected) in cases {
        project.put(name, bytes);
        let ran = diagnose(&project, "json", &["--evidence", name, "missing.csv", "force-app", "plain.csv"]);
        assert_eq!(ran.code, 3, "{name}: {ran:?}");
        assert!(ran.err.starts_with(&format!("error: {name} ")) && ran.err.contains(expected), "{name}: {}", ran.err);
        assert!(ran.err.contains("error: missing.csv cannot be read") && ran.err.contains("force-app is a folder"));
        let seen = &ran.json()["evidence"];
        assert_eq!(seen["refused"].as_array().unwrap().len(), 3, "{name}");
        assert_eq!(causes(seen, "confirmed"), [("Stock Feed".into(), ADDRESS.into(), 2, 4)], "{name}");
    }
    let ran = diagnose(&project, "json", &["--evidence", "plain.csv", "--time-zone", "Mars/Olympus"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`Mars/Olympus` is not a time zone"), "{}", ran.err);
    assert_eq!(diagnose(&project, "json", &["--show-users"]).code, 2, "it does nothing without evidence");
}

#[test]
fn without_evidence_its_keys_are_empty() {
    let answer = diagnose(&project(), "json", &[]).json();
    assert!(answer.as_object().unwrap().contains_key("evidence") && answer["evidence"].is_null());
    assert_eq!(answer["symptoms"][0]["evidence"], serde_json::json!([]));
    assert!(answer["overview"][0]["evidence"].is_null());
}

#[test]
fn users_and_addresses_are_shown_only_on_request() {
    let project = project();
    project.put("logins.csv", csv(&NAMES, &rows(), ',', "\n"));
    let trail = "Date,User,Source Namespace Prefix,Action,Section,Delegate User\n\
        \"11/1/2026, 7:05:31 AM GMT\",\"Jane Doe\",,\"Changed profile Feed: Changed Session Timeout Value from 120 to 60 minutes\",Manage Users,\n\
        \"11/13/2026, 7:05:31 AM GMT\",\"Jane Doe\",,\"Froze user Max Muster\",Manage Users,\n\
        \"11/14/2026, 7:05:31 AM GMT\",\"boss@acme.test\",,\"Added Login Ip Range to Feed from 203.0.113.8 to 203.0.113.99\",Manage Users,\n\
        \"11/15/2026, 7:05:31 AM GMT\",\"boss@acme.test\",,\"Session rule set by Jane Doe (0055g00000AbCdEAAV)\",Session Settings,\n";
    project.put("trail.csv", trail);
    project.put("tokens.csv", "AppName,UserId,LastUsedDate\nStock Feed,0055g00000AbCdEAAV,2026-11-02T08:00:00Z\n");
    let personal = ["acme.test", "0055g", "203.0.113", "192.0.2.77", "Jane Doe", "Max Muster"];
    let files = ["--evidence", "logins.csv", "trail.csv", "tokens.csv"];
    for format in ["human", "json", "markdown"] {
        let ran = diagnose(&project, format, &files);
        for text in personal {
            assert!(!ran.out.contains(text) && !ran.err.contains(text), "{format} shows {text}: {}", ran.out);
        }
        assert!(ran.out.contains("from 120 to 60 minutes") && ran.out.contains("user 1"), "{format}: {}", ran.out);
        let shown = diagnose(&project, format, &[&files[..], &["--show-users"]].concat())
            .out
            .replace("\n      ", " ")
            .replace("<!-- -->", "");
        for text in ["feed@acme.test", "203.0.113.9", "Jane Doe", "Max Muster"] {
            assert!(shown.contains(text), "{format} does not show {text}: {shown}");
        }
    }
}

#[test]
fn no_secret_of_an_export_or_log_leaves() {
    let project = project();
    let session = "00D5g000001AbCd!AQEAQFakeFakeFake1234567890abcdefghijklmnopqrstuvwx";
    let token = "5Aep861FakeFakeFakeFake1234567890abcdefghijklmnopqrstuvwxyzABCD";
    project.put(
        "tokens.csv",
        format!("AppName,UseCount,AccessToken,DeleteToken\nStock Feed {session},3,{session},{token}\n"),
    );
    project.put(
        "api.log",
        format!("2026-11-02T08:00:00Z ERROR INVALID_SESSION_ID sid={session}\nrefresh_token={token} expired access/refresh token\n"),
    );
    project.put(
        "logins.csv",
        format!("LoginTime,Application,Status,{token}\n2026-11-02T08:00:00Z,{session},Failed: {session},x\n2026-11-02T08:00:00Z,Ledger,Failed: bad {token},x\n"),
    );
    let files = ["--evidence", "tokens.csv", "api.log", "logins.csv", "--show-users"];
    for format in ["human", "json", "markdown"] {
        let ran = diagnose(&project, format, &files);
        assert_eq!(ran.code, 0, "{ran:?}");
        for secret in [&session[16..40], &token[..24]] {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{format}: {}", ran.out);
        }
        assert!(
            ran.out.replace("\n      ", " ").contains("a column of tokens, which are secrets"),
            "{format}: {}",
            ran.out
        );
    }
}

#[test]
fn a_long_name_is_no_secret() {
    let project = project();
    let name = "DataLoaderPartnerBulkV64of2026";
    let file = "LoginHistory_2026-11-28T0914_Export1.csv";
    project.put(file, format!("LoginTime,Application,Status\n2026-11-02T08:00:00Z,{name},Failed: Restricted IP\n"));
    let seen = evidence(&project, &["--evidence", file]);
    assert_eq!(causes(&seen, "confirmed"), [(name.into(), ADDRESS.into(), 1, 1)]);
    assert_eq!(seen["files"][0]["path"], file);
}

#[test]
fn what_exports_name_steers_nothing() {
    let project = project();
    let hostile = "::error::x\u{1b}[2J\u{202e}##vso[task] | <b>";
    project.put(
        "logins.csv",
        format!("LoginTime,Application,Status\n2026-11-02T08:00:00Z,\"{hostile}\",\"Failed: {hostile}\"\n"),
    );
    for format in ["human", "json", "markdown"] {
        let ran = diagnose(&project, format, &["--evidence", "logins.csv"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for bad in ["\u{1b}[2J", "\u{202e}", "##vso"] {
            assert!(!ran.out.contains(bad), "{format}: {}", ran.out);
        }
        assert!(ran.out.lines().all(|line| !line.trim_start().starts_with("::")), "{format}: {}", ran.out);
    }
}

/// `2026-11-02T08:00:00Z` plus seconds, in a form.
fn at(seconds: i64, form: &str) -> String {
    let start: jiff::Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let moment = jiff::Timestamp::from_second(start.as_second() + seconds).unwrap();
    let utc = jiff::tz::Offset::UTC.to_datetime(moment);
    match form {
        "utc" => format!("{utc}.000+0000"),
        "log" => format!("{utc}Z"),
        "local" => zone.to_datetime(moment).to_string().replace('T', " "),
        _ => panic!("{form}"),
    }
}

/// Sessions of an app, each of which ends after `life` seconds and a little more.
struct Sessions {
    logins: String,
    log: String,
    /// The starts.
    starts: Vec<i64>,
}

fn sessions(seed: u64, from: i64, count: usize, life: i64, form: &str) -> Sessions {
    let mut noise = Noise(seed);
    let mut made = Sessions {
        logins: String::from("LoginTime,UserId,Application,Status\n"),
        log: String::new(),
        starts: Vec::new(),
    };
    let mut start = from;
    for _ in 0..count {
        start += 4 * 3600 + noise.seconds(8 * 3600);
        made.starts.push(start);
        writeln!(made.logins, "{},0055g00000AbCdE,Stock Feed,Success", at(start, "utc")).unwrap();
        let end = start + life + noise.seconds(150);
        writeln!(made.log, "{} ERROR [w] 401 {{\"errorCode\":\"INVALID_SESSION_ID\"}}", at(end, form)).unwrap();
        // The client tries again at once.
        writeln!(made.log, "{} ERROR [w] Session expired or invalid", at(end + 40, form)).unwrap();
    }
    made
}

fn interval(project: &Project, arguments: &[&str]) -> Value {
    let seen = evidence(project, arguments);
    let intervals = seen["intervals"].as_array().unwrap();
    assert_eq!(intervals.len(), 1, "{seen}");
    intervals[0].clone()
}

#[test]
fn an_interval_is_matched_with_the_lives_of_the_files() {
    let project = project();
    let files = ["--evidence", "logins.csv", "api.log"];
    let made = sessions(1, 0, 15, 7200, "log");
    project.put("logins.csv", &made.logins);
    project.put("api.log", &made.log);
    let found = interval(&project, &files);
    assert_eq!(
        (&found["matched"], &found["of"], &found["confidence"]),
        (&15.into(), &15.into(), &"high".into()),
        "{found}"
    );
    assert_eq!(found["fits"][0]["owner"], "the org default");
    assert_eq!(found["fits"][0]["path"], "force-app/settings/Security.settings-meta.xml");
    assert_eq!((&found["app"], &found["starts"]), (&"Stock Feed".into(), &"login of Stock Feed by user 1".into()));
    let text = found["text"].as_str().unwrap();
    assert!(
        text.contains("after each login of Stock Feed by user 1, 15 of 15 times: the org default is 2 hours"),
        "{text}"
    );
    let answer = diagnose(&project, "json", &files).json();
    let symptom =
        answer["symptoms"].as_array().unwrap().iter().find(|it| it["id"] == "api-timeout-at-app-maximum").unwrap();
    assert!(symptom["evidence"][0]["text"].as_str().unwrap().contains("15 of 15"), "{symptom}");
    // A life that no file has.
    let made = sessions(2, 0, 15, 47 * 60, "log");
    project.put("logins.csv", &made.logins);
    project.put("api.log", &made.log);
    let found = interval(&project, &files);
    assert_eq!(found["fits"], serde_json::json!([]), "{found}");
    assert!(found["text"].as_str().unwrap().contains("no value in these files is 4"), "{found}");
}

#[test]
fn an_interval_stands_out_of_noise_and_missing_logins() {
    let project = project();
    let files = ["--evidence", "logins.csv", "api.log"];
    let made = sessions(3, 0, 18, 7200, "log");
    // Every sixth login is not in the export.
    let kept = made.logins.split_inclusive('\n').enumerate().filter(|(at, _)| at % 6 != 5).map(|(_, line)| line);
    project.put("logins.csv", kept.collect::<String>());
    // Other failures at odd times, and lines that mean nothing.
    let mut noise = Noise(9);
    let mut log = made.log;
    for _ in 0..3 {
        let odd = made.starts[noise.below(made.starts.len())] + 900 + noise.seconds(4000);
        writeln!(log, "{} ERROR INVALID_SESSION_ID", at(odd, "log")).unwrap();
        writeln!(log, "{} INFO fine", at(odd + 5, "log")).unwrap();
    }
    project.put("api.log", log);
    let found = interval(&project, &files);
    assert!(found["matched"].as_u64().unwrap() >= 13 && found["confidence"] != Value::Null, "{found}");
    assert_eq!(found["fits"][0]["minutes"], 120, "{found}");
    // Failures that have nothing to do with logins have no interval.
    let mut log = String::new();
    for _ in 0..12 {
        writeln!(log, "{} ERROR INVALID_SESSION_ID", at(noise.seconds(600_000), "log")).unwrap();
    }
    project.put("api.log", log);
    let found = interval(&project, &files);
    assert!(found["confidence"].is_null() || found["confidence"] == "low", "{found}");
}

#[test]
fn two_overlapping_sessions_are_distinguished() {
    let project = project();
    let (one, other) = (sessions(4, 0, 10, 7200, "log"), sessions(4, 2400, 10, 7200, "log"));
    let logins = one.logins + &other.logins.split_inclusive('\n').skip(1).collect::<String>();
    project.put("logins.csv", logins);
    project.put("api.log", format!("{}{}", other.log, one.log));
    let found = interval(&project, &["--evidence", "logins.csv", "api.log"]);
    assert_eq!(
        (&found["matched"], &found["of"], &found["confidence"]),
        (&20.into(), &20.into(), &"high".into()),
        "{found}"
    );
}

#[test]
fn a_log_in_local_time_needs_its_zone() {
    let project = project();
    // Eight days around the end of daylight saving in Europe, 25 October 2026.
    let made = sessions(5, -12 * 86_400, 20, 7200, "local");
    project.put("logins.csv", &made.logins);
    project.put("api.log", &made.log);
    let files = ["--evidence", "logins.csv", "api.log"];
    let found = interval(&project, &files);
    assert!(found["confidence"].is_null() && found["text"].as_str().unwrap().contains("--time-zone"), "{found}");
    let file = evidence(&project, &files)["files"][1].clone();
    assert_eq!(file["hasLocalTimes"], true);
    let found = interval(&project, &[&files[..], &["--time-zone", "Europe/Berlin"]].concat());
    assert_eq!((&found["confidence"], &found["fits"][0]["minutes"]), (&"high".into(), &120.into()), "{found}");
    assert!(found["matched"].as_u64().unwrap() >= 19, "{found}");
    // The hour that the clock shows twice is no time.
    project.put("api.log", format!("{}2026-10-25 02:30:00 ERROR INVALID_SESSION_ID\n", made.log));
    let seen = evidence(&project, &[&files[..], &["--time-zone", "Europe/Berlin"]].concat());
    let problem = seen["files"][1]["problems"].as_array().unwrap().last().unwrap();
    assert_eq!(problem["line"], 41, "{seen}");
    assert!(problem["text"].as_str().unwrap().contains("occurs twice in its time zone"), "{problem}");
}

#[test]
fn a_log_alone_is_measured_in_its_own_time() {
    let project = project();
    let made = sessions(6, 0, 12, 7200, "local");
    let mut log = made.log;
    for start in &made.starts {
        writeln!(log, "{} INFO obtained new access token", at(*start, "local")).unwrap();
    }
    project.put("api.log", log);
    let found = interval(&project, &["--evidence", "api.log"]);
    assert_eq!((&found["starts"], &found["matched"]), (&"login in the same log".into(), &12.into()), "{found}");
}

#[test]
fn a_schedule_is_reported() {
    let project = project();
    let (mut logins, mut log) = (String::from("LoginTime,UserId,Application,Status\n"), String::new());
    for day in 0..10 {
        writeln!(logins, "{},0055g00000AbCdE,Stock Feed,Success", at(day * 86_400, "utc")).unwrap();
        writeln!(log, "{} INVALID_SESSION_ID", at(day * 86_400 + 7230, "log")).unwrap();
    }
    project.put("logins.csv", logins);
    project.put("api.log", log);
    let found = interval(&project, &["--evidence", "logins.csv", "api.log"]);
    assert_eq!(found["confidence"], "low", "{found}");
    assert!(found["text"].as_str().unwrap().contains("at the same time of day"), "{found}");
}

#[test]
fn a_date_that_may_be_read_two_ways_is_reported_and_not_guessed() {
    let project = project();
    let trail = |date: &str| {
        format!(
            "Date,User,Source Namespace Prefix,Action,Section,Delegate User\n\"7/9/2026, 7:05:31 AM EST\",x,,Changed Session Timeout Value from 120 to 60 minutes,Manage Users,\n\"{date}, 7:05:31 AM EST\",x,,Changed login hours of Feed,Manage Users,\n"
        )
    };
    let whens = |arguments: &[&str]| -> Vec<String> {
        let seen = evidence(&project, &[&["--evidence", "trail.csv"], arguments].concat());
        let settings = seen["timeline"].as_array().unwrap().iter().filter(|it| it["kind"] == "setting");
        settings.map(|it| it["when"].as_str().unwrap_or("unknown").to_owned()).collect()
    };
    project.put("trail.csv", trail("8/9/2026"));
    assert_eq!(whens(&[]), ["unknown", "unknown"]);
    let seen = evidence(&project, &["--evidence", "trail.csv"]);
    assert!(seen["files"][0]["problems"][0]["text"].as_str().unwrap().contains("--date-order"), "{seen}");
    assert_eq!(whens(&["--date-order", "day-first"])[0], "2026-09-07T12:05:31Z");
    assert_eq!(whens(&["--date-order", "month-first"])[0], "2026-07-09T12:05:31Z");
    // One date that can be read one way only settles the file.
    project.put("trail.csv", trail("8/19/2026"));
    assert_eq!(whens(&[]), ["2026-07-09T12:05:31Z", "2026-08-19T12:05:31Z"]);
    project.put("trail.csv", trail("19/8/2026"));
    assert_eq!(whens(&[]), ["2026-08-19T12:05:31Z", "2026-09-07T12:05:31Z"]);
}

#[test]
fn changes_join_the_line_of_time() {
    let project = project();
    project.put("logins.csv", csv(&NAMES, &rows(), ',', "\n"));
    project.put(
        "trail.json",
        r#"[{"attributes":{"type":"SetupAuditTrail"},"Action":"sessiontimeoutForProfile","CreatedDate":"2026-11-01T10:00:00.000+0000","Display":"Changed profile A: B: Changed Session Timeout Value from 120 to 60 minutes","Section":"Manage Users","CreatedBy":null},
           {"attributes":{"type":"SetupAuditTrail"},"Action":"changeIpRelaxationPolicy","CreatedDate":"2026-11-03T10:00:00.000+0000","Display":"For app Stock Feed, changed from Relax IP restrictions to Enforce IP restrictions","Section":null},
           {"attributes":{"type":"SetupAuditTrail"},"Action":"newSwitch","CreatedDate":"2026-11-03T11:00:00.000+0000","Display":"Organization setup action: newSwitch has changed.","Section":"Session Settings"},
           {"attributes":{"type":"SetupAuditTrail"},"Action":"createdfield","CreatedDate":"2026-11-03T12:00:00.000+0000","Display":"Created custom field X","Section":"Custom Objects"}]"#,
    );
    let seen = evidence(&project, &["--evidence", "logins.csv", "trail.json"]);
    let timeline: Vec<String> = seen["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["when"].as_str().unwrap(), it["kind"].as_str().unwrap()))
        .collect();
    let expected = [
        "2026-11-01T10:00:00Z setting",
        "2026-11-03T08:00:00Z success",
        "2026-11-03T10:00:00Z setting",
        "2026-11-03T11:00:00Z setting",
        "2026-11-04 salesforce",
        "2026-11-04T08:00:00Z failure",
    ];
    assert_eq!(timeline, expected, "{seen}");
    assert_eq!(seen["notes"][0], "changes in the audit trail that concern no session, login or app: 1");
    let cause = seen["causes"].as_array().unwrap().iter().find(|it| it["standing"] == "confirmed").unwrap();
    let text = cause["text"].as_str().unwrap();
    assert!(
        text.contains("shortly before, in the audit trail: 2026-11-03T10:00:00Z the IP relaxation of an app"),
        "{text}"
    );
}

#[test]
fn what_evidence_points_to_comes_first_for_its_app_only() {
    let project = project();
    project
        .put("logins.csv", csv(&NAMES, &rows(), ',', "\n").replace("Failed: Restricted IP", "Failed: Invalid token"));
    let run = |id: &str| diagnose(&project, "json", &["--symptom", id, "--evidence", "logins.csv"]).json();
    let answer = run("integration-invalid-session");
    let symptom = &answer["symptoms"][0];
    let all = symptom["causes"].as_array().unwrap().iter().chain(symptom["possible"].as_array().unwrap());
    // Both apps have tokens that end after 30 unused days; the rows name one of them.
    let capped: Vec<(&str, bool)> = all
        .filter(|it| it["rule"] == "oauth/refresh-token-capped-at-30-days")
        .map(|it| (it["path"].as_str().unwrap(), it["fitsError"].as_bool().unwrap()))
        .collect();
    let expected =
        [("force-app/Stock_Feed.connectedApp-meta.xml", true), ("force-app/Ledger.connectedApp-meta.xml", false)];
    assert_eq!(capped, expected, "{symptom}");
    assert_eq!(symptom["possible"][0]["fitsError"], true, "{symptom}");
    let line = &answer["overview"][0];
    assert_eq!((&line["verdict"], &line["evidence"]["standing"]), (&"confirmed".into(), &"confirmed".into()), "{line}");
    assert_eq!(line["cause"]["fitsError"], true, "{line}");
    assert_ne!(run("vpn-logged-out")["overview"][0]["verdict"], "confirmed", "a server is nobody on a VPN");
}

#[test]
fn tokens_and_sessions_are_counted() {
    let project = project();
    let mut tokens = String::from("AppName,UserId,UseCount,LastUsedDate\n");
    for day in 1..=5 {
        writeln!(tokens, "Stock Feed,0055g00000AbCdE,3,2026-09-{day:02}T08:00:00.000+0000").unwrap();
    }
    tokens += "Stock Feed,0055g00000ZzZzZ,3,2026-11-27T08:00:00.000+0000\n";
    project.put("tokens.csv", tokens);
    let sessions =
        |count: usize, kind: &str, seconds: &str| format!("{kind},{seconds},0055g00000AbCdE\n").repeat(count);
    project.put(
        "sessions.csv",
        format!(
            "SessionType,NumSecondsValid,UsersId\n{}{}{}x,soon,y\n",
            sessions(14, "UI", "7200"),
            sessions(1, "UI", "900"),
            sessions(3, "Oauth2", "2820")
        ),
    );
    let seen = evidence(&project, &["--evidence", "tokens.csv", "sessions.csv"]);
    let token = &seen["tokens"][0];
    assert_eq!((&token["tokens"], &token["idle"]), (&6.into(), &5.into()), "{token}");
    let text = token["text"].as_str().unwrap();
    assert!(text.contains("5 of 6 unused for over 30 days (Salesforce's limit)"), "{text}");
    project.put("others.csv", "AppName,UserId,LastUsedDate\nElsewhere,0055g00000AbCdE,2026-09-01T08:00:00.000+0000\n");
    for (day, idle) in [("2026-11-03", 0), ("2026-11-04", 1)] {
        let ran = project.run(&[
            "diagnose",
            "--quiet",
            "--no-cache",
            "--as-of",
            day,
            "--format",
            "json",
            "--evidence",
            "others.csv",
        ]);
        assert_eq!(ran.json()["evidence"]["tokens"][0]["idle"], idle, "Salesforce's limit on {day}: {ran:?}");
    }
    assert!(
        text.contains(
            "five or more of a user: an app has at most five approvals a user, and a further one revokes the oldest"
        ),
        "{text}"
    );
    let first = &seen["sessions"][0];
    assert_eq!((&first["sessions"], &first["of"], &first["minutes"]), (&14.into(), &15.into(), &120.into()));
    assert_eq!(first["fits"][0]["owner"], "the org default");
    assert!(seen["sessions"][1]["text"].as_str().unwrap().contains("no value in these files is 47 minutes"), "{seen}");
    assert_eq!(seen["files"][1]["problems"][0]["line"], 20, "{seen}");
}

#[test]
fn event_log_files_are_read_by_their_header() {
    let project = project();
    let mut logins = String::from(
        "\"EVENT_TYPE\",\"TIMESTAMP\",\"LOGIN_KEY\",\"USER_ID\",\"USER_NAME\",\"LOGIN_STATUS\",\"SOURCE_IP\"\n",
    );
    let mut logouts =
        String::from("\"EVENT_TYPE\",\"USER_INITIATED_LOGOUT\",\"LOGIN_KEY\",\"TIMESTAMP_DERIVED\",\"USER_ID\"\n");
    let mut noise = Noise(11);
    let mut start = 0;
    for key in 0..12 {
        start += 20_000 + noise.seconds(40_000);
        let stamp: String = at(start, "log").chars().filter(char::is_ascii_digit).collect();
        writeln!(
            logins,
            "\"Login\",\"{stamp}.655\",\"key{key}\",\"0055g00000AbCdE\",\"feed@acme.test\",\"LOGIN_NO_ERROR\",\"\""
        )
        .unwrap();
        // An automatic logout is stamped late; every fourth user pressed the button.
        let (asked, life) = if key % 4 == 3 { (1, 600) } else { (0, 7200 + noise.seconds(800)) };
        writeln!(logouts, "\"Logout\",\"{asked}\",\"key{key}\",\"{}\",\"0055g00000AbCdE\"", at(start + life, "utc"))
            .unwrap();
    }
    logins += "\"Login\",\"20261130080000.000\",\"\",\"0055g00000AbCdE\",\"feed@acme.test\",\"LOGIN_ERROR_RESTRICTED_TIME\",\"\"\n\"LoginAs\",\"20261130080000.000\",\"\",\"\",\"\",\"\",\"\"\n";
    project.put("login.csv", logins);
    project.put("logout.csv", logouts);
    let calls = "EVENT_TYPE,TIMESTAMP_DERIVED,STATUS_CODE,CONNECTED_APP_NAME,USER_NAME,EXCEPTION_MESSAGE\n\
        RestApi,2026-11-02T08:00:00Z,401,Stock Feed,feed@acme.test,Session expired or invalid\n\
        RestApi,2026-11-02T09:00:00Z,200,Stock Feed,feed@acme.test,\n";
    project.put("calls.csv", calls);
    let seen = evidence(&project, &["--evidence", "logout.csv", "login.csv", "calls.csv"]);
    let joined = &seen["intervals"][0];
    assert_eq!(
        (&joined["matched"], &joined["of"], &joined["fits"][0]["minutes"]),
        (&9.into(), &9.into(), &120.into()),
        "{joined}"
    );
    assert_eq!(joined["ends"], "automatic logouts");
    let confirmed = causes(&seen, "confirmed");
    assert!(confirmed.contains(&("-".into(), "outside the login hours".into(), 1, 13)), "{confirmed:?}");
    assert!(confirmed.iter().any(|it| it.0 == "Stock Feed" && it.1 == "INVALID_SESSION_ID"), "{confirmed:?}");
    assert!(seen["files"][1]["notes"][0].as_str().unwrap().contains("type `loginas` are not read"), "{seen}");
}

#[test]
fn pages_that_are_missing_are_reported() {
    let project = project();
    let rest = serde_json::json!({"totalSize": 9000, "done": false, "nextRecordsUrl": "/x-2000", "records": records()});
    project.put("page.json", rest.to_string());
    let seen = evidence(&project, &["--evidence", "page.json"]);
    assert!(seen["files"][0]["notes"][0].as_str().unwrap().contains("more pages"), "{seen}");
}

/// Files without end in sight are read in bounded memory: none of these takes more than what it is worth.
#[test]
fn odd_files_end() {
    let project = project();
    let plain = csv(&NAMES, &rows(), ',', "\n");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("quotes.csv", [plain.as_bytes(), "\"\n".repeat(200_000).as_bytes()].concat()),
        ("wide.csv", [plain.as_bytes(), ",".repeat(3 << 20).as_bytes()].concat()),
        ("line.log", [b"2026-11-02T08:00:00Z INVALID_SESSION_ID ".to_vec(), b"x ".repeat(4 << 20)].concat()),
        ("deep.json", "[{\"a\":".repeat(200_000).into_bytes()),
        ("string.json", format!("[{{\"LoginTime\":\"{}\"}}]", "x".repeat(8 << 20)).into_bytes()),
    ];
    for (name, bytes) in cases {
        project.put(name, bytes);
        let ran = diagnose(&project, "json", &["--evidence", name]);
        assert!(matches!(ran.code, 0 | 3), "{name}: {}", ran.err);
        assert!(ran.out.len() < 200_000, "{name}");
    }
}
