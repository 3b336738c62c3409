//! Broken, hostile and unreadable input: each kind is reported with its place, and the rest of the project is analysed.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its project fails, wherever that happens")]

use crate::support;
use std::fs;

use crate::support::{Project, SFDX, security, text};
use serde_json::{Value, json};

/// A sound file with one finding, which stands beside every broken one.
const SOUND: &str = "force-app/main/default/settings/Security.settings-meta.xml";
/// The finding of the sound file.
const SOUND_FINDING: &str = "force-app/main/default/settings/Security.settings-meta.xml:4:25 session/org-timeout-short";
/// The file that is broken.
const BAD: &str = "force-app/main/default/connectedApps/Bad.connectedApp-meta.xml";
/// The rules that run: all about broken files, and that of the sound file.
const ASKED: &[&str] = &["--select", "metadata,session/org-timeout-short"];

/// A sound file, and one with these bytes.
fn beside_a_sound_file(bytes: impl AsRef<[u8]>) -> Project {
    let project = Project::sfdx(&[(SOUND, security("FifteenMinutes"))]);
    project.put(BAD, bytes);
    project
}

/// The sound file alone.
fn sound() -> Project {
    Project::sfdx(&[(SOUND, security("FifteenMinutes"))])
}

/// A position in JSON.
fn at(line: usize, column: usize, offset: usize) -> Value {
    json!({ "line": line, "column": column, "offset": offset })
}

/// Holds that a file of these bytes is exactly one finding, of `rule`, at this place, that it gives no rows, and that
/// the sound file beside it is analysed.
fn assert_problem(bytes: impl AsRef<[u8]>, rule: &str, start: &Value, end: &Value, says: &str) {
    let project = beside_a_sound_file(bytes);
    let ran = project.check(ASKED);
    assert_eq!(ran.code, 1, "{ran:?}");
    let findings = ran.findings();
    assert_eq!(findings.len(), 2, "{:?}", ran.places());
    let problem = &findings[0];
    assert_eq!(problem["rule"], rule, "{problem}");
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["path"], BAD);
    assert_eq!(&problem["start"], start, "{problem}");
    assert_eq!(&problem["end"], end, "{problem}");
    assert_eq!(problem["component"], json!({ "type": "ConnectedApp", "name": "Bad" }));
    assert!(text(&problem["message"]).contains("Bad"), "{problem}");
    let texts = project.column("SELECT Text FROM Problem");
    assert!(texts.len() == 1 && text(&texts[0]).contains(says), "{texts:?}");
    assert_eq!(ran.places()[1], SOUND_FINDING);
    assert_eq!(ran.err, "", "what is a finding is not said twice");
    let concise = project.run(&[&["check", "--format", "concise"], ASKED].concat());
    let line = format!("{BAD}:{}:{}: error[{rule}] ", start["line"], start["column"]);
    assert!(concise.out.starts_with(&line), "{concise:?}");
    assert_eq!(project.column("SELECT Name FROM ConnectedApp"), [] as [Value; 0]);
    assert_eq!(project.column("SELECT TimeoutMinutes FROM SecuritySettings"), [15]);
}

/// Holds that the text without its marks `«` and `»` is one finding of `rule` from the one to the other.
fn assert_marked(marked: &str, rule: &str, says: &str) {
    let (before, rest) = marked.split_once('«').unwrap();
    let (inside, after) = rest.split_once('»').unwrap();
    let place = |text: &str| {
        let line_start = text.rfind('\n').map_or(0, |end| end + 1);
        at(text.matches('\n').count() + 1, text[line_start..].chars().count() + 1, text.len())
    };
    let end = place(&format!("{before}{inside}"));
    assert_problem(format!("{before}{inside}{after}"), rule, &place(before), &end, says);
}

fn assert_not_well_formed(marked: &str, says: &str) {
    assert_marked(marked, "metadata/not-well-formed", says);
}

mod not_well_formed {
    use super::*;

    #[test]
    fn a_file_that_ends_inside_an_element() {
        assert_not_well_formed("<ConnectedApp>\n  «<label>»Bad", "ends inside <label>");
    }

    #[test]
    fn a_file_that_ends_inside_a_tag() {
        assert_not_well_formed("<ConnectedApp>\n  «<label»", "ends inside");
    }

    #[test]
    fn a_file_that_ends_inside_a_comment() {
        assert_not_well_formed("<ConnectedApp>\n  «<!--» half", "ends inside a comment");
    }

    #[test]
    fn a_file_that_ends_inside_a_cdata_section() {
        assert_not_well_formed("<ConnectedApp>\n  <label>«<![CDATA[» half", "ends inside a CDATA section");
    }

    #[test]
    fn a_file_that_ends_inside_an_attribute() {
        assert_not_well_formed("<ConnectedApp a=«\"»half", "ends inside an attribute's value");
    }

    #[test]
    fn a_second_root() {
        assert_not_well_formed("<ConnectedApp/>\n«<ConnectedApp>»</ConnectedApp>\n", "follows the root element");
    }

    #[test]
    fn text_behind_the_root() {
        assert_not_well_formed("<ConnectedApp/>\n  «left over»\n", "text behind the root element");
    }

