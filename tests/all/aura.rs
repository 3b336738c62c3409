//! Aura applications of Lightning Out: which files are one, who sees them, and that their content causes no error.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use crate::support::{Project, SFDX};
use proptest::prelude::*;
use serde_json::json;
use sessionlint::apex::{Code, Unit};
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Views};
use sessionlint::load::{Loaded, load};
use sessionlint::metadata::{CodeReading, Inputs};
use sessionlint::rule_test::AS_OF;
use sessionlint::soql::Tables;
use sessionlint::vfs::Memory;

const OUT: &str = "<aura:application extends=\"ltng:outApp\"/>\n";
const APP: &str = "force-app/main/default/aura/Out/Out.app";
const SETTINGS: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const RULE: &str = "session/lightning-out-cookie";

fn settings(token: &str) -> String {
    format!(
        "<SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\"><sessionSettings>{token}</sessionSettings></SecuritySettings>"
    )
}

fn token(is_used: bool) -> String {
    settings(&format!("<sidToken3rdPartyAuraApp>{is_used}</sidToken3rdPartyAuraApp>"))
}

/// Each application of Lightning Out as `path: what it extends, at its offset`.
fn found(loaded: &Loaded) -> Vec<String> {
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let rows = &views.table("AuraOutApp").unwrap().rows;
    rows.iter()
        .map(|row| {
            let place = row.cells[2].place.unwrap();
            let source = loaded.project.sources.get(place.file);
            format!("{}: {} at {}", source.path, &source.text()[place.span.range()], place.span.start)
        })
        .collect()
}

/// The findings of a project of these files, read from a folder; in memory they must be the same.
fn read(files: &[(&str, &[u8])]) -> Vec<String> {
    let project = Project::of(files);
    let folder = found(&load(&Root::open(&project.root()), Inputs::on(AS_OF)));
    let memory = found(&in_memory(files, Inputs::on(AS_OF)));
    assert_eq!(folder, memory, "the same in a folder and in memory");
    folder
}

fn in_memory(files: &[(&str, &[u8])], inputs: Inputs) -> Loaded {
    let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
    load(&Root::in_memory(Path::new("x.zip"), Memory::of("x.zip", files)), inputs)
}

#[test]
fn the_folders_decide_which_file_is_an_application() {
    let out = OUT.as_bytes();
    let sfdx = (SFDX.0, SFDX.1.as_bytes());
    let files = [
        sfdx,
        (APP, out),
        ("force-app/main/default/aura/Out/Out.app-meta.xml", out),
        ("force-app/main/default/aura/Out/Other.app", out),
        ("force-app/main/default/aura/Out/Out.cmp", out),
        ("force-app/main/default/aura/Out/deep/deep.app", out),
        ("force-app/main/default/aura/Loose.app", out),
        ("force-app/main/default/aura/Slds/Slds.app", b"<aura:application extends=\"force:slds\"/>"),
        ("force-app/main/default/aura/lwc/lwc.app", out),
        ("force-app/main/default/aura/aura/aura.app", out),
        ("force-app/main/default/aura/Out/aura/Out/Out.app", out),
        ("force-app/main/default/applications/Sales.app", out),
        ("force-app/main/default/applications/Sales/Sales.app", out),
        ("force-app/main/default/lwc/aura/Out/Out.app", out),
        ("force-app/node_modules/aura/Out/Out.app", out),
        ("elsewhere/aura/Out/Out.app", out),
        ("force-app/a/aura/Early/Early.app", out),
    ];
    let is = |path: &str| format!("{path}: ltng:outApp at 27");
    let expected = [
        "force-app/a/aura/Early/Early.app",
        APP,
        "force-app/main/default/aura/aura/aura.app",
        "force-app/main/default/aura/lwc/lwc.app",
    ];
    assert_eq!(read(&files), expected.map(is));
    let files = [
        ("package.xml", b"<Package/>".as_slice()),
        ("aura/Out/Out.app", out),
        ("applications/Sales.app", out),
        ("settings/Security.settings", out),
    ];
    assert_eq!(read(&files), [is("aura/Out/Out.app")]);
}

