//! What makes the tool fit into the places where people work: lists of files, a first configuration, completions, hooks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Project, run_in};

const SHORT: &str = "force-app/a.profileSessionSetting-meta.xml";

fn short(profile: &str) -> String {
    format!(
        "<ProfileSessionSetting>\n    <profile>{profile}</profile>\n    <sessionTimeout>30</sessionTimeout>\n\
         </ProfileSessionSetting>\n"
    )
}

fn project() -> Project {
    Project::sfdx(&[(SHORT, short("Sales")), ("force-app/b.profileSessionSetting-meta.xml", short("Service"))])
}

#[test]
fn a_list_of_files_is_read_by_line_and_by_nul() {
    let project = project();
    project.put("lines.txt", format!("{SHORT}\r\nREADME.md\n"));
    project.put("README.md", "");
    project.put("nul.txt", format!("{}\0README.md\0", project.at(SHORT).display()));
    for list in ["lines.txt", "nul.txt"] {
        let ran = project.check(&["--file-list", list]);
        assert_eq!((ran.code, ran.findings().len()), (1, 1), "{list}: {ran:?}");
    }
    project.put("foreign.txt", "README.md\n");
    project.put("empty.txt", "");
    for list in ["foreign.txt", "empty.txt"] {
        assert_eq!(project.check(&["--file-list", list]).code, 0, "{list}");
    }
    assert_eq!(project.check(&["--file-list", "missing.txt"]).code, 3);
}

#[test]
fn the_first_configuration_is_one_and_is_not_written_over() {
    let project = project();
    assert_eq!(project.run(&["init"]).code, 0);
    let text = std::fs::read_to_string(project.at("sessionlint.toml")).unwrap();
    assert_eq!(project.check(&[]).code, 1, "the configuration is understood");
    // What is commented out must be right too: uncommented, it is still a configuration.
    let keys = ["apps", "profiles", "egress", "[rule", "options", "[[ignore]]", "rule", "path", "reason"];
    let is_key = |line: &str| keys.iter().any(|key| line.strip_prefix("# ").is_some_and(|it| it.starts_with(key)));
    let uncommented: Vec<_> = text.lines().map(|line| if is_key(line) { &line[2..] } else { line }).collect();
    assert_eq!(uncommented.iter().filter(|line| line.starts_with("apps = ")).count(), 1);
    project.put("sessionlint.toml", uncommented.join("\n"));
    let ran = project.check(&[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let again = project.run(&["init"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert!(project.run(&["init", "--print"]).out.starts_with("# Configuration of sessionlint"));
}

#[test]
fn completions_and_manual_name_every_command() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run_in(folder, &["completions", shell]);
        assert_eq!(ran.code, 0);
        for command in ["check", "sessions", "diagnose", "diff", "query", "explain", "rules"] {
            assert!(ran.out.contains(command), "{shell} lacks {command}");
        }
    }
    let manual = run_in(folder, &["man"]).out;
    assert!(manual.contains(".TH sessionlint") && manual.contains("diagnose"), "{manual}");
}

#[test]
fn findings_do_not_fail_a_run_that_always_ends_with_0() {
    let project = project();
    let ran = project.run(&["check", "--exit-zero"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    assert!(words.join(" ").contains("No finding fails the run (by --exit-zero)."), "{}", ran.out);
    assert_eq!(project.check(&["--exit-zero"]).findings().len(), project.check(&[]).findings().len());
    // Nor does a change that would be made; what is wrong with the question or the files still does.
    let unwarned = "<SecuritySettings>\n    <sessionSettings>\n        \
                    <disableTimeoutWarning>true</disableTimeoutWarning>\n        \
                    <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n    \
                    </sessionSettings>\n</SecuritySettings>\n";
    project.put("force-app/settings/Security.settings-meta.xml", unwarned);
    let diff = ["check", "--diff", "--unsafe-fixes", "--preset", "all"];
    let (one, zero) = (project.run(&diff), project.run(&[&diff[..], &["--exit-zero"]].concat()));
    assert_eq!((one.code, zero.code), (1, 0), "{one:?}");
    assert_eq!(one.out, zero.out);
    assert_eq!(project.run(&["check", "--exit-zero", "missing"]).code, 2);
}