    #[test]
    fn text_before_the_root() {
        assert_not_well_formed("«left over»\n<ConnectedApp/>\n", "text before the root element");
    }

    #[test]
    fn no_element_at_all() {
        assert_not_well_formed("<!-- nothing -->\n«»", "holds no element");
    }

    #[test]
    fn an_attribute_twice() {
        assert_not_well_formed(
            "<ConnectedApp>\n  <label a=\"1\" «a»=\"2\">x</label>\n</ConnectedApp>",
            "attribute a is given twice",
        );
    }

    #[test]
    fn an_unknown_entity() {
        let marked = "<ConnectedApp>\n  <label>R«&nbsp;»D</label>\n</ConnectedApp>";
        assert_not_well_formed(marked, "an entity that is not declared");
    }

    #[test]
    fn a_bare_ampersand() {
        assert_not_well_formed("<ConnectedApp>\n  <label>R «&» D</label>\n</ConnectedApp>", "`&`");
    }

    #[test]
    fn a_control_character() {
        assert_not_well_formed("<ConnectedApp>\n  <label>x«\u{1b}»y</label>\n</ConnectedApp>", "U+001B");
    }

    #[test]
    fn a_nul_character() {
        assert_not_well_formed("<ConnectedApp>\n  <label>x«\0»y</label>\n</ConnectedApp>", "U+0000");
    }

    #[test]
    fn a_reference_to_a_control_character() {
        assert_not_well_formed("<ConnectedApp>\n  <label>x«&#x1b;»y</label>\n</ConnectedApp>", "character");
    }

    #[test]
    fn two_hyphens_in_a_comment() {
        assert_not_well_formed("<ConnectedApp>\n  <!-- a «--» b -->\n</ConnectedApp>", "`--` inside a comment");
    }

    #[test]
    fn the_end_of_a_cdata_section_in_text() {
        assert_not_well_formed("<ConnectedApp>\n  <label>x«]]>»y</label>\n</ConnectedApp>", "`]]>`");
    }

    #[test]
    fn the_end_tag_of_another_element() {
        let marked = "<ConnectedApp>\n  <label>x«</lable>»\n</ConnectedApp>";
        assert_not_well_formed(marked, "</lable> closes <label>");
    }

    #[test]
    fn an_end_tag_too_many() {
        assert_not_well_formed("<ConnectedApp/>\n«</ConnectedApp>»\n", "</ConnectedApp> closes nothing");
    }

    #[test]
    fn a_less_than_sign_in_an_attribute() {
        assert_not_well_formed("<ConnectedApp>\n  <label a=\"1 «<» 2\">x</label>\n</ConnectedApp>", "`<`");
    }

    #[test]
    fn an_attribute_without_quotes() {
        assert_not_well_formed("<ConnectedApp>\n  <label «a=»1>x</label>\n</ConnectedApp>", "not quoted");
    }

    #[test]
    fn a_declaration_behind_the_start() {
        assert_not_well_formed("\n«<?xml» version=\"1.0\"?>\n<ConnectedApp/>", "not at the very start");
    }

    #[test]
    fn a_second_byte_order_mark() {
        let bytes = b"\xEF\xBB\xBF\xEF\xBB\xBF<ConnectedApp/>";
        assert_problem(bytes, "metadata/not-well-formed", &at(1, 1, 3), &at(1, 2, 6), "a second byte order mark");
    }

    #[test]
    fn a_declaration_that_contradicts_the_mark() {
        let bytes = b"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<ConnectedApp/>";
        assert_problem(bytes, "metadata/not-well-formed", &at(1, 31, 33), &at(1, 37, 39), "`UTF-16` contradicts");
    }

    #[test]
    fn a_utf_16_file_that_says_utf_8() {
        let written = "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ConnectedApp/>";
        let bytes: Vec<u8> = written.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_problem(bytes, "metadata/not-well-formed", &at(1, 31, 62), &at(1, 36, 72), "`UTF-8` contradicts");
    }

    #[test]
    fn lines_that_end_with_a_lone_cr_are_counted() {
        let bytes = b"<ConnectedApp>\r  <label>x</lable>\r</ConnectedApp>\r";
        let (start, end) = (at(2, 11, 25), at(2, 19, 33));
        assert_problem(bytes, "metadata/not-well-formed", &start, &end, "</lable> closes <label>");
    }

    #[test]
    fn columns_are_code_points_and_offsets_are_bytes() {
        let marked = "<ConnectedApp>\n  <label>é日𝒳«</lable>»\n</ConnectedApp>";
        assert_not_well_formed(marked, "</lable> closes <label>");
    }

    #[test]
    fn what_stands_in_skipped_elements_counts() {
        // A profile's field permissions are no column, and broken all the same.
        let project = sound();
        let path = "force-app/main/default/profiles/Sales.profile-meta.xml";
        project.put(path, "<Profile>\n  <fieldPermissions><field>A.&x;</field></fieldPermissions>\n</Profile>");
        let ran = project.check(ASKED);
        assert_eq!(ran.code, 1);
        assert_eq!(ran.places(), [&format!("{path}:2:30 metadata/not-well-formed"), SOUND_FINDING]);
    }

