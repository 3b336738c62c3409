//! The steps of `docs/your-first-rule.md`: its commands, its files, and the output that it shows.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{PROGRAM, Project, Ran, copy_of, run};

/// A fence of the document: what it is, and its lines.
fn fences(text: &str) -> Vec<(String, Vec<&str>)> {
    let mut fences: Vec<(String, Vec<&str>)> = Vec::new();
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match open {
            Some(fence) if line == fence => open = None,
            Some(_) => fences.last_mut().unwrap().1.push(line),
            None if ticks.len() >= 3 => {
                fences.push((line[ticks.len()..].to_owned(), Vec::new()));
                open = Some(ticks);
            }
            None => {}
        }
    }
    fences
}

fn shell(project: &Project, command: &str) -> Ran {
    let folder = Path::new(PROGRAM).parent().unwrap().to_str().unwrap();
    let script = format!("PATH={folder}:$PATH; {command}");
    run(Command::new("sh").args(["-c", &script]).current_dir(project.root()))
}

/// Whether the text has these lines in their order: `...` stands for any lines, or for the start of one.
fn has_lines(text: &str, expected: &[&str]) -> bool {
    // Prose is wrapped as the terminal is wide.
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = plain(text);
    let mut rest = text.as_str();
    for line in expected.iter().filter(|line| **line != "...") {
        let line = plain(line.trim_start_matches("..."));
        for part in line.split("...") {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
    }
    true
}

/// The paths of all files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|it| it.file_type().is_file());
    all.map(|it| it.path().strip_prefix(folder).unwrap().to_owned()).collect()
}

#[test]
fn the_document_is_walked_through() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = copy_of(&root.join("sample-projects/leaky-org"));
    let text = std::fs::read_to_string(root.join("docs/your-first-rule.md")).unwrap();
    let mut commands = 0;
    for (what, lines) in fences(&text) {
        if let Some(path) = what.strip_prefix("markdown ") {
            project.put(path, lines.join("\n") + "\n");
            continue;
        }
        assert_eq!(what, "console");
        let starts: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with("$ ")).collect();
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(lines.len());
            let ran = shell(&project, &lines[*start][2..]);
            let printed = format!("{}{}", ran.err, ran.out);
            let expected = &lines[start + 1..end];
            assert!(
                has_lines(&printed, expected),
                "{}\nprints\n{printed}\nand not\n{}",
                lines[*start],
                expected.join("\n")
            );
            commands += 1;
        }
    }
    assert_eq!(commands, 8);
    // The steps leave nothing but the page behind.
    let before = files_below(&root.join("sample-projects/leaky-org"));
    let left: Vec<PathBuf> = files_below(&project.root()).into_iter().filter(|path| !before.contains(path)).collect();
    assert_eq!(left, [Path::new("sessionlint-rules/house/contact-is-ours.md")]);
}

#[test]
fn a_new_page_passes_its_own_test() {
    let project = Project::of::<&[u8]>(&[]);
    for (arguments, folder) in [
        (&["rules", "new", "own/page"][..], "sessionlint-rules"),
        (&["rules", "new", "our/other-page", "--dir", "pages"], "pages"),
    ] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        let ran = project.run(&["rules", "test", folder]);
        assert_eq!((ran.code, ran.out.ends_with("1 passed, 0 failed\n")), (0, true), "{ran:?}");
    }
    assert_eq!(project.run(&["rules", "test"]).code, 0);
}