#[test]
fn what_forceignore_hides_is_not_read() {
    for (pattern, is_seen) in
        [("**/aura", false), ("**/Out/**", false), ("**/Out", false), ("**/*.app", false), ("**/Inn", true)]
    {
        let files = [(SFDX.0, SFDX.1.as_bytes()), (".forceignore", pattern.as_bytes()), (APP, OUT.as_bytes())];
        assert_eq!(!read(&files).is_empty(), is_seen, "{pattern}");
    }
}

#[test]
fn bytes_of_other_encodings_are_read() {
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(OUT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xEF\xBB\xBF", OUT.as_bytes()].concat();
    let latin = [b"<!-- \xFC -->", OUT.as_bytes()].concat();
    let at = |bytes: &[u8]| read(&[(SFDX.0, SFDX.1.as_bytes()), (APP, bytes)]);
    assert_eq!(at(&wide), [format!("{APP}: ltng:outApp at 27")]);
    assert_eq!(at(&marked), [format!("{APP}: ltng:outApp at 27")]);
    assert_eq!(at(&latin).len(), 1);
}

#[test]
fn nothing_is_opened_without_need() {
    let files = [(SFDX.0, SFDX.1.as_bytes()), (APP, OUT.as_bytes())];
    let units = |reads_aura| {
        let inputs = Inputs { code: CodeReading::Nothing, reads_aura, ..Inputs::on(AS_OF) };
        in_memory(&files, inputs).project.units.len()
    };
    assert_eq!((units(true), units(false)), (1, 0));

    // A file that is too large shows whether it was opened.
    let project = Project::sfdx(&[(SETTINGS, token(false)), (APP, OUT.to_owned())]);
    File::options().write(true).open(project.at(APP)).unwrap().set_len(200 << 20).unwrap();
    let code = |arguments: &[&str]| project.run(arguments).code;
    assert_eq!(code(&["check", "--select", RULE]), 3);
    assert_eq!(code(&["check", "--select", "session/org-timeout-short"]), 0);
    assert_eq!(code(&["query", "SELECT Name FROM auraoutapp"]), 3);
    assert_eq!(code(&["query", "SELECT Name FROM ApexSessionUse"]), 0);
    assert_eq!(code(&["sessions"]), 0);
}

#[test]
fn the_setting_is_what_the_last_settings_state() {
    let uses = |files: &[(&str, String)]| {
        let project = Project::sfdx(files);
        project.put(APP, OUT);
        project.column("SELECT UsesSessionToken FROM AuraOutApp")
    };
    assert_eq!(uses(&[]), [json!(null)]);
    assert_eq!(uses(&[(SETTINGS, settings(""))]), [json!(null)]);
    assert_eq!(uses(&[(SETTINGS, settings("<sidToken3rdPartyAuraApp xsi:nil=\"true\"/>"))]), [json!(null)]);
    assert_eq!(uses(&[(SETTINGS, "<SecuritySettings>".to_owned())]), [json!(null)]);
    assert_eq!(uses(&[(SETTINGS, token(false))]), [json!(false)]);
    let later = "force-app/zzz/settings/Security.settings-meta.xml";
    assert_eq!(uses(&[(SETTINGS, token(false)), (later, token(true))]), [json!(true)]);
}

#[test]
fn an_application_is_reported_where_it_is_checked_itself() {
    let custom = "force-app/main/default/applications/Sales.app";
    let project = Project::sfdx(&[(SETTINGS, token(false)), (APP, OUT.to_owned()), (custom, OUT.to_owned())]);
    let ran = project.check(&["--select", RULE, APP]);
    assert_eq!(ran.places(), [format!("{APP}:1:28 {RULE}")]);
    let finding = &ran.findings()[0];
    assert_eq!(finding["component"], json!({ "type": "AuraDefinitionBundle", "name": "Out" }));
    assert_eq!(project.check(&["--select", RULE, custom]).findings().len(), 0);
    project.put(SETTINGS, token(true));
    assert_eq!(project.check(&["--select", RULE]).findings().len(), 0);
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_project_only() {
    use std::os::unix::fs::symlink;
    let away = Project::of(&[("Out.app", OUT)]);
    let project = Project::sfdx(&[("force-app/shared/x.txt", OUT)]);
    for bundle in ["In", "Away", "Gone", "Folder"] {
        fs::create_dir_all(project.at(&format!("force-app/aura/{bundle}"))).unwrap();
    }
    symlink(project.at("force-app/shared/x.txt"), project.at("force-app/aura/In/In.app")).unwrap();
    symlink(away.at("Out.app"), project.at("force-app/aura/Away/Away.app")).unwrap();
    symlink(project.at("none"), project.at("force-app/aura/Gone/Gone.app")).unwrap();
    fs::create_dir(project.at("force-app/aura/Folder/Folder.app")).unwrap();
    symlink(project.at("force-app/aura"), project.at("force-app/aura/Loop")).unwrap();
    assert_eq!(project.column("SELECT Name FROM AuraOutApp"), ["In"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_trouble(before in proptest::collection::vec(any::<u8>(), 0..60), after in proptest::collection::vec(any::<u8>(), 0..60)) {
        for bytes in [before.clone(), [&before, OUT.as_bytes(), &after].concat(), [OUT.as_bytes(), &after].concat()] {
            found(&in_memory(&[("force-app/aura/Out/Out.app", &bytes)], Inputs::on(AS_OF)));
        }
    }

    #[test]
    fn white_space_order_and_quotes_change_nothing(
        space in "[ \t\r\n]{1,3}",
        more in "[ \t\r\n]{0,3}",
        quote in "['\"]",
        others in proptest::collection::btree_map("[a-d]{1,4}", "[a-z >=/]{0,5}", 0..4),
        at in 0_usize..4,
        comment in "[a-z<>\"' ]{0,10}",
    ) {
        let mut attributes: Vec<(&str, &str)> = others.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        attributes.insert(at.min(attributes.len()), ("extends", "ltng:outApp"));
        let written = |(name, value): &(&str, &str)| format!("{name}{more}={more}{quote}{value}{quote}");
        let attributes = attributes.iter().map(written).collect::<Vec<_>>().join(&space);
        let text = format!("<!--{comment}-->{more}<aura:application{space}{attributes}{more}>");
        let (span, extends) = Unit::read(Code::AuraApp, "A", &text).lightning_out.unwrap();
        prop_assert_eq!(&text[span.range()], "ltng:outApp");
        prop_assert_eq!(extends, "ltng:outApp");
    }
}

#[test]
fn length_and_depth_are_no_trouble() {
    let names = (0..100_000).map(|number| format!("a{number}=''")).collect::<Vec<_>>().join(" ");
    let many: BTreeMap<&str, String> = [
        ("attributes", format!("<aura:application {names} extends='ltng:outApp'>")),
        ("comments", format!("{}{OUT}", "<!-- x -->".repeat(300_000))),
        ("open comments", "<!--".repeat(500_000)),
        ("instructions", format!("{}{OUT}", "<?x y?>".repeat(300_000))),
        ("types", format!("{}{OUT}", "<!DOCTYPE x>".repeat(200_000))),
        ("open types", "<!DOCTYPE x [".repeat(200_000)),
        ("tags", "<".repeat(1_000_000)),
        ("depth", "<aura:application>".repeat(200_000)),
        ("quotes", format!("<aura:application {}", "a='".repeat(500_000))),
        ("white space", " ".repeat(5_000_000)),
    ]
    .into();
    for text in many.into_values() {
        Unit::read(Code::AuraApp, "A", &text);
    }
}