    #[test]
    fn no_message_repeats_a_secret() {
        let project = beside_a_sound_file(
            "<ConnectedApp>\n  <oauthConfig><consumerSecret>TOPSECRET &TOPSECRET; </consumerSecret></oauthConfig>\n</ConnectedApp>",
        );
        for format in ["human", "concise", "json"] {
            let ran = project.run(&["check", "--format", format]);
            assert!(ran.out.contains("not-well-formed"), "{ran:?}");
            assert!(!ran.out.contains("TOPSECRET") && !ran.err.contains("TOPSECRET"), "{ran:?}");
        }
        let ran = project.run(&["query", "SELECT Kind, Text, Name FROM Problem", "--format", "json"]);
        assert!(!ran.out.contains("TOPSECRET") && !ran.err.contains("TOPSECRET"), "{ran:?}");
    }
}

mod half_a_file {
    use super::*;

    /// A file with a bit of everything that can be cut in two.
    const WHOLE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ConnectedApp xmlns=\"urn:x\">\n  \
        <!-- a comment --><label>Ré&amp;D</label>\n  <description><![CDATA[x < y]]></description>\n</ConnectedApp>";

    #[test]
    fn wherever_it_was_cut_it_is_one_finding() {
        let project = sound();
        let cuts: Vec<usize> = (1..WHOLE.len()).filter(|cut| WHOLE.is_char_boundary(*cut)).collect();
        for cut in &cuts {
            project.put(&format!("force-app/apps/Cut{cut:03}.connectedApp-meta.xml"), &WHOLE[..*cut]);
        }
        let ran = project.check(ASKED);
        assert_eq!(ran.code, 1);
        let findings = ran.findings();
        assert_eq!(findings.len(), cuts.len() + 1, "one each, and the sound file's");
        for (cut, finding) in cuts.iter().zip(&findings) {
            assert_eq!(finding["path"], format!("force-app/apps/Cut{cut:03}.connectedApp-meta.xml"));
            assert_eq!(finding["rule"], "metadata/not-well-formed");
            assert!(finding["end"]["offset"].as_u64().unwrap() <= *cut as u64, "{finding}");
        }
        assert_eq!(ran.places().last().unwrap(), SOUND_FINDING);
    }

    #[test]
    fn cut_inside_a_character_it_does_not_decode() {
        let cut = WHOLE.find('é').unwrap() + 1;
        let project = beside_a_sound_file(&WHOLE.as_bytes()[..cut]);
        let ran = project.check(ASKED);
        assert_eq!(ran.places(), [&format!("{BAD}:3:29 metadata/unsupported-encoding"), SOUND_FINDING]);
        assert_eq!(ran.findings()[0]["start"]["offset"], cut - 1);
    }
}

mod empty {
    use super::*;

    fn assert_empty(bytes: &[u8], offset: usize) {
        let place = at(1, 1, offset);
        assert_problem(bytes, "metadata/empty-file", &place, &place, "holds nothing");
    }

    #[test]
    fn no_byte() {
        assert_empty(b"", 0);
    }

    #[test]
    fn only_white_space() {
        assert_empty(b" \t\r\n\n", 0);
    }

    #[test]
    fn only_a_byte_order_mark() {
        assert_empty(b"\xEF\xBB\xBF", 3);
    }

    #[test]
    fn only_a_mark_and_white_space_in_utf_16() {
        assert_empty(b"\xFF\xFE\n\0", 2);
    }
}

mod encoding {
    use super::*;

    const RULE: &str = "metadata/unsupported-encoding";

    #[test]
    fn an_encoding_that_is_unknown() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"EBCDIC-X\"?>\n<ConnectedApp/>";
        assert_problem(bytes, RULE, &at(1, 31, 30), &at(1, 39, 38), "`EBCDIC-X` is not supported");
    }

    #[test]
    fn a_byte_that_is_not_utf_8() {
        let bytes = b"<ConnectedApp>\n  <label>R\xE9D</label>\n</ConnectedApp>";
        let place = at(2, 11, 25);
        assert_problem(bytes, RULE, &place, &place, "not UTF-8");
    }

    #[test]
    fn a_byte_that_is_not_utf_8_behind_a_byte_order_mark() {
        let bytes = b"\xEF\xBB\xBF<a>\xE9\xE9</a>";
        let place = at(1, 4, 6);
        assert_problem(bytes, RULE, &place, &place, "not UTF-8");
    }

    #[test]
    fn an_overlong_form_and_a_surrogate() {
        for bytes in [b"<a>\xC0\xAF</a>".as_slice(), b"<a>\xED\xA0\x80</a>"] {
            let place = at(1, 4, 3);
            assert_problem(bytes, RULE, &place, &place, "not UTF-8");
        }
    }

    #[test]
    fn utf_32() {
        let bytes = b"\xFF\xFE\0\0<\0\0\0a\0\0\0";
        let place = at(1, 1, 0);
        assert_problem(bytes, RULE, &place, &place, "`UTF-32` is not supported");
    }

    #[test]
    fn utf_16_with_half_a_pair() {
        let bytes = b"\xFF\xFE<\0a\0>\0\x00\xD8<\0/\0a\0>\0";
        let place = at(1, 4, 8);
        assert_problem(bytes, RULE, &place, &place, "not UTF-16");
    }

    #[test]
    fn utf_16_with_half_a_unit() {
        let bytes = b"\xFE\xFF\0<\0a\0/\0>\0";
        let place = at(1, 5, 10);
        assert_problem(bytes, RULE, &place, &place, "not UTF-16");
    }

    #[test]
    fn a_byte_that_is_not_of_the_declared_encoding() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x93\xFA\xFF</a>";
        let place = at(1, 47, 47);
        assert_problem(bytes, RULE, &place, &place, "not Shift_JIS");
    }

    #[test]
    fn bytes_of_no_text() {
        let project = beside_a_sound_file((0..=255).collect::<Vec<u8>>());
        let ran = project.check(ASKED);
        assert_eq!(ran.places(), [&format!("{BAD}:3:115 {RULE}"), SOUND_FINDING]);
    }
}