#[test]
fn line_endings_are_kept_and_not_compared() {
    let project = Project::of::<&[u8]>(&[]);
    assert_eq!(project.run(&["rules", "new", "own/page", "--dir", "pages"]).code, 0);
    let path = project.at("pages/own/page.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let fix = "fix = { set = \"oauthPolicy.refreshTokenPolicy\", to = \"infinite\", safety = \"display\" }\n";
    let page = page.replace("references = ", &format!("{fix}references = "));
    std::fs::write(&path, page).unwrap();
    assert_eq!(project.run(&["rules", "test", "pages", "--update"]).code, 0);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("```diff\n") && !page.contains('\r'), "{page}");
    let crlf = page.replace('\n', "\r\n");
    std::fs::write(&path, &crlf).unwrap();
    let ran = project.run(&["rules", "test", "pages"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // Nothing to update, a report to update, and fences to add.
    let without = crlf.split("```text report").next().unwrap().to_owned();
    let accepted = &crlf[crlf.find("## Accepted").unwrap()..];
    let without = format!("{without}{accepted}");
    for text in [crlf.clone(), crlf.replace("Example's refresh", "Its refresh"), without] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(project.run(&["rules", "test", "pages", "--update"]).code, 0);
        let updated = std::fs::read_to_string(&path).unwrap();
        assert_eq!(updated.replace("\r\n", "").find(['\r', '\n']), None, "{updated:?}");
        assert_eq!(project.run(&["rules", "test", "pages"]).code, 0);
    }
}

#[test]
fn all_keys_that_are_missing_are_named_at_once() {
    let project = Project::of::<&[u8]>(&[]);
    for (keys, reported) in [
        (
            "severity = { continuity = \"note\" }\nmark = \"Name\"\n",
            ":4:1: the keys `confidence`, `from`, `message`, `help` and `references` are missing",
        ),
        (
            "severity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"OAuthApp\"\nspan = \"Name\"\nmessage = \"m\"\nreferences = []\n",
            ":4:1: the key `help` is missing",
        ),
        ("severty = 1\n", "there is no key `severty`\n"),
    ] {
        project.put("pages/own/page.md", format!("# Page\n\n```toml rule\n{keys}```\n"));
        let ran = project.run(&["rules", "test", "pages"]);
        assert!(ran.code == 2 && ran.err.contains(reported), "{keys}{ran:?}");
    }
}

#[test]
fn a_misspelt_key_value_or_table_gets_a_suggestion() {
    let project = Project::of::<&[u8]>(&[]);
    let rest = "from = \"ConnectedApp\"\nspan = \"Name\"\nmessage = \"m\"\nhelp = \"h\"\nreferences = [\"r\"]\n";
    let with = |first: &str| format!("severity = {{ continuity = \"note\" }}\n{first}\n{rest}");
    let sound = with("confidence = \"high\"");
    for (keys, message, hint) in [
        (sound.replace("severity", "severty"), "there is no key `severty`", "did you mean `severity`?"),
        (sound.replace("continuity", "continuty"), "not a value of this key", "did you mean `continuity`?"),
        (sound.replace("\"note\"", "\"noet\""), "not a value of this key", "did you mean `note`?"),
        (
            sound.replace("\"note\"", "\"x\""),
            "not a value of this key",
            "write one of `off`, `note`, `warning`, `error`",
        ),
        (sound.replace("\"m\"", "1"), "here a text belongs, not a number", ""),
        (with("confidence = \"sure\""), "`sure` is no confidence", "write one of `high`, `medium`, `low`, or a column"),
        (with("confidence = \"hihg\""), "`hihg` is no confidence", "did you mean `high`?"),
        (sound.replace("\"ConnectedApp\"", "\"ConectedApp\""), "there is no table", "did you mean `ConnectedApp`?"),
        (sound.replace("\"ConnectedApp\"", "\"Zzz\""), "there is no table `Zzz`", "tables: `"),
        (sound.replace("\"Name\"", "\"Zzz\""), "has no column `Zzz`", "columns: `"),
        (sound.replace("span", "zzz"), "there is no key `zzz`", "the keys are `since`, `status`, `severity`"),
        (
            sound.clone() + "fix = { sett = \"Name\", to = \"x\", safety = \"display\" }\n",
            "there is no key `sett`",
            "did you mean `set`?",
        ),
    ] {
        project.put("pages/own/page.md", format!("# Page\n\n```toml rule\n{keys}```\n"));
        let ran = project.run(&["rules", "test", "pages"]);
        assert!(ran.code == 2 && ran.err.contains(message) && ran.err.contains(hint), "{keys}{ran:?}");
        assert!(!ran.err.contains("`mark`"), "no former key is suggested: {ran:?}");
    }
}

#[test]
fn an_unknown_rule_of_a_group_gets_a_suggestion_from_it() {
    let project = Project::of::<&[u8]>(&[]);
    for (name, hint) in [
        ("session/nosuch", "did you mean the group `session`?"),
        ("session/org-timeout-shrot", "did you mean `session/org-timeout-short`?"),
        ("session/app-timeout-set", "did you mean `oauth/app-timeout-set`?"),
        ("sesion/nosuch", "did you mean `session`?"),
        ("nogroup/nosuch", "`sessionlint rules list` shows them all"),
        ("sesion", "did you mean `session`?"),
    ] {
        for command in [&["explain", name][..], &["check", ".", "--select", name]] {
            let ran = project.run(command);
            let expected = format!("error: there is no rule or group `{name}`; {hint}\n");
            assert_eq!((ran.code, ran.err.as_str()), (2, expected.as_str()), "{command:?}");
        }
    }
}

#[test]
fn a_page_of_ones_own_cannot_have_the_id_of_a_built_in_rule() {
    let project = Project::of::<&[u8]>(&[]);
    let ran = project.run(&["rules", "new", "session/forced-logout"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("there is a rule `session/forced-logout` already"), "{ran:?}");
    assert!(!project.at("sessionlint-rules").exists());
}