mod merge {
    use super::*;

    const RULE: &str = "metadata/merge-conflict";

    #[test]
    fn a_conflict_is_marked_at_its_first_line() {
        let marked = "<ConnectedApp>\n«<<<<<<< HEAD»\n  <label>a</label>\n=======\n  <label>b</label>\n>>>>>>> them\n\
            </ConnectedApp>\n";
        assert_marked(marked, RULE, "conflict markers");
    }

    #[test]
    fn markers_inside_a_comment_count_although_it_is_well_formed() {
        let marked = "<ConnectedApp>\n<!--\n«>>>>>>> them»\n-->\n</ConnectedApp>\n";
        assert_marked(marked, RULE, "conflict markers");
    }

    #[test]
    fn the_line_between_counts_where_the_file_is_not_well_formed() {
        let marked = "<ConnectedApp>\n  <label>a</label>\n«=======»\n  <label>b</lable>\n</ConnectedApp>\n";
        assert_marked(marked, RULE, "conflict markers");
    }

    #[test]
    fn the_line_between_is_text_where_the_file_is_well_formed() {
        let project = beside_a_sound_file("<ConnectedApp>\n<description>\n=======\n</description>\n</ConnectedApp>\n");
        let ran = project.check(ASKED);
        assert_eq!(ran.places(), [SOUND_FINDING]);
    }

    #[test]
    fn lines_of_the_other_kinds_come_first() {
        let marked = "<ConnectedApp>\n=======\n  <label>b</label>\n«>>>>>>> them»\n</ConnectedApp>\n";
        assert_marked(marked, RULE, "conflict markers");
    }

    #[test]
    fn a_marker_starts_its_line_and_ends_with_a_space() {
        for line in [" <<<<<<< HEAD", "<<<<<<<", ">>>>>>>x"] {
            let project = beside_a_sound_file(format!("<ConnectedApp>\n<!--\n{line}\n-->\n</ConnectedApp>\n"));
            assert_eq!(project.check(ASKED).places(), [SOUND_FINDING], "{line}");
        }
    }

    /// A class in which a session id is sent to another org, with `before` and `within` around it.
    fn class(before: &str, within: &str) -> String {
        format!(
            "public class Sync {{\n{before}    @AuraEnabled public static void send() {{\n        HttpRequest r = new \
             HttpRequest();\n{within}        r.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId());\n        \
             new Http().send(r);\n    }}\n}}\n"
        )
    }

    #[test]
    fn a_conflict_in_a_class_is_not_passed_over() {
        const PATH: &str = "force-app/main/default/classes/Sync.cls";
        let found = |text: &str| {
            let project = beside_a_sound_file("<ConnectedApp/>");
            project.put(PATH, text);
            let ran = project.check(ASKED);
            ran.places().iter().filter(|place| place.starts_with(PATH)).cloned().collect::<Vec<_>>()
        };
        let whole = "<<<<<<< HEAD\n    Integer a;\n=======\n    Integer b;\n>>>>>>> them\n";
        let rest = ">>>>>>> them\n";
        let value = "        String a = 'x' +\n<<<<<<< HEAD\n 'y';\n=======\n 'z';\n>>>>>>> them\n";
        let query = "        List<A> a = [\n SELECT Id\n<<<<<<< HEAD\n FROM A\n=======\n FROM B\n>>>>>>> them\n];\n";
        for (text, line) in [
            (class(whole, ""), 2),
            (class("", whole), 4),
            (class(rest, ""), 2),
            (class("", rest), 4),
            (class("", value), 5),
            (format!("{whole}{}", class("", "")), 1),
            (format!("{}{rest}", class("", "")), 8),
            (whole.to_owned(), 1),
            (class("/*\n<<<<<<< HEAD\n*/\n", whole), 7),
            (class("", query), 6),
            (class("", "        f(1,\n<<<<<<< HEAD\n 2\n=======\n 3\n>>>>>>> them\n);\n"), 5),
            (class("    enum E { A,\n<<<<<<< HEAD\n B\n=======\n C\n>>>>>>> them\n }\n", ""), 3),
        ] {
            assert_eq!(found(&text), [format!("{PATH}:{line}:1 {RULE}")], "{text}");
            assert_eq!(found(&text.replace('\n', "\r\n")), [format!("{PATH}:{line}:1 {RULE}")], "{text}");
        }
        // Its classes are still those of the project for the others.
        let project = beside_a_sound_file("<ConnectedApp/>");
        let user = "public class User2 {\n    @AuraEnabled public static void f() { Box b = new Box(); b.sessionId = \
                    UserInfo.getSessionId(); }\n}\n";
        project.put("force-app/main/default/classes/User2.cls", user);
        project.put(PATH, format!("public class Box {{\n{whole}    public String sessionId;\n}}\n"));
        let ran = project.check(&["--preset", "all"]);
        assert!(!ran.places().iter().any(|place| place.contains("User2")), "{:?}", ran.places());
        project.put(PATH, class(whole, ""));
        let ran = project.check(&["--preset", "all"]);
        let own: Vec<String> = ran.places().iter().filter(|place| place.starts_with(PATH)).cloned().collect();
        assert_eq!(own, [format!("{PATH}:2:1 {RULE}")]);
        // A comment and a text may contain markers.
        for (before, within) in [("/*\n<<<<<<< HEAD\n*/\n", ""), ("", "String a = '''\n>>>>>>> them\n''';\n")] {
            let found = found(&class(before, within));
            assert!(found.is_empty(), "{found:?}");
        }
        for elsewhere in [
            class("/*\n<<<<<<< HEAD\n*/\n", "        Integer a = ;;;= (;\n"),
            class("", "        Integer a = (;;;= (\n/*\n<<<<<<< HEAD\n*/ b c d (;\n"),
            class("", "        Integer a = b c\n// =======\n'''\n<<<<<<< HEAD\n''' d;\n"),
        ] {
            assert!(found(&elsewhere).iter().all(|it| !it.contains(RULE)), "{elsewhere}");
        }
    }

    #[test]
    fn lines_may_end_with_cr_and_lf() {
        let bytes = b"<ConnectedApp>\r\n<<<<<<< HEAD\r\n</ConnectedApp>\r\n";
        assert_problem(bytes, RULE, &at(2, 1, 16), &at(2, 13, 28), "conflict markers");
        let bytes = b"<ConnectedApp>\r\n=======\r\n</a>\r\n";
        assert_problem(bytes, RULE, &at(2, 1, 16), &at(2, 8, 23), "conflict markers");
    }
}

mod wrong_root {
    use super::*;

    const RULE: &str = "metadata/wrong-root-element";

    #[test]
    fn another_type() {
        let marked = "<?xml version=\"1.0\"?>\n«<Profile xmlns=\"urn:x\">»\n</Profile>\n";
        assert_marked(marked, RULE, "the root element is <Profile>");
    }

    #[test]
    fn the_right_name_in_another_case() {
        assert_marked("«<connectedApp/>»\n", RULE, "<connectedApp>");
    }

    #[test]
    fn a_web_page() {
        let marked = "<!DOCTYPE html>\n«<html>»<body><h1>Not found</h1></body></html>";
        assert_marked(marked, RULE, "<html>");
    }

    #[test]
    fn a_prefix_is_no_other_name() {
        let project =
            beside_a_sound_file("<sf:ConnectedApp xmlns:sf=\"urn:x\"><sf:label>x</sf:label></sf:ConnectedApp>");
        assert_eq!(project.check(ASKED).places(), [SOUND_FINDING]);
    }
}

mod broken_security_settings {
    use super::*;

    #[test]
    fn what_would_rest_on_the_broken_file_is_unknown() {
        let project = sound();
        project.put("force-app/other/Security.settings-meta.xml", "<SecuritySettings>");
        project.put("force-app/profiles/Sales.profile-meta.xml", support::profile());
        assert_eq!(project.column("SELECT OrgMinutes FROM Profile"), [Value::Null]);
        assert_eq!(project.column("SELECT EffectiveMinutes FROM Profile"), [Value::Null]);
        // What the sound one writes is what it writes.
        assert_eq!(project.column("SELECT TimeoutMinutes FROM SecuritySettings"), [15]);
        assert_eq!(project.column("SELECT OrgMinutes FROM SecuritySettings"), [Value::Null]);
        assert!(project.check(ASKED).places().contains(&SOUND_FINDING.to_owned()));
    }
}

mod paths {
    use super::*;

    #[test]
    fn a_path_that_does_not_exist() {
        let project = sound();
        for path in ["nowhere", "nowhere.zip", "sfdx-project.json/x"] {
            let ran = project.run(&["check", path]);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(ran.err.starts_with("error: ") && ran.err.contains(path), "{ran:?}");
            assert_eq!(ran.out, "");
            let ran = project.run(&["query", "SELECT Name FROM Profile", path]);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(ran.err.contains(path), "{ran:?}");
        }
        let ran = project.run(&["check", "nowhere"]);
        assert!(ran.err.contains("no such file or folder"), "{ran:?}");
    }

    #[test]
    fn a_folder_named_like_a_file() {
        let project = sound();
        fs::create_dir_all(project.at(BAD)).unwrap();
        project.put(&format!("{BAD}/Inner.connectedApp-meta.xml"), "");
        let ran = project.check(ASKED);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_eq!(ran.places(), [SOUND_FINDING]);
        assert_eq!(ran.err, format!("warning: {BAD}: is a folder; skipped\n"));
    }

    #[test]
    fn an_empty_folder() {
        let project = Project::of(&[] as &[(&str, &str)]);
        let ran = project.run(&["check"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("looked for") && ran.err.contains("Security.settings-meta.xml"), "{ran:?}");
    }
}

#[cfg(unix)]
mod not_regular {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;
    use support::{Ran, copy_of_program, run};

    /// The error of a run about an unreadable file; the other files are checked.
    fn assert_unreadable(ran: &Ran, path: &str) {
        assert_eq!(ran.code, 3, "{ran:?}");
        assert_eq!(ran.places(), [SOUND_FINDING]);
        let lines: Vec<&str> = ran.err.lines().collect();
        assert_eq!(lines.len(), 1, "{ran:?}");
        assert!(lines[0].starts_with(&format!("error: {path}: cannot be read (")), "{ran:?}");
    }

    fn assert_skipped(project: &Project, path: &str, why: &str) {
        let ran = project.check(ASKED);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_eq!(ran.places(), [SOUND_FINDING]);
        assert_eq!(ran.err, format!("warning: {path}: {why}; skipped\n"));
    }

    fn pipe(project: &Project) {
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(project.at(BAD)).status().unwrap().success());
    }

    #[test]
    fn a_pipe() {
        let project = sound();
        pipe(&project);
        assert_skipped(&project, BAD, "is not a regular file");
    }

    #[test]
    fn a_pipe_as_the_argument() {
        let project = sound();
        pipe(&project);
        let ran = project.check(&[ASKED, &[BAD]].concat());
        assert_eq!((ran.code, ran.places()), (0, vec![]), "{ran:?}");
        assert!(ran.err.contains(&format!("{BAD}: is not a regular file")), "{ran:?}");
    }

    #[test]
    fn a_socket() {
        let project = sound();
        let path = "force-app/S.profile";
        let _socket = UnixListener::bind(project.at(path)).unwrap();
        assert_skipped(&project, path, "is not a regular file");
    }

    #[test]
    fn a_link_to_a_device() {
        let project = sound();
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink("/dev/zero", project.at(BAD)).unwrap();
        assert_skipped(&project, BAD, "is a link out of the project, which is not followed");
    }

    #[test]
    fn a_link_out_of_the_project() {
        let project = sound();
        let elsewhere = Project::of(&[("X.connectedApp-meta.xml", "<a")]);
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink(elsewhere.at("X.connectedApp-meta.xml"), project.at(BAD)).unwrap();
        assert_skipped(&project, BAD, "is a link out of the project, which is not followed");
    }

    #[test]
    fn a_link_inside_the_project_is_followed() {
        let project = sound();
        project.put("shared/app.xml", "<ConnectedApp><label>Shared</label></ConnectedApp>");
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink("../../../../shared/app.xml", project.at(BAD)).unwrap();
        assert_eq!(project.column("SELECT label FROM ConnectedApp"), ["Shared"]);
    }

    #[test]
    fn a_link_to_a_folder() {
        let project = sound();
        symlink("main", project.at("force-app/again")).unwrap();
        assert_skipped(&project, "force-app/again", "is a link to a folder, which is not followed");
    }

    #[test]
    fn a_link_to_the_folder_that_holds_it() {
        let project = sound();
        symlink("..", project.at("force-app/up")).unwrap();
        assert_skipped(&project, "force-app/up", "is a link to a folder, which is not followed");
    }

    #[test]
    fn a_dangling_link() {
        let project = sound();
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink("nowhere", project.at(BAD)).unwrap();
        assert_unreadable(&project.check(ASKED), BAD);
    }

    #[test]
    fn a_dangling_link_as_the_argument() {
        let project = sound();
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink("nowhere", project.at(BAD)).unwrap();
        let ran = project.check(&[ASKED, &[BAD]].concat());
        assert_eq!((ran.code, ran.places()), (3, vec![]), "{ran:?}");
        assert!(ran.err.starts_with(&format!("error: {BAD}: cannot be read (")), "{ran:?}");
    }

    #[test]
    fn a_loop_of_links() {
        let project = sound();
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        symlink("Bad.connectedApp-meta.xml", project.at(BAD)).unwrap();
        assert_unreadable(&project.check(ASKED), BAD);
    }

    #[test]
    fn a_loop_of_links_as_the_argument() {
        let project = sound();
        symlink("b.profile", project.at("force-app/a.profile")).unwrap();
        symlink("a.profile", project.at("force-app/b.profile")).unwrap();
        let ran = project.check(&[ASKED, &["force-app/a.profile"]].concat());
        assert_eq!((ran.code, ran.places()), (3, vec![]), "{ran:?}");
        assert!(ran.err.contains("error: force-app/a.profile: cannot be read ("), "{ran:?}");
    }

    /// Runs `check` as a user who may not read everything: root becomes the user `nobody`.
    fn check_as_nobody(project: &Project) -> Ran {
        let is_root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
        let place = tempfile::tempdir().unwrap();
        // Nobody may not walk to where the program was built.
        let program = copy_of_program(place.path());
        for folder in [place.path(), &project.root()] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let mut command = Command::new(program);
        command.args(["check", "--format", "json"]).args(ASKED).current_dir(project.root());
        if is_root {
            command.uid(65534).gid(65534);
        }
        run(&mut command)
    }

    #[test]
    fn a_file_without_permission() {
        let project = beside_a_sound_file("<ConnectedApp/>");
        fs::set_permissions(project.at(BAD), fs::Permissions::from_mode(0o000)).unwrap();
        let ran = check_as_nobody(&project);
        assert_unreadable(&ran, BAD);
        assert!(ran.err.contains("ermission denied"), "{ran:?}");
    }

    #[test]
    fn a_folder_without_permission() {
        let project = beside_a_sound_file("<ConnectedApp/>");
        let folder = project.at(BAD).parent().unwrap().to_owned();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
        let ran = check_as_nobody(&project);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert_unreadable(&ran, "force-app/main/default/connectedApps");
    }

    #[test]
    fn an_unreadable_security_file_leaves_the_org_unknown() {
        let project = Project::sfdx(&[("force-app/profiles/Sales.profile-meta.xml", support::profile())]);
        symlink("nowhere", project.at("force-app/Security.settings-meta.xml")).unwrap();
        project.put("force-app/other/Security.settings-meta.xml", security("TwoHours"));
        let ran = project.run(&["query", "SELECT OrgMinutes FROM Profile", "--format", "json"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert_eq!(ran.json(), json!([{ "OrgMinutes": null }]));
    }

    #[test]
    fn a_file_name_cannot_steer_the_terminal() {
        let project = sound();
        symlink("nowhere", project.at("force-app/\u{1b}[2J\u{202E}.profile-meta.xml")).unwrap();
        let ran = project.run(&["check", "--format", "human"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(!ran.err.contains(['\u{1b}', '\u{202E}']), "{ran:?}");
        assert!(ran.err.contains("force-app/?[2J\u{FFFD}.profile-meta.xml: cannot be read"), "{ran:?}");
    }
}

#[cfg(unix)]
mod large {
    use std::fs::File;
    use std::io::Write;

    use super::*;
    use support::{Ran, run_within};

    /// Runs `check` with this much address space; a run that needs more is ended and fails the test.
    fn check_within(megabytes: usize, project: &Project) -> Ran {
        let arguments = [&["check", "--format", "json", "--threads", "1"], ASKED].concat();
        run_within(megabytes, &project.root(), &arguments)
    }

    fn assert_refused(ran: &Ran, path: &str, why: &str) {
        assert_eq!(ran.code, 3, "{ran:?}");
        assert_eq!(ran.places(), [SOUND_FINDING]);
        assert_eq!(ran.err, format!("error: {path}: {why} and was not read\n"));
    }

    #[test]
    fn ten_thousand_nested_elements() {
        let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
        let project = beside_a_sound_file(format!("<ConnectedApp>{deep}</ConnectedApp>"));
        project
            .put("force-app/profiles/Deep.profile-meta.xml", format!("<Profile><custom>true</custom>{deep}</Profile>"));
        let ran = project.check(ASKED);
        assert_eq!((ran.code, ran.places(), ran.err.as_str()), (1, vec![SOUND_FINDING.to_owned()], ""));
    }

    /// `megabytes` of opening tags; on disk it is mostly a hole where that is longer than the program reads.
    fn opening_tags(project: &Project, megabytes: u64) {
        fs::create_dir_all(project.at(BAD).parent().unwrap()).unwrap();
        let mut file = File::create(project.at(BAD)).unwrap();
        let block = "<a>".repeat(1024 * 1024 / 3);
        for _ in 0..megabytes.min(60) {
            file.write_all(block.as_bytes()).unwrap();
        }
        if megabytes > 60 {
            file.set_len(megabytes * 1024 * 1024).unwrap();
        }
    }

    #[test]
    fn two_hundred_megabytes_of_opening_tags() {
        let project = sound();
        opening_tags(&project, 200);
        // Less than the file is long: it cannot have been read.
        assert_refused(&check_within(150, &project), BAD, "is larger than 64 MB");
    }

    #[test]
    fn sixty_megabytes_of_opening_tags() {
        let project = sound();
        opening_tags(&project, 60);
        let arguments = [&["check"], ASKED, &["--threads=2", "--max-memory=128MiB", "--format=json"]].concat();
        let ran = run_within(400, &project.root(), &arguments);
        assert_eq!((ran.code, ran.places()), (3, vec![SOUND_FINDING.to_owned()]), "{}", ran.err);
        assert!(ran.err.contains("--max-memory"), "{}", ran.err);
    }

    #[test]
    fn sixty_megabytes_of_one_value() {
        let project = sound();
        let value = "x".repeat(60 * 1024 * 1024);
        project.put(BAD, format!("<ConnectedApp><label>{value}</label></ConnectedApp>"));
        let ran = check_within(500, &project);
        assert_eq!((ran.code, ran.places()), (1, vec![SOUND_FINDING.to_owned()]), "{}", ran.err);
    }

    #[test]
    fn the_largest_file_that_is_read_has_64_megabytes() {
        let limit = 64 * 1024 * 1024;
        let project = sound();
        let path = "force-app/profiles/Large.profile-meta.xml";
        let filled = |length: usize| format!("<Profile>{}</Profile>", " ".repeat(length - "<Profile></Profile>".len()));
        project.put(path, filled(limit));
        let ran = project.check(ASKED);
        assert_eq!((ran.code, ran.places(), ran.err.as_str()), (1, vec![SOUND_FINDING.to_owned()], ""));
        project.put(path, filled(limit + 1));
        assert_refused(&project.check(ASKED), path, "is larger than 64 MB");
    }

    /// Entities that would grow to 10^9 copies.
    fn bomb(root: &str, value: &str) -> String {
        let entity = |level: usize| format!("<!ENTITY e{level} \"{}\">\n", format!("&e{};", level - 1).repeat(10));
        let entities: String = (1..=9).map(entity).collect();
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE x [\n<!ENTITY e0 \"lol\">\n{entities}]>\n\
             <{root}><label>{value}</label></{root}>\n"
        )
    }

    #[test]
    fn an_entity_bomb() {
        let project = beside_a_sound_file(bomb("ConnectedApp", "&e9;"));
        let ran = check_within(150, &project);
        assert_eq!((ran.code, ran.places()), (1, vec![SOUND_FINDING.to_owned()]), "{ran:?}");
        assert!(ran.err.starts_with(&format!("warning: {BAD}: declares entities")), "{ran:?}");
        assert_eq!(project.column("SELECT label FROM ConnectedApp"), ["&e9;"]);
    }

    #[test]
    fn an_entity_bomb_in_an_attribute() {
        let text = bomb("ConnectedApp", "x").replace("<label>", "<label a=\"&e9;\">");
        let ran = check_within(150, &beside_a_sound_file(text));
        assert_eq!((ran.code, ran.places()), (1, vec![SOUND_FINDING.to_owned()]), "{ran:?}");
    }

    #[test]
    fn an_entity_that_names_a_file() {
        let text =
            "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>\n<ConnectedApp><label>&f;</label></ConnectedApp>";
        let project = beside_a_sound_file(text);
        assert_eq!(project.check(ASKED).places(), [SOUND_FINDING]);
        assert_eq!(project.column("SELECT label FROM ConnectedApp"), ["&f;"]);
    }
}

mod project_files {
    use super::*;

    fn assert_whole_folder_with_a_warning(project: &Project, says: &str) {
        let ran = project.check(&[ASKED, &["."]].concat());
        assert_eq!((ran.code, ran.places()), (1, vec![SOUND_FINDING.to_owned()]), "{ran:?}");
        assert!(ran.err.starts_with("warning: sfdx-project.json ") && ran.err.contains(says), "{ran:?}");
        assert!(ran.err.ends_with("the whole folder is read\n"), "{ran:?}");
    }

    #[test]
    fn a_project_file_that_is_no_json() {
        let project = sound();
        project.put(SFDX.0, "{ \"packageDirectories\": [");
        assert_whole_folder_with_a_warning(&project, "is not JSON");
    }

    #[test]
    fn a_project_file_without_package_directories() {
        let project = sound();
        for text in ["{}", "[]", "{\"packageDirectories\": {}}", "{\"packageDirectories\": null}", "\"x\""] {
            project.put(SFDX.0, text);
            assert_whole_folder_with_a_warning(&project, "packageDirectories");
        }
        project.put(SFDX.0, "{\"packageDirectories\": []}");
        assert_whole_folder_with_a_warning(&project, "names no package directory");
    }

    #[test]
    fn a_project_file_that_is_empty() {
        let project = sound();
        project.put(SFDX.0, "");
        assert_whole_folder_with_a_warning(&project, "is not JSON");
    }

    #[test]
    fn a_project_file_that_is_a_folder() {
        let project = sound();
        fs::remove_file(project.at(SFDX.0)).unwrap();
        fs::create_dir(project.at(SFDX.0)).unwrap();
        assert_whole_folder_with_a_warning(&project, "cannot be read");
    }

    #[cfg(unix)]
    #[test]
    fn a_project_file_that_is_a_dangling_link() {
        let project = sound();
        fs::remove_file(project.at(SFDX.0)).unwrap();
        std::os::unix::fs::symlink("nowhere", project.at(SFDX.0)).unwrap();
        assert_whole_folder_with_a_warning(&project, "cannot be read");
    }

    #[test]
    fn a_project_file_with_a_byte_order_mark() {
        let project = sound();
        project.put(SFDX.0, format!("\u{FEFF}{}", SFDX.1));
        let ran = project.check(ASKED);
        assert_eq!((ran.places(), ran.err.as_str()), (vec![SOUND_FINDING.to_owned()], ""));
    }
}
